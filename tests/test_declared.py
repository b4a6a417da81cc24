"""What is declared beside the workbooks: layouts, corrections and aliases.

It holds, it is told, and nothing stale is served.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from rows import records

from ffanalysis import read
from ffanalysis.checks import check
from ffanalysis.cli import main
from ffanalysis.errors import CorrectionWrong, LayoutWrong, UserError
from ffanalysis.figures import amount_of
from ffanalysis.periods import Period
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import Tables

PERIOD = "2015-16-Q2"
CURRENT = "savings-schedule.xlsx!Current programme!"
WIDER = "Education & Skills excluding SEND"
K = 100_000


def folder_of(programme: Path) -> Path:
    return programme / "data" / "raw" / PERIOD


def put(programme: Path, cell: str, value: object) -> None:
    book, sheet, address = cell.split("!")
    workbook = openpyxl.load_workbook(folder_of(programme) / book)
    workbook[sheet][address].value = value
    workbook.save(folder_of(programme) / book)


def declare(programme: Path, name: str, text: str, *, everywhere: bool = False) -> None:
    folder = folder_of(programme).parent if everywhere else folder_of(programme)
    (folder / name).write_text(text, "utf-8")


def load(programme: Path) -> Tables:
    """The quarter as read afresh."""
    return read.read_period(Period.parse(PERIOD), read.inputs_of(programme, PERIOD))


def amount(tables: Tables, cell: str) -> int | None:
    book, sheet, address = cell.split("!")
    (row,) = (
        row
        for row in records(tables.savings)
        if (row.workbook, row.sheet, row.cell) == (book, sheet, address)
    )
    return row.amount_pence


# --- layout.toml ----------------------------------------------------------------------------------

SECTIONS = "tables, headings, totals, units, missing, values, words"
SAVINGS_KEYS = "needs, any, headings, years, sign, percentages, texts, given, columns"
STATUSES = "Green Delivered, Green On Target, Amber, Red"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[colums]\nx = 1", f"there is no section [colums]; there is: {SECTIONS}."),
        (
            '[tables.savings]\nsigns = "x"',
            f"[tables.savings] has no 'signs'; it has: {SAVINGS_KEYS}.",
        ),
        (
            '[tables.savings]\nsign = "minus"',
            "[tables.savings] sign must be one of: saving is positive, saving is negative.",
        ),
        ('[tables.savings]\nheadings = "one"', "[tables.savings] headings must be a number."),
        ("[tables.savings]\nheadings = []", "[tables.savings] headings must be a number."),
        ('[tables]\nsavings = "x"', "[tables] savings must be a section of its own."),
        (
            '[tables.savings.given]\nplan = ["Current"]',
            "[tables.savings.given] plan must be a text.",
        ),
        ('[values.rag]\nBlue = ["b"]', f"[values.rag] has no 'Blue'; it has: {STATUSES}."),
        ('[units]\n"£bn" = ["x"]', "[units] '£bn' is no unit; write £, £000 or £m."),
        ('[headings]\ntotal = "x"', "[headings] total must be a list of texts."),
        ("[headings]\ntotal = [1]", "[headings] total must be a list of texts."),
        (
            '[tables.savings.given]\nplan = "curent"',
            (
                "[tables.savings.given] plan: 'curent' is not known; write one of: prior, current,"
                " proposed."
            ),
        ),
        (
            '[tables.recipients]\nneeds = ["nosuch"]',
            "[tables.recipients] needs: there is no column 'nosuch'; it has: project, name, email.",
        ),
        ('workbooks = "x"', 'workbooks must be a list of file names, such as ["schedule*.xlsx"].'),
    ],
)
def test_a_layout_that_would_be_passed_over_stops_the_run(
    programme: Path, text: str, problem: str
) -> None:
    declare(programme, "layout.toml", text)
    with pytest.raises(LayoutWrong) as wrong:
        load(programme)
    assert (str(wrong.value), wrong.value.exit_code) == (f"layout.toml: {problem}", 11)


def test_the_command_says_what_is_wrong_with_a_layout_and_ends_with_11(
    programme: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(programme, "layout.toml", "[colums]\n")
    monkeypatch.setenv("FFANALYSIS_ROOT", str(programme))
    with pytest.raises(SystemExit) as ended:
        main(["check", PERIOD])
    assert ended.value.code == 11
    assert f"layout.toml: there is no section [colums]; there is: {SECTIONS}." in " ".join(
        capsys.readouterr().err.split()
    )


# What another council writes, for what the example writes; and its layout, in ten lines.
OTHER_WORDS = {
    "Project": "Workstream",
    "RAG": "Traffic light",
    "Delivery route": "Provider type",
    "Programme": "Portfolio",
    "Scope": "Covers",
    "Plan": "Stage",
    "Service": "Function",
    "Basis": "Prepared on",
    "Type of saving": "Category",
    "Total": "Sum",
    "TOTAL SAVINGS": "Sum of savings",
    "Green Delivered": "Banked",
    "Green On Target": "In hand",
    "Retained Service savings": "In-house",
    "Commissioned Service savings": "Bought in",
    "2015/16": "Base 2015-16",
    "2016/17": "Base 2016-17",
    "Current": "Live",
    "Proposed": "Idea",
}
OTHER_LAYOUT = """\
headings = { total = ["sum"], beside_years = ["base"] }
totals = { labels = ["sum"] }
[tables]
budget.columns = { service = ["function"], basis = ["prepared on"] }
milestones.columns = { project = ["workstream"] }
risks.columns = { project = ["workstream"] }
signoff.columns = { project = ["workstream"] }
deadlines.columns = { project = ["workstream"] }
[tables.projects.columns]
project = ["workstream"]
programme = ["portfolio"]
service = ["function"]
saving_type = ["category"]
[tables.savings.columns]
project = ["workstream"]
programme = ["portfolio"]
scope = ["covers"]
plan = ["stage"]
saving_type = ["category"]
rag = ["traffic light"]
route = ["provider type"]
[values]
plan = { current = ["live"], proposed = ["idea"] }
rag = { "Green Delivered" = ["banked"], "Green On Target" = ["in hand"] }
route = { Retained = ["in-house"], Commissioned = ["bought in"] }
"""


def reword(programme: Path) -> None:
    for path in folder_of(programme).glob("*.xlsx"):
        workbook = openpyxl.load_workbook(path)
        for cell in (
            cell for page in workbook.worksheets for line in page.iter_rows() for cell in line
        ):
            cell.value = OTHER_WORDS.get(cell.value, cell.value)
        workbook.save(path)


def facts(tables: Tables) -> list[tuple[object, ...]]:
    """Every finding without its sentence, which quotes the words of the workbooks."""
    return sorted(
        (
            item.rule,
            item.year,
            item.outcome,
            str((item.severity, item.stated, item.calculated, item.tolerance)),
            item.cells,
        )
        for item in check(Quarter(tables))
    )


def test_a_council_that_heads_its_columns_differently_throughout_needs_only_a_layout(
    programme: Path,
) -> None:
    expected = load(programme)
    reword(programme)
    # Without a layout nothing of it is guessed: the register itself is not found.
    assert not load(programme).refusals.empty
    declare(programme, "layout.toml", OTHER_LAYOUT)
    tables = load(programme)
    assert list(tables.refusals["sentence"]) == []
    for name in ("budget", "savings", "totals"):
        columns = ["cell", "year", "line_no", "amount_pence", "stated_to_pence"]
        assert getattr(tables, name)[columns].equals(getattr(expected, name)[columns])
    assert facts(tables) == facts(expected)


def test_a_layout_may_be_meant_for_one_workbook_only(programme: Path) -> None:
    reword(programme)
    declare(programme, "layout.toml", 'workbooks = ["register*"]\n' + OTHER_LAYOUT)
    tables = load(programme)
    assert Quarter(tables).slugs == ("sen-contract-efficiency",)
    assert {row.workbook for row in records(tables.refusals)} == {"savings-schedule.xlsx"}
    assert [
        (row.what, row.workbook)
        for row in records(tables.unused)
        if row.workbook == "base-budget.xlsx"
    ] == [("sheet without a known table", "base-budget.xlsx")] * 2


# --- corrections.toml -----------------------------------------------------------------------------


def correction(
    cell: str = f"{CURRENT}C9",
    was: str = "1025",
    now: str = "1035",
    day: str = "2015-10-02",
    more: str = "",
) -> str:
    told = 'reason = "a digit was mistyped"\ntold_by = "S Simcox"'
    return (
        f'[[correction]]\ncell = "{cell}"\nwas = {was}\nnow = {now}\n{told}\ndate = {day}\n{more}\n'
    )


def test_a_correction_is_applied_and_told(programme: Path) -> None:
    declare(programme, "corrections.toml", correction())
    tables = load(programme)
    assert amount(tables, f"{CURRENT}C9") == 1035 * K
    (row,) = records(tables.corrections)
    assert (row.was, row.read_as, row.date) == ("1025", "1035", date(2015, 10, 2))
    assert (row.reason, row.told_by) == ("a digit was mistyped", "S Simcox")
    assert (row.workbook, row.sheet, row.cell) == (
        "savings-schedule.xlsx",
        "Current programme",
        "C9",
    )
    # 318 + 1,035 + 152 = 1,505 against 1,495.
    (column,) = (
        item
        for item in check(Quarter(tables))
        if (item.rule, item.year, item.subject) == ("rag-columns", "2016/17", WIDER)
    )
    assert (column.outcome, column.difference) == ("disagrees", 10 * K)
    # An expression says which of its cells was corrected.
    leaves = [amount_of(row) for row in Quarter(tables).savings if row.block.startswith(CURRENT)]
    assert [str(leaf.cells[0]) for leaf in leaves if leaf.made.is_corrected] == [f"{CURRENT}C9"]


@pytest.mark.parametrize(
    ("cell", "was", "now", "pence"),
    [
        (f"{CURRENT}C9", "1025", '"1,026 "', 1026 * K),
        (f"{CURRENT}C9", "1025.0", "1027", 1027 * K),
        (f"{CURRENT}C9", '"1025"', "1028", 1028 * K),
        (f"{CURRENT}C9", "1025", '""', None),
        (f"{CURRENT}B9", '""', "12", 12 * K),
        ("savings-schedule.xlsx!Split by route!B9", "0.768", "0.769", 76_900_000),
        ("savings-schedule.xlsx!Split by route!B9", "0.768", '"£0.770m"', 77_000_000),
        (f"{CURRENT}C10", "152", '"TBC"', None),
    ],
)
def test_numbers_texts_and_blanks_are_corrected(
    programme: Path, cell: str, was: str, now: str, pence: int | None
) -> None:
    declare(programme, "corrections.toml", correction(cell, was, now))
    tables = load(programme)
    assert (list(tables.refusals["sentence"]), amount(tables, cell)) == ([], pence)
    assert len(tables.corrections) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            correction(was="1024"),
            (
                f"correction 1: {CURRENT}C9 should hold '1024', but holds '1025'; take the"
                " correction away, or declare it anew."
            ),
        ),
        (
            correction(f"{CURRENT}B9", "5"),
            (
                f"correction 1: {CURRENT}B9 should hold '5', but holds 'nothing'; take the"
                " correction away, or declare it anew."
            ),
        ),
        (
            correction() + correction(was="1035"),
            f"correction 2: {CURRENT}C9 is corrected already by correction 1.",
        ),
        (
            correction("savings-schedule.xlsx!Curent!C9"),
            (
                "correction 1: there is no sheet Curent in savings-schedule.xlsx; it has: Current"
                " programme, Split by route, Delivered 2014-15, Proposed savings."
            ),
        ),
        (
            correction("savings.xlsx!Current programme!C9"),
            "correction 1: there is no workbook savings.xlsx.",
        ),
        (correction("C9"), "correction 1: 'C9' names no cell; write book.xlsx!Sheet!C14."),
        (
            correction(day='"2 October"'),
            "correction 1: '2 October' is not a date; write it as 2015-10-02, without quotes.",
        ),
        (
            correction(more='sure = "yes"'),
            (
                "correction 1: it has sure, which is not known; write cell, was, now, reason,"
                " told_by, date."
            ),
        ),
        (
            '[[correction]]\ncell = "x"\nwas = 1\nnow = 2',
            "correction 1: it states no reason, told_by, date.",
        ),
        (correction().replace("a digit was mistyped", " "), "correction 1: its reason is blank."),
        (
            '[[corrections]]\ncell = "x"',
            "correction 1: the file may hold [[correction]] entries only, but has corrections.",
        ),
    ],
)
def test_a_correction_that_cannot_hold_stops_the_run(
    programme: Path, text: str, problem: str
) -> None:
    declare(programme, "corrections.toml", text)
    with pytest.raises(CorrectionWrong) as wrong:
        load(programme)
    assert (str(wrong.value), wrong.value.exit_code) == (f"corrections.toml, {problem}", 11)


def test_a_correction_ends_the_run_once_the_workbook_is_mended(programme: Path) -> None:
    declare(programme, "corrections.toml", correction())
    assert amount(load(programme), f"{CURRENT}C9") == 1035 * K
    put(programme, f"{CURRENT}C9", 1035)
    with pytest.raises(CorrectionWrong, match="should hold '1025', but holds '1035'"):
        load(programme)


# --- aliases.toml ---------------------------------------------------------------------------------


def alias(kind: str, name: str, *also: str) -> str:
    names = ", ".join(f'"{text}"' for text in also)
    return (
        f'[[alias]]\nkind = "{kind}"\nname = "{name}"\nalso = [{names}]\nreviewed_by = "S'
        ' Simcox"\ndate = 2015-10-01\n'
    )


OTHER = "Children, Families and Communities"


def test_an_alias_of_a_service_holds_for_the_scopes_that_name_it(programme: Path) -> None:
    put(programme, f"{CURRENT}B4", f"{OTHER} excluding SEND")
    before = load(programme)
    assert f"{OTHER}" in {row.name for row in records(before.names) if not row.matched}
    declare(programme, "aliases.toml", alias("service", "Education & Skills", OTHER))
    tables = load(programme)
    # What is excluded stays excluded.
    assert {row.scope for row in records(tables.savings) if row.sheet == "Current programme"} == {
        WIDER
    }
    (name,) = (
        row for row in records(tables.names) if row.name == "Education & Skills" and row.used_for
    )
    assert (name.used_for, name.matched) == (OTHER, True)
    assert OTHER not in set(tables.names["name"])


@pytest.mark.parametrize(
    ("kind", "name", "cell"),
    [
        ("programme", "Future Fit", f"{CURRENT}B3"),
        ("scope", WIDER, f"{CURRENT}B4"),
        ("project", "SEN Contract Efficiency", "savings-schedule.xlsx!Proposed savings!B2"),
        ("project", "SEN Contract Efficiency", "register.xlsx!Milestones!A5"),
        ("service", "SEND Services", "base-budget.xlsx!Base budget 2015-16!A5"),
        ("service", "Education & Skills", "base-budget.xlsx!Base budget 2015-16!B5"),
    ],
)
def test_a_name_reads_as_the_one_it_stands_for(
    programme: Path, kind: str, name: str, cell: str
) -> None:
    expected = facts(load(programme))
    put(programme, cell, "The Old  Name")
    assert facts(load(programme)) != expected
    # Case and spaces are no matter.
    declare(programme, "aliases.toml", alias(kind, name, "the old name"))
    tables = load(programme)
    assert list(tables.refusals["sentence"]) == []
    assert facts(tables) == expected


def test_a_name_that_nothing_matches_stays_listed(programme: Path) -> None:
    put(programme, f"{CURRENT}B3", "Future Fitt")
    declare(programme, "aliases.toml", alias("programme", "Future Fit", "Fit for the Future"))
    unmatched = [
        (row.kind, row.name, row.sheet, row.cell)
        for row in records(load(programme).names)
        if not row.matched
    ]
    assert unmatched == [("programme", "Future Fitt", "Current programme", "B8")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            alias("service", "Education & Skills", "CFC")
            + alias("service", "SEND Services", "cfc"),
            "alias 2: 'cfc' would stand for both Education & Skills and SEND Services.",
        ),
        (
            alias("team", "A", "B"),
            (
                "alias 1: 'team' is no kind of name; write one of: project, programme, service,"
                " scope, line."
            ),
        ),
        (
            alias("team", "A", "B").replace('"team"', '["team"]'),
            (
                "alias 1: '['team']' is no kind of name; write one of: project, programme, service,"
                " scope, line."
            ),
        ),
        (
            alias("service", "A"),
            'alias 1: also must be a list of names, such as ["Worcestershire CC"].',
        ),
        (alias("service", " ", "B"), "alias 1: its name is blank."),
        (
            alias("service", "A", "B") + alias("service", "B", "A"),
            "alias 1: 'B' is itself the name that an alias gives; name each thing once.",
        ),
    ],
)
def test_an_alias_that_cannot_hold_stops_the_run(programme: Path, text: str, problem: str) -> None:
    declare(programme, "aliases.toml", text)
    with pytest.raises(CorrectionWrong) as wrong:
        load(programme)
    assert str(wrong.value) == f"aliases.toml, {problem}"


def test_an_alias_that_would_merge_two_services_of_one_table_is_refused(programme: Path) -> None:
    declare(programme, "aliases.toml", alias("service", "Education & Skills", "SEND Services"))
    (refused,) = records(load(programme).refusals)
    assert (
        refused.sentence
        == "base-budget.xlsx, sheet Base budget 2015-16, cell A5: aliases.toml takes 'SEND"
        " Services' for 'Education & Skills', but this table states both (take the alias away)."
    )


def test_an_alias_that_nothing_uses_is_not_listed(programme: Path) -> None:
    declare(programme, "aliases.toml", alias("service", "Education & Skills", "Some Other Name"))
    assert not [row for row in records(load(programme).names) if row.used_for]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_correction_by_what_is_no_number_stops_the_run(programme: Path, number: str) -> None:
    declare(programme, "corrections.toml", correction(f"{CURRENT}C9", "1025", number))
    with pytest.raises(CorrectionWrong, match="a number that is none"):
        load(programme)


@pytest.mark.parametrize(
    "name", ["corrections.toml", "aliases.toml", "layout.toml", "settings.toml"]
)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = " + "[" * 3000 + "]" * 900, "its brackets are nested too deeply"),
        ("a = [\n" + "[\n" * 9000, "its brackets are nested too deeply"),
        ("b = 1\n" + ".".join("a" * 50_000) + " = 1\n", "its line 2 is longer than"),
        ("a = 1\n" * 3 + f"was = {'1' * 5000}\n", "its line 4 is longer than"),
        ("a = 2025-02-30\n", "it is not TOML"),
        ("# " + "x" * 1_000_001, "it is larger than 1 MB"),
        ('a = """' + "line\n" * 5 + "\xff", "it is not"),
    ],
)
def test_a_declaration_made_to_stop_the_reader_is_one_sentence(
    programme: Path, name: str, text: str, problem: str
) -> None:
    declare(programme, name, text)
    with pytest.raises(UserError, match=re.escape(problem)):
        load(programme)


