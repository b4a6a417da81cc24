"""A rule about lines listed twice, and lines that differ only in their details."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ffanalysis.checks.compare import MOST_NAMED
from ffanalysis.figures import Figure, total, total_of
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import cells_of
from ffanalysis.savings.model import SAME_LINE, Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, non_zero
from ffanalysis.vocabulary import PROGRESS, TARGETS, Plan

_BUT_FOR_DETAILS = (*(name for name in SAME_LINE if name != "details"), "year")


def duplicate_line(quarter: Quarter) -> Iterator[Finding]:
    """No table lists the same line twice; equal amounts on different lines are no matter."""
    for table in quarter.savings.by("block").values():
        for owner, own in quarter.by_owner(non_zero(table)):
            lines: dict[tuple[object, ...], dict[int | None, list[SavingRow]]] = {}
            for row in own:
                key = tuple(getattr(row, name) for name in SAME_LINE)
                lines.setdefault(key, {}).setdefault(row.line_no, []).append(row)
            for key, printed in lines.items():
                said = [str(part) for name, part in zip(SAME_LINE, key, strict=True) if part]
                named = said[1:-1] if key[-1] else said[1:]  # without the plan and the details
                words = ", ".join([owner.label, *named])
                if repeated := _repeated(words, printed.values(), owner):
                    yield repeated
            yield from _without_ref(owner, lines)
            yield from _different(owner, own)
    for owner, own in quarter.by_owner(non_zero(quarter.savings)):
        yield from _in_plan_and_proposed(owner, own)


_Printed = Mapping[tuple[object, ...], Mapping[int | None, Sequence[SavingRow]]]
_REF, _MEASURE = SAME_LINE.index("ref"), SAME_LINE.index("measure")


def _without_ref(owner: Owner, lines: _Printed) -> Iterator[Finding]:
    """A line without its reference, beside one that has it and is the same in all else."""
    told: set[tuple[object, ...]] = set()
    for key, printed in lines.items():
        saving = tuple(part for place, part in enumerate(key) if place not in (_REF, _MEASURE))
        if not key[_REF] and key[_MEASURE] not in PROGRESS and saving not in told:
            for each in _same_but_for_ref(key, lines):
                for bare in printed.values():
                    if _amounts_of(bare) == _amounts_of(each) and saving not in told:
                        told.add(saving)
                        yield _listed_without_ref(owner, each, bare)


def _same_but_for_ref(key: tuple[object, ...], lines: _Printed) -> Iterator[Sequence[SavingRow]]:
    """The lines with a reference that are called otherwise as this one is, which has none."""
    for other, printed in lines.items():
        if other[_REF] and (*other[:_REF], None, *other[_REF + 1 :]) == key:
            yield from printed.values()


def _amounts_of(rows: Iterable[SavingRow]) -> list[tuple[str | None, int | None]]:
    return [(row.year, row.amount_pence) for row in rows]


def _listed_without_ref(
    owner: Owner, rows: Sequence[SavingRow], bare: Sequence[SavingRow]
) -> Finding:
    words = f"{owner.label}, {rows[0].ref}"
    amount, again = (
        Figure(f"duplicate-line/{name}", total_of(own))
        for name, own in (("amount", rows), ("again", bare))
    )
    return Finding(
        "duplicate-line",
        f"{words}, without its reference",
        "disagrees",
        "query",
        (
            f"{words}: its ",
            amount,
            " is listed again as ",
            again,
            f" in a line that is the same but has no reference. {_ASK_TWICE}",
        ),
        amounts=Amounts(total((amount, again)), amount),
        cells=cells_of([*rows, *bare]),
        **owner.about,
    )


_ASK_TWICE = "Delete it if it is the same saving; else give it a reference of its own."
_SAME_SAVING = ("saving_type", "route", "what")  # of a line without a reference


def _in_plan_and_proposed(owner: Owner, rows: Sequence[SavingRow]) -> Iterator[Finding]:
    """A line that is in the plan and proposed with the same amounts is shown in both."""
    lines: dict[object, dict[Plan, dict[str | None, SavingRow]]] = {}
    for row in rows:
        if row.plan in (Plan.CURRENT, Plan.PROPOSED) and row.measure in TARGETS:
            key = row.ref or tuple(getattr(row, name) for name in _SAME_SAVING)
            lines.setdefault(key, {}).setdefault(Plan(row.plan), {}).setdefault(row.year, row)
    for plans in lines.values():
        planned, proposed = (plans.get(plan, {}) for plan in (Plan.CURRENT, Plan.PROPOSED))
        shared = planned.keys() & proposed.keys()
        is_whole = planned.keys() == proposed.keys()
        is_one = is_whole or any(row.ref for row in planned.values())
        if shared and is_one and _amounts(planned, shared) == _amounts(proposed, shared):
            proposed = {year: proposed[year] for year in proposed if year in shared}
            same = [*(planned[year] for year in proposed), *proposed.values()]
            ref = same[0].ref
            amount = Figure("duplicate-line/proposed", total_of(proposed.values()))
            words = ", ".join(filter(None, (owner.label, ref)))
            yield Finding(
                "duplicate-line",
                f"{words}, in the plan and proposed",
                "disagrees",
                "query",
                (
                    f"{words}: this saving of ",
                    amount,
                    f" is in the plan, and proposed with the same amounts. {_ASK_WHICH}",
                ),
                cells=cells_of(same),
                **owner.about,
            )


_ASK_WHICH = "Take it out where it does not belong; or give the proposal a reference of its own."


def _amounts(
    by_year: Mapping[str | None, SavingRow], years: Collection[str | None]
) -> dict[str | None, int | None]:
    return {year: row.amount_pence for year, row in by_year.items() if year in years}


def _different(owner: Owner, rows: Sequence[SavingRow]) -> Iterator[Finding]:
    """Lines that differ only in their details are no copies of each other."""
    alike: dict[tuple[object, ...], dict[str, SavingRow]] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in _BUT_FOR_DETAILS)
        alike.setdefault(key, {}).setdefault(row.details or "blank", row)
    told: dict[tuple[str, ...], list[SavingRow]] = {}
    for by_details in alike.values():
        if len(by_details) > 1:
            told.setdefault(tuple(by_details), list(by_details.values()))
    for said, lines in told.items():
        words = (owner.label, lines[0].saving_type, lines[0].route, lines[0].rag, lines[0].ref)
        subject = ", ".join(filter(None, words))
        more = f" and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
        listed = ", ".join(f"'{each}'" for each in said[:MOST_NAMED]) + more
        yield Finding(
            "duplicate-line",
            f"{subject}, details",
            "agrees",
            "note",
            (
                f"{subject}: these lines differ only in their details ({listed}).",
                " They are taken as different lines.",
            ),
            cells=cells_of(lines),
            **owner.about,
        )


def _repeated(words: str, printed: Iterable[Sequence[SavingRow]], owner: Owner) -> Finding | None:
    """A line that is listed more than once in a year; None where it is not.

    Rows of the sheet carry the same words; one saving may have a row for each year. With other
    amounts it may be a second saving, so a person must look.
    """
    counts = Counter(row.year for rows in printed for row in rows)
    shared = {year for year, count in counts.items() if count > 1}
    same = [own for rows in printed if (own := [row for row in rows if row.year in shared])]
    if not same:
        return None
    years = sorted(year for year in shared if year)
    figures = [
        Figure(f"duplicate-line/{position}", total_of(rows)) for position, rows in enumerate(same)
    ]
    listed = _listed(figures)
    count = "twice" if len(same) == 2 else f"{len(same)} times"
    opening = ", ".join([words, *([joined_years(years)] if years else [])])
    message: Sentence = (f"{opening}: the same line is listed {count}: ", *listed, ".")
    finding = Finding(
        "duplicate-line",
        words,
        "disagrees",
        "query",
        message,
        years[0] if len(years) == 1 else "",
        cells=cells_of([row for rows in same for row in rows]),
        **owner.about,
    )
    return _with_copies(finding, same, figures)


def joined_years(years: Sequence[str]) -> str:
    """Years as a list: "2026/27, 2027/28 and 2028/29"."""
    return " and ".join(filter(None, (", ".join(years[:-1]), years[-1])))


def _listed(figures: Sequence[Figure]) -> Sentence:
    """Figures as a list in a sentence."""
    return tuple(part for figure in figures for part in (" and ", figure))[1:]


def _with_copies(
    finding: Finding, same: Sequence[Sequence[SavingRow]], figures: Sequence[Figure]
) -> Finding:
    """A line that is listed again with the same amounts is an error: it is counted twice."""
    once = {
        tuple((row.year, row.amount_pence) for row in rows): figure
        for rows, figure in zip(same, figures, strict=True)
    }
    if len(once) == len(same):
        return finding
    return replace(finding, severity="error", amounts=Amounts(total(figures), total(once.values())))
