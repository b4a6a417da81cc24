"""A document's words go where the form says: to fields, tick lists, records, tables of money.

The document is read as lines. Each either begins something (a label, the headings of a table), or
belongs to what was begun last. Here tables are begun and gone on with; labels, answers, and what
belongs nowhere are for the fields.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ffanalysis.intake.budget_tables import take_budgets
from ffanalysis.intake.closing import (
    ask_expected,
    ask_misplaced,
    ask_twice,
    take_left_over,
    take_remarks,
)
from ffanalysis.intake.document import (
    Cell,
    Document,
    Paragraph,
    Table,
    tables_of,
)
from ffanalysis.intake.fields import Fields
from ffanalysis.intake.forms import (
    MONEY,
    OF_YEARS,
    REGISTER,
    Form,
    GridTable,
    kind_of_row,
)
from ffanalysis.intake.grid import GridReader
from ffanalysis.intake.grid_heads import (
    head_kind,
    heads_of,
    table_titled,
    why_unclear,
    with_units_beside,
)
from ffanalysis.intake.grid_parts import is_amount_or_gap
from ffanalysis.intake.lines import Line, lines_of
from ffanalysis.intake.mending import mended
from ffanalysis.intake.modes import (
    OpenField,
    OpenMoney,
    OpenRecords,
    Progress,
    TitleAbove,
    UnknownTable,
)
from ffanalysis.intake.records import RecordReader, headings_of, one_record, records_apart
from ffanalysis.intake.taken import Ending, Head, Mend, Taken, Value, row_source, source_of
from ffanalysis.intake.turned import turned
from ffanalysis.periods import parse_due

_LONGEST_LABEL = 120
_SENTENCE = re.compile(r"\.$|£\s?\d[\d.,]*(?!00)\d*\s*(?:k|m|million)?\s+\w", re.I)


def place(document: Document, form: Form) -> Taken:
    """Place all that a document says; every atom has an ending."""
    document, mends = mended(document, form)
    placing = _Placing(form)
    apart = records_apart(document.blocks, form)
    by_columns = turned(apart, placing.kind_of_heading, is_amount_or_gap)
    document = replace(document, blocks=by_columns)
    placing.taken.mends += mends
    single = placing.take_single_records(document)
    budgets = take_budgets(document, placing.taken)
    for line in lines_of(document.blocks):
        is_taken = id(line.table) in single or (id(line.table), line.row) in budgets
        if line.table is None or not is_taken:
            placing.read(line)
    placing.at.end()
    taken = placing.taken
    ask_misplaced(taken)
    ask_twice(form, taken)
    take_remarks(document, form, taken)
    ask_expected(form, placing.at.settled, taken)
    take_left_over(document, taken)
    return taken


def _years(heads: Sequence[Head]) -> int:
    return sum(head.kind == "year" for head in heads)


class _Placing:
    """Takes the tables of a paper, and gives its other lines to the fields."""

    def __init__(self, form: Form) -> None:
        self.form, self.taken = form, Taken(form)
        self.at = Progress(form, self.taken)
        self.fields = Fields(self.at)

    def kind_of_heading(self, text: str) -> str | None:
        """What a cell heads, a year or a total; nothing where it is a label of the form."""
        found = self.form.label_at(text)
        return None if found is not None and found.label.meaning else head_kind(text)

    def take_single_records(self, document: Document) -> set[int]:
        """The tables that are one record each, label by label: "Risk | …", "Mitigation | …"."""
        single = set()
        before: Paragraph | None = None
        for block in document.blocks:
            if isinstance(block, Paragraph):
                before = block if block.text else before
                continue
            for table in tables_of((block,)):
                if one_record(table, before, self.form, self.taken):
                    single.add(id(table))
            before = None
        return single

    def read(self, line: Line) -> None:
        if self._goes_on(line) or self.fields.goes_on_route(line):
            return
        if not self._begins_table(line):
            self.fields.take(line)

    # Lines that belong to a table begun before.

    def _goes_on(self, line: Line) -> bool:
        mode = self.at.mode
        if not isinstance(mode, OpenRecords | OpenMoney | UnknownTable):
            return False
        if isinstance(mode, OpenMoney) and mode.reader.has_within(line.table):
            return True
        if not self._is_same_table(mode.table, line):
            return False
        if isinstance(mode, OpenMoney) and self._heads_group(line):
            mode.reader.read(line)
            return True
        if self._is_heading_alone(line):
            return False
        if headings_of(line, self.form) or self._ends_table(mode, line):
            return False
        if isinstance(mode, UnknownTable):
            mode.sources.append(row_source(line.filled))
        else:
            mode.reader.read(line)
        return True

    @staticmethod
    def _heads_group(line: Line) -> bool:
        """Whether a row of words alone says what the amounts below it are: "Costs"."""
        table, text = line.table, line.filled[0].text
        if table is None or len(line.filled) != 1 or not kind_of_row(text):
            return False
        below = Line(table.row(line.row + 1), table, line.row + 1)
        texts = [" ".join(cell.lines) for cell in below.filled]
        return not heads_of(below) and any(map(is_amount_or_gap, texts[1:]))

    def _ends_table(self, mode: OpenRecords | OpenMoney | UnknownTable, line: Line) -> bool:
        """Whether a row of the same table is no more of what it was begun with."""
        if isinstance(mode, OpenRecords):
            return self._ends_records(line, mode.reader.into)
        if heads_of(line) or isinstance(mode, UnknownTable):
            return bool(heads_of(line))
        return self._answers_label(line) or (self._has_label(line) and not mode.reader.is_row(line))

    def _ends_records(self, line: Line, into: str) -> bool:
        """Whether a row below records is a label of the form with its answer."""
        if into == "signoff" or len(line.filled) != 2:
            return False
        found = self.form.label_at(" ".join(line.filled[0].lines))
        if found is None or found.rest or found.label.meaning not in (*REGISTER, *MONEY):
            return False
        return into != "milestones" or parse_due(" ".join(line.filled[1].lines)) is None

    def _answers_label(self, line: Line) -> bool:
        """Whether a row below amounts is a label of the form with an answer in words."""
        said = [" ".join(cell.lines) for cell in line.filled]
        found = self.form.label_at(said[0])
        is_asked = found is not None and bool(found.label.meaning) and not kind_of_row(said[0])
        return is_asked and len(said) > 1 and not any(map(is_amount_or_gap, said[1:]))

    def _is_same_table(self, table: Table | None, line: Line) -> bool:
        """Whether a row is of a table, or of one right behind it that goes on as wide."""
        if line.table is None or table is None:
            return False
        if line.table is table:
            return True
        goes_on = line.table.width == table.width and not self._has_label(line)
        goes_on = goes_on and not headings_of(line, self.form) and not heads_of(line)
        if isinstance(self.at.mode, OpenMoney):
            # One that ends with a total is whole; one that begins with a single cell has a title.
            rows = self.at.mode.reader.grid.rows
            is_whole = bool(rows) and rows[-1].is_total
            goes_on = goes_on and not is_whole and len(line.filled) > 1
        if goes_on and isinstance(self.at.mode, OpenRecords | OpenMoney | UnknownTable):
            self.at.mode.table = line.table
        return goes_on

    def _is_heading_alone(self, line: Line) -> bool:
        """Whether a row has nothing but a heading or label of the form."""
        if len(line.filled) != 1:
            return False
        found = self.form.label_at(" ".join(line.filled[0].lines))
        return found is not None and not found.rest

    def _has_label(self, line: Line) -> bool:
        return line.first is not None and bool(self.form.label_at(" ".join(line.first.lines)))

    # Lines that begin a table.

    def _begins_table(self, line: Line) -> bool:
        record = headings_of(line, self.form)
        if record is not None:
            self.at.end()
            self.at.has_begun = True
            self.at.mode = OpenRecords(
                RecordReader(record, line, self.form, self.taken), line.table
            )
            return True
        if why := why_unclear(line):
            return self._begin_unclear(line, why)
        heads = heads_of(line)
        asks = self._asks_for_answer(line)
        title = None if asks else self._title_of(line, has_heads=bool(heads))
        is_titled = title is not None or isinstance(self.at.mode, TitleAbove)
        if heads and not asks and (is_titled or _years(heads) > 1):
            self._begin_money(line, title)
            return True
        if title and (titled := self._title_alone(line)) is not None:
            self.at.end()
            is_first = not self.at.has_begun and line.table is None
            self.at.has_begun = True
            self.at.mode = replace(title, cell=titled, is_first=is_first)
            for cell in line.filled[1:]:
                self.taken.end(cell.atoms, Ending.PLACED)
            return True
        if asks or not self._years_below(line):
            return False
        return self._begin_unclear(line, "no column is headed by a year")

    @staticmethod
    def _years_below(line: Line) -> bool:
        """Whether a row of a table, or the next, has one below it that begins with a year."""
        if line.table is None or len(line.filled) < 2:
            return False
        below = (Line(line.table.row(row)) for row in (line.row + 1, line.row + 2))
        return any(each.first and head_kind(each.first.text) == "year" for each in below)

    def _begin_unclear(self, line: Line, why: str) -> bool:
        """Begin a table of money whose columns are not one for each year, if it is one."""
        mode, above = self.at.mode, None
        if isinstance(mode, TitleAbove):
            above = source_of(mode.cell)
        elif isinstance(mode, OpenField) and mode.name == "saving" and not mode.count:
            above = mode.label
        title = self._title_of(line, has_heads=True)
        named = source_of(title.cell) if title else above
        if named is None:
            return False
        self.at.mode = None if above else self.at.mode
        self.at.end()
        self.at.has_begun = True
        self.at.mode = UnknownTable(
            line.table,
            f"{named.words}: {why}.",
            "Write the savings into a sheet, one amount for each row and year.",
            title.table.sheet if title else "Proposed savings",
            [*([above] if above else []), row_source(line.filled)],
        )
        return True

    def _title_alone(self, line: Line) -> Cell | None:
        """The title in a row that says nothing else, but perhaps the unit of each column."""
        if len(line.filled) == 1:
            return None if self._has_answer(line) else line.filled[0]
        return with_units_beside(line)

    def _has_answer(self, line: Line) -> bool:
        """Whether a line is a label of the form with its answer, and so no title."""
        parts = self.form.split(line.filled[0].text)
        return bool(parts and parts[0][1])

    def _asks_for_answer(self, line: Line) -> bool:
        """Whether a line begins with a label that asks for an answer, and is no table's."""
        if line.first is None:
            return False
        found = self.form.label_at(" ".join(line.first.lines))
        if found is None or not found.label.meaning:
            return False
        # "One-off cost | 2026/27" heads a table of them: a year is no cost.
        is_head = found.label.meaning in OF_YEARS and self._amounts_below(line)
        return _years(heads_of(line)) < (1 if is_head else 2)

    @staticmethod
    def _amounts_below(line: Line) -> bool:
        """Whether the next row of a table has a label with nothing but amounts behind it."""
        if line.table is None:
            return False
        below = [cell for cell in line.table.row(line.row + 1) if cell.text]
        return len(below) > 1 and all(is_amount_or_gap(cell.text) for cell in below[1:])

    def _title_of(self, line: Line, *, has_heads: bool) -> TitleAbove | None:
        first = line.first
        if first is None or len(first.text) > 2 * _LONGEST_LABEL:
            return None
        if not has_heads and _SENTENCE.search(first.text):
            return None
        text = " ".join(first.lines)
        if (has_heads and head_kind(text) is not None) or re.search(r"\w{3}\.$", text):
            return None
        found = table_titled(text, self.form, has_heads=has_heads)
        if found is None and has_heads and (kind := kind_of_row(text)) in ("posts", "one_off_cost"):
            found = GridTable(kind, kind.replace("_", " ").capitalize(), (text,)), ""
        return TitleAbove(found[0], first, found[1]) if found else None

    def _begin_money(self, line: Line, title: TitleAbove | None) -> None:
        before = self.at.mode if isinstance(self.at.mode, TitleAbove) else None
        chosen = title or before
        if chosen is None:
            self.at.end()
            self.at.mode = UnknownTable(
                line.table,
                f"The form '{self.form.name}' knows no table of figures by year with this heading.",
                "Write its figures into a sheet, or add the table to the form.",
                sources=[row_source(line.filled)],
            )
            return
        if before is not None and (title is None or title.table is before.table):
            self.taken.end(before.cell.atoms, Ending.FORM)
            self.at.mode = None
        else:
            self.at.end()
        if chosen.cut_from:
            self.taken.mends.append(Mend(source_of(chosen.cell), chosen.cut_from))
        self.at.has_begun = True
        reader = GridReader(chosen.table, chosen.cell, line, self.taken, chosen.cut_from)
        if before is not None and chosen is title and title.table is before.table:
            outer, inner = source_of(before.cell), reader.grid.title
            text = f"{outer.words.rstrip(': ')}: {inner.text}"
            reader.grid.title = Value(
                text, (outer, *inner.sources), "two titles, one above the other"
            )
        self.at.mode = OpenMoney(reader, line.table)
