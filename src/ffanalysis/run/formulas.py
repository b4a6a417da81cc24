"""How a figure was made, as a formula of a spreadsheet over the cells of its sheet Cells.

A formula is in whole numbers as far as it goes: a share is ROUND(part*1000/whole,0)/10, so that no
binary fraction decides a digit. Only functions are used that Excel 2010 and LibreOffice share.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import floor, gcd, isqrt, lcm

from ffanalysis.expressions import CellLine
from ffanalysis.figures import (
    CellAmount,
    Constant,
    Counted,
    Expression,
    Operation,
    Sum,
    Term,
    sum_of,
)
from ffanalysis.money import tolerance
from ffanalysis.provenance import CellRef
from ffanalysis.run.formula_parts import (
    ATOM,
    EXACT,
    HELD,
    PENCE,
    PRODUCT,
    REFERENCE,
    SIGNED,
    STATED_TO,
    Argument,
    NoFormula,
    Part,
    Quotient,
    Ratio,
    as_quotient,
    called,
    divided,
    exact,
    in_groups,
    in_sheet,
    literal,
    of_one,
    row_of,
    text_argument,
    times_number,
    upside_down,
)
from ffanalysis.run.pack_cells import PackCells

_LONGEST = 1_500  # letters of a part of a formula; Excel takes 8,192 of the whole
_DEEPEST = 12  # functions within functions; Excel takes 64
# Where a quotient is rounded up or down, LibreOffice first takes it to 15 digits.
_MOST_CUT = 10**14

Hold = Callable[[Part], int]  # gives a part a row of its own in the sheet Parts


class Formulas:
    """Writes the formulas of terms over the cells of a pack; `hold` keeps what is too long."""

    def __init__(self, cells: PackCells, hold: Hold) -> None:
        self._cells = cells
        self._hold = hold
        self._made: dict[int, tuple[Sum, Quotient]] = {}

    def forget(self) -> None:
        """Let go of the terms whose formulas were kept for those that share them."""
        self._made.clear()

    def of(self, term: Term) -> str | None:
        """The formula of a term, with its sign of equality; None where nothing is known.

        Raises NoFormula where a spreadsheet could not work it out to the last digit.
        """
        own = sum_of(term)
        if own.known is None:
            return None
        return f"={divided(self._both_short(self._quotient(own)))}"

    def list_cells(self, term: Term) -> None:
        """Have the cells of a term listed, also where nothing is known of it."""
        for cell in sum_of(term).cells:
            self._cells.number(CellLine(cell))

    def _quotient(self, term: Term) -> Quotient:
        """A term; nothing known counts as nil."""
        own = sum_of(term)
        if own.known is None:
            return Quotient(None, Ratio(0))
        kept = self._made.get(id(own))
        if kept is None:
            kept = self._made[id(own)] = own, self._of(own.made, own)
        return kept[1]

    def _of(self, made: Expression, own: Sum) -> Quotient:
        match made:
            case CellAmount():
                place = "Cells", PENCE, row_of(self._cells.amount(made, own.pence))
                return as_quotient(of_one(Argument(place, exact(own.pence))))
            case Constant():
                return Quotient(None, Ratio(*made.value.as_integer_ratio()))
            case Counted():
                return as_quotient(self._counted(made))
            case Operation(name="tolerance"):
                return as_quotient(self._tolerance(own))
            case Operation():
                return self._operation(made)
        return Quotient(None, Ratio(0))

    def _operation(self, made: Operation) -> Quotient:
        known = [each for each in made.terms if sum_of(each).known is not None]
        terms = list(map(self._quotient, known if made.name == "sum" else made.terms))
        match made.name:
            case "sum":
                return self._sum(terms)
            case "less":
                return self._less(terms)
            case "times":
                return self._times(*terms)
            case "over":
                return self._times(terms[0], upside_down(terms[1]))
            case "max" | "min":
                return self._choice(made.name, terms)
            case "round":
                return self._rounded(*terms)
        return self._cut(made.name, terms[0])

    # Sums, differences and choices: terms over one number below them all

    def _over_one(self, terms: Sequence[Quotient]) -> tuple[list[Part], Quotient]:
        """The terms as whole parts, and what all of them are to be multiplied by."""
        bottoms = {each.bottom.text: each.bottom for each in terms if each.bottom}
        below_all = lcm(*(each.by.below for each in terms))
        parts = []
        for each in terms:
            own = each.bottom.text if each.bottom else ""
            top = each.top
            for text, bottom in bottoms.items():
                top = self._both(top, bottom) if text != own else top
            parts.append(self._scaled(top, each.by.above * (below_all // each.by.below)))
        below: Part | None = None
        for bottom in bottoms.values():
            below = self._both(below, bottom)
        return parts, Quotient(None, Ratio(1, below_all), below)

    def _scaled(self, top: Part | None, number: int) -> Part:
        """A part times a whole number."""
        return times_number(self._short(top) if top and number != 1 else top, number)

    def _sum(self, terms: Sequence[Quotient]) -> Quotient:
        if len(terms) == 1:
            return terms[0]
        parts, over = self._over_one(terms)
        arguments: list[Argument] = []
        for part in parts:
            arguments += part.added or [self._argument(part)]
        return over._replace(top=self._folded("SUM", arguments))

    def _less(self, terms: Sequence[Quotient]) -> Quotient:
        parts, over = self._over_one(terms)
        first, *others = map(self._short, parts)
        value = exact(first.value - sum(part.value for part in others))
        exact(sum(abs(part.value) for part in (first, *others)))
        depth = max(part.depth for part in (first, *others))
        taken = [f"-{part.beside(PRODUCT)}" for part in others]
        text = "".join([first.text if first.text != "0" else "", *taken])
        if len(text) > _LONGEST:
            rest = self._folded("SUM", [self._argument(part) for part in others])
            text, depth = f"{first.text}-{rest.beside(PRODUCT)}", max(first.depth, rest.depth)
        return over._replace(top=Part(text, value, SIGNED, depth))

    def _choice(self, name: str, terms: Sequence[Quotient]) -> Quotient:
        parts, over = self._over_one(terms)
        if over.value <= 0:
            raise NoFormula("it compares parts of a number below nil")
        arguments = [self._argument(part) for part in parts]
        return over._replace(top=self._folded(name.upper(), arguments))

    # Products and quotients

    def _times(self, one: Quotient, other: Quotient) -> Quotient:
        top = self._both(one.top, other.top)
        return Quotient(top, one.by.times(other.by), self._both(one.bottom, other.bottom))

    def _both(self, one: Part | None, other: Part | None) -> Part | None:
        return self._product(one, other) if one and other else one or other

    def _product(self, one: Part, other: Part) -> Part:
        one, other = self._short(one), self._short(other)
        text = f"{one.beside(PRODUCT)}*{other.beside(PRODUCT)}"
        return Part(text, exact(one.value * other.value), PRODUCT, max(one.depth, other.depth))

    def _rounded(self, term: Quotient, unit: Quotient) -> Quotient:
        """To the nearest whole number of units, halves away from nil."""
        steps = self._times(term, upside_down(unit))
        nearest = floor(abs(steps.value) + Fraction(1, 2)) * (1 if steps.value >= 0 else -1)
        rounded = self._called_of("ROUND({},0)", steps, nearest, EXACT)
        return self._times(as_quotient(rounded), unit)

    def _cut(self, name: str, term: Quotient) -> Quotient:
        """Rounded down, or up."""
        sign = -1 if name == "ceiling" else 1
        up = term._replace(by=term.by.times(Ratio(sign)))
        below = self._called_of("INT({})", up, floor(up.value), _MOST_CUT)
        return Quotient(below, Ratio(sign))

    def _called_of(self, function: str, term: Quotient, value: int, most: int) -> Part:
        """A function that makes a whole number of a quotient, of numbers up to the most."""
        above = abs((term.top.value if term.top else 1) * term.by.above)
        below = abs((term.bottom.value if term.bottom else 1) * term.by.below)
        if max(above, below) > most:
            raise NoFormula("a part of it is too large for a spreadsheet to divide exactly")
        depth = max(part.depth if part else 0 for part in (term.top, term.bottom))
        text = function.format(divided(self._both_short(term)))
        return self._short(Part(text, value, ATOM, depth + 1))

    # What counts cells, and what looks at their units

    def _counted(self, made: Counted) -> Part:
        """How many cells there are, and things that have none."""
        cells = [each for each in made.things if isinstance(each, CellRef)]
        named = len(made.things) - len(cells)
        rows = [row_of(self._cells.number(CellLine(cell))) for cell in cells]
        if not rows:
            return literal(named)
        part = self._folded("COUNTA", [Argument(("Cells", REFERENCE, row), 1) for row in rows])
        if not named:
            return part
        return Part(f"{part.text}+{named}", part.value + named, SIGNED, part.depth)

    def _tolerance(self, own: Sum) -> Part:
        """How far rounding alone may put amounts apart, from the units that they are stated to."""
        units = list(self._units(own.terms))
        if not units:
            return literal(0)
        half, most = (self._short(self._folded(name, units)) for name in ("SUM", "MAX"))
        text = f"MIN(INT({half.text}/2),{self._steps(units, most.text)}*{most.text})"
        value = tolerance(unit.value for unit in units)
        return self._short(Part(text, value, ATOM, most.depth + 5))

    def _steps(self, units: Sequence[Argument], most: str) -> str:
        """Three standard deviations as a number of the coarsest units, rounded up.

        Where the squares are too large to be added exactly, the number as we work it out.
        """
        fourfold = 3 * sum(unit.value**2 for unit in units)
        coarsest = max(unit.value for unit in units)
        shared = gcd(*(unit.value for unit in units)) ** 2
        twos = fourfold & -fourfold
        if fourfold // twos >= EXACT or fourfold // shared > _MOST_CUT:
            return str(isqrt(fourfold - 1) // (2 * coarsest) + 1)
        squares = self._short(self._folded("SUMSQ", units))
        return f"ROUNDUP(SQRT(3*{squares.text})/(2*{most}),0)"

    def _units(self, terms: Iterable[Term]) -> Iterable[Argument]:
        for own in map(sum_of, terms):
            if own.terms:
                yield from self._units(own.terms)
            elif own.known is not None and own.stated_to is not None:
                if isinstance(own.made, CellAmount):
                    row = row_of(self._cells.amount(own.made, own.pence))
                    yield Argument(("Cells", STATED_TO, row), own.stated_to)
                else:
                    yield text_argument(literal(own.stated_to))

    # What must not grow too long

    def _argument(self, part: Part) -> Argument:
        if len(part.added) == 1:
            return part.added[0]
        return text_argument(self._short(part))

    def _short(self, part: Part) -> Part:
        """A part, in a row of its own where it is too long to be a part."""
        if len(part.text) <= _LONGEST and part.depth <= _DEEPEST:
            return part
        return of_one(self._own_row(part))

    def _both_short(self, term: Quotient) -> Quotient:
        """A quotient of parts that are short enough to stand in one formula."""
        if term.bottom is None:
            return term
        top = self._short(term.top) if term.top else None
        return term._replace(top=top, bottom=self._short(term.bottom))

    def _own_row(self, part: Part) -> Argument:
        return Argument(("Parts", HELD, in_sheet(self._hold(part))), part.value)

    def _folded(self, function: str, arguments: Sequence[Argument]) -> Part:
        """A function of many arguments, of which some are worked out first where it is too long."""
        groups = in_groups(sorted(arguments, key=lambda each: each.place))
        parts = [called(function, group) for group in groups]
        added = tuple(arguments) if function == "SUM" else ()
        if len(parts) == 1:
            return parts[0]._replace(added=added)
        over = function if function in ("MAX", "MIN") else "SUM"
        return self._folded(over, list(map(self._own_row, parts)))._replace(added=added)
