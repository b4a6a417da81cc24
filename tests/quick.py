"""Runs in which no kernel starts: an engine that renders nothing, and what such runs are asked."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Self

import pytest
from rendered import PERIOD
from small_pdf import pdf_of

from ffanalysis.render.task import RenderEnvironment, Result, Status, Task, sha256
from ffanalysis.run import one_run, run, witnesses
from ffanalysis.run.recompute import Recomputed
from ffanalysis.run.second_reading import SecondReading


class Quick:
    """An engine whose pages are named for what they were made from: one key, the same bytes.

    A page that is HTML has a PDF of its text. `ends` says how tasks end that are not published, by
    their names, try after try; `before` is called before each task.
    """

    def __init__(self) -> None:
        self.made: list[str] = []
        self.jobs: list[int] = []
        self.ends: dict[str, list[tuple[Status, str, bool]]] = {}
        self.before: Callable[[Task, RenderEnvironment], object] = lambda *_: None
        self.content: Callable[[Task, str], str] = lambda task, _: (
            f"{task.name} of {task.cache_key}\n"
        )

    def __call__(
        self, tasks: Iterable[Task], environment: RenderEnvironment, jobs: int
    ) -> Iterator[Result]:
        for task in tasks:
            self.before(task, environment)
            self.made.append(task.name)
            self.jobs.append(jobs)
            tries = self.ends.get(task.name, [("published", "", False)])
            status, reason, again = tries.pop(0) if len(tries) > 1 else tries[0]
            outputs = {}
            for file in task.files:
                lacks = (status == "failed" and not file.endswith(".ipynb")) or (
                    status != "published" and file.endswith(".pdf")
                )
                if not lacks:
                    text = self.content(task, file)
                    if file.endswith(".pdf") and text.startswith("<!DOCTYPE html>"):
                        text = pdf_of(text)
                    outputs[file] = _write(environment.folder / file, text)
            yield Result(
                task.name,
                status,
                task.parameters,
                0.5,
                reason,
                task.cache_key,
                outputs,
                again,
                edition=task.edition,
                notice=task.notice,
                figures_digest=task.figures_digest,
            )

    def run(
        self, root: Path, *projects: str, force: bool = False, minutes: float = 1, jobs: int = 2
    ) -> run.Summary:
        self.made.clear()
        self.jobs.clear()
        return run.run(
            PERIOD,
            root,
            run.RunOptions(projects, force=force, run_minutes=minutes, jobs=jobs),
            engine=self,
        )

    def stop_before(self, name: str, why: BaseException) -> None:
        """Break off, as soon as this task is taken up."""

        def stop(task: Task, _: RenderEnvironment) -> None:
            if task.name == name:
                raise why

        self.before = stop

    def go_on(self) -> None:
        self.before = lambda *_: None


def in_this_process(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have runs start no process: they read here, and make nothing ready for workers or kernels.

    They read once: a second reader says the same, and a second engine recomputes no page.
    """
    patch.setattr(one_run.kernel_client, "can_fork", lambda: False)
    patch.setattr(one_run, "get_ready", lambda _: folder)
    patch.setattr(one_run, "run_in_subprocess", lambda function, argument, *_: function(argument))
    patch.setattr(witnesses, "run_in_subprocess", lambda function, argument, *_: function(argument))
    patch.setattr(witnesses, "Call", CallHere)
    patch.setattr(witnesses, "read_second", lambda _: SecondReading(0, 0.0, ()))
    patch.setattr(witnesses, "recompute", lambda _: Recomputed(0, 0, 0, 0.0))


class CallHere:
    """A call that is made in this process, when its result is asked for."""

    def __init__(self, function: Callable[..., object], argument: object, *_: object) -> None:
        self.result = partial(function, argument)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return sha256(path)


def contents(root: Path) -> dict[str, bytes]:
    """The published files by their paths, without run.json, which says when."""
    folder = root / "reports" / PERIOD
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    del found["run.json"]
    return found


def statuses(summary: run.Summary) -> dict[str, str]:
    return {result.name: result.status for result in summary.results}


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def only_the_published_is_left(root: Path) -> bool:
    """Whether the reports hold the period, its folder and the past runs, and nothing else."""
    reports = root / "reports"
    return names_in(reports) == {".runs", PERIOD, (reports / PERIOD).resolve().name}
