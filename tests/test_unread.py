"""Money that no table takes, and headings that are not known, are never passed over."""

from collections.abc import Sequence

import pytest
from text_quarter import PERIOD, quarter, value_of

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.api import check
from ffanalysis.errors import CorrectionWrong
from ffanalysis.periods import Period
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.programme import Programme
from ffanalysis.present.reading import reading_notes
from ffanalysis.present.sentences import checks_summary
from ffanalysis.present.words import say
from ffanalysis.read import read_sheets
from ffanalysis.read.collector import Collected
from ffanalysis.read.no_savings import read_no_savings
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.sheets.cells import Cell, Sheet

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | The Alpha contract | New | Care | Change
Home Care | Care at home | New | Care | Change
"""
SCHEDULE = """savings.xlsx!Savings
£000
Ref | Project | Plan | RAG | 2015/16
A-1 | Alpha | Current | Amber | 100
H-1 | Home Care | Current | Amber | 200
"""


def declared(content: str, *sheets: str) -> Quarter:
    """A quarter read with a no-savings.toml beside it."""
    collected = Collected(no_savings=read_no_savings([content.encode()]))
    drawn = []
    for text in sheets:
        head, *rows = text.splitlines()
        cells = (
            Cell(row, column, value_of(cell.strip()))
            for row, line in enumerate(rows, 1)
            for column, cell in enumerate(line.split("|"), 1)
            if cell.strip()
        )
        drawn.append(Sheet.of(*head.split("!"), cells))
    return Quarter(read_sheets(Period.parse(PERIOD), drawn, collected=collected))


def asked(found: Quarter) -> list[tuple[str | None, str]]:
    return [(row.project, row.rule) for row in found.questions]


NAMING = {
    "in a cell": "budget.xlsx!Adults\nProject | RAG | Savings found\nAlpha | Red | 400\n",
    "by its title": (
        "budget.xlsx!Adults\nWhat | RAG | Savings found in 2015/16\n"
        "the alpha contract | Red | 400\n"
    ),
    "by its reference": "budget.xlsx!Adults\nLine | Savings found in 2015/16\nA-1 | 400\n",
    "by the sheet's name": "budget.xlsx!Alpha 2015\nWhat | Savings found\nVans | 400\nCars | 30\n",
    "by the file's name": "Alpha tracker.xlsx!Sheet1\nWhat | Saving found\nVans | 400\nCars | 3\n",
    "by a word in a longer one": "b.xlsx!S\nNote | Cost\nfor the Alpha project | 400\nother | 3\n",
    "without a heading": "b.xlsx!Savings £000\nAlpha | 400\n",
    "as text": "b.xlsx!S\nAlpha | £0.4m\n",
}


@pytest.mark.parametrize("sheet", NAMING.values(), ids=NAMING)
def test_a_sheet_with_money_that_is_not_read_withholds_the_projects_it_names(sheet: str) -> None:
    found = quarter(REGISTER, SCHEDULE, sheet)
    assert set(withheld_projects(found)) == {"alpha"}
    (refusal,) = found.refusals
    workbook, _, page = sheet.partition("\n")[0].partition("!")
    assert refusal.sentence.startswith(f"{workbook}, sheet {page}, cell")
    assert "no-savings.toml" in refusal.sentence
    assert not found.questions


def test_the_sentence_says_what_the_sheet_has_and_what_it_lacks() -> None:
    sheet = "budget.xlsx!Adults\n£000\nProject | 2015/16\nAlpha | 400\n"
    found = quarter(REGISTER, SCHEDULE, sheet)
    # A heading beside its years that lacks the plan is refused as a near miss, by name.
    (refusal,) = found.refusals
    assert refusal.sentence == (
        "budget.xlsx, sheet Adults, row 2: the table of savings has no 'Plan', neither as a column"
        " nor on a line above it. Found: Project, 2015/16."
    )
    sheet = "budget.xlsx!Adults\n£000\nProject | Savings found in 2015/16\nAlpha | 400\n"
    (refusal,) = quarter(REGISTER, SCHEDULE, sheet).refusals
    assert (
        "It has Project, Savings found in 2015/16; for a table of savings it lacks Plan and a"
        " heading over its amounts that is known, such as 2016/17."
    ) in refusal.sentence


def test_a_near_miss_names_the_heading_that_may_be_mistyped() -> None:
    sheet = "budget.xlsx!Adults\n£000\nProject | Plann | 2015/16\nAlpha | Current | 400\n"
    (refusal,) = quarter(REGISTER, SCHEDULE, sheet).refusals
    assert refusal.sentence.endswith("'Plann' may be meant for Plan.")


PARTS = {
    "a second table below": (
        SCHEDULE + "\nOther savings\nWhat | Found by March\nAlpha vans | 400\nAlpha cars | 30\n"
    ),
    "a further column without a heading": SCHEDULE.replace("| 100", "| 100 | | 400").replace(
        "| 200", "| 200 | | 0"
    ),
}


def test_a_second_table_of_a_sheet_that_is_read_withholds_whom_it_names() -> None:
    found = quarter(REGISTER, PARTS["a second table below"])
    assert set(withheld_projects(found)) == {"alpha"}
    assert found.refusals[0].sentence.startswith("savings.xlsx, sheet Savings, cells B8:B9:")


def test_a_further_column_of_a_sheet_that_is_read_is_no_silence() -> None:
    found = quarter(REGISTER, PARTS["a further column without a heading"])
    assert set(withheld_projects(found)) == {"alpha", "home-care"}


NAMELESS = "budget.xlsx!Adults\n£000\nWhat | Savings found in 2015/16\nVans | 400\nCars | 30\n"


def test_money_that_names_no_project_is_asked_about_on_every_page() -> None:
    found = quarter(REGISTER, SCHEDULE, NAMELESS)
    findings = check(found)
    assert not found.refusals
    assert asked(found) == [(None, "money-read")]
    (sentence,) = (say(item.message) for item in findings if item.rule == "money-read")
    assert sentence.startswith("budget.xlsx, sheet Adults, cells B3:B4: the money here is in no")
    briefing, programme = Briefing.of(found, findings, "alpha"), Programme.of(found, findings)
    for part in (briefing.doubts(), programme.message()):
        assert "Sheet Adults: the money here is in no" in str(part.html)
    assert "budget.xlsx, sheet Adults, cells B3:B4" in str(briefing.findings_by_actor().html)
    assert say(checks_summary(findings)).endswith("; one place holds money that was not read.")


def test_where_all_is_read_no_page_speaks_of_it() -> None:
    found = quarter(REGISTER, SCHEDULE)
    assert "What could make this wrong" not in str(
        Briefing.of(found, check(found), "alpha").message().html
    )
    assert "not read" not in say(checks_summary(check(found)))


@pytest.mark.parametrize(
    "sheet",
    [
        "notes.xlsx!Notes\nWhat to know\nThe year 2015 was hard | 2015\n",
        "people.xlsx!Staff\nTeam | FTE\nVans | 4\nCars | 3\n",
        "risks.xlsx!Log\nWhat | Score\nVans | 4\nCars | 3\n",
    ],
)
def test_what_is_no_money_and_names_nobody_is_listed_and_asks_nothing(sheet: str) -> None:
    found = quarter(REGISTER, SCHEDULE, sheet)
    assert not found.refusals
    assert not found.questions
    assert [row.what for row in found.unused if not row.cell] == ["sheet without a known table"]


def test_scores_of_risks_beside_a_project_are_no_money() -> None:
    risks = """risks.xlsx!Risk log
