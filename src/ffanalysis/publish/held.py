"""What a run has read and checked once, for the kernels that are forked for it."""

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ffanalysis.model import TABLE_NAMES, Finding, Tables
from ffanalysis.publish import forge
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.reconcile.narrow import Narrower


@dataclass
class Held:
    """The tables and findings of a run's period, as a kernel that was forked for it finds them in its memory."""

    root: str
    tables: Tables
    findings: tuple[Finding, ...]
    _as_read: Tables = field(init=False)
    _is_given: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        # A notebook may change a frame; against this copy that shows.
        self._as_read = _copied(self.tables)

    def give(self) -> bool:
        """Whether the tables were not given to anybody before."""
        first, self._is_given = not self._is_given, True
        return first

    def are(self, tables: Tables) -> bool:
        """Whether these are the tables that were read, with nothing changed in them since."""
        return tables is self.tables and _are_equal(tables, self._as_read)

    def prepare(self) -> None:
        """Do once what every briefing needs of the whole period, before kernels are forked."""
        for project in self.tables.slugs[:1]:
            self.narrower.tables_of(project)
            self.narrower.findings_of(project)

    @cached_property
    def narrower(self) -> Narrower:
        """The period looked through once, for every briefing."""
        return Narrower(self._as_read, self.findings)


def _copied(tables: Tables) -> Tables:
    copies: dict[str, Any] = {name: getattr(tables, name).copy() for name in TABLE_NAMES}
    return replace(tables, before=_copied(tables.before) if tables.before else None, **copies)


def _are_equal(one: Tables, other: Tables) -> bool:
    if not all(getattr(one, name).equals(getattr(other, name)) for name in TABLE_NAMES):
        return False
    return one.before is other.before or bool(one.before and other.before and _are_equal(one.before, other.before))


def held(period: str = "") -> Held | None:
    """What this kernel's run has read, where the kernel was forked for a run.

    With a period named it is this period's, and only for whoever asks first: who reads a period again, perhaps after changing
    a table, is to have tables of their own.
    """
    found = forge.held
    if not isinstance(found, Held) or os.environ.get(ROOT_VARIABLE) != found.root:
        return None
    if not period:
        return found
    return found if period == str(found.tables.period) and found.give() else None
