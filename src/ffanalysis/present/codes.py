"""Codes of lines, such as "New (A-1)": left out of a briefing's two pages where none needs them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ffanalysis.findings import Sentence
from ffanalysis.savings.assemble import line_label
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow

_SAYS_WHAT_IT_IS = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w/-]{3,}")  # "PT-0017a", not "1" or "New"


@dataclass(frozen=True)
class LineNames:
    """What the lines of one project are called without their codes, where that tells them apart."""

    quarter: Quarter
    project: str

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Each label with a code, and what is left of it; none that another line has too."""
        rows = [row for each in (self.quarter.before, self.quarter) for row in _rows(each, self)]
        codes: dict[str, set[str]] = {}
        for row in rows:
            codes.setdefault(_name(row), set()).add(row.ref or "")
        return {
            line_label(row): _name(row) for row in rows if row.ref and len(codes[_name(row)]) == 1
        }

    def of(self, label: str) -> str:
        """What a line of this label is called."""
        return self.names.get(label, label)

    def without_codes(self, text: str) -> str:
        """A text with its lines named without their codes."""
        for label, name in sorted(self.names.items(), key=lambda pair: -len(pair[0])):
            code = label.removeprefix(f"{name} (").removesuffix(")")
            text = text.replace(label, name)
            if _SAYS_WHAT_IT_IS.fullmatch(code):
                bare = rf"(?<![\w/-]){re.escape(code)}(?![\w/-])"
                text = re.sub(rf", {bare}(?=,)", "", text)
                text = re.sub(rf"\bline {bare}", f"{name} line", text)
                text = re.sub(rf"^{bare}(?=[:,])", name, text)
        return text

    def in_sentence(self, words: Sentence) -> Sentence:
        """A sentence with its lines named without their codes."""
        return tuple(self.without_codes(part) if isinstance(part, str) else part for part in words)


def _rows(quarter: Quarter | None, names: LineNames) -> Iterator[SavingRow]:
    if quarter:
        yield from quarter.savings.of_project(names.project)


def _name(row: SavingRow) -> str:
    return line_label(row._replace(ref=None))
