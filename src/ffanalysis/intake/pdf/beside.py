"""What a PDF holds beside its pages: scripts, attached files, fields that stand on no page."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

import pypdf
from pdfminer.pdftypes import PDFObjRef, resolve1

from ffanalysis.intake.document import AtomKind, Remark, RemarkKind
from ffanalysis.intake.pdf.open import Opened
from ffanalysis.intake.pdf.pages import Page, letters_in
from ffanalysis.intake.pdf.time import TimeOver, at_most
from ffanalysis.intake.pdf.tree import text
from ffanalysis.intake.pdf.words import Atoms
from ffanalysis.sheets.limits import Refused

_ONLY_ADOBE: Final = (
    "it is a form that only Adobe Reader can show; open it there, print it as PDF and give that."
)
_MOST: Final = 1_000
_DEEPEST: Final = 20
_SECONDS: Final = 2.0  # for the second reader
_FEW, _SHARE = 5, 0.03  # letters that it may find more, since it counts some signs otherwise


def beside(opened: Opened, pages: Iterable[Page], atoms: Atoms) -> Iterator[Remark]:
    """What is not read, by name, and what fields hold that no page shows."""
    catalog = opened.pdf.doc.catalog
    names = resolve1(catalog.get("Names"))
    names = names if isinstance(names, dict) else {}
    action = resolve1(catalog.get("OpenAction"))
    scripts = "JavaScript" in names or "AA" in catalog
    if scripts or (isinstance(action, dict) and "JS" in action):
        yield Remark(RemarkKind.ASIDE, "the file", ("a script, which is not run",))
    for name in _attached(names.get("EmbeddedFiles")):
        yield Remark(RemarkKind.ASIDE, "the file", (f"attached file {name}, which is not read",))
    yield from _unshown(opened, pages, atoms)


def require_seen(opened: Opened, pages: Iterable[Page]) -> None:
    """Raise Refused where the file is a form whose pages are made by Adobe Reader alone."""
    form = resolve1(opened.pdf.doc.catalog.get("AcroForm"))
    if not isinstance(form, dict) or "XFA" not in form:
        return
    words = " ".join(token.text for page in pages for token in page.tokens).casefold()
    if not words.strip() or "please wait" in words[:400]:
        raise Refused(_ONLY_ADOBE)


def missed(opened: Opened, pages: Iterable[Page]) -> Iterator[Remark]:
    """Pages on which pypdf finds more letters, such as in a font that pdfminer cannot read."""
    for page, words in zip(pages, _texts(opened.form), strict=False):
        letters = letters_in(words)
        if letters > page.letters + max(_FEW, _SHARE * page.letters):
            readings = (f"{page.letters} letters are read", f"another reader finds {letters}")
            yield Remark(RemarkKind.DIFFERS, f"page {page.number}", readings)


def _texts(form: pypdf.PdfReader | None) -> list[str]:
    """The words of each page as pypdf finds them, as far as it comes in its time."""
    found: list[str] = []
    with suppress(Exception, TimeOver), at_most(_SECONDS):
        found += (page.extract_text() for page in form.pages) if form is not None else ()
    return found


def _attached(root: Any) -> list[str]:
    """The names of attached files."""
    waiting, seen, found = [(root, 0)], set[int](), list[str]()
    while waiting and len(found) < _MOST:
        node, depth = waiting.pop()
        if isinstance(node, PDFObjRef):
            if node.objid in seen:
                continue
            seen.add(node.objid)
        node = resolve1(node)
        if isinstance(node, dict) and depth <= _DEEPEST:
            waiting += [(kid, depth + 1) for kid in _listed(node, "Kids")]
            found += [text(name) for name in _listed(node, "Names")[::2]]
    return found


def _listed(node: dict[str, Any], name: str) -> list[Any]:
    """A list of a dictionary; nothing where it is none."""
    value = resolve1(node.get(name))
    return value if isinstance(value, list) else []


def _unshown(opened: Opened, pages: Iterable[Page], atoms: Atoms) -> Iterator[Remark]:
    """Fields that pypdf finds and that stand on no page."""
    shown = {name for page in pages for name in page.fields}
    for name, value in _fields(opened.form):
        if value and name not in shown:
            atom = atoms.add(AtomKind.FIELD, value)
            yield Remark(RemarkKind.ASIDE, f"field {name}, on no page", (value,), (atom,))


def _fields(form: pypdf.PdfReader | None) -> list[tuple[str, str]]:
    """The fields that hold something, by pypdf's own count."""
    if form is None:
        return []
    with suppress(Exception):
        found = form.get_fields() or {}
        return [
            (str(name), " ".join(str(each.value).split()))
            for name, each in [*found.items()][:_MOST]
            if each.value is not None and each.field_type not in {"/Sig", "/Btn"}
        ]
    return []
