"""A line that reports what it did last quarter, while the other lines of its project moved."""

from text_quarter import quarter

from ffanalysis.present.words import say

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | Alpha counters | New | Libraries | P | {0}"""
HEAD = """tracker.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Forecast 2015/16 | \
Target 2016/17 | Delivered 2016/17 | Forecast 2016/17
"""
THEN = ("A-1 | Alpha | Current | Amber | 40 | 5 | 35 | 20 | 0 | 20", "90 | 20 | 80 | 0 | 0 | 0")
MOVED = "A-2 | Alpha | Current | Amber | 90 | 45 | 80 | 0 | 0 | 0"


def asked(now: str, then: str = THEN[0], other: str = MOVED, status: str = "Approved") -> list[str]:
    register = REGISTER.format(status)
    before = f"A-2 | Alpha | Current | Amber | {THEN[1]}"
    found = quarter(
        f"2015-16-Q1/{register}",
        f"2015-16-Q1/{HEAD}{then}\n{before}",
        register,
        f"{HEAD}{now}\n{other}",
    )
    return [say(each.message) for each in found.findings if each.rule == "inputs-unchanged"]


def test_a_line_that_is_the_last_quarters_is_named_also_where_a_later_year_was_forecast_anew() -> (
    None
):
    (said,) = asked("A-1 | Alpha | Current | Amber | 40 | 5 | 35 | 20 | 0 | 15")
    assert said.startswith("Alpha, Saving (A-1): not updated since Quarter 1, while")


def test_a_new_figure_or_rating_is_an_update() -> None:
    assert not asked("A-1 | Alpha | Current | Amber | 40 | 5 | 30 | 20 | 0 | 20")
    assert not asked("A-1 | Alpha | Current | Amber | 40 | 9 | 35 | 20 | 0 | 20")
    assert not asked("A-1 | Alpha | Current | Red | 40 | 5 | 35 | 20 | 0 | 20")


def test_nothing_new_is_expected_of_what_is_complete_or_not_begun_or_closed() -> None:
    for line in (
        "A-1 | Alpha | Current | Amber | 40 | 40 | 40 | 20 | 0 | 20",
        "A-1 | Alpha | Current | Green Delivered | 40 | 35 | 35 | 20 | 0 | 20",
        "A-1 | Alpha | Current | Amber | 40 | 0 | 0 | 20 | 0 | 20",
        "A-1 | Alpha | Current | Amber | | | | 20 | 0 | 20",
        "A-1 | Alpha | Current | Amber | 40 | | 35 | 20 | | 20",
    ):
        assert not asked(line, line), line
    assert len(asked(THEN[0])) == 1
    assert not asked(THEN[0], status="Closed")
    assert len(asked(THEN[0], status="Not yet complete")) == 1


def test_a_project_or_tracker_that_is_unchanged_as_a_whole_is_said_of_that() -> None:
    (said,) = asked(THEN[0], other=f"A-2 | Alpha | Current | Amber | {THEN[1]}")
    assert said.startswith("tracker.xlsx:")


def test_a_programmes_own_lines_are_looked_at_too() -> None:
    head = """tracker.xlsx!Savings
£000
Ref | Programme | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Forecast 2015/16
P-1 | P | Current | Red | 40 | 5 | 35
P-2 | P | Current | Red | 9 |"""
    register = REGISTER.format("Approved")
    found = quarter(f"2015-16-Q1/{register}", f"2015-16-Q1/{head} 1 | 9", register, f"{head} 4 | 9")
    (said,) = [say(each.message) for each in found.findings if each.rule == "inputs-unchanged"]
    assert said.startswith("P, Saving (P-1): not updated since Quarter 1")
