"""What installs the project agrees with itself, and its notebooks are stored as pages to read."""

import ast
import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = ("run", "test", "docs", "outloud")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# conda-forge's name for a requirement of ours, where it isn't the same.
CONDA_NAMES = {"jupyter-client": "jupyter_client"}
ONLY_FROM_PIP = {"css-inline", "font-source-sans-pro"}
ONLY_FROM_CONDA = {"pip", "pango"}

# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "io"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("prefix", "dev"),
    )
]


def bounds(requirements: list[str]) -> dict[str, str]:
    """Each requirement's name, with its extras, and its bounds."""
    found = {}
    for requirement in map(Requirement, requirements):
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        found[f"{requirement.name}{extras}"] = str(requirement.specifier)
    return found


def lock_text(name: str) -> str:
    return (ROOT / "locks" / f"{name}.txt").read_text("utf-8")


def locked(name: str) -> dict[str, list[str]]:
    """Each requirement of a lock, as it is written, with its hashes."""
    lines = [
        line
        for line in lock_text(name).replace("\\\n", " ").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    found = {}
    for line in lines:
        requirement, *options = re.split(r"\s+(?=--)", line.strip())
        found[requirement] = options
    return found


def pins(name: str) -> dict[str, set[str]]:
    """Each package of a lock with the versions it is pinned to: several, where systems differ."""
    found = defaultdict(set)
    for requirement in map(Requirement, locked(name)):
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found[canonicalize_name(requirement.name)].add(pin.version)
    return dict(found)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameter_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]


def tracked() -> list[Path]:
    """The files of the project: those under version control, and new ones that are not ignored."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, capture_output=True, check=False, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_conda_environment_asks_for_what_the_package_asks_for() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (by_pip,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    by_conda = bounds([entry for entry in environment["dependencies"] if isinstance(entry, str)])
    assert by_conda.pop("python") == PROJECT["requires-python"]
    for name in ONLY_FROM_CONDA:
        by_conda.pop(name)
    ours = bounds(PROJECT["dependencies"])
    assert by_conda == {
        CONDA_NAMES.get(name, name): limits
        for name, limits in ours.items()
        if name not in ONLY_FROM_PIP
    }
    assert by_pip[-1] == "-e ."
    assert bounds(by_pip[:-1]) == {
        name: limits for name, limits in ours.items() if name in ONLY_FROM_PIP
    }


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_a_hash(name: str) -> None:
    assert locked(name)
    for requirement, options in locked(name).items():
        assert options, requirement
        for option in options:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    for part in (
        "http://",
        "https://",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "@ file:",
    ):
        assert part not in lock_text(name)


def test_the_locks_pin_the_same_versions() -> None:
    run = pins("run")
    for others in (pins("test"), pins("docs")):
        assert run == {name: versions for name, versions in others.items() if name in run}
    test, docs = pins("test"), pins("docs")
    assert {name: test[name] for name in test.keys() & docs} == {
        name: docs[name] for name in test.keys() & docs
    }


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run", "dependencies"),
        ("test", "optional-dependencies"),
        ("docs", "optional-dependencies"),
    ],
)
def test_what_the_package_asks_for_is_locked_within_its_bounds(
    lock: str, requirements: str
) -> None:
    asked = PROJECT[requirements] if lock == "run" else PROJECT[requirements][lock]
    found = pins(lock)
    for requirement in map(Requirement, asked):
        versions = found.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not in locks/{lock}.txt"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_no_file_names_the_host_of_a_package_registry() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes().lower()
    ]
    assert named == []


def test_the_glossary_lists_each_term_once_and_in_order() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    terms = [found[1] for line in lines if (found := re.match(r"- \*\*(.+?)\*\*: ", line))]
    assert terms == sorted(set(terms), key=lambda term: term.casefold().replace("-", " "))
    assert len(terms) == sum(line.startswith("- ") for line in lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_is_stored_without_results(self, path: Path) -> None:
        for cell in code_cells(nbformat.read(path, as_version=4)):
            assert cell.outputs == []
            assert cell.execution_count is None

    def test_has_one_cell_of_parameters_each_a_plain_value(self, path: Path) -> None:
        (cell,) = parameter_cells(nbformat.read(path, as_version=4))
        for statement in ast.parse(cell.source).body:
            assert isinstance(statement, ast.Assign | ast.AnnAssign)
            assert isinstance(statement.value, ast.Constant)
            assert type(statement.value.value) in (str, int)

    def test_imports_the_package_and_no_more_than_pandas(self, path: Path) -> None:
        imported = set()
        for cell in code_cells(nbformat.read(path, as_version=4)):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Import):
                    imported |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    imported.add(node.module)
        assert "ffanalysis" in imported
        assert imported <= {"ffanalysis", "pandas"}

    def test_defines_nothing(self, path: Path) -> None:
        definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        for cell in code_cells(nbformat.read(path, as_version=4)):
            assert not any(
                isinstance(node, definitions) for node in ast.walk(ast.parse(cell.source))
            )
