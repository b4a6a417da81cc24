"""What a council settles for its own briefings: the schema of `settings.toml`, declared once.

Each setting states its kind, its default, what it does and an example. Reading, checking, the
defaults and the table in docs/settings.md all come from these declarations.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple, get_type_hints

from ffanalysis.errors import SettingsWrong, listed
from ffanalysis.provenance import slug
from ffanalysis.vocabulary import Stage

FILE_NAME = "settings.toml"
CONTRAST = 4.5  # what WCAG asks of text, at the least
LARGEST_LOGO = 200_000  # bytes; it is part of every page
LOGO_SUFFIXES = (".png", ".svg")
_LONGEST = 120  # letters of a name, label or marking
_ALIKE = 0.6  # from this share of letters on, a known key is worth naming
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Kind(NamedTuple):
    """What a setting may hold: what to write, and what is wrong with a value; "" where nothing."""

    write: str
    fault: Callable[[Any], str]


class Rule(NamedTuple):
    """What is declared of a setting beside its name, type and default."""

    kind: Kind
    meaning: str
    example: str


# --- the kinds of values --------------------------------------------------------------------------


def _text_fault(value: Any) -> str:
    if not isinstance(value, str):
        return "is no text"
    if not value.strip():
        return "is blank"
    if _UNSEEN.search(value):
        return "holds a line break or another sign that cannot be seen"
    return f"is longer than {_LONGEST} letters" if len(value) > _LONGEST else ""


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour with white paper, as WCAG 2.2 measures it: 1 to 21."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _colour_fault(value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        return "is no colour"
    contrast = contrast_with_white(value)
    if contrast >= CONTRAST:
        return ""
    # Rounded down: 4.49 must not read as if it were enough.
    shown = int(contrast * 100) / 100
    return f"has a contrast of {shown:g} to 1 with white, and needs {CONTRAST:g} to 1"


def _file_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    if "/" in value or "\\" in value or value.startswith("."):
        return "is no name of a file beside the settings"
    return "" if value.lower().endswith(LOGO_SUFFIXES) else "is neither a .png nor a .svg file"


def _choice(*words: str) -> Kind:
    def fault(value: Any) -> str:
        return "" if isinstance(value, str) and value in words else "is not known"

    return Kind(f"one of: {listed(words)}", fault)


TEXT = Kind(f"one line of at most {_LONGEST} letters, in quotes", _text_fault)
COLOUR = Kind(
    'six hexadecimal digits behind #, dark enough for white text, such as "#12436d"', _colour_fault
)
FILE = Kind("the name of a .png or .svg file beside the settings, in quotes", _file_fault)
SWITCH = Kind("true or false", lambda value: "" if isinstance(value, bool) else "is no switch")

_MOST = 100  # years or quarters


def _count_fault(value: Any) -> str:
    is_one = type(value) is int and 0 < value <= _MOST
    return "" if is_one else "is no number of years or quarters"


COUNT = Kind(f"a whole number from 1 to {_MOST}", _count_fault)

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_{|}~-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)


def address_fault(value: Any) -> str:
    """What is wrong with an e-mail address; "" where nothing is."""
    if fault := _text_fault(value):
        return fault
    is_one = _ADDRESS.fullmatch(value) and ".." not in value and ".@" not in value
    return "" if is_one else "is no e-mail address"


def _host_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    return "" if _HOST.fullmatch(value) else "is no name of a server"


def _port_fault(value: Any) -> str:
    text = str(value) if type(value) is int else value  # a number is as good as its digits
    if fault := _text_fault(text):
        return fault
    is_one = re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536
    return "" if is_one else "is no port"


HOST = Kind("the name of a server, in quotes", _host_fault)
PORT = Kind('a number from 1 to 65535, such as port = "587"', _port_fault)


def _domains_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    parts = [part.strip() for part in value.split(",")]
    return "" if all(map(_DOMAIN.fullmatch, parts)) else "is no list of domains"


DOMAINS = Kind("domains with commas between, in quotes", _domains_fault)
EMAIL = Kind("an e-mail address, in quotes", address_fault)


def _web_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    is_address = value.startswith(("https://", "file://")) and not re.search(r"[\s\"<>]", value)
    return "" if is_address else "is no web address"


def _cloud_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    is_one = re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?/?", value)
    return "" if is_one else "is no address of a service reached through TLS"


CLOUD = Kind(
    'https:// and the name of a server, such as "https://graph.microsoft.com"', _cloud_fault
)


def _name_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    return "" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", value) else "is no id and no domain"


DIRECTORY = Kind("an id or a domain, as the Entra admin centre shows it, in quotes", _name_fault)
WEB = Kind("a web address that begins with https://, in quotes", _web_fault)

LAST_DAY = 59  # 28 February, where a quarter ends with December: the same dates in every year
LONGEST_DUE = 89  # the next quarter ends a day later, at the earliest
_CLOCKS_CHANGE = ("01:00", "03:00")


def _days(most: int) -> Kind:
    def fault(value: Any) -> str:
        is_day = type(value) is int and 1 <= value <= most
        return "" if is_day else f"is no whole number from 1 to {most}"

    return Kind(f"a whole number of days from 1 to {most}, without quotes", fault)


def _time_fault(value: Any) -> str:
    if fault := _text_fault(value):
        return fault
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", value):
        return "is no time of day"
    if _CLOCKS_CHANGE[0] <= value < _CLOCKS_CHANGE[1]:
        return "is there twice or not at all on the two days on which the clocks change"
    return ""


DAY = _days(LAST_DAY)
DUE = _days(LONGEST_DUE)
TIME = Kind(
    'a time of the machine\'s clock, before 01:00 or from 03:00 on, such as "06:30"', _time_fault
)


def _setting(kind: Kind, default: Any, meaning: str, example: str) -> Any:
    return field(default=default, metadata={"rule": Rule(kind, meaning, example)})


# --- the tables -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Programme:
    """The programme as a whole."""

    name: str = _setting(
        TEXT, "", "Heads the programme page; else the register's name.", '"Fit for the Future"'
    )


@dataclass(frozen=True)
class Logo:
    """The council's logo, at the head of each first page."""

    file: str = _setting(
        FILE, "", "The picture, beside this file; at most 200 kB.", '"council-logo.svg"'
    )
    alt: str = _setting(
        TEXT, "", "What is read aloud in its place; needed with `file`.", '"Example Council"'
    )


