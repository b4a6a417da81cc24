"""Charts as PNG bytes.

The same figures as the tables beside them, in words and shapes as well as in colour.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from ffanalysis import money, periods
from ffanalysis.figures import Figure
from ffanalysis.measure.bridge import Bridge, Reading
from ffanalysis.measure.context import RagByYear
from ffanalysis.measure.programme_movement import DECREASE, ENDED, INCREASE
from ffanalysis.measure.trend import Trend, TrendQuarter
from ffanalysis.periods import Period
from ffanalysis.present.drawing import (
    GREY,
    HALF,
    INK,
    NAVY,
    PALE,
    PLUM,
    TEAL,
    Chart,
    bare,
    canvas_of,
    in_house_style,
    png,
    rag_look,
    short,
    ticks,
    write,
)
from ffanalysis.present.look import rag_colour
from ffanalysis.present.signs import BOLD, page_font
from ffanalysis.present.words import figure_text, show
from ffanalysis.vocabulary import RAG_STATUSES

_MILLION = money.MILLION


class _Column:
    """One year of a chart by RAG: what saves stands above the line, what adds to spending below."""

    def __init__(self, grid: RagByYear, position: int, year: str) -> None:
        self.position, self.total = position, grid.year_totals[year]
        found = ((rag, grid.cells.get((rag, year))) for rag in grid.rows)
        self.parts = [(rag, part.pence) for rag, part in found if part and part.value]
        self.top = sum(pence for _, pence in self.parts if pence > 0)
        self.bottom = sum(pence for _, pence in self.parts if pence < 0)

    def draw(self, axes: Axes, reach: int) -> None:
        """Each piece with its amount, and the total at the column's end."""
        for is_above in (True, False):
            base, free = 0, 0.0  # from where on a label beside the column stands on no other
            for rag, pence in self.parts:
                if (pence > 0) == is_above:
                    free = self._piece(axes, rag, pence, base, reach, free)
                    base += pence
        is_below = self.bottom < 0 and not self.top
        edge = self.bottom if is_below else self.top
        write(
            axes,
            self.position,
            edge + (-1 if is_below else 1) * reach * 0.025,
            show(self.total.value),  # type: ignore[arg-type]
            ha="center",
            va="top" if is_below else "bottom",
            weight=BOLD,
            size=11.5,
        )

    def _piece(self, axes: Axes, rag: str, pence: int, base: int, reach: int, free: float) -> float:
        """One piece with its label; from where on the next label beside it has room."""
        colour, hatch = rag_look(rag, (GREY, ".."))
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white"}
        axes.bar(self.position, pence, 0.56, base, linewidth=0.8, **look)
        label, height = f"{rag} {show(pence)}", base + pence / 2
        if abs(pence) > reach * 0.09:
            is_dark = colour in ("#0B6E4F", "#B3122B") or colour == rag_colour(rag)
            ink = "white" if is_dark else INK
            box = {"boxstyle": "square,pad=0.12", "facecolor": colour, "edgecolor": "none"}
            look = {"ha": "center", "color": ink, "bbox": box if hatch else None}
            write(axes, self.position, height, label, va="center", size=10, **look)
            return free
        is_long, way = len(label) > _LONGEST_BESIDE, 1 if pence > 0 else -1
        half = reach * (0.075 if is_long else 0.04)
        height = way * max(way * height, way * free + half)
        words = f"{rag}\n{show(pence)}" if is_long else label
        write(axes, self.position + 0.31, height, words, ha="left", va="center", size=10)
        return height + way * half


_LONGEST_BESIDE = 14  # characters of a label that has room between two columns


@in_house_style
def rag_by_year(grid: RagByYear) -> Chart:
    """Savings by year, stacked by RAG status, each piece labelled with its amount in £000."""
    figure = canvas_of(2.7)
    axes = figure.add_subplot()
    columns = [_Column(grid, position, year) for position, year in enumerate(grid.years)]
    top = max((column.top for column in columns), default=0)
    bottom = min((column.bottom for column in columns), default=0)
    reach = (top - bottom) or 1
    for column in columns:
        column.draw(axes, reach)
    if bottom < 0:
        axes.axhline(0, color=INK, linewidth=0.9)
    bare(axes)
    ticks(axes, grid.years)
    axes.set_xlim(-0.6, len(grid.years) - 0.2)
    axes.set_ylim(bottom - (0.13 * reach if bottom < 0 else 0), top + 0.13 * reach)
    said = [
        f"In {year} the total is {show(total.value)}: "  # type: ignore[arg-type]
        + ", ".join(
            f"{rag} {show(part.value)}"  # type: ignore[arg-type]
            for rag in grid.rows
            if (part := grid.cells.get((rag, year))) and part.value
        )
        for year, total in grid.year_totals.items()
    ]
    return Chart(
        png(figure),
        "A column for each year, stacked by RAG status, in thousands of pounds."
        f" {'. '.join(said)}.",
    )


