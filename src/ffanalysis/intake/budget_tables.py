"""Budgets in columns of expenditure, income and net: no table of years, and no savings.

The net budget of a year goes to the base budgets. Where no year is named, the rows are kept as
background, and one question asks for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ffanalysis.errors import listed
from ffanalysis.intake.document import Cell, Document, Paragraph, Table, tables_of
from ffanalysis.intake.grid_parts import amount_of
from ffanalysis.intake.lines import Line, lines_of
from ffanalysis.intake.taken import Ending, Source, Taken, Value, source_of
from ffanalysis.intake.words import key
from ffanalysis.layout import standard
from ffanalysis.periods import year_in

_KINDS: Mapping[str, frozenset[str]] = {
    "expenditure": frozenset(
        {"exp", "expenditure", "spend", "spending", "gross", "gross expenditure", "gross budget"}
        | {"gross spend", "gross exp", "expenditure budget"}
    ),
    "income": frozenset({"income", "inc", "income budget", "gross income"}),
    "net": frozenset(
        {"net", "net budget", "net expenditure", "net exp", "net spend", "net controllable budget"}
        | {"net revenue budget"}
    ),
}
# What a row of such a table is called that is a basis, and no service.
_BASIS = re.compile(r"\bbudgets?\b|controllable|\b(?:gross|net|recharges?|overheads?)\b", re.I)
_IS_TOTAL = re.compile(r"\W*(?:grand |overall )?totals?\b", re.I)
# What the column of their names is headed.
_SERVICES = frozenset({"service", "services", "service area", "team", "budget area", "area"})
_TITLE = re.compile(r"budget|expenditure|spend|fund", re.I)


@dataclass
class _Budgets:
    """The columns of one such table, and its rows."""

    heading: Source
    columns: Mapping[int, str]  # column of the source → what it is
    heads: Mapping[int, str]  # the same as the paper heads it
    year: str
    unit: str
    rows: list[Line] = field(default_factory=list)


_Nets = Sequence[tuple[str, Source | None]]  # what each row is called, and its net budget


def take_budgets(document: Document, taken: Taken) -> set[tuple[int, int]]:
    """Take such tables; the rows that they are, each as its table and its number."""
    used: set[tuple[int, int]] = set()
    before = ""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            before = block.text or before
            continue
        for table in tables_of((block,)):
            for budgets in _budgets_in(table, before):
                used |= {(id(table), line.row) for line in budgets.rows}
                _take(budgets, taken)
        before = ""
    return used


def _budgets_in(table: Table, before: str) -> list[_Budgets]:
    found: list[_Budgets] = []
    current: _Budgets | None = None
    for line in lines_of((table,)):
        if line.table is not table:
            current = None
        elif (columns := _columns_of(line)) is not None:
            current = _begin(line, columns, before)
            found.append(current)
        elif current is not None and _is_row(line, current):
            current.rows.append(line)
        else:
            current = None
    return [each for each in found if len(each.rows) > 1]


def _begin(line: Line, columns: Mapping[int, str], before: str) -> _Budgets:
    own = [" ".join(cell.lines) for cell in line.filled]
    said = " ".join([*own, before if _TITLE.search(before) else ""])
    year = year_in(said)
    first = line.filled[0]
    is_titled = first.column not in columns and key(first.text) not in _SERVICES
    heading = source_of(first) if is_titled else Source(before or "Budget", first.place)
    return _Budgets(
        heading,
        columns,
        {cell.column: " ".join(cell.lines) for cell in line.filled if cell.column in columns},
        year[0] if year else "",
        _unit_text(own, before),
        [line],
    )


def _unit_text(own: Sequence[str], before: str) -> str:
    """The words that name the unit, as a hint behind a label."""
    texts = [text for text in (*own, before) if len(standard().units_named(text)) == 1]
    return texts[0] if texts else ""


def _columns_of(line: Line) -> dict[int, str] | None:
    """The columns of a row that heads budgets: net, and one more at least."""
    columns: dict[int, str] = {}
    for number, cell in enumerate(line.filled):
        said = key(standard().without_units(" ".join(cell.lines)))
        kind = next((kind for kind, words in _KINDS.items() if said in words), None)
        heads_names = key(cell.text) in _SERVICES or _TITLE.search(cell.text)
        if kind is None and (number or not heads_names):
            return None
        if kind is not None:
            columns[cell.column] = kind
    kinds = set(columns.values())
    return columns if "net" in kinds and len(kinds) > 1 else None


def _is_row(line: Line, budgets: _Budgets) -> bool:
    amounts = [cell for cell in line.filled if _head_of(cell, budgets) is not None]
    labels = [cell for cell in line.filled if _head_of(cell, budgets) is None]
    is_read = all(amount_of(Value(cell.text, ())) is not None for cell in amounts)
    return bool(amounts) and is_read and len(labels) <= 1


def _head_of(cell: Cell, budgets: _Budgets) -> int | None:
    covered = range(cell.column, cell.column + cell.columns)
    return next((column for column in budgets.columns if column in covered), None)


def _take(budgets: _Budgets, taken: Taken) -> None:
    heads, *rows = budgets.rows
    for cell in heads.filled:
        taken.end(cell.atoms, Ending.FORM)
    nets = [(_name_of(line, budgets), _take_row(line, budgets, taken)) for line in rows]
    if not budgets.year:
        words = " | ".join(source_of(cell).words for line in budgets.rows for cell in line.filled)
        _ask(
            "a budget by expenditure and income that names no year.",
            "Write the net budget with its year.",
            budgets,
            taken,
            words,
        )
    elif len(nets) > 1 and not any(_BASIS.search(name) for name, _ in nets):
        _take_services(nets, budgets, taken)
    else:
        _take_base(nets, budgets, taken)


def _take_services(nets: _Nets, budgets: _Budgets, taken: Taken) -> None:
    """The net budget of each service, and whether they come to the total that is printed."""
    totals: list[Decimal | None] = []
    parts = Decimal(0)
    for name, net in nets:
        amount = amount_of(Value(net.words, (net,))) if net is not None else None
        if _IS_TOTAL.match(name):
            totals.append(amount)
        elif net is not None:
            parts += amount or 0
            _add_budget(net, budgets.heading.words, name, budgets, taken)
    if len(totals) == 1 and totals[0] is not None and totals[0] != parts:
        said = f"the services come to {parts:,f}, and the total printed is {totals[0]:,f}."
        _ask(said, "Look which of them is right.", budgets, taken, read_as="as written")


def _take_base(nets: _Nets, budgets: _Budgets, taken: Taken) -> None:
    """The one of several budgets that savings are measured against."""
    chosen = _base_of([name for name, _ in nets])
    if chosen is None:
        said = f"which of {listed(name for name, _ in nets)} is the base budget is not said."
        _ask(said, "Write the budget that savings are measured against.", budgets, taken)
    for name, net in nets:
        if name == chosen and net is not None:
            _add_budget(net, name, "", budgets, taken)


def _ask(
    asks: str,
    do: str,
    budgets: _Budgets,
    taken: Taken,
    words: str = "",
    read_as: str = "kept as background",
) -> None:
    heading = budgets.heading
    taken.ask(
        f"'{heading.words.rstrip(': ')}': {asks}",
        Source(words or heading.words, heading.place, heading.atoms),
        read_as=read_as,
        do=do,
        also="Base budget",
    )


def _name_of(line: Line, budgets: _Budgets) -> str:
    label = next((cell for cell in line.filled if _head_of(cell, budgets) is None), None)
    name = " ".join(label.lines) if label else budgets.heading.words
    return name.rstrip(": ")


def _base_of(names: Sequence[str]) -> str | None:
    """The budget that savings are measured against: the controllable one, or the only one."""
    controllable = [
        name for name in names if re.search(r"(?<!non-)(?<!non )controllable", name, re.I)
    ]
    found = controllable or names
    return found[0] if len(found) == 1 else None


def _take_row(line: Line, budgets: _Budgets, taken: Taken) -> Source | None:
    """Keep a row as background; its net budget, where it has one."""
    by_kind: dict[str, Cell] = {}
    said: list[str] = []
    for cell in line.filled:
        column = _head_of(cell, budgets)
        if column is not None:
            by_kind.setdefault(budgets.columns[column], cell)
            said.append(f"{cell.text} ({budgets.heads[column]})")
    name = _name_of(line, budgets)
    sources = tuple(source_of(cell) for cell in line.filled)
    text = f"{name}: {', '.join(said)}"
    taken.add_background(budgets.heading.words.rstrip(": "), Value(text, sources))
    _check_net(by_kind, name, taken)
    return source_of(by_kind["net"]) if "net" in by_kind else None


def _add_budget(net: Source, named: str, service: str, budgets: _Budgets, taken: Taken) -> None:
    """Add a net budget on the basis that its name says, of a service where its row names one."""
    basis = re.sub(r"\btotal\b|20\d\d\S*|\(.*?\)", "", named, flags=re.I)
    basis = key(basis) if "budget" in key(basis) else "budget"
    blanks = {
        "year": budgets.year,
        "basis": f"{basis}, net",
        "label": named,
        "service": service,
        "hint": budgets.unit,
    }
    said = {name: text for name, text in blanks.items() if text}
    taken.add_of_year("budget", said, Value(net.words, (net,)))


def _check_net(by_kind: Mapping[str, Cell], name: str, taken: Taken) -> None:
    """Ask where expenditure less income is not the net budget that is printed."""
    values = {kind: amount_of(Value(cell.text, ())) for kind, cell in by_kind.items()}
    if len(values) < 3 or any(value is None for value in values.values()):
        return
    spent, income, net = (values[kind] or Decimal(0) for kind in ("expenditure", "income", "net"))
    if net not in (spent - abs(income), spent + income):
        taken.ask(
            f"'{name}': expenditure less income is {spent - abs(income):,f}, and the net budget"
            f" says {by_kind['net'].text}.",
            source_of(by_kind["net"]),
            read_as="as written",
            do="Look which of them is right.",
        )
