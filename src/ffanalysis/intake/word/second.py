"""Ask a second reader, mammoth, for the words of the same Word file, and say where it differs.

It is given the document alone, without pictures, notes and styles, so that it opens nothing that
was not opened within limits already. What only one of the two can see (text boxes, words struck
through, the prompts of a form) is no difference. Where it gives up, that is said, and no error.
"""

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

from ffanalysis.intake.document import Block, Mark, Paragraph, Remark, RemarkKind, Table
from ffanalysis.intake.word.package import Package
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.symbols import plain, stretches

_MOST_TAGS = 250_000  # it takes ten times the memory and time that we do
_DEEPEST, _DEEPEST_FIELD = 60, 50
_MOST_LINES = 3_000
_MOST_REMARKS = 40
_PAPER = "the paper as a whole"
_SIGNS = {Mark.TICKED: "☒", Mark.EMPTY: "☐", Mark.DOUBTFUL: "⍰"}
_ALL_SIGNS = frozenset(_SIGNS.values())
_ORNAMENTS = ("So", "Sk", "Co", "Mn")  # what the two know of symbol fonts differs
_NO_SIGNS = str.maketrans("", "", "".join(_SIGNS.values()))
# Where one stands between rows, the second reader loses which cells are merged.
_BOOKMARKS = re.compile(rb"<w:bookmark(?:Start|End)\b[^<>]*/>")
_FIELD = re.compile(rb"""fldCharType=["'](begin|end)""")
_ASKED = re.compile(rb"""\b\w+:(?:embed|link|id)=["']([^"'<>&]*)["']""")
_UNSURE_OF_MERGES = "cell merging may be incorrect"


class _Cell(NamedTuple):
    row: int
    column: int
    rows: int
    columns: int
    content: Sequence[Any]


class _Change(NamedTuple):
    """Where two rows of paragraphs differ: from which to which, of ours and of theirs."""

    first: tuple[int, int]
    second: tuple[int, int]

    @property
    def ours(self) -> int:
        return self.first[1] - self.first[0]


class _Second(NamedTuple):
    """What the second reader says: its blocks, and whether it is sure of merged cells."""

    blocks: Sequence[Any]
    is_sure: bool


def differences(reading: Reading, blocks: Sequence[Block]) -> list[Remark]:
    """Where the second reader gives other words, or words in another place; both readings."""
    content = reading.package.read(reading.package.main)
    if _is_too_much(reading.package, content):
        return [_about_paper("read once: too long or too deep for the second reader")]
    try:
        second = _read(reading.package, content)
    except Exception:  # noqa: BLE001 - whatever it trips over, the paper has been read
        return [_about_paper("read once: the second reader cannot read it")]
    found = _Comparison(reading, is_sure=second.is_sure)
    found.flow(blocks, second.blocks, "")
    remarks = found.remarks
    if len(remarks) > _MOST_REMARKS:
        left = len(remarks) - _MOST_REMARKS
        remarks = [*remarks[:_MOST_REMARKS], _about_paper(f"{left:,} more differences")]
    return remarks


def _is_too_much(package: Package, content: bytes) -> bool:
    """Whether the second reader would take too long."""
    if content.count(b"<") > _MOST_TAGS or package.deepest > _DEEPEST:
        return True
    steps = (1 if kind == b"begin" else -1 for kind in _FIELD.findall(content))
    return max(accumulate(steps), default=0) > _DEEPEST_FIELD


def _about_paper(said: str) -> Remark:
    return Remark(RemarkKind.DIFFERS, _PAPER, (said,))


def _read(package: Package, content: bytes) -> _Second:
    import mammoth

    said: list[Any] = []

    def keep(document: Any) -> Any:
        said.append(document)
        return document.copy(children=[])  # nothing is left to be made into a page

    result = mammoth.convert_to_html(
        io.BytesIO(_alone(package, _BOOKMARKS.sub(b"", content))),
        transform_document=keep,
        include_embedded_style_map=False,
        include_default_style_map=False,
        external_file_access=False,
        convert_image=lambda _: [],
    )
    is_sure = not any(_UNSURE_OF_MERGES in str(each.message) for each in result.messages)
    return _Second(said[0].children, is_sure)


def _alone(package: Package, content: bytes) -> bytes:
    """A package of the document alone; what it refers to has a name and is not there."""
    start = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = package.relations(package.main)
    asked = {key.decode("utf-8", "replace") for key in _ASKED.findall(content)}
    within = "".join(_written(f"{kind}/image", key) for key in sorted(asked | {*relations}))
    main = _written(f"{kind}/officeDocument", "main", "word/document.xml")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("_rels/.rels", start + main.encode() + b"</Relationships>")
        archive.writestr(
            "word/_rels/document.xml.rels", start + within.encode() + b"</Relationships>"
        )
        archive.writestr("word/document.xml", content)
    return stream.getvalue()


