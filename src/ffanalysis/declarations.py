"""Files of settings, written by hand: TOML within the bounds of what a person writes.

The parser of Python takes minutes over a line that was made to take them, and stops over a number
of thousands of digits.
"""

import tomllib
from collections.abc import Callable
from typing import Any

_LARGEST = 1_000_000
_LONGEST_LINE = 4_000  # Python reads no number of more than 4,300 digits


class NotToml(Exception):
    """A file that is no declaration; the message says what is wrong, to go on a sentence with."""


def parse(content: bytes, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """What a file declares. Raises NotToml."""
    if len(content) > _LARGEST:
        raise NotToml(f"it is larger than {_LARGEST // 1_000_000} MB")
    for number, line in enumerate(content.split(b"\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise NotToml(f"its line {number:,} is longer than {_LONGEST_LINE:,} characters")
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(f"it is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise NotToml("it is not text in UTF-8") from error
    except RecursionError as error:
        raise NotToml("its brackets are nested too deeply") from error
