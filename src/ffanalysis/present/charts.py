"""Charts as PNG bytes.

The same figures as the tables beside them, in words and shapes as well as in colour.

Drawn without matplotlib's global state, in the font of the page, so that the same figures give the
same bytes anywhere.
"""

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial, wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from PIL import Image

from ffanalysis import money, periods
from ffanalysis.figures import Figure
from ffanalysis.measure.bridge import Bridge, Reading
from ffanalysis.measure.context import RagByYear
from ffanalysis.measure.programme_movement import DECREASE, INCREASE
from ffanalysis.present.look import rag_colour
from ffanalysis.present.signs import BOLD, REGULAR, drawable, from_the_left, page_font
from ffanalysis.present.words import show
from ffanalysis.tables import MilestoneRow
from ffanalysis.vocabulary import RAG_STATUSES

WIDTH = 800  # CSS pixels; drawn at twice that for sharp screens and print
_HALF = 500  # the same of what stands beside other things
_DPI = 200
NAVY, TEAL, PLUM, ORANGE, GREY, PALE, INK = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#6B7280",
    "#D5DAE1",
    "#1F2933",
)
_RAG_LOOK: Mapping[str, tuple[str, str]] = dict(
    zip(
        map(str, RAG_STATUSES),
        (("#0B6E4F", ""), ("#6CC0A6", ""), ("#F2A33A", "//"), ("#B3122B", "xx")),
        strict=True,
    )
)


def _rag_look(rag: str, otherwise: tuple[str, str]) -> tuple[str, str]:
    """The colour and hatching of a RAG status: the council's colour, else ours."""
    colour, hatch = _RAG_LOOK.get(rag, otherwise)
    return rag_colour(rag) or colour, hatch


_MILLION = money.MILLION
_NEARLY_WHITE = 254


@dataclass(frozen=True)
class Chart:
    """A chart: its picture, its figures in words, and how wide it is shown, in CSS pixels."""

    png: bytes
    alt: str
    width: int = WIDTH


P = ParamSpec("P")


def _in_house_style(draw: Callable[P, Chart]) -> Callable[P, Chart]:
    """A chart drawn by matplotlib's own defaults, whatever a user or a notebook has set."""

    @wraps(draw)
    def drawn(*args: P.args, **more: P.kwargs) -> Chart:
        with mpl.rc_context(_defaults()):
            return draw(*args, **more)

    return drawn


@cache
def _defaults() -> dict[Any, Any]:
    """Matplotlib's own settings, but for those of a session, such as its window."""
    return {
        name: value
        for name, value in mpl.rcParamsDefault.items()
        if not name.startswith(("backend", "interactive", "toolbar", "webagg", "tk.", "keymap"))
    }


def _canvas(height: float, width: int = WIDTH) -> Canvas:
    figure = Canvas(figsize=(width / 96, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Canvas) -> bytes:
    """The picture with 128 colours and nothing of the machine or the hour in it."""
    with mpl.rc_context({"hatch.linewidth": 0.6}):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    image = Image.frombuffer(
        "RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())
    ).convert("RGB")
    out = io.BytesIO()
    # Found in a tenth of the time that the finest palette takes; what it is off by, one part in
    # 255, is given back to the paper.
    few = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if part == _NEARLY_WHITE else part for part in few.getpalette() or []])
    few.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 10.5,
    weight: int = REGULAR,
    **look: object,
) -> None:
    # Text from a workbook may hold dollar signs; it is no formula.
    axes.text(
        x,
        y,
        from_the_left(drawable(text)),
        fontproperties=page_font(weight),
        fontsize=size,
        parse_math=False,
        **{"color": INK, **look},  # type: ignore[arg-type]
    )


def _bare(axes: Axes, *, keep: str = "bottom") -> None:
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == keep)
        axes.spines[side].set_color(GREY)
    axes.tick_params(length=0)
    axes.set_yticks([])


