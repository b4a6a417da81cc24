"""Small quarters written by hand: a register and a schedule as text files."""

from collections.abc import Sequence
from pathlib import Path

from ffanalysis.figures import Figure

Q1, Q2, Q3 = "2015-16-Q1", "2015-16-Q2", "2015-16-Q3"
HEAD = "Ref,Project,Type of saving,RAG,2016/17,2017/18,Total"
A1, A2 = "A-1,Alpha,Further,Amber,100,50,150", "A-2,Alpha,New,Green On Target,40,,40"


def quarter(
    root: Path,
    period: str,
    *lines: str,
    projects: Sequence[str] = ("Alpha", "Beta"),
    head: str = HEAD,
) -> Path:
    """A quarter of two files.

    A register of these projects, and a schedule of these lines in £000.
    """
    folder = root / "data" / "raw" / period
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{name},{name} in all,Further\n" for name in projects)
    (folder / "register.csv").write_text(f"Project,Title,Type of saving,Status\n{rows}", "utf-8")
    (folder / "schedule.csv").write_text(
        "\n".join(["£000", "Plan,Current", head, *lines, ""]), "utf-8"
    )
    return folder


def pounds(figure: Figure | None) -> float | None:
    """What a figure comes to in pounds; None where it is not there or states nothing."""
    return None if figure is None or figure.value is None else figure.pence / 100
