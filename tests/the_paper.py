"""The concept paper that the example quarter is made of, and what a careful person takes from it.

`TEXT` is the paper as it comes out of a committee pack: tables with tabs, words broken over cells.
What is expected of it was written down by hand from the paper, before anything could read one.
"""

PROJECT = "SEN Contract Efficiency"  # as the register calls it; the paper has only the long title

PROJECT_ROW = {
    "title": "Special Education Needs and Disabilities Contract Efficiency",
    "saving_type": "FURTHER",
    "plan_area": "Children and Families",
    "cmr_lead": "John Campion",
    "slt_lead": "Simon White",
    "head_of_service": "John Edwards",
    "cmr_challenge": "Lucy Hodgson and Sheila Blagg",
    "service": "SEND Services",
    "programme": "Future Fit",
    "status": "This paper is at concept stage and is work in progress. It should be noted it has"
    " not been approved through any formal governance at this stage",
    "description": "They may be scope for a reduction in spend on SEN following the implementation"
    " of the SEND reforms. This service may be transferred into the Babcock contract which would"
    " be an opportune time to make the change.",
}
CONSTRAINTS = (
    (
        "We will need to retain the conversion workforce funded through SEN reform and New Burdens"
        " grant in order to ensure compliance with the 2018 transfer date."
    ),
    (
        "The case for a reduction of the substantive SEN assessment and Inclusion workforce is not"
        " strong based on need as assessment requests are increasing and there is significant"
        " pressure"
        " and challenge within existing resources to meet statutory timelines given the volume of"
        " demand."
    ),
    (
        "The number of caseworkers cannot be reduced without impacting statutory compliance"
        " unless in"
        " a transfer situation the plan writing element was to be commissioned out."
    ),
    (
        "Given this the following presumes that the only posts liable for reduction are those"
        " that are"
        " not directly associated with casework."
    ),
)

MILESTONES = (  # the milestone, completed by
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

_REVIEW = "A full review of implications of reducing the workforce"
RISKS = (  # the risk, its mitigation
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
            " to"
            " convert current statements to Education, Health & Care plans"
        ),
        (
            "Could transfer this workforce to the provider and include the conversions required"
            " as part"
            f" of the contract outcomes {_REVIEW} will be undertaken prior to contract efficiencies"
            " being made"
        ),
    ),
    (
        (
            "Any reduction in the SEN assessment and Inclusion workforce could impact on assessment"
            " completion within statutory timescales."
        ),
        (
            "The plan writing element of the assessment is included in the transfer to the"
            " provider and"
            " completion within statutory timescales is included in the contract outcomes"
            f" {_REVIEW} will be undertaken prior to contract efficiencies being made."
        ),
    ),
    (
        (
            "Reduction in management or amalgamation of existing posts within the current structure"
            " would reduce and or delay the work delivered by the service and likely mean some"
            " output"
            " ceases."
        ),
        f"{_REVIEW} would be undertaken prior to contract efficiencies being made",
    ),
)

SIGN_OFF = (
    ("Head of Service", "John Edwards", "27.08.2015"),
    ("Director", "Simon White", "27.08.2015"),
    ("Head of Finance", "Steph Simcox", "27.08.2015"),
)

DEADLINES = (
    ("statements and Learning Disability Assessments must be converted", 3000, "April 2018"),
)

# Money in pounds, with the pounds it was stated to.
_SKILLS, _SEND = "Education & Skills", "SEND Services"
_BASE = "excluding Recharges & Management Restructure"
_CONTROLLABLE = (
    "controllable budget (excluding Home to School Transport, and Dedicated Schools Grant (DSG)"
    " funding)"
)
BUDGETS = {  # service, part of, basis, year, amount, stated to
    (_SKILLS, None, _BASE, "2015/16", 5_900_000, 100_000),
    (_SEND, _SKILLS, _BASE, "2015/16", 1_083_000, 1_000),
    (_SKILLS, None, _CONTROLLABLE, "2013/14", 8_900_000, 100_000),
}

