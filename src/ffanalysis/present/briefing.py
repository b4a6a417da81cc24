"""One project's briefing, part by part, in reading order.

Each part is what one cell of the notebook shows. Two pages of message, then reference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.checks import concerning
from ffanalysis.errors import InputsRefused, ProjectUnknown
from ffanalysis.figures import Figure, Finding, Sentence, constant, counted
from ffanalysis.measure import ProjectMeasures, project_measures, signoff
from ffanalysis.measure.context import Context
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.present import bridge, forecast, milestones, movement, sentences
from ffanalysis.present.context import context_chart, context_table
from ffanalysis.present.findings import (
    OF_A_SPLIT,
    agreed_list,
    finding_items,
    not_read_items,
    possible_renames,
    short_cells,
)
from ffanalysis.present.html import (
    Cell,
    Part,
    blank,
    in_table,
    listing,
    mark,
    prose,
    rag_chip,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.reading import correction_words
from ffanalysis.present.words import LEGEND, NOT_IN_THE_PAPER, UNIT, figure_text
from ffanalysis.provenance import CellRef, cell_of, cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import RAG_STATUSES, Plan

_LONG = 90


@dataclass(frozen=True)
class Briefing:
    """A project's briefing.

    Its rows, the findings that concern it, its measures, and a method for each part.
    """

    quarter: Quarter
    findings: tuple[Finding, ...]
    measures: ProjectMeasures

    @classmethod
    def of(cls, quarter: Quarter, findings: Sequence[Finding], project: str) -> "Briefing":
        """The briefing of a project.

        ProjectUnknown where the register has none, InputsRefused where its inputs were refused.
        """
        if project not in quarter.slugs:
            if not quarter.slugs and quarter.refusals:
                raise InputsRefused([row.sentence for row in quarter.refusals])
            raise ProjectUnknown(project, quarter.slugs)
        if reasons := withheld_projects(quarter).get(project):
            raise InputsRefused(reasons)
        concern = concerning(quarter, findings, project)
        return cls(quarter, concern, project_measures(quarter, project))

    def __repr__(self) -> str:
        return f"<Briefing {self.slug}, {self.quarter.period}>"

    @property
    def slug(self) -> str:
        return self.measures.row.project

    @property
    def name(self) -> str:
        return self.measures.row.name

    @cached_property
    def banner(self) -> str | None:
        """What the banner says, or None for an approved project."""
        return sentences.governance(self.measures.row.status)

    def title(self) -> Part:
        """Title, governance banner, period and as-of date."""
        row = self.measures.row
        about = [
            row.programme,
            "Project briefing",
            f"Quarter {self.quarter.period}",
            f"As of {periods.long_date(self.quarter.as_of)}",
        ]
        said = [row.status] if self.banner and row.status else []
        state = self.banner or ""
        if lapsed := signoff.lapsed(self.quarter, self.slug):
            who = sentences.joined(list(dict.fromkeys(row.role for row in lapsed)))
            changed = f"Figures have changed since {who} agreed to them."
            said.append(f"Sign-off has lapsed. {changed}" if state else changed)
            state = state or "Sign-off has lapsed"
        strip = Markup("")
        if state:
            strip = tag(
                "div",
                tag("strong", state),
                *(tag("p", line) for line in said),
                class_="banner",
                role="note",
            )
        return Part(
            "title",
            tag(
                "div",
                strip,
                tag("p", " · ".join(filter(None, about)), class_="eyebrow"),
                tag("h1", row.title or row.name),
                tag(
                    "p",
                    " · ".join(filter(None, (row.name, row.service, row.plan_area))),
                    class_="under",
                ),
                class_="head",
                data_project=self.slug,
            ),
        )

    @property
    def _is_perhaps_renamed(self) -> bool:
        """Whether a query asks if the project, which looks new, is one that looks taken out."""
        return self.slug in possible_renames(self.findings)

    @property
    def _central(self) -> Figure | None:
        """What may come of the saving in the central case; None where nothing is weighed."""
        weighted = self.measures.forecast
        if not weighted or not weighted.is_made or self.measures.position.is_delivered:
            return None
        return weighted.central

    def message(self) -> Part:
        """The headline, the key figures of the project's own money, and the constraints, quoted."""
        measures = self.measures
        headline = sentences.headline(self.name, measures.main, self.findings, measures.position)
        moved = movement.lead(
            measures.movement, self.name, perhaps_renamed=self._is_perhaps_renamed
        )
        since = (
            *sentences.position_words(measures.position, self._central),
            *sentences.also_in_plan(measures.also_in_plan),
            *moved,
            " ",
            *sentences.checks_summary(self.findings, self.slug),
        )
        items = (
            *self._own_figures(),
            *self._figure_in_doubt(),
            *self._next_duty(),
        )
        keys = tag("ul", *(tag("li", Markup(" ").join(item)) for item in items), class_="keys")
        quotes = self._constraints()
        return Part(
            "message",
            Markup("{}{}{}{}").format(
                tag("p", sentence(headline, money.in_short), class_="message"),
                tag("p", sentence(since, money.in_short), class_="since"),
                not_read_items(self.findings),
                tag("div", keys, quotes, class_="beside" if quotes else "alone"),
            ),
        )

    def _constraints(self) -> Markup:
        """The constraints that the paper states, quoted."""
        text = self.measures.row.constraints
        if not text:
            return Markup("")
        quoted = (tag("blockquote", line) for line in text.split("\n") if line.strip())
        return tag("div", tag("h2", "Constraints the paper states"), *quoted, class_="constraints")

    def _own_figures(self) -> Iterator[Sequence[Markup]]:
        """The cards of the project's own money: its total, its share of the budget, its RAG."""
        own = self.measures.main
        when = sentences.when(own.saving_years) if own.total.value else ""
        yield _card(own.total.label or "Proposed saving", _number(own.total), when)
        if own.budget and own.budget_row and own.share and own.share.value:
            of = f"{own.budget_row.year} budget of {own.budget_row.service}, "
            note = sentence(("of the ", of, own.budget), money.in_short)
            yield _card("Share of its service's budget", _number(own.share), note)
        if own.total.value:
            yield self._rag_card(own)

    def _rag_card(self, own: ProjectSavings) -> Sequence[Markup]:
        """How the saving is rated; of one that is delivered, that it is."""
        note: Cell = sentence(sentences.ratings(own), money.in_short)
        is_in_part = own.done is not None and bool(own.done.by_rag)
        rags = list(reversed(own.done.by_rag)) if own.done and is_in_part else own.rag_statuses
        stated = [rag for rag in rags if rag[:1].isupper()]
        if stated and self.measures.position.is_delivered:
            note = Markup("rated {} in the schedule").format(sentences.joined(stated))
            stated = ["delivered"]
        big = sentences.joined(stated) if stated else "not stated"
        look = "big" if stated else "big missing"
        return (
            tag("span", "RAG", class_="label"),
            tag("span", big, class_=look),
            tag("span", note, class_="note"),
        )

    def _figure_in_doubt(self) -> Iterator[Sequence[Markup]]:
        """The card of the first error in the project's own figures."""
        for finding in self.findings:
            is_own = finding.severity == "error" and finding.project and not finding.parent
            if is_own and finding.difference:
                amount = constant(abs(finding.difference), finding.cells)
                gap = Figure(f"{finding.id}/difference", amount)
                note = f"{sentences.what_is_in_doubt(finding)}: see Reconciliation"
                yield _card("In doubt", _number(gap), note)
                return

    def _next_duty(self) -> Iterator[Sequence[Markup]]:
        """The card of the statutory duty that is of most concern."""
        duties = sorted(
            self.measures.deadlines, key=lambda item: (item.concern, item.by or date.max)
        )
        for item in duties[:1]:
            note = self._duty_note(item)
            if more := len(duties) - 1:
                count = Figure("deadlines/more", counted((), more), "count")
                others = sentence((count, " more under Timeline and deadlines"))
                note = Markup("{}; {}").format(note, others)
            yield (
                tag("span", "Statutory deadline", class_="label"),
                self._duty_rate(item),
                tag("span", note, class_="note"),
            )

    @staticmethod
    def _duty_rate(item: Deadline) -> Markup:
        if item.left.value == 0:
            return tag("span", "all done", class_="big")
        if item.rate.value is None:
            return tag("span", item.by_text, class_="big")
        return tag("span", mark(item.rate), " a month", class_="big")

    @staticmethod
    def _duty_note(item: Deadline) -> Markup:
        if item.rate.value is None or item.left.value == 0:
            return sentence(sentences.deadline(item))
        return sentence(sentences.duty_in_short(item))

    def decision(self) -> Part:
        """The decision sought, as the paper states it, and the position in one line."""
        row, own = self.measures.row, self.measures.main
        sought = (
            prose(row.decision) if row.decision else tag("p", f"{NOT_IN_THE_PAPER.capitalize()}.")
        )
        is_proposed = own.plan == Plan.PROPOSED
        line = forecast.position_table(self.measures.position, proposed=is_proposed)
        if self.measures.also_in_plan:
            line += forecast.position_table(
                self.measures.also_in_plan,
                proposed=False,
                title="Where its savings in the plan stand",
            )
        return Part("decision", Markup("{}{}").format(sought, line))

    def savings(self) -> Part:
        """The project's savings as printed, then the wider programme, under its scope's name."""
        measures = self.measures
        return Part(
            "savings",
            Markup("").join(
                [
                    *(self._own_table(own) for own in measures.savings),
                    forecast.section(
                        measures.forecast, self.name, measures.reported, measures.position
                    ),
                    movement.section(
                        measures.movement, self.name, perhaps_renamed=self._is_perhaps_renamed
                    ),
                    *(self._context(context) for context in measures.contexts),
                ]
            ),
        )

    def _context(self, context: Context) -> Markup:
        lead = (*sentences.context_lead(context), " ", *sentences.remaining(context))
        inside = [
            tag("h3", f"Context: {context.scope}"),
            tag(
                "p",
                "This is the wider programme, not this project's own money.",
                class_="quiet",
            ),
            tag("p", sentence(lead, money.in_short)),
            context_chart(context),
            context_table(context),
        ]
        if together := sentences.approved(context.if_approved, context.scope, self.name):
            inside.append(tag("p", sentence(together, money.in_short)))
        return tag("div", *inside, class_="context")

    def _own_table(self, own: ProjectSavings) -> Markup:
        if not own.lines:
            return tag("p", f"{self.name}: no saving of its own is stated.")
        rows: list[list[Cell]] = []
        unit = unit_of(
            figure for line in own.lines for figure in (*line.amounts.values(), line.printed)
        )
        for line in own.lines:
            amounts = [in_table(line.amounts.get(year), unit) for year in own.years]
            rag = rag_chip(line.rag) if line.rag in RAG_STATUSES else line.rag
            what = line.saving_type or "Saving"
            what += f", in place of {line.mitigates}" if line.mitigates else ""
            rows.append([what, rag, *amounts, in_table(line.printed, unit)])
        sums = [number for number, line in enumerate(own.lines) if line.is_total]
        note = (
            f"{LEGEND.replace(UNIT, money.unit_label(unit))}; totals as printed; blank rows are"
            " left out"
        )
        if any(line.mitigates for line in own.lines):
            note += "; what stands in place of another saving is not counted"
        if any(not line.counts and not line.mitigates for line in own.lines):
            note += "; Faster only brings savings forward and is not added"
        return table(
            f"{own.total.label}, {self.name}",
            ["Type of saving", "RAG", *own.years, "Total printed"],
            rows,
            numbers_from=2,
            totals=sums,
            note=note,
            class_="own",
        )

    def reconciliation(self) -> Part:
        """The split in one line, then the findings.

        Errors first, then queries, then what agrees.
        """
        parts = [
            tag("p", sentence(sentences.checks_summary(self.findings, self.slug)), class_="lead")
        ]
        parts += [
            tag(
                "p", sentence((*self._doubt_of(context), *sentences.split(context)), money.in_short)
            )
            for context in self.measures.contexts
            if context.split
        ]
        parts.append(finding_items(self.findings, ["error"]))
        parts.append(finding_items(self.findings, ["query"]))
        parts += [tag("h3", "What agrees, and what needs no action"), agreed_list(self.findings)]
        return Part("reconciliation", Markup("").join(parts))

    def _doubt_of(self, context: Context) -> Sentence:
        """What is said behind a split that an error is about."""
        wrong = any(
            item.severity == "error" and item.rule in OF_A_SPLIT and item.service == context.service
            for item in self.findings
        )
        return ("The split that follows is in doubt: see the errors. ",) if wrong else ()

    def bridge(self) -> Part:
        """The budget bridge, drawn and as a table, in every reading that the budgets leave open."""
        drawn = Markup("").join(bridge.section(item) for item in self.measures.bridges)
        return Part(
            "bridge",
            drawn or tag("p", "Budgets of two years are not stated, so there is no bridge."),
        )

    def delivery(self) -> Part:
        """The timeline, the milestones as written, and statutory duties with the rate they need."""
        return Part("delivery", milestones.section(self.quarter, self.slug, self.measures))

    def risks(self) -> Part:
        """Risks and mitigations, as the paper states them."""
        rows = self.quarter.risks.of_project(self.slug)
        if not rows:
            return Part("risks", tag("p", f"Risks: {NOT_IN_THE_PAPER}."))
        more = [
            name for name in ("likelihood", "impact") if any(getattr(row, name) for row in rows)
        ]
        body: list[list[Cell]] = [
            [
                row.risk,
                prose(row.mitigation or "not stated"),
                *(getattr(row, name) or blank() for name in more),
            ]
            for row in rows
        ]
        return Part(
            "risks",
            table(
                "Risks and mitigations",
                ["Risk", "Mitigation", *(name.capitalize() for name in more)],
                body,
                class_="wide",
                texts=True,
            ),
        )

    def background(self) -> Part:
        """All fields of the form, in its own words."""
        row = self.measures.row
        fields = (
            ("Project", row.name),
            ("Title", row.title),
            ("Type of saving", row.saving_type),
            ("Corporate plan area", row.plan_area),
            ("CMR lead", row.cmr_lead),
            ("SLT lead", row.slt_lead),
            ("Head of service", row.head_of_service),
            ("CMR challenge", row.cmr_challenge),
            ("Service", row.service),
            ("Programme", row.programme),
            ("Status", row.status),
            ("Description", row.description),
            ("Purpose", row.purpose),
            ("Outcomes", row.outcomes),
            ("Assumptions", row.assumptions),
        )
        short = [field for field in fields if len(field[1] or "") <= _LONG]
        long = [field for field in fields if field not in short]
        return Part(
            "background", Markup("{}{}").format(_form(short, "form short"), _form(long, "form"))
        )

    def signoff(self) -> Part:
        """Who agreed, when, on which figures, and what that agreement is not."""
        stated = signoff.signed_figures(self.quarter, self.slug)
        rows = self.quarter.signoff.of_project(self.slug)
        leads = [
            item
            for item in self.findings
            if item.rule == "signed-off"
            or (item.rule == "sign-off-current" and item.severity != "note")
        ]
        lead = Markup("").join(
            tag("p", sentence(item.message), class_="lead")
            for item in leads
            if item.project == self.slug
        )
        body: list[list[Cell]] = [
            [
                row.role,
                row.name or blank(),
                row.capacity or blank(),
                periods.long_date(row.signed_day) if row.signed_day else blank(),
                signoff.standing(row.signed_on, stated) or blank(),
            ]
            for row in rows
        ]
        headings = ["Job title", "Name", "Capacity", "Date", "Figures agreed to"]
        signed = (
            table("Agreed by", headings, body)
            if rows
            else tag("p", f"Sign-off: {NOT_IN_THE_PAPER}.")
        )
        notes = tag("p", "Officers' agreement is not approval.", class_="quiet")
        if stated:
            told = (
                "is the code of this saving's amounts, year by year, and of its RAG status. Whoever"
                " agrees to them writes it beside their name in the register, under 'Signed on';"
                " when one of them changes, the sign-off lapses."
            )
            code = tag("strong", signoff.figures_code(stated), class_="code")
            notes = tag(
                "p", "Officers' agreement is not approval. ", code, f" {told}", class_="quiet"
            )
        return Part("signoff", Markup("{}{}{}").format(lead, signed, notes))

    def sources(self) -> Part:
        """Every figure's cells, the keys and legends, and corrections."""
        rows: list[list[Cell]] = []
        for figure in self.measures.figures():
            if figure.value is not None:
                unit = f" {figure.unit}" if figure.unit in ("per month", "months") else ""
                number = Markup("{}{}").format(mark(figure), unit)
                rows.append([figure.label or figure.name, number, short_cells(figure.cells)])
        sheets = sorted(
            {
                f"{cell.workbook}, {cell.sheet}"
                for figure in self.measures.figures()
                for cell in figure.cells
            }
        )
        legend = listing(
            [
                (
                    "Each table of money says its unit; (brackets) are negative. – is blank in the"
                    " source; nil is written nil."
                ),
                (
                    "A saving that reduces net spend is positive. A (partial) amount lacks what the"
                    " source leaves open, as with TBC."
                ),
                (
                    "RAG: Green Delivered, Green On Target, Amber, Red; the words count, the colour"
                    " only helps."
                ),
                f"Read from: {'; '.join(sheets)}.",
                *self._corrections(),
            ],
            "quiet",
        )
        return Part(
            "sources",
            Markup("{}{}").format(
                legend,
                table(
                    "Every figure and its cells",
                    ["Figure", "Amount", "Cells"],
                    rows,
                    class_="sources",
                    texts=True,
                ),
            ),
        )

    def _corrections(self) -> list[str]:
        """The declared corrections of cells that this briefing uses."""
        used, own = self._cells_used(), self._rows_printed()
        found = [
            f"Corrected: {correction_words(row)}"
            for row in self.quarter.corrections
            if cell_of(row) in used or cell_of(row).sheet_row in own
        ]
        return found or ["Corrections declared for these figures: none."]

    def _cells_used(self) -> set[CellRef]:
        """The cells that figures and findings are made from."""
        used = {cell for figure in self.measures.figures() for cell in figure.cells}
        return used | {cell for finding in self.findings for cell in finding.cells}

    def _rows_printed(self) -> set[tuple[str, str, int]]:
        """The rows of sheets that are printed word by word."""
        quarter, project = self.quarter, self.slug
        printed = (
            *cells_of(quarter.projects.of_project(project)),
            *cells_of(quarter.milestones.of_project(project)),
            *cells_of(quarter.risks.of_project(project)),
            *cells_of(quarter.signoff.of_project(project)),
            *cells_of(quarter.deadlines.of_project(project)),
        )
        return {cell.sheet_row for cell in printed}


def _number(figure: Figure) -> Markup:
    return mark(figure, figure_text(figure, money.in_short))


def _card(label: str, number: Markup, note: Cell = "") -> Sequence[Markup]:
    """A key figure: what it is, the number, and a note beneath it."""
    return (
        tag("span", label, class_="label"),
        tag("span", number, class_="big"),
        tag("span", note, class_="note"),
    )


def _form(fields: Sequence[tuple[str, str | None]], look: str) -> Markup:
    """Fields of the form with their texts, each field's name before its text."""
    pairs = (
        Markup("{}{}").format(
            tag("dt", name),
            tag("dd", prose(value) if value else tag("p", NOT_IN_THE_PAPER, class_="quiet")),
        )
        for name, value in fields
    )
    return tag("dl", *pairs, class_=look)
