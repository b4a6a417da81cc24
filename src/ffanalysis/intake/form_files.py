"""The files of forms: those that come with the package, and a council's own beside its papers."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from ffanalysis.errors import FormWrong
from ffanalysis.intake.forms import (
    FIELDS,
    GRIDS,
    RECORDS,
    REGISTER,
    Form,
    GridTable,
    Label,
    RecordTable,
    common,
)
from ffanalysis.intake.words import key, nearest


def shipped() -> tuple[Form, ...]:
    """The forms that come with the package."""
    folder = files("ffanalysis.intake").joinpath("forms")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(
        form_of(name, folder.joinpath(name).read_bytes()) for name in names if name != "labels.toml"
    )


def beside(folders: Iterable[Path]) -> tuple[Form, ...]:
    """The forms of a council, from `intake/*.toml` in the folders. Raises FormWrong."""
    paths = {path for folder in folders for path in sorted((folder / "intake").glob("*.toml"))}
    return tuple(form_of(path.name, path.read_bytes()) for path in sorted(paths))


def form_of(name: str, content: bytes) -> Form:
    """A form from its file. Raises FormWrong, with what to write instead."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormWrong(name, f"it is no TOML ({error})") from None
    return _Builder(name, data).form()


_WITH_BLANKS = frozenset({"labels", "background", "headings", "ask_unless_no"})
_T = TypeVar("_T", str, bool)


def _typed(name: str, data: Mapping[str, Any], part: str, usual: _T) -> _T:
    """A text, or yes or no, of a table of a form."""
    value = data.get(part, usual)
    if isinstance(value, type(usual)):
        return value
    is_text = isinstance(usual, str)
    what, write = ("text", f'{part} = "…"') if is_text else ("yes or no", f"{part} = true")
    raise FormWrong(name, f'"grids.{part}" is no {what}: write {write}')


