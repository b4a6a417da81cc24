"""What a person must say before a council's workbooks can be read, and what each answer adds.

A question is asked only where reading them on trial shows that it is open. Its answers become the
least that a layout can say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ffanalysis.layout import AS_WRITTEN, OF_THE_TOTAL, plain
from ffanalysis.layout import Layout as LayoutOf
from ffanalysis.read.amounts import NO_UNIT
from ffanalysis.read.found_table import FoundTable, NearMiss
from ffanalysis.read.headings import is_not_read
from ffanalysis.read.nearest import mistyped, nearest
from ffanalysis.read.shares import is_percentage
from ffanalysis.read.whole_table import WRONG_SIGN
from ffanalysis.start.build_up import of_amounts
from ffanalysis.start.likely import (
    column_named,
    is_only_yes_or_no,
    may_be_of,
    profile_in,
    word_named,
)
from ffanalysis.start.question import (
    NOT_READ,
    Layout,
    Question,
    numbers_or_column,
    of_sheet,
    of_which_year,
    together,
    what_heading,
    what_numbers,
    what_profile,
    written,
)
from ffanalysis.start.sheet_heading import SheetHeading
from ffanalysis.start.sheet_questions import needed, unknown_sheet
from ffanalysis.start.trial import Trial
from ffanalysis.tables import RefusalRow


def questions(trial: Trial, answered: Mapping[str, str]) -> list[Question]:
    """What is open, the most general first; each is asked once of a sheet, whatever it concerns.

    `answered` has the answers so far by their keys. Only what is found is read, and can be refused.
    """
    asked: dict[str, Question] = {}
    for question in _of_what_is_found(trial, answered):
        _ask(question, asked)
    refused: dict[str, Question] = {}
    if not any(each.is_needed and each.key not in answered for each in asked.values()):
        for row in trial.refusals:
            if (about := _of_refusal(row, trial)) is not None:
                _ask(about, refused)
        for about in of_amounts(trial):
            _ask(about, refused)
    return list((asked | refused).values())


def _ask(question: Question, asked: dict[str, Question]) -> None:
    """Ask once what is asked of several headings in the same words."""
    first = asked.get(question.key)
    asked[question.key] = together(first, question) if first else question


def _of_what_is_found(trial: Trial, answered: Mapping[str, str]) -> Iterator[Question]:
    for sheet, tables, misses in trial.found:
        if not tables and not misses:
            yield from unknown_sheet(sheet, trial, answered)
        for miss in misses:
            yield from _of_miss(miss, trial)
        for found in tables:
            for question in _of_table(found, trial):
                yield of_sheet(question, sheet, trial)


def _of_table(found: FoundTable, trial: Trial) -> Iterator[Question]:
    layout = trial.layout_of(found.sheet)
    yield from _of_headings(found, layout)
    if found.table == "milestones":
        yield from _of_statuses(found, layout)
    if found.table == "savings":
        yield from _of_profile(found, layout)
        yield from _of_years(found, trial)


# --- a heading that lacks what its table needs ----------------------------------------------------


def _of_miss(miss: NearMiss, trial: Trial) -> Iterator[Question]:
    kind = trial.layout_of(miss.sheet).tables[miss.table]
    names = {heading: name for name, heading in kind.headings.items()}
    missing = [names[heading] for heading in miss.missing if heading in names]
    heading = SheetHeading.over(miss)
    owners = [name for name in missing if name in _OWNERS]
    for name in missing:
        if name not in owners[1:]:  # one of them is enough
            yield needed(kind, name, heading, trial)


_UNITS = ("£", "£000", "£m")
_OWNERS = ("project", "programme", "scope")


# --- headings that are not understood -------------------------------------------------------------


def _of_headings(found: FoundTable, layout: LayoutOf) -> Iterator[Question]:
    kind = layout.tables[found.table]
    taken = {*found.columns.values(), *found.context, *(kept.name for kept in found.texts.values())}
    every = {**kind.headings, **kind.text_headings}
    lacking = {name: heading for name, heading in every.items() if name not in taken}
    known = [heading for heading, name in kind.columns.items() if name in lacking]
    place = f"{found.sheet.workbook}, sheet {found.sheet.name}"
    for column, head in sorted(found.heads.items()):
        words = _words_of(found, column)
        # What is kept as words may be a column that the table lacks: "Status", of Amber and Red.
        is_kept = column in found.texts and _held(words, lacking, layout) != "rag"
        if column not in found.all_columns and not is_kept:
            text = head.tokens[-1].cell.text
            meant = kind.columns.get(mistyped(text, known), "") or _held(words, lacking, layout)
            likely = meant or _by_name(text, column, found, lacking)
            is_needed = bool(likely) and (column in found.texts or not is_not_read(head, layout))
            about = what_heading(kind, text, lacking, place, likely, is_needed=is_needed)
            yield about if likely else _or_numbers(about, text, column, found)


def _or_numbers(question: Question, text: str, column: int, found: FoundTable) -> Question:
    """The same question, with amounts among its answers where numbers stand below the heading.

    It is asked where they are refused; who knows better may answer it before.
    """
    if found.table != "savings" or not _has_number(found, column):
        return question
    is_percent = SheetHeading.at(found.sheet, found.header_row).is_percent(column)
    place = f"{found.sheet.workbook}, sheet {found.sheet.name}"
    numbers = what_numbers(text, found.table, place, is_percent=is_percent)
    return replace(numbers_or_column(numbers, question), is_needed=False)


def _by_name(text: str, column: int, found: FoundTable, lacking: Mapping[str, str]) -> str:
    """Which column of savings a heading over words may be by its name."""
    if found.table != "savings" or _has_number(found, column):
        return ""
    return column_named(text, lacking)


def _has_number(found: FoundTable, column: int) -> bool:
    rows = range(found.header_row + 1, found.last_row + 1)
    return any(found.sheet.at(row, column).is_number for row in rows)


def _of_profile(found: FoundTable, layout: LayoutOf) -> Iterator[Question]:
    """Which column has the year's amount, where others spread it over quarters or months."""
    texts = {
        column: head.tokens[-1].cell.text
        for column, head in sorted(found.heads.items())
        if _has_number(found, column)
    }
    unread = [
        text
        for column, text in texts.items()
        if column not in found.all_columns and not is_not_read(found.heads[column], layout)
    ]
    if profile := profile_in(unread):
        heading = SheetHeading.at(found.sheet, found.header_row)
        others = [
            text
            for column, text in texts.items()
            if text not in profile and not heading.is_percent(column)
        ]
        place = f"{found.sheet.workbook}, sheet {found.sheet.name}"
        yield what_profile(profile, others, place)


