"""The way to a decision, however a paper lists its meetings: kept whole, and nobody's name."""

from pathlib import Path

import pytest
from other_papers import Block
from test_intake_forms import HEAD, NET, Read, table

THREE = [
    ["Cabinet Member", "12 May 2025"],
    ["Scrutiny", "3 June 2025"],
    ["Cabinet", "21 June 2025"],
]
LINES = [f"{meeting}: {day}" for meeting, day in THREE]
WHOLE = "\n".join(LINES)

LISTS: dict[str, tuple[list[Block], str]] = {
    "one line": (
        ["Decision route: Cabinet Member 12 May; Scrutiny 3 June; Cabinet 21 June"],
        "Cabinet Member 12 May; Scrutiny 3 June; Cabinet 21 June",
    ),
    "one line with colons": ([f"Decision route: {'; '.join(LINES)}"], "; ".join(LINES)),
    "a line for each": (["Decision route:", *LINES], WHOLE),
    "a table below": (["Decision route", THREE], WHOLE),
    "a table with headings": (["Decision route", [["Meeting", "Date"], *THREE]], WHOLE),
    "rows of the label": (
        [[["Decision route", *THREE[0]], *(["", *row] for row in THREE[1:])]],
        WHOLE,
    ),
    "the label as a heading": ([[["Decision route", "Date"], *THREE]], WHOLE),
    "a day to be settled": (
        ["Decision route", [["Scrutiny", "TBC"], THREE[2]]],
        "Scrutiny: TBC\nCabinet: 21 June 2025",
    ),
    "what each is for": (
        ["Decision route", [["Meeting", "Date", "For"], ["Cabinet", "21 June 2025", "Decision"]]],
        "Cabinet: 21 June 2025, Decision",
    ),
}


@pytest.mark.parametrize("kind", ["docx", "txt"])
@pytest.mark.parametrize("name", LISTS)
def test_all_of_the_route_is_kept(name: str, kind: str, tmp_path: Path) -> None:
    blocks, route = LISTS[name]
    after: list[Block] = [[["Cabinet member", "Cllr O. Pennick"]], table(NET)]
    read = Read(tmp_path, [HEAD, *blocks, *after], kind)
    assert read.paper.taken.text_of("decision_route") == route
    assert read.project["cmr_lead"] == "Cllr O. Pennick"
    assert not read.questions


def test_a_day_is_nobodys_name(tmp_path: Path) -> None:
    rows = [["Cabinet member", "12 May 2025"], ["Start date", "1 June 2025"]]
    read = Read(tmp_path, [HEAD, "Decision route", [["Cabinet", "21 June 2025"]], rows], "docx")
    assert (
        read.paper.taken.text_of("decision_route")
        == "Cabinet: 21 June 2025\nCabinet member: 12 May 2025"
    )
    assert any("'Start date' is no label" in text for text in read.questions)
    read = Read(tmp_path, [HEAD, rows[:1], table(NET)], "docx")
    assert "cmr_lead" not in read.project
    (question,) = read.questions
    assert question.startswith("'12 May 2025' is a day, and stands where")
