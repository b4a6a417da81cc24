"""What is filled in on a PDF: fields of its form, tick boxes, and words typed or noted upon it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_rect

from ffanalysis.intake.document import AtomKind, Mark, Remark, RemarkKind
from ffanalysis.intake.pdf.ink import Box
from ffanalysis.intake.pdf.open import Budget
from ffanalysis.intake.pdf.tree import text
from ffanalysis.intake.pdf.words import Atoms, Token

_DEEPEST: Final = 30
_LINE: Final = 11.0  # how high a line in a field is, in points
_PUSH_BUTTON, _RADIO = 1 << 16, 1 << 15
_HIDDEN: Final = 1 << 1 | 1 << 5
_MOST: Final = 20_000
_MARKUP: Final = {"Link", "Popup", "Widget", "FreeText", "FileAttachment"}


@dataclass
class Filled:
    """What is filled in on a page, and what is only noted there."""

    tokens: list[Token] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def filled_in(page: Any, atoms: Atoms, budget: Budget) -> Filled:
    """The fields and notes on a page of pdfplumber."""
    found = Filled()
    annotations = resolve1(page.page_obj.annots)
    for number, each in enumerate(annotations if isinstance(annotations, list) else []):
        budget.count()
        annotation = resolve1(each)
        if number < _MOST and isinstance(annotation, dict):
            _read(annotation, page, atoms, found)
    return found


def _read(annotation: Mapping[str, Any], page: Any, atoms: Atoms, found: Filled) -> None:
    kind = _name(annotation.get("Subtype"))
    box = _box(annotation, page)
    is_hidden = bool(_number(annotation.get("F")) & _HIDDEN)
    if kind == "Widget":
        _widget(annotation, page.page_number, box, atoms, found, is_hidden=is_hidden)
    elif kind == "FreeText" and box is not None and not is_hidden:
        words = _lines(text(annotation.get("Contents")))
        if words:
            found.tokens += _typed(words, box, page.page_number, "", atoms)
    elif kind not in _MARKUP:
        words = _lines(text(annotation.get("Contents")))
        if words:
            atom = atoms.add(AtomKind.TEXT, " ".join(words))
            found.remarks.append(
                Remark(RemarkKind.COMMENT, _place(page), (" ".join(words),), (atom,))
            )
        elif kind in {"Ink", "Stamp"}:
            found.remarks.append(
                Remark(RemarkKind.PICTURE, _place(page), ("something drawn upon the page",))
            )


def _place(page: Any) -> str:
    return f"page {page.page_number}, note"


def beside_labels(fields: list[Token], words: list[Token]) -> list[Token]:
    """Fields of several lines begin on the line of the label to their left."""
    placed = []
    for _, group in groupby(fields, key=lambda token: token.atom):
        lines = list(group)
        left, bottom = lines[0].box.x0, lines[-1].box.bottom
        labels = [
            token.box.top
            for token in words
            if token.box.x1 <= left + 2 and lines[0].box.top <= token.middle[1] <= bottom + _LINE
        ]
        down = min(labels) - lines[0].box.top if labels and len(lines) > 1 else 0.0
        placed += [
            replace(
                line, box=replace(line.box, top=line.box.top + down, bottom=line.box.bottom + down)
            )
            for line in lines
        ]
    return placed


# Fields


def _widget(
    widget: Mapping[str, Any],
    page: int,
    box: Box | None,
    atoms: Atoms,
    found: Filled,
    *,
    is_hidden: bool,
) -> None:
    """A field of the form: put into the page's words where it is seen, else named."""
    chain = list(_chain(widget))
    kind, flags = _name(_inherited(chain, "FT")), _number(_inherited(chain, "Ff"))
    name = ".".join(filter(None, (text(each.get("T")) for each in reversed(chain))))
    found.names.add(name)
    if kind == "Btn" and flags & _PUSH_BUTTON:
        return
    if kind == "Btn" and box is not None:
        mark = _state(widget, chain, is_radio=bool(flags & _RADIO))
        atom = atoms.add(AtomKind.BOX, name)
        found.tokens.append(Token("", box, page, atom, mark=mark, tag=name, is_field=True))
        return
    words = _lines(_value(chain, kind))
    if box is None or is_hidden:
        if words:
            atom = atoms.add(AtomKind.FIELD, " ".join(words))
            place = f"page {page}, hidden field {name}".rstrip()
            found.remarks.append(Remark(RemarkKind.ASIDE, place, (" ".join(words),), (atom,)))
        return
    found.tokens += _typed(words or [""], box, page, name, atoms)


