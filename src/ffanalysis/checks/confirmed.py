"""Rules about what stands behind a saving: who confirmed its delivery, and who pays its cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffanalysis.checks.compare import MOST_NAMED
from ffanalysis.figures import Figure, counted, total_of
from ffanalysis.findings import Finding, Sentence
from ffanalysis.provenance import cells_of, merged_cells
from ffanalysis.savings.every_line import OwnedLine, OwnedSavings, every_savings
from ffanalysis.savings.line_texts import (
    StatedText,
    in_words,
    is_nothing,
    is_still_to_come,
    names_a_source,
    names_somebody,
    of_register,
    rows_of,
    text_cell,
    texts_of,
)
from ffanalysis.savings.model import Owner, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.savings.unchanged import Reporter
from ffanalysis.tables import ProjectRow, SavingRow
from ffanalysis.vocabulary import DELIVERED

_EVIDENCE, _FUNDED = "evidence", "funded"
_REPORTED, _RATED = "shown as delivered", f"rated {DELIVERED}"


# --- who confirmed what is delivered --------------------------------------------------------------


@dataclass(frozen=True)
class _Delivered:
    """What is shown as delivered of one owner's savings under one plan.

    Attributes:
        shown: how the schedule shows it: as an amount that is reported, or by its RAG status.
        rows: the amounts, all reported or all rated so.
        confirmed: those that a name is given for, with what is said of it.

    """

    owner: Owner
    shown: str
    rows: tuple[SavingRow, ...]
    confirmed: tuple[tuple[SavingRow, StatedText], ...]

    @property
    def open(self) -> tuple[SavingRow, ...]:
        known = {id(row) for row, _ in self.confirmed}
        return tuple(row for row in self.rows if id(row) not in known)


def evidence(quarter: Quarter) -> Iterator[Finding]:
    """Of whatever is shown as delivered it is recorded who confirmed it.

    Said once of each project's plan, and of each programme's savings; what is reported and what is
    only rated so are never added up. Where no schedule of the quarter says who confirms anything,
    that is one question to all projects.
    """
    found = [each for each in _delivered(quarter) if total_of(each.rows).known_pence > 0]
    own = [each for each in found if each.owner.project]
    asks_all = len({each.owner.project for each in own}) > 1 and not _has_column(quarter)
    yield from (_evidence_of(each) for each in found if not (asks_all and each.owner.project))
    if asks_all:
        yield _of_all(own)


def _has_column(quarter: Quarter) -> bool:
    """Whether some schedule says of a line who confirmed it, or by what evidence."""
    return any(row.confirmed_by or row.evidence for row in quarter.savings)


def _delivered(quarter: Quarter) -> Iterator[_Delivered]:
    """What each owner shows as delivered, plan by plan."""
    refused = with_refused_lines(quarter)
    for each in every_savings(quarter):
        known = not each.reporter[0] or each.reporter[0] in quarter.register
        if known and each.reporter[0] not in refused:
            reported, rated = _amounts(each)
            for shown, rows in ((_REPORTED, reported), (_RATED, rated)):
                confirmed = tuple(_confirmed(each, rows))
                yield _Delivered(each.owner, shown, tuple(rows), confirmed)


def _amounts(savings: OwnedSavings) -> tuple[list[SavingRow], list[SavingRow]]:
    """The amounts reported as delivered, and those rated so of lines that report none."""
    reported = list(savings.savings.delivered.non_zero)
    lines = [line.saving for line in savings.lines if line.saving.is_counted]
    of_lines = {id(row) for line in lines for row in line.delivered}
    if not all(id(row) in of_lines for row in reported):
        return reported, []  # what is reported of the whole speaks for lines, however rated
    silent = (line for line in lines if not line.delivered.stated)
    return reported, list(joined(line.target.non_zero.of_rag(DELIVERED) for line in silent))


def _confirmed(
    savings: OwnedSavings, amounts: Sequence[SavingRow]
) -> Iterator[tuple[SavingRow, StatedText]]:
    """The amounts of which their own row, or another of their line and year, names who confirms."""
    rows: dict[int, list[SavingRow]] = {}
    lines = [list(rows_of(line.saving)) for line in savings.lines if line.saving.is_counted]
    for own in lines:
        rows |= {id(row): own for row in own}
    # What is reported of the whole is confirmed where each of its lines is.
    whole = [row for own in lines for row in own] if all(map(_confirmation, lines)) else []
    for row in amounts:
        others = rows.get(id(row))
        said = _confirmation([row, *(whole if others is None else _of_same_year(others, row))])
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
    left = Figure(f"{_EVIDENCE}/open", total_of(each.open))
    is_open = left.sum.known_pence > 0
    ending = _who_did_not(each, left) if is_open else _who_did(each)
    sentence: Sentence = (amount, f" is {each.shown}", *ending)
    return Finding(
        _EVIDENCE,
        each.owner.label,
        "not_stated" if is_open else "agrees",
        "query" if is_open else "note",
        (f"{each.owner.label}: ", *sentence),
        cells=merged_cells(cells_of(each.rows), tuple(said.cell for _, said in each.confirmed)),
        brief=sentence if each.owner.project else (),
        **each.owner.about,
    )


def _who_did(each: _Delivered) -> Sentence:
    names = list(dict.fromkeys(said.text for _, said in each.confirmed))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (f", and who confirmed it is recorded: {'; '.join(names[:MOST_NAMED])}{more}.",)


def _who_did_not(each: _Delivered, left: Figure) -> Sentence:
    if each.confirmed:
        return ("; no confirmation is recorded of ", left, " of it.")
    if any(not is_still_to_come(row.confirmed_by) for row in each.open):
        return (" and marked as confirmed, but not by whom.",)
    return (". No confirmation is recorded.",)


def _of_all(own: Sequence[_Delivered]) -> Finding:
    """That no schedule says who confirms what its projects show as delivered."""
    projects = dict.fromkeys(each.owner.project for each in own)
    count = Figure(f"{_EVIDENCE}/projects", counted(filter(None, projects)), "count", spelled=True)
    return Finding(
        _EVIDENCE,
        "All projects",
        "not_stated",
        "query",
        (count, " projects show savings as delivered; no schedule says who confirmed them."),
        cells=merged_cells(*(cells_of(each.rows) for each in own)),
        everybody=True,
    )


# --- who pays the one-off cost --------------------------------------------------------------------


@dataclass(frozen=True)
class _Cost:
    """The one-off cost of a project as its register states it, or of one line of a schedule."""

    stated: tuple[StatedText, ...]
    funding: tuple[StatedText, ...]


def funded(quarter: Quarter) -> Iterator[Finding]:
    """Of a one-off cost it is stated how it is funded, in the register or the schedule."""
    refused = with_refused_lines(quarter)
    lines = _lines_by_owner(quarter)
    for project, row in quarter.register.items():
        own = lines.pop((project, None, None), [])
        if project not in refused:
            yield from _funded(Owner(row.name, project), _costs_of(row, own))
    for reporter, own in lines.items():
        if not reporter[0] and own:
            yield from _funded(own[0].owner, [_cost_of(line) for line in own])


def _lines_by_owner(quarter: Quarter) -> dict[Reporter, list[OwnedLine]]:
    found: dict[Reporter, list[OwnedLine]] = {}
    for savings in every_savings(quarter):
        own = (line for line in savings.lines if line.saving.is_counted)
        found.setdefault(savings.reporter, []).extend(own)
    return found


def _cost_of(line: OwnedLine) -> _Cost:
    return _Cost(
        tuple(texts_of(line.saving, "one_off_cost")), tuple(texts_of(line.saving, "cost_funding"))
    )


def _costs_of(row: ProjectRow, lines: Sequence[OwnedLine]) -> list[_Cost]:
    """The costs of a project: as its register has it, else line by line.

    What the register says of the funding is said of all lines, and theirs of what it says.
    """
    cost, source = of_register(row, "one_off_cost"), of_register(row, "cost_funding")
    by_line = [_cost_of(line) for line in lines]
    if cost:
        funding = [source] if source else [each for own in by_line for each in own.funding]
        return [_Cost((cost,), tuple(funding))]
    return [_Cost(own.stated, (source,) if source else own.funding) for own in by_line]


def _funded(owner: Owner, every: Sequence[_Cost]) -> Iterator[Finding]:
    """What is found of one owner's costs: nothing where there are none."""
    costs = [each for each in every if not all(is_nothing(said.text) for said in each.stated)]
    lacking = [each for each in costs if not any(names_a_source(one.text) for one in each.funding)]
    if not costs:
        return
    words = _funding_words(costs, lacking)
    cells = (said.cell for each in costs for said in (*each.stated, *each.funding))
    yield Finding(
        _FUNDED,
        owner.label,
        "not_stated" if lacking else "agrees",
        "query" if lacking else "note",
        (f"{owner.label}: {words}",),
        cells=tuple(dict.fromkeys(cells)),
        brief=(f"{words[0].upper()}{words[1:]}",) if owner.project else (),
        **owner.about,
    )


def _funding_words(costs: Sequence[_Cost], lacking: Sequence[_Cost]) -> str:
    if lacking:
        said = f"a one-off cost is recorded, but not how it is funded: {_said(lacking)}."
        return " ".join([said, *_no_source(lacking)])
    sources = (one for each in costs for one in each.funding if names_a_source(one.text))
    funding = in_words([one._replace(line="") for one in sources])
    return f"the one-off cost, {_said(costs)}, is funded: {funding}."


def _no_source(lacking: Sequence[_Cost]) -> Iterator[str]:
    """What is written as the funding and names no source, such as an amount."""
    texts = (one.text for each in lacking for one in each.funding)
    said = list(dict.fromkeys(f"'{text}'" for text in texts if not is_still_to_come(text)))
    if said:
        yield f"{' and '.join(said)} {'names' if len(said) == 1 else 'name'} no source."


def _said(costs: Sequence[_Cost]) -> str:
    return in_words([said for each in costs for said in each.stated if not is_nothing(said.text)])
