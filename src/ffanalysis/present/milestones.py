"""A project's milestones, as a timeline and as written, and the duties that have a day."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from ffanalysis import periods
from ffanalysis.figures import Figure, Sentence, counted
from ffanalysis.measure import ProjectMeasures
from ffanalysis.measure.milestone_changes import is_after
from ffanalysis.present import sentences
from ffanalysis.present.html import Cell, blank, chart, sentence, table, tag
from ffanalysis.present.timeline import timelines
from ffanalysis.present.words import NOT_RECORDED, rounded_text
from ffanalysis.provenance import cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import MilestoneRow


def section(quarter: Quarter, project: str, measures: ProjectMeasures) -> Markup:
    """All milestones and the days of the duties, drawn and as a table."""
    parts: list[Markup] = []
    rows = quarter.milestones.of_project(project)
    if not rows:
        return tag("p", f"Milestones: {NOT_RECORDED}.")
    saving = _first_saving(measures)
    starts = saving[0] if saving else None
    duties = [
        (item.by, f"{item.quantity_text} to be done by {item.by_text}")
        for item in measures.deadlines
        if item.by
    ]
    first, *others = timelines(rows, quarter.as_of, saving, duties)
    parts.append(chart(first, timeline_title(rows, quarter.as_of, starts)))
    parts += [chart(other, ("Milestones, continued",)) for other in others]
    moved = measures.movement
    was = {
        item.milestone: f"; in {moved.since_words} it was {item.before or 'undated'}"
        for item in moved.milestones
    }
    body: list[list[Cell]] = [
        [
            row.milestone,
            row.completed_by or blank(),
            f"{milestone_status(row, quarter.as_of, starts)}{was.get(row.milestone, '')}",
        ]
        for row in rows
    ]
    return Markup("").join(
        [*parts, table("Milestones", ["Milestone", "Completed by", "Status"], body)]
    )


def in_short(quarter: Quarter, project: str, measures: ProjectMeasures) -> Markup:
    """Each duty with the rate that it needs, then the milestones that matter now, the first due.

    These are the ones that are late, without a firm date, or after the saving starts, and the next.
    """
    parts: list[Markup] = [
        tag("p", sentence(sentences.deadline(item)), class_="lead") for item in measures.deadlines
    ]
    rows = quarter.milestones.of_project(project)
    if not rows:
        return Markup("").join([*parts, tag("p", f"Milestones: {NOT_RECORDED}.")])
    saving = _first_saving(measures)
    starts = saving[0] if saving else None
    matter = _that_matter(rows, quarter.as_of, starts)
    title = timeline_title(rows, quarter.as_of, starts)
    parts.append(tag("p", sentence(title), "."))
    body: list[list[Cell]] = [
        [row.milestone, row.completed_by or blank(), milestone_status(row, quarter.as_of, starts)]
        for row in matter[:_MOST]
    ]
    if body:
        headings = ["Milestone", "Completed by", "Status"]
        parts.append(table("Milestones that matter now", headings, body, texts=True))
    return Markup("").join(parts)


def _that_matter(
    rows: Sequence[MilestoneRow], as_of: date, starts: date | None
) -> list[MilestoneRow]:
    """The milestones of which something is to be said, and the next one, in the order of time."""
    groups = _groups(rows, as_of, starts)
    chosen = [row for words, some in groups.items() if words != "completed" for row in some]
    to_come = [row for row in rows if not row.is_done and row.last_day and row.last_day > as_of]
    chosen += sorted(to_come, key=lambda row: row.last_day or as_of)[:1]
    return sorted(set(chosen), key=lambda row: (row.last_day or date.max, rows.index(row)))


_MOST = 6  # milestones of the first two pages; the annex has all
_PAST = "due date passed"


def _first_saving(measures: ProjectMeasures) -> tuple[date, str] | None:
    """The day that the first saving is due from, and what is; None where no year has one."""
    own = measures.main
    if not own.saving_years:
        return None
    starts = periods.first_day(own.saving_years[0])
    amount = rounded_text(own.by_year[own.saving_years[0]])
    return starts, f"Saving of {amount} due from 1 April {starts.year}"


def _is_due(row: MilestoneRow, as_of: date) -> bool:
    return not row.is_done and row.last_day is not None and row.last_day <= as_of


def _completed(row: MilestoneRow, as_of: date) -> str:
    """That a milestone is completed, and when; a day that is still to come is named as such."""
    first, last = row.done_first, row.done_last
    if first is None or last is None:
        return "completed, date not recorded"
    on = f"on {periods.long_date(first)}" if first == last else f"in {row.completed_on}"
    return f"completed {on}" + (", a date still to come" if first > as_of else "")


def milestone_status(row: MilestoneRow, as_of: date, starts: date | None) -> str:
    """How a milestone stands to the as-of date and to the saving that needs it."""
    if row.last_day is None and not row.is_done:
        return "undated"
    words = [_standing(row, as_of)]
    if is_after(row, starts):
        words.append("falls after the saving starts")
    elif starts is not None and (row.reached[1] or starts) > starts:
        words.append("may fall after the saving starts")
    is_tentative = row.tentative and not row.is_done
    return ", ".join([*words, *(["tentative"] if is_tentative else [])])


def _standing(row: MilestoneRow, as_of: date) -> str:
    if row.is_done:
        return _completed(row, as_of)
    if not _is_due(row, as_of):
        return f"to come ({row.status})" if row.status else "to come"
    if row.done is False:
        return f"{_PAST}, not completed ({row.status})"
    recorded = f"{_PAST}; no completion recorded"
    return f"{recorded} ({row.status})" if row.status else recorded


# What is said of one milestone, and of several.
_VERBS = {
    "completed": ("is completed", "are completed"),
    "past": ("is past its due date", "are past their due date"),
    "late": ("falls after the saving starts", "fall after the saving starts"),
    "tentative": ("has a tentative date", "have a tentative date"),
    "undated": ("has no date", "have no date"),
    "to come": ("is still to come", "are still to come"),
}


def timeline_title(rows: Sequence[MilestoneRow], as_of: date, starts: date | None) -> Sentence:
    """What a timeline shows.

    How many milestones there are, and of how many something is to be said.
    """
    groups = {name: some for name, some in _groups(rows, as_of, starts).items() if some}
    groups = groups or {"to come": list(rows)}
    every = [_VERBS[name][len(rows) > 1] for name, some in groups.items() if len(some) == len(rows)]
    others: list[Sentence] = []
    for name, some in groups.items():
        if len(some) < len(rows):
            these = Figure(f"milestones/{name}", counted(cells_of(some), len(some)), "count")
            others.append((these, f" {_VERBS[name][len(some) > 1]}"))
    count = Figure("milestones/all", counted(cells_of(rows), len(rows)), "count")
    if not every:
        return (count, " milestones: ", *sentences.join_clauses(others))
    whole: Sentence = ("All ", count, " milestones ")
    if len(rows) <= 2:
        whole = ("Both milestones " if len(rows) == 2 else "The milestone ",)
    rest = ("; ", *sentences.join_clauses(others)) if others else ()
    return (*whole, " and ".join(every), *rest)


def _groups(
    rows: Sequence[MilestoneRow], as_of: date, starts: date | None
) -> dict[str, list[MilestoneRow]]:
    """The milestones of which something is to be said, by what it is."""
    return {
        "completed": [row for row in rows if row.is_done],
        "past": [row for row in rows if _is_due(row, as_of)],
        "late": [row for row in rows if is_after(row, starts)],
        "tentative": [row for row in rows if row.tentative and not row.is_done],
        "undated": [row for row in rows if row.last_day is None and not row.is_done],
    }
