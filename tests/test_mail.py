"""Mail: what a draft holds, whom it goes to, and that nothing leaves that is not released."""

import base64
import email
import email.policy
import io
import re
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from click.testing import CliRunner
from PIL import Image
from quick import Quick
from rendered import PERIOD, PROJECT, REGISTER, SCHEDULE, Run, put
from small_pdf import pdf_of
from test_release import EXPLAINED, HEAD, SETTINGS, declare, rerun

from ffanalysis.cli import main
from ffanalysis.deliver import kept, message
from ffanalysis.deliver.envelope import Envelope
from ffanalysis.deliver.first_page import MOST_COLUMNS, first_page
from ffanalysis.deliver.letter import Letter, Recipient
from ffanalysis.deliver.mail_html import LARGEST, html_of
from ffanalysis.deliver.message import tree_of
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release, withdraw
from ffanalysis.errors import MailRefused, NotReleased, ReleaseDamaged, ReleaseRefused
from ffanalysis.periods import Period

TO = Recipient("Zoë O’Neil", "zoe@example.gov.uk")
FROM = Recipient("Savings programme", "savings@example.gov.uk")


def dot() -> bytes:
    """A picture of one clear sign on a clear ground."""
    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def table(columns: int) -> str:
    cells = "".join(f"<th>Column {number}</th>" for number in range(columns))
    row = "".join(f"<td>{number}00</td>" for number in range(columns))
    return f"<table><caption>Position £000.</caption><tr>{cells}</tr><tr>{row}</tr></table>"


def page(project: str = "alpha", inside: str = "", after: str = "") -> str:
    """A page in the form of a briefing's: a head, a first page, and what comes behind it."""
    return f"""<!DOCTYPE html><html><body><main class="ff page">
<div class="ff"><div class="head" data-project="{project}"><div class="banner"><strong>Not approved
yet</strong><p>Business case submitted.</p></div><p class="eyebrow">Project briefing ·
Quarter 2, 2015/16 · <span class="version">Version 0123abcd</span></p>
<h1>Alpha &amp; <i>Beta</i></h1></div></div>
<div class="ff"><p class="message">Alpha proposes to save <data value="1">£100,000</data>.</p>
<ul class="keys"><li><span class="label">Saving</span>
<span class="big"><data value="10000000">£100,000</data></span>
<span class="note">in 2017/18</span></li></ul></div>
<h2>What we ask of you</h2>
<div class="ff"><ul><li>First &lt;b&gt;point&lt;/b&gt;.</li><li>Second point.</li></ul>
{inside}</div>
<div class="new-page"><h2>Savings by year</h2></div>
<div class="ff"><p>On the second page.</p>{after}</div></main></body></html>"""


def letter(inside: str = "", **changed: object) -> Letter:
    facts: dict[str, object] = {
        "to": TO,
        "place": "register.xlsx, Recipients C2",
        "project": "alpha",
        "name": "Alpha",
        "period": Period.parse(PERIOD),
        "status": "Not approved yet",
        "marking": "OFFICIAL",
        "at": datetime(2015, 10, 5, 9, 30, tzinfo=UTC),
        "page": page(inside=inside),
    }
    facts |= changed
    facts.setdefault("pdf", pdf_of(str(facts["page"])).encode())
    return Letter(**facts)  # type: ignore[arg-type]


def message_of(one: Letter, sender: Recipient, reply_to: Recipient | None) -> MIMEPart:
    """The mail of one letter."""
    return message.message_of(Envelope((one,)), sender, reply_to)


def parsed(made: Letter) -> EmailMessage:
    """The mail as the standard library reads its bytes."""
    content = message_of(made, FROM, None).as_bytes()
    found = email.message_from_bytes(content, policy=email.policy.default)
    return cast(EmailMessage, found)


# --- what a mail holds ----------------------------------------------------------------------------


def test_a_mail_has_one_tree_whatever_it_holds() -> None:
    chart = f'<img alt="A line" src="data:image/png;base64,{base64.b64encode(dot()).decode()}">'
    text = {"multipart/alternative": ["text/plain", "text/html"]}
    without = {"multipart/mixed": [{"multipart/related": [text]}, "application/pdf"]}
    assert tree_of(parsed(letter())) == without
    made = parsed(letter(page=page(after=chart * 2)))
    assert tree_of(made) == {
        "multipart/mixed": [
            {"multipart/related": [text, "image/png", "image/png"]},
            "application/pdf",
        ]
    }


