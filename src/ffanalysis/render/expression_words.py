"""An expression in words: "E10 100 + E11 200", with each cell's address and what is written there.

It is made from what is written for machines, so that a reader sees the very thing that is
recomputed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis import money
from ffanalysis.figures import THE_WHOLE
from ffanalysis.verify import Node

_TO_THE_PENNY = Node("name", "pence", (Node("number", "1"),))
_MOST_TERMS = 24  # of a sum; of a longer one the cells are counted and the first are named
_FIRST = 3
_MOST_LETTERS = 24  # of what is written in a cell
# What reads as one thing beside a sign only within brackets.
_BRACKETED = frozenset(
    {
        *("plus", "less", "times", "over", "sum", "none"),
        *("max", "min", "round", "floor", "ceiling"),
    }
)
_SIGNS = {"plus": "+", "less": "−", "times": "×", "over": "÷"}


@dataclass(frozen=True)
class CellWords:
    """A cell as an expression in words names it."""

    address: str
    written: str


def in_words(
    node: Node,
    cells: Mapping[str, CellWords],
    called: Callable[[str], str],
    explained: Callable[[Node], bool] = lambda part: False,  # noqa: ARG005
) -> str:
    """An expression in words.

    `called` says how a figure that it names is called; how one was made that is `explained`
    elsewhere is not said again.
    """
    return _Words(cells, called, explained).of(node)


@dataclass(frozen=True)
class _Words:
    cells: Mapping[str, CellWords]
    called: Callable[[str], str]
    explained: Callable[[Node], bool]

    def of(self, node: Node) -> str:
        """A part of an expression."""
        if node.kind in _SIGNS:
            return self._signed(node)
        make = {
            "cell": self._cell,
            "number": self._said,
            "text": self._said,
            "name": self._named,
            "sum": self._sum,
            "count": self._count,
            "none": self._none,
            "tolerance": self._tolerance,
        }.get(node.kind, self._function)
        return make(node)

    @staticmethod
    def _said(node: Node) -> str:
        return node.said

    def _count(self, node: Node) -> str:
        return f"how many there are of {self._listed(node.parts, '; ')}"

    def _none(self, node: Node) -> str:
        seen = self._listed(node.parts, ", ")
        return f"not stated: {seen}" if seen else "not stated"

    @staticmethod
    def _tolerance(node: Node) -> str:
        return f"what rounding allows of {len(node.parts):,} amounts"

    def _cell(self, node: Node) -> str:
        cell = self.cells.get(node.said, CellWords(node.said, ""))
        written = " ".join(cell.written.split())
        if len(written) > _MOST_LETTERS:
            written = f"{written[:_MOST_LETTERS].rstrip()}…"
        return f"{cell.address} ‘{written}’" if written else cell.address

    def _named(self, node: Node) -> str:
        """A figure with how it was made in brackets; a constant with what it is."""
        (inner,) = node.parts
        if inner.kind == "number":
            return f"{inner.said} ({node.said})" if node.said != "nil" else "nil"
        name = self.called(node.said)
        return name if self.explained(inner) else f"{name} ({self.of(inner)})"

    def _sum(self, node: Node) -> str:
        parts = node.parts
        if len(parts) <= _MOST_TERMS:
            return " + ".join(self._within(part) for part in parts)
        return f"the sum of {len(parts):,} amounts: {self._listed(parts, ', ')}"

    def _listed(self, parts: Sequence[Node], between: str) -> str:
        """Parts in a row; of many the first few, and how many more there are."""
        shown = parts if len(parts) <= _MOST_TERMS else parts[:_FIRST]
        more = f" and {len(parts) - len(shown):,} more" if len(parts) > len(shown) else ""
        return between.join(map(self.of, shown)) + more

    def _signed(self, node: Node) -> str:
        first, *others = node.parts
        if node.kind == "over" and others[0].said == THE_WHOLE:
            return self.of(first)  # a share of a total, which its cell writes as such
        if node.kind == "less" and first == Node("name", "nil", (Node("number", "0"),)):
            return f"{_SIGNS['less']}{self._within(others[0])}"
        sign = f" {_SIGNS[node.kind]} "
        return sign.join([self._within(first), *map(self._within, others)])

    def _within(self, node: Node) -> str:
        """A part beside a sign, in brackets where it has a sign of its own."""
        text = self.of(node)
        return f"({text})" if node.kind in _BRACKETED else text

    def _function(self, node: Node) -> str:
        inside = [self.of(part) for part in node.parts]
        if node.kind == "round" and len(inside) == 2:
            if node.parts[1] == _TO_THE_PENNY:
                return inside[0]
            return f"{inside[0]}, {_to_the(node.parts[1])}"
        if node.kind == "max" and len(inside) == 2:
            return f"{inside[0]}, at least {inside[1]}"
        if node.kind == "min":
            return f"the least of {'; '.join(inside)}"
        if node.kind in ("floor", "ceiling"):
            return f"{inside[0]}, rounded {'down' if node.kind == 'floor' else 'up'}"
        return f"{node.kind} of {'; '.join(inside)}"


def _to_the(unit: Node) -> str:
    """What a number is rounded to."""
    name, number = unit.said, unit.parts[0].said if unit.parts else unit.said
    return f"to the nearest {money.in_full(int(number))}" if name == "pence" else f"to {name}"
