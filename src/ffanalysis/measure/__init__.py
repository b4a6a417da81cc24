"""Tables to figures: what a project owns, what is its context, what it comes to, and by when.

A project's key figures come only from lines that it owns. What a wider programme states is context, under its scope's name.
"""

from dataclasses import dataclass, replace

from ffanalysis.measure.context import Context, contexts, if_approved
from ffanalysis.measure.forecast import Weighted, position
from ffanalysis.measure.movement import Movement, movement
from ffanalysis.measure.own import Proposal, own_forecast, own_savings
from ffanalysis.model import Figure, Row, Tables
from ffanalysis.reconcile.bridge import Bridge, bridges
from ffanalysis.reconcile.deadlines import Deadline, deadlines
from ffanalysis.reconcile.ledger import Ledger
from ffanalysis.reconcile.lines import context_groups


@dataclass(frozen=True)
class ProjectMeasures:
    """All figures of one project's briefing."""

    row: Row
    savings: tuple[Proposal, ...]
    position: dict[str, Figure]
    contexts: tuple[Context, ...]
    bridges: tuple[Bridge, ...]
    deadlines: tuple[Deadline, ...]
    movement: Movement
    forecast: Weighted | None

    @property
    def proposal(self) -> Proposal:
        """What the briefing is about: the project's proposal, else its savings in the plan."""
        return self.savings[0]

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once."""
        found = [figure for own in self.savings for figure in own.figures()]
        found += self.position.values()
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
    wider = contexts(ledger, context_groups(ledger, project), project)
    return ProjectMeasures(
        row,
        savings,
        position(ledger, project, own.total, own.plan),
        tuple(replace(item, if_approved=if_approved(own, item, project)) for item in wider),
        tuple(bridges(ledger, ledger.chain(row.service))),
        deadlines(ledger, project),
        movement(ledger, project),
        own_forecast(ledger, project, own.plan, own.total.label),
    )
