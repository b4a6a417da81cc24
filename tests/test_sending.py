"""Sending by a real mail server on the loopback: each mail once, whatever the server does."""

import email
import email.policy
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from mail_server import PASSWORD, TOKEN, Inbox, certificate, serving
from quick import Quick
from released import ADDRESSES
from rendered import PERIOD, PROJECT, few
from small_pdf import pdf_of
from test_mail import FROM, MAIL, letter, message_of, page
from test_release import HEAD, declare

from ffanalysis.chain import Chain
from ffanalysis.cli import main
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release, withdraw
from ffanalysis.deliver.sending import Sent, send, settle
from ffanalysis.deliver.smtp import Server
from ffanalysis.deliver.transport import SECRET_VARIABLE, Delivery, transport_of
from ffanalysis.errors import (
    MailRefused,
    MailServerRefused,
    NotReleased,
    SendingUnderWay,
    SettingsWrong,
    SettledAlready,
    SettleUnknown,
)
from ffanalysis.read import council_of
from ffanalysis.run import run
from ffanalysis.settings import Mail


def settings(port: int, **more: str) -> Mail:
    facts = {
        "sender": "savings@example.gov.uk",
        "transport": "smtp",
        "server": "127.0.0.1",
        "port": str(port),
        "security": "none",
        **more,
    }
    return Mail(**facts)


def sent(root: Path, port: int, **more: str) -> Sent:
    mail = settings(port, **more)
    with transport_of(mail) as server:
        return send(root, PERIOD, mail, server)


def test_each_recipient_gets_one_mail_once(released: Path) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        came = sent(released, port)
        assert (came.sent, came.before, came.is_complete) == (5, 0, True)
        again = sent(released, port)
        assert (again.sent, again.before, again.is_complete) == (0, 5, True)
    assert sorted(to for to, _ in inbox.mails) == ADDRESSES
    for to, content in inbox.mails:
        made = email.message_from_bytes(content, policy=email.policy.default)
        assert [each.addr_spec for each in made["To"].addresses] == [to]
        assert made["X-Unsent"] is None, "it is no draft any more"
        names = [part.get_filename() for part in made.iter_attachments()]  # type: ignore[attr-defined]
        assert names == [f"{PROJECT}-{PERIOD}.pdf"]
    events = Counter(line.event for line in Chain(released / "reports", PERIOD).lines())
    assert events == {"released": 1, "sending": 5, "sent": 5}


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted, try later", "554 5.7.1 Not wanted"])
def test_what_is_refused_is_tried_again_by_the_next_command(released: Path, answer: str) -> None:
    inbox = Inbox(answers=["", answer])
    with serving(inbox) as port:
        came = sent(released, port)
        assert came.sent == 4
        assert len(came.refused) == 1
        assert answer in came.refused[0]
        again = sent(released, port)
        assert (again.sent, again.before) == (1, 4)
    assert sorted(to for to, _ in inbox.mails) == ADDRESSES


def test_a_refused_recipient_keeps_no_other_from_theirs(released: Path) -> None:
    inbox = Inbox(to_recipients=lambda to: "550 Nobody here" if to == ADDRESSES[2] else "")
    with serving(inbox) as port:
        came = sent(released, port)
    assert came.sent == 4
    assert came.refused == (f"{ADDRESSES[2]}, {PROJECT}: 550 Nobody here.",)


def test_a_connection_lost_behind_the_text_is_in_doubt_and_never_sent_again(
    released: Path,
) -> None:
    inbox = Inbox(answers=["", "drop"])
    with serving(inbox) as port:
        came = sent(released, port)
        assert came.sent == 4
        assert len(came.doubtful) == 1
        assert "it may have been sent. Look for Message-ID" in came.doubtful[0]
        again = sent(released, port)
        assert (again.sent, again.before, len(again.doubtful)) == (0, 4, 1)
        key = came.doubtful[0].partition("--settle ")[2].split()[0]
        settle(released, PERIOD, key, "A. Person", was_sent=True)
        assert sent(released, port).is_complete
        again_said = r"settled already, by A\. Person on \d+ \w+ \d{4} at \d\d:\d\d UTC, as sent"
        with pytest.raises(SettledAlready, match=again_said):
            settle(released, PERIOD, key, "B. Person", was_sent=False)
        with pytest.raises(SettleUnknown):
            settle(released, PERIOD, "", "B. Person", was_sent=False)
    assert sorted(to for to, _ in inbox.mails) == ADDRESSES


