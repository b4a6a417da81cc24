"""The example's concept paper as text, Word and PDF: what is taken from it, against what a careful
person takes, and what the software then says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import the_paper
from pdf_papers import by_libreoffice, paper_pdf
from rendered import page_of, words
from word_files import paper_docx

from ffanalysis.checks import check
from ffanalysis.intake.book import Paper
from ffanalysis.intake.door import Intake, as_json, coverage_of, forms_for, take_in
from ffanalysis.periods import Period
from ffanalysis.present.briefing import Briefing
from ffanalysis.read import load, read_period
from ffanalysis.savings.quarter import Quarter

Q2 = "2015-16-Q2"
EXAMPLE = Path(__file__).parent.parent
MAKERS: dict[str, Callable[[Path], bytes]] = {
    "paper.txt": lambda _: the_paper.TEXT.encode(),
    "paper.docx": lambda _: paper_docx(),
    "tagged.pdf": lambda _: paper_pdf(tagged=True),
    "untagged.pdf": lambda _: paper_pdf(tagged=False),
    # Writer lays the Word file out in narrow columns that break words, and a table over two pages.
    "writer-tagged.pdf": lambda folder: written(folder, tagged=True),
    "writer-untagged.pdf": lambda folder: written(folder, tagged=False),
}


def written(folder: Path, *, tagged: bool) -> bytes:
    source = folder / "source.docx"
    source.write_bytes(paper_docx())
    return by_libreoffice(source, tagged, folder / "made" / "pdf")


class Taken:
    """A paper as it was taken in, and the quarter that is read from its workbook alone."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        file = root / name
        file.write_bytes(MAKERS[name](root))
        self.workbook = root / "data" / "raw" / Q2 / "project.xlsx"
        self.intake: Intake = take_in(
            [file], self.workbook, forms_for([file]), project=the_paper.PROJECT
        )
        paper = self.intake.outcomes[0].paper
        assert paper is not None, self.intake.outcomes[0].error
        self.paper: Paper = paper
        self.tables = read_period(Period.parse(Q2), [self.workbook])
        self.quarter = Quarter(self.tables)

    @property
    def answered(self) -> Quarter:
        """The quarter once somebody has answered what the intake asked."""
        book = openpyxl.load_workbook(self.workbook)
        sheet = book["To check"]
        head = next(row for row in sheet.iter_rows() if row[-1].value == "Your answer")
        for row in sheet.iter_rows(min_row=head[-1].row + 1):
            row[-1].value = "as it was read"
        folder = self.root / "answered"
        folder.mkdir(exist_ok=True)
        book.save(folder / self.workbook.name)
        return Quarter(read_period(Period.parse(Q2), [folder / self.workbook.name]))


@pytest.fixture(scope="module", params=MAKERS)
def taken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return Taken(tmp_path_factory.mktemp("taken"), request.param)


def of(text: Any) -> str | None:
    return None if text is None or pd.isna(text) else " ".join(str(text).split())


def pounds(row: Any) -> tuple[float, float]:
    return row.amount_pence / 100, row.stated_to_pence / 100


def test_nothing_is_refused(taken: Taken) -> None:
    assert taken.tables.refusals.empty
    assert not taken.intake.written[0].refusals


def test_every_field(taken: Taken) -> None:
    (row,) = taken.quarter.projects
    said = {name: of(getattr(row, name)) for name in the_paper.PROJECT_ROW}
    assert said == the_paper.PROJECT_ROW
    for text, label, following in (
        (row.purpose, "Purpose:", "Outcomes of the project:"),
        (row.outcomes, "Outcomes of the project:", "Timescales:"),
    ):
        assert of(text) == of(the_paper.TEXT.partition(label)[2].partition(following)[0])
    assert tuple(row.constraints.split("\n")) == the_paper.CONSTRAINTS


def test_milestones_risks_sign_off_and_deadlines(taken: Taken) -> None:
    quarter = taken.quarter
    milestones = [(of(row.milestone), of(row.completed_by)) for row in quarter.milestones]
    assert milestones == list(the_paper.MILESTONES)
    assert [(of(row.risk), of(row.mitigation)) for row in quarter.risks] == list(the_paper.RISKS)
    signed = [(row.role, row.name, row.signed) for row in quarter.signoff]
    assert signed == list(the_paper.SIGN_OFF)
    deadlines = [(row.what, row.quantity, row.by) for row in quarter.deadlines]
    assert deadlines == list(the_paper.DEADLINES)
    assert quarter.deadlines[0].approximate


