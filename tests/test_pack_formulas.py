"""The pack's formulas: what stands in which cell, by hand, and what Excel has room for."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rendered import PERIOD, ROOT
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.figures import (
    CellAmount,
    Figure,
    FigureUnit,
    Sum,
    Term,
    at_least,
    constant,
    counted,
    difference,
    known_part,
    least,
    missing,
    negative,
    per,
    rounded,
    scaled,
    share,
    sum_of,
    tolerance,
    total,
)
from ffanalysis.findings import Amounts, Finding
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.provenance import CellRef
from ffanalysis.run import formula_parts, pack_sheets
from ffanalysis.run.reconciliation_workbook import Pack
from ffanalysis.savings.quarter import Quarter

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha   | Alpha | New | Libraries | Example | Approved
Beta    | Beta  | New | Libraries | Example | Approved
"""
SCHEDULE = """schedule.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2015/16 | 2016/17 | Total
A-1 | Alpha | Current | New | Amber | 100  | 50  | 150
A-2 | Alpha | Current | New | Red   |      | 30  | 30
B-1 | Beta  | Current | New | Amber | 20.5 | TBC | 21
"""
EMPTY = quarter("schedule.xlsx!Any\n£000")
DOCUMENTATION = ROOT / "docs" / "pack.md"
POUNDS, THOUSANDS = 100, 100_000
LONGEST_FORMULA, MOST_ARGUMENTS, DEEPEST = 8_192, 255, 64  # of Excel
MOST_ROWS, MOST_LINKS, LONGEST_TEXT = 1_048_576, 65_530, 32_767
EXACT = 2**53


def packed(path: Path, read: Quarter) -> Path:
    with Pack(path, path.parent, read, ff.check(read)) as pack:
        for project in read.slugs:
            pack.add(project, read, project_measures(read, project))
        pack.add_programme(programme_measures(read))
    return path


def pack_of(folder: Path, *figures: Figure, findings: Iterable[Finding] = ()) -> Path:
    path = folder / "pack.xlsx"
    with Pack(path, folder, EMPTY, list(findings)) as pack:
        pack.add_figures(figures)
    return path


Rows = dict[str, dict[str, Any]]


