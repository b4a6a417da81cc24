"""This financial year's line, with which every monitoring report opens."""

from collections.abc import Iterator
from typing import Literal

from markupsafe import Markup

from ffanalysis.figures import Figure
from ffanalysis.findings import Sentence
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.measure.this_year import ThisYear
from ffanalysis.present.html import Cell, mark, rounded_sentence, sentence, table, tag
from ffanalysis.present.words import figure_text

PartOfSaving = Literal["", "proposal", "plan"]
_BLANK = ("blank", "not stated", "")


def section(
    found: ThisYear,
    own: ProjectSavings,
    *,
    undecided: str = "",
    beside: Sentence = (),
    ended: bool = False,
    part: PartOfSaving = "",
) -> Markup:
    """Target, delivered, forecast and variance of the year, and what it saves in a whole year.

    `undecided` says how the saving lacks its approval, where it does, and `ended` that the schedule
    lists the year no longer, which is over. `part` says which part it is of a saving that is
    partly proposed and partly in the plan. Amounts in sentences are rounded together with those of
    `beside`, which the page shows above.
    """
    told: list[Sentence] = []
    is_reported = _reported(found)
    due = _due(found, undecided, part) if found.is_planned else ()
    pace = _pace(found)
    if due and (not is_reported or (undecided and not pace)):
        told.append(due)
    if pace:
        told.append(pace)
    if not found.is_planned:
        told.append(_not_listed(found) if ended else _none_planned(found, part))
    if own.full_year and own.full_year.value:
        told.append(("Full-year effect: ", own.full_year, "."))
    line = _line(found, part) if is_reported else Markup("")
    # Beneath a table of exact amounts a sentence has exact ones too.
    said = (
        tag("p", sentence(each) if is_reported else rounded_sentence(each, beside)) for each in told
    )
    return line + Markup("").join(said)


def _due(found: ThisYear, undecided: str, part: PartOfSaving) -> Sentence:
    """What is due this year; of a project that is not approved, how much of the year is left."""
    if not found.target.value:
        amount = f"The amount{_of(part)} due this year ({found.year})"
        return (f"{amount} is marked {found.target.missing}.",)
    words: Sentence = (found.target, f"{_of(part)} is due this year ({found.year})")
    if not undecided:
        return (*words, ".")
    return (*words, f", but {undecided} and ", *_only_left(found), ".")


def _of(part: PartOfSaving) -> str:
    return {"proposal": " of the proposal", "plan": " in the plan"}.get(part, "")


def _only_left(found: ThisYear) -> Sentence:
    left = found.months_left
    if found.is_over or not left.value:
        return ("the year is over" if found.is_over else "the year is nearly over",)
    months = "month remains" if left.value == 1 else "months remain"
    return ("only ", left.as_spelled(), f" {months}")


def _pace(found: ThisYear) -> Sentence:
    """How much of the year's target is delivered, and what the forecast still needs."""
    if not found.achieved or not found.to_come:
        return ()
    left = found.months_left
    shown = _share_delivered(found.achieved, found.delivered)
    if found.is_over:
        less = (" of the target has been delivered, ", found.to_come, " less than is forecast.")
        return ("The year is over: ", *shown, *less)
    opening: Sentence = ("The year is nearly over: ",)
    if left.value:
        month = "month" if left.value == 1 else "months"
        opening = ("With ", left.as_spelled(), f" {month} of the year left, ")
    needs = (" of the target has been delivered; the forecast needs a further ", found.to_come, ".")
    return (*opening, *shown, *needs)


def _share_delivered(achieved: Figure, delivered: Figure) -> Sentence:
    """The share, never rounded to all or to nothing where it is neither."""
    if not delivered.value:
        return ("nothing",)
    if achieved.value == _ALL:
        return ("nearly all",)
    return (achieved,)


_ALL = 100  # percent


def _line(found: ThisYear, part: PartOfSaving) -> Markup:
    """The table of one row; what is not known of it is left to the line on missing data."""
    figures = (found.target, found.delivered, found.forecast, found.variance)
    known = [figure for figure in figures if figure.missing not in _BLANK or _is_known(figure)]
    row: list[Cell] = [mark(figure, figure_text(figure)) for figure in known]
    headings = [figure.label.rpartition(", ")[0] for figure in known]
    title = f"This year, {found.year}{f',{_of(part)}' if part else ''}"
    return table(title, headings, [row], texts=True, class_="position")


def _is_known(figure: Figure) -> bool:
    return figure.value is not None


def _reported(found: ThisYear) -> bool:
    return any(map(_is_known, (found.delivered, found.forecast)))


def _not_listed(found: ThisYear) -> Sentence:
    """That the schedule has dropped this year, of which it had a saving the quarter before."""
    return (f"The schedule no longer lists this year ({found.year}), which is over.",)


def _none_planned(found: ThisYear, part: PartOfSaving) -> Sentence:
    """That nothing is planned this year, and when the first saving is due."""
    what = {"proposal": "The proposal saves nothing", "plan": "The plan has no saving"}
    opening = f"{what.get(part, 'No saving is planned')} this year ({found.year})"
    if found.first is None:
        return (f"{opening}.",)
    return (f"{opening}. The first saving, ", found.first, f", is due in {found.first_year}.")


def not_reported(found: ThisYear) -> Iterator[str]:
    """What of this year's line is not stated, of a year in which a saving is planned."""
    if found.is_planned:
        for figure, name in ((found.delivered, "delivered"), (found.forecast, "forecast")):
            if not _is_known(figure) and figure.missing in _BLANK:
                yield name
