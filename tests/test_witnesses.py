"""Every figure of a page is recomputed from the workbooks, and whatever differs is named."""

import ast
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html import escape
from pathlib import Path

import messy
import openpyxl
import pytest
from quick import Quick, in_this_process, statuses
from rendered import PERIOD, PROJECT, ROOT, few, programme_in
from witnessed import KINDS, Witnessed, page

from ffanalysis.expressions import CellTable, made_of, written
from ffanalysis.figures import (
    CellAmount,
    Figure,
    Sum,
    at_least,
    change,
    constant,
    counted,
    difference,
    missing,
    per,
    rounded,
    scaled,
    share,
    stated_number,
    tolerance,
    total,
)
from ffanalysis.provenance import CellRef
from ffanalysis.render.cells import Piece
from ffanalysis.render.expression_words import CellWords, in_words
from ffanalysis.render.made_of import with_sources
from ffanalysis.run import witnesses
from ffanalysis.run.cache import write_read_only
from ffanalysis.run.recompute import RecomputeRequest, disagreement, recompute
from ffanalysis.run.second_reading import ReadingRequest, SecondReading
from ffanalysis.savings import assemble
from ffanalysis.savings.quarter import Quarter
from ffanalysis.verify import Amounts, Workbooks, Wrong, check_page, evaluate, is_shown, parse

PACKAGE = ROOT / "src" / "ffanalysis"


# --- how a figure is written, worked by hand ------------------------------------------------------


def cell(address: str, value: int | None, gap: str = "") -> Sum:
    """A plain number as a cell states it."""
    return stated_number(value, str(value), (CellRef("b.xlsx", "S", address),), gap or "blank")


A, B, C = cell("A1", 300), cell("A2", 120), cell("A3", 80)
TBC = cell("A4", None, "TBC")
EXPRESSIONS: list[tuple[Sum, str, str]] = [
    # What is made, its expression, and what that comes to.
    (A, "c1", "300"),
    (total([A, B, C]), "sum(c1:c3)", "500"),
    (total([A, B]), "sum(c1, c2)", "420"),
    (total([total([A, B]), C]), "sum(c1:c3)", "500"),
    (total([A, TBC]), "sum(c1, none(c2))", "300"),
    (total([A]), "c1", "300"),
    (total([Figure("plan/total", total([A, B])), C]), "sum({plan/total: sum(c1, c2)}, c3)", "500"),
    (difference(A, B, C), "c1 - c2 - c3", "100"),
    (difference(A, difference(B, C)), "c1 - (c2 - c3)", "260"),
    (change(TBC, A), "c1 - none(c2)", "300"),
    (at_least(difference(C, A)), "max(c1 - c2, {nil: 0})", "0"),
    (share(B, A) or A, "round((c1 * {percent: 100}) / c2, {one decimal: 0.1})", "40"),
    (
        scaled(A, constant(75, "Amber central", is_weight=True), constant(100, "percent")),
        "(c1 * {Amber central: 75}) / {percent: 100}",
        "225",
    ),
    (rounded(cell("A5", 1_250), 100), "round(c1, {pence: 100})", "1300"),
    (rounded(cell("A6", -1_250), 100), "round(c1, {pence: 100})", "-1300"),
    (per(A, constant(7, "months to March"), "ceiling"), "ceiling(c1 / {months to March: 7})", "43"),
    (per(A, constant(7, "months to March"), "floor"), "floor(c1 / {months to March: 7})", "42"),
    (counted([CellRef("b.xlsx", "S", "B1"), CellRef("b.xlsx", "S", "B2")]), "count(c1, c2)", "2"),
    (counted(["Alpha", "It's: {Beta}"]), "count('Alpha', 'It s Beta')", "2"),
]


@pytest.mark.parametrize(("made", "expression", "comes_to"), EXPRESSIONS)
def test_an_expression_says_how_its_number_was_made(
    made: Sum, expression: str, comes_to: str
) -> None:
    cells = CellTable()
    assert written(made, cells) == expression
    pence = {key: Fraction(line.written) for key, line in cells if line.factor}
    pence |= {key: None for key, line in cells if not line.factor}
    assert evaluate(parse(expression), Amounts(pence, {})) == Fraction(comes_to)
    assert made.known == Fraction(comes_to)


