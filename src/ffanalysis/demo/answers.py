"""What must be found in an invented programme.

All from what was invented and where it was written, nothing from the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis.demo.council import ROUTED
from ffanalysis.demo.records import Demo, Movement, Plant, Project, Quarter
from ffanalysis.demo.sheets import STYLES
from ffanalysis.demo.workbooks import Places
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
        difference = (
            None
            if self.stated is None or self.calculated is None
            else self.calculated - self.stated
        )
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
    return (
        ""
        if pence is None
        else f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"
    )


def _allowance(*units: int) -> int:
    """What rounding allows in pence.

    Half the sum of the units, or three standard deviations, up to the coarsest unit.
    """
    coarsest, square = max(units), sum(unit * unit for unit in units)
    steps = 1
    while 4 * (steps * coarsest) ** 2 < 3 * square:
        steps += 1
    return min(sum(units) // 2, steps * coarsest)


def of_project(quarter: Quarter, plant: Plant, places: Places) -> list[Expected]:
    """What a fault in a project must be reported as, from what was written and where."""
    project = next(project for project in quarter.projects if project.name == plant.where)
    line = project.lines[0]
    by_year, total = places.lines[project.name, 0]
    pence = line.total * 100
    if plant.kind == "printed-total":
        said = (
            f"The row's years add to £{line.total:,}, but £{line.total + plant.amount:,} is printed"
            " as its total."
        )
        allowed = _allowance(*[_POUND] * (len(by_year) + 1))
        cells = [*by_year.values(), total]
        stated = pence + plant.amount * 100
        subject = f"{project.name}: {line.what}"
        return [
            Expected(
                _rule_of_row(project),
                subject,
                said,
                cells,
                stated=stated,
                calculated=pence,
                tolerance=allowed,
            )
        ]
    if plant.kind == "duplicate-line":
        ref = [line.ref] if STYLES[project.directorate].ref else []
        # Of what is nil there is nothing to count twice.
        years = [year for year in by_year if line.known[year]]
        cells = [
            *(by_year[year] for year in years),
            *(places.copies[project.name][year] for year in years),
        ]
        said = f"The line of £{line.total:,} was copied into the next row."
        subject, year = (
            ", ".join([project.name, line.what, *ref]),
            years[0] if len(years) == 1 else "",
        )
        return [
            Expected(
                "duplicate-line", subject, said, cells, year, stated=pence, calculated=2 * pence
            )
        ]
    first = project.first_year
    cells = [
        places.lines[project.name, number][0][first]
        for number, each in enumerate(project.lines)
        if each.known.get(first)
    ]
    cells += places.milestones[project.name]
    said = f"A milestone that the saving of {first} needs was put off to July of that year."
    return [
        Expected(
            "milestone-before-saving", project.name, said, cells, first, "exceeds_limit", "query"
        )
    ]


def _rule_of_row(project: Project) -> str:
    """Which rule holds a row's total against its years.

    It goes by what the sheet says of its lines.
    """
    if project.directorate == ROUTED:
        return "stated-total"
    return "proposed-total" if project.plan == "Proposed" else "rag-rows"


def of_programme(demo: Demo, quarter: Quarter, plant: Plant, places: Places) -> list[Expected]:
    """What a fault in the programme's own lines must be reported as."""
    directorate, off = plant.where, plant.amount * 100
    total = demo.council.total(directorate, quarter.period) * _THOUSAND
    grid, split = places.grids[directorate], places.splits.get(directorate, [])
    by_how_much = f"{abs(plant.amount):,} {'more' if plant.amount > 0 else 'less'}"
    if plant.kind == "mtfp-tie":
        said = f"The plan's own line for {directorate} says £{by_how_much} than the schedule."
        cells, allowed = [grid, *places.plan[directorate]], _allowance(*[_THOUSAND] * 4)
        return [
            Expected(
                "mtfp-tie",
                directorate,
                said,
                cells,
                stated=total + off,
                calculated=total,
                tolerance=allowed,
            )
        ]
    if plant.kind == "route-split":
        said = (
            f"The retained part of {directorate} says £{by_how_much} than it should; the total"
            " stands."
        )
        allowed = _allowance(*[_THOUSAND] * 3)
        return [
            Expected(
                "route-split",
                directorate,
                said,
                split,
                stated=total,
                calculated=total + off,
                tolerance=allowed,
            )
        ]
    cells, stated = [grid, split[-1]], 1_000 * total
    said = f"The split of {directorate} is in thousands, but its sheet says millions."
    slip = Expected("unit-slip", directorate, said, cells, stated=stated, calculated=total)
    said, allowed = (
        "So the two analyses do not come to the same total.",
        _allowance(_THOUSAND, _MILLION),
    )
    meet = Expected(
        "analyses-agree",
        directorate,
        said,
        cells,
        stated=stated,
        calculated=total,
        tolerance=allowed,
        parent=slip.id,
    )
    return [slip, meet]


def movement_row(demo: Demo, period: Period, item: Movement) -> dict[str, Any]:
    """What moved of a project, as answers.json says it; a renamed one bears its last name."""
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
