"""Which rows of a table of savings are savings.

What is none (posts, one-off costs, budgets, shares) goes where it belongs. What may be one is asked
about, unless the table's own total says that it is.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.errors import listed
from ffanalysis.intake.forms import kind_of_row
from ffanalysis.intake.grid_parts import amount_of, background_row, marked, years_of
from ffanalysis.intake.row_kinds import (
    NO_LINES,
    come_to,
    is_share,
    kind_called,
    may_be_line,
    sum_of,
)
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.layout import standard


def keep_as_background(grid: Grid, taken: Taken) -> None:
    """Keep a table of costs as words; ask about a row of it that may be a saving."""
    for row in grid.rows:
        taken.add_background(grid.title.text, background_row(row, grid))
        label = row.labels.get("line")
        if label is not None and "saving" in key(label.text) and row.amounts:
            taken.ask(
                f"{grid.title.text}: '{label.text}' is a row of a table that is not read for"
                " savings.",
                label.sources[0],
                read_as="kept as background",
                do="Write it into a table of savings, if it is one.",
            )


def name_units(grid: Grid) -> None:
    """Give a row the unit that its label names: "Saving (£000)"."""
    for row in grid.rows:
        label = row.labels.get("line") or row.labels.get("saving_type")
        units = standard().units_named(label.text) if label is not None else ()
        if label is not None and len(units) == 1 and "unit" not in row.labels:
            row.labels["unit"] = Value(money.unit_label(units[0]), label.sources, "from the label")


def has_running_rows(grid: Grid) -> bool:
    """Whether every row of a table is called cumulative; such rows are then no totals."""
    rows = [row for row in grid.rows if row.amounts]
    labels = [row.labels.get("line") or row.labels.get("total") for row in rows]
    if not all(label is not None and standard().is_cumulative(label.text) for label in labels):
        return False
    for row in rows:
        if row.is_total:
            row.labels["line"] = row.labels.pop("total")
            row.is_total = False
    return bool(rows)


def take_out_rows(grid: Grid, taken: Taken) -> Iterator[tuple[str, GridRow]]:
    """Take rows out that are no savings; posts and one-off costs are given to the caller."""
    _name_sums(grid, taken)
    yield from _take_out_rated(grid, taken)
    is_proved = _is_proved(grid)
    _ask_costs(grid, taken)
    kinds = list(_kinds_of(grid, taken))
    _name_by_headings(grid)
    for row, kind in kinds:
        if kind in ("posts", "one_off_cost"):
            _remove(row, grid)
            yield kind, row
        elif kind in ("other", "share", "words"):
            _remove(row, grid)
            taken.add_background(grid.title.text, background_row(row, grid))
    spent = [row.labels["line"] for row, kind in kinds if kind == "other"]
    unknown = [row for row, kind in kinds if not (kind or is_proved or alternative(row))]
    _ask_rows(spent, grid, taken, is_saving=False)
    if _has_statuses(grid):
        _refuse_rows(unknown, grid, taken)
    else:
        _ask_rows([row.labels["line"] for row in unknown], grid, taken, is_saving=True)


def _ask_costs(grid: Grid, taken: Taken) -> None:
    """Ask about one-off costs that may be savings: unsigned, in a table that is headed so.

    "Investment" may be what an investment earns, whatever heads the table.
    """
    is_headed_so = bool(re.search(r"\bsavings?\b|\breductions?\b", grid.title.text, re.I))
    for row in filter(_is_unsigned_cost, grid.rows):
        label = row.labels["line"]
        if is_headed_so or key(label.text) == "investment":
            taken.ask(
                f"{grid.title.text}: '{label.text}' is a row of a table of savings, and may be a"
                " one-off cost or what it saves.",
                label.sources[0],
                read_as="a one-off cost",
                do="Confirm it; write it into the table, if it is a saving.",
                also=grid.table.sheet,
            )


def _is_unsigned_cost(row: GridRow) -> bool:
    amounts = [amount_of(value) or Decimal(0) for value in row.amounts.values()]
    return kind_called(row) == "one_off_cost" and bool(amounts) and min(amounts) >= 0


def _name_by_headings(grid: Grid) -> None:
    """Name each line after the heading above it, where it is one: "Place: Employees"."""
    heading: Value | None = None
    for row in list(grid.rows):
        label = row.labels.get("line")
        if row.is_total or label is None:
            heading = None
        elif not row.amounts:
            heading = label if _may_head_lines(label.text) else None
        elif heading is not None and not row.labels.keys() - {"line", "unit"}:
            text = f"{heading.text.rstrip(': ')}: {label.text}"
            sources = (*heading.sources, *label.sources)
            row.labels["line"] = Value(text, sources, "with the heading above it")


def _may_head_lines(text: str) -> bool:
    """Whether words without amounts head the lines below them, and are no remark on them."""
    is_short = len(text.split()) <= _LONGEST_HEADING and not re.search(r"[.;]|:\s*\w", text)
    return is_short and not kind_of_row(text)


def _take_out_rated(grid: Grid, taken: Taken) -> Iterator[tuple[str, GridRow]]:
    """Take out rows with a RAG status that are no savings, by their label or the one above them.

    A status does not make a saving of "Implementation costs"; what stands below a heading that is
    not known ("Project 2: Museums") is refused, what has such a label is asked about.
    """
    spent: list[Value] = []
    unknown: list[Value] = []
    refused: list[Value] = []
    for row, label, is_group in list(_rated(grid)):
        kind = row.kind or kind_of_row(standard().without_units(label.text))
        if kind in ("posts", "one_off_cost"):
            _remove(row, grid)
            yield kind, row
        elif kind == "other":
            _remove(row, grid)
            taken.add_background(grid.title.text, background_row(row, grid))
            spent.append(label)
        elif kind != "line" and is_group:
            status = row.labels["rag"]
            row.labels["rag"] = Value(f"{status.text} ({label.text}?)", status.sources)
            refused.append(label)
        elif kind != "line":
            unknown.append(label)
    _ask_rows(list(dict.fromkeys(spent)), grid, taken, is_saving=False)
    _ask_rows(list(dict.fromkeys(unknown)), grid, taken, is_saving=True)
    for label in dict.fromkeys(refused):
        taken.ask(
            f"{grid.title.text}: rows stand below '{label.text}', which the form does not know.",
            label.sources[0],
            read_as="as written; the quarter's run refuses the rows",
            do="Say whether they are this project's savings; delete the rows if they are none.",
            also=grid.table.sheet,
        )


def _rated(grid: Grid) -> Iterator[tuple[GridRow, Value, bool]]:
    """The rows with a status beside which, or above which, words stand; and whether above."""
    group: Value | None = None
    for row in grid.rows:
        label = row.labels.get("line")
        if row.is_total or (not row.amounts and "rag" not in row.labels):
            group = None if row.is_total else label
        elif "rag" in row.labels and row.amounts and (said := label or group):
            yield row, said, label is None


def _has_statuses(grid: Grid) -> bool:
    return any("rag" in row.labels for row in grid.rows)


def _refuse_rows(rows: Sequence[GridRow], grid: Grid, taken: Taken) -> None:
    """Write what stands where others have a status as one: the quarter's run refuses it by name.

    Where a column is headed so, a row is left without one.
    """
    if grid.has_rag:
        _ask_blank([row.labels["line"] for row in rows], grid, taken)
        return
    for row in rows:
        label = row.labels["rag"] = row.labels.pop("line")
        taken.ask(
            f"{grid.title.text}: '{label.text}' is a row that the form does not know, among rows by"
            " RAG status.",
            label.sources[0],
            read_as="as written; the quarter's run refuses the row",
            do="Say what it is: correct the status, or delete the row if it is no saving.",
            also=grid.table.sheet,
        )


def _ask_blank(labels: Sequence[Value], grid: Grid, taken: Taken) -> None:
    if labels:
        named = listed(f"'{label.text}'" for label in labels)
        taken.ask(
            f"{grid.title.text}: {named} {'has' if len(labels) == 1 else 'have'} no RAG status.",
            labels[0].sources[0],
            read_as="as written; the quarter's run refuses the rows",
            do="Write the status.",
            also=grid.table.sheet,
        )


def _kinds_of(grid: Grid, taken: Taken) -> Iterator[tuple[GridRow, str]]:
    """The rows that a label in words names, each with what it is.

    A row of words alone ("Costs") says what the rows below it are.
    """
    group = ""
    # Among statuses a type of saving is the heading of a block, whose rows may be anything.
    named = {"rag", "route"} | (set() if _has_statuses(grid) else {"saving_type"})
    for row in grid.rows:
        if row.is_total or row.labels.keys() & named:
            continue
        if "line" not in row.labels:
            if "saving_type" not in row.labels:
                _ask_no_label(row, grid, taken)
            continue
        own = _kind_of(row, grid, taken)
        if not row.amounts:
            group = own if own != "line" else ""
            yield row, "words"
        else:
            own = "share" if is_share(row) else own
            yield row, "words" if _is_comment(row) else own or group


def _is_comment(row: GridRow) -> bool:
    """Whether a row has only words on the years, as a column of comments turned to a row has."""
    is_called_so = key(row.labels["line"].text) in _COMMENTS
    return is_called_so and not any(amount_of(value) for value in row.amounts.values())


def _kind_of(row: GridRow, grid: Grid, taken: Taken) -> str:
    """What a row is by its label. Beside a net saving others are none, nor are running sums."""
    label = row.labels["line"].text
    kind = kind_called(row)
    if not kind and key(label) in map(key, taken.form.options.get("saving_type", ())):
        return "line"
    if standard().is_cumulative(label) and not grid.is_cumulative:
        return "other"
    return "other" if kind == "line" and _is_beside_net(row, grid) else kind


def _is_beside_net(row: GridRow, grid: Grid) -> bool:
    """Whether a line is in a net saving of the table, or is that of lines less one-off costs."""
    net = next((each for each in grid.rows if _is_net(each) and not each.is_total), None)
    if net is None or not _others(net, grid, "line"):
        return False
    return (row is net) is _is_before_costs(net, grid)


def _is_net(row: GridRow) -> bool:
    label = row.labels.get("line")
    return label is not None and bool(row.amounts) and key(label.text).startswith("net ")


def _others(net: GridRow, grid: Grid, kind: str) -> list[GridRow]:
    return [
        row
        for row in grid.rows
        if row is not net and not row.is_total and row.amounts and kind_called(row) == kind
    ]


def _is_before_costs(net: GridRow, grid: Grid) -> bool:
    """Whether the net saving is the other lines less one-off costs, which stay as they are."""
    costs = _others(net, grid, "one_off_cost")
    for column in years_of(grid):
        saved = sum_of(_others(net, grid, "line"), column)
        cost = sum((abs(sum_of([row], column)) for row in costs), Decimal(0))
        if saved - cost != sum_of([net], column):
            return False
    return bool(costs)


def _ask_no_label(row: GridRow, grid: Grid, taken: Taken) -> None:
    """Ask about amounts beside no label, in a table whose other rows have one."""
    if row.amounts and any("line" in other.labels for other in grid.rows):
        value = next(iter(row.amounts.values()))
        taken.ask(
            f"{grid.title.text}: '{value.text}' stands in a row that has no label.",
            value.sources[0],
            read_as="a line of savings",
            do="Say what it is, or that it is a total.",
            also=grid.table.sheet,
        )


def _name_sums(grid: Grid, taken: Taken) -> None:
    """Make a row a total that is the sum of all lines above it, and is called nothing else.

    One with a name of its own may be a line that happens to be as much: it is refused, and asked.
    """
    above: list[GridRow] = []
    for row in grid.rows:
        kind = kind_called(row)
        if not row.is_total and kind not in NO_LINES and _may_sum(row, above, grid):
            _name_sum(row, grid, taken)
        if row.is_total:
            above = []
        elif row.amounts and not is_share(row) and kind not in NO_LINES:
            above.append(row)


def _may_sum(row: GridRow, above: Sequence[GridRow], grid: Grid) -> bool:
    """Whether a row without a status or a type is what those above it come to."""
    label = row.labels.get("line")
    is_called_so = label is not None and key(label.text).startswith(("net ", "overall", "all "))
    is_plain = not row.labels.keys() - {"line", "unit"}
    are_enough = len(above) > (0 if is_called_so else 1)
    return is_plain and are_enough and _is_sum(row, above, grid)


def _name_sum(row: GridRow, grid: Grid, taken: Taken) -> None:
    label = row.labels.get("line")
    if label is None or _SAYS_ALL.search(key(label.text)) or _is_part(row, grid) is False:
        row.labels.pop("line", None)
        source = label.sources if label else next(iter(row.amounts.values())).sources
        said = f"'{label.text}' is" if label else "is"
        row.labels["total"] = Value("Total", source, f"{said} the sum of the rows above")
        row.is_total = True
    elif _is_part(row, grid) is None and any(map(amount_of, row.amounts.values())):
        _refuse_sum(row, label, grid, taken)


def _refuse_sum(row: GridRow, label: Value, grid: Grid, taken: Taken) -> None:
    """Refuse a row with a name that is what those above come to, and ask which it is."""
    row.kind = "line"
    source = label.sources[0]
    taken.ask(
        f"{grid.title.text}: '{label.text}' is what the rows above it come to: a line of its own,"
        " or their total?",
        source,
        read_as="as written; the quarter's run refuses the cells",
        do="Write the amounts, if it is a line; delete the row, if it is the total.",
        also=grid.table.sheet,
    )
    row.amounts = {n: marked(v, "a line, or the total?", source) for n, v in row.amounts.items()}


def _is_part(row: GridRow, grid: Grid) -> bool | None:
    """Whether the printed total adds a row to the others; None where none says so."""
    totals = [each for each in grid.rows if each.is_total]
    lines = list(filter(may_be_line, grid.rows))
    if len(totals) != 1:
        return None
    if come_to(lines, totals[0], grid):
        return True
    is_other = come_to([each for each in lines if each is not row], totals[0], grid)
    return False if is_other else None


def _is_sum(row: GridRow, above: Sequence[GridRow], grid: Grid) -> bool:
    columns = [column for column in years_of(grid) if column in row.amounts]
    others = {column for each in above for column in each.amounts if column in years_of(grid)}
    return (
        bool(columns)
        and others <= {*columns}
        and all(sum_of(above, column) == amount_of(row.amounts[column]) for column in columns)
    )


def _remove(row: GridRow, grid: Grid) -> None:
    grid.rows[:] = [each for each in grid.rows if each is not row]


def _ask_rows(labels: Sequence[Value], grid: Grid, taken: Taken, *, is_saving: bool) -> None:
    """Ask about rows that the form does not know, or that are no savings."""
    if not labels:
        return
    named = listed(f"'{label.text}'" for label in labels)
    are = "are rows" if len(labels) > 1 else "is a row"
    what = "that the form does not know" if is_saving else "of the table, and no saving"
    source = Source(named, labels[0].place, tuple(a for v in labels for a in v.sources[0].atoms))
    taken.ask(
        f"{grid.title.text}: {named} {are} {what}.",
        source,
        read_as="savings" if is_saving else "kept as background",
        do=f"Confirm {'it' if len(labels) == 1 else 'them'}.",
        also=grid.table.sheet,
    )


def _is_proved(grid: Grid) -> bool:
    """Whether the rows of a table of savings are what its one total of savings adds up.

    Not among statuses: a row that is not known may be one that is misspelt.
    """
    totals = [row for row in grid.rows if row.is_total]
    if len(totals) != 1 or not _names_savings(grid, totals[0]):
        return False
    return not any(map(_is_no_line, grid.rows)) and adds_up(grid)


def adds_up(grid: Grid) -> bool:
    """Whether the one total of a table is what all of its lines come to, in each year."""
    totals = [row for row in grid.rows if row.is_total]
    lines = [row for row in grid.rows if not (row.is_total or is_share(row))]
    values = [value for row in lines for value in row.amounts.values()]
    is_all = bool(values) and None not in map(amount_of, values)
    return len(totals) == 1 and is_all and come_to(lines, totals[0], grid)


def alternative(row: GridRow) -> Value | None:
    """The label of a row that calls it one of several: "Option 2"; None for another row."""
    labels = (row.labels.get(column) for column in ("saving_type", "line"))
    return next((each for each in labels if each and _ALTERNATIVE.search(each.text)), None)


def _names_savings(grid: Grid, total: GridRow) -> bool:
    named = [grid.title, *total.labels.values()]
    return any(re.search(r"saving|reduction", value.text, re.I) for value in named)


def _is_no_line(row: GridRow) -> bool:
    return "rag" in row.labels or kind_called(row) in NO_LINES


_ALTERNATIVE = re.compile(
    r"\b(?:options?|alternatives?|instead\s+of|either|scenario"
    r"|(?:best|worst|likely|expected|central|base|low|high|optimistic|pessimistic)\s+"
    r"(?:case|estimate))\b",
    re.I,
)
# What the name of a row says that is all of those above it.
_SAYS_ALL = re.compile(
    r"\b(?:totals?|net|overall|all(?! other)|sum|sub ?totals?)\b"
    r"|^(?:gross |proposed |cashable )?(?:savings?|budget reductions?)$"
)
_LONGEST_HEADING = 6  # words
_COMMENTS = frozenset({"comment", "comments", "note", "notes", "narrative", "basis", "rationale"})
