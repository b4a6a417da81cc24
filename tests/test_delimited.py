"""A .csv as spreadsheet programs save it: which sign parts its cells, and what its numbers say."""

import pytest
from test_shown_amounts import REGISTER, read_amount, sheet_of
from text_quarter import PERIOD, quarter

from ffanalysis import money
from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.periods import Period
from ffanalysis.read import read_sheets
from ffanalysis.read.corrections import apply_corrections
from ffanalysis.sheets.cells import Sheet
from ffanalysis.sheets.open_workbook import read_content
from ffanalysis.workbook_check import check_book

HEADINGS = ("Ref", "Project", "Plan", "Type of saving", "2016/17", "2017/18")
LINE = ("A-1", "Alpha", "Proposed", "New")


def parted(sign: str, *lines: tuple[str, ...]) -> Sheet:
    content = "\n".join(sign.join(fields) for fields in lines) + "\n"
    (sheet,) = read_content("schedule.csv", content.encode()).sheets
    return sheet


def widths(sheet: Sheet) -> list[int]:
    return [max(cell.column for cell in cells) for _, cells in sheet.rows()]


# --- what parts the cells -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "lines"),
    [
        # Prose with more of another sign than the lines have of their own.
        (",", [("Project", "Title"), ("Alpha", "a; b; c; d"), ("Beta", "e; f; g")]),
        (";", [("Project", "Title"), ("Alpha", "a, b, c, d"), ("Beta", "e, f, g")]),
        ("\t", [("Project", "Title"), ("Alpha", "a, b; c, d"), ("Beta", "e, f; g")]),
        ("|", [("Project", "Title"), ("Alpha", "a, b, c; d"), ("Beta", "e, f, g; h")]),
        # Commas as decimal signs, and for thousands.
        (";", [("Ref", "2016/17"), ("A-1", "12,5"), ("A-2", "7,5"), ("A-3", "1,250,000")]),
        # A title that holds the other sign.
        (",", [("Savings; all projects", "£000"), ("Ref", "2016/17"), ("A-1", "12")]),
    ],
)
def test_the_sign_that_parts_all_lines_alike_parts_the_cells(
    sign: str, lines: list[tuple[str, ...]]
) -> None:
    assert widths(parted(sign, *lines)) == [2] * len(lines)


def test_a_file_may_tell_which_sign_parts_its_cells() -> None:
    sheet = parted("|", ("sep=|",), ("a,b", "c,d"), ("e,f", "g,h"))
    assert widths(sheet) == [1, 2, 2]


def test_lines_of_one_cell_each_are_parted_by_nothing() -> None:
    assert widths(parted(",", ("Savings",), ("40",))) == [1, 1]


# --- numbers that can be read two ways ------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "unclear"),
    [
        (("1.495", "20"), "1.495"),
        (("£2.060", "20"), "£2.060"),
        (("-1,495", "20"), "-1,495"),
        (("1.495", "1.495.000"), "1.495"),
        (("1,495", "12,5"), "1,495"),
        (("1.495", "2.5"), ""),
        (("1,495", "2,060,000"), ""),
        (("1.495", "1,495.50"), ""),
        (("0.495", "20"), ""),
        (("1495", "20"), ""),
        (("1.49", "20"), ""),
    ],
)
def test_where_semicolons_part_the_cells_a_dot_may_part_thousands(
    amounts: tuple[str, ...], unclear: str
) -> None:
    sheet = parted(";", ("£000",), HEADINGS, (*LINE, *amounts))
    assert [sheet.at(*place).text for place in sheet.unclear] == [unclear] * bool(unclear)
    # Tabs alone say nothing; a number with two dots does.
    by_tabs = parted("\t", ("£000",), HEADINGS, (*LINE, *amounts)).unclear
    assert bool(by_tabs) is ("1.495.000" in amounts)


