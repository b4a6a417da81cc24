"""Published workbooks, where a folder of them is at hand.

The tables, units, years and totals that a person sees.

What is seen in them is written down in seen_in_real_workbooks.toml; the folder is
FFANALYSIS_REAL_WORKBOOKS, or `realdata` in a folder `shared` beside the project.
"""

import os
import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ffanalysis.workbook_check import check_workbook, figures_of
from ffanalysis.workbook_check.records import TableSummary, WorkbookCheck

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("FFANALYSIS_REAL_WORKBOOKS") or ROOT.parent / "shared" / "realdata")
SEEN: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "seen_in_real_workbooks.toml").read_text("utf-8")
)["file"]
NAMES = [seen["name"] for seen in SEEN]

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="no folder of published workbooks is at hand"
)

# Where two competent people would differ, or where the check sees less; each with what it does
# instead.
LESS_TOTALS = {
    # The classes of authorities that hold a marked gap cannot be compared with their members.
    ("mhclg-ra-budget-2021-22.csv", "mhclg-ra-budget-2021-22", "rows"): 4,
    # Percentages of GDP under the same headings are no part of the table of money: two totals less.
    ("ons-balance-of-payments-2020q1.xls", "Table B", "rows"): 12,
    ("ons-balance-of-payments-2020q1.xls", "Table R2", "rows"): 12,
    # Three of its totals hold nothing but marks for nil.
    ("ons-balance-of-payments-2020q1.xls", "Table I", "rows"): 11,
    # Two results, of one line each and without a label, are not told from lines.
    ("la-cash-flow-statements.xlsx", "Consolidated cash flow", "rows"): 7,
}


@cache
def checked(name: str) -> WorkbookCheck:
    return check_workbook(FOLDER / name)


@cache
def figures(name: str) -> pd.DataFrame:
    """Its figures, looked up once; never to be changed."""
    return figures_of(FOLDER / name)


def seen_tables() -> list[tuple[str, dict[str, Any]]]:
    return [(seen["name"], table) for seen in SEEN for table in seen.get("table", ())]


def matching(name: str, table: dict[str, Any]) -> TableSummary:
    """The table found that holds the first figure that a person sees."""
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", table["first_figure"]).groups()  # type: ignore[union-attr]
    found = [
        one
        for one in checked(name).tables
        if one.sheet == table["sheet"] and _holds(one.range, _number(column), int(row))
    ]
    assert found, f"no table at {table['first_figure']}"
    return found[0]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _holds(span: str, column: int, row: int) -> bool:
    first, last = (re.fullmatch(r"([A-Z]+)(\d+)", corner) for corner in span.split(":"))
    assert first
    assert last
    return _number(first[1]) <= column <= _number(last[1]) and int(first[2]) <= row <= int(last[2])


@pytest.mark.parametrize("name", NAMES)
def test_a_published_workbook_is_checked_without_a_false_alarm(name: str) -> None:
    seen = next(one for one in SEEN if one["name"] == name)
    wrong = {(one["sheet"], one["cell"]) for one in seen.get("false_total", ())}
    errors = [remark for remark in checked(name).remarks if remark.severity == "error"]
    for remark in errors:
        _, sheet, address = remark.cells[0].split("!")
        assert (sheet, address) in wrong, remark.message


def test_totals_that_do_not_add_up_in_print_are_found_with_both_figures() -> None:
    found = {
        (name, *remark.cells[0].split("!")[1:], remark.stated, remark.calculated)
        for name in ("oakland-5yr-tables.xlsx", "smungs-cashflows.xlsx")
        for remark in checked(name).remarks
        if remark.severity == "error"
    }
    wanted = {
        (
            seen["name"],
            one["sheet"],
            one["cell"],
            Decimal(one["stated"]),
            Decimal(one["calculated"]),
        )
        for seen in SEEN
        if seen["name"] in ("oakland-5yr-tables.xlsx", "smungs-cashflows.xlsx")
        for one in seen["false_total"]
    }
    assert found == wanted


