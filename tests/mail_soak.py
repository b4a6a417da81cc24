"""The long counts of sending: mails read back by two parsers, and commands killed at any moment."""

import email
import email.policy
import io
import logging
import random
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import test_graph
import test_sending
from conftest import publish_quarter
from fast_mail_parser import PyMimePart, parse_email, parse_email_tree
from graph_server import Mailbox, serving_graph
from mail_server import PASSWORD, Inbox, certificate, serving
from pypdf import PdfReader
from released import release_quick
from rendered import BUDGET, COMMAND, PERIOD, REGISTER, add_projects, put
from test_mail import MAIL, recipients
from test_release import ANALYST, EXPLAINED, HEAD, declare

from ffanalysis.chain import Chain
from ffanalysis.deliver import kept
from ffanalysis.deliver.message import tree_of
from ffanalysis.deliver.release import release
from ffanalysis.deliver.sending import Sent, send, settle
from ffanalysis.deliver.smtp import Server

logging.getLogger("mail.log").setLevel(logging.ERROR)  # the test server's own advice
_PROJECTS = {
    "sen-contract-efficiency": "SEN Contract Efficiency",
    "library-hours": "Library Hours",
    "road-repairs": "Road Repairs",
}
_TEXT = {"multipart/alternative": ["text/plain", "text/html"]}


def read_back(root: Path, number: int, seed: int) -> Iterator[bool]:
    """Whether each mail of a rendered quarter arrived once, and is what it must be."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    wanted = {f"director{each}@example.gov.uk": _project(each) for each in range(number)}
    _release_rendered(root, wanted)
    never = set(chance.sample(sorted(wanted), 3))
    later = set(chance.sample(sorted({*wanted} - never), 12))
    inbox = Inbox(to_recipients=_picky(never, later))
    odd = ["451 4.7.1 Greylisted", "554 5.7.1 Not wanted", "slow", "drop", "lose"]
    answers = [chance.choice(["", "", "", "", *odd]) for _ in range(2 * number)]
    inbox.answers = [*answers]
    cert = certificate(root)
    commands = 0
    with serving(inbox, cert, login=True) as port:
        came = None
        while came is None or not _is_done(came, never):
            commands += 1
            came = _send_by(root, port, cert)
            _settle(root, came, inbox)
    given = Counter(answers[: len(answers) - len(inbox.answers)])
    told = ", ".join(f"{number} {answer or '250'}" for answer, number in given.items())
    print(f"  {len(inbox.mails)} mails by {commands} commands; answers to texts: {told};")
    print(f"  {len(later)} recipients refused at first, {len(never)} each time")
    arrived = Counter(to for to, _ in inbox.mails)
    content = dict(inbox.mails)
    pages = kept.folder_of(root / "reports", PERIOD, 1) / kept.PAGES
    for to, project in wanted.items():
        if to in never:
            yield arrived[to] == 0 and any(why.startswith(to) for why in came.refused)
            continue
        faults = _faults(content[to], to, project, (pages / f"{project}.pdf").read_bytes())
        if arrived[to] != 1:
            faults.append(f"arrived {arrived[to]} times")
        if faults:
            print(f"  {to}: {'; '.join(faults)}")
        yield not faults


def _project(number: int) -> str:
    return list(_PROJECTS)[number % len(_PROJECTS)]


def _picky(never: set[str], later: set[str]) -> Callable[[str], str]:
    """A server that refuses some recipients each time, and others once."""
    waiting = set(later)

    def answer(to: str) -> str:
        if to in waiting:
            waiting.discard(to)
            return "450 4.2.0 Greylisted, try again"
        return "550 5.1.1 Nobody here" if to in never else ""

    return answer


def _is_done(came: Sent, never: set[str]) -> bool:
    return not came.doubtful and len(came.refused) == len(never)


def _release_rendered(root: Path, wanted: dict[str, str]) -> None:
    """Render a quarter of three projects by the command, and release it to these recipients."""
    add_projects(root, list(_PROJECTS.values())[1:])
    budget = f"{BUDGET}!Base budget 2015-16"
    highways = {"A6": "Highways", "C6": "net", "D6": "£2.5m"}
    put(
        root,
        {
            f"{REGISTER}!Projects!I6": "Highways",
            **{f"{budget}!{cell}": value for cell, value in highways.items()},
        },
    )
    declare(root, "settings.toml", f'{MAIL}[marking]\ntext = "OFFICIAL"\n')
    declare(root, "explanations.toml", EXPLAINED)
    named = ((_PROJECTS[project], f"Zoë Ó’Neil {to[:11]}", to) for to, project in wanted.items())
    recipients(root, *named)
    command = [COMMAND, "run", PERIOD, "--by", ANALYST]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    release(root, PERIOD, HEAD)


def _send_by(root: Path, port: int, cert: Path) -> Sent:
    """Send through STARTTLS and a login."""
    user = {"server": "localhost", "security": "starttls", "login": "password", "user": "savings"}
    mail = test_sending.settings(port, **user)
    trusted = ssl.create_default_context(cafile=str(cert / "cert.pem"))
    with closing(Server(mail, PASSWORD, trusted)) as server:
        return send(root, PERIOD, mail, server)


def _settle(root: Path, came: Sent, inbox: Inbox) -> None:
    """Settle each doubtful mail as a person does who looks into the recipient's mailbox."""
    there = {to for to, _ in inbox.mails}
    for why in came.doubtful:
        key = why.partition("--settle ")[2].split()[0]
        settle(root, PERIOD, key, "A. Person", was_sent=why.partition(",")[0] in there)


