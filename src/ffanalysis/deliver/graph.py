"""Sending by Microsoft Graph: a draft in the mailbox, its id in the journal, and then it leaves.

An application of the council's own sends, without a person who logs in. The very bytes of the mail
become a draft; only what the journal knows the id of is ever sent, so that a mail whose draft is
not recorded has not left. Afterwards the mailbox tells what became of it.

Graph's documented calls, and nothing else: create a message from MIME, send, get and delete it,
list a folder's messages by internetMessageId, get a folder; all with immutable ids, by which a
draft is found again in Sent Items.
"""

import base64
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.message import MIMEPart
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from ffanalysis.deliver.graph_words import (
    certificate_of,
    retry_after,
    unconnected,
    why_no_certificate,
    why_no_token,
    why_not,
)
from ffanalysis.deliver.transport import SECRET_VARIABLE, Begun, Delivery, Keep, keep_nothing
from ffanalysis.errors import MailPartMissing, MailServerRefused
from ffanalysis.settings import Mail

if TYPE_CHECKING:
    from requests import Response

_SECONDS = (10.0, 60.0)  # to connect, and for each answer
_LARGEST = 4_000_000  # bytes of a request that Graph takes
_QUIET = 60.0  # seconds in which what was handed over may yet be on its way
_OK, _CREATED, _ACCEPTED, _NO_CONTENT, _NOT_FOUND, _TOO_MANY = 200, 201, 202, 204, 404, 429
_NO_ANSWER = frozenset({404, 408, 409})  # refusals that do not say that nothing was sent
_NEEDED = ("Mail.ReadWrite", "Mail.Send")


