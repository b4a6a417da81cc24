"""What a run has read and checked once, kept on the disk in the shares its kernels ask for."""

import os
import pickle
from collections.abc import Sequence
from pathlib import Path

from ffanalysis.figures import Finding
from ffanalysis.provenance import slug
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.render import fork_server
from ffanalysis.tables import Tables

Share = tuple[Tables, tuple[Finding, ...]]


def store_quarter(work: Path, tables: Tables, findings: Sequence[Finding]) -> None:
    """Keep a quarter in the run's own folder for whoever asks for all of it."""
    (work / "cached").mkdir(exist_ok=True)
    (work / "cached.pickle").write_bytes(pickle.dumps((tables, tuple(findings))))


def store_project(work: Path, project: str, tables: Tables, findings: Sequence[Finding]) -> None:
    """Keep a project's own rows and findings there."""
    _share_of(work, project).write_bytes(pickle.dumps((tables, tuple(findings))))


def _share_of(work: Path, project: str) -> Path:
    return work / "cached" / f"{project}.pickle"


def _read(path: Path) -> Share:
    share: Share = pickle.loads(path.read_bytes())  # noqa: S301 - our own
    return share


class RunCache:
    """A run's quarter as a kernel finds it, read from the disk when somebody looks at it."""

    def __init__(self, root: Path, work: Path, period: str) -> None:
        self.root, self.period = str(root), period
        self._work = work
        self._whole: Share | None = None

    def whole(self) -> Share:
        """All tables and findings of the quarter."""
        if self._whole is None:
            self._whole = _read(self._work / "cached.pickle")
        return self._whole

    def project_slice(self, project: str) -> Share | None:
        """The project's own rows and findings; None where the run makes no briefing of it."""
        path = _share_of(self._work, project)
        return _read(path) if project and project == slug(project) and path.is_file() else None


def current(period: str) -> RunCache | None:
    """What this kernel's run has read of a quarter, where the kernel was forked for a run."""
    found = fork_server.run_data
    if not isinstance(found, RunCache) or os.environ.get(ROOT_VARIABLE) != found.root:
        return None
    return found if period == found.period else None
