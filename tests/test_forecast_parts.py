"""Targets, forecasts and deliveries that stand in several tables, in part, or beside a proposal."""

from collections.abc import Sequence
from typing import Any

from quarters import Quarters
from rendered import page_of, words
from test_forecast import PERIOD, alpha, pounds, stated

import ffanalysis as ff
from ffanalysis.measure import project_measures
from ffanalysis.measure.position import IN_DOUBT
from ffanalysis.measure.programme import programme_measures
from ffanalysis.present.words import say

REVISED_HEAD = "Ref,Project,Plan,Type of saving,RAG,Measure,2015/16,2016/17"
ORIGINALS = (
    "A-1,Alpha,Current,Further,Amber,Target,100,50",
    "A-2,Alpha,Current,New,Amber,Target,40,10",
)


def with_tables(root: Quarters, *tables: Sequence[str], head: str = REVISED_HEAD) -> Any:
    """The measures of a project whose schedule is in several tables, and the errors about it."""
    alpha(root, *ORIGINALS, head=REVISED_HEAD)
    for number, lines in enumerate(tables):
        text = "\n".join(["£000", head, *lines, ""])
        root[PERIOD][f"more-{number}.csv"] = text
    tables_read = root.load(PERIOD)
    errors = [say(item.message) for item in ff.check(tables_read) if item.severity == "error"]
    return project_measures(tables_read, "alpha"), errors


def test_of_a_line_that_stands_twice_no_shortfall_is_told(kept: Quarters) -> None:
    lines = (
        "A-1,Alpha,Current,Further,Amber,Target,,,100,,",
        "A-1,Alpha,Current,Further,Amber,Forecast,,,100,,",
    )
    found = alpha(kept, lines[0], *lines)
    assert stated(found.position)["Target"] == 200_000
    assert (found.position.shortfall.value, found.position.shortfall.missing) == (
        None,
        IN_DOUBT,
    )
    tables = kept.load(PERIOD)
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    assert "short" not in words(page_of(str(briefing.message().html)).text)
    assert "in doubt" in words(page_of(str(briefing.outlook().html)).text)
    once = alpha(Quarters(), *lines)
    assert stated(once.position)["Shortfall"] == 0


def test_a_proposal_is_told_apart_from_the_savings_in_the_plan_beside_it(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Proposed,Further,Amber,Target,,,10,,",
        "A-1,Alpha,Proposed,Further,Amber,Forecast,,,8,,",
        "A-2,Alpha,Current,New,Green On Target,Target,,,200,,",
        "A-2,Alpha,Current,New,Green On Target,Delivered,,,160,,",
        "A-2,Alpha,Current,New,Green On Target,Forecast,,,150,,",
        "A-3,Alpha,Current,New,Amber,,One-off,A-2,20,,",
    )
    assert stated(found.position)["Shortfall"] == 2_000
    assert stated(found.position)["Mitigated, one-off"] is None, (
        "it stands in for a saving in the plan"
    )
    assert (
        stated(found.also_in_plan)["Shortfall"],
        stated(found.also_in_plan)["Mitigated, one-off"],
    ) == (
        50_000,
        20_000,
    )
    tables = kept.load(PERIOD)
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    text = words(page_of(str(briefing.message().html)).text)
    assert text.startswith(
        "Alpha proposes to save £10,000 in 2015/16, with a forecast shortfall of £2,000. It is"
        " rated Amber"
    )
    assert "in the plan, delivered exceeds its forecast" in text
    assert (
        "A further £200,000 is already in the plan: £160,000 has been delivered, £150,000 is"
        " forecast and £50,000 is forecast to fall short." in text
    )
    assert "Position of its savings in the plan" in str(briefing.outlook().html)
    assert programme_measures(tables).delivered == frozenset(), (
        "160 of the plan are not the 10 that are proposed"
    )


def test_the_status_of_what_only_brings_savings_forward_is_not_that_of_the_saving(
    kept: Quarters,
) -> None:
    alpha(
        kept,
        "A-1,Alpha,Current,Further,Green On Target,,,,100,,",
        "A-2,Alpha,Current,Existing (Faster),Red,,,,40,,",
    )
    tables = kept.load(PERIOD)
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    assert "Red" not in page_of(str(briefing.message().html)).one("ul", **{"class": "keys"}).text
    assert "Faster savings are not added" in str(briefing.savings().html)
    only = alpha(Quarters(), "A-2,Alpha,Current,Existing (Faster),Red,,,,40,,")
    assert only.main.rag_statuses == ["Red"]


def test_a_line_that_states_no_years_shows_its_total(kept: Quarters) -> None:
    revised = "Ref,Project,Plan,Type of saving,Measure,Total"
    found, _ = with_tables(kept, ["A-1,Alpha,Current,Further,Revised target,130"], head=revised)
    assert found.main.total.pence == 18_000_000
    assert sorted((line.name, pounds({"": line.printed})[""]) for line in found.main.lines) == [
        ("Further", 130_000),
        ("New", None),
    ]


def test_a_duplicate_in_the_plan_is_not_laid_on_the_proposal_beside_it(kept: Quarters) -> None:
    proposed, planned = (
        "A-1,Alpha,Proposed,Further,Amber,,,,10,,",
        "A-2,Alpha,Current,New,Amber,,,,40,,",
    )
    alpha(kept, proposed, planned, planned)
    tables = kept.load(PERIOD)
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).text)
    assert "and for its saving in the plan, one of its lines is duplicated" in text
    own = Quarters()
    alpha(own, proposed, proposed, planned)
    tables = own.load(PERIOD)
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).text)
    assert "and one of its lines is duplicated" in text


def test_what_is_delivered_in_no_stated_year_has_a_column(kept: Quarters) -> None:
    head = "Ref,Project,Plan,Type of saving,RAG,Measure,2015/16,2016/17,Total"
    alpha(kept, "A-1,Alpha,Current,Further,Amber,Target,100,50,150", head=head)
    text = (
        "£000\nRef,Project,Plan,Type of"
        " saving,RAG,Measure,Total\nA-1,Alpha,Current,Further,Amber,Delivered,30\n"
    )
    kept[PERIOD]["delivered.csv"] = text
    tables = kept.load(PERIOD)
    page = page_of(str(ff.briefing(tables, ff.check(tables), "alpha").outlook().html))
    (weighed,) = (item for item in page.all("table") if "Risk-weighted delivery" in item.text)
    rows = [[words(cell.text) for cell in row.all("th", "td")] for row in weighed.all("tr")]
    assert rows[0] == [
        "Delivery",
        "2015/16",
        "2016/17",
        "Year not stated",
        "Total",
        "Shortfall",
    ]
    assert next(row for row in rows if row[0] == "Delivered to date")[3:5] == ["30", "30"]
