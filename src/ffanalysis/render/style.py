"""The setup of a notebook: its parameters' names are checked, and the house style is loaded."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ffanalysis.render.parameters import refuse_unknown_in_notebook


@dataclass(frozen=True)
class Style:
    """The style of briefings, as the output of a notebook's cell."""

    css: str

    def _repr_html_(self) -> str:
        return f"<style>{self.css}</style>"

    def __repr__(self) -> str:
        return "<style of ffanalysis>"


@cache
def css() -> str:
    """The style that pages and notebooks share."""
    return (Path(__file__).parent / "briefing.css").read_text("utf-8")


def setup_notebook() -> Style:
    """Check the names of a notebook's parameters, and load the style of its parts.

    Raises ParameterUnknown where papermill was given a parameter that the notebook doesn't have.
    """
    refuse_unknown_in_notebook()
    return Style(css())
