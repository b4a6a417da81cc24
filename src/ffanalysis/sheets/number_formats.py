"""What a number format shows of a number: which section applies, and what it writes around it.

Sections, conditions and literals as Excel has them: ECMA-376, Part 1, 18.8.31.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|(?P<space>_.)|\*.'
    r"|(?P<power>E[+-]0+)|(?P<any>General|@)|(?P<digits>[.,]*[0#?][0#?.,]*)|(?P<sign>.)",
    re.I | re.S,
)
_CONDITION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")
_SHAPE = re.compile(r"([0#?,]*?)(,*)(?:\.([0#?]*)(,*))?")
_IN_BRACKETS = re.compile(r"[^\w(]*\([^()]*0[^()]*\)[^\w]*$|[^\w(]*[-−–].*0|[^\w(]*0\s*[-−–]\s*$")
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lt,
    "<=": le,
    "<>": ne,
    "=": eq,
    ">=": ge,
    ">": gt,
}

_DASHES = ("-", "–", "—", "−")

Condition = tuple[str, float] | None  # None: whatever no section before it shows
# What is shown where, if a format does not say so itself, by the number of its sections.
_USUAL: Mapping[int, tuple[Condition, ...]] = {
    1: (None,),
    2: ((">=", 0), None),
    3: ((">", 0), ("<", 0), None),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a number format.

    Attributes:
        before, behind: what it writes on either side of the digits, with the spaces that it leaves.
        decimals: the decimals that it fixes; None under General, and where it shows no digits.
        hidden: how many steps of thousands it hides.
        has_digits: whether it shows the number at all.
        condition: which numbers it shows, where the format says so itself.

    """

    before: str = ""
    behind: str = ""
    decimals: int | None = None
    hidden: int = 0
    has_digits: bool = True
    condition: Condition = field(default=None)

    @property
    def precision(self) -> int | None:
        """The decimals that it fixes, less 3 for each step of thousands that it hides."""
        return None if self.decimals is None else self.decimals - 3 * self.hidden

    def around(self, number: str) -> str:
        """What a cell shows, with this for the number."""
        return " ".join(f"{self.before}{number if self.has_digits else ''}{self.behind}".split())

    @property
    def is_percentage(self) -> bool:
        """Whether it writes a per cent sign, as one of its own or as a literal."""
        return "%" in self.before + self.behind

    @property
    def looks_negative(self) -> bool:
        """Whether it shows a number in brackets or with a minus."""
        return self.has_digits and bool(_IN_BRACKETS.match(self.around("0")))


GENERAL_SECTION = Section()


def section_for(number_format: str, value: float) -> Section:
    """The section of a number format that shows a number."""
    sections = _sections_of(number_format)
    if len(sections) == 1 and sections[0].condition is None:
        return sections[0]
    usual = _USUAL[len(sections)]
    is_own = any(section.condition for section in sections)
    for place, section in enumerate(sections):
        condition = section.condition or usual[place]
        if is_own and place + 1 == len(sections):
            condition = section.condition
        if condition is None or _COMPARISONS[condition[0]](value, condition[1]):
            return section
    return GENERAL_SECTION


@lru_cache(maxsize=1 << 12)
def _sections_of(number_format: str) -> tuple[Section, ...]:
    """The sections that show numbers: three at most, as a fourth shows texts."""
    tokens: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(number_format):
        if token["sign"] == ";":
            tokens.append([])
        else:
            tokens[-1].append(token)
    if len(tokens) > 1 and any(token["any"] == "@" for token in tokens[-1]):
        del tokens[-1]
    sections = tuple(map(_section, tokens[:3]))
    # One that shows no digit, as of a nought, states a number as far as the first that does.
    first = next((section for section in sections if section.has_digits), sections[0])
    return tuple(
        section
        if section.has_digits
        else replace(section, decimals=first.decimals, hidden=first.hidden)
        for section in sections
    )


def _section(tokens: list[re.Match[str]]) -> Section:
    places = [place for place, token in enumerate(tokens) if token["digits"] or token["any"]]
    condition = next(filter(None, map(_condition, tokens)), None)
    if not places:
        return Section(_written(tokens), has_digits=False, condition=condition)
    first, last = places[0], places[-1]
    while last + 1 < len(tokens) and tokens[last + 1]["power"]:
        last += 1
    number = tokens[first : last + 1]
    decimals, hidden = None, 0
    if not any(token["any"] or token["power"] for token in number):
        shape = _SHAPE.fullmatch("".join(token["digits"] or "" for token in number))
        if shape:
            decimals = len(shape[3] or "")
            hidden = len(shape[2]) + len(shape[4] or "")
    before, behind = _written(tokens[:first]), _written(tokens[last + 1 :])
    # A nought of Accounting is a dash before the spaces of its digits: "-"??
    has_digits = not before.strip().endswith(_DASHES) or any(
        token["any"] or set(token["digits"] or "") & {"0", "#"} for token in number
    )
    return Section(before, behind, decimals, hidden, has_digits, condition)


def _condition(token: re.Match[str]) -> Condition:
    found = _CONDITION.fullmatch(token["bracket"] or "")
    return (found[1], float(found[2])) if found else None


def _written(tokens: list[re.Match[str]]) -> str:
    """What tokens write that show no digits; of a bracket only the sign of a currency."""
    return "".join(map(_written_by, tokens))


def _written_by(token: re.Match[str]) -> str:
    if bracket := token["bracket"]:
        return bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
    if token["space"]:
        return " "
    return token["quoted"] or token["escaped"] or token["sign"] or token["power"] or ""