class _Builder:
    """Makes a form of its file, and says what is wrong with it."""

    _KEYS = frozenset(
        {"name", "about", "tells", "programme", "unit", "years", "sign", "labels", "background"}
        | {"headings", "options", "several", "records", "grids", "status", "instructions"}
        | {"expected", "ask_unless_no"}
    )

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name, self.data = name, data

    def form(self) -> Form:
        self._refuse_unknown(self.data, self._KEYS, "")
        options = {each: self._words(words, each) for each, words in self._part("options").items()}
        self._refuse_unknown(options, set(REGISTER), "options.")
        expected = self._words(self.data.get("expected", []), "expected")
        self._refuse_unknown(expected, {*FIELDS, *RECORDS}, "expected ")
        several = self._words(self.data.get("several", []), "several")
        self._refuse_unknown(several, set(REGISTER), "several ")
        return Form(
            name=self._text("name") or Path(self.name).stem,
            file=Path(self.name).stem,
            about=self._text("about"),
            tells=self._tells(),
            labels=tuple(self._labels()),
            options=options,
            several=frozenset(several),
            records=tuple(self._records()),
            grids=tuple(map(self._grid, self._list("grids"))),
            statuses=self._both("status"),
            instructions=self._both("instructions"),
            expected=expected,
            unless_no=self._unless_no(),
            programme=self._text("programme"),
            unit=self._unit(),
            years=self._choice("years", ("not stated", "increment", "cumulative")),
            sign=self._choice("sign", ("saving is positive", "saving is negative")),
        )

    def _text(self, name: str) -> str:
        value = self.data.get(name, "")
        if not isinstance(value, str):
            raise FormWrong(self.name, f'"{name}" is no text: write {name} = "…"')
        return value

    def _unless_no(self) -> tuple[str, ...]:
        return self._words(self.data.get("ask_unless_no", []), "ask_unless_no")

    def _tells(self) -> tuple[str, ...]:
        tells = self._words(self.data.get("tells", []), "tells")
        if not tells:
            raise FormWrong(
                self.name, 'it has no "tells": list some labels that only this form has'
            )
        return tells

    def _unit(self) -> str:
        unit = self._text("unit")
        if unit and unit not in {"£", "£000", "£m"}:
            raise FormWrong(self.name, f'unit "{unit}" is none of £, £000, £m')
        return unit

    def _choice(self, name: str, allowed: tuple[str, ...]) -> Any:
        value = self.data.get(name, allowed[0])
        if value not in allowed:
            raise FormWrong(self.name, f'{name} "{value}" is none of {", ".join(allowed)}')
        return value

    def _labels(self) -> Iterator[Label]:
        """The form's own labels, then those that all forms have and this one does not use."""
        own = list(self._own_labels())
        yield from own
        taken = {key(label.words) for label in own}
        shared = [
            *(Label(word, name) for name, words in common()["labels"].items() for word in words),
            *(Label(word, "background", word) for word in common()["background"]),
            *(Label(word, "") for word in common()["headings"]),
        ]
        yield from (label for label in shared if key(label.words) not in taken)

    def _own_labels(self) -> Iterator[Label]:
        own = self._part("labels")
        self._refuse_unknown(own, set(FIELDS), "labels.")
        for meaning, words in own.items():
            for word in self._words(words, f"labels.{meaning}"):
                yield Label(word, meaning)
        background = self._words(self.data.get("background", []), "background")
        for word in (*background, *self._unless_no()):
            yield Label(word, "background", word)
        for word in self._words(self.data.get("headings", []), "headings"):
            yield Label(word, "")

    def _records(self) -> Iterator[RecordTable]:
        own = self._part("records")
        self._refuse_unknown(own, set(RECORDS), "records.")
        for into in RECORDS:
            columns: dict[str, tuple[str, ...]] = dict(common()["records"].get(into, {}))
            known = {*columns}
            added = own.get(into, {})
            if not isinstance(added, Mapping):
                raise FormWrong(self.name, f'"records.{into}" is no table: write [records.{into}]')
            for name, words in added.items():
                self._refuse_unknown({name: 1}, known, f"records.{into}.")
                columns[name] = (*self._words(words, f"records.{into}.{name}"), *columns[name])
            yield RecordTable(into, {name: tuple(words) for name, words in columns.items()})

    def _grid(self, data: Mapping[str, Any]) -> GridTable:
        keys = {"into", "sheet", "titles", "plan", "own", "scope_after", "states", "expected"}
        self._refuse_unknown(data, keys, "grids.")
        into = data.get("into", "savings")
        if into not in GRIDS:
            raise FormWrong(self.name, f'into "{into}" is none of {", ".join(GRIDS)}')
        titles = self._words(data.get("titles", []), "grids.titles")
        if not titles:
            raise FormWrong(self.name, 'a table of "grids" has no "titles"')
        states = data.get("states", {})
        if not isinstance(states, Mapping):
            raise FormWrong(
                self.name, '"grids.states" is no table: write states = {Programme = "…"}'
            )
        sheet = _typed(self.name, data, "sheet", titles[0])
        self._refuse_blanks(sheet, "grids.sheet")
        return GridTable(
            into=into,
            sheet=sheet,
            titles=titles,
            plan=_typed(self.name, data, "plan", ""),
            is_own=_typed(self.name, data, "own", True),
            scope_after=self._words(data.get("scope_after", []), "grids.scope_after"),
            statements={name: str(value) for name, value in states.items()},
            is_expected=_typed(self.name, data, "expected", False),
        )

    def _both(self, name: str) -> tuple[str, ...]:
        return (*self._words(self.data.get(name, []), name), *common()[name])

    def _part(self, name: str) -> Mapping[str, Any]:
        part = self.data.get(name, {})
        if not isinstance(part, Mapping):
            raise FormWrong(self.name, f'"{name}" is no table: write [{name}]')
        return part

    def _list(self, name: str) -> list[Mapping[str, Any]]:
        parts = self.data.get(name, [])
        if not isinstance(parts, list) or not all(isinstance(each, Mapping) for each in parts):
            raise FormWrong(self.name, f'"{name}" is no list of tables: write [[{name}]]')
        return parts

    def _words(self, words: Any, name: str) -> tuple[str, ...]:
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise FormWrong(self.name, f'"{name}" is no list of words: write {name} = ["…"]')
        for word in words:
            if not key(word):
                raise FormWrong(self.name, f'"{word}" under "{name}" has no letter or digit')
            self._refuse_blanks(word, name)
        return tuple(words)

    def _refuse_blanks(self, label: str, name: str) -> None:
        """Refuse blanks that mean nothing: "{yr} budget", or any but in a label."""
        blanks = re.findall(r"\{(.*?)\}", label)
        if blanks and name.partition(".")[0] not in _WITH_BLANKS:
            before = label.partition("{")[0].strip()
            write = f': write what stands before it, "{before}"' if before else ""
            problem = f'"{label}" under "{name}" has a blank, and only a label may have one{write}'
            raise FormWrong(self.name, problem)
        for blank in blanks:
            if blank not in ("year", "basis") or blanks.count(blank) > 1:
                may = "a label may have {year} and {basis} once"
                raise FormWrong(self.name, f'"{label}" has a blank {{{blank}}}; {may}')

    def _refuse_unknown(self, data: Iterable[str], known: Iterable[str], where: str) -> None:
        known = list(known)
        for name in data:
            if name not in known:
                near = nearest(name, known)
                meant = (
                    f": did you mean {near}?" if near else f"; there is {', '.join(sorted(known))}"
                )
                raise FormWrong(self.name, f'"{where}{name}" is not known{meant}')
