"""The annex of a briefing, for the finance office: the evidence behind its two pages."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING

from markupsafe import Markup

from ffanalysis import periods
from ffanalysis.checks.consequences import for_actor
from ffanalysis.measure import ProjectMeasures, signoff
from ffanalysis.measure.commentary import Commentary, Written, commentary_of
from ffanalysis.measure.context import Context
from ffanalysis.measure.risks import weightiest_first
from ffanalysis.present import bridge, forecast, heads, line_texts, sentences
from ffanalysis.present.context import context_chart, context_table, context_title
from ffanalysis.present.findings import (
    agreed_table,
    finding_items,
    on_own_page,
    without_name,
)
from ffanalysis.present.html import (
    Cell,
    Part,
    blank,
    listing,
    prose,
    rounded_sentence,
    sentence,
    table,
    tag,
)
from ffanalysis.present.look import negatives_words
from ffanalysis.present.reading import correction_words
from ffanalysis.present.words import NOT_RECORDED
from ffanalysis.provenance import CellRef, cell_of, cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.settings import Roles
from ffanalysis.tables import BackgroundRow, ProjectRow, SignOffRow
from ffanalysis.vocabulary import Actor, Plan

if TYPE_CHECKING:
    from ffanalysis.present.briefing import Briefing

_LONG = 90
_FEW_COLUMNS = 2  # beside a risk and its mitigation, that leave these their width
_NOT_APPROVAL = "An officer's sign-off is not approval."
_TO_SIGN = (
    "To sign off these figures, enter this code beside your name in the register, under Signed on:"
)
_HEADINGS = {
    Actor.DIRECTOR: "For the director",
    Actor.SERVICE: "For the service",
    Actor.FINANCE: "For the finance office",
}


def of_annex(make: Callable[["Briefing"], Part]) -> Callable[["Briefing"], Part]:
    """A section of the annex that a council may leave out: then it is a part with nothing in it."""

    @wraps(make)
    def made(briefing: "Briefing") -> Part:
        is_on = getattr(briefing.quarter.council.annex, make.__name__)
        return make(briefing) if is_on else Part(make.__name__, Markup(""))

    return made


def findings(briefing: "Briefing") -> Markup:
    """Errors and queries by who must act, each with its rule and cells."""
    found = on_own_page(briefing.findings, briefing.slug, briefing.name)
    lead = sentence(sentences.checks_summary(found, briefing.slug))
    parts = [tag("p", lead, class_="lead")]
    for actor, heading in _HEADINGS.items():
        own = for_actor(found, actor)
        if own:
            parts.append(tag("h4", heading))
            shown = [*own, *(each for each in found if each.severity == "note")]
            parts += [finding_items(shown, [severity]) for severity in ("error", "query")]
    return Markup("").join(parts)


def agreed(briefing: "Briefing") -> Markup:
    """The checks that passed, and what is only noted, as one table."""
    return agreed_table(on_own_page(briefing.findings, briefing.slug, briefing.name))


def outlook(briefing: "Briefing") -> Markup:
    """The position in one line, and the cases by RAG status."""
    measures = briefing.measures
    is_proposed = measures.main.plan == Plan.PROPOSED
    parts = [forecast.position_table(measures.position, proposed=is_proposed)]
    if measures.also_in_plan:
        title = "Position of its savings in the plan"
        parts.append(forecast.position_table(measures.also_in_plan, proposed=False, title=title))
    parts.append(
        forecast.section(measures.forecast, briefing.name, measures.reported, measures.position)
    )
    return Markup("").join(parts)


def contexts(measures: ProjectMeasures, name: str) -> Markup:
    """The wider programmes that a project is part of, each under its scope's name."""
    if not measures.contexts:
        return tag("p", "No wider programme is recorded for this project's service.")
    return Markup("").join(_context(context, name) for context in measures.contexts)


def _context(context: Context, name: str) -> Markup:
    lead = (*sentences.context_lead(context), " ", *sentences.remaining(context))
    inside = [
        tag("h4", context.scope),
        tag(
            "p",
            "This is the wider programme, not this project's own money.",
            class_="quiet",
        ),
        tag("p", rounded_sentence(lead, context_title(context))),
        context_chart(context, lead),
        context_table(context),
    ]
    if together := sentences.approved(context.if_approved, context.scope, name):
        inside.append(tag("p", rounded_sentence(together)))
    return tag("div", *inside, class_="context")


def bridges(measures: ProjectMeasures) -> Markup:
    """The budget bridges, each drawn and as a table."""
    drawn = Markup("").join(bridge.section(item) for item in measures.bridges)
    return drawn or tag("p", "The budgets of two years are not recorded, so there is no bridge.")


