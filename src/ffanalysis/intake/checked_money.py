"""All amounts of a paper: one that is another's a thousand times, tables of the same money."""

import re
from collections.abc import Iterator, Sequence

from ffanalysis import money
from ffanalysis.errors import listed
from ffanalysis.intake.grid_parts import years_of
from ffanalysis.intake.sentences import AMOUNT
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken
from ffanalysis.layout import standard

_SCALES = (1_000, 1_000_000)


def ask_several(taken: Taken) -> None:
    """Ask where a paper has more than one table of its own savings: they may be the same money."""
    own = [grid for grid in taken.own_grids if grid.rows]
    titles = [f"'{grid.title.text}'" for grid in own]
    if own and taken.of_years.get("saving"):
        titles.append("the savings that labels ask for by year")
    if len(titles) < 2:
        return
    taken.ask(
        f"The paper has savings in {listed(titles)}, which may be the same money.",
        own[-1].title.sources[0],
        read_as="each as written; a table that repeats another is not added",
        do="Delete the sheet that repeats the other, if one does.",
        also=own[-1].table.sheet,
    )


def ask_scales(taken: Taken) -> None:
    """Ask where one amount of a paper is another's a thousand or a million times."""
    for low, high in _pairs(list(_all_amounts(taken))):
        taken.ask(
            f"'{low[1].words}' and '{high[1].words}' are the same figures, {high[0] // low[0]:,}"
            " times apart.",
            high[1],
            read_as="both as written",
            do="Look whether thousands and millions were mixed up.",
        )


def amounts_in_pence(taken: Taken) -> list[int]:
    """The amounts of the project's own tables, and of the labels that name a year."""
    found = [
        amount.pence
        for grid in taken.grids
        if grid.table.is_own
        for row in grid.rows
        for value in row.amounts.values()
        if (amount := money.from_text(value.text, scale_of(grid, row, taken)))
    ]
    for name, pairs in taken.of_years.items():
        for blanks, value in pairs if name != "total_saving" else ():
            units = standard().units_named(blanks.get("hint", ""))
            scale = units[0] if len(units) == 1 else money.POUND
            if amount := money.from_text(value.text, scale):
                found.append(amount.pence)
    return found


def sums_in_pence(taken: Taken) -> set[int]:
    """What the lines of each table of the project's own savings come to, in pence."""
    return {
        sum(
            amount.pence
            for row in grid.rows
            if not row.is_total
            for number in years_of(grid)
            if number in row.amounts
            and (amount := money.from_text(row.amounts[number].text, scale_of(grid, row, taken)))
        )
        for grid in taken.own_grids
    }


def _all_amounts(taken: Taken) -> Iterator[tuple[int, Source]]:
    """The amounts of tables and sentences, in pence, each with its source."""
    for grid in taken.grids:
        for row in grid.rows:
            for value in row.amounts.values():
                if amount := money.from_text(value.text, scale_of(grid, row, taken)):
                    yield amount.pence, value.sources[0]
    values = [value for values in taken.fields.values() for value in values]
    values += [value for pairs in taken.of_years.values() for _, value in pairs]
    for value in values:
        for found in re.finditer(AMOUNT, value.text, re.I):
            if amount := money.from_text(found[0], money.POUND):
                yield amount.pence, Source(found[0], value.sources[0].place)


def scale_of(grid: Grid, row: GridRow, taken: Taken) -> int | None:
    """The unit of a row of a table, where one is named."""
    texts = [row.labels["unit"].text] if "unit" in row.labels else []
    texts += [grid.unit.text] if grid.unit else []
    texts += [grid.title.text, " ".join(head.text for head in grid.heads), taken.form.unit]
    named = (standard().units_named(text) for text in texts if text)
    return next((units[0] for units in named if len({*units}) == 1), None)


def _pairs(
    amounts: Sequence[tuple[int, Source]],
) -> Iterator[tuple[tuple[int, Source], tuple[int, Source]]]:
    by_pence = {abs(pence): (abs(pence), source) for pence, source in amounts if pence}
    for pence, low in by_pence.items():
        figures = str(pence).rstrip("0")
        for scale in _SCALES:
            high = by_pence.get(pence * scale)
            # A single figure ("100" and "£100,000") comes up by chance.
            if high is not None and len(figures) > 1:
                yield low, high
