"""What the workbook check says of any workbook."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

RemarkSeverity = Literal["error", "warning", "note"]
REMARK_SEVERITIES: tuple[RemarkSeverity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person should know of a workbook, with its cells.

    `stated`, `calculated`, their difference and `tolerance` are in `unit`, the unit that the table
    prints ("£000", "$", "" where none is written): exact decimals, not pence.
    """

    severity: RemarkSeverity
    code: str
    message: str
    cells: tuple[str, ...] = ()
    stated: Decimal | None = None
    calculated: Decimal | None = None
    tolerance: Decimal | None = None
    unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        return (
            None
            if self.stated is None or self.calculated is None
            else self.calculated - self.stated
        )


@dataclass(frozen=True, slots=True)
class TableFound:
    """A table of figures in a workbook.

    Where it stands, how it is headed, and which of its rows and columns are totals.

    `kind` is the table that a period would read it as ("budget", "savings", ...), or "figures".
    """

    workbook: str
    sheet: str
    range: str
    title: str
    header: tuple[str, ...]
    unit: str
    years: tuple[str, ...]
    kind: str
    rows: int
    columns: int
    total_rows: tuple[int, ...]
    total_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkbookCheck:
    """All that the workbook check found in one workbook.

    Its tables from the top, its remarks with the worst first.
    """

    workbook: str
    reader: str
    tables: tuple[TableFound, ...]
    remarks: tuple[Remark, ...]

    @property
    def has_errors(self) -> bool:
        return any(remark.severity == "error" for remark in self.remarks)
