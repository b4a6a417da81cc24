"""Rules about what stands behind a saving: who confirmed its delivery, and who pays its cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffanalysis.checks.compare import MOST_NAMED
from ffanalysis.figures import Figure, Finding, Sentence, counted, total, total_of
from ffanalysis.provenance import CellRef, cells_of, merged_cells
from ffanalysis.savings.every_line import OwnedLine, OwnedSavings, every_savings
from ffanalysis.savings.line_texts import (
    StatedText,
    in_words,
    is_nothing,
    is_still_to_come,
    names_somebody,
    of_register,
    rows_of,
    text_cell,
    texts_of,
)
from ffanalysis.savings.model import Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.savings.unchanged import Reporter
from ffanalysis.tables import ProjectRow, SavingRow
from ffanalysis.vocabulary import DELIVERED

_EVIDENCE, _FUNDED = "evidence", "funded"


# --- who confirmed what is delivered --------------------------------------------------------------


@dataclass(frozen=True)
class _Delivered:
    """What is shown as delivered of one owner's savings.

    Attributes:
        rows: the amounts, by what is reported, else by their status.
        confirmed: those that somebody is named for, with what is said of it.

    """

    owner: Owner
    rows: tuple[SavingRow, ...]
    confirmed: tuple[tuple[SavingRow, StatedText], ...]

    @property
    def open(self) -> tuple[SavingRow, ...]:
        known = {id(row) for row, _ in self.confirmed}
        return tuple(row for row in self.rows if id(row) not in known)


def evidence(quarter: Quarter) -> Iterator[Finding]:
    """Whatever is shown as delivered was confirmed by somebody who is named.

    Said once of each project, and of each programme's savings. Where no schedule of the quarter
    says who confirms anything, that is one question to all projects.
    """
    found = [each for each in _delivered(quarter) if total_of(each.rows).known_pence > 0]
    has_column = any(row.confirmed_by or row.evidence for row in quarter.savings)
    own = [each for each in found if each.owner.project]
    if has_column or len(own) < 2:
        yield from map(_evidence_of, found)
        return
    yield from (_evidence_of(each) for each in found if not each.owner.project)
    yield _of_all(own)


def _delivered(quarter: Quarter) -> Iterator[_Delivered]:
    """What each owner shows as delivered, the plans of a project together."""
    refused = with_refused_lines(quarter)
    found: dict[Reporter, list[OwnedSavings]] = {}
    for each in every_savings(quarter):
        known = not each.reporter[0] or each.reporter[0] in quarter.register
        if known and each.reporter[0] not in refused:
            found.setdefault(each.reporter, []).append(each)
    for savings in found.values():
        rows: list[SavingRow] = []
        confirmed: list[tuple[SavingRow, StatedText]] = []
        for each in savings:
            amounts = _amounts(each)
            rows += amounts
            confirmed += _confirmed(each, amounts)
        yield _Delivered(savings[0].owner, tuple(rows), tuple(confirmed))


def _amounts(savings: OwnedSavings) -> list[SavingRow]:
    """The amounts reported as delivered, and those rated so of lines that report none."""
    reported = savings.savings.delivered.non_zero
    lines = [line for line in savings.lines if line.saving.is_counted]
    of_lines = {id(row) for line in lines for row in line.saving.delivered}
    if any(id(row) not in of_lines for row in reported):
        return list(reported)  # of the whole, whatever its lines are rated
    silent = [line for line in lines if not line.saving.delivered.stated]
    rated = (line.saving.target.non_zero.of_rag(DELIVERED) for line in silent)
    return [*reported, *(row for series in rated for row in series)]


def _confirmed(
    savings: OwnedSavings, amounts: Sequence[SavingRow]
) -> Iterator[tuple[SavingRow, StatedText]]:
    """The amounts of which their own row, or another of their line and year, names who confirms."""
    rows: dict[int, list[SavingRow]] = {}
    for line in savings.lines:
        own = list(rows_of(line.saving))
        rows |= {id(row): own for row in own}
    for row in amounts:
        said = _confirmation([row, *_of_same_year(rows.get(id(row), ()), row)])
        if said:
            yield row, said


def _of_same_year(rows: Sequence[SavingRow], row: SavingRow) -> Iterator[SavingRow]:
    return (each for each in rows if each.year in (row.year, None))


def _confirmation(rows: Sequence[SavingRow]) -> StatedText | None:
    """What the first of these rows that names somebody says of it."""
    for row in rows:
        if row.confirmed_by and names_somebody(row.confirmed_by):
            return StatedText(row.confirmed_by, text_cell(row, "confirmed_by"))
    return None


def _evidence_of(each: _Delivered) -> Finding:
    amount = Figure(f"{_EVIDENCE}/delivered", total_of(each.rows))
    shown: Sentence = (amount, " is shown as delivered")
    cells = merged_cells(cells_of(each.rows), tuple(said.cell for _, said in each.confirmed))
    is_open = total_of(each.open).known_pence > 0
    if not is_open:
        names = list(dict.fromkeys(said.text for _, said in each.confirmed))
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        listed = "; ".join(names[:MOST_NAMED])
        ending: Sentence = (f", and who confirmed it is recorded: {listed}{more}.",)
    elif each.confirmed:
        left = Figure(f"{_EVIDENCE}/open", total_of(each.open))
        ending = ("; nobody is recorded as having confirmed ", left, " of it.")
    elif any(not is_still_to_come(row.confirmed_by) for row in each.open):
        ending = (" and marked as confirmed, but nobody is named who confirmed it.",)
    else:
        ending = ("; nobody is recorded as having confirmed it.",)
    sentence: Sentence = (*shown, *ending)
    return Finding(
        _EVIDENCE,
        each.owner.label,
        "not_stated" if is_open else "agrees",
        "query" if is_open else "note",
        (f"{each.owner.label}: ", *sentence),
        cells=cells,
        brief=sentence if each.owner.project else (),
        **each.owner.about,
    )


def _of_all(own: Sequence[_Delivered]) -> Finding:
    """That no schedule says who confirms what its projects show as delivered."""
    amount = Figure(f"{_EVIDENCE}/delivered", total([total_of(each.rows) for each in own]))
    count = Figure(f"{_EVIDENCE}/projects", counted((), len(own)), "count")
    return Finding(
        _EVIDENCE,
        "All projects",
        "not_stated",
        "query",
        (
            amount,
            " is shown as delivered by ",
            count,
            " projects; no schedule has a column for who confirmed it.",
        ),
        cells=amount.cells,
        everybody=True,
    )


# --- who pays the one-off cost --------------------------------------------------------------------


def funded(quarter: Quarter) -> Iterator[Finding]:
    """Of a one-off cost it is stated how it is funded, in the register or the schedule."""
    refused = with_refused_lines(quarter)
    lines: dict[Reporter, list[OwnedLine]] = {}
    for savings in every_savings(quarter):
        own = [line for line in savings.lines if line.saving.is_counted]
        lines.setdefault(savings.reporter, []).extend(own)
    for project, row in quarter.register.items():
        if project not in refused:
            own = lines.pop((project, None, None), [])
            yield from _funded(Owner(row.name, project), row, own)
    for reporter, own in lines.items():
        if own and not reporter[0]:
            yield from _funded(own[0].owner, None, own)


def _funded(owner: Owner, row: ProjectRow | None, lines: Sequence[OwnedLine]) -> Iterator[Finding]:
    """What is found of one owner's cost: nothing where it states none."""
    cost = of_register(row, "one_off_cost") if row else None
    source = of_register(row, "cost_funding") if row else None
    by_line = [(_costs(line), _sources(line)) for line in lines]
    costs = [each for own, _ in by_line for each in own]
    if cost is not None:
        costs = [] if is_nothing(cost.text) else [cost]
    if not costs:
        return
    everywhere = [*([source] if source else []), *(each for _, own in by_line for each in own)]
    known = [each for each in everywhere if not is_still_to_come(each.text)]
    open_costs = [] if source in known or (cost and known) else _open(by_line)
    if cost and not known:
        open_costs = [cost]
    yield _funding(owner, costs, known, open_costs)


