"""Tables of savings of which a part may be something else: right, or asked about and not placed."""

from pathlib import Path

import pytest
from other_papers import as_text
from test_intake_forms import (
    HEAD,
    NET,
    USUAL,
    YEARS,
    Quirk,
    Read,
    assert_right_or_asked,
    forms,
    table,
)
from word_files import cell, docx, row
from word_files import table as word_table

from ffanalysis.intake.papers import take_from

DOUBTS = "posts or money?"
TWO = (("2025/26", 10_000), ("2026/27", 20_000))
SUPPLIES = ["Supplies", "10", "20"]


def in_thousands(*amounts: int) -> list[tuple[str, int]]:
    return [(year, amount * 1_000) for year, amount in zip(YEARS, amounts, strict=True)]


POSTS = (
    # 170 is 10 and 160: the total says that the posts are money.
    Quirk(
        "posts that the total adds",
        [table(SUPPLIES, ["Posts", "160", "60"], ["Total", "170", "80"])],
        (*TWO, ("2025/26", 160_000), ("2026/27", 60_000)),
        ("'Posts' has 160, 60; the total adds it as money",),
    ),
    Quirk(
        "posts that the total does not add",
        [table(SUPPLIES, ["Posts", "160", "60"], ["Total", "10", "20"])],
        TWO,
        posts="160 in 2025/26; 60 in 2026/27",
    ),
    Quirk(
        "of two rows called posts the total adds one",
        [table(SUPPLIES, ["Posts", "160", "60"], ["FTE", "4", "2"], ["Total", "170", "80"])],
        (*TWO, ("2025/26", 160_000), ("2026/27", 60_000)),
        ("'Posts' has 160, 60; the total adds it as money",),
        posts="4 in 2025/26; 2 in 2026/27",
    ),
    # £30k for 220 posts is £136 for each.
    Quirk(
        "more posts than the savings pay for",
        [table(SUPPLIES, ["FTE", "160", "60"])],
        TWO,
        ("'FTE' has 160, 60; which may be posts or money",),
        DOUBTS,
    ),
    Quirk(
        "nothing but posts",
        [table(["Posts deleted", "60", "50"])],
        (),
        ("'Posts deleted' has 60, 50; which may be posts or money",),
        DOUBTS,
    ),
    # 20 posts for £2m is likely; but nothing says that the row counts them.
    Quirk(
        "posts that are not called a number",
        [table(["Contracts", "1,000", "1,000"], ["Posts", "20", ""], ["Number of posts", "4", ""])],
        (("2025/26", 1_000_000), ("2026/27", 1_000_000)),
        ("'Posts' has 20; which may be posts or money", "'1,000' stands in 2 years"),
        DOUBTS,
        posts="4 in 2025/26",
    ),
    Quirk(
        "posts in £000, and posts with a pound sign",
        [table(["Posts (£000)", "100", "50"], ["Posts deleted", "£20k", "£10k"])],
        (*USUAL, ("2025/26", 20_000), ("2026/27", 10_000)),
        ("'Posts deleted' has £20k, £10k; its amounts are money",),
    ),
    Quirk(
        "a table of posts in £000",
        [table(NET), table(["Staffing", "100", "50"], title="Staffing reduction (£000)")],
        asks=("'Staffing reduction (£000)' is a table of posts, and its amounts are money",),
    ),
    Quirk(
        "a label of posts with money",
        [[["Posts affected", "£160k"], ["FTE 2025/26 (£000)", "80"]], table(NET)],
        asks=("'£160k' is money", "'80' is money"),
    ),
)

TEN = (("2025/26", 10_000), ("2026/27", 5_000))
FIFTEEN = (("2025/26", 15_000), ("2026/27", 5_000))
SUMS = (
    # 10 and 15 are 25, 0 and 5 are 5.
    Quirk(
        "a line that is as much as the others",
        [table(["Office supplies", "10", "0"], ["Travel", "15", "5"], ["Phones", "25", "5"])],
        (("2025/26", 10_000), ("2025/26", 15_000), ("2026/27", 5_000)),
        ("'Phones' is what the rows above it come to", "'Office supplies', 'Travel' are rows"),
        "a line, or the total?",
    ),
    Quirk(
        "a line that the total adds to the others",
        [
            table(
                ["Fleet", "10", "5"],
                ["Fuel", "15", "5"],
                ["Fees", "25", "10"],
                ["Total", "50", "20"],
            )
        ],
        [*TEN, *FIFTEEN, ("2025/26", 25_000), ("2026/27", 10_000)],
    ),
    Quirk(
        "sums by their name",
        [table(["Employees", "10", "5"], ["Premises", "15", "5"], ["All savings", "25", "10"])],
        [*TEN, *FIFTEEN],
    ),
)

