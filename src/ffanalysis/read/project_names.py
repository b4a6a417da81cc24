"""By which names, and which references, a text may mean a project of the register."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property

from ffanalysis.layout import plain
from ffanalysis.read.collector import Collected

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_LONG_TEXT = 12  # a text of more words is prose: a name of one word in it names nobody
# Of the letters of two names so many are alike where one is mistyped; of a title, which has more
# words that others have too, more.
_NEAR, _NEAR_TITLE = 0.75, 0.85


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name or text as they are compared: "SEN Contract–Efficiency"."""
    return tuple(_WORD.findall(plain(text).replace("&", " and ")))


class ProjectNames:
    """The registered projects by all that may name them."""

    def __init__(self, collected: Collected) -> None:
        self._names = {row["project"]: row["name"] for row in collected.rows["projects"]}
        self._words: dict[tuple[str, ...], str] = {}
        self._savings = collected.rows["savings"]
        for row in collected.rows["projects"]:
            for text in (row["name"], row.get("title")):
                self._add(text, row["project"])
        called = {plain(name): project for project, name in self._names.items()}
        for other, name in collected.aliases.get("project", {}).items():
            if project := called.get(plain(name)):
                self._add(other, project)

    @cached_property
    def _refs(self) -> dict[str, str]:
        """The project of each reference: made once somebody asks, as a schedule has one a line."""
        found: dict[str, str] = {}
        for row in self._savings:
            if row.get("ref") and row.get("project") in self._names:
                found.setdefault(plain(row["ref"]), row["project"])
        return found

    def _add(self, text: str | None, project: str) -> None:
        if text and (words := words_of(text)):
            self._words.setdefault(words, project)

    def name_of(self, project: str) -> str:
        """A project as the register writes it."""
        return str(self._names[project])

    def named_in(self, texts: Iterable[str]) -> list[str]:
        """The projects that texts name, in the register's order."""
        found: set[str] = set()
        for text in dict.fromkeys(texts):
            if ref := self._refs.get(plain(text)):
                found.add(ref)
            found.update(self._in_text(words_of(text)))
        return [project for project in self._names if project in found]

    def _in_text(self, words: tuple[str, ...]) -> set[str]:
        """The projects of which a text has the name, whole words in their order."""
        lengths = {len(name) for name in self._words}
        found = set()
        for length in lengths:
            if length == 1 and len(words) > _LONG_TEXT:
                continue
            for start in range(len(words) - length + 1):
                if project := self._words.get(words[start : start + length]):
                    found.add(project)
        return found

    def near(self, written: str) -> list[str]:
        """The projects that an unknown name may mean: one mistyped, shortened or lengthened."""
        own = words_of(written)
        names = {words_of(str(name)): project for project, name in self._names.items()}
        found = _close(own, names, _NEAR) | _close(own, self._words, _NEAR_TITLE)
        if not found and own:
            longer = (set(own) <= set(words) or set(words) <= set(own) for words in names)
            found = {project for project, fits in zip(names.values(), longer, strict=True) if fits}
        return [project for project in self._names if project in found]


def _close(own: tuple[str, ...], names: Mapping[tuple[str, ...], str], share: float) -> set[str]:
    """The projects with a name of which at least this share of letters is that of another."""
    texts = {" ".join(words): project for words, project in names.items()}
    return {texts[text] for text in get_close_matches(" ".join(own), texts, 3, share)}
