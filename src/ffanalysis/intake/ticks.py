"""Tick lists: which option of a field is ticked, wherever the form puts its boxes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ffanalysis.errors import listed
from ffanalysis.intake.document import Cell, Mark
from ffanalysis.intake.forms import Form
from ffanalysis.intake.lines import Line
from ffanalysis.intake.marks import mark_typed
from ffanalysis.intake.taken import Ending, Source, Taken, Value
from ffanalysis.intake.words import key, squash


@dataclass(frozen=True)
class _Item:
    """Something in a tick list: words, or a box with its state."""

    text: str
    mark: Mark | None
    column: int
    source: Source


@dataclass(frozen=True)
class _Answer:
    option: str
    mark: Mark
    is_known: bool
    source: Source
    shown: str


def settle(name: str, lines: Sequence[Line], heading: Source, form: Form, taken: Taken) -> None:
    """Take the option that is ticked; ask where none is, several are, or it is unclear."""
    options = form.options.get(name, ())
    label = heading.words.rstrip(": ")
    taken.headings[name] = label
    lines = _by_columns(lines)
    if _take_word(name, label, lines, options, form, taken):
        return
    answers = [each for line in lines for each in _answers(line, options, form, taken)]
    ticked = [each for each in answers if each.mark is Mark.TICKED]
    doubtful = [each for each in answers if each.mark is Mark.DOUBTFUL]
    for each in answers:
        taken.end(each.source.atoms, Ending.FORM if each.mark is Mark.EMPTY else Ending.PLACED)
    if doubtful or not ticked or (len(ticked) > 1 and name not in form.several):
        _ask(label, ticked, doubtful, answers, heading, taken)
        return
    words = "; ".join(each.option for each in ticked)
    taken.add(name, Value(words, tuple(each.source for each in ticked)))
    for each in ticked:
        if not each.is_known:
            _ask_other(label, each.option, each.source, options, taken, "is ticked, which ")


def _ask_other(
    label: str, option: str, source: Source, options: Sequence[str], taken: Taken, how: str = ""
) -> None:
    """Ask about an answer that is none of the form's options."""
    taken.ask(
        f"{label}: '{option}' {how}is none of the form's options ({listed(options)}).",
        source,
        read_as=option,
        do="Confirm it, or write one of the form's options.",
    )


def _by_columns(lines: Sequence[Line]) -> list[Line]:
    """Options in one row and their boxes in the row below, each option with its box."""
    made: list[Line] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        below = lines[place + 1] if place + 1 < len(lines) else None
        if below is None or not _are_boxes_below(line, below):
            made.append(line)
            place += 1
            continue
        for cell in line.filled:
            box = below.at(cell.column)
            made.append(Line((cell, box) if box is not None else (cell,)))
        place += 2
    return made


def _are_boxes_below(line: Line, below: Line) -> bool:
    if line.table is None or line.table is not below.table or len(line.filled) < 2:
        return False
    if any(cell.marks or mark_typed(cell.text) is not None for cell in line.filled):
        return False
    return all(cell.marks or mark_typed(cell.text) is not None for cell in below.filled)


def _take_word(
    name: str, label: str, lines: Sequence[Line], options: Sequence[str], form: Form, taken: Taken
) -> bool:
    """Take an answer that is written instead of ticked: one option, and no box anywhere."""
    items = [item for line in lines for item in _items(line, form, options, taken)]
    if len(items) != 1 or items[0].mark is not None:
        return False
    item = items[0]
    known = _option(item.text, options)
    taken.add(name, Value(known or item.text, (item.source,)))
    if known is None:
        _ask_other(label, item.text, item.source, options, taken)
    return True


def _ask(
    label: str,
    ticked: Sequence[_Answer],
    doubtful: Sequence[_Answer],
    answers: Sequence[_Answer],
    heading: Source,
    taken: Taken,
) -> None:
    if doubtful:
        each = doubtful[0]
        asks = f"{label}: the box of '{each.option}' shows {each.shown}, which may mean yes or no."
        taken.ask(asks, each.source, read_as="left blank", do="Write the option that is meant.")
    elif ticked:
        words = " and ".join(f"'{each.option}'" for each in ticked)
        atoms = tuple(number for each in ticked for number in each.source.atoms)
        source = Source(listed(e.option for e in ticked), ticked[0].source.place, atoms)
        taken.ask(
            f"{label}: {len(ticked)} boxes are ticked, {words}.",
            source,
            read_as="left blank",
            do="Ask which one is meant, and write it.",
        )
    else:
        there = listed((each.option for each in answers), "no option")
        taken.ask(
            f"{label}: no box is ticked ({there}).",
            heading,
            read_as="left blank",
            do="Ask which one is meant, and write it.",
        )


