"""What a summary states of a service or programme, beside the lines that it draws together.

A line without a project may be a programme's, of which only a part is in projects. It draws
together the sheets that have the service's name. A sheet that calls itself a summary draws together
all lines of the service: of the sheets whose title or file names it, else of its projects.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    def allowed(self) -> int:
        """How far rounding alone may put the two apart, in pence."""
        return tolerance(self.calculated, total_of(self.stated))


def summarised(quarter: Quarter) -> Iterator[Summarised]:
    """All that summaries state of a service or programme whose lines other sheets state."""
    stated: dict[tuple[str | None, ...], list[_Stated]] = {}
    for row in _stated_by_summaries(quarter):
        key = (_subject_of(row), row.block, row.plan, row.measure, row.year)
        stated.setdefault(key, []).append(row)
    lines_of = _LinesOf(quarter, dict.fromkeys(str(key[0]) for key in stated))
    for (subject, block, plan, measure, year), some in stated.items():
        lines = [
            row for row in lines_of.summary(subject or "", some[0]) if plan in (row.plan, None)
        ]
        blocks = {row.block for row in lines}
        is_known = not any(refused_in(quarter, each) for each in blocks) and block not in blocks
        if lines and is_known and total_of(some).is_whole:
            yield from _compared(quarter, some, lines, (subject or "", measure or "", year or ""))


def _stated_by_summaries(quarter: Quarter) -> Iterator[_Stated]:
    """The lines without a project, and the totals that a sheet without their lines prints."""
    lines: set[tuple[str, str]] = set()
    for row in quarter.savings:
        if subject := _subject_of(row):
            lines.add((row.block, subject))
            if not row.project:
                yield row
    names = {name_key(name).casefold(): name for name in _services_and_programmes(quarter)}
    for total in quarter.totals:
        said = _TOTAL.sub("", _subject_of(total) or total.label or "")
        subject = names.get(name_key(said).casefold(), "")
        is_of_rows = total.table == "savings" and total.over == "rows" and not total.project
        if is_of_rows and subject and (total.block, subject) not in lines:
            yield total._replace(scope=subject)


def _services_and_programmes(quarter: Quarter) -> Iterator[str]:
    """Every name of a service or a programme that the register or a schedule states."""
    for project in quarter.projects:
        yield from filter(None, (project.service, project.programme))
    yield from filter(None, map(_subject_of, quarter.savings))


def _subject_of(row: _Stated) -> str:
    return scope_service(row.scope) or row.programme or ""


def _compared(
    quarter: Quarter, stated: list[_Stated], lines: _Rows, about: tuple[str, str, str]
) -> Iterator[Summarised]:
    """A summary's amount beside the reading of the lines that comes nearest to it."""
    subject, measure, year = about
    readings = [
        [row for row in some if not year or row.year == year]
        for some in _readings(lines, measure)
        if some and (not year or all(row.year for row in some))
    ]
    sums = [some for some in readings if some and not total_of(some).has_gap]
    amount = total_of(stated).pence
    if not sums or (not amount and all(total_of(some).known is None for some in sums)):
        return
    nearest = min(sums, key=lambda some: abs(total_of(some).known_pence - amount))
    printed = _printed(quarter, nearest)
    yield Summarised(subject, measure or "target", year, stated, nearest, printed)


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
    originals = [row for row in lines if row.measure in (None, Measure.ORIGINAL)]
    for targets in (current, originals):
        yield [row for row in targets if is_counted(row)]
        yield targets


def _printed(quarter: Quarter, rows: Sequence[SavingRow]) -> TotalRow | None:
    """The total that the lines' own sheet prints of them."""
    amount = total_of(rows)
    blocks = {row.block for row in rows}
    years = {row.year for row in rows}
    if len(blocks) > 1 or len(years) > 1 or amount.known is None:
        return None
    found = (
        total
        for total in quarter.totals.of_block(*blocks)
        if total.over == "rows" and total.year in years and total.amount_pence == amount.known
        if (total.measure or rows[0].measure) == rows[0].measure or rows[0].measure in TARGETS
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
