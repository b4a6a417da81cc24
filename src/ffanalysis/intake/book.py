"""What was taken from papers, as the sheets of a workbook that the reader of a quarter knows.

A sheet has a title, lines that hold for its whole table, headings and rows. Each entry knows the
words of the paper that it comes from.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.utils import get_column_letter

from ffanalysis.intake.derive import Budget, Delivered, Derived, Split
from ffanalysis.intake.forms import OF_YEARS
from ffanalysis.intake.taken import Grid, GridRow, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.periods import parse_year

_PLAIN = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
TO_CHECK, FROM_PAPER = "To check", "From the paper"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cell holds: text, or a number with its format; and where it comes from."""

    text: str
    number: Decimal | None = None
    format: str = ""
    words: str = ""
    place: str = ""
    how: str = ""
    paper: str = ""
    taken: str | None = None  # what the paper says, where an edit of the workbook was kept

    @property
    def is_from_paper(self) -> bool:
        return bool(self.place)

    @property
    def as_taken(self) -> str:
        return self.text if self.taken is None else self.taken


@dataclass
class Sheet:
    """A sheet: rows hold an entry for each heading, or None for a blank cell."""

    name: str
    title: Entry
    headings: list[str]
    statements: list[tuple[str, Entry]] = field(default_factory=list)
    rows: list[list[Entry | None]] = field(default_factory=list)
    unit: Entry | None = None
    raw: list[list[Entry | None]] = field(default_factory=list)  # of a sheet that is not ours
    note: str = ""
    is_shared: bool = False  # whether it is of a wider programme, which other papers quote too

    @property
    def header_row(self) -> int:
        """The row of the headings, from 0: below the title, the unit, the lines and a blank one."""
        return 2 + len(self.statements) + (self.unit is not None)


@dataclass(frozen=True)
class Paper:
    """All that was taken from one paper, for a project of this name."""

    name: str  # of the file
    project: str
    taken: Taken
    derived: Derived
    atoms: int  # of the source, as they were counted on it


# Heading → field of the form, in the order of the register.
_PROJECTS: Mapping[str, str] = {
    "Title": "title",
    "Reference": "reference",
    "Type of saving": "saving_type",
    "Corporate plan area": "plan_area",
    "CMR lead": "cmr_lead",
    "SLT lead": "slt_lead",
    "Head of service lead": "head_of_service",
    "CMR challenge": "cmr_challenge",
    "Service": "service",
    "Programme": "programme",
    "Status": "status",
    "Brief project description": "description",
    "Purpose": "purpose",
    "Outcomes of the project": "outcomes",
    "Constraints": "constraints",
    "Assumptions": "assumptions",
    "Decision sought": "decision",
    "Decision due": "decision_due",
    "Decision route": "decision_route",
    "Owner": "owner",
    "Contact": "contact",
    "FTE": "posts",
    "One-off cost": "one_off_cost",
    "Funding of one-off cost": "cost_funding",
    "Cover for shortfall": "cover",
    "Equality screening": "equality",
}
# By these the reader knows the register, also where a paper says little.
_ALWAYS = frozenset({"title", "service", "description", "status"})
_RECORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "milestones": (
        "Milestones",
        {
            "Milestone": "milestone",
            "Completed by date": "completed_by",
            "Status": "status",
            "Completed on": "completed_on",
        },
    ),
    "risks": (
        "Risks",
        {
            "Risk description": "risk",
            "Mitigation": "mitigation",
            "Likelihood": "likelihood",
            "Impact": "impact",
            "Risk score": "score",
            "Risk owner": "owner",
        },
    ),
    "signoff": (
        "Sign-off",
        {"Job title": "role", "Name": "name", "Date": "signed", "Minute reference": "minute"},
    ),
    "deadlines": (
        "Deadlines",
        {"What": "what", "Quantity": "quantity", "Done": "done", "By": "by"},
    ),
}
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
# Labels of a line that the reader of a quarter knows by their headings.
_READ_LABELS = frozenset({"saving_type", "route", "recurring", "measure", "rag"})
_NEEDED = {
    "milestones": ("Milestone", "Completed by date"),
    "risks": ("Risk description", "Mitigation"),
    "signoff": ("Job title", "Name", "Date"),
    "deadlines": ("What", "Quantity", "By"),
}


