"""How the quarters of an invented programme follow one another.

What moves from each to the next, and what is put in on purpose.

What the same seed gives is the same, whatever the day and the machine.
"""

from collections.abc import Iterator
from dataclasses import replace
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
from ffanalysis.demo.make import REBASED, RENAMED, STAYING, Ledger, Maker
from ffanalysis.demo.phrases import ANEW, ASSESSED, BETTER, WORSE
from ffanalysis.demo.records import Demo, Movement, Plant, Project, Quarter
from ffanalysis.periods import Period, year_label
from ffanalysis.provenance import slug


def invent(projects: int, quarters: int, seed: int) -> Demo:
    """An invented programme of so many projects in each of so many quarters, the last of them 2026-27-Q2."""
    ledger = Ledger()
    maker = Maker(seed, ledger)
    found: list[Quarter] = []
    renamed: tuple[str, str] | None = None
    current: list[Project] = []
    for number, period in enumerate(_periods(quarters)):
        random = random_of(seed, "quarter", number)
        movements: list[Movement] = []
        if not current:
            current = [maker.make(period) for _ in range(projects)]
        else:
            is_last = number == quarters - 1
            doubled = {plant.where for plant in found[-1].plants if plant.kind == "duplicate-line"}
            current, movements = _moved(
                current, random, period, ledger, maker, doubled, is_last=is_last
            )
            if is_last and projects > RENAMED:
                renamed = _rename(current, movements, maker)
        current = [_standing(project, period, ledger, random) for project in current]
        found.append(
            Quarter(
                period,
                tuple(current),
                tuple(_plants(seed, number, current, random, ledger, movements)),
                tuple(movements),
            )
        )
    return Demo(seed, tuple(found), Council(seed), renamed)


