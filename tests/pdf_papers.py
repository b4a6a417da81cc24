"""PDFs of concept papers, made by the programs that people make them with."""

import html
import io
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pypdf
import pytest

STYLE = """<style>
@page { size: A4; margin: 20mm }
body { font-family: 'DejaVu Sans', sans-serif; font-size: 9pt }
h2 { font-size: 10pt; margin: 10pt 0 4pt }
p { margin: 0 0 6pt }
table { border-collapse: collapse; margin: 6pt 0; width: 100% }
td, th { border: 1px solid black; padding: 3pt; text-align: left; vertical-align: top;
  font-weight: normal }
tr { break-inside: avoid }
</style>"""

RAG = ("Green Delivered", "Green On Target", "Amber", "Red", "Total")

TITLE = "Future Fit Project Title: Special Education Needs and Disabilities Contract Efficiency"

STATUS = (
    "This paper is at concept stage and is work in progress. It should be noted it has not been"
    " approved through any formal governance at this stage"
)

DESCRIPTION = (
    "They may be scope for a reduction in spend on SEN following the implementation of the SEND"
    " reforms. This service may be transferred into the Babcock contract which would be an"
    " opportune time to make the change."
)

PURPOSE = (
    (
        "There are significant savings required over the next three years in Education & Skills. A"
        " review has been undertaken to determine how the service can continue to meet required"
        " outcomes and Local Authority statutory duties within a significantly reduced budget. The"
        " 2013/14 controllable budget was £8.9 million (excluding Home to School Transport, and"
        " Dedicated Schools Grant (DSG) funding)."
    ),
    (
        "Savings of £1.8 million were allocated to the 2014/15 financial year"
        " and fully delivered in"
        " line with the savings plan."
    ),
    (
        "Savings of £2.455m for Education & Skills are already included in the MTFP over the period"
        " 2015 – 2018 with the corresponding split during this period between savings from"
        " commissioned services and from retained core services being as follows:"
    ),
    "Retained Service savings - £0.768m",
    "Commissioned Service savings - £1.687m",
    (
        "Babcock was endorsed as the preferred provider of Education Services"
        " by Cabinet in June 2015."
        " The contract start date was 01 October 2015. Cabinet agreed that the transfer of SEND"
        " services would happen at a later date – to be agreed by both parties"
        " – once the Council is"
        " confident that the new provider is in a position to effectively deliver these services."
    ),
)

OUTCOMES = (
    (
        "The decision whether to transfer SEND services and the nature of the services to transfer"
        " (should that be agreed) will be determined through an early review with Babcock shortly"
        " after implementation of the contract."
    ),
    (
        "There is considerable risk in reducing the capacity at this time given the pressure of"
        " statutory assessment and the need to comply with the SEND transition plan timescale. We"
        " will need to retain the conversion workforce funded through SEN reform and New Burdens"
        " grant in order to ensure compliance with the 2018 transfer date. This workforce could be"
        " part of a transfer to Babcock or could remain in house but the 3000 or so statements and"
        " Learning Disability Assessments must be converted by April 2018."
    ),
    (
        "The case for a reduction of the substantive SEN assessment and Inclusion workforce is not"
        " strong based on need as assessment requests are increasing and there is significant"
        " pressure and challenge within existing resources to meet statutory timelines given the"
        " volume of demand. The number of caseworkers cannot be reduced without impacting statutory"
        " compliance unless in a transfer situation the plan writing element was to be commissioned"
        " out. Given this the following presumes that the only posts liable for reduction are those"
        " that are not directly associated with casework."
    ),
)

PEOPLE = (
    "CMR Lead: John Campion SLT Lead: Simon White Head of Service Lead: John Edwards"
    " CMR Challenge: Lucy Hodgson and Sheila Blagg"
)

MILESTONES = (
    ("Milestone", "Completed By Date:"),
    ("Education Services in-scope transfer to Babcock", "1 October 2015"),
    ("Review of future SEND contract with provider", "Nov 2015"),
    ("SEND services transfer to Babcock (pending agreement)", "2016 TBC"),
    (
        (
            "Further milestones on savings will be established with the provider post transfer of"
            " services"
        ),
        "",
    ),
)

