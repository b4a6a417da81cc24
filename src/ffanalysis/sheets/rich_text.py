"""The text of a cell that is set in several ways: what is raised or lowered, what is struck.

A raised 2 behind 318 is the mark of a note: the text is "318²", as it is read, and not "3182".
"""

from typing import Literal, NamedTuple

from ffanalysis.sheets.limits import LONGEST_TEXT, Refused

Place = Literal["", "raised", "lowered"]
Struck = Literal["", "in part", "whole"]

HALF_STRUCK = "part of it is struck through"

_RAISED_SIGNS = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_RAISED_LETTERS = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LOWERED_SIGNS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


class _Run(NamedTuple):
    text: str
    place: Place
    is_struck: bool


class RichText:
    """Gathers the text of one cell, run by run."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._length = 0

    def add(self, text: str, place: Place = "", *, is_struck: bool = False) -> None:
        """Add a run. Refuses a text that is longer than any program lets a cell hold."""
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise Refused("a cell holds a longer text than Excel allows.")
        self._runs.append(_Run(text, place, is_struck))

    def take(self) -> tuple[str, Struck]:
        """The text, and how much of it is struck through; the next begins."""
        runs, self._runs, self._length = self._runs, [], 0
        if len(runs) == 1:
            return runs[0].text, "whole" if runs[0].is_struck else ""
        filled = [run for run in runs if run.text.strip()]
        # Where all of a text is raised, nothing is raised above something.
        if len({run.place for run in filled}) > 1:
            runs = [run._replace(text=as_set(run.text, run.place)) for run in runs]
        return "".join(run.text for run in runs), _struck(filled)


def _struck(filled: list[_Run]) -> Struck:
    if not any(run.is_struck for run in filled):
        return ""
    return "whole" if all(run.is_struck for run in filled) else "in part"


def as_set(text: str, place: Place) -> str:
    """A text as its place says: a mark without letters, or raised and of one; "1st" stays so."""
    if not place:
        return text
    bare = text.strip()
    if any(sign.isalpha() for sign in bare):
        is_mark = place == "raised" and len(bare) == 1
        return text.lower().translate(_RAISED_LETTERS) if is_mark else text
    return text.translate(_RAISED_SIGNS if place == "raised" else _LOWERED_SIGNS)