# --- two parsers ----------------------------------------------------------------------------------


def _faults(content: bytes, to: str, project: str, pdf: bytes) -> list[str]:
    """What is wrong with a mail, by the standard library and by a parser that shares none of it."""
    name = _PROJECTS[project]
    ours = cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))
    theirs, tree = parse_email(content, strict=True), parse_email_tree(content)
    (attached,) = ours.iter_attachments()
    others = [part for part in theirs.attachments if part.disposition == "attachment"]
    told = {
        "To by the library": [each.addr_spec for each in ours["To"].addresses] == [to],
        "To by the parser": [each.address for each in theirs.to] == [to],
        "Subject": f"OFFICIAL – Savings briefing: {name}," in str(ours["Subject"]),
        "Subject by the parser": theirs.subject == str(ours["Subject"]),
        "text": all(name in text for text in (*theirs.text_plain, *theirs.text_html)),
        "text by the library": _text_of(ours) == "".join(theirs.text_plain).splitlines(),
        "PDF by the library": attached.get_content() == pdf,
        "PDF by the parser": [part.content for part in others] == [pdf],
        "file name": [part.filename for part in others] == [attached.get_filename()],
        "PDF's text": name in _pdf_text(pdf),
        "tree": _is_the_tree(tree_of(ours)),
        "tree by the parser": _tree_of(tree) == tree_of(ours),
        "pictures": _pictures(ours) == _pictures_by_parser(tree),
        "a draft's mark": ours["X-Unsent"] is None,
    }
    return [what for what, is_right in told.items() if not is_right]


def _text_of(message: EmailMessage) -> list[str]:
    part = message.get_body(("plain",))
    return [] if part is None else str(part.get_content()).splitlines()


def _is_the_tree(tree: object) -> bool:
    """Mixed (related (alternative (plain, HTML), pictures), PDF), and nothing else."""
    match tree:
        case {"multipart/mixed": [{"multipart/related": [text, *pictures]}, "application/pdf"]}:
            return text == _TEXT and {*pictures} <= {"image/png"}
    return False


def _tree_of(part: PyMimePart) -> object:
    kind = part.content_type.partition(";")[0]
    return {kind: [_tree_of(inside) for inside in part.children]} if part.children else kind


def _pictures(message: EmailMessage) -> dict[str, bytes]:
    parts = [part for part in message.walk() if part.get_content_type() == "image/png"]
    return {str(part["Content-ID"]).strip("<>"): part.get_content() for part in parts}


def _pictures_by_parser(part: PyMimePart) -> dict[str, bytes]:
    if part.content_type.startswith("image/png"):
        return {str(part.content_id): part.content or b""}
    found: dict[str, bytes] = {}
    for inside in part.children:
        found |= _pictures_by_parser(inside)
    return found


_TEXTS: dict[bytes, str] = {}


def _pdf_text(pdf: bytes) -> str:
    """The words of a document, as another library reads them."""
    if pdf not in _TEXTS:
        pages = PdfReader(io.BytesIO(pdf)).pages
        _TEXTS[pdf] = " ".join(" ".join(page.extract_text() for page in pages).split())
    return _TEXTS[pdf]


# --- killed ---------------------------------------------------------------------------------------


