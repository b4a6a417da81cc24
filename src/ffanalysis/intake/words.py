"""How words of a paper are compared with those of a form: by letters, not by how they are set."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_NOT_WORDS = re.compile(r"[^0-9a-z£%&]+")
_HINT = re.compile(
    r"\s*\((?:e\.?g\.?|i\.?e\.?|please|if|max|maximum|no more|see|include|give)\b.*\)?\s*$"
    r"|\s*\(\s*\d\s*(?:[-–/]|to)\s*\d{1,2}\s*\)\s*$",
    re.I | re.S,
)
_NUMBERED = re.compile(r"^\s*(?:(?:section\s+)?\d{1,2}(?:\.\d{1,2})*|[a-z])[.):]?\s+(?=[A-Z£])")
ALIKE = 0.6  # from this share of letters on, a known label is worth naming


def key(text: str) -> str:
    """A text as it is compared: lower case, letters and digits, single spaces."""
    plain = text.casefold().replace("’", "'").replace("'", "")
    return " ".join(_NOT_WORDS.sub(" ", plain).split())


def squash(text: str) -> str:
    """A text without its spaces: "Green Deli" "vered" and "Green Delivered" are the same."""
    return key(text).replace(" ", "")


def without_hint(text: str) -> str:
    """A label without its number and without what it says in brackets on how to fill it in."""
    return _HINT.sub("", _NUMBERED.sub("", text)).strip()


def nearest(text: str, known: Iterable[str]) -> str:
    """The known words most like a text, or nothing."""
    by_key = {key(word): word for word in known}
    found = get_close_matches(key(text), by_key, 1, ALIKE)
    return by_key[found[0]] if found else ""
