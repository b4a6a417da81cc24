"""What a page shows and a rule says: figures, sentences made of them, and findings."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ffanalysis.provenance import slug

FigureUnit = Literal["pence", "percent", "count", "per month", "months"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a briefing shows, with its name and every cell it was made from.

    `value` is in `unit`: whole pence, or a percentage, count or rate as an exact decimal; None
    where the source does not state it, and then `missing` says why. `stated_to` is the unit in
    pence to which money is stated. `partial` marks a sum with gaps that the source itself marks.
    `label` says in words what it is.
    """

    name: str
    value: int | Decimal | None
    cells: tuple[str, ...]
    unit: FigureUnit = "pence"
    stated_to: int | None = None
    missing: str = ""
    partial: bool = False
    project: str = ""
    label: str = ""

    @property
    def pence(self) -> int:
        """The amount in pence of a figure that is known to be there."""
        if self.unit != "pence" or self.value is None:
            raise ValueError(f"{self.name} is not a stated amount")
        return int(self.value)


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
SEVERITIES: tuple[Severity, ...] = ("error", "query", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one subject in one year.

    Money is in pence; difference = calculated - stated.

    For a limit, `stated` is the limit, `calculated` what is held against it, and the headroom is
    -difference. `parent` is the id of the finding that explains this one. What concerns a whole
    programme has no `project` but a `service`.
    """

    rule: str
    subject: str
    outcome: Outcome
    severity: Severity
    message: Sentence
    year: str = ""
    stated: int | None = None
    calculated: int | None = None
    tolerance: int | None = None
    cells: tuple[str, ...] = ()
    parent: str = ""
    project: str = ""
    programme: str = ""
    service: str = ""

    @property
    def id(self) -> str:
        return ":".join(
            part for part in (self.rule, slug(self.subject), self.year.replace("/", "-")) if part
        )

    @property
    def difference(self) -> int | None:
        return (
            None
            if self.stated is None or self.calculated is None
            else self.calculated - self.stated
        )


def merged_cells(*groups: Iterable[str]) -> tuple[str, ...]:
    """Cells of several figures as one list, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(cell for group in groups for cell in group))
