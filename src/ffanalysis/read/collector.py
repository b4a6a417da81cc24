"""What the tables of a period's workbooks hold so far.

Canonical rows by table, and what was refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ffanalysis.provenance import slug
from ffanalysis.read.find import FoundTable
from ffanalysis.sheets.cells import Cell
from ffanalysis.tables import TABLE_NAMES
from ffanalysis.vocabulary import scope_service

Row = dict[str, Any]
NOT_CALCULATED = (
    "it holds a formula that was never calculated (open the workbook in Excel, save it, and run"
    " again)."
)


@dataclass
class Collected:
    """Canonical rows by table, and where each project is named outside the register."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLE_NAMES})
    # Project → workbook, sheet and cell that name it, and how it is written there.
    named: dict[str, dict[tuple[str, str, str], str]] = field(default_factory=dict)
    # Names that stand for another: kind → name as compared → the name to use.
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Kind and name → the first other name for which an alias put it.
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    # What of the sheet being read is used or refused by name: single cells by row and column, and
    # by table its whole lines.
    accounted_cells: set[tuple[int, int]] = field(default_factory=set)
    accounted_rows: dict[str, set[int]] = field(default_factory=dict)

    def name_project(self, found: FoundTable, cell: Cell) -> str:
        """The project that a cell names, as it stands in tables; remembers where it was named."""
        project = slug(self.resolve_alias("project", cell.text))
        self.named.setdefault(project, {})[found.sheet.workbook, found.sheet.name, cell.address] = (
            cell.text
        )
        return project

    def resolve_alias(self, kind: str, name: str) -> str:
        """The name under which tables know this one.

        Its own, or the one that a reviewed alias gives.
        """
        known = self.aliases.get(kind)
        if not known:
            return name
        service = scope_service(name) if kind == "scope" else name
        for part in (name, service):
            if new := known.get(" ".join(part.split()).casefold()):
                self.renamed.setdefault((kind, new), part)
                return f"{new}{name[len(part) :]}"
        return name

    def refuse(
        self,
        found: FoundTable,
        cell: Cell,
        problem: str,
        keys: Mapping[str, Any],
        *,
        value: str | None = None,
        **where: Any,
    ) -> None:
        """Refuse a cell in one sentence.

        `keys` say whom it withholds, all of them where none is given.

        `where` says which amount of the table is not known for it: its line, its year, and what it
        adds where it is a total.
        """
        shown = cell.text if value is None else value
        sheet = found.sheet
        self.accounted_cells.add((cell.row, cell.column))
        refusal = {
            "sentence": f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: {problem}",
            "value": shown,
            **{key: keys.get(key) for key in ("project", "programme", "service")},
            **source_of(found, cell),
            "block": found.name,
            **{key: where.get(key) for key in ("line_no", "year", "over")},
        }
        # A cell that speaks for many rows is refused once.
        if refusal not in self.rows["refusals"]:
            self.rows["refusals"].append(refusal)

    def list_unused(self, what: str, value: str, found: FoundTable, cell: Cell) -> None:
        """List something that is not used."""
        self.accounted_cells.add((cell.row, cell.column))
        self.rows["unused"].append({"what": what, "value": value, **source_of(found, cell)})


def source_of(found: FoundTable, cell: Cell) -> Row:
    """Where a cell stands, as the columns of a canonical table."""
    return {"workbook": found.sheet.workbook, "sheet": found.sheet.name, "cell": cell.address}
