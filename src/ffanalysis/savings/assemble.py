"""Rows of a schedule to savings: the only place that decides what a line is and what counts.

It decides which rows are one line, which table is counted where several state the same savings,
which targets a revised target replaces, and what a line is to its plan. It works on rows alone; a
project's lines and a programme's go through the same functions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ffanalysis.provenance import CellRef, cell_of, cells_of
from ffanalysis.savings.model import (
    LineKey,
    NotAdded,
    PlanSavings,
    ProgrammeSavings,
    Saving,
    Series,
)
from ffanalysis.tables import FullYearRow, SavingRow
from ffanalysis.vocabulary import (
    BLANK,
    CARRIED_FORWARD,
    FASTER,
    PROGRESS,
    TARGETS,
    Measure,
    Plan,
    Role,
    scope_service,
)

_Rows = list[SavingRow]


# --- lines ------------------------------------------------------------------------------------


def role_of(row: SavingRow) -> Role:
    """What a line is to its plan, by its type and by what it mitigates.

    "Faster" only brings planned savings forward; a mitigation makes up for another line's
    shortfall; what is carried forward was planned in a prior year.
    """
    if row.mitigates:
        return Role.MITIGATION
    if row.types == FASTER:
        return Role.ACCELERATED
    if CARRIED_FORWARD in (row.types or "").split("; "):
        return Role.CARRIED_FORWARD
    return Role.OWN


def is_counted(row: SavingRow) -> bool:
    """Whether a line is a saving of its own, which is added up."""
    return role_of(row) == Role.OWN


def with_facts_of_their_lines(rows: Iterable[SavingRow]) -> Iterator[SavingRow]:
    """Rows with the type and the mitigation that their line states under another measure.

    A schedule need not repeat them beside what is delivered or forecast. They are taken by the
    reference, where the line's other measures agree on one and its own says nothing of it.
    """
    every = list(rows)
    lines: dict[tuple[str | None, ...], dict[str | None, _Rows]] = {}
    for row in every:
        if row.ref:
            by_measure = lines.setdefault(_line_of_owner(row), {})
            by_measure.setdefault(row.measure, []).append(row)
    for row in every:
        facts: dict[str, Any] = {}
        if row.ref and len(by_measure := lines[_line_of_owner(row)]) > 1:
            facts = _facts_elsewhere(by_measure, row.measure)
        yield row._replace(**facts) if facts else row


def _line_of_owner(row: SavingRow) -> tuple[str | None, ...]:
    owner = (row.project,) if row.project else (None, row.programme, row.scope)
    return (*owner, row.plan, *line_key(row))


def _facts_elsewhere(lines: Mapping[str | None, _Rows], measure: str | None) -> dict[str, Any]:
    """What other measures of a line state of it in one way, and its own rows leave out."""
    facts: dict[str, Any] = {}
    for names in (("saving_type", "types"), ("mitigates",)):
        if any(getattr(row, names[0]) for row in lines[measure]):
            continue
        others = [row for each, own in lines.items() if each != measure for row in own]
        found = {tuple(getattr(row, name) for name in names) for row in others}
        found -= {(None,) * len(names)}
        if len(found) == 1:
            facts |= dict(zip(names, found.pop(), strict=True))
    return facts


def line_key(row: SavingRow) -> LineKey:
    """What distinguishes a line: its reference, in any letters, else its type and route."""
    return ("ref", "".join(row.ref.casefold().split())) if row.ref else type_key(row)


def type_key(row: SavingRow) -> LineKey:
    """The type and delivery route of a line, which identify it where it has no reference."""
    return ("type", row.saving_type or "", row.route or "")


def types_suffice(rows: Sequence[SavingRow]) -> bool:
    """Whether no two lines share a type and delivery route."""
    return len({type_key(row) for row in rows}) == len({line_key(row) for row in rows})


def line_label(row: SavingRow) -> str:
    """What a line is called in a sentence: "New, retained (A-1)"."""
    words = ", ".join(filter(None, (row.saving_type, row.route and row.route.lower()))) or "Saving"
    return f"{words} ({row.ref})" if row.ref else words


def is_statement(row: SavingRow | FullYearRow) -> bool:
    """Whether a cell states an amount, or marks one as missing; a blank cell does neither."""
    return row.amount_pence is not None or row.missing != BLANK


# --- tables -----------------------------------------------------------------------------------


def tables_best_first(rows: Iterable[SavingRow]) -> dict[str, _Rows]:
    """Rows by the table that states them, the one that says most first: years, then RAG.

    Tables of the same savings are never added; the first is counted, and the others are compared
    with it.
    """
    tables: dict[str, _Rows] = {}
    for row in rows:
        tables.setdefault(row.block, []).append(row)

    def says_little(table: str) -> tuple[bool, bool]:
        own = tables[table]
        return not any(row.year for row in own), not any(row.rag for row in own)

    return {table: tables[table] for table in sorted(tables, key=says_little)}


def complementary_tables(rows: Iterable[SavingRow], targets: Iterable[SavingRow]) -> list[_Rows]:
    """The analyses of one measure: tables of different lines of its targets are parts of one.

    Which lines those are, only their references say; without them two tables are two analyses of
    the same savings.
    """
    known = {line_key(row) for row in targets if row.ref}
    found: list[_Rows] = []
    for own in tables_best_first(rows).values():
        keys = {line_key(row) for row in own}
        is_part = bool(keys & known) and all(row.ref for row in own)
        whole = next((some for some in found if is_part and _has_others(some, keys, known)), None)
        if whole is None:
            found.append(list(own))
        else:
            whole += own
    return found


def _has_others(rows: _Rows, keys: set[LineKey], known: set[LineKey]) -> bool:
    """Whether rows are of other lines than these, some of them known, all by their references."""
    own = {line_key(row) for row in rows}
    return bool(own & known) and not own & keys and all(row.ref for row in rows)


# --- targets ----------------------------------------------------------------------------------


def current_targets(rows: Iterable[SavingRow]) -> _Rows:
    """The targets of one plan that count: revised where they are, as one analysis states them."""
    targets = [row for row in rows if row.measure in TARGETS]
    before = [row for row in targets if row.measure != Measure.REVISED]
    after = [row for row in targets if row.measure == Measure.REVISED]
    revised = next(iter(complementary_tables(after, before)), [])
    tables = complementary_tables(before, before)
    if not revised:
        return next(iter(tables), [])
    # The table that holds both says best which line is which.
    for originals in sorted(tables, key=lambda own: own[0].block != revised[0].block):
        key = _shared_key(originals, revised)
        if _are_the_same_lines(originals, revised, key):
            kept = {cell_of(row) for row in with_revised(originals, revised, key)}
            return [row for row in targets if cell_of(row) in kept]
    return revised


def targets_of_table(rows: Iterable[SavingRow]) -> _Rows:
    """The targets that one table states, the revised ones in the place of the others.

    Owner by owner and plan by plan, whether the table is the one that counts or not.
    """
    owners: dict[tuple[str | None, ...], _Rows] = {}
    for row in rows:
        key = (row.project, row.plan) if row.project else (None, row.plan, row.programme, row.scope)
        owners.setdefault(key, []).append(row)
    return [row for own in owners.values() for row in _targets_of_owner(own)]


def _targets_of_owner(rows: _Rows) -> _Rows:
    if rows[0].project:
        return current_targets(rows)
    targets = [row for row in rows if row.measure in TARGETS]
    revised = [row for row in targets if row.measure == Measure.REVISED]
    originals = [row for row in targets if row.measure != Measure.REVISED]
    return list(with_revised(originals, revised, programme_key)) if revised else originals


def with_revised(
    originals: _Rows, revised: _Rows, key: Callable[[SavingRow], LineKey]
) -> Iterator[SavingRow]:
    """Original targets with the revised ones in their place, line by line.

    A line that no revised target is stated of keeps its own. So does a year for which its row has
    no column of revised targets: nothing was revised there.
    """
    said = {key(row) for row in revised if is_statement(row)}
    has_column = {(row.block, cell_of(row).row, row.year) for row in revised}
    is_row = {place[:2] for place in has_column}
    for row in originals:
        place = (row.block, cell_of(row).row)
        if key(row) not in said or (place in is_row and (*place, row.year) not in has_column):
            yield row
    yield from (row for row in revised if key(row) in said)


def _shared_key(originals: _Rows, revised: _Rows) -> Callable[[SavingRow], LineKey]:
    """What distinguishes lines and their revised targets: references, else types that suffice."""
    if not any(row.ref for row in revised) and types_suffice(originals):
        return type_key
    types: dict[LineKey, set[LineKey]] = {}
    for row in originals:
        types.setdefault(line_key(row), set()).add(type_key(row))
    shared = {key for key, own in types.items() if len(own) > 1}
    # One reference over several types or routes: where the revised targets name these too, each
    # is a line.
    if shared and all(
        type_key(row) in types[line_key(row)] for row in revised if line_key(row) in shared
    ):
        return lambda row: (
            *line_key(row),
            *(type_key(row) if line_key(row) in shared else ()),
        )
    return line_key


def _are_the_same_lines(
    originals: _Rows, revised: _Rows, key: Callable[[SavingRow], LineKey]
) -> bool:
    """Whether revised targets are of the lines of this table, or new lines beside them."""
    said = {key(row) for row in revised if is_statement(row)}
    shared = said & {key(row) for row in originals}
    types = {type_key(row) for row in originals}
    others_are_new = all(
        row.ref or type_key(row) not in types for row in revised if key(row) not in shared
    )
    return said <= shared or bool(shared and others_are_new)


def reported(rows: Iterable[SavingRow], measure: Measure) -> _Rows:
    """What one analysis reports of a project's own savings under a measure."""
    every = list(rows)
    own = [row for row in every if row.measure == measure and is_counted(row)]
    targets = [row for row in every if row.measure in TARGETS]
    return next(iter(complementary_tables(own, targets)), [])


