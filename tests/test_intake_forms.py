"""The forms that come with the package and one of a council's own: what is taken from papers on
them, and what is asked. Nothing that ends in a table of money is wrong without a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from other_papers import CASES, SAVINGS, Block, as_docx, as_text

from ffanalysis.errors import FormWrong
from ffanalysis.intake.book import Paper, name_apart
from ffanalysis.intake.door import coverage_of
from ffanalysis.intake.form_files import beside, form_of, shipped
from ffanalysis.intake.forms import Form
from ffanalysis.intake.papers import take_from
from ffanalysis.intake.project_sheets import sheets_of
from ffanalysis.intake.workbook import workbook_of
from ffanalysis.periods import Period
from ffanalysis.read import read_period
from ffanalysis.savings.quarter import Quarter

Q1 = "2025-26-Q1"


@cache
def forms() -> tuple[Form, ...]:
    return shipped()


class Read:
    """A paper as it is taken in, and the quarter that is read from its workbook."""

    def __init__(
        self, root: Path, blocks: Sequence[Block], kind: str, known: Sequence[Form] = ()
    ) -> None:
        content = as_docx(blocks) if kind == "docx" else as_text(blocks)
        self.source = re.sub(r"\s", " ", as_text(blocks).decode())
        self.paper: Paper = take_from(f"paper.{kind}", content, known or forms())
        sheets = sheets_of([self.paper])
        name_apart(sheets)
        book = root / "data" / "raw" / Q1 / f"{kind}.xlsx"
        book.parent.mkdir(parents=True, exist_ok=True)
        book.write_bytes(workbook_of(sheets))
        tables = read_period(Period.parse(Q1), [book])
        self.refused: list[str] = tables.refusals["sentence"].tolist()
        self.quarter = Quarter(tables)
        self.notices: list[str] = tables.notices["what"].tolist()
        self.questions = [each.asks for each in self.paper.taken.questions]

    @property
    def project(self) -> dict[str, str]:
        (row,) = self.quarter.projects
        names = ("title", "reference", "service", "cmr_lead", "slt_lead", "head_of_service")
        names += ("contact", "posts", "one_off_cost", "description")
        said = {name: getattr(row, name, None) for name in names}
        return {name: text for name, text in said.items() if isinstance(text, str)}

    @property
    def savings(self) -> list[tuple[str, int]]:
        rows = self.quarter.savings
        known = [row for row in rows if row.amount_pence == row.amount_pence and not row.missing]
        return [(row.year, round(row.amount_pence / 100)) for row in known if row.amount_pence]

    @property
    def budgets(self) -> list[tuple[str, str, int]]:
        return [(r.service, r.year, round(r.amount_pence / 100)) for r in self.quarter.budget]

    @property
    def background(self) -> dict[str, str]:
        return {each.heading: each.value.text for each in self.paper.taken.background}

    def asked(self) -> list[str]:
        return [f"{each.asks} {each.source.words}" for each in self.paper.taken.questions]


# Papers, with what a careful person takes from them.


@dataclass(frozen=True)
class Expected:
    project: dict[str, str]
    savings: list[tuple[str, int]]
    asks: tuple[str, ...]
    budgets: tuple[tuple[str, str, int], ...] = ()
    background: tuple[tuple[str, str], ...] = ()
    refuses: str = ""


EXPECTED = {
    # £40,000 once: the years are cumulative, and "ongoing" says the same.
    "northmere": Expected(
        {"title": "Members' support and travel", "reference": "CEX 04"}
        | {"cmr_lead": "Finance and Assets (Cllr Orla Pennick)"},
        [("2025/26", 40_000)],
        ("knows no table of figures by year", "'Is this an efficiency?': neither is ticked"),
        background=(
            ("Is this a service cut?", "No"),
            ("Directorate", "Chief Executive's Office"),
        ),
    ),
    # Two parts, as the total of the table proves; the budget names no year.
    "sedgeham": Expected(
        {"title": "Libraries and customer services", "reference": "H2", "service": "Libraries"}
        | {"head_of_service": "Ines Harwick", "cmr_lead": "Policy and Performance"},
        [("2025/26", 100_000), ("2026/27", 50_000), ("2026/27", 90_000)],
        ("names no year",),
        background=(("Age", "High"), ("Pregnancy / Maternity", "N/A")),
    ),
    "alderdale": Expected(
        {"title": "Commissioning team restructure", "reference": "HWB-CM-014"}
        | {"service": "Commissioning", "posts": "1.5", "contact": "P. Lindqvist"}
        | {"head_of_service": "Director of Commissioning", "cmr_lead": "Cllr T. Ashworthy"},
        [("2025/26", 33_000)],
        ("names no year",),
        background=(("Are there additional reductions in future years?", "No"),),
    ),
    "wexmoor": Expected(
        {"title": "Beach lifeguards", "reference": "RES 11", "service": "Recreation"},
        [("2025/26", 35_000)],
        ("2026/27 is 'n/a'",),
        budgets=(("Recreation", "2024/25", 212_400),),
    ),
    # No amount of the staircase is placed; each line of it is asked about.
    "leithmouth": Expected(
        {"title": "Fleet and depots", "cmr_lead": "Transport"},
        [],
        ("23.900 − 3.000 = 20.900 − 2.000 = 18.900", "£23.900m − £3.000m", "paper has none"),
    ),
    # Savings in brackets beside growth that is not: which sign means a saving is asked, and the
    # quarter refuses the table until it is said.
    "kirkstead": Expected(
        {"title": "Customer contact centre", "service": "Chief Executive's"}
        | {"posts": "2.0 in 2025/26; 1.0 in 2026/27"},
        [],
        ("'Growth' is a row of the table, and no saving", "all amounts are below nil"),
        refuses="would raise spending",
    ),
    # Costs by year are no savings.
    "harbours": Expected(
        {"title": "Harbour data exchange", "reference": "DCH-0042", "slt_lead": "Maud Ellerby"},
        [],
        ("'£0.2m' stands in the text",),
        background=(
            ("Type of business case", "Outline business case"),
            ("Whole life cost", "£4.1m over 10 years"),
            ("Describe the impact (The supplier fails)", "The exchange stops"),
        ),
    ),
    "tunnels": Expected(
        {"title": "Tunnel lighting", "one_off_cost": "£1.1m in 2025/26"},
        [("2025/26", 200_000), ("2026/27", 300_000), ("2027/28", 100_000)],
        (
            "the box of 'Business justification' shows '-'",
            "'Implementation cost' is a row of a table of savings",
        ),
    ),
    "archive": Expected(
        {"title": "Regional archive stores", "reference": "DCH-0051 and DCH-0052"},
        [("2026/27", 600_000), ("2027/28", 900_000)],
        ("'SRO' has no date",),
        background=(("Is this part of a programme", "Estates 2030"),),
    ),
}


@pytest.fixture(scope="module", params=[*EXPECTED])
def taken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple:
    blocks = {**SAVINGS, **CASES}[request.param]
    root = tmp_path_factory.mktemp(request.param)
    return EXPECTED[request.param], Read(root, blocks, "docx"), Read(root, blocks, "txt")


def test_a_paper_is_taken_as_a_careful_person_takes_it(taken: tuple) -> None:
    expected, *reads = taken
    for read in reads:
        assert expected.project.items() <= read.project.items()
        assert read.savings == expected.savings
        assert tuple(read.budgets) == expected.budgets
        assert set(expected.background) <= set(read.background.items())
        assert bool(read.refused) == bool(expected.refuses), read.refused
        assert all(expected.refuses in text for text in read.refused)
        asked = read.asked()
        assert len(asked) == len(expected.asks), asked
        for words in expected.asks:
            assert sum(words in text for text in asked) == 1, (words, asked)


def test_nothing_of_a_paper_is_lost(taken: tuple) -> None:
    for read in taken[1:]:
        assert not lost(read)


def lost(read: Read) -> list[str]:
    """The figures of a paper that are neither in the workbook, with its notes, nor asked about."""
    assert coverage_of(read.paper)["lost"] == 0
    entries = (
        entry
        for sheet in sheets_of([read.paper])
        for cells in (
            [sheet.title, sheet.unit],
            *sheet.rows,
            [each for _, each in sheet.statements],
        )
        for entry in cells
        if entry is not None
    )
    headings = (heading for sheet in sheets_of([read.paper]) for heading in sheet.headings)
    asked = (f"{each.asks} {each.source.words}" for each in read.paper.taken.questions)
    kept = " ".join([*(f"{e.text} {e.words} {e.how}" for e in entries), *headings, *asked])
    return [
        figure for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", read.source) if figure not in kept
    ]


def test_risks_sign_off_and_milestones_of_a_business_case(tmp_path: Path) -> None:
    quarter = Read(tmp_path, CASES["harbours"], "docx").quarter
    risks = [(row.risk, row.mitigation, row.likelihood, row.impact) for row in quarter.risks]
    assert [risk[0] for risk in risks] == ["Harbours join late", "The supplier fails"]
    assert [tuple(map(str, risk[2:])) for risk in risks] == [("3", "4"), ("1", "5")]
    assert [(row.role, row.name, row.signed) for row in quarter.signoff] == [
        ("SRO", "Maud Ellerby", "14 February 2025"),
        ("Investment committee", "Second permanent secretary", "3 March 2025"),
    ]
    assert [row.milestone for row in quarter.milestones] == ["Start date", "End date"]


@pytest.mark.parametrize("layout", ["one table", "lines"])
def test_risks_one_after_the_other(layout: str, tmp_path: Path) -> None:
    """Each with its likelihood and mitigation, in one table without a gap or line by line."""
    pairs = [
        *(["Describe the risk", "Late"], ["Describe the impact", "Cost"]),
        *(["Likelihood score", "3"], ["Mitigation, who, when", "Early, M. E., June"]),
        *(["Describe the risk", "Never"], ["Likelihood score", "1"]),
        *(["Mitigation, who, when", "Escrow"], ["Whole life cost", "£4.1m"]),
    ]
    head = [["Business case title", "Harbour data"], ["SRO name", "M. Ellerby"]]
    fields = [*head, ["Summary", "One."], ["Business case unique reference number", "D"]]
    blocks: list[Block] = [[*fields, *pairs]]
    if layout == "lines":
        blocks = [": ".join(pair) for pair in (*fields, *pairs)]
    for kind in ("docx", "txt"):
        read = Read(tmp_path, blocks, kind)
        risks = [(row.risk, str(row.likelihood), row.mitigation) for row in read.quarter.risks]
        assert risks == [("Late", "3", "Early, M. E., June"), ("Never", "1", "Escrow")]
        assert read.background["Describe the impact (Late)"] == "Cost"
        assert read.background["Whole life cost"] == "£4.1m"
        assert not read.questions
        assert not lost(read)


# Tables of savings with a quirk: what they come to, what is asked, what the quarter refuses.

HEAD = [
    ["Proposal title", "Street lighting"],
    ["Reference", "PL 07"],
    ["Service area", "Highways"],
    ["Description of proposal", "Lamps are dimmed after midnight."],
]
USUAL = (("2025/26", 100_000), ("2026/27", 50_000))
YEARS = ("2025/26", "2026/27")
NO_TABLE = "paper has none"


def table(
    *rows: list[str], title: str = "Proposed savings £000", years: Sequence[str] = YEARS
) -> list[list[str]]:
    return [[title, *years], *rows]


NET = ["Net saving", "100", "50"]
THREE = ("2025/26", "2026/27", "2027/28")


@dataclass(frozen=True)
class Quirk:
    name: str
    blocks: Sequence[Block]
    savings: Sequence[tuple[str, int]] = USUAL
    asks: tuple[str, ...] = ()
    refuses: str = ""
    budgets: tuple[tuple[str, str, int], ...] = ()
    posts: str | None = None
    cost: str | None = None


QUIRKS = (
    Quirk("as it should be", [table(NET)]),
    Quirk(
        "more years",
        [table(["Net saving", "100", "50", "", "20"], years=(*THREE, "2028/29"))],
        (*USUAL, ("2028/29", 20_000)),
    ),
    Quirk(
        "a budget among the years",
        [table(["Net saving", "4,000", "100", "50"], years=("2024/25 Budget", *YEARS))],
        budgets=(("Highways", "2024/25", 4_000_000),),
    ),
    Quirk(
        "posts, one-off costs, budgets, shares and notes among the rows",
        [
            table(
                NET,
                ["FTE", "2", "1"],
                ["Redundancy", "30", ""],
                ["Expenditure", "400", "400"],
                ["Income", "(20)", "(20)"],
                ["% of budget", "2.5%", "1.2%"],
                ["Note: subject to consultation", "", ""],
            )
        ],
        asks=(
            "'Expenditure', 'Income' are rows of the table, and no saving",
            "'Redundancy' is a row of a table of savings, and may be a one-off cost",
        ),
        posts="2 in 2025/26; 1 in 2026/27",
        cost="£30k in 2025/26",
    ),
    Quirk(
        "costs in rows below their heading",
        [table(["Savings", "", ""], NET, ["Costs", "", ""], ["Licences", "20", "20"])],
        asks=("'Licences' is a row of the table, and no saving",),
    ),
    Quirk(
        "comments beside the years",
        [
            "Proposed savings",
            [
                ["Year", "Saving (£)", "Comment"],
                ["2025/26", "100,000", "from April"],
                ["2026/27", "50,000", ""],
            ],
        ],
    ),
    Quirk(
        "units above the years",
        [[["Proposed savings", "£000", "£000"], ["", *YEARS], NET]],
    ),
    Quirk(
        "a note below the title", ["Proposed savings", "All figures in £000", [["", *YEARS], NET]]
    ),
    Quirk(
        "nothing but shares",
        [table(["Saving as % of budget", "5%", "6%"])],
        (),
        ("no row of the table has savings",),
    ),
    Quirk(
        "a total that says nothing",
        [table(["Dimming", "90", "45"], ["Removal", "10", "5"], ["", "100", "50"])],
        (("2025/26", 90_000), ("2026/27", 45_000), ("2025/26", 10_000), ("2026/27", 5_000)),
    ),
    Quirk(
        "rows that may be costs",
        [table(["Dimming", "100", "50"], ["Licences", "", ""], title="Financial impact £000")],
        asks=("'Dimming' is a row that the form does not know",),
    ),
    Quirk(
        "gross and net",
        [table(["Savings", "100", "50"], ["One-off cost", "(30)", ""], ["Net saving", "70", "50"])],
        asks=("'Net saving' is a row of the table, and no saving",),
        cost="£30k in 2025/26",
    ),
    Quirk(
        "cumulative in the title",
        [table(["Net saving", "100", "150"], title="Proposed savings (cumulative) £000")],
    ),
    Quirk("cumulative in the row", [table(["Cumulative saving", "100", "150"])], asks=("'Cumul",)),
    Quirk(
        "cumulative in a note",
        ["All figures are cumulative.", table(["Net saving", "100", "150"])],
        (),
        ("All figures are cumulative",),
        "its amounts are cumulative",
    ),
    Quirk(
        "words that say the years repeat",
        [
            table(["Net saving", "100", "150"]),
            "Note: each year's figure includes the saving of the year before.",
        ],
        (),
        ("'each year's figure includes the saving of the year before.' is said",),
        "its amounts are cumulative",
    ),
    Quirk(
        "options that no total adds",
        [table(["Option 1: one centre", "100", "50"], ["Option 2: two", "200", "90"])],
        (),
        ("'Option 1: one centre', 'Option 2: two' are options, of which one is chosen",),
    ),
    Quirk(
        "options that the total adds",
        [
            table(
                ["Option 1: one centre", "60", "30"],
                ["Option 2: a manager", "40", "20"],
                ["Total saving", "100", "50"],
            )
        ],
        (("2025/26", 60_000), ("2026/27", 30_000), ("2025/26", 40_000), ("2026/27", 20_000)),
        ("are called options, and the total adds them",),
    ),
    Quirk(
        "a total beside labels",
        [
            [["Saving 2025/26 (£000)", "100"], ["Saving 2026/27 (£000)", "50"], ["Total", "150"]],
        ],
    ),
    Quirk(
        "labels in two units",
        [[["Saving 2025/26 (£000)", "100"], ["Saving 2026/27 (£)", "50,000"]]],
    ),
    Quirk(
        "a total saving that no table has",
        ["Total saving: £125k", table(NET)],
        asks=("'Total saving' says £125k, which no table has",),
    ),
    Quirk(
        "budgets of services under one title",
        [
            table(NET),
            "Base budget 2024/25 (£000)",
            [
                ["Service", "Expenditure", "Income", "Net"],
                ["Highways", "1,200", "200", "1,000"],
                ["Signals", "300", "0", "300"],
                ["Total", "1,500", "200", "1,350"],
            ],
        ],
        asks=("'Total': expenditure less income", "the services come to 1,300, and the total"),
        budgets=(("Highways", "2024/25", 1_000_000), ("Signals", "2024/25", 300_000)),
    ),
    Quirk(
        "one amount in every year",
        [table(["Net saving", "40", "40", "40"], years=THREE)],
        tuple((year, 40_000) for year in THREE),
        ("'40' stands in 3 years",),
    ),
    Quirk(
        "one amount in every year, and ongoing",
        [table(["Net saving", "40", "40", "40", "40"], years=(*THREE, "Ongoing"))],
        (),
        ("'Ongoing' says 40", "'40' stands in 3 years"),
        "its amounts are cumulative",
    ),
    Quirk("a year in each row", [[["Year", "Saving £000"], ["2025/26", "100"], ["2026/27", "50"]]]),
    Quirk(
        "a year in each row, the title above",
        ["Proposed savings £000", [["2025/26", "100"], ["2026/27", "50"], ["Total", "150"]]],
    ),
    Quirk(
        "a year in each label", [[["Saving 2025/26 (£000)", "100"], ["2026/27 saving £k", "50"]]]
    ),
    Quirk(
        "cumulative labels",
        [
            [
                [f"Saving {year} (cumulative £000)", text]
                for year, text in zip(YEARS, ("100", "150"), strict=True)
            ]
        ],
    ),
    Quirk(
        "a year twice",
        [[["Saving 2025/26 (£000)", "40"], ["Saving 2025/26 (£000)", "50"]]],
        (),
        ("written more than once", "no amount"),
        "is not an amount",
    ),
    Quirk(
        "an amount that is a range",
        [table(["Net saving", "40-60", "50"])],
        USUAL[1:],
        ("'40-60' is no amount",),
        "'40-60'",
    ),
    Quirk(
        "up to",
        [table(["Net saving", "100", "up to £2m"])],
        USUAL[:1],
        ("'up to £2m' is no amount",),
        "'up to £2m'",
    ),
    Quirk("an amount that is not known", [table(["Net saving", "TBC", "50"])], USUAL[1:]),
    Quirk(
        "an amount that is elsewhere",
        [table(["Net saving", "tbc – see annex", "50"])],
        USUAL[1:],
        ("'tbc – see annex' is no amount",),
        "see annex",
    ),
    Quirk(
        "a saving in brackets",
        [table(["Net saving", "(100)", "50"])],
        (("2025/26", -100_000), USUAL[1]),
        ("(100) is below nil",),
    ),
    Quirk("amounts with units of their own", [table(["Net saving", "£100k", "£0.05m"])]),
    Quirk(
        "thousands of thousands",
        [table(["Net saving", "100,000", "50"])],
        (("2025/26", 100_000_000), USUAL[1]),
        ("'100,000' comes to £100,000,000",),
    ),
    Quirk(
        "pounds and no unit",
        [table(["Net saving", "£100,000", "£50,000"], title="Proposed savings")],
    ),
    Quirk(
        "no unit",
        [table(NET, title="Proposed savings")],
        (),
        ("no unit is written",),
        "no unit is written",
    ),
    Quirk(
        "the unit in a row below",
        [table(["", "£000", "£000"], NET, title="Proposed savings")],
    ),
    Quirk(
        "the unit below the title",
        ["Proposed savings", [["£000", *YEARS], NET]],
    ),
    Quirk(
        "a value too many",
        [[["Proposed savings £000", *YEARS, ""], [*NET, "30"]]],
        asks=("'30' stands under no heading",),
    ),
    Quirk(
        "two values under one heading",
        [[["Proposed savings £000", *YEARS], [*NET, "30"]]],
        USUAL[:1],
        ("'50 | 30' stand under one heading",),
        "'50 | 30'",
    ),
    Quirk(
        "a table of something else",
        [table(NET, title="Financial impact on other services £000")],
        asks=("more than 'Financial impact'",),
    ),
    Quirk(
        "two tables",
        [table(NET), table(NET, title="Financial impact £000")],
        (*USUAL, *USUAL),
        ("may be the same money",),
    ),
    Quirk(
        "costs by year",
        [table(["IT", "40", ""], title="One-off costs £000"), table(NET)],
        cost="£40k in 2025/26",
    ),
    Quirk(
        "a title misspelt",
        [[["Propsed saving 2025/26 (£000)", "100"]]],
        (),
        ("nearest label known is 'Proposed saving", NO_TABLE),
    ),
    Quirk(
        "more reductions later",
        [[["Are there additional reductions in future years?", "Yes, £40k"]], table(NET)],
        asks=("is answered 'Yes, £40k'",),
    ),
    Quirk(
        "both answers still there",
        [[["Equality impact assessment required", "Yes / No"]], table(NET)],
        asks=("neither Yes nor No is chosen",),
    ),
    Quirk(
        "ranges and shares in words",
        ["Purpose: Savings of £40k–£60k are expected, £1.2 million over three years.", table(NET)],
        asks=("'£40k', '£60k', '£1.2 million' stand in the text",),
    ),
    Quirk(
        "two boxes ticked",
        [[["Type of saving", ""], ["Efficiency", "x"], ["Income", "x"]], table(NET)],
        asks=("2 boxes are ticked",),
    ),
    Quirk(
        "no box ticked",
        [[["Type of saving", ""], ["Efficiency", ""], ["Income", ""]], table(NET)],
        asks=("no box is ticked",),
    ),
    Quirk("the type in words", [[["Type of saving", "Efficiency"]], table(NET)]),
    Quirk(
        "a reference twice",
        [[["Reference", "PL 08"]], table(NET)],
        asks=("answered more than once: 'PL 07' and 'PL 08'",),
    ),
)


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_right_or_asked(quirk: Quirk, tmp_path: Path) -> None:
    assert_right_or_asked(quirk, tmp_path)


def assert_right_or_asked(quirk: Quirk, tmp_path: Path) -> None:
    read = Read(tmp_path, [HEAD, *quirk.blocks], "docx")
    assert read.savings == list(quirk.savings)
    assert tuple(read.budgets) == quirk.budgets
    assert (read.project.get("posts"), read.project.get("one_off_cost")) == (
        quirk.posts,
        quirk.cost,
    )
    assert len(read.questions) == len(quirk.asks), read.questions
    for words in quirk.asks:
        assert any(words in text for text in read.questions), (words, read.questions)
    assert bool(read.refused) == bool(quirk.refuses), read.refused
    assert all(quirk.refuses in text for text in read.refused[:1])
    # The reader knows each heading that a paper's workbook has.
    assert not [text for text in read.notices if "does not read" in text]
    assert not lost(read)


def test_a_form_in_one_large_table(tmp_path: Path) -> None:
    rows = [
        *([*cells, "", ""] for cells in HEAD[:3]),
        ["Proposed savings £000", *YEARS, "Total"],
        ["Net saving", "100", "50", "150"],
        ["Description of proposal", "Lamps are dimmed.", "", ""],
        ["Milestone", "", "Date", ""],
        ["Switch", "", "May 2025", ""],
        ["Equality impact assessment required", "No", "", ""],
    ]
    for kind in ("docx", "txt"):
        read = Read(tmp_path, [rows], kind)
        assert read.savings == list(USUAL)
        assert read.project["description"] == "Lamps are dimmed."
        assert [row.milestone for row in read.quarter.milestones] == ["Switch"]
        assert read.paper.taken.text_of("equality") == "No"
        assert not read.questions
        assert not read.refused


def test_the_budget_by_expenditure_and_income_of_a_year(tmp_path: Path) -> None:
    """120 less 87 is 33; of the total, 132 less 87 is 45, and the paper says 46."""
    budget = [
        ["Current budget 2025/26", "Exp £k", "(Income) £k", "Net £k"],
        ["Controllable budget", "120", "(87)", "33"],
        ["Total revenue budget", "132", "(87)", "46"],
    ]
    read = Read(tmp_path, [HEAD, budget, table(NET)], "docx")
    assert read.budgets == [("Highways", "2025/26", 33_000)]
    assert [text.partition(":")[0] for text in read.questions] == ["'Total revenue budget'"]


LIMITS = (
    *("Waiting times must not exceed 18 weeks.", "No more than 40 posts may be lost."),
    *("At least two staff must be on duty.", "Caseloads are to be no more than 25."),
    *("Patients must be seen within 18 weeks.", "The ratio must not fall below 1 to 8."),
)
NO_LIMITS = (
    *("It may take at least six months.", "There were no more than 30 complaints last year."),
    *("The service will save at least three posts.", "We must save at least one post."),
    *("Critics say that waits must not exceed 18 weeks.", "Longer grass is at least green."),
)


@pytest.mark.parametrize("heading", ["Impact and risks", "Risks and impacts", "Impacts and risks:"])
def test_limits_are_quoted_under_constraints(heading: str, tmp_path: Path) -> None:
    """From the description and from what heads impact and risks, which is background as well."""
    said = " ".join((*LIMITS, *NO_LIMITS))
    for kind in ("docx", "txt"):
        read = Read(tmp_path, [HEAD, heading, said, table(NET)], kind)
        (row,) = read.quarter.projects
        assert row.constraints.split("\n") == list(LIMITS)
        assert read.background[heading.rstrip(":")] == said
        assert not read.questions
        read = Read(tmp_path, [[*HEAD, ["Purpose", said]], table(NET)], kind)
        (row,) = read.quarter.projects
        assert row.constraints.split("\n") == list(LIMITS)
        # A table below the heading is one of risks.
        rows = [["Impact and risks", "Mitigation"], ["Longer grass", "Signs"]]
        read = Read(tmp_path, [HEAD, heading, rows, table(NET)], kind)
        assert [(r.risk, r.mitigation) for r in read.quarter.risks] == [("Longer grass", "Signs")]
        assert not read.questions


# A form of a council's own.

OWN = """\
# Savings form of a council that counts in pounds, and writes savings in brackets.
name = "Combe and Vale savings form"
tells = ["Why is this form needed?", "MTFP reference", "Proposed change", "Officer completing form"]
unit = "£"
sign = "saving is negative"
years = "increment"
expected = ["reference", "description", "risks"]
several = ["saving_type"]
background = ["Section 2B impact", "Action by whom", "Crime and disorder"]
ask_unless_no = ["Is the change temporary?"]

