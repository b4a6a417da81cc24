"""Write the workbooks of the example quarter, data/raw/2015-16-Q2, from the concept paper.

Run as `python tools/example_quarter.py FOLDER`. The same bytes come out each time. Every number is
typed, totals too: what the paper prints is carried over as printed, even where it is garbled.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import xlsxwriter

PROJECT = "SEN Contract Efficiency"
NOT_LEGIBLE = "[not legible]"

PURPOSE = """\
There are significant savings required over the next three years in Education & Skills. A review \
has been undertaken to \
determine how the service can continue to meet required outcomes and Local Authority statutory \
duties within a \
significantly reduced budget. The 2013/14 controllable budget was £8.9 million (excluding Home to \
School Transport, and \
Dedicated Schools Grant (DSG) funding).
Savings of £1.8 million were allocated to the 2014/15 financial year and fully delivered in line \
with the savings plan.
Savings of £2.455m for Education & Skills are already included in the MTFP over the period 2015 – \
2018 with the \
corresponding split during this period between savings from commissioned services and from \
retained core services being \
as follows:
Retained Service savings - £0.768m Commissioned Service savings - £1.687m
Babcock was endorsed as the preferred provider of Education Services by Cabinet in June 2015. The \
contract start date was \
01 October 2015. Cabinet agreed that the transfer of SEND services would happen at a later date – \
to be agreed by both \
parties – once the Council is confident that the new provider is in a position to effectively \
deliver these services."""

OUTCOMES = """\
The decision whether to transfer SEND services and the nature of the services to transfer (should \
that be agreed) will be \
determined through an early review with Babcock shortly after implementation of the contract.
There is considerable risk in reducing the capacity at this time given the pressure of statutory \
assessment and the need \
to comply with the SEND transition plan timescale. {conversion} This workforce could be part of a \
transfer to Babcock or could remain in house but the 3000 or so statements and Learning \
Disability Assessments must be \
converted by April 2018.
{need} {caseworkers} {posts}"""

# The constraints that the paper states: sentences of its outcomes, quoted whole.
CONSTRAINTS = {
    "need": (
        "The case for a reduction of the substantive SEN assessment and Inclusion workforce is not"
        " strong based on need as assessment requests are increasing and there is significant"
        " pressure and challenge within existing resources to meet statutory timelines given the"
        " volume of demand."
    ),
    "caseworkers": (
        "The number of caseworkers cannot be reduced without impacting statutory compliance unless"
        " in a transfer situation the plan writing element was to be commissioned out."
    ),
    "posts": (
        "Given this the following presumes that the only posts liable for reduction are those that"
        " are not directly associated with casework."
    ),
    "conversion": (
        "We will need to retain the conversion workforce funded through SEN reform and New Burdens"
        " grant in order to ensure compliance with the 2018 transfer date."
    ),
}

REGISTER = {
    "Project": PROJECT,
    "Title": "Special Education Needs and Disabilities Contract Efficiency",
    "Type of saving": "FURTHER",
    "Corporate plan area": "Children and Families",
    "CMR lead": "John Campion",
    "SLT lead": "Simon White",
    "Head of service lead": "John Edwards",
    "CMR challenge": "Lucy Hodgson and Sheila Blagg",
    "Service": "SEND Services",
    "Programme": "Future Fit",
    "Status": (
        "This paper is at concept stage and is work in progress. It should be noted it has not been"
        " approved through any formal governance at this stage"
    ),
    "Brief project description": (
        "They may be scope for a reduction in spend on SEN following the implementation of the SEND"
        " reforms. This service may be transferred into the Babcock contract which would be an"
        " opportune time to make the change."
    ),
    "Purpose": PURPOSE,
    "Outcomes of the project": OUTCOMES.format(**CONSTRAINTS),
    "Constraints": "\n".join(CONSTRAINTS.values()),
}

MILESTONES = (
    ("Education Services in-scope transfer to Babcock", "1 October 2015"),
    ("Review of future SEND contract with provider", "Nov 2015"),
    ("SEND services transfer to Babcock (pending agreement)", "2016 TBC"),
    (
        (
            "Further milestones on savings will be established with the provider post transfer of"
            " services"
        ),
        None,
    ),
)

_REVIEW = (
    "A full review of implications of reducing the workforce {} be undertaken prior to contract"
    " efficiencies being made"
)
RISKS = (
    (
        "Contracted provider does not agree to take a reduced service",
        (
            "Early conversation with the provider will take place to ensure enough lead in time to"
            " develop robust plans for the efficiency to be made."
        ),
    ),
    (
        (
            "Any reduction in the SEND conversion workforce would jeopardise statutory timescales"
            " to convert current statements to Education, Health & Care plans"
        ),
        (
            "Could transfer this workforce to the provider and include the conversions required as"
            f" part of the contract outcomes\n{_REVIEW.format('will')}"
        ),
    ),
    (
        (
            "Any reduction in the SEN assessment and Inclusion workforce could impact on assessment"
            " completion within statutory timescales."
        ),
        (
            "The plan writing element of the assessment is included in the transfer to the"
            " provider and completion within statutory timescales is included in the contract"
            f" outcomes\n{_REVIEW.format('will')}."
        ),
    ),
    (
        (
            "Reduction in management or amalgamation of existing posts within the current structure"
            " would reduce and or delay the work delivered by the service and likely mean some"
            " output ceases."
        ),
        _REVIEW.format("would"),
    ),
)

SIGN_OFF = (
    ("Head of Service", "John Edwards", "27.08.2015"),
    ("Director", "Simon White", "27.08.2015"),
    ("Head of Finance", "Steph Simcox", "27.08.2015"),
)


class Book:
    """A workbook in the house style of a finance office."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        self.book.set_properties({"created": datetime(2015, 9, 30, tzinfo=UTC)})
        self.formats = {
            name: self.book.add_format(
                {"font_name": "Arial", "font_size": 10, "valign": "top", **look}
            )
            for name, look in {
                "text": {},
                "wrapped": {"text_wrap": True},
                "title": {"bold": True, "font_size": 13},
                "head": {"bold": True, "bottom": 1, "bg_color": "#DCE6F1", "text_wrap": True},
                "unit": {"italic": True},
                "thousands": {"num_format": "#,##0"},
                "thousands total": {"num_format": "#,##0", "bold": True, "top": 1},
                "millions": {"num_format": "0.000"},
                "millions total": {"num_format": "0.000", "bold": True, "top": 1},
                "one decimal": {"num_format": "0.0"},
                "total": {"bold": True, "top": 1},
            }.items()
        }

    def sheet(self, name: str, widths: Sequence[int]) -> "Sheet":
        return Sheet(self, name, widths)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()