def sheets_of(papers: Sequence[Paper]) -> list[Sheet]:
    """The sheets of a workbook with one paper, or with many."""
    sheets = [_projects(papers)]
    sheets += [_records(kind, papers) for kind in _RECORDS if _has_records(kind, papers)]
    if any(paper.taken.background for paper in papers):
        sheets.append(_background(papers))
    sheets += _budgets(papers)
    for paper in papers:
        sheets += _money(paper)
    return sheets


def for_people(
    sheets: Sequence[Sheet], papers: Sequence[Paper], answers: Mapping[str, tuple[str, str]]
) -> tuple[Sheet, Sheet]:
    """The sheets To check and From the paper, which no reader of figures reads.

    `answers` are those that an analyst has written before, each with its question.
    """
    return _to_check(papers, answers), _from_paper(sheets)


def entry_of(value: Value | None, paper: Paper, text: str | None = None) -> Entry | None:
    """A value as an entry; a plain number keeps the decimals that it is written with."""
    if value is None or not (value.text if text is None else text).strip():
        return None
    said = value.text if text is None else text
    found = _PLAIN.fullmatch(said.strip())
    origin = (value.words, value.place, value.how, paper.name)
    if found is None:
        return Entry(said, None, "", *origin)
    decimals = len(found["decimals"] or "")
    number = Decimal(said.strip().replace(",", "").replace("−", "-"))
    return Entry(said, number, "#,##0" + ("." + "0" * decimals if decimals else ""), *origin)


def _text(value: Value | None, paper: Paper) -> Entry | None:
    """A value as text, also where it looks like a number: a reference, a date, a count."""
    if value is None or not value.text.strip():
        return None
    return Entry(value.text, None, "", value.words, value.place, value.how, paper.name)


def _own(text: str) -> Entry:
    """An entry of ours: a title, a name."""
    return Entry(text)


def _joined(values: Sequence[Value]) -> Value | None:
    if not values:
        return None
    sources = tuple(source for value in values for source in value.sources)
    how = "; ".join(dict.fromkeys(value.how for value in values if value.how))
    return Value("\n".join(value.text for value in values), sources, how)


def _projects(papers: Sequence[Paper]) -> Sheet:
    every = [(paper, _fields_of(paper)) for paper in papers]
    used = [
        heading
        for heading, name in _PROJECTS.items()
        if name in _ALWAYS or any(name in fields for _, fields in every)
    ]
    by_year = [_by_year(paper) for paper in papers]
    years = sorted({heading for answers in by_year for heading in answers})
    sheet = Sheet("Projects", _own("Projects"), ["Project", *used, *years])
    for (paper, fields), answers in zip(every, by_year, strict=True):
        cells = [fields.get(_PROJECTS[heading]) for heading in used]
        of_years = [answers.get(heading) for heading in years]
        sheet.rows.append([_own(paper.project), *cells, *of_years])
    return sheet


def _by_year(paper: Paper) -> dict[str, Entry]:
    """What the form asks for year by year: heading with its year → answer."""
    headings = {name: heading for heading, name in _PROJECTS.items()}
    found: dict[str, Entry] = {}
    for name in OF_YEARS:
        for blanks, value in paper.taken.of_years.get(name, ()):
            heading = f"{headings[name]} {parse_year(blanks['year']) or blanks['year']}"
            before = found.get(heading)
            text = f"{before.text}; {value.text}" if before else value.text
            found[heading] = Entry(text, None, "", value.words, value.place, value.how, paper.name)
    return found


def _fields_of(paper: Paper) -> dict[str, Entry]:
    taken = paper.taken
    values = {name: _joined(found) for name, found in taken.fields.items()}
    bounds = _joined([*taken.fields.get("constraints", ()), *paper.derived.constraints])
    values["constraints"] = bounds
    if not values.get("title"):
        values["title"] = Value(paper.project, (), "")
    fields = {name: _text(value, paper) for name, value in values.items()}
    if taken.form.programme and not fields.get("programme"):
        how = f"of the form '{taken.form.name}'"
        fields["programme"] = Entry(taken.form.programme, how=how, paper=paper.name)
    return {name: entry for name, entry in fields.items() if entry is not None}


