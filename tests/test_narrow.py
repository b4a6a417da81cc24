"""What one briefing is made from.

Its rows and findings and no others, their digest, and lists that end where a person stops.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import PARTS, PERIOD, PROJECT, add_projects, programme_in, put
from rows import records
from text_quarter import tables_of as read_text

import ffanalysis as ff
from ffanalysis.checks import check, concerning
from ffanalysis.errors import InputsRefused
from ffanalysis.figures import Figure, Finding, Severity
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import ProgrammeMeasures, all_figures
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.periods import Period
from ffanalysis.present import charts
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.programme import MOST_HEADLINES, MOST_ROWS, Programme, Reconciliation
from ffanalysis.present.words import say
from ffanalysis.provenance import cell_of
from ffanalysis.read import read_period
from ffanalysis.run.project_rows import Narrower, digest_of, tables_of
from ffanalysis.savings.assemble import withheld
from ffanalysis.tables import CONTRACTS, TABLE_NAMES, Tables, frame

SCHEDULE = "savings-schedule.xlsx"
# Not a line of these is in a briefing.
UNUSED = {"unused", "notices", "names", "workbooks"}


@pytest.fixture(autouse=True, scope="module")
def undrawn() -> Iterator[None]:
    """A chart's words tell what it shows; its picture is not drawn here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "_png", lambda _: b"")
        yield


def read(folder: Path) -> Tables:
    return read_period(Period.parse(PERIOD), sorted(folder.iterdir()))


def rows_of(tables: Tables, name: str) -> list[dict[str, Any]]:
    return [row._asdict() for row in records(getattr(tables, name))]


def with_rows(tables: Tables, **rows: Sequence[dict[str, Any]]) -> Tables:
    """The tables with further rows behind their own."""
    return replace(
        tables,
        **{name: frame(name, [*rows_of(tables, name), *more]) for name, more in rows.items()},
    )


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Tables:
    """The example quarter with what it lacks.

    A line of the plan, a recipient, and three corrections.
    """
    corrected = {"was": "1", "read_as": "2", "reason": "slip", "told_by": "A. Clerk"}
    return with_rows(
        read(example_quarter),
        mtfp=[
            place(
                "mtfp",
                block="plan",
                line="Efficiencies",
                service="Education & Skills",
                programme="Future Fit",
            )
        ],
        recipients=[place("recipients", project=PROJECT, email="a@example.org")],
        corrections=[
            # The cell of a printed total, a cell beside a risk, and the heading that a finding
            # speaks of.
            place(
                "corrections", **corrected, workbook=SCHEDULE, sheet="Current programme", cell="E12"
            ),
            place("corrections", **corrected, workbook="register.xlsx", sheet="Risks", cell="Q4"),
            place(
                "corrections", **corrected, workbook=SCHEDULE, sheet="Current programme", cell="A1"
            ),
        ],
    )


def place(of: str, **values: object) -> dict[str, Any]:
    """A row of a table that holds only these values, in a cell of its own."""
    return {
        **dict.fromkeys(CONTRACTS[of]),
        "workbook": "more.xlsx",
        "sheet": "More",
        "cell": "ZZ99",
        **values,
    }


MIRROR = {
    "Education & Skills": "Leisure",
    "SEND Services": "Swimming Pools",
    "SEND": "Pools",
    PROJECT: "pool-hours",
}


