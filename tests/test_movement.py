"""What changed since the quarter before: what docs/movement.md does not show of it.

The cells that it is made from, quarters that cannot be read, and what is asked about.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from quarters import (
    A1,
    A2,
    HEAD,
    Q1,
    Q2,
    Q3,
    Quarters,
    balance,
    flow,
    pounds,
    quarter,
)
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.errors import UserError
from ffanalysis.figures import Figure, Sum, constant
from ffanalysis.measure.movement import LineMovement, Movement, movement
from ffanalysis.measure.programme_movement import programme_movement
from ffanalysis.money import in_short
from ffanalysis.periods import Period
from ffanalysis.present import movement as present
from ffanalysis.present import movement_words
from ffanalysis.present.html import rounded_sentence
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say
from ffanalysis.read import load, quarters_before
from ffanalysis.savings.changes import (
    Change,
    Rebased,
    Rerated,
    changes,
    match,
)
from ffanalysis.savings.model import Series
from ffanalysis.vocabulary import Plan


def moved(root: Quarters, project: str = "alpha", period: str = Q2) -> Movement:
    """A project's movement.

    What the page shows of it is held to its figures, as it is before a page is published.
    """
    found = movement(root.load(period), project)
    known = {
        figure.name: str(figure.value) for figure in found.figures() if figure.value is not None
    }
    for item in page_of(str(present.section(found) + present.evidence(found))).all("data"):
        name, value = item.attributes["data-figure"], item.attributes["value"]
        assert known.setdefault(name, value) == value, name
    return found


def only(found: Movement) -> LineMovement:
    (line,) = found.moved
    return line


# Its cells and amounts


def test_a_line_whose_rag_moves(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, A1.replace("Amber", "Red"), A2)
    found = moved(kept)
    line = only(found)
    assert (line.kinds, line.original, line.last, line.rag) == (["RAG"], "Amber", "Amber", "Red")
    assert (pounds(line.before), pounds(line.after), pounds(line.change)) == (150_000, 150_000, 0)
    assert balance(found) == (190_000, {}, 190_000)
    cells = [f"{Q1}/schedule.csv!schedule!{address}" for address in ("E4", "F4")]
    assert [str(cell) for cell in line.before.cells] == cells


def test_a_year_of_which_only_a_part_is_marked_is_re_based(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    (before,) = kept.load(Q1).savings_of("alpha", Plan.CURRENT).lines
    row, *_ = before.target
    more, unknown = (
        row._replace(amount_pence=12_000_000),
        row._replace(amount_pence=None, missing="TBC"),
    )
    then, now = (replace(before, target=Series(rows)) for rows in ((row,), (more, unknown)))
    (found,) = changes(*match([then], [now]), lambda name, amount, _: Figure(name, amount))
    assert isinstance(found, Rebased)
    assert pounds(found.amount) == 20_000, "100 to 120 and an unknown part"
    assert found.amount.partial


PLANS = "Ref,Project,Plan,Type of saving,RAG,Measure,2016/17,2017/18"


def progress(
    root: Quarters,
    delivered: tuple[str, str],
    forecast: tuple[str, str],
    rags: tuple[str, str] = ("Amber", "Amber"),
) -> str:
    """What is said of a saving of which so much is delivered and forecast in two quarters."""
    for period, done, coming, rag in zip((Q1, Q2), delivered, forecast, rags, strict=True):
        lines = (
            f"A-1,Alpha,Current,Further,{rag},{words}"
            for words in ("Target,100,50", f"Delivered,{done},", f"Forecast,{coming}")
        )
        quarter(root, period, *lines, head=PLANS)
    return say(movement_words.lead(moved(root)), in_short)


@pytest.mark.parametrize(
    ("delivered", "forecast", "said"),
    [
        (("30", "45"), ("100,50", "100,50"), "delivered"),
        (("30", "45"), ("100,50", "100,40"), "forecast down"),
        (("30", "30"), ("100,50", "100,50"), "none"),
    ],
)
def test_the_programme_page_does_not_call_a_changed_forecast_nothing(
    kept: Quarters, delivered: tuple[str, str], forecast: tuple[str, str], said: str
) -> None:
    progress(kept, delivered, forecast)
    tables = kept.load(Q2)
    page = page_of(str(Programme.of(tables, ff.check(tables)).projects().html))
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.one("tbody").all("tr")]
    assert [row[3] for row in rows if row[0].startswith("Alpha")] == [said]


# How it began


def test_the_schedule_itself_may_say_with_which_status_a_line_began(kept: Quarters) -> None:
    head = HEAD.replace("RAG,", "Original RAG,RAG,")
    quarter(kept, Q1, A1)
    quarter(
        kept,
        Q2,
        "A-1,Alpha,Further,Green on target,Amber,100,50,150",
        "A-2,Alpha,New,TBC,Red,40,,40",
        head=head,
    )
    first, second = moved(kept).lines
    assert (first.original, second.original) == ("Green On Target", "")


# Projects that come, go, or cannot be told


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook"])
def test_a_register_that_cannot_be_read_makes_no_project_new(
    kept: Quarters, content: bytes
) -> None:
    folder = quarter(kept, Q1, A1)
    del folder["register.csv"]
    folder["register.xlsx"] = content
    quarter(kept, Q2, A1)
    found = moved(kept)
    assert not found.is_new
    assert found.problem.startswith(f"{Q1}/register.xlsx cannot be read:")
    whole = programme_movement(kept.load(Q2))
    assert set(whole.unknown) == {"alpha", "beta"}
    assert (balance(whole), flow(whole)) == ((None, {}, None), {})


def test_what_is_declared_wrongly_for_an_earlier_quarter_costs_this_one_nothing_but_its_movement(
    kept: Quarters,
) -> None:
    folder = quarter(kept, Q1, A1)
    folder["layout.toml"] = "[tables.nothing]\n"
    quarter(kept, Q2, A1)
    with pytest.raises(UserError):
        kept.load(Q1)
    assert moved(kept).problem.startswith("layout.toml")


def test_a_quarter_without_a_workbook_is_none(kept: Quarters, tmp_path: Path) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q3, A1)
    kept.write(tmp_path)
    (tmp_path / "data" / "raw" / Q2).mkdir()
    (tmp_path / "data" / "raw" / "2015-16").mkdir()
    assert quarters_before(tmp_path, Q3) == [Q1]
    before = load(Q3, tmp_path).before
    assert before is not None
    assert str(before.period) == Q1


# All projects together


def test_the_programme_page_tells_what_moved(kept: Quarters) -> None:
    quarter(kept, Q1, A1, "G-1,Gamma,New,Red,30,,30", projects=("Alpha", "Gamma"))
    quarter(kept, Q2, A1.replace("Amber", "Red"), "B-1,Beta,New,Amber,7,,7")
    tables = kept.load(Q2)
    page = page_of(str(ff.programme(tables, ff.check(tables)).moved().html))
    (told,) = (item for item in page.all("ul") if "moves" in item.classes)
    assert [words(item.text) for item in told.all("li")] == [
        "Gamma, £30,000, was taken out (no reason recorded).",
        "Alpha: the saving moved from Amber to Red (no reason recorded).",
        "Beta is new: £7,000.",
    ]
    assert (
        page.one("img")
        .attributes["alt"]
        .endswith("£150,000 from Amber to Red. £7,000 new at Amber. £30,000 taken out at Red.")
    )


# What a quarter opens with


def opening(root: Quarters, was: str, now: str) -> list[str]:
    head = f"{HEAD},Measure"
    quarter(root, Q1, f"A-1,Alpha,Further,Amber,{was},Original target", head=head)
    quarter(root, Q2, f"A-1,Alpha,Further,Amber,{now},Original target", head=head)
    return [
        item.outcome for item in ff.check(root.load(Q2)) if item.rule == "opening-equals-last-close"
    ]


@pytest.mark.parametrize(
    ("was", "now", "outcomes"),
    [
        ("100,50,150", "100,50,150", ["agrees"]),
        ("100,50,150", "50,100,150", ["agrees"]),
        ("100,50,150", "100,60,160", ["disagrees"]),
        ("100,50,150", "100,TBC,", []),
        ("100,TBC,", "100,50,150", []),
        ("TBC,TBC,", "100,50,150", []),
    ],
)
def test_an_original_target_is_held_against_the_quarter_before_where_both_know_it(
    kept: Quarters, was: str, now: str, outcomes: list[str]
) -> None:
    assert opening(kept, was, now) == outcomes


def test_what_two_analyses_state_is_not_added_up(kept: Quarters) -> None:
    head = f"{HEAD},Measure"
    lines = [
        "A-1,Alpha,Further,Amber,100,,100,Original target",
        "A-1,Alpha,Further,Amber,60,,60,Delivered to date",
    ]
    quarter(kept, Q1, *lines, head=head)
    folder = quarter(kept, Q2, *lines, head=head)
    folder["again.csv"] = "\n".join(["The same again", "£000", "Plan,Current", head, *lines, ""])
    found = [
        item
        for item in ff.check(kept.load(Q2))
        if item.rule in ("opening-equals-last-close", "delivered-within-target")
    ]
    assert [(item.outcome, item.calculated) for item in found] == [
        ("agrees", 100_000_00),
        ("agrees", 60_000_00),
        ("within_limit", 60_000_00),
    ]


def renames(root: Quarters) -> list[str]:
    return [
        say(item.message) for item in ff.check(root.load(Q2)) if "aliases.toml" in say(item.message)
    ]


def test_a_new_project_with_the_references_of_one_that_is_gone_is_asked_about(
    kept: Quarters,
) -> None:
    quarter(kept, Q1, A1, A2)
    gamma = [line.replace("Alpha", "Gamma") for line in (A1, A2)]
    quarter(kept, Q2, *gamma, projects=("Gamma", "Beta"))
    assert renames(kept) == [
        (
            "Gamma is new, and its lines (A-1, A-2) are those of Alpha, which was listed"
            " in Quarter 1 and is not now. If only the name has changed, say so in"
            " aliases.toml."
        )
    ]
    tables = kept.load(Q2)
    said = words(page_of(str(ff.briefing(tables, ff.check(tables), "gamma").message().html)).text)
    assert "New this quarter. It may only have a new name: see the annex." in said
    page = words(page_of(str(Programme.of(tables, ff.check(tables)).moved().html)).text)
    assert "Gamma is new: £190,000; it may only have a new name." in page
    quarter(kept, Q2, gamma[0], projects=("Gamma", "Beta"))
    assert renames(kept) == [], "one line of two may be another saving"
    quarter(
        kept,
        Q2,
        A1,
        A2,
        *(line.replace("A-", "G-") for line in gamma),
        projects=("Alpha", "Gamma"),
    )
    assert renames(kept) == []


def renumbered(root: Quarters) -> list[str]:
    return [
        say(item.message)
        for item in ff.check(root.load(Q2))
        if "give it the same reference" in say(item.message)
    ]


def test_a_new_line_with_the_amounts_of_one_that_is_gone_is_asked_about(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, A1.replace("A-1", "A-9"), A2)
    assert renumbered(kept) == [
        (
            "Alpha: Further (A-9) is new, with the same amounts as Further (A-1), which was listed"
            " in Quarter 1 and is not now. If it is the same line, give it the same reference in"
            " both quarters."
        )
    ]
    quarter(kept, Q2, A1.replace("A-1", "A-9").replace("100", "110").replace("150", "160"), A2)
    assert renumbered(kept) == [], "another amount may be another saving"
    quarter(kept, Q2, A1, A1.replace("A-1", "A-9"), A2)
    assert renumbered(kept) == [], "nothing has gone"


def test_what_cannot_be_read_in_either_quarter_is_not_compared(kept: Quarters) -> None:
    assert opening(kept, "tbx,50,150", "100,60,160") == []
    assert opening(kept, "100,50,150", "100,tbx,160") == []


# How it is said


def amount(of: Sum) -> Figure:
    return Figure("x", of)


LESS = amount(constant(-1_000_000, "given"))


def line(
    *happened: Change,
    was: Sum = constant(15_000_000, "given"),  # noqa: B008 - it is frozen
    now: Sum = constant(14_000_000, "given"),  # noqa: B008
    reason: str = "",
) -> LineMovement:
    """A line to which this happened."""
    return LineMovement(
        label="Further (A-1)",
        former_label="Further (A-1)",
        original="Amber",
        last="Amber",
        rag="Red",
        before=amount(was),
        after=amount(now),
        change=LESS,
        years={},
        changes=happened,
        reason=reason,
    )


RERATED = Rerated("Amber", "Red")


def test_a_reason_from_a_workbook_is_no_markup(kept: Quarters) -> None:
    found = Movement(Period.parse(Q1), lines=(line(RERATED, reason="<script>1</script>"),))
    html = str(rounded_sentence(movement_words.lead(found)))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_chart_does_not_say_that_a_status_changed_before_where_none_did(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A1.replace("A-1", "A-9"))
    html = str(present.section(moved(kept)))
    assert "No line changed RAG status since Quarter 1" in html
    assert "some did earlier" not in html


def test_what_is_recorded_and_what_is_only_rated_as_delivered_are_never_added(
    kept: Quarters,
) -> None:
    then = "Ref,Project,Plan,Type of saving,RAG,Measure,2014/15,2015/16"
    now = then.replace("2014/15,", "")
    quarter(
        kept,
        Q1,
        "A-1,Alpha,Current,Further,Amber,Target,100,20",
        "A-1,Alpha,Current,Further,Amber,Delivered,60,",
        "A-2,Alpha,Proposed,New,Green Delivered,Target,7,",
        "B-1,Beta,Current,Further,Green Delivered,Target,40,",
        "B-2,Beta,Current,New,Amber,Target,,30",
        head=then,
    )
    quarter(
        kept,
        Q2,
        "A-1,Alpha,Current,Further,Amber,Target,20",
        "B-2,Beta,Current,New,Amber,Target,30",
        head=now,
    )
    found = kept.load(Q2)
    alpha, beta = (movement(found, project).left_out for project in ("alpha", "beta"))
    assert alpha
    assert beta
    assert (pounds(alpha.delivered), alpha.rated) == (60_000, None)
    assert (beta.delivered, pounds(beta.rated)) == (None, 40_000)
    told = programme_movement(found).left_out
    assert told
    assert say(movement_words.left_out(told, "Schedules no longer list"), in_short) == (
        "Schedules no longer list 2014/15, which is over: a target of £140,000 and £7,000 proposed,"
        " £60,000 recorded as delivered, £40,000 rated Green Delivered."
    )
