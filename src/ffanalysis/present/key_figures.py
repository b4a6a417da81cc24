"""The key figures of a briefing, as cards: its own money, what of it is in doubt, what is due."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from ffanalysis.figures import Figure, change, constant, counted, or_nil, size_of, total
from ffanalysis.findings import Finding
from ffanalysis.measure import ProjectMeasures
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.present import sentences
from ffanalysis.present.html import Cell, mark, rag_chip, sentence, tag
from ffanalysis.present.words import NOT_RECORDED, figure_text
from ffanalysis.vocabulary import RAG_STATUSES


def with_difference(findings: Sequence[Finding]) -> list[Finding]:
    """The errors in the project's own figures that have a difference."""
    return [
        finding
        for finding in findings
        if finding.severity == "error"
        and finding.project
        and not finding.parent
        and finding.difference
    ]


def largest_difference(found: Sequence[Finding]) -> tuple[Finding, Figure]:
    """Of these errors the one with the largest difference, and how much."""
    finding = max(found, key=lambda each: abs(each.difference or 0))
    calculated, stated, _ = finding.amounts
    gap = size_of(change(or_nil(stated or total(())), or_nil(calculated or total(()))))
    return finding, Figure(f"{finding.id}/difference", replace(gap, cells=finding.cells, gap=""))


@dataclass(frozen=True)
class KeyFigures:
    """The cards of one project; `pounds` is how the first screen rounds its amounts."""

    measures: ProjectMeasures
    findings: Sequence[Finding]
    pounds: Callable[[int], str]

    def listed(self) -> Markup:
        """The cards, one behind the other."""
        items = (*self._own_figures(), *self._figure_in_doubt(), *self._next_duty())
        return tag("ul", *(tag("li", Markup(" ").join(item)) for item in items), class_="keys")

    def _own_figures(self) -> Iterator[Sequence[Markup]]:
        """The cards of the project's own money: its total, its share of the budget, its RAG."""
        own = self.measures.main
        when = sentences.when(own.saving_years) if own.total.value else ""
        number = self._number(own.total)
        yield _card(own.total.label or "Proposed saving", number, when)
        if own.budget and own.budget_row and own.share and own.share.value and own.is_of_budget:
            of = f"{own.budget_row.year} budget of {own.budget_row.service}, "
            note = sentence(("of the ", of, own.budget), self.pounds)
            yield _card("Share of its service's budget", self._number(own.share), note)
        in_plan = self.measures.also_in_plan
        if in_plan and in_plan.target.value:
            yield _card("Already in the plan", self._number(in_plan.target))
        is_marked = any(rag[:1].isupper() for rag in own.rag_statuses)
        if own.total.value and (own.by_rag or is_marked):
            yield self._rag_card(own)

    def _rag_card(self, own: ProjectSavings) -> Sequence[Markup]:
        """How the saving is rated; of one that is delivered, that it is."""
        note: Cell = sentence(sentences.ratings(own), self.pounds)
        is_in_part = own.done is not None and bool(own.done.by_rag)
        rags = list(reversed(own.done.by_rag)) if own.done and is_in_part else own.rag_statuses
        stated = [rag for rag in rags if rag[:1].isupper()]
        chips = [rag_chip(rag) if rag in RAG_STATUSES else tag("span", rag) for rag in stated]
        if stated and self.measures.position.is_delivered:
            note = Markup("rated {} in the schedule").format(sentences.joined(stated))
            chips = [tag("span", "Delivered")]
        big = Markup(" ").join(chips) if stated else NOT_RECORDED
        look = "big rags" if stated else "big missing"
        in_plan = self.measures.also_in_plan
        return (
            tag("span", "RAG of the proposal" if in_plan else "RAG", class_="label"),
            tag("span", big, class_=look),
            tag("span", note, class_="note"),
        )

    def _figure_in_doubt(self) -> Iterator[Sequence[Markup]]:
        """The card of the largest difference in the project's own figures."""
        found = with_difference(self.findings)
        if found:
            finding, gap = largest_difference(found)
            is_total = finding.rule in sentences.OF_TOTALS
            label = "Unreconciled" if is_total else "Amount in doubt"
            yield _card(label, self._number(gap), _gap_note(len(found)))

    def _number(self, figure: Figure) -> Markup:
        return mark(figure, figure_text(figure, self.pounds))

    def _next_duty(self) -> Iterator[Sequence[Markup]]:
        """The card of the statutory duty that is of most concern."""
        duties = sorted(
            self.measures.deadlines, key=lambda item: (item.concern, item.by or date.max)
        )
        for item in duties[:1]:
            note = _duty_note(item)
            if more := duties[1:]:
                number = counted(each.cell for each in more)
                count = Figure("deadlines/more", number, "count", spelled=True)
                others = sentence((count, " more under Milestones and deadlines."))
                note = Markup("{} {}").format(note, others)
            yield (
                tag("span", "Statutory deadline", class_="label"),
                _duty_date(item),
                tag("span", note, class_="note"),
            )


def _gap_note(count: int) -> Cell:
    """Where the difference is told, and of how many it is the largest."""
    if count == 1:
        return "see below"
    figure = Figure("findings/gaps", constant(count, "differences"), "count", spelled=True)
    return sentence(("the largest of ", figure, "; see below"))


def _duty_date(item: Deadline) -> Markup:
    if item.is_overdone:
        return tag("span", "Progress in doubt", class_="big date")
    if item.left.value == 0:
        return tag("span", "All done", class_="big")
    return tag("span", f"{item.by_text[:1].upper()}{item.by_text[1:]}", class_="big date")


def _duty_note(item: Deadline) -> Markup:
    if item.is_past or item.quantity.value is None or item.left.value == 0:
        return sentence(sentences.deadline(item))
    return sentence(sentences.duty_in_short(item))


def _card(label: str, number: Markup, note: Cell = "") -> Sequence[Markup]:
    """A key figure: what it is, the number, and a note beneath it."""
    return (
        tag("span", label, class_="label"),
        tag("span", number, class_="big"),
        tag("span", note, class_="note"),
    )
