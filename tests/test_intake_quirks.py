"""The concept paper with one thing wrong or unusual: what is then right, or asked; never silence.

Each case says in its own words what a careful person makes of it. Beside that nothing may change:
the amounts of all other tables stay those of the paper.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import the_paper

from ffanalysis.intake.book import Paper
from ffanalysis.intake.door import coverage_of, forms_for
from ffanalysis.intake.papers import take_from
from ffanalysis.intake.project_sheets import sheets_of
from ffanalysis.intake.workbook import workbook_of
from ffanalysis.periods import Period
from ffanalysis.read import read_period
from ffanalysis.savings.quarter import Quarter

Q2 = "2015-16-Q2"
FORMS = forms_for([])
PROPOSED = "PROPOSED SAV"
NEW, FASTER = "New Savings (Further and New)", "Existing Savings (Faster)"
UNIT = "£000's"


def changed(*pairs: tuple[str, str], text: str = the_paper.TEXT) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


class Read:
    """A changed paper as the quarter's own reader reads its workbook."""

    def __init__(self, folder: Path, text: str) -> None:
        self.paper: Paper = take_from("paper.txt", text.encode(), FORMS, project=the_paper.PROJECT)
        book = folder / Q2 / "paper.xlsx"
        book.parent.mkdir()
        book.write_bytes(workbook_of(sheets_of([self.paper])))
        tables = read_period(Period.parse(Q2), [book])
        self.quarter = Quarter(tables)
        self.refused = tables.refusals["sentence"].tolist()

    @property
    def questions(self) -> list[str]:
        return [f"{each.asks} {each.source.words}" for each in self.paper.taken.questions]

    def savings(self, plan: str) -> dict[tuple[str | None, str | None], list[float]]:
        """The savings of a plan in £000: (RAG or route, year) → amounts."""
        found: dict[tuple[str | None, str | None], list[float]] = {}
        for row in self.quarter.savings:
            if row.plan == plan and row.amount_pence is not None:
                found.setdefault((row.rag or row.route, row.year), []).append(
                    row.amount_pence / 100_000
                )
        return found


CURRENT = {
    ("Green Delivered", "2015/16"): [584],
    ("Green Delivered", "2016/17"): [318],
    ("Green On Target", "2016/17"): [1025],
    ("Green On Target", "2017/18"): [344],
    ("Amber", "2016/17"): [152],
    ("Amber", "2017/18"): [32],
    ("Retained", None): [768],
    ("Commissioned", None): [1687],
}


@dataclass
class Case:
    """A change of the paper, and what is then asked, refused, or read."""

    name: str
    text: str
    asks: tuple[str, ...] = ()  # each is in a question that the paper itself has not
    refuses: str = ""
    proposed: dict[tuple[str | None, str | None], list[float]] = field(
        default_factory=lambda: {(None, "2017/18"): [100]}
    )
    current: dict[tuple[str | None, str | None], list[float]] | None = None
    fields: dict[str, str | None] = field(default_factory=dict)


