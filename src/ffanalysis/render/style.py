"""How a notebook begins: its parameters' names are checked, and the house style comes in."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ffanalysis.render.parameters import refuse_unknown_in_notebook


@dataclass(frozen=True)
class Style:
    """The style of briefings, for the notebook it is shown in."""

    css: str

    def _repr_html_(self) -> str:
        return f"<style>{self.css}</style>"

    def __repr__(self) -> str:
        return "<style of ffanalysis>"


@cache
def css() -> str:
    """The style that pages and notebooks share."""
    return (Path(__file__).parent / "briefing.css").read_text("utf-8")


def begin() -> Style:
    """Begin a notebook.

    Raises ParameterUnknown where papermill was given a parameter that the notebook doesn't have.
    """
    refuse_unknown_in_notebook()
    return Style(css())
