"""Slips that a reader could make, planted one at a time, for the second reader to find.

A slip changes what our reader says of one filled cell, or which cell an amount claims to be from.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ffanalysis.run import second_reading
from ffanalysis.run.second_reading import ReadingRequest, SecondReading, read_second
from ffanalysis.sheets.cells import Book, Cell, Sheet
from ffanalysis.tables import Tables

KINDS = ("digit", "thousand", "sign", "lost", "moved", "word", "day", "address")


class Slips:
    """One quarter's workbooks, and what comes of the second reading when ours slips."""

    def __init__(self, root: Path, period: str) -> None:
        self.request = ReadingRequest(root, period, root / "data" / "processed")
        self.tables = second_reading.load(period, root, self.request.store)
        self.whole = read_second(self.request)

    def slip(self, kind: str, seed: int) -> tuple[str, SecondReading] | None:
        """The cell of a slip, and the second reading; None where nothing can slip like that."""
        chance = random.Random(f"{kind} {seed}")  # noqa: S311 - to be repeated, not secret
        if kind == "address":
            return self._slip_of_address(chance)
        places = [
            (book.name, sheet.name, cell)
            for book in self._books()
            for sheet in book.sheets
            for cell in sheet.cells()
            if _slipped(kind, cell, chance) is not None
        ]
        if not places:
            return None
        workbook, sheet, cell = chance.choice(places)
        with _patched(workbook, sheet, cell, _slipped(kind, cell, chance)):
            return f"{workbook}!{sheet}!{cell.address}", read_second(self.request)

    def _books(self) -> list[Book]:
        used = {(row.workbook, row.sheet) for row in self.tables.savings.itertuples()}
        used |= {(row.workbook, row.sheet) for row in self.tables.projects.itertuples()}
        folder = self.request.root / "data" / "raw" / self.request.period
        books = []
        for name in dict.fromkeys(name for name, _ in sorted(used)):
            book = second_reading.read_workbook(folder / name)
            sheets = [sheet for sheet in book.sheets if (name, sheet.name) in used]
            books.append(replace(book, sheets=sheets))
        return books

    def _slip_of_address(self, chance: random.Random) -> tuple[str, SecondReading] | None:
        savings = self.tables.savings
        stated = savings[savings["amount_pence"].notna() & (savings["amount_pence"] != 0)]
        at = chance.choice(list(stated.index))
        amount = savings.loc[at, "amount_pence"]
        others = stated[
            (stated["sheet"] == savings.loc[at, "sheet"])
            & (stated["workbook"] == savings.loc[at, "workbook"])
            & (stated["amount_pence"] != amount)
        ]
        if others.empty:
            return None
        cell = chance.choice(list(others["cell"]))
        wrong = savings.copy()
        wrong.loc[at, "cell"] = cell
        place = f"{wrong.loc[at, 'workbook']}!{wrong.loc[at, 'sheet']}!{cell}"
        with pytest.MonkeyPatch.context() as patch:
            tables: Tables = replace(self.tables, savings=wrong)
            patch.setattr(second_reading, "load", lambda *_: tables)
            return place, read_second(self.request)


def _slipped(kind: str, cell: Cell, chance: random.Random) -> Any:
    """What the cell becomes; None where it has nothing that could slip like that."""
    value = cell.value
    is_number = isinstance(value, (int, float)) and value
    if kind == "lost":
        return ()
    if kind == "moved":
        return cell._replace(column=cell.column + 1)
    if kind == "word" and isinstance(value, str) and len(value) > 2:
        return cell._replace(value=value[:-1] + ("x" if value[-1] != "x" else "y"))
    if kind == "day" and isinstance(value, datetime):
        return cell._replace(value=value + timedelta(days=1))
    changed = {"digit": lambda: value + 1, "thousand": lambda: value * 1000, "sign": lambda: -value}
    return cell._replace(value=changed[kind]()) if is_number and kind in changed else None


@contextmanager
def _patched(workbook: str, name: str, cell: Cell, slipped: Any) -> Iterator[None]:
    """Our reader, with one cell of one sheet other than the file has it."""
    ours = second_reading.read_workbook

    def read(path: Path) -> Book:
        book = ours(path)
        for sheet in book.sheets if book.name == workbook else ():
            if sheet.name == name:
                _change(sheet, cell, slipped)
        return book

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_reading, "read_workbook", read)
        yield


def _change(sheet: Sheet, cell: Cell, slipped: Any) -> None:
    del sheet.grid[cell.row][cell.column]
    if slipped:
        sheet.grid.setdefault(slipped.row, {})[slipped.column] = slipped
