"""What a row of a table states beside its amounts: its names, and its words of the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.nearest import mistyped
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.vocabulary import BLANK, NOT_LEGIBLE

NO_DIMENSION = frozenset({"unit", "year", "accumulation"})
# Names whose footnote marks are no part of them.
_WITH_FOOTNOTES = frozenset({"service", "scope", "part_of", "line", "programme"})
_STATUSES = frozenset({"rag", "original_rag"})


@dataclass
class Dimensions:
    """What a row states beside an amount; `row` is None where that was refused.

    `keys` say whom a refusal of the amount would withhold.
    """

    keys: Row
    row: Row | None = None


class DimensionReader:
    """Reads what the rows of one table state; a word that is not known is refused by name."""

    def __init__(self, found: FoundTable, layout: Layout, collected: Collected) -> None:
        self._found, self._layout, self._collected = found, layout, collected
        self._kind: TableLayout = layout.tables[found.table]
        self._types_in = cache(layout.types_in)  # a schedule repeats its types in each row
        self._services: set[str] = set()  # named as they are called
        self._renamed: dict[str, Cell] = {}  # a name that an alias gave → the cell that it is for
        self._values: dict[tuple[str, str], str | None] = {}  # column and word → canonical value
        self._has_rag_columns = any("rag" in head.words for head in found.amounts.values())
        self._states_rag = "rag" in found.columns.values() or self._has_rag_columns

    def of(self, row: TableRow, head: Head) -> Dimensions:
        """What a row states beside the amounts under this heading."""
        stated = {**row.stated, **head.words}
        names = self.names(stated)
        found = Dimensions(owner_of(names))
        words = self._words(stated, found.keys)
        unknown = [cell for cell in row.cells.values() if isinstance(cell.value, NotCalculated)]
        for cell in unknown:
            self._collected.refuse(self._found, cell, NOT_CALCULATED, found.keys)
        if words is None or unknown:
            return found
        dimensions = names | words
        if row.label is not None:
            if "rag" not in head.words:
                dimensions["rag_missing"] = None
            if "measure" not in dimensions and self._found.table == "savings":
                dimensions["measure"] = self._measure_named(row.label)
        elif missing := self._missing_dimension(dimensions):
            problem = f"its line states no {missing} (write it in the line or above the table)."
            self._collected.refuse(self._found, row.first_amount, problem, found.keys)
            return found
        found.row = dimensions
        return found

    def _measure_named(self, label: Cell) -> str | None:
        """The measure that the label of a total names: "Total forecast"; None where it names none.

        A schedule of RAG columns may mean a status by "delivered".
        """
        word = self._layout.without_total(without_footnote(label.text))
        if self._has_rag_columns and word in self._layout.values["rag"]:
            return None
        return self._layout.values["measure"].get(word)

    def names(self, stated: Mapping[str, Cell]) -> Row:
        """The names and texts that are stated, in the words of the tables."""
        names: Row = {}
        for name, cell in stated.items():
            if name in NO_DIMENSION or name in self._layout.values:
                continue
            if name == "mitigates" and self._is_none(cell):
                continue
            if name == "project":
                names[name] = self._collected.name_project(self._found, cell)
                continue
            text = without_footnote(cell.text) if name in _WITH_FOOTNOTES else cell.text
            names[name] = self._collected.resolve_alias(name, text)
            if name == "service" and names[name] != text:
                self._renamed.setdefault(names[name], cell)
            elif name == "service":
                self._services.add(text)
        return names

    def _is_none(self, cell: Cell) -> bool:
        """Whether a cell says that there is nothing to name: "n/a", "-", "none"."""
        return plain(cell.text) in self._layout.markers | {"none", "no", "nil", ""}

    def _words(self, stated: Mapping[str, Cell], keys: Row) -> Row | None:
        """The words of the vocabulary that are stated; None where one was refused."""
        words: Row = {}
        for name in self._layout.values:
            if name in stated and not self._read_word(name, stated[name], words):
                choices = ", ".join(self._layout.choices[name])
                known = self._layout.values[name] if name == "measure" else ()
                meant = mistyped(stated[name].text, known)
                ask = f": did you mean {meant[:1].upper()}{meant[1:]}?" if meant else ""
                written = f"'{stated[name].text}' is not known here{ask}"
                problem = f"{written} (write one of: {choices})."
                self._collected.refuse(self._found, stated[name], problem, keys)
                return None
        if words.get("accumulation") == "cumulative":
            problem = (
                "its amounts are cumulative (write what each year adds, one year after another)."
            )
            self._collected.refuse(self._found, stated["accumulation"], problem, keys)
            return None
        if self._found.table == "savings":
            kind = stated.get("saving_type")
            words["types"] = self._types_in(kind.text if kind else "")
            if self._states_rag and not words.get("rag") and not words.get("rag_missing"):
                words["rag_missing"] = BLANK
        return words

    def _read_word(self, name: str, cell: Cell, words: Row) -> bool:
        """Read a word of the vocabulary; False where the layout doesn't know it."""
        if name in _STATUSES and (gap := self._gap_of(cell)):
            if name == "rag":
                words["rag_missing"] = gap
            return True
        # A table repeats its words in each row.
        if (name, cell.text) not in self._values:
            self._values[name, cell.text] = self._value_of(name, cell)
        value = self._values[name, cell.text]
        if value is None:
            return False
        words[name] = value == "yes" if name == "in_mtfp" else value
        return True

    def _gap_of(self, cell: Cell) -> str:
        """Why a status is missing, where a mark says that it is."""
        word = plain(cell.text)
        if word in self._layout.not_legible:
            return NOT_LEGIBLE
        return cell.text if word in self._layout.markers else ""

    def _value_of(self, name: str, cell: Cell) -> str | None:
        """The canonical value that a cell's words are known for."""
        known = self._layout.values[name]
        # A heading may say more than the word: "Forecast (£000)", "Total forecast", "2016/17
        # Forecast", "Savings reported achieved month 6".
        bare = without_footnote(self._layout.without_units(cell.text))
        texts = [cell.text, without_footnote(cell.text), bare, self._layout.without_total(bare)]
        for text in (cell.text, bare):
            year_and_rest = periods.year_in(text)
            texts.append(year_and_rest[1] if year_and_rest else text)
        found = next((known[word] for text in texts if (word := plain(text)) in known), None)
        return found or (self._layout.measure_in(texts[-1]) if name == "measure" else None)

    def _missing_dimension(self, dimensions: Row) -> str | None:
        """What a line must state and doesn't, as its heading is written; None where it does."""
        for name in self._kind.needs:
            if name != "basis" and not dimensions.get(name):
                return self._kind.headings[name]
        if self._kind.any_of and not any(dimensions.get(name) for name in self._kind.any_of):
            return " or ".join(self._kind.headings[name] for name in self._kind.any_of)
        return None

    def refuse_ambiguous_aliases(self) -> None:
        """Refuse an alias for a service where the table states both names."""
        for service, cell in self._renamed.items():
            if service in self._services:
                problem = (
                    f"aliases.toml takes '{cell.text}' for '{service}', but this table states both"
                    " (take the alias away)."
                )
                self._collected.refuse(self._found, cell, problem, {})


def owner_of(names: Row) -> Row:
    """Whom a refused line withholds: its project, else its programme, else its service."""
    for name in ("project", "programme"):
        if names.get(name):
            return {name: names[name]}
    return {"service": names.get("service") or names.get("scope")}