def _open(by_line: Sequence[tuple[list[StatedText], list[StatedText]]]) -> list[StatedText]:
    """The costs of lines that do not state their funding themselves."""
    lacking = (costs for costs, own in by_line if all(is_still_to_come(each.text) for each in own))
    return [each for costs in lacking for each in costs]


def _costs(line: OwnedLine) -> list[StatedText]:
    return [each for each in texts_of(line.saving, "one_off_cost") if not is_nothing(each.text)]


def _sources(line: OwnedLine) -> list[StatedText]:
    return texts_of(line.saving, "cost_funding")


def _funding(
    owner: Owner,
    costs: Sequence[StatedText],
    known: Sequence[StatedText],
    open_costs: Sequence[StatedText],
) -> Finding:
    cells: tuple[CellRef, ...] = tuple(dict.fromkeys(each.cell for each in (*costs, *known)))
    words = f"a one-off cost is recorded ({in_words(open_costs)}), but not how it is funded."
    if not open_costs:
        words = f"the one-off cost ({in_words(costs)}) is funded: {in_words(known)}."
    return Finding(
        _FUNDED,
        owner.label,
        "not_stated" if open_costs else "agrees",
        "query" if open_costs else "note",
        (f"{owner.label}: {words}",),
        cells=cells,
        brief=(f"{words[0].upper()}{words[1:]}",) if owner.project else (),
        **owner.about,
    )
