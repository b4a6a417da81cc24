"""A confidential project: no file that all may see has its name or its figures."""

import html
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import openpyxl
import pypdf
import pytest
from quick import Quick
from rendered import (
    COMMAND,
    PERIOD,
    PROJECT,
    REGISTER,
    SCHEDULE,
    add_projects,
    programme_in,
    put,
    with_sheet,
)
from test_mail import MAIL, page
from test_release import ANALYST, EXPLAINED, HEAD, declare, rerun
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.api import briefing, programme, reconciliation
from ffanalysis.chain import Chain
from ffanalysis.checks import check
from ffanalysis.deliver import kept
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.reissue import reissue
from ffanalysis.deliver.release import release, standing, withdraw
from ffanalysis.deliver.status import status
from ffanalysis.errors import (
    ConfidentialInReason,
    ConfidentialNamed,
    InputsChangedSince,
    SettingsWrong,
)
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.html import Part
from ffanalysis.present.programme import Programme
from ffanalysis.present.reconciliation import Reconciliation
from ffanalysis.run import confidential, run
from ffanalysis.savings.confidential import Secret, findings_for_all, secret_of, visible
from ffanalysis.tables import TABLE_NAMES, frame

NAME, OWN = "Day Centres", "day-centres"
MARKED = f'[confidential]\n"{NAME}" = "staff are told in November"\n'
# What stands in its sheets and nowhere else.
AMOUNT, MILESTONE, RISK = "731", "Keys of the centres handed over", "Families take it to court"


def fill(root: Path) -> None:
    """A third project beside two, with amounts, a milestone and a risk that no other has."""
    add_projects(root, [NAME, "Road Repairs"])
    own = f"{SCHEDULE}!Proposed 5"
    put(
        root,
        {
            **{f"{own}!{cell}": int(AMOUNT) for cell in ("E10", "E11", "H11", "E17", "H17")},
            f"{own}!H16": None,
            f"{REGISTER}!Projects!N6": f"Roads near {NAME} come first.",
        },
    )
    path = root / "data" / "raw" / PERIOD / REGISTER
    book = openpyxl.load_workbook(path)
    book["Milestones"].append([NAME, MILESTONE, "1 March 2016"])
    book["Risks"].append([NAME, RISK, "None"])
    book["Risks"].append(["Road Repairs", f"The DAY CENTRES and {OWN} need their car park", "None"])
    book.save(path)
    # A sheet in which it stands beside another, with a total over both.
    rows = (
        ("Cost to achieve",),
        ("£000",),
        ("Plan", "Proposed"),
        ("Project", "RAG", "2016/17", "2017/18"),
        (NAME, "Red", 613, None),
        ("Road Repairs", "Red", 20, None),
        ("Total", None, 633, None),
    )
    with_sheet(root, SCHEDULE, "Both", rows)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, example_quarter: Path) -> Path:
    """A quarter with a confidential project, rendered by its real notebooks."""
    root = programme_in(tmp_path_factory.mktemp("confidential"), example_quarter)
    fill(root)
    declare(root, "settings.toml", MARKED)
    # By the command: what a real run makes ready for workers stays with its process.
    subprocess.run([COMMAND, "run", PERIOD], cwd=root, check=True, capture_output=True)
    own = root / "reports" / "confidential" / PERIOD / OWN / f"{OWN}.html"
    assert own.is_file()
    assert (root / "reports" / PERIOD / f"{PROJECT}.html").is_file()
    return root


