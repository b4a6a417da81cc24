"""Lists end where a person stops: of long quarters what is listed, and what is only counted."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rendered import PERIOD, PROJECT
from rows import row_of, rows_of, with_rows, with_tables

from ffanalysis.checks import check
from ffanalysis.figures import constant
from ffanalysis.findings import Amounts, Finding, Severity
from ffanalysis.measure.programme import ProgrammeMeasures
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.periods import Period
from ffanalysis.present.attention import MOST_HEADLINES
from ffanalysis.present.programme import Programme
from ffanalysis.present.reconciliation import MOST_ROWS, Reconciliation
from ffanalysis.present.words import say
from ffanalysis.provenance import CellRef, cells_of
from ffanalysis.read import read_period
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import frame


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Quarter:
    return Quarter(read_period(Period.parse(PERIOD), sorted(example_quarter.iterdir())))


def headline(number: int, severity: Severity, difference: int = 0) -> Finding:
    return Finding(
        "stated-total",
        f"Table {number}",
        "disagrees",
        severity,
        (f"It is {number}.",),
        "",
        Amounts(constant(difference, "given"), constant(0, "given")),
        cells=(CellRef("b.xlsx", "S", f"A{number}"),),
    )


def programme_of(quarter: Quarter, findings: Sequence[Finding]) -> Programme:
    measures = ProgrammeMeasures((), {}, ProgrammeMovement(None))
    return Programme(quarter, tuple(findings), measures, {})


def listed(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"</strong> It is (\d+)\.", html)]


def text_of(html: object) -> str:
    return re.sub(r"<[^>]*>", "", str(html))


def test_few_headlines_stand_in_the_order_of_the_rules_and_nothing_is_left_out(
    example: Quarter,
) -> None:
    findings = [headline(number, "error", number) for number in range(3)]
    findings += [headline(number, "query", number) for number in range(3, MOST_HEADLINES)]
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == list(range(MOST_HEADLINES))
    assert "unlisted" not in html


@pytest.mark.parametrize(
    ("errors", "queries", "shown", "ending"),
    [
        (
            6,
            0,
            [6, 5, 4, 3, 2],
            "One more check failed: one for the finance office to correct.",
        ),
        (
            4,
            3,
            [4, 3, 2, 1, 7],
            "Two more points need an answer: two for the finance office to correct.",
        ),
        (
            1021,
            1,
            [1021, 1020, 1019, 1018, 1017],
            (
                "A further 1,016 checks failed and one more point needs an answer: 1,017 for"
                " the finance office to correct."
            ),
        ),
    ],
)
def test_of_more_headlines_the_worst_stand_first_and_the_rest_is_counted(
    example: Quarter, errors: int, queries: int, shown: list[int], ending: str
) -> None:
    findings = [
        headline(number, "error", -number if number % 2 else number)
        for number in range(1, errors + 1)
    ]
    findings += [headline(errors + number, "query", number) for number in range(1, queries + 1)]
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == shown
    assert ending in text_of(html)
    assert "unlisted/" in html, "the number is a figure"


def test_no_list_says_that_the_reconciliation_has_what_its_own_page_cuts_short(
    example: Quarter,
) -> None:
    findings = [headline(number, "error", number) for number in range(150)]
    findings += [headline(number, "query", number) for number in range(150, 250)]
    every = "findings.csv and reconciliation.xlsx have them all."
    page = Reconciliation(example, tuple(findings))
    assert f"Fifty more points that need an answer are not listed here: {every}" in text_of(
        page.problems().html
    )
    assert text_of(programme_of(example, findings).problems().html).endswith(
        "A further 145 checks failed and a further 100 points need an answer: 245 for the"
        " finance office to correct. Each, with its cells, is in findings.csv and"
        " reconciliation.xlsx."
    )


def test_what_a_headline_explains_stands_beneath_it_also_at_second_hand(example: Quarter) -> None:
    first = headline(1, "error", 5)
    second = replace(headline(2, "query", 5), parent=first.id)
    third = replace(headline(3, "note", 5), parent=second.id)
    html = str(Reconciliation(example, (first, second, third)).problems().html)
    assert listed(html) == [1]
    assert [text for text in ("It is 2.", "It is 3.") if text in html] == ["It is 2.", "It is 3."]
    directors = str(programme_of(example, [first, second, third]).problems().html)
    assert listed(directors) == [1]
    assert [text for text in ("It is 2.", "It is 3.") if text in directors] == [], (
        "left to the reconciliation"
    )


def test_a_headline_that_the_list_leaves_out_takes_along_what_it_explains(example: Quarter) -> None:
    findings = [headline(number, "error", 100 - number) for number in range(25)]
    findings.append(replace(headline(99, "error", 76), parent=findings[24].id))
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == list(range(MOST_HEADLINES))
    assert "It is 99." not in html
    assert "Twenty more checks failed: 20 for the finance office to correct." in text_of(html)


def test_the_reconciliation_lists_two_hundred_of_each_and_counts_the_rest(example: Quarter) -> None:
    notes = [
        Finding("rag-stated", f"Table {number}", "agrees", "note", (f"Note {number}.",))
        for number in range(MOST_ROWS + 2)
    ]
    errors = [headline(number, "error") for number in range(MOST_ROWS + 3)]
    total, block = rows_of(example, "totals")[0], rows_of(example, "blocks")[0]
    total |= {"amount_pence": 100, "stated_to_pence": 100}
    many = with_tables(
        example,
        totals=frame("totals", [total] * (MOST_ROWS + 1)),
        blocks=frame("blocks", [block] * (MOST_ROWS + 4)),
        unused=frame("unused", [row_of("unused", what="a number")] * (MOST_ROWS + 5)),
        notices=frame("notices", [row_of("notices", what="a hidden row")] * (MOST_ROWS + 6)),
        corrections=frame("corrections", ()),
    )
    page = Reconciliation(many, (*errors, *notes))
    every = "findings.csv and reconciliation.xlsx have them all."
    for part, items, ending in (
        (page.problems(), "<li>", f"Three more failed checks are not listed here: {every}"),
        (page.agreed(), "<tr><td", f"Two more lines are not listed here: {every}"),
        (
            page.totals(),
            "<tr><td",
            "One more total is not listed here: quarter.totals has them all.",
        ),
        (
            page.blocks(),
            "<tr><td",
            "Four more tables are not listed here: quarter.blocks has them all.",
        ),
        (
            page.unused(),
            "<li>",
            (
                "Five more cells are not listed here: quarter.unused and quarter.refusals have"
                " them all."
            ),
        ),
        (
            page.reading(),
            "<li>",
            (
                "Six more notes are not listed here: quarter.corrections, quarter.notices and"
                " quarter.names have them all."
            ),
        ),
    ):
        assert str(part.html).count(items) == MOST_ROWS, part
        assert text_of(part.html).endswith(ending)


def with_projects(example: Quarter, number: int) -> Quarter:
    row = rows_of(example, "projects")[0]
    more = [
        row | {"project": f"more-{n}", "name": f"More {n}", "cell": f"A{n + 5}"}
        for n in range(number)
    ]
    return with_rows(example, projects=more)


def test_the_programme_page_lists_every_project(example: Quarter) -> None:
    several = with_projects(example, 2)
    page = Programme.of(several, check(several))
    assert re.findall(r'href="([^"]+)"', str(page.projects().html)) == [
        f"{PROJECT}.html",
        "more-0.html",
        "more-1.html",
    ]


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (2, " The purpose of More 1: 2015/16 to 2017/18. The figures are read"),
        (
            3,
            (
                " The purpose of More 1: 2015/16 to 2017/18. That of 1 more project: 2015/16 to"
                " 2017/18. The figures are read"
            ),
        ),
        (
            999,
            (
                " The purpose of More 1: 2015/16 to 2017/18. That of 997 more projects: 2015/16 to"
                " 2017/18. The figures are read"
            ),
        ),
    ],
)
def test_of_many_purposes_that_name_the_same_years_three_are_named(
    example: Quarter, number: int, ending: str
) -> None:
    (finding,) = (
        item for item in check(with_projects(example, number)) if item.rule == "period-labels"
    )
    assert ending in say(finding.message)
    assert len(finding.cells) == 6


@pytest.mark.parametrize(
    ("sheets", "ending"), [(12, "S11."), (13, "S11; and 1 more."), (1000, "S11; and 988 more.")]
)
def test_of_many_sheets_with_savings_twelve_are_named(
    example: Quarter, sheets: int, ending: str
) -> None:
    line = row_of(
        "savings",
        block="b",
        workbook="b.xlsx",
        scope="Leisure",
        plan="current",
        programme="Future Fit",
    )
    quarter = with_tables(
        with_projects(example, 1),
        savings=frame("savings", [line | {"sheet": f"S{n}"} for n in range(sheets)]),
    )
    messages = [say(item.message) for item in check(quarter) if item.rule == "savings-stated"]
    assert len(messages) == 2
    assert all(message.endswith(f"b.xlsx, {ending}") for message in messages)


def test_a_fault_is_found_to_explain_another_however_many_stand_between(example: Quarter) -> None:
    findings = check(example)
    explained = [finding for finding in findings if finding.parent]
    assert [(finding.rule, finding.parent) for finding in explained] == [
        ("orphan-total", "proposed-total:sen-contract-efficiency")
    ]
    assert set(cells_of(example.totals)) >= set(explained[0].cells)
