"""A line of a project that the register does not have takes no more down than it may concern."""

import pytest
from text_quarter import quarter

from ffanalysis.api import check
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say
from ffanalysis.savings.refusals import withheld_projects

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
School transport | The framework | New | Transport | Change
Reablement | Reablement First | New | Care | Change
Day Centres | Fewer buildings | New | Care | Change
"""
SCHEDULE = """s.xlsx!S
£000
Project | Plan | RAG | Delivery route | 2015/16
School transport | Current | Amber | Commissioned | 275
Day Centres | Current | Green | Retained | 100
{name} | Current | Green | Retained | 850
Total | | | | 1225
"""


@pytest.mark.parametrize(
    "name", ["Reablment", "Reablement First", "Re-ablement", "REABLEMENTT", "Reablement (phase 2)"]
)
def test_a_mistyped_name_withholds_the_project_it_may_be_and_no_other(name: str) -> None:
    found = quarter(REGISTER, SCHEDULE.format(name=name))
    (sentence,) = withheld_projects(found)["reablement"]
    assert sentence == (
        f"s.xlsx, sheet S, cell A5: the project '{name}' is not in the register: did you mean"
        " Reablement? (write one of: School transport, Reablement, Day Centres; or add it to the"
        " register, or its other name to aliases.toml)."
    )
    assert set(withheld_projects(found)) == {"reablement"}
    # Its line is a gap in the table's total, not an error: 275 + 100 of 1,225 are known.
    findings = check(found)
    assert [item.rule for item in findings if item.severity == "error"] == []
    (split,) = (item for item in findings if item.rule == "route-split")
    assert split.outcome == "not_stated"
    assert "known parts £375,000 of £1,225,000" in say(split.message)
    assert "Incomplete: 1 project withheld" in str(Programme.of(found, findings).title().html)


def test_a_name_like_no_other_withholds_nobody_and_leaves_the_programme_incomplete() -> None:
    found = quarter(REGISTER, SCHEDULE.format(name="Help at home"))
    assert withheld_projects(found) == {}
    assert "did you mean" not in found.refusals[0].sentence
    findings = check(found)
    # The project that no line is left for says so in its own briefing.
    (error,) = (item for item in findings if item.severity == "error")
    assert (error.rule, error.project) == ("savings-stated", "reablement")
    assert "Incomplete: 0 projects withheld" in str(Programme.of(found, findings).title().html)


def test_a_milestone_of_an_unknown_project_withholds_the_one_it_may_be() -> None:
    milestones = "r.xlsx!M\nProject | Milestone | Completed by\nReablment | Opened | March 2016\n"
    found = quarter(REGISTER, SCHEDULE.format(name="Reablement"), milestones)
    assert set(withheld_projects(found)) == {"reablement"}
    assert [row.cell for row in found.refusals] == ["A2"]


def test_each_cell_that_names_it_is_one_refusal_and_they_come_first() -> None:
    schedule = (
        SCHEDULE.format(name="Reablment")
        .replace("Amber", "Ambr")
        .replace("Total", "Reablment | Current | Red | Retained | 1\nTotal")
    )
    found = quarter(REGISTER, schedule)
    assert [row.cell for row in found.refusals] == ["A5", "A6", "C3"]


def test_two_names_that_it_may_be_are_both_withheld_and_named() -> None:
    register = REGISTER + "Reablemont | Another | New | Care | Change\n"
    found = quarter(register, SCHEDULE.format(name="Reablemnt"))
    assert set(withheld_projects(found)) == {"reablement", "reablemont"}
    assert "did you mean Reablement or Reablemont?" in withheld_projects(found)["reablement"][0]