def test_the_headers_say_what_it_is_and_that_it_is_not_sent() -> None:
    made = parsed(letter())
    assert made["Subject"] == (
        "OFFICIAL – Savings briefing: Alpha, Quarter 2, 2015/16 – Not approved yet"
    )
    assert made["To"] == "Zoë O’Neil <zoe@example.gov.uk>"
    assert made["From"] == "Savings programme <savings@example.gov.uk>"
    assert made["X-Unsent"] == "1"
    assert made["Date"] == "Mon, 05 Oct 2015 09:30:00 +0000"
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.gov\.uk>", made["Message-ID"])
    assert made["Bcc"] is made["Cc"] is None


def test_the_same_mail_has_the_same_bytes_and_another_has_another_name() -> None:
    def content(made: Letter) -> bytes:
        return message_of(made, FROM, None).as_bytes()

    assert content(letter()) == content(letter())
    others = (
        letter(to=Recipient("", "other@example.gov.uk")),
        letter(inside="<p>Another figure.</p>"),
        letter(edition=2),
        letter(prefix="CORRECTED: "),
        letter(period=Period.parse("2015-16-Q3")),
    )
    names = {made.key for made in (letter(), *others)}
    assert len(names) == 1 + len(others)
    versioned = letter(page=page().replace("0123abcd", "4567cdef"))
    assert versioned.key == letter().key, "another version says nothing else"


def test_the_pdf_is_attached_by_a_plain_name_and_no_page_is() -> None:
    made = parsed(letter(project="größe", page=page("größe")))
    (attached,) = made.iter_attachments()
    assert attached.get_filename() == f"gre-{PERIOD}.pdf"
    assert attached.get_content() == pdf_of(page("größe")).encode()
    assert attached["Content-Disposition"].startswith("attachment")


def test_lines_end_once_and_nothing_is_garbled() -> None:
    content = message_of(letter("<p>Ünïcode – £5 “quoted” 李</p>"), FROM, None).as_bytes()
    assert b"\r\r\n" not in content
    assert content.count(b"\n") == content.count(b"\r\n")
    made = parsed(letter("<p>Ünïcode – £5 “quoted” 李</p>"))
    for kind in ("plain", "html"):
        body = made.get_body((kind,))
        assert body is not None
        assert "Ünïcode – £5 “quoted” 李" in body.get_content()


def test_each_picture_has_a_name_of_its_own_and_stands_on_white() -> None:
    chart = f'<img alt="A line" src="data:image/png;base64,{base64.b64encode(dot()).decode()}">'
    made = parsed(letter(page=page(after=chart * 2)))
    pictures = [part for part in made.walk() if part.get_content_maintype() == "image"]
    names = [part["Content-ID"].strip("<>") for part in pictures]
    assert len({*names}) == len({part.get_filename() for part in pictures}) == 2
    body = made.get_body(("html",))
    assert body is not None
    assert re.findall(r'src="cid:([^"]+)"', body.get_content()) == names
    with Image.open(io.BytesIO(pictures[0].get_content())) as image:
        assert (image.mode, image.getpixel((3, 3))) == ("RGB", (255, 255, 255))


def test_text_of_a_workbook_is_text_in_the_mail() -> None:
    made = parsed(letter("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"))
    body = made.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert "&lt;script&gt;" in html
    assert "First &lt;b&gt;point&lt;/b&gt;." in html
    assert "<script" not in html


# What Outlook's Word engine does not understand, or what a mail program takes out.
FORBIDDEN = re.compile(
    r"display\s*:\s*(?:flex|grid)|position\s*:|float\s*:|max-width|background-image|url\(|@media"
    r"|<svg|<style|<script|<link|<form|<div|box-shadow|opacity|var\(|calc\(|transform|!important"
    r"|\brem\b|<video|<iframe|data:|https?:",
    re.I,
)


def test_the_html_has_nothing_that_outlook_ignores() -> None:
    made = parsed(letter(table(3) + "<p>A paragraph.</p>"))
    body = made.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert FORBIDDEN.findall(html) == []
    assert '<meta name="color-scheme" content="light only">' in html
    assert 'bgcolor="#ffffff"' in html
    assert html.count("<table") == 2, "the key figures and the table; none in another"


def test_a_wide_table_is_left_to_the_pdf() -> None:
    kinds = [block.kind for block in first_page(page(inside=table(MOST_COLUMNS))).blocks]
    assert "table" in kinds
    wide = first_page(page(inside=table(MOST_COLUMNS + 1))).blocks
    assert [block.text for block in wide if block.kind == "left out"] == [
        "Position: see the attached PDF."
    ]


def test_only_the_first_page_is_in_the_mail() -> None:
    assert "On the second page" not in html_of(first_page(page()), "", {})


def test_a_long_page_is_cut_with_a_word_and_the_mail_stays_small() -> None:
    long = "".join(f"<p>Paragraph {number} {'x' * 900}</p>" for number in range(200))
    html = html_of(first_page(page(inside=long)), "", {})
    assert len(html.encode()) <= LARGEST
    assert "The rest is in the attached PDF." in html
    assert "Paragraph 3 " in html
    assert "Paragraph 199 " not in html


