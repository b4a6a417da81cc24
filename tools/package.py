"""Build sdist, documentation and wheel; print their sizes; with --try prove the wheel alone.

The wheel, and the documentation in it, are built of nothing but the sdist.

Run as `python tools/package.py FOLDER [--try]`. With --try the wheel is installed, with what it
asks for, into a new environment; away from any checkout a programme's folder is made there and its
example quarter rendered.
"""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]


def build(folder: Path) -> tuple[Path, Path]:
    """The sdist of this checkout, and the wheel that is built of nothing but that sdist."""
    _hatchling(ROOT, "sdist", folder)
    (sdist,) = folder.glob("*.tar.gz")
    with TemporaryDirectory() as unpacked:
        with tarfile.open(sdist) as archive:
            archive.extractall(unpacked, filter="data")
        (source,) = Path(unpacked).iterdir()
        _documentation(source)
        _hatchling(source, "wheel", folder)
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


def _documentation(source: Path) -> None:
    """Build the pages where the wheel has them, of the code that the wheel has."""
    command = [sys.executable, "tools/build_docs.py", "src/ffanalysis/documentation"]
    environment = os.environ | {"PYTHONPATH": str(source / "src")}
    subprocess.run(command, cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL)


def _hatchling(source: Path, target: str, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)


def sizes(sdist: Path, wheel: Path) -> list[str]:
    """What each of them weighs, and which parts of the wheel weigh most."""
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            parts[_part(item.filename)] += item.compress_size
    lines = [f"{path.stat().st_size / 1e6:6.2f} MB  {path.name}" for path in (sdist, wheel)]
    return [*lines, *(f"{size / 1e6:6.2f} MB    {part}" for part, size in parts.most_common())]


def _part(name: str) -> str:
    folders = name.split("/")
    if folders[1] in ("data", "notebooks", "documentation"):
        return f"{folders[1]}/"
    return "code" if name.endswith(".py") else "other files"


def prove(wheel: Path) -> None:
    """Install the wheel into a new environment, and have it make a programme and its briefings."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environment.pop("FFANALYSIS_ROOT", None)

        def call(*words: str, where: Path = folder) -> None:
            print("$ python -m", *words)
            subprocess.run([str(python), "-m", *words], cwd=where, env=environment, check=True)

        call("pip", "install", "--quiet", "--disable-pip-version-check", str(wheel.resolve()))
        call("pip", "--disable-pip-version-check", "check")
        call("ffanalysis", "docs", "--path")
        call("ffanalysis", "init", "programme", "--example")
        call("ffanalysis", "run", "latest", where=folder / "programme")
        call("ffanalysis", "verify", "reports/2015-16-Q2", where=folder / "programme")


def main() -> None:
    folder = Path(sys.argv[1]).resolve()  # built from more than one working folder
    folder.mkdir(parents=True)
    sdist, wheel = build(folder)
    print("\n".join(sizes(sdist, wheel)))
    if "--try" in sys.argv[2:]:
        prove(wheel)


if __name__ == "__main__":
    main()