def risks(quarter: Quarter, project: str, most: int = 0) -> Markup:
    """Risks and mitigations, in the register's own words: the first ones, or all."""
    rows = quarter.risks.of_project(project)
    if not rows:
        return tag("p", f"Risks: {NOT_RECORDED}.")
    rows = weightiest_first(rows, list(quarter.risks))
    shown = rows[:most] if most else rows
    columns = ("likelihood", "impact", "score", "owner")
    more = [name for name in columns if any(getattr(row, name) for row in rows)]
    body: list[list[Cell]] = [
        [
            row.risk,
            prose(row.mitigation or NOT_RECORDED),
            *(getattr(row, name) or blank() for name in more),
        ]
        for row in shown
    ]
    headings = ["Risk", "Mitigation", *(name.capitalize() for name in more)]
    look = "wide" if len(more) <= _FEW_COLUMNS else "wide many-columns"
    listed = table("Risks and mitigations", headings, body, class_=look, texts=True)
    if len(shown) == len(rows):
        return listed
    return listed + tag("p", "The other risks are in the annex.", class_="quiet")


def background(row: ProjectRow, roles: Roles, more: Sequence[BackgroundRow] = ()) -> Markup:
    """All fields of the register, in its own words, under the council's names for the roles.

    Behind them what else the project's paper says, under its own headings.
    """
    asked_for = _asked_for(row, roles)
    fields = [*asked_for, *_more_fields(row, roles), *_by_heading(more)]
    known = [(name, text) for name, text in fields if text]
    short = [field for field in known if len(field[1]) <= _LONG]
    long = [field for field in known if len(field[1]) > _LONG]
    return Markup("").join(
        [
            _form(short, "form short"),
            _form(long, "form"),
            _not_recorded([name for name, text in asked_for if not text]),
        ]
    )


_Field = tuple[str, str | None]


def _asked_for(row: ProjectRow, roles: Roles) -> list[_Field]:
    """What every concept paper has."""
    return [
        ("Project", row.name),
        ("Title", row.title),
        ("Type of saving", row.saving_type),
        (roles.cmr_lead, row.cmr_lead),
        (roles.slt_lead, row.slt_lead),
        (roles.head_of_service, row.head_of_service),
        ("Service", row.service),
        ("Programme", row.programme),
        ("Status", row.status),
        ("Description", row.description),
        ("Purpose", row.purpose),
        ("Outcomes", row.outcomes),
        ("Assumptions", row.assumptions),
        ("Decision sought", row.decision),
    ]


def _more_fields(row: ProjectRow, roles: Roles) -> list[_Field]:
    """What a council may add: nothing is said of it where it is not there."""
    return [
        ("Corporate plan area", row.plan_area),
        (roles.cmr_challenge, row.cmr_challenge),
        ("Decision due", row.decision_due and periods.shown_when(row.decision_due)),
        ("Decision route", row.decision_route),
        ("Owner", row.owner),
        ("Contact", row.contact),
        ("Reference", row.reference),
        ("Posts", row.posts),
        ("One-off cost", row.one_off_cost),
        ("One-off cost funded from", row.cost_funding),
        ("Equality screening", row.equality),
    ]


def _by_heading(rows: Sequence[BackgroundRow]) -> list[_Field]:
    """What a paper says under headings that the register has not, each heading once."""
    answers: dict[str, list[str]] = {}
    for row in rows:
        answers.setdefault(row.asked, []).append(row.answer)
    return [(asked, "\n".join(said)) for asked, said in answers.items()]


def commentary(quarter: Quarter, project: str) -> Markup:
    """The whole commentary, as a table."""
    every = commentary_of(quarter, project)
    body: list[list[Cell]] = [[said_by(each), prose(each.row.text)] for each in every]
    title = "Commentary of the quarter"
    if any(each.written is not Written.NOW for each in every):
        title = "Commentary"
    return table(title, ["By", "Text"], body, class_="wide", texts=True)


_WRITTEN: Mapping[Written, str] = {
    Written.BEFORE: "before this quarter",
    Written.AFTER: "after the as-of date",
}


def said_by(each: Commentary) -> str:
    """Who wrote a comment and when; that it was not this quarter, or that no date is recorded."""
    by, written = each.row.by, each.row.written
    if each.written is Written.NOW:
        return ", ".join(filter(None, (by, written)))
    if each.written is Written.UNDATED:
        return f"{', '.join(filter(None, (by, written)))}. Date not recorded"
    on = sentences.due(each.day)
    return f"{by}. Written {on}, {_WRITTEN[each.written]}"


