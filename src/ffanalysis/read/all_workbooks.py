"""All workbooks of a quarter as its canonical tables, with what cannot be read as refusals."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ffanalysis import periods
from ffanalysis.errors import NoProjectYet, TableMissing, WorkbookUnreadable
from ffanalysis.layout import Layout, Layouts, is_layout, plain
from ffanalysis.provenance import shown_name
from ffanalysis.read import contracts
from ffanalysis.read.accounting import (
    list_unused,
    notice_book,
    notice_hidden,
    unused_numbers,
)
from ffanalysis.read.collector import Collected, Row, source_of
from ffanalysis.read.corrections import (
    ALIASES,
    CONFIRMED,
    CORRECTIONS,
    EXPLANATIONS,
    apply_corrections,
    read_aliases,
    read_confirmations,
    read_explanations,
)
from ffanalysis.read.find import find_tables
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.money_table import read_money
from ffanalysis.read.names import list_names, refuse_repeated, refuse_unregistered
from ffanalysis.read.no_savings import FILE_NAME as NO_SAVINGS
from ffanalysis.read.no_savings import read_no_savings
from ffanalysis.read.prose import ask_about_prose
from ffanalysis.read.register import read_register
from ffanalysis.read.settings import FILE_NAME as SETTINGS
from ffanalysis.read.settings import is_logo, settings_in, settings_rows, weights
from ffanalysis.read.statements import statements_of
from ffanalysis.read.understood import list_not_understood
from ffanalysis.read.unread import find_unread, judge_unread
from ffanalysis.sheets.cells import Book, Cell, Sheet
from ffanalysis.sheets.open_workbook import (
    SUFFIXES,
    UNREAD_SUFFIXES,
    gc_paused,
    plain_name,
    read_content,
    read_file,
)
from ffanalysis.tables import Tables, frame

_DECLARED = frozenset({CORRECTIONS, ALIASES, CONFIRMED, EXPLANATIONS, SETTINGS, NO_SAVINGS})
_MONEY_TABLES = frozenset({"budget", "savings", "mtfp"})


def read_period(quarter: periods.Period, paths: Iterable[Path], digest: str = "") -> Tables:
    """Read the files of a quarter afresh; `load` does this once for as long as nothing changes.

    Raises LayoutWrong, SettingsWrong and CorrectionWrong; what else cannot be read is refused in
    the table `refusals`.
    """
    with gc_paused():
        return _read_period(quarter, paths, digest)


def _read_period(quarter: periods.Period, paths: Iterable[Path], digest: str) -> Tables:
    collected = Collected()
    books: list[Book] = []
    seen: dict[bytes, str] = {}
    names: dict[str, str] = {}
    declared: dict[str, list[bytes]] = {name: [] for name in _DECLARED}
    own_layouts: list[tuple[str, bytes]] = []
    paths = [*paths]
    pictures = _logo_in(paths)
    for path in paths:
        if is_layout(path.name):
            own_layouts.append((plain_name(path.name), read_file(path)))
        elif path.name in declared:
            declared[path.name].append(read_file(path))
        elif path.name in pictures:
            pictures[path.name] = read_file(path)
        elif book := _book(path, seen, names, collected):
            books.append(book)
    for book in books:
        notice_book(book, collected)
    layouts = Layouts(own_layouts)
    collected.aliases = _aliases(declared[ALIASES])
    collected.no_savings = read_no_savings(declared[NO_SAVINGS])
    collected.rows["weights"] = weights(declared[SETTINGS])
    collected.rows["settings"] = settings_rows(declared[SETTINGS], pictures)
    sheets = [sheet for book in books for sheet in book.sheets]
    for content in declared[CORRECTIONS]:
        collected.rows["corrections"] += apply_corrections(content, sheets)
    for content in declared[CONFIRMED]:
        collected.rows["confirmations"] += read_confirmations(content)
    for content in declared[EXPLANATIONS]:
        collected.rows["explanations"] += read_explanations(content)
    return read_sheets(quarter, sheets, digest, collected, layouts)


def _logo_in(paths: Iterable[Path]) -> dict[str, bytes]:
    """The name of the logo where the settings name one that is there, with nothing read of it."""
    files = [path for path in paths if path.name == SETTINGS]
    named = settings_in(map(read_file, files)).logo.file if files else ""
    return {path.name: b"" for path in paths if path.name == named and is_logo(named)}


def _book(
    path: Path, seen: dict[bytes, str], names: dict[str, str], collected: Collected
) -> Book | None:
    """A file as a workbook; None where it is none or cannot be read, which is noted."""
    name = plain_name(path.name)
    suffix = Path(path.name.rstrip(". ")).suffix.lower()
    if suffix in UNREAD_SUFFIXES:
        problem = f"a {suffix} file cannot be read; save it from Excel as .xlsx."
        collected.add("refusals", sentence=f"{name}: {problem}", workbook=name)
        return None
    if suffix not in SUFFIXES:
        collected.add("unused", what="not a workbook", workbook=name)
        return None
    try:
        _refuse_name(path.name, names)
        content = read_file(path)
        _refuse_copy(name, content, seen)
        return read_content(path.name, content)
    except WorkbookUnreadable as error:
        collected.add("refusals", sentence=str(error), workbook=error.workbook)
        return None


def _refuse_name(name: str, names: dict[str, str]) -> None:
    """Raise WorkbookUnreadable for a name that stands for more than one file, or can't be shown.

    A cell is named by its workbook: in another system, or for who types it, the two were one.
    """
    shown = plain_name(name)
    if shown_name(name) != name:
        why = "its name holds signs that cannot be seen or are not UTF-8. Give it a plain name."
        raise WorkbookUnreadable(shown, why)
    if name.rstrip(". ") != name:
        raise WorkbookUnreadable(
            f"'{name}'", "its name ends in a space or a full stop. Take that away."
        )
    first = names.setdefault(unicodedata.normalize("NFKC", shown).casefold(), shown)
    if first != shown:
        why = f"its name differs from that of {first} only in how its letters are written."
        raise WorkbookUnreadable(shown, f"{why} Rename it, or take one of them away.")


def _refuse_copy(name: str, content: bytes, seen: dict[bytes, str]) -> None:
    """Raise WorkbookUnreadable for a file whose content was read already: it would count twice."""
    first = seen.setdefault(hashlib.sha256(content).digest(), name)
    if content and first != name:
        raise WorkbookUnreadable(
            name, f"it is the same file as {first}, and would count twice. Take one of them away."
        )


def _aliases(contents: Iterable[bytes]) -> dict[str, dict[str, str]]:
    """The other names that all files declare; of two files the last one holds."""
    aliases: dict[str, dict[str, str]] = {}
    for content in contents:
        for kind, names in read_aliases(content).items():
            aliases.setdefault(kind, {}).update(names)
    return aliases


def read_sheets(
    quarter: periods.Period,
    sheets: Iterable[Sheet],
    digest: str = "",
    collected: Collected | None = None,
    layouts: Layouts | None = None,
) -> Tables:
    """Sheets as the canonical tables of a quarter.

    `collected` holds what is known already, as of workbooks that could not be opened.
    """
    layouts, sheets = layouts or Layouts(), list(sheets)
    known = Collected() if collected is None else collected
    known.rows["weights"] = known.rows["weights"] or weights(())
    as_of, collected, found = _read_all(quarter, sheets, layouts, known)
    # Which names are no labels of totals is known only once the register is read.
    if names := layouts.for_sheet("").names_like_totals(_registered_names(collected)):
        layouts = layouts.knowing(names)
        as_of, collected, found = _read_all(quarter, sheets, layouts, known)
    _require_register(quarter, found, layouts.for_sheet(""), collected)
    judge_unread(collected)
    ask_about_prose(found, collected)
    collected.rows["statements"] = list(statements_of(quarter, found))
    refuse_unregistered(collected)
    refuse_repeated(collected)
    collected.rows["names"] = list_names(collected)
    frames: dict[str, Any] = {name: _frame(name, rows) for name, rows in collected.rows.items()}
    tables = Tables(period=quarter, as_of=as_of.day, as_of_cell=as_of.cell, digest=digest, **frames)
    contracts.check(tables)
    return tables


def _read_all(
    quarter: periods.Period, sheets: Iterable[Sheet], layouts: Layouts, known: Collected
) -> tuple["_AsOf", Collected, list[tuple[Sheet, list[FoundTable]]]]:
    """The day that all sheets are of, their rows beside what is `known` already, their tables."""
    collected, as_of, found = known.copy(), _AsOf(quarter.last_day), []
    for sheet in sheets:
        layout = layouts.for_sheet(sheet.workbook, sheet.name)
        found.append((sheet, _read_sheet(sheet, layout, collected)))
        as_of.read(sheet, layout, collected)
    return as_of, collected, found


def _registered_names(collected: Collected) -> list[str]:
    """The names in the register, and the other names of its projects."""
    columns = ("name", "programme", "service")
    registered = [row.get(column) for row in collected.rows["projects"] for column in columns]
    return [*filter(None, registered), *collected.aliases.get("project", ())]


def _frame(name: str, rows: list[Row]) -> pd.DataFrame:
    return frame(name, rows) if rows else _empty(name).copy(deep=False)


@cache
def _empty(name: str) -> pd.DataFrame:
    """A table without rows: most of a quarter's are, and each takes a millisecond to make."""
    return frame(name, ())


