"""What a run has come to: where its reports are, how each task ended, and what is to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ffanalysis.provenance import shown_name
from ffanalysis.render.task import Result

_MOST_KEPT = 5  # named in a sentence


@dataclass(frozen=True)
class Summary:
    """Where a run's reports are, how each task ended, and what the checks say.

    `warnings` make the run incomplete; `withheld` has the sentences that say why, by project;
    `notes` say what costs nothing but the movement since an earlier quarter.
    """

    folder: Path
    results: tuple[Result, ...]
    verdict: str
    warnings: tuple[str, ...] = ()
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.warnings and all(
            result.status in ("published", "unchanged") for result in self.results
        )


def joined(summary: Summary, own: Summary, project: str) -> Summary:
    """What a run of all projects has come to, and that of a confidential one."""
    note = f"{project} is confidential: its pages are in {own.folder}, and no others name it."
    return replace(
        summary,
        results=(*summary.results, *own.results),
        warnings=tuple(dict.fromkeys([*summary.warnings, *own.warnings])),
        withheld={**summary.withheld, **own.withheld},
        notes=tuple(dict.fromkeys([*summary.notes, *own.notes, note])),
    )


def left_words(left: Sequence[Path]) -> str:
    """That folders of earlier runs could not be deleted."""
    names = ", ".join(map(str, left[:_MOST_KEPT]))
    return f"The system does not let this command delete {names}: ask whoever owns it to."


def kept_words(period: str, kept: Sequence[str]) -> str:
    """That files which no run has written are kept beside the reports."""
    more = f" and {len(kept) - _MOST_KEPT:,} more" if len(kept) > _MOST_KEPT else ""
    names = ", ".join(map(shown_name, kept[:_MOST_KEPT]))
    return (
        f"No run has written these files in reports/{period}; they are in reports/ now:"
        f" {names}{more}."
    )
