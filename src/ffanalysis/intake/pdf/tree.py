"""What a tagged PDF says of itself: paragraphs, headings, tables and their cells.

Cells without words are kept: without them the values behind them would move to the left.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

from ffanalysis.intake.pdf.open import Budget
from ffanalysis.sheets.limits import Refused

Content: TypeAlias = tuple[int, int]  # the page, and the number of marked content on it

_MOST_ELEMENTS: Final = 100_000
_TOO_MANY: Final = "it has deeper or more tags than a paper; save it as PDF without tags."
_DEEPEST: Final = 200
_WIDEST: Final = 200  # columns or rows that a cell may cover
_HEADING: Final = re.compile(r"H([1-6])?")
_BLOCKS: Final = {"P", "LI", "Caption", "Note", "BlockQuote", "TD", "TH", "Title", "TOCI"}
_STANDARD: Final = {"Table", "TR", "THead", "TBody", "TFoot", "Span", "Link", "Figure", "Form"}


@dataclass(frozen=True, slots=True)
class TreeBlock:
    """A paragraph or heading: its number, and its level as a heading."""

    number: int
    level: int = 0
    label: str = ""  # what its element is called


@dataclass(eq=False)
class TreeCell:
    """A cell of a table in the tree."""

    is_heading: bool
    rows: int = 1
    columns: int = 1
    name: str = ""
    headers: tuple[str, ...] = ()
    content: set[Content] = field(default_factory=set)
    row: int = 0
    column: int = 0


@dataclass(eq=False)
class TreeTable:
    """A table in the tree. It is whole where each of its rows fills its width."""

    rows: list[list[TreeCell]] = field(default_factory=list)
    is_inner: bool = False

    @property
    def cells(self) -> Iterator[TreeCell]:
        for row in self.rows:
            yield from row

    def place(self) -> None:
        """Give each cell its row and column: the next that no cell from above covers."""
        taken: set[Content] = set()
        for number, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while (number, column) in taken:
                    column += 1
                cell.row, cell.column = number, column
                cell.rows = min(cell.rows, len(self.rows) - number)
                taken.update(
                    (number + down, column + right)
                    for down in range(cell.rows)
                    for right in range(cell.columns)
                )
                column += cell.columns
                if len(taken) > _MOST_ELEMENTS:
                    raise Refused(_TOO_MANY)

    @property
    def width(self) -> int:
        return max((cell.column + cell.columns for cell in self.cells), default=0)

    @property
    def is_whole(self) -> bool:
        covered = sum(cell.rows * cell.columns for cell in self.cells)
        return covered == self.width * len(self.rows)


@dataclass
class Tree:
    """All that the tree says, by the content that it says it of."""

    blocks: dict[Content, TreeBlock] = field(default_factory=dict)
    cells: dict[Content, tuple[TreeTable, TreeCell]] = field(default_factory=dict)
    tables: list[TreeTable] = field(default_factory=list)
    described: list[tuple[int | None, str]] = field(default_factory=list)  # pictures, by page

    @cached_property
    def carries_over(self) -> bool:
        """Whether anything in it goes on over a page break; some programs begin anew there."""
        pages: dict[int, int] = {}
        blocks = ((block.number, page) for (page, _), block in self.blocks.items())
        tables = ((-id(table), page) for (page, _), (table, _) in self.cells.items())
        return any(pages.setdefault(number, page) != page for number, page in [*blocks, *tables])


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above an element."""

    page: int | None = None
    block: TreeBlock | None = None
    table: TreeTable | None = None
    cell: TreeCell | None = None
    depth: int = 0