def test_the_plain_text_says_the_same() -> None:
    made = parsed(letter(table(3)))
    body = made.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    for said in (
        "OFFICIAL",
        "Not approved yet",
        "Alpha & Beta",
        "Alpha proposes to save £100,000.",
        "Saving: £100,000 (in 2017/18)",
        "WHAT WE ASK OF YOU",
        "* Second point.",
        "000: Column 1 100; Column 2 200",
        "The briefing is attached as a PDF.",
    ):
        assert said in text, said


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (Recipient("A", "not an address"), "'not an address' is no e-mail address"),
        (Recipient("A", "a@b"), "is no e-mail address"),
        (Recipient("A", "a@example.gov.uk\r\nBcc: b@c.de"), "holds a line break"),
        (Recipient("A", "a..b@example.gov.uk"), "is no e-mail address"),
        (Recipient("A", "<a@example.gov.uk>, b@c.de"), "is no e-mail address"),
        (Recipient("A\nBcc: b@c.de", "a@example.gov.uk"), "the name 'A Bcc: b@c.de' holds"),
        (Recipient("A\u2028B", "a@example.gov.uk"), "holds a line break"),
    ],
)
def test_an_address_that_could_begin_a_header_is_refused(to: Recipient, said: str) -> None:
    with pytest.raises(MailRefused, match=re.escape(said)):
        message_of(letter(to=to), FROM, None)


@pytest.mark.parametrize(
    "name", ["O’Neil, Zoë", 'Zoë "Z" O\'Neil', "李 明", "a@b.c", "", "X" * 200, "(comment)", "a; b"]
)
def test_a_name_comes_back_as_it_was_written(name: str) -> None:
    made = parsed(letter(to=Recipient(name, "zoe@example.gov.uk")))
    (address,) = made["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "zoe@example.gov.uk")
    # A second parser, of old, reads the same.
    old = email.message_from_bytes(
        message_of(letter(to=Recipient(name, "zoe@example.gov.uk")), FROM, None).as_bytes()
    )
    decoded = str(email.header.make_header(email.header.decode_header(old["To"])))
    assert email.utils.getaddresses([old["To"]])[0][1] == "zoe@example.gov.uk"
    assert "zoe@example.gov.uk" in decoded


def test_a_subject_with_a_line_break_has_none() -> None:
    made = parsed(letter(name="Alpha\r\nBcc: b@c.de", marking="OFFICIAL\n"))
    assert made["Bcc"] is None
    assert made["Subject"].startswith("OFFICIAL – Savings briefing: Alpha Bcc: b@c.de, Quarter 2")


def test_a_page_of_another_project_is_not_sent() -> None:
    with pytest.raises(MailRefused, match=r"alpha\.html is the page of beta"):
        message_of(letter(page=page("beta")), FROM, None)


def test_a_mail_that_gateways_refuse_is_not_made() -> None:
    with pytest.raises(MailRefused, match=r"has 3\.\d MB"):
        message_of(letter(pdf=pdf_of(page(), "x" * 2_400_000).encode()), FROM, None)


# --- whom it goes to ------------------------------------------------------------------------------

MAIL = SETTINGS + '[mail]\nsender = "savings@example.gov.uk"\n'
OTHER = "library-hours"


def recipients(root: Path, *rows: tuple[str, str, str]) -> None:
    path = root / "data" / "raw" / PERIOD / REGISTER
    workbook = openpyxl.load_workbook(path)
    if "Recipients" in workbook.sheetnames:
        del workbook["Recipients"]
    sheet = workbook.create_sheet("Recipients")
    for row in (("Project", "Name", "Email"), *rows):
        sheet.append(row)
    workbook.save(path)


def names(root: Path) -> list[str]:
    folder = root / "reports" / "outbox" / PERIOD
    found = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(re.sub(r"--[0-9a-f]{6}(?=\.eml$)", "", name) for name in found)


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """A quarter whose pages say whose they are, ready to be released."""
    quick.content = lambda task, _: page(task.name) if task.name else ""
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    recipients(
        published,
        ("SEN Contract Efficiency", "Zoë O’Neil", "zoe@example.gov.uk"),
        ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"),
        ("Library Hours", "Zoë O’Neil", "zoe@example.gov.uk"),
        ("Library Hours", "Zoë again", "ZOE@example.gov.uk"),
    )
    rerun(quick, published)
    return published


def test_each_recipient_gets_what_names_them_once(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    outbox = draft(ready, PERIOD)
    assert outbox.left_out == ()
    assert names(ready) == [
        f"{OTHER}--zoe-at-example-gov-uk.eml",
        f"{PROJECT}--bo-at-example-gov-uk.eml",
        f"{PROJECT}--zoe-at-example-gov-uk.eml",
    ]
    for path in outbox.drafts:
        made = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        project, who, _ = path.stem.split("--")
        assert [each.addr_spec for each in made["To"].addresses] == [
            f"{who.partition('-at-')[0]}@example.gov.uk"
        ]
        (attached,) = cast(EmailMessage, made).iter_attachments()
        assert attached.get_filename() == f"{project}-{PERIOD}.pdf"
    assert not kept.verify(kept.folder_of(ready / "reports", PERIOD, 1)).faults


def test_nothing_is_drafted_before_the_release_nor_after_it_lapsed(
    ready: Path, quick: Quick
) -> None:
    def refused(why: str) -> None:
        with pytest.raises(NotReleased, match=why):
            draft(ready, PERIOD)
        assert names(ready) == []

    refused("has not been released")
    release(ready, PERIOD, HEAD)
    draft(ready, PERIOD)
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    quick.content = lambda task, _: page(task.name) + task.cache_key
    rerun(quick, ready)
    refused("has lapsed")
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1025})
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    draft(ready, PERIOD)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    refused("withdrew")
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["mail", PERIOD])
    assert told.exit_code == 14


