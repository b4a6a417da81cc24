"""Remarks on the cells of a table that hold no plain number where a figure belongs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.values import decimals_of, is_error, looks_like_figure, number_in
from ffanalysis.workbook_check.wording import and_more, counted, references

_LONGEST_VALUE = 40
_MOST_COLUMNS = 6  # so many columns are named


@dataclass(frozen=True)
class _FigureCell:
    """A cell in a column of figures, and where in the table it stands."""

    cell: Cell
    is_amount: bool  # its column holds amounts, not percentages or counts
    is_in_row: bool  # its row holds figures
    layout: Layout


@dataclass(frozen=True)
class _Fault:
    """What may be wrong with a cell among figures: how to know it, and how to put it."""

    code: str
    severity: RemarkSeverity
    applies: Callable[[_FigureCell], bool]
    words: str  # what follows the cell's value
    among_amounts_only: bool = True


def _is_word(place: _FigureCell) -> bool:
    """Whether a cell holds a word. A text that looks like a figure is listed for its sheet."""
    if not isinstance(place.cell.value, str) or not place.is_in_row:
        return False
    is_mark = plain(place.cell.text) in place.layout.markers | place.layout.nil
    return not is_mark and not looks_like_figure(place.cell.text)


# The first fault that applies to a cell is the one reported.
_FAULTS = (
    _Fault(
        "formula-not-calculated",
        "error",
        lambda place: isinstance(place.cell.value, NotCalculated),
        "was never calculated, so its figure is missing. Open the workbook in Excel and save it.",
        among_amounts_only=False,
    ),
    _Fault(
        "error-value",
        "error",
        lambda place: is_error(place.cell),
        "is where a figure belongs. Correct the formula.",
        among_amounts_only=False,
    ),
    _Fault(
        "date-in-amounts",
        "warning",
        lambda place: isinstance(place.cell.value, datetime),
        "is a date among amounts. Write the amount, or give the cell a number format.",
    ),
    _Fault(
        "text-in-amounts",
        "warning",
        _is_word,
        "is not an amount, but is among amounts. Write a number, nil or TBC, or leave it blank.",
    ),
    _Fault(
        "thousands-hidden",
        "warning",
        lambda place: place.cell.is_number and (decimals_of(place.cell) or 0) < 0,
        "is shown without its thousands, so its unit can be read two ways. Show it in full.",
    ),
    _Fault(
        "looks-negative",
        "warning",
        lambda place: place.cell.looks_negative,
        "is positive, but its number format shows it as a negative. If it is negative, type"
        " the minus sign in the cell.",
    ),
    _Fault(
        "not-shown",
        "warning",
        lambda place: place.cell.is_number and not place.cell.is_shown,
        "is hidden by its number format, but is included in every sum.",
    ),
)


def cell_remarks(table: FigureTable, layout: Layout) -> Iterator[Remark]:
    """What in the table's columns of figures is no plain number."""
    texts: dict[int, list[Cell]] = defaultdict(list)  # numbers written as text, by column
    found: dict[_Fault, list[Cell]] = defaultdict(list)
    for place in _figure_cells(table, layout):
        cell = place.cell
        if place.is_amount and isinstance(cell.value, str) and number_in(cell.value) is not None:
            texts[cell.column].append(cell)
        elif fault := _fault_of(place):
            found[fault].append(cell)
    if texts:
        yield _numbers_as_text(table, texts)
    for fault, cells in found.items():
        yield _fault_remark(table, fault, cells)
    yield from _percentages(table)


def _figure_cells(table: FigureTable, layout: Layout) -> Iterator[_FigureCell]:
    kinds = {column.number: column.kind for column in table.numeric_columns}
    figures = set(table.rows)
    for row in range(table.header_rows[1] + 1, table.rows[-1] + 1):
        for number, cell in table.sheet.grid.get(row, {}).items():
            if number in kinds:
                yield _FigureCell(cell, kinds[number] == "amount", row in figures, layout)


def _fault_of(place: _FigureCell) -> _Fault | None:
    faults = (fault for fault in _FAULTS if place.is_amount or not fault.among_amounts_only)
    return next((fault for fault in faults if fault.applies(place)), None)


def _fault_remark(table: FigureTable, fault: _Fault, cells: list[Cell]) -> Remark:
    first = cells[0]
    value = f"'{first.text[:_LONGEST_VALUE]}'" if first.text else "a formula"
    where = f"{table.sheet.name}, {first.address}{and_more(cells)}"
    message = f"{where}: {value} {fault.words}"
    return Remark(fault.severity, fault.code, message, references(table.sheet, cells))


def _numbers_as_text(table: FigureTable, texts: dict[int, list[Cell]]) -> Remark:
    columns = sorted(texts)
    cells = [cell for column in columns for cell in texts[column]]
    first = next(iter(texts.values()))[0]
    more = and_more(cells)
    if len(columns) > 1:
        letters = ", ".join(table.columns[column].letter for column in columns[:_MOST_COLUMNS])
        more += f" (columns {letters}{' …' if len(columns) > _MOST_COLUMNS else ''})"
    # Where formulas sum a column, a number written as text is left out: nobody sees that.
    is_left_out = not table.sheet.workbook.lower().endswith(".csv") and _has_numbers(table)
    left_out, read = (
        ("Excel's sums leave it out.", "It is read as a number here.")
        if len(cells) == 1
        else ("Excel's sums leave them out.", "They are read as numbers here.")
    )
    message = (
        f"{table.sheet.name}, {first.address}{more}:"
        f" {counted(len(cells), 'number is', 'numbers are')} written as text ('{first.text}')."
        f" {left_out if is_left_out else read}"
    )
    severity: RemarkSeverity = "warning" if is_left_out else "note"
    return Remark(severity, "text-numbers", message, references(table.sheet, cells))


def _has_numbers(table: FigureTable) -> bool:
    """Whether any amount is held as a number."""
    return any(
        table.sheet.at(row, column.number).is_number
        for row in table.rows
        for column in table.amounts
    )


def _percentages(table: FigureTable) -> Iterator[Remark]:
    for column in table.columns_of_kind("percentage"):
        if table.unit:
            message = (
                f"{table.sheet.name}, column {column.letter} ({column.name}): percentages in a"
                f" table in {table.unit}."
            )
            cell = table.reference(table.header_rows[1], column.number)
            yield Remark("note", "percentages", message, (cell,))
