"""The links of reconciliation.xlsx lead to the workbooks, whatever their names hold."""

from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from text_quarter import quarter

from ffanalysis.figures import Figure, constant
from ffanalysis.provenance import CellRef
from ffanalysis.run.reconciliation_workbook import Pack

NAMES = (
    "schedule.xlsx",
    "budget%20final.xlsx",
    "Savings (50%).xlsx",
    "What is left?.xlsx",
    "Q2 [draft] ^1 {a}.xlsx",
    "Children\N{RIGHT SINGLE QUOTATION MARK}s £.xlsx",
    "a & b.ods",
)


def linked_cell(name: str, folder: Path) -> openpyxl.cell.cell.Cell:
    """The cell of reconciliation.xlsx that names the one cell of a figure."""
    read = quarter(f"{name}!Any\n£000")
    figure = Figure("any", constant(100, "given", (CellRef(name, "The #1 sheet", "C14"),)))
    path = folder / "reconciliation.xlsx"
    with Pack(path, folder, read, ()) as pack:
        pack.add_figures([figure])
    (head, row) = openpyxl.load_workbook(path)["Figures"].iter_rows()
    return next(cell for top, cell in zip(head, row, strict=True) if top.value == "cells")


@pytest.mark.parametrize("name", NAMES)
def test_a_link_leads_to_its_workbook(name: str, tmp_path: Path) -> None:
    cell = linked_cell(name, tmp_path)
    assert cell.value == f"{name}!The #1 sheet!C14"
    assert unquote(cell.hyperlink.target) == f"..\\..\\data\\raw\\2015-16-Q2\\{name}"
    assert cell.hyperlink.location == "'The #1 sheet'!C14"


def test_a_workbook_that_excel_cannot_follow_a_link_to_is_named_only(tmp_path: Path) -> None:
    cell = linked_cell("Savings #2.xlsx", tmp_path)
    assert (cell.value, cell.hyperlink) == ("Savings #2.xlsx!The #1 sheet!C14", None)
