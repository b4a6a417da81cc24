"""What was read of a quarter, kept as parquet while its inputs and the reader are unchanged.

Each table is a file of its own in `data/processed/<period>/`, marked with what it was made from.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ffanalysis.periods import Period
from ffanalysis.tables import CONTRACTS, DTYPES, TABLE_NAMES, Tables

_DIGEST = b"ffanalysis.digest"
_AS_OF, _AS_OF_CELL = b"ffanalysis.as_of", b"ffanalysis.as_of_cell"
# The modules that the reader uses: what it makes of a workbook may change with them.
_BELOW = (
    "layout",
    "declarations",
    "settings",
    "pictures",
    "tables",
    "provenance",
    "vocabulary",
    "periods",
    "money",
)


def digest_of(paths: Iterable[Path]) -> str:
    """A digest of the workbooks' names and contents and of the reader."""
    state = hashlib.sha256(reader_digest().encode())
    for path in paths:
        state.update(f"\0{path.name}\0".encode("utf-8", "surrogateescape"))
        try:
            # A pipe would be waited for without end.
            state.update(path.read_bytes() if path.is_file() else b"no file")
        except OSError:
            # Reading it will say so; what is kept then is served only for as long as that stays so.
            state.update(b"may not be opened")
    return state.hexdigest()


@cache
def reader_digest() -> str:
    """A digest of the code and the layout that read workbooks: a change means reading anew."""
    package = Path(__file__).parent.parent
    rooms = (package / room for room in ("sheets", "workbook_check", "read"))
    files = [path for room in rooms for path in room.iterdir() if path.suffix in (".py", ".toml")]
    files += [path for name in _BELOW for path in package.glob(f"{name}.*") if path.is_file()]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(files))).hexdigest()


def is_kept(period: str, root: Path) -> bool:
    """Whether data/processed has all tables of a period, whatever they were made from."""
    return all(
        os.path.isfile(root / "data" / "processed" / period / f"{name}.parquet")  # noqa: PTH113 - no error where a right lacks
        for name in TABLE_NAMES
    )


def kept(folder: Path, quarter: Period, digest: str) -> Tables | None:
    """The kept tables, where every one of them was made from exactly these inputs; else None."""
    import pyarrow.parquet as pq

    frames: dict[str, Any] = {}
    about: dict[bytes, bytes] = {}
    for name in TABLE_NAMES:
        try:
            table = pq.read_table(folder / f"{name}.parquet")
        except (OSError, ValueError):
            return None
        about = table.schema.metadata or {}
        if about.get(_DIGEST) != digest.encode():
            return None
        frames[name] = _typed(table.to_pandas(), name)
    return Tables(
        period=quarter,
        as_of=date.fromisoformat(about[_AS_OF].decode()),
        as_of_cell=about[_AS_OF_CELL].decode(),
        digest=digest,
        **frames,
    )


def _typed(data: Any, name: str) -> Any:
    """The table with the types of its columns; most come from the file as they must be."""
    wanted = {column: DTYPES[rule.kind] for column, rule in CONTRACTS[name].items()}
    others = {column: kind for column, kind in wanted.items() if data[column].dtype != kind}
    return data.astype(others) if others else data


def keep(folder: Path, tables: Tables) -> None:
    """Keep the tables, each file whole or not at all. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    about = {
        _DIGEST: tables.digest,
        _AS_OF: tables.as_of.isoformat(),
        _AS_OF_CELL: tables.as_of_cell,
    }
    for name in TABLE_NAMES:
        table = pa.Table.from_pandas(getattr(tables, name), preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **about})
        handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        os.close(handle)
        try:
            pq.write_table(table, draft)
            Path(draft).replace(folder / f"{name}.parquet")
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
