"""Which table a heading is of, or which it nearly is of."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.extent import lines_above
from ffanalysis.read.found_table import FoundTable, NearMiss
from ffanalysis.read.heading_rows import MOST_ROWS
from ffanalysis.read.headings import Head, HeadingRow, Token, heads_of, is_not_read
from ffanalysis.read.lines_around import stated_above
from ffanalysis.read.nearest import mistyped
from ffanalysis.read.text_columns import text_columns
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.vocabulary import PROGRESS

_SAVINGS = re.compile(r"\b(?:savings?|efficienc\w+)\b", re.I)
_BUDGET = re.compile(r"\b(?:budgets?|base|basis)\b", re.I)
_BEGINS_AS_AMOUNT = re.compile(r"[^A-Za-z]*[\d£]")
_SERVICE = re.compile(
    r"(?:services?(?: areas?| names?)?|directorates?|departments?|divisions?|portfolios?|areas?"
    r"|budget areas?|groups?)"
)


@dataclass(frozen=True)
class Heading:
    """The rows that head one table, or several beside one another, with the lines above them."""

    sheet: Sheet
    rows: tuple[int, int]  # the first and the last
    heads: Mapping[int, Head]
    above: Sequence[Sequence[Cell]]

    def part(self, columns: Sequence[int]) -> "Heading":
        """What of it is in these columns."""
        above = [
            [cell for cell in cells if columns[0] <= cell.column <= columns[-1]]
            for cells in self.above
        ]
        heads = {column: self.heads[column] for column in columns}
        return replace(self, heads=heads, above=above)

    def near_miss(
        self,
        kind: TableLayout,
        missing: Iterable[str],
        cell: str = "",
        repeated: str = "",
        either: Token | None = None,
    ) -> NearMiss:
        """What it nearly heads, and why it does not."""
        first = self.sheet.at(self.rows[1], min(self.heads))
        found = tuple(head.name for _, head in sorted(self.heads.items()))
        missing = tuple(missing)
        return NearMiss(
            self.sheet,
            self.rows,
            kind.name,
            missing,
            found,
            cell or first.address,
            repeated,
            _meant_for(missing, found, kind),
            either,
        )


def _meant_for(missing: Iterable[str], found: Iterable[str], kind: TableLayout) -> str:
    """Which of the headings found may be meant for one that is missing, as a sentence."""
    headings = [plain(name) for name in missing]
    names = {kind.columns[heading] for heading in headings if heading in kind.columns}
    known = [heading for heading, name in kind.columns.items() if name in names]
    for text in found:
        if meant := mistyped(text, known):
            return f" '{text}' may be meant for {kind.headings[kind.columns[meant]]}."
    return _by_service(names, found, kind)


def _by_service(missing: AbstractSet[str], found: Iterable[str], kind: TableLayout) -> str:
    """What to write where a table of savings states services in place of projects."""
    if kind.name != "savings" or (missing and not missing & {*kind.any_of}):
        return ""
    service = next((text for text in found if _SERVICE.fullmatch(plain(text))), "")
    if not service:
        return ""
    plan = " and write Plan | Current on a line above it" if "plan" in missing else ""
    return (
        f" It is nearest to a summary of savings by service: head '{service}' as Scope, or write"
        f' scope = ["{plain(service)}"] under [tables.savings.columns] in layout.toml{plan}.'
    )


class _Match(NamedTuple):
    """How many columns of a kind of table a heading names, and what it heads or nearly heads."""

    named: int
    found: FoundTable | NearMiss


def table_of(heading: Heading, layout: Layout) -> FoundTable | NearMiss | None:
    """The table that a heading fits best, else the one that it nearly fits."""
    matches = [match for kind in layout.tables.values() if (match := _match(heading, kind, layout))]
    tables = [match for match in matches if isinstance(match.found, FoundTable)]
    best = max(tables or matches, key=lambda match: match.named, default=None)
    if best and isinstance(best.found, NearMiss) and best.found.table == "budget":
        return _summary_of_savings(heading, layout) or best.found
    return best.found if best else None


def _summary_of_savings(heading: Heading, layout: Layout) -> NearMiss | None:
    """What a heading lacks of a table of savings, where a service makes it look like a budget.

    None where nothing says that its amounts are savings.
    """
    kind = layout.tables["savings"]
    words = {name for head in heading.heads.values() for name in head.words}
    texts = [head.name for head in heading.heads.values()]
    texts += [heading.sheet.name, *(cell.text for cells in heading.above for cell in cells)]
    is_said = any(map(_SAVINGS.search, texts)) and not any(map(_BUDGET.search, texts))
    if not words & {"measure", "rag"} and not is_said:
        return None
    columns = _columns_of(kind, heading.heads)
    stated = {*columns.values(), *stated_above(kind, heading.above), *kind.given}
    return heading.near_miss(kind, (kind.headings[name] for name in _missing(kind, stated)))


def _match(heading: Heading, kind: TableLayout, layout: Layout) -> _Match | None:
    """What a heading is as one of this kind of table; None where it is nothing like it."""
    columns = _columns_of(kind, heading.heads)
    if kind.unheaded:
        columns |= _without_heading(kind, heading, columns)
    amounts: dict[int, Head] = {}
    texts = text_columns(kind, heading.heads, columns, partial(_has_number, heading))
    if kind.holds_money:
        if beside := _years_beside(heading, columns):
            columns[beside] = "year"
        heading = settle_words(heading, columns)
        # "Total" heads a column of amounts; in a table without money it is an ordinary heading.
        amounts = {
            column: head
            for column, head in heading.heads.items()
            if column not in columns
            and column not in texts
            and _is_of_amounts(head, kind, layout)
            and not _holds_only_texts(heading, head, layout)
        }
        if not amounts:
            return None
        amounts = _with_only_year(amounts)
    # A word that heads amounts ("Amber", "Retained") states a column of the table as well as a
    # heading does.
    in_words = {name for head in amounts.values() for name in head.words} & set(kind.headings)
    named = len({*columns.values(), *in_words} - {"unit", "year"})
    stated = {*columns.values(), *in_words, *stated_above(kind, heading.above), *kind.given}
    missing = _missing(kind, stated)
    if not missing and named >= kind.least:
        found = _table_or_fault(heading, kind, columns, amounts, stated)
        if isinstance(found, FoundTable):
            found.texts = texts
            found.compared = {at: found.compared[at] for at in found.compared if at not in texts}
        return _Match(named, found)
    above = len(stated) - named - len(kind.given)
    if _is_near(kind, named, heading.heads, columns, amounts=amounts, above=above):
        names = (kind.headings[column] for column in missing)
        return _Match(named, heading.near_miss(kind, names))
    return None


def settle_words(heading: Heading, columns: Mapping[int, str]) -> Heading:
    """A heading in which a word that may be a measure or a status is what the others make it.

    Where the schedule has a RAG column of its own, or names other measures over its amounts and no
    status, "Delivered" over amounts is a measure. Else it stays undecided.
    """
    words = {name for head in heading.heads.values() for name in head.words}
    is_measure = "rag" in columns.values() or ("measure" in words and "rag" not in words)
    if not is_measure or "measure" in columns.values():
        return heading
    # A column headed "Delivered" that holds no number says yes or no, or when.
    heads = {
        column: head.settled(("measure",))
        for column, head in heading.heads.items()
        if head.years or (head.either and _has_number(heading, column))
    }
    return replace(heading, heads={**heading.heads, **heads})


def _with_only_year(amounts: dict[int, Head]) -> dict[int, Head]:
    """The headings, in which a measure that names no year is of the only year that others name.

    "Target 2015/16" beside "Achieved to date".
    """
    years = {year for head in amounts.values() for year in head.years}
    if len(years) != 1:
        return amounts
    (year,) = years
    return {column: head.of_year(year) for column, head in amounts.items()}


def _is_of_amounts(head: Head, kind: TableLayout, layout: Layout) -> bool:
    """Whether a heading is over amounts that a kind of table adds up.

    What is compared with them is not, nor what the layout does not read. A budget and the plan have
    no column of what was delivered or is forecast.
    """
    if not head.holds_amounts or head.compared or is_not_read(head, layout):
        return False
    if head.is_unknown_under_year:
        return False
    measures = {token.word[1] for token in head.tokens if token.word and token.word[0] == "measure"}
    return "measure" in kind.headings or not measures & {*PROGRESS}


def _holds_only_texts(heading: Heading, head: Head, layout: Layout) -> bool:
    """Whether a column headed "Saving" or "Amount", without a year, says what and not how much."""
    if any(token.kind not in ("amount", "unit") for token in head.tokens):
        return False
    below = (row for row in heading.sheet.grid if row > heading.rows[1])
    cells = [heading.sheet.at(row, head.column) for row in below]
    words = [cell for cell in cells if cell.text and not _reads_as_amount(cell, layout)]
    stated = [cell for cell in cells if cell.is_number or _BEGINS_AS_AMOUNT.match(cell.text)]
    return bool(words) and not stated


def _reads_as_amount(cell: Cell, layout: Layout) -> bool:
    return cell.is_number or layout.is_amount(cell.text)


def _missing(kind: TableLayout, stated: Collection[str]) -> list[str]:
    """The columns that a kind of table needs and nothing states."""
    missing = [column for column in kind.needs if column not in stated]
    if kind.any_of and not any(column in stated for column in kind.any_of):
        missing.append(kind.any_of[0])
    return missing


def _table_or_fault(
    heading: Heading,
    kind: TableLayout,
    columns: dict[int, str],
    amounts: dict[int, Head],
    stated: Collection[str],
) -> FoundTable | NearMiss:
    """The table; a near miss where its amounts have no year, or two columns would count twice."""
    if kind.needs_years and not _have_years(amounts) and "year" not in stated:
        return heading.near_miss(kind, ["Year"])
    if undecided := _undecided(heading, columns):
        return heading.near_miss(kind, [], undecided.cell.address, either=undecided)
    if again := _headed_again(amounts, years_in_rows="year" in columns.values()):
        cell = again.tokens[-1].cell.address
        return heading.near_miss(kind, [], cell, again.year or again.name)
    return FoundTable(
        kind.name,
        heading.sheet,
        heading.rows,
        heading.rows[1],
        columns,
        amounts,
        dict(heading.heads),
        {
            column: head
            for column, head in heading.heads.items()
            if head.compared and column not in columns
        },
    )


def _undecided(heading: Heading, columns: Mapping[int, str]) -> Token | None:
    """A word over numbers that may be a measure or a status, and nothing says which."""
    return next(
        (
            head.either
            for column, head in heading.heads.items()
            if head.either and column not in columns and _has_number(heading, column)
        ),
        None,
    )


def _has_number(heading: Heading, column: int) -> bool:
    """Whether a number stands below a heading, in the rows next to it."""
    rows = (row for row in heading.sheet.grid if row > heading.rows[1])
    return any(
        (cell := heading.sheet.grid[row].get(column)) is not None and cell.is_number for row in rows
    )


def _have_years(amounts: Mapping[int, Head]) -> bool:
    return any(head.year or head.calendar for head in amounts.values())


def _columns_of(kind: TableLayout, heads: Mapping[int, Head]) -> dict[int, str]:
    """The columns of a table that the headings name, each once: by the last row that names one."""
    columns: dict[int, str] = {}
    for column, head in sorted(heads.items()):
        names = [
            name
            for token in reversed(head.tokens)
            if (name := kind.columns.get(plain(token.text) or plain(token.cell.text)))
        ]
        if names and names[0] not in columns.values() and not head.years:
            columns[column] = names[0]
    return columns


def _without_heading(
    kind: TableLayout, heading: Heading, columns: Mapping[int, str]
) -> dict[int, str]:
    """The columns without a heading that the layout names: by their letter, or as the first."""
    below = heading.sheet.grid.get(heading.rows[1] + 1, {})
    blank = [
        column
        for column, cell in sorted(below.items())
        if column not in heading.heads and isinstance(cell.value, str)
    ]
    found = {(number or min(blank, default=0)): name for number, name in kind.unheaded.items()}
    taken = set(columns.values())
    return {at: name for at, name in found.items() if at in blank and name not in taken}


def _years_beside(heading: Heading, columns: Mapping[int, str]) -> int | None:
    """The column before the amounts whose rows state years, though nothing or a unit heads it."""
    if "year" in columns.values() or any(head.years for head in heading.heads.values()):
        return None
    first = _before_amounts(heading)
    if first is None or first.column in columns:
        return None
    head = heading.heads.get(first.column)
    is_named = head is not None and any(token.kind != "unit" for token in head.tokens)
    states_year = periods.parse_year(without_footnote(first.text)) is not None
    return first.column if states_year and not is_named else None


def _before_amounts(heading: Heading) -> Cell | None:
    """The first cell of the last column before the amounts, in the two rows below the heading."""
    amounts = [column for column, head in heading.heads.items() if head.holds_amounts]
    below = [heading.sheet.grid.get(heading.rows[1] + down, {}) for down in (1, 2)]
    before = {c for line in below for c in line if c < min(amounts, default=0)}
    if not before:
        return None
    column = max(before)
    return next(line[column] for line in below if column in line)


def _headed_again(amounts: Mapping[int, Head], *, years_in_rows: bool) -> Head | None:
    """A column whose amounts would count twice.

    Headed like another, by two years, or by a year where each row has its own.
    """
    seen = set()
    for head in amounts.values():
        if head.key in seen or len(head.years) > 1 or (years_in_rows and head.years):
            return head
        seen.add(head.key)
    return None


def _is_near(
    kind: TableLayout,
    named: int,
    heads: Mapping[int, Head],
    columns: Mapping[int, str],
    *,
    amounts: Mapping[int, Head],
    above: int,
) -> bool:
    """Whether a heading that lacks something was meant for this kind of table."""
    if not kind.holds_money:
        return named >= 2 and named >= len(heads) / 2
    # Years beside a heading that the table knows, or under lines that state something for it.
    has_texts = any(column in columns or not head.holds_amounts for column, head in heads.items())
    return _have_years(amounts) and (named >= 1 or (above >= 1 and has_texts))


def what_is_lacking(sheet: Sheet, rows: tuple[int, int], layout: Layout) -> str:
    """What a heading has, and what it lacks of the table that it is most like, as sentences."""
    first = max(rows[0], rows[1] - MOST_ROWS + 1)
    lines = [
        HeadingRow(row, [line[column] for column in sorted(line)], layout)
        for row in range(first, rows[1] + 1)
        if (line := sheet.grid.get(row))
    ]
    heads = heads_of(sheet, lines)
    names = [head.name for _, head in sorted(heads.items())]
    kind = _most_like(heads, layout)
    if kind is None:
        return f"Its headings are {', '.join(names)}; none of them is known." if names else ""
    above = lines_above(sheet, first, heads, [], layout)
    columns = _columns_of(kind, heads)
    stated = {*columns.values(), *stated_above(kind, above), *kind.given}
    missing = [kind.headings[name] for name in _missing(kind, stated)]
    meant = _meant_for(missing, names, kind)
    if kind.holds_money and not any(head.holds_amounts for head in heads.values()):
        missing.append("a heading over its amounts that is known, such as 2016/17")
    lacks = f"lacks {' and '.join(missing)}" if missing else "lacks nothing by name"
    return f"It has {', '.join(names)}; for a table of {kind.name} it {lacks}.{meant}"


def _most_like(heads: Mapping[int, Head], layout: Layout) -> TableLayout | None:
    """The table of which a heading names most columns, one of money where it names any of it."""
    named = {
        kind.name: len(set(_columns_of(kind, heads).values()) - {"unit", "year"})
        for kind in layout.tables.values()
    }
    likely = [kind for kind in layout.tables.values() if named[kind.name]]
    money = [kind for kind in likely if kind.holds_money]
    return max(money or likely, key=lambda kind: named[kind.name], default=None)
