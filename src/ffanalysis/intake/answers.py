"""Answers that a form's plain labels have: yes or no, shares in names, money that no table has."""

import re
from collections.abc import Iterable, Iterator

from ffanalysis import money
from ffanalysis.intake.forms import Label
from ffanalysis.intake.grid_parts import are_pounds, with_hint
from ffanalysis.intake.sentences import AMOUNT, money_in
from ffanalysis.intake.taken import Source, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.layout import standard
from ffanalysis.periods import parse_year

_NO = frozenset({"no", "none", "na", "n a", "not applicable", "nil", "n", "or no", "no or"})
_BOTH = re.compile(
    r"(?:select\s+)?(?:yes|y)\s*(?:/|\||or)\s*(?:no|n)|no\s*(?:/|\||or)\s*yes|select\s+.*", re.I
)
_SHARE = re.compile(r"\s*\(\s*\d{1,3}(?:\.\d+)?\s?%\s*\)")
_OF_COSTS = re.compile(r"\bcosts?\b|\bbudgets?\b", re.I)


def check(taken: Taken, placed: Iterable[int]) -> None:
    """Settle the answers that are certain, and ask about others; `placed` are amounts in pence."""
    _ask_unless_no(taken)
    _ask_both(taken)
    _take_share_off(taken)
    _take_units(taken)
    _ask_below_nil(taken)
    _ask_two_budgets(taken)
    _ask_money(taken, set(placed))


def _ask_unless_no(taken: Taken) -> None:
    asked = [Label(words, "") for words in taken.form.unless_no]
    for each in taken.background:
        is_asked = any(label.pattern.fullmatch(each.heading) for label in asked)
        if is_asked and key(each.value.text) not in _NO:
            taken.ask(
                f"'{each.heading}' is answered '{each.value.text}'.",
                each.value.sources[0],
                read_as="kept as background",
                do="Ask for the amounts and years, and write them.",
                also="Proposed savings",
            )


def _ask_both(taken: Taken) -> None:
    """Ask about an answer that still has both: "Yes / No", or the line that says to choose."""
    for name, values in taken.fields.items():
        for value in values:
            if _BOTH.fullmatch(value.text.strip()):
                taken.ask(
                    f"'{taken.form.words_for(name)}': neither Yes nor No is chosen.",
                    value.sources[0],
                    read_as="kept as it is written",
                    do="Write Yes or No.",
                )


def _take_units(taken: Taken) -> None:
    """Give a cost the unit of its label; ask about a saving whose label has none."""
    costs = taken.of_years.get("one_off_cost", [])
    for number, (blanks, value) in enumerate(costs):
        text = with_hint(value.text, blanks.get("hint", ""))
        costs[number] = (blanks, Value(text, value.sources, value.how))
    for blanks, value in taken.of_years.get("saving", ()):
        has_unit = bool(standard().units_named(blanks.get("hint", "")) or taken.form.unit)
        has_unit = has_unit or money.unit_of_text(value.text) is not None
        is_amount = money.from_text(value.text, money.POUND) is not None
        if is_amount and not has_unit and not are_pounds([value.text]):
            taken.ask(
                f"The saving of {blanks.get('year', '')} is '{value.text}' without a unit.",
                value.sources[0],
                read_as="the quarter's run refuses the cell",
                do="Write the unit (£, £000 or £m) above the table.",
                also="Proposed savings",
            )


def _take_share_off(taken: Taken) -> None:
    """A service with the share of it that a saving is of: "Commissioning (100%)"."""
    values = taken.fields.get("service", [])
    for number, value in enumerate(values):
        if len(_SHARE.findall(value.text)) == 1 and (bare := _SHARE.sub("", value.text).strip()):
            how = f"without the share in '{value.text}'"
            values[number] = Value(bare, value.sources, how)


def _ask_below_nil(taken: Taken) -> None:
    for name, what in (("saving", "a saving in brackets, or a cost"), ("budget", "income")):
        for blanks, value in taken.of_years.get(name, ()):
            amount = money.from_text(value.text, money.POUND)
            if amount is not None and amount.pence < 0 and not value.how:
                taken.ask(
                    f"The {name} of {blanks.get('year', '')} is {value.text}, below nil; it may be"
                    f" {what}.",
                    value.sources[0],
                    read_as="below nil, as it is written",
                    do="Write it without a sign, if it is none.",
                )


def _ask_two_budgets(taken: Taken) -> None:
    """Ask where two labels give one year's budget, and differently."""
    by_year: dict[tuple[str, ...], list[Value]] = {}
    for blanks, value in taken.of_years.get("budget", ()):
        whose = (key(blanks.get("basis", "")), key(blanks.get("service", "")))
        year = parse_year(blanks.get("year", "")) or ""
        by_year.setdefault((year, *whose), []).append(value)
    for (year, *_), values in by_year.items():
        texts = list(dict.fromkeys(value.text for value in values))
        if len(texts) > 1:
            taken.ask(
                f"The budget of {year} is written more than once: {', '.join(texts)}.",
                values[-1].sources[0],
                read_as="all of them",
                do="Write the one that holds, or what each is of.",
                also="Base budget",
            )


def _ask_money(taken: Taken, placed: set[int]) -> None:
    """Ask about amounts in answers that nobody reads for money, where no table has the amount."""
    asked = {question.source.place for question in taken.questions}
    for heading, value in _unread(taken):
        said, left = money_in(value.text)
        amounts = [*(each.amount for each in said), *left]
        new = [text.strip() for text in amounts if _pence(text) not in placed]
        if new and value.place not in asked:
            taken.ask(
                f"{heading}: '{', '.join(new)}' stands in the text and is in no table.",
                Source(value.words, value.place),
                read_as="kept in the text",
                do="Write what is a budget or a saving into a table.",
            )


def _unread(taken: Taken) -> Iterator[tuple[str, Value]]:
    """Answers in words, but those of costs and budgets, and what tables are kept as words."""
    titles = {grid.title.text for grid in taken.grids} | {"Dates in the text", *taken.left_out}
    for each in taken.background:
        if each.heading not in titles and not _OF_COSTS.search(each.heading):
            yield each.heading, each.value
    yield from (("Decision route", value) for value in taken.fields.get("decision_route", ()))


def _pence(text: str) -> int | None:
    found = re.search(AMOUNT, text, re.I)
    amount = money.from_text(found[0], money.POUND) if found else None
    return amount.pence if amount else None
