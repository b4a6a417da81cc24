"""What the lines of a schedule say in words, and the register of their project: with the cells."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ffanalysis import money
from ffanalysis.provenance import CellRef
from ffanalysis.savings.model import Saving
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow, SavingRow
from ffanalysis.vocabulary import ALSO, Plan

# Column of the table → what a page calls it.
LINE_TEXTS = {
    "owner": "Owner",
    "posts": "Posts (FTE)",
    "one_off_cost": "One-off cost",
    "cost_funding": "Funded from",
    "confirmed_by": "Confirmed by",
    "evidence": "Evidence",
    "cover": "Cover for a shortfall",
    "status": "Status",
    ALSO: "Also stated",
}
_NOTHING = re.compile(
    r"(?:-|–|—|none|nil|no|n/?a|not applicable|no costs?|£?0+(?:\.0+)?[km]?|zero|nought"
    r"|no one-off costs?|no|n|false|x|\?|none (?:required|needed|expected|identified)"
    r"|not required|not needed)",
    re.I,
)
# What begins by saying that something is not there yet, or not known.
_NOT_YET = re.compile(
    r"(?:not\b|no\b|none\b|nobody\b|nil\b|un(?:known|confirmed|verified|funded|identified)\b"
    r"|await\w*|pending\b|outstanding\b|tb[acd]\b|to be\b|to follow\b|in progress\b|n/?a\b)",
    re.I,
)
# "Reserve no. 4" and a not-for-profit body deny nothing.
_DENIES = re.compile(
    r"\b(?:no(?!\.? ?\d)|not(?!.for.profit)|none|nothing|nobody|nor|nil|never|without|neither"
    r"|lack(?:s|ing)?|cannot|n/a|un(?:available|funded|confirmed|agreed|approved|covered|identified"
    r"|known|secured|supported|verified))\b|n['’]t\b",
    re.I,
)
_MERE_YES = re.compile(
    r"(?:yes|y|true|done|completed?|confirmed|agreed|verified|validated|signed off|\u2713|\u2714"
    r"|\d{1,2} \w+ \d{4}|[\d/.-]+)",
    re.I,
)
# How much, or in which year: of what funds a cost it says nothing.
_SIZE = re.compile(
    r"(?<!\w)(?:\d{4}\s?[/-]\s?\d{2,4}|£?\s?\d[\d,.]*\s?(?:%|per cent|k|m|mn|bn|million|thousand)?)"
    r"(?!\w)",
    re.I,
)
_IN_YEAR = re.compile(r" in \d{4}/\d{2}(?!\d)")  # as the reader writes what a heading's year is of
_AROUND = " .:()[]£%–—-"
# Words of a funding that name no source of it.
_NO_SOURCE = re.compile(
    r"(?:a|about|agreed|all|an|and|annum|approved|approx|approximately|around|available|c|circa"
    r"|confirmed|costs?|done|each|for|fully?|fund(?:ed|ing)|identified|in|is|it|of|off|once|one|only"
    r"|part(?:ly)?|per|required|secured|some|sum|the|to|total|true|up|years?|y|yes|x)"
)
_NOTHING_APART: Mapping[str, Sequence[str]] = MappingProxyType({})


class StatedText(NamedTuple):
    """A text, where it stands, and the line that states it; blank where the register does."""

    text: str
    cell: CellRef
    line: str = ""


def text_cell(row: SavingRow | ProjectRow, name: str) -> CellRef:
    """The first cell in which a row has a text; its own where that is not known."""
    return text_cells(row, name)[0]


def text_cells(row: SavingRow | ProjectRow, name: str) -> list[CellRef]:
    """The cells in which a row has a text; its own where they are not known."""
    places = (place.split(" ") for place in (row.texts_at or "").split("; "))
    addresses = [place[-1] for place in places if place[0] == name] or [row.cell]
    return [CellRef(row.workbook, row.sheet, address) for address in addresses]


def rows_of(line: Saving) -> Iterator[SavingRow]:
    """All rows that state something of a line, whatever their measure."""
    for series in (line.target, line.original, line.revised, line.delivered, line.forecast):
        yield from series


def texts_of(line: Saving, name: str) -> list[StatedText]:
    """What the rows of a line say in one column, each text once."""
    found: dict[str, StatedText] = {}
    for row in rows_of(line):
        if not (text := getattr(row, name)):
            continue
        cells = text_cells(row, name)
        # What several columns say besides is in one text, a part for each.
        parts = text.split("; ") if name == ALSO else [text]
        for part, cell in zip(parts, [*cells, *cells[-1:] * len(parts)], strict=False):
            found.setdefault(part, StatedText(part, cell, line.label))
    return list(found.values())


def texts_of_lines(lines: Iterable[Saving], name: str) -> list[StatedText]:
    """What several lines say in one column, in their order."""
    return [stated for line in lines for stated in texts_of(line, name)]


def lines_that_count(quarter: Quarter, project: str) -> list[Saving]:
    """The lines of a project that are added, those of prior years left out."""
    plans = (plan for plan in quarter.plans_of(project) if plan != Plan.PRIOR)
    return [line for plan in plans for line in quarter.savings_of(project, plan).own]


def stated_of(quarter: Quarter, row: ProjectRow, name: str) -> list[StatedText]:
    """What is stated of a project in one column: by the register, else by its lines.

    Where the register says that it is still to come, by the lines that know it.
    """
    registered = of_register(row, name)
    if registered and says_something(registered.text, name):
        return [registered]
    stated = texts_of_lines(lines_that_count(quarter, row.project), name)
    known = [each for each in stated if says_something(each.text, name)]
    if registered and any(denies_of(registered.text, each.text) for each in known):
        return [registered]
    return known or ([registered] if registered else stated)


def of_register(row: ProjectRow, name: str) -> StatedText | None:
    """What the register says of a project in the same column; None where it says nothing."""
    text = getattr(row, name, None) if name not in ("status", "confirmed_by", "evidence") else None
    return StatedText(text, text_cell(row, name)) if text else None


def in_words(stated: Sequence[StatedText]) -> str:
    """Texts as a page shows them: one alone, those of several lines with what each says."""
    lines: dict[str, list[str]] = {}
    for each in stated:
        own = lines.setdefault(each.text, [])
        if each.line not in own:
            own.append(each.line)
    is_of_one = len({each.line for each in stated}) == 1
    if len(lines) < 2 or is_of_one:
        return "; ".join(lines)
    return "; ".join(
        f"{', '.join(filter(None, own))}: {text}" if any(own) else text
        for text, own in lines.items()
    )


def costs_in_words(
    quarter: Quarter, row: ProjectRow, apart: Mapping[str, Sequence[str]] = _NOTHING_APART
) -> str:
    """The one-off cost of a project and what funds it, or that this is not recorded.

    Where the lines state them, each cost with the funding of its own line. `apart` is what the
    schedule says otherwise than the register, by column.
    """
    cost, funding = of_register(row, "one_off_cost"), of_register(row, "cost_funding")
    others, sources = apart.get("cost_funding", ()), stated_of(quarter, row, "cost_funding")
    named = _sources_in_words(sources) or (in_words(sources) if others else "")
    funded_by = or_by_the_schedule(named, others)
    if cost and says_something(cost.text, "one_off_cost"):
        said = or_by_the_schedule(cost.text, apart.get("one_off_cost", ()))
        return _with_funding(said, funded_by, is_none=said == cost.text and is_nothing(said))
    pairs = _costs_of_lines(quarter, row.project, funding)
    if pairs or not cost:
        return in_words(pairs) or (f"not recorded, funded from {funded_by}" if funded_by else "")
    return _with_funding(cost.text, funded_by)


def _costs_of_lines(quarter: Quarter, project: str, funding: StatedText | None) -> list[StatedText]:
    """The one-off costs of a project's lines, each with its funding, or with the register's."""
    pairs: list[StatedText] = []
    for line in lines_that_count(quarter, project):
        sources = texts_of(line, "cost_funding")
        if funding and names_a_source(funding.text):
            sources = [funding]
        words = _sources_in_words([each._replace(line="") for each in sources])
        costs = texts_of(line, "one_off_cost")
        pairs += [each._replace(text=_with_funding(each.text, words)) for each in costs]
    return pairs


def or_by_the_schedule(text: str, others: Sequence[str]) -> str:
    """What the register says, and beside it what the schedule says otherwise: "2, or 3 by ..."."""
    return f"{text}, or {' and '.join(others)} by the schedule" if others else text


def _sources_in_words(stated: Sequence[StatedText]) -> str:
    """What funds a cost; blank where no text names a source."""
    return in_words([each for each in stated if names_a_source(each.text)])


def _with_funding(cost: str, funding: str, *, is_none: bool | None = None) -> str:
    if is_nothing(cost) if is_none is None else is_none:
        return cost
    is_apart = " by the schedule" in cost + funding
    if not funding:
        return f"{cost}{';' if is_apart else ','} funding not recorded"
    return f"{cost}{'; funded from' if is_apart else ','} {funding}"


def denies(text: str | None) -> bool:
    """Whether a text says that something is not so: "No reserve available", "Unfunded"."""
    return bool(_DENIES.search(text or ""))


def denies_of(text: str, other: str) -> bool:
    """Whether a text denies what another one names: "No reserve available" of "Reserve"."""
    named = {*_content_of(_DENIES.sub(" ", text))} & {*_content_of(other)}
    return denies(text) and bool(named)


def is_nothing(text: str | None) -> bool:
    """Whether a text says that there is nothing: "None", "nil", "0", "-"."""
    parts = (
        _IN_YEAR.sub("", part).strip(" .") for part in " ".join((text or "").split()).split(";")
    )
    return not text or all(_NOTHING.fullmatch(part) for part in parts)


def is_still_to_come(text: str | None) -> bool:
    """Whether a text says that something is not there yet, or says nothing: "TBC", "Not yet"."""
    return is_nothing(text) or bool(_NOT_YET.match((text or "").strip()))


def says_something(text: str, name: str) -> bool:
    """Whether a text of a column can be compared or shown in place of another.

    "TBC" cannot, and "None" only where it is a number; what funds a cost names a source.
    """
    if name == "cost_funding":
        return names_a_source(text)
    return not is_still_to_come(text) or (name in ("posts", "one_off_cost") and is_nothing(text))


def names_a_source(text: str | None) -> bool:
    """Whether a text names what pays for a cost: an amount, a share, "TBC" or "Yes" does not."""
    words = _SIZE.sub(" ", text or "")
    return any(
        not is_still_to_come(part.strip(_AROUND)) and _content_of(part)
        for part in re.split(r"[;,]", words)
    )


def _content_of(text: str) -> list[str]:
    """The words of a text that say more than how much there is, or that there is some."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return [word for word in words if not _NO_SOURCE.fullmatch(word)]


