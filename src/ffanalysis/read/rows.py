"""The rows of a found table as canonical rows: exact money, known words, and the cell of each.

A cell that cannot be read, or can be read two ways, is refused by name; a blank stays blank and never becomes nil.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ffanalysis import model, money, periods
from ffanalysis.read.find import Block
from ffanalysis.read.layout import Layout, TableLayout, plain
from ffanalysis.read.workbook import Cell, NotCalculated

Row = dict[str, Any]
# A label given once stands for the rows below it, until the next label.
_GIVEN_ONCE = frozenset({"project", "programme", "scope", "plan", "saving_type"})
_NOT_CALCULATED = "it holds a formula that was never calculated (open the workbook in Excel, save it, and run again)."
_LARGEST = 10**14  # a trillion pounds, in pence: more than any council has
_TOO_LARGE = "'{}' is larger than a trillion pounds (check the number and its unit)."
_WRITE_AMOUNT = "write a number, nil, TBC, or leave blank"
_COUNT = re.compile(
    r"(?P<about>about|approximately|approx\.?|around|circa|c\.|~|some)?\s*(?P<count>\d{1,3}(?:,\d{3})+|\d+)\s*"
    r"(?P<about2>or so|approximately|approx\.?|\(approx\.?\))?",
    re.I,
)


@dataclass
class Reading:
    """What the tables of a period's workbooks hold so far: canonical rows by table."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in model.TABLE_NAMES})
    # Where each project is named outside the register, and how it is written there.
    named: dict[str, dict[tuple[str, str, str], str]] = field(default_factory=dict)

    def name_project(self, block: Block, cell: Cell) -> str:
        """The project that a cell names, as it stands in tables; remembers where it was named."""
        project = model.slug(cell.text)
        self.named.setdefault(project, {})[block.sheet.workbook, block.sheet.name, cell.address] = cell.text
        return project

    def refuse(self, block: Block, cell: Cell, problem: str, keys: Mapping[str, Any], *, value: str | None = None) -> None:
        """Refuse a cell in one sentence; `keys` say whom it withholds, all of them where none is given."""
        shown = cell.text if value is None else value
        sheet = block.sheet
        refusal = {
            "sentence": f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: {problem}",
            "value": shown,
            **{key: keys.get(key) for key in ("project", "programme", "service")},
            **_place(block, cell),
        }
        # A cell that speaks for many rows is refused once.
        if refusal not in self.rows["refusals"]:
            self.rows["refusals"].append(refusal)


def _place(block: Block, cell: Cell) -> Row:
    return {"workbook": block.sheet.workbook, "sheet": block.sheet.name, "cell": cell.address}


@dataclass
class _Pending:
    """An amount whose precision is known only when the whole table has been read."""

    row: Row
    value: float | int
    scale: int
    decimals: int | None


def read_block(block: Block, layout: Layout, reading: Reading) -> None:
    """Add the table's rows, its stated totals and its refusals to `reading`."""
    if block.table in ("budget", "savings", "mtfp"):
        _read_money(block, layout, reading)
    else:
        _read_register(block, layout, reading)


@dataclass(frozen=True)
class _Line:
    """One row of a table of money: its cells by canonical column, the label that makes it a total, and what it states."""

    cells: Mapping[str, Cell]
    amounts: list[Cell]
    label: Cell | None
    stated: Mapping[str, Cell]  # with what the lines above the table and the groups above the row state for it


def _lines(block: Block, layout: Layout) -> Iterator[_Line]:
    """The rows of a table of money; a group's label, given once, stands for the rows below it."""
    groups = [(position, name) for position, name in sorted(block.columns.items()) if name in _GIVEN_ONCE]
    given: dict[str, Cell] = {}
    for row in range(block.header_row + 1, block.last_row + 1):
        cells = {column: block.sheet.at(row, position) for position, column in block.columns.items()}
        label = next((cell for name, cell in cells.items() if name != "unit" and layout.is_total(cell.text)), None)
        for position, name in groups:
            if cells[name].text:
                # A new group ends what the groups within it were called; a total of groups belongs to none.
                for inner, within in groups:
                    if inner >= position:
                        given.pop(within, None)
                if cells[name] is not label:
                    given[name] = cells[name]
        stated = {**block.context, **{name: cell for name, cell in {**cells, **given}.items() if cell.text and cell is not label}}
        yield _Line(cells, [block.sheet.at(row, position) for position in block.amount_columns], label, stated)


