"""The command: what it prints, how it ends, and that only a fault of ours shows a traceback."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from click.testing import CliRunner, Result
from quick import Quick
from rendered import BUDGET, PERIOD, PROJECT, REGISTER, SCHEDULE, environment, put

import ffanalysis as ff
from ffanalysis import checks
from ffanalysis.cli import main
from ffanalysis.errors import (
    DiskFull,
    InputsChanging,
    NotebookMissing,
    ReportsBlocked,
    RunTimeOver,
    RunUnderWay,
)
from ffanalysis.render.task import Result as Ended
from ffanalysis.run import run

FINDING = (
    *("id", "rule", "subject", "year", "outcome", "severity"),
    *("stated", "calculated", "difference", "tolerance", "message", "cells", "parent", "who_acts"),
    *("project", "expressions", "cells_read"),
)
# What a figure is known by, and what tells a share, a count or a rate from an amount.
FIGURE = {"name", "project", "amount_pence", "stated_to_pence", "cells"} | {
    "label",
    "unit",
    "value",
    "missing",
    "expression",
    "cells_read",
}


@pytest.fixture
def call(programme: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command in this process, for the example quarter."""
    monkeypatch.setenv("FFANALYSIS_ROOT", str(programme))

    def calls(*words: str) -> Result:
        result = CliRunner().invoke(main, words, prog_name="ffanalysis")
        assert "Traceback" not in result.output
        assert "\x1b" not in result.output, "what is not a terminal gets no colours"
        return result

    return calls


# Help


@pytest.mark.parametrize(
    ("words", "phrases"),
    [
        (
            ["--help"],
            [
                "Usage: ffanalysis [OPTIONS] COMMAND",
                "FFANALYSIS_ROOT",
                "data/raw",
                "check ",
                "run ",
            ],
        ),
        (["-h"], ["Usage: ffanalysis [OPTIONS] COMMAND"]),
        ([], ["Usage: ffanalysis [OPTIONS] COMMAND"]),
        (
            ["run", "--help"],
            [
                "Usage: ffanalysis run [OPTIONS] PERIOD",
                "2015-16-Q2",
                "in one step",
                "continues from where it stopped",
                "--project P",
                "--jobs N",
                "--force",
                "--notebook-timeout SECONDS",
                "[default: 300.0",
                "--run-timeout MINUTES",
                "[default: 240.0",
                "Exit codes: 0 all published; 13 ",
                "another run of PERIOD is going on",
                (
                    "11 the inputs cannot be used; 2 usage; 130 stopped with Ctrl-C, 143 by the"
                    " system."
                ),
            ],
        ),
        (
            ["runs", "--help"],
            ["Usage: ffanalysis runs [OPTIONS] [PERIOD]", "where its log is", "--all"],
        ),
        (
            ["demo", "--help"],
            [
                "Usage: ffanalysis demo [OPTIONS] FOLDER",
                "--projects N",
                "--quarters K",
                "--seed S",
                "invented",
            ],
        ),
        (
            ["diff", "--help"],
            [
                "Usage: ffanalysis diff [OPTIONS] A B",
                '2015-16-Q2@1 its release 1 "ffanalysis diff',
                "--project P",
                "--format [text|html|xlsx|csv|json]",
                "--output FILE",
                "Exit codes: 0 compared, whether or not anything differs; 12 with --exit-code",
            ],
        ),
        (
            ["check", "-h"],
            [
                "Usage: ffanalysis check [OPTIONS] PERIOD",
                "render nothing",
                "--format [text|json]",
                "Exit codes: 0",
                "11 unreadable input",
                "12 a finding of severity error",
                "2 usage",
            ],
        ),
    ],
)
def test_help_says_what_a_command_does_and_how_it_ends(
    call: Callable[..., Result], words: list[str], phrases: list[str]
) -> None:
    said = " ".join(call(*words).output.split())
    assert [phrase for phrase in phrases if phrase.strip() not in said] == []


def test_the_version_is_the_packages(call: Callable[..., Result]) -> None:
    assert call("--version").stdout == f"ffanalysis, version {ff.__version__}\n"


