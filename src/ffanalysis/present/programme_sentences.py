"""The sentences that open the programme page, made from figures by rules as those of a project are."""

from collections.abc import Mapping, Sequence

from ffanalysis.figures import Figure, Sentence
from ffanalysis.present.sentences import joined


def programme_headline(overall: Mapping[str, Figure]) -> Sentence:
    """What the programmes may deliver of the plan, as `measure.programme` has it.

    Nothing where no case can be made.
    """
    total, central, plan, gap = (overall.get(name) for name in ("total", "central", "plan", "gap"))
    if not total or not central:
        return ()
    ending: Sentence = (".",)
    if plan and gap and gap.value is not None:
        found: Sentence = (
            (", which leaves ", gap, " to find.") if gap.pence > 0 else (", all of it covered.",)
        )
        ending = (
            "; the medium term financial plan has ",
            plan,
            " for them" if "apart" in overall else "",
            *found,
        )
    return (
        "In the central case the programmes deliver ",
        central,
        " of the ",
        total,
        " that they count",
        *ending,
    )


def projects_money(
    own: Mapping[str, Figure], doubted: Figure | None = None, names: Sequence[str] = ()
) -> Sentence:
    """What the projects themselves save, by the plan that it stands in, and of how many an amount is in doubt, by `names`."""
    said = [
        (own[words], verb)
        for words, verb in _STANDINGS.items()
        if words in own and own[words].value is not None
    ]
    parts: list[str | Figure] = []
    for place, (figure, verb) in enumerate(said):
        parts += [" and " if place else "The projects' own savings: ", figure, f" is {verb}"]
    if not said:
        return ("No project states a saving of its own.",)
    if doubted and doubted.value:
        verb = (
            " project has an error in its own figures"
            if doubted.value == 1
            else " projects have errors in their own figures"
        )
        parts += [
            "; in these totals, ",
            doubted,
            verb,
            f" ({joined(names)})" if 0 < len(names) <= _MOST_SHORT else "",
        ]
    return (*parts, ".")


def plan_position(position: Mapping[str, Figure], short_of: Sequence[str] = ()) -> Sentence:
    """Where the savings in the plan stand.

    What is due and delivered, what is forecast, and by how much projects fall short.

    `short_of` are the names of those that fall short.
    """
    if not position:
        return ()
    short, without = position["Shortfall"], position["Without forecast"]
    opening: Sentence = ("Of the ", position["Target"], " in the plan, ")
    past: Sentence = ()
    if without.value:
        verb = (
            "that states a forecast" if position["Projects"].value == 1 else "that state a forecast"
        )
        noun = "project" if position["Projects"].value == 1 else "projects"
        opening = (
            "Of the ",
            position["Target"],
            " in the plan of the ",
            position["Projects"],
            f" {noun} {verb} in full, ",
        )
    delivered: Sentence = (position["Delivered"], " is delivered")
    if position["Delivered"].value is None:
        delivered = ("no delivery is stated",)
    if (due := position.get("Due")) and due.value:
        past = (
            ". Of it, ",
            due,
            " is due by the end of this financial year; ",
            *delivered,
            ", of whatever year",
        )
    else:
        past = ("; ", *delivered)
    words: Sentence = (*opening, position["Forecast"], " is forecast, what is delivered included")
    if short.value:
        count = Figure("plan-position/short", len(short_of), (), "count")
        verb = "falls" if count.value == 1 else "fall"
        who: Sentence = (
            (joined(short_of),) if len(short_of) <= _MOST_SHORT else (count, " projects")
        )
        words = (*words, "; ", *who, f" {verb} short, by ", short)
    if above := position.get("Above target"):
        words = (
            *words,
            " and others exceed theirs by " if short.value else "; the targets are exceeded by ",
            above,
        )
    if without.value:
        words = (
            *words,
            "; of ",
            without,
            f" more {'project' if without.value == 1 else 'projects'} it cannot be told",
        )
    return (*words, *past, ".")


_MOST_SHORT = 3  # projects that a sentence names
_STANDINGS = {"In the plan": "in the plan", "Proposed": "proposed"}