def _read_money(block: Block, layout: Layout, reading: Reading) -> None:
    reader = _Amounts(block, layout, reading)
    _refuse_unknown_columns(block, layout, reading)
    unknown = [cell for cell in block.context.values() if isinstance(cell.value, NotCalculated)]
    for cell in unknown:
        reading.refuse(block, cell, _NOT_CALCULATED, {})
    if unknown:
        return
    for line in _lines(block, layout):
        if not any(cell.value is not None for cell in line.amounts) and not _is_known(line.cells, block, layout):
            # A note, a heading within the table, or a line that states nothing: no figure, but not dropped in silence.
            said = next((cell for cell in line.cells.values() if cell.text), None)
            if said:
                reading.rows["unused"].append({"what": "line without an amount", "value": said.text, **_place(block, said)})
            continue
        keys: Row = {}
        dimensions = _read_dimensions(line, block, layout, reading, keys)
        for cell in line.amounts if dimensions is not None else []:
            year = block.years.get(cell.column)
            entry: Row = {"block": block.name, **(dimensions or {}), "year": year, **_place(block, cell)}
            over = _adds_over(line, year, block)
            if over:
                entry |= {"table": block.table, "over": over, "label": line.label.text if line.label else None}
            if reader.read(cell, line.stated.get("unit"), keys, entry):
                reading.rows["totals" if over else block.table].append(entry)
    reader.settle()
    years, units, own_units = sorted(block.years.values()), reader.units, reader.own_units
    reading.rows["blocks"].append(
        {
            "block": block.name,
            "table": block.table,
            "range": block.range,
            "title": block.title.text if block.title else None,
            "title_cell": block.title.address if block.title else None,
            "title_unit": block.title_units[0] if len(block.title_units) == 1 else None,
            "unit": min(units) if units else None,
            "unit_cell": block.unit_line.address if block.unit_line else None,
            "own_unit": min(own_units) if own_units else None,
            "first_year": years[0] if years else None,
            "last_year": years[-1] if years else None,
            "header_cell": block.header_cell,
            "workbook": block.sheet.workbook,
            "sheet": block.sheet.name,
            "cell": block.header_cell,
        }
    )


def _refuse_unknown_columns(block: Block, layout: Layout, reading: Reading) -> None:
    """A column of numbers whose heading nobody knows may be a year of the table: it withholds all."""
    heads = [
        cell for (row, _), cell in block.sheet.cells.items() if row == block.header_row and cell.column not in block.all_columns
    ]
    for head in heads:
        below = [block.sheet.at(row, head.column) for row in range(block.header_row + 1, block.last_row + 1)]
        if any(cell.is_number for cell in below) and plain(head.text) not in layout.not_read and head.text:
            known = "write a financial year such as 2017/18, or Total"
            problem = f"the heading '{head.text}' is not known, but numbers stand below it ({known})."
            reading.refuse(block, head, problem, {})


def _adds_over(line: _Line, year: str | None, block: Block) -> str | None:
    """What a printed total adds: the rows of a year, the years of a row, or both; None for an amount that is no total."""
    if line.label is None:
        return "years" if year is None and block.years else None
    return "both" if year is None and block.years else "rows"


def _is_known(cells: Mapping[str, Cell], block: Block, layout: Layout) -> bool:
    """Whether a row without amounts is a line of the table (its label is a known word), or only a note below it."""
    own = [name for name, cell in cells.items() if cell.text and name != "unit"]
    return any(plain(cells[name].text) in layout.values.get(name, {}) or layout.is_total(cells[name].text) for name in own) or (
        block.table != "savings" and len(own) > 1
    )


def _absent(dimensions: Row, table: TableLayout) -> str | None:
    """What a line must state and doesn't, as its heading is written; None where all is there."""
    required = [name for name in table.needs if name != "basis"]
    if missing := next((name for name in required if not dimensions.get(name)), None):
        return table.headings[missing]
    if table.any_of and not any(dimensions.get(name) for name in table.any_of):
        return " or ".join(table.headings[name] for name in table.any_of)
    return None


