"""A council's own workbooks taken into a quarter: how they are read, and what makes them readable.

Nothing is kept before a person has seen the first lines in money and said so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from ffanalysis.start.asking import Answers, Ask, grouped
from ffanalysis.start.blank import SheetToFill, workbook_to_fill
from ffanalysis.start.columns import PROJECTS
from ffanalysis.start.layout_file import merged
from ffanalysis.start.question import SERVICE, Question
from ffanalysis.start.questions import questions
from ffanalysis.start.register import register_rows
from ffanalysis.start.sheet_questions import lacking
from ffanalysis.start.trial import Trial
from ffanalysis.start.writing import write_new

REGISTER = "projects.xlsx"


@dataclass(frozen=True)
class Adoption:
    """How workbooks are read with the answers so far, and what is still open."""

    files: Sequence[Path]
    trial: Trial
    open: Sequence[Question]
    answered: Mapping[str, str]
    lacking: Sequence[str] = ()  # what sheets lack that are said to be tables, as sentences

    @property
    def is_readable(self) -> bool:
        """Whether every table is found, and nothing of the workbooks is refused."""
        is_all_read = not self.open and not self.lacking and not self.trial.refusals
        return is_all_read and any(self.trial.tables)

    @property
    def faults(self) -> list[str]:
        """What cannot be read, and no answer mends, as sentences, each once."""
        refused = (row.sentence for row in self.trial.refusals)
        faults = list(dict.fromkeys([*refused, *self.lacking]))
        is_none = not faults and not any(self.trial.tables)
        return ["No table was found in it that is known."] if is_none else faults

    @property
    def layouts(self) -> Mapping[str, str]:
        """The layouts that make them readable, by their files' names; none where none is needed."""
        added = self.trial.added
        if len(added) == 1:
            return {f"layout-{slug(self.files[0].stem)}.toml": text for text in added.values()}
        named = {where: where.partition("!") for where in added}
        return {
            f"layout-{slug(Path(book).stem)}-{slug(sheet)}.toml": added[where]
            for where, (book, _, sheet) in named.items()
        }


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
    given = Answers(answers)
    answered: dict[str, str] = {}
    shown: dict[str, str] = {}
    while True:
        asked = _asked(trial, given, answered)
        groups = grouped(asked)
        said: dict[str, str] = {}
        for group in groups:
            said |= group.said(given, ask)
            shown |= group.answered(said)
        if not said:
            still = [group.question for group in groups]
            keys = [*answered, *(each.key for each in still)]
            _refuse_unused(given, keys, is_open=bool(still))
            return Adoption(files, trial, still, shown, list(lacking(trial, answered)))
        answered |= said
        trial = _with_answers(trial, asked, said)


def _asked(trial: Trial, given: Answers, answered: Mapping[str, str]) -> list[Question]:
    """What is open, or is answered without being asked."""
    return [
        question
        for question in questions(trial, answered)
        if question.key not in answered and (question.is_needed or given.to(question))
    ]


def _with_answers(trial: Trial, asked: Iterable[Question], said: Mapping[str, str]) -> Trial:
    """The workbooks read with what new answers add to their layouts."""
    data = dict(trial.data)
    services = set(trial.services)
    for question in asked:
        if question.key in said:
            added = _made(question, said[question.key])
            data[question.where] = merged(data.get(question.where, {}), added)
            if plain(said[question.key]) == plain(SERVICE):
                services.add(plain(question.about))
    return replace(trial, data=data, services=frozenset(services))


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


def _refuse_unused(given: Answers, keys: Sequence[str], *, is_open: bool) -> None:
    """Raise AdoptRefused for an answer that nothing asks for.

    While something is open, one may be for a question that comes later, unless it is mistyped.
    """
    begun = {key.split()[0] for key in keys}
    for key in given.given.keys() - given.used:
        near = nearest(key, [plain(each) for each in keys])
        meant = next((each for each in keys if plain(each) == near), "")
        may_come_later = is_open and (not meant or key.split()[0] in begun)
        if not may_come_later:
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
    if adoption.trial.unregistered:
        sheets = [SheetToFill(PROJECTS, PROJECTS.sheet, rows=register_rows(adoption.trial))]
        contents[REGISTER] = workbook_to_fill(sheets, f"Projects, {Period.parse(period).words}")
    at_home = {path.name for path in adoption.files if _is_at_home(path, folder)}
    for name in contents.keys() - at_home:
        if (folder / name).exists():
            raise AdoptTaken(period, name)
    folder.mkdir(parents=True, exist_ok=True)
    new = {name: content for name, content in contents.items() if name not in at_home}
    return [write_new(folder / name, content) for name, content in new.items()]
