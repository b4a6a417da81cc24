"""What an analyst puts between our cells reaches the page in the house style, or is said."""

import base64

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat import v4 as nb
from rendered import outside, page_of
from test_settings import png, svg

from ffanalysis.present.heads import VERSION
from ffanalysis.present.html import Part, tag
from ffanalysis.render.markup import clean
from ffanalysis.render.page import Page, to_html, to_pdf

PNG = base64.b64encode(png()).decode()
TABLE = """<div>
<style scoped>.dataframe tbody tr th {vertical-align: top;}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>Branch</th>
<th>Hours</th></tr></thead><tbody><tr><th>0</th><td>North &amp; East</td><td>1,200</td></tr>
<tr><th>1</th><td>South</td><td>-30.5</td></tr></tbody></table></div>"""
PART = Part("part", tag("p", "Ours", class_="note"))._repr_html_()


def shows(data: dict[str, str], source: str = "f()", **more: object) -> NotebookNode:
    """A code cell that shows this; `more` is the metadata of the cell."""
    output = nb.new_output("display_data", data)
    return nb.new_code_cell(source, outputs=[output], metadata=dict(more), execution_count=1)


def made_of(*cells: NotebookNode) -> tuple[str, list[str]]:
    """The page of these cells, and what the run says of them."""
    page = Page("Title", "Description", notebook="n.ipynb")
    return to_html(nb.new_notebook(cells=list(cells)), page), page.remarks


def test_our_own_parts_pass_as_they_are() -> None:
    assert clean(PART).html == PART
    html, remarks = made_of(shows({"text/html": PART}))
    assert PART in html
    assert remarks == []


def test_a_frame_is_set_as_our_tables_are() -> None:
    html, remarks = made_of(nb.new_markdown_cell("### Hours *lost*"), shows({"text/html": TABLE}))
    page = page_of(html)
    region = page.one("div", role="region")
    assert region.attributes["aria-label"] == "Hours lost"
    table = region.one("table")
    assert table.attributes == {}
    heads = [(item.text, item.attributes.get("scope")) for item in table.all("th")]
    assert heads == [("Branch", "col"), ("Hours", "col"), ("0", "row"), ("1", "row")]
    numbers = [item.text for item in table.all("td") if "n" in item.classes]
    assert numbers == ["1,200", "-30.5"]
    assert [item.text for item in table.all("td")][1] == "North & East"
    assert remarks == []


@pytest.mark.parametrize(
    ("cells", "alt"),
    [
        ([shows({"image/png": PNG}, alt="Hours by branch")], "Hours by branch"),
        (
            [nb.new_markdown_cell("\n## Hours **lost**\n\nmore"), shows({"image/png": PNG})],
            "Hours lost",
        ),
        ([shows({"image/png": PNG}, "x.plot(title='Hours by branch')")], "Hours by branch"),
        ([shows({"image/png": PNG}, "plt.title('Hours \\n lost')\nplt.show()")], "Hours lost"),
        ([shows({"image/svg+xml": svg("<title>Falls</title>").decode()})], "Falls"),
        ([shows({"image/png": PNG}, alt=["First"])], "First"),
    ],
)
def test_a_chart_is_read_aloud_by_what_its_analyst_wrote(
    cells: list[NotebookNode], alt: str
) -> None:
    html, remarks = made_of(*cells)
    assert page_of(html).one("img").attributes["alt"] == alt
    assert remarks == []


def test_no_two_regions_of_a_page_are_called_alike() -> None:
    one, other = (shows({"image/png": PNG}, alt="Hours") for _ in range(2))
    html, _ = made_of(one, shows({"text/html": TABLE}), other, shows({"text/html": TABLE}))
    names = [
        item.attributes["aria-label"]
        for item in page_of(html).all("div")
        if "role" in item.attributes
    ]
    assert names == ["Chart: Hours", "Table", "Chart: Hours (2)", "Table (2)"]


def test_a_chart_without_a_description_is_shown_and_said() -> None:
    html, remarks = made_of(nb.new_code_cell("1"), shows({"image/png": PNG}, "plt.bar(a, b);"))
    assert page_of(html).one("img").attributes["alt"] == "Chart without a description"
    assert remarks == [
        (
            "n.ipynb, cell 2 ('plt.bar(a, b);'): a chart has no description; write one as `alt`"
            " into the cell's metadata, or as Markdown before it."
        )
    ]


def test_text_and_markdown_are_shown_escaped() -> None:
    printed = nb.new_code_cell("print(x)", outputs=[nb.new_output("stream", text="5 < 6 & <b>\n")])
    html, remarks = made_of(
        printed, shows({"text/markdown": "**Bold** text"}), shows({"text/plain": "< 42 >"})
    )
    page = page_of(html)
    assert [item.text for item in page.all("pre")] == ["5 < 6 & <b>", "< 42 >"]
    assert page.one("strong").text == "Bold"
    assert remarks == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"application/vnd.plotly.v1+json": "{}", "text/plain": "Figure()"}, ""),
        (
            {"image/jpeg": "x", "text/plain": "<Image object>"},
            "an output of image/jpeg is left out",
        ),
        (
            {"text/plain": "[<Line2D at 0x7f00>]"},
            "'[<Line2D>]' describes an object and is left out",
        ),
        ({"text/plain": "Text(0.5, 1.0, 'x')"}, "'Text(0.5, 1.0, 'x')' describes an object"),
        ({"image/png": "bm90IGEgcG5n"}, "a picture is no PNG and is left out"),
        ({"image/svg+xml": "<svg"}, "a picture is no SVG that can be read"),
        ({"text/html": "<style>p{}</style>"}, "an output of text/html holds nothing that a page"),
        ({"text/plain": "x" * 20_001}, "a text of 20,001 letters is left out; show at most 20,000"),
    ],
)
def test_what_is_not_shown_is_said(data: dict[str, str], said: str) -> None:
    html, remarks = made_of(shows(data))
    if said:
        (remark,) = remarks
        assert remark.startswith(f"n.ipynb, cell 1 ('f()'): {said}")
        assert not list(page_of(html).all("img", "pre"))
    else:
        assert page_of(html).one("pre").text == "Figure()"