def test_a_doubt_that_is_settled_as_not_sent_is_sent(released: Path) -> None:
    inbox = Inbox(answers=["drop"])
    with serving(inbox) as port:
        came = sent(released, port)
        inbox.mails.pop(0)  # the server had not kept it
        key = came.doubtful[0].partition("--settle ")[2].split()[0]
        settle(released, PERIOD, key, "A. Person", was_sent=False)
        assert sent(released, port).sent == 1
    assert sorted(to for to, _ in inbox.mails) == ADDRESSES


def test_a_server_that_is_down_leaves_no_mail_in_doubt(released: Path) -> None:
    with serving(Inbox()) as port:
        gone = port
    with pytest.raises(MailServerRefused):
        sent(released, gone)
    inbox = Inbox()
    with serving(inbox) as port:
        came = sent(released, port)
    assert (came.sent, came.doubtful) == (5, ())


def test_nothing_is_sent_that_is_not_released(released: Path) -> None:
    withdraw(released, PERIOD, HEAD, "a wrong page")
    inbox = Inbox()
    with serving(inbox) as port, pytest.raises(NotReleased):
        sent(released, port)
    assert inbox.mails == []


def test_pages_that_change_while_mails_leave_stop_them(released: Path, quick: Quick) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        mail = settings(port)

        def other_pages(*_: object) -> None:
            quick.content = lambda task, _: page(task.name, inside="<p>Another figure.</p>")
            options = run.RunOptions(jobs=1, by="Ann Analyst", force=True)
            run.run(PERIOD, released, options, engine=quick)

        with transport_of(mail) as server:
            came = send(released, PERIOD, mail, server, other_pages)
    assert (came.sent, len(inbox.mails), came.is_complete) == (1, 1, False)
    assert "has lapsed" in came.stopped


def test_a_withdrawal_takes_effect_before_the_next_mail(released: Path) -> None:
    """A server that answers late: nobody who withdraws waits for it."""
    inbox = Inbox(gate=threading.Event())
    assert inbox.gate
    journal = Chain(released / "reports", PERIOD)
    with serving(inbox) as port, ThreadPoolExecutor(2) as pool:
        sending = pool.submit(sent, released, port)
        while not any(line.event == "sending" for line in journal.lines()):
            time.sleep(0.01)
        with pytest.raises(SendingUnderWay, match="wait until it has ended"):
            sent(released, port)
        with pytest.raises(SendingUnderWay):
            settle(released, PERIOD, "a", "A. Person", was_sent=True)
        withdraw(released, PERIOD, HEAD, "a wrong page")
        inbox.gate.set()
        came = sending.result(20)
    assert came.sent == 1
    assert "withdrew the release" in came.stopped
    assert [to for to, _ in inbox.mails] == ADDRESSES[:1]
    events = [line.event for line in journal.lines()]
    assert events == ["released", "sending", "withdrawn", "sent"], "what was begun is recorded"


def test_a_release_made_anew_while_mails_leave_stops_the_earlier_one(released: Path) -> None:
    inbox = Inbox()

    def anew(*_: object) -> None:
        withdraw(released, PERIOD, HEAD, "to try")
        release(released, PERIOD, HEAD)

    with serving(inbox) as port:
        mail = settings(port)
        with transport_of(mail) as server:
            came = send(released, PERIOD, mail, server, anew)
        assert (came.sent, len(inbox.mails)) == (1, 1)
        assert f"'ffanalysis mail {PERIOD} --send' again" in came.stopped


def test_what_a_server_says_is_one_line(released: Path) -> None:
    inbox = Inbox(to_recipients=lambda _: "550-Not\r\n550 \x1b[31mwanted")
    with serving(inbox) as port:
        came = sent(released, port)
    assert came.refused[0] == f"{ADDRESSES[0]}, {PROJECT}: 550 Not [31mwanted."
    gone = Delivery("refused", "lost\r\nX-Header: here\n")
    assert gone.said == "lost X-Header: here"


def test_mails_that_leave_as_drafts_alone_are_not_sent(released: Path) -> None:
    with pytest.raises(MailRefused, match='transport = "graph"'), transport_of(Mail()):
        pass


