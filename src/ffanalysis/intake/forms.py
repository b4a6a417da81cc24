"""A form as data: its labels, tick lists and tables, from a TOML file.

Three forms come with the package; a council puts others beside its papers, in `intake/*.toml`.
What all forms have in common (how councils head the same field) is in `forms/labels.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from ffanalysis.intake.words import key, nearest, squash, without_hint
from ffanalysis.periods import YEAR_TEXT

Years = Literal["increment", "cumulative", "not stated"]
Sign = Literal["saving is positive", "saving is negative"]

# What a field may become: a column of the register, a budget or a saving of one year, or words for
# the background. A form's label says which.
REGISTER = (
    *("title", "reference", "saving_type", "plan_area", "cmr_lead", "slt_lead", "head_of_service"),
    *("cmr_challenge", "service", "programme", "status", "description", "purpose", "outcomes"),
    *("constraints", "assumptions", "decision", "decision_due", "decision_route", "owner"),
    *("contact", "posts", "one_off_cost", "cost_funding", "cover", "equality"),
)
MONEY = ("budget", "saving", "total_saving")
FIELDS = (*REGISTER, *MONEY, "milestone", "background")
# Fields whose answers are sentences.
PROSE = ("description", "purpose", "outcomes", "assumptions", "constraints", "background")
# Fields that a form may ask for year by year: their columns in the register name the year.
OF_YEARS = ("posts", "one_off_cost", "cost_funding")
# Answers of a line: where several labels share a paragraph, each ends the one before.
SHORT = frozenset(
    {"title", "reference", "saving_type", "plan_area", "cmr_lead", "slt_lead", "head_of_service"}
    | {"cmr_challenge", "service", "programme", "owner", "contact", "posts", "decision_due"}
    | {"decision_route"}
)
RECORDS = ("milestones", "risks", "signoff", "deadlines")
# Headings of such tables that no column takes; what stands below them is kept as background.
BESIDE = "beside"
GRIDS = ("savings", "posts", "one_off_cost", "background")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A unit behind a label without brackets: "2013/14 Budget £000's".
_UNIT = r"(?:in\s+)?£\s?['’]?(?:000|k|mn?|million)?['’]?s?(?![\w.,])"
_YEAR = rf"(?P<year>{YEAR_TEXT})"


@dataclass(frozen=True)
class Label:
    """Words of a form that say what stands beside or below them."""

    words: str
    meaning: str  # a field, or "" for a heading that asks for nothing itself
    heading: str = ""  # of a background field: the heading it is shown under

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A text of the label alone, or with a colon and an answer behind it."""
        return re.compile(_words_pattern(self.words), re.I | re.DOTALL)

    @property
    def shown(self) -> str:
        """Its words for people: "Spend in (year)"."""
        return _PLACEHOLDER.sub(r"(\1)", self.words)

    @property
    def is_short(self) -> bool:
        return self.meaning in SHORT


@dataclass(frozen=True)
class Found:
    """A label found at the beginning of a text: what is behind it, and what its blanks hold."""

    label: Label
    rest: str
    blanks: Mapping[str, str] = field(default_factory=dict)
    printed: str = ""  # the label as the paper has it

    @property
    def heading(self) -> str:
        """What an answer is called: the form's words; the paper's, where those have blanks."""
        words = self.label.heading or self.label.words
        return self.printed if _PLACEHOLDER.search(words) else words


@dataclass(frozen=True)
class RecordTable:
    """A table whose rows are milestones, risks, sign-offs or deadlines, by its headings."""

    into: str
    columns: Mapping[str, tuple[str, ...]]  # column, or "role: name" for two → headings

    @cached_property
    def by_heading(self) -> Mapping[str, str]:
        columns = sorted(self.columns.items(), key=lambda each: each[0] != BESIDE)
        return {squash(word): name for name, words in columns for word in words}

    def column_of(self, text: str) -> str | None:
        """The column that a heading names."""
        column = self.by_heading.get(squash(without_hint(text).rstrip(": ")))
        return None if column == BESIDE else column

    def knows(self, text: str) -> bool:
        """Whether a heading is one of such a table, be it one that no column takes."""
        return squash(without_hint(text).rstrip(": ")) in self.by_heading


@dataclass(frozen=True)
class GridTable:
    """A table of money by year: what its title says, and what holds for all of its lines."""

    into: str
    sheet: str
    titles: tuple[str, ...]
    plan: str = ""
    is_own: bool = True  # whether its lines are the project's, or a wider programme's
    scope_after: tuple[str, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)
    is_expected: bool = False


