"""The fields of a form: what a label begins, what answers it, and what no label introduces."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ffanalysis.intake import routes
from ffanalysis.intake.closing import ONE_LINE, says_status
from ffanalysis.intake.document import Cell, Paragraph
from ffanalysis.intake.forms import MONEY, OF_YEARS, Found, Label
from ffanalysis.intake.grid_heads import joins_title
from ffanalysis.intake.grid_parts import with_hint
from ffanalysis.intake.lines import Line
from ffanalysis.intake.marks import mark_typed, pieces_of, shown
from ffanalysis.intake.modes import OpenField, OpenMoney, OpenTicks, Progress, TitleAbove
from ffanalysis.intake.taken import (
    AS_BACKGROUND,
    NO_LABEL,
    OTHER_WORDS,
    Ending,
    Mend,
    Source,
    Value,
    row_source,
    source_of,
)
from ffanalysis.intake.words import squash, without_hint

_LONGEST_LABEL = 120
_MOST_WORDS = 6  # of a label that the form does not know
_LABEL_AND_FIGURE = re.compile(r"[A-Z][^:.]{2,40}:\s*[£(−-]*\s*\d[\w\s£%,.()/-]{0,20}")
_BARE_TOTAL = re.compile(r"^(?:grand\s+|overall\s+)?total(?=\W*$|\s*[(:£])", re.I)
_GOES_ON = re.compile(r"\b(?:follow(?:s|ing)|below|are|is|includes?|including|as)\W*$", re.I)


def _is_like_label(words: str) -> bool:
    """Whether words are a label that stands alone: few, with a colon, and no sentence's start."""
    is_short = words.endswith(":") and words[:1].isupper() and len(words.split()) <= _MOST_WORDS
    return is_short and not _GOES_ON.search(words)


