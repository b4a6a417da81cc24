"""One project's briefing, part by part, in reading order: two pages for a director.

Each part is what one cell of the notebook shows. The evidence is in the annex (`present.annex`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.checks import concerning
from ffanalysis.checks.consequences import could_change, for_actor
from ffanalysis.errors import InputsRefused, ProjectUnknown
from ffanalysis.figures import Figure, Finding, Sentence, constant, counted
from ffanalysis.measure import ProjectMeasures, project_measures, signoff
from ffanalysis.measure.commentary import commentary_of
from ffanalysis.measure.context import Context
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.measure.stages import dated_stages, stage_now
from ffanalysis.measure.this_year import ThisYear
from ffanalysis.present import (
    annex,
    heads,
    line_texts,
    milestones,
    movement,
    movement_words,
    sentences,
    this_year,
    trend,
)
from ffanalysis.present.annex import of_annex
from ffanalysis.present.codes import LineNames
from ffanalysis.present.doubts import doubts_list
from ffanalysis.present.facts import Facts
from ffanalysis.present.findings import OF_A_SPLIT, in_brief, possible_renames
from ffanalysis.present.html import (
    Cell,
    Part,
    in_council_look,
    in_table,
    listing,
    mark,
    prose,
    rag_chip,
    rounded_sentence,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.words import NOT_RECORDED, figure_text, legend, pounds_together
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import RAG_STATUSES, Actor, Stage

_MOST_RISKS = 5  # of the first two pages; the annex has all
_LONGEST = 600  # letters of a decision or a comment on the first page; the annex has all of it
_NOTHING_SOUGHT = re.compile(r"\W*(?:none|no\b|nil\b|n/?a\b|not applicable|for information)", re.I)
_MOST_QUOTES = 2  # of the quarter's commentary on the first page


@in_council_look
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
        return sentences.banner(self._stage)

    @cached_property
    def _stage(self) -> Stage:
        """How far the project has come by the as-of date."""
        return stage_now(self.quarter, self.measures.row)

    def title(self) -> Part:
        """Title, governance banner, period and as-of date."""
        row = self.measures.row
        about = [
            row.programme,
            "Project briefing",
            self.quarter.period.words,
            f"As at {periods.long_date(self.quarter.as_of)}",
        ]
        council = self.quarter.council
        is_quiet = not self._lacks_decision
        state = self.banner or ""
        said = [row.status] if state and row.status else []
        if later := [each for each in dated_stages(self.quarter, row) if each.is_later]:
            said = [sentences.dated_later(each, self.quarter.as_of) for each in later]
        if lapsed := signoff.lapsed(self.quarter, self.slug):
            who = sentences.joined(list(dict.fromkeys(row.role for row in lapsed)))
            changed = f"Figures have changed since they were signed off by {who}."
            said.append(f"Sign-off has lapsed. {changed}" if state else changed)
            state, is_quiet = state or "Sign-off has lapsed", False
        return Part(
            "title",
            tag(
                "div",
                heads.above(council, council.marking_of(row.name)),
                heads.banner(state, said, is_quiet=is_quiet),
                heads.eyebrow(about),
                tag("h1", row.title or row.name),
                tag("p", " · ".join(filter(None, self._under())), class_="under"),
                self._people(),
                class_="head",
                data_project=self.slug,
            ),
        )

    def _under(self) -> tuple[str | None, ...]:
        """Beneath the title: the project's name where the title is another, and whose it is."""
        row = self.measures.row
        name = row.name if row.title and row.name.casefold() not in row.title.casefold() else ""
        return (name, row.service, row.plan_area)

    def _people(self) -> Markup:
        """Who owns the project and whom to ask, where the register or the schedule says so."""
        people = (("Owner", self._facts.stated("owner")), ("Contact", self.measures.row.contact))
        named = [f"{label}: {who}" for label, who in people if who]
        return tag("p", " · ".join(named), class_="under") if named else Markup("")

    @property
    def _lacks_decision(self) -> bool:
        return self._stage.lacks_decision

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

    # --- the first page ---------------------------------------------------------------------------

    def message(self) -> Part:
        """The headline, what changed, and the key figures of the project's own money."""
        items = (*self._own_figures(), *self._figure_in_doubt(), *self._next_duty())
        keys = tag("ul", *(tag("li", Markup(" ").join(item)) for item in items), class_="keys")
        return Part(
            "message",
            Markup("{}{}{}").format(
                tag("p", sentence(self._headline, self._pounds), class_="message"),
                tag("p", sentence(self._since, self._pounds), class_="since"),
                tag("div", keys, class_="alone"),
            ),
        )

    @cached_property
    def _headline(self) -> Sentence:
        measures = self.measures
        return sentences.headline(
            self.name, measures.main, self.findings, measures.position, self._stage
        )

    @cached_property
    def _since(self) -> Sentence:
        measures = self.measures
        return (
            *sentences.position_words(measures.position),
            *sentences.also_in_plan(measures.also_in_plan),
            *self._moved(),
        )

    def _moved(self) -> Sentence:
        """What moved; where the service has not updated its return, that nothing new is known."""
        found = self.measures.movement
        asked = [each for each in self.findings if each.rule == "inputs-unchanged"]
        is_known = not any(each.project == self.slug and each.severity != "note" for each in asked)
        moved = found.has_moved or found.left_out or found.renamed_from
        if is_known or moved or not found.since:
            words = movement_words.lead(found, perhaps_renamed=self._is_perhaps_renamed, short=True)
            return self._lines.in_sentence(words)
        return (f"Nothing new has been reported since {found.since_words}.",)

    @cached_property
    def _pounds(self) -> Callable[[int], str]:
        """How the first screen rounds its amounts: all together, so that none has two faces."""
        return pounds_together(self._shown)

    @cached_property
    def _shown(self) -> Sentence:
        """What the first screen shows."""
        own = self.measures.main
        budget = (own.budget,) if own.budget else ()
        gap = (self._gap[1],) if self._gap else ()
        year = (each for each in self.measures.this_year.figures() if each.unit == "pence")
        said = (*self._headline, *self._since, *sentences.ratings(own))
        return (*said, own.total, *budget, *gap, *year)

    def this_year(self) -> Part:
        """This year's target, delivered, forecast and variance; what is not reported, said once."""
        lines = [
            this_year.section(
                found,
                own,
                lacks_decision=self._lacks_decision and own is self.measures.main,
                beside=self._shown,
                ended=found.year in self._years_left_out,
            )
            for found, own in self._years()
        ]
        line = Markup("").join(lines)
        return Part("this-year", line + self._facts.listed() + self._not_stated())

    @property
    def _years_left_out(self) -> Sequence[str]:
        """The years that the schedule lists no longer."""
        found = self.measures.movement.left_out
        return found.years if found else ()

    def _years(self) -> Iterator[tuple[ThisYear, ProjectSavings]]:
        """This year's line of what the briefing is about, and of what else is in the plan."""
        yield self.measures.this_year, self.measures.main
        if in_plan := self.measures.this_year_in_plan:
            own = next(each for each in self.measures.savings if each.plan == in_plan.plan)
            yield in_plan, own

    @cached_property
    def _facts(self) -> Facts:
        """What is recorded of the saving beside its amounts."""
        return Facts(self.quarter, self.measures, self._lines)

    @cached_property
    def _lines(self) -> LineNames:
        """What its lines are called on the first two pages."""
        return LineNames(self.quarter, self.slug)

    def _not_stated(self) -> Markup:
        """What the workbooks do not state of the saving, in one line."""
        own = self.measures.main
        gaps = [*this_year.not_reported(self.measures.this_year)]
        is_later = own.total.value and not self.measures.this_year.is_planned
        if is_later and self.measures.position.forecast.value is None:
            gaps.append("forecast")  # of the years to come
        is_unrated = own.total.value and own.without_rag.value == own.total.value
        if is_unrated and sentences.rag_gap(own) in ("", NOT_RECORDED):
            gaps.insert(0, "RAG status")
        if not gaps:
            return Markup("")
        joined_gaps = sentences.joined(gaps)
        of_what = " for the proposal" if self.measures.this_year_in_plan else ""
        return tag("p", f"Not recorded{of_what}: {joined_gaps}.", class_="gaps")

    def asked(self) -> Part:
        """The decision sought, as it is stated, and what only a director can settle."""
        row = self.measures.row
        by_when = self._by_when()
        is_dated = row.decision_due or row.decision_route
        ending = "." if is_dated else ", or by when."
        sought = tag("p", f"The register does not say what decision is sought{ending}")
        sought += by_when if is_dated else Markup("")
        if row.decision:
            label = tag("strong", "Decision sought: ")
            sought = prose(_in_short(row.decision), opening=label) + by_when
        settled = in_brief(self._to_settle, self.slug, self.name, self._lines)
        points = [rounded_sentence(each.brief or each.message, self._shown) for each in settled]
        if points:
            sought += tag("p", tag("strong", "For you to settle:"), class_="settle")
            sought += listing(points, "points")
        return Part("asked", sought)

    def _by_when(self) -> Markup:
        """Who decides, and by when; that neither is recorded, where a decision is sought."""
        row = self.measures.row
        when = (("Decision due", row.decision_due), ("Decided by", row.decision_route))
        if due := " · ".join(f"{label}: {text}" for label, text in when if text):
            return tag("p", due, class_="due")
        if _NOTHING_SOUGHT.match(row.decision or ""):
            return Markup("")
        return tag("p", "Decision date: not recorded.", class_="gaps")

    @cached_property
    def _to_settle(self) -> list[Finding]:
        """The findings that a director settles by a decision; doubts of an amount come after.

        Where all have signed and the banner says what is not approved, nothing is left to settle.
        """
        return [
            finding
            for finding in for_actor(self.findings, Actor.DIRECTOR)
            if finding.project == self.slug
            and not finding.parent
            and set(could_change(finding)) <= {"approval"}
            and not self._is_in_the_banner(finding)
        ]

    def _is_in_the_banner(self, finding: Finding) -> bool:
        """Whether all have signed, and what is not approved is what the banner says."""
        if finding.rule != "signed-off" or not self._lacks_decision:
            return False
        rows = signoff.latest(self.quarter, self.slug)
        late = signoff.too_late(self.quarter, self.slug)
        return bool(rows) and not late and all(row.signed_day for row in rows)

    def doubts(self) -> Part:
        """What could make the figures of these pages wrong; beside it the constraints, quoted."""
        found = [each for each in self.findings if self._is_of_these_pages(each)]
        quotes = self._constraints()
        listed = tag(
            "div",
            doubts_list(in_brief(found, self.slug, self.name, self._lines), self.slug, self._shown),
        )
        inside = tag("div", listed, quotes, class_="beside") if quotes else listed
        return Part("doubts", inside)

    def _is_of_these_pages(self, finding: Finding) -> bool:
        """Whether a finding is about what the first two pages show."""
        if finding in self._to_settle or self._is_in_the_banner(finding):
            return False
        if finding.everybody or finding.project == self.slug:
            return True
        services = {context.service for context in self.measures.contexts if context.split}
        return finding.rule in OF_A_SPLIT and finding.service in services

    def _constraints(self) -> Markup:
        """The constraints that the register states, quoted."""
        text = self.measures.row.constraints
        if not text:
            return Markup("")
        quoted = (tag("blockquote", line) for line in text.split("\n") if line.strip())
        return tag("div", tag("h3", "Constraints"), *quoted, class_="constraints")

    def _own_figures(self) -> Iterator[Sequence[Markup]]:
        """The cards of the project's own money: its total, its share of the budget, its RAG."""
        own = self.measures.main
        when = sentences.when(own.saving_years) if own.total.value else ""
        number = self._number(own.total)
        yield _card(own.total.label or "Proposed saving", number, when)
        if own.budget and own.budget_row and own.share and own.share.value and own.is_of_budget:
            of = f"{own.budget_row.year} budget of {own.budget_row.service}, "
            note = sentence(("of the ", of, own.budget), self._pounds)
            yield _card("Share of its service's budget", self._number(own.share), note)
        is_marked = any(rag[:1].isupper() for rag in own.rag_statuses)
        if own.total.value and (own.by_rag or is_marked):
            yield self._rag_card(own)

    def _rag_card(self, own: ProjectSavings) -> Sequence[Markup]:
        """How the saving is rated; of one that is delivered, that it is."""
        note: Cell = sentence(sentences.ratings(own), self._pounds)
        is_in_part = own.done is not None and bool(own.done.by_rag)
        rags = list(reversed(own.done.by_rag)) if own.done and is_in_part else own.rag_statuses
        stated = [rag for rag in rags if rag[:1].isupper()]
        chips = [rag_chip(rag) if rag in RAG_STATUSES else tag("span", rag) for rag in stated]
        if stated and self.measures.position.is_delivered:
            note = Markup("rated {} in the schedule").format(sentences.joined(stated))
            chips = [tag("span", "Delivered")]
        big = Markup(" ").join(chips) if stated else NOT_RECORDED
        look = "big rags" if stated else "big missing"
        return (
            tag("span", "RAG", class_="label"),
            tag("span", big, class_=look),
            tag("span", note, class_="note"),
        )

    @cached_property
    def _gap(self) -> tuple[Finding, Figure] | None:
        """The first error in the project's own figures, and by how much they disagree."""
        for finding in self.findings:
            is_own = finding.severity == "error" and finding.project and not finding.parent
            if is_own and finding.difference:
                amount = constant(abs(finding.difference), finding.cells)
                return finding, Figure(f"{finding.id}/difference", amount)
        return None

    def _figure_in_doubt(self) -> Iterator[Sequence[Markup]]:
        """The card of the first error in the project's own figures."""
        if self._gap:
            finding, gap = self._gap
            is_total = finding.rule in sentences.OF_TOTALS
            label = "Unreconciled" if is_total else "Amount in doubt"
            yield _card(label, self._number(gap), "see below")

    def _number(self, figure: Figure) -> Markup:
        return mark(figure, figure_text(figure, self._pounds))

    def _next_duty(self) -> Iterator[Sequence[Markup]]:
        """The card of the statutory duty that is of most concern."""
        duties = sorted(
            self.measures.deadlines, key=lambda item: (item.concern, item.by or date.max)
        )
        for item in duties[:1]:
            note = self._duty_note(item)
            if more := len(duties) - 1:
                count = Figure("deadlines/more", counted((), more), "count", spelled=True)
                others = sentence((count, " more under Milestones and deadlines."))
                note = Markup("{} {}").format(note, others)
            yield (
                tag("span", "Statutory deadline", class_="label"),
                self._duty_date(item),
                tag("span", note, class_="note"),
            )

    @staticmethod
    def _duty_date(item: Deadline) -> Markup:
        if item.is_overdone:
            return tag("span", "Progress in doubt", class_="big date")
        if item.left.value == 0:
            return tag("span", "All done", class_="big")
        return tag("span", f"{item.by_text[:1].upper()}{item.by_text[1:]}", class_="big date")

    @staticmethod
    def _duty_note(item: Deadline) -> Markup:
        if item.is_past or item.quantity.value is None or item.left.value == 0:
            return sentence(sentences.deadline(item))
        return sentence(sentences.duty_in_short(item))

    def commentary(self) -> Part:
        """What the service or the finance office says, quoted; nothing without it.

        What was not written this quarter says so.
        """
        every = commentary_of(self.quarter, self.slug)
        if not every:
            return Part("commentary", Markup(""))
        quotes = (
            tag("blockquote", _in_short(each.row.text))
            + tag("p", annex.said_by(each), class_="quiet by")
            for each in every[:_MOST_QUOTES]
        )
        return Part("commentary", tag("div", tag("h3", "Commentary"), *quotes, class_="said"))

    # --- the second page --------------------------------------------------------------------------

    def savings(self) -> Part:
        """The split in a line, the project's savings as printed, what moved, and the range."""
        measures = self.measures
        splits = [context for context in measures.contexts if context.split]
        parts = [
            *(tag("p", sentence(self._split(each), _split_pounds(each))) for each in splits),
            *(self._own_table(own) for own in measures.savings),
            movement.section(
                measures.movement, self._lines, perhaps_renamed=self._is_perhaps_renamed
            ),
        ]
        return Part("savings", Markup("").join(parts))

    def trend(self) -> Part:
        """Target, delivered and forecast over the last quarters, where they have more to say."""
        told = [trend.section(each) for each in self.measures.trends]
        return Part("trend", Markup("").join(told))

    def _own_table(self, own: ProjectSavings) -> Markup:
        if not own.lines:
            return tag("p", f"No saving of its own is recorded for {self.name}.")
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
        note = f"{legend(unit)} Totals as printed; blank rows are left out."
        if any(line.mitigates for line in own.lines):
            note += " Mitigations are not added."
        if any(not line.counts and not line.mitigates for line in own.lines):
            note += " Faster savings are not added: they bring savings forward."
        return table(
            f"{own.total.label}, {self.name}",
            ["Type of saving", "RAG", *own.years, "Total printed"],
            rows,
            numbers_from=2,
            totals=sums,
            note=note,
            class_="own",
        )

    def _split(self, context: Context) -> Sentence:
        """The split by delivery route in one line, and whether an error puts it in doubt."""
        wrong = any(
            item.severity == "error" and item.rule in OF_A_SPLIT and item.service == context.service
            for item in self.findings
        )
        if wrong:
            whose = context.service or context.scope
            return (f"The split of {whose} by delivery route is in doubt: see the annex.",)
        return sentences.split(context)

    def delivery(self) -> Part:
        """The milestones that matter, and statutory duties with the rate that they need."""
        return Part("delivery", milestones.in_short(self.quarter, self.slug, self.measures))

    def risks(self) -> Part:
        """The first risks and mitigations, in the words of the register."""
        return Part("risks", annex.risks(self.quarter, self.slug, _MOST_RISKS))

    # --- the annex --------------------------------------------------------------------------------

    def findings_by_actor(self) -> Part:
        """Every error and query with its rule and cells, by who must act."""
        return Part("findings", annex.findings(self))

    @of_annex
    def agreed(self) -> Part:
        """What agrees and what needs no action, as one table."""
        return Part("agreed", annex.agreed(self))

    @of_annex
    def moved(self) -> Part:
        """Every line in the quarter before and now, and the balance between the two."""
        return Part("moved", movement.evidence(self.measures.movement))

    @of_annex
    def outlook(self) -> Part:
        """The position in one line, and what may be delivered at the weights of the settings."""
        return Part("outlook", annex.outlook(self))

    @of_annex
    def bridge(self) -> Part:
        """The budget bridge, drawn and as a table, in every reading that the budgets leave open."""
        return Part("bridge", annex.bridges(self.measures))

    @of_annex
    def context(self) -> Part:
        """The wider programme, under its scope's name: never the project's own money."""
        return Part("context", annex.contexts(self.measures, self.name))

    @of_annex
    def timeline(self) -> Part:
        """The milestones, drawn and as written."""
        return Part("timeline", milestones.section(self.quarter, self.slug, self.measures))

    @of_annex
    def background(self) -> Part:
        """All fields of the register, and in full what the first two pages cut short."""
        parts = [
            annex.background(self.measures.row, self.quarter.council.roles),
            line_texts.section(self.quarter, self.slug),
        ]
        if len(self.quarter.risks.of_project(self.slug)) > _MOST_RISKS:
            parts.append(annex.risks(self.quarter, self.slug))
        said = self.quarter.commentary.of_project(self.slug)
        if len(said) > _MOST_QUOTES or any(len(row.text) > _LONGEST for row in said):
            parts.append(annex.commentary(self.quarter, self.slug))
        return Part("background", Markup("").join(parts))

    @of_annex
    def signoff(self) -> Part:
        """Who signed, when, on which figures, and what a sign-off is not."""
        return Part("signoff", annex.signed(self))

    def sources(self) -> Part:
        """Every figure's cells, the keys and legends, and corrections."""
        return Part("sources", annex.sources(self))


def _card(label: str, number: Markup, note: Cell = "") -> Sequence[Markup]:
    """A key figure: what it is, the number, and a note beneath it."""
    return (
        tag("span", label, class_="label"),
        tag("span", number, class_="big"),
        tag("span", note, class_="note"),
    )


def _in_short(text: str) -> str:
    """A text that may be long, cut where the first page has no room for more."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rsplit(' ', 1)[0]} … (in full in the annex)"


def _split_pounds(context: Context) -> Callable[[int], str]:
    """How a split writes its amounts: all in millions where one of them is."""
    in_millions = any((figure.value or 0) >= money.MILLION for figure in context.split.values())
    return money.in_millions if in_millions else money.in_short
