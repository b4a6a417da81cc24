"""Where a value was read, and what projects and figures are called in file names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from ffanalysis.money import RAISED_MARK

PROVENANCE = ("workbook", "sheet", "cell")


_WRITTEN = re.compile(r"(.+?\.(?:xls[xm]?|ods|csv))!(.+)!([A-Z]+\d+)", re.I | re.S)


class CellRef(NamedTuple):
    """A cell of a workbook; one of an earlier quarter names that quarter before its workbook."""

    workbook: str
    sheet: str
    address: str

    def __str__(self) -> str:
        return f"{self.workbook}!{self.sheet}!{self.address}"

    @classmethod
    def parse(cls, text: str) -> "CellRef":
        """The cell that "book.xlsx!Sheet!C14" names; a sheet's own name may hold an "!".

        Raises ValueError for any other text.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(*found.groups())

    @property
    def row(self) -> int:
        """The number of the sheet's row."""
        return int(self.address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)

    @property
    def sheet_row(self) -> tuple[str, str, int]:
        """The row of a sheet that the cell stands in."""
        return self.workbook, self.sheet, self.row


class _Placed(Protocol):
    @property
    def workbook(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def cell(self) -> str | None: ...


def cell_of(row: _Placed) -> CellRef:
    """The cell that a row of a table was read from."""
    return CellRef(row.workbook, row.sheet or "", row.cell or "")


def cells_of(rows: Iterable[_Placed]) -> tuple[CellRef, ...]:
    """The cells of rows, each once, in their order."""
    return tuple(dict.fromkeys(map(cell_of, rows)))


def merged_cells(*groups: Iterable[CellRef]) -> tuple[CellRef, ...]:
    """Cells of several figures, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(cell for group in groups for cell in group))


# How Python keeps a byte of a file's name that is no letter in UTF-8.
_STRAY_BYTE = range(0xDC80, 0xDD00)


def shown_name(name: str) -> str:
    r"""A file's name with what cannot be seen or is not UTF-8 written out: "\xff.xlsx"."""
    return "".join(map(_shown_sign, name))


def _shown_sign(sign: str) -> str:
    if sign.isprintable() or sign == "\u00a0":
        return sign
    if ord(sign) in _STRAY_BYTE:
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode()


_TAKEN = frozenset(
    {"index", "programme", "findings", "reconciliation", "run", "notebooks", "exceptions", "outbox"}
)
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


# What Word and a keyboard write for one another, each as a keyboard has it.
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9`\u00b4\uff07"
_QUOTATION_MARKS = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_AS_TYPED = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTATION_MARKS, '"')
    | dict.fromkeys(_DASHES, "-")
)


_MARKED = re.compile(rf"\s*{RAISED_MARK}$")


@lru_cache(maxsize=1 << 16)
def as_typed(name: str) -> str:
    """A name with straight quotes, hyphens for dashes, composed letters and single spaces."""
    if name.isascii() and "`" not in name:
        return " ".join(name.split())
    return " ".join(unicodedata.normalize("NFC", name).translate(_AS_TYPED).split())


def unmarked(name: str) -> str:
    """A name without the raised mark of a note behind it: "Libraries¹"."""
    return name if name.isascii() else _MARKED.sub("", name)


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> str:
    """What names have in common that are one name, though written with other signs: "&", "and"."""
    bare = unicodedata.normalize("NFKC", unmarked(as_typed(name)))
    return " ".join(bare.replace("&", " and ").split())


@lru_cache(maxsize=1 << 14)
def slug(name: str) -> str:
    """A name as it stands in file names and parameters.

    Lower case a-z, 0-9 and single hyphens, at most 80 characters.

    The raised mark of a note behind it is no part of it. A name that no file of ours or of Windows
    may have gets "-project" behind it; one without a letter or digit gives "".
    """
    bare = unmarked(as_typed(name))
    plain = (
        unicodedata.normalize("NFKD", bare.replace("&", " and ")).encode("ascii", "ignore").decode()
    )
    text = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")
    return f"{text}-project" if text in _TAKEN or text in _DEVICES else text


_Key = TypeVar("_Key")


def slugs(names: Mapping[_Key, str]) -> dict[_Key, str]:
    """The slug of the name of each of these.

    Where several come to one slug, the later ones have a number behind it.
    """
    found: dict[_Key, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        one, number = slug(name), 1
        while one in taken:
            number += 1
            one = f"{slug(name)}-{number}"
        found[key] = one
        taken.add(one)
    return found