# --- savings ----------------------------------------------------------------------------------


def assemble(plan: Plan, rows: Iterable[SavingRow]) -> PlanSavings:
    """The savings that a project has under one plan, from all its rows."""
    every = [row for row in rows if row.plan == plan]
    targets = current_targets(every)
    delivered, forecast = (reported(every, measure) for measure in PROGRESS)
    return PlanSavings(
        plan,
        tuple(_savings(plan, targets, every, delivered, forecast)),
        Series(tuple(delivered)),
        Series(tuple(forecast)),
        tuple(not_added(every, targets)),
    )


def _savings(
    plan: Plan, targets: _Rows, every: _Rows, delivered: _Rows, forecast: _Rows
) -> Iterator[Saving]:
    """The lines of the tables that count; then mitigations of which only a forecast is stated."""
    lines = _lines_of(targets)
    measures = {measure: [row for row in every if row.measure == measure] for measure in Measure}
    measures |= {Measure.DELIVERED: delivered, Measure.FORECAST: forecast}
    makers = [row for row in every if row.measure == Measure.FORECAST and row.mitigates]
    known = {line_key(row) for row in targets if row.mitigates}
    for own in lines:
        key = line_key(own[0])
        yield _saving(
            plan,
            own[0],
            Series(tuple(own)),
            {
                name: [row for row in some if line_key(row) == key]
                for name, some in measures.items()
            },
        )
    others: dict[LineKey, _Rows] = {}
    for row in makers:
        if line_key(row) not in known:
            others.setdefault(line_key(row), []).append(row)
    for own in others.values():
        yield _saving(plan, own[0], Series(), {Measure.FORECAST: own})


