"""A user's own settings, kernels and scripts reach no page of a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from ffanalysis.measure.context import RagByYear, rag_by_year
from ffanalysis.present import charts
from ffanalysis.run.isolation import isolated
from ffanalysis.savings.model import Series


def test_processes_of_a_run_read_nothing_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", "/theirs")
    monkeypatch.setenv("PYTHONSTARTUP", "/theirs.py")
    monkeypatch.setenv("MATPLOTLIBRC", "/theirs")
    before = dict(os.environ)
    with isolated(tmp_path):
        assert "PYTHONSTARTUP" not in os.environ
        assert os.environ["PYTHONSAFEPATH"] == "1"
        found = Path(os.environ["JUPYTER_PATH"]) / "kernels" / "python3" / "kernel.json"
        assert json.loads(found.read_text("utf-8"))["argv"][0] == sys.executable
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
            assert os.environ[name].startswith(str(tmp_path))
        assert Path(os.environ["MATPLOTLIBRC"]).parent == Path(mpl.get_data_path())
    assert dict(os.environ) == before


@pytest.mark.parametrize("name", ["calendar", "queue", "email", "numbers", "copy", "random"])
def test_a_script_beside_the_data_is_not_run(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('theirs')", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ffanalysis", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_chart_is_drawn_the_same_whatever_is_set() -> None:
    grid: RagByYear = rag_by_year(Series(), "context/example")
    plain = charts.rag_by_year(grid)
    theirs = {"figure.facecolor": "#ffe680", "text.usetex": True, "savefig.dpi": 30}
    with mpl.rc_context(theirs):  # type: ignore[arg-type]
        assert charts.rag_by_year(grid).png == plain.png
        assert mpl.rcParams["text.usetex"]
