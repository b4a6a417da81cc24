"""An invented savings programme as plain records: what the same seed gives is the same, whatever the day and the machine.

Nothing here is real: no council, no project and no figure. There are no people either, only roles. Amounts are whole pounds.
Five directorates with twenty services stand for the council however many projects it has; only projects grow in number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from ffanalysis import periods
from ffanalysis.model import slug
from ffanalysis.periods import Period, year_label

COUNCIL = "Exampleshire County Council (invented)"
PROGRAMME = "Fit for Tomorrow"
LAST_PERIOD = Period(2026, 2)
TBC = "TBC"
YEARS_AHEAD = 3

DELIVERED, ON_TARGET, AMBER, RED = "Green Delivered", "Green On Target", "Amber", "Red"
RAGS = (DELIVERED, ON_TARGET, AMBER, RED)
ROUTES = ("Retained", "Commissioned")

# Directorate → service → what its projects are about. No subject is the end of another, so that no name holds another's.
COUNCIL_SERVICES: Mapping[str, Mapping[str, str]] = {
    "Children and Education": {
        "School Improvement": "School Advisers; Governor Training; Pupil Data; Music Tuition; Outdoor Learning; School Catering; "
        "Teacher Recruitment; Attendance Support; Exam Moderation; Curriculum Resources; School Admissions;"
        " Headteacher Network",
        "Early Help": "Family Hubs; Parenting Courses; Youth Clubs; Nursery Places; Health Visiting; Play Sessions; Detached "
        "Youth Work; Family Support; Young Carers; Toy Lending; Children's Centres; Speech Therapy",
        "Children in Care": "Foster Placements; Residential Homes; Leaving Care; Adoption Support; Family Contact; Kinship Care; "
        "Respite Breaks; Care Planning; Virtual School; Legal Proceedings; Supported Lodgings; Independent "
        "Visitors",
        "Special Educational Needs": "Special Schools; Assessment Casework; Educational Psychology; Sensory Support; Pupil "
        "Travel; Tribunal Casework; Specialist Equipment; Inclusion Bases; Portage Visits; "
        "Transition Planning; Personal Budgets; Therapy Contracts",
    },
    "Adult Social Care": {
        "Older People": "Home Care; Extra Care Housing; Day Centres; Nursing Placements; Reablement Beds; Meals Delivery; "
        "Dementia Support; Falls Response; Hospital Discharge; Carer Breaks; Telecare Alarms; Minor Adaptations",
        "Learning Disability": "Supported Living; Employment Support; Short Breaks; Shared Lives; Residential Reviews; Travel "
        "Training; Community Outreach; Respite Houses; Advocacy Contracts; Night Support; Skills "
        "Workshops; Care Packages",
        "Mental Health": "Crisis Houses; Recovery College; Peer Support; Housing Support; Approved Practitioners; Wellbeing "
        "Cafes; Placement Reviews; Step-Down Flats; Talking Groups; Aftercare Services; Outreach Nursing; Duty "
        "Rota",
        "Public Health": "Smoking Cessation; Weight Management; Health Checks; Sexual Health; Drug Treatment; School Nursing; "
        "Workplace Health; Physical Activity; Vaccination Outreach; Oral Health; Needs Analysis; Health "
        "Campaigns",
    },
    "Place and Transport": {
        "Highways": "Street Lighting; Winter Gritting; Pothole Repairs; Bridge Maintenance; Drainage Cleansing; Traffic Signals; "
        "Verge Mowing; Road Markings; Highway Depots; Footway Resurfacing; Safety Barriers; Permit Inspections",
        "Public Transport": "Rural Buses; Concessionary Passes; School Coaches; Community Minibuses; Bus Shelters; Timetable "
        "Information; Park and Ride; Taxi Contracts; Bus Stations; Ticketing Back Office; Fleet Workshops; "
        "Passenger Surveys",
        "Waste and Recycling": "Recycling Centres; Garden Composting; Landfill Aftercare; Food Waste; Waste Transfer; Trade "
        "Waste; Litter Enforcement; Reuse Shops; Haulage Contracts; Weighbridge Offices; Waste Education; "
        "Bulky Collections",
        "Planning and Environment": "Minerals Planning; Country Parks; Flood Prevention; Tree Nurseries; Rights of Way; Ecology "
        "Advice; Heritage Records; Planning Enforcement; Carbon Reporting; Landscape Advice; Visitor "
        "Parking; Local Plans",
    },
    "Communities": {
        "Libraries": "Library Opening Hours; Mobile Library; Reference Collections; Library Buildings; Book Purchasing; Reading "
        "Groups; Local Studies; Interlibrary Loans; Library Systems; Prison Lending; Study Spaces; Story Times",
        "Registration and Archives": "Ceremony Venues; Birth Registration; Record Storage; Citizenship Ceremonies; Coroner "
        "Support; Document Conservation; Certificate Copies; Burial Records; Search Rooms; Digital "
        "Archives; Museum Stores; Parish Records",
        "Trading Standards": "Doorstep Crime; Food Sampling; Metrology Laboratory; Animal Health; Business Advice; Petroleum "
        "Licences; Product Safety; Scam Prevention; Test Purchasing; Fair Trading; Farm Inspections; "
        "Consumer Helpdesk",
        "Community Safety": "Domestic Abuse Refuges; Road Safety; Community Wardens; Camera Monitoring; Offender Mentoring; "
        "Emergency Planning; Voluntary Grants; Resettlement Support; Hate Crime Response; Neighbourhood "
        "Mediation; Park Patrols; Youth Diversion",
    },
    "Resources": {
        "Property": "Office Accommodation; Building Cleaning; Farm Estate; Energy Supply; Surveyor Frameworks; Vacant Sites; "
        "Caretaking Teams; Security Guarding; Depot Sharing; Building Maintenance; Room Booking; Asset Valuation",
        "Information Technology": "Data Centres; Laptop Refresh; Telephone Lines; Software Licences; Printing Devices; Service "
        "Desk; Network Links; Web Hosting; Mobile Phones; Application Support; Records Systems; Meeting"
        " Technology",
        "Customer Services": "Contact Centre; Reception Desks; Blue Badges; Complaints Handling; Postal Services; Online Forms; "
        "Translation Contracts; Webchat Support; Benefit Appeals; Outgoing Mail; Kiosk Payments; Customer "
        "Surveys",
        "Finance and Payroll": "Invoice Processing; Payroll Bureau; Debt Recovery; Treasury Advice; Insurance Premiums; Audit "
        "Days; Pension Administration; Budget Monitoring; Cash Collection; Expense Claims; Supplier "
        "Payments; Agency Staffing",
    },
}
# No action begins another, for the same reason.
ACTIONS = (
    "Review; Redesign; Renewal; Consolidation; Recommissioning; Modernisation; Self-Service; Shared Service; Contract "
    "Renegotiation; Demand Management; Energy Saving; Income Growth; Fees and Charges; Channel Shift; Joint Procurement; "
    "Insourcing; Trust Transfer; Staffing Restructure; Management Delayering; Lease Exit; Automation; Rationalisation; "
    "Partnership; Volunteering Offer; Prevention Offer; Grant Maximisation; Unit Cost Reduction; Self-Funding; Smarter "
    "Scheduling; Mobile Working; Supplier Rebate; Lean Working; Eligibility Checks; Peer Benchmarking"
)
DIRECTORATES = tuple(COUNCIL_SERVICES)
DIRECTORATE_OF = {service: directorate for directorate, services in COUNCIL_SERVICES.items() for service in services}
# Where a schedule splits its lines by delivery route.
ROUTED = "Adult Social Care"
INITIALS = {directorate: "".join(word[0] for word in directorate.split() if word != "and") for directorate in DIRECTORATES}


def _random_of(*about: object) -> Random:
    """Chance that comes from these words alone."""
    return Random("/".join(map(str, about)))  # noqa: S311 - what it makes is a demo, no secret


@dataclass(frozen=True)
class Line:
    """A line of a project's saving: its type as printed, its route and RAG, and its pounds by year; TBC where not known yet."""

    ref: str
    kind: str
    route: str
    rag: str
    amounts: Mapping[str, int | str]
    reason: str = ""  # why it moved in this quarter

    @property
    def known(self) -> dict[str, int]:
        return {year: amount for year, amount in self.amounts.items() if isinstance(amount, int)}

    @property
    def total(self) -> int:
        return sum(self.known.values())

    @property
    def has_gap(self) -> bool:
        return len(self.known) < len(self.amounts)

    @property
    def is_faster(self) -> bool:
        return "Faster" in self.kind

    @property
    def what(self) -> str:
        """What a finding calls the line."""
        return ", ".join(filter(None, (self.kind, self.route, self.rag)))


