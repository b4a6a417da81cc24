"""Whom mails go to: awkward names, cells that hold no name, renamed projects, releases that end."""

import email
import email.policy
import email.utils
import random
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from click.testing import CliRunner
from mail_server import Inbox, serving
from quick import Quick
from rendered import PERIOD, PROJECT, REGISTER
from test_mail import FROM, MAIL, letter, message_of, page, parsed, recipients
from test_release import EXPLAINED, HEAD, declare, rerun
from test_sending import sent

from ffanalysis.cli import main
from ffanalysis.deliver import release as releasing
from ffanalysis.deliver.envelope import envelopes_of
from ffanalysis.deliver.letter import Recipient
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release, standing, withdraw
from ffanalysis.errors import MailRefused, NotReleased
from ffanalysis.periods import long_date
from ffanalysis.read import council_of

NAME, ADDRESS = "SEN Contract Efficiency", "zoe@example.gov.uk"


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """A quarter with two recipients, ready to be released."""
    quick.content = lambda task, _: page(task.name) if task.name else ""
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    recipients(published, (NAME, "Zoë", ADDRESS), ("Library Hours", "Bo", "bo@example.gov.uk"))
    rerun(quick, published)
    return published


# --- names ----------------------------------------------------------------------------------------

AWKWARD = [
    "<boss@elsewhere.org>",
    "Zoë, Director <of> @ll",
    'Zoë "Z" O’Neil, MBE',
    "O'Neil, Zoë",
    "back\\slash\\",
    "(comment) ; group: a@b.c;",
    "a@b.c, d@e.f",
    '"quoted"',
    "李,明 <a@b.c>",
    'Dr. A. Ébène, "Adults, Children <Health> & Care", ' * 3,
]


def awkward() -> list[str]:
    """Names of signs that mean something in a header, drawn by lot but always the same."""
    lot = random.Random(20)  # noqa: S311 - no secret
    drawn = ("".join(lot.choice('ab é"<>@,;:\\().=_李’') for _ in range(60)) for _ in range(60))
    return [" ".join(name.split()) for name in (*AWKWARD, *drawn)]


def test_whatever_a_name_holds_the_header_has_one_address_and_the_name() -> None:
    for name in awkward():
        content = message_of(letter(to=Recipient(name, ADDRESS)), FROM, None).as_bytes()
        new = email.message_from_bytes(content, policy=email.policy.default)
        assert [each.addr_spec for each in new["To"].addresses] == [ADDRESS], name
        assert new["Bcc"] is new["Cc"] is None
        # Read by the rules of RFC 2047: the spaces between two encoded words are none.
        old = email.message_from_bytes(content)
        ((shown, address),) = email.utils.getaddresses([old["To"]])
        assert (str(make_header(decode_header(shown))), address) == (name, ADDRESS)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Zoë\r\nBcc: b@c.de", "holds a line break or another sign that cannot be seen"),
        ("Zoë\u200b", "holds a line break or another sign that cannot be seen"),
        ("=?utf-8?q?=0ABcc?= x", "has '=?', which mail programs take for a code"),
    ],
)
def test_a_name_that_would_be_read_as_another_is_refused(name: str, said: str) -> None:
    with pytest.raises(MailRefused) as refused:
        message_of(letter(to=Recipient(name, ADDRESS)), FROM, None)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_sender_may_have_a_comma_in_its_name() -> None:
    made = message_of(letter(), Recipient("Savings, Adults <and> Care", ADDRESS), None).as_bytes()
    found = email.message_from_bytes(made, policy=email.policy.default)
    assert [each.addr_spec for each in found["From"].addresses] == [ADDRESS]
    assert parsed(letter())["From"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((NAME, "=B9", ADDRESS), "cell B2 holds a formula without a result"),
        ((NAME, "#REF!", ADDRESS), "cell B2 holds a formula without a result"),
        ((NAME, "Zoë", "=C9"), "cell C2 holds a formula without a result"),
        ((NAME, "Zoë", None), "it has no e-mail address"),
        ((NAME, "Zoë", "zoe@example.gov.uk\nbo"), "'zoe@example.gov.uk bo' holds a line break"),
    ],
)
def test_a_cell_that_says_nothing_costs_its_recipient_alone(
    ready: Path, quick: Quick, row: tuple[str, str, str], said: str
) -> None:
    recipients(ready, row, (NAME, "Bo", "bo@example.gov.uk"))
    summary = rerun(quick, ready)
    assert summary.complete
    release(ready, PERIOD, HEAD)
    outbox = draft(ready, PERIOD)
    assert [path.name.split("--")[:2] for path in outbox.drafts] == [
        [PROJECT, "bo-at-example-gov-uk"]
    ]
    (why,) = outbox.left_out
    assert why.startswith(f"{REGISTER}, Recipients A2: {said}")
    assert "\n" not in why