# check


def test_check_prints_a_line_for_each_finding_and_the_verdict(call: Callable[..., Result]) -> None:
    result = call("check", PERIOD)
    assert result.exit_code == 12
    assert result.stderr == ""
    *lines, blank, last = result.stdout.splitlines()
    assert blank == ""
    assert re.fullmatch(
        r"2015-16-Q2: One total does not add up and 10 points need an answer; \d+ checks passed\.",
        last,
    )
    assert lines[0].startswith(
        "error  disagrees       proposed-total           SEN Contract Efficiency, overall: "
    )
    assert (
        "£200,000; the total printed is £100,000 (£100,000 less than the sum; rounding allows"
        " £1,500)" in lines[0]
    )
    # Its cells are the end of the line; what it explains stands beneath it, set in.
    assert lines[0].endswith("[savings-schedule.xlsx, Proposed savings: H11, H16, H17]")
    assert lines[1].startswith("   error  disagrees       orphan-total ")
    assert re.fullmatch(r"note   \d+ not shown; --all prints what agrees too\.", lines[-1])
    everything = call("check", PERIOD, "--all").stdout.splitlines()[:-2]
    severities = [line.split()[0] for line in everything]
    assert "note" in severities
    assert severities == sorted(severities, key=["error", "query", "note"].index)


def test_check_writes_nothing_but_the_tables_it_read(
    call: Callable[..., Result], programme: Path
) -> None:
    call("check", PERIOD)
    assert {path.name for path in programme.iterdir()} == {"data"}


def test_check_for_machines_prints_one_object(call: Callable[..., Result]) -> None:
    result = call("check", PERIOD, "--format", "json")
    assert result.exit_code == 12
    content = json.loads(result.stdout)
    assert list(content) == ["findings", "figures", "refusals", "notices"]
    assert {tuple(finding) for finding in content["findings"]} == {FINDING}
    assert {frozenset(figure) for figure in content["figures"]} == {frozenset(FIGURE)}
    assert content["refusals"] == content["notices"] == []


def test_findings_for_machines_are_those_for_people(call: Callable[..., Result]) -> None:
    findings = json.loads(call("check", PERIOD, "--format", "json").stdout)["findings"]
    lines = call("check", PERIOD, "--all").stdout.splitlines()[:-2]
    assert sorted(line.strip().rpartition(" [")[0] or line.strip() for line in lines) == sorted(
        f"{item['severity']:5}  {item['outcome'].replace('_', ' '):15} {item['rule']:24}"
        f" {item['message']}"
        for item in findings
    )
    for item in findings:
        first = item["cells"].partition("; ")[0].rpartition("!")[2]
        assert any(item["message"] in line and first in line for line in lines)


def test_check_prints_what_cannot_be_read_before_what_was_found(
    call: Callable[..., Result], programme: Path
) -> None:
    put(programme, {f"{REGISTER}!Deadlines!C4": "many"})
    result = call("check", PERIOD)
    assert result.output.index("'many' is not a count") < result.output.index("error  disagrees")


def test_figures_for_machines_are_whole_pence_with_their_cells(call: Callable[..., Result]) -> None:
    figures = json.loads(call("check", PERIOD, "--format", "json").stdout)["figures"]
    by_name = {figure["name"]: figure for figure in figures if figure["project"] == PROJECT}
    shown: dict[str, Any] = {
        name: by_name["proposed/total"][name]
        for name in ("amount_pence", "stated_to_pence", "cells", "unit")
    }
    assert shown == {
        "amount_pence": 10_000_000,
        "stated_to_pence": 100_000,
        "cells": "savings-schedule.xlsx!Proposed savings!E10",
        "unit": "pence",
    }
    share = by_name["proposed/share"]
    assert (share["amount_pence"], share["unit"], share["value"]) == (None, "percent", 9.2)
    assert (
        share["cells"]
        == "savings-schedule.xlsx!Proposed savings!E10; base-budget.xlsx!Base budget 2015-16!D5"
    )
    done = by_name["deadline-1/done"]
    assert (done["amount_pence"], done["value"], done["missing"]) == (None, None, "blank")
    totals = {
        figure["amount_pence"]
        for figure in figures
        if figure["name"] == "context/education-and-skills/total"
    }
    assert totals == {245_500_000}


