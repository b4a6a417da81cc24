"""What the workbooks of a quarter hold so far: canonical rows by table, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ffanalysis.provenance import as_typed, name_key, slug, unmarked
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.no_savings import NoSavings
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.tables import TABLE_NAMES
from ffanalysis.vocabulary import scope_service

if TYPE_CHECKING:
    from ffanalysis.read.unread import UnreadMoney

Row = dict[str, Any]
# The columns of names by which lines and tables are put together.
_COMPARED = frozenset({"programme", "scope", "service", "part_of", "line", "ref", "mitigates"})
NOT_CALCULATED = (
    "it holds a formula that was never calculated (open the workbook in Excel, save it, and run"
    " again)."
)


@dataclass
class Collected:
    """Canonical rows by table, and the names in them.

    Attributes:
        rows: table → its rows so far.
        named: project → workbook, sheet and cell that name it, and how it is written there.
        aliases: kind → a name as compared → the name to use instead.
        spellings: what names have in common that are one → the name as first met.
        renamed: kind and name → the first other name for which an alias put it.
        no_savings: what is declared to hold no savings; `used_declarations` those for some sheet.
        unread: the money so far that is in no table.
        accounted_cells: row and column of each cell of the sheet that is used or refused.
        accounted_rows: table of the sheet → its rows of which every cell is.

    """

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLE_NAMES})
    named: dict[str, dict[tuple[str, str, str], str]] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    no_savings: list[NoSavings] = field(default_factory=list)
    used_declarations: set[NoSavings] = field(default_factory=set)
    unread: "list[UnreadMoney]" = field(default_factory=list)
    accounted_cells: set[tuple[int, int]] = field(default_factory=set)
    accounted_rows: dict[str, set[int]] = field(default_factory=dict)
    _refused: set[tuple[object, ...]] = field(default_factory=set)
    _resolved: dict[tuple[str, str], str] = field(default_factory=dict)

    def copy(self) -> "Collected":
        """The same rows and declarations, to be added to apart from these."""
        return Collected(
            {table: [*rows] for table, rows in self.rows.items()},
            aliases=self.aliases,
            no_savings=self.no_savings,
        )

    def begin_sheet(self) -> None:
        """Forget which cells of the sheet before are accounted for."""
        self.accounted_cells.clear()
        self.accounted_rows.clear()

    def add(self, table: str, **row: Any) -> None:
        """Add a row to a table."""
        self.rows[table].append(row)

    def name_project(self, found: FoundTable, cell: Cell) -> str:
        """The project that a cell names, as tables have it; remembers where it was named."""
        project = slug(self.resolve_alias("project", cell.text))
        place = (found.sheet.workbook, found.sheet.name, cell.address)
        self.named.setdefault(project, {})[place] = cell.text
        return project

    def resolve_alias(self, kind: str, name: str) -> str:
        """The name to use: this one, or the one for which a reviewed alias has it.

        One name that is written with other signs is spelled as where it was first met.
        """
        if (kind, name) not in self._resolved:  # a schedule repeats its names in each row
            self._resolved[kind, name] = self._resolve(kind, name)
        return self._resolved[kind, name]

    def _resolve(self, kind: str, name: str) -> str:
        known = self.aliases.get(kind)
        if known:
            service = scope_service(name) if kind == "scope" else name
            for part in (name, service):
                if new := known.get(name_key(part).casefold()):
                    self.renamed.setdefault((kind, new), part)
                    return self._spelled(kind, f"{new}{name[len(part) :]}")
        return self._spelled(kind, name)

    def _spelled(self, kind: str, name: str) -> str:
        """A name as where it was first met, and as it is typed on a keyboard."""
        if kind not in _COMPARED:
            return name
        typed = unmarked(as_typed(name))
        service = scope_service(typed) if kind == "scope" else typed
        known = self.spellings.setdefault(name_key(service), service)
        return f"{known}{typed[len(service) :]}"

    def refuse(
        self,
        found: FoundTable,
        cell: Cell,
        problem: str,
        keys: Mapping[str, Any],
        amount: Mapping[str, Any] | None = None,
    ) -> None:
        """Refuse a cell in one sentence.

        `keys` say whom it withholds: a project, programme or service, and all projects where none
        is given. `amount` is the row that is not known for it: its line, its year, and what it adds
        where it is a total.
        """
        sheet = found.sheet
        self.accounted_cells.add((cell.row, cell.column))
        refusal = {
            "sentence": f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: {problem}",
            "value": cell.text,
            **{key: keys.get(key) for key in ("project", "programme", "service")},
            **source_of(sheet, cell),
            "block": found.name,
            **{key: (amount or {}).get(key) for key in ("line_no", "year", "over")},
        }
        # A cell that speaks for many rows is refused once.
        key = tuple(refusal.values())
        if key not in self._refused:
            self._refused.add(key)
            self.rows["refusals"].append(refusal)

    def list_unused(self, what: str, value: str, found: FoundTable, cell: Cell) -> None:
        """List something of a table that is not used."""
        self.accounted_cells.add((cell.row, cell.column))
        self.add("unused", what=what, value=value, **source_of(found.sheet, cell))


def source_of(sheet: Sheet, cell: Cell | None = None) -> Row:
    """Where something was read, as columns of a canonical table: a cell, or the whole sheet."""
    place = {"workbook": sheet.workbook, "sheet": sheet.name}
    return place | ({"cell": cell.address} if cell is not None else {})