class Graph:
    """The mailbox that the settings name, reached through Microsoft Graph.

    `authorities` is a file of the certificates to trust, in place of the usual ones; there is no
    way not to verify. `quiet` is how many seconds a mail that was handed over is left alone.
    """

    name = "graph"
    can_look_up = True

    def __init__(
        self,
        mail: Mail,
        secret: str,
        *,
        authorities: str | Literal[True] = True,
        quiet: float = _QUIET,
    ) -> None:
        self._mail, self._secret, self._authorities = mail, secret, authorities
        self._quiet = quiet
        self._host = urlsplit(mail.graph_address).netloc
        self._not_before = 0.0

    # --- as every transport -----------------------------------------------------------------------

    def ready(self) -> None:
        """Have an access token, and not be asked to wait. Raises MailServerRefused."""
        left = self._not_before - time.monotonic()
        if left > 0:
            why = f"it asks to wait: run the command again in {left:.0f} seconds"
            raise MailServerRefused(self._host, why)
        self._token()

    def deliver(
        self,
        message: MIMEPart,
        sender: str,  # noqa: ARG002 - the message says whom it is from, and to
        to: str,  # noqa: ARG002
        draft: str = "",
        keep: Keep = keep_nothing,
    ) -> Delivery:
        """Make a draft of a mail, unless there is one, have its id kept, and send it."""
        if not draft:
            made = self._drafted(message)
            if isinstance(made, Delivery):
                return made
            draft = made["draft"]
            keep(made)
        return self._send(draft)

    def look_up(self, begun: Begun) -> Delivery:
        """What became of a mail, by the mailbox: in Sent Items, still in Drafts, or nowhere.

        One of which no draft was recorded was never sent: only recorded drafts are. Raises
        MailServerRefused where the mailbox says nothing.
        """
        if self._listed("sentitems", begun):
            return Delivery("sent", "found in Sent Items")
        if begun.draft:
            return self._drafts_end(begun)
        draft = next(iter(self._listed("drafts", begun)), "")
        return Delivery("refused", "no draft of it was sent", draft)

    def check(self) -> str:
        """Get a token and look at the mailbox; send nothing. Raises MailServerRefused, in words."""
        answer = self._call("GET", "mailFolders/drafts", params={"$select": "displayName"})
        if answer.status_code != _OK:
            raise MailServerRefused(self._host, why_not(answer, self._mailbox))
        said = f"{self._host} lets the application read {self._mailbox}. Nothing has been sent."
        rights = _rights_in(self._token())
        lacking = [right for right in _NEEDED if right not in rights]
        if not lacking:
            return said
        return (
            f"{said} Its token does not name {' and '.join(lacking)}. That is right if Exchange"
            " grants them by RBAC for Applications: whoever administers Exchange can see by"
            " Test-ServicePrincipalAuthorization. Otherwise whoever administers Entra must grant"
            " them, or mails will be refused."
        )

    def close(self) -> None:
        """End the connections, if there are any."""
        if "_session" in self.__dict__:
            self._session.close()

    # --- one mail ---------------------------------------------------------------------------------

    def _drafted(self, message: MIMEPart) -> dict[str, str] | Delivery:
        """The id of a new draft and its Message-ID, or why none was made: then nothing is sent."""
        content = base64.b64encode(message.as_bytes())
        if len(content) > _LARGEST:
            return Delivery("refused", f"Graph takes no more than {_LARGEST / 1e6:.0f} MB")
        try:
            answer = self._call(
                "POST", "messages", data=content, headers={"Content-Type": "text/plain"}
            )
        except MailServerRefused as error:
            return Delivery("refused", str(error))
        if answer.status_code != _CREATED:
            return Delivery("refused", why_not(answer, self._mailbox))
        made = _data(answer)
        if not made.get("id"):
            return Delivery("refused", "Graph made a draft and did not say its id")
        return {"draft": str(made["id"]), "named": str(made.get("internetMessageId") or "")}

    def _send(self, draft: str) -> Delivery:
        """Send a draft, behind which only the answer tells what came of it."""
        try:
            self._token()
        except MailServerRefused as error:
            return Delivery("refused", str(error), draft)
        try:
            answer = self._call("POST", f"messages/{quote(draft, safe='')}/send", data=b"")
        except MailServerRefused as error:
            return Delivery("in doubt", str(error), draft)
        status = answer.status_code
        if status == _ACCEPTED:
            return Delivery("sent", "202 Accepted by Graph")
        why = why_not(answer, self._mailbox)
        if status == _TOO_MANY:
            return Delivery("refused", why, draft)
        if status // 100 == 4 and status not in _NO_ANSWER:
            return self._taken_back(draft, why)
        return Delivery("in doubt", why, draft)

    def _taken_back(self, draft: str, why: str) -> Delivery:
        """Delete a draft that is refused for good: the next command makes it anew, perhaps better.

        Where it is no draft any more, or cannot be looked at, it is left to be looked up.
        """
        with suppress(MailServerRefused):
            if (self._item(draft) or {}).get("isDraft") is True:
                answer = self._call("DELETE", f"messages/{quote(draft, safe='')}")
                if answer.status_code == _NO_CONTENT:
                    return Delivery("refused", why)
        return Delivery("refused", why, draft)

    def _drafts_end(self, begun: Begun) -> Delivery:
        """What became of a draft that the journal knows, and that may have been sent."""
        item = self._item(begun.draft)
        if item is None:
            why = "it is neither in Drafts nor in Sent Items, where it may come late"
            return Delivery("in doubt", why, begun.draft)
        if item.get("isDraft") is False:
            return Delivery("sent", "found in the mailbox as sent")
        if item.get("isDraft") is not True:
            return Delivery("in doubt", "the mailbox does not say whether it is a draft")
        if self._may_be_on_its_way(begun):
            why = "it was handed over a moment ago: run the command again in a minute"
            return Delivery("in doubt", why, begun.draft)
        return Delivery("refused", "its draft is still in the mailbox", begun.draft)

    def _may_be_on_its_way(self, begun: Begun) -> bool:
        """Whether a draft that is still there may have been taken up and not moved yet."""
        if begun.open_since is None:
            return False
        return (datetime.now(UTC) - begun.open_since).total_seconds() < self._quiet

    def _listed(self, folder: str, begun: Begun) -> list[str]:
        """The ids of the messages of a folder that have one of these Message-IDs."""
        found: list[str] = []
        for name in begun.message_ids:
            quoted = name.replace("'", "''")
            answer = self._call(
                "GET",
                f"mailFolders/{folder}/messages",
                params={"$filter": f"internetMessageId eq '{quoted}'", "$select": "id"},
            )
            if answer.status_code != _OK:
                raise MailServerRefused(self._host, why_not(answer, self._mailbox))
            found += [str(item["id"]) for item in _data(answer).get("value", ())]
        return found

    def _item(self, identity: str) -> dict[str, Any] | None:
        """A message by its id; None where the mailbox has none of it."""
        answer = self._call(
            "GET", f"messages/{quote(identity, safe='')}", params={"$select": "id,isDraft"}
        )
        if answer.status_code == _NOT_FOUND:
            return None
        if answer.status_code != _OK:
            raise MailServerRefused(self._host, why_not(answer, self._mailbox))
        return _data(answer)

    # --- the connection ---------------------------------------------------------------------------

    @property
    def _mailbox(self) -> str:
        return self._mail.mailbox or self._mail.sender

    def _call(self, method: str, path: str, **more: Any) -> "Response":
        """One request about the mailbox, never repeated by itself. Raises MailServerRefused."""
        token = self._token()
        import requests

        headers = {"Prefer": 'IdType="ImmutableId"', **more.pop("headers", {})}
        address = f"{self._mail.graph_address.rstrip('/')}/v1.0/users/{quote(self._mailbox)}/{path}"
        try:
            answer: Response = self._session.request(
                method,
                address,
                headers=headers,
                auth=_bearer(token),
                allow_redirects=False,
                **more,
            )
        except requests.RequestException as error:
            raise MailServerRefused(self._host, unconnected(error)) from error
        if wait := retry_after(answer):
            self._not_before = time.monotonic() + wait
        return answer

    @cached_property
    def _session(self) -> Any:
        """What msal and we ask by: it verifies, waits for so long, and repeats nothing."""
        import requests

        session: Any = requests.Session()
        # In each request, since a session's own choice gives way to the environment's.
        session.request = partial(session.request, timeout=_SECONDS, verify=self._authorities)
        return session

    def _token(self) -> str:
        """An access token, kept by msal for as long as it holds. Raises MailServerRefused."""
        application = self._application
        import requests  # comes with msal

        host = urlsplit(self._mail.login_address).netloc
        scope = f"{self._mail.graph_address.rstrip('/')}/.default"
        try:
            answer = application.acquire_token_for_client([scope])
        except requests.RequestException as error:
            raise MailServerRefused(host, unconnected(error)) from error
        if token := answer.get("access_token"):
            return str(token)
        raise MailServerRefused(host, why_no_token(answer))

    @cached_property
    def _application(self) -> Any:
        """The council's application at msal. Raises MailPartMissing and MailServerRefused."""
        try:
            import msal  # type: ignore[import-not-found,import-untyped,unused-ignore]
            import requests
        except ImportError as error:
            raise MailPartMissing("graph", "msal", "m365") from error
        mail, host = self._mail, urlsplit(self._mail.login_address).netloc
        for key in ("tenant", "client_id"):
            if not getattr(mail, key):
                raise MailServerRefused(host, f"set {key} below [mail] in settings.toml")
        try:
            return msal.ConfidentialClientApplication(
                mail.client_id,
                authority=f"{mail.login_address.rstrip('/')}/{mail.tenant}",
                client_credential=self._credential(host),
                instance_discovery=False,  # the settings vouch for the address
                http_client=self._session,
            )
        except requests.RequestException as error:
            raise MailServerRefused(host, unconnected(error)) from error
        except ValueError as error:  # by which msal says that it finds no such tenant
            why = (
                f"the tenant '{mail.tenant}' is not known there. Whoever administers Entra can tell"
                " its id or domain: set it as tenant below [mail] in settings.toml"
            )
            raise MailServerRefused(host, why) from error

    def _credential(self, host: str) -> str | dict[str, str]:
        """What proves the application: its secret, or its certificate with the private key."""
        secret = self._secret.strip()
        if not secret:
            why = f"no secret to log in with: set {SECRET_VARIABLE}, or store it in the keyring"
            raise MailServerRefused(host, why)
        if not secret.startswith("-----BEGIN"):
            return secret
        # A variable of the environment often holds a line break as these two signs.
        if why := why_no_certificate(secret := secret.replace("\\n", "\n")):
            raise MailServerRefused(host, why)
        return certificate_of(secret)


def _bearer(token: str) -> Any:
    """What puts a token into a request, whatever a .netrc file says."""

    def put(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return put


def _data(answer: "Response") -> dict[str, Any]:
    """An answer's JSON; {} where it has none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _rights_in(token: str) -> frozenset[str]:
    """The application permissions that a token names; none where it cannot be read.

    Only to word a hint: what is granted by RBAC for Applications is not in it.
    """
    with suppress(ValueError, IndexError, AttributeError):
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return frozenset(map(str, claims.get("roles", ())))
    return frozenset()