@dataclass(frozen=True)
class Colours:
    """Colours of pages and charts. Each must be dark enough to be told from white paper."""

    accent: str = _setting(COLOUR, "", "Headings, rules and links.", '"#12436d"')
    banner: str = _setting(
        COLOUR, "", "The banner where a decision or approval is missing.", '"#801650"'
    )
    quiet_banner: str = _setting(
        COLOUR, "", "The edge of the banner that asks for nothing.", '"#52606d"'
    )
    green_delivered: str = _setting(COLOUR, "", "The mark of Green Delivered.", '"#0b6e4f"')
    green_on_target: str = _setting(COLOUR, "", "The mark of Green On Target.", '"#1a7f5a"')
    amber: str = _setting(COLOUR, "", "The mark of Amber.", '"#a85d00"')
    red: str = _setting(COLOUR, "", "The mark of Red.", '"#b3122b"')

    def of_rag(self, rag: str) -> str:
        """The colour of a RAG status; "" where the council sets none."""
        colour: str = getattr(self, rag.lower().replace(" ", "_"), "")
        return colour


@dataclass(frozen=True)
class Roles:
    """How the background of a briefing labels the people in the register."""

    cmr_lead: str = _setting(
        TEXT, "CMR lead", "The member who leads.", '"Cabinet Member with Responsibility"'
    )
    slt_lead: str = _setting(TEXT, "SLT lead", "The officer who leads.", '"Director"')
    head_of_service: str = _setting(
        TEXT, "Head of service", "The head of the service.", '"Assistant Director"'
    )
    cmr_challenge: str = _setting(
        TEXT, "CMR challenge", "The member who challenges.", '"Cabinet Member for Finance"'
    )


@dataclass(frozen=True)
class Numbers:
    """How amounts are written."""

    negatives: str = _setting(
        _choice("brackets", "minus"), "brackets", "A negative in a table: (318) or −318.", '"minus"'
    )


def _section(meaning: str) -> Any:
    return _setting(SWITCH, True, meaning, "false")


@dataclass(frozen=True)
class Annex:
    """Sections of a briefing's annex; `false` leaves one out with its heading."""

    agreed: bool = _section("Checks passed or noted.")
    moved: bool = _section("Movement, line by line.")
    outlook: bool = _section("What may be delivered.")
    bridge: bool = _section("Budget bridge.")
    context: bool = _section("The wider programme.")
    timeline: bool = _section("Timeline.")
    background: bool = _section("Background.")
    signoff: bool = _section("Sign-off.")


@dataclass(frozen=True)
class Marking:
    """The protective marking, at the head of every page of HTML and PDF."""

    text: str = _setting(TEXT, "", "The marking of every page.", '"OFFICIAL – SENSITIVE"')


@dataclass(frozen=True)
class Release:
    """How a quarter is released to directors."""

    four_eyes: bool = _setting(
        SWITCH, True, "Whether who prepared a quarter may not release it.", "false"
    )
    prepared_by: str = _setting(
        TEXT, "", "Who prepares the runs, where a run does not say.", '"Finance analyst"'
    )
    address: str = _setting(
        WEB,
        "",
        "Where the released pages can be read; the index and the mail link to it.",
        '"https://intranet.example.gov.uk/savings"',
    )


@dataclass(frozen=True)
class Retention:
    """How long reports are kept; `ffanalysis retention` deletes nothing without --delete."""

    released_years: int = _setting(
        COUNT, 7, "The years for which a release is kept, from the day of the release.", "10"
    )
    unreleased_quarters: int = _setting(
        COUNT, 2, "The quarters for which reports are kept that nobody has released.", "4"
    )


