"""Find the tables of any sheet with money in it, without a layout.

By where texts stand over columns of numbers.

This is the workbook check's own eye. It reads no meaning into a table beyond its heading, units,
years and labels.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from ffanalysis import periods
from ffanalysis.layout import Layout, plain, standard
from ffanalysis.sheets.cells import Cell, NotCalculated, Sheet
from ffanalysis.workbook_check.table import Column, ColumnKind, Table
from ffanalysis.workbook_check.values import (
    carries_unit,
    is_error,
    is_figure,
    is_heading_number,
    is_year_number,
    looks_like_figure,
    number_in,
    unit_in,
)

_MANY_COLUMNS = 300
_LINES_ABOVE = 5  # how far a heading may reach up from its fullest line
_LONGEST_YEAR_HEADING = 60
_TO_FIRST_NUMBER = 12  # how many rows may stand between a heading and the first number below it
_CODE_WORDS = re.compile(
    r"\b(?:code|account|acct|line|no|nr|number|ref|reference|id|unit|fund code|cost"
    r" cent(?:re|er)|journal|row|ons|ecode|cpid)\b\.?",
    re.I,
)
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
_NOTE = re.compile(
    r"^\s*(?:source\b|notes?\b|\*|†|\(?\d{1,2}[).:]\s|[a-z]\)\s|https?://|n\.?b\.?\s)", re.I
)
_RUN_TOGETHER = re.compile(r"[a-z]{2,}[ _]?(\d\d)(\d\d)", re.I)
_LOCALE = re.compile(r"\[\$[^\]£$€]*-[^\]]*\]")


def _year_rows(sheet: Sheet) -> set[int]:
    """The rows whose numbers are years over columns of other numbers, and no figures that happen to lie in their range."""
    found: set[int] = set()
    figures: set[int] = set()  # the columns that have held numbers
    headed: set[int] = set()  # the columns under a line of headings that names its rows too
    labels: set[str] = set()
    for row, cells in sheet.rows():
        numbers = [cell for cell in cells if cell.is_number]
        texts = [cell for cell in cells if isinstance(cell.value, str)]
        columns = {cell.column for cell in numbers}
        written = any(number_in(cell.value) is not None for cell in texts)
        if (
            len(numbers) >= 2
            and not written
            and all(is_year_number(cell.value) for cell in numbers)
        ):
            label = texts[0].text if texts else ""
            is_first = len(columns & figures) * 2 < len(columns) and not (
                label and columns & headed
            )
            is_again = bool(label) and label in labels and row - 1 not in sheet.grid
            if (is_first or is_again) and _has_other_numbers_below(sheet, row, columns):
                found.add(row)
                labels.add(label)
                continue
        figures |= columns
        if not numbers and len(texts) > 2:
            headed |= {cell.column for cell in texts[1:]}
    return found


def _has_other_numbers_below(sheet: Sheet, row: int, columns: set[int]) -> bool:
    below = (
        sheet.at(lower, column)
        for lower in range(row + 1, row + 1 + _TO_FIRST_NUMBER)
        for column in columns
    )
    return any(cell.is_number and not is_year_number(cell.value) for cell in below)


class _Profile:
    """Where a sheet has numbers and texts, column by column."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet, self.layout = sheet, layout
        self.numbers: dict[int, list[int]] = {}
        self.texts: dict[int, list[int]] = {}
        self.year_rows = _year_rows(sheet)
        for row, cells in sheet.rows():
            for cell in cells:
                if cell.is_number and row not in self.year_rows:
                    self.numbers.setdefault(cell.column, []).append(row)
                elif isinstance(cell.value, str):
                    is_number = number_in(cell.value) is not None and not is_heading_number(
                        cell.value
                    )
                    if is_number or looks_like_figure(cell.text):
                        self.numbers.setdefault(cell.column, []).append(row)
                    elif plain(cell.text) not in layout.markers and not is_error(cell):
                        self.texts.setdefault(cell.column, []).append(row)
                elif isinstance(cell.value, NotCalculated):
                    self.numbers.setdefault(cell.column, []).append(row)
                elif isinstance(cell.value, datetime) or row in self.year_rows:
                    self.texts.setdefault(cell.column, []).append(row)
        self._drop_strays()

    def _drop_strays(self) -> None:
        """Forget columns that hold a number or two and no text above them.

        They are no column of a table.
        """
        if len(self.numbers) > _MANY_COLUMNS:
            self.numbers = {
                column: rows
                for column, rows in self.numbers.items()
                if len(rows) > 2 or any(row < rows[0] for row in self.texts.get(column, ()))
            }

    @cached_property
    def indexes(self) -> set[int]:
        """Columns of line numbers.

        Whole numbers that only rise, one by one or as codes beside labels.
        """
        found = set()
        for column, rows in self.numbers.items():
            values = [self.sheet.at(row, column).value for row in rows]
            whole = [value for value in values if type(value) is int]
            if len(whole) < 4 or len(whole) < len(values):
                continue
            steps = [later - earlier for earlier, later in pairwise(whole)]
            rising = sum(step > 0 for step in steps) / len(steps)
            by_one = sum(step == 1 for step in steps) / len(steps)
            labelled = (
                bool(set(self.texts) & {column + 1, column + 2})
                and min(whole) >= 0
                and max(whole) < 100_000
            )
            if by_one >= 0.8 or (rising >= 0.95 and labelled and len(whole) >= 8):
                found.add(column)
        return found

    @cached_property
    def figures(self) -> dict[int, list[int]]:
        """The columns that may hold amounts, with the rows of their numbers."""
        return {
            column: rows
            for column, rows in self.numbers.items()
            if column not in self.indexes and len(self._inside(column)) <= len(rows)
        }

    def _inside(self, column: int) -> list[int]:
        """The rows between a column's first and last number where it holds a text, and texts stand above no number of their own."""
        rows = self.numbers[column]
        return [row for row in self.texts.get(column, ()) if rows[0] < row < rows[-1]]

    def heads(self, row: int) -> set[int]:
        """The columns over whose numbers a text of this row stands."""
        if row not in self.year_rows and any(
            row in self.rows_of(column) for column in self.figures
        ):
            return set()
        line = self.sheet.grid[row]
        found = set()
        for column in self.figures:
            cell = line.get(column)
            if cell is None or not (
                isinstance(cell.value, str | datetime) or row in self.year_rows
            ):
                continue
            if isinstance(cell.value, str) and (
                plain(cell.text) in self.layout.markers
                or is_error(cell)
                or looks_like_figure(cell.text)
            ):
                continue
            below = next((number for number in self.figures[column] if number > row), None)
            if below is not None and below - row <= _TO_FIRST_NUMBER:
                found.add(column)
        return found

    def rows_of(self, column: int) -> set[int]:
        if column not in self._row_sets:
            self._row_sets[column] = set(self.figures[column])
        return self._row_sets[column]

    @cached_property
    def _row_sets(self) -> dict[int, set[int]]:
        return {}

    def active(self, row: int) -> set[int]:
        """The columns that hold a number soon below a row."""
        return {
            column
            for column, rows in self.figures.items()
            if any(row < number <= row + _TO_FIRST_NUMBER for number in _near(rows, row))
        }


