"""What of the machine and its user may not reach a run's pages.

An analyst's own settings of matplotlib, IPython and Jupyter, a kernel of another environment, and a
script beside the data that is called as a module of Python's: with any of them the same inputs
would give other pages, or none.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ffanalysis.render.task import KERNEL

# Files that these name would be run, or read as settings, by every kernel.
_NOT_THEIRS = (
    "PYTHONSTARTUP",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_DEFAULT_PROVISIONER_NAME",
    "MPLBACKEND",
)


@contextmanager
def isolated(folder: Path) -> Iterator[None]:
    """Processes started in here read no settings of the user, and import nothing from where it is.

    What they need instead is in `folder`.
    """
    ours = _variables(folder)
    before = {name: os.environ.get(name) for name in (*ours, *_NOT_THEIRS)}
    for name in _NOT_THEIRS:
        os.environ.pop(name, None)
    os.environ |= ours
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _variables(folder: Path) -> Mapping[str, str]:
    """The environment of a run's processes, where it differs from the user's."""
    kernel = folder / "share" / "kernels" / KERNEL
    kernel.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": command, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(about), "utf-8")
    found = {
        "PYTHONSAFEPATH": "1",
        "JUPYTER_PATH": str(folder / "share"),  # searched before all others
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_NO_CONFIG": "1",
        "IPYTHONDIR": str(folder / "ipython"),
    }
    drawing = find_spec("matplotlib")
    if drawing and drawing.origin:
        own = Path(drawing.origin).parent / "mpl-data" / "matplotlibrc"
        found |= {"MATPLOTLIBRC": str(own)} if own.is_file() else {}
    return found
