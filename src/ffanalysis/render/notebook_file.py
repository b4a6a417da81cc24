"""A notebook as it lies in the folder: read once, and refused by name where it is none of ours.

papermill and nbformat read nearly anything and go on: a notebook for R would be run as Python, one
whose tags are a text would be given no parameters, and a cell that is a number would end in a
traceback.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, ValidationError, from_dict
from nbformat.v4 import nbformat_minor
from nbformat.validator import validate

from ffanalysis.errors import NotebookMissing, NotebookWrong
from ffanalysis.render.parameters import MOST_BYTES, PARAMETERS, TOO_LARGE, names_assigned

_DEEPEST = 50  # levels of a notebook; a chart of a drawing library has some ten
_FORMAT = 4
_INJECTED = "injected-parameters"  # how papermill tags the cell that it puts behind
_PYTHON = re.compile(r"(i|x)?python", re.IGNORECASE)
# What kernels of other languages are called by those who install them.
_OTHER_KERNELS = re.compile(
    r"(ir|r|xr|julia|bash|sh|zsh|calysto_bash|powershell|\.net-.*|rust|evcxr|go|gonb|gophernotes"
    r"|java|ijava|rapaio.*|kotlin|scala|almond|apache_toree_.*|spylon.*|javascript|typescript|deno"
    r"|jslab|tslab|ruby|octave|matlab|jupyter_matlab.*|sas|stata|nbstata|maxima|sagemath|gnuplot"
    r"|haskell|ihaskell|ocaml.*|perl|iperl|php|lua|xlua|xsqlite|sql|xcpp.*|c|cling.*|wolfram.*)"
    r"([ .-]?\d.*)?",
    re.IGNORECASE,
)
# Of whose exact form nothing here depends, and which nobody writes by hand.
_ABOUT_KERNEL = ("kernelspec", "language_info", "orig_nbformat")


def read_notebook(path: Path) -> tuple[NotebookNode, bytes]:
    """A notebook and the content of its file. Raises NotebookMissing and NotebookWrong."""
    content = content_of(path)
    notebook = _parsed(path.name, content)
    _refuse_shape(path.name, notebook)
    _refuse_language(path.name, notebook["metadata"])
    return _validated(path.name, notebook), content


def content_of(path: Path) -> bytes:
    """The content of a notebook's file. Raises NotebookMissing and NotebookWrong."""
    if not path.is_file():
        raise NotebookMissing(path)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = f"it cannot be opened ({error.strerror or error})"
        raise NotebookWrong(path.name, why) from error
    if len(content) > MOST_BYTES:
        raise NotebookWrong(path.name, TOO_LARGE)
    return content


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    """The notebook as JSON gives it."""
    if not content.strip():
        raise NotebookWrong(name, "it is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookWrong(name, f"it is not UTF-8 from byte {error.start + 1} on") from error
    try:
        found = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # half a sign of two could not be saved
    except _Ambiguous as error:
        raise NotebookWrong(name, str(error)) from error
    except RecursionError as error:
        raise NotebookWrong(name, "it is nested too deep") from error
    except UnicodeEncodeError as error:
        raise NotebookWrong(name, "it holds half of a sign, which no file can hold") from error
    except ValueError as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotebookWrong(name, f"it is not JSON{where}, as a notebook is") from error
    if not isinstance(found, dict):
        raise NotebookWrong(name, "it is JSON, but not a notebook")
    if _is_too_deep(found):
        raise NotebookWrong(name, "it is nested too deep")
    return found


def _is_too_deep(found: Any) -> bool:
    """Whether what reads a notebook after us would have to go deeper than any notebook does."""
    level = [found]
    for _ in range(_DEEPEST):
        inside = [item.values() if isinstance(item, dict) else item for item in level]
        level = [part for item in inside for part in item if isinstance(part, dict | list)]
    return bool(level)


class _Ambiguous(Exception):
    pass


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Ambiguous(f"it states '{twice[:40]}' twice in one place")
    return found


def _refuse_constant(word: str) -> None:
    raise _Ambiguous(f"it holds {word}, which is no number")


def _refuse_shape(name: str, notebook: Mapping[str, Any]) -> None:
    """Refuse what is not built as a notebook of format 4 is, as far as we look into it."""
    version = notebook.get("nbformat")
    if not _is_number(version) or not _is_number(notebook.get("nbformat_minor")):
        raise NotebookWrong(name, "it does not say which notebook format it is")
    if version != _FORMAT:
        why = f"it is of notebook format {version}: open it in JupyterLab and save it as format 4"
        raise NotebookWrong(name, why)
    if not isinstance(notebook.get("metadata"), dict):
        raise NotebookWrong(name, "its metadata are missing, or not a list of names and values")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:
        raise NotebookWrong(name, "it has no cells")
    for number, cell in enumerate(cells, 1):
        if why := _cell_fault(cell):
            raise NotebookWrong(name, f"cell {number} {why}")


def _cell_fault(cell: Any) -> str:
    """What is wrong with the shape of a cell; "" where nothing is."""
    if not isinstance(cell, dict):
        return "is not a cell"
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        return "is neither code nor text"
    source = cell.get("source")
    if not isinstance(source, str) and not _is_texts(source):
        return "has a source that is no text"
    if not isinstance(cell.get("metadata"), dict):
        return "has no metadata"
    return "" if _is_texts(cell["metadata"].get("tags", [])) else "has tags that are no list"


def _is_number(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= 0


def _is_texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(item, str) for item in found)


def _refuse_language(name: str, metadata: Mapping[str, Any]) -> None:
    """Refuse a notebook for another language than Python, which would be run as Python."""
    for place in ("kernelspec", "language_info"):
        if not isinstance(metadata.get(place, {}), dict):
            raise NotebookWrong(name, f"its {place} is not a list of names and values")
    stated = metadata.get("kernelspec", {}).get("language")
    for language in filter(None, (stated, metadata.get("language_info", {}).get("name"))):
        if not isinstance(language, str) or not _PYTHON.match(language):
            raise NotebookWrong(name, f"it is for {str(language)[:40]}, and we run only Python")
    kernel = metadata.get("kernelspec", {}).get("name", "")
    if not isinstance(kernel, str) or (not stated and _OTHER_KERNELS.fullmatch(kernel)):
        raise NotebookWrong(
            name, f"it is for the kernel {str(kernel)[:40]}, and we run only Python"
        )


def _validated(name: str, notebook: dict[str, Any]) -> NotebookNode:
    """The notebook, once nbformat finds it right.

    In the latest minor form of the format, as papermill would make it. Its cells are numbered: what
    ids they had before changes nothing.
    """
    metadata = notebook["metadata"]
    bare = {
        **notebook,
        "nbformat_minor": max(notebook["nbformat_minor"], nbformat_minor),
        "metadata": {key: metadata[key] for key in metadata if key not in _ABOUT_KERNEL},
        "cells": [
            {**cell, "id": f"cell-{number:02d}", "source": "".join(cell["source"])}
            for number, cell in enumerate(notebook["cells"])
        ],
    }
    try:
        validate(bare)
    except ValidationError as error:
        raise NotebookWrong(name, _place_of(error)) from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NotebookWrong(name, "it is not built as a notebook is") from error
    node: NotebookNode = from_dict({**bare, "metadata": metadata})
    return node


def _place_of(error: ValidationError) -> str:
    """Where a notebook is not as its format has it."""
    path = [*getattr(error, "relative_path", ())]
    if path[:1] == ["cells"] and len(path) > 1:
        return f"cell {path[1] + 1} is not as the notebook format has it"
    return f"its {path[0] if path else 'content'} is not as the notebook format has it"


def refuse_without_parameters(name: str, notebook: NotebookNode, wanted: Iterable[str]) -> None:
    """Refuse a notebook without one cell of parameters that sets each of those `wanted`.

    papermill puts what it is given behind the first such cell; a second would set it back.
    """
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    places = [place for place, found in enumerate(tags) if PARAMETERS in found]
    if not places:
        raise NotebookWrong(name, f"no cell of it is tagged '{PARAMETERS}'")
    if len(places) > 1:
        raise NotebookWrong(name, f"{len(places)} cells of it are tagged '{PARAMETERS}'")
    (place,) = places
    if any(_INJECTED in found for found in tags[:place]):
        raise NotebookWrong(name, "a cell before its parameters sets them as an earlier run did")
    cell = notebook.cells[place]
    if cell.cell_type != "code":
        raise NotebookWrong(name, f"its cell tagged '{PARAMETERS}' is not code")
    if missing := [word for word in wanted if word not in names_assigned(cell.source)]:
        words = ", ".join(missing)
        raise NotebookWrong(name, f"its cell tagged '{PARAMETERS}' does not set {words}")
