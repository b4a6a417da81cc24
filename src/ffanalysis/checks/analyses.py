"""Rules about analyses of one total: they meet at the total, and that is the plan's own line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis.checks.compare import check_equality, difference_words, severity_of
from ffanalysis.figures import Figure, Sum, change, tolerance, total_of
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import cells_of
from ffanalysis.savings.analyses import analysis_rows, kinds_of, plan_lines
from ffanalysis.savings.assemble import complementary_tables, role_of
from ffanalysis.savings.model import ProgrammeSavings
from ffanalysis.savings.printed_tables import Part
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import PlanRow, SavingRow
from ffanalysis.vocabulary import TARGETS, Role


@dataclass(frozen=True)
class _Analysis:
    """An analysis of a total: what it is called, and the rows that say what it comes to."""

    kind: str
    rows: tuple[Part, ...]

    @property
    def total(self) -> Sum:
        return total_of(self.rows)


def analyses_agree(quarter: Quarter) -> Iterator[Finding]:
    """Two analyses of one total meet at the total, and only there."""
    for savings in quarter.programme_savings:
        first, *others = (
            _Analysis(kind, tuple(analysis_rows(quarter, savings, table)))
            for table, kind in kinds_of(quarter, savings).items()
        )
        for other in others:
            yield _meet(savings.label, first, other, savings.about)
    for project in quarter.projects:
        about = {"project": project.project}
        for rows, targets in _by_measure(quarter.savings.of_project(project.project)):
            tables = complementary_tables(rows, targets)
            books = {lines[0].workbook for lines in tables}
            first, *others = (
                _Analysis(_sheet_words(lines[0], name_book=len(books) > 1), tuple(lines))
                for lines in tables
            )
            for other in others:
                yield _meet(project.name, first, other, about)


def _sheet_words(row: SavingRow, *, name_book: bool) -> str:
    """What a project's analysis is called: its sheet, and its workbook where there are several."""
    return f"the sheet {row.sheet}{f' of {row.workbook}' if name_book else ''}"


def _by_measure(
    rows: Sequence[SavingRow],
) -> Iterator[tuple[list[SavingRow], list[SavingRow]]]:
    """A project's lines plan by plan and measure by measure, each with the targets of its plan."""
    plans: dict[str | None, dict[str | None, list[SavingRow]]] = {}
    for row in rows:
        plans.setdefault(row.plan, {}).setdefault(row.measure, []).append(row)
    for measures in plans.values():
        targets = [row for name, own in measures.items() if name in TARGETS for row in own]
        for own in measures.values():
            yield from ((rows, targets) for rows in _by_role(own))


def _by_role(rows: list[SavingRow]) -> list[list[SavingRow]]:
    """Lines by what they are to their plan, where every line says it; else all together."""
    if not all(row.types for row in rows):
        return [rows]
    roles: dict[Role, list[SavingRow]] = {}
    for row in rows:
        roles.setdefault(role_of(row), []).append(row)
    return list(roles.values())


def _meet(subject: str, first: _Analysis, other: _Analysis, about: dict[str, Any]) -> Finding:
    """Whether two analyses come to the same total."""
    rule = "analyses-agree"
    left = Figure(f"{rule}/calculated", first.total)
    right = Figure(f"{rule}/stated", other.total)
    facts: dict[str, Any] = {"cells": cells_of([*first.rows, *other.rows]), **about}
    if not left.is_whole or not right.is_whole:
        message: Sentence = (
            f"{subject}: {first.kind} and {other.kind} cannot be compared,",
            " as one of them is not stated in full.",
        )
        return Finding(rule, subject, "not_stated", "query", message, **facts)
    allowed = tolerance(left, right)
    outcome = check_equality(left.pence, right.pence, allowed.pence)
    if left.pence == right.pence:
        both = f"{subject}: {first.kind} and {other.kind} both come to "
        message = (both, left, ". Years were not compared.")
    else:
        than = f"than {other.kind}"
        ending = difference_words(change(right, left), allowed, rule, than)
        message = (
            f"{subject}: {first.kind} comes to ",
            left,
            f", {other.kind} to ",
            right,
            *ending,
        )
    facts |= {"amounts": Amounts(left, right, allowed)}
    return Finding(rule, subject, outcome, severity_of(outcome), message, **facts)


