"""The timeline of milestones as charts: what is due when, and what is done."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from matplotlib.axes import Axes

from ffanalysis import periods
from ffanalysis.present.drawing import (
    INK,
    NAVY,
    ORANGE,
    PALE,
    PLUM,
    TEAL,
    Chart,
    bare,
    canvas_of,
    in_house_style,
    png,
    short,
    write,
)
from ffanalysis.present.signs import page_font
from ffanalysis.tables import MilestoneRow

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
    rows: list[Callable[[Timeline], None]] = [
        *(partial(Timeline.milestone, item=item) for item in milestones),
        *(partial(Timeline.saving, when=when, words=words) for when, words in savings),
        *(partial(Timeline.duty, when=when, words=words) for when, words in duties),
    ]
    # Evenly: no picture of a single row behind a full one.
    pages = math.ceil(len(rows) / _MOST_ROWS)
    size = math.ceil(len(rows) / pages)
    return [_timeline(rows[at : at + size], as_of, span) for at in range(0, len(rows), size)]


@in_house_style
def _timeline(
    rows: Sequence[Callable[["Timeline"], None]], as_of: date, span: tuple[date, date]
) -> Chart:
    """One picture of these rows."""
    figure = canvas_of(0.9 + 0.36 * len(rows))
    drawn = Timeline(figure.add_subplot(), as_of, *span)
    for draw in rows:
        draw(drawn)
    drawn.finish()
    return Chart(png(figure), f"Timeline. {'. '.join(drawn.said)}.")


class Timeline:
    """A timeline while it is drawn, a row beneath the other."""

    def __init__(self, axes: Axes, as_of: date, first: date, last: date) -> None:
        self.axes, self.as_of = axes, as_of
        self.first, self.last = first - timedelta(days=30), last + timedelta(days=60)
        self.row = 0
        self.said = [f"As at {periods.long_date(as_of)}"]

    def at(self, when: date) -> float:
        """Where a day is, as a share of the width."""
        share: float = (when - self.first).days / (self.last - self.first).days
        return share

    def milestone(self, item: MilestoneRow) -> None:
        self.row -= 1
        name, words = short(item.milestone), _when(item)
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
            _beside(self.axes, (left, right), self.row, f"{name}: {short(words, 26)}")
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
        write(axes, now + 0.004, -0.42, words, size=9.5, va="center", color=INK)
        years = [
            date(year, 4, 1)
            for year in range(self.first.year, self.last.year + 2)
            if self.first <= date(year, 4, 1) <= self.last
        ]
        axes.set_xlim(0, 1)
        axes.set_ylim(self.row - 0.6, -0.1)
        bare(axes)
        named = years[:: math.ceil(len(years) / _MOST_YEARS) or 1]
        axes.set_xticks([self.at(day) for day in named], [f"1 April {day.year}" for day in named])
        for label in axes.get_xticklabels():
            label.set(fontproperties=page_font(), fontsize=10, color=INK)
        for day in years:
            axes.axvline(self.at(day), color=PALE, linewidth=0.8, zorder=0)


def _when(item: MilestoneRow) -> str:
    """When a milestone was completed, else is due, as the register writes it."""
    if item.is_done:
        return f"completed {periods.shown_when(item.completed_on or '')}".rstrip()
    if item.is_dated_later:
        return f"completion dated {periods.shown_when(item.completed_on or '')}"
    return periods.shown_when(item.completed_by) if item.completed_by else "undated"


_LETTER = 0.008  # how much of a timeline's width a letter takes


def _beside(axes: Axes, ends: tuple[float, float], row: int, words: str, color: str = INK) -> None:
    """Words beside a mark of the timeline.

    Behind it, or before it where they find more room there and none behind.
    """
    left, right = ends
    to_left = 1 - right < max(left, 0) and 1 - right < _LETTER * len(words)
    place = left - 0.01 if to_left else right + 0.01
    write(
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
