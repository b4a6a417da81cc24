"""A mail server of the tests: real SMTP on the loopback, which may refuse, drop or be slow."""

import asyncio
import socket
import ssl
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

PASSWORD = "a secret of the tests"  # noqa: S105
TOKEN = "a-token"  # noqa: S105


@dataclass
class Inbox:
    """What the server accepted: recipient and content; and what it answers, mail by mail.

    `answers` are taken one for each mail: "" accepts it, "slow" accepts it later, "drop" accepts it
    and hangs up before the answer, "lose" hangs up and keeps nothing; any other text is the answer.
    """

    mails: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    to_recipients: Callable[[str], str] = lambda _: ""
    seconds: float = 0.0  # before a mail is kept, and again before the answer
    gate: threading.Event | None = None  # which a mail waits for, before its answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or answer what `to_recipients` says."""
        if said := self.to_recipients(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Accept a mail, or answer what stands next in `answers`."""
        await asyncio.sleep(self.seconds)
        said = self.answers.pop(0) if self.answers else ""
        if said == "lose":
            server.transport.close()
            return "451 Lost"
        if said == "slow":
            await asyncio.sleep(0.5)
        elif said and said != "drop":
            return said
        self.mails += [(to, envelope.content or b"") for to in envelope.rcpt_tos]
        await asyncio.sleep(self.seconds)
        if self.gate:
            await asyncio.to_thread(self.gate.wait, 30)
        if said == "drop":
            server.transport.close()
        return "250 Accepted"


def _authenticated(_: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
    password = getattr(data, "password", b"")
    return AuthResult(success=password == PASSWORD.encode(), handled=False)


class WithToken(SMTP):
    """A server that also takes an access token, as Exchange Online does."""

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Accept the one token of the tests."""
        import base64

        given = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        good = f"user=savings@example.gov.uk\x01auth=Bearer {TOKEN}\x01\x01"
        if given == good:
            return AuthResult(success=True, handled=False)
        await self.push("535 5.7.3 Authentication unsuccessful")
        return AuthResult(success=False, handled=True)


class _Server(Controller):
    def factory(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a login without TLS is what is tested
            return WithToken(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(inbox: Inbox, cert: Path | None = None, *, login: bool = False) -> Iterator[int]:
    """A server on a free port; with a certificate it offers STARTTLS, and may ask for a login."""
    more: dict[str, Any] = {}
    if cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert / "cert.pem", cert / "key.pem")
        more["tls_context"] = context
    if login:
        more |= {
            "authenticator": _authenticated,
            "auth_required": True,
            "auth_require_tls": bool(cert),
        }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = _Server(inbox, hostname="127.0.0.1", port=port, **more)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate for a name, and its key, in a folder; it signs itself."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
        ],
        check=True,
        capture_output=True,
    )
    return folder
