"""What the system refuses a command (a right, memory, open files, space), as one sentence.

The command asks here for every error that it does not know: `cli` is the only place that does.
"""

import errno
from collections.abc import Iterator

from ffanalysis.errors import INCOMPLETE_RUN, UNREADABLE_INPUT, OutputLost, UserError

_NO_RIGHT = "the right to it is missing. Ask whoever owns it for the right to read or write there"
_NO_FOLDER = "a file or a broken link stands where a folder is needed. Take it away"
_NO_SPACE = "no space is left on its disk. Make some, then try again"
_NO_FILES = (
    "the system allows too few open files at once. Raise the limit (ulimit -n), then try again"
)
_REASONS = {
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EROFS: "its disk may only be read. Use a folder that may be written to",
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.ELOOP: "it is a link that leads back to itself. Take it away",
    errno.ENAMETOOLONG: "its path is too long. Move the programme, or give a shorter name",
    errno.ENOENT: "it is not there, or was taken away meanwhile",
    errno.ENOSPC: _NO_SPACE,
    errno.EDQUOT: _NO_SPACE,
    errno.EFBIG: "the system allows no larger file. Raise the limit (ulimit -f), then try again",
    errno.EMFILE: _NO_FILES,
    errno.ENFILE: _NO_FILES,
}
_NO_MEMORY = "There is too little memory. Close other programs or raise the limit, then try again."
# What an import says that was refused memory or a file: it is no error of the system's own kind.
_OF_AN_IMPORT = ("cannot allocate memory", "failed to map", "cannot map", "cannot open shared")
_OF_A_THREAD = "can't start new thread"


class SystemRefused(UserError):
    """The system refused what the command needs; what was published stays as it was."""

    exit_code = INCOMPLETE_RUN


class InputClosed(SystemRefused):
    """The same of a folder or file that is an input."""

    exit_code = UNREADABLE_INPUT


def as_user_error(error: BaseException) -> UserError | None:
    """An error as its sentence; None where it is not the system's."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, BrokenPipeError):
        return OutputLost(error)
    return next(filter(None, map(_sentence, _chain(error))), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came of: libraries wrap what the system has said."""
    while error is not None:
        yield error
        is_import = isinstance(error, ImportError)
        error = error.__cause__ or (error.__context__ if is_import else None)


def _sentence(error: BaseException) -> SystemRefused | None:
    if isinstance(error, MemoryError) or _is_refused_import(error):
        return SystemRefused(_NO_MEMORY)
    if isinstance(error, RecursionError):
        return SystemRefused(
            "Something is nested more deeply than a programme can be read or kept."
        )
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if error.errno == errno.ENOMEM:
        return SystemRefused(_NO_MEMORY)
    why = _REASONS.get(error.errno, str(error.strerror or "the system refuses it"))
    if error.filename is None:
        return SystemRefused(f"The command cannot go on: {why}.")
    path = str(error.filename)
    kind = InputClosed if "data/raw" in path.replace("\\", "/") else SystemRefused
    return kind(f"{path} cannot be used: {why}.")


def _is_refused_import(error: BaseException) -> bool:
    said = str(error).casefold()
    if isinstance(error, ImportError):
        return any(words in said for words in _OF_AN_IMPORT)
    return isinstance(error, RuntimeError) and _OF_A_THREAD in said
