"""What holds of the rules whatever the figures.

Order is no matter, a split line adds up, one fault makes one headline.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import TOTALS, examples
from text_quarter import tables_of

from ffanalysis.checks import RULES, check
from ffanalysis.findings import Finding
from ffanalysis.periods import Period
from ffanalysis.provenance import CellRef, cell_of
from ffanalysis.read import load, read_sheets
from ffanalysis.savings.quarter import Quarter
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.tables import with_amount

YEARS = ("2015/16", "2016/17", "2017/18")
STATUSES = ("Green Delivered", "Green On Target", "Amber", "Red")
SHEETS = list(dict.fromkeys(example.sheets for example in examples()))
Grid = list[list[int | None]]


@pytest.fixture(scope="module")
def quarter(example_quarter: object, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    """The example quarter as read."""
    root = tmp_path_factory.mktemp("quarter")
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "2015-16-Q2").symlink_to(
        str(example_quarter), target_is_directory=True
    )
    return Quarter(load("2015-16-Q2", root))


def figures(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return sorted(
        (
            item.rule,
            item.subject,
            item.year,
            item.outcome,
            item.severity,
            str((item.stated, item.calculated, item.tolerance)),
        )
        for item in findings
    )


def of_totals(quarter: Quarter) -> list[Finding]:
    return [finding for rule in TOTALS for finding in RULES[rule](quarter)]


def with_savings(quarter: Quarter, savings: pd.DataFrame) -> Quarter:
    """The quarter with other savings."""
    return Quarter(replace(quarter.tables, savings=savings.reset_index(drop=True)))


@settings(max_examples=3)
@given(st.data())
def test_the_order_of_the_rows_is_no_matter(quarter: Quarter, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(quarter.savings))))
    shuffled = with_savings(quarter, quarter.frame("savings").iloc[order])
    assert figures(check(shuffled)) == figures(check(quarter))


@settings(max_examples=20)
@given(st.sampled_from(SHEETS), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_no_matter_to_the_examples(
    sheets: tuple[str, ...], chance: object
) -> None:
    drawn, _ = tables_of(sheets)
    order = list(range(len(drawn.savings)))
    chance.shuffle(order)
    shuffled = with_savings(drawn, drawn.tables.savings.iloc[order])
    assert figures(of_totals(shuffled)) == figures(of_totals(drawn))


@settings(max_examples=20)
@given(st.data())
def test_a_line_split_in_two_changes_no_total(quarter: Quarter, data: st.DataObject) -> None:
    savings = quarter.frame("savings")
    known = savings.index[savings["amount_pence"].notna()]
    row = savings.loc[data.draw(st.sampled_from(list(known)))]
    part = data.draw(st.integers(0, int(row["amount_pence"])))
    rest = row.copy()
    rest["amount_pence"], rest["cell"] = (
        int(row["amount_pence"]) - part,
        "ZZ" + row["cell"].lstrip("ABCDEFGH"),
    )
    savings.loc[row.name, "amount_pence"] = part
    savings = pd.concat([savings, rest.to_frame().T.astype(savings.dtypes)], ignore_index=True)
    before, after = of_totals(quarter), of_totals(with_savings(quarter, savings))
    assert [(item.id, item.stated, item.calculated, item.severity) for item in after] == [
        (item.id, item.stated, item.calculated, item.severity) for item in before
    ]
    # One more amount is one more rounding: the tolerance may grow, so that only "disagrees" could
    # end otherwise.
    assert [item.outcome for item in after] == [item.outcome for item in before]
    assert all(
        (new.tolerance or 0) >= (old.tolerance or 0) for new, old in zip(after, before, strict=True)
    )


@pytest.mark.parametrize("sheets", SHEETS, ids=range(len(SHEETS)))
def test_every_total_that_an_example_prints_is_checked(sheets: tuple[str, ...]) -> None:
    drawn, _ = tables_of(sheets)
    checked = {cell for finding in of_totals(drawn) for cell in finding.cells}
    assert {cell_of(row) for row in with_amount(drawn.totals)} <= checked


def test_every_total_that_the_quarter_prints_is_checked(quarter: Quarter) -> None:
    checked = {cell for finding in check(quarter) for cell in finding.cells}
    printed = {cell_of(row) for row in with_amount(quarter.totals)}
    assert len(printed) == 10
    assert printed <= checked


def schedule(grid: Grid) -> list[list[object]]:
    """A RAG table in £000 with all its totals, right."""
    years = range(len(grid[0]))
    rows = [
        [status, *cells, sum(filter(None, cells))]
        for status, cells in zip(STATUSES, grid, strict=False)
    ]
    by_year = [sum(cells[year] or 0 for cells in grid) for year in years]
    return [["RAG", *YEARS[: len(grid[0])], "Total"], *rows, ["Total", *by_year, sum(by_year)]]


def read(rows: list[list[object]]) -> Quarter:
    above = [
        ["Savings (£000)"],
        ["Programme", "Example Programme"],
        ["Scope", "Libraries"],
        ["Plan", "Current"],
    ]
    placed = {
        (row, column): value
        for row, line in enumerate([*above, *rows], 1)
        for column, value in enumerate(line, 1)
    }
    cells = {at: Cell(*at, value) for at, value in placed.items() if value is not None}
    sheet = Sheet.of("example.xlsx", "Programme", cells.values())
    return Quarter(read_sheets(Period.parse("2015-16-Q2"), [sheet]))


widths = st.tuples(st.integers(1, len(STATUSES)), st.integers(1, len(YEARS)))
amounts = st.none() | st.integers(1, 999)
grids = widths.flatmap(
    lambda size: st.lists(
        st.lists(amounts, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@settings(max_examples=15)
@given(grids)
def test_a_table_that_adds_up_has_no_error_and_each_of_its_totals_agrees(grid: Grid) -> None:
    drawn = read(schedule(grid))
    found = of_totals(drawn)
    assert {finding.outcome for finding in found} == {"agrees"}
    assert len(found) == len(drawn.totals) == len(grid) + len(grid[0]) + 1


@settings(max_examples=15)
@given(grids, st.data())
def test_the_order_of_rows_and_columns_in_the_sheet_is_no_matter(
    grid: Grid, data: st.DataObject
) -> None:
    heading, *lines, total = schedule(grid)
    columns = [0, *data.draw(st.permutations(range(1, len(heading))))]
    shuffled = [
        [line[column] for column in columns]
        for line in [heading, *data.draw(st.permutations(lines)), total]
    ]
    facts = ("rag", "year", "over", "amount_pence", "stated_to_pence", "missing")
    both = [read(rows) for rows in (schedule(grid), shuffled)]
    for name in ("savings", "totals"):
        before, after = (
            Counter(tuple(getattr(row, fact, None) for fact in facts) for row in getattr(one, name))
            for one in both
        )
        assert before == after
    outcomes = [
        Counter(
            (finding.rule, finding.year, finding.outcome, finding.stated) for finding in check(one)
        )
        for one in both
    ]
    assert outcomes[0] == outcomes[1]


@settings(max_examples=15)
@given(grids, st.data())
def test_one_wrong_cell_makes_one_headline_that_names_it(grid: Grid, data: st.DataObject) -> None:
    rows = schedule(grid)
    row, column = (
        data.draw(st.integers(1, len(grid) + 1)),
        data.draw(st.integers(1, len(grid[0]) + 1)),
    )
    # Thirteen amounts in £000 allow £4,000, so 5 is never rounding.
    rows[row][column] = (rows[row][column] or 0) + data.draw(st.integers(5, 500))
    errors = [finding for finding in check(read(rows)) if finding.severity == "error"]
    headlines = [finding for finding in errors if not finding.parent]
    assert len(headlines) == 1
    place = CellRef("example.xlsx", "Programme", f"{'ABCDE'[column]}{row + 5}")
    assert place in headlines[0].cells


@settings(max_examples=10)
@given(st.sampled_from([YEARS[:1], YEARS[:2]]), st.integers(1, 4), st.integers(1, 120))
def test_ids_are_unique_however_long_a_name_and_however_often_it_returns(
    years: tuple[str, ...], lines: int, length: int
) -> None:
    name = ("Example library & archive savings " * 4)[:length].strip()
    rows = [
        ["RAG", *years],
        *(["[illegible]", *(10 + line for _ in years)] for line in range(lines)),
        ["Amber", *(1 for _ in years)],
    ]
    drawn = read(rows)
    named = pd.array([name] * len(drawn.savings), "string")
    found = check(with_savings(drawn, drawn.frame("savings").assign(scope=named)))
    assert len({finding.id for finding in found}) == len(found)
    assert len([finding for finding in found if finding.rule == "rag-stated"]) == lines * len(years)
