"""The sheets with money: budgets, tables of savings, what sentences say of savings."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ffanalysis.intake.book import Entry, Paper, Sheet, entry_of, own_entry, text_entry
from ffanalysis.intake.derive import Budget, Delivered, Split
from ffanalysis.intake.grid_parts import with_hint
from ffanalysis.intake.taken import Grid, GridRow, Value
from ffanalysis.intake.words import key

_GRID_COLUMNS: Mapping[str, str] = {
    "saving_type": "Type of saving",
    "route": "Delivery route",
    "recurring": "Recurring or one-off",
    "measure": "Measure",
    "line": "What is saved",
    "accumulation": "Accumulation",
    "unit": "Unit",
    "rag": "RAG",
}
_POUNDS = "£"
# Labels of a line that the reader of a quarter knows by their headings.
_READ_LABELS = frozenset({"saving_type", "route", "recurring", "measure", "rag"})


def budget_sheets(papers: Sequence[Paper]) -> Iterator[Sheet]:
    """A sheet for each basis and year; one budget that several papers give has one row."""
    by_sheet: dict[tuple[str, str], list[tuple[Paper, Budget]]] = {}
    for paper in papers:
        for budget in paper.derived.budgets:
            by_sheet.setdefault((budget.year, key(budget.basis.text)), []).append((paper, budget))
    for (year, _), rows in by_sheet.items():
        yield _budgets_of(year, rows)


def _budgets_of(year: str, rows: Sequence[tuple[Paper, Budget]]) -> Sheet:
    """The budgets of one year on one basis."""
    first = rows[0][1]
    basis = first.basis.text
    kind = "Controllable" if basis.casefold().startswith("controllable") else "Base"
    name = f"{kind} budget {year.replace('/', '-')}"
    headings = ["Service", "Part of", "Basis", "Unit", year]
    sheet = Sheet(name, own_entry(first.title or f"{year} {basis}"), headings)
    seen = set()
    for paper, budget in rows:
        said = (budget.service.text, budget.part_of, budget.amount.text, budget.unit)
        if said not in seen:
            sheet.rows.append(_budget_row(budget, paper))
        seen.add(said)
    _drop_blank(sheet, "Unit")
    return sheet


def _budget_row(budget: Budget, paper: Paper) -> list[Entry | None]:
    return [
        text_entry(budget.service, paper),
        own_entry(budget.part_of) if budget.part_of else None,
        text_entry(budget.basis, paper),
        own_entry(budget.unit) if budget.unit else None,
        entry_of(budget.amount, paper),
    ]


def _drop_blank(sheet: Sheet, heading: str) -> None:
    """Drop a column that no row fills."""
    at = sheet.headings.index(heading)
    if all(row[at] is None for row in sheet.rows):
        del sheet.headings[at]
        for row in sheet.rows:
            del row[at]


def money_sheets(paper: Paper) -> Iterator[Sheet]:
    """The sheets of a paper's savings."""
    for grid in paper.taken.grids:
        if grid.rows and grid.table.into == "savings":
            yield _grid(grid, paper)
    if paper.derived.savings:
        yield _years_of_labels(paper)
    if paper.derived.split is not None:
        yield _split(paper.derived.split, paper)
    for delivered in paper.derived.delivered:
        yield _delivered(delivered, paper)


def _grid(grid: Grid, paper: Paper) -> Sheet:
    title = text_entry(grid.title, paper) or own_entry(grid.table.sheet)
    used, said = _label_columns(grid), _statements(grid, paper)
    headings = [*(_GRID_COLUMNS[column] for column in used), *(head.text for head in grid.heads)]
    lead = _lead_of(used, said)
    sheet = Sheet(grid.table.sheet, title, [lead[0], *headings] if lead else headings, said)
    sheet.is_shared = not grid.table.is_own
    sheet.unit = _unit_of(grid, used, paper)
    for row in grid.rows:
        cells = [_label(column, row, used, paper, has_lead=bool(lead)) for column in used]
        cells += [entry_of(row.amounts.get(n), paper) for n in range(len(grid.heads))]
        if lead:
            cells.insert(0, text_entry(row.labels["total"], paper) if row.is_total else lead[1])
        sheet.rows.append(cells)
    return sheet


def _lead_of(used: Sequence[str], said: list[tuple[str, Entry]]) -> tuple[str, Entry | None] | None:
    """Whose each line is, taken from the lines above the table where its words do not say it.

    The reader skips what a line is called: before it stands whose it is, or "Total". Not among
    statuses, where words that are none may be one that is misspelt: such a line is refused.
    """
    if _READ_LABELS & {*used} and not ("line" in used and "rag" not in used):
        return None
    return said.pop(0) if said and said[0][0] != "Plan" else ("Project", None)


def _unit_of(grid: Grid, used: Sequence[str], paper: Paper) -> Entry | None:
    if grid.unit is not None:
        return text_entry(grid.unit, paper)
    if not paper.taken.form.unit or "unit" in used:
        return None
    how = f"the unit of the form '{paper.taken.form.name}'"
    return Entry(paper.taken.form.unit, how=how, paper=paper.name)