POUNDS = "Proposed savings (£)"
POINT = "a point for thousands?"
POINTS = (
    Quirk(
        "a point for thousands beside commas",
        [table(["Fleet", "120,000", "80,000"], ["Fuel", "45.500", "30.250"], title=POUNDS)],
        (("2025/26", 120_000), ("2026/27", 80_000)),
        ("the point of '45.500, 30.250' may be for thousands", "'Fleet', 'Fuel' are rows"),
        POINT,
    ),
    Quirk(
        "pence",
        [table(["Net saving", "100000.50", "50,000.25"], title=POUNDS)],
        (("2025/26", 100_000), ("2026/27", 50_000)),
    ),
    # £45.5k is exact to the pound, where all amounts are.
    Quirk(
        "thousands with three decimals",
        [table(["Net saving", "45.500", "30.250"])],
        (("2025/26", 45_500), ("2026/27", 30_250)),
    ),
    Quirk(
        "thousands of which one has three decimals",
        [table(["Net saving", "45", "1.250"])],
        (("2025/26", 45_000),),
        ("the point of '1.250' may be for thousands",),
        POINT,
    ),
    Quirk(
        "millions",
        [table(["Net saving", "1.250", "0.5"], title="Proposed savings (£m)")],
        (("2025/26", 1_250_000), ("2026/27", 500_000)),
    ),
    Quirk(
        "points beside labels",
        [
            [
                *(["Saving 2025/26 (£)", "45.500"], ["Saving 2026/27 (£)", "50,000"]),
                ["One-off cost", "£1.200"],
            ]
        ],
        USUAL[1:],
        (
            "The saving of 2025/26 is '45.500 (a point",
            "One-off cost: the point of '£1.200'",
        ),
        POINT,
        cost="£1.200 (a point for thousands?)",
    ),
)

THREE = ("2025/26", "2026/27", "2027/28")
GAPS = (
    Quirk(
        "blank cells",
        [table(["Net saving", "100", "50", ""], years=THREE)],
    ),
    # The last cell is merged over 2026/27 and 2027/28.
    Quirk(
        "an amount merged over two years",
        [[["Proposed savings £000", *THREE], ["Net saving", "100", "50"]]],
        USUAL[:1],
        ("'50' is merged over 2 years",),
        "over 2 years",
    ),
)

NO_SAVINGS = (
    Quirk(
        "counts, shares and prices",
        [
            table(
                NET,
                *(["Hours reduced", "1,200", "900"], ["Number of clients", "120", "100"]),
                *(["Unit cost (£)", "800", "790"], ["% of budget", "5", "2.5"]),
            )
        ],
        asks=(
            "'Hours reduced', 'Number of clients' are counts of something, and no money",
            "'Unit cost (£)' is an amount for one of something",
            "'% of budget' is a share",
        ),
    ),
    # 20 and 10 are in the total: the hours are a line of savings.
    Quirk(
        "hours that the total adds",
        [table(NET, ["Shorter opening hours", "20", "10"], ["Total saving", "120", "60"])],
        (*USUAL, ("2025/26", 20_000), ("2026/27", 10_000)),
    ),
    Quirk(
        "parts of a line, and lines that are withdrawn or counted already",
        [
            table(
                ["Housing", "100", "50"],
                *(["of which: hostels", "80", "40"], ["Grants (withdrawn)", "30", "30"]),
                ["Less: already in the plan", "(10)", ""],
            )
        ],
        asks=(
            "'of which: hostels' is a part of another line",
            "'Grants (withdrawn)' is said to be withdrawn",
            "'Less: already in the plan' is said to be counted already",
            "'Housing' is a row that the form does not know",
        ),
    ),
    # 290 is 250 and 40, 305 is 260 and 45: the total is no saving either.
    Quirk(
        "nothing but pressures",
        [
            table(
                ["Demand pressures", "250", "260"],
                ["Inflation", "40", "45"],
                ["Total", "290", "305"],
            )
        ],
        (),
        ("'Demand pressures', 'Inflation' are pressures on the budget",),
    ),
    Quirk(
        "cases of which one comes true",
        [table(["Worst case", "50", "60"], ["Likely case", "80", "90"])],
        (),
        ("'Worst case', 'Likely case' are options, of which one is chosen",),
    ),
    Quirk(
        "costs in a table of savings",
        [table(NET, ["Implementation costs", "30", ""], ["Set-up costs", "(5)", ""])],
        asks=("'Implementation costs' is a row of a table of savings, and may be a one-off cost",),
        cost="£30k; £5k in 2025/26",
    ),
    Quirk(
        "another unit below the table",
        [table(NET), "All figures are in £m."],
        (),
        ("'All figures are in £m.' is said in the text, and the table is in £000",),
        "can be read two ways",
    ),
    Quirk("the unit below the table", [table(NET, title="Proposed savings"), "Figures in £000."]),
    Quirk(
        "words behind the table of labels",
        ["Subject to a pilot in the north.", table(NET)],
        asks=("Words under no label of the form",),
    ),
    Quirk(
        "a table of costs beside labels",
        [table(NET), [["One-off cost", "2025/26"], ["Project manager", "60"], ["Total", "60"]]],
        asks=("One-off cost: no unit is written",),
        cost="60 in 2025/26",
    ),
    Quirk(
        "a year for a cost and a number for a name",
        [[["Head of service", "60"], ["One-off cost", "2025/26"], ["Impact", "None"]], table(NET)],
        asks=("'2025/26' is a year", "'60' is a number"),
    ),
)