def killed_over_smtp(root: Path, mails: int, kills: int, seed: int) -> Iterator[bool]:
    """Whether no mail came twice behind each kill, and none was lost behind all."""
    inboxes: list[Inbox] = []

    def rounds(programme: Path, chance: random.Random, left: int) -> Iterator[bool]:
        inboxes.append(inbox := Inbox(seconds=0.02))
        with serving(inbox) as port:
            words = [sys.executable, "-c", test_sending.SENDER, str(programme), str(port)]
            for _ in _kill(words, programme, chance, left, 0.06):
                yield _at_most_once(inbox.mails)
            time.sleep(0.2)
            came = test_sending.sent(programme, port)
            doubtful = {why.partition(",")[0] for why in came.doubtful}
            there = {to for to, _ in inbox.mails}
            yield there | doubtful == {*_addresses(mails)} and _at_most_once(inbox.mails)
            print(f"  smtp: {len(doubtful)} of {mails} in doubt, {len(doubtful & there)} had come")
            _settle(programme, came, inbox)
            yield test_sending.sent(programme, port).is_complete
            yield Counter(to for to, _ in inbox.mails) == Counter(_addresses(mails))

    yield from _rounds(root / "smtp", root, mails, kills, seed, rounds)
    print(f"  smtp: {sum(len(each.mails) for each in inboxes)} mails, each once")


def killed_over_graph(root: Path, mails: int, kills: int, seed: int) -> Iterator[bool]:
    """The same over Graph, where Sent Items lag: each mail comes once, and none stays in doubt."""
    (cert := root / "cert").mkdir()
    certificate(cert)
    boxes: list[Mailbox] = []

    def rounds(programme: Path, chance: random.Random, left: int) -> Iterator[bool]:
        boxes.append(box := Mailbox(seconds=0.02, lag=12.0, renames=chance.random() < 0.5))
        with serving_graph(box, cert) as address:
            words = test_graph.sender_words(programme, address, cert)
            for _ in _kill(words, programme, chance, left, 0.12):
                yield _at_most_once(box.delivered)
            came = test_graph.sent(programme, address, cert)
            print(f"  graph: {len(came.doubtful)} of {mails} in doubt while Sent Items lag")
            time.sleep(box.lag)
            yield test_graph.sent(programme, address, cert).is_complete
            yield Counter(to for to, _ in box.delivered) == Counter(_addresses(mails))
            print(f"  graph: {len(box.drafts)} drafts left, which were never sent")

    yield from _rounds(root / "graph", root, mails, kills, seed, rounds)
    print(f"  graph: {sum(len(each.delivered) for each in boxes)} mails, each once")


def _addresses(number: int) -> list[str]:
    return [f"director{each}@example.gov.uk" for each in range(number)]


def _at_most_once(mails: list[tuple[str, bytes]]) -> bool:
    return max(Counter(to for to, _ in mails).values(), default=0) <= 1


def _rounds(
    folder: Path,
    root: Path,
    mails: int,
    kills: int,
    seed: int,
    one: Callable[[Path, random.Random, int], Iterator[bool]],
) -> Iterator[bool]:
    """Rounds over a fresh copy of a released programme each, until so many commands were killed."""
    folder.mkdir()
    published = publish_quarter(folder, root / "data" / "raw" / PERIOD)
    release_quick(published, _addresses(mails))
    chance, done, number = random.Random(seed), 0, 0  # noqa: S311 - not a secret
    while done < kills:
        number += 1
        copy = shutil.copytree(published, folder / f"round-{number}", symlinks=True)
        before = _killed.total()
        yield from one(copy, chance, kills - done)
        done += _killed.total() - before
    print(f"  {folder.name}: {done} kills in {number} rounds")


_killed: Counter[str] = Counter()


def _kill(
    words: list[str], programme: Path, chance: random.Random, most: int, seconds: float
) -> Iterator[None]:
    """Start the command and kill it at a moment of chance, until it has ended by itself."""
    journal = Chain(programme / "reports", PERIOD).path

    def begun() -> int:
        return journal.read_bytes().count(b'"sending"')

    for _ in range(most):
        target = begun() + chance.randint(1, 4)
        is_early = chance.random() < 0.1
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=test_sending.environment()
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while not is_early and process.poll() is None and begun() < target:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.8) if is_early else chance.uniform(0, 1.2 * seconds))
            if process.poll() is not None:
                return
            process.send_signal(signal.SIGKILL)
        _killed["kills"] += 1
        yield