def names_somebody(text: str | None) -> bool:
    """Whether a text names who did something, and not only that, or when, it was done."""
    parts = (part.strip(" .") for part in (text or "").split(";"))
    return any(not is_still_to_come(part) and not _MERE_YES.fullmatch(part) for part in parts)


# --- whether two texts agree ----------------------------------------------------------------------

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_AMOUNT = re.compile(r"£?\s?\d[\d,]*(?:\.\d+)?\s?(?:k|m|mn|million|thousand)?(?![\w])", re.I)


def number_in(text: str) -> float | None:
    """The one number that a text has: "12 FTE" has 12; None where it has none, or several."""
    if is_nothing(text):
        return 0
    parts = _parts_of_years(text)
    found = [_NUMBER.findall(part) for part in parts]
    if any(len(numbers) != 1 for numbers in found):
        return None
    return sum(float(numbers[0].replace(",", "")) for numbers in found)


def _parts_of_years(text: str) -> list[str]:
    """What a text says of each year, where it says something of years only; else all of it."""
    parts = text.split("; ")
    is_by_year = all(_IN_YEAR.search(part) for part in parts)
    return [_IN_YEAR.sub("", part) for part in (parts if is_by_year else [text])]


def pence_in(text: str) -> int | None:
    """The one amount of money that a text has: "£40k redundancy" has £40,000."""
    if is_nothing(text):
        return 0
    found = [_AMOUNT.findall(part) for part in _parts_of_years(text)]
    if any(len(amounts) != 1 for amounts in found):
        return None
    read = [money.from_text(amounts[0].strip(), money.POUND) for amounts in found]
    return sum(each.pence for each in read if each) if all(read) else None
