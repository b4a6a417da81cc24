"""A second reader of every workbook: where it says something else, nothing is published of it."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from quick import Quick, contents, statuses
from rendered import PERIOD, PROJECT, programme_in
from slips import KINDS, Slips

from ffanalysis import verify
from ffanalysis.provenance import CellRef
from ffanalysis.run import second_reading, witnesses
from ffanalysis.run.second_reading import (
    Disagreement,
    ReadingRequest,
    SecondReading,
    agree,
    is_amount_of,
)
from ffanalysis.sheets.cells import NotCalculated
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.verify import Cells, read_again


@pytest.fixture(scope="module")
def slips(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Slips:
    return Slips(
        programme_in(tmp_path_factory.mktemp("second") / "programme", example_quarter), PERIOD
    )


def test_both_readers_say_the_same_of_the_example(slips: Slips) -> None:
    assert slips.whole.disagreements == ()
    assert slips.whole.cells > 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_each_slip_of_our_reader_is_found_at_its_cell(slips: Slips, kind: str, seed: int) -> None:
    made = slips.slip(kind, seed)
    if made is None:
        assert kind == "day", "every other kind has cells in the example"
        return
    place, reading = made
    assert place in {str(each.cell) for each in reading.disagreements}
    assert all(each.about for each in reading.disagreements), "it says whom it concerns"


# --- what is the same -----------------------------------------------------------------------------

NOON = datetime(2025, 9, 30, 12)  # noqa: DTZ001 - a cell's date has no zone
SAME = [
    (318, 318.0),
    (0.1 + 0.2, 0.1 + 0.2),
    (1025, "1025"),  # a .csv has texts only
    (2.5, " 2.50 "),
    ("Red", "Red"),
    ("Delivery route", "Delivery\u00a0 route "),
    ("co\u00adordinate".replace("\u00ad", ""), "co\u00adordinate"),
    (None, "   "),
    ("#REF!", None),
    ("318²", "318"),  # openpyxl, the mark of a footnote taken off
    ("318²", "3182"),  # calamine, which cannot tell it
    (True, "TRUE"),
    (NOON, NOON + timedelta(microseconds=400)),
    (datetime(2025, 9, 30), date(2025, 9, 30)),  # noqa: DTZ001
    (NotCalculated("A1+1"), None),
    (NotCalculated("A1+1"), 0.0),
]
OTHER = [
    (318, 3182),
    (318, -318),
    (318, None),
    (None, 318),
    (1000, "1.000,00"),
    ("Red", "Amber"),
    ("Red", None),
    ("3182", "318"),  # the mark of a footnote taken for a digit
    (NOON, NOON + timedelta(days=1)),
    (45930, datetime(2025, 9, 30)),  # noqa: DTZ001
    (True, 1),
    ("1025", 1025),  # a number that is text, or the other way about
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_two_readings_of_one_cell_agree(first: object, second: object) -> None:
    assert agree(first, second)


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_two_readings_of_one_cell_differ(first: object, second: object) -> None:
    assert not agree(first, second)


@pytest.mark.parametrize(
    ("pence", "value"),
    [
        (318_000_00, 318),
        (318_00, 318),
        (-318_000_00, 318),  # a schedule may count spending
        (5_900_000_00, 5.9),
        (1_083_000_00, "£1.083m"),
        (318_000_00, "(318)"),
        (1_025_000_00, "1,025 (2)"),
        (0, 0),
        (0, "nil"),
        (10_50, 10.5),
        (146_428_57, "146.42857142857142"),  # a third of something, in a .csv as it was saved
        (146_428_57, "0.14642857142857142"),
        (-146_428_57, "-146.42857142857142"),
    ],
)
def test_an_amount_is_what_its_cell_says_in_some_unit(pence: int, value: object) -> None:
    assert is_amount_of(pence, value)


@pytest.mark.parametrize(
    ("pence", "value"),
    [
        (318_000_00, 3182),
        (318_000_00, "3182"),
        (318_000_00, None),
        (0, 5),
        (3_180_00, 318),
        (146_429_57, "146.42857142857142"),
    ],
)
def test_an_amount_of_another_cell_is_not(pence: int, value: object) -> None:
    assert not is_amount_of(pence, value)


# --- files as programs write them -----------------------------------------------------------------

ROWS = [
    ["Project", "2016/17", "When", "Share", "Says"],
    ["Alpha", 1025, datetime(2025, 12, 31), 0.25, True],  # noqa: DTZ001
    ["Beta’s – £", -3.5, datetime(2025, 12, 31, 8, 30), 0.1, False],  # noqa: DTZ001
]


def _by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["D2"].number_format = "0%"
    book.active["F2"] = "=B2*2"
    book.save(path)


def _by_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd mmm yyyy"}) as book:
        sheet = book.add_worksheet("Ünïcode")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        raised = book.add_format({"font_script": 1})
        sheet.write_rich_string(3, 0, "2015/16 to date", raised, " 1", " ")
        sheet.write_rich_string(4, 0, "1", raised, "st", " quarter")


def _by_xlwt(path: Path) -> None:
    book = xlwt.Workbook()
    sheet, style = book.add_sheet("Old"), xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(number, column, value, *([style] if isinstance(value, datetime) else []))
    book.save(str(path))


def _by_csv(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows([*ROWS, ["A; b", "1,025", '"said"', "", "x"]])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("book.xlsx", _by_openpyxl),
        ("other.xlsx", _by_xlsxwriter),
        ("old.xls", _by_xlwt),
        ("plain.csv", _by_csv),
    ],
)
def test_both_readers_say_the_same_of_what_programs_write(
    name: str, write: object, tmp_path: Path
) -> None:
    write(tmp_path / name)
    theirs = read_again(tmp_path / name)
    for sheet in read_workbook(tmp_path / name).sheets:
        cells = theirs[sheet.name]
        ours = {(cell.row, cell.column): cell.value for cell in sheet.cells()}
        assert len(ours) >= 15
        assert [
            (place, ours.get(place), cells.get(place))
            for place in {*ours, *cells}
            if not agree(ours.get(place), cells.get(place))
        ] == []


# --- the run --------------------------------------------------------------------------------------

SAID = "savings-schedule.xlsx, sheet Proposed, cell E13: it was read as 100, and so on."


def disagreeing(_: ReadingRequest) -> SecondReading:
    """As if the second reader found something else in a cell of the project."""
    cell = CellRef("savings-schedule.xlsx", "Proposed", "E13")
    return SecondReading(210, 0.1, (Disagreement(cell, SAID, {"project": PROJECT}),))


def test_a_project_whose_cell_is_read_in_two_ways_is_withheld_and_the_others_are_published(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "read_second", disagreeing)
    summary = quick.run(published, force=True)
    assert not summary.complete
    assert statuses(summary) == {
        PROJECT: "withheld",
        "library-hours": "published",
        "road-repairs": "published",
        "programme": "published",
        "reconciliation": "published",
    }
    assert summary.withheld == {PROJECT: (SAID,)}
    folder = published / "reports" / PERIOD
    assert not list(folder.glob(f"{PROJECT}.*"))
    assert "it was read as 100" in (folder / "exceptions" / f"{PROJECT}.html").read_text("utf-8")
    # The pages of the others did not change for it, and are made once.
    assert sorted(quick.made) == sorted(
        [PROJECT, "library-hours", "road-repairs", *("programme", "reconciliation") * 2]
    )


def test_once_the_readers_agree_the_project_is_back(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(published)
    with monkeypatch.context() as patch:
        patch.setattr(witnesses, "read_second", disagreeing)
        quick.run(published, force=True)
    summary = quick.run(published, force=True)
    assert summary.complete
    assert contents(published) == before


def test_a_workbook_that_the_second_reader_cannot_read_withholds_what_is_read_from_it(
    example_quarter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = programme_in(tmp_path / "programme", example_quarter)

    def broken(path: Path) -> dict[str, Cells]:
        if path.name == "savings-schedule.xlsx":
            raise KeyError("styles")
        return read_again(path)

    monkeypatch.setattr(verify, "read_again", broken)
    found = second_reading.read_second(ReadingRequest(root, PERIOD, tmp_path / "processed"))
    (said, *_) = dict.fromkeys(each.sentence for each in found.disagreements)
    assert said == (
        "savings-schedule.xlsx, sheet Current programme, cell A1: a second reader (openpyxl)"
        " cannot read it (KeyError) (open the workbook in Excel, look at the cell, save it, and"
        " run again)."
    )
    assert {"project": PROJECT} in [each.about for each in found.disagreements]
