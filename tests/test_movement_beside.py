"""What moves beside the savings.

Milestones, duties, and what an analyst must know of the quarter before.
"""

import pytest
from quarters import A1, HEAD, Q1, Q2, Q3, Quarters, quarter
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.figures import Figure
from ffanalysis.measure import project_measures
from ffanalysis.present import movement_words
from ffanalysis.present.programme import Programme
from ffanalysis.present.reading import history_notes
from ffanalysis.present.words import say

# Milestones and duties


def delivery(root: Quarters, period: str, milestone: str, done: str) -> Quarter:
    folder = quarter(root, period, A1, projects=("Alpha",))
    folder["milestones.csv"] = (
        f"Project,Milestone,Completed by date\nAlpha,Contract let,{milestone}\n"
    )
    folder["deadlines.csv"] = (
        f"Project,What,Quantity,Done,By\nAlpha,reviews,600,{done},April 2018\n"
    )
    return root.load(period)


def test_a_milestone_that_moved_says_when_it_was_before(kept: Quarters) -> None:
    delivery(kept, Q1, "March 2016", "30")
    tables = delivery(kept, Q2, "June 2016", "120")
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").timeline().html)).text)
    row = "Contract letJune 2016Falls after the saving starts; in Quarter 1 it was March 2016"
    assert row in text, "the cells of a row, one after the other"
    # 600 - 120 over the 30 months from 1 October 2015 is 16 a month; from 30 June to 30 September
    # 90 were done, 30 a month.
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").delivery().html)).text)
    assert "Since Quarter 1, 30 a month have been done: on schedule." in text
    assert "So far 120 have been done; the rest needs 16 a month over the 30 months left." in text


@pytest.mark.parametrize(("first", "second"), [("", "120"), ("30", "")])
def test_a_duty_of_which_a_quarter_does_not_say_how_much_is_done_has_no_rate_achieved(
    kept: Quarters, first: str, second: str
) -> None:
    delivery(kept, Q1, "March 2016", first)
    (duty,) = project_measures(delivery(kept, Q2, "March 2016", second), "alpha").deadlines
    assert duty.achieved is None


def test_a_milestone_that_did_not_move_says_nothing(kept: Quarters) -> None:
    delivery(kept, Q1, "March 2016", "30")
    tables = delivery(kept, Q2, "March 2016", "30")
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    assert "it was" not in words(page_of(str(briefing.timeline().html)).text)
    text = words(page_of(str(briefing.delivery().html)).text)
    assert "it was" not in text
    assert "None recorded since Quarter 1: behind schedule." in text


def schedule_of(
    root: Quarters, period: str, *milestones: str, lines: tuple[str, ...] = (A1,)
) -> Quarter:
    folder = quarter(root, period, *lines, projects=("Alpha",))
    rows = "".join(f"Alpha,{row}\n" for row in milestones)
    folder["milestones.csv"] = f"Project,Milestone,Completed by date\n{rows}"
    return root.load(period)


def test_a_milestone_by_a_long_name_is_counted_and_one_that_stands_twice_is_not_followed(
    kept: Quarters,
) -> None:
    long = (
        "The contract for the whole of the transport service is let by the board, in all of its"
        " five areas and the two districts"
    )
    schedule_of(kept, Q1, f'"{long}",January 2016', "Let,January 2016", "Let,February 2016")
    tables = schedule_of(kept, Q2, f'"{long}",May 2016', "Let,May 2016")
    assert (
        say(movement_words.lead(project_measures(tables, "alpha").movement))
        == "Since Quarter 1, one milestone moved, to after the saving starts."
    )


def test_the_programme_page_tells_a_milestone_that_moved_and_counts_its_project(
    kept: Quarters,
) -> None:
    schedule_of(kept, Q1, "Let,March 2016")
    tables = schedule_of(kept, Q2, "Let,June 2016")
    page = Programme.of(tables, ff.check(tables))
    text = words(page_of(str(page.moved().html)).text)
    assert "Since Quarter 1, 1 project changed." in text
    assert (
        "Alpha: milestone ‘Let’ moved from March 2016 to June 2016, after the saving starts."
        in text
    )
    row = next(page_of(str(page.projects().html)).one("tbody").all("tr"))
    assert [cell.text for cell in row.all("th", "td")][3] == "milestone"