def _written(kind: str, key: str, target: str = "nowhere") -> str:
    key = key.translate({ord(sign): f"&#{ord(sign)};" for sign in "<>&\"'"})
    return f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'


def _bare(text: str) -> str:
    """Words as they are compared: without spaces and ornaments, raised signs set down."""
    words = "".join(unicodedata.normalize("NFKC", text).split())
    if words.isascii():
        return words
    return "".join(
        sign for sign in words if sign in _ALL_SIGNS or unicodedata.category(sign) not in _ORNAMENTS
    )


def _ours(paragraph: Paragraph) -> str:
    return _bare(
        "".join(
            piece.text if piece.mark is None else _SIGNS[piece.mark] for piece in paragraph.pieces
        )
    )


def _theirs(element: Any) -> str:
    """The words and boxes of a paragraph as the second reader has them."""
    return _bare("".join(_said(element)))


def _said(element: Any) -> Iterator[str]:
    kind = type(element).__name__
    if kind == "Text":
        for stretch in stretches(plain(element.value), {}):
            yield stretch.text if stretch.mark is None else _SIGNS[stretch.mark]
    elif kind == "Checkbox":
        yield _SIGNS[Mark.TICKED if element.checked else Mark.EMPTY]
    for each in getattr(element, "children", ()):
        yield from _said(each)


def _agree(ours: str, theirs: str, unsure: Iterable[str]) -> bool:
    """Whether two readings are the same but for words that only one of them can see."""
    if ours == theirs:
        return True
    words = "".join(unsure)
    free = Counter(_bare(words))
    if not words and _SIGNS[Mark.DOUBTFUL] not in ours:
        return False
    first, second = Counter(ours.translate(_NO_SIGNS)), Counter(theirs.translate(_NO_SIGNS))
    return first - second <= free and second - first <= free


def _is_boxed(block: Block) -> bool:
    return "text box" in block.place


def _changes(first: Sequence[str], second: Sequence[str]) -> list[_Change]:
    found = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return [_Change((a, b), (c, d)) for what, a, b, c, d in found if what != "equal"]


_FIRST = "the beginning"  # the place before all paragraphs


