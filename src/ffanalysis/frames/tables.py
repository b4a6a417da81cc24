"""Projects, programmes, milestones, risks and budgets as frames for an analyst."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from ffanalysis.figures import amount_of
from ffanalysis.findings import Finding
from ffanalysis.frames.columns import PLAN_WORDS, cells_text, gaps, made, thousands, yes_no
from ffanalysis.measure.in_projects import ProgrammeInProjects
from ffanalysis.measure.position import position
from ffanalysis.measure.programme import ProgrammeAgainstPlan, programme_measures
from ffanalysis.measure.project_savings import project_savings
from ffanalysis.measure.stages import stage_now
from ffanalysis.provenance import cell_of
from ffanalysis.savings.confidential import confidential_in
from ffanalysis.savings.line_texts import in_words, stated_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import ProjectRow


def projects_frame(quarter: Quarter, findings: Iterable[Finding]) -> pd.DataFrame:
    """A row a project, in the order of the register: whose it is, and the briefing's headline."""
    counts = Counter((each.project, each.severity) for each in findings if not each.parent)
    secret = confidential_in(quarter.tables)
    rows = (
        {
            **_project_row(quarter, row),
            "errors": counts[row.project, "error"],
            "queries": counts[row.project, "query"],
            "confidential": yes_no(row.project in secret) if secret else "",
        }
        for row in quarter.register.values()
    )
    return made("projects", rows)


def _project_row(quarter: Quarter, row: ProjectRow) -> dict[str, Any]:
    about = {
        "project": row.name,
        "title": row.title if row.title != row.name else "",
        "stage": str(stage_now(quarter, row)),
        "status": row.status,
        "owner": in_words(stated_of(quarter, row, "owner")),
        "service": row.service,
        "programme": row.programme,
        "page": row.project,
    }
    if reasons := withheld_projects(quarter).get(row.project):
        return {**about, "withheld": " ".join(reasons)}
    own = project_savings(quarter, row.project)[0]
    found = position(quarter, row.project, own.total, own.plan)
    return {
        **about,
        "plan": PLAN_WORDS[own.plan],
        "rag": ", ".join(own.rag_statuses),
        "target": thousands(own.total),
        "delivered": thousands(found.delivered),
        "forecast": thousands(found.forecast),
        "shortfall": thousands(found.shortfall),
    }


def programmes_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a programme: its own total, the plan's line for it, and what its projects carry."""
    measures = programme_measures(quarter)
    # The programmes that schedules state come first, in the same order; others are the plan's own.
    pairs = zip(measures.programmes, measures.in_projects, strict=False)
    return made("programmes", (_programme_row(each, carried) for each, carried in pairs))


def _programme_row(each: ProgrammeAgainstPlan, carried: ProgrammeInProjects) -> dict[str, Any]:
    context, own = each.context, carried.overall
    is_known = own.rest is not None and not carried.is_refused
    return {
        "programme": context.scope,
        "service": context.service,
        "total": thousands(context.total),
        "marked_delivered": thousands(context.delivered),
        "plan": thousands(each.plan),
        "gap": thousands(each.gap),
        "in_projects": thousands(own.projects) if is_known else None,
        "in_no_project": thousands(own.rest) if is_known else None,
        "missing": gaps({"total": context.total}),
        "cells": cells_text(context.total.cells),
    }


def milestones_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a milestone, with the days that its date may mean."""
    return made("milestones", _milestones(quarter))


def _milestones(quarter: Quarter) -> Iterator[dict[str, Any]]:
    for row in quarter.milestones:
        yield {
            "project": _name(quarter, row.project),
            "milestone": row.milestone,
            "due": row.completed_by,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "tentative": yes_no(row.tentative),
            "done": yes_no(row.is_done),
            "overdue": yes_no(row.is_overdue(quarter.as_of)),
            "status": row.status,
            "completed_on": row.completed_on,
            "cells": str(cell_of(row)),
        }


def risks_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a risk, in the register's words."""
    names = ("risk", "mitigation", "likelihood", "impact", "score", "owner")
    rows = (
        {
            "project": _name(quarter, row.project),
            **{name: getattr(row, name) for name in names},
            "cells": str(cell_of(row)),
        }
        for row in quarter.risks
    )
    return made("risks", rows)


def budget_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a service, year and basis, in £000."""
    names = ("service", "part_of", "year", "basis", "savings_position", "missing")
    rows = (
        {
            **{name: getattr(row, name) for name in names},
            "amount": thousands(amount_of(row)),
            "cells": str(cell_of(row)),
        }
        for row in quarter.budget
    )
    return made("budget", rows)


def _name(quarter: Quarter, project: str) -> str:
    known = quarter.register.get(project)
    return known.name if known else project
