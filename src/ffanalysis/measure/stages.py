"""How far a project has come, read from the words of its status.

A status is understood as a whole or not at all: "Closed" is, "Closed to new entrants" is not. A
word that denies or delays ("not", "subject to", "?") is never read over.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ffanalysis import periods
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import Stage

_NO_WORDS: Mapping[str, str] = MappingProxyType({})

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:\d{4}(?:[/-]\d{2,4})?|\d{2}/\d{2})"
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]*\d{{2,4}}"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d(?:[t ][\d:.]+)?"
    rf"|{_MONTH}[ -]*\d{{2,4}}|(?:q(?:uarter)? ?[1-4][ ,]*)?{_YEAR}"
    rf"|q(?:uarter)? ?[1-4](?:[ ,]*{_YEAR})?)"
)
_WHEN = rf"(?:(?:on|in|since|from|at|of|as of|as at|until|dated)? ?(?:the )?\(?{_DAY}\)?)"
# Bodies of officers: their agreement is not approval.
_OFFICERS = (
    r"(?:[a-z&]+ ){0,5}(?:officers?|steering|working|project|programme|management|delivery) "
)
_BODY = (
    r"(?:the )?(?:full council|cabinet(?: member(?: for [a-z &]+)?)?|council|executive(?: member(?:"
    r" for [a-z &]+)?)?|deputy leader|leader(?: of the council)?|elected mayor|mayor|portfolio"
    rf" holder(?: for [a-z &]+)?|(?!{_OFFICERS})(?:[a-z&]+ ){{0,6}}committee)"
)
_BY = rf"(?:(?:by|at|in) )?{_BODY}(?: decision| meeting)?"
_MINUTE = r"(?:\(?(?:minute|min|ref|decision)\.? ?(?:no\.? ?)?[\w/.-]+\)?)"
_BEHIND = rf"(?:[ ,;:–-]*(?:{_WHEN}|{_BY}|{_MINUTE}|\({_BY}[ ,]*(?:{_WHEN})?\)))"

# What each stage is called, a status in whole; a date, and of an approval whose it is, may follow.
_WORDS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.APPROVED: (
            rf"(?:formally )?approved|{_BODY} (?:has )?approved|{_BODY} approval(?: given)?"
            r"|approved by (?:the )?(?:cabinet|council|full council|leader|cabinet member)"
            r"(?! offic| working)(?: [^;:,?]*)?"
        ),
        Stage.CLOSED: (
            r"closed(?: down)?|completed?|finished|ended|concluded"
            r"|(?:fully )?delivered(?: in full)?|fully achieved|achieved(?: in full)?"
            r"|(?:delivery )?complete and closed|(?:completed|delivered) and closed"
        ),
        Stage.IN_DELIVERY: (
            r"in (?:the )?delivery(?: stage| phase)?|delivery(?: stage| phase)?|delivering"
            r"|being (?:delivered|implemented)|in progress|under ?way|(?:in|under) implementation"
            r"|implementation(?: stage| phase)?|implementing|live|on ?going"
        ),
        Stage.ON_HOLD: r"(?:put |currently )?on[ -]hold|paused|suspended|deferred|postponed|parked",
        Stage.WITHDRAWN: (
            r"withdrawn|cancell?ed|abandoned|dropped|discontinued|stopped|terminated"
            r"|(?:no longer|not) (?:being )?(?:pursued|proceeding|progressed|taken forward)"
        ),
        Stage.REJECTED: r"rejected|refused|declined|turned down|not supported",
        Stage.CONCEPT: (
            r"(?:at |in )?(?:the |an? )?(?:early |initial )?concept(?: stage| phase| only)?"
        ),
        Stage.PROPOSED: r"proposed|proposal(?: stage)?|(?:new|draft) proposal|proposed saving",
    }
)
_BEFORE = r"(?:(?:the )?(?:project|saving|status)(?: (?:is|was|has been)|:)? ?)?"
_WHOLE = {stage: re.compile(rf"{_BEFORE}(?:{words}){_BEHIND}*") for stage, words in _WORDS.items()}
_DENIED = re.compile(r"\b(?:not|no|never|nor|un(?:approved|decided))\b|n['’]t\b|\?")
_NOT_AGREED = re.compile(rf"not agreed{_BEHIND}*")
_DELAYED = re.compile(
    r"\b(?:await\w*|pending|subject to|to be (?:approved|agreed|decided|considered)|in principle"
    r"|for (?:approval|decision)|(?:goes|going) to)\b"
)
_CHOICE = re.compile(r"\bdelete as appropriate\b|^(?:yes|approved|agreed) ?\?$")
_REFUSED = re.compile(r"\b(?:not|un)[ -]?approved\b|\b(?:rejected|refused|declined)\b")
_CLAUSES = re.compile(r"[.;:,]\s+|\s[–-]\s|\s+(?:and|but)\s+(?:now\s+)?")
_AT_CONCEPT = re.compile(r"\bconcept (?:stage|phase)\b")
_PAST_CONCEPT = re.compile(r"\b(?:no longer|past|beyond|after|left|passed)\b[\w ]*\bconcept\b")


def stage_of(status: str | None, words: Mapping[str, str] = _NO_WORDS) -> Stage:
    """How far a status says that a project has come; `words` are a council's own, and go first."""
    text = _plain(status)
    if not text:
        return Stage.NOT_STATED
    if own := {_plain(word): meaning for word, meaning in words.items()}.get(text):
        return Stage(own)
    if _is_two_ways(text):
        return Stage.UNKNOWN
    if _AT_CONCEPT.search(text) and not _PAST_CONCEPT.search(text):
        return Stage.CONCEPT
    return _named(text) or _named_by_clauses(text) or _undecided(text)


