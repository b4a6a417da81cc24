"""What is dated after the as-of date has not happened by it; what was not written now says so."""

import pytest
from quarters import HEAD, Q1, Q2, Quarters
from rendered import page_of, words
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis import periods
from ffanalysis.measure.project_savings import own_forecast
from ffanalysis.measure.stages import stage_now
from ffanalysis.present import forecast as present
from ffanalysis.present.words import say
from ffanalysis.vocabulary import Plan, Stage

REGISTER = """r.xlsx!P
Project | Title | Type of saving | Service | Programme | Status
Alpha | The contract | New | Care | Change | {status}

As of | {as_of}
"""


def stage(status: str, as_of: str = "30 September 2015") -> Stage:
    found = quarter(REGISTER.format(status=status, as_of=as_of))
    assert not found.refusals
    return stage_now(found, found.projects[0])


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("Approved by Cabinet on 30 September 2015", Stage.APPROVED),
        ("Approved by Cabinet on 1 October 2015", Stage.AWAITING),
        ("Approved by Cabinet on 05/06/2015", Stage.APPROVED),
        ("Approved by Cabinet on 06/10/2015", Stage.AWAITING),
        ("Approved by Cabinet, 1.10.15", Stage.AWAITING),
        ("Approved by Cabinet 2015-10-01", Stage.AWAITING),
        ("Cabinet approved 5th January 2027", Stage.AWAITING),
        ("Approved (Cabinet, 5-Jan-27)", Stage.AWAITING),
        ("Approved Jan 2027", Stage.AWAITING),
        ("Approved Sept 2015", Stage.APPROVED),
        ("Approved in 2016/17", Stage.AWAITING),
        ("Approved in 2015/16", Stage.APPROVED),
        ("Approved by Cabinet on 5 January 2027; in delivery", Stage.AWAITING),
        ("Approved by Cabinet on 5 May 2015; in delivery from 1 April 2016", Stage.APPROVED),
        ("Approved by Cabinet on 5 May 2015; closed May 2016", Stage.APPROVED),
        ("Approved by Cabinet on 1 July 2015 for 2016/17", Stage.APPROVED),
        ("Approved by Cabinet for delivery from April 2016", Stage.APPROVED),
        ("Approved by Cabinet (minute 2027/14)", Stage.APPROVED),
        ("Approved by Cabinet on 31 February 2015", Stage.APPROVED),
        ("Cabinet approved this on 1 May 2016", Stage.AWAITING),
        ("Cabinet approved this on 1 May 2015", Stage.UNKNOWN),
        ("Cabinet did not approve this on 1 May 2016", Stage.NOT_APPROVED),
        ("Approval expected 1 May 2016", Stage.UNKNOWN),
        ("In delivery from 1 April 2016", Stage.UNKNOWN),
        ("Closed on 5 January 2027", Stage.UNKNOWN),
        ("Withdrawn 1 October 2015", Stage.UNKNOWN),
        ("On hold until May 2016", Stage.ON_HOLD),
    ],
)
def test_what_a_status_dates_after_the_as_of_date_has_not_happened(
    status: str, meant: Stage
) -> None:
    assert stage(status) is meant


def test_the_first_page_does_not_say_that_a_later_approval_is_given(kept: Quarters) -> None:
    quarter_of(kept, "Approved by Cabinet on 5 January 2027")
    tables = kept.load(Q2)
    findings = ff.check(tables)
    page = str(ff.briefing(tables, findings, "alpha").title().html)
    text = words(page_of(page).text)
    said = "An approval dated 5 January 2027 is after the as-of date (30 September 2015)."
    assert text.startswith(f"Not approved yet{said}")
    assert "Approved by" not in text
    (found,) = (item for item in findings if item.rule == "status-dated")
    assert say(found.message).startswith(f"Alpha: {said[0].lower()}{said[1:]} Ask the service")