@dataclass(frozen=True)
class Form:
    """What a form asks, and where the answers go."""

    name: str
    file: str  # its file's name without .toml
    about: str
    tells: tuple[str, ...]
    labels: tuple[Label, ...]
    options: Mapping[str, tuple[str, ...]]
    several: frozenset[str]  # fields of which more than one box may be ticked
    records: tuple[RecordTable, ...]
    grids: tuple[GridTable, ...]
    statuses: tuple[str, ...]
    instructions: tuple[str, ...]
    expected: tuple[str, ...]  # fields that a paper without an answer is asked about
    unless_no: tuple[str, ...] = ()  # labels whose answer is asked about where it is not "No"
    programme: str = ""
    unit: str = ""
    years: Years = "not stated"
    sign: Sign = "saving is positive"

    @cached_property
    def _by_length(self) -> tuple[Label, ...]:
        return tuple(sorted(self.labels, key=lambda label: -len(label.words)))

    @cached_property
    def _squashed(self) -> Mapping[str, Label]:
        return {squash(label.words): label for label in self._by_length if "{" not in label.words}

    def label_at(self, text: str) -> Found | None:
        """The label that a text begins with: alone, or with a colon and an answer behind it."""
        bare = text.strip()
        for label in self._by_length:
            if found := label.pattern.fullmatch(bare):
                printed = bare[: found.start("rest")] if found["rest"] is not None else bare
                rest = (found["rest"] or "").strip()
                return Found(label, rest, _blanks(found), printed.rstrip(": "))
        return None

    def label_within(self, text: str) -> tuple[Found, str] | None:
        """A label that is broken by spaces: "Proj ect Title". The words as they stand, too."""
        bare = without_hint(text).strip().rstrip(": ")
        label = self._squashed.get(squash(bare)) if len(bare) < 120 else None
        return (Found(label, ""), label.words) if label else None

    def split(self, text: str) -> list[tuple[Found, str]]:
        """The labels of a paragraph and their answers: "CMR Lead: A SLT Lead: B" has two."""
        first = self.label_at(text)
        if first is None:
            return []
        parts: list[tuple[Found, str]] = []
        rest = first.rest
        while (inner := self._next_short(rest)) is not None:
            at, found = inner
            parts.append((first, rest[:at].strip()))
            first, rest = found, found.rest
        return [*parts, (first, rest.strip())]

    def _next_short(self, text: str) -> tuple[int, Found] | None:
        """The next label of a short answer within a text; it has a colon behind it."""
        places = []
        for label in self._by_length:
            if not label.is_short:
                continue
            places += [
                (found.start(), -len(found[0]), found, label)
                for found in re.finditer(rf"(?<![\w/]){_core(label.words)}\s*:\s*", text, re.I)
                if found.start() and text[found.start()].isupper()
            ]
        if not places:
            return None
        at, _, found, label = min(places, key=lambda place: place[:2])
        return at, Found(label, text[found.end() :], printed=found[0].rstrip(": "))

    def is_instruction(self, text: str) -> bool:
        """Whether a text only says how the form is to be filled in."""
        return squash(text) in {squash(words) for words in self.instructions}

    def words_for(self, name: str) -> str:
        """What the form calls a field."""
        return next((each.shown for each in self.labels if each.meaning == name), name)

    def nearest_label(self, text: str) -> str:
        """The label of this form most like a text, or nothing."""
        return nearest(text, (label.shown for label in self.labels))

    def score(self, texts: Iterable[str]) -> int:
        """How many of the words that tell this form from others begin one of the texts."""
        keys = [key(text) for text in texts]
        return sum(
            any(text == key(word) or text.startswith(f"{key(word)} ") for text in keys)
            for word in self.tells
        )


def _core(words: str) -> str:
    """A pattern of a label's words, with any spacing and punctuation between them."""
    return r"[\s\W]*?".join(re.escape(word) for word in re.findall(r"[\w£%]+|[&/]", words))


def _words_pattern(words: str) -> str:
    """A pattern of a label at the beginning of a text, its blanks as groups."""
    parts = _PLACEHOLDER.split(words)
    pattern = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern.append(_core(part))
        else:
            pattern.append(_YEAR if part == "year" else rf"(?P<{part}>[^:\n]*?)")
    middle = r"[\s\W]*?".join(filter(None, pattern))
    counted = r"(?:(?:section\s+)?\d{1,2}(?:\.\d{1,2})*[.):]?\s+|[a-z]\)\s+)?"
    hint = rf"(?P<hint>\s*(?:\([^()]*\)?|[-–—,]?\s*{_UNIT}))?"
    return rf"{counted}{middle}{hint}\s*[?.]?\s*(?::\s*(?P<rest>.*))?"


def _blanks(found: re.Match[str]) -> dict[str, str]:
    said = {name: text for name, text in found.groupdict().items() if text and name != "rest"}
    return {name: " ".join(text.split()) for name, text in said.items()}


def kind_of_row(text: str) -> str:
    """What a row of a table of savings is by its label: "line", "posts", …; "" for other words."""
    return _row_kinds().get(squash(without_hint(text)), "")


@lru_cache(maxsize=1)
def _row_kinds() -> Mapping[str, str]:
    return {squash(word): kind for kind, words in common()["rows"].items() for word in words}


@lru_cache(maxsize=1)
def common() -> dict[str, Any]:
    """What all forms have in common."""
    return tomllib.loads(
        files("ffanalysis.intake").joinpath("forms/labels.toml").read_text("utf-8")
    )


def choose(forms: Sequence[Form], texts: Sequence[str]) -> tuple[Form, int] | None:
    """The form that a paper's words tell, and by how many of them; None where none is told."""
    scored = [(form.score(texts), -len(form.tells), form) for form in forms]
    score, _, form = max(scored, key=lambda each: each[:2], default=(0, 0, None))
    return (form, score) if form is not None and score else None
