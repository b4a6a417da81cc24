"""A document's words go where the form says: to fields, tick lists, records, tables of money.

The document is read as lines. Each either begins something (a label, the headings of a table), or
belongs to what was begun last. What belongs nowhere is kept as background and asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ffanalysis.intake import routes, ticks
from ffanalysis.intake.budget_tables import take_budgets
from ffanalysis.intake.closing import (
    ONE_LINE,
    ask_days_for_names,
    ask_expected,
    ask_twice,
    says_status,
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
from ffanalysis.intake.forms import (
    MONEY,
    OF_YEARS,
    REGISTER,
    Form,
    Found,
    GridTable,
    Label,
    kind_of_row,
)
from ffanalysis.intake.grid import GridReader
from ffanalysis.intake.grid_heads import (
    head_kind,
    heads_of,
    joins_title,
    table_titled,
    why_unclear,
    with_units_beside,
)
from ffanalysis.intake.grid_parts import is_amount_or_gap, with_hint
from ffanalysis.intake.lines import Line, lines_of
from ffanalysis.intake.marks import mark_typed, pieces_of
from ffanalysis.intake.mending import mended
from ffanalysis.intake.modes import (
    Mode,
    OpenField,
    OpenMoney,
    OpenRecords,
    OpenTicks,
    TitleAbove,
    UnknownTable,
)
from ffanalysis.intake.records import RecordReader, headings_of, one_record, records_apart
from ffanalysis.intake.taken import (
    AS_BACKGROUND,
    NO_LABEL,
    Ending,
    Head,
    Mend,
    Source,
    Taken,
    Value,
    row_source,
    source_of,
)
from ffanalysis.intake.turned import turned
from ffanalysis.intake.words import squash, without_hint
from ffanalysis.periods import parse_due

_LONGEST_LABEL = 120
_MOST_WORDS = 6  # of a label that the form does not know
_SENTENCE = re.compile(r"\.$|£\s?\d[\d.,]*(?!00)\d*\s*(?:k|m|million)?\s+\w", re.I)
_LABEL_AND_FIGURE = re.compile(r"[A-Z][^:.]{2,40}:\s*[£(−-]*\s*\d[\w\s£%,.()/-]{0,20}")
_BARE_TOTAL = re.compile(r"^(?:grand\s+|overall\s+)?total(?=\W*$|\s*[(:£])", re.I)
_GOES_ON = re.compile(r"\b(?:follow(?:s|ing)|below|are|is|includes?|including|as)\W*$", re.I)


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
    placing.end()
    taken = placing.taken
    ask_days_for_names(form, taken)
    ask_twice(form, taken)
    take_remarks(document, form, taken)
    ask_expected(form, placing.settled, taken)
    take_left_over(document, taken)
    return taken


def _is_like_label(words: str) -> bool:
    """Whether words are a label that stands alone: few, with a colon, and no sentence's start."""
    is_short = words.endswith(":") and words[:1].isupper() and len(words.split()) <= _MOST_WORDS
    return is_short and not _GOES_ON.search(words)


def _years(heads: Sequence[Head]) -> int:
    return sum(head.kind == "year" for head in heads)