class Fields:
    """Takes the lines of a paper that are no table of its form."""

    def __init__(self, at: Progress) -> None:
        self.at, self.form, self.taken = at, at.form, at.taken

    def take(self, line: Line) -> None:
        """Take a line that begins no table: a label, an answer, more of one, or loose words."""
        if self._begins_fields(line):
            return
        if self._is_status(line):
            self.at.end()
            for cell in line.filled:
                self.taken.add("status", Value(" ".join(cell.lines), (source_of(cell),)))
        elif not (self.at.has_begun and self._begins_unknown(line)):
            self._take_more(line)

    # Lines that begin fields.

    def _begins_fields(self, line: Line) -> bool:
        """Take the labels of a line with the answers beside them."""
        if self._begins_options(line):
            return True
        pending: OpenField | None = None
        has_label = False
        for number, cell in enumerate(line.filled):
            if pending is not None and self._takes_route(pending, line.filled[number:]):
                break
            parts = self._labels_of(cell)
            if not parts:
                if pending is not None:
                    self._answer(pending, cell)
                elif has_label:
                    self._take_more(Line((cell,), line.table, line.row))
                elif cell is line.first:
                    return False
                continue
            has_label = True
            pending = self._begin(cell, parts)
            if isinstance(self.at.mode, OpenField):
                self.at.mode.table = line.table
        if isinstance(self.at.mode, OpenField):
            self.at.mode.is_answered = self.at.mode.count > 0
        return has_label

    def goes_on_route(self, line: Line) -> bool:
        """Whether a line below "Decision route" is a meeting of it, and no label of its own."""
        mode = self.at.mode
        return isinstance(mode, OpenField) and self._takes_route(mode, line.filled)

    def _takes_route(self, opened: OpenField, cells: Sequence[Cell]) -> bool:
        """Take cells as a meeting on the way to a decision, or as headings of a list of them."""
        texts = ["; ".join(cell.lines) for cell in cells]
        if opened.name == "decision_route" and routes.are_headings(texts):
            self.taken.end(row_source(cells).atoms, Ending.FORM)
            return True
        if opened.name != "decision_route" or not routes.is_meeting(texts):
            return False
        words = ": ".join(filter(None, (texts[0].rstrip(": "), ", ".join(texts[1:]))))
        self._add(opened, replace(row_source(cells), words=words))
        opened.is_answered = True
        return True

    def _begins_options(self, line: Line) -> bool:
        """Whether a line is an option with its box, in a list that no label introduces."""
        if isinstance(self.at.mode, OpenTicks) or line.first is None:
            return False
        has_box = any(cell.marks for cell in line.filled) or (
            len(line.filled) == 2 and mark_typed(line.filled[-1].text) is not None
        )
        words = squash(" ".join(line.first.lines))
        for name, options in self.form.options.items():
            if has_box and name not in self.at.settled and words in map(squash, options):
                self.at.end()
                self.at.has_begun = True
                heading = Source(name.replace("_", " ").capitalize(), line.first.place)
                self.at.mode = OpenTicks(name, heading, [line])
                return True
        return False

    def _labels_of(self, cell: Cell) -> list[tuple[Found, str]]:
        if not cell.lines:
            return []
        parts = self.form.split(self._in_full(self._line_of(cell)))
        if len(parts) > 1 and parts[0][0].label.meaning == "decision_route":
            said = parts[0][0].rest  # of which a meeting may be a label too
            return [(parts[0][0], said)] if routes.ends_with_day(said) else parts
        if not parts and len(cell.lines) > 1 and len(cell.text) <= _LONGEST_LABEL:
            found = self.form.label_at(" ".join(cell.lines))
            return [(found, "")] if found and not found.rest else []
        if not parts and (broken := self.form.label_within(cell.lines[0])):
            found, words = broken
            self.taken.mends.append(Mend(source_of(cell), words))
            return [(found, "")]
        return parts

    def _line_of(self, cell: Cell) -> str:
        """The first words of a cell with their boxes, which are an answer where a label ends."""
        words = shown(next(each for each in cell.paragraphs if each.text))
        box = next((piece for piece in pieces_of(words) if piece.mark is not None), None)
        if box is None:
            return words
        label, glyph, rest = words.partition(box.text)
        found = self.form.label_at(label)
        is_label = found is not None and not found.rest
        return f"{label.rstrip(': ')}: {glyph}{rest}" if is_label else words

    def _in_full(self, words: str) -> str:
        """A label "Total" below those of years in full: it is that of the savings."""
        mode = self.at.mode
        is_below = isinstance(mode, OpenField) and mode.name == "saving"
        return _BARE_TOTAL.sub("Total saving", words, count=1) if is_below else words

    def _begin(self, cell: Cell, parts: Sequence[tuple[Found, str]]) -> OpenField | None:
        """Begin the fields of a cell; the last of them may go on in the cells behind it."""
        self.at.end()
        self.at.has_begun = True
        paragraph = next(each for each in cell.paragraphs if each.text)
        opened: OpenField | None = None
        for found, answer in parts:
            self.taken.end(paragraph.atoms, Ending.PLACED if answer else Ending.FORM)
            printed = found.heading if answer else " ".join(cell.lines)
            opened = self._open(found, Source(printed, paragraph.place, paragraph.atoms))
            said = Source(answer, paragraph.place, paragraph.atoms)
            if answer and opened is not None:
                self._add(opened, said)
            elif answer:
                self._keep_beside_heading(found, said)
        if opened is not None and not self._is_label(cell, parts):
            for each in cell.paragraphs:
                if each is not paragraph and each.text:
                    self._add(opened, source_of(each))
        return opened

    def _keep_beside_heading(self, found: Found, said: Source) -> None:
        """Keep words on the line of a heading that asks for nothing."""
        self.taken.add_background(found.heading, Value(said.words, (said,)))
        self.taken.ask(
            f"Words beside the heading '{found.heading}', which asks for none.",
            said,
            read_as="kept as background",
            do="Move them where they belong.",
        )

    def _is_label(self, cell: Cell, parts: Sequence[tuple[Found, str]]) -> bool:
        """Whether all lines of a cell are one label, which is broken over them."""
        found, answer = parts[0]
        is_alone = not answer and not found.rest and len(cell.lines) > 1
        return is_alone and self.form.label_at(" ".join(cell.lines)) is not None

    def _open(self, found: Found, printed: Source) -> OpenField | None:
        name = found.label.meaning
        if not name:
            self.at.mode = None
            return None
        if name in self.form.options:
            heading = Source(found.heading, printed.place, printed.atoms)
            self.at.mode = OpenTicks(name, heading)
            return OpenField(name, printed, found)
        self.at.mode = OpenField(name, printed, found)
        return self.at.mode

    def _answer(self, opened: OpenField, cell: Cell) -> None:
        """Take a cell that stands beside a label."""
        if isinstance(self.at.mode, OpenTicks) and self.at.mode.name == opened.name:
            self.at.mode.lines.append(Line((cell,)))
            return
        for paragraph in cell.paragraphs:
            if paragraph.text or paragraph.marks:
                self._add(opened, source_of(paragraph))

    def _add(self, opened: OpenField, source: Source) -> None:
        """Add words to the field that is open."""
        name = opened.name
        opened.count += 1
        if isinstance(self.at.mode, OpenTicks) and self.at.mode.name == name:
            cell = Cell(0, 0, (self._paragraph(source),), source.place)
            self.at.mode.lines.append(Line((cell,)))
        elif self.form.is_instruction(source.words):
            self.taken.end(source.atoms, Ending.FORM)
        elif name == "background":
            self.taken.add_background(opened.found.heading, Value(source.words, (source,)))
        elif name == "milestone":
            self._add_milestone(opened, source)
        elif name in MONEY or (name in OF_YEARS and "year" in opened.found.blanks):
            blanks = {**opened.found.blanks, "label": opened.label.words}
            self.taken.add_of_year(name, blanks, Value(source.words, (source,)))
        else:
            self.taken.add(name, self._said(opened, source))

    @staticmethod
    def _said(opened: OpenField, source: Source) -> Value:
        """The words of an answer, with the unit or the year that its label names."""
        blanks = opened.found.blanks
        if "year" in blanks:
            how = f"of the year of its label, '{opened.found.heading}'"
            return Value(f"{blanks['year']}: {source.words}", (source,), how)
        hint = blanks.get("hint", "") if opened.name in OF_YEARS else ""
        text = with_hint(source.words, hint)
        how = f"in the unit of its label, {hint}" if text != source.words else ""
        return Value(text, (source,), how)

    def _add_milestone(self, opened: OpenField, source: Source) -> None:
        """A label that asks for a date is a milestone: "Start date"."""
        row = {
            "milestone": Value(opened.found.heading, (opened.label,)),
            "completed_by": Value(source.words, (source,)),
        }
        self.taken.records.setdefault("milestones", []).append(row)
        self.taken.end((*opened.label.atoms, *source.atoms), Ending.PLACED)

    @staticmethod
    def _paragraph(source: Source) -> Paragraph:
        pieces = [
            type(piece)(piece.text, source.atoms if number == 0 else (), piece.mark)
            for number, piece in enumerate(pieces_of(source.words))
        ]
        return Paragraph(tuple(pieces), source.place)

    # Lines that begin nothing.

    def _take_more(self, line: Line) -> None:
        mode = self.at.mode
        if isinstance(mode, OpenTicks):
            mode.lines.append(line)
        elif isinstance(mode, OpenField):
            self._answer_more(mode, line)
        elif isinstance(mode, TitleAbove) and joins_title(line.filled[0].text):
            content = (*mode.cell.content, *line.filled[0].content)
            self.at.mode = replace(mode, cell=replace(mode.cell, content=content))
        elif isinstance(mode, OpenMoney) and mode.reader.takes_note(line):
            self.at.end()
        else:
            if line.table is None:
                self.at.end()  # a table that words stand behind is over
            self._take_loose(line)

    def _begins_unknown(self, line: Line) -> bool:
        """Whether a line of its own looks like a label that the form does not know.

        "Outcums of the project:", or a heading of the paper's own; "as follows:" is none.
        """
        paragraphs = [each for cell in line.filled for each in cell.paragraphs if each.text]
        if len(paragraphs) != 1 or any(cell.marks for cell in line.filled):
            return False
        words = paragraphs[0].text
        if not (_is_like_label(words) or paragraphs[0].level):
            return False
        self.at.end()
        source = source_of(line.filled[0])
        heading = without_hint(words).rstrip(": ")
        self._ask_unknown_label(heading, source)
        self.taken.end(source.atoms, Ending.BACKGROUND)
        self.at.mode = OpenField(
            "background", source, Found(Label(heading, "background", heading), "")
        )
        return True

    def _answer_more(self, mode: OpenField, line: Line) -> None:
        """Words below a label belong to it, unless they look like a label that is not known."""
        if self._is_over(mode, line):
            self._take_loose(line)
            return
        if line.table is not None and len(line.filled) > 1:
            if line.table is mode.table:
                self._take_loose(line)
            else:
                self._answer_in_rows(mode, line)
            return
        for cell in line.filled:
            self._answer(mode, cell)

    def _is_over(self, mode: OpenField, line: Line) -> bool:
        """Whether a line below an answer is no more of it: of a short one, or led by a label."""
        words = " ".join(" ".join(cell.lines) for cell in line.filled)
        if _LABEL_AND_FIGURE.fullmatch(words):
            return True  # "Forecast overspend: (5)" is no sentence of the text above it
        if not mode.is_answered:
            return mode.name in ONE_LINE and mode.count > 0
        if mode.table is not None and line.table is None:
            return True  # words outside the table of labels are no more of an answer inside it
        return mode.name in ONE_LINE or self._heading_of(line)[0] != OTHER_WORDS

    def _answer_in_rows(self, mode: OpenField, line: Line) -> None:
        """A row of a table below a label, as one line of its answer."""
        cells = [source_of(cell) for cell in line.filled]
        words = ": ".join(
            [cells[0].words.rstrip(": "), " | ".join(each.words for each in cells[1:])]
        )
        atoms = tuple(number for each in cells for number in each.atoms)
        self._add(mode, Source(words, cells[0].place, atoms))

    def _is_status(self, line: Line) -> bool:
        """Whether a line says how far the paper is approved; it may stand anywhere."""
        words = " ".join(" ".join(cell.lines) for cell in line.filled)
        return says_status(words, self.form, self.taken)

    def _take_loose(self, line: Line) -> None:
        """Keep what no label of the form introduces as background, and ask what it is."""
        first = line.filled[0]
        if all(number in self.taken.endings for cell in line.filled for number in cell.atoms):
            return
        if all(self.form.is_instruction(" ".join(cell.lines)) for cell in line.filled):
            for cell in line.filled:
                self.taken.end(cell.atoms, Ending.FORM)
            return
        heading, cells = self._heading_of(line)
        sources = tuple(map(source_of, cells))
        words = " | ".join(source.words for source in sources)
        self.taken.add_background(heading, Value(words, sources))
        self.taken.end(first.atoms, Ending.BACKGROUND)
        if not self.at.has_begun and self._is_cover(line, heading):
            return
        if heading != OTHER_WORDS:
            self._ask_unknown_label(heading, source_of(first))
            return
        read_as, do = AS_BACKGROUND
        self.taken.ask(NO_LABEL, source_of(first), read_as=read_as, do=do)

    def _is_cover(self, line: Line, heading: str) -> bool:
        """Whether a line above all labels is a title of the paper, such as the council's name."""
        if len(line.filled) != 1 or line.filled[0].marks or len(line.filled[0].text) > 100:
            return False
        is_title = not re.search(r"[.;!?]\s*$|[£%]", line.filled[0].text)
        return is_title and (heading == OTHER_WORDS or not self.form.nearest_label(heading))

    def _ask_unknown_label(self, heading: str, source: Source) -> None:
        near = self.form.nearest_label(heading)
        meant = f" The nearest label known is '{near}'." if near else ""
        self.taken.ask(
            f"'{heading}' is no label of the form '{self.form.name}'.{meant}",
            source,
            read_as="kept as background",
            do="Move it where it belongs, or add the label to the form.",
        )

    @staticmethod
    def _heading_of(line: Line) -> tuple[str, tuple[Cell, ...]]:
        """A label that the form does not know, and what stands beside it."""
        first = line.filled[0]
        words = source_of(first).words
        label, colon, rest = words.partition(":")
        if len(line.filled) > 1 and len(words) <= _LONGEST_LABEL:
            return without_hint(words).rstrip(": "), line.filled[1:]
        if colon and rest.strip() and len(label) <= _LONGEST_LABEL // 2 and label[:1].isupper():
            return without_hint(label), line.filled
        return OTHER_WORDS, line.filled
