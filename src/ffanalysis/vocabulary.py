"""The words of savings schedules and registers, each list once, and what a scope says."""

import re
from enum import StrEnum


class Plan(StrEnum):
    """Where a saving is in the council's planning."""

    PRIOR = "prior"
    CURRENT = "current"
    PROPOSED = "proposed"


class Measure(StrEnum):
    """What an amount is of a saving. An amount without a measure is a target."""

    ORIGINAL = "original target"
    REVISED = "revised target"
    DELIVERED = "delivered to date"
    FORECAST = "forecast"


class Role(StrEnum):
    """What a line is to the plan that states it. Only its own savings are added up, anywhere."""

    OWN = "own"
    ACCELERATED = "accelerated"
    CARRIED_FORWARD = "carried forward"
    MITIGATION = "mitigation"


class Rag(StrEnum):
    """How likely the delivery of a saving is, the surest first."""

    DELIVERED = "Green Delivered"
    ON_TARGET = "Green On Target"
    AMBER = "Amber"
    RED = "Red"


class Route(StrEnum):
    """Who runs the service that a saving is made in: the council, or a provider under contract."""

    RETAINED = "Retained"
    COMMISSIONED = "Commissioned"


class Stage(StrEnum):
    """How far a project has come, as its status in the register says."""

    APPROVED = "Approved"
    IN_DELIVERY = "In delivery"
    ON_HOLD = "On hold"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    REJECTED = "Rejected"
    CONCEPT = "Concept stage"
    PROPOSED = "Proposed"
    AWAITING = "Awaiting a decision"
    NOT_APPROVED = "Not approved"
    UNKNOWN = "Approval not stated"
    NOT_STATED = "Governance status not stated"

    @property
    def is_stated(self) -> bool:
        """Whether a status says how far the project has come, in words that are known."""
        return self not in (Stage.UNKNOWN, Stage.NOT_STATED)

    @property
    def is_given_up(self) -> bool:
        """Whether nothing more comes of it: it was withdrawn, or whoever decides refused it."""
        return self in (Stage.WITHDRAWN, Stage.REJECTED)

    @property
    def is_refused(self) -> bool:
        """Whether a status says itself that the project is not approved."""
        return self in (
            Stage.REJECTED,
            Stage.CONCEPT,
            Stage.PROPOSED,
            Stage.AWAITING,
            Stage.NOT_APPROVED,
        )

    @property
    def lacks_decision(self) -> bool:
        """Whether a decision or an approval is missing, or is not known."""
        return self not in (
            Stage.APPROVED,
            Stage.IN_DELIVERY,
            Stage.ON_HOLD,
            Stage.CLOSED,
            Stage.WITHDRAWN,
        )


class Actor(StrEnum):
    """Who must act on a finding."""

    DIRECTOR = "director"
    SERVICE = "service"
    FINANCE = "finance office"


RAG_STATUSES = tuple(Rag)
DELIVERED = Rag.DELIVERED
ROUTES = tuple(Route)
FASTER, CARRIED_FORWARD = "Faster", "Carried forward"
SAVING_TYPES = ("Further", FASTER, "New", "Cross cutting")
PLANS = tuple(Plan)
MEASURES = tuple(Measure)
# A measure that a target is stated under; None where the schedule names no measure.
TARGETS = (None, Measure.ORIGINAL, Measure.REVISED)
# Measures that are reported quarter after quarter against a target.
PROGRESS = (Measure.DELIVERED, Measure.FORECAST)
RECURRENCES = ("recurring", "one-off")
SAVINGS_POSITIONS = ("before", "after")
# What a row may state beside its amounts, to be compared with them.
COMPARED = (
    "variance",
    "shortfall",
    "at risk",
    "pressures",
    "delayed",
    "not achievable",
    "percentage",
)
ALSO = "also"  # the column of whatever else a schedule states of a line in words
CAPACITIES = ("officer", "member", "governance body")

NOT_LEGIBLE = "not legible in the source"
# Whose a weight is that no council has stated.
SOFTWARES_OWN = "the software's own"
BLANK = "blank"


def not_given(mark: str | None) -> str:
    """Why a status is not known, as a sentence says it of one: "is not recorded"."""
    if mark in (None, "", BLANK, "not stated"):
        return "not recorded"
    return NOT_LEGIBLE if mark == NOT_LEGIBLE else f"marked {mark}"


# What says of a signature that there is none, or none yet, or one on conditions.
_DENIES = re.compile(
    r"\b(?:not|never|cannot|nor|refus\w*|reject\w*|declin\w*|oppos\w*|object(?:s|ed)|defer\w*"
    r"|withdr\w*|withh\w*|pending|await\w*|outstanding|to be\b|tb[acd]\b|subject to|provisional\w*"
    r"|in principle|un(?:signed|approved|agreed)|against|decide later|draft)\b|n['’]t\b"
    r"|\bno\b(?!\.?\s*\d)(?!\s+(?:objections?|comments?|issues?|concerns?|changes?|further))",
    re.I,
)


def denies(text: str) -> bool:
    """Whether words beside a signature say that it is not given, or not yet, or conditionally."""
    return bool(_DENIES.search(text))


_EXCEPT = re.compile(
    r"\s*[,(–-]?\s*\b(?:excluding|excl\.?|except|other than|without)\b(.*)$", re.I | re.S
)


def scope_service(scope: str | None) -> str:
    """The service that a scope is about.

    "Education & Skills excluding SEND" is about Education & Skills.
    """
    return _EXCEPT.sub("", scope or "").strip()


def scope_leaves_out(scope: str | None, part: str) -> bool:
    """Whether a scope leaves out this part of its service, by its name or the words it begins with.

    "Education & Skills excluding SEND" leaves out SEND Services, and nothing else.
    """
    found = _EXCEPT.search(scope or "")
    said = [piece.split() for piece in re.split(r"[,;]|\band\b", found[1].lower())] if found else []
    # A part's own name may have an "and" in it.
    whole = f" {' '.join(found[1].lower().split())} " if found else ""
    words = part.lower().split()
    return f" {' '.join(words)} " in whole or any(
        piece and words[: len(piece)] == piece for piece in said
    )
