"""Why it is right to go on although a check failed: `explanations.toml`, and when it lapses."""

import pytest
from quarters import Q2, Quarters
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.checks.explained import without_finding
from ffanalysis.errors import CorrectionWrong
from ffanalysis.findings import Finding

REGISTER = "Project,Title,Type of saving,Service,Programme\nAlpha,A,New,Libraries,P\n"
# 40 + 25 = 65; the printed total says 70.
SCHEDULE = """£000
Ref,Project,Plan,Type of saving,RAG,2015/16,2016/17,Total
A-1,Alpha,Proposed,New,Amber,40,25,70
"""
ID = "proposed-total:alpha-new-amber"
EXPLAINED = f"""[[explanation]]
finding = "{ID}"
stated = 70000
calculated = 65000.00
why = "the printed total has a saving of another project"
by = "B. Person"
date = 2015-10-05
until = 2015-12-31
"""


@pytest.fixture
def kept() -> Quarters:
    found = Quarters()
    found[Q2].update({"register.csv": REGISTER, "schedule.csv": SCHEDULE})
    return found


def failed(quarter: Quarter) -> Finding:
    (found,) = (finding for finding in quarter.findings if finding.severity == "error")
    return found


def first_page(quarter: Quarter) -> str:
    briefing = ff.briefing(quarter, quarter.findings, "alpha")
    return words(page_of(str(briefing.doubts().html)).text)


def test_a_failed_check_without_an_explanation_has_none(kept: Quarters) -> None:
    found = failed(kept.load(Q2))
    assert (found.id, found.stated, found.calculated) == (ID, 7_000_000, 6_500_000)
    assert not found.is_explained


def test_an_explanation_is_printed_behind_its_finding_and_changes_no_severity(
    kept: Quarters,
) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED
    quarter = kept.load(Q2)
    assert failed(quarter).is_explained
    assert (
        "Explained: the printed total has a saving of another project (B. Person, 5 October 2015;"
        " until 31 December 2015)."
    ) in first_page(quarter)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("stated = 70000", "stated = 71000"), "the amounts have changed since"),
        (("calculated = 65000.00\n", ""), "the amounts have changed since"),
        (("until = 2015-12-31", "until = 2015-09-29"), "it held until 29 September 2015"),
    ],
)
def test_an_explanation_lapses_with_its_amounts_and_its_day(
    kept: Quarters, change: tuple[str, str], why: str
) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED.replace(*change)
    quarter = kept.load(Q2)
    assert not failed(quarter).is_explained
    said = f"An explanation (B. Person, 5 October 2015) no longer holds: {why}."
    assert said in first_page(quarter)


def test_an_explanation_holds_to_the_end_of_its_last_day(kept: Quarters) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED.replace("2015-12-31", "2015-09-30")
    assert failed(kept.load(Q2)).is_explained


def test_an_amount_that_changes_in_the_workbook_lapses_it(kept: Quarters) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED
    kept[Q2]["schedule.csv"] = SCHEDULE.replace("25,70", "26,70")
    assert not failed(kept.load(Q2)).is_explained


def test_an_explanation_of_no_finding_is_known_as_such(kept: Quarters) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED.replace("alpha-new-amber", "beta")
    quarter = kept.load(Q2)
    assert [row.finding for row in without_finding(quarter, quarter.findings)] == [
        "proposed-total:beta"
    ]
    assert not failed(quarter).is_explained


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (EXPLAINED.replace('by = "B. Person"\n', ""), "it states no by"),
        (EXPLAINED.replace("B. Person", " "), "its by is blank"),
        (EXPLAINED.replace("until = 2015-12-31\n", ""), "it states no until"),
        (EXPLAINED.replace("2015-12-31", '"soon"'), "'soon' is not a date"),
        (EXPLAINED.replace("70000", '"70000"'), "its stated '70000' is no amount"),
        (EXPLAINED.replace("70000", "70000.001"), "its stated '70000.001' is no amount"),
        (EXPLAINED.replace("70000", "true"), "its stated 'True' is no amount"),
        (EXPLAINED + EXPLAINED, "is explained already by explanation 1"),
        (EXPLAINED + "severity = 'note'\n", "it has severity, which is not known"),
    ],
)
def test_an_explanation_says_all_of_it(kept: Quarters, text: str, problem: str) -> None:
    kept[Q2]["explanations.toml"] = text
    with pytest.raises(CorrectionWrong, match=r"^explanations\.toml, explanation \d") as wrong:
        kept.load(Q2)
    assert problem in str(wrong.value)


def test_what_is_declared_is_shown_as_text(kept: Quarters) -> None:
    kept[Q2]["explanations.toml"] = EXPLAINED.replace("the printed", "<b>the</b> printed")
    briefing = ff.briefing(kept.load(Q2), kept.load(Q2).findings, "alpha")
    assert "&lt;b&gt;the&lt;/b&gt; printed" in str(briefing.doubts().html)
