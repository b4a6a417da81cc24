"""The parameters of a notebook: their names are checked before anything is read.

papermill only warns of a name that the notebook doesn't have, and renders the default instead.
"""

import ast
import builtins
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from ffanalysis.errors import NotebookMissing, ParameterUnknown

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
    import nbformat  # takes over a second to import, and every notebook imports this module

    if not path.is_file():
        raise NotebookMissing(path)
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
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
