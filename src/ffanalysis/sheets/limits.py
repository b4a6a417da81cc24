"""What one file may hold at most: more is no budget workbook, but made to harm.

Each reader counts what it does before it does it, so that a file that unpacks to, is made of or
holds too much is refused early, whatever its format. The same file always comes to the same counts.
"""

from dataclasses import dataclass

WIDEST, TALLEST = 16_384, 1_048_576  # columns and rows of a sheet, in Excel and in LibreOffice
LONGEST_TEXT = 2 * 32_767  # in characters: twice what Excel lets a cell hold


class Refused(Exception):
    """Why a file is not read, as the end of a sentence."""


class Damaged(Exception):
    """A file that is not written as its format asks; any other error of a reader means the same."""


@dataclass
class Limits:
    """Counts the work that a file takes, and refuses what is more than a budget workbook needs.

    Attributes:
        unpacked: bytes that the file unpacks to.
        steps: pieces that it is made of: tags, fields, rows and columns that are looked at.
        cells: cells and rows that are kept, and merged areas.

    """

    most_bytes: int = 150_000_000
    most_steps: int = 12_000_000
    most_cells: int = 2_000_000
    unpacked: int = 0
    steps: int = 0
    cells: int = 0

    def unpack(self, size: int) -> None:
        """Count bytes before they are unpacked."""
        self.unpacked += size
        if self.unpacked > self.most_bytes:
            raise Refused(
                f"it unpacks to more than {self.most_bytes / 1e6:,.0f} MB, more than a budget"
                " workbook can hold."
            )

    def step(self, steps: int) -> None:
        """Count pieces before they are looked at."""
        self.steps += steps
        if self.steps > self.most_steps:
            raise Refused(
                f"it is made of more than {self.most_steps:,} pieces, more than a budget workbook"
                " can hold."
            )

    def count(self, cells: int) -> None:
        """Count a row of so many cells: the row itself takes as much memory as one of them."""
        self.cells += cells + 1
        if self.cells > self.most_cells:
            raise Refused(
                f"it holds more than {self.most_cells:,} cells and rows, more than a budget"
                " workbook can hold."
            )


def require_short(text: str) -> str:
    """The text of a cell. Raises Refused where it is longer than any program lets a cell hold."""
    if len(text) > LONGEST_TEXT:
        raise Refused("a cell holds a longer text than Excel allows.")
    return text