class _Comparison:
    def __init__(self, reading: Reading, *, is_sure: bool) -> None:
        self._reading, self._is_sure = reading, is_sure
        self.remarks: list[Remark] = []

    def _differ(self, place: str, ours: Iterable[str], theirs: Iterable[str]) -> None:
        readings = tuple(" ".join(filter(None, each)) or "nothing" for each in (ours, theirs))
        self.remarks.append(Remark(RemarkKind.DIFFERS, place or _PAPER, readings))

    def flow(self, ours: Sequence[Block], theirs: Sequence[Any], place: str) -> None:
        """Compare paragraphs and tables of the body or of a cell."""
        self._paragraphs(ours, theirs, place)
        self._tables(ours, theirs, place)

    def _paragraphs(self, ours: Sequence[Block], theirs: Sequence[Any], place: str) -> None:
        mine, boxed = _paragraphs_of(ours)
        others = [each for each in theirs if not _is_table(each) and _theirs(each)]
        first, second = list(map(_ours, mine)), list(map(_theirs, others))
        if first == second:
            return
        if len(first) + len(second) > _MOST_LINES:
            self._differ(place, [f"{len(first):,} paragraphs"], [f"{len(second):,} paragraphs"])
            return
        for change in _changes(first, second):
            # Words of a text box are there, for whoever sees them.
            if change.ours or Counter(second[slice(*change.second)]) - Counter(boxed):
                self._change(mine, others, change)

    def _change(self, ours: Sequence[Paragraph], theirs: Sequence[Any], change: "_Change") -> None:
        """Compare paragraphs that stand for each other, one by one where they are as many."""
        mine, others = ours[slice(*change.first)], theirs[slice(*change.second)]
        if len(mine) == len(others):
            for first, second in zip(mine, others, strict=True):
                self._pair([first], [second])
        elif mine:
            self._pair(mine, others)
        else:
            self._pair(ours[: change.first[0]][-1:], others, is_after=True)

    def _pair(
        self, ours: Sequence[Paragraph], theirs: Sequence[Any], *, is_after: bool = False
    ) -> None:
        """Compare paragraphs that stand for each other; after one of ours, only theirs."""
        place = ours[0].place if ours else _FIRST
        unsure = [word for each in ours for word in self._reading.unsure.get(each.place, ())]
        mine = [] if is_after else ours
        joined = "".join(_theirs(each) for each in theirs)
        if not _agree("".join(map(_ours, mine)), joined, [*unsure, *self._around(place)]):
            said = (" ".join("".join(_said(each)).split()) for each in theirs)
            self._differ(place, (each.text for each in mine), said)

    def _around(self, place: str) -> Sequence[str]:
        """What only one reader may see just behind a paragraph."""
        return self._reading.unsure.get(place if place == _FIRST else f"after {place}", ())

    def _tables(self, ours: Sequence[Block], theirs: Sequence[Any], place: str) -> None:
        mine, boxed = _tables_of(ours)
        others = [each for each in theirs if _is_table(each)]
        if len(others) > len(mine):
            unseen = {*boxed, *map(_bare, self._reading.hidden_tables)}
            others = [each for each in others if _theirs(each) not in unseen]
        if len(mine) != len(others):
            self._differ(place, [f"{len(mine)} tables"], [f"{len(others)} tables"])
            return
        for first, second in zip(mine, others, strict=True):
            if first.place not in self._reading.with_hidden_rows:
                self._table(first, second)

    def _table(self, ours: Table, theirs: Any) -> None:
        cells = _laid(theirs)
        if ours.place in self._reading.odd_tables or not self._is_sure:
            self._in_order(ours, cells)
            return
        there = {each[:4]: each for each in cells}
        for cell in ours.cells:
            other = there.pop((cell.row, cell.column, cell.rows, cell.columns), None)
            if other is None:
                self._differ(cell.place, cell.lines, ["no cell of this size here"])
            else:
                self._cell(cell.place, cell.content, other.content)
        for other in there.values():
            where = f"{ours.place}, row {other.row + 1}, column {other.column + 1}"
            self._differ(where, ["no cell of this size here"], map(_shown, other.content))

    def _in_order(self, ours: Table, theirs: Sequence[_Cell]) -> None:
        """Compare the cells that hold something one by one, wherever they stand."""
        mine = [cell for cell in ours.cells if _holds(cell.content)]
        others = [cell for cell in theirs if any(map(_theirs, cell.content))]
        first = ["".join(map(_ours, cell.paragraphs)) for cell in mine]
        second = ["".join(map(_theirs, cell.content)) for cell in others]
        for change in _changes(first, second):
            pairs = zip_longest(mine[slice(*change.first)], others[slice(*change.second)])
            for cell, other in pairs:
                place = cell.place if cell else ours.place
                self._cell(place, cell.content if cell else (), other.content if other else ())

    def _cell(self, place: str, ours: Sequence[Block], theirs: Sequence[Any]) -> None:
        mine, boxed = _paragraphs_of(ours)
        others = [each for each in theirs if not _is_table(each)]
        unsure = [*self._reading.unsure.get(place, ()), *boxed]
        if not _agree("".join(map(_ours, mine)), "".join(map(_theirs, others)), unsure):
            self._differ(place, (each.text for each in mine), map(_shown, others))
        self._tables(ours, theirs, place)


def _paragraphs_of(blocks: Iterable[Block]) -> tuple[list[Paragraph], list[str]]:
    """Paragraphs that say something, and apart from them the words of those in text boxes."""
    found = [each for each in blocks if isinstance(each, Paragraph) and _ours(each)]
    boxed = [_ours(each) for each in found if _is_boxed(each)]
    return [each for each in found if not _is_boxed(each)], boxed


def _tables_of(blocks: Iterable[Block]) -> tuple[list[Table], list[str]]:
    """Tables, and apart from them the words of those in text boxes."""
    found = [each for each in blocks if isinstance(each, Table)]
    boxed = [_all_words(each) for each in found if _is_boxed(each)]
    return [each for each in found if not _is_boxed(each)], boxed


def _is_table(element: Any) -> bool:
    return type(element).__name__ == "Table"


def _shown(element: Any) -> str:
    return " ".join("".join(_said(element)).split())


def _holds(blocks: Iterable[Block]) -> bool:
    return any(
        not _is_boxed(each) and (isinstance(each, Table) or bool(_ours(each))) for each in blocks
    )


def _all_words(table: Table) -> str:
    return "".join(_ours(each) for cell in table.cells for each in cell.paragraphs)


def _laid(table: Any) -> list[_Cell]:
    """The cells of the second reader's table on the smallest grid that holds them."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(table.children):
        column = 0
        for cell in getattr(row, "children", ()):
            while (number, column) in taken:
                column += 1
            rows, columns = getattr(cell, "rowspan", 1), getattr(cell, "colspan", 1)
            taken.update(
                (number + down, column + across)
                for down in range(rows)
                for across in range(columns)
            )
            cells.append(_Cell(number, column, rows, columns, getattr(cell, "children", ())))
            column += columns
    used = sorted({edge for cell in cells for edge in (cell.column, cell.column + cell.columns)})
    place = {edge: number for number, edge in enumerate(used)}
    return [
        cell._replace(
            column=place[cell.column],
            columns=place[cell.column + cell.columns] - place[cell.column],
        )
        for cell in cells
    ]