@dataclass(frozen=True)
class Path:
    """A line's RAG statuses by quarter ("" where it was not listed), and its amount now."""

    name: str
    statuses: tuple[str, ...]
    amount: Figure


_MOST_PATHS = (
    8  # so many lines are drawn one by one; of more those that went the same way are drawn as one
)


@in_house_style
def rag_slope(paths: Sequence[Path], quarters: Sequence[str]) -> Chart:
    """Lines from quarter to quarter over the RAG statuses, best on top, named where they end."""
    ways: dict[tuple[str, ...], list[Path]] = {}
    for path in paths:
        ways.setdefault((*path.statuses, "" if len(paths) > _MOST_PATHS else path.name), []).append(
            path
        )
    seen = {status for path in paths for status in path.statuses if status}
    levels = [*(rag for rag in RAG_STATUSES if rag in seen), *sorted(seen - set(RAG_STATUSES))]
    figure = canvas_of(0.55 + len(levels) * max(0.42, 0.2 * len(ways)))
    axes = figure.add_subplot()
    last = len(quarters) - 1
    for level, status in enumerate(levels):
        axes.axhspan(-level - 0.46, -level + 0.46, color=PALE, alpha=0.45, zorder=0, linewidth=0)
        write(axes, -0.08, -level, status, ha="right", va="center", weight=BOLD, size=10.5)
    for number, group in enumerate(ways.values()):
        off = ((len(ways) - 1) / 2 - number) * min(0.3, 0.8 / len(ways))
        points = [
            (place, off - levels.index(status))
            for place, status in enumerate(group[0].statuses)
            if status
        ]
        has_moved = len(set(group[0].statuses[-2:])) > 1
        axes.plot(
            *zip(*points, strict=True),
            color=NAVY if has_moved else GREY,
            linewidth=2.4 if has_moved else 1.4,
            zorder=2,
        )
        for place, height in points:
            colour = rag_look(levels[round(off - height)], (GREY, ""))[0]
            axes.plot(
                [place],
                [height],
                "o",
                markersize=8,
                markerfacecolor=colour,
                markeredgecolor=INK,
                zorder=3,
            )
        words = group[0].name if len(group) == 1 else f"{len(group)} lines"
        place, height = points[-1]
        ending = "" if place == last else ", taken out"
        write(
            axes,
            place + 0.06,
            height,
            f"{short(words, 44)} {_together(group)}{ending}",
            va="center",
            size=10,
        )
    bare(axes, keep="none")
    ticks(axes, list(quarters))
    axes.set_xlim(-0.62, last + 1.1)
    axes.set_ylim(-len(levels) + 0.45, 0.55)
    said = [
        f"{path.name}, {_together([path])}: "
        + ", ".join(
            f"{status or 'not listed'} ({quarter})"
            for status, quarter in zip(path.statuses, quarters, strict=True)
        )
        for path in paths
    ]
    return Chart(png(figure), f"A line for each saving, over its RAG statuses. {'. '.join(said)}.")


@in_house_style
def rag_flow(
    amounts: Mapping[tuple[str, str], int],
    statuses: tuple[Sequence[str], Sequence[str]],
    quarters: tuple[str, str],
) -> Chart:
    """Savings by RAG status in two quarters, and what went from one status to another between.

    `amounts` are in pence by the status before and now, "" where there is none. The best status is
    on top.
    """
    figure = canvas_of(1.75, HALF)
    axes = figure.add_subplot()
    sizes = [
        {
            status: sum(pence for pair, pence in amounts.items() if pair[side] == status)
            for status in statuses[side]
        }
        for side in (0, 1)
    ]
    whole = max(sum(abs(size) for size in one.values()) for one in sizes) or 1
    tops = [_flow_column(axes, side, one, whole) for side, one in enumerate(sizes)]
    in_order = sorted(
        amounts.items(),
        key=lambda item: [list(statuses[side]).index(item[0][side]) for side in (0, 1)],
    )
    for (before, now), pence in in_order:
        colour = PALE if before == now else NAVY
        _band(axes, tops[0][before], tops[1][now], abs(pence), colour)
        tops[0][before] -= abs(pence)
        tops[1][now] -= abs(pence)
    bare(axes, keep="none")
    ticks(axes, list(quarters))
    axes.set_xlim(-1.15, 2.15)
    ways = (
        f"{money.in_words(pence)} {_way(before, now)}" for (before, now), pence in amounts.items()
    )
    alt = f"Savings by RAG status in two quarters. {'. '.join(ways)}."
    return Chart(png(figure), alt, HALF)


