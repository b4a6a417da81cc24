"""The trend of a saving over the last quarters: a small line, and its table."""

from collections.abc import Iterator

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.measure.trend import Trend, TrendQuarter
from ffanalysis.periods import year_label
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, blank, chart, in_table, mark, table, tag, unit_of
from ffanalysis.present.sentences import joined
from ffanalysis.present.words import figure_text, small_number

_PLAN_WORDS = {"proposed": "as a proposal", "current": "in the plan"}


def section(trend: Trend) -> Markup:
    """The line and the table; nothing where the quarters have no more to say than the page."""
    if not trend.is_told:
        return Markup("")
    quarters = [each.period.words for each in trend.quarters]
    drawn = chart(charts.trend_lines(trend, quarters), (_title(trend),))
    inside = tag("div", drawn) + tag("div", _table(trend))
    return tag("div", inside, class_="beside trend")


def _title(trend: Trend) -> str:
    measures = joined(trend.measures).capitalize()
    return f"{measures} over {small_number(len(trend.quarters))} quarters"


def _table(trend: Trend) -> Markup:
    """A row for each quarter, the latest last."""
    unit = unit_of(figure for each in trend.quarters for figure in each.figures.values())
    counts = any(each.projects for each in trend.quarters)
    rows: list[list[Cell]] = []
    for each in trend.quarters:
        cells: list[Cell] = [
            in_table(each.figures.get(measure), unit) if each.figures else _gap(each, place)
            for place, measure in enumerate(trend.measures)
        ]
        if counts:
            cells.append(mark(each.projects, figure_text(each.projects)) if each.projects else "")
        rows.append([_quarter(each), *cells])
    return table(
        f"{trend.label} by quarter",
        ["Quarter", *trend.measures, *(["Projects"] if counts else [])],
        rows,
        numbers_from=1,
        note=" ".join(_notes(trend, unit)),
        class_="trend",
    )


def _gap(each: TrendQuarter, place: int) -> Cell:
    """Why a quarter shows no amounts, in the first of its cells."""
    return blank() if place else tag("span", each.gap, class_="quiet")


def _quarter(each: TrendQuarter) -> str:
    words = _PLAN_WORDS.get(each.plan or "", "")
    called = f"Q{each.period.quarter} {year_label(each.period.start)}"
    return f"{called}, {words}" if words else called


def _notes(trend: Trend, unit: int) -> Iterator[str]:
    """The unit, what the sums are of, and where they cannot be compared."""
    yield f"{money.unit_label(unit)}. All years together; delivered is the total to date."
    if any(each.projects for each in trend.quarters):
        yield "Only projects with a full forecast are included."
        if not trend.is_of_same_projects:
            yield "They are not the same projects in every quarter."
    if doubled := [each.period.words for each in trend.quarters if each.has_duplicates]:
        yield f"In {joined(doubled)} a line is listed more than once, which doubles its amount."
    for place in trend.breaks:
        was, now = trend.quarters[place - 1], trend.quarters[place]
        if now.left_out:
            yield f"From {now.period.words} schedules no longer list {joined(now.left_out)}."
        else:
            yield (
                f"From {now.period.words} the schedule covers {_span(now.years)}, before that"
                f" {_span(was.years)}."
            )


def _span(years: tuple[str, ...]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
