"""What is asked of a run. The command imports it for its defaults, so it imports nothing slow."""

from dataclasses import dataclass

from ffanalysis.render.task import NOTEBOOK_SECONDS

RUN_MINUTES = 240.0  # what a whole run may take


@dataclass(frozen=True)
class RunOptions:
    """What a run renders even if unchanged, in how many processes, and how long it may take.

    Attributes:
        projects: the projects to be rendered even if unchanged.
        force: whether everything is.
        jobs: how many to render at once; 0 means one for each core.
        notebook_seconds: the limit for one notebook.
        run_minutes: the limit for the whole run.
        confidential: the one project that is rendered, into a folder of its own; "" for all that
            are not confidential.
        verify_in_full: whether LibreOffice recalculates the figures too.
        by: who prepares the briefings, as they declare; "" for whom the settings name.
    """

    projects: tuple[str, ...] = ()
    force: bool = False
    jobs: int = 0
    notebook_seconds: float = NOTEBOOK_SECONDS
    run_minutes: float = RUN_MINUTES
    by: str = ""
    confidential: str = ""
    verify_in_full: bool = False


DEFAULTS = RunOptions()
