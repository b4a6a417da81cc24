"""Open a file as a workbook: by the reader for its format, by another where that one fails, or refuse it in one sentence."""

import csv
import gc
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.read.delimited import read_delimited
from ffanalysis.read.engines import read_calamine, read_openpyxl, read_openpyxl_light, read_xls
from ffanalysis.read.limits import Limits, Refused
from ffanalysis.read.ods import read_ods
from ffanalysis.read.workbook import Book
from ffanalysis.read.xlsx import is_bounded, read_xlsx, require_parts

Reader = Callable[[str, bytes, Limits], Book]

_READERS: dict[str, tuple[Reader, ...]] = {
    ".xlsx": (read_xlsx, read_openpyxl, read_openpyxl_light, read_calamine),
    ".xlsm": (read_xlsx, read_openpyxl, read_openpyxl_light, read_calamine),
    ".xls": (read_xls, read_calamine),
    ".ods": (read_ods,),
    ".csv": (read_delimited,),
}
SUFFIXES = tuple(_READERS)
# Other formats in which figures are kept: never passed over in silence.
UNREAD_SUFFIXES = (".xlsb", ".xltx", ".xlt", ".tsv", ".numbers", ".fods")

_LARGEST_FILE = 200_000_000
_COMPOUND, _ARCHIVE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_NAMES = {"zip": "a zip archive", "html": "a web page", "pdf": "a PDF", "picture": "a picture"}
_KINDS = (
    (_COMPOUND, ".xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"<!doctype html", "html"),
    (b"<html", "html"),
)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder by name, without Excel's lock files and hidden ones."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises WorkbookUnreadable where it may not be opened or is far too large."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise WorkbookUnreadable(path.name, f"it is larger than {_LARGEST_FILE / 1e6:,.0f} MB. Take out what is no figure.")
        return path.read_bytes()
    except OSError as error:
        raise WorkbookUnreadable(path.name, "it may not be opened. Close it elsewhere, or ask for the right to read it.") from error


def read_workbook(path: Path) -> Book:
    """All sheets of a workbook, hidden ones too. Raises WorkbookUnreadable in one plain sentence."""
    return read_content(path.name, content_of(path))


def read_content(name: str, content: bytes) -> Book:
    """The same, of bytes that were read already."""
    suffix = Path(name).suffix.lower()
    if suffix not in _READERS:
        raise WorkbookUnreadable(name, f"a file of this kind is not read. Save it as one of {', '.join(SUFFIXES)}.")
    _refuse_other_kind(name, suffix, content)
    # A million cells are a million objects that none refers back to: looking for cycles among them doubles the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _by_first_able(name, suffix, content)
    finally:
        if collecting:
            gc.enable()


def _by_first_able(name: str, suffix: str, content: bytes) -> Book:
    """The workbook by the first reader that can read it."""
    earlier = ""
    for reader in _READERS[suffix]:
        try:
            if suffix in (".xlsx", ".xlsm") and reader is not read_xlsx and not is_bounded(content):
                break
            if suffix in (".xlsx", ".xlsm") and reader is read_xlsx:
                require_parts(content)
            book = reader(name, content, Limits())
        except Refused as refused:
            raise WorkbookUnreadable(name, str(refused)) from refused
        except (RecursionError, MemoryError) as error:
            raise WorkbookUnreadable(name, "it is more than a budget workbook can hold.") from error
        except csv.Error as error:
            raise WorkbookUnreadable(name, f"it is not a well-formed .csv: {error}. Save it from Excel anew.") from error
        except UnicodeDecodeError as error:
            raise WorkbookUnreadable(name, "its text is damaged. Save it from Excel as .csv or .xlsx.") from error
        except BaseException as error:  # whatever a parser trips over is the fault of the file
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            earlier = earlier or f"{type(error).__name__}: {str(error)[:120]}"
            continue
        book.instead_of = earlier
        return book
    raise WorkbookUnreadable(name, f"the file is damaged. Open it in Excel, save it as {suffix} and try again.")


def _refuse_other_kind(name: str, suffix: str, content: bytes) -> None:
    """Raise WorkbookUnreadable where the content is not what the file's name says: nobody can tell which of them is right."""
    if not content.strip():
        raise WorkbookUnreadable(name, "it is empty. Take it away, or save the workbook again.")
    kind = _kind_of(content)
    if kind == "encrypted":
        raise WorkbookUnreadable(name, "it is encrypted. Save it without a password.")
    wanted = ".xlsx" if suffix == ".xlsm" else suffix
    if kind == wanted or (suffix == ".csv" and kind is None):
        return
    if kind is None or kind == "zip":
        what = "it is not a spreadsheet" if suffix in (".xls", ".ods") else "it is not an Excel workbook"
        raise WorkbookUnreadable(name, f"{what}. Save it from Excel as .xlsx.")
    if kind.startswith("."):
        raise WorkbookUnreadable(name, f"it is a {kind} file under the name of a {suffix}. Give it the ending {kind}.")
    raise WorkbookUnreadable(name, f"it is {_NAMES[kind]} under the name of a {suffix}. Open it in Excel and save it as .xlsx.")


def _kind_of(content: bytes) -> str | None:
    """What a file is by its content: an ending, "encrypted", a word of _NAMES, or None where that cannot be told."""
    if content.startswith(_ARCHIVE):
        return _kind_of_archive(content)
    start = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    kind = next((kind for sign, kind in _KINDS if content.startswith(sign) or start.startswith(sign)), None)
    if kind == ".xls" and "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    return kind


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.replace("\\", "/").lstrip("/").casefold() for name in archive.namelist()}
            if any(item.flag_bits & 1 for item in archive.infolist()):
                return "encrypted"
    except Exception:  # noqa: BLE001 - whatever the parser trips over is the fault of the file
        return ".xlsx"  # damaged; its reader will say so
    if "content.xml" in names:
        return ".ods"
    return ".xlsx" if any(name.startswith("xl/") or name.endswith("workbook.xml") for name in names) else "zip"
