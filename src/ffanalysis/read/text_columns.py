"""Which columns of a table have words that are kept with the line as they are written.

An owner, posts, a one-off cost and its funding, who confirmed a saving and by what evidence.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from ffanalysis import periods
from ffanalysis.layout import TableLayout, plain, without_footnote
from ffanalysis.read.found_table import TextColumn
from ffanalysis.read.headings import Head, Token

# A band of these over other headings speaks for all below it: "One-off cost" over years is no
# saving of those years, nor is "FTE" over a target.
_ALSO_AS_BAND = frozenset({"posts", "one_off_cost"})
# Over numbers these are a measure that is not known: what of a saving is confirmed.
_MAY_BE_AMOUNTS = frozenset({"confirmed", "verified", "validated", "signed off"})
_OF_AMOUNTS = r"sav\w*|targets?|forecasts?|deliver\w*|achiev\w*|actuals?|amounts?|values?"
_BRACKETS = re.compile(rf"\((?![^()]*\b(?:{_OF_AMOUNTS})\b)[^()]*\)", re.I)
_TOGETHER = re.compile(r"\s*(?:/|&|\+|,|\band\b|\bor\b)\s*")


def text_columns(
    kind: TableLayout,
    heads: Mapping[int, Head],
    taken: Collection[int],
    has_number: Callable[[int], bool],
) -> dict[int, TextColumn]:
    """Sheet column → what it says of a line, of the columns that the table keeps as written.

    `has_number` says whether a number stands in a column.
    """
    if not kind.texts:
        return {}
    found = {}
    for column, head in sorted(heads.items()):
        name = "" if column in taken else _name_of(head, kind)
        may_be_amounts = plain(head.tokens[-1].text) in _MAY_BE_AMOUNTS
        if name and not (may_be_amounts and has_number(column)):
            found[column] = TextColumn(name, _year_of(head), head.tokens[-1].cell.text)
    return found


def _name_of(head: Head, kind: TableLayout) -> str:
    """Which text a column holds; "" where it holds none.

    Only what heads the column itself says so: a band "Status" over amounts makes them no text.
    """
    said = [token for token in head.tokens if token.kind != "unit"]
    if own := _text_named(said[-1], kind) if said else "":
        return own
    bands = (_text_named(token, kind) for token in said[:-1])
    return next((name for name in bands if name in _ALSO_AS_BAND), "")


def _text_named(token: Token, kind: TableLayout) -> str:
    """The text that a heading names; the first of several: "Confirmed by / evidence"."""
    for way in _ways(token):
        if way in kind.texts:
            return kind.texts[way]
        parts = _TOGETHER.split(way)
        if all(part in kind.texts for part in parts):
            return kind.texts[parts[0]]
    return ""


def _ways(token: Token) -> Iterator[str]:
    """The ways to compare a heading: without a footnote, a year, and what stands in brackets."""
    for text in (token.text, token.cell.text):
        bare = without_footnote(text)
        _, rest = periods.year_in(bare) or (None, bare)
        for way in (text, bare, rest, _BRACKETS.sub(" ", rest)):
            yield plain(way).rstrip("?").strip()


def _year_of(head: Head) -> str | None:
    """The year that a column of texts is of, where its heading or a band above it names one."""
    texts = (periods.year_in(without_footnote(token.cell.text)) for token in head.tokens)
    return head.year or next((found[0] for found in texts if found), None)
