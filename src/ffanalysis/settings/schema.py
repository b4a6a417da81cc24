"""All tables of `settings.toml` together, those whose keys a council chooses among them."""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from types import MappingProxyType
from typing import Any, NamedTuple, get_type_hints

from ffanalysis.provenance import slug
from ffanalysis.settings.kinds import EMAIL, TEXT, Kind, choice
from ffanalysis.settings.tables import (
    Annex,
    Colours,
    Logo,
    Mail,
    Marking,
    Numbers,
    Programme,
    Release,
    Retention,
    Roles,
    Rule,
    Schedule,
)
from ffanalysis.vocabulary import Stage

FILE_NAME = "settings.toml"
LARGEST_LOGO = 200_000  # bytes; it is part of every page


class Words(NamedTuple):
    """A table whose keys a council chooses: what a key and its value are, and an example."""

    key: str
    value: Kind
    meaning: str
    example: str


WORDS: Mapping[str, Words] = {
    "role_words": Words(
        "a role, or a word of one",
        TEXT,
        "What a role in the sign-off is called.",
        '"CMR" = "Cabinet Member with Responsibility"',
    ),
    "status_words": Words(
        "a status as the register has it",
        choice(*(stage for stage in Stage if stage.is_stated)),
        "What a council's own status means.",
        '"Gate 4" = "In delivery"',
    ),
    "project_markings": Words(
        "a project, by its name",
        TEXT,
        "The marking of one project's pages, in place of that of every page.",
        '"Day Centres" = "OFFICIAL – SENSITIVE"',
    ),
    "confidential": Words(
        "a project, by its name",
        TEXT,
        "A project that no page for all names, and why; its briefing has a folder of its own.",
        '"Day Centres" = "staff are told in November"',
    ),
    "releasers": Words(
        "a person, by name",
        EMAIL,
        "Who may release a quarter, and where notes to that person go.",
        '"Chief Finance Officer" = "cfo@example.gov.uk"',
    ),
}
# Whose keys are projects: what is set of one concerns the pages of no other.
OF_PROJECTS = ("project_markings", "confidential")
# What concerns the release alone, and no page: where it changes, no page is made anew.
DELIVERY = frozenset({"release", "releasers", "mail", "schedule", "retention"})
# Read by `ffanalysis.read.settings`: how much of a saving is counted on is a table of its own.
WEIGHTS = "risk_weights"


def _no_words() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Settings:
    """All that a council has set, and the defaults of what it has not."""

    programme: Programme = field(default_factory=Programme)
    logo: Logo = field(default_factory=Logo)
    colours: Colours = field(default_factory=Colours)
    roles: Roles = field(default_factory=Roles)
    numbers: Numbers = field(default_factory=Numbers)
    annex: Annex = field(default_factory=Annex)
    marking: Marking = field(default_factory=Marking)
    release: Release = field(default_factory=Release)
    mail: Mail = field(default_factory=Mail)
    schedule: Schedule = field(default_factory=Schedule)
    retention: Retention = field(default_factory=Retention)
    role_words: Mapping[str, str] = field(default_factory=_no_words)
    status_words: Mapping[str, str] = field(default_factory=_no_words)
    project_markings: Mapping[str, str] = field(default_factory=_no_words)
    confidential: Mapping[str, str] = field(default_factory=_no_words)
    releasers: Mapping[str, str] = field(default_factory=_no_words)
    logo_data: str = ""  # the picture as an address that holds it

    def role(self, text: str) -> str:
        """What a role is called: as it is written, with the council's words for its own."""
        names = {name.casefold(): words for name, words in self.role_words.items()}
        if not names:
            return text
        longest_first = sorted(map(re.escape, self.role_words), key=len, reverse=True)
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
        return pattern.sub(lambda found: names[found[0].casefold()], text)

    def marking_of(self, name: str) -> str:
        """The protective marking of a project's pages."""
        own = {slug(project): text for project, text in self.project_markings.items()}
        return own.get(slug(name), self.marking.text)

    @property
    def confidential_projects(self) -> tuple[str, ...]:
        """The projects that no page for all names, as files name them."""
        return tuple(dict.fromkeys(map(slug, self.confidential)))

    @property
    def all_markings(self) -> str:
        """The markings that a page of all projects carries."""
        found = (self.marking.text, *self.project_markings.values())
        return " / ".join(dict.fromkeys(filter(None, found)))


def declared() -> dict[str, tuple[Field[Any], ...]]:
    """The settings of each table that has keys of ours, by the name of the table."""
    hints = get_type_hints(Settings)
    return {
        item.name: fields(hints[item.name])
        for item in fields(Settings)
        if item.name not in WORDS and item.name != "logo_data"
    }


def about(table: str) -> str:
    """What a table that has keys of ours is for."""
    return str(get_type_hints(Settings)[table].__doc__)


def rule_of(item: Field[Any]) -> Rule:
    """What is declared of a setting."""
    rule: Rule = item.metadata["rule"]
    return rule


TABLES = (*declared(), *WORDS, WEIGHTS)