[labels]
title = ["Proposed change"]
owner = ["Officer completing form"]
saving_type = ["Why is this form needed?"]
service = ["Team or unit"]
cost_funding = ["Paid for from"]

[options]
saving_type = ["New policy", "Change of policy", "MTFP", "Service review"]

[records.risks]
risk = ["What could go wrong"]
mitigation = ["What we do about it"]

[[grids]]
sheet = "Proposed savings"
titles = ["Effect on the budget"]
plan = "Proposed"
expected = true
"""
OWN_PAPER: list[Block] = [
    "Combe and Vale Council",
    [
        ["Proposed change", "Day centres share one minibus"],
        ["MTFP reference", "ASC-19"],
        ["Team or unit", "Day services"],
        ["Officer completing form", "R. Tansy"],
        ["Description", "Two leases end."],
        ["Is the change temporary?", "No"],
    ],
    [
        ["Why is this form needed?", "", "", ""],
        ["New policy", "Change of policy", "MTFP", "Service review"],
        ["", "☒", "☐", "☒"],
    ],
    [["What could go wrong", "What we do about it"], ["The bus fails", "A hired one"]],
    [["Effect on the budget", *YEARS], ["Transport", "(12,500)", "(2,500)"]],
    [["Crime and disorder", "None"]],
]


def test_a_fourth_form_is_a_file(tmp_path: Path) -> None:
    assert len(OWN.splitlines()) <= 40
    folder = tmp_path / "intake"
    folder.mkdir()
    (folder / "combe.toml").write_text(OWN, encoding="utf-8")
    known = (*forms(), *beside([tmp_path]))
    for kind in ("docx", "txt"):
        read = Read(tmp_path, OWN_PAPER, kind, known)
        assert read.paper.taken.form.name == "Combe and Vale savings form"
        assert read.project["title"] == "Day centres share one minibus"
        assert read.project["reference"] == "ASC-19"
        assert read.project["service"] == "Day services"
        assert read.savings == [("2025/26", 12_500), ("2026/27", 2_500)]
        assert [(row.risk, row.mitigation) for row in read.quarter.risks] == [
            ("The bus fails", "A hired one")
        ]
        assert read.background["Crime and disorder"] == "None"
        assert not read.questions, read.questions
        assert not read.refused


WITH_YEARS = """\
tells = ["Scheme", "Unit"]
unit = "£000"
background = ["Notes on {year}"]
ask_unless_no = ["More after {year}?"]
[labels]
title = ["Scheme"]
service = ["Unit"]
budget = ["Spend in {year}"]
milestone = ["Works of {year} begin"]
equality = ["Equality {year}"]
"""


def test_what_a_label_with_its_year_is_called(tmp_path: Path) -> None:
    """As the paper prints it: sheets, milestones, background; the answer says of which year."""
    blocks: list[Block] = [
        [["Scheme", "Parks"], ["Unit", "Green spaces"], ["Notes on 2025/26", "Dry"]],
        "Spend in 2024/25: £30k",
        "Works of 2026/27 begin: May 2026",
        [["Equality 2025/26", "None"], ["Equality 2026/27", "Screened"]],
        [["More after 2027/28?", "Yes"], ["Reference", "1"], ["Reference", "2"]],
    ]
    for kind in ("docx", "txt"):
        read = Read(tmp_path, blocks, kind, [form_of("spend.toml", WITH_YEARS.encode())])
        sheets = sheets_of([read.paper])
        (budget,) = (sheet for sheet in sheets if sheet.headings[0] == "Service")
        assert budget.title.text == "Spend in 2024/25"
        assert read.budgets == [("Green spaces", "2024/25", 30_000)]
        assert [row.milestone for row in read.quarter.milestones] == ["Works of 2026/27 begin"]
        assert read.background["Notes on 2025/26"] == "Dry"
        assert read.paper.taken.text_of("equality") == "2025/26: None\n2026/27: Screened"
        assert any("'More after 2027/28?' is answered 'Yes'" in text for text in read.questions)
        said = [sheet.title.text for sheet in sheets] + [
            h for each in sheets for h in each.headings
        ]
        said += [text for row in sheets[0].rows for entry in row if entry for text in [entry.text]]
        assert not [text for text in (*said, *read.questions, *read.background) if "{" in text]


WRONG = {
    'tels = ["A"]': '"tels" is not known: did you mean tells?',
    'name = "A"': 'it has no "tells"',
    'tells = "A"': 'write tells = ["…"]',
    "tells = [1]": 'write tells = ["…"]',
    'tells = ["—"]': "has no letter or digit",
    'name = 4\ntells = ["A"]': 'write name = "…"',
    'unit = "$"\ntells = ["A"]': 'unit "$" is none of £, £000, £m',
    'years = "running"\ntells = ["A"]': 'years "running" is none of',
    'tells = ["A"]\n[labels]\ntitel = ["T"]': '"labels.titel" is not known: did you mean title?',
    'tells = ["A"]\n[labels]\nbudget = ["{yr} budget"]': "has a blank {yr}",
    'tells = ["A in {year}"]': 'write what stands before it, "A in"',
    'tells = ["A"]\n[[grids]]\ntitles = ["S of {year}"]': '"S of {year}" under "grids.titles" has',
    'tells = ["A"]\n[[grids]]\ntitles = ["S"]\nsheet = "{year}"': "only a label may have one",
    'tells = ["A"]\nlabels = ["T"]': "write [labels]",
    'tells = ["A"]\nexpected = ["titel"]': "did you mean title?",
    'tells = ["A"]\n[records]\nrisks = ["R"]': "write [records.risks]",
    'tells = ["A"]\n[records.risks]\nrsk = ["R"]': "did you mean risk?",
    'tells = ["A"]\n[grids]\nsheet = "S"': "write [[grids]]",
    'tells = ["A"]\n[[grids]]\nsheet = "S"': 'has no "titles"',
    'tells = ["A"]\n[[grids]]\ntitles = ["S"]\nown = "no"': "write own = true",
    'tells = ["A"]\n[[grids]]\ntitles = ["S"]\ninto = "cost"': 'into "cost" is none of',
    "tells = [": "it is no TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_form_that_is_wrong_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(FormWrong) as refused:
        form_of("our-form.toml", text.encode())
    assert WRONG[text] in str(refused.value)
    assert str(refused.value).startswith("intake/our-form.toml: ")
