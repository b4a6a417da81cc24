"""What a council's heading is likely to be, by its words: the answer that a question suggests."""

import re
from collections.abc import Collection, Iterable

from ffanalysis.layout import plain
from ffanalysis.read import doubtful_sheets
from ffanalysis.vocabulary import Measure, Rag

# What heads the column that a saving is told by, the surest first.
_PROJECT = (
    re.compile(r"\bprojects?\b"),
    re.compile(r"\b(?:schemes?|initiatives?|workstreams?|work streams?|proposals?)\b"),
    re.compile(r"\b(?:savings?|efficienc\w+) (?:title|name|option|measure|item|description)\b"),
    re.compile(r"\b(?:description|title|name) of (?:the )?(?:savings?|efficienc\w+)\b"),
    re.compile(r"^(?:description|title|options?|savings?|efficienc\w+|activity|theme|detail)s?$"),
)
_SERVICE = re.compile(
    r"(?:services?(?: areas?| names?)?|directorates?|departments?|divisions?|portfolios?)"
)
# Headings of words that a table of savings has a column for.
_COLUMNS = {
    "ref": re.compile(r"\b(?:ref|reference|id|code)\b"),
    "rag": re.compile(r"\b(?:b?rag|traffic light|confidence|deliverability|rating)\b"),
    "recurring": re.compile(r"\b(?:recurr\w*|one-off|permanent)\b"),
    "route": re.compile(r"\b(?:route|provider)\b"),
    "owner": re.compile(r"\b(?:officer|owner|lead|manager|sro)\b"),
}
_WORDS = {
    "rag": {
        **dict.fromkeys(("b", "blue", "complete", "completed", "done"), Rag.DELIVERED.value),
        **dict.fromkeys(("g", "high", "on track"), Rag.ON_TARGET.value),
        **dict.fromkeys(("medium", "yellow", "some risk", "at risk"), Rag.AMBER.value),
        **dict.fromkeys(("low", "off track"), Rag.RED.value),
    },
    "recurring": {"y": "recurring", "n": "one-off"},
}
_PLAIN_ANSWERS = frozenset({"yes", "y", "no", "n", "true", "false"})
# Headings over numbers, the surest first: "Revised forecast" is none of a target.
_NUMBERS = (
    # What is left to spend, or was: no saving, whatever else the heading says.
    ("", re.compile(r"^(?!.*\b(?:savings?|efficienc\w+))(?=.*\b(?:estimates?|budgets?)\b)")),
    ("percentage", re.compile(r"%|\bper ?cent")),
    ("variance", re.compile(r"\b(?:varian\w+|difference|gap|over|under)\b")),
    ("total", re.compile(r"\btotal\b")),
    (
        Measure.FORECAST.value,
        re.compile(r"\b(?:forecast|project(?:ed|ion)|outturn|expect\w*|anticipat\w*|likely)"),
    ),
    (
        Measure.DELIVERED.value,
        re.compile(r"\b(?:deliver\w*|achiev\w*|actual\w*|realis\w*|secur\w*|bank\w*|ytd)\b"),
    ),
    (Measure.REVISED.value, re.compile(r"\b(?:revis\w+|rebased|amended)\b")),
    (
        Measure.ORIGINAL.value,
        re.compile(
            r"\b(?:targets?|approved|budgeted|planned|agreed|original|required|savings?"
            r"|efficienc\w+)\b"
        ),
    ),
)
_SAVINGS = re.compile(
    r"\b(?:savings?|efficienc\w+|cost improvements?|cip|(?:budget|spending) reductions?)\b", re.I
)
_MONEY = re.compile(r"£|\b(?:savings?|efficienc\w+|targets?)\b", re.I)
# A quarter or a month within a year, alone: what stands below spreads the year's amount over them.
_MONTHS = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*"
_WITHIN_YEAR = re.compile(
    rf"(?:(?:q|qtr|quarter) ?[1-4]|(?:p|m|period|month) ?\d\d?|{_MONTHS})(?:[ -]?\d\d(?:\d\d)?)?"
    r"(?: ?(?:%|cumulative|profile|target))?"
)
_LEAST_OF_PROFILE = 3  # columns


def project_in(headings: Iterable[str]) -> str:
    """The heading that projects are likely to stand below; "" for none."""
    texts = [*headings]
    found = (text for words in _PROJECT for text in texts if words.search(plain(text)))
    return next(found, "")


def is_service(heading: str) -> bool:
    """Whether a heading is over the services, directorates or portfolios of savings."""
    return bool(_SERVICE.fullmatch(plain(heading)))


def column_named(heading: str, lacking: Collection[str]) -> str:
    """Which of the columns that a table lacks a heading of words may be; "" for none."""
    word = plain(heading)
    return next((name for name in lacking if name in _COLUMNS and _COLUMNS[name].search(word)), "")


def may_be_of(column: str, words: Collection[str], known: Collection[str]) -> bool:
    """Whether words may be those of a column: all known or likely to be, and one at least known."""
    return bool({*words} & {*known}) and {*words} <= {*known, *_WORDS.get(column, {})}


def word_named(column: str, text: str) -> str:
    """What a council's word in a column of known words is likely to stand for; "" for none."""
    return _WORDS.get(column, {}).get(plain(text), "")


def is_only_yes_or_no(words: Collection[str]) -> bool:
    """Whether words answer any question, so that they do not tell which column they are of."""
    return set(words) <= _PLAIN_ANSWERS


def numbers_named(heading: str) -> str:
    """What numbers below a heading are likely to be; "" where its words do not say."""
    word = plain(heading)
    return next((what for what, words in _NUMBERS if words.search(word)), "")


def names_money(text: str) -> bool:
    """Whether a heading names savings, targets or a unit of money."""
    return bool(_MONEY.search(text))


def names_savings(text: str) -> bool:
    """Whether a title or a sheet's name says that it is of savings."""
    return bool(_SAVINGS.search(text))


def profile_in(headings: Iterable[str]) -> list[str]:
    """The headings that spread a year over its quarters or months; none where they are few."""
    found = [text for text in headings if _WITHIN_YEAR.fullmatch(plain(text))]
    return found if len(found) >= _LEAST_OF_PROFILE else []


# --- what a sheet is of, by its name --------------------------------------------------------------

GIVEN_UP = "given up"
_STANDING = (
    (GIVEN_UP, doubtful_sheets.GIVEN_UP),
    (GIVEN_UP, re.compile(r"\bclosed\b")),
    ("not decided", doubtful_sheets.NOT_DECIDED),
    ("not decided", re.compile(r"\b(?:proposals?|proposed|options?|draft|potential|new)\b")),
    ("earlier", re.compile(r"\b(?:prior|previous|earlier|delivered|completed|historic\w*)\b")),
)


def standing(name: str) -> str:
    """How a sheet of savings stands by its name: "given up", "not decided", "earlier"; else ""."""
    word = plain(name)
    return next((each for each, words in _STANDING if words.search(word)), "")
