"""How fast a large savings schedule is read, beside what an analyst would otherwise call.

One workbook, written here from a fixed seed: 100,000 rows of 8 columns, with number formats. What
is compared:

- `cells`: `read_workbook`, which gives each cell with its address, value and number format;
- `pandas, openpyxl` and `pandas, calamine`: `pandas.read_excel`, which gives values only;
- `openpyxl, formats`: openpyxl's read-only mode, with each cell's address and number format;
- `tables`: `read_period`, which gives the canonical tables, with every amount exact and traced to
  its cell.

Bytecode is compiled first. Each measurement is processor time in a fresh process, imports left out;
the ways take turns, and the median of five counts. A ratio is the time of `pandas, openpyxl`
divided by the way's own: more is faster.
"""

import argparse
import compileall
import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SEED, TURNS = 2015, 5
PERIOD = "2015-16-Q2"
ROUTES, RAGS = ("Retained", "Commissioned"), ("Green Delivered", "Green On Target", "Amber", "Red")
BASELINE = "pandas, openpyxl"


def write(path: Path, rows: int) -> None:
    import xlsxwriter

    chance = random.Random(SEED)  # noqa: S311 - no secret
    with xlsxwriter.Workbook(path) as book:
        sheet, money = book.add_worksheet("Savings"), book.add_format({"num_format": "#,##0"})
        sheet.write_row(0, 0, ["Savings schedule, £"])
        sheet.write_row(
            1, 0, ["Project", "Scope", "Plan", "Delivery route", "RAG", "2015/16", "2016/17", "Ref"]
        )
        for row in range(2, rows + 2):
            project = f"Project {row % 500 + 1}"
            sheet.write_row(
                row,
                0,
                [
                    project,
                    f"Service {row % 40 + 1}",
                    "current",
                    chance.choice(ROUTES),
                    chance.choice(RAGS),
                ],
            )
            sheet.write_row(row, 5, [chance.randrange(1000, 2_000_000) for _ in range(2)], money)
            sheet.write(row, 7, f"S{row}")
        register = book.add_worksheet("Register")
        for row, line in enumerate(
            [
                ("Project", "Title", "Service", "Status"),
                *(
                    (
                        f"Project {number}",
                        f"Saving {number}",
                        f"Service {number % 40 + 1}",
                        "Concept",
                    )
                    for number in range(1, 501)
                ),
            ]
        ):
            register.write_row(row, 0, line)


def cells(path: Path) -> int:
    from ffanalysis.sheets.open_workbook import read_workbook

    return sum(len(line) for sheet in read_workbook(path).sheets for line in sheet.grid.values())


def tables(path: Path) -> int:
    from ffanalysis.periods import Period
    from ffanalysis.read import read_period

    return len(read_period(Period.parse(PERIOD), [path]).savings)


def pandas_openpyxl(path: Path) -> int:
    import pandas as pd

    return int(pd.read_excel(path, engine="openpyxl", header=None).count().sum())


def pandas_calamine(path: Path) -> int:
    import pandas as pd

    return int(pd.read_excel(path, engine="calamine", header=None).count().sum())


def openpyxl_formats(path: Path) -> int:
    import openpyxl

    page = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
    found = [
        (cell.coordinate, cell.value, cell.number_format)
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    return len(found)


WAYS: dict[str, Callable[[Path], int]] = {
    "cells": cells,
    BASELINE: pandas_openpyxl,
    "pandas, calamine": pandas_calamine,
    "openpyxl, formats": openpyxl_formats,
    "tables": tables,
}


def measure_one(way: str, path: Path) -> None:
    """Measure in this process, and say how long it took and how much was found."""
    import openpyxl  # noqa: F401 - imports are left out of the measurement
    import pandas as pd  # noqa: F401 - the same
    import python_calamine  # noqa: F401 - the same

    import ffanalysis.read  # noqa: F401 - the same

    begun = time.process_time()
    found = WAYS[way](path)
    print(json.dumps([time.process_time() - begun, found]))


def measured(way: str, path: Path) -> tuple[float, int]:
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    command = [sys.executable, __file__, "--one", way, str(path)]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    seconds, found = json.loads(run.stdout.splitlines()[-1])
    return seconds, found


def compare(rows: int) -> dict[str, tuple[float, int]]:
    """The median time of each way, and how much it found."""
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "savings-schedule.xlsx"
        write(path, rows)
        for _ in range(TURNS):
            for way in WAYS:
                seconds, found[way] = measured(way, path)
                taken[way].append(seconds)
    return {way: (statistics.median(times), found[way]) for way, times in taken.items()}


def main() -> None:
    asked = argparse.ArgumentParser(
        description="Measure how fast a large savings schedule is read."
    )
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--json", type=Path, help="also write the ratios to this file")
    asked.add_argument("--one", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        measure_one(given.one[0], Path(given.one[1]))
        return
    for folder in ("ffanalysis", "pandas", "openpyxl"):
        spec = importlib.util.find_spec(folder)
        for place in (
            spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
        ):
            compileall.compile_dir(place, quiet=1)
    times = compare(given.rows)
    base = times[BASELINE][0]
    print(
        f"{given.rows:,} rows of 8 columns, median of {TURNS}\n{'what':20} {'seconds':>8}"
        f" {'ratio':>7} {'found':>9}"
    )
    for way, (seconds, found) in times.items():
        print(f"{way:20} {seconds:>8.2f} {base / seconds:>7.2f} {found:>9,}")
    if given.json:
        ratios = {f"ratio_{way}": round(base / times[way][0], 2) for way in ("cells", "tables")}
        given.json.write_text(json.dumps(ratios) + "\n")


if __name__ == "__main__":
    main()