def texts(folder: Path) -> dict[str, str]:
    """All that the files of a folder say, by their paths: pages, documents, cells, lists."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".pdf":
            reader = pypdf.PdfReader(io.BytesIO(content))
            said = "\n".join(each.extract_text() for each in reader.pages) + str(reader.metadata)
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as inside:
                said = "\n".join(inside.read(each).decode() for each in inside.namelist())
        else:
            said = content.decode("utf-8")
        said = re.sub(r"data:[^\"')]+|\"image/png\": \"[^\"]*\"", "", said)
        name = path.relative_to(folder).as_posix()
        found[name] = f"{name}\n{html.unescape(said)}\n{re.sub('<[^>]*>', '', said)}"
    return found


def test_no_file_that_all_may_see_has_its_name_or_its_figures(rendered: Path) -> None:
    found = texts(rendered / "reports" / PERIOD)
    lists = {"findings.csv", "figures.csv", "reconciliation.xlsx", "run.json"}
    assert {"index.html", "programme.pdf"} | lists <= {*found}
    assert {"notebooks/programme.ipynb", "notebooks/reconciliation.ipynb"} <= {*found}
    # Its name and slug, what only it says, its amounts, and what a total less the others would be.
    for secret in (NAME, OWN, MILESTONE, RISK, "£731,000", "73100000", "731000", "61300000"):
        assert [name for name, said in found.items() if secret.casefold() in said.casefold()] == []
    for number in (AMOUNT, "613", "633", "1,344", "831", "931"):
        pattern = re.compile(rf"(?<![\d.,-]){re.escape(number)}(?![\d,])")
        said = {name: pattern.findall(text) for name, text in found.items() if "ipynb" not in name}
        assert [name for name, hits in said.items() if hits and name != "run.json"] == [], number
    assert "a confidential project" in found["road-repairs.html"]


def test_the_pages_of_all_say_that_something_is_left_out_and_no_amount(rendered: Path) -> None:
    found = texts(rendered / "reports" / PERIOD)
    said = "1 confidential project is left out here: of the lists, the totals of projects"
    for name in ("index.html", "reconciliation.xlsx", "notebooks/reconciliation.ipynb"):
        assert said in found[name], name
    assert "This page lists two projects." in found["index.html"]
    assert said.replace(" ", "") in re.sub(r"\s", "", found["programme.pdf"])


def test_its_own_page_has_it_in_a_folder_for_its_owner_alone(rendered: Path) -> None:
    folder = confidential.folder_of(rendered, PERIOD)
    assert [folder.parent.stat().st_mode & 0o777, folder.stat().st_mode & 0o777] == [0o700] * 2
    own = texts(folder / OWN)
    pages = {f"{OWN}.html", f"{OWN}.pdf", f"notebooks/{OWN}.ipynb"}
    lists = {"findings.csv", "figures.csv", "corrections.csv"}
    assert {*own} == pages | lists | {"run.json"}
    for said in (NAME, MILESTONE, RISK, "£731,000"):
        assert said in own[f"{OWN}.html"], said
    assert f"{OWN},proposed/total,Proposed saving,731000.00,£" in own["figures.csv"]
    assert OWN in own["findings.csv"]


# --- with pages that nothing renders --------------------------------------------------------------


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    return with_one_confidential(published, quick)


def with_one_confidential(published: Path, quick: Quick, more: str = "") -> Path:
    """Three projects, of which one is confidential; with more settings."""
    quick.content = lambda task, _: page(task.name) if task.name else ""
    declare(published, "settings.toml", MAIL + more + MARKED.replace(NAME, "Library Hours"))
    declare(published, "explanations.toml", EXPLAINED)
    with_sheet(
        published,
        REGISTER,
        "Recipients",
        [
            ("Project", "Name", "Email"),
            ("Library Hours", "Zoe", "zoe@example.gov.uk"),
            ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"),
        ],
    )
    rerun(quick, published)
    return published


def test_a_project_that_the_register_does_not_have_is_told(ready: Path, quick: Quick) -> None:
    declare(ready, "settings.toml", MARKED.replace(NAME, "Libary Hours"))
    with pytest.raises(SettingsWrong, match=r"\[confidential\] 'Libary Hours' is no project"):
        rerun(quick, ready)


def test_its_briefing_goes_to_who_it_names_and_no_mail_names_another(ready: Path) -> None:
    made, _ = release(ready, PERIOD, HEAD)
    assert "confidential/library-hours/library-hours.html" in made.pages
    assert "library-hours.html" not in made.pages
    folder = kept.folder_of(ready / "reports", PERIOD, made.number)
    assert not kept.verify(folder).faults
    outbox = draft(ready, PERIOD)
    to = {path.name.rpartition("--")[0]: path.read_bytes() for path in outbox.drafts}
    assert {*to} == {"library-hours--zoe-at-example-gov-uk", f"{PROJECT}--bo-at-example-gov-uk"}
    assert b"ibrary" not in to[f"{PROJECT}--bo-at-example-gov-uk"]
    assert PROJECT.encode() not in to["library-hours--zoe-at-example-gov-uk"]


def test_no_words_that_are_recorded_for_all_may_name_it(ready: Path, quick: Quick) -> None:
    render = partial(rendered_by, quick)
    journal = Chain(ready / "reports", PERIOD)
    for said in ("before library-hours is told", "LIBRARY  HOURS comes later"):
        with pytest.raises(ConfidentialInReason, match="The note names Library Hours, which"):
            release(ready, PERIOD, HEAD, said)
    assert journal.lines() == []
    release(ready, PERIOD, HEAD, "library days are fine")
    before = journal.path.read_bytes()
    with pytest.raises(ConfidentialInReason, match="The reason names Library Hours, which"):
        withdraw(ready, PERIOD, HEAD, "Library hours was in it")
    for projects in ([PROJECT], [], [PROJECT, "Library Hours"]):
        with pytest.raises(ConfidentialInReason, match="The reason names"):
            reissue(ready, PERIOD, projects, "revision", "as Library Hours ends", ANALYST, render)
    assert journal.path.read_bytes() == before
    assert standing(ready, PERIOD).holds


def rendered_by(quick: Quick, _period: str, root: Path, options: run.RunOptions) -> run.Summary:
    return rerun(quick, root, options.by)


def test_its_own_reissue_may_name_it_and_is_listed_in_its_own_folder_alone(
    ready: Path, quick: Quick
) -> None:
    release(ready, PERIOD, HEAD)
    more = {"library-hours": "<p>More words.</p>"}
    quick.content = lambda task, _: page(task.name, more.get(task.name, ""))
    run.run(PERIOD, ready, run.RunOptions(jobs=1, by=ANALYST, force=True), engine=quick)
    why, render = "a word of Library Hours was wrong", partial(rendered_by, quick)
    reissue(ready, PERIOD, ["library-hours"], "correction", why, ANALYST, render)
    common = (ready / "reports" / PERIOD / "corrections.csv").read_text("utf-8-sig")
    own = confidential.published(ready, PERIOD)["library-hours"] / "corrections.csv"
    assert len(common.splitlines()) == 1
    assert why in own.read_text("utf-8-sig")
    made, _ = release(ready, PERIOD, HEAD)
    assert made.editions["library-hours"] == 2


def test_a_monitor_is_told_no_name_that_was_recorded_before_it_was_marked(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "the page of Road Repairs is wrong")
    assert "Road Repairs" in words_of_status(ready)
    declare(ready, "settings.toml", MAIL + MARKED.replace(NAME, "Road Repairs"))
    assert "the page of a confidential project is wrong" in words_of_status(ready)
    assert "Road Repairs" not in words_of_status(ready)


def words_of_status(root: Path) -> str:
    return " ".join(step.words for step in status(root, date(2015, 10, 1), PERIOD).steps)


def test_another_page_of_it_lets_the_release_lapse(ready: Path, quick: Quick) -> None:
    release(ready, PERIOD, HEAD)
    assert standing(ready, PERIOD).holds
    quick.content = lambda task, _: page(task.name) + (" " if task.name == "library-hours" else "")
    again = run.RunOptions(("library-hours",), jobs=1, by=ANALYST)
    run.run(PERIOD, ready, again, engine=quick)
    assert "has lapsed" in standing(ready, PERIOD).why_not


def test_what_is_confidential_no_longer_has_its_page_among_the_others(
    ready: Path, quick: Quick
) -> None:
    declare(ready, "settings.toml", MAIL)
    with pytest.raises(InputsChangedSince):
        release(ready, PERIOD, HEAD)
    rerun(quick, ready)
    assert (ready / "reports" / PERIOD / "library-hours.html").is_file()
    assert confidential.published(ready, PERIOD) == {}
    assert json.loads((ready / "reports" / PERIOD / "run.json").read_text("utf-8"))["results"]


def test_a_page_that_would_name_it_is_not_published(ready: Path, quick: Quick) -> None:
    before = (ready / "reports" / PERIOD / "index.html").read_bytes()
    quick.content = lambda task, _: (
        page(task.name) + ("<p>Library\n<b>Hours</b></p>" if task.name == "programme" else "")
    )
    with pytest.raises(ConfidentialNamed, match=r"index\.html would name Library Hours"):
        run.run(PERIOD, ready, run.RunOptions(jobs=1, force=True), engine=quick)
    assert (ready / "reports" / PERIOD / "index.html").read_bytes() == before
    left = [path.name for path in (ready / "reports").glob(f".{PERIOD}-*")]
    assert left == [(ready / "reports" / PERIOD).resolve().name]


def test_a_workbook_named_for_it_stops_the_run(ready: Path, quick: Quick) -> None:
    folder = ready / "data" / "raw" / PERIOD
    (folder / REGISTER).rename(folder / "Library-Hours register.xlsx")
    with pytest.raises(ConfidentialNamed, match="names of workbooks"):
        rerun(quick, ready)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Day Centres", "a confidential project"),
        ("the DAY  CENTRES’ car park", "the a confidential project’ car park"),
        ("proposed-total:day-centres", "proposed-total:a confidential project"),
        ("Day Centres Two is open", "Day Centres Two is open"),
        ("day-centres-two", "day-centres-two"),
        ("Weekday Centresville", "Weekday Centresville"),
        ("Parks & Gardens", "a confidential project"),
        ("parks and gardens", "a confidential project"),
        ("O’Neil’s Farm", "a confidential project"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, said: str) -> None:
    secret = Secret(
        ("Day Centres", "Parks and Gardens", "O'Neil's Farm"),
        ("Day Centres Two", "day-centres-two"),
    )
    assert secret.hide(text) == said
    assert secret.is_in(text) is (text != said)


# --- the tables -----------------------------------------------------------------------------------

REGISTER_OF_TWO = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | Alpha counters | New | Libraries | P | Approved
Gamma | Closure of counters and desks | New | Libraries | P | Approved"""
SCHEDULE_OF_TWO = """tracker.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Forecast 2015/16
A-1 | Alpha | Current | Amber | {alpha} | 5 | 35
G-1 | Gamma | Current | Amber | {gamma} | 7 | 71
Total | | | | {total} | 12 | 106"""
SIXTH = """summary.xlsx!Summary
£000
Scope | Plan | Target 2015/16
Libraries | Current | {total}"""


