"""Sending by Microsoft Graph, against a stand-in made from its documentation: each mail once."""

import email
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from graph_server import CLIENT, MAILBOX, RIGHTS, SECRET, TENANT, Mailbox, serving_graph
from mail_server import Inbox, certificate, serving
from released import ADDRESSES
from rendered import PERIOD, PROJECT
from test_mail import FROM, MAIL, letter, message_of
from test_release import declare
from test_sending import environment

from ffanalysis.chain import Chain
from ffanalysis.deliver import graph, graph_words, sending
from ffanalysis.deliver.envelope import LARGEST
from ffanalysis.deliver.graph import Graph
from ffanalysis.deliver.letters import Letters, letters_of
from ffanalysis.deliver.release import standing
from ffanalysis.deliver.sending import Sent, send, settle
from ffanalysis.deliver.smtp import Server
from ffanalysis.deliver.transport import SECRET_VARIABLE, secret_for, transport_of
from ffanalysis.errors import MailPartMissing, MailServerRefused, SettingsWrong
from ffanalysis.read import council_of
from ffanalysis.settings import Mail


@pytest.fixture(scope="module")
def cert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("cert"))


@pytest.fixture(scope="module")
def letters(released_quarter: Path) -> Letters:
    """What that release asks to be sent, read once: each test sends the same."""
    last = standing(released_quarter, PERIOD).last
    assert last is not None
    return letters_of(released_quarter, PERIOD, last, settings("https://localhost"))


@pytest.fixture(autouse=True)
def _read_once(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "letters_of", lambda *_: letters)


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def address(box: Mailbox, cert: Path) -> Iterator[str]:
    with serving_graph(box, cert) as found:
        yield found


def settings(address: str, **more: str) -> Mail:
    facts = {
        "sender": MAILBOX,
        "transport": "graph",
        "tenant": TENANT,
        "client_id": CLIENT,
        "graph_address": address,
        "login_address": address,
        **more,
    }
    return Mail(**facts)


def graph_of(
    address: str, cert: Path, secret: str = SECRET, quiet: float = 0, **more: str
) -> closing[Graph]:
    authorities = str(cert / "cert.pem")
    return closing(Graph(settings(address, **more), secret, authorities=authorities, quiet=quiet))


def sent(root: Path, address: str, cert: Path, quiet: float = 0) -> Sent:
    with graph_of(address, cert, quiet=quiet) as transport:
        return send(root, PERIOD, settings(address), transport)


def checked(address: str, cert: Path, secret: str = SECRET, **more: str) -> str:
    with graph_of(address, cert, secret, **more) as transport:
        return transport.check()


def delivered(box: Mailbox) -> list[str]:
    return sorted(to for to, _ in box.delivered)


def events(root: Path) -> Counter[str]:
    return Counter(line.event for line in Chain(root / "reports", PERIOD).lines())


# --- each mail once -------------------------------------------------------------------------------


