"""The command diff: what is other between two quarters, or two editions of one, worked by hand."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from quick import Quick, in_this_process
from rendered import PERIOD, PROJECT, PROJECT_NAME, SCHEDULE, page_of, put
from test_confidential import rendered_by, with_one_confidential
from test_mail import MAIL, page
from test_reissue import correct_the_saving
from test_release import ANALYST, EXPLAINED, HEAD, declare, rerun
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.cli import main
from ffanalysis.deliver import kept
from ffanalysis.deliver.diff.between import compare
from ffanalysis.deliver.diff.compare import (
    Comparison,
    figures_compared,
    findings_compared,
    projects_compared,
)
from ffanalysis.deliver.diff.lists import ListedFigure, figures_in, findings_in
from ffanalysis.deliver.diff.sides import measured
from ffanalysis.deliver.reissue import reissue
from ffanalysis.deliver.release import release
from ffanalysis.demo import write_demo
from ffanalysis.errors import EditionsWithoutFigures, EditionUnknown, ReleaseDamaged
from ffanalysis.run import run
from ffanalysis.run.figures_list import COLUMNS
from ffanalysis.run.files import harmless

# --- two quarters drawn as text -------------------------------------------------------------------

REGISTER = """{0}example.xlsx!Projects
Project | Title | Type of saving | Status
Alpha | Alpha in all | Further | Approved
{1} | Another | Further | Approved"""
SCHEDULE_THEN = """{0}example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2016/17 | 2017/18 | Total
A-1 | Alpha | Current | Further | Amber | 100 | 50 | 150
A-2 | Alpha | Current | New | Green On Target | 40 | | 40
B-1 | Beta | Current | New | Amber | 7 | | 7"""
# £40,000 of A-1 slips by a year, A-2 falls by £5,000 and is TBC in part; Beta goes, Gamma comes.
SCHEDULE_NOW = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2016/17 | 2017/18 | Total | Reason for movement
A-1 | Alpha | Current | Further | Amber | 60 | 90 | 150 | The lease was signed late.
A-2 | Alpha | Current | New | Green On Target | 35 | TBC | 30 | Fewer posts.
C-1 | Gamma | Current | New | Amber | 9 | | 9 | Brought in."""
Q1, EARLIER = "2015-16-Q1", "2015-16-Q1/"


def then() -> Quarter:
    """The first quarter by itself, as it was read then."""
    return quarter(REGISTER.format("", "Beta"), SCHEDULE_THEN.format(""))


def now() -> Quarter:
    return quarter(
        REGISTER.format(EARLIER, "Beta"),
        SCHEDULE_THEN.format(EARLIER),
        REGISTER.format("", "Gamma"),
        SCHEDULE_NOW,
    )


def told(before: Quarter, after: Quarter) -> dict[str, tuple[str, ...]]:
    """What figures that differ say, by project and name."""
    found = figures_compared(measured(before).figures, measured(after).figures)
    return {f"{each.figure.project}/{each.figure.name}": (each.what, *each.texts) for each in found}


def test_the_figures_that_differ_are_those_worked_by_hand() -> None:
    found = told(then(), now())
    by_hand = {
        # 150 + 40 = 190, and 150 + 35 + TBC = 185 of which a part is missing.
        "alpha/current/total": ("changed", "£190,000", "£185,000 (partial)", "−£5,000"),
        # 100 + 40 = 140, and 60 + 35 = 95.
        "alpha/current/2016-17": ("changed", "£140,000", "£95,000", "−£45,000"),
        # 50, and 90 + TBC.
        "alpha/current/2017-18": ("changed", "£50,000", "£90,000 (partial)", "+£40,000"),
        "alpha/current/green-on-target": (
            "changed",
            "£40,000",
            "£35,000 (partial)",
            "−£5,000",
        ),
        "beta/current/total": ("gone", "£7,000", "–", "–"),
        "gamma/current/total": ("new", "–", "£9,000", "–"),
        # All projects: 190 + 7 = 197, and 185 + 9 = 194.
        "/own/in-the-plan": ("changed", "£197,000", "£194,000 (partial)", "−£3,000"),
    }
    assert {name: found.get(name) for name in by_hand} == by_hand
    # The Amber line comes to 150 both times: it is no difference.
    assert "alpha/current/amber" not in found


