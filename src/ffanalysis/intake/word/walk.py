"""Walk what holds paragraphs and tables in a part of a Word file, and say where each stands."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ffanalysis.intake.document import Block, RemarkKind
from ffanalysis.intake.word.colours import ground_of_box
from ffanalysis.intake.word.inline import LOST, PROPERTIES, Inline
from ffanalysis.intake.word.line import Context, Line
from ffanalysis.intake.word.package import Element, Relation, child, children, name_of, value
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.source import TEXTS, chosen, fields_in
from ffanalysis.intake.word.tables import Tables

_IN_LINE = TEXTS | {"w:r", "w:hyperlink", "w:fldSimple", "w:drawing", "w:pict", "w:object"}
_IN_LINE |= {"w:sym", "w:ruby", "w:dir", "w:bdo", "m:oMath", "m:oMathPara", "w:txbxContent"}


@dataclass
class Flow:
    """Blocks as they follow each other; `open` is a paragraph whose end was deleted."""

    blocks: list[Block] = field(default_factory=list)
    open: Line | None = None


class Walk:
    """Reads one part. In the body paragraphs are counted, elsewhere they have one place."""

    def __init__(self, reading: Reading, root: Element, relations: dict[str, Relation]) -> None:
        self._reading = reading
        self._inline = Inline(reading, fields_in(root), relations, self._box)
        self._tables = Tables(reading, self._inline, self.blocks)
        self._relations = relations
        self._paragraphs = 0
        self._handlers: dict[str, Callable[[Flow, Element, Context], None]] = {
            **dict.fromkeys(PROPERTIES, _nothing),
            **dict.fromkeys(LOST, self._lost),
            **dict.fromkeys(("w:commentRangeStart", "w:commentRangeEnd"), self._comment),
            **dict.fromkeys(("w:altChunk", "w:subDoc"), self._other_file),
            **dict.fromkeys(_IN_LINE, self._bare),
            "w:p": self._paragraph,
            "w:tbl": self._table,
            "w:sdt": self._control,
            "mc:AlternateContent": self._alternatives,
        }

    def blocks(self, element: Element, context: Context) -> list[Block]:
        """The paragraphs and tables in an element."""
        flow = Flow()
        self._into(flow, element, context)
        self._end(flow, context)
        return flow.blocks

    def _into(self, flow: Flow, element: Element, context: Context) -> None:
        for each in element:
            self._one(flow, each, context)

    def _one(self, flow: Flow, element: Element, context: Context) -> None:
        self._handlers.get(name_of(element), self._into)(flow, element, context)

    def _paragraph(self, flow: Flow, element: Element, context: Context) -> None:
        properties = child(element, "w:pPr")
        line, flow.open = flow.open or Line(), None
        style = value(child(properties, "w:pStyle"))
        ground = self._reading.styles.ground(properties, context.ground)
        self._inline.read(line, element, replace(context, style=style, ground=ground))
        marks = child(properties, "w:rPr")
        is_joined = any(child(marks, name) is not None for name in LOST)
        if is_joined and not context.lost:
            flow.open = line
            return
        self._close(flow, line, context, self._reading.styles.level(element))

    def _bare(self, flow: Flow, element: Element, context: Context) -> None:
        """Read what should stand in a paragraph and does not."""
        self._end(flow, context)
        line = Line()
        self._inline.one(line, element, context)
        self._close(flow, line, context)

    def _end(self, flow: Flow, context: Context) -> None:
        """End the paragraph that is still open, if one is."""
        if flow.open is not None:
            line, flow.open = flow.open, None
            self._close(flow, line, context)

    def _close(self, flow: Flow, line: Line, context: Context, level: int = 0) -> None:
        """End a paragraph: now it is known whether it counts, and so where it stands."""
        if context.control is not None and not line.is_blank:
            self._inline.close(line, context, Context())
        if context.place:
            place = context.place
        elif line.is_blank:
            place = f"after paragraph {self._paragraphs}" if self._paragraphs else "the beginning"
        else:
            self._paragraphs += 1
            place = f"paragraph {self._paragraphs}"
        if not line.is_blank:
            flow.blocks.append(line.paragraph(place, level))
        flow.blocks += line.blocks
        self._reading.remarks += line.remarks(place)
        self._reading.unsure[place] += line.unsure
        self._reading.notes.update(dict.fromkeys(line.notes, place))
        self._reading.comments.settle(place)

    def _table(self, flow: Flow, element: Element, context: Context) -> None:
        self._end(flow, context)
        flow.blocks += self._tables.read(element, context)

    def _control(self, flow: Flow, element: Element, context: Context) -> None:
        within = self._inline.around(element, context)
        for content in children(element, "w:sdtContent"):
            self._into(flow, content, within)
        line = flow.open or Line()
        self._inline.close(line, within, context)
        if flow.open is None and not line.is_empty:
            self._close(flow, line, replace(within, control=context.control))

    def _lost(self, flow: Flow, element: Element, context: Context) -> None:
        self._into(flow, element, context.losing(LOST[name_of(element)]))

    def _comment(self, _flow: Flow, element: Element, _context: Context) -> None:
        self._inline.comment(element)

    def _alternatives(self, flow: Flow, element: Element, context: Context) -> None:
        read = chosen(element)
        if read is not None:
            self._into(flow, read, context.unsure())
            line = Line()
            self._inline.differing(line, element, read)
            self._close(flow, line, context)

    def _other_file(self, flow: Flow, element: Element, context: Context) -> None:
        """Note where another file stands in this one, which is not read."""
        relation = self._relations.get(value(element, "r:id") or "")
        line = Line()
        what = f"a file within the paper, not read: {relation.target if relation else ''}"
        line.note(RemarkKind.PICTURE, what[:300])
        self._close(flow, line, context)

    def _box(self, element: Element, context: Context) -> list[Block]:
        """The blocks of a text box; a paragraph or a table within a paragraph is taken for one."""
        self._reading.boxes += 1
        inner = "text box" if not context.place or context.place.startswith("text box") else ""
        place = f"text box {self._reading.boxes}" if inner else f"{context.place}, a text box"
        within = replace(
            context,
            place=place,
            is_cell=False,
            is_unsure=True,
            font=None,
            height="",
            ground=ground_of_box(element),
        )
        if name_of(element) == "w:txbxContent":
            return self.blocks(element, within)
        flow = Flow()
        self._one(flow, element, within)
        self._end(flow, within)
        return flow.blocks


def _nothing(_flow: Flow, _element: Element, _context: Context) -> None:
    """Pass over what holds no words."""
