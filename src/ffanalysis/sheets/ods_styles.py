"""The styles of an OpenDocument spreadsheet: number formats, fonts, sizes of rows and columns.

Structure: OpenDocument 1.3, Part 3, chapter 16.
"""

import re
from collections.abc import Callable

from ffanalysis.sheets.cells import GENERAL
from ffanalysis.sheets.limits import LONGEST_TEXT
from ffanalysis.sheets.rich_text import Place
from ffanalysis.sheets.xml_stream import attribute

_CONDITION = re.compile(r"value\(\)(<=|>=|!=|<|>|=)(-?\d+(?:\.\d+)?)")
# Conditions that a number format of so many sections need not write.
_UNWRITTEN = ((), (">=0",), (">0", "<0"))
_LENGTH = re.compile(r"-?\d+(?:\.\d+)?")
_PLAIN = frozenset(" ()-+$£€")  # what a number format has without quotes
_MOST_DECIMALS = 30
_DEEPEST_STYLE = 20

Attributes = dict[str, str]


class Reader:
    """Gives each element to the method that is named for it."""

    def __init__(self) -> None:
        self.depth = 0
        self.known: dict[str, Callable[..., None] | None] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if handler := self._handler(f"_start_{name}"):
            handler(attributes)

    def end(self, name: str) -> None:
        if handler := self._handler(f"_end_{name}"):
            handler()
        self.depth -= 1

    def text(self, text: str) -> None:
        """Text between elements."""

    def _handler(self, name: str) -> Callable[..., None] | None:
        if name not in self.known:
            self.known[name] = getattr(self, name.replace("-", "_"), None)
        return self.known[name]


class Styles:
    """Number formats by the name of their style, as Excel writes them.

    Attributes:
        codes: data style → number format.
        maps: data style → conditions, each with the data style of the numbers that fulfil it.
        cells: cell style → data style, parent style.
        found: cell style → number format, once looked up.
        fonts: family and style → where its text is set, and whether it is struck through.
        sizes: family and style of rows or columns → whether they have any; "" is the default style.

    """

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.maps: dict[str, list[tuple[str, str]]] = {}
        self.cells: dict[str, tuple[str, str]] = {}
        self.found: dict[str, str] = {}
        self.fonts: dict[tuple[str, str], tuple[Place, bool]] = {}
        self.sizes: dict[tuple[str, str], bool] = {}

    def is_struck(self, style: str) -> bool:
        """Whether a cell style strikes its text through, itself or by one it inherits from."""
        for _ in range(_DEEPEST_STYLE):
            if font := self.fonts.get(("table-cell", style)):
                return font[1]
            style = self.cells.get(style, ("", ""))[1]
            if not style:
                break
        return False

    def has_size(self, family: str, style: str) -> bool:
        """Whether rows or columns of a style can be seen."""
        return self.sizes.get((family, style), self.sizes.get((family, ""), True))

    def code_of(self, style: str) -> str:
        """The number format of a cell style: its own, or that of a style it inherits from."""
        if style not in self.found:
            self.found[style] = self._look_up(style)
        return self.found[style]

    def _look_up(self, style: str) -> str:
        for _ in range(_DEEPEST_STYLE):
            data, parent = self.cells.get(style, ("", ""))
            if data in self.codes:
                return self._with_maps(data) or GENERAL
            if not parent:
                break
            style = parent
        return GENERAL

    def _with_maps(self, data: str) -> str:
        """A data style's number format with those for the numbers that fulfil a condition."""
        sections = [
            (condition, self.codes[other])
            for condition, other in self.maps.get(data, ())
            if other in self.codes
        ]
        # What is left is for texts, or for all other numbers.
        if not (sections and "@" in self.codes[data]):
            sections.append(("", self.codes[data]))
        conditions = tuple(condition for condition, _ in sections[:-1])
        if conditions in _UNWRITTEN:
            return ";".join(code for _, code in sections)
        written = [f"[{condition}]{code}" for condition, code in sections[:-1]]
        return ";".join([*written, sections[-1][1]])


