"""No forecast or delivered amount is many times what it is compared with.

A footnote's figure typed behind an amount, or a slip of the decimal point, makes it ten times as
large. A saving that does better than planned brings a fifth or a third more; hardly one brings
twice its target, unless what other years were to bring came early.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ffanalysis.figures import Figure, Sum, tolerance
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.every_line import (
    OwnedLine,
    OwnedSavings,
    every_savings,
    lines_followed,
)
from ffanalysis.savings.model import Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Measure, Plan

_RULE = "forecast-plausible"
_TIMES, _LEAST = 2, 1_000_00  # twice the target, and by more than £1,000
_SLIPS = (10, 100, 1000)
_NEARLY = 2  # per cent by which a slipped amount may have moved besides
_NUMBERS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = ("", "", "twice", *(f"{number} times" for number in _NUMBERS))
_SAYS = {Measure.FORECAST: "is forecast at ", Measure.DELIVERED: "is stated as delivered at "}
_HINT = ": check for a slip of the decimal point or a footnote's digit."


def forecast_plausible(quarter: Quarter) -> Iterator[Finding]:
    """No line's forecast, or what is delivered of it, is twice its target or more in a year.

    Nor is a forecast ten, a hundred or a thousand times the one of the quarter before, or as much
    less.
    """
    for savings in every_savings(quarter):
        lines = savings.lines
        followed = sum(len(line.saving.forecast.rows) for line in lines)
        if lines and followed < len(savings.savings.forecast.rows):
            lines.append(_whole(savings))
        for line in lines:
            yield from _of_line(quarter, line, is_said=_is_too_much_delivered(savings))


def _whole(owned: OwnedSavings) -> OwnedLine:
    """All savings of an owner as one line, where lines and forecasts cannot be put together."""
    one = owned.savings
    whole = replace(
        one.lines[0],
        key=("whole",),
        label="all lines",
        target=one.target,
        delivered=one.delivered,
        forecast=one.forecast,
    )
    return OwnedLine(owned.reporter, owned.owner, whole)


def _is_too_much_delivered(owned: OwnedSavings) -> bool:
    """Whether a project's delivered amount exceeds its target: another rule says so."""
    one = owned.savings
    more = one.delivered.total.known_pence > one.target.total.known_pence
    return more and owned.reporter[0] is not None


def _of_line(quarter: Quarter, line: OwnedLine, *, is_said: bool) -> Iterator[Finding]:
    found = list(_against_target(line, Measure.FORECAST))
    if not is_said:
        found += _against_target(line, Measure.DELIVERED)
    yield from found
    yield from _against_last(quarter, line, {finding.year for finding in found})


def _against_target(line: OwnedLine, measure: Measure) -> Iterator[Finding]:
    """The years in which what is reported is twice the target; without years, the whole line."""
    reported = _reported(line, measure).stated
    targets = line.saving.target.stated
    every = {row.year for row in reported}
    beyond = reported.total.known_pence - _of_years(targets, every)
    for year in sorted(every, key=str):
        amount = Figure(f"{_RULE}/amount", reported.of_year(year).total)
        target = Figure(f"{_RULE}/target", targets.of_year(year).total)
        # What comes early, or late, is less in another year: the line as a whole is no more.
        if _is_far_above(amount.sum, target.sum) and 2 * beyond > amount.pence - target.pence:
            words = (" against a target of ", target)
            yield _finding(line, measure, year, amount, target, words)


def _of_years(series: Series, years: set[str | None]) -> int:
    return series.where(lambda row: row.year in years).total.known_pence


def _reported(line: OwnedLine, measure: Measure) -> Series:
    return line.saving.forecast if measure == Measure.FORECAST else line.saving.delivered


def _is_far_above(amount: Sum, target: Sum) -> bool:
    least = max(_LEAST, tolerance(amount, target).pence)
    small, large = target.known_pence, amount.known_pence
    return small > 0 and large >= _TIMES * small and large - small > least


def _against_last(quarter: Quarter, line: OwnedLine, asked: set[str]) -> Iterator[Finding]:
    """The years of which the forecast is the last one's with its decimal point moved."""
    before = quarter.before
    then = lines_followed(before).get(line.key) if before else None
    if before is None or then is None:
        return
    now, was = line.saving.forecast.stated, then.saving.forecast.stated
    moved = now.total.known_pence - was.total.known_pence
    for year in sorted({*now.years} & {*was.years} - asked):
        amount = Figure(f"{_RULE}/amount", now.of_year(year).total)
        last = Figure(f"{_RULE}/last", was.of_year(year).total)
        own = amount.pence - last.pence
        # What was put off to another year is no slip.
        if _is_slip(amount.pence, last.pence) and 2 * abs(moved) > abs(own):
            words = (f"; in quarter {before.period} it was ", last)
            yield _finding(line, Measure.FORECAST, year, amount, last, words)


def _is_slip(one: int, other: int) -> bool:
    small, large = sorted((abs(one), abs(other)))
    is_near = any(abs(large - times * small) * 100 <= _NEARLY * large for times in _SLIPS)
    return small > 0 and large - small > _LEAST and is_near


def _finding(
    line: OwnedLine,
    measure: Measure,
    year: str | None,
    amount: Figure,
    other: Figure,
    words: Sentence,
) -> Finding:
    subject = ", ".join(filter(None, (line.subject, year)))
    behind = "" if line.saving.plan == Plan.CURRENT else f", {line.saving.plan}"
    facts: dict[str, Any] = line.owner.about
    message: Sentence = (f"{subject}{behind}: it ", _SAYS[measure], amount, *words)
    return Finding(
        _RULE,
        f"{line.subject}, {measure}",
        "exceeds_limit" if amount.pence > other.pence else "disagrees",
        "query",
        (*message, f", {_times(amount.pence, other.pence)}{_HINT}"),
        year or "",
        Amounts(amount, other),
        cells=merged_cells(amount.cells, other.cells),
        **facts,
    )


def _times(amount: int, other: int) -> str:
    """How many times as much one amount is, in words."""
    small, large = sorted((abs(amount), abs(other)))
    if abs(amount) < abs(other):
        part = {10: "a tenth", 100: "a hundredth", 1000: "a thousandth"}
        return f"about {min(part.items(), key=lambda each: abs(large - each[0] * small))[1]} of it"
    number = round(large / small)
    is_exact = abs(large - number * small) * 100 <= large
    if number < len(_WORDS):
        return f"{'' if is_exact else 'about '}{_WORDS[number]} as much"
    much = {10: "ten times", 100: "a hundred times", 1000: "a thousand times"}
    near = max(each for each in much if each <= number)
    words = "" if abs(large - near * small) * 100 <= large else "more than "
    return f"{words}{much[near]} as much"
