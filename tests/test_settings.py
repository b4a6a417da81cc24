"""A council's own settings: the schema, its refusals by name, and what a page shows of them."""

import base64
import importlib.util
import struct
import zlib
from pathlib import Path

import pytest
from rendered import ROOT, page_of
from rows import with_rows
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis import checks, pictures
from ffanalysis.errors import SettingsWrong
from ffanalysis.present import words
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.look import look_of, stylesheet
from ffanalysis.present.programme import Programme
from ffanalysis.read.settings import settings_in, settings_rows
from ffanalysis.run.project_rows import ProjectRows
from ffanalysis.savings.quarter import Quarter
from ffanalysis.settings import Colours, Settings, contrast_with_white, from_rows

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | CMR lead | Service | Programme | Status
Alpha   | Alpha | New | Cllr A | Libraries | Example | Closed
"""
SCHEDULE = """schedule.xlsx!Savings
£000
Project | Plan | Type of saving | RAG | 2016/17
Alpha | Current | New | Amber | 100
"""
SIGNED = """register.xlsx!Sign-off
Project | Role | Name | Date | Capacity
Alpha | CMR | Cllr A | 1 September 2015 | member
Alpha | SLT lead | B | 2 September 2015 | officer
"""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more: bytes) -> bytes:
    """A red point, with further parts before its picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def svg(inside: str, attributes: str = "") -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {space} {attributes}>{inside}</svg>".encode()


def drawn(picture: pictures.Picture) -> str:
    return base64.b64decode(picture.data.partition(",")[2]).decode()


def refused(text: str, **beside: bytes) -> str:
    files = {name.replace("_", "."): content for name, content in beside.items()}
    with pytest.raises(SettingsWrong) as caught:
        settings_rows([text.encode()], files)
    assert caught.value.exit_code == 11
    return str(caught.value)


def with_settings(text: str, *sheets: str, **beside: bytes) -> Quarter:
    rows = settings_rows([text.encode()], {k.replace("_", "."): v for k, v in beside.items()})
    return with_rows(quarter(*(sheets or (REGISTER, SCHEDULE))), settings=rows)


def briefing_of(made: Quarter) -> Briefing:
    return Briefing.of(made, checks.check(made), "alpha")


# --- the schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[colour]\n", "[colour] is not known; did you mean [colours]? It may have: [programme], "),
        (
            "[colours]\nacent = '#000000'\n",
            "[colours] 'acent' is not known; did you mean accent? It",
        ),
        ("colours = 3\n", "colours is no table; write [colours] on a line of its own."),
        (
            "[colours]\naccent = 'navy'\n",
            "[colours] accent: 'navy' is no colour; write six hexadecimal digits behind #",
        ),
        # #f2a33a on white, by hand: 0.2126·0.888 + 0.7152·0.366 + 0.0722·0.042 = 0.4538;
        # 1.05 ÷ 0.5038 = 2.08.
        (
            "[colours]\namber = '#f2a33a'\n",
            "[colours] amber: '#f2a33a' has a contrast of 2.08 to 1 with white, and needs 4.5 ",
        ),
        ("[colours]\nred = 7\n", "[colours] red: '7' is no colour; write six"),
        (
            "[annex]\nbridge = 'no'\n",
            "[annex] bridge: 'no' is no switch; write true or false.",
        ),
        ("[annex]\nsources = false\n", "[annex] 'sources' is always printed; take the line away."),
        (
            "[numbers]\nnegatives = 'red'\n",
            "[numbers] negatives: 'red' is not known; write one of: brackets, minus.",
        ),
        ("[marking]\ntext = ' '\n", "[marking] text: ' ' is blank; write one line of at most 120"),
        ('[marking]\ntext = "A\\nB"\n', "[marking] text: 'A B' holds a line break or another sign"),
        (f"[marking]\ntext = '{'x' * 121}'\n", f"[marking] text: '{'x' * 60}…' is longer than 120"),
        (
            "[status_words]\n'Gate 2' = 'Delivering'\n",
            "[status_words] 'Gate 2': 'Delivering' is not known; write one of: Approved, In ",
        ),
        (
            "[status_words]\n'Gate 2' = 'Closed'\n'GATE  2' = 'On hold'\n",
            "[status_words] 'Gate 2' and 'GATE  2' are one; take one of the two lines away.",
        ),
        ("[logo]\nfile = 'a.png'\n", "[logo] alt is missing; write what is read aloud in place"),
        (
            "[logo]\nfile = '../a.png'\nalt = 'A'\n",
            "[logo] file: '../a.png' is no name of a file beside the settings; write the name of",
        ),
        (
            "[logo]\nfile = 'a.gif'\nalt = 'A'\n",
            "[logo] file: 'a.gif' is neither a .png nor a .svg",
        ),
        ("[logo]\nfile = 'a.png'\nalt = 'A'\n", "[logo] file: 'a.png' is not beside the settings;"),
    ],
)
def test_what_is_not_known_is_refused_in_one_sentence(text: str, said: str) -> None:
    sentence = refused(text)
    assert sentence.startswith(f"settings.toml: {said}")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54)]
)
def test_contrast_is_as_wcag_has_it(colour: str, contrast: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.005)