_REVIEW = (
    "A full review of implications of reducing the workforce will be undertaken prior to contract"
    " efficiencies being made"
)

RISKS = (
    ("Risk description", "Mitigation"),
    (
        "Contracted provider does not agree to take a reduced service",
        (
            "Early conversation with the provider will take place to ensure enough lead in time to"
            " develop robust plans for the efficiency to be made."
        ),
    ),
    (
        (
            "Any reduction in the SEND conversion workforce would jeopardise"
            " statutory timescales to"
            " convert current statements to Education, Health & Care plans"
        ),
        (
            (
                "Could transfer this workforce to the provider and include the conversions required"
                " as part of the contract outcomes"
            ),
            _REVIEW,
        ),
    ),
    (
        (
            "Any reduction in the SEN assessment and Inclusion workforce could impact on assessment"
            " completion within statutory timescales."
        ),
        (
            (
                "The plan writing element of the assessment is included in the transfer to the"
                " provider and completion within statutory timescales is included in the contract"
                " outcomes"
            ),
            f"{_REVIEW}.",
        ),
    ),
    (
        (
            "Reduction in management or amalgamation of existing posts within the current structure"
            " would reduce and or delay the work delivered by the service and"
            " likely mean some output"
            " ceases."
        ),
        (
            "A full review of implications of reducing the workforce would be undertaken prior to"
            " contract efficiencies being made"
        ),
    ),
)

SIGNED = (
    ("Job Title and Name", "Date"),
    ("Head of Service: John Edwards", "27.08.2015"),
    ("Director: Simon White", "27.08.2015"),
    ("Head of Finance: Steph Simcox", "27.08.2015"),
)

Line = str | tuple[str, ...]


def _cell(line: Line) -> str:
    """A cell of one paragraph, or of several."""
    if isinstance(line, str):
        return f"<td>{html.escape(line)}</td>"
    return "<td>" + "".join(f"<p>{html.escape(each)}</p>" for each in line) + "</td>"


def table_html(rows: Sequence[Sequence[Line]], widths: Sequence[int] = ()) -> str:
    columns = "".join(f"<col style='width: {width}%'>" for width in widths)
    lines = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table>{columns}{lines}</table>"


def _prose(heading: str, *paragraphs: str) -> str:
    lines = "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs)
    return f"<h2>{html.escape(heading)}</h2>{lines}"


def _types() -> str:
    kinds = ("FASTER", "NEW", "CROSS CUTTING")
    rest = "".join(f"<tr><td>{kind}</td><td></td></tr>" for kind in kinds)
    return (
        "<table><col style='width: 60%'><tr><td>Type of Saving:</td><td>Please tick one box</td>"
        f"</tr><tr><td>FURTHER</td><td>✓</td></tr>{rest}</table>"
    )


def _areas() -> str:
    areas = ("Environment", "Open for Business", "Health & Wellbeing", "Cross Council Priorities")
    rest = "".join(f"<tr><td>{html.escape(area)}</td><td></td></tr>" for area in areas)
    return (
        "<h2>Corporate Plan Area:</h2><table><col style='width: 60%'><tr><td></td>"
        "<td>Please tick one box</td></tr><tr><td>Children and Families</td><td>✓</td></tr>"
        f"{rest}</table>"
    )


def _budget() -> str:
    rows = (
        ("Green Delivered", "584", "318", "", ""),
        ("Green On Target", "", "1,025", "344", ""),
        ("Amber", "", "152", "32", ""),
        ("Red", "", "", "", ""),
        ("Total", "584", "1,495", "376", "2,455"),
    )
    body = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in rows)
    return (
        "<h2>Budget and Proposed Project Savings</h2><table>"
        "<col style='width: 28%'><col style='width: 22%'>"
        "<col style='width: 13%'><col style='width: 13%'><col style='width: 13%'>"
        "<tr><td>2015-16 Base Budget excluding Recharges &amp; Management Restructure (£000)</td>"
        "<td colspan='5'>£5.9m for Education &amp; Skills of which £1.083m is for SEND Services"
        "</td></tr><tr><td rowspan='6'>Current Savings Programme – applicable to Education &amp;"
        " Skills excluding SEND (£000) &amp; RAG 2015-17</td><td></td><td>2015/16</td>"
        f"<td>2016/17</td><td>2017/18</td><td>Total</td></tr>{body}</table>"
    )


