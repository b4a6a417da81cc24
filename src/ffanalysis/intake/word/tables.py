"""Read the tables of a Word file: rows and cells out of their wrappings, laid on their grid."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ffanalysis.intake.document import Block, Cell, RemarkKind, Table
from ffanalysis.intake.word.colours import ground_in
from ffanalysis.intake.word.grid import Placed, Row, Written, lay
from ffanalysis.intake.word.inline import LOST, PROPERTIES, Inline
from ffanalysis.intake.word.line import Context, Line
from ffanalysis.intake.word.package import (
    Element,
    child,
    children,
    is_on,
    name_of,
    number_in,
    value,
)
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.source import TEXTS, chosen, words_in
from ffanalysis.sheets.limits import Refused

_STRAYS = TEXTS | {"w:p", "w:tbl", "w:r"}  # what stands where only rows and cells should
_MOST_SPAN = 500
_TWIPS = {"": 1.0, "pt": 20.0, "in": 1440.0, "cm": 567.0, "mm": 56.7, "pc": 240.0, "pi": 240.0}
_MEASURE = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,6})?)(pt|in|cm|mm|pc|pi|)")

Around = tuple[Element, Context]  # a row or a cell, and what is around it


class _Row(NamedTuple):
    cells: list[Around]
    as_written: Row
    is_heading: bool

    @property
    def lost(self) -> RemarkKind | None:
        """Why the row as a whole is none of the paper's."""
        kinds = {around.lost for _, around in self.cells}
        return kinds.pop() if len(kinds) == 1 else None