def _read_sheet(sheet: Sheet, layout: Layout, collected: Collected) -> list[FoundTable]:
    """Add the rows of all tables of a sheet, and what of it is refused, not used or hidden."""
    collected.begin_sheet()
    tables, misses = find_tables(sheet, layout)
    for miss in misses:
        source = source_of(sheet) | {"cell": miss.cell}
        collected.add("refusals", sentence=miss.sentence, **source)
    for found in tables:
        (read_money if found.table in _MONEY_TABLES else read_register)(found, layout, collected)
        list_not_understood(found, layout, collected)
    unused = list(unused_numbers(sheet, tables, collected))
    unread = [] if misses else list(find_unread(sheet, tables, unused, layout, collected))
    collected.unread += unread
    lacks = next((each.lacks for each in unread if each.lacks), "")
    list_unused(sheet, tables, unused, collected, refused=bool(misses), lacks=lacks)
    notice_hidden(sheet, tables, collected)
    return list(tables)


def _require_register(
    quarter: periods.Period,
    found: Iterable[tuple[Sheet, list[FoundTable]]],
    layout: Layout,
    collected: Collected,
) -> None:
    """Refuse a quarter in which no project is registered, where no refusal says why."""
    if collected.rows["projects"] or collected.rows["refusals"]:
        return
    for sheet, tables in found:
        if any(table.table == "projects" for table in tables):
            sentence = str(NoProjectYet(sheet.workbook, sheet.name))
            collected.add("refusals", sentence=sentence, **source_of(sheet))
            return
    projects = layout.tables["projects"]
    needed = [projects.headings[name] for name in projects.needs]
    names = [f"{sheet.workbook}: {sheet.name}" for sheet, _ in found]
    sentence = str(TableMissing(str(quarter), "projects", needed, names))
    collected.add("refusals", sentence=sentence, workbook=f"data/raw/{quarter}")


