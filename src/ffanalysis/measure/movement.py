"""What moved since the quarter before: each saving's RAG, its phasing and its amount, line by line.

A line is followed by its reference; without one by its type and delivery route, where these stand
once in both quarters. What cannot be followed is said to be so. A first quarter has no movement,
which is not a movement of nil.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from ffanalysis.figures import Figure, merged_cells
from ffanalysis.measure.forecast import as_known
from ffanalysis.measure.milestone_changes import Shift, shifts
from ffanalysis.measure.project_savings import own_savings
from ffanalysis.periods import Period, first_day
from ffanalysis.provenance import slug, slugs
from ffanalysis.savings.assemble import is_own, measured, withheld
from ffanalysis.savings.matching import (
    Key,
    agreed_rag,
    called,
    followed,
    original_rags,
    stated_original,
)
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, combined, has_gap
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK

Kind = Literal[
    "new",
    "taken out",
    "plan",
    "RAG",
    "reclassified",
    "slipped",
    "brought forward",
    "re-phased",
    "re-based",
    "no longer stated",
    "now stated",
    "not followed",
    "no longer counted",
    "now counted",
]


@dataclass(frozen=True)
class Line:
    """One line of a project's saving, in the quarter before and in this one.

    `what` is what it is called and `formerly` what it was called in the quarter before, with its
    type and delivery route. `original`, `last` and `rag` are its RAG status in the first quarter
    that has it, in the quarter before and now: as written where that is no status, "" where the
    line was not there. `plans` are those that it stood in then and stands in now, `twice` says of
    both quarters whether it stands more than once, `is_copy` that each time it has the same
    amounts. `before` and `after` are what it comes to, `years` the same by year; `parts` is what
    each kind of movement that changes an amount comes to, together `change`. `put_off` is what
    moved from the years of `from_years` to those of `to_years`; `reason` is what the schedule says
    of it.
    """

    what: str
    original: str
    last: str
    rag: str
    before: Figure
    after: Figure
    change: Figure
    years: Mapping[str, tuple[Figure, Figure]]
    kinds: tuple[Kind, ...] = ()
    parts: Mapping[Kind, Figure] = field(default_factory=dict)
    put_off: Figure | None = None
    from_years: tuple[str, ...] = ()
    to_years: tuple[str, ...] = ()
    reason: str = ""
    formerly: str = ""
    twice: tuple[bool, bool] = (False, False)
    is_copy: bool = False
    plans: tuple[str, str] = ("", "")
    counts: bool = True  # whether it is a saving of its own in one of the two: "Faster" only brings another forward


@dataclass(frozen=True)
class Movement:
    """What moved of one project since `since`, the quarter before; None where none was read.

    `problem` says why the quarter before cannot be held against this one. `opening` is what that
    quarter closed with, carried forward; with what is new, taken out, re-based and not followed it
    comes to `closing`. A project that is new has no opening. `progress` has what is delivered and
    what is forecast ("Delivered", "Forecast"): then, now and the change. `shifts` are the
    milestones that have another date.
    """

    since: Period | None
    original_since: Period | None = None
    problem: str = ""
    is_new: bool = False
    renamed_from: str = ""
    lines: tuple[Line, ...] = ()
    opening: Figure | None = None
    steps: Mapping[str, Figure] = field(default_factory=dict)
    closing: Figure | None = None
    progress: Mapping[str, tuple[Figure, Figure, Figure]] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()

    @property
    def moved(self) -> tuple[Line, ...]:
        """The lines of which anything moved, or that cannot be followed."""
        return tuple(line for line in self.lines if line.kinds)

    @property
    def has_moved(self) -> bool:
        """Whether anything moved: a line, a milestone, or what is delivered or forecast."""
        return bool(
            self.moved or self.shifts or progressed(self.progress) or self.first or self.lost
        )

    @property
    def first(self) -> dict[str, Figure]:
        """What is delivered, and what is forecast, where the quarter before stated no amount of it."""
        return {
            words: now
            for words, (was, now, _) in self.progress.items()
            if was.value is None and now.value
        }

    @property
    def lost(self) -> dict[str, Figure]:
        """What was delivered, and what was forecast, in the quarter before, of which none is stated any more."""
        return {
            words: was
            for words, (was, now, _) in self.progress.items()
            if now.value is None and was.value
        }

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (
            figure for figure in (self.opening, self.closing, *self.steps.values()) if figure
        )
        for line in self.lines:
            yield from (line.before, line.after, line.change)
            yield from (figure for pair in line.years.values() for figure in pair)
            yield from line.parts.values()
            if line.put_off:
                yield line.put_off
        yield from (figure for three in self.progress.values() for figure in three)


def progressed(progress: Mapping[str, tuple[Figure, Figure, Figure]]) -> dict[str, Figure]:
    """By how much what is delivered, and what is forecast, changed where both quarters state it in full."""
    known = {
        words: three
        for words, three in progress.items()
        if not any(has_gap(each) or each.value is None for each in three)
    }
    return {words: change for words, (_, _, change) in known.items() if change.value}


Rows = list[Row]


def movement(ledger: Ledger, project: str) -> Movement:
    """What moved of a project since the quarter before, in which it is known by the same name or by a reviewed alias."""
    last = ledger.last
    if last is None:
        return Movement(None)
    if project not in last.register:
        # What names nobody may be what kept the project from view: then it cannot be called new.
        nobodys = [
            row.sentence
            for row in last.rows("refusals")
            if not (row.project or row.programme or row.service)
        ]
        if nobodys:
            return Movement(last.period, problem=" ".join(nobodys))
        own = amount(
            "movement/closing", counting(followed(ledger, project)), project, "Closing this quarter"
        )
        return Movement(last.period, is_new=True, closing=own)
    if reasons := last.once(withheld).get(project):
        return Movement(last.period, problem=" ".join(reasons))
    before, after = followed(last, project), followed(ledger, project)
    first, originals = original_rags(last, project)
    originals |= {key: stated for key, own in after.items() if (stated := stated_original(own))}
    # Lines of this quarter in its order, then those that are gone.
    names = slugs({key: " ".join(key) for key in (*after, *before)})
    lines = tuple(
        _line(f"movement/{name}", project, before.get(key), after.get(key), originals.get(key, ""))
        for key, name in names.items()
    )
    name = last.register[project].name
    opening = amount(
        "movement/opening", counting(before), project, f"Opening, as quarter {last.period} closed"
    )
    closing = amount("movement/closing", counting(after), project, "Closing this quarter")
    return Movement(
        last.period,
        first,
        renamed_from=name if name != ledger.register[project].name else "",
        lines=lines,
        opening=opening,
        steps=_steps(project, lines),
        closing=closing,
        progress=_progress(last, ledger, project),
        shifts=shifts(last, ledger, project, _starts(ledger, project)),
    )


def _starts(ledger: Ledger, project: str) -> date | None:
    """The first day of the first year that the project's saving carries money in."""
    years = own_savings(ledger, project)[0].saving_years
    return first_day(years[0]) if years else None


