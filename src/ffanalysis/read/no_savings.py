"""What people declare to hold no savings: `no-savings.toml`, beside the workbooks or for all.

    [[sheet]]
    workbook = "budget*.xlsx"
    sheet = "Working*"
    reason = "the service's own working, drawn together in the schedule"
    told_by = "Finance business partner, Education"
    date = 2015-10-02

`cells = "H3:K20"` narrows it to a part of the sheet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ffanalysis.errors import CorrectionWrong
from ffanalysis.read.corrections import entries_of
from ffanalysis.sheets.cells import Area, area_of

FILE_NAME = "no-savings.toml"
_EVERYWHERE: Area = (1, 1, 10**7, 10**6)


@dataclass(frozen=True)
class NoSavings:
    """One declaration: which sheets it is for, which part of them, and who says so."""

    workbook: str
    sheet: str
    reason: str
    told_by: str
    area: Area = _EVERYWHERE

    @property
    def said_by(self) -> str:
        """Why it is none, and who says so."""
        return f"{self.reason}; told by {self.told_by}"

    def is_of_all_of(self, workbook: str, sheet: str) -> bool:
        """Whether it is for this sheet as a whole."""
        return self.area == _EVERYWHERE and self.is_for(workbook, sheet)

    def is_for(self, workbook: str, sheet: str) -> bool:
        """Whether it is for this sheet: `*` and `?` stand for what changes between quarters."""
        return _matches(workbook, self.workbook) and _matches(sheet, self.sheet)

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell of its sheet is declared."""
        top, left, bottom, right = self.area
        return top <= row <= bottom and left <= column <= right

    @property
    def place(self) -> str:
        """What it is for, as a sentence names it."""
        return f"{self.workbook}, sheet {self.sheet}"


def read_no_savings(contents: Iterable[bytes]) -> list[NoSavings]:
    """The declarations of all files. Raises CorrectionWrong, which names the entry."""
    found = []
    for content in contents:
        for number, entry in enumerate(entries_of(FILE_NAME, content, "sheet"), 1):
            for key in ("workbook", "sheet"):
                if not isinstance(entry[key], str) or not entry[key].strip():
                    problem = f'its {key} is no name; write one such as "Working*"'
                    raise CorrectionWrong(FILE_NAME, number, problem)
            area = area_of(str(entry["cells"])) if "cells" in entry else _EVERYWHERE
            if area is None:
                problem = f"'{entry['cells']}' names no cells; write them as H3:K20"
                raise CorrectionWrong(FILE_NAME, number, problem)
            found.append(
                NoSavings(
                    entry["workbook"],
                    entry["sheet"],
                    str(entry["reason"]),
                    str(entry["told_by"]),
                    area,
                )
            )
    return found


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(" ".join(name.split()).casefold(), " ".join(pattern.split()).casefold())
