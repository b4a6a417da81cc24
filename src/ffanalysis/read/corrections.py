"""What people declare beside the workbooks.

Corrections of known faults, and names that stand for one another.

# corrections.toml                                   # aliases.toml [[correction]]
[[alias]] cell = "schedule.xlsx!Savings!C9"                    kind = "service" was = 1025
name = "Education & Skills" now = 1035                                           also = ["Children,
Families and Communities"] reason = "a digit was mistyped"                      reviewed_by = "..."
told_by = "..."                                      date = 2015-10-01 date = 2015-10-02
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ffanalysis.errors import CorrectionWrong
from ffanalysis.provenance import CellRef
from ffanalysis.sheets.cells import Cell, NotCalculated, Sheet, area_of

CORRECTIONS, ALIASES = "corrections.toml", "aliases.toml"
ALIAS_KINDS = ("project", "programme", "service", "scope", "line")
_NEEDED = {
    "correction": ("cell", "was", "now", "reason", "told_by", "date"),
    "alias": ("kind", "name", "also", "reviewed_by", "date"),
}


def _entries(name: str, content: bytes, kind: str) -> list[dict[str, Any]]:
    """The entries of a declaration, each with all that it must say. Raises CorrectionWrong."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CorrectionWrong(name, 1, f"the file is not TOML: {error}") from error
    entries = data.pop(kind, [])
    if (
        data
        or not isinstance(entries, list)
        or not all(isinstance(entry, dict) for entry in entries)
    ):
        raise CorrectionWrong(
            name, 1, f"the file may hold [[{kind}]] entries only, but has {', '.join(data) or kind}"
        )
    needed = _NEEDED[kind]
    for number, entry in enumerate(entries, 1):
        if missing := [key for key in needed if key not in entry]:
            raise CorrectionWrong(name, number, f"it states no {', '.join(missing)}")
        if extra := [key for key in entry if key not in needed]:
            raise CorrectionWrong(
                name,
                number,
                f"it has {', '.join(extra)}, which is not known; write {', '.join(needed)}",
            )
        if not isinstance(entry["date"], date):
            raise CorrectionWrong(
                name,
                number,
                f"'{entry['date']}' is not a date; write it as 2015-10-02, without quotes",
            )
        if any(isinstance(value, Decimal) and not value.is_finite() for value in entry.values()):
            raise CorrectionWrong(name, number, "it holds a number that is none (nan or inf)")
        for key in ("reason", "told_by", "reviewed_by"):
            if key in entry and not str(entry[key]).strip():
                raise CorrectionWrong(name, number, f"its {key} is blank")
    return entries


def apply_corrections(
    content: bytes, sheets: Iterable[Sheet], *, name: str = CORRECTIONS
) -> list[dict[str, Any]]:
    """Put what is declared in place of what stands in the sheets; rows of the table `corrections`.

    Raises CorrectionWrong where a cell no longer holds what the correction says it did: the fault
    may have been mended, and the correction would then spoil it.
    """
    pages = {(sheet.workbook, sheet.name): sheet for sheet in sheets}
    seen: dict[tuple[str, str, str], int] = {}
    rows = []
    for number, entry in enumerate(_entries(name, content, "correction"), 1):
        workbook, page, address = _place(name, number, entry["cell"])
        sheet = pages.get((workbook, page))
        if sheet is None:
            known = [title for book, title in pages if book == workbook]
            problem = (
                f"there is no sheet {page} in {workbook}; it has: {', '.join(known)}"
                if known
                else f"there is no workbook {workbook}"
            )
            raise CorrectionWrong(name, number, problem)
        if (first := seen.setdefault((workbook, page, address), number)) != number:
            raise CorrectionWrong(
                name, number, f"{entry['cell']} is corrected already by correction {first}"
            )
        area = area_of(address)
        if area is None:
            raise CorrectionWrong(
                name, number, f"'{entry['cell']}' names no cell; write book.xlsx!Sheet!C14"
            )
        cell = sheet.at(area[0], area[1])
        if not _holds(cell, entry["was"]):
            held = cell.text or (
                "a formula without a result" if isinstance(cell.value, NotCalculated) else "nothing"
            )
            raise CorrectionWrong(
                name,
                number,
                f"{entry['cell']} should hold '{entry['was']}', but holds '{held}'; take the"
                " correction away, or declare it anew",
            )
        _put(sheet, cell, entry["now"])
        rows.append(
            {
                "was": str(entry["was"]),
                "read_as": str(entry["now"]),
                "reason": str(entry["reason"]),
                "told_by": str(entry["told_by"]),
                "date": _day(entry["date"]),
                "workbook": workbook,
                "sheet": page,
                "cell": address,
            }
        )
    return rows


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _place(name: str, number: int, cell: object) -> tuple[str, str, str]:
    try:
        return CellRef.parse(str(cell))
    except ValueError as error:
        raise CorrectionWrong(
            name, number, f"'{cell}' names no cell; write book.xlsx!Sheet!C14"
        ) from error


def _holds(cell: Cell, was: object) -> bool:
    """Whether a cell holds what a correction says: numbers by value, all else as it reads."""
    if isinstance(was, str) and not was.strip():
        return cell.value is None
    if cell.is_number:
        try:
            return Decimal(repr(cell.value)) == Decimal(str(was).replace(",", ""))
        except InvalidOperation:
            return False
    return cell.text == " ".join(str(was).split()) and cell.value is not None


def _put(sheet: Sheet, cell: Cell, now: object) -> None:
    value: Any = float(now) if isinstance(now, Decimal) else now
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell's date has no zone
    line = sheet.grid.setdefault(cell.row, {})
    if isinstance(value, str) and not value.strip():
        line.pop(cell.column, None)
    else:
        line[cell.column] = cell._replace(value=value)


def read_aliases(content: bytes, *, name: str = ALIASES) -> Mapping[str, Mapping[str, str]]:
    """Kind → a name as compared → the name to use instead.

    Raises CorrectionWrong where one name would stand for two.
    """
    found: dict[str, dict[str, str]] = {}
    entries = _entries(name, content, "alias")
    names = {(entry["kind"], " ".join(str(entry["name"]).split()).casefold()) for entry in entries}
    for number, entry in enumerate(entries, 1):
        kind, also = entry["kind"], entry["also"]
        if kind not in ALIAS_KINDS:
            raise CorrectionWrong(
                name, number, f"'{kind}' is no kind of name; write one of: {', '.join(ALIAS_KINDS)}"
            )
        if (
            not isinstance(also, list)
            or not also
            or not all(isinstance(text, str) and text.strip() for text in also)
        ):
            raise CorrectionWrong(
                name, number, 'also must be a list of names, such as ["Worcestershire CC"]'
            )
        if not isinstance(entry["name"], str) or not entry["name"].strip():
            raise CorrectionWrong(name, number, "its name is blank")
        for text in also:
            key = " ".join(text.split()).casefold()
            if (kind, key) in names:
                raise CorrectionWrong(
                    name,
                    number,
                    f"'{text}' is itself the name that an alias gives; name each thing once",
                )
            # A scope is about a service: what a service is called holds for the scopes that name
            # it.
            for each in (kind, *(("scope", "part_of") if kind == "service" else ())):
                other = found.setdefault(each, {}).setdefault(key, entry["name"])
                if other != entry["name"]:
                    raise CorrectionWrong(
                        name, number, f"'{text}' would stand for both {other} and {entry['name']}"
                    )
    return found
