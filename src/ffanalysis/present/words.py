"""How figures read: the last step, in which numbers become text.

Missing and nil are different words: `show(None)` is "not stated", `show(0)` is "nil".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from ffanalysis import money
from ffanalysis.figures import Figure, sum_of
from ffanalysis.findings import Sentence
from ffanalysis.present.look import negative, negatives_words

NOT_STATED = "not stated"
NOT_RECORDED = "not recorded"
NIL = "nil"
UNIT = "£000"
LONGEST = 600  # letters of a decision or a comment on the first page; the annex has all of it
LEAST_SHARE = "less than 0.05%"
_ONES = (
    *("nil", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def legend(unit: int) -> str:
    """What a table of money says of its unit, its negatives and its blanks."""
    return f"{money.unit_label(unit)}. {negatives_words()}; – is blank in the source."


def show(pence: int | None, unit: int = money.THOUSAND) -> str:
    """Money in a table, in thousands of pounds by default.

    149500000 reads "1,495", -31800000 reads "(318)".
    """
    if pence is None:
        return NOT_STATED
    if pence == 0:
        return NIL
    number = (Decimal(abs(pence)) / unit).normalize()
    # Millions stand under each other: 3.730 beside 4,049.000 is not taken for a thousandth of it.
    places = 3 if unit == money.MILLION and not pence % money.THOUSAND else ""
    text = f"{number:,.{places}f}" if places else f"{number:,f}"
    return negative(text) if pence < 0 else text


def figure_text(figure: Figure, pounds: Callable[[int], str] = money.in_full) -> str:
    """A figure as a sentence writes it, in its own unit."""
    value = figure.value
    if value is None:
        return NOT_STATED
    if _is_vanishing(figure):
        return LEAST_SHARE
    if figure.unit == "pence":
        text = NIL if value == 0 else pounds(int(value))
    elif figure.unit == "percent":
        text = f"{value:,}%".replace("-", money.MINUS)
    elif figure.spelled and 0 < value < 10:
        text = small_number(int(value))
    else:
        text = f"{value:,}"
    return f"{text} (partial)" if figure.partial else text


def small_number(number: int) -> str:
    """A number as a sentence has it: one to nine in words."""
    return _ONES[number] if 0 < number < 10 else f"{number:,}"


def opening_text(figure: Figure) -> str:
    """A count as a sentence opens with it: in words, as no sentence of ours opens with a digit."""
    number = int(figure.value or 0)
    if figure.unit != "count" or not 0 < number < 10 * (len(_TENS) + 2):
        return figure_text(figure)
    tens, ones = divmod(number, 10)
    words = _ONES[number] if number < len(_ONES) else _TENS[tens - 2]
    behind = f"-{_ONES[ones]}" if ones and number >= len(_ONES) else ""
    return f"{words}{behind}".capitalize()


def _is_vanishing(figure: Figure) -> bool:
    """Whether a share is so small that it would read as 0.0%, and is not nil."""
    if figure.unit != "percent" or figure.value or not figure.sum.terms:
        return False
    return bool(sum_of(figure.sum.terms[0]).known)


def pounds_together(sentence: Sentence) -> Callable[[int], str]:
    """How the amounts of one sentence are rounded: to what they bear, and so that they agree.

    An amount has three significant figures, an estimate two, whole pounds where it takes more than
    four for the sentence to come out; the mark keeps the exact value.
    """
    bears: dict[int, int] = {}
    for part in sentence:
        if isinstance(part, Figure) and part.unit == "pence" and part.value is not None:
            size = abs(part.pence)
            figures = money.ESTIMATED if part.is_estimate else money.SIGNIFICANT
            bears[size] = max(figures, bears.get(size, 0))
    units = _exact_where_nearly(money.units_together(bears))
    return lambda pence: money.rounded(pence, units[abs(pence)])


def _exact_where_nearly(units: Mapping[int, int]) -> dict[int, int]:
    """Whole pounds for amounts that keep more than four figures: rounded, they would look exact."""
    nearly = [unit for size, unit in units.items() if size >= unit * _FOUR_FIGURES]
    finest = max(nearly, default=0)
    return {
        size: min(unit, money.POUND) if unit <= finest else unit for size, unit in units.items()
    }


_FOUR_FIGURES = 10_000  # units of its last figure: an amount of as many has five


def rounded_text(figure: Figure) -> str:
    """A figure by itself, as a key figure shows it: rounded to what it bears."""
    return figure_text(figure, pounds_together((figure,)))


def _opens(before: str, *, is_whole: bool) -> bool:
    """Whether what comes after these words of a sentence opens one."""
    return is_whole and (not before.strip() or before.endswith((". ", "? ")))


def parts_said(
    sentence: Sentence, pounds: Callable[[int], str] = money.in_full
) -> Iterator[tuple[str | Figure, str]]:
    """Each part of a sentence with its text; a count that opens a sentence is in words."""
    is_whole = bool(sentence) and str(sentence[-1]).rstrip().endswith((".", "?"))
    before = ""
    for part in sentence:
        if isinstance(part, str):
            text = part
        elif part.unit == "count" and _opens(before, is_whole=is_whole or part.spelled):
            text = opening_text(part)
        else:
            text = figure_text(part, pounds)
        yield part, text
        before += text


_QUOTED = re.compile(r"(?<![\w’])'(?=\S)(.+?)(?<=\S)'(?!\w)")


def curly(text: str) -> str:
    """A text with the quotation marks of print around what it quotes."""
    return _QUOTED.sub("\N{LEFT SINGLE QUOTATION MARK}\\1\N{RIGHT SINGLE QUOTATION MARK}", text)


def say(sentence: Sentence, pounds: Callable[[int], str] = money.in_full) -> str:
    """A sentence as plain text."""
    return "".join(text for _, text in parts_said(sentence, pounds))


def in_short(text: str) -> str:
    """A text that may be long, cut where the first page has no room for more."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST].rsplit(' ', 1)[0]} … (in full in the annex)"