def test_a_number_that_can_be_read_two_ways_is_refused_and_may_be_corrected() -> None:
    def schedule() -> Sheet:
        return parted(";", ("£000",), HEADINGS, (*LINE, "2.060", "20"))

    register = sheet_of("register.xlsx", *REGISTER)
    (sentence,) = read_sheets(Period.parse(PERIOD), [schedule(), register]).refusals["sentence"]
    assert sentence == (
        "schedule.csv, sheet schedule, cell E3: '2.060' can be read two ways: its dot may part"
        " thousands or decimals, as semicolons part the cells (write a number, nil, TBC, or leave"
        " blank)."
    )
    (book,) = [read_content("a.csv", "£000\nRef;2016/17\nA;2.060\nB;20\nC;30\n".encode())]
    remarks = {remark.code: remark.cells for remark in check_book(book).remarks}
    assert remarks["two-readings"] == ("a.csv!a!B3",)
    mended = schedule()
    apply_corrections(
        b'[[correction]]\ncell = "schedule.csv!schedule!E3"\nwas = "2.060"\nnow = 2060\n'
        b'reason = "saved abroad"\ntold_by = "A. Clerk"\ndate = 2015-10-01\n',
        [mended],
    )
    tables = read_sheets(Period.parse(PERIOD), [mended, register])
    assert tables.refusals.empty
    assert list(tables.savings["amount_pence"]) == [206_000_000, 2_000_000]


# --- noughts in Accounting format -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [" £-   ", " -   ", "£ -", "-£", "£-", " - £ ", "£ \N{EN DASH}", " \N{EN DASH}  "]
)
def test_a_dash_in_accounting_format_is_nil(text: str) -> None:
    assert money.is_nought(text)
    for sheet in (
        parted(",", ("£000",), HEADINGS, (*LINE, text, "20")),
        sheet_of("schedule.xlsx", ("£000",), HEADINGS, (*LINE, text, 20)),
    ):
        tables = read_sheets(Period.parse(PERIOD), [sheet, sheet_of("register.xlsx", *REGISTER)])
        assert tables.refusals.empty
        assert list(tables.savings["amount_pence"]) == [0, 2_000_000]


@pytest.mark.parametrize("text", ["-", "- ", " -", "\N{EN DASH}", "TBC"])
def test_a_dash_alone_says_that_an_amount_is_missing(text: str) -> None:
    assert not money.is_nought(text)
    (row,) = read_amount(text, "General").savings.to_dict("records")
    assert row["missing"] == text.strip()


@pytest.mark.parametrize("text", ["£", "--", "£--", "€ -", "- 5 -", ""])
def test_what_is_no_nought_in_accounting_format(text: str) -> None:
    assert not money.is_nought(text)
    assert money.from_text(text, money.POUND) is None


# --- dots that part thousands ---------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\t", ",", "|"])
def test_beside_a_number_of_two_dots_one_of_one_dot_is_unclear(sign: str) -> None:
    sheet = parted(sign, HEADINGS, (*LINE, "1.234", "2.345.678"))
    assert list(sheet.unclear) == [(2, 5)]
    assert "those of '2.345.678' part thousands" in sheet.unclear[2, 5]
    assert sheet.at(2, 5).value == "1.234"


SPLIT = (
    "Line,Unit,2015/16,2016/17\nA,£,1,180,000,640,000\nB,£,855,000,455,000\n",
    "Export\n\nLine,Unit,2015/16,2016/17\nA,£,-12,500.50,640\n",
    "Line,Unit,2015/16,2016/17\nA,£,100,200\nB,£,1,180,200\n",
)


@pytest.mark.parametrize("text", SPLIT)
def test_unquoted_commas_of_thousands_refuse_the_file_once(text: str) -> None:
    with pytest.raises(WorkbookUnreadable, match="a comma parts the thousands of its amounts too"):
        read_content("a.csv", text.encode())


@pytest.mark.parametrize(
    "text",
    [
        'Line,Unit,2015/16,2016/17\nA,£,"1,180,000","640,000"\n',
        "Line,Unit,2015/16,2016/17\nA,£,1,180,,\nB,£,855,100\n",
        "Line,Unit,2015/16,2016/17\nA,£,40,50,see note\n",
    ],
)
def test_a_line_of_other_cells_behind_its_heading_is_read(text: str) -> None:
    assert read_content("a.csv", text.encode()).sheets


@pytest.mark.parametrize(
    ("written", "meant"),
    [("£280000,00", "£280000.00"), ("1.180.000,50", "1180000.50"), ("(90000,0)", "(90000.0)")],
)
def test_a_decimal_comma_is_named(written: str, meant: str) -> None:
    found = quarter(
        "r.xlsx!P\nProject | Title | Type of saving | Service | Programme\nA | A | New | S | P",
        f"s.xlsx!S\n£\nProject | Plan | RAG | 2015/16\nA | Current | Amber | {written}",
    )
    (refusal,) = found.refusals
    assert f"'{written}' is written with a decimal comma (write {meant}," in refusal.sentence
