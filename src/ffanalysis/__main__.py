"""The start of the command: Ctrl-C while Python still imports ends it without a traceback."""

import os
import sys

# "python -m" looks for modules in the folder it is called in first: a calendar.py beside the data
# would be taken for Python's own.
if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - pathlib is not imported yet
    del sys.path[0]

# Arrow's own allocator would keep as much memory in reserve as a thousand projects' tables take, in
# each process.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
_LEAST_MEMORY = 600_000_000  # bytes of addresses
# Nothing here is worth threads of numpy's, whose start waits without end where memory is limited.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _open_closed_streams() -> None:
    """Streams that are closed lead nowhere: the next file opened would take their place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            stream = open(number, "w" if number else "r", encoding="utf-8")  # noqa: PTH123, SIM115 - as Python's own
            setattr(sys, name, stream)


def _require_memory() -> None:
    """End where a limit leaves less memory than libraries need to start: some wait without end."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _LEAST_MEMORY:
        said = f"limited to {limit // 1_000_000} MB, and {_LEAST_MEMORY // 1_000_000} are needed"
        print(f"ffanalysis: There is too little memory: {said} (ulimit -v).", file=sys.stderr)  # noqa: T201 - click is not there yet
        sys.exit(13)


def main() -> None:
    """The command `ffanalysis`."""
    _open_closed_streams()
    _require_memory()
    try:
        from ffanalysis.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)  # `cli` would say so, and is not there yet
    except ModuleNotFoundError:
        raise
    except (OSError, MemoryError, ImportError) as error:
        why = str(error) or "there is too little memory"
        print(f"ffanalysis: The command could not be started: {why}.", file=sys.stderr)  # noqa: T201
        sys.exit(13)
    command()


if __name__ == "__main__":
    main()
