"""A budget bridge on a page.

Its chart under the message that it shows, and its steps as a table.
"""

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, Sentence, constant, rounded
from ffanalysis.measure.bridge import Bridge
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, chart, in_table, listing, sentence, table
from ffanalysis.present.words import UNIT


def section(item: Bridge) -> Markup:
    """A bridge drawn and as a table, with the basis of each of its two budgets."""
    bases: list[Cell] = [
        f"{year} basis: {basis or 'not stated'}."
        for year, basis in (
            (item.opening_year, item.opening_basis),
            (item.closing_year, item.closing_basis),
        )
    ]
    if item.planned:
        apart = (
            f"Only savings marked delivered are taken off: of {item.closing_year}, ",
            item.planned,
            " more is planned.",
        )
        bases.append(sentence(apart, money.in_short))
    return chart(charts.bridge(item), bridge_title(item)) + _table(item) + listing(bases, "quiet")


def bridge_title(item: Bridge) -> Sentence:
    """What a bridge shows.

    What is left over in each reading, rounded to what its inputs are known to.
    """
    subject = f"{item.service}, {item.opening_year} to {item.closing_year}: "
    explained = [
        each
        for each in item.readings
        if item.same_basis and abs(each.unreconciled.pence) <= each.tolerance
    ]
    if explained:
        is_all = len(explained) == len(item.readings)
        only_if = (
            ""
            if is_all
            else (
                f" if the {item.closing_year} budget is {explained[0].position} that year's savings"
            )
        )
        return (f"{subject}the savings between explain the change{only_if}",)
    words: list[str | Figure] = [subject, "about "]
    for position, each in enumerate(item.readings):
        unit = each.unreconciled.stated_to or 1
        amount = Figure(f"{each.unreconciled.name}-rounded", rounded(each.unreconciled, unit))
        words += [" or " if position else "", amount]
    return (*words, " is not reconciled", "" if item.same_basis else ", because the bases differ")


def _table(item: Bridge) -> Markup:
    """A bridge step by step, a column for each reading."""
    years = list(dict.fromkeys(year for each in item.readings for year, _ in each.savings))
    saved = [dict(each.savings) for each in item.readings]
    rows: list[list[Cell]] = [
        [f"{item.opening_year} budget", *(in_table(item.opening) for _ in item.readings)]
    ]
    for year in years:
        # A reading that has the year's savings on the other side of both budgets takes nothing off.
        steps: list[Cell] = [
            in_table(each[year]) if year in each else "not between" for each in saved
        ]
        rows.append([f"less savings delivered {year}", *steps])
    rows.append(["Expected", *(in_table(each.expected) for each in item.readings)])
    rows.append([f"{item.closing_year} budget", *(in_table(item.closing) for _ in item.readings)])
    gaps = [
        (each.unreconciled, Figure(f"{each.unreconciled.name}/tolerance", constant(each.tolerance)))
        for each in item.readings
    ]
    rows.append(
        [
            item.left_over,
            *(Markup("{} ± {}").format(in_table(gap), in_table(limit)) for gap, limit in gaps),
        ]
    )
    readings = [
        f"If the {item.closing_year} budget is {each.position} that year's savings"
        for each in item.readings
    ]
    sums = [len(years) + 1, len(years) + 3]
    return table(
        f"Budget bridge, {item.service}",
        ["Step", *readings],
        rows,
        numbers_from=1,
        totals=sums,
        note=UNIT,
    )
