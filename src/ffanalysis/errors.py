"""Every error a user can meet: it takes facts, writes its own sentence and has an exit code.

Any other exception is a bug of ours and shows a traceback.
"""

import errno
from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, ClassVar

UNREADABLE_INPUT = 11
SEVERE_FINDING = 12
INCOMPLETE_RUN = 13
MAIL_REFUSED = 14
LATE = 15
INTERRUPTED = 130
_ALIKE = 0.5  # from this share of letters on, a known word is worth naming
_MOST_NAMES = 12  # names that a sentence lists; of more, only those most like the one given


def listed(names: Iterable[object], nothing: str = "nothing") -> str:
    """Names as a sentence lists them: "a, b, c"."""
    return ", ".join(str(name) for name in names) or nothing


def choices(names: Iterable[str], meant: str) -> str:
    """The names to choose from instead of `meant`: all of a few, of many those most like it."""
    names = list(names)
    if len(names) <= _MOST_NAMES:
        return listed(names)
    near = get_close_matches(meant, names, 3) or names[:3]
    return f"{listed(near)} … and {len(names) - len(near):,} others"


class UserError(Exception):
    """Something the user can put right. It is shown as one sentence, without a traceback."""

    exit_code: ClassVar[int] = UNREADABLE_INPUT

    def __reduce__(self) -> tuple[Any, ...]:
        # It was made from facts, and goes from process to process as the sentence made of them.
        return _as_written, (type(self), self.args), self.__dict__

    def _render_traceback_(self) -> list[str]:
        # IPython prints this in place of a traceback: a notebook shows the sentence alone.
        return [f"{self}"]


def _as_written(kind: type[UserError], args: tuple[object, ...]) -> UserError:
    error = kind.__new__(kind)
    error.args = args
    return error


class UsageError(UserError):
    """The call itself is wrong: an unknown period, project or parameter."""

    exit_code = 2


class PeriodMalformed(UsageError):
    """A text that is no period; `known` are the periods that may have been meant."""

    def __init__(self, text: str, known: Iterable[str] = ()) -> None:
        near = get_close_matches(text, [*known], 1, _ALIKE) or ["2015-16-Q2"]
        latest = ", or latest" if get_close_matches(text.casefold(), ["latest"]) else ""
        super().__init__(
            f"'{text}' is not a period: write a financial year and a quarter, such as"
            f" {near[0]}{latest}."
        )


class PeriodUnknown(UsageError):
    def __init__(self, period: str, known: Iterable[str]) -> None:
        there = choices(known, period)
        super().__init__(f"There is no period '{period}' in data/raw. There is: {there}.")


class NoQuarterYet(UsageError):
    """There is no latest period, as none has a workbook."""

    def __init__(self) -> None:
        super().__init__(
            "No period in data/raw has a workbook yet: make a folder for the quarter, such as"
            " data/raw/2015-16-Q2, and put its workbooks there."
        )


class ProjectUnknown(UsageError):
    def __init__(self, project: str, known: Iterable[str]) -> None:
        super().__init__(
            f"There is no project '{project}' in this period. There is: {choices(known, project)}."
        )


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


class RootMissing(UsageError):
    def __init__(self, start: object) -> None:
        super().__init__(
            f"No programme found at or above {start}: a programme is a folder that has data/raw in"
            " it. Change to that folder, or set FFANALYSIS_ROOT to it."
        )


class FileUnknown(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' is neither a period such as 2015-16-Q2 nor a file or folder that is there."
        )


class FolderWithoutWorkbook(UsageError):
    def __init__(self, name: str, suffixes: Iterable[str]) -> None:
        super().__init__(f"The folder {name} holds no workbook ({listed(suffixes)}).")


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


class WorkbookUnreadable(UserError):
    def __init__(self, workbook: str, why: str) -> None:
        self.workbook = workbook
        super().__init__(f"{workbook} cannot be read: {why}")


class LayoutWrong(UserError):
    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}.")


class SettingsWrong(UserError):
    def __init__(self, problem: str) -> None:
        super().__init__(f"settings.toml: {problem}.")


class CorrectionWrong(UserError):
    """A declared correction, alias, sheet or confirmation that cannot be applied: the run stops."""

    _WORDS: ClassVar = {
        "corrections.toml": "correction",
        "no-savings.toml": "sheet",
        "confirmed.toml": "confirmation",
        "explanations.toml": "explanation",
    }

    def __init__(self, name: str, number: int, problem: str) -> None:
        word = self._WORDS.get(name, "alias")
        super().__init__(f"{name}, {word} {number}: {problem}.")


