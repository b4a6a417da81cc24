"""The page and the PDF as a director meets them.

Readable by machine and by ear, on a screen, a phone and paper.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject
from rendered import PERIOD, PROJECT, Element, Run, few, figures, page_of, squeezed, words
from seen import LOOKS, OUTLOUD, SCREENS, errors_heard, first_ends, violations

import ffanalysis as ff
from ffanalysis.present import signs
from ffanalysis.render import page as render_page
from ffanalysis.run.files import exception_note

PAGES = [f"{PROJECT}.html", "index.html"]
PDFS = [f"{PROJECT}.pdf", "programme.pdf"]
BANNER = "Concept stage, not approved"


# Every figure is marked, and says what it shows


UNITS = {"": 100, "k": 100_000, "m": 100_000_000}


ONES = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ONES += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
ONES += ["eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = ONES + [f"{ten}-{one}" if one != "no" else ten for ten in TENS for one in ONES[:10]]


def read_back(text: str, table: str) -> Decimal:
    """What a figure's text says.

    Pence where it is money, in £000 where its table says so; else the plain number.
    """
    text = text.removesuffix(" (partial)").replace("−", "-")
    if text == "nil":
        return Decimal(0)
    if text.lower() in NUMBERS:
        return Decimal(NUMBERS.index(text.lower()))
    if found := re.fullmatch(r"(-?)£([\d,]+(?:\.\d+)?)([km]?)", text):
        amount = Decimal(found[2].replace(",", "")) * UNITS[found[3]]
        return -amount if found[1] else amount
    if found := re.fullmatch(r"(\(?)([\d,]+(?:\.\d+)?)\)?", text):
        number = Decimal(found[2].replace(",", "")) * (100_000 if "£000" in table else 1)
        return -number if found[1] else number
    return Decimal(text.removesuffix("%"))


def roundings(pence: int, figures: int) -> set[int]:
    """An amount to the nearest unit, halves away from nil, in each unit that bears its figures.

    So many significant figures or more, and whole pounds; of less than £100 only the penny.
    """
    size = abs(pence)
    coarsest = max(2, len(str(size)) - figures) if size >= 10_000 else 0
    units = [10**places for places in range(coarsest + 1)]
    return {(1 if pence > 0 else -1) * ((2 * size + unit) // (2 * unit)) * unit for unit in units}


@pytest.mark.parametrize(
    ("pence", "figures", "rounded"),
    [
        (108_300_000, 3, {108_300_000, 108_000_000}),
        (-245_500_000, 3, {-245_500_000, -246_000_000}),
        (18_292_450, 3, {18_292_450, 18_292_500, 18_292_000, 18_290_000, 18_300_000}),
        (18_292_450, 2, {18_292_450, 18_292_500, 18_292_000, 18_290_000, 18_300_000, 18_000_000}),
        (31_850, 3, {31_850, 31_900}),
        (9_950, 3, {9_950}),
        (0, 3, {0}),
    ],
)
def test_the_roundings_that_these_tests_allow_are_right(
    pence: int, figures: int, rounded: set[int]
) -> None:
    assert roundings(pence, figures) == rounded


@pytest.mark.parametrize(
    ("text", "table", "pence"),
    [
        ("£2.455m", "", 245_500_000),
        ("−£902,000", "", -90_200_000),
        ("£1,495,000", "", 149_500_000),
        ("£318.50", "", 31_850),
        ("1,495", "Savings £000", 149_500_000),
        ("(318)", "Savings £000", -31_800_000),
        ("nil", "Savings £000", 0),
        ("3,000", "", 3000),
        ("9.2%", "", Decimal("9.2")),
    ],
)
def test_the_reading_of_figures_by_these_tests_is_right(text: str, table: str, pence: int) -> None:
    assert read_back(text, table) == pence


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_has_its_value_and_shows_it(example: Run, name: str) -> None:
    found = list(figures(example.page(name)))
    assert len(found) > 30
    unlike = []
    for figure, table in found:
        if figure.tag == "data":
            is_money = figure.attributes.get("data-unit") is None
            value = Decimal(figure.attributes["value"])
            # A table is exact, and so is a number that is no money; a sentence rounds an amount.
            shown = roundings(int(value), 3) if is_money and not table else {value}
            if read_back(figure.text, table if is_money else "") not in shown:
                unlike.append(
                    (figure.attributes["data-figure"], figure.text, figure.attributes["value"])
                )
        else:
            assert "value" not in figure.attributes
            assert "not stated" in figure.text
    assert unlike == []


@pytest.mark.parametrize("name", PAGES)
def test_a_name_of_a_figure_stands_for_one_value(example: Run, name: str) -> None:
    values = defaultdict(set)
    for figure, _ in figures(example.page(name)):
        values[figure.attributes["data-figure"]].add(figure.attributes.get("value"))
    assert {name: found for name, found in values.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", PAGES)
def test_every_cell_of_a_figure_is_a_cell_of_a_workbook(example: Run, name: str) -> None:
    raw = example.root / "data" / "raw" / PERIOD
    books = {path.name: openpyxl.load_workbook(path) for path in raw.iterdir()}
    written = [
        figure.attributes["data-cells"]
        for figure, _ in figures(example.page(name))
        if "data-cells" in figure.attributes
    ]
    cells = {cell for line in written for cell in line.split("; ")}
    assert len(cells) > 15
    for cell in cells:
        workbook, sheet, address = cell.split("!")
        page = books[workbook][sheet]
        assert re.fullmatch(r"[A-Z]+[1-9]\d*", address)
        assert page[address].row <= page.max_row
        assert page[address].column <= page.max_column


# The units that stand in the sheets, in pence; the amounts of the base budget carry their own.
SHEETS = {
    "Current programme": 100_000,
    "Proposed savings": 100_000,
    "Split by route": 100_000_000,
    "Delivered 2014-15": 100_000_000,
    "Controllable budget 2013-14": 100_000_000,
    "Base budget 2015-16": 0,
}


def test_a_figure_from_one_cell_is_the_amount_in_that_cell(example: Run) -> None:
    raw = example.root / "data" / "raw" / PERIOD
    books = {path.name: openpyxl.load_workbook(path) for path in raw.iterdir()}
    compared = 0
    for figure, _ in figures(example.page(f"{PROJECT}.html")):
        cells = figure.attributes.get("data-cells", "")
        if figure.tag != "data" or "data-unit" in figure.attributes or not cells or ";" in cells:
            continue
        workbook, sheet, address = cells.split("!")
        value = books[workbook][sheet][address].value
        expected = (
            read_back(str(value), "")
            if isinstance(value, str)
            else Decimal(str(value)) * SHEETS[sheet]
        )
        assert Decimal(figure.attributes["value"]) == expected, cells
        compared += 1
    assert compared > 30


def unmarked(page: Element) -> list[str]:
    """Amounts that the page speaks in its own words without marking them.

    What it quotes from a workbook is not its own.
    """
    found = []
    for part in page.inside:
        if isinstance(part, str):
            found += re.findall(r"£\d[\d,.]*[km]?(?!\d*\b00)", part.replace("£000", ""))
        elif (
            part.tag not in {"data", "dd", "blockquote", "style", "title", "ol"}
            and part.attributes.get("class") != "how"
        ):
            found += unmarked(part)
    return found


def test_an_amount_in_plain_words_is_found() -> None:
    assert unmarked(
        page_of("<p>It saves £902,000 of <data>£2m</data> (£000).</p><blockquote>£5</blockquote>")
    ) == ["£902,000"]


@pytest.mark.parametrize("name", PAGES)
def test_every_amount_that_a_page_speaks_is_marked(example: Run, name: str) -> None:
    assert unmarked(example.page(name)) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "index.html"])
def test_every_picture_says_its_figures_in_words(example: Run, name: str) -> None:
    pictures = list(example.page(name).all("img"))
    assert pictures
    assert [item for item in pictures if not re.search(r"\d", item.attributes["alt"])] == []


# Nothing of the form is lost


def written_in(example: Run, sheet: str, first_row: int) -> list[str]:
    """The texts of a register's sheet below its heading, line by line."""
    book = openpyxl.load_workbook(example.root / "data" / "raw" / PERIOD / "register.xlsx")
    rows = book[sheet].iter_rows(min_row=first_row, values_only=True)
    return [
        words(line) for row in rows for value in row if value for line in str(value).splitlines()
    ]


