"""What the tests share: the example quarter, its published and its rendered state."""

import gc
import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import libreoffice
import pytest
from filelock import FileLock
from hypothesis import settings
from interrupted import faulty_run
from quarters import Quarters
from quick import Quick, in_this_process
from rendered import BUDGET, REGISTER, Run, add_projects, example_twice, programme_in, put

ROOT = Path(__file__).parents[1]
Made = TypeVar("Made")

# The same cases in each run, and no limit that depends on how busy the machine is.
settings.register_profile("house", derandomize=True, deadline=None)
settings.register_profile("soak", derandomize=True, deadline=None, max_examples=5000)
settings.load_profile("soak" if "FFANALYSIS_SOAK" in os.environ else "house")


def pytest_collection_finish() -> None:
    """Keep what was imported out of the search for garbage, which costs a quarter of the time.

    That search goes through all of it again and again, and none of it ever goes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def example_quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of the example quarter, written once; to be copied, never changed."""
    spec = importlib.util.spec_from_file_location(
        "example_quarter", ROOT / "tools" / "example_quarter.py"
    )
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    folder = tmp_path_factory.mktemp("example-quarter")
    tool.write(folder)
    return folder


@pytest.fixture(autouse=True)
def no_spreadsheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release does not wait for LibreOffice, but in the tests that are about it."""
    from ffanalysis.deliver import release

    monkeypatch.setattr(release.spreadsheet, "is_installed", lambda: False)


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What is made in a folder of this name, once for all processes that run the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    made = folder / "made.pickle"
    with FileLock(f"{folder}.lock"):
        if not made.exists():
            folder.mkdir()
            made.write_bytes(pickle.dumps(make(folder)))
        found: Made = pickle.loads(made.read_bytes())  # noqa: S301 - our own
        return found


@pytest.fixture(scope="session")
def example_runs(
    example_quarter: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Run]:
    """The example quarter rendered by the command in two programmes; never to be changed."""
    return once(tmp_path_factory, "rendered", lambda to: example_twice(to, example_quarter))


@pytest.fixture(scope="session")
def example(example_runs: tuple[Run, Run]) -> Run:
    """The example quarter as the command has rendered it; never to be changed."""
    return example_runs[0]


@pytest.fixture(scope="session")
def faulty(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The example with notebooks that misbehave, each in its way; never to be changed."""
    return once(tmp_path_factory, "faulty", lambda to: faulty_run(to, example_quarter))


@pytest.fixture
def programme(example_quarter: Path, tmp_path: Path) -> Path:
    """The root of a programme whose only period is the example quarter, 2015-16-Q2."""
    shutil.copytree(example_quarter, tmp_path / "data" / "raw" / "2015-16-Q2")
    return tmp_path


@pytest.fixture
def kept() -> Quarters:
    """Quarters of a programme, in memory; none yet."""
    return Quarters()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Quick:
    """An engine that starts no kernel, and runs that start no other process either."""
    in_this_process(monkeypatch, tmp_path)
    return Quick()


@pytest.fixture(scope="session")
def published_quarter(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of three projects, two of one service, whose quarter has been published.

    To be copied, never changed.
    """
    return once(tmp_path_factory, "published", lambda to: publish_quarter(to, example_quarter))


def publish_quarter(folder: Path, workbooks: Path) -> Path:
    root = programme_in(folder / "programme", workbooks)
    add_projects(root, ["Library Hours", "Road Repairs"])
    budget = f"{BUDGET}!Base budget 2015-16"
    put(
        root,
        {
            f"{REGISTER}!Projects!I6": "Highways",
            f"{budget}!A6": "Highways",
            f"{budget}!C6": "net",
            f"{budget}!D6": "£2.5m",
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, root)
        assert Quick().run(root).complete
    return root


@pytest.fixture
def published(published_quarter: Path, quick: Quick, tmp_path: Path) -> Path:
    """The root of a programme of its own, whose quarter has been published."""
    return shutil.copytree(published_quarter, tmp_path / "programme", symlinks=True)


@pytest.fixture(scope="session")
def released_quarter(published_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That programme, with one project released to five recipients; to be copied, never changed."""
    from released import release_quick

    def make(to: Path) -> Path:
        root = shutil.copytree(published_quarter, to / "programme", symlinks=True)
        return release_quick(root)

    return once(tmp_path_factory, "released", make)


@pytest.fixture
def released(released_quarter: Path, tmp_path: Path) -> Path:
    """The root of a programme of its own, one project of it released to five recipients."""
    return shutil.copytree(released_quarter, tmp_path / "programme", symlinks=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    chromium = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if chromium is None:
        message = "there is no Chromium: install it, or leave FFANALYSIS_REQUIRE_BROWSER unset"
        if os.environ.get("FFANALYSIS_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sdist and wheel, and in `site` what the wheel holds; built once, never to be changed."""

    def make(folder: Path) -> Path:
        subprocess.run(
            [sys.executable, ROOT / "tools" / "package.py", folder / "built"], check=True
        )
        (wheel,) = (folder / "built").glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "built" / "site")
        return folder / "built"

    return once(tmp_path_factory, "packaged", make)


@pytest.fixture(scope="session")
def soffice() -> str:
    return libreoffice.program()
