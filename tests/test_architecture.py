"""What import-linter cannot see of the pure rooms.

That inside them nothing asks the clock, the environment or a file.
"""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
PURE_ROOMS = next(
    contract["source_modules"] for contract in CONTRACTS if contract.get("id") == "pure"
)

CLOCK = {"today", "now", "utcnow"}
BUILTINS = {"open", "input"}
MODULES = {"os", "time"}


def asks_the_clock(node: ast.AST, imported: set[str]) -> str:
    """What a node asks the clock with: any call of such a name, or the name of what is imported.

    A record may have a field `now`, such as what a status changed to.
    """
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK:
            return name
        case ast.Attribute(attr=name, value=base) if name in CLOCK:
            while isinstance(base, ast.Attribute):
                base = base.value
            return name if isinstance(base, ast.Name) and base.id in imported else ""
    return ""


def names_imported(tree: ast.AST) -> set[str]:
    """The names that a module has of others that are none of ours."""
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not str(getattr(node, "module", "")).startswith("ffanalysis")
        for alias in node.names
    }


def impurities(source: str) -> list[str]:
    """What a module does that no pure room may, each with its line."""
    found = []
    tree = ast.parse(source)
    imported = names_imported(tree)
    for node in ast.walk(tree):
        if asked := asks_the_clock(node, imported):
            found.append(f"line {node.lineno}: asks the clock with {asked}")
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
                found.append(f"line {node.lineno}: calls {name}")
            case ast.Import(names=names) if (
                modules := {alias.name.split(".")[0] for alias in names} & MODULES
            ):
                found.append(f"line {node.lineno}: imports {', '.join(sorted(modules))}")
            case ast.ImportFrom(module=str(module), level=0) if module.split(".")[0] in MODULES:
                found.append(f"line {node.lineno}: imports from {module}")
            case ast.Global():
                found.append(f"line {node.lineno}: changes a global")
    return found


def modules_of(room: str) -> list[Path]:
    """The files of a room: its one module, or all modules of its folder."""
    path = ROOT.joinpath("src", *room.split("."))
    return (
        [path.with_suffix(".py")]
        if path.with_suffix(".py").is_file()
        else sorted(path.rglob("*.py"))
    )


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_asks_nothing_of_the_world(room: str) -> None:
    modules = modules_of(room)
    assert modules, f"{room} has no module"
    assert [
        f"{path.name}, {fault}" for path in modules for fault in impurities(path.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        "date.today()",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "import pandas as pd\nclock = pd.Timestamp.now",
        "from datetime import datetime as day\nclock = day.now",
        "import datetime\nclock = [datetime.date.today]",
        "import time",
        "from time import monotonic",
        "def f():\n    import os.path",
        "from os import environ",
        "open('a')",
        "input()",
        "def f():\n    global x",
    ],
)
def test_what_a_pure_room_may_not_do_is_found(source: str) -> None:
    assert impurities(source)


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import date, time",
        "date(2015, 4, 1)",
        "rows.open",
        "change.now",
        "from ffanalysis import changes\nchanges.now",
        "from ffanalysis import money",
    ],
)
def test_what_a_pure_room_may_do_is_left_alone(source: str) -> None:
    assert impurities(source) == []
