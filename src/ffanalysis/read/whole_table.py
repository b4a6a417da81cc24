"""What only a whole table shows: its sign, running totals, which measure a target is of."""

from collections.abc import Iterator, Sequence

from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import Collected, Row
from ffanalysis.read.dimensions import owner_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell, area_of
from ffanalysis.vocabulary import Measure

_OWNERS = ("project", "programme", "scope")

WRONG_SIGN = "all amounts of this table would raise spending"


def refuse_targets_of_no_measure(
    lines: Sequence[Row], found: FoundTable, collected: Collected
) -> None:
    """Refuse a target that names no measure beside the original target of the same line.

    It may be the original again, or the target that replaces it.
    """
    originals = {
        _line_and_year(row): row
        for row in lines
        if row.get("measure") == Measure.ORIGINAL and _states_amount(row)
    }
    for row in lines if originals else ():
        original = originals.get(_line_and_year(row))
        if original is None or row.get("measure") or not _states_amount(row):
            continue
        problem = (
            "nothing says which measure this is, and cell"
            f" {original['cell']} states the original target of the same line and year (write"
            " Revised target where it replaces that one)."
        )
        top, left, *_ = area_of(row["cell"]) or (0, 0)
        collected.refuse(found, found.sheet.at(top, left), problem, owner_of(row))


def are_all_negative(lines: Sequence[Row], found: FoundTable) -> bool:
    """Whether all savings of the table would cost money, so that the sign is unclear."""
    amounts = [row["amount_pence"] for row in lines if row["amount_pence"]]
    return found.table == "savings" and len(amounts) >= 2 and all(pence < 0 for pence in amounts)


def refuse_sign(lines: Sequence[Row], found: FoundTable, sign: str, collected: Collected) -> None:
    """Refuse a table of which no saving is positive by the layout's sign."""
    is_positive = sign == "saving is positive"
    other = "saving is negative" if is_positive else "saving is positive"
    write = "without brackets or a minus" if is_positive else "in brackets or with a minus"
    problem = (
        f"{WRONG_SIGN}, by the layout's sign ({sign}). "
        f"Where they are savings, write them {write}; where all tables of savings are written so,"
        f' write sign = "{other}" under [tables.savings] in layout.toml, or in the form of a'
        " concept paper."
    )
    owners = {(row.get("project"), row.get("programme")) for row in lines}
    keys = dict(zip(("project", "programme"), owners.pop(), strict=True))
    collected.accounted_rows.pop(found.name, None)
    first = next(cell for cell in _amount_cells(found) if cell.value is not None)
    collected.refuse(found, first, problem, {} if owners else keys)


def refuse_running(
    total: Row, lines: Sequence[Row], found: FoundTable, collected: Collected
) -> None:
    """Refuse a table whose totals are its last year's amounts: each year has the last in it."""
    last = max(row["year"] for row in lines if row["year"])
    problem = (
        f"this total of the years is what {last} alone comes to, and not what the years add up"
        " to: they look cumulative (write what each year adds, one year after another; where"
        " they do, the total is wrong)."
    )
    collected.accounted_rows.pop(found.name, None)
    top, left, *_ = area_of(total["cell"]) or (0, 0)
    cell = found.sheet.at(top, left)
    owners = {tuple(owner_of(row).items()) for row in lines}
    for owner in sorted(owners, key=str):
        collected.refuse(found, cell, problem, dict(owner))


def _amount_cells(found: FoundTable) -> Iterator[Cell]:
    for row in range(found.header_row + 1, found.last_row + 1):
        yield from (found.sheet.at(row, column) for column in found.amounts)


def table_summary(found: FoundTable, amounts: Amounts) -> Row:
    """The row that says how the table is headed, in which unit, over which years."""
    stated = {row["year"] for row in amounts.rows if row["year"]} if found.years_in_rows else ()
    years = {*found.years, *stated}
    title, line = found.title, found.unit_line
    return {
        "block": found.name,
        "table": found.table,
        "range": found.range,
        "title": title.cell.text if title else None,
        "title_cell": title.cell.address if title else None,
        "title_unit": title.units[0] if title and len(title.units) == 1 else None,
        "unit": min(amounts.units, default=None),
        "unit_cell": line.cell.address if line else None,
        "own_unit": min(amounts.own_units, default=None),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "header_cell": found.header_cell,
        "workbook": found.sheet.workbook,
        "sheet": found.sheet.name,
        "cell": found.header_cell,
    }


def _line_and_year(row: Row) -> tuple[object, ...]:
    """The line and the year that an amount is of, whatever its measure."""
    line = row.get("ref") or (row.get("saving_type"), row.get("route"))
    return (*(row.get(key) for key in (*_OWNERS, "plan", "year")), line)


def _states_amount(row: Row) -> bool:
    return row["amount_pence"] is not None
