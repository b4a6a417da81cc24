"""How the command starts.

Also Ctrl-C while Python still imports ends in silence, with its exit code.
"""

import os
import sys

# What Arrow's own allocator keeps for later is as much as a thousand projects' tables, in each
# process.
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