def of_two(gamma: int, total: int) -> Quarter:
    schedule = SCHEDULE_OF_TWO.format(alpha=40, gamma=gamma, total=total)
    drawn = quarter(
        f"2015-16-Q1/{REGISTER_OF_TWO}",
        f"2015-16-Q1/{SCHEDULE_OF_TWO.format(alpha=30, gamma=61, total=91)}",
        REGISTER_OF_TWO,
        schedule,
        SIXTH.format(total=total),
    )
    rows = [{"part": "confidential", "key": "GAMMA", "value": "why"}]
    return Quarter(replace(drawn.tables, settings=frame("settings", rows)))


def everything(quarter: Quarter) -> str:
    """All that the tables of a quarter, and of those before it, hold."""
    whole = "\n".join(getattr(quarter.tables, name).to_csv() for name in TABLE_NAMES)
    return whole + (everything(quarter.before) if quarter.before else "")


@pytest.mark.parametrize("total", [113, 120], ids=["a total that agrees", "one that does not"])
def test_no_table_of_any_quarter_keeps_what_could_tell_of_it(total: int) -> None:
    whole = of_two(73, total)
    assert "gamma" in everything(whole)
    seen = Quarter(visible(whole.tables))
    kept_text = everything(seen).casefold()
    assert "gamma" not in kept_text
    assert seen.before is not None
    assert [row.project for row in seen.projects] == ["alpha"]
    assert {row.amount_pence for row in seen.totals} == set(), "their total would tell its amount"
    assert {row.amount_pence for row in seen.before.savings if row.measure == "target"} <= {
        3_000_000
    }
    # No check fails for want of it; what fails in the whole quarter is told by the whole alone.
    known = {finding.id: finding for finding in check(whole)}
    shown = findings_for_all(check(seen), known.values())
    assert {each.id for each in shown if each.severity == "error"} <= {
        each.id for each in known.values() if each.severity == "error"
    }
    amounts = {7_300_000, 7_100_000, 700_000, 3_300_000, 1_200_000}
    assert not amounts & {each.difference for each in shown}
    assert not amounts & {each.calculated for each in shown}