class Sheet:
    def __init__(self, book: Book, name: str, widths: Sequence[int]) -> None:
        self.formats = book.formats
        self.page = book.book.add_worksheet(name)
        self.row = 0
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)

    def line(self, cells: Iterable[object], look: str = "text", numbers: str | None = None) -> None:
        for column, value in enumerate(cells):
            if isinstance(value, int | float):
                self.page.write_number(self.row, column, value, self.formats[numbers or look])
            elif value is not None:
                self.page.write_string(self.row, column, str(value), self.formats[look])
        self.row += 1

    def title(self, text: str) -> None:
        self.line([text], "title")

    def gap(self) -> None:
        self.row += 1


def register(path: Path) -> None:
    with Book(path) as book:
        sheet = book.sheet("Projects", [26, 30, 12, 16, 16, 16, 16, 20, 16, 12, 34, 60, 80, 80, 80])
        sheet.title("Future Fit projects")
        sheet.gap()
        sheet.line(REGISTER, "head")
        sheet.line(REGISTER.values(), "wrapped")

        sheet = book.sheet("Milestones", [26, 70, 22])
        sheet.title("Timescales")
        sheet.gap()
        sheet.line(["Project", "Milestone", "Completed by date"], "head")
        for milestone, by in MILESTONES:
            sheet.line([PROJECT, milestone, by], "wrapped")

        sheet = book.sheet("Risks", [26, 70, 70])
        sheet.title(
            "Risks/Impacts (E.g. risks to delivery of project – financial, political,"
            " reputational, legal, equality)"
        )
        sheet.gap()
        sheet.line(["Project", "Risk description", "Mitigation"], "head")
        for risk, mitigation in RISKS:
            sheet.line([PROJECT, risk, mitigation], "wrapped")

        sheet = book.sheet("Sign-off", [26, 24, 24, 14])
        sheet.title("Agreed By")
        sheet.gap()
        sheet.line(["Project", "Job title", "Name", "Date"], "head")
        for signature in SIGN_OFF:
            sheet.line([PROJECT, *signature])

        sheet = book.sheet("Deadlines", [26, 60, 14, 10, 14])
        sheet.title("Statutory deadlines")
        sheet.gap()
        sheet.line(["Project", "What", "Quantity", "Done", "By"], "head")
        sheet.line(
            [
                PROJECT,
                "statements and Learning Disability Assessments must be converted",
                "3000 or so",
                None,
                "April 2018",
            ],
            "wrapped",
        )