def test_what_rounding_allows_is_made_of_the_units_of_the_cells() -> None:
    # Four amounts to £1,000: 3·√(4·1000²/12) = 1,732, to the next £1,000 £2,000; half of 4,000 too.
    cells = [CellRef("b.xlsx", "S", f"A{row}") for row in range(1, 5)]
    amounts = [
        replace(constant(100_000, "given"), made=made, stated_to=100_000)
        for made in (CellAmount(each, "1", 100_000, 100_000, False) for each in cells)
    ]
    allowed = tolerance(*amounts)
    table = CellTable()
    assert (allowed.known, written(allowed, table)) == (200_000, "tolerance(c1:c4)")
    units = {key: line.stated_to or 0 for key, line in table}
    assert evaluate(parse("tolerance(c1:c4)"), Amounts({}, units)) == 200_000


def test_the_cells_of_several_expressions_are_one_list() -> None:
    made = made_of({"calculated": total([A, B]), "stated": C, "tolerance": None})
    assert made.expressions == {"calculated": "sum(c1, c2)", "stated": "c3"}
    assert [line.cell.address for line in made.cells] == ["A1", "A2", "A3"]


def test_an_expression_in_words_has_each_cell_with_what_is_written_there() -> None:
    cells = {
        "c1": CellWords("E10", "1,495"),
        "c2": CellWords("E11", "58"),
        "c3": CellWords("B2", ""),
    }
    words = {
        "sum(c1, c2)": "E10 ‘1,495’ + E11 ‘58’",
        "{plan: c1} - {forecast: c2}": "plan (E10 ‘1,495’) − forecast (E11 ‘58’)",
        "max(c1 - c2, {nil: 0})": "E10 ‘1,495’ − E11 ‘58’, at least nil",
        "{Amber central: 75}": "75 (Amber central)",
        "round(c1, {pence: 100000})": "E10 ‘1,495’, to the nearest £1,000",
        "count('Alpha', 'Beta')": "how many there are of Alpha; Beta",
        "none(c3)": "not stated: B2",
        "c1 - (c2 - c1)": "E10 ‘1,495’ − (E11 ‘58’ − E10 ‘1,495’)",
    }
    assert {each: in_words(parse(each), cells, str) for each in words} == words


def test_no_number_is_without_an_expression() -> None:
    """A sum cannot be made without one, and is made in one module alone."""
    with pytest.raises(TypeError):
        Sum(100)  # type: ignore[call-arg]
    makers = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sum"
    ]
    assert set(makers) == {"figures.py"}


def test_the_witness_imports_nothing_of_ours() -> None:
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / "verify.py").read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").partition(".")[0])
    assert names - set(sys.stdlib_module_names) == {"openpyxl", "python_calamine"}


# --- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "is not finished"),
        ("c1 +", "is not finished"),
        ("sum(c1", "lacks a ','"),
        ("sum(c1,", "lacks a ')'"),
        ("(c1", "lacks a ')'"),
        ("{plan: c1", "lacks a '}'"),
        ("c1 c2", "cannot be read near 'c2'"),
        ("c1; import os", "cannot be read near '; import os'"),
        ("__import__('os')", "cannot be read near"),
        ("sum(c1:c99999999)", "cannot be read near"),
        ("(" * 500 + "c1" + ")" * 500, "nested too deeply"),
        ("eval(c1)", "has 'eval', which nobody knows"),
        ("c1 / {none: 0}", "divides by nil"),
        ("round(c1)", "too few parts for 'round'"),
        ("c7", "names c7, which is not in the table of cells"),
    ],
)
def test_a_wrong_expression_is_said_and_never_run(expression: str, why: str) -> None:
    with pytest.raises(Wrong, match=why.replace("(", r"\(").replace(")", r"\)")):
        evaluate(parse(expression), Amounts({"c1": Fraction(1)}, {}))


