"""What a cell holds arrives as text.

Never as markup, a formula, a link, a script, or a file outside the quarter's folder.
"""

import base64
import csv
import re
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from rendered import (
    BUDGET,
    PERIOD,
    REGISTER,
    SCHEDULE,
    Element,
    Run,
    add_projects,
    few,
    ffanalysis,
    outside,
    programme_in,
    put,
)

from ffanalysis.errors import OutsideAccess
from ffanalysis.render.page import to_pdf

NAME = '=HYPERLINK("http://evil","x")'
SLUG = "hyperlink-http-evil-x"
LONG = "five thousand " * 357 + "!!"
OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"
CONTROLS = f"control \N{DELETE} and \x9b31m, {OVERRIDE}turned around"
SERVICE = '=SEND & <b title="x">Services</b>'
PROGRAMME = "+Future <u>Fit</u>"
SCOPE = "@Education & Skills excluding <s>SEND</s>"
TYPE = "=New Savings (Further and New) <script>alert(1)</script>"
BASIS = "excluding <Recharges> & 'Management' \"Restructure\""
ODD_WORKBOOK = "savings & <img src=x onerror=alert(1)>.xlsx"
ODD_SHEET = "Split; 'by' <b>route"

PROJECT_TEXTS = {
    "B": "</title><script>alert(1)</script>",
    "D": "<script>alert(1)</script>",
    "E": "<img src=x onerror=alert(1)>",
    "F": "[x](javascript:alert(1))",
    "G": r"$\frac{$ and \(x\)",
    "H": "{{ 7*7 }} {% include 'x' %}",
    "K": '"><b>not approved',
    "L": "# heading\n<!-- {raw} --> ]]> &lt;b&gt; &#60;i&#62;",
    "M": LONG,
    "N": "emoji \N{GRINNING FACE} and more",
    "O": "<blockquote onclick=alert(1)>quoted</blockquote>",
}
OTHER_TEXTS = {
    f"{REGISTER}!Milestones!B4": "<svg onload=alert(1)>",
    f"{REGISTER}!Risks!B4": '<a href="javascript:alert(1)">risk</a>',
    f"{REGISTER}!Risks!C4": "<style>body{display:none}</style>",
    f"{REGISTER}!Sign-off!B4": "<form action=http://evil><input>",
    f"{REGISTER}!Sign-off!C4": "@SUM(A1)",
    f"{REGISTER}!Deadlines!B4": "-1+1 <iframe src=//evil></iframe>",
}
# What the programme's own lines say, and what finds its way into findings.
SHARED_TEXTS = [NAME, SERVICE, PROGRAMME, SCOPE, TYPE, BASIS]


def hostile_programme(root: Path, workbooks: Path) -> Path:
    programme_in(root, workbooks)
    cells: dict[str, object] = {
        f"{REGISTER}!Projects!{column}4": text for column, text in PROJECT_TEXTS.items()
    }
    cells |= OTHER_TEXTS
    cells |= {
        f"{REGISTER}!Projects!A4": NAME,
        f"{REGISTER}!Projects!I4": SERVICE,
        f"{REGISTER}!Projects!J4": PROGRAMME,
    }
    for sheet, last in (("Milestones", 7), ("Risks", 7), ("Sign-off", 6), ("Deadlines", 4)):
        cells |= {f"{REGISTER}!{sheet}!A{row}": NAME for row in range(4, last + 1)}
    cells |= {
        f"{SCHEDULE}!{sheet}!B3": PROGRAMME for sheet in ("Current programme", "Split by route")
    }
    cells |= {
        f"{SCHEDULE}!Current programme!B4": SCOPE,
        f"{SCHEDULE}!Split by route!B4": "@Education & Skills",
    }
    cells |= {f"{SCHEDULE}!Proposed savings!B2": NAME, f"{SCHEDULE}!Proposed savings!A6": TYPE}
    cells |= {f"{BUDGET}!Base budget 2015-16!{cell}": BASIS for cell in ("C4", "C5")}
    cells |= {
        f"{BUDGET}!Base budget 2015-16!A4": "@Education & Skills",
        f"{BUDGET}!Base budget 2015-16!A5": SERVICE,
    }
    cells |= {f"{BUDGET}!Base budget 2015-16!B5": "@Education & Skills"}
    cells |= {
        f"{BUDGET}!Controllable budget 2013-14!A5": "@Education & Skills",
        f"{SCHEDULE}!Delivered 2014-15!A6": "@Education & Skills",
    }
    put(root, cells)
    add_projects(root, ["../../escape", "Index"])
    put(root, {f"{REGISTER}!Projects!L6": CONTROLS})
    schedule = root / "data" / "raw" / PERIOD / SCHEDULE
    book = openpyxl.load_workbook(schedule)
    book["Split by route"].title = ODD_SHEET
    book.save(schedule)
    schedule.rename(schedule.with_name(ODD_WORKBOOK))
    return root


