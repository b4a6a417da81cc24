"""The body of a mail: labels and amounts apart, captions over pictures, nothing unknown in it."""

import base64
import re

import pytest
from rendered import PROJECT, Run
from test_mail import FORBIDDEN, dot, page, parsed
from test_mail import letter as made_of

from ffanalysis.deliver.first_page import MOST_WIDTH, FirstPage, Picture, first_page
from ffanalysis.deliver.mail_html import html_of, text_of

# What Outlook's Word engine ignores or a gateway takes out, beside what test_mail has.
IGNORED = re.compile(
    r"display\s*:|float\s*:|position\s*:|z-index|overflow|(?:min|max)-(?:width|height)\s*:"
    r"|\bgap\s*:|order\s*:\s*\d|align-(?:items|self|content)|justify-content|object-fit"
    r"|background(?:-image)?\s*:\s*[^;\"]*(?:url|gradient)|filter\s*:|clip-path|text-shadow"
    r"|letter-spacing\s*:\s*-|--[a-z]+\s*:|var\(|clamp\(|min\(|max\(|rgba\(|hsla?\(|#[0-9a-f]{8}\b"
    r"|:hover|::?(?:before|after)|@(?:import|font-face|supports|container)|animation|transition"
    r"|<(?:svg|canvas|picture|source|section|article|figure|figcaption|main|header|footer|details"
    r"|button|input|select|audio|object|embed|map|base|nav)\b|srcset=|onload|javascript:"
    r"|\b(?:vw|vh|ch|rem|em)\b\s*[;\"]",
    re.I,
)
CHART = (
    '<figure><figcaption>What has <data value="2">two</data> lines</figcaption><div>'
    f'<img alt="A line" width="500" src="data:image/png;base64,{base64.b64encode(dot()).decode()}">'
    "</div></figure>"
)
FACTS = (
    '<ul class="line"><li><span class="label">Posts</span> 7 FTE</li>'
    "<li>Neither label nor amount</li></ul>"
    '<ul class="keys"><li><span class="label">RAG</span> <span class="big rags">'
    '<span class="rag amber">Amber</span> <span class="rag red">Red</span></span>'
    ' <span class="note">£3 Amber</span></li></ul>'
)


def body(inside: str = "", after: str = "") -> tuple[str, str]:
    """The HTML and the plain text of a mail of a page that has this too."""
    found = first_page(page(inside=inside, after=after))
    pictures = {f"picture-{number}": each for number, each in enumerate(found.pictures)}
    return html_of(found, "OFFICIAL", pictures), text_of(found, "OFFICIAL")


def shown(html: str) -> str:
    """What is read of it, block by block, as text."""
    lines = re.sub(r"</(?:p|li|tr|th|td|h1|h2)>|<br>", "\n", html.partition("<body")[2])
    return re.sub(r"<[^>]*>", "", lines.partition(">")[2])


def test_a_label_and_its_amount_do_not_run_together() -> None:
    html, text = body(FACTS)
    assert "Posts: 7 FTE" in shown(html)
    assert "* Posts: 7 FTE" in text
    assert "* Neither label nor amount" in text
    assert "Amber, Red\n£3 Amber" in shown(html)
    assert "RAG: Amber, Red (£3 Amber)" in text


def test_a_picture_has_its_caption_above_it_and_its_width() -> None:
    html, text = body(after=CHART)
    above, _, image = html.partition("<img ")
    assert re.sub(r"<[^>]*>", "", above).strip().endswith("What has two lines")
    assert 'alt="A line"' in image
    assert 'width="500"' in image
    assert "What has two lines\nA line" in text


def test_a_picture_that_is_wider_than_a_mail_is_shown_smaller() -> None:
    for stated, width in (
        ('width="800"', MOST_WIDTH),
        ("", MOST_WIDTH),
        ('width="9x"', MOST_WIDTH),
    ):
        found = first_page(page(after=CHART.replace('width="500"', stated)))
        assert [picture.width for picture in found.pictures] == [width]


@pytest.mark.parametrize(
    ("first", "said"),
    [("<td>Adults</td>", "Adults: Now 5"), ('<td><data value="4">4</data></td>', "Then 4; Now 5")],
)
def test_a_table_whose_rows_have_no_name_is_read_by_its_headings(first: str, said: str) -> None:
    table = f"<table><tr><th>Then</th><th>Now</th></tr><tr>{first}<td>5</td></tr></table>"
    html, text = body(table)
    assert said in text
    assert ("<th>Adults</th>" in re.sub(r' style="[^"]*"', "", html)) is ("Adults" in first)


def test_nothing_of_a_real_page_is_what_outlook_ignores(example: Run) -> None:
    found = first_page(example.text(f"{PROJECT}.html"))
    pictures = {f"picture-{number}": each for number, each in enumerate(found.pictures)}
    for html in (html_of(found, "OFFICIAL", pictures), body(FACTS, CHART)[0]):
        assert IGNORED.findall(html) == []
        assert FORBIDDEN.findall(html) == []
        for image in re.findall(r"<img[^>]*>", html):
            assert re.search(r' alt="[^"]+"', image)
            assert 0 < int(re.findall(r' width="(\d+)"', image)[0]) <= MOST_WIDTH
        # No table in another, and no block between the rows of one.
        for table in re.findall(r"(?s)<table.*?</table>", html):
            assert table.count("<table") == 1
            between = re.sub(r"(?s)<tr.*?</tr>|</?t(?:body|head|able)[^>]*>", "", table)
            assert between.strip() == ""


def test_without_its_pictures_a_mail_says_the_same() -> None:
    with_pictures = FirstPage("a", "A", (), (Picture(dot(), "What it shows", "Its caption"),))
    html = html_of(with_pictures, "", {"picture-1": with_pictures.pictures[0]})
    blocked = re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r"\1", html)
    assert "Its caption\nWhat it shows" in shown(blocked)


def test_the_plain_text_of_a_whole_mail_has_the_captions() -> None:
    made = parsed(made_of(page=page(after=CHART)))
    plain = made.get_body(("plain",))
    assert plain is not None
    assert "What has two lines" in plain.get_content()


def test_the_marking_stands_once_at_the_head() -> None:
    html, text = body('<p class="marking">OFFICIAL</p>')
    assert shown(html).count("OFFICIAL") == text.count("OFFICIAL") == 1
