"""Papers to workbooks: one each, or one register for all. `take_in` is the door."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ffanalysis.errors import IntakeRefused, IntakeTaken, PaperUnreadable, UserError, listed
from ffanalysis.intake.book import Paper, Sheet, cells_of, for_people, name_apart
from ffanalysis.intake.context import SharedTables
from ffanalysis.intake.edited import Difference, Edited, keep_edits, read_edited
from ffanalysis.intake.form_files import beside, shipped
from ffanalysis.intake.forms import Form
from ffanalysis.intake.papers import OTHER_SUFFIXES, SUFFIXES, form_named, take
from ffanalysis.intake.project_sheets import sheets_of
from ffanalysis.intake.taken import Ending, Question, Source
from ffanalysis.intake.workbook import LONGEST_CELL, workbook_of
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read import read_period

_NOT_WRITTEN = (".xls", ".xlsm", ".xlsb", ".ods", ".csv")
_PREVIOUS = ".previous"  # behind the name of the workbook that was there before


@dataclass(frozen=True)
class Outcome:
    """How one paper ended: what was taken from it, or why nothing was."""

    file: Path
    paper: Paper | None
    error: UserError | None = None


@dataclass
class Written:
    """A workbook that was written, with what the reader of a quarter refuses in it."""

    path: Path
    papers: list[Paper]
    sheets: list[Sheet]
    differences: list[Difference] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@dataclass
class Intake:
    """All that an intake did."""

    outcomes: list[Outcome]
    written: list[Written]


def papers_in(places: Iterable[Path]) -> list[Path]:
    """The papers that files and folders name, each once; lock files of Word are none."""
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            known = (*SUFFIXES, *OTHER_SUFFIXES)
            inside = sorted(each for each in place.iterdir() if each.suffix.lower() in known)
            if not inside:
                raise IntakeRefused(f"the folder {place} holds no paper ({', '.join(SUFFIXES)})")
            found.update((each, None) for each in inside if not each.name.startswith(("~$", ".")))
        elif place.exists():
            found[place] = None
        else:
            raise IntakeRefused(f"there is no paper {place}")
    return list(found)


def forms_for(papers: Iterable[Path], root: Path | None = None) -> tuple[Form, ...]:
    """The forms known: a council's own, beside the papers or in the programme, before ours."""
    folders = {paper.resolve().parent for paper in papers} | ({root} if root else set())
    own = beside(folders)
    names = {form.file for form in own}
    return (*(form for form in shipped() if form.file not in names), *own)


