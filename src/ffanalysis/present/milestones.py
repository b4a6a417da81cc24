"""A project's milestones, as a timeline and as written, and the duties that have a day."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from ffanalysis import periods
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Sentence
from ffanalysis.measure import ProjectMeasures
from ffanalysis.measure.milestone_changes import is_after
from ffanalysis.present import sentences
from ffanalysis.present.html import Cell, blank, chart, sentence, table, tag
from ffanalysis.present.timeline import timelines
from ffanalysis.present.words import NOT_RECORDED, rounded_text
from ffanalysis.provenance import cell_of
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
    title = timeline_title(rows, quarter.as_of, starts, with_next=False)
    parts.append(chart(first, title))
    parts += [chart(other, ("Milestones, continued",)) for other in others]
    moved = measures.movement
    was = {
        item.milestone: f"; in {moved.since_words} it was {_before(item.before)}"
        for item in moved.milestones
        if item.kind not in ("completed", "no longer complete")
    }
    body: list[list[Cell]] = [
        [
            row.milestone,
            _due_words(row),
            f"{milestone_status(row, quarter.as_of, starts)}{was.get(row.milestone, '')}",
        ]
        for row in rows
    ]
    return Markup("").join([*parts, table("Milestones", ["Milestone", "Due", "Status"], body)])


def _due_words(row: MilestoneRow) -> Cell:
    """When a milestone is due, as the register writes it."""
    return periods.shown_when(row.completed_by) if row.completed_by else blank()


def _before(written: str) -> str:
    return periods.spoken_when(written) if written else "undated"


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
    parts.append(tag("p", sentence((*title, "."))))
    body: list[list[Cell]] = [
        [row.milestone, _due_words(row), milestone_status(row, quarter.as_of, starts)]
        for row in matter[:_MOST]
    ]
    if body:
        headings = ["Milestone", "Due", "Status"]
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
_PAST, _TODAY = "due date passed", "due on the as-of date"
_LATER = "after the as-of date"


def _first_saving(measures: ProjectMeasures) -> tuple[date, str] | None:
    """The day that the first saving is due from, and what is; None where no year has one."""
    own = measures.main
    if not own.saving_years:
        return None
    starts = periods.first_day(own.saving_years[0])
    amount = rounded_text(own.by_year[own.saving_years[0]])
    return starts, f"Saving of {amount} due from 1 April {starts.year}"


def _is_due_today(row: MilestoneRow, as_of: date) -> bool:
    return not row.is_done and row.last_day == as_of


def _completed(row: MilestoneRow) -> str:
    """That a milestone is completed, and when."""
    first, last = row.done_first, row.done_last
    if first is None or last is None:
        return "completed, date not recorded"
    on = (
        f"on {periods.long_date(first)}"
        if first == last
        else sentences.due(periods.spoken_when(str(row.completed_on)))
    )
    return f"completed {on}"


def milestone_status(row: MilestoneRow, as_of: date, starts: date | None) -> str:
    """How a milestone stands to the as-of date and to the saving that needs it."""
    if row.reached[1] is None and not row.is_done:
        return "No date"
    words = [_standing(row, as_of)]
    if is_after(row, starts):
        words.append("falls after the saving starts")
    elif starts is not None and (row.reached[1] or starts) > starts:
        words.append("may fall after the saving starts")
    if row.tentative and not row.is_done:
        words.append("date tentative")
    told = ", ".join(filter(None, words))
    return f"{told[:1].upper()}{told[1:]}" or "To come"


def _standing(row: MilestoneRow, as_of: date) -> str:
    if row.is_done:
        return _completed(row)
    if row.is_dated_later:
        return _dated_later(row, as_of)
    if _is_due_today(row, as_of):
        return f"{_TODAY} ({row.status})" if row.status else _TODAY
    if not row.is_overdue(as_of):
        return row.status or ""
    if row.done is False:
        return f"{_PAST}, not completed ({row.status})"
    recorded = f"{_PAST}; no completion recorded"
    return f"{recorded} ({row.status})" if row.status else recorded


def _dated_later(row: MilestoneRow, as_of: date) -> str:
    """That the day of its completion is still to come."""
    on = periods.spoken_when(str(row.completed_on))
    words = f"completion dated {on}, {_LATER}"
    return f"{_PAST}; {words}" if row.is_overdue(as_of) else words


# What is said of one milestone, and of several.
_VERBS = {
    "past": ("is past its due date", "are past their due date"),
    "today": ("is due on the as-of date", "are due on the as-of date"),
    "later": (f"has a completion date {_LATER}", f"have a completion date {_LATER}"),
    "late": ("falls after the saving starts", "fall after the saving starts"),
    "tentative": ("has a tentative date", "have a tentative date"),
    "undated": ("has no date", "have no date"),
}
_LONGEST_NAME = 90  # letters of a milestone's name in a sentence


def timeline_title(
    rows: Sequence[MilestoneRow], as_of: date, starts: date | None, *, with_next: bool = True
) -> Sentence:
    """What a timeline shows.

    How many milestones are complete, of how many something is to be said, and which one is next,
    which the chart itself shows.
    """
    if len(rows) == 1:
        return _one_title(rows[0], as_of, starts)
    groups = {name: some for name, some in _groups(rows, as_of, starts).items() if some}
    done = groups.pop("completed", [])
    of_all = [name for name, some in groups.items() if len(some) == len(rows) and not done]
    told: list[Sentence] = [_how_many_done(rows, done)]
    if of_all:
        told = [_of_all(rows, " and ".join(_VERBS[name][1] for name in of_all))]
    of_some: list[Sentence] = [
        (_count(name, some), f" {_VERBS[name][len(some) > 1]}")
        for name, some in groups.items()
        if name not in of_all
    ]
    told += [sentences.join_clauses(of_some)] if of_some else []
    following = _next(rows, as_of)
    if following and with_next:
        named = f", '{following.milestone}',"
        named = named if len(following.milestone) <= _LONGEST_NAME else ""
        told.append((f"the next{named} is due {_due(following)}",))
    return sentences.join_clauses(told, "; ", "; ")


def _one_title(row: MilestoneRow, as_of: date, starts: date | None) -> Sentence:
    """What a timeline of one milestone shows."""
    words = [
        _VERBS[name][0]
        for name, some in _groups([row], as_of, starts).items()
        if some and name != "completed"
    ]
    if row.is_done:
        words.insert(0, "is complete")
    elif not words:
        words = [f"is due {_due(row)}"]
    return (f"The only milestone {' and '.join(words)}",)


def _how_many_done(rows: Sequence[MilestoneRow], done: Sequence[MilestoneRow]) -> Sentence:
    every = _count("all", rows)
    if len(done) == len(rows):
        return _of_all(rows, "are complete")
    if not done:
        none: Sentence = ("None of the ", every, " milestones is complete")
        return ("Neither milestone is complete",) if len(rows) == 2 else none
    verb = "is" if len(done) == 1 else "are"
    return (_count("completed", done), " of ", every, f" milestones {verb} complete")


def _of_all(rows: Sequence[MilestoneRow], words: str) -> Sentence:
    """What is said of all milestones."""
    if len(rows) == 2:
        return (f"Both milestones {words}",)
    return ("All ", _count("all", rows), f" milestones {words}")


def _count(name: str, some: Sequence[MilestoneRow]) -> Figure:
    number = counted(map(cell_of, some))
    return Figure(f"milestones/{name}", number, "count", spelled=True)


def _next(rows: Sequence[MilestoneRow], as_of: date) -> MilestoneRow | None:
    """The next milestone to come that has a firm date."""
    coming = [
        row
        for row in rows
        if not row.is_done and not row.tentative and row.last_day and row.last_day > as_of
    ]
    return min(coming, key=lambda row: row.last_day or as_of, default=None)


def _due(row: MilestoneRow) -> str:
    """When a milestone is due, with the word that a sentence needs before it."""
    if row.completed_by:
        return sentences.due(periods.spoken_when(row.completed_by))
    return sentences.due(periods.long_date(row.last_day)) if row.last_day else "later"


def _groups(
    rows: Sequence[MilestoneRow], as_of: date, starts: date | None
) -> dict[str, list[MilestoneRow]]:
    """The milestones of which something is to be said, by what it is."""
    return {
        "completed": [row for row in rows if row.is_done],
        "past": [row for row in rows if row.is_overdue(as_of)],
        "today": [row for row in rows if _is_due_today(row, as_of)],
        "later": [row for row in rows if row.is_dated_later],
        "late": [row for row in rows if is_after(row, starts)],
        "tentative": [row for row in rows if row.tentative and not row.is_done],
        "undated": [row for row in rows if row.reached[1] is None and not row.is_done],
    }
