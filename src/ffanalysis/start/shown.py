"""How workbooks are read, in words and money, for a person to say whether it is right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis import money
from ffanalysis.checks import check
from ffanalysis.present.words import say
from ffanalysis.provenance import cell_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.nearest import mistyped
from ffanalysis.start.question import written
from ffanalysis.start.register import service_columns
from ffanalysis.start.trial import Trial

_MOST_LINES = 3  # of a table that are shown
_SAID = ("service", "line", "basis", "ref", "plan", "saving_type", "route", "rag")


@dataclass(frozen=True)
class ShownTable:
    """A table as it is read: its place, what each column is, its first lines, what it comes to."""

    place: str
    kind: str
    columns: Sequence[tuple[str, str]]  # heading as written → what it is taken for
    lines: Sequence[str]
    sums: Sequence[str]


def shown_tables(trial: Trial) -> Iterator[ShownTable]:
    """The tables found, in the order of the sheets."""
    rows = _by_table(trial)
    for found in trial.tables:
        own = rows.get(found.name, [])
        yield ShownTable(
            f"{found.sheet.workbook}, sheet {found.sheet.name}, {found.range}",
            found.table,
            list(_columns_of(found, trial)),
            list(_lines_of(own, trial)),
            list(_sums_of(own)),
        )


def errors_in(trial: Trial) -> Iterator[str]:
    """What of the workbooks does not add up, as sentences: a total, a row that repeats others."""
    names = {sheet.workbook for sheet in trial.sheets}
    for finding in check(trial.quarter):
        if finding.severity == "error" and {cell.workbook for cell in finding.cells} & names:
            yield say(finding.message)


def newly_registered(trial: Trial) -> Iterator[str]:
    """The projects that no register has, each with the one that it may be misspelt for."""
    others = [row.name for row in trial.quarter.projects if row.name not in trial.unregistered]
    for name in trial.unregistered:
        near = mistyped(name, others)
        yield f"{name} (did you mean {near}?)" if near else name


def _by_table(trial: Trial) -> Mapping[str, list[Any]]:
    """The amounts that are stated, by the table that states them."""
    quarter = trial.quarter
    every: Iterable[Any] = (*quarter.savings, *quarter.budget, *quarter.mtfp)
    rows: dict[str, list[Any]] = {}
    for row in every:
        if row.amount_pence is not None:
            rows.setdefault(row.block, []).append(row)
    return rows


def _columns_of(found: FoundTable, trial: Trial) -> Iterator[tuple[str, str]]:
    kind = trial.layout_of(found.sheet).tables[found.table]
    is_register_needed = found.table == "savings" and trial.unregistered
    services = service_columns(found, trial) if is_register_needed else []
    for column, head in sorted(found.heads.items()):
        text = " ".join(dict.fromkeys(token.cell.text for token in head.tokens))
        if column in found.columns:
            yield text, written(kind.headings.get(found.columns[column], found.columns[column]))
        elif column in found.amounts:
            yield text, "amounts"
        elif column in found.texts:
            yield text, f"kept as words: {kind.text_headings[found.texts[column].name]}"
        elif column in found.compared:
            yield text, "compared with the amounts, and added to nothing"
        elif column in services:
            yield text, "Service, for the register of projects"
        else:
            yield text, "not read"


def _lines_of(rows: Sequence[Any], trial: Trial) -> Iterator[str]:
    """The first lines in words and money."""
    lines: dict[tuple[object, ...], list[Any]] = {}
    for row in rows:
        lines.setdefault((cell_of(row).row, *_words_of(row, trial)), []).append(row)
    for (_, *words), own in list(lines.items())[:_MOST_LINES]:
        amounts = [f"{money.in_full(row.amount_pence)} {_what(row)}".strip() for row in own]
        yield f"{', '.join(map(str, words))}: {', '.join(amounts)}"


def _words_of(row: Any, trial: Trial) -> list[str]:
    """Whose a line is, and what it is."""
    project = getattr(row, "project", None)
    registered = trial.quarter.register.get(project) if project else None
    owner = registered.name if registered else project
    owner = owner or getattr(row, "scope", None) or getattr(row, "programme", None)
    return [each for each in (owner, *(getattr(row, name, None) for name in _SAID)) if each]


def _what(row: Any) -> str:
    return " ".join(filter(None, (getattr(row, "measure", None), row.year)))


def _sums_of(rows: Sequence[Any]) -> Iterator[str]:
    """What a table comes to by plan, measure and year: no sum crosses any of them."""
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (getattr(row, "plan", None) or "", _what(row))
        sums[key] = sums.get(key, 0) + row.amount_pence
    for plan, what in sorted(sums, key=lambda key: (key[1][-7:], key)):
        yield f"{' '.join(filter(None, (plan, what)))}: {money.in_full(sums[plan, what])}"
