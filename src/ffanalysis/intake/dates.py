"""Dates of a paper that may be read in two ways."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ffanalysis.periods import long_date, parse_due, parse_when

_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<stop>[./-])(?P<second>\d{1,2})[./-](?P<year>\d{4}|\d\d)"
)


@dataclass(frozen=True)
class Settled:
    """A date as it goes into the workbook; what was done to it, and what is asked."""

    text: str
    how: str = ""
    asks: str = ""
    do: str = ""


def writes_month_first(texts: Iterable[str]) -> bool:
    """Whether one of the dates can only be read with the month first: 08/27/2015."""
    return any(
        int(found["second"]) > 12 >= int(found["first"]) > 0
        for text in texts
        if (found := _NUMBERS.fullmatch(text.strip()))
    )


def settled(text: str, *, month_first: bool) -> Settled:
    """A date that can be read in one way alone, and what is asked about any other."""
    bare = text.strip()
    found = _NUMBERS.fullmatch(bare)
    if found and month_first:
        turned = f"{found['second']}{found['stop']}{found['first']}{found['stop']}{found['year']}"
        when = parse_when(turned)
        if int(found["second"]) > 12 and when is not None:
            day = long_date(when.first)
            return Settled(day, f"'{bare}' has the month first")
        if found["first"] != found["second"] and when is not None:
            return Settled(
                f"{bare} (day or month first?)",
                "another date of the paper has the month first",
                f"'{bare}' may have the day or the month first; another date of the paper has the"
                " month first.",
                "Ask which day is meant, and write it with the month's name.",
            )
    if bare and parse_due(bare) is None:
        return Settled(
            text,
            asks=f"'{bare}' is no date that can be read.",
            do="Write a day, a month or a year, if one is known.",
        )
    return Settled(text)
