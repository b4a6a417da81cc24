"""The reconciliation, for the analyst: every finding, every table found, all that was not used."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding, Severity
from ffanalysis.measure.in_projects import CarriedByProjects
from ffanalysis.measure.programme import ProgrammeMeasures, programme_measures
from ffanalysis.present import heads, programme_movement, programme_sentences, sentences
from ffanalysis.present.findings import agreed_table, at_stake, head_items, headlines, short_cells
from ffanalysis.present.html import (
    Cell,
    Part,
    blank,
    in_council_look,
    in_table,
    listing,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.reading import reading_notes
from ffanalysis.present.words import legend
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter

MOST_ROWS = 200  # in each list, which an analyst scrolls through
_EVERY_FINDING = "findings.csv and reconciliation.xlsx have them all"  # what its page cuts short


def problem_list(findings: Sequence[Finding]) -> Markup:
    """Errors, then queries, each with what it explains.

    Where there are more than a list has room for, the largest amounts first.
    """
    severities: tuple[Severity, ...] = ("error", "query")
    heads = {severity: headlines(findings, [severity]) for severity in severities}
    if sum(map(len, heads.values())) > MOST_ROWS:
        heads = {
            severity: sorted(found, key=at_stake, reverse=True) for severity, found in heads.items()
        }
    errors = heads["error"][:MOST_ROWS]
    queries = heads["query"][: MOST_ROWS - len(errors)]
    left = {
        "errors": (len(heads["error"]) - len(errors), "failed check", "failed checks"),
        "queries": (
            len(heads["query"]) - len(queries),
            "point that needs an answer",
            "points that need an answer",
        ),
    }
    more = sentences.omitted_note(left, _EVERY_FINDING)
    parts = [
        head_items(errors, findings),
        head_items(queries, findings),
        tag("p", sentence(more)) if more else Markup(""),
    ]
    return Markup("").join(parts)


def _rest(items: Sequence[object], one: str, many: str, where: str) -> Markup:
    """How many of a list are more than its first rows, and where they are."""
    more = sentences.omitted_note({many: (max(0, len(items) - MOST_ROWS), one, many)}, where)
    return tag("p", sentence(more)) if more else Markup("")


def _carried(each: CarriedByProjects) -> list[Figure | None]:
    """What projects have of a programme in a year, and what of it is in none."""
    return [each.projects, each.programme, each.plan, each.rest]


@in_council_look
@dataclass(frozen=True)
class Reconciliation:
    """How the quarter's figures hang together, for the analyst.

    Every finding, every table found, all that was not used.
    """

    quarter: Quarter
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<Reconciliation {self.quarter.period}>"

    def verdict(self) -> Part:
        """How the checks ended, in one line."""
        said = tag("p", sentence(sentences.checks_summary(self.findings)), class_="message")
        return Part("verdict", said + heads.without(len(self.quarter.council.confidential)))

    def problems(self) -> Part:
        """Errors, then queries, with what they explain and their cells."""
        return Part(
            "problems",
            problem_list(self.findings)
            or tag("p", "No check failed, and nothing needs an answer."),
        )

    def agreed(self) -> Part:
        """What agrees, a line each."""
        notes = [finding for finding in self.findings if finding.severity == "note"]
        return Part(
            "agreed",
            agreed_table(notes[:MOST_ROWS]) + _rest(notes, "line", "lines", _EVERY_FINDING),
        )

    @cached_property
    def _measures(self) -> ProgrammeMeasures:
        return programme_measures(self.quarter)

    def in_projects(self) -> Part:
        """What the projects of each programme have of it by year, and what is in none of them."""
        rows: list[tuple[str, CarriedByProjects]] = []
        for found in self._measures.in_projects if not self.quarter.refusals else ():
            if found.carrying and len(found.years) > 1:
                rows += ((f"{found.label}, {each.year}", each) for each in found.years)
        if not rows:
            return Part("in-projects", tag("p", "No programme can be compared with its projects."))
        unit = unit_of(figure for _, each in rows for figure in _carried(each))
        shown = table(
            "In projects, by year",
            ["Programme", "In projects", "Planned", "In the MTFP", "In no project"],
            [[name, *(in_table(one, unit) for one in _carried(each))] for name, each in rows],
            numbers_from=1,
            note=legend(unit),
            class_="many",
        )
        each_beyond = (
            programme_sentences.beyond_the_programmes([found])
            for found in self._measures.in_projects
        )
        said = (tag("p", sentence(words)) for words in each_beyond if words)
        return Part("in-projects", shown + Markup("").join(said))

    def moved(self) -> Part:
        """From the quarter before to this one: the sum of what moved, and each RAG status."""
        names = {row.project: row.name for row in self.quarter.projects}
        section = programme_movement.ProgrammeMovementSection(self._measures.movement, names)
        plain = tag("p", sentence(programme_movement.lead(self._measures.movement)))
        return Part("moved", section.sums() or plain)

    def blocks(self) -> Part:
        """The tables that were found, where, in which unit and over which years."""
        rows: list[list[Cell]] = []
        for block in self.quarter.blocks:
            used = block.own_unit or block.unit
            unit = money.unit_label(used) if used else "no amount"
            years = (
                " to ".join(dict.fromkeys(filter(None, (block.first_year, block.last_year))))
                or "no years"
            )
            rows.append(
                [
                    f"{block.workbook}, {block.sheet}",
                    block.range,
                    block.table,
                    unit,
                    years,
                    block.title or blank(),
                ]
            )
        headings = ["Sheet", "Cells", "Table", "Unit", "Years", "Title"]
        shown = table("Tables of money", headings, rows[:MOST_ROWS], class_="sources", texts=True)
        return Part("blocks", shown + _rest(rows, "table", "tables", "quarter.blocks has them all"))

    def totals(self) -> Part:
        """The totals that the sheets print, and the lines that no figure adds, with the reason."""
        rows: list[list[Cell]] = []
        for total in self.quarter.totals:
            if total.amount_pence is not None:
                what = ", ".join(
                    filter(None, (total.saving_type, total.rag, total.label or "Total", total.year))
                )
                rows.append(
                    [what, money.in_full(total.amount_pence), short_cells([cell_of(total)])]
                )
        shown = table(
            "Totals printed",
            ["Total", "Amount", "Cell"],
            rows[:MOST_ROWS],
            class_="sources",
            texts=True,
        )
        shown += _rest(rows, "total", "totals", "quarter.totals has them all")
        left = [
            [item.line, item.reason, short_cells(item.cells)] for item in self.quarter.not_added
        ]
        if left:
            headings = ["Line", "Why", "Cells"]
            shown += table("Not added", headings, left[:MOST_ROWS], class_="sources", texts=True)
            shown += _rest(left, "line", "lines", "quarter.not_added has them all")
        return Part("totals", shown)

    def unused(self) -> Part:
        """Sheets and numbers that no table uses, and cells that were refused."""
        items = [
            f"{row.workbook}, {row.sheet or ''} {row.cell or ''}:"
            f" {row.what} {row.value or ''}".strip()
            for row in self.quarter.unused
        ]
        items += list(dict.fromkeys(row.sentence for row in self.quarter.refusals))
        return Part(
            "unused",
            (
                listing(items[:MOST_ROWS])
                + _rest(items, "cell", "cells", "quarter.unused and quarter.refusals have them all")
                if items
                else tag(
                    "p",
                    "Every number of every sheet is used or is a printed total; no cell was"
                    " refused.",
                )
            ),
        )

    def reading(self) -> Part:
        """How the workbooks were read.

        Readers, corrections, hidden content, names that match nothing.
        """
        items = list(reading_notes(self.quarter))
        plain = (
            "Every workbook was read in the ordinary way; nothing was corrected or hidden, and"
            " every name is known."
        )
        where = "quarter.corrections, quarter.notices and quarter.names have them all"
        return Part(
            "reading",
            (
                listing(items[:MOST_ROWS]) + _rest(items, "note", "notes", where)
                if items
                else tag("p", plain)
            ),
        )
