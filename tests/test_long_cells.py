"""A cell may hold 32,767 characters of anything: nothing that reads it tries every way to.

What takes work with the square of the length would take many minutes here, and is broken off.
"""

import signal
from collections.abc import Callable, Iterator

import pytest

from ffanalysis import layout, money, periods
from ffanalysis.sheets.csv_numbers import UnclearNumbers
from ffanalysis.sheets.formulas import gives_number
from ffanalysis.workbook_check import values

LONG = 200_000
TEXTS = {
    "spaces": "1" + " " * LONG + "x",
    "no-break spaces": "1" + "\u00a0" * LONG + "x",
    "brackets": "(" * LONG + "1",
    "open": "(" + " " * LONG,
    "dots": "2015" + "." * LONG + "!",
    "stars": "*" * LONG + "x",
    "commas": "1," * LONG + "x",
    "minus": "-" * LONG + "1",
    "slashes": "2015/16" * (LONG // 7),
    "digits": "1" * LONG + "x",
    "letters": "a" * LONG + "!",
    "marks": "1" + "²," * LONG + "x",
}
READERS: dict[str, Callable[[str], object]] = {
    "an amount": lambda text: money.from_text(text, 100),
    "a nought": money.is_nought,
    "units": money.units_named,
    "a label": layout.without_footnote,
    "a name": layout.plain,
    "a year": periods.parse_year,
    "years in a heading": periods.year_in,
    "years in a title": periods.spans_in,
    "a date": periods.parse_when,
    "a formula": gives_number,
    "a number of the check": values.number_in,
    "a figure of the check": values.looks_like_figure,
    "a total of the check": values.is_total_label,
    "fields of a .csv": lambda text: UnclearNumbers(";").add(1, [text]),
}


@pytest.fixture(autouse=True)
def broken_off() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError("it takes work with the square of the length")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("reader", READERS)
def test_a_long_cell_is_read_or_passed_over_at_once(reader: str, text: str) -> None:
    READERS[reader](TEXTS[text])