def test_its_title_is_a_name_of_it_too_where_no_other_project_has_it() -> None:
    tables = of_two(73, 113).tables
    assert secret_of(tables, {"gamma"}).hide("After the closure of counters & desks.") == (
        "After the a confidential project."
    )
    same = tables.projects.assign(title="Closure of counters and desks")
    shared = secret_of(replace(tables, projects=same), {"gamma"})
    assert not shared.is_in("After the closure of counters and desks.")


def test_its_own_page_has_it_and_no_other_confidential_one() -> None:
    tables = of_two(73, 113).tables
    rows = [{"part": "confidential", "key": key, "value": "why"} for key in ("Alpha", "Gamma")]
    own = visible(replace(tables, settings=frame("settings", rows)), "gamma")
    assert [*own.projects["project"]] == ["gamma"]
    assert "alpha" not in everything(Quarter(own)).casefold()


def said_by(page: Programme | Briefing | Reconciliation) -> str:
    """All that the parts of a page say."""
    parts = (part for part in vars(type(page)) if not part.startswith("_"))
    made = (getattr(page, part) for part in parts)
    return "".join(each()._repr_html_() for each in made if is_part(each))


def is_part(method: object) -> bool:
    return getattr(method, "__annotations__", {}).get("return") is Part


def test_a_notebook_outside_a_run_shows_what_a_run_does() -> None:
    whole = of_two(73, 113)
    for made in (programme(whole, whole.findings), reconciliation(whole, whole.findings)):
        said = said_by(made)
        assert "Alpha" in said
        assert "gamma" not in said.casefold()
    assert "gamma" not in said_by(briefing(whole, whole.findings, "alpha")).casefold()
    assert "Gamma" in said_by(briefing(whole, whole.findings, "gamma"))


