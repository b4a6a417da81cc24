"""What a council sets for its own figures.

The package comes with a `settings.toml`; a council's own replaces what it sets.
"""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from ffanalysis import declarations
from ffanalysis.errors import SettingsWrong, listed
from ffanalysis.vocabulary import RAG_STATUSES, SOFTWARES_OWN

FILE_NAME = "settings.toml"
CASES = ("low", "central", "high")


def weights(contents: Iterable[bytes]) -> list[dict[str, Any]]:
    """The rows of the table `weights`.

    The package's own, each replaced where one of these files sets it; of several the last holds.
    Raises SettingsWrong, in one sentence that says what to write.
    """
    found = _weights(files("ffanalysis.read").joinpath(FILE_NAME).read_bytes())
    rows = {
        rag: {"rag": rag, **values, "declared_in": SOFTWARES_OWN} for rag, values in found.items()
    }
    for content in contents:
        rows |= {
            rag: {"rag": rag, **values, "declared_in": FILE_NAME}
            for rag, values in _weights(content).items()
        }
    return [rows[rag] for rag in RAG_STATUSES]


def _weights(content: bytes) -> dict[str, dict[str, int]]:
    """RAG status → its percentage in each case, of those that a file sets."""
    try:
        data = declarations.parse(content)
    except declarations.NotToml as error:
        raise SettingsWrong(str(error)) from error
    if unknown := set(data) - {"risk_weights"}:
        raise SettingsWrong(f"[{min(unknown)}] is not known; it may have: [risk_weights]")
    table = data.get("risk_weights", {})
    if not isinstance(table, dict):
        raise SettingsWrong("risk_weights is no table; write [risk_weights] on a line of its own")
    for rag, values in table.items():
        if rag not in RAG_STATUSES:
            raise SettingsWrong(
                f"[risk_weights] '{rag}' is no RAG status; write one of: {listed(RAG_STATUSES)}"
            )
        if not _are_weights(values):
            raise SettingsWrong(
                f"[risk_weights] '{rag}' must be three whole percentages from 0 to 100, low,"
                " central and high, none less than the one before it, such as [40, 60, 85]"
            )
    return {rag: dict(zip(CASES, values, strict=True)) for rag, values in table.items()}


def _are_weights(values: object) -> bool:
    """Whether these are percentages for the three cases, none less than the one before."""
    return (
        isinstance(values, list)
        and len(values) == len(CASES)
        and all(type(value) is int and 0 <= value <= 100 for value in values)
        and values == sorted(values)
    )
