"""What a run hands to its workers, and what it gets back.

Plain data, so that a task can be rendered in any process, or on any machine.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

KERNEL = "python3"  # what runs the notebooks
# In it a kernel finds the digests of what the run has read for it, as JSON by project.
SHARES_VARIABLE = "FFANALYSIS_SHARES"
# And the projects whose briefing could not be made, with spaces between.
FAILED_VARIABLE = "FFANALYSIS_FAILED"
NOTEBOOK_SECONDS = 300.0  # what one notebook may take
Status = Literal["published", "published, no PDF", "unchanged", "withheld", "failed"]


@dataclass(frozen=True)
class Task:
    """One notebook to render: its parameters, and the names of its pages.

    `cache_key` is the fingerprint of all that the pages are made from. `figures` are figures that
    the page must not contradict: by name, each value as the page writes it. `required_figures` are
    the names of those that it must show. `share` is the sha256 of what the run has read for it; ""
    where that is all of the quarter. `look` are the rules of the council's colours, and `version`
    the digest of its inputs that the page prints. `edition` is the number that it prints, 0 for a
    page that has none, `notice` what it says of what it corrects, and `figures_digest` that of the
    figures by which an edition is another. `releases` is the address of what was released, where
    the page links to it. `failed` are the projects whose briefing could not be made.
    """

    name: str
    title: str
    period: str
    notebook: str
    parameters: dict[str, str]
    html: str = ""
    pdf: str = ""
    cache_key: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    required_figures: tuple[str, ...] = ()
    share: str = ""
    look: str = ""
    version: str = ""
    edition: int = 0
    notice: tuple[str, ...] = ()
    figures_digest: str = ""
    releases: str = ""
    failed: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that a published task leaves, by their paths in the period's folder."""
        return tuple(filter(None, (self.html, self.pdf, f"notebooks/{self.name}.ipynb")))


@dataclass(frozen=True)
class Result:
    """How one task ended: a line of the journal, and an entry of run.json.

    `key` is the task's cache key, `outputs` its files with their sha256. `retryable` marks a
    failure that may be the machine's, such as a full disk. `version` is what its pages print, and
    `remarks` say what of the notebook they do not show as it is. `edition`, `notice` and
    `figures_digest` are those of the task.
    """

    name: str
    status: Status
    parameters: dict[str, str]
    seconds: float = 0.0
    reason: str = ""
    key: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    retryable: bool = False
    version: str = ""
    remarks: tuple[str, ...] = ()
    edition: int = 0
    notice: tuple[str, ...] = ()
    figures_digest: str = ""


@dataclass(frozen=True)
class RenderEnvironment:
    """Where a run's tasks are rendered, and within which time.

    Attributes:
        root: the run's own copy of the programme.
        folder: what is to be published.
        scratch: where notebooks may leave files.
        temporary: where the run's sockets and temporary files are.
        seconds: what each notebook may take.
        fork_server: the address of what forks kernels; "" where they start as usual.
        log: what the standard error of the run's processes is appended to.
        digests: the sha256 of each file in `root`, by its path there; none where nobody knows them.
        quarter: the sha256 of all that the run has read of the quarter.

    """

    root: Path
    folder: Path
    scratch: Path
    temporary: Path
    seconds: float = NOTEBOOK_SECONDS
    fork_server: str = ""
    log: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    quarter: str = ""


def sha256(path: Path) -> str:
    """The sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: object) -> str:
    """The sha256 of facts that can be written as JSON; the order of keys does not matter."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