@dataclass(frozen=True)
class Project:
    """A project as one quarter's workbooks state it. `canary` is an amount in pounds that no other project ever has."""

    name: str
    service: str
    plan: str
    ticked: str
    status: str
    lines: tuple[Line, ...]
    canary: int
    words: Mapping[str, str]
    milestones: tuple[tuple[str, str], ...]
    risks: tuple[tuple[str, ...], ...]
    signatures: tuple[tuple[str, ...], ...]
    deadline: tuple[str, ...] = ()
    delivered: Mapping[str, int] = field(default_factory=dict)
    forecast: Mapping[str, int] = field(default_factory=dict)

    @property
    def directorate(self) -> str:
        return DIRECTORATE_OF[self.service]

    @property
    def total(self) -> int:
        """What the project saves; savings brought forward ("Faster") are no saving of their own."""
        return sum(line.total for line in self.lines if not line.is_faster)

    @property
    def first_year(self) -> str:
        return min(year for line in self.lines for year, amount in line.known.items() if amount)

    @property
    def prints_total(self) -> bool:
        """Whether its schedule prints a total of all its lines: where they are routed always, as the routes must add."""
        several = len(self.lines) > 1 or self.directorate == ROUTED
        return several and not any(line.is_faster or line.has_gap for line in self.lines)

    @property
    def shown(self) -> set[int]:
        """The amounts that a briefing or a finding may show of it: cells, totals by line and by year, and where it stands."""
        counted = [line for line in self.lines if not line.is_faster]
        years = {year for line in self.lines for year in line.amounts}
        found = {amount for line in self.lines for amount in (line.total, *line.known.values())}
        for lines in (counted, list(self.lines)):
            found |= {sum(line.known.get(year, 0) for line in lines) for year in years} | {sum(line.total for line in lines)}
        delivered, forecast = sum(self.delivered.values()), sum(self.forecast.values())
        found |= {delivered, forecast, self.total - forecast, *self.delivered.values(), *self.forecast.values()}
        return found


