"""What a summary states of a service or programme, beside the lines that it draws together.

A line without a project may be a programme's, of which only a part is in projects. It draws
together the sheets that have the service's name. A sheet that calls itself a summary draws together
all lines of the service: of the sheets whose title or file names it, else of its projects.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ffanalysis.figures import Sum, tolerance, total_of
from ffanalysis.provenance import name_key
from ffanalysis.savings.assemble import current_targets, is_counted, reported
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import refused_in
from ffanalysis.tables import SavingRow, TotalRow
from ffanalysis.vocabulary import PROGRESS, TARGETS, Measure, Plan, scope_service

_Rows = list[SavingRow]
_Stated = SavingRow | TotalRow
_WORD = re.compile(r"[^\W_]+")
_TOTAL = re.compile(
    r"^\W*(?:sub[\s-]?)?totals?\b[\s:–-]*|[\s:,–-]*\b(?:sub[\s-]?)?totals?\W*$", re.I
)
_SUMMARY = re.compile(
    r"\b(?:summar\w+|overview|overall|roll[\s-]?up|consolidat\w+|dashboard)\b", re.I
)


@dataclass(frozen=True)
class Summarised:
    """One measure and year of a summary, and what the lines that it draws together come to.

    `parts` are the lines whose sum comes nearest to it; `printed` is the total that their sheet
    prints of them, where it prints one.
    """

    subject: str
    measure: str
    year: str
    stated: Sequence[_Stated]
    parts: Sequence[SavingRow]
    printed: TotalRow | None

    @property
    def calculated(self) -> Sum:
        return total_of(self.parts)

    @property
    def allowed(self) -> Sum:
        """How far rounding alone may put the two apart."""
        return tolerance(self.calculated, total_of(self.stated))


def summarised(quarter: Quarter) -> Iterator[Summarised]:
    """All that summaries state of a service or programme whose lines other sheets state."""
    stated: dict[_Said, list[_Stated]] = {}
    for row in _stated_by_summaries(quarter):
        said = _Said(_subject_of(row), row.block, row.plan, row.measure or "", row.year or "")
        stated.setdefault(said, []).append(row)
    lines_of = _LinesOf(quarter, dict.fromkeys(said.subject for said in stated))
    for said, some in stated.items():
        lines = [row for row in lines_of.summary(said.subject, some[0]) if said.may_add(row)]
        if lines and total_of(some).is_whole and _are_read(quarter, said, lines):
            yield from _compared(quarter, some, lines, said)


class _Said(NamedTuple):
    """What a summary's amount is of."""

    subject: str
    block: str
    plan: str | None
    measure: str
    year: str

    def may_add(self, row: SavingRow) -> bool:
        """Whether a line is of the same plan, as far as that is said."""
        return self.plan in (row.plan, None)


def _are_read(quarter: Quarter, said: _Said, lines: _Rows) -> bool:
    """Whether the lines stand in other tables, of which nothing is refused."""
    blocks = {row.block for row in lines}
    return said.block not in blocks and not any(refused_in(quarter, each) for each in blocks)


def _stated_by_summaries(quarter: Quarter) -> Iterator[_Stated]:
    """The lines without a project, and the totals that a sheet without their lines prints."""
    own = [row for row in quarter.savings if _subject_of(row)]
    yield from (row for row in own if not row.project)
    lines = {(row.block, _subject_of(row)) for row in own}
    names = _names(quarter)
    named = (_named_total(total, names) for total in quarter.totals)
    yield from (total for total in filter(None, named) if (total.block, total.scope) not in lines)


def _named_total(total: TotalRow, names: Mapping[str, str]) -> TotalRow | None:
    """A total of rows with the service or programme that it names as its scope."""
    said = _TOTAL.sub("", _subject_of(total) or total.label or "")
    subject = names.get(name_key(said).casefold(), "")
    return total._replace(scope=subject) if subject and _is_of_rows(total) else None


def _is_of_rows(total: TotalRow) -> bool:
    return total.table == "savings" and total.over == "rows" and not total.project


def _names(quarter: Quarter) -> dict[str, str]:
    """Every name of a service or a programme that the register or a schedule states."""
    found = [name for row in quarter.projects for name in (row.service, row.programme)]
    found += map(_subject_of, quarter.savings)
    return {name_key(name).casefold(): name for name in found if name}


def _subject_of(row: _Stated) -> str:
    return scope_service(row.scope) or row.programme or ""


