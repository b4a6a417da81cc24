"""Rules about what a row prints beside its amounts: a variance, a shortfall, a share of its target.

Each is compared with the row's own target, forecast and what it delivered, and added to nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ffanalysis.checks.compare import check_equality, difference_words
from ffanalysis.figures import (
    Figure,
    Sum,
    amount_of,
    change,
    difference,
    share,
    size_of,
    tolerance,
    total,
    total_of,
)
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence, Severity
from ffanalysis.provenance import cell_of, merged_cells
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ComparisonRow, SavingRow, TotalRow
from ffanalysis.vocabulary import Measure

_RowKey = tuple[str, int]  # a table, and a row of its sheet
_Amount = SavingRow | TotalRow

_TARGETS = (Measure.REVISED, Measure.ORIGINAL, None)
_REACHED = (Measure.FORECAST, Measure.DELIVERED)
_NAMES = {Measure.FORECAST: "forecast", Measure.DELIVERED: "delivered"}
_SHORTFALLS = ("shortfall", "at risk")


@dataclass(frozen=True)
class _Row:
    """A row of a schedule in one year, or in all: its amounts, and what is printed beside them."""

    quarter: Quarter
    year: str | None
    amounts: Sequence[_Amount]
    printed: Mapping[str, Sequence[ComparisonRow]]

    def of(self, measure: Measure | None) -> Sum | None:
        """What the row states under a measure; None where it has no such amount."""
        rows = [row for row in self.amounts if row.measure == measure]
        return total_of(rows) if rows else None

    @cached_property
    def target(self) -> Sum | None:
        """The target: the revised one where there is one that is stated."""
        return _target_of(self.amounts)

    @cached_property
    def reached(self) -> dict[str, Sum]:
        """What may be compared with the target: the forecast, and what is delivered."""
        found = {_NAMES[measure]: self.of(measure) for measure in _REACHED}
        return {name: each for name, each in found.items() if each and each.known is not None}

    @cached_property
    def pairs(self) -> list[tuple[str, Sum, Sum]]:
        """What is reached, by name, beside the target that it may be compared with.

        That is the target of the years of which it is stated, then that of all years.
        """
        found = []
        for measure in _REACHED:
            each = self.reached.get(_NAMES[measure])
            if each is None:
                continue
            years = {row.year for row in _stated(self.amounts) if row.measure == measure}
            beside = _target_of([row for row in self.amounts if row.year in years])
            targets = dict.fromkeys(filter(None, (beside, self.target)))
            found += [(_NAMES[measure], each, target) for target in targets]
        return sorted(found, key=lambda pair: pair[2] == self.target)

    def printed_as(self, *kinds: str) -> Sum | None:
        """What is printed of these kinds, where an amount of each is."""
        rows = [row for kind in kinds for row in self.printed.get(kind, ())]
        stated = {row.what for row in rows if row.amount_pence is not None}
        return total(map(amount_of, rows)) if stated == set(kinds) else None

    @property
    def variances(self) -> list[tuple[str, Sum]]:
        """What is reached less the target, with the words for each way of saying it."""
        return [(f"{name} less target", difference(each, of)) for name, each, of in self.pairs]

    @property
    def shortfalls(self) -> list[tuple[str, Sum]]:
        """The target less what is reached, with the words for each way of saying it."""
        return [(f"target less {name}", difference(of, each)) for name, each, of in self.pairs]

    def ways(self, kind: str, *, is_turned: bool) -> list[tuple[str, Sum]]:
        """What a column of this kind may print, with the sign that its table uses."""
        is_shortfall = kind in _SHORTFALLS
        return self.shortfalls if is_shortfall != is_turned else self.variances

    @property
    def label(self) -> str:
        row = self.amounts[0]
        line = row.ref or row.saving_type or ""
        owner = self.quarter.owner_of(row).label
        return f"{owner}, {line}" if line else owner

    def finding(self, rule: str, outcome: Outcome, severity: Severity, **facts: Any) -> Finding:
        return Finding(
            rule,
            self.label,
            outcome,
            severity,
            year=self.year or "",
            **self.quarter.owner_of(self.amounts[0]).about,
            **facts,
        )


def _stated(rows: Iterable[_Amount]) -> Iterator[_Amount]:
    return (row for row in rows if row.amount_pence is not None)


def _target_of(rows: Sequence[_Amount]) -> Sum | None:
    """The target among some amounts: the revised one where there is one that is stated."""
    for measure in _TARGETS:
        own = [row for row in rows if row.measure == measure]
        if any(_stated(own)):
            return total_of(own)
    return None


def variance_agrees(quarter: Quarter) -> Iterator[Finding]:
    """A printed variance is the forecast less the target of its own row; so is a shortfall."""
    turned = _turned_columns(quarter)
    for row in _rows(quarter):
        if row.target and row.reached:
            yield from _variances(row, turned)
            yield from _shortfalls(row, turned)
            yield from _delays(row)


def _variances(row: _Row, turned: set[tuple[str, str]]) -> Iterator[Finding]:
    for printed in row.printed.get("variance", ()):
        stated = amount_of(printed)
        if stated.known is not None:
            ways = row.ways("variance", is_turned=_column(printed) in turned)
            yield _compared(row, stated, ways, f"a variance ('{printed.heading}') of ", "error")


def _shortfalls(row: _Row, turned: set[tuple[str, str]]) -> Iterator[Finding]:
    for kind in _SHORTFALLS:
        for printed in row.printed.get(kind, ()):
            stated = amount_of(printed)
            if stated.known is None:
                continue
            is_turned = _column(printed) in turned
            ways = row.ways(kind, is_turned=is_turned)
            pressures = row.printed_as("pressures")
            if pressures is not None and pressures.known:
                size = size_of(pressures)
                more = [
                    (
                        f"{words}, with pressures",
                        difference(each, size) if is_turned else total((each, size)),
                    )
                    for words, each in ways
                ]
                yield _with_pressures(row, stated, ways, more, printed)
            else:
                yield _compared(row, stated, ways, f"'{printed.heading}' as ", "query")


def _delays(row: _Row) -> Iterator[Finding]:
    """What is delayed and what is not achievable is what the target has and is not achieved."""
    stated = row.printed_as("delayed", "not achievable")
    if stated is not None:
        # What is delivered comes first: the forecast may count what is delayed.
        ways = row.shortfalls[::-1]
        yield _compared(row, stated, ways, "delayed and not achievable together ", "query")


def _with_pressures(
    row: _Row,
    stated: Sum,
    ways: Sequence[tuple[str, Sum]],
    more: Sequence[tuple[str, Sum]],
    printed: ComparisonRow,
) -> Finding:
    """A printed shortfall in a row that prints pressures too: with them, or without."""
    words = f"'{printed.heading}' as "
    if _best(stated, ways)[2] != "disagrees" or _best(stated, more)[2] == "disagrees":
        return _compared(row, stated, ways, words, "query")
    name = "variance-agrees"
    short, what = _best(stated, more)[1], ways[0][1]
    message: Sentence = (
        *_opening(row),
        "the row prints ",
        words,
        Figure(f"{name}/stated", stated),
        ", of which ",
        Figure(f"{name}/short", what),
        f" is {ways[0][0]} and the rest pressures, which are added to nothing here.",
    )
    return row.finding(
        name,
        "agrees",
        "query",
        message=message,
        amounts=Amounts(short, stated),
        cells=merged_cells(stated.cells, short.cells),
    )


def _best(stated: Sum, ways: Sequence[tuple[str, Sum]]) -> tuple[str, Sum, Outcome, Sum]:
    """The way of working an amount out that comes nearest to it, and how the two compare."""
    words, calculated = min(ways, key=lambda way: abs(way[1].known_pence - stated.pence))
    allowed = tolerance(calculated, stated)
    outcome = check_equality(calculated.pence, stated.pence, allowed.pence)
    return words, calculated, outcome, allowed


def _compared(
    row: _Row, stated: Sum, ways: Sequence[tuple[str, Sum]], what: str, severity: Severity
) -> Finding:
    words, calculated, outcome, allowed = _best(stated, ways)
    name = "variance-agrees"
    if outcome == "disagrees":
        # What disagrees is said of the usual way: against the forecast.
        words, calculated = ways[0]
        allowed = tolerance(calculated, stated)
    gap = change(stated, calculated)
    message: list[str | Figure] = [*_opening(row), f"{words} is ", Figure(f"{name}/is", calculated)]
    if gap.pence:
        message += [f"; the row prints {what}", Figure(f"{name}/stated", stated)]
    message += difference_words(gap, allowed, name, of="")
    brief: Sentence = ()
    if outcome == "disagrees":
        brief = _in_brief(row, stated, (words, calculated), what)
    return row.finding(
        name,
        outcome,
        severity if outcome == "disagrees" else "note",
        message=tuple(message),
        brief=brief,
        amounts=Amounts(calculated, stated, allowed),
        cells=merged_cells(stated.cells, calculated.cells),
    )


def _in_brief(row: _Row, stated: Sum, way: tuple[str, Sum], what: str) -> Sentence:
    """That what a row prints is not what its amounts come to, as a director reads it."""
    owner = row.quarter.owner_of(row.amounts[0]).label
    name, when = "variance-agrees", f" for {row.year}" if row.year else ""
    called = f"{what.removesuffix(' as ').removesuffix(' together ')}{when} of "
    if what.startswith("a variance"):
        called = f"a variance{when} of "
    words, calculated = way
    return (
        f"{owner}: the schedule shows {called}",
        Figure(f"{name}/stated", stated),
        f"; {words} is ",
        Figure(f"{name}/is", calculated),
        ".",
    )


def _opening(row: _Row) -> Sentence:
    return (f"{row.label}, {row.year}: " if row.year else f"{row.label}: ",)


def _column(row: ComparisonRow) -> tuple[str, str]:
    return row.block, row.cell.rstrip("0123456789")


def _turned_columns(quarter: Quarter) -> set[tuple[str, str]]:
    """The columns that most of their rows print with the opposite of their usual sign.

    Of a variance that is the target less the forecast, of a shortfall the forecast less the target.
    """
    votes: dict[tuple[str, str], int] = {}
    for row in _rows(quarter):
        for kind in ("variance", *_SHORTFALLS):
            for printed in row.printed.get(kind, ()):
                votes[_column(printed)] = votes.get(_column(printed), 0) + _vote(row, printed, kind)
    return {column for column, vote in votes.items() if vote < 0}


def _vote(row: _Row, printed: ComparisonRow, kind: str) -> int:
    """Whether an amount has the usual sign of its kind (1), the other (-1), or none (0)."""
    stated = printed.amount_pence or 0
    ways = row.ways(kind, is_turned=False) if row.target else []
    nearest = min(
        (each.pence for _, each in ways), key=lambda way: abs(abs(way) - abs(stated)), default=0
    )
    return (nearest * stated > 0) - (nearest * stated < 0)


# --- shares ---------------------------------------------------------------------------------------


def percentage_agrees(quarter: Quarter) -> Iterator[Finding]:
    """A printed share of the target is what the row's own amounts come to."""
    for row in _rows(quarter):
        for printed in row.printed.get("percentage", ()):
            has_target = any(target.pence > 0 for _, _, target in row.pairs)
            if has_target and printed.share is not None:
                yield _share(row, printed)


