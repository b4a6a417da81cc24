"""A workbook or a sheet whose name is of another quarter is held to it as its title is."""

from datetime import date

import pytest
from quarters import Q2, Quarters
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.periods import Period
from ffanalysis.present.words import say
from ffanalysis.read.statements import days_of_name
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.stale import refuse_stale

REGISTER = (
    "register.xlsx!P\nProject | Title | Type of saving | Service\nAlpha | A | New | Libraries"
)
SAVINGS = "\n£000\nProject | Plan | RAG | 2015/16\nAlpha | Current | Amber | 40"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Q1 tracker", (2015, 4, 1), (2015, 6, 30)),
        ("Savings_Q1", (2015, 4, 1), (2015, 6, 30)),
        ("TrackerQ1", (2015, 4, 1), (2015, 6, 30)),
        ("Quarter 1 2015", (2015, 4, 1), (2015, 6, 30)),
        ("2014-15 Q2", (2014, 7, 1), (2014, 9, 30)),
        ("June 2015", (2015, 6, 1), (2015, 6, 30)),
        ("tracker 30.06.15", (2015, 6, 30), (2015, 6, 30)),
        ("Month 3 return", (2015, 6, 1), (2015, 6, 30)),
        ("1st Quarter", (2015, 4, 1), (2015, 6, 30)),
        ("Q1 to Q3", (2015, 4, 1), (2015, 12, 31)),
    ],
)
def test_the_days_of_a_name(
    name: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert days_of_name(Period.parse(Q2), name) == (date(*first), date(*last))


@pytest.mark.parametrize(
    "name",
    [
        *("P3 savings", "M1", "schedule (1)", "v2", "Phase 1", "Budget 2015-16", "Q5"),
        *("tracker 12 October 2015", "changes since Q1", "Savings plan March 2015", "Q3 forecast"),
    ],
)
def test_names_that_are_of_no_quarter(name: str) -> None:
    assert days_of_name(Period.parse(Q2), name) is None


def said(*heads: str) -> list[str]:
    found = quarter(REGISTER, *(f"{head}{SAVINGS}" for head in heads)).findings
    return [say(each.message) for each in found if each.rule == "as-of-in-quarter"]


def test_a_workbook_and_a_sheet_of_savings() -> None:
    assert said("Q1 tracker.xlsx!Savings") == [
        "Q1 tracker.xlsx: its name is not of Quarter 2, 2015/16."
    ]
    assert said("tracker.xlsx!June 2015") == [
        "tracker.xlsx, sheet June 2015: its name is not of Quarter 2, 2015/16."
    ]
    assert said("Q2 tracker.xlsx!Q2") == []


def test_a_csv_says_it_once() -> None:
    assert len(said("Q1 tracker.csv!Q1 tracker")) == 1


def test_a_sheet_of_the_last_quarter_beside_this_ones_is_there_to_be_compared() -> None:
    assert said("tracker.xlsx!Q1", "tracker.xlsx!Q2") == []


def test_a_register_may_keep_its_name() -> None:
    found = quarter(REGISTER.replace("register", "Q1 register"), f"a.xlsx!S{SAVINGS}").findings
    assert not [each for each in found if each.rule == "as-of-in-quarter"]


def test_it_withholds_until_somebody_confirms_it() -> None:
    kept = Quarters()
    kept[Q2].update(
        {
            "register.csv": "Project,Title,Type of saving,Service\nAlpha,A,New,Libraries\n",
            "Q1 tracker.csv": "£000\nProject,Plan,RAG,2015/16\nAlpha,Current,Amber,40\n",
        }
    )
    (reasons,) = withheld_projects(Quarter(refuse_stale(kept.load(Q2).tables))).values()
    (reason,) = reasons
    assert reason == (
        "Q1 tracker.csv: its name is not of Quarter 2, 2015/16"
        " (put this quarter's workbook in its place;"
        " if only the name was left as it was, correct it)."
    )
    kept[Q2]["confirmed.toml"] = """[[confirmed]]
what = "Q1 tracker.csv"
by = "A. Person"
date = 2015-10-05
why = "none"
"""
    found = Quarter(refuse_stale(kept.load(Q2).tables))
    assert withheld_projects(found) == {}
    (note,) = [each for each in found.findings if each.rule == "as-of-in-quarter"]
    assert note.severity == "note"