def _compared(
    quarter: Quarter, stated: list[_Stated], lines: _Rows, said: _Said
) -> Iterator[Summarised]:
    """A summary's amount beside the reading of the lines that comes nearest to it."""
    readings = (_of_year(some, said.year) for some in _readings(lines, said.measure))
    sums = [(total_of(some), some) for some in readings if some]
    sums = [each for each in sums if not each[0].has_gap]
    amount = total_of(stated).pence
    # A formula over cells that are all blank gives nil.
    if sums and (amount or any(known.known is not None for known, _ in sums)):
        _, nearest = min(sums, key=lambda each: abs(each[0].known_pence - amount))
        printed = _printed(quarter, nearest)
        label = said.measure or "target"
        yield Summarised(said.subject, label, said.year, stated, nearest, printed)


def _of_year(rows: _Rows, year: str) -> _Rows:
    """The lines of a year; none where some state no year; all where none is asked for."""
    if not year:
        return rows
    return [row for row in rows if row.year == year] if all(row.year for row in rows) else []


def _readings(lines: _Rows, measure: str) -> Iterator[_Rows]:
    """What a summary may mean by a measure: what counts of it, or every line that states it.

    A target is the original one, or the one that is current.
    """
    projects: dict[str | None, _Rows] = {}
    for row in lines:
        projects.setdefault(row.project, []).append(row)
    if measure in PROGRESS:
        yield [row for own in projects.values() for row in reported(own, Measure(measure))]
        yield [row for row in lines if row.measure == measure]
        return
    current = [row for own in projects.values() for row in current_targets(own)]
    for targets in (current, list(filter(_is_original, lines))):
        yield list(filter(is_counted, targets))
        yield targets


def _is_original(row: SavingRow) -> bool:
    return row.measure in (None, Measure.ORIGINAL)


def _printed(quarter: Quarter, rows: Sequence[SavingRow]) -> TotalRow | None:
    """The total that the lines' own sheet prints of them."""
    amount = total_of(rows)
    places = {(row.block, row.year) for row in rows}
    if len(places) > 1 or amount.known is None:
        return None
    first = rows[0]
    found = (
        total
        for total in quarter.totals.of_block(first.block)
        if (total.over, total.year, total.amount_pence) == ("rows", first.year, amount.known)
        and (total.measure in (None, first.measure) or first.measure in TARGETS)
    )
    return next(found, None)


# --- what a summary draws together ----------------------------------------------------------------


class _LinesOf:
    """The projects' lines of each service or programme that a summary states."""

    def __init__(self, quarter: Quarter, subjects: Iterable[str]) -> None:
        self._quarter = quarter
        self._words = {subject: _words(subject) for subject in subjects if subject}
        self._titles = {block.block: block.title or "" for block in quarter.blocks}
        self._by_sheet: dict[str, _Rows] = {}
        self._by_words: dict[str, _Rows] = {}
        for rows in quarter.savings.by("block").values():
            if all(row.project for row in rows) and any(row.plan != Plan.PRIOR for row in rows):
                self._place(rows)

    def _place(self, rows: _Rows) -> None:
        """Keep a table's lines for the one service that names its sheet; else its title or file."""
        sheet, title = rows[0].sheet, self._titles.get(rows[0].block, "")
        book = re.sub(r"\.\w+$", "", rows[0].workbook)
        for text in (sheet, title, book):
            if named := _named_in(text, self._words):
                kept = self._by_sheet if text is sheet else self._by_words
                if len(named) == 1:
                    kept.setdefault(named[0], []).extend(rows)
                return

    def summary(self, subject: str, stated: _Stated) -> _Rows:
        """The lines that a summary's amount draws together: those of its own workbook, if any."""
        lines = self._by_sheet.get(subject, [])
        called = (stated.sheet, self._titles.get(stated.block, ""))
        if not lines and any(map(_SUMMARY.search, called)):
            lines = self._by_words.get(subject) or [
                row for row in self._quarter.savings if self._is_of(row, subject)
            ]
        beside = [row for row in lines if row.workbook == stated.workbook]
        return beside or lines

    def _is_of(self, row: SavingRow, subject: str) -> bool:
        """Whether a project's line is of a service or programme: as it says, or the register."""
        if not row.project:
            return False
        known = self._quarter.register.get(row.project)
        said = _subject_of(row)
        if said or known is None:
            return subject in (said, row.programme)
        return subject in (*self._quarter.chain(known.service), known.programme)


def _words(text: str) -> str:
    """A name or text as whole words that can be looked for in another."""
    return f" {' '.join(_WORD.findall(name_key(text).casefold()))} "


def _named_in(text: str, names: Mapping[str, str]) -> list[str]:
    """The names that a text has as whole words; one within another that it has is not meant."""
    within = _words(text)
    found = [name for name, words in names.items() if words.strip() and words in within]
    return [
        name
        for name in found
        if not any(names[name] in names[other] for other in found if other != name)
    ]