def mirrored(tables: Tables) -> Tables:
    """The period with as much again.

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
            {key: other(key, value) for key, value in row.items()} for row in rows_of(tables, name)
        ]
        for name in TABLE_NAMES
    }
    del more["weights"]  # they are the period's, whatever its projects
    return with_rows(tables, **more)


@pytest.fixture(scope="module")
def both(example: Tables) -> Tables:
    return mirrored(example)


@pytest.fixture(scope="module")
def larger(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
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
    import openpyxl

    return openpyxl.load_workbook(root / "data" / "raw" / PERIOD / "register.xlsx")["Projects"][
        f"{column}3"
    ].value


# A briefing is a function of its rows and its findings


def plainly(tables: Tables, findings: Sequence[Finding], project: str) -> Briefing:
    """A briefing from the whole period, row by row and finding by finding."""
    (row,) = (row for row in records(tables.projects) if row.project == project)
    parents = {line.service: line.part_of for line in records(tables.budget) if line.part_of}
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
    found = sorted(own, key=lambda finding: ("error", "query", "note").index(finding.severity))
    return Briefing(tables, tuple(found), project_measures(tables, project))


def parts(briefing: Briefing) -> dict[str, str]:
    return {part: str(getattr(briefing, part)().html) for part in PARTS}


def of_another_programme(tables: Tables) -> Tables:
    """With a second programme for the same services and a service beside them, which the first project's briefing is not about."""
    lines = [
        row for row in rows_of(tables, "savings") if not row["project"] and row["plan"] == "current"
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
    return with_rows(tables, savings=[*second, *beside])


@pytest.mark.parametrize(
    "change",
    [lambda tables: tables, mirrored, of_another_programme],
    ids=["added", "mirrored", "programmes"],
)
def test_a_briefing_is_the_same_whether_made_from_the_period_or_from_its_rows(
    larger: Tables, change: Callable[[Tables], Tables]
) -> None:
    tables = change(larger)
    findings = check(tables)
    narrower = Narrower(tables, findings)
    assert len(tables.slugs) >= 5
    for project in tables.slugs:
        briefing = Briefing.of(tables, findings, project)
        assert parts(briefing) == parts(plainly(tables, findings, project))
        assert (
            briefing.findings
            == concerning(tables, findings, project)
            == narrower.findings_of(project)
        )
        again = Briefing.of(briefing.tables, briefing.findings, project)
        assert (again.measures, again.findings) == (briefing.measures, briefing.findings)


def test_the_figures_of_all_projects_are_those_of_their_briefings(larger: Tables) -> None:
    findings = check(larger)
    own = [
        figure
        for project in larger.slugs
        for figure in Briefing.of(larger, findings, project).measures.figures()
    ]
    assert all_figures(larger, larger.slugs)[: len(own)] == tuple(own)


def test_a_briefing_shows_the_corrections_of_its_cells_its_rows_and_its_findings(
    both: Tables,
) -> None:
    shown = str(Briefing.of(both, check(both), PROJECT).sources().html)
    assert re.findall(r"Corrected: ([\w.-]+, [\w ]+):", shown) == [
        f"{SCHEDULE}, Current programme E12",
        "register.xlsx, Risks Q4",
        f"{SCHEDULE}, Current programme A1",
    ]


def test_narrow_tables_are_the_same_however_much_else_the_period_holds(
    example: Tables, both: Tables
) -> None:
    alone, among = (
        tables_of(example, PROJECT, check(example)),
        tables_of(both, PROJECT, check(both)),
    )
    for name in TABLE_NAMES:
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(among, name))
        kept = getattr(example, name).iloc[:0] if name in UNUSED else getattr(example, name)
        pd.testing.assert_frame_equal(getattr(alone, name), kept)
    assert (alone.period, alone.as_of, alone.as_of_cell) == (
        example.period,
        example.as_of,
        example.as_of_cell,
    )


def test_narrow_tables_narrowed_again_stay_the_same_and_keep_the_order(larger: Tables) -> None:
    for project in larger.slugs:
        once = tables_of(larger, project, check(larger))
        again = tables_of(once, project, concerning(larger, check(larger), project))
        for name in TABLE_NAMES:
            pd.testing.assert_frame_equal(getattr(once, name), getattr(again, name))
            cells = [str(row) for row in rows_of(larger, name)]
            places = [cells.index(str(row)) for row in rows_of(once, name)]
            assert places == sorted(places)


