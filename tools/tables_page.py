"""docs/tables.md: each table that is read, its columns, and the headings that are known."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from ffanalysis.layout import plain
from ffanalysis.start.columns import (
    BACKGROUND,
    NO_YEAR,
    PROJECT_NAMES,
    TABLES,
    Column,
    TableForm,
)

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
_MOST_HEADINGS = 6
_OPENING = f"""# Tables and columns

A table is found by its headings, in any sheet and any row. `ffanalysis new` makes a workbook with
all of these; your own may have them in any order, several in a sheet, under other headings that are
known ([name yours](own-tracker.md)). Without a column in **bold** a row cannot be read, or is asked
about.

Years are columns of their own, such as *2026/27*, or a column *Year*. A column of amounts is headed
by its measure and its year, *Forecast 2026/27*. Write the unit once: £, £000 or £m, above the table
or in the heading. What is not known is *TBC*; a blank is not stated, and never nil.

Case, spaces and punctuation of a heading do not matter. Of further headings the first
{_MOST_HEADINGS} are shown; [`layout.toml`](../src/ffanalysis/layout.toml) has them all.
"""


def page() -> str:
    """The page."""
    layout = tomllib.loads((files("ffanalysis") / "layout.toml").read_text("utf-8"))
    parts = [line for form in (*TABLES, BACKGROUND) for line in _section(form, layout)]
    return "\n".join([_OPENING, *parts, *_words(layout)])


def _section(form: TableForm, layout: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    known: Mapping[str, Sequence[str]] = layout["tables"][form.name]["columns"]
    yield f"## {form.sheet}\n\n{form.about}\n"
    for name, value in form.statements:
        yield f"Above the table stands *{name}* | *{value}*, for all its rows.\n"
    yield "| column | says | words | also headed |\n| --- | --- | --- | --- |"
    for column in form.columns:
        yield _row(column, known)
    for amounts in form.amounts:
        heading = f"{amounts.measure} *year*" if amounts.measure else f"*year*, or {NO_YEAR}"
        yield f"| {heading} | {amounts.says} | an amount | |"
    for column in form.behind:
        yield _row(column, known)
    yield ""


def _row(column: Column, known: Mapping[str, Sequence[str]]) -> str:
    heading = f"**{column.heading}**" if column.is_needed else column.heading
    words = column.choices if isinstance(column.choices, str) else ", ".join(column.choices)
    if column.is_open:
        words += ", or others"
    also = next((each for each in known.values() if plain(column.heading) in each), [])
    others = [each for each in also if each != plain(column.heading)]
    shown = ", ".join(others[:_MOST_HEADINGS]) + (" …" if len(others) > _MOST_HEADINGS else "")
    words = "a project of the register" if words == PROJECT_NAMES else words
    return f"| {heading} | {column.says} | {words} | {shown} |"


def _words(layout: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """The words that are known for values of a column."""
    yield "## Words\n\nOther words that are read as these. `[values.…]` of a layout adds to them.\n"
    yield "| column | value | also written |\n| --- | --- | --- |"
    for column, values in layout["values"].items():
        for value, words in values.items():
            yield f"| {column} | {value} | {', '.join(words)} |"
    yield ""
