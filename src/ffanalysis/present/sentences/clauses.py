"""What sentences are put together from: lists, clauses, times, and how many more there are."""

import re
from collections.abc import Iterable, Mapping, Sequence

from ffanalysis.figures import Figure, constant
from ffanalysis.findings import Sentence


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return (
        words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
    )


def due(when: str) -> str:
    """A day, a month or another time with its preposition: "in July 2026", "on 28 March 2026"."""
    if when.startswith("the end"):
        return f"at {when}"
    return f"{'on' if re.match(r'[0-9]{1,2} ', when) else 'in'} {when}"


def join_clauses(clauses: Iterable[Sentence], between: str = ", ", last: str = " and ") -> Sentence:
    """Clauses as one, as `joined` does it with words."""
    parts = list(clauses)
    words: list[str | Figure] = []
    for place, clause in enumerate(parts):
        words += [last if place == len(parts) - 1 else between] if place else []
        words += clause
    return tuple(words)


def when(years: Sequence[str]) -> str:
    """The years of a saving in a sentence.

    "in 2017/18", "from 2016/17 to 2018/19", "in no stated year".
    """
    if not years:
        return "in no stated year"
    return f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"


def as_sentence(words: Sentence) -> Sentence:
    """A clause as a sentence of its own."""
    first, *rest = words
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest, ".")


def omitted_note(counts: Mapping[str, tuple[int, str, str]], where: str) -> Sentence:
    """How much of a list is left out, and what has all of it; blank where nothing is left out.

    `counts` gives by name the number that is left out, and the words for one and for many.
    """
    left = {name: entry for name, entry in counts.items() if entry[0]}
    words = join_clauses(
        more_of(
            Figure(f"unlisted/{name}", constant(count, f"{many} left out"), "count"),
            one,
            many,
            opens=not place,
        )
        for place, (name, (count, one, many)) in enumerate(left.items())
    )
    verb = "is" if sum(count for count, _, _ in left.values()) == 1 else "are"
    return (*words, f" {verb} not listed here: {where}.") if words else ()


def more_of(count: Figure, one: str, many: str, *, opens: bool = True) -> Sentence:
    """How many more of something there are; no sentence begins with a digit."""
    noun = one if count.value == 1 else many
    if (count.value or 0) < _SPELLED:
        return (count.as_spelled(), f" more {noun}")
    return ("A further " if opens else "a further ", count, f" {noun}")


_SPELLED = 100  # counts that open a sentence are in words below
