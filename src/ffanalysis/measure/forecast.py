"""Where a saving stands against its target, and what may come of it.

Delivery weighted by RAG status.

The weights are the council's assumptions (`settings.toml`), and stand beside every forecast. What
has no RAG status is not weighed: it is told as not assessed. A negative amount, as a cost of the
saving, is counted in full in every case.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from ffanalysis import money, periods
from ffanalysis.figures import Figure, merged_cells
from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import (
    counted_lines,
    is_own,
    is_told_by_type,
    line_of,
    line_of_type,
    measured,
    stands_twice,
    stated,
)
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of, combined
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK

CASES = ("low", "central", "high")
NO_YEAR = "year not stated"
IN_DOUBT = "in doubt"  # of a shortfall whose target has a line that stands twice


@dataclass(frozen=True)
class Weighted:
    """What is planned by year, and what of it may be delivered in each case.

    The last year of each is "total".

    Every case is rounded to £1,000, of less than £10,000 to £1; its total adds the rounded years.
    `gap` is what the plan exceeds each case by. `not_assessed` is what has no RAG status; where
    that is all, there is no case. `weights` are the rows of the table of that name that were used;
    `has_costs` says whether an amount below nil was counted in full; `rounded_to` is the unit of
    the cases, in pence.
    """

    planned: Mapping[str, Figure]
    cases: Mapping[str, Mapping[str, Figure]]
    gap: Mapping[str, Figure]
    not_assessed: Figure
    weights: tuple[Row, ...]
    has_costs: bool
    rounded_to: int

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(self.planned)

    @property
    def is_made(self) -> bool:
        """Whether there is a case.

        Not of what has no RAG status, nor of a saving of nil or one that adds to spending.
        """
        return bool(self.cases) and self.planned["total"].pence > 0

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from self.planned.values() if self.cases else ()
        yield from (figure for case in self.cases.values() for figure in case.values())
        yield from self.gap.values()
        yield self.not_assessed


def weighted(
    ledger: Ledger,
    lines: Sequence[Row],
    prefix: str,
    label: str,
    project: str = "",
    delivered: Sequence[Row] = (),
) -> Weighted | None:
    """Lines weighted by their RAG status; None where they state no amount.

    No case of a year is less than what is `delivered` of it already, nor more where the year is
    over. What was delivered in another year than planned does not come a second time: it is taken
    off the plan of the years that lack it, the earliest first.
    """
    known = stated(list(lines))
    if not known:
        return None
    assessed = [row for row in known if row.rag]
    done = stated(list(delivered))
    years = sorted({row.year for row in (*known, *done) if row.year})
    years += [NO_YEAR] if any(not row.year for row in (*known, *done)) else []

    def of(rows: Iterable[Row], year: str) -> list[Row]:
        return [row for row in rows if (row.year or NO_YEAR) == year]

    planned = {
        year: amount(
            f"{prefix}/planned/{slug(year)}", of(lines, year), project, f"{label}, planned, {year}"
        )
        for year in years
    }
    planned["total"] = amount(f"{prefix}/planned/total", list(lines), project, f"{label}, planned")
    shares = {row.rag: row for row in ledger.rows("weights")}
    due, came = (
        {year: amount("", of(rows, year)) for year in years} for rows in (known, list(delivered))
    )
    elsewhere = _elsewhere(
        *({year: int(figure.value or 0) for year, figure in each.items()} for each in (due, came))
    )
    past = {year for year in years if year != NO_YEAR and year < periods.year_of(ledger.as_of)}
    over = {year for year in past if came[year].value is not None and not came[year].partial}
    # A forecast is no more exact than its weights; of what is small, a thousand pounds would be too
    # much.
    least = money.THOUSAND if planned["total"].pence >= 10 * money.THOUSAND else money.POUND
    cases: dict[str, dict[str, Figure]] = {}
    for case in CASES if assessed else ():
        by_year = {
            year: replace(
                (
                    came[year]
                    if year in over
                    else _weigh(
                        of(assessed, year), of(done, year), case, shares, least, elsewhere[year]
                    )
                ),
                name=f"{prefix}/{case}/{slug(year)}",
                project=project,
                label=f"{label}, {case} case, {year}",
            )
            for year in years
        }
        cases[case] = {
            **by_year,
            "total": combined(
                f"{prefix}/{case}/total", by_year.values(), f"{label}, {case} case", project
            ),
        }
    gap = {
        case: Figure(
            f"{prefix}/gap/{case}",
            sum(row.amount_pence for row in assessed) - by_year["total"].pence,
            by_year["total"].cells,
            stated_to=by_year["total"].stated_to,
            project=project,
            label=f"{label}, short of plan in the {case} case",
        )
        for case, by_year in cases.items()
    }
    without = [
        row for row in lines if not row.rag and (row.amount_pence is None or row.amount_pence)
    ]
    rags = {row.rag for row in assessed}
    return Weighted(
        planned,
        cases,
        gap,
        amount(f"{prefix}/not-assessed", without, project, f"{label}, without a RAG status"),
        tuple(row for row in ledger.rows("weights") if row.rag in rags),
        any(row.amount_pence < 0 for row in assessed),
        least,
    )


def _elsewhere(due: Mapping[str, int], came: Mapping[str, int]) -> dict[str, int]:
    """What of each year's plan was delivered in another year, in pence."""
    more = sum(max(0, came[year] - max(0, due[year])) for year in due)
    found = {}
    for year in due:
        found[year] = min(more, max(0, due[year] - max(0, came[year])))
        more -= found[year]
    return found