def _has_records(kind: str, papers: Iterable[Paper]) -> bool:
    return any(_rows_of(kind, paper) for paper in papers)


def _rows_of(kind: str, paper: Paper) -> list[dict[str, Value]]:
    rows = list(paper.taken.records.get(kind, ()))
    if kind == "deadlines":
        for duty, source in paper.derived.duties:
            parts = {"what": duty.what, "quantity": duty.quantity, "by": duty.by}
            rows.append({name: Value(text, (source,)) for name, text in parts.items()})
    return rows


def _records(kind: str, papers: Sequence[Paper]) -> Sheet:
    name, columns = _RECORDS[kind]
    rows = [(paper, row) for paper in papers for row in _rows_of(kind, paper)]
    used = [
        heading
        for heading, column in columns.items()
        if heading in _NEEDED[kind] or any(column in row for _, row in rows)
    ]
    sheet = Sheet(name, _own(name), ["Project", *used])
    for paper, row in rows:
        cells = [_text(row.get(columns[heading]), paper) for heading in used]
        sheet.rows.append([_own(paper.project), *cells])
    return sheet


def _background(papers: Sequence[Paper]) -> Sheet:
    sheet = Sheet(
        "Background",
        _own("What the paper says that no other sheet asks for"),
        ["Project", "Asked on the form", "Answer"],
    )
    for paper in papers:
        for each in paper.taken.background:
            answer = _text(each.value, paper)
            if answer is not None:
                sheet.rows.append([_own(paper.project), _own(each.heading), answer])
    return sheet


def _budgets(papers: Sequence[Paper]) -> Iterator[Sheet]:
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
    sheet = Sheet(name, _own(first.title or f"{year} {basis}"), headings)
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
        _text(budget.service, paper),
        _own(budget.part_of) if budget.part_of else None,
        _text(budget.basis, paper),
        _own(budget.unit) if budget.unit else None,
        entry_of(budget.amount, paper),
    ]


def _drop_blank(sheet: Sheet, heading: str) -> None:
    """Drop a column that no row fills."""
    at = sheet.headings.index(heading)
    if all(row[at] is None for row in sheet.rows):
        del sheet.headings[at]
        for row in sheet.rows:
            del row[at]


def _money(paper: Paper) -> Iterator[Sheet]:
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
    title = _text(grid.title, paper) or _own(grid.table.sheet)
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
            cells.insert(0, _text(row.labels["total"], paper) if row.is_total else lead[1])
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
        return _text(grid.unit, paper)
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
        return _text(row.labels["total"], paper)
    return _text(row.labels.get(column), paper)


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
        said.append(("Project", _own(paper.project)))
    else:
        programme = paper.taken.text_of("programme") or paper.taken.form.programme
        said += [("Programme", _own(programme))] if programme else []
        scope = scope_in(grid.title.text, table.scope_after)
        said += [("Scope", _from(scope, grid.title, paper))] if scope else []
    if table.plan:
        said.append(("Plan", _own(table.plan)))
    return [*said, *((name, _own(text)) for name, text in table.statements.items())]


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
    """Savings that the form asks for year by year, as one line."""
    said = paper.derived.savings
    years = list(dict.fromkeys(year for year, _, _ in said))
    types = paper.taken.text_of("saving_type")
    units = {unit for _, _, unit in said if unit}
    sheet = Sheet(
        "Proposed savings",
        _own("Proposed savings"),
        ["Type of saving", *(["Unit"] if units else []), *years],
        [("Project", _own(paper.project)), ("Plan", _own("Proposed"))],
    )
    row: list[Entry | None] = [_own(types) if types else None]
    row += [_own(next(iter(units)))] if units else []
    by_year = {year: value for year, value, _ in said}
    sheet.rows.append([*row, *(entry_of(by_year[year], paper) for year in years)])
    return sheet


