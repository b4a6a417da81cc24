"""A quarter as everybody may see it: without the projects that its council keeps confidential.

What is made of such a quarter cannot show what it does not have. A project's own briefing is made
of a quarter that has this one and none of the other confidential ones.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ffanalysis.findings import Finding
from ffanalysis.provenance import as_typed, cell_of, slug
from ffanalysis.tables import CONTRACTS, ROWS, TABLE_NAMES, Tables, records

INSTEAD = "a confidential project"
_TABLE = "confidential"  # of the settings, which has the names
_WORDS_OF_A_TITLE = 3  # from here on a title is one project's and no common expression
_MONEY = ("savings", "totals", "full_year", "budget", "mtfp")
_OVER_LINES = frozenset({"rows", "both", "cumulative"})
# Rows that say something of a cell, of whichever project the cell is.
_OF_CELLS = ("unused", "notices", "corrections", "statements", "names", "explanations")
# By these the rows of tables find each other; no name of a project is in them.
_KEYS = frozenset({"block", "year", "cell", "range", "title_cell", "unit_cell", "header_cell"})
_NOTHING = r"(?!)"  # the pattern that no text has
# What a keyboard and Word write for one another.
_SPELLINGS = {
    "'": "['\u2018\u2019\u02bc]",
    "-": "[-\u2010-\u2015\u2212]",
    " ": r"\s+",
    "&": "(?:&amp;|&|and)",
}


@dataclass(frozen=True)
class Secret:
    """The names that pages for all must not have; `known` are the names that they may.

    A name that is part of a known one, such as "Library" of "Library Hours", is no mention there.
    """

    hidden: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longer = [
            name
            for name in self.known
            if name not in self.hidden and any(_as_pattern(each).search(name) for each in self._all)
        ]
        kept, hidden = (
            "|".join(map(_spelled, sorted(names, key=len, reverse=True))) or _NOTHING
            for names in (longer, self._all)
        )
        return re.compile(rf"(?<![\w-])(?:(?P<kept>{kept})|(?:{hidden}))(?![\w-])", re.IGNORECASE)

    @cached_property
    def _all(self) -> tuple[str, ...]:
        """The names as people write them, and as files have them."""
        return tuple(dict.fromkeys(filter(None, (*self.hidden, *map(slug, self.hidden)))))

    def hide(self, text: str) -> str:
        """A text with other words in place of each name."""
        return self._pattern.sub(lambda found: found[0] if found["kept"] else INSTEAD, text)

    def found_in(self, text: str) -> tuple[str, ...]:
        """Which of the names a text has."""
        return tuple(name for name in self.hidden if replace(self, hidden=(name,)).is_in(text))

    def is_in(self, text: str) -> bool:
        """Whether a text has one of the names."""
        return any(not found["kept"] for found in self._pattern.finditer(text))


def _spelled(name: str) -> str:
    signs = re.sub(r"\band\b", "&", as_typed(name), flags=re.IGNORECASE)
    return "".join(_SPELLINGS.get(sign) or re.escape(sign) for sign in signs)


def _as_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){_spelled(name)}(?![\w-])", re.IGNORECASE)


def confidential_in(tables: Tables, shown: str = "") -> dict[str, str]:
    """The confidential projects by their names in files; `shown` is left out, whose page it is."""
    rows = tables.settings
    named = {slug(name): name for name in rows.loc[rows["part"] == _TABLE, "key"]}
    registered = _registered(tables)
    return {
        project: registered.get(project, name)
        for project, name in named.items()
        if project and project != shown
    }


def _registered(tables: Tables) -> dict[str, str]:
    """The projects of the register, by their names in files."""
    rows = tables.projects[["project", "name"]].itertuples(index=False)
    return {str(project): str(name) for project, name in rows}


def secret_of(tables: Tables, hidden: Collection[str]) -> Secret:
    """The names and titles of these projects, and the names that may stand on a page."""
    rows = _registered(tables)
    names = [name for project, name in rows.items() if project in hidden]
    known = [(name, project) for project, name in rows.items() if project not in hidden]
    secret = (*names, *_titles(tables, hidden))
    return Secret(tuple(dict.fromkeys(secret)), tuple(part for each in known for part in each))


def _titles(tables: Tables, hidden: Collection[str]) -> list[str]:
    """The titles that these projects alone have, and that are no words of every day."""
    rows = tables.projects[["project", "title"]].dropna().itertuples(index=False)
    titles = [(str(project), str(title)) for project, title in rows]
    others = {title.casefold() for project, title in titles if project not in hidden}
    own = [title for project, title in titles if project in hidden]
    return [
        title
        for title in own
        if len(title.split()) >= _WORDS_OF_A_TITLE and title.casefold() not in others
    ]


def visible(tables: Tables, shown: str = "") -> Tables:
    """The tables without what is of a confidential project, other than the one `shown`.

    Totals that are printed over its lines go too: their difference from the lines that stay would
    be its amount. What other rows say of it says "a confidential project".
    """
    hidden = confidential_in(tables, shown)
    return _without(tables, secret_of(tables, hidden), hidden) if hidden else tables


def _without(tables: Tables, secret: Secret, hidden: Collection[str]) -> Tables:
    taken = _Taken.of(tables, hidden)
    frames: dict[str, Any] = {}
    for name in TABLE_NAMES:
        data = getattr(tables, name)
        stays = pd.Series(
            [taken.leaves(name, row) for row in records(ROWS[name], data)], dtype=bool
        )
        data = data[stays.to_numpy()].reset_index(drop=True)
        frames[name] = data if name == "settings" else _redacted(name, data, secret)
    frames["settings"] = _settings(tables.settings, hidden)
    before = _without(tables.before, secret, hidden) if tables.before else None
    return replace(tables, before=before, **frames)


@dataclass(frozen=True)
class _Taken:
    """What is taken out of a quarter.

    Attributes:
        projects: the confidential ones.
        lines: the lines of tables of money that are theirs, by the table and the line's number.
        tables: the tables of money that have such lines; of `whole` nothing else is left.
        sheets, rows: the sheets that are theirs alone, and their rows of sheets.
    """

    projects: frozenset[str]
    lines: frozenset[tuple[str, int | None]]
    tables: frozenset[str]
    whole: frozenset[str]
    sheets: frozenset[tuple[str, str]]
    rows: frozenset[Any]

    @classmethod
    def of(cls, tables: Tables, hidden: Collection[str]) -> "_Taken":
        """What is to be taken out for these projects."""
        own: list[Any] = []
        others: list[Any] = []
        for name in TABLE_NAMES:
            if "project" in ROWS[name].__annotations__ or name in _MONEY:
                for row in records(ROWS[name], getattr(tables, name)):
                    (own if getattr(row, "project", None) in hidden else others).append(row)
        money = [row for row in own if getattr(row, "block", None)]
        left = {row.block for row in others if _is_line(row)}
        return cls(
            frozenset(hidden),
            frozenset((row.block, row.line_no) for row in money),
            frozenset(row.block for row in money),
            frozenset(row.block for row in money if row.block not in left),
            frozenset(map(_sheet, own)) - frozenset(map(_sheet, others)),
            frozenset(cell_of(row).sheet_row for row in own if row.cell),
        )

    def leaves(self, table: str, row: Any) -> bool:
        """Whether a row stays."""
        if getattr(row, "project", None) in self.projects:
            return False
        if table in ("blocks", "comparisons"):
            gone = self.whole if table == "blocks" else self.tables
            return row.block not in gone
        if table == "totals":
            return not self._is_over_them(row)
        return table not in _OF_CELLS or not self._is_about_them(row)

    def _is_over_them(self, row: Any) -> bool:
        if row.block in self.whole or (row.block, row.line_no) in self.lines:
            return True
        return row.block in self.tables and not row.project and row.over in _OVER_LINES

    def _is_about_them(self, row: Any) -> bool:
        if _sheet(row) in self.sheets:
            return True
        return bool(row.cell) and cell_of(row).sheet_row in self.rows


def _is_line(row: Any) -> bool:
    return bool(getattr(row, "block", None)) and not hasattr(row, "over")


def _sheet(row: Any) -> tuple[str, str]:
    return row.workbook, row.sheet or ""


def _redacted(table: str, data: pd.DataFrame, secret: Secret) -> pd.DataFrame:
    """A table with other words in place of each name, in whatever is text of a person."""
    made = data.copy()
    for name, column in CONTRACTS[table].items():
        if column.kind == "text" and not column.allowed and name not in _KEYS:
            made[name] = data[name].map(secret.hide, na_action="ignore").astype("string")
    return made


def _settings(data: pd.DataFrame, hidden: Collection[str]) -> pd.DataFrame:
    """The settings, in which only the number of confidential projects is left."""
    rows: list[tuple[str, str, str]] = []
    for part, key, value in data.itertuples(index=False):
        if part not in (_TABLE, "project_markings") or slug(key) not in hidden:
            rows.append((part, key, value))
        elif part == _TABLE:
            rows.append((part, f"{INSTEAD} {len(rows) + 1}", ""))
    return pd.DataFrame(rows, columns=data.columns).astype("string")


def findings_for_all(findings: Sequence[Finding], known: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that hold of the whole quarter too.

    Where a check misses what was taken out, its finding would be wrong, and its difference the
    amount that nobody may see.
    """
    whole = {finding.id: finding for finding in known}
    return tuple(each for each in findings if _holds(each, whole.get(each.id)))


def _holds(one: Finding, whole: Finding | None) -> bool:
    return whole is not None and (one.outcome, one.stated, one.calculated) == (
        whole.outcome,
        whole.stated,
        whole.calculated,
    )
