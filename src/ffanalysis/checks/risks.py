"""Rules about the register's risks: whether a score is what its likelihood and impact come to."""

from collections.abc import Iterator

from ffanalysis.checks.compare import in_short
from ffanalysis.findings import Finding
from ffanalysis.measure.risks import contradicted
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import RiskRow


def risk_score(quarter: Quarter) -> Iterator[Finding]:
    """A risk's score is its likelihood times its impact, where all three are numbers."""
    for row in contradicted(list(quarter.risks)):
        if named := quarter.register.get(row.project):
            name = in_short(row.risk)
            yield Finding(
                "risk-score",
                f"{named.name}: {name}",
                "disagrees",
                "query",
                (f"{named.name}: the risk '{name}' is scored {row.score}{_of_what(row)}. {_ASK}",),
                cells=(cell_of(row),),
                project=row.project,
            )


_ASK = "Ask the service for its score."


def _of_what(row: RiskRow) -> str:
    """What a score is compared with; of one below nil nothing need be known."""
    if not row.likelihood or not row.impact:
        return ""
    return f", but its likelihood is {row.likelihood} and its impact {row.impact}"
