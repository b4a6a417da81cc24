"""Pages made without a kernel, and faults put into them, their workbooks, or those who make them.

Each fault must be named by the witness that recomputes the page. A fault is of one of `KINDS`; what
it changes is drawn by a seed.
"""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ffanalysis import checks, figures, verify
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.html import Part
from ffanalysis.read import load
from ffanalysis.render.cells import Piece
from ffanalysis.render.made_of import with_sources
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import Tables, records
from ffanalysis.verify import Outcome, Workbooks, check_page

KINDS = (
    "text",
    "value",
    "reference",
    "operator",
    "factor",
    "workbook",
    "our reading",
    "our address",
    "our sum",
    "their sum",
)
_ANNEX = "findings_by_actor"  # the first part of the annex


def page(quarter: Quarter, project: str, findings: Any = None) -> str:
    """A project's page as its parts make it, in the order of a notebook that has them all."""
    briefing = Briefing.of(
        quarter, checks.check(quarter) if findings is None else findings, project
    )
    parts = [
        name
        for name, part in vars(Briefing).items()
        if getattr(part, "__annotations__", {}).get("return") is Part
    ]
    pieces = []
    for name in parts:
        if name == _ANNEX:
            pieces.append(Piece("<h2>Annex</h2>", ("annex",)))
        pieces.append(Piece(getattr(briefing, name)()._repr_html_()))
    return "".join(piece.html for piece in with_sources(pieces))


@dataclass(frozen=True)
class Fault:
    """A fault that was put in, and what the witness says of the page then."""

    what: str
    outcome: Outcome

    @property
    def is_named(self) -> bool:
        return bool(self.outcome.faults)


