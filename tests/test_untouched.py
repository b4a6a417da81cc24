"""The code of a notebook that writes where it has no business: that is seen before it counts."""

import json
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from quick import Quick, contents, names_in
from rendered import BUDGET, PERIOD, PROJECT, SCHEDULE

from ffanalysis.errors import FileTampered
from ffanalysis.render import render as rendering
from ffanalysis.render.render import render
from ffanalysis.render.task import SHARES_VARIABLE, RenderEnvironment, Task, sha256
from ffanalysis.run.cache import RunCache, write_read_only
from ffanalysis.tables import TABLE_NAMES

Change = Callable[[Path, RenderEnvironment], object]
OTHER = "library-hours"


def more(path: Path) -> None:
    """Append a byte to a file, whoever may write to it."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b" ")


def as_a_link(path: Path) -> None:
    """Move a file elsewhere, and put a link to it in its place: its content is the same."""
    path.rename(path.parents[1] / "elsewhere")
    path.symlink_to(path.parents[1] / "elsewhere")


def changed_at_the_end(quick: Quick, change: Change, root: Path) -> None:
    """When the last project is taken up, something of the others is changed."""

    def tamper(task: Task, environment: RenderEnvironment) -> None:
        if task.name == "road-repairs":
            change(root, environment)

    quick.before = tamper


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (lambda _, to: more(to.folder / f"{PROJECT}.html"), f"{PROJECT}.html"),
        (lambda _, to: (to.folder / f"{OTHER}.pdf").unlink(), f"{OTHER}.pdf"),
        (lambda _, to: as_a_link(to.folder / "index.html"), "index.html"),
        (
            lambda _, to: more(to.folder / "notebooks" / f"{OTHER}.ipynb"),
            f"notebooks/{OTHER}.ipynb",
        ),
        (lambda _, to: more(to.folder / "findings.csv"), "findings.csv"),
        (lambda _, to: more(to.folder / "figures.csv"), "figures.csv"),
        (lambda _, to: more(to.folder / "reconciliation.xlsx"), "reconciliation.xlsx"),
        (lambda _, to: (to.folder / "more.html").write_text("x"), "more.html"),
        (lambda _, to: (to.folder / "more").symlink_to("/"), "more"),
        (
            lambda _, to: more(to.root / "data" / "raw" / PERIOD / SCHEDULE),
            f"data/raw/{PERIOD}/{SCHEDULE}",
        ),
        (
            lambda _, to: (to.root / "data" / "raw" / PERIOD / "layout.toml").write_text(""),
            f"data/raw/{PERIOD}/layout.toml",
        ),
        (
            lambda _, to: more(to.root / "notebooks" / "reconciliation.ipynb"),
            "notebooks/reconciliation.ipynb",
        ),
        (
            lambda _, to: more(to.root / "data" / "processed" / PERIOD / "savings.parquet"),
            f"{PERIOD}/savings.parquet",
        ),
        (
            lambda root, _: more(root / "data" / "processed" / PERIOD / "savings.parquet"),
            f"data/processed/{PERIOD}/savings.parquet",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_run_has_made_or_reads_is_not_published_once_it_was_changed(
    published: Path, quick: Quick, change: Change, file: str
) -> None:
    before = contents(published)
    changed_at_the_end(quick, change, published)
    with pytest.raises(FileTampered) as caught:
        quick.run(published, force=True)
    assert caught.value.exit_code == 13
    assert str(caught.value).startswith(f"{file} was changed by something else while the run went")
    assert contents(published) == before
    names = names_in(published / "reports") - {"elsewhere"}
    assert names == {".runs", PERIOD, (published / "reports" / PERIOD).resolve().name}


def test_a_task_that_was_changed_is_not_rendered(published: Path, quick: Quick) -> None:
    def tamper(task: Task, environment: RenderEnvironment) -> None:
        for file in (environment.scratch.parent / "tasks").glob("*.json"):
            more(file)

    quick.before = tamper
    with pytest.raises(FileTampered, match=r"^tasks/[a-z-]+\.json was changed"):
        quick.run(published, force=True)


def test_a_table_that_was_changed_is_read_anew_by_the_next_run(
    published: Path, quick: Quick
) -> None:
    table = published / "data" / "processed" / PERIOD / "budget.parquet"
    digest = sha256(table)
    changed_at_the_end(quick, lambda *_: more(table), published)
    with pytest.raises(FileTampered, match=r"budget\.parquet"):
        quick.run(published, force=True)
    assert not table.exists()
    quick.go_on()
    quick.run(published, force=True)
    assert sha256(table) == digest
    assert names_in(table.parent) == {f"{name}.parquet" for name in TABLE_NAMES}


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (lambda raw: more(raw / BUDGET), f"data/raw/{PERIOD}/{BUDGET}"),
        (lambda raw: (raw / "aliases.toml").write_text(""), f"data/raw/{PERIOD}/aliases.toml"),
        (lambda raw: (raw / BUDGET).unlink(), f"data/raw/{PERIOD}/{BUDGET}"),
        (
            lambda raw: more(raw.parents[2] / "notebooks" / "reconciliation.ipynb"),
            "notebooks/reconciliation.ipynb",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_input_that_was_changed_meanwhile_is_named_and_the_run_is_not_complete(
    published: Path, quick: Quick, change: Callable[[Path], object], file: str
) -> None:
    before = contents(published)
    changed_at_the_end(quick, lambda root, _: change(root / "data" / "raw" / PERIOD), published)
    summary = quick.run(published, force=True)
    (said,) = summary.warnings
    assert said == (
        f"{file} was changed while the run went on: these reports are of it as it was before. Run"
        " the quarter again."
    )
    assert contents(published) == before


def test_a_published_page_that_was_changed_meanwhile_is_replaced_and_named(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    page = published / "reports" / PERIOD / f"{PROJECT}.html"
    changed_at_the_end(quick, lambda *_: more(page), published)
    summary = quick.run(published, force=True)
    (said,) = summary.warnings
    assert said.startswith(f"reports/{PERIOD}/{PROJECT}.html was changed by something else while")
    assert contents(published) == before


# What a kernel reads


class Runs:
    """What runs code when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


