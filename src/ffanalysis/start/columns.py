"""The tables that a programme's workbook has: each with its columns, what they say, an example.

One list for all who ask: the blank workbooks, and the pages that say what each table must have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ffanalysis.vocabulary import RAG_STATUSES, ROUTES, SAVING_TYPES, Stage

PROJECT_NAMES = "the names of the projects"  # what a drop-down offers, in place of words
NO_YEAR = "Amount"  # heads amounts whose year is not said
Kind = Literal["text", "long text", "money", "number"]
_STAGES = tuple(stage.value for stage in Stage if stage not in (Stage.UNKNOWN, Stage.NOT_STATED))
_MILESTONES = ("Not started", "On track", "Delayed", "Completed")


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it says of a row, and an example of that.

    Attributes:
        is_needed: whether a row cannot be read, or is asked about, without it.
        choices: the words that a drop-down offers; `is_open` says whether others will do too.
    """

    heading: str
    says: str
    example: str = ""
    is_needed: bool = False
    choices: tuple[str, ...] | str = ()
    is_open: bool = False
    kind: Kind = "text"


@dataclass(frozen=True)
class AmountColumns:
    """Columns of amounts, one for each year: "Target 2026/27"; by name, what is of a measure."""

    measure: str
    says: str
    examples: tuple[str, ...]  # of the years in order; "" for a year without one
    only_begun: bool = False  # whether a year that has not begun has none

    def heading(self, year: str) -> str:
        return f"{self.measure} {year}".strip() or NO_YEAR


@dataclass(frozen=True)
class TableForm:
    """A table of the workbook: what a row of it is, its columns, and its amounts by year."""

    name: str  # as layouts call the table
    sheet: str
    about: str
    columns: tuple[Column, ...]
    amounts: tuple[AmountColumns, ...] = ()
    behind: tuple[Column, ...] = ()  # columns behind the amounts
    statements: tuple[tuple[str, str], ...] = field(default=())  # lines above it, for all rows

    def all_columns(self) -> Iterator[Column]:
        yield from (*self.columns, *self.behind)


_PROJECT = Column(
    "Project",
    "The project, by the name that the sheet Projects gives it.",
    "Library opening hours",
    is_needed=True,
    choices=PROJECT_NAMES,
)
_LINE = (
    Column(
        "Ref",
        "The saving's own reference. It is followed from quarter to quarter by it.",
        "LIB-1",
    ),
    _PROJECT,
    Column("What is saved", "The line in a few words.", "Two hours fewer on Sundays"),
    Column(
        "Type of saving",
        "Further: on top of the plan. Faster: a planned saving brought forward, which adds"
        " nothing. New: not planned before. Cross cutting: of several services.",
        "New",
        choices=SAVING_TYPES,
        is_open=True,
    ),
    Column(
        "Delivery route",
        "Retained: in services that the council runs. Commissioned: in those that a provider runs"
        " under contract.",
        "Retained",
        choices=tuple(ROUTES),
    ),
    Column(
        "RAG",
        "How sure the saving is. Green Delivered only where the money is out of the budget.",
        "Amber",
        is_needed=True,
        choices=tuple(RAG_STATUSES),
    ),
)
_BEHIND = (
    Column(
        "Full-year effect",
        "What the line saves once it runs for a whole year. It is shown, and added to nothing.",
        "55",
        kind="money",
    ),
    Column(
        "Recurring or one-off",
        "Whether the saving recurs each year.",
        "Recurring",
        choices=("Recurring", "One-off"),
    ),
    Column("Owner", "Who is accountable for the line.", "Head of Libraries"),
    Column("FTE", "Posts that go, full-time equivalent.", "1.5", kind="number"),
    Column("One-off cost", "What it costs to make the saving.", "12", kind="money"),
    Column("Funded from", "What pays for that cost.", "Transformation reserve"),
    Column("Reason for movement", "Why it differs from last quarter.", "Consultation took longer"),
    Column("Confirmed by", "Who in finance confirmed what is delivered.", "Finance manager"),
    Column("Evidence", "What shows that it is delivered.", "Budget virement 123"),
    Column("Cover for shortfall", "What makes up for what is not delivered.", "Vacancies held"),
)

