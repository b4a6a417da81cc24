"""What one briefing is made from: its rows and findings and no others, and their fingerprint."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import PARTS, PERIOD, PROJECT, add_projects, programme_in, put
from rows import row_of, rows_of, with_rows, with_tables
from text_quarter import quarter as drawn

from ffanalysis.checks import check, concerning
from ffanalysis.errors import InputsRefused
from ffanalysis.figures import Figure, constant, missing
from ffanalysis.findings import Amounts, Finding
from ffanalysis.measure.programme import all_figures
from ffanalysis.periods import Period
from ffanalysis.present import charts, timeline
from ffanalysis.present.briefing import Briefing
from ffanalysis.provenance import CellRef
from ffanalysis.read import read_period
from ffanalysis.run.project_rows import ProjectRows, quarter_fingerprint
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import CONTRACTS, TABLE_NAMES, frame

SCHEDULE = "savings-schedule.xlsx"
# Not a line of these is in a briefing.
UNUSED = {"unused", "notices", "names", "workbooks", "recipients"}


@pytest.fixture(autouse=True, scope="module")
def undrawn() -> Iterator[None]:
    """A chart's words tell what it shows; its picture is not drawn here."""
    with pytest.MonkeyPatch.context() as patch:
        for drawn in (charts, timeline):
            patch.setattr(drawn, "png", lambda _: b"")
        yield


def read(folder: Path) -> Quarter:
    return Quarter(read_period(Period.parse(PERIOD), sorted(folder.iterdir())))


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Quarter:
    """The example quarter with what it lacks.

    A line of the plan, a recipient, and three corrections.
    """
    corrected = {"was": "1", "read_as": "2", "reason": "slip", "told_by": "A. Clerk"}
    schedule = {**corrected, "workbook": SCHEDULE, "sheet": "Current programme"}
    return with_rows(
        read(example_quarter),
        mtfp=[
            row_of(
                "mtfp",
                block="plan",
                line="Efficiencies",
                service="Education & Skills",
                programme="Future Fit",
            )
        ],
        recipients=[row_of("recipients", project=PROJECT, email="a@example.org")],
        corrections=[
            # The cell of a printed total, a cell beside a risk, and the heading that a finding
            # speaks of.
            row_of("corrections", **schedule, cell="E12"),
            row_of("corrections", **corrected, workbook="register.xlsx", sheet="Risks", cell="Q4"),
            row_of("corrections", **schedule, cell="A1"),
        ],
    )


MIRROR = {
    "Education & Skills": "Leisure",
    "SEND Services": "Swimming Pools",
    "SEND": "Pools",
    PROJECT: "pool-hours",
}