class TableMissing(UserError):
    def __init__(
        self, period: str, table: str, headings: Iterable[str], found: Iterable[str]
    ) -> None:
        super().__init__(
            f"{period}: no sheet holds the table of {table} (a row with the headings"
            f" {listed(headings)}). Sheets found: {listed(found)}."
        )


class NothingRegistered(UserError):
    """A period without a project that can be read: there is nothing to render."""

    def __init__(self, period: str, sentences: Sequence[str]) -> None:
        left = len(sentences) - _MOST_NAMES
        why = [*dict.fromkeys(sentences[:_MOST_NAMES]), *([f"… and {left:,} more."] * (left > 0))]
        super().__init__(
            f"No project of {period} can be read, so nothing was rendered; what was published"
            f" before stays as it was. {' '.join(why)}".strip()
        )


class InputsRefused(UserError):
    """One or more cells that a project depends on could not be read."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class FolderClosed(UserError):
    """A folder of inputs whose files may not be listed or opened."""

    def __init__(self, folder: object) -> None:
        super().__init__(
            f"The folder {folder} cannot be read: the right to list and open its files is missing."
            " Ask whoever owns it for the right to read."
        )


class ReportsBlocked(UserError):
    """A folder that cannot be written to; `is_right` where the system says that a right lacks."""

    def __init__(self, path: object, *, is_right: bool = False) -> None:
        why = (
            "the right is missing. Ask whoever owns it for the right to write"
            if is_right
            else "a file stands where a folder is needed, or the right is missing"
        )
        super().__init__(f"{path} cannot be written to: {why}.")


class NotebookFailed(UserError):
    """A notebook that did not run to its end; its executed copy is kept."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, notebook: str, why: str) -> None:
        super().__init__(f"The notebook {notebook} did not finish: {why}")


class KernelDied(NotebookFailed):
    """A kernel that did not start, or ended before its notebook did: often the machine's fault."""

    def __init__(self, notebook: str) -> None:
        super().__init__(notebook, "its kernel died; there may be too little memory.")


# How the system reports that a disk, or the user's quota of it, is full.
DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)


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


class ReaderDied(UserError):
    """The process that reads and checks a quarter was killed: nothing was rendered."""

    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "The process that reads and checks the quarter died; there may be too little memory."
            " What was published stays; run the quarter again."
        )


class WorkerStoodStill(NotebookFailed):
    def __init__(self, notebook: str) -> None:
        super().__init__(notebook, "the process rendering its pages stood still, so it was ended.")


class ReaderStoodStill(UserError):
    """A process of the run that was stopped twice, from outside or by a notebook."""

    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "A process that reads the quarter stood still twice, so it was ended; something stops"
            " it. What was published stays; run the quarter again."
        )


