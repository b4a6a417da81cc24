"""The layout: which headings and words a council's workbooks use, as data.

And how they write units, signs and gaps. The package comes with a `layout.toml`; one beside the
workbooks, or in data/raw for all periods, adds to it.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from openpyxl.utils import column_index_from_string

from ffanalysis import declarations, money, periods
from ffanalysis.errors import LayoutWrong
from ffanalysis.provenance import as_typed, name_key

FILE_NAME = "layout.toml"
_FILE_NAMES = re.compile(r"layout[\w .()-]*\.toml", re.I)
Sign = Literal["saving is positive", "saving is negative"]
_SIGNS: tuple[Sign, ...] = ("saving is positive", "saving is negative")
AS_WRITTEN = "as written"
OF_THE_TOTAL = "of the total"
_PERCENTAGES = ("refused", OF_THE_TOTAL)
_LONGEST_MARK = 60
_FOOTNOTE = re.compile(
    r"(?<=\S)\s*"
    rf"(?:\*+|†|‡|{money.RAISED_MARK}|\[(?:note )?[0-9a-z]\]|\((?:note )?\d\))$",
    re.I,
)
# "Total", "Total - Gaelic", "Education total", "Sub-total": what a label of a total begins or ends
# with.
_TOTAL = r"(?:grand |overall |net |gross )?(?:sub[- ]?)?totals?"
# What a note says of all figures: that each year has those before it in it.
_NOTE_OF_RUNNING = re.compile(
    r"\b(?:cumulativ\w*|running totals?|includ\w+ (?:the |those |savings |amounts |figures )*"
    r"(?:of |from |made in |achieved in )?(?:all )?(?:earlier|prior|previous|preceding) years?"
    r"|not (?:additional|incremental)|accumulat\w+|in total by|cumul"
    r"|(?:each|every) year(?:'s \w+)? (?:also )?(?:includ|contain|tak|carr)\w+ .{0,40}"
    r"\b(?:before|previous|earlier|prior|last|preceding)"
    r"|repeat(?:s|ed|ing)? .{0,40}\b(?:earlier|previous|prior|preceding|the year before)"
    r"|(?:shown|repeated|listed|counted) (?:again )?in (?:each|every|all) (?:of the )?"
    r"(?:later|subsequent|following) years?"
    r"|build(?:s|ing)? up (?:from )?(?:year|over the years|each year))\b",
    re.I,
)
_NOTE_OF_EACH = re.compile(
    r"\b(?:not|non)[\s-]+cumulativ\w*|\brather than cumulativ\w*|\bnot (?:a )?running totals?"
    r"|\bexclud\w+|\bnot includ\w+",
    re.I,
)
# What says that amounts run from the beginning of one year, and not over the years.
_YEAR_SO_FAR = re.compile(
    r"\b(?:ytd|year[- ]to[- ]date|to date (?:in|for) the year|(?:so far|to date) this year"
    r"|(?:quarterly|monthly) (?:profile|phasing)|(?:profile|phasing) by (?:quarter|month)"
    r"|(?:from|since) (?:the )?(?:(?:start|beginning) of (?:the|this|each)(?: financial)? year"
    r"|(?:1(?:st)? (?:of )?)?april)(?! 20\d\d)|within (?:the|each) year)\b",
    re.I,
)
_OF_DELIVERED = re.compile(r"\b(?:deliver\w*|achiev\w*|actuals?|realis\w*)\b", re.I)
_OF_OTHERS = re.compile(
    r"\b(?:targets?|forecasts?|plan\w*|budgets?|all|years|(?:each|every|a) year|earlier|prior"
    r"|previous|preceding|include\w*|20\d\d)\b",
    re.I,
)
_OVER_YEARS = re.compile(
    r"\b(?:years|(?:earlier|prior|previous|preceding) year|year (?:on|by|after) year)\b", re.I
)
_TO_DATE_MEASURE = re.compile(
    r"\b(?:delivered|achieved|realised|actual)(?:\s+\w+)?\s+to\s+date\b", re.I
)
# What a heading says beside its measure that does not change it.
_AS_OF_MONTH = re.compile(
    r"\b(?:(?:as\s+)?at|to|for|up\s+to|by)?\s*(?:the\s+)?(?:end\s+of\s+)?"
    r"(?:(?:month|m|period|p|quarter|q)\s*\d{1,2})\b"
    r"|\b(?:as\s+(?:at|of)|to|at)\s+\d{1,2}(?:st|nd|rd|th)?[\s/.-]+[a-z0-9]+(?:[\s/.-]+\d{2,4})?\b"
)
_BESIDE_MEASURE = re.compile(
    r"\b(?:savings?|efficienc(?:y|ies)|reported|the|of|value|amount|in[- ]year|year[- ]end)\b"
)
# What a heading says beside one measure alone: that it is the last of them, or of the year so far.
_BESIDE_ONE = {
    "delivered to date": re.compile(
        r"\(?\b(?:cumulative(?:ly)?|cum\b\.?|ytd|year[- ]to[- ]date|to date|so far)\b\)?"
    ),
    "forecast": re.compile(
        r"\(?\b(?:latest|current|updated|revised|full[- ]year|fy|year[- ]end)\b\)?"
    ),
}
_BESIDE_COMPARED = re.compile(
    r"\b(?:savings?|efficienc(?:y|ies)|forecasts?|projected|outturn|the|of|value|amount|total|net"
    r"|in[- ]year|year[- ]end)\b"
)
# What takes back a status that begins as completed: "Complete except for the lease".
_IN_PART = re.compile(
    r"\b(?:in parts?|part(?:ly|ial\w*)?|except|bar|but|subject to|await\w*|not)\b"
)
# How a layout names a column without a heading.
_BLANK_HEADING = re.compile(r"column ([a-z]{1,3})")
_RUNNING = re.compile(
    r"\b(?:cumulativ\w+|cumulated|accumulat(?:ed|ing|ive)|running totals?|in total by|cumul)\b"
    r"|(?<!-)\bcum\.(?!\w)|\(cum\)",
    re.I,
)
_CUMULATIVE = re.compile(rf"{_RUNNING.pattern}|\bto date\b", re.I)


def is_layout(name: str) -> bool:
    """Whether a file is a layout: layout.toml, or layout-adults.toml for some of the workbooks."""
    return bool(_FILE_NAMES.fullmatch(name))


def plain(text: object) -> str:
    """A heading or word as the layout compares it.

    Lower case, single spaces, straight quotes, hyphens for dashes, no marks at its ends.
    """
    return _plain(str(text))


@lru_cache(maxsize=1 << 16)
def _plain(text: str) -> str:
    return as_typed(text).casefold().strip(" :;*†‡")


@lru_cache(maxsize=1 << 16)
def without_footnote(text: str) -> str:
    """A text without the mark of a footnote at its end: "Museums (2)", "Parks*"."""
    start = max(0, len(text) - _LONGEST_MARK)  # a pattern would look from every place of the text
    return text[:start] + _FOOTNOTE.sub("", text[start:])


@dataclass(frozen=True)
class TableLayout:
    """How one kind of table is recognised."""

    name: str
    columns: Mapping[str, str]  # heading as compared → canonical column
    unheaded: Mapping[int, str]  # number of a column without a heading, 0 for the first → the same
    texts: Mapping[str, str]  # the same for columns whose words are kept as they are written
    headings: Mapping[str, str]  # canonical column → heading as a person writes it
    text_headings: Mapping[str, str]  # the same for columns whose words are kept
    needs: tuple[str, ...]
    filled: tuple[str, ...]
    any_of: tuple[str, ...]
    least: int
    holds_money: bool
    needs_years: bool
    for_people: bool  # its words are no data of the quarter, and nothing below it is a table
    sign: Sign
    has_shares: bool  # whether a percentage below a year is a share of its row's total
    given: Mapping[str, str]  # what holds for every table of this kind that does not state it


@dataclass(frozen=True)
class Layout:
    tables: Mapping[str, TableLayout]
    total_headings: frozenset[str]
    amount_headings: frozenset[str]
    full_year_headings: frozenset[str]
    beside_years: frozenset[str]
    as_of_headings: frozenset[str]
    not_read: frozenset[str]
    compared: Mapping[str, str]  # heading as compared → what it states beside the amounts
    years_of: Mapping[str, str]  # heading as compared → the year of its amounts
    total_labels: tuple[str, ...]
    markers: frozenset[str]
    not_legible: frozenset[str]
    nil: frozenset[str]
    units: Mapping[str, int]  # further words for a unit → pence per 1
    values: Mapping[str, Mapping[str, str]]  # column → word as compared → canonical value
    choices: Mapping[str, tuple[str, ...]]  # column → what a user may write
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    # Names that begin or end as the label of a total does, and are none: "Total Place".
    names: frozenset[str] = frozenset()
    # The tables of which a file that is for this sheet alone says something that no cell does.
    given_for_sheet: frozenset[str] = frozenset()

    @cached_property
    def headings(self) -> frozenset[str]:
        """Every heading that some table knows."""
        return frozenset(heading for table in self.tables.values() for heading in table.columns)

    @cached_property
    def _word_meanings(self) -> Mapping[str, dict[tuple[str, str], None]]:
        """The words that may head a column of amounts → all that each may mean."""
        found: dict[str, dict[tuple[str, str], None]] = {}
        for column in ("rag", "route", "measure", "plan"):
            for word, value in self.values[column].items():
                found.setdefault(word, {})[column, value] = None
        for word in self.not_legible:
            found.setdefault(word, {})["rag", word] = None
        return found

    @cached_property
    def column_words(self) -> Mapping[str, tuple[str, str]]:
        """The words that may head a column of amounts → canonical column and value.

        A word that two columns know could mean either, and is in `either_words`.
        """
        single = {word: meant for word, meant in self._word_meanings.items() if len(meant) == 1}
        return {word: next(iter(meant)) for word, meant in single.items()}

    @cached_property
    def either_words(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The words that mean one thing in one schedule, and another in the next: "Delivered"."""
        found = {word: tuple(meant) for word, meant in self._word_meanings.items()}
        return {word: meant for word, meant in found.items() if len(meant) > 1}

    def measure_in(self, text: str) -> str | None:
        """The measure that a heading names among other words.

        "Savings reported achieved month 6" is what is delivered to date; None where it names none.
        """
        word = " ".join(_AS_OF_MONTH.sub(" ", plain(text)).split())
        bare = " ".join(_BESIDE_MEASURE.sub(" ", word).split())
        known = self.values["measure"]
        return known.get(word) or known.get(bare) or self._qualified_measure(bare)

    def _qualified_measure(self, bare: str) -> str | None:
        """The measure of "Latest forecast", "Delivered (cumulative)", "YTD achieved"."""
        known = self.values["measure"]
        for measure, beside in _BESIDE_ONE.items():
            rest = " ".join(beside.sub(" ", bare).split()).strip(" -,:()")
            if rest != bare and known.get(rest) == measure:
                return measure
        return None

    def compared_in(self, text: str) -> str | None:
        """What a heading states that is compared with its row's own amounts, and never added."""
        word = " ".join(_AS_OF_MONTH.sub(" ", plain(text)).split())
        bare = " ".join(_BESIDE_COMPARED.sub(" ", word).split())
        return self.compared.get(word) or self.compared.get(bare)

    @cached_property
    def _total(self) -> re.Pattern[str]:
        own = "|".join(
            re.escape(label) for label in sorted(self.total_labels, key=len, reverse=True)
        )
        return re.compile(rf"(?:(?:{_TOTAL}|{own})(?:\b.*)?|.*\s(?:{_TOTAL}))", re.DOTALL)

    def is_total(self, text: str) -> bool:
        """Whether a row's label says that the row is a total.

        "Total", "TOTAL SAVINGS", "Education total", "Cumulative".
        """
        text = without_footnote(text)
        label = plain(text)
        if self.names and name_key(label) in self.names:
            return False
        cumulates = (
            self.is_cumulative(text)
            and (label.startswith("cumulative") or "total" in label)
            and not self.measure_in(text)
        )
        return bool(text) and (cumulates or bool(self._total.fullmatch(label)))

    def names_like_totals(self, names: Iterable[str]) -> frozenset[str]:
        """Those of some names that would be read as the label of a total, as they are compared."""
        mere = {*self.total_labels, *self.total_headings}
        return frozenset(
            name_key(label)
            for name in names
            if self.is_total(name) and (label := plain(name)) not in mere
        )

    def without_total(self, text: str) -> str:
        """What a heading of totals says beside that: "target" of "Total target", else ""."""
        word = plain(text)
        for total in self.total_headings:
            for rest in (word.removeprefix(f"{total} "), word.removesuffix(f" {total}")):
                if rest != word:
                    return rest
        return ""

    def is_known(self, column: str, text: str) -> bool:
        """Whether a label is a word of the vocabulary, or that of a total.

        Its row is then a line also without an amount.
        """
        words = {plain(text), plain(without_footnote(text))}
        known = self.values.get(column, {}).keys() | (
            self.not_legible if column == "rag" else frozenset()
        )
        return bool(words & known) or self.is_total(text)

    def is_amount(self, text: str) -> bool:
        """Whether a text is written in place of an amount: "1,025 ", "£5.9m", "nil", "TBC"."""
        return (
            plain(text) in self.markers | self.nil or money.from_text(text, money.POUND) is not None
        )

    @staticmethod
    def is_cumulative(text: str) -> bool:
        """Whether a label says that its amounts add up from year to year.

        What is achieved to date is a measure, and no running total.
        """
        return bool(_CUMULATIVE.search(_TO_DATE_MEASURE.sub(" ", text)))

    @staticmethod
    def is_running(text: str) -> bool:
        """Whether a name says that amounts are cumulative; a sheet "Savings to date" does not."""
        return bool(_RUNNING.search(text))

    @staticmethod
    def is_note_of_running(text: str) -> bool:
        """Whether a note says that a table's amounts are cumulative, and does not deny it."""
        is_of_delivered = _OF_DELIVERED.search(text) and not _OF_OTHERS.search(text)
        return (
            bool(_NOTE_OF_RUNNING.search(text))
            and not _NOTE_OF_EACH.search(text)
            and not is_of_delivered
            and not Layout.is_of_year_so_far(text)
        )

    @staticmethod
    def is_of_year_so_far(text: str) -> bool:
        """Whether a text says that amounts run from the start of their year: "year to date"."""
        return bool(_YEAR_SO_FAR.search(text)) and not _OVER_YEARS.search(text)

    def units_named(self, text: str) -> tuple[int, ...]:
        """The units that a heading, title or corner names, in the order of their size."""
        found = set(money.units_named(text))
        label = plain(text) if self.units else ""
        found |= {
            unit
            for word, unit in self.units.items()
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", label)
        }
        return tuple(sorted(found))

    def is_unit(self, text: str) -> bool:
        """Whether a text names a unit and says nothing else: "£000", "(£ million)"."""
        return bool(self.units_named(text)) and not self.without_units(text).strip(" ()-–:")

    def without_units(self, text: str) -> str:
        """A heading without the unit it names."""
        text = money.without_units(text)
        for word in self.units:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text, flags=re.I)
        return " ".join(re.sub(r"\(\s*\)", " ", text).split())

    def types_in(self, text: str) -> str:
        """The types of saving that a printed type names.

        "New (Further and New)" gives "Further; New".
        """
        label = plain(text)
        return "; ".join(
            name
            for name, words in self.words["types"].items()
            if any(re.search(rf"\b{re.escape(plain(word))}\b", label) for word in words)
        )

    def is_milestone_done(self, status: str) -> bool | None:
        """Whether a milestone's status says that it is completed; None for other words."""
        label = plain(status)
        means: Mapping[str, bool | None] = {"done": True, "open": False}
        words = self.words["milestone"]
        for name, own in words.items():
            if label in map(plain, own):
                return means.get(name)
        if _begins(label, words["done"]):
            return None if _IN_PART.search(label) else True
        return False if _begins(label, words["open"]) else None

    def capacity_of(self, role: str) -> str | None:
        """In which capacity a role signs, by the words it begins with; None for other words."""
        label = plain(role)
        return next(
            (name for name, starts in self.words["capacity"].items() if label.startswith(starts)),
            None,
        )