def test_a_project_that_the_register_does_not_have_has_no_rows(example: Tables) -> None:
    with pytest.raises(KeyError):
        tables_of(example, "library-hours")


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
                "recipients",
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
                "recipients",
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
def test_a_row_is_kept_only_where_the_briefing_may_use_it(
    both: Tables, table: str, row: dict[str, Any], kept: bool
) -> None:
    made = {name: value for name, value in place(table, **row).items() if name in CONTRACTS[table]}
    more = with_rows(both, **{table: [made]})
    assert (rows_of(more, table)[-1] in rows_of(tables_of(more, PROJECT), table)) is kept


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
    tables, _ = read_text((MIXED, REGISTER))
    briefing = Briefing.of(tables, check(tables), "library-hours")
    assert [context.total.value for context in briefing.measures.contexts] == [705_000_00]
    assert [row["cell"] for row in rows_of(briefing.tables, "savings")] == ["B5"]
    # What is printed for the whole table is no total of the service.
    assert rows_of(briefing.tables, "totals") == []
    assert parts(briefing) == parts(plainly(tables, check(tables), "library-hours"))


# The digest


CHANGED = {"text": "changed", "pence": 123_45, "date": date(2031, 5, 6), "count": 77}


def with_cell(
    tables: Tables, table: str, row: int, column: str, *, missing: bool = False
) -> Tables:
    """The tables with one cell changed, or emptied where it holds a value."""
    rows = rows_of(tables, table)
    before = rows[row][column]
    kind = CONTRACTS[table][column].kind
    rows[row] |= {
        column: (
            None
            if missing and before is not None
            else before is not True
            if kind == "flag"
            else CHANGED[kind]
        )
    }
    return replace(tables, **{table: frame(table, rows)})


def cells_of(tables: Tables) -> list[tuple[str, int, str]]:
    found = [
        (name, row, column)
        for name in TABLE_NAMES
        for row in range(len(getattr(tables, name)))
        for column in CONTRACTS[name]
    ]
    # Without its row of the register there is no project.
    return [entry for entry in found if entry != ("projects", 0, "project")]


@pytest.fixture(scope="module")
def digest(both: Tables) -> str:
    return Narrower(both).digest_of(PROJECT)


@settings(max_examples=100)
@given(st.data())
def test_a_digest_changes_with_each_cell_that_the_briefing_may_use_and_with_no_other(
    example: Tables, both: Tables, digest: str, data: st.DataObject
) -> None:
    name, row, column = data.draw(st.sampled_from(cells_of(both)))
    changed = with_cell(both, name, row, column, missing=data.draw(st.booleans()))
    # A correction of a cell that only a finding speaks of stands with that finding.
    used = row < len(getattr(example, name)) - (name == "corrections") and name not in UNUSED
    assert (Narrower(changed).digest_of(PROJECT) != digest) is used


def test_the_digest_of_a_project_is_that_of_its_tables_and_findings(larger: Tables) -> None:
    findings = check(larger)
    narrower = Narrower(larger, findings)
    digests = {project: narrower.digest_of(project) for project in larger.slugs}
    assert len(set(digests.values())) == len(larger.slugs)
    for project, digest in digests.items():
        assert digest == digest_of(
            tables_of(larger, project, findings), concerning(larger, findings, project)
        )
        assert re.fullmatch("[0-9a-f]{64}", digest)


def test_a_saving_of_another_project_is_no_matter_to_a_digest_though_all_is_checked_again(
    both: Tables,
) -> None:
    lines = rows_of(both, "savings")
    other, own = (
        next(
            row
            for row, line in enumerate(lines)
            if line["project"] == project and line["amount_pence"]
        )
        for project in ("pool-hours", PROJECT)
    )
    before = Narrower(both, check(both)).digest_of(PROJECT)
    for row, same in ((other, True), (own, False)):
        changed = with_cell(both, "savings", row, "amount_pence")
        assert check(changed) != check(both)
        assert (Narrower(changed, check(changed)).digest_of(PROJECT) == before) is same


def test_the_order_of_other_rows_is_no_matter_to_a_digest_and_that_of_its_own_is(
    example: Tables, both: Tables, digest: str
) -> None:
    size = len(example.savings)
    own, others = range(size), range(size, 2 * size)
    orders = [[*own, *reversed(others)], [*others, *own], [1, 0, *own[2:], *others]]
    digests = [
        Narrower(replace(both, savings=both.savings.iloc[order])).digest_of(PROJECT)
        for order in orders
    ]
    assert [one == digest for one in digests] == [True, True, False]


