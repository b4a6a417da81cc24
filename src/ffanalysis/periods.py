"""Financial years, quarters, and dates as people write them.

A financial year runs from 1 April to 31 March and is written "2015/16" throughout. A date as
written is an interval: "Nov 2015" is 1 to 30 November 2015; "2016 TBC" is all of 2016, tentative.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ffanalysis.errors import PeriodMalformed

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DASH = "[-–—/]"
# A financial year within a text, where nothing else can be meant.
YEAR_TEXT = rf"(?:FY\s*)?(?:20)?\d\d\s*{_DASH}\s*(?:20)?\d\d"
_YEAR_LABEL = re.compile(
    rf"(?:FY\s*)?(?P<first>(?:19|20)?\d\d)\s*{_DASH}\s*(?P<last>(?:19|20)?\d\d)(?:\s*(?:\(\d+\)|\*+))?",
    re.I,
)
_FY_LABEL = re.compile(r"FY\s*(?P<last>(?:20)?\d\d)", re.I)
_SPAN = re.compile(
    rf"\b(?P<first>(?:19|20)\d\d)\s*{_DASH}\s*(?P<last>(?:19|20)?\d\d)\b(?!\s*{_DASH}\s*\d)"
)
_PERIOD = re.compile(r"(?P<first>20\d\d)-(?P<last>\d\d)-Q(?P<quarter>[1-4])")


# So long after an as-of date what belongs to it is still written and signed: to the next quarter's.
FOLLOWS = timedelta(days=92)


def year_label(start: int) -> str:
    """The financial year that begins on 1 April of `start`: 2015 gives "2015/16"."""
    return f"{start}/{(start + 1) % 100:02d}"


def year_start(label: str) -> int:
    """The calendar year in which the financial year `label` ("2015/16") begins."""
    return int(label[:4])


def first_day(label: str) -> date:
    """The day on which the financial year begins."""
    return date(year_start(label), 4, 1)


def year_end(label: str) -> date:
    """The day on which the financial year ends."""
    return date(year_start(label) + 1, 3, 31)


def has_begun(label: str, day: date) -> bool:
    """Whether the financial year has begun by the end of `day`."""
    return first_day(label) <= day


def is_over(label: str, day: date) -> bool:
    """Whether the financial year is over by the end of `day`: on 31 March its own year is."""
    return year_end(label) <= day


def year_of(day: date) -> str:
    """The financial year that holds `day`."""
    return year_label(day.year if day.month >= 4 else day.year - 1)


def _century(text: str, near: int | None = None) -> int:
    """A year of two or four digits.

    Two digits stand in the century `near`, else in the one about now (70 to 69).
    """
    if len(text) == 4:
        return int(text)
    return int(text) + (near if near is not None else 2000 if int(text) < 70 else 1900)


_LONGEST_NUMBERED = 100  # letters of a heading that numbers its year
_YEAR_NUMBER = re.compile(
    r"^\(?(?:year|yr|y)\.?\s*\d{1,2}\)?(?:\s*[-–—:,]\s*|\s+)"
    r"|(?:\s*[-–—:,]\s*|\s+)\(?(?:year|yr)\.?\s*\d{1,2}\)?$",
    re.I,
)


def _without_number(text: str) -> str:
    """A heading without which year of a plan it is: "Year 1 - 2025/26", "2025/26 (Year 1)"."""
    if len(text) > _LONGEST_NUMBERED:
        return text  # a pattern would look from every space of it
    rest = _YEAR_NUMBER.sub("", text)
    is_bracketed = rest != text and rest.startswith("(") and rest.endswith(")")
    return rest[1:-1] if is_bracketed else rest


def parse_year(text: str) -> str | None:
    """The financial year that a heading names, or None.

    "2015/16", "2015-16", "15/16", "2015/2016", "FY16", "2009-10 (1)".
    """
    text = " ".join(text.split())
    if found := _FY_LABEL.fullmatch(text):
        return year_label(_century(found["last"]) - 1)
    if not (found := _YEAR_LABEL.fullmatch(text) or _YEAR_LABEL.fullmatch(_without_number(text))):
        return None
    first = _century(found["first"])
    last = _century(found["last"], first // 100 * 100)
    # 1999/00 turns the century; anything else that isn't two following years is a span, not a year.
    follows = last - first == 1 or (len(found["last"]) == 2 and (last - first) % 100 == 1)
    return year_label(first) if follows else None


_CALENDAR_YEAR = re.compile(r"(?:19[5-9]|20[0-9])\d")


def is_calendar_year(text: str) -> bool:
    """Whether a heading is a calendar year, which two financial years share: "2016"."""
    return bool(_CALENDAR_YEAR.fullmatch(text))


def readings_of(calendar_year: str) -> tuple[str, str]:
    """The two financial years that a calendar year may mean.

    "2016" gives "2015/16" and "2016/17".
    """
    return year_label(int(calendar_year) - 1), year_label(int(calendar_year))


_YEAR_WITHIN = re.compile(
    rf"(?<![\w/])(?:FY\s*)?(?:19|20)?\d\d\s*{_DASH}\s*(?:19|20)?\d\d(?![\w/])|(?<!\w)FY\s*(?:20)?\d\d(?!\w)",
    re.I,
)


def year_in(text: str) -> tuple[str, str] | None:
    """The one financial year that a longer heading names, and the rest of it.

    "2015/16 Forecast" gives "2015/16", "Forecast"; so does "Year 1 - 2015/16 Forecast".
    """
    text = _without_number(text)
    found = list(_YEAR_WITHIN.finditer(text))
    if len(found) != 1 or not (year := parse_year(found[0][0])):
        return None
    return year, " ".join(f"{text[: found[0].start()]} {text[found[0].end() :]}".split()).strip(
        " -–,:"
    )


def years_in(text: str) -> list[str]:
    """The financial years that a text names, in its order, each once: "2022/23 to 2024/25"."""
    found = (parse_year(match[0]) for match in _YEAR_WITHIN.finditer(text))
    return list(dict.fromkeys(year for year in found if year))


def spans_in(text: str) -> tuple[tuple[str, str], ...]:
    """The spans of years written in a title or in prose, as first and last financial year.

    "2015 – 2018" runs from April 2015 to March 2018, that is 2015/16 to 2017/18; "2015-17" ends
    with 2016/17. A single financial year ("2015-16", "2015/16") is not a span.
    """
    spans = []
    for found in _SPAN.finditer(text):
        first = int(found["first"])
        last = _century(found["last"], first // 100 * 100)
        if 1 < last - first <= 20:
            spans.append((year_label(first), year_label(last - 1)))
    return tuple(spans)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A quarter of a financial year, named as its folder: "2015-16-Q2"."""

    start: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        found = _PERIOD.fullmatch(text)
        if not found or (int(found["first"]) + 1) % 100 != int(found["last"]):
            raise PeriodMalformed(text)
        return cls(int(found["first"]), int(found["quarter"]))

    @classmethod
    def last_over(cls, day: date) -> "Period":
        """The latest quarter that is over: the one before that which holds `day`."""
        return cls(year_start(year_of(day)), (day.month - 4) // 3 % 4 + 1).before

    @classmethod
    def is_name(cls, text: str) -> bool:
        """Whether a folder's name is that of a period."""
        try:
            cls.parse(text)
        except PeriodMalformed:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.start}-{(self.start + 1) % 100:02d}-Q{self.quarter}"

    @property
    def words(self) -> str:
        """The quarter as a sentence writes it: "Quarter 2, 2015/16"."""
        return f"Quarter {self.quarter}, {year_label(self.start)}"

    def called_in(self, now: "Period | None") -> str:
        """The quarter as a page of another one calls it: "Quarter 1" where the year is the same."""
        return f"Quarter {self.quarter}" if now and now.start == self.start else self.words

    @property
    def before(self) -> "Period":
        """The quarter before it."""
        return (
            Period(self.start, self.quarter - 1) if self.quarter > 1 else Period(self.start - 1, 4)
        )

    @property
    def after(self) -> "Period":
        """The quarter after it."""
        return (
            Period(self.start, self.quarter + 1) if self.quarter < 4 else Period(self.start + 1, 1)
        )

    @property
    def first_day(self) -> date:
        month = (4, 7, 10, 1)[self.quarter - 1]
        return date(self.start + (self.quarter == 4), month, 1)

    @property
    def last_day(self) -> date:
        month = (6, 9, 12, 3)[self.quarter - 1]
        year = self.start + (self.quarter == 4)
        return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class When:
    """A date as written.

    The first and the last day it can mean, and whether it is only tentative.
    """

    first: date
    last: date
    tentative: bool

    @property
    def is_month(self) -> bool:
        """Whether it is a whole month."""
        length = monthrange(self.first.year, self.first.month)[1]
        return self.first.day == 1 and (self.last - self.first).days + 1 == length

    @property
    def due(self) -> date:
        """The day that "by" it means.

        "By April" is before the month begins; "by 2026" or "by Quarter 4" to its last day.
        """
        return self.first if self.is_month else self.last


