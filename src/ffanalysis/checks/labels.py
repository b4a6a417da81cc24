"""Rules about labels: spans of years that contradict one another, and units that do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis import money, periods
from ffanalysis.checks.compare import MOST_NAMED
from ffanalysis.figures import Figure, constant
from ffanalysis.findings import Finding, Sentence
from ffanalysis.provenance import CellRef, cell_of
from ffanalysis.savings.analyses import kinds_of
from ffanalysis.savings.model import ProgrammeSavings
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BlockRow, ProjectRow


@dataclass(frozen=True)
class _Label:
    """What names a span of years, the span, and its cell."""

    what: str
    years: str
    cell: CellRef


@dataclass(frozen=True)
class _Purpose:
    """A project's purpose: its sentences that name spans of years, and the spans of each."""

    project: ProjectRow
    sentences: Mapping[str, tuple[str, ...]]

    def spans_about(self, service: str) -> list[str]:
        """The spans it names; only a sentence that names the service is about its savings."""
        return list(
            dict.fromkeys(
                span for text, spans in self.sentences.items() if service in text for span in spans
            )
        )


def period_labels(quarter: Quarter) -> Iterator[Finding]:
    """The span of years in a heading, in the columns and in a project's own prose is the same."""
    purposes = _purposes(quarter)
    for savings in quarter.programme_savings:
        labels = list(_table_labels(quarter, savings))
        about = purposes.get(savings.programme, []) if savings.service else []
        named, more = _purpose_labels(savings.service, about)
        labels += named
        if len(labels) > 1:
            yield _compared_labels(savings, labels, more)


def _table_labels(quarter: Quarter, savings: ProgrammeSavings) -> Iterator[_Label]:
    """The spans of years that the headings of a programme's tables name, and their columns."""
    tables = {row.block: row for row in quarter.blocks}
    kinds = kinds_of(quarter, savings)
    for block in (tables[name] for name in savings.tables if name in tables):
        kind = kinds[block.block]
        for span in periods.spans_in(block.title or ""):
            yield _Label(f"the heading of {kind}", _years(*span), _title_cell(block))
        if block.first_year and block.last_year:
            years = _years(block.first_year, block.last_year)
            yield _Label(f"the columns of {kind}", years, cell_of(block))


def _title_cell(block: BlockRow) -> CellRef:
    return CellRef(block.workbook, block.sheet, str(block.title_cell))


def _years(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _purposes(quarter: Quarter) -> dict[str | None, list[_Purpose]]:
    """By programme, the projects whose purpose names a span of years."""
    found: dict[str | None, list[_Purpose]] = {}
    for project in quarter.projects:
        sentences = {
            text: tuple(_years(*span) for span in periods.spans_in(text))
            for text in re.split(r"(?<=[.!?])\s+|\n", project.purpose or "")
        }
        if any(sentences.values()):
            found.setdefault(project.programme, []).append(_Purpose(project, sentences))
    return found


def _purpose_labels(service: str, purposes: Sequence[_Purpose]) -> tuple[list[_Label], Sentence]:
    """The spans of years that projects' purposes name.

    And where many name the same span, how many more than are listed.
    """
    labels: list[_Label] = []
    count: dict[str, int] = {}
    for purpose in purposes:
        for span in purpose.spans_about(service):
            count[span] = count.get(span, 0) + 1
            if count[span] <= MOST_NAMED:
                what = f"the purpose of {purpose.project.name}"
                labels.append(_Label(what, span, cell_of(purpose.project)))
    more: list[str | Figure] = []
    for number, (span, projects) in enumerate(count.items()):
        rest = projects - MOST_NAMED
        if rest > 0:
            noun = "project" if rest == 1 else "projects"
            figure = Figure(
                f"more-purposes-{number}", constant(rest, "purposes not named"), "count"
            )
            more += [" That of ", figure, f" more {noun}: {span}."]
    return labels, tuple(more)


def _compared_labels(
    savings: ProgrammeSavings, labels: Sequence[_Label], more: Sentence
) -> Finding:
    facts: dict[str, Any] = {
        "cells": tuple(dict.fromkeys(label.cell for label in labels)),
        **savings.about,
    }
    if len({label.years for label in labels}) == 1:
        message: Sentence = (f"{savings.label}: all tables cover {labels[0].years}.",)
        return Finding("period-labels", savings.label, "agrees", "note", message, **facts)
    listed = " ".join(
        f"{label.what[:1].upper()}{label.what[1:]}: {label.years}." for label in labels
    )
    opening = f"{savings.label}: the labels give different years. {listed}"
    ending = " The figures are read by their columns, so no money is affected."
    message = (opening, *more, ending) if more else (f"{opening}{ending}",)
    return Finding("period-labels", savings.label, "disagrees", "query", message, **facts)


def unit_labels(quarter: Quarter) -> Iterator[Finding]:
    """The unit that a table's title names is the unit of its figures."""
    for block in quarter.blocks:
        used = block.own_unit or block.unit
        if block.title_unit is None or used is None:
            continue
        subject = f"{block.workbook}, {block.sheet}"
        facts: dict[str, Any] = {
            "cells": (_title_cell(block), cell_of(block)),
            **_about_table(quarter, block.block),
        }
        title, own = money.unit_label(block.title_unit), money.unit_label(used)
        if title == own:
            message = (f"{subject}: the title and the figures are both in {title}.",)
            yield Finding("unit-labels", subject, "agrees", "note", message, **facts)
        else:
            words = (
                f"the title says {title} but the figures are in {own}, so they have been read as"
            )
            message = (f"{subject}: {words} {own}.",)
            yield Finding("unit-labels", subject, "disagrees", "query", message, **facts)


def _about_table(quarter: Quarter, table: str) -> dict[str, Any]:
    """Whom a finding on a whole table concerns.

    Its one owner, else the one programme of all its lines, else everybody.
    """
    lines = quarter.savings.of_block(table)
    if not lines:
        budget = quarter.budget.of_block(table)
        return {"service": budget[0].service} if budget else {}
    owners = [owner for owner, _ in quarter.by_owner(lines)]
    if len(owners) == 1:
        return owners[0].about
    programmes = set()
    for owner in owners:
        row = quarter.register.get(owner.project)
        programmes.add(owner.programme or (row.programme or "" if row else ""))
    return {"programme": programmes.pop() if len(programmes) == 1 else ""}
