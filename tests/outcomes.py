"""What comes of a quarter: its findings, its figures by their public names, and its pages.

Specifications look at nothing else, so that they hold however the software works it out.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from rendered import PARTS, Element, page_of, words

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.present.words import say

PROGRAMME_PARTS = ("message", "savings", "own", "moved", "projects", "problems")


class Outcome:
    """All that a quarter gives; each is worked out once, where it is asked for."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        self._figures: dict[str, Mapping[str, Figure]] = {}
        self._pages: dict[tuple[str, tuple[str, ...]], Element] = {}

    @property
    def refused(self) -> list[str]:
        """What could not be read, in the reader's sentences."""
        return [row.sentence for row in self.quarter.refusals]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(ff.check(self.quarter))

    def of_rule(self, rule: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.rule == rule]

    def finding(self, name: str) -> Finding:
        """The finding of this id."""
        (found,) = [finding for finding in self.findings if finding.id == name] or [None]
        assert found, f"{name} is none of {sorted(item.id for item in self.findings)}"
        return found

    def figures(self, project: str = "alpha") -> Mapping[str, Figure]:
        """The figures of a project's briefing by name; with "" those of the programme page."""
        if project not in self._figures:
            measured = (
                project_measures(self.quarter, project)
                if project
                else programme_measures(self.quarter)
            )
            self._figures[project] = {figure.name: figure for figure in measured.figures()}
        return self._figures[project]

    def pounds(self, name: str, project: str = "alpha") -> float | None:
        """What a figure comes to in pounds; None where there is none, or it states nothing."""
        return in_pounds(self.figures(project).get(name))

    def programmes(self) -> Mapping[str, str]:
        """The programmes that are counted: what their figures are named by, and their scope."""
        return {each.name: each.scope for each in programme_measures(self.quarter).contexts}

    def page(self, project: str = "alpha", *parts: str) -> Element:
        """A project's briefing as one page, or only these parts; with "" the programme page."""
        parts = parts or (PARTS if project else PROGRAMME_PARTS)
        if (project, parts) not in self._pages:
            shown = (
                ff.briefing(self.quarter, self.findings, project)
                if project
                else ff.programme(self.quarter, self.findings)
            )
            html = "".join(str(getattr(shown, part)().html) for part in parts)
            self._pages[project, parts] = page_of(html)
        return self._pages[project, parts]

    def text(self, project: str = "alpha") -> str:
        return words(self.page(project).text)

    def amounts_shown(self, project: str = "alpha") -> Iterator[tuple[str, float]]:
        """Every amount of money that a page marks: the name of its figure, and pounds."""
        for item in self.page(project).all("data"):
            if "data-unit" not in item.attributes:
                yield item.attributes["data-figure"], int(item.attributes["value"]) / 100

    def every_amount(self, project: str = "alpha") -> set[float]:
        """All amounts in pounds, of findings, figures and pages: of the project and of all."""
        found = {in_pounds(each) for name in (project, "") for each in money(self.figures(name))}
        found |= {pounds for name in (project, "") for _, pounds in self.amounts_shown(name)}
        for finding in self.findings:
            found |= {in_pounds(figure) for figure in money_in(finding)}
            compared = (finding.stated, finding.calculated, finding.difference)
            found |= {pence / 100 for pence in compared if pence is not None}
        return {amount for amount in found if amount is not None}


def in_pounds(figure: Figure | None) -> float | None:
    return None if figure is None or figure.value is None else figure.pence / 100


def money(figures: Mapping[str, Figure]) -> list[Figure]:
    return [figure for figure in figures.values() if figure.unit == "pence"]


def money_in(finding: Finding) -> list[Figure]:
    """The amounts of money in a finding's sentence."""
    return [part for part in finding.message if isinstance(part, Figure) and part.unit == "pence"]


def calculated(findings: Iterable[Finding]) -> list[float | None]:
    """What each finding says that lines come to, in pounds."""
    return [None if item.calculated is None else item.calculated / 100 for item in findings]


def sentences(findings: Iterable[Finding]) -> list[str]:
    return [say(finding.message) for finding in findings]
