"""What the lines of a schedule say in words, and the register of their project: with the cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ffanalysis import money
from ffanalysis.provenance import CellRef
from ffanalysis.savings.model import Saving
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow, SavingRow
from ffanalysis.vocabulary import Plan

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
_MERE_YES = re.compile(
    r"(?:yes|y|true|done|completed?|confirmed|agreed|verified|validated|signed off|\u2713|\u2714"
    r"|\d{1,2} \w+ \d{4}|[\d/.-]+)",
    re.I,
)


class StatedText(NamedTuple):
    """A text, where it stands, and the line that states it; blank where the register does."""

    text: str
    cell: CellRef
    line: str = ""


def text_cell(row: SavingRow | ProjectRow, name: str) -> CellRef:
    """The first cell in which a row has a text; its own where that is not known."""
    places = (place.split(" ") for place in (row.texts_at or "").split("; "))
    address = next((place[-1] for place in places if place[0] == name), row.cell)
    return CellRef(row.workbook, row.sheet, address)


def rows_of(line: Saving) -> Iterator[SavingRow]:
    """All rows that state something of a line, whatever their measure."""
    for series in (line.target, line.original, line.revised, line.delivered, line.forecast):
        yield from series


def texts_of(line: Saving, name: str) -> list[StatedText]:
    """What the rows of a line say in one column, each text once."""
    found: dict[str, StatedText] = {}
    for row in rows_of(line):
        if text := getattr(row, name):
            found.setdefault(text, StatedText(text, text_cell(row, name), line.label))
    return list(found.values())


def texts_of_lines(lines: Iterable[Saving], name: str) -> list[StatedText]:
    """What several lines say in one column, in their order."""
    return [stated for line in lines for stated in texts_of(line, name)]


def lines_that_count(quarter: Quarter, project: str) -> list[Saving]:
    """The lines of a project that are added, those of prior years left out."""
    plans = (plan for plan in quarter.plans_of(project) if plan != Plan.PRIOR)
    return [line for plan in plans for line in quarter.savings_of(project, plan).own]


def stated_of(quarter: Quarter, row: ProjectRow, name: str) -> list[StatedText]:
    """What is stated of a project in one column: by the register, else by its lines."""
    if registered := of_register(row, name):
        return [registered]
    return texts_of_lines(lines_that_count(quarter, row.project), name)


def of_register(row: ProjectRow, name: str) -> StatedText | None:
    """What the register says of a project in the same column; None where it says nothing."""
    text = getattr(row, name, None) if name not in ("status", "confirmed_by", "evidence") else None
    return StatedText(text, text_cell(row, name)) if text else None


def in_words(stated: Sequence[StatedText]) -> str:
    """Texts as a page shows them: one alone, several with the lines that say each."""
    lines: dict[str, list[str]] = {}
    for each in stated:
        own = lines.setdefault(each.text, [])
        if each.line not in own:
            own.append(each.line)
    if len(lines) < 2:
        return next(iter(lines), "")
    return "; ".join(
        f"{', '.join(filter(None, own))}: {text}" if any(own) else text
        for text, own in lines.items()
    )


def costs_in_words(quarter: Quarter, row: ProjectRow) -> str:
    """The one-off cost of a project and what funds it, or that this is not recorded.

    Where the lines state them, each cost with the funding of its own line.
    """
    cost, funding = of_register(row, "one_off_cost"), of_register(row, "cost_funding")
    if cost:
        sources = stated_of(quarter, row, "cost_funding")
        return _with_funding(cost.text, in_words(sources))
    pairs = []
    for line in lines_that_count(quarter, row.project):
        sources = [funding] if funding else texts_of(line, "cost_funding")
        words = in_words([each._replace(line="") for each in sources])
        costs = texts_of(line, "one_off_cost")
        pairs += [each._replace(text=_with_funding(each.text, words)) for each in costs]
    return in_words(pairs) or (funding.text if funding else "")


def _with_funding(cost: str, funding: str) -> str:
    if is_nothing(cost):
        return cost
    return f"{cost}, {funding}" if funding else f"{cost}, funding not recorded"


def is_nothing(text: str | None) -> bool:
    """Whether a text says that there is nothing: "None", "nil", "0", "-"."""
    return not text or bool(_NOTHING.fullmatch(" ".join(text.split()).strip(" .")))


def is_still_to_come(text: str | None) -> bool:
    """Whether a text says that something is not there yet, or says nothing: "TBC", "Not yet"."""
    return is_nothing(text) or bool(_NOT_YET.match((text or "").strip()))


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
    found = _NUMBER.findall(text)
    return float(found[0].replace(",", "")) if len(found) == 1 else None


def pence_in(text: str) -> int | None:
    """The one amount of money that a text has: "£40k redundancy" has £40,000."""
    if is_nothing(text):
        return 0
    found = [match.strip() for match in _AMOUNT.findall(text)]
    amount = money.from_text(found[0], money.POUND) if len(found) == 1 else None
    return amount.pence if amount else None
