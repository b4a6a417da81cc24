"""Read back before sending: a mail that is not of what was released, in any part, is refused."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from quick import Quick
from rendered import PERIOD, PROJECT, Run
from small_pdf import pdf_of
from test_mail import FROM, MAIL, letter, message_of, page, recipients
from test_release import EXPLAINED, HEAD, declare, rerun

from ffanalysis.deliver.first_page import first_page
from ffanalysis.deliver.letter import Letter
from ffanalysis.deliver.message import pictures_of, plan_of
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.read_back import read_back
from ffanalysis.deliver.release import release
from ffanalysis.errors import MailRefused
from ffanalysis.periods import Period


def refused(made: Letter) -> str:
    with pytest.raises(MailRefused) as why:
        message_of(made, FROM, None)
    return str(why.value).removeprefix("the mail of alpha was not sent: ")


OTHER = page("beta").replace("Alpha &amp; <i>Beta</i>", "Gamma")


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (pdf_of(OTHER), "its PDF does not have the title 'Alpha & Beta'."),
        (
            pdf_of(page().replace("Quarter 2", "Quarter 1")),
            "its PDF does not have Quarter 2, 2015/16.",
        ),
        (
            pdf_of(
                page()
                .replace('">£100,000</data></span>', '">£90,000</data></span>')
                .replace('">£100,000</data>.', '">£90,000</data>.')
            ),
            "its PDF does not have the key figure £100,000.",
        ),
        (
            pdf_of(page().replace("Version 0123abcd", "Version 89abcdef")),
            "its PDF does not have 'Project briefing · Quarter 2, 2015/16 · Version 0123abcd'.",
        ),
        (pdf_of(page())[:-300], "its PDF is cut off."),
        (pdf_of(page())[:200] + "\n%%EOF", "its PDF cannot be opened."),
        ("", "its PDF is cut off."),
        ("<!DOCTYPE html><p>no document</p>%%EOF", "its PDF cannot be opened."),
    ],
    ids=[
        *("of another project", "of another quarter", "of older figures", "of another version"),
        *("cut off", "cut off within", "empty", "no document"),
    ],
)
def test_a_pdf_that_is_not_the_released_page_s_is_not_sent(pdf: str, said: str) -> None:
    assert refused(letter(pdf=pdf.encode())) == said


def test_a_page_of_another_quarter_is_not_sent() -> None:
    assert refused(letter(period=Period.parse("2015-16-Q3"))) == (
        "the released page is not of Quarter 3, 2015/16."
    )


# --- what happens to a message on its way to the server -------------------------------------------


def spoilt(old: bytes, new: bytes) -> str:
    """What is said of a mail whose bytes were changed after it was made."""
    made = letter()
    content = message_of(made, FROM, None).as_bytes()
    changed = content.replace(old, new)
    assert changed != content
    with pytest.raises(MailRefused) as why:
        read_back(changed, [plan_of(made)], pictures_of(first_page(made.page)))
    return str(why.value).removeprefix("the mail of alpha was not sent: ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"application/pdf", b"application/zip", "its parts are not those that it must have."),
        (b"multipart/related", b"multipart/mixed", "its parts are not those that it must have."),
        (b'filename="alpha-', b'filename="other-', "its files are other-2015-16-Q2.pdf."),
        (
            b"Content-Disposition: attachment",
            b"Content-Disposition: inline",
            "its files are alpha-2015-16-Q2.pdf.",
        ),
        (b"Alpha &amp;", b"Gamma &amp;", "its text does not have the title 'Alpha & Beta'."),
        (b"JVBERi0xLjQK", b"JVBERi0xLjUK", "its PDF is not the one that was released."),
    ],
)
def test_a_mail_that_was_changed_is_not_sent(old: bytes, new: bytes, said: str) -> None:
    assert spoilt(old, new) == said


def whole() -> EmailMessage:
    content = message_of(letter(), FROM, None).as_bytes()
    return email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.SMTP)


def said_of(message: EmailMessage) -> str:
    made = letter()
    with pytest.raises(MailRefused) as why:
        read_back(message.as_bytes(), [plan_of(made)], pictures_of(first_page(made.page)))
    return str(why.value)


def test_a_part_more_or_less_is_not_sent() -> None:
    more = whole()
    more.add_attachment(b"a", maintype="text", subtype="csv", filename="findings.csv")
    assert "its parts are not those" in said_of(more)
    twice = whole()
    twice.attach(twice.get_payload()[1])  # type: ignore[arg-type, index, union-attr]
    assert "its parts are not those" in said_of(twice)
    less = whole()
    less.set_payload(less.get_payload()[:1])  # type: ignore[arg-type, index]
    assert "its parts are not those" in said_of(less)
    assert "its parts are not those" in said_of(EmailMessage())


def test_nothing_is_drafted_of_a_release_whose_pdf_is_of_another_project(
    published: Path, quick: Quick
) -> None:
    def mixed_up(task: object, file: str) -> str:
        name = getattr(task, "name", "")
        own = page(name)
        return pdf_of(OTHER) if file == f"{PROJECT}.pdf" else own

    quick.content = mixed_up
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    recipients(
        published,
        ("SEN Contract Efficiency", "", "a@example.gov.uk"),
        ("Library Hours", "", "b@example.gov.uk"),
    )
    rerun(quick, published)
    release(published, PERIOD, HEAD)
    outbox = draft(published, PERIOD)
    assert [path.name.partition("--")[0] for path in outbox.drafts] == ["library-hours"]
    assert outbox.left_out == (
        f"the mail of {PROJECT} was not sent: its PDF does not have the title 'Alpha & Beta'.",
    )


# --- a real briefing ------------------------------------------------------------------------------


def real(example: Run) -> Letter:
    folder = example.root / "reports" / PERIOD
    pdf = (folder / f"{PROJECT}.pdf").read_bytes()
    return letter(project=PROJECT, page=example.text(f"{PROJECT}.html"), pdf=pdf)


def test_a_real_briefing_reads_back(example: Run) -> None:
    made = real(example)
    content = message_of(made, FROM, None).as_bytes()
    read_back(content, [plan_of(made)], pictures_of(first_page(made.page)))


def test_an_older_edition_of_a_real_briefing_is_refused(example: Run) -> None:
    made = real(example)
    version = re.search(r"Version ([0-9a-f]{8})", made.page)
    assert version
    older = letter(project=PROJECT, page=made.page.replace(version[1], "0" * 8), pdf=made.pdf)
    assert "its PDF does not have" in refused(older)
