"""The first day: a programme's folder from the package alone, which nothing is written over."""

import errno
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import Field
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result
from rendered import PERIOD, ROOT

from ffanalysis.cli import main
from ffanalysis.read.settings import settings_in, settings_rows, weights
from ffanalysis.settings import WEIGHTS, WORDS, Settings, declared, rule_of
from ffanalysis.start.settings_file import settings_file

NOTEBOOKS = [
    "notebooks/explore.ipynb",
    "notebooks/programme_briefing.ipynb",
    "notebooks/project_briefing.ipynb",
    "notebooks/reconciliation.ipynb",
]
BOOKS = ["base-budget.xlsx", "register.xlsx", "savings-schedule.xlsx"]
EXAMPLE = [f"data/raw/{PERIOD}/{name}" for name in BOOKS]
FILES = sorted(["README.md", ".gitignore", "data/raw/settings.toml", *NOTEBOOKS, *EXAMPLE])
SETTINGS = [(table, item) for table, items in declared().items() for item in items]


def init(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["init", str(folder), *words], prog_name="ffanalysis")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- the folder -----------------------------------------------------------------------------------


def test_a_folder_has_all_that_a_programme_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FFANALYSIS_ROOT", raising=False)
    place = tmp_path / "new" / "savings"
    made = init(place, "--example")
    assert made.exit_code == 0, made.output
    assert made.stderr == ""
    assert sorted(tree(place)) == FILES
    assert all((place / name).is_dir() for name in ("data/raw", "data/processed", "reports"))
    for name in (*NOTEBOOKS, *EXAMPLE):
        assert (place / name).read_bytes() == (ROOT / name).read_bytes()
    monkeypatch.chdir(place)
    checked = CliRunner().invoke(main, ["check", "latest"])
    assert "2015-16-Q2: One total does not add up and 10 points" in checked.stdout


def test_without_the_example_it_has_no_quarter_and_the_next_step_is_said(tmp_path: Path) -> None:
    made = init(tmp_path / "a b")
    assert sorted(tree(tmp_path / "a b")) == sorted(set(FILES) - set(EXAMPLE))
    assert f'Now: cd "{tmp_path}/a b" && ffanalysis new 2026-27-Q1, ' in made.stdout


@pytest.mark.parametrize("there", [FILES[::2], FILES[1::2], FILES])
def test_what_is_there_is_left_as_it_is_and_named(tmp_path: Path, there: list[str]) -> None:
    own = {name: f"our own {name}".encode() for name in there if name not in EXAMPLE}
    for name, content in own.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    made = init(tmp_path, "--example")
    found = tree(tmp_path)
    assert sorted(found) == FILES
    assert {name: found[name] for name in own} == own
    said = re.findall(r"^  (Written|Left as it was) +(.+)$", made.stdout, re.M)
    assert sorted(name for how, name in said if how == "Left as it was") == sorted(own)
    assert sorted(name for how, name in said if how == "Written") == sorted({*FILES} - {*own})
    assert ("is one of your own: see to it" in made.stderr) == (".gitignore" in own)
    again = init(tmp_path)
    assert tree(tmp_path) == found
    assert "Written" not in again.stdout
    assert again.stdout.endswith(f"Now: cd {tmp_path} && ffanalysis run latest\n")


def test_the_example_never_stands_among_other_workbooks(tmp_path: Path) -> None:
    quarter = tmp_path / "data" / "raw" / PERIOD
    quarter.mkdir(parents=True)
    (quarter / "our-savings.xlsx").write_bytes(b"ours")
    made = init(tmp_path, "--example")
    assert [path.name for path in quarter.iterdir()] == ["our-savings.xlsx"]
    assert f"  Left as it was  data/raw/{PERIOD}\n" in made.stdout


def test_an_example_that_was_begun_is_completed(tmp_path: Path) -> None:
    init(tmp_path, "--example")
    (tmp_path / EXAMPLE[1]).unlink()
    assert f"  Written         {EXAMPLE[1]}\n" in init(tmp_path, "--example").stdout
    assert sorted(tree(tmp_path)) == FILES


@pytest.mark.parametrize(
    "place",
    ["", "data", "data/raw", "data/processed", "reports", "notebooks", f"data/raw/{PERIOD}"],
)
@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_in_the_place_of_a_folder_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, place: str, *, is_link: bool
) -> None:
    folder = tmp_path / "savings"
    blocked = folder / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    if is_link:
        blocked.symlink_to(tmp_path / "nowhere")
    else:
        blocked.write_text("a file")
    before = sorted(tmp_path.rglob("*"))
    made = init(folder, "--example")
    assert (made.exit_code, made.stdout) == (2, "")
    assert made.stderr == (
        f"ffanalysis: {blocked} is not a folder, and a programme needs one there. Nothing was"
        " written: take it away, or name another folder.\n"
    )
    assert sorted(tmp_path.rglob("*")) == before


