"""The words of a page, each numbered as an atom before anything is made of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pdfplumber.utils.text import extract_words

from ffanalysis.intake.document import Atom, AtomKind, Mark
from ffanalysis.intake.pdf.ink import Box, Ink
from ffanalysis.intake.pdf.marks import mark_of
from ffanalysis.sheets.rich_text import as_set

_GAP: Final = 0.15  # of a letter's size: what is wider parts words
_RAISED: Final = 0.2  # of a letter's size: what stands so far above the line is a raised mark
_LIGATURES: Final = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_UNWRITTEN: Final = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\0\ufe0e\ufe0f")),
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
}
_BOLD: Final = ("bold", "black", "heavy", "semibold", "demi")
UNKNOWN_SIGN: Final = "(cid:"  # how pdfminer writes a sign that the file gives no letter for


@dataclass(frozen=True, slots=True)
class Token:
    """Part of a word, or a tick box, or what a field holds: all that stays together.

    `glyphs` are the places of its letters, with which it can be cut in two.
    """

    text: str
    box: Box
    page: int
    atom: int
    size: float = 0.0
    bold: bool = False
    mcid: int | None = None
    aside: bool = False
    mark: Mark | None = None
    tag: str = ""
    glyphs: tuple[tuple[str, float, float], ...] = ()
    is_field: bool = False
    more: tuple[int, ...] = ()  # other atoms that it is made of

    @property
    def atoms(self) -> tuple[int, ...]:
        return (self.atom, *self.more)

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box.x0 + self.box.x1) / 2, (self.box.top + self.box.bottom) / 2


class Atoms:
    """The atoms of a document, numbered as they are counted."""

    def __init__(self) -> None:
        self.found: list[Atom] = []

    def add(self, kind: AtomKind, text: str) -> int:
        self.found.append(Atom(kind, text))
        return len(self.found) - 1


def tokens_of(ink: Ink, atoms: Atoms) -> list[Token]:
    """The words that a page shows, in pdfplumber's own count."""
    return _with_raised(list(_tokens(_once(ink.signs), ink.number, atoms)))


def _with_raised(tokens: Sequence[Token]) -> list[Token]:
    """Words that stand right behind another and above its line, as raised marks of it."""
    ends: dict[int, list[Token]] = {}
    for token in tokens:
        ends.setdefault(round(token.box.x1), []).append(token)
    marked = []
    for token in tokens:
        near = round(token.box.x0)
        before = (each for at in (near - 1, near, near + 1) for each in ends.get(at, ()))
        is_raised = any(_stands_above(token, each) for each in before)
        marked.append(replace(token, text=as_set(token.text, "raised")) if is_raised else token)
    return marked


def _stands_above(token: Token, word: Token) -> bool:
    """Whether a word begins where another ends, and stands above its line, but not above it."""
    rise = word.box.bottom - token.box.bottom
    is_behind = abs(token.box.x0 - word.box.x1) < _GAP * word.size
    return (
        is_behind
        and token.size <= word.size
        and _RAISED * word.size < rise < word.box.bottom - word.box.top
    )


def unseen_of(ink: Ink, atoms: Atoms) -> Iterator[tuple[str, list[Token]]]:
    """Why words are not seen, and which."""
    for why, signs in ink.unseen.items():
        found = list(_tokens(_once(signs), ink.number, atoms))
        if found:
            yield why, found


def _once(signs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Letters without those that are printed twice at one place, which makes them bold."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for sign in signs:
        x, y = round(sign["x0"]), round(sign["top"])
        if not sign["text"].isspace():
            near = ((sign["text"], x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
            if sign["x1"] - sign["x0"] > 2 and any(place in seen for place in near):
                continue
            seen.add((sign["text"], x, y))
        kept.append(sign)
    return kept


def _tokens(signs: list[dict[str, Any]], page: int, atoms: Atoms) -> Iterator[Token]:
    words = extract_words(signs, return_chars=True, x_tolerance_ratio=_GAP, y_tolerance=3)
    for word in words:
        for mark, letters in _runs(word["chars"], _mark):
            text = written(letters)
            if not text:
                continue
            kind = AtomKind.SYMBOL if mark else AtomKind.TEXT
            atom = atoms.add(kind, text)
            for _, part in _runs(letters, lambda sign: (sign["mcid"], sign["aside"])):
                yield _token(part, page, atom, mark)


def _mark(sign: dict[str, Any]) -> Mark | None:
    return mark_of(sign["text"], sign["fontname"])


def _runs(
    signs: Sequence[dict[str, Any]], key: Callable[[dict[str, Any]], Any]
) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Stretches of letters that are of one kind."""
    run: list[dict[str, Any]] = []
    kind: Any = None
    for sign in signs:
        found = key(sign)
        if run and found != kind:
            yield kind, run
            run = []
        kind = found
        run.append(sign)
    if run:
        yield kind, run


def written(signs: Sequence[dict[str, Any]]) -> str:
    """What letters say: ligatures taken apart, raised marks as such, no signs without a width."""
    return "".join(_shown(signs))


def _shown(signs: Sequence[dict[str, Any]]) -> list[str]:
    """What each letter says. A raised 2 behind 100 is the mark of a note: "100²"."""
    shown: list[str] = []
    for is_raised, run in _runs(signs, _raised_above(signs)):
        texts = [_LIGATURES.get(sign["text"], sign["text"]) for sign in run]
        if is_raised:
            texts = list(as_set("".join(texts), "raised"))
        shown += [text.translate(_UNWRITTEN) for text in texts]
    return shown


def _raised_above(signs: Sequence[dict[str, Any]]) -> Callable[[dict[str, Any]], bool]:
    """Whether a letter of a word stands above the line that its largest letters stand on."""
    largest = max((sign["size"] for sign in signs), default=0.0)
    line = max((sign["bottom"] for sign in signs if sign["size"] == largest), default=0.0)
    return lambda sign: bool(sign["bottom"] < line - _RAISED * largest)


def _token(signs: Sequence[dict[str, Any]], page: int, atom: int, mark: Mark | None) -> Token:
    first, shown = signs[0], _shown(signs)
    box = Box(
        min(sign["x0"] for sign in signs),
        min(sign["top"] for sign in signs),
        max(sign["x1"] for sign in signs),
        max(sign["bottom"] for sign in signs),
    )
    name = first["fontname"].casefold()
    return Token(
        text="" if mark else "".join(shown),
        box=box,
        page=page,
        atom=atom,
        size=max(sign["size"] for sign in signs),
        bold=any(word in name for word in _BOLD),
        mcid=first["mcid"],
        aside=first["aside"],
        mark=mark,
        glyphs=tuple(
            (text, sign["x0"], sign["x1"]) for text, sign in zip(shown, signs, strict=False)
        ),
    )


def cut(token: Token, where: Iterable[float]) -> list[Token]:
    """A word in parts, each on its side of upright lines that it crosses."""
    edges = sorted(x for x in where if token.box.x0 + 1 < x < token.box.x1 - 1)
    if not edges or len(token.glyphs) < 2:
        return [token]
    parts: dict[int, list[tuple[str, float, float]]] = {}
    for glyph in token.glyphs:
        middle = (glyph[1] + glyph[2]) / 2
        parts.setdefault(sum(edge < middle for edge in edges), []).append(glyph)
    return [
        replace(
            token,
            text="" if token.mark else "".join(glyph[0] for glyph in part),
            box=Box(part[0][1], token.box.top, part[-1][2], token.box.bottom),
            glyphs=tuple(part),
        )
        for _, part in sorted(parts.items())
    ]