def _progress(
    last: Ledger, ledger: Ledger, project: str
) -> dict[str, tuple[Figure, Figure, Figure]]:
    """What is delivered and what is forecast of a project, then and now, wherever one of the two quarters states it."""
    found = {}
    for measure, words in (("delivered to date", "Delivered"), ("forecast", "Forecast")):
        name = f"movement/{slug(words)}"
        was, now = (
            as_known(
                amount(f"{name}/{when}", rows, project, f"{words}, {label}"), rows, quarter, project
            )
            for quarter, when, label in (
                (last, "before", "in the quarter before"),
                (ledger, "after", "now"),
            )
            for rows in (measured(quarter, project, measure),)
        )
        if was.value is not None or now.value is not None:
            found[words] = (
                was,
                now,
                _difference(f"{name}/change", was, now, project, f"{words}, change"),
            )
    return found


# --- lines ------------------------------------------------------------------------------------------------------------


def counting(lines: Mapping[Key, list[Rows]]) -> Rows:
    """The rows that are savings of their own."""
    return [row for groups in lines.values() for rows in groups for row in rows if is_own(row)]


def _line(
    name: str, project: str, before: list[Rows] | None, after: list[Rows] | None, original: str
) -> Line:
    every_old = [row for rows in before or () for row in rows]
    every_new = [row for rows in after or () for row in rows]
    # Of a line that is a saving of its own, what only brings others forward or stands in for one is
    # left out.
    counts = any(map(is_own, (*every_old, *every_new)))
    old, new = (
        [row for row in rows if is_own(row)] if counts else rows for rows in (every_old, every_new)
    )
    first = (new or every_new or old)[0]
    what = _what(first)
    was = _counted(f"{name}/before", old, every_old, project, f"{what}, in the quarter before")
    now = _counted(f"{name}/after", new, every_new, project, f"{what}, now")
    years = {}
    for year in sorted({row.year for row in (*every_old, *every_new) if row.year}):
        then, since, all_then, all_since = (
            [row for row in rows if row.year == year] for rows in (old, new, every_old, every_new)
        )
        years[year] = (
            _counted(
                f"{name}/before/{slug(year)}", then, all_then, project, f"{what}, {year}, before"
            ),
            _counted(
                f"{name}/after/{slug(year)}", since, all_since, project, f"{what}, {year}, now"
            ),
        )
    change = _difference(f"{name}/change", was, now, project, f"{what}, change")
    last, rag = agreed_rag(before), agreed_rag(after)
    formerly = _what((old or every_old)[0]) if every_old else ""
    twice = (len(before or ()) > 1, len(after or ()) > 1)
    line = Line(
        what,
        original,
        last,
        rag,
        was,
        now,
        change,
        years,
        formerly=formerly,
        reason=_reason(every_new),
        twice=twice,
        is_copy=len({_amounts(rows) for rows in (*(before or ()), *(after or ()))}) == 1,
        plans=(_plan(every_old), _plan(every_new)),
        counts=counts,
    )
    turned: tuple[Kind, ...] = (
        ("plan",) if every_old and every_new and _plan(every_old) != _plan(every_new) else ()
    )
    if last and rag and last != rag:
        turned += ("RAG",)
    if every_old and every_new and bool(old) != bool(new):
        return _changed(line, turned, {"now counted" if new else "no longer counted": change})
    if old and new and formerly != what:
        turned += ("reclassified",)
    if any(twice):
        # The same line twice: its amounts cannot be told apart, its status can where both have the
        # same.
        return _changed(line, turned, {"not followed": change})
    if not before or not after:
        return _changed(line, (), {"taken out" if before else "new": change})
    if (was.value is None) != (now.value is None):
        return _changed(
            line, turned, {"now stated" if was.value is None else "no longer stated": change}
        )
    parts = _parts(name, old, new, project, what)
    line = _changed(line, turned, parts)
    known = {year: pair for year, pair in years.items() if not any(map(has_gap, pair))}
    moved = {
        year: (now.value or 0) - (was.value or 0)
        for year, (was, now) in known.items()
        if now.value != was.value
    }
    less, more = (
        [year for year in moved if moved[year] < 0],
        [year for year in moved if moved[year] > 0],
    )
    if "re-based" in parts or not less or not more:
        return line
    kind: Kind = (
        "slipped"
        if max(less) < min(more)
        else "brought forward"
        if max(more) < min(less)
        else "re-phased"
    )
    figures = [figure for year in moved for figure in years[year]]
    put_off = Figure(
        f"{name}/put-off",
        -int(sum(moved[year] for year in less)),
        merged_cells(*(figure.cells for figure in figures)),
        stated_to=max(figure.stated_to or 1 for figure in figures),
        project=project,
        label=f"{what}, moved between years",
    )
    return replace(
        line,
        kinds=(*line.kinds, kind),
        put_off=put_off,
        from_years=tuple(less),
        to_years=tuple(more),
    )