class Tables:
    """Reads tables; `blocks` reads what a cell holds."""

    def __init__(
        self,
        reading: Reading,
        inline: Inline,
        blocks: Callable[[Element, Context], list[Block]],
    ) -> None:
        self._reading, self._inline, self._blocks = reading, inline, blocks

    def read(self, table: Element, context: Context) -> list[Block]:
        """A table, and what stands between its rows where nothing should."""
        place = self._place(context)
        ground = self._reading.styles.ground_of_table(child(table, "w:tblPr"), context.ground)
        within = replace(context, place=place, is_cell=False, ground=ground)
        strays: list[Block] = []
        found = self._unwrapped(table, within, "w:tr", strays)
        rows = [row for row in (self._row(*each, strays) for each in found) if row.cells]
        cells = self._cells([row for row in rows if row.lost is None], table, place)
        for row in rows:
            if row.lost is not None:
                self._lose(row, f"{place}, a {row.lost} row")
                if row.lost is RemarkKind.HIDDEN:
                    self._reading.with_hidden_rows.add(place)
        if not cells:
            self._reading.tables[context.place] -= 1
            self._reading.hidden_tables.append(words_in(table))
        return [*([Table(tuple(cells), place)] if cells else []), *strays]

    def _place(self, context: Context) -> str:
        self._reading.tables[context.place] += 1
        number = self._reading.tables[context.place]
        if not context.place:
            return f"table {number}"
        return f"{context.place}, {'inner ' * context.is_cell}table {number}"

    def _unwrapped(
        self, element: Element, context: Context, wanted: str, strays: list[Block]
    ) -> Iterator[Around]:
        """The rows of a table or the cells of a row, whatever they are wrapped in."""
        for each in element:
            name = name_of(each)
            if name == wanted:
                yield each, context
            elif name in PROPERTIES:
                continue
            elif name in ("w:commentRangeStart", "w:commentRangeEnd"):
                self._inline.comment(each)
            elif name in _STRAYS:
                strays += self._blocks([each], context)
            else:
                within, around = self._wrapping(each, name, context)
                yield from self._unwrapped(within, around, wanted, strays)

    def _wrapping(self, element: Element, name: str, context: Context) -> Around:
        """What a wrapping holds, and what it says of it."""
        if name == "w:sdt":
            content = child(element, "w:sdtContent")
            return ([] if content is None else content), self._inline.around(element, context)
        if name == "mc:AlternateContent":
            read = chosen(element)
            return ([] if read is None else read), context
        return element, context.losing(LOST[name]) if name in LOST else context

    def _row(self, row: Element, context: Context, strays: list[Block]) -> _Row:
        properties = child(row, "w:trPr")
        if any(child(properties, name) is not None for name in LOST):
            context = context.losing(RemarkKind.DELETED)
        elif is_on(child(properties, "w:hidden")):
            context = context.losing(RemarkKind.HIDDEN)
        cells = list(self._unwrapped(row, context, "w:tc", strays))
        before, after = (
            _count(child(properties, name), 0) for name in ("w:gridBefore", "w:gridAfter")
        )
        written = Row([_written(cell) for cell, _ in cells], before, after)
        return _Row(cells, written, is_on(child(properties, "w:tblHeader")))

    def _lose(self, row: _Row, place: str) -> None:
        for cell, around in row.cells:
            self._blocks(cell, replace(around, place=place, is_cell=True))

    def _cells(self, rows: list[_Row], table: Element, place: str) -> list[Cell]:
        columns = children(child(table, "w:tblGrid"), "w:gridCol")
        grid = lay(
            [row.as_written for row in rows], [_twips(value(each, "w:w")) for each in columns]
        )
        if not grid.is_plain:
            self._reading.odd_tables.add(place)
        for doubt in grid.doubts:
            where = f"{place}, row {doubt.row + 1}"
            self._reading.remark(RemarkKind.DIFFERS, where, *doubt.readings)
        widest = max((row.as_written.total for row in rows), default=0)
        return [
            replace(
                self._cell(rows, placed, place),
                is_adrift=rows[placed.row].as_written.total < widest,
            )
            for placed in grid.cells
        ]

    def _cell(self, rows: list[_Row], placed: Placed, table: str) -> Cell:
        place = f"{table}, row {placed.row + 1}, column {placed.column + 1}"
        element, around = rows[placed.row].cells[placed.number]
        ground = ground_in(child(element, "w:tcPr"), around.ground)
        around = replace(around, place=place, is_cell=True, ground=ground)
        if child(element, "w:tcPr", "w:cellDel") is not None:
            around = around.losing(RemarkKind.DELETED)
            self._reading.unsure[place].append(words_in(element))
        content = self._blocks(element, around)
        line = Line()
        self._inline.close(line, around, Context())
        if not line.is_blank:
            content.append(line.paragraph(place, 0))
        self._reading.remarks += line.remarks(place)
        for row, number in placed.covered:  # nobody sees what stands in a cell that is merged away
            covered, above = rows[row].cells[number]
            hidden = replace(above, place=place, is_cell=True).losing(RemarkKind.HIDDEN)
            self._blocks(covered, hidden)
        return Cell(
            placed.row,
            placed.column,
            tuple(content),
            place,
            placed.rows,
            placed.columns,
            rows[placed.row].is_heading,
        )


def _written(cell: Element) -> Written:
    properties = child(cell, "w:tcPr")
    width = child(properties, "w:tcW")
    is_absolute = value(width, "w:type") in (None, "dxa")
    return Written(
        _count(child(properties, "w:gridSpan"), 1),
        _twips(value(width, "w:w")) if is_absolute else 0,
        _merge(child(properties, "w:vMerge")),
        _merge(child(properties, "w:hMerge")),
    )


def _merge(element: Element | None) -> str:
    if element is None:
        return ""
    return "begins" if value(element) == "restart" else "continues"


def _count(element: Element | None, least: int) -> int:
    """A number of columns."""
    count = max(number_in(value(element), least), least)
    if count > _MOST_SPAN:
        raise Refused("a table has more columns than Word allows.")
    return count


def _twips(text: str | None) -> int:
    """A width in twentieths of a point; 0 where it is not told."""
    found = _MEASURE.fullmatch(text or "")
    return round(float(found[1]) * _TWIPS[found[2]]) if found else 0