_CONTEXT = "Education & Skills excluding SEND"
SAVINGS = {  # project, scope, plan, measure, type of saving, route, RAG, year, amount, stated to
    (None, _CONTEXT, "current", None, None, None, "Green Delivered", "2015/16", 584_000, 1_000),
    (None, _CONTEXT, "current", None, None, None, "Green Delivered", "2016/17", 318_000, 1_000),
    (None, _CONTEXT, "current", None, None, None, "Green On Target", "2016/17", 1_025_000, 1_000),
    (None, _CONTEXT, "current", None, None, None, "Green On Target", "2017/18", 344_000, 1_000),
    (None, _CONTEXT, "current", None, None, None, "Amber", "2016/17", 152_000, 1_000),
    (None, _CONTEXT, "current", None, None, None, "Amber", "2017/18", 32_000, 1_000),
    (None, _SKILLS, "current", None, None, "Retained", None, None, 768_000, 1_000),
    (None, _SKILLS, "current", None, None, "Commissioned", None, None, 1_687_000, 1_000),
    (None, _SKILLS, "prior", "delivered to date", None, None, None, "2014/15", 1_800_000, 100_000),
    (
        "SEN Contract Efficiency", None, "proposed", None, "New Savings (Further and New)", None,
        None, "2017/18", 100_000, 1_000,
    ),
}  # fmt: skip
TOTALS = {  # scope, plan, type of saving, over, year, amount
    (_CONTEXT, "current", None, "rows", "2015/16", 584_000),
    (_CONTEXT, "current", None, "rows", "2016/17", 1_495_000),
    (_CONTEXT, "current", None, "rows", "2017/18", 376_000),
    (_CONTEXT, "current", None, "both", None, 2_455_000),
    (_SKILLS, "current", None, "rows", None, 2_455_000),
    (None, "proposed", "New Savings (Further and New)", "rows", "2017/18", 100_000),
    (None, "proposed", "New Savings (Further and New)", "both", None, 100_000),
    (None, "proposed", "Existing Savings (Faster)", "both", None, 100_000),
    (None, "proposed", None, "rows", "2017/18", 100_000),
    (None, "proposed", None, "both", None, 100_000),
}

# What a careful person would ask the paper's author, by a few of the words in question: each of
# them could change an amount, a year, a RAG status, a date or whose money it is.
QUESTIONS = (
    ("100 100", "RAG"),  # five statuses and two amounts in one cell: which status has the 100?
    ("Existing Savings (Faster)", "year"),  # a total of 100 and no year
    ("£5.9m", "(£000)"),  # a heading in thousands over figures in millions
    ("SEND Services", "service"),  # the form asks for no service; the base budget's part is taken
    ("£8.9 million", "Education & Skills"),  # the sentence names no service, its paragraph does
    ("£1.8 million", "Education & Skills"),  # the same
    ("01 October 2015", "27.08.2015"),  # "was", of a day after the paper was signed
    ("Further milestones", "date"),  # no date
)
# Dates of events in the text: kept as background, no milestones of the table.
EVENTS = ("June 2015", "01 October 2015", "2018 transfer date")