def test_a_digest_holds_the_dates_of_a_period_and_not_the_digest_of_its_workbooks(
    example: Tables,
) -> None:
    before = digest_of(example, ())
    assert digest_of(replace(example, digest="another"), ()) == before
    changes = [
        {"period": Period.parse("2015-16-Q3")},
        {"as_of": date(2015, 10, 1)},
        {"as_of_cell": "register.xlsx!Projects!B2"},
    ]
    assert len({before, *(digest_of(replace(example, **change), ()) for change in changes)}) == 4


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
def test_a_digest_keeps_apart_what_is_missing_text_and_the_next_column(
    example: Tables, one: dict[str, Any], other: dict[str, Any]
) -> None:
    def digest(row: dict[str, Any]) -> str:
        rows = pd.DataFrame(
            [place("risks", project=PROJECT, **row)],
            columns=list(CONTRACTS["risks"]),
            dtype="object",
        )
        return digest_of(replace(example, risks=rows), ())

    assert digest(one) != digest(other)


def test_a_digest_keeps_apart_amounts_that_are_missing_and_nil(example: Tables) -> None:
    rows = rows_of(example, "mtfp")
    amounts = [None, 0, 1, 100]
    tables = [
        replace(example, mtfp=frame("mtfp", [rows[0] | {"amount_pence": pence}]))
        for pence in amounts
    ]
    assert len({digest_of(one, ()) for one in tables}) == len(amounts)


def test_a_row_that_moves_to_another_table_or_finding_changes_the_digest(example: Tables) -> None:
    empty = {name: getattr(example, name).iloc[:0] for name in TABLE_NAMES}
    bare = replace(example, **empty)
    finding = Finding("rag-stated", "Libraries", "agrees", "note", ("a",))
    digests = [
        digest_of(bare, ()),
        digest_of(bare, (finding,)),
        digest_of(bare, (finding, finding)),
        digest_of(replace(bare, budget=example.budget), ()),
        digest_of(replace(bare, savings=example.budget), ()),
    ]
    assert len(set(digests)) == len(digests)


def test_a_digest_changes_with_each_fact_of_a_finding(example: Tables) -> None:
    figure = Figure("a/b", 100, ("b.xlsx!S!A1",), stated_to=1, project="x", label="y")
    finding = Finding(
        "rag-stated",
        "Libraries",
        "agrees",
        "note",
        ("a", figure),
        "2015/16",
        1,
        2,
        3,
        ("b.xlsx!S!A1",),
        "p",
        "x",
        "y",
        "z",
    )
    messages = [
        replace(figure, name="c"),
        replace(figure, value=None),
        replace(figure, partial=True),
        replace(figure, cells=()),
    ]
    changed = [
        replace(finding, **{item.name: changed_fact(getattr(finding, item.name))})
        for item in fields(Finding)
    ]
    changed += [replace(finding, message=("a", other)) for other in messages]
    changed += [
        replace(finding, message=("a", "100")),
        replace(finding, message=("a", figure, "")),
        replace(finding, stated=None),
    ]
    digests = [digest_of(example, (one,)) for one in [finding, *changed]]
    assert len(set(digests)) == len(digests)


def changed_fact(value: Any) -> Any:
    return (
        value + 1
        if isinstance(value, int)
        else (*value, "more")
        if isinstance(value, tuple)
        else f"{value}-more"
    )


# Refused cells


def test_a_withheld_project_has_no_briefing_and_says_why_from_its_own_rows(both: Tables) -> None:
    refused = [
        place("refusals", sentence="Of the programme.", programme="Future Fit"),
        place("refusals", sentence="Of the pools.", project="pool-hours"),
        place("refusals", sentence="Of the service.", service="Leisure"),
        place("refusals", sentence="Of nobody.", project="gone"),
    ]
    tables = with_rows(both, refusals=refused)
    reasons = {
        PROJECT: ("Of the programme.",),
        "pool-hours": ("Of the programme.", "Of the pools.", "Of the service."),
    }
    assert withheld(tables) == reasons
    for project, sentences in reasons.items():
        assert withheld(tables_of(tables, project)) == {project: sentences}
        with pytest.raises(InputsRefused, match=sentences[-1]):
            Briefing.of(tables, (), project)


