"""The words of savings schedules and registers, each list once, and what a scope says."""

import re

RAG_STATUSES = ("Green Delivered", "Green On Target", "Amber", "Red")
DELIVERED = RAG_STATUSES[0]
ROUTES = ("Retained", "Commissioned")
SAVING_TYPES = ("Further", "Faster", "New", "Cross cutting")
PLANS = ("prior", "current", "proposed")
MEASURES = ("original target", "revised target", "delivered to date", "forecast")
RECURRENCES = ("recurring", "one-off")
SAVINGS_POSITIONS = ("before", "after")
CAPACITIES = ("officer", "member", "governance body")

BLANK = "blank"

_EXCEPT = re.compile(
    r"\s*[,(–-]?\s*\b(?:excluding|excl\.?|except|other than|without)\b(.*)$", re.I | re.S
)


def scope_service(scope: str | None) -> str:
    """The service that a scope is about.

    "Education & Skills excluding SEND" is about Education & Skills.
    """
    return _EXCEPT.sub("", scope or "").strip()


def scope_leaves_out(scope: str | None, part: str) -> bool:
    """Whether a scope says that it is without this part of its service, by the part's name or by words it begins with.

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
