"""How the quarters of an invented programme follow one another, and what is planted in each.

What the same seed gives is the same, whatever the day and the machine.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from ffanalysis.demo.council import (
    AMBER,
    DELIVERED,
    DIRECTORATES,
    LAST_PERIOD,
    ON_TARGET,
    RAGS,
    RED,
    TBC,
    YEARS_AHEAD,
    Council,
    random_of,
)
from ffanalysis.demo.make import REBASED, RENAMED, STAYING, ProjectMaker, TakenAmounts
from ffanalysis.demo.phrases import ANEW, ASSESSED, BETTER, WORSE
from ffanalysis.demo.records import (
    Demo,
    InventedLine,
    InventedMovement,
    InventedProject,
    InventedQuarter,
    PlantedFault,
)
from ffanalysis.periods import Period, year_label
from ffanalysis.provenance import slug

_PROGRAMME_FAULTS = ("route-split", "mtfp-tie", "unit-slip")
_PROJECT_FAULTS = ("printed-total", "duplicate-line", "late-milestone")
_ESTIMATED_ANEW = "The second line was estimated anew this quarter, from the present establishment."


def invent(projects: int, quarters: int, seed: int) -> Demo:
    """An invented programme of so many projects in so many quarters up to 2026-27-Q2."""
    taken = TakenAmounts()
    maker = ProjectMaker(seed, taken)
    found: list[InventedQuarter] = []
    renamed: tuple[str, str] | None = None
    for number, period in enumerate(_periods(quarters)):
        turn = _Turn(period, random_of(seed, "quarter", number), taken, maker)
        if found:
            is_last = number == quarters - 1
            current, movements = turn.moved(found[-1], is_last=is_last)
            if is_last and projects > RENAMED:
                renamed = _rename(current, movements, maker)
        else:
            current, movements = [maker.make(period) for _ in range(projects)], []
        current = [turn.with_progress(project) for project in current]
        plants = [*_plants_of_programme(seed, number), *turn.plants(number, current, movements)]
        found.append(InventedQuarter(period, tuple(current), tuple(plants), tuple(movements)))
    return Demo(seed, tuple(found), Council(seed), renamed)


def _periods(count: int) -> list[Period]:
    last = LAST_PERIOD.start * 4 + LAST_PERIOD.quarter - 1
    return [Period(number // 4, number % 4 + 1) for number in range(last - count + 1, last + 1)]


_Change = tuple[InventedProject, InventedMovement]  # the project as it is now, and what moved


@dataclass(frozen=True)
class _Turn:
    """One quarter of the programme in the making, and the chance that it goes by."""

    period: Period
    random: Random
    taken: TakenAmounts
    maker: ProjectMaker

    # --- what moves ------------------------------------------------------------------------------

    def moved(
        self, before: InventedQuarter, *, is_last: bool
    ) -> tuple[list[InventedProject], list[InventedMovement]]:
        """The projects of this quarter: some leave, some come, some change.

        The movement of a line that was listed twice could not be matched, so none of those moves.
        """
        projects = list(map(_without_reasons, before.projects))
        doubled = {plant.where for plant in before.plants if plant.kind == "duplicate-line"}
        leaving = self._leaving(projects, doubled)
        changed = self._changes(projects, leaving, doubled, is_last=is_last)
        current: list[InventedProject] = []
        movements: list[InventedMovement] = []
        for project in projects:
            if project.name in leaving:
                movements.append(_removed(project))
            elif project.name in changed:
                moved, movement = changed[project.name]
                current.append(moved)
                movements.append(movement)
            else:
                current.append(project)
        arrived = [self.maker.make(self.period) for _ in leaving]
        return current + arrived, movements + list(map(_new, arrived))

    def _changes(
        self,
        projects: list[InventedProject],
        leaving: set[str],
        doubled: set[str],
        *,
        is_last: bool,
    ) -> dict[str, _Change]:
        """What changes in the projects that stay, by their names."""
        # These two change in the last quarter alone.
        later = {projects[place].name for place in (REBASED, RENAMED) if place < len(projects)}
        others = [project for project in projects if project.name not in leaving | doubled | later]
        self.random.shuffle(others)
        changed: dict[str, _Change] = {}
        if is_last and len(projects) > REBASED and projects[REBASED].name not in doubled:
            self._change(changed, [projects[REBASED]], self._rebased, 1)
        for change, share in ((self._slipped, 10), (self._rerated, 6)):
            self._change(changed, others, change, max(1, len(projects) // share))
        return changed

    def _leaving(self, projects: list[InventedProject], doubled: set[str]) -> set[str]:
        """The names of the projects that end; the first few stay to the end."""
        later = [project.name for project in projects[STAYING:] if project.name not in doubled]
        self.random.shuffle(later)
        return set(later[: max(1, len(projects) // 40)])

    @staticmethod
    def _change(
        changed: dict[str, _Change],
        projects: list[InventedProject],
        change: Callable[[InventedProject], _Change | None],
        wanted: int,
    ) -> None:
        """Change so many of the projects that have not changed yet, where they can."""
        wanted += len(changed)
        for project in projects:
            if len(changed) >= wanted:
                return
            if project.name not in changed and (found := change(project)):
                changed[project.name] = found

    def _slipped(self, project: InventedProject) -> _Change | None:
        """Put off a part of a year's saving by a year; None where nothing can slip."""
        line, *rest = project.lines
        year = max((year for year, amount in line.known.items() if amount), default="")
        if line.has_gap or line.rag == DELIVERED or not self._can_slip(year):
            return None
        later, amount = year_label(int(year[:4]) + 1), line.known[year]
        for _ in range(200):
            moving = self.random.randrange(amount // 5, amount // 2) // 10 * 10
            slipped = replace(line, amounts={**line.amounts, year: amount - moving, later: moving})
            if self.taken.allows(replace(project, lines=(slipped, *rest)), moving):
                reason = self.random.choice(WORSE)
                text = (
                    f"In quarter {self.period} a part of the saving of {year} was put off to"
                    f" {later}: {reason}."
                )
                return _changed(project, (replace(slipped, reason=reason), *rest), text), (
                    InventedMovement(
                        slug(project.name), "slippage", (year, later), year, later, moving
                    )
                )
        return None

    def _can_slip(self, year: str) -> bool:
        """Whether a year is not over, and the next is still planned for; "" is no year."""
        if not year or year < year_label(self.period.start):
            return False
        return int(year[:4]) + 1 <= self.period.start + YEARS_AHEAD

    def _rerated(self, project: InventedProject) -> _Change | None:
        """Move a line's RAG, and say why; None where it stays as it is."""
        line, *rest = project.lines
        over = max(line.amounts) <= year_label(self.period.start)
        choices = {
            ON_TARGET: (DELIVERED,) if over and project.plan == "Current" else (AMBER,),
            AMBER: (ON_TARGET, RED),
            RED: (AMBER,),
            TBC: (AMBER,),
        }
        if line.rag not in choices:
            return None
        rag = self.random.choice(choices[line.rag])
        reason = ASSESSED
        if line.rag in RAGS:
            is_better = RAGS.index(rag) < RAGS.index(line.rag)
            reason = self.random.choice(BETTER if is_better else WORSE)
        text = f"In quarter {self.period} the RAG status moved from {line.rag} to {rag}: {reason}."
        moved = _changed(project, (replace(line, rag=rag, reason=reason), *rest), text)
        years = tuple(sorted(line.amounts))
        return moved, InventedMovement(slug(project.name), "rag", years, line.rag, rag, line.total)

    def _rebased(self, project: InventedProject) -> _Change | None:
        """Estimate a line anew: its amount of the first year changes, and the project's total."""
        first, line = project.lines
        year = min(line.known)
        for _ in range(200):
            change = self.random.randrange(5_000, 15_000, 10)
            amounts = {**line.amounts, year: line.known[year] - change}
            lines = (first, replace(line, amounts=amounts, reason=ANEW))
            moved = replace(project, lines=lines)
            if self.taken.allows(moved, change):
                return _changed(project, lines, _ESTIMATED_ANEW), InventedMovement(
                    slug(project.name), "rebased", (year,), project.total, moved.total, -change
                )
        return None

    # --- how approved projects do ----------------------------------------------------------------

    def with_progress(self, project: InventedProject) -> InventedProject:
        """An approved project with what is delivered to date and what is forecast."""
        if project.plan != "Current":
            return project
        year, due = year_label(self.period.start), project.due
        done = {
            each: amount if each < year else amount * (2 * self.period.quarter - 1) // 90 * 10
            for each, amount in due.items()
        }
        delivered = {each: amount for each, amount in done.items() if each <= year and amount}
        falls_short = self.random.random() < 0.4
        for _ in range(200):
            forecast = self._shortened(due, done) if falls_short else due
            found = replace(project, delivered=delivered, forecast=forecast)
            if self.taken.allows(found):
                return found
            falls_short = True
        return project

    def _shortened(self, due: dict[str, int], done: dict[str, int]) -> dict[str, int]:
        """A forecast that falls short in its last year, but not of what is delivered already."""
        last = max(due)
        short = due[last] - self.random.randrange(10, due[last] // 3) // 10 * 10
        return {**due, last: max(done[last], short)}

    # --- what is planted -------------------------------------------------------------------------

    def plants(
        self, number: int, current: list[InventedProject], movements: list[InventedMovement]
    ) -> Iterator[PlantedFault]:
        """One fault for every twelve projects, and a wrong variance for every fifty.

        A line that has moved is not listed twice: its movement could not be matched.
        """
        moved = {movement.project for movement in movements}
        candidates = list(current)
        self.random.shuffle(candidates)
        for position in range(max(1, len(current) // 12)):
            kind = _PROJECT_FAULTS[(number + position) % 3]
            for project in candidates:
                off = self.random.randint(3, 9) * 1_000 if kind == "printed-total" else 0
                plant = PlantedFault(kind, project.name, off)
                has_moved = kind == "duplicate-line" and slug(project.name) in moved
                if self._suits(project, plant) and not has_moved:
                    candidates.remove(project)
                    yield plant
                    break
        yield from self._wrong_variances(candidates, max(1, len(current) // 50))

    def _wrong_variances(
        self, candidates: Sequence[InventedProject], wanted: int
    ) -> Iterator[PlantedFault]:
        """So many variances in trackers that are printed too low, where there is a forecast."""
        tracked = [project for project in candidates if project.is_tracked and project.forecast]
        for project in tracked[:wanted]:
            first, off = project.in_tracker[0], self.random.randint(3, 9) * 1_000
            if first.forecast and self.taken.allows(project, off - first.last_variance):
                yield PlantedFault("variance", project.name, off)

    def _suits(self, project: InventedProject, plant: PlantedFault) -> bool:
        """Whether a fault can be in a project without a second one in its wake."""
        line = project.lines[0]
        if plant.kind == "late-milestone":
            return True
        if line.has_gap or len(line.amounts) < 2 or line.rag == TBC:
            return False
        if plant.kind == "printed-total":
            return self.taken.allows(project, line.total + plant.amount)
        if project.is_tracked:
            return False  # its progress would be doubled too: several faults in one
        doubled = {2 * amount for amount in (*line.known.values(), line.total)}
        is_alone = len(project.lines) == 1 and not project.prints_total
        return is_alone and self.taken.allows(project, *doubled)


def _without_reasons(project: InventedProject) -> InventedProject:
    """A project whose lines no longer say why they moved in an earlier quarter."""
    return replace(project, lines=tuple(replace(line, reason="") for line in project.lines))


def _changed(
    project: InventedProject, lines: tuple[InventedLine, ...], text: str
) -> InventedProject:
    """The project with these lines, and with what the register says of its latest movement.

    The register says so behind what it says of the project's outcomes.
    """
    outcomes = project.words["Outcomes"].split("\n")[:2]
    words = {**project.words, "Outcomes": "\n".join([*outcomes, text])}
    return replace(project, lines=lines, words=words)


def _removed(project: InventedProject) -> InventedMovement:
    return InventedMovement(
        slug(project.name), "removed", before=project.total, pounds=project.total
    )


def _new(project: InventedProject) -> InventedMovement:
    return InventedMovement(slug(project.name), "new", after=project.total, pounds=project.total)


def _rename(
    current: list[InventedProject], movements: list[InventedMovement], maker: ProjectMaker
) -> tuple[str, str]:
    """Call one project by another name of its own subject; its old and its new name."""
    project = current[RENAMED]
    # Nothing is made after this, so whatever names are left are free.
    free = [
        (not project.name.startswith(f"{subject} "), service != project.service, name)
        for name, subject, service in maker.names
    ]
    new = min(free)[2]
    current[RENAMED] = replace(project, name=new)
    movements.append(InventedMovement(slug(new), "renamed", before=project.name, after=new))
    return project.name, new


def _plants_of_programme(seed: int, number: int) -> Iterator[PlantedFault]:
    """Two faults of the programme's own lines, the same however many projects there are."""
    # These directorates state their split by route without years.
    splits = [DIRECTORATES[place] for place in (0, 2, 4)]
    random = random_of(seed, "faults", number)
    random.shuffle(splits)
    kinds = (_PROGRAMME_FAULTS[number % 3], _PROGRAMME_FAULTS[(number + 1) % 3])
    for kind, directorate in zip(kinds, splits, strict=False):
        off = random.choice((-1, 1)) * random.randint(11, 39) * 1_000
        yield PlantedFault(kind, directorate, off)