def _proposed() -> str:
    labels = "<br>".join(RAG)
    return (
        "<table><col style='width: 22%'><col style='width: 10%'><col style='width: 26%'>"
        "<tr><td>PROPOSED SAVINGS</td><td></td><td></td><td>2016/17</td><td>2017/18</td>"
        "<td>2018/19</td><td>2019/20</td><td>Total</td></tr>"
        f"<tr><td>New Savings (Further and New)</td><td>£000's</td><td>{labels}</td><td></td>"
        "<td>100<br>100</td><td></td><td></td><td>100</td></tr>"
        f"<tr><td>Existing Savings (Faster)</td><td>£000's</td><td>{labels}</td><td></td><td></td>"
        "<td></td><td></td><td>100</td></tr>"
        "<tr><td>TOTAL SAVINGS</td><td>£000's</td><td></td><td></td><td>100</td><td></td><td></td>"
        "<td>100</td></tr></table>"
    )


def paper_html() -> str:
    """The concept paper as a web page, with its cells merged as in the form."""
    parts = (
        f"<p>{STATUS}</p><p><b>{TITLE}</b></p>",
        _types(),
        _areas(),
        f"<p>{PEOPLE}</p>",
        _prose("Brief Project Description:", DESCRIPTION),
        _prose("Purpose:", *PURPOSE),
        _prose("Outcomes of the project:", *OUTCOMES),
        "<h2>Timescales:</h2>",
        table_html(MILESTONES, (70, 30)),
        (
            "<h2>Risks/Impacts (E.g. risks to delivery of project – financial,"
            " political, reputational,"
            " legal, equality)</h2>"
        ),
        table_html(RISKS, (50, 50)),
        _budget(),
        _proposed(),
        "<h2>Agreed By:</h2>",
        table_html(SIGNED, (60, 40)),
    )
    return page_html("".join(parts))


def page_html(body: str, style: str = "") -> str:
    more = f"<style>{style}</style>" if style else ""
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Paper</title>"
        f"{STYLE}{more}</head><body>{body}</body></html>"
    )


def by_weasyprint(page: str, tagged: bool) -> bytes:
    import weasyprint

    made: bytes = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1" if tagged else None)
    return made


def paper_pdf(tagged: bool) -> bytes:
    return by_weasyprint(paper_html(), tagged)


