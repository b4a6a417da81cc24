"""What a setting may hold, and what is wrong with a value that it may not."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ffanalysis.errors import listed

CONTRAST = 4.5  # what WCAG asks of text, at the least
LOGO_SUFFIXES = (".png", ".svg")
LONGEST = 120  # letters of a name, label or marking
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Kind(NamedTuple):
    """What a setting may hold: what to write, and what is wrong with a value; "" where nothing."""

    write: str
    fault: Callable[[Any], str]


def text_fault(value: Any) -> str:
    """What is wrong with one line of text; "" where nothing is."""
    if not isinstance(value, str):
        return "is no text"
    if not value.strip():
        return "is blank"
    if UNSEEN.search(value):
        return "holds a line break or another sign that cannot be seen"
    return f"is longer than {LONGEST} letters" if len(value) > LONGEST else ""


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour with white paper, as WCAG 2.2 measures it: 1 to 21."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _colour_fault(value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        return "is no colour"
    contrast = contrast_with_white(value)
    if contrast >= CONTRAST:
        return ""
    # Rounded down: 4.49 must not read as if it were enough.
    shown = int(contrast * 100) / 100
    return f"has a contrast of {shown:g} to 1 with white, and needs {CONTRAST:g} to 1"


def _file_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    if "/" in value or "\\" in value or value.startswith("."):
        return "is no name of a file beside the settings"
    return "" if value.lower().endswith(LOGO_SUFFIXES) else "is neither a .png nor a .svg file"


def choice(*words: str) -> Kind:
    """The kind of a setting that is one of a few words."""

    def fault(value: Any) -> str:
        return "" if isinstance(value, str) and value in words else "is not known"

    return Kind(f"one of: {listed(words)}", fault)


TEXT = Kind(f"one line of at most {LONGEST} letters, in quotes", text_fault)
COLOUR = Kind(
    'six hexadecimal digits behind #, dark enough for white text, such as "#12436d"', _colour_fault
)
FILE = Kind("the name of a .png or .svg file beside the settings, in quotes", _file_fault)
SWITCH = Kind("true or false", lambda value: "" if isinstance(value, bool) else "is no switch")

_MOST = 100  # years or quarters


def _count_fault(value: Any) -> str:
    is_one = type(value) is int and 0 < value <= _MOST
    return "" if is_one else "is no number of years or quarters"


COUNT = Kind(f"a whole number from 1 to {_MOST}", _count_fault)

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_{|}~-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def address_fault(value: Any) -> str:
    """What is wrong with an e-mail address; "" where nothing is."""
    if fault := text_fault(value):
        return fault
    is_one = _ADDRESS.fullmatch(value) and ".." not in value and ".@" not in value
    return "" if is_one else "is no e-mail address"


def _host_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    return "" if _HOST.fullmatch(value) else "is no name of a server"


def _port_fault(value: Any) -> str:
    text = str(value) if type(value) is int else value  # a number is as good as its digits
    if fault := text_fault(text):
        return fault
    is_one = re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536
    return "" if is_one else "is no port"


HOST = Kind("the name of a server, in quotes", _host_fault)
PORT = Kind('a number from 1 to 65535, such as port = "587"', _port_fault)


def _domains_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    parts = [part.strip() for part in value.split(",")]
    return "" if all(map(_DOMAIN.fullmatch, parts)) else "is no list of domains"


DOMAINS = Kind("domains with commas between, in quotes", _domains_fault)
EMAIL = Kind("an e-mail address, in quotes", address_fault)


def _web_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    is_address = value.startswith(("https://", "file://")) and not re.search(r"[\s\"<>]", value)
    return "" if is_address else "is no web address"


def _cloud_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    is_one = re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?/?", value)
    return "" if is_one else "is no address of a service reached through TLS"


CLOUD = Kind(
    'https:// and the name of a server, such as "https://graph.microsoft.com"', _cloud_fault
)


def _name_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    return "" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", value) else "is no id and no domain"


DIRECTORY = Kind("an id or a domain, as the Entra admin centre shows it, in quotes", _name_fault)
WEB = Kind("a web address that begins with https://, in quotes", _web_fault)

LAST_DAY = 59  # 28 February, where a quarter ends with December: the same dates in every year
LONGEST_DUE = 89  # the next quarter ends a day later, at the earliest
_CLOCKS_CHANGE = ("01:00", "03:00")


def _days(most: int) -> Kind:
    def fault(value: Any) -> str:
        is_day = type(value) is int and 1 <= value <= most
        return "" if is_day else f"is no whole number from 1 to {most}"

    return Kind(f"a whole number of days from 1 to {most}, without quotes", fault)


def _time_fault(value: Any) -> str:
    if fault := text_fault(value):
        return fault
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", value):
        return "is no time of day"
    if _CLOCKS_CHANGE[0] <= value < _CLOCKS_CHANGE[1]:
        return "is there twice or not at all on the two days on which the clocks change"
    return ""


DAY = _days(LAST_DAY)
DUE = _days(LONGEST_DUE)
TIME = Kind(
    'a time of the machine\'s clock, before 01:00 or from 03:00 on, such as "06:30"', _time_fault
)
