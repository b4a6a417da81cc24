"""A paper as text, such as what comes out of a committee pack: lines, and tables by tabs.

A line with a tab is a row of a table, its fields the cells; lines of that kind that follow each
other are one table, until a blank line or one without a tab. Nothing is mended here: what is
broken over cells or rows only a form can tell.
"""

import re
from collections.abc import Iterator

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import (
    Atom,
    AtomKind,
    Block,
    Cell,
    Document,
    Paragraph,
    Piece,
    Table,
)
from ffanalysis.intake.marks import pieces_of

_MOST_BYTES = 5_000_000
_MOST_LINES = 50_000
_MOST_FIELDS = 200  # of one line: more is no table of a paper
_ENCODINGS = ("utf-8-sig", "cp1252")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Written as a table with bars: "| Milestone | Completed by |".
_BAR_ROW = re.compile(r"\s*\|(.*)\|\s*")
_BAR_RULE = re.compile(r"\s*\|?[\s:|+-]*-[\s:|+-]*\|?\s*")


def read_text(name: str, content: bytes) -> Document:
    """A paper's text as a document. Raises PaperUnreadable where it is no text."""
    text = _decoded(name, content)
    lines = re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", text)
    if len(lines) > _MOST_LINES:
        raise PaperUnreadable(name, f"it has more than {_MOST_LINES:,} lines; no paper has.")
    atoms: list[Atom] = []
    blocks = tuple(_blocks(name, lines, atoms))
    if not atoms:
        raise PaperUnreadable(name, "it holds no words.")
    return Document(name, "text", blocks, tuple(atoms))


def _decoded(name: str, content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise PaperUnreadable(
            name, f"it is larger than {_MOST_BYTES // 1_000_000} MB; no paper is."
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        text = _first_that_fits(content)
    if len(_CONTROL.findall(text)) > max(3, len(text) // 200):
        raise PaperUnreadable(name, "it is no text. Give the paper as .docx, .pdf or .txt.")
    return _CONTROL.sub(" ", text)


def _first_that_fits(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _blocks(name: str, lines: list[str], atoms: list[Atom]) -> Iterator[Block]:
    """Paragraphs and tables; the atoms are the fields that say something."""
    rows: list[tuple[int, list[str]]] = []
    tables = 0
    for number, line in enumerate(lines, start=1):
        fields = _fields(line)
        if len(fields) > _MOST_FIELDS:
            why = f"line {number:,} has more than {_MOST_FIELDS} columns; no paper has."
            raise PaperUnreadable(name, why)
        if len(fields) > 1:
            rows.append((number, fields))
            continue
        if _BAR_RULE.fullmatch(line) and rows:
            continue
        if rows:
            tables += 1
            yield _table(rows, atoms, f"table {tables}")
            rows = []
        if line.strip():
            yield Paragraph(_atomised(line, atoms), f"line {number}")
    if rows:
        yield _table(rows, atoms, f"table {tables + 1}")


def _fields(line: str) -> list[str]:
    """The fields of a row, or the line itself."""
    if "\t" in line:
        return line.split("\t")
    if (found := _BAR_ROW.fullmatch(line)) and not _BAR_RULE.fullmatch(line):
        return found[1].split("|")
    return [line]


def _table(rows: list[tuple[int, list[str]]], atoms: list[Atom], place: str) -> Table:
    width = max(len(fields) for _, fields in rows)
    cells = []
    for row, (number, fields) in enumerate(rows):
        for column, text in enumerate(fields):
            where = f"line {number}, column {column + 1}"
            content = (Paragraph(_atomised(text, atoms), where),) if text.strip() else ()
            cell = Cell(row, column, content, where, is_adrift=len(fields) < width)
            cells.append(cell)
    return Table(tuple(cells), place)


def _atomised(text: str, atoms: list[Atom]) -> tuple[Piece, ...]:
    """The pieces of a field; each that says something is an atom of its own."""
    return tuple(_with_atom(piece, atoms) for piece in pieces_of(text))


def _with_atom(piece: Piece, atoms: list[Atom]) -> Piece:
    if not piece.text.strip() and not piece.mark:
        return piece
    atoms.append(Atom(AtomKind.BOX if piece.mark else AtomKind.TEXT, piece.text.strip()))
    return Piece(piece.text, (len(atoms) - 1,), piece.mark)