def test_of_two_files_the_last_holds_key_by_key() -> None:
    found = settings_in(
        [b"[marking]\ntext = 'OFFICIAL'\n[annex]\nbridge = false\n", b"[annex]\nbridge = true\n"]
    )
    assert (found.marking.text, found.annex.bridge) == ("OFFICIAL", True)


def test_rows_give_back_what_was_set_and_the_defaults_of_what_was_not() -> None:
    text = b"[annex]\nbridge = false\n[role_words]\nCMR = 'Cabinet Member'\n"
    rows = settings_rows([text], {})
    found = from_rows(tuple(row.values()) for row in rows)
    assert found == settings_in([text])
    assert (found.annex.bridge, found.annex.outlook) == (False, True)
    assert settings_rows([], {}) == []
    assert from_rows(()) == Settings()


def test_the_page_of_the_settings_is_what_the_schema_says() -> None:
    place = ROOT / "tools" / "settings_page.py"
    found = importlib.util.spec_from_file_location("settings_page", place)
    assert found
    assert found.loader
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page == tool.page()
    # The example that it begins with can be copied.
    example = page.partition("```toml\n")[2].partition("```")[0]
    found_settings = settings_in([example.encode()])
    assert found_settings.role("CMR") == "Cabinet Member with Responsibility"
    assert found_settings.all_markings == "OFFICIAL / OFFICIAL – SENSITIVE"


# --- pictures -------------------------------------------------------------------------------------


def test_a_png_keeps_its_picture_and_loses_its_texts() -> None:
    text = chunk(b"tEXt", b"Author\x00somebody") + chunk(b"tIME", b"\x07\xdf\x01\x01\x00\x00\x00")
    assert pictures.png(png(text)) == pictures.png(png())
    assert base64.b64decode(pictures.png(png(text)).data.partition(",")[2]) == png()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"GIF89a", "is no PNG"),
        (png()[:-20], "is a broken PNG"),
        (png().replace(b"IDAT", b"IDAx"), "is a broken PNG"),
        (
            png()[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 99999, 99999, 8, 2, 0, 0, 0)),
            "points",
        ),
    ],
)
def test_what_is_no_png_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(pictures.PictureWrong, match=why):
        pictures.png(content)


@pytest.mark.parametrize(
    ("content", "taken_out"),
    [
        (svg("<script>alert(1)</script><rect/>"), ("<script>",)),
        (svg("<rect/>", 'onload="alert(1)"'), ("a handler (onload)",)),
        (
            svg('<image href="http://example.org/a.png"/><rect/>'),
            ("a reference to something outside",),
        ),
        (svg('<use xlink:href="other.svg#a"/><rect/>'), ("a reference to something outside",)),
        (svg("<style>@import url(http://example.org)</style><rect/>"), ("a style that fetches",)),
        (svg('<rect style="fill:url(http://example.org/#a)"/>'), ("a style that fetches",)),
        (svg("<foreignObject><p>x</p></foreignObject><rect/>"), ("<foreignObject>",)),
        (svg('<set attributeName="href" to="javascript:1"/><rect/>'), ("<set>",)),
        (svg("<metadata><x/></metadata><rect fill='#00509d'/>"), ()),
    ],
)
def test_an_svg_loses_what_runs_or_fetches(content: bytes, taken_out: tuple[str, ...]) -> None:
    picture = pictures.svg(content)
    assert len(picture.taken_out) == len(taken_out)
    assert all(map(str.startswith, picture.taken_out, taken_out))
    text = drawn(picture)
    assert "<rect" in text
    assert not any(word in text for word in ("script", "onload", "example.org", "import", "<p>"))
    if taken_out:
        settings = "[logo]\nfile = 'a.svg'\nalt = 'A'\n"
        assert "which no page may; save it without." in refused(settings, a_svg=content)