def _periods(count: int) -> list[Period]:
    last = LAST_PERIOD.start * 4 + LAST_PERIOD.quarter - 1
    return [Period(number // 4, number % 4 + 1) for number in range(last - count + 1, last + 1)]


def _moved(
    before: list[Project],
    random: Random,
    period: Period,
    ledger: Ledger,
    maker: Maker,
    doubled: set[str],
    *,
    is_last: bool,
) -> tuple[list[Project], list[Movement]]:
    """The projects of the next quarter.

    Some leave, some come, some change their RAG, some slip, one is given a new amount.

    Of a line that stood twice in the quarter before no amount can be followed: none of those that
    are `doubled` is moved.
    """
    movements: list[Movement] = []
    before = [
        replace(project, lines=tuple(replace(line, reason="") for line in project.lines))
        for project in before
    ]
    later = [project.name for project in before[STAYING:] if project.name not in doubled]
    random.shuffle(later)
    leaving = set(later[: max(1, len(before) // 40)])
    fixed = leaving | {
        project.name for number, project in enumerate(before) if number in (REBASED, RENAMED)
    }
    others = [project for project in before if project.name not in fixed | doubled]
    random.shuffle(others)
    changed: dict[str, tuple[Project, Movement]] = {}
    if (
        is_last
        and len(before) > REBASED
        and before[REBASED].name not in doubled
        and (change := _rebased(before[REBASED], random, ledger))
    ):
        changed[before[REBASED].name] = change
    for make, share in ((_slipped, 10), (_turned, 6)):
        wanted = len(changed) + max(1, len(before) // share)
        for project in others:
            if (
                len(changed) < wanted
                and project.name not in changed
                and (change := make(project, random, period, ledger))
            ):
                changed[project.name] = change
    found = []
    for project in before:
        if project.name in leaving:
            movements.append(
                Movement(slug(project.name), "removed", before=project.total, pounds=project.total)
            )
        elif project.name in changed:
            moved, movement = changed[project.name]
            found.append(moved)
            movements.append(movement)
        else:
            found.append(project)
    for _ in leaving:
        project = maker.make(period)
        movements.append(
            Movement(slug(project.name), "new", after=project.total, pounds=project.total)
        )
        found.append(project)
    return found, movements


def _told(project: Project, reason: str) -> Project:
    """The project with what the register says of its latest movement, behind what it says of its outcomes."""
    return replace(
        project,
        words={
            **project.words,
            "Outcomes": "\n".join([*project.words["Outcomes"].split("\n")[:2], reason]),
        },
    )


def _slipped(
    project: Project, random: Random, period: Period, ledger: Ledger
) -> tuple[Project, Movement] | None:
    """A part of what a year should have saved is saved a year later.

    None where nothing can slip.
    """
    line, *rest = project.lines
    year = max((year for year, amount in line.known.items() if amount), default="")
    later = year_label(int(year[:4]) + 1)
    # A year that is over cannot slip, and nothing is planned beyond the schedule.
    is_open = year_label(period.start) <= year and int(later[:4]) <= period.start + YEARS_AHEAD
    if line.has_gap or not is_open or line.rag == DELIVERED:
        return None
    amount = line.known[year]
    for _ in range(200):
        moving = random.randrange(amount // 5, amount // 2) // 10 * 10
        amounts = {**line.amounts, year: amount - moving, later: moving}
        moved = replace(project, lines=(replace(line, amounts=amounts), *rest))
        if ledger.allows(moved, moving):
            reason = random.choice(WORSE)
            moved = replace(project, lines=(replace(line, amounts=amounts, reason=reason), *rest))
            told = (
                f"In quarter {period} a part of the saving of {year} was put off to {later}:"
                f" {reason}."
            )
            return _told(moved, told), Movement(
                slug(project.name), "slippage", (year, later), year, later, moving
            )
    return None


def _turned(
    project: Project, random: Random, period: Period, _: Ledger
) -> tuple[Project, Movement] | None:
    """A line's RAG moves, and the register says why; None where it stands as it will."""
    line, *rest = project.lines
    over = max(line.amounts) <= year_label(period.start)
    choices = {
        ON_TARGET: (DELIVERED,) if over and project.plan == "Current" else (AMBER,),
        AMBER: (ON_TARGET, RED),
        RED: (AMBER,),
        TBC: (AMBER,),
    }
    if line.rag not in choices:
        return None
    rag = random.choice(choices[line.rag])
    years = tuple(sorted(line.amounts))
    reason = ASSESSED
    if line.rag in RAGS:
        reason = random.choice(BETTER if RAGS.index(rag) < RAGS.index(line.rag) else WORSE)
    moved = replace(project, lines=(replace(line, rag=rag, reason=reason), *rest))
    moved = _told(
        moved, f"In quarter {period} the RAG status moved from {line.rag} to {rag}: {reason}."
    )
    return moved, Movement(slug(project.name), "rag", years, line.rag, rag, line.total)


def _rebased(project: Project, random: Random, ledger: Ledger) -> tuple[Project, Movement] | None:
    """A line is estimated anew.

    Its amount of the first year changes, and the project's total with it.
    """
    first, line = project.lines
    year = min(line.known)
    for _ in range(200):
        change = random.randrange(5_000, 15_000, 10)
        anew = replace(line, amounts={**line.amounts, year: line.known[year] - change}, reason=ANEW)
        moved = replace(project, lines=(first, anew))
        if ledger.allows(moved, change):
            told = (
                "The second line was estimated anew this quarter, from the present establishment."
            )
            return _told(moved, told), Movement(
                slug(project.name), "rebased", (year,), project.total, moved.total, -change
            )
    return None


def _rename(current: list[Project], movements: list[Movement], maker: Maker) -> tuple[str, str]:
    """One project is called by another name of its own subject; its old and its new name."""
    project = current[RENAMED]
    # Nothing is made after this, so whatever names are left are free.
    free = [
        (not project.name.startswith(f"{subject} "), service != project.service, name)
        for name, subject, service in maker.names
    ]
    new = min(free)[2]
    current[RENAMED] = replace(project, name=new)
    movements.append(Movement(slug(new), "renamed", before=project.name, after=new))
    return project.name, new


def _standing(project: Project, period: Period, ledger: Ledger, random: Random) -> Project:
    """An approved project with what is delivered to date and what is forecast."""
    year = year_label(period.start)
    if project.plan != "Current":
        return project
    due: dict[str, int] = {}
    for line in project.lines:
        for each, amount in line.known.items():
            if not line.is_faster and amount:
                due[each] = due.get(each, 0) + amount
    short = random.random() < 0.4
    for _ in range(200):
        done = {
            each: amount if each < year else amount * (2 * period.quarter - 1) // 90 * 10
            for each, amount in due.items()
        }
        delivered = {each: amount for each, amount in done.items() if each <= year and amount}
        forecast = dict(due)
        if short:
            last = max(due)
            # No less is forecast than is delivered already; of a year that is over, that is all of
            # it.
            forecast[last] = max(
                done[last], forecast[last] - random.randrange(10, due[last] // 3) // 10 * 10
            )
        stands = replace(project, delivered=delivered, forecast=forecast)
        if ledger.allows(stands):
            return stands
        short = True
    return project


def _plants(
    seed: int,
    number: int,
    current: list[Project],
    random: Random,
    ledger: Ledger,
    movements: list[Movement],
) -> Iterator[Plant]:
    """What disagrees on purpose in a quarter.

    Two faults of the programme's own lines, and one for every twelve projects.

    A line that has moved does not stand twice: its movement could not be told.
    """
    moved = {movement.project for movement in movements}
    # These directorates state their split by route without years.
    splits = [DIRECTORATES[place] for place in (0, 2, 4)]
    chance = random_of(
        seed, "faults", number
    )  # the council's own faults are the same however many projects it has
    chance.shuffle(splits)
    kinds = ("route-split", "mtfp-tie", "unit-slip")
    for position, kind in enumerate((kinds[number % 3], kinds[(number + 1) % 3])):
        yield Plant(kind, splits[position], chance.choice((-1, 1)) * chance.randint(11, 39) * 1_000)
    candidates = list(current)
    random.shuffle(candidates)
    wanted = max(1, len(current) // 12)
    for position in range(wanted):
        kind = ("printed-total", "duplicate-line", "late-milestone")[(number + position) % 3]
        for project in candidates:
            plant = Plant(
                kind, project.name, random.randint(3, 9) * 1_000 if kind == "printed-total" else 0
            )
            if _suits(project, plant, ledger) and not (
                kind == "duplicate-line" and slug(project.name) in moved
            ):
                candidates.remove(project)
                yield plant
                break


def _suits(project: Project, plant: Plant, ledger: Ledger) -> bool:
    """Whether a fault can stand in a project without a second one in its wake."""
    line = project.lines[0]
    if plant.kind == "late-milestone":
        return True
    if line.has_gap or len(line.amounts) < 2 or line.rag == TBC:
        return False
    if plant.kind == "printed-total":
        return ledger.allows(project, line.total + plant.amount)
    twice = {2 * amount for amount in line.known.values()}
    return (
        len(project.lines) == 1
        and not project.prints_total
        and ledger.allows(project, *twice, 2 * line.total)
    )
