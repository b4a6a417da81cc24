"""What Microsoft's services answer when they refuse, in words, and who must mend it.

Their numbers and codes may change; they only choose the words here. What is done about a refusal
depends on the status of the answer alone, and the service's own words are always told too.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ffanalysis.deliver.transport import one_line

if TYPE_CHECKING:
    from requests import Response

_ENTRA = "whoever administers Entra"
_EXCHANGE = "whoever administers Exchange"
_TOO_MANY, _UNAVAILABLE = 429, 503
_WAIT = 60  # seconds, where a service asks to wait and does not say how long
_LONGEST_WAIT = 3_600

# By the number that Entra's token service gives its answer.
_NO_TOKEN: Mapping[int, str] = {
    7000215: f"the secret is wrong. Ask {_ENTRA} for the secret's value (not its id)",
    7000222: f"the secret has expired. Ask {_ENTRA} for a new one, and store it",
    700016: f"the tenant knows no application with this client_id. Ask {_ENTRA}",
    700027: f"the certificate is not one of the application's. Ask {_ENTRA} to upload it",
    7000112: f"the application is switched off. Ask {_ENTRA}",
    90002: f"the tenant is not known. Ask {_ENTRA} for its id or domain",
    900023: f"the tenant is not known. Ask {_ENTRA} for its id or domain",
    53003: f"a Conditional Access policy keeps the application out. Ask {_ENTRA}",
}
# By the status of Graph's answer.
_REFUSALS: Mapping[int, str] = {
    401: f"the access token is not accepted. Ask {_ENTRA}",
    413: "the mail is too large for Graph",
    429: "it is asked too often, and takes mails again later: run the command again",
}
_NO_ACCESS = (
    "the application may not do this in {mailbox}. Either it lacks Mail.ReadWrite or Mail.Send"
    f" (ask {_ENTRA}), or the mailbox is outside the scope that Exchange sets for it by RBAC for"
    f" Applications (ask {_EXCHANGE}; Test-ServicePrincipalAuthorization shows it)"
)
_NO_MAILBOX = "there is no mailbox {mailbox}, or it is not in Exchange Online. Ask " + _EXCHANGE
_NO_SEND_AS = (
    "{mailbox} may not send from the sender's address. Set mailbox and sender below [mail] to the"
    f" same address, or ask {_EXCHANGE} for the right to send as the sender"
)


def why_no_token(answer: Mapping[str, Any]) -> str:
    """Why there is no access token, by what msal hands on of the service's answer."""
    said = one_line(str(answer.get("error_description") or answer.get("error") or "no reason"))
    said = re.sub(r" ?(Trace ID|Correlation ID|Timestamp):.*", "", said)
    numbers = [int(each) for each in re.findall(r"AADSTS(\d+)", said)]
    numbers += [each for each in answer.get("error_codes") or () if isinstance(each, int)]
    why = next((_NO_TOKEN[number] for number in numbers if number in _NO_TOKEN), "")
    return f"{why or f'it gives no access token. Ask {_ENTRA}'} ({said.rstrip('.')})"


def why_not(answer: "Response", mailbox: str) -> str:
    """Why Graph refused a request about a mailbox."""
    code, said = _error_in(answer)
    status = answer.status_code
    told = one_line(f"{status} {code} {said}").rstrip(".")
    if wait := retry_after(answer):
        return f"it asks to wait {wait} seconds: run the command again then ({told})"
    if status // 100 == 5:
        return f"Microsoft's service fails; run the command again later ({told})"
    why = _REFUSALS.get(status, "")
    if code == "ErrorSendAsDenied":
        why = _NO_SEND_AS
    elif status == 403:
        why = _NO_ACCESS
    elif status == 404 and not code.startswith("ErrorItem"):
        why = _NO_MAILBOX
    return f"{why.format(mailbox=mailbox)} ({told})" if why else told


def retry_after(answer: "Response") -> int:
    """How many seconds a service asks to wait; 0 where it does not."""
    stated = answer.headers.get("Retry-After", "")
    if answer.status_code not in {_TOO_MANY, _UNAVAILABLE} or not (
        stated or answer.status_code == _TOO_MANY
    ):
        return 0
    return min(int(stated), _LONGEST_WAIT) if stated.isdecimal() else _WAIT


def unconnected(error: Exception) -> str:
    """Why a service was not reached, or its answer was lost."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return (
            "its certificate or its TLS is not accepted. Where the council's network reads such"
            " connections, let REQUESTS_CA_BUNDLE name the file with its certificate"
            f" ({one_line(str(error))})"
        )
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    return f"no connection, or it was lost before the answer ({one_line(str(error))})"


def why_no_certificate(pem: str) -> str:
    """What a certificate lacks to prove who sends; "" where it lacks nothing."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    if "ENCRYPTED" in pem:
        return "the certificate's private key is locked by a password: store it without one"
    found = certificate_of(pem)
    if not found["private_key"]:
        return "the certificate comes without its private key: store both, one behind the other"
    if not found["public_certificate"]:
        return "the private key comes without its certificate: store both, one behind the other"
    try:
        key = load_pem_private_key(found["private_key"].encode(), None)
        certificate = load_pem_x509_certificate(found["public_certificate"].encode())
    except (ValueError, TypeError):
        return "the certificate or its private key cannot be read: store both as PEM"
    if key.public_key() != certificate.public_key():
        return "the private key is not that of the certificate: store the two that belong together"
    return ""


def certificate_of(pem: str) -> dict[str, str]:
    """The private key and the certificate in a PEM text, as msal takes them; "" for what lacks."""
    pattern = r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----"
    blocks = {found[1]: f"{found[0]}\n" for found in re.finditer(pattern, pem, re.DOTALL)}
    keys = [block for kind, block in blocks.items() if kind.endswith("PRIVATE KEY")]
    return {
        "private_key": keys[0] if keys else "",
        "public_certificate": blocks.get("CERTIFICATE", ""),
    }


def _error_in(answer: "Response") -> tuple[str, str]:
    """The code and the words of Graph's refusal."""
    try:
        error = answer.json()["error"]
        return str(error.get("code", "")), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", one_line(answer.text)[:200]
