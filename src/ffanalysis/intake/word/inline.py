"""What stands within a paragraph of a Word file: runs, texts, symbols, controls, pictures.

Whatever is not known is walked into: no element hides the words within it.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from ffanalysis.intake.document import Block, Mark, RemarkKind
from ffanalysis.intake.word.line import Context, Control, Line, claim
from ffanalysis.intake.word.package import (
    Element,
    Relation,
    child,
    children,
    is_on,
    name_of,
    value,
)
from ffanalysis.intake.word.pictures import DRAWN, picture
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.source import (
    TEXTS,
    Fields,
    chosen,
    entry_shown,
    is_field,
    is_ticked,
    shown_symbol,
    words_in,
)
from ffanalysis.intake.word.symbols import in_symbol_font, plain, stretches
from ffanalysis.sheets.rich_text import Place as Height

# What only says how something looks holds no words.
PROPERTIES = frozenset(
    {"w:pPr", "w:rPr", "w:tblPr", "w:tblPrEx", "w:trPr", "w:tcPr", "w:sectPr", "w:tblGrid"}
    | {"w:sdtPr", "w:sdtEndPr", "w:numPr", "w:customXmlPr", "w:smartTagPr", "w:instrText"}
    | {"w:delInstrText", "w:fldData", ""}
)
LOST = {"w:del": RemarkKind.DELETED, "w:moveFrom": RemarkKind.DELETED}
_SPACING = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "a:br": "\n"}
_SPACING |= {"w:noBreakHyphen": "-", "a:p": "\n"}
# What the second reader walks into as we do.
_SEEN_BY_BOTH = frozenset(
    {"w:r", "w:ins", "w:moveTo", "w:smartTag", "w:customXml", "w:hyperlink", "w:fldChar"}
    | {"w:object", "w:sdtContent"}
)
_HEIGHTS: dict[str, Height] = {"superscript": "raised", "subscript": "lowered"}
_FIRST = 500  # elements that are looked at for what is only told
_PROMPT = re.compile(
    r"\W*(click|tap|choose|select|enter|type|insert|please|pick|dd|\[|<|xx)", re.IGNORECASE
)


class Inline:
    """Reads what stands within paragraphs of one part; `boxes` reads what a text box holds."""

    def __init__(
        self,
        reading: Reading,
        fields: Fields,
        relations: dict[str, Relation],
        boxes: Callable[[Element, Context], list[Block]],
    ) -> None:
        self._reading, self._fields, self._relations = reading, fields, relations
        self._boxes = boxes
        self._handlers: dict[str, Callable[[Line, Element, Context], None]] = {
            **dict.fromkeys(PROPERTIES, _nothing),
            **dict.fromkeys(TEXTS, self._text),
            **dict.fromkeys(_SPACING, self._spacing),
            **dict.fromkeys(LOST, self._lost),
            **dict.fromkeys(DRAWN, self._picture),
            **dict.fromkeys(("w:footnoteReference", "w:endnoteReference"), self._note),
            **dict.fromkeys(("w:txbxContent", "w:p", "w:tbl"), self._box),
            "w:r": self._run,
            "w:sym": self._symbol,
            "w:sdt": self._control,
            "w:ffData": self._form_field,
            "w:commentRangeStart": self._comment,
            "w:commentRangeEnd": self._comment,
            "w:commentReference": self._comment,
            "w:hyperlink": self._link,
            "v:textpath": self._word_art,
            "mc:AlternateContent": self._alternatives,
            "m:oMath": self._formula,
        }

    def read(self, line: Line, element: Element, context: Context) -> None:
        """Read what stands in an element into a line."""
        for each in element:
            self.one(line, each, context)

    def one(self, line: Line, element: Element, context: Context) -> None:
        """Read an element into a line."""
        name = name_of(element)
        handler = self._handlers.get(name)
        if handler is not None:
            handler(line, element, context)
        else:
            self.read(line, element, context if name in _SEEN_BY_BOTH else context.unsure())

    def _run(self, line: Line, element: Element, context: Context) -> None:
        properties = child(element, "w:rPr")
        styles = self._reading.styles
        lost = styles.why_lost(properties, context.style)
        lost = lost or styles.why_unseen(properties, context.style, context.ground)
        if lost:
            context = context.losing(lost)
        if properties is not None:
            fonts, height = child(properties, "w:rFonts"), value(child(properties, "w:vertAlign"))
            context = replace(
                context,
                font=value(fonts, "w:ascii") or value(fonts, "w:hAnsi"),
                height=_HEIGHTS.get(height or "", ""),
                tag=context.tag or "highlight" * _is_highlighted(properties),
            )
        self.read(line, element, context)

    def _text(self, line: Line, element: Element, context: Context) -> None:
        written = element.text or ""
        if element in self._fields.instructions:
            context = context.losing(RemarkKind.HIDDEN)
        if not context.tag and element in self._fields.names:
            context = replace(context, tag=self._fields.names[element])
        self._words(line, written, self._reading.atoms.of(element), context)

    def _words(self, line: Line, written: str, atoms: tuple[int, ...], context: Context) -> None:
        """Add words, and the tick boxes among them."""
        seen = in_symbol_font(context.font, written)
        if seen != written:
            line.unsure += (written, seen or "")
        if seen is None:
            line.note(RemarkKind.PICTURE, f"signs of the font {context.font}: {written}")
            line.add("", atoms, context)
            return
        if context.is_prompt or context.lost:
            line.add(plain(seen), atoms, context)
            return
        text = plain(seen)
        self._reading.comments.hear(text)
        for stretch in stretches(text, _own_glyphs(text, context)):
            if stretch.mark is None:
                line.add(stretch.text, atoms, context)
            else:
                line.tick(stretch.mark, atoms, context)

    def _spacing(self, line: Line, element: Element, context: Context) -> None:
        name = name_of(element)
        line.add(_SPACING[name], (), context)
        self._reading.comments.hear(_SPACING[name])
        if name == "a:p":
            self.read(line, element, context.unsure())

    def _lost(self, line: Line, element: Element, context: Context) -> None:
        self.read(line, element, context.losing(LOST[name_of(element)]))

    def _symbol(self, line: Line, element: Element, context: Context) -> None:
        seen, atoms = shown_symbol(element), self._reading.atoms.of(element)
        context = replace(context, font=None)
        if seen is None:
            font, code = value(element, "w:font"), value(element, "w:char")
            line.note(RemarkKind.PICTURE, f"a sign of the font {font} ({code})", atoms=atoms)
            context = context.unsure()
        self._words(line, seen or "", atoms, context)

    def _control(self, line: Line, element: Element, context: Context) -> None:
        """Read a content control; a tick box or a field that holds nothing is one still."""
        within = self.around(element, context)
        for content in children(element, "w:sdtContent"):
            self.read(line, content, within)
        self.close(line, within, context)

    def around(self, element: Element, context: Context) -> Context:
        """What a content control says of what stands in it."""
        properties = child(element, "w:sdtPr")
        box = child(properties, "w14:checkbox")
        control = context.control
        is_prompt = context.is_prompt
        tag = value(child(properties, "w:alias")) or value(child(properties, "w:tag"))
        if box is not None:
            state = Mark.TICKED if is_on(child(box, "w14:checked"), "w14:val") else Mark.EMPTY
            control = Control(self._reading.atoms.of(box), state, _glyphs(box), outer=control)
            context = context.unsure()  # the second reader takes the words beside a glyph for it
        elif is_field(properties):
            asks = is_on(child(properties, "w:showingPlcHdr"))
            is_prompt = is_prompt or asks
            doubt = self._doubt(element) if asks else ()
            atoms = self._reading.atoms.of(properties)
            control = Control(atoms, doubt=doubt, outer=control)
        return replace(context, tag=tag or context.tag, control=control, is_prompt=is_prompt)

    def close(self, line: Line, within: Context, context: Context) -> None:
        """Place a control that nothing in it has placed."""
        control = within.control
        if control is None or control is context.control or control.is_placed:
            return
        if control.state is None:
            line.add("", (), within) if not within.lost else line.lose(
                within.lost, "", claim(within, line)
            )
        else:
            self._tick_alone(line, control, within)

    @staticmethod
    def _tick_alone(line: Line, control: Control, within: Context) -> None:
        atoms = claim(within, line) if within.lost else ()
        line.tick(control.state or Mark.EMPTY, atoms, within)

    @staticmethod
    def _doubt(element: Element) -> tuple[str, ...]:
        """Both readings where what stands for a prompt does not look like one."""
        words = words_in(element, _FIRST)
        within = islice(element.iter(), _FIRST)
        styles = (value(each) or "" for each in within if name_of(each) == "w:rStyle")
        if not words or _PROMPT.match(words) or any("laceholder" in style for style in styles):
            return ()
        return (words, "a prompt that nobody has answered")

    def _form_field(self, line: Line, element: Element, context: Context) -> None:
        """Read a field of an old form: its box, or what its list shows; its words stand apart."""
        atoms = self._reading.atoms
        named = replace(context, tag=context.tag or value(child(element, "w:name")) or "")
        for each in element:
            name = name_of(each)
            if name == "w:checkBox":
                mark = Mark.TICKED if is_ticked(each) else Mark.EMPTY
                line.tick(mark, atoms.of(each), named)
            elif name == "w:ddList":
                line.add(plain(entry_shown(each)), atoms.of(each), named.unsure())
            elif name == "w:textInput":
                line.add("", atoms.of(each), named)

    def _box(self, line: Line, element: Element, context: Context) -> None:
        line.blocks += self._boxes(element, context)

    def _note(self, line: Line, element: Element, _context: Context) -> None:
        kind = name_of(element).removeprefix("w:").removesuffix("Reference")
        line.notes.append(f"{kind} {value(element, 'w:id')}")

    def _comment(self, _line: Line, element: Element, _context: Context) -> None:
        self.comment(element)

    def comment(self, element: Element) -> None:
        """Note where the words that a comment is on begin or end."""
        number, comments = value(element, "w:id") or "", self._reading.comments
        act = {"w:commentRangeStart": comments.begin, "w:commentRangeEnd": comments.end}
        act.get(name_of(element), comments.refer)(number)

    def _link(self, line: Line, element: Element, context: Context) -> None:
        relation = self._relations.get(value(element, "r:id") or "")
        if relation and relation.is_outside and not relation.target.startswith("mailto:"):
            line.note(RemarkKind.LINK, words_in(element, _FIRST), relation.target[:300])
        self.read(line, element, context)

    def _word_art(self, line: Line, element: Element, context: Context) -> None:
        text = plain(value(element, "string") or "")
        line.add(text, self._reading.atoms.of(element), context.unsure())

    def _picture(self, line: Line, element: Element, context: Context) -> None:
        found = picture(element, self._relations, self._reading.package)
        if found is not None:
            line.note(RemarkKind.PICTURE, *found)
        self.read(line, element, context)

    def _alternatives(self, line: Line, element: Element, context: Context) -> None:
        read = chosen(element)
        if read is not None:
            self.read(line, read, context.unsure())
            self.differing(line, element, read)

    def differing(self, line: Line, element: Element, read: Element) -> None:
        """Note the alternatives that hold other words than the one that is read."""
        for other in element:
            if other is not read and name_of(other):
                atoms = self._reading.atoms.within(other)
                words = words_in(read), words_in(other)
                line.note(RemarkKind.DIFFERS, *words, atoms=atoms)
                line.unsure += words

    def _formula(self, line: Line, element: Element, context: Context) -> None:
        """Read a formula. What stands above or below a line in it cannot be told in words."""
        parts = {name_of(each) for each in element} - {"m:r", "m:oMathParaPr", *PROPERTIES}
        line.unsure.append(words_in(element))
        if not parts:
            self.read(line, element, context.unsure())
            return
        texts = [each for each in element.iter() if name_of(each) in TEXTS]
        words = " ".join(each.text or "" for each in texts)
        line.note(RemarkKind.PICTURE, f"a formula: {words}", atoms=self._reading.atoms.of(*texts))


def _is_highlighted(properties: Element) -> bool:
    """Whether a run is marked in a colour; some programs write that as its shade."""
    shade = value(child(properties, "w:shd"), "w:fill") or "auto"
    return value(child(properties, "w:highlight")) not in (None, "none") or shade.lower() not in (
        "auto",
        "ffffff",
    )


def _nothing(_line: Line, _element: Element, _context: Context) -> None:
    """Pass over what holds no words."""


def _glyphs(box: Element) -> dict[str, Mark]:
    """What the two glyphs of a tick box mean, where they are two."""
    found = {}
    for name, mark in (("w14:uncheckedState", Mark.EMPTY), ("w14:checkedState", Mark.TICKED)):
        code = value(child(box, name), "w14:val") or ""
        if re.fullmatch("[0-9A-Fa-f]{1,5}", code) and not 0xD800 <= int(code, 16) < 0xE000:
            found[chr(int(code, 16))] = mark
    return found if len(found) > 1 else {}


def _own_glyphs(text: str, context: Context) -> dict[str, Mark]:
    """The glyphs of the tick box that a text stands in, where the text is one of them."""
    control = context.control
    if control is None or control.is_placed or control.state is None:
        return {}
    return control.own if text.strip() in control.own else {}