def _read_dimensions(line: _Line, block: Block, layout: Layout, reading: Reading, keys: Row) -> Row | None:
    """What a row states beside its amounts; None where it was refused."""
    dimensions = _dimensions(line.stated, block, layout, reading, keys)
    unknown = [cell for cell in line.cells.values() if isinstance(cell.value, NotCalculated)]
    for cell in unknown:
        reading.refuse(block, cell, _NOT_CALCULATED, keys)
    if dimensions is None or unknown:
        return None
    if line.label is not None:
        return {**dimensions, "rag_missing": None}
    if absent := _absent(dimensions, layout.tables[block.table]):
        first = next((cell for cell in line.amounts if cell.value is not None), line.amounts[0])
        reading.refuse(block, first, f"its line states no {absent} (write it in the line or above the table).", keys)
        return None
    return dimensions


def _dimensions(stated: Mapping[str, Cell], block: Block, layout: Layout, reading: Reading, keys: Row) -> Row | None:
    """The canonical dimensions of a row; None where one was refused. Fills `keys` with whom a refusal would withhold."""
    row: Row = {}
    for name, cell in stated.items():
        if name != "unit" and name not in layout.values:
            row[name] = reading.name_project(block, cell) if name == "project" else cell.text
    if row.get("project"):
        keys["project"] = row["project"]
    elif row.get("programme"):
        keys["programme"] = row["programme"]
    else:
        keys["service"] = row.get("service") or row.get("scope")
    for name in layout.values:
        if name in stated and not _read_word(name, stated[name], layout, row):
            choices = ", ".join(layout.choices[name])
            reading.refuse(block, stated[name], f"'{stated[name].text}' is not known here (write one of: {choices}).", keys)
            return None
    if block.table == "savings":
        row["types"] = layout.types_in(row.get("saving_type") or "")
        if "rag" in block.columns.values() and not row.get("rag") and not row.get("rag_missing"):
            row["rag_missing"] = model.BLANK
    return row


def _read_word(name: str, cell: Cell, layout: Layout, row: Row) -> bool:
    """Read a word of the vocabulary into `row`; False where the layout doesn't know it."""
    word = plain(cell.text)
    if name == "rag" and word in layout.not_legible:
        row["rag_missing"] = "not legible in the source"
    elif name == "rag" and word in layout.markers:
        row["rag_missing"] = cell.text
    elif (value := layout.values[name].get(word)) is None:
        return False
    else:
        row[name] = value == "yes" if name == "in_mtfp" else value
    return True