BESIDE = (
    Quirk(
        "numbered lines",
        [
            [
                ["Proposed savings £000", "Ref", *YEARS],
                *(["Employees", "1001", "60", "30"], ["Premises", "1002", "40", "20"]),
            ]
        ],
        [*in_thousands(60, 30), *in_thousands(40, 20)],
    ),
    Quirk(
        "numbered options",
        ["Proposed savings £000", [["Option", *YEARS], ["1", "20", "20"], ["2", "90", "110"]]],
        (),
        ("'Option 1', 'Option 2' are options, of which one is chosen",),
    ),
    Quirk(
        "statuses behind the years",
        [
            [
                ["Proposed savings £000", *YEARS, "RAG"],
                *(["Employees", "60", "30", "Amber"], ["Premises", "40", "20", "Blue"]),
            ]
        ],
        in_thousands(60, 30),
        ("no RAG status of the register is 'Blue'",),
        "'Blue' is not known here",
    ),
    Quirk(
        "a status left blank",
        [
            [
                ["Proposed savings £000", "RAG", *YEARS],
                *(["Employees", "Amber", "60", "30"], ["Fees", "", "40", "20"]),
            ]
        ],
        in_thousands(60, 30),
        ("'Fees' has no RAG status",),
        "nothing names this row",
    ),
    Quirk(
        "a status for each year",
        [table(NET, ["RAG", "Amber", "Red"])],
        asks=("'RAG' has a status for each year",),
    ),
    Quirk(
        "the net of a budget table",
        [
            "Current budget (£000)",
            [["", "2024/25"], ["Employees", "1,500"], ["Income", "(200)"], ["Net", "1,300"]],
            table(NET),
        ],
        budgets=(("Highways", "2024/25", 1_300_000),),
    ),
    Quirk(
        "a budget table that does not add up",
        [
            "Current budget (£000)",
            [["", "2024/25"], ["Employees", "1,500"], ["Income", "(200)"], ["Net", "1,400"]],
            table(NET),
        ],
        asks=("which of its amounts is the budget of which year cannot be told",),
    ),
    Quirk(
        "the budget of a label",
        [[["Budget 2024/25 (£000)", "900"]], table(NET)],
        budgets=(("Highways", "2024/25", 900_000),),
    ),
)


def test_a_paper_may_be_called_savings_proposal(tmp_path: Path) -> None:
    """Its own title heads no table; the same words behind the labels do."""
    read = Read(tmp_path, ["Savings proposal 2025/26", HEAD, table(NET)], "docx")
    assert read.savings == list(USUAL)
    assert not read.questions
    read = Read(tmp_path, [HEAD, "Savings by year", "Impact: None.", table(NET)], "docx")
    assert ["has no table of figures" in text for text in read.questions] == [True]


@pytest.mark.parametrize(
    "quirk", [*POSTS, *SUMS, *POINTS, *GAPS, *NO_SAVINGS, *BESIDE], ids=lambda quirk: quirk.name
)
def test_right_or_asked(quirk: Quirk, tmp_path: Path) -> None:
    assert_right_or_asked(quirk, tmp_path)