def _begins(label: str, words: Iterable[str]) -> bool:
    """Whether a label begins with one of some words."""
    return bool(re.match(rf"(?:{'|'.join(map(re.escape, words))})(?!\w)", label))


class Layouts:
    """The layout of each workbook of a period.

    The standard one, and what the council's own files add to it.
    """

    def __init__(
        self, own: Iterable[tuple[str, bytes]] = (), names: frozenset[str] = frozenset()
    ) -> None:
        """`own` are the name and the content of each layout.toml, the more general first.

        `names` are those that are no labels of totals. Raises LayoutWrong.
        """
        self.names = names
        self.own = [(name, _parsed(name, content)) for name, content in own]
        self._made: dict[tuple[int, ...], Layout] = {}
        for name, data in self.own:
            _build(name, _merged([data]))

    def for_sheet(self, workbook: str, sheet: str = "") -> Layout:
        """The standard layout with every addition that is meant for this workbook, or sheet.

        A pattern with an exclamation mark is for sheets: "schedule.xlsx!Adults*". What is said of
        them outranks what is said of their workbook.
        """
        meant = self._meant_for(workbook, sheet)
        if meant not in self._made:
            layout = standard()
            if meant:
                name = self.own[meant[-1]][0]
                layout = _build(name, _merged(self.own[number][1] for number in meant))
                given = _given_for_sheets(self.own[number][1] for number in meant)
                layout = replace(layout, given_for_sheet=given)
            self._made[meant] = replace(layout, names=self.names) if self.names else layout
        return self._made[meant]

    def _meant_for(self, workbook: str, sheet: str) -> tuple[int, ...]:
        """The numbers of the files that are for a sheet, those for sheets alone last."""
        found = (
            number
            for number, (_, data) in enumerate(self.own)
            if any(_is_meant(pattern, workbook, sheet) for pattern in data.get("workbooks", ["*"]))
        )
        return tuple(sorted(found, key=lambda number: _is_for_sheets(self.own[number][1])))

    def knowing(self, names: frozenset[str]) -> "Layouts":
        """The same layouts, where these names are no labels of totals."""
        known = Layouts(names=names)
        known.own = self.own
        return known


