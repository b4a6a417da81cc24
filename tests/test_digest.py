"""Digests: one mail with all the briefings of a recipient, once each, and no more than may be."""

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from mail_server import Inbox, serving
from quick import Quick
from rendered import PERIOD, PROJECT
from small_pdf import pdf_of
from test_mail import FROM, MAIL, OTHER, letter, names, page, recipients
from test_release import EXPLAINED, HEAD, declare, rerun

from ffanalysis.deliver import message
from ffanalysis.deliver.envelope import Envelope, envelopes_of
from ffanalysis.deliver.letter import Letter, Recipient
from ffanalysis.deliver.message import tree_of
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release
from ffanalysis.deliver.sending import Sent, send
from ffanalysis.deliver.transport import transport_of
from ffanalysis.read import council_of

ROAD = "road-repairs"


def briefing(project: str, to: str = "zoe@example.gov.uk", **changed: object) -> Letter:
    text = page(project)
    facts = {"name": project.title(), "page": text, "pdf": pdf_of(text).encode(), **changed}
    return letter(project=project, to=Recipient("Zoë", to), **facts)


def parsed(envelope: Envelope) -> EmailMessage:
    content = message.message_of(envelope, FROM, None).as_bytes()
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


def test_a_recipient_gets_one_mail_of_all_projects() -> None:
    letters = [briefing("alpha"), briefing("beta"), briefing("alpha", "bo@example.gov.uk")]
    made = envelopes_of(letters, "digest")
    assert [(each.to.email, each.projects) for each in made] == [
        ("zoe@example.gov.uk", "alpha, beta"),
        ("bo@example.gov.uk", "alpha"),
    ]
    assert [each.projects for each in envelopes_of(letters, "each")] == ["alpha", "beta", "alpha"]


def test_a_digest_attaches_each_briefing_and_shows_its_first_page() -> None:
    envelope = Envelope((briefing("alpha"), briefing("beta")))
    made = parsed(envelope)
    text = {"multipart/alternative": ["text/plain", "text/html"]}
    pdf = "application/pdf"
    assert tree_of(made) == {"multipart/mixed": [{"multipart/related": [text]}, pdf, pdf]}
    assert [part.get_filename() for part in made.iter_attachments()] == [
        f"alpha-{PERIOD}.pdf",
        f"beta-{PERIOD}.pdf",
    ]
    assert made["Subject"] == (
        "OFFICIAL – Savings briefings: Alpha, Beta, Quarter 2, 2015/16 – Not approved yet"
    )
    shown = made.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "2 briefings, each attached as a PDF:\n\n* Alpha\n* Beta" in shown.replace("\r\n", "\n")


def test_its_subject_says_what_holds_of_all_that_is_in_it() -> None:
    first = briefing("alpha")
    approved = replace(first, project="beta", status="", marking="OFFICIAL – SENSITIVE")
    corrected = replace(first, project="gamma", prefix="CORRECTED: ", edition=2)
    revised = replace(first, project="delta", prefix="REVISED: ", edition=2)
    made = Envelope((first, approved, revised, corrected)).subject
    assert made == (
        "OFFICIAL / OFFICIAL – SENSITIVE – CORRECTED: Savings briefings: 4 projects,"
        " Quarter 2, 2015/16"
    )


def test_a_confidential_project_is_in_no_mail_with_others() -> None:
    letters = [briefing("alpha"), briefing("beta", is_confidential=True), briefing("gamma")]
    made = [each.projects for each in envelopes_of(letters, "digest")]
    assert made == ["alpha, gamma", "beta"]


def test_a_digest_that_would_be_too_large_is_several() -> None:
    # 900 kB are 1.2 MB in a mail, and 2.5 MB is the most that one may have.
    letters = [briefing(name, pdf=b"x" * 900_000) for name in ("alpha", "beta", "gamma")]
    made = envelopes_of(letters, "digest")
    assert [(each.projects, each.number, each.of) for each in made] == [
        ("alpha", 1, 3),
        ("beta", 2, 3),
        ("gamma", 3, 3),
    ]
    assert "(2 of 3)" in made[1].subject


# --- once -----------------------------------------------------------------------------------------


def ready(root: Path, quick: Quick) -> Path:
    """A released quarter whose mails are digests: one of two projects, and one of one."""

    def content(task: object, file: str) -> str:
        text = page(getattr(task, "name", ""))
        return pdf_of(text) if file.endswith(".pdf") else text

    quick.content = content
    declare(root, "settings.toml", f'{MAIL}form = "digest"\n')
    declare(root, "explanations.toml", EXPLAINED)
    recipients(
        root,
        ("SEN Contract Efficiency", "Zoë", "zoe@example.gov.uk"),
        ("Library Hours", "Zoë", "zoe@example.gov.uk"),
        ("Library Hours", "Bo", "bo@example.gov.uk"),
    )
    rerun(quick, root)
    release(root, PERIOD, HEAD)
    return root


def sent(root: Path, port: int) -> Sent:
    mail = replace(
        council_of(root, PERIOD).mail,
        transport="smtp",
        server="127.0.0.1",
        port=str(port),
        security="none",
    )
    with transport_of(mail) as transport:
        return send(root, PERIOD, mail, transport)


def test_a_digest_is_drafted_and_sent_once(published: Path, quick: Quick) -> None:
    root = ready(published, quick)
    draft(root, PERIOD)
    drafted = names(root)
    assert sorted(name.split("--")[:2] for name in drafted) == [
        ["digest", "zoe-at-example-gov-uk.eml"],
        [OTHER, "bo-at-example-gov-uk.eml"],
    ]
    inbox = Inbox(answers=["451 Later."])
    with serving(inbox) as port:
        first = sent(root, port)
        second = sent(root, port)
        third = sent(root, port)
    assert (first.sent, len(first.refused)) == (1, 1)
    assert f"zoe@example.gov.uk, {PROJECT}, {OTHER}: 451" in first.refused[0]
    assert (second.sent, second.before, third.sent, third.before) == (1, 1, 0, 2)
    assert len(inbox.mails) == 2


def test_what_comes_behind_a_digest_goes_alone(published: Path, quick: Quick) -> None:
    root = ready(published, quick)
    inbox = Inbox()
    with serving(inbox) as port:
        assert sent(root, port).sent == 2
        recipients(
            root,
            ("SEN Contract Efficiency", "Zoë", "zoe@example.gov.uk"),
            ("Library Hours", "Zoë", "zoe@example.gov.uk"),
            ("Library Hours", "Bo", "bo@example.gov.uk"),
            ("Road Repairs", "Bo", "bo@example.gov.uk"),
        )
        rerun(quick, root)
        release(root, PERIOD, HEAD)
        came = sent(root, port)
    assert (came.sent, came.before, came.left_out) == (1, 2, ())
    last = email.message_from_bytes(inbox.mails[-1][1], policy=email.policy.default)
    assert [part.get_filename() for part in last.iter_attachments()] == [  # type: ignore[attr-defined]
        f"{ROAD}-{PERIOD}.pdf"
    ]
