"""How each figure of a page was made: one table of cells, a line for each figure, and the links.

The parts of a page each list the cells of their own figures. Here the lists become one for the
page, which nobody sees and a machine reads; the page's own section says the same in words, and
every figure on the pages before the annex leads to its line there.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.checks import RULES
from ffanalysis.expressions import called
from ffanalysis.present.findings import short_cells
from ffanalysis.present.html import Cell, table, tag
from ffanalysis.provenance import CellRef, slug
from ffanalysis.render.cells import Piece
from ffanalysis.render.expression_words import CellWords, in_words
from ffanalysis.verify import Node, parse

# Where the lines of a page stand: its own part puts this there.
PLACE = '<div class="every-figure"></div>'
LIST = re.compile(r'<ol class="made-of" hidden=""(?: data-figures="\d+")?>(.*?)</ol>', re.S)
_CELL = re.compile(r'<li data-id="c(\d+)"( data-cell="([^"]*)"[^>]*)>([^<]*)</li>')
_LABEL = re.compile(r'<li data-label-of="([^"]*)">([^<]*)</li>')
_EXPRESSION = re.compile(r'( data-cells="[^"]*")? data-expr="([^"]*)"')
_IDS = re.compile(r"(\{[^{}:]*:|'[^']*')|\bc(\d+)(?::c(\d+))?\b")
_MARK = re.compile(
    r'(<data value="([^"]*)"(?: data-in="\d+")? data-figure="([^"]*)"([^>]*) data-expr="([^"]*)">)'
    r"([^<]*)</data>"
)
_OPENING = re.compile(r'<data value="([^"]*)"[^>]* data-expr="([^"]*)">')
_PROJECTS = re.compile(r'<table class="projects\b[^>]*>.*?</table>', re.S)
_BESIDE = re.compile(r' data-(?:cells|in)="[^"]*"')
_FOR_MACHINES = re.compile(r' data-(?:cells|expr|figure|unit|in)="[^"]*"')
_TAGS = re.compile(r"<(/?)(a|data)\b[^>]*>")


@dataclass
class _Sources:
    """The cells of a page by the text of their entry, and what its figures are called."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    cells: dict[str, CellWords] = field(default_factory=dict)
    refs: dict[str, CellRef] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def number(self, about: str, name: str, written: str) -> int:
        """The number on the page of a cell of a part."""
        key = about, written
        if key not in self.numbers:
            number = self.numbers[key] = len(self.numbers) + 1
            cell = CellRef.parse(unescape(name))
            self.cells[f"c{number}"] = CellWords(cell.address, unescape(written))
            self.refs[f"c{number}"] = cell
        return self.numbers[key]

    def listed(self) -> str:
        """The table of cells, for machines."""
        items = (
            f'<li data-id="c{number}"{about}>{written}</li>'
            for (about, written), number in self.numbers.items()
        )
        return "".join(items)

    def label(self, name: str) -> str:
        """How a figure is called: by its label, else by its check, else by its name as words."""
        if name in self.labels:
            return self.labels[name]
        rule, _, what = re.sub(r"[:/ ]", "/", name, count=1).partition("/")
        if rule in RULES:
            return f"{what.rpartition('/')[2].capitalize()}, check {rule}"
        words = re.sub(r"[-_]+", " ", name.replace("/", ", ").replace(":", ", "))
        return words[:1].upper() + words[1:]

    def made(self, expression: str, explained: Collection[Node]) -> tuple[str, list[CellRef]]:
        """How a figure was made, in words, and its cells; others have lines of their own."""
        text = unescape(expression)
        words = in_words(parse(text), self.cells, self.label, explained.__contains__)
        return words, self.cells_of(text)

    def cells_of(self, expression: str) -> list[CellRef]:
        """The cells that an expression names, each once."""
        return [self.refs[each] for each in dict.fromkeys(parse(expression).cells())]


@dataclass(frozen=True)
class _Line:
    """Figures that are the same amount, made in the same way, with the mark of the first."""

    id: str
    names: list[str]
    expression: str
    mark: str


def for_print(html: str) -> str:
    """A page without what it says to machines alone, which a document has no place for."""
    return _FOR_MACHINES.sub("", LIST.sub("", html))