def mirrored(quarter: Quarter) -> Quarter:
    """The quarter with as much again.

    A project of another service, with a schedule and budgets of its own.
    """

    def other(name: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        if name in {"workbook", "block"}:
            return f"other-{value}"
        if name == "project":
            return MIRROR.get(value, f"other-{value}")
        for word, instead in MIRROR.items():
            value = value.replace(word, instead)
        return value

    more = {
        name: [
            {key: other(key, value) for key, value in row.items()} for row in rows_of(quarter, name)
        ]
        for name in TABLE_NAMES
    }
    del more["weights"]  # they are the quarter's, whatever its projects
    return with_rows(quarter, **more)


@pytest.fixture(scope="module")
def both(example: Quarter) -> Quarter:
    return mirrored(example)


@pytest.fixture(scope="module")
def larger(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    """The example with projects added.

    Of the same service, of the service above it, of one without a budget, and of none.
    """
    root = programme_in(tmp_path_factory.mktemp("larger") / "quarter", example_quarter)
    add_projects(root, ["Library Hours", "School Transport", "Coroner Support", "Unplaced"])
    column = next(cell for cell in "ABCDEFGHIJKLMNOPQRST" if header(root, cell) == "Service")
    put(
        root,
        {
            f"register.xlsx!Projects!{column}6": "Education & Skills",
            f"register.xlsx!Projects!{column}7": "Coroner",
        },
    )
    put(root, {f"register.xlsx!Projects!{column}8": None, f"{SCHEDULE}!Proposed 6!E10": 250})
    return read(root / "data" / "raw" / PERIOD)


def header(root: Path, column: str) -> object:
    book = openpyxl.load_workbook(root / "data" / "raw" / PERIOD / "register.xlsx")
    return book["Projects"][f"{column}3"].value


# A briefing is a function of its rows and its findings


def plainly_concerning(
    quarter: Quarter, findings: Sequence[Finding], project: str
) -> tuple[Finding, ...]:
    """The findings that a briefing must show, one by one from the whole quarter."""
    row = quarter.register[project]
    parents = {line.service: line.part_of for line in quarter.budget if line.part_of}
    chain, service = [], row.service
    while service:
        chain.append(service)
        service = parents.get(service)

    def is_context(finding: Finding) -> bool:
        if finding.programme and row.programme and finding.programme != row.programme:
            return False
        return finding.service in chain if finding.service else bool(finding.programme)

    own = [finding for finding in findings if finding.project == project]
    own += [finding for finding in findings if not finding.project and is_context(finding)]
    return tuple(sorted(own, key=lambda item: ("error", "query", "note").index(item.severity)))


def parts(briefing: Briefing) -> dict[str, str]:
    return {part: str(getattr(briefing, part)().html) for part in PARTS}


def of_another_programme(quarter: Quarter) -> Quarter:
    """With a second programme for the same services and a service beside them.

    The first project's briefing is about neither.
    """
    lines = [
        row
        for row in rows_of(quarter, "savings")
        if not row["project"] and row["plan"] == "current"
    ]
    second = [
        row
        | {
            "programme": "Second Wave",
            "block": f"{row['block']}2",
            "sheet": f"{row['sheet']} 2",
        }
        for row in lines
    ]
    beside = [
        row | {"scope": "Coroner", "block": f"{row['block']}3", "sheet": f"{row['sheet']} 3"}
        for row in lines
    ]
    return with_rows(quarter, savings=[*second, *beside])


@pytest.mark.parametrize(
    "change",
    [lambda quarter: quarter, mirrored, of_another_programme],
    ids=["added", "mirrored", "programmes"],
)
def test_a_briefing_is_the_same_whether_made_from_the_quarter_or_from_its_rows(
    larger: Quarter, change: Callable[[Quarter], Quarter]
) -> None:
    quarter = change(larger)
    findings = check(quarter)
    rows = ProjectRows(quarter, findings)
    assert len(quarter.slugs) >= 5
    for project in quarter.slugs:
        whole = Briefing.of(quarter, findings, project)
        own = Briefing.of(Quarter(rows.select(project)), rows.findings_of(project), project)
        assert own.measures == whole.measures
        assert parts(own) == parts(whole)
        assert (
            plainly_concerning(quarter, findings, project)
            == concerning(quarter, findings, project)
            == rows.findings_of(project)
            == whole.findings
            == own.findings
        )


def test_the_figures_of_all_projects_are_those_of_their_briefings(larger: Quarter) -> None:
    findings = check(larger)
    own = [
        figure
        for project in larger.slugs
        for figure in Briefing.of(larger, findings, project).measures.figures()
    ]
    assert all_figures(larger, larger.slugs)[: len(own)] == tuple(own)


def test_a_briefing_shows_the_corrections_of_its_cells_its_rows_and_its_findings(
    both: Quarter,
) -> None:
    shown = str(Briefing.of(both, check(both), PROJECT).sources().html)
    assert re.findall(r"Corrected: ([\w.-]+, [\w ]+):", shown) == [
        f"{SCHEDULE}, Current programme E12",
        "register.xlsx, Risks Q4",
        f"{SCHEDULE}, Current programme A1",
    ]


def test_the_rows_of_a_project_are_the_same_however_much_else_the_quarter_holds(
    example: Quarter, both: Quarter
) -> None:
    alone, among = (
        ProjectRows(quarter, check(quarter)).select(PROJECT) for quarter in (example, both)
    )
    for name in TABLE_NAMES:
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(among, name))
        whole = getattr(example.tables, name)
        kept = whole.iloc[:0] if name in UNUSED else whole
        pd.testing.assert_frame_equal(getattr(alone, name), kept)
    assert (alone.period, alone.as_of, alone.as_of_cell) == (
        example.period,
        example.as_of,
        example.tables.as_of_cell,
    )


def test_the_rows_of_a_project_keep_their_order(larger: Quarter) -> None:
    rows = ProjectRows(larger, check(larger))
    for project in larger.slugs:
        own = Quarter(rows.select(project))
        for name in TABLE_NAMES:
            every = [str(row) for row in getattr(larger, name)]
            places = [every.index(str(row)) for row in getattr(own, name)]
            assert places == sorted(places)


def test_a_project_that_the_register_does_not_have_has_no_rows(example: Quarter) -> None:
    with pytest.raises(KeyError):
        ProjectRows(example).select("library-hours")


OWN = {"project": PROJECT}
OTHER = {"project": "pool-hours"}
IN_CONTEXT = {
    "scope": "Education & Skills",
    "programme": "Future Fit",
    "plan": "current",
    "block": "new",
}
TOTAL = {"table": "savings", "over": "both", "label": "Total"}
RAG_TABLE = f"{SCHEDULE}!Current programme!A7"


@pytest.mark.parametrize(
    ("table", "row", "kept"),
    [
        *(
            (table, OWN, True)
            for table in (
                "milestones",
                "risks",
                "signoff",
                "deadlines",
                "savings",
                "totals",
            )
        ),
        *(
            (table, OTHER, False)
            for table in (
                "milestones",
                "risks",
                "signoff",
                "deadlines",
                "savings",
                "totals",
            )
        ),
        ("savings", IN_CONTEXT, True),
        ("savings", {**IN_CONTEXT, "scope": "SEND Services"}, True),
        ("savings", {**IN_CONTEXT, "scope": None}, True),
        ("savings", {**IN_CONTEXT, "programme": None}, True),
        ("savings", {**IN_CONTEXT, "scope": "Leisure"}, False),
        ("savings", {**IN_CONTEXT, "scope": None, "programme": None}, False),
        ("savings", {**IN_CONTEXT, **OTHER}, False),
        ("savings", {**IN_CONTEXT, "plan": "proposed"}, False),
        # Another programme's line may stand in the bridge of a service with budgets of two years.
        ("savings", {**IN_CONTEXT, "programme": "Second Wave"}, True),
        ("savings", {**IN_CONTEXT, "programme": "Second Wave", "scope": "SEND Services"}, False),
        ("savings", {**IN_CONTEXT, "plan": "prior", "measure": "delivered to date"}, True),
        ("savings", {**IN_CONTEXT, "plan": "prior", "measure": "forecast"}, False),
        ("savings", {**IN_CONTEXT, "plan": "prior", "scope": "SEND Services"}, False),
        ("totals", {**TOTAL, "block": RAG_TABLE}, True),
        ("totals", {**TOTAL, "block": RAG_TABLE, **OTHER}, False),
        ("totals", {**TOTAL, "block": f"other-{RAG_TABLE}"}, False),
        ("budget", {"service": "SEND Services"}, True),
        ("budget", {"service": "Education & Skills"}, True),
        ("budget", {"service": "School Transport", "part_of": "Education & Skills"}, True),
        ("budget", {"service": "Tutors", "part_of": "SEND Services"}, False),
        ("budget", {"service": "Leisure"}, False),
        ("mtfp", {"service": "Education & Skills", "programme": "Future Fit"}, True),
        ("mtfp", {"service": "SEND Services"}, True),
        ("mtfp", {"programme": "Future Fit"}, True),
        ("mtfp", {"service": "Leisure", "programme": "Future Fit"}, False),
        ("mtfp", {"programme": "Second Wave"}, False),
        ("mtfp", {}, False),
        ("refusals", OWN, True),
        ("refusals", OTHER, False),
        ("refusals", {"programme": "Future Fit"}, True),
        ("refusals", {"programme": "Second Wave"}, False),
        ("refusals", {"service": "Education & Skills"}, True),
        ("refusals", {"service": "Leisure"}, False),
        ("refusals", {}, True),
        ("refusals", {**OTHER, "block": RAG_TABLE}, True),
        ("refusals", {**OTHER, "block": f"other-{RAG_TABLE}"}, False),
        ("blocks", {"block": RAG_TABLE}, True),
        ("blocks", {"block": f"other-{RAG_TABLE}"}, False),
        ("corrections", {"workbook": SCHEDULE, "sheet": "Proposed savings", "cell": "H16"}, True),
        (
            "corrections",
            {"workbook": f"other-{SCHEDULE}", "sheet": "Proposed savings", "cell": "H16"},
            False,
        ),
        # Beside a milestone, which is printed whole; beside an amount, whose words are not.
        ("corrections", {"workbook": "register.xlsx", "sheet": "Milestones", "cell": "ZZ5"}, True),
        ("corrections", {"workbook": SCHEDULE, "sheet": "Proposed savings", "cell": "ZZ16"}, False),
        *(
            (table, {"what": "x", "name": "SEND Services", "kind": "service"}, False)
            for table in sorted(UNUSED)
        ),
    ],
)
def test_a_row_is_selected_only_where_the_briefing_may_use_it(
    both: Quarter, table: str, row: dict[str, Any], kept: bool
) -> None:
    made = {name: value for name, value in row_of(table, **row).items() if name in CONTRACTS[table]}
    more = with_rows(both, **{table: [made]})
    selected = Quarter(ProjectRows(more).select(PROJECT))
    assert (getattr(more, table)[-1] in getattr(selected, table)) is kept


MIXED = """schedule.xlsx!Programme
Savings programme (£000)
Programme | Example Programme
Plan | Current
Scope | 2015/16
Libraries | 705
Highways | 200
Total | 905
"""
REGISTER = """register.xlsx!Projects
Project | Title | Service | Programme | Status
Library Hours | Shorter hours | Libraries | Example Programme | Concept stage
"""


def test_a_context_counts_its_own_lines_of_a_table_that_states_other_services_too() -> None:
    quarter = drawn(MIXED, REGISTER)
    whole = Briefing.of(quarter, check(quarter), "library-hours")
    assert [context.total.value for context in whole.measures.contexts] == [705_000_00]
    rows = ProjectRows(quarter, check(quarter))
    own = Quarter(rows.select("library-hours"))
    assert [row.cell for row in own.savings] == ["B5"]
    # What is printed for the whole table is no total of the service.
    assert list(own.totals) == []
    briefing = Briefing.of(own, rows.findings_of("library-hours"), "library-hours")
    assert parts(briefing) == parts(whole)


# The fingerprint


CHANGED = {"text": "changed", "pence": 123_45, "date": date(2031, 5, 6), "count": 77}


def with_cell(
    quarter: Quarter, table: str, row: int, column: str, *, emptied: bool = False
) -> Quarter:
    """The quarter with one cell changed, or emptied where it holds a value."""
    rows = rows_of(quarter, table)
    before = rows[row][column]
    kind = CONTRACTS[table][column].kind
    value: object = CHANGED.get(kind)
    if kind == "flag":
        value = before is not True
    elif column == "cell":
        value = "ZZ98"
    rows[row] |= {column: None if emptied and before is not None else value}
    return with_tables(quarter, **{table: frame(table, rows)})


def cells_of(quarter: Quarter) -> list[tuple[str, int, str]]:
    found = [
        (name, row, column)
        for name in TABLE_NAMES
        for row in range(len(getattr(quarter, name)))
        for column in CONTRACTS[name]
    ]
    # Without its row of the register there is no project.
    return [entry for entry in found if entry != ("projects", 0, "project")]


# What a row belongs by.
BELONGS = ("project", "programme", "scope", "service")


def fingerprint_of(quarter: Quarter, findings: Sequence[Finding] = ()) -> str:
    return ProjectRows(quarter, findings).fingerprint(PROJECT)


@pytest.fixture(scope="module")
def before(both: Quarter) -> str:
    return fingerprint_of(both)


@settings(max_examples=100)
@given(st.data())
def test_a_fingerprint_changes_with_each_cell_that_the_briefing_may_use_and_with_no_other(
    example: Quarter, both: Quarter, before: str, data: st.DataObject
) -> None:
    name, row, column = data.draw(st.sampled_from(cells_of(both)))
    # A correction of a cell that only a finding speaks of stands with that finding.
    used = row < len(getattr(example, name)) - (name == "corrections") and name not in UNUSED
    # A line of another service is the whole programme's once it names no service.
    emptied = data.draw(st.booleans()) and (used or column not in BELONGS)
    changed = with_cell(both, name, row, column, emptied=emptied)
    assert (fingerprint_of(changed) != before) is used


def test_the_fingerprint_of_a_project_is_that_of_its_rows_and_findings(larger: Quarter) -> None:
    rows = ProjectRows(larger, check(larger))
    prints = {project: rows.fingerprint(project) for project in larger.slugs}
    assert len(set(prints.values())) == len(larger.slugs)
    for project, own in prints.items():
        assert own == quarter_fingerprint(Quarter(rows.select(project)), rows.findings_of(project))
        assert re.fullmatch("[0-9a-f]{64}", own)


def test_a_saving_of_another_project_is_no_matter_to_a_fingerprint_though_all_is_checked_again(
    both: Quarter,
) -> None:
    other, own = (
        next(
            place
            for place, row in enumerate(both.savings)
            if row.project == project and row.amount_pence
        )
        for project in ("pool-hours", PROJECT)
    )
    before = fingerprint_of(both, check(both))
    for place, same in ((other, True), (own, False)):
        changed = with_cell(both, "savings", place, "amount_pence")
        assert check(changed) != check(both)
        assert (fingerprint_of(changed, check(changed)) == before) is same


def test_the_order_of_other_rows_is_no_matter_to_a_fingerprint_and_that_of_its_own_is(
    example: Quarter, both: Quarter, before: str
) -> None:
    size = len(example.savings)
    own, others = range(size), range(size, 2 * size)
    orders = [[*own, *reversed(others)], [*others, *own], [1, 0, *own[2:], *others]]
    savings = both.frame("savings")
    prints = [fingerprint_of(with_tables(both, savings=savings.iloc[order])) for order in orders]
    assert [one == before for one in prints] == [True, True, False]


def test_a_fingerprint_holds_the_dates_of_a_quarter_and_not_the_digest_of_its_workbooks(
    example: Quarter,
) -> None:
    before = quarter_fingerprint(example, ())

    def changed(**facts: Any) -> str:
        return quarter_fingerprint(Quarter(replace(example.tables, **facts)), ())

    assert changed(digest="another") == before
    others = [
        changed(period=Period.parse("2015-16-Q3")),
        changed(as_of=date(2015, 10, 1)),
        changed(as_of_cell="register.xlsx!Projects!B2"),
    ]
    assert len({before, *others}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"risk": "a", "mitigation": None}, {"risk": "a", "mitigation": "None"}),
        ({"risk": "a", "mitigation": None}, {"risk": "a", "mitigation": "<NA>"}),
        ({"risk": "a", "mitigation": None}, {"risk": "a", "mitigation": ""}),
        ({"risk": "ab", "mitigation": "c"}, {"risk": "a", "mitigation": "bc"}),
        ({"risk": "a', 'b", "mitigation": "c"}, {"risk": "a", "mitigation": "b', 'c"}),
        ({"mitigation": "a", "likelihood": None}, {"mitigation": None, "likelihood": "a"}),
        ({"risk": "a", "impact": "0"}, {"risk": "a", "impact": "nil"}),
        ({"risk": "a\udcff"}, {"risk": "a\\udcff"}),
    ],
)
def test_a_fingerprint_keeps_apart_what_is_missing_text_and_the_next_column(
    example: Quarter, one: dict[str, Any], other: dict[str, Any]
) -> None:
    def made(row: dict[str, Any]) -> str:
        rows = pd.DataFrame(
            [row_of("risks", project=PROJECT, **row)],
            columns=list(CONTRACTS["risks"]),
            dtype="object",
        )
        return quarter_fingerprint(with_tables(example, risks=rows), ())

    assert made(one) != made(other)