def _label_columns(grid: Grid) -> list[str]:
    found = {column for row in grid.rows for column in row.labels}
    return [column for column in _GRID_COLUMNS if column in found]


def _label(
    column: str, row: GridRow, used: Sequence[str], paper: Paper, *, has_lead: bool
) -> Entry | None:
    """A label of a row; that of a total stands in the column that its other labels leave free."""
    if row.is_total and not has_lead and column == _column_of_total(row, used):
        return text_entry(row.labels["total"], paper)
    return text_entry(row.labels.get(column), paper)


def _column_of_total(row: GridRow, used: Sequence[str]) -> str:
    named = [each for each in used if each not in ("unit", "accumulation")]
    free = [each for each in named if each not in row.labels and each != "line"]
    if len(free) < len(named):
        return free[-1] if free else used[-1]
    return next((each for each in ("saving_type", "route", "rag") if each in free), named[0])


def _statements(grid: Grid, paper: Paper) -> list[tuple[str, Entry]]:
    table = grid.table
    said: list[tuple[str, Entry]] = []
    if table.is_own:
        said.append(("Project", own_entry(paper.project)))
    else:
        programme = paper.taken.text_of("programme") or paper.taken.form.programme
        said += [("Programme", own_entry(programme))] if programme else []
        scope = scope_in(grid.title.text, table.scope_after)
        said += [("Scope", _from(scope, grid.title, paper))] if scope else []
    if table.plan:
        said.append(("Plan", own_entry(table.plan)))
    return [*said, *((name, own_entry(text)) for name, text in table.statements.items())]


def _from(text: str, value: Value, paper: Paper) -> Entry:
    return Entry(text, None, "", value.words, value.place, value.how, paper.name)


def scope_in(title: str, behind: Sequence[str]) -> str:
    """What a title says its figures are of: behind "applicable to", up to a bracket or a sign."""
    for words in behind:
        if found := re.search(
            rf"\b{re.escape(words)}\s+(?P<scope>[^(&£]*(?:&[^(&£]*?)*?)\s*(?:\(|&\s*RAG|$)", title
        ):
            return found["scope"].strip(" -–—")
    return ""


def _years_of_labels(paper: Paper) -> Sheet:
    """Savings that the form asks for year by year, as one line, with the total beside it."""
    said = [(year, value, unit) for year, value, unit in paper.derived.savings]
    if paper.derived.total_saving is not None:
        said.append(("Total", *paper.derived.total_saving))
    units = {unit for _, _, unit in said if unit}
    if len(units) > 1:
        said = [(year, _with_own_unit(value, unit), unit) for year, value, unit in said]
        units &= {_POUNDS}
    types = paper.taken.text_of("saving_type")
    by_heading = {heading: value for heading, value, _ in said}
    sheet = Sheet(
        "Proposed savings",
        own_entry("Proposed savings"),
        ["Type of saving", *(["Unit"] if units else []), *by_heading],
        [("Project", own_entry(paper.project)), ("Plan", own_entry("Proposed"))],
    )
    row: list[Entry | None] = [own_entry(types) if types else None]
    row += [own_entry(unit) for unit in units]
    sheet.rows.append([*row, *(entry_of(value, paper) for value in by_heading.values())])
    return sheet


def _with_own_unit(value: Value, unit: str) -> Value:
    """An amount with the unit of its label, where others have another; in pounds as it stands."""
    if unit in ("", _POUNDS):
        return value
    return Value(with_hint(value.text, unit), value.sources, f"in the unit of its label, {unit}")


def _split(split: Split, paper: Paper) -> Sheet:
    programme = paper.taken.text_of("programme") or paper.taken.form.programme
    statements = [("Programme", own_entry(programme))] if programme else []
    if split.scope is not None and (scope := text_entry(split.scope, paper)):
        statements.append(("Scope", scope))
    statements += [("Plan", own_entry("Current")), ("In MTFP", own_entry("Yes"))]
    title = text_entry(split.title, paper) or own_entry("Split by route")
    sheet = Sheet("Split by route", title, ["Delivery route", "Total"], statements)
    sheet.is_shared = True
    for label, amount in split.lines:
        sheet.rows.append([text_entry(label, paper), entry_of(amount, paper)])
    sheet.rows.append([own_entry("Total"), entry_of(split.total, paper)])
    return sheet


def _delivered(delivered: Delivered, paper: Paper) -> Sheet:
    title = text_entry(delivered.title, paper) or own_entry("Delivered")
    name = f"Delivered {delivered.year.replace('/', '-')}"
    sheet = Sheet(name, title, ["Scope", "Measure", delivered.year], [("Plan", own_entry("Prior"))])
    sheet.is_shared = True
    row = [
        text_entry(delivered.scope, paper),
        own_entry("Delivered"),
        entry_of(delivered.amount, paper),
    ]
    sheet.rows.append(row)
    return sheet