@dataclass
class _Amounts:
    """Reads the amount cells of one table, and settles their precision once all are known."""

    block: Block
    layout: Layout
    reading: Reading
    pending: list[_Pending] = field(default_factory=list)
    own_units: set[int] = field(default_factory=set)
    stated: list[tuple[int, int]] = field(default_factory=list)  # unit and precision of the amounts written as text

    def read(self, cell: Cell, unit_cell: Cell | None, keys: Mapping[str, Any], entry: Row) -> bool:
        """Read a cell into `entry`; False where it was refused."""
        entry |= {"amount_pence": None, "stated_to_pence": None, "missing": None}
        word = plain(cell.text)
        scale, no_unit = _scale(cell, self.block, unit_cell)
        if cell.value is None or word in self.layout.markers:
            entry["missing"] = cell.text or model.BLANK
            return True
        if word in self.layout.nil:
            entry |= {"amount_pence": 0, "stated_to_pence": scale or money.THOUSAND}
            return True
        problem = f"'{cell.text}' is not an amount ({_WRITE_AMOUNT})."
        if isinstance(cell.value, NotCalculated):
            problem = _NOT_CALCULATED
        elif isinstance(cell.value, str):
            amount = money.from_text(cell.value, scale)
            if amount and abs(amount.pence) <= _LARGEST:
                own = money.unit_of_text(cell.value)
                self.own_units |= {own} if own else set()
                self.stated.append((own or scale or amount.unit, amount.unit))
                entry |= {"amount_pence": amount.pence, "stated_to_pence": amount.unit}
                return True
            problem = _TOO_LARGE.format(cell.text) if amount else no_unit if money.from_text(cell.value, money.POUND) else problem
        elif cell.is_number:
            decimals = _format_decimals(cell.number_format)
            problem = no_unit or self._against_number(cell, scale or money.POUND, decimals)
            if not problem:
                self.pending.append(_Pending(entry, cell.value, scale or money.POUND, decimals))
                return True
        self.reading.refuse(self.block, cell, problem, keys)
        return False

    @staticmethod
    def _against_number(cell: Cell, scale: int, decimals: int | None) -> str:
        """What stands against reading a numeric cell as money in this unit; "" where nothing does."""
        if "%" in cell.number_format:
            return f"'{cell.text}' is formatted as a percentage, not as an amount ({_WRITE_AMOUNT})."
        if decimals is not None and decimals < 0 and scale != money.POUND:
            shown = (
                f"'{cell.text}' can be read two ways: its number format hides thousands, and its unit is {money.unit_label(scale)}"
            )
            return f"{shown} (show the number in full)."
        return _TOO_LARGE.format(cell.text) if abs(cell.value) * scale > _LARGEST else ""

    def settle(self) -> None:
        """State each amount to its format's decimals, or under General to the finest found in its table and unit."""
        finest: dict[int, int] = {}
        for scale, unit in self.stated:
            finest[scale] = max(finest.get(scale, 0), len(str(scale // unit)) - 1)
        for item in self.pending:
            decimals = money.own_decimals(item.value) if item.decimals is None else item.decimals
            finest[item.scale] = max(finest.get(item.scale, 0), decimals)
        for item in self.pending:
            decimals = finest[item.scale] if item.decimals is None else item.decimals
            amount = money.from_number(item.value, item.scale, decimals)
            item.row |= {"amount_pence": amount.pence, "stated_to_pence": amount.unit}

    @property
    def units(self) -> set[int]:
        """The units of the amounts that take theirs from the table; where none does, those that the amounts carry."""
        return {item.scale for item in self.pending} or self.own_units


def _scale(cell: Cell, block: Block, unit_cell: Cell | None) -> tuple[int | None, str]:
    """The unit of an amount that does not carry its own: the nearest that is written, or None and why there is none."""
    header = block.sheet.at(block.header_row, cell.column)
    others = {unit for units in block.header_units.values() for unit in units}
    corner = block.sheet.at(block.header_row, min(block.header_units))
    places: list[tuple[Cell | None, tuple[int, ...]]] = [
        (unit_cell, money.units_named(unit_cell.text) if unit_cell else ()),
        (header, block.header_units.get(cell.column, ())),
        (block.unit_line, block.unit_line_units),
        (corner, tuple(sorted(others))),
        (block.title, block.title_units),
    ]
    if unit_cell and not places[0][1]:
        return None, f"its unit '{unit_cell.text}' is no unit of money (write £, £000 or £m)."
    for written, units in places:
        if written and len(units) > 1:
            return None, f"the unit of {cell.text} can be read two ways ('{written.text}'). Write one of £, £000 or £m."
        if written and units:
            return units[0], ""
    return (
        None,
        f"no unit is written for {cell.text} (write £, £000 or £m in the title, on a line above the table or in the heading).",
    )


def _format_decimals(number_format: str) -> int | None:
    """How many decimals a number format fixes; None under General; fewer than none where it hides thousands."""
    shape = number_format.split(";", maxsplit=1)[0]
    shape = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", shape)
    digits = re.search(r"[0#?][0#?,]*(?:\.([0#?]+))?(,*)", shape)
    if not digits or "general" in number_format.lower():
        return None
    hidden = len(digits[2]) + (len(digits[0]) - len(digits[0].rstrip(",")) if not digits[1] and not digits[2] else 0)
    return len(digits[1] or "") - 3 * hidden


def _read_register(block: Block, layout: Layout, reading: Reading) -> None:
    make = _MAKERS[block.table]
    needs = layout.tables[block.table].filled
    project: Cell | None = None
    for row in range(block.header_row + 1, block.last_row + 1):
        cells = {column: block.sheet.at(row, position) for position, column in block.columns.items()}
        project = cells["project"] if cells["project"].text else project
        if project and block.table != "projects":
            cells["project"] = project
        keys = {"project": model.slug(cells["project"].text)}
        if block.table != "projects" and cells["project"].text:
            reading.name_project(block, cells["project"])
        blank = [name for name in needs if not cells[name].text and not isinstance(cells[name].value, NotCalculated)]
        uncalculated = [cell for cell in cells.values() if isinstance(cell.value, NotCalculated)]
        for cell in uncalculated:
            reading.refuse(block, cell, _NOT_CALCULATED, keys)
        for name in blank:
            reading.refuse(
                block, cells[name], f"it is blank (write the {layout.tables[block.table].headings[name].lower()}).", keys
            )
        if (blank or uncalculated) and not (block.table == "projects" and keys["project"]):
            continue
        texts = {name: _text(cell) for name, cell in cells.items() if cell.text}
        source = cells["quantity"] if block.table == "deadlines" else block.sheet.at(row, min(block.columns))
        entry = {**texts, "project": keys["project"], **_place(block, source)}
        if not keys["project"]:
            problem = f"'{cells['project'].text}' cannot name a project (write a name with letters or digits)."
            reading.refuse(block, cells["project"], problem, {})
            continue
        faults = make(entry, cells, layout)
        for cell, problem in faults:
            reading.refuse(block, cell, problem, keys)
        # A project with a fault is withheld, but it stays registered: it gets its note, and its lines stay its own.
        if not faults or block.table == "projects":
            reading.rows[block.table].append(entry)


def _text(cell: Cell) -> str:
    """A text as written, its paragraphs kept; a date as 2015-08-27."""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, str):
        return "\n".join(" ".join(line.split()) for line in cell.value.splitlines() if line.strip())
    return cell.text


Faults = list[tuple[Cell, str]]


def _project(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    entry["name"] = cells["project"].text
    entry["types"] = layout.types_in(entry.get("saving_type", ""))
    if entry.get("saving_type") and not entry["types"]:
        choices = ", ".join(model.SAVING_TYPES)
        return [(cells["saving_type"], f"'{entry['saving_type']}' is not a type of saving (write one of: {choices}).")]
    return []


def _milestone(entry: Row, cells: Mapping[str, Cell], _: Layout) -> Faults:
    cell = cells.get("completed_by")
    when = periods.parse_when(cell.value) if cell else None
    if when:
        entry |= {"first_day": when.first, "last_day": when.last, "tentative": when.tentative}
    # "Autumn 2016" or "ongoing" names no day: the milestone stays undated, shown as written, and is queried.
    return []


def _signature(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    cell = cells.get("signed")
    when = periods.parse_when(cell.value) if cell else None
    if cell is not None and cell.text and (when is None or when.first != when.last):
        return [(cell, f"'{cell.text}' is not a day (write 27.08.2015 or 27 August 2015, or leave blank).")]
    entry["signed_day"] = when.first if when else None
    stated = cells.get("capacity")
    if stated is not None and stated.text:
        entry["capacity"] = plain(stated.text)
        if entry["capacity"] not in model.CAPACITIES:
            return [(stated, f"'{stated.text}' is not a capacity (write one of: {', '.join(model.CAPACITIES)}).")]
    else:
        entry["capacity"] = layout.capacity_of(cells["role"].text)
    return []


def _deadline(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    faults: Faults = []
    for name in ("quantity", "done"):
        cell = cells.get(name)
        entry[name] = None
        if cell is None or not cell.text or plain(cell.text) in layout.markers:
            continue
        found = _COUNT.fullmatch(cell.text)
        if not found:
            faults.append((cell, f"'{cell.text}' is not a count (write 3,000 or about 3,000, or leave blank)."))
            continue
        entry[name] = int(found["count"].replace(",", ""))
        if name == "quantity":
            entry |= {"quantity_text": cell.text, "approximate": bool(found["about"] or found["about2"])}
    when = periods.parse_when(cells["by"].value)
    if when is None:
        faults.append((cells["by"], f"'{cells['by'].text}' is not a date (write April 2018 or 1 April 2018)."))
    else:
        # "By April 2018" is due before the month begins.
        entry["by_day"] = when.first
    return faults


def _as_it_stands(_entry: Row, _cells: Mapping[str, Cell], _layout: Layout) -> Faults:
    return []


_MAKERS: Mapping[str, Callable[[Row, Mapping[str, Cell], Layout], Faults]] = {
    "projects": _project,
    "milestones": _milestone,
    "risks": _as_it_stands,
    "signoff": _signature,
    "deadlines": _deadline,
    "recipients": _as_it_stands,
}