def base_budget(path: Path) -> None:
    with Book(path) as book:
        sheet = book.sheet("Base budget 2015-16", [24, 22, 48, 12])
        sheet.title("2015-16 Base Budget excluding Recharges & Management Restructure (£000)")
        sheet.gap()
        sheet.line(["Service", "Part of", "Basis", "2015/16"], "head")
        basis = "excluding Recharges & Management Restructure"
        sheet.line(["Education & Skills", None, basis, "£5.9m"])
        sheet.line(["SEND Services", "Education & Skills", basis, "£1.083m"])

        sheet = book.sheet("Controllable budget 2013-14", [24, 84, 12])
        sheet.title("2013/14 controllable budget")
        sheet.line(["£ million"], "unit")
        sheet.gap()
        sheet.line(["Service", "Basis", "2013/14"], "head")
        basis = (
            "controllable budget (excluding Home to School Transport, and Dedicated Schools Grant"
            " (DSG) funding)"
        )
        sheet.line(["Education & Skills", basis, 8.9], numbers="one decimal")


def savings_schedule(path: Path) -> None:
    with Book(path) as book:
        sheet = book.sheet("Current programme", [24, 11, 11, 11, 11])
        sheet.title(
            "Current Savings Programme – applicable to Education & Skills excluding SEND"
            " (£000) & RAG 2015-17"
        )
        sheet.line(["£000"], "unit")
        sheet.line(["Programme", "Future Fit"])
        sheet.line(["Scope", "Education & Skills excluding SEND"])
        sheet.line(["Plan", "Current"])
        sheet.gap()
        sheet.line(["RAG", "2015/16", "2016/17", "2017/18", "Total"], "head")
        sheet.line(["Green Delivered", 584, 318], numbers="thousands")
        sheet.line(["Green On Target", None, 1025, 344], numbers="thousands")
        sheet.line(["Amber", None, 152, 32], numbers="thousands")
        sheet.line(["Red"], numbers="thousands")
        sheet.line(["Total", 584, 1495, 376, 2455], "total", "thousands total")

        sheet = book.sheet("Split by route", [30, 12])
        sheet.title(
            "Savings for Education & Skills already included in the MTFP over the period"
            " 2015 – 2018"
        )
        sheet.line(["£m"], "unit")
        sheet.line(["Programme", "Future Fit"])
        sheet.line(["Scope", "Education & Skills"])
        sheet.line(["Plan", "Current"])
        sheet.line(["In MTFP", "Yes"])
        sheet.gap()
        sheet.line(["Delivery route", "Total"], "head")
        sheet.line(["Retained Service savings", 0.768], numbers="millions")
        sheet.line(["Commissioned Service savings", 1.687], numbers="millions")
        sheet.line(["Total", 2.455], "total", "millions total")

        sheet = book.sheet("Delivered 2014-15", [24, 22, 12])
        sheet.title(
            "Savings allocated to the 2014/15 financial year and fully delivered in line with"
            " the savings plan"
        )
        sheet.line(["£ million"], "unit")
        sheet.line(["Plan", "Prior"])
        sheet.gap()
        sheet.line(["Scope", "Measure", "2014/15"], "head")
        sheet.line(["Education & Skills", "Delivered", 1.8], numbers="one decimal")

        sheet = book.sheet("Proposed savings", [34, 8, 18, 11, 11, 11, 11, 11])
        sheet.title("PROPOSED SAVINGS")
        sheet.line(["Project", PROJECT])
        sheet.line(["Plan", "Proposed"])
        sheet.gap()
        sheet.line(
            ["Type of saving", "Unit", "RAG", "2016/17", "2017/18", "2018/19", "2019/20", "Total"],
            "head",
        )
        unit = "£000's"
        statuses = ("Green Delivered", "Green On Target", "Amber", "Red")
        for position, rag in enumerate(statuses):
            sheet.line(["New Savings (Further and New)" if position == 0 else None, unit, rag])
        sheet.line([None, unit, NOT_LEGIBLE, None, 100], numbers="thousands")
        sheet.line([None, unit, "Total", None, 100, None, None, 100], "total", "thousands total")
        for position, rag in enumerate(statuses):
            sheet.line(["Existing Savings (Faster)" if position == 0 else None, unit, rag])
        sheet.line([None, unit, "Total", None, None, None, None, 100], "total", "thousands total")
        sheet.line(
            ["TOTAL SAVINGS", unit, None, None, 100, None, None, 100], "total", "thousands total"
        )


def write(folder: Path) -> None:
    """Write the three workbooks of the quarter into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    register(folder / "register.xlsx")
    base_budget(folder / "base-budget.xlsx")
    savings_schedule(folder / "savings-schedule.xlsx")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "data/raw/2015-16-Q2"))