@pytest.fixture(scope="module")
def hostile(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = hostile_programme(
        tmp_path_factory.mktemp("hostile") / "a" / "programme", example_quarter
    )
    return ffanalysis(root, "run", PERIOD)


def briefing_texts() -> list[str]:
    return [*PROJECT_TEXTS.values(), *OTHER_TEXTS.values(), *SHARED_TEXTS]


def squeezed(text: str) -> str:
    """A text without its spaces and line ends."""
    return "".join(text.split())


def test_hostile_text_withholds_nothing(hostile: Run) -> None:
    assert hostile.exit_code == 0, hostile.err
    assert hostile.statuses == dict.fromkeys(
        [SLUG, "escape", "index-project", "programme", "reconciliation"], "published"
    )
    told = sorted(re.sub(r"^\[\d/5\] ", "", line) for line in hostile.err.splitlines())
    assert told == sorted(f"{name}: published" for name in hostile.statuses), (
        "nothing else was said"
    )


def test_nothing_is_written_outside_the_quarters_folders(hostile: Run) -> None:
    names = [SLUG, "escape", "index-project"]
    assert hostile.files == {
        *(f"{name}.{kind}" for name in names for kind in ("html", "pdf")),
        *(f"notebooks/{name}.ipynb" for name in [*names, "programme", "reconciliation"]),
        "index.html",
        "programme.pdf",
        "findings.csv",
        "figures.csv",
        "corrections.csv",
        "reconciliation.xlsx",
        "run.json",
    }
    assert [path.name for path in hostile.root.parent.iterdir()] == ["programme"]
    assert {path.name for path in hostile.root.iterdir()} == {"data", "notebooks", "reports"}
    assert {path.name for path in (hostile.root / "reports").iterdir()} == {
        ".runs",
        PERIOD,
        hostile.folder.resolve().name,
    }
    assert {path.suffix for path in (hostile.root / "data" / "processed" / PERIOD).iterdir()} == {
        ".parquet"
    }


PAGES = [f"{SLUG}.html", "escape.html", "index-project.html", "index.html"]
OUR_FORMULA = re.compile(
    r"=(?:SUM|SUMSQ|MAX|MIN|INT|ROUND|ROUNDUP|SQRT|COUNTA|(?:Cells!|Parts!)?\$?[A-Z]\$?\d+|[-+*/(),:\d])+"
)
# Every element and attribute that a page of ours is made of.
ELEMENTS = re.compile(
    r"|html|head|meta|title|style|body|main|div|p|h[1234]|details|summary|ul|ol|li|d[ltd]|blockquote|figure|figcaption|img|table|caption|thead|tbody"
    r"|tr|t[hd]|a|strong|span|data"
)
ATTRIBUTES = re.compile(
    r"class|role|tabindex|scope|value|data-(figure|unit|cells|project|label|expr|id|in|cell|factor|to|corrected|blank|figures|label-of)|alt|width|src|href|lang|charset|content|name|http-equiv|id"
    r"|aria-(hidden|label)|open|hidden"
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_element_attribute_or_address_but_our_own(hostile: Run, name: str) -> None:
    page = hostile.page(name)
    assert [item.tag for item in page.all() if not ELEMENTS.fullmatch(item.tag)] == []
    assert [
        name for item in page.all() for name in item.attributes if not ATTRIBUTES.fullmatch(name)
    ] == []
    assert outside(page) == []
    assert (
        len(list(page.all("title")))
        == len(list(page.all("style")))
        == len(list(page.all("main")))
        == 1
    )


def test_the_briefing_shows_every_text_as_it_was_written(hostile: Run) -> None:
    shown = squeezed(hostile.page(f"{SLUG}.html").one("main").text)
    assert [text for text in briefing_texts() if squeezed(text) not in shown] == []


def test_signs_that_nobody_sees_are_left_out_of_a_text(hostile: Run) -> None:
    page = hostile.page("index-project.html")
    assert [item.text for item in page.all("p") if "control" in item.text] == [
        "control and 31m, turned around"
    ]
    assert "\x9b" not in hostile.out + hostile.err


def test_the_head_of_a_page_holds_the_name_as_text(hostile: Run) -> None:
    assert hostile.page(f"{SLUG}.html").one("title").text == f"{NAME}: briefing {PERIOD}"


def test_the_programme_page_leads_to_each_briefing_by_its_harmless_name(hostile: Run) -> None:
    page = hostile.page("index.html")
    (listed,) = (item for item in page.all("table") if "projects" in item.classes)
    in_table, everywhere = (
        {
            (item.text, item.attributes["href"])
            for item in where.all("a")
            if "figure" not in item.classes
        }
        for where in (listed, page)
    )
    assert everywhere == in_table, "what is told of a project leads to it, too"
    assert in_table == {
        (NAME, f"{SLUG}.html"),
        ("../../escape", "escape.html"),
        ("Index", "index-project.html"),
    }


def test_the_pdf_shows_every_text_as_it_was_written(hostile: Run) -> None:
    shown = squeezed(
        "".join(page.extract_text() for page in PdfReader(hostile.folder / f"{SLUG}.pdf").pages)
    )
    # A text of many pages is interrupted by their heads and feet.
    assert [text for text in briefing_texts() if squeezed(text)[:300] not in shown] == []


@pytest.mark.parametrize("name", [f"{SLUG}.pdf", "programme.pdf"])
def test_a_pdf_opens_runs_and_attaches_nothing(hostile: Run, name: str) -> None:
    reader = PdfReader(hostile.folder / name)
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.trailer["/Root"])
    assert "/EmbeddedFiles" not in reader.trailer["/Root"].get("/Names", {})
    objects = (reader.get_object(number) for number in range(1, int(reader.trailer["/Size"])))
    actions = [
        item["/S"] for item in objects if isinstance(item, DictionaryObject) and "/JS" in item
    ]
    assert actions == []
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    addresses = [link["/A"]["/URI"] for link in links if "/A" in link]
    assert [address for address in addresses if not re.fullmatch(r"[a-z-]+\.html", address)] == []


def test_no_cell_of_the_findings_is_a_formula(hostile: Run) -> None:
    text = hostile.text("findings.csv")
    assert text.startswith("\ufeff"), "Excel takes £ for two signs of another alphabet"
    lines = list(csv.DictReader(text[1:].splitlines(keepends=True)))
    cells = [(name, cell) for line in lines for name, cell in line.items()]
    amounts = {"stated", "calculated", "difference", "tolerance"}
    assert [
        cell for name, cell in cells if name not in amounts and cell[:1] in tuple("=+-@\t\r")
    ] == []
    assert [
        cell
        for name, cell in cells
        if name in amounts and not re.fullmatch(r"(-?\d+\.\d\d)?", cell)
    ] == []
    # They are there, each as it was written.
    assert {f"'{NAME}", "'@Education & Skills"} <= {line["subject"] for line in lines}


def test_no_cell_of_the_figures_is_a_formula(hostile: Run) -> None:
    text = hostile.text("figures.csv")
    lines = list(csv.DictReader(text[1:].splitlines(keepends=True)))
    numbers = {"amount", "value"}
    cells = [(name, cell) for line in lines for name, cell in line.items()]
    texts = [cell for name, cell in cells if name not in numbers]
    assert [cell for cell in texts if cell[:1] in tuple("=+-@\t\r")] == []
    assert [
        cell
        for name, cell in cells
        if name in numbers and not re.fullmatch(r"(-?\d+(\.\d+)?)?", cell)
    ] == []
    assert f"'{NAME}" in {line["project_name"] for line in lines}


def test_no_text_of_the_reconciliation_is_a_formula(hostile: Run) -> None:
    book = openpyxl.load_workbook(hostile.folder / "reconciliation.xlsx")
    cells = [
        cell
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    # Those that are formulas are ours: of numbers, and of the pack's own cells.
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas
    assert [text for text in formulas if not OUR_FORMULA.fullmatch(text)] == []
    assert NAME in {cell.value for cell in cells}
    links = {cell.hyperlink.target for cell in cells if cell.hyperlink}
    assert [
        link
        for link in links
        if not re.fullmatch(rf"\.\.\\\.\.\\data\\raw\\{PERIOD}\\[^\\]+\.xlsx", link)
    ] == []
    sheets = {cell.hyperlink.location.rsplit("!", 1)[0] for cell in cells if cell.hyperlink}
    assert f"""'{ODD_SHEET.replace("'", "''")}'""" in sheets


def test_cells_lead_to_workbooks_and_sheets_with_odd_names(hostile: Run) -> None:
    page = hostile.page(f"{SLUG}.html")
    cells = "; ".join(
        item.attributes["data-cells"]
        for item in page.all("data")
        if "data-cells" in item.attributes
    )
    assert f"{ODD_WORKBOOK}!{ODD_SHEET}!B9" in cells
    assert f"{ODD_WORKBOOK}, {ODD_SHEET}: B9" in page.text


@pytest.mark.parametrize(
    "sign", [OVERRIDE, "\N{RIGHT-TO-LEFT ISOLATE}", "\x9b", "\N{DELETE}"], ids=ascii
)
def test_a_sign_that_changes_how_other_text_is_shown_stays_out(programme: Path, sign: str) -> None:
    import ffanalysis as ff

    put(
        programme,
        {
            f"{REGISTER}!Projects!I4": f"{sign}SEND Services",
            f"{BUDGET}!Base budget 2015-16!A5": f"{sign}SEND Services",
        },
    )
    quarter = ff.load(PERIOD, programme).records
    briefing = ff.briefing(quarter, ff.check(quarter), "sen-contract-efficiency")
    assert sign not in briefing.message().html


# The page that becomes a PDF may ask for nothing


def with_image(address: str) -> str:
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{address}"'
        ' width="9" height="9"/></svg>'
    )
    return (
        '<img alt=""'
        f' src="data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}">'
    )


ASKS = {
    "an image": '<img alt="" src="{}">',
    "a style sheet": '<link rel="stylesheet" href="{}">',
    "an import of style": '<style>@import url("{}");</style>',
    "a background": '<div style="background: url({})">x</div>',
    "a sign of a list": '<ul style="list-style-image: url({})"><li>x</li></ul>',
    "a text of style": "<style>p::before {{ content: url({}) }}</style><p>x</p>",
    "a font": (
        '<style>@font-face {{ font-family: "x"; src: url({}) }} p {{ font-family: "x"'
        " }}</style><p>x</p>"
    ),
    "an object": '<object data="{}"></object>',
    "an embedded page": '<embed src="{}">',
    "an attachment": '<a rel="attachment" href="{}">x</a>',
    "an attachment of the page": '<link rel="attachment" href="{}">',
    "a drawing": '<svg width="9" height="9"><image href="{}" width="9" height="9"/></svg>',
}


def page_with(body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><title>x</title></head><body>{body}</body></html>'
    )


@pytest.mark.parametrize("what", ASKS)
def test_a_page_that_asks_for_a_file_makes_no_pdf(what: str) -> None:
    with pytest.raises(OutsideAccess, match="must hold everything it shows"):
        to_pdf(page_with(ASKS[what].format("file:///etc/passwd")))


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "ftp://127.0.0.1:9/x"])
@pytest.mark.parametrize("what", few(ASKS, 2))
def test_a_page_that_asks_the_network_makes_no_pdf(what: str, address: str) -> None:
    with pytest.raises(OutsideAccess, match="must hold everything it shows"):
        to_pdf(page_with(ASKS[what].format(address)))


def test_a_page_that_moves_its_own_base_makes_no_pdf() -> None:
    html = page_with('<img src="passwd" alt="">').replace(
        "<head>", '<head><base href="file:///etc/">'
    )
    with pytest.raises(OutsideAccess):
        to_pdf(html)


def test_a_picture_inside_the_page_may_ask_for_nothing_either(tmp_path: Path) -> None:
    with pytest.raises(OutsideAccess):
        to_pdf(page_with(with_image("file:///etc/passwd")))


def test_what_the_page_itself_holds_is_shown() -> None:
    dot = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
        "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    assert to_pdf(page_with(f'<img alt="a dot" src="data:image/png;base64,{dot}">')).startswith(
        b"%PDF-"
    )


def test_the_parser_of_these_tests_sees_markup_that_came_through() -> None:
    from rendered import page_of

    page: Element = page_of(
        '<p title="a"><img src="x" onerror="alert(1)"><a href="javascript:alert(1)">x</a></p>'
    )
    assert outside(page) == ["onerror", "x", "javascript:alert(1)"]
