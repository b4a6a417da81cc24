"""Tables whose rows are milestones, risks, sign-offs or deadlines."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ffanalysis.intake import boxes
from ffanalysis.intake.document import Block, Cell, Paragraph, Piece, Table
from ffanalysis.intake.forms import Form, RecordTable
from ffanalysis.intake.lines import Line
from ffanalysis.intake.taken import Ending, Mend, Source, Taken, Value, source_of
from ffanalysis.vocabulary import denies

_SENTENCE_ENDS = re.compile(r"[.!?:;]['’\")]?$")
# The columns that a row of each kind begins with.
MAIN: Mapping[str, str] = {
    "milestones": "milestone",
    "risks": "risk",
    "signoff": "role",
    "deadlines": "what",
}


@dataclass(frozen=True)
class _Column:
    """A column of such a table: what it goes into, "" for none, and what the paper heads it."""

    first: int
    last: int
    into: str
    heading: str


def headings_of(line: Line, form: Form) -> RecordTable | None:
    """The table whose headings a row has: its main column, and one more at least."""
    if len(line.filled) < 2:
        return None
    known = {record.into: _headings_known(line, record) for record in form.records}
    best = max(form.records, key=lambda record: known[record.into], default=None)
    return best if best is not None and known[best.into] else None


def _headings_known(line: Line, record: RecordTable) -> int:
    """How many headings of a table a row has; none where it is no row of its headings."""
    columns = {column.into for column in _columns_of(line, record)} - {""}
    known = sum(record.knows(" ".join(cell.lines)) for cell in line.filled)
    names = {part for column in columns for part in column.split(": ")}
    are_enough = len(columns) > 1 and known * 2 >= len(line.filled)
    return known if are_enough and _are_headings(names, record) else 0


def _are_headings(names: Collection[str], record: RecordTable) -> bool:
    """Whether columns are those of a table: its main one among them, or a risk's scores without."""
    return MAIN[record.into] in names or {"mitigation", "score", "impact"} <= {*names}


def _columns_of(line: Line, record: RecordTable) -> list[_Column]:
    """The columns that a row heads.

    A table of risks may head its first column in words of its own, or not at all.
    """
    found = []
    for cell in line.filled:
        heading = " ".join(cell.lines)
        into = record.column_of(heading) or ""
        found.append(_Column(cell.column, cell.column + cell.columns - 1, into, heading))
    names = {column.into for column in found} - {""}
    is_risks = record.into == "risks" and "mitigation" in names and len(names) > 1
    return _with_risks(found, record) if is_risks and "risk" not in names else found


def _with_risks(columns: Sequence[_Column], record: RecordTable) -> list[_Column]:
    """The columns with the first as that of the risks, where it may be."""
    first = columns[0]
    if first.first:
        return [_Column(0, first.first - 1, "risk", ""), *columns]
    is_own = not record.knows(first.heading)
    return [replace(first, into="risk") if is_own else first, *columns[1:]]