def test_another_edition_is_no_second_mail(released: Path, quick: Quick) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        sent(released, port)
        quick.content = lambda task, _: page(task.name, inside="<p>Another figure.</p>")
        run.run(
            PERIOD, released, run.RunOptions(jobs=1, by="Ann Analyst", force=True), engine=quick
        )
        release(released, PERIOD, HEAD)
        came = sent(released, port)
        drafted = draft(released, PERIOD)
    assert (came.sent, len(came.remarks), came.is_complete) == (0, 5, True)
    assert "was sent edition 1" in came.remarks[0]
    assert len(inbox.mails) == 5
    assert (drafted.drafts, drafted.remarks) == ((), came.remarks)


def test_what_was_refused_is_not_sent_once_other_words_were(released: Path, quick: Quick) -> None:
    def say(words: str) -> None:
        quick.content = lambda task, _: page(task.name, inside=words)
        options = run.RunOptions(jobs=1, by="Ann Analyst", force=True)
        run.run(PERIOD, released, options, engine=quick)
        release(released, PERIOD, HEAD)

    inbox = Inbox(answers=["451 Later."])
    with serving(inbox) as port:
        say("<p>One.</p>")
        assert len(sent(released, port).refused) == 1
        say("<p>Two.</p>")
        assert sent(released, port).sent == 1
        say("<p>One.</p>")
        came = sent(released, port)
    assert (came.sent, len(inbox.mails)) == (0, 5)
    assert [why.partition(" ")[0] for why in came.remarks] == ADDRESSES[:1]


def test_a_mail_in_doubt_is_told_by_every_later_release(released: Path, quick: Quick) -> None:
    inbox = Inbox(answers=["drop"])
    with serving(inbox) as port:
        (doubt,) = sent(released, port).doubtful
        quick.content = lambda task, _: page(task.name, inside="<p>Another figure.</p>")
        options = run.RunOptions(jobs=1, by="Ann Analyst", force=True)
        run.run(PERIOD, released, options, engine=quick)
        release(released, PERIOD, HEAD)
        came = sent(released, port)
    assert came.doubtful == draft(released, PERIOD).doubtful == (doubt,)
    key = doubt.partition("--settle ")[2].split()[0]
    settle(released, PERIOD, key, "A. Person", was_sent=True)
    assert draft(released, PERIOD).doubtful == ()


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(released: Path) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        mail = settings(port)
        pdf = pdf_of(page(), "\r\n.\r\n..two").encode()
        made = message_of(letter(pdf=pdf), FROM, None)
        with transport_of(mail) as server:
            assert server.deliver(made, mail.sender, "zoe@example.gov.uk").outcome == "sent"
    (content,) = (content for _, content in inbox.mails)
    whole = email.message_from_bytes(content, policy=email.policy.default)
    (attached,) = whole.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_content() == pdf


def test_the_command_checks_sends_and_says_what_is_left(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(released))
    inbox = Inbox(answers=["", "drop", "451 Later."])
    with serving(inbox) as port:
        where = f'server = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        declare(released, "settings.toml", f'{MAIL}transport = "smtp"\n{where}')
        checked = CliRunner().invoke(main, ["mail", PERIOD, "--check"])
        came = CliRunner().invoke(main, ["mail", PERIOD, "--send"])
    assert (checked.exit_code, len(inbox.mails)) == (0, 4)
    assert "accepts the connection and the login. Nothing has been sent." in checked.output
    assert (came.exit_code, came.stdout) == (14, "3 sent.\n")
    assert f"{ADDRESSES[2]}, {PROJECT}: 451 Later.\n" in came.stderr
    assert f"{ADDRESSES[1]}, {PROJECT}: it may have been sent." in came.stderr


# --- TLS and login --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("cert"))


def trusting(cert: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(cert / "cert.pem"))


def test_a_login_through_starttls(cert: Path) -> None:
    for login, secret in (("password", PASSWORD), ("xoauth2", TOKEN)):
        with serving(Inbox(), cert, login=True) as port:
            mail = settings(
                port,
                server="localhost",
                security="starttls",
                login=login,
                user="savings@example.gov.uk",
            )
            said = Server(mail, secret, trusting(cert)).check()
            assert said == (
                "localhost accepts the connection and the login. Nothing has been sent."
            )
            with pytest.raises(MailServerRefused, match="the login was refused") as refused:
                Server(mail, "wrong", trusting(cert)).check()
            assert "SMTP AUTH is switched off" in str(refused.value)
            with pytest.raises(MailServerRefused, match=SECRET_VARIABLE):
                Server(mail, "", trusting(cert)).check()


