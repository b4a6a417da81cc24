"""Totals by label and by arithmetic: which lines they add, and whether they add up.

Small tables, sums written by hand.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffanalysis.workbook_check.fit import Item
from ffanalysis.workbook_check.totals_search import FoundTotal, Totals, find_totals


def table(text: str) -> list[Item]:
    """Rows written as "label | number | number".

    A blank line begins a group, `..` marks a gap, `-` is blank.
    """
    items, begins = [], True
    for row, line in enumerate(text.strip("\n").splitlines(), 1):
        if not line.strip():
            begins = True
            continue
        label, *cells = (cell.strip() for cell in line.split("|"))
        values = np.array(
            [
                float("nan") if cell in ("-", "..") else float(cell.replace(",", ""))
                for cell in cells
            ]
        )
        items.append(
            Item(
                row,
                label,
                values,
                np.array([cell == ".." for cell in cells]),
                is_total="total" in label.casefold() and "cumulative" not in label.casefold(),
                is_cumulative="cumulative" in label.casefold(),
                is_memo=label.startswith("of which"),
                begins_group=begins,
            )
        )
        begins = False
    return items


def totals(text: str, unit: float = 1.0, **more: bool) -> Totals:
    items = table(text)
    return find_totals(items, np.full(len(items[0].values), unit), **more)


def added(found: Totals) -> dict[int, tuple[int, ...]]:
    """Total → the rows that it adds."""
    return {total.index: total.parts for total in found.found}


def faults(found: Totals) -> list[tuple[int, int, float, float]]:
    return [
        (total.index, each.position, each.stated, each.calculated)
        for total in found.found
        for each in total.differing
    ]


NESTED = """
Parks   | 10 | 20
Sport   |  5 |  7
Total leisure | 15 | 27

Roads   | 40 | 50
Lights  |  2 |  3
Total highways | 42 | 53

Grand total | 57 | 80
"""


def test_totals_within_totals_are_each_added_once() -> None:
    # 10 + 5 = 15; 40 + 2 = 42; 15 + 42 = 57, and not 15 + 42 + 57.
    assert added(totals(NESTED)) == {3: (1, 2), 7: (5, 6), 9: (3, 7)}
    assert faults(totals(NESTED)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("|  7", "|  9", (3, 1, 27.0, 29.0)),  # 20 + 9 = 29 against 27
        (
            "| 42 | 53",
            "| 42 | 58",
            (7, 1, 58.0, 53.0),
        ),  # 50 + 3 = 53 against 58; the grand total then takes 27 + 58 = 85
        ("| 57 | 80", "| 57 | 90", (9, 1, 90.0, 80.0)),
    ],
)
def test_one_wrong_number_is_found_at_the_total_above_it(
    old: str, new: str, fault: tuple[int, int, float, float]
) -> None:
    assert fault in faults(totals(NESTED.replace(old, new, 1)))


def test_a_total_may_stand_first_and_above_its_parts() -> None:
    first = """
Total | 30 | 33
Parks | 10 | 11
Roads | 20 | 22
"""
    assert added(totals(first)) == {1: (2, 3)}
    assert faults(totals(first.replace("| 22", "| 29"))) == [(1, 1, 33.0, 40.0)]


def test_a_parent_without_a_label_is_known_by_arithmetic_where_it_heads_its_group() -> None:
    parents = """
Education | 5,224 | 379 | 4,844
Primary   | 3,100 | 200 | 2,900
Secondary | 2,124 | 179 | 1,944

Roads     | 643 | 211 | 431
Winter    | 88 | 7 | 81
Repairs   | 555 | 204 | 350

Fund total | 5,867 | 590 | 5,275
"""
    # 3,100 + 2,124 = 5,224; 88 + 555 = 643; 5,224 + 643 = 5,867.
    assert added(totals(parents)) == {1: (2, 3), 5: (6, 7), 9: (1, 5)}
    # The sum is off by one in the last column of the fund total: 4,844 + 431 = 5,275 agrees; 4,844
    # + 431 against 5,285 does not.
    assert faults(totals(parents.replace("5,275", "5,285"))) == [(9, 2, 5285.0, 5275.0)]


def test_a_subtotal_without_a_label_is_known_by_arithmetic_in_several_columns() -> None:
    unlabelled = """
Salaries | 170,226 | 170,379 | 171,400
Fringe   |  56,451 |  59,398 |  62,700
Personnel | 226,677 | 229,777 | 234,100
Contracts |  98,349 |  99,317 |  99,200
Total    | 325,026 | 329,094 | 333,300
"""
    # 170,226 + 56,451 = 226,677; 226,677 + 98,349 = 325,026: without seeing the subtotal, 551,703
    # would be the sum.
    assert added(totals(unlabelled)) == {3: (1, 2), 5: (3, 4)}


def test_equal_amounts_and_chance_sums_in_one_column_make_no_total() -> None:
    ledger = "\n".join(
        f"Line {number} | {amount}" for number, amount in enumerate((1, 2, 3, 5, 8, 13, 3, 3, 6))
    )
    assert added(totals(ledger)) == {}


def test_what_is_of_which_feeds_no_sum() -> None:
    memo = """
