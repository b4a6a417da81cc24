"""What a run has read and checked once, kept on the disk in the shares its kernels ask for.

A share is in Python's own format, which may run code when it is read, and every kernel of the run
may write where it lies. So each is read only where its content has the digest that the run has
given to the kernel: a share that another kernel has changed is refused by name.
"""

import hashlib
import json
import os
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path

from ffanalysis.errors import FileTampered
from ffanalysis.findings import Finding
from ffanalysis.provenance import slug
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.render import fork_server
from ffanalysis.render.task import FAILED_VARIABLE, SHARES_VARIABLE
from ffanalysis.tables import Tables

Share = tuple[Tables, tuple[Finding, ...]]


def store_quarter(work: Path, tables: Tables, findings: Sequence[Finding]) -> str:
    """Keep a quarter in the run's own folder for whoever asks for all of it; gives its sha256."""
    (work / "cached").mkdir(exist_ok=True)
    return write_read_only(work / "cached.pickle", pickle.dumps((tables, tuple(findings))))


def store_project(work: Path, project: str, tables: Tables, findings: Sequence[Finding]) -> str:
    """Keep a project's own rows and findings there; gives the sha256 of them."""
    share = pickle.dumps((tables, tuple(findings)))
    return write_read_only(_share_of(work, project), share)


def write_read_only(path: Path, content: bytes) -> str:
    """Write a file that is only read from then on; gives its sha256."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    if os.name == "posix":  # elsewhere it could not be deleted either
        path.chmod(0o444)
    return hashlib.sha256(content).hexdigest()


def read_unchanged(path: Path, digest: str) -> bytes:
    """The content of a file, where it has this sha256. Raises FileTampered, FileNotFoundError."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileTampered(f"{path.parent.name}/{path.name}")
    return content


def _share_of(work: Path, project: str) -> Path:
    return work / "cached" / f"{project}.pickle"


def _given() -> Mapping[str, str]:
    """The digests of the shares that the run lets this kernel read; "" names the quarter's."""
    try:
        found = json.loads(os.environ[SHARES_VARIABLE])
    except (LookupError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


class RunCache:
    """A run's quarter as a kernel finds it, read from the disk when somebody looks at it."""

    def __init__(self, root: Path, work: Path, period: str) -> None:
        self.root, self.period = str(root), period
        self._work = work
        self._whole: Share | None = None

    def whole(self) -> Share:
        """All tables and findings of the quarter. Raises FileTampered."""
        if self._whole is None:
            self._whole = _read(self._work / "cached.pickle", _given().get("", ""))
        return self._whole

    def project_slice(self, project: str) -> Share | None:
        """The project's own rows and findings; None where this is not its kernel.

        Raises FileTampered.
        """
        digest = _given().get(project)
        path = _share_of(self._work, project)
        if not digest or not project or project != slug(project) or not path.is_file():
            return None
        return _read(path, digest)


def _read(path: Path, digest: str) -> Share:
    share: Share = pickle.loads(read_unchanged(path, digest))  # noqa: S301 - the run's, by its digest
    return share


def current(period: str) -> RunCache | None:
    """What this kernel's run has read of a quarter, where the kernel was forked for a run."""
    found = fork_server.run_data
    if not isinstance(found, RunCache) or os.environ.get(ROOT_VARIABLE) != found.root:
        return None
    return found if period == found.period else None


def failed_projects() -> tuple[str, ...]:
    """The projects whose briefing this kernel's run could not make; none outside a run."""
    return tuple(os.environ.get(FAILED_VARIABLE, "").split())
