"""What a row's label in a table of money is: a status, a type, a route, a unit, a total."""

import re
from collections.abc import Sequence
from functools import lru_cache

from ffanalysis import money
from ffanalysis.intake.words import key, squash
from ffanalysis.layout import Layout, standard
from ffanalysis.vocabulary import RAG_STATUSES

TOTAL = "total"
# A label is the first of these that it may be.
_COLUMNS = ("rag", "route", "measure", "recurring")


@lru_cache(maxsize=4096)
def kind_of(text: str) -> str | None:
    """The column of the workbook that a label belongs in, "total", or None for other words."""
    layout = standard()
    if _is_unit(text, layout):
        return "unit"
    for column in _COLUMNS:
        if known(column, text):
            return column
    if layout.is_total(text):
        return TOTAL
    return "saving_type" if layout.types_in(text) else None


def _is_unit(text: str, layout: Layout) -> bool:
    return layout.is_unit(text) or bool(
        layout.units_named(text) and not key(layout.without_units(text))
    )


@lru_cache(maxsize=4096)
def known(column: str, text: str) -> str | None:
    """A label as people write it, where its letters are those of a word that the column knows."""
    letters = squash(text)
    if not letters:
        return None
    spellings: dict[str, str] = {
        squash(word): value for word, value in standard().values[column].items()
    }
    return spellings.get(letters)


def spelled(column: str, text: str) -> str:
    """A label without what broke it: "Green On ⁻ Target" is "Green On Target"."""
    value = known(column, text)
    if value is None or column != "rag":
        return " ".join(text.split())
    return value if squash(value) == squash(text) else " ".join(text.split())


def stacked(text: str) -> list[str]:
    """The statuses that one cell lists one after the other, the total among them; or nothing."""
    names = [*RAG_STATUSES, "Total"]
    rest, found = squash(text), []
    while rest:
        name = next((each for each in names if rest.startswith(squash(each))), None)
        if name is None:
            return []
        found.append(name)
        rest = rest[len(squash(name)) :]
    return found if len(found) > 1 else []


def is_amount(text: str) -> bool:
    """Whether a label is an amount that has slipped out of its column."""
    return money.from_text(text, money.POUND) is not None


_AMOUNT = re.compile(r"\(?[-−–]?£?\d[\d,]*(?:\.\d+)?\s?(?:k|m|mn|million|thousand)?\)?", re.I)


def amounts_in(text: str) -> Sequence[str] | None:
    """The amounts that a cell lists one after the other; None where anything else stands there."""
    found = [match[0].strip() for match in _AMOUNT.finditer(text)]
    left = _AMOUNT.sub(" ", text)
    return found if not re.search(r"\w", left) else None
