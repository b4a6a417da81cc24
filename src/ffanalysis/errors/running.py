"""What stops the run of a quarter, or keeps it from publishing."""

import errno
from collections.abc import Sequence

from ffanalysis.errors.base import INCOMPLETE_RUN, SEVERE_FINDING, UsageError, UserError, listed

# How the system reports that a disk, or the user's quota of it, is full.
DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)


class ReportsBlocked(UserError):
    """A folder that cannot be written to; `is_right` where the system says that a right lacks."""

    def __init__(self, path: object, *, is_right: bool = False) -> None:
        why = (
            "the right is missing. Ask whoever owns it for the right to write"
            if is_right
            else "a file stands where a folder is needed, or the right is missing"
        )
        super().__init__(f"{path} cannot be written to: {why}.")


class ReaderDied(UserError):
    """The process that reads and checks a quarter was killed: nothing was rendered."""

    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "The process that reads and checks the quarter died; there may be too little memory."
            " What was published stays; run the quarter again."
        )


class ReaderStoodStill(UserError):
    """A process of the run that was stopped twice, from outside or by a notebook."""

    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "A process that reads the quarter stood still twice, so it was ended; something stops"
            " it. What was published stays; run the quarter again."
        )


class FileTampered(UserError):
    """What a run has written for itself was changed by something else: nothing is made of it."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(
            f"{file} was changed by something else while the run went on, perhaps by the code of a"
            " notebook, so nothing that was made from it is published. Look into the notebooks,"
            " then run the quarter again."
        )


class ConfidentialNamed(UserError):
    """A file for all that would name a project which the settings keep confidential."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, where: str, names: Sequence[str]) -> None:
        super().__init__(
            f"{where} would name {listed(names)}, which settings.toml keeps confidential, so"
            " nothing is published. Take the name out of the names of workbooks and sheets and out"
            " of the notebooks (also as the project that they show by default), then run the"
            " quarter again; what was published before stays."
        )


class RunUnderWay(UserError):
    exit_code = INCOMPLETE_RUN

    def __init__(self, period: str, about: str) -> None:
        super().__init__(
            f"Another run of {period} is still going on{about}: wait for it to end, or stop it."
        )


class RunTimeOver(UserError):
    """The whole run took longer than it may; what it has rendered is kept for the next one."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, period: str, minutes: float, made: int, of: int) -> None:
        super().__init__(
            f"The run of {period} was stopped after {minutes:g} minutes, with {made} of {of} made."
            " What was published before stays as it was; run it again to go on from here."
        )


class DiskFull(UserError):
    """The disk is full, and not because of one notebook."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, folder: object) -> None:
        super().__init__(
            f"No space is left on the disk of {folder}: make some, then run the quarter again. What"
            " was published before stays as it was."
        )


class SpreadsheetMissing(UsageError):
    """No LibreOffice to recalculate the pack with."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"LibreOffice is not installed, so it cannot recalculate {name}: install it, so that"
            " 'soffice' is found."
        )


class SpreadsheetDiffers(UserError):
    """LibreOffice comes to other figures than the pack; `differences` names the first few."""

    exit_code = SEVERE_FINDING

    def __init__(self, name: str, number: int, differences: Sequence[str]) -> None:
        more = f" … and {number - len(differences):,} more" if number > len(differences) else ""
        super().__init__(
            f"LibreOffice recalculated {name} and comes to other figures:"
            f" {'; '.join(differences)}{more}. Nothing was published or released. Report it:"
            " nothing in the workbooks needs to be mended."
        )

    @classmethod
    def of(cls, name: str, differences: Sequence[object]) -> "SpreadsheetDiffers":
        """Of everything that differs, of which the first few are named."""
        return cls(name, len(differences), [str(each) for each in differences[:3]])


class SpreadsheetFailed(UserError):
    """LibreOffice did not recalculate the pack, so nothing is known of its figures."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(
            f"LibreOffice did not recalculate {name}: {fault}. Open the file in LibreOffice to see"
            " why, then try again."
        )
