"""A paragraph of a Word file while it is read, and what is known of the place it stands in."""

from dataclasses import dataclass, field, replace

from ffanalysis.intake.document import Block, Mark, Paragraph, Piece, Remark, RemarkKind
from ffanalysis.intake.word.colours import WHITE, Colour
from ffanalysis.sheets.rich_text import Place as Height
from ffanalysis.sheets.rich_text import as_set

_SHOWN = {Mark.TICKED: "☒", Mark.EMPTY: "☐", Mark.DOUBTFUL: "☒?"}


@dataclass
class Control:
    """A content control whose state or answer is still to be placed: what stands in it first.

    `state` is what a tick box says by itself, `own` what its two glyphs mean; `doubt` two readings
    of what stands in it.
    """

    atoms: tuple[int, ...]
    state: Mark | None = None
    own: dict[str, Mark] = field(default_factory=dict)
    doubt: tuple[str, ...] = ()
    outer: "Control | None" = None
    is_placed: bool = False

    def judge(self, shown: Mark) -> Mark:
        """The state of the box, where its glyph shows this."""
        is_borne_out = shown is self.state or (shown is Mark.DOUBTFUL and self.state is Mark.TICKED)
        return self.state if self.state and is_borne_out else Mark.DOUBTFUL


@dataclass(frozen=True)
class Context:
    """What is around an element.

    Attributes:
        place: of what stands here; "" in the body, where paragraphs and tables are counted.
        tag: the name of the content control around it.
        is_prompt: whether words here only ask for an answer.
        lost: why words here are not words of the paper.
        control: the innermost content control whose answer is still to be placed.
        is_cell: whether it is within a cell of a table.
        is_unsure: whether the second reader may not see what stands here.
        style: of the paragraph.
        font: of a run.
        height: whether a run is raised or lowered.
        ground: the colour behind words; None where it is not known.

    """

    place: str = ""
    tag: str = ""
    is_prompt: bool = False
    lost: RemarkKind | None = None
    control: Control | None = None
    is_unsure: bool = False
    is_cell: bool = False
    style: str | None = None
    font: str | None = None
    height: Height = ""
    ground: Colour | None = WHITE

    def losing(self, kind: RemarkKind) -> "Context":
        """The same where words are not words of the paper; what is around it says why."""
        return self if self.lost else replace(self, lost=kind)

    def unsure(self) -> "Context":
        return self if self.is_unsure else replace(self, is_unsure=True)


def shown(piece: Piece) -> str:
    """A piece as it is seen, its tick box too."""
    return piece.text if piece.mark is None else _SHOWN[piece.mark]


@dataclass
class _Growing:
    """A piece, or words beside the text, while more of its kind may follow."""

    texts: list[str]
    atoms: list[int]
    mark: Mark | None = None
    tag: str = ""

    def more(self, text: str, atoms: tuple[int, ...]) -> None:
        self.texts.append(text)
        self.atoms += atoms

    @property
    def piece(self) -> Piece:
        return Piece("".join(self.texts), tuple(self.atoms), self.mark, self.tag)


class Line:
    """Gathers the pieces of a paragraph, and what stands beside them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []  # of text boxes that are anchored here
        self.unsure: list[str] = []  # words that one of two readers may see
        self.notes: list[str] = []
        self._pieces: list[_Growing] = []
        self._beside: list[tuple[RemarkKind, tuple[str, ...], _Growing]] = []
        self._joins: RemarkKind | None = None
        self._has_words = False

    def add(self, text: str, atoms: tuple[int, ...], context: Context) -> None:
        """Add words, to those before them where they are of one kind."""
        if context.lost:
            self.lose(context.lost, text, atoms)
            return
        atoms = claim(context, self, boxes=False) + atoms
        if context.is_prompt or context.is_unsure:
            self.unsure.append(text)
        if context.is_prompt:
            text = ""
        elif context.height and self._has_words:
            text = as_set(text, context.height)
        if text.strip():
            self._joins, self._has_words = None, True
        self._append(text, atoms, context.tag)

    def _append(self, text: str, atoms: tuple[int, ...], tag: str) -> None:
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.mark is None and last.tag == tag:
            last.more(text, atoms)
        elif text or atoms:
            self._pieces.append(_Growing([text], [*atoms], None, tag))

    def tick(self, mark: Mark, atoms: tuple[int, ...], context: Context) -> None:
        """Add a tick box."""
        if context.lost:
            self.lose(context.lost, _SHOWN[mark], atoms)
            return
        control = context.control
        if control is not None and not control.is_placed and control.state is not None:
            mark = control.judge(mark)
        self._joins = None
        self._pieces.append(_Growing([""], [*claim(context, self), *atoms], mark, context.tag))

    def lose(self, kind: RemarkKind, text: str, atoms: tuple[int, ...]) -> None:
        """Note words that are not words of the paper, with those before them."""
        if kind is not RemarkKind.DELETED:
            self.unsure.append(text)
        if self._joins is kind:
            self._beside[-1][2].more(text, atoms)
        elif text.strip() or atoms:
            self._beside.append((kind, (), _Growing([text], [*atoms])))
            self._joins = kind

    def note(self, kind: RemarkKind, *readings: str, atoms: tuple[int, ...] = ()) -> None:
        """Note what stands here and is not words."""
        self._beside.append((kind, readings, _Growing([], [*atoms])))
        self._joins = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it, not even an answer that is not given."""
        return not self._has_words and not any(
            piece.atoms or piece.mark is not None for piece in self._pieces
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted beside it either."""
        return self.is_blank and not self._beside

    def paragraph(self, place: str, level: int) -> Paragraph:
        return Paragraph(tuple(each.piece for each in self._pieces), place, level)

    def remarks(self, place: str) -> list[Remark]:
        """What was noted beside the words."""
        found = []
        for kind, readings, lost in self._beside:
            told = readings or ("".join(lost.texts),)
            spaced = tuple(" ".join(each.split()) for each in told)
            if lost.atoms or any(spaced):
                found.append(Remark(kind, place, spaced, tuple(lost.atoms)))
        return found


def claim(context: Context, line: Line, *, boxes: bool = True) -> tuple[int, ...]:
    """The atoms of the controls around that are still to be placed; they are placed now.

    Words do not place a tick box, which may stand behind them.
    """
    atoms: tuple[int, ...] = ()
    control = context.control
    while control is not None:
        if not control.is_placed and (boxes or control.state is None):
            control.is_placed = True
            atoms = control.atoms + atoms
            if control.doubt:
                line.note(RemarkKind.DIFFERS, *control.doubt)
        control = control.outer
    return atoms