def test_a_fingerprint_keeps_apart_amounts_that_are_missing_and_nil(example: Quarter) -> None:
    (row, *_) = rows_of(example, "mtfp")
    amounts = [None, 0, 1, 100]
    quarters = [
        with_tables(example, mtfp=frame("mtfp", [row | {"amount_pence": pence}]))
        for pence in amounts
    ]
    assert len({quarter_fingerprint(one, ()) for one in quarters}) == len(amounts)


def test_a_row_that_moves_to_another_table_or_finding_changes_the_fingerprint(
    example: Quarter,
) -> None:
    empty = {name: getattr(example.tables, name).iloc[:0] for name in TABLE_NAMES}
    bare = with_tables(example, **empty)
    finding = Finding("rag-stated", "Libraries", "agrees", "note", ("a",))
    # These two tables have the same columns.
    row = row_of("unused", what="a number")
    prints = [
        quarter_fingerprint(bare, ()),
        quarter_fingerprint(bare, (finding,)),
        quarter_fingerprint(bare, (finding, finding)),
        quarter_fingerprint(with_rows(bare, unused=[row]), ()),
        quarter_fingerprint(with_rows(bare, notices=[row]), ()),
    ]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_changes_with_each_fact_of_a_finding(example: Quarter) -> None:
    cells = (CellRef("b.xlsx", "S", "A1"),)
    stated = constant(100, "given", cells, stated_to=1)
    figure = Figure("a/b", stated, project="x", label="y")
    finding = Finding(
        "rag-stated",
        "Libraries",
        "agrees",
        "note",
        ("a", figure),
        "2015/16",
        Amounts(stated, stated, stated),
        cells,
        "p",
        "x",
        "y",
        "z",
    )
    figures = [
        figure.renamed("c"),
        replace(figure, sum=missing("", cells)),
        replace(figure, sum=replace(stated, gap="TBC")),
        replace(figure, sum=replace(stated, cells=())),
    ]
    changed = [
        replace(finding, **{item.name: changed_fact(getattr(finding, item.name))})
        for item in fields(Finding)
        if item.name != "amounts"
    ]
    changed += [replace(finding, message=("a", other)) for other in figures]
    changed += [
        replace(finding, message=("a", "100")),
        replace(finding, message=("a", figure, "")),
        replace(finding, amounts=Amounts(stated, None, stated)),
        replace(finding, amounts=Amounts(None, stated, stated)),
        replace(finding, amounts=Amounts(stated, stated)),
    ]
    prints = [quarter_fingerprint(example, (one,)) for one in [finding, *changed]]
    assert len(set(prints)) == len(prints)