def _near(rows: list[int], row: int) -> list[int]:
    start = bisect_right(rows, row)
    return rows[start : start + 1]


def find_tables(sheet: Sheet, layout: Layout | None = None) -> list[Table]:
    """The tables of figures in a sheet, from the top."""
    layout = layout or standard()
    profile = _Profile(sheet, layout)
    if not profile.figures:
        return []
    headings = list(_headings(profile))
    tables: list[Table] = []
    for number, lines in enumerate(headings):
        limit = headings[number + 1][0] if number + 1 < len(headings) else sheet.last_row + 1
        previous = tables[-1].rows[-1] if tables else 0
        tables += _tables_under(profile, lines, previous, limit)
    return tables


def _headings(profile: _Profile) -> Iterator[list[int]]:
    """The lines of each heading.

    Rows whose texts stand over at least half of the columns of numbers below.
    """
    lines: list[int] = []
    begun = False
    for row in sorted(profile.sheet.grid):
        heads = profile.heads(row)
        if not heads:
            continue
        active = profile.active(row)
        if len(heads) * 2 < len(active) and row not in profile.year_rows:
            continue
        # A text directly below a figure is a remark on it; a heading stands clear of the table
        # above.
        is_remark = (
            any(row - 1 in profile.rows_of(column) for column in profile.figures)
            and row not in profile.year_rows
        )
        if begun and is_remark:
            continue
        begun = True
        if lines and row - lines[-1] <= 2 and not _numbers_between(profile, lines[-1], row):
            lines.append(row)
        else:
            if lines:
                yield lines
            lines = [row]
    if lines:
        yield lines