def _share(row: _Row, printed: ComparisonRow) -> Finding:
    stated = printed.share or 0
    ways = [
        (each.pence * 10_000 // target.pence, name, each, target)
        for name, each, target in row.pairs
        if target.pence > 0
    ]
    percent, name, reached, target = min(ways, key=lambda way: abs(way[0] - stated))
    # Half of what it is stated to, and what the amounts themselves are rounded by.
    rounding = sum(unit for unit in (*reached.units(), *target.units()))
    allowed = (printed.share_unit or 1) / 2 + 1 + rounding * 10_000 / target.pence / 2
    agrees = abs(percent - stated) <= allowed
    figure = Figure("percentage-agrees/is", share(reached, target) or target, "percent")
    message: Sentence = (
        *_opening(row),
        f"{name} is ",
        figure,
        f" of the target, {'as' if agrees else 'where'} the row prints",
        f" {stated / 100:g}% ('{printed.heading}').",
    )
    return row.finding(
        "percentage-agrees",
        "agrees" if agrees else "disagrees",
        "note" if agrees else "query",
        message=message,
        cells=merged_cells((cell_of(printed),), reached.cells, target.cells),
    )


# --- the rows -------------------------------------------------------------------------------------


def _rows(quarter: Quarter) -> Sequence[_Row]:
    return quarter.once(_all_rows)


def _all_rows(quarter: Quarter) -> tuple[_Row, ...]:
    """The rows that print something beside their amounts, by year."""
    printed: dict[tuple[_RowKey, str | None], dict[str, list[ComparisonRow]]] = {}
    for item in quarter.comparisons:
        kinds = printed.setdefault((_key(item), item.year), {})
        kinds.setdefault(item.what, []).append(item)
    if not printed:
        return ()
    amounts: dict[_RowKey, list[_Amount]] = {}
    wanted = {key for key, _ in printed}
    stated: list[_Amount] = [*quarter.savings, *quarter.totals]
    for row in stated:
        if (key := _key(row)) in wanted and not (isinstance(row, TotalRow) and row.over == "years"):
            amounts.setdefault(key, []).append(row)
    found = []
    for (key, year), kinds in printed.items():
        own = [row for row in amounts.get(key, ()) if year is None or row.year == year]
        if own:
            found.append(_Row(quarter, year, own, kinds))
    return tuple(found)


def _key(row: ComparisonRow | _Amount) -> _RowKey:
    return row.block, cell_of(row).row
