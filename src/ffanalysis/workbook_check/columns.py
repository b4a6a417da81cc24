"""What a column of a table holds, by its heading and its numbers: its kind, its unit, its year."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ffanalysis import periods
from ffanalysis.layout import Layout
from ffanalysis.sheets.cells import Cell
from ffanalysis.workbook_check.table import ColumnKind, TableColumn
from ffanalysis.workbook_check.values import is_unit_alone, is_year_number, marked_year, unit_in

HeadingPath = tuple[Cell, ...]  # the cells above a column, from the top

_LONGEST_YEAR_HEADING = 60
_LONGEST_CODE_HEADING = 30
_CODE_WORDS = re.compile(
    r"\b(?:code|account|acct|line|no|nr|number|ref|reference|id|unit|fund code|cost"
    r" cent(?:re|er)|journal|row|ons|ecode|cpid)\b\.?",
    re.I,
)
_CHECK_HEADING = re.compile(r"(?:.*\b)?(?:checks?|control)\b.*", re.I)
_ORDER_HEADING = re.compile(r"(?:.*\b)?(?:order|sort|sequence|seq|month|quarter|week)", re.I)
_LARGEST_ORDER = 60
_COUNT_WORDS = re.compile(
    r"\b(?:fte|ftes|headcount|number of|population|inhabitants|inwoners|households|posts|staff"
    r" numbers|aantal)\b",
    re.I,
)
_CODE = re.compile(r"-?(?=[A-Z0-9]*[A-Z])[A-Z0-9]{1,10}")
_CHANGE_WORDS = re.compile(r"\b(?:change|growth|increase|decrease|variation)\b", re.I)
_PERCENT_WORDS = re.compile(
    r"%|\bper ?cent\b|\bpercentage\b|^perc|\bproportion\b|\bshare of\b", re.I
)
_CALENDAR_YEAR = re.compile(r"\D*\b((?:19|20)\d\d)\b\D*(?:Q[1-4])?")
_RUN_TOGETHER = re.compile(r"[a-z]{2,}[ _]?(\d\d)(\d\d)", re.I)  # "RO_1516"
_LOCALE = re.compile(r"\[\$[^\]£$€]*-[^\]]*\]")  # a language in a number format, no currency


@dataclass(frozen=True)
class _Evidence:
    """What is known of a column of numbers before its kind is."""

    words: str  # the last two lines of its heading
    names_unit: bool  # whether these words name a unit of money
    numbers: Sequence[Cell]
    is_line_numbers: bool


def _is_formatted_as_percentage(column: _Evidence) -> bool:
    return sum(cell.is_percentage for cell in column.numbers) * 2 > len(column.numbers)


def _is_headed_as_percentage(column: _Evidence) -> bool:
    return bool(_PERCENT_WORDS.search(column.words)) and not column.names_unit


def _is_years(column: _Evidence) -> bool:
    return len(column.numbers) > 1 and all(is_year_number(cell.value) for cell in column.numbers)


def _is_rates_of_change(column: _Evidence) -> bool:
    """Whether a column headed as a change holds small fractions, as rates do."""
    if not column.numbers or not _CHANGE_WORDS.search(column.words):
        return False
    values = [float(cell.value) for cell in column.numbers]
    fractions = sum(value != int(value) for value in values)
    return all(abs(value) <= 100 for value in values) and fractions * 2 > len(values)


def _is_headed_as_count(column: _Evidence) -> bool:
    return bool(_COUNT_WORDS.search(column.words))


def _is_codes(column: _Evidence) -> bool:
    is_headed = len(column.words) <= _LONGEST_CODE_HEADING and _CODE_WORDS.search(column.words)
    if not column.numbers or not is_headed or column.names_unit:
        return False
    return all(type(cell.value) is int for cell in column.numbers)


def _is_order(column: _Evidence) -> bool:
    """Whether a column counts months or puts its rows in order."""
    if column.names_unit or not column.numbers or not _ORDER_HEADING.fullmatch(column.words):
        return False
    return all(
        type(cell.value) is int and 0 < cell.value <= _LARGEST_ORDER for cell in column.numbers
    )


def _is_checks(column: _Evidence) -> bool:
    """Whether a column proves others, and holds nothing but nil."""
    is_headed = bool(_CHECK_HEADING.fullmatch(column.words))
    return is_headed and all(cell.value == 0 for cell in column.numbers)


# The first rule that applies decides. A column to which none applies holds amounts.
_KINDS: tuple[tuple[ColumnKind, Callable[[_Evidence], bool]], ...] = (
    ("code", lambda column: column.is_line_numbers),
    ("percentage", _is_formatted_as_percentage),
    ("percentage", _is_headed_as_percentage),
    ("year", _is_years),
    ("percentage", _is_rates_of_change),
    ("count", _is_headed_as_count),
    ("code", _is_codes),
    ("code", _is_order),
    ("code", _is_checks),
)


def number_column(
    number: int,
    path: HeadingPath,
    cells: Sequence[Cell],
    layout: Layout,
    *,
    is_line_numbers: bool,
) -> TableColumn:
    """A column of numbers, by its heading path and by the cells of the table's rows in it."""
    numbers = [cell for cell in cells if cell.is_number]
    lines = tuple(dict.fromkeys(map(_heading_text, path)))
    words = " ".join(cell.text for cell in path[-2:] if isinstance(cell.value, str))
    evidence = _Evidence(words, bool(unit_in(words, layout)), numbers, is_line_numbers)
    unit = _unit_of_path(path, layout) or _currency_of_formats(numbers)
    return TableColumn(number, " ".join(lines), _kind(evidence), unit, _year_of(path), lines)