@dataclass(frozen=True)
class Plant:
    """A disagreement put in on purpose: its kind, the project or directorate that it is in, and by how much in pounds."""

    kind: str
    where: str
    amount: int = 0


@dataclass(frozen=True)
class Movement:
    """What changed of a project since the quarter before."""

    project: str
    kind: str
    years: tuple[str, ...] = ()
    before: str | int | None = None
    after: str | int | None = None
    pounds: int | None = None


@dataclass(frozen=True)
class Quarter:
    period: Period
    projects: tuple[Project, ...]
    plants: tuple[Plant, ...]
    movements: tuple[Movement, ...]

    @property
    def year(self) -> str:
        return year_label(self.period.start)


@dataclass(frozen=True)
class Demo:
    """All quarters of an invented programme, the budgets behind them, and the one project that was renamed."""

    seed: int
    quarters: tuple[Quarter, ...]
    council: "Council"
    renamed: tuple[str, str] | None

    @property
    def first_start(self) -> int:
        return self.quarters[0].period.start

    @property
    def canaries(self) -> dict[str, int]:
        found = {slug(project.name): project.canary for quarter in self.quarters for project in quarter.projects}
        return {name: pounds for name, pounds in found.items() if not self.renamed or name != slug(self.renamed[0])}

    def slug_of(self, project: Project) -> str:
        """The project's key; a renamed one keeps that of its new name through all quarters."""
        return slug(self.renamed[1] if self.renamed and project.name == self.renamed[0] else project.name)


class Council:
    """What does not depend on projects: budgets, and the programme's own savings, in thousands of pounds.

    Every amount comes from the seed and its own name alone, so that a quarter more changes nothing in those before.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def saved(self, directorate: str, start: int) -> int:
        """The programme's savings of the year that begins in `start`."""
        return _random_of(self.seed, "saved", directorate, start).randint(1_230, 3_870)

    def budget(self, directorate: str, start: int) -> int:
        """The directorate's budget before its year's savings: each year's is the last one's less what that one saved."""
        last = LAST_PERIOD.start
        base = _random_of(self.seed, "budget", directorate).randint(62_000, 78_000)
        return base + sum(self.saved(directorate, year) for year in range(start, last))

    def service_budget(self, service: str, start: int) -> int:
        """The service's part of its directorate's budget; the four of them leave a little over a tenth of it."""
        share = 20 + _random_of(self.seed, "share", service).randint(0, 19) / 10
        return int(self.budget(DIRECTORATE_OF[service], start) * share / 100)

    def grid(self, directorate: str, period: Period) -> dict[str, dict[str, int]]:
        """RAG → year → the programme's own savings; what is delivered grows from quarter to quarter of the current year."""
        found: dict[str, dict[str, int]] = {rag: {} for rag in RAGS}
        for ahead in range(YEARS_AHEAD):
            start = period.start + ahead
            total, label = self.saved(directorate, start), year_label(start)
            random = _random_of(self.seed, "grid", directorate, start)
            amber, red = int(total * random.uniform(0.08, 0.2)), int(total * random.uniform(0.02, 0.07))
            delivered = 0 if ahead else (total - amber - red) * (2 * period.quarter - 1) // 9
            # One directorate has secured a contract a year early: delivered on paper, not yet cashable.
            if ahead == 1 and directorate == DIRECTORATES[1]:
                delivered = 118 + random.randint(1, 70)
            parts = (delivered, total - amber - red - delivered, amber, red)
            for rag, amount in zip(RAGS, parts, strict=True):
                if amount:
                    found[rag][label] = amount
        return found

    def total(self, directorate: str, period: Period) -> int:
        return sum(self.saved(directorate, period.start + ahead) for ahead in range(YEARS_AHEAD))

    def split(self, directorate: str, period: Period) -> dict[str, dict[str, int]]:
        """Delivery route → year → the same savings."""
        found: dict[str, dict[str, int]] = {route: {} for route in ROUTES}
        for ahead in range(YEARS_AHEAD):
            start = period.start + ahead
            retained = int(self.saved(directorate, start) * _random_of(self.seed, "split", directorate).uniform(0.3, 0.7))
            found[ROUTES[0]][year_label(start)] = retained
            found[ROUTES[1]][year_label(start)] = self.saved(directorate, start) - retained
        return found


# --- what projects say ------------------------------------------------------------------------------------------------