def _lines_of(targets: _Rows) -> list[_Rows]:
    """The targets by the line that states them.

    A revised target that replaces some years of a line is of that line, where nothing else has its
    key: the schedule states each in columns of its own.
    """
    lines: dict[tuple[str, int | None], _Rows] = {}
    for row in targets:
        lines.setdefault((row.block, row.line_no), []).append(row)
    by_key: dict[LineKey, list[_Rows]] = {}
    for rows in lines.values():
        by_key.setdefault(line_key(rows[0]), []).append(rows)
    found: list[_Rows] = []
    for alike in by_key.values():
        found += [[*alike[0], *alike[1]]] if _are_one_line(alike) else alike
    return found


def _are_one_line(alike: Sequence[_Rows]) -> bool:
    """Whether targets of one key are a line's original and, in other columns, its revised one."""
    revised = [rows for rows in alike if {row.measure for row in rows} == {Measure.REVISED}]
    return len(alike) == 2 and len(revised) == 1


def _saving(plan: Plan, first: SavingRow, target: Series, by: dict[Measure, _Rows]) -> Saving:
    return Saving(
        key=line_key(first),
        plan=plan,
        role=role_of(first),
        label=line_label(first),
        saving_type=first.saving_type or "",
        types=first.types or "",
        route=first.route or "",
        ref=first.ref or "",
        mitigates=first.mitigates or "",
        recurring=first.recurring or "",
        target=target,
        original=Series(tuple(by.get(Measure.ORIGINAL, ()))),
        revised=Series(tuple(by.get(Measure.REVISED, ()))),
        delivered=Series(tuple(by.get(Measure.DELIVERED, ()))),
        forecast=Series(tuple(by.get(Measure.FORECAST, ()))),
    )