def _is_two_ways(text: str) -> bool:
    """Whether a status is a choice that nobody made: "Approved?", "Approved / Not approved"."""
    if _CHOICE.search(text):
        return True
    is_refused = _REFUSED.search(text)
    return bool(is_refused) and "approved" in _REFUSED.sub(" ", text)


# --- by the as-of date ----------------------------------------------------------------------------


class DatedStage(NamedTuple):
    """A stage that a status names with a day: the day as a sentence writes it.

    `is_later` says whether that is after the as-of date; else no calendar has such a day.
    """

    stage: Stage
    day: str
    is_later: bool


# What has happened by its day; a project may be proposed for a day that is still to come.
_HAPPENS = (
    Stage.APPROVED,
    Stage.IN_DELIVERY,
    Stage.ON_HOLD,
    Stage.CLOSED,
    Stage.WITHDRAWN,
    Stage.REJECTED,
)
_NUMBER_OF_MINUTE = re.compile(r"\b(?:minute|min|ref)\.? ?(?:no\.? ?)?[\w/.-]+")
_DAYS = re.compile(rf"(?<![\w/.-]){_DAY}(?![\w/])")
_WHOLE_DAY = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]*\d{{2,4}}|\d+[./-]\d+[./-]\d+"
)
_EXPECTED = re.compile(
    r"\b(?:expected|due|planned|scheduled|target|likely|will|withdrawn|once|if)\b"
)
# Before a day that is not the one on which it happened: "on hold until", "approved for".
_OTHER_DAY = re.compile(
    r"\b(?:until|till|to|for|(?:for|with) (?:\w+ ){1,3}(?:from|starting|beginning))(?: the)? $"
)


def stage_now(quarter: Quarter, row: ProjectRow) -> Stage:
    """How far a project has come by the as-of date, as its status says.

    What is dated after that day has not happened yet: a later approval is awaited.
    """
    words = quarter.council.status_words
    stage = stage_of(row.status, words)
    later = {each.stage for each in dated_stages(quarter, row) if each.is_later}
    if Stage.APPROVED in later:
        return Stage.AWAITING
    if stage not in later:
        return stage
    others = {each for each, _ in _parts(_plain(row.status), words)} - later
    return next(iter(others), Stage.UNKNOWN)


