"""What moved of all projects since the quarter before.

In words, as a flow between RAG statuses, and as tables.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Sentence
from ffanalysis.measure.movement import Movement
from ffanalysis.measure.programme import MarkedDelivered, OtherYears
from ffanalysis.measure.programme_movement import (
    DECREASE,
    ENDED,
    INCREASE,
    Flow,
    ProgrammeMovement,
    at_stake,
    is_adverse,
    rerated,
)
from ffanalysis.present import charts
from ffanalysis.present.html import (
    Cell,
    chart,
    in_table,
    listing,
    rounded_sentence,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.movement import balance_table, status_chip
from ffanalysis.present.movement_words import (
    BETWEEN,
    FIRST_QUARTER,
    PLAN_WORDS,
    clauses,
    left_out,
    milestone_clauses,
    progress,
)
from ffanalysis.present.sentences import join_clauses, joined, omitted_note
from ffanalysis.present.words import NIL
from ffanalysis.vocabulary import RAG_STATUSES, Plan

# Projects whose movement the programme page tells: the adverse first, then by the money at stake.
MOST_MOVES = 5


def lead(movement: ProgrammeMovement) -> Sentence:
    """The sentence that opens the programme's section: how many projects moved, came and went."""
    if movement.since is None:
        return (FIRST_QUARTER,)
    found: list[Sentence] = []
    for name, (names, one, many) in _counts(movement).items():
        if number := len(names):
            count = Figure(f"movement/projects-{name}", counted(names), "count")
            noun = " project" if number == 1 else " projects"
            words = f"{'' if found else noun} {one if number == 1 else many}"
            found.append((count, words))
    if not found:
        return (f"No project has changed since {movement.since_words}.",)
    return (f"Since {movement.since_words}, ", *join_clauses(found), ".")


def _counts(movement: ProgrammeMovement) -> dict[str, tuple[list[str], str, str]]:
    """Which projects did what, with the words for one and for several."""
    moves = movement.projects.items()
    return {
        "moved": ([each for each, moved in moves if moved.has_moved], "changed", "changed"),
        "new": ([each for each, moved in moves if moved.is_new], "is new", "are new"),
        "taken-out": ([each.project for each in movement.gone], "was taken out", "were taken out"),
        "renamed": (
            [each for each, moved in moves if moved.renamed_from],
            "has a new name",
            "have new names",
        ),
        "unknown": (
            list(movement.unknown),
            "could not be compared",
            "could not be compared",
        ),
    }


@dataclass(frozen=True)
class ProgrammeMovementSection:
    """What moved of all projects.

    Attributes:
        names: each project's name.
        asked: the projects of which a query asks whether they only have a new name.
        marked: what the programmes mark as delivered, then and now.
        other_years: the years their tables covered then and cover now, where these differ.
    """

    movement: ProgrammeMovement
    names: Mapping[str, str]
    asked: Collection[str] = ()
    marked: MarkedDelivered | None = None
    other_years: OtherYears | None = None

    def html(self) -> Markup:
        """In words, and as a flow between RAG statuses."""
        movement = self.movement
        flow = Markup("").join(_flow_chart(movement, plan) for plan in movement.flows)
        told = self._told()
        both = flow + told
        if flow and told:
            both = tag("div", tag("div", flow), tag("div", told), class_="abreast flows")
        parts = [tag("p", sentence(lead(movement)), class_="lead")]
        if together := self._together():
            parts.append(tag("p", rounded_sentence(together), class_="aside"))
        return Markup("").join([*parts, both])

    def sums(self) -> Markup:
        """From one close to the other, and what each RAG status was and is, as tables."""
        movement = self.movement
        if not movement.flows:
            return Markup("")
        flows = (_flow_table(movement, plan) for plan in movement.flows)
        return balance_table(movement, "cut steps") + Markup("").join(flows)

    def _told(self) -> Markup:
        """The movements of projects, the adverse first, and what is left out."""
        movement = self.movement
        moves = {project: moved for project, moved in movement.projects.items() if moved.has_moved}
        order = sorted(
            moves,
            key=lambda project: (is_adverse(moves[project]), at_stake(moves[project]), project),
            reverse=True,
        )
        items = [
            *self._gone(),
            *(self._moved(project, moves[project]) for project in order[:MOST_MOVES]),
            *self._came(),
        ]
        more = omitted_note(
            {"projects": (max(0, len(order) - MOST_MOVES), "project", "projects")},
            "their briefings say what changed",
        )
        found = listing(items, "moves") if items else Markup("")
        found += tag("p", sentence(more)) if more else Markup("")
        if movement.unknown:
            lost = joined(list(movement.unknown.values()))
            words = f"Movement not shown (one of the two quarters could not be read): {lost}."
            found += tag("p", words, class_="quiet")
        return found

    def _link(self, project: str) -> Markup:
        return tag("a", self.names[project], href=f"{project}.html")

    def _gone(self) -> Iterator[Markup]:
        for gone in self.movement.gone:
            words = ", was taken out (no reason recorded)."
            amounts = _by_plan(gone.totals)
            yield rounded_sentence((f"{gone.name}, ", *amounts, words))

    def _moved(self, project: str, moved: Movement) -> Markup:
        """What moved of one project, as a link to its briefing and its clauses."""
        told = [*clauses(moved), *milestone_clauses(moved)] or progress(moved)
        words = Markup("; ").join(rounded_sentence(_named(clause, project)) for clause in told)
        return Markup("{}: {}.").format(self._link(project), words)

    def _came(self) -> Iterator[Markup]:
        """The projects that are new, and those that have a new name."""
        for project, moved in self.movement.projects.items():
            if moved.is_new:
                doubt = "; it may only have a new name"
                doubt = doubt if project in self.asked else ""
                amounts = _by_plan({each.plan: each.closing for each in moved.balances})
                clause = _named((" is new: ", *amounts, f"{doubt}."), project)
                yield self._link(project) + rounded_sentence(clause)
            if moved.renamed_from:
                words = Markup("{} was called {}.")
                yield words.format(self._link(project), moved.renamed_from)

    def _together(self) -> Sentence:
        """What projects deliver and forecast together, and what programmes mark, then and now."""
        movement = self.movement
        words: Sentence = ()
        if forward := [*progress(movement)]:
            opening = "Across the projects, "
            if movement.progress:
                opening = "For the projects that report both quarters, "
            words = (opening, *join_clauses(forward, BETWEEN, BETWEEN), ".")
        if self.marked:
            words = (
                *words,
                " The programmes' RAG tables mark ",
                self.marked.after,
                " as delivered, against ",
                self.marked.before,
                f" in {movement.since_words}.",
            )
        if movement.left_out:
            words = (*words, " ", *left_out(movement.left_out, "Schedules no longer list"))
        if self.other_years and movement.since:
            was, now = (
                f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
                for years in (self.other_years.before, self.other_years.after)
            )
            words = (
                *words,
                f" The programmes' tables now cover {now}; they covered {was} before.",
                " The two cannot be compared.",
            )
        return words


