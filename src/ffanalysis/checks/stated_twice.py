"""Whether the register and the schedule say the same of a project beside its amounts."""

import re
from collections.abc import Callable, Iterator, Sequence

from ffanalysis.checks.compare import in_short
from ffanalysis.findings import Finding
from ffanalysis.provenance import CellRef
from ffanalysis.savings.line_texts import (
    LINE_TEXTS,
    StatedText,
    denies,
    denies_of,
    lines_that_count,
    number_in,
    of_register,
    pence_in,
    says_something,
    texts_of_lines,
)
from ffanalysis.savings.model import Saving
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.tables import ProjectRow

_RULE = "stated-twice"
_WORDS = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to"})
# A job and a person's name may be one and the same: nothing says that they are not.
_JOB = re.compile(
    r"\b(?:head|director|manager|officer|lead|leader|chief|partner|team|service|accountant|member"
    r"|commissioner|coordinator|principal|executive|board|group|department)\b",
    re.I,
)


def stated_twice(quarter: Quarter) -> Iterator[Finding]:
    """What register and schedule both state of a project agrees: posts, cost, owner, cover."""
    refused = with_refused_lines(quarter)
    for project, row in quarter.register.items():
        if project not in refused:
            lines = lines_that_count(quarter, project)
            yield from (found for name in _AGREE if (found := _compared(row, lines, name)))


def contradicted(quarter: Quarter, row: ProjectRow) -> dict[str, list[str]]:
    """What the schedule says of a project otherwise than its register, by column."""
    lines = lines_that_count(quarter, row.project)
    found = {name: _otherwise(row, lines, name) for name in _AGREE}
    return {name: _distinct(stated) for name, stated in found.items() if stated}


def _otherwise(row: ProjectRow, lines: Sequence[Saving], name: str) -> list[StatedText]:
    registered, stated = _both(row, lines, name)
    if registered is None or _AGREE[name](registered.text, [each.text for each in stated]) in (
        True,
        None,
    ):
        return []
    return stated


def _both(
    row: ProjectRow, lines: Sequence[Saving], name: str
) -> tuple[StatedText | None, list[StatedText]]:
    """What register and lines say in one column; nothing of either where only one says it."""
    registered = of_register(row, name)
    if registered is None:
        return None, []
    every = texts_of_lines(lines, name)
    stated = [each for each in every if _says(each.text, name, [registered])]
    return (registered, stated) if stated and _says(registered.text, name, stated) else (None, [])


def _says(text: str, name: str, others: Sequence[StatedText]) -> bool:
    """Whether a text can be compared with others: it says something, or denies what they say."""
    return says_something(text, name) or any(denies_of(text, each.text) for each in others)


def _compared(row: ProjectRow, lines: Sequence[Saving], name: str) -> Finding | None:
    """What is found of one column; nothing where only one of the two states it."""
    registered, stated = _both(row, lines, name)
    if registered is None:
        return None
    agree = _AGREE[name](registered.text, [each.text for each in stated])
    return None if agree is None else _finding(row, LINE_TEXTS[name], registered, stated, agree)


def _finding(
    row: ProjectRow,
    what: str,
    registered: StatedText,
    stated: Sequence[StatedText],
    agree: bool,  # noqa: FBT001
) -> Finding:
    words = f"the register and the schedule both say {_short(registered.text)}."
    if not agree:
        words = _disagreement(registered, " and ".join(_texts(stated)), stated)
    return Finding(
        _RULE,
        f"{row.name}, {what}",
        "agrees" if agree else "disagrees",
        "note" if agree else "query",
        (f"{row.name}: {what}: {words}",),
        cells=tuple(dict.fromkeys([registered.cell, *(each.cell for each in stated)])),
        project=row.project,
    )


def _disagreement(registered: StatedText, said: str, stated: Sequence[StatedText]) -> str:
    return (
        f"the register says {_short(registered.text)} ({_place(registered.cell)}), the schedule"
        f" {said} ({_place(stated[0].cell)}). Correct one of them."
    )


def _texts(stated: Sequence[StatedText]) -> list[str]:
    return [f"'{text}'" for text in _distinct(stated)]


def _distinct(stated: Sequence[StatedText]) -> list[str]:
    return list(dict.fromkeys(_cut(each.text) for each in stated))


def _short(text: str) -> str:
    return f"'{_cut(text)}'"


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return in_short(words)


def _place(cell: CellRef) -> str:
    return f"{cell.sheet}, cell {cell.address}"


# --- when two statements agree; None where nothing can be said ------------------------------------


def _by_number(read: Callable[[str], float | None]) -> Callable[[str, Sequence[str]], bool | None]:
    """Statements that agree where each has the number, or those of the lines come to it."""

    def agree(registered: str, stated: Sequence[str]) -> bool | None:
        number, others = read(registered), [read(text) for text in stated]
        known = [other for other in others if other is not None]
        if number is None or len(known) < len(others):
            return None
        return set(known) == {number} or abs(sum(known) - number) < 0.005

    return agree


def _by_words(registered: str, stated: Sequence[str]) -> bool | None:
    """Statements that agree where one is in the words of the other, but for small ones."""
    return all(_share(registered, text) for text in stated)


def _by_name(registered: str, stated: Sequence[str]) -> bool | None:
    """The same of people: where lines have owners of their own, the register names one of them."""
    if any(bool(_JOB.search(registered)) != bool(_JOB.search(text)) for text in stated):
        return None
    return any(_share(registered, text) for text in stated)


def _share(first: str, second: str) -> bool:
    if denies(first) != denies(second):
        return False
    one, other = _content(first), _content(second)
    fewer, more = sorted((one, other), key=len)
    return bool(fewer) and all(any(_is_same(word, each) for each in more) for word in fewer)


def _is_same(word: str, other: str) -> bool:
    """Whether two words are one, but for an ending; an initial is the name that begins with it."""
    return word == other or (min(len(word), len(other)) == 1 and word[0] == other[0])


def _content(text: str) -> list[str]:
    words = _WORDS.findall(text.casefold())
    return [
        re.sub(r"s$", "", word) if len(word) > 3 else word for word in words if word not in _SMALL
    ]


def _by_amount_or_words(registered: str, stated: Sequence[str]) -> bool | None:
    """Statements of an amount as numbers, others as words; nothing of one against the other."""
    has_amount = {any(map(str.isdigit, text)) for text in (registered, *stated)}
    if len(has_amount) > 1:
        return None
    return (
        _by_number(pence_in)(registered, stated)
        if True in has_amount
        else _by_words(registered, stated)
    )


_AGREE: dict[str, Callable[[str, Sequence[str]], bool | None]] = {
    "owner": _by_name,
    "posts": _by_number(number_in),
    "one_off_cost": _by_number(pence_in),
    "cost_funding": _by_words,
    "cover": _by_amount_or_words,
}