def _amounts(rows: Rows) -> tuple[tuple[str, int, str], ...]:
    told = (row for row in rows if row.amount_pence or row.missing not in (None, BLANK))
    return tuple(sorted((row.year or "", row.amount_pence or 0, row.missing or "") for row in told))


def _what(row: Row) -> str:
    return f"{called(row)}{f', in place of {row.mitigates}' if row.mitigates else ''}"


def _counted(name: str, own: Rows, every: Rows, project: str, label: str) -> Figure:
    """What rows come to of which only their own savings count.

    Nil where there are rows and none of them is one.
    """
    if every and not own:
        return replace(amount(name, every, project, label), value=0, partial=False, missing="")
    return amount(name, own, project, label)


def _changed(line: Line, turned: tuple[Kind, ...], parts: Mapping[Kind, Figure]) -> Line:
    return replace(line, kinds=(*turned, *parts), parts=parts)


def _parts(name: str, old: Rows, new: Rows, project: str, what: str) -> dict[Kind, Figure]:
    """What of a line's change is a part that one of the two quarters marks as not known (TBC), and what is another amount."""
    changes: dict[Kind, list[Figure]] = {"no longer stated": [], "now stated": [], "re-based": []}
    for year in dict.fromkeys(row.year for row in (*old, *new)):
        was, now = (amount("", [row for row in rows if row.year == year]) for rows in (old, new))
        # Where only a part of a year is marked, what changed of it cannot be told from what is not
        # known: the whole is re-based.
        lost, found = now.value is None and has_gap(now), was.value is None and has_gap(was)
        kind: Kind = "re-based" if lost == found else "no longer stated" if lost else "now stated"
        changes[kind].append(_difference("", was, now, project, ""))
    parts = {
        kind: combined(f"{name}/{slug(kind)}", figures, f"{what}, {kind}", project)
        for kind, figures in changes.items()
        if figures
    }
    return {kind: figure for kind, figure in parts.items() if figure.value}


