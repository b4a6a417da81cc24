"""The position of a saving in one line, and what may come of it, with its assumptions beside it."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, change, size_of
from ffanalysis.findings import Sentence
from ffanalysis.measure.forecast import CASES, RiskWeightedForecast
from ffanalysis.measure.position import IN_DOUBT, Position, Reported
from ffanalysis.present.html import (
    Cell,
    blank,
    in_table,
    mark,
    rounded_sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.sentences import joined
from ffanalysis.present.words import figure_text
from ffanalysis.savings.model import NO_YEAR
from ffanalysis.tables import WeightRow
from ffanalysis.vocabulary import RAG_STATUSES


def position_table(position: Position, *, proposed: bool, title: str = "Position") -> Markup:
    """Target, delivered, forecast, shortfall, and what makes up for it: what is known of them."""
    columns = _position_columns(position, proposed=proposed)
    figures = [
        (heading, figure)
        for heading, figure in columns
        if figure.value is not None or figure.missing not in ("blank", "not stated", "")
    ]
    if len(figures) < 2:  # the target alone is on the first page
        return Markup("")
    row: list[Cell] = [
        mark(figure, IN_DOUBT if figure.missing == IN_DOUBT else figure_text(figure))
        for _, figure in figures
    ]
    headings = [heading for heading, _ in figures]
    return table(title, headings, [row], texts=True, class_="position")


def _position_columns(position: Position, *, proposed: bool) -> Iterator[tuple[str, Figure]]:
    yield "Target (proposed)" if proposed else "Target", position.target
    for figure in position.figures():
        if figure is not position.target:
            yield figure.label, figure


def lead(weighted: RiskWeightedForecast, what: str) -> Sentence:
    """What the central case comes to, between the low and the high one; what cannot be weighed."""
    if not weighted.cases:
        return _not_made(weighted)
    unweighed = _unweighed(weighted)
    low, central, high = (weighted.cases[case]["total"] for case in CASES)
    planned = weighted.planned["total"]
    if planned.partial:
        between = " " if unweighed else ""
        marked = f"Amounts marked {planned.missing} are left out."
        unweighed = (*unweighed, between, marked)
    rest: Sentence = (" ", *unweighed) if unweighed else ()
    if central.pence > planned.pence:
        more = f"{what} is recorded as having delivered more than is planned: "
        return (more, central, " against ", planned, ".", *rest)
    if weighted.is_settled:
        return ("Every year of it is over: ", central, " of ", planned, " was delivered.", *rest)
    opening: Sentence = (
        f"{rates(weighted)}, {what} would deliver about ",
        central,
        " of ",
        planned,
    )
    if low.value == high.value:
        return (*opening, " in every case.", *rest)
    return (*opening, " (", low, " to ", high, ").", *rest)


def _not_made(weighted: RiskWeightedForecast) -> Sentence:
    """That there is no forecast, and why."""
    gap = weighted.not_assessed
    if gap.value:
        return ("No illustrative forecast: the ", gap, " has no RAG status.")
    if gap.value is None and gap.has_gap:
        return (f"No illustrative forecast: an amount marked {gap.missing} has no RAG status.",)
    return ("No illustrative forecast: no RAG status is recorded.",)


def _unweighed(weighted: RiskWeightedForecast) -> Sentence:
    """What has no RAG status, so that it cannot be weighed."""
    gap = weighted.not_assessed
    if gap.value:
        return ("It leaves out ", gap, ", which has no RAG status.")
    if gap.value is None and gap.has_gap:
        return (f"It leaves out an amount marked {gap.missing}, which has no RAG status.",)
    return ()


def weighted_table(
    weighted: RiskWeightedForecast,
    reported: Reported | None = None,
    position: Position | None = None,
) -> Markup:
    """The plan, what is reported of it, and the three cases by year, with what each is short of it.

    `position` has what is delivered and forecast in all.
    """
    if not weighted.cases:
        return Markup("")
    by_measure = (
        [each for each in (reported.delivered, reported.forecast) if each] if reported else []
    )
    every = [weighted.planned, *weighted.cases.values(), *by_measure]
    unit = unit_of([figure for by_year in every for figure in by_year.values()])
    years = _years(weighted, by_measure)

    def cells(by_year: Mapping[str, Figure], *more: str) -> list[Cell]:
        return [in_table(by_year.get(year), unit) for year in (*years, *more)]

    rows: list[list[Cell]] = [["As planned", *cells(weighted.planned, "total"), ""]]
    if reported and position:
        rows += _reported_rows(reported, position, years, unit)
    for case in CASES:
        case_cells = cells(weighted.cases[case], "total")
        rows.append([f"{case.capitalize()} case", *case_cells, in_table(weighted.gap[case], unit)])
    headings = [year.capitalize() if year == NO_YEAR else year for year in years]
    limits = "Each case is at least what has been delivered; in a year that is over, exactly that."
    rounded = f"Rounded to {'£1,000' if weighted.rounded_to == money.THOUSAND else '£1'}."
    note = f"{money.unit_label(unit)}. {assumptions([weighted])} {rounded} {limits}"
    return table(
        "Risk-weighted delivery",
        ["Delivery", *headings, "Total", "Shortfall"],
        rows,
        numbers_from=1,
        note=note,
    )


def _years(weighted: RiskWeightedForecast, by_measure: Sequence[Mapping[str, Figure]]) -> list[str]:
    """The years that are planned, or of which something is reported, the unstated one last."""
    stated = {
        year
        for by_year in by_measure
        for year, figure in by_year.items()
        if figure.value is not None
    }
    every = {*weighted.planned, *stated} - {"total"}
    return [*sorted(every - {NO_YEAR}), *([NO_YEAR] if NO_YEAR in every else [])]


def _reported_rows(
    reported: Reported, position: Position, years: Sequence[str], unit: int
) -> Iterator[list[Cell]]:
    """What is delivered and forecast by year and in all, and what the forecast is short of."""
    for label, by_year, whole in (
        ("Delivered to date", reported.delivered, position.delivered),
        ("Service's forecast", reported.forecast, position.forecast),
    ):
        if by_year:
            cells = [
                in_table(by_year[year], unit) if year in by_year else blank() for year in years
            ]
            is_short = whole is position.forecast and position.shortfall.value is not None
            short = in_table(position.shortfall, unit) if is_short else ""
            yield [label, *cells, in_table(whole, unit), short]


def assumptions(forecasts: Sequence[RiskWeightedForecast]) -> str:
    """The weights that forecasts were made with, whose they are, and what is not weighed.

    "" where there is no case.
    """
    made = [each for each in forecasts if each.cases]
    if not made:
        return ""
    by_rag = {row.rag: row for each in made for row in each.weights}
    weights = [by_rag[rag] for rag in RAG_STATUSES if rag in by_rag]
    listed = joined([f"{_rates_of(row)} of {row.rag}" for row in weights])
    sources = dict.fromkeys(row.declared_in for row in weights)
    whose = "These are default assumptions, not the council's."
    if not any(each.is_illustrative for each in made):
        whose = f"These are the council's own ({' and '.join(sources)})."
    costs = " Costs are included in full."
    return (
        f"Assumes {listed} savings are delivered. {whose}"
        f"{costs if any(each.has_costs for each in made) else ''}{_unrecorded(made)}"
    )


def _unrecorded(made: Sequence[RiskWeightedForecast]) -> str:
    """Which years that are over are weighed, for want of a record of what was delivered."""
    years = sorted({year for each in made for year in each.unrecorded})
    if not years:
        return ""
    are = "is" if len(years) == 1 else "are"
    return f" {joined(years)} {are} over without a full record of delivery, so its rating is used."


def _rates_of(row: WeightRow) -> str:
    """The weights of a RAG status in the three cases, as one where they are the same."""
    if row.low == row.high:
        return f"{row.central}%"
    return f"{row.low}%, {row.central}% or {row.high}%"


def rates(weighted: RiskWeightedForecast) -> str:
    """At whose rates a forecast is made, as a sentence opens."""
    return "At illustrative rates" if weighted.is_illustrative else "At the council's own rates"


def own_forecast(weighted: RiskWeightedForecast, own: Figure | None) -> Sentence:
    """How the weighted cases compare with the schedule's own forecast.

    Nothing where it makes none or there are no cases.
    """
    if own is None or own.value is None or not weighted.cases or weighted.is_settled:
        return ()
    if own.partial:
        return (
            "The service's own forecast is known only in part (",
            own.as_known_part(),
            "), so it is not compared.",
        )
    low, central, high = (weighted.cases[case]["total"] for case in CASES)
    opening: Sentence = ("The service's own forecast of ", own)
    why = "). Ask the service why."
    case = "illustrative" if weighted.is_illustrative else "council's own"
    if own.pence < low.pence:
        return (*opening, f" is lower than the {case} low case (", low, why)
    if own.pence > high.pence:
        return (*opening, f" is higher than the {case} high case (", high, why)
    return (*opening, *_beside_central(own, central))


def _beside_central(own: Figure, central: Figure) -> Sentence:
    apart = Figure(f"{central.name}/difference", size_of(change(central, own)), project=own.project)
    if not apart.value:
        return (" is the central case.",)
    more = "more" if own.pence > central.pence else "less"
    return (" is within that range, ", apart, f" {more} than the central case.")


def section(
    weighted: RiskWeightedForecast | None, what: str, reported: Reported, position: Position
) -> Markup:
    """The forecast: its sentence, and its table under the assumptions.

    Of a saving of nil, or one that adds to spending, nothing is weighed; nor of one that is
    delivered.
    """
    if weighted is None or weighted.planned["total"].pence <= 0:
        return Markup("")
    if position.is_delivered:
        return tag(
            "p",
            "The whole saving has been delivered, so no risk allowance is made.",
        )
    expected = None if position.shortfall.missing == IN_DOUBT else position.forecast
    apart = own_forecast(weighted, expected)
    words = (*lead(weighted, what), " " if apart else "", *apart)
    paragraph = tag("p", rounded_sentence(words))
    if not weighted.cases:
        return paragraph
    return Markup("{}{}").format(
        paragraph,
        weighted_table(weighted, reported, position),
    )
