"""Sums that know whether they are whole and how they were made; figures, sentences, findings.

A `Sum` is an expression: an amount of a cell, a constant, or an operation on other terms. Its
value, its cells and whether it is whole follow from its terms, by the functions below alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Literal, Protocol

from ffanalysis import money
from ffanalysis.provenance import CellRef, cell_of, merged_cells, slug
from ffanalysis.vocabulary import BLANK, Actor

NOT_STATED = "not stated"
# Why an amount is missing that stands in a cell which cannot be read.
REFUSED = "cannot be read"

Operation = Literal[
    "cell",
    "corrected cell",
    "constant",
    "+",
    "−",
    "×",
    "÷",
    "max",
    "count",
    "round",
    "choice",
]
FigureUnit = Literal["pence", "percent", "count", "per month", "months"]


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of an amount, why the rest of it is missing, and how it was made.

    Attributes:
        known: whole pence, or an exact decimal or count in another unit; None where nothing is.
        gap: why it, or a part of it, is missing: "blank", "not stated", or the mark that stands in
            the source (TBC, ..). Blank for a whole amount.
        stated_to: the coarsest unit, in pence, that its amounts are stated to.
        cells: every cell it was made from.
        operation: what was done with its terms.
        terms: sums, and figures that have a name, in their order.
    """

    known: int | Decimal | None
    gap: str = ""
    stated_to: int | None = None
    cells: tuple[CellRef, ...] = ()
    operation: Operation = "constant"
    terms: tuple["Term", ...] = ()

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
        return replace(self, sum=replace(self.sum, gap=""))


Term = Sum | Figure


