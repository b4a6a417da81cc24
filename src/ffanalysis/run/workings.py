"""The workings of a pack: what each amount comes to, as a formula over the sheet Cells."""

from collections.abc import Iterator, Mapping
from typing import Any

from ffanalysis import expressions
from ffanalysis.figures import Term, sum_of
from ffanalysis.render.expression_words import CellWords, in_words
from ffanalysis.run.formula_parts import NoFormula, Part
from ffanalysis.run.formulas import Formulas
from ffanalysis.run.pack_cells import PackCells
from ffanalysis.run.pack_sheets import Columns, Formula, PackSheets
from ffanalysis.verify import Wrong, parse

_PARTS = {"part": 12, "comes to": 24}
_CELLS = {
    "id": 12,
    "workbook": 34,
    "sheet": 26,
    "reference": 14,
    "as written": 34,
    "pence per 1": 14,
    "pence or number": 20,
    "stated to (pence)": 18,
    "corrected": 12,
}
WORKING_SHEETS = {
    "Parts": Columns(_PARTS, whole=frozenset({"comes to"})),
    "Cells": Columns(
        _CELLS,
        whole=frozenset({"pence per 1", "pence or number", "stated to (pence)"}),
        link="reference",
    ),
}


class Workings:
    """Makes the formulas of a pack, and writes its sheets Parts and Cells."""

    def __init__(self, sheets: PackSheets) -> None:
        self._sheets = sheets
        self._cells = PackCells()
        self._formulas = Formulas(self._cells, self._hold)
        self._words = _Words(self._cells)
        self._held: dict[str, int] = {}  # the rows of Parts by their formulas

    def made(self, term: Term) -> tuple[Any, str]:
        """What a term comes to, as a formula where there can be one, and how it was made."""
        own = sum_of(term)
        text, why = None, ""
        try:
            text = self._formulas.of(own)
        except NoFormula as error:
            why = f"No formula, because {error}. "
        self._formulas.list_cells(own)
        known = own.known
        if known is not None and known == int(known):
            known = int(known)
        value = known if text is None or known is None else Formula(text, plain_value(known))
        return value, why + self._words.of(own)

    def forget(self) -> None:
        """Let go of the terms whose formulas were kept for those that share them."""
        self._formulas.forget()

    def list_cells(self) -> None:
        """Write the sheet Cells, when all that names cells is written."""
        for number, (line, amount) in enumerate(self._cells, 1):
            cell = line.cell
            row = {
                "id": f"c{number}",
                "workbook": cell.workbook,
                "sheet": cell.sheet,
                "reference": cell.address,
                "as written": line.written,
                "pence per 1": line.factor,
                "pence or number": amount,
                "stated to (pence)": line.stated_to,
                "corrected": "corrected" if line.is_corrected else "",
            }
            self._sheets.write("Cells", row, (cell,))

    def _hold(self, part: Part) -> int:
        """The row of Parts that a part of a formula has, which may be a new one."""
        if part.text not in self._held:
            row = self._held[part.text] = self._sheets.next_row("Parts")
            made = Formula(f"={part.text}", part.value)
            self._sheets.write("Parts", {"part": f"p{row - 1}", "comes to": made})
        return self._held[part.text]


class _Words(Mapping[str, CellWords]):
    """How figures were made, in words that name cells by their ids in the sheet Cells."""

    def __init__(self, cells: PackCells) -> None:
        self._cells = cells

    def of(self, term: Term) -> str:
        """How a term was made; as it is written for machines where that is too deep to be read."""
        written = expressions.written(term, self._cells)
        try:
            return in_words(parse(written), self, str)
        except (Wrong, RecursionError):
            return written

    def __getitem__(self, key: str) -> CellWords:
        line = self._cells.line(int(key[1:]))
        return CellWords(f"{key} {line.cell.address}", line.written)

    def __iter__(self) -> Iterator[str]:
        return (f"c{number}" for number in range(1, len(self) + 1))

    def __len__(self) -> int:
        return len(self._cells)


def plain_value(made: Any) -> float:
    """What an amount comes to, with or without a formula."""
    if isinstance(made, Formula):
        return made.value
    return made if isinstance(made, int) else float(made)
