"""What the tests of published quarters share.

A programme to change, the command itself, and the runs that many tests read.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import openpyxl

from ffanalysis.present.briefing import Briefing
from ffanalysis.present.html import Part
from ffanalysis.present.programme import Programme

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).parent / "ffanalysis"
PERIOD = "2015-16-Q2"
PROJECT = "sen-contract-efficiency"
PROJECT_NAME = "SEN Contract Efficiency"
IS_SOAK = "FFANALYSIS_SOAK" in os.environ


def few(cases: Iterable[Any], number: int) -> list[Any]:
    """All cases in the long counts, else the first few."""
    return [*cases] if IS_SOAK else [*cases][:number]


def parts_of(page: type) -> tuple[str, ...]:
    """The names of a page's parts, in reading order."""
    return tuple(
        name
        for name, part in vars(page).items()
        if getattr(part, "__annotations__", {}).get("return") is Part
    )


PARTS, PROGRAMME_PARTS = parts_of(Briefing), parts_of(Programme)
REGISTER, SCHEDULE, BUDGET = "register.xlsx", "savings-schedule.xlsx", "base-budget.xlsx"


@dataclass
class Element:
    """An element of a page, with what is inside it."""

    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def all(self, *tags: str) -> Iterator["Element"]:
        """This element and all within it, in the order of the page, or those of these tags."""
        if not tags or self.tag in tags:
            yield self
        for part in self.inside:
            if isinstance(part, Element):
                yield from part.all(*tags)

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only element of its tag that has these attributes."""
        (found,) = (item for item in self.all(tag) if attributes.items() <= item.attributes.items())
        return found


class _Reader(HTMLParser):
    VOID = frozenset(
        {"meta", "img", "br", "hr", "link", "input", "base", "embed", "source", "wbr", "col"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def page_of(html: str) -> Element:
    """A page as its tree of elements; each element must be closed where it belongs."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


