"""What a run has read and checked once, for its kernels.

On the disk, in the shares in which they ask for it.
"""

import os
import pickle
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from ffanalysis.figures import Finding
from ffanalysis.provenance import slug
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.render import fork_server
from ffanalysis.tables import TABLE_NAMES, Tables

_Share = tuple[Tables, tuple[Finding, ...]]


def hold_period(work: Path, tables: Tables, findings: tuple[Finding, ...]) -> None:
    """Keep a period in the run's own folder for whoever asks for all of it."""
    (work / "held").mkdir(exist_ok=True)
    (work / "held.pickle").write_bytes(pickle.dumps((tables, findings)))


def hold_project(work: Path, project: str, tables: Tables, findings: tuple[Finding, ...]) -> None:
    """Keep a project's own rows and findings there."""
    _share_of(work, project).write_bytes(pickle.dumps((tables, findings)))


def _share_of(work: Path, project: str) -> Path:
    return work / "held" / f"{project}.pickle"


def _read(path: Path) -> _Share:
    share: _Share = pickle.loads(path.read_bytes())  # noqa: S301 - our own
    return share


class Held:
    """A run's period as a kernel finds it.

    Its tables and findings are read from the disk once somebody looks at them.
    """

    def __init__(self, root: Path, work: Path, period: str) -> None:
        self.root, self.period = str(root), period
        self._work = work
        self._is_given = False
        self.tables: Tables = _Unseen(self)
        self.findings: Sequence[Finding] = _Findings(self)

    @cached_property
    def whole(self) -> _Share:
        """All tables and findings of the period."""
        return _read(self._work / "held.pickle")

    def give(self) -> bool:
        """Whether the tables were not given to anybody before."""
        first, self._is_given = not self._is_given, True
        return first

    def are(self, tables: Tables) -> bool:
        """Whether these are the tables that were read, with nothing changed in them since."""
        if tables is not self.tables:
            return False
        return isinstance(tables, _Unseen) or _are_equal(
            tables, _read(self._work / "held.pickle")[0]
        )

    def share_of(self, project: str) -> _Share | None:
        """The project's own rows and findings; None where the run makes no briefing of it."""
        path = _share_of(self._work, project)
        return _read(path) if project and project == slug(project) and path.is_file() else None


class _Unseen(Tables):
    """The tables of a run that nobody has looked at yet.

    At the first look they become tables like any others.
    """

    def __init__(self, run: Held) -> None:
        vars(self)["_run"] = run

    def __getattr__(self, name: str) -> Any:
        if name not in Tables.__dataclass_fields__ or "_run" not in vars(self):
            raise AttributeError(name)
        tables, _ = vars(self).pop("_run").whole
        vars(self).update(vars(tables))
        object.__setattr__(self, "__class__", Tables)
        return vars(self)[name]


class _Findings(Sequence[Finding]):
    """The findings of a run: like the tuple that a check gives."""

    def __init__(self, run: Held) -> None:
        self._run = run

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, place: int | slice) -> Finding | tuple[Finding, ...]:
        return self._run.whole[1][place]

    def __len__(self) -> int:
        return len(self._run.whole[1])

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._run.whole[1])

    def __eq__(self, other: object) -> bool:
        return self._run.whole[1] == (tuple(other) if isinstance(other, _Findings) else other)

    def __hash__(self) -> int:
        return hash(self._run.whole[1])

    def __add__(self, others: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return self._run.whole[1] + others

    def __radd__(self, others: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return others + self._run.whole[1]

    def __repr__(self) -> str:
        return repr(self._run.whole[1])


def _are_equal(one: Tables, other: Tables) -> bool:
    if not all(getattr(one, name).equals(getattr(other, name)) for name in TABLE_NAMES):
        return False
    return one.before is other.before or bool(
        one.before and other.before and _are_equal(one.before, other.before)
    )


def held(period: str = "") -> Held | None:
    """What this kernel's run has read, where the kernel was forked for a run.

    With a period named it is this period's, and only for whoever asks first: who reads a period
    again, perhaps after changing a table, is to have tables of their own.
    """
    found = fork_server.run_data
    if not isinstance(found, Held) or os.environ.get(ROOT_VARIABLE) != found.root:
        return None
    if not period:
        return found
    return found if period == found.period and found.give() else None
