"""What every error has: an exit code, and a sentence made of facts; and how names are listed."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar

UNREADABLE_INPUT = 11
SEVERE_FINDING = 12
INCOMPLETE_RUN = 13
MAIL_REFUSED = 14
LATE = 15
INTERRUPTED = 130
MOST_NAMES = 12  # names that a sentence lists; of more, only those most like the one given


def listed(names: Iterable[object], nothing: str = "nothing") -> str:
    """Names as a sentence lists them: "a, b, c"."""
    return ", ".join(str(name) for name in names) or nothing


def choices(names: Iterable[str], meant: str) -> str:
    """The names to choose from instead of `meant`: all of a few, of many those most like it."""
    names = list(names)
    if len(names) <= MOST_NAMES:
        return listed(names)
    near = get_close_matches(meant, names, 3) or names[:3]
    return f"{listed(near)} … and {len(names) - len(near):,} others"


class UserError(Exception):
    """Something the user can put right. It is shown as one sentence, without a traceback."""

    exit_code: ClassVar[int] = UNREADABLE_INPUT

    def __reduce__(self) -> tuple[Any, ...]:
        # It was made from facts, and goes from process to process as the sentence made of them.
        return _as_written, (type(self), self.args), self.__dict__

    def _render_traceback_(self) -> list[str]:
        # IPython prints this in place of a traceback: a notebook shows the sentence alone.
        return [f"{self}"]


def _as_written(kind: type[UserError], args: tuple[object, ...]) -> UserError:
    error = kind.__new__(kind)
    error.args = args
    return error


class UsageError(UserError):
    """The call itself is wrong: an unknown period, project or parameter."""

    exit_code = 2