REVISED_ITSELF = "replaced by its revised target"
_REASONS = {
    Role.ACCELERATED: "it only brings savings forward",
    Role.CARRIED_FORWARD: "it was carried forward from an earlier year",
}


def not_added(rows: Iterable[SavingRow], counted: Iterable[SavingRow]) -> Iterator[NotAdded]:
    """The targets of one owner and plan that are not added, line by line, with the reason.

    `counted` are the targets of the plan's tables that count, whatever the role of their lines.
    """
    targets = list(counted)
    cells = {cell_of(row) for row in targets}
    lines: dict[tuple[str, int | None], _Rows] = {}
    for row in rows:
        if row.measure in TARGETS and is_statement(row):
            lines.setdefault((row.block, row.line_no), []).append(row)
    others: dict[str, _Rows] = {}
    for own in lines.values():
        line = own[0].ref or line_label(own[0])
        left = [row for row in own if cell_of(row) not in cells]
        if reason := why_not_added(own[0]):
            yield NotAdded(line, reason, cells_of(own))
        elif left and (reason := _replaced_by(left[0], targets)):
            name = f"{line}, original target" if reason == REVISED_ITSELF else line
            yield NotAdded(name, reason, cells_of(left))
        elif left:
            others.setdefault(left[0].block, []).extend(left)
    yield from (_other_table(own, targets) for own in others.values())


def _other_table(rows: _Rows, counted: _Rows) -> NotAdded:
    """A table of savings that another one states with more about them."""
    sheet = counted[0].sheet if counted else ""
    other = f"sheet {sheet}" if sheet and sheet != rows[0].sheet else "another table"
    reason = f"{other} states the same savings, with more about them"
    return NotAdded(f"sheet {rows[0].sheet}", reason, cells_of(rows))


def why_not_added(row: SavingRow) -> str:
    """Why a line is not added by what it is; blank for a saving of its own."""
    role = role_of(row)
    if role == Role.MITIGATION:
        return f"it mitigates {row.mitigates}"
    if row.plan == Plan.PRIOR:
        return "it is a saving of earlier years"
    return _REASONS.get(role, "")


def _replaced_by(row: SavingRow, counted: _Rows) -> str:
    """By which revised targets an original one is replaced; blank where by none."""
    revised = [each for each in counted if each.measure == Measure.REVISED]
    if row.measure == Measure.REVISED or not revised:
        return ""
    if line_key(row) in {line_key(each) for each in revised}:
        return REVISED_ITSELF
    is_beside = row.block in {each.block for each in revised}
    return "replaced by the revised targets" if is_beside else ""


# --- full-year effects --------------------------------------------------------------------------

STATED_TWICE = "stated with different amounts"


