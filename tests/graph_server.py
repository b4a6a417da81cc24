"""A stand-in for Microsoft Graph and its token service, made from the documented calls.

It is no Microsoft service: what it does is what the documentation says that one does. It may lag
its Sent Items, drop a connection before or behind each step, throttle and refuse.
"""

import base64
import email
import email.policy
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TENANT, CLIENT = "example.gov.uk", "11111111-2222-3333-4444-555555555555"
SECRET = "a secret of the tests"  # noqa: S105
MAILBOX = "savings@example.gov.uk"
RIGHTS = ("Mail.ReadWrite", "Mail.Send")


@dataclass
class Message:
    """A message of the mailbox: a draft until it is sent."""

    identity: str
    message_id: str
    to: str
    content: bytes
    sent_at: float = 0.0


@dataclass
class Mailbox:
    """The mailbox, and how the service misbehaves.

    `faults` are taken one for each request of a step: token, create, send, list, get, folder or
    delete. "" does what was asked; "drop before" hangs up and does nothing, "drop" hangs up once it
    is done; a number and a code, such as "403 ErrorAccessDenied", is the answer, and with "sent "
    before them it comes behind a mail that is sent all the same.
    """

    messages: dict[str, Message] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lag: float = 0.0  # seconds until a message that was sent shows in Sent Items
    seconds: float = 0.0  # before and behind each step on a message
    renames: bool = True  # gives each draft a Message-ID of its own
    rights: tuple[str, ...] = RIGHTS
    certificate: str = ""  # the PEM of the certificate that the application may log in with
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def drafts(self) -> list[Message]:
        return [each for each in self.messages.values() if not each.sent_at]

    def in_folder(self, folder: str) -> list[Message]:
        if folder == "drafts":
            return self.drafts
        now = time.monotonic()
        return [
            each
            for each in self.messages.values()
            if each.sent_at and now - each.sent_at >= self.lag
        ]

    def shown(self, identity: str) -> Message | None:
        """A message by its id, if one of the two folders shows it."""
        both = [*self.in_folder("drafts"), *self.in_folder("sentitems")]
        return next((each for each in both if each.identity == identity), None)

    def fault(self, step: str) -> str:
        with self.lock:
            self.asked.append(step)
            waiting = self.faults.get(step, [])
            return waiting.pop(0) if waiting else ""