Care      | 100 | 110
of which homes | 60 | 65
Schools   | 50 | 55
Total     | 150 | 165
"""
    assert added(totals(memo)) == {4: (1, 3)}


def test_a_marked_gap_leaves_its_column_unchecked_and_a_blank_does_not() -> None:
    gaps = """
Parks | 10 | .. | 4
Roads | 20 | 7 | -
Total | 30 | 99 | 4
"""
    (total,) = totals(gaps).found
    # 10 + 20 = 30 and 4 = 4; nobody knows what .. is, so that 99 is no fault.
    assert (total.parts, total.agreeing, total.differing) == ((1, 2), 2, [])


def test_cumulative_lines_add_up_others_and_feed_no_total() -> None:
    running = """
Parks | 10 | 20 | 30
Roads | 1 | 2 | 3
Total | 11 | 22 | 33
Cumulative | 11 | 33 | 66
Total again | 11 | 22 | 33
"""
    found = {
        total.index: (total.known_by, total.parts, total.differing)
        for total in totals(running).found
    }
    # 11; 11 + 22 = 33; 33 + 33 = 66.
    assert found[4] == ("cumulative", (3,), [])
    assert found[5][1] == (3,)
    assert faults(totals(running.replace("| 66", "| 70"))) == [(4, 2, 70.0, 66.0)]


def test_rounding_is_no_fault_and_more_than_rounding_is() -> None:
    # Three parts and a total in whole numbers: half of four units is 2, three standard deviations
    # are 3·√(4/12) = 1.7, up to 2.
    rounded = """
A | 10 | 5
B | 10 | 5
C | 10 | 5
Total | 31 | 15
"""
    (total,) = totals(rounded).found
    assert [(each.amount, each.tolerance) for each in total.rounded] == [(-1.0, 2.0)]
    (worse,) = totals(rounded.replace("| 31", "| 33")).found
    assert [(each.amount, each.tolerance) for each in worse.differing] == [(-3.0, 2.0)]


def test_a_total_that_nothing_adds_up_to_is_reported_and_is_no_fault() -> None:
    alone = """
Opening | 5 | 6
Spent | 7 | 9
Total council tax forgone | 900 | 800
"""
    found = totals(alone)
    assert (faults(found), [total.index for total in found.unexplained]) == ([], [3])


def test_a_plain_total_that_nothing_adds_up_to_is_a_fault() -> None:
    wrong = """
Parks | 10
Roads | 20
Total | 75
"""
    assert faults(totals(wrong)) == [(3, 0, 75.0, 30.0)]


amounts = st.lists(st.integers(-999_999, 999_999).filter(bool), min_size=3, max_size=3)


@given(st.lists(st.lists(amounts, min_size=2, max_size=4), min_size=2, max_size=4))
def test_a_table_that_adds_up_has_no_fault_whatever_its_numbers(
    groups: list[list[list[int]]],
) -> None:
    lines, sums = [], []
    for number, group in enumerate(groups):
        lines += [
            f"Line {number}.{place} | " + " | ".join(map(str, values))
            for place, values in enumerate(group)
        ]
        total = [sum(column) for column in zip(*group, strict=True)]
        sums.append(total)
        lines += [f"Subtotal {number} | " + " | ".join(map(str, total)), ""]
    lines.append(
        "Grand total | " + " | ".join(str(sum(column)) for column in zip(*sums, strict=True))
    )
    found = totals("\n".join(lines))
    assert faults(found) == []
    assert max(added(found)) == len(lines)


@given(
    st.lists(amounts, min_size=3, max_size=6),
    st.integers(0, 2),
    st.integers(5, 10_000),
    st.booleans(),
)
def test_one_changed_number_is_always_found(
    rows: list[list[int]], column: int, change: int, in_total: bool
) -> None:
    total = [sum(values) for values in zip(*rows, strict=True)]
    # A column of sums that cancel out says nothing; such tables are not drawn.
    if not all(total):
        return
    changed = [list(row) for row in [*rows, total]]
    changed[-1 if in_total else 0][column] += change
    lines = [
        f"Line {number} | " + " | ".join(map(str, values))
        for number, values in enumerate(changed[:-1])
    ]
    found = totals("\n".join([*lines, "Total | " + " | ".join(map(str, changed[-1]))]))
    assert any(fault[0] == len(changed) and fault[1] == column for fault in faults(found))


def test_a_total_is_sure_by_its_label_or_by_enough_that_agrees() -> None:
    assert FoundTotal(1, (2, 3), "label", agreeing=0).is_sure
    assert not FoundTotal(1, (2, 3), "arithmetic", agreeing=2).is_sure