def test_the_words_of_a_layout_are_words_and_no_patterns(programme: Path) -> None:
    declare(programme, "layout.toml", '[words.types]\n"Odd" = ["(new", "(n+e+)+$", "c++"]\n')
    assert "Odd" not in "".join(filter(None, load(programme).savings["types"]))


def test_a_word_that_a_layout_gives_two_meanings_is_refused(programme: Path) -> None:
    declare(programme, "layout.toml", '[values.rag]\n"Amber" = ["Green On Target"]\n')
    with pytest.raises(LayoutWrong, match="would stand for both"):
        load(programme)


# --- nothing stale is served ----------------------------------------------------------------------


def served(programme: Path) -> Tables:
    """The quarter as a notebook has it, from what is kept where that is not stale."""
    return read.load(PERIOD, programme)


SYNONYM = '[tables.savings.columns]\nrag = ["traffic light"]\n'


def old_scope(programme: Path) -> None:
    put(programme, f"{CURRENT}B4", f"{OTHER} excluding SEND")


def other_heading(programme: Path) -> None:
    put(programme, f"{CURRENT}A7", "Traffic light")


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize(
    ("prepare", "name", "text"),
    [
        (old_scope, "aliases.toml", alias("service", "Education & Skills", OTHER)),
        (other_heading, "layout.toml", SYNONYM),
    ],
)
def test_a_declaration_that_comes_or_goes_is_heeded_at_once(
    programme: Path, prepare: Callable[[Path], None], name: str, text: str, everywhere: bool
) -> None:
    prepare(programme)
    without = facts(served(programme))
    declare(programme, name, text, everywhere=everywhere)
    declared = facts(served(programme))
    assert declared != without
    assert facts(served(programme)) == declared
    folder = folder_of(programme).parent if everywhere else folder_of(programme)
    (folder / name).unlink()
    assert facts(served(programme)) == without


def test_a_correction_that_comes_changes_or_goes_is_heeded_at_once(programme: Path) -> None:
    seen = [amount(served(programme), f"{CURRENT}C9")]
    for now in ("1035", "1045"):
        declare(programme, "corrections.toml", correction(now=now))
        seen += [
            amount(served(programme), f"{CURRENT}C9"),
            amount(served(programme), f"{CURRENT}C9"),
        ]
    (folder_of(programme) / "corrections.toml").unlink()
    seen.append(amount(served(programme), f"{CURRENT}C9"))
    assert seen == [pounds * K for pounds in (1025, 1035, 1035, 1045, 1045, 1025)]


def test_what_is_declared_for_a_period_outranks_what_is_declared_for_all(programme: Path) -> None:
    put(programme, f"{CURRENT}B4", "CFC")
    declare(programme, "aliases.toml", alias("scope", "Education & Skills", "CFC"), everywhere=True)
    declare(programme, "aliases.toml", alias("scope", WIDER, "CFC"))
    assert {
        row.scope for row in records(served(programme).savings) if row.sheet == "Current programme"
    } == {WIDER}