def test_an_svg_keeps_its_colours_and_gets_its_ids_in_their_order() -> None:
    def of(name: str) -> str:
        inside = f'<g id="{name}" fill="#abcdef"/><use xlink:href="#{name}"/>'
        return drawn(pictures.svg(svg(f'{inside}<rect clip-path="url(#{name})"/>')))

    assert of("p3f9") == of("m01")
    assert 'id="i1" fill="#abcdef"' in of("p3f9")
    assert 'xlink:href="#i1"' in of("p3f9")
    assert 'clip-path="url(#i1)"' in of("p3f9")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html/>", "is no SVG"),
        (b"<svg", "is no SVG that can be read"),
        (b'<!DOCTYPE svg [<!ENTITY a "aa">]><svg>&a;</svg>', "declares entities"),
        (svg("<g>" * 99 + "</g>" * 99), "nests more than 64 deep"),
        (
            svg(
                '<g id="a"><rect/></g><g id="b"><use href="#a"/><use href="#a"/></g>'
                '<use href="#b"/>'
            ),
            "copies parts that copy others",
        ),
    ],
)
def test_an_svg_that_cannot_be_drawn_safely_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(pictures.PictureWrong, match=why):
        pictures.svg(content)


# --- what a page shows ----------------------------------------------------------------------------


def test_a_page_has_marking_logo_roles_and_name_of_the_council() -> None:
    made = with_settings(
        "[programme]\nname = 'Fit'\n[logo]\nfile = 'a.png'\nalt = 'Ours'\n[marking]\n"
        "text = 'OFFICIAL'\n[project_markings]\nALPHA = 'SECRET & <b>'\n"
        "[roles]\ncmr_lead = 'Member <i>'\n[role_words]\ncmr = 'Cabinet Member'\nSLT = 'Board'\n",
        *(REGISTER, SCHEDULE, SIGNED),
        a_png=png(),
    )
    briefing = briefing_of(made)
    head = page_of(str(briefing.title().html))
    assert [item.text for item in head.all("p") if "marking" in item.classes] == ["SECRET & <b>"]
    assert head.one("img").attributes["alt"] == "Ours"
    assert "Member <i>" in page_of(str(briefing.background().html)).text
    signed = page_of(str(briefing.signoff().html)).text
    assert "Cabinet Member" in signed
    assert "Board lead" in signed
    assert "CMR" not in signed
    programme = page_of(str(Programme.of(made, checks.check(made)).title().html))
    assert programme.one("h1").text == "Fit"
    assert programme.one("p", **{"class": "marking"}).text == "OFFICIAL / SECRET & <b>"


def test_a_section_that_is_off_is_a_part_with_nothing_in_it() -> None:
    briefing = briefing_of(with_settings("[annex]\nbackground = false\n"))
    assert briefing.background()._repr_html_() == '<div class="ff"></div>'
    assert "Cllr A" in briefing_of(quarter(REGISTER, SCHEDULE)).background()._repr_html_()


def test_negatives_are_written_as_the_council_has_them() -> None:
    minus = settings_in([b"[numbers]\nnegatives = 'minus'\n"])
    assert words.show(-31_800_000) == "(318)"
    assert "(brackets) are negative" in words.legend(100_000)
    with look_of(minus):
        assert words.show(-31_800_000) == "−318"
        assert "− is negative" in words.legend(100_000)
    assert words.show(-31_800_000) == "(318)"


def test_colours_are_rules_behind_the_house_style() -> None:
    assert stylesheet(Colours()) == ""
    rules = stylesheet(Colours(accent="#00509d", amber="#a85d00"))
    assert ".ff { --navy: #00509d; }" in rules
    assert ".ff .rag.amber::before { background: #a85d00; }" in rules


def test_a_change_of_the_settings_makes_every_briefing_anew() -> None:
    prints = {
        ProjectRows(made).fingerprint("alpha")
        for made in (
            quarter(REGISTER, SCHEDULE),
            with_settings("[marking]\ntext = 'OFFICIAL'\n"),
            with_settings("[marking]\ntext = 'SECRET'\n"),
        )
    }
    assert len(prints) == 3


def test_a_marking_for_no_project_stops_the_run(programme: Path) -> None:
    place = programme / "data" / "raw" / "settings.toml"
    place.write_text("[project_markings]\n'SEN Contract Eficiency' = 'SECRET'\n", "utf-8")
    with pytest.raises(SettingsWrong) as caught:
        ff.load("2015-16-Q2", programme)
    assert str(caught.value) == (
        "settings.toml: [project_markings] 'SEN Contract Eficiency' is no project of the quarter"
        " 2015-16-Q2; write its name as the register has it, such as 'SEN Contract Efficiency'."
    )
