"""What a run hands out, and what it gets back.

Plain data, so that a task can be rendered in any process, or on any machine.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SECONDS = 300.0  # what one notebook may take
Status = Literal["published", "published, no PDF", "unchanged", "withheld", "failed"]


@dataclass(frozen=True)
class Task:
    """One notebook to render: its parameters, and the names of the files that come of it.

    `key` is a digest of all that they are made from. `figures` are figures that the page must not
    contradict, by name, each as the page writes its value; `must_show` are those that it must show.
    """

    name: str
    title: str
    period: str
    notebook: str
    parameters: dict[str, str]
    html: str = ""
    pdf: str = ""
    key: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    must_show: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that a published task leaves, by their paths in the period's folder."""
        return tuple(filter(None, (self.html, self.pdf, f"notebooks/{self.name}.ipynb")))


@dataclass(frozen=True)
class Result:
    """How one task ended: what a line of the journal and an entry of run.json hold.

    `outputs` are the files that came of it with their sha256. `again` says that it may have been no
    fault of its own.
    """

    name: str
    status: Status
    parameters: dict[str, str]
    seconds: float = 0.0
    reason: str = ""
    key: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True)
class Setting:
    """Where and how a run's tasks are rendered.

    `root` is the run's own copy of the programme, `folder` what is to be published, `scratch` where
    notebooks may leave things lying about, `temporary` where the run itself puts its sockets and
    temporary files, `seconds` what each notebook may take, `fork_server` the address of what forks their
    kernels, where there is one, `log` where processes may complain.
    """

    root: Path
    folder: Path
    scratch: Path
    temporary: Path
    seconds: float = SECONDS
    fork_server: str = ""
    log: Path | None = None


def sha256(path: Path) -> str:
    """The digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