# --- a project by another name --------------------------------------------------------------------


def rename(root: Path) -> None:
    """The library's project has another name from now on, in every workbook."""
    import openpyxl

    for path in (root / "data" / "raw" / PERIOD).glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if cell.value == "Library Hours":
                cell.value = "Opening Times"
        book.save(path)


@pytest.mark.parametrize("declared", [True, False])
def test_a_renamed_project_is_no_second_mail_where_its_old_name_is_declared(
    ready: Path, quick: Quick, *, declared: bool
) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        release(ready, PERIOD, HEAD)
        assert sent(ready, port).sent == 2
        rename(ready)
        declare(ready, "explanations.toml", EXPLAINED.replace("library-hours", "opening-times"))
        if declared:
            entry = (
                '[[alias]]\nkind = "project"\nname = "Opening Times"\nalso = ["Library Hours"]\n'
                'reviewed_by = "Ann Analyst"\ndate = 2015-10-05\n'
            )
            declare(ready, "aliases.toml", entry)
        rerun(quick, ready)
        release(ready, PERIOD, HEAD)
        came = sent(ready, port)
    new = [why for why in came.remarks if "of opening-times" in why]
    assert (len(new), came.sent) == ((1, 0) if declared else (0, 1))
    assert all("was sent edition 1 of opening-times" in why for why in new)


# --- releases that end ----------------------------------------------------------------------------


class Later(datetime):
    """The clock, when the explanations have run out."""

    @classmethod
    def now(cls, zone: object = None) -> datetime:
        return datetime(2035, 1, 1, tzinfo=UTC)


def test_an_explanation_that_ran_out_stops_the_mails(
    ready: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(ready, "explanations.toml", EXPLAINED.replace("2999-12-31", "2034-12-31"))
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    assert len(draft(ready, PERIOD).drafts) == 2
    monkeypatch.setattr(releasing, "datetime", Later)
    said = f"The explanation of proposed-total:{PROJECT} held until 31 December 2034."
    assert standing(ready, PERIOD).why_not.startswith(said)
    inbox = Inbox()
    with serving(inbox) as port, pytest.raises(NotReleased, match="held until 31 December 2034"):
        sent(ready, port)
    assert inbox.mails == []
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["mail", PERIOD])
    assert told.exit_code == 14
    assert said in told.output
    assert not (ready / "reports" / "outbox" / PERIOD).exists()
    # With a later day it can be released again, though no page may have changed.
    declare(ready, "explanations.toml", EXPLAINED)
    rerun(quick, ready)
    made, is_new = release(ready, PERIOD, HEAD)
    assert (made.number, is_new) == (2, True)
    assert standing(ready, PERIOD).holds


def test_a_withdrawal_says_when_and_why(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "a wrong\n page.")
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["mail", PERIOD])
    day = long_date(datetime.now(UTC).date())
    assert f"{HEAD} withdrew the release of {PERIOD} on {day}: a wrong page." in told.output
    assert "releases it: 'ffanalysis release" in told.output
    assert told.exit_code == 14


# --- many recipients ------------------------------------------------------------------------------

NAMES = ("SEN Contract Efficiency", "Library Hours", "Road Repairs")
SLUGS = ("sen-contract-efficiency", "library-hours", "road-repairs")


def test_five_hundred_addresses_get_what_names_them_and_nothing_else(
    ready: Path, quick: Quick
) -> None:
    """One director of two projects, one project of three directors, and many of one."""
    own = [(number % 3, f"director{number}@example.gov.uk") for number in range(496)]
    own += [(0, "two@example.gov.uk"), (1, "two@example.gov.uk")]
    own += [(2, "second@example.gov.uk"), (2, "third@example.gov.uk")]
    recipients(ready, *((NAMES[project], f"Name {email}", email) for project, email in own))
    rerun(quick, ready)
    made, _ = release(ready, PERIOD, HEAD)
    found = letters_of(ready, PERIOD, made, council_of(ready, PERIOD).mail)
    assert found.left_out == ()
    assert [(each.project, each.to.email) for each in found.found] == [
        (SLUGS[project], email) for project, email in own
    ]
    assert all(f'data-project="{each.project}"' in each.page for each in found.found)
    assert len({each.key for each in found.found}) == len(own)
    both = [each for each in envelopes_of(found.found, "digest") if each.is_digest]
    assert [(each.to.email, each.projects) for each in both] == [
        ("two@example.gov.uk", "sen-contract-efficiency, library-hours")
    ]