def _answers(line: Line, options: Sequence[str], form: Form, taken: Taken) -> Iterator[_Answer]:
    """The options that a line names, each with the state of its box."""
    items = list(_items(line, form, options, taken))
    words = [item for item in items if item.mark is None]
    marks = [item for item in items if item.mark is not None]
    before = _is_before(line, items)
    for number, item in enumerate(words):
        mark = _mark_beside(item, number, words, marks, items, before=before)
        known = _option(item.text, options)
        if known is None and mark is None:
            # Words without a box that are no option: they are kept, and asked about.
            taken.ask(
                f"'{item.text}' stands among the options and is none of them.",
                item.source,
                do="Say what it means, or leave it out.",
            )
            continue
        atoms = (*item.source.atoms, *(mark.source.atoms if mark else ()))
        state = mark.mark if mark and mark.mark else Mark.EMPTY
        shown = f"'{mark.text}'" if mark and mark.text else "a state that differs from its sign"
        source = Source(
            f"{item.text} {mark.text if mark else ''}".strip(), item.source.place, atoms
        )
        yield _Answer(known or item.text, state, known is not None, source, shown)


def _option(text: str, options: Iterable[str]) -> str | None:
    return next((each for each in options if squash(each) == squash(text)), None)


def _items(line: Line, form: Form, options: Sequence[str], taken: Taken) -> Iterator[_Item]:
    for cell in line.filled:
        for paragraph in cell.paragraphs:
            for piece in paragraph.pieces:
                source = Source(piece.text.strip(), paragraph.place, piece.atoms)
                if piece.mark is not None:
                    yield _Item(piece.text.strip(), piece.mark, cell.column, source)
                elif form.is_instruction(piece.text):
                    taken.end(piece.atoms, Ending.FORM)
                elif piece.text.strip():
                    yield from _words(piece.text, cell, source, options)


def _words(text: str, cell: Cell, source: Source, options: Sequence[str]) -> Iterator[_Item]:
    """Words of a cell: an option, a typed mark, or several options one after the other."""
    bare = text.strip(" :\u00a0/|")
    if _option(bare, options) is None and (mark := mark_typed(bare)) is not None and bare:
        yield _Item(bare, mark, cell.column, source)
        return
    for part in _split(bare, options):
        yield _Item(part, None, cell.column, source)


def _split(text: str, options: Sequence[str]) -> list[str]:
    """A text that names several options one after the other, without boxes between them."""
    rest, parts = text, []
    while rest:
        found = next((o for o in options if key(rest).startswith(key(o))), None)
        if found is None:
            return [text]
        parts.append(found)
        letters = len(key(found).replace(" ", ""))
        rest = _behind(rest, letters).strip(" :/|,;")
    return parts or [text]


def _behind(text: str, letters: int) -> str:
    """A text behind so many of its letters and digits."""
    for place, character in enumerate(text):
        if letters == 0:
            return text[place:]
        letters -= len(squash(character))
    return ""


def _is_before(line: Line, items: Sequence[_Item]) -> bool:
    """Whether the boxes of a line stand before their options: its first item is one, or blank."""
    if not items or items[0].mark is not None:
        return bool(items)
    blank_first = line.table is not None and items[0].column > 0
    last = items[-1]
    blank_last = line.table is not None and last.column + 1 < line.table.width
    return blank_first and not blank_last and last.mark is None


def _mark_beside(
    item: _Item,
    number: int,
    words: Sequence[_Item],
    marks: Sequence[_Item],
    items: Sequence[_Item],
    *,
    before: bool,
) -> _Item | None:
    """The box of an option: the one between it and the option before or after it."""
    if len(words) == 1:
        return marks[0] if marks else None
    places = {id(each): place for place, each in enumerate(items)}
    own = places[id(item)]
    if before:
        low = places[id(words[number - 1])] if number else -1
        near = [each for each in marks if low < places[id(each)] < own]
    else:
        high = places[id(words[number + 1])] if number + 1 < len(words) else len(items)
        near = [each for each in marks if own < places[id(each)] < high]
    return near[0] if near else None