def quarter_of(kept: Quarters, status: str, commentary: str = "", period: str = Q2) -> None:
    folder = kept[period]
    register = f"Project,Title,Type of saving,Status\nAlpha,All,Further,{status}\n"
    folder["register.csv"] = register
    folder["schedule.csv"] = f"£000\nPlan,Current\n{HEAD}\nA-1,Alpha,Further,Amber,100,50,150\n"
    if commentary:
        folder["commentary.csv"] = f"Project,Commentary,By,Date\n{commentary}\n"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("30 September 2015", "Ann, 30 September 2015"),
        ("Sept 2015", "Ann, Sept 2015"),
        ("1 June 2019", "Ann. Written on 1 June 2019, after the as-of date"),
        ("01/06/2012", "Ann. Written on 1 June 2012, before this quarter"),
        ("May 2015", "Ann. Written in May 2015, before this quarter"),
        ("", "Ann. Date not recorded"),
        ("soon", "Ann, soon. Date not recorded"),
    ],
)
def test_a_comment_of_another_time_is_quoted_with_its_date(
    kept: Quarters, written: str, said: str
) -> None:
    quarter_of(kept, "Approved", f"Alpha,All is well.,Ann,{written}")
    tables = kept.load(Q2)
    findings = ff.check(tables)
    shown = words(page_of(str(ff.briefing(tables, findings, "alpha").commentary().html)).text)
    assert shown.endswith(said)
    asked = [item for item in findings if item.rule == "commentary-dated"]
    assert bool(asked) == (not said.startswith("Ann, ") or "not recorded" in said)


def test_what_was_written_this_quarter_is_quoted_first(kept: Quarters) -> None:
    quarter_of(kept, "Approved", period=Q1)
    lines = ["Old.,Ann,29 June 2015", "Undated.,Bob,", "Of the last day.,Cat,30 June 2015"]
    quarter_of(kept, "Approved", "\n".join(f"Alpha,{line}" for line in lines))
    tables = kept.load(Q2)
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    quoted = [item.text for item in page_of(str(briefing.commentary().html)).all("blockquote")]
    assert [text.strip("“”") for text in quoted] == ["Of the last day.", "Old."]
    assert "Commentary of the quarter" not in str(briefing.background().html)


SCHEDULE = """s.xlsx!S
£000
Project | Plan | RAG | Measure | 2014/15 | 2015/16
Alpha | Current | Amber | Target | 100 | 200
Alpha | Current | Amber | Delivered | {delivered}
"""


@pytest.mark.parametrize(
    ("as_of", "delivered", "central", "said"),
    [
        # Amber counts at 60%: 2014/15 is over, 2015/16 is not.
        ("30 March 2016", "40 | 10", 40 + 120, "would deliver about £160,000 of £300,000"),
        ("31 March 2016", "40 | 10", 40 + 10, "Every year of it is over: £50,000 of £300,000 was"),
        ("31 March 2016", "0 | 0", 0, "Every year of it is over: nil of £300,000 was delivered."),
        ("31 March 2016", "40 |", 40 + 120, "2015/16 is over without a full record of delivery"),
        ("30 March 2016", "| 10", 60 + 120, "2014/15 is over without a full record of delivery"),
    ],
)
def test_of_a_year_that_is_over_what_was_delivered_counts_and_no_more(
    as_of: str, delivered: str, central: int, said: str
) -> None:
    register = REGISTER.format(status="In delivery", as_of=as_of)
    found = quarter(register, SCHEDULE.format(delivered=delivered))
    weighted = own_forecast(found, "alpha", Plan.CURRENT, "Alpha")
    assert weighted is not None
    assert weighted.central is not None
    assert weighted.central.pence == central * 100_000
    told = say(present.lead(weighted, "Alpha")) + present.assumptions([weighted])
    assert said in told


@pytest.mark.parametrize(
    ("day", "begun", "over"),
    [
        ("2015-03-31", False, False),
        ("2015-04-01", True, False),
        ("2016-03-30", True, False),
        ("2016-03-31", True, True),
        ("2016-04-01", True, True),
    ],
)
def test_a_year_is_over_on_its_last_day(day: str, *, begun: bool, over: bool) -> None:
    when = periods.date.fromisoformat(day)
    assert periods.has_begun("2015/16", when) is begun
    assert periods.is_over("2015/16", when) is over