def test_every_amount(taken: Taken) -> None:
    quarter = taken.quarter
    budgets = {
        (row.service, row.part_of, row.basis, row.year, *pounds(row)) for row in quarter.budget
    }
    assert budgets == the_paper.BUDGETS
    names = {row.project: row.name for row in quarter.projects}
    savings = {
        (
            *(names.get(row.project), row.scope, row.plan, row.measure, row.saving_type),
            *(row.route, row.rag, row.year, *pounds(row)),
        )
        for row in quarter.savings
        if row.amount_pence is not None
    }
    assert savings == the_paper.SAVINGS
    totals = {
        (row.scope, row.plan, row.saving_type, row.over, row.year, row.amount_pence / 100)
        for row in quarter.totals
        if row.amount_pence is not None
    }
    assert totals == the_paper.TOTALS


def test_the_questions_are_those_of_a_careful_person(taken: Taken) -> None:
    asked = [f"{each.asks} {each.source.words}" for each in taken.paper.taken.questions]
    assert len(asked) == len(the_paper.QUESTIONS), asked
    for said in the_paper.QUESTIONS:
        assert sum(all(word in text for word in said) for text in asked) == 1, said


def test_dates_of_events_are_background(taken: Taken) -> None:
    kept = [row.answer for row in taken.quarter.background if row.asked == "Dates in the text"]
    assert [text.partition(":")[0] for text in kept] == list(the_paper.EVENTS)


def test_every_part_of_the_source_has_an_ending(taken: Taken) -> None:
    counts = coverage_of(taken.paper)
    assert counts["lost"] == 0
    assert counts["atoms"] == sum(
        counts[name] for name in ("placed", "form", "background", "to_check")
    )
    assert counts["placed"] > 0.5 * counts["atoms"]


def test_each_cell_names_the_words_that_it_comes_from(taken: Taken) -> None:
    said = as_json(taken.intake)
    amount = next(
        item
        for item in said["placed"]
        if item["sheet"] == "Current programme" and item["cell"] == "C8"
    )
    assert (amount["value"], amount["words"], amount["heading"]) == ("1,025", "1,025", "2016/17")
    assert amount["place"]


# What the checks say.


@pytest.fixture(scope="module")
def example() -> Quarter:
    return Quarter(load(Q2, EXAMPLE))


def spoken(quarter: Quarter) -> Iterator[tuple[str, ...]]:
    """The findings without the names of workbooks, which no paper has."""
    for finding in check(quarter):
        texts = [finding.rule, finding.subject, finding.year, finding.outcome, repr(finding)]
        yield tuple(re.sub(r"[\w-]+\.xlsx", "BOOK", str(text)) for text in texts)


def test_the_findings_are_those_of_the_example(taken: Taken, example: Quarter) -> None:
    assert sorted(spoken(taken.answered)) == sorted(spoken(example))
    (still_open,) = (each for each in check(taken.quarter) if each.rule == _OPEN)
    assert str(still_open).startswith(
        "project.xlsx, sheet To check, cell C4: 8 questions about the con"
    )


def test_the_briefing_says_the_same(taken: Taken, example: Quarter) -> None:
    mine, theirs = shown(taken.answered), shown(example)
    for part in ("title", "message", "this_year", "asked", "doubts"):
        ours, other = (words_of(getattr(each, part)()) for each in (mine, theirs))
        assert sentences(ours) == sentences(other), part
    assert "£100,000 in 2017/18" in words_of(mine.message())


_OPEN = "paper-answered"


def shown(quarter: Quarter) -> Briefing:
    return Briefing.of(quarter, check(quarter), "sen-contract-efficiency")


def sentences(text: str) -> list[str]:
    """The constraints are quoted in the paper's order, in the example's own order there."""
    return sorted(filter(None, re.split(r"(?<=\.)\s*(?=[A-Z])|Constraints", text)))


def words_of(part: Any) -> str:
    return " ".join(words(page_of(str(part.html)).text).split())