def _split(split: Split, paper: Paper) -> Sheet:
    programme = paper.taken.text_of("programme") or paper.taken.form.programme
    statements = [("Programme", _own(programme))] if programme else []
    if split.scope is not None and (scope := _text(split.scope, paper)):
        statements.append(("Scope", scope))
    statements += [("Plan", _own("Current")), ("In MTFP", _own("Yes"))]
    title = _text(split.title, paper) or _own("Split by route")
    sheet = Sheet("Split by route", title, ["Delivery route", "Total"], statements)
    sheet.is_shared = True
    for label, amount in split.lines:
        sheet.rows.append([_text(label, paper), entry_of(amount, paper)])
    sheet.rows.append([_own("Total"), entry_of(split.total, paper)])
    return sheet


def _delivered(delivered: Delivered, paper: Paper) -> Sheet:
    title = _text(delivered.title, paper) or _own("Delivered")
    name = f"Delivered {delivered.year.replace('/', '-')}"
    sheet = Sheet(name, title, ["Scope", "Measure", delivered.year], [("Plan", _own("Prior"))])
    sheet.is_shared = True
    row = [_text(delivered.scope, paper), _own("Delivered"), entry_of(delivered.amount, paper)]
    sheet.rows.append(row)
    return sheet


def name_apart(sheets: Sequence[Sheet]) -> None:
    """Give each sheet a name that a workbook takes and no other sheet has."""
    taken = {TO_CHECK.casefold(), FROM_PAPER.casefold()}
    for sheet in sheets:
        base = _NOT_IN_NAMES.sub(" ", sheet.name).strip()[:LONGEST_NAME] or "Sheet"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            ending = f" {number}"
            name = f"{base[: LONGEST_NAME - len(ending)]}{ending}"
        sheet.name = name
        taken.add(name.casefold())


def _to_check(papers: Sequence[Paper], answers: Mapping[str, tuple[str, str]]) -> Sheet:
    headings = ["No.", "Project", "To check", "In the paper", "Words of the paper", "Read as"]
    headings += ["What to do", "Where it goes", "Your answer"]
    title = "What could not be placed, or may be read in two ways"
    sheet = Sheet(TO_CHECK, _own(title), headings)
    left = dict(answers)
    for paper in papers:
        for question in paper.taken.questions:
            place = (
                f"{paper.name}, {question.source.place}" if question.source.place else paper.name
            )
            texts = [paper.project, question.asks, place, question.source.words]
            texts += [question.read_as, question.do, question.also]
            texts.append(left.pop(key(question.asks), ("", ""))[1])
            number = f"{len(sheet.rows) + 1}."
            sheet.rows.append([_own(text) if text else None for text in (number, *texts)])
    for asked, answer in left.values():
        texts = [f"{len(sheet.rows) + 1}.", "", asked, "", "", "", "No longer asked.", "", answer]
        sheet.rows.append([_own(text) if text else None for text in texts])
    return sheet


def _from_paper(sheets: Iterable[Sheet]) -> Sheet:
    """What each cell was taken from; by it a later intake sees what was edited since."""
    headings = ["Sheet of this workbook", "Cell of this workbook", "Under the heading"]
    headings += ["As taken in", "Paper", "In the paper", "Words of the paper", "How it was made"]
    listed = Sheet(FROM_PAPER, _own("What each cell was taken from"), headings)
    for sheet in sheets:
        for address, heading, entry in cells_of(sheet):
            if entry.is_from_paper:
                texts = [sheet.name, address, heading, entry.as_taken, entry.paper, entry.place]
                texts += [entry.words, entry.how]
                listed.rows.append([_own(text) if text else None for text in texts])
    return listed


def cells_of(sheet: Sheet) -> Iterator[tuple[str, str, Entry]]:
    """The entries of a sheet with their addresses and headings; of a line above, its label."""
    yield "A1", "", sheet.title
    row = 2
    if sheet.unit is not None:
        yield f"A{row}", "", sheet.unit
        row += 1
    for label, entry in sheet.statements:
        yield f"B{row}", label, entry
        row += 1
    for number, cells in enumerate(sheet.rows, start=sheet.header_row + 2):
        for column, entry_or_none in enumerate(cells):
            if entry_or_none is not None:
                address = f"{get_column_letter(column + 1)}{number}"
                yield address, sheet.headings[column], entry_or_none
