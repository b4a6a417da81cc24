"""What a council sets for its own figures and pages.

The package comes with a `settings.toml`; a council's own replaces what it sets.
"""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from ffanalysis import declarations, pictures
from ffanalysis.errors import SettingsWrong, listed
from ffanalysis.layout import plain
from ffanalysis.provenance import slug
from ffanalysis.read.nearest import nearest
from ffanalysis.settings import (
    DELIVERY,
    FILE_NAME,
    LARGEST_LOGO,
    LOGO_SUFFIXES,
    OF_PROJECTS,
    WEIGHTS,
    Settings,
    Value,
    as_text,
    checked,
    set_apart,
    settings_of,
)
from ffanalysis.tables import Tables
from ffanalysis.vocabulary import RAG_STATUSES, SOFTWARES_OWN

__all__ = ["FILE_NAME", "is_logo", "settings_in", "settings_rows", "weights"]
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


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        data = declarations.parse(content)
    except declarations.NotToml as error:
        raise SettingsWrong(str(error)) from error
    checked(data)
    return data


def settings_rows(contents: Iterable[bytes], beside: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The rows of the table `settings`: what these files set; of several the last holds.

    `beside` has the pictures that lie beside the files. Raises SettingsWrong.
    """
    stated = set_apart(_stated(contents))
    rows = [
        {"part": part, "key": key, "value": as_text(value)}
        for (part, key), value in stated.items()
        if part not in DELIVERY
    ]
    if data := _logo_data(settings_of(stated), beside):
        rows.append({"part": "logo", "key": "data", "value": data})
    return rows


def settings_in(contents: Iterable[bytes]) -> Settings:
    """What these files set, the picture of the logo left out. Raises SettingsWrong."""
    return settings_of(_stated(contents))


def _stated(contents: Iterable[bytes]) -> dict[tuple[str, str], Value]:
    stated: dict[tuple[str, str], Value] = {}
    for content in contents:
        stated |= checked(_parsed(content))
    return stated


def refuse_unregistered_markings(tables: Tables) -> None:
    """Raise SettingsWrong where a marking is for no project: it would protect nothing."""
    rows = tables.settings
    marked = rows.loc[rows["part"].isin(OF_PROJECTS), ["part", "key"]]
    known = {slug(name): name for name in tables.projects["name"]}
    names = {plain(name): name for name in known.values()}
    for part, name in marked.itertuples(index=False) if known else ():
        if slug(name) not in known:
            near = names.get(nearest(name, names))
            such = f", such as '{near}'" if near else ""
            raise SettingsWrong(
                f"[{part}] '{name}' is no project of the quarter {tables.period};"
                f" write its name as the register has it{such}"
            )


def is_logo(name: str) -> bool:
    """Whether a file may be the logo that the settings name."""
    return name.lower().endswith(LOGO_SUFFIXES)


def _logo_data(settings: Settings, beside: Mapping[str, bytes]) -> str:
    """The logo as an address that holds it; "" where there is none."""
    name, alt = settings.logo.file, settings.logo.alt
    if not name:
        return ""
    if not alt:
        raise SettingsWrong(
            "[logo] alt is missing; write what is read aloud in place of the logo, such as alt ="
            ' "Example Council"'
        )
    if name not in beside:
        raise SettingsWrong(
            f"[logo] file: '{name}' is not beside the settings; put it there, or take the line away"
        )
    content = beside[name]
    if len(content) > LARGEST_LOGO:
        raise SettingsWrong(
            f"[logo] file: '{name}' has {len(content) / 1000:,.0f} kB; save it smaller, with at"
            f" most {LARGEST_LOGO // 1000} kB"
        )
    try:
        read = pictures.svg if name.lower().endswith(".svg") else pictures.png
        picture = read(content)
    except pictures.PictureWrong as error:
        raise SettingsWrong(f"[logo] file: '{name}' {error}; save it again") from error
    if picture.taken_out:
        raise SettingsWrong(
            f"[logo] file: '{name}' holds {listed(picture.taken_out)}, which no page may; save it"
            " without"
        )
    return picture.data


def _weights(content: bytes) -> dict[str, dict[str, int]]:
    """RAG status → its percentage in each case, of those that a file sets."""
    table = _parsed(content).get(WEIGHTS, {})
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
