"""A rule about the words in which the register says how far a project has come."""

from collections.abc import Iterator

from ffanalysis.figures import Figure, Finding, Sentence, counted
from ffanalysis.measure.stages import stage_of
from ffanalysis.provenance import cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import Stage

_LONGEST = 80  # letters of a status that a sentence quotes


def status_known(quarter: Quarter) -> Iterator[Finding]:
    """A status says in known words how far its project has come; each other one is asked once."""
    asked: dict[str, list[ProjectRow]] = {}
    for row in quarter.projects:
        if stage_of(row.status, quarter.council.status_words) is Stage.UNKNOWN:
            text = " ".join((row.status or "").split())
            asked.setdefault(text.casefold(), []).append(row)
    for rows in asked.values():
        status = " ".join((rows[0].status or "").split())
        shown = status if len(status) <= _LONGEST else f"{status[:_LONGEST].rstrip()}…"
        yield Finding(
            "status-known",
            shown,
            "not_stated",
            "query",
            (f"The status '{shown}' of {rows[0].name}", *_others(rows), f" {_WHAT_TO_DO}"),
            cells=cells_of(rows),
        )


_WHAT_TO_DO = (
    "is not understood. Write one that is, such as Closed, or say under [status_words] in"
    " settings.toml what it means."
)


def _others(rows: list[ProjectRow]) -> Sentence:
    """How many more projects have the same status."""
    rest = len(rows) - 1
    if not rest:
        return ()
    count = Figure("status-known/more", counted((), rest), "count")
    return (" and ", count, " more projects" if rest > 1 else " more project")
