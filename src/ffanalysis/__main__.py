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


def main() -> None:
    """The command `ffanalysis`."""
    try:
        from ffanalysis.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)  # `cli` would say so, and is not there yet
    command()


if __name__ == "__main__":
    main()
