"""What of each programme is in projects: columns of the programme page, its years behind it."""

from outcomes import in_pounds
from rendered import Element, page_of, words
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure.programme import programme_measures
from ffanalysis.present.attention import listed
from ffanalysis.present.words import show

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Counter | One counter | New | Libraries | Change
Desk | A desk | New | Parks | Change"""
SCHEDULE = """schedule.xlsx!Savings
£000
Ref | Project | Plan | 2014/15 | 2015/16 | 2016/17
C-1 | Counter | Current | {0} | 275 | 300
E-1 | Desk | Current | | 80 |"""
PROGRAMME = """{0}.xlsx!Split
£000
Scope | {1}
Plan | Current
RAG | 2015/16 | 2016/17
Amber | {2} | {3}"""
TWO = (PROGRAMME.format("one", "Libraries", 400, 300), PROGRAMME.format("two", "Parks", 80, 50))


def rows(html: object) -> list[list[str]]:
    table: Element = page_of(str(html)).one("table")
    return [[words(cell.text) for cell in row.all("th", "td")] for row in table.all("tr")]


def of(early: str = "") -> Quarter:
    return quarter(REGISTER, SCHEDULE.format(early), *TWO)


def test_the_table_of_programmes_says_what_is_in_projects_and_what_is_in_none() -> None:
    found = of()
    shown = ff.programme(found, found.findings).savings().html
    assert [[row[0], *row[-2:]] for row in rows(shown)] == [
        ["Programme", "In projects", "In no project"],
        # 275 + 300 of 400 + 300; 80 of 80 + 50; 575 + 80 of 700 + 130.
        ["Libraries", "575", "125"],
        ["Parks", "80", "50"],
        ["All programmes", "655", "175"],
    ]
    assert "a further" not in words(page_of(str(shown)).text)
    totals = programme_measures(found).totals
    assert totals
    assert [in_pounds(each) for each in (totals.in_projects, totals.in_no_project) if each] == [
        655_000,
        175_000,
    ]


def test_what_is_in_years_that_no_programme_covers_is_one_sentence() -> None:
    found = of("12")
    shown = ff.programme(found, found.findings).savings().html
    assert [row[-2:] for row in rows(shown)][1] == ["575", "125"]
    text = words(page_of(str(shown)).text)
    assert (
        "Projects have a further £12,000 (Libraries) in years that their programme does not cover."
        in text
    )


def test_the_years_of_each_programme_are_in_the_reconciliation() -> None:
    found = of("12")
    page = ff.reconciliation(found, found.findings)
    assert rows(page.in_projects().html) == [
        ["Programme", "In projects", "Planned", "In the MTFP", "In no project"],
        ["Libraries, 2015/16", "275", "400", "– not stated", "125"],
        ["Libraries, 2016/17", "300", "300", "– not stated", "nil"],
        ["Parks, 2015/16", "80", "80", "– not stated", "nil"],
        ["Parks, 2016/17", "– not stated", "50", "– not stated", "50"],
    ]
    assert "a further £12,000 (Libraries)" in words(page_of(str(page.in_projects().html)).text)


def test_without_programmes_the_reconciliation_says_that_there_is_nothing_to_compare() -> None:
    found = quarter(REGISTER, SCHEDULE.format(""))
    page = ff.reconciliation(found, found.findings)
    assert "No programme can be compared" in str(page.in_projects().html)
    assert "first quarter reported" in str(page.moved().html)


def finding(message: Sentence, brief: Sentence = ()) -> Finding:
    return Finding("stated-total", "It", "disagrees", "error", message, brief=brief)


def test_a_director_is_told_in_short_what_a_message_says_with_files_and_cells() -> None:
    long = ("budget.xlsx, cell B3: 7 is not 8.",)
    html = str(listed([finding(long, ("Seven is not eight.",))]))
    assert "Check failed Seven is not eight." in words(page_of(html).text)
    assert "budget.xlsx" not in html
    assert "stated-total" not in html, "no rule is named"
    assert "budget.xlsx, cell B3: 7 is not 8." in str(listed([finding(long)]))


def test_millions_of_one_table_have_as_many_decimals() -> None:
    million = 100_000_000
    assert [show(amount, million) for amount in (404_900_000_000, 373_000_000, 0)] == [
        "4,049.000",
        "3.730",
        "nil",
    ]


def test_what_withdrawn_projects_still_have_in_the_totals_is_said() -> None:
    register = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Counter | One counter | New | Libraries | Change | In delivery
Desk | A desk | New | Parks | Change | Withdrawn on 5 May 2015
Kiosk | A kiosk | New | Parks | Change | Cancelled"""
    schedule = """schedule.xlsx!Savings
£000
Ref | Project | Plan | 2015/16 | 2016/17
C-1 | Counter | Current | 275 | 300
E-1 | Desk | Current | 80 |
E-2 | Desk | Proposed | | 9
K-1 | Kiosk | Current | 5 | 6"""
    found = quarter(register, schedule)
    said = words(page_of(str(ff.programme(found, found.findings).message().html)).text)
    # In the plan 275 + 300 + 80 + 5 + 6 = 666, of which 80 + 5 + 6 is withdrawn.
    assert (
        "The projects' savings in the plan total £666,000 and their proposals total £9,000." in said
    )
    assert (
        "This includes £91,000 in the plan and £9,000 of the proposals from two withdrawn projects"
        " (Desk and Kiosk)." in said
    )
    desk = words(page_of(str(ff.briefing(found, found.findings, "desk").message().html)).text)
    assert "Desk is withdrawn, but £9,000 in 2016/17 is still proposed." in desk
