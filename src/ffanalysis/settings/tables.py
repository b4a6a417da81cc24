"""The tables of `settings.toml`: each key with its kind, its default, what it does, an example."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ffanalysis.settings.kinds import (
    CLOUD,
    COLOUR,
    COUNT,
    DAY,
    DIRECTORY,
    DOMAINS,
    DUE,
    EMAIL,
    FILE,
    HOST,
    PORT,
    SWITCH,
    TEXT,
    TIME,
    WEB,
    Kind,
    choice,
)


class Rule(NamedTuple):
    """What is declared of a setting beside its name, type and default."""

    kind: Kind
    meaning: str
    example: str


def _setting(kind: Kind, default: Any, meaning: str, example: str) -> Any:
    return field(default=default, metadata={"rule": Rule(kind, meaning, example)})


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
        choice("brackets", "minus"), "brackets", "A negative in a table: (318) or −318.", '"minus"'
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
        "Where `reports/intranet` is served; the programme page and the mails link to it.",
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
        choice("each", "digest"),
        "each",
        "Whether a recipient gets a mail for each project, or one of all theirs.",
        '"digest"',
    )
    transport: str = _setting(
        choice("eml", "smtp", "graph"),
        "eml",
        "How mails leave: as drafts alone; or, when told to, by a mail server or Microsoft Graph.",
        '"smtp"',
    )
    server: str = _setting(HOST, "", "The mail server.", '"smtp.example.gov.uk"')
    port: str = _setting(PORT, "587", "Its port.", '"25"')
    security: str = _setting(
        choice("starttls", "tls", "none"),
        "starttls",
        "How the connection is made safe; none is for a relay inside, without a login.",
        '"tls"',
    )
    login: str = _setting(
        choice("none", "password", "xoauth2"),
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
    """When the scheduled job runs, and by when each step is due: in days after a quarter's end."""

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
