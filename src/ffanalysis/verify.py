"""Recompute every figure of a published page from the workbooks it was made of.

This file stands by itself. It imports nothing from the package whose pages it checks, so that a
fault there cannot hide here; an auditor keeps it beside the pages:

    python -I verify.py PAGE.html|FOLDER --workbooks data/raw/2015-16-Q2

It needs openpyxl for .xlsx and python-calamine for .xls and .ods. A page states each figure as an
expression over cells, and each cell with what is written there; docs/expressions.md has the
grammar. Here the cells are read again, the sums are done again in fractions, and what comes out is
compared with the value and with the text that a reader sees. Exit code 0: all of them come out; 12:
one differs; 11: something could not be read.

It proves reading and arithmetic. It does not prove that the right lines were chosen: what is left
out of a figure and of its expression alike is not noticed.
"""

import argparse
import codecs
import csv
import io
import json
import os
import re
import sys
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from html.parser import HTMLParser
from math import floor, isqrt, prod
from pathlib import Path
from typing import Any

OK, UNREADABLE, DIFFERS = 0, 11, 12
MISSING = "missing"  # the kind of fault of a workbook that is not there

# --- expressions ----------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<cell>c[0-9]+(?::c[0-9]+)?)(?![\w:])
        | (?P<number>[0-9]+(?:\.[0-9]+)?)
        | (?P<call>[a-z]+)\(
        | (?P<name>\{[^{}:'"]+:)
        | (?P<text>'[^'{}:"]*')
        | (?P<sign>[-+*/(),}])
    )""",
    re.VERBOSE,
)
_DEEPEST = 200
_NOT_READ = "its expression cannot be read near '{}'"


class Wrong(Exception):
    """What is wrong with a figure, as the end of a sentence; `kind` names an error behind it."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True)
class Node:
    """A part of an expression: its kind, what it says, and its parts.

    Kinds: "cell" (its id), "number", "text", "name" (of its one part), and the operations.
    """

    kind: str
    said: str = ""
    parts: tuple["Node", ...] = ()

    def cells(self) -> Iterator[str]:
        """The ids of its cells, in their order."""
        if self.kind == "cell":
            yield self.said
        for part in self.parts:
            yield from part.cells()


def parse(text: str) -> Node:
    """An expression as a tree. Raises Wrong."""
    parser = _Parser(text)
    node = parser.expression(0)
    if parser.place != len(parser.tokens):
        raise Wrong(_NOT_READ.format(parser.tokens[parser.place][1]))
    return node


class _Parser:
    """expression = product {("+" | "-") product}; product = value {("*" | "/") value}."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.place = 0
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise Wrong(_NOT_READ.format(text[at : at + 20].strip()))
            kind = found.lastgroup or ""
            said = found[0].strip()
            self.tokens.append((kind, said))
            at = found.end()

    def expression(self, depth: int) -> Node:
        return self._signed(depth, {"+": "plus", "-": "less"}, self._product)

    def _product(self, depth: int) -> Node:
        return self._signed(depth, {"*": "times", "/": "over"}, self._value)

    def _signed(self, depth: int, signs: Mapping[str, str], part: Callable[[int], Node]) -> Node:
        if depth > _DEEPEST:
            raise Wrong("its expression is nested too deeply")
        node = first = part(depth + 1)
        while (sign := self._next()) in signs:
            self.place += 1
            kind, more = signs[sign], part(depth + 1)
            # A row of one sign is one node, or a long row would be a deep tree.
            is_row = node.kind == kind and node is not first
            node = Node(kind, "", (*(node.parts if is_row else (node,)), more))
        return node

    def _next(self) -> str:
        """The sign that comes next; "" for anything else."""
        kind, said = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        return said if kind == "sign" else ""

    def _value(self, depth: int) -> Node:
        if self.place == len(self.tokens):
            raise Wrong("its expression is not finished")
        kind, said = self.tokens[self.place]
        self.place += 1
        if kind == "cell" and ":" not in said:
            return Node("cell", said)
        if kind == "number":
            return Node("number", said)
        if kind == "call":
            return Node(said[:-1], "", tuple(self._arguments(depth)))
        if kind == "name":
            return self._closed(Node("name", said[1:-1], (self.expression(depth + 1),)), "}")
        if said == "(":
            return self._closed(self.expression(depth + 1), ")")
        if said == "-":
            return Node("less", "", (Node("number", "0"), self._value(depth + 1)))
        raise Wrong(_NOT_READ.format(said))

    def _closed(self, node: Node, sign: str) -> Node:
        if self._next() != sign:
            raise Wrong(f"its expression lacks a '{sign}'")
        self.place += 1
        return node

    def _arguments(self, depth: int) -> Iterator[Node]:
        """What stands between the brackets of a call: expressions, ranges of cells, names."""
        while self._next() != ")":
            if self.place == len(self.tokens):
                raise Wrong("its expression lacks a ')'")
            kind, said = self.tokens[self.place]
            if kind == "text":
                self.place += 1
                yield Node("text", said[1:-1])
            elif kind == "cell" and ":" in said:
                self.place += 1
                first, last = (int(each[1:]) for each in said.split(":"))
                if not 0 <= last - first < 1_000_000:
                    raise Wrong(_NOT_READ.format(said))
                yield from (Node("cell", f"c{number}") for number in range(first, last + 1))
            else:
                yield self.expression(depth + 1)
            if self._next() == ",":
                self.place += 1
            elif self._next() != ")":
                raise Wrong("its expression lacks a ','")
        self.place += 1


Value = Fraction | None  # None: nothing is known


@dataclass(frozen=True)
class Amounts:
    """What each cell of a page comes to in pence, by its id, and the unit it is stated to.

    `blank` are the ids of cells in which nothing stands.
    """

    pence: Mapping[str, Value]
    units: Mapping[str, int]
    blank: frozenset[str] = frozenset()


def evaluate(node: Node, cells: Amounts) -> Value:
    """What an expression comes to. Raises Wrong."""
    make = {
        "cell": _cell,
        "number": _stated,
        "count": _number_of,
        "none": _none,
        "tolerance": _allowed,
    }.get(node.kind, _operation)
    return make(node, cells)


def _cell(node: Node, cells: Amounts) -> Value:
    if node.said not in cells.pence:
        raise Wrong(f"its expression names {node.said}, which is not in the table of cells")
    return cells.pence[node.said]


def _stated(node: Node, _cells: Amounts) -> Value:
    return Fraction(node.said)


def _number_of(node: Node, cells: Amounts) -> Value:
    for part in node.parts:
        if part.kind == "cell":
            _cell(part, cells)
            if part.said in cells.blank:
                raise Wrong("a cell that it counts is blank")
    return Fraction(len(node.parts))


def _none(_node: Node, _cells: Amounts) -> Value:
    return None


def _allowed(node: Node, cells: Amounts) -> Value:
    return Fraction(tolerance([cells.units.get(part.said, 0) for part in node.parts]))


def _operation(node: Node, cells: Amounts) -> Value:
    values = [evaluate(part, cells) for part in node.parts]
    if node.kind not in _DOES or not values:
        raise Wrong(f"its expression has '{node.kind}', which nobody knows")
    if all(value is None for value in values) and node.kind in ("sum", "name"):
        return None
    try:
        return _DOES[node.kind]([value or Fraction(0) for value in values])
    except ZeroDivisionError:
        raise Wrong("its expression divides by nil") from None
    except IndexError:
        raise Wrong(f"its expression has too few parts for '{node.kind}'") from None


def to_unit(value: Fraction, unit: Fraction) -> Fraction:
    """A value to the nearest whole number of units, halves away from nil."""
    steps = floor(abs(value) / unit + Fraction(1, 2))
    return (steps if value >= 0 else -steps) * unit


def tolerance(units: Sequence[int]) -> int:
    """How far rounding alone may put amounts of these units apart, in pence.

    The lesser of half their sum and three standard deviations, rounded up to the coarsest of them.
    """
    if not units:
        return 0
    # Three standard deviations are the root of 9 · Σ unit² / 12.
    fourfold = 3 * sum(unit * unit for unit in units)
    coarsest = max(units)
    steps = isqrt(max(0, fourfold - 1)) // (2 * coarsest) + 1 if fourfold else 0
    return min(sum(units) // 2, steps * coarsest)


_DOES: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "name": lambda parts: parts[0],
    "sum": lambda parts: sum(parts, Fraction(0)),
    "plus": lambda parts: sum(parts, Fraction(0)),
    "less": lambda parts: parts[0] - sum(parts[1:], Fraction(0)),
    "times": lambda parts: prod(parts, start=Fraction(1)),
    "over": lambda parts: parts[0] / prod(parts[1:], start=Fraction(1)),
    "max": max,
    "min": min,
    "round": lambda parts: to_unit(parts[0], parts[1]),
    "floor": lambda parts: Fraction(floor(parts[0])),
    "ceiling": lambda parts: Fraction(-floor(-parts[0])),
}

# --- workbooks ------------------------------------------------------------------------------------

Cells = Mapping[tuple[int, int], Any]
READER_NAMES = {
    ".xlsx": "openpyxl",
    ".xlsm": "openpyxl",
    ".xls": "calamine",
    ".ods": "calamine",
    ".csv": "the csv module",
}
_DELIMITERS = ",;\t|"
_TOLD = re.compile(r"\ufeff?sep=([,;\t|])\s*", re.I)
_SAMPLE = 20_000
_LIKELY = frozenset("£€–—‘’“”…•éèêëáàâíìîóòôúùûüïöäñçŵŷ½¼¾°²×\xa0")


def read_again(path: Path) -> dict[str, Cells]:
    """The filled cells of each sheet by row and column, under the sheet's name as plain text.

    Raises whatever the reader raises on a file that it cannot read.
    """
    content = path.read_bytes()
    sheets: dict[str, Cells] = {}
    for name, cells in _READERS[path.suffix.lower()](path.stem, content):
        sheets.setdefault(plain_text(name), dict(cells))
    return sheets


def plain_text(text: str) -> str:
    """A text without what nobody sees: control signs and marks of direction, further spaces."""
    seen = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join("".join(seen).split())


_Placed = Iterator[tuple[tuple[int, int], Any]]


def _by_openpyxl(_name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of data validation and styles that it leaves out
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False, rich_text=True
        )
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own extent may be wrong
            yield sheet.title, _of_rows(sheet.iter_rows())


def _of_rows(rows: Any) -> _Placed:
    for row in rows:
        for cell in row:
            if cell.value is not None:
                yield (cell.row, cell.column), _without_superscripts(cell.value)


def _without_superscripts(value: Any) -> Any:
    """The text of rich text, without the marks of footnotes that are set above the line."""
    if not isinstance(value, list):
        return value
    return "".join(
        part if isinstance(part, str) else part.text for part in value if not _is_mark(part)
    )


def _is_mark(part: Any) -> bool:
    """Whether a part of a rich text is the mark of a footnote: raised, and no ending as in 1st."""
    if isinstance(part, str) or part.font is None or part.font.vertAlign != "superscript":
        return False
    bare = part.text.strip()
    return len(bare) == 1 or not any(map(str.isalpha, bare))


def _by_calamine(_name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        yield name, _of_lines(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _by_csv(name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    yield name, _of_lines(csv.reader(lines, delimiter=_delimiter(text[:_SAMPLE])))


def _of_lines(lines: Any) -> _Placed:
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            if value is not None and value != "":
                yield (row, column), value


def _decoded(content: bytes) -> str:
    """A text in the encoding that its mark names, in UTF-8, or in that in which it looks likely."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding)
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    texts = [content.decode(encoding, "replace") for encoding in ("cp1252", "mac_roman")]
    return max(texts, key=lambda text: sum(sign in _LIKELY for sign in text if sign > "\x7f"))


def _delimiter(text: str) -> str:
    """The sign that parts most lines into one number of fields; of several, the most frequent."""
    lines = text.splitlines(keepends=True)
    if lines and (told := _TOLD.fullmatch(lines[0])):
        return told[1]
    if len(text) >= _SAMPLE // 4 and len(lines) > 1:
        lines.pop()  # it may be cut off
    bare = re.sub(r'"[^"]*"', "", text)

    def score(sign: str) -> tuple[int, bool, int]:
        with suppress(csv.Error):
            widths = Counter(len(line) for line in csv.reader(lines, delimiter=sign))
            most = max((count for width, count in widths.items() if width > 1), default=0)
            # Where a comma parts as many lines as another sign, it may be the decimal one.
            number = bare.count(sign)
            is_sign = sign == "," or (number >= len(lines) and number * 2 >= bare.count(","))
            return most, is_sign and sign != ",", number
        return 0, False, 0

    return max(_DELIMITERS, key=score)


_READERS: dict[str, Callable[[str, bytes], Iterator[tuple[str, _Placed]]]] = {
    ".xlsx": _by_openpyxl,
    ".xlsm": _by_openpyxl,
    ".xls": _by_calamine,
    ".ods": _by_calamine,
    ".csv": _by_csv,
}


class Workbooks:
    """The workbooks of a quarter in a folder, each read when a figure asks for it.

    Those of an earlier quarter, "2015-16-Q1/register.xlsx", are in the folder beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths: dict[str, dict[str, Path]] = {}
        self._read: dict[str, dict[str, Cells]] = {}
        self._corrections: dict[str, dict[str, Any]] = {}

    def sheets(self, workbook: str) -> dict[str, Cells]:
        """The sheets of a workbook by their names as plain text. Raises Wrong."""
        if workbook not in self._read:
            self._read[workbook] = self._open(workbook)
        return self._read[workbook]

    def value(self, workbook: str, sheet: str, place: tuple[int, int]) -> Any:
        """What a cell holds, None where nothing is there. Raises Wrong where it cannot be read."""
        sheets = self.sheets(workbook)
        if plain_text(sheet) not in sheets:
            raise Wrong(f"{workbook} has no sheet '{sheet}'")
        return sheets[plain_text(sheet)].get(place)

    def has(self, workbook: str) -> bool:
        """Whether there is a workbook of this name."""
        quarter, _, name = workbook.rpartition("/")
        return name in self._paths_of(quarter)

    def _open(self, workbook: str) -> dict[str, Cells]:
        quarter, _, name = workbook.rpartition("/")
        paths = self._paths_of(quarter)
        if name not in paths:
            if quarter:
                why = f"the folder of the quarter {quarter} belongs beside {self.folder}"
                raise Wrong(f"the workbook {workbook} is not there ({why})", MISSING)
            raise Wrong(f"the workbook {workbook} is not in {self.folder}", MISSING)
        try:
            return read_again(paths[name])
        except Exception as error:
            kind = type(error).__name__
            raise Wrong(f"{workbook} cannot be read ({kind})", kind) from error

    def _folder(self, quarter: str) -> Path:
        """The folder of the quarter itself, or of an earlier one."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-Q[1-4]|", quarter):
            raise Wrong(f"'{quarter}' is no quarter")
        inside, beside = self.folder / quarter, self.folder.parent / quarter
        return inside if inside.is_dir() or not quarter else beside

    def _paths_of(self, quarter: str) -> dict[str, Path]:
        if quarter not in self._paths:
            folder = self._folder(quarter)
            found = sorted(folder.iterdir()) if folder.is_dir() else []
            self._paths[quarter] = {
                _shown_name(path.name): path
                for path in found
                if path.suffix.lower() in _READERS and path.is_file()
            }
        return self._paths[quarter]

    def correction(self, workbook: str, sheet: str, address: str) -> Any:
        """What `corrections.toml` says that a cell must have; None where it says nothing."""
        import tomllib

        quarter, _, name = workbook.rpartition("/")
        if quarter not in self._corrections:
            path = self._folder(quarter) / "corrections.toml"
            rows: list[dict[str, Any]] = []
            with suppress(OSError, ValueError):
                rows = tomllib.loads(path.read_text("utf-8-sig")).get("correction", [])
            self._corrections[quarter] = {str(row.get("cell")): row.get("now") for row in rows}
        return self._corrections[quarter].get(f"{name}!{sheet}!{address}")


def _shown_name(name: str) -> str:
    """A file's name as pages write it: what cannot be seen is written out, spaces are single."""
    signs = []
    for sign in name:
        if sign.isprintable() or sign == "\u00a0":
            signs.append(sign)
        elif 0xDC80 <= ord(sign) < 0xDD00:
            signs.append(f"\\x{ord(sign) - 0xDC00:02x}")
        else:
            signs.append(sign.encode("unicode_escape").decode())
    return " ".join("".join(signs).split())


# --- amounts --------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"[0-9]{1,3}(?:[, \u00a0\u2009\u202f\u2007][0-9]{3})+(?:\.[0-9]+)?|[0-9]*\.?[0-9]+"
)
_NOTE = re.compile(r"\s*\[[a-z0-9]{1,2}\]\s*$", re.I)
_MINUS = "-−–"


def number_in(value: Any) -> Fraction | None:
    """The number that a cell holds, or that its text begins with: "(318)" is -318.

    A word or a dash is nil; None for what is neither a number nor a text.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        try:
            return Fraction(Decimal(repr(value)))
        except (InvalidOperation, ValueError, OverflowError):
            return None
    if not isinstance(value, str):
        return None
    text = _NOTE.sub("", without_raised(value))
    found = _NUMBER.search(text)
    if not found:
        return Fraction(0)
    number = Fraction(re.sub(r"[^0-9.]", "", found[0]))
    before, after = text[: found.start()], text[found.end() :]
    is_less = "(" in before or any(sign in before for sign in _MINUS) or after[:1] in tuple(_MINUS)
    return -number if is_less else number


def without_raised(text: str) -> str:
    """A text without its raised signs, which are marks of notes: "318²"."""
    return "".join(sign for sign in text if "<super>" not in unicodedata.decomposition(sign))


def same_content(written: str, found: Any) -> bool:
    """Whether a cell holds what a page says is written there: the number, or the text."""
    if isinstance(found, str):
        text, said = plain_text(found), plain_text(written)
        bare = plain_text(without_raised(written))
        if text in (said, bare, plain_text(unicodedata.normalize("NFKC", written))):
            return True
        with suppress(InvalidOperation, ValueError):
            return Decimal(text.replace(",", "")) == Decimal(said.replace(",", ""))
        return False
    number = number_in(found)
    try:
        return number is not None and number == Fraction(written.strip())
    except (ValueError, ZeroDivisionError):
        return False


def in_pence(number: Fraction, factor: int) -> Fraction:
    """A number times the pence of its unit, to the nearest penny, halves to the even one."""
    return Fraction(round(number * factor))


# --- pages ----------------------------------------------------------------------------------------


@dataclass
class Mark:
    """A figure that a page shows: its name, value, unit, expression and the text that is seen.

    `scale` is the pence that 1 is in the table in which it stands, where that has a unit.
    """

    name: str
    value: str
    unit: str
    expression: str
    cells: str
    scale: str = ""
    text: str = ""


@dataclass
class CellRow:
    """A cell in the table of a page."""

    id: str
    cell: str
    factor: str
    unit: str
    is_corrected: bool
    is_blank: bool
    written: str = ""


class Page(HTMLParser):
    """The figures and the cells that a page states for machines.

    `number` is how many figures it says that it has; `words` are the cells that its annex names,
    each with what it says is written there; `faults` say what no page of ours has.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.marks: list[Mark] = []
        self.cells: dict[str, CellRow] = {}
        self.number = ""
        self.words: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self._how = ""
        self._open: list[tuple[str, Mark | CellRow | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        about = {name: value or "" for name, value in attrs}
        item: Mark | CellRow | None = None
        if tag in _STRANGE or "style" in about:
            self.faults.append(f"it holds a <{tag}> that no page of ours has")
        if "data-figures" in about:
            self.number = about["data-figures"]
        elif "hidden" in about:
            self.faults.append(f"it holds a <{tag}> that nobody sees")
        if "data-figure" in about:
            if any(isinstance(mark, Mark) for _, mark in self._open):
                self.faults.append(f"{about['data-figure']} is within another figure")
            item = Mark(
                about["data-figure"],
                about.get("value", ""),
                about.get("data-unit", "pence"),
                about.get("data-expr", ""),
                about.get("data-cells", ""),
                about.get("data-in", ""),
            )
            self.marks.append(item)
        elif "data-cell" in about:
            item = CellRow(
                about.get("data-id", ""),
                about["data-cell"],
                about.get("data-factor", ""),
                about.get("data-to", ""),
                "data-corrected" in about,
                "data-blank" in about,
            )
            if item.id in self.cells:
                self.faults.append(f"it has two cells {item.id}")
            self.cells[item.id] = item
        self._open.append((tag, item))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            if tag not in _VOID:
                self.faults.append(f"a </{tag}> in it closes nothing")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "span":
            self.words += _IN_WORDS.findall(data)
        for _, item in self._open:
            if isinstance(item, Mark):
                item.text += data
            elif item is not None:
                item.written += data


_STRANGE = frozenset(
    {"script", "template", "iframe", "object", "embed", "form", "input", "textarea", "noscript"}
)
_IN_WORDS = re.compile(r"\b([A-Z]{1,3}[0-9]+) ‘([^’]*)’")
_VOID = frozenset({"br", "col", "hr", "img", "wbr", "meta", "link", "input"})
_IS_BOOK = re.compile(r"\.(?:xls[xm]?|ods|csv)$", re.I)
_UNITS = (1, 100, 100_000, 100_000_000)  # a plain number, £, £000 and £m


@dataclass(frozen=True)
class Fault:
    """What differs: the figure or the cell of which it does, in a sentence."""

    about: str
    sentence: str
    cells: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What was recomputed of a page, and what differs; `missing` are workbooks not there."""

    figures: int = 0
    cells: int = 0
    constants: int = 0
    corrected: int = 0
    not_stated: int = 0
    faults: list[Fault] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add what was found of another page."""
        self.figures += other.figures
        self.cells += other.cells
        self.constants += other.constants
        self.corrected += other.corrected
        self.not_stated += other.not_stated
        self.faults += other.faults
        self.missing += other.missing


def check_page(html: str, workbooks: Workbooks) -> Outcome:
    """Read the cells of a page again, recompute each of its figures, and compare."""
    page, outcome = Page(html), Outcome()
    outcome.faults += (Fault("the page", f"{fault}.") for fault in _faults_of(page))
    amounts = _amounts(page, workbooks, outcome)
    if outcome.missing:
        return outcome  # nothing that rests on them could be recomputed
    recomputed: dict[str, Value] = {}
    values: dict[str, str] = {}
    for mark in page.marks:
        outcome.figures += 1
        try:
            _check_mark(mark, page, amounts, recomputed, outcome)
            _check_name(mark, values)
        except Wrong as wrong:
            shown = f" ('{' '.join(mark.text.split())[:40]}')" if mark.text.strip() else ""
            about = f"{mark.name}{shown}"
            outcome.faults.append(Fault(about, f"{about}: {wrong}.", _named(mark, page)))
    outcome.faults[:] = dict.fromkeys(outcome.faults)
    return outcome


def _check_name(mark: Mark, values: dict[str, str]) -> None:
    """Raise Wrong where a page has two values under one name."""
    if mark.value and values.setdefault(mark.name, mark.value) != mark.value:
        raise Wrong(f"its value is {mark.value} here and {values[mark.name]} elsewhere")


def _faults_of(page: Page) -> Iterator[str]:
    """What is wrong with a page as a whole."""
    yield from page.faults
    if not page.number:
        yield "The page does not say how many figures it has: it is none of ours, or was changed"
    elif page.number != str(len(page.marks)):
        yield f"The page says that it has {page.number} figures, and it has {len(page.marks)}"
    known = {
        (row.cell.rpartition("!")[2], " ".join(row.written.split())) for row in page.cells.values()
    }
    for address, written in page.words:
        said = written.removesuffix("…")
        if not any(cell == address and text.startswith(said) for cell, text in known):
            yield f"The page names {address} ‘{written}’, which is not in its list of cells"


def _named(mark: Mark, page: Page) -> tuple[str, ...]:
    """The cells that the expression of a mark names, where it can be read."""
    try:
        return tuple(page.cells[each].cell for each in _cells_of(mark.expression, page))
    except Wrong:
        return ()


def _amounts(page: Page, workbooks: Workbooks, outcome: Outcome) -> Amounts:
    """What each cell of the page's table comes to, read again; a cell that differs is a fault."""
    pence: dict[str, Value] = {}
    units: dict[str, int] = {}
    blank: set[str] = set()
    for row in page.cells.values():
        outcome.cells += 1
        pence[row.id] = None
        try:
            held = _held_in(row, workbooks)
            pence[row.id] = _amount(row, held)
            units[row.id] = int(row.unit or 0)
        except (Wrong, ValueError) as wrong:
            if isinstance(wrong, Wrong) and wrong.kind == MISSING:
                outcome.missing += [str(wrong)] * (str(wrong) not in outcome.missing)
            else:
                outcome.faults.append(Fault(row.cell, f"{row.cell}: {wrong}.", (row.cell,)))
        else:
            blank |= {row.id} if _is_blank(held) else set()
            outcome.corrected += row.is_corrected
    return Amounts(pence, units, frozenset(blank))


def _held_in(row: CellRow, workbooks: Workbooks) -> Any:
    """What a cell holds, or what it is corrected to. Raises Wrong where the page says otherwise."""
    workbook, sheet, column, number = _place_of(row, workbooks)
    said = workbooks.correction(workbook, sheet, column + number)
    if said is not None and not row.is_corrected:
        raise Wrong(f"corrections.toml says {said}, and the page does not know of it")
    if row.is_corrected:
        if said is None or not same_content(row.written, said):
            raise Wrong(
                f"the page says that it was corrected to '{row.written}', and corrections.toml"
                " does not"
            )
        return said
    held = workbooks.value(workbook, sheet, (int(number), _column(column)))
    if row.is_blank and not _is_blank(held):
        raise Wrong(f"the page says that nothing is written there, and it holds {_shown(held)}")
    if row.written not in ("", _REFUSED) and not same_content(row.written, held):
        raise Wrong(
            f"the page says that '{row.written}' is written there, and it holds {_shown(held)}"
        )
    return held


_REFUSED = "cannot be read"  # what a page says of a cell that its reader has refused


def _is_blank(held: Any) -> bool:
    return held is None or (isinstance(held, str) and not plain_text(held))


def _place_of(row: CellRow, workbooks: Workbooks) -> tuple[str, str, str, str]:
    """Workbook, sheet, column and row of a cell. The names of workbooks and sheets may hold "!"."""
    place, _, reference = row.cell.rpartition("!")
    address = re.fullmatch(r"([A-Z]+)([0-9]+)", reference)
    parts = place.split("!")
    ways = [("!".join(parts[:at]), "!".join(parts[at:])) for at in range(1, len(parts))]
    known = [(book, sheet) for book, sheet in ways if _IS_BOOK.search(book)]
    if not address or not known:
        raise Wrong("it is no cell of a workbook")
    there = [way for way in known if workbooks.has(way[0])]
    workbook, sheet = (there or known)[0]
    return workbook, sheet, address[1], address[2]


def _amount(row: CellRow, held: Any) -> Value:
    """What a cell comes to in pence; None where no amount was read from it."""
    if not row.factor:
        return None
    if abs(int(row.factor)) not in _UNITS:
        raise Wrong(f"1 is {row.factor} pence there, which is neither £, £000 nor £m")
    # A text is read with its mark of a note, which a reader may have lost.
    number = number_in(row.written if isinstance(held, str) else held)
    return None if number is None else in_pence(number, int(row.factor))


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"'{' '.join(str(value).split())[:60]}'"


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _check_mark(
    mark: Mark,
    page: Page,
    amounts: Amounts,
    recomputed: dict[str, Value],
    outcome: Outcome,
) -> None:
    if not mark.expression:
        raise Wrong("it has no expression")
    if mark.expression not in recomputed:
        node = parse(mark.expression)
        outcome.constants += sum(1 for _ in _constants(node))
        recomputed[mark.expression] = evaluate(node, amounts)
    result = recomputed[mark.expression]
    named = [page.cells[each].cell for each in _cells_of(mark.expression, page)]
    if named and mark.cells and "; ".join(dict.fromkeys(named)) != mark.cells:
        raise Wrong("the cells beside it are not those of its expression")
    if not mark.value:
        outcome.not_stated += 1
        if any(map(str.isdigit, _REMARK_OF_GAP.sub("", mark.text))):
            raise Wrong("it is not stated, and the page shows a number")
        if isinstance(result, Fraction):
            raise Wrong(f"it is not stated, and its cells come to {_as_text(result, mark.unit)}")
        return
    if not _VALUE.fullmatch(mark.value):
        raise Wrong(f"its value '{mark.value}' is no number")
    value = Fraction(mark.value)
    if not isinstance(result, Fraction):
        raise Wrong(f"its value is {_as_text(value, mark.unit)}, and its cells state nothing")
    if not _is_same(value, result, mark.value):
        raise Wrong(
            f"its value is {_as_text(value, mark.unit)}, and its cells come to"
            f" {_as_text(result, mark.unit)}"
        )
    if not is_shown(mark.text, value, mark.unit, mark.scale):
        raise Wrong(f"its value is {_as_text(value, mark.unit)}, which is not what the page shows")


_VALUE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# Constants that are always the same.
_KNOWN_CONSTANTS = {
    "percent": Fraction(100),
    "nil": Fraction(0),
    "one decimal": Fraction(1, 10),
    "nothing stated": Fraction(0),
}


def _constants(node: Node, name: str = "") -> Iterator[Node]:
    """The constants of an expression. Raises Wrong for one without a name, or with another's."""
    if node.kind == "number":
        if not name:
            raise Wrong(f"its expression has a number without a name, {node.said}")
        if _KNOWN_CONSTANTS.get(name, Fraction(node.said)) != Fraction(node.said):
            raise Wrong(f"its expression says that '{name}' is {node.said}")
        yield node
    for part in node.parts:
        yield from _constants(part, node.said if node.kind == "name" else "")


def _cells_of(expression: str, page: Page) -> list[str]:
    """The ids of the cells that an expression names, each once."""
    return [each for each in dict.fromkeys(parse(expression).cells()) if each in page.cells]


def _is_same(value: Fraction, result: Fraction, written: str) -> bool:
    """Whether a value is what was recomputed; a decimal to the last digit that is written."""
    if "." not in written:
        return value == result
    step = Fraction(1, 10 ** len(written.partition(".")[2]))
    return abs(value - result) * 2 <= step


def _as_text(value: Fraction, unit: str) -> str:
    """A value as a sentence has it."""
    number = value / 100 if unit == "pence" else value
    digits = f"{abs(float(number)):,.2f}".removesuffix(".00")
    sign = "-" if number < 0 else ""
    return f"{sign}£{digits}" if unit == "pence" else f"{sign}{digits}"


# --- what a reader sees ---------------------------------------------------------------------------

_SEEN = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_REMARK = re.compile(r" \(partial\)$")  # "£318,000 (partial)"
_REMARK_OF_GAP = re.compile(r"^not stated \(.*\)$", re.S)  # which quotes the source
_WHOLE = re.compile(
    r"[−-]?(?:£[0-9][0-9,]*(?:\.[0-9]+)?m?|[0-9][0-9,]*(?:\.[0-9]+)?%?)|\([0-9][0-9,.]*\)"
)
_LEAST = "less than 0.05%"
_SCALES = {"m": 100_000_000}
_WORDS = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_TENS = {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}


def is_shown(text: str, value: Fraction, unit: str, scale: str = "") -> bool:
    """Whether the text of a mark is its value, and nothing else, rounded as far as it says.

    `scale` is the pence that 1 is in the table where it stands; without one a bare number is no
    amount of money.
    """
    bare = _REMARK.sub("", " ".join(text.split()))
    found = _SEEN.search(bare)
    if not found:
        is_nil = value == 0 and bare.casefold() in ("nil", "none", "–", "-")
        return is_nil or _in_words(bare) == value
    if not _WHOLE.fullmatch(bare):
        return bare == _LEAST and unit == "percent" and value == 0
    number = Fraction(found[0].replace(",", ""))
    sizes = [number * each for each in _scales(bare, bare[found.end() :], unit, scale)]
    if "£" in bare:
        step = Fraction(1, 10 ** len(found[0].partition(".")[2])) * sizes[0] / (number or 1)
        return _has_sign(bare, value) and _is_rounded(sizes[0], step, abs(value))
    return _has_sign(bare, value) and abs(value) in sizes


def _scales(text: str, after: str, unit: str, scale: str) -> tuple[int, ...]:
    """The unit that the number of a text is in: its own, or that of its table."""
    if unit != "pence":
        return (1,)
    if "£" in text:
        return (_SCALES.get(after[:1], 100),)
    return (int(scale),) if scale.isdecimal() else ()


def _is_rounded(shown: Fraction, step: Fraction, size: Fraction) -> bool:
    """Whether an amount in a sentence is a size, rounded to two significant figures or more.

    The noughts at its end may be no digits of it; `step` is what its last digit counts.
    """
    while shown and step * 10 > shown:
        step /= 10
    while abs(shown - size) * 2 > step:
        if not shown or shown % (step * 10) or step * 100 > shown:
            return False
        step *= 10
    return True


def _has_sign(text: str, value: Fraction) -> bool:
    """Whether a text is marked as negative, by a minus or brackets, just where the value is."""
    return text.startswith(("(", "−", "-")) == (value < 0)


def _in_words(text: str) -> int | None:
    """A number in words: "twenty-one"."""
    words = text.lower().split("-")
    if len(words) == 1 and words[0] in _WORDS:
        return _WORDS.index(words[0])
    if words[0] in _TENS or words[0] == "twenty":
        tens = _TENS.get(words[0], 20)
        if len(words) == 1:
            return tens
        if words[1] in _WORDS:
            return tens + _WORDS.index(words[1])
    return None


# --- the command ----------------------------------------------------------------------------------


def pages_in(place: Path) -> list[Path]:
    """The pages that a path names: itself, or all of a folder; of a release those it keeps."""
    if not place.is_dir():
        return [place]
    folder = place / "pages" if (place / "pages").is_dir() else place
    return sorted(folder.glob("*.html"))


def workbooks_for(page: Path) -> Path:
    """Where the workbooks of a page are, where nobody says so.

    A release keeps them; else they are in the programme's data/raw, in the folder of the quarter.
    The pages may be in a folder of their own within it, as those of a confidential project are.
    """
    place = Path(os.path.abspath(page))  # noqa: PTH100 - reports/PERIOD is a link, and not followed
    for folder in (place, *place.parents):
        for root in (folder / "inputs", folder.parent.parent, folder.parent.parent.parent):
            period = _period_of(folder) if root.name == "inputs" else folder.name
            found = root / "data" / "raw" / period
            if period and found.is_dir():
                return found
    return place.parent.parent / "data" / "raw" / place.name


def _period_of(release: Path) -> str:
    """The quarter that a release is of, as its manifest says."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        return str(json.loads((release / "manifest.json").read_text("utf-8"))["period"])
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Recompute pages, and say what came out."""
    parser = argparse.ArgumentParser(
        description="Recompute every figure of published pages from the workbooks."
    )
    parser.add_argument("place", type=Path, metavar="FILE|FOLDER", help="a page, or pages")
    parser.add_argument(
        "--workbooks", type=Path, metavar="FOLDER", help="the quarter's folder of workbooks"
    )
    given = parser.parse_args(arguments)
    pages = pages_in(given.place)
    if not pages or not all(page.is_file() for page in pages):
        print(f"There is no page at {given.place}.", file=sys.stderr)
        return UNREADABLE
    workbooks = Workbooks(given.workbooks or workbooks_for(given.place))
    if not workbooks.folder.is_dir():
        print(f"There is no folder {workbooks.folder} (name it with --workbooks).", file=sys.stderr)
        return UNREADABLE
    whole = Outcome()
    for page in pages:
        try:
            outcome = check_page(page.read_text("utf-8"), workbooks)
        except ValueError:  # such as a PDF
            print(f"{page} is no page in HTML and UTF-8.", file=sys.stderr)
            return UNREADABLE
        whole.add(outcome)
        for fault in outcome.faults:
            print(f"{page.name}: {fault.sentence}")
    for missing in dict.fromkeys(whole.missing):
        print(f"Not recomputed, as {missing}.", file=sys.stderr)
    if not (whole.figures or whole.faults or whole.missing):
        print("There is no figure to recompute.", file=sys.stderr)
        return UNREADABLE
    if whole.faults or not whole.missing:
        print(summary(len(pages), whole))
    return DIFFERS if whole.faults else UNREADABLE if whole.missing else OK


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def summary(pages: int, whole: Outcome) -> str:
    """What was recomputed, in a sentence."""
    done = f"{_count(whole.figures, 'figure')} on {_count(pages, 'page')}"
    beside = (
        f"{_count(whole.cells, 'cell')} read again,"
        f" {_count(whole.constants, 'constant')} taken as stated"
    )
    if whole.corrected:
        beside += f", {whole.corrected:,} corrected cells taken from corrections.toml"
    if whole.faults:
        many = (
            f"{len(whole.faults):,} things differ" if len(whole.faults) > 1 else "1 thing differs"
        )
        return f"{many}: {done}, {beside}."
    return f"All figures come out: {done}, {beside}."


if __name__ == "__main__":
    sys.exit(main())