def full_year_effects(
    lines: Iterable[Saving], stated: Iterable[FullYearRow]
) -> Iterator[FullYearRow]:
    """What each of these lines comes to in a whole year: once, however often it is stated.

    It is stated beside the line's target, that which counts before any other: in its row, or under
    its reference. A line of which different effects are stated has a gap in place of them.
    """
    beside: dict[object, list[FullYearRow]] = {}
    for row in filter(is_statement, stated):
        for place in _places(row):
            beside.setdefault(place, []).append(row)
    used: set[CellRef] = set()  # a row of the sheet may be of several lines
    for line in lines:
        for targets in (line.target, line.revised, line.original):
            places = dict.fromkeys(place for row in targets for place in _places(row))
            found = {cell_of(row): row for place in places for row in beside.get(place, ())}
            if found:
                yield from (row for row in _once(found) if cell_of(row) not in used)
                used |= {*found}
                break


def _places(row: SavingRow | FullYearRow) -> tuple[object, ...]:
    """What an amount has in common with those beside it: its line, and its row of the sheet."""
    return (row.block, "line", row.line_no), (row.block, "row", cell_of(row).row)


def _once(found: Mapping[CellRef, FullYearRow]) -> list[FullYearRow]:
    """One of several statements of an amount; where they differ, all of them as gaps."""
    rows = list(found.values())
    if len({row.amount_pence for row in rows}) == 1:
        return rows[:1]
    return [
        row._replace(amount_pence=None, stated_to_pence=None, missing=STATED_TWICE) for row in rows
    ]


# --- programmes -------------------------------------------------------------------------------


def programme_savings(
    rows: Iterable[SavingRow], shared: frozenset[str]
) -> tuple[ProgrammeSavings, ...]:
    """What programmes state in the current plan, by programme, service and measure.

    A target and what was delivered of it are not two analyses of one total: each measure is of its
    own. A project's own lines belong to none. `shared` are the services of several programmes.
    """
    found: dict[tuple[str, str, str], dict[str, _Rows]] = {}
    for row in rows:
        if not row.project and row.plan == Plan.CURRENT:
            about = (row.programme or "", scope_service(row.scope), row.measure or "")
            found.setdefault(about, {}).setdefault(row.block, []).append(row)
    return tuple(
        ProgrammeSavings(
            *about,
            {table: tuple(own) for table, own in tables.items()},
            number,
            shares=about[1] in shared,
        )
        for number, (about, tables) in enumerate(found.items())
    )


def counted_programmes(every: Iterable[ProgrammeSavings]) -> tuple[ProgrammeSavings, ...]:
    """Of these, the targets that count, with savings of their own alone.

    A target gives way to the revised one, line by line; what was delivered, or is forecast, is no
    target. Of a line that is not a saving of its own nothing is counted.
    """
    found: dict[tuple[str, str], dict[str, ProgrammeSavings]] = {}
    for each in every:
        if each.measure not in PROGRESS:
            found.setdefault((each.programme, each.service), {})[each.measure] = each
    return tuple(
        own
        for targets in found.values()
        for each in _revised_programme(targets)
        if (own := _own_alone(each)).analyses
    )


def _revised_programme(targets: dict[str, ProgrammeSavings]) -> Iterator[ProgrammeSavings]:
    """A programme's targets for a service, the revised ones in the place of the others."""
    revised = targets.get(Measure.REVISED)
    if revised is None:
        yield from targets.values()
        return
    originals = [each for each in targets.values() if each is not revised]
    analyses = {}
    for table, rows in revised.analyses.items():
        before = [row for each in originals for row in each.analyses.get(table, ())]
        analyses[table] = tuple(with_revised(before, list(rows), programme_key))
    yield ProgrammeSavings(
        revised.programme,
        revised.service,
        revised.measure,
        analyses,
        revised.number,
        shares=revised.shares,
    )


def programme_key(row: SavingRow) -> LineKey:
    """What distinguishes a programme's lines: its reference and what it is an analysis by."""
    return (row.ref or "", row.saving_type or "", row.route or "", row.rag or row.rag_missing or "")


def _own_alone(each: ProgrammeSavings) -> ProgrammeSavings:
    analyses = {
        table: own
        for table, rows in each.analyses.items()
        if (own := tuple(row for row in rows if is_counted(row)))
    }
    return ProgrammeSavings(
        each.programme, each.service, each.measure, analyses, each.number, shares=each.shares
    )
