"""Tables of money by year: their headings, and row by row their labels and amounts.

What a table says is copied to the workbook as it is; the reader of workbooks knows totals, units
and statuses, and refuses what may be read in two ways. Here is mended only what the paper broke:
labels over several cells, and several rows in one cell.
"""

import re
from collections.abc import Sequence
from itertools import chain

from ffanalysis import money
from ffanalysis.errors import listed
from ffanalysis.intake import labels
from ffanalysis.intake.document import Cell, Table, tables_of
from ffanalysis.intake.forms import GridTable
from ffanalysis.intake.grid_heads import heads_of, joins_title
from ffanalysis.intake.grid_parts import RAG_HEADS, name_of
from ffanalysis.intake.lines import Line
from ffanalysis.intake.stacked import Stack
from ffanalysis.intake.taken import (
    Ending,
    Grid,
    GridRow,
    Mend,
    Source,
    Taken,
    Value,
    row_source,
    source_of,
)
from ffanalysis.intake.words import key
from ffanalysis.layout import standard
from ffanalysis.vocabulary import RAG_STATUSES

_SAYS_MORE = re.compile(r"cumulative|running|incremental|\bsaving|\bcost|\bbudget", re.I)

_REFERENCES = frozenset(
    {
        "ref",
        "ref no",
        "reference",
        "no",
        "number",
        "id",
        "saving ref",
        "savings ref",
        "line",
        "item",
    }
)
_OPTION = re.compile(r"^\W*options?\W*(?:no|number)?\W*$|: options?$", re.I)
_LABELS = ("rag", "total", "saving_type", "route")
_MOST_DOUBTS = 2  # in a table, from which on no column of it is certain