# The paper itself.
TEXT = "\n".join(  # noqa: FLY002 - line by line as the paper has them
    [
        (
            "This paper is at concept stage and is work in progress. It should be noted it has"
            " not been approved through any formal governance at this stage"
        ),
        "",
        (
            "Future Fit Project Title: Special Education Needs and Disabilities Contract"
            " Efficiency\t\t\t"
        ),
        "Type of Saving:\tPlease tick one box\t\t",
        "FURTHER\t\\checkmark\t\t",
        "FASTER\t\t\t",
        "NEW\t\t\t",
        "CROSS CUTTING\t\t\t",
        "",
        "Corporate Plan Area:",
        "",
        "\tPlease tick one box\t",
        "Children and Families\t\\checkmark\t",
        "Environment\t\t",
        "Open for Business\t\t",
        "Health & Wellbeing\t\t",
        "Cross Council Priorities\t\t",
        "",
        (
            "CMR Lead: John Campion SLT Lead: Simon White Head of Service Lead: John Edwards CMR"
            " Challenge: Lucy Hodgson and Sheila Blagg"
        ),
        "",
        "Brief Project Description:",
        "",
        (
            "They may be scope for a reduction in spend on SEN following the implementation of"
            " the SEND reforms. This service may be transferred into the Babcock contract which"
            " would be an opportune time to make the change."
        ),
        "",
        "Purpose:",
        "",
        (
            "There are significant savings required over the next three years in Education &"
            " Skills. A review has been undertaken to determine how the service can continue to"
            " meet required outcomes and Local Authority statutory duties within a significantly"
            " reduced budget. The 2013/14 controllable budget was £8.9 million (excluding Home"
            " to School Transport, and Dedicated Schools Grant (DSG) funding)."
        ),
        "",
        (
            "Savings of £1.8 million were allocated to the 2014/15 financial year and fully"
            " delivered in line with the savings plan."
        ),
        "",
        (
            "Savings of £2.455m for Education & Skills are already included in the MTFP over the"
            " period 2015 – 2018 with the corresponding split during this period between savings"
            " from commissioned services and from retained core services being as follows:"
        ),
        "",
        "Retained Service savings - £0.768m Commissioned Service savings - £1.687m",
        "",
        (
            "Babcock was endorsed as the preferred provider of Education Services by Cabinet in"
            " June 2015. The contract start date was 01 October 2015. Cabinet agreed that the"
            " transfer of SEND services would happen at a later date – to be agreed by both"
            " parties – once the Council is confident that the new provider is in a position to"
            " effectively deliver these services."
        ),
        "",
        "Outcomes of the project:",
        "",
        (
            "The decision whether to transfer SEND services and the nature of the services to"
            " transfer (should that be agreed) will be determined through an early review with"
            " Babcock shortly after implementation of the contract."
        ),
        "",
        (
            "There is considerable risk in reducing the capacity at this time given the pressure"
            " of statutory assessment and the need to comply with the SEND transition plan"
            " timescale. We will need to retain the conversion workforce funded through SEN"
            " reform and New Burdens grant in order to ensure compliance with the 2018 transfer"
            " date. This workforce could be part of a transfer to Babcock or could remain in"
            " house but the 3000 or so statements and Learning Disability Assessments must be"
            " converted by April 2018."
        ),
        "",
        (
            "The case for a reduction of the substantive SEN assessment and Inclusion workforce"
            " is not strong based on need as assessment requests are increasing and there is"
            " significant pressure and challenge within existing resources to meet statutory"
            " timelines given the volume of demand. The number of caseworkers cannot be reduced"
            " without impacting statutory compliance unless in a transfer situation the plan"
            " writing element was to be commissioned out. Given this the following presumes that"
            " the only posts liable for reduction are those that are not directly associated"
            " with casework."
        ),
        "",
        "Timescales:",
        "",
        "Milestone\tCompleted By Date:",
        "Education Services in-scope transfer to Babcock\t1 October 2015",
        "Review of future SEND contract with provider\tNov 2015",
        "SEND services transfer to Babcock (pending agreement)\t2016 TBC",
        "Further milestones on savings will be established with the provider post\t",
        "transfer of services\t",
        "",
        (
            "Risks/Impacts (E.g. risks to delivery of project – financial, political,"
            " reputational, legal, equality)"
        ),
        "",
        "Risk description\tMitigation",
        (
            "Contracted provider does not agree to take a reduced service\tEarly conversation"
            " with the provider will take place to ensure enough lead in time to develop robust"
            " plans for the efficiency to be made."
        ),
        (
            "Any reduction in the SEND conversion workforce would jeopardise statutory"
            " timescales to convert current statements to Education, Health & Care plans\tCould"
            " transfer this workforce to the provider and include the conversions required as"
            " part of the contract outcomes A full review of implications of reducing the"
            " workforce will be undertaken prior to contract efficiencies being made"
        ),
        (
            "Any reduction in the SEN assessment and Inclusion workforce could impact on"
            " assessment completion within statutory timescales.\tThe plan writing element of"
            " the assessment is included in the transfer to the provider and completion within"
            " statutory timescales is included in the contract outcomes A full review of"
            " implications of reducing the workforce will be undertaken prior to contract"
            " efficiencies being made."
        ),
        (
            "Reduction in management or amalgamation of existing posts within the current"
            " structure would reduce and or delay the work delivered by the service and likely"
            " mean some output ceases. Budget and Proposed Project Savings\tA full review of"
            " implications of reducing the workforce would be undertaken prior to contract"
            " efficiencies being made"
        ),
        "",
        (
            "2015-16 Base Budget excluding Recharges & Management Restructure (£000)\t£5.9m for"
            " Education & Skills of which £1.083m is for SEND Services\t\t\t\t\t"
        ),
        (
            "Current Savings Programme – applicable to Education & Skills excluding SEND (£000)"
            " & RAG 2015-17\t\t\t2015/16\t2016/17\t2017/18\tTotal"
        ),
        "\tGreen Deli\tvered\t584\t318\t\t",
        "\tGreen On ⁻\tTarget\t\t1,025\t344\t",
        "\tAmber\t\t\t152\t32\t",
        "\tRed\t\t\t\t\t",
        "\tTotal\t\t584\t1,495\t376\t2,455",
        "",
        "PROPOSED SAV\t\t\t2016/17\t2017/18\t2018/19\t2019/20\tTotal",
        (
            "New Savings (Further and New)\t£000's\tGreen Delivered Green On Target Amber Red"
            " Total\t\t100 100\t\t\t100"
        ),
        (
            "Existing Savings (Faster)\t£000's\tGreen Delivered Green On Target Amber Red"
            " Total\t\t\t\t\t100"
        ),
        "TOTAL SAVINGS\t£000's\t\t\t100\t\t\t100",
        "",
        "Agreed By:",
        "",
        "Job Title and Name\tDate\t",
        "Head of Service: John Edwards\t27.08.2015\t",
        "Director: Simon White\t27.08.2015\t",
        "Head of Finance: Steph Simcox\t27.08.2015\t",
    ]
)
