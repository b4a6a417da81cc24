"""The example's workbooks as LibreOffice saves them: the same cells, by both readers."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from libreoffice import saved_as

from ffanalysis.run.second_reading import agree
from ffanalysis.sheets.cells import Book
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.verify import plain_text, read_again


def cells_of(book: Book) -> dict[str, dict[tuple[int, int], Any]]:
    return {
        sheet.name: {(cell.row, cell.column): _plain(cell.value) for cell in sheet.cells()}
        for sheet in book.sheets
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, datetime)) else plain_text(str(value))


@pytest.mark.parametrize("ending", ["ods", "xls", "xlsx"])
def test_a_workbook_that_libreoffice_saved_holds_what_it_held(
    ending: str, example_quarter: Path, tmp_path: Path, soffice: str
) -> None:
    folder = tmp_path / "saved"
    saved = saved_as(ending, sorted(example_quarter.glob("*.xlsx")), folder, soffice)
    assert len(saved) == 3
    for path in saved:
        ours = cells_of(read_workbook(path))
        assert ours == cells_of(read_workbook(example_quarter / f"{path.stem}.xlsx"))
        theirs = read_again(path)
        for name, cells in ours.items():
            places = {*cells, *theirs[plain_text(name)]}
            second = theirs[plain_text(name)]
            assert [
                (place, cells.get(place), second.get(place))
                for place in sorted(places)
                if not agree(cells.get(place), second.get(place))
            ] == []