def _numbers_between(profile: _Profile, first: int, last: int) -> bool:
    return any(
        any(first < number < last for number in _near(rows, first))
        for column, rows in profile.figures.items()
        if column
    )


def _tables_under(profile: _Profile, lines: list[int], previous: int, limit: int) -> list[Table]:
    """The table under a heading.

    Several where columns of labels part it into tables side by side.
    """
    sheet = profile.sheet
    rows = _data_rows(profile, lines[-1], limit)
    if not rows:
        return []
    top = _top_of_heading(profile, lines, previous)
    figures = set(rows)
    headed = [
        column
        for column in sorted(profile.numbers)
        if not figures.isdisjoint(profile.numbers[column])
    ]
    headed = sorted({*headed, *_columns_of_gaps(profile, rows, lines, headed)})
    paths = _paths(sheet, range(top, lines[-1] + 1), headed)
    text_columns = [
        column
        for column, where in profile.texts.items()
        if column not in headed and len(figures.intersection(where)) >= max(1, len(rows) // 10)
    ]
    parts = _side_by_side(profile, rows, top, headed, text_columns)
    tables = []
    for labels, numbers in parts:
        beside = {
            column
            for part in parts
            if part[1] is not numbers
            for columns in part
            for column in columns
        }
        table = _table(profile, (top, lines[-1]), rows, labels, numbers, paths, previous, beside)
        if table:
            tables.append(table)
    return tables


def _columns_of_gaps(
    profile: _Profile, rows: list[int], lines: list[int], headed: list[int]
) -> list[int]:
    """The columns that a heading names among the figures, but that hold nothing but marks for nil or missing figures."""
    sheet, found = profile.sheet, []
    first, last = min(headed, default=1), max(headed, default=0)
    for column in {column for row in lines for column in sheet.grid[row]} - set(headed):
        cells = [cell for row in rows if (cell := sheet.grid[row].get(column))]
        marks = [
            cell
            for cell in cells
            if isinstance(cell.value, str) and plain(cell.text) in profile.layout.markers
        ]
        if (
            first - 3 <= column <= last + 1
            and len(marks) * 2 >= len(rows)
            and len(marks) == len(cells)
        ):
            found.append(column)
    return found


def _data_rows(profile: _Profile, after: int, limit: int) -> list[int]:
    """The rows of figures below a heading, until a note or the next heading."""
    sheet = profile.sheet
    rows: list[int] = []
    figures = {
        row for column in profile.figures for row in profile.figures[column] if after < row < limit
    }
    first = min((column for column in profile.figures), default=0)
    noted = False
    for row in range(after + 1, limit):
        line = sheet.grid.get(row)
        if not line:
            continue
        if row in figures:
            labelled = any(
                isinstance(cell.value, str) and number_in(cell.value) is None
                for cell in line.values()
            )
            zeros = all(not cell.value for cell in line.values() if cell.is_number)
            # A stray nil below the notes is none of the table's.
            if noted and not labelled and zeros:
                continue
            if noted and not labelled and len(line) == 1:
                continue
            rows.append(row)
        elif rows:
            texts = [
                cell
                for cell in line.values()
                if isinstance(cell.value, str) and cell.column <= first
            ]
            noted = noted or any(_NOTE.match(cell.text) or len(cell.text) > 150 for cell in texts)
    return rows


def _top_of_heading(profile: _Profile, lines: list[int], previous: int) -> int:
    """The first line of a heading.

    Bands and line numbers directly above its fullest line belong to it.
    """
    sheet = profile.sheet
    top = lines[0]
    columns = {column for row in lines for column in profile.heads(row)}
    while top - 1 > previous and lines[-1] - top < _LINES_ABOVE:
        line = sheet.grid.get(top - 1, {})
        over = [cell for column, cell in line.items() if column in columns]
        # A title stands over the first column alone; a band over some, a row of counters over
        # nearly all.
        if len(over) < 2:
            break
        top -= 1
    return top


def _paths(sheet: Sheet, rows: range, columns: list[int]) -> dict[int, tuple[Cell, ...]]:
    """What stands over each column, from the top.

    A band spreads to the right over blank cells, in all lines but the last.
    """
    merged = {(top, left): right for top, left, _, right in sheet.merges}
    found: dict[int, list[Cell]] = {column: [] for column in columns}
    for row in rows:
        line = sheet.grid.get(row, {})
        band: Cell | None = None
        until = 0
        for column in range(min([*line, *columns], default=1), max(columns, default=0) + 1):
            cell = line.get(column)
            if cell:
                band, until = cell, merged.get((row, column), 10**6 if row != rows[-1] else column)
            elif column > until:
                band = None
            if (
                band
                and column in found
                and (band is cell or (isinstance(band.value, str) and _spreads(band, cell)))
            ):
                found[column].append(band)
    return {column: tuple(cells) for column, cells in found.items()}


def _spreads(band: Cell, cell: Cell | None) -> bool:
    return cell is None and len(band.text) < 120


def _side_by_side(
    profile: _Profile, rows: list[int], top: int, numbers: list[int], labels: list[int]
) -> list[tuple[list[int], list[int]]]:
    """Columns of labels and of numbers, table by table.

    A column of labels behind a blank column may begin another table.
    """
    every = sorted({*numbers, *labels})
    parts: list[tuple[list[int], list[int]]] = []
    for column in every:
        starts = column in labels and parts and parts[-1][1] and (column - 1) not in every
        if not parts or (
            starts
            and _begins_another(
                profile, rows, top, column, [n for n in numbers if n > column], parts[-1][1]
            )
        ):
            parts.append(([], []))
        parts[-1][0 if column in labels else 1].append(column)
    return [part for part in parts if part[1]]


def _begins_another(
    profile: _Profile, rows: list[int], top: int, column: int, behind: list[int], before: list[int]
) -> bool:
    """Whether a column of labels belongs to a table of its own.

    With other rows than the one before it, or its own title.
    """
    if not behind:
        return False
    sheet = profile.sheet
    titled = any(column in sheet.grid.get(row, {}) for row in range(max(1, top - 3), top))
    own = {
        row
        for row in rows
        if column in sheet.grid[row] and any(number in sheet.grid[row] for number in behind)
    }
    other = {row for row in rows if any(number in sheet.grid[row] for number in before)}
    return titled or len(own ^ other) * 10 > len(rows)


def _table(
    profile: _Profile,
    header_rows: tuple[int, int],
    rows: list[int],
    labels: list[int],
    numbers: list[int],
    paths: Mapping[int, tuple[Cell, ...]],
    previous: int,
    beside: set[int],
) -> Table | None:
    sheet, layout = profile.sheet, profile.layout
    columns: dict[int, Column] = {}
    for number in labels:
        heads = [
            cell
            for row in range(header_rows[0], header_rows[1] + 1)
            if (cell := sheet.grid.get(row, {}).get(number))
        ]
        texts = [cell.text for row in rows if (cell := sheet.grid[row].get(number))]
        codes = len(labels) > 1 and sum(bool(_CODE.fullmatch(text)) for text in texts) >= 0.9 * max(
            1, len(texts)
        )
        columns[number] = Column(
            number, " ".join(cell.text for cell in heads), "code" if codes else "label"
        )
    if labels and not any(column.kind == "label" for column in columns.values()):
        columns[labels[0]].kind = "label"
    inside = [
        column
        for column in numbers
        if _has_heading(paths[column], sheet, column, rows) or column in profile.indexes
    ]
    for number in inside:
        columns[number] = _column(profile, number, rows, paths[number], layout)
    table = Table(sheet, header_rows, dict(sorted(columns.items())), rows)
    if not table.amounts:
        return None
    first = min(column.number for column in table.amounts)
    own = {column.number for column in table.amounts}
    table.rows = [
        row
        for row in rows
        if any(column in own and is_figure(cell) for column, cell in sheet.grid[row].items())
    ]
    if not table.rows or (len(table.rows) == 1 and len(own) == 1 and not labels):
        return None
    table.columns = {
        number: column
        for number, column in table.columns.items()
        if number < first
        or column.kind == "amount"
        or (column.heading and (column.kind != "code" or number < max(own)))
    }
    _read_around(table, previous, beside, layout)
    figures = set(table.rows)
    table.heading_rows = {
        row: " ".join(
            cell.text for _, cell in sorted(sheet.grid[row].items()) if isinstance(cell.value, str)
        )
        for row in range(header_rows[1] + 1, table.rows[-1])
        if row in sheet.grid
        and row not in figures
        and any(isinstance(cell.value, str) for cell in sheet.grid[row].values())
    }
    return table


def _has_heading(path: tuple[Cell, ...], sheet: Sheet, column: int, rows: list[int]) -> bool:
    if path:
        return True
    # Without any heading of its own a column belongs only where it is as full as a column of the
    # table is.
    return sum(is_figure(sheet.at(row, column)) for row in rows) >= max(2, len(rows) // 2)


def _column(
    profile: _Profile, number: int, rows: list[int], path: tuple[Cell, ...], layout: Layout
) -> Column:
    sheet = profile.sheet
    texts = tuple(dict.fromkeys(_heading_text(cell) for cell in path))
    heading = " ".join(texts)
    cells = [cell for row in rows if (cell := sheet.grid[row].get(number)) and cell.is_number]
    last = " ".join(_heading_text(cell) for cell in path[-2:] if isinstance(cell.value, str))
    kind: ColumnKind = "amount"
    if number in profile.indexes:
        kind = "code"
    elif (cells and sum(cell.is_percentage for cell in cells) * 2 > len(cells)) or (
        _PERCENT_WORDS.search(last) and not unit_in(last, layout)
    ):
        kind = "percentage"
    elif cells and all(is_year_number(cell.value) for cell in cells) and len(cells) > 1:
        kind = "year"
    elif (
        _CHANGE_WORDS.search(last) and cells and _are_shares([float(cell.value) for cell in cells])
    ):
        kind = "percentage"
    elif _COUNT_WORDS.search(last):
        kind = "count"
    elif cells and len(last) <= 30 and _CODE_WORDS.search(last) and not unit_in(last, layout):
        kind = "code" if all(type(cell.value) is int for cell in cells) else "amount"
    units = [
        unit
        for cell in path
        if isinstance(cell.value, str) and (unit := unit_in(cell.text, layout))
    ]
    return Column(
        number,
        heading,
        kind,
        units[-1] if units else _format_currency(cells),
        _year_of(path),
        texts,
    )


def _are_shares(values: list[float]) -> bool:
    """Whether numbers are small and broken, as rates of change are."""
    return all(abs(value) <= 100 for value in values) and sum(
        value != int(value) for value in values
    ) * 2 > len(values)


def _heading_text(cell: Cell) -> str:
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    return (
        str(int(cell.value))
        if isinstance(cell.value, float) and cell.value.is_integer()
        else cell.text
    )


def _format_currency(cells: list[Cell]) -> str:
    """The currency that number formats show where no text names a unit: "$" of '"$"#,##0'."""
    shown = [
        next((sign for sign in "$€" if sign in _LOCALE.sub("", cell.number_format)), "")
        for cell in cells
    ]
    sign = max(set(shown), key=shown.count, default="")
    return sign if shown.count(sign) * 2 > len(shown) else ""


def _year_of(path: tuple[Cell, ...]) -> str:
    """The year that heads a column.

    "2015/16" for a financial year in any of its spellings, "2018" for a calendar year.
    """
    for cell in reversed(path):
        if is_year_number(cell.value):
            return str(int(cell.value))
        if not isinstance(cell.value, str):
            continue
        text = cell.text
        if year := periods.parse_year(text):
            return year
        # A year within a longer sentence says something else than what the column is of.
        if len(text) > _LONGEST_YEAR_HEADING:
            continue
        if found := periods.year_in(text):
            return found[0]
        if calendar := re.fullmatch(r"\D*\b((?:19|20)\d\d)\b\D*(?:Q[1-4])?", text):
            return calendar[1]
        if (run := _RUN_TOGETHER.fullmatch(text)) and (int(run[2]) - int(run[1])) % 100 == 1:
            return periods.year_label((2000 if int(run[1]) < 70 else 1900) + int(run[1]))
    return ""


def _read_around(table: Table, previous: int, beside: set[int], layout: Layout) -> None:
    """The title and the unit.

    From the lines above, the corner, the heading's own texts, the notes below, the sheet's name.
    """
    sheet, last = table.sheet, max(table.columns)
    units: list[tuple[str, str]] = []
    for row in range(previous + 1, table.rows[0]):
        for number, cell in sorted(sheet.grid.get(row, {}).items()):
            # What stands over a table beside this one speaks of that one.
            if not isinstance(cell.value, str) or number in beside:
                continue
            own = table.columns.get(number)
            of_one_column = (
                table.header_rows[0] <= row <= table.header_rows[1]
                and own is not None
                and own.kind == "amount"
            )
            if not of_one_column and (unit := unit_in(cell.text, layout)):
                units.append((unit, cell.address))
            if not table.title and row < table.header_rows[0] and number <= last:
                table.title = cell.text[:200]
    stated = [column.unit for column in table.amounts if column.unit]
    if units:
        table.unit, table.unit_cell = units[-1]
    elif stated:
        table.unit = max(set(stated), key=stated.count)
    else:
        below = [
            cell
            for row in range(table.rows[-1] + 1, table.rows[-1] + 12)
            for cell in sheet.grid.get(row, {}).values()
        ]
        noted = [
            (unit, cell.address)
            for cell in below
            if isinstance(cell.value, str) and (unit := unit_in(cell.text, layout))
        ]
        table.unit, table.unit_cell = (
            noted[0]
            if noted
            else (
                "" if sheet.workbook.lower().endswith(".csv") else unit_in(sheet.name, layout),
                "",
            )
        )
    if not table.unit and _carry_units(table):
        table.unit = "£"
    for column in table.amounts:
        # A currency that only the number format shows is no unit of its own beside one that is
        # written.
        if column.unit in ("$", "€") and table.unit.startswith(column.unit):
            column.unit = ""


def _carry_units(table: Table) -> bool:
    """Whether most figures of a table name their own unit, so that it needs none."""
    texts = [
        cell
        for row in table.rows
        for column in table.amounts
        if isinstance((cell := table.sheet.at(row, column.number)).value, str)
    ]
    figures = sum(
        is_figure(table.sheet.at(row, column.number))
        for row in table.rows
        for column in table.amounts
    )
    return bool(figures) and sum(carries_unit(cell.value) for cell in texts) * 2 > figures


def unread_figures(sheet: Sheet) -> list[Cell]:
    """The texts of a sheet that look like figures and cannot be read: "1.200,50", "640 r"."""
    return [
        cell
        for cell in sheet.cells()
        if isinstance(cell.value, str) and looks_like_figure(cell.text) and not is_error(cell)
    ]
