"""What the workbook check reports on a workbook."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

RemarkSeverity = Literal["error", "warning", "note"]
REMARK_SEVERITIES: tuple[RemarkSeverity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person should know about a workbook, with its cells.

    `stated`, `calculated`, their difference and `tolerance` are exact decimals in `unit`, the unit
    that the table prints ("£000", "$", "" where none is written). They are not in pence.
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
        if self.stated is None or self.calculated is None:
            return None
        return self.calculated - self.stated


@dataclass(frozen=True, slots=True)
class TableSummary:
    """A table of figures found in a workbook: where it is, how it is headed, what its totals are.

    `kind` is the table that a quarter would read it as ("budget", "savings", ...), or "figures".
    `rows` and `columns` are how many hold figures; `total_rows` are rows of the sheet and
    `total_columns` letters.
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

    Its tables are in the order of the sheets, its remarks with the worst first.
    """

    workbook: str
    reader: str
    tables: tuple[TableSummary, ...]
    remarks: tuple[Remark, ...]

    @property
    def has_errors(self) -> bool:
        return any(remark.severity == "error" for remark in self.remarks)
