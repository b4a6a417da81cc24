"""Whether a project's notebook looks beyond its own project, by what its cells say."""

import ast
from collections.abc import Iterable

from nbformat import NotebookNode

_PACKAGE = "ffanalysis"
# What shows nothing of other projects, beside the calls that make a briefing.
_OF_NO_PROJECT = frozenset({"setup_notebook", "dictionary", "rag_colours", "interactive_tables"})
_MAKES_IT = frozenset({"load", "check", "briefing"})


def looks_beyond_its_project(notebook: NotebookNode) -> bool:
    """Whether a cell may use more of a quarter than one project's briefing does.

    `quarter` and `findings` may be handed to `check` and `briefing` and to nothing else: a cell
    such as `quarter.savings` has the rows of all projects. What cannot be told is taken for that.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    try:
        tree = ast.parse("\n".join(sources))
    except SyntaxError:
        return True
    nodes = [*ast.walk(tree)]
    names = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == _PACKAGE
    }
    return _imports_parts(nodes) or _uses_more(tree, nodes, names)


def _imports_parts(nodes: Iterable[ast.AST]) -> bool:
    """Whether a part of the package is imported by itself, so that its calls have other names."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == _PACKAGE:
            return True
        if isinstance(node, ast.Import) and any(
            alias.name.startswith(f"{_PACKAGE}.") for alias in node.names
        ):
            return True
    return False


def _uses_more(tree: ast.Module, nodes: Iterable[ast.AST], names: set[str]) -> bool:
    """Whether the package, a quarter or its findings are used for more than a briefing."""
    allowed: set[int] = set()  # the mentions of names that show nothing of other projects
    kept: set[str] = set()  # the names of the quarter, its findings and the briefing
    for statement in tree.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(value=ast.Name() as package, attr=call)) as made,
            ) if package.id in names and call in _MAKES_IT:
                allowed |= {id(package), *map(id, made.args)}
                kept |= {name} if call != "briefing" else set()
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name() as package, attr=call) if (
                package.id in names and call in _OF_NO_PROJECT
            ):
                allowed.add(id(package))
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id in names | kept
        and id(node) not in allowed
        for node in nodes
    )
