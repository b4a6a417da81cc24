"""The sheets of the register: projects, milestones, risks, sign-off, deadlines, background."""

from collections.abc import Iterable, Mapping, Sequence

from ffanalysis.intake.book import Entry, Paper, Sheet, joined, own_entry, text_entry
from ffanalysis.intake.forms import OF_YEARS
from ffanalysis.intake.taken import Value
from ffanalysis.layout import standard
from ffanalysis.periods import parse_year

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
_NEEDED = {
    "milestones": ("Milestone", "Completed by date"),
    "risks": ("Risk description", "Mitigation"),
    "signoff": ("Job title", "Name", "Date"),
    "deadlines": ("What", "Quantity", "By"),
}


def register_sheets(papers: Sequence[Paper]) -> list[Sheet]:
    """The sheets of the register; those that no paper fills are left out."""
    sheets = [_projects(papers)]
    sheets += [_records(kind, papers) for kind in _RECORDS if _has_records(kind, papers)]
    if any(paper.taken.background for paper in papers):
        sheets.append(_background(papers))
    return sheets


def _projects(papers: Sequence[Paper]) -> Sheet:
    every = [(paper, _fields_of(paper)) for paper in papers]
    used = [
        heading
        for heading, name in _PROJECTS.items()
        if name in _ALWAYS or any(name in fields for _, fields in every)
    ]
    by_year = [_by_year(paper) for paper in papers]
    years = sorted({heading for answers in by_year for heading in answers})
    sheet = Sheet("Projects", own_entry("Projects"), ["Project", *used, *years])
    for (paper, fields), answers in zip(every, by_year, strict=True):
        cells = [fields.get(_PROJECTS[heading]) for heading in used]
        of_years = [answers.get(heading) for heading in years]
        sheet.rows.append([own_entry(paper.project), *cells, *of_years])
    return sheet


def _by_year(paper: Paper) -> dict[str, Entry]:
    """What the form asks for year by year: heading with its year → answer."""
    headings = {name: heading for heading, name in _PROJECTS.items()}
    found: dict[str, Entry] = {}
    for name in OF_YEARS:
        for blanks, value in paper.taken.of_years.get(name, ()):
            said = standard().without_units(blanks["year"])
            heading = f"{headings[name]} {parse_year(said) or said}"
            before = found.get(heading)
            text = f"{before.text}; {value.text}" if before else value.text
            found[heading] = Entry(text, None, "", value.words, value.place, value.how, paper.name)
    return found


def _fields_of(paper: Paper) -> dict[str, Entry]:
    taken = paper.taken
    values = {name: joined(found) for name, found in taken.fields.items()}
    bounds = joined([*taken.fields.get("constraints", ()), *paper.derived.constraints])
    values["constraints"] = bounds
    if not values.get("title"):
        values["title"] = Value(paper.project, (), "")
    fields = {name: text_entry(value, paper) for name, value in values.items()}
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
    sheet = Sheet(name, own_entry(name), ["Project", *used])
    for paper, row in rows:
        cells = [text_entry(row.get(columns[heading]), paper) for heading in used]
        sheet.rows.append([own_entry(paper.project), *cells])
    return sheet


def _background(papers: Sequence[Paper]) -> Sheet:
    sheet = Sheet(
        "Background",
        own_entry("What the paper says that no other sheet asks for"),
        ["Project", "Asked on the form", "Answer"],
    )
    for paper in papers:
        for each in paper.taken.background:
            answer = text_entry(each.value, paper)
            if answer is not None:
                sheet.rows.append([own_entry(paper.project), own_entry(each.heading), answer])
    return sheet
