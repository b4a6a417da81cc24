"""The example quarter in the layouts that councils use.

The same tables and findings to the penny, and no number lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import messy
import pytest
from messy import CURRENT, SPLIT, Page, Table, plain
from rows import records

from ffanalysis import measure, money, read
from ffanalysis.checks import check
from ffanalysis.findings import Finding
from ffanalysis.periods import Period
from ffanalysis.present.words import say
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import Tables
from ffanalysis.verify import in_pence, number_in
from ffanalysis.vocabulary import BLANK

PERIOD = Period.parse(messy.PERIOD)
SCHEDULE = "savings-schedule.xlsx"
WIDER = "Education & Skills excluding SEND"
TABLES = ("budget", "savings", "totals", "mtfp", *messy.REGISTER_TABLES)
# Where an amount stands is no matter here, nor by which words its total is labelled.
PLACES = frozenset(
    {
        *("workbook", "sheet", "cell", "done_cell", "by_cell", "block", "line_no", "label"),
        # How an amount is written; `come_out` says that it is what is written all the same.
        *("written", "factor"),
    }
)
K = 100_000

Facts = tuple[tuple[str, object], ...]


@pytest.fixture(scope="module")
def quarter(example_quarter: Path) -> dict[str, Table]:
    return messy.tables_in(example_quarter)


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Tables:
    """The untouched example: what each of its layouts must give."""
    return read.read_period(PERIOD, sorted(example_quarter.iterdir()))


def facts_of(row: Any) -> Facts:
    return tuple(
        (name, value)
        for name, value in sorted(row._asdict().items())
        if name not in PLACES and value is not None
    )


def canonical(tables: Tables) -> dict[str, Counter[Facts]]:
    """Each table's rows without their places.

    What is merely blank, and totals of parts of a table, may be left out.
    """
    return {
        name: Counter(
            facts_of(row)
            for row in records(getattr(tables, name))
            if getattr(row, "missing", None) != BLANK and getattr(row, "first_line", None) is None
        )
        for name in TABLES
    }


def come_out(tables: Tables) -> bool:
    """Whether each amount is the number that its cell writes, in the unit that it has."""
    stated = [
        row
        for name in ("budget", "savings", "totals", "mtfp", "full_year")
        for row in records(getattr(tables, name))
        if row.amount_pence is not None
    ]
    return bool(stated) and all(
        in_pence(number_in(row.written) or Fraction(0), row.factor) == row.amount_pence
        for row in stated
    )


def lines_of(tables: Tables) -> Counter[frozenset[Facts]]:
    """The amounts of each line of each table, years together."""
    lines = defaultdict(set)
    for name in ("budget", "savings", "mtfp"):
        for row in records(getattr(tables, name)):
            if row.missing != BLANK:
                lines[name, row.block, row.line_no].add(facts_of(row))
    return Counter(map(frozenset, lines.values()))


def findings_of(tables: Tables, but: Iterable[tuple[str, str]] = ()) -> Counter[tuple[object, ...]]:
    """The findings without their cells.

    A finding on the unit of a sheet without the sheet's name.
    """
    found: Counter[tuple[object, ...]] = Counter()
    for item in check(Quarter(tables)):
        if (item.rule, item.outcome) in but or "Sub-total" in item.subject:
            continue
        words = ("", "") if item.rule == "unit-labels" else (item.subject, say(item.message))
        amounts = (item.stated, item.calculated, item.difference, item.tolerance)
        found[item.rule, *words, item.year, item.outcome, item.severity, *amounts, item.parent] += 1
    return found


def figures_of(tables: Tables) -> dict[str, tuple[object, ...]]:
    """The figures of the project's briefing that are stated, without those named by their row."""
    figures = measure.project_measures(Quarter(tables), "sen-contract-efficiency").figures()
    stated = (
        figure for figure in figures if figure.value is not None and "-row-" not in figure.name
    )
    return {figure.name: (figure.value, figure.stated_to, figure.partial) for figure in stated}


