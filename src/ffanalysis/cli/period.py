"""The period that a command's words name."""

from pathlib import Path

import click


def period_named(root: Path, text: str, *, is_expected: bool = False) -> str:
    """The period of a command; which one "latest" is, is printed.

    Raises PeriodMalformed, NoQuarterYet, and PeriodUnknown for one that has neither a folder in
    data/raw nor reports, unless one that is still to come may be named.
    """
    from ffanalysis.errors import PeriodUnknown
    from ffanalysis.read import LATEST, known_periods, named_period
    from ffanalysis.run.reports_folder import reported_periods

    period = named_period(root, text)
    if text.casefold() == LATEST:
        click.echo(f"The latest period is {period}.", err=True)
    elif not is_expected:
        known = known_periods(root)
        if period not in known and period not in reported_periods(root):
            raise PeriodUnknown(period, known)
    return period


def folder_of_period(text: str, *folders: str) -> Path | None:
    """A period's folder below one of the programme's, where a word for a path names a period."""
    from ffanalysis.errors import RootMissing
    from ffanalysis.periods import Period
    from ffanalysis.read import LATEST, find_root

    is_latest = text.casefold() == LATEST
    if not (is_latest or Period.is_name(text)) or Path(text).exists():
        return None
    try:
        root = find_root()
    except RootMissing:
        if is_latest:
            raise
        return None  # away from a programme it is a path like any other
    return root.joinpath(*folders, period_named(root, text, is_expected=True))
