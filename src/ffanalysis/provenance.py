"""Where a value was read, and what projects and figures are called in file names."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

PROVENANCE = ("workbook", "sheet", "cell")


def cell_of(record: Any) -> str:
    """Where a row was read: "book.xlsx!Sheet!C14"."""
    return f"{record.workbook}!{record.sheet}!{record.cell}"


_PLACE = re.compile(r"(.+?\.(?:xls[xm]?|ods|csv))!(.+)!([A-Z]+\d+)", re.I | re.S)


def place_of(cell: str) -> tuple[str, str, str]:
    """Workbook, sheet and address of "book.xlsx!Sheet!C14".

    A sheet's name may itself hold an exclamation mark.
    """
    found = _PLACE.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    return found[1], found[2], found[3]


_TAKEN = frozenset(
    {"index", "programme", "findings", "reconciliation", "run", "notebooks", "exceptions", "outbox"}
)
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


@lru_cache(maxsize=1 << 14)
def slug(name: str) -> str:
    """A name as it stands in file names and parameters.

    Lower case a-z, 0-9 and single hyphens, at most 80 characters.

    A name that no file of ours or of Windows may have gets "-project" behind it; one without a
    letter or digit gives "".
    """
    plain = (
        unicodedata.normalize("NFKD", name.replace("&", " and ")).encode("ascii", "ignore").decode()
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
