"""The parts of a spreadsheet's formula: what each comes to, and how it is written beside others."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

PENCE, STATED_TO, REFERENCE = "G", "H", "D"  # columns of the sheet Cells
HELD = "B"  # and the one of the sheet Parts that has the formulas
EXACT = 1 << 53  # whole numbers up to this one are exact in a spreadsheet
MOST_ROWS = 1_048_576
MOST_ARGUMENTS = 250  # Excel takes 255
LONGEST_SUM = 6_000
ATOM, PRODUCT, SIGNED = 2, 1, 0  # how closely a text holds together beside a sign


class NoFormula(Exception):
    """Why a figure has no formula: the rest of a sentence about it."""


class Part(NamedTuple):
    """A part of a formula that comes to a whole number.

    `added` are the arguments of one that is a sum.
    """

    text: str
    value: int
    binds: int = ATOM
    depth: int = 0
    added: tuple["Argument", ...] = ()

    def beside(self, binds: int) -> str:
        """Its text beside a sign."""
        return self.text if self.binds >= binds else f"({self.text})"


class Argument(NamedTuple):
    """An argument of a function: a cell of a sheet by its row, else a text."""

    place: tuple[str, str, int]  # sheet, column and row; ("", "", 0) for a text
    value: int
    text: str = ""
    depth: int = 0


class Ratio(NamedTuple):
    """A number as it came about: 60 of 100 stays that, so that a reader finds his weight again."""

    above: int = 1
    below: int = 1

    def times(self, other: "Ratio") -> "Ratio":
        """The product of both."""
        return Ratio(self.above * other.above, self.below * other.below)

    def upside_down(self) -> "Ratio":
        """One divided by it."""
        sign = 1 if self.above > 0 else -1
        return Ratio(sign * self.below, sign * self.above)


class Quotient(NamedTuple):
    """What a term comes to: a part, times a number, divided by a part."""

    top: Part | None
    by: Ratio = Ratio()
    bottom: Part | None = None

    @property
    def value(self) -> Fraction:
        above = self.by.above * (self.top.value if self.top else 1)
        return Fraction(above, self.by.below * (self.bottom.value if self.bottom else 1))


_DOES: dict[str, Callable[[Iterable[int]], int]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "SUMSQ": lambda values: sum(value**2 for value in values),
    "COUNTA": lambda values: sum(1 for _ in values),
}


def called(function: str, group: Sequence[tuple[str, list[Argument]]]) -> Part:
    """A call of a function; of one cell or number alone no call is needed."""
    arguments = [each for _, run in group for each in run]
    if len(arguments) == 1 and function in ("SUM", "MAX", "MIN"):
        return of_one(arguments[0])
    if function == "SUM":
        exact(sum(abs(each.value) for each in arguments))
    depth = 1 + max(each.depth for each in arguments)
    text = ",".join(text for text, _ in group)
    value = _DOES[function](each.value for each in arguments)
    return Part(f"{function}({text})", value, ATOM, depth)


def in_groups(arguments: Iterable[Argument]) -> Iterable[list[tuple[str, list[Argument]]]]:
    """Arguments in groups that one call can take, each with its text; cells in a row are a range.

    A column's cells come sorted by their rows.
    """
    group: list[tuple[str, list[Argument]]] = []
    length = 0
    for run in _runs(arguments):
        text = _range(run)
        length += len(text) + 1
        if group and (length > LONGEST_SUM or len(group) == MOST_ARGUMENTS):
            yield group
            group, length = [], len(text) + 1
        group.append((text, run))
    yield group


def _runs(arguments: Iterable[Argument]) -> Iterable[list[Argument]]:
    """Cells that follow one another in a column."""
    run: list[Argument] = []
    for each in arguments:
        sheet, column, row = each.place
        if run and sheet and run[-1].place == (sheet, column, row - 1):
            run.append(each)
            continue
        if run:
            yield run
        run = [each]
    yield run


def _range(run: Sequence[Argument]) -> str:
    (sheet, column, row), last = run[0].place, run[-1].place[2]
    if not sheet:
        return run[0].text
    first = f"{sheet}!${column}${row}"
    return first if row == last else f"{first}:${column}${last}"


def of_one(argument: Argument) -> Part:
    """An argument as a part of its own."""
    binds = ATOM if argument.place[0] else SIGNED
    return Part(_range([argument]), argument.value, binds, argument.depth, (argument,))


def text_argument(part: Part) -> Argument:
    """A part as an argument of a function."""
    return Argument(("", "", 0), part.value, part.text, part.depth)


def literal(value: int) -> Part:
    """A whole number as it is written."""
    return Part(str(exact(value)), value, ATOM if value >= 0 else SIGNED)


def as_quotient(part: Part) -> Quotient:
    """A part that is divided by nothing."""
    return Quotient(part)


def upside_down(term: Quotient) -> Quotient:
    """What one divided by a term is. Raises NoFormula for nil."""
    if not term.value:
        raise NoFormula("it divides by nil")
    return Quotient(term.bottom, term.by.upside_down(), term.top)


def divided(term: Quotient) -> str:
    """A quotient as text: "a*1000/(b*2)"."""
    above = times_number(term.top, term.by.above)
    if term.bottom is None and term.by.below == 1:
        return above.text
    below = times_number(term.bottom, term.by.below)
    return f"{above.beside(PRODUCT)}/{below.beside(ATOM)}"


def times_number(part: Part | None, number: int) -> Part:
    """A part times a whole number; the number where there is no part."""
    if part is None:
        return literal(number)
    if number == 1:
        return part
    value = exact(part.value * number)
    if number == -1:
        return Part(f"-{part.beside(ATOM)}", value, SIGNED, part.depth)
    text = f"{part.beside(PRODUCT)}*{literal(number).beside(ATOM)}"
    return Part(text, value, PRODUCT, part.depth)


def exact(value: int) -> int:
    """A whole number that a spreadsheet holds exactly. Raises NoFormula for one that is larger."""
    if abs(value) > EXACT:
        raise NoFormula("a part of it is too large for a spreadsheet to hold exactly")
    return value


def row_of(number: int) -> int:
    """The row of a numbered line below the heading of its sheet."""
    return in_sheet(number + 1)


def in_sheet(row: int) -> int:
    """The number of a row. Raises NoFormula where a sheet has no such row."""
    if row > MOST_ROWS:
        raise NoFormula("its cells are more than a sheet has rows")
    return row
