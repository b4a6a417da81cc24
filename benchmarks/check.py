"""How the time of the workbook check grows with the rows of a ledger.

A ledger is written here from a fixed seed: nine columns of text and three of amounts, none of them
a total. One of 5,000 rows and one of 50,000 take turns in one run, and the medians of three count.
The ratio is that of their processor times: about 10 where the check is linear in rows.
"""

import argparse
import json
import random
import statistics
import time
from pathlib import Path

from ffanalysis.sheets.cells import Book, Cell, Sheet
from ffanalysis.workbook_check import check_book

SEED, TURNS = 2015, 3
HEADINGS = (
    "Year",
    "Directorate",
    "Service",
    "Team",
    "Cost centre",
    "Account",
    "Supplier",
    "Type",
    "Description",
    "Amount",
    "Budget",
    "Forecast",
)


def ledger(rows: int) -> Book:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    lines: list[tuple[object, ...]] = [HEADINGS]
    for row in range(rows):
        names = (
            f"FY{row % 3}",
            f"Directorate {row % 7}",
            f"Service {row % 40}",
            f"Team {row % 200}",
            f"Centre {row % 900}",
            f"Account {row % 300}",
            f"Supplier {chance.randrange(rows)}",
            chance.choice(["Pay", "Non-pay"]),
            f"Item {row}",
        )
        lines.append((*names, *(round(chance.uniform(1, 90_000), 2) for _ in range(3))))
    cells = (
        Cell(y, x, value) for y, line in enumerate(lines, 1) for x, value in enumerate(line, 1)
    )
    return Book("ledger.csv", [Sheet.of("ledger.csv", "Ledger", cells)], "invented")


def seconds(book: Book) -> float:
    begun = time.process_time()
    check_book(book)
    return time.process_time() - begun


def main() -> None:
    asked = argparse.ArgumentParser(description="How the workbook check's time grows with rows.")
    asked.add_argument("--rows", type=int, nargs=2, default=(5_000, 50_000), metavar="N")
    asked.add_argument("--json", type=Path, help="also write the ratio to this file")
    options = asked.parse_args()
    books = {rows: ledger(rows) for rows in options.rows}
    taken: dict[int, list[float]] = {rows: [] for rows in books}
    for _ in range(TURNS):
        for rows, book in books.items():
            taken[rows].append(seconds(book))
    few, many = (statistics.median(taken[rows]) for rows in options.rows)
    for rows, times in taken.items():
        print(f"{rows:>8,} rows {statistics.median(times):>8.2f} s")
    print(f"ratio of times {many / few:.1f}, of rows {options.rows[1] / options.rows[0]:.1f}")
    if options.json:
        options.json.write_text(json.dumps({"ratio": many / few}), "utf-8")


if __name__ == "__main__":
    main()
