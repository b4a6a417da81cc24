"""What a user says or gives to be read: periods, projects, folders, workbooks, declarations."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import ClassVar

from ffanalysis.errors.base import MOST_NAMES, UsageError, UserError, choices, listed

_ALIKE = 0.5  # from this share of letters on, a known word is worth naming


class PeriodMalformed(UsageError):
    """A text that is no period; `known` are the periods that may have been meant."""

    def __init__(self, text: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"'{text}' is not a period: write a financial year and a quarter, such as"
            f" {_period_like(text, known)}."
        )


def _period_like(text: str, known: Iterable[str]) -> str:
    """The period that may have been meant, and "latest" where the text is a slip of that."""
    near = get_close_matches(text, [*known], 1, _ALIKE) or ["2015-16-Q2"]
    return f"{near[0]}, or latest" if get_close_matches(text.casefold(), ["latest"]) else near[0]


class PeriodUnknown(UsageError):
    def __init__(self, period: str, known: Iterable[str]) -> None:
        there = choices(known, period)
        super().__init__(f"There is no period '{period}' in data/raw. There is: {there}.")


class NoQuarterYet(UsageError):
    """There is no latest period, as none has a workbook."""

    def __init__(self) -> None:
        super().__init__(
            "No period in data/raw has a workbook yet: make one to fill in with"
            " 'ffanalysis new 2026-27-Q1', or put workbooks into a folder for the quarter, such as"
            " data/raw/2026-27-Q1."
        )


class ProjectUnknown(UsageError):
    """A text that names no project; `known` are the projects by their names in files."""

    def __init__(self, project: str, known: Iterable[str]) -> None:
        meant = project.casefold().replace(" ", "-")
        super().__init__(
            f"There is no project '{project}' in this period. There is: {choices(known, meant)}."
        )


class ProjectAmbiguous(UsageError):
    def __init__(self, project: str, meant: Iterable[str]) -> None:
        super().__init__(
            f"'{project}' may be any of {listed(meant)}: write the one you mean as it is here."
        )


class FigureUnknown(UsageError):
    """No figure of a briefing has this name, label or text."""

    def __init__(self, text: str, known: Iterable[str]) -> None:
        super().__init__(
            f"There is no figure '{text}' in this briefing. There is: {choices(known, text)}."
        )


class RootMissing(UsageError):
    def __init__(self, start: object) -> None:
        super().__init__(
            f"No programme found at or above {start}: a programme is a folder that has data/raw in"
            " it. Change to that folder, or set FFANALYSIS_ROOT to it."
        )


class FileUnknown(UsageError):
    """A text that names no file; `known` are the periods that may have been meant."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(
            f"'{name}' is neither a period, such as {_period_like(name, known)}, nor a file or"
            " folder that is there."
        )


class FolderWithoutWorkbook(UsageError):
    def __init__(self, name: str, suffixes: Iterable[str]) -> None:
        super().__init__(f"The folder {name} holds no workbook ({listed(suffixes)}).")


class WorkbookUnreadable(UserError):
    def __init__(self, workbook: str, why: str) -> None:
        self.workbook = workbook
        super().__init__(f"{workbook} cannot be read: {why}")


class PaperUnreadable(UserError):
    """A concept paper that cannot be read; `why` is the end of a sentence."""

    def __init__(self, paper: str, why: str) -> None:
        self.paper = paper
        super().__init__(f"{paper} cannot be read: {why}")


class FormWrong(UserError):
    """The file of a form that cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"intake/{name}: {problem}.")


class FormUnknown(UsageError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no form '{name}'. There is: {choices(known, name)}.")


class IntakeTaken(UsageError):
    """A workbook that intake would write is there already."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} is there already. --force takes the paper in again: what was edited in the"
            " workbook is kept, and what differs is listed in its sheet To check."
        )


class IntakeRefused(UsageError):
    """Papers and a target that do not go together, and why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Nothing was taken in: {why}.")


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


class NoProjectYet(UserError):
    """A register that is headed, and has no project in it."""

    def __init__(self, workbook: str, sheet: str) -> None:
        super().__init__(
            f"{workbook}, sheet {sheet}: no project is written there yet. Write one in each row"
            " below the headings."
        )


class NothingRegistered(UserError):
    """A period without a project that can be read: there is nothing to render."""

    def __init__(self, period: str, sentences: Sequence[str]) -> None:
        left = len(sentences) - MOST_NAMES
        why = [*dict.fromkeys(sentences[:MOST_NAMES]), *([f"… and {left:,} more."] * (left > 0))]
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


class InputsChanging(UserError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is being saved at this moment: wait until that is done, then run the quarter"
            " again."
        )
