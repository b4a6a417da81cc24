"""How far a project has come, by the words of its status, and the banner that follows."""

import pytest
from rendered import page_of
from rows import with_rows
from text_quarter import quarter

from ffanalysis import checks
from ffanalysis.checks.statuses import status_known
from ffanalysis.measure.stages import is_approved, stage_of
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.words import say
from ffanalysis.vocabulary import Stage

APPROVED = (
    "Approved",
    "Approved by Cabinet on 5 November 2015",
    "approved by the Cabinet 05/11/2015",
    "Approved (Cabinet, 5 Nov 2015)",
    "Cabinet approved 5 November 2015",
    "Approved by the Adult Social Care Committee on 5 November 2015, minute 12/15",
    "Approved by the Leader of the Council",
    "Approved by Cabinet at its meeting of 5 November 2015",
)
SAID = {
    Stage.APPROVED: APPROVED,
    Stage.IN_DELIVERY: (
        "In delivery",
        "Delivery stage",
        "In progress",
        "In delivery since Quarter 1",
        "In delivery – approved by Cabinet 5 November 2015",
        "Approved by Cabinet. In delivery",
        "Approved and now in delivery",
    ),
    Stage.ON_HOLD: ("On hold", "on-hold until April 2016", "Paused", "Approved; on hold"),
    Stage.CLOSED: (
        "Closed",
        "Project closed",
        "CLOSED 31/03/2016",
        "Closed (March 2016)",
        "Completed",
        "Delivered in full",
        "Approved by Cabinet, closed March 2016",
    ),
    Stage.WITHDRAWN: ("Withdrawn", "Cancelled", "No longer pursued", "withdrawn on 5 May 2016"),
    Stage.REJECTED: (
        "Rejected",
        "Rejected by Cabinet on 3 May 2016",
        "Refused",
        "Turned down by Cabinet",
        "Not supported",
    ),
    Stage.CONCEPT: (
        "Concept stage",
        "At concept stage; not approved",
        "Concept",
        "At concept",
        "Concept phase",
        "Early concept",
        "In the concept phase, not yet approved",
    ),
    Stage.PROPOSED: ("Proposed", "Proposal", "New proposal"),
    Stage.AWAITING: (
        "Awaiting a decision",
        "Approved by Cabinet subject to consultation",
        "Approved in principle, subject to Cabinet",
        "Approved? Not yet",
        "Business case submitted; not approved yet.",
    ),
    Stage.NOT_APPROVED: (
        "Not approved",
        "Approved: no",
        "Not agreed",
        "Closed but not approved",
        "Approved by officers; Cabinet has not been asked",
    ),
    Stage.UNKNOWN: (
        "Gate 2",
        "Concept car",
        "Past the concept phase",
        "Closed to new entrants",
        "Closed?",
        "Not closed",
        "Not in delivery",
        "Approved by programme board",
        "Approved by the steering committee",
        "Approved by council officers",
        "Proposed; approved",
        "closed, withdrawn",
        "Approved " * 500,
    ),
    Stage.NOT_STATED: ("", " . "),
}


@pytest.mark.parametrize(
    ("status", "stage"), [(text, stage) for stage, texts in SAID.items() for text in texts]
)
def test_a_status_is_understood_as_a_whole_or_not_at_all(status: str, stage: Stage) -> None:
    assert stage_of(status) is stage
    assert is_approved(status) == (stage is Stage.APPROVED)


@pytest.mark.parametrize(
    "status",
    ["Approved?", "Approved / Not approved (delete as appropriate)", "Approved Not approved"],
)
def test_a_choice_that_nobody_made_is_asked_about(status: str) -> None:
    assert stage_of(status) is Stage.UNKNOWN


def test_what_a_council_may_map_to_are_the_words_that_are_known() -> None:
    for stage in Stage:
        assert (stage_of(stage) is stage) == stage.is_stated


def test_a_councils_own_words_go_first() -> None:
    words = {"Gate  4": "In delivery", "closed": "On hold"}
    assert stage_of("gate 4.", words) is Stage.IN_DELIVERY
    assert stage_of("Closed", words) is Stage.ON_HOLD
    assert stage_of("Gate 5", words) is Stage.UNKNOWN


SHEETS = (
    """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha   | Alpha | New | Libraries | Example | {}
Beta    | Beta  | New | Libraries | Example | {}
""",
    """schedule.xlsx!Savings
£000
Project | Plan | Type of saving | RAG | 2016/17
Alpha | Current | New | Amber | 100
Beta  | Current | New | Amber | 50
""",
)


@pytest.mark.parametrize(
    ("status", "state", "look"),
    [
        ("Closed", "Closed", "banner quiet"),
        ("On hold", "On hold", "banner quiet"),
        ("Completed", "ClosedCompleted", "banner quiet"),
        ("Proposed", "Proposed, not approvedProposed", "banner"),
        ("Gate 2", "Approval not statedGate 2", "banner"),
        ("Not approved", "Not approved", "banner"),
    ],
)
def test_only_a_missing_decision_has_the_colour_of_alarm(
    status: str, state: str, look: str
) -> None:
    made = quarter(SHEETS[0].format(status, "Closed"), SHEETS[1])
    title = page_of(str(Briefing.of(made, checks.check(made), "alpha").title().html))
    strip = title.one("div", role="note")
    assert (strip.text, strip.attributes["class"]) == (state, look)


def test_an_unknown_status_is_asked_about_once_and_in_no_briefing() -> None:
    made = quarter(SHEETS[0].format("Gate 2", "GATE 2"), SHEETS[1])
    (finding,) = status_known(made)
    assert say(finding.message) == (
        "The status 'Gate 2' of Alpha and 1 more project is not understood. Write one that is, such"
        " as Closed, or say under [status_words] in settings.toml what it means."
    )
    assert [str(cell) for cell in finding.cells] == [
        "register.xlsx!Projects!A2",
        "register.xlsx!Projects!A3",
    ]
    findings = checks.check(made)
    briefing = Briefing.of(made, findings, "alpha")
    assert "status-known" not in {each.rule for each in briefing.findings}
    told = with_rows(made, settings=[{"part": "status_words", "key": "Gate 2", "value": "Closed"}])
    assert not list(status_known(told))
