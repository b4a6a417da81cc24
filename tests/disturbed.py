"""Messy layouts with strange things in a few cells, for two readers to say the same of.

What is put in is what people and programs leave in cells: numbers in odd formats, numbers as text,
marks and errors, texts with signs that nobody sees. Which cells, layout and file format, the seed
says.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import messy
from messy import Page, Quarter, is_number

_FORMS = (
    *("General", "0", "0.0", "0.000", "#,##0", "#,##0,", "#,##0;(#,##0)", "#,##0;[Red]-#,##0"),
    *("0%", "0.0%", "0.00E+00", "# ?/?", '"£"#,##0', "£#,##0.00", '0.0"m"', "@", "000"),
    *("dd/mm/yyyy", "mmm-yy", "yyyy-mm-dd hh:mm", "[h]:mm", "hh:mm:ss", "d mmmm yyyy"),
)
_NUMBERS: Sequence[Callable[[float], float]] = (
    lambda value: value,
    lambda value: -value,
    lambda value: 0,
    lambda value: value / 7,
    lambda value: value + 0.1 + 0.2,
    lambda value: value * 1_000_003,
    lambda value: 1e15 + value,
    lambda value: 1e-9,
    lambda value: 45_931.5,
    lambda value: 60,  # the day that never was, for a spreadsheet of dates
)


def _typed(write: Callable[[str], str]) -> Callable[[float], str]:
    return lambda value: write(f"{value:,}")


def _always(text: str) -> Callable[[float], str]:
    return lambda _: text


_AS_TEXT: Sequence[Callable[[float], str]] = (
    *(_typed(write) for write in messy.TEXTS),
    lambda value: f"{value:g}¹",
    lambda value: f"{value:g} (2)",
    lambda value: f"({value:g})",
    lambda value: f"{value:g}-",
    lambda value: f"\N{MINUS SIGN}{value:g}",
    lambda value: f"{value:g}%",
    lambda value: f"{value:g}k",
    lambda value: f"0{value:g}",
    lambda value: f"'{value:g}",
    lambda _: "1e3",
    lambda _: "TRUE",
    lambda _: "2015-09-30",
    *map(_always, ("TBC", "nil", "-", "..", "[x]", "#REF!", "#N/A", " ")),
)
_TEXTS: Sequence[Callable[[str], str]] = (
    lambda text: f" {text}  ",
    lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
    lambda text: text.replace(" ", "\n", 1),
    lambda text: f"{text}\t",
    lambda text: f"\N{ZERO WIDTH SPACE}{text}",
    lambda text: f"{text[:2]}\N{SOFT HYPHEN}{text[2:]}",
    lambda text: f"\N{LEFT-TO-RIGHT MARK}{text}",
    lambda text: f"\ufeff{text}",
    lambda text: f"{text}²",
    lambda text: f"{text} – “quoted”",
    lambda text: f"{text}, 中文 😀 e\N{COMBINING ACUTE ACCENT}",
    lambda text: f"{text}; \"said\", 'x'",
    lambda text: f"={text}",
    lambda text: f"{text} <b>&amp; _x0041_</b>",
    lambda text: f"{text}\N{IDEOGRAPHIC SPACE}\N{LINE SEPARATOR}",
    lambda text: text.upper(),
    lambda text: text * 40,
)


def write_disturbed(quarter: Quarter, folder: Path, seed: int) -> str:
    """Write the example in a layout and file format of the seed's, and say which."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not secret
    layout = chance.choice(list(messy.LAYOUTS))
    form = chance.choice(list(messy.FORMATS))
    drawn = messy.LAYOUTS[layout](quarter)
    for page in chance.sample(drawn, min(3, len(drawn))):
        _disturb(page, chance)
    try:
        messy.FORMATS[form](folder, drawn)
    except UnicodeEncodeError:  # an old encoding that lacks one of the signs
        form = "csv in UTF-8"
        messy.FORMATS[form](folder, drawn)
    return f"{layout}, {form}"


def _disturb(page: Page, chance: random.Random) -> None:
    """Put something strange into a few cells of a page."""
    for place in chance.sample(sorted(page.cells), min(4, len(page.cells))):
        value, form = page.cells[place]
        if not is_number(value):
            page.cells[place] = chance.choice(_TEXTS)(value), form
        elif chance.random() < 0.5:
            page.cells[place] = chance.choice(_NUMBERS)(value), chance.choice(_FORMS)
        else:
            page.cells[place] = chance.choice(_AS_TEXT)(value), messy.GENERAL