def test_a_quarter_of_confidential_projects_alone_has_pages_that_name_none(
    ready: Path, quick: Quick
) -> None:
    names = ("SEN Contract Efficiency", "Library Hours", "Road Repairs")
    marked = "".join(f'"{name}" = "why"\n' for name in names)
    declare(ready, "settings.toml", f"{MAIL}[confidential]\n{marked}")
    assert rerun(quick, ready).complete
    found = {path.name for path in (ready / "reports" / PERIOD).iterdir()}
    assert not any(name.startswith(("sen-", "library-", "road-")) for name in found)
    assert {*confidential.published(ready, PERIOD)} == {PROJECT, "library-hours", "road-repairs"}


def test_a_cell_that_withholds_it_is_told_in_its_own_folder_alone(
    ready: Path, quick: Quick
) -> None:
    put(ready, {f"{SCHEDULE}!Proposed 5!E10": "tbx"})
    summary = rerun(quick, ready)
    assert {*summary.withheld} == {"library-hours"}
    common = texts(ready / "reports" / PERIOD)
    assert not any("exceptions" in name for name in common)
    assert not any("ibrary" in said or "tbx" in said for said in common.values())
    own = texts(confidential.published(ready, PERIOD)["library-hours"])
    assert "tbx" in own["exceptions/library-hours.html"]
    declare(ready, "explanations.toml", EXPLAINED)
    release(ready, PERIOD, HEAD)
    assert any(
        "library-hours has no briefing to send" in why for why in draft(ready, PERIOD).left_out
    )
    assert "a confidential project has no briefing to send" in words_of_status(ready)
    assert "ibrary" not in words_of_status(ready)