def _ticks(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_xticks(range(len(labels)), [*map(drawable, labels)])
    for label in axes.get_xticklabels():
        label.set(fontproperties=page_font(), fontsize=10.5, color=INK)


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
        _write(
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
        colour, hatch = _rag_look(rag, (GREY, ".."))
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white"}
        axes.bar(self.position, pence, 0.56, base, linewidth=0.8, **look)
        label, height = f"{rag} {show(pence)}", base + pence / 2
        if abs(pence) > reach * 0.09:
            is_dark = colour in ("#0B6E4F", "#B3122B") or colour == rag_colour(rag)
            ink = "white" if is_dark else INK
            box = {"boxstyle": "square,pad=0.12", "facecolor": colour, "edgecolor": "none"}
            look = {"ha": "center", "color": ink, "bbox": box if hatch else None}
            _write(axes, self.position, height, label, va="center", size=10, **look)
            return free
        is_long, way = len(label) > _LONGEST_BESIDE, 1 if pence > 0 else -1
        half = reach * (0.075 if is_long else 0.04)
        height = way * max(way * height, way * free + half)
        words = f"{rag}\n{show(pence)}" if is_long else label
        _write(axes, self.position + 0.31, height, words, ha="left", va="center", size=10)
        return height + way * half


_LONGEST_BESIDE = 14  # characters of a label that has room between two columns


@_in_house_style
def rag_by_year(grid: RagByYear) -> Chart:
    """Savings by year, stacked by RAG status, each piece labelled with its amount in £000."""
    figure = _canvas(2.7)
    axes = figure.add_subplot()
    columns = [_Column(grid, position, year) for position, year in enumerate(grid.years)]
    top = max((column.top for column in columns), default=0)
    bottom = min((column.bottom for column in columns), default=0)
    reach = (top - bottom) or 1
    for column in columns:
        column.draw(axes, reach)
    if bottom < 0:
        axes.axhline(0, color=INK, linewidth=0.9)
    _bare(axes)
    _ticks(axes, grid.years)
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
        _png(figure),
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


@_in_house_style
def rag_slope(paths: Sequence[Path], quarters: Sequence[str]) -> Chart:
    """Lines from quarter to quarter over the RAG statuses, best on top, named where they end."""
    ways: dict[tuple[str, ...], list[Path]] = {}
    for path in paths:
        ways.setdefault((*path.statuses, "" if len(paths) > _MOST_PATHS else path.name), []).append(
            path
        )
    seen = {status for path in paths for status in path.statuses if status}
    levels = [*(rag for rag in RAG_STATUSES if rag in seen), *sorted(seen - set(RAG_STATUSES))]
    figure = _canvas(0.55 + len(levels) * max(0.42, 0.2 * len(ways)))
    axes = figure.add_subplot()
    last = len(quarters) - 1
    for level, status in enumerate(levels):
        axes.axhspan(-level - 0.46, -level + 0.46, color=PALE, alpha=0.45, zorder=0, linewidth=0)
        _write(axes, -0.08, -level, status, ha="right", va="center", weight=BOLD, size=10.5)
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
            colour = _rag_look(levels[round(off - height)], (GREY, ""))[0]
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
        _write(
            axes,
            place + 0.06,
            height,
            f"{_short(words, 44)} {_together(group)}{ending}",
            va="center",
            size=10,
        )
    _bare(axes, keep="none")
    _ticks(axes, list(quarters))
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
    return Chart(_png(figure), f"A line for each saving, over its RAG statuses. {'. '.join(said)}.")


@_in_house_style
def rag_flow(
    amounts: Mapping[tuple[str, str], int],
    statuses: tuple[Sequence[str], Sequence[str]],
    quarters: tuple[str, str],
) -> Chart:
    """Savings by RAG status in two quarters, and what went from one status to another between.

    `amounts` are in pence by the status before and now, "" where there is none. The best status is
    on top.
    """
    figure = _canvas(1.75, _HALF)
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
    _bare(axes, keep="none")
    _ticks(axes, list(quarters))
    axes.set_xlim(-1.15, 2.15)
    ways = (
        f"{money.in_words(pence)} {_way(before, now)}" for (before, now), pence in amounts.items()
    )
    alt = f"Savings by RAG status in two quarters. {'. '.join(ways)}."
    return Chart(_png(figure), alt, _HALF)


def _flow_column(axes: Axes, side: int, sizes: Mapping[str, int], whole: int) -> dict[str, float]:
    """The statuses of one quarter as a stack with their amounts; where each begins."""
    none = ("New", "Taken out")[side]
    where, align = ((-0.07, "right"), (1.07, "left"))[side]
    top, found = 0.0, {}
    for status, size in sizes.items():
        colour, hatch = _rag_look(status, ("white" if not status else PALE, ""))
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
        _write(axes, where, top - abs(size) / 2, text, ha=align, va="center", size=10)
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


@_in_house_style
def bridge(item: Bridge) -> Chart:
    """The bridge between two budgets, a panel for each reading; the unreconciled is hatched."""
    figure = _canvas(2.9)
    panels = figure.subplots(1, len(item.readings), sharey=True, squeeze=False)[0]
    lowest, highest = _reach(item)
    said = []
    for axes, reading in zip(panels, item.readings, strict=True):
        labels = [f"{item.opening_year}\nbudget"]
        axes.bar(0, item.opening.pence, 0.62, color=NAVY)
        _write(
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
            _write(
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
        sign = f"{_millions(gap)} ± {_within(reading.tolerance)}"
        _write(
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
        _write(
            axes,
            place + 1,
            item.closing.pence,
            _millions(item.closing.pence),
            ha="center",
            va="bottom",
            weight=BOLD,
        )
        _bare(axes)
        _ticks(
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
        _png(figure),
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
    if item.same_basis and abs(reading.unreconciled.pence) <= reading.tolerance:
        return f"{budget} agrees with that within {_within(reading.tolerance)}"
    return f"{budget} leaves {_millions(reading.unreconciled.pence)} unexplained"


# Under a label, so that no line runs through its words.
_ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}


_MOST_YEARS = 8  # whose first days are named beneath a timeline


# How many rows of a timeline have room on a printed page, with its title.
_MOST_ROWS = 24


def timelines(
    milestones: Sequence[MilestoneRow],
    as_of: date,
    saving_from: tuple[date, str] | None,
    duties: Sequence[tuple[date, str]],
) -> list[Chart]:
    """Milestones as the intervals they can mean, in as many pictures as fit on a page each.

    Tentative ones are hatched, undated ones named where the as-of date is. All pictures have the
    same time along them.
    """
    days = [day for row in milestones for day in row.reached if day]
    days += [as_of, *(day for day, _ in duties)]
    span = (min(days), max([*days, *([saving_from[0]] if saving_from else [])]))
    savings = [saving_from] if saving_from else []
    rows: list[Callable[[_Timeline], None]] = [
        *(partial(_Timeline.milestone, item=item) for item in milestones),
        *(partial(_Timeline.saving, when=when, words=words) for when, words in savings),
        *(partial(_Timeline.duty, when=when, words=words) for when, words in duties),
    ]
    # Evenly: no picture of a single row behind a full one.
    pages = math.ceil(len(rows) / _MOST_ROWS)
    size = math.ceil(len(rows) / pages)
    return [_timeline(rows[at : at + size], as_of, span) for at in range(0, len(rows), size)]


@_in_house_style
def _timeline(
    rows: Sequence[Callable[["_Timeline"], None]], as_of: date, span: tuple[date, date]
) -> Chart:
    """One picture of these rows."""
    figure = _canvas(0.9 + 0.36 * len(rows))
    drawn = _Timeline(figure.add_subplot(), as_of, *span)
    for draw in rows:
        draw(drawn)
    drawn.finish()
    return Chart(_png(figure), f"Timeline. {'. '.join(drawn.said)}.")


class _Timeline:
    """A timeline while it is drawn, a row beneath the other."""

    def __init__(self, axes: Axes, as_of: date, first: date, last: date) -> None:
        self.axes, self.as_of = axes, as_of
        self.first, self.last = first - timedelta(days=30), last + timedelta(days=60)
        self.row = 0
        self.said = [f"As of {periods.long_date(as_of)}"]

    def at(self, when: date) -> float:
        """Where a day is, as a share of the width."""
        share: float = (when - self.first).days / (self.last - self.first).days
        return share

    def milestone(self, item: MilestoneRow) -> None:
        self.row -= 1
        name, words = _short(item.milestone), _when(item)
        first, last = item.reached
        if first and last:
            left, right = self.at(first), self.at(last + timedelta(days=1))
            right = max(right, left + 0.008)
            is_firm = item.is_done or not item.tentative
            edge, face, hatch = (NAVY, NAVY, "") if is_firm else (ORANGE, "white", "////")
            self.axes.barh(
                self.row,
                right - left,
                0.5,
                left,
                linewidth=1.1,
                edgecolor=edge,
                facecolor=face,
                hatch=hatch,
            )
            _beside(self.axes, (left, right), self.row, f"{name}: {_short(words, 26)}")
        else:
            at = self.at(self.as_of) + 0.012
            self.axes.plot(
                [at],
                [self.row],
                marker="o",
                markersize=7,
                markerfacecolor="white",
                markeredgecolor=PLUM,
            )
            words = words if item.is_done else "undated"
            _beside(self.axes, (at - 0.004, at + 0.004), self.row, f"{name}: {words}", PLUM)
        self.said.append(f"{item.milestone}: {_when(item)}")

    def saving(self, when: date, words: str) -> None:
        """The saving from its first day on.

        One that began before all else is drawn from the edge on; its words find room on its bar.
        """
        self.row -= 1
        start = max(0.0, self.at(when))
        self.axes.barh(self.row, 1 - start, 0.5, start, facecolor=TEAL, edgecolor=TEAL)
        _beside(self.axes, (start, start if start < 0.5 else 1), self.row, words)
        self.said.append(words)

    def duty(self, when: date, words: str) -> None:
        self.row -= 1
        at = self.at(when)
        self.axes.plot([at], [self.row], marker="D", color=PLUM, markersize=7)
        _beside(self.axes, (at - 0.005, at + 0.005), self.row, words, PLUM)
        self.said.append(words)

    def finish(self) -> None:
        """The as-of date and the first days of financial years."""
        axes, now = self.axes, self.at(self.as_of)
        axes.axvline(now, color=INK, linewidth=1.1, linestyle=(0, (4, 2)))
        words = f"as of {periods.long_date(self.as_of)}"
        _write(axes, now + 0.004, -0.42, words, size=9.5, va="center", color=INK)
        years = [
            date(year, 4, 1)
            for year in range(self.first.year, self.last.year + 2)
            if self.first <= date(year, 4, 1) <= self.last
        ]
        axes.set_xlim(0, 1)
        axes.set_ylim(self.row - 0.6, -0.1)
        _bare(axes)
        named = years[:: math.ceil(len(years) / _MOST_YEARS) or 1]
        axes.set_xticks([self.at(day) for day in named], [f"1 April {day.year}" for day in named])
        for label in axes.get_xticklabels():
            label.set(fontproperties=page_font(), fontsize=10, color=INK)
        for day in years:
            axes.axvline(self.at(day), color=PALE, linewidth=0.8, zorder=0)


def _when(item: MilestoneRow) -> str:
    """When a milestone was completed, else is due, as the register writes it."""
    if item.is_done:
        return f"completed {item.completed_on or ''}".rstrip()
    return item.completed_by or "undated"


_LETTER = 0.008  # how much of a timeline's width a letter takes


def _beside(axes: Axes, ends: tuple[float, float], row: int, words: str, color: str = INK) -> None:
    """Words beside a mark of the timeline.

    Behind it, or before it where they find more room there and none behind.
    """
    left, right = ends
    to_left = 1 - right < max(left, 0) and 1 - right < _LETTER * len(words)
    place = left - 0.01 if to_left else right + 0.01
    _write(
        axes,
        place,
        row,
        words,
        va="center",
        ha="right" if to_left else "left",
        size=10,
        color=color,
        bbox=_ON_WHITE,
    )


def _short(text: str, longest: int = 62) -> str:
    """The text cut to so many signs as they are drawn, behind a word and not within a name."""
    drawn = drawable(text)
    if len(drawn) <= longest:
        return drawn
    cut = drawn[: longest - 1].rsplit(" ", 1)[0]
    return f"{_NAME_CUT.sub('', cut)} …"


_NAME_CUT = re.compile(r"\s*\[[^\]]*$")  # the beginning of a sign's name, whose end is cut off