@pytest.mark.parametrize(
    ("text", "value", "unit", "shows"),
    [
        ("£1.59m", 158_730_000, "pence", True),
        ("£1.59m", 159_830_000, "pence", False),
        ("£915,000", 91_523_400, "pence", True),
        ("£915,000", 91_623_400, "pence", False),
        ("£900,000", 91_523_400, "pence", False),  # to one figure no sentence rounds
        ("1,553", 155_300_000, "pence", True),
        ("1,554", 155_300_000, "pence", False),
        ("(318)", -31_800_000, "pence", True),
        ("(318)", 31_800_000, "pence", False),
        ("−£318.50", -31_850, "pence", True),
        ("nil (partial)", 0, "pence", True),
        ("nil", 100, "pence", False),
        ("9.2%", Fraction("9.2"), "percent", True),
        ("9.3%", Fraction("9.2"), "percent", False),
        ("less than 0.05%", 0, "percent", True),
        ("One", 1, "count", True),
        ("twenty-one", 21, "count", True),
        ("two", 3, "count", False),
        ("<b>", 3, "count", False),
        ("", 3, "count", False),
        ("£76,500", -7_650_000, "pence", False),  # its minus is lost
        ("−£76,500", -7_650_000, "pence", True),
        ("£238,440 £9", 23_844_000, "pence", False),
        ("minus £238,440", 23_844_000, "pence", False),
        ("£238,440 (was £1)", 23_844_000, "pence", False),
        ("£427,000⁹", 42_700_000, "pence", False),
        ("£427,000,999", 42_700_000, "pence", False),
        ("less than 90%", Fraction("2.7"), "percent", False),
        ("300", 30_000, "pence", False),  # £300 in a table in £000
    ],
)
def test_what_is_seen_is_compared_with_the_value(
    text: str, value: int | Fraction, unit: str, shows: bool
) -> None:
    # A bare number stands in a table in £000.
    assert is_shown(text, Fraction(value), unit, "100000") is shows


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    folder = tmp_path_factory.mktemp("witnessed")
    return Witnessed(programme_in(folder / "programme", example_quarter), PERIOD, folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "ffanalysis", "demo", str(folder / "demo")]
    subprocess.run(
        [*command, "--projects", "3", "--quarters", "2"], check=True, stdout=subprocess.DEVNULL
    )
    period = max(
        path.name for path in (folder / "demo" / "data" / "raw").iterdir() if path.is_dir()
    )
    return Witnessed(folder / "demo", period, folder)


def test_every_figure_of_a_page_comes_out_of_the_workbooks(
    example: Witnessed, demo: Witnessed
) -> None:
    for quarter in (example, demo):
        outcome = quarter.outcome()
        assert outcome.faults == []
        marks = sum(html.count(" data-figure=") for html in quarter.pages.values())
        assert outcome.figures == marks > 100
        assert outcome.cells > 40


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_wrong_is_named(kind: str, example: Witnessed, demo: Witnessed) -> None:
    """Six of each kind: sixty faults, none of which goes unnoticed."""
    tried = 0
    for seed in range(60):
        quarter = example if seed % 2 and kind not in ("our reading", "our address") else demo
        fault = quarter.fault(kind, seed)
        if fault:
            tried += 1
            assert fault.is_named, fault.what
        if tried == 6:
            return
    pytest.fail(f"only {tried} faults of the kind could be put in")


LAID_OUT = [(layout, form) for layout in messy.LAYOUTS for form in messy.FORMATS]