def _by_plan(amounts: Mapping[Plan, Figure]) -> Sentence:
    """Amounts of one plan or of several, which are never added: "£300k in the plan and ..."."""
    if len(amounts) == 1:
        return tuple(amounts.values())
    return join_clauses((figure, f" {PLAN_WORDS[plan]}") for plan, figure in amounts.items())


def _named(clause: Sentence, project: str) -> Sentence:
    """A clause whose figures bear the project's name: a page of many has many of one kind."""
    return tuple(
        part.renamed(f"{project}/{part.name}") if isinstance(part, Figure) else part
        for part in clause
    )


def _flow_statuses(flow: Flow) -> tuple[list[str], list[str]]:
    """The statuses before and now, the best first, those that are none last."""
    apart = (INCREASE, DECREASE, ENDED, "")
    named = {status for pair in flow for status in pair} - {*RAG_STATUSES, *apart}
    known = [*map(str, RAG_STATUSES), *sorted(named), *apart]
    before = [status for status in known if any(pair[0] == status for pair in flow)]
    now = [status for status in known if any(pair[1] == status for pair in flow)]
    return before, now


def _which(movement: ProgrammeMovement, plan: Plan) -> str:
    """Which plan a chart or table is of, where there are several."""
    return f", {PLAN_WORDS[plan]}" if len(movement.flows) > 1 else ""


def _flow_chart(movement: ProgrammeMovement, plan: Plan) -> Markup:
    flow = movement.flows[plan]
    is_first = plan == next(iter(movement.flows))
    ways = rerated(flow, "movement/" if is_first else f"movement/{plan}/")
    what = " of savings" if len(movement.flows) < 2 else f" of savings {PLAN_WORDS[plan]}"
    parts: list[Sentence] = [
        (figure, f"{'' if place else f'{what} are rated'} {way}")
        for place, (way, figure) in enumerate(ways.items())
    ]
    nothing = f"No saving{_which(movement, plan).replace(',', '')} changed RAG status"
    title = join_clauses(parts) or (nothing,)
    amounts = {way: figure.pence for way, figure in flow.items()}
    item = charts.rag_flow(amounts, _flow_statuses(flow), (movement.since_words, "Now"))
    return chart(item, title, class_="flow")


def _flow_table(movement: ProgrammeMovement, plan: Plan) -> Markup:
    flow = movement.flows[plan]
    before, now = _flow_statuses(flow)
    unit = unit_of(flow.values())
    rows: list[list[Cell]] = []
    for status in before:
        name = status_chip(status.capitalize() if status == INCREASE else status)
        cells = [in_table(flow[status, to], unit) if (status, to) in flow else NIL for to in now]
        rows.append([name if status else "New", *cells])
    headings = [
        status.capitalize() if status in (DECREASE, ENDED) else status or "Taken out"
        for status in now
    ]
    note = f"{money.unit_label(unit)}; rows show the status then, columns now"
    both = [words for words, some in ((INCREASE, before), (DECREASE, now)) if words in some]
    if both:
        note += f"; {' and '.join(both)}: for lines in both quarters"
    if any(moved.progress for moved in movement.projects.values()):
        note += "; RAG status as in the schedule"
    return table(
        f"RAG status then and now{_which(movement, plan)}",
        [movement.since_words, *headings],
        rows,
        numbers_from=1,
        note=note,
        class_="cut flow",
    )