# What an analyst must know of the quarter before


def test_a_quarter_that_is_missing_is_named_where_movement_is_measured_from_another(
    kept: Quarters,
) -> None:
    quarter(kept, Q1, A1)
    quarter(kept, Q3, A1)
    assert list(history_notes(kept.load(Q3))) == [
        f"Note: quarter {Q2} has not been read, so movement is measured from quarter {Q1}."
    ]
    assert list(history_notes(kept.load(Q1))) == []


def test_what_cannot_be_read_of_the_quarter_before_is_told(kept: Quarters) -> None:
    quarter(kept, Q1, A1.replace("150", "tbx"))
    quarter(kept, Q2, A1)
    (note,) = history_notes(kept.load(Q2))
    assert note.startswith(
        f"Note: movement since quarter {Q1} cannot be shown in full. {Q1}/schedule.csv, sheet"
        " schedule, cell G4"
    )


def test_a_sheet_whose_savings_are_lost_is_an_error(kept: Quarters) -> None:
    quarter(kept, Q1, A1)
    folder = quarter(kept, Q2, A1)
    folder["schedule.csv"] = "Notes\nNothing here but words\n"
    folder["other.csv"] = f"£000\nPlan,Current\n{HEAD}\n{A1}\n"
    lost = [
        item
        for item in ff.check(kept.load(Q2))
        if item.rule == "savings-stated" and not item.project
    ]
    assert [(item.severity, say(item.message)) for item in lost] == [
        (
            "error",
            (
                "schedule.csv, sheet schedule: it had savings in Quarter 1, but no table in it is"
                " recognised now. Compare its headings with that quarter's."
            ),
        )
    ]
    del folder["schedule.csv"]
    assert not [
        item
        for item in ff.check(kept.load(Q2))
        if item.rule == "savings-stated" and not item.project
    ]


def test_a_project_whose_only_line_is_refused_is_not_said_to_state_none(kept: Quarters) -> None:
    quarter(kept, Q2, A1.replace("Amber", "Purple"))
    tables = kept.load(Q2)
    assert [row.project for row in tables.refusals] == ["alpha"]
    said = [say(item.message) for item in ff.check(tables) if item.rule == "savings-stated"]
    assert said == ["Beta: no table has a saving for it. Sheets with savings: none."]


def cells(figure: Figure) -> tuple[str, ...]:
    return tuple(map(str, figure.cells))


def test_each_figure_of_a_duty_names_the_cells_that_it_is_made_from(kept: Quarters) -> None:
    delivery(kept, Q1, "March 2016", "30")
    (duty,) = project_measures(delivery(kept, Q2, "March 2016", "120"), "alpha").deadlines
    many, done, day = (f"deadlines.csv!deadlines!{cell}" for cell in ("C2", "D2", "E2"))
    assert cells(duty.quantity) == (many,)
    assert cells(duty.done) == (done,)
    assert cells(duty.left) == (many, done)
    assert cells(duty.months) == (day,)
    assert cells(duty.rate) == (many, done, day)
    assert duty.achieved is not None
    assert cells(duty.achieved) == (f"{Q1}/deadlines.csv!deadlines!D2", done)


