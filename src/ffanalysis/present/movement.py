"""What moved since the quarter before: its section, as a chart and as tables."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import NOT_STATED, Figure, counted
from ffanalysis.findings import Sentence
from ffanalysis.measure.movement import (
    LineMovement,
    Movement,
)
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.present import charts
from ffanalysis.present.codes import LineNames
from ffanalysis.present.html import (
    Cell,
    blank,
    chart,
    in_table,
    listing,
    rag_chip,
    rounded_sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.look import negatives_words
from ffanalysis.present.movement_words import FEW, PLAN_WORDS, clauses, lead, number_of_lines
from ffanalysis.present.sentences import as_sentence, joined
from ffanalysis.present.words import NIL
from ffanalysis.savings.changes import (
    Rerated,
)
from ffanalysis.vocabulary import RAG_STATUSES

# What a table calls a kind of movement, where a clause has more room.
_IN_TABLES = {"not followed": "listed more than once", "re-based": "target re-estimated"}
_STEPS = {"Not followed": "Listed more than once", "Re-based": "Re-estimated"}


def kind_words(kind: str) -> str:
    """What a table calls a kind of movement."""
    return _IN_TABLES.get(kind, kind)


def section(
    movement: Movement, names: LineNames | None = None, *, perhaps_renamed: bool = False
) -> Markup:
    """What moved, for a director: the sentence with its reasons, and where a line's RAG went.

    The lines themselves are listed where one of them moved; the annex has all of them.
    """
    if movement.since is None:
        return Markup("")  # the first screen says so
    parts = []
    words = lead(movement, perhaps_renamed=perhaps_renamed)
    if words != lead(movement, perhaps_renamed=perhaps_renamed, short=True):
        # The first page has the same in short.
        parts.append(tag("p", rounded_sentence(_named(words, names))))
    if len(found := clauses(movement)) > FEW:
        items = [rounded_sentence(as_sentence(_named(each, names))) for each in found]
        parts.append(listing(items, "moves"))
    if len(movement.lines) > 1 and any(_went_elsewhere(line) for line in movement.lines):
        parts.append(_chart(movement))
    if movement.moved:
        parts.append(_lines(movement, movement.moved, names))
    if not parts:
        return Markup("")
    return tag("h3", f"What changed since {movement.since_words}") + Markup("").join(parts)


def _named(words: Sentence, names: LineNames | None) -> Sentence:
    return names.in_sentence(words) if names else words


def _went_elsewhere(line: LineMovement) -> bool:
    return line.last != line.rag or line.original != line.last


def evidence(movement: Movement) -> Markup:
    """Every line then and now, the years that moved, and the balance between the two quarters.

    Nothing in a first quarter, which has nothing to compare.
    """
    if movement.since is None:
        return Markup("")
    parts = []
    if movement.problem:
        parts.append(tag("p", rounded_sentence(lead(movement))))
    if len(movement.moved) < len(movement.lines):  # else the second page has each of them
        parts.append(_lines(movement, movement.lines))
    parts += [_years(movement), balance_table(movement, "narrow")]
    if movement.progress:
        parts.append(_then_and_now(movement))
    return Markup("").join(parts)


def _then_and_now(movement: Movement) -> Markup:
    """What is delivered and what is forecast, in the quarter before and now."""
    unit = unit_of(figure for each in movement.progress for figure in each)
    without = _without(movement)
    rows: list[list[Cell]] = [
        [each.label, *(in_table(figure, unit) for figure in each)] for each in movement.progress
    ]
    return table(
        "Delivered and forecast, then and now",
        ["Saving", movement.since_words, "Now", "Change"],
        rows,
        numbers_from=1,
        note=f"{money.unit_label(unit)}; {negatives_words('less than before')}{without}",
        class_="narrow",
    )


def _without(movement: Movement) -> str:
    """Which years a table of two quarters leaves out."""
    return f"; without {joined(movement.left_out.years)}" if movement.left_out else ""


def _chart(movement: Movement) -> Markup:
    paths = [
        charts.Path(line.label, _points(movement, line), line.after) for line in movement.lines
    ]
    item = charts.rag_slope(paths, _quarters(movement))
    if len(movement.lines) == 1:
        return chart(item, (_one_line_title(movement, movement.lines[0]),))
    return chart(item, _lines_title(movement))


def _one_line_title(movement: Movement, line: LineMovement) -> str:
    then = movement.since_words
    if not line.rag:
        return f"The saving was taken out; in {then} it was {_rated(line.last)}"
    now = f"The saving is {_rated(line.rag)}"
    if not line.last:
        return f"The saving is new and {_rated(line.rag)}"
    if not _is_rerated(line):
        return f"{now}, as in {then}; at first it was {_rated(line.original)}"
    return f"{now}; in {then} it was {_rated(line.last)}"


def _rated(rag: str) -> str:
    return "not rated" if rag == NOT_STATED else f"rated {rag}"


def _lines_title(movement: Movement) -> Sentence:
    rerated = [line.label for line in movement.lines if _is_rerated(line)]
    if rerated:
        turned = Figure("movement/turned", counted(rerated), "count", spelled=True)
        words = f" lines changed RAG status since {movement.since_words}"
        return (turned, " of ", number_of_lines(movement), words)
    did = any(line.original != line.last for line in movement.lines if line.last and line.rag)
    before = "; some did earlier" if did else ""
    return (f"No line changed RAG status since {movement.since_words}{before}",)


def _is_rerated(line: LineMovement) -> bool:
    return any(isinstance(change, Rerated) for change in line.changes)


def _quarters(movement: Movement) -> tuple[str, ...]:
    """What the columns of statuses are of.

    The first quarter is left out where it is the quarter before.
    """
    first: tuple[str, ...] = ()
    if movement.original_since and movement.original_since != movement.since:
        first = (f"Original, {movement.original_since.called_in(movement.now)}",)
    return (*first, movement.since_words, "Now")


def _points(movement: Movement, line: LineMovement) -> tuple[str, ...]:
    statuses = (line.original, line.last, line.rag)
    return statuses if len(_quarters(movement)) == 3 else statuses[1:]


def status_chip(status: str) -> Cell:
    """A RAG status in a table of movement; that of a line that is not there, in words."""
    if not status:
        return tag("span", "not listed", class_="quiet")
    return rag_chip(status) if status in RAG_STATUSES else status


def _lines(
    movement: Movement, shown: Sequence[LineMovement], names: LineNames | None = None
) -> Markup:
    amounts = [(line.before, line.after, line.change) for line in shown]
    unit = unit_of(figure for three in amounts for figure in three)
    rows: list[list[Cell]] = [
        [
            names.of(line.label) if names else line.label,
            *(status_chip(status) for status in _points(movement, line)),
            joined([*map(kind_words, line.kinds)]) or "none",
            *(in_table(figure, unit) for figure in three),
        ]
        for line, three in zip(shown, amounts, strict=True)
    ]
    quarters = _quarters(movement)
    which = "Each line" if len(shown) == len(movement.lines) else "Lines that changed,"
    without = _without(movement)
    return table(
        f"{which} in {movement.since_words} and now",
        ["Line", *quarters, "What changed", "Before", "Now", "Change"],
        rows,
        numbers_from=len(quarters) + 2,
        note=f"{money.unit_label(unit)}; {negatives_words('less than before')}{without}",
        class_="lines",
    )


def _years(movement: Movement) -> Markup:
    """The years in which amounts moved, before and now."""
    moved = [
        line
        for line in movement.moved
        if any(was.value != now.value for was, now in line.years.values())
    ]
    stated = {
        year
        for line in moved
        for year, pair in line.years.items()
        if any(figure.value is not None for figure in pair)
    }
    years = sorted(stated)
    unit = unit_of(figure for line in moved for pair in line.years.values() for figure in pair)
    rows: list[list[Cell]] = [
        [f"{line.label}, {words}", *_cells_of_years(line, years, place, unit)]
        for line in moved
        for words, place in (("before", 0), ("now", 1))
    ]
    if not rows:
        return Markup("")
    return table(
        "By year, before and now",
        ["Line", *years],
        rows,
        numbers_from=1,
        note=money.unit_label(unit),
        class_="narrow",
    )


def _cells_of_years(
    line: LineMovement, years: Sequence[str], place: int, unit: int
) -> Iterator[Cell]:
    for year in years:
        yield in_table(line.years[year][place], unit) if year in line.years else blank()


def _has_faster(movement: Movement | ProgrammeMovement) -> bool:
    every = movement.projects.values() if isinstance(movement, ProgrammeMovement) else (movement,)
    return any(not line.counts for each in every for line in each.lines)


def balance_table(movement: Movement | ProgrammeMovement, look: str) -> Markup:
    """From what the quarter before closed with to what this one does, each plan in a column.

    Blank where nothing changed.
    """
    balances = movement.balances
    steps = dict.fromkeys(words for balance in balances for words in balance.steps)
    if not steps:
        return Markup("")
    amounts = [(each.opening, *each.steps.values(), each.closing) for each in balances]
    unit = unit_of(figure for own in amounts for figure in own)
    opening: list[Cell] = [f"At {movement.since_words}"]
    between: dict[str, list[Cell]] = {words: [_STEPS.get(words, words)] for words in steps}
    closing: list[Cell] = ["At the end of this quarter"]
    for balance in balances:
        opening.append(in_table(balance.opening, unit))
        closing.append(in_table(balance.closing, unit))
        for words, row in between.items():
            figure = balance.steps.get(words)
            row.append(in_table(figure, unit) if figure else NIL)
    rows = [opening, *between.values(), closing]
    plans = [PLAN_WORDS[balance.plan].capitalize() for balance in balances]
    return table(
        "From the last quarter's close to this one's",
        ["Saving", *(plans if len(plans) > 1 else ["Amount"])],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{money.unit_label(unit)}{', without Faster' if _has_faster(movement) else ''}",
        class_=look,
    )
