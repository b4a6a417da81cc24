"""The wider programme around a project, and what both come to together."""

from ffanalysis.figures import Figure
from ffanalysis.findings import Sentence
from ffanalysis.measure.context import Context, StillToCome
from ffanalysis.present.sentences.clauses import join_clauses, joined
from ffanalysis.vocabulary import DELIVERED, scope_service


def context_lead(context: Context) -> Sentence:
    """What the wider programme comes to, and how much of it is not yet marked delivered."""
    if context.total.value is None:
        return (f"No saving is recorded for {context.scope} as a whole.",)
    opening: Sentence = (f"{context.scope} as a whole plans to save ", context.total)
    if context.delivered is None or context.not_delivered is None:
        return (*opening, ".")
    for known, other, words in (
        (context.delivered, context.not_delivered, "is shown as delivered"),
        (context.not_delivered, context.delivered, "is not yet shown as delivered"),
    ):
        if other.value is None and other.has_gap:
            return (
                *opening,
                ", of which ",
                known,
                f" {words}; the rest is marked {other.missing}.",
            )
    if not context.not_delivered.value:
        return (*opening, ", all of it shown as delivered.", *context.ahead_words())
    if not context.delivered.value:
        return (*opening, ", none of it shown as delivered yet.")
    return (
        *opening,
        ", of which ",
        context.delivered,
        " is shown as delivered.",
        *context.ahead_words(),
        " A further ",
        context.not_delivered,
        " is still to be delivered.",
    )


def remaining(context: Context) -> Sentence:
    """What has yet to come off the base budget, in every reading that the base leaves open."""
    base, grid = context.base, context.grid
    if base is None or not base.still_to_come:
        return ()
    without = f" without {joined(base.without)}" if base.without else ""
    # A year's savings that are not all delivered can be off the base all the same: it was set after
    # them.
    is_planned = grid and any(
        figure.value and rag != DELIVERED
        for (rag, year), figure in grid.cells.items()
        if year == base.year
    )
    after = f"after that year's savings{', delivered or not' if is_planned else ''}"
    stated = {"before": "before that year's savings", "after": after}
    the_budget = f"The {base.year} budget{without} of "
    first, *others = base.still_to_come
    if not others:
        is_all = first.amount.value == context.total.value
        when = "before any of these savings" if is_all else stated[first.position]
        return (
            the_budget,
            base.amount,
            f" is stated {when}, so {'the whole ' if is_all else ''}",
            *_amount_and_share(first),
            " has yet to come off it.",
        )
    readings: list[str | Figure] = []
    for reading in base.still_to_come:
        readings += [f" If it is stated {stated[reading.position]}, ", *_amount_and_share(reading)]
        readings += [" has yet to come off it."]
    unclear = " may be stated before or after that year's savings."
    return (the_budget, base.amount, unclear, *readings)


def _amount_and_share(reading: StillToCome) -> Sentence:
    return (reading.amount, " (", reading.share, ")")


def split(context: Context) -> Sentence:
    """The split by delivery route, spoken in one line."""
    if not context.split:
        return ("No split between retained and commissioned services is recorded.",)
    words: list[str | Figure] = [
        f"Of the {context.service or scope_service(context.scope)} savings, "
    ]
    for position, (route, figure) in enumerate(context.split.items()):
        words += [" and " if position else "", figure]
        words += [f" {'' if position else 'comes '}from {route.lower()}"]
    return (*words, " services.")


def approved(figures: dict[str, Figure], scope: str, name: str) -> Sentence:
    """What programme and proposal come to together, with both scopes named."""
    if not figures:
        return ()
    years: list[Sentence] = [
        (figure, f" in {year}") for year, figure in figures.items() if year != "all"
    ]
    by_year: Sentence = (", including ", *join_clauses(years)) if years else ()
    opening = f"If {name} is approved, it and {scope} would together come to "
    return (opening, figures["all"], *by_year, ".")