def _not_recorded(names: Sequence[str]) -> Markup:
    """The fields that are blank, said once."""
    if not names:
        return Markup("")
    return tag("p", f"{NOT_RECORDED.capitalize()}: {', '.join(names)}.", class_="quiet")


def signed(briefing: "Briefing") -> Markup:
    """Who signed off, when, on which figures, and what a sign-off is not."""
    stated = signoff.signed_figures(briefing.quarter, briefing.slug)
    rows = briefing.quarter.signoff.of_project(briefing.slug)
    leads = [
        item
        for item in briefing.findings
        if item.rule == "signed-off"
        or (item.rule == "sign-off-current" and item.severity != "note")
    ]
    lead = Markup("").join(
        tag("p", sentence(without_name(item.brief or item.message, briefing.name)), class_="lead")
        for item in leads
        if item.project == briefing.slug
    )
    body: list[list[Cell]] = [
        [
            row.role,
            row.name or blank(),
            row.capacity or blank(),
            _signed_on(briefing.quarter, row),
            signoff.standing(row.signed_on, stated) or blank(),
        ]
        for row in rows
    ]
    headings = ["Job title", "Name", "Capacity", "Date", "Figures signed off"]
    signed = table("Signed by", headings, body) if rows else tag("p", f"Sign-off: {NOT_RECORDED}.")
    notes = tag("p", _NOT_APPROVAL, class_="quiet")
    if stated:
        code = tag("strong", signoff.figures_code(stated), class_="code")
        lapses = "If an amount or the RAG status changes later, the sign-off lapses."
        notes = tag("p", _TO_SIGN, " ", code, f". {lapses} {_NOT_APPROVAL}", class_="quiet")
    return Markup("{}{}{}").format(lead, signed, notes)


def _signed_on(quarter: Quarter, row: SignOffRow) -> Cell:
    if not row.signed_day:
        return blank()
    later = " (after the as-of date)" if signoff.is_too_late(quarter, row) else ""
    return f"{periods.long_date(row.signed_day)}{later}"


def sources(briefing: "Briefing") -> Markup:
    """The keys and legends, corrections, and the place of the line for every figure."""
    sheets = sorted(
        {
            f"{cell.workbook}, {cell.sheet}"
            for figure in briefing.measures.figures()
            for cell in figure.cells
        }
        | {
            f"{cell.workbook}, {cell.sheet}"
            for cell in line_texts.cells(briefing.quarter, briefing.slug)
        }
    )
    legend = listing(
        [
            (f"Each table gives its unit; {negatives_words()}. – is blank in the source."),
            (
                "Positive figures are savings. An amount is partial where part of it is still to be"
                " confirmed."
            ),
            tag("span", f"Read from: {'; '.join(sheets)}.", class_="cells"),
            heads.WITNESSES,
            *_corrections(briefing),
        ],
        "quiet",
    )
    # The page puts a line for each of its figures here.
    return Markup("{}{}").format(legend, tag("div", class_="every-figure"))


def _corrections(briefing: "Briefing") -> list[str]:
    """The declared corrections of cells that this briefing uses."""
    used, own = _cells_used(briefing), _rows_printed(briefing)
    found = [
        f"Corrected: {correction_words(row)}"
        for row in briefing.quarter.corrections
        if cell_of(row) in used or cell_of(row).sheet_row in own
    ]
    return found or ["No corrections were declared for these figures."]


def _cells_used(briefing: "Briefing") -> set[CellRef]:
    """The cells that figures and findings are made from."""
    used = {cell for figure in briefing.measures.figures() for cell in figure.cells}
    return used | {cell for finding in briefing.findings for cell in finding.cells}


def _rows_printed(briefing: "Briefing") -> set[tuple[str, str, int]]:
    """The rows of sheets that are printed word by word."""
    quarter, project = briefing.quarter, briefing.slug
    printed = (
        *cells_of(quarter.projects.of_project(project)),
        *cells_of(quarter.milestones.of_project(project)),
        *cells_of(quarter.risks.of_project(project)),
        *cells_of(quarter.signoff.of_project(project)),
        *cells_of(quarter.deadlines.of_project(project)),
        *line_texts.cells(quarter, project),
    )
    return {cell.sheet_row for cell in printed}


def _form(fields: Sequence[tuple[str, str]], look: str) -> Markup:
    """Fields of the form with their texts, each field's name before its text."""
    if not fields:
        return Markup("")
    pairs = (
        Markup("{}{}").format(tag("dt", name), tag("dd", prose(text))) for name, text in fields
    )
    return tag("dl", *pairs, class_=look)
