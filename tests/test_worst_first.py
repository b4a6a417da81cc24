"""The order of projects on the programme page: the worst first, whatever they are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffanalysis.present.worst_first import Standing, worst_first

STANDINGS = st.builds(
    Standing,
    has_briefing=st.booleans(),
    has_error=st.booleans(),
    shortfall=st.sampled_from([0, 1, 700, 40_000]),
    rags=st.lists(
        st.sampled_from(["Red", "Amber", "TBC", "Green On Target", "Green Delivered"]), max_size=3
    ),
    amount=st.sampled_from([-500, 0, 20, 900]),
)


def is_worse(one: Standing, other: Standing) -> bool:
    """Whether a project must come before another, by the first point in which the two differ."""
    if one.has_briefing != other.has_briefing:
        return other.has_briefing
    if one.has_error != other.has_error:
        return one.has_error
    if one.shortfall != other.shortfall:
        return one.shortfall > other.shortfall
    if grade(one) != grade(other):
        return grade(one) < grade(other)
    return one.amount > other.amount


def grade(one: Standing) -> int:
    """Its worst line by hand: 0 for Red, 1 for Amber, 2 for none or another, 3 and 4 for Green."""
    for place, some in enumerate((["Red"], ["Amber"], ["TBC"], ["Green On Target"])):
        if {*some} & {*one.rags}:
            return place
    return 4 if one.rags else 2


@given(st.dictionaries(st.text("abc", min_size=1, max_size=4), STANDINGS, max_size=9))
def test_no_project_stands_before_one_that_is_worse(standings: dict[str, Standing]) -> None:
    order = worst_first(standings)
    assert sorted(order) == sorted(standings), "each once"
    for first, second in pairwise(order):
        assert not is_worse(standings[second], standings[first])
        if not is_worse(standings[first], standings[second]):
            assert [*standings].index(first) < [*standings].index(second), "alike: as they were"


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (Standing(has_briefing=False), Standing(has_error=True, shortfall=9, rags=["Red"])),
        (Standing(has_error=True), Standing(shortfall=9, rags=["Red"], amount=9)),
        (Standing(shortfall=2, rags=["Green On Target"]), Standing(shortfall=1, rags=["Red"])),
        (Standing(rags=["Green On Target", "Red"]), Standing(rags=["Amber"], amount=9)),
        (Standing(rags=["Amber"]), Standing(rags=["TBC"], amount=9)),
        (Standing(), Standing(rags=["Green On Target"], amount=9)),
        (Standing(rags=["Green On Target"]), Standing(rags=["Green Delivered"], amount=9)),
        (Standing(rags=["Red"], amount=9), Standing(rags=["Red"], amount=8)),
    ],
)
def test_each_point_outweighs_all_that_come_after_it(worse: Standing, better: Standing) -> None:
    assert worst_first({"better": better, "worse": worse}) == ["worse", "better"]
    assert worst_first({"worse": worse, "better": better}) == ["worse", "better"]
