"""The layout: which headings and words a council's workbooks use, as data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


def plain(text: object) -> str:
    """A heading or word as the layout compares it: lower case, single spaces, straight quotes, no marks at its ends."""
    folded = " ".join(str(text).replace("’", "'").replace("‘", "'").split()).casefold()
    return folded.strip(" :;*")


@dataclass(frozen=True)
class TableLayout:
    """How one kind of table is recognised."""

    name: str
    columns: Mapping[str, str]  # heading as compared → canonical column
    headings: Mapping[str, str]  # canonical column → heading as a person writes it
    needs: tuple[str, ...]
    filled: tuple[str, ...]
    any_of: tuple[str, ...]
    least: int
    holds_money: bool
    needs_years: bool


@dataclass(frozen=True)
class Layout:
    tables: Mapping[str, TableLayout]
    total_headings: frozenset[str]
    as_of_headings: frozenset[str]
    not_read: frozenset[str]
    total_labels: tuple[str, ...]
    markers: frozenset[str]
    not_legible: frozenset[str]
    nil: frozenset[str]
    values: Mapping[str, Mapping[str, str]]  # column → word as compared → canonical value
    choices: Mapping[str, tuple[str, ...]]  # column → what a user may write
    words: Mapping[str, Mapping[str, tuple[str, ...]]]

    def is_total(self, text: str) -> bool:
        """Whether a row's label says that the row is a total: "Total", "TOTAL SAVINGS"."""
        label = plain(text)
        return any(label == total or label.startswith(f"{total} ") for total in self.total_labels)

    def types_in(self, text: str) -> str:
        """The types of saving that a printed type names: "New (Further and New)" gives "Further; New"."""
        label = plain(text)
        return "; ".join(name for name, words in self.words["types"].items() if any(re.search(rf"\b{w}\b", label) for w in words))

    def capacity_of(self, role: str) -> str | None:
        """In which capacity a role signs, told by how it begins; None where that cannot be told."""
        label = plain(role)
        return next((name for name, starts in self.words["capacity"].items() if label.startswith(starts)), None)


@cache
def standard() -> Layout:
    """The layout that comes with the package."""
    data = tomllib.loads(files("ffanalysis.read").joinpath("standard.toml").read_text("utf-8"))
    tables = {
        name: TableLayout(
            name=name,
            columns={plain(text): column for column, texts in table["columns"].items() for text in texts},
            headings={column: texts[0][:1].upper() + texts[0][1:] for column, texts in table["columns"].items()},
            needs=tuple(table["needs"]),
            filled=tuple(table.get("filled", table["needs"])),
            any_of=tuple(table.get("any", ())),
            least=table["headings"],
            holds_money="years" in table,
            needs_years=table.get("years") == "needed",
        )
        for name, table in data["tables"].items()
    }
    return Layout(
        tables=tables,
        total_headings=frozenset(data["headings"]["total"]),
        as_of_headings=frozenset(data["headings"]["as_of"]),
        not_read=frozenset(data["headings"]["not_read"]),
        total_labels=tuple(data["totals"]["labels"]),
        markers=frozenset(data["missing"]["markers"]),
        not_legible=frozenset(data["missing"]["not_legible"]),
        nil=frozenset(data["missing"]["nil"]),
        values={
            column: {plain(word): value for value, words in values.items() for word in words}
            for column, values in data["values"].items()
        },
        choices={column: tuple(values) for column, values in data["values"].items()},
        words={kind: {name: tuple(words) for name, words in group.items()} for kind, group in data["words"].items()},
    )