def by_libreoffice(source: Path, tagged: bool, to: Path) -> bytes:
    """What Writer makes of a web page or a Word file; skips or fails where there is none."""
    if shutil.which("soffice") is None:
        message = (
            "there is no LibreOffice: install it, or leave FFANALYSIS_REQUIRE_LIBREOFFICE unset"
        )
        if os.environ.get("FFANALYSIS_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    to.mkdir(parents=True, exist_ok=True)
    reads = ("--infilter=HTML (StarWriter)",) if source.suffix == ".html" else ()
    wanted = str(tagged).lower()
    options = f'{{"UseTaggedPDF":{{"type":"boolean","value":"{wanted}"}}}}'
    subprocess.run(
        (
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{to.parent / 'profile'}",
            *reads,
            "--convert-to",
            f"pdf:writer_pdf_Export:{options}",
            "--outdir",
            str(to),
            str(source),
        ),
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (to / source.with_suffix(".pdf").name).read_bytes()


def by_chromium(page: str, folder: Path) -> bytes:
    """What Chromium prints of a web page; skips or fails where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        message = "there is no Chromium: install it, or leave FFANALYSIS_REQUIRE_BROWSER unset"
        if os.environ.get("FFANALYSIS_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    source, made = folder / "page.html", folder / "page.pdf"
    source.write_text(page, "utf-8")
    subprocess.run(
        (
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={made}",
            source.as_uri(),
        ),
        check=True,
        capture_output=True,
        timeout=60,
    )
    return made.read_bytes()


# By hand

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
BUDGET = b"BT /F 10 Tf 40 800 Td (Budget of the service 100) Tj ET"


def made_of(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A file of these objects."""
    made, places = bytearray(b"%PDF-1.7\n"), {}
    for number, each in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table, last = len(made), max(objects)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        kept = number in places
        made += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if kept else b"f")
    made += b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, trailer, table)
    return bytes(made)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def page_of(
    content: bytes,
    *,
    filters: bytes = b"",
    fonts: bytes = b"/F 5 0 R",
    resources: bytes = b"",
    page: bytes = b"",
    catalog: bytes = b"",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """A file of one page of A4 with this content; objects from 6 on are free for more."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 595 842]"
    return made_of(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s"
            b" /Resources << /Font << %s >> %s >> %s >>" % (box, fonts, resources, page),
            4: stream(content, filters),
            5: HELVETICA,
            **(more or {}),
        }
    )


def form_pdf() -> bytes:
    """A form of labels and a ruled table, its fields filled in by pypdf."""
    labels = (
        (40, 780, "Project title"),
        (70, 750, "Further"),
        (170, 750, "Faster"),
        (40, 720, "Status"),
        (70, 690, "Yes"),
        (170, 690, "No"),
        (45, 640, "Children"),
        (45, 620, "Environment"),
        (40, 580, "Purpose"),
    )
    words = "".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj\n" for x, y, text in labels)
    rules = "".join(f"40 {y} m 240 {y} l S\n" for y in (615, 635, 655))
    rules += "".join(f"{x} 615 m {x} 655 l S\n" for x in (40, 140, 240))
    content = f"BT /F 10 Tf\n{words}ET\n{rules}".encode()

    def box(x: int, y: int, state: str = "Off") -> bytes:
        looks = "/AP << /N << /On 30 0 R /Off 30 0 R >> >>"
        return f"/Rect [{x} {y} {x + 10} {y + 10}] {looks} /AS /{state}".encode()

    widget = b"/Type /Annot /Subtype /Widget /P 3 0 R"
    tick = b"<< %s /FT /Btn /T (%s) /V /Off %s >>"
    fields = {
        10: b"<< %s /FT /Tx /T (title) /Rect [120 776 300 792] >>" % widget,
        11: tick % (widget, b"further", box(55, 748)),
        12: tick % (widget, b"faster", box(155, 748)),
        13: b"<< %s /FT /Ch /Ff 131072 /T (status) /Rect [120 716 300 732]"
        b" /Opt [[(A) (Amber)] [(R) (Red)]] /V (R) >>" % widget,
        14: b"<< /FT /Btn /Ff 32768 /T (route) /V /On /Kids [15 0 R 16 0 R] >>",
        15: b"<< %s /Parent 14 0 R %s >>" % (widget, box(55, 688, "On")),
        16: b"<< %s /Parent 14 0 R %s >>" % (widget, box(155, 688)),
        17: tick % (widget, b"children", box(180, 640)),
        18: tick % (widget, b"environment", box(180, 620)),
        19: b"<< %s /FT /Tx /Ff 4096 /T (purpose) /Rect [120 540 400 595] >>" % widget,
        30: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 10 10]"),
    }
    shown = b" ".join(b"%d 0 R" % number for number in (10, 11, 12, 13, 15, 16, 17, 18, 19))
    roots = b" ".join(b"%d 0 R" % number for number in (10, 11, 12, 13, 14, 17, 18, 19))
    form = b"/AcroForm << /Fields [%s] /DA (/F 10 Tf) /DR << /Font << /F 5 0 R >> >> >>" % roots
    blank = page_of(content, page=b"/Annots [%s]" % shown, catalog=form, more=fields)
    writer = pypdf.PdfWriter(io.BytesIO(blank))
    writer.update_page_form_field_values(
        writer.pages[0],
        {
            "title": "SEND contract",
            "further": "/On",
            "children": "/On",
            "purpose": "Savings are needed.\nThe budget was £8.9 million.",
        },
    )
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def scan_pdf(words: bytes = b"") -> bytes:
    """A page that is a picture, with the words of text recognition where there are any."""
    grey = stream(
        b"\x80" * 100,
        b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8",
    )
    content = b"q 595 0 0 842 0 0 cm /I Do Q " + words
    return page_of(content, resources=b"/XObject << /I 6 0 R >>", more={6: grey})


def joined_pages(*papers: bytes) -> bytes:
    """The pages of several files in one."""
    writer = pypdf.PdfWriter()
    for paper in papers:
        writer.append(io.BytesIO(paper))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