def test_each_mail_is_a_draft_that_the_journal_knows_and_then_sent(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    came = sent(released, address, cert)
    assert (came.sent, came.before, came.is_complete) == (5, 0, True)
    assert delivered(box) == ADDRESSES
    assert events(released) == {
        "released": 1,
        "sending": 5,
        "draft in mailbox": 5,
        "sent": 5,
    }
    again = sent(released, address, cert)
    assert (again.sent, again.before) == (0, 5)
    assert box.asked.count("create") == box.asked.count("send") == 5


def test_the_mail_is_the_same_bytes_as_over_smtp(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    made = message_of(letter(), FROM, None)
    with graph_of(address, cert) as transport:
        assert transport.deliver(made, MAILBOX, "zoe@example.gov.uk").outcome == "sent"
    ((to, content),) = box.delivered
    assert (to, content) == ("zoe@example.gov.uk", made.as_bytes())
    inbox = Inbox()
    with serving(inbox) as port:
        mail = Mail(sender=MAILBOX, server="127.0.0.1", port=str(port), security="none")
        with closing(Server(mail, "")) as server:
            server.deliver(made, MAILBOX, "zoe@example.gov.uk")
    assert inbox.mails[0][1].rstrip() == content.rstrip()


@pytest.mark.parametrize(
    "fault",
    [
        "drop before",
        "drop",
        "503 ServiceUnavailable",
        "500 InternalServerError",
        "403 ErrorAccessDenied",
    ],
)
def test_what_fails_before_it_is_sent_is_refused_and_tried_again(
    released: Path, address: str, cert: Path, box: Mailbox, fault: str
) -> None:
    box.faults["create"] = ["", fault]
    came = sent(released, address, cert)
    assert (came.sent, len(came.refused), came.doubtful) == (4, 1, ())
    again = sent(released, address, cert)
    assert (again.sent, again.before, again.is_complete) == (1, 4, True)
    assert delivered(box) == ADDRESSES


def test_a_draft_whose_id_was_lost_is_found_by_its_message_id(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["create"], box.renames = ["drop"], False
    assert len(sent(released, address, cert).refused) == 1
    assert sent(released, address, cert).sent == 1
    assert (delivered(box), box.drafts) == (ADDRESSES, []), "no second draft of it was made"


def test_an_answer_lost_behind_sending_is_looked_up_in_sent_items(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["send"], box.lag = ["", "drop"], 30.0
    came = sent(released, address, cert)
    assert (came.sent, len(came.doubtful)) == (4, 1)
    assert "it may have been sent" in came.doubtful[0]
    later = sent(released, address, cert)
    assert (later.sent, later.before, len(later.doubtful)) == (0, 4, 1)
    assert "neither in Drafts nor in Sent Items, where it may come late" in later.doubtful[0]
    box.lag = 0.0
    found = sent(released, address, cert)
    assert (found.sent, found.before, found.is_complete) == (0, 5, True)
    assert delivered(box) == ADDRESSES
    assert Chain(released / "reports", PERIOD).lines()[-1].facts["said"] == "found in Sent Items"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("drop before", "doubtful"),
        ("502 BadGateway", "doubtful"),
        ("429 ApplicationThrottled 1", "refused"),
    ],
)
def test_a_draft_that_is_still_there_is_sent_itself(
    released: Path, address: str, cert: Path, box: Mailbox, fault: str, outcome: str
) -> None:
    box.faults["send"] = ["", "", "", "", fault]
    came = sent(released, address, cert)
    assert (came.sent, len(getattr(came, outcome))) == (4, 1)
    soon = sent(released, address, cert, quiet=60)
    if outcome == "doubtful":
        assert (soon.sent, len(soon.doubtful)) == (0, 1)
        assert "run the command again in a minute" in soon.doubtful[0]
        soon = sent(released, address, cert)
    assert (soon.sent, soon.before) == (1, 4)
    assert delivered(box) == ADDRESSES
    assert box.asked.count("create") == 5, "it is the very draft"


def test_a_draft_refused_for_good_is_taken_away_and_made_anew(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["send"] = ["403 ErrorSendAsDenied"]
    came = sent(released, address, cert)
    assert "may not send from the sender's address" in came.refused[0]
    assert (box.drafts, box.asked.count("delete")) == ([], 1)
    assert sent(released, address, cert).sent == 1
    assert delivered(box) == ADDRESSES


def test_what_was_sent_in_spite_of_a_refusal_is_never_taken_back(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["send"] = ["sent 403 ErrorAccessDenied"]
    came = sent(released, address, cert)
    assert (came.sent, len(came.refused), box.asked.count("delete")) == (4, 1, 0)
    assert sent(released, address, cert).before == 5
    assert delivered(box) == ADDRESSES


def test_a_draft_that_a_person_sent_is_not_sent_again(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["send"] = ["429 ApplicationThrottled 1", *["" for _ in ADDRESSES]]
    sent(released, address, cert)
    (draft,) = box.drafts
    draft.sent_at = time.monotonic()
    assert sent(released, address, cert).before == 1
    assert draft.to not in delivered(box)


@pytest.mark.parametrize("fault", ["drop before", "429 ApplicationThrottled 1"])
def test_a_draft_that_is_gone_is_for_a_person_to_settle(
    released: Path, address: str, cert: Path, box: Mailbox, fault: str
) -> None:
    box.faults["send"] = ["", "", "", "", fault]
    sent(released, address, cert)
    (draft,) = box.drafts
    del box.messages[draft.identity]
    came = sent(released, address, cert)
    assert (came.sent, len(came.doubtful)) == (0, 1)
    key = came.doubtful[0].partition("--settle ")[2].split()[0]
    settle(released, PERIOD, key, "A. Person", was_sent=False)
    assert sent(released, address, cert).sent == 1
    assert delivered(box) == ADDRESSES


def test_who_is_asked_to_wait_waits(released: Path, address: str, cert: Path, box: Mailbox) -> None:
    box.faults["create"] = ["", "429 ApplicationThrottled 20"]
    came = sent(released, address, cert)
    assert came.sent == 1
    assert "it asks to wait 20 seconds" in came.refused[0]
    assert "it asks to wait: run the command again in" in came.refused[1]
    assert box.asked.count("create") == 2, "the others are not tried meanwhile"
    assert sent(released, address, cert).sent == 4


def test_what_another_transport_left_in_doubt_stays_so(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    inbox = Inbox(answers=["drop"])
    with serving(inbox) as port:
        mail = Mail(sender=MAILBOX, server="127.0.0.1", port=str(port), security="none")
        with closing(Server(mail, "")) as server:
            send(released, PERIOD, mail, server)
    came = sent(released, address, cert)
    assert (came.sent, came.before, len(came.doubtful)) == (0, 4, 1)
    assert box.delivered == []


def test_a_mail_that_cannot_be_looked_up_stays_in_doubt(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["send"], box.faults["list"] = ["drop"], ["500 InternalServerError"]
    sent(released, address, cert)
    came = sent(released, address, cert)
    assert "it could not be looked up" in came.doubtful[0]
    assert sent(released, address, cert).is_complete
    assert delivered(box) == ADDRESSES


def test_what_was_refused_is_sent_also_where_it_cannot_be_looked_up(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.faults["create"], box.faults["list"] = ["500 Oops"], ["500 InternalServerError"]
    sent(released, address, cert)
    assert sent(released, address, cert).is_complete
    assert delivered(box) == ADDRESSES


def test_no_mail_is_too_large_for_graph(
    address: str, cert: Path, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LARGEST * 4 / 3 < 4_000_000, "base64 has four signs for three"
    monkeypatch.setattr(graph, "_LARGEST", 1_000)
    with graph_of(address, cert) as transport:
        came = transport.deliver(message_of(letter(), FROM, None), MAILBOX, "")
    assert (came.outcome, box.asked) == ("refused", [])


# --- the check ------------------------------------------------------------------------------------


def test_the_check_reads_the_mailbox_and_sends_nothing(
    address: str, cert: Path, box: Mailbox
) -> None:
    host = address.removeprefix("https://")
    said = f"{host} lets the application read {MAILBOX}. Nothing has been sent."
    assert checked(address, cert) == said
    assert box.asked == ["token", "folder"]
    box.rights = RIGHTS[:1]
    hint = checked(address, cert)
    assert hint.startswith(f"{said} Its token does not name Mail.Send.")
    assert "RBAC for Applications" in hint
    assert not box.messages


@pytest.mark.parametrize(
    ("more", "fault", "said"),
    [
        ({"secret": "wrong"}, "", "the secret is wrong. Ask whoever administers Entra"),
        ({"secret": "an expired secret"}, "", "the secret has expired. Ask whoever"),
        ({"secret": ""}, "", f"set {SECRET_VARIABLE}"),
        ({"client_id": "another"}, "", "knows no application with this client_id"),
        ({"tenant": "other.gov.uk"}, "", "the tenant 'other.gov.uk' is not known there"),
        ({"tenant": ""}, "", r"set tenant below \[mail\]"),
        ({"mailbox": "no@example.gov.uk"}, "", "there is no mailbox no@example.gov.uk"),
        ({}, "403 ErrorAccessDenied", "lacks Mail.ReadWrite or Mail.Send .*RBAC for Applications"),
        ({}, "404 MailboxNotEnabledForRESTAPI", "not in Exchange Online. Ask whoever administers"),
        ({}, "429 ApplicationThrottled 7", "asks to wait 7 seconds"),
        ({}, "401 InvalidAuthenticationToken", "the access token is not accepted"),
        ({}, "503 ServiceUnavailable", "Microsoft's service fails; run the command again later"),
        ({}, "302 Found", "302 Found"),
        ({}, "drop", "lost before the answer"),
    ],
)
def test_the_check_says_what_is_wrong_and_who_must_mend_it(
    address: str, cert: Path, box: Mailbox, more: dict[str, str], fault: str, said: str
) -> None:
    box.faults["folder"] = [fault]
    with pytest.raises(MailServerRefused, match=said) as refused:
        checked(address, cert, **more)
    assert "Trace ID" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_certificate_logs_in_as_well(
    address: str, cert: Path, box: Mailbox, tmp_path: Path
) -> None:
    key, public = ((cert / name).read_text() for name in ("key.pem", "cert.pem"))
    box.certificate = public
    for pem in (key + public, public + key, (key + public).replace("\n", "\\n")):
        assert checked(address, cert, pem)
    other = certificate(tmp_path)
    foreign = (other / "key.pem").read_text() + (other / "cert.pem").read_text()
    with pytest.raises(MailServerRefused, match="certificate is not one of the application's"):
        checked(address, cert, foreign)
    for pem, said in (
        (public, "without its private key"),
        (key, "without its certificate"),
        (key + (other / "cert.pem").read_text(), "is not that of the certificate"),
        (key[:200] + key[300:] + public, "cannot be read"),
        (key.replace("PRIVATE", "ENCRYPTED PRIVATE") + public, "locked by a password"),
    ):
        with pytest.raises(MailServerRefused, match=said):
            checked(address, cert, pem)


def test_a_server_nobody_vouches_for_is_refused(address: str, cert: Path, tmp_path: Path) -> None:
    for authorities in (True, str(certificate(tmp_path) / "cert.pem")):
        made = Graph(settings(address), SECRET, authorities=authorities)  # type: ignore[arg-type]
        with (
            closing(made) as untrusted,
            pytest.raises(MailServerRefused, match="its certificate or its TLS is not accepted"),
        ):
            untrusted.check()


def test_a_service_that_is_not_there_leaves_no_mail_in_doubt(
    released: Path, cert: Path, box: Mailbox
) -> None:
    with serving_graph(box, cert) as gone:
        pass
    with pytest.raises(MailServerRefused, match="no connection"):
        sent(released, gone, cert)
    assert events(released) == {"released": 1}


def test_without_msal_the_command_says_how_to_install_it(
    released: Path, cert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(MailPartMissing, match=r"pip install \"ffanalysis\[m365\]\""):
        sent(released, "https://localhost:1", cert)
    assert events(released) == {"released": 1}


def test_the_settings_choose_graph_and_only_through_tls(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = f'{MAIL}transport = "graph"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
    declare(released, "settings.toml", chosen)
    mail = council_of(released, PERIOD).mail
    assert mail.graph_address == "https://graph.microsoft.com"
    monkeypatch.setenv(SECRET_VARIABLE, "from the environment")
    assert secret_for(mail) == "from the environment"
    with transport_of(mail) as transport:
        assert transport.name == "graph"
    for address in ("http://graph.example", "https://a/b", "graph.example", "https://a@b"):
        declare(released, "settings.toml", f'{chosen}graph_address = "{address}"\n')
        with pytest.raises(SettingsWrong, match="reached through TLS; write https://"):
            council_of(released, PERIOD)


def test_an_answer_that_is_no_json_is_told_in_one_line() -> None:
    import requests

    answer = requests.Response()
    answer.status_code, answer._content = 418, b"<html>\r\n<p>Teapot"
    assert graph_words.why_not(answer, MAILBOX) == "418 <html> <p>Teapot"


# --- killed ---------------------------------------------------------------------------------------

SENDER = """
import sys
from pathlib import Path
from ffanalysis.deliver.graph import Graph
from ffanalysis.deliver.release import standing
from ffanalysis.deliver.sending import send
from ffanalysis.settings import Mail
root, address, authorities, tenant, client, secret = sys.argv[1:]
mail = Mail(sender="savings@example.gov.uk", transport="graph", tenant=tenant, client_id=client,
            graph_address=address, login_address=address)
import msal
print("ready", flush=True)
send(Path(root), "2015-16-Q2", mail, Graph(mail, secret, authorities=authorities, quiet=0))
"""


def sender_words(root: Path, address: str, cert: Path) -> list[str]:
    """The command as a process of its own is started."""
    words = [str(root), address, str(cert / "cert.pem"), TENANT, CLIENT, SECRET]
    return [sys.executable, "-c", SENDER, *words]


def test_killed_at_any_moment_every_mail_goes_once(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    box.seconds, box.lag = 0.03, 0.5
    journal = released / "reports" / "journal" / f"{PERIOD}.jsonl"
    for kill in range(2):
        begun = journal.read_bytes().count(b'"sending"')
        words = sender_words(released, address, cert)
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while process.poll() is None and journal.read_bytes().count(b'"sending"') == begun:
                time.sleep(0.002)
            time.sleep(kill * 0.1)
            process.send_signal(signal.SIGKILL)
    time.sleep(box.lag + 0.1)
    came = sent(released, address, cert)
    assert delivered(box) == ADDRESSES, "no mail twice, and none is lost"
    assert came.is_complete


def test_what_is_delivered_can_be_read(
    released: Path, address: str, cert: Path, box: Mailbox
) -> None:
    sent(released, address, cert)
    made = email.message_from_bytes(box.delivered[0][1])
    assert made["X-Unsent"] is None
    names = [part.get_filename() for part in made.walk() if part.get_filename()]
    assert names == [f"{PROJECT}-{PERIOD}.pdf"]
