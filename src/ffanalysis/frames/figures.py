"""Figures and findings as frames: each with the cells that it comes from."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ffanalysis import money
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.frames.columns import THOUSANDS, cells_text, made, thousands
from ffanalysis.present.words import say

_COMPARED = ("stated", "calculated", "difference", "tolerance")


def figures_frame(figures: Iterable[Figure]) -> pd.DataFrame:
    """A row a figure: money in £000, anything else in its own unit."""
    return made("figures", map(_figure_row, figures))


def _figure_row(figure: Figure) -> dict[str, Any]:
    is_money = figure.unit == "pence"
    other = None if figure.value is None else float(figure.value)
    return {
        "name": figure.name,
        "label": figure.label,
        "value": thousands(figure) if is_money else other,
        "unit": THOUSANDS if is_money else figure.unit,
        "missing": figure.missing,
        "cells": cells_text(figure.cells),
    }


def findings_frame(findings: Iterable[Finding], names: Mapping[str, str]) -> pd.DataFrame:
    """A row a finding, with amounts in pounds; `names` are those of the projects."""
    return made(
        "findings",
        (
            {
                "id": finding.id,
                "rule": finding.rule,
                "subject": finding.subject,
                "year": finding.year,
                "outcome": finding.outcome,
                "severity": finding.severity,
                **{name: _pounds(getattr(finding, name)) for name in _COMPARED},
                "message": say(finding.message),
                "project": names.get(finding.project, ""),
                "cells": cells_text(finding.cells),
            }
            for finding in findings
        ),
    )


def _pounds(pence: int | None) -> float | None:
    return None if pence is None else pence / money.POUND