def _typed(lines: list[str], box: Box, page: int, name: str, atoms: Atoms) -> Iterator[Token]:
    """Lines as they stand in a field, below each other."""
    atom = atoms.add(AtomKind.FIELD, " ".join(lines))
    is_low = len(lines) == 1 and box.height < 2.5 * _LINE
    top = (box.top + box.bottom - _LINE) / 2 if is_low else box.top
    for number, words in enumerate(lines):
        start = top + number * _LINE
        line = Box(box.x0, start, box.x1, start + _LINE - 1)
        yield Token(words, line, page, atom, tag=name, is_field=True)


def _chain(widget: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A field and what it is a part of, from the inside."""
    seen: set[int] = set()
    node: Any = widget
    for _ in range(_DEEPEST):
        if not isinstance(node, dict):
            return
        yield node
        parent = node.get("Parent")
        if not isinstance(parent, PDFObjRef) or parent.objid in seen:
            return
        seen.add(parent.objid)
        node = resolve1(parent)


def _inherited(chain: list[Mapping[str, Any]], key: str) -> Any:
    return next((resolve1(each[key]) for each in chain if key in each), None)


def _state(widget: Mapping[str, Any], chain: list[Mapping[str, Any]], *, is_radio: bool) -> Mark:
    """Whether a box is ticked; in doubt where what it shows is not what its field holds."""
    value = _inherited(chain, "V")
    is_held = None if value is None else _is_on(_name(value), _states(widget))
    if "AS" not in widget:
        return Mark.TICKED if is_held and not is_radio else Mark.EMPTY
    is_shown = _is_on(_name(widget["AS"]), set())
    if is_radio and not is_shown:
        return Mark.EMPTY  # another of its group is on
    if is_held is not None and is_shown != is_held:
        return Mark.DOUBTFUL
    return Mark.TICKED if is_shown else Mark.EMPTY


def _is_on(state: str, states: set[str]) -> bool:
    """Whether the name of a state is that of a ticked box, of those it has where they are known."""
    return state not in {"Off", ""} and (not states or state in states)


def _states(widget: Mapping[str, Any]) -> set[str]:
    """The states of a ticked box that a widget can show."""
    looks = resolve1(widget.get("AP"))
    states = resolve1(looks.get("N")) if isinstance(looks, dict) else None
    return {name for name in states if name != "Off"} if isinstance(states, dict) else set()


def _value(chain: list[Mapping[str, Any]], kind: str) -> str:
    """What a field holds, as it is shown."""
    value = _inherited(chain, "V")
    if kind == "Sig":
        return text(value.get("Name")) if isinstance(value, dict) else ""
    values = value if isinstance(value, list) else [value]
    shown = _choices(chain) if kind == "Ch" else {}
    words = [_words(each) for each in values]
    return ", ".join(shown.get(each, each) for each in words if each)


def _words(value: Any) -> str:
    found = resolve1(value)
    if isinstance(found, PDFStream):
        return text(found.get_data()[:100_000])
    return _name(found) if isinstance(found, PSLiteral) else text(found)


def _choices(chain: list[Mapping[str, Any]]) -> dict[str, str]:
    """What is shown for each choice, where the form holds something else for it."""
    options = _inherited(chain, "Opt")
    found = {}
    for each in options if isinstance(options, list) else []:
        pair = resolve1(each)
        if isinstance(pair, list) and len(pair) == 2:
            found[text(pair[0])] = text(pair[1])
    return found


def _lines(words: str) -> list[str]:
    lines = (" ".join(line.split()) for line in re.split(r"[\r\n\u2028\u2029]+", words))
    return [line for line in lines if line]


def _name(value: Any) -> str:
    found = resolve1(value)
    name = found.name if isinstance(found, PSLiteral) else found
    if isinstance(name, bytes):
        return name.decode("latin-1")
    return name if isinstance(name, str) else ""


def _number(value: Any) -> int:
    found = resolve1(value)
    return found if isinstance(found, int) else 0


def _box(annotation: Mapping[str, Any], page: Any) -> Box | None:
    """Where an annotation is on the page as it is seen; None where it takes no room."""
    given = resolve1(annotation.get("Rect"))
    corners = [resolve1(each) for each in given] if isinstance(given, list) else []
    if len(corners) != 4 or not all(isinstance(each, int | float) for each in corners):
        return None
    x0, y0, x1, y1 = page.page_obj.mediabox
    turned = {
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }
    matrix = turned.get(page.page_obj.rotate, (1, 0, 0, 1, -x0, -y0))
    height = x1 - x0 if page.page_obj.rotate in {90, 270} else y1 - y0
    left, low, right, high = apply_matrix_rect(matrix, tuple(corners))
    box = Box(min(left, right), height - max(low, high), max(left, right), height - min(low, high))
    return box if box.width > 1 and box.height > 1 else None
