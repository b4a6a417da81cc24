"""Where a saving stands in one line, and what may come of it.

The forecast with its assumptions beside it.
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, Sentence
from ffanalysis.measure.forecast import CASES, IN_DOUBT, NO_YEAR, Weighted
from ffanalysis.present.html import Cell, blank, in_table, mark, sentence, table, tag, unit_of
from ffanalysis.present.words import figure_text
from ffanalysis.vocabulary import RAG_STATUSES


def position_table(
    position: dict[str, Figure], *, proposed: bool, title: str = "Where it stands"
) -> Markup:
    """Target, delivered, forecast, shortfall, and what stands in for it, in one row."""
    headings = ["Target (proposed)" if proposed and name == "Target" else name for name in position]
    texts = (
        IN_DOUBT if figure.missing == IN_DOUBT else figure_text(figure, money.in_short)
        for figure in position.values()
    )
    row: list[Cell] = [
        mark(figure, text) for figure, text in zip(position.values(), texts, strict=True)
    ]
    return table(title, headings, [row], texts=True, class_="position")


def lead(weighted: Weighted, what: str) -> Sentence:
    """What the central case comes to, between the low and the high one; what cannot be weighed."""
    gap = weighted.not_assessed
    unweighed: Sentence = (gap, " has no RAG status, so it is not assessed.") if gap.value else ()
    if gap.value is None and gap.missing not in ("", "blank", "not stated"):
        unweighed = (f"An amount marked {gap.missing} has no RAG status, so it is not assessed.",)
    if not weighted.cases:
        return (f"{what}: no forecast, because no RAG status is stated. ", *unweighed)
    low, central, high = (weighted.cases[case]["total"] for case in CASES)
    planned = weighted.planned["total"]
    if planned.partial:
        unweighed = (
            *unweighed,
            " " if unweighed else "",
            f"What is marked {planned.missing} is in no case.",
        )
    rest: Sentence = (" ", *unweighed) if unweighed else ()
    said: Sentence = (f"Weighted by RAG status, {what} may deliver ", central, " of ", planned)
    if central.pence > planned.pence:
        return (
            f"More of {what} is stated as delivered than is planned: ",
            central,
            " of ",
            planned,
            ".",
            *rest,
        )
    if low.value == high.value:
        return (*said, " in every case.", *rest)
    return (*said, "; the low case is ", low, " and the high case ", high, ".", *rest)


def weighted_table(
    weighted: Weighted,
    reported: Mapping[str, Mapping[str, Figure]] | None = None,
    position: Mapping[str, Figure] | None = None,
) -> Markup:
    """The plan, what is `reported` of it, and the three cases by year, with what each is short of the plan.

    `position` has what is delivered and forecast in all.
    """
    if not weighted.cases:
        return Markup("")
    reported, position = reported or {}, position or {}
    unit = unit_of(
        [
            *weighted.planned.values(),
            *(
                figure
                for case in (*weighted.cases.values(), *reported.values())
                for figure in case.values()
            ),
        ]
    )
    told = {
        year
        for by_year in reported.values()
        for year, figure in by_year.items()
        if figure.value is not None
    }
    planned = [year for year in weighted.years if year != "total"]
    years = [
        *sorted({*planned, *told} - {NO_YEAR}),
        *([NO_YEAR] if NO_YEAR in {*planned, *told} else []),
    ]
    rows: list[list[Cell]] = [
        [
            "As planned",
            *(in_table(weighted.planned.get(year), unit) for year in (*years, "total")),
            "",
        ]
    ]
    for words, by_year in reported.items():
        short = (
            in_table(position["Shortfall"], unit)
            if words == "Forecast" and position["Shortfall"].value is not None
            else ""
        )
        cells = [in_table(by_year[year], unit) if year in by_year else blank() for year in years]
        rows.append([_REPORTED[words], *cells, in_table(position[words], unit), short])
    for case in CASES:
        cells = [in_table(weighted.cases[case].get(year), unit) for year in (*years, "total")]
        rows.append([f"{case.capitalize()} case", *cells, in_table(weighted.gap[case], unit)])
    headings = [
        "Delivery",
        *(year if year != NO_YEAR else NO_YEAR.capitalize() for year in years),
        "Total",
        "Short of plan",
    ]
    held = "no case is below what is delivered, nor above it in a year that is over"
    rounded = f"rounded to {'thousands' if weighted.rounded_to == money.THOUSAND else 'pounds'}"
    note = f"{money.unit_label(unit)}; {assumptions([weighted])}; cases are {rounded}; {held}"
    return table("Risk-weighted delivery", headings, rows, numbers_from=1, note=note)


_REPORTED = {"Delivered": "Delivered to date", "Forecast": "The schedule's forecast"}


def assumptions(forecasts: Sequence[Weighted]) -> str:
    """The weights that forecasts were made with, whose they are, and what is not weighed.

    "" where there is no case.
    """
    made = [each for each in forecasts if each.cases]
    by_rag = {row.rag: row for each in made for row in each.weights}
    weights = [by_rag[rag] for rag in RAG_STATUSES if rag in by_rag]
    said = "; ".join(f"{row.rag} {row.low}%, {row.central}%, {row.high}%" for row in weights)
    whose = list(dict.fromkeys(row.declared_in for row in weights))
    costs = (
        "; an amount below nil, such as a cost, is counted in full"
        if any(each.has_costs for each in made)
        else ""
    )
    return (
        f"assumed of each RAG status, low, central and high: {said} ({' and '.join(whose)}){costs}"
        if made
        else ""
    )


def own_forecast(weighted: Weighted, own: Figure | None) -> Sentence:
    """How the weighted cases stand to the schedule's own forecast.

    Nothing where it makes none or there are no cases.
    """
    if own is None or own.value is None or not weighted.cases:
        return ()
    if own.partial:
        return (
            "The schedule's own forecast is known only in part, ",
            own,
            ", so it is not held against the cases.",
        )
    low, high = (weighted.cases[case]["total"].pence for case in ("low", "high"))
    where = (
        "below all cases"
        if own.pence < low
        else "above all cases"
        if own.pence > high
        else "within the cases"
    )
    where = "equal to the high case" if own.pence == high > low else where
    why = "the service expects it; the cases follow from RAG status and what is delivered"
    return ("The schedule's own forecast, ", own, f", is {where}: {why}.")


def section(
    weighted: Weighted | None,
    what: str,
    own: Figure | None = None,
    *,
    is_done: bool = False,
    reported: Mapping[str, Mapping[str, Figure]] | None = None,
    position: Mapping[str, Figure] | None = None,
) -> Markup:
    """The forecast.

    Its sentence, and its table under the assumptions; `own` is what the schedule itself forecasts.

    `is_done` says that all of it is delivered; `reported` and `position` have what the schedule
    says by year and in all.
    """
    # Of a saving of nil, or one that adds to spending, nothing is weighed; nor of one that is
    # delivered.
    if weighted is None or weighted.planned["total"].pence <= 0:
        return Markup("")
    if is_done:
        return tag(
            "p",
            f"All of what {what} was to save is delivered, so nothing is weighed by its RAG"
            " status.",
        )
    apart = own_forecast(weighted, own)
    said = tag("p", sentence((*lead(weighted, what), " " if apart else "", *apart), money.in_short))
    if not weighted.cases:
        return said
    return Markup("{}{}{}").format(
        tag("h3", "What may be delivered"), said, weighted_table(weighted, reported, position)
    )
