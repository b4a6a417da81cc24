"""A saving's position: what is delivered and forecast of its target, and the shortfall."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis import periods
from ffanalysis.figures import Figure, Sum, at_least, difference, missing, negative, part_known
from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import is_statement, line_key, type_key, types_suffice
from ffanalysis.savings.model import NO_YEAR, LineKey, PlanSavings, Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import PROGRESS, RECURRENCES, Measure, Plan

IN_DOUBT = "in doubt"  # of a shortfall, where a line of its target is listed more than once


@dataclass(frozen=True)
class Position:
    """What is delivered and forecast of a target, the shortfall, and what makes up for it.

    Attributes:
        target, delivered, forecast: each in its own measure. A forecast that leaves out a line or a
            year of the target is a part.
        shortfall: what the forecast falls short of the target, nil where it does not; not stated
            where either is known in part, in doubt where a line of the target is duplicated.
        above_target: what the forecast exceeds the target by, where it does.
        one_off, recurring, unclear: what mitigates the shortfall, by whether it recurs.
        unmitigated: what of the shortfall is left; `is_mitigated` says whether any mitigation is
            stated.
        due: what of the target is due by the end of the year.
        reaches_later_years: whether no year still to come is short of its own target.
    """

    target: Figure
    delivered: Figure
    forecast: Figure
    shortfall: Figure
    above_target: Figure | None
    one_off: Figure
    recurring: Figure
    unclear: Figure | None
    unmitigated: Figure
    is_mitigated: bool
    due: Figure | None = None
    reaches_later_years: bool = True

    @property
    def mitigations(self) -> tuple[Figure, ...]:
        return (self.one_off, self.recurring, *((self.unclear,) if self.unclear else ()))

    def figures(self) -> Iterator[Figure]:
        """Every figure of it, in the order in which a table shows them."""
        yield from (self.target, self.delivered, self.forecast, self.shortfall)
        yield from (self.above_target,) if self.above_target else ()
        yield from (*self.mitigations, self.unmitigated)

    @property
    def is_delivered(self) -> bool:
        """Whether no less is delivered, in all, than the saving comes to."""
        target, delivered = self.target, self.delivered
        if not (target.is_whole and delivered.is_whole and target.value and delivered.value):
            return False
        return delivered.pence >= target.pence and self.reaches_later_years


def position(
    quarter: Quarter, project: str, target: Figure, plan: Plan, prefix: str = "position"
) -> Position:
    """What is delivered and forecast of a project's savings under one plan, and the shortfall."""
    savings = quarter.savings_of(project, plan)

    def figure(name: str, amount: Sum, label: str) -> Figure:
        return Figure(f"{prefix}/{name}", amount, project=project, label=label)

    delivered = figure("delivered", savings.delivered.total, "Delivered")
    forecast = figure("forecast", forecast_total([savings]), "Forecast")
    short = difference(target, forecast)
    if short.known is not None and savings.has_duplicates:
        short = missing(IN_DOUBT)
    shortfall = at_least(short) if (short.known or 0) < 0 else short
    above = negative(short) if (short.known or 0) < 0 else None
    mitigated = {
        recurring: joined(
            line.expected for line in savings.mitigations if line.recurring == recurring
        )
        for recurring in (*RECURRENCES, "")
    }
    one_off = figure("mitigated-one-off", mitigated["one-off"].total, "Mitigated, one-off")
    recurs = figure("mitigated-recurring", mitigated["recurring"].total, "Mitigated, recurring")
    words = "Mitigated, not stated whether recurring"
    unclear = figure(slug(words), mitigated[""].total, words) if mitigated[""] else None
    parts = [each for each in (one_off, recurs, unclear) if each and each.cells]
    # Where no mitigation is stated, that is all that is known: the shortfall is not said to be
    # unmitigated.
    is_mitigated = bool(parts) or not shortfall.known
    words = "Unmitigated" if is_mitigated else "No mitigation stated"
    left = difference(shortfall, *parts)
    # More than the shortfall leaves nothing unmitigated; what is above the target has its own
    # figure.
    unmitigated = at_least(left) if (left.known or 0) < 0 else left
    return Position(
        target,
        delivered,
        forecast,
        figure("shortfall", shortfall, "Shortfall"),
        figure("above-target", above, "Above target") if above else None,
        one_off,
        recurs,
        unclear,
        figure(slug(words), unmitigated, words),
        is_mitigated,
        due(quarter, savings.target),
        _reaches_later_years(quarter, savings),
    )


