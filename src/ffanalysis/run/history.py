"""The runs that there have been, each with its log.

What a scheduled run has done can be seen afterwards.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ffanalysis.render.task import Result
from ffanalysis.run.reports_folder import OWNER, RUNS, Place

_KEPT = 100  # so many runs of a period are remembered
_TIME = "%Y%m%dT%H%M%S%fZ"
log = logging.getLogger("ffanalysis.run")


@dataclass(frozen=True)
class PastRun:
    """One run.

    When it began, how long it took, how it ended, and how many tasks ended how; `log` is its log
    file.

    `ended` is "complete", "incomplete", or why it stopped. A run that is killed cannot say so:
    `seconds` then are those until it last wrote into its log.
    """

    period: str
    run: str
    started: str
    seconds: float = 0.0
    ended: str = "killed"
    counts: tuple[tuple[str, int], ...] = ()
    log: str = ""


class _LogFile(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that cannot be written is left out.

        On a full disk the run itself says why it ends.
        """


@contextmanager
def logged(folder: Path, run: str) -> Iterator[Path]:
    """Write what the run does into a log of its own, a line each with its time; the oldest logs go.

    Gives the log's place.
    """
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
    """Write down how a run ended."""
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

    One that has not said how it ended has only its log.
    """
    found = []
    states = {True: "going on", False: "killed", None: "going on, or killed"}
    for path in (root / "reports" / RUNS).glob(f"{period or '*'}/*.log"):
        run = path.stem
        began = _began(run)
        if began is None:
            continue  # a file that somebody else has put there
        seconds = max(0.0, path.stat().st_mtime - began.timestamp())
        ended = (
            states[Place(root, path.parent.name).is_held()]
            if _is_owner(path.parent, run)
            else "killed"
        )
        past = PastRun(
            path.parent.name,
            run,
            began.isoformat(timespec="seconds"),
            seconds,
            ended,
            log=str(path),
        )
        with suppress(OSError, ValueError, LookupError, TypeError):
            about = json.loads(path.with_suffix(".json").read_text("utf-8"))
            counts = tuple((str(status), int(count)) for status, count in about["counts"])
            past = PastRun(
                past.period,
                run,
                str(about["started"]),
                float(about["seconds"]),
                str(about["ended"]),
                counts,
                past.log,
            )
        found.append(past)
    return sorted(found, key=lambda past: past.run, reverse=True)


def _is_owner(folder: Path, run: str) -> bool:
    """Whether it is this run's process that holds the period, or held it last."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        return bool(run.endswith(f"-{json.loads((folder / OWNER).read_text('utf-8'))['process']}"))
    return False


def named(began: datetime, process: int) -> str:
    """The name of a run, which says when it began and is no other's."""
    return f"{began:{_TIME}}-{process}"


def _began(run: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(run.partition("-")[0], _TIME).replace(tzinfo=UTC)
    return None
