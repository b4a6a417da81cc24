"""How figures read: the last step, in which numbers become text.

Missing and nil are different words: `show(None)` is "not stated", `show(0)` is "nil".
"""

from collections.abc import Callable
from decimal import Decimal

from ffanalysis import money
from ffanalysis.figures import Figure, Sentence
from ffanalysis.present.look import negative, negatives_words

NOT_STATED = "not stated"
NOT_RECORDED = "not recorded"
NIL = "nil"
UNIT = "£000"


def legend(unit: int) -> str:
    """What a table of money says of its unit, its negatives and its blanks."""
    return f"{money.unit_label(unit)}; {negatives_words()}; – is blank in the source"


def show(pence: int | None, unit: int = money.THOUSAND) -> str:
    """Money in a table, in thousands of pounds by default.

    149500000 reads "1,495", -31800000 reads "(318)".
    """
    if pence is None:
        return NOT_STATED
    if pence == 0:
        return NIL
    number = (Decimal(abs(pence)) / unit).normalize()
    text = f"{number:,f}"
    return negative(text) if pence < 0 else text


def figure_text(figure: Figure, pounds: Callable[[int], str] = money.in_full) -> str:
    """A figure as a sentence writes it, in its own unit."""
    value = figure.value
    if value is None:
        return NOT_STATED
    if figure.unit == "pence":
        text = NIL if value == 0 else pounds(int(value))
    elif figure.unit == "percent":
        text = f"{value:,}%".replace("-", money.MINUS)
    else:
        text = f"{value:,}"
    return f"{text} (partial)" if figure.partial else text


def say(sentence: Sentence, pounds: Callable[[int], str] = money.in_full) -> str:
    """A sentence as plain text."""
    return "".join(
        part if isinstance(part, str) else figure_text(part, pounds) for part in sentence
    )
