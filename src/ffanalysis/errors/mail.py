"""Why no mail is made or sent, or why what became of one is not recorded."""

from datetime import datetime

from ffanalysis.errors.base import MAIL_REFUSED, UsageError, UserError


class NotReleased(UserError):
    """What is to be sent or withdrawn has no release that holds."""

    exit_code = MAIL_REFUSED

    def __init__(self, period: str, why: str) -> None:
        super().__init__(
            f"{why or period + ' is not released.'} Nothing is sent until somebody named below"
            f" [releasers] releases it: 'ffanalysis release {period} --by NAME'."
        )


class SenderMissing(UserError):
    exit_code = MAIL_REFUSED

    def __init__(self) -> None:
        super().__init__(
            "settings.toml does not say who mails come from: write, below a line [mail], sender ="
            ' "savings@example.gov.uk".'
        )


class MailServerRefused(UserError):
    """The mail server cannot be reached, trusted or logged in to."""

    exit_code = MAIL_REFUSED

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"The mail server {server or '(none is set)'}: {why}.")


class SettleUnknown(UsageError):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"No mail in doubt, or more than one, begins with '{key}': write more letters of what"
            " 'ffanalysis mail' prints behind --settle."
        )


class MailRefused(UserError):
    """A mail that may not be made or sent, and why."""

    exit_code = MAIL_REFUSED

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}.")


class ReleasedAnew(UserError):
    """The quarter was released again while mails of its earlier release were leaving."""

    exit_code = MAIL_REFUSED

    def __init__(self, period: str) -> None:
        super().__init__(
            f"{period} was released anew while its mails were leaving: the rest of the earlier"
            f" release is not sent. Run 'ffanalysis mail {period} --send' again."
        )


class SendingUnderWay(UserError):
    exit_code = MAIL_REFUSED

    def __init__(self, period: str) -> None:
        super().__init__(
            f"Another command is sending the mails of {period}: wait until it has ended. To stop"
            f" what it has not sent yet, withdraw the release: 'ffanalysis release {period} --by"
            " NAME --withdraw WHY'."
        )


class SettledAlready(UsageError):
    def __init__(self, by: str, at: datetime, *, was_sent: bool) -> None:
        when = f"{at.day} {at:%B %Y at %H:%M} UTC"
        outcome = "sent" if was_sent else "not sent"
        super().__init__(f"That mail was settled already, by {by} on {when}, as {outcome}.")


class MailPartMissing(UserError):
    """A package that a transport needs is not installed."""

    exit_code = MAIL_REFUSED

    def __init__(self, transport: str, package: str, extra: str) -> None:
        super().__init__(
            f'transport = "{transport}" needs the package {package}, which is not installed: run'
            f" 'pip install \"ffanalysis[{extra}]\"', or set another transport below [mail]."
        )