class _Walk:
    def __init__(self, pdf: Any, budget: Budget) -> None:
        self.pages = {page.page_obj.pageid: page.page_number for page in pdf.pages}
        self.budget = budget
        self.tree = Tree()
        self.seen: set[int] = set()
        self.items: set[int] = set()  # of lists, whose first paragraph is still to come
        self.count = 0
        root = resolve1(pdf.doc.catalog.get("StructTreeRoot"))
        self.roles: Mapping[str, Any] = {}
        if isinstance(root, dict):
            roles = resolve1(root.get("RoleMap"))
            self.roles = roles if isinstance(roles, dict) else {}
            self.children(root.get("K"), _Above())

    def children(self, kids: Any, above: _Above) -> None:
        """What an element holds: elements, numbers of marked content, or references to it."""
        kids = resolve1(kids) if not isinstance(kids, PDFObjRef) else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            self.child(kid, above)

    def child(self, kid: Any, above: _Above) -> None:
        if isinstance(kid, PDFObjRef):
            if kid.objid in self.seen:
                return
            self.seen.add(kid.objid)
            kid = resolve1(kid)
            if isinstance(kid, list):
                self.children(kid, above)
                return
        self.count += 1
        if self.count > _MOST_ELEMENTS or above.depth > _DEEPEST:
            raise Refused(_TOO_MANY)
        self.budget.look()
        if isinstance(kid, int):
            self.content(above.page, kid, above)
        elif isinstance(kid, dict) and "MCID" in kid:
            if not isinstance(resolve1(kid.get("Stm")), PDFStream):
                self.content(self.page(kid, above.page), resolve1(kid["MCID"]), above)
        elif isinstance(kid, dict) and "S" in kid:
            self.element(kid, above)

    def content(self, page: int | None, number: Any, above: _Above) -> None:
        if page is None or not isinstance(number, int):
            return
        key = (page, number)
        if above.block is not None:
            self.tree.blocks[key] = above.block
        if above.cell is not None and above.table is not None:
            above.cell.content.add(key)
            self.tree.cells[key] = (above.table, above.cell)

    def page(self, element: Mapping[str, Any], otherwise: int | None) -> int | None:
        page = element.get("Pg")
        return self.pages.get(page.objid, otherwise) if isinstance(page, PDFObjRef) else otherwise

    def role(self, element: Mapping[str, Any]) -> str:
        """The standard name of an element's kind."""
        name = _name(element.get("S"))
        for _ in range(10):
            if name in _BLOCKS or name in _STANDARD or _HEADING.fullmatch(name):
                break
            if name not in self.roles:
                break
            name = _name(self.roles[name])
        return name

    def element(self, element: Mapping[str, Any], above: _Above) -> None:
        role = self.role(element)
        page = self.page(element, above.page)
        block, table, cell = above.block, above.table, above.cell
        heading = _HEADING.fullmatch(role)
        if heading or role in _BLOCKS:
            level = int(heading[1] or 1) if heading else int(role == "Title")
            block = self.block(role, level, above)
        if role == "Table":
            table, cell = TreeTable(is_inner=above.cell is not None), None
            self.tree.tables.append(table)
        elif role == "TR" and table is not None:
            table.rows.append([])
        elif role in {"TD", "TH"} and table is not None:
            cell = _cell(element, role)
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(cell)
        elif role == "Figure":
            self.figure(element, page)
        self.children(element.get("K"), _Above(page, block, table, cell, above.depth + 1))

    def block(self, role: str, level: int, above: _Above) -> TreeBlock:
        """A new paragraph or heading; the first in an item of a list belongs to its sign."""
        item = above.block
        if role == "P" and item is not None and item.label == "LI" and item.number in self.items:
            self.items.discard(item.number)
            return item
        if role == "LI":
            self.items.add(self.count)
        return TreeBlock(self.count, level, role)

    def figure(self, element: Mapping[str, Any], page: int | None) -> None:
        words = " ".join(text(element.get("Alt")).split())
        if words:
            self.tree.described.append((page, words))


def tree_of(pdf: Any, budget: Budget) -> Tree:
    """The structure tree of a PDF; an empty one where it has none."""
    if "StructTreeRoot" not in pdf.doc.catalog:
        return Tree()
    tree = _Walk(pdf, budget).tree
    tree.tables = [table for table in tree.tables if any(table.rows)]
    for table in tree.tables:
        table.place()
    return tree


def _cell(element: Mapping[str, Any], role: str) -> TreeCell:
    """A cell with what its attributes say, which may be one dictionary or several."""
    found: dict[str, Any] = {}
    given = resolve1(element.get("A"))
    for each in given if isinstance(given, list) else [given]:
        attributes = resolve1(each)
        if isinstance(attributes, PDFStream):
            attributes = attributes.attrs
        if isinstance(attributes, dict):
            found.update(attributes)
    headers = resolve1(found.get("Headers"))
    return TreeCell(
        is_heading=role == "TH",
        rows=_span(found.get("RowSpan")),
        columns=_span(found.get("ColSpan")),
        name=text(element.get("ID")),
        headers=tuple(map(text, headers)) if isinstance(headers, list) else (),
    )


def _span(value: Any) -> int:
    number = resolve1(value)
    return min(int(number), _WIDEST) if isinstance(number, int | float) and number >= 1 else 1


def _name(value: Any) -> str:
    found = resolve1(value)
    name = found.name if isinstance(found, PSLiteral) else found
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)


def text(value: Any) -> str:
    """A text of PDF, whatever it is written in."""
    found = resolve1(value)
    if isinstance(found, bytes):
        return decode_text(found)
    return found if isinstance(found, str) else ""