def dated_stages(quarter: Quarter, row: ProjectRow) -> Iterator[DatedStage]:
    """The stages of a status that are dated after the as-of date, or on a day that is none."""
    for stage, clause in _parts(_plain(row.status), quarter.council.status_words):
        if stage in _HAPPENS:
            yield from _not_by(quarter.as_of, stage, clause)


def _parts(text: str, words: Mapping[str, str]) -> list[tuple[Stage, str]]:
    """The stages that a status names, each with its words."""
    own = {_plain(word): meaning for word, meaning in words.items()}.get(text)
    if whole := Stage(own) if own else _named(text):
        return [(whole, text)]
    if not _named_by_clauses(text):
        # "Cabinet approved this on 1 May" names no stage in whole, and claims an approval.
        return [(Stage.APPROVED, text)] if _claims_approval(text) else []
    clauses = ((_named(clause), clause) for clause in _CLAUSES.split(text))
    return [(stage, clause) for stage, clause in clauses if stage]


def _claims_approval(text: str) -> bool:
    """Whether a status whose words are not understood says that something was approved."""
    is_open = any(each.search(text) for each in (_DENIED, _DELAYED, _EXPECTED))
    return "approved" in text and not is_open


def _not_by(as_of: date, stage: Stage, clause: str) -> Iterator[DatedStage]:
    """A stage whose days are all after the as-of date, or whose day no calendar has."""
    text = _NUMBER_OF_MINUTE.sub(" ", clause)
    days = [
        found[0] for found in _DAYS.finditer(text) if not _OTHER_DAY.search(text[: found.start()])
    ]
    begins = {day: first for day in days if (first := _first_day(day))}
    if begins and all(first > as_of for first in begins.values()):
        day = periods.spoken_when(min(begins, key=lambda each: begins[each]))
        yield DatedStage(stage, f"{day[:1].upper()}{day[1:]}", is_later=True)
    for day in days:
        if day not in begins and _WHOLE_DAY.fullmatch(day):
            yield DatedStage(stage, day, is_later=False)


def _first_day(text: str) -> date | None:
    """The first day that a date of a status can mean: of "2026/27" the first of that year."""
    if when := periods.parse_when(text):
        return when.first
    year = periods.parse_year(text)
    return periods.first_day(year) if year else None


# --- in words -------------------------------------------------------------------------------------


def _named(text: str) -> Stage | None:
    """The stage that a text names in whole."""
    is_doubtful = _DENIED.search(text) or _DELAYED.search(text)
    for stage, pattern in _WHOLE.items():
        # What was given up is "not pursued", "not supported": there a "not" denies nothing.
        if (stage.is_given_up or not is_doubtful) and pattern.fullmatch(text):
            return stage
    return None


def _named_by_clauses(text: str) -> Stage | None:
    """The stage of "Approved by Cabinet on 5 May; in delivery": each clause names one.

    Beside an approval one other stage may be named, which then says how far the project has come.
    """
    found = {_named(clause) for clause in _CLAUSES.split(text)}
    others = found - {Stage.APPROVED}
    if len(others) > 1 or None in found or Stage.PROPOSED in found:
        return None
    return next(iter(others or found))


def _undecided(text: str) -> Stage:
    """What a status says that names no stage in whole: a decision that is missing, or nothing."""
    speaks_of_approval = "approv" in text
    if _NOT_AGREED.fullmatch(text):
        return Stage.NOT_APPROVED
    if _DENIED.search(text) and speaks_of_approval:
        return Stage.AWAITING if re.search(r"\byet\b", text) else Stage.NOT_APPROVED
    return Stage.AWAITING if _DELAYED.search(text) else Stage.UNKNOWN


def is_approved(status: str | None, words: Mapping[str, str] = _NO_WORDS) -> bool:
    """Whether a status is a plain approval.

    "Approved: no" and "Approved in principle, subject to Cabinet" are none.
    """
    return stage_of(status, words) is Stage.APPROVED


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().replace("\xa0", " ").split()).strip(" .")