def _of_years(found: FoundTable, trial: Trial) -> Iterator[Question]:
    """Which year the amounts are of, where neither a heading nor a row says it."""
    heads = [head for head in found.amounts.values() if not head.is_total and not head.is_full_year]
    is_calendar = any(head.calendar for head in heads)
    if not heads or is_calendar or found.years or found.years_in_rows or "year" in found.context:
        return
    texts = [head.tokens[-1].cell.text for head in (*heads, *found.compared.values())]
    heading = SheetHeading.at(found.sheet, found.header_rows[0])
    place = f"{found.sheet.workbook}, sheet {found.sheet.name}"
    question = of_which_year(texts, trial.period, place, heading.year_above())
    yield replace(question, is_needed=any(head.words for head in heads))


def _held(words: set[str], lacking: Iterable[str], layout: LayoutOf) -> str:
    """The column, of those that a table lacks, whose words alone stand in another one."""
    if is_only_yes_or_no(words):
        return ""
    return next(
        (name for name in lacking if may_be_of(name, words, layout.values.get(name, ()))), ""
    )


def _words_of(found: FoundTable, column: int) -> set[str]:
    """The words in a column of a table, as they are compared."""
    cells = (
        found.sheet.grid.get(row, {}).get(column)
        for row in range(found.header_row + 1, found.last_row + 1)
    )
    return {plain(cell.text) for cell in cells if cell is not None and cell.text}


# --- the status of a milestone --------------------------------------------------------------------

_DONE, _OPEN, _AS_WRITTEN = "completed", "not completed", "shown as it is written"
_MOST_WORDS = 4  # of a status; more of them are a remark


def _of_statuses(found: FoundTable, layout: LayoutOf) -> Iterator[Question]:
    """What each status of a milestone means that the layout does not know."""
    column = next((at for at, name in found.columns.items() if name == "status"), 0)
    for row in range(found.header_row + 1, found.last_row + 1):
        text = found.sheet.at(row, column).text if column else ""
        word = plain(text)
        is_known = layout.is_milestone_done(text) is not None or word in layout.markers
        if text and not is_known and word not in layout.words["milestone"][AS_WRITTEN]:
            yield _status(text, f"{found.sheet.workbook}, sheet {found.sheet.name}, row {row}")