@pytest.mark.parametrize(
    ("name", "table"),
    seen_tables(),
    ids=lambda value: value if isinstance(value, str) else value["sheet"],
)
def test_the_tables_that_a_person_sees_are_the_ones_reported(
    name: str, table: dict[str, Any]
) -> None:
    found = matching(name, table)
    assert found.unit == table["unit"]
    assert list(found.years) == table["years"]
    # The range ends where the last figure stands; a person may or may not count a line of another
    # kind below it.
    last = re.fullmatch(r"([A-Z]+)(\d+)", table["last_figure"])
    assert last
    assert _holds(found.range, _number(last[1]), int(last[2]))
    rows = LESS_TOTALS.get((name, table["sheet"], "rows"), table["total_rows"])
    columns = LESS_TOTALS.get((name, table["sheet"], "columns"), table["total_columns"])
    # A column that is an opening balance plus a movement adds up too, and may be counted as a
    # total.
    extra = len(table.get("difference_columns", ()))
    assert len(found.total_rows) >= rows - table.get("one_part_totals", 0)
    assert rows - 2 <= len(found.total_rows) <= rows + 1
    assert columns <= len(found.total_columns) <= columns + extra


@pytest.mark.parametrize("name", NAMES)
def test_figures_come_out_exact_and_no_gap_becomes_nil(name: str) -> None:
    seen = next(one for one in SEEN if one["name"] == name)
    by_cell = figures(name).set_index("cell")["figure"]
    for fact in seen.get("fact", ()):
        figure = by_cell[f"{name}!{fact['sheet']}!{fact['cell']}"]
        assert abs(figure - Decimal(fact["pounds_or_units"])) < Decimal("0.000001"), fact


def test_worcestershire_is_read_to_the_pound_in_both_years() -> None:
    earlier = figures("mhclg-ra-budget-2016-17.xlsx")
    own = earlier[(earlier["label"] == "Worcestershire") & (earlier["unit"] == "£000")].set_index(
        "heading"
    )["pence"]
    assert own["TOTAL EDUCATION SERVICES"] == 267_772 * 100_000
    assert own["Early years"] == 22_306 * 100_000
    assert own["Special schools and alternative provision"] == 25_700 * 100_000
    later = figures("mhclg-ra-budget-2021-22.csv")
    own = later[later["label"].str.contains("Worcestershire")].set_index("heading")["pence"]
    assert own["TOTAL EDUCATION SERVICES"] == 275_061 * 100_000


def test_every_row_and_group_of_the_scottish_returns_casts() -> None:
    found = checked("scotgov-lfr-2017-18.xlsx")
    assert len(found.tables) == 51
    everything = (4, 12, 23, 34, 48, 58, 65, 84, 96, 100)
    # Scotland and its 32 councils have figures throughout; boards and bridges have nil nearly
    # everywhere, also for their totals.
    assert [table.total_rows for table in found.tables].count(everything) == 33
    assert all(set(table.total_rows) <= set(everything) for table in found.tables)
    assert {table.total_columns for table in found.tables} <= {(), ("D",)}
    # 51 sheets of 86 lines, and in one of them a line of nil that nothing names.
    assert sum(table.rows for table in found.tables) == 51 * 86 + 1 == 4_387
    assert [remark.severity for remark in found.remarks] == ["note"]


@pytest.mark.parametrize("name", NAMES)
def test_hidden_rows_and_columns_with_figures_are_said(name: str) -> None:
    seen = next(one for one in SEEN if one["name"] == name)
    said = {
        remark.message.partition(", ")[0]
        for remark in checked(name).remarks
        if remark.code in ("hidden-rows", "hidden-columns")
    }
    hidden = {
        *seen.get("hidden_rows_with_content", ()),
        *seen.get("hidden_columns_with_content", ()),
    }
    assert said <= hidden
    if name == "oakland-5yr-tables.xlsx":
        assert said == hidden


@pytest.mark.parametrize("name", NAMES)
def test_numbers_written_as_text_are_counted(name: str) -> None:
    seen = next(one for one in SEEN if one["name"] == name)
    counts = [
        int(found[1].replace(",", ""))
        for remark in checked(name).remarks
        if remark.code == "text-numbers"
        and (found := re.search(r": ([\d,]+) numbers? (?:are|is) written", remark.message))
    ]
    # In the Dutch file a person counts neither the inhabitants nor codes: the check reads 12 of
    # those as numbers too.
    extra = 12 if name.startswith("nl-") else 0
    assert sum(counts) == seen["text_numbers"] + extra