CASES = (
    Case(
        "two boxes ticked",
        changed(("NEW\t\t\t", "NEW\t\\checkmark\t\t")),
        ("2 boxes are ticked, 'FURTHER' and 'NEW'",),
        fields={"saving_type": None},
    ),
    Case(
        "no box ticked",
        changed(("FURTHER\t\\checkmark", "FURTHER\t")),
        ("no box is ticked (FURTHER, FASTER, NEW, CROSS CUTTING)",),
        fields={"saving_type": None},
    ),
    Case(
        "a dash in a box",
        changed(("FURTHER\t\\checkmark", "FURTHER\t-")),
        ("the box of 'FURTHER' shows '-', which may mean yes or no",),
        fields={"saving_type": None},
    ),
    Case(
        "a cross that may mean no",
        changed(("FURTHER\t\\checkmark", "FURTHER\t✗")),
        ("may mean yes or no",),
        fields={"saving_type": None},
    ),
    *(
        Case(
            f"a box ticked by {mark}",
            changed(("FURTHER\t\\checkmark", f"FURTHER\t{mark}")),
            fields={"saving_type": "FURTHER"},
        )
        for mark in ("x", "X", "✓", "✔", "√", "☒", "☑", "[x]", "Yes", "(✓)")
    ),
    Case(
        "the box before its words",
        changed(
            ("FURTHER\t\\checkmark\t\t", "☒ FURTHER\t\t\t"),
            ("FASTER\t\t\t", "☐ FASTER\t\t\t"),
            ("NEW\t\t\t", "☐ NEW\t\t\t"),
        ),
        fields={"saving_type": "FURTHER"},
    ),
    Case(
        "another plan area",
        changed(
            ("Families\t\\checkmark", "Families\t"),
            ("Cross Council Priorities\t\t", "Public Health\tx\t"),
        ),
        ("'Public Health' is ticked, which is none of the form's options",),
        fields={"plan_area": "Public Health"},
    ),
    Case(
        "no table of proposed savings",
        the_paper.TEXT[: the_paper.TEXT.index(PROPOSED)]
        + the_paper.TEXT[the_paper.TEXT.index("Agreed By") :],
        ("The form has a table 'Proposed savings', and the paper has none",),
        proposed={},
    ),
    Case(
        "no sign-off",
        the_paper.TEXT[: the_paper.TEXT.index("Agreed By")],
        ("The form asks for 'sign-off', and the paper has no answer",),
    ),
    Case(
        "a year more",
        changed(
            ("2019/20\tTotal", "2019/20\t2020/21\tTotal"),
            ("100 100\t\t\t100", "100 100\t\t\t\t100"),
            ("Total\t\t\t\t\t100", "Total\t\t\t\t\t\t100"),
            (f"TOTAL SAVINGS\t{UNIT}\t\t\t100\t\t\t", f"TOTAL SAVINGS\t{UNIT}\t\t\t100\t\t\t\t"),
        ),
    ),
    Case(
        "thousands for millions in the text",
        changed(("Savings of £2.455m", "Savings of £2,455m")),
        ("'2,455' and '£2,455m' are the same figures, 1,000 times apart",),
    ),
    Case(
        "months before days",
        changed(
            ("27.08.2015", "08/27/2015"), ("Simon White\t27.08.2015", "Simon White\t08/09/2015")
        ),
        ("'08/09/2015' may have the day or the month first",),
        refuses="'08/09/2015 (day or month first?)' is not a day",
    ),
    Case(
        "cumulative years",
        # 100, 100 and 100 that run on are one saving of £100k from 2017/18.
        changed(
            (f"{PROPOSED}\t", "PROPOSED SAVINGS (cumulative)\t"),
            ("100 100\t\t\t100", "100 100\t100 100\t100 100\t100"),
            (
                f"TOTAL SAVINGS\t{UNIT}\t\t\t100\t\t\t",
                f"TOTAL SAVINGS\t{UNIT}\t\t\t100\t100\t100\t",
            ),
        ),
        ("PROPOSED SAVINGS (cumulative), 2018/19: one cell has '100 100'",),
        proposed={(None, "2017/18"): [100], (None, "2018/19"): [0], (None, "2019/20"): [0]},
    ),
    Case(
        "no unit",
        the_paper.TEXT.replace(UNIT, ""),
        ("no unit is written (£, £000 or £m)",),
        refuses="no unit is written for 100",
        proposed={},
    ),
    Case(
        "two lines and their total in a cell",
        changed(("100 100", "60 40 100")),
        ("which RAG status each amount but the last has cannot be told",),
        proposed={(None, "2017/18"): [60, 40]},
    ),
    Case(
        "amounts that do not add up in a cell",
        changed(("100 100", "60 30 100")),
        ("which amount belongs to which cannot be told",),
        refuses="'60 30 100' is not an amount",
        proposed={},
    ),
    Case(
        "a range for an amount",
        changed(("100 100\t", "80-100\t")),
        ("'80-100' stands for 5 lines",),
        refuses="'80-100' is not an amount",
        proposed={},
    ),
    Case(
        "an amount still to come",
        changed(("100 100\t", "TBC\t")),
        ("'TBC' stands for 5 lines",),
        proposed={},
    ),
    Case(
        "an amount that slipped into the labels",
        changed(("\tAmber\t\t\t152\t32", "\tAmber\t152\t\t\t32")),
        ("'152' stands under no heading",),
        current={k: v for k, v in CURRENT.items() if k != ("Amber", "2016/17")},
    ),
    Case(
        "two amounts run together",
        changed(("1,025\t344", "1,025 344\t")),
        refuses="'1,025 344' is not an amount",
        current={k: v for k, v in CURRENT.items() if k[0] != "Green On Target"},
    ),
    Case(
        "a status that nobody knows",
        changed(("\tGreen On ⁻\tTarget", "\tGreen On ⁻\tTargit")),
        ("'Green On ⁻ Targit' is a row that the form does not know",),
        refuses="'Green On ⁻ Targit' is not known here",
        current={k: v for k, v in CURRENT.items() if k[0] != "Green On Target"},
    ),
    Case(
        "savings in the text that no table has",
        changed(
            (
                "opportune time to make the change.",
                (
                    "opportune time to make the change. It will save £250k in 2018/19, and up to"
                    " £1.2 million over three years."
                ),
            )
        ),
        ("'£250k', '£1.2 million' stand in the text",),
    ),
    Case(
        "delivered in part",
        changed(("and fully delivered", "and partly delivered")),
        ("'£1.8 million' of 2014/15: how much of it was delivered is not said",),
    ),
    Case(
        "a label misspelt",
        changed(("Outcomes of the project:", "Outcums of the project:")),
        ("The nearest label known is 'Outcomes of the project'",),
        fields={"outcomes": None},
    ),
    Case(
        "two titles",
        changed(("Type of Saving:", "Project Title: Another name\nType of Saving:")),
        ("is answered more than once",),
    ),
    Case(
        "rows among the statuses that are no savings",
        # Base budget and posts are known for none; loss of income may be anything.
        changed(
            (
                f"TOTAL SAVINGS\t{UNIT}",
                f"\t{UNIT}\tBase budget\t2,400\t2,315\t\t\t\nTOTAL SAVINGS\t{UNIT}",
            ),
            (
                "TOTAL SAVINGS",
                f"\t{UNIT}\tPosts\t3\t1\t\t\t\n\t{UNIT}\tLoss of income\t12\t\t\t\t\nTOTAL SAVINGS",
            ),
        ),
        (
            "'Base budget' is a row of the table, and no saving",
            "'Loss of income' is a row that the",
        ),
        refuses="'Loss of income' is not known here",
    ),
    Case(
        "full pounds where the form has thousands",
        changed(
            (
                "£5.9m for Education & Skills of which £1.083m",
                "£5,900,000 for Education & Skills of which £1,083,000",
            )
        ),
        ("'£5,900,000' stands where the form has £000",),
        refuses="'£5,900,000 (£ or £000?)' is not an amount",
    ),
    Case(
        "headings out of step with their rows",
        changed(
            (f"{PROPOSED}\t\t\t2016/17", f"{PROPOSED}\t2016/17"),
            ("2019/20\tTotal", "2019/20\tTotal\t\t"),
        ),
        ("so those of the whole table cannot be told",),
        proposed={},
    ),
    Case(
        "words beside a heading",
        changed(("Timescales:\n", "Timescales: two years at £88k\n")),
        ("Words beside the heading 'Timescales'",),
    ),
    Case(
        "savings of two years delivered",
        changed(("the 2014/15 financial year and", "the 2014/15 and 2015/16 financial years and")),
        ("'£1.8 million' of 2014/15: how much of it was delivered is not said",),
    ),
    Case(
        "savings that others delivered",
        changed(("fully delivered in line", "fully delivered by Anyshire in line")),
        ("how much of it was delivered is not said",),
    ),
    *(
        Case(
            f"no duty: {words}",
            changed(("but the 3000 or so statements", words)),
            ("may be a duty with a date, or a limit or a condition",),
        )
        for words in (
            "but no more than 3000 statements",
            "but fewer than 3000 statements",
            "but it is not true that 3000 statements",
            "but the union asks that 3000 statements",
        )
    ),
    Case(
        "a split of each year",
        changed(("- £0.768m", "- £0.768m per year")),
        ("'£0.768m', '£1.687m' stand in the text",),
        current={k: v for k, v in CURRENT.items() if k[1]},
    ),
    Case(
        "a sign-off without its day",
        changed(("Simon White\t27.08.2015", "Simon White\tTBC")),
        ("'Director' has 'TBC' for a date",),
    ),
    Case(
        "a sentence that begins as the title of a table",
        changed(("Purpose:\n", "Purpose:\n\nProposed savings of £2.1m will be found elsewhere.\n")),
        ("'£2.1m' stands in the text",),
    ),
    Case(
        "rows with a status that are no savings",
        changed(
            (
                "TOTAL SAVINGS",
                (
                    f"Implementation costs\t{UNIT}\tAmber\t30\t\t\t\t\n"
                    f"Museums\t{UNIT}\tRed\t5\t\t\t\t\nTOTAL SAVINGS"
                ),
            ),
        ),
        # Implementation costs are a one-off cost of the register.
        ("'Museums' is a row that the form does not know",),
        proposed={(None, "2017/18"): [100], ("Red", "2016/17"): [5]},
    ),
    Case(
        "rows below a heading that may be another project's",
        changed(
            (
                "TOTAL SAVINGS",
                "Project 2: Museums\t\t\t\t\t\t\t\n\t\tAmber\t30\t\t\t\t\nTOTAL SAVINGS",
            )
        ),
        ("rows stand below 'Project 2: Museums'",),
        refuses="'Amber (Project 2: Museums?)' is not known here",
    ),
    Case(
        "another table right below, without years",
        changed(
            (
                "\nPROPOSED SAV",
                (
                    "\nInvestment needed\t\t\t\t\t\t\n\tAmber\t\t3\t\t\t\n"
                    "\tTotal\t\t3\t\t\t\n\nPROPOSED SAV"
                ),
            )
        ),
        ("'Amber' is no label of the form",),
    ),
    Case(
        "options of which one is meant",
        changed(("New Savings (Further and New)", "New Savings (Option A)")),
        ("'New Savings (Option A)' may be an option that is not chosen",),
    ),
    Case("a blank line in a table", changed(("Review of future", "\nReview of future"))),
    Case(
        "a risk without mitigation",
        changed((f"reduced service\t{the_paper.RISKS[0][1]}", "reduced service\t")),
        ("'Contracted provider does not agree to take a reduced service' has no mitigation",),
    ),
    Case(
        "a split of no plan",
        changed(("are already included in the MTFP", "may be included in the MTFP")),
        ("'£2.455m' stands in the text", "which plan and years these savings are of is not said"),
        current={k: v for k, v in CURRENT.items() if k[1]},
    ),
    Case(
        "other words for the split",
        changed(
            ("are already included in the MTFP", "are built into the medium term financial plan")
        ),
    ),
    Case(
        "the form in another order",
        the_paper.TEXT[the_paper.TEXT.index("Timescales:") :]
        + "\n\n"
        + the_paper.TEXT[: the_paper.TEXT.index("Timescales:")],
    ),
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return Read(tmp_path_factory.mktemp("plain"), the_paper.TEXT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_right_or_asked(case: Case, plain: Read, tmp_path: Path) -> None:
    read = Read(tmp_path, case.text)
    new = [text for text in read.questions if text not in plain.questions]
    for words in case.asks:
        assert any(words in text for text in new), (words, new)
    assert bool(read.refused) == bool(case.refuses), read.refused
    if case.refuses:
        assert case.refuses in read.refused[0]
    assert read.savings("proposed") == case.proposed
    assert read.savings("current") == (CURRENT if case.current is None else case.current)
    (row,) = read.quarter.projects
    for name, value in case.fields.items():
        assert getattr(row, name) == value
    # What is unusual and certain is no question.
    assert case.asks or case.refuses or len(new) <= 1, new
    assert coverage_of(read.paper)["lost"] == 0


def test_an_answer_that_may_be_hostile_is_only_words(tmp_path: Path) -> None:
    text = changed(
        ("Simon White", '=HYPERLINK("http://x")'), ("John Campion", "<script>1</script>")
    )
    read = Read(tmp_path, text)
    (row,) = read.quarter.projects
    assert row.slt_lead == '=HYPERLINK("http://x")'
    assert row.cmr_lead == "<script>1</script>"


def test_no_place_for_what_no_form_knows() -> None:
    from ffanalysis.errors import PaperUnreadable

    with pytest.raises(PaperUnreadable, match="it has the labels of no form known"):
        take_from("letter.txt", b"Dear all,\nplease find the minutes below.\n", forms_for([]))
