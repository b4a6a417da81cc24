"""A workbook that intake wrote and an analyst has edited since: what was edited is kept.

Three things are compared: what the paper said when it was taken in (the sheet From the paper), what
the workbook says now, and what the newer paper says. A cell that was edited keeps the edit; what
differs is listed.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.cell import coordinate_from_string

from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.intake.book import DELETED, FROM_PAPER, TO_CHECK, Entry, Sheet
from ffanalysis.intake.words import key

_Row = dict[str, Any]  # heading → value
_OWNERS = ("Project", "Programme", "Type of saving", "Unit")  # many rows have these in common
_SHOWN = 60  # letters of a row's label that a sentence shows


class _Taken(NamedTuple):
    """A cell as it was taken in before."""

    address: str
    heading: str
    value: str

    @property
    def row(self) -> int:
        if self.address.startswith(DELETED):
            return -int(self.address.removeprefix(DELETED))
        return int(coordinate_from_string(self.address)[1])


@dataclass(frozen=True)
class Difference:
    """A cell on which the newer paper and the workbook, or the paper before it, differ."""

    sheet: str
    row: str  # what the row is about
    heading: str
    was: str  # as it was taken in before
    paper: str  # as the paper says it now
    workbook: str  # as the workbook said it
    said: str = ""  # of a whole row or sheet: what became of it

    @property
    def is_kept(self) -> bool:
        """Whether the workbook was edited, and keeps its edit."""
        return not _same(self.was, self.workbook)

    @property
    def sentence(self) -> str:
        if self.said:
            return f"{self.sheet}{', ' if self.row else ''}{self.row}: {self.said}"
        about = f"{self.sheet}, {self.row or 'above the table'}, {self.heading or 'title'}"
        if self.is_kept:
            edit = f"edited to '{self.workbook}'" if self.workbook else "deleted"
            return f"{about}: {edit}, which is kept; the paper says {_quoted(self.paper)}."
        return f"{about}: the paper said {_quoted(self.was)}, and now says {_quoted(self.paper)}."


def _quoted(text: str) -> str:
    return f"'{text}'" if text else "nothing"


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
    deleted: frozenset[str] = frozenset()  # sheets that intake wrote and that are gone
    projects: frozenset[str] = frozenset()


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
    deleted = frozenset(each for each in taken if each not in values)
    projects = (
        frozenset(_text(row["Project"]) for row in sheets["Projects"].rows if row.get("Project"))
        if "Projects" in sheets
        else frozenset()
    )
    return Edited(sheets, others, _answers(values), deleted, projects)


def keep_edits(sheets: list[Sheet], edited: Edited) -> list[Difference]:
    """Put the edits of the workbook into new sheets; what differs, in their order.

    A sheet or a row that was deleted in the workbook stays deleted.
    """
    differences: list[Difference] = []
    for sheet in list(sheets):
        old = edited.sheets.get(sheet.name)
        if old is not None:
            differences += _keep(sheet, old)
        elif sheet.name in edited.deleted:
            sheet.is_deleted = True
            gone = "the workbook has no such sheet any more, and it is left out"
            differences.append(_of_row(sheet.name, "", f"{gone}; the paper has it."))
    return differences


def _of_row(sheet: str, row: str, said: str) -> Difference:
    return Difference(sheet, row[:_SHOWN], "", "", "", "", said)


def _taken(book: openpyxl.Workbook) -> dict[str, list[_Taken]]:
    """Sheet → its cells as they were taken in."""
    table = _table_of(book, FROM_PAPER, "As taken in")
    found: dict[str, list[_Taken]] = {}
    for row in table:
        if row["Sheet of this workbook"] and row["Cell of this workbook"]:
            cell = _Taken(
                row["Cell of this workbook"], row["Under the heading"], row["As taken in"]
            )
            found.setdefault(row["Sheet of this workbook"], []).append(cell)
    return found


def _table_of(book: openpyxl.Workbook, sheet: str, heading: str) -> list[dict[str, str]]:
    """The rows below the row of headings that has this one, as heading → text."""
    if sheet not in book.sheetnames:
        return []
    rows = [[_text(value) for value in row] for row in book[sheet].values]
    head = next((number for number, row in enumerate(rows) if heading in row), None)
    if head is None:
        return []
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def _old(page: Any, cells: Sequence[_Taken]) -> _Old:
    """A sheet of the workbook: what stands above its headings, its rows, what was taken in."""
    grid = [list(row) for row in page.values]
    head = _heading_row(grid, {cell.heading for cell in cells if cell.heading})
    above = {_text(row[0]): row[1] for row in grid[:head] if all(map(_text, row[:2]))}
    old = _Old(above={"": page["A1"].value, **above})
    if head < len(grid):
        old.headings = [_text(value) for value in grid[head]]
        old.rows = [
            {name: value for name, value in zip(old.headings, row, strict=False) if name}
            for row in grid[head + 1 :]
            if any(value is not None for value in row)
        ]
    for cell in cells:
        is_above = cell.heading in old.above and cell.heading not in old.headings
        into = old.taken_above if is_above else old.taken.setdefault(cell.row, {})
        into[cell.heading] = cell.value
    return old


def _heading_row(grid: Sequence[Sequence[Any]], known: set[str]) -> int:
    """The number of the row that has most of the headings; behind the last row where none has."""
    scores = [sum(_text(value) in known for value in row) for row in grid]
    return scores.index(max(scores)) if any(scores) else len(grid)


def _keep(sheet: Sheet, old: _Old) -> Iterator[Difference]:
    """Put the edits of a sheet into its new self."""
    yield from _keep_above(sheet, old)
    _add_columns(sheet, old)
    taken = list(old.taken.values())
    now = _matched(taken, old.rows)
    texts = [_texts(sheet, row) for row in sheet.rows]
    before = _matched(texts, taken)
    used: dict[int, list[Entry | None]] = {}
    for number, row in enumerate(list(sheet.rows)):
        at = before.get(number, -1)
        about = next((text for h, text in texts[number].items() if h not in _OWNERS), "")
        if at in now:
            used[now[at]] = row
            for each in _keep_row(sheet, row, taken[at], old.rows[now[at]]):
                yield replace(each, row=about[:_SHOWN])
        elif at >= 0:
            _remove(sheet.rows, row)
            sheet.deleted.append(row)
            yield _of_row(sheet.name, about, "deleted in the workbook, and stays so.")
        elif taken:
            yield _of_row(sheet.name, about, "the newer paper has it, and the one before had not.")
    yield from _added(sheet, old, used, {place: taken[at] for at, place in now.items()})


def _remove(rows: list[list[Entry | None]], row: list[Entry | None]) -> None:
    rows[:] = [each for each in rows if each is not row]


def _add_columns(sheet: Sheet, old: _Old) -> None:
    """Add the columns that an analyst has added."""
    for heading in old.headings:
        if heading and heading not in sheet.headings:
            sheet.headings.append(heading)
            for row in sheet.rows:
                row.append(None)


def _keep_above(sheet: Sheet, old: _Old) -> Iterator[Difference]:
    for number, (label, entry) in enumerate(sheet.statements):
        is_known = label in old.taken_above
        kept, differs = _cell(
            entry, old.taken_above.get(label), old.above.get(label), known=is_known
        )
        if differs:
            yield replace(differs, sheet=sheet.name, heading=label)
        if kept is not None:
            sheet.statements[number] = (label, kept)


def _keep_row(
    sheet: Sheet, row: list[Entry | None], taken: Mapping[str, str], found: Mapping[str, Any]
) -> Iterator[Difference]:
    for column, heading in enumerate(sheet.headings):
        row[column], differs = _cell(
            row[column], taken.get(heading), found.get(heading), known=True
        )
        if differs and heading != "Project":
            yield replace(differs, sheet=sheet.name, heading=heading)


def _texts(sheet: Sheet, row: Sequence[Entry | None]) -> dict[str, str]:
    """Heading → text of the filled cells of a row."""
    return {h: entry.text for h, entry in zip(sheet.headings, row, strict=True) if entry}


def _added(
    sheet: Sheet,
    old: _Old,
    used: Mapping[int, list[Entry | None]],
    taken: Mapping[int, Mapping[str, str]],
) -> Iterator[Difference]:
    """Rows that an analyst added stay behind the row they followed.

    A row that the paper no longer has stays where it was edited, and is told.
    """
    behind: list[Entry | None] | None = None
    for number, row in enumerate(old.rows):
        if number in used:
            behind = used[number]
            continue
        if number in taken:
            about = next((_text(v) for h, v in row.items() if h not in _OWNERS and _text(v)), "")
            if all(_same(was, _text(row.get(h))) for h, was in taken[number].items()):
                yield _of_row(sheet.name, about, "no longer in the paper, and taken out.")
                continue
            gone = "no longer in the paper; it was edited in the workbook, and stays."
            yield _of_row(sheet.name, about, gone)
        entries = [
            _entry(row[heading], "added in the workbook") if _text(row.get(heading)) else None
            for heading in sheet.headings
        ]
        _insert(sheet.rows, entries, behind)
        behind = entries


def _insert(
    rows: list[list[Entry | None]], row: list[Entry | None], behind: list[Entry | None] | None
) -> None:
    at = next((n + 1 for n, each in enumerate(rows) if each is behind), None)
    rows.insert(len(rows) if at is None else at, row)


def _cell(
    new: Entry | None, taken: str | None, found: Any, *, known: bool
) -> tuple[Entry | None, Difference | None]:
    """What a cell holds after all: the edit, or what the paper says now; and how they differ."""
    was, now, said = taken or "", new.text if new else "", _text(found)
    is_ours = new is not None and not new.is_from_paper and taken is None
    if is_ours or not known:
        # Such as the project's name or a plan: an edit of it is kept without a word.
        return (_entry(found, "edited in the workbook") if said and said != now else new), None
    if _same(was, said):
        return new, None if _same(was, now) else Difference("", "", "", was, now, said)
    if _same(now, said):
        return new, None
    return _edit(new, found, now, said), Difference("", "", "", was, now, said)


def _edit(new: Entry | None, found: Any, now: str, said: str) -> Entry | None:
    """An edit of the workbook, with what the paper says in its place."""
    if new is None:
        return _entry(found, "edited in the workbook") if said else None
    how = f"{'edited' if said else 'deleted'} in the workbook; the paper says '{now}'"
    kept = _entry(found, how) if said else Entry("", how=how)
    return replace(kept, words=new.words, place=new.place, paper=new.paper, taken=now)


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
    rows = _table_of(book, TO_CHECK, "Your answer")
    return {
        key(row["To check"]): (row["To check"], row["Your answer"])
        for row in rows
        if row["Your answer"]
    }
