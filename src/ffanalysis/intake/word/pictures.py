"""Pictures, charts and embedded files in a Word file: what is told of them, never what they show.

None is decoded, and what is kept elsewhere is never fetched.
"""

from itertools import islice

from ffanalysis.intake.word.package import Element, Package, Relation, child, name_of, value
from ffanalysis.intake.word.source import words_in
from ffanalysis.sheets.limits import Damaged

_FIRST = 1_000  # elements of a drawing that are looked at
DRAWN = ("wp:inline", "wp:anchor", "v:imagedata", "v:oval", "o:OLEObject", "w:control")
_NO_WORDS = "without a description"
_KINDS = {
    "pic:pic": "a picture",
    "c:chart": "a chart",
    "dgm:relIds": "a diagram",
    "v:imagedata": "a picture",
    "o:OLEObject": "an embedded file",
    "w:control": "a control whose state cannot be read",
}
# A ring around an answer, or a cross through one.
_RINGS = ("ellipse", "donut", "flowChartConnector", "mathMultiply", "frame")


def picture(
    element: Element, relations: dict[str, Relation], package: Package
) -> tuple[str, ...] | None:
    """What a picture, a chart or an embedded file is, and how it is described; None for a shape."""
    if name_of(element) == "v:oval":
        return _ring(element, "ellipse")
    if name_of(element) in _KINDS:
        about = value(element, "o:title") or value(element, "ProgID") or value(element, "w:name")
        return _told(element, name_of(element), about, relations, package)
    named = child(element, "wp:docPr")
    about = value(named, "descr") or value(named, "title")
    for each in islice(element.iter(), _FIRST):
        if name_of(each) in _KINDS:
            return _told(each, name_of(each), about, relations, package)
        if name_of(each) == "a:prstGeom" and value(each, "prst") in _RINGS:
            return _ring(element, value(each, "prst"))
    return None


def _ring(element: Element, shape: str | None) -> tuple[str, ...] | None:
    """What may ring an answer or cross it out, unless it holds words of its own."""
    return None if words_in(element, _FIRST) else (f"a drawn shape ({shape})",)


def _told(
    element: Element,
    kind: str,
    about: str | None,
    relations: dict[str, Relation],
    package: Package,
) -> tuple[str, ...]:
    what = f"{_KINDS[kind]} {_NO_WORDS}" if not about else f"{_KINDS[kind]}: {about[:500]}"
    used = (
        relations[each]
        for inner in islice(element.iter(), _FIRST)
        for each in inner.attrib.values()
        if each in relations
    )
    told = [what]
    for relation in used:
        if relation.is_outside:
            told.append(f"kept elsewhere, not fetched: {relation.target[:300]}")
        elif relation.kind in ("chart", "diagramData"):
            told.append(_words_of(relation.target, package))
    return tuple(each for each in told if each)


def _words_of(part: str, package: Package) -> str:
    """The words of a chart or a diagram, which stand in a part of their own."""
    try:
        root = package.root(part, "c:chartSpace", "dgm:dataModel")
    except Damaged:
        return ""
    texts = (each.text or "" for each in root.iter() if name_of(each) in ("a:t", "c:v"))
    return " ".join(" ".join(texts).split())[:2_000]
