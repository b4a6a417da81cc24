"""The command that says where a figure of a briefing comes from."""

import json
from typing import TYPE_CHECKING, Any

import click

from ffanalysis.cli.completing import complete_period, complete_project
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named

if TYPE_CHECKING:
    from ffanalysis.explain import ExplainedFigure


@click.command(
    epilog=ending(
        "0 explained, or listed; 11 the project's inputs cannot be read; 2 usage.",
        "ffanalysis explain latest day-centres",
        'ffanalysis explain latest day-centres "£1.59m"',
    )
)
@click.argument("period", shell_complete=complete_period)
@click.argument("project", shell_complete=complete_project)
@click.argument("figure", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
def explain(period: str, project: str, figure: str | None, form: str) -> None:
    """Say where a FIGURE of a PROJECT's briefing comes from.

    FIGURE is its name, its label, or its text on the page ("1,553", "£1.59m"). Without one the
    figures of the briefing are listed, by name. For each is told how it was made, each cell with
    what is written there and its unit, the checks on these cells, what it was in each quarter, and
    where the briefing shows it.
    """
    from ffanalysis import api
    from ffanalysis.cli.print_table import print_table
    from ffanalysis.explain import figures_of
    from ffanalysis.present.words import figure_text
    from ffanalysis.read import find_root

    root = find_root()
    quarter = api.load(period_named(root, period), root)
    if figure is None:
        known = figures_of(api.briefing(quarter, quarter.findings, project))
        rows = [(each.name, figure_text(each), each.label) for each in known.values()]
        print_table(("figure", "amount", "what it is"), "amount", rows, width=160)
        return
    found = quarter.explain(project, figure)
    if form == "json":
        click.echo(json.dumps(_as_json(found), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(found.lines()))


def _as_json(found: "ExplainedFigure") -> dict[str, Any]:
    figure = found.figure
    return {
        "project": found.project,
        "period": found.period,
        "name": figure.name,
        "label": figure.label,
        "value": None if figure.value is None else str(figure.value),
        "unit": figure.unit,
        "missing": figure.missing,
        "made": found.made,
        "expression": found.expression,
        "cells": [
            {
                "cell": str(line.cell),
                "written": line.written,
                "factor": line.factor,
                "stated_to_pence": line.stated_to,
                "corrected": line.is_corrected,
            }
            for line in found.cells
        ],
        "checks": [{"id": each.id, "outcome": each.outcome} for each in found.checks],
        "history": dict(found.history),
        "shown": list(found.printed),
    }


COMMANDS = (explain,)