_TENTATIVE = re.compile(
    r"\b(?:TBC|TBA|provisional(?:ly)?|tentative(?:ly)?|approx(?:\.|imately)?|circa|c\.)(?![a-z])|\?",
    re.I,
)
_ENDINGS = (
    "uary",
    "ruary",
    "ch",
    "il",
    "",
    "e",
    "y",
    "ust",
    "t(?:ember)?",
    "ober",
    "ember",
    "ember",
)
# A month as people write it, in a pattern that ignores case.
MONTH_NAMES = "|".join(
    f"{name}(?:{ending})?" for name, ending in zip(MONTHS, _ENDINGS, strict=True)
)
_MONTH = rf"(?P<month>{MONTH_NAMES})\.?"
_SHORT_YEAR = r"(?P<year>\d{4}|\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATE_TEXTS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<monthno>\d\d)[-/.](?P<day>\d\d)"),
    re.compile(rf"(?P<day>\d{{1,2}})[-./](?P<monthno>\d{{1,2}})[-./]{_SHORT_YEAR}"),
    re.compile(rf"{_DAY}(?:\s+of)?[\s/-]+{_MONTH},?[\s/-]+'?{_SHORT_YEAR}", re.I),
    re.compile(rf"{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}})", re.I),
    re.compile(rf"{_MONTH},?(?:\s+|[-/])(?P<year>\d{{4}})", re.I),
    # "Dec-25", as a spreadsheet writes December 2025. "Dec 25" may also be Christmas.
    re.compile(rf"{_MONTH}(?:[-/]|\s?')(?P<year>\d\d)", re.I),
    re.compile(r"(?P<year>(?:19|20)\d\d)"),
)
_TIME_BEHIND = re.compile(
    r"(?<=\d)(?:T|\s+)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|GMT|BST|[+-]\d\d:?\d\d)?$"
)
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.I
)
_BEFORE_DATE = re.compile(
    r"^(?:(?:due|completed?|complete|planned|expected|target)\s+)?(?:by|on|for|in|during)?\s*(?:the\s+)?"
    r"(?P<part>(?:end|close)(?:\s+of)?|week\s+(?:commencing|beginning|ending)|w/?[ce]\.?(?=\s)"
    r"|w\.[ce]\.?(?=\s))?\s*(?:the\s+)?",
    re.I,
)
_QUARTER_WITHIN = re.compile(
    r"Q(?:uarter\s*)?(?P<quarter>[1-4])(?:,?\s+(?:of\s+)?|[-/])(?P<year>.+)"
    r"|(?P<year2>.+?)(?:,?\s+|-)Q(?:uarter\s*)?(?P<quarter2>[1-4])",
    re.I,
)


