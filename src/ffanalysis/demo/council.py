"""The invented council: its directorates, services and money, and the names of its projects.

It has five directorates and twenty services, however many projects it has.
"""

from collections.abc import Iterator, Mapping
from random import Random

from ffanalysis.periods import Period, year_label

COUNCIL = "Exampleshire County Council (invented)"
PROGRAMME = "Fit for Tomorrow"
# Of this one neither a schedule nor the plan has a line.
OUTSIDE = "Invest to Save"
LAST_PERIOD = Period(2026, 2)
TBC = "TBC"
YEARS_AHEAD = 3
DELIVERED, ON_TARGET, AMBER, RED = "Green Delivered", "Green On Target", "Amber", "Red"
RAGS = (DELIVERED, ON_TARGET, AMBER, RED)
ROUTES = ("Retained", "Commissioned")
# Directorate → service → what its projects are about. No subject is the end of another, so that no
# name holds another's.
COUNCIL_SERVICES: Mapping[str, Mapping[str, str]] = {
    "Children and Education": {
        "School Improvement": (
            "School Advisers; Governor Training; Pupil Data; Music Tuition; Outdoor Learning;"
            " School Catering; Teacher Recruitment; Attendance Support; Exam Moderation; Curriculum"
            " Resources; School Admissions; Headteacher Network"
        ),
        "Early Help": (
            "Family Hubs; Parenting Courses; Youth Clubs; Nursery Places; Health Visiting; Play"
            " Sessions; Detached Youth Work; Family Support; Young Carers; Toy Lending; Children's"
            " Centres; Speech Therapy"
        ),
        "Children in Care": (
            "Foster Placements; Residential Homes; Leaving Care; Adoption Support; Family Contact;"
            " Kinship Care; Respite Breaks; Care Planning; Virtual School; Legal Proceedings;"
            " Supported Lodgings; Independent Visitors"
        ),
        "Special Educational Needs": (
            "Special Schools; Assessment Casework; Educational Psychology; Sensory Support; Pupil "
            "Travel; Tribunal Casework; Specialist Equipment; Inclusion Bases; Portage Visits; "
            "Transition Planning; Personal Budgets; Therapy Contracts"
        ),
    },
    "Adult Social Care": {
        "Older People": (
            "Home Care; Extra Care Housing; Day Centres; Nursing Placements; Reablement Beds; Meals"
            " Delivery; Dementia Support; Falls Response; Hospital Discharge; Carer Breaks;"
            " Telecare Alarms; Minor Adaptations"
        ),
        "Learning Disability": (
            "Supported Living; Employment Support; Short Breaks; Shared Lives; Residential Reviews;"
            " Travel Training; Community Outreach; Respite Houses; Advocacy Contracts; Night"
            " Support; Skills Workshops; Care Packages"
        ),
        "Mental Health": (
            "Crisis Houses; Recovery College; Peer Support; Housing Support; Approved"
            " Practitioners; Wellbeing Cafes; Placement Reviews; Step-Down Flats; Talking Groups;"
            " Aftercare Services; Outreach Nursing; Duty Rota"
        ),
        "Public Health": (
            "Smoking Cessation; Weight Management; Health Checks; Sexual Health; Drug Treatment;"
            " School Nursing; Workplace Health; Physical Activity; Vaccination Outreach; Oral"
            " Health; Needs Analysis; Health Campaigns"
        ),
    },
    "Place and Transport": {
        "Highways": (
            "Street Lighting; Winter Gritting; Pothole Repairs; Bridge Maintenance; Drainage"
            " Cleansing; Traffic Signals; Verge Mowing; Road Markings; Highway Depots; Footway"
            " Resurfacing; Safety Barriers; Permit Inspections"
        ),
        "Public Transport": (
            "Rural Buses; Concessionary Passes; School Coaches; Community Minibuses; Bus Shelters;"
            " Timetable Information; Park and Ride; Taxi Contracts; Bus Stations; Ticketing Back"
            " Office; Fleet Workshops; Passenger Surveys"
        ),
        "Waste and Recycling": (
            "Recycling Centres; Garden Composting; Landfill Aftercare; Food Waste; Waste Transfer;"
            " Trade Waste; Litter Enforcement; Reuse Shops; Haulage Contracts; Weighbridge Offices;"
            " Waste Education; Bulky Collections"
        ),
        "Planning and Environment": (
            "Minerals Planning; Country Parks; Flood Prevention; Tree Nurseries; Rights of Way;"
            " Ecology Advice; Heritage Records; Planning Enforcement; Carbon Reporting; Landscape"
            " Advice; Visitor Parking; Local Plans"
        ),
    },
    "Communities": {
        "Libraries": (
            "Library Opening Hours; Mobile Library; Reference Collections; Library Buildings; Book"
            " Purchasing; Reading Groups; Local Studies; Interlibrary Loans; Library Systems;"
            " Prison Lending; Study Spaces; Story Times"
        ),
        "Registration and Archives": (
            "Ceremony Venues; Birth Registration; Record Storage; Citizenship Ceremonies; Coroner"
            " Support; Document Conservation; Certificate Copies; Burial Records; Search Rooms;"
            " Digital Archives; Museum Stores; Parish Records"
        ),
        "Trading Standards": (
            "Doorstep Crime; Food Sampling; Metrology Laboratory; Animal Health; Business Advice;"
            " Petroleum Licences; Product Safety; Scam Prevention; Test Purchasing; Fair Trading;"
            " Farm Inspections; Consumer Helpdesk"
        ),
        "Community Safety": (
            "Domestic Abuse Refuges; Road Safety; Community Wardens; Camera Monitoring; Offender"
            " Mentoring; Emergency Planning; Voluntary Grants; Resettlement Support; Hate Crime"
            " Response; Neighbourhood Mediation; Park Patrols; Youth Diversion"
        ),
    },
    "Resources": {
        "Property": (
            "Office Accommodation; Building Cleaning; Farm Estate; Energy Supply; Surveyor"
            " Frameworks; Vacant Sites; Caretaking Teams; Security Guarding; Depot Sharing;"
            " Building Maintenance; Room Booking; Asset Valuation"
        ),
        "Information Technology": (
            "Data Centres; Laptop Refresh; Telephone Lines; Software Licences; Printing Devices;"
            " Service Desk; Network Links; Web Hosting; Mobile Phones; Application Support; Records"
            " Systems; Meeting Technology"
        ),
        "Customer Services": (
            "Contact Centre; Reception Desks; Blue Badges; Complaints Handling; Postal Services;"
            " Online Forms; Translation Contracts; Webchat Support; Benefit Appeals; Outgoing Mail;"
            " Kiosk Payments; Customer Surveys"
        ),
        "Finance and Payroll": (
            "Invoice Processing; Payroll Bureau; Debt Recovery; Treasury Advice; Insurance"
            " Premiums; Audit Days; Pension Administration; Budget Monitoring; Cash Collection;"
            " Expense Claims; Supplier Payments; Agency Staffing"
        ),
    },
}
# No action begins another, for the same reason.
ACTIONS = (
    "Review; Redesign; Renewal; Consolidation; Recommissioning; Modernisation; Self-Service; Shared"
    " Service; Contract Renegotiation; Demand Management; Energy Saving; Income Growth; Fees and"
    " Charges; Channel Shift; Joint Procurement; Insourcing; Trust Transfer; Staffing Restructure;"
    " Management Delayering; Lease Exit; Automation; Rationalisation; Partnership; Volunteering"
    " Offer; Prevention Offer; Grant Maximisation; Unit Cost Reduction; Self-Funding; Smarter"
    " Scheduling; Mobile Working; Supplier Rebate; Lean Working; Eligibility Checks; Peer"
    " Benchmarking"
)
DIRECTORATES = tuple(COUNCIL_SERVICES)
DIRECTORATE_OF = {
    service: directorate
    for directorate, services in COUNCIL_SERVICES.items()
    for service in services
}
# Where a schedule splits its lines by delivery route.
ROUTED = "Adult Social Care"
INITIALS = {
    directorate: "".join(word[0] for word in directorate.split() if word != "and")
    for directorate in DIRECTORATES
}