class RecordReader:
    """Reads the rows below a row of headings."""

    def __init__(self, record: RecordTable, line: Line, form: Form, taken: Taken) -> None:
        self._record, self._form, self._taken = record, form, taken
        self.into = record.into
        self._columns = _columns_of(line, record)
        for cell in line.filled:
            taken.end(cell.atoms, Ending.FORM)
        self._rows = taken.records.setdefault(record.into, [])
        self._begun = len(self._rows)
        self._asked: set[str] = set()  # what is asked about the table once
        self._ask_main(line)

    def _ask_main(self, line: Line) -> None:
        """Ask where the column of the risks is headed in words of its own, or is missing."""
        main = next((each for each in self._columns if each.into == "risk"), None)
        if self.into != "risks" or (main and not main.heading):
            return
        if main is None:
            asks, read_as = "The table of mitigations has no column for the risks.", "no risk"
        elif not self._record.column_of(main.heading):
            asks, read_as = f"'{main.heading}' is taken for the heading of the risks.", "risks"
        else:
            return
        do = "Write the risk of each row, where it is another."
        self._taken.ask(asks, source_of(line.filled[0]), read_as=read_as, do=do, also="Risks")

    def read(self, line: Line) -> None:
        """Take a row; one that only goes on with the last is joined to it."""
        cells = [(self._column_over(cell), cell) for cell in line.filled]
        if self._goes_on(cells):
            self._join(cells)
            return
        row: dict[str, Value] = {}
        beside: list[tuple[str, Cell]] = []
        for (column, heading), cell in cells:
            if column and (column not in row or column in _IN_WORDS):
                self._put(column, self._value(cell), row)
            else:
                beside.append((heading, cell))
        if row:
            self._rows.append(row)
        about = next((row[name].text for name in (MAIN[self.into], *row) if name in row), "")
        for heading, cell in beside:
            self._keep(heading, cell, about)
        if self.into == "signoff":
            self._ask_denied(row, [source_of(cell) for _, cell in beside])

    def _ask_denied(self, row: dict[str, Value], beside: Sequence[Source]) -> None:
        """Take no date for a signature where words beside it say that there is none."""
        own = [source for name in ("name", "minute") if name in row for source in row[name].sources]
        said = next((source for source in (*own, *beside) if denies(source.words)), None)
        if said is None or "signed" not in row:
            return
        signed = row.pop("signed")
        who = row["role"].text if "role" in row else "A signature"
        self._taken.ask(
            f"{who}: '{said.words}' stands beside the date {signed.text}.",
            said,
            read_as="not signed",
            do="Write the date, if it was signed.",
            also="Sign-off",
        )

    def _put(self, column: str, value: Value, row: dict[str, Value]) -> None:
        """Put words into a column of a row, behind those of another heading for it."""
        if column == "role: name":
            row.update(self._role_and_name(value))
        elif column in row:
            before = row[column]
            row[column] = Value(
                f"{before.text}\n{value.text}", (*before.sources, *value.sources), "two columns"
            )
        else:
            row[column] = value
        for source in value.sources:
            self._taken.end(source.atoms, Ending.PLACED)

    def _column_over(self, cell: Cell) -> tuple[str, str]:
        for column in self._columns:
            if column.first <= cell.column + cell.columns - 1 and cell.column <= column.last:
                return column.into, column.heading
        return "", ""

    def _value(self, cell: Cell) -> Value:
        """The words of a cell, without a heading of the form that was glued to their end."""
        source = source_of(cell)
        if cell.marks and cell.lines:
            return boxes.chosen(
                Value(source.words, (source,)), self._column_over(cell)[1], self._taken
            )
        text = "\n".join(cell.lines)
        for label in self._form.labels:
            if label.meaning or not label.words:
                continue
            end = re.search(rf"(?<=[.!?])\s+{re.escape(label.words)}\s*:?$", text)
            if end and len(label.words) > 12:
                now = text[: end.start()]
                self._taken.mends.append(Mend(source, now))
                return Value(now, (source,), f"without the heading '{label.words}' behind it")
        return Value(text, (source,))

    def _goes_on(self, cells: Sequence[tuple[tuple[str, str], Cell]]) -> bool:
        """Whether a row is the rest of the one above: a sentence that goes on in lower case."""
        if len(cells) != 1 or len(self._rows) <= self._begun:
            return False
        (column, _), cell = cells[0]
        last = self._rows[-1].get(column)
        begins = " ".join(cell.lines)[:1]
        is_open = last is not None and not _SENTENCE_ENDS.search(last.text)
        return bool(column) and is_open and begins.islower()

    def _join(self, cells: Sequence[tuple[tuple[str, str], Cell]]) -> None:
        (column, _), cell = cells[0]
        last, more = self._rows[-1][column], source_of(cell)
        text = f"{last.text} {more.words}"
        self._rows[-1][column] = Value(text, (*last.sources, more), "joined from two rows")
        self._taken.mends.append(Mend(Source(f"{last.text} | {more.words}", more.place), text))
        self._taken.end(more.atoms, Ending.PLACED)

    def _role_and_name(self, value: Value) -> dict[str, Value]:
        """Job title and name from one cell: "Head of Service: John Edwards"."""
        for stop in (":", " – ", " - ", "\n"):
            role, found, name = value.text.partition(stop)
            if found and role.strip() and name.strip():
                how = f"from '{value.words}'"
                return {
                    "role": Value(role.strip(), value.sources, how),
                    "name": Value(name.strip(), value.sources, how),
                }
        if not value.text.rstrip(": "):
            return {}
        source = value.sources[0]
        if value.text.rstrip().endswith(":"):
            self._taken.ask(
                f"Nobody is named for '{value.text.rstrip(': ')}'.",
                source,
                read_as="no name",
                do="Write who it is.",
                also="Sign-off",
            )
        else:
            self._taken.ask(
                f"'{value.text}' may be a job title, a name, or both.",
                source,
                read_as="a job title",
                do="Write the title and the name in columns of their own.",
                also="Sign-off",
            )
        return {"role": Value(value.text.rstrip(": "), value.sources)}

    def _keep(self, heading: str, cell: Cell, about: str) -> None:
        """Keep what no column takes; a heading that such tables do not have is asked about once."""
        source = source_of(cell)
        if heading:
            kept = background_of(heading, about)
            self._taken.add_background(kept, Value(source.words, (source,)))
        if heading and (self._record.knows(heading) or heading in self._asked):
            return
        self._asked.add(heading)
        table = self.into.replace("signoff", "the sign-off")
        asks = f"The column '{heading}', which no column of {table} takes."
        self._taken.ask(
            asks if heading else f"'{source.words}' stands under no heading.",
            source,
            read_as="kept as background" if heading else "not placed",
            do="Say where it belongs.",
        )


