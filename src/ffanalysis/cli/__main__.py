"""The command by the name of its room: `python -m ffanalysis.cli`."""

from ffanalysis.cli import main

if __name__ == "__main__":
    main()
