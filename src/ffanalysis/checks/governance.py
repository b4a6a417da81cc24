"""Rules about how a project is run: its milestones, and who agreed to which figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ffanalysis import periods
from ffanalysis.checks.budgets import savings_by_plan
from ffanalysis.checks.compare import severity_of
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Finding, Outcome, Sentence, Severity
from ffanalysis.measure import signoff
from ffanalysis.measure.stages import stage_now
from ffanalysis.provenance import CellRef, cell_of, cells_of, merged_cells
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import MilestoneRow, ProjectRow, SignOffRow
from ffanalysis.vocabulary import Stage

# --- milestones -----------------------------------------------------------------------------------


def milestone_before_saving(quarter: Quarter) -> Iterator[Finding]:
    """A saving does not start before the milestones it needs, nor while one has no firm date."""
    rule = "milestone-before-saving"
    for project in quarter.projects:
        milestones = quarter.milestones.of_project(project.project)
        for subject, target in savings_by_plan(quarter, project):
            years = target.non_zero.years
            if not years:
                continue
            saving = Figure(f"{rule}/saving", target.non_zero.of_year(years[0]).total)
            opening: Sentence = (f"{subject}: ", saving, f" is due from {years[0]}")
            untied: Sentence = (saving, f" due from {years[0]}")
            facts: dict[str, Any] = {"year": years[0], "project": project.project}
            if not milestones:
                message = (*opening, ", but no milestone is recorded.")
                facts |= {"cells": saving.cells}
                yield Finding(rule, subject, "not_stated", "query", message, **facts)
                continue
            needed = _Needed(milestones, periods.first_day(years[0]))
            facts |= {"cells": merged_cells(saving.cells, cells_of(milestones))}
            message = needed.untied(subject, untied) or (
                *opening,
                needed.deciding_words,
                *(f" {each}." for each in needed.others()),
            )
            yield Finding(rule, subject, needed.outcome, needed.severity, message, **facts)


@dataclass(frozen=True)
class _Needed:
    """The milestones that a saving needs, and the first day of the year it starts in."""

    milestones: Sequence[MilestoneRow]
    starts: date

    @cached_property
    def dated(self) -> list[tuple[date, date, MilestoneRow]]:
        """The first and last day of each that has a date, the earliest first."""
        days = ((*row.reached, row) for row in self.milestones)
        found = [(first or last, last, row) for first, last, row in days if last]
        return sorted(found, key=lambda item: item[1])

    @cached_property
    def last(self) -> tuple[date, date, MilestoneRow] | None:
        """The one that decides: one that surely falls too late outranks one that may."""
        late = [item for item in self.dated if item[0] > self.starts]
        return next(reversed(late or self.dated), None)

    @property
    def outcome(self) -> Outcome:
        if self.last is None:
            return "not_stated"
        first, last, _ = self.last
        # What is done on 1 April is in time.
        if first > self.starts:
            return "exceeds_limit"
        return "too_close" if last > self.starts else "within_limit"

    @property
    def severity(self) -> Severity:
        firm = all(row.is_done or (row.last_day and not row.tentative) for row in self.milestones)
        return "note" if firm and self.outcome == "within_limit" else "query"

    @property
    def undated(self) -> list[MilestoneRow]:
        """Those to come that have no date."""
        return [row for row in self.milestones if not row.reached[1] and not row.is_done]

    @property
    def tentative(self) -> list[MilestoneRow]:
        """Those to come of which the date is tentative."""
        return [row for _, _, row in self.dated if row.tentative and not row.is_done]

    def untied(self, subject: str, saving: Sentence) -> Sentence:
        """That milestones without a date are what is amiss; nothing where another one is."""
        if not self.undated or self.outcome != "within_limit":
            return ()
        if self.last and self.last[2] in self.tentative:
            return ()
        named = [f"'{row.milestone}'{_as_written(row)}" for row in self.undated]
        verb = "has" if len(named) == 1 else "have"
        return (
            f"{subject}: {_listed(named)} {verb} no date, so the ",
            *saving,
            " cannot be tied to a dated milestone.",
            *(f" {_is_tentative(row)}." for row in self.tentative),
        )

    @property
    def deciding_words(self) -> str:
        """What is said of the one that decides; the end of the sentence where none is dated."""
        if not self.last:
            return "."
        _, last, row = self.last
        named = f"the last dated milestone, '{row.milestone}' ({_date_words(row)}),"
        doubt = ", and that date is tentative" if row.tentative and not row.is_done else ""
        if self.outcome == "within_limit":
            falls = "before then" if last < self.starts else "on its first day"
            return f", and {named} falls {falls}{doubt.replace('and', 'but')}."
        falls = "may fall" if self.outcome == "too_close" else "falls"
        return f", but {named} {falls} after that year starts{doubt}."

    def others(self) -> Iterator[str]:
        """What is said of those without a firm date."""
        deciding = self.last[2] if self.last else None
        for row in self.tentative:
            if row is not deciding:
                yield _is_tentative(row)
        for row in self.milestones:
            if row in self.undated:
                yield f"'{row.milestone}' has no date{_as_written(row)}"
            elif row.is_done and not row.reached[1]:
                written = row.completed_on or row.completed_by
                yield f"'{row.milestone}' is completed, date not recorded ({written})"


def _is_tentative(row: MilestoneRow) -> str:
    return f"'{row.milestone}' has a tentative date ({row.completed_by})"


def _as_written(row: MilestoneRow) -> str:
    """What stands where a milestone's date should, such as "TBC"; blank where nothing does."""
    return f" ({row.completed_by})" if row.completed_by else ""


