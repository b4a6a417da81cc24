"""The second engine: what a run is about to publish, recomputed without its own code.

Each page is read as a director gets it. Its cells are those that the second reader found, its sums
are done again by `verify`, which knows nothing of the rest of the package. A page on which one
figure differs by a penny is not published.
"""

import pickle
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from ffanalysis.provenance import CellRef
from ffanalysis.run.cache import read_unchanged
from ffanalysis.run.second_reading import Disagreement
from ffanalysis.verify import Fault, Outcome, Workbooks, check_page


@dataclass(frozen=True)
class RecomputeRequest:
    """The pages by the names of their tasks, and what the second reader found, by its sha256."""

    pages: Mapping[str, Path]
    found: Path
    digest: str


@dataclass(frozen=True)
class Recomputed:
    """How many figures were recomputed, in which time, and what differs, by task."""

    figures: int
    cells: int
    constants: int
    seconds: float
    faults: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)


def recompute(request: RecomputeRequest) -> Recomputed:
    """Recompute every figure of these pages."""
    begun = monotonic()
    workbooks: Workbooks = pickle.loads(  # noqa: S301 - the run's own, by its digest
        read_unchanged(request.found, request.digest)
    )
    whole, faults = Outcome(), {}
    for name, page in request.pages.items():
        outcome = check_page(page.read_text("utf-8"), workbooks)
        whole.add(outcome)
        # What could not be recomputed is no better than what comes out otherwise.
        unread = (Fault("the page", f"it was not recomputed, as {why}.") for why in outcome.missing)
        if found := (*outcome.faults, *unread):
            faults[name] = found
    seconds = monotonic() - begun
    return Recomputed(whole.figures, whole.cells, whole.constants, seconds, faults)


def disagreement(project: str, fault: Fault) -> Disagreement:
    """What differs, as what withholds the project on whose page it does."""
    cell = CellRef("", "", "")
    with suppress(ValueError):  # what the page names may be no cell
        cell = CellRef.parse(fault.cells[0]) if fault.cells else cell
    return Disagreement(cell, in_words(fault), {"project": project})


def in_words(fault: Fault) -> str:
    """What differs, as a sentence in the place of a briefing."""
    return (
        f"Recomputed without our own code, a figure of the page differs: {fault.sentence} Nothing"
        " was published of it. Report it; nothing in the workbooks needs to be mended."
    )
