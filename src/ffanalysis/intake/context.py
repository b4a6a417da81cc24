"""The wider programme's figures, which several papers of a directorate quote: kept once.

Each paper repeats the current programme, the split and what was delivered before. Written for each
project they would be several tables of the same savings; so a table that another workbook of the
folder, or another sheet, has already is left out, and one with other figures is asked about.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from ffanalysis.intake.book import FROM_PAPER, Paper, Sheet
from ffanalysis.intake.taken import Source

_Figures = tuple[tuple[str, ...], ...]


@dataclass
class SharedTables:
    """The tables of wider programmes that were met so far: title → (workbook, figures)."""

    met: dict[str, list[tuple[str, _Figures]]] = field(default_factory=dict)

    def look_into(self, folder: Path, but: Iterable[Path]) -> None:
        """Learn what the workbooks of a folder hold that earlier intakes wrote."""
        if not folder.is_dir():
            return
        for path in sorted(folder.glob("*.xlsx")):
            if path in set(but) or path.name.startswith(("~$", ".")):
                continue
            for title, figures in _tables_in(path):
                self.met.setdefault(title, []).append((path.name, figures))

    def keep_once(self, sheets: list[Sheet], workbook: str, papers: Iterable[Paper]) -> list[Sheet]:
        """The sheets without tables that are elsewhere; one with other figures is asked about."""
        by_name = {paper.name: paper for paper in papers}
        kept = []
        for sheet in sheets:
            if sheet.headings[0] == "Service":
                self._keep_budgets(sheet, workbook)
                is_new = bool(sheet.rows)
            else:
                is_new = not sheet.is_shared or self._is_new(sheet, workbook, by_name)
            kept += [sheet] if is_new else []
        return kept

    def _is_new(self, sheet: Sheet, workbook: str, papers: Mapping[str, Paper]) -> bool:
        """Whether no other table has these figures; asks where one has others of this title."""
        figures = _figures_of(sheet)
        before = self.met.setdefault(sheet.title.text, [])
        if any(known == figures for _, known in before):
            return False
        if before:
            self._ask(sheet, before[0][0], papers[sheet.title.paper])
        before.append((workbook, figures))
        return True

    def _keep_budgets(self, sheet: Sheet, workbook: str) -> None:
        """Leave out the budgets that another workbook has, line for line."""
        met = self.met.setdefault(sheet.title.text, [])
        known = {(table[0], row) for _, table in met for row in table[1:]}
        figures = _figures_of(sheet)
        sheet.rows = [
            row
            for row, said in zip(sheet.rows, figures[1:], strict=True)
            if (figures[0], said) not in known
        ]
        met.append((workbook, figures))

    @staticmethod
    def _ask(sheet: Sheet, other: str, paper: Paper) -> None:
        source = Source(sheet.title.words, sheet.title.place)
        paper.taken.ask(
            f"'{sheet.title.text}' is in {other} with other figures.",
            source,
            read_as="both, each in its own sheet",
            do="Keep the one that is up to date, and delete the other sheet.",
            also=sheet.name,
        )


def _figures_of(sheet: Sheet) -> _Figures:
    rows = [[entry.text if entry else "" for entry in row] for row in sheet.rows]
    return tuple(tuple(_plain(text) for text in row) for row in [sheet.headings, *rows])


def _plain(text: object) -> str:
    said = "" if text is None else str(text).strip().replace(",", "")
    return said.removesuffix(".0")


def _tables_in(path: Path) -> Iterator[tuple[str, _Figures]]:
    """Title and figures of each sheet of a workbook that an intake wrote."""
    try:
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return  # the reader of the quarter says what is wrong with it
    if FROM_PAPER not in book.sheetnames:
        return
    for page in book.worksheets:
        rows = [list(row) for row in page.iter_rows(values_only=True)]
        blank = next((n for n, row in enumerate(rows) if n and not any(row)), len(rows))
        if blank + 1 < len(rows) and rows[0] and rows[0][0]:
            yield str(rows[0][0]), _below(rows[blank + 1 :])


def _below(rows: Sequence[Sequence[object]]) -> _Figures:
    """The headings and rows of a table, as wide as its headings."""
    width = max((n + 1 for n, value in enumerate(rows[0]) if value), default=0)
    return tuple(tuple(map(_plain, (*row, *[None] * width)[:width])) for row in rows)