def _date_words(row: MilestoneRow) -> str:
    """A milestone's date: when it was completed, where that is stated."""
    if row.done_last:
        completed = "completed" if row.is_done else "completion dated"
        return f"{completed} {periods.spoken_when(str(row.completed_on))}"
    return periods.spoken_when(str(row.completed_by))


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


# --- sign-offs ------------------------------------------------------------------------------------


def signed_off(quarter: Quarter) -> Iterator[Finding]:
    """Officers have agreed, and members or a governance body have approved.

    Agreement is not approval.
    """
    for project in quarter.projects:
        state = _SignOffState(quarter, project)
        outcome: Outcome = "agrees" if state.is_complete else "not_stated"
        approval, late = [*state.approval_words()], [*state.late_words()]
        agreed: Sentence = (f"{project.name}: ", *state.agreed_words())
        # The banner of the first page has it already.
        brief = late if state.is_known_not_approved and not state.approved else [*approval, *late]
        yield Finding(
            "signed-off",
            project.name,
            outcome,
            severity_of(outcome),
            (*agreed, f" {' '.join([*approval, *late])}"),
            cells=state.cells,
            project=project.project,
            brief=(*agreed, *(f" {words}" for words in brief)),
        )


@dataclass(frozen=True)
class _SignOffState:
    """Who agreed to a project's figures and who approved them; what has lapsed does not count."""

    quarter: Quarter
    project: ProjectRow

    @cached_property
    def rows(self) -> list[SignOffRow]:
        return signoff.latest(self.quarter, self.project.project)

    @cached_property
    def lapsed(self) -> list[SignOffRow]:
        return signoff.lapsed(self.quarter, self.project.project)

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return cells_of(self.rows) or (cell_of(self.project),)

    @property
    def valid(self) -> list[SignOffRow]:
        """Those with a day by the as-of date, on figures that have not changed since."""
        signed = (row for row in self.rows if row.signed_day and row not in self.lapsed)
        return [row for row in signed if row not in self.late]

    @property
    def officers(self) -> list[SignOffRow]:
        return [row for row in self.rows if not signoff.approves(row)]

    @property
    def agreed(self) -> list[SignOffRow]:
        return [row for row in self.valid if not signoff.approves(row)]

    @property
    def approved(self) -> list[SignOffRow]:
        return signoff.approvals(self.quarter, self.project.project)

    @property
    def waiting(self) -> list[str]:
        """Whose approval is named and not given; of one that was given before a later one, none."""
        given = {row.role for row in self.approved}
        asked = (row for row in self.rows if signoff.approves(row) and row not in self.valid)
        return [row.role for row in asked if row not in self.late or row.role not in given]

    @cached_property
    def late(self) -> list[SignOffRow]:
        """Those of a day after the as-of date: they are not given yet."""
        return signoff.too_late(self.quarter, self.project.project)

    @property
    def is_complete(self) -> bool:
        """Whether every officer has agreed and every approval is given."""
        all_agreed = bool(self.agreed) and len(self.agreed) == len(self.officers)
        return bool(self.approved) and all_agreed and not self.waiting and not self.late

    def agreed_words(self) -> Sentence:
        """How many officers have signed, when, and who has not."""
        every, some = len(self.officers), len(self.agreed)
        if not every:
            return ("no officer is named.",)
        these = " these figures" if any(row in self.lapsed for row in self.officers) else ""
        if not some:
            return (*self._none_of(), f" signed{these}.")
        signed = f"signed{these}{_in_brackets(row.signed_day for row in self.agreed)}"
        if some == every:
            return (*self._all_of(), f" {signed}.")
        agreed, of = self._count("agreed", self.agreed), self._count("officers", self.officers)
        have = "has" if some == 1 else "have"
        return (agreed, " of ", of, f" officers {have} {signed}; {self._missing()} not.")

    def _all_of(self) -> Sentence:
        if len(self.officers) == 1:
            return (signoff.the(self.officers[0].role),)
        of = self._count("officers", self.officers)
        return ("both officers",) if len(self.officers) == _BOTH else ("all ", of, " officers")

    def _none_of(self) -> Sentence:
        """That no officer has signed, without the verb: "neither the Director nor ... has"."""
        if len(self.officers) == 1:
            return (f"{signoff.the(self.officers[0].role)} has not",)
        if len(self.officers) == _BOTH:
            return (f"neither {' nor '.join(signoff.the(row.role) for row in self.officers)} has",)
        return ("none of the ", self._count("officers", self.officers), " officers has")

    @staticmethod
    def _count(name: str, some: Sequence[SignOffRow]) -> Figure:
        number = counted(map(cell_of, some))
        return Figure(f"signed-off/{name}", number, "count", spelled=True)

    def _missing(self) -> str:
        """Which officers have not signed."""
        without = [row for row in self.officers if row not in self.agreed]
        roles = list(dict.fromkeys(signoff.the(row.role) for row in without))
        if len(roles) > _MOST_ROLES:
            roles = [*roles[: _MOST_ROLES - 1], "others"]
        return f"{_listed(roles)} {'has' if len(without) == 1 else 'have'}"

    @property
    def is_known_not_approved(self) -> bool:
        """Whether the status says itself that the project is not approved."""
        return stage_now(self.quarter, self.project).is_refused

    def approval_words(self) -> Iterator[str]:
        if self.approved:
            days = sorted({row.signed_day for row in self.approved if row.signed_day})
            roles = (
                " and ".join(
                    signoff.the(row.role) for row in self.approved if row.signed_day == day
                )
                for day in days
            )
            given = (
                f"{names} on {periods.long_date(day)}"
                for names, day in zip(roles, days, strict=True)
            )
            roles_waiting = " and ".join(map(signoff.the, self.waiting))
            waiting = f"; not yet by {roles_waiting}" if self.waiting else ""
            yield f"Approved by {' and by '.join(given)}{waiting}."
        elif stage_now(self.quarter, self.project) is Stage.APPROVED:
            yield (
                f"Its status is '{self.project.status}', but the sign-off names no member or"
                " committee that approved it."
            )
        else:
            yield "No approval by a member or committee is recorded."

    def late_words(self) -> Iterator[str]:
        """What is dated after the as-of date, by what it is and its day."""
        as_of = periods.long_date(self.quarter.as_of)
        found: dict[tuple[bool, date], list[str]] = {}
        for row in self.late:
            if row.signed_day:
                found.setdefault((signoff.approves(row), row.signed_day), []).append(
                    signoff.the(row.role)
                )
        for (is_approval, day), roles in sorted(found.items()):
            what = "An approval" if is_approval else "A sign-off"
            who = _listed(list(dict.fromkeys(roles)))
            dated = f"{what} by {who} dated {periods.long_date(day)}"
            yield f"{dated} is after the as-of date ({as_of})."


