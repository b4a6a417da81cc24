"""One project's briefing, part by part, in reading order: two pages for a director.

Each part is what one cell of the notebook shows. The evidence is in the annex (`present.annex`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from ffanalysis import periods
from ffanalysis.checks import concerning
from ffanalysis.errors import InputsRefused, ProjectUnknown
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure import ProjectMeasures, project_measures, signoff
from ffanalysis.measure.commentary import commentary_of
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
from ffanalysis.present.decision import Decision
from ffanalysis.present.doubts import doubts_list
from ffanalysis.present.facts import Facts
from ffanalysis.present.findings import OF_A_SPLIT, in_brief, possible_renames
from ffanalysis.present.html import Part, in_council_look, sentence, tag
from ffanalysis.present.key_figures import KeyFigures, largest_difference, with_difference
from ffanalysis.present.own_savings import own_table, split_line
from ffanalysis.present.this_year import PartOfSaving
from ffanalysis.present.words import LONGEST, NOT_RECORDED, in_short, pounds_together
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import Stage

_MOST_RISKS = 5  # of the first two pages; the annex has all
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
        is_quiet = not self._stage.lacks_decision
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

    @cached_property
    def _decision(self) -> Decision:
        """What is asked of a director."""
        return Decision(self.quarter, self.findings, self.measures.row, self._stage)

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
        keys = KeyFigures(self.measures, self.findings, self._pounds).listed()
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
        found = with_difference(self.findings)
        gap = (largest_difference(found)[1],) if found else ()
        year = (each for each in self.measures.this_year.figures() if each.unit == "pence")
        said = (*self._headline, *self._since, *sentences.ratings(own))
        return (*said, own.total, *budget, *gap, *year)

    def this_year(self) -> Part:
        """This year's target, delivered, forecast and variance; what is not reported, said once."""
        lines = [
            this_year.section(
                found,
                own,
                undecided=self._decision.undecided if own is self.measures.main else "",
                beside=self._shown,
                ended=found.year in self._years_left_out,
                part=part,
            )
            for found, own, part in self._years()
        ]
        line = Markup("").join(lines)
        return Part("this-year", line + self._facts.listed() + self._not_stated())

    @property
    def _years_left_out(self) -> Sequence[str]:
        """The years that the schedule lists no longer."""
        found = self.measures.movement.left_out
        return found.years if found else ()

    def _years(self) -> Iterator[tuple[ThisYear, ProjectSavings, PartOfSaving]]:
        """This year's line of what the briefing is about, and of what else is in the plan."""
        in_plan = self.measures.this_year_in_plan
        yield self.measures.this_year, self.measures.main, "proposal" if in_plan else ""
        if in_plan:
            own = next(each for each in self.measures.savings if each.plan == in_plan.plan)
            yield in_plan, own, "plan"

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
        return Part("asked", self._decision.asked(self._lines, self._shown))

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
        if finding in self._decision.to_settle or self._decision.is_in_the_banner(finding):
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

    def commentary(self) -> Part:
        """What the service or the finance office says, quoted; nothing without it.

        What was not written this quarter says so.
        """
        every = commentary_of(self.quarter, self.slug)
        if not every:
            return Part("commentary", Markup(""))
        quotes = (
            tag("blockquote", in_short(each.row.text))
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
            *(split_line(each, self.findings) for each in splits),
            *(own_table(own, self.name) for own in measures.savings),
            movement.section(
                measures.movement, self._lines, perhaps_renamed=self._is_perhaps_renamed
            ),
        ]
        return Part("savings", Markup("").join(parts))

    def trend(self) -> Part:
        """Target, delivered and forecast over the last quarters, where they have more to say."""
        told = [trend.section(each) for each in self.measures.trends]
        return Part("trend", Markup("").join(told))

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
            annex.background(
                self.measures.row,
                self.quarter.council.roles,
                self.quarter.background.of_project(self.slug),
            ),
            line_texts.section(self.quarter, self.slug),
        ]
        if len(self.quarter.risks.of_project(self.slug)) > _MOST_RISKS:
            parts.append(annex.risks(self.quarter, self.slug))
        said = self.quarter.commentary.of_project(self.slug)
        if len(said) > _MOST_QUOTES or any(len(row.text) > LONGEST for row in said):
            parts.append(annex.commentary(self.quarter, self.slug))
        return Part("background", Markup("").join(parts))

    @of_annex
    def signoff(self) -> Part:
        """Who signed, when, on which figures, and what a sign-off is not."""
        return Part("signoff", annex.signed(self))

    def sources(self) -> Part:
        """Every figure's cells, the keys and legends, and corrections."""
        return Part("sources", annex.sources(self))
