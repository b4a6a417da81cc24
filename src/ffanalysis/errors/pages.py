"""What goes wrong with one briefing: its notebook, the processes that render it, its pages."""

from collections.abc import Iterable

from ffanalysis.errors.base import INCOMPLETE_RUN, UsageError, UserError, listed


class ParameterUnknown(UsageError):
    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        super().__init__(
            f"This notebook has no parameter {listed(repr(n) for n in names)}. It has:"
            f" {listed(known)}."
        )


class ParameterMissing(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"The parameter '{name}' was not given: write its value into the notebook's first code"
            " cell."
        )


class NotebookMissing(UsageError):
    def __init__(self, path: object) -> None:
        super().__init__(
            f"The notebook {path} is missing: restore it from the project, or run in the folder"
            " that has it."
        )


class NotebookWrong(UserError):
    """A file in the place of a notebook that is none, or none that we run: nothing is rendered."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The notebook {name} cannot be run: {why}. Nothing was rendered; correct it, or"
            " restore it from the project."
        )


class NotebookFailed(UserError):
    """A notebook that did not run to its end; its executed copy is kept."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, notebook: str, why: str) -> None:
        super().__init__(f"The notebook {notebook} did not finish: {why}")


class KernelDied(NotebookFailed):
    """A kernel that did not start, or ended before its notebook did: often the machine's fault."""

    def __init__(self, notebook: str) -> None:
        super().__init__(notebook, "its kernel died; there may be too little memory.")


class NotebookDiskFull(NotebookFailed):
    def __init__(self, notebook: str) -> None:
        super().__init__(notebook, "no space was left on the disk.")


class TookTooLong(NotebookFailed):
    """A briefing whose pages were not made in time."""

    def __init__(self, notebook: str, seconds: float) -> None:
        super().__init__(notebook, f"its pages were not made within {seconds:g} seconds.")


class WorkerDied(NotebookFailed):
    def __init__(self, notebook: str) -> None:
        super().__init__(
            notebook,
            "the process rendering its pages was killed; the machine may have run out of memory.",
        )


class WorkerStoodStill(NotebookFailed):
    def __init__(self, notebook: str) -> None:
        super().__init__(notebook, "the process rendering its pages stood still, so it was ended.")


class FigureMismatch(UserError):
    """A finished page whose figures are not those the run worked out: it is not published."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, task: str, why: str) -> None:
        super().__init__(f"The page of {task} was not published: {why}.")


class PdfUnavailable(UserError):
    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "No PDF was made, because WeasyPrint cannot find Pango. On Debian and Ubuntu run 'sudo"
            " apt-get install libpango-1.0-0 libpangoft2-1.0-0'; elsewhere use the conda"
            " environment, which brings it."
        )


class OutsideAccess(UserError):
    """A page that would fetch something which is not in the page itself."""

    def __init__(self, url: str) -> None:
        super().__init__(f"A briefing must hold everything it shows, but it asks for {url[:80]}.")
