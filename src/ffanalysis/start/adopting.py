"""A council's own workbooks taken into a quarter: how they are read, and what makes them readable.

Nothing is kept before a person has seen the first lines in money and said so.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ffanalysis import read
from ffanalysis.errors import AdoptRefused, AdoptTaken
from ffanalysis.layout import is_layout, plain
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read.nearest import nearest
from ffanalysis.sheets.cells import Sheet
from ffanalysis.sheets.open_workbook import SUFFIXES, read_content, read_file
from ffanalysis.start.blank import RowCarried, SheetToFill, workbook_to_fill
from ffanalysis.start.columns import PROJECTS
from ffanalysis.start.question import Question, merged
from ffanalysis.start.questions import questions
from ffanalysis.start.trial import Trial
from ffanalysis.start.writing import write_new

REGISTER = "projects.xlsx"
Ask = Callable[[Question], str | None]


@dataclass(frozen=True)
class Adoption:
    """How workbooks are read with the answers so far, and what is still open."""

    files: Sequence[Path]
    trial: Trial
    open: Sequence[Question]
    answered: Mapping[str, str]

    @property
    def is_readable(self) -> bool:
        """Whether every table is found, and nothing of the workbooks is refused."""
        return not self.open and not self.trial.refusals and any(self.trial.tables)

    @property
    def layouts(self) -> Mapping[str, str]:
        """The layouts that make them readable, by their files' names; none where none is needed."""
        stem = slug(self.files[0].stem)
        names = {
            where: f"layout-{'-'.join(filter(None, (stem, slug(where.partition('!')[2]))))}.toml"
            for where in self.trial.added
        }
        return {names[where]: text for where, text in self.trial.added.items()}


def adopt(
    root: Path, period: str, files: Sequence[Path], answers: Mapping[str, str], ask: Ask
) -> Adoption:
    """Read workbooks on trial, with answers given before and those that `ask` gets.

    Raises WorkbookUnreadable, AdoptTaken where the quarter has another file of that name, and
    AdoptRefused for an answer that is none, or to no question.
    """
    _refuse_taken(root, period, files)
    others, own = _beside(root, period, {path.name for path in files})
    sheets = [sheet for path in files for sheet in _sheets_of(path)]
    trial = Trial(Period.parse(period), sheets, others, own, {})
    answered: dict[str, str] = {}
    while True:
        asked = _asked(trial, answers, answered)
        said = {each.key: answers.get(each.key) or ask(each) for each in asked}
        new = [question for question in asked if said[question.key] is not None]
        if not new:
            _refuse_unused(answers, answered, asked)
            return Adoption(files, trial, asked, answered)
        data = dict(trial.data)
        for question in new:
            answered[question.key] = str(said[question.key])
            added = _made(question, answered[question.key])
            data[question.where] = merged(data.get(question.where, {}), added)
        trial = replace(trial, data=data)


def _asked(trial: Trial, answers: Mapping[str, str], answered: Mapping[str, str]) -> list[Question]:
    """What is open, or is answered without being asked."""
    return [
        question
        for question in questions(trial, answered)
        if question.key not in answered and (question.is_needed or question.key in answers)
    ]


def _refuse_taken(root: Path, period: str, files: Iterable[Path]) -> None:
    folder = root / "data" / "raw" / period
    for path in files:
        if (folder / path.name).exists() and not _is_at_home(path, folder):
            raise AdoptTaken(period, path.name)


def _is_at_home(path: Path, folder: Path) -> bool:
    """Whether a file is in the quarter's folder already."""
    return path.resolve().parent == folder.resolve()


def _sheets_of(path: Path) -> list[Sheet]:
    return list(read_content(path.name, read_file(path)).sheets)


def _beside(
    root: Path, period: str, names: Collection[str]
) -> tuple[list[Sheet], list[tuple[str, bytes]]]:
    """The sheets of the quarter's other workbooks, and its layouts."""
    folder = root / "data" / "raw" / period
    paths = read.inputs_of(root, period) if folder.is_dir() else sorted(folder.parent.iterdir())
    layouts = [(path.name, read_file(path)) for path in paths if is_layout(path.name)]
    books = [path for path in paths if path.suffix.lower() in SUFFIXES and path.name not in names]
    return [sheet for path in books for sheet in _sheets_of(path)], layouts


def _made(question: Question, answer: str) -> dict[str, Any]:
    try:
        return question.answer(answer)
    except ValueError:
        known = " or ".join(f"'{choice}'" for choice in question.choices)
        why = f"'{answer}' is no answer to {question.key}; write {known or 'all: and a name'}"
        raise AdoptRefused(why) from None


def _refuse_unused(
    answers: Iterable[str], answered: Mapping[str, str], still_open: Sequence[Question]
) -> None:
    keys = [*answered, *(question.key for question in still_open)]
    for key in answers:
        if key not in answered:
            near = nearest(key, [plain(each) for each in keys])
            meant = next((each for each in keys if plain(each) == near), "")
            more = f"; did you mean '{meant}'?" if meant else ""
            raise AdoptRefused(f"nothing asks for '{key}'{more}")


# --- what is kept ---------------------------------------------------------------------------------


def keep(adoption: Adoption, root: Path, period: str) -> list[Path]:
    """Copy the workbooks into the quarter, with their layout and the projects without a register.

    Nothing is written over. Raises AdoptTaken, before anything is written.
    """
    folder = root / "data" / "raw" / period
    contents = {path.name: path.read_bytes() for path in adoption.files}
    contents |= {name: text.encode() for name, text in adoption.layouts.items()}
    if names := adoption.trial.unregistered:
        rows = [RowCarried({"Project": name, "Title": name}) for name in names]
        sheets = [SheetToFill(PROJECTS, PROJECTS.sheet, rows=rows)]
        contents[REGISTER] = workbook_to_fill(sheets, f"Projects, {Period.parse(period).words}")
    at_home = {path.name for path in adoption.files if _is_at_home(path, folder)}
    for name in contents.keys() - at_home:
        if (folder / name).exists():
            raise AdoptTaken(period, name)
    folder.mkdir(parents=True, exist_ok=True)
    new = {name: content for name, content in contents.items() if name not in at_home}
    return [write_new(folder / name, content) for name, content in new.items()]