def _flow_column(axes: Axes, side: int, sizes: Mapping[str, int], whole: int) -> dict[str, float]:
    """The statuses of one quarter as a stack with their amounts; where each begins."""
    none = ("New", "Taken out")[side]
    where, align = ((-0.07, "right"), (1.07, "left"))[side]
    top, found = 0.0, {}
    for status, size in sizes.items():
        colour, hatch = rag_look(status, ("white" if not status else PALE, ""))
        axes.bar(
            side,
            -abs(size),
            0.1,
            top,
            color=colour,
            hatch=hatch,
            edgecolor=GREY,
            linewidth=0.6,
            zorder=2,
        )
        found[status] = top
        text = f"{(status[:1].upper() + status[1:]) or none} {money.in_words(size)}"
        write(axes, where, top - abs(size) / 2, text, ha=align, va="center", size=10)
        # A small one leaves room for its words.
        top -= max(abs(size), whole * 0.13) + whole * 0.03
    return found


def _band(axes: Axes, left: float, right: float, size: int, colour: str) -> None:
    """What goes from a status on the left to one on the right, as a curved band."""
    xs = [0.05 + 0.9 * step / 24 for step in range(25)]
    bend = [(1 - math.cos(math.pi * step / 24)) / 2 for step in range(25)]
    over = [left + (right - left) * part for part in bend]
    under = [height - size for height in over]
    axes.fill_between(xs, over, under, color=colour, alpha=0.75, linewidth=0, zorder=1)


def _way(before: str, now: str) -> str:
    if now == ENDED:
        return f"no longer listed, at {before}"
    if before == INCREASE or now == DECREASE:
        return f"more at {now}" if before == INCREASE else f"less at {before}"
    return (
        f"from {before} to {now}"
        if before and now
        else f"new at {now}"
        if now
        else f"taken out at {before}"
    )


def _together(group: Sequence[Path]) -> str:
    known = [path.amount.pence for path in group if path.amount.value is not None]
    return money.in_words(sum(known)) if known else "not stated"


def _millions(pence: int) -> str:
    return f"{pence / _MILLION:,.3f}".rstrip("0").rstrip(".")


def _within(pence: int) -> str:
    """A tolerance in millions; what is small has more places, so that it is not nothing."""
    places = 2 if pence >= _MILLION // 100 else 4
    return f"{pence / _MILLION:.{places}f}".rstrip("0").rstrip(".")


_TREND_LOOK: Mapping[str, tuple[str, str, str]] = {
    "Target": (GREY, "--", ""),
    "Delivered": (TEAL, "-", "o"),
    "Forecast": (NAVY, "-", "s"),
}
_SMALL = 360  # CSS pixels of a chart beside a table
_BETWEEN_LABELS = 0.17  # of the height of a small chart, so that none is written over another


@in_house_style
def trend_lines(trend: Trend, names: Sequence[str]) -> Chart:
    """A small line for each measure over the quarters, named where it ends.

    A line has a gap where a quarter states no amount or a part of one, and where the schedule
    covers other years from then on.
    """
    figure = canvas_of(1.5, _SMALL)
    axes = figure.add_subplot()
    last, ends = len(trend.quarters) - 1, {}
    for name in trend.measures:
        colour, dash, sign = _TREND_LOOK[name]
        for run in _runs(trend, name):
            axes.plot(
                *zip(*run, strict=True),
                color=colour,
                linestyle=dash,
                marker=sign or ("_" if len(run) == 1 else None),
                markersize=5,
                linewidth=1.8,
            )
            ends[name] = run[-1][1]
    every = (each.figures[name] for each in trend.quarters for name in each.figures)
    top = max((figure.pence for figure in every if figure.value), default=0) or 1
    heights = _apart({name: end / top for name, end in ends.items()})
    for name, height in heights.items():
        write(axes, last + 0.12, height * top, name, va="center", size=10)
    bare(axes)
    ticks(axes, [_quarter_short(each.period, trend) for each in trend.quarters])
    axes.set_xlim(-0.4, last + 0.12 + max(1, last) * 0.4)
    axes.set_ylim(0, max(1.08, *heights.values(), 0) * top)
    said = [
        f"{name}: "
        + ", ".join(
            f"{_amount(each, name)} ({quarter})"
            for each, quarter in zip(trend.quarters, names, strict=True)
        )
        for name in trend.measures
    ]
    return Chart(
        png(figure), f"A line for each measure over the quarters. {'. '.join(said)}.", HALF
    )


