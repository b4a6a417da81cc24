"""Who acts on a finding, and what it could change: every rule says both."""

from ffanalysis.checks import RULES
from ffanalysis.checks.consequences import CONSEQUENCES, could_change, who_acts
from ffanalysis.findings import Finding
from ffanalysis.present.doubts import _IN_FEW_WORDS as IN_FEW_WORDS
from ffanalysis.present.doubts import doubts_list, doubts_of
from ffanalysis.vocabulary import Actor


def finding(rule: str, severity: str = "query", acts: Actor | None = None) -> Finding:
    words = (f"What {rule} found.",)
    return Finding(rule, "Alpha", "disagrees", severity, words, acts=acts)  # type: ignore[arg-type]


def test_every_rule_says_who_acts_and_what_it_could_change() -> None:
    assert set(CONSEQUENCES) == set(RULES)


def test_what_could_change_a_page_has_a_few_words_of_its_own() -> None:
    changing = {rule for rule, consequence in CONSEQUENCES.items() if consequence.changes}
    assert changing <= set(IN_FEW_WORDS)


def test_nobody_acts_on_what_agrees() -> None:
    assert who_acts(finding("rag-stated", "note")) is None
    assert could_change(finding("rag-stated", "note")) == ()


def test_an_illegible_status_is_for_the_finance_office_and_a_blank_one_for_the_service() -> None:
    assert who_acts(finding("rag-stated")) == Actor.SERVICE
    assert who_acts(finding("rag-stated", acts=Actor.FINANCE)) == Actor.FINANCE


def test_labels_change_no_figure_and_stay_in_the_annex() -> None:
    labels = [finding(rule) for rule in ("unit-labels", "period-labels", "scope-agrees")]
    assert doubts_of(labels, "alpha") == []


def test_three_doubts_are_told_in_full_and_the_others_in_a_line() -> None:
    rules = ("rag-stated", "mtfp-tie", "duplicate-line", "signed-off", "milestone-before-saving")
    found = [*map(finding, rules), finding("proposed-total", "error")]
    text = str(doubts_list(found, "").striptags())
    assert text.startswith("What proposed-total found.")
    assert text.count("May change") == 3
    assert "Three more points may change" in text
