"""The quarters of a programme with their state, and the period that a command's words name."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from quick import Quick
from rendered import PERIOD, PROJECT, REGISTER, put
from test_release import HEAD

import ffanalysis as ff
from ffanalysis.cli import main
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import withdraw
from ffanalysis.errors import PeriodMalformed

EARLIER, LATER = "2015-16-Q1", "2015-16-Q4"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words, prog_name="ffanalysis")


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The listing for machines, by period."""

    def look(root: Path) -> dict[str, dict[str, Any]]:
        monkeypatch.setenv("FFANALYSIS_ROOT", str(root))
        listed = json.loads(call("periods", "--format", "json").stdout)
        return {each.pop("period"): each for each in listed}

    return look


def test_each_quarter_has_its_state_and_the_latest_is_marked(published: Path, states: Any) -> None:
    raw = published / "data" / "raw"
    (raw / LATER).mkdir()
    shutil.copytree(raw / PERIOD, raw / EARLIER)
    (raw / EARLIER / "notes.txt").write_text("no workbook")
    (raw / "drafts").mkdir()
    found = states(published)
    assert list(found) == [EARLIER, PERIOD, LATER]
    assert [(each["workbooks"], each["latest"]) for each in found.values()] == [
        (3, False),
        (3, True),
        (0, False),
    ]
    run = found[PERIOD].pop("last_run")
    assert run["ended"] == "complete"
    assert found[PERIOD] == {
        "latest": True,
        "workbooks": 3,
        "published": 3,
        "withheld": 0,
        "release": None,
        "mails": {"sent": 0, "drafted": 0, "in_doubt": 0},
        "journal_broken": "",
    }
    assert found[EARLIER]["last_run"] is None
    lines = call("periods").stdout.splitlines()
    assert [line.rstrip() for line in lines] == [
        "period       workbooks  last run             briefings  release  mails",
        "2015-16-Q1           3  -                    -          -        -",
        f"2015-16-Q2*          3  {run['began'][:10]} complete  3          -        -",
        "2015-16-Q4           0  -                    -          -        -",
        "* latest means 2015-16-Q2.",
    ]


def test_what_is_withheld_is_counted_apart(published: Path, quick: Quick, states: Any) -> None:
    put(published, {f"{REGISTER}!Deadlines!C4": "many"})
    quick.run(published)
    found = states(published)[PERIOD]
    assert (found["published"], found["withheld"], found["last_run"]["ended"]) == (
        2,
        1,
        "incomplete",
    )
    assert "  2, 1 withheld  " in call("periods").stdout


def test_a_release_holds_is_drafted_lapses_and_is_withdrawn(released: Path, states: Any) -> None:
    def release() -> Any:
        found = states(released)[PERIOD]
        return found["release"] | {"mails": found["mails"]}

    assert (release()["number"], release()["by"], release()["state"]) == (1, HEAD, "holds")
    assert release()["why_not"] == ""
    draft(released, PERIOD)  # to five recipients
    assert release()["mails"] == {"sent": 0, "drafted": 5, "in_doubt": 0}
    assert "  1 holds  5 drafted" in call("periods").stdout
    manifest = released / "reports" / PERIOD / "run.json"
    kept = manifest.read_text("utf-8")
    about = json.loads(kept)
    about["outputs"][f"{PROJECT}.html"] = "0" * 64  # as a run of other pages would write it
    manifest.write_text(json.dumps(about), "utf-8")
    assert release()["state"] == "lapsed"
    assert "have changed since" in release()["why_not"]
    manifest.write_text(kept, "utf-8")
    withdraw(released, PERIOD, HEAD, "a wrong figure")
    assert release()["state"] == "withdrawn"
    assert "  1 withdrawn  " in call("periods").stdout
    assert max(map(len, call("periods").stdout.splitlines())) <= 80


def test_a_quarter_whose_workbooks_are_gone_is_listed_and_may_be_named(
    released: Path, states: Any
) -> None:
    shutil.rmtree(released / "data" / "raw" / PERIOD)
    found = states(released)[PERIOD]
    assert (found["workbooks"], found["latest"], found["release"]["number"]) == (0, False, 1)
    assert "There is no period" not in call("runs", PERIOD).stderr


def test_a_broken_journal_is_told_and_the_others_are_listed(released: Path, states: Any) -> None:
    (released / "data" / "raw" / LATER).mkdir()
    journal = released / "reports" / "journal" / f"{PERIOD}.jsonl"
    journal.write_bytes(b"no line of a journal\n" + journal.read_bytes())
    assert list(states(released)) == [PERIOD, LATER]
    told = call("periods")
    assert told.exit_code == 12
    assert "journal broken" in " ".join(told.stdout.split())
    assert told.stderr.startswith("ffanalysis: ")


def test_without_a_quarter_the_next_step_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path))
    told = call("periods")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith("No period in data/raw has a workbook yet: make one")


# --- the period that words name -------------------------------------------------------------------

NAMING = {
    "run": ["{}"],
    "check": ["{}"],
    "explain": ["{}", PROJECT],
    "diff": ["{}", PERIOD],
    "release": ["{}", "--by", HEAD],
    "reissue": ["{}", PROJECT, "--as", "correction", "--reason", "why", "--by", HEAD],
    "mail": ["{}"],
    "lab": ["{}", "--no-browser"],
    "runs": ["{}"],
}
UNTOLD = {
    "status": "a quarter that nobody has begun is late, which a monitor must hear",
    "new": "it makes a quarter that is not there yet",
    "adopt": "it takes a tracker into a quarter that may not be there yet",
}


def test_every_command_that_takes_a_period_is_known_here() -> None:
    taking = {
        name
        for name, command in main.commands.items()
        if any(each.name in ("period", "was") for each in command.params)
    }
    assert taking == (NAMING.keys() | UNTOLD.keys()) - {"check"}


@pytest.mark.parametrize("name", NAMING)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2015-16-Q3", "There is no period '2015-16-Q3' in data/raw. There is: 2015-16-Q2."),
        ("2015-16-Q22", ", such as 2015-16-Q2"),
        ("latst", "such as 2015-16-Q2, or latest"),
    ],
)
def test_a_wrong_period_is_refused_with_the_nearest_and_leaves_nothing(
    programme: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(programme))
    before = sorted(programme.rglob("*"))
    told = call(name, *(word.format(text) for word in NAMING[name]))
    assert told.exit_code == 2
    assert said in told.stderr
    assert sorted(programme.rglob("*")) == before


def test_latest_is_a_path_too_where_a_command_wants_one(
    published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    told = call("verify", "latest")
    assert "The latest period is 2015-16-Q2." in told.stderr
    assert "There is no page at" not in told.output
    paper = tmp_path / "paper.txt"
    paper.write_text("no form", "utf-8")
    assert "The latest period is" in call("intake", str(paper), "--to", "latest").stderr
    # What is there under such a name is meant itself.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latest").mkdir()
    assert call("verify", "latest").stderr.count("latest period") == 0


def test_a_notebook_may_ask_for_the_latest_quarter(programme: Path) -> None:
    assert str(ff.load("latest", programme).period) == PERIOD
    with pytest.raises(PeriodMalformed, match="such as 2015-16-Q2, or latest"):
        ff.load("latst", programme)