def _runs(trend: Trend, name: str) -> list[list[tuple[int, int]]]:
    """The points of a measure that one line may join."""
    runs: list[list[tuple[int, int]]] = [[]]
    for place, each in enumerate(trend.quarters):
        figure = each.figures.get(name)
        is_whole = figure is not None and figure.is_whole and figure.value is not None
        if not is_whole or place in trend.breaks:
            runs.append([])
        if is_whole and figure is not None:
            runs[-1].append((place, figure.pence))
    return [run for run in runs if run]


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """The heights of labels, from the lowest up, none nearer to another than it can be read."""
    found: dict[str, float] = {}
    lowest = 0.0
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        found[name] = max(end, lowest)
        lowest = found[name] + _BETWEEN_LABELS
    return found


def _quarter_short(period: Period, trend: Trend) -> str:
    """A quarter beneath its points; with its year where that is the first of the year."""
    first = next(each.period for each in trend.quarters if each.period.start == period.start)
    year = f"\n{periods.year_label(period.start)}" if period == first else ""
    return f"Q{period.quarter}{year}"


def _amount(each: TrendQuarter, name: str) -> str:
    figure = each.figures.get(name)
    return figure_text(figure, money.in_words) if figure else each.gap


@in_house_style
def bridge(item: Bridge) -> Chart:
    """The bridge between two budgets, a panel for each reading; the unreconciled is hatched."""
    figure = canvas_of(2.9)
    panels = figure.subplots(1, len(item.readings), sharey=True, squeeze=False)[0]
    lowest, highest = _reach(item)
    said = []
    for axes, reading in zip(panels, item.readings, strict=True):
        labels = [f"{item.opening_year}\nbudget"]
        axes.bar(0, item.opening.pence, 0.62, color=NAVY)
        write(
            axes,
            0,
            item.opening.pence,
            _millions(item.opening.pence),
            ha="center",
            va="bottom",
            weight=BOLD,
        )
        level = item.opening.pence
        for position, (year, saving) in enumerate(reading.savings, 1):
            axes.bar(position, -saving.pence, 0.62, level, color=TEAL)
            grows = saving.pence < 0
            write(
                axes,
                position,
                max(level, level - saving.pence),
                f"+{_millions(-saving.pence)}" if grows else f"({_millions(saving.pence)})",
                ha="center",
                va="bottom",
                weight=BOLD,
            )
            level -= saving.pence
            labels.append(f"{'growth' if grows else 'saved'}\n{year}")
        gap, place = reading.unreconciled.pence, len(labels)
        axes.bar(
            place, -gap, 0.62, level, facecolor="white", edgecolor=PLUM, hatch="////", linewidth=1.2
        )
        sign = f"{_millions(gap)} ± {_within(reading.tolerance.pence)}"
        write(
            axes,
            place,
            max(level, level - gap),
            sign,
            ha="center",
            va="bottom",
            weight=BOLD,
            color=PLUM,
        )
        axes.bar(place + 1, item.closing.pence, 0.62, color=NAVY)
        write(
            axes,
            place + 1,
            item.closing.pence,
            _millions(item.closing.pence),
            ha="center",
            va="bottom",
            weight=BOLD,
        )
        bare(axes)
        ticks(
            axes,
            [
                *labels,
                item.left_over.lower().replace(": ", ":\n"),
                f"{item.closing_year}\nbudget",
            ],
        )
        axes.set_ylim(min(0, lowest * 1.16), highest * 1.16)
        which = f"If the {item.closing_year} budget is {reading.position} that year's savings"
        if len(item.readings) > 1:
            axes.set_title(
                f"{which}, £m", fontproperties=page_font(BOLD), fontsize=11, color=INK, loc="left"
            )
        steps = "".join(
            f", less {_millions(saving.pence)} saved in {year}"
            if saving.pence >= 0
            else f", plus {_millions(-saving.pence)} of growth in {year}"
            for year, saving in reading.savings
        )
        said.append(
            f"{which}: {_millions(item.opening.pence)}{steps} gives"
            f" {_millions(reading.expected.pence)}. {_against(item, reading)}"
        )
    return Chart(
        png(figure),
        f"Columns in millions of pounds, one panel for each reading. {'. '.join(said)}.",
    )


def _reach(item: Bridge) -> tuple[int, int]:
    """The lowest and the highest that any step of a bridge comes to."""
    levels = [item.opening.pence, item.closing.pence]
    for reading in item.readings:
        level = item.opening.pence
        for _, saving in reading.savings:
            level -= saving.pence
            levels.append(level)
        levels.append(level - reading.unreconciled.pence)
    return min(levels), max(levels)


def _against(item: Bridge, reading: Reading) -> str:
    """How a reading ends, in words."""
    budget = f"The {item.closing_year} budget of {_millions(item.closing.pence)}"
    if item.same_basis and abs(reading.unreconciled.pence) <= reading.tolerance.pence:
        return f"{budget} agrees with that within {_within(reading.tolerance.pence)}"
    return f"{budget} leaves {_millions(reading.unreconciled.pence)} unexplained"


# Under a label, so that no line runs through its words.