def name_columns(
    columns: Mapping[int, TableColumn],
    paths: Mapping[int, HeadingPath],
    code_rows: Collection[int],
    layout: Layout,
) -> None:
    """Give columns the lines of their headings that are theirs alone, so that names differ.

    The lines from the lowest up to a band over several columns or to a row of codes.
    """
    heads = Counter(
        (cell.row, cell.column)
        for number, column in columns.items()
        if column.kind != "code"
        for cell in set(paths[number])
    )
    bands: dict[int, str] = {}
    for number, column in columns.items():
        shared = [cell for cell in paths[number] if heads[cell.row, cell.column] > 1]
        own = _own_lines(paths[number], {*shared, *_codes(paths[number], code_rows)})
        texts = [_heading_text(cell) for cell in own if not is_unit_alone(cell.text, layout)]
        column.own_lines = tuple(dict.fromkeys(texts))
        bands[number] = _heading_text(shared[-1]) if shared else ""
    names = Counter(column.name for column in columns.values())
    for number, column in columns.items():
        if names[column.name] > 1 and column.own_lines:
            column.band = bands[number]


def _codes(path: HeadingPath, code_rows: Collection[int]) -> Iterator[Cell]:
    """The numbers of a heading that are no years."""
    for cell in path:
        if cell.row in code_rows or (cell.is_number and not is_year_number(cell.value)):
            yield cell


def _own_lines(path: HeadingPath, apart: Collection[Cell]) -> list[Cell]:
    """The lowest lines of a heading that follow each other, up to one that stands apart."""
    own: list[Cell] = []
    for cell in reversed(path):
        if cell not in apart:
            own.insert(0, cell)
        elif own:
            break
    return own


def _kind(column: _Evidence) -> ColumnKind:
    return next((kind for kind, applies in _KINDS if applies(column)), "amount")


def label_columns(
    headings: Mapping[int, str], texts: Mapping[int, Sequence[str]]
) -> dict[int, TableColumn]:
    """The columns of labels, from the left. Among several, codes are known by their capitals.

    `headings` and `texts` are by column: what heads it, and its texts in the table's rows.
    """
    codes = {number for number in headings if _are_codes(texts[number])}
    if codes == headings.keys():
        # Where all look like codes, the first names the rows.
        codes -= {min(headings, default=0)}
    return {
        number: TableColumn(number, heading, "code" if number in codes else "label")
        for number, heading in headings.items()
    }


def _are_codes(texts: Sequence[str]) -> bool:
    return sum(bool(_CODE.fullmatch(text)) for text in texts) >= 0.9 * max(1, len(texts))


def _heading_text(cell: Cell) -> str:
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return cell.text


def _unit_of_path(path: HeadingPath, layout: Layout) -> str:
    """The unit that the lowest line of a heading names; "" where none does."""
    texts = (cell.text for cell in reversed(path) if isinstance(cell.value, str))
    return next(filter(None, (unit_in(text, layout) for text in texts)), "")


def _currency_of_formats(cells: Sequence[Cell]) -> str:
    """The currency that number formats show where no text names a unit: "$" of '"$"#,##0'."""
    shown = [
        next((sign for sign in "$€" if sign in _LOCALE.sub("", cell.number_format)), "")
        for cell in cells
    ]
    return next((sign for sign in "$€" if shown.count(sign) * 2 > len(shown)), "")


def _year_of(path: HeadingPath) -> str:
    """The year that heads a column, by its lowest line that names one; "" where none does.

    "2015/16" for a financial year in any of its spellings, "2018" for a calendar year.
    """
    return next(filter(None, map(_year_in, reversed(path))), "")


def _year_in(cell: Cell) -> str:
    if is_year_number(cell.value):
        return str(int(cell.value))
    return _year_in_text(cell.text) if isinstance(cell.value, str) else ""


def _year_in_text(text: str) -> str:
    if year := periods.parse_year(text) or marked_year(text):
        return year
    # A year within a longer sentence is about something else than the column.
    if len(text) > _LONGEST_YEAR_HEADING:
        return ""
    if found := periods.year_in(text):
        return found[0]
    if calendar := _CALENDAR_YEAR.fullmatch(text):
        return calendar[1]
    run = _RUN_TOGETHER.fullmatch(text)
    if run and (int(run[2]) - int(run[1])) % 100 == 1:
        century = 2000 if int(run[1]) < 70 else 1900
        return periods.year_label(century + int(run[1]))
    return ""