def test_check_ends_with_0_where_no_finding_is_an_error(
    call: Callable[..., Result], programme: Path
) -> None:
    # Without the second total the paper's arithmetic is right: 100 = 100.
    put(programme, {f"{SCHEDULE}!Proposed savings!H16": None})
    result = call("check", PERIOD)
    assert result.exit_code == 0
    assert re.search(
        r"^2015-16-Q2: Nine points need an answer; \d+ checks passed\.$",
        result.stdout,
        re.M,
    )


# Usage


UNKNOWN = "There is no period '2015-16-Q3' in data/raw. There is: 2015-16-Q2."
MALFORMED = "is not a period: write a financial year and a quarter, such as 2015-16-Q2."
NEITHER = "is neither a period, such as 2015-16-Q2, nor a file or folder that is there."


@pytest.mark.parametrize(
    ("command", "period", "sentence"),
    [
        *(
            ("run", period, f"'{period}' {MALFORMED}")
            for period in ("2015-Q2", "2015-16-Q5", "../../etc")
        ),
        # To `check` a name that is no period is a file's.
        *(
            ("check", period, f"'{period}' {NEITHER}")
            for period in ("2015-Q2", "2015-16-Q5", "../../nowhere")
        ),
        *((command, "2015-16-Q3", UNKNOWN) for command in ("check", "run")),
    ],
)
def test_a_period_that_is_not_there_is_one_sentence_and_2(
    call: Callable[..., Result], command: str, period: str, sentence: str
) -> None:
    result = call(command, period)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"ffanalysis: {sentence}\n")


def test_all_periods_that_there_are_are_listed(
    call: Callable[..., Result], programme: Path
) -> None:
    (programme / "data" / "raw" / "2014-15-Q4").mkdir()
    assert "There is: 2014-15-Q4, 2015-16-Q2." in call("check", "2013-14-Q1").stderr


@pytest.mark.usefixtures("quick")  # so that nothing is made ready for kernels
def test_a_project_that_is_not_there_is_one_sentence_and_2(
    call: Callable[..., Result], programme: Path
) -> None:
    result = call("run", PERIOD, "--project", "sen")
    sentence = "There is no project 'sen' in this period. There is: sen-contract-efficiency."
    assert (result.exit_code, result.stderr) == (2, f"ffanalysis: {sentence}\n")
    assert {path.name for path in (programme / "reports").iterdir()} == {".runs"}, (
        "only the log says that there was a run"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["run"],
        ["check", PERIOD, "--format", "xml"],
        ["run", PERIOD, "--projct", PROJECT],
        ["brief"],
    ],
)
def test_a_call_that_cannot_be_understood_is_2(
    call: Callable[..., Result], words: list[str]
) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_without_a_programme_the_sentence_says_what_one_is(
    call: Callable[..., Result],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("FFANALYSIS_ROOT", str(elsewhere))
    result = call("check", PERIOD)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"ffanalysis: No programme found at or above {elsewhere}: ")


# Unreadable input