_DESCRIPTIONS = (
    "Another way of running {thing}, which costs less and of which residents notice little.",
    "The {service} team proposes to do less of what few people use in {thing} and to keep what most of them come for.",
    "The present arrangement for {thing} was made for a larger budget; this project fits it to the one there is.",
    "Demand for {thing} has shifted over five years, and the offer has not followed.",
    "Two teams do similar work on {thing}; this project brings them under one manager and one set of systems.",
    "The contract behind {thing} ends soon, which is the moment to buy something simpler.",
)
_PURPOSES = (
    (
        "Spending on {thing} is a noticeable part of what {service} costs. A review by officers compared it with three "
        "neighbouring counties, all of them as invented as this one, and found that each spends less for a similar result."
    ),
    (
        "The council has to find savings in every year of its plan, and {service} has been asked for its share. A change "
        "to {thing} was chosen because it touches the fewest statutory duties."
    ),
    (
        "Residents were asked in the spring what they would miss most. The offer of {thing} came low on the list, although those "
        "who use it value it highly; the proposal keeps a smaller one for them."
    ),
    (
        "Usage has fallen for four years in a row while the fixed costs of {thing} have stayed where they were. The project closes "
        "that gap step by step and checks after each step whether the next is still right."
    ),
    (
        "The systems that support {thing} are old, and keeping them alive costs more each year. Replacing them frees staff time "
        "that is not needed afterwards."
    ),
)
_PARAGRAPHS = (
    (
        "Staff have been told what is proposed, and trade unions have seen the draft structure. Posts that fall vacant in the "
        "meantime are filled for a fixed term only."
    ),
    (
        "An equality impact assessment has been started. Its first stage found no group that would be affected more than others, "
        "but rural residents are to be looked at again."
    ),
    (
        "Partners in the districts and in the health service were consulted. Two of them asked for a longer notice period, which "
        "the timetable now allows."
    ),
    (
        "The saving was first estimated from last year's outturn and then built up again from the present establishment. The lower "
        "of the two estimates is used."
    ),
    (
        "A pilot ran for one quarter in the east of the county. It met its target in two months out of three; the third was lost "
        "to sickness in a small team."
    ),
    "Nothing in the project depends on capital spending. One-off costs of change are met from the transformation reserve.",
)
_OUTCOMES = (
    (
        "After the change the offer of {thing} comes from fewer places, with opening times that follow use. Waiting times are to "
        "stay as they are."
    ),
    "The service keeps its duties in full. What ends is the work beyond them, for which no other funding could be found.",
    "One contract takes the place of three. The provider carries the risk of volume, and the council that of prices.",
    "Residents do online what can be done online; those who cannot are still served by people.",
    "The team is smaller by the posts that are vacant today, and no compulsory redundancy is expected.",
)
_CONSTRAINTS = (
    "The statutory minimum of the service must be kept at every stage of the change.",
    "Posts that are funded by grant cannot be counted towards the saving.",
    "No site may close before the one that replaces it is open.",
    "The present contract can be ended at its anniversary only, with six months' notice.",
    "Staff at risk must be offered redeployment for twelve weeks before any post is deleted.",
    "The number of caseworkers cannot fall while the backlog stands where it is.",
    "The change must not move cost to the district councils or to the health service.",
)
_ASSUMPTIONS = (
    "Demand stays within five per cent of last year's.",
    "Pay awards are met from the corporate provision and not from the service.",
    "The provider accepts the lower volume without a change in unit prices.",
    "Half of the leavers in an average year are not replaced.",
    "The new system goes live before the old licence runs out.",
    "Income grows with inflation and not beyond it.",
)
_DECISIONS = (
    "Cabinet is asked to approve the project and to delegate its delivery to the {director}.",
    "The board is asked to release the next stage of design work. No decision on posts is sought yet.",
    "Members are asked to agree that consultation may begin.",
    "",
)
_MILESTONES = (
    "Options appraisal signed off by the project board",
    "Staff and trade unions consulted",
    "Public consultation closed",
    "Equality impact assessment published",
    "Specification agreed with the {head}",
    "Notice given to the present provider",
    "Contract awarded",
    "New structure in place",
    "Old system switched off",
    "Remaining sites handed over",
)
_RISKS = (
    (
        "Fewer residents than expected move to the new offer",
        "Weekly figures for the first quarter; advisers stay in place until the target is met.",
    ),
    (
        "The provider does not agree to a reduced service",
        "Early talks, and a second supplier on the framework who has said that it would bid.",
    ),
    (
        "Key staff leave before the change is complete",
        "Retention is discussed with each of them, and handover notes are kept up to date.",
    ),
    (
        "The statutory timetable is missed while teams are reorganised",
        "Casework is ring-fenced, and the change is phased around the peak of the year.",
    ),
    ("The building cannot be let or sold", "The estates team markets it a year early; a shorter lease is the second choice."),
    ("Data is lost when the systems are merged", "Two rehearsals of the migration, and the old system kept readable for a year."),
    (
        "Legal challenge to the consultation",
        "Consultation material checked by the legal team; decision only after the full period.",
    ),
    (
        "Costs of change are higher than the reserve allows",
        "The board sees a monthly forecast and stops at each stage if it is passed.",
    ),
)
# Why a line stands better than a quarter ago, and why it stands worse.
_BETTER = (
    "the project board accepted the evidence at its last meeting",
    "the consultation closed with fewer objections than expected",
    "the supplier signed at the price that was planned",
    "the project team is complete, and the first site has changed over",
    "finance checked the first month's figures and found the saving in them",
)
_WORSE = (
    "the supplier's revised timetable leaves no room for a second round",
    "the consultation drew objections that members want answered first",
    "recruitment to the project team took longer than planned",
    "the first month's figures show less than was expected",
    "two sites wait for their surveys",
)
_ASSESSED = "the project board assessed it for the first time"
_ANEW = "it was estimated anew from the present establishment"
_DUTIES = (
    "case reviews completed",
    "assessments brought up to date",
    "records transferred to the new system",
    "inspections carried out",
    "agreements renewed",
)
_PLAN_AREAS = ("Healthy Lives", "Open for Business", "Living Places", "Better Use of Means")


