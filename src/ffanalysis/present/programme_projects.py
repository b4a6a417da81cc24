"""The programme page's table of projects: each in a line, the worst first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Finding
from ffanalysis.measure import signoff
from ffanalysis.measure.movement import Movement
from ffanalysis.measure.position import IN_DOUBT
from ffanalysis.measure.programme import ProgrammeMeasures
from ffanalysis.measure.stages import stage_now
from ffanalysis.present import sentences, worst_first
from ffanalysis.present.html import Cell, blank, in_table, mark, rag_chip, table, tag, unit_of
from ffanalysis.present.movement import kind_words
from ffanalysis.present.words import legend
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import DELIVERED, Measure

_WIDER = "'wider': a check failed in its programme's figures, not in its own."


@dataclass(frozen=True)
class ProjectTable:
    """Every project in a line, with a link to its briefing.

    Attributes:
        errors: the errors by project, of its own and of its service.
        withheld, failed: the projects that are withheld, and whose briefing could not be made.
    """

    quarter: Quarter
    measures: ProgrammeMeasures
    errors: Mapping[str, Sequence[Finding]]
    withheld: Collection[str]
    failed: Collection[str]

    def html(self) -> Markup:
        """Status, RAG, change and errors; own saving, what may come of it, and its shortfall."""
        measures = self.measures
        shown = [measures.projects[row.project].total for row in self.quarter.projects]
        unit = unit_of([*shown, *measures.shortfalls.values()])
        rows = {row.project: row for row in self.quarter.projects}
        order = worst_first.worst_first({project: self._standing(project) for project in rows})
        since = measures.movement.since_words
        notes = [legend(unit)]
        notes += [worst_first.IN_WORDS] if len(rows) > 1 else []
        lines = [
            self._project(rows[project], unit)
            if self._has_briefing(project)
            else self._without_briefing(rows[project])
            for project in order
        ]
        is_of_programmes = any(
            len(self._own_errors(each)) < len(self.errors[each]) for each in rows
        )
        notes += [_WIDER] if is_of_programmes else []
        return table(
            "Projects",
            [
                *("Project", "Approval", "RAG"),
                f"Change since {since}" if since else "Change",
                *("Failed checks", "Project saving", "Central case", "Forecast shortfall"),
            ],
            lines,
            numbers_from=5,
            note=" ".join(notes),
            class_="projects stacked",
        )

    def _has_briefing(self, project: str) -> bool:
        return project not in self.withheld and project not in self.failed

    def _own_errors(self, project: str) -> list[Finding]:
        return [item for item in self.errors[project] if item.project == project]

    def _standing(self, project: str) -> worst_first.Standing:
        """What decides its place in the table."""
        if not self._has_briefing(project):
            return worst_first.Standing(has_briefing=False)
        short = self.measures.shortfalls.get(project)
        amount = self.measures.projects[project].total
        return worst_first.Standing(
            has_error=bool(self._own_errors(project)),
            shortfall=short.sum.known_pence if short else 0,
            rags=self._rags(project),
            amount=amount.sum.known_pence,
        )

    def _rags(self, project: str) -> list[str]:
        """How its lines are rated, the worst first: delivered in full, whatever the ratings say."""
        if project in self.measures.delivered:
            return [DELIVERED]
        return worst_first.rags_worst_first(self.measures.projects[project].rag_statuses)

    def _without_briefing(self, row: ProjectRow) -> list[Cell]:
        """A project that has an exception note instead of a briefing."""
        is_withheld = row.project in self.withheld
        why = "withheld" if is_withheld else "no briefing: it could not be made"
        checked = "not checked" if is_withheld else ""
        link = tag("a", row.name, href=f"exceptions/{row.project}.html")
        return [link, why, "", "", checked, blank(), blank(), blank()]

    def _project(self, row: ProjectRow, unit: int) -> list[Cell]:
        own = self.measures.projects[row.project]
        weighted = self.measures.forecasts.get(row.project)
        central = weighted.central if weighted and weighted.is_made else None
        banner = sentences.banner(stage_now(self.quarter, row))
        status = (banner or "Approved").removesuffix(", not approved")
        status += "; sign-off lapsed" if signoff.lapsed(self.quarter, row.project) else ""
        return [
            tag("a", row.name, href=f"{row.project}.html"),
            status,
            self._rated(row.project),
            self._moved(row.project),
            self._errors(row.project),
            in_table(own.total.renamed(f"{row.project}/{own.total.name}"), unit),
            in_table(central.renamed(f"{row.project}/{central.name}"), unit)
            if central
            else blank(),
            self._short(row.project, unit),
        ]

    def _rated(self, project: str) -> Markup:
        if project in self.measures.delivered:
            return rag_chip("Delivered")
        return Markup(", ").join(map(rag_chip, self._rags(project)))

    def _errors(self, project: str) -> Cell:
        """How many errors are in its own figures, and whether its programme's have any."""
        errors = self._own_errors(project)
        own = mark(Figure(f"{project}/errors", counted(each.id for each in errors), "count"))
        if len(self.errors[project]) > len(errors):
            return Markup("{} + wider").format(own) if errors else "wider"
        return own if errors else "none"

    def _short(self, project: str, unit: int) -> Cell:
        """What a project's savings in the plan are forecast to fall short.

        Blank where nothing is forecast in full.
        """
        figure = self.measures.shortfalls.get(project)
        if figure is None or (figure.value is None and figure.missing != IN_DOUBT):
            return blank()
        return in_table(figure, unit) if figure.value is not None else mark(figure, IN_DOUBT)

    def _moved(self, project: str) -> str:
        """What moved of a project, in a few words."""
        found = self.measures.movement.projects.get(project)
        if found is None or found.since is None:
            return ""
        if found.problem:
            return "not known"
        kinds = [*map(kind_words, _kinds_of_movement(found)), *_forecast_moved(found)]
        # Of a saving that stays what it was, what is forecast says more than what is delivered.
        progress = (*found.progressed, *found.first, *found.lost)
        others = progress[-1].label.lower() if progress else "none"
        return sentences.joined(kinds) or others


def _forecast_moved(moved: Movement) -> list[str]:
    """That the forecast of a project fell or rose, whatever else moved of it."""
    found = (each for each in moved.progressed if each.measure == Measure.FORECAST)
    return [f"forecast {'down' if each.change.pence < 0 else 'up'}" for each in found][:1]


def _kinds_of_movement(moved: Movement) -> list[str]:
    """What happened to a project and its lines, each kind of it once."""
    kinds = ["new"] if moved.is_new else []
    kinds += ["renamed"] if moved.renamed_from else []
    kinds += dict.fromkeys(kind for line in moved.moved for kind in line.kinds)
    return [*kinds, "milestone"] if moved.milestones else kinds
