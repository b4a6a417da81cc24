"""What moves beside the savings: milestones, duties, and what an analyst must know of the quarter before."""

from pathlib import Path

import pytest
from quarters import A1, HEAD, Q1, Q2, Q3, quarter
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.measure import project_measures
from ffanalysis.model import Tables
from ffanalysis.present.reading import history_notes
from ffanalysis.present.words import say
from ffanalysis.read import load

# Milestones and duties


def delivery(root: Path, period: str, milestone: str, done: str) -> Tables:
    folder = quarter(root, period, A1, projects=("Alpha",))
    (folder / "milestones.csv").write_text(f"Project,Milestone,Completed by date\nAlpha,Contract let,{milestone}\n", "utf-8")
    (folder / "deadlines.csv").write_text(f"Project,What,Quantity,Done,By\nAlpha,reviews,600,{done},April 2018\n", "utf-8")
    return load(period, root)


def test_a_milestone_that_moved_says_when_it_was_before(tmp_path: Path) -> None:
    delivery(tmp_path, Q1, "March 2016", "30")
    tables = delivery(tmp_path, Q2, "June 2016", "120")
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").delivery().html)).text)
    row = f"Contract letJune 2016to come, after the saving starts; in quarter {Q1} it was March 2016"
    assert row in text, "the cells of a row, one after the other"
    # 600 - 120 over the 30 months from 1 October 2015 is 16 a month; from 30 June to 30 September 90 were done, 30 a month.
    assert f"done so far: 120; since quarter {Q1} 30 a month, which is enough." in text
    assert "16 a month over the 30 months that are left" in text


@pytest.mark.parametrize(("first", "second"), [("", "120"), ("30", "")])
def test_a_duty_of_which_a_quarter_does_not_say_how_much_is_done_has_no_rate_achieved(
    tmp_path: Path, first: str, second: str
) -> None:
    delivery(tmp_path, Q1, "March 2016", first)
    (duty,) = project_measures(delivery(tmp_path, Q2, "March 2016", second), "alpha").deadlines
    assert duty.achieved is None


def test_a_milestone_that_did_not_move_says_nothing(tmp_path: Path) -> None:
    delivery(tmp_path, Q1, "March 2016", "30")
    tables = delivery(tmp_path, Q2, "March 2016", "30")
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").delivery().html)).text)
    assert "it was" not in text
    assert f"done so far: 30; none done since quarter {Q1}." in text


# What an analyst must know of the quarter before


def test_a_quarter_that_is_missing_is_named_where_movement_is_measured_from_another(tmp_path: Path) -> None:
    quarter(tmp_path, Q1, A1)
    quarter(tmp_path, Q3, A1)
    assert list(history_notes(load(Q3, tmp_path))) == [
        f"Note: quarter {Q2} has not been read, so movement is measured from quarter {Q1}."
    ]
    assert list(history_notes(load(Q1, tmp_path))) == []


def test_what_cannot_be_read_of_the_quarter_before_is_told(tmp_path: Path) -> None:
    quarter(tmp_path, Q1, A1.replace("150", "tbx"))
    quarter(tmp_path, Q2, A1)
    (note,) = history_notes(load(Q2, tmp_path))
    assert note.startswith(f"Note: movement since quarter {Q1} cannot be shown in full. {Q1}/schedule.csv, sheet schedule, cell G4")


def test_a_sheet_whose_savings_are_lost_is_an_error(tmp_path: Path) -> None:
    quarter(tmp_path, Q1, A1)
    folder = quarter(tmp_path, Q2, A1)
    (folder / "schedule.csv").write_text("Notes\nNothing here but words\n", "utf-8")
    (folder / "other.csv").write_text(f"£000\nPlan,Current\n{HEAD}\n{A1}\n", "utf-8")
    lost = [item for item in ff.check(load(Q2, tmp_path)) if item.rule == "savings-stated" and not item.project]
    assert [(item.severity, say(item.message)) for item in lost] == [
        (
            "error",
            (
                f"schedule.csv, sheet schedule: it stated savings in quarter {Q1}; now no table of it is known. "
                "Compare its headings with that quarter's."
            ),
        )
    ]
    (folder / "schedule.csv").unlink()
    assert not [item for item in ff.check(load(Q2, tmp_path)) if item.rule == "savings-stated" and not item.project]


def test_a_project_whose_only_line_is_refused_is_not_said_to_state_none(tmp_path: Path) -> None:
    quarter(tmp_path, Q2, A1.replace("Amber", "Purple"))
    tables = load(Q2, tmp_path)
    assert list(tables.refusals["project"]) == ["alpha"]
    said = [say(item.message) for item in ff.check(tables) if item.rule == "savings-stated"]
    assert said == ["Beta: no table states a saving of it. Sheets with savings: none."]
