"""Tables of risks with other columns beside risk and mitigation: nothing is lost, little asked."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from test_intake_forms import Read

HEAD = [
    ["Business case title", "Harbour data"],
    ["Business case unique reference number", "D 1"],
    ["SRO name", "M. Ellerby"],
    ["Summary", "One place."],
]
WHEN = "Early pilots, T. Wick, June 2025"


@dataclass(frozen=True)
class Risks:
    """The rows of a table, what becomes of each risk, what is background, what is asked."""

    name: str
    rows: list[list[str]]
    risks: list[tuple[str | None, ...]]  # risk, mitigation, likelihood, impact, score, owner
    background: tuple[tuple[str, str], ...] = ()
    asks: str = ""
    refuses: str = ""


TABLES = (
    Risks(
        "scores, who and when",
        [
            ["Describe the risk", "Impact score", "Overall risk score", "Mitigation, who, when"],
            ["Harbours join late", "4", "12", WHEN],
            ["The supplier fails", "5", "5", "Escrow"],
        ],
        [
            ("Harbours join late", WHEN, None, "4", "12", None),
            ("The supplier fails", "Escrow", None, "5", "5", None),
        ],
    ),
    Risks(
        "risks under no heading",
        [
            ["", "Impact score", "Overall risk score", "Mitigation, who, when"],
            ["Harbours join late", "4", "12", WHEN],
        ],
        [("Harbours join late", WHEN, None, "4", "12", None)],
    ),
    Risks(
        "risks under a heading of its own",
        [
            ["What could go wrong", "Likelihood", "Mitigation"],
            ["Harbours join late", "3", WHEN],
            ["The supplier fails", "1", "Escrow"],
        ],
        [
            ("Harbours join late", WHEN, "3", None, None, None),
            ("The supplier fails", "Escrow", "1", None, None, None),
        ],
        asks="'What could go wrong' is taken for the heading of the risks",
    ),
    Risks(
        "a number, letters, an owner, a day",
        [
            ["No.", "Risk", "L", "I", "Score", "Mitigation", "Risk owner", "Review date"],
            ["1", "Harbours join late", "3", "4", "12", "Early pilots", "T. Wick", "June 2025"],
        ],
        [("Harbours join late", "Early pilots", "3", "4", "12", "T. Wick")],
        (("No. (Harbours join late)", "1"), ("Review date (Harbours join late)", "June 2025")),
    ),
    Risks(
        "scores before and after, two columns of what is done",
        [
            [
                *("Ref", "Risk", "Inherent score", "Controls in place", "Residual score"),
                *("Mitigation", "Action owner", "Due date", "RAG"),
            ],
            ["R1", "Harbours join late", "12", "Pilots", "6", "Visits", "T. Wick", "June", "Amber"],
        ],
        [("Harbours join late", "Pilots\nVisits", None, None, None, "T. Wick")],
        (
            ("Ref (Harbours join late)", "R1"),
            ("Inherent score (Harbours join late)", "12"),
            ("Residual score (Harbours join late)", "6"),
            ("Due date (Harbours join late)", "June"),
            ("RAG (Harbours join late)", "Amber"),
        ),
    ),
    Risks(
        "a column that nobody knows",
        [
            ["Risk", "Mitigation", "Harbour district"],
            ["Harbours join late", "Pilots", "North"],
            ["The supplier fails", "Escrow", "South"],
        ],
        [
            ("Harbours join late", "Pilots", None, None, None, None),
            ("The supplier fails", "Escrow", None, None, None, None),
        ],
        (
            ("Harbour district (Harbours join late)", "North"),
            ("Harbour district (The supplier fails)", "South"),
        ),
        "The column 'Harbour district', which no column of risks takes",
    ),
    Risks(
        "no column for the risk",
        [
            ["Impact score", "Overall risk score", "Mitigation, who, when"],
            ["4", "12", WHEN],
        ],
        [],
        asks="has no column for the risks",
        refuses="it is blank (write the risk)",
    ),
)


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case.name)
@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_risk_mitigation_and_owner_are_kept(case: Risks, kind: str, tmp_path: Path) -> None:
    read = Read(tmp_path, [HEAD, "Key risks", case.rows], kind)
    names = ("risk", "mitigation", "likelihood", "impact", "score", "owner")
    found = [
        tuple(str(text) if (text := getattr(row, name, None)) else None for name in names)
        for row in read.quarter.risks
    ]
    assert found == case.risks
    kept = read.background
    kept.pop("Other words of the paper", None)
    assert kept == dict(case.background)
    assert [case.asks in text for text in read.questions] == [True] * bool(case.asks)
    assert [case.refuses in text for text in read.refused] == [True] * bool(case.refuses)
    if case.refuses:
        (row,) = read.paper.taken.records["risks"]
        assert row["mitigation"].text == WHEN