def head_of(service: str) -> str:
    """Who leads a service: a role, because nobody is named."""
    return f"Head of {service}"


def director_of(directorate: str) -> str:
    """Who leads a directorate."""
    return f"Director of {directorate}"


def random_of(*about: object) -> Random:
    """A source of chance that depends on these words alone."""
    return Random("/".join(map(str, about)))  # noqa: S311 - what it makes is a demo, no secret


def names(seed: int) -> Iterator[tuple[str, str, str]]:
    """Name, subject and service of one project after another; 8,160 in all."""
    found = [
        (f"{subject} {action}", subject, service)
        for services in COUNCIL_SERVICES.values()
        for service, subjects in services.items()
        for subject in subjects.split("; ")
        for action in ACTIONS.split("; ")
    ]
    random_of(seed, "names").shuffle(found)
    return iter(found)


class Council:
    """The budgets and the programme's own savings, in thousands of pounds.

    They do not depend on the projects. Every amount comes from the seed and its own name alone, so
    a further quarter changes nothing in those before.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def saved(self, directorate: str, start: int) -> int:
        """The programme's savings of the year that begins in `start`."""
        return random_of(self.seed, "saved", directorate, start).randint(1_230, 3_870)

    def budget(self, directorate: str, start: int) -> int:
        """The directorate's budget before its year's savings.

        Each year's is the previous year's less what that year saved.
        """
        last = LAST_PERIOD.start
        base = random_of(self.seed, "budget", directorate).randint(62_000, 78_000)
        return base + sum(self.saved(directorate, year) for year in range(start, last))

    def service_budget(self, service: str, start: int) -> int:
        """The service's part of its directorate's budget.

        The four of them leave a little over a tenth of it.
        """
        share = 20 + random_of(self.seed, "share", service).randint(0, 19) / 10
        return int(self.budget(DIRECTORATE_OF[service], start) * share / 100)

    def grid(self, directorate: str, period: Period) -> dict[str, dict[str, int]]:
        """RAG → year → the programme's own savings.

        What is delivered grows from quarter to quarter of the current year.
        """
        found: dict[str, dict[str, int]] = {rag: {} for rag in RAGS}
        for ahead in range(YEARS_AHEAD):
            start = period.start + ahead
            total, label = self.saved(directorate, start), year_label(start)
            random = random_of(self.seed, "grid", directorate, start)
            amber, red = (
                int(total * random.uniform(0.08, 0.2)),
                int(total * random.uniform(0.02, 0.07)),
            )
            delivered = 0 if ahead else (total - amber - red) * (2 * period.quarter - 1) // 9
            # One directorate has secured a contract a year early: delivered on paper, not yet
            # cashable.
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
            retained = int(
                self.saved(directorate, start)
                * random_of(self.seed, "split", directorate).uniform(0.3, 0.7)
            )
            found[ROUTES[0]][year_label(start)] = retained
            found[ROUTES[1]][year_label(start)] = self.saved(directorate, start) - retained
        return found