def _is_weighted(term: Term) -> bool:
    own = sum_of(term)
    return own.operation == "×" or any(map(_is_weighted, own.terms))


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
    def workbook(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...


def amount_of(row: _Stated) -> Sum:
    """The amount that a row states, from its cell, which may have been corrected in reading."""
    operation: Operation = "corrected cell" if row.corrected else "cell"
    cells = (cell_of(row),)
    return Sum(row.amount_pence, row.missing or "", row.stated_to_pence, cells, operation)


def constant(value: int | Decimal, cells: Iterable[CellRef] = ()) -> Sum:
    """A number that no cell states, such as a tolerance or a number of months."""
    return Sum(value, cells=tuple(cells))


def counted(cells: Iterable[CellRef], number: int | None = None) -> Sum:
    """How many there are: cells, or so many of something that has none."""
    places = tuple(cells)
    return Sum(len(places) if number is None else number, cells=places, operation="count")


def missing(gap: str, cells: Iterable[CellRef] = ()) -> Sum:
    """An amount of which nothing is known, and why."""
    return Sum(None, gap, cells=tuple(cells))


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
        return Sum(None, gap, None, cells, "+", parts)
    return Sum(
        sum(each.known for each in known if each.known is not None),
        gaps[0].gap if gaps else "",
        _coarsest(known),
        merged_cells(
            *(each.cells for each in known), *(each.cells for each in gaps if each.known is None)
        ),
        "+",
        parts,
    )


def total_of(rows: Iterable[_Stated]) -> Sum:
    """The sum of what rows state."""
    return total(map(amount_of, rows))


def difference(whole: Term, *parts: Term) -> Sum:
    """A whole less its parts; not stated unless each of them is known in full."""
    terms = (whole, *parts)
    sums = [sum_of(term) for term in terms]
    if not all(each.is_whole for each in sums):
        return Sum(None, NOT_STATED, operation="−", terms=terms)
    left = sums[0].pence - sum(each.pence for each in sums[1:])
    return Sum(left, "", _coarsest(sums), _cells(sums), "−", terms)


def change(before: Term, after: Term) -> Sum:
    """What came to the known amounts: nil for one that was not there or states nothing.

    Unknown where neither is known; partial where a part of either is not.
    """
    was, now = sum_of(before), sum_of(after)
    terms = (after, before)
    cells = _cells((was, now))
    if was.known is None and now.known is None:
        return Sum(None, now.gap, None, cells, "−", terms)
    gap = was.gap if was.is_partial else now.gap if now.is_partial else ""
    came = now.known_pence - was.known_pence
    return Sum(came, gap, _coarsest((was, now)), cells, "−", terms)


def negative(term: Term) -> Sum:
    """The term with the other sign."""
    own = sum_of(term)
    value = None if own.known is None else -own.known
    return Sum(value, own.gap, own.stated_to, own.cells, "−", (constant(0), term))


def at_least(term: Term, floor: int = 0) -> Sum:
    """The term, or the floor where the term is less."""
    own = sum_of(term)
    value = None if own.known is None else max(floor, own.known)
    return Sum(value, own.gap, own.stated_to, own.cells, "max", (term, constant(floor)))


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
    percent = money.percent(of.pence, base.pence)
    return Sum(percent, gap, None, _cells((of, base)), "÷", (part, whole))


def product(term: Term, factor: Decimal, divisor: int = 100) -> Sum:
    """The term times a factor, by default a percentage. It is exact, so not in whole pence."""
    own = sum_of(term)
    value = None if own.known is None else own.known * factor / divisor
    terms = (term, constant(factor), constant(divisor))
    return Sum(value, own.gap, own.stated_to, own.cells, "×", terms)


def rounded(term: Term, unit: int) -> Sum:
    """The term to the nearest whole number of units, halves away from nil."""
    own = sum_of(term)
    if own.known is None:
        return own
    steps = (Decimal(own.known) / unit).quantize(Decimal(1), ROUND_HALF_UP)
    return Sum(int(steps) * unit, own.gap, unit, own.cells, "round", (term, constant(unit)))


def part_known(term: Term, gap: str = NOT_STATED) -> Sum:
    """The term as a known part of something of which the rest is missing."""
    own = sum_of(term)
    return Sum(own.known, gap, own.stated_to, own.cells, "choice", (term,))


def tolerance(*terms: Term) -> int:
    """How far rounding alone may put these amounts apart, in pence (see `money.tolerance`)."""
    return money.tolerance(unit for term in terms for unit in sum_of(term).units())


def _cells(sums: Iterable[Sum]) -> tuple[CellRef, ...]:
    return merged_cells(*(each.cells for each in sums))


def _coarsest(sums: Iterable[Sum]) -> int | None:
    """The coarsest unit that any of them is stated to; None of what is no money."""
    return max((each.stated_to for each in sums if each.stated_to is not None), default=None)


# A sentence keeps its figures apart from its words, so that the page can mark each and a test can
# find each.
Sentence = tuple["str | Figure", ...]


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


Outcome = Literal[
    "agrees",
    "within_rounding",
    "disagrees",
    "not_comparable",
    "not_stated",
    "within_limit",
    "exceeds_limit",
    "too_close",
]
Severity = Literal["error", "query", "note"]
Effect = Literal["amount", "year", "RAG status", "approval"]
SEVERITIES: tuple[Severity, ...] = ("error", "query", "note")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it is right to go on although a check failed: who says so, when, and until which day.

    `lapsed` says why it no longer holds; "" while it does.
    """

    why: str
    by: str
    until: date
    day: date
    lapsed: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports of one subject in one year. Money is in pence.

    The difference is what was calculated less what is stated. For a limit, `stated` is the limit,
    `calculated` what is compared with it, and the headroom is -difference. `parent` is the id of
    the finding that explains this one. What concerns a whole programme has no `project` but a
    `service`; what every briefing must say is of `everybody`.

    `acts` is who must act on it, where that is not the one whom its rule names. `brief` says it
    to a director, where the message names files and cells. `changes` is what it could change,
    where that is not what others of its rule could. `explanation` is what a person has declared of
    it.
    """

    rule: str
    subject: str
    outcome: Outcome
    severity: Severity
    message: Sentence
    year: str = ""
    stated: int | None = None
    calculated: int | None = None
    tolerance: int | None = None
    cells: tuple[CellRef, ...] = ()
    parent: str = ""
    project: str = ""
    programme: str = ""
    service: str = ""
    everybody: bool = False
    acts: Actor | None = None
    brief: Sentence = ()
    changes: tuple[Effect, ...] = ()
    explanation: Explanation | None = None

    @property
    def is_explained(self) -> bool:
        """Whether a person has said why it is right to go on, and that holds."""
        return self.explanation is not None and not self.explanation.lapsed

    @property
    def id(self) -> str:
        return ":".join(
            part for part in (self.rule, slug(self.subject), self.year.replace("/", "-")) if part
        )

    @property
    def difference(self) -> int | None:
        if self.stated is None or self.calculated is None:
            return None
        return self.calculated - self.stated

    def __str__(self) -> str:
        return "".join(map(str, self.message))

    def __repr__(self) -> str:
        return f"<Finding {self.severity}: {self}{self._difference_in_words}>"

    def _repr_html_(self) -> str:
        words, about = escape(str(self)), escape(f"{self.rule}{self._difference_in_words}")
        return f"<p><b>{self.severity}</b>: {words}<br><small>{about}</small></p>"

    @property
    def _difference_in_words(self) -> str:
        """By how much it disagrees, as a display says it behind the sentence."""
        if not self.difference:
            return ""
        return f" Difference {money.in_full(self.difference)}."
