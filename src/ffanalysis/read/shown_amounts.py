"""What a cell's number format shows of an amount: its unit, how exactly, and what contradicts it.

A number is read as its cell shows it, as a text is: "€ 40", "9.2%" and "40 FTE" are no amounts in
pounds, whether they are typed or only shown.
"""

import re
from functools import lru_cache

from ffanalysis import money
from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import GENERAL, Cell
from ffanalysis.sheets.number_formats import Section

WRITE_AMOUNT = "write a number, nil, TBC, or leave blank"
_ORDINARY = f"{WRITE_AMOUNT}, in an ordinary number format"
_DASHES = frozenset("-–—−")


def unit_shown(cell: Cell) -> int | None:
    """The unit, in pence, that a cell's number format says the number is in; None for none.

    £5.9m shown for 5,900,000 is in pounds, for 5,900 in thousands, and for 5.9 in millions.
    """
    if cell.number_format == GENERAL:
        return None
    section = cell.section
    unit = _unit_written(section)
    return unit // 1000**section.hidden if unit else None


def problem_shown(cell: Cell, unit: int, layout: Layout) -> str:
    """Why a number is not money in this unit as its format shows it; "" where it is."""
    if cell.number_format == GENERAL:
        return ""
    section = cell.section
    if _is_always_clear(section, unit):
        return ""
    if section.is_percentage:
        return f"'{cell.text}' is formatted as a percentage, not as an amount ({WRITE_AMOUNT})."
    if not section.has_digits:
        return _problem_without_digits(cell, section.around(""), layout)
    if not _is_money(section):
        shown = section.around(cell.text)
        return (
            f"'{cell.text}' is shown as '{shown}' by its number format, which is not an amount in"
            f" pounds ({_ORDINARY})."
        )
    return _problem_with_unit(cell, section, unit)


def _problem_with_unit(cell: Cell, section: Section, unit: int) -> str:
    own, label = unit_shown(cell), money.unit_label(unit)
    two_ways = f"'{cell.text}' can be read two ways: its number format"
    if own is not None and own != unit:
        written = money.unit_label(_unit_written(section) or own)
        return f"{two_ways} shows it in {written}, and its unit is {label} ({_ORDINARY})."
    if own is None and section.hidden and unit != money.POUND:
        return f"{two_ways} hides thousands, and its unit is {label} (show the number in full)."
    if cell.looks_negative:
        return (
            f"{two_ways} shows it as a negative, but it holds a positive number (write the minus"
            " into the cell, or use an ordinary format)."
        )
    return ""


def _problem_without_digits(cell: Cell, shown: str, layout: Layout) -> str:
    """Why a number is unclear that is not shown; a nought may be shown as a dash, or not at all."""
    is_gap = plain(shown) in layout.markers and not set(shown) & _DASHES
    if not shown or (cell.value == 0 and not is_gap):
        return ""
    return f"'{cell.text}' is shown as '{shown}' by its number format ({_ORDINARY})."


@lru_cache(maxsize=1 << 12)
def _is_always_clear(section: Section, unit: int) -> bool:
    """Whether a section shows whatever number as money in this unit, as nearly all do."""
    return (
        section.has_digits
        and not section.hidden
        and not section.is_percentage
        and not section.looks_negative
        and _is_money(section)
        and _unit_written(section) in (None, unit)
    )


@lru_cache(maxsize=1 << 12)
def _is_money(section: Section) -> bool:
    """Whether what a section shows is an amount in pounds."""
    if re.search("[0-9]", money.without_units(section.around(""))):
        return False
    return money.from_text(money.without_units(section.around("5")), money.POUND) is not None


@lru_cache(maxsize=1 << 12)
def _unit_written(section: Section) -> int | None:
    """The unit that a section writes beside the number, as in "£5.9m"; a pound sign names none."""
    shown = section.around("5")
    named = [unit for unit in money.units_named(shown) if unit != money.POUND]
    return money.unit_of_text(shown) or (named[0] if len(named) == 1 else None)
