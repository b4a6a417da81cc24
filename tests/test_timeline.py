"""A timeline can be drawn of whatever days the register has.

Near and far, past and to come, with words of any length.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import IS_SOAK

from ffanalysis.present import charts
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
    assert charts.timeline(rows, AS_OF, starts, duties).alt.startswith(
        "Timeline. As of 30 September 2015; "
    )


@pytest.mark.parametrize("years_before", [0, 1, 2, 20])
def test_a_saving_that_began_before_all_milestones_can_be_drawn(years_before: int) -> None:
    rows = [
        milestone(name, date(2016, month, 1))
        for month, name in enumerate(("Tender", "Award", "Start"), 1)
    ]
    starts = date(2015 - years_before, 4, 1)
    alt = charts.timeline(
        rows, AS_OF, (starts, f"Saving of £182,924 due from 1 April {starts.year}"), []
    ).alt
    assert alt.endswith(f"Start: March 2016; Saving of £182,924 due from 1 April {starts.year}.")
