"""A rule about summaries: what they state is what the sheets they draw together come to."""

from collections.abc import Iterator, Sequence

from ffanalysis.checks.compare import check_equality, difference_words, severity_of
from ffanalysis.figures import Figure, change, or_nil, total_of
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import CellRef, cells_of, merged_cells
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.summaries import Summarised, summarised

_RULE = "summary-agrees"
_MOST_CELLS = 3  # of many only the first and the last are named


def summary_agrees(quarter: Quarter) -> Iterator[Finding]:
    """What a summary states of a service is what the lines of its own sheets come to."""
    for each in summarised(quarter):
        yield _finding(quarter, each)


def _finding(quarter: Quarter, each: Summarised) -> Finding:
    stated = Figure(f"{_RULE}/stated", total_of(each.stated))
    calculated = Figure(f"{_RULE}/calculated", each.calculated)
    lines = cells_of(each.parts)
    cells = merged_cells(cells_of(each.stated), cells_of(filter(None, [each.printed])), lines)
    opening = ", ".join(filter(None, (each.subject, each.measure, each.year)))
    where = _place(cells_of([each.printed]) if each.printed else lines, cells_of(each.stated))
    message: Sentence = (f"{opening}: {_place(cells_of(each.stated))} has ", stated)
    is_one = bool(each.printed) or len(lines) == 1
    comes, has = ("comes", "has") if is_one else ("come", "have")
    # Of lines that are all blank nothing is known: the summary states what none of them does.
    gap = change(stated, calculated)
    outcome = check_equality(each.calculated.known_pence, stated.pence, each.allowed.pence)
    if each.calculated.known is None:
        message = (*message, f"; {where}, which it summarises, {has} nothing.")
    elif not gap.pence:
        message = (*message, f", which is what {where} {comes} to.")
    else:
        ending = difference_words(gap, each.allowed, _RULE, "than the summary")
        message = (*message, f"; {where} {comes} to ", calculated, *ending)
    return Finding(
        _RULE,
        f"{each.subject}, {each.measure}",
        outcome,
        severity_of(outcome),
        message,
        each.year,
        Amounts(or_nil(calculated), stated, each.allowed),
        cells,
        **quarter.owner_of(each.stated[0]).about,
    )


def _place(cells: Sequence[CellRef], beside: Sequence[CellRef] = ()) -> str:
    """Where cells stand, as a sentence names it; a workbook named just before is not repeated."""
    first = cells[0]
    book = "" if beside and first.workbook == beside[0].workbook else f"{first.workbook}, "
    names = [cell.address for cell in cells if cell[:2] == first[:2]]
    if len(names) > _MOST_CELLS:
        names = [f"{names[0]} to {names[-1]}"]
    word = "cell" if len(cells) == 1 else "cells"
    return f"{book}sheet {first.sheet}, {word} {', '.join(names)}"