class FigureMismatch(UserError):
    """A finished page whose figures are not those the run worked out: it is not published."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, task: str, why: str) -> None:
        super().__init__(f"The page of {task} was not published: {why}.")


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


class InputsChanging(UserError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is being saved at this moment: wait until that is done, then run the quarter"
            " again."
        )


class NothingPublished(UsageError):
    def __init__(self, period: str) -> None:
        super().__init__(
            f"There are no briefings of {period} yet: run 'ffanalysis run {period}' first."
        )


class ReportsChanged(UserError):
    """A published file that is not as the run wrote it."""

    exit_code = SEVERE_FINDING

    def __init__(self, period: str, name: str) -> None:
        super().__init__(
            f"reports/{period}/{name} is not as the run wrote it: run 'ffanalysis run {period}'"
            " again, which puts it right."
        )


class InputsChangedSince(UserError):
    """The workbooks are not those that the briefings were made from."""

    exit_code = SEVERE_FINDING

    def __init__(self, period: str, names: Sequence[str]) -> None:
        verb = "has" if len(names) == 1 else "have"
        super().__init__(
            f"{choices(names, '')} {verb} changed since the briefings of {period} were made: run"
            f" 'ffanalysis run {period}' again."
        )


class ReleaseDamaged(UserError):
    """What is kept of a release is not as it was released."""

    exit_code = SEVERE_FINDING

    def __init__(self, folder: object, fault: str) -> None:
        super().__init__(f"{folder} is not as it was released, so nothing of it is sent: {fault}")


class ReleaseUnknown(UsageError):
    def __init__(self, folder: object) -> None:
        super().__init__(
            f"{folder} is no release: name a folder such as reports/released/2015-16-Q2/1."
        )


class NotReleased(UserError):
    """What is to be sent or withdrawn has no release that holds."""

    exit_code = MAIL_REFUSED

    def __init__(self, period: str, why: str) -> None:
        super().__init__(
            f"{why or period + ' is not released.'} Nothing is sent until somebody named below"
            f" [releasers] releases it: 'ffanalysis release {period} --by NAME'."
        )


class SenderMissing(UserError):
    exit_code = MAIL_REFUSED

    def __init__(self) -> None:
        super().__init__(
            "settings.toml does not say who mails come from: write, below a line [mail], sender ="
            ' "savings@example.gov.uk".'
        )


class MailServerRefused(UserError):
    """The mail server cannot be reached, trusted or logged in to."""

    exit_code = MAIL_REFUSED

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"The mail server {server or '(none is set)'}: {why}.")


class SettleUnknown(UsageError):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"No mail in doubt, or more than one, begins with '{key}': write more letters of what"
            " 'ffanalysis mail' prints behind --settle."
        )


class MailRefused(UserError):
    """A mail that may not be made or sent, and why."""

    exit_code = MAIL_REFUSED

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}.")


_MOST_PROJECTS = 5  # that a sentence names


class ReleaseRefused(UserError):
    """Why a quarter may not be released, or not by this person.

    `to_write` has the entries of explanations.toml that would have to be filled in.
    """

    exit_code = SEVERE_FINDING
    to_write: tuple[str, ...] = ()

    @classmethod
    def without_name(cls) -> "ReleaseRefused":
        return cls("A release needs the name of who releases it: --by NAME.")

    @classmethod
    def without_reason(cls) -> "ReleaseRefused":
        return cls("A withdrawal needs a name and a reason: --by NAME --withdraw WHY.")

    @classmethod
    def of_stranger(cls, by: str, known: Iterable[str]) -> "ReleaseRefused":
        names = list(known)
        if not names:
            return cls(
                "settings.toml names nobody who may release: write, below a line [releasers], a"
                f' name and an address, such as "{by}" = "name@example.gov.uk".'
            )
        return cls(
            f"{by} may not release: [releasers] in settings.toml names {choices(names, by)}."
        )

    @classmethod
    def without_preparer(cls) -> "ReleaseRefused":
        return cls(
            "It is not known who prepared the briefings, so nobody can be told from their preparer:"
            " run them again with --by NAME, or set prepared_by below [release] in settings.toml."
        )

    @classmethod
    def of_preparer(cls, by: str) -> "ReleaseRefused":
        return cls(
            f"{by} took part in preparing these figures, so somebody else must release them (four"
            " eyes)."
        )

    @classmethod
    def of_changes(cls, period: str, projects: Sequence[str]) -> "ReleaseRefused":
        few, more = projects[:_MOST_PROJECTS], len(projects) - _MOST_PROJECTS
        others = f" and {more:,} more" if more > 0 else ""
        return cls(
            f"Figures have changed since they were released, of {listed(few)}{others}. Say why:"
            f' ffanalysis reissue {period} {projects[0]} --as correction --reason "…" --by "…" (or'
            " --as revision, for better or later data; --all instead of a project for all that"
            " have changed)."
        )

    @classmethod
    def of_old_pages(cls, period: str) -> "ReleaseRefused":
        return cls(
            f"The pages of {period} are of other editions than the journal tells of: run the"
            " quarter again, then release it."
        )

    @classmethod
    def of_findings(cls, names: Sequence[str], more: int) -> "ReleaseRefused":
        others = f" and {more:,} more" if more > 0 else ""
        is_one = len(names) == 1 and not others
        return cls(
            f"{'One failed check has' if is_one else 'Failed checks have'} no explanation that"
            f" holds: {listed(names)}{others}. Correct the figures, or say in explanations.toml why"
            " it is right to go on."
        )


class ReissueRefused(UserError):
    """A correction or revision that cannot be made of what there is."""

    exit_code = SEVERE_FINDING

    @classmethod
    def without_words(cls) -> "ReissueRefused":
        return cls("A reissue needs a name and a reason: --by NAME --reason TEXT.")

    @classmethod
    def of_unreleased(cls, period: str, project: str, released: Iterable[str]) -> "ReissueRefused":
        names = list(released)
        if not names:
            return cls(f"Nothing has been released in {period}, so there is nothing to correct.")
        return cls(
            f"{project} has not been released in {period}, so there is nothing to correct. Released"
            f" is: {choices(names, project)}."
        )

    @classmethod
    def of_unpublished(cls, project: str, reason: str) -> "ReissueRefused":
        return cls(f"{project} has no briefing to reissue. {reason}".rstrip())

    @classmethod
    def of_unchanged(cls, project: str, edition: int) -> "ReissueRefused":
        return cls(
            f"The briefing of {project} says what edition {edition:,} said: correct the workbook"
            " first, then reissue it."
        )

    @classmethod
    def of_nothing(cls, period: str) -> "ReissueRefused":
        return cls(
            f"No figure of {period} has changed since it was released, or it has been said why."
            " Name the projects of which only words have changed."
        )

    @classmethod
    def of_nothing_to_undo(cls, project: str) -> "ReissueRefused":
        return cls(f"No reissue of {project} waits to be released, so there is nothing to undo.")


class DeletionUnsigned(UsageError):
    def __init__(self) -> None:
        super().__init__("--delete needs the name of who deletes: --by NAME.")


class JournalBroken(UserError):
    """A line of the journal that was changed, put in or taken out after it was written."""

    exit_code = SEVERE_FINDING

    def __init__(self, name: str, number: int, why: str) -> None:
        super().__init__(
            f"The journal {name} is broken at line {number:,}: {why}. Restore it from a backup;"
            " nothing is released or sent until it holds."
        )


class JournalInUse(UserError):
    exit_code = INCOMPLETE_RUN

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Another command is writing the journal {name}: wait until it has ended, then try"
            " again."
        )


class ScheduleRefused(UsageError):
    """A job that cannot be scheduled so, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The job cannot be scheduled: {why}.")