@pytest.mark.parametrize(("layout", "form"), few(LAID_OUT[::7], 4))
def test_a_messy_layout_raises_no_false_alarm(
    layout: str, form: str, example_quarter: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "data" / "raw" / messy.PERIOD
    raw.mkdir(parents=True)
    for path in example_quarter.iterdir():
        if path.suffix == ".xlsx" and not path.name.startswith("savings"):
            shutil.copy(path, raw)
    messy.FORMATS[form](raw, messy.LAYOUTS[layout](messy.tables_in(example_quarter)))
    quarter = Witnessed(tmp_path, messy.PERIOD, tmp_path)
    assert [each.sentence for each in quarter.outcome().faults] == []


SHEETS = {
    "Projects": [
        ["Project", "Title", "Type of saving", "Service", "Programme", "Status"],
        ["Alpha", "Alpha in all", "New", "Libraries", "Change", "Approved by Cabinet"],
    ],
    "Savings": [
        ["£000"],
        ["Ref", "Project", "Plan", "Type of saving", "RAG", "2016/17"],
        ["A-1", "Alpha", "Current", "New", "Amber", 100],
        ["A-2", "Alpha", "Current", "Faster", "Amber", 40],
    ],
}


def test_a_line_that_is_wrongly_counted_is_not_for_the_witnesses_to_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put into figure and expression alike: docs/what-counts.md is there to find it."""
    raw = tmp_path / "data" / "raw" / PERIOD
    raw.mkdir(parents=True)
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(raw / "example.xlsx")
    quarter = Witnessed(tmp_path, PERIOD, tmp_path)
    # A line that is only Faster saves nothing of its own: 100, and not 140.
    assert '<data value="10000000" data-figure="current/total"' in quarter.pages["alpha"]
    assert quarter.outcome().faults == []
    monkeypatch.setattr(assemble, "FASTER", "nothing is called so")
    wrong = page(Quarter(quarter.quarter.tables), "alpha")
    assert '<data value="14000000" data-figure="current/total"' in wrong
    assert check_page(wrong, quarter.workbooks).faults == []


# --- in a run -------------------------------------------------------------------------------------


def test_a_page_with_a_wrong_figure_is_not_published(
    example_quarter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Witnessed
) -> None:
    root = programme_in(tmp_path / "programme", example_quarter)
    quick, html = Quick(), example.pages[PROJECT]
    wrong = html.replace('<data value="10000000"', '<data value="10000001"', 1)
    in_this_process(monkeypatch, tmp_path)
    nothing = witnesses.read_second

    def read(request: ReadingRequest) -> SecondReading:
        """A reading that keeps what the second reader finds, and disagrees with nothing."""
        found = pickle.dumps(Workbooks(root / "data" / "raw" / PERIOD))
        assert request.found
        return replace(nothing(request), digest=write_read_only(request.found, found))

    monkeypatch.setattr(witnesses, "read_second", read)
    monkeypatch.setattr(witnesses, "recompute", recompute)
    quick.content = lambda task, file: wrong if file == f"{PROJECT}.html" else f"{task.name}\n"
    summary = quick.run(root)
    assert statuses(summary)[PROJECT] == "withheld"
    (why,) = summary.withheld[PROJECT]
    assert "its value is £100,000.01, and its cells come to £100,000." in why
    assert not (summary.folder / f"{PROJECT}.html").exists()
    quick.content = lambda task, file: html if file == f"{PROJECT}.html" else f"{task.name}\n"
    assert statuses(quick.run(root))[PROJECT] == "published"


# --- as an auditor has it -------------------------------------------------------------------------


def alone(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The file by itself, in a Python that sees neither the package nor its folder."""
    return subprocess.run(
        [sys.executable, "-I", PACKAGE / "verify.py", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_file_by_itself_recomputes_a_page(example: Witnessed, tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    place.write_text(example.pages[PROJECT], "utf-8")
    told = alone(place, "--workbooks", example.raw)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("All figures come out: ")
    wrong = example.pages[PROJECT].replace('value="10000000"', 'value="10000100"', 1)
    place.write_text(wrong, "utf-8")
    told = alone(place, "--workbooks", example.raw)
    assert told.returncode == 12
    assert "its value is £100,001, and its cells come to £100,000." in told.stdout
    assert "1 thing differs: " in told.stdout


def test_what_is_missing_is_said_in_a_sentence(example: Witnessed, tmp_path: Path) -> None:
    gone = alone(tmp_path / "page.html")
    assert (gone.returncode, gone.stderr.count("\n")) == (11, 1)
    place = tmp_path / "page.html"
    place.write_text(example.pages[PROJECT], "utf-8")
    nowhere = alone(place)
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (11, 1)
    assert "name it with --workbooks" in nowhere.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    told = alone(place, "--workbooks", empty)
    assert told.returncode == 11
    assert "the workbook savings-schedule.xlsx is not in" in told.stderr


def one_figure(value: str, text: str, row: str, expression: str = "c1", scale: str = "") -> str:
    """A page of one figure over one cell."""
    unit = f' data-in="{scale}"' if scale else ""
    return (
        f'<data value="{value}"{unit} data-figure="a" data-expr="{expression}">{text}</data>'
        f'<ol class="made-of" hidden="" data-figures="1"><li data-id="c1" {row}</li></ol>'
    )


AMOUNT = 'data-cell="b.csv!b!A1" data-factor="100000" data-to="100000">100'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "b.csv").write_text("100,TBC,,50\n", "utf-8")
    return tmp_path


def faults(html: str, folder: Path) -> list[str]:
    return [each.sentence for each in check_page(html, Workbooks(folder)).faults]


def test_a_page_of_one_right_figure_has_no_fault(book: Path) -> None:
    assert faults(one_figure("10000000", "£100,000", AMOUNT), book) == []
    assert faults(one_figure("10000000", "100", AMOUNT, scale="100000"), book) == []


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<html></html>", "does not say how many figures it has"),
        (
            one_figure("10000000", "£100,000", AMOUNT).replace('figures="1"', 'figures="2"'),
            "says that it has 2 figures, and it has 1",
        ),
        (one_figure("10000000", "£100,000", AMOUNT) + "<script>x</script>", "holds a <script>"),
        (one_figure("10000000", "<span hidden>£100,000</span>£9", AMOUNT), "that nobody sees"),
        (one_figure("10000000", "£100,000</b>,999", AMOUNT), "a </b> in it closes nothing"),
        (
            one_figure("10000000", '£100,000<data data-figure="b">1</data>', AMOUNT),
            "b is within another figure",
        ),
        # 1 is neither £, £000 nor £m in its cell.
        (
            one_figure("123400", "£1,234", AMOUNT.replace('r="100000"', 'r="1234"')),
            "neither £, £000 nor £m",
        ),
        (one_figure("5000", "£50", AMOUNT, "{made up: 5000} + 0"), "a number without a name, 0"),
        (
            one_figure("20000000", "£200,000", AMOUNT, "c1 * {percent: 2}"),
            "says that 'percent' is 2",
        ),
        (
            one_figure("", "50,000", 'data-cell="b.csv!b!D1" data-blank="">', "none(c1)"),
            "nothing is written there, and it holds '50'",
        ),
        (
            one_figure("", "50,000", 'data-cell="b.csv!b!C1" data-blank="">', "none(c1)"),
            "it is not stated, and the page shows a number",
        ),
        (
            one_figure("10000000", "£100,000", AMOUNT).replace(
                "<ol", '<p><span class="how">A1 ‘900’</span></p><ol'
            ),
            "names A1 ‘900’, which is not in its list of cells",
        ),
    ],
)
def test_a_page_that_was_changed_is_named(html: str, why: str, book: Path) -> None:
    assert any(why in fault for fault in faults(html, book)), faults(html, book)


def test_one_name_has_one_value(book: Path) -> None:
    html = one_figure("10000000", "£100,000", AMOUNT)
    other = '<data value="5000" data-figure="a" data-expr="{made up: 5000}">£50</data>'
    html = html.replace("<ol", f"{other}<ol").replace('figures="1"', 'figures="2"')
    assert faults(html, book) == ["a ('£50'): its value is 5000 here and 10000000 elsewhere."]


def test_what_is_not_stated_and_not_there_holds(book: Path) -> None:
    blank = one_figure("", "–", 'data-cell="b.csv!b!C1" data-blank="">', "none(c1)")
    marked = one_figure("", "not stated (TBC)", 'data-cell="b.csv!b!B1">TBC', "none(c1)")
    assert faults(blank, book) == faults(marked, book) == []


@pytest.mark.parametrize("name", ["A; B", "b.csv!c", "{x: y}", "it's", "A & <B>"])
def test_names_of_sheets_cost_nothing(name: str, tmp_path: Path) -> None:
    written_book = openpyxl.Workbook()
    written_book["Sheet"].title = "other"
    written_book.create_sheet(name.replace(":", " "))["A1"] = 100
    written_book.save(tmp_path / "s.csv!b.xlsx")
    place = escape(f"s.csv!b.xlsx!{name.replace(':', ' ')}!A1")
    row = f'data-cell="{place}" data-factor="100000" data-to="100000">100'
    assert faults(one_figure("10000000", "£100,000", row), tmp_path) == []
    (fault,) = check_page(one_figure("10000100", "£100,001", row), Workbooks(tmp_path)).faults
    assert disagreement("alpha", fault).about == {"project": "alpha"}


def test_an_earlier_quarter_that_is_not_there_is_said_once(book: Path) -> None:
    row = AMOUNT.replace("b.csv!b", "2015-16-Q1/b.csv!b")
    place = book / "page.html"
    place.write_text(one_figure("10000000", "£100,000", row), "utf-8")
    told = alone(place, "--workbooks", book)
    assert (told.returncode, told.stdout) == (11, "")
    assert told.stderr.count("\n") == 1
    assert "the folder of the quarter 2015-16-Q1 belongs beside" in told.stderr


def test_a_page_that_cannot_be_recomputed_is_not_published(book: Path) -> None:
    page_of_earlier = book / "alpha.html"
    row = AMOUNT.replace("b.csv!b", "2015-16-Q1/b.csv!b")
    page_of_earlier.write_text(one_figure("10000000", "£100,000", row), "utf-8")
    found = book / "found.pickle"
    digest = write_read_only(found, pickle.dumps(Workbooks(book)))
    told = recompute(RecomputeRequest({"alpha": page_of_earlier}, found, digest))
    (fault,) = told.faults["alpha"]
    assert "it was not recomputed, as the workbook 2015-16-Q1/b.csv is not there" in fault.sentence


def test_a_page_without_figures_holds_and_proves_nothing(book: Path) -> None:
    (piece, listed) = with_sources([Piece("<p>Words alone.</p>")])
    assert faults(piece.html + listed.html, book) == []
    place = book / "page.html"
    place.write_text(piece.html + listed.html, "utf-8")
    told = alone(place, "--workbooks", book)
    assert (told.returncode, told.stdout) == (11, "")
    assert told.stderr == "There is no figure to recompute.\n"


def test_what_is_no_page_is_said_in_a_sentence(book: Path) -> None:
    place = book / "page.pdf"
    place.write_bytes(b"%PDF-1.7 \xff\xfe")
    told = alone(place, "--workbooks", book)
    assert (told.returncode, told.stderr) == (11, f"{place} is no page in HTML and UTF-8.\n")


def test_a_correction_is_taken_from_its_declaration(book: Path) -> None:
    html = one_figure(
        "9000000", "£90,000", AMOUNT.replace(">100", ' data-corrected="">90').replace("  ", " ")
    )
    assert "corrections.toml does not" in faults(html, book)[0]
    (book / "corrections.toml").write_text(
        f'[[correction]]\ncell = "b.csv!b!A1"\nwas = 100\nnow = 90\ndate = {date(2015, 10, 2)}\n'
    )
    outcome = check_page(html, Workbooks(book))
    assert (outcome.faults, outcome.corrected) == ([], 1)
    # A page from before the correction was declared is stale.
    stale = faults(one_figure("10000000", "£100,000", AMOUNT), book)
    assert "corrections.toml says 90, and the page does not know of it" in stale[0]


def test_a_page_without_expressions_is_no_page_that_holds(tmp_path: Path) -> None:
    outcome = check_page('<data value="1" data-figure="a">1</data>', Workbooks(tmp_path))
    assert "a ('1'): it has no expression." in [each.sentence for each in outcome.faults]


def test_a_figure_of_nothing_known_has_no_value() -> None:
    assert written(missing("TBC"), CellTable()) == "none()"
