"""Rules about how far a project has come, in the words of the register."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ffanalysis import periods
from ffanalysis.checks.compare import in_short
from ffanalysis.figures import Figure, counted, difference
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure import signoff
from ffanalysis.measure.stages import stage_now, stage_of
from ffanalysis.provenance import cell_of, cells_of, merged_cells
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.line_texts import StatedText, texts_of
from ffanalysis.savings.model import PlanSavings
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.tables import ProjectRow, SignOffRow
from ffanalysis.vocabulary import Plan, Stage


def status_known(quarter: Quarter) -> Iterator[Finding]:
    """A status says in known words how far its project has come; each other one is asked once."""
    asked: dict[str, list[ProjectRow]] = {}
    for row in quarter.projects:
        if stage_of(row.status, quarter.council.status_words) is Stage.UNKNOWN:
            text = " ".join((row.status or "").split())
            asked.setdefault(text.casefold(), []).append(row)
    for rows in asked.values():
        shown = in_short(_status(rows[0]))
        yield Finding(
            "status-known",
            shown,
            "not_stated",
            "query",
            (f"The status '{shown}' of {rows[0].name}", *_others(rows), f" {_WHAT_TO_DO}"),
            cells=cells_of(rows),
        )


_WHAT_TO_DO = (
    "is not understood. Write one that is, such as Closed, or say under [status_words] in"
    " settings.toml what it means."
)


def _others(rows: list[ProjectRow]) -> Sentence:
    """How many more projects have the same status."""
    rest = len(rows) - 1
    if not rest:
        return ()
    count = Figure("status-known/more", counted(map(cell_of, rows[1:])), "count")
    return (" and ", count, " more projects" if rest > 1 else " more project")


# --- what a status says of the savings ------------------------------------------------------------

_PLAN_WORDS = {Plan.CURRENT: "in the plan", Plan.PROPOSED: "proposed"}


def status_agrees(quarter: Quarter) -> Iterator[Finding]:
    """Of a project or a line given up nothing is counted, of a closed project all is delivered.

    One that its status calls not approved has no approval in the sign-off sheet.
    """
    yield from _lines_given_up(quarter)
    refused = with_refused_lines(quarter)
    for row in quarter.projects:
        yield from _approved_all_the_same(quarter, row)
        if row.project not in refused:
            stage = stage_now(quarter, row)
            for plan, words in _PLAN_WORDS.items():
                savings = quarter.savings_of(row.project, plan)
                if stage.is_given_up:
                    yield from _still_counted(row, savings, stage, words)
                elif stage is Stage.CLOSED and plan == Plan.CURRENT:
                    yield from _not_delivered(row, savings)


_GONE = re.compile(
    r"(?:has been |was |is )?(?:now )?(?:removed|deleted|superseded|replaced|written (?:off|out)"
    r"|withdrawn|cancell?ed|rejected|dropped|abandoned|discontinued|taken out)\b.*"
    r"|closed,? (?:without|no|with no|not) .*|(?:no longer|not) (?:being )?"
    r"(?:proceeding|pursued|progressed|going ahead|required|taken forward|viable|to proceed)\b.*"
)
_NOT_TO_BE_HAD = re.compile(
    r"(?:un(?:deliver|achiev)able|(?:not|no longer) (?:deliver|achiev)able"
    r"|(?:cannot|will not|can't|won't) be (?:delivered|achieved))\b.*"
)


def _lines_given_up(quarter: Quarter) -> Iterator[Finding]:
    """The lines whose own status says that nothing comes of them, and that are still counted."""
    refused = with_refused_lines(quarter)
    for line in every_line(quarter):
        if line.saving.is_counted and line.owner.project not in refused:
            for said in texts_of(line.saving, "status"):
                yield from _counted_though(quarter, line, said)


def _counted_though(quarter: Quarter, line: OwnedLine, said: StatedText) -> Iterator[Finding]:
    text = " ".join(said.text.split())
    stage = stage_of(text, quarter.council.status_words)
    target, forecast = line.saving.target, line.saving.forecast
    if stage.is_given_up or _GONE.fullmatch(text.casefold()):
        counted, what = target, "counted"
    elif _NOT_TO_BE_HAD.fullmatch(text.casefold()):
        counted, what = (forecast, "forecast") if forecast.stated else (target, "counted")
    else:
        return
    amount = Figure("status-agrees/line", (counted or line.saving.expected).total)
    if amount.value:
        yield Finding(
            "status-agrees",
            line.subject,
            "disagrees",
            "query",
            (
                f"{line.subject}: its status is '{in_short(text)}', but ",
                amount,
                f" of it is still {what}. {_WHICH}",
            ),
            cells=merged_cells((said.cell,), amount.cells),
            **line.owner.about,
        )


def _approved_all_the_same(quarter: Quarter, row: ProjectRow) -> Iterator[Finding]:
    """A project that the sign-off sheet says is approved, and its status that it is not.

    While another body's approval is still to come, only a refusal is at odds with the first one.
    """
    stage = stage_now(quarter, row)
    given = signoff.approvals(quarter, row.project)
    if not given or not (stage.is_refused or stage is Stage.NOT_STATED):
        return
    if stage is not Stage.REJECTED and signoff.is_approval_to_come(quarter, row.project):
        return
    says, ask = f"its status is '{in_short(_status(row))}'", _WHICH
    if stage is Stage.NOT_STATED:
        says, ask = "no status is recorded", "Ask the service for its status."
    by_whom = f"{_last_approval(given)} by the sign-off sheet"
    yield Finding(
        "status-agrees",
        f"{row.name}, approval",
        "disagrees",
        "query",
        (f"{row.name}: {says}, but {by_whom}. {ask}",),
        cells=cells_of([row, *given]),
        project=row.project,
        changes=("approval",),
    )


def _last_approval(given: Sequence[SignOffRow]) -> str:
    """The last of several approvals, as a clause: "Cabinet approved it on 2 November 2026"."""
    day, role = max((each.signed_day or date.min, each.role) for each in given)
    return f"{signoff.the(role)} approved it on {periods.long_date(day)}"


def _status(row: ProjectRow) -> str:
    return " ".join((row.status or "").split())


def _still_counted(
    row: ProjectRow, savings: PlanSavings, stage: Stage, words: str
) -> Iterator[Finding]:
    target = Figure("status-agrees/target", savings.target.total)
    if target.value:
        told = (f"{row.name} is {stage.lower()}, but ", target, f" is still {words}. {_WHICH}")
        yield _of_status(row, savings, told)


def _not_delivered(row: ProjectRow, savings: PlanSavings) -> Iterator[Finding]:
    """A closed project with a part of its target that is not recorded as delivered."""
    target, delivered = savings.target.total, savings.delivered.total
    if not target.is_whole or not target.known or target.known < 0:
        return
    whole = Figure("status-agrees/target", target)
    if delivered.known is None:
        told: Sentence = (f"{row.name} is closed, but none of its ", whole, " is recorded as")
        yield _of_status(row, savings, (*told, f" delivered. {_WHICH}"))
    elif delivered.is_whole and delivered.known < target.known:
        left = Figure("status-agrees/left", difference(target, delivered))
        told = (f"{row.name} is closed, but ", left, " of its ", whole)
        yield _of_status(row, savings, (*told, f" is not recorded as delivered. {_WHICH}"))


_WHICH = "Ask the service which is right."


def _of_status(row: ProjectRow, savings: PlanSavings, message: Sentence) -> Finding:
    return Finding(
        "status-agrees",
        f"{row.name}, {_PLAN_WORDS[savings.plan]}",
        "disagrees",
        "query",
        message,
        cells=cells_of([row, *savings.target, *savings.delivered]),
        project=row.project,
    )


_AHEAD = "Ask the service whether the work went ahead without approval."
_BOTH_DONE = "both milestones are shown as complete"


def approved_before_done(quarter: Quarter) -> Iterator[Finding]:
    """Where all milestones of a project are completed, it is approved.

    A single one may well come before the decision.
    """
    for row in quarter.projects:
        stage = stage_now(quarter, row)
        milestones = quarter.milestones.of_project(row.project)
        if (
            stage.is_stated
            and stage.lacks_decision
            and len(milestones) > 1
            and all(each.is_done for each in milestones)
        ):
            count = Figure(
                "approved-before-done/milestones",
                counted(map(cell_of, milestones)),
                "count",
                spelled=True,
            )
            told: Sentence = ("all ", count, " milestones are shown as complete")
            if len(milestones) == 2:
                told = (_BOTH_DONE,)
            yield Finding(
                "approved-before-done",
                row.name,
                "disagrees",
                "query",
                (f"{row.name}: ", *told, f", but it is not approved. {_AHEAD}"),
                cells=cells_of([row, *milestones]),
                project=row.project,
            )


def target_stated(quarter: Quarter) -> Iterator[Finding]:
    """What is reported as delivered or forecast has a target that it is compared with."""
    refused = with_refused_lines(quarter)
    for row in quarter.projects:
        if row.project in refused:
            continue
        for plan, words in _PLAN_WORDS.items():
            savings = quarter.savings_of(row.project, plan)
            reported = [*savings.delivered.non_zero, *savings.forecast.non_zero]
            if reported and not savings.printed.stated and not savings.printed.marked:
                what = _reported(savings)
                yield Finding(
                    "target-stated",
                    f"{row.name}, {words}",
                    "not_stated",
                    "query",
                    (f"{row.name}: {what} reported, but no target is recorded.",),
                    cells=cells_of(reported),
                    project=row.project,
                )


def _reported(savings: PlanSavings) -> str:
    """Which measures a plan's savings are reported under, with their verb."""
    delivered, forecast = bool(savings.delivered.non_zero), bool(savings.forecast.non_zero)
    if delivered and forecast:
        return "amounts delivered and forecast are"
    return "an amount delivered is" if delivered else "a forecast is"
