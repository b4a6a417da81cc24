"""What people declare beside the workbooks: corrections, other names, and that nothing changed.

In `corrections.toml`:

    [[correction]]
    cell = "schedule.xlsx!Savings!C9"
    was = 1025
    now = 1035
    reason = "a digit was mistyped"
    told_by = "..."
    date = 2015-10-02

And in `aliases.toml`:

    [[alias]]
    kind = "service"
    name = "Education & Skills"
    also = ["Children, Families and Communities"]
    reviewed_by = "..."
    date = 2015-10-01

And in `confirmed.toml`, where a tracker is the last quarter's because there was no update:

    [[confirmed]]
    what = "Savings tracker.xlsx"
    by = "..."
    date = 2015-10-05
    why = "the board did not meet"

And in `explanations.toml`, where a check fails and it is right to go on all the same. The finding
is named by its id, with its amounts as they are in findings.csv, where it has any:

    [[explanation]]
    finding = "proposed-total:sen-contract-efficiency"
    stated = 100000.00
    calculated = 200000.00
    why = "the second 100 is a displaced total; the service will correct the form"
    by = "..."
    date = 2015-10-05
    until = 2015-12-31
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ffanalysis import declarations
from ffanalysis.errors import CorrectionWrong
from ffanalysis.provenance import CellRef, name_key
from ffanalysis.sheets.cells import Cell, NotCalculated, Sheet, area_of, clean

CORRECTIONS, ALIASES, CONFIRMED = "corrections.toml", "aliases.toml", "confirmed.toml"
EXPLANATIONS = "explanations.toml"
ALIAS_KINDS = ("project", "programme", "service", "scope", "line")
_NEEDED = {
    "correction": ("cell", "was", "now", "reason", "told_by", "date"),
    "alias": ("kind", "name", "also", "reviewed_by", "date"),
    "sheet": ("workbook", "sheet", "reason", "told_by", "date"),
    "confirmed": ("what", "by", "date", "why"),
    "explanation": ("finding", "why", "by", "date", "until"),
}
_MAY_HAVE = {"sheet": ("cells",), "explanation": ("stated", "calculated")}
_MUST_SAY = ("reason", "told_by", "reviewed_by", "what", "by", "why", "finding")
_DAYS = ("date", "until")

Entry = dict[str, Any]


def entries_of(name: str, content: bytes, kind: str) -> list[Entry]:
    """The entries of a declaration, each with all that it must say. Raises CorrectionWrong."""
    try:
        data = declarations.parse(content, parse_float=Decimal)
    except declarations.NotToml as error:
        raise CorrectionWrong(name, 1, str(error)) from error
    entries = data.pop(kind, [])
    is_list = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if data or not is_list:
        raise CorrectionWrong(
            name, 1, f"the file may hold [[{kind}]] entries only, but has {', '.join(data) or kind}"
        )
    for number, entry in enumerate(entries, 1):
        if problem := _problem_with(entry, _NEEDED[kind], _MAY_HAVE.get(kind, ())):
            raise CorrectionWrong(name, number, problem)
    return list(entries)


def _problem_with(entry: Entry, needed: tuple[str, ...], optional: tuple[str, ...]) -> str:
    """What an entry lacks, or says that it may not; "" where it is whole."""
    if missing := [key for key in needed if key not in entry]:
        return f"it states no {', '.join(missing)}"
    known = (*needed, *optional)
    if extra := [key for key in entry if key not in known]:
        return f"it has {', '.join(extra)}, which is not known; write {', '.join(known)}"
    for key in _DAYS:
        if key in entry and not isinstance(entry[key], date):
            return f"'{entry[key]}' is not a date; write it as 2015-10-02, without quotes"
    if any(isinstance(value, Decimal) and not value.is_finite() for value in entry.values()):
        return "it holds a number that is none (nan or inf)"
    blank = (key for key in _MUST_SAY if key in entry and not str(entry[key]).strip())
    return next((f"its {key} is blank" for key in blank), "")


# --- corrections ----------------------------------------------------------------------------------

Place = tuple[str, str, str]  # workbook, sheet and address


def apply_corrections(
    content: bytes, sheets: Iterable[Sheet], *, name: str = CORRECTIONS
) -> list[Entry]:
    """Put what is declared in place of what the sheets hold; rows of the table `corrections`.

    Raises CorrectionWrong where a cell no longer holds what the correction says it did: the fault
    may have been mended, and the correction would then spoil it.
    """
    pages = {(sheet.workbook, sheet.name): sheet for sheet in sheets}
    seen: dict[Place, int] = {}
    rows = []
    for number, entry in enumerate(entries_of(name, content, "correction"), 1):
        try:
            place = _place(entry["cell"])
            sheet = _sheet_at(place, pages)
            _require_first(number, place, entry, seen)
            _correct(sheet, place, entry)
        except _Wrong as wrong:
            raise CorrectionWrong(name, number, str(wrong)) from wrong
        rows.append(_row(place, entry))
    return rows


class _Wrong(Exception):
    """Why a correction cannot hold, as the end of a sentence."""


def _place(cell: object) -> Place:
    try:
        return CellRef.parse(str(cell))
    except ValueError as error:
        raise _Wrong(f"'{cell}' names no cell; write book.xlsx!Sheet!C14") from error


def _sheet_at(place: Place, pages: Mapping[tuple[str, str], Sheet]) -> Sheet:
    workbook, page, _ = place
    if (workbook, page) in pages:
        return pages[workbook, page]
    known = [title for book, title in pages if book == workbook]
    if not known:
        raise _Wrong(f"there is no workbook {workbook}")
    raise _Wrong(f"there is no sheet {page} in {workbook}; it has: {', '.join(known)}")


def _require_first(number: int, place: Place, entry: Entry, seen: dict[Place, int]) -> None:
    first = seen.setdefault(place, number)
    if first != number:
        raise _Wrong(f"{entry['cell']} is corrected already by correction {first}")


def _correct(sheet: Sheet, place: Place, entry: Entry) -> None:
    """Put the new value where the old one is."""
    area = area_of(place[2])
    if area is None:
        raise _Wrong(f"'{entry['cell']}' names no cell; write book.xlsx!Sheet!C14")
    cell = sheet.at(area[0], area[1])
    if not _holds(cell, entry["was"]):
        held = cell.text or (
            "a formula without a result" if isinstance(cell.value, NotCalculated) else "nothing"
        )
        raise _Wrong(
            f"{entry['cell']} should hold '{entry['was']}', but holds '{held}'; take the correction"
            " away, or declare it anew"
        )
    _put(sheet, cell, entry["now"])
    sheet.corrected.add((cell.row, cell.column))
    sheet.unclear.pop((cell.row, cell.column), None)


def _row(place: Place, entry: Entry) -> Entry:
    workbook, page, address = place
    return {
        "was": str(entry["was"]),
        "read_as": str(entry["now"]),
        "reason": str(entry["reason"]),
        "told_by": str(entry["told_by"]),
        "date": _day(entry),
        "workbook": workbook,
        "sheet": page,
        "cell": address,
    }


def _day(entry: Entry, key: str = "date") -> date:
    """The day of an entry, which may be written with a time."""
    day: date = entry[key]
    return day.date() if isinstance(day, datetime) else day


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


# --- aliases --------------------------------------------------------------------------------------


def read_aliases(content: bytes, *, name: str = ALIASES) -> Mapping[str, Mapping[str, str]]:
    """Kind → a name as compared → the name to use instead.

    Raises CorrectionWrong where one name would be used for two.
    """
    found: dict[str, dict[str, str]] = {}
    entries = entries_of(name, content, "alias")
    names = {(str(entry["kind"]), _compared(str(entry["name"]))) for entry in entries}
    for number, entry in enumerate(entries, 1):
        problem = _problem_with_alias(entry)
        for text in () if problem else entry["also"]:
            if (entry["kind"], _compared(text)) in names:
                problem = f"'{text}' is itself the name that an alias gives; name each thing once"
            elif other := _add_alias(entry, text, found):
                problem = f"'{text}' would stand for both {other} and {entry['name']}"
            if problem:
                break
        if problem:
            raise CorrectionWrong(name, number, problem)
    return found


def _compared(name: str) -> str:
    return name_key(name).casefold()


def _problem_with_alias(entry: Entry) -> str:
    """What is wrong with one alias by itself; "" where nothing is."""
    kind, also = entry["kind"], entry["also"]
    if kind not in ALIAS_KINDS:
        return f"'{kind}' is no kind of name; write one of: {', '.join(ALIAS_KINDS)}"
    is_list = isinstance(also, list) and bool(also)
    if not is_list or not all(isinstance(text, str) and text.strip() for text in also):
        return 'also must be a list of names, such as ["Worcestershire CC"]'
    if not isinstance(entry["name"], str) or not entry["name"].strip():
        return "its name is blank"
    return ""


def _add_alias(entry: Entry, text: str, found: dict[str, dict[str, str]]) -> str:
    """Add a name that an alias is for; the other name that it is for already, else ""."""
    # What a service is called holds for the scopes that name it, and for what is part of it.
    kinds = ("service", "scope", "part_of") if entry["kind"] == "service" else (entry["kind"],)
    for kind in kinds:
        other = found.setdefault(kind, {}).setdefault(_compared(text), entry["name"])
        if other != entry["name"]:
            return other
    return ""


# --- confirmations --------------------------------------------------------------------------------


def read_confirmations(content: bytes, *, name: str = CONFIRMED) -> list[Entry]:
    """Rows of the table `confirmations`: what had no update, who says so, when and why.

    Raises CorrectionWrong where one does not say all of that, or is given for the same thing twice.
    """
    rows: list[Entry] = []
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries_of(name, content, "confirmed"), 1):
        first = seen.setdefault(_compared(str(entry["what"])), number)
        if first != number:
            problem = f"'{entry['what']}' is confirmed already by confirmation {first}"
            raise CorrectionWrong(name, number, problem)
        said = {key: " ".join(clean(str(entry[key])).split()) for key in ("what", "by", "why")}
        rows.append({**said, "date": _day(entry), "workbook": name})
    return rows


# --- explanations ---------------------------------------------------------------------------------


def read_explanations(content: bytes, *, name: str = EXPLANATIONS) -> list[Entry]:
    """Rows of the table `explanations`: why it is right to go on although a check failed.

    Raises CorrectionWrong where one does not say all of that, or is given for the same finding
    twice.
    """
    rows: list[Entry] = []
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries_of(name, content, "explanation"), 1):
        finding = str(entry["finding"]).strip()
        first = seen.setdefault(finding, number)
        if first != number:
            problem = f"'{finding}' is explained already by explanation {first}"
            raise CorrectionWrong(name, number, problem)
        amounts = {}
        for key in ("stated", "calculated"):
            try:
                amounts[f"{key}_pence"] = _pence(entry[key]) if key in entry else None
            except ValueError as error:
                problem = f"its {key} '{entry[key]}' is no amount; write pounds, such as 100000.00"
                raise CorrectionWrong(name, number, problem) from error
        said = {key: " ".join(clean(str(entry[key])).split()) for key in ("why", "by")}
        days = {key: _day(entry, key) for key in _DAYS}
        rows.append({"finding": finding, **amounts, **said, **days, "workbook": name})
    return rows


def _pence(value: object) -> int:
    """An amount in pounds, with at most two decimals, in pence. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(value)  # noqa: TRY004 - what is written is no amount, of whatever type
    pence = Decimal(value) * 100
    if pence != pence.to_integral_value():
        raise ValueError(value)
    return int(pence)