@dataclass(frozen=True)
class Mail:
    """How released briefings reach their directors by mail."""

    sender: str = _setting(
        EMAIL, "", "The address that mails come from.", '"savings@example.gov.uk"'
    )
    sender_name: str = _setting(TEXT, "", "Its name.", '"Savings programme"')
    reply_to: str = _setting(EMAIL, "", "Where answers go.", '"finance@example.gov.uk"')
    domains: str = _setting(
        DOMAINS,
        "",
        "The domains that recipients may have, with commas between; none means the sender's.",
        '"example.gov.uk, trust.example.org"',
    )

    form: str = _setting(
        _choice("each", "digest"),
        "each",
        "Whether a recipient gets a mail for each project, or one of all theirs.",
        '"digest"',
    )
    transport: str = _setting(
        _choice("eml", "smtp", "graph"),
        "eml",
        "How mails leave: as drafts alone; or, when told to, by a mail server or Microsoft Graph.",
        '"smtp"',
    )
    server: str = _setting(HOST, "", "The mail server.", '"smtp.example.gov.uk"')
    port: str = _setting(PORT, "587", "Its port.", '"25"')
    security: str = _setting(
        _choice("starttls", "tls", "none"),
        "starttls",
        "How the connection is made safe; none is for a relay inside, without a login.",
        '"tls"',
    )
    login: str = _setting(
        _choice("none", "password", "xoauth2"),
        "none",
        "How to log in; what proves it comes from the environment or the keyring, never from here.",
        '"password"',
    )
    user: str = _setting(TEXT, "", "The account to log in with.", '"savings@example.gov.uk"')
    tenant: str = _setting(
        DIRECTORY, "", "With graph: the council's tenant at Microsoft.", '"example.gov.uk"'
    )
    client_id: str = _setting(
        DIRECTORY,
        "",
        "With graph: the id of the application that sends, as Entra registers it.",
        '"11111111-2222-3333-4444-555555555555"',
    )
    mailbox: str = _setting(
        EMAIL,
        "",
        "With graph: the mailbox that sends; else that of the sender.",
        '"savings@example.gov.uk"',
    )
    graph_address: str = _setting(
        CLOUD,
        "https://graph.microsoft.com",
        "Microsoft Graph; another one in a national cloud.",
        '"https://graph.microsoft.us"',
    )
    login_address: str = _setting(
        CLOUD,
        "https://login.microsoftonline.com",
        "Where its access tokens come from; another one in a national cloud.",
        '"https://login.microsoftonline.us"',
    )

    @property
    def allowed(self) -> frozenset[str]:
        """The domains that recipients may have."""
        named = self.domains or self.sender.rpartition("@")[2]
        return frozenset(part.strip().casefold() for part in named.split(",") if part.strip())


@dataclass(frozen=True)
class Schedule:
    """When the scheduled job runs, and when what is late: in days after a quarter's last day."""

    from_day: int = _setting(DAY, 5, "The first day on which the job runs.", "10")
    to_day: int = _setting(DAY, 45, "The last day on which it runs.", "50")
    time: str = _setting(TIME, "06:30", "When it runs, by the clock of its machine.", '"05:45"')
    run_due: int = _setting(
        DUE, 21, "The day by which a quarter's workbooks are there and have been run.", "25"
    )
    release_due: int = _setting(DUE, 35, "The day by which a quarter is released.", "40")
    mail_due: int = _setting(DUE, 42, "The day by which its mails are written or sent.", "45")
    analyst: str = _setting(
        EMAIL,
        "",
        "Who is told, with the releasers, how the job ended.",
        '"analyst@example.gov.uk"',
    )


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
        _choice(*(stage for stage in Stage if stage.is_stated)),
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


def rule_of(item: Field[Any]) -> Rule:
    """What is declared of a setting."""
    rule: Rule = item.metadata["rule"]
    return rule


TABLES = (*declared(), *WORDS, WEIGHTS)

# --- checking what a file says --------------------------------------------------------------------

Value = str | bool | int
Stated = Mapping[tuple[str, str], Value]
# Which a briefing is nothing without: no figure is shown that cannot be traced.
_ALWAYS = {"annex": ("findings", "sources")}


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
    for key, value in values.items():
        if key in _ALWAYS.get(table, ()):
            raise SettingsWrong(f"[{table}] '{key}' is always printed; take the line away")
        if key not in known:
            raise SettingsWrong(f"[{table}] '{key}' is not known{_did_you_mean(key, known)}")
        _refuse(f"[{table}] {key}", value, known[key].kind)
    # A number where a text is wanted, such as a port, is taken for its digits.
    texts = {item.name for item in items if isinstance(item.default, str)}
    return {(table, key): str(value) if key in texts else value for key, value in values.items()}


def _checked_words(table: str, values: Mapping[str, Any]) -> dict[tuple[str, str], Value]:
    rule = WORDS[table]
    seen: dict[str, str] = {}
    for key, value in values.items():
        if fault := _text_fault(key):
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
        if len(shown) > _LONGEST // 2:
            shown = f"{shown[: _LONGEST // 2]}…"
        raise SettingsWrong(f"{place}: '{_UNSEEN.sub(' ', shown)}' {fault}; write {kind.write}")


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
