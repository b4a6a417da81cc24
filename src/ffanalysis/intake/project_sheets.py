"""All sheets of what was taken from papers."""

from collections.abc import Sequence

from ffanalysis.intake.book import Paper, Sheet
from ffanalysis.intake.money_sheets import budget_sheets, money_sheets
from ffanalysis.intake.register_sheets import register_sheets


def sheets_of(papers: Sequence[Paper]) -> list[Sheet]:
    """The sheets of a workbook with one paper, or with many."""
    sheets = [*register_sheets(papers), *budget_sheets(papers)]
    for paper in papers:
        sheets += money_sheets(paper)
    return sheets
