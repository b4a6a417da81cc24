"""Tables to figures: what a project owns, what is its context, what it comes to, and by when.

A project's key figures come only from lines that it owns. What a wider programme states is context,
under its scope's name.
"""

from dataclasses import dataclass, replace

from ffanalysis.figures import Figure
from ffanalysis.measure.bridge import Bridge, bridges
from ffanalysis.measure.context import Context, contexts, if_approved
from ffanalysis.measure.duties import Deadline, deadlines
from ffanalysis.measure.forecast import Weighted, position, reported
from ffanalysis.measure.movement import Movement, movement
from ffanalysis.measure.project_savings import Proposal, own_forecast, own_savings
from ffanalysis.savings.assemble import context_groups
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import Row, Tables


@dataclass(frozen=True)
class ProjectMeasures:
    """All figures of one project's briefing."""

    row: Row
    savings: tuple[Proposal, ...]
    position: dict[str, Figure]
    besides: dict[str, Figure]
    reported: dict[str, dict[str, Figure]]
    contexts: tuple[Context, ...]
    bridges: tuple[Bridge, ...]
    deadlines: tuple[Deadline, ...]
    movement: Movement
    forecast: Weighted | None

    @property
    def proposal(self) -> Proposal:
        """What the briefing is about: the project's proposal, else its savings in the plan.

        Of a proposal beside savings in the plan, `besides` says where those stand. `reported` has
        by year what is delivered of what the briefing is about, and what is forecast: the measures
        that are stated.
        """
        return self.savings[0]

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once."""
        found = [figure for own in self.savings for figure in own.figures()]
        found += (*self.position.values(), *self.besides.values())
        found += (figure for by_year in self.reported.values() for figure in by_year.values())
        found += [figure for wider in self.contexts for figure in wider.figures()]
        found += [figure for bridge in self.bridges for figure in bridge.figures()]
        found += [figure for deadline in self.deadlines for figure in deadline.figures()]
        found += self.movement.figures()
        found += self.forecast.figures() if self.forecast else ()
        return tuple({figure.name: figure for figure in found}.values())


def project_measures(tables: Tables, project: str) -> ProjectMeasures:
    """Everything that a project's briefing counts."""
    ledger = Ledger.of(tables)
    row = ledger.register[project]
    savings = own_savings(ledger, project)
    own = savings[0]
    groups = context_groups(ledger, project)
    wider = contexts(ledger, groups, project)
    return ProjectMeasures(
        row,
        savings,
        position(ledger, project, own.total, own.plan),
        _besides(ledger, project, savings),
        reported(ledger, project, own.plan),
        # Where nothing says which of a service's programmes a proposal is for, it is added to none.
        tuple(
            item
            if group.shares and not row.programme
            else replace(item, if_approved=if_approved(own, item, project))
            for group, item in zip(groups, wider, strict=True)
        ),
        tuple(bridges(ledger, ledger.chain(row.service))),
        deadlines(ledger, project),
        movement(ledger, project),
        own_forecast(ledger, project, own.plan, own.total.label),
    )


def _besides(ledger: Ledger, project: str, savings: tuple[Proposal, ...]) -> dict[str, Figure]:
    """Where the savings in the plan stand that a project has beside its proposal."""
    others = [each for each in savings[1:] if each.plan == "current" and each.total.cells]
    return (
        position(ledger, project, others[0].total, "current", "position/besides") if others else {}
    )
