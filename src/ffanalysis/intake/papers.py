"""A paper's file to all that was taken from it, within limits that no honest paper meets.

A paper comes from outside. It is read in a process of its own that may take so much time and
memory: what is made to harm ends with a sentence, and the other papers go on.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from ffanalysis.errors import FormUnknown, PaperUnreadable, UserError
from ffanalysis.intake import answers, boxes, checked_grids, checked_money, points, posts, running
from ffanalysis.intake.book import Paper
from ffanalysis.intake.derive import derive
from ffanalysis.intake.document import Document, paragraphs_of
from ffanalysis.intake.forms import Form, choose
from ffanalysis.intake.placing import place
from ffanalysis.intake.taken import Taken
from ffanalysis.layout import standard
from ffanalysis.sheets.limits import Damaged, Refused

SUFFIXES = (".docx", ".docm", ".dotx", ".pdf", ".txt", ".md")
# What a folder of papers may hold too: each ends with a sentence on how to save it.
OTHER_SUFFIXES = (".doc", ".rtf", ".odt", ".htm", ".html")
_MOST_BYTES = 60_000_000
_SECONDS = 9
_MEMORY = 1_000_000_000  # bytes that a reading may take beside what the program itself has
_LEAST_LABELS = 2  # of a form that a paper must have, to be one

_OTHER_KINDS = {
    b"{\\rtf": "it is an RTF file. Save it as .docx in Word, then give that",
    b"<!doctype html": "it is a web page. Give the paper as .docx, .pdf or .txt",
    b"<html": "it is a web page. Give the paper as .docx, .pdf or .txt",
    b"\x89png": "it is a picture. Give the paper as .docx, .pdf or .txt",
    b"\xff\xd8\xff": "it is a picture. Give the paper as .docx, .pdf or .txt",
}


def take(path: Path, forms: Sequence[Form], chosen: str = "", project: str = "") -> Paper:
    """Read one paper and place all that it says.

    `chosen` is the name of its form, by default the one that its labels tell; `project` the name
    of its project, by default its title. Raises PaperUnreadable and FormUnknown.
    """
    name = path.name
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PaperUnreadable(
                name, f"it is larger than {_MOST_BYTES // 10**6} MB; no paper is."
            )
        content = path.read_bytes()
    except OSError as error:
        raise PaperUnreadable(name, f"{error.strerror or error}.") from None
    return _apart(name, lambda: take_from(name, content, forms, chosen, project))


def take_from(
    name: str, content: bytes, forms: Sequence[Form], chosen: str = "", project: str = ""
) -> Paper:
    """The same of a paper's bytes, in this process."""
    document = read_paper(name, content)
    form = _form_of(document, forms, chosen)
    taken = place(document, form)
    boxes.settle(taken)
    for grid in taken.grids:
        checked_grids.settle(grid, form, taken)
    points.mark_points_of_labels(taken)
    posts.ask_money_for_posts(taken)
    _keep_other_types(taken)
    running.settle_labels(taken)
    derived = derive(taken)
    answers.check(taken, checked_money.amounts_in_pence(taken))
    running.ask_cumulative(taken)
    running.ask_units(taken)
    checked_money.ask_several(taken)
    checked_money.ask_scales(taken)
    title = taken.text_of("title").replace("\n", " ")
    named = project or title or Path(name).stem.replace("-", " ").replace("_", " ")
    return Paper(name, named, taken, derived, len(document.atoms))


def _keep_other_types(taken: Taken) -> None:
    """A type of saving that the register does not know is kept as background."""
    for value in list(taken.fields.get("saving_type", [])):
        if not standard().types_in(value.text):
            taken.fields["saving_type"].remove(value)
            taken.add_background(taken.headings.get("saving_type", "Type of saving"), value)
    if not taken.fields.get("saving_type"):
        taken.fields.pop("saving_type", None)


def read_paper(name: str, content: bytes) -> Document:
    """The document that a paper's bytes are, told by their beginning and not by the file's name."""
    if not content.strip():
        raise PaperUnreadable(name, "it is empty.")
    begin = content[:1024]
    for mark, why in _OTHER_KINDS.items():
        if begin.lstrip().lower().startswith(mark):
            raise PaperUnreadable(name, f"{why}.")
    try:
        return _reader(name, begin)(name, content)
    except (Refused, Damaged) as refused:
        raise PaperUnreadable(name, str(refused)) from None
    except RecursionError:
        raise PaperUnreadable(name, "it is nested deeper than any paper is.") from None


def _reader(name: str, begin: bytes) -> Callable[[str, bytes], Document]:
    if b"%PDF-" in begin:
        from ffanalysis.intake.pdf.reader import read_pdf

        return read_pdf
    suffix = Path(name).suffix.lower()
    if begin.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or suffix in (".docx", ".docm", ".dotx"):
        from ffanalysis.intake.word.reader import read_word

        return read_word
    if suffix == ".pdf":
        raise PaperUnreadable(name, "it is no PDF, whatever its name says.")
    if suffix not in (".txt", ".md", ""):
        kinds = ", ".join(SUFFIXES)
        raise PaperUnreadable(name, f"a paper is one of {kinds}. Save it as one of these.")
    from ffanalysis.intake.text import read_text

    return read_text


def form_named(name: str, forms: Sequence[Form]) -> Form:
    """The form of a name, or of a file's name without .toml. Raises FormUnknown."""
    found = [form for form in forms if name.casefold() in (form.name.casefold(), form.file)]
    if not found:
        raise FormUnknown(name, [form.file for form in forms])
    return found[-1]


def _form_of(document: Document, forms: Sequence[Form], chosen: str) -> Form:
    if chosen:
        return form_named(chosen, forms)
    texts = [
        line
        for paragraph in paragraphs_of(document.blocks)
        for line in (paragraph.text, paragraph.text.partition(":")[0])
    ]
    told = choose(forms, texts)
    if told is None or told[1] < _LEAST_LABELS:
        names = ", ".join(f"'{form.name}'" for form in forms)
        raise PaperUnreadable(
            document.name,
            f"it has the labels of no form known ({names}). Name its form with --form, or describe"
            " the form in intake/*.toml beside the paper ('ffanalysis docs intake').",
        )
    return told[0]


def _apart(name: str, work: Callable[[], Paper]) -> Paper:
    """Do the work in a process of its own; in this one where the system cannot fork."""
    if not hasattr(os, "fork"):
        return work()
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(work, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        return _answer(name, mine)
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        mine.close()


def _answer(name: str, answers: Connection) -> Paper:
    if not answers.poll(_SECONDS):
        why = f"it takes more than {_SECONDS} seconds to read; no paper does. Save it anew."
        raise PaperUnreadable(name, why)
    try:
        answer = answers.recv()
    except EOFError:
        raise PaperUnreadable(name, "its reading ended the program that reads it.") from None
    if answer is None:
        raise PaperUnreadable(name, "it takes more memory to read than any paper does.")
    if isinstance(answer, Paper):
        return answer
    raise answer


def _in_child(work: Callable[[], Paper], answers: Connection) -> None:
    _bound_memory()
    try:
        answers.send(work())
    except MemoryError:
        answers.send(None)
    except UserError as error:
        answers.send(error)
    except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
        with suppress(Exception):
            answers.send(error)
    finally:
        answers.close()


def _bound_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = Path("/proc/self/statm")
    size = int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else used
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY, size + _MEMORY))