Ref | Project name | Risk | Likelihood | Impact | Score | Mitigating action
R-1 | Alpha | Only one bidder | 3 | 4 | 12 | Market day
R-2 | Alpha | No therapists | 4 | 4 | 16 | Agency cover"""
    found = quarter(REGISTER, SCHEDULE, risks)
    assert not found.refusals
    assert not found.questions


# --- declared -------------------------------------------------------------------------------------

DECLARED = """
[[sheet]]
workbook = "{workbook}"
sheet = "{sheet}"
reason = "the service's own working"
told_by = "A. Partner"
date = 2015-10-02
"""


@pytest.mark.parametrize(
    ("workbook", "sheet"),
    [("budget.xlsx", "Adults"), ("BUDGET*.xlsx", "adu*"), ("b?dget.*", "*")],
)
def test_a_sheet_declared_to_hold_no_savings_withholds_and_asks_nothing(
    workbook: str, sheet: str
) -> None:
    content = DECLARED.format(workbook=workbook, sheet=sheet)
    found = declared(content, REGISTER, SCHEDULE, NAMING["in a cell"])
    assert not found.refusals
    assert not found.questions
    assert (
        f"Note: no-savings.toml: declared to hold no savings: {workbook}, sheet {sheet} (the"
        " service's own working; told by A. Partner)."
    ) in list(reading_notes(found))


def test_a_declaration_that_matches_nothing_is_said() -> None:
    found = declared(DECLARED.format(workbook="old.xlsx", sheet="*"), REGISTER, SCHEDULE)
    assert any(
        "no sheet is as declared: old.xlsx, sheet *" in note for note in reading_notes(found)
    )


def test_a_declaration_for_a_part_of_a_sheet_leaves_the_rest_to_be_read() -> None:
    whole = DECLARED.format(workbook="savings.xlsx", sheet="Savings")
    part = whole + 'cells = "B8:B9"\n'
    assert not declared(part, REGISTER, PARTS["a second table below"]).refusals
    other = declared(whole + 'cells = "F1:H9"\n', REGISTER, PARTS["a second table below"])
    assert set(withheld_projects(other)) == {"alpha"}


def test_a_sheet_declared_to_hold_none_of_which_savings_are_read_is_asked_about() -> None:
    found = declared(DECLARED.format(workbook="savings.xlsx", sheet="Savings"), REGISTER, SCHEDULE)
    (question,) = found.questions
    assert question.sentence.startswith(
        "savings.xlsx, sheet Savings, cells A2:E4: a table of savings is read and counted here, but"
        " no-savings.toml declares that the sheet holds none"
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("told_by", "by"), "it states no told_by"),
        (('"A. Partner"', '" "'), "its told_by is blank"),
        (('"Adults"', "7"), 'its sheet is no name; write one such as "Working*"'),
        (("date =", 'cells = "H"\ndate ='), "'H' names no cells; write them as H3:K20"),
    ],
)
def test_a_declaration_that_cannot_hold_stops_the_run(
    change: tuple[str, str], problem: str
) -> None:
    content = DECLARED.format(workbook="budget.xlsx", sheet="Adults").replace(*change)
    with pytest.raises(CorrectionWrong) as wrong:
        read_no_savings([content.encode()])
    assert str(wrong.value) == f"no-savings.toml, sheet 1: {problem}."


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("RAGG", "RAG"),
        ("RGA", "RAG"),
        ("R.A.G.", "RAG"),
        ("Rag staus", "RAG status"),
        ("Mesure", "Measure"),
        ("Type of savings", "Type of saving"),
        ("Delivery rout", "Delivery route"),
    ],
)
def test_a_mistyped_heading_is_asked_about(heading: str, meant: str) -> None:
    sheet = f"s.xlsx!S\n£000\nProject | Plan | {heading} | 2015/16\nAlpha | Current | Red | 100\n"
    found = quarter(REGISTER, sheet)
    assert asked(found) == [("alpha", "heading-known")]
    assert (
        f"s.xlsx, sheet S, cell C2: the heading '{heading}' is not known, so its column (Red) is"
        f" not read; did you mean {meant}?"
    ) in found.questions[0].sentence
    assert heading in str(Briefing.of(found, check(found), "alpha").doubts().html)


@pytest.mark.parametrize("heading", ["Confidence", "Status", "Delivery rating Sept"])
def test_a_column_of_rag_words_under_another_heading_is_asked_about(heading: str) -> None:
    sheet = (
        f"s.xlsx!S\n£000\nProject | Plan | {heading} | 2015/16\n"
        "Alpha | Current | Red | 100\nHome Care | Current | Amber | 30\n"
    )
    found = quarter(REGISTER, sheet)
    assert asked(found) == [("alpha", "heading-known"), ("home-care", "heading-known")]
    assert "it holds what a column headed RAG would" in found.questions[0].sentence


def texts(found: Quarter) -> Sequence[str]:
    return [note for note in reading_notes(found) if "does not know" in note]


def test_another_heading_is_noted_with_the_nearest_one() -> None:
    sheet = (
        "s.xlsx!S\n£000\nProject | Plan | RAG | Reference number | Locality | 2015/16\n"
        "Alpha | Current | Red | A-1 | Ann | 100\n"
    )
    found = quarter(REGISTER, sheet)
    assert not found.questions
    what = "a heading that the table of savings does not know, and does not read"
    assert texts(found) == [
        f"Note: s.xlsx, S D2: {what} ('Reference number': did you mean Reference?).",
        f"Note: s.xlsx, S E2: {what} (Locality).",
    ]


DASHBOARDS = {
    "a label and its amount": "Savings dashboard\n\nSavings target 2015/16 | 2,120,000\nGap | 3\n",
    "a tile": "Dashboard\n\nForecast outturn\n1,990,000\n",
    "an amount with its unit": "Headlines\nOverall | £2.1m\n",
    "a label with its unit": "Headlines\nOverall, £000 | 2,120\n",
    "a note between": "Headlines\nBudget gap | of which | 900\n",
}


@pytest.mark.parametrize("sheet", DASHBOARDS.values(), ids=DASHBOARDS)
def test_an_amount_beside_its_label_that_no_table_takes_is_asked_about(sheet: str) -> None:
    found = quarter(REGISTER, SCHEDULE, f"board.xlsx!Board\n{sheet}")
    assert asked(found) == [(None, "money-read")]
    assert not found.refusals


@pytest.mark.parametrize("line", ["Posts | 12", "Version | 3", "Pages 1 to | 4", "Year | 2015"])
def test_a_number_that_is_no_money_is_not_asked_about(line: str) -> None:
    assert not asked(quarter(REGISTER, SCHEDULE, f"board.xlsx!Board\nAbout this file\n{line}\n"))


def test_a_headline_above_a_table_is_asked_about_and_what_names_a_project_withholds_it() -> None:
    above = SCHEDULE.replace("£000\n", "Savings forecast | 280\n\n£000\n")
    assert asked(quarter(REGISTER, above)) == [(None, "money-read")]
    named = quarter(REGISTER, SCHEDULE + "\n\nAlpha, forecast | 280\n")
    assert set(withheld_projects(named)) == {"alpha"}


def test_a_row_of_numbers_alone_among_headings_is_no_crash() -> None:
    sheet = """other.xlsx!Return
Revenue account (£000)
4 | 5 | 6
Local authority | Early years | Primary schools
Bath | 11896 | 14664
Bristol | 69241 | 111226
"""
    found = quarter(REGISTER, SCHEDULE, sheet)
    (unused,) = found.unused
    assert unused.value == (
        "Its headings are Local authority, Early years, Primary schools; none of them is known."
    )