def _weigh(
    rows: list[Row],
    delivered: list[Row],
    case: str,
    shares: Mapping[str, Row],
    least: int,
    elsewhere: int,
) -> Figure:
    unit = least
    exact = sum((row.amount_pence * _share(row, case, shares) / 100 for row in rows), Decimal(0))
    whole = amount("", rows)
    if elsewhere and whole.value:
        exact = exact * (whole.pence - elsewhere) / whole.pence
        whole = replace(whole, value=whole.pence - elsewhere)
    value = int((exact / unit).quantize(Decimal(1), ROUND_HALF_UP)) * unit
    if all(_share(row, case, shares) == 100 for row in rows) and whole.value is not None:
        # All of it is all of it: rounding makes no more of it.
        value, unit = whole.pence, whole.stated_to or unit
    done = amount("", delivered)
    if done.value is not None and done.pence > value:
        return replace(done, partial=False, missing="")
    return Figure("", value, cells_of(rows), stated_to=unit)


def _share(row: Row, case: str, shares: Mapping[str, Row]) -> Decimal:
    """How much of a line is counted on, in percent.

    Of what lessens a saving, such as its cost, always all.
    """
    return Decimal(100 if row.amount_pence < 0 else getattr(shares[row.rag], case))


def position(
    ledger: Ledger, project: str, target: Figure, plan: str, prefix: str = "position"
) -> dict[str, Figure]:
    """Where the saving stands.

    Delivered, forecast, what the forecast falls short of its target, and what stands in for that.

    A forecast that leaves out a line, or a year, of the target is one in part; then nothing is said
    of a shortfall, nor where a line of the target stands twice.
    """
    delivered, forecast = (
        measured(ledger, project, measure, plan) for measure in ("delivered to date", "forecast")
    )
    rows = [row for row in ledger.of_project("savings", project) if row.plan == plan]
    targets = list(filter(is_own, counted_lines(rows)))
    found = {
        "Target": target,
        "Delivered": amount(f"{prefix}/delivered", delivered, project, "Delivered"),
        "Forecast": amount(f"{prefix}/forecast", forecast, project, "Forecast"),
    }
    found["Forecast"] = as_known(found["Forecast"], forecast, ledger, project, plan)
    short = _difference(f"{prefix}/shortfall", "Shortfall", target, [found["Forecast"]], project)
    if short.value is not None and stands_twice(targets):
        short = Figure(short.name, None, (), missing=IN_DOUBT, project=project, label="Shortfall")
    found["Shortfall"] = short
    if short.value is not None and short.pence < 0:
        found["Shortfall"] = replace(short, value=0)
        found["Above target"] = replace(
            short, name=f"{prefix}/above-target", value=-short.pence, label="Above target"
        )
    # What stands in for a shortfall counts once: by its target, else by what is forecast of it.
    mitigating = [row for row in counted_lines(rows) if row.mitigates]
    known = {line_of(row) for row in mitigating}
    mitigating += [
        row
        for row in rows
        if row.mitigates and row.measure == "forecast" and line_of(row) not in known
    ]
    for recurring, words in (
        ("one-off", "Mitigated, one-off"),
        ("recurring", "Mitigated, recurring"),
    ):
        standing_in = [row for row in mitigating if row.recurring == recurring]
        found[words] = amount(f"{prefix}/{slug(words)}", standing_in, project, words)
    unclear = [row for row in mitigating if not row.recurring]
    if unclear:
        words = "Mitigated, not stated whether recurring"
        found[words] = amount(f"{prefix}/{slug(words)}", unclear, project, words)
    parts = [
        figure for words, figure in found.items() if words.startswith("Mitigated") and figure.cells
    ]
    # Where nothing is stated to stand in for a shortfall, that is all that is known: it is not said
    # to be unmitigated.
    last = "Unmitigated" if parts or not found["Shortfall"].value else "No mitigation stated"
    left = _difference(f"{prefix}/{slug(last)}", last, found["Shortfall"], parts, project)
    # More than the shortfall leaves nothing unmitigated; what is above the target has its own
    # column.
    found[last] = replace(left, value=max(0, left.pence)) if left.value is not None else left
    return found


