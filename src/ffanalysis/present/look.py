"""How a council wants its pages to look: its colours, and how it writes negative amounts.

Set while a part is made, so that words, tables and charts need not be told one by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ffanalysis.money import MINUS
from ffanalysis.settings import Colours, Settings
from ffanalysis.vocabulary import RAG_STATUSES

_STANDARD = Settings()
_COUNCIL: ContextVar[Settings] = ContextVar("council", default=_STANDARD)


@contextmanager
def look_of(council: Settings) -> Iterator[None]:
    """Whatever is made in here has the look that the council has set."""
    before = _COUNCIL.set(council)
    try:
        yield
    finally:
        _COUNCIL.reset(before)


def rag_colour(rag: str) -> str:
    """The council's colour of a RAG status; "" where it sets none."""
    return _COUNCIL.get().colours.of_rag(rag)


def negative(number: str) -> str:
    """A negative amount in a table, from its size: "(318)", or "−318" where a council has it so."""
    return f"{MINUS}{number}" if _has_minus() else f"({number})"


def negatives_words(meaning: str = "negative") -> str:
    """How a legend says what the sign of `negative` means."""
    return f"{MINUS} is {meaning}" if _has_minus() else f"(brackets) are {meaning}"


def _has_minus() -> bool:
    return _COUNCIL.get().numbers.negatives == "minus"


def stylesheet(colours: Colours) -> str:
    """The rules that give a page the council's colours, to go behind the house style."""
    rules = []
    if colours.accent:
        rules.append(f".ff {{ --navy: {colours.accent}; }}")
    if colours.banner:
        rules += [
            f".ff .banner, .ff.page .banner {{ background: {colours.banner}; }}",
            f"@page {{ @top-right {{ color: {colours.banner}; }} }}",
        ]
    if colours.banner or colours.quiet_banner:
        rules.append(".ff .banner.quiet, .ff.page .banner.quiet { background: var(--tint); }")
    if colours.quiet_banner:
        rules.append(f".ff .banner.quiet {{ border-left-color: {colours.quiet_banner}; }}")
    for rag in RAG_STATUSES:
        if colour := colours.of_rag(rag):
            mark = rag.lower().replace(" ", "-")
            rules.append(f".ff .rag.{mark}::before {{ background: {colour}; }}")
    return "\n".join(rules)