class _Placing:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.taken = Taken(form)
        self.mode: Mode = None
        self.has_begun = False
        self.settled: set[str] = set()  # tick lists that are read

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
        if self._goes_on(line) or self._goes_on_route(line):
            return
        if self._begins_table(line) or self._begins_fields(line):
            return
        if self._is_status(line):
            self.end()
            for cell in line.filled:
                self.taken.add("status", Value(" ".join(cell.lines), (source_of(cell),)))
            return
        if self.has_begun and self._begins_unknown(line):
            return
        self._take_more(line)

    def end(self) -> None:
        """End what was begun last."""
        if isinstance(self.mode, OpenTicks):
            self.settled.add(self.mode.name)
            ticks.settle(self.mode.name, self.mode.lines, self.mode.heading, self.form, self.taken)
        elif isinstance(self.mode, TitleAbove):
            self._ask_no_table(self.mode)
        elif isinstance(self.mode, UnknownTable):
            self._ask_unknown(self.mode)
        elif isinstance(self.mode, OpenMoney):
            self.mode.reader.end()
        self.mode = None

    # Lines that belong to a table begun before.

    def _goes_on(self, line: Line) -> bool:
        mode = self.mode
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
        if isinstance(self.mode, OpenMoney):
            # One that ends with a total is whole; one that begins with a single cell has a title.
            rows = self.mode.reader.grid.rows
            is_whole = bool(rows) and rows[-1].is_total
            goes_on = goes_on and not is_whole and len(line.filled) > 1
        if goes_on and isinstance(self.mode, OpenRecords | OpenMoney | UnknownTable):
            self.mode.table = line.table
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
            self.end()
            self.has_begun = True
            self.mode = OpenRecords(RecordReader(record, line, self.form, self.taken), line.table)
            return True
        if why := why_unclear(line):
            return self._begin_unclear(line, why)
        heads = heads_of(line)
        asks = self._asks_for_answer(line)
        title = None if asks else self._title_of(line, has_heads=bool(heads))
        is_titled = title is not None or isinstance(self.mode, TitleAbove)
        if heads and not asks and (is_titled or _years(heads) > 1):
            self._begin_money(line, title)
            return True
        if title and (titled := self._title_alone(line)) is not None:
            self.end()
            self.has_begun = True
            self.mode = replace(title, cell=titled)
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
        mode, above = self.mode, None
        if isinstance(mode, TitleAbove):
            above = source_of(mode.cell)
        elif isinstance(mode, OpenField) and mode.name == "saving" and not mode.count:
            above = mode.label
        title = self._title_of(line, has_heads=True)
        named = source_of(title.cell) if title else above
        if named is None:
            return False
        self.mode = None if above else self.mode
        self.end()
        self.has_begun = True
        self.mode = UnknownTable(
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
        return found is not None and bool(found.label.meaning) and _years(heads_of(line)) < 2

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
        before = self.mode if isinstance(self.mode, TitleAbove) else None
        chosen = title or before
        if chosen is None:
            self.end()
            self.mode = UnknownTable(
                line.table,
                f"The form '{self.form.name}' knows no table of figures by year with this heading.",
                "Write its figures into a sheet, or add the table to the form.",
                sources=[row_source(line.filled)],
            )
            return
        if before is not None and (title is None or title.table is before.table):
            self.taken.end(before.cell.atoms, Ending.FORM)
            self.mode = None
        else:
            self.end()
        if chosen.cut_from:
            self.taken.mends.append(Mend(source_of(chosen.cell), chosen.cut_from))
        self.has_begun = True
        reader = GridReader(chosen.table, chosen.cell, line, self.taken, chosen.cut_from)
        if before is not None and chosen is title and title.table is before.table:
            outer, inner = source_of(before.cell), reader.grid.title
            text = f"{outer.words.rstrip(': ')}: {inner.text}"
            reader.grid.title = Value(
                text, (outer, *inner.sources), "two titles, one above the other"
            )
        self.mode = OpenMoney(reader, line.table)

    # Lines that begin fields.

    def _begins_fields(self, line: Line) -> bool:
        """Take the labels of a line with the answers beside them."""
        if self._begins_options(line):
            return True
        pending: OpenField | None = None
        has_label = False
        for number, cell in enumerate(line.filled):
            if pending is not None and self._takes_route(pending, line.filled[number:]):
                break
            parts = self._labels_of(cell)
            if not parts:
                if pending is not None:
                    self._answer(pending, cell)
                elif has_label:
                    self._take_more(Line((cell,), line.table, line.row))
                elif cell is line.first:
                    return False
                continue
            has_label = True
            pending = self._begin(cell, parts)
            if isinstance(self.mode, OpenField):
                self.mode.table = line.table
        if isinstance(self.mode, OpenField):
            self.mode.is_answered = self.mode.count > 0
        return has_label

    def _goes_on_route(self, line: Line) -> bool:
        """Whether a line below "Decision route" is a meeting of it, and no label of its own."""
        mode = self.mode
        return isinstance(mode, OpenField) and self._takes_route(mode, line.filled)

    def _takes_route(self, opened: OpenField, cells: Sequence[Cell]) -> bool:
        """Take cells as a meeting on the way to a decision, or as headings of a list of them."""
        texts = ["; ".join(cell.lines) for cell in cells]
        if opened.name == "decision_route" and routes.are_headings(texts):
            self.taken.end(row_source(cells).atoms, Ending.FORM)
            return True
        if opened.name != "decision_route" or not routes.is_meeting(texts):
            return False
        words = ": ".join(filter(None, (texts[0].rstrip(": "), ", ".join(texts[1:]))))
        self._add(opened, replace(row_source(cells), words=words))
        opened.is_answered = True
        return True

    def _begins_options(self, line: Line) -> bool:
        """Whether a line is an option with its box, in a list that no label introduces."""
        if isinstance(self.mode, OpenTicks) or line.first is None:
            return False
        has_box = any(cell.marks for cell in line.filled) or (
            len(line.filled) == 2 and mark_typed(line.filled[-1].text) is not None
        )
        words = squash(" ".join(line.first.lines))
        for name, options in self.form.options.items():
            if has_box and name not in self.settled and words in map(squash, options):
                self.end()
                self.has_begun = True
                heading = Source(name.replace("_", " ").capitalize(), line.first.place)
                self.mode = OpenTicks(name, heading, [line])
                return True
        return False

    def _labels_of(self, cell: Cell) -> list[tuple[Found, str]]:
        if not cell.lines:
            return []
        parts = self.form.split(self._in_full(cell.lines[0]))
        if len(parts) > 1 and parts[0][0].label.meaning == "decision_route":
            said = parts[0][0].rest  # of which a meeting may be a label too
            return [(parts[0][0], said)] if routes.ends_with_day(said) else parts
        if not parts and len(cell.lines) > 1 and len(cell.text) <= _LONGEST_LABEL:
            found = self.form.label_at(" ".join(cell.lines))
            return [(found, "")] if found and not found.rest else []
        if not parts and (broken := self.form.label_within(cell.lines[0])):
            found, words = broken
            self.taken.mends.append(Mend(source_of(cell), words))
            return [(found, "")]
        return parts

    def _in_full(self, words: str) -> str:
        """A label "Total" below those of years in full: it is that of the savings."""
        is_below = isinstance(self.mode, OpenField) and self.mode.name == "saving"
        return _BARE_TOTAL.sub("Total saving", words, count=1) if is_below else words

    def _begin(self, cell: Cell, parts: Sequence[tuple[Found, str]]) -> OpenField | None:
        """Begin the fields of a cell; the last of them may go on in the cells behind it."""
        self.end()
        self.has_begun = True
        paragraph = next(each for each in cell.paragraphs if each.text)
        opened: OpenField | None = None
        for found, answer in parts:
            self.taken.end(paragraph.atoms, Ending.PLACED if answer else Ending.FORM)
            printed = found.heading if answer else " ".join(cell.lines)
            opened = self._open(found, Source(printed, paragraph.place, paragraph.atoms))
            said = Source(answer, paragraph.place, paragraph.atoms)
            if answer and opened is not None:
                self._add(opened, said)
            elif answer:
                self._keep_beside_heading(found, said)
        if opened is not None and not self._is_label(cell, parts):
            for each in cell.paragraphs:
                if each is not paragraph and each.text:
                    self._add(opened, source_of(each))
        return opened

    def _keep_beside_heading(self, found: Found, said: Source) -> None:
        """Keep words on the line of a heading that asks for nothing."""
        self.taken.add_background(found.heading, Value(said.words, (said,)))
        self.taken.ask(
            f"Words beside the heading '{found.heading}', which asks for none.",
            said,
            read_as="kept as background",
            do="Move them where they belong.",
        )

    def _is_label(self, cell: Cell, parts: Sequence[tuple[Found, str]]) -> bool:
        """Whether all lines of a cell are one label, which is broken over them."""
        found, answer = parts[0]
        is_alone = not answer and not found.rest and len(cell.lines) > 1
        return is_alone and self.form.label_at(" ".join(cell.lines)) is not None

    def _open(self, found: Found, printed: Source) -> OpenField | None:
        name = found.label.meaning
        if not name:
            self.mode = None
            return None
        if name in self.form.options:
            heading = Source(found.heading, printed.place, printed.atoms)
            self.mode = OpenTicks(name, heading)
            return OpenField(name, printed, found)
        self.mode = OpenField(name, printed, found)
        return self.mode

    def _answer(self, opened: OpenField, cell: Cell) -> None:
        """Take a cell that stands beside a label."""
        if isinstance(self.mode, OpenTicks) and self.mode.name == opened.name:
            self.mode.lines.append(Line((cell,)))
            return
        for paragraph in cell.paragraphs:
            if paragraph.text or paragraph.marks:
                self._add(opened, source_of(paragraph))

    def _add(self, opened: OpenField, source: Source) -> None:
        """Add words to the field that is open."""
        name = opened.name
        opened.count += 1
        if isinstance(self.mode, OpenTicks) and self.mode.name == name:
            cell = Cell(0, 0, (self._paragraph(source),), source.place)
            self.mode.lines.append(Line((cell,)))
        elif self.form.is_instruction(source.words):
            self.taken.end(source.atoms, Ending.FORM)
        elif name == "background":
            self.taken.add_background(opened.found.heading, Value(source.words, (source,)))
        elif name == "milestone":
            self._add_milestone(opened, source)
        elif name in MONEY or (name in OF_YEARS and "year" in opened.found.blanks):
            blanks = {**opened.found.blanks, "label": opened.label.words}
            self.taken.add_of_year(name, blanks, Value(source.words, (source,)))
        else:
            self.taken.add(name, self._said(opened, source))

    @staticmethod
    def _said(opened: OpenField, source: Source) -> Value:
        """The words of an answer, with the unit or the year that its label names."""
        blanks = opened.found.blanks
        if "year" in blanks:
            how = f"of the year of its label, '{opened.found.heading}'"
            return Value(f"{blanks['year']}: {source.words}", (source,), how)
        hint = blanks.get("hint", "") if opened.name in OF_YEARS else ""
        text = with_hint(source.words, hint)
        how = f"in the unit of its label, {hint}" if text != source.words else ""
        return Value(text, (source,), how)

    def _add_milestone(self, opened: OpenField, source: Source) -> None:
        """A label that asks for a date is a milestone: "Start date"."""
        row = {
            "milestone": Value(opened.found.heading, (opened.label,)),
            "completed_by": Value(source.words, (source,)),
        }
        self.taken.records.setdefault("milestones", []).append(row)
        self.taken.end((*opened.label.atoms, *source.atoms), Ending.PLACED)

    @staticmethod
    def _paragraph(source: Source) -> Paragraph:
        pieces = [
            type(piece)(piece.text, source.atoms if number == 0 else (), piece.mark)
            for number, piece in enumerate(pieces_of(source.words))
        ]
        return Paragraph(tuple(pieces), source.place)

    # Lines that begin nothing.

    def _take_more(self, line: Line) -> None:
        mode = self.mode
        if isinstance(mode, OpenTicks):
            mode.lines.append(line)
        elif isinstance(mode, OpenField):
            self._answer_more(mode, line)
        elif isinstance(mode, TitleAbove) and joins_title(line.filled[0].text):
            content = (*mode.cell.content, *line.filled[0].content)
            self.mode = replace(mode, cell=replace(mode.cell, content=content))
        else:
            if line.table is None:
                self.end()  # a table that words stand behind is over
            self._take_loose(line)

    def _begins_unknown(self, line: Line) -> bool:
        """Whether a line of its own looks like a label that the form does not know.

        "Outcums of the project:", or a heading of the paper's own; "as follows:" is none.
        """
        paragraphs = [each for cell in line.filled for each in cell.paragraphs if each.text]
        if len(paragraphs) != 1 or any(cell.marks for cell in line.filled):
            return False
        words = paragraphs[0].text
        if not (_is_like_label(words) or paragraphs[0].level):
            return False
        self.end()
        source = source_of(line.filled[0])
        heading = without_hint(words).rstrip(": ")
        self._ask_unknown_label(heading, source)
        self.taken.end(source.atoms, Ending.BACKGROUND)
        self.mode = OpenField(
            "background", source, Found(Label(heading, "background", heading), "")
        )
        return True

    def _answer_more(self, mode: OpenField, line: Line) -> None:
        """Words below a label belong to it, unless they look like a label that is not known."""
        if self._is_over(mode, line):
            self._take_loose(line)
            return
        if line.table is not None and len(line.filled) > 1:
            if line.table is mode.table:
                self._take_loose(line)
            else:
                self._answer_in_rows(mode, line)
            return
        for cell in line.filled:
            self._answer(mode, cell)

    def _is_over(self, mode: OpenField, line: Line) -> bool:
        """Whether a line below an answer is no more of it: of a short one, or led by a label."""
        words = " ".join(" ".join(cell.lines) for cell in line.filled)
        if _LABEL_AND_FIGURE.fullmatch(words):
            return True  # "Forecast overspend: (5)" is no sentence of the text above it
        if not mode.is_answered:
            return mode.name in ONE_LINE and mode.count > 0
        return mode.name in ONE_LINE or self._heading_of(line)[0] != _ELSE

    def _answer_in_rows(self, mode: OpenField, line: Line) -> None:
        """A row of a table below a label, as one line of its answer."""
        cells = [source_of(cell) for cell in line.filled]
        words = ": ".join(
            [cells[0].words.rstrip(": "), " | ".join(each.words for each in cells[1:])]
        )
        atoms = tuple(number for each in cells for number in each.atoms)
        self._add(mode, Source(words, cells[0].place, atoms))

    def _is_status(self, line: Line) -> bool:
        """Whether a line says how far the paper is approved; it may stand anywhere."""
        words = " ".join(" ".join(cell.lines) for cell in line.filled)
        return says_status(words, self.form, self.taken)

    def _take_loose(self, line: Line) -> None:
        """Keep what no label of the form introduces as background, and ask what it is."""
        first = line.filled[0]
        if all(number in self.taken.endings for cell in line.filled for number in cell.atoms):
            return
        if all(self.form.is_instruction(" ".join(cell.lines)) for cell in line.filled):
            for cell in line.filled:
                self.taken.end(cell.atoms, Ending.FORM)
            return
        heading, cells = self._heading_of(line)
        sources = tuple(map(source_of, cells))
        words = " | ".join(source.words for source in sources)
        self.taken.add_background(heading, Value(words, sources))
        self.taken.end(first.atoms, Ending.BACKGROUND)
        if not self.has_begun and self._is_cover(line, heading):
            return
        if heading != _ELSE:
            self._ask_unknown_label(heading, source_of(first))
            return
        read_as, do = AS_BACKGROUND
        self.taken.ask(NO_LABEL, source_of(first), read_as=read_as, do=do)

    def _is_cover(self, line: Line, heading: str) -> bool:
        """Whether a line above all labels is a title of the paper, such as the council's name."""
        if len(line.filled) != 1 or line.filled[0].marks or len(line.filled[0].text) > 100:
            return False
        is_title = not re.search(r"[.;!?]\s*$|[£%]", line.filled[0].text)
        return is_title and (heading == _ELSE or not self.form.nearest_label(heading))

    def _ask_unknown_label(self, heading: str, source: Source) -> None:
        near = self.form.nearest_label(heading)
        meant = f" The nearest label known is '{near}'." if near else ""
        self.taken.ask(
            f"'{heading}' is no label of the form '{self.form.name}'.{meant}",
            source,
            read_as="kept as background",
            do="Move it where it belongs, or add the label to the form.",
        )

    @staticmethod
    def _heading_of(line: Line) -> tuple[str, tuple[Cell, ...]]:
        """A label that the form does not know, and what stands beside it."""
        first = line.filled[0]
        words = " ".join(first.lines)
        label, colon, rest = words.partition(":")
        if len(line.filled) > 1 and len(words) <= _LONGEST_LABEL:
            return without_hint(words).rstrip(": "), line.filled[1:]
        if colon and rest.strip() and len(label) <= _LONGEST_LABEL // 2 and label[:1].isupper():
            return without_hint(label), line.filled
        return _ELSE, line.filled

    # What is asked at the end.

    def _ask_no_table(self, title: TitleAbove) -> None:
        source = source_of(title.cell)
        self.taken.ask(
            f"'{source.words}' has no table of figures by year below it.",
            source,
            read_as="no figures",
            do="Write the figures, or say that there are none.",
            also=title.table.sheet,
        )

    def _ask_unknown(self, mode: UnknownTable) -> None:
        words = "; ".join(source.words for source in mode.sources)
        atoms = tuple(number for source in mode.sources for number in source.atoms)
        self.taken.ask(
            mode.asks,
            Source(words, mode.sources[0].place, atoms),
            read_as="not placed",
            do=mode.do,
            also=mode.also,
        )


_ELSE = "Other words of the paper"