NOT_A_WORKBOOK = "cannot be read: it is not an Excel workbook. Save it from Excel as .xlsx."
LOCKED = "cannot be read: it is encrypted. Save it without a password."
PAGE = (
    "cannot be read: it is a web page under the name of a .xlsx. Open it in Excel and save it as"
    " .xlsx."
)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("workbook", [REGISTER, SCHEDULE, BUDGET])
def test_a_corrupt_workbook_is_one_sentence_and_11(
    call: Callable[..., Result], programme: Path, workbook: str, form: str
) -> None:
    (programme / "data" / "raw" / PERIOD / workbook).write_bytes(b"PK\x03\x04 no workbook")
    result = call("check", PERIOD, "--format", form)
    assert result.exit_code == 11
    assert result.stderr == f"ffanalysis: {workbook} {NOT_A_WORKBOOK}\n"
    if form == "json":
        assert json.loads(result.stdout)["refusals"] == [f"{workbook} {NOT_A_WORKBOOK}"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "cannot be read: it is empty. Delete it, or save the workbook again."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), LOCKED),
        (b"<html>not found</html>", PAGE),
    ],
)
def test_a_file_that_only_has_a_workbooks_name_is_one_sentence_and_11(
    call: Callable[..., Result], programme: Path, content: bytes, sentence: str
) -> None:
    (programme / "data" / "raw" / PERIOD / "more.xlsx").write_bytes(content)
    result = call("check", PERIOD)
    assert (result.exit_code, result.stderr) == (11, f"ffanalysis: more.xlsx {sentence}\n")


def test_a_cell_that_cannot_be_read_is_named_and_11_goes_before_12(
    call: Callable[..., Result], programme: Path
) -> None:
    put(programme, {f"{REGISTER}!Deadlines!C4": "many"})
    result = call("check", PERIOD)
    assert "error  disagrees" in result.stdout
    assert result.exit_code == 11
    sentence = (
        "register.xlsx, sheet Deadlines, cell C4: 'many' is not a count (write 3,000 or about"
        " 3,000, or leave blank)."
    )
    assert result.stderr == f"ffanalysis: {sentence}\n"


def test_the_figures_of_a_withheld_project_are_not_printed(
    call: Callable[..., Result], programme: Path
) -> None:
    put(programme, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    content = json.loads(call("check", PERIOD, "--format", "json").stdout)
    assert [figure["name"] for figure in content["figures"] if figure["project"] == PROJECT] == []


# run, with a stand-in for what renders


@pytest.fixture
def renders(
    monkeypatch: pytest.MonkeyPatch, programme: Path
) -> Callable[..., list[tuple[Any, ...]]]:
    """Lets a run end as told; the calls it got are in the list."""

    def ends(
        *results: tuple[str, str, str],
        warnings: tuple[str, ...] = (),
        withheld: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []

        def stand_in(
            period: str, root: Path, options: run.RunOptions, on_result: run.OnResult
        ) -> run.Summary:
            calls.append((period, root, options))
            made = tuple(Ended(name, status, {}, 1.25, reason) for name, status, reason in results)  # type: ignore[arg-type]
            for number, result in enumerate(made, 1):
                on_result(result, number, len(made))
            return run.Summary(
                root / "reports" / period,
                made,
                "No error, no query; no check agrees.",
                warnings,
                withheld,
            )

        monkeypatch.setattr(run, "run", stand_in)
        return calls

    return ends


@pytest.mark.parametrize(
    "limits", [("--notebook-timeout", "--run-timeout"), ("--notebook-seconds", "--run-minutes")]
)
def test_run_ends_with_0_where_everything_is_published(
    call: Callable[..., Result],
    renders: Callable[..., list[tuple[Any, ...]]],
    programme: Path,
    limits: tuple[str, str],
) -> None:
    calls = renders((PROJECT, "published", ""), ("library-hours", "unchanged", ""))
    (programme / "reports" / PERIOD).mkdir(parents=True)
    (programme / "reports" / PERIOD / "index.html").touch()
    words = ["--project", PROJECT, "--project", "library-hours", "--jobs", "3", "--force"]
    result = call("run", PERIOD, *words, limits[0], "20", limits[1], "1.5")
    assert calls == [
        (
            PERIOD,
            programme,
            run.RunOptions(
                (PROJECT, "library-hours"), True, 3, notebook_seconds=20, run_minutes=1.5
            ),
        )
    ]
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"[1/2] {PROJECT}: published",
        "[2/2] library-hours: unchanged",
    ]
    *table, counts, said = result.stdout.splitlines()
    assert [line.split() for line in table] == [
        ["briefing", "status", "seconds"],
        [PROJECT, "published", "1.2"],
    ]
    assert counts == "1 published, 1 unchanged."
    assert (
        said == "No error, no query; no check agrees. See"
        f" {programme / 'reports' / PERIOD / 'index.html'}"
    )


@pytest.mark.parametrize(
    ("results", "warnings", "said"),
    [
        ([(PROJECT, "failed", "It did not finish.")], (), f"{PROJECT} failed: It did not finish."),
        (
            [(PROJECT, "published, no PDF", "No PDF was made.")],
            ("No PDF was made.",),
            "ffanalysis: No PDF was made.",
        ),
        (
            [("programme", "published", "")],
            ("register.xlsx cannot be read.",),
            "ffanalysis: register.xlsx cannot be read.",
        ),
    ],
    ids=["failed", "no PDF", "refused"],
)
def test_run_ends_with_13_where_anything_is_missing_and_says_what(
    call: Callable[..., Result],
    renders: Callable[..., list[tuple[Any, ...]]],
    results: list[tuple[str, str, str]],
    warnings: tuple[str, ...],
    said: str,
) -> None:
    renders(*results, warnings=warnings)
    result = call("run", PERIOD)
    assert result.exit_code == 13
    assert result.stderr.splitlines()[1:] == [said]


def test_run_says_each_reason_once_with_the_projects_that_it_withholds(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]]
) -> None:
    shared, own = "savings.xlsx cannot be read.", "E10: 'tbx' is not an amount."
    withheld = {"a": (shared,), "b": (shared, own), **dict.fromkeys("cdefg", (shared,))}
    renders(*((name, "withheld", "") for name in withheld), withheld=withheld)
    result = call("run", PERIOD)
    assert result.exit_code == 13
    assert result.stderr.splitlines()[7:] == [
        f"{shared} Withheld: a, b, c, d, e and 2 more.",
        f"{own} Withheld: b.",
    ]