def head_of(service: str) -> str:
    """Who leads a service: a role, for nobody is named."""
    return f"Head of {service}"


def director_of(directorate: str) -> str:
    """Who leads a directorate."""
    return f"Director of {directorate}"


def _said(random: Random, subject: str, service: str) -> dict[str, str]:
    """What the register says of a project in prose."""
    thing = subject.lower()
    about = {"thing": thing, "service": service, "director": director_of(DIRECTORATE_OF[service])}

    def some(texts: Sequence[str], count: int) -> str:
        return "\n".join(text.format(**about) for text in random.sample(texts, count))

    return {
        "Corporate plan area": random.choice(_PLAN_AREAS),
        "Description": some(_DESCRIPTIONS, 1),
        "Purpose": f"{some(_PURPOSES, 2)}\n{some(_PARAGRAPHS, random.randint(1, 3))}",
        "Outcomes": some(_OUTCOMES, 2),
        "Constraints": some(_CONSTRAINTS, random.randint(2, 4)),
        "Assumptions": some(_ASSUMPTIONS, random.randint(2, 3)),
        "Decision sought": some(_DECISIONS, 1),
    }


def _months_before(start: int, months: int) -> date:
    """The first of the month that lies so many months before 1 April of `start`."""
    number = start * 12 + 3 - months
    return date(number // 12, number % 12 + 1, 1)


def _milestones(random: Random, number: int, service: str, start: int) -> tuple[tuple[str, str], ...]:
    """Milestones that all fall before the saving starts; some are tentative, some undated."""
    months = sorted(random.sample(range(1, 16), random.randint(3, 5)), reverse=True)
    steps = sorted(random.sample(range(len(_MILESTONES)), len(months)))
    texts = [_MILESTONES[step].format(head=head_of(service)) for step in steps]
    found = []
    for text, before in zip(texts, months, strict=True):
        day = _months_before(start, before)
        found.append(
            (text, random.choice((f"{day:%B %Y}", f"{day:%b %Y}", periods.long_date(day + timedelta(random.randint(0, 26))))))
        )
    if number % 4 == 2:
        text, _ = found[-1]
        found[-1] = (text, f"{_months_before(start, months[-1]):%B %Y} TBC")
    if number % 5 == 3:
        found.append(("Further steps to be agreed with the project board", ""))
    return tuple(found)


def _signatures(random: Random, service: str, asked: Period, start: int, *, approved: bool) -> tuple[tuple[str, ...], ...]:
    """Role, date, minute: officers first, then a member and a governance body where the project went so far.

    Who approves does so before the saving starts.
    """
    day = asked.last_day - timedelta(random.randint(20, 60))
    if approved:
        day = min(day, date(start, 4, 1) - timedelta(random.randint(30, 90)))
    directorate = DIRECTORATE_OF[service]
    officers = (head_of(service), director_of(directorate), "Head of Finance")
    signed = len(officers) if approved else random.randint(1, 3)
    rows = [(role, periods.long_date(day) if number < signed else "", "") for number, role in enumerate(officers)]
    if approved:
        decided = periods.long_date(day + timedelta(12))
        rows += [
            (f"Cabinet Member for {directorate}", decided, ""),
            ("Cabinet", decided, f"Minute {random.randint(10, 90)}"),
        ]
    return tuple(rows)


# --- how projects come about ------------------------------------------------------------------------------------------


def names(seed: int) -> Iterator[tuple[str, str, str]]:
    """Name, subject and service of one project after another; 8,160 in all."""
    found = [
        (f"{subject} {action}", subject, service)
        for services in COUNCIL_SERVICES.values()
        for service, subjects in services.items()
        for subject in subjects.split("; ")
        for action in ACTIONS.split("; ")
    ]
    _random_of(seed, "names").shuffle(found)
    return iter(found)


class _Ledger:
    """Which amounts are taken: the canaries, each of one project only, and whatever any project has shown."""

    def __init__(self) -> None:
        self.canaries: set[int] = set()
        self.shown: set[int] = set()

    def takes(self, project: Project) -> bool:
        """Whether a new project's amounts touch nobody's: if so they are taken."""
        shown = project.shown
        if project.canary in self.canaries | self.shown or shown & self.canaries or project.canary not in shown:
            return False
        self.canaries.add(project.canary)
        self.shown |= shown
        return True

    def allows(self, project: Project, *more: int) -> bool:
        """The same for a project that has changed."""
        shown = project.shown | set(more)
        if shown & (self.canaries - {project.canary}):
            return False
        self.shown |= shown
        return True


def _parts(random: Random, total: int, count: int) -> list[int]:
    """A total in so many uneven parts, all but the last in tens of pounds."""
    weights = [random.uniform(0.6, 1.6) for _ in range(count)]
    parts = [int(total * weight / sum(weights)) // 10 * 10 for weight in weights[:-1]]
    return [*parts, total - sum(parts)]


_KINDS = ("New", "Further", "New", "Further", "Cross cutting", "New (Further and New)", "Further", "Faster")
_APPROVAL = ("Approved by Cabinet on {}", "Approved by the Cabinet on {}")
_OPEN = (
    "This paper is at concept stage and is work in progress. It has not been approved through any formal governance.",
    "Business case submitted; not approved yet.",
    "Awaiting the Cabinet's decision.",
)
# What every demo should have, be it small: some of the first projects are made so, and these stay to the end.
_REBASED, _RENAMED, _NIL = 1, 2, 4
_STAYING = 5


class _Maker:
    """Makes projects one after another, each from the seed and its own number."""

    def __init__(self, seed: int, ledger: _Ledger) -> None:
        self.seed, self.ledger = seed, ledger
        self.names = names(seed)
        self.made = 0
        self.gaps = 0

    def make(self, period: Period) -> Project:
        """The next project, as it stands in the quarter in which it first appears."""
        name, subject, service = next(self.names)
        random = _random_of(self.seed, "project", self.made)
        number = self.made
        self.made += 1
        approved = number % 5 in (2, 4)
        start = period.start + random.choice((0, 1) if approved else (1, 1, 2))
        # The first that may have an amount to be confirmed has one: not where routes must add, nor what is approved.
        may_have_gap = not approved and DIRECTORATE_OF[service] != ROUTED and number != _REBASED
        has_gap = may_have_gap and (not self.gaps or number % 31 == 30)
        self.gaps += has_gap
        sort = _Sort(number, service, start, period, approved, has_gap)
        for _ in range(1_000):
            lines, canary = _lines(random, sort)
            ticked = self._ticked(number, lines)
            project = Project(name, service, "Current" if approved else "Proposed", ticked, "", lines, canary, {}, (), (), ())
            if self.ledger.takes(project):
                break
        else:
            raise AssertionError("no amount is left that nobody has")
        first = int(project.first_year[:4])
        signatures = _signatures(random, service, period, first, approved=approved)
        decided = signatures[-1][1]
        words = _said(random, subject, service)
        if approved:
            words["Decision sought"] = "None: the project is approved, and reported for information."
        return replace(
            project,
            status=random.choice(_APPROVAL).format(decided) if approved else random.choice(_OPEN),
            words=words,
            milestones=_milestones(random, number, service, first),
            risks=tuple(
                (*risk, random.choice(("Low", "Medium", "High")), random.choice(("Low", "Medium", "High")))
                for risk in random.sample(_RISKS, random.randint(2, 4))
            ),
            signatures=signatures,
            deadline=self._deadline(random, first) if number % 4 == 1 else (),
        )

    @staticmethod
    def _deadline(random: Random, start: int) -> tuple[str, ...]:
        count = random.randint(14, 90) * 20
        written = random.choice((f"about {count:,}", f"{count:,}", f"{count:,} or so"))
        done = random.choice(("", str(count // random.randint(3, 9))))
        return random.choice(_DUTIES), written, done, random.choice((f"April {start + 2}", f"1 October {start + 2}"))

    @staticmethod
    def _ticked(number: int, lines: Sequence[Line]) -> str:
        kinds = {word for line in lines for word in ("Further", "Faster", "New", "Cross cutting") if word in line.kind}
        ticked = " and ".join(word for word in ("Further", "Faster", "New", "Cross cutting") if word in kinds)
        return ticked.upper() if number % 3 == 0 else ticked


@dataclass(frozen=True)
class _Sort:
    """What decides how the lines of a new project look."""

    number: int
    service: str
    start: int
    period: Period
    approved: bool
    has_gap: bool

    @property
    def has_rag(self) -> bool:
        return self.approved or self.has_gap or self.number % 23 != 6

    def years(self, random: Random) -> list[str]:
        """The years of its saving, none beyond what its schedule has."""
        count = random.choice((1, 1, 2, 2, 3))
        if self.number == _REBASED or not self.has_rag:
            count = 1
        elif self.number == _NIL or self.has_gap:
            count = 2
        return [year_label(self.start + ahead) for ahead in range(count) if ahead + self.start <= self.period.start + YEARS_AHEAD]

    def kinds(self) -> list[str]:
        """The types of its lines. Where lines are routed, none is brought forward: it would have no part in a total."""
        kind = _KINDS[self.number % len(_KINDS)]
        if kind == "Faster" and DIRECTORATE_OF[self.service] != ROUTED:
            return ["Further", "Existing (Faster)"]
        if self.number == _REBASED or self.number % 7 == 3:
            return ["New", "Further"]
        return ["Further" if kind == "Faster" else kind]

    def totals(self, random: Random, canary: int, kinds: Sequence[str]) -> list[int]:
        """What each line comes to: together the canary, or the first alone where a second one changes or is no saving."""
        if len(kinds) < 2:
            return [canary]
        if self.number == _REBASED or "Existing (Faster)" in kinds:
            return [canary, random.randrange(20_000, 90_000, 10)]
        return _parts(random, canary, 2)


def _lines(random: Random, sort: _Sort) -> tuple[tuple[Line, ...], int]:
    """The lines of a new project, and its canary."""
    canary = random.randrange(100_003, 480_000)
    if canary % 10 == 0:
        canary += 7
    directorate = DIRECTORATE_OF[sort.service]
    years, kinds = sort.years(random), sort.kinds()
    is_over = years[-1] <= year_label(sort.period.start)
    rags = (DELIVERED, ON_TARGET) if sort.approved and is_over else (ON_TARGET, AMBER, ON_TARGET, RED, AMBER)
    lines = []
    for position, (kind, total) in enumerate(zip(kinds, sort.totals(random, canary, kinds), strict=True)):
        amounts: dict[str, int | str] = dict(zip(years, _parts(random, total, len(years)), strict=True))
        if position == 0 and sort.number == _NIL:
            amounts = {years[0]: 0, years[-1]: total}
        if position == 0 and sort.has_gap:
            amounts = {years[0]: total, year_label(sort.start + 1): TBC}
        route = ROUTES[(sort.number + position) % 2] if directorate == ROUTED else ""
        rag = random.choice(rags) if sort.has_rag or position else TBC
        lines.append(Line(f"{INITIALS[directorate]}-{sort.number:04d}{'ab'[position]}", kind, route, rag, amounts))
    return tuple(lines), canary


# --- how quarters follow one another ----------------------------------------------------------------------------------


def invent(projects: int, quarters: int, seed: int) -> Demo:
    """An invented programme of so many projects in each of so many quarters, the last of them 2026-27-Q2."""
    ledger = _Ledger()
    maker = _Maker(seed, ledger)
    found: list[Quarter] = []
    renamed: tuple[str, str] | None = None
    current: list[Project] = []
    for number, period in enumerate(_periods(quarters)):
        random = _random_of(seed, "quarter", number)
        movements: list[Movement] = []
        if not current:
            current = [maker.make(period) for _ in range(projects)]
        else:
            is_last = number == quarters - 1
            doubled = {plant.where for plant in found[-1].plants if plant.kind == "duplicate-line"}
            current, movements = _moved(current, random, period, ledger, maker, doubled, is_last=is_last)
            if is_last and projects > _RENAMED:
                renamed = _rename(current, movements, maker)
        current = [_standing(project, period, ledger, random) for project in current]
        found.append(
            Quarter(period, tuple(current), tuple(_plants(seed, number, current, random, ledger, movements)), tuple(movements))
        )
    return Demo(seed, tuple(found), Council(seed), renamed)


def _periods(count: int) -> list[Period]:
    last = LAST_PERIOD.start * 4 + LAST_PERIOD.quarter - 1
    return [Period(number // 4, number % 4 + 1) for number in range(last - count + 1, last + 1)]


def _moved(
    before: list[Project], random: Random, period: Period, ledger: _Ledger, maker: _Maker, doubled: set[str], *, is_last: bool
) -> tuple[list[Project], list[Movement]]:
    """The projects of the next quarter: some leave, some come, some change their RAG, some slip, one is given a new amount.

    Of a line that stood twice in the quarter before no amount can be followed: none of those that are `doubled` is moved.
    """
    movements: list[Movement] = []
    before = [replace(project, lines=tuple(replace(line, reason="") for line in project.lines)) for project in before]
    later = [project.name for project in before[_STAYING:] if project.name not in doubled]
    random.shuffle(later)
    leaving = set(later[: max(1, len(before) // 40)])
    fixed = leaving | {project.name for number, project in enumerate(before) if number in (_REBASED, _RENAMED)}
    others = [project for project in before if project.name not in fixed | doubled]
    random.shuffle(others)
    changed: dict[str, tuple[Project, Movement]] = {}
    if (
        is_last
        and len(before) > _REBASED
        and before[_REBASED].name not in doubled
        and (change := _rebased(before[_REBASED], random, ledger))
    ):
        changed[before[_REBASED].name] = change
    for make, share in ((_slipped, 10), (_turned, 6)):
        wanted = len(changed) + max(1, len(before) // share)
        for project in others:
            if len(changed) < wanted and project.name not in changed and (change := make(project, random, period, ledger)):
                changed[project.name] = change
    found = []
    for project in before:
        if project.name in leaving:
            movements.append(Movement(slug(project.name), "removed", before=project.total, pounds=project.total))
        elif project.name in changed:
            moved, movement = changed[project.name]
            found.append(moved)
            movements.append(movement)
        else:
            found.append(project)
    for _ in leaving:
        project = maker.make(period)
        movements.append(Movement(slug(project.name), "new", after=project.total, pounds=project.total))
        found.append(project)
    return found, movements


def _told(project: Project, reason: str) -> Project:
    """The project with what the register says of its latest movement, behind what it says of its outcomes."""
    return replace(project, words={**project.words, "Outcomes": "\n".join([*project.words["Outcomes"].split("\n")[:2], reason])})


def _slipped(project: Project, random: Random, period: Period, ledger: _Ledger) -> tuple[Project, Movement] | None:
    """A part of what a year should have saved is saved a year later; None where nothing can slip."""
    line, *rest = project.lines
    year = max((year for year, amount in line.known.items() if amount), default="")
    later = year_label(int(year[:4]) + 1)
    # A year that is over cannot slip, and nothing is planned beyond the schedule.
    is_open = year_label(period.start) <= year and int(later[:4]) <= period.start + YEARS_AHEAD
    if line.has_gap or not is_open or line.rag == DELIVERED:
        return None
    amount = line.known[year]
    for _ in range(200):
        moving = random.randrange(amount // 5, amount // 2) // 10 * 10
        amounts = {**line.amounts, year: amount - moving, later: moving}
        moved = replace(project, lines=(replace(line, amounts=amounts), *rest))
        if ledger.allows(moved, moving):
            reason = random.choice(_WORSE)
            moved = replace(project, lines=(replace(line, amounts=amounts, reason=reason), *rest))
            told = f"In quarter {period} a part of the saving of {year} was put off to {later}: {reason}."
            return _told(moved, told), Movement(slug(project.name), "slippage", (year, later), year, later, moving)
    return None


def _turned(project: Project, random: Random, period: Period, _: _Ledger) -> tuple[Project, Movement] | None:
    """A line's RAG moves, and the register says why; None where it stands as it will."""
    line, *rest = project.lines
    over = max(line.amounts) <= year_label(period.start)
    choices = {
        ON_TARGET: (DELIVERED,) if over and project.plan == "Current" else (AMBER,),
        AMBER: (ON_TARGET, RED),
        RED: (AMBER,),
        TBC: (AMBER,),
    }
    if line.rag not in choices:
        return None
    rag = random.choice(choices[line.rag])
    years = tuple(sorted(line.amounts))
    reason = _ASSESSED
    if line.rag in RAGS:
        reason = random.choice(_BETTER if RAGS.index(rag) < RAGS.index(line.rag) else _WORSE)
    moved = replace(project, lines=(replace(line, rag=rag, reason=reason), *rest))
    moved = _told(moved, f"In quarter {period} the RAG status moved from {line.rag} to {rag}: {reason}.")
    return moved, Movement(slug(project.name), "rag", years, line.rag, rag, line.total)


def _rebased(project: Project, random: Random, ledger: _Ledger) -> tuple[Project, Movement] | None:
    """A line is estimated anew: its amount of the first year changes, and the project's total with it."""
    first, line = project.lines
    year = min(line.known)
    for _ in range(200):
        change = random.randrange(5_000, 15_000, 10)
        anew = replace(line, amounts={**line.amounts, year: line.known[year] - change}, reason=_ANEW)
        moved = replace(project, lines=(first, anew))
        if ledger.allows(moved, change):
            told = "The second line was estimated anew this quarter, from the present establishment."
            return _told(moved, told), Movement(slug(project.name), "rebased", (year,), project.total, moved.total, -change)
    return None


def _rename(current: list[Project], movements: list[Movement], maker: _Maker) -> tuple[str, str]:
    """One project is called by another name of its own subject; its old and its new name."""
    project = current[_RENAMED]
    # Nothing is made after this, so whatever names are left are free.
    free = [
        (not project.name.startswith(f"{subject} "), service != project.service, name) for name, subject, service in maker.names
    ]
    new = min(free)[2]
    current[_RENAMED] = replace(project, name=new)
    movements.append(Movement(slug(new), "renamed", before=project.name, after=new))
    return project.name, new


def _standing(project: Project, period: Period, ledger: _Ledger, random: Random) -> Project:
    """An approved project with what is delivered to date and what is forecast."""
    year = year_label(period.start)
    if project.plan != "Current":
        return project
    due: dict[str, int] = {}
    for line in project.lines:
        for each, amount in line.known.items():
            if not line.is_faster and amount:
                due[each] = due.get(each, 0) + amount
    short = random.random() < 0.4
    for _ in range(200):
        done = {each: amount if each < year else amount * (2 * period.quarter - 1) // 90 * 10 for each, amount in due.items()}
        delivered = {each: amount for each, amount in done.items() if each <= year and amount}
        forecast = dict(due)
        if short:
            last = max(due)
            forecast[last] -= random.randrange(10, due[last] // 3) // 10 * 10
        stands = replace(project, delivered=delivered, forecast=forecast)
        if ledger.allows(stands):
            return stands
        short = True
    return project


def _plants(
    seed: int, number: int, current: list[Project], random: Random, ledger: _Ledger, movements: list[Movement]
) -> Iterator[Plant]:
    """What disagrees on purpose in a quarter: two faults of the programme's own lines, and one for every twelve projects.

    A line that has moved does not stand twice: its movement could not be told.
    """
    moved = {movement.project for movement in movements}
    # These directorates state their split by route without years.
    splits = [DIRECTORATES[place] for place in (0, 2, 4)]
    chance = _random_of(seed, "faults", number)  # the council's own faults are the same however many projects it has
    chance.shuffle(splits)
    kinds = ("route-split", "mtfp-tie", "unit-slip")
    for position, kind in enumerate((kinds[number % 3], kinds[(number + 1) % 3])):
        yield Plant(kind, splits[position], chance.choice((-1, 1)) * chance.randint(11, 39) * 1_000)
    candidates = list(current)
    random.shuffle(candidates)
    wanted = max(1, len(current) // 12)
    for position in range(wanted):
        kind = ("printed-total", "duplicate-line", "late-milestone")[(number + position) % 3]
        for project in candidates:
            plant = Plant(kind, project.name, random.randint(3, 9) * 1_000 if kind == "printed-total" else 0)
            if _suits(project, plant, ledger) and not (kind == "duplicate-line" and slug(project.name) in moved):
                candidates.remove(project)
                yield plant
                break


def _suits(project: Project, plant: Plant, ledger: _Ledger) -> bool:
    """Whether a fault can stand in a project without a second one in its wake."""
    line = project.lines[0]
    if plant.kind == "late-milestone":
        return True
    if line.has_gap or len(line.amounts) < 2 or line.rag == TBC:
        return False
    if plant.kind == "printed-total":
        return ledger.allows(project, line.total + plant.amount)
    twice = {2 * amount for amount in line.known.values()}
    return len(project.lines) == 1 and not project.prints_total and ledger.allows(project, *twice, 2 * line.total)