def test_who_is_outside_the_allowed_domains_gets_nothing(ready: Path, quick: Quick) -> None:
    recipients(
        ready,
        ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"),
        ("SEN Contract Efficiency", "Out", "out@example.gov.uk.evil.org"),
        ("SEN Contract Efficiency", "Trust", "t@trust.example.org"),
    )
    declare(ready, "settings.toml", MAIL + 'domains = "example.gov.uk, TRUST.example.org"\n')
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    outbox = draft(ready, PERIOD)
    assert len(names(ready)) == 2
    (said,) = outbox.left_out
    assert said == (
        f"{REGISTER}, Recipients A3: out@example.gov.uk.evil.org is outside the domains that"
        " settings.toml allows."
    )


def test_a_recipient_removed_since_the_release_gets_nothing(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    recipients(ready, ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"))
    outbox = draft(ready, PERIOD)
    assert names(ready) == [f"{PROJECT}--bo-at-example-gov-uk.eml"]
    assert len(outbox.left_out) == 2
    assert all("is no longer in the register" in why for why in outbox.left_out)


def test_a_withheld_project_goes_to_nobody(ready: Path, quick: Quick) -> None:
    put(ready, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    outbox = draft(ready, PERIOD)
    assert not any(name.startswith(PROJECT) for name in names(ready))
    assert any(f"{PROJECT} has no briefing to send" in why for why in outbox.left_out)


def test_a_mail_has_every_word_of_the_first_page(example: Run) -> None:
    """What the first page of a real briefing says is in the mail, in the same order."""
    made = first_page(example.text(f"{PROJECT}.html"))
    assert made.project == PROJECT
    taken = "".join(
        "".join((block.text, *block.items, *(cell for row in block.rows for cell in row)))
        for block in made.blocks
    )
    whole = example.page(f"{PROJECT}.html").one("main").text
    first, _, behind = whole.partition("Savings by year")
    assert behind
    assert "".join(taken.split()).replace("‘", "").replace("’", "") == "".join(
        first.split()
    ).replace("‘", "").replace("’", "")


def test_what_is_kept_is_compared_before_anything_of_it_is_drafted(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    path = kept.folder_of(ready / "reports", PERIOD, 1) / "pages" / f"{PROJECT}.html"
    path.chmod(0o644)
    path.write_text(path.read_text("utf-8").replace("£100,000", "£999,999"), "utf-8")
    with pytest.raises(ReleaseDamaged, match=rf"pages/{PROJECT}\.html was changed"):
        draft(ready, PERIOD)
    assert names(ready) == []


def test_a_withdrawal_empties_the_outbox(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    draft(ready, PERIOD)
    for by, why in (("", "x"), (HEAD, " ")):
        with pytest.raises(ReleaseRefused, match="needs a name and a reason"):
            withdraw(ready, PERIOD, by, why)
    assert names(ready)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    assert names(ready) == []


def test_a_domain_that_was_not_released_gets_nothing(ready: Path, quick: Quick) -> None:
    recipients(ready, ("SEN Contract Efficiency", "Out", "out@elsewhere.org"))
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    declare(ready, "settings.toml", MAIL + 'domains = "example.gov.uk, elsewhere.org"\n')
    assert "outside the domains" in draft(ready, PERIOD).left_out[0]


def test_two_addresses_that_look_alike_have_two_drafts(ready: Path, quick: Quick) -> None:
    recipients(
        ready,
        *(("SEN Contract Efficiency", "", f"{user}@example.gov.uk") for user in ("a.b", "a-b")),
    )
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    assert len({*draft(ready, PERIOD).drafts}) == len(names(ready)) == 2
