"""Past runs, each with its log, so that what a scheduled run did can be looked up later."""

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ffanalysis.render.task import Result
from ffanalysis.run.reports_folder import OWNER, RUNS, ReportsFolder

_KEPT = 100  # runs of a period that are remembered
_TIME = "%Y%m%dT%H%M%S%fZ"
KILLED, STOPPED = "killed", "stopped: "
UNDER_WAY = ("going on", "going on, or killed")
_STATES = {True: UNDER_WAY[0], False: KILLED, None: UNDER_WAY[1]}  # by `is_locked`
log = logging.getLogger("ffanalysis.run")


@dataclass(frozen=True)
class PastRun:
    """When a run began, how long it took, how it ended, and how many tasks ended how.

    `ended` is "complete", "incomplete", or why it stopped; `log` is its log file. A run that is
    killed records no end: `seconds` then last until its log was last written to.
    """

    period: str
    run: str
    started: str
    seconds: float = 0.0
    ended: str = KILLED
    counts: tuple[tuple[str, int], ...] = ()
    log: str = ""


class _LogFile(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Leave out a line that cannot be written: on a full disk, the run says so itself."""


@contextmanager
def logged(folder: Path, run: str) -> Iterator[Path]:
    """Write what the run does into a log of its own, and delete the oldest logs; gives its path."""
    path = folder / f"{run}.log"
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    for old in sorted(folder.glob("*.log"))[:-_KEPT]:
        for gone in (old, old.with_suffix(".json")):
            gone.unlink(missing_ok=True)
    try:
        yield path
    finally:
        log.removeHandler(handler)
        handler.close()


def remember(folder: Path, past: PastRun, results: Sequence[Result]) -> None:
    """Record how a run ended, beside its log."""
    counts = Counter(result.status for result in results)
    troubles = {
        result.name: result.reason for result in results if result.status in ("withheld", "failed")
    }
    about = {**asdict(past), "counts": sorted(counts.items()), "troubles": troubles}
    del about["log"]
    (folder / f"{past.run}.json").write_text(
        json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


def past_runs(root: Path, period: str = "") -> list[PastRun]:
    """The runs of a programme, or of one of its periods, the latest first.

    Raises OSError where they may not be looked at.
    """
    runs = root / "reports" / RUNS
    with suppress(FileNotFoundError, NotADirectoryError):
        os.listdir(runs)  # noqa: PTH208 - a pattern finds nothing where it may not look
    logs = runs.glob(f"{period or '*'}/*.log")
    found = (_past_run(root, path) for path in logs)
    return sorted(filter(None, found), key=lambda past: past.run, reverse=True)


def _past_run(root: Path, path: Path) -> PastRun | None:
    """The run of a log, with the end that was recorded; None for a log that is no run's."""
    period, run = path.parent.name, path.stem
    began = _began(run)
    if began is None:
        return None
    owner = _is_owner(path.parent, run)
    past = PastRun(
        period,
        run,
        began.isoformat(timespec="seconds"),
        seconds=max(0.0, path.stat().st_mtime - began.timestamp()),
        ended=_STATES[ReportsFolder(root, period).is_locked()] if owner else KILLED,
        log=str(path),
    )
    with suppress(OSError, ValueError, LookupError, TypeError):
        about = json.loads(path.with_suffix(".json").read_text("utf-8"))
        return replace(
            past,
            started=str(about["started"]),
            seconds=float(about["seconds"]),
            ended=str(about["ended"]),
            counts=tuple((str(status), int(count)) for status, count in about["counts"]),
        )
    return past


def _is_owner(folder: Path, run: str) -> bool:
    """Whether this run's process is the last that locked the period."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        return bool(run.endswith(f"-{json.loads((folder / OWNER).read_text('utf-8'))['process']}"))
    return False


def run_name(began: datetime, process: int) -> str:
    """The name of a run: when it began and its process, so that no two are alike."""
    return f"{began:{_TIME}}-{process}"


def _began(run: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(run.partition("-")[0], _TIME).replace(tzinfo=UTC)
    return None