def test_two_duties_of_one_name_are_told_apart_by_their_day(kept: Quarters) -> None:
    for period, done in ((Q1, ("30", "90")), (Q2, ("120", "95"))):
        folder = quarter(kept, period, A1, projects=("Alpha",))
        rows = f"Alpha,reviews,600,{done[0]},April 2018\nAlpha,reviews,100,{done[1]},April 2016\n"
        folder["deadlines.csv"] = f"Project,What,Quantity,Done,By\n{rows}"
    first, second = project_measures(kept.load(Q2), "alpha").deadlines
    # 90 and 5 over three months.
    assert [duty.achieved and duty.achieved.value for duty in (first, second)] == [30, 1]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Contract let,March 2016", "contract  Let,March 2016"),
        ("Let,1 April 2016", "Let,01/04/2016"),
    ],
)
def test_a_milestone_that_is_only_written_otherwise_has_not_moved(
    kept: Quarters, was: str, now: str
) -> None:
    schedule_of(kept, Q1, was)
    assert project_measures(schedule_of(kept, Q2, now), "alpha").movement.milestones == ()


def test_a_day_that_became_its_month_is_not_brought_forward(kept: Quarters) -> None:
    schedule_of(kept, Q1, "Let,31 March 2016")
    (shift,) = project_measures(
        schedule_of(kept, Q2, "Let,March 2016"), "alpha"
    ).movement.milestones
    assert shift.kind == "restated"


def test_of_many_milestones_those_that_are_not_listed_any_more_are_named(kept: Quarters) -> None:
    names = ("One", "Two", "Three", "Four", "Five")
    schedule_of(kept, Q1, *(f"{name},January 2016" for name in names))
    tables = schedule_of(kept, Q2, *(f"{name},March 2016" for name in names[:3]))
    assert (
        say(movement_words.lead(project_measures(tables, "alpha").movement))
        == "Since Quarter 1, milestone 'Four' (January 2016) was removed from the register."
        " Milestone 'Five' (January 2016) was removed from the register. Three"
        " milestones moved."
    )
    tables = schedule_of(kept, Q2, "One,January 2016")
    assert ". Two more milestones were removed from the register" in say(
        movement_words.lead(project_measures(tables, "alpha").movement)
    )


@pytest.mark.parametrize(
    ("by", "months", "rate"),
    [
        ("31 March 2016", 6, 20),
        ("1 April 2016", 6, 20),
        ("30 March 2016", 5, 24),
        ("April 2016", 6, 20),
        # A day is no month: no rate a month is given.
        ("1 October 2015", 0, None),
    ],
)
def test_what_is_due_by_a_day_may_be_done_on_it(
    kept: Quarters, by: str, months: int, rate: int | None
) -> None:
    folder = quarter(kept, Q2, A1, projects=("Alpha",))
    folder["deadlines.csv"] = f"Project,What,Quantity,Done,By\nAlpha,plans,600,480,{by}\n"
    # As of 30 September 2015, 120 are left.
    (duty,) = project_measures(kept.load(Q2), "alpha").deadlines
    assert (duty.months.value, duty.rate.value) == (months, rate)


def test_the_first_screen_shows_the_duty_that_is_of_most_concern(kept: Quarters) -> None:
    def card(*duties: str) -> str:
        for period, done in ((Q1, "40"), (Q2, "80")):
            folder = quarter(kept, period, A1, projects=("Alpha",))
            lines = "".join(f"Alpha,{duty.format(done)}\n" for duty in duties)
            folder["deadlines.csv"] = f"Project,What,Quantity,Done,By\n{lines}"
        tables = kept.load(Q2)
        keys = page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).one(
            "ul", **{"class": "keys"}
        )
        return words(keys.text).partition("Statutory deadline")[2].strip()

    # As of 30 September 2015: enough; of 600 left 520 over 6 months, 87 a month against 13; a day
    # that has passed.
    enough, behind, passed = (
        "plans,100,{},April 2016",
        "reviews,600,{},April 2016",
        "checks,100,{},July 2015",
    )
    assert ": on schedule." in card(enough)
    assert "more under" not in card(enough)
    assert card(enough, behind).startswith("April 2016 520 of 600 reviews still to do: 87 a month.")
    assert card(enough, behind).endswith(" One more under Milestones and deadlines.")
    assert card(enough, behind, passed).startswith("July 2015")
    assert "That date has passed." in card(enough, behind, passed)
    assert ".;" not in card(enough, behind, passed)
