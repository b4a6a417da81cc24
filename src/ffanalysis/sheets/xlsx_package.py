"""The parts of an .xlsx and how they refer to each other: sheets, styles, shared texts, links.

Structure of the parts: ECMA-376, Part 1, chapter 18.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from openpyxl.utils.escape import unescape

from ffanalysis.sheets.cells import GENERAL, clean
from ffanalysis.sheets.limits import Damaged, Limits, require_short
from ffanalysis.sheets.rich_text import Place, RichText, Struck
from ffanalysis.sheets.xml_stream import Start, attribute, is_true, parse

_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_PLACES: dict[str | None, Place] = {"superscript": "raised", "subscript": "lowered"}


class CellStyle(NamedTuple):
    """What a cell style says of the cells that have it."""

    number_format: str
    is_struck: bool


def decoded(text: str) -> str | None:
    """A text as a cell holds it.

    With the characters that XML has no way to write, without invisible ones; None if it is blank.
    """
    require_short(text)
    text = clean(unescape(text) if "_x" in text and _ESCAPED.search(text) else text)
    return text if text.strip() else None


def require_root(name: str, root: str) -> None:
    """Raise Damaged where a part is not what the workbook says it is.

    Nothing would be found in it, and nothing missed.
    """
    if name != root:
        raise Damaged


class Package:
    """The parts of a workbook and how they refer to each other."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        # Unless the workbook says that its results may be old, or asks to be calculated anew.
        self.is_calculated, self.calculates_on_load = True, False
        # Some programs write part names in another case than they refer to them, or with
        # backslashes.
        names = [
            (name.replace("\\", "/").lstrip("/").casefold(), name) for name in archive.namelist()
        ]
        self.names = dict(names)
        # Which of two parts of one name counts, readers do not agree on.
        self.twice = {
            name for name, number in Counter(name for name, _ in names).items() if number > 1
        }
        relations = self._relations("")
        self.book = next(
            (target for kind, target, _ in relations.values() if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        self.relations = self._relations(self.book)

    def parse(
        self,
        part: str,
        root: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Any = None,
    ) -> None:
        """Parse a part whose root element must have this name."""
        seen = False

        def starts(name: str, attributes: dict[str, str]) -> None:
            nonlocal seen
            if not seen:
                require_root(name, root)
            seen = True
            start(name, attributes)

        with self.open(part) as stream:
            parse(stream, self.limits, starts, end, text)

    def open(self, part: str) -> Any:
        if part.casefold() not in self.names or part.casefold() in self.twice:
            raise Damaged
        member = self.archive.getinfo(self.names[part.casefold()])
        self.limits.unpack(member.file_size)
        return self.archive.open(member)

    def _relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """What a part refers to: id → kind, target, whether it lies outside the workbook."""
        path = PurePosixPath(part)
        beside = str(path.parent / "_rels" / f"{path.name}.rels") if part else "_rels/.rels"
        found: dict[str, tuple[str, str, bool]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                target, outside = (
                    attributes.get("Target", ""),
                    attributes.get("TargetMode") == "External",
                )
                if not outside:
                    target = posixpath.normpath(
                        posixpath.join("/", str(path.parent), target)
                    ).lstrip("/")
                found[attributes.get("Id", "")] = (
                    attributes.get("Type", "").rpartition("/")[2],
                    target,
                    outside,
                )

        if beside.casefold() in self.names:
            self.parse(beside, "Relationships", start)
        return found

    def pages(self) -> tuple[list[tuple[str, bool, str]], datetime]:
        """Title, whether it is hidden, and part of each sheet that holds cells.

        And the day from which dates count.
        """
        found: list[tuple[str, bool, str]] = []
        epoch = WINDOWS_EPOCH

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal epoch
            if name == "sheet":
                kind, target, outside = self.relations.get(
                    attribute(attributes, "id"), ("", "", True)
                )
                if outside:
                    raise Damaged
                # A chart sheet holds no cells.
                if kind == "worksheet":
                    found.append(
                        (
                            attributes["name"],
                            attributes.get("state", "visible") != "visible",
                            target,
                        )
                    )
            elif name == "calcPr":
                self.is_calculated = attributes.get("calcCompleted") not in ("0", "false")
                self.calculates_on_load = is_true(attributes.get("fullCalcOnLoad"))
            elif name == "workbookPr" and is_true(attributes.get("date1904")):
                epoch = MAC_EPOCH

        self.parse(self.book, "workbook", start)
        return found, epoch

    def _part(self, kind: str) -> str | None:
        return next((target for is_a, target, _ in self.relations.values() if is_a == kind), None)

    def styles(self) -> list[CellStyle]:
        """The cell styles, by their place."""
        part = self._part("styles")
        reader = _StylesReader()
        if part:
            self.parse(part, "styleSheet", reader.start)
        return reader.styles

    def texts(self) -> tuple[list[str | None], dict[int, Struck]]:
        """The shared texts, None for a blank one; and the places of those with struck text."""
        part = self._part("sharedStrings")
        found: list[str | None] = []
        struck_texts: dict[int, Struck] = {}
        runs = Runs()
        pieces: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            pieces.clear()
            runs.start(name, attributes)

        def end(name: str) -> None:
            runs.end(name, "".join(pieces))
            if name == "si":
                text, struck = runs.take()
                if struck:
                    struck_texts[len(found)] = struck
                found.append(text)

        if part:
            self.parse(part, "sst", start, end, pieces.append)
        return found, struck_texts

    def links(self) -> tuple[str, ...]:
        """The other workbooks that this one takes values from."""
        targets = []
        for kind, target, outside in self.relations.values():
            if kind == "externalLink" and not outside and target.casefold() in self.names:
                targets += [
                    where for _, where, is_outside in self._relations(target).values() if is_outside
                ]
        return tuple(dict.fromkeys(clean(target) for target in targets))


class _StylesReader:
    """Reads the styles of cells: their number format, and whether their font is struck through."""

    def __init__(self) -> None:
        self.styles: list[CellStyle] = []
        self.own: dict[int, str] = {}  # number formats by their number
        self.struck_fonts: list[bool] = []
        self.inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Read an element."""
        if name in ("fonts", "cellXfs", "cellStyleXfs", "dxfs"):
            self.inside = name
        elif name == "numFmt" and self.inside != "dxfs":
            self.own[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "font" and self.inside == "fonts":
            self.struck_fonts.append(False)
        elif name == "strike" and self.inside == "fonts":
            self.struck_fonts[-1] = is_on(attributes)
        elif name == "xf" and self.inside == "cellXfs":
            self._add(attributes)

    def _add(self, attributes: dict[str, str]) -> None:
        number, font = (int(attributes.get(name, "0")) for name in ("numFmtId", "fontId"))
        code = self.own.get(number) or BUILTIN_FORMATS.get(number, GENERAL)
        is_struck = font < len(self.struck_fonts) and self.struck_fonts[font]
        self.styles.append(CellStyle(code, is_struck))


class Runs:
    """Gathers the text of <t> elements run by run, without the reading aids of other scripts."""

    def __init__(self) -> None:
        self.text = RichText()
        self.is_aid = self.is_struck = False
        self.place: Place = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note what an element says of the run that it is in."""
        if name == "r":
            self.place, self.is_struck = "", False
        elif name == "vertAlign":
            self.place = _PLACES.get(attributes.get("val"), "")
        elif name == "strike":
            self.is_struck = is_on(attributes)
        elif name == "rPh":
            self.is_aid = True

    def end(self, name: str, text: str) -> None:
        """Note the end of an element, and the text in it."""
        if name == "t" and not self.is_aid:
            self.text.add(text, self.place, is_struck=self.is_struck)
        elif name == "rPh":
            self.is_aid = False

    def take(self) -> tuple[str | None, Struck]:
        """The text of the cell, and how much of it is struck through; the next begins."""
        self.place, self.is_struck = "", False
        text, struck = self.text.take()
        return decoded(text), struck


def is_on(attributes: dict[str, str]) -> bool:
    """Whether an element that stands for yes, as <strike/> does, says nothing else."""
    return is_true(attributes.get("val", "1"))
