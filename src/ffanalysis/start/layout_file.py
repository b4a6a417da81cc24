"""A council's layout as it is written: what answers add to the standard one."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FIRST = "# How these workbooks are read; docs: layouts. Written by ffanalysis adopt.\n"


def layout_file(workbooks: Sequence[str], data: Mapping[str, Any]) -> str:
    """The text of a layout for these workbooks; parsed, it gives the data again."""
    lines = [f"workbooks = {_value(list(workbooks))}", *_lines((), data)]
    return _FIRST + "\n".join(lines) + "\n"


def _lines(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if path and plain:
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lines((*path, key), value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """A text, a number or a list of them; what JSON escapes in a text, TOML does too."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
