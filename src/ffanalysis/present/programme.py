"""The programme page and the reconciliation.

All projects of a quarter, each programme counted once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.checks import FindingsByProject
from ffanalysis.figures import Figure, Finding, Sentence, Severity, counted
from ffanalysis.measure import signoff
from ffanalysis.measure.in_projects import CarriedByProjects
from ffanalysis.measure.movement import Movement
from ffanalysis.measure.position import IN_DOUBT
from ffanalysis.measure.programme import (
    PLAN_COLUMNS,
    ProgrammeAgainstPlan,
    ProgrammeMeasures,
    programme_measures,
)
from ffanalysis.present import forecast, heads, programme_movement, programme_sentences, sentences
from ffanalysis.present.doubts import not_read_list
from ffanalysis.present.findings import (
    OF_A_SPLIT,
    agreed_table,
    head_items,
    headlines,
    possible_renames,
    short_cells,
)
from ffanalysis.present.html import (
    Cell,
    Part,
    blank,
    in_council_look,
    in_table,
    listing,
    mark,
    rag_chip,
    rounded_sentence,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.movement import kind_words
from ffanalysis.present.reading import reading_notes
from ffanalysis.present.words import legend
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import RAG_STATUSES, ROUTES

MOST_DUTIES = 6  # projects whose statutory duties are behind
MOST_HEADLINES = 5  # on the programme page, which directors read
MOST_ROWS = 200  # in each list of the reconciliation, which an analyst scrolls through
_ON_THE_RECONCILIATION = "the reconciliation has them all"
_EVERY_FINDING = "findings.csv and reconciliation.xlsx have them all"  # what its page cuts short


def problem_list(findings: Sequence[Finding], most: int, *, with_explained: bool = True) -> Markup:
    """Errors, then queries, each with what it explains.

    Where there are more than `most`, the largest amounts first.
    """
    beneath = findings if with_explained else ()
    severities: tuple[Severity, ...] = ("error", "query")
    heads = {severity: headlines(findings, [severity]) for severity in severities}
    if sum(map(len, heads.values())) > most:
        heads = {
            severity: sorted(found, key=_at_stake, reverse=True)
            for severity, found in heads.items()
        }
    errors = heads["error"][:most]
    queries = heads["query"][: most - len(errors)]
    left = {
        "errors": (len(heads["error"]) - len(errors), "error", "errors"),
        "queries": (len(heads["query"]) - len(queries), "query", "queries"),
    }
    too_many = sum(map(len, heads.values())) > MOST_ROWS
    more = sentences.omitted_note(left, _EVERY_FINDING if too_many else _ON_THE_RECONCILIATION)
    parts = [
        head_items(errors, beneath),
        head_items(queries, beneath),
        tag("p", sentence(more)) if more else Markup(""),
    ]
    return Markup("").join(parts)


def _at_stake(finding: Finding) -> int:
    """By how much a finding disagrees or exceeds its limit.

    A total that nothing carries is in doubt as a whole.
    """
    if finding.outcome not in ("disagrees", "exceeds_limit"):
        return 0
    return abs(finding.stated or 0 if finding.difference is None else finding.difference)


def _carried(each: CarriedByProjects) -> list[Figure | None]:
    """What projects have of a programme in a year, and what of it is in none."""
    return [each.projects, each.programme, each.plan, each.rest]


def _rest(items: Sequence[object], one: str, many: str, where: str) -> Markup:
    """How many of a list are more than its first rows, and where they are."""
    more = sentences.omitted_note({many: (max(0, len(items) - MOST_ROWS), one, many)}, where)
    return tag("p", sentence(more)) if more else Markup("")


def _errors(project: str, findings: Sequence[Finding]) -> Cell:
    """How many errors are in a project's own figures, and whether its service's have any."""
    errors = [item for item in findings if item.severity == "error" and not item.parent]
    number = sum(item.project == project for item in errors)
    own = mark(Figure(f"{project}/errors", counted((), number), "count"))
    if len(errors) > number:
        return Markup("{} + service").format(own) if number else "service"
    return own if number else "none"


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
    def of(cls, quarter: Quarter, findings: Sequence[Finding], failed: str = "") -> "Programme":
        """The page.

        `failed` names the projects whose briefing could not be made, with spaces between.
        """
        return cls(
            quarter,
            tuple(findings),
            programme_measures(quarter),
            withheld_projects(quarter),
            tuple(failed.split()),
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
                class_="head",
            ),
        )

    def message(self) -> Part:
        """What all projects together propose, and how the checks ended."""
        unread = "" if self.complete else "Anything that could not be read is not checked. "
        opening = f" this quarter. {unread}"
        said: list[Sentence] = [
            (*self._number_of_projects(), opening, *sentences.checks_summary(self.findings))
        ]
        if self.complete:
            names = {row.project: row.name for row in self.quarter.projects}
            doubted = [names[project] for project in self._doubted()]
            count = Figure("programme/doubted", counted((), len(doubted)), "count")
            own = programme_sentences.projects_money(self.measures.own, count, doubted)
            if stands := programme_sentences.plan_position(
                self.measures.position,
                [names[project] for project in self.measures.falling_short],
                self._year_end,
            ):
                own = (*own, " ", *stands)
            forecasts = [each.forecast for each in self.measures.programmes if each.forecast]
            headline = programme_sentences.programme_headline(
                self.measures.totals,
                is_illustrative=any(each.is_illustrative for each in forecasts),
            )
            said = [headline, (*own, " ", *said[0])] if headline else [*said, own]
        looks = ("message", "since")
        lines = (
            tag("p", rounded_sentence(line), class_=look)
            for line, look in zip(said, looks, strict=False)
        )
        return Part("message", Markup("").join(lines) + not_read_list(self.findings))

    @property
    def _year_end(self) -> str:
        """The last day of this financial year."""
        year = periods.year_start(periods.year_of(self.quarter.as_of)) + 1
        return periods.long_date(date(year, 3, 31))

    def _number_of_projects(self) -> Sentence:
        number = len(self.quarter.slugs)
        if not number:
            return ("No project",)
        count = Figure("programme/projects", counted((), number), "count")
        return count, " project" if number == 1 else " projects"

    def _doubted(self) -> list[str]:
        """The projects that have an error of their own: their amounts are in all totals."""
        wrong = {
            item.project for item in self.findings if item.severity == "error" and item.project
        }
        return [project for project in self.quarter.slugs if project in wrong]

    def projects(self) -> Part:
        """Every project in a line, with a link to its briefing.

        Its status, RAG, change and errors; its own saving, what may come of it, its shortfall.
        """
        shown = [self.measures.projects[row.project].total for row in self.quarter.projects]
        unit = unit_of([*shown, *self.measures.shortfalls.values()])
        by_project = FindingsByProject(self.quarter, self.findings)
        rows = [
            self._without_briefing(row)
            if row.project in self.withheld or row.project in self.failed
            else self._project(row, by_project.of(row.project), unit)
            for row in self.quarter.projects
        ]
        keys = "'service': a check failed in the service's figures, not the project's own."
        return Part(
            "projects",
            table(
                "Projects",
                [
                    *(
                        "Project",
                        "Approval",
                        "RAG",
                        self._change_since(),
                        "Errors",
                        "Project saving",
                    ),
                    *("Central case", "Forecast shortfall"),
                ],
                rows,
                numbers_from=5,
                note=f"{legend(unit)} {keys}",
                class_="projects",
            ),
        )

    def _change_since(self) -> str:
        """The heading over what changed of each project."""
        since = self.measures.movement.since_words
        return f"Change since {since}" if since else "Change"

    def _without_briefing(self, row: ProjectRow) -> list[Cell]:
        """A project that has an exception note instead of a briefing."""
        is_withheld = row.project in self.withheld
        why = "withheld" if is_withheld else "no briefing: it could not be made"
        checked = "not checked" if is_withheld else ""
        link = tag("a", row.name, href=f"exceptions/{row.project}.html")
        return [link, why, "", "", checked, blank(), blank(), blank()]

    def _project(self, row: ProjectRow, findings: Sequence[Finding], unit: int) -> list[Cell]:
        own = self.measures.projects[row.project]
        weighted = self.measures.forecasts.get(row.project)
        central = weighted.central if weighted and weighted.is_made else None
        banner = sentences.governance(row.status, self.quarter.council.status_words)
        status = (banner or "Approved").removesuffix(", not approved")
        status += "; sign-off lapsed" if signoff.lapsed(self.quarter, row.project) else ""
        is_delivered = row.project in self.measures.delivered
        rags = ["delivered"] if is_delivered else own.rag_statuses
        return [
            tag("a", row.name, href=f"{row.project}.html"),
            status,
            sentences.joined(rags),
            self._moved(row.project),
            _errors(row.project, findings),
            in_table(own.total.renamed(f"{row.project}/{own.total.name}"), unit),
            in_table(central.renamed(f"{row.project}/{central.name}"), unit)
            if central
            else blank(),
            self._short(row.project, unit),
        ]

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
        kinds = [*map(kind_words, _kinds_of_movement(found))]
        # Of a saving that stays what it was, what is forecast says more than what is delivered.
        progress = (*found.progressed, *found.first, *found.lost)
        others = progress[-1].label.lower() if progress else "none"
        return sentences.joined(kinds) or others

    def savings(self) -> Part:
        """Each programme once, against the medium term financial plan."""
        if not self.complete:
            return Part(
                "savings",
                tag(
                    "p",
                    "Left out: a cell could not be read, so no grand total can be shown.",
                ),
            )
        return Part("savings", self._standings())

    def own(self) -> Part:
        """The projects' own savings in every breakdown, and the programmes' by delivery route."""
        if not self.complete:
            return Part("own", tag("p", "Left out, like the programmes' totals."))
        return Part("own", self._cuts() or tag("p", "No project has a saving of its own recorded."))

    def _standings(self) -> Markup:
        """Each programme against the plan, all of them together, and what no programme carries."""
        programmes, totals = self.measures.programmes, self.measures.totals
        if not programmes:
            stated = "" if self.measures.in_projects else "No current programme is recorded."
            return tag("p", stated) if stated else Markup("").join(self._in_projects())
        rags = [
            rag
            for rag in RAG_STATUSES
            if any(each.context.grid and rag in each.context.grid.rows for each in programmes)
        ]
        figures = {each.context.scope: self._against_plan(each, rags) for each in programmes}
        if totals:
            figures["All programmes"] = [
                *(totals.plan, totals.total),
                *(totals.by_rag.get(rag) for rag in rags),
                *(totals.central, totals.gap),
            ]
        unit = unit_of(figure for row in figures.values() for figure in row)
        rows: list[list[Cell]] = [
            [name, *(in_table(figure, unit) for figure in row)] for name, row in figures.items()
        ]
        shown = table(
            "Each programme, included once",
            [
                *("Programme", "In the MTFP", "Planned"),
                *rags,
                *("Central case", "Gap to the MTFP"),
            ],
            rows,
            numbers_from=1,
            totals=[len(rows) - 1] if totals else [],
            note=" ".join(filter(None, self._notes(unit))),
            class_="many",
        )
        return Markup("").join([shown, *self._beside_programmes(), *self._in_projects()])

    def _notes(self, unit: int) -> Iterator[str]:
        """The unit and the assumptions of the table of programmes."""
        programmes, totals = self.measures.programmes, self.measures.totals
        made = [each.forecast for each in programmes if each.forecast and each.forecast.cases]
        yield f"{money.unit_label(unit)}."
        yield forecast.assumptions(made)
        yield "Cases are rounded." if made else ""
        if totals and totals.plan and not all(each.plan for each in programmes):
            yield "A line of the MTFP that several programmes share is in the total only."

    def _beside_programmes(self) -> Iterator[Markup]:
        """Why programmes are not added up, and what the plan has for none of them."""
        totals = self.measures.totals
        if not totals and len(self.measures.programmes) > 1:
            words = "They are not added up: one covers part of another, or names no service."
            yield tag("p", words, class_="quiet")
        if totals and totals.plan_without_programme:
            rest: Sentence = (
                "The MTFP has a further ",
                totals.plan_without_programme,
                " for none of these programmes; no gap above includes it.",
            )
            yield tag("p", rounded_sentence(rest), class_="quiet")

    def _in_projects(self) -> Iterator[Markup]:
        """What of each programme is in no project: a sentence, and a table of its years."""
        rows: list[tuple[str, CarriedByProjects]] = []
        for found in self.measures.in_projects:
            if words := programme_sentences.in_no_project(found):
                yield tag("p", rounded_sentence(words))
                years = found.years if found.carrying and len(found.years) > 1 else ()
                rows += ((f"{found.label}, {each.year}", each) for each in years)
        if outside := self.measures.outside_the_plan:
            names = [self.quarter.register[project].name for project in outside.carried]
            yield tag("p", sentence(programme_sentences.outside_the_plan(outside, names)))
        if rows:
            unit = unit_of(figure for _, each in rows for figure in _carried(each))
            yield table(
                "In projects, by year",
                ["Programme", "In projects", "Planned", "In the MTFP", "In no project"],
                [[name, *(in_table(one, unit) for one in _carried(each))] for name, each in rows],
                numbers_from=1,
                note=money.unit_label(unit),
                class_="many",
            )

    @staticmethod
    def _against_plan(each: ProgrammeAgainstPlan, rags: Iterable[str]) -> list[Figure | None]:
        grid = each.context.grid
        return [
            *(each.plan, each.context.total),
            *(grid.row_totals.get(rag) if grid else None for rag in rags),
            *(each.forecast.central if each.forecast else None, each.gap),
        ]

    def _splits(self) -> list[Markup]:
        """What is retained and what is commissioned of each programme.

        A split that an error is about says so.
        """
        doubted = {
            item.service
            for item in self.findings
            if item.severity == "error" and item.rule in OF_A_SPLIT
        }
        split = [context for context in self.measures.contexts if context.split]
        unit = unit_of(figure for context in split for figure in context.split.values())
        rows: list[list[Cell]] = [
            [
                (context.service or context.scope)
                + (" (in doubt)" if context.service in doubted else ""),
                *(in_table(context.split.get(route), unit) for route in ROUTES),
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

    def problems(self) -> Part:
        """The findings of severity error and query, of all projects and of the programme.

        Of many the worst.

        What another explains is left to the briefings and the reconciliation.
        """
        found = problem_list(self.findings, MOST_HEADLINES, with_explained=False)
        duties = self._duties()
        return Part(
            "problems",
            tag("div", duties, found, class_="brief") if found or duties else tag("p", "None."),
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
            "Statutory duties behind schedule": slow,
            "Statutory duties with no progress reported": unknown,
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
                words, which, sentence(sentences.omitted_note(left, "their briefings say so"))
            ),
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
                tag("p", f"Each project has its own briefing. {cells}", class_="quiet"),
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


def _kinds_of_movement(moved: Movement) -> list[str]:
    """What happened to a project and its lines, each kind of it once."""
    kinds = ["new"] if moved.is_new else []
    kinds += ["renamed"] if moved.renamed_from else []
    kinds += dict.fromkeys(kind for line in moved.moved for kind in line.kinds)
    return [*kinds, "milestone"] if moved.milestones else kinds


@in_council_look
@dataclass(frozen=True)
class Reconciliation:
    """How the quarter's figures hang together, for the analyst.

    Every finding, every table found, all that was not used.
    """

    quarter: Quarter
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<Reconciliation {self.quarter.period}>"

    def verdict(self) -> Part:
        """How the checks ended, in one line."""
        return Part(
            "verdict", tag("p", sentence(sentences.checks_summary(self.findings)), class_="message")
        )

    def problems(self) -> Part:
        """Errors, then queries, with what they explain and their cells."""
        return Part(
            "problems", problem_list(self.findings, MOST_ROWS) or tag("p", "No error and no query.")
        )

    def agreed(self) -> Part:
        """What agrees, a line each."""
        notes = [finding for finding in self.findings if finding.severity == "note"]
        return Part(
            "agreed",
            agreed_table(notes[:MOST_ROWS]) + _rest(notes, "line", "lines", _EVERY_FINDING),
        )

    def blocks(self) -> Part:
        """The tables that were found, where, in which unit and over which years."""
        rows: list[list[Cell]] = []
        for block in self.quarter.blocks:
            used = block.own_unit or block.unit
            unit = money.unit_label(used) if used else "no amount"
            years = (
                " to ".join(dict.fromkeys(filter(None, (block.first_year, block.last_year))))
                or "no years"
            )
            rows.append(
                [
                    f"{block.workbook}, {block.sheet}",
                    block.range,
                    block.table,
                    unit,
                    years,
                    block.title or blank(),
                ]
            )
        headings = ["Sheet", "Cells", "Table", "Unit", "Years", "Title"]
        shown = table("Tables of money", headings, rows[:MOST_ROWS], class_="sources", texts=True)
        return Part("blocks", shown + _rest(rows, "table", "tables", "quarter.blocks has them all"))

    def totals(self) -> Part:
        """The totals that the sheets print, and the lines that no figure adds, with the reason."""
        rows: list[list[Cell]] = []
        for total in self.quarter.totals:
            if total.amount_pence is not None:
                what = ", ".join(
                    filter(None, (total.saving_type, total.rag, total.label or "Total", total.year))
                )
                rows.append(
                    [what, money.in_full(total.amount_pence), short_cells([cell_of(total)])]
                )
        shown = table(
            "Totals printed",
            ["Total", "Amount", "Cell"],
            rows[:MOST_ROWS],
            class_="sources",
            texts=True,
        )
        shown += _rest(rows, "total", "totals", "quarter.totals has them all")
        left = [
            [item.line, item.reason, short_cells(item.cells)] for item in self.quarter.not_added
        ]
        if left:
            headings = ["Line", "Why", "Cells"]
            shown += table("Not added", headings, left[:MOST_ROWS], class_="sources", texts=True)
            shown += _rest(left, "line", "lines", "quarter.not_added has them all")
        return Part("totals", shown)

    def unused(self) -> Part:
        """Sheets and numbers that no table uses, and cells that were refused."""
        items = [
            f"{row.workbook}, {row.sheet or ''} {row.cell or ''}:"
            f" {row.what} {row.value or ''}".strip()
            for row in self.quarter.unused
        ]
        items += list(dict.fromkeys(row.sentence for row in self.quarter.refusals))
        return Part(
            "unused",
            (
                listing(items[:MOST_ROWS])
                + _rest(items, "cell", "cells", "quarter.unused and quarter.refusals have them all")
                if items
                else tag(
                    "p",
                    "Every number of every sheet is used or is a printed total; no cell was"
                    " refused.",
                )
            ),
        )

    def reading(self) -> Part:
        """How the workbooks were read.

        Readers, corrections, hidden content, names that match nothing.
        """
        items = list(reading_notes(self.quarter))
        plain = (
            "Every workbook was read in the ordinary way; nothing was corrected or hidden, and"
            " every name is known."
        )
        where = "quarter.corrections, quarter.notices and quarter.names have them all"
        return Part(
            "reading",
            (
                listing(items[:MOST_ROWS]) + _rest(items, "note", "notes", where)
                if items
                else tag("p", plain)
            ),
        )