def _is_for_sheets(data: Mapping[str, Any]) -> bool:
    """Whether a file says for which sheets it is, and not for which workbooks alone."""
    return all("!" in pattern for pattern in data.get("workbooks", [""]))


def _given_for_sheets(files: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The tables of which files that are for sheets say what no cell does."""
    tables = (data.get("tables", {}) for data in files if _is_for_sheets(data))
    return frozenset(name for own in tables for name, table in own.items() if table.get("given"))


def _is_meant(pattern: str, workbook: str, sheet: str) -> bool:
    """Whether a layout's pattern is for a workbook, or for a sheet of it."""
    name = f"{workbook}!{sheet}" if "!" in pattern else workbook
    return fnmatch.fnmatch(name.casefold(), pattern.casefold())


@lru_cache(maxsize=1)
def _standard_data() -> dict[str, Any]:
    return declarations.parse(files("ffanalysis").joinpath("layout.toml").read_bytes())


@lru_cache(maxsize=1)
def standard() -> Layout:
    """The layout that comes with the package."""
    return _build(FILE_NAME, _standard_data())


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        data = declarations.parse(content)
    except declarations.NotToml as error:
        raise LayoutWrong(name, str(error)) from error
    patterns = data.get("workbooks", ["*"])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise LayoutWrong(
            name, 'workbooks must be a list of file names, such as ["schedule*.xlsx"]'
        )
    known = _standard_data()
    for section, entries in data.items():
        if section == "workbooks":
            continue
        if section not in known or not isinstance(entries, dict):
            raise LayoutWrong(
                name, f"there is no section [{section}]; there is: {', '.join(known)}"
            )
        _refuse_unknown(name, section, entries, known[section])
    return data


def _refuse_unknown(
    name: str, section: str, entries: Mapping[str, Any], known: Mapping[str, Any]
) -> None:
    """Raise LayoutWrong for a key or a value that the standard layout has no place for."""
    # Further units and types may be named, with their words, and what is given for a table.
    is_open = section in ("units", "words.types", "words.years") or section.endswith(".given")
    if_new: Any = "" if section.endswith(".given") else []
    for key, value in entries.items():
        if key not in known and not is_open:
            raise LayoutWrong(name, f"[{section}] has no '{key}'; it has: {', '.join(known)}")
        expected = known.get(key, if_new)
        if isinstance(expected, Mapping) and isinstance(value, dict):
            _refuse_unknown(name, f"{section}.{key}", value, expected)
        elif kind := _other_kind(value, expected):
            raise LayoutWrong(name, f"[{section}] {key} must be {kind}")


def _other_kind(value: object, expected: object) -> str:
    """What a value must be, like the expected one; "" where it is."""
    if isinstance(expected, Mapping):
        return "a section of its own"
    if isinstance(expected, list):
        is_one = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if is_one else "a list of texts"
    if type(value) is type(expected):
        return ""
    return "a number" if isinstance(expected, int) else "a text"


def _merged(additions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The standard layout's data with additions: a list grows, anything else is replaced."""

    def merge(base: Any, more: Any) -> Any:
        if isinstance(base, dict) and isinstance(more, dict):
            return {
                **base,
                **{
                    key: merge(base[key], value) if key in base else value
                    for key, value in more.items()
                },
            }
        return [*base, *more] if isinstance(base, list) and isinstance(more, list) else more

    data: Any = _standard_data()
    for addition in additions:
        data = _without_taken(data, addition)
        data = merge(data, {key: value for key, value in addition.items() if key != "workbooks"})
    return dict(data)


def _without_taken(data: Mapping[str, Any], addition: Mapping[str, Any]) -> dict[str, Any]:
    """The data without the headings that an addition gives to another column of the same table.

    Where a council heads its services "Unit", that is no unit of money any more.
    """
    tables = dict(data["tables"])
    for kind, table in addition.get("tables", {}).items():
        own = table.get("columns", {})
        taken = {plain(word): column for column, words in own.items() for word in words}
        columns = {
            column: [word for word in words if taken.get(plain(word), column) == column]
            for column, words in tables[kind]["columns"].items()
        }
        tables[kind] = {**tables[kind], "columns": columns}
    return {**data, "tables": tables}


def _year(name: str, text: str) -> str:
    if year := periods.parse_year(text):
        return year
    raise LayoutWrong(name, f"[words.years] '{text}' is not a financial year; write it as 2016/17")


def _unit(name: str, label: str) -> int:
    units = money.units_named(label)
    if len(units) != 1:
        raise LayoutWrong(name, f"[units] '{label}' is no unit; write £, £000 or £m")
    return units[0]


def _build(name: str, data: Mapping[str, Any]) -> Layout:
    """The layout that data describe. Raises LayoutWrong, which names the file."""
    for column, values in data["values"].items():
        _require_one_meaning(name, column, values)
    # A line's status now and the one it began with are written in the same words.
    known = {**data["values"], "original_rag": data["values"]["rag"]}
    headings, missing = data["headings"], data["missing"]
    layout = Layout(
        tables={kind: _table(name, kind, table) for kind, table in data["tables"].items()},
        total_headings=_plain_words(headings["total"]),
        amount_headings=_plain_words(headings["amount"]),
        full_year_headings=_plain_words(headings["full_year"]),
        beside_years=_plain_words(headings["beside_years"]),
        as_of_headings=_plain_words(headings["as_of"]),
        not_read=_plain_words(headings["not_read"]),
        compared=_by_word(data["words"]["compared"]),
        years_of={
            word: _year(name, year) for word, year in _by_word(data["words"]["years"]).items()
        },
        total_labels=tuple(map(plain, data["totals"]["labels"])),
        markers=_plain_words(missing["markers"]),
        not_legible=_plain_words(missing["not_legible"]),
        nil=_plain_words(missing["nil"]),
        units={
            plain(word): _unit(name, label)
            for label, words in data["units"].items()
            for word in words
        },
        values={
            column: {plain(word): value for value, words in values.items() for word in words}
            for column, values in known.items()
        },
        choices={column: tuple(values) for column, values in known.items()},
        words={
            kind: {name: tuple(words) for name, words in group.items()}
            for kind, group in data["words"].items()
        },
    )
    for table in layout.tables.values():
        _require_known(name, table, layout)
    return layout


def _plain_words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain, words))


