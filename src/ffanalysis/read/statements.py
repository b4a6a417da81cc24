"""What the lines outside the tables say of the day or quarter that savings are of.

"Position as at 30 September 2025", "Monitoring report, Quarter 2 2025/26", "Month 6"; a workbook or
a sheet may have it in its name too. Whether that is the quarter that was asked for, a rule decides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from ffanalysis import periods
from ffanalysis.periods import MONTHS, Period, long_date
from ffanalysis.read.collector import Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell, Sheet

Interval = tuple[date, date]

_STOPS = " :–-()"
# A longer line is prose, in which another quarter may well be mentioned.
_LONGEST = 160
# Of a sheet without a table, such as a cover: how far down its heading may go.
_COVER_ROWS = 15

_MONTH = rf"(?P<month>{periods.MONTH_NAMES})\.?"
_GAP = r"[\s,./’'\u2010\u2011–-]*"
_DAYS = (
    re.compile(r"(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(r"(?P<day>\d{1,2})[./-](?P<number>\d{1,2})[./-](?P<year>(?:20)?\d\d)(?!\d)"),
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?{_GAP}{_MONTH}{_GAP}"
        r"(?P<year>(?:20)?\d\d)(?!\d)",
        re.I,
    ),
    re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)(?!\d)", re.I),
    re.compile(rf"{_MONTH}{_GAP}(?P<year>20\d\d|(?<=['’-])\d\d)(?!\d)", re.I),
    # "June 25" is of 2025 in the financial years that 2025 is in, and the 25th in others.
    re.compile(rf"\b{_MONTH}\s+(?P<near>\d\d)(?![\w/:.-])", re.I),
    # Without a year it is the financial year's.
    re.compile(rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?\b{_MONTH}(?!\w)", re.I),
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4}
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_YEAR = rf"{periods.YEAR_TEXT}(?!\d)"
_PARTS = re.compile(
    rf"(?:(?P<before>{_YEAR})[\s,:(–-]*)?(?<![A-Za-z0-9£])(?:"
    r"(?:quarter|qtr\.?|q)\s*[-:]?\s*(?P<quarter>[1-4]|one|two|three|four)"
    r"|(?P<nth>[1-4](?:st|nd|rd|th)|first|second|third|fourth)\s+(?:quarter|qtr)"
    r"|(?:month|mth\.?|period|m|p)\s*[-:]?\s*(?P<month>1[0-2]|0?[1-9])"
    r"|(?P<half>half[\s-]?year(?:ly)?|mid[\s-]?year|h1)"
    rf")(?![A-Za-z0-9£.])(?:[\s,:()–-]*(?:of|in)?\s*(?P<after>{_YEAR}))?",
    re.I,
)
# Where words of a name are written as one: "TrackerQ1", "Q1Tracker".
_JOINED = re.compile(r"(?<=[a-z])(?=Q[1-4](?!\d))|(?<=[Qq][1-4])(?=[A-Z])")
# What a date is the date of: the position itself, or something else that titles mention.
_AS_AT = re.compile(
    r"(?:\bas\s+(?:at|of|on)(?:\s+the)?|\bposition\s+(?:at|on|to|as)|\bat\s+(?:the\s+)?end\s+of"
    r"|\b(?:report(?:ing)?|position|snapshot|status|as[\s-]at|as[\s-]of|data)\s+date)\s*[:–-]?\s*$",
    re.I,
)
# The end of what is looked at: the position's, unless it is the end of the year.
_UNTIL = re.compile(
    r"\b(?:to(?:\s+the)?(?:\s+end(?:\s+of)?)?|ending|ended|end(?:\s+of)?|months?)\s*[:–-]?\s*$",
    re.I,
)
_EXPECTED = re.compile(r"\b(?:forecast\w*|project(?:ed|ion)\w*|outturn|expected|planned)\b", re.I)
_SOMETHING_ELSE = re.compile(
    r"\b(?:since|from|versus|vs|against|compar\w+|previous|prior|last|next|baseline|base|budgets?"
    r"|(?:next|following)\s+\w+|prices?|opening|approved|agreed|adopted|by|cabinet|council|board|committee|panel|plans?|due|printed|updated|target\s+date|start\w*"
    r"|changes?\s+(?:in|on)|movements?\s+(?:in|on))"
    r"(?:\s+(?:to|with|on|by|the|at|as|of|position|in))*\s*[:(–-]?\s*$",
    re.I,
)
_REPORTS = re.compile(
    r"\b(?:monitoring|tracker|tracking|position|report\w*|update\w*|status|progress|deliver\w*"
    r"|savings?|performance|dashboard)\b",
    re.I,
)


def statements_of(
    quarter: Period, sheets: Sequence[tuple[Sheet, Sequence[FoundTable]]]
) -> Iterator[Row]:
    """Rows of the table `statements`: of sheets of savings, and of covers of their workbooks."""
    books = {sheet.workbook for sheet, tables in sheets if _has_savings(tables)}
    for sheet, tables in sheets:
        if sheet.workbook not in books or (tables and not _has_savings(tables)):
            continue
        for cells in _lines_above(sheet, tables):
            if found := _of_line(quarter, cells):
                cell, (first, last) = found
                text = " ".join(map(_text_of, cells))
                yield {"text": text, "first_day": first, "last_day": last, **source_of(sheet, cell)}
    yield from _statements_of_names(quarter, sheets)


def _statements_of_names(
    quarter: Period, sheets: Sequence[tuple[Sheet, Sequence[FoundTable]]]
) -> Iterator[Row]:
    """What the names of workbooks with savings say, and those of their sheets of savings.

    Where a sheet has this quarter's name, the others beside it are there to be compared.
    """
    books: dict[str, list[str]] = {}
    for sheet, tables in sheets:
        if _has_savings(tables):
            books.setdefault(sheet.workbook, []).append(sheet.name)
    for workbook, names in books.items():
        yield from _of_names(quarter, workbook, names)


def _of_names(quarter: Period, workbook: str, sheets: Iterable[str]) -> Iterator[Row]:
    stem = re.sub(r"\.\w+$", "", workbook)
    if days := days_of_name(quarter, stem):
        yield _of_name(workbook, workbook, "", days)
    found = ((name, days_of_name(quarter, name)) for name in sheets if name != stem)
    known = {name: days for name, days in found if days}
    if not any(_overlap(quarter, days) for days in known.values()):
        yield from (_of_name(name, workbook, name, days) for name, days in known.items())


def _of_name(text: str, workbook: str, sheet: str, days: Interval) -> Row:
    first, last = days
    place = {"workbook": workbook, "sheet": sheet, "cell": ""}
    return {"text": text, "first_day": first, "last_day": last, **place}


def _overlap(quarter: Period, days: Interval) -> bool:
    return days[0] <= quarter.last_day and quarter.first_day <= days[1]


def days_of_name(quarter: Period, name: str) -> Interval | None:
    """The days that a name is of: "Q1 tracker", "Savings_June_2015", "Q1 to Q3" all of them.

    A letter before a number is a part or a project, and a day may be when the file was made.
    """
    text = _JOINED.sub(" ", name.replace("_", " "))
    found = list(_days_in_name(quarter, text))
    if not found or (min(found)[0] > quarter.last_day and _EXPECTED.search(text)):
        return None
    return min(found)[0], max(last for _, last in found)


def _days_in_name(quarter: Period, text: str) -> Iterator[Interval]:
    taken: list[tuple[int, int]] = []
    for match, days in _dates_in(quarter, text):
        taken.append(match.span())
        if _ends_quarter(days) and not _is_other(text, match):
            yield days
    for match in _PARTS.finditer(text):
        if not (_is_letter(match) or _overlaps(match, taken) or _is_other(text, match)):
            yield _part_of(quarter, match)


def _is_letter(match: re.Match[str]) -> bool:
    """Whether a month is written by a letter alone: "P3", "M1"."""
    letter = re.search(r"(?<![a-z])[mp]\s*[-:]?\s*\d", match[0], re.I)
    return bool(match["month"] and letter)


def _ends_quarter(days: Interval) -> bool:
    return days[1].month % 3 == 0 and (days[1] + timedelta(days=1)).day == 1


def _has_savings(tables: Iterable[FoundTable]) -> bool:
    return any(found.table == "savings" for found in tables)


def _lines_above(sheet: Sheet, tables: Sequence[FoundTable]) -> Iterator[list[Cell]]:
    """The short lines above the first table of a sheet; of a cover, its first lines."""
    until = min((found.header_rows[0] for found in tables), default=_COVER_ROWS + 1)
    for row, cells in sheet.rows():
        if row >= until:
            return
        if sum(len(_text_of(cell)) for cell in cells) <= _LONGEST:
            yield cells


def _text_of(cell: Cell) -> str:
    is_day = isinstance(cell.value, date)
    day = cell.value.date() if isinstance(cell.value, datetime) else cell.value
    return long_date(day) if is_day else cell.text


def _of_line(quarter: Period, cells: Sequence[Cell]) -> tuple[Cell, Interval] | None:
    """The cell of a line that names a day or a quarter, and that; one of this quarter goes first.

    A label and its date stand in two cells as well as in one.
    """
    found: list[tuple[Cell, Interval]] = []
    before = ""
    for cell in cells:
        text = _text_of(cell)
        found += ((cell, each) for each in intervals_in(quarter, f"{before} {text}", len(before)))
        before = f"{before} {text}".strip()
    begins, ends = quarter.first_day, quarter.last_day
    fits = [each for each in found if each[1][0] <= ends and begins <= each[1][1]]
    return next(iter((*fits, *found)), None)


def intervals_in(quarter: Period, text: str, start: int = 0) -> Iterator[Interval]:
    """The days, months and quarters that a line says it is of, from a place of it onwards."""
    taken: list[tuple[int, int]] = []
    for match, days in _dates_in(quarter, text):
        taken.append(match.span())
        if match.start() >= start and _is_meant(quarter, text, match, days):
            yield days
    for match in _PARTS.finditer(text):
        if match.start() >= start and not _overlaps(match, taken) and not _is_other(text, match):
            yield _part_of(quarter, match)


def _dates_in(quarter: Period, text: str) -> Iterator[tuple[re.Match[str], Interval]]:
    """The dates of a line, each read in the fullest way."""
    taken: list[tuple[int, int]] = []
    for match in (match for pattern in _DAYS for match in pattern.finditer(text)):
        days = None if _overlaps(match, taken) else _days_of(quarter, match)
        if days is not None:
            taken.append(match.span())
            yield match, days


def _overlaps(match: re.Match[str], taken: Sequence[tuple[int, int]]) -> bool:
    return any(begin < match.end() and match.start() < end for begin, end in taken)


def _is_other(text: str, match: re.Match[str]) -> bool:
    return bool(_SOMETHING_ELSE.search(text[: match.start()]))


def _is_meant(quarter: Period, text: str, match: re.Match[str], days: Interval) -> bool:
    """Whether a date is that of the position, and not of a meeting, a decision or a print."""
    opening = text[: match.start()]
    if _is_other(text, match) or (days[0] > quarter.last_day and _EXPECTED.search(opening)):
        return False
    if _AS_AT.search(opening):
        return True
    ends_year = days[1] == periods.Period(quarter.start, 4).last_day and quarter.quarter < 4
    if ends_year or _UNTIL.search(opening):
        return not ends_year
    parts = match.groupdict()
    return bool(parts.get("year") or parts.get("near")) and _titles_report(text, match, days)


def _titles_report(text: str, match: re.Match[str], days: Interval) -> bool:
    """Whether a line is the last day or month of a quarter, as titles of reports have it."""
    opening = text[: match.start()]
    is_alone = not opening.strip(_STOPS) and not text[match.end() :].strip(_STOPS)
    return _ends_quarter(days) and (bool(_REPORTS.search(text)) or is_alone)


def _days_of(quarter: Period, match: re.Match[str]) -> Interval | None:
    """The day, or the month, of a date as written; None where there is no such day."""
    parts = match.groupdict()
    named = parts.get("month")
    month = MONTHS.index(named[:3].lower()) + 1 if named else int(parts["number"])
    near = parts.get("near")
    if near and int(near) + 2000 not in (quarter.start, quarter.start + 1):
        return None
    written = parts.get("year") or near
    year = int(written) % 100 + 2000 if written else quarter.start + (month < 4)
    try:
        first = date(year, month, int(parts.get("day") or 1))
    except ValueError:
        return None
    return (first, first if parts.get("day") else _end_of(first))


def _end_of(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _part_of(quarter: Period, match: re.Match[str]) -> Interval:
    """The quarter, or the month of the financial year, that is named; by itself, of this year."""
    text = match["before"] or match["after"]
    label = periods.parse_year(text.replace(" ", "")) if text else None
    start = periods.year_start(label) if label else quarter.start
    if match["month"]:
        month = int(match["month"]) + 3
        first = date(start + (month > 12), month - 12 * (month > 12), 1)
        return first, _end_of(first)
    number = 2 if match["half"] else _number(match["quarter"] or match["nth"])
    named = Period(start, number)
    return named.first_day, named.last_day


def _number(text: str) -> int:
    word = text.lower()
    return _WORDS.get(word) or _ORDER.get(word) or int(word[0])
