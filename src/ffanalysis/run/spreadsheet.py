"""LibreOffice as a second engine: it recalculates a pack, and comes to our figures or does not.

It shares no code with us. It works on a copy in which every value that we worked out is replaced
by a wrong one, so that what it gives it has worked out itself; a formula that only the copy has
proves that it did.
"""

import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from ffanalysis.errors import SpreadsheetFailed, SpreadsheetMissing
from ffanalysis.run.pack_copy import SENTINEL, WRONG, PackNotOurs, Place, copy_with_wrong_values

_PIPES = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - where LibreOffice has them
_NAMES = ("soffice", "libreoffice")
_SAME = 0.0005  # of pence less than one, of a percentage with one decimal less than its last digit
_SUBJECTS = ("project", "name", "id", "part")  # what says which figure or finding a row has
# Always: formulas are worked out when a workbook is opened, whatever values are stored with them.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_VERSION = re.compile(r"<Application>LibreOffice/([0-9.]+)")


@dataclass(frozen=True)
class Difference:
    """A formula that LibreOffice works out otherwise; `found` is None where it gives nothing.

    `project` is whose figure it is; "" for one of all projects, and for a finding.
    """

    sheet: str
    cell: str
    subject: str
    column: str
    expected: float
    found: Any
    project: str = ""

    def __str__(self) -> str:
        found = "nothing" if self.found is None else _shown(self.found)
        return (
            f"{self.sheet}!{self.cell}, {self.subject}, {self.column}: LibreOffice comes to"
            f" {found}, we to {_shown(self.expected)}"
        )


@dataclass(frozen=True)
class Recalculation:
    """What LibreOffice made of a pack: its version, how many formulas were compared, what differs.

    `seconds` is all the time that it took.
    """

    version: str
    seconds: float
    formulas: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether it came to all our figures, of which there was at least one."""
        return self.formulas > 0 and not self.differences


def is_installed() -> bool:
    """Whether there is a LibreOffice to recalculate with."""
    return _program() is not None


def recalculate(pack: Path, work: Path, seconds: float) -> Recalculation:
    """Have LibreOffice recalculate a pack, and compare what it comes to with what the pack says.

    It has a profile of its own in the folder `work`, in which nothing is left. Raises
    SpreadsheetMissing, or SpreadsheetFailed, as where it needs more than these seconds.
    """
    program = _program()
    if program is None:
        raise SpreadsheetMissing(pack.name)
    begun = monotonic()
    with tempfile.TemporaryDirectory(dir=work, prefix="spreadsheet-") as name:
        folder = Path(name)
        # An odd whole number that stands nowhere else.
        sentinel = secrets.randbelow(10**9) * 2 + 10**10 + 1
        copy = folder / "given" / "pack.xlsx"
        copy.parent.mkdir()
        try:
            expected = copy_with_wrong_values(pack, copy, f"{sentinel // 2}*2+1")
        except (PackNotOurs, zipfile.BadZipFile, KeyError) as error:
            raise SpreadsheetFailed(pack.name, "the file is not as the run wrote it") from error
        _convert(program, copy, folder, pack.name, seconds)
        made = folder / "made" / copy.name
        if not made.is_file():
            raise SpreadsheetFailed(pack.name, "it wrote no workbook")
        try:
            found = _values(made, expected)
            version = _version_of(made)
        except Exception as error:
            raise SpreadsheetFailed(pack.name, "what it wrote cannot be read") from error
        differences = tuple(_differences(found, expected, sentinel, pack.name))
    number = sum(map(len, expected.values()))
    return Recalculation(version, monotonic() - begun, number, differences)


def _program() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _convert(program: str, copy: Path, folder: Path, name: str, seconds: float) -> None:
    """Have LibreOffice open the copy, recalculate it, and save it in the folder "made"."""
    profile, settings = folder / "profile", folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    home = folder / "home"
    home.mkdir()
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        *("--convert-to", "xlsx", "--outdir", str(folder / "made"), str(copy)),
    ]
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment |= {"HOME": str(home), "TMPDIR": str(home), "XDG_RUNTIME_DIR": str(home)}
    for folder_of in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        environment[folder_of] = str(home)
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(  # noqa: S603 - a program of the machine, with words of our own
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
        ) as process,
    ):
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise SpreadsheetFailed(name, f"it took longer than {seconds:,.0f} seconds") from None
        finally:
            if process.returncode != 0:
                _end(process)
                _remove_pipe(profile)
    if code:
        raise SpreadsheetFailed(name, f"it ended with code {code}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it started: asked first, so that it clears up behind itself."""
    if os.name != "posix":
        process.kill()
        return
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def _remove_pipe(profile: Path) -> None:
    """Remove the pipe that a killed LibreOffice leaves behind, named for its profile."""
    about = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    name = f"OSL_PIPE_*_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in about)}"
    for folder in _PIPES:
        for pipe in folder.glob(name):
            with suppress(OSError):
                pipe.unlink()