def parse_when(value: object) -> When | None:
    """A cell as an interval of days, or None where it names no date.

    Days come before months, as in the United Kingdom. "End March 2026" is its last day, "w/c 3 Nov
    2025" the week that begins with it.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return When(value, value, tentative=False)
    if value is None:
        return None
    text = " ".join(str(value).replace("’", "'").split())
    bare = _TIME_BEHIND.sub("", _without_doubt(text))
    before = _BEFORE_DATE.match(bare)
    part = (before["part"] or "").lower() if before else ""
    named = _WEEKDAY.sub("", bare[before.end() :] if before else bare)
    days = _interval(named)
    if days is None:
        return None
    first, last = _part_of(part, *days)
    return When(first, last, tentative=bool(_TENTATIVE.search(text)))


def parse_due(value: object) -> When | None:
    """A cell that says by when something is due: a date as `parse_when` has it, or "2026/27"."""
    if when := parse_when(value):
        return when
    text = str(value or "")
    year = parse_year(_BEFORE_DATE.sub("", _without_doubt(text)))
    is_tentative = bool(_TENTATIVE.search(text))
    return When(first_day(year), year_end(year), is_tentative) if year else None


def _without_doubt(text: str) -> str:
    """A date without the words that call it tentative, and without brackets."""
    return " ".join(re.sub(r"[()]", " ", _TENTATIVE.sub(" ", text)).split()).strip(" ,;.")


def spoken_when(written: str) -> str:
    """A date as a sentence of ours writes it, however a workbook does.

    "28 March 2026", "July 2026", "the end of March 2027"; what is none of these as it is written.
    """
    when = parse_when(written)
    if when is None or when.tentative:
        return written.strip()
    first, last = when.first, when.last
    month = f"{last:%B} {last.year}"
    is_month_end = last.day == monthrange(last.year, last.month)[1]
    if first == last:
        is_end = is_month_end and re.match(r"(by\s+)?(the\s+)?(end|close)\b", written.strip(), re.I)
        return f"the end of {month}" if is_end else long_date(last)
    return month if when.is_month else written.strip()


_OF_A_DATE_CELL = re.compile(r"\d{4}-\d\d-\d\d")


def shown_when(written: str) -> str:
    """A date as a workbook writes it; one that is a date to the workbook, as sentences have it."""
    return spoken_when(written) if _OF_A_DATE_CELL.fullmatch(written) else written


def _part_of(part: str, first: date, last: date) -> tuple[date, date]:
    """What "end of" or "week commencing" before a date makes of it."""
    if part.startswith(("end", "close")):
        return last, last
    if part and first == last:
        week = timedelta(days=6)
        ends = "ending" in part or part.rstrip(".")[-1] == "e"
        return (last - week, last) if ends else (first, last + week)
    return first, last


def _interval(text: str) -> tuple[date, date] | None:
    """The first and the last day that a date without any words beside it can mean."""
    found = _QUARTER_WITHIN.fullmatch(text)
    if found and (label := parse_year(found["year"] or found["year2"])):
        quarter = Period(year_start(label), int(found["quarter"] or found["quarter2"]))
        return quarter.before.last_day + timedelta(days=1), quarter.last_day
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _DATE_TEXTS)), None)
    return _days_of(found.groupdict()) if found else None


def _days_of(parts: dict[str, str]) -> tuple[date, date] | None:
    """The days that year, month and day mean; None where no calendar has them."""
    year, named = _century(parts["year"]), parts.get("month")
    number = MONTHS.index(named[:3].lower()) + 1 if named else parts.get("monthno")
    day = parts.get("day")
    try:
        if number is None:
            return date(year, 1, 1), date(year, 12, 31)
        month = int(number)
        if day is None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, month, int(day)), date(year, month, int(day))
    except ValueError:
        return None


def months_until(start: date, end: date) -> int:
    """Whole months from the end of the day `start` to the beginning of the day `end`.

    30 September to 1 April is six.
    """
    begin = start + timedelta(days=1)
    return (
        (end.year - begin.year) * 12 + end.month - begin.month - (1 if end.day < begin.day else 0)
    )


def long_date(day: date) -> str:
    """A day as a sentence writes it: "30 September 2015"."""
    return f"{day.day} {day:%B} {day.year}"