class Full:
    """A file that can be made and not be written."""

    def __init__(self, path: Path) -> None:
        path.touch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, _: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", *more: Full(path) if mode == "xb" else opened(path, mode, *more),
    )
    made = init(tmp_path)
    assert (made.exit_code, made.stdout) == (13, "")
    assert made.stderr == (
        "ffanalysis: The command cannot go on: no space is left on its disk. Make some, then try"
        " again.\n"
    )
    assert tree(tmp_path) == {}


def test_a_folder_that_may_not_be_made_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    made = init(tmp_path / "new")
    assert (made.exit_code, made.stdout) == (13, "")
    assert made.stderr.startswith(f"ffanalysis: {tmp_path}/new")
    assert "the right to it is missing" in made.stderr


def test_a_root_that_is_set_elsewhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path / "other"))
    assert "FFANALYSIS_ROOT is set to" in init(tmp_path / "here").stderr
    monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path / "here"))
    assert init(tmp_path / "here").stderr == ""


def test_git_takes_up_nothing_of_a_council(tmp_path: Path) -> None:
    init(tmp_path, "--example")
    for name in ("reports/2015-16-Q2/index.html", "schedule.xlsx", "data/processed/a.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("money")
    for words in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    listed = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files"], check=True, capture_output=True, text=True
    )
    assert listed.stdout.split() == [".gitignore", "README.md"]


# --- its settings ---------------------------------------------------------------------------------


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=\S)", "", text, flags=re.M)


def test_the_settings_have_each_setting_explained_and_none_set() -> None:
    text = settings_file()
    assert max(map(len, text.splitlines())) <= 100
    assert settings_in([text.encode()]) == Settings()
    assert settings_rows([text.encode()], {}) == []
    assert weights([text.encode()]) == weights([])
    assert list(tomllib.loads(text)) == [*declared(), *WORDS, WEIGHTS]
    for _, item in SETTINGS:
        assert text.count(f"\n# {rule_of(item).meaning}"[:60]) >= 1


def test_with_each_default_written_out_the_settings_are_the_same() -> None:
    text = uncommented(settings_file()).encode()
    stated = tomllib.loads(text.decode())
    assert {name: list(keys) for name, keys in stated.items() if name in declared()} == {
        name: [item.name for item in items] for name, items in declared().items()
    }
    assert settings_in([text]) == Settings()
    assert settings_rows([text], {}) == []  # so that no page is made anew, and none differs
    # What is counted on is the council's own assumption once it is written here, and pages say so.
    assert [{**row, "declared_in": ""} for row in weights([text])] == [
        {**row, "declared_in": ""} for row in weights([])
    ]
    assert {row["declared_in"] for row in weights([text])} == {"settings.toml"}


@pytest.mark.parametrize(("table", "item"), SETTINGS, ids=lambda each: getattr(each, "name", each))
def test_each_example_can_be_written_in_the_place_of_its_default(
    table: str, item: Field[Any]
) -> None:
    text = settings_file()
    head, _, rest = text.partition(f"\n[{table}]\n")
    example = f"# Such as: {item.name} = {rule_of(item).example}\n"
    assert example in rest
    default = re.compile(rf"^#{item.name} = .*$", re.M)
    changed = default.sub(lambda _: f"{item.name} = {rule_of(item).example}", rest, count=1)
    (row,) = settings_rows_or_delivery(f"{head}\n[{table}]\n{changed}")
    assert row[:2] == (table, item.name)


def settings_rows_or_delivery(text: str) -> list[tuple[str, str, object]]:
    """What differs from the defaults, of pages and of the release."""
    own, ours = settings_in([text.encode()]), Settings()
    return [
        (table, item.name, getattr(getattr(own, table), item.name))
        for table, item in SETTINGS
        if getattr(getattr(own, table), item.name) != getattr(getattr(ours, table), item.name)
    ]


def test_a_quarter_takes_back_what_the_programme_has_set() -> None:
    all_quarters = b"[marking]\ntext = 'OFFICIAL'\n"
    assert settings_in([all_quarters, b"[marking]\ntext = ''\n"]).marking.text == ""
    assert settings_rows([all_quarters, b"[marking]\ntext = ''\n"], {}) == []


# --- the wheel ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_wheel_of_the_sdist_makes_a_programme_and_its_briefings(
    packaged: Path, tmp_path: Path
) -> None:
    (wheel,) = packaged.glob("*.whl")
    assert wheel.stat().st_size < 10_000_000
    environment = {**os.environ, "PYTHONPATH": str(packaged / "site"), "PYTHONSAFEPATH": "1"}
    environment.pop("FFANALYSIS_ROOT", None)

    def call(*words: str, where: Path = tmp_path) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=where,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.stdout

    where = call("-c", "import ffanalysis; print(ffanalysis.__file__)")
    assert Path(where.strip()).is_relative_to(packaged)
    call("-m", "ffanalysis", "init", "new", "--example")
    assert sorted(tree(tmp_path / "new")) == FILES
    assert "3 published." in call("-m", "ffanalysis", "run", "latest", where=tmp_path / "new")
    published = tmp_path / "new" / "reports" / PERIOD
    assert {path.name for path in published.iterdir()} >= {
        "index.html",
        "programme.pdf",
        "sen-contract-efficiency.html",
        "sen-contract-efficiency.pdf",
    }
