"""Files to tables: every workbook of a period, every sheet.

`load` is the door. What it has read is kept in `data/processed/<period>/`, and is served from there
for as long as the workbooks and the reader are unchanged.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ffanalysis import money, periods
from ffanalysis.errors import (
    PeriodUnknown,
    RootMissing,
    TableMissing,
    UserError,
    WorkbookUnreadable,
    choices,
)
from ffanalysis.layout import FILE_NAME as LAYOUT
from ffanalysis.layout import Layout, Layouts, plain
from ffanalysis.provenance import PROVENANCE
from ffanalysis.read import contracts
from ffanalysis.read.collector import Collected
from ffanalysis.read.corrections import ALIASES, CORRECTIONS, apply_corrections, read_aliases
from ffanalysis.read.find import FoundTable, find_tables
from ffanalysis.read.money_table import read_money
from ffanalysis.read.register import read_register
from ffanalysis.read.settings import FILE_NAME as SETTINGS
from ffanalysis.read.settings import weights
from ffanalysis.sheets.cells import Book, Cell, Sheet
from ffanalysis.sheets.open_workbook import (
    SUFFIXES,
    UNREAD_SUFFIXES,
    files_in,
    gc_paused,
    read_content,
    read_file,
    read_workbook,
)
from ffanalysis.tables import CONTRACTS, DTYPES, HISTORY, TABLE_NAMES, Tables, frame, records
from ffanalysis.vocabulary import scope_service

__all__ = [
    "find_root",
    "inputs_of",
    "is_kept",
    "known_periods",
    "load",
    "quarters_before",
    "read_period",
    "read_sheets",
    "read_workbook",
]

ROOT_VARIABLE = "FFANALYSIS_ROOT"
_DIGEST_KEY = b"ffanalysis.digest"
_DECLARED = frozenset({CORRECTIONS, ALIASES, LAYOUT, SETTINGS})
# So many numbers below one another are listed each; of more their count is.
_FEW = 5
# The modules that the reader stands on; what it makes of a workbook may change with them.
_BELOW = ("layout", "tables", "provenance", "vocabulary", "periods", "money")
_MONEY_TABLES = frozenset({"budget", "savings", "mtfp"})


def find_root(start: Path | None = None) -> Path:
    """The programme's folder.

    FFANALYSIS_ROOT where set, else the nearest folder upwards that has data/raw.
    """
    if start is None and (named := os.environ.get(ROOT_VARIABLE)):
        start = Path(named)
        candidates = [start.resolve()]
    else:
        start = (start or Path.cwd()).resolve()
        candidates = [start, *start.parents]
    for folder in candidates:
        if (folder / "data" / "raw").is_dir():
            return folder
    raise RootMissing(start)


def known_periods(root: Path) -> list[str]:
    """The periods that data/raw has a folder for."""
    folders = (folder.name for folder in (root / "data" / "raw").iterdir() if folder.is_dir())
    return sorted(name for name in folders if periods.Period.is_name(name))


def inputs_of(root: Path, period: str) -> list[Path]:
    """The files that a period is read from.

    Those in data/raw itself hold for every period and stand first, as more general.

    Raises PeriodMalformed, and PeriodUnknown for a period that is not there.
    """
    folder = root / "data" / "raw" / str(periods.Period.parse(period))
    if not folder.is_dir():
        raise PeriodUnknown(period, known_periods(root))
    return [
        path for path in files_in(folder.parent) if path.name in (LAYOUT, ALIASES, SETTINGS)
    ] + files_in(folder)


def quarters_before(root: Path, period: str) -> list[str]:
    """The earlier periods that have a workbook, the latest first."""
    quarter = periods.Period.parse(period)
    earlier = (periods.Period.parse(name) for name in known_periods(root))
    names = [str(each) for each in sorted(earlier, reverse=True) if each < quarter]
    workbooks = (*SUFFIXES, *UNREAD_SUFFIXES)
    return [
        name
        for name in names
        if any(path.suffix.lower() in workbooks for path in files_in(root / "data" / "raw" / name))
    ]


def load(period: str, root: Path | None = None, processed: Path | None = None) -> Tables:
    """All canonical tables of a period such as "2015-16-Q2", kept in `processed`, by default the programme's data/processed.

    The quarters before it, from which movement is measured, are read and kept in the same way. Raises RootMissing, and
    PeriodMalformed or PeriodUnknown for a period that is not there; LayoutWrong, SettingsWrong or CorrectionWrong where what is
    declared beside the workbooks cannot hold. What cannot be read (a workbook, a cell, a table that is missing) raises nothing:
    it stands in the table `refusals`, and withholds the projects that depend on it.
    """
    root = find_root() if root is None else root
    quarter = periods.Period.parse(period)
    inputs_of(root, period)
    store = processed or root / "data" / "processed"
    before = None
    for earlier in reversed(quarters_before(root, str(quarter))):
        before = _as_history(root, periods.Period.parse(earlier), store, before)
    return replace(_load(root, quarter, store), before=before)


def _load(root: Path, quarter: periods.Period, processed: Path) -> Tables:
    """The tables of one quarter by itself."""
    paths = inputs_of(root, str(quarter))
    digest = _digest(paths)
    store = processed / str(quarter)
    tables = _stored(store, quarter, digest)
    if tables is None:
        tables = read_period(quarter, paths, digest)
        _keep(store, tables)
    return tables


def _as_history(
    root: Path, quarter: periods.Period, processed: Path, before: Tables | None
) -> Tables:
    """What later quarters are held against.

    One that cannot be read has a refusal that says why, and costs them nothing else.
    """
    place = str(quarter)
    try:
        tables = _load(root, quarter, processed)
    except UserError as error:
        refused = {"refusals": [{"sentence": str(error), "workbook": place}]}
        frames: dict[str, Any] = {name: frame(name, refused.get(name, ())) for name in TABLE_NAMES}
        return Tables(
            period=quarter,
            as_of=quarter.last_day,
            as_of_cell="",
            digest="",
            before=before,
            **frames,
        )
    return as_history(tables, before)


def as_history(tables: Tables, before: Tables | None) -> Tables:
    """Of a quarter's tables, what later ones are held against, with its workbooks named as the quarter's; `before` are earlier."""
    place = str(tables.period)
    kept: dict[str, Any] = {}
    for name in TABLE_NAMES:
        data = getattr(tables, name) if name in HISTORY else getattr(tables, name).iloc[:0]
        kept[name] = data.assign(workbook=place + "/" + data["workbook"]) if len(data) else data
    # A sentence that begins with its workbook leads to where that is.
    named = [
        f"{place}/{row.sentence}" if row.sentence.startswith(row.workbook) else row.sentence
        for row in records(tables.refusals)
    ]
    kept["refusals"] = kept["refusals"].assign(sentence=pd.array(named, dtype="string"))
    return replace(tables, before=before, **kept)


def is_kept(period: str, root: Path) -> bool:
    """Whether the tables of a period, whatever they were made from, are all there in data/processed."""
    return all(
        (root / "data" / "processed" / period / f"{name}.parquet").is_file() for name in TABLE_NAMES
    )


def read_period(quarter: periods.Period, paths: Iterable[Path], digest: str = "") -> Tables:
    """Read the workbooks afresh; `load` does this once for as long as nothing changes."""
    with gc_paused():
        return _read_period(quarter, paths, digest)


def _read_period(quarter: periods.Period, paths: Iterable[Path], digest: str) -> Tables:
    collected = Collected()
    books: list[Book] = []
    contents: dict[bytes, str] = {}
    declared: dict[str, list[bytes]] = {}
    for path in paths:
        suffix = path.suffix.lower()
        if path.name in _DECLARED:
            declared.setdefault(path.name, []).append(read_file(path))
        elif suffix in UNREAD_SUFFIXES:
            problem = f"a {suffix} file cannot be read; save it from Excel as .xlsx."
            collected.rows["refusals"].append(
                {"sentence": f"{path.name}: {problem}", "workbook": path.name}
            )
        elif suffix not in SUFFIXES:
            collected.rows["unused"].append({"what": "not a workbook", "workbook": path.name})
        else:
            try:
                content = read_file(path)
                _refuse_copy(path.name, content, contents)
                books.append(read_content(path.name, content))
            except WorkbookUnreadable as error:
                collected.rows["refusals"].append(
                    {"sentence": str(error), "workbook": error.workbook}
                )
    for book in books:
        _notice_book(book, collected)
    layouts = Layouts((LAYOUT, content) for content in declared.get(LAYOUT, ()))
    aliases: dict[str, dict[str, str]] = {}
    for content in declared.get(ALIASES, ()):
        for kind, names in read_aliases(content).items():
            aliases.setdefault(kind, {}).update(names)
    collected.aliases = aliases
    collected.rows["weights"] = weights(declared.get(SETTINGS, ()))
    sheets = [sheet for book in books for sheet in book.sheets]
    for content in declared.get(CORRECTIONS, ()):
        collected.rows["corrections"] += apply_corrections(content, sheets)
    return read_sheets(quarter, sheets, digest, collected, layouts)


def read_sheets(
    quarter: periods.Period,
    sheets: Iterable[Sheet],
    digest: str = "",
    collected: Collected | None = None,
    layouts: Layouts | None = None,
) -> Tables:
    """Sheets as tables.

    `collected` holds what is known already of workbooks that could not be opened.
    """
    layouts, sheets = layouts or Layouts(), list(sheets)
    collected = Collected() if collected is None else collected
    collected.rows["weights"] = collected.rows["weights"] or weights(())
    as_of, as_of_cell = quarter.last_day, ""
    for sheet in sheets:
        layout = layouts.for_workbook(sheet.workbook)
        collected.accounted_cells.clear()
        collected.accounted_rows.clear()
        tables, misses = find_tables(sheet, layout)
        for miss in misses:
            row = {
                "sentence": miss.sentence,
                "workbook": sheet.workbook,
                "sheet": sheet.name,
                "cell": miss.cell,
            }
            collected.rows["refusals"].append(row)
        for found in tables:
            (read_money if found.table in _MONEY_TABLES else read_register)(
                found, layout, collected
            )
        for cell in _as_of_cells(sheet, layout):
            when = periods.parse_when(cell.value)
            place = f"{sheet.workbook}!{sheet.name}!{cell.address}"
            if when is None or when.first != when.last or (as_of_cell and when.first != as_of):
                problem = "is not one day, the same everywhere (write 30 September 2015)."
                sentence = (
                    f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{cell.text}'"
                    f" {problem}"
                )
                where = {"workbook": sheet.workbook, "sheet": sheet.name, "cell": cell.address}
                collected.rows["refusals"].append(
                    {"sentence": sentence, "value": cell.text, **where}
                )
            else:
                as_of, as_of_cell = when.first, place
        _list_unused(sheet, tables, collected, refused=bool(misses))
        _notice_hidden(sheet, tables, collected)
    layout = layouts.for_workbook("")
    if not collected.rows["projects"] and not collected.rows["refusals"]:
        needed = [
            layout.tables["projects"].headings[name] for name in layout.tables["projects"].needs
        ]
        names = [f"{sheet.workbook}: {sheet.name}" for sheet in sheets]
        collected.rows["refusals"].append(
            {
                "sentence": str(TableMissing(str(quarter), "projects", needed, names)),
                "workbook": f"data/raw/{quarter}",
            }
        )
    _refuse_unregistered(collected)
    _refuse_repeated(collected)
    collected.rows["names"] = _names(collected)
    frames: dict[str, Any] = {name: frame(name, rows) for name, rows in collected.rows.items()}
    read = Tables(period=quarter, as_of=as_of, as_of_cell=as_of_cell, digest=digest, **frames)
    contracts.check(read)
    return read


def _refuse_copy(name: str, content: bytes, contents: dict[bytes, str]) -> None:
    """Raise WorkbookUnreadable for a file whose content was read already.

    Everything in it would count twice.
    """
    first = contents.setdefault(hashlib.sha256(content).digest(), name)
    if content and first != name:
        raise WorkbookUnreadable(
            name, f"it is the same file as {first}, and would count twice. Take one of them away."
        )


def _notice_book(book: Book, collected: Collected) -> None:
    """Note with which reader a workbook was read, and from which others it takes values."""
    collected.rows["workbooks"].append(
        {"workbook": book.name, "reader": book.engine, "instead_of": book.instead_of or None}
    )
    links = ", ".join(book.links)
    for sheet in book.sheets:
        for cell in sheet.linked:
            what = "a value from another workbook, as it was when this one was last calculated"
            collected.rows["notices"].append(
                {
                    "what": what,
                    "value": links or None,
                    "workbook": book.name,
                    "sheet": sheet.name,
                    "cell": cell,
                }
            )


def _notice_hidden(sheet: Sheet, tables: list[FoundTable], collected: Collected) -> None:
    """Note what is read although nobody sees it.

    A hidden sheet, and rows and columns of a table.
    """
    place = {"workbook": sheet.workbook, "sheet": sheet.name}
    if sheet.hidden and sheet.grid:
        collected.rows["notices"].append(
            {"what": "a hidden sheet, which is read like any other", **place}
        )
    for found in tables:
        rows = [
            row
            for row in range(found.header_rows[0], found.last_row + 1)
            if row in sheet.hidden_rows and row in sheet.grid
        ]
        columns = sorted(column for column in found.all_columns if column in sheet.hidden_columns)
        first = min(found.all_columns)
        for row in rows:
            cell = Cell(row, first, None)
            what = f"a hidden row of the table of {found.table}, which is read like any other"
            collected.rows["notices"].append(
                {
                    "what": what,
                    "value": sheet.at(row, first).text or None,
                    **place,
                    "cell": cell.address,
                }
            )
        for column in columns:
            cell = Cell(found.header_row, column, None)
            what = f"a hidden column of the table of {found.table}, which is read like any other"
            collected.rows["notices"].append(
                {"what": what, "value": found.heads[column].name, **place, "cell": cell.address}
            )


def _names(collected: Collected) -> list[dict[str, object]]:
    """The services and programmes that the tables name, each once by source, and whether the other tables know them too."""
    rows = collected.rows
    budgets = {str(row["service"]) for row in rows["budget"] if row.get("service")}
    spent = {
        str(row["programme"])
        for name in ("savings", "mtfp")
        for row in rows[name]
        if row.get("programme")
    }
    registered = {str(row["programme"]) for row in rows["projects"] if row.get("programme")}
    found: dict[tuple[str, str], dict[str, object]] = {}

    def name(kind: str, text: object, row: dict[str, object], known: set[str]) -> None:
        if text:
            place = {key: row[key] for key in PROVENANCE}
            found.setdefault(
                (kind, str(text)),
                {"kind": kind, "name": text, "matched": str(text) in known, **place},
            )

    for row in rows["projects"]:
        name("service", row.get("service"), row, budgets)
        name("programme", row.get("programme"), row, spent)
    for row in rows["savings"]:
        name("service", scope_service(row.get("scope")), row, budgets)
        name("programme", row.get("programme"), row, registered)
    for row in rows["mtfp"]:
        name("service", row.get("service"), row, budgets)
        name("programme", row.get("programme"), row, registered)
    for row in rows["budget"]:
        name("service", row.get("part_of"), row, budgets)
    # A service is also named by what is part of it, and by scopes.
    used = {
        ("service" if kind in ("scope", "part_of") else kind, new): old
        for (kind, new), old in collected.renamed.items()
    }
    for (kind, text), row in found.items():
        row["used_for"] = used.get((kind, text))
    return list(found.values())


def _as_of_cells(sheet: Sheet, layout: Layout) -> Iterator[Cell]:
    """The cells that state the as-of date: beside a cell headed so, else below it."""
    for cell in sheet.cells():
        if isinstance(cell.value, str) and plain(cell.text) in layout.as_of_headings:
            beside, below = sheet.at(cell.row, cell.column + 1), sheet.at(cell.row + 1, cell.column)
            if beside.value is not None or below.value is not None:
                yield beside if beside.value is not None else below


def _list_unused(
    sheet: Sheet, tables: list[FoundTable], collected: Collected, *, refused: bool
) -> None:
    """List a sheet without a known table, and of a recognised sheet every number that is neither used nor refused by name."""
    place = {"workbook": sheet.workbook, "sheet": sheet.name}
    if not tables and not refused:
        if sheet.grid:
            collected.rows["unused"].append({"what": "sheet without a known table", **place})
        return
    used = collected.accounted_cells | {
        (cell.row, cell.column) for found in tables for cell in found.context.values()
    }
    # Numbers below one another make one entry.
    runs: dict[tuple[str, int], list[list[Cell]]] = {}
    for row, line in sheet.rows():
        inside = [found for found in tables if found.header_row < row <= found.last_row]
        whole = [found for found in inside if row in collected.accounted_rows.get(found.name, ())]
        for cell in line:
            if (row, cell.column) in used or any(
                cell.column in found.amounts or cell.column in found.columns for found in whole
            ):
                continue
            is_text = isinstance(cell.value, str) and any(
                cell.column in found.amounts for found in inside
            )
            if not cell.is_number and not (is_text and money.from_text(cell.value, money.POUND)):
                continue
            what = (
                "number in a table, not used"
                if any(found.covers_column(cell.column) for found in inside)
                else "number outside every table"
            )
            found = runs.setdefault((what, cell.column), [])
            if found and found[-1][-1].row == row - 1:
                found[-1].append(cell)
            else:
                found.append([cell])
    for (what, _), column in runs.items():
        for run in column:
            value = (
                ", ".join(cell.text for cell in run) if len(run) <= _FEW else f"{len(run)} numbers"
            )
            address = run[0].address if len(run) == 1 else f"{run[0].address}:{run[-1].address}"
            collected.rows["unused"].append(
                {"what": what, "value": value, **place, "cell": address}
            )


def _refuse_unregistered(collected: Collected) -> None:
    """A project that the register does not have.

    Nobody can tell whose its lines are, so they withhold all.
    """
    registered = {row["project"]: row["name"] for row in collected.rows["projects"]}
    for name in ("savings", "totals", "milestones", "risks", "signoff", "deadlines", "recipients"):
        rows = collected.rows[name]
        collected.rows[name] = [
            row for row in rows if not row.get("project") or row["project"] in registered
        ]
        for row in rows:
            if (
                row.get("project")
                and row["project"] not in registered
                and row.get("amount_pence") is not None
            ):
                value = money.in_full(row["amount_pence"])
                place = {key: row[key] for key in PROVENANCE}
                collected.rows["unused"].append(
                    {
                        "what": "amount of a project that is not in the register",
                        "value": value,
                        **place,
                    }
                )
    told = {tuple(row.get(key) for key in PROVENANCE) for row in collected.rows["refusals"]}
    # Without any register, that is the one fault to tell; and of a cell that is refused already,
    # one fault is enough.
    for project, places in collected.named.items() if registered else ():
        named = {place: written for place, written in places.items() if place not in told}
        for (workbook, sheet, cell), written in named.items() if project not in registered else ():
            sentence = (
                f"{workbook}, sheet {sheet}, cell {cell}: the project '{written}' is not in the"
                f" register (write one of: {choices(registered.values(), written)}; or add it to"
                " the register, or its other name to aliases.toml)."
            )
            place = {"workbook": workbook, "sheet": sheet, "cell": cell}
            collected.rows["refusals"].append({"sentence": sentence, "value": written, **place})


def _refuse_repeated(collected: Collected) -> None:
    """Two register rows whose names make the same file name: neither can be told from the other."""
    seen: dict[str, dict[str, object]] = {}
    for row in collected.rows["projects"]:
        first = seen.setdefault(row["project"], row)
        if first is not row:
            sentence = (
                f"{row['workbook']}, sheet {row['sheet']}, cell {row['cell']}: '{row['name']}'"
                f" makes the same file name as '{first['name']}' in {first['workbook']}, sheet"
                f" {first['sheet']}, cell {first['cell']} (make the names differ in a letter or"
                " digit among their first 80)."
            )
            place = {key: row[key] for key in PROVENANCE}
            collected.rows["refusals"].append(
                {"sentence": sentence, "value": row["name"], "project": row["project"], **place}
            )
    collected.rows["projects"] = list(seen.values())


@cache
def _reader_digest() -> str:
    """What the code and the layout that read workbooks are made of.

    When they change, nothing kept is served.
    """
    package = Path(__file__).parent.parent
    rooms = (package / room for room in ("sheets", "read"))
    files = [path for room in rooms for path in room.iterdir() if path.suffix in (".py", ".toml")]
    files += [path for name in _BELOW for path in package.glob(f"{name}.*") if path.is_file()]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(files))).hexdigest()


def _digest(paths: Iterable[Path]) -> str:
    """A digest of the workbooks' names and contents and of the reader."""
    state = hashlib.sha256(_reader_digest().encode())
    for path in paths:
        state.update(f"\0{path.name}\0".encode())
        try:
            state.update(path.read_bytes())
        except OSError:
            # Collected it will say so; what is kept then is served only for as long as that stays so.
            state.update(b"may not be opened")
    return state.hexdigest()


