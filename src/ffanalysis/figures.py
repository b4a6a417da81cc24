"""Sums that know whether they are whole and how they were made, and the figures of a page.

A `Sum` is an expression: an amount of a cell, a constant, a count of things, or an operation on
other terms. It is made by the functions below alone, each of which gives the value together with
the expression that it is the value of, so that no number is without one. Its cells and whether it
is whole follow from its terms.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from html import escape
from typing import Any, Literal, NamedTuple, Protocol

from ffanalysis import money
from ffanalysis.provenance import CellRef, cell_of, merged_cells
from ffanalysis.vocabulary import BLANK

NOT_STATED = "not stated"
# Why an amount is missing that stands in a cell which cannot be read.
REFUSED = "cannot be read"

OperationName = Literal[
    "sum",
    "less",
    "times",
    "over",
    "max",
    "min",
    "round",
    "floor",
    "ceiling",
    "tolerance",
]
FigureUnit = Literal["pence", "percent", "count", "per month", "months"]


THE_WHOLE = "the whole"  # what a constant is called of which a cell states a share


class CellAmount(NamedTuple):
    """An amount as its cell writes it: the number there times the factor, in whole pence.

    `written` is the text of the cell, or its number in the shortest decimal form; `factor` is pence
    per 1, negative where the layout turns the sign; `stated_to` is the unit in pence. A corrected
    cell has what its correction says.
    """

    cell: CellRef
    written: str
    factor: int
    stated_to: int | None
    is_corrected: bool


class Constant(NamedTuple):
    """A number that no cell states, and what it is; a weight makes an estimate of an amount."""

    value: int | Decimal
    name: str
    is_weight: bool = False


class Counted(NamedTuple):
    """Things that are counted: the cells that they were read from, or their names."""

    things: tuple["CellRef | str", ...]


class Operation(NamedTuple):
    """What was done with terms: sums, and figures that have a name, in their order."""

    name: OperationName
    terms: tuple["Term", ...]


class NotKnown(NamedTuple):
    """Nothing is known, of these cells or terms."""

    terms: tuple["Term", ...] = ()


Expression = CellAmount | Constant | Counted | Operation | NotKnown


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of an amount, why the rest of it is missing, and how it was made.

    Attributes:
        known: whole pence, or an exact decimal or count in another unit; None where nothing is.
        made: the expression that `known` is the value of.
        gap: why it, or a part of it, is missing: "blank", "not stated", or the mark that stands in
            the source (TBC, ..). Blank for a whole amount.
        stated_to: the coarsest unit, in pence, that its amounts are stated to.
        cells: every cell it was made from.
    """

    known: int | Decimal | None
    made: Expression
    gap: str = ""
    stated_to: int | None = None
    cells: tuple[CellRef, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of it is known."""
        return self.known is not None and not self.gap

    @property
    def is_partial(self) -> bool:
        """Whether a part of it is known, and a part is not."""
        return self.known is not None and bool(self.gap)

    @property
    def has_gap(self) -> bool:
        """Whether the source marks some of it as missing; a blank cell is no such gap."""
        return self.is_partial or (self.known is None and self.gap not in (BLANK, NOT_STATED))

    @property
    def pence(self) -> int:
        """What is known of it, in pence. Raises ValueError where nothing is."""
        if self.known is None:
            raise ValueError(f"nothing is stated ({self.gap})")
        return int(self.known)

    @property
    def known_pence(self) -> int:
        """What is known of it, in pence: nil where nothing is."""
        return int(self.known or 0)

    @property
    def terms(self) -> tuple["Term", ...]:
        """What it was made of."""
        return self.made.terms if isinstance(self.made, Operation | NotKnown) else ()

    def units(self) -> Iterator[int]:
        """The unit, in pence, of each amount that it was made from and that is known."""
        if not self.terms and self.known is not None and self.stated_to is not None:
            yield self.stated_to
        for term in self.terms:
            yield from sum_of(term).units()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a page shows: a sum with a stable name, and a label that says what it is.

    A small count may be `spelled`: a sentence then has it in words.
    """

    name: str
    sum: Sum
    unit: FigureUnit = "pence"
    project: str = ""
    label: str = ""
    spelled: bool = False

    def __str__(self) -> str:
        return _in_plain_text(self)

    def __repr__(self) -> str:
        about = ", ".join(filter(None, (self.label, str(self), cells_in_short(self.cells))))
        return f"<Figure {self.name}: {about}>"

    def _repr_html_(self) -> str:
        label, cells = escape(self.label or self.name), escape(cells_in_short(self.cells))
        return f"<p>{label}: <b>{escape(str(self))}</b><br><small>{cells}</small></p>"

    @property
    def value(self) -> int | Decimal | None:
        """What is known of it, in its unit."""
        return self.sum.known

    @property
    def missing(self) -> str:
        """Why it, or a part of it, is missing."""
        return self.sum.gap

    @property
    def partial(self) -> bool:
        return self.sum.is_partial

    @property
    def is_whole(self) -> bool:
        return self.sum.is_whole

    @property
    def has_gap(self) -> bool:
        return self.sum.has_gap

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return self.sum.cells

    @property
    def stated_to(self) -> int | None:
        """The unit in pence that money is stated to."""
        return self.sum.stated_to

    @property
    def pence(self) -> int:
        """The amount in pence of a figure that is known to be there."""
        if self.unit != "pence" or self.value is None:
            raise ValueError(f"{self.name} is not a stated amount")
        return int(self.value)

    @property
    def is_estimate(self) -> bool:
        """Whether weights went into it, so that it is no more exact than they are."""
        return _is_weighted(self.sum)

    def renamed(self, name: str) -> "Figure":
        """The same number under another name."""
        return replace(self, name=name)

    def as_spelled(self) -> "Figure":
        """The same count, which a sentence has in words where it is small."""
        return replace(self, spelled=True)

    def as_known_part(self) -> "Figure":
        """The same number without its mark, for words that say themselves that it is a part."""
        return replace(self, sum=known_part(self.sum))


Term = Sum | Figure


def _is_weighted(term: Term) -> bool:
    own = sum_of(term)
    is_weight = isinstance(own.made, Constant) and own.made.is_weight
    return is_weight or any(map(_is_weighted, own.terms))


def sum_of(term: Term) -> Sum:
    """The sum of a term, which may be a figure."""
    return term.sum if isinstance(term, Figure) else term


class _Stated(Protocol):
    """A row of a table that states an amount, or why there is none."""

    @property
    def amount_pence(self) -> int | None: ...
    @property
    def stated_to_pence(self) -> int | None: ...
    @property
    def missing(self) -> str | None: ...
    @property
    def corrected(self) -> bool | None: ...
    @property
    def written(self) -> str | None: ...
    @property
    def factor(self) -> int | None: ...
    @property
    def workbook(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...


def amount_of(row: _Stated) -> Sum:
    """The amount that a row states, from its cell, which may have been corrected in reading."""
    if getattr(row, "share_of", None):
        return _share_of(row)
    cell, unit = cell_of(row), row.stated_to_pence
    # Whether a cell that was refused is blank nobody has said.
    written = row.missing if row.missing == REFUSED else row.written or ""
    made = CellAmount(cell, written, row.factor or 0, unit, bool(row.corrected))
    return Sum(row.amount_pence, made, row.missing or "", unit, (cell,))


def _share_of(row: Any) -> Sum:
    """The amount of a row of savings that states a share of a total, from both cells."""
    whole = CellRef(row.workbook, row.sheet, row.share_of)
    stated, is_corrected = row.stated_to_pence, bool(row.share_of_corrected)
    made = CellAmount(whole, row.share_of_written, row.factor, stated, is_corrected)
    total_stated = Sum(row.share_of_pence, made, "", stated, (whole,))
    cell = cell_of(row)
    written = CellAmount(cell, row.written, money.MILLION, None, bool(row.corrected))
    part = Sum(money.share_number(row.written), written, cells=(cell,))
    exact = scaled(total_stated, part, constant(row.share_whole * money.MILLION, THE_WHOLE))
    cells = merged_cells((cell,), (whole,))
    return replace(rounded(exact, 1), stated_to=stated, cells=cells)


def stated_number(value: int | None, written: str, cells: tuple[CellRef, ...], gap: str) -> Sum:
    """A plain number as the first of these cells states it, no money; missing for `gap`."""
    if value is None or not cells:
        return missing(gap, cells)
    return Sum(value, CellAmount(cells[0], written, 1, None, False), cells=cells)


def constant(
    value: int | Decimal,
    name: str,
    cells: Iterable[CellRef] = (),
    *,
    stated_to: int | None = None,
    is_weight: bool = False,
) -> Sum:
    """A number that no cell states, by the name of what it is, such as a number of months.

    `cells` are those that it depends on, as the days to a date do.
    """
    return Sum(value, Constant(value, name, is_weight), "", stated_to, tuple(cells))


def counted(things: Iterable[CellRef | str]) -> Sum:
    """How many there are of these: cells, or names of what has no cell of its own."""
    each = tuple(things)
    cells = merged_cells(thing for thing in each if isinstance(thing, CellRef))
    return Sum(len(each), Counted(each), cells=cells)


def missing(gap: str, cells: Iterable[CellRef] = ()) -> Sum:
    """An amount of which nothing is known, and why."""
    return Sum(None, NotKnown(), gap, cells=tuple(cells))


def total(terms: Iterable[Term]) -> Sum:
    """The sum of what is known of all terms.

    Nothing stated stays missing; a part that the source marks as missing makes the sum partial; a
    blank adds nothing and is no gap beside what is stated.
    """
    parts = tuple(terms)
    sums = [sum_of(part) for part in parts]
    known = [each for each in sums if each.known is not None]
    gaps = [each for each in sums if each.has_gap]
    if not known:
        gap = (gaps or sums)[0].gap if sums else NOT_STATED
        cells = merged_cells(*(each.cells for each in gaps or sums))
        return Sum(None, NotKnown(parts), gap, None, cells)
    return Sum(
        sum(each.known for each in known if each.known is not None),
        Operation("sum", parts),
        gaps[0].gap if gaps else "",
        _coarsest(known),
        merged_cells(
            *(each.cells for each in known), *(each.cells for each in gaps if each.known is None)
        ),
    )


def total_of(rows: Iterable[_Stated]) -> Sum:
    """The sum of what rows state."""
    return total(map(amount_of, rows))


def difference(whole: Term, *parts: Term) -> Sum:
    """A whole less its parts; not stated unless each of them is known in full."""
    terms = (whole, *parts)
    sums = [sum_of(term) for term in terms]
    if not all(each.is_whole for each in sums):
        return Sum(None, NotKnown(terms), NOT_STATED)
    left = sums[0].pence - sum(each.pence for each in sums[1:])
    return Sum(left, Operation("less", terms), "", _coarsest(sums), _cells(sums))


def change(before: Term, after: Term) -> Sum:
    """What came to the known amounts: nil for one that was not there or states nothing.

    Unknown where neither is known; partial where a part of either is not.
    """
    was, now = sum_of(before), sum_of(after)
    terms = (after, before)
    cells = _cells((was, now))
    if was.known is None and now.known is None:
        return Sum(None, NotKnown(terms), now.gap, None, cells)
    gap = was.gap if was.is_partial else now.gap if now.is_partial else ""
    came = now.known_pence - was.known_pence
    return Sum(came, Operation("less", terms), gap, _coarsest((was, now)), cells)


def known_part(term: Term) -> Sum:
    """What is known of a term, as a whole: for words that say themselves that it is a part."""
    return replace(sum_of(term), gap="")


def or_nil(term: Term) -> Sum:
    """What is known of a term; nil where nothing is."""
    own = sum_of(term)
    return own if own.known is not None else constant(0, "nothing stated", own.cells)


def negative(term: Term) -> Sum:
    """The term with the other sign."""
    own = sum_of(term)
    value = None if own.known is None else -own.known
    return _of_one(own, value, Operation("less", (constant(0, "nil"), term)))


def at_least(term: Term, floor: int = 0) -> Sum:
    """The term, or the floor where the term is less."""
    own = sum_of(term)
    value = None if own.known is None else max(floor, own.known)
    return _of_one(
        own, value, Operation("max", (term, constant(floor, "nil" if floor == 0 else "the least")))
    )


def least(*terms: Term) -> Sum:
    """The least of what is known of these terms, of which each counts as nil where it is not."""
    sums = [sum_of(term) for term in terms]
    value = min(each.known or 0 for each in sums)
    return Sum(value, Operation("min", terms), "", _coarsest(sums), _cells(sums))


def allot(whole: Sum, wanted: Mapping[str, Sum]) -> dict[str, Sum]:
    """What each of these gets of a whole, the first first, none more than it wants."""
    found: dict[str, Sum] = {}
    given, asked = least(whole, constant(0, "nil")), total(())
    for key, want in wanted.items():
        asked = total([*(asked.terms if found else ()), want])
        until = least(whole, asked)
        found[key] = known_part(change(given, until)) if given.known else until
        given = until
    return found


def size_of(term: Term) -> Sum:
    """The amount without its sign, as a sentence that names the direction shows it."""
    own = sum_of(term)
    return negative(term) if own.known is not None and own.known < 0 else own


def share(part: Term, whole: Term) -> Sum | None:
    """A part as a percentage of a whole, with one decimal; None where either is missing.

    Nor is there a share of a whole that is not above nil.
    """
    of, base = sum_of(part), sum_of(whole)
    if of.known is None or base.known is None or base.known <= 0:
        return None
    gap = of.gap if of.is_partial else base.gap
    hundred = Sum(100 * of.known, Operation("times", (part, constant(100, "percent"))))
    exact = Sum(Decimal(hundred.pence) / base.pence, Operation("over", (hundred, whole)))
    made = Operation("round", (exact, constant(Decimal("0.1"), "one decimal")))
    return Sum(money.percent(of.pence, base.pence), made, gap, None, _cells((of, base)))


def scaled(term: Term, factor: Term, divisor: Term) -> Sum:
    """The term times a factor, by a divisor. It is exact, so not in whole pence."""
    own, by, of = sum_of(term), sum_of(factor), sum_of(divisor)
    if own.known is None or by.known is None or not of.known:
        return _of_one(own, None, NotKnown((term, factor, divisor)))
    times = Sum(own.known * by.known, Operation("times", (term, factor)))
    value = Decimal(own.known) * by.known / of.known
    return _of_one(own, value, Operation("over", (times, divisor)))


def per(term: Term, number: Term, rounding: Literal["floor", "ceiling"]) -> Sum:
    """So much for each of a number, as a whole number rounded up or down; cells of both."""
    own, of = sum_of(term), sum_of(number)
    cells = _cells((own, of))
    if own.known is None or not of.known:
        return missing(NOT_STATED, cells)
    exact = Sum(Decimal(own.known) / of.known, Operation("over", (term, number)))
    how = ROUND_FLOOR if rounding == "floor" else ROUND_CEILING
    whole = Decimal(exact.known or 0).quantize(Decimal(1), how)
    return Sum(whole, Operation(rounding, (exact,)), cells=cells)


def rounded(term: Term, unit: int) -> Sum:
    """The term to the nearest whole number of units, halves away from nil."""
    own = sum_of(term)
    if own.known is None:
        return own
    steps = (Decimal(own.known) / unit).quantize(Decimal(1), ROUND_HALF_UP)
    made = Operation("round", (term, constant(unit, "pence")))
    return Sum(int(steps) * unit, made, own.gap, unit, own.cells)


def part_known(term: Term, gap: str = NOT_STATED) -> Sum:
    """The term as a known part of something of which the rest is missing."""
    return replace(sum_of(term), gap=gap)


def tolerance(*terms: Term) -> Sum:
    """How far rounding alone may put these amounts apart, in pence (see `money.tolerance`)."""
    allowed = money.tolerance(unit for term in terms for unit in sum_of(term).units())
    return Sum(allowed, Operation("tolerance", terms))


def _of_one(own: Sum, value: int | Decimal | None, made: Expression) -> Sum:
    """What was made of one term: its gap, unit and cells stay."""
    return Sum(value, made, own.gap, own.stated_to, own.cells)


def _cells(sums: Iterable[Sum]) -> tuple[CellRef, ...]:
    return merged_cells(*(each.cells for each in sums))


def _coarsest(sums: Iterable[Sum]) -> int | None:
    """The coarsest unit that any of them is stated to; None of what is no money."""
    return max((each.stated_to for each in sums if each.stated_to is not None), default=None)


def _in_plain_text(figure: Figure) -> str:
    """A figure's amount by itself, exact and in its own unit."""
    value = figure.value
    if value is None:
        return figure.missing or NOT_STATED
    if figure.unit == "pence":
        text = money.in_full(int(value)) if value == int(value) else f"£{value / 100:,.2f}"
    else:
        text = f"{value:,}%" if figure.unit == "percent" else f"{value:,}"
    return f"{text} (partial)" if figure.partial else text


_MOST_CELLS = 3  # that a short display lists


def cells_in_short(cells: Sequence[CellRef]) -> str:
    """The first cells of a figure, and how many more there are."""
    if not cells:
        return "no cell"
    more = len(cells) - _MOST_CELLS
    return "; ".join(map(str, cells[:_MOST_CELLS])) + (f" and {more:,} more" if more > 0 else "")
