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


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two layouts as one: tables together, lists one behind the other, each word once."""
    both: dict[str, Any] = dict(first)
    for key, value in second.items():
        before = both.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            both[key] = merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            both[key] = list(dict.fromkeys([*before, *value]))
        else:
            both[key] = value
    return both


def joined(
    layouts: Mapping[str, Mapping[str, Any]],
) -> list[tuple[list[str], Mapping[str, Any]]]:
    """Layouts of several sheets as few as may be: those together that agree in every word."""
    joint: list[tuple[list[str], Mapping[str, Any]]] = []
    for where, data in layouts.items():
        at = next((at for at, (_, other) in enumerate(joint) if _agree(data, other)), None)
        if at is None:
            joint.append(([where], data))
        else:
            joint[at] = ([*joint[at][0], where], merged(joint[at][1], data))
    return joint


def _agree(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether neither says anything of a word, or of a kind of table, that the other denies."""
    said, other = dict(_said_by(first)), dict(_said_by(second))
    return all(other.get(key, value) == value for key, value in said.items())


def _said_by(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], object]]:
    """What a layout says: of each kind of table as a whole, and of each word of it."""
    unread = data.get("headings", {}).get("not_read", ())
    for kind, table in data.get("tables", {}).items():
        yield (kind, ""), {key: value for key, value in table.items() if key != "columns"}
        columns = {**table.get("columns", {}), "": unread}
        yield from (((kind, word), name) for name, words in columns.items() for word in words)
    for section in ("headings", "values", "words"):
        for path, words in _lists((section,), data.get(section, {})):
            space = ".".join(path[: 1 if section == "headings" else 2])
            yield from (((space, word), path) for word in words)


def _lists(
    path: tuple[str, ...], table: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The lists of words in a part of a layout, by where they are."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lists((*path, key), value)
        else:
            yield (*path, key), value


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