class _Gone(Exception):
    """The connection is dropped."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mailbox: Mailbox

    def log_message(self, *_: object) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (_Gone, OSError):
            self.close_connection = True

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        place = urlsplit(self.path)
        path = place.path
        query = {key: values[0] for key, values in parse_qs(place.query).items()}
        if path.endswith("/.well-known/openid-configuration"):
            self._openid(path)
        elif path.endswith("/oauth2/v2.0/token"):
            self._token(parse_qs(body.decode()))
        elif not path.startswith("/v1.0/users/"):
            self._say(404, _error("ResourceNotFound"))
        elif self.headers.get("Authorization") != f"Bearer {_token_of(self.mailbox.rights)}":
            self._say(401, _error("InvalidAuthenticationToken"))
        elif self.headers.get("Prefer") != 'IdType="ImmutableId"':
            self._say(400, _error("NotImmutable"))
        else:
            user, *rest = map(unquote, path.removeprefix("/v1.0/users/").split("/"))
            if user != MAILBOX:
                self._say(
                    404, _error("ErrorInvalidUser", f"The requested user '{user}' is invalid.")
                )
            else:
                self._graph(method, rest, query, body)

    # --- the token service ------------------------------------------------------------------------

    def _openid(self, path: str) -> None:
        host = f"https://{self.headers['Host']}"
        tenant = path.strip("/").split("/")[0]
        if tenant != TENANT:
            words = f"AADSTS90002: Tenant '{tenant}' not found."
            self._say(400, {"error": "invalid_tenant", "error_description": words})
            return
        self._say(
            200,
            {
                "token_endpoint": f"{host}/{tenant}/oauth2/v2.0/token",
                "authorization_endpoint": f"{host}/{tenant}/oauth2/v2.0/authorize",
                "issuer": f"{host}/{tenant}/v2.0",
            },
        )

    def _token(self, form: dict[str, list[str]]) -> None:
        given = {key: values[0] for key, values in form.items()}
        if self._is_faulty("token"):
            return
        if given.get("client_id") != CLIENT:
            why = "AADSTS700016: Application with identifier was not found in the directory."
        elif "client_assertion" in given:
            why = self._fault_of(given["client_assertion"])
        elif given.get("client_secret") == "an expired secret":
            why = (
                "AADSTS7000222: The provided client secret keys for app are expired.\r\nTrace ID: 1"
            )
        elif given.get("client_secret") != SECRET:
            why = "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1"
        else:
            why = ""
        if why:
            self._say(401, {"error": "invalid_client", "error_description": why})
            return
        token = _token_of(self.mailbox.rights)
        self._say(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _fault_of(self, assertion: str) -> str:
        """What is wrong with what a certificate has signed; "" where nothing is."""
        import jwt
        from cryptography.x509 import load_pem_x509_certificate

        key = load_pem_x509_certificate(self.mailbox.certificate.encode()).public_key()
        audience = f"https://{self.headers['Host']}/{TENANT}/oauth2/v2.0/token"
        try:
            jwt.decode(assertion, key, algorithms=["PS256"], audience=audience)  # type: ignore[arg-type]
        except jwt.PyJWTError:
            return "AADSTS700027: The certificate is not registered on application."
        return ""

    # --- Graph ------------------------------------------------------------------------------------

    def _graph(self, method: str, parts: list[str], query: dict[str, str], body: bytes) -> None:
        match method, parts:
            case "POST", ["messages"]:
                self._create(body)
            case "POST", ["messages", identity, "send"]:
                self._send(identity)
            case "GET", ["messages", identity]:
                self._get(identity)
            case "DELETE", ["messages", identity]:
                self._delete(identity)
            case "GET", ["mailFolders", _]:
                if not self._is_faulty("folder"):
                    self._say(200, {"id": "1", "displayName": "Drafts"})
            case "GET", ["mailFolders", folder, "messages"]:
                self._list(folder, query)
            case _:
                self._say(400, _error("BadRequest"))

    def _create(self, body: bytes) -> None:
        fault = self._before("create")
        if fault is None:
            return
        try:
            content = base64.b64decode(body, validate=True)
        except ValueError:
            self._say(400, _error("ErrorMimeContentInvalidBase64String"))
            return
        if self.headers["Content-Type"] != "text/plain":
            self._say(400, _error("BadRequest"))
            return
        found = email.message_from_bytes(content, policy=email.policy.default)
        box = self.mailbox
        with box.lock:
            number = next(box.numbers)
            own = str(found["Message-ID"])
            name = f"<{number}@eurprd01.prod.outlook.com>" if box.renames else own
            made = Message(f"AAkALg/{number}+=", name, found["To"].addresses[0].addr_spec, content)
            box.messages[made.identity] = made
        self._behind(fault)
        self._say(201, {"id": made.identity, "internetMessageId": name, "isDraft": True})

    def _send(self, identity: str) -> None:
        fault = self._before("send")
        if fault is None:
            return
        box = self.mailbox
        with box.lock:
            message = box.messages.get(identity)
            if message is None or message.sent_at:
                message = None
            else:
                message.sent_at = time.monotonic()
                box.delivered.append((message.to, message.content))
        if message is None:
            self._say(404, _error("ErrorItemNotFound"))
            return
        self._behind(fault)
        if fault.startswith("sent "):
            self._refuse(fault.removeprefix("sent "))
        else:
            self._say(202)

    def _get(self, identity: str) -> None:
        if self._is_faulty("get"):
            return
        found = self.mailbox.shown(identity)
        if found is None:
            self._say(404, _error("ErrorItemNotFound"))
        else:
            self._say(200, {"id": identity, "isDraft": not found.sent_at})

    def _delete(self, identity: str) -> None:
        if self._is_faulty("delete"):
            return
        gone = self.mailbox.messages.pop(identity, None)
        self._say(204 if gone else 404)

    def _list(self, folder: str, query: dict[str, str]) -> None:
        if self._is_faulty("list"):
            return
        name = query["$filter"].removeprefix("internetMessageId eq ").strip("'")
        found = [each for each in self.mailbox.in_folder(folder) if each.message_id == name]
        self._say(200, {"value": [{"id": each.identity} for each in found]})

    # --- faults -----------------------------------------------------------------------------------

    def _before(self, step: str) -> str | None:
        """What goes wrong behind this step; None where it has gone wrong already."""
        fault = self.mailbox.fault(step)
        if fault == "drop before":
            raise _Gone
        if fault[:1].isdigit():
            self._refuse(fault)
            return None
        time.sleep(self.mailbox.seconds)
        return fault

    def _behind(self, fault: str) -> None:
        time.sleep(self.mailbox.seconds)
        if fault == "drop":
            raise _Gone

    def _is_faulty(self, step: str) -> bool:
        fault = self.mailbox.fault(step)
        if fault.startswith("drop"):
            raise _Gone
        if fault:
            self._refuse(fault)
        return bool(fault)

    def _refuse(self, fault: str) -> None:
        status, _, code = fault.partition(" ")
        code, _, wait = code.partition(" ")
        more = {"Retry-After": wait} if wait else {}
        self._say(int(status), _error(code), **more)

    def _say(self, status: int, data: object = None, **headers: str) -> None:
        content = b"" if data is None else json.dumps(data).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(code: str, message: str = "As documented.") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _token_of(rights: tuple[str, ...]) -> str:
    """A token as the service writes them: three parts, the second one its claims."""
    parts = ({"alg": "none"}, {"roles": rights}, {})
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


@contextmanager
def serving_graph(mailbox: Mailbox, cert: Path) -> Iterator[str]:
    """The service on a free port of this machine; gives its address."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass  # a killed client is what is tested

    handler = type("Handler", (_Handler,), {"mailbox": mailbox})
    server = Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert / "cert.pem", cert / "key.pem")
    # Each handshake is its own thread's: one that hangs keeps no other waiting.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
