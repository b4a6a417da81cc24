"""Rules about what projects carry: of their programme, and of the plan."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ffanalysis.checks.compare import MOST_NAMED, check_equality, known_words
from ffanalysis.figures import Figure, size_of
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence, Severity
from ffanalysis.measure.in_projects import (
    CarriedByProjects,
    ProgrammeInProjects,
    in_projects,
    outside_the_plan,
)
from ffanalysis.provenance import cell_of, merged_cells
from ffanalysis.savings.quarter import Quarter

_RULE = "projects-to-programme"


def projects_to_programme(quarter: Quarter) -> Iterator[Finding]:
    """The projects of a programme carry what it states, and what the plan says, year by year."""
    for found in in_projects(quarter):
        if found.carrying or found.is_refused:
            yield from _by_year(found)
        elif found.overall.whole.is_whole:
            yield _in_none(quarter, found)
    if outside := outside_the_plan(quarter):
        for project, carried in outside.carried.items():
            yield _outside(quarter, project, carried)


def _outside(quarter: Quarter, project: str, carried: Figure) -> Finding:
    """A project that counts as in the plan, of which no line of the plan is."""
    row = quarter.register[project]
    whose = f"its programme, {row.programme}" if row.programme else f"its service, {row.service}"
    why = f"{whose}, has none there, and no recorded programme includes the project."
    message = (f"{row.name}: ", carried, f" is approved, but the MTFP has no line for it: {why}")
    return Finding(
        _RULE,
        row.name,
        "not_stated",
        "query",
        message,
        amounts=Amounts(carried),
        cells=merged_cells((cell_of(row),), carried.cells),
        project=project,
    )


def _by_year(found: ProgrammeInProjects) -> Iterator[Finding]:
    """Overall, then year by year; a year that is wrong is explained by the whole that is."""
    parts = found.years if len(found.years) == 1 else (found.overall, *found.years)
    head = ""
    for part in (part for part in parts if part.whole.is_whole):
        finding = _carried(found, part)
        is_wrong = finding.outcome == "disagrees"
        yield replace(finding, parent=head if is_wrong else "")
        head = finding.id if is_wrong and part is found.overall else head


def _in_none(quarter: Quarter, found: ProgrammeInProjects) -> Finding:
    """A programme of which no project has anything in the plan: nothing can be compared."""
    why = ""
    if found.proposing:
        proposal = f"the proposal from {_names(quarter, found.proposing)}"
        why = f"; {proposal} is not in the plan, so it is not deducted"
    if found.outside:
        why += f"; its scope excludes {_names(quarter, found.outside)}"
    return Finding(
        _RULE,
        found.label,
        "not_comparable",
        "note",
        (f"{found.label}: all of its ", found.overall.whole, f" is in no project{why}."),
        amounts=Amounts(stated=found.overall.whole),
        cells=found.overall.whole.cells,
    )


def _names(quarter: Quarter, projects: Sequence[str]) -> str:
    """The names of a few projects, or how many there are."""
    if len(projects) > MOST_NAMED:
        return f"{len(projects)} projects"
    return " and ".join(quarter.register[project].name for project in projects)


def _carried(found: ProgrammeInProjects, part: CarriedByProjects) -> Finding:
    opening: Sentence = (
        f"{', '.join(filter(None, (found.label, part.year)))}: its projects have ",
    )
    carried: Sentence = known_words(part.projects)
    if part.projects.value is None:
        carried = ("nothing",)
    facts: dict[str, Any] = {
        "year": part.year,
        "amounts": Amounts(part.projects, part.whole),
        "cells": merged_cells(part.projects.cells, part.whole.cells),
    }
    message = (*opening, *carried, *_wholes(part))
    if part.rest is None or found.is_refused:
        why = "; their savings are not stated in full."
        return Finding(_RULE, found.label, "not_stated", "query", (*message, why), **facts)
    allowed = part.allowed
    whole = part.whole.pence
    outcome: Outcome = check_equality(whole - part.rest.pence, whole, allowed.pence)
    size = Figure(f"{_RULE}/rest", size_of(part.rest))
    ending: Sentence = (".",)
    if part.rest.value:
        words = " is in no project" if part.rest.pence > 0 else " more than that"
        rounding = "; within what rounding allows" if outcome == "within_rounding" else ""
        ending = (": ", size, words, f"{rounding}.")
    if found.other_years and part is found.overall:
        more = Figure(f"{_RULE}/other-years", found.other_years.sum)
        ending = (*ending, " They have ", more, " more in years that it does not cover.")
        facts["cells"] = merged_cells(facts["cells"], more.cells)
    severity: Severity = "query" if outcome == "disagrees" else "note"
    facts["amounts"] = Amounts(part.projects, part.whole, allowed)
    return Finding(_RULE, found.label, outcome, severity, (*message, *ending), **facts)


def _wholes(part: CarriedByProjects) -> Sentence:
    """What the programme and the plan say of it."""
    words: Sentence = ()
    if part.programme.is_whole:
        words = ("; the programme has ", part.programme)
    if part.plan.is_whole:
        words = (*words, " and the MTFP " if words else "; the MTFP has ", part.plan)
    return words
