"""The groups of lines in a table, and the lines that head one and are its total."""

from collections.abc import Iterator, Sequence

from ffanalysis.workbook_check.fit import Fit, Fitting, Item

_LONGEST_GROUP = 64


def heads_of_groups(
    fitting: Fitting, candidates: Sequence[int], *, lenient: bool
) -> tuple[dict[int, Fit], list[int]]:
    """Lines that are the sum of those directly after them, and what is left at the top."""
    heads: dict[int, Fit] = {}
    tops: list[int] = []
    for number in reversed(candidates):
        fits = (
            fitting.of(fitting.items[number], tops[:count])
            for count in range(2, min(len(tops), _LONGEST_GROUP) + 1)
        )
        if fit := next((fit for fit in fits if holds(fit, lenient=lenient)), None):
            heads[number] = fit
            del tops[: fit.count]
        tops.insert(0, number)
    return heads, tops


def holds(fit: Fit, *, lenient: bool) -> bool:
    """Whether a head and its parts agree: everywhere, or where lenient at most positions."""
    return fit.mostly_agrees if lenient else fit.is_shown


def proven_heads(fitting: Fitting, lines: Sequence[int]) -> list[tuple[int, Fit]]:
    """The heads of groups without blank lines between them, and a last line that adds the heads.

    Revenue is expenditure and what is left over: one such line alone proves no group.
    """
    heads, tops = _heads_among(fitting, lines)
    whole = _sum_of_last(fitting, tops) if heads else None
    if not whole and sum(number in heads for number in tops) < 2:
        return []
    if whole:
        heads.setdefault(tops[0], whole)
    return sorted(heads.items())


def _heads_among(fitting: Fitting, lines: Sequence[int]) -> tuple[dict[int, Fit], list[int]]:
    """The lines that add those directly after them, and from the last those left at the top."""
    heads: dict[int, Fit] = {}
    tops: list[int] = []
    for number in reversed(lines):
        if fit := _sum_of_next(fitting, number, tops):
            heads[number] = fit
            del tops[-fit.count :]
        tops.append(number)
    return heads, tops


def _sum_of_last(fitting: Fitting, tops: list[int]) -> Fit | None:
    """How the last line adds those before it at the top."""
    fits = fitting.of_last(fitting.items[tops[0]], tops[:0:-1], _LONGEST_GROUP)
    return next((fit for fit in fits.fitting() if _is_sum(fitting, fit)), None)


def _sum_of_next(fitting: Fitting, number: int, tops: list[int]) -> Fit | None:
    """How a line adds those directly after it: at all positions, or at nearly all of many."""
    fits = fitting.of_last(fitting.items[number], tops, _LONGEST_GROUP)
    return next(_proofs(fitting, fits.fitting(), exactly=True), None) or next(
        _proofs(fitting, fits.nearly(3), exactly=False), None
    )


def _proofs(fitting: Fitting, fits: Iterator[Fit], *, exactly: bool) -> Iterator[Fit]:
    return (fit for fit in fits if _is_sum(fitting, fit) and not (exactly and fit.rounded))


def _is_sum(fitting: Fitting, fit: Fit) -> bool:
    return fit.count > 1 and fit.distinct >= 2 and not repeats_one_line(fitting, fit)


def repeats_one_line(fitting: Fitting, fit: Fit) -> bool:
    """Whether only one of the parts is not nil: their sum would repeat it, and be no sum."""
    return sum(not fitting.items[part].is_nil for part in fit.parts) < 2


def groups_after(items: Sequence[Item], number: int) -> Iterator[list[int]]:
    """The lines after a total that stands first, up to each place where they may end."""
    parts: list[int] = []
    for other in range(number + 1, len(items)):
        item = items[other]
        if item.is_total and not parts:
            return
        if len(parts) >= 2 and (item.is_total or item.begins_group):
            yield list(parts)
            if item.is_total:
                return
        parts.append(other)
    if len(parts) >= 2:
        yield parts


def group_after(items: Sequence[Item], number: int) -> list[int]:
    """The lines after an item, until a total or a blank line."""
    parts: list[int] = []
    for other in range(number + 1, len(items)):
        item = items[other]
        if item.is_total or (item.begins_group and parts):
            break
        parts.append(other)
    return parts