PROJECTS = TableForm(
    "projects",
    "Projects",
    "A row for each project. Every other sheet names a project as it is named here.",
    (
        Column("Project", "Its name, on every sheet the same.", "Library opening hours", True),
        Column("Title", "Its title, as the briefing prints it.", "Library opening hours", True),
        Column("Programme", "The savings programme that it is part of.", "Savings programme"),
        Column("Service", "The service whose budget it reduces.", "Libraries"),
        Column(
            "Status",
            "How far it is approved. The briefing's first line says it.",
            "In delivery",
            choices=_STAGES,
            is_open=True,
        ),
        Column("Owner", "Who is accountable for it.", "Head of Libraries"),
        Column("Contact", "Whom a director asks.", "Head of Libraries, extension 1234"),
        Column("CMR lead", "The member who leads.", "Cabinet Member for Communities"),
        Column("SLT lead", "The officer who leads.", "Director of Communities"),
        Column("Reference", "Its reference in the council's papers.", "COM-4"),
        Column(
            "Brief project description",
            "What it is, in two or three sentences.",
            "Libraries open later on Sundays.",
            kind="long text",
        ),
        Column("Purpose", "What it is for.", "To match opening hours to use.", kind="long text"),
        Column("Outcomes", "What comes of it.", "Staff hours fall.", kind="long text"),
        Column(
            "Constraints",
            "What bounds the saving, word for word. Page 1 quotes it.",
            "Each library stays open six days a week.",
            kind="long text",
        ),
        Column("Decision sought", "What directors are asked to decide.", "To approve new hours"),
        Column("Decision due", "By when.", "30 November 2026"),
        Column("Decision route", "Who decides.", "Cabinet"),
        Column("Equality screening", "Whether equality was looked at.", "Screened, no impact"),
    ),
)
SAVINGS = TableForm(
    "savings",
    "Savings",
    "A row for each line of saving in the plan. What is only proposed goes to the sheet Proposals.",
    _LINE,
    (
        AmountColumns(
            "Target",
            "What is to be saved in the year, over the year before. Once approved it stays; a"
            " corrected amount goes into a column of its own, Revised target and the year.",
            ("40",),
        ),
        AmountColumns(
            "Delivered to date", "What has been saved so far in the year.", ("10",), only_begun=True
        ),
        AmountColumns("Forecast", "What will be saved in the year.", ("35",)),
    ),
    _BEHIND,
    (("Plan", "Current"),),
)
PROPOSALS = TableForm(
    "savings",
    "Proposals",
    "A row for each line of saving that is proposed and not yet in the plan.",
    _LINE,
    (AmountColumns("Target", "What would be saved in the year, over the year before.", ("40",)),),
    tuple(c for c in _BEHIND if c.heading not in ("Confirmed by", "Evidence")),
    (("Plan", "Proposed"),),
)
BUDGETS = TableForm(
    "budget",
    "Budgets",
    "A row for each service's budget. Savings are compared with it.",
    (
        Column("Service", "The service, as the sheet Projects names it.", "Libraries", True),
        Column("Part of", "The wider service that it is part of.", "Communities"),
        Column("Basis", "What the budget includes.", "controllable, net of income", True),
        Column(
            "Savings position",
            "Whether the year's savings are already out of it.",
            "before",
            choices=("before", "after"),
        ),
    ),
    (AmountColumns("", "The budget of the year.", ("1,200",)),),
)
PLAN = TableForm(
    "mtfp",
    "MTFP",
    "A row for each line of savings in the medium term financial plan itself.",
    (
        Column("MTFP line", "The line, as the plan has it.", "Libraries: opening hours", True),
        Column("Service", "The service that it is of.", "Libraries"),
        Column("Programme", "The programme that it is of.", "Savings programme"),
    ),
    (AmountColumns("", "What the plan has for the year.", ("40",)),),
)
MILESTONES = TableForm(
    "milestones",
    "Milestones",
    "A row for each milestone.",
    (
        _PROJECT,
        Column("Milestone", "What is reached.", "New hours begin", True, kind="long text"),
        Column("Completed by", "A day, a month or a year; TBC behind it.", "April 2026", True),
        Column("Status", "How far it is.", "On track", choices=_MILESTONES, is_open=True),
        Column("Completed on", "The day on which it was reached.", "7 April 2026"),
    ),
)
RISKS = TableForm(
    "risks",
    "Risks",
    "A row for each risk.",
    (
        _PROJECT,
        Column("Risk", "What may go wrong.", "Fewer visits", True, kind="long text"),
        Column("Mitigation", "What is done about it.", "Later hours", True, kind="long text"),
        Column("Likelihood", "How likely it is.", "2"),
        Column("Impact", "How bad it would be.", "3"),
        Column("Owner", "Who looks after it.", "Head of Libraries"),
    ),
)
SIGN_OFF = TableForm(
    "signoff",
    "Sign-off",
    "A row for each person or body that agreed to the project.",
    (
        _PROJECT,
        Column("Role", "In which role.", "Director of Communities", True),
        Column("Name", "Who.", ""),
        Column("Date", "When.", "1 October 2026", True),
        Column(
            "Capacity",
            "Whether as an officer, as a member or as a governance body.",
            "officer",
            choices=("officer", "member", "governance body"),
        ),
        Column("Minute", "The minute of a committee.", "Cabinet 12/26, item 4"),
        Column("Signed on", "The code of the figures in the briefing that was signed.", ""),
    ),
)
DEADLINES = TableForm(
    "deadlines",
    "Deadlines",
    "A row for each duty with a count and a day.",
    (
        _PROJECT,
        Column("What", "What must be done.", "Leases reviewed", True, kind="long text"),
        Column("Quantity", "How many.", "12", True),
        Column("Done so far", "How many of them are done.", "3"),
        Column("By", "By when.", "1 April 2027", True),
    ),
)
COMMENTARY = TableForm(
    "commentary",
    "Commentary",
    "What the service or the finance office says of a project this quarter; page 1 quotes it.",
    (
        _PROJECT,
        Column(
            "Commentary", "In two or three sentences.", "Visits held up.", True, kind="long text"
        ),
        Column("By", "Who says it.", "Head of Libraries", True),
        Column("Date", "When.", "5 October 2026"),
    ),
)
RECIPIENTS = TableForm(
    "recipients",
    "Recipients",
    "Who gets which briefing by mail.",
    (
        _PROJECT,
        Column("Name", "Who.", "Director of Communities"),
        Column("Email", "The address.", "director@example.gov.uk", True),
    ),
)
# Only carried over: the intake of papers writes it.
BACKGROUND = TableForm(
    "background",
    "Background",
    "What a concept paper says that no other sheet asks for.",
    (
        _PROJECT,
        Column("Asked on the form", "Under which heading the paper says it.", "", True),
        Column("Answer", "What it says.", "", True, kind="long text"),
    ),
)
TABLES: Sequence[TableForm] = (
    *(PROJECTS, SAVINGS, PROPOSALS, BUDGETS, PLAN, MILESTONES, RISKS, SIGN_OFF, DEADLINES),
    *(COMMENTARY, RECIPIENTS),
)
