"""What must not be named: the confidential projects of a quarter, as they are marked today.

What a person writes into the journal is read by all, on the list of releases and in corrections.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ffanalysis.chain import Chain
from ffanalysis.deliver import kept
from ffanalysis.editions import RELEASED
from ffanalysis.errors import ConfidentialInReason, NotReleased, UserError
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read import council_of, council_of_all, inputs_of, read_period
from ffanalysis.savings.confidential import Secret, confidential_in, secret_of
from ffanalysis.settings import Settings


def settings_now(root: Path, period: str) -> Settings:
    """The settings of today; where they cannot be read, those that were last released.

    A release must be withdrawn in a few words, whatever state the workbooks are in.
    """
    for settings in (council_of, settings_released):
        with suppress(UserError):
            return settings(root, period)
    return council_of_all(root)


def settings_released(root: Path, period: str) -> Settings:
    """The settings of the last release of a quarter of which they are kept.

    Raises JournalBroken, SettingsWrong, and NotReleased where none is kept.
    """
    reports = root / "reports"
    lines = Chain(reports, period).lines()
    numbers = [line.facts["number"] for line in lines if line.event == RELEASED]
    for number in reversed(numbers):
        folder = kept.folder_of(reports, period, number) / kept.INPUTS
        if folder.is_dir():
            return council_of(folder, period)
    raise NotReleased(period, f"No release of {period} is kept.")


def secret_now(root: Path, period: str, shown: str = "") -> Secret:
    """The names that nothing for all may have; `shown` is the project whose own page it is.

    Where the register cannot be read, they are the names in the settings.
    """
    named = {slug(name): name for name in settings_now(root, period).confidential}
    names = tuple(name for project, name in named.items() if project != shown)
    if not names:
        return Secret()
    try:
        tables = read_period(Period.parse(period), inputs_of(root, period))
    except UserError:
        return Secret(names)
    secret = secret_of(tables, confidential_in(tables, shown))
    return replace(secret, hidden=tuple(dict.fromkeys((*secret.hidden, *names))))


def refuse_naming(root: Path, period: str, what: str, text: str, shown: str = "") -> None:
    """Raise ConfidentialInReason where a text for all names a confidential project."""
    found = secret_now(root, period, shown).found_in(text)
    if found:
        raise ConfidentialInReason(what, found)
