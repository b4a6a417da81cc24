"""Several rows of a table of money in one cell: a status on each line, amounts on some of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.intake import labels
from ffanalysis.intake.document import Cell
from ffanalysis.intake.taken import Grid, GridRow, Taken, Value, source_of

NOT_LEGIBLE = "[not legible]"
# The place of each amount among the statuses; None where which it has cannot be told.
_Placed = list[tuple[int | None, str]]


class Stack:
    """The rows that one cell's statuses make, and the amounts that the cells beside it have."""

    def __init__(
        self, grid: Grid, statuses: Value, rest: Mapping[str, Value], taken: Taken
    ) -> None:
        self._grid, self._rest, self._taken = grid, rest, taken
        self._names = labels.stacked(statuses.text)
        source = statuses.sources[0]
        self._known = [
            GridRow(
                {**rest, ("rag" if name != "Total" else labels.TOTAL): Value(name, (source,))},
                is_total=name == "Total",
            )
            for name in self._names
        ]
        self._unknown: list[GridRow] = []

    @property
    def rows(self) -> list[GridRow]:
        """The rows in their order, those of an unknown status before the total."""
        at = next((n for n, row in enumerate(self._known) if row.is_total), len(self._known))
        return [*self._known[:at], *_merged(self._unknown), *self._known[at:]]

    def take(self, cell: Cell, head: int) -> None:
        """Take a cell of amounts below a heading; ask where which is which cannot be told."""
        placed = _by_line(cell, len(self._names)) or self._by_sum(cell, head)
        if placed is None:
            self._take_unclear(cell, head)
            return
        for place, text in placed:
            row = self._add_unknown(cell) if place is None else self._known[place]
            row.amounts[head] = Value(text, (source_of(cell),))

    def _add_unknown(self, cell: Cell) -> GridRow:
        row = GridRow({**self._rest, "rag": Value(NOT_LEGIBLE, (source_of(cell),))})
        self._unknown.append(row)
        return row

    def _by_sum(self, cell: Cell, head: int) -> _Placed | None:
        """Fewer amounts than statuses: certain is the total, where the last adds up the others.

        A single one is the total: an amount of a status would have its total below it.
        """
        values = labels.amounts_in(" ".join(cell.lines))
        if not values or self._names[-1] != "Total" or len(values) > len(self._names):
            return None
        last = len(self._names) - 1
        if len(values) == 1:
            return [(last, values[0])]
        if not _adds_up(values):
            return None
        amounts = "the amount" if len(values) == 2 else "each amount but the last"
        self._taken.ask(
            f"{self._where(head)}: one cell has '{' '.join(cell.lines)}' for {self._lines};"
            f" which RAG status {amounts} has cannot be told.",
            source_of(cell),
            read_as=f"{' + '.join(values[:-1])} without a RAG status, and the total {values[-1]}",
            do="Ask for the RAG status, and write it in the line.",
            also=self._grid.table.sheet,
        )
        return [*((None, value) for value in values[:-1]), (last, values[-1])]

    def _take_unclear(self, cell: Cell, head: int) -> None:
        """Amounts that may belong to several lines: the cell goes as it is, and will be refused."""
        source = source_of(cell)
        self._add_unknown(cell).amounts[head] = Value(source.words, (source,))
        self._taken.ask(
            f"{self._where(head)}: '{source.words}' stands for {self._lines}; which amount belongs"
            " to which cannot be told.",
            source,
            read_as="kept as it is; the quarter's run refuses the cell",
            do="Write each amount beside its status.",
            also=self._grid.table.sheet,
        )

    def _where(self, head: int) -> str:
        return f"{self._grid.title.text}, {self._grid.heads[head].text}"

    @property
    def _lines(self) -> str:
        return f"{len(self._names)} lines ({', '.join(self._names)})"


def _adds_up(values: Sequence[str]) -> bool:
    """Whether the last of some amounts is the sum of the others."""
    amounts = [money.from_text(value, money.POUND) for value in values]
    *parts, total = (Decimal(amount.pence) if amount else None for amount in amounts)
    return total is not None and None not in parts and sum(filter(None, parts)) == total


def _by_line(cell: Cell, lines: int) -> _Placed | None:
    """The amounts of a cell that has a line, blank ones counted, for each of the statuses."""
    texts = [paragraph.text for paragraph in cell.paragraphs]
    if len(texts) != lines:
        return None
    return [(number, text) for number, text in enumerate(texts) if text]


def _merged(rows: Sequence[GridRow]) -> list[GridRow]:
    """Lines of an unknown status, those of different years in one row where they can be."""
    merged: list[GridRow] = []
    for row in rows:
        free = (each for each in merged if not each.amounts.keys() & row.amounts.keys())
        if (into := next(free, None)) is None:
            merged.append(row)
        else:
            into.amounts.update(row.amounts)
    return merged
