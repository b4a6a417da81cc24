"""Papers of invented councils, on forms of the kinds that real councils and ministries use.

A paper is its blocks: a paragraph, or a table as rows of cells, a line of a cell to a line. Each is
written as Word and as text with tabs. No council, person or figure is a real one.
"""

from collections.abc import Sequence

from word_files import cell, docx, row, table

Block = str | list[list[str]]


def as_docx(blocks: Sequence[Block]) -> bytes:
    """A paper as Word: a table's cells with a paragraph for each line."""
    made = []
    for block in blocks:
        if isinstance(block, str):
            made.append(block)
        else:
            made += [_table(block), ""]
    return docx(made)


def _table(rows: list[list[str]]) -> str:
    """A table; the last cell of a shorter row is merged over the columns behind it."""
    width = max(map(len, rows))
    made = []
    for cells in rows:
        spans = [1] * (len(cells) - 1) + [width - len(cells) + 1]
        made.append(row(*(cell(*t.split("\n"), span=s) for t, s in zip(cells, spans, strict=True))))
    return table(*made, widths=[1500] * width)


def as_text(blocks: Sequence[Block]) -> bytes:
    """A paper as text: cells with tabs between them, the lines of a cell in one."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines += [block, ""]
        else:
            lines += ["\t".join(text.replace("\n", " ") for text in cells) for cells in block]
            lines.append("")
    return "\n".join(lines).encode()


# Cumulative years: £40,000 once, from April 2025, and nothing more in the years after. The budget
# of £46,210 is written in thousands with three decimals, and is the sum of its two parts.
NORTHMERE: list[Block] = [
    "Northmere County Council",
    "Budget option – saving 2025-28",
    [
        ["Title", "Members' support and travel"],
        ["Saving Reference", "CEX 04"],
        ["Directorate(s)", "Chief Executive's Office"],
        ["Council Plan Priority", "A council that lives within its means"],
        ["Cabinet Portfolio", "Finance and Assets (Cllr Orla Pennick)"],
    ],
    [
        [
            "Financial Impact (cumulative)",
            "2025/26\n£000's",
            "2026/27\n£000's",
            "2027/28\n£000's",
            "Ongoing",
        ],
        ["Net saving", "40", "40", "40", "40"],
    ],
    [["Month and year savings will commence", "April 2025"]],
    [
        ["Is this an efficiency?", "Yes", "Or No", ""],
        ["Is this a service cut?", "Yes", "Or No", "✓"],
        ["Is this a change of funding stream?", "", "Or No", "✓"],
    ],
    [
        ["", "2024/25 Budget £000's", "2025/26\n£000's", "%", "2026/27\n£000's", "%"],
        ["Employees", "15", "10", "67%", "10", "67%"],
        ["Member allowances", "31", "30", "97%", "30", "97%"],
        ["Total", "46.210", "40", "87%", "40", "87%"],
    ],
    "Description of proposed saving",
    "Travel claims go to the shared desk, and one vacant support post is deleted.",
]

# Two parts with a reference and a decision route each; question and answers share cells.
SEDGEHAM: list[Block] = [
    "London Borough of Sedgeham",
    "1. Savings proposal",
    [
        ["Proposal title:", "Libraries and customer services"],
        ["Reference:", "H2"],
        ["LFP work strand:", "Customer transformation"],
        ["Directorate:", "Customer Services"],
        ["Head of service:", "Ines Harwick"],
        ["Service/Team area:", "Libraries"],
        ["Cabinet portfolio:", "Policy and Performance"],
        ["Scrutiny Ctte(s):", "Safer Stronger Communities"],
    ],
    "2. Decision Route",
    [
        [
            "Saving proposed:",
            "Key Decision\nYes / No",
            "Public Consultation\nYes / No",
            "Staff Consultation\nYes / No",
        ],
        ["a) Self-service kiosks: £150k", "No", "No", "Yes"],
        ["b) Letting of upper floors: £90k", "Yes", "No", "No"],
    ],
    "3. Description of service area and proposal",
    "Description of service area and proposal",
    "Six libraries are run by 41 staff. Kiosks replace two desks; the upper floors are let.",
    "5. Financial information",
    [
        ["Controllable budget:", "Spend\n£'000", "Income\n£'000", "Net Budget\n£'000"],
        ["General Fund (GF)", "4,210", "(310)", "3,900"],
        ["DSG", "0", "0", "0"],
    ],
    [
        ["Saving proposed:", "2025/26\n£'000", "2026/27\n£'000", "2027/28\n£'000", "Total\n£'000"],
        ["a) Self-service kiosks", "100", "50", "", "150"],
        ["b) Letting of upper floors", "", "90", "", "90"],
        ["Total", "100", "140", "", "240"],
        ["% of Net Budget", "2.6%", "3.6%", "", "6.2%"],
    ],
    "8. Service equalities impact",
    [["Ethnicity:", "Low", "Pregnancy / Maternity:", "N/A"], ["Gender:", "Medium", "Age:", "High"]],
]

# Exp / (Income) / Net; the years are in labels of rows; a share in brackets is no money.
ALDERDALE: list[Block] = [
    "ALDERDALE METROPOLITAN BOROUGH",
    "Budget Reduction proposal",
    [
        ["Reference:", "HWB-CM-014"],
        ["Portfolio:", "Health and Wellbeing"],
        ["Responsible Officer:", "Director of Commissioning"],
        ["Cabinet Member:", "Cllr T. Ashworthy"],
        ["Support Officer:", "P. Lindqvist"],
        ["Service Area:", "Commissioning (100%)"],
        ["Budget Reduction Title:", "Commissioning team restructure"],
    ],
    [
        ["Current budget", "Exp £k", "(Income) £k", "Net £k"],
        ["Controllable budget", "120", "(87)", "33"],
        ["Non-controllable budget", "12", "0", "12"],
        ["Total revenue budget", "132", "(87)", "45"],
    ],
    [
        ["Proposed Budget Reduction 2025/26 (£k)", "33"],
        ["Are there additional reductions in future years?", "No"],
        ["Proposed reduction as % of controllable budget", "100%"],
        ["Number of Posts (FTE)", "4.0"],
        ["Proposed Staffing Reductions (FTE)", "1.5"],
        ["% of total FTE", "37.5%"],
    ],
    "Proposal and Objectives",
    "The team is merged with that of the clinical board, and one and a half posts go.",
]

# One large table without a gap; the value of the budget and the proposal are by the label.
SOLENT_ISLE: list[Block] = [
    "Wexmoor Isle Council: revenue budget options",
    [
        ["Reference", "RES 11"],
        ["Activity", "Beach lifeguards"],
        ["Service area", "Recreation"],
        ["2024/25 budget (£)", "212,400"],
        ["2025/26 proposal (£)", "35,000"],
        ["2026/27 proposal (£)", "n/a"],
        ["What is removed?", "Patrols in May and September at two of six beaches"],
        ["Who is affected?", "Bathers outside the main season"],
        ["Alternatives considered", "A charge on beach huts"],
        ["Likely impact", "More calls to the coastguard"],
        ["Statutory or discretionary", "Discretionary"],
        ["Detailed explanation of the budget proposal", "The season is cut to June to August."],
    ],
]

# A staircase of sums in prose: the words are kept, each amount asked about, none placed.
LEITHMOUTH: list[Block] = [
    "City of Leithmouth Council: budget framework",
    [
        ["Proposal title", "Fleet and depots"],
        ["Directorate", "Place"],
        ["Portfolio holder", "Transport"],
        [
            "Description of proposal",
            "Leases end in stages. £m: 23.900 − 3.000 = 20.900 − 2.000 = 18.900 by 2027/28.",
        ],
        [
            "Financial impact",
            "£23.900m − £3.000m = £20.900m in 2025/26; − £2.000m = £18.900m in 2026/27.",
        ],
    ],
]

# Several references, one split over forms; a saving that is shown as growth.
KIRKSTEAD: list[Block] = [
    "Kirkstead Council: budget savings",
    [
        [
            "Budget reference number",
            "07CEX, 07CEXA and 08CEX (08CEX is continued on the form of Roads)",
        ],
        ["Title of proposal", "Customer contact centre"],
        ["Service", "Chief Executive's"],
        ["How will the saving be achieved?", "Opening hours follow demand."],
        ["Impact on customers", "Calls after 17:00 go to voicemail."],
        ["Consultation", "None undertaken"],
    ],
    [
        ["Financial impact £000", "2025/26", "2026/27", "2027/28"],
        ["Savings", "(120)", "(80)", "(40)"],
        ["Growth", "15", "15", ""],
        ["FTE", "2.0", "1.0", ""],
    ],
]

SAVINGS = {
    "northmere": NORTHMERE,
    "sedgeham": SEDGEHAM,
    "alderdale": ALDERDALE,
    "wexmoor": SOLENT_ISLE,
    "leithmouth": LEITHMOUTH,
    "kirkstead": KIRKSTEAD,
}


# Business cases of a ministry.


def risk_table(
    risk: str, impact: str, likelihood: str, size: str, overall: str, mitigation: str
) -> list[list[str]]:
    """The table of one risk."""
    return [
        ["Describe the risk", risk],
        ["Describe the impact", impact],
        ["Likelihood score", likelihood],
        ["Impact score", size],
        ["Overall risk score", overall],
        ["Mitigation, who, when", mitigation],
    ]


HARBOURS: list[Block] = [
    "Department for Coasts and Harbours",
    "Key information",
    [
        ["Business case title", "Harbour data exchange"],
        ["Business case unique reference number", "DCH-0042"],
        ["SRO or area SCS name", "Maud Ellerby"],
        ["Lead author", "Tomas Wick"],
        ["Policy area", "Ports"],
        ["Start date", "1 May 2025"],
        ["End date", "31 March 2027"],
    ],
    "Type of business case",
    [
        ["", "Strategic outline case"],
        ["x", "Outline business case"],
        ["", "Full business case"],
    ],
    "Summary",
    "Harbours send their returns once, to one place.",
    "Costs",
    [
        ["Cost (£m)", "2025/26", "2026/27", "2027/28", "Total"],
        ["CDEL", "1.2", "0.5", "", "1.7"],
        ["RDEL", "0.4", "0.4", "0.3", "1.1"],
        ["Local Gov DEL", "", "", "", ""],
        ["Total", "1.6", "0.9", "0.3", "2.8"],
    ],
    [["Whole life cost", "£4.1m over 10 years"]],
    "Benefits",
    [
        ["Benefit", "Value and who", "When will this benefit be realised?"],
        ["Fewer returns", "£0.2m a year, harbour authorities", "April 2026"],
    ],
    "Key risks",
    risk_table(
        "Harbours join late",
        "Two systems run side by side",
        "3",
        "4",
        "12",
        "Early pilots, Tomas Wick, June 2025",
    ),
    risk_table(
        "The supplier fails",
        "The exchange stops",
        "1",
        "5",
        "5",
        "Escrow, commercial team, at signature",
    ),
    "SRO declaration",
    [
        ["Name", "Maud Ellerby"],
        ["Recommendation", "Approve to full business case"],
        ["Date", "14 February 2025"],
    ],
    "Approvals",
    [
        ["Approval activity", "Authority", "Date", "Documentation"],
        ["Investment committee", "Second permanent secretary", "3 March 2025", "IC minutes 25/07"],
    ],
]

# Every kind of mark in a box, and a dash that may be one.
TUNNELS: list[Block] = [
    [
        ["Business case title", "Tunnel lighting"],
        ["Business case unique reference number", "DCH-0043"],
        ["SRO or area SCS name", "Ivo Brand"],
    ],
    [
        ["Type of business case", ""],
        ["-", "Business justification"],
        ["", "Full business case"],
    ],
    [["Executive summary", "LED lamps in nine tunnels."]],
    [
        ["Cashable savings (£m)", "2025/26", "2026/27", "2027/28"],
        ["Energy", "0.2", "0.3", "0.1"],
        ["Implementation cost", "1.1", "", ""],
    ],
    "Key risks",
    risk_table(
        "Lane closures overrun",
        "Delay claims",
        "2",
        "3",
        "6",
        "Night work only, Ivo Brand, from May 2025",
    ),
]

ARCHIVE: list[Block] = [
    "Business case",
    "Business case title: Regional archive stores",
    "Business case unique reference number: DCH-0051 and DCH-0052",
    "SRO name: Petra Quill",
    "Is this part of a programme: Estates 2030",
    "Summary: Four stores become one.",
    "Strategic case: Leases of three stores end in 2026.",
    "Options considered: do nothing; two stores; one store",
    "Costs",
    [
        ["", "2025/26 (£m)", "2026/27 (£m)"],
        ["CDEL", "2.5", "0.0"],
        ["RDEL", "0.3", "0.2"],
    ],
    "Savings",
    [
        ["", "2025/26 (£m)", "2026/27 (£m)", "2027/28 (£m)"],
        ["Premises", "", "0.6", "0.9"],
    ],
    "Key risks",
    [
        [
            "Describe the risk",
            "Likelihood score",
            "Impact score",
            "Overall risk score",
            "Mitigation, who, when",
        ],
        ["The lease cannot be ended early", "2", "4", "8", "Notice by June 2025, estates"],
    ],
    "SRO declaration",
    [["Name:", "Petra Quill"], ["Recommendation:", "Approve"], ["Date:", ""]],
]

CASES = {"harbours": HARBOURS, "tunnels": TUNNELS, "archive": ARCHIVE}
