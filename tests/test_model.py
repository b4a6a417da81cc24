"""The vocabulary's records.

Names that are safe as files, tables with their types, figures and findings.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import records

from ffanalysis.figures import Figure, constant, missing, part_known
from ffanalysis.findings import Amounts, Finding
from ffanalysis.periods import Period
from ffanalysis.provenance import CellRef, cell_of, merged_cells, slug
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import CONTRACTS, TABLE_NAMES, Tables, frame

PLACE = {"workbook": "savings-schedule.xlsx", "sheet": "Current programme", "cell": "C9"}
SAVING = {"block": "savings-schedule.xlsx!Current programme!A7", **PLACE}
MILESTONE = {
    "project": "sen",
    "milestone": "Transfer",
    "workbook": "register.xlsx",
    "sheet": "Milestones",
    "cell": "A4",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SEN Contract Efficiency", "sen-contract-efficiency"),
        ("A & B", "a-and-b"),
        ("  Libraries:  hubs, (phase 2) ", "libraries-hubs-phase-2"),
        ("Café Élan", "cafe-elan"),
        # Nothing leads out of the folder of reports.
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\reports\\x", "c-reports-x"),
        # Pages and folders that the run itself writes.
        ("Index", "index-project"),
        ("programme", "programme-project"),
        ("Outbox!", "outbox-project"),
        ("Programme office", "programme-office"),
        # Names of devices, which Windows opens instead of a file.
        ("CON", "con-project"),
        ("Lpt9", "lpt9-project"),
        ("Con artists", "con-artists"),
        ("COM10", "com10"),
        # Without a letter or digit there is no name.
        ("\N{ROCKET}\N{ROCKET}", ""),
        ("---", ""),
        ("", ""),
        ("x" * 300, "x" * 80),
        # Cut to 80, a name does not end in a hyphen.
        ("a" * 79 + " b", "a" * 79),
    ],
)
def test_a_name_as_it_stands_in_file_names(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(
    st.text(max_size=120)
    | st.sampled_from(["Index", "run ", "&CON", "Aux.", "lpt1!", "Findings", "-programme-"])
)
def test_no_name_makes_a_file_name_that_is_unsafe_or_taken(name: str) -> None:
    made = slug(name)
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(made) <= 80
    assert not made.startswith("-")
    assert not made.endswith("-")
    assert made not in {
        "index",
        "programme",
        "findings",
        "reconciliation",
        "run",
        "con",
        "prn",
        "aux",
        "nul",
        "com1",
        "lpt1",
    }
    # A project may be named by its made as well as by its name.
    assert slug(made) == made


@pytest.mark.parametrize("table", CONTRACTS)
def test_an_empty_table_has_its_columns_and_types(table: str) -> None:
    data = frame(table, [])
    kinds = {
        "text": "string",
        "pence": "Int64",
        "date": "datetime64[ms]",
        "flag": "boolean",
        "count": "Int64",
    }
    assert len(data) == 0
    assert {name: str(kind) for name, kind in data.dtypes.items()} == {
        name: kinds[column.kind] for name, column in CONTRACTS[table].items()
    }


def test_a_table_has_its_columns_in_order_and_nothing_else() -> None:
    data = frame("milestones", [{**MILESTONE, "colour": "blue"}])
    assert list(data.columns) == [
        *["project", "milestone", "completed_by", "first_day", "last_day", "tentative"],
        *["workbook", "sheet", "cell"],
        *["status", "completed_on", "done", "done_first", "done_last"],
    ]


def test_what_is_missing_stays_missing_and_nil_stays_nil() -> None:
    rows = [
        {**SAVING, "amount_pence": 0, "stated_to_pence": 100_000},
        {**SAVING, "amount_pence": None, "missing": "TBC"},
    ]
    data = frame("savings", rows)
    assert data["amount_pence"].isna().tolist() == [False, True]
    assert data["amount_pence"][0] == 0
    assert data["missing"].isna().tolist() == [True, False]


def test_pence_stay_exact_where_a_float_would_not() -> None:
    # 2**53 + 1 is the first whole number that a float cannot hold.
    data = frame("savings", [{**SAVING, "amount_pence": 9_007_199_254_740_993}, SAVING])
    assert records(data)[0].amount_pence == 9_007_199_254_740_993


def test_a_part_of_a_penny_is_not_money() -> None:
    with pytest.raises((TypeError, ValueError)):
        frame("savings", [{**SAVING, "amount_pence": 0.5}])


def test_records_hold_plain_values_and_none_for_what_is_missing() -> None:
    dated = {
        **MILESTONE,
        "completed_by": "Nov 2015",
        "first_day": date(2015, 11, 1),
        "last_day": date(2015, 11, 30),
    }
    first, second = records(frame("milestones", [{**dated, "tentative": False}, MILESTONE]))
    assert (first.first_day, first.last_day) == (date(2015, 11, 1), date(2015, 11, 30))
    assert type(first.first_day) is date
    assert first.tentative is False
    assert (second.completed_by, second.first_day, second.last_day, second.tentative) == (
        None,
        None,
        None,
        None,
    )


def test_records_count_in_whole_numbers_beside_a_missing_one() -> None:
    # pandas makes floats of whole numbers as soon as one of them is missing.
    data = frame("savings", [{**SAVING, "amount_pence": 58_400_000}, SAVING])
    first, second = records(data)
    assert type(first.amount_pence) is int
    assert first.amount_pence == 58_400_000
    assert second.amount_pence is None


def test_a_table_without_rows_has_no_records() -> None:
    assert list(records(frame("risks", []))) == []


def test_a_row_says_where_it_was_read() -> None:
    (record,) = records(frame("savings", [SAVING]))
    cell = cell_of(record)
    assert cell == CellRef("savings-schedule.xlsx", "Current programme", "C9")
    assert str(cell) == "savings-schedule.xlsx!Current programme!C9"


def test_every_canonical_row_can_name_its_cell() -> None:
    for table, contract in CONTRACTS.items():
        # A workbook as a whole has no cell, nor has a setting.
        # A key of settings.toml is found by the table that it stands in.
        needed = {
            "workbooks": {"workbook"},
            "weights": {"declared_in"},
            "settings": {"part", "key"},
        }.get(table, {"workbook", "sheet", "cell"})
        assert needed <= set(contract), table


def test_the_tables_of_a_period_are_those_that_have_a_contract() -> None:
    assert set(TABLE_NAMES) == set(CONTRACTS)


def finding(**changes: Any) -> Finding:
    facts: dict[str, Any] = {
        "subject": "Education & Skills",
        "outcome": "disagrees",
        "severity": "error",
        "message": (),
    }
    return Finding(rule="rag-columns", **{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"year": "2016/17"}, "rag-columns:education-and-skills:2016-17"),
        ({"year": ""}, "rag-columns:education-and-skills"),
        ({"subject": "", "year": "2016/17"}, "rag-columns:2016-17"),
    ],
)
def test_a_finding_is_known_by_its_rule_subject_and_year(
    changes: dict[str, object], name: str
) -> None:
    assert finding(**changes).id == name


@pytest.mark.parametrize(
    ("stated", "calculated", "difference"),
    [
        (149_500_000, 149_900_000, 400_000),
        (149_900_000, 149_500_000, -400_000),
        (149_500_000, 149_500_000, 0),
        # Nil is an amount; what is not stated is none.
        (0, 100, 100),
        (None, 149_500_000, None),
        (149_500_000, None, None),
    ],
)
def test_the_difference_is_what_is_calculated_less_what_is_stated(
    stated: int | None, calculated: int | None, difference: int | None
) -> None:
    sums = [None if each is None else constant(each, "given") for each in (calculated, stated)]
    assert finding(amounts=Amounts(*sums)).difference == difference


def test_a_figure_gives_its_pence() -> None:
    cells = (CellRef("b.xlsx", "S", "A1"),)
    assert Figure("target", constant(10_000_000, "given", cells)).pence == 10_000_000
    assert Figure("target", constant(0, "given", cells)).pence == 0
    assert Figure("target", part_known(constant(100, "given", cells), "TBC")).pence == 100


@pytest.mark.parametrize(
    "figure",
    [
        Figure("target", missing("TBC")),
        Figure("share", constant(Decimal("9.2"), "given"), "percent"),
        Figure("rate", constant(100, "given"), "count"),
    ],
)
def test_a_figure_that_is_no_stated_amount_gives_no_pence(figure: Figure) -> None:
    with pytest.raises(ValueError, match="is not a stated amount"):
        _ = figure.pence


def test_cells_of_several_figures_are_listed_once_in_order() -> None:
    a, b, c = (CellRef("book.xlsx", "Sheet", address) for address in ("A1", "B1", "C1"))
    assert merged_cells([b, a], [], [a, c, b]) == (b, a, c)
    assert merged_cells() == ()


def test_the_projects_of_a_period_keep_the_order_of_the_register() -> None:
    place = {"workbook": "register.xlsx", "sheet": "Projects"}
    rows = [
        {"project": name, "name": name, **place, "cell": f"A{row}"}
        for row, name in enumerate(("zebra", "adder"), 4)
    ]
    frames = {name: frame(name, []) for name in TABLE_NAMES}
    frames["projects"] = frame("projects", rows)
    period = Period(2015, 2)
    tables = Tables(period=period, as_of=period.last_day, as_of_cell="", digest="", **frames)
    assert Quarter(tables).slugs == ("zebra", "adder")
