"""Rules on days: what has happened did so by the as-of date, what is quoted is this quarter's."""

import re
from collections.abc import Iterator
from datetime import date

from ffanalysis.checks.compare import in_short
from ffanalysis.findings import Finding
from ffanalysis.measure.commentary import Commentary, Written, commentary_of
from ffanalysis.measure.stages import DatedStage, dated_stages
from ffanalysis.periods import long_date, spoken_when
from ffanalysis.provenance import cell_of, cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import MilestoneRow, ProjectRow
from ffanalysis.vocabulary import Stage


def status_dated(quarter: Quarter) -> Iterator[Finding]:
    """What a status says has happened has a day, and that day is not after the as-of date."""
    for row in quarter.projects:
        for found in dated_stages(quarter, row):
            yield _of_status(quarter, row, found)


def _of_status(quarter: Quarter, row: ProjectRow, found: DatedStage) -> Finding:
    is_approval = found.stage is Stage.APPROVED
    what = "an approval" if is_approval else f"the status '{found.stage}'"
    words = f"{what} dated {found.day} is {_after(quarter)}"
    ask = "Ask the service which is right, the status or the date."
    if not found.is_later:
        words, ask = f"{what} is dated '{found.day.title()}', which is not a day", _CORRECT
    brief = f"{words[:1].upper()}{words[1:]}."
    return Finding(
        "status-dated",
        row.name,
        "disagrees",
        "query",
        (f"{row.name}: {words}. {ask}",),
        cells=(cell_of(row),),
        project=row.project,
        brief=(brief,),
    )


_CORRECT = "Ask the service to correct it."


def milestone_dated(quarter: Quarter) -> Iterator[Finding]:
    """No milestone is completed after the as-of date, due in another age, or on no day at all."""
    for project in quarter.projects:
        for row in quarter.milestones.of_project(project.project):
            if row.is_dated_later:
                on = spoken_when(str(row.completed_on))
                words = f"is dated {on}, {_after(quarter)}"
                yield _of_milestone(project, row, words, "the completion of ")
            elif row.last_day and (years := _years_away(row.last_day, quarter.as_of)):
                due = spoken_when(str(row.completed_by))
                yield _of_milestone(project, row, f"is due on {due}, {years}")
            yield from _no_days(project, row)


def _no_days(project: ProjectRow, row: MilestoneRow) -> Iterator[Finding]:
    """What is written as a day and is none: "31 February 2027", "12/31/2026", "46387"."""
    due = row.completed_by if row.last_day is None else None
    done = row.completed_on if row.done_last is None else None
    for text, before, what in ((due, "", "is due on"), (done, "the completion of ", "is dated")):
        if text and _AS_A_DAY.fullmatch(text.strip()):
            why = "which is no date; write the day, such as 31 December 2026"
            yield _of_milestone(project, row, f"{what} '{text.strip()}', {why}", before)


_AS_A_DAY = re.compile(
    r"\d{5}(?:\.\d+)?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    r"|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}\.?,? \d{2,4}"
    r"|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
    re.IGNORECASE,
)

_MOST_YEARS_BEFORE, _MOST_YEARS_AFTER = 10, 25


def _years_away(day: date, as_of: date) -> str:
    """How far a day is from the as-of date, where no milestone would be: a century is mistyped."""
    years = abs(day.year - as_of.year)
    if day < as_of and years > _MOST_YEARS_BEFORE:
        return f"{years} years before the as-of date ({long_date(as_of)})"
    if day > as_of and years > _MOST_YEARS_AFTER:
        return f"{years} years after the as-of date ({long_date(as_of)})"
    return ""


def _of_milestone(project: ProjectRow, row: MilestoneRow, what: str, before: str = "") -> Finding:
    shown = in_short(row.milestone)
    words = f"{before}'{shown}' {what}. {_CORRECT}"
    return Finding(
        "milestone-dated",
        f"{project.name}: {shown}",
        "disagrees",
        "query",
        (f"{project.name}: {words}",),
        cells=(cell_of(row),),
        project=project.project,
    )


def commentary_dated(quarter: Quarter) -> Iterator[Finding]:
    """What is quoted as this quarter's was written in it: it has a day, neither old nor to come."""
    for project in quarter.projects:
        asked: dict[str, list[Commentary]] = {}
        for each in commentary_of(quarter, project.project):
            if each.written is not Written.NOW:
                asked.setdefault(_of_commentary(quarter, each), []).append(each)
        for words, some in asked.items():
            yield Finding(
                "commentary-dated",
                project.name,
                "not_stated" if some[0].written is Written.UNDATED else "disagrees",
                "query",
                (f"{project.name}: {words}",),
                cells=cells_of(each.row for each in some),
                project=project.project,
            )


def _of_commentary(quarter: Quarter, each: Commentary) -> str:
    if each.written is Written.UNDATED:
        text = f" ('{each.row.written}' is not a date)" if each.row.written else ""
        return f"its commentary has no date{text}. Ask the service when it was written."
    if each.written is Written.BEFORE:
        opening = f"its commentary dated {each.day} was written before this quarter"
        return f"{opening}. Ask the service for this quarter's."
    return f"its commentary is dated {each.day}, {_after(quarter)}. {_CORRECT}"


def _after(quarter: Quarter) -> str:
    return f"after the as-of date ({long_date(quarter.as_of)})"