# Long periods: what is listed, and what is only counted


def headline(number: int, severity: Severity, difference: int = 0) -> Finding:
    return Finding(
        "stated-total",
        f"Table {number}",
        "disagrees",
        severity,
        (f"It is {number}.",),
        "",
        0,
        difference,
        cells=(f"b.xlsx!S!A{number}",),
    )


def programme_of(tables: Tables, findings: Sequence[Finding]) -> Programme:
    return Programme(
        tables, tuple(findings), ProgrammeMeasures((), {}, ProgrammeMovement(None)), {}
    )


def listed(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"</strong> It is (\d+)\.", html)]


def text_of(html: object) -> str:
    return re.sub(r"<[^>]*>", "", str(html))


def test_few_headlines_stand_in_the_order_of_the_rules_and_nothing_is_left_out(
    example: Tables,
) -> None:
    findings = [headline(number, "error", number) for number in range(3)]
    findings += [headline(number, "query", number) for number in range(3, MOST_HEADLINES)]
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == list(range(MOST_HEADLINES))
    assert "not listed" not in html


@pytest.mark.parametrize(
    ("errors", "queries", "shown", "ending"),
    [
        (
            6,
            0,
            [6, 5, 4, 3, 2],
            "1 more error is not listed here; findings.csv and reconciliation.xlsx have them all.",
        ),
        (
            4,
            3,
            [4, 3, 2, 1, 7],
            (
                "2 more queries are not listed here; findings.csv and reconciliation.xlsx have them"
                " all."
            ),
        ),
        (
            1021,
            1,
            [1021, 1020, 1019, 1018, 1017],
            (
                "1,016 more errors and 1 more query are not listed here; findings.csv and"
                " reconciliation.xlsx have them all."
            ),
        ),
    ],
)
def test_of_more_headlines_the_worst_stand_first_and_the_rest_is_counted(
    example: Tables, errors: int, queries: int, shown: list[int], ending: str
) -> None:
    findings = [
        headline(number, "error", -number if number % 2 else number)
        for number in range(1, errors + 1)
    ]
    findings += [headline(errors + number, "query", number) for number in range(1, queries + 1)]
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == shown
    assert ending in text_of(html)
    assert "unlisted/" in html, "the number is a figure"


def test_what_a_headline_explains_stands_beneath_it_also_at_second_hand(example: Tables) -> None:
    first = headline(1, "error", 5)
    second = replace(headline(2, "query", 5), parent=first.id)
    third = replace(headline(3, "note", 5), parent=second.id)
    html = str(Reconciliation(example, (first, second, third)).problems().html)
    assert listed(html) == [1]
    assert [text for text in ("It is 2.", "It is 3.") if text in html] == ["It is 2.", "It is 3."]
    directors = str(programme_of(example, [first, second, third]).problems().html)
    assert listed(directors) == [1]
    assert [text for text in ("It is 2.", "It is 3.") if text in directors] == [], (
        "left to the reconciliation"
    )


def test_a_headline_that_the_list_leaves_out_takes_along_what_it_explains(example: Tables) -> None:
    findings = [headline(number, "error", 100 - number) for number in range(25)]
    findings.append(replace(headline(99, "error", 76), parent=findings[24].id))
    html = str(programme_of(example, findings).problems().html)
    assert listed(html) == list(range(MOST_HEADLINES))
    assert "It is 99." not in html
    assert (
        "20 more errors are not listed here; findings.csv and reconciliation.xlsx have them all."
        in text_of(html)
    )


