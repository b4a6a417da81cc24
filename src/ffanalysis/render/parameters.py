"""The parameters of a notebook: their names are checked before anything is read.

papermill only warns of a name that the notebook doesn't have, and renders the default instead.
"""

import ast
import builtins
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ffanalysis.errors import ParameterUnknown

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_BYTES = 20_000_000  # of a notebook; one with all its charts in it has some hundred thousand
TOO_LARGE = f"it is larger than {MOST_BYTES / 1e6:.0f} MB: clear its outputs and save it"
PARAMETERS = "parameters"  # how the cell is tagged that sets them
_INJECTED = "# Parameters"


def names_assigned(source: str) -> tuple[str, ...]:
    """The names that a cell's assignments set; none where it is not Python."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return ()
    targets = [
        target for item in statements if isinstance(item, ast.Assign) for target in item.targets
    ]
    targets += [item.target for item in statements if isinstance(item, ast.AnnAssign)]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ParameterUnknown for given names that the notebook doesn't have."""
    known = tuple(known)
    if unknown := [name for name in given if name not in known]:
        raise ParameterUnknown(unknown, known)


def parameters_of(path: Path) -> tuple[str, ...]:
    """The parameters that a notebook declares in its cell tagged `parameters`."""
    # Takes over a second to import, and every notebook imports this module.
    from ffanalysis.render.notebook_file import read_notebook

    return declared_in(read_notebook(path)[0])


def declared_in(notebook: "NotebookNode") -> tuple[str, ...]:
    """The parameters of a notebook that has been read."""
    cells = [cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", [])]
    return names_assigned(cells[0].source) if cells else ()


def refuse_unknown_in_notebook() -> None:
    """Inside a running notebook: raise ParameterUnknown for names that papermill injected wrongly.

    They are compared with those of the cell before. Without papermill there is nothing to compare.
    """
    shell = getattr(builtins, "get_ipython", lambda: None)()
    cells: Mapping[str, list[str]] = {} if shell is None else shell.user_ns
    history = list(cells.get("In", []))
    for before, cell in pairwise(history):
        if cell.lstrip().startswith(_INJECTED):
            refuse_unknown(names_assigned(cell), names_assigned(before))