class Expected:
    """What the untouched example gives, worked out once: each of its layouts must give the same."""

    def __init__(self, tables: Tables) -> None:
        self.canonical, self.lines = canonical(tables), lines_of(tables)
        self.findings = findings_of(tables)

    def assert_same(self, tables: Tables, *, but: Iterable[tuple[str, str]] = ()) -> None:
        """Compare tables, lines, and findings other than these by rule and outcome."""
        left_out = set(but)
        assert list(tables.refusals["sentence"]) == []
        assert list(tables.unused["what"]) == []
        assert canonical(tables) == self.canonical
        assert come_out(tables)
        assert lines_of(tables) == self.lines
        assert findings_of(tables, left_out) == Counter(
            {
                finding: times
                for finding, times in self.findings.items()
                if (finding[0], finding[4]) not in left_out
            }
        )


@pytest.fixture(scope="module")
def expected(example: Tables) -> Expected:
    return Expected(example)


# The title of the programme names its unit, and a note says that its figures are in that unit. A
# layout that takes the unit out of the title, to write it elsewhere, cannot state this.
LEAVES_OUT: Mapping[str, list[tuple[str, str]]] = {
    "hidden": [("shown-in-workbook", "not_stated")],  # it asks about what nobody sees
    "units around": [("unit-labels", "agrees")],
    "units at the top right": [("unit-labels", "agrees")],
}


def read_back(folder: Path) -> Tables:
    return read.read_period(PERIOD, sorted(folder.iterdir()))


@pytest.mark.parametrize("layout", messy.LAYOUTS)
def test_the_quarter_reads_the_same_in_each_layout(
    layout: str, quarter: dict, expected: Expected
) -> None:
    drawn = messy.LAYOUTS[layout](quarter)
    assert {page.name: page.cells for page in drawn} != {
        page.name: page.cells for page in messy.pages(quarter)
    } or layout in (
        "years as 2015/16",
        "merged groups",
        "hidden",
    )
    expected.assert_same(messy.tables_of(drawn), but=LEAVES_OUT.get(layout, ()))


@pytest.mark.parametrize("kind", messy.FORMATS)
@pytest.mark.parametrize("layout", ["plain", "mixture"])
def test_the_quarter_reads_the_same_in_each_format(
    kind: str, layout: str, quarter: dict, expected: Expected, tmp_path: Path
) -> None:
    drawn = messy.pages(quarter) if layout == "plain" else messy.mixture(quarter)
    messy.FORMATS[kind](tmp_path, drawn)
    assert len(list(tmp_path.iterdir())) == (len(drawn) if kind.startswith("csv") else 3)
    expected.assert_same(read_back(tmp_path))


@pytest.mark.parametrize("layout", ["mixture", "merged groups", "years over RAG, merged", "hidden"])
def test_a_page_in_memory_is_read_like_its_file(layout: str, quarter: dict, tmp_path: Path) -> None:
    # Most tests read pages in memory.
    drawn = messy.LAYOUTS[layout](quarter)
    messy.write_xlsx(tmp_path, drawn)
    assert canonical(messy.tables_of(drawn)) == canonical(read_back(tmp_path))


@pytest.mark.parametrize(
    "layout", ["transposed", "long", "years over RAG, merged", "totals first", "mixture"]
)
def test_the_figures_of_the_briefing_are_the_same(
    layout: str, quarter: dict, example: Tables
) -> None:
    expected = figures_of(example)
    assert len(expected) > 30
    assert figures_of(messy.tables_of(messy.LAYOUTS[layout](quarter))) == expected


def test_tables_of_one_row_of_headings_beside_one_another_need_not_begin_at_the_same_height(
    quarter: dict, expected: Expected
) -> None:
    page = Page(SCHEDULE, "Schedule")
    left = 1
    for name, top in ((CURRENT, 1), (SPLIT, 9)):
        messy.body(page, quarter[name], messy.above(page, quarter[name], top, left), left)
        left += len(quarter[name].heads) + 1
    expected.assert_same(messy.tables_of(messy.pages(quarter, [page], but=(CURRENT, SPLIT))))


