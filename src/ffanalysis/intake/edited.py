"""A workbook that intake wrote and an analyst has edited since: what was edited is kept.

Three things are compared: what the paper said when it was taken in (the sheet From the paper), what
the workbook says now, and what the newer paper says. A cell that was edited keeps the edit; what
differs is listed.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import openpyxl
from openpyxl.utils.cell import coordinate_from_string

from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.intake.book import FROM_PAPER, TO_CHECK, Entry, Sheet
from ffanalysis.intake.words import key

_Row = dict[str, Any]  # heading → value


@dataclass(frozen=True)
class Difference:
    """A cell on which the newer paper and the workbook, or the paper before it, differ."""

    sheet: str
    row: str  # what the row is about
    heading: str
    was: str  # as it was taken in before
    paper: str  # as the paper says it now
    workbook: str  # as the workbook said it

    @property
    def is_kept(self) -> bool:
        """Whether the workbook was edited, and keeps its edit."""
        return not _same(self.was, self.workbook)

    @property
    def sentence(self) -> str:
        about = f"{self.sheet}, {self.row or 'above the table'}, {self.heading or 'title'}"
        if self.is_kept:
            return (
                f"{about}: edited to '{self.workbook or 'blank'}', which is kept; the paper says"
                f" '{self.paper or 'nothing'}'."
            )
        return (
            f"{about}: the paper said '{self.was or 'nothing'}', and now says"
            f" '{self.paper or 'nothing'}'."
        )


@dataclass
class _Old:
    """A sheet as it is in the workbook now, beside what was taken into it."""

    rows: list[_Row] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    above: dict[str, Any] = field(default_factory=dict)  # label → value
    taken: dict[int, dict[str, str]] = field(default_factory=dict)  # row then → heading → value
    taken_above: dict[str, str] = field(default_factory=dict)


@dataclass
class Edited:
    """The workbook as it was found."""

    sheets: dict[str, _Old]
    others: list[Sheet]  # sheets that intake did not write, as they are
    answers: dict[str, tuple[str, str]]  # by the question's letters: question, answer


def read_edited(name: str, content: bytes) -> Edited:
    """A workbook that intake wrote. Raises WorkbookUnreadable where it cannot be read."""
    try:
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        written = openpyxl.load_workbook(io.BytesIO(content))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file is one sentence
        why = f"it is no workbook whose edits can be kept ({error}). Move it away first."
        raise WorkbookUnreadable(name, why) from None
    taken = _taken(values)
    if not taken:
        raise WorkbookUnreadable(
            name,
            f"it has no sheet '{FROM_PAPER}', so what was edited in it cannot be told. Move it"
            " away, or give another name.",
        )
    sheets = {each: _old(values[each], cells) for each, cells in taken.items() if each in values}
    ours = {*taken, TO_CHECK, FROM_PAPER}
    others = [
        _copied(values[each], written[each]) for each in values.sheetnames if each not in ours
    ]
    return Edited(sheets, others, _answers(values))


def keep_edits(sheets: Sequence[Sheet], edited: Edited) -> list[Difference]:
    """Put the edits of the workbook into new sheets; what differs, in their order."""
    return [
        each
        for sheet in sheets
        if (old := edited.sheets.get(sheet.name)) is not None
        for each in _keep(sheet, old)
    ]


def _taken(book: openpyxl.Workbook) -> dict[str, list[tuple[str, str, str]]]:
    """Sheet → (cell, heading, value) as they were taken in."""
    if FROM_PAPER not in book.sheetnames:
        return {}
    rows = [[_text(value) for value in row] for row in book[FROM_PAPER].values]
    head = next((n for n, row in enumerate(rows) if "As taken in" in row), None)
    if head is None:
        return {}
    columns = {name: rows[head].index(name) for name in rows[head] if name}
    wanted = ("Sheet of this workbook", "Cell of this workbook", "Under the heading", "As taken in")
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows[head + 1 :]:
        sheet, cell, heading, value = (row[columns[name]] for name in wanted)
        if sheet and cell:
            found.setdefault(sheet, []).append((cell, heading, value))
    return found


def _old(page: Any, cells: Iterable[tuple[str, str, str]]) -> _Old:
    old = _Old()
    known = {heading for _, heading, _ in cells if heading}
    grid = [list(row) for row in page.values]
    scored = [(sum(_text(value) in known for value in row), -n) for n, row in enumerate(grid)]
    best = max(scored, default=(0, 0))
    head = -best[1] if best[0] else len(grid)
    for row in grid[:head]:
        if len(row) > 1 and _text(row[0]) and _text(row[1]):
            old.above[_text(row[0])] = row[1]
    old.above[""] = grid[0][0] if grid and grid[0] else None
    if head < len(grid):
        old.headings = [_text(value) for value in grid[head]]
        for row in grid[head + 1 :]:
            if any(value is not None for value in row):
                old.rows.append(
                    {name: value for name, value in zip(old.headings, row, strict=False) if name}
                )
    for cell, heading, value in cells:
        number = coordinate_from_string(cell)[1]
        if cell == "A1" or (heading in old.above and heading not in old.headings):
            old.taken_above[heading] = value
        else:
            old.taken.setdefault(number, {})[heading] = value
    return old


def _keep(sheet: Sheet, old: _Old) -> Iterator[Difference]:
    for number, (label, entry) in enumerate(sheet.statements):
        kept, found = _cell(
            entry, old.taken_above.get(label), old.above.get(label), known=label in old.taken_above
        )
        if found:
            yield replace(found, sheet=sheet.name, heading=label)
        if kept is not None:
            sheet.statements[number] = (label, kept)
    for heading in old.headings:
        if heading and heading not in sheet.headings:
            sheet.headings.append(heading)
            for row in sheet.rows:
                row.append(None)
    now = _matched(list(old.taken.values()), old.rows)
    new = [{h: e.text for h, e in zip(sheet.headings, row, strict=True) if e} for row in sheet.rows]
    before = _matched(new, list(old.taken.values()))
    used: set[int] = set()
    for number, row in enumerate(sheet.rows):
        taken_at = before.get(number)
        found_at = now.get(taken_at) if taken_at is not None else None
        if taken_at is None or found_at is None:
            continue
        used.add(found_at)
        taken, found_row = list(old.taken.values())[taken_at], old.rows[found_at]
        about = next(iter(new[number].values()), "")
        about = next((text for h, text in new[number].items() if h != "Project"), about)
        for column, heading in enumerate(sheet.headings):
            kept, differs = _cell(
                row[column], taken.get(heading), found_row.get(heading), known=True
            )
            row[column] = kept
            if differs and heading != "Project":
                yield replace(differs, sheet=sheet.name, row=about[:60], heading=heading)
    yield from _added(sheet, old, used, now)


def _added(sheet: Sheet, old: _Old, used: set[int], now: Mapping[int, int]) -> Iterator[Difference]:
    """Rows that an analyst added stay; those that the paper no longer has are listed."""
    matched = set(now.values())
    for number, row in enumerate(old.rows):
        if number in used:
            continue
        if number in matched:
            text = next((_text(v) for h, v in row.items() if h != "Project" and _text(v)), "")
            yield Difference(sheet.name, text[:60], "the row", text, "", text)
            continue
        entries = [
            _entry(row[heading], "added in the workbook") if _text(row.get(heading)) else None
            for heading in sheet.headings
        ]
        sheet.rows.append(entries)


def _cell(
    new: Entry | None, taken: str | None, found: Any, *, known: bool
) -> tuple[Entry | None, Difference | None]:
    """What a cell holds after all: the edit, or what the paper says now; and how they differ."""
    was, now, said = taken or "", new.text if new else "", _text(found)
    if not known or (new is not None and not new.is_from_paper and taken is None):
        # Ours, such as the project's name or a plan: an edit of it is kept without a word.
        return (_entry(found, "edited in the workbook") if said and said != now else new), None
    if _same(was, said):
        return new, None if _same(was, now) else Difference("", "", "", was, now, said)
    if _same(now, said):
        return new, None
    kept = _entry(found, f"edited in the workbook; the paper says '{now}'") if said else None
    if kept is not None and new is not None:
        kept = replace(kept, words=new.words, place=new.place, paper=new.paper, taken=now)
    return kept, Difference("", "", "", was, now, said)


def _matched(
    rows: Sequence[Mapping[str, Any]], among: Sequence[Mapping[str, Any]]
) -> dict[int, int]:
    """Each row's likest among others, by the cells they share; none is taken twice."""
    found: dict[int, int] = {}
    free = dict(enumerate(among))
    scored = sorted(
        (
            (-_likeness(row, other), abs(number - place), number, place)
            for number, row in enumerate(rows)
            for place, other in free.items()
        ),
    )
    for score, _, number, place in scored:
        if score < 0 and number not in found and place in free:
            found[number] = place
            del free[place]
    return found


