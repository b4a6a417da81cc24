"""What counts in one of two quarters only, and lines that are followed though written otherwise."""

import pytest
from quarters import A1, HEAD, Q1, Q2, Quarters, balance, flow, pounds, quarter
from test_movement import moved, only

from ffanalysis.measure.programme_movement import programme_movement
from ffanalysis.money import in_short
from ffanalysis.present import movement as present
from ffanalysis.present.words import say

# What is counted in one of the two quarters only

STANDS_IN = "Ref,Project,Plan,Type of saving,RAG,Mitigates,2016/17,2017/18"
FIRST = "A-1,Alpha,Current,Further,Amber,,100,50"


@pytest.mark.parametrize(
    ("was", "now", "said", "step", "change"),
    [
        (
            "New,Amber,,40,10",
            "New,Amber,A-1,40,10",
            "is no longer counted: it is New (A-2), in place of A-1 now",
            "No longer counted",
            -50,
        ),
        (
            "New,Amber,A-1,40,10",
            "New,Amber,,40,10",
            "is counted now: it was New (A-2), in place of A-1",
            "Now counted",
            50,
        ),
        (
            "New,Amber,,40,10",
            "Existing (Faster),Amber,,40,10",
            "is no longer counted: it is Existing (Faster) (A-2) now",
            "No longer counted",
            -50,
        ),
        (
            "Existing (Faster),Amber,,40,10",
            "New,Amber,,40,12",
            "is counted now: it was Existing (Faster) (A-2)",
            "Now counted",
            52,
        ),
    ],
    ids=["stands in", "stands in no more", "Faster", "Faster no more"],
)
def test_a_line_that_is_counted_in_one_quarter_only_is_a_step(
    kept: Quarters, was: str, now: str, said: str, step: str, change: float
) -> None:
    quarter(kept, Q1, FIRST, f"A-2,Alpha,Current,{was}", projects=("Alpha",), head=STANDS_IN)
    quarter(kept, Q2, FIRST, f"A-2,Alpha,Current,{now}", projects=("Alpha",), head=STANDS_IN)
    found = moved(kept)
    assert said in say(present.lead(found, "Alpha"), in_short)
    opening, steps_between, closing = balance(found)
    assert steps_between == {step: change * 1000}
    assert opening + change * 1000 == closing
    ways = flow(programme_movement(kept.load(Q2)))
    assert sum(amount for (was, _), amount in ways.items() if was not in ("", "more")) == opening
    assert sum(amount for (_, now), amount in ways.items() if now not in ("", "less")) == closing


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (("Further,Amber,,100,50",), ("Further,Amber,,60,50", "Existing (Faster),Amber,,40,")),
        (("Existing (Faster),Amber,,40,", "Further,Amber,,60,50"), ("Further,Amber,,100,50",)),
    ],
    ids=["split off", "joined"],
)
def test_of_lines_of_one_reference_only_those_that_count_are_added(
    kept: Quarters, was: tuple[str, ...], now: tuple[str, ...]
) -> None:
    for period, lines in ((Q1, was), (Q2, now)):
        quarter(
            kept,
            period,
            *(f"A-1,Alpha,Current,{line}" for line in lines),
            projects=("Alpha",),
            head=STANDS_IN,
        )
    found = moved(kept)
    comes_to = [150_000 if len(lines) == 1 else 110_000 for lines in (was, now)]
    opening, steps_between, closing = balance(found)
    assert [opening, closing] == comes_to
    assert sum(steps_between.values()) == comes_to[1] - comes_to[0]
    assert (pounds(only(found).before), pounds(only(found).after)) == tuple(comes_to)


def test_a_status_that_changes_as_a_line_is_counted_no_longer_is_told(kept: Quarters) -> None:
    quarter(kept, Q1, FIRST, projects=("Alpha",), head=STANDS_IN)
    line = FIRST.replace("Current,Further,Amber", "Current,Existing (Faster),Red")
    quarter(kept, Q2, line, projects=("Alpha",), head=STANDS_IN)
    found = moved(kept)
    assert only(found).kinds == ["RAG", "no longer counted"]
    assert (
        say(present.lead(found, "Alpha"), in_short)
        == f"Since quarter {Q1}, the saving, £150k, is no longer counted: it is Existing (Faster)"
        " (A-1) now; it moved from Amber to Red (the schedule gives no reason)."
    )


def test_a_reference_in_other_letters_is_the_same(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A1.replace("A-1", "a-1"))
    assert [line.kinds for line in moved(kept).lines] == [["reclassified"]]


def test_lines_in_another_order_have_not_moved(kept: Quarters) -> None:
    lines = (",Alpha,Further,Amber,100,50,150", ",Alpha,Further,Red,10,,10")
    quarter(kept, Q1, *lines)
    quarter(kept, Q2, *lines[::-1])
    assert "RAG" not in only(moved(kept)).kinds
    quarter(kept, Q2, lines[0], lines[1].replace("Red", "Green On Target"))
    line = only(moved(kept))
    assert (line.last, line.rag) == ("Amber and Red", "Green On Target and Amber")


def test_a_line_that_stood_twice_and_stands_once_with_its_amounts_is_said_to(
    kept: Quarters,
) -> None:
    quarter(kept, Q1, A1, A1)
    quarter(kept, Q2, A1)
    assert f"the saving stood more than once in quarter {Q1} and stands once now" in say(
        present.lead(moved(kept), "Alpha")
    )
    quarter(
        kept,
        Q2,
        A1.replace("100,50,", "100,50,,"),
        head=HEAD.replace("2017/18", "2017/18,2018/19"),
    )
    assert "with the same amounts as one of those" in say(present.lead(moved(kept), "Alpha")), (
        "a new year, still blank"
    )
    quarter(kept, Q2, A1.replace("100,50,150", "90,50,140"))
    assert "cannot be followed, because it stood more than once" in say(
        present.lead(moved(kept), "Alpha")
    )


def test_a_chart_does_not_say_that_a_status_changed_before_where_none_did(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A1.replace("A-1", "A-9"))
    html = str(present.section(moved(kept), "Alpha"))
    assert f"No line changed RAG status since quarter {Q1}" in html
    assert "before, some did" not in html
