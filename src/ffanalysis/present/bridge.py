"""A budget bridge on a page.

Its chart under the message that it shows, and its steps as a table.
"""

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, rounded
from ffanalysis.findings import Sentence
from ffanalysis.measure.bridge import Bridge
from ffanalysis.present import charts
from ffanalysis.present.html import (
    Cell,
    chart,
    in_table,
    listing,
    rounded_sentence,
    table,
    unit_of,
)


def section(item: Bridge) -> Markup:
    """A bridge drawn and as a table, with the basis of each of its two budgets."""
    bases: list[Cell] = [
        f"{year} basis: {basis or 'not recorded'}."
        for year, basis in (
            (item.opening_year, item.opening_basis),
            (item.closing_year, item.closing_basis),
        )
    ]
    if item.planned:
        apart = (
            "Only savings shown as delivered are taken off; a further ",
            item.planned,
            f" is planned for {item.closing_year}.",
        )
        bases.append(rounded_sentence(apart))
    return chart(charts.bridge(item), bridge_title(item)) + _table(item) + listing(bases, "quiet")


def bridge_title(item: Bridge) -> Sentence:
    """What a bridge shows.

    What is left over in each reading, rounded to what its inputs are known to.
    """
    about = (
        f"the change in the {item.service} budget from {item.opening_year} to {item.closing_year}"
    )
    explained = [
        each
        for each in item.readings
        if item.same_basis and abs(each.unreconciled.pence) <= each.tolerance.pence
    ]
    if explained:
        is_all = len(explained) == len(item.readings)
        only_if = (
            ""
            if is_all
            else (
                f", if the {item.closing_year} budget is stated"
                f" {explained[0].position} that year's savings"
            )
        )
        return (f"Savings explain {about}{only_if}",)
    words: list[str | Figure] = ["About "]
    for position, each in enumerate(item.readings):
        unit = each.unreconciled.stated_to or 1
        amount = Figure(f"{each.unreconciled.name}-rounded", rounded(each.unreconciled, unit))
        words += [" or " if position else "", amount]
    why = "" if item.same_basis else "; the two budgets are on different bases"
    return (*words, f" of {about} is unexplained{why}")


def _table(item: Bridge) -> Markup:
    """A bridge step by step, a column for each reading."""
    years = list(dict.fromkeys(year for each in item.readings for year, _ in each.savings))
    saved = [dict(each.savings) for each in item.readings]
    steps = [saving for own in saved for saving in own.values()]
    ends = [figure for each in item.readings for figure in (each.expected, each.unreconciled)]
    unit = unit_of([item.opening, item.closing, *steps, *ends])
    rows: list[list[Cell]] = [
        [f"{item.opening_year} budget", *(in_table(item.opening, unit) for _ in item.readings)]
    ]
    for year in years:
        # A reading that has the year's savings on the other side of both budgets takes nothing off.
        taken: list[Cell] = [
            in_table(each[year], unit) if year in each else "not applicable" for each in saved
        ]
        rows.append([f"less savings delivered {year}", *taken])
    rows.append(["Expected", *(in_table(each.expected, unit) for each in item.readings)])
    rows.append(
        [f"{item.closing_year} budget", *(in_table(item.closing, unit) for _ in item.readings)]
    )
    rows.append([item.left_over, *(in_table(each.unreconciled, unit) for each in item.readings)])
    readings = [
        f"If the {item.closing_year} budget is {each.position} that year's savings"
        for each in item.readings
    ]
    if len(item.readings) == 1:
        position = item.readings[0].position
        readings = [f"{item.closing_year} budget stated {position} that year's savings"]
    limits = {
        each.tolerance.pence: Figure(f"{each.unreconciled.name}/tolerance", each.tolerance)
        for each in item.readings
    }
    rounding = Markup(" or ").join(in_table(limit, unit) for limit in limits.values())
    sums = [len(years) + 1, len(years) + 3]
    return table(
        f"Budget bridge, {item.service}",
        ["Step", *readings],
        rows,
        numbers_from=1,
        totals=sums,
        note=Markup("{}; rounding allows ± {}").format(money.unit_label(unit), rounding),
    )
