"""The programme page: all projects of a quarter, each programme counted once."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.checks import FindingsByProject
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure.programme import PLAN_COLUMNS, ProgrammeMeasures, programme_measures
from ffanalysis.present import (
    attention,
    heads,
    programme_movement,
    programme_plan,
    programme_sentences,
    sentences,
    trend,
)
from ffanalysis.present.doubts import not_read_list
from ffanalysis.present.findings import OF_A_SPLIT, possible_renames
from ffanalysis.present.html import (
    Cell,
    Part,
    in_council_look,
    in_table,
    listing,
    rag_chip,
    rounded_sentence,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.programme_projects import ProjectTable
from ffanalysis.present.words import curly
from ffanalysis.provenance import cell_of, cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import RAG_STATUSES, ROUTES, Plan

MOST_DUTIES = 6  # projects whose statutory duties are behind


@in_council_look
@dataclass(frozen=True)
class Programme:
    """The programme page: a method for each part."""

    quarter: Quarter
    findings: tuple[Finding, ...]
    measures: ProgrammeMeasures
    withheld: dict[str, tuple[str, ...]]
    failed: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, quarter: Quarter, findings: Sequence[Finding], failed: Sequence[str] = ()
    ) -> "Programme":
        """The page.

        `failed` names the projects whose briefing could not be made.
        """
        return cls(
            quarter,
            tuple(findings),
            programme_measures(quarter),
            withheld_projects(quarter),
            tuple(failed),
        )

    def __repr__(self) -> str:
        return f"<Programme {self.quarter.period}>"

    @property
    def complete(self) -> bool:
        return not self.quarter.refusals

    @property
    def name(self) -> str:
        """The programme's name, where the register gives one and only one."""
        if own := self.quarter.council.programme.name:
            return own
        names = sorted({row.programme for row in self.quarter.projects if row.programme})
        return names[0] if len(names) == 1 else "Savings programme"

    def title(self) -> Part:
        """Title, period, as-of date, and what is withheld."""
        about = (
            "Programme briefing",
            self.quarter.period.words,
            f"As at {periods.long_date(self.quarter.as_of)}",
        )
        council = self.quarter.council
        strip = Markup("")
        if not self.complete:
            count = len(self.withheld)
            held = f"{count} {'project' if count == 1 else 'projects'} withheld"
            words = f"Incomplete: {held if self.quarter.slugs else 'no project could be read'}"
            strip = tag(
                "div",
                tag("strong", words),
                tag("p", "Grand totals are left out until every cell can be read."),
                class_="banner",
                role="note",
            )
        return Part(
            "title",
            tag(
                "div",
                heads.above(council, council.all_markings),
                strip,
                heads.eyebrow(about),
                tag("h1", self.name),
                heads.without(len(council.confidential)),
                class_="head",
            ),
        )

    def message(self) -> Part:
        """What all projects together propose, and how the checks ended."""
        unread = "" if self.complete else "Anything that could not be read is not checked. "
        number = Figure("programme/projects", counted(cells_of(self.quarter.projects)), "count")
        checked: Sentence = (
            *programme_sentences.number_of_projects(
                number, is_all=not self.quarter.council.confidential
            ),
            f" {unread}",
            *sentences.checks_summary(self.findings),
        )
        said: list[Sentence] = [checked]
        if self.complete:
            names = {row.project: row.name for row in self.quarter.projects}
            doubted = [names[project] for project in self._doubted()]
            own = (
                *programme_sentences.projects_money(self.measures.own, number, doubted),
                *self._due_this_year(),
                *programme_sentences.withdrawn(self.measures.withdrawn, names),
            )
            if stands := programme_sentences.plan_position(
                self.measures.position,
                [names[project] for project in self.measures.falling_short],
            ):
                own = (*own, " ", *stands)
            forecasts = [each.forecast for each in self.measures.programmes if each.forecast]
            headline = programme_sentences.programme_headline(
                self.measures.totals,
                is_illustrative=any(each.is_illustrative for each in forecasts),
            )
            outside = programme_sentences.outside_projects(self.measures.totals)
            said = [checked, own]
            if headline:
                said = [(*headline, *outside), (*own, " ", *checked)]
        looks = ("message", "since")
        lines = (
            tag("p", rounded_sentence(line), class_=look)
            for line, look in zip(said, looks, strict=False)
        )
        return Part("message", Markup("").join(lines) + not_read_list(self.findings))

    def _due_this_year(self) -> Sentence:
        year = periods.year_of(self.quarter.as_of)
        of_year = self.measures.breakdowns.get("Year", {}).get(year, {})
        return programme_sentences.due_this_year(of_year.get(Plan.PROPOSED), year)

    def _doubted(self) -> list[str]:
        """The projects that have an error of their own: their amounts are in all totals."""
        wrong = {
            item.project for item in self.findings if item.severity == "error" and item.project
        }
        return [project for project in self.quarter.slugs if project in wrong]

    def stands(self) -> Part:
        """The position of the savings in the plan, in one line."""
        found = self.measures.position if self.complete else None
        return Part("stands", programme_plan.position_table(found, self.quarter.as_of))

    def trend(self) -> Part:
        """The position over the last quarters, where they have more to say than this one."""
        found = self.measures.trend if self.complete else None
        return Part("trend", trend.section(found) if found else Markup(""))

    def savings(self) -> Part:
        """Each programme once, against the medium term financial plan."""
        if not self.complete:
            words = "Left out: a cell could not be read, so no grand total can be shown."
            return Part("savings", tag("p", words))
        return Part("savings", programme_plan.programmes_table(self.quarter, self.measures))

    def problems(self) -> Part:
        """What failed and what needs an answer, in a director's words; of many the worst.

        What another explains is left to the briefings and the reconciliation.
        """
        found = attention.listed(self.findings)
        duties = self._statuses() + self._duties()
        none = tag("p", "No check failed, and nothing needs an answer.")
        return Part(
            "problems",
            tag("div", duties, found, class_="brief") if found or duties else none,
        )

    def _statuses(self) -> Markup:
        """The projects whose status is not understood, each status with whose it is."""
        projects = {cell_of(row): row.project for row in self.quarter.projects}
        return Markup("").join(
            self._links(
                f"Status not understood, '{finding.subject}'",
                {projects[cell] for cell in finding.cells if cell in projects},
            )
            for finding in self.findings
            if finding.rule == "status-known"
        )

    def _duties(self) -> Markup:
        """The projects whose statutory duties are behind schedule, or state no progress."""
        slow = {
            item.project
            for item in self.findings
            if item.rule == "deadline-pace" and item.outcome == "exceeds_limit"
        }
        known = [row for row in self.quarter.deadlines if row.quantity is not None]
        unknown = {row.project for row in known if row.done is None} - slow
        said = {
            "Projects whose statutory duties are behind schedule": slow,
            "Projects that report no progress on a statutory duty": unknown,
        }
        return Markup("").join(
            self._links(words, wanted) for words, wanted in said.items() if wanted
        )

    def _links(self, words: str, wanted: set[str]) -> Markup:
        """What is said of some projects, and a link to each; of many only to the first."""
        links = [
            tag("a", row.name, href=f"{row.project}.html")
            for row in self.quarter.projects
            if row.project in wanted
        ]
        which = Markup(", ").join(links[:MOST_DUTIES])
        left = {
            words.lower().replace(" ", "-"): (
                max(0, len(links) - MOST_DUTIES),
                "project",
                "projects",
            )
        }
        return tag(
            "p",
            Markup("{}: {}. {}").format(
                curly(words),
                which,
                sentence(sentences.omitted_note(left, "their briefings say so")),
            ),
        )

    def projects(self) -> Part:
        """Every project in a line, the worst first, with a link to its briefing."""
        by_project = FindingsByProject(self.quarter, self.findings)
        errors = {
            row.project: [
                item
                for item in by_project.of(row.project)
                if item.severity == "error" and not item.parent
            ]
            for row in self.quarter.projects
        }
        return Part(
            "projects",
            ProjectTable(
                self.quarter, self.measures, errors, {*self.withheld}, {*self.failed}
            ).html(),
        )

    def withheld_projects(self) -> Part:
        """The projects that have no briefing, and why.

        Of the others, where their figures' cells are.
        """
        names = {row.project: row.name for row in self.quarter.projects}
        failed = Markup("")
        if self.failed:
            lost = ", ".join(names.get(project, project) for project in self.failed)
            failed = tag("p", f"Could not be made: {lost}. Their notes say why.", class_="lead")
        cells = "The source cell of every figure is in reconciliation.xlsx (sheet 'Figures')."
        if self.complete and not self.failed:
            return Part(
                "withheld",
                tag("p", f"Each project has its own briefing. {cells}", class_="quiet where"),
            )
        heading = tag("h3", "Projects without a briefing")
        if self.complete:
            return Part("withheld", heading + failed + tag("p", cells, class_="quiet"))
        sentences_of = list(dict.fromkeys(row.sentence for row in self.quarter.refusals))
        held = ", ".join(names[project] for project in self.withheld)
        lead = tag("p", f"Withheld: {held or 'none'}.", class_="lead")
        return Part(
            "withheld", Markup("{}{}{}{}").format(heading, failed, lead, listing(sentences_of))
        )

    def own(self) -> Part:
        """The projects' own savings in every breakdown, and the programmes' by delivery route."""
        if not self.complete:
            return Part("own", tag("p", "Left out, like the programmes' totals."))
        return Part("own", self._cuts() or tag("p", "No project has a saving of its own recorded."))

    def _splits(self) -> list[Markup]:
        """What is retained and what is commissioned of each programme.

        Of a split that an error is about no amount is shown: one of them is wrong.
        """
        doubted = {
            item.service
            for item in self.findings
            if item.severity == "error" and item.rule in OF_A_SPLIT
        }
        split = [context for context in self.measures.contexts if context.split]
        sound = [context for context in split if context.service not in doubted]
        unit = unit_of(figure for context in sound for figure in context.split.values())
        rows: list[list[Cell]] = [
            [
                context.service or context.scope,
                *(
                    in_table(context.split.get(route), unit) if context in sound else "in doubt"
                    for route in ROUTES
                ),
            ]
            for context in split
        ]
        heading = f"Programme by route, {money.unit_label(unit)}"
        shown = table("", [heading, *ROUTES], rows, numbers_from=1, class_="cut")
        return [shown] if rows else []

    def _cuts(self) -> Markup:
        """The projects' own savings by RAG, year, type, plan area and route.

        Each comes to the same.
        """
        own = self.measures.own
        plans = [plan for plan in PLAN_COLUMNS if plan in own and own[plan].value is not None]
        if not plans:
            return Markup("").join(self._splits())
        breakdowns = self.measures.breakdowns
        unit = unit_of(
            figure
            for breakdown in breakdowns.values()
            for label in breakdown.values()
            for figure in label.values()
        )
        tables = []
        for name, breakdown in breakdowns.items():
            rows: list[list[Cell]] = [
                [
                    rag_chip(label) if label in RAG_STATUSES else label,
                    *(in_table(figures.get(plan), unit) for plan in plans),
                ]
                for label, figures in breakdown.items()
            ]
            rows.append(["All", *(in_table(own[plan], unit) for plan in plans)])
            headings = [
                f"{name}, {money.unit_label(unit)}",
                *(PLAN_COLUMNS[plan] for plan in plans),
            ]
            tables.append(
                table("", headings, rows, numbers_from=1, totals=[len(rows) - 1], class_="cut")
            )
        return tag("div", *tables, *self._splits(), class_="cuts")

    def sources(self) -> Part:
        """The place of the line for every figure of the page."""
        said = "Each project's own figures have their lines in its briefing."
        lead = tag("p", said, " ", heads.WITNESSES, class_="quiet")
        return Part("sources", lead + tag("div", class_="every-figure"))

    def moved(self) -> Part:
        """What moved of all projects since the quarter before."""
        names = {row.project: row.name for row in self.quarter.projects}
        measures = self.measures
        section = programme_movement.ProgrammeMovementSection(
            measures.movement,
            names,
            possible_renames(self.findings),
            measures.marked_delivered,
            measures.other_years,
        )
        return Part("moved", section.html())
