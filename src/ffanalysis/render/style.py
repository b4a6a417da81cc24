"""The setup of a notebook: its parameters' names are checked, and the house style is loaded."""

import builtins
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ffanalysis.errors import UserError
from ffanalysis.present.look import stylesheet
from ffanalysis.read import council_of, find_root
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
    _draw_alike()
    return Style("\n".join(filter(None, (css(), _look_of_council()))))


def _draw_alike() -> None:
    """An analyst's own charts have the house style, and the same bytes each time.

    No random ids, no day in them.
    """
    import matplotlib as mpl

    from ffanalysis.present.drawing import use_house_style

    use_house_style()
    mpl.rcParams["svg.hashsalt"] = "ffanalysis"
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")


def _look_of_council() -> str:
    """The council's colours for the quarter that the notebook is of; "" where it sets none."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    period = shell.user_ns.get("period") if shell else None
    if not isinstance(period, str):
        return ""
    try:
        return stylesheet(council_of(find_root(), period).colours)
    except (UserError, OSError):
        return ""  # reading the quarter, in the next cell, says what is wrong
