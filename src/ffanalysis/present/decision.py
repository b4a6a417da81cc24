"""The decision that a project needs, and what only a director can settle."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from ffanalysis import periods
from ffanalysis.checks.consequences import could_change, for_actor
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure import signoff
from ffanalysis.present.codes import LineNames
from ffanalysis.present.findings import in_brief
from ffanalysis.present.html import listing, prose, rounded_sentence, tag
from ffanalysis.present.words import in_short
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import Actor, Stage

_NOTHING_SOUGHT = re.compile(r"\W*(?:none|no\b|nil\b|n/?a\b|not applicable|for information)", re.I)


@dataclass(frozen=True)
class Decision:
    """What is asked of a director about one project, at the stage that it has reached."""

    quarter: Quarter
    findings: Sequence[Finding]
    row: ProjectRow
    stage: Stage

    @property
    def undecided(self) -> str:
        """How the project lacks its approval, as a clause.

        Nothing of one that is approved or given up, or that the sign-off sheet says is approved.
        """
        if not self.stage.lacks_decision or self.stage.is_given_up:
            return ""
        if signoff.approvals(self.quarter, self.row.project):
            return ""
        return "it is not approved" if self.stage.is_refused else "no approval is recorded"

    def asked(self, lines: LineNames, shown: Sentence) -> Markup:
        """The decision sought, as it is stated, and what only a director can settle.

        `shown` is what the first screen shows, whose amounts are rounded alike.
        """
        row = self.row
        by_when = self._by_when()
        is_dated = row.decision_due or row.decision_route
        ending = "." if is_dated else ", or by when."
        sought = tag("p", f"The register does not say what decision is sought{ending}")
        sought += by_when if is_dated else Markup("")
        if row.decision:
            label = tag("strong", "Decision sought: ")
            sought = prose(in_short(row.decision), opening=label) + by_when
        settled = in_brief(self.to_settle, row.project, row.name, lines)
        points = [rounded_sentence(each.brief or each.message, shown) for each in settled]
        if points:
            sought += tag("p", tag("strong", "For you to settle:"), class_="settle")
            sought += listing(points, "points")
        return sought

    def _by_when(self) -> Markup:
        """Who decides, and by when; that neither is recorded, where a decision is sought."""
        row = self.row
        due_by = row.decision_due and (
            f"{periods.shown_when(row.decision_due)}{self._has_passed(row.decision_due)}"
        )
        when = (("Decision due", due_by), ("Decided by", row.decision_route))
        if due := " · ".join(f"{label}: {text}" for label, text in when if text):
            return tag("p", due, class_="due")
        if _NOTHING_SOUGHT.match(row.decision or ""):
            return Markup("")
        return tag("p", "Decision date: not recorded.", class_="gaps")

    def _has_passed(self, due: str) -> str:
        """That the day a decision is due by is over; nothing where it is not, or is no day."""
        day = periods.parse_when(due)
        is_over = day and not day.tentative and day.last < self.quarter.as_of
        return ", which has passed" if is_over else ""

    @cached_property
    def to_settle(self) -> list[Finding]:
        """The findings that a director settles by a decision; doubts of an amount come after.

        Where all have signed and the banner says what is not approved, nothing is left to settle.
        """
        return [
            finding
            for finding in for_actor(self.findings, Actor.DIRECTOR)
            if finding.project == self.row.project
            and not finding.parent
            and set(could_change(finding)) <= {"approval"}
            and not self.is_in_the_banner(finding)
        ]

    def is_in_the_banner(self, finding: Finding) -> bool:
        """Whether all have signed, and what is not approved is what the banner says."""
        if finding.rule != "signed-off" or not self.stage.lacks_decision:
            return False
        rows = signoff.latest(self.quarter, self.row.project)
        late = signoff.too_late(self.quarter, self.row.project)
        return bool(rows) and not late and all(row.signed_day for row in rows)
