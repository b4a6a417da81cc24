"""What a schedule says of a line beside its amounts, kept as it is written.

Its owner, posts, one-off cost and the funding of that, who confirmed it and by what evidence. No
number among it is ever added: of a bare number in a column of money the unit is written with it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ffanalysis import money, periods
from ffanalysis.layout import Layout, plain
from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable, TextColumn
from ffanalysis.read.headings import is_not_read
from ffanalysis.read.shown_amounts import unit_shown
from ffanalysis.read.table_rows import TableRow, merged_cells
from ffanalysis.sheets.cells import GENERAL, Cell, NotCalculated
from ffanalysis.vocabulary import ALSO

_ALSO_STATED = "also stated"  # what one column says of several, as a quarter carried over has it
_OF_MONEY = frozenset({"one_off_cost", "cover"})
# What a year in the heading says of: whatever the year of a row, each is shown once, with its own.
_WITH_YEAR = frozenset({"posts", "one_off_cost", "cost_funding", "cover"})
_NUMBER = re.compile(r"£?\s?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)")
# A cost of less, with a pound sign in a table in thousands, may be in either; so may one of more
# than ten million, which a bare number comes to.
_LEAST_POUNDS, _MOST = 1_000, 10_000_000 * money.POUND
# What says only that there is something, by somebody whom the heading may name.
_MERE_YES = re.compile(r"(?:yes|y|true|x|done|complete[d]?|confirmed|agreed|\u2713|\u2714)", re.I)
_NAMES_WHO = re.compile(
    r"\b(?:finance|accountants?|accountancy|auditors?|audit|treasurer|s\.?151|section 151)\b", re.I
)
# A mark that a text is still to come says something of an owner; a dash says nothing.
_TO_COME = frozenset({"tbc", "tba"})


class LineTexts:
    """The texts of the lines of one table."""

    def __init__(
        self, found: FoundTable, layout: Layout, collected: Collected, amounts: Amounts
    ) -> None:
        self._found, self._layout, self._collected = found, layout, collected
        self._amounts = amounts
        self._merged = merged_cells(found, found.texts)
        self._of_rows: dict[tuple[int, str | None], Row] = {}

    def of(self, row: TableRow, year: str | None) -> Row:
        """What is kept of a row beside its amounts of a year, with the cells that it stands in."""
        if not self._found.texts and not self._found.text_context:
            return {}
        key = (row.number, year)
        if key not in self._of_rows:
            self._of_rows[key] = self._read(row, year)
        return self._of_rows[key]

    def account_for(self, rows: Iterable[TableRow]) -> None:
        """Account for the numbers among the texts; what a row of totals adds of them is listed.

        Those below FTE, Owner and the like are listed with the other numbers that no figure has.
        """
        heads = self._found.heads
        listed = {at for at in self._found.texts if not is_not_read(heads[at], self._layout)}
        for row in rows:
            line = self._found.sheet.grid.get(row.number, {})
            for column in sorted(line.keys() & listed):
                cell = line[column]
                if cell.is_number and row.label is not None:
                    what = "a total of a column that is kept as text, which is not used"
                    self._collected.list_unused(what, cell.text, self._found, cell)
                elif cell.is_number:
                    self._collected.accounted_cells.add((cell.row, cell.column))

    def _read(self, row: TableRow, year: str | None) -> Row:
        said: dict[str, list[str]] = {}
        places: list[str] = []
        for kept, cell in self._cells(row, year):
            name = kept.name
            text = _with_year(kept, self._text_of(name, kept.heading, cell, row))
            if text:
                places.append(f"{name} {cell.address}")
            if text and text not in said.setdefault(name, []):
                said[name].append(text)
        texts = {name: "; ".join(own) for name, own in said.items() if own}
        return {**texts, "texts_at": "; ".join(places) or None}

    def _cells(self, row: TableRow, year: str | None) -> Iterator[tuple[TextColumn, Cell]]:
        """The cells of a row that hold texts; those above the table where its own are blank."""
        line = self._found.sheet.grid.get(row.number, {})
        own = set()
        for column, kept in self._found.texts.items():
            cell = line.get(column) or self._merged.get((row.number, column))
            if cell is not None and _is_of_year(kept, year):
                own.add(kept.name)
                yield kept, cell
        for name, cell in self._found.text_context.items():
            if name not in own:
                yield TextColumn(name, None, ""), cell

    def _text_of(self, name: str, heading: str, cell: Cell, row: TableRow) -> str:
        if isinstance(cell.value, NotCalculated):
            what = "a text whose formula was never calculated, which is not read"
            self._collected.list_unused(what, heading, self._found, cell)
            return ""
        text = _as_written(cell)
        word = plain(text)
        if word in self._layout.markers and word not in _TO_COME:
            return ""
        if name in _OF_MONEY and (written := _number_written(cell, text)):
            return self._with_unit(cell, written, heading, row)
        return _with_heading(name, heading, cell, text)

    def _with_unit(self, cell: Cell, written: str, heading: str, row: TableRow) -> str:
        """A number of money with the unit of the table; asked about where that is not clear.

        Behind a pound sign it stays as written, unless it is too small for a cost in pounds.
        """
        value = float(written.lstrip("£").replace(",", ""))
        if not value:
            return "nil"
        unit = self._amounts.unit_of(cell, row.stated.get("unit"))
        pence = unit and money.from_number(value, unit, money.own_decimals(value)).pence
        has_sign = written.startswith("£")
        if has_sign and (unit == money.POUND or value >= _LEAST_POUNDS):
            return written
        if has_sign or pence is None or (unit != money.POUND and pence >= _MOST):
            self._ask_unit(cell, written, heading, row)
            return f"{written} (unit not clear)"
        return money.in_full(pence)

    def _ask_unit(self, cell: Cell, text: str, heading: str, row: TableRow) -> None:
        sheet = self._found.sheet
        place = f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}"
        project = row.stated.get("project")
        question = {
            "rule": "heading-known",
            "sentence": (
                f"{place}: the unit of '{text}' under '{heading}' is not clear, so it is shown"
                " as it is written. Write £, £000 or £m with it or in its heading."
            ),
            "project": self._collected.name_project(self._found, project) if project else None,
            **source_of(sheet, cell),
        }
        if question not in self._collected.rows["questions"]:
            self._collected.add("questions", **question)


def _with_heading(name: str, heading: str, cell: Cell, text: str) -> str:
    """A text with its heading, where it says little without."""
    if name == ALSO and plain(heading) != _ALSO_STATED:
        return f"{heading}: {text.replace('; ', ', ')}"
    if name == "confirmed_by" and _NAMES_WHO.search(heading) and _is_mere_yes(cell, text):
        return f"{heading} ({text})"
    return text


def _with_year(kept: TextColumn, text: str) -> str:
    """What a column of one year says, with that year."""
    is_said = not kept.year or kept.name not in _WITH_YEAR or kept.year in text
    return text if is_said or not text else f"{text} in {kept.year}"


def _is_of_year(kept: TextColumn, year: str | None) -> bool:
    return kept.year in (None, year) or year is None or kept.name in _WITH_YEAR


def _as_written(cell: Cell) -> str:
    """A text in one line; a date as a sentence writes it."""
    if isinstance(cell.value, datetime):
        return periods.long_date(cell.value.date())
    return " ".join(cell.text.split())


def _number_written(cell: Cell, text: str) -> str:
    """A number as a cell shows it, with the pound sign of its format; "" where it is no number."""
    if not cell.is_number:
        return text.replace(" ", "") if _NUMBER.fullmatch(text) else ""
    is_signed = cell.number_format != GENERAL and "£" in cell.section.around("")
    return f"£{cell.value:,}" if is_signed and not unit_shown(cell) else f"{cell.value}"


def _is_mere_yes(cell: Cell, text: str) -> bool:
    """Whether a cell says that a saving is confirmed, and not by whom: "Yes", a day."""
    return isinstance(cell.value, datetime) or bool(_MERE_YES.fullmatch(text.strip(" .")))