def test_of_very_many_reasons_run_says_the_first_and_where_all_are(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]], programme: Path
) -> None:
    renders(
        ("a", "withheld", ""), withheld={"a": tuple(f"C{row} is wrong." for row in range(1, 1043))}
    )
    said = call("run", PERIOD).stderr.splitlines()[1:]
    assert len(said) == 41
    assert said[39] == "C40 is wrong. Withheld: a."
    notes = programme / "reports" / PERIOD / "exceptions"
    assert said[40] == f"… and 1,002 more that cannot be read: see the notes in {notes}."


def test_run_points_to_no_page_that_is_not_there(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]], programme: Path
) -> None:
    renders(("programme", "failed", "It did not finish."))
    assert (
        call("run", PERIOD)
        .stdout.splitlines()[-1]
        .endswith(f" See {programme / 'reports' / PERIOD}")
    )


def test_names_in_brackets_are_printed_as_they_are(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]]
) -> None:
    renders(("[bold]x[/bold]", "published", ""))
    assert "[bold]x[/bold]" in call("run", PERIOD).stdout


def test_what_was_taken_over_is_counted_and_not_listed(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]]
) -> None:
    made = [(f"made-{number}", "published", "") for number in range(45)]
    held = [(f"held-{number}", "unchanged", "") for number in range(1200)]
    renders(*held, *made)
    lines = call("run", PERIOD).stdout.splitlines()
    assert len(lines) == 1 + 40 + 3
    assert not [line for line in lines if "held" in line]
    assert lines[-3:-1] == ["… and 5 more (run.json lists all).", "1,200 unchanged, 45 published."]


