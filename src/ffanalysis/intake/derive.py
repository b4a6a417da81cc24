"""What follows from the words that were placed: budgets, the split, duties, bounds, dates.

Nothing here guesses: an amount whose sentence no pattern takes, a service that is not named, a
date that may be read in two ways are asked about, and stay as they are written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ffanalysis import money
from ffanalysis.errors import listed
from ffanalysis.intake import dates
from ffanalysis.intake.checked_money import amounts_in_pence, sums_in_pence
from ffanalysis.intake.forms import PROSE
from ffanalysis.intake.grid_parts import are_pounds, is_gap
from ffanalysis.intake.sentences import (
    Duty,
    Money,
    bounds_saving,
    duties_in,
    events_in,
    is_past,
    money_in,
    parts_of_budget,
    sentences_of,
)
from ffanalysis.intake.taken import Source, Taken, Value
from ffanalysis.layout import standard
from ffanalysis.periods import parse_when, parse_year

_EVENTS = "Dates in the text"
_SCALES = {"£000": money.THOUSAND, "£m": money.MILLION}
_TOO_LARGE = 100_000_000 * money.POUND  # of a service's budget that is written with a pound sign


@dataclass(frozen=True)
class Budget:
    """A service's budget of one year."""

    service: Value
    part_of: str
    basis: Value
    year: str
    amount: Value
    unit: str = ""
    title: str = ""  # the label of the paper that it stands beside


@dataclass
class Split:
    """Savings by delivery route, as a sentence gives them, with the total it states."""

    title: Value
    scope: Value | None
    total: Value
    lines: list[tuple[Value, Value]] = field(default_factory=list)


@dataclass(frozen=True)
class Delivered:
    """A saving of an earlier year that was delivered."""

    title: Value
    scope: Value
    year: str
    amount: Value


@dataclass
class Derived:
    """What the sentences of a paper say, as lines of the workbook's tables."""

    budgets: list[Budget] = field(default_factory=list)
    split: Split | None = None
    delivered: list[Delivered] = field(default_factory=list)
    duties: list[tuple[Duty, Source]] = field(default_factory=list)
    constraints: list[Value] = field(default_factory=list)
    savings: list[tuple[str, Value, str]] = field(default_factory=list)  # year, amount, unit
    total_saving: tuple[Value, str] | None = None  # the total that a label states, its unit


@dataclass(frozen=True)
class _Sentence:
    text: str
    paragraph: int
    source: Source


def derive(taken: Taken) -> Derived:
    """Read the sentences and the money of a paper; ask about what they leave open."""
    return _Deriving(taken).run()


