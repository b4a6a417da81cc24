"""Small quarters of two text files, a register and a schedule, kept in memory."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from text_quarter import read_quarters

from ffanalysis import read
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.figures import Figure
from ffanalysis.measure.movement import Movement
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.sheets.open_workbook import read_content

Q1, Q2, Q3 = "2015-16-Q1", "2015-16-Q2", "2015-16-Q3"
HEAD = "Ref,Project,Type of saving,RAG,2016/17,2017/18,Total"
A1, A2 = "A-1,Alpha,Further,Amber,100,50,150", "A-2,Alpha,New,Green On Target,40,,40"
ALL = ""  # the files of data/raw itself, which hold for all quarters

Files = dict[str, str | bytes]


class Quarters:
    """A programme's quarters: the files of each by name, as they would stand in data/raw."""

    def __init__(self) -> None:
        self.files: dict[str, Files] = {}

    def __getitem__(self, period: str) -> Files:
        return self.files.setdefault(period, {})

    def load(self, period: str) -> Quarter:
        """What `ffanalysis.load` gives: the quarter, with what is kept of those before it.

        Text files are read in memory. Where there is anything else, such as settings or a workbook,
        all are written to a folder and loaded from there.
        """
        if not all(name.endswith(".csv") for files in self.files.values() for name in files):
            with tempfile.TemporaryDirectory() as folder:
                return Quarter(read.load(period, self.write(Path(folder))))
        sheets = {
            name: [
                sheet
                for file in sorted(files)
                for sheet in read_content(file, _bytes(files[file])).sheets
            ]
            for name, files in self.files.items()
            if files and name <= period
        }
        return read_quarters(sheets)

    def write(self, root: Path) -> Path:
        """The same as files below a root."""
        for period, files in self.files.items():
            folder = root / "data" / "raw" / period
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (folder / name).write_bytes(_bytes(content))
        return root


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def quarter(
    kept: Quarters,
    period: str,
    *lines: str,
    projects: Sequence[str] = ("Alpha", "Beta"),
    head: str = HEAD,
) -> Files:
    """A quarter of two files.

    A register of these projects, and a schedule of these lines in £000.
    """
    files = kept[period]
    rows = "".join(f"{name},{name} in all,Further\n" for name in projects)
    files["register.csv"] = f"Project,Title,Type of saving,Status\n{rows}"
    files["schedule.csv"] = "\n".join(["£000", "Plan,Current", head, *lines, ""])
    return files


def written(root: Path, period: str, *lines: str, **about: Any) -> Path:
    """The same quarter as files below a root, for what must find them there; its folder."""
    kept = Quarters()
    quarter(kept, period, *lines, **about)
    return kept.write(root) / "data" / "raw" / period


def pounds(figure: Figure | None) -> float | None:
    """What a figure comes to in pounds; None where it is not there or states nothing."""
    return None if figure is None or figure.value is None else figure.pence / 100


def balance(
    found: Movement | ProgrammeMovement, place: int = 0
) -> tuple[float | None, dict[str, float | None], float | None]:
    """What savings opened with, what each kind of change came to, and what they closed with.

    Of the first plan, or of that in another place.
    """
    if not found.balances:
        return None, {}, None
    own = found.balances[place]
    by_step = {words: pounds(figure) for words, figure in own.steps.items()}
    return pounds(own.opening), by_step, pounds(own.closing)


def flow(found: ProgrammeMovement) -> dict[tuple[str, str], float | None]:
    """What lines of the first plan come to in pounds, by their RAG status before and now."""
    of_plan = next(iter(found.flows.values()), {})
    return {way: pounds(figure) for way, figure in of_plan.items()}