@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_a_row_with_a_cell_too_few(kind: str, tmp_path: Path) -> None:
    """Three years and two amounts: which year is missing is not said in Word, nor in text."""
    rows = [["Proposed savings £000", *THREE], ["Fleet", "100", "50"], ["Fuel", "20", "", "10"]]
    content = as_text([HEAD, rows])
    if kind == "docx":
        made = [row(*map(cell, texts)) for texts in rows]
        head = [row(*map(cell, texts)) for texts in HEAD]
        content = docx([word_table(*head, widths=[1500] * 2), word_table(*made, widths=[1500] * 4)])
    taken = take_from(f"paper.{kind}", content, forms()).taken
    assert not taken.own_grids
    # A file of Word says too that the widths of the row's cells fit no columns.
    assert taken.questions[0].asks == (
        "Proposed savings £000: 1 row has fewer cells than the table has columns"
        " ('Fleet | 100 | 50'), so the year of an amount cannot be told."
    )
    assert len(taken.questions) == (2 if kind == "docx" else 1)


# Answers with boxes, and what is read: (label, answer, field, what it becomes, what is asked).
BOXES = (
    ("Equality screening", "☐ Yes ☒ No", "equality", "No", ""),
    ("Equality screening", "Yes ☐ / No ☒", "equality", "No", ""),
    ("Equality screening", "Please tick: ☒ Yes ☐ No", "equality", "Yes", ""),
    ("Equality screening", "☐ Yes ☐ No", "equality", "☐ Yes ☐ No", "neither is ticked"),
    ("Equality screening", "☒ Yes ☒ No", "equality", "☒ Yes ☒ No", "both are ticked"),
    ("Equality screening", "☐ Yes ☒ No ☐", "equality", "☐ Yes ☒ No ☐", "cannot be told"),
    ("Equality screening", "☐ Yes ✗ No", "equality", "☐ Yes ✗ No", "may mean yes or no"),
    ("Status", "☒ Approved ☐ Not approved", "status", "Approved", ""),
    ("Status", "☐ Approved ☒ Not approved", "status", "Not approved", ""),
    ("Status", "[ ] Approved [X] Concept", "status", "Concept", ""),
    ("Status", "☐ Approved", "status", "", "no box is ticked"),
    ("Status", "☒ Approved ☒ Deferred ☐ Draft", "status", "", "'Approved', 'Deferred'"),
    ("Status", "Approved / Not approved (delete as appropriate)", "status", "", "is not said"),
    ("Status", "Approved / Not approved", "status", "", "is not said"),
    ("Decision route", "☐ Cabinet\n☒ Officer decision", "decision_route", "Officer decision", ""),
    ("Consultation", "☐ Yes ☒ No", "", "No", ""),
    (
        "Description",
        "☒ Fewer lamps ☒ Longer nights",
        "description",
        "Fewer lamps Longer nights",
        "",
    ),
)


@pytest.mark.parametrize("kind", ["docx", "txt"])
@pytest.mark.parametrize("case", BOXES, ids=lambda case: " ".join(case[:2]))
def test_an_answer_is_read_by_its_boxes(
    case: tuple[str, str, str, str, str], kind: str, tmp_path: Path
) -> None:
    label, answer, field, expected, asked = case
    head = [row for row in HEAD if not (label == "Description" and "Description" in row[0])]
    lines = answer.split("\n")
    blocks = [head, [[label, lines[0]], *(["", more] for more in lines[1:])], table(NET)]
    taken = Read(tmp_path, blocks, kind).paper.taken
    background = {each.heading: each.value.text for each in taken.background}
    text = taken.text_of(field) if field else background[label]
    assert text.replace("[doubtful]", "✗") == expected
    assert [asked in each.asks for each in taken.questions] == ([True] if asked else [])


def test_yes_and_no_in_cells_of_their_own(tmp_path: Path) -> None:
    """With a box or a typed x beside them, for a field as for the background."""
    for cells, expected in (
        (["Yes", "x", "No", ""], "Yes"),
        (["☐", "Yes", "☒", "No"], "No"),
        (["Yes", "☐", "No", "☒"], "No"),
    ):
        blocks = [HEAD, [["Equality screening", *cells], ["Consultation", *cells]], table(NET)]
        read = Read(tmp_path, blocks, "docx")
        assert read.paper.taken.text_of("equality") == expected
        assert read.background["Consultation"] == expected
        assert not read.questions
    blocks = [HEAD, [["Equality screening", "Yes", "No"]], table(NET)]
    assert ["neither is ticked" in text for text in Read(tmp_path, blocks, "docx").questions] == [1]