def rows(path: Path, sheet: str, key: str = "name", *, values: bool = False) -> Rows:
    """The rows of a sheet by one of its columns, as formulas or as what is stored with them."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=values)
    head, *body = book[sheet].iter_rows(values_only=True)
    book.close()
    lines = [dict(zip(map(str, head), row, strict=True)) for row in body]
    return {str(line[key]): line for line in lines}


def formulas(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/s")]
        text = "".join(package.read(name).decode() for name in sheets)
    return [f"={found}" for found in re.findall("<f>(.*?)</f>", text)]


def cell(number: int, pounds: int, unit: int = POUNDS, sheet: str = "Savings") -> Sum:
    """An amount in pounds in column B of a sheet, written in the unit that is named."""
    ref = CellRef("schedule.xlsx", sheet, f"B{number}")
    pence = pounds * 100
    return Sum(pence, CellAmount(ref, str(pence // unit), unit, unit, False), "", unit, (ref,))


# A small quarter, by hand. A saving in £000: Alpha 100 + 50 + 30, Beta 20.5 and a TBC.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory.mktemp("small") / "pack.xlsx", quarter(REGISTER, SCHEDULE))


def test_each_cell_is_listed_once_with_what_is_written_there_and_its_pence(small: Path) -> None:
    lines = list(rows(small, "Cells", "id").values())
    places = [(line["workbook"], line["sheet"], line["reference"]) for line in lines]
    assert len(set(places)) == len(places)
    listed = {
        line["reference"]: (line["as written"], line["pence per 1"], line["pence or number"])
        for line in lines
    }
    assert listed["F3"] == ("100", 100_000, 10_000_000)
    assert listed["F5"] == ("20.5", 100_000, 2_050_000)
    assert listed["G5"] == ("TBC", None, None)
    assert listed["F4"] == (None, None, None)
    page = openpyxl.load_workbook(small)["Cells"]
    assert {row[3].hyperlink.location for row in page.iter_rows(min_row=2)} == {
        f"'Savings'!{place}" for place in listed
    }


def in_cells(small: Path, formula: str) -> str:
    """A formula with the source cell in the place of each cell of the sheet Cells."""
    lines = list(rows(small, "Cells", "id").values())

    def one(found: re.Match[str]) -> str:
        first, last = int(found[1]), int(found[2] or found[1])
        return "+".join(str(lines[row - 2]["reference"]) for row in range(first, last + 1))

    return re.sub(r"Cells!\$G\$(\d+)(?::\$G\$(\d+))?", one, formula)


@pytest.mark.parametrize(
    ("project", "name", "formula", "pence"),
    [
        ("alpha", "current/total", "=SUM(F3+G3+G4)", 18_000_000),
        ("alpha", "current/2016-17", "=SUM(G3+G4)", 8_000_000),
        ("alpha", "current/red", "=G4", 3_000_000),
        # 60% of 50 and 20% of 30 are 36, to the nearest £1,000.
        (
            "alpha",
            "weighted/central/2016-17",
            "=ROUND(SUM(G3*60,G4*20)/10000000,0)*100000",
            3_600_000,
        ),
        ("beta", "current/total", "=F5", 2_050_000),
        # 40% of 20.5 are 8.2.
        ("beta", "weighted/low/2015-16", "=ROUND(F5*40/10000000,0)*100000", 800_000),
        (None, "own/in-the-plan", "=SUM(F5,F3+G3+G4)", 20_050_000),
    ],
)
def test_a_figure_is_the_formula_that_its_reader_would_write(
    small: Path, project: str | None, name: str, formula: str, pence: int
) -> None:
    head, *body = openpyxl.load_workbook(small)["Figures"].iter_rows(values_only=True)
    stored = openpyxl.load_workbook(small, data_only=True)["Figures"]
    (number,) = (number for number, row in enumerate(body, 2) if row[:2] == (project, name))
    row = dict(zip(head, body[number - 2], strict=True))
    assert in_cells(small, row["pence"]) == formula
    assert row["amount (£)"] == f"=I{number}/100"
    assert (stored[f"I{number}"].value, stored[f"D{number}"].value) == (pence, pence / 100)


def test_how_a_figure_was_made_is_said_in_words(small: Path) -> None:
    ids = {line["reference"]: name for name, line in rows(small, "Cells", "id").items()}
    # Beta's total is known in part.
    figure = rows(small, "Figures")["current/total"]
    assert (figure["project"], figure["missing"]) == ("beta", "TBC")
    assert figure["how it was made"] == (
        f"{ids['F5']} F5 ‘20.5’ + (not stated: {ids['G5']} G5 ‘TBC’)"
    )


def test_a_finding_compares_by_formulas(small: Path) -> None:
    found = rows(small, "Findings", "id")["rag-rows:alpha-new-amber"]
    made = [in_cells(small, found[f"{name} in pence"]) for name in ("stated", "calculated")]
    assert made == ["=H3", "=SUM(F3+G3)"]
    number = re.fullmatch(r"=O(\d+)/100", found["stated (£)"])
    assert number
    assert found["difference in pence"] == f"=P{number[1]}-O{number[1]}"
    assert found["difference (£)"] == f"=Q{number[1]}/100"
    stored = rows(small, "Findings", "id", values=True)["rag-rows:alpha-new-amber"]
    # Three amounts stated to £100: three standard deviations are √(9 · 3 / 12) · £100 = £150.
    names = ("stated", "calculated", "difference", "tolerance")
    assert [stored[f"{name} (£)"] for name in names] == [
        150_000,
        150_000,
        0,
        150,
    ]


def test_what_is_not_stated_stays_blank_and_says_of_what(small: Path) -> None:
    figure = rows(small, "Figures")["current/2016-17"]
    assert (figure["project"], figure["pence"], figure["amount (£)"]) == ("beta", None, None)
    assert figure["how it was made"].startswith("not stated: c")


# Each way in which a number is made, by hand

A, B, C = cell(2, 300), cell(3, 200), cell(4, 7)
FAR = cell(9, 50, THOUSANDS)


def of(term: Term | None, unit: FigureUnit = "pence") -> Figure:
    assert term is not None
    return Figure("one", sum_of(term), unit)


WAYS: dict[str, tuple[Figure, str, float]] = {
    "a cell": (of(A), "Cells!$G$2", 30_000),
    "a sum": (of(total([A, B, C])), "SUM(Cells!$G$2:$G$4)", 50_700),
    "a sum of a sum": (of(total([total([A, B]), C])), "SUM(Cells!$G$2:$G$4)", 50_700),
    "a sum of one cell twice": (of(total([A, A])), "SUM(Cells!$G$2,Cells!$G$2)", 60_000),
    "a sum with a gap": (of(total([A, missing("TBC")])), "Cells!$G$2", 30_000),
    "a difference": (
        of(difference(A, B, C)),
        "Cells!$G$2-Cells!$G$3-Cells!$G$4",
        9_300,
    ),
    "less a difference": (
        of(difference(A, difference(B, C))),
        "Cells!$G$2-(Cells!$G$3-Cells!$G$4)",
        10_700,
    ),
    "the other sign": (of(negative(A)), "-Cells!$G$2", -30_000),
    "at least nil": (of(at_least(difference(C, B))), "MAX(Cells!$G$2-Cells!$G$3,0)", 0),
    "the least": (of(least(A, B)), "MIN(Cells!$G$2:$G$3)", 20_000),
    "a share": (
        of(share(C, A), "percent"),
        "ROUND(Cells!$G$2*1000/Cells!$G$3,0)/10",
        2.3,
    ),
    "a share of a difference": (
        of(share(C, difference(A, B)), "percent"),
        "ROUND(Cells!$G$2*1000/(Cells!$G$3-Cells!$G$4),0)/10",
        7.0,
    ),
    # 7 of 2,000 are 0.35%: 0.4 and not 0.3, whatever a binary fraction makes of it.
    "a share that is a half": (
        of(share(C, cell(5, 2_000)), "percent"),
        "ROUND(Cells!$G$2*1000/Cells!$G$3,0)/10",
        0.4,
    ),
    "weighted": (
        of(
            rounded(
                total(
                    [
                        scaled(A, constant(40, "weight"), constant(100, "percent")),
                        scaled(B, constant(Decimal("2.5"), "weight"), constant(100, "percent")),
                    ]
                ),
                100,
            )
        ),
        "ROUND(SUM(Cells!$G$2*80,Cells!$G$3*5)/20000,0)*100",
        12_500,
    ),
    "a half below nil": (
        of(rounded(negative(cell(2, 50)), 10_000)),
        "ROUND((-Cells!$G$2)/10000,0)*10000",
        -10_000,
    ),
    "so much for each": (
        of(per(C, constant(3, "months"), "floor"), "per month"),
        "INT(Cells!$G$2/3)",
        233,
    ),
    "rounded up": (
        of(per(C, constant(3, "months"), "ceiling"), "per month"),
        "-INT((-Cells!$G$2)/3)",
        234,
    ),
    "a count of cells": (
        of(counted([*A.cells, *B.cells, *FAR.cells]), "count"),
        "COUNTA(Cells!$D$2:$D$4)",
        3,
    ),
    "a count of names too": (
        of(counted([*A.cells, "Alpha", "Beta"]), "count"),
        "COUNTA(Cells!$D$2)+2",
        3,
    ),
    "a count of names": (of(counted(["Alpha", "Beta"]), "count"), "2", 2),
    "a constant": (of(constant(30, "months"), "months"), "30", 30),
    # Units of £1, £1 and £1,000: half their sum is £501; three standard deviations are
    # √(9 · 1,000,002 / 12) = 866, so £1,000; the lesser is £501.
    "what rounding allows": (
        of(tolerance(A, total([B, FAR]))),
        (
            "MIN(INT(SUM(Cells!$H$2:$H$4)/2),"
            "ROUNDUP(SQRT(3*SUMSQ(Cells!$H$2:$H$4))/(2*MAX(Cells!$H$2:$H$4)),0)"
            "*MAX(Cells!$H$2:$H$4))"
        ),
        50_100,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_way_in_which_a_number_is_made_is_a_formula(way: str, tmp_path: Path) -> None:
    figure, formula, value = WAYS[way]
    path = pack_of(tmp_path, figure)
    column = "pence" if figure.unit == "pence" else "value"
    assert rows(path, "Figures")["one"][column] == f"={formula}"
    assert rows(path, "Figures", values=True)["one"][column] == value


def test_a_cell_that_is_counted_and_added_has_one_line(tmp_path: Path) -> None:
    figures = [Figure("count", counted([*B.cells, *A.cells]), "count"), Figure("sum", A)]
    path = pack_of(tmp_path, *figures)
    cells = rows(path, "Cells", "id")
    assert [(line["reference"], line["pence or number"]) for line in cells.values()] == [
        ("B3", None),
        ("B2", 30_000),
    ]
    assert rows(path, "Figures")["sum"]["pence"] == "=Cells!$G$3"


def test_a_cell_in_two_units_has_a_line_for_each(tmp_path: Path) -> None:
    other = Sum(2, CellAmount(A.cells[0], "300", 1, None, False), cells=A.cells)
    path = pack_of(tmp_path, Figure("money", A), Figure("number", other, "count"))
    cells = rows(path, "Cells", "id").values()
    assert [(line["pence per 1"], line["pence or number"]) for line in cells] == [
        (100, 30_000),
        (1, 2),
    ]
    assert rows(path, "Figures")["number"]["value"] == "=Cells!$G$3"


# What Excel has room for


def scattered(number: int) -> list[Sum]:
    """Amounts of £1, £2, … of which no two stand in cells that follow one another."""
    return [cell(row, row) for row in range(1, 2 * number, 2)]


def apart(number: int) -> Figure:
    """A figure that has other cells put between those of `scattered`, so that they are no range."""
    return Figure("apart", total(cell(row, row) for row in range(1, 2 * number + 1)))


def nested(levels: int) -> Sum:
    """The least of two and more of them: the first differs at each level."""
    made = cell(1, 1)
    for level in range(levels):
        made = at_least(difference(cell(level + 2, 5), made), 3)
    return made


THREE, ONE = constant(3, "three"), constant(1, "one")
LONG: dict[str, tuple[Sum, int]] = {
    # 1 + 3 + … + 9,999 are 5,000².
    "5,000 cells": (total(scattered(5_000)), 5_000**2 * 100),
    # 300 products of which none is a cell: 3 · 1 + 3 · 3 + …, in pence.
    "300 parts": (
        total(
            rounded(scaled(each, constant(3, "x"), constant(1, "y")), 1) for each in scattered(300)
        ),
        300**2 * 3 * 100,
    ),
    # Units of £1: half their sum, and √(9 · n / 12) rounded up.
    "a tolerance of 5,000 cells": (tolerance(*scattered(5_000)), 6_200),
    "a tolerance of 250 cells": (tolerance(*scattered(250)), 1_400),
    "5,000 cells counted": (counted(each.cells[0] for each in scattered(5_000)), 5_000),
    "the least of 1,000": (least(*scattered(1_000)), 100),
    "a difference of 1,000": (
        difference(cell(20_000, 3_000_000), *scattered(1_000)),
        (3_000_000 - 1_000**2) * 100,
    ),
}


def inside(formula: str) -> tuple[int, int]:
    """The most arguments of one function, and the most levels of brackets."""
    open_, most, deepest = [0], 1, 0
    for sign in formula:
        if sign == "(":
            open_.append(1)
        elif sign == ")":
            most = max(most, open_.pop())
        elif sign == ",":
            open_[-1] += 1
        deepest = max(deepest, len(open_) - 1)
    return most, deepest


def fit(path: Path) -> bool:
    found = formulas(path)
    assert found
    return all(
        len(text) <= LONGEST_FORMULA
        and inside(text)[0] <= MOST_ARGUMENTS
        and inside(text)[1] <= DEEPEST
        for text in found
    )


def sheets_fit(path: Path) -> Iterator[bool]:
    """Whether each sheet has no more rows, links and letters in a cell than Excel holds."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if not name.startswith("xl/worksheets/s"):
                continue
            text = package.read(name).decode()
            yield text.count("<row ") <= MOST_ROWS
            yield text.count("<hyperlink ") <= MOST_LINKS
            yield all(
                len(unescape(cell)) <= LONGEST_TEXT for cell in re.findall(r"<t[^>]*>([^<]*)", text)
            )


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    figures = [Figure(name, made) for name, (made, _) in LONG.items()]
    deep = [Figure("60 levels", nested(60))]
    return pack_of(tmp_path_factory.mktemp("long"), apart(5_000), *figures, *deep)


