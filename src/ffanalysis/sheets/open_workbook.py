"""Open a file as a workbook: by the one reader for its format, or refuse it in one sentence."""

import gc
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ffanalysis.errors import FolderClosed, WorkbookUnreadable
from ffanalysis.provenance import shown_name
from ffanalysis.sheets.cells import Book
from ffanalysis.sheets.csv import read_delimited
from ffanalysis.sheets.limits import Limits, Refused
from ffanalysis.sheets.ods import read_ods
from ffanalysis.sheets.xls import read_xls
from ffanalysis.sheets.xlsx import read_xlsx

Reader = Callable[[str, bytes, Limits], Book]

_READERS: dict[str, Reader] = {
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".xls": read_xls,
    ".ods": read_ods,
    ".csv": read_delimited,
}
SUFFIXES = tuple(_READERS)
# Other formats in which figures are kept: never passed over in silence.
UNREAD_SUFFIXES = (".xlsb", ".xltx", ".xlt", ".tsv", ".numbers", ".fods")

_LARGEST_FILE = 200_000_000
_MOST_PARTS = 20_000
_COMPOUND, _ARCHIVE, _PART = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    (b"PK\x03\x04", b"PK\x05\x06"),
    b"PK\x01\x02",
)
_OTHER_STREAMS = ("WordDocument", "PowerPoint Document", "__properties_version1.0")
_NAMES = {"html": "a web page", "pdf": "a PDF", "picture": "a picture"}
_KINDS = (
    (_COMPOUND, ".xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"<!doctype html", "html"),
    (b"<html", "html"),
)


def require_open(folder: Path, called: Path | None = None) -> None:
    """Raise FolderClosed where the files of a folder may not be listed or opened."""
    try:
        os.listdir(folder)  # noqa: PTH208 - fails where it may not be listed
        os.stat(f"{folder}/.")  # noqa: PTH116 - pathlib leaves out the dot, for which the right is needed
    except PermissionError as error:
        raise FolderClosed(called or folder) from error


def files_in(folder: Path) -> list[Path]:
    """The files of a folder by name, without Excel's lock files and hidden ones.

    What has the name of a workbook or a declaration is one of them whatever it is (a broken link,
    a folder), so that reading it can say so. Raises FolderClosed.
    """
    require_open(folder)
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(("~$", ".")) and (path.is_file() or _is_named_as_input(path))
    )


def _is_named_as_input(path: Path) -> bool:
    return path.suffix.lower() in (*SUFFIXES, *UNREAD_SUFFIXES, ".toml")