class Witnessed:
    """The pages of one quarter, and the workbooks that they are recomputed from."""

    def __init__(self, root: Path, period: str, scratch: Path) -> None:
        self.root, self.period, self.scratch = root, period, scratch
        self.raw = root / "data" / "raw" / period
        self.quarter = Quarter(load(period, root, scratch / "store"))
        withheld = withheld_projects(self.quarter)
        self.projects = [each for each in self.quarter.slugs if each not in withheld]
        self.findings = checks.check(self.quarter)
        self.pages = {each: page(self.quarter, each, self.findings) for each in self.projects}
        self.workbooks = Workbooks(self.raw)

    def outcome(self) -> Outcome:
        """What the witness says of all pages as they are."""
        whole = Outcome()
        for html in self.pages.values():
            whole.add(check_page(html, self.workbooks))
        return whole

    def fault(self, kind: str, seed: int) -> Fault | None:
        """A fault of a kind; None where the page that was drawn has nothing that could have it."""
        chance = random.Random(f"{kind} {seed}")  # noqa: S311 - to be repeated, not secret
        project = chance.choice(self.projects)
        put_in = {
            "text": self._text,
            "value": self._value,
            "reference": self._reference,
            "operator": self._operator,
            "factor": self._factor,
            "workbook": self._workbook,
            "our reading": self._our_reading,
            "our address": self._our_address,
            "our sum": self._our_sum,
            "their sum": self._their_sum,
        }[kind]
        return put_in(project, chance)

    # --- in the page ------------------------------------------------------------------------------

    def _changed(
        self,
        project: str,
        chance: random.Random,
        pattern: str,
        change: Callable[[re.Match[str]], str | None],
    ) -> Fault | None:
        """One place of a page that a pattern finds, changed."""
        html = self.pages[project]
        places = [(each, new) for each in re.finditer(pattern, html) if (new := change(each))]
        if not places:
            return None
        place, new = chance.choice(places)
        wrong = html[: place.start()] + new + html[place.end() :]
        return Fault(f"{place[0][:120]} -> {new[:120]}", check_page(wrong, self.workbooks))

    def _text(self, project: str, chance: random.Random) -> Fault | None:
        """The first digit that a reader sees, which no rounding explains."""

        def change(found: re.Match[str]) -> str | None:
            return f"{found[1]}{int(found[2]) % 9 + 1}" if found[2] != "9" else f"{found[1]}8"

        pattern = r'(<data value="-?[1-9][^>]*>(?:<a [^>]*>)?[^<0-9]*)([1-9])(?=[^<]*<)'
        return self._changed(project, chance, pattern, change)

    def _value(self, project: str, chance: random.Random) -> Fault | None:
        """A penny more, or one thing more."""
        pattern = r'<data value="(-?\d+)"'
        return self._changed(
            project, chance, pattern, lambda found: f'<data value="{int(found[1]) + 1}"'
        )

    def _reference(self, project: str, chance: random.Random) -> Fault | None:
        """A cell of the table of cells is another one."""

        def change(found: re.Match[str]) -> str | None:
            return f'{found[1]}{found[2]}{int(found[3]) + chance.choice((1, 7, 400))}"{found[4]}'

        pattern = r'(<li data-id="c\d+" data-cell="[^"]*!)([A-Z]+)(\d+)"( data-factor)'
        return self._changed(project, chance, pattern, change)

    def _operator(self, project: str, chance: random.Random) -> Fault | None:
        """An operator of an expression is another one."""
        others = {"sum(": "count(", " - ": " * ", " / ": " - ", " * ": " - ", "round(": "count("}

        def change(found: re.Match[str]) -> str | None:
            expression = unescape(found[2])
            known = [each for each in others if each in expression]
            if not known:
                return None
            sign = known[0]
            return f'{found[1]}{expression.replace(sign, others[sign], 1)}"'.replace("'", "&#x27;")

        pattern = r'(<data value="-?[1-9][^>]* data-expr=")([^"]*)"'
        return self._changed(project, chance, pattern, change)

    def _factor(self, project: str, chance: random.Random) -> Fault | None:
        """The unit of a cell that a figure on the page is made of is a thousand times another."""
        html = self.pages[project]
        used = set(re.findall(r'<data value="-?[1-9]\d*"[^>]* data-expr="(c\d+)"', html))

        def change(found: re.Match[str]) -> str | None:
            return f"{found[1]}{int(found[3]) * 1000}" if found[2] in used else None

        pattern = r'(<li data-id="(c\d+)" data-cell="[^"]*" data-factor=")(-?\d+)'
        return self._changed(project, chance, pattern, change)

    # --- in the workbooks -------------------------------------------------------------------------

    def _workbook(self, project: str, chance: random.Random) -> Fault | None:
        """An amount of a workbook is another one after the page was made."""
        pattern = (
            r'data-cell="([^"!]*\.xlsx)!([^"]*)!([A-Z]+\d+)" data-factor="[^"]*"'
            r'(?: data-to="\d+")?>(-?[\d.]+)<'
        )
        cells = [each for each in re.findall(pattern, self.pages[project]) if "/" not in each[0]]
        if not cells:
            return None
        name, sheet, address, written = chance.choice(cells)
        folder = self.scratch / f"changed-{chance.random()}"
        shutil.copytree(self.raw, folder)
        path = folder / unescape(name)
        book = openpyxl.load_workbook(path)
        book[unescape(sheet)][address] = float(written) + 1
        book.save(path)
        outcome = check_page(self.pages[project], Workbooks(folder))
        shutil.rmtree(folder)
        return Fault(f"{name}!{sheet}!{address} {written} + 1", outcome)

    # --- in what we make of them ------------------------------------------------------------------

    def _with_savings(
        self, project: str, chance: random.Random, change: Callable[[Any, list[Any]], Any]
    ) -> Fault | None:
        """The page as it is where our reader gives another row for one amount of the project."""
        rows = list(records(type(self.quarter.savings[0]), self.quarter.tables.savings))
        own = [
            place
            for place, row in enumerate(rows)
            if row.project == project and row.amount_pence and row.written and not row.corrected
        ]
        wrong = None
        for place in chance.sample(own, len(own)):
            if wrong := change(rows[place], rows):
                break
        if wrong is None:
            return None
        data = self.quarter.tables.savings.copy()
        for name, value in wrong._asdict().items():
            data.loc[data.index[place], name] = value
        tables: Tables = replace(self.quarter.tables, savings=data)
        # What the checks say is left as it was: their figures are those of the page's own rows.
        html = page(Quarter(tables), project, self.findings)
        if _marks_of(html) == _marks_of(self.pages[project]):
            return None  # no figure of the page is made of it
        return Fault(f"{rows[place]} is {wrong}", check_page(html, self.workbooks))

    def _our_reading(self, project: str, chance: random.Random) -> Fault | None:
        """Our reader takes one amount for another, and says so wherever it says anything."""

        def change(row: Any, _rows: list[Any]) -> Any:
            more = row.amount_pence + (row.factor or 1)
            number = Fraction(more, row.factor or 1)
            if number.denominator != 1:
                return None
            return row._replace(amount_pence=more, written=str(number))

        return self._with_savings(project, chance, change)

    def _our_address(self, project: str, chance: random.Random) -> Fault | None:
        """Our reader names another cell of the sheet, with another amount."""

        def change(row: Any, rows: list[Any]) -> Any:
            others = [
                each.cell
                for each in rows
                if (each.workbook, each.sheet) == (row.workbook, row.sheet)
                and each.written != row.written
            ]
            return row._replace(cell=chance.choice(others)) if others else None

        return self._with_savings(project, chance, change)

    def _our_sum(self, project: str, _chance: random.Random) -> Fault | None:
        """Our own sums are a penny out."""
        own = figures.total

        def total(terms: Any) -> figures.Sum:
            found = own(terms)
            return found if found.known is None else replace(found, known=found.known + 1)

        with _patched_everywhere(own, total):
            html = page(Quarter(self.quarter.tables), project, self.findings)
        return Fault("figures.total + 1", check_page(html, self.workbooks))

    def _their_sum(self, project: str, chance: random.Random) -> Fault | None:
        """The witness itself is wrong: it does not agree in silence."""
        kind = chance.choice(("sum", "less", "over"))
        if not re.search(
            {"sum": r"sum\(", "less": " - ", "over": " / "}[kind], self.pages[project]
        ):
            return None
        own = verify._DOES[kind]
        with pytest.MonkeyPatch.context() as patch:
            wrong = {**verify._DOES, kind: lambda parts: own(parts) + 1_000_000}
            patch.setattr(verify, "_DOES", wrong)
            return Fault(
                f"verify: {kind} + 1,000,000", check_page(self.pages[project], self.workbooks)
            )


def _marks_of(html: str) -> list[str]:
    return re.findall(r"<data [^>]*>", html)


@contextmanager
def _patched_everywhere(own: Any, wrong: Any) -> Iterator[None]:
    """A function replaced in every module that has imported it."""
    import sys

    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("ffanalysis") and getattr(module, own.__name__, None) is own:
                patch.setattr(module, own.__name__, wrong)
        yield
