"""What a cell or a text says: a number, a gap, an error, a unit, a total.

For workbooks of any layout.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from ffanalysis import money, periods
from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import Cell, NotCalculated, format_decimals

_FOREIGN = re.compile(r"^([-−–(]?)\s*[$€]\s*|^(?:USD|EUR)\s*")
_ERROR = re.compile(
    r"#(?:REF!|VALUE!|N/A|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|ERROR!|GETTING_DATA)", re.I
)
_LIKE_FIGURE = re.compile(
    r"[-+−–(£$€\s]*\d[\d.,'\s]*[.,]?\d*\)?\s*(?:[a-z]{1,2}|DR|CR|[*†‡¹²³]+)?", re.I
)
_TOTAL_WORDS = re.compile(
    r"\b(?:(?:sub[- ]?|grand )?totals?|totaal|subtotaal|somme|summe|sum of)\b", re.I
)
_PART_OF_NAME = re.compile(
    r"\btotal (?:place|care|pay|reward|estimate|number|population|per)\b", re.I
)


def is_year_number(value: object) -> bool:
    """Whether a number looks like a year."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and 1980 <= value <= 2100
        and value == int(value)
    )


@lru_cache(maxsize=100_000)
def number_in(text: str) -> Decimal | None:
    """The number that a text writes as money or plainly, or None.

    "1,025 ", "(318)", "-1 414", "$30,546,397.96".
    """
    bare = _FOREIGN.sub(r"\1", text.strip())
    amount = money.from_text(bare, money.POUND)
    if amount is None:
        return None
    own = money.unit_of_text(bare)
    # Fractions of a penny are rounded in money; as a plain number the text keeps them.
    digits = re.sub(r"[^\d.]", "", bare)
    if own is None and digits.count(".") <= 1 and re.search(r"\d", digits):
        number = Decimal(digits)
        return (
            -number
            if amount.pence < 0
            or re.match(r"\s*[-−–(]", bare)
            or bare.rstrip().endswith(("-", "−"))
            else number
        )
    return Decimal(amount.pence) / 100


def unit_in(text: str, layout: Layout) -> str:
    """The unit that a text names.

    "£000", "£m", "£bn", "£", "$", "$000", "$m", "€" and so on; "" where it names none.
    """
    folded = text.casefold()
    named = layout.units_named(text)
    sign = (
        "$"
        if "$" in text or "usd" in folded
        else "€"
        if "€" in text or re.search(r"\beuros?\b|\beur\b", folded)
        else ""
    )
    if re.search(r"(?:£|\bgbp\b|\bpounds?\b)?\s*\b(?:bn|billions?)\b", folded) and (
        len(text) < 40 or "£" in text
    ):
        return f"{sign or '£'}bn"
    if named and not sign:
        return money.unit_label(named[0]) if len(named) == 1 else ""
    if sign:
        if re.search(r"thousand|000s?\b|'000|\bk\b", folded):
            return f"{sign}000"
        if re.search(r"million|\bmn?\b", folded):
            return f"{sign}m"
        return sign if not re.search(r"[$€]\s*\d", text) else ""
    return ""


SCALES: Mapping[str, int] = {"": 1, "000": 1_000, "m": 1_000_000, "bn": 1_000_000_000}


def pounds_per(unit: str) -> int | None:
    """How many pounds one of this unit is; None where it is not sterling or not stated."""
    return SCALES[unit[1:]] if unit.startswith("£") else None


def carries_unit(text: str) -> bool:
    """Whether an amount names its own unit: "£5.9m", "£450k"."""
    return (
        number_in(text) is not None
        and money.unit_of_text(_FOREIGN.sub(r"\1", text.strip())) is not None
    )


def figure_in(cell: Cell, unit: str = "") -> Decimal | None:
    """The number that a cell holds or writes as text, in the unit of its table.

    None for anything else.

    "£5.9m" in a table in £000 is 5,900: what a text says of its own unit outranks the table's.
    """
    if cell.is_number:
        return Decimal(repr(cell.value))
    if not isinstance(cell.value, str):
        return None
    number = number_in(cell.value)
    return (
        number / SCALES[unit[1:]]
        if number is not None and unit and carries_unit(cell.value)
        else number
    )


def float_in(cell: Cell, unit: str = "") -> float | None:
    """The same as a binary number, for sums over many."""
    if cell.is_number:
        return float(cell.value)
    figure = figure_in(cell, unit)
    return None if figure is None else float(figure)


def looks_like_figure(text: str) -> bool:
    """Whether a text is a figure that cannot be read, and no heading or word.

    "1.200,50", "640 r", "1,234 CR".
    """
    if not _LIKE_FIGURE.fullmatch(text.strip()) or is_heading_number(text):
        return False
    return (
        number_in(text) is None and periods.parse_year(text) is None and not money.units_named(text)
    )


def is_gap(cell: Cell) -> bool:
    """Whether a cell marks that its figure is missing (TBC, .., [x], #REF!), so that no sum over it can be checked."""
    if isinstance(cell.value, NotCalculated):
        return True
    if not isinstance(cell.value, str):
        return cell.value is not None and not cell.is_number
    return plain(cell.text) not in ("-", "–", "—", "nil", "") and number_in(cell.value) is None


def is_error(cell: Cell) -> bool:
    """Whether a cell shows an error of its formula: #REF!, #DIV/0! and the like."""
    return isinstance(cell.value, str) and bool(_ERROR.fullmatch(cell.text))


def is_heading_number(text: str) -> bool:
    """Whether a text that could be a number is rather a year or a code over a column.

    "2015", "0102".
    """
    return bool(re.fullmatch(r"(?:19|20)\d\d|0\d+", text.strip()))


def is_figure(cell: Cell) -> bool:
    """Whether a cell holds a number, writes one, or has a formula that should give one."""
    return (
        cell.is_number
        or isinstance(cell.value, NotCalculated)
        or (
            isinstance(cell.value, str)
            and (number_in(cell.value) is not None or looks_like_figure(cell.text))
        )
    )


def decimals_of(cell: Cell) -> int | None:
    """How many decimals a cell's number format fixes; None under General."""
    return _decimals_of(cell.number_format)


_decimals_of = lru_cache(maxsize=1_000)(format_decimals)


def is_total_label(text: str) -> bool:
    """Whether a label names a total in any of its usual forms.

    "Total", "Sub-total", "Total - Gaelic", "Totaal".
    """
    return bool(_TOTAL_WORDS.search(text)) and not _PART_OF_NAME.search(text)
