"""Rules about how a project is run.

The milestones that its saving needs, and who agreed to which figures.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ffanalysis import periods
from ffanalysis.checks.compare import severity_of
from ffanalysis.figures import Figure, Finding, Outcome, Sentence, Severity, merged_cells
from ffanalysis.measure import signoff
from ffanalysis.measure.duties import deadlines
from ffanalysis.provenance import cell_of
from ffanalysis.savings.assemble import counted_lines, with_money
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row


def milestone_before_saving(ledger: Ledger) -> Iterator[Finding]:
    """A saving does not start before the milestones it needs, nor while one of them is tentative or undated."""
    for project in ledger.rows("projects"):
        counted = with_money(counted_lines(ledger.of_project("savings", project.project)))
        lines = [row for row in counted if row.year and row.plan != "prior"]
        milestones = ledger.of_project("milestones", project.project)
        if not lines:
            continue
        first = min(row.year for row in lines)
        starts = periods.first_day(first)
        saving = amount(
            "milestone-before-saving/saving", [row for row in lines if row.year == first]
        )
        about: dict[str, Any] = {"project": project.project}
        opening: Sentence = (f"{project.name}: ", saving, f" is due from {first}; ")
        if not milestones:
            message = (*opening, "no milestone is stated.")
            yield Finding(
                "milestone-before-saving",
                project.name,
                "not_stated",
                "query",
                message,
                first,
                cells=saving.cells,
                **about,
            )
            continue
        dated = sorted((row for row in milestones if row.last_day), key=lambda row: row.last_day)
        undated = [row for row in milestones if not row.last_day]
        tentative = [row for row in dated if row.tentative]
        cells = (*saving.cells, *cells_of(milestones))
        words = []
        last = None
        outcome: Outcome = "not_stated"
        if dated:
            # One that surely falls too late outranks one whose last day may; what is done on 1
            # April is in time.
            last = next((row for row in dated[::-1] if row.first_day > starts), dated[-1])
            outcome = (
                "exceeds_limit"
                if last.first_day > starts
                else "too_close"
                if last.last_day > starts
                else "within_limit"
            )
            falls = {
                "within_limit": (
                    "falls before then" if last.last_day < starts else "falls on its first day"
                ),
                "too_close": "may fall only after that year has begun",
                "exceeds_limit": "falls only after that year has begun",
            }[outcome]
            doubt = ", but that date is tentative" if last.tentative else ""
            words.append(
                f"its last dated milestone, '{last.milestone}' ({last.completed_by}),"
                f" {falls}{doubt}"
            )
        words += [
            f"'{row.milestone}' is tentative ({row.completed_by})"
            for row in tentative
            if row is not last
        ]
        words += [
            f"'{row.milestone}' is undated" + (f" ({row.completed_by})" if row.completed_by else "")
            for row in undated
        ]
        severity: Severity = (
            "query" if tentative or undated or outcome != "within_limit" else "note"
        )
        message = (*opening, "; ".join(words) + ".")
        yield Finding(
            "milestone-before-saving",
            project.name,
            outcome,
            severity,
            message,
            first,
            cells=cells,
            **about,
        )


def deadline_pace(ledger: Ledger) -> Iterator[Finding]:
    """What is left of a statutory duty is done at the rate that its day asks for, and nothing is left once that day has passed.

    Nothing is said where the register does not state how many there are, or how many are done.
    """
    for project in ledger.rows("projects"):
        for item in deadlines(ledger, project.project):
            if item.left.value is None or item.done.value is None:
                continue
            opening: Sentence = (
                f"{project.name}: {item.what}, by {item.by_text}: ",
                item.done,
                " of ",
                item.quantity,
                " done",
            )
            outcome: Outcome = "within_limit"
            ending: Sentence = (".",)
            if item.left.value and item.rate.value is None:
                outcome, ending = (
                    "exceeds_limit",
                    (
                        "; that day has passed, and ",
                        item.left,
                        " is left." if item.left.value == 1 else " are left.",
                    ),
                )
            elif item.left.value:
                if item.achieved is None:
                    continue
                outcome = "within_limit" if item.keeps_pace else "exceeds_limit"
                needs: Sentence = (
                    "; what is left needs ",
                    item.rate,
                    f" a month, and since quarter {item.since} ",
                )
                none = "none was done." if item.achieved.value == 0 else "fewer are stated as done."
                rate: Sentence = (
                    (item.achieved, " a month were done.")
                    if (item.achieved.value or 0) > 0
                    else (none,)
                )
                ending = (*needs, *rate)
            severity: Severity = "note" if outcome == "within_limit" else "query"
            subject = f"{project.name}: {item.what}"
            cells = merged_cells((item.cell,), item.achieved.cells if item.achieved else ())
            yield Finding(
                "deadline-pace",
                subject,
                outcome,
                severity,
                (*opening, *ending),
                cells=cells,
                project=project.project,
            )


_LATEST = timedelta(days=92)  # after the as-of date, by which a quarter's figures are agreed to


def signed_off(ledger: Ledger) -> Iterator[Finding]:
    """Officers have agreed, and members or a governance body have approved.

    Agreement is not approval.
    """
    for project in ledger.rows("projects"):
        rows = signoff.latest(ledger, project.project)
        officers = [row for row in rows if row.capacity not in ("member", "governance body")]
        lapsed = signoff.lapsed(ledger, project.project)
        stands = [row for row in rows if row.signed_day and row not in lapsed]
        signed = [row for row in stands if row in officers]
        approved = [row for row in stands if row.capacity in ("member", "governance body")]
        days = sorted({row.signed_day for row in signed})
        when = (
            ""
            if not days
            else (
                f" on {periods.long_date(days[0])}"
                if len(days) == 1
                else f" by {periods.long_date(days[-1])}"
            )
        )
        agreed: Sentence = ("no officer is named",)
        if officers:
            count, of = (
                Figure(f"signed-off/{name}", len(some), cells_of(some), "count")
                for name, some in (("agreed", signed), ("officers", officers))
            )
            to = " to these figures" if any(row in lapsed for row in officers) else ""
            agreed = (
                count,
                " of ",
                of,
                f" {'officer' if len(officers) == 1 else 'officers'} agreed{to}{when}",
            )
        about: dict[str, Any] = {"project": project.project}
        cells = cells_of(rows) or (cell_of(project),)
        waiting = [row.role for row in rows if row not in officers and row not in stands]
        outcome: Outcome = (
            "agrees"
            if approved and signed and len(signed) == len(officers) and not waiting
            else "not_stated"
        )
        who = ["approval by a member or a governance body: none stated"]
        if signoff.is_approved(project.status):
            who = [
                (
                    f"its status is '{project.status}', but the sign-off names no member or governance"
                    " body that approved it"
                )
            ]
        if approved:
            days_of = sorted({row.signed_day for row in approved})
            by_day = {
                day: " and ".join(row.role for row in approved if row.signed_day == day)
                for day in days_of
            }
            who = [
                "approved by "
                + " and by ".join(
                    f"{roles} on {periods.long_date(day)}" for day, roles in by_day.items()
                )
            ]
            who += [f"not yet by {' and '.join(waiting)}"] if waiting else []
        # Agreement comes after the quarter's end; where it comes much later, the year may be
        # another one.
        late = [row for row in stands if row.signed_day > ledger.as_of + _LATEST]
        who += [
            f"the day of {row.role}, {periods.long_date(row.signed_day)}, is far off: ask whether"
            " it is right"
            for row in late
        ]
        outcome = "not_stated" if late else outcome
        message = (f"{project.name}: ", *agreed, f"; {'; '.join(who)}.")
        yield Finding(
            "signed-off", project.name, outcome, severity_of(outcome), message, cells=cells, **about
        )


def sign_off_current(ledger: Ledger) -> Iterator[Finding]:
    """A sign-off that names the figures it was given on lapses when one of them changes.

    Of one that names none, it is asked.
    """
    yield from _perhaps_lapsed(ledger)
    given: dict[tuple[str, str], list[Row]] = {}
    for project in ledger.register:
        for row in signoff.latest(ledger, project):
            if row.signed_on:
                given.setdefault((project, row.signed_on), []).append(row)
    for (project, code), rows in given.items():
        name = ledger.register[project].name
        stated_now = signoff.figures(ledger, project)
        moved = signoff.changed(code, stated_now)
        names = stated_now if moved == (signoff.ALL,) else moved or ()
        changed = (stated_now[figure].cells for figure in names if figure in stated_now)
        about: dict[str, Any] = {
            "project": project,
            "cells": merged_cells(cells_of(rows), *changed),
        }
        roles = list(dict.fromkeys(row.role for row in rows))
        subject = f"{name}, {', '.join(roles)}"
        days = sorted({row.signed_day for row in rows if row.signed_day})
        when = (
            ""
            if not days
            else (
                f" on {periods.long_date(days[0])}"
                if len(days) == 1
                else f" by {periods.long_date(days[-1])}"
            )
        )
        if moved is None:
            said = (
                f"{subject}: '{code}' is no code of a briefing's figures (copy it from the sign-off"
                " of the briefing)."
            )
            yield Finding("sign-off-current", subject, "not_stated", "query", (said,), **about)
        elif moved:
            which = "; ".join(map(signoff.spoken, moved))
            said = (
                f"{subject}: agreed{when} on other figures. Changed since: {which}. The sign-off"
                " has lapsed."
            )
            yield Finding("sign-off-current", subject, "disagrees", "query", (said,), **about)
        else:
            yield Finding(
                "sign-off-current",
                subject,
                "agrees",
                "note",
                (f"{subject}: agreed{when} on these figures.",),
                **about,
            )


_MOST_CHANGED = 4  # figures that a sentence names


def _perhaps_lapsed(ledger: Ledger) -> Iterator[Finding]:
    """The projects whose figures have changed since sign-offs that do not say on which they were given."""
    for row in ledger.rows("projects"):
        found = signoff.unnamed(ledger, row.project)
        if not found:
            continue
        since, moved, rows = found
        more: Sentence = ("",)
        if len(moved) > _MOST_CHANGED:
            count = Figure("sign-off-current/more", len(moved) - _MOST_CHANGED, (), "count")
            more = (" and ", count, " more figures" if count.value != 1 else " more figure")
        which = "; ".join(map(signoff.spoken, moved[:_MOST_CHANGED]))
        days = sorted({sign.signed_day for sign in rows})
        when = (
            f"on {periods.long_date(days[0])}"
            if len(days) == 1
            else f"by {periods.long_date(days[-1])}"
        )
        opening = (
            f"{row.name}: who agreed {when} did not say on which figures. Changed since quarter"
            f" {since}: {which}"
        )
        message: Sentence = (opening, *more, ". Ask whether they still agree.")
        cells = cells_of(rows)
        yield Finding(
            "sign-off-current",
            row.name,
            "not_stated",
            "query",
            message,
            cells=cells,
            project=row.project,
        )