@dataclass
class _AsOf:
    """The day that the figures are of: by default the quarter's last, else as a cell states it."""

    day: date
    cell: str = ""

    def read(self, sheet: Sheet, layout: Layout, collected: Collected) -> None:
        """Take the day from a sheet that states one; refuse what is no day, or another one."""
        for headed in _as_of_headings(sheet, layout):
            cell = _stated_beside(sheet, headed)
            if cell.value is not None:
                self._take(sheet, cell, collected)

    def _take(self, sheet: Sheet, cell: Cell, collected: Collected) -> None:
        when = periods.parse_when(cell.value)
        if when is None or when.first != when.last or (self.cell and when.first != self.day):
            sentence = (
                f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{cell.text}' is not"
                " one day, the same everywhere (write 30 September 2015)."
            )
            collected.add("refusals", sentence=sentence, value=cell.text, **source_of(sheet, cell))
        else:
            self.day, self.cell = when.first, f"{sheet.workbook}!{sheet.name}!{cell.address}"


def _as_of_headings(sheet: Sheet, layout: Layout) -> Iterator[Cell]:
    """The cells that head a day: "As of". Each text is looked at once."""
    lines = sheet.grid.values()
    texts = {cell.value for line in lines for cell in line.values() if type(cell.value) is str}
    headings = {text for text in texts if plain(text) in layout.as_of_headings}
    for cell in sheet.cells() if headings else ():
        if cell.value in headings:
            yield cell


def _stated_beside(sheet: Sheet, headed: Cell) -> Cell:
    """The cell to the right of a heading where it is filled, else the one below it."""
    beside = sheet.at(headed.row, headed.column + 1)
    return beside if beside.value is not None else sheet.at(headed.row + 1, headed.column)