class GridReader:
    """Reads the rows of one table of money."""

    def __init__(
        self, table: GridTable, title: Cell, line: Line, taken: Taken, cut_from: str = ""
    ) -> None:
        self._taken = taken
        self.heads = heads_of(line)
        self.first_amount = min(head.first for head in self.heads)
        source = source_of(title)
        how = f"mended from '{source.words}'" if cut_from else ""
        self.grid = Grid(table, Value(cut_from or source.words, (source,), how), self.heads)
        self._title = title
        self._of_title = {(title.row, title.column)}
        self._given: dict[str, tuple[int, Value] | None] = {}
        self._lines = [line]
        self._strays: list[Cell] = []  # what stands under no heading
        self._slipped = 0  # amounts among the labels, labels among the amounts
        self._several: list[tuple[GridRow, int]] = []  # several amounts in a row under one heading
        self._no_statuses: list[Source] = []
        self._beside: dict[int, str] = {}  # what the columns before the years are headed
        self._short: list[
            str
        ] = []  # what rows say that are too short to tell which cell is missing
        self._inner: list[Table] = []
        taken.grids.append(self.grid)
        taken.end(source.atoms, Ending.PLACED)
        for cell in line.filled:
            taken.end(cell.atoms, Ending.PLACED)
            if cell.column < self.first_amount and cell is not title:
                self._take_beside(cell)

    def _take_beside(self, cell: Cell) -> None:
        """What stands before the years, beside or below the title: a unit, or more of the title."""
        source = source_of(cell)
        self._beside[cell.column] = source.words
        self.grid.has_rag |= key(source.words) in RAG_HEADS
        if labels.kind_of(source.words) == "unit":
            self.grid.unit = Value(source.words, (source,))
        elif _SAYS_MORE.search(source.words) or standard().units_named(source.words):
            text = f"{self.grid.title.text.rstrip(': ')}: {source.words}"
            self.grid.title = Value(text, (*self.grid.title.sources, source), self.grid.title.how)

    def is_row(self, line: Line) -> bool:
        """Whether a line has amounts or marks below the headings, or labels before them alone."""
        return any(cell.column >= self.first_amount for cell in line.filled) or all(
            labels.kind_of(" ".join(cell.lines)) for cell in line.filled
        )

    def takes_note(self, line: Line) -> bool:
        """Take words right below a table as its unit, where it names none itself.

        Where it names another, they are words of the paper, and are asked about as all such are.
        """
        if line.table is not None or len(line.filled) != 1 or not joins_title(line.filled[0].text):
            return False
        source = source_of(line.filled[0])
        said, before = {*standard().units_named(source.words)}, self._units_above()
        if len(said) != 1 or before - said:
            return False
        self._place(source)
        if not before:
            self.grid.unit = Value(money.unit_label(*said), (source,), "from the words below")
        return True

    def _units_above(self) -> set[int]:
        """The units that the table's title, its headings or the words beside them name."""
        texts = [self.grid.title.text, *(head.text for head in self.heads)]
        texts += [self.grid.unit.text] if self.grid.unit else []
        return set(chain.from_iterable(map(standard().units_named, texts)))

    def has_within(self, table: Table | None) -> bool:
        """Whether a table stands in a cell of this one; it was read with its cell."""
        return any(table is each for each in self._inner)

    def read(self, line: Line) -> None:
        """Take a row of the table."""
        line = self._whole(line)
        self._lines.append(line)
        if self._take_statuses(line):
            return
        before = [c for c in line.filled if c.column < self.first_amount and c is not self._title]
        before = [cell for cell in before if not self._ends_title(cell)]
        before = [*self._merged_down(line), *before]
        amounts = [cell for cell in line.filled if cell.column >= self.first_amount]
        self._note_short(line, amounts)
        if not before and self._take_units(amounts):
            return
        found = self._labels(before)
        found = self._status_of_row(line, found)
        statuses = next((each for each in found if labels.stacked(each[1].text)), None)
        if statuses:
            self._take_stacked(found, statuses, amounts)
            return
        row = GridRow(self._carried(dict(found), before))
        row.is_total = labels.TOTAL in row.labels
        tallest = max((cell.rows for cell in before if cell.row == line.row), default=1)
        for cell in amounts:
            self._take_amount(cell, row, tallest)
        self.grid.rows.append(row)

    def _note_short(self, line: Line, amounts: Sequence[Cell]) -> None:
        """Note a row that ends before the last year, and whose source does not say where it gaps.

        A gap may then be at any year, and its amounts under others than they seem to be.
        """
        last = max(head.last for head in self.heads if head.kind != "other")
        reaches = max(cell.column + cell.columns for cell in line.cells)
        if reaches <= last and any(cell.is_adrift for cell in amounts):
            self._short.append(" | ".join(source_of(cell).words for cell in line.filled))

    def _take_amount(self, cell: Cell, row: GridRow, tallest: int) -> None:
        """Take a cell below the headings of amounts; `tallest` are the rows of the row's labels."""
        head = self._head_over(cell)
        if head is not None and key(self.heads[head].text) in RAG_HEADS:
            self._take_status(cell, row)
            return
        if labels.kind_of(" ".join(cell.lines)) in _LABELS:
            self._slipped += 1  # a label under a year: the row has slipped
        if head is None:
            self._take_stray(cell)
        elif cell.rows > tallest:
            self._ask_merged(cell, row, head, f"{cell.rows} rows")
        elif (years := self._years_under(cell)) > 1:
            self._ask_merged(cell, row, head, f"{years} years")
        elif head in row.amounts:
            self._join(cell, row, head)
        elif other := _other_in(cell):
            self._ask_other(cell, row, head, other)
        else:
            source = source_of(cell)
            row.amounts[head] = Value(source.words, (source,))
            self._place(source)

    def _take_status(self, cell: Cell, row: GridRow) -> None:
        """Take a status in a column behind the years; the run refuses by name what is none."""
        source = source_of(cell)
        self._place(source)
        row.labels["rag"] = Value(labels.spelled("rag", source.words), (source,))
        if labels.known("rag", source.words) is None:
            self._no_statuses.append(source)

    def _take_statuses(self, line: Line) -> bool:
        """Keep a row of statuses, one for each year, as words: of which line is not said."""
        first, *rest = line.filled
        is_row = key(first.text) in RAG_HEADS and rest
        if not is_row or any(labels.is_amount(cell.text) for cell in rest):
            return False
        said = ", ".join(f"{cell.text} ({self._heading_over(cell)})" for cell in rest)
        source = row_source(line.filled)
        self._taken.add_background(self.grid.title.text, Value(f"{first.text}: {said}", (source,)))
        self._taken.ask(
            f"{self.grid.title.text}: '{first.text}' has a status for each year, and not for each"
            " line.",
            source,
            read_as="kept as background",
            do="Write the status of each line.",
            also=self.grid.table.sheet,
        )
        return True

    def _heading_over(self, cell: Cell) -> str:
        head = self._head_over(cell)
        return self.heads[head].text if head is not None else ""

    def _whole(self, line: Line) -> Line:
        """A row with the tables that stand in its cells, whose rows are no rows of this table."""
        if line.table is None:
            return line
        cells = tuple(line.table.grid.get((each.row, each.column), each) for each in line.cells)
        self._inner += tables_of(block for cell in cells for block in cell.content)
        return Line(cells, line.table, line.row)

    def _status_of_row(self, line: Line, found: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
        """The labels of a row whose status a merged cell lists among those of its rows."""
        cell = self._stack_over(line)
        if cell is None:
            return found
        names = labels.stacked(" ".join(cell.lines))
        source = source_of(cell)
        others = [each for each in found if not labels.stacked(each[1].text)]
        if len(names) == cell.rows:
            name = names[line.row - cell.row]
            column = labels.TOTAL if name == "Total" else "rag"
            return [*others, (column, Value(name, (source,), "by its place in the merged cell"))]
        if line.row == cell.row:
            self._taken.ask(
                f"{self.grid.title.text}: a cell over {cell.rows} rows lists {len(names)} RAG"
                f" statuses ({listed(names)}); which row has which cannot be told.",
                source,
                read_as="as written; the quarter's run refuses the rows",
                do="Write the status of each row.",
                also=self.grid.table.sheet,
            )
        return [*others, ("rag", Value(f"one of {listed(names)}", (source,)))]

    def _stack_over(self, line: Line) -> Cell | None:
        """The cell over several rows, this one among them, that lists a status for each."""
        covering = line.table.row(line.row) if line.table is not None else ()
        return next(
            (
                cell
                for cell in covering
                if cell.rows > 1
                and cell.column < self.first_amount
                and labels.stacked(" ".join(cell.lines))
            ),
            None,
        )

    def _merged_down(self, line: Line) -> list[Cell]:
        """The labels that are merged over this row from one above it: a type, a unit."""
        if line.table is None:
            return []
        return [
            cell
            for cell in line.table.row(line.row)
            if cell.row < line.row
            and cell.column < self.first_amount
            and cell.text
            and (cell.row, cell.column) not in self._of_title
            and not labels.stacked(" ".join(cell.lines))
        ]

    def _carried(self, found: dict[str, Value], cells: Sequence[Cell]) -> dict[str, Value]:
        """The labels of a row with the type and the unit that are given once for its block."""
        for column in ("saving_type", "unit"):
            place = next((c.column for c in cells if self._names(c, column)), None)
            if place is not None:
                self._given[column] = (place, found[column]) if column in found else None
        first = min((cell.column for cell in cells), default=0)
        carried = {
            column: given[1]
            for column, given in self._given.items()
            if given is not None and column not in found and first > given[0]
        }
        return {**carried, **found}

    @staticmethod
    def _names(cell: Cell, column: str) -> bool:
        return labels.kind_of(" ".join(cell.lines)) == column

    def _ask_merged(self, cell: Cell, row: GridRow, head: int, over: str) -> None:
        """An amount that is merged over several lines or years may be of each, or of all."""
        source = source_of(cell)
        row.amounts[head] = Value(f"{source.words} (over {over})", (source,))
        self._place(source)
        self._taken.ask(
            f"{self.grid.title.text}, {self.heads[head].text}: '{source.words}' is merged over"
            f" {over}; which of them it belongs to cannot be told.",
            source,
            read_as="as written; the quarter's run refuses the cell",
            do="Write the amount of each row and year.",
            also=self.grid.table.sheet,
        )

    def _years_under(self, cell: Cell) -> int:
        """How many columns of years an amount is merged over."""
        last = cell.column + cell.columns - 1
        heads = (head for head in self.heads if head.kind == "year")
        return sum(head.first <= last and cell.column <= head.last for head in heads)

    def _ends_title(self, cell: Cell) -> bool:
        """Take a cell that is the rest of the title above it, which a page break has cut in two."""
        title = self._title
        is_below = cell.column == title.column and cell.row == title.row + title.rows
        words = " ".join(cell.lines)
        if not is_below or title.rows == 1 or labels.kind_of(words) or cell.rows == 1:
            return False
        self._of_title.add((cell.row, cell.column))
        source = source_of(cell)
        now = f"{self.grid.title.text} {words}"
        self.grid.title = Value(now, (*self.grid.title.sources, source), "joined over a page break")
        self._taken.mends.append(Mend(source, now))
        self._place(source)
        return True

    def _take_units(self, cells: Sequence[Cell]) -> bool:
        """A row that only says the unit of each column."""
        if not cells or not all(labels.kind_of(" ".join(c.lines)) == "unit" for c in cells):
            return False
        said = {key(" ".join(cell.lines)) for cell in cells}
        if len(said) != 1:
            return False
        source = source_of(cells[0])
        self.grid.unit = Value(source.words, (source,))
        for cell in cells:
            self._taken.end(cell.atoms, Ending.PLACED)
        return True

    def _labels(self, cells: Sequence[Cell]) -> list[tuple[str, Value]]:
        """The labels of a row, each with what it is; one that is broken over cells is mended."""
        whole = " ".join(" ".join(cell.lines) for cell in cells)
        if len(cells) > 1 and labels.known("rag", whole):
            sources = tuple(map(source_of, cells))
            now = labels.spelled("rag", whole)
            words = " | ".join(source.words for source in sources)
            atoms = tuple(number for source in sources for number in source.atoms)
            joined = Source(words, sources[0].place, atoms)
            self._taken.mends.append(Mend(joined, now))
            self._place(joined)
            return [("rag", Value(now, (joined,), f"mended from '{words}'"))]
        found: list[tuple[str, Value]] = []
        for cell in cells:
            source = source_of(cell)
            if labels.is_amount(source.words):
                if (numbered := self._numbered(cell, source, cells)) is not None:
                    found.append(("line", numbered))
                continue
            kind = labels.kind_of(source.words)
            if labels.stacked(source.words):
                kind = "rag"
            text = labels.spelled("rag", source.words) if kind == "rag" else source.words
            if text != source.words and kind == "rag" and not labels.stacked(source.words):
                self._taken.mends.append(Mend(source, text))
            self._place(source)
            value = Value(text, (source,))
            column = self._column(kind, found)
            before = dict(found).get(column)
            if before is not None:
                found.remove((column, before))
                words = f"{before.text} {value.text}"
                value = Value(words, (*before.sources, source), "from two cells")
            found.append((column, value))
        return found

    def _numbered(self, cell: Cell, source: Source, cells: Sequence[Cell]) -> Value | None:
        """A number before the years: that of an option, a reference, or an amount gone astray."""
        heading = self._beside.get(cell.column, self.grid.title.text)
        if len(cells) == 1 and _OPTION.search(heading):
            self._place(source)
            return Value(f"Option {source.words}", (source,), "by the heading of its column")
        if key(heading) in _REFERENCES:
            whose = " ".join(each.text for each in cells if each is not cell)
            text = f"{whose}, {heading} {source.words}".lstrip(", ")
            self._taken.add_background(self.grid.title.text, Value(text, (source,)))
        else:
            self._take_stray(cell)
        return None

    @staticmethod
    def _column(kind: str | None, found: Sequence[tuple[str, Value]]) -> str:
        column = kind or "line"
        return column if column not in dict(found) else "line"

    def _take_stacked(
        self,
        found: Sequence[tuple[str, Value]],
        statuses: tuple[str, Value],
        cells: Sequence[Cell],
    ) -> None:
        """Several rows in one cell: a status on each line, amounts on some of them."""
        rest = {column: value for column, value in found if value is not statuses[1]}
        stack = Stack(self.grid, statuses[1], rest, self._taken)
        for cell in cells:
            head = self._head_over(cell)
            if head is None:
                self._take_stray(cell)
            else:
                self._place(source_of(cell))
                stack.take(cell, head)
        self.grid.rows += stack.rows

    def _head_over(self, cell: Cell) -> int | None:
        """The heading over a cell, by the columns that both cover."""
        return next(
            (
                number
                for number, head in enumerate(self.heads)
                if head.first <= cell.column + cell.columns - 1 and cell.column <= head.last
            ),
            None,
        )

    def _take_stray(self, cell: Cell) -> None:
        self._slipped += labels.is_amount(" ".join(cell.lines))
        self._strays.append(cell)

    def _join(self, cell: Cell, row: GridRow, head: int) -> None:
        """Two amounts under one heading: neither is chosen, and the cell will be refused."""
        before, source = row.amounts[head], source_of(cell)
        text = f"{before.text} | {source.words}"
        row.amounts[head] = Value(text, (*before.sources, source))
        if not any(each is row and number == head for each, number in self._several):
            self._several.append((row, head))
        self._place(source)

    def _ask_other(self, cell: Cell, row: GridRow, head: int, other: str) -> None:
        """Something else than words in the cell of an amount: it goes as it is, and is refused."""
        source = source_of(cell)
        lines = " | ".join(cell.lines)
        marks = " ".join(f"[{mark.value}]" for mark in cell.marks)
        row.amounts[head] = Value(" ".join(filter(None, (lines, marks))), (source,))
        self._place(source)
        self._taken.ask(
            f"{self._where(row, head)}: {other} stands where the amount is asked for.",
            source,
            read_as="as written; the quarter's run refuses the cell",
            do="Write the one amount of this row and year in figures; nil, where nothing is saved.",
            also=self.grid.table.sheet,
        )

    def _where(self, row: GridRow, head: int) -> str:
        """The title of the table, the row and the heading of a cell."""
        name = name_of(row)
        parts = self.grid.title.text, f"'{name}'" if name else "", self.heads[head].text
        return ", ".join(filter(None, parts))

    # What is asked at the end of the table.

    def end(self) -> None:
        """Ask about each doubtful cell; where they are many, once about the whole table."""
        if why := self._why_unread():
            self._leave_out(why)
            return
        self._ask_statuses()
        for cell in self._strays:
            self._ask_no_heading(cell)
        for row, head in self._several:
            self._ask_several(row, head)

    def _why_unread(self) -> str:
        """Why no column of the table is certain; nothing where they are."""
        if self._slipped >= _MOST_DOUBTS:
            return (
                f"{self._slipped} amounts or labels stand outside their columns, so those of the"
                " whole table cannot be told"
            )
        if self._short:
            few = "rows have" if len(self._short) > 1 else "row has"
            return (
                f"{len(self._short)} {few} fewer cells than the table has columns"
                f" ('{self._short[0]}'), so the year of an amount cannot be told"
            )
        heads = [self.heads[number] for _, number in self._several]
        wide = dict.fromkeys(head.text for head in heads if head.last > head.first)
        if not wide or len(heads) < _MOST_DOUBTS:
            return ""
        each = "each stand" if len(wide) > 1 else "stands"
        return (
            f"{listed(wide)} {each} over several amounts, and which of them is the year's saving is"
            " not said"
        )

    def _leave_out(self, why: str) -> None:
        """Keep a table as words whose headings and columns are out of step."""
        rows = [tuple(map(source_of, line.cells)) for line in self._lines]
        self._taken.leave_out(self.grid, chain.from_iterable(rows))
        words = [" | ".join(source.words for source in sources).rstrip(" |") for sources in rows]
        for text, sources in zip(words, rows, strict=True):
            filled = tuple(source for source in sources if source.words)
            self._taken.add_background(self.grid.title.text, Value(text, filled))
        self._taken.ask(
            f"{self.grid.title.text}: {why}.",
            Source("; ".join(words), self.grid.title.place),
            read_as="no figures; the table is kept as background",
            do="Write the savings into a sheet, one amount for each row and year.",
            also=self.grid.table.sheet,
        )

    def _ask_statuses(self) -> None:
        """Ask once about what stands in a column of statuses and is none."""
        if self._no_statuses:
            named = listed(dict.fromkeys(f"'{source.words}'" for source in self._no_statuses))
            self._taken.ask(
                f"{self.grid.title.text}: no RAG status of the register is {named}.",
                self._no_statuses[0],
                read_as="as written; the quarter's run refuses the rows",
                do=f"Write one of {listed(RAG_STATUSES)}.",
                also=self.grid.table.sheet,
            )

    def _ask_no_heading(self, cell: Cell) -> None:
        self._taken.ask(
            f"{self.grid.title.text}: '{' '.join(cell.lines)}' stands under no heading.",
            source_of(cell),
            read_as="not placed",
            do="Say which year it is of, and write it there.",
            also=self.grid.table.sheet,
        )

    def _ask_several(self, row: GridRow, head: int) -> None:
        value = row.amounts[head]
        self._taken.ask(
            f"{self._where(row, head)}: '{value.text}' stand under one heading.",
            value.sources[-1],
            read_as="kept as it is; the quarter's run refuses the cell",
            do="Write the one that is of this year.",
            also=self.grid.table.sheet,
        )

    def _place(self, source: Source) -> None:
        self._taken.end(source.atoms, Ending.PLACED)


def _other_in(cell: Cell) -> str:
    """What stands in a cell beside words: a tick box, or a table of more than an amount."""
    if cell.marks:
        return "a tick box"
    is_table = any(isinstance(block, Table) for block in cell.content)
    return "a table" if is_table and len(cell.lines) > 1 else ""
