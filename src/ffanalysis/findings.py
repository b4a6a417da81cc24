"""What a check reports: a sentence with its figures, the amounts that it compares, how it ends."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal, NamedTuple

from ffanalysis import money
from ffanalysis.figures import Figure, Term, sum_of
from ffanalysis.provenance import CellRef, slug
from ffanalysis.vocabulary import Actor

# A sentence keeps its figures apart from its words, so that the page can mark each and a test can
# find each.
Sentence = tuple["str | Figure", ...]

Outcome = Literal[
    "agrees",
    "within_rounding",
    "disagrees",
    "not_comparable",
    "not_stated",
    "within_limit",
    "exceeds_limit",
    "too_close",
]
Severity = Literal["error", "query", "note"]
Effect = Literal["amount", "year", "RAG status", "approval"]
SEVERITIES: tuple[Severity, ...] = ("error", "query", "note")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it is right to go on although a check failed: who says so, when, and until which day.

    `lapsed` says why it no longer holds; "" while it does.
    """

    why: str
    by: str
    until: date
    day: date
    lapsed: str = ""


class Amounts(NamedTuple):
    """What a finding compares, as sums: what was calculated, what is stated, what is allowed."""

    calculated: Term | None = None
    stated: Term | None = None
    tolerance: Term | None = None


_NO_AMOUNTS = Amounts()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports of one subject in one year. Money is in pence.

    The difference is what was calculated less what is stated. For a limit, `stated` is the limit,
    `calculated` what is compared with it, and the headroom is -difference. `parent` is the id of
    the finding that explains this one. What concerns a whole programme has no `project` but a
    `service`; what every briefing must say is of `everybody`.

    `acts` is who must act on it, where that is not the one whom its rule names. `brief` says it
    to a director, where the message names files and cells. `changes` is what it could change,
    where that is not what others of its rule could. `explanation` is what a person has declared of
    it.
    """

    rule: str
    subject: str
    outcome: Outcome
    severity: Severity
    message: Sentence
    year: str = ""
    amounts: Amounts = _NO_AMOUNTS
    cells: tuple[CellRef, ...] = ()
    parent: str = ""
    project: str = ""
    programme: str = ""
    service: str = ""
    everybody: bool = False
    acts: Actor | None = None
    brief: Sentence = ()
    changes: tuple[Effect, ...] = ()
    explanation: Explanation | None = None

    @property
    def is_explained(self) -> bool:
        """Whether a person has said why it is right to go on, and that holds."""
        return self.explanation is not None and not self.explanation.lapsed

    @property
    def id(self) -> str:
        return ":".join(
            part for part in (self.rule, slug(self.subject), self.year.replace("/", "-")) if part
        )

    @property
    def stated(self) -> int | None:
        return _pence_of(self.amounts.stated)

    @property
    def calculated(self) -> int | None:
        return _pence_of(self.amounts.calculated)

    @property
    def tolerance(self) -> int | None:
        return _pence_of(self.amounts.tolerance)

    @property
    def difference(self) -> int | None:
        if self.stated is None or self.calculated is None:
            return None
        return self.calculated - self.stated

    def __str__(self) -> str:
        return "".join(map(str, self.message))

    def __repr__(self) -> str:
        return f"<Finding {self.severity}: {self}{self._difference_in_words}>"

    def _repr_html_(self) -> str:
        words, about = escape(str(self)), escape(f"{self.rule}{self._difference_in_words}")
        return f"<p><b>{self.severity}</b>: {words}<br><small>{about}</small></p>"

    @property
    def _difference_in_words(self) -> str:
        """By how much it disagrees, as a display says it behind the sentence."""
        if not self.difference:
            return ""
        return f" Difference {money.in_full(self.difference)}."


def _pence_of(term: Term | None) -> int | None:
    return None if term is None or sum_of(term).known is None else sum_of(term).pence