class SchedulerFailed(UserError):
    """The system's scheduler is not there, or refuses what is asked of it."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} {why}.")


class PdfUnavailable(UserError):
    exit_code = INCOMPLETE_RUN

    def __init__(self) -> None:
        super().__init__(
            "No PDF was made, because WeasyPrint cannot find Pango. On Debian and Ubuntu run 'sudo"
            " apt-get install libpango-1.0-0 libpangoft2-1.0-0'; elsewhere use the conda"
            " environment, which brings it."
        )


class OutputLost(UserError):
    """What the command prints cannot be written: a full disk, or a reader that has gone."""

    exit_code = INCOMPLETE_RUN

    def __init__(self, error: OSError) -> None:
        is_gone = isinstance(error, BrokenPipeError)
        why = "what reads it has ended" if is_gone else str(error.strerror or error)
        super().__init__(f"The output was not written to its end: {why}.")


class OutsideAccess(UserError):
    """A page that would fetch something which is not in the page itself."""

    def __init__(self, url: str) -> None:
        super().__init__(f"A briefing must hold everything it shows, but it asks for {url[:80]}.")


class ReleasedAnew(UserError):
    """The quarter was released again while mails of its earlier release were leaving."""

    exit_code = MAIL_REFUSED

    def __init__(self, period: str) -> None:
        super().__init__(
            f"{period} was released anew while its mails were leaving: the rest of the earlier"
            f" release is not sent. Run 'ffanalysis mail {period} --send' again."
        )


class SendingUnderWay(UserError):
    exit_code = MAIL_REFUSED

    def __init__(self, period: str) -> None:
        super().__init__(
            f"Another command is sending the mails of {period}: wait until it has ended. To stop"
            f" what it has not sent yet, withdraw the release: 'ffanalysis release {period} --by"
            " NAME --withdraw WHY'."
        )


class SettledAlready(UsageError):
    def __init__(self, by: str, at: datetime, *, was_sent: bool) -> None:
        when = f"{at.day} {at:%B %Y at %H:%M} UTC"
        outcome = "sent" if was_sent else "not sent"
        super().__init__(f"That mail was settled already, by {by} on {when}, as {outcome}.")


class MailPartMissing(UserError):
    """A package that a transport needs is not installed."""

    exit_code = MAIL_REFUSED

    def __init__(self, transport: str, package: str, extra: str) -> None:
        super().__init__(
            f'transport = "{transport}" needs the package {package}, which is not installed: run'
            f" 'pip install \"ffanalysis[{extra}]\"', or set another transport below [mail]."
        )