def _stored(store: Path, quarter: periods.Period, digest: str) -> Tables | None:
    """The kept tables, where every one of them was made from exactly these inputs."""
    import pyarrow.parquet as pq

    frames: dict[str, Any] = {}
    as_of: dict[bytes, bytes] = {}
    for name in TABLE_NAMES:
        path = store / f"{name}.parquet"
        try:
            table = pq.read_table(path)
        except (OSError, ValueError):
            return None
        about = table.schema.metadata or {}
        if about.get(_DIGEST_KEY) != digest.encode():
            return None
        as_of = about
        contract = CONTRACTS[name]
        frames[name] = table.to_pandas().astype(
            {column: DTYPES[rule.kind] for column, rule in contract.items()}
        )
    day = date.fromisoformat(as_of[b"ffanalysis.as_of"].decode())
    return Tables(
        period=quarter,
        as_of=day,
        as_of_cell=as_of[b"ffanalysis.as_of_cell"].decode(),
        digest=digest,
        **frames,
    )


def _keep(store: Path, tables: Tables) -> None:
    """Keep the tables as parquet, each file whole or not at all, each marked with what it was made from."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    store.mkdir(parents=True, exist_ok=True)
    about = {
        _DIGEST_KEY: tables.digest,
        b"ffanalysis.as_of": tables.as_of.isoformat(),
        b"ffanalysis.as_of_cell": tables.as_of_cell,
    }
    for name in TABLE_NAMES:
        table = pa.Table.from_pandas(getattr(tables, name), preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **about})
        handle, draft = tempfile.mkstemp(dir=store, prefix=f".{name}-")
        os.close(handle)
        pq.write_table(table, draft)
        Path(draft).replace(store / f"{name}.parquet")
