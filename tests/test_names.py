"""Names that are one, whichever signs they are written with, in every place that compares them."""

import unicodedata

import pytest
from text_quarter import quarter

from ffanalysis import api
from ffanalysis.errors import ProjectUnknown
from ffanalysis.layout import plain
from ffanalysis.provenance import as_typed, name_key, slug

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
{project} | The first | New | {service} | {programme} | Approved"""
BUDGET = """budget.xlsx!Base
£000
Service | Basis | 2015/16
{service} | controllable | 900"""
SCHEDULE = """schedule.xlsx!Lines
£000
Ref | Project | Plan | Type of saving | Measure | 2016/17
{ref} | {project} | Current | New | Original target | 40
{other_ref} | {project} | Current | New | Delivered to date | 30"""
PLAN = """plan.xlsx!Plan
£000
Programme | Scope | Plan | 2016/17
{programme} | {scope} | Current | 40"""

TYPED = {
    "project": "Children's Centres - North & South",
    "service": "Children's Services",
    "programme": "Education & Skills",
    "scope": "Children's Services excluding SEND",
    "ref": "CC-1",
}
WRITTEN = {
    "project": "Children\N{RIGHT SINGLE QUOTATION MARK}s Centres \N{EN DASH} North and South",
    "service": "Children\N{RIGHT SINGLE QUOTATION MARK}s Services",
    "programme": "Education and Skills",
    "scope": "Children\N{MODIFIER LETTER APOSTROPHE}s Services excluding SEND",
    "ref": "CC\N{NON-BREAKING HYPHEN}1",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Children's", "Children\N{RIGHT SINGLE QUOTATION MARK}s"),
        ("Children's", "Children`s"),
        ("Adults-Children", "Adults\N{EN DASH}Children"),
        ("2015-16", "2015\N{MINUS SIGN}16"),
        ("Café", unicodedata.normalize("NFD", "Café")),
        ("Home to School", "Home\N{NO-BREAK SPACE}to  School"),
        ("Parks & Trees", "Parks and Trees"),
        (
            'The "Big" Plan',
            "The \N{LEFT DOUBLE QUOTATION MARK}Big\N{RIGHT DOUBLE QUOTATION MARK} Plan",
        ),
        ("Office", "O\N{LATIN SMALL LIGATURE FFI}ce"),
    ],
)
def test_one_name_in_other_signs_is_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    assert slug(one) == slug(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Parks", "Park"), ("Better Balance", "Better balance"), ("A-1", "A-2")]
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("marked", ["Library Hours¹", "Library Hours ²", "Library Hours⁽¹⁾"])
def test_the_raised_mark_of_a_note_is_no_part_of_a_projects_name(marked: str) -> None:
    assert slug(marked) == slug("Library Hours") != slug("Library Hours 1")
    assert name_key(marked) == "Library Hours"


def test_a_reference_with_a_raised_mark_is_not_one_with_a_digit_more() -> None:
    sheets = [
        REGISTER.format(**TYPED),
        SCHEDULE.format(**{**TYPED, "ref": "CC-1¹"}, other_ref="CC-11"),
    ]
    assert [row.ref for row in quarter(*sheets).savings] == ["CC-1", "CC-11"]


def test_a_name_is_shown_with_the_signs_of_a_keyboard_and_its_own_words() -> None:
    assert as_typed(WRITTEN["project"]) == "Children's Centres - North and South"
    assert plain("Green \N{EN DASH} Delivered\N{DAGGER}") == "green - delivered"


@pytest.mark.parametrize("changed", list(TYPED))
@pytest.mark.parametrize("first", [TYPED, WRITTEN])
def test_tables_that_write_a_name_with_other_signs_are_of_one_thing(
    first: dict[str, str], changed: str
) -> None:
    second = WRITTEN if first is TYPED else TYPED
    other = {**first, changed: second[changed]}
    sheets = [
        BUDGET.format(**first),
        PLAN.format(**other),
        REGISTER.format(**first),
        SCHEDULE.format(**other, other_ref=first["ref"]),
    ]
    read = quarter(*sheets)
    assert [row.sentence for row in read.refusals] == []
    assert {row.project for row in read.savings if row.project} == {
        "children-s-centres-north-and-south"
    }
    for column in ("programme", "ref", "scope"):
        assert len({getattr(row, column) for row in read.savings if getattr(row, column)}) == 1
    assert all(name.matched for name in read.names if name.kind == "service")
    assert all(name.matched for name in read.names if name.kind == "programme")


# --- names that look like something else ----------------------------------------------------------

LIKE_TOTALS = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | The first | New | Libraries | Total Place | Approved
{name} | The second | New | Libraries | Total Place | Approved"""
OF_TOTALS = """schedule.xlsx!Lines
£000
Plan | Proposed
Project | Type of saving | 2016/17
Alpha | New | 40
{written} | New | 310
Total | | 350"""


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Total Place", "Total Place"),
        ("Total Savings Review", "TOTAL SAVINGS REVIEW"),
        ("Sub-total Checks", "Sub–total checks"),
        ("Cumulative Total", "Cumulative total"),
        ("Parks & Total", "Parks and Total"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_registered_name_is_no_label_of_a_total(name: str, written: str, is_first: bool) -> None:
    sheets = [LIKE_TOTALS.format(name=name), OF_TOTALS.format(written=written)]
    read = quarter(*(sheets if is_first else reversed(sheets)))
    assert {row.project: row.amount_pence for row in read.savings} == {
        "alpha": 4_000_000,
        slug(name): 31_000_000,
    }
    assert [row.amount_pence for row in read.totals] == [35_000_000]
    totals = [finding for finding in read.findings if finding.rule == "proposed-total"]
    assert [finding.outcome for finding in totals] == ["agrees"]


def test_a_programme_of_the_register_is_no_label_of_a_total() -> None:
    plan = """plan.xlsx!Plan
£000
Programme | Scope | Plan | 2016/17
Total Place | Libraries | Current | 40
Total | | | 40"""
    read = quarter(LIKE_TOTALS.format(name="Beta"), plan)
    assert [(row.programme, row.amount_pence) for row in read.savings] == [
        ("Total Place", 4_000_000)
    ]


def test_the_mere_word_stays_the_label_of_a_total() -> None:
    read = quarter(LIKE_TOTALS.format(name="Total"), OF_TOTALS.format(written="Beta"))
    assert [row.amount_pence for row in read.totals] == [35_000_000]


NUMBERED = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
{first} | The first | New | Libraries | Better Balance | Approved
{second} | The second | New | Libraries | Better Balance | Approved"""


@pytest.mark.parametrize(
    ("name", "number"), [("2020", 2020), ("A 007", None), ("007 -", 7), ("1e5", 100_000.0)]
)
def test_a_project_may_be_given_as_the_number_that_its_name_is_read_as(
    name: str, number: float | None
) -> None:
    read = quarter(NUMBERED.format(first=name, second="Street Lighting"))
    if number is None:
        with pytest.raises(ProjectUnknown, match="There is no project '7' in this period"):
            api.briefing(read, read.findings, 7)
    else:
        assert api.briefing(read, read.findings, number).slug == slug(name)


def test_a_number_that_two_names_are_read_as_names_neither() -> None:
    read = quarter(NUMBERED.format(first="007 -", second="07 -"))
    with pytest.raises(ProjectUnknown, match="There is no project '7' in this period"):
        api.briefing(read, read.findings, 7)