def test_a_share_that_was_changed_is_not_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, whole = tmp_path / "cached" / f"{PROJECT}.pickle", tmp_path / "cached.pickle"
    own.parent.mkdir()
    given = {"": write_read_only(whole, b"as it was"), PROJECT: write_read_only(own, b"as it was")}
    monkeypatch.setenv(SHARES_VARIABLE, json.dumps(given))
    mark = tmp_path / "mark"
    for path in (own, whole):
        path.unlink()
        path.write_bytes(pickle.dumps(Runs(mark)))
    run_of = RunCache(tmp_path, tmp_path, PERIOD)
    with pytest.raises(FileTampered, match=rf"^cached/{PROJECT}\.pickle was changed"):
        run_of.project_slice(PROJECT)
    with pytest.raises(FileTampered, match=r"cached\.pickle was changed"):
        run_of.whole()
    assert not mark.exists()
    pickle.loads(whole.read_bytes())  # noqa: S301 - what it would have done
    assert mark.exists()


@pytest.mark.parametrize("said", [None, "", "[]", "7", "{", '{"other": "x"}'])
def test_without_a_digest_nothing_is_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    monkeypatch.delenv(SHARES_VARIABLE, raising=False)
    if said is not None:
        monkeypatch.setenv(SHARES_VARIABLE, said)
    path = tmp_path / "cached" / f"{PROJECT}.pickle"
    path.parent.mkdir()
    for each in (path, tmp_path / "cached.pickle"):
        each.write_bytes(pickle.dumps(Runs(tmp_path / "mark")))
    run_of = RunCache(tmp_path, tmp_path, PERIOD)
    assert run_of.project_slice(PROJECT) is None
    with pytest.raises(FileTampered):
        run_of.whole()
    assert not (tmp_path / "mark").exists()


def test_a_kernel_is_given_its_own_share_and_no_others(published: Path, quick: Quick) -> None:
    given: dict[str, dict[str, str]] = {}
    quick.before = lambda task, to: given.update({task.name: rendering._shares(task, to)})
    quick.run(published, force=True)
    assert {name: set(shares) for name, shares in given.items()} == {
        PROJECT: {PROJECT, ""},
        OTHER: {OTHER, ""},
        "road-repairs": {"road-repairs", ""},
        "programme": {""},
        "reconciliation": {""},
    }


def test_a_page_is_made_of_what_papermill_has_run_and_not_of_what_lies_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook whose code rewrites its source, its saved copy and its page, by real kernels."""
    for name in ("root/notebooks", "folder/notebooks", "scratch", "t"):
        (tmp_path / name).mkdir(parents=True)
    source, kept = (tmp_path / name / "notebooks" / "a.ipynb" for name in ("root", "folder"))
    cell = f"from pathlib import Path\nPath({str(source)!r}).write_text('changed')\nprint(6 * 7)"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]), source)
    environment = RenderEnvironment(
        tmp_path / "root",
        tmp_path / "folder",
        tmp_path / "scratch",
        tmp_path / "t",
        digests={"notebooks/a.ipynb": sha256(source)},
    )
    made = rendering.to_html

    def then_changed(*words: object) -> str:
        kept.write_text("changed", "utf-8")
        return made(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "to_html", then_changed)
    monkeypatch.setattr(rendering, "to_pdf", lambda _: b"PDF")
    task = Task("a", "A", PERIOD, "a.ipynb", {}, "a.html", "a.pdf")
    result = render(task, environment)
    assert result.status == "published"
    assert "42" in (tmp_path / "folder" / "a.html").read_text("utf-8")
    assert result.outputs["a.html"] == sha256(tmp_path / "folder" / "a.html")
    assert result.outputs["notebooks/a.ipynb"] != sha256(kept), "it is seen when it is published"
    again = render(replace(task, html="", pdf=""), environment)
    assert (again.status, again.retryable) == ("failed", False)
    assert "a.ipynb" in again.reason
