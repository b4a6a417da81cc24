"""`settings.toml` as a programme begins with it: every setting explained, none set.

It is written from the schema that the settings are read by, so that it cannot say anything else.
"""

import json
import textwrap
from collections.abc import Iterable, Iterator

from ffanalysis.read.settings import CASES, weights
from ffanalysis.settings import WEIGHTS, WORDS, about, declared, rule_of

_WIDTH = 96
_OPENING = """\
# The programme's own names, colours, marking and words; how it is released, mailed and kept.
#
# Nothing is set yet. A line such as '#key = value' shows what holds now: to set another value, take
# its # away and change what is behind it. This file holds for all quarters; a settings.toml beside
# a quarter's workbooks replaces, for that quarter, what it sets. What is not known is refused in
# one sentence, with the nearest name that is: try it with 'ffanalysis check latest'.
"""
_WEIGHTS = """\
# How much of a saving is counted on by its RAG status, in percent: in a low, a central and a high
# case. These are assumptions, not measurements. One that is written here is the council's own, and
# the forecasts that it makes say so.
"""


def settings_file() -> str:
    """The text of the file."""
    parts = [_OPENING]
    for table, items in declared().items():
        settings = [
            _prose(rule.meaning, f"Write {rule.kind.write}.")
            + f"# Such as: {item.name} = {rule.example}\n"
            + f"#{item.name} = {json.dumps(item.default, ensure_ascii=False)}\n"
            for item in items
            for rule in (rule_of(item),)
        ]
        parts += [f"[{table}]\n{_prose(about(table))}", *settings]
    for table, words in WORDS.items():
        says = f"{words.meaning} Each key is {words.key}; its value is {words.value.write}."
        parts.append(f"[{table}]\n{_prose(says)}# Such as: {words.example}\n")
    parts.append(f"[{WEIGHTS}]\n{_WEIGHTS}{''.join(_weights())}")
    return "\n".join(parts)


def _weights() -> Iterator[str]:
    for row in weights(()):
        yield f'#"{row["rag"]}" = {[row[case] for case in CASES]}\n'


def _prose(*sentences: str) -> str:
    """Each of these from a line of its own; the blank behind # tells them from settings."""
    return "".join(f"# {line}\n" for line in _wrapped(sentences))


def _wrapped(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from textwrap.wrap(sentence, _WIDTH, break_on_hyphens=False)
