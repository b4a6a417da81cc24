"""The texts of invented projects: prose, milestones, risks and signatures.

People are roles: nobody is named.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from ffanalysis import periods
from ffanalysis.demo.council import DIRECTORATE_OF, director_of, head_of
from ffanalysis.demo.records import InventedMilestone
from ffanalysis.periods import Period

_DESCRIPTIONS = (
    "Another way of running {thing}, which costs less and of which residents notice little.",
    (
        "The {service} team proposes to do less of what few people use in {thing} and to keep what"
        " most of them come for."
    ),
    (
        "The present arrangement for {thing} was made for a larger budget; this project fits it to"
        " the one there is."
    ),
    "Demand for {thing} has shifted over five years, and the offer has not followed.",
    (
        "Two teams do similar work on {thing}; this project brings them under one manager and one"
        " set of systems."
    ),
    "The contract behind {thing} ends soon, which is the moment to buy something simpler.",
)
_PURPOSES = (
    (
        "Spending on {thing} is a noticeable part of what {service} costs. A review by officers"
        " compared it with three neighbouring counties, all of them as invented as this one, and"
        " found that each spends less for a similar result."
    ),
    (
        "The council has to find savings in every year of its plan, and {service} has been asked"
        " for its share. A change to {thing} was chosen because it touches the fewest statutory"
        " duties."
    ),
    (
        "Residents were asked in the spring what they would miss most. The offer of {thing} came"
        " low on the list, although those who use it value it highly; the proposal keeps a smaller"
        " one for them."
    ),
    (
        "Usage has fallen for four years in a row while the fixed costs of {thing} have stayed"
        " where they were. The project closes that gap step by step and checks after each step"
        " whether the next is still right."
    ),
    (
        "The systems that support {thing} are old, and keeping them alive costs more each year."
        " Replacing them frees staff time that is not needed afterwards."
    ),
)
_PARAGRAPHS = (
    (
        "Staff have been told what is proposed, and trade unions have seen the draft structure."
        " Posts that fall vacant in the meantime are filled for a fixed term only."
    ),
    (
        "An equality impact assessment has been started. Its first stage found no group that would"
        " be affected more than others, but rural residents are to be looked at again."
    ),
    (
        "Partners in the districts and in the health service were consulted. Two of them asked for"
        " a longer notice period, which the timetable now allows."
    ),
    (
        "The saving was first estimated from last year's outturn and then built up again from the"
        " present establishment. The lower of the two estimates is used."
    ),
    (
        "A pilot ran for one quarter in the east of the county. It met its target in two months out"
        " of three; the third was lost to sickness in a small team."
    ),
    (
        "Nothing in the project depends on capital spending. One-off costs of change are met from"
        " the transformation reserve."
    ),
)
_OUTCOMES = (
    (
        "After the change the offer of {thing} comes from fewer places, with opening times that"
        " follow use. Waiting times are to stay as they are."
    ),
    (
        "The service keeps its duties in full. What ends is the work beyond them, for which no"
        " other funding could be found."
    ),
    (
        "One contract takes the place of three. The provider carries the risk of volume, and the"
        " council that of prices."
    ),
    "Residents do online what can be done online; those who cannot are still served by people.",
    (
        "The team is smaller by the posts that are vacant today, and no compulsory redundancy is"
        " expected."
    ),
)
_CONSTRAINTS = (
    "The statutory minimum of the service must be kept at every stage of the change.",
    "Posts that are funded by grant cannot be counted towards the saving.",
    "No site may close before the one that replaces it is open.",
    "The present contract can be ended at its anniversary only, with six months' notice.",
    "Staff at risk must be offered redeployment for twelve weeks before any post is deleted.",
    "The number of caseworkers cannot fall while the backlog stands where it is.",
    "The change must not move cost to the district councils or to the health service.",
)
_ASSUMPTIONS = (
    "Demand stays within five per cent of last year's.",
    "Pay awards are met from the corporate provision and not from the service.",
    "The provider accepts the lower volume without a change in unit prices.",
    "Half of the leavers in an average year are not replaced.",
    "The new system goes live before the old licence runs out.",
    "Income grows with inflation and not beyond it.",
)
_DECISIONS = (
    "Cabinet is asked to approve the project and to delegate its delivery to the {director}.",
    (
        "The board is asked to release the next stage of design work. No decision on posts is"
        " sought yet."
    ),
    "Members are asked to agree that consultation may begin.",
    "",
)
_MILESTONES = (
    "Options appraisal signed off by the project board",
    "Staff and trade unions consulted",
    "Public consultation closed",
    "Equality impact assessment published",
    "Specification agreed with the {head}",
    "Notice given to the present provider",
    "Contract awarded",
    "New structure in place",
    "Old system switched off",
    "Remaining sites handed over",
)
RISKS = (
    (
        "Fewer residents than expected move to the new offer",
        "Weekly figures for the first quarter; advisers stay in place until the target is met.",
    ),
    (
        "The provider does not agree to a reduced service",
        "Early talks, and a second supplier on the framework who has said that it would bid.",
    ),
    (
        "Key staff leave before the change is complete",
        "Retention is discussed with each of them, and handover notes are kept up to date.",
    ),
    (
        "The statutory timetable is missed while teams are reorganised",
        "Casework is ring-fenced, and the change is phased around the peak of the year.",
    ),
    (
        "The building cannot be let or sold",
        "The estates team markets it a year early; a shorter lease is the second choice.",
    ),
    (
        "Data is lost when the systems are merged",
        "Two rehearsals of the migration, and the old system kept readable for a year.",
    ),
    (
        "Legal challenge to the consultation",
        "Consultation material checked by the legal team; decision only after the full period.",
    ),
    (
        "Costs of change are higher than the reserve allows",
        "The board sees a monthly forecast and stops at each stage if it is passed.",
    ),
)
# Why a line is better off than a quarter ago, and why it is worse off.
BETTER = (
    "the project board accepted the evidence at its last meeting",
    "the consultation closed with fewer objections than expected",
    "the supplier signed at the price that was planned",
    "the project team is complete, and the first site has changed over",
    "finance checked the first month's figures and found the saving in them",
)
WORSE = (
    "the supplier's revised timetable leaves no room for a second round",
    "the consultation drew objections that members want answered first",
    "recruitment to the project team took longer than planned",
    "the first month's figures show less than was expected",
    "two sites wait for their surveys",
)
ASSESSED = "the project board assessed it for the first time"
ANEW = "it was estimated anew from the present establishment"
DUTIES = (
    "case reviews must be completed",
    "assessments must be brought up to date",
    "records must be transferred to the new system",
    "inspections must be carried out",
    "agreements must be renewed",
)
_PLAN_AREAS = ("Healthy Lives", "Open for Business", "Living Places", "Better Use of Means")


def texts_of(random: Random, subject: str, service: str) -> dict[str, str]:
    """What the register says of a project in prose."""
    thing = subject.lower()
    about = {"thing": thing, "service": service, "director": director_of(DIRECTORATE_OF[service])}

    def some(texts: Sequence[str], count: int) -> str:
        return "\n".join(text.format(**about) for text in random.sample(texts, count))

    return {
        "Corporate plan area": random.choice(_PLAN_AREAS),
        "Description": some(_DESCRIPTIONS, 1),
        "Purpose": f"{some(_PURPOSES, 2)}\n{some(_PARAGRAPHS, random.randint(1, 3))}",
        "Outcomes": some(_OUTCOMES, 2),
        "Constraints": some(_CONSTRAINTS, random.randint(2, 4)),
        "Assumptions": some(_ASSUMPTIONS, random.randint(2, 3)),
        "Decision sought": some(_DECISIONS, 1),
    }


def _months_before(start: int, months: int) -> date:
    """The first of the month so many months before 1 April of `start`."""
    number = start * 12 + 3 - months
    return date(number // 12, number % 12 + 1, 1)


def _last_of(month: date) -> date:
    return _months_before(month.year, 3 - month.month) - timedelta(1)


def _written(random: Random, month: date) -> tuple[str, date]:
    """A date in this month as people write it, and the last day that it may be."""
    day, month_ends = month + timedelta(random.randint(0, 26)), _last_of(month)
    return random.choice(
        (
            (f"{month:%B %Y}", month_ends),
            (f"{month:%b %Y}", month_ends),
            (f"{month:%b-%y}", month_ends),
            (f"End {month:%B %Y}", month_ends),
            (periods.long_date(day), day),
            (f"By {periods.long_date(day)}", day),
            (f"{day:%d/%m/%y}", day),
        )
    )


def milestones_of(
    random: Random, number: int, service: str, start: int
) -> tuple[InventedMilestone, ...]:
    """Milestones before the saving starts; some are tentative, some undated, a few not kept."""
    months = sorted(random.sample(range(1, 16), random.randint(3, 5)), reverse=True)
    steps = sorted(random.sample(range(len(_MILESTONES)), len(months)))
    texts = [_MILESTONES[step].format(head=head_of(service)) for step in steps]
    found = []
    for text, before in zip(texts, months, strict=True):
        found.append(InventedMilestone(text, *_written(random, _months_before(start, before))))
    if number % 4 == 2:
        month = _months_before(start, months[-1])
        found[-1] = InventedMilestone(found[-1].text, f"{month:%B %Y} TBC", _last_of(month))
    if number % 7 == 5:
        found[0] = replace(found[0], is_kept=False)
    if number % 5 == 3:
        found.append(InventedMilestone("Further steps to be agreed with the project board"))
    return tuple(found)


def signatures_of(
    random: Random, service: str, asked: Period, start: int, *, approved: bool
) -> tuple[tuple[str, ...], ...]:
    """The sign-off of a project: role, date and minute of each.

    Officers come first, then a member and a governance body where the project went so far. Who
    approves does so before the saving starts.
    """
    day = asked.last_day - timedelta(random.randint(20, 60))
    if approved:
        day = min(day, date(start, 4, 1) - timedelta(random.randint(30, 90)))
    directorate = DIRECTORATE_OF[service]
    officers = (head_of(service), director_of(directorate), "Head of Finance")
    signed = len(officers) if approved else random.randint(1, 3)
    rows = [
        (role, periods.long_date(day) if number < signed else "", "")
        for number, role in enumerate(officers)
    ]
    if approved:
        decided = periods.long_date(day + timedelta(12))
        rows += [
            (f"Cabinet Member for {directorate}", decided, ""),
            ("Cabinet", decided, f"Minute {random.randint(10, 90)}"),
        ]
    return tuple(rows)