def words(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def figures(inside: Element, table: str = "") -> Iterator[tuple[Element, str]]:
    """The marked figures, each with the caption of the table that it stands in."""
    if inside.tag == "table":
        table = words(inside.one("caption").text)
    if "data-figure" in inside.attributes:
        yield inside, table
    for part in inside.inside:
        if isinstance(part, Element):
            yield from figures(part, table)


def outside(page: Element) -> list[str]:
    """What a page would fetch, run or send.

    Addresses that it does not hold itself, scripts and handlers of events.
    """
    found = [
        item.tag
        for item in page.all(
            "script", "link", "base", "iframe", "object", "embed", "form", "svg", "math"
        )
    ]
    found += [
        name
        for item in page.all()
        for name in item.attributes
        if name.startswith("on") or name in {"srcset", "style"}
    ]
    found += [
        item.attributes["src"][:40]
        for item in page.all()
        if not item.attributes.get("src", "data:").startswith("data:")
    ]
    links = [item.attributes["href"] for item in page.all() if "href" in item.attributes]
    found += [
        link
        for link in links
        if not re.fullmatch(r"(exceptions/)?[a-z0-9-]+\.html|#how-[a-z0-9-]+", link)
    ]
    css = "".join(item.text for item in page.all("style"))
    found += [
        address[:40]
        for address in re.findall(r"url\(\s*['\"]?([^)]*)", css)
        if not address.startswith("data:")
    ]
    return found + re.findall(r"@import|expression\(", css)


@dataclass(frozen=True)
class Run:
    """A quarter rendered by the command: its programme, what it said, and how it ended."""

    root: Path
    exit_code: int
    out: str
    err: str

    @property
    def folder(self) -> Path:
        return self.root / "reports" / PERIOD

    def text(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def page(self, name: str) -> Element:
        return page_of(self.text(name))

    @property
    def files(self) -> set[str]:
        """The published files, by their paths in the period's folder."""
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    @property
    def manifest(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text("run.json"))
        return content

    @property
    def statuses(self) -> dict[str, str]:
        return {result["name"]: result["status"] for result in self.manifest["results"]}


def programme_in(root: Path, workbooks: Path) -> Path:
    """A programme with these workbooks as its only quarter, and with the project's notebooks."""
    shutil.copytree(workbooks, root / "data" / "raw" / PERIOD)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return root


def environment(root: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"FFANALYSIS_ROOT", "PYTHONWARNINGS"}
    }
    return {**kept, "FFANALYSIS_ROOT": str(root), **more}


def ffanalysis(root: Path, *words: str, **more: str) -> Run:
    """The command as a person calls it, in a process of its own.

    `more` goes into its environment.
    """
    done = subprocess.run(
        [COMMAND, *words],
        cwd=root,
        env=environment(root, **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(root, done.returncode, done.stdout, done.stderr)


def at_once(*calls: Callable[[], Run]) -> list[Run]:
    """Runs side by side, two at a time: a run waits on its kernels, and a kernel uses one core."""
    with ThreadPoolExecutor(2) as pair:
        return [started.result() for started in [pair.submit(call) for call in calls]]


def deep_folder(folder: Path) -> Path:
    """A folder whose path is too long for sockets in it."""
    return folder / ("a folder, " * 12) / "temporary files"


def example_twice(folder: Path, workbooks: Path) -> tuple[Run, Run]:
    """The example quarter rendered in two programmes at once.

    Their folders, time zones and hash seeds differ; the second one's temporary files are in a
    folder too deep for sockets.
    """
    here = programme_in(folder / "example", workbooks)
    there = programme_in(folder / "the example, elsewhere", workbooks)
    deep_folder(folder).mkdir(parents=True)
    elsewhere = {
        "TZ": "Pacific/Auckland",
        "PYTHONHASHSEED": "2",
        "TMPDIR": str(deep_folder(folder)),
    }
    first, second = at_once(
        lambda: ffanalysis(here, "run", PERIOD, TZ="Europe/London", PYTHONHASHSEED="1"),
        lambda: ffanalysis(there, "run", PERIOD, **elsewhere),
    )
    return first, second


def _sheet(root: Path, workbook: str) -> tuple[Path, openpyxl.Workbook]:
    path = root / "data" / "raw" / PERIOD / workbook
    return path, openpyxl.load_workbook(path)


def put(root: Path, cells: Mapping[str, object]) -> None:
    """Write values into cells named as "register.xlsx!Projects!A4".

    A text stays a text, also where it begins with "=".
    """
    for workbook in dict.fromkeys(name.split("!", 1)[0] for name in cells):
        path, book = _sheet(root, workbook)
        for name, value in cells.items():
            where, sheet, address = name.split("!", 2)
            if where == workbook:
                _write(book[sheet][address], value)
        book.save(path)


def _write(cell: Any, value: object) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # else openpyxl would make a formula of a text that begins with "="


def add_projects(root: Path, names: Iterable[str]) -> None:
    """Further projects.

    A row of the register each, and a sheet with a proposal like the example's.
    """
    path, book = _sheet(root, REGISTER)
    page = book["Projects"]
    for name in names:
        row = page.max_row + 1
        for cell in page[4]:
            _write(page.cell(row, cell.column), name if cell.column == 1 else cell.value)
    book.save(path)
    path, book = _sheet(root, SCHEDULE)
    for name in names:
        page = book.copy_worksheet(book["Proposed savings"])
        page.title = f"Proposed {len(book.sheetnames)}"
        _write(page["B2"], name)
    book.save(path)


def with_sheet(root: Path, workbook: str, title: str, rows: Iterable[Iterable[object]]) -> None:
    """A workbook with one sheet more, of these rows."""
    path, book = _sheet(root, workbook)
    page = book.create_sheet(title)
    for row in rows:
        page.append(list(row))
    book.save(path)


def source_of(notebook: str) -> str:
    """The code of one of our notebooks."""
    cells = nbformat.read(ROOT / "notebooks" / notebook, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")
