"""Rules about labels.

Spans of years that name one another wrongly, and units that are not stated.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ffanalysis import money, periods
from ffanalysis.checks.compare import MOST_NAMED
from ffanalysis.figures import Figure, Finding, Sentence
from ffanalysis.provenance import cell_of
from ffanalysis.savings.analyses import kinds_of
from ffanalysis.savings.assemble import by_owner
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import Row


def period_labels(ledger: Ledger) -> Iterator[Finding]:
    """The span of years in a heading, in the columns and in the project's own prose is one and the same."""
    blocks = {row.block: row for row in ledger.rows("blocks")}
    purposes = _purposes(ledger)
    for group in ledger.groups:
        labels: list[_Label] = []
        kinds = kinds_of(ledger, group)
        for block in (blocks[name] for name in group.blocks if name in blocks):
            place = f"{block.workbook}!{block.sheet}"
            kind, title_cell = kinds[block.block], f"{place}!{block.title_cell}"
            labels += [
                (f"the heading of {kind}", span, title_cell)
                for span in periods.spans_in(block.title or "")
            ]
            if block.first_year:
                labels.append(
                    (f"the columns of {kind}", (block.first_year, block.last_year), cell_of(block))
                )
        named, more = _labels_of(
            group.service, purposes.get(group.programme, []) if group.service else []
        )
        labels += named
        if len(labels) < 2:
            continue
        cells = tuple(dict.fromkeys(cell for _, _, cell in labels))
        said_spans = [_span_words(span) for _, span, _ in labels]
        said = "; ".join(
            f"{what}, {span}" for (what, _, _), span in zip(labels, said_spans, strict=True)
        )
        if len(set(said_spans)) == 1:
            message: Sentence = (f"{group.called}: all labels say {said_spans[0]}.",)
            yield Finding(
                "period-labels", group.called, "agrees", "note", message, cells=cells, **group.about
            )
        else:
            opening = f"{group.called}: the labels differ ({said}"
            ending = "). The figures are read by their columns, so no money is affected."
            message = (opening, *more, ending) if more else (f"{opening}{ending}",)
            yield Finding(
                "period-labels",
                group.called,
                "disagrees",
                "query",
                message,
                cells=cells,
                **group.about,
            )


_Span = tuple[str, str]
_Label = tuple[str, _Span, str]  # what names a span of years, the span, and the cell


def _span_words(span: _Span) -> str:
    return span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _purposes(ledger: Ledger) -> dict[str, list[tuple[Row, dict[str, tuple[_Span, ...]]]]]:
    """By programme, the projects whose purpose names a span of years, with the sentences that do and what they name."""
    found: dict[str, list[tuple[Row, dict[str, tuple[_Span, ...]]]]] = {}
    for project in ledger.rows("projects"):
        sentences = {
            text: periods.spans_in(text)
            for text in re.split(r"(?<=[.!?])\s+|\n", project.purpose or "")
        }
        if any(sentences.values()):
            found.setdefault(project.programme, []).append((project, sentences))
    return found


def _labels_of(
    service: str, purposes: list[tuple[Row, dict[str, tuple[_Span, ...]]]]
) -> tuple[list[_Label], Sentence]:
    """The spans of years that projects' purposes name.

    And where many name the same span, how many more than are listed.
    """
    labels: list[_Label] = []
    count: dict[_Span, int] = defaultdict(int)
    for project, sentences in purposes:
        # Only a sentence that names the service speaks of the service's savings.
        for span in dict.fromkeys(
            span for text, spans in sentences.items() if service in text for span in spans
        ):
            count[span] += 1
            if count[span] <= MOST_NAMED:
                labels.append((f"the purpose of {project.name}", span, cell_of(project)))
    more: list[str | Figure] = []
    for number, (span, projects) in enumerate(count.items()):
        if projects > MOST_NAMED:
            rest = Figure(f"more-purposes-{number}", projects - MOST_NAMED, (), "count")
            more += [
                "; that of ",
                rest,
                f" more {'project' if rest.value == 1 else 'projects'}, {_span_words(span)}",
            ]
    return labels, tuple(more)


def unit_labels(ledger: Ledger) -> Iterator[Finding]:
    """The unit that a table's title names is the unit of its figures."""
    for block in ledger.rows("blocks"):
        used = block.own_unit or block.unit
        if block.title_unit is None or used is None:
            continue
        subject = f"{block.workbook}, {block.sheet}"
        cells = (f"{block.workbook}!{block.sheet}!{block.title_cell}", cell_of(block))
        about = _whose_block(ledger, block.block)
        names = (money.unit_label(block.title_unit), money.unit_label(used))
        if block.title_unit == used:
            message = (f"{subject}: the title and the figures are both in {names[0]}.",)
            yield Finding("unit-labels", subject, "agrees", "note", message, cells=cells, **about)
        else:
            message = (
                (
                    f"{subject}: the title says {names[0]}, but the figures carry {names[1]}; they"
                    f" are read as {names[1]}."
                ),
            )
            yield Finding(
                "unit-labels", subject, "disagrees", "query", message, cells=cells, **about
            )


def _whose_block(ledger: Ledger, block: str) -> dict[str, Any]:
    """Whom a remark on a whole table concerns.

    Its one owner, else the one programme of all its lines, else everybody.
    """
    lines = ledger.of_block("savings", block)
    if lines:
        owners = [about for _, about, _ in by_owner(ledger, lines)]
        registered = [ledger.register.get(about.get("project", "")) for about in owners]
        programmes = {
            about.get("programme") or (row.programme or "" if row else "")
            for about, row in zip(owners, registered, strict=True)
        }
        return (
            owners[0]
            if len(owners) == 1
            else {"programme": programmes.pop() if len(programmes) == 1 else ""}
        )
    budget = ledger.of_block("budget", block)
    return {"service": budget[0].service} if budget else {}