def test_a_raw_cell_is_said_and_what_is_meant_for_the_notebook_is_not() -> None:
    html, remarks = made_of(
        nb.new_raw_cell("raw words"),
        nb.new_markdown_cell("quiet words", metadata={"tags": ["notebook-only"]}),
        shows({"text/html": "<b>setting up</b>"}, tags=["setup"]),
    )
    assert remarks == [
        "n.ipynb, cell 1 ('raw words'): a raw cell is left out; make it a Markdown cell to show it."
    ]
    assert not any(word in html for word in ("raw words", "quiet words", "setting up"))


def test_cells_are_numbered_as_the_analyst_sees_them() -> None:
    injected = nb.new_code_cell("period = 1", metadata={"tags": ["injected-parameters"]})
    _, remarks = made_of(nb.new_code_cell("period = 0"), injected, nb.new_raw_cell("x"))
    assert remarks[0].startswith("n.ipynb, cell 2 ('x'): ")


HOSTILE = (
    ("<script>alert(1)</script><p>kept</p>", "a script"),
    ('<p onclick="alert(1)">kept</p>', "a handler (onclick)"),
    ('<img src="http://example.org/a.png"><p>kept</p>', "the picture 'http://example.org/a.png'"),
    ('<a href="javascript:alert(1)">kept</a>', "a link to 'javascript:alert(1)'"),
    ('<iframe src="http://example.org"></iframe><p>kept</p>', "<iframe>"),
    ('<link rel="stylesheet" href="http://example.org/a.css"><p>kept</p>', "<link>"),
    ('<form action="http://example.org"><input></form><p>kept</p>', "<form>"),
    ('<svg onload="alert(1)"><a/></svg><p>kept</p>', "<svg>"),
    ('<object data="x"></object><p>kept</p>', "<object>"),
    ('<base href="http://example.org/"><p>kept</p>', "<base>"),
    ('<div class="ff"><p onclick="alert(1)">kept</p></div>', "a handler (onclick)"),
    ('<div class="ff"><script>alert(1)</script>kept</div>', "a script"),
)


@pytest.mark.parametrize(("hostile", "said"), HOSTILE)
@pytest.mark.parametrize("is_markdown", [True, False])
def test_nothing_hostile_reaches_a_page(hostile: str, said: str, is_markdown: bool) -> None:
    cell = nb.new_markdown_cell(hostile) if is_markdown else shows({"text/html": hostile})
    html, remarks = made_of(cell)
    page = page_of(html)
    assert outside(page) == []
    assert "kept" in page.text
    assert any(f": {said}" in remark for remark in remarks)


def test_markup_that_is_not_closed_stays_in_its_cell() -> None:
    html, _ = made_of(
        shows({"text/html": "</div></main><p>un<b>closed"}), nb.new_markdown_cell("End")
    )
    page_of(html)
    assert html.index("End") < html.index("</main>")


def test_a_heading_over_a_section_that_is_off_goes_with_it() -> None:
    off = shows({"text/html": Part("bridge", tag("p"))._repr_html_().replace("<p></p>", "")})
    on = shows({"text/html": PART})
    cells = [nb.new_markdown_cell("### Off"), off, nb.new_markdown_cell("### On"), on]
    heads = [item.text for item in page_of(made_of(*cells)[0]).all("h3")]
    assert heads == ["On"]
    kept = [nb.new_markdown_cell("### Off"), off, on]
    assert [item.text for item in page_of(made_of(*kept)[0]).all("h3")] == ["Off"]


def test_a_page_says_its_version_and_a_pdf_on_every_page() -> None:
    import io

    import pypdf

    head = Part("title", tag("p", "As of 30 September 2015", VERSION, class_="eyebrow"))
    cells = [shows({"text/html": head._repr_html_()}), shows({"text/html": TABLE})]
    cells += [nb.new_markdown_cell("## Next", metadata={"tags": ["new-page"]})]
    notebook = nbformat.from_dict(nb.new_notebook(cells=cells))
    html = to_html(notebook, Page("T", "D", version="1a2b3c4d"))
    eyebrow = page_of(html).one("p", **{"class": "eyebrow"}).text
    assert eyebrow == "As of 30 September 2015 · Version 1a2b3c4d"
    pages = pypdf.PdfReader(io.BytesIO(to_pdf(html))).pages
    assert [page.extract_text().count("Version 1a2b3c4d") for page in pages] == [2, 1]
    assert "Version" not in to_html(notebook, Page("T", "D")).partition("<main")[2]
