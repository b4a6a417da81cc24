"""Tables of savings that are laid out or filled in unusually: right, or one question for one fault.

Each is read as Word and, where nothing of Word's own is in it, as text. The savings are worked out
by hand; a question says where the fault is and what to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from other_papers import Block
from test_intake_forms import HEAD, USUAL, Read
from word_files import cell, row, table, tick_box

from ffanalysis.intake.door import coverage_of

TITLE = "Proposed savings (£000)"
NET = ["Net saving", "100", "50"]
TICKED = f"<w:p>{tick_box(is_ticked=True)}</w:p>"


@dataclass(frozen=True)
class Odd:
    """A paper with such a table: its savings, and each of its questions by some of their words."""

    name: str
    blocks: Sequence[Block]
    savings: Sequence[tuple[str, int]] = USUAL
    asks: Sequence[Sequence[str]] = ()
    refuses: str = ""

    @property
    def kinds(self) -> Sequence[str]:
        is_xml = any(isinstance(block, str) and block.startswith("<") for block in self.blocks)
        return ("docx",) if is_xml else ("docx", "txt")


def with_cell(*content: str) -> str:
    """A table whose amount of 2025/26 for energy is a cell of this content."""
    return table(row(TITLE, "2025/26", "2026/27"), row("Energy", cell(*content), "50"))


WHICH = f"{TITLE}, 'Energy', 2025/26: "
WRITE = "Write the one amount of this row and year in figures"
PARTS = [["Energy", "1", "2", "3", "4", "10"], ["Premises", "0", "1", "0", "1", "2"]]
TWO = [["Energy", "1", "2", "3", "4"], ["Premises", "5", "6", "7", "8"]]
ONE_EACH = "one amount for each row and year"

CELLS = (
    Odd(
        "a tick box for an amount",
        [with_cell(TICKED)],
        USUAL[1:],
        [[f"{WHICH}a tick box", WRITE]],
        "'[ticked]' is not an amount",
    ),
    Odd(
        "a tick box beside an amount",
        [with_cell("100", TICKED)],
        USUAL[1:],
        [[f"{WHICH}a tick box", WRITE]],
        "100 [ticked]' is not an amount",
    ),
    Odd(
        "a tick box as text has it",
        [[[TITLE, "2025/26", "2026/27"], ["Energy", "☒ 100", "50"]]],
        USUAL[1:],
        [[f"{WHICH}a tick box", WRITE]],
        "100 [ticked]' is not an amount",
    ),
    Odd(
        "a table for an amount",
        [with_cell(table(row("Gas", "60"), row("Power", "40")), "")],
        USUAL[1:],
        [[f"{WHICH}a table", WRITE, "Gas 60 Power 40"]],
        "'Gas | 60 | Power | 40' is not an amount",
    ),
    Odd(
        "an amount with a table below it",
        [with_cell("100", table(row("of which grant", "30")), "")],
        USUAL[1:],
        [[f"{WHICH}a table", WRITE]],
        "'100 | of which grant | 30' is not an amount",
    ),
    Odd("an amount in a table of its own", [with_cell(table(row("100")), "")]),
    Odd(
        "words for an amount",
        [[[TITLE, "2025/26", "2026/27"], ["Energy", "100 to 120", "50"]]],
        USUAL[1:],
        [[f"{WHICH}'100 to 120' is no amount"]],
        "'100 to 120' is not an amount",
    ),
)

COLUMNS = (
    Odd(
        "the total before the years",
        [[[TITLE, "Total", "2025/26", "2026/27"], ["Net saving", "150", "100", "50"]]],
    ),
    Odd(
        "the total before the years, below the title",
        [TITLE, [["", "Total", "2025/26", "2026/27"], ["Net saving", "150", "100", "50"]]],
    ),
    Odd(
        "quarters of the year in the title",
        [[["Proposed savings 2025/26 (£000)", "Q1", "Q2", "Q3", "Q4", "Total"], *PARTS]],
        (),
        [["parts of a year (Q1, Q2, Q3, Q4)", ONE_EACH, "Premises | 0 | 1 | 0 | 1 | 2"]],
    ),
    Odd(
        "quarters below a label that asks for the year's saving",
        ["Proposed savings 2025/26 (£000)", [["", "Q1", "Q2", "Q3", "Q4", "Total"], *PARTS]],
        (),
        [["parts of a year (Q1, Q2, Q3, Q4)", ONE_EACH]],
    ),
    Odd(
        "quarters with their year",
        [[[TITLE, "Q3 2025/26", "Q4 2025/26", "Q1 2026/27", "Q2 2026/27"], *TWO]],
        (),
        [["parts of a year (Q3 2025/26,", ONE_EACH]],
    ),
    Odd(
        "quarters below a year",
        [
            table(
                row(cell(TITLE), cell("2025/26", span=4), "2026/27"),
                row("", "Q1", "Q2", "Q3", "Q4", ""),
                *(row(*cells) for cells in PARTS),
            )
        ],
        (),
        [["2025/26 stands over several amounts", ONE_EACH, "Energy | 1 | 2 | 3 | 4 | 10"]],
    ),
    Odd(
        "two columns below each year",
        [
            table(
                row(cell(TITLE), cell("2025/26", span=2), cell("2026/27", span=2)),
                row("", "Cash", "Non-cash", "Cash", "Non-cash"),
                *(row(*cells) for cells in TWO),
            )
        ],
        (),
        [["2025/26, 2026/27 each stand over several amounts", ONE_EACH]],
    ),
    Odd(
        "two columns below each year, without merged cells",
        [[[TITLE, "2025/26", "", "2026/27", ""], ["", "Staff", "Other", "Staff", "Other"], *TWO]],
        (),
        [["stand outside their columns", ONE_EACH, "Premises | 5 | 6 | 7 | 8"]],
    ),
    Odd(
        "two columns of one year by their headings",
        [[[TITLE, "2025/26 Staff", "2025/26 Other", "2026/27 Staff", "2026/27 Other"], *TWO]],
        (),
        [["more than one column is of the same year", ONE_EACH]],
    ),
    Odd(
        "each year twice",
        [[[TITLE, "2025/26", "2025/26", "2026/27", "2026/27"], *TWO]],
        (),
        [["more than one column is of the same year", ONE_EACH]],
    ),
)

RATED = [
    ["2024/25", "", "", "", "", ""],
    ["2025/26", "60", "", "40", "", "100"],
    ["2026/27", "", "50", "", "", "50"],
    ["Total", "60", "50", "40", "", "150"],
]
STATUSES = ["Green Delivered", "Green On Target", "Amber", "Red", "Total"]
# By status, then by year.
BY_STATUS = (("2025/26", 60_000), ("2026/27", 50_000), ("2025/26", 40_000))
IN_ROWS = "no column is headed by a year"

YEARS_IN_ROWS = (
    Odd("a column for each status", [[[TITLE, *STATUSES], *RATED]], BY_STATUS),
    Odd("statuses below the title", [TITLE, [["Year", *STATUSES], *RATED]], BY_STATUS),
    Odd(
        "the title left of the years",
        [[[TITLE, "Year", *STATUSES], *(["", *cells] for cells in RATED)]],
        BY_STATUS,
    ),
    Odd(
        "the title merged beside the years",
        [
            table(
                row(cell(TITLE, looks='<w:vMerge w:val="restart"/>'), "Year", *STATUSES),
                *(row(cell(looks="<w:vMerge/>"), *cells) for cells in RATED),
            )
        ],
        BY_STATUS,
    ),
    Odd(
        "a type above the statuses",
        [
            table(
                row(TITLE, cell("New savings", span=2), cell("Existing savings", span=2)),
                row("", "Green", "Amber", "Green", "Amber"),
                row("2025/26", "60", "", "40", ""),
                row("2026/27", "", "50", "", ""),
            )
        ],
        (),
        [[IN_ROWS, ONE_EACH, "2026/27 | 50"]],
    ),
    Odd(
        "a row for each year and status",
        [[[TITLE, "RAG", "Amount"], ["2025/26", "Green", "100"], ["2026/27", "Amber", "50"]]],
        (),
        [[IN_ROWS, ONE_EACH]],
    ),
)


@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_lines_are_called_after_the_heading_above_them(kind: str, tmp_path: Path) -> None:
    """A table by what is bought, with a heading for each directorate and totals of both."""
    rows = [
        [TITLE, "2025/26", "2026/27", "Total"],
        *(["Place", "", "", ""], ["Employees", "10", "20", "30"], ["Premises", "5", "5", "10"]),
        *(["Sub-total Place", "15", "25", "40"], ["People", "", "", ""]),
        *(["Employees", "7", "", "7"], ["Grants", "", "9", "9"]),
        *(["Sub-total People", "7", "9", "16"], ["Grand total", "22", "34", "56"]),
    ]
    read = Read(tmp_path, [HEAD, rows], kind)
    (grid,) = read.paper.taken.grids
    called = [each.labels["line"].text for each in grid.rows if "line" in each.labels]
    assert called == ["Place: Employees", "Place: Premises", "People: Employees", "People: Grants"]
    by_year = {year: sum(n for y, n in read.savings if y == year) for year, _ in read.savings}
    assert by_year == {"2025/26": 22_000, "2026/27": 34_000}
    (question,) = read.questions
    assert "'People: Grants' is a row that the form does not know" in question
    assert not read.refused


@pytest.mark.parametrize("odd", [*CELLS, *COLUMNS, *YEARS_IN_ROWS], ids=lambda odd: odd.name)
def test_right_or_one_question(odd: Odd, tmp_path: Path) -> None:
    for kind in odd.kinds:
        read = Read(tmp_path, [HEAD, *odd.blocks], kind)
        assert read.savings == list(odd.savings)
        asked = [f"{q.asks} {q.source.words} {q.do}" for q in read.paper.taken.questions]
        assert len(asked) == len(odd.asks), asked
        for text, words in zip(asked, odd.asks, strict=True):
            assert all(each in text for each in words), text
        assert bool(read.refused) == bool(odd.refuses), read.refused
        assert all(odd.refuses in text for text in read.refused)
        assert coverage_of(read.paper)["lost"] == 0