# A value, the subject of its row, the heading of its column, and the project of its row.
Found = Mapping[str, Mapping[Place, tuple[Any, str, str, str]]]


def _values(made: Path, expected: Mapping[str, Mapping[Place, float]]) -> Found:
    """What stands in the places of formulas, with the subject of its row and its heading."""
    import openpyxl

    found: dict[str, dict[Place, tuple[Any, str, str, str]]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(made, read_only=True, data_only=True)
        try:
            for name in {*expected, SENTINEL.sheet}:
                wanted = {*expected.get(name, ())}
                if name == SENTINEL.sheet:
                    wanted.add(SENTINEL.place)
                if name in book.sheetnames:
                    found[name] = dict(_found(book[name], wanted))
        finally:
            book.close()
    return found


def _found(sheet: Any, wanted: set[Place]) -> Iterator[tuple[Place, tuple[Any, str, str, str]]]:
    sheet.reset_dimensions()
    headings: tuple[str, ...] = ()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number == 1:
            headings = tuple(str(heading) for heading in row)
        subject = project = ""
        for column, value in enumerate(row, 1):
            if (number, column) in wanted:
                subject = subject or _subject(headings, row)
                project = project or _project(headings, row)
                yield (number, column), (value, subject, headings[column - 1], project)


def _subject(headings: tuple[str, ...], row: tuple[Any, ...]) -> str:
    """Which figure, finding or part a row has."""
    about = dict(zip(headings, row, strict=False))
    return ", ".join(str(about[name]) for name in _SUBJECTS if about.get(name) is not None)


def _project(headings: tuple[str, ...], row: tuple[Any, ...]) -> str:
    """Whose figure a row has."""
    return str(dict(zip(headings, row, strict=False)).get("project") or "")


def _differences(
    found: Found, expected: Mapping[str, Mapping[Place, float]], sentinel: int, name: str
) -> Iterator[Difference]:
    """What is not as expected. Raises SpreadsheetFailed where nothing was recalculated."""
    seen = found.get(SENTINEL.sheet, {}).get(SENTINEL.place, (None, "", "", ""))[0]
    if seen != sentinel:
        fault = "it kept the values it was given" if seen == WRONG else "it gave no values"
        raise SpreadsheetFailed(name, fault)
    for sheet, places in expected.items():
        of_sheet = found.get(sheet, {})
        for place, value in places.items():
            nothing = (None, "a row that is not there", "", "")
            given, subject, heading, project = of_sheet.get(place, nothing)
            if not _is_same(given, value):
                address = _address(place)
                yield Difference(sheet, address, subject, heading, value, given, project)


def _is_same(found: Any, expected: float) -> bool:
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return is_number and abs(found - expected) < _SAME


def _address(place: Place) -> str:
    from openpyxl.utils import get_column_letter

    row, column = place
    return f"{get_column_letter(column)}{row}"


def _version_of(made: Path) -> str:
    """The version of LibreOffice that wrote a workbook, as the workbook says."""
    with zipfile.ZipFile(made) as package, suppress(KeyError):
        found = _VERSION.search(package.read("docProps/app.xml").decode("utf-8", "replace"))
        return found[1] if found else ""
    return ""


def _shown(value: Any) -> str:
    return f"{value:,.15g}" if isinstance(value, int | float) else f"'{value}'"