def take_in(
    files: Sequence[Path],
    target: Path,
    forms: Sequence[Form],
    *,
    form: str = "",
    project: str = "",
    force: bool = False,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Intake:
    """Take papers in, and write them to a workbook, or to one each in a folder.

    A paper that cannot be read ends with its error, and the rest go on. A workbook that is there
    already is left alone unless `force` is given; its edits are kept then. Raises IntakeRefused,
    FormUnknown, and IntakeTaken where nothing else would be written, before anything is read.
    """
    if form:
        form_named(form, forms)
    if project and len(files) > 1:
        raise IntakeRefused("--project names one project, and there are several papers")
    targets = _targets(files, target)
    if not force and len(set(targets.values())) == 1:
        _refuse_taken(next(iter(targets.values())))
    outcomes: list[Outcome] = []
    seen: dict[str, str] = {}
    for file in files:
        if targets[file].exists() and not force:
            outcome = Outcome(file, None, IntakeTaken(targets[file]))
        else:
            outcome = _outcome(file, forms, form, project, seen)
        outcomes.append(outcome)
        tell(outcome)
    return Intake(outcomes, _write_all(outcomes, targets))


def _write_all(outcomes: Iterable[Outcome], targets: Mapping[Path, Path]) -> list[Written]:
    by_target: dict[Path, list[Paper]] = {}
    for outcome in outcomes:
        if outcome.paper is not None:
            by_target.setdefault(targets[outcome.file], []).append(outcome.paper)
    shared = SharedTables()
    for folder in {path.parent for path in by_target}:
        shared.look_into(folder, by_target)
    return [_write(path, papers, shared) for path, papers in by_target.items()]


def _targets(files: Sequence[Path], target: Path) -> dict[Path, Path]:
    """The workbook that each paper goes to."""
    if target.suffix.lower() == ".xlsx":
        return dict.fromkeys(files, target)
    if target.suffix.lower() in _NOT_WRITTEN:
        raise IntakeRefused("--to names an .xlsx workbook, or a folder")
    found: dict[Path, Path] = {}
    for file in files:
        path = target / f"{slug(file.stem) or 'paper'}.xlsx"
        if other := next((each for each, there in found.items() if there == path), None):
            raise IntakeRefused(f"{other.name} and {file.name} would both go to {path.name}")
        found[file] = path
    return found


def _refuse_taken(path: Path) -> None:
    if path.exists():
        raise IntakeTaken(path)


def _outcome(
    file: Path, forms: Sequence[Form], form: str, project: str, seen: dict[str, str]
) -> Outcome:
    try:
        paper = take(file, forms, form, project)
        if other := seen.get(slug(paper.project)):
            why = (
                f"it names the same project as {other}, '{paper.project}'. Give one of them another"
                " title."
            )
            raise PaperUnreadable(file.name, why)
    except UserError as error:
        return Outcome(file, None, error)
    seen[slug(paper.project)] = file.name
    return Outcome(file, paper)


def _write(path: Path, papers: list[Paper], shared: SharedTables) -> Written:
    """Write one workbook whole or not at all; what was there before stays beside it."""
    sheets = shared.keep_once(sheets_of(papers), path.name, papers)
    name_apart(sheets)
    edited: Edited | None = None
    differences: list[Difference] = []
    if path.exists():
        edited = read_edited(path.name, path.read_bytes())
        _refuse_others(path, papers, edited)
        differences = keep_edits(sheets, edited)
        for each in differences:
            papers[0].taken.ask(each.sentence, Source(each.paper, ""), do="Decide which is right.")
        for other in edited.others:
            if other.note:
                source = Source(other.name, "")
                papers[0].taken.ask(f"{other.name}: {other.note}.", source, do="Enter them again.")
        sheets += edited.others
    _ask_too_long(sheets, papers)
    to_check, from_paper = for_people(sheets, papers, edited.answers if edited else {})
    sheets = [sheet for sheet in sheets if not sheet.is_deleted]
    content = workbook_of([to_check, *sheets, from_paper])
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.with_name(path.name + _PREVIOUS).write_bytes(path.read_bytes())
    _replace(path, content)
    return Written(path, papers, sheets, differences, refusals_of(path))


def _refuse_others(path: Path, papers: Sequence[Paper], edited: Edited) -> None:
    """Refuse papers of other projects than the workbook's."""
    names = {slug(name) for name in edited.projects}
    if names and not names & {slug(paper.project) for paper in papers}:
        raise IntakeRefused(
            f"{path} is of {listed(sorted(edited.projects))}, and the paper of"
            f" {listed(paper.project for paper in papers)}. Give another workbook, or the name of"
            " its project with --project"
        )


def _ask_too_long(sheets: Sequence[Sheet], papers: Sequence[Paper]) -> None:
    """Ask about words that no cell holds whole; the end of them is left out of it."""
    by_name = {paper.name: paper for paper in papers}
    for sheet in sheets:
        for address, _, entry in cells_of(sheet) if not sheet.raw else ():
            if len(entry.text) > LONGEST_CELL and entry.paper in by_name:
                by_name[entry.paper].taken.ask(
                    f"{sheet.name}, {address} has more words than a cell holds"
                    f" ({LONGEST_CELL:,} letters); the rest is left out.",
                    Source(f"… {entry.text[LONGEST_CELL:][:200]}", entry.place),
                    do="Shorten it.",
                    also=sheet.name,
                )


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".intake-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def refusals_of(path: Path) -> list[str]:
    """What the reader of a quarter refuses of a workbook by itself, as sentences."""
    folder = path.parent.name
    quarter = Period.parse(folder) if Period.is_name(folder) else Period(2020, 1)
    try:
        tables = read_period(quarter, [path])
    except UserError as error:
        return [str(error)]
    return list(dict.fromkeys(tables.refusals["sentence"].tolist()))


def coverage_of(paper: Paper) -> dict[str, int]:
    """How many atoms of the paper ended where; `lost` is always nil, and proves it."""
    endings = list(paper.taken.endings.values())
    counts = {ending.value.replace(" ", "_"): endings.count(ending) for ending in Ending}
    return {"atoms": paper.atoms, **counts, "lost": paper.atoms - len(endings)}


def as_json(intake: Intake) -> dict[str, Any]:
    """What was placed, what is to be checked and how much was covered."""
    papers = [outcome.paper for outcome in intake.outcomes if outcome.paper is not None]
    return {
        "placed": [each for written in intake.written for each in _placed(written)],
        "to_check": [_asked(paper, each) for paper in papers for each in paper.taken.questions],
        "mended": [
            {"paper": paper.name, "place": m.source.place, "words": m.source.words, "now": m.now}
            for paper in papers
            for m in paper.taken.mends
        ],
        "coverage": {paper.name: coverage_of(paper) for paper in papers},
        "papers": [_ended(outcome) for outcome in intake.outcomes],
        "refusals": [text for written in intake.written for text in written.refusals],
    }


def _placed(written: Written) -> Iterator[dict[str, str]]:
    for sheet in written.sheets:
        for address, heading, entry in cells_of(sheet) if not sheet.raw else ():
            if entry.is_from_paper:
                yield {
                    "workbook": written.path.name,
                    "sheet": sheet.name,
                    "cell": address,
                    "heading": heading,
                    "value": entry.text,
                    "paper": entry.paper,
                    "place": entry.place,
                    "words": entry.words,
                    "how": entry.how,
                }


def _asked(paper: Paper, question: Question) -> dict[str, str]:
    return {
        "paper": paper.name,
        "project": paper.project,
        "question": question.asks,
        "place": question.source.place,
        "words": question.source.words,
        "read_as": question.read_as,
        "do": question.do,
    }


def _ended(outcome: Outcome) -> dict[str, str | None]:
    paper = outcome.paper
    return {
        "paper": outcome.file.name,
        "project": paper.project if paper else None,
        "form": paper.taken.form.name if paper else None,
        "error": str(outcome.error) if outcome.error else None,
    }
