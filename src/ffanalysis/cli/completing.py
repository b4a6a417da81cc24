"""What a shell may complete a word to: the periods and projects that are there.

A shell asks at each press of the tab key: nothing here reads a workbook or imports pandas.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ffanalysis.errors import UserError
from ffanalysis.root import LATEST, find_root, period_folders


def complete_period(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem[str]]:
    """The periods of data/raw that a word begins, and latest."""
    with suppress(OSError, UserError):
        names = reversed(period_folders(find_root()))
        items = [CompletionItem(LATEST, help="the latest that has a workbook")]
        return [
            item for item in (*items, *map(CompletionItem, names)) if item.value.startswith(begun)
        ]
    return []


def complete_period_or_path(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem[str]]:
    """The same, and files."""
    return [*complete_period(context, parameter, begun), CompletionItem(begun, type="file")]


def complete_project(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem[str]]:
    """The projects of the period's last run; where it has none, of the latest other that has one.

    A confidential project has reports of its own, and is completed for nobody.
    """
    with suppress(OSError, UserError):
        named = context.params.get("period") or context.params.get("now") or ""
        chosen = context.params.get(parameter.name or "") or ()
        done = (chosen,) if isinstance(chosen, str) else chosen
        return [
            CompletionItem(name)
            for name in _projects(find_root(), str(named))
            if name.startswith(begun) and name not in done
        ]
    return []


def _projects(root: Path, named: str) -> Sequence[str]:
    from ffanalysis.run.journal import PROGRAMME, RECONCILIATION, endings_of

    periods = _periods_to_look_at(root, named)
    found = (endings_of(root / "reports" / period) for period in periods)
    names = next(filter(None, found), [])
    return sorted(name for name, _ in names if name not in (PROGRAMME, RECONCILIATION))


def _periods_to_look_at(root: Path, named: str) -> Iterator[str]:
    known = period_folders(root)
    if named in known:
        yield named
    yield from reversed(known)