def mtfp_tie(quarter: Quarter) -> Iterator[Finding]:
    """The programme's total is the plan's own line.

    Each service's where the plan states one, else all services' together.
    """
    for savings in quarter.programmes:
        lines, members = plan_lines(quarter, savings)
        if savings is members[0]:
            yield _tie(quarter, members, lines)


def _tie(
    quarter: Quarter, members: Sequence[ProgrammeSavings], lines: Sequence[PlanRow]
) -> Finding:
    """What these come to together, against the plan's lines for them."""
    rule = "mtfp-tie"
    subject, about = _subject(members)
    rows: list[Part] = []
    in_plan = False
    for savings in members:
        tables = list(kinds_of(quarter, savings))
        quoted_in = [
            table for table in tables if any(row.in_mtfp for row in savings.analyses[table])
        ]
        in_plan = in_plan or bool(quoted_in)
        rows += analysis_rows(quarter, savings, (quoted_in or tables)[-1])
    lines, beyond = _in_years_of(rows, lines)
    quoted, line = (
        Figure(f"{rule}/{name}", total_of(some))
        for name, some in (("calculated", rows), ("stated", lines))
    )
    facts: dict[str, Any] = {"cells": cells_of([*rows, *lines]), **about}
    if not lines:
        is_supplied = bool(quarter.mtfp)
        why = "The MTFP has no line for it" if is_supplied else "The MTFP was not supplied"
        words = _quoted_words(quoted, in_plan=in_plan)
        message = (f"{subject}: the schedule ", *words, f". {why}, so this could not be checked.")
        facts |= {"amounts": Amounts(quoted)}
        return Finding(rule, subject, "not_stated", "query", message, **facts)
    if not line.is_whole or not quoted.is_whole:
        message = (f"{subject}: the MTFP's line or the schedule's total is not stated in full.",)
        return Finding(rule, subject, "not_stated", "query", message, **facts)
    allowed = tolerance(quoted, line)
    outcome = check_equality(quoted.pence, line.pence, allowed.pence)
    if quoted.pence == line.pence:
        message = (
            f"{subject}: the schedule and the MTFP both come to ",
            quoted,
            ".",
        )
    else:
        ending = difference_words(change(line, quoted), allowed, rule, "than the MTFP")
        message = (
            f"{subject}: the schedule comes to ",
            quoted,
            "; the MTFP has ",
            line,
            *ending,
        )
    facts |= {"amounts": Amounts(quoted, line, allowed)}
    severity = severity_of(outcome)
    if beyond:
        message = (*message, *_beyond_words(rows, beyond))
        facts["cells"] = cells_of([*rows, *lines, *beyond])
        severity = "query" if severity == "note" else severity
    return Finding(rule, subject, outcome, severity, message, **facts)


def _in_years_of(
    rows: Sequence[Part], lines: Sequence[PlanRow]
) -> tuple[Sequence[PlanRow], Sequence[PlanRow]]:
    """The plan's lines of the years that a schedule states, and those of other years.

    A summary may be of one year, and the plan of several. Where either leaves a year out, or the
    schedule has one that the plan has not, all is compared with all.
    """
    years, planned = {row.year for row in rows}, {line.year for line in lines}
    if not years < planned or None in planned:
        return lines, ()
    other = [line for line in lines if line.year not in years and line.amount_pence]
    return [line for line in lines if line.year in years], other


def _beyond_words(rows: Sequence[Part], beyond: Sequence[PlanRow]) -> Sentence:
    """That a schedule leaves years out of which the plan has money."""
    stated = " and ".join(sorted({str(row.year) for row in rows}))
    more = Figure("mtfp-tie/beyond", total_of(beyond))
    years = sorted({str(line.year) for line in beyond})
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return (f" The schedule is of {stated} only; the plan has ", more, f" more for {span}.")


def _quoted_words(quoted: Figure, *, in_plan: bool) -> Sentence:
    """What a schedule says its total is."""
    if quoted.value is None:
        return ("gives no total",)
    return ("says that ", quoted, " is already in the MTFP") if in_plan else ("comes to ", quoted)


def _subject(members: Sequence[ProgrammeSavings]) -> tuple[str, dict[str, Any]]:
    """What these savings are called together, and whom a finding on them concerns."""
    first = members[0]
    if len(members) == 1:
        return first.label, first.about
    if len({each.programme for each in members}) > 1:
        return first.service, {"service": first.service}
    return first.programme, {"programme": first.programme}