def test_sub_totals_within_a_total_are_held_against_their_own_lines_and_never_added(
    quarter: dict,
) -> None:
    tables = messy.tables_of(messy.nested(quarter))
    found = {
        (item.subject, item.year): (
            item.outcome,
            (item.stated or 0) // K,
            item.calculated and item.calculated // K,
        )
        for item in check(Quarter(tables))
        if item.rule == "rag-columns"
    }
    # 318 + 1,025 = 1,343; 152 alone; 32 alone. The grand total adds the four lines, not the
    # sub-totals beside them.
    first, second = f"{WIDER}: Sub-total", f"{WIDER}: Sub-total (2)"
    assert found == {
        (first, "2015/16"): ("agrees", 584, 584),
        (first, "2016/17"): ("agrees", 1343, 1343),
        (first, "2017/18"): ("agrees", 344, 344),
        (second, "2016/17"): ("agrees", 152, 152),
        (second, "2017/18"): ("agrees", 32, 32),
        (WIDER, "2015/16"): ("agrees", 584, 584),
        (WIDER, "2016/17"): ("agrees", 1495, 1495),
        (WIDER, "2017/18"): ("agrees", 376, 376),
    }


YEAR_FIRST = [
    ["Year", "Scope", "RAG", "Amount"],
    *[
        ["2015/16", "Libraries", "Amber", 1],
        ["2015/16", "Libraries", "Red", 2],
        ["2015/16", "Sub-total", None, 3],
    ],
    *[
        ["2015/16", "Parks", "Red", 4],
        ["2015/16", "Sub-total", None, 4],
        ["2015/16", "Total", None, 7],
    ],
    *[
        ["2016/17", "Libraries", "Amber", 10],
        ["2016/17", "Libraries", "Red", 20],
        ["2016/17", "Sub-total", None, 30],
    ],
    *[
        ["2016/17", "Parks", "Red", 40],
        ["2016/17", "Sub-total", None, 40],
        ["2016/17", "Total", None, 70],
    ],
    ["Total", "Total", None, 77],
]
SCOPE_FIRST = [
    ["Scope", "RAG", "Year", "Amount"],
    *[["Libraries", "Amber", "2015/16", 1], ["Libraries", "Amber", "2016/17", 10]],
    *[["Libraries", "Red", "2015/16", 2], ["Libraries", "Red", "2016/17", 20]],
    *[["Libraries total", None, "2015/16", 3], ["Libraries total", None, "2016/17", 30]],
    *[["Parks", "Red", "2015/16", 4], ["Parks", "Red", "2016/17", 40]],
    *[["Parks total", None, "2015/16", 4], ["Parks total", None, "2016/17", 40]],
    *[["Total", None, "2015/16", 7], ["Total", None, "2016/17", 70], ["Total", None, "Total", 77]],
]


