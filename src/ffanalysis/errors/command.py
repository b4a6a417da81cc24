"""What the command meets beside a quarter: its output, the demo and the scheduler."""

from collections.abc import Iterable

from ffanalysis.errors.base import INCOMPLETE_RUN, UsageError, UserError, choices


class DemoNumberWrong(UsageError):
    def __init__(self, name: str, value: int, least: int, most: int) -> None:
        super().__init__(
            f"--{name} {value:,} cannot be: write a whole number from {least:,} to {most:,}."
        )


class DemoFolderTaken(UsageError):
    def __init__(self, folder: object, *, is_demo: bool) -> None:
        why = (
            "holds an earlier demo: take it away first"
            if is_demo
            else "is not an empty folder: name one that is not there yet"
        )
        super().__init__(f"{folder} {why}. Nothing was written.")


class FolderTaken(UsageError):
    """A file where a folder of a programme is needed."""

    def __init__(self, place: object) -> None:
        super().__init__(
            f"{place} is not a folder, and a programme needs one there. Nothing was written: take"
            " it away, or name another folder."
        )


class QuarterTaken(UsageError):
    """A new quarter that has workbooks already."""

    def __init__(self, period: str) -> None:
        super().__init__(
            f"data/raw/{period} has workbooks already. Nothing was written: add to these, or take"
            " them away first."
        )


class AdoptRefused(UsageError):
    """An answer that is none, or to no question."""

    def __init__(self, why: str) -> None:
        end = "" if why.endswith("?") else "."
        super().__init__(f"--answer: {why}{end} Nothing was written.")


class AdoptTaken(UsageError):
    """A quarter that has a file of that name already."""

    def __init__(self, period: str, name: str) -> None:
        super().__init__(
            f"data/raw/{period} has a file {name} already. Nothing was written: take it away first."
        )


class LabMissing(UsageError):
    def __init__(self) -> None:
        super().__init__(
            "JupyterLab is not installed: run 'pip install jupyterlab', or use the environment of"
            " 'make briefings' or environment.yml, which has it."
        )


class DocumentationMissing(UsageError):
    """The pages of the documentation are not built, as in a new checkout."""

    def __init__(self) -> None:
        super().__init__(
            "The documentation is not built here: run 'make docs' in the checkout, or install"
            " ffanalysis from its wheel, which has it."
        )


class PageUnknown(UsageError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no page '{name}'. There is: {choices(known, name)}.")


class ScheduleRefused(UsageError):
    """A job that cannot be scheduled so, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The job cannot be scheduled: {why}.")


class SchedulerFailed(UserError):
    """The system's scheduler is not there, or refuses what is asked of it."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} {why}.")


class OutputLost(UserError):
    """What the command prints cannot be written: a full disk, or a reader that has gone."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, error: OSError) -> None:
        is_gone = isinstance(error, BrokenPipeError)
        why = "what reads it has ended" if is_gone else str(error.strerror or error)
        super().__init__(f"The output was not written to its end: {why}.")
