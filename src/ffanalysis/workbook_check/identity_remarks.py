"""Remarks on rows in which columns do not add to each other as they do in the others.

A target less what was achieved is what is delayed and what is lost. Which columns are so is found
by arithmetic alone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import numpy as np

from ffanalysis.workbook_check.amount_grid import AmountGrid, hold_together
from ffanalysis.workbook_check.fit import Flags, Floats
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import TableColumn
from ffanalysis.workbook_check.wording import decimal_of, listed_columns, shown

_REACH = 6  # among so many columns beside each other
_MANY = 10
_LEAST_FULL = 2  # rows with three terms or more that are not nil
_PLAINLY = 4  # a term of so many times what rounding allows is not nil

# How three or four terms may add to nil: 1 where a term is added, -1 where it is taken away. The
# outer two are never the inner two together: amounts that rise by the same each year are so.
_SIGNS: dict[int, tuple[tuple[int, ...], ...]] = {
    3: ((1, -1, -1), (1, 1, -1), (1, -1, 1)),
    4: (
        (1, -1, -1, -1),
        (1, -1, 1, 1),
        (1, 1, -1, 1),
        (1, 1, 1, -1),
        (1, 1, -1, -1),
        (1, -1, 1, -1),
    ),
}


@dataclass(frozen=True)
class Identity:
    """Columns that add to nil in most rows, each with its sign."""

    places: tuple[int, ...]
    signs: tuple[int, ...]
    agreeing: int
    differing: tuple[int, ...]  # the rows in which they do not

    @property
    def is_plain(self) -> bool:
        """Whether it holds in so many rows that it is no chance, whatever else holds."""
        return self.agreeing >= _MANY * len(self.differing)

    def gaps(self, values: Floats) -> Floats:
        """What they add to, row by row."""
        return np.asarray((values[:, self.places] * self.signs).sum(axis=1))


def identity_remarks(grid: AmountGrid, reported: Collection[frozenset[str]]) -> Iterator[Remark]:
    """Rows in which columns differ that agree in most others.

    `reported` are the cells of differences that other remarks are on.
    """
    values = np.nan_to_num(grid.values)
    for identity in _independent(grid):
        causes = _causes(grid, identity, values)
        if hold_together(identity.agreeing, len(causes)):
            remarks = (_differs(grid, identity, y) for y in causes)
            yield from (one for one in remarks if frozenset(one.cells) not in reported)


def _independent(grid: AmountGrid) -> Iterator[Identity]:
    """The identities that no sum covers, and no identity that holds in more rows.

    Where two columns hang together in every row otherwise, that they nearly do so with others is
    chance.
    """
    numbers = [column.number for column in grid.table.amounts]
    sums = [{found.index, *found.parts} for found in grid.totals.across.found]
    held: list[set[int]] = []  # the columns of those that hold in every row
    taken: set[int] = set()
    for identity in identities(grid):
        columns = {numbers[place] for place in identity.places}
        surer = sums if identity.is_plain else [*sums, *held]
        if not identity.differing:
            held.append(columns)
        elif columns <= taken or any(len(columns & own) > 1 for own in surer):
            continue
        taken |= columns
        yield identity


def identities(grid: AmountGrid) -> list[Identity]:
    """The identities among columns beside each other, the surest first."""
    values = np.nan_to_num(grid.values)
    known = ~np.isnan(grid.values)
    stems = [column.series for column in grid.table.amounts]
    found = [
        identity
        for places in _neighbours(values.shape[1])
        # Years, months and numbered columns are one series, whose amounts may rise by the same.
        if len({stems[place] for place in places}) > 1
        for signs in _SIGNS[len(places)]
        if (identity := _identity(grid, values, known, places, signs))
    ]
    return sorted(found, key=lambda one: (len(one.differing), len(one.places), -one.agreeing))


def _neighbours(count: int) -> Iterator[tuple[int, ...]]:
    """Three or four columns out of each few beside each other, every choice once."""
    for last in range(count):
        before = range(max(0, last - _REACH + 1), last)
        for size in _SIGNS:
            yield from ((*others, last) for others in combinations(before, size - 1))


def _identity(
    grid: AmountGrid, values: Floats, known: Flags, places: tuple[int, ...], signs: tuple[int, ...]
) -> Identity | None:
    terms, own = values[:, places], known[:, places].all(axis=1)
    gaps = np.abs((terms * signs).sum(axis=1))
    allowed = 0.5 * grid.units[list(places)].sum()
    holds = own & (gaps <= allowed + 1e-9 * np.abs(terms).max(axis=1, initial=1.0))
    plain = (np.abs(terms) > _PLAINLY * allowed).sum(axis=1)
    agreeing = int((holds & (plain >= 2) & ~_cancels(terms, signs, allowed)).sum())
    differing = np.flatnonzero(own & ~holds)
    is_shown = int((holds & (plain >= 3)).sum()) >= _LEAST_FULL
    # Where no row has all terms, fewer may be meant.
    each_counts = (holds[:, None] & (np.abs(terms) > allowed)).any(axis=0).all()
    if len(differing) * 2 > agreeing or not (is_shown and each_counts):
        return None
    return Identity(places, signs, agreeing, tuple(differing.tolist()))


def _cancels(terms: Floats, signs: tuple[int, ...], allowed: float) -> Flags:
    """Where a term is equal to one taken away, of two and two: the same each year shows nothing."""
    pairs = [
        np.abs(terms[:, one] - terms[:, other]) <= allowed
        for one, other in combinations(range(len(signs)), 2)
        if signs[one] != signs[other] and sum(signs) == 0
    ]
    return np.asarray(np.any(pairs, axis=0) if pairs else np.zeros(len(terms), dtype=bool))


def _causes(grid: AmountGrid, identity: Identity, values: Floats) -> list[int]:
    """The rows that differ by themselves, not as the total of lines that do."""
    gaps = identity.gaps(values)
    place = {row: y for y, row in enumerate(grid.rows)}
    parts = {found.index: [place[part] for part in found.parts] for found in grid.totals.down.found}

    def inherits(y: int) -> bool:
        own = parts.get(grid.rows[y])
        return own is not None and abs(gaps[y] - gaps[own].sum()) <= 1e-9 * max(1.0, abs(gaps[y]))

    return [y for y in identity.differing if not inherits(y)]


def _differs(grid: AmountGrid, identity: Identity, y: int) -> Remark:
    table, row = grid.table, grid.rows[y]
    terms = [table.amounts[place] for place in identity.places]
    sides = _sides(terms, identity.signs)
    (left, calculated), (right, stated) = (
        (_words(added, taken), _sum(grid, y, added) - _sum(grid, y, taken))
        for added, taken in sides
    )
    unit = table.unit_of(terms[0])
    message = (
        f"{table.sheet.name}, {terms[0].letter}{row}, {table.label(row) or terms[0].name}:"
        f" {left} {shown(calculated)}; {right} {shown(stated)}"
        f" ({shown(abs(calculated - stated))} apart{f'; in {unit}' if unit else ''})."
        f" They are equal in {identity.agreeing} other rows."
    )
    cells = tuple(table.reference(row, column.number) for column in terms)
    return Remark("error", "identity-differs", message, cells, stated, calculated, None, unit)


_Columns = list[TableColumn]


def _sides(
    terms: _Columns, signs: tuple[int, ...]
) -> tuple[tuple[_Columns, _Columns], tuple[_Columns, _Columns]]:
    """The two sides of an identity: the columns added and those taken away on each."""
    plus = [term for term, sign in zip(terms, signs, strict=True) if sign > 0]
    minus = [term for term, sign in zip(terms, signs, strict=True) if sign < 0]
    one, many = sorted((plus, minus), key=len)
    if len(one) == 1 and len(many) == 3:
        return (one, many[:1]), (many[1:], [])
    return (many, []), (one, [])


def _words(added: _Columns, taken: _Columns) -> str:
    letters = listed_columns([column.letter for column in added])
    less = f" less {listed_columns([column.letter for column in taken])}" if taken else ""
    return f"{letters}{less} {'add to' if len(added) > 1 else 'is'}"


def _sum(grid: AmountGrid, y: int, columns: _Columns) -> Decimal:
    places = [grid.table.amounts.index(column) for column in columns]
    return decimal_of(float(np.nan_to_num(grid.values[y, places]).sum()))
