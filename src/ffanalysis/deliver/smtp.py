"""Sending by a mail server: three explicit ways to be safe, three to log in, and what came of it.

A mail is accepted, refused, or in doubt: once its text has been handed over and the connection is
lost before the server answers, nobody can know whether it was accepted.
"""

import ipaddress
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import MIMEPart

from ffanalysis.deliver.transport import (
    SECRET_VARIABLE,
    Begun,
    Delivery,
    Keep,
    keep_nothing,
    one_line,
)
from ffanalysis.errors import MailServerRefused
from ffanalysis.settings import Mail

_SECONDS = 30.0  # for each answer of the server
_ACCEPTED = range(200, 300)
_GO_ON = 354


class Server:
    """A connection to the mail server that the settings name, made again where it was lost."""

    name = "smtp"
    can_look_up = False

    def __init__(self, mail: Mail, secret: str, context: ssl.SSLContext | None = None) -> None:
        self._mail, self._secret = mail, secret
        self._context = context or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def deliver(
        self,
        message: MIMEPart,
        sender: str,
        to: str,
        draft: str = "",  # noqa: ARG002 - a mail server keeps none
        keep: Keep = keep_nothing,  # noqa: ARG002 - there is nothing to keep before the text
    ) -> Delivery:
        """Hand over one mail to one recipient. Raises MailServerRefused where none can be sent."""
        connection = self._connected()
        try:
            for step, address in ((connection.mail, sender), (connection.rcpt, to)):
                code, words = step(address)
                if code not in _ACCEPTED:
                    self._reset()
                    return Delivery("refused", _said(code, words))
            code, words = connection.docmd("DATA")
            if code != _GO_ON:
                self._reset()
                return Delivery("refused", _said(code, words))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery("refused", f"the connection was lost before the text: {error}")
        return self._hand_over(connection, message)

    def _hand_over(self, connection: smtplib.SMTP, message: MIMEPart) -> Delivery:
        """Send the text itself, behind which only the server's answer tells what came of it."""
        # A line that is a dot alone would end the text: one that begins with a dot gets another.
        text = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
        try:
            connection.send(text.rstrip(b"\r\n") + b"\r\n.\r\n")
            code, words = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery("in doubt", f"the connection was lost before the answer: {error}")
        if code in _ACCEPTED:
            return Delivery("sent", _said(code, words))
        self._reset()
        return Delivery("refused", _said(code, words))

    def look_up(self, begun: Begun) -> Delivery:  # noqa: ARG002
        """Nothing is found out: a mail server does not say what became of a mail."""
        return Delivery("in doubt")

    def ready(self) -> None:
        """Be connected and logged in. Raises MailServerRefused."""
        self._connected()

    def check(self) -> str:
        """Connect and log in, and send nothing. Raises MailServerRefused, in words."""
        self._connected()
        self.close()
        return f"{self._mail.server} accepts the connection and the login. Nothing has been sent."

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            with suppress(OSError):
                self._connection.close()
            self._connection = None

    def _reset(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        _refuse_plain_login(mail)
        found: smtplib.SMTP | None = None
        try:
            found = self._opened()
            if mail.security == "starttls":
                found.starttls(context=self._context)
                found.ehlo()
            self._log_in(found)
        except BaseException as error:
            if found is not None:
                found.close()
            if why := _why_not(mail, error):
                raise MailServerRefused(mail.server, why) from error
            raise
        return found

    def _opened(self) -> smtplib.SMTP:
        """A connection on which the server has greeted."""
        mail, port = self._mail, int(self._mail.port)
        if mail.security == "tls":
            found: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.server, port, timeout=_SECONDS, context=self._context
            )
        else:
            found = smtplib.SMTP(mail.server, port, timeout=_SECONDS)
        found.ehlo()
        return found

    def _log_in(self, connection: smtplib.SMTP) -> None:
        mail = self._mail
        if mail.login == "none":
            return
        if not self._secret:
            why = f"no secret to log in with: set {SECRET_VARIABLE}, or store it in the keyring"
            raise MailServerRefused(mail.server, why)
        if mail.login == "password":
            connection.login(mail.user, self._secret)
            return
        token = f"user={mail.user}\x01auth=Bearer {self._secret}\x01\x01"
        connection.auth("XOAUTH2", lambda _=None: token, initial_response_ok=True)


def _refuse_plain_login(mail: Mail) -> None:
    """A login without TLS is for a server on this machine alone."""
    if mail.login != "none" and mail.security == "none" and not _is_here(mail.server):
        why = 'a login goes only through TLS: set security to "starttls" or "tls"'
        raise MailServerRefused(mail.server, why)


def _is_here(server: str) -> bool:
    """Whether a server is this machine, whatever its name."""
    try:
        found = {item[4][0] for item in socket.getaddrinfo(server, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(each).is_loopback for each in found)


def _why_not(mail: Mail, error: BaseException) -> str:
    """Why no mail can be sent, in words; "" for an error that is no server's."""
    if isinstance(error, ssl.SSLError):
        return f"its certificate or its TLS is not accepted ({error.reason or error})"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer STARTTLS, or no login of this kind"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _why_no_login(error.smtp_code, error.smtp_error)
    if isinstance(error, OSError | smtplib.SMTPException):
        return (
            f"no connection to port {mail.port} ({one_line(str(error))}). Compare server and port"
            " in settings.toml, then ask whoever runs the mail server or the network"
        )
    return ""


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}")


def _why_no_login(code: int, words: bytes | str) -> str:
    """The server's words, and what they usually mean at Exchange Online."""
    said = _said(code, words)
    usual = (
        "Usual causes at Exchange Online: SMTP AUTH is switched off for the mailbox or the tenant;"
        " the service principal is not registered in Exchange; it has no right to the mailbox. Ask"
        " whoever administers Exchange"
    )
    return f"the login was refused ({said}). {usual}"