def _require_columns(name: str, kind: str, table: Mapping[str, Any]) -> None:
    """Raise LayoutWrong where a table is to have a column that is none of its columns."""
    for key in ("needs", "any", "filled", "texts"):
        for column in table.get(key, ()):
            if column not in table["columns"]:
                columns = ", ".join(table["columns"])
                raise LayoutWrong(
                    name, f"[tables.{kind}] {key}: there is no column '{column}'; it has: {columns}"
                )


def _column_without_heading(text: str) -> int | None:
    """The number of the column that "column b" names; 0, the first of them, for a blank heading."""
    if not text:
        return 0
    found = _BLANK_HEADING.fullmatch(text)
    return column_index_from_string(found[1]) if found else None


def _by_word(words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each word as compared, with what it is a word for."""
    return {plain(word): what for what, own in words.items() for word in own}


def _usual(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each column with its first heading, as a person writes it."""
    usual = {column: (words or [column])[0] for column, words in columns.items()}
    return {column: text[:1].upper() + text[1:] for column, text in usual.items()}


def _kept_and_read(table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The headings of the columns whose words are kept as they are, and of all others."""
    kept, columns = table.get("texts", ()), table["columns"]
    texts = {name: words for name, words in columns.items() if name in kept}
    return texts, {name: words for name, words in columns.items() if name not in kept}


def _table(name: str, kind: str, table: Mapping[str, Any]) -> TableLayout:
    _require_columns(name, kind, table)
    sign = table.get("sign", _SIGNS[0])
    if sign not in _SIGNS:
        raise LayoutWrong(name, f"[tables.{kind}] sign must be one of: {', '.join(_SIGNS)}")
    percentages = table.get("percentages", _PERCENTAGES[0])
    if percentages not in _PERCENTAGES:
        problem = f"[tables.{kind}] percentages must be one of: {', '.join(_PERCENTAGES)}"
        raise LayoutWrong(name, problem)
    texts, columns = _kept_and_read(table)
    named = _by_word(columns)
    return TableLayout(
        name=kind,
        texts=_by_word(texts),
        columns={text: column for text, column in named.items() if text},
        unheaded={
            number: column
            for text, column in named.items()
            if (number := _column_without_heading(text)) is not None
        },
        headings=_usual(columns),
        text_headings=_usual(texts),
        needs=tuple(table["needs"]),
        filled=tuple(table.get("filled", table["needs"])),
        any_of=tuple(table.get("any", ())),
        least=table["headings"],
        holds_money="years" in table,
        needs_years=table.get("years") == "needed",
        for_people=bool(table.get("for_people")),
        sign=sign,
        has_shares=percentages == OF_THE_TOTAL,
        given=table.get("given", {}),
    )


def _require_one_meaning(name: str, column: str, values: Mapping[str, Iterable[str]]) -> None:
    """Raise LayoutWrong for a word that would be two values of a column."""
    meant: dict[str, str] = {}
    for value, words in values.items():
        for word in words:
            first = meant.setdefault(plain(word), value)
            if first != value:
                raise LayoutWrong(
                    name, f"[values.{column}] '{word}' would stand for both {first} and {value}"
                )


def _require_known(name: str, table: TableLayout, layout: Layout) -> None:
    """Raise LayoutWrong where what is given for a table is no column of it, or no value."""
    where = f"[tables.{table.name}.given]"
    for column, text in table.given.items():
        if column not in table.headings:
            known = ", ".join(table.headings)
            raise LayoutWrong(name, f"{where} has no '{column}'; it has: {known}")
        if column in layout.values and plain(text) not in layout.values[column]:
            choices = ", ".join(layout.choices[column])
            raise LayoutWrong(
                name, f"{where} {column}: '{text}' is not known; write one of: {choices}"
            )