def _plan(rows: Rows) -> str:
    """The plan that a line stands in."""
    return " and ".join(dict.fromkeys(row.plan for row in rows if row.plan))


def _reason(rows: Rows) -> str:
    """Why it moved, as the schedule says; each reason once."""
    return " ".join(dict.fromkeys(row.reason for row in rows if row.reason))


def _difference(name: str, before: Figure, after: Figure, project: str, label: str) -> Figure:
    """What came to the known amounts.

    Unknown where neither is known, partial where a part of either is not.

    A line that was not there, or that states no amount, adds nothing to the sum that it is left out
    of.
    """
    cells = merged_cells(before.cells, after.cells)
    if before.value is None and after.value is None:
        return Figure(name, None, cells, missing=after.missing, project=project, label=label)
    return Figure(
        name,
        int((after.value or 0) - (before.value or 0)),
        cells,
        stated_to=max(before.stated_to or 1, after.stated_to or 1),
        partial=before.partial or after.partial,
        missing=before.missing if before.partial else after.missing if after.partial else "",
        project=project,
        label=label,
    )


# --- what they come to ------------------------------------------------------------------------------------------------

STEPS: Mapping[str, Kind] = {
    "New lines": "new",
    "Lines taken out": "taken out",
    "Re-based": "re-based",
    "No longer stated": "no longer stated",
    "Now stated": "now stated",
    "Not followed": "not followed",
    "No longer counted": "no longer counted",
    "Now counted": "now counted",
}


def _steps(project: str, lines: Sequence[Line]) -> dict[str, Figure]:
    """From the opening to the closing amount.

    What each kind of movement comes to; those that there are.
    """
    found = {}
    for words, kind in STEPS.items():
        changes = [line.parts[kind] for line in lines if line.counts and kind in line.parts]
        if not changes:
            continue
        found[words] = combined(f"movement/{slug(words)}", changes, words, project)
    return found
