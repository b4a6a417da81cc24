"""How a figure was made, as it is written for machines: `sum(c1:c3) - {Forecast: c4}`.

docs/expressions.md has the grammar. Cells have short ids, which are those of one `CellTable`: of a
page, of a file or of one figure. What is written can be recomputed by a program that knows nothing
but the grammar and the table of cells.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from ffanalysis.figures import (
    CellAmount,
    Constant,
    Counted,
    Expression,
    Figure,
    NotKnown,
    Operation,
    Term,
    sum_of,
)
from ffanalysis.provenance import CellRef

VERSION = 1  # of the grammar
_SIGNS = {"less": " - ", "times": " * ", "over": " / "}
_NOT_IN_NAMES = re.compile(r"[{}:'\"\\\x00-\x1f]+")
_LONGEST_NAME = 120
_FEWEST_OF_RANGE = 3


class CellLine(NamedTuple):
    """A cell in a table of cells.

    Where no amount was read from it, it has no factor: it is blank, or only counted.
    """

    cell: CellRef
    written: str = ""
    factor: int | None = None
    stated_to: int | None = None
    is_corrected: bool = False
    is_blank: bool = False


class CellNumbers(Protocol):
    """What gives each cell of an expression its number."""

    def number(self, line: CellLine) -> int: ...


class CellTable:
    """The cells of some expressions, each with a number from 1, in the order they are asked for."""

    def __init__(self) -> None:
        self._numbers: dict[CellLine, int] = {}

    def __iter__(self) -> Iterator[tuple[str, CellLine]]:
        """Each id with its cell."""
        return ((f"c{number}", line) for line, number in self._numbers.items())

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, line: CellLine) -> int:
        """The number of a cell, which may be a new one."""
        return self._numbers.setdefault(line, len(self._numbers) + 1)


def line_of(cell: CellAmount | CellRef) -> CellLine:
    """A cell as it stands in a table of cells."""
    if isinstance(cell, CellRef):
        return CellLine(cell)
    unit = cell.stated_to
    is_blank = not (cell.written or cell.factor)
    return CellLine(cell.cell, cell.written, cell.factor or None, unit, cell.is_corrected, is_blank)


def written(term: Term, cells: CellNumbers) -> str:
    """The expression of a term; the cells that it names are put into the table."""
    return _Writer(cells).of(sum_of(term))


class Made(NamedTuple):
    """Expressions by what they are of, and their cells: c1 is the first."""

    expressions: dict[str, str]
    cells: tuple[CellLine, ...]


def made_of(terms: Mapping[str, Term | None]) -> Made:
    """The expressions of some terms over one list of cells; of None there is none."""
    cells = CellTable()
    found = {name: written(sum_of(term), cells) for name, term in terms.items() if term}
    return Made(found, tuple(line for _, line in cells))


class _Writer:
    """Writes expressions over one table of cells."""

    def __init__(self, cells: CellNumbers) -> None:
        self.cells = cells

    def of(self, term: Term) -> str:
        """A term; a figure has its name before it."""
        own = sum_of(term)
        is_known = own.known is not None
        text = self._made(own.made) if is_known else self._not_known(own.made, own.cells)
        name = called(term.name) if isinstance(term, Figure) else ""
        return f"{{{name}: {text}}}" if name else text

    def _made(self, made: Expression) -> str:
        match made:
            case CellAmount():
                return f"c{self.cells.number(line_of(made))}"
            case Constant():
                return f"{{{called(made.name)}: {made.value}}}"
            case Counted():
                return f"count({self._things(made.things)})"
            case Operation(name="sum"):
                return self._sum(made)
            case Operation(name="tolerance"):
                return f"tolerance({self._joined(self._leaves(made.terms))})"
            case Operation(name="less" | "times" | "over" as name):
                return _SIGNS[name].join(map(self._operand, made.terms))
            case Operation():
                return f"{made.name}({', '.join(map(self.of, made.terms))})"
        return self._not_known(made, ())

    def _not_known(self, made: Expression, cells: Iterable[CellRef]) -> str:
        """Of what nothing is known: the cells that were looked at."""
        if isinstance(made, CellAmount):
            return f"none({self._joined([self.cells.number(line_of(made))])})"
        seen = [number for leaf in self._unknown(made) for number in [self.cells.number(leaf)]]
        if not seen:
            seen = [self.cells.number(CellLine(cell)) for cell in cells]
        return f"none({self._joined(seen)})"

    def _unknown(self, made: Expression) -> Iterator[CellLine]:
        """The cells of what is not known."""
        if isinstance(made, CellAmount):
            yield line_of(made)
        elif isinstance(made, Operation | NotKnown):
            for term in made.terms:
                yield from self._unknown(sum_of(term).made)

    def _sum(self, made: Operation) -> str:
        """A sum, in which sums without a name are dissolved; of one term, that term."""
        parts = list(self._parts(made))
        if len(parts) == 1:
            return self._part(parts[0])
        return f"sum({self._joined(parts)})"

    def _parts(self, added: Operation) -> Iterator["int | str"]:
        """The numbers of cells that are added, and what else is, as written."""
        for term in added.terms:
            own = sum_of(term)
            is_named = isinstance(term, Figure) and called(term.name)
            made: Expression | None = None if is_named or own.known is None else own.made
            if isinstance(made, Operation) and made.name == "sum":
                yield from self._parts(made)
            elif isinstance(made, CellAmount):
                yield self.cells.number(line_of(made))
            elif own.known is not None or own.has_gap:
                yield self.of(term)

    def _things(self, things: Iterable[CellRef | str]) -> str:
        return self._joined(
            self.cells.number(CellLine(each)) if isinstance(each, CellRef) else f"'{called(each)}'"
            for each in things
        )

    def _leaves(self, terms: Iterable[Term]) -> Iterator[int]:
        """The numbers of the known amounts that terms were made from, with a unit."""
        for term in terms:
            own = sum_of(term)
            if own.known is not None and isinstance(own.made, CellAmount):
                yield self.cells.number(line_of(own.made))
            yield from self._leaves(own.terms)

    def _operand(self, term: Term) -> str:
        """A term beside a sign, in brackets where its own sign would be taken for another's."""
        text = self.of(term)
        made = sum_of(term).made
        is_one = isinstance(term, Figure) and called(term.name)
        is_signed = isinstance(made, Operation) and made.name in _SIGNS
        return f"({text})" if is_signed and not is_one else text

    @staticmethod
    def _part(part: int | str) -> str:
        return f"c{part}" if isinstance(part, int) else part

    def _joined(self, parts: Iterable[int | str]) -> str:
        """Arguments, in which cells that follow one another are a range: "c1:c4, c7"."""
        runs: list[list[int | str]] = []
        for part in parts:
            last = runs[-1][-1] if runs else None
            if isinstance(part, int) and isinstance(last, int) and part == last + 1:
                runs[-1].append(part)
            else:
                runs.append([part])
        texts: list[str] = []
        for run in runs:
            if len(run) < _FEWEST_OF_RANGE:
                texts += map(self._part, run)
            else:
                texts.append(f"{self._part(run[0])}:{self._part(run[-1])}")
        return ", ".join(texts)


def called(name: str) -> str:
    """A name as an expression has it: without its signs, and no longer than need be."""
    return " ".join(_NOT_IN_NAMES.sub(" ", name).split())[:_LONGEST_NAME].strip()