@pytest.mark.parametrize("lines", [YEAR_FIRST, SCOPE_FIRST], ids=["year first", "scope first"])
def test_sub_totals_of_a_long_table_add_the_lines_before_them_year_by_year(
    lines: list[list[object]], quarter: dict
) -> None:
    page = Page(SCHEDULE, "Long")
    for row, line in enumerate(
        [["Savings (£000)"], ["Programme", "Example"], ["Plan", "Current"], [], *lines], 1
    ):
        page.line(row, line)
    tables = messy.tables_of([*(plain(quarter[name]) for name in messy.REGISTER), page])
    assert list(tables.refusals["sentence"]) == []
    sums = {
        (item.year, item.calculated // K)
        for item in check(Quarter(tables))
        if item.rule in ("rag-columns", "rag-total")
        and item.outcome == "agrees"
        and item.calculated is not None
    }
    assert sums == {
        ("2015/16", 3),
        ("2015/16", 4),
        ("2015/16", 7),
        ("2016/17", 30),
        ("2016/17", 40),
        ("2016/17", 70),
        ("", 77),
    }
    # That no project carries the savings of this programme is another matter than its totals.
    assert {
        item.outcome
        for item in check(Quarter(tables))
        if item.stated is not None and item.rule != "projects-to-programme"
    } == {"agrees"}


def test_hidden_content_is_read_and_told(quarter: dict) -> None:
    notices = [
        (row.what, row.value, row.sheet, row.cell)
        for row in records(messy.tables_of(messy.hidden(quarter)).notices)
    ]
    assert notices == [
        (
            "a hidden row of the table of savings, which is read like any other",
            "Amber",
            CURRENT,
            "A10",
        ),
        (
            "a hidden column of the table of savings, which is read like any other",
            "2016/17",
            CURRENT,
            "C7",
        ),
        ("a hidden sheet, which is read like any other", None, SPLIT, None),
    ]


def test_hidden_amounts_are_asked_about_on_the_pages(quarter: dict) -> None:
    found = check(Quarter(messy.tables_of(messy.hidden(quarter))))
    asked = [say(each.message) for each in found if each.rule == "shown-in-workbook"]
    ways = [text.partition(" counted, but ")[2].partition(".")[0] for text in asked]
    assert sorted(way.partition(" in ")[2] for way in ways) == [
        "a hidden column",
        "a hidden row",
        "a hidden sheet",
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_hidden_content_is_told_from_each_format_that_can_hide(
    kind: str, quarter: dict, tmp_path: Path
) -> None:
    messy.FORMATS[kind](tmp_path, messy.hidden(quarter))
    told = [(row.what.split(",")[0], row.cell) for row in records(read_back(tmp_path).notices)]
    assert told == [
        ("a hidden row of the table of savings", "A10"),
        ("a hidden column of the table of savings", "C7"),
        ("a hidden sheet", None),
    ]


# --- numbers as text ------------------------------------------------------------------------------

NBSP, NARROW = messy.NBSP, messy.NARROW
# In £000: a thousand and twenty-five, written in all ways.
POSITIVE = [
    "1,025",
    "1,025 ",
    " 1,025",
    "£1,025",
    "£ 1,025",
    "1 025",
    f"1{NBSP}025",
    f"1{NARROW}025",
    f"{NBSP}1025{NBSP}",
    "£1.025m",
]
NEGATIVE = [
    "(1,025)",
    "( 1,025 )",
    "(£1,025)",
    "£(1,025)",
    "-1,025",
    "- 1,025",
    "−1,025",
    "–1,025",
    "-£1,025",
    "£-1,025",
    "1,025-",
]
NEGATIVE += ["1,025 -", "-1 025", f"-1{NBSP}025", f"({NBSP}1,025)", "(£1.025m)", "-£1.025m"]
# A number that one must guess at: a comma for a point, two signs, a bracket left open, digits
# grouped by fours.
NO_AMOUNT = [
    "1,02",
    "1.025,00",
    "-(1,025)",
    "(1,025",
    "1,025)",
    "10,25",
    "1 02",
    "--1",
    "1,025k m",
    "£",
    "1e3",
    "0x10",
    "½",
    "1/2",
]


@pytest.mark.parametrize("text", POSITIVE)
def test_a_positive_amount_is_read_from_each_way_of_writing_it(text: str) -> None:
    assert money.from_text(text, money.THOUSAND) == money.Amount(102_500_000, K)


@pytest.mark.parametrize("text", NEGATIVE)
def test_a_negative_amount_is_read_from_each_way_of_writing_it(text: str) -> None:
    assert money.from_text(text, money.THOUSAND) == money.Amount(-102_500_000, K)


@pytest.mark.parametrize("text", NO_AMOUNT)
def test_what_one_must_guess_at_is_no_amount(text: str) -> None:
    assert money.from_text(text, money.THOUSAND) is None


# --- every number ends as one thing ---------------------------------------------------------------

Fates = dict[str, list[str]]


def fates(drawn: list[Page]) -> dict[str, Fates]:
    """Of each page in which a table is known, what became of every amount."""
    tables = messy.tables_of(drawn)
    known = {row.sheet for row in records(tables.blocks)} | {
        row.sheet for row in records(tables.refusals)
    }
    known |= {row.sheet for name in messy.REGISTER_TABLES for row in records(getattr(tables, name))}
    return {page.name: messy.fate_of(tables, page) for page in drawn if page.name in known}


@pytest.mark.parametrize("layout", ["plain", *messy.LAYOUTS])
def test_each_amount_of_each_layout_ends_as_exactly_one_thing(layout: str, quarter: dict) -> None:
    drawn = messy.pages(quarter) if layout == "plain" else messy.LAYOUTS[layout](quarter)
    found = {
        f"{name}!{cell}": fate
        for name, cells in fates(drawn).items()
        for cell, fate in cells.items()
    }
    counts = Counter(fate for all_fates in found.values() for fate in all_fates)
    print(
        f"{layout}: {len(found)} amounts, "
        + ", ".join(f"{number} {fate}" for fate, number in sorted(counts.items()))
    )
    assert {cell: fate for cell, fate in found.items() if len(fate) != 1} == {}
    # The example has 13 amounts and 10 totals; a layout may state sub-totals beside them: 3 and 2.
    assert counts == Counter(
        {"used": 13, "stated total": 15 if layout == "nested sub-totals" else 10}
    )


def with_column(table: Table, head: str | None, values: Iterable[object], at: int) -> Table:
    rows = tuple(
        (*row[:at], value, *row[at:]) for row, value in zip(table.rows, values, strict=True)
    )
    return replace(table, heads=(*table.heads[:at], head, *table.heads[at:]), rows=rows)


def with_row(table: Table, *row: object) -> Table:
    return replace(table, rows=(*table.rows, row))


def relabelled(table: Table, row: int, *cells: object) -> Table:
    """The table with one of its rows written anew."""
    rows = [*table.rows]
    rows[row] = cells
    return replace(table, rows=tuple(rows))


def stray_numbers(table: Table) -> Page:
    page = plain(table)
    page.put(2, 7, 12)
    page.put(9, 8, 3)
    page.put(20, 1, 7)
    return page


COLUMN = (1, 2, 3, None, 6)
UNKNOWN_HEADING = "(write a financial year such as 2017/18, or Total)."
UNNAMED = (
    "nothing names this row of amounts (write what it is of, or Total where it adds up other rows)."
)
# What is added to the programme, the numbers then listed as not used, and what is refused, as the
# end of a sentence.
STRAYS: dict[str, tuple[Any, dict[str, str], list[str]]] = {
    "stray numbers": (stray_numbers, {"G2": "12", "H9": "3", "A20": "7"}, []),
    "a column FTE": (
        lambda table: plain(with_column(table, "FTE", COLUMN, 5)),
        {"F8:F10": "1, 2, 3", "F12": "6"},
        [],
    ),
    "a column FTE inside": (
        lambda table: plain(with_column(table, "FTE", COLUMN, 1)),
        {"B8:B10": "1, 2, 3", "B12": "6"},
        [],
    ),
    "notes as numbers": (
        lambda table: plain(with_column(table, "Notes", COLUMN, 5)),
        {"F8:F10": "1, 2, 3", "F12": "6"},
        [],
    ),
    "a column without a heading": (
        lambda table: plain(with_column(table, None, COLUMN, 2)),
        {"C9:C10": "2, 3", "C12": "6"},
        [
            (
                "cell C8: numbers stand in this column within the table, but nothing heads it"
                f" {UNKNOWN_HEADING}"
            )
        ],
    ),
    "a column of an unknown heading": (
        lambda table: plain(with_column(table, "Places", COLUMN, 2)),
        {"C8:C10": "1, 2, 3", "C12": "6"},
        [
            (
                "cell C7: the heading 'Places' is not known, but numbers stand below it"
                f" {UNKNOWN_HEADING}"
            )
        ],
    ),
    "a year twice": (
        lambda table: plain(with_column(table, "2016/17", COLUMN, 2)),
        {
            "B8": "584",
            "B12": "584",
            "C8:C10": "1, 2, 3",
            "C12": "6",
            "D8:D10": "318, 1025, 152",
            "D12": "1495",
        }
        | {"E9:E10": "344, 32", "E12": "376", "F12": "2455"},
        [
            (
                "row 7: 2016/17 heads more than one column, so its amounts would count twice. "
                "Found: RAG, 2015/16, 2016/17, 2016/17, 2017/18, Total."
            )
        ],
    ),
    "a cumulative table": (
        lambda table: plain(replace(table, title="Cumulative savings (£000)")),
        {
            "B8": "584",
            "B12": "584",
            "C8:C10": "318, 1025, 152",
            "C12": "1495",
            "D9:D10": "344, 32",
            "D12": "376",
            "E12": "2455",
        },
        [
            (
                "cell A1: 'Cumulative savings (£000)' says that the amounts are cumulative "
                "(write what each year adds, one year after another)."
            )
        ],
    ),
    "a total of nobody's that is wrong by one": (
        lambda table: plain(relabelled(table, 4, None, 584, 1496, 376, 2455)),
        {"C12": "1496", "D12": "376", "E12": "2455"},
        [f"cell B12: {UNNAMED}"],
    ),
    "a line of a status that nobody knows": (
        lambda table: plain(relabelled(table, 2, "Ambr", None, 152, 32, None)),
        {"C10": "152", "D10": "32"},
        [
            (
                "cell A10: 'Ambr' is not known here (write one of: Green Delivered,"
                " Green On Target, Amber, Red)."
            )
        ],
    ),
}


@pytest.mark.parametrize("case", STRAYS)
def test_a_number_that_is_no_amount_is_listed_or_refused_by_name_and_never_lost(
    case: str, quarter: dict
) -> None:
    draw, unused, refused = STRAYS[case]
    page = draw(quarter[CURRENT])
    drawn = messy.pages(quarter, [page])
    tables = messy.tables_of(drawn)
    assert {row.cell: row.value for row in records(tables.unused)} == unused
    assert list(tables.refusals["sentence"]) == [
        f"{SCHEDULE}, sheet {CURRENT}, {problem}" for problem in refused
    ]
    found = messy.fate_of(tables, page)
    print(
        f"{case}: {len(found)} amounts,"
        f" {dict(Counter(fate for all_fates in found.values() for fate in all_fates))}"
    )
    assert {cell: fate for cell, fate in found.items() if len(fate) != 1} == {}
    # Nothing of it is in a figure.
    added = {cell for area in unused for cell in messy.expanded(area)}
    assert not added & {
        row.cell
        for name in ("savings", "totals")
        for row in records(getattr(tables, name))
        if row.sheet == CURRENT
    }


def one(found: Iterable[Finding], rule: str, subject: str, year: str = "") -> Finding:
    (finding,) = (
        item for item in found if (item.rule, item.subject, item.year) == (rule, subject, year)
    )
    return finding


@pytest.mark.parametrize(
    "label", ["Cumulative total", "Cumulative", "Running total", "Cumulative savings"]
)
def test_a_cumulative_row_is_a_total_of_all_years_until_its_own(label: str, quarter: dict) -> None:
    # 584; 584 + 1,495 = 2,079; 2,079 + 376 = 2,455.
    page = plain(with_row(quarter[CURRENT], label, 584, 2079, 2455, None))
    tables = messy.tables_of(messy.pages(quarter, [page]))
    assert tables.refusals.empty
    rows = [
        row
        for row in records(tables.totals)
        if row.cell in ("B13", "C13", "D13") and row.sheet == CURRENT
    ]
    assert [(row.over, row.year, row.amount_pence // K) for row in rows] == [
        ("cumulative", "2015/16", 584),
        ("cumulative", "2016/17", 2079),
        ("cumulative", "2017/18", 2455),
    ]
    findings = check(Quarter(tables))
    for year, pounds in (("2015/16", 584), ("2016/17", 2079), ("2017/18", 2455)):
        finding = one(findings, "stated-total", f"{WIDER}: {label}", year)
        assert (finding.outcome, finding.calculated) == ("agrees", pounds * K)
    wrong = messy.tables_of(
        messy.pages(quarter, [plain(with_row(quarter[CURRENT], label, 584, 2089, 2455, None))])
    )
    finding = one(check(Quarter(wrong)), "stated-total", f"{WIDER}: {label}", "2016/17")
    assert (finding.outcome, finding.difference) == ("disagrees", -10 * K)


def test_a_row_that_nothing_names_is_a_total_where_it_adds_up_all_rows(
    quarter: dict, expected: Expected
) -> None:
    page = plain(relabelled(quarter[CURRENT], 4, None, 584, 1495, 376, 2455))
    expected.assert_same(messy.tables_of(messy.pages(quarter, [page])))
    as_text = plain(relabelled(quarter[CURRENT], 4, None, "584", "1,495", "376 ", "£2,455"))
    expected.assert_same(messy.tables_of(messy.pages(quarter, [as_text])))


def test_a_sub_total_counted_into_a_total_is_said(quarter: dict) -> None:
    # Somebody's formula adds the sub-total too: 584 + 584 = 1,168 and 1,343 + 1,343 + 152 = 2,838.
    delivered, target, amber, red, _ = quarter[CURRENT].rows
    rows = (
        delivered,
        target,
        messy.subtotal(delivered, target),
        amber,
        red,
        ("Total", 1168, 2838, 720, 4726),
    )
    wrong = messy.tables_of(messy.pages(quarter, [plain(replace(quarter[CURRENT], rows=rows))]))
    found = check(Quarter(wrong))
    assert [
        one(found, "rag-columns", WIDER, year).difference
        for year in ("2015/16", "2016/17", "2017/18")
    ] == [
        -584 * K,
        -1343 * K,
        -344 * K,
    ]