def test_a_wrong_certificate_is_refused(cert: Path, tmp_path: Path) -> None:
    with serving(Inbox(), cert) as port:
        mail = settings(port, server="localhost", security="starttls")
        with pytest.raises(MailServerRefused, match="its certificate or its TLS is not accepted"):
            Server(mail, "").check()  # nobody vouches for it
        other = certificate(tmp_path, "mail.example.gov.uk")
        with pytest.raises(MailServerRefused, match="certificate"):
            Server(mail, "", trusting(other)).check()
    with serving(Inbox(), other) as port:
        mail = settings(port, server="localhost", security="starttls")
        with pytest.raises(MailServerRefused, match="certificate"):
            Server(mail, "", trusting(other)).check()  # it is of another name


def test_a_server_without_starttls_is_refused_where_it_is_asked_for() -> None:
    with serving(Inbox()) as port:
        mail = settings(port, security="starttls")
        with pytest.raises(MailServerRefused, match="does not offer STARTTLS"):
            Server(mail, "").check()


def test_a_login_without_tls_goes_to_no_other_machine() -> None:
    mail = settings(25, server="192.0.2.1", login="password", user="a")
    with pytest.raises(MailServerRefused, match="a login goes only through TLS"):
        Server(mail, PASSWORD).check()
    with serving(Inbox(), login=True) as port:
        here = settings(port, login="password", user="a")
        assert Server(here, PASSWORD).check()


def test_a_server_that_is_not_there_is_named() -> None:
    with serving(Inbox()) as port:
        gone = port
    with pytest.raises(MailServerRefused, match=rf"no connection to port {gone}"):
        Server(settings(gone), "").check()


# --- killed ---------------------------------------------------------------------------------------

SENDER = """
import sys
from pathlib import Path
from ffanalysis.deliver.sending import send
from ffanalysis.deliver.transport import transport_of
from ffanalysis.settings import Mail
mail = Mail(sender="savings@example.gov.uk", transport="smtp", server="127.0.0.1",
            port=sys.argv[2], security="none")
print("ready", flush=True)
with transport_of(mail) as server:
    send(Path(sys.argv[1]), "2015-16-Q2", mail, server)
"""


def environment() -> dict[str, str]:
    """For a command in a process of its own: it finds what these tests import."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.parametrize("seed", few(range(2), 1))
def test_killed_at_any_moment_no_mail_goes_twice_and_none_is_forgotten(
    released: Path, seed: int
) -> None:
    inbox = Inbox(seconds=0.03)
    journal = released / "reports" / "journal" / f"{PERIOD}.jsonl"
    with serving(inbox) as port:
        for kill in range(3):
            begun = journal.read_bytes().count(b'"sending"')
            with subprocess.Popen(
                [sys.executable, "-c", SENDER, str(released), str(port)],
                stdout=subprocess.PIPE,
                env=environment(),
            ) as process:
                assert process.stdout is not None
                process.stdout.readline()
                # Killed somewhere in a mail: 60 ms for each, and what comes before the next.
                while process.poll() is None and journal.read_bytes().count(b'"sending"') == begun:
                    time.sleep(0.002)
                time.sleep(((seed * 7 + kill * 5) % 13) * 0.011)
                process.send_signal(signal.SIGKILL)
        came = sent(released, port)
    delivered = Counter(to for to, _ in inbox.mails)
    assert max(delivered.values()) == 1, "no mail twice"
    doubtful = {why.partition(",")[0] for why in came.doubtful}
    assert {*delivered} | doubtful == {*ADDRESSES}, "none is forgotten"
    assert came.sent + came.before + len(doubtful) == len(ADDRESSES)


def test_the_settings_hold_the_mail_server(released: Path) -> None:
    declare(
        released,
        "settings.toml",
        MAIL + 'transport = "smtp"\nserver = "smtp.example.gov.uk"\nport = "25"\n',
    )
    found = council_of(released, PERIOD).mail
    assert (found.server, found.port, found.security) == ("smtp.example.gov.uk", "25", "starttls")
    declare(released, "settings.toml", MAIL + "port = 2525\n")
    assert council_of(released, PERIOD).mail.port == "2525", "a number is as good as its digits"


@pytest.mark.parametrize("port", ["true", "0", "70000", '"smtp"', "25.5"])
def test_a_port_that_is_none_is_refused_with_what_to_write(released: Path, port: str) -> None:
    declare(released, "settings.toml", f"{MAIL}port = {port}\n")
    with pytest.raises(SettingsWrong, match='such as port = "587"'):
        council_of(released, PERIOD)