def background_of(heading: str, about: str) -> str:
    """The heading under which a part of a record is kept: "Review date (Harbours join late)"."""
    heading = heading.rstrip(": ")
    return f"{heading} ({about[:_LONGEST_ABOUT]})" if about else heading


_IN_WORDS = ("risk", "mitigation", "owner")  # of which a table may have two columns
_LONGEST_ABOUT = 60  # letters
_LONGEST_LABEL = 6  # words
_WITHIN = ("risks", "milestones")  # what one table may have one after the other, label by label


def records_apart(blocks: Sequence[Block], form: Form) -> tuple[Block, ...]:
    """The blocks, with each record that stands label by label within a table as one of its own."""
    made: list[Block] = []
    lines: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block)
            continue
        made += [*_lines_apart(lines, form), *_apart(block, form)]
        lines = []
    return (*made, *_lines_apart(lines, form))


def _lines_apart(lines: Sequence[Paragraph], form: Form) -> list[Block]:
    """Paragraphs, with each record that stands line by line as a table of its own."""
    records = [record for record in form.records if record.into in _WITHIN]
    made: list[Block] = []
    place = 0
    while place < len(lines):
        found = (_lines_of_record(lines, place, record) for record in records)
        end = max(found, default=place)
        is_record = end - place > 1
        end = end if is_record else place + 1
        made.append(_table_of(lines[place:end]) if is_record else lines[place])
        place = end
    return made


def _lines_of_record(lines: Sequence[Paragraph], first: int, record: RecordTable) -> int:
    """The line behind a record that begins at a line with its main label, or that line."""
    if _label_of(lines[first], record) != MAIN[record.into]:
        return first
    seen, end = {MAIN[record.into]}, first + 1
    for place, line in enumerate(lines[first + 1 : first + 12], start=first + 2):
        label = _label_of(line, record)
        if label is None or label in seen:
            break
        if label:
            seen.add(label)
            end = place
    return end


def _label_of(line: Paragraph, record: RecordTable) -> str | None:
    """The column that a line's label names, "" for another label; None where it has no answer."""
    label, _, answer = line.text.partition(":")
    if not answer.strip() or line.marks or len(label.split()) > _LONGEST_LABEL:
        return None
    return record.column_of(label) or ""


def _table_of(lines: Sequence[Paragraph]) -> Table:
    """Lines of a label and an answer as the rows of a table."""
    cells: list[Cell] = []
    for row, line in enumerate(lines):
        label, _, answer = line.text.partition(":")
        for column, text in enumerate((label, answer.strip())):
            said = Paragraph((Piece(text, line.atoms),), line.place)
            cells.append(Cell(row, column, (said,), line.place))
    return Table(tuple(cells), lines[0].place)


