"""New projects, one after another.

Each from the seed and its own number, with an amount that no other project has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from ffanalysis.demo.council import (
    AMBER,
    DELIVERED,
    DIRECTORATE_OF,
    INITIALS,
    ON_TARGET,
    RED,
    ROUTED,
    ROUTES,
    TBC,
    YEARS_AHEAD,
    names,
    random_of,
)
from ffanalysis.demo.phrases import DUTIES, RISKS, milestones_of, said, signatures_of
from ffanalysis.demo.records import Line, Project
from ffanalysis.periods import Period, year_label


class Ledger:
    """Which amounts are taken.

    The canaries, each of one project only, and whatever any project has shown.
    """

    def __init__(self) -> None:
        self.canaries: set[int] = set()
        self.shown: set[int] = set()

    def takes(self, project: Project) -> bool:
        """Whether a new project's amounts touch nobody's: if so they are taken."""
        shown = project.shown
        if (
            project.canary in self.canaries | self.shown
            or shown & self.canaries
            or project.canary not in shown
        ):
            return False
        self.canaries.add(project.canary)
        self.shown |= shown
        return True

    def allows(self, project: Project, *more: int) -> bool:
        """The same for a project that has changed."""
        shown = project.shown | set(more)
        if shown & (self.canaries - {project.canary}):
            return False
        self.shown |= shown
        return True


def _parts(random: Random, total: int, count: int) -> list[int]:
    """A total in so many uneven parts, all but the last in tens of pounds."""
    weights = [random.uniform(0.6, 1.6) for _ in range(count)]
    parts = [int(total * weight / sum(weights)) // 10 * 10 for weight in weights[:-1]]
    return [*parts, total - sum(parts)]


_KINDS = (
    "New",
    "Further",
    "New",
    "Further",
    "Cross cutting",
    "New (Further and New)",
    "Further",
    "Faster",
)
_APPROVAL = ("Approved by Cabinet on {}", "Approved by the Cabinet on {}")
_OPEN = (
    (
        "This paper is at concept stage and is work in progress. It has not been approved through"
        " any formal governance."
    ),
    "Business case submitted; not approved yet.",
    "Awaiting the Cabinet's decision.",
)
# What every demo should have, be it small: some of the first projects are made so, and these stay
# to the end.
REBASED, RENAMED, _NIL = 1, 2, 4
STAYING = 5


class Maker:
    """Makes projects one after another, each from the seed and its own number."""

    def __init__(self, seed: int, ledger: Ledger) -> None:
        self.seed, self.ledger = seed, ledger
        self.names = names(seed)
        self.made = 0
        self.gaps = 0

    def make(self, period: Period) -> Project:
        """The next project, as it stands in the quarter in which it first appears."""
        name, subject, service = next(self.names)
        random = random_of(self.seed, "project", self.made)
        number = self.made
        self.made += 1
        approved = number % 5 in (2, 4)
        start = period.start + random.choice((0, 1) if approved else (1, 1, 2))
        # The first that may have an amount to be confirmed has one: not where routes must add, nor
        # what is approved.
        may_have_gap = not approved and DIRECTORATE_OF[service] != ROUTED and number != REBASED
        has_gap = may_have_gap and (not self.gaps or number % 31 == 30)
        self.gaps += has_gap
        sort = _Sort(number, service, start, period, approved, has_gap)
        for _ in range(1_000):
            lines, canary = _lines(random, sort)
            ticked = self._ticked(number, lines)
            project = Project(
                name,
                service,
                "Current" if approved else "Proposed",
                ticked,
                "",
                lines,
                canary,
                {},
                (),
                (),
                (),
            )
            if self.ledger.takes(project):
                break
        else:
            raise AssertionError("no amount is left that nobody has")
        first = int(project.first_year[:4])
        signatures = signatures_of(random, service, period, first, approved=approved)
        decided = signatures[-1][1]
        words = said(random, subject, service)
        if approved:
            words["Decision sought"] = (
                "None: the project is approved, and reported for information."
            )
        return replace(
            project,
            status=random.choice(_APPROVAL).format(decided) if approved else random.choice(_OPEN),
            words=words,
            milestones=milestones_of(random, number, service, first),
            risks=tuple(
                (
                    *risk,
                    random.choice(("Low", "Medium", "High")),
                    random.choice(("Low", "Medium", "High")),
                )
                for risk in random.sample(RISKS, random.randint(2, 4))
            ),
            signatures=signatures,
            deadline=self._deadline(random, first) if number % 4 == 1 else (),
        )

    @staticmethod
    def _deadline(random: Random, start: int) -> tuple[str, ...]:
        count = random.randint(14, 90) * 20
        written = random.choice((f"about {count:,}", f"{count:,}", f"{count:,} or so"))
        done = random.choice(("", str(count // random.randint(3, 9))))
        return (
            random.choice(DUTIES),
            written,
            done,
            random.choice((f"April {start + 2}", f"1 October {start + 2}")),
        )

    @staticmethod
    def _ticked(number: int, lines: Sequence[Line]) -> str:
        kinds = {
            word
            for line in lines
            for word in ("Further", "Faster", "New", "Cross cutting")
            if word in line.kind
        }
        ticked = " and ".join(
            word for word in ("Further", "Faster", "New", "Cross cutting") if word in kinds
        )
        return ticked.upper() if number % 3 == 0 else ticked


@dataclass(frozen=True)
class _Sort:
    """What decides how the lines of a new project look."""

    number: int
    service: str
    start: int
    period: Period
    approved: bool
    has_gap: bool

    @property
    def has_rag(self) -> bool:
        return self.approved or self.has_gap or self.number % 23 != 6

    def years(self, random: Random) -> list[str]:
        """The years of its saving, none beyond what its schedule has."""
        count = random.choice((1, 1, 2, 2, 3))
        if self.number == REBASED or not self.has_rag:
            count = 1
        elif self.number == _NIL or self.has_gap:
            count = 2
        return [
            year_label(self.start + ahead)
            for ahead in range(count)
            if ahead + self.start <= self.period.start + YEARS_AHEAD
        ]

    def kinds(self) -> list[str]:
        """The types of its lines.

        Where lines are routed, none is brought forward: it would have no part in a total.
        """
        kind = _KINDS[self.number % len(_KINDS)]
        if kind == "Faster" and DIRECTORATE_OF[self.service] != ROUTED:
            return ["Further", "Existing (Faster)"]
        if self.number == REBASED or self.number % 7 == 3:
            return ["New", "Further"]
        return ["Further" if kind == "Faster" else kind]

    def totals(self, random: Random, canary: int, kinds: Sequence[str]) -> list[int]:
        """What each line comes to.

        Together the canary, or the first alone where a second one changes or is no saving.
        """
        if len(kinds) < 2:
            return [canary]
        if self.number == REBASED or "Existing (Faster)" in kinds:
            return [canary, random.randrange(20_000, 90_000, 10)]
        return _parts(random, canary, 2)


def _lines(random: Random, sort: _Sort) -> tuple[tuple[Line, ...], int]:
    """The lines of a new project, and its canary."""
    canary = random.randrange(100_003, 480_000)
    if canary % 10 == 0:
        canary += 7
    directorate = DIRECTORATE_OF[sort.service]
    years, kinds = sort.years(random), sort.kinds()
    is_over = years[-1] <= year_label(sort.period.start)
    rags = (
        (DELIVERED, ON_TARGET)
        if sort.approved and is_over
        else (ON_TARGET, AMBER, ON_TARGET, RED, AMBER)
    )
    lines = []
    for position, (kind, total) in enumerate(
        zip(kinds, sort.totals(random, canary, kinds), strict=True)
    ):
        amounts: dict[str, int | str] = dict(
            zip(years, _parts(random, total, len(years)), strict=True)
        )
        if position == 0 and sort.number == _NIL:
            amounts = {years[0]: 0, years[-1]: total}
        if position == 0 and sort.has_gap:
            amounts = {years[0]: total, year_label(sort.start + 1): TBC}
        route = ROUTES[(sort.number + position) % 2] if directorate == ROUTED else ""
        rag = random.choice(rags) if sort.has_rag or position else TBC
        lines.append(
            Line(
                f"{INITIALS[directorate]}-{sort.number:04d}{'ab'[position]}",
                kind,
                route,
                rag,
                amounts,
            )
        )
    return tuple(lines), canary
