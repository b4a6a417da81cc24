"""What must be found in an invented programme, from what was invented and where it was written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis.demo.council import ROUTED
from ffanalysis.demo.house_style import STYLES
from ffanalysis.demo.records import (
    Demo,
    InventedLine,
    InventedMovement,
    InventedProject,
    InventedQuarter,
    PlantedFault,
)
from ffanalysis.demo.words import people_of, words_of
from ffanalysis.demo.workbooks import WrittenCells
from ffanalysis.periods import Period
from ffanalysis.provenance import slug

_POUND, _THOUSAND, _MILLION = 100, 100_000, 100_000_000


@dataclass(frozen=True)
class Expected:
    """What a planted fault must be reported as; money in pence."""

    rule: str
    subject: str
    message: str
    cells: Sequence[str]
    year: str = ""
    outcome: str = "disagrees"
    severity: str = "error"
    stated: int | None = None
    calculated: int | None = None
    tolerance: int | None = None
    parent: str = ""

    @property
    def id(self) -> str:
        return ":".join(filter(None, (self.rule, slug(self.subject), self.year.replace("/", "-"))))

    def row(self) -> dict[str, str]:
        """The finding in the columns of findings.csv."""
        difference = None
        if self.stated is not None and self.calculated is not None:
            difference = self.calculated - self.stated
        return {
            "id": self.id,
            "rule": self.rule,
            "subject": self.subject,
            "year": self.year,
            "outcome": self.outcome,
            "severity": self.severity,
            "stated": _pounds(self.stated),
            "calculated": _pounds(self.calculated),
            "difference": _pounds(difference),
            "tolerance": _pounds(self.tolerance),
            "message": self.message,
            "cells": "; ".join(self.cells),
            "parent": self.parent,
        }


def _pounds(pence: int | None) -> str:
    if pence is None:
        return ""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _allowance(*units: int) -> int:
    """What rounding allows, in pence: half the sum of the units or three standard deviations.

    The lesser of the two, the second rounded up to the coarsest unit.
    """
    coarsest, square = max(units), sum(unit * unit for unit in units)
    steps = 1
    while 4 * (steps * coarsest) ** 2 < 3 * square:
        steps += 1
    return min(sum(units) // 2, steps * coarsest)


def of_project(
    quarter: InventedQuarter, plant: PlantedFault, written: WrittenCells
) -> list[Expected]:
    """What a fault in a project must be reported as, from what was written and where."""
    project = next(project for project in quarter.projects if project.name == plant.where)
    if plant.kind == "printed-total":
        return [_printed_total(project, plant, written)]
    if plant.kind == "duplicate-line":
        return [_duplicate_line(project, written)]
    if plant.kind == "variance":
        return [_wrong_variance(project, plant, written)]
    return [_late_milestone(project, written)]


def _printed_total(
    project: InventedProject, plant: PlantedFault, written: WrittenCells
) -> Expected:
    line = project.lines[0]
    by_year, total = written.lines[project.name, 0]
    # A tracker's headings say which measure its totals are of.
    what = f"{line.what}, original target" if project.is_tracked else line.what
    # A nil is a word, which shows no decimals: in thousands it says no more than its unit.
    in_thousands = STYLES[project.directorate].thousands
    units = [_THOUSAND if in_thousands and not line.known[year] else _POUND for year in by_year]
    return Expected(
        _rule_of_row(project),
        f"{project.name}: {what}",
        f"The row's years add to £{line.total:,}, but £{line.total + plant.amount:,} is printed"
        " as its total.",
        [*by_year.values(), total],
        stated=(line.total + plant.amount) * 100,
        calculated=line.total * 100,
        tolerance=_allowance(*units, _POUND),
    )


def _duplicate_line(project: InventedProject, written: WrittenCells) -> Expected:
    line = project.lines[0]
    by_year, _ = written.lines[project.name, 0]
    ref = [line.ref] if STYLES[project.directorate].ref else []
    # Of what is nil there is nothing to count twice.
    years = [year for year in by_year if line.known[year]]
    return Expected(
        "duplicate-line",
        ", ".join([project.name, line.what, *ref]),
        f"The line of £{line.total:,} was copied into the next row.",
        [cells[year] for cells in (by_year, written.copies[project.name]) for year in years],
        years[0] if len(years) == 1 else "",
        stated=line.total * 100,
        calculated=2 * line.total * 100,
    )


def _wrong_variance(
    project: InventedProject, plant: PlantedFault, written: WrittenCells
) -> Expected:
    first = project.in_tracker[0]
    year, is_so = max(first.forecast), first.last_variance
    ref = first.line.ref if STYLES[project.directorate].ref else ""
    return Expected(
        "variance-agrees",
        f"{project.name}, {ref or first.line.kind}",
        f"The variance of {year} is printed as £{is_so - plant.amount:,}; forecast less target is"
        f" £{is_so:,}.",
        written.variances[project.name],
        year,
        stated=(is_so - plant.amount) * 100,
        calculated=is_so * 100,
        tolerance=_allowance(*[_POUND] * 3),
    )


def stated_of(project: InventedProject) -> dict[str, Any]:
    """What a project's workbooks state of it, in pence: what counts of it, year by year."""
    return {
        "plan": project.plan,
        "layout": "tracker" if project.is_tracked else "schedule",
        "programme": project.programme,
        "target": _pence(project.due),
        "delivered": _pence(project.delivered),
        "forecast": _pence(project.forecast),
        "lines": [_words_of_line(project, line) for line in project.counted],
        **_people(project),
    }


