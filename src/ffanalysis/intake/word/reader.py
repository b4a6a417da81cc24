"""Read a Word paper: .docx, .docm, .dotx and .dotm, whatever they are called.

The walk is our own, on the XML of the package: the libraries for Word lose what stands in content
controls, text boxes or notes, and shift the rows of tables. A second reader is asked all the same.
"""

from collections.abc import Iterable

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import Block, Document, RemarkKind, paragraphs_of
from ffanalysis.intake.word.colours import ground_of_page
from ffanalysis.intake.word.line import Context, shown
from ffanalysis.intake.word.package import Element, Package, Relation, children, value
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.second import differences
from ffanalysis.intake.word.source import drop_repeated
from ffanalysis.intake.word.styles import Styles
from ffanalysis.intake.word.walk import Walk
from ffanalysis.sheets.limits import Refused
from ffanalysis.sheets.open_workbook import gc_paused, plain_name

SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")

_ASIDES = {"header": "w:hdr", "footer": "w:ftr"}
_NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_ROOTS = _ASIDES | {kind: f"w:{kind}" for kind in _NOTES}


def read_word(name: str, content: bytes, *, ask_second: bool = True) -> Document:
    """A Word paper as a document.

    `ask_second` may spare the second reader, who takes most of the time. Raises PaperUnreadable.
    """
    name = plain_name(name)
    try:
        with gc_paused():
            return _read(name, content, ask_second=ask_second)
    except Refused as refused:
        raise PaperUnreadable(name, str(refused)) from refused
    except (RecursionError, MemoryError) as error:
        raise PaperUnreadable(name, "it is more than a paper can hold.") from error
    except Exception as error:  # whatever the reader trips over is the fault of the file
        raise PaperUnreadable(
            name, "the file is damaged. Open it in Word, save it as .docx and try again."
        ) from error


def _read(name: str, content: bytes, *, ask_second: bool) -> Document:
    package = Package(content)
    relations = package.relations(package.main)
    parts = list(dict.fromkeys(each for each in relations.values() if not each.is_outside))
    reading = Reading(package, _styles(package, parts))
    roots = {each: _root(package, each) for each in parts if each.kind in _ROOTS}
    for root in (package.body, *roots.values()):
        drop_repeated(root)
        reading.atoms.count(root)
    page = Context(ground=ground_of_page(package.body))
    blocks = Walk(reading, package.body, relations).blocks(package.body, page)
    for part, root in roots.items():
        _read_beside(reading, part, root)
    if ask_second:
        reading.remarks += differences(reading, blocks)
    return Document(name, "Word", tuple(blocks), tuple(reading.atoms.found), tuple(reading.remarks))


def _styles(package: Package, parts: Iterable[Relation]) -> Styles:
    """The styles of a paper; without the part that holds them there are none."""
    for part in parts:
        if part.kind == "styles" and package.has(part.target):
            return Styles(package.root(part.target, "w:styles"))
    return Styles(None)


def _root(package: Package, part: Relation) -> Element:
    return package.root(part.target, _ROOTS[part.kind])


def _read_beside(reading: Reading, part: Relation, root: Element) -> None:
    """Read a header, a footer, or the notes or comments that stand in one part."""
    walk = Walk(reading, root, reading.package.relations(part.target))
    if part.kind in _ASIDES:
        blocks = walk.blocks(root, Context(place=part.kind))
        _tell(reading, RemarkKind.ASIDE, part.kind, blocks)
        return
    kind = _NOTES[part.kind]
    referred = [each for each in reading.notes if each.startswith(f"{kind} ")]
    numbers = {each: number for number, each in enumerate(referred, 1)}
    for note in children(root, f"w:{kind}"):
        key = value(note, "w:id") or ""
        if kind == "comment":
            _read_comment(reading, walk, note, key)
            continue
        number, where = numbers.get(f"{kind} {key}"), reading.notes.get(f"{kind} {key}")
        place = f"{kind} {number} ({where})" if where else f"{kind} without a reference"
        _tell(reading, RemarkKind.ASIDE, place, walk.blocks(note, Context(place=place)))


def _read_comment(reading: Reading, walk: Walk, comment: Element, key: str) -> None:
    where = reading.comments.places.get(key, "a comment without a place")
    blocks = walk.blocks(comment, Context(place=where))
    words = " ".join(reading.comments.words.get(key, "").split())
    said, atoms = _said(blocks)
    if said or atoms:
        readings = (said, words) if words else (said,)
        reading.remark(RemarkKind.COMMENT, where, *readings, atoms=atoms)


def _tell(reading: Reading, kind: RemarkKind, place: str, blocks: list[Block]) -> None:
    said, atoms = _said(blocks)
    if said or atoms:
        reading.remark(kind, place, said, atoms=atoms)


def _said(blocks: list[Block]) -> tuple[str, tuple[int, ...]]:
    """The words of blocks in one line, and their atoms."""
    paragraphs = list(paragraphs_of(blocks))
    lines = (" ".join("".join(map(shown, each.pieces)).split()) for each in paragraphs)
    atoms = tuple(number for each in paragraphs for number in each.atoms)
    return " / ".join(line for line in lines if line), atoms