def _reaches_later_years(quarter: Quarter, savings: PlanSavings) -> bool:
    """Whether no year still to come is short of its own target, where years are stated.

    What is delivered late makes up for a year that is over; what is delivered now is none of a
    later year's saving.
    """
    delivered, target = savings.delivered.stated, savings.target.non_zero
    if not delivered or any(not row.year for row in (*delivered, *target)):
        return True
    later = [year for year in target.years if not quarter.has_begun(year)]
    return all(
        (delivered.of_year(year).total.known or 0) >= (target.of_year(year).total.known or 0)
        for year in later
    )


def forecast_total(plans: Sequence[PlanSavings]) -> Sum:
    """What is forecast of these savings; a part where a line or a year of a target is left out."""
    forecasts = joined(each.forecast for each in plans)
    found = forecasts.total
    if not found.is_whole:
        return found
    covered = {row.plan for row in forecasts}
    targets = joined(each.target for each in plans if each.plan in covered)
    return part_known(found) if leaves_out(forecasts, targets) else found


def leaves_out(forecast: Series, target: Series) -> bool:
    """Whether a forecast says nothing of a line, or of a year, that the target has money for."""
    has_refs = any(row.ref for row in forecast)
    key = line_key if has_refs or not types_suffice(target.rows) else type_key
    said = {(key(row), row.year) for row in forecast if is_statement(row)}
    planned = {(key(row), row.year) for row in target.non_zero}
    if not {line for line, _ in said} & {line for line, _ in planned}:
        # Its lines have other names, so that only the years can be compared.
        any_line: LineKey = ()
        said, planned = ({(any_line, year) for _, year in each} for each in (said, planned))
    if any(year is None for _, year in (*said, *planned)):
        return not {line for line, _ in planned} <= {line for line, _ in said}
    return not planned <= said


def due(quarter: Quarter, target: Series) -> Figure | None:
    """What of a target is due by the end of this year; None where a part of it states no year."""
    if not target or any(not row.year for row in target):
        return None
    now = periods.year_of(quarter.as_of)
    amount = target.where(lambda row: quarter.has_begun(row.year or "")).total
    return Figure("position/due", amount, label=f"Target, due by the end of {now}")


@dataclass(frozen=True)
class Reported:
    """What is delivered and what is forecast of a project's savings by year, where it is stated."""

    delivered: Mapping[str, Figure]
    forecast: Mapping[str, Figure]

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (*self.delivered.values(), *self.forecast.values())


def reported_by_year(quarter: Quarter, project: str, plan: Plan) -> Reported:
    """The measures that are reported against the target of one plan, by year."""
    savings = quarter.savings_of(project, plan)
    return Reported(
        *(
            _by_year(savings.reported(measure), PROGRESS_LABELS[measure], project)
            for measure in PROGRESS
        )
    )


PROGRESS_LABELS = {Measure.DELIVERED: "Delivered", Measure.FORECAST: "Forecast"}


def _by_year(series: Series, label: str, project: str) -> dict[str, Figure]:
    if not series.stated:
        return {}
    return {
        year: Figure(
            f"position/{slug(label)}/{slug(year)}",
            series.of_year(year).total,
            project=project,
            label=f"{label}, {year}",
        )
        for year in sorted({row.year or NO_YEAR for row in series})
    }
