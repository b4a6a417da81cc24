"""A timeline can be drawn of whatever days the register has.

Near and far, past and to come, with words of any length.
"""

from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rendered import IS_SOAK

from ffanalysis.present import drawing, timeline
from ffanalysis.tables import MilestoneRow

AS_OF = date(2015, 9, 30)
days = st.integers(-8000, 8000).map(lambda number: AS_OF + timedelta(days=number))
names = st.text("Consultation with everybody", min_size=1, max_size=120)


def milestone(
    name: str, first: date | None, length: int = 30, *, tentative: bool = False
) -> MilestoneRow:
    last = None if first is None else first + timedelta(days=length)
    by = None if first is None else f"{first:%B %Y}"
    place = {"workbook": "register.csv", "sheet": "Milestones", "cell": "B3"}
    return MilestoneRow("alpha", name, by, first, last, tentative, **place)


milestones = st.builds(
    milestone, names, st.none() | days, st.integers(0, 400), tentative=st.booleans()
)


@settings(max_examples=200 if IS_SOAK else 10)
@given(st.lists(milestones, min_size=1, max_size=6), st.none() | days, st.none() | days)
def test_any_days_can_be_drawn(
    rows: list[MilestoneRow], saving: date | None, duty: date | None
) -> None:
    starts = (saving, "Saving of £182,924 starts") if saving else None
    duties = [(duty, "About 3,000 to be done")] if duty else []
    # A warning of the drawing is an error here, as it is where a briefing is made.
    assert timeline.timelines(rows, AS_OF, starts, duties)[0].alt.startswith(
        "Timeline. As at 30 September 2015. "
    )


@pytest.mark.parametrize("years_before", [0, 1, 2, 20])
def test_a_saving_that_began_before_all_milestones_can_be_drawn(years_before: int) -> None:
    rows = [
        milestone(name, date(2016, month, 1))
        for month, name in enumerate(("Tender", "Award", "Start"), 1)
    ]
    starts = date(2015 - years_before, 4, 1)
    alt = timeline.timelines(
        rows, AS_OF, (starts, f"Saving of £182,924 due from 1 April {starts.year}"), []
    )[0].alt
    assert alt.endswith(f"Start: March 2016. Saving of £182,924 due from 1 April {starts.year}.")


def test_many_milestones_are_several_pictures_each_of_one_page() -> None:
    rows = [milestone(f"Step {number}", date(2016, 1, 1 + number % 28)) for number in range(70)]
    found = timeline.timelines(rows, AS_OF, (date(2016, 4, 1), "Saving starts"), [])
    # 71 rows: 24 and 24 and 23.
    assert [chart.alt.count("Step ") for chart in found] == [24, 24, 22]
    assert "Saving starts" in found[-1].alt
    heights = [Image.open(BytesIO(chart.png)).height for chart in found]
    assert max(heights) < 2000, "a page of A4 holds so much at this width"


def test_a_milestone_on_the_day_the_saving_starts_is_inside_the_picture() -> None:
    day = date(2025, 4, 1)
    (found,) = timeline.timelines([milestone("Live", day)], date(2025, 12, 31), (day, "Saving"), [])
    assert "Live" in found.alt


def bar(row: MilestoneRow) -> tuple[float, str]:
    """Where the bar of a milestone begins on a timeline of 2015 and 2016, and its hatching."""
    axes = drawing.canvas_of(2).add_subplot()
    timeline.Timeline(axes, AS_OF, date(2015, 1, 1), date(2016, 12, 31)).milestone(row)
    (patch,) = axes.patches
    return round(patch.get_x(), 3), patch.get_hatch() or ""


def test_a_completed_milestone_is_firm_and_stands_where_it_was_completed() -> None:
    due, done = date(2016, 6, 1), date(2015, 5, 1)
    tentative = milestone("Award", due, tentative=True)
    completed = tentative._replace(done=True, completed_on="1 May 2015", done_first=done)
    completed = completed._replace(done_last=done)
    assert bar(tentative) == (bar(milestone("Award", due))[0], "////")
    assert bar(completed) == (bar(milestone("Award", done))[0], "")


def test_a_completed_milestone_without_any_day_is_not_called_undated() -> None:
    row = milestone("Award", None)._replace(done=True, status="Complete")
    (found,) = timeline.timelines([row, milestone("Start", None)], AS_OF, None, [])
    assert found.alt == "Timeline. As at 30 September 2015. Award: completed. Start: undated."
