"""A point that may stand for thousands: "45.500" in pounds may be £45,500, or £45.50."""

import re
from collections.abc import Mapping

from ffanalysis import money
from ffanalysis.intake.checked_money import scale_of
from ffanalysis.intake.grid_parts import amount_of, marked
from ffanalysis.intake.taken import Grid, Source, Taken, Value
from ffanalysis.layout import standard

_POINTED = re.compile(r"[(£\s−-]*[1-9]\d{0,2}(?:\.\d{3})+[)\s−-]*")
_THREE_BEHIND = re.compile(r"\.\d{3}(?!\d)")
_DOUBT = "a point for thousands?"


def mark_points(grid: Grid, taken: Taken) -> None:
    """Refuse the amounts of a table whose points may be for thousands, and ask about them once.

    In pounds three digits behind a point are no pence. In thousands they are pounds, where all
    amounts have them; in millions nobody counts thousands.
    """
    every = [value for row in grid.rows for value in row.amounts.values()]
    are_alike = all(_THREE_BEHIND.search(value.text) for value in every if amount_of(value))
    found: list[Value] = []
    for row in grid.rows:
        scale = scale_of(grid, row, taken)
        for number, value in row.amounts.items():
            if _may_be_thousands(value.text, scale, are_alike=are_alike):
                found.append(value)
                row.amounts[number] = marked(value, _DOUBT, found[0].sources[0])
    if found:
        said = ", ".join(dict.fromkeys(value.text for value in found))
        _ask(grid.title.text, said, found[0].sources[0], grid.table.sheet, taken)


def mark_points_of_labels(taken: Taken) -> None:
    """The same of money beside labels; what is none then is asked about with its doubt."""
    for name in ("saving", "total_saving", "budget", "one_off_cost"):
        said = taken.of_years.get(name, [])
        for place, (blanks, value) in enumerate(said):
            if _may_be_thousands(value.text, _scale_of(blanks, value, taken), are_alike=True):
                said[place] = (blanks, marked(value, _DOUBT))
                if name == "one_off_cost":
                    _ask(blanks["label"], value.text, value.sources[0], "Projects", taken)
    costs = taken.fields.get("one_off_cost", [])
    for place, value in enumerate(costs):
        if _may_be_thousands(value.text, _scale_of({}, value, taken), are_alike=True):
            costs[place] = marked(value, _DOUBT)
            _ask("One-off cost", value.text, value.sources[0], "Projects", taken)


def _scale_of(blanks: Mapping[str, str], value: Value, taken: Taken) -> int | None:
    """The unit of an amount beside a label; None where none is written."""
    named = standard().units_named(blanks.get("hint", "")) or standard().units_named(
        taken.form.unit
    )
    return money.unit_of_text(value.text) or next(iter(named), None)


def _may_be_thousands(text: str, scale: int | None, *, are_alike: bool) -> bool:
    if not _POINTED.fullmatch(text.strip()):
        return False
    return scale in (None, money.POUND) or (scale == money.THOUSAND and not are_alike)


def _ask(where: str, said: str, source: Source, sheet: str, taken: Taken) -> None:
    taken.ask(
        f"{where}: the point of '{said}' may be for thousands, or for a part of the unit.",
        source,
        read_as="as written; the quarter's run refuses it",
        do="Write the amount with a comma for thousands.",
        also=sheet,
    )
