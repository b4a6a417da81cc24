"""New projects, one after another, each from the seed and its own number.

Each has an amount that no other project has.
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
    OUTSIDE,
    PROGRAMME,
    RED,
    ROUTED,
    ROUTES,
    TBC,
    YEARS_AHEAD,
    names,
    random_of,
)
from ffanalysis.demo.phrases import DUTIES, RISKS, milestones_of, signatures_of, texts_of
from ffanalysis.demo.records import InventedLine, InventedProject
from ffanalysis.periods import Period, year_label


class TakenAmounts:
    """Which amounts are taken: the canaries, each of one project, and whatever any has shown."""

    def __init__(self) -> None:
        self.canaries: set[int] = set()
        self.shown: set[int] = set()

    def takes(self, project: InventedProject) -> bool:
        """Whether a new project shares no amount that matters; if so its amounts are taken."""
        shown = project.shown
        is_unique = project.canary not in self.canaries | self.shown
        if not is_unique or shown & self.canaries or project.canary not in shown:
            return False
        self.canaries.add(project.canary)
        self.shown |= shown
        return True

    def allows(self, project: InventedProject, *more: int) -> bool:
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
_NO_DECISION = "None: the project is approved, and reported for information."
_OPEN_RAGS = (ON_TARGET, AMBER, ON_TARGET, RED, AMBER)
# What every demo should have, be it small: some of the first projects are made so, and these stay
# to the end.
REBASED, RENAMED, _NIL = 1, 2, 4
STAYING = 5


def _is_tracked(number: int) -> bool:
    """Whether a project, approved as these are, is in a tracker with a band for each year."""
    return number % 5 == 2


def _is_outside(number: int) -> bool:
    """Whether a project, approved as these are, belongs to a programme that the plan lacks."""
    return number % 20 == 7


@dataclass(frozen=True)
class _Outline:
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

    @property
    def is_routed(self) -> bool:
        return DIRECTORATE_OF[self.service] == ROUTED

    def ref(self, position: int) -> str:
        return f"{INITIALS[DIRECTORATE_OF[self.service]]}-{self.number:04d}{'ab'[position]}"

    def amounts(self, position: int, by_year: dict[str, int]) -> dict[str, int | str]:
        """The amounts of a line: as given, or all in one year beside a nil or a TBC."""
        total, years = sum(by_year.values()), list(by_year)
        if position == 0 and self.has_gap:
            return {years[0]: total, year_label(self.start + 1): TBC}
        if position == 0 and self.number == _NIL:
            return {years[0]: 0, years[-1]: total}
        return {**by_year}

    def rag(self, random: Random, position: int, last_year: str) -> str:
        """The RAG status of a line; TBC for the first where the project has none yet."""
        if not self.has_rag and position == 0:
            return TBC
        is_over = self.approved and last_year <= year_label(self.period.start)
        return random.choice((DELIVERED, ON_TARGET) if is_over else _OPEN_RAGS)


def _lines(random: Random, outline: _Outline) -> tuple[tuple[InventedLine, ...], int]:
    """The lines of a new project, and its canary."""
    canary = random.randrange(100_003, 480_000)
    if canary % 10 == 0:
        canary += 7
    years, kinds = outline.years(random), outline.kinds()
    totals = outline.totals(random, canary, kinds)
    lines = []
    for position, (kind, total) in enumerate(zip(kinds, totals, strict=True)):
        parts = _parts(random, total, len(years))
        amounts = outline.amounts(position, dict(zip(years, parts, strict=True)))
        rag = outline.rag(random, position, years[-1])
        route = ROUTES[(outline.number + position) % 2] if outline.is_routed else ""
        lines.append(InventedLine(outline.ref(position), kind, route, rag, amounts))
    return tuple(lines), canary


class ProjectMaker:
    """Makes projects one after another, each from the seed and its own number."""

    def __init__(self, seed: int, taken: TakenAmounts) -> None:
        self.seed, self.taken = seed, taken
        self.names = names(seed)
        self.made = 0
        self.gaps = 0

    def make(self, period: Period) -> InventedProject:
        """The next project, as it is in the quarter in which it first appears."""
        name, subject, service = next(self.names)
        number = self.made
        self.made += 1
        random = random_of(self.seed, "project", number)
        outline = self._outline(random, number, service, period)
        project = self._with_own_amount(random, name, outline)
        first = int(project.first_year[:4])
        approved = outline.approved
        signatures = signatures_of(random, service, period, first, approved=approved)
        words = texts_of(random, subject, service)
        if approved:
            words["Decision sought"] = _NO_DECISION
        # The order in which chance is asked is part of what a seed gives.
        return replace(
            project,
            status=_status(random, decided=signatures[-1][1] if approved else ""),
            words=words,
            milestones=milestones_of(random, number, service, first),
            risks=_risks(random),
            signatures=signatures,
            deadline=self._deadline(random, first) if number % 4 == 1 else (),
        )

    def _outline(self, random: Random, number: int, service: str, period: Period) -> _Outline:
        approved = number % 5 in (2, 4)
        start = period.start + random.choice((0, 1) if approved else (1, 1, 2))
        # The first that may have an amount to be confirmed has one: not where routes must add, nor
        # what is approved.
        may_have_gap = not approved and DIRECTORATE_OF[service] != ROUTED and number != REBASED
        has_gap = may_have_gap and (not self.gaps or number % 31 == 30)
        self.gaps += has_gap
        return _Outline(number, service, start, period, approved, has_gap)

    def _with_own_amount(self, random: Random, name: str, outline: _Outline) -> InventedProject:
        """A project of this outline whose amounts are nobody else's, still without texts."""
        for _ in range(1_000):
            lines, canary = _lines(random, outline)
            project = InventedProject(
                name,
                outline.service,
                "Current" if outline.approved else "Proposed",
                _ticked(outline.number, lines),
                "",
                lines,
                canary,
                {},
                (),
                (),
                (),
                programme=OUTSIDE if _is_outside(outline.number) else PROGRAMME,
                is_tracked=outline.approved and _is_tracked(outline.number),
            )
            if self.taken.takes(project):
                return project
        raise AssertionError("no amount is left that nobody has")

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


def _status(random: Random, decided: str) -> str:
    """What the register says of its approval; `decided` is its day, "" where there is none."""
    return random.choice(_APPROVAL).format(decided) if decided else random.choice(_OPEN)


def _risks(random: Random) -> tuple[tuple[str, ...], ...]:
    levels = ("Low", "Medium", "High")
    return tuple(
        (*risk, random.choice(levels), random.choice(levels))
        for risk in random.sample(RISKS, random.randint(2, 4))
    )


def _ticked(number: int, lines: Sequence[InventedLine]) -> str:
    """The types of saving that the form of a project ticks, some of them in capitals."""
    kinds = ("Further", "Faster", "New", "Cross cutting")
    found = [kind for kind in kinds if any(kind in line.kind for line in lines)]
    ticked = " and ".join(found)
    return ticked.upper() if number % 3 == 0 else ticked