def _people(project: InventedProject) -> dict[str, str]:
    """Whom the register names, and the posts that it states."""
    people = people_of(project)
    return {"owner": people.owner, "contact": people.contact, "posts": people.posts}


def _words_of_line(project: InventedProject, line: InventedLine) -> dict[str, Any]:
    """What the schedule says of a line beside its amounts, where its directorate says such."""
    if not STYLES[project.directorate].has_words:
        return {"ref": line.ref}
    words = words_of(project, line)
    return {
        "ref": line.ref,
        "owner": words.owner,
        "one_off_cost": words.cost * _POUND,
        "cost_funding": words.funding,
        "confirmed_by": words.confirmed_by,
        "evidence": words.evidence,
    }


def _pence(pounds: Mapping[str, int]) -> dict[str, int]:
    return {year: amount * _POUND for year, amount in sorted(pounds.items())}


def _late_milestone(project: InventedProject, written: WrittenCells) -> Expected:
    first = project.first_year
    cells = [
        written.lines[project.name, number][0][first]
        for number, line in enumerate(project.lines)
        if line.known.get(first) and not line.is_faster
    ]
    return Expected(
        "milestone-before-saving",
        project.name,
        f"A milestone that the saving of {first} needs was put off to July of that year.",
        [*cells, *written.milestones[project.name]],
        first,
        "exceeds_limit",
        "query",
    )


def _rule_of_row(project: InventedProject) -> str:
    """Which rule compares a row's total with its years: the sheet's labels decide."""
    if project.directorate == ROUTED:
        return "stated-total"
    return "proposed-total" if project.plan == "Proposed" else "rag-rows"


def of_programme(
    demo: Demo, quarter: InventedQuarter, plant: PlantedFault, written: WrittenCells
) -> list[Expected]:
    """What a fault in the programme's own lines must be reported as."""
    directorate = plant.where
    total = demo.council.total(directorate, quarter.period) * _THOUSAND
    if plant.kind == "mtfp-tie":
        return [_mtfp_tie(plant, total, written)]
    if plant.kind == "route-split":
        return [_route_split(plant, total, written)]
    return list(_unit_slip(demo, quarter, directorate, total, written))


def _by_how_much(plant: PlantedFault) -> str:
    return f"£{abs(plant.amount):,} {'more' if plant.amount > 0 else 'less'}"


def _mtfp_tie(plant: PlantedFault, total: int, written: WrittenCells) -> Expected:
    directorate = plant.where
    return Expected(
        "mtfp-tie",
        directorate,
        f"The plan's own line for {directorate} says {_by_how_much(plant)} than the schedule.",
        [written.grids[directorate], *written.plan[directorate]],
        stated=total + plant.amount * 100,
        calculated=total,
        tolerance=_allowance(*[_THOUSAND] * 4),
    )


def _route_split(plant: PlantedFault, total: int, written: WrittenCells) -> Expected:
    directorate = plant.where
    return Expected(
        "route-split",
        directorate,
        f"The retained part of {directorate} says {_by_how_much(plant)} than it should; the total"
        " stands.",
        written.splits[directorate],
        stated=total,
        calculated=total + plant.amount * 100,
        tolerance=_allowance(*[_THOUSAND] * 3),
    )


def _unit_slip(
    demo: Demo, quarter: InventedQuarter, directorate: str, total: int, written: WrittenCells
) -> Iterable[Expected]:
    """The slip, and what does not meet because of it: the analyses, and the quarter before."""
    cells = [written.grids[directorate], written.splits[directorate][-1]]
    slip = Expected(
        "unit-slip",
        directorate,
        f"The split of {directorate} is in thousands, but its sheet says millions.",
        cells,
        stated=1_000 * total,
        calculated=total,
    )
    yield slip
    yield Expected(
        "analyses-agree",
        directorate,
        "So the two analyses do not come to the same total.",
        cells,
        stated=1_000 * total,
        calculated=total,
        tolerance=_allowance(_THOUSAND, _MILLION),
        parent=slip.id,
    )
    before = demo.before(quarter)
    if before and before.period.start == quarter.period.start and not before.slipped(directorate):
        cell = written.splits[directorate][-1]
        yield Expected(
            "unit-slip",
            f"{directorate}, the split by delivery route",
            "And the quarter before states it in another unit.",
            [f"{before.period}/{cell}", cell],
            stated=1_000 * total,
            calculated=total,
            parent=slip.id,
        )


def movement_row(demo: Demo, period: Period, item: InventedMovement) -> dict[str, Any]:
    """What moved of a project, as answers.json says it; a renamed one has its last name."""
    old, new = demo.renamed or ("", "")
    # A total before or after is money as well: pence, as everywhere.
    before, after = (
        value * 100 if isinstance(value, int) else value for value in (item.before, item.after)
    )
    return {
        "period": str(period),
        "project": slug(new) if item.project == slug(old) and old else item.project,
        "kind": item.kind,
        "years": list(item.years),
        "from": before,
        "to": after,
        "amount_pence": None if item.pounds is None else item.pounds * 100,
    }
