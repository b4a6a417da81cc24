"""Answers in which tick boxes stand, outside the tick lists that a form knows: "☐ Yes ☒ No".

Where exactly one box is ticked, its words are the answer. Where none or several are, or it cannot
be told which words a box belongs to, that is asked, and the words stay with their boxes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ffanalysis.errors import listed
from ffanalysis.intake.document import Mark
from ffanalysis.intake.forms import PROSE
from ffanalysis.intake.marks import mark_of_glyph, pieces_of
from ffanalysis.intake.taken import OTHER_WORDS, Background, Source, Taken, Value

_MARK_IN_WORDS = re.compile(r"\[(ticked|empty|doubtful)\]")
_AROUND = re.compile(r"^(?:[\s/|,;]|or\s)+|(?:[\s/|,;]|\sor)+$", re.I)
_UNDELETED = re.compile(r"\bdelete\s+(?:as|where|if|which)\b", re.I)
_EITHER_STATUS = re.compile(r"(?:[\w-]+\s*){1,4}(?:/\s*(?:[\w-]+\s*){1,4})+")
_BOTH = re.compile(r"(yes|no)(?:\s*[/|]\s*|\s+or\s+|\n)(yes|no)", re.I)


@dataclass(frozen=True)
class _Item:
    """Words of an answer, or a box with its state."""

    text: str
    mark: Mark | None


def settle(taken: Taken) -> None:
    """Read the answers of a paper by their boxes."""
    left_alone = (OTHER_WORDS, *taken.left_out)
    for heading in dict.fromkeys(each.heading for each in taken.background):
        if heading not in left_alone:
            _settle_background(heading, taken)
    for name in sorted(taken.fields.keys() - taken.form.options.keys() - {"status"}):
        _settle_field(name, taken)
    if "status" in taken.fields:
        _settle_status(taken.fields["status"], taken)


def _settle_field(name: str, taken: Taken) -> None:
    values = taken.fields[name]
    if name in PROSE and not _has_choice(values):
        taken.fields[name] = [_without_bullets(value) for value in values]
        return
    label = taken.form.words_for(name)
    taken.fields[name] = _read(values, label, taken, is_kept=True)
    _ask_undeleted(values, label, taken)


def _settle_status(values: Sequence[Value], taken: Taken) -> None:
    """Read how far a paper is approved; where it is open, no word of it may pass for an answer."""
    label = taken.form.words_for("status")
    read = _read(values, label, taken, is_kept=False)
    if not (_has_boxes(read) or _ask_undeleted(read, label, taken, is_status=True)):
        taken.fields["status"] = read
        return
    del taken.fields["status"]
    for value in read:
        taken.add_background(label, value)


def chosen(value: Value, label: str, taken: Taken) -> Value:
    """The answer of one cell of a table."""
    return _read([value], label, taken, is_kept=True)[0]


def _settle_background(heading: str, taken: Taken) -> None:
    entries = [each for each in taken.background if each.heading == heading]
    values = [each.value for each in entries]
    read = _read(values, heading, taken, is_kept=True)
    if read == values:
        return
    at = taken.background.index(entries[0])
    rest = [each for each in taken.background if each.heading != heading]
    before = sum(each.heading != heading for each in taken.background[:at])
    rest[before:before] = [Background(heading, value) for value in read]
    taken.background[:] = rest


def _ask_undeleted(
    values: Sequence[Value], label: str, taken: Taken, *, is_status: bool = False
) -> bool:
    """Ask about an answer that still has all that the form prints: "Approved / Not approved"."""
    found = [value for value in values if _UNDELETED.search(value.text)]
    if is_status and not found:
        found = [value for value in values if _EITHER_STATUS.fullmatch(value.text)]
    for value in found:
        taken.ask(
            f"'{label}': which of '{value.text}' holds is not said.",
            value.sources[0],
            read_as="left blank" if is_status else "kept as it is written",
            do="Write the one that is meant.",
        )
    return bool(found)


def _read(values: Sequence[Value], label: str, taken: Taken, *, is_kept: bool) -> list[Value]:
    """The values of an answer with those that have boxes read as one."""
    parts = _parts([list(_items(value.text)) for value in values])
    items = list(chain.from_iterable(parts.values()))
    if not _is_choice(items, len(parts)):
        return list(values)
    own = [values[number] for number in parts]
    text = " ".join(value.text for value in own)
    sources = tuple(chain.from_iterable(value.sources for value in own))
    answer, why = _answer(items, is_apart=len(parts) > 1)
    if why:
        taken.ask(
            f"'{label}': {why}.",
            Source(text, sources[0].place),
            read_as="kept as it is written" if is_kept else "left blank",
            do="Ask which one is meant, and write it.",
        )
    read = Value(answer, sources, f"the box of '{answer}' is ticked") if answer else None
    rest = [value for number, value in enumerate(values) if number not in parts]
    return [read or Value(text, sources), *rest]


def _parts(items: Sequence[Sequence[_Item]]) -> dict[int, Sequence[_Item]]:
    """The values of an answer that are its options and their boxes, by number.

    What is typed beside Yes or No is a box. Where a box has a cell or a line of its own, its words
    are in another.
    """
    if _is_either(list(chain.from_iterable(items))):
        return {n: list(map(_crossed, each)) for n, each in enumerate(items)}
    if any(all(item.mark for item in each) for each in items):
        return dict(enumerate(items))
    return {n: each for n, each in enumerate(items) if _has_mark(each)}


def _has_mark(items: Sequence[_Item]) -> bool:
    return any(item.mark for item in items)


def _is_either(items: Sequence[_Item]) -> bool:
    """Whether the words of an answer are Yes and No, each once."""
    words = [item.text.casefold() for item in items if not (item.mark or _is_cross(item))]
    return sorted(words) in (["no", "yes"], ["n", "y"])


def _is_cross(item: _Item) -> bool:
    return item.mark is None and item.text.casefold() == "x"


def _crossed(item: _Item) -> _Item:
    return _Item("", Mark.TICKED) if _is_cross(item) else item


def _is_choice(items: Sequence[_Item], parts: int) -> bool:
    """Whether boxes stand in an answer; or both Yes and No do, in cells of their own."""
    return _has_mark(items) or (parts > 1 and _is_either(items))


def _answer(items: Sequence[_Item], *, is_apart: bool) -> tuple[str, str]:
    """The words of the one box that is ticked, or why there are none."""
    pairs = _either(items) if is_apart and _is_either(items) else _pairs(items)
    if pairs is None:
        return "", "which box belongs to which answer cannot be told"
    by_mark = {mark: [words for words, own in pairs if own is mark] for mark in Mark}
    if by_mark[Mark.DOUBTFUL]:
        return "", f"the box of '{by_mark[Mark.DOUBTFUL][0]}' may mean yes or no"
    ticked = by_mark[Mark.TICKED]
    return (ticked[0], "") if len(ticked) == 1 else ("", _why_none(ticked, items))


def _why_none(ticked: Sequence[str], items: Sequence[_Item]) -> str:
    if _is_either(items):
        return f"{'both are' if ticked else 'neither is'} ticked"
    named = listed(f"'{words}'" for words in ticked)
    return f"{len(ticked)} boxes are ticked, {named}" if ticked else "no box is ticked"


def _either(items: Sequence[_Item]) -> list[tuple[str, Mark]]:
    """Yes and No in cells of their own, each with its box; one without is empty."""
    found: dict[str, Mark] = {}
    last = ""
    # Boxes stand before their answers where the first of all is one.
    for item in reversed(items) if items[0].mark is not None else items:
        if item.mark is None:
            last = item.text
            found[last] = Mark.EMPTY
        elif last:
            found[last] = item.mark
    return list(found.items())


def _pairs(items: Sequence[_Item]) -> list[tuple[str, Mark]] | None:
    """The options with their boxes; None where which box is whose cannot be told."""
    if len(items) % 2 and items[0].text.endswith((":", "?")):
        items = items[1:]  # "Please tick one: ☐ Yes ☒ No"
    is_before = bool(items) and items[0].mark is not None
    words, marks = items[is_before::2], items[not is_before :: 2]
    pairs = [(w.text, m.mark) for w, m in zip(words, marks, strict=False) if m.mark and not w.mark]
    return pairs if len(pairs) == len(words) == len(marks) else None


def _items(text: str) -> Iterator[_Item]:
    """The words and the boxes of an answer, in its order."""
    for number, part in enumerate(_MARK_IN_WORDS.split(text)):
        if number % 2:
            yield _Item("", Mark(part))
            continue
        for piece in pieces_of(part):
            bare = _AROUND.sub("", piece.text)
            if piece.mark is not None:
                yield _Item("", mark_of_glyph(piece.text))
            elif both := _BOTH.fullmatch(bare):
                yield from (_Item(text, None) for text in both.groups())
            elif bare:
                yield _Item(bare, None)


def _has_boxes(values: Sequence[Value]) -> bool:
    return any(item.mark for value in values for item in _items(value.text))


def _has_choice(values: Sequence[Value]) -> bool:
    """Whether a box is left empty, or in doubt: ticks alone are the bullets of a list."""
    marks = {item.mark for value in values for item in _items(value.text)} - {None}
    return bool(marks - {Mark.TICKED})


def _without_bullets(value: Value) -> Value:
    items = list(_items(value.text))
    if not any(item.mark for item in items):
        return value
    return Value(" ".join(item.text for item in items if item.text), value.sources, value.how)
