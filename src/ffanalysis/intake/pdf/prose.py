"""Words outside tables as paragraphs: in the order of the tags, else from above to below."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ffanalysis.intake.document import Paragraph
from ffanalysis.intake.pdf.blocks import Sheets, by_page
from ffanalysis.intake.pdf.columns import Columns
from ffanalysis.intake.pdf.lines import Line, around, lines_of, paragraph, paragraphs
from ffanalysis.intake.pdf.tables import Draft
from ffanalysis.intake.pdf.tree import Tree
from ffanalysis.intake.pdf.words import Token

_NEXT = 1e-4  # what follows in the reading order, though it does not stand below


class _Group:
    """The lines of a paragraph and where they come in the order of reading."""

    def __init__(self, lines: list[Line], key: tuple[int, float]) -> None:
        self.lines, self.key = lines, key


def prose(
    body: Mapping[int, Columns], drafts: Sequence[Draft], common: Sheets
) -> list[tuple[int, float, Paragraph]]:
    """The paragraphs outside tables, with their page and height."""
    tops = [(part.page, part.box.top) for draft in drafts for part in draft.parts]
    tops += [
        (page, around(tokens).top) for page, each in body.items() for tokens in each.prose if tokens
    ]
    groups = _groups([token for each in body.values() for token in each.rest], tops, common)
    groups += [group for each in body.values() for group in _flows(each, common)]
    levels = _levels((group.lines for group in groups), common)
    found = []
    for group in groups:
        level = _level(group.lines, levels, common)
        found.append((*group.key, paragraph(group.lines, common.line(group.lines[0]), level)))
    return found


def _groups(
    tokens: Iterable[Token], tops: Sequence[tuple[int, float]], common: Sheets
) -> list[_Group]:
    """The paragraphs of words that stand in no columns."""
    tagged, plain = _by_tags(tokens, common.tree)
    groups = [
        _Group(lines, (lines[0].page, lines[0].box.top))
        for run in _runs(by_page(plain), tops)
        for lines in paragraphs(run, common.setting)
    ]
    return groups + list(
        _in_order(lines for run in _runs(tagged, tops) for lines in paragraphs(run, common.setting))
    )


def _by_tags(tokens: Iterable[Token], tree: Tree) -> tuple[list[Line], list[Token]]:
    """Lines in the order of the tags, each of one element only, and the words without tags."""
    said: dict[tuple[int, int], list[Token]] = {}
    plain: list[Token] = []
    if not tree.blocks:
        return [], list(tokens)
    for line in by_page(tokens):
        for token, number in zip(line.tokens, _numbers(line, tree), strict=True):
            if number is None:
                plain.append(token)
            else:
                said.setdefault((number, token.page), []).append(token)
    return [line for _, group in sorted(said.items()) for line in lines_of(group)], plain


def _numbers(line: Line, tree: Tree) -> list[int | None]:
    """The element of each word of a line; boxes and fields have no tags, and go with the next."""
    own = [_number(token, tree) for token in line.tokens]
    return [
        _nearest(line, place, own)
        if number is None and (line.tokens[place].is_field or line.tokens[place].mark is not None)
        else number
        for place, number in enumerate(own)
    ]


def _number(token: Token, tree: Tree) -> int | None:
    block = None if token.mcid is None else tree.blocks.get((token.page, token.mcid))
    return None if block is None else block.number


def _nearest(line: Line, place: int, numbers: Sequence[int | None]) -> int | None:
    """The element of the tagged word that is nearest on a line."""
    here = line.tokens[place].box
    found = [
        (max(token.box.x0 - here.x1, here.x0 - token.box.x1), number)
        for token, number in zip(line.tokens, numbers, strict=True)
        if number is not None
    ]
    return min(found)[1] if found else None


def _in_order(found: Iterable[list[Line]]) -> Iterator[_Group]:
    """Paragraphs by their tags: one that stands above what it follows comes behind it."""
    for page, groups in groupby(found, key=lambda lines: lines[0].page):
        top = 0.0
        for lines in groups:
            top = max(top + _NEXT, lines[0].box.top)
            yield _Group(lines, (page, top))


def _flows(columns: Columns, common: Sheets) -> Iterator[_Group]:
    """The paragraphs of columns of prose, one column behind the other."""
    top = 0.0
    for tokens in columns.prose:
        if not tokens:
            continue
        box = around(tokens)
        setting = replace(common.setting, left=box.x0, right=box.x1)
        top = max(top, box.top)
        for lines in paragraphs(lines_of(tokens), setting):
            yield _Group(lines, (lines[0].page, top))
            top += _NEXT


def _runs(lines: Iterable[Line], tops: Sequence[tuple[int, float]]) -> list[list[Line]]:
    """Lines in stretches that no table parts."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and not _is_parted(runs[-1][-1], line, tops):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _is_parted(last: Line, line: Line, tops: Iterable[tuple[int, float]]) -> bool:
    """Whether a table stands between two lines."""
    start, end = (last.page, last.box.top), (line.page, line.box.top)
    return any(start < top < end for top in tops)


def _levels(groups: Iterable[Sequence[Line]], common: Sheets) -> list[tuple[float, bool]]:
    """The kinds of type that headings are set in, the largest first."""
    kinds = {
        (round(group[0].size, 1), group[0].is_bold)
        for group in groups
        if _looks_like_heading(group, common)
    }
    return sorted(kinds, reverse=True)


def _looks_like_heading(group: Sequence[Line], common: Sheets) -> bool:
    """Whether a line or two stand by themselves, larger than most or bold."""
    text = group[-1].text
    is_larger = group[0].size > common.size + 0.6
    is_bold = all(line.is_bold and line.text for line in group)
    if any(token.is_field or token.mark for line in group for token in line.tokens):
        return False
    return bool(text) and len(group) <= 2 and (is_larger or is_bold) and not text.endswith(".")


def _level(group: Sequence[Line], levels: Sequence[tuple[float, bool]], common: Sheets) -> int:
    block = group[0].block(common.tree)
    if block is not None and block.level:
        return block.level
    if not _looks_like_heading(group, common):
        return 0
    return levels.index((round(group[0].size, 1), group[0].is_bold)) + 1