def changed_fact(value: Any) -> Any:
    return (
        value + 1
        if isinstance(value, int)
        else (*value, "more")
        if isinstance(value, tuple)
        else f"{value}-more"
    )


# Refused cells


def test_a_withheld_project_has_no_briefing_and_says_why_from_its_own_rows(both: Quarter) -> None:
    refused = [
        row_of("refusals", sentence="Of the programme.", programme="Future Fit"),
        row_of("refusals", sentence="Of the pools.", project="pool-hours"),
        row_of("refusals", sentence="Of the service.", service="Leisure"),
        row_of("refusals", sentence="Of nobody.", project="gone"),
    ]
    quarter = with_rows(both, refusals=refused)
    reasons = {
        PROJECT: ("Of the programme.",),
        "pool-hours": ("Of the programme.", "Of the pools.", "Of the service."),
    }
    assert withheld_projects(quarter) == reasons
    rows = ProjectRows(quarter)
    for project, sentences in reasons.items():
        assert withheld_projects(Quarter(rows.select(project))) == {project: sentences}
        with pytest.raises(InputsRefused, match=sentences[-1]):
            Briefing.of(quarter, (), project)


@pytest.mark.parametrize("part", ["project_markings", "confidential"])
def test_what_is_set_of_one_project_makes_no_other_page_another(both: Quarter, part: str) -> None:
    def fingerprint(key: str) -> str:
        made = row_of("settings", part=part, key=key, value="OFFICIAL")
        return ProjectRows(with_rows(both, settings=[made])).fingerprint(PROJECT)

    before = ProjectRows(both).fingerprint(PROJECT)
    assert fingerprint("Other Project") == before
    assert fingerprint("SEN Contract Efficiency") != before
