"""Checking what a file says, and the settings that it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import Field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, get_type_hints

from ffanalysis.errors import SettingsWrong, listed
from ffanalysis.settings.kinds import LONGEST, SWITCH, UNSEEN, Kind, text_fault
from ffanalysis.settings.schema import TABLES, WEIGHTS, WORDS, Settings, declared, rule_of

Value = str | bool | int
Stated = Mapping[tuple[str, str], Value]
# Which a briefing is nothing without: no figure is shown that cannot be traced.
_ALWAYS = {"annex": ("findings", "sources")}
_ALIKE = 0.6  # from this share of letters on, a known key is worth naming


def checked(data: Mapping[str, Any]) -> dict[tuple[str, str], Value]:
    """What a file states, by table and key. Raises SettingsWrong for the first thing wrong."""
    found: dict[tuple[str, str], Value] = {}
    ours = declared()
    for table, values in data.items():
        if table not in TABLES:
            raise SettingsWrong(
                f"[{table}] is not known{_did_you_mean(table, TABLES, brackets=True)}"
            )
        if not isinstance(values, dict):
            raise SettingsWrong(f"{table} is no table; write [{table}] on a line of its own")
        if table in WORDS:
            found |= _checked_words(table, values)
        elif table != WEIGHTS:
            found |= _checked_keys(table, values, ours[table])
    return found


def _checked_keys(
    table: str, values: Mapping[str, Any], items: Iterable[Field[Any]]
) -> dict[tuple[str, str], Value]:
    items = tuple(items)
    known = {item.name: rule_of(item) for item in items}
    unset = {item.name for item in items if item.default == ""}
    for key, value in values.items():
        if key in _ALWAYS.get(table, ()):
            raise SettingsWrong(f"[{table}] '{key}' is always printed; take the line away")
        if key not in known:
            raise SettingsWrong(f"[{table}] '{key}' is not known{_did_you_mean(key, known)}")
        if value != "" or key not in unset:
            _refuse(f"[{table}] {key}", value, known[key].kind)
    # A number where a text is wanted, such as a port, is taken for its digits.
    texts = {item.name for item in items if isinstance(item.default, str)}
    return {(table, key): str(value) if key in texts else value for key, value in values.items()}


def _checked_words(table: str, values: Mapping[str, Any]) -> dict[tuple[str, str], Value]:
    rule = WORDS[table]
    seen: dict[str, str] = {}
    for key, value in values.items():
        if fault := text_fault(key):
            raise SettingsWrong(f"[{table}] a key {fault}; write {rule.key}, in quotes")
        first = seen.setdefault(" ".join(key.casefold().split()), key)
        if first != key:
            raise SettingsWrong(
                f"[{table}] '{first}' and '{key}' are one; take one of the two lines away"
            )
        _refuse(f"[{table}] '{key}'", value, rule.value)
    return {(table, key): value for key, value in values.items()}


def _refuse(place: str, value: Any, kind: Kind) -> None:
    if fault := kind.fault(value):
        shown = value if isinstance(value, str) else str(value).lower()
        if len(shown) > LONGEST // 2:
            shown = f"{shown[: LONGEST // 2]}…"
        raise SettingsWrong(f"{place}: '{UNSEEN.sub(' ', shown)}' {fault}; write {kind.write}")


def _did_you_mean(word: str, known: Iterable[str], *, brackets: bool = False) -> str:
    """The nearest known word, and all of them."""
    names = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), list(names), 1, _ALIKE)
    shown = [f"[{name}]" if brackets else name for name in names.values()]
    question = ""
    if near:
        name = names[near[0]]
        question = f"; did you mean {f'[{name}]' if brackets else name}?"
    return f"{question}{' It' if question else '; it'} may have: {listed(shown)}"


def set_apart(stated: Stated) -> dict[tuple[str, str], Value]:
    """What differs from the defaults: a default that is written out sets nothing."""
    defaults = {
        (table, item.name): item.default for table, items in declared().items() for item in items
    }
    return {place: value for place, value in stated.items() if defaults.get(place) != value}


def settings_of(stated: Stated, logo_data: str = "") -> Settings:
    """The settings that these values, once checked, come to."""
    hints = get_type_hints(Settings)
    made: dict[str, Any] = {
        table: hints[table](
            **{key: value for (where, key), value in stated.items() if where == table}
        )
        for table in declared()
    }
    for table in WORDS:
        own = {key: str(value) for (where, key), value in stated.items() if where == table}
        made[table] = MappingProxyType(own)
    return Settings(**made, logo_data=logo_data)


# --- as text, for the tables that a quarter is kept in --------------------------------------------


def as_text(value: Value) -> str:
    """A value as it is kept beside others."""
    return value if isinstance(value, str) else str(value).lower()


def from_rows(rows: Iterable[tuple[str, str, str]]) -> Settings:
    """The settings that rows of part, key and value come to, as `as_text` has written them."""
    switches = {
        (table, item.name)
        for table, items in declared().items()
        for item in items
        if rule_of(item).kind is SWITCH
    }
    stated = {
        (part, key): value == "true" if (part, key) in switches else value
        for part, key, value in rows
    }
    logo_data = stated.pop(("logo", "data"), "")
    return settings_of(stated, str(logo_data))