def _likeness(row: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    return sum(
        _same(_text(value), _text(other.get(heading)))
        for heading, value in row.items()
        if _text(value) and heading != "Project"
    )


def _same(left: str, right: str) -> bool:
    """Whether two texts say the same: numbers by their value, others whatever their spacing."""
    one, other = _number(left), _number(right)
    if one is not None and other is not None:
        return one == other
    return " ".join(left.split()) == " ".join(right.split())


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _entry(value: Any, how: str) -> Entry:
    """A value of the workbook as an entry."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value))
        places = max(0, -int(number.normalize().as_tuple().exponent))
        form = "#,##0" + ("." + "0" * places if places else "")
        return Entry(str(value), number, form, how=how)
    if hasattr(value, "strftime"):
        return Entry(f"{value.day} {value:%B} {value.year}", how=how)
    return Entry(_text(value), how=how)


def _copied(values: Any, written: Any) -> Sheet:
    """A sheet that intake did not write, cell by cell; a formula is kept as what it came to."""
    rows = [list(row) for row in values.values]
    sheet = Sheet(values.title, Entry(""), [])
    sheet.raw = [
        [_entry(value, "") if value is not None else None for value in row] for row in rows
    ]
    has_formula = any(cell.data_type == "f" for row in written.iter_rows() for cell in row)
    sheet.note = "formulas are kept as their values" if has_formula else ""
    return sheet


def _answers(book: openpyxl.Workbook) -> dict[str, tuple[str, str]]:
    """The answers that were written beside the questions."""
    if TO_CHECK not in book.sheetnames:
        return {}
    rows = [[_text(value) for value in row] for row in book[TO_CHECK].values]
    head = next((row for row in rows if "Your answer" in row and "To check" in row), None)
    if head is None:
        return {}
    asked, answer = head.index("To check"), head.index("Your answer")
    said = (row for row in rows if row[answer] and row is not head)
    return {key(row[asked]): (row[asked], row[answer]) for row in said}