def with_sources(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a page with one table of cells, a line for each figure, and links to it."""
    sources = _Sources()
    found = [replace(piece, html=_with_page_ids(piece.html, sources)) for piece in pieces]
    place = next((number for number, each in enumerate(found) if PLACE in each.html), None)
    if place is not None:
        until = next((number for number, each in enumerate(found) if each.is_annex), place)
        lines = _lines(found[:until], found[until:place], sources)
        for number, piece in enumerate(found[:until]):
            found[number] = replace(piece, html=_linked(piece.html, lines))
        shown = found[place].html.replace(PLACE, _shown(lines.values(), sources), 1)
        found[place] = replace(found[place], html=shown)
    number = sum(piece.html.count(' data-figure="') for piece in found)
    listed = f'<ol class="made-of" hidden="" data-figures="{number}">{sources.listed()}</ol>'
    return [*found, Piece(f'<div class="ff">{listed}</div>')]


def _with_page_ids(html: str, sources: _Sources) -> str:
    """A part whose expressions name the cells of the page, and that lists none itself."""
    listed = LIST.search(html)
    if not listed:
        return html
    numbers = {
        int(number): sources.number(about, name, written)
        for number, about, name, written in _CELL.findall(listed[1])
    }
    for name, label in _LABEL.findall(listed[1]):
        sources.labels.setdefault(called(unescape(name)), unescape(label))
    bare = html[: listed.start()] + html[listed.end() :]

    def one(found: re.Match[str]) -> str:
        expression = _renumbered(unescape(found[2]), numbers)
        named = dict.fromkeys(str(cell) for cell in sources.cells_of(expression))
        # A figure's cells are those of its expression, in their order.
        cells = f' data-cells="{escape("; ".join(named))}"' if named else found[1] or ""
        return f'{cells} data-expr="{escape(expression)}"'

    return _EXPRESSION.sub(one, bare)


def _renumbered(expression: str, numbers: dict[int, int]) -> str:
    """An expression over the cells of a part as one over those of the page."""

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        first, last = int(found[2]), int(found[3] or found[2])
        return _ranges([numbers[number] for number in range(first, last + 1)])

    return _IDS.sub(one, expression)


def _ranges(numbers: Sequence[int]) -> str:
    """The ids of cells; of three and more that follow one another the first and the last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts: list[str] = []
    for run in runs:
        is_range = len(run) > 2
        texts += [f"c{run[0]}:c{run[-1]}"] if is_range else [f"c{number}" for number in run]
    return ", ".join(texts)


def _lines(
    pages: Sequence[Piece], annex: Sequence[Piece], sources: _Sources
) -> dict[tuple[str, str], _Line]:
    """A line for each amount that the pages show, by its value and expression.

    Of the annex alone those that have a name of their own: the amounts of a check stand there with
    their cells.
    """
    lines: dict[tuple[str, str], _Line] = {}
    taken: set[str] = set()
    # A project in a list of them has its own page, where its figures have their lines.
    first = _MARK.findall(_PROJECTS.sub("", "".join(piece.html for piece in pages)))
    others = _MARK.findall("".join(piece.html for piece in annex))
    others = [each for each in others if called(unescape(each[2])) in sources.labels]
    for opening, value, name, about, expression, text in (*first, *others):
        words = called(unescape(name))
        line = lines.get((value, expression))
        if line is None:
            key = _free(f"how-{slug(words) or 'figure'}", taken)
            shown = text if "data-unit=" in about else _in_full(int(value), text)
            # The line says in words which cells they are.
            line = _Line(key, [], expression, f"{_BESIDE.sub('', opening)}{shown}</data>")
            lines[value, expression] = line
        if words not in line.names:
            line.names.append(words)
    return lines


def _in_full(pence: int, text: str) -> str:
    """An amount that a page may have rounded; that it is known in part stays said."""
    return money.in_full(pence) + (" (partial)" if "(partial)" in text else "")


def _placed(made: str, cells: Sequence[CellRef]) -> str:
    """How a figure was made, under the sheet of its cells; those of several sheets behind it."""
    named = [cell for cell in cells if re.search(rf"\b{cell.address}\b", made)]
    sheets = dict.fromkeys((cell.workbook, cell.sheet) for cell in named)
    if len(sheets) == 1:
        return f"{', '.join(*sheets)}: {made}"
    return f"{made} · {short_cells(named)}" if named else made


def _free(name: str, taken: set[str]) -> str:
    number, one = 1, name
    while one in taken:
        number += 1
        one = f"{name}-{number}"
    taken.add(one)
    return one


def _linked(html: str, lines: Mapping[tuple[str, str], _Line]) -> str:
    """A piece in which each figure leads to its line; what is a link already stays as it is."""
    parts: list[str] = []
    place, is_link, closes = 0, False, False
    for found in _TAGS.finditer(html):
        is_end, element, text = bool(found[1]), found[2], found[0]
        parts.append(html[place : found.start()])
        place = found.end()
        opening = None if is_end or is_link else _OPENING.fullmatch(text)
        line = lines.get((opening[1], opening[2])) if opening else None
        if element == "a":
            is_link = not is_end
        elif line:
            text, closes = f'{text}<a class="figure" href="#{line.id}">', True
        elif is_end and closes:
            text, closes = f"</a>{text}", False
        parts.append(text)
    return "".join([*parts, html[place:]])


def _shown(lines: Iterable[_Line], sources: _Sources) -> str:
    """The lines as a table: what the figure is, how much, and how it was made."""
    every = list(lines)
    explained = {parse(unescape(line.expression)) for line in every}
    rows: list[list[Cell]] = []
    for line in every:
        label = "; ".join(dict.fromkeys(map(sources.label, line.names)))
        made, cells = sources.made(line.expression, explained)
        rows.append(
            [
                tag("span", label, id=line.id),
                Markup(line.mark),  # noqa: S704 - it is a mark of the page itself
                tag("span", _placed(made, cells), class_="how"),
            ]
        )
    headings = ["Figure", "Amount", "How it was made"]
    title = "Every figure, and how it was made"
    return str(table(title, headings, rows, class_="sources", texts=True))
