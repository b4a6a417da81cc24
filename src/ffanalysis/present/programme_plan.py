"""The savings of all programmes against the plan: where they stand, and each programme once."""

from collections.abc import Iterable, Iterator
from datetime import date

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.figures import Figure, total
from ffanalysis.findings import Sentence
from ffanalysis.measure.in_projects import ProgrammeInProjects
from ffanalysis.measure.plan_position import PlanPosition
from ffanalysis.measure.programme import ProgrammeAgainstPlan, ProgrammeMeasures
from ffanalysis.present import forecast, programme_sentences
from ffanalysis.present.html import (
    Cell,
    in_table,
    rounded_sentence,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.words import legend
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import DELIVERED, RAG_STATUSES


def position_table(position: PlanPosition | None, as_of: date) -> Markup:
    """The position of the savings in the plan in one line; nothing where none is forecast."""
    if position is None:
        return Markup("")
    year_end = periods.year_end(periods.year_of(as_of))
    columns = {
        "Target": position.target,
        f"Due by {periods.long_date(year_end)}": position.due,
        "Delivered": position.delivered,
        "Forecast": position.forecast,
        "Shortfall": position.shortfall,
        "Above target": position.above_target,
    }
    known = {heading: figure for heading, figure in columns.items() if figure}
    unit = unit_of(known.values())
    who = sentence((position.projects, " with a full forecast"))
    if position.without_forecast.value:
        who += sentence(("; not known for ", position.without_forecast))
    return table(
        "Position of the savings in the plan",
        ["Projects", *known],
        [[who, *(in_table(figure, unit) for figure in known.values())]],
        numbers_from=1,
        note=f"{money.unit_label(unit)}. Delivered and forecast are for any year.",
        class_="position stacked",
    )


def programmes_table(quarter: Quarter, measures: ProgrammeMeasures) -> Markup:
    """Each programme against the plan, all of them together, and what is in projects."""
    programmes, totals = measures.programmes, measures.totals
    if not programmes:
        none = "No current programme is recorded."
        if measures.in_projects:
            none = "No programme is recorded beside the projects, so there is none to compare."
        return _in_no_project(quarter, measures) or tag("p", none)
    rags = [
        rag
        for rag in RAG_STATUSES
        if any(each.context.grid and rag in each.context.grid.rows for each in programmes)
    ]
    carried = measures.in_projects[: len(programmes)]
    is_known = any(each.overall.rest for each in carried)
    figures: dict[str, list[Figure | None]] = {
        each.context.scope: [*_against_plan(each, rags), *(_in_projects(found) if is_known else ())]
        for each, found in zip(programmes, carried, strict=True)
    }
    if totals:
        figures["All programmes"] = [
            *(totals.plan, totals.total),
            *(totals.by_rag.get(rag) for rag in rags),
            *(totals.central, totals.gap),
            *((totals.in_projects, totals.in_no_project) if is_known else ()),
        ]
    unit = unit_of(figure for row in figures.values() for figure in row)
    rows: list[list[Cell]] = [
        [name, *(in_table(figure, unit) for figure in row)] for name, row in figures.items()
    ]
    shown = table(
        "Each programme, included once",
        [
            *("Programme", "In the MTFP", "Planned"),
            *rags,
            *("Central case", "Gap to the MTFP"),
            *(("In projects", "In no project") if is_known else ()),
        ],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1] if totals else [],
        note=" ".join(filter(None, _notes(measures, unit))),
        class_="many stacked",
    )
    beside = Markup("").join(_beside_programmes(measures))
    return shown + beside + _in_no_project(quarter, measures)


def _against_plan(each: ProgrammeAgainstPlan, rags: Iterable[str]) -> list[Figure | None]:
    grid = each.context.grid
    return [
        *(each.plan, each.context.total),
        *(grid.row_totals.get(rag) if grid else None for rag in rags),
        *(each.forecast.central if each.forecast else None, each.gap),
    ]


def _in_projects(found: ProgrammeInProjects) -> tuple[Figure | None, Figure | None]:
    """What its projects have of a programme, and what is in none; neither where it is not known."""
    if found.is_refused or found.overall.rest is None:
        return None, None
    return found.overall.projects, found.overall.rest


def _notes(measures: ProgrammeMeasures, unit: int) -> Iterator[str]:
    """The unit and the assumptions of the table of programmes."""
    programmes, totals = measures.programmes, measures.totals
    made = [each.forecast for each in programmes if each.forecast and each.forecast.cases]
    yield legend(unit)
    yield forecast.assumptions(made)
    yield "Cases are rounded." if made else ""
    if totals and totals.plan and not all(each.plan for each in programmes):
        yield "A line of the MTFP that several programmes share is in the total only."


def _beside_programmes(measures: ProgrammeMeasures) -> Iterator[Markup]:
    """Why programmes are not added up, and what the plan has for none of them."""
    totals = measures.totals
    yield from _two_delivered(measures)
    if not totals and len(measures.programmes) > 1:
        words = "They are not added up: one covers part of another, or names no service."
        yield tag("p", words, class_="quiet")
    if totals and totals.plan_without_programme:
        rest: Sentence = (
            "The MTFP has a further ",
            totals.plan_without_programme,
            " for none of these programmes; no gap above includes it.",
        )
        yield tag("p", rounded_sentence(rest), class_="quiet")


def _two_delivered(measures: ProgrammeMeasures) -> Iterator[Markup]:
    """That what projects report and what RAG tables mark as delivered are not the same."""
    reported = measures.position.delivered if measures.position else None
    marked = measures.totals.by_rag.get(DELIVERED) if measures.totals else None
    if not reported or not marked or reported.value in (None, marked.value) or not marked.value:
        return
    words: Sentence = (
        "Projects report ",
        reported,
        " as delivered. The programmes' RAG tables mark ",
    )
    words = (*words, marked, " so, whether it is in a project or not.", *_ahead(measures))
    yield tag("p", rounded_sentence(words), class_="quiet")


def _ahead(measures: ProgrammeMeasures) -> Sentence:
    """How much of what programmes mark as delivered is for years that have not begun."""
    ahead = [each.context.ahead[0] for each in measures.programmes if each.context.ahead]
    if not ahead:
        return ()
    label = "All programmes, marked delivered ahead of its year"
    amount = Figure("overall/delivered-ahead", total(ahead), label=label)
    return (" Of that, ", amount, " is for years that have not begun.")


def _in_no_project(quarter: Quarter, measures: ProgrammeMeasures) -> Markup:
    """What is in projects and not in the table: other programmes, other years, no line of the plan.

    A programme that only the plan states has no row of the table.
    """
    others = measures.in_projects[len(measures.programmes) :]
    said = [rounded_sentence(programme_sentences.in_no_project(each)) for each in others]
    said.append(rounded_sentence(programme_sentences.beyond_the_programmes(measures.in_projects)))
    if outside := measures.outside_the_plan:
        names = [quarter.register[project].name for project in outside.carried]
        said.append(sentence(programme_sentences.outside_the_plan(outside, names)))
    return Markup("").join(tag("p", words, class_="quiet") for words in said if words)