def test_nothing_differs_between_a_quarter_and_itself() -> None:
    assert told(now(), now()) == {}
    one, other = measured(now()), measured(now())
    assert list(findings_compared(one.findings, other.findings)) == []
    assert list(projects_compared(one, other)) == []


def test_projects_that_come_and_go_are_told_by_name() -> None:
    found = projects_compared(measured(then()), measured(now()))
    assert [(each.what, each.was, each.now) for each in found] == [
        ("new", "", "Gamma"),
        ("gone", "Beta", ""),
    ]


def test_a_gap_for_another_reason_is_a_difference_too() -> None:
    before, after = (
        ListedFigure("alpha", "total", "Total", "£", Decimal(100), gap) for gap in ("TBC", "..")
    )
    (found,) = figures_compared([before], [after])
    assert found.texts == ("£100 (TBC)", "£100 (..)", "nil")
    nothing = ListedFigure("alpha", "total", "Total", "£", None, "TBC")
    (found,) = figures_compared([before], [nothing])
    assert found.texts == ("£100 (partial)", "not stated", "–")
    assert list(figures_compared([before], [after], only_common=True)) == []


def test_a_figure_carries_the_reasons_of_the_lines_that_it_comes_from() -> None:
    reasons = {figure.key: figure.reason for figure in measured(now()).figures}
    both = "The lease was signed late. Fewer posts."
    assert reasons["alpha", "current/total"] == both
    assert reasons["alpha", "current/green-on-target"] == "Fewer posts."
    assert reasons["alpha", "current/amber"] == "The lease was signed late."
    assert reasons["", "own/in-the-plan"] == ""


def test_a_finding_that_ends_otherwise_is_told_with_its_amounts() -> None:
    # 60 + 90 = 150 as stated; the row of A-2 has 35 + TBC beside 30, and in the first quarter 40.
    found = findings_compared(measured(then()).findings, measured(now()).findings)
    (row,) = [each for each in found if each.finding.id.startswith("rag-rows:alpha")]
    assert row.texts == (
        "agrees, note: stated £40,000, calculated £40,000",
        "not stated, query: stated £30,000, calculated £35,000",
    )
    assert (row.what, row.finding.project, row.is_note) == ("changed", "alpha", False)