class _Deriving:
    def __init__(self, taken: Taken) -> None:
        self.taken, self.derived = taken, Derived()
        self._placed = frozenset(amounts_in_pence(taken))

    def run(self) -> Derived:
        self._budgets_of_labels()
        self._savings_of_labels()
        self._total_of_labels()
        for sentences in self._prose():
            for sentence in sentences:
                self._read(sentence, sentences)
        self._bounds_in_background()
        self._service()
        self._check_risks()
        self._check_dates()
        return self.derived

    # Labels that name their year.

    def _budgets_of_labels(self) -> None:
        for blanks, value in self.taken.of_years.get("budget", ()):
            year = parse_year(blanks.get("year", ""))
            parts = parts_of_budget(value.text)
            if parts is None or year is None:
                self.taken.ask(
                    f"The base budget says '{value.text}', which is not an amount for a service.",
                    value.sources[0],
                    read_as="not placed",
                    do="Write each budget with its service.",
                    also="Base budget",
                )
                continue
            unit = self._unit_of(blanks.get("hint", ""))
            basis = blanks.get("basis", "").strip() or "base budget"
            for amount, service, part_of in parts:
                stated = "" if money.unit_of_text(amount) else unit or self.taken.form.unit
                said = self._in_pounds_or_not(Value(amount, value.sources), stated)
                self._ask_unit(blanks, unit, said)
                named = service or blanks.get("service", "")
                name = Value(named, value.sources) if named else self._own_service(said)
                basis_of = Value(basis, value.sources)
                label = blanks.get("label", "")
                self.derived.budgets.append(
                    Budget(name, part_of, basis_of, year, said, stated, label)
                )

    def _in_pounds_or_not(self, amount: Value, unit: str) -> Value:
        """A budget; one with a pound sign that is too large in its unit is refused and asked."""
        scale = _SCALES.get(unit)
        read = money.from_text(amount.text, scale) if scale else None
        if read is None or "£" not in amount.text or abs(read.pence) < _TOO_LARGE:
            return amount
        self.taken.ask(
            f"'{amount.text}' stands where the form has {unit}; it may be in pounds.",
            amount.sources[0],
            read_as="as written; the quarter's run refuses the cell",
            do="Write the amount with its unit: £4.2m, or £4,200k.",
            also="Base budget",
        )
        return Value(f"{amount.text} (£ or {unit}?)", amount.sources, "its unit cannot be told")

    def _own_service(self, amount: Value) -> Value:
        """The project's own service; its title where the form does not ask for one."""
        if service := self.taken.text_of("service"):
            return Value(service, amount.sources)
        title = self.taken.text_of("title")
        self.taken.ask(
            f"The budget '{amount.text}' names no service, and the form asks for none.",
            amount.sources[0],
            read_as=title,
            do="Write whose budget it is.",
            also="Base budget",
        )
        return Value(title, amount.sources, "the project's title: no service is named")

    @staticmethod
    def _unit_of(hint: str) -> str:
        units = standard().units_named(hint)
        return money.unit_label(units[0]) if len(units) == 1 else ""

    def _ask_unit(self, blanks: Mapping[str, str], unit: str, amount: Value) -> None:
        own = money.unit_of_text(amount.text)
        if not unit or own is None or money.unit_label(own) in (unit, "£"):
            return
        said = f"{blanks.get('year', '')} budget"
        if any(question.also == said for question in self.taken.questions):
            return
        self.taken.ask(
            f"The label gives its unit as {blanks['hint']}, the answer is '{amount.words}'.",
            amount.sources[0],
            read_as=f"{amount.text}, as written",
            do="Confirm the unit.",
            also=said,
        )

    def _savings_of_labels(self) -> None:
        for blanks, value in self.taken.of_years.get("saving", ()):
            year = parse_year(blanks.get("year", ""))
            unit = self._unit_beside(blanks, value)
            is_amount = money.from_text(value.text, money.POUND) is not None
            if year is None or not is_amount:
                self.taken.ask(
                    f"The saving of {blanks.get('year', '')} is '{value.text}': no amount.",
                    value.sources[0],
                    read_as="missing"
                    if is_gap(value.text)
                    else "kept as it is; the quarter's run refuses the cell",
                    do="Write the amount.",
                    also="Proposed savings",
                )
            if year is not None:
                self.derived.savings.append((year, value, unit))

    def _unit_beside(self, blanks: Mapping[str, str], value: Value) -> str:
        """The unit of an amount beside a label; "" where its text names its own."""
        if money.unit_of_text(value.text) is not None:
            return ""
        unit = self._unit_of(blanks.get("hint", "")) or self.taken.form.unit
        return unit or ("£" if are_pounds([value.text]) else "")

    def _total_of_labels(self) -> None:
        """The total beside the savings of labels; beside a table it is only compared with it."""
        for blanks, value in self.taken.of_years.get("total_saving", ()):
            unit = self._unit_beside(blanks, value)
            if self.derived.savings and self.derived.total_saving is None:
                self.derived.total_saving = (value, unit)
                continue
            self.taken.add_background(blanks.get("label", "Total saving"), value)
            amount = money.from_text(value.text, _SCALES.get(unit, money.POUND))
            stated = self._placed | sums_in_pence(self.taken)
            if amount is not None and amount.pence in stated:
                continue
            self.taken.ask(
                f"'{blanks.get('label', 'Total saving')}' says {value.text}, which no table has.",
                value.sources[0],
                read_as="kept as background",
                do="Ask which savings it is the total of.",
                also="Proposed savings",
            )

    # Sentences.

    def _prose(self) -> Iterator[list[_Sentence]]:
        """The sentences of each field of prose."""
        fields = {name: values for name, values in self.taken.fields.items() if name in PROSE}
        for values in fields.values():
            yield [
                _Sentence(text, number, replace(value.sources[0], words=text))
                for number, value in enumerate(values)
                for text in sentences_of(value.text)
            ]

    def _read(self, sentence: _Sentence, every: Sequence[_Sentence]) -> None:
        found, left = money_in(sentence.text)
        take = {
            "budget": self._take_budget,
            "delivered": self._take_delivered,
            "in plan": self._take_in_plan,
            "route": self._take_route,
        }
        for said in found:
            take[said.kind](said, sentence, every)
        self._ask_amounts([each for each in left if not self._is_placed(each)], sentence)
        for duty in duties_in(sentence.text):
            if duty.is_certain:
                self.derived.duties.append((duty, sentence.source))
            else:
                self.taken.ask(
                    f"'{duty.quantity} {duty.what} by {duty.by}' may be a duty with a date, or a"
                    " limit or a condition.",
                    sentence.source,
                    read_as="kept in the text",
                    do="Write it into Deadlines, if it is a duty.",
                    also="Deadlines",
                )
        if bounds_saving(sentence.text):
            self.derived.constraints.append(Value(sentence.text, (sentence.source,)))
        for event in events_in(sentence.text):
            said_of = Value(f"{event}: {sentence.text}", (sentence.source,), "kept in the text too")
            self.taken.add_background(_EVENTS, said_of)

    def _bounds_in_background(self) -> None:
        """Quote what bounds the saving in the answers that no field takes, such as its impact."""
        for each in self.taken.background:
            if each.heading not in (_EVENTS, *self.taken.left_out):
                found = filter(bounds_saving, sentences_of(each.value.text))
                values = [
                    Value(text, each.value.sources, f"from '{each.heading}'") for text in found
                ]
                self.derived.constraints += values

    def _is_placed(self, amount: str) -> bool:
        """Whether a table has an amount that a sentence repeats."""
        read = money.from_text(amount, money.POUND)
        return read is not None and read.pence in self._placed

    def _ask_amounts(self, amounts: Sequence[str], sentence: _Sentence) -> None:
        """Ask about the amounts of a sentence that no table has."""
        if not amounts:
            return
        said = listed(f"'{amount.strip()}'" for amount in amounts)
        stand = "stand in the text and are" if len(amounts) > 1 else "stands in the text and is"
        self.taken.ask(
            f"{said} {stand} in no table.",
            sentence.source,
            read_as="kept in the text",
            do="Write what is a budget or a saving into a table.",
        )

    def _take_budget(self, said: Money, sentence: _Sentence, every: Sequence[_Sentence]) -> None:
        scope = self._scope(said, sentence, every)
        year = parse_year(said.year)
        if scope is None or year is None:
            return
        source = (sentence.source,)
        self.derived.budgets.append(
            Budget(scope, "", Value(said.basis, source), year, Value(said.amount, source))
        )

    def _take_delivered(self, said: Money, sentence: _Sentence, every: Sequence[_Sentence]) -> None:
        year = parse_year(said.year)
        if not said.is_full:
            self.taken.ask(
                f"'{said.amount}' of {said.year}: how much of it was delivered is not said.",
                sentence.source,
                read_as="not placed",
                do="Write what was delivered.",
            )
            return
        scope = self._scope(said, sentence, every)
        if scope is not None and year is not None:
            source = (sentence.source,)
            self.derived.delivered.append(
                Delivered(Value(sentence.text, source), scope, year, Value(said.amount, source))
            )

    def _take_in_plan(self, said: Money, sentence: _Sentence, every: Sequence[_Sentence]) -> None:
        source = (sentence.source,)
        scope = self._scope(said, sentence, every)
        total = Value(said.amount, source)
        if self.derived.split is None:
            self.derived.split = Split(Value(sentence.text, source), scope, total)
        else:
            self.taken.ask(
                f"'{said.amount}' is said to be in the medium term financial plan, as another"
                " amount is.",
                sentence.source,
                read_as="not placed",
                do="Say which of them is the total.",
            )

    def _take_route(self, said: Money, sentence: _Sentence, _every: Sequence[_Sentence]) -> None:
        split = self.derived.split
        if split is None:
            self.taken.ask(
                f"'{said.label} {said.amount}': which plan and years these savings are of is not"
                " said.",
                sentence.source,
                read_as="not placed",
                do="Write them into a schedule with their plan.",
            )
            return
        source = (sentence.source,)
        split.lines.append((Value(said.label, source), Value(said.amount, source)))

    # Whose money it is.

    def _services(self) -> list[str]:
        names = [budget.service.text for budget in self.derived.budgets if budget.service.text]
        return list(dict.fromkeys([*names, *filter(None, [self.taken.text_of("service")])]))

    def _scope(self, said: Money, sentence: _Sentence, every: Sequence[_Sentence]) -> Value | None:
        """The service that a sentence names, else the one that the text before it names."""
        if said.scope:
            return Value(said.scope.strip(), (sentence.source,))
        named = self._named_before(sentence, every)
        if len(named) == 1:
            self.taken.ask(
                f"'{said.amount}' names no service; the text around it speaks of {named[0]}.",
                sentence.source,
                read_as=named[0],
                do="Confirm whose money it is.",
            )
            return Value(named[0], (sentence.source,), "the service that the text speaks of")
        self.taken.ask(
            f"Whose money '{said.amount}' is cannot be told.",
            sentence.source,
            read_as="not placed",
            do="Write it into a table with its service.",
        )
        return None

    def _named_before(self, sentence: _Sentence, every: Sequence[_Sentence]) -> list[str]:
        """The services named in the paragraph, else in the nearest one before it."""
        for number in range(sentence.paragraph, -1, -1):
            text = " ".join(each.text for each in every if each.paragraph == number)
            named = [name for name in self._services() if re.search(re.escape(name), text, re.I)]
            if named:
                return named
        return []

    def _service(self) -> None:
        """The project's service: as the form says it, else the part that its budget names."""
        if self.taken.fields.get("service"):
            return
        parts = [budget for budget in self.derived.budgets if budget.part_of]
        own = parts or [budget for budget in self.derived.budgets if budget.service.text]
        names = list(dict.fromkeys(budget.service.text for budget in own))
        if len(names) != 1 or names[0] == self.taken.text_of("title"):
            return
        value = Value(names[0], own[0].service.sources, "the service that the base budget names")
        self.taken.add("service", value)
        self.taken.ask(
            f"The form does not ask for the project's service; the base budget names {names[0]}.",
            own[0].service.sources[0],
            read_as=names[0],
            do="Confirm that the saving is this service's.",
            also="Projects, Service",
        )

    def _check_risks(self) -> None:
        for row in self.taken.records.get("risks", ()):
            if "risk" in row and "mitigation" not in row:
                self.taken.ask(
                    f"The risk '{row['risk'].text}' has no mitigation.",
                    row["risk"].sources[0],
                    read_as="left blank",
                    do="Ask for it, and write it.",
                    also="Risks",
                )

    # Dates.

    def _check_dates(self) -> None:
        american = dates.writes_month_first(self._date_values())
        for rows, column in (("milestones", "completed_by"), ("signoff", "signed")):
            for row in self.taken.records.get(rows, ()):
                self._check_date(row, column, american=american)
        self._check_past()

    def _date_values(self) -> list[str]:
        columns = (("milestones", "completed_by"), ("signoff", "signed"))
        return [
            row[column].text
            for rows, column in columns
            for row in self.taken.records.get(rows, ())
            if column in row
        ]

    def _check_date(self, row: dict[str, Value], column: str, *, american: bool) -> None:
        main = next(iter(row.values()))
        value = row.get(column)
        if value is not None and column == "signed" and is_gap(value.text):
            self.taken.ask(
                f"'{main.text}' has '{value.text}' for a date.",
                value.sources[0],
                read_as="no date",
                do="Write the date, once it is signed.",
            )
            del row[column]
            return
        asked = (each.asks for each in self.taken.questions if each.also == "Sign-off")
        if value is None and any(main.text in asks for asks in asked):
            return
        if value is None:
            self.taken.ask(
                f"'{main.text}' has no date.",
                main.sources[0],
                read_as="no date",
                do="Ask for the date, and write it.",
            )
            return
        settled = dates.settled(value.text, month_first=american)
        if settled.text != value.text:
            row[column] = Value(settled.text, value.sources, settled.how)
        if settled.asks:
            self.taken.ask(
                f"'{main.text}': {settled.asks}",
                value.sources[0],
                read_as=settled.text,
                do=settled.do,
            )

    def _check_past(self) -> None:
        """Ask about a sentence in the past tense on a day after the paper was signed."""
        signed = [
            row["signed"].text for row in self.taken.records.get("signoff", ()) if "signed" in row
        ]
        days = [(when.last, text) for text in signed if (when := parse_when(text))]
        if not days:
            return
        last, written = max(days)
        for sentences in self._prose():
            for sentence in sentences:
                self._ask_past(sentence, last, written)

    def _ask_past(self, sentence: _Sentence, signed: date, written: str) -> None:
        for event in events_in(sentence.text):
            when = parse_when(event)
            if when is not None and when.first > signed and is_past(sentence.text):
                self.taken.ask(
                    f"{event} is spoken of as past, and is after the paper was signed ({written}).",
                    sentence.source,
                    read_as="kept in the text",
                    do="Ask whether the paper was changed after it was signed, or the date is"
                    " wrong.",
                )