class StyleReader(Reader):
    """Reads styles. A number format is built as Excel would write it."""

    def __init__(self, styles: Styles) -> None:
        super().__init__()
        self.styles = styles
        self.data_style = ""
        self.code: list[str] = []
        self.literal: str | None = None
        self.is_share = False
        self.style = ("", "")  # family and name of the style that is read

    def text(self, text: str) -> None:
        if self.literal is not None:
            self.literal += text[:LONGEST_TEXT]

    def _start_number_style(self, attributes: Attributes) -> None:
        self.data_style, self.code, self.is_share = attribute(attributes, "name"), [], False

    _start_currency_style = _start_text_style = _start_number_style

    def _start_percentage_style(self, attributes: Attributes) -> None:
        self._start_number_style(attributes)
        self.is_share = True

    def _start_number(self, attributes: Attributes) -> None:
        places = attribute(attributes, "decimal-places")
        if not self.data_style:
            return
        if not places:
            self.code.append(GENERAL)
            return
        most = min(int(places), _MOST_DECIMALS)
        least = min(int(attribute(attributes, "min-decimal-places") or most), most)
        decimals = "0" * least + "#" * (most - least)
        factor = attribute(attributes, "display-factor").partition(".")[0]
        thousands = (len(factor) - 1) // 3 if factor.startswith("1") else 0
        whole = "#,##0" if attribute(attributes, "grouping") == "true" else "0"
        self.code.append(whole + (f".{decimals}" if decimals else "") + "," * thousands)

    def _start_scientific_number(self, attributes: Attributes) -> None:
        if self.data_style:
            places = min(int(attribute(attributes, "decimal-places") or 2), _MOST_DECIMALS)
            self.code.append(f"0.{'0' * places}E+00")

    def _start_text(self, _: Attributes) -> None:
        if self.data_style:
            self.literal = ""

    def _start_text_content(self, _: Attributes) -> None:
        if self.data_style:
            self.code.append("@")

    def _end_text(self) -> None:
        if self.literal:
            is_plain = set(self.literal) <= _PLAIN or (
                self.is_share and self.literal.strip() == "%"
            )
            self.code.append(
                self.literal if is_plain else '"' + self.literal.replace('"', "") + '"'
            )
        self.literal = None

    _start_currency_symbol, _end_currency_symbol = _start_text, _end_text

    def _start_map(self, attributes: Attributes) -> None:
        found = _CONDITION.fullmatch(attribute(attributes, "condition"))
        if self.data_style and found:
            condition = found[1].replace("!=", "<>") + found[2]
            style = attribute(attributes, "apply-style-name")
            self.styles.maps.setdefault(self.data_style, []).append((condition, style))

    def _end_number_style(self) -> None:
        if self.data_style:
            self.styles.codes[self.data_style] = "".join(self.code)
        self.data_style = ""

    _end_currency_style = _end_text_style = _end_percentage_style = _end_number_style

    def _start_style(self, attributes: Attributes) -> None:
        style = attribute(attributes, "name")
        self.style = (attribute(attributes, "family"), style)
        if self.style[0] == "table-cell":
            data, parent = (
                attribute(attributes, name) for name in ("data-style-name", "parent-style-name")
            )
            self.styles.cells[style] = (data, parent)

    def _start_default_style(self, attributes: Attributes) -> None:
        self.style = (attribute(attributes, "family"), "")

    def _start_text_properties(self, attributes: Attributes) -> None:
        position = attribute(attributes, "text-position").partition(" ")[0]
        line = attribute(attributes, "text-line-through-style")
        line = line or attribute(attributes, "text-line-through-type")
        if self.style[0] in ("text", "table-cell") and (position or line):
            self.styles.fonts[self.style] = (_place(position), line not in ("", "none"))

    def _start_table_row_properties(self, attributes: Attributes) -> None:
        if attribute(attributes, "use-optimal-row-height") != "true":
            self._read_size(attribute(attributes, "row-height"))

    def _start_table_column_properties(self, attributes: Attributes) -> None:
        self._read_size(attribute(attributes, "column-width"))

    def _read_size(self, size: str) -> None:
        if found := _LENGTH.match(size):
            self.styles.sizes[self.style] = float(found[0]) > 0


def _place(position: str) -> Place:
    """Where a text is set by "super", "sub" or a percentage of its height."""
    if position in ("super", "sub"):
        return "raised" if position == "super" else "lowered"
    found = _LENGTH.match(position)
    height = float(found[0]) if found else 0
    return "raised" if height > 0 else "lowered" if height < 0 else ""


class CommonReader(StyleReader):
    """Reads styles.xml.

    Only what is in office:styles; its other styles are those of headers and footers.
    """

    def __init__(self, styles: Styles) -> None:
        super().__init__(styles)
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.inside = name == "styles" if self.depth == 1 else self.inside
        if self.inside:
            super().start(name, attributes)
        else:
            self.depth += 1

    def end(self, name: str) -> None:
        if self.inside:
            super().end(name)
        else:
            self.depth -= 1
