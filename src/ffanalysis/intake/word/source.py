"""What is in a part of a Word file before it is read: its atoms, alternatives and old fields.

Atoms are counted by looking at each element, wherever it stands; whoever walks the document names
those that it reached. Words that a file holds twice, for old and new versions of Word, are taken
out once before: of alternatives that hold the same words the first stays.
"""

from itertools import islice
from typing import NamedTuple

from ffanalysis.intake.document import Atom, AtomKind
from ffanalysis.intake.word.package import Element, child, children, is_on, name_of, value
from ffanalysis.intake.word.symbols import symbol
from ffanalysis.sheets.limits import Refused

TEXTS = frozenset({"w:t", "w:delText", "a:t", "m:t"})
_DEEPEST_FIELD = 50  # Word allows twenty; more have never ended
_DEEPEST_ALTERNATIVE = 8
_FIELDS = frozenset({"w:textInput", "w:ddList"})
_BOXES = frozenset({"w14:checkbox", "w:checkBox"})
_CONTROLS = ("w:dropDownList", "w:comboBox", "w:date", "w:showingPlcHdr")


class Atoms:
    """Each piece of the source that must end somewhere, by the element that it is."""

    def __init__(self) -> None:
        self.found: list[Atom] = []
        self._numbers: dict[Element, int] = {}

    def count(self, root: Element) -> None:
        """Count those of a part, in the order in which they stand."""
        for element in root.iter():
            atom = _atom(element)
            if atom is not None and element not in self._numbers:
                self._numbers[element] = len(self.found)
                self.found.append(atom)

    def of(self, *elements: Element) -> tuple[int, ...]:
        """The atoms that these elements are."""
        return tuple(self._numbers[each] for each in elements if each in self._numbers)

    def within(self, element: Element) -> tuple[int, ...]:
        """The atoms that stand anywhere in an element."""
        return self.of(*element.iter())


def _atom(element: Element) -> Atom | None:
    name = name_of(element)
    if name in TEXTS:
        return _text_atom(element.text)
    if name == "v:textpath":
        return _text_atom(value(element, "string"))
    if name == "w:sym":
        return Atom(AtomKind.SYMBOL, shown_symbol(element) or "")
    if name in _BOXES:
        return Atom(AtomKind.BOX, "")
    if name in _FIELDS or (name == "w:sdtPr" and is_field(element)):
        return Atom(AtomKind.FIELD, "")
    return None


def _text_atom(text: str | None) -> Atom | None:
    return Atom(AtomKind.TEXT, text) if text and text.strip() else None


def is_field(properties: Element | None) -> bool:
    """Whether a content control is one to be answered: a choice, a date, a prompt."""
    return child(properties, "w14:checkbox") is None and any(
        child(properties, name) is not None for name in _CONTROLS
    )


def shown_symbol(element: Element) -> str | None:
    """The character that a <w:sym> shows; None where it is not known."""
    try:
        return symbol(value(element, "w:font"), int(value(element, "w:char") or "", 16))
    except ValueError:
        return None


def words_in(element: Element, most: int | None = None) -> str:
    """All words in an element, however they are set; or those in the first of its elements."""
    found = []
    for each in islice(element.iter(), most):
        name = name_of(each)
        if name in TEXTS:
            found.append(each.text or "")
        elif name == "w:sym":
            found.append(shown_symbol(each) or "")
        elif name == "v:textpath":
            found.append(value(each, "string") or "")
        elif name == "w:p":
            found.append(" ")
    return " ".join("".join(found).split())


def drop_repeated(root: Element) -> None:
    """Take out alternatives that repeat the words of the one before them, and empty ones."""
    found = [each for each in root.iter() if name_of(each) == "mc:AlternateContent"]
    for alternatives in reversed(found):  # those within another come first
        around = sum(
            name_of(each) == "mc:AlternateContent" for each in alternatives.iterancestors()
        )
        if around > _DEEPEST_ALTERNATIVE:
            raise Refused("its alternatives nest deeper than Word ever writes them.")
        kept = chosen(alternatives)
        words = "" if kept is None else words_in(kept).replace(" ", "")
        for each in list(alternatives):
            if each is not kept and words_in(each).replace(" ", "") in ("", words):
                alternatives.remove(each)


def chosen(alternatives: Element) -> Element | None:
    """The alternative that is read: the first with words, else the first."""
    known = [each for each in alternatives if name_of(each) in ("mc:Choice", "mc:Fallback")]
    return next((each for each in known if words_in(each)), known[0] if known else None)


class Fields(NamedTuple):
    """Old fields of a part, which begin in one run and end in another.

    `instructions` are texts that say what a field is, which nobody sees; `names` the names of the
    fields of a form, by the texts that answer them.
    """

    instructions: set[Element]
    names: dict[Element, str]


class _Open:
    """A field that has begun."""

    def __init__(self, begin: Element) -> None:
        self.name = value(child(begin, "w:ffData", "w:name")) or ""
        self.has_result = False
        self.unseen: list[Element] = []
        self.answers: list[Element] = []


def fields_in(root: Element) -> Fields:
    """The old fields of a part. One that never ends is none: its words are seen."""
    fields = Fields(set(), {})
    open_fields: list[_Open] = []
    for element in root.iter():
        name = name_of(element)
        if name == "w:fldChar":
            _turn(element, open_fields, fields)
        elif name in TEXTS and open_fields:
            _note(element, open_fields)
    return fields


def _turn(sign: Element, open_fields: list[_Open], fields: Fields) -> None:
    """Begin a field, come to its result, or end it."""
    kind = value(sign, "w:fldCharType")
    if kind == "begin":
        open_fields.append(_Open(sign))
        del open_fields[:-_DEEPEST_FIELD]
    elif kind == "separate" and open_fields:
        open_fields[-1].has_result = True
    elif kind == "end" and open_fields:
        ended = open_fields.pop()
        fields.instructions.update(ended.unseen)
        fields.names.update((each, ended.name) for each in ended.answers)


def _note(element: Element, open_fields: list[_Open]) -> None:
    """Note a text within fields: with the outermost that does not show it, or its form's field."""
    hides = next((each for each in open_fields if not each.has_result), None)
    if hides is not None:
        hides.unseen.append(element)
    elif open_fields[-1].name:
        open_fields[-1].answers.append(element)


def is_ticked(box: Element) -> bool:
    """The state of an old form's tick box."""
    checked = child(box, "w:checked")
    return is_on(checked if checked is not None else child(box, "w:default"))


def entry_shown(choice: Element) -> str:
    """What an old form's drop-down shows: the entry chosen, else the first."""
    entries = [value(each) or "" for each in children(choice, "w:listEntry")]
    picked = value(child(choice, "w:result")) or value(child(choice, "w:default")) or "0"
    place = int(picked) if picked.isdecimal() and len(picked) < 6 else 0
    return entries[place] if place < len(entries) else ""