def test_the_reconciliation_lists_two_hundred_of_each_and_counts_the_rest(example: Tables) -> None:
    notes = [
        Finding("rag-stated", f"Table {number}", "agrees", "note", (f"Note {number}.",))
        for number in range(MOST_ROWS + 2)
    ]
    errors = [headline(number, "error") for number in range(MOST_ROWS + 3)]
    total, block = rows_of(example, "totals")[0], rows_of(example, "blocks")[0]
    total |= {"amount_pence": 100, "stated_to_pence": 100}
    many = replace(
        example,
        totals=frame("totals", [total] * (MOST_ROWS + 1)),
        blocks=frame("blocks", [block] * (MOST_ROWS + 4)),
        unused=frame("unused", [place("unused", what="a number")] * (MOST_ROWS + 5)),
        notices=frame("notices", [place("notices", what="a hidden row")] * (MOST_ROWS + 6)),
        corrections=example.corrections.iloc[:0],
    )
    page = Reconciliation(many, (*errors, *notes))
    every = "findings.csv and reconciliation.xlsx have them all."
    for part, items, ending in (
        (page.problems(), "<li>", f"3 more errors are not listed here; {every}"),
        (page.agreed(), "<li>", f"2 more lines are not listed here; {every}"),
        (page.totals(), "<tr><td", "1 more total is not listed here; tables.totals has them all."),
        (
            page.blocks(),
            "<tr><td",
            "4 more tables are not listed here; tables.blocks has them all.",
        ),
        (
            page.unused(),
            "<li>",
            "5 more cells are not listed here; tables.unused and tables.refusals have them all.",
        ),
        (
            page.reading(),
            "<li>",
            (
                "6 more notes are not listed here; tables.corrections, tables.notices and"
                " tables.names have them all."
            ),
        ),
    ):
        assert str(part.html).count(items) == MOST_ROWS, part
        assert text_of(part.html).endswith(ending)


def test_the_programme_page_lists_every_project(both: Tables) -> None:
    page = ff.programme(both, check(both))
    assert re.findall(r'href="([^"]+)"', str(page.projects().html)) == [
        f"{PROJECT}.html",
        "pool-hours.html",
    ]


def with_projects(example: Tables, number: int) -> Tables:
    row = rows_of(example, "projects")[0]
    more = [
        row | {"project": f"more-{n}", "name": f"More {n}", "cell": f"A{n + 5}"}
        for n in range(number)
    ]
    return with_rows(example, projects=more)


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (2, "; the purpose of More 1, 2015/16 to 2017/18)"),
        (
            3,
            (
                "; the purpose of More 1, 2015/16 to 2017/18; that of 1 more project, 2015/16 to"
                " 2017/18)"
            ),
        ),
        (
            999,
            (
                "; the purpose of More 1, 2015/16 to 2017/18; that of 997 more projects, 2015/16 to"
                " 2017/18)"
            ),
        ),
    ],
)
def test_of_many_purposes_that_name_the_same_years_three_are_named(
    example: Tables, number: int, ending: str
) -> None:
    (finding,) = (
        item for item in check(with_projects(example, number)) if item.rule == "period-labels"
    )
    assert ending in say(finding.message)
    assert len(finding.cells) == 6


@pytest.mark.parametrize(
    ("sheets", "ending"), [(12, "S11."), (13, "S11; and 1 more."), (1000, "S11; and 988 more.")]
)
def test_of_many_sheets_with_savings_twelve_are_named(
    example: Tables, sheets: int, ending: str
) -> None:
    line = place(
        "savings",
        block="b",
        workbook="b.xlsx",
        scope="Leisure",
        plan="current",
        programme="Future Fit",
    )
    tables = replace(
        with_projects(example, 1),
        savings=frame("savings", [line | {"sheet": f"S{n}"} for n in range(sheets)]),
    )
    messages = [say(item.message) for item in check(tables) if item.rule == "savings-stated"]
    assert len(messages) == 2
    assert all(message.endswith(f"b.xlsx, {ending}") for message in messages)


def test_a_fault_is_found_to_explain_another_however_many_stand_between(example: Tables) -> None:
    findings = check(example)
    explained = [finding for finding in findings if finding.parent]
    assert [(finding.rule, finding.parent) for finding in explained] == [
        ("orphan-total", "proposed-total:sen-contract-efficiency")
    ]
    assert {cell_of(row) for row in records(example.totals)} >= set(explained[0].cells)