def form(example: Run) -> list[str]:
    texts = written_in(example, "Projects", 4)
    for sheet in ("Milestones", "Risks", "Sign-off", "Deadlines"):
        texts += written_in(example, sheet, 4)
    # A day that was signed on is written out.
    return ["27 August 2015" if text == "27.08.2015" else text for text in texts]


@cache
def page_texts(path: Path) -> tuple[str, ...]:
    return tuple(page.extract_text() for page in PdfReader(path).pages)


def pdf_text(path: Path) -> str:
    """The text of a PDF without spaces and without the heads and feet of its pages."""
    pages = [squeezed(text) for text in page_texts(path)]
    title = squeezed("Special Education Needs and Disabilities Contract Efficiency")
    first, *others = [re.sub(r"Page\d+of\d+", "", text) for text in pages]
    return first + "".join(
        text.replace(title, "", 1).replace(squeezed(BANNER), "", 1) for text in others
    )


def test_the_form_of_the_example_has_its_fields(example: Run) -> None:
    texts = form(example)
    assert {
        "John Campion",
        "Lucy Hodgson and Sheila Blagg",
        "FURTHER",
        "2016 TBC",
        "Steph Simcox",
        "3000 or so",
    } <= set(texts)
    assert len(texts) > 60


def test_every_field_of_the_form_is_on_the_page(example: Run) -> None:
    shown = squeezed(example.page(f"{PROJECT}.html").one("main").text)
    assert [text for text in form(example) if squeezed(text) not in shown] == []