def test_a_long_sum_goes_by_parts_that_a_formula_has_room_for(long: Path) -> None:
    assert fit(long)
    assert all(sheets_fit(long))
    stored = rows(long, "Figures", values=True)
    assert {name: stored[name]["pence"] for name in LONG} == {
        name: value for name, (_, value) in LONG.items()
    }
    # 5,000 cells of which none follows another go 250 at a time: 20 parts, in a row.
    made = rows(long, "Figures")["5,000 cells"]["pence"]
    found = re.fullmatch(r"=SUM\(Parts!\$B\$(\d+):\$B\$(\d+)\)", made)
    assert found
    assert int(found[2]) - int(found[1]) + 1 == 20
    parts = rows(long, "Parts", "part")
    assert len(parts) == len({line["comes to"] for line in parts.values()}), "each is there once"


def test_cells_that_follow_one_another_are_a_range_however_many(tmp_path: Path) -> None:
    path = pack_of(tmp_path, Figure("all", total(cell(row, 1) for row in range(1, 5_001))))
    assert rows(path, "Figures")["all"]["pence"] == "=SUM(Cells!$G$2:$G$5001)"


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        (Figure("one", total([cell(1, EXACT // 100), cell(2, 1)])), "hold"),
        (Figure("one", share(cell(1, 10**14), cell(2, 2)) or A, "percent"), "hold"),
        (Figure("one", per(cell(1, 10**13), constant(3, "x"), "floor"), "count"), "divide"),
    ],
)
def test_what_no_spreadsheet_works_out_exactly_has_no_formula_and_says_so(
    figure: Figure, why: str, tmp_path: Path
) -> None:
    row = rows(pack_of(tmp_path, figure), "Figures")["one"]
    assert row["how it was made"].startswith("No formula, because a part of it is too large")
    assert why in row["how it was made"]
    assert not str(row["pence" if figure.unit == "pence" else "value"]).startswith("=")


def test_an_amount_beyond_what_a_cell_holds_is_written_out(tmp_path: Path) -> None:
    huge = cell(1, 10**18 + 1)
    path = pack_of(tmp_path, Figure("huge", huge), Figure("more", total([huge, A])))
    figure = rows(path, "Figures")["huge"]
    assert (figure["pence"], figure["amount (£)"]) == ("100000000000000000100", 1e18)
    (line, _) = rows(path, "Cells", "id").values()
    assert line["pence or number"] == "100000000000000000100"


def test_units_too_far_apart_to_be_squared_have_their_steps_worked_out(tmp_path: Path) -> None:
    # Twelve amounts in £m and one in pence: 3 · (12 · 10¹⁶ + 1) is no number that a cell holds.
    # Three standard deviations are a penny's fraction more than 3 · £1m, so £4m.
    amounts = [cell(row, 10**6, 10**8) for row in range(1, 13)] + [cell(13, 1, 1)]
    path = pack_of(tmp_path, Figure("one", tolerance(*amounts)))
    made = rows(path, "Figures")["one"]["pence"]
    assert made == "=MIN(INT(SUM(Cells!$H$2:$H$14)/2),4*MAX(Cells!$H$2:$H$14))"
    assert rows(path, "Figures", values=True)["one"]["pence"] == 4 * 10**8


def test_rows_that_a_sheet_has_no_room_for_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_sheets, "MOST_ROWS", 4)
    monkeypatch.setattr(formula_parts, "MOST_ROWS", 4)
    figures = [Figure(f"f{number}", cell(number, number)) for number in range(1, 6)]
    path = pack_of(tmp_path, *figures)
    book = openpyxl.load_workbook(path)
    assert [book[name].max_row for name in ("Figures", "Cells")] == [4, 4]
    told = [text for name, text in book["About"].iter_rows(values_only=True) if name == "Left out"]
    assert told == [
        "2 rows of Figures: a sheet has no room for them",
        "2 rows of Cells: a sheet has no room for them",
    ]


def test_links_beyond_what_a_sheet_holds_stay_texts_among_the_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_sheets, "MOST_LINKS", 2)
    path = pack_of(tmp_path, Figure("sum", total([A, B, C])))
    page = openpyxl.load_workbook(path)["Cells"]
    assert [bool(row[3].hyperlink) for row in page.iter_rows(min_row=2)] == [True, True, False]
    assert page["D4"].value == "B4"


# Texts and bytes


HOSTILE = (
    '=HYPERLINK("http://invalid.example","x")',
    "<r><t>x</t></r>",
    "<r>&</is></c><c><f>1+1</f></c></r>",
    '</v></c><c r="B9"><f>1+1</f><v>2</v></c>',
    "+1",
    "{=1+1}",
    "x" * 40_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_stays_a_text(text: str, tmp_path: Path) -> None:
    ref = CellRef("schedule.xlsx", text[:31], "B1")
    made = Sum(100, CellAmount(ref, text, 100, 100, False), "", 100, (ref,))
    figure = Figure("one", known_part(total([made, Figure(text, A)])), label=text, project=text)
    finding = Finding(
        "route-split", text, "agrees", "note", (text,), amounts=Amounts(made, A, A), cells=(ref,)
    )
    path = pack_of(tmp_path, figure, findings=[finding])
    allowed = re.compile(r"=(?:SUM\(|INT\(|MIN\(|(?:Cells!)?\$?[A-Z]\$?\d+|[-+*/(),:\d])+")
    assert [made for made in formulas(path) if not allowed.fullmatch(made)] == []
    (line, _) = rows(path, "Cells", "id").values()
    assert line["as written"].rstrip() == text[:32_767].rstrip()


def test_no_formula_leads_out_of_the_pack_or_is_an_array(small: Path) -> None:
    with zipfile.ZipFile(small) as package:
        assert not [name for name in package.namelist() if "externalLink" in name]
        sheets = [
            package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/s")
        ]
    assert not any(b't="array"' in sheet for sheet in sheets)
    functions = {name for text in formulas(small) for name in re.findall(r"([A-Z]+)\(", text)}
    assert functions <= {"SUM", "SUMSQ", "MAX", "MIN", "INT", "ROUND", "ROUNDUP", "SQRT", "COUNTA"}


def test_the_same_quarter_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    again = packed(tmp_path / "again.xlsx", quarter(REGISTER, SCHEDULE))
    assert again.read_bytes() == small.read_bytes()


def test_of_the_example_every_figure_that_is_known_is_a_formula(
    tmp_path: Path, programme: Path
) -> None:
    path = packed(tmp_path / "pack.xlsx", ff.load(PERIOD, programme).records)
    assert fit(path)
    by_formula, stored = rows(path, "Figures"), rows(path, "Figures", values=True)
    assert len(by_formula) > 100
    for name, line in by_formula.items():
        made = [line[column] for column in ("pence", "value") if line[column] is not None]
        assert all(str(each).startswith("=") for each in made), name
    # The paper: 1,025 + 344 + 152 + 32 of the £000 are not delivered; 100 of 1,083 are 9.2%.
    assert stored["context/education-and-skills/not-delivered"]["amount (£)"] == 1_553_000
    assert stored["proposed/share"]["value"] == 9.2
    # What the documentation follows, step by step.
    share = by_formula["proposed/share"]
    assert f"`{share['value']}`" in DOCUMENTATION.read_text("utf-8")
    assert share["how it was made"] == (
        "(proposed/total (c5 E10 ‘100’) × 100 (percent)) ÷ service/budget/2015-16 (c20 D5"
        " ‘£1.083m’), to one decimal"
    )
