"""What the tests share.

The example quarter, as a programme of its own for each test to change as it likes.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from quarters import Quarters
from quick import Quick
from rendered import BUDGET, REGISTER, add_projects, programme_in, put

from ffanalysis.run import run

ROOT = Path(__file__).parents[1]

# The same cases in each run, and no limit that depends on how busy the machine is.
settings.register_profile("house", derandomize=True, deadline=None)
settings.register_profile("soak", derandomize=True, deadline=None, max_examples=5000)
settings.load_profile("soak" if "FFANALYSIS_SOAK" in os.environ else "house")


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
    """An engine that starts no kernel; nor is anything made ready for one."""
    monkeypatch.setattr(run.kernel_client, "can_fork", lambda: False)
    monkeypatch.setattr(run, "get_ready", lambda _: tmp_path)
    return Quick()


@pytest.fixture(scope="session")
def published_quarter(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of three projects, two of one service, whose quarter has been published.

    To be copied, never changed.
    """
    root = programme_in(tmp_path_factory.mktemp("published") / "programme", example_quarter)
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
        patch.setattr(run.kernel_client, "can_fork", lambda: False)
        patch.setattr(run, "get_ready", lambda _: root)
        assert Quick().run(root).complete
    return root


@pytest.fixture
def published(published_quarter: Path, quick: Quick, tmp_path: Path) -> Path:
    """The root of a programme of its own, whose quarter has been published."""
    return shutil.copytree(published_quarter, tmp_path / "programme", symlinks=True)


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
