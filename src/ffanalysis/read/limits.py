"""What one file may hold at most: more is no budget workbook, but made to harm, and is refused before it does."""

from dataclasses import dataclass


class Refused(Exception):
    """Why a file is not read, as the end of a sentence; no other reader is tried."""


@dataclass
class Limits:
    """Counts what a file unpacks to and how many cells it holds."""

    most_bytes: int = 200_000_000
    most_cells: int = 2_000_000
    unpacked: int = 0
    cells: int = 0

    def unpack(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.most_bytes:
            raise Refused(f"it unpacks to more than {self.most_bytes / 1e6:,.0f} MB, more than a budget workbook can hold.")

    def count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self.most_cells:
            raise Refused(f"it holds more than {self.most_cells:,} cells, more than a budget workbook can hold.")