_BOTH, _MOST_ROLES = 2, 3


def _in_brackets(days: Iterable[date | None]) -> str:
    """The day on which something was signed, or the last one, in brackets."""
    known = sorted({day for day in days if day})
    if not known:
        return ""
    return f" ({'' if len(known) == 1 else 'the last on '}{periods.long_date(known[-1])})"


def _when(days: Iterable[date | None]) -> str:
    """On which day something was signed, or by which where there are several."""
    known = sorted({day for day in days if day})
    if not known:
        return ""
    return f" {'on' if len(known) == 1 else 'by'} {periods.long_date(known[-1])}"


# --- what a sign-off was given on -----------------------------------------------------------------


def sign_off_current(quarter: Quarter) -> Iterator[Finding]:
    """A sign-off that names the figures it was given on lapses when one of them changes.

    Of one that names none, it is asked.
    """
    yield from _perhaps_lapsed(quarter)
    given: dict[tuple[str, str], list[SignOffRow]] = {}
    for project in quarter.register:
        for row in signoff.latest(quarter, project):
            if row.signed_on and not signoff.is_too_late(quarter, row):
                given.setdefault((project, row.signed_on), []).append(row)
    for (project, code), rows in given.items():
        yield _current(quarter, project, code, rows)


def _current(quarter: Quarter, project: str, code: str, rows: Sequence[SignOffRow]) -> Finding:
    """Whether the figures that a code was given on are still the figures."""
    stated = signoff.signed_figures(quarter, project)
    moved = signoff.changed(code, stated)
    roles = ", ".join(dict.fromkeys(row.role for row in rows))
    subject = f"{quarter.register[project].name}, {roles}"
    when = _when(row.signed_day for row in rows)
    outcome: Outcome = "agrees"
    words = f"signed off these figures{when}."
    if moved is None:
        outcome = "not_stated"
        words = (
            f"'{code}' is not a valid figures code. Copy it from the briefing's sign-off section."
        )
    elif moved:
        outcome = "disagrees"
        which = signoff.spoken(moved)
        words = f"signed off earlier figures{when}; {which}. The sign-off has lapsed."
    names = stated if moved == (signoff.ALL,) else moved or ()
    changed = (stated[name].cells for name in names if name in stated)
    return Finding(
        "sign-off-current",
        subject,
        outcome,
        "note" if outcome == "agrees" else "query",
        (f"{subject}: {words}",),
        cells=merged_cells(cells_of(rows), *changed),
        project=project,
    )


def _given(found: signoff.WithoutCode) -> str:
    """Who gave a sign-off, and when, as "since" goes on with it."""
    when = _when(found.days)
    if any(map(signoff.approves, found.rows)):
        return f"the sign-off{when.replace(' on ', ' of ')}"
    if len(found.rows) > 1:
        return f"officers signed{when}"
    return f"{signoff.the(found.rows[0].role)} signed{when}"


def _perhaps_lapsed(quarter: Quarter) -> Iterator[Finding]:
    """The projects whose figures have changed since sign-offs that name no figures."""
    for row in quarter.projects:
        found = signoff.signoffs_without_code(quarter, row.project)
        if found is None:
            continue
        changed = signoff.spoken(found.moved, is_then_known=True)
        whom = "them" if len(found.rows) > 1 else signoff.the(found.rows[0].role)
        yield Finding(
            "sign-off-current",
            row.name,
            "not_stated",
            "query",
            (
                f"{row.name}: {changed} since {_given(found)}.",
                f" The sign-off does not say which figures it covers. Ask {whom} to confirm it.",
            ),
            cells=cells_of(found.rows),
            project=row.project,
        )