def _apart(table: Table, form: Form) -> list[Table]:
    records = [record for record in form.records if record.into in _WITHIN]
    places, row = {0, table.height}, 0
    while row < table.height:
        ends = (_end_of_record(table, row, record) for record in records)
        end = next(filter(None, ends), None)
        if end is not None:
            places |= {row, end}
        row = end or row + 1
    if any(_is_cut(table, place) for place in places):
        return [table]
    return [_rows(table, first, end) for first, end in pairwise(sorted(places))]


def _end_of_record(table: Table, first: int, record: RecordTable) -> int | None:
    """The row behind a record that begins at a row with its main label; None where none does."""
    if _label_at(table, first, record) != MAIN[record.into]:
        return None
    seen, end = {MAIN[record.into]}, first + 1
    for row in range(first + 1, min(table.height, first + 12)):
        label = _label_at(table, row, record)
        if label is None or label in seen:
            break
        if label:
            seen.add(label)
            end = row + 1
    return end if len(seen) > 1 else None


def _label_at(table: Table, row: int, record: RecordTable) -> str | None:
    """The column that a row's label names, "" for another label; None where it is no such row."""
    cells = [cell for cell in table.row(row) if cell.text]
    if not cells or len(cells) > 2 or any(cell.marks for cell in cells):
        return None
    if len(cells) == 2 and record.column_of(" ".join(cells[1].lines)):
        return None  # a row of headings
    return record.column_of(" ".join(cells[0].lines)) or ""


def _is_cut(table: Table, place: int) -> bool:
    return any(cell.row < place < cell.row + cell.rows for cell in table.cells)


def _rows(table: Table, first: int, end: int) -> Table:
    cells = [replace(c, row=c.row - first) for c in table.cells if first <= c.row < end]
    return Table(tuple(cells), table.place)


def one_record(table: Table, before: Paragraph | None, form: Form, taken: Taken) -> bool:
    """Take a table that is one record, its labels in the first column; whether it is one.

    A declaration names its role in the paragraph `before` it: "SRO declaration".
    """
    pairs = _pairs_of(table)
    for record in form.records:
        columns = [record.column_of(" ".join(cells[0].lines)) for cells in pairs]
        known = [column for column in columns if column]
        if len(known) != len(set(known)) or len(known) < 2 or len(known) * 2 < len(pairs):
            continue
        if MAIN[record.into] in known:
            _take_pairs(record, pairs, columns, taken, {})
            return True
        if record.into == "signoff" and before is not None and "signed" in known:
            source = source_of(before)
            role = re.sub(r"\s*declaration\s*:?$", "", source.words, flags=re.I)
            taken.end(source.atoms, Ending.PLACED)
            _take_pairs(record, pairs, columns, taken, {"role": Value(role, (source,))})
            return True
    return False


def _pairs_of(table: Table) -> list[list[Cell]]:
    """The rows of a table that has labels left and answers beside them; else nothing."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.text or cell.marks:
            rows.setdefault(cell.row, []).append(cell)
    pairs = list(rows.values())
    is_one = len(pairs) > 1 and all(len(cells) in (1, 2) for cells in pairs)
    is_one = is_one and any(len(cells) == 2 for cells in pairs)
    return pairs if is_one and len({cells[0].column for cells in pairs}) == 1 else []


def _take_pairs(
    record: RecordTable,
    pairs: Sequence[Sequence[Cell]],
    columns: Sequence[str | None],
    taken: Taken,
    row: dict[str, Value],
) -> None:
    for cells, column in zip(pairs, columns, strict=True):
        label = source_of(cells[0])
        taken.end(label.atoms, Ending.FORM)
        if len(cells) == 1:
            continue
        source = source_of(cells[1])
        value = Value("\n".join(cells[1].lines), (source,))
        if column:
            row[column] = value
            taken.end(source.atoms, Ending.PLACED)
        else:
            about = next(iter(row.values())).text if row else ""
            taken.add_background(background_of(label.words, about), value)
    if row:
        taken.records.setdefault(record.into, []).append(row)
