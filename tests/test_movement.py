"""What moved since the quarter before.

Each kind of movement, what cannot be told, and how it is said.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from quarters import (
    A1,
    A2,
    ALL,
    HEAD,
    Q1,
    Q2,
    Q3,
    Quarters,
    balance,
    flow,
    pounds,
    quarter,
    steps,
)
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.errors import UserError
from ffanalysis.figures import Figure, Sum, constant, missing
from ffanalysis.measure.movement import LineMovement, Movement, movement
from ffanalysis.measure.programme_movement import programme_movement
from ffanalysis.money import in_short
from ffanalysis.periods import Period
from ffanalysis.present import movement as present
from ffanalysis.present.programme import Programme
from ffanalysis.present.programme_movement import lead
from ffanalysis.present.words import say
from ffanalysis.read import load, quarters_before
from ffanalysis.savings.changes import (
    Added,
    Ambiguous,
    BroughtForward,
    Change,
    MovedBetweenYears,
    Promoted,
    Rebased,
    Removed,
    Rerated,
    Slipped,
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
    for item in page_of(str(present.section(found, "Alpha"))).all("data"):
        name, value = item.attributes["data-figure"], item.attributes["value"]
        assert known.setdefault(name, value) == value, name
    return found


def only(found: Movement) -> LineMovement:
    (line,) = found.moved
    return line


def between_years(
    line: LineMovement,
) -> tuple[float | None, tuple[str, ...], tuple[str, ...]] | None:
    """What of a line moved between years, in pounds, from which years and to which."""
    for each in line.changes:
        if isinstance(each, MovedBetweenYears):
            return pounds(each.amount), each.from_years, each.to_years
    return None


# Each kind


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


def test_a_line_that_slips_and_one_that_is_brought_forward(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,70,80,150", "A-2,Alpha,New,Green On Target,40,,40")
    line = only(moved(kept))
    assert (line.kinds, between_years(line)) == (
        ["slipped"],
        (30_000, ("2016/17",), ("2017/18",)),
    )
    quarter(kept, Q3, A1, A2)
    line = only(moved(kept, period=Q3))
    assert (line.kinds, between_years(line)) == (
        ["brought forward"],
        (30_000, ("2017/18",), ("2016/17",)),
    )


def test_years_that_change_to_and_fro_are_re_phased(kept: Quarters) -> None:
    head = "Ref,Project,Type of saving,RAG,2016/17,2017/18,2018/19,Total"
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,10,20,30,60", head=head)
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,15,10,35,60", head=head)
    line = only(moved(kept))
    assert (line.kinds, between_years(line)) == (
        ["re-phased"],
        (10_000, ("2017/18",), ("2016/17", "2018/19")),
    )


def test_a_line_that_is_re_based_is_not_called_slipped_though_its_years_change(
    kept: Quarters,
) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, "A-1,Alpha,Further,Red,60,80,140")
    found = moved(kept)
    line = only(found)
    assert (line.kinds, pounds(line.change)) == (["RAG", "re-based"], -10_000)
    assert between_years(line) is None
    assert steps(found) == {"Re-based": -10_000}
    assert {year: (pounds(was), pounds(now)) for year, (was, now) in line.years.items()} == {
        "2016/17": (100_000, 60_000),
        "2017/18": (50_000, 80_000),
    }


def test_a_line_whose_type_or_route_changes_is_reclassified(kept: Quarters) -> None:
    head = "Ref,Project,Type of saving,Delivery route,RAG,2016/17"
    quarter(
        kept,
        Q1,
        "A-1,Alpha,New,Retained,Amber,100",
        "A-2,Alpha,New,Retained,Amber,50",
        head=head,
    )
    quarter(
        kept,
        Q2,
        "A-1,Alpha,New,Commissioned,Amber,100",
        "A-2,Alpha,New,Retained,Amber,50",
        head=head,
    )
    found = moved(kept)
    assert (only(found).kinds, steps(found)) == (["reclassified"], {})
    assert (
        say(present.lead(found, "Alpha"))
        == f"Since quarter {Q1}, the New, commissioned (A-1) line was reclassified: it was New,"
        " retained (A-1) and is New, commissioned (A-1) now (the schedule gives no reason)."
    )


def test_a_new_line_and_one_that_is_taken_out(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A2)
    found = moved(kept)
    new, gone = found.moved
    assert (new.kinds, new.last, new.rag, new.before.value, pounds(new.after)) == (
        ["new"],
        "",
        "Green On Target",
        None,
        40_000,
    )
    assert (gone.kinds, gone.last, gone.rag, pounds(gone.before), gone.after.value) == (
        ["taken out"],
        "Amber",
        "",
        150_000,
        None,
    )
    kinds = {"New lines": 40_000, "Lines taken out": -150_000}
    assert balance(found) == (150_000, kinds, 40_000)


def test_nothing_that_moved_is_no_movement_of_nil(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, A1, A2)
    found = moved(kept)
    assert (found.moved, steps(found), len(found.lines)) == ((), {}, 2)


def test_the_first_quarter_has_no_movement(kept: Quarters) -> None:
    quarter(kept, Q2, A1)
    assert moved(kept) == Movement(None)


def test_a_line_without_a_reference_is_followed_by_its_type_and_route(kept: Quarters) -> None:
    quarter(kept, Q1, *(line.replace("A-1", "").replace("A-2", "") for line in (A1, A2)))
    quarter(kept, Q2, ",Alpha,Further,Red,100,50,150", ",Alpha,New,Green On Target,45,,45")
    first, second = moved(kept).moved
    assert (first.label, first.kinds, second.label, second.kinds) == (
        "Further",
        ["RAG"],
        "New",
        ["re-based"],
    )


def test_two_lines_that_nothing_tells_apart_are_not_followed(kept: Quarters) -> None:
    quarter(kept, Q1, ",Alpha,Further,Amber,100,,100", ",Alpha,Further,Red,50,,50")
    quarter(kept, Q2, ",Alpha,Further,Amber,90,,90", ",Alpha,Further,Red,50,,50")
    found = moved(kept)
    line = only(found)
    assert (line.kinds, pounds(line.change)) == (["not followed"], -10_000)
    assert steps(found) == {"Not followed": -10_000}


def test_a_line_that_stands_twice_keeps_its_status_where_both_agree(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A1)
    quarter(kept, Q2, A1.replace("Amber", "Red"))
    assert only(moved(kept)).kinds == ["RAG", "not followed"]


def test_faster_savings_are_followed_and_never_added(kept: Quarters) -> None:
    quarter(kept, Q1, A1, "A-3,Alpha,Existing (Faster),Amber,20,,20")
    quarter(kept, Q2, A1, "A-3,Alpha,Existing (Faster),Amber,30,,30")
    found = moved(kept)
    assert only(found).kinds == ["re-based"]
    assert balance(found) == (150_000, {}, 150_000)


def test_a_part_that_is_not_known_any_more_is_missing_from_what_closes(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,100,TBC,TBC")
    found = moved(kept)
    (line,) = found.lines
    assert (line.kinds, pounds(line.change), line.change.partial) == (
        ["no longer stated"],
        -50_000,
        True,
    )
    assert steps(found) == {"No longer stated": -50_000}
    assert say(present.lead(found, "Alpha"), in_short).startswith(
        f"Since quarter {Q1}, £50k of the saving is no longer stated (TBC) (the schedule gives no"
        " reason)."
    )


def test_a_part_that_is_known_at_last_is_counted_in(kept: Quarters) -> None:
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,100,TBC,TBC")
    quarter(kept, Q2, A1)
    found = moved(kept)
    assert only(found).kinds == ["now stated"]
    assert steps(found) == {"Now stated": 50_000}
    assert (
        say(present.lead(found, "Alpha"), in_short)
        == f"Since quarter {Q1}, £50k of the saving is now stated; it was TBC (the schedule gives"
        " no reason)."
    )


def test_what_is_not_known_is_told_apart_from_what_changed(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,90,TBC,TBC")
    found = moved(kept)
    assert only(found).kinds == ["no longer stated", "re-based"]
    assert steps(found) == {
        "Re-based": -10_000,
        "No longer stated": -50_000,
    }
    assert (
        say(present.lead(found, "Alpha"), in_short)
        == f"Since quarter {Q1}, what both quarters state of the saving is £10k less; "
        "£50k of it is no longer stated (TBC) (the schedule gives no reason)."
    )


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


def test_what_slips_beside_what_is_not_known(kept: Quarters) -> None:
    head = HEAD.replace("2017/18,", "2017/18,2018/19,")
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,100,50,20,170", head=head)
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,70,80,TBC,TBC", head=head)
    line = only(moved(kept))
    assert (line.kinds, between_years(line)) == (
        ["no longer stated", "slipped"],
        (30_000, ("2016/17",), ("2017/18",)),
    )


@pytest.mark.parametrize(("mark", "said"), [("TBC", "TBC"), ("", "blank")])
def test_an_amount_that_is_no_longer_stated_is_said_and_counted_out(
    kept: Quarters, mark: str, said: str
) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, f"A-1,Alpha,Further,Amber,{mark},{mark},", A2)
    found = moved(kept)
    line = only(found)
    assert (line.kinds, pounds(line.before), pounds(line.after)) == (
        ["no longer stated"],
        150_000,
        None,
    )
    assert balance(found) == (190_000, {"No longer stated": -150_000}, 40_000)
    clause = (
        f"Since quarter {Q1}, £150k of the Further (A-1) line is no longer stated ({said}) (the"
        " schedule gives no reason)."
    )
    assert say(present.lead(found, "Alpha"), in_short) == clause


def test_an_amount_that_is_stated_at_last_is_said_and_counted_in(kept: Quarters) -> None:
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,TBC,,")
    quarter(kept, Q2, A1)
    found = moved(kept)
    assert only(found).kinds == ["now stated"]
    assert steps(found) == {"Now stated": 150_000}
    assert (
        say(present.lead(found, "Alpha"), in_short)
        == f"Since quarter {Q1}, the saving is now stated at £150k; it was TBC (the schedule gives"
        " no reason)."
    )


def test_what_is_unknown_in_both_quarters_has_not_moved(kept: Quarters) -> None:
    for period in (Q1, Q2):
        quarter(kept, period, "A-1,Alpha,Further,Amber,TBC,,")
    found = moved(kept)
    assert (found.moved, steps(found), found.lines[0].change.value) == ((), {}, None)


def test_a_status_that_is_blank_is_not_called_so(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A1.replace("Amber", ""))
    said = say(present.lead(moved(kept), "Alpha"))
    assert (
        said
        == f"Since quarter {Q1}, the saving moved from Amber to no stated RAG status (the schedule"
        " gives no reason)."
    )


PLANS = "Ref,Project,Plan,Type of saving,RAG,Measure,2016/17,2017/18"


def test_a_proposal_that_is_taken_into_the_plan_has_moved(kept: Quarters) -> None:
    quarter(kept, Q1, "A-1,Alpha,Proposed,Further,Amber,,100,50", head=PLANS)
    quarter(kept, Q2, "A-1,Alpha,Current,Further,Amber,,100,50", head=PLANS)
    found = moved(kept)
    assert only(found).kinds == ["plan"]
    assert only(found).changes == (Promoted("proposed", "current"),)
    assert balance(found) == (None, {"Moved from another plan": 150_000}, 150_000)
    assert balance(found, 1) == (150_000, {"Moved to another plan": -150_000}, None)
    assert (
        say(present.lead(found, "Alpha"))
        == f"Since quarter {Q1}, the saving, proposed in quarter {Q1}, is in the plan now (the"
        " schedule gives no reason)."
    )
    tables = kept.load(Q2)
    page = words(page_of(str(Programme.of(tables, ff.check(tables)).moved().html)).text)
    assert (
        f"Alpha: the saving, proposed in quarter {Q1}, is in the plan now (the schedule gives no"
        " reason)." in page
    )


NOTHING = (
    f"Nothing has moved since quarter {Q1}: no RAG status, no amount, no year and no milestone."
)


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
    return say(present.lead(moved(root), "Alpha"), in_short)


@pytest.mark.parametrize(
    ("delivered", "forecast", "said"),
    [
        (("30", "45"), ("100,50", "100,50"), f"Since quarter {Q1}, £15k more is delivered; {{}}"),
        (
            ("30", "20"),
            ("100,50", "100,50"),
            f"Since quarter {Q1}, £10k less is stated as delivered; {{}}",
        ),
        (
            ("30", "30"),
            ("100,50", "100,20"),
            f"Since quarter {Q1}, the forecast is £30k lower; {{}}",
        ),
        (
            ("30", "45"),
            ("100,50", "100,60"),
            f"Since quarter {Q1}, £15k more is delivered; the forecast is £10k higher; {{}}",
        ),
        (("30", "30"), ("100,50", "100,50"), NOTHING),
        (
            ("", "45"),
            ("100,50", "100,TBC"),
            (
                f"Since quarter {Q1}, £45k is delivered where no amount was stated in that quarter;"
                " {}"
            ),
        ),
        (
            ("TBC", "45"),
            ("100,50", "100,TBC"),
            (
                f"Since quarter {Q1}, £45k is delivered where no amount was stated in that quarter;"
                " {}"
            ),
        ),
        (
            ("45", ""),
            ("100,50", "100,TBC"),
            (
                f"Since quarter {Q1}, £45k was delivered in that quarter, and no amount is stated"
                " now; {}"
            ),
        ),
        (("45", "45"), ("100,50", "80,"), NOTHING),
    ],
    ids=[
        "more",
        "less",
        "lower",
        "both",
        "nothing",
        "first",
        "first, before TBC",
        "no more",
        "not known in both",
    ],
)
def test_what_is_delivered_and_forecast_moves_too(
    kept: Quarters, delivered: tuple[str, str], forecast: tuple[str, str], said: str
) -> None:
    assert progress(kept, delivered, forecast) == said.format(
        "no RAG status, no target and no year has moved."
    )


@pytest.mark.parametrize(
    ("delivered", "forecast", "said"),
    [
        (("30", "45"), ("100,50", "100,50"), "delivered"),
        (("30", "45"), ("100,50", "100,40"), "forecast"),
        (("30", "30"), ("100,50", "100,50"), "nothing"),
    ],
)
def test_the_programme_page_does_not_call_a_changed_forecast_nothing(
    kept: Quarters, delivered: tuple[str, str], forecast: tuple[str, str], said: str
) -> None:
    progress(kept, delivered, forecast)
    tables = kept.load(Q2)
    row = next(
        page_of(str(Programme.of(tables, ff.check(tables)).projects().html)).one("tbody").all("tr")
    )
    assert [cell.text for cell in row.all("th", "td")][3] == said


def test_progress_stands_behind_what_moved(kept: Quarters) -> None:
    said = progress(kept, ("30", "45"), ("100,50", "100,50"), ("Amber", "Red"))
    assert (
        said
        == f"Since quarter {Q1}, the saving moved from Amber to Red (the schedule gives no reason);"
        " £15k more is delivered."
    )
    html = str(present.section(moved(kept), "Alpha"))
    table = next(item for item in page_of(html).all("table") if "then and now" in item.text)
    assert [[words(cell.text) for cell in row.all("th", "td")] for row in table.all("tr")] == [
        ["Saving", f"In {Q1}", "Now", "Change"],
        ["Delivered", "30", "45", "15"],
        ["Forecast", "150", "150", "nil"],
    ]


# How it began


def test_a_line_began_with_the_status_of_the_first_quarter_that_has_it(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q2, A1.replace("Amber", "Red"), A2)
    quarter(kept, Q3, A1, A2.replace("Green On Target", "Amber"))
    found = moved(kept, period=Q3)
    assert [(line.original, line.last, line.rag) for line in found.lines] == [
        ("Amber", "Red", "Amber"),
        ("Green On Target", "Green On Target", "Amber"),
    ]
    assert (str(found.since), str(found.original_since)) == (Q2, Q1)


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


def test_the_reason_is_the_schedules(kept: Quarters) -> None:
    head = HEAD.replace("RAG,", "RAG,Reason for movement,")
    quarter(kept, Q1, A1)
    quarter(kept, Q2, "A-1,Alpha,Further,Red,The lease runs on.,100,50,150", head=head)
    found = moved(kept)
    assert only(found).reason == "The lease runs on."
    said = say(present.lead(found, "Alpha"))
    assert (
        said
        == f"Since quarter {Q1}, the saving moved from Amber to Red (reason given: The lease runs"
        " on)."
    )


# Projects that come, go, or cannot be told


def test_a_project_that_is_new(kept: Quarters) -> None:
    quarter(kept, Q1, A1, projects=("Alpha",))
    quarter(kept, Q2, A1, "B-1,Beta,New,Red,7,,7")
    found = moved(kept, "beta")
    assert (found.is_new, found.problem, found.lines) == (True, "", ())
    assert (
        say(present.lead(found, "Beta"))
        == f"Beta is new this quarter: quarter {Q1} does not have it."
    )


def test_a_project_with_another_name_is_followed_by_its_alias(kept: Quarters) -> None:
    quarter(kept, Q1, A1, projects=("Alpha",))
    quarter(kept, Q2, A1.replace("Alpha", "Omega"), projects=("Omega",))
    assert moved(kept, "omega").is_new
    alias = (
        '[[alias]]\nkind = "project"\nname = "Omega"\nalso = ["Alpha"]\nreviewed_by = "Head of'
        ' Finance"\ndate = 2015-10-01\n'
    )
    kept[ALL]["aliases.toml"] = alias
    found = moved(kept, "omega")
    assert (found.is_new, found.renamed_from, found.moved) == (False, "Alpha", ())
    assert say(present.lead(found, "Omega")).startswith(
        f"In quarter {Q1} it was called Alpha. Nothing has moved since quarter {Q1}"
    )


def test_a_quarter_whose_cell_cannot_be_read_costs_the_movement_of_its_project_alone(
    kept: Quarters,
) -> None:
    quarter(kept, Q1, A1.replace("150", "tbx"), "B-1,Beta,New,Red,7,,7")
    quarter(kept, Q2, A1, "B-1,Beta,New,Red,8,,8")
    found = moved(kept)
    assert (found.lines, balance(found)) == ((), (None, {}, None))
    assert found.problem.startswith(
        f"{Q1}/schedule.csv, sheet schedule, cell G4: 'tbx' is not an amount"
    )
    assert say(present.lead(found, "Alpha")).startswith(
        f"Movement since quarter {Q1} cannot be shown. {Q1}/schedule.csv"
    )
    assert only(moved(kept, "beta")).kinds == ["re-based"]
    assert not kept.load(Q2).refusals, "this quarter can be read"


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


def test_all_projects_together(kept: Quarters) -> None:
    quarter(kept, Q1, A1, "G-1,Gamma,New,Red,30,,30", projects=("Alpha", "Gamma"))
    quarter(kept, Q2, A1.replace("Amber", "Red"), A2, "B-1,Beta,New,Amber,7,,7")
    found = programme_movement(kept.load(Q2))
    kinds = {"New projects": 7_000, "Projects taken out": -30_000, "New lines": 40_000}
    assert balance(found) == (180_000, kinds, 197_000)
    assert flow(found) == {
        ("Amber", "Red"): 150_000,
        ("", "Green On Target"): 40_000,
        ("", "Amber"): 7_000,
        ("Red", ""): 30_000,
    }
    (gone,) = found.gone
    assert (gone.project, gone.name) == ("gamma", "Gamma")
    assert {plan: pounds(figure) for plan, figure in gone.totals.items()} == {Plan.CURRENT: 30_000}
    said = say(lead(found))
    assert said == f"Since quarter {Q1}, 1 project moved, 1 is new and 1 was taken out."


def test_the_programme_page_tells_what_moved(kept: Quarters) -> None:
    quarter(kept, Q1, A1, "G-1,Gamma,New,Red,30,,30", projects=("Alpha", "Gamma"))
    quarter(kept, Q2, A1.replace("Amber", "Red"), "B-1,Beta,New,Amber,7,,7")
    tables = kept.load(Q2)
    page = page_of(str(ff.programme(tables, ff.check(tables)).moved().html))
    (told,) = (item for item in page.all("ul") if "moves" in item.classes)
    assert [words(item.text) for item in told.all("li")] == [
        "Gamma, £30k, was taken out (the register gives no reason).",
        "Alpha: the saving moved from Amber to Red (the schedule gives no reason).",
        "Beta is new: £7k.",
    ]
    assert (
        page.one("img")
        .attributes["alt"]
        .endswith("£150k from Amber to Red; £7k new at Amber; £30k taken out at Red.")
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
    before = f"Alpha, which quarter {Q1} had and this one has not"
    hint = "if it only has a new name, aliases.toml can say so"
    assert renames(kept) == [
        f"Gamma is new, and its lines (A-1, A-2) are those of {before}: {hint}."
    ]
    tables = kept.load(Q2)
    said = words(page_of(str(ff.briefing(tables, ff.check(tables), "gamma").message().html)).text)
    asked = "by this name; whether it only has a new name is asked under Reconciliation."
    assert f"Gamma is new this quarter: quarter {Q1} does not have it {asked}" in said
    page = words(page_of(str(Programme.of(tables, ff.check(tables)).moved().html)).text)
    assert "Gamma is new: £190k; whether it only has a new name is asked." in page
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
        if "a reference that both" in say(item.message)
    ]


def test_a_new_line_with_the_amounts_of_one_that_is_gone_is_asked_about(kept: Quarters) -> None:
    quarter(kept, Q1, A1, A2)
    quarter(kept, Q2, A1.replace("A-1", "A-9"), A2)
    assert renumbered(kept) == [
        (
            f"Alpha: Further (A-9) is new, and has the amounts of Further (A-1), which quarter {Q1}"
            " had and this one has not: if it is the same line, a reference that both quarters"
            " write alike would say so."
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


LESS = amount(constant(-1_000_000))


def line(
    *happened: Change,
    was: Sum = constant(15_000_000),  # noqa: B008 - it is frozen
    now: Sum = constant(14_000_000),  # noqa: B008
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
OPENING = f"Since quarter {Q1}, "


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(RERATED)], "the saving moved from Amber to Red (the schedule gives no reason)."),
        (
            [line(Rerated("not stated", "Red"))],
            "the saving moved from no stated RAG status to Red (the schedule gives no reason).",
        ),
        (
            [line(Rebased(LESS))],
            "the saving was re-based from £150k to £140k (the schedule gives no reason).",
        ),
        ([line(Added(LESS))], "the saving is new: £140k (the schedule gives no reason)."),
        (
            [line(Added(LESS), now=missing("not stated"))],
            "the saving is new: not stated (the schedule gives no reason).",
        ),
        ([line(Removed(LESS))], "the saving, £150k, was taken out (the schedule gives no reason)."),
        (
            [line(Slipped(amount(constant(3_000_000)), ("2016/17",), ("2017/18", "2018/19")))],
            (
                "£30k of the saving slipped from 2016/17 to 2017/18 and 2018/19 (the schedule gives"
                " no reason)."
            ),
        ),
        (
            [line(BroughtForward(amount(constant(3_000_000)), ("2017/18",), ("2016/17",)))],
            (
                "£30k of the saving was brought forward from 2017/18 to 2016/17 (the schedule gives"
                " no reason)."
            ),
        ),
        (
            [line(Ambiguous(LESS, then=False, now=True, same_amounts=False))],
            "the amounts of the saving cannot be followed, because it stands more than once now.",
        ),
        (
            [line(Ambiguous(LESS, then=True, now=False, same_amounts=False))],
            (
                "the amounts of the saving cannot be followed, because it stood more than once in"
                " that quarter."
            ),
        ),
        (
            [line(Ambiguous(LESS, then=True, now=False, same_amounts=True))],
            (
                f"the saving stood more than once in quarter {Q1} and stands once now, with the"
                " same amounts as one of those."
            ),
        ),
        (
            [line(Ambiguous(LESS, then=False, now=True, same_amounts=True))],
            "the saving stands more than once now, with the same amounts as before.",
        ),
        (
            [line(Ambiguous(LESS, then=True, now=True, same_amounts=False))],
            (
                "the amounts of the saving cannot be followed, because it stands more than once, in"
                " that quarter and now."
            ),
        ),
        (
            [line(Promoted("proposed", "current"), RERATED)],
            (
                f"the saving, proposed in quarter {Q1}, is in the plan now; it moved from Amber to"
                " Red (the schedule gives no reason)."
            ),
        ),
        (
            [line(RERATED, Rebased(LESS), reason="The board met")],
            (
                "the saving moved from Amber to Red; it was re-based from £150k to £140k (reason"
                " given: The board met)."
            ),
        ),
        (
            [line(RERATED), line()],
            "the Further (A-1) line moved from Amber to Red (the schedule gives no reason).",
        ),
        (
            [line(RERATED), line(RERATED), line(Added(LESS)), line()],
            "3 of 4 lines moved: another RAG status and new.",
        ),
    ],
)
def test_what_moved_is_said(lines: list[LineMovement], said: str) -> None:
    assert (
        say(present.lead(Movement(Period.parse(Q1), lines=tuple(lines)), "Alpha"), in_short)
        == OPENING + said
    )


def test_nothing_and_no_saving_are_said() -> None:
    since = Period.parse(Q1)
    assert (
        say(present.lead(Movement(None), "Alpha"))
        == "No earlier quarter has been read, so no movement is shown."
    )
    assert (
        say(present.lead(Movement(since), "Alpha"))
        == f"No saving was stated in quarter {Q1}, and none is now."
    )
    said = say(present.lead(Movement(since, lines=(line(),)), "Alpha"))
    assert said == NOTHING


def test_a_reason_from_a_workbook_is_no_markup(kept: Quarters) -> None:
    html = str(
        present.section(
            Movement(Period.parse(Q1), lines=(line(RERATED, reason="<script>1</script>"),)), "Alpha"
        )
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html