# --- the list ------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_the_list_has_every_figure_of_the_pack_once_in_pounds(published: Path) -> None:
    folder = published / "reports" / PERIOD
    assert (folder / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbfproject,name,label,")
    rows = rows_of(folder / "figures.csv")
    assert tuple(rows[0]) == COLUMNS
    keys = [(row["project"], row["name"]) for row in rows]
    assert len({*keys}) == len(keys)
    book = openpyxl.load_workbook(folder / "reconciliation.xlsx", data_only=True)
    sheet = book["Figures"]
    heads, *cells = sheet.iter_rows(values_only=True)
    place = {head: number for number, head in enumerate(heads)}
    pack = {(row[place["project"]] or "", row[place["name"]]): row for row in cells}
    assert [*pack] == keys
    for row in rows:
        packed = pack[row["project"], row["name"]]
        amount, value = packed[place["amount (£)"]], packed[place["value"]]
        assert row["amount"] == ("" if amount is None else f"{amount:.2f}")
        assert (float(row["value"]) if row["value"] else None) == value
        assert row["unit"] == packed[place["unit"]]
    first = next(row for row in rows if row["name"] == "proposed/total")
    assert (first["project"], first["project_name"]) == (PROJECT, PROJECT_NAME)
    assert (first["amount"], first["unit"], first["label"]) == (
        "100000.00",
        "£",
        "Proposed saving",
    )
    assert first["cells"] == f"{SCHEDULE}!Proposed savings!E10"


def test_a_list_is_read_back_as_it_was_written() -> None:
    labels = ["=1+1", "-5 posts", "'quoted'", "two\nlines", "plain"]
    text = "project,name,label,amount,unit,value,missing,cells,project_name,reason\n" + "".join(
        f'alpha,{number},"{harmless(label)}",-1.50,£,,,"{"x" * 200_000}",Alpha,\n'
        for number, label in enumerate(labels)
    )
    found = list(figures_in(text))
    assert [figure.label for figure in found] == labels
    assert {figure.value for figure in found} == {Decimal("-1.50")}


def test_a_list_of_findings_from_before_there_were_projects_in_it_has_them_in_its_ids() -> None:
    head = "id,rule,outcome,severity,stated,calculated,message\n"
    ids = ["sum:road-repairs-new:2016-17", "sum:roads", "sum:road-repairs", "sum:road"]
    text = head + "".join(f"{each},sum,agrees,note,,,\n" for each in ids)
    found = findings_in(text, ["road", "road-repairs"])
    assert [each.project for each in found] == ["road-repairs", "", "road-repairs", "road"]


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """A programme of three projects that may be released."""
    quick.content = lambda task, _: page(task.name) if task.name else ""
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    rerun(quick, published)
    return published


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def call(root: Path, *words: str) -> Result:
        monkeypatch.setenv("FFANALYSIS_ROOT", str(root))
        return CliRunner().invoke(main, ["diff", *words])

    return call


AT_1, AT_2, PUBLISHED = f"{PERIOD}@1", f"{PERIOD}@2", f"{PERIOD}@published"


def test_what_was_released_published_and_is_now_does_not_differ(
    ready: Path, call: Callable[..., Result]
) -> None:
    release(ready, PERIOD, HEAD)
    listed = len(rows_of(ready / "reports" / PERIOD / "figures.csv"))
    findings = len(rows_of(ready / "reports" / PERIOD / "findings.csv"))
    said = f"Nothing differs: {listed} figures of 3 projects, {findings} findings.\n"
    sides = [PUBLISHED, f"{PERIOD}@released", "latest@1"]
    for side in sides:
        result = call(ready, "--exit-code", side, PERIOD)
        assert (result.exit_code, result.stdout) == (0, said), side


def test_two_editions_differ_by_what_was_corrected_and_say_why(
    ready: Path, quick: Quick, call: Callable[..., Result]
) -> None:
    release(ready, PERIOD, HEAD)
    correct_the_saving(ready)  # £100,000 becomes £110,000
    render = partial(rendered_by, quick)
    reissue(ready, PERIOD, [PROJECT], "correction", "it was typed wrongly", ANALYST, render)
    release(ready, PERIOD, HEAD)
    for later in (AT_2, PUBLISHED, PERIOD):
        found = compare(ready, AT_1, later)
        own = {each.figure.name: each for each in found.figures if each.figure.project == PROJECT}
        total = own["proposed/total"]
        assert total.texts == ("£100,000", "£110,000", "+£10,000")
        assert total.why == "Correction: it was typed wrongly"
        assert {each.why for each in found.figures if not each.figure.project} == {""}
        # No figure of the other projects differs, but all three are in the sum.
        assert {each.figure.project for each in found.figures} == {PROJECT, ""}
        of_all = {each.figure.name: each.texts for each in found.figures}
        assert of_all["own/proposed"] == ("£300,000", "£310,000", "+£10,000")
    back = {each.figure.name: each for each in compare(ready, AT_2, AT_1).figures}
    assert back["proposed/total"].texts == ("£110,000", "£100,000", "−£10,000")
    assert back["proposed/total"].why == "Correction: it was typed wrongly"
    assert call(ready, AT_1, AT_2).exit_code == 0
    assert call(ready, AT_1, AT_2, "--exit-code").exit_code == 12
    lines = call(ready, AT_1, AT_2, "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("kind,what,project,"), "without a mark, which is for files"
    alone = call(ready, AT_1, AT_2, "--project", "Road Repairs")
    assert alone.stdout.startswith("Nothing differs: ")


def test_a_project_that_cannot_be_read_is_withheld_and_no_longer_there(
    ready: Path, call: Callable[..., Result]
) -> None:
    put(ready, {f"{SCHEDULE}!Proposed 6!E10": "tbx"})
    result = call(ready, PUBLISHED, PERIOD)
    assert "Withheld, so without figures: Road Repairs." in result.stdout
    assert "Gone: Proposed saving, £100,000" in result.stdout
    assert f"ffanalysis: {PERIOD}: {SCHEDULE}, sheet Proposed 6, cell E10: 'tbx'" in result.stderr
    assert "No longer withheld: Road Repairs." in call(ready, PERIOD, PUBLISHED).stdout


def test_a_quarter_that_is_not_released_is_refused_by_name(
    ready: Path, call: Callable[..., Result]
) -> None:
    for word in ("1", "released", "first", ""):
        with pytest.raises(EditionUnknown, match=f"There is no '{PERIOD}@{word}'. No release of"):
            compare(ready, f"{PERIOD}@{word}", PERIOD)
    release(ready, PERIOD, HEAD)
    result = call(ready, AT_2, PERIOD)
    assert result.exit_code == 2
    assert f"There is no '{AT_2}'. Kept is {AT_1}." in result.stderr
    result = call(ready, AT_1, PERIOD, "--project", "Rode Repairs")
    assert result.exit_code == 2
    assert "There is no project 'Rode Repairs' in this period." in result.stderr
    assert call(ready, AT_1, PERIOD, "--format", "xlsx").exit_code == 2
    assert call(ready, "2015-16", PERIOD).exit_code == 2


def writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def test_a_release_that_does_not_hold_is_compared_with_nothing(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    folder = kept.folder_of(ready / "reports", PERIOD, 1)
    writable(folder)
    place = folder / "pages" / "figures.csv"
    place.write_text(place.read_text("utf-8").replace("100000.00", "100001.00"), "utf-8")
    with pytest.raises(ReleaseDamaged, match=r"so it is compared with nothing: pages/figures\.csv"):
        compare(ready, AT_1, PERIOD)


# --- editions from before there was a list --------------------------------------------------------


def without_list(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the list out of what is published, as if an earlier version had made it."""
    folder = root / "reports" / PERIOD
    (folder / "figures.csv").unlink()
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    del manifest["outputs"]["figures.csv"]
    (folder / "run.json").write_text(json.dumps(manifest), "utf-8")


def test_an_old_edition_is_compared_by_the_figures_of_its_pages(
    ready: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Result]
) -> None:
    total = '<data value="{}" data-figure="proposed/total">£1</data>'
    share = '<data value="9.2" data-figure="proposed/share" data-unit="percent">9.2%</data>'
    strange = '<data value="3" data-figure="findings/errors" data-unit="count">3</data>'

    def content(amount: int) -> None:
        shown = {PROJECT: total.format(amount) + share + strange}
        quick.content = lambda task, _: page(task.name, shown.get(task.name, ""))
        run.run(PERIOD, ready, run.RunOptions(jobs=1, by=ANALYST, force=True), engine=quick)
        without_list(ready, monkeypatch)

    content(10_000_000)
    result = call(ready, PUBLISHED, PERIOD)
    assert result.stdout.startswith("Nothing differs: ")
    assert f"{PUBLISHED} has no figures.csv, as it was made before there was one: " in result.stderr
    content(11_000_000)
    found = compare(ready, PUBLISHED, PERIOD)
    assert [(each.figure.name, each.texts) for each in found.figures] == [
        ("proposed/total", ("£110,000", "£100,000", "−£10,000"))
    ]
    with pytest.raises(EditionsWithoutFigures, match="Neither"):
        compare(ready, PUBLISHED, PUBLISHED)


# --- confidential projects ------------------------------------------------------------------------

SECRETS = ("library hours", "library-hours")


def whole(found: Result) -> str:
    return (found.stdout + found.stderr).casefold()


def test_a_confidential_project_is_shown_only_to_who_names_it(
    published: Path, quick: Quick, call: Callable[..., Result]
) -> None:
    root = with_one_confidential(published, quick)
    release(root, PERIOD, HEAD)
    listed = len(rows_of(root / "reports" / PERIOD / "figures.csv"))
    put(root, {f"{SCHEDULE}!Proposed 5!{cell}": 555 for cell in ("E10", "H10", "E17", "H17")})
    for words in ([AT_1, PERIOD], [PUBLISHED, PERIOD, "--format", "json"], [PERIOD, AT_1, "--all"]):
        result = call(root, *words)
        assert result.exit_code == 0
        if "json" not in words:  # sums of all projects leave it out, and are compared
            assert f"Nothing differs: {listed} figures of 2 projects" in result.stdout
        for secret in (*SECRETS, "555", "455"):
            assert secret not in whole(result), (words, secret)
    for side in (AT_1, PUBLISHED):
        result = call(root, side, PERIOD, "--project", "Library Hours")
        assert "£100,000" in result.stdout
        assert "£555,000" in result.stdout
        assert "+£455,000" in result.stdout
        assert PROJECT_NAME not in result.stdout
    unknown = call(root, AT_1, PERIOD, "--project", "nobody")
    assert unknown.exit_code == 2
    assert "library" not in whole(unknown)


def test_a_project_that_became_confidential_is_not_told_from_an_earlier_release(
    ready: Path, quick: Quick, call: Callable[..., Result]
) -> None:
    release(ready, PERIOD, HEAD)
    with_one_confidential(ready, quick)
    for words in ([AT_1, PERIOD], [PUBLISHED, AT_1], [AT_1, PUBLISHED, "--format", "csv"]):
        result = call(ready, *words)
        assert result.exit_code == 0, result.stderr
        for secret in (*SECRETS, "own/proposed", "£300,000", "300000"):
            assert secret not in whole(result), (words, secret)
        assert "a project in them that is confidential now" in result.stderr


# --- an invented programme ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three projects and two quarters, both run; one project was renamed between them."""
    root = tmp_path_factory.mktemp("diff") / "demo"
    periods = write_demo(root, 3, 2, 3)
    assert periods == (D1, D2)
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, root)
        for period in periods:
            run.run(period, root, run.RunOptions(jobs=1), engine=Quick())
    yield root
    shutil.rmtree(root)


D1, D2 = "2026-27-Q1", "2026-27-Q2"


@pytest.mark.parametrize("period", [D1, D2])
def test_a_quarter_run_twice_does_not_differ(demo: Path, period: str) -> None:
    before = (demo / "reports" / period / "figures.csv").read_bytes()
    assert compare(demo, f"{period}@published", period).is_empty
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, demo)
        run.run(period, demo, run.RunOptions(jobs=1, force=True), engine=Quick())
    assert (demo / "reports" / period / "figures.csv").read_bytes() == before
    found = compare(demo, f"{period}@published", period)
    assert found.verdict.startswith("Nothing differs: ")


@pytest.fixture(scope="module")
def between(demo: Path) -> Comparison:
    return compare(demo, f"{D1}@published", f"{D2}@published")


def test_two_quarters_as_published_differ_as_they_do_when_read_afresh(
    demo: Path, between: Comparison
) -> None:
    afresh = compare(demo, D1, D2)
    assert (afresh.projects, afresh.figures, afresh.findings) == (
        between.projects,
        between.figures,
        between.findings,
    )


def test_a_renamed_project_is_one_project(between: Comparison) -> None:
    (renamed,) = between.projects
    assert (renamed.what, renamed.was, renamed.now) == (
        "renamed",
        "Test Purchasing Income Growth",
        "Test Purchasing Automation",
    )
    own = [each for each in between.findings if each.finding.project == renamed.project]
    assert [each.finding.id for each in own if "income-growth" in each.finding.id] == []


def test_what_moved_says_the_reason_of_the_schedule(between: Comparison) -> None:
    own = {
        each.figure.name: each
        for each in between.figures
        if each.figure.project == "country-parks-grant-maximisation"
    }
    # The schedules print 364,817 and 355,587: 9,230 less.
    assert own["proposed/total"].texts == ("£364,817", "£355,587", "−£9,230")
    assert own["proposed/total"].why == "it was estimated anew from the present establishment"


def test_an_edition_from_before_a_new_name_was_declared_is_of_the_same_project(
    tmp_path: Path, quick: Quick
) -> None:
    root = tmp_path / "demo"
    write_demo(root, 3, 2, 3)
    aliases = root / "data" / "raw" / "aliases.toml"
    declared = aliases.read_bytes()
    aliases.unlink()
    run.run(D1, root, run.RunOptions(jobs=1), engine=quick)
    listed = rows_of(root / "reports" / D1 / "figures.csv")
    assert OLD in {row["project"] for row in listed}
    aliases.write_bytes(declared)
    found = compare(root, f"{D1}@published", D1)
    assert found.verdict.startswith("Nothing differs: ")
    between = compare(root, f"{D1}@published", D2, "Test Purchasing Income Growth")
    assert [each.what for each in between.projects] == ["renamed"]
    # Delivered to date in the two trackers: 23,450 and 70,360.
    delivered = {each.figure.name: each.texts for each in between.figures}["position/delivered"]
    assert delivered == ("£23,450", "£70,360", "+£46,910")


OLD = "test-purchasing-income-growth"


@pytest.mark.parametrize("form", ["text", "html", "csv", "json", "xlsx"])
def test_every_format_has_the_same_differences(
    demo: Path, call: Callable[..., Result], tmp_path: Path, between: Comparison, form: str
) -> None:
    file = tmp_path / f"differences.{'txt' if form == 'text' else form}"
    words = [f"{D1}@published", f"{D2}@published", "--output", str(file)]
    result = call(demo, *words, "--all")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{between.verdict} See {file}\n"
    first = file.read_bytes()
    call(demo, *words, "--all")
    assert file.read_bytes() == first, "the same bytes each time"
    figures, findings = len(between.figures), len(between.findings)
    if form == "json":
        found = json.loads(first)
        assert (len(found["figures"]), len(found["findings"])) == (figures, findings)
        (total,) = [
            each
            for each in found["figures"]
            if (each["project"], each["name"])
            == ("country-parks-grant-maximisation", "proposed/total")
        ]
        assert total["was"]["amount_pence"] == 36_481_700
        assert total["difference"] == -923_000
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(first.decode("utf-8-sig"), newline="")))
        kinds = [row["kind"] for row in rows]
        assert [kinds.count(kind) for kind in ("project", "figure", "finding")] == [
            1,
            figures,
            findings,
        ]
    elif form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(first))
        assert book.sheetnames == ["About", "Projects", "Figures", "Findings"]
        assert [book[name].max_row - 1 for name in book.sheetnames[1:]] == [1, figures, findings]
    else:
        text = first.decode()
        for said in ("Country Parks Grant Maximisation", "£364,817", "−£9,230", between.verdict):
            assert " ".join(said.split()) in " ".join(text.split())
    if form == "html":
        assert page_of(text).one("h1").text == "What differs"
    if form == "text":
        assert max(map(len, first.decode().splitlines())) <= 80
