"""Sentences with money, years and duties in them: what each says, where it says it for certain.

A pattern here takes a sentence whole or not at all; an amount that none takes is asked about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ffanalysis.periods import MONTH_NAMES

_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"')]?\s+(?=[“\"'(]?[A-Z£\d])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|no|nos|c|cllr|mr|mrs|ms|dr|st|vs|inc)\.)$", re.I
)

AMOUNT = r"\(?[-−]?£\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|mn?|bn|million|thousand)\b)?\)?"
_NUMBER = r"£?\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|mn?|bn|million|thousand)\b)?"
# A sum in words: "£m: 23.900 − 3.000 = 20.900".
_SUM = re.compile(
    rf"(?:£\s?(?:m|k|000)s?:?\s*)?{_NUMBER}(?:\s*[−–=+-]\s*{_NUMBER})*\s*=\s*{_NUMBER}"
    rf"(?:\s*[−–=+-]\s*{_NUMBER})*",
    re.I,
)
_AMOUNT = re.compile(rf"{AMOUNT}(?:\s*000s?\b)?", re.I)
YEAR = r"(?:FY\s*)?(?:20)\d\d\s*[-–—/]\s*(?:20)?\d\d"
_SPAN = r"20\d\d\s*(?:[-–—/]|to)\s*(?:20)?\d\d"
_BRACKETS = r"\((?:[^()]|\([^()]*\))*\)"
_MONTHS = rf"(?i:{MONTH_NAMES})"
DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS},?\s+\d{{4}}|{_MONTHS}\s+\d{{4}}"
    r"|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)"
)
_EVENT = re.compile(rf"{DATE}|\b20\d\d\s+(?:[a-z]+\s+){{1,3}}(?:date|deadline)\b")
_MTFP = r"(?:MTFP|MTFS|medium[\s-]term financial (?:plan|strategy))"
# "Education & Skills", but not "the service".
_NAME = (
    r"(?P<scope>(?:[A-Z][\w'’-]*|&|and|of|for|in|the|with|,|excluding|including)"
    r"(?:\s+(?:[A-Z][\w'’-]*|&|and|of|excluding|including))*)"
)

_BUDGET = re.compile(
    rf"(?:The\s+)?(?P<year>{YEAR})\s+(?P<basis>(?:[a-z]+\s+){{0,4}}budget)"
    rf"(?:\s+for\s+{_NAME})?\s+(?:was|is|of|stands\s+at|stood\s+at)\s+(?P<amount>{AMOUNT})"
    rf"\s*(?P<more>{_BRACKETS}|,\s*(?:excluding|including|net\s+of|before|after)\b[^;.]*"
    r"(?:\.\d[^;.]*)*)?",
    re.I,
)
_DELIVERED = re.compile(
    rf"Savings\s+of\s+(?P<amount>{AMOUNT})(?:\s+for\s+{_NAME})?\s+(?:were|was)\s+(?:allocated|"
    rf"assigned|planned)\s+(?:to|for|in)\s+(?:the\s+)?(?P<year>{YEAR})(?:\s+financial\s+year)?"
    r"(?P<how>.*)",
    re.I,
)
_FULLY = re.compile(
    r"\b(?:fully\s+(?:delivered|achieved)|(?:delivered|achieved)\s+in\s+full)\b", re.I
)
# More than one year, or somebody else who delivered: what the service saved is not said then.
_ELSEWHERE = re.compile(
    rf"^\s*(?:,|and|to|&|[-–])\s*(?:the\s+)?{YEAR}|\bby\s+(?!the\s+end\b)(?:the\s+)?[A-Z](?!ov|pr)\w+"
)
_EACH_YEAR = re.compile(r"\b(?:per|a|each|every)\s+(?:year|annum)\b|\bannually\b|\bp\.?a\b", re.I)
# Before or behind a count with a date: a limit, a wish, a condition or a denial is no duty.
_NO_DUTY = re.compile(
    r"\b(?:no\s+more|fewer|less|more|at\s+most|up|as\s+many)\s+(?:than|to|as)\b|\bat\s+(?:least|most)\b"
    r"|\b(?:not|never|no\s+longer|ask(?:s|ed)?|propose[sd]?|suggest(?:s|ed)?|want(?:s|ed)?|over"
    r"|claim(?:s|ed)?|believe[sd]?|hope[sd]?|whether)\b",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|unless|subject\s+to|provided|assuming)\b", re.I)
_CLAUSE = re.compile(r"[,;:–]\s|\b(?:but|and)\b")
# Whose words, a belief of before, or what no saving is made of: no bound of a saving.
_SAID_OTHERWISE = re.compile(
    r"\b(?:not\s+(?:the\s+case|true)|critics?|(?:was|were)\s+thought|proved\s+wrong|say\s+that|claims?)\b"
    r"|\b(?:risks?|demand)\s+cannot\b",
    re.I,
)
_NOT = re.compile(r"\b(?:not|partly|partially|never|nearly|almost)\b", re.I)
_IN_PLAN = re.compile(
    rf"Savings\s+of\s+(?P<amount>{AMOUNT})(?:\s+for\s+{_NAME})?\s+(?:are|is|were|have\s+been)\s+"
    rf"(?:already\s+)?(?:included|built|assumed|reflected)\s+(?:in|into)\s+the\s+{_MTFP}"
    rf"(?:\s+(?:over|for|in)\s+(?:the\s+)?(?:period|years)?\s*(?P<span>{_SPAN}))?",
    re.I,
)
_ROUTE = re.compile(
    rf"(?P<label>(?:Retained|Commissioned)(?:\s+[A-Za-z]+){{0,3}}?)\s*(?:[-–—:=]|of|are|is)\s*"
    rf"(?P<amount>{AMOUNT})",
    re.I,
)
_DUTY = re.compile(
    r"(?:\b(?:the|all|some|these|those)\s+)?(?<![£\d,.])"
    r"(?P<quantity>(?:(?:about|around|approximately|some|circa|c\.|over|at\s+least)\s+)?"
    r"(?<![£\d,./])\b\d{1,3}(?:,\d{3})*\d*(?:\s+or\s+so)?)\s+"
    r"(?P<what>[A-Za-z][^.;:£]*?\b(?:must|have\s+to|has\s+to|need\s+to|are\s+to|are\s+required\s+to)"
    rf"\s+be\s+[a-z]+)\s+(?:by|before)\s+(?P<by>(?:the\s+end\s+of\s+)?(?:{DATE}|{YEAR}))",
    re.I,
)
_FOR = re.compile(
    rf"(?P<amount>{AMOUNT})\s+(?:is\s+)?for\s+(?P<name>[^£;.]+?)(?=\s+of\s+which\b|[;.,]|$)", re.I
)
_WHICH = re.compile(
    rf"\bof\s+which\s+(?P<amount>{AMOUNT})\s+(?:is\s+|are\s+)?(?:for\s+)?(?P<name>[^£;.]+?)(?=[;.]|$)",
    re.I,
)
_PAST = re.compile(r"\b(?:was|were|has been|have been|had|took place|began|started|ended)\b", re.I)
# What bounds a saving: that it cannot be made somewhere, that something must stay, that only some
# posts are open to it.
_BOUNDS = re.compile(
    r"\b(?:(?:cannot|can\s+not|can't|must\s+not|may\s+not|should\s+not|could\s+not)\s+be\s+"
    r"(?:reduced|cut|removed|deleted|stopped|withdrawn|lowered|closed|ceased)"
    r"|case\s+for\s+(?:a\s+|any\s+)?(?:reduction|cut|saving)[^.]*\b(?:not\s+strong|weak)"
    r"|(?:need|have|has|needs|must|required|obliged)\s+(?:to\s+)?(?:be\s+)?(?:retain|retained|keep|kept"
    r"|protect|protected|maintain|maintained|continue)\b"
    r"|only\s+(?:the\s+)?(?:posts|services|budgets|staff|areas|roles)\b"
    r"|(?:are|is)\s+(?:ring-?fenced|protected)"
    r"|no\s+(?:scope|room|capacity)\s+(?:to|for)\s+(?:reduc|cut|sav|further))",
    re.I,
)
# What sets a limit to what may change: "must not exceed 18 weeks", "at least two must be on duty".
_LIMIT = (
    r"(?:no|not|never)\s+(?:more|less|fewer|longer|later|lower|higher)\s+than|at\s+(?:least|most)"
)
_MUST = r"(?:must|shall|should|(?:has|have|needs?|is|are)\s+to|(?:is|are)\s+required\s+to)"
_LIMITS = re.compile(
    rf"\b(?:(?:{_MUST}|may|can)\s*(?:not|never|no\s+longer)\s+(?:exceed|fall\s+below|drop\s+below"
    rf"|go\s+(?:above|below|beyond)|rise\s+above|take\s+longer)"
    rf"|{_MUST}\s(?:[^.;]*\s)?(?:{_LIMIT}|within\s+\d+)"
    rf"|(?:{_LIMIT})\s[^.;]*\b(?:{_MUST}|may|can)\s+(?:not\s+)?be)\b",
    re.I,
)
# A target, of money or of a saving, is no limit to one.
_TARGET = re.compile(
    r"\b(?:sav(?:e|es|ed|ings?)|deliver|achieve|reduce)\b[^.;]*\bat\s+least\b", re.I
)


@dataclass(frozen=True)
class Money:
    """What a sentence says of an amount; `year` and `span` as they are written."""

    kind: str  # budget, delivered, in plan, route
    amount: str
    year: str = ""
    span: str = ""
    basis: str = ""
    scope: str = ""
    label: str = ""
    is_full: bool = True


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph; an abbreviation ends none."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return [part.strip() for part in parts if part.strip()]


def money_in(sentence: str) -> tuple[list[Money], list[str]]:
    """What a sentence says of its amounts, and the amounts that no pattern took."""
    found: list[Money] = []
    rest = sentence
    for read in (_in_plan, _delivered, _budget, _routes):
        for money, words in read(rest):
            found.append(money)
            rest = rest.replace(words, " ", 1)
    sums = [match[0] for match in _SUM.finditer(rest)]
    left = [match[0] for match in _AMOUNT.finditer(_SUM.sub(" ", rest))]
    return found, [*sums, *left]


def _in_plan(text: str) -> Iterator[tuple[Money, str]]:
    for found in _IN_PLAN.finditer(text):
        yield (
            Money("in plan", found["amount"], span=found["span"] or "", scope=found["scope"] or ""),
            found[0],
        )


def _delivered(text: str) -> Iterator[tuple[Money, str]]:
    if (found := _DELIVERED.search(text)) and not _AMOUNT.search(found["how"]):
        how = found["how"]
        is_full = bool(_FULLY.search(how)) and not _NOT.search(how)
        is_full = is_full and not _ELSEWHERE.search(how) and not _CONDITION.search(how)
        scope = found["scope"] or ""
        yield (
            Money("delivered", found["amount"], found["year"], scope=scope, is_full=is_full),
            found[0],
        )


def _budget(text: str) -> Iterator[tuple[Money, str]]:
    for found in _BUDGET.finditer(text):
        more = (found["more"] or "").lstrip(", ")
        basis = " ".join(filter(None, (found["basis"], more)))
        scope = found["scope"] or ""
        yield Money("budget", found["amount"], found["year"], basis=basis, scope=scope), found[0]


def _routes(text: str) -> Iterator[tuple[Money, str]]:
    every = list(_ROUTE.finditer(text))
    if len(every) != len(_AMOUNT.findall(text)) or _EACH_YEAR.search(text):
        return  # amounts of years, or beside the split: which is which is not said
    for found in every:
        yield Money("route", found["amount"], label=" ".join(found["label"].split())), found[0]


@dataclass(frozen=True)
class Duty:
    """A counted duty with its date: "the 3000 or so statements … must be converted by 2018"."""

    quantity: str
    what: str
    by: str
    is_certain: bool = True


def duties_in(sentence: str) -> list[Duty]:
    """The counted duties of a sentence."""
    return [
        Duty(
            " ".join(found["quantity"].split()),
            " ".join(found["what"].split()),
            " ".join(found["by"].split()),
            is_certain=_is_duty(sentence, found),
        )
        for found in _DUTY.finditer(sentence)
    ]


def _is_duty(sentence: str, found: re.Match[str]) -> bool:
    """Whether a count with a date is a duty: no limit, wish, condition or denial."""
    clause = _CLAUSE.split(sentence[: found.start()])[-1]
    said = f"{clause} {found['quantity']} {found['what']}"
    return not _NO_DUTY.search(said) and not _CONDITION.search(sentence)


def events_in(sentence: str) -> list[str]:
    """The dates that a sentence mentions, but those by which a duty must be done."""
    due = [found.span("by") for found in _DUTY.finditer(sentence)]
    return [
        found[0]
        for found in _EVENT.finditer(sentence)
        if not any(start <= found.start() < end for start, end in due)
    ]


def is_past(sentence: str) -> bool:
    """Whether a sentence speaks of what has been."""
    return bool(_PAST.search(sentence))


def bounds_saving(sentence: str) -> bool:
    """Whether a sentence says what a saving may not touch."""
    is_bound = _BOUNDS.search(sentence) or (
        _LIMITS.search(sentence) and not _TARGET.search(sentence)
    )
    return bool(is_bound) and not _SAID_OTHERWISE.search(sentence)


def parts_of_budget(text: str) -> list[tuple[str, str, str]] | None:
    """The budgets of "£5.9m for A of which £1.083m is for B", each with what it is part of.

    As (amount, service, part of); None where the text says anything else beside its amounts.
    """
    whole = text.strip().rstrip(".")
    first = _FOR.match(whole)
    if first is None:
        bare = re.fullmatch(AMOUNT, whole, re.I) or re.fullmatch(r"\(?[\d,]+(?:\.\d+)?\)?", whole)
        return [(whole, "", "")] if bare else None
    found = [(first["amount"], first["name"].strip(), "")]
    rest = whole[first.end() :]
    whole_of = first["name"].strip()
    found += [(each["amount"], each["name"].strip(), whole_of) for each in _WHICH.finditer(rest)]
    left = _WHICH.sub(" ", rest)
    return found if not re.search(r"[\w£]", left) else None