def read_file(path: Path) -> bytes:
    """The file's bytes.

    Raises WorkbookUnreadable where it may not be opened or is far too large.
    """
    name = plain_name(path.name)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            what = "it is a folder" if stat.S_ISDIR(about.st_mode) else "it is not a file"
            raise WorkbookUnreadable(name, f"{what}. Put a workbook in its place.")
        if about.st_size > _LARGEST_FILE:
            raise WorkbookUnreadable(
                name,
                f"it is larger than {_LARGEST_FILE / 1e6:,.0f} MB. Take out what is no figure.",
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise WorkbookUnreadable(
            name, "there is no such file. Look whether it was moved or renamed."
        ) from error
    except OSError as error:
        raise WorkbookUnreadable(
            name, "it cannot be opened. Close it in Excel, or ask for permission to read it."
        ) from error


def plain_name(name: str) -> str:
    """A file's name as it can be shown in a line of text; what cannot be seen is written out."""
    return " ".join(shown_name(name).split()) or "a file without a name"


def read_workbook(path: Path, limits: Limits | None = None) -> Book:
    """All sheets of a workbook, hidden ones too.

    `limits` count what it takes to read it. Raises WorkbookUnreadable in one plain sentence.
    """
    return read_content(path.name, read_file(path), limits)


def read_content(name: str, content: bytes, limits: Limits | None = None) -> Book:
    """The same, of bytes that were read already."""
    name = plain_name(name)
    suffix = Path(name).suffix.lower()
    if suffix not in _READERS:
        raise WorkbookUnreadable(
            name, f"a file of this kind is not read. Save it as one of {', '.join(SUFFIXES)}."
        )
    try:
        with gc_paused():
            _refuse_other_kind(suffix, content)
            return _read(name, suffix, content, limits or Limits())
    except Refused as refused:
        raise WorkbookUnreadable(name, str(refused)) from refused
    except (RecursionError, MemoryError) as error:
        raise WorkbookUnreadable(name, "it is more than a budget workbook can hold.") from error


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause Python's search for cycles: a million cells are a million objects without any."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(name: str, suffix: str, content: bytes, limits: Limits) -> Book:
    """The workbook by the reader for its format.

    Whatever the reader trips over is the fault of the file, and makes it damaged.
    """
    try:
        book = _READERS[suffix](name, content, limits)
    except (Refused, RecursionError, MemoryError):
        raise
    except Exception as error:
        raise Refused(
            f"the file is damaged. Open it in Excel, save it as {suffix} and try again."
        ) from error
    if not book.sheets:
        raise Refused("it holds no sheet with cells. Look whether it is the right file.")
    return book


def _refuse_other_kind(suffix: str, content: bytes) -> None:
    """Raise Refused where the content is not what the file's name says.

    Nobody can tell which of them is right.
    """
    if not content.strip():
        raise Refused("it is empty. Delete it, or save the workbook again.")
    kind = _kind_of(content)
    if kind == "encrypted":
        raise Refused("it is encrypted. Save it without a password.")
    wanted = ".xlsx" if suffix == ".xlsm" else suffix
    if kind == wanted or (suffix == ".csv" and kind is None):
        return
    if kind in (None, "zip", "compound"):
        what = (
            "it is not a spreadsheet"
            if suffix in (".xls", ".ods", ".csv")
            else "it is not an Excel workbook"
        )
        raise Refused(f"{what}. Save it from Excel as .xlsx.")
    if kind in _READERS:
        raise Refused(
            f"it is a {kind} file under the name of a {suffix}. Give it the ending {kind}."
        )
    raise Refused(
        f"it is {_NAMES[str(kind)]} under the name of a {suffix}. Open it in Excel and save it as"
        " .xlsx."
    )


def _kind_of(content: bytes) -> str | None:
    """What a file is by its content.

    An ending, "encrypted", a word of _NAMES, or None where it is unknown.
    """
    if content.startswith(_ARCHIVE):
        return _kind_of_archive(content)
    start = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    kind = next(
        (kind for sign, kind in _KINDS if content.startswith(sign) or start.startswith(sign)), None
    )
    if kind == ".xls":
        if _in_compound("EncryptedPackage", content):
            return "encrypted"
        # Texts, presentations and messages are kept in the same kind of file.
        return "compound" if any(_in_compound(name, content) for name in _OTHER_STREAMS) else kind
    return kind


def _in_compound(name: str, content: bytes) -> bool:
    """Whether an old compound file names a stream so."""
    return name.encode("utf-16-le") in content


def _kind_of_archive(content: bytes) -> str:
    if content.count(_PART) > _MOST_PARTS:
        raise Refused(
            f"it holds more than {_MOST_PARTS:,} parts, more than a budget workbook can hold."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.replace("\\", "/").lstrip("/").casefold() for name in archive.namelist()}
            if any(item.flag_bits & 1 for item in archive.infolist()):
                return "encrypted"
    except Exception:  # noqa: BLE001 - what cannot be looked at is not tried
        return next(
            (
                kind
                for sign, kind in ((b"xl/", ".xlsx"), (b"content.xml", ".ods"))
                if sign in content
            ),
            "zip",
        )
    if "content.xml" in names:
        return ".ods"
    return (
        ".xlsx"
        if any(name.startswith("xl/") or name.endswith("workbook.xml") for name in names)
        else "zip"
    )