def _status(text: str, place: str) -> Question:
    kept = {_DONE: "done", _OPEN: "open", _AS_WRITTEN: AS_WRITTEN}
    return Question(
        f"status {text}",
        f"{place}: is a milestone completed whose status is '{text}'?",
        tuple(kept),
        lambda said: {"words": {"milestone": {kept[said]: [plain(text)]}}},
        _AS_WRITTEN,
        is_needed=len(text.split()) <= _MOST_WORDS,
    )


# --- what is refused ------------------------------------------------------------------------------


def _of_refusal(row: RefusalRow, trial: Trial) -> Question | None:
    """What would make a refused cell readable; None where only the workbook can be put right."""
    place = _table_at(row, trial)
    if place is None:
        return None
    found, column = place
    if NO_UNIT in row.sentence:
        return of_sheet(_unit(row, found.table), found.sheet, trial)
    if WRONG_SIGN in row.sentence:
        return of_sheet(_sign(row), found.sheet, trial)
    is_head = _row_of(row) <= found.header_row and column in found.heads
    if is_head and column not in found.columns:
        at = f"{row.workbook}, sheet {row.sheet}, {row.cell}"
        text = found.heads[column].tokens[-1].cell.text
        is_percent = SheetHeading.at(found.sheet, found.header_row).is_percent(column)
        about = what_numbers(text, found.table, at, is_percent=is_percent)
        return of_sheet(about, found.sheet, trial)
    if found.table == "savings" and is_percentage(found.sheet.at(_row_of(row), column)):
        return of_sheet(_percentages(row), found.sheet, trial)
    meant = _word(row, place, trial)
    return of_sheet(meant, found.sheet, trial) if meant is not None else None


def _table_at(row: RefusalRow, trial: Trial) -> tuple[FoundTable, int] | None:
    """The table that a refused cell is in, and its column."""
    for found in trial.tables:
        if (found.sheet.workbook, found.sheet.name) != (row.workbook, row.sheet):
            continue
        for number in range(found.header_rows[0], found.last_row + 1):
            for column, cell in found.sheet.grid.get(number, {}).items():
                if cell.address == row.cell:
                    return found, column
    return None


def _unit(row: RefusalRow, table: str) -> Question:
    return Question(
        "unit",
        f"{row.workbook}, sheet {row.sheet}: in which unit are the amounts, such as"
        f" '{row.value}' in {row.cell}?",
        _UNITS,
        lambda said: {"tables": {table: {"given": {"unit": said}}}},
    )


def _percentages(row: RefusalRow) -> Question:
    return Question(
        "percentages",
        f"{row.workbook}, sheet {row.sheet}: what are the percentages below the years of, such as"
        f" '{row.value}' in {row.cell}? (Of the total that its row states, if they spread it over"
        " the years.)",
        (OF_THE_TOTAL,),
        lambda said: {"tables": {"savings": {"percentages": said}}},
        OF_THE_TOTAL,
    )


def _sign(row: RefusalRow) -> Question:
    signs = ("saving is positive", "saving is negative")
    return Question(
        "sign",
        f"{row.workbook}, sheet {row.sheet}: all amounts are below nil. How are savings written?",
        signs,
        lambda said: {"tables": {"savings": {"sign": said}}},
        signs[1],
    )


def _word(row: RefusalRow, place: tuple[FoundTable, int], trial: Trial) -> Question | None:
    """What a word stands for that a column of known words does not know."""
    found, column = place
    layout = trial.layout_of(found.sheet)
    name = found.columns.get(column, "")
    text = found.sheet.at(_row_of(row), column).text
    choices = layout.choices.get(name, ())
    if not choices or not text or plain(text) in layout.values[name]:
        return None

    def makes(said: str) -> Layout:
        if said == NOT_READ:
            return {"missing": {"markers": [plain(text)]}}
        return {"values": {name: {said: [plain(text)]}}}

    return Question(
        f"{name} {text}",
        f"{row.workbook}, sheet {row.sheet}, {row.cell}: what does '{text}' mean as"
        f" {written(layout.tables[found.table].headings[name])}?",
        (*choices, NOT_READ),
        makes,
        word_named(name, text)
        or next((choice for choice in choices if nearest(text, [plain(choice)])), ""),
    )


def _row_of(row: RefusalRow) -> int:
    return int("".join(letter for letter in str(row.cell) if letter.isdigit()) or 0)
