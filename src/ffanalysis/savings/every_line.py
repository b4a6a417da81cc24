"""Every line of a quarter with whom it belongs to: those of projects, and of programmes' scopes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ffanalysis.savings.assemble import assemble
from ffanalysis.savings.model import LineKey, Owner, PlanSavings, Saving, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.unchanged import Reporter, reporter_of
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import Plan, Role


@dataclass(frozen=True)
class OwnedLine:
    """A line, whose report it is part of, and what a sentence calls it."""

    reporter: Reporter
    owner: Owner
    saving: Saving

    @property
    def subject(self) -> str:
        return f"{self.owner.label}, {self.saving.label}"

    @property
    def key(self) -> tuple[Reporter, Plan, LineKey]:
        """What it is followed by from quarter to quarter."""
        return (self.reporter, self.saving.plan, self.saving.key)


@dataclass(frozen=True)
class OwnedSavings:
    """What is stated under one plan, and whose it is."""

    reporter: Reporter
    owner: Owner
    savings: PlanSavings

    @property
    def lines(self) -> list[OwnedLine]:
        """The lines, those of one key together: what is reported is reported of all of them."""
        found: dict[tuple[LineKey, Role], list[Saving]] = {}
        for line in self.savings.lines:
            found.setdefault((line.key, line.role), []).append(line)
        return [OwnedLine(self.reporter, self.owner, _as_one(own)) for own in found.values()]


def _as_one(lines: list[Saving]) -> Saving:
    if len(lines) == 1:
        return lines[0]
    return replace(lines[0], target=joined(line.target for line in lines))


def every_savings(quarter: Quarter) -> Sequence[OwnedSavings]:
    """The savings of all owners by plan, prior years' left out, in the order of the schedules."""
    return quarter.once(_every_savings)


def _every_savings(quarter: Quarter) -> list[OwnedSavings]:
    rows: dict[Reporter, list[SavingRow]] = {}
    for row in quarter.savings:
        rows.setdefault(reporter_of(row), []).append(row)
    found = []
    for reporter, own in rows.items():
        for plan in dict.fromkeys(Plan(row.plan) for row in own if row.plan):
            if plan != Plan.PRIOR:
                one = quarter.savings_of(reporter[0], plan) if reporter[0] else assemble(plan, own)
                found.append(OwnedSavings(reporter, quarter.owner_of(own[0]), one))
    return found


def every_line(quarter: Quarter) -> Iterator[OwnedLine]:
    """The lines of all owners, prior years' left out, in the order of the schedules."""
    for savings in every_savings(quarter):
        yield from savings.lines


def lines_followed(quarter: Quarter) -> dict[tuple[Reporter, Plan, LineKey], OwnedLine]:
    """The lines by what each is followed by from quarter to quarter."""
    return quarter.once(_lines_followed)


def _lines_followed(quarter: Quarter) -> dict[tuple[Reporter, Plan, LineKey], OwnedLine]:
    return {line.key: line for line in every_line(quarter)}