def test_every_field_of_the_form_is_in_the_pdf(example: Run) -> None:
    shown = pdf_text(example.folder / f"{PROJECT}.pdf")
    assert [text for text in form(example) if squeezed(text) not in shown] == []


# The PDF


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_is_a4_throughout(example: Run, name: str) -> None:
    for page in PdfReader(example.folder / name).pages:
        assert float(page.mediabox.width) == pytest.approx(595.28, abs=0.5)
        assert float(page.mediabox.height) == pytest.approx(841.89, abs=0.5)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (f"{PROJECT}.pdf", f"SEN Contract Efficiency: briefing {PERIOD}"),
        ("programme.pdf", f"Programme: briefing {PERIOD}"),
    ],
)
def test_a_pdf_is_tagged_and_says_its_language_and_title(
    example: Run, name: str, title: str
) -> None:
    reader = PdfReader(example.folder / name)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == title
    described = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", described)
    assert title in described


def structure(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every element of the structure tree."""
    root: Any = reader.trailer["/Root"]
    left = [root["/StructTreeRoot"].get("/K")]
    while left:
        item = left.pop().get_object()
        if isinstance(item, ArrayObject):
            left += [*item][::-1]
        elif isinstance(item, DictionaryObject):
            if "/S" in item:
                yield item
            if "/K" in item:
                left.append(item["/K"])


@pytest.mark.parametrize(("name", "page"), list(zip(PDFS, PAGES, strict=True)))
def test_every_heading_of_a_table_says_what_it_heads(example: Run, name: str, page: str) -> None:
    headings = [item for item in structure(PdfReader(example.folder / name)) if item["/S"] == "/TH"]
    scopes = []
    for item in headings:
        about: Any = item["/A"].get_object()
        about = about if isinstance(about, ArrayObject) else [about]
        scopes += [part.get_object().get("/Scope") for part in about]
    in_page = [item.attributes["scope"] for item in example.page(page).all("th")]
    assert len(scopes) == len(headings)
    assert scopes.count("/Row") == in_page.count("row")
    # A heading is said again where its table goes on over the page.
    assert scopes.count("/Column") >= in_page.count("col") > 0
    assert set(scopes) <= {"/Row", "/Column"}


@pytest.mark.parametrize(("name", "page"), list(zip(PDFS, PAGES, strict=True)))
def test_every_picture_of_a_pdf_has_the_words_of_the_page(
    example: Run, name: str, page: str
) -> None:
    said = [
        str(item["/Alt"]) for item in structure(PdfReader(example.folder / name)) if "/Alt" in item
    ]
    assert said == [item.attributes["alt"] for item in example.page(page).all("img")]


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_takes_no_font_from_the_machine(example: Run, name: str) -> None:
    pages: Any = PdfReader(example.folder / name).pages
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in pages
        for font in page["/Resources"]["/Font"].values()
    }
    always = {"FF-Sans", "FF-Sans-Semi-Bold"}
    assert always <= fonts <= {*always, "FF-More", "FF-Signs"}


def test_the_banner_is_on_the_first_page_and_at_the_head_of_every_other(example: Run) -> None:
    pages = [words(text) for text in page_texts(example.folder / f"{PROJECT}.pdf")]
    assert pages[0].startswith(BANNER)
    assert [number for number, text in enumerate(pages) if BANNER not in text] == []


def test_the_message_comes_first_and_the_reference_follows(example: Run) -> None:
    pages = [words(text) for text in page_texts(example.folder / f"{PROJECT}.pdf")]
    assert "SEN Contract Efficiency proposes to save £100,000 in 2017/18" in pages[0]
    for page, heading in enumerate(["What could make this wrong", "Savings by year", "Annex:"]):
        assert [number for number, text in enumerate(pages) if heading in text] == [page]
    assert len(pages) <= 6
    marks = [
        entry["/Title"]
        for entry in PdfReader(example.folder / f"{PROJECT}.pdf").outline
        if isinstance(entry, dict)
    ]
    (top,) = marks
    assert top == "Special Education Needs and Disabilities Contract Efficiency"
    headings = [item.text for item in example.page(f"{PROJECT}.html").all("h2")]
    assert headings == [
        "What we ask of you",
        "What could make this wrong",
        "Savings by year",
        "Milestones and deadlines",
        "Risks",
        "Annex: evidence for the finance office",
    ]


@pytest.fixture(scope="module")
def heard(example: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors that the checker finds, by file.

    Among the files one whose headings have lost what they head.
    """
    if not OUTLOUD.is_file():
        pytest.skip("the PDF checker is not installed: make test makes .tools/outloud")
    unscoped = tmp_path_factory.mktemp("heard") / "unscoped.pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render_page, "_scope_headings", lambda *_: None)
        unscoped.write_bytes(render_page.to_pdf(example.text(f"{PROJECT}.html")))
    return errors_heard([*(example.folder / name for name in PDFS), unscoped])


@pytest.mark.parametrize("name", PDFS)
def test_a_checker_of_accessible_pdfs_finds_no_error(
    heard: dict[str, list[str]], name: str
) -> None:
    assert heard[name] == []


def test_that_checker_does_find_a_heading_that_does_not_say_what_it_heads(
    heard: dict[str, list[str]],
) -> None:
    assert heard["unscoped.pdf"] != []


# The screen


@pytest.fixture(scope="module")
def shelf(example: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages to look at: the briefing, the programme page and an exception note."""
    folder = tmp_path_factory.mktemp("shelf")
    for name in PAGES:
        shutil.copy(example.folder / name, folder / name)
    quarter = ff.load(PERIOD, example.root).records
    sentence = "savings-schedule.xlsx, sheet Proposed savings, cell E10: 'tbx' is not an amount."
    (folder / "note.html").write_text(
        exception_note(PERIOD, quarter.as_of, "SEN Contract Efficiency", [sentence], refused=True),
        "utf-8",
    )
    return folder


LOOKED_AT = [*PAGES, "note.html"]


@pytest.mark.browser
@pytest.mark.parametrize(("screen", "scheme"), few(LOOKS, 2))
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_against_a_page(
    browser: Any, shelf: Path, name: str, screen: tuple[int, int], scheme: str
) -> None:
    assert violations(browser, shelf / name, *screen, scheme) == []


@pytest.mark.browser
def test_the_message_and_the_key_figures_are_on_the_first_screen(browser: Any, shelf: Path) -> None:
    message, keys = first_ends(browser, shelf / f"{PROJECT}.html")
    assert message < keys <= 900


@pytest.mark.browser
def test_a_page_follows_the_readers_dark_mode(browser: Any, shelf: Path) -> None:
    found = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto((shelf / f"{PROJECT}.html").as_uri())
        found.append(
            [
                page.evaluate(f"getComputedStyle(document.querySelector('{name}')).backgroundColor")
                for name in ("body", ".ff")
            ]
        )
        page.close()
    assert found == [["rgb(255, 255, 255)"] * 2, ["rgb(15, 23, 32)"] * 2]


@pytest.mark.browser
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_asks_the_browser_for_nothing_but_itself(
    browser: Any, shelf: Path, name: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((shelf / name).as_uri(), wait_until="networkidle")
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [(shelf / name).as_uri()]
    assert complaints == []


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    return [item.bounding_box() for item in page.query_selector_all(selector)]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_page_fits_the_width_of_its_screen(
    browser: Any, shelf: Path, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    wide = {}
    for name in LOOKED_AT:
        page.goto((shelf / name).as_uri())
        wide[name] = page.evaluate("document.scrollingElement.scrollWidth")
    context.close()
    assert {name: found for name, found in wide.items() if found > width} == {}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_banner_and_the_message_are_on_the_first_screen(
    browser: Any, shelf: Path, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto((shelf / f"{PROJECT}.html").as_uri())
    (banner,), (message,), (title,) = (
        boxes(page, selector) for selector in (".banner", "p.message", "h1")
    )
    first, second, *_ = boxes(page, "ul.keys > li")
    shown = page.inner_text(".banner strong")
    context.close()
    assert shown == BANNER
    assert banner["y"] < title["y"] < message["y"] < first["y"]
    assert banner["y"] + banner["height"] <= height
    assert message["y"] + message["height"] <= height
    if width == 1280:
        assert max(first["y"] + first["height"], second["y"] + second["height"]) <= height


@pytest.mark.browser
def test_text_of_a_page_is_drawn_in_the_fonts_it_brings(browser: Any, shelf: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((shelf / f"{PROJECT}.html").as_uri())
    loaded = page.evaluate(
        "document.fonts.ready.then(fonts => [...fonts].filter(f => f.status === 'loaded').map(f =>"
        " f.family))"
    )
    context.close()
    ours = {"FF Sans", "FF More", "FF Signs"}
    assert {"FF Sans"} <= {family.strip('"') for family in loaded} <= ours


# The page's fonts


@pytest.mark.parametrize("sign", ["ŵ", "ż", "✓", "◦", "Ω"])
def test_a_rare_sign_brings_its_own_font(sign: str) -> None:
    assert render_page._font_faces(f"a {sign} b").count("@font-face") in (3, 4)
    covered = signs.covered(signs.WEIGHTS[signs.REGULAR]) | signs.covered(signs.FALLBACK)
    assert ord(sign) in covered