def test_where_nothing_was_rendered_there_is_no_table(
    call: Callable[..., Result], renders: Callable[..., list[tuple[Any, ...]]]
) -> None:
    renders((PROJECT, "unchanged", ""), ("programme", "unchanged", ""))
    result = call("run", PERIOD)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "2 unchanged."


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (RunUnderWay(PERIOD, " (process 7)"), 13, str(RunUnderWay(PERIOD, " (process 7)"))),
        (RunTimeOver(PERIOD, 5, 2, 4), 13, str(RunTimeOver(PERIOD, 5, 2, 4))),
        (InputsChanging(SCHEDULE), 11, str(InputsChanging(SCHEDULE))),
        (ReportsBlocked("reports"), 11, str(ReportsBlocked("reports"))),
        (DiskFull("reports"), 13, str(DiskFull("reports"))),
        (NotebookMissing("x.ipynb"), 2, str(NotebookMissing("x.ipynb"))),
        (
            KeyboardInterrupt(),
            130,
            "stopped; what was published before stays as it was. Run it again to go on from here.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_a_run_that_stops_ends_with_its_exit_code_and_one_sentence(
    call: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    exit_code: int,
    said: str,
) -> None:
    def stops(*_: object) -> None:
        raise error

    monkeypatch.setattr(run, "run", stops)
    result = call("run", PERIOD)
    assert (result.exit_code, result.stdout, result.stderr) == (
        exit_code,
        "",
        f"ffanalysis: {said}\n",
    )


def test_run_says_what_it_rendered_and_then_that_nothing_has_changed(
    call: Callable[..., Result], quick: Quick, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    monkeypatch.setattr(run, "run", partial(run.run, engine=quick))
    first = call("run", PERIOD, "--project", "library-hours")
    assert first.exit_code == 0
    assert first.stderr.splitlines() == [
        "[1/5] programme: published",
        "[2/5] reconciliation: published",
        "[3/5] sen-contract-efficiency: unchanged",
        "[4/5] library-hours: published",
        "[5/5] road-repairs: unchanged",
    ]
    table = [line.split()[:2] for line in first.stdout.splitlines()]
    assert table[1:4] == [
        ["library-hours", "published"],
        ["programme", "published"],
        ["reconciliation", "published"],
    ]
    assert first.stdout.splitlines()[4] == "2 unchanged, 3 published."
    second = call("run", PERIOD)
    assert second.exit_code == 0
    assert {line.split(": ")[1] for line in second.stderr.splitlines()} == {"unchanged"}
    assert second.stdout.splitlines() == ["5 unchanged.", first.stdout.splitlines()[-1]]


@pytest.mark.parametrize(
    "words",
    [
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--notebook-timeout", "0"],
        ["--run-timeout", "0"],
        ["--run-timeout", "-1"],
    ],
    ids=" ".join,
)
def test_a_number_that_cannot_be_is_2(
    call: Callable[..., Result], programme: Path, words: list[str]
) -> None:
    result = call("run", PERIOD, *words)
    assert result.exit_code == 2
    assert f"Error: Invalid value for '{words[0]}'" in result.stderr
    assert not (programme / "reports").exists()


# demo


def test_demo_writes_a_programme_and_says_how_to_go_on(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    result = call("demo", str(folder), "--projects", "2", "--quarters", "2", "--seed", "3")
    assert (result.exit_code, result.stderr) == (0, "")
    periods = sorted(path.name for path in (folder / "data" / "raw").iterdir() if path.is_dir())
    assert len(periods) == 2
    said = (
        f"An invented programme: 2 projects, {periods[0]}, {periods[1]}. Now: cd {folder} &&"
        f" ffanalysis run {periods[1]}"
    )
    assert " ".join(result.stdout.split()) == said


def test_demo_refuses_what_cannot_be_in_one_sentence(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    result = call("demo", str(tmp_path / "demo"), "--projects", "0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ffanalysis: --projects 0 cannot be: ")
    assert not (tmp_path / "demo").exists()


# A fault of ours


def test_a_fault_of_ours_is_not_taken_for_the_users(
    call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(checks, "check", breaks)
    result = call("check", PERIOD)
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)


BREAKS = """
import ffanalysis.checks
def breaks(tables):
    raise RuntimeError("a fault of ours")
ffanalysis.checks.check = breaks
from ffanalysis.cli import main
main(["check", "2015-16-Q2"], prog_name="ffanalysis")
"""


def test_a_fault_of_ours_shows_its_traceback_and_ends_with_1(programme: Path) -> None:
    words = [sys.executable, "-c", BREAKS]
    done = subprocess.run(
        words, env=environment(programme), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.rstrip().endswith("RuntimeError: a fault of ours")