def as_known(
    figure: Figure, rows: Sequence[Row], ledger: Ledger, project: str, plan: str | None = None
) -> Figure:
    """What rows of a measure come to.

    Of a forecast that leaves out a line or a year of its target, as one in part.

    `plan` is the plan of the target; None stands for all that are not over.
    """
    if figure.value is None or figure.partial or not any(row.measure == "forecast" for row in rows):
        return figure
    own = [
        row
        for row in ledger.of_project("savings", project)
        if (row.plan != "prior" if plan is None else row.plan == plan)
    ]
    plans = {row.plan for row in rows}
    targets = [row for row in counted_lines(own) if is_own(row) and row.plan in plans]
    return (
        replace(figure, partial=True, missing="not stated")
        if _leaves_out(rows, targets)
        else figure
    )


def _leaves_out(forecast: Sequence[Row], targets: Sequence[Row]) -> bool:
    """Whether a forecast says nothing of a line, or of a year, that the target has an amount for."""
    called = (
        line_of_type
        if not any(row.ref for row in forecast) and is_told_by_type(targets)
        else line_of
    )
    said = {
        (called(row), row.year)
        for row in forecast
        if row.amount_pence is not None or row.missing != BLANK
    }
    due = {(called(row), row.year) for row in targets if row.amount_pence}
    if not {line for line, _ in said} & {line for line, _ in due}:
        line_of_any: tuple[
            str, ...
        ] = ()  # its lines are called otherwise, so years alone are held against each other
        said, due = ({(line_of_any, year) for _, year in each} for each in (said, due))
    if any(year is None for _, year in (*said, *due)):
        said, due = ({(line, None) for line, _ in each} for each in (said, due))
    return not due <= said


def reported(ledger: Ledger, project: str, plan: str) -> dict[str, dict[str, Figure]]:
    """What is delivered and what is forecast of a project's savings under one plan, by year.

    The measures that are stated.
    """
    found = {}
    for measure, words in (("delivered to date", "Delivered"), ("forecast", "Forecast")):
        rows = measured(ledger, project, measure, plan)
        if stated(rows):
            years = sorted({row.year or NO_YEAR for row in rows})
            found[words] = {
                year: amount(
                    f"position/{slug(words)}/{slug(year)}",
                    [row for row in rows if (row.year or NO_YEAR) == year],
                    project,
                    f"{words}, {year}",
                )
                for year in years
            }
    return found


def is_delivered(total: Figure, position: Mapping[str, Figure]) -> bool:
    """Whether no less is delivered, all told, than a saving comes to."""
    came = position.get("Delivered")
    return bool(
        came
        and came.value
        and not came.partial
        and total.value
        and not total.partial
        and came.pence >= total.pence
    )


def due(ledger: Ledger, targets: Sequence[Row], project: str = "") -> Figure | None:
    """What of a target is due by the end of the year that the as-of date lies in.

    None where a part of it states no year.
    """
    if not targets or any(not row.year for row in targets):
        return None
    now = periods.year_of(ledger.as_of)
    return amount(
        "position/due",
        [row for row in targets if row.year <= now],
        project,
        f"Target, due by the end of {now}",
    )


def _difference(
    name: str, words: str, whole: Figure, parts: Sequence[Figure], project: str
) -> Figure:
    """What is left of a whole without its parts.

    Not stated where any of them is not known in full.
    """
    if any(figure.value is None or figure.partial for figure in (whole, *parts)):
        return Figure(name, None, (), missing="not stated", project=project, label=words)
    left = whole.pence - sum(part.pence for part in parts)
    return Figure(
        name,
        left,
        merged_cells(whole.cells, *(part.cells for part in parts)),
        project=project,
        label=words,
    )
