"""A rule about gross, income and net of one service's budget: the third is the other two."""

import re
from collections.abc import Iterator, Mapping

from ffanalysis.checks.compare import check_equality, difference_words, severity_of
from ffanalysis.figures import Figure, amount_of, change, difference, size_of, tolerance, total
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BudgetRow, with_amount

_RULE = "net-agrees"
_WHAT = re.compile(r"(?:total\s+)?(?P<what>gross|net|income)\b(?P<rest>.*)", re.I)
_BARE = re.compile(
    r"\b(?:revenue|expenditure|expenses?|spend(?:ing)?|costs?|budgets?|totals?)\b", re.I
)


def net_agrees(quarter: Quarter) -> Iterator[Finding]:
    """A service's net budget is its gross budget less its income, where all three are stated."""
    found: dict[tuple[str, str, str, str], dict[str, list[BudgetRow]]] = {}
    for row in with_amount(quarter.budget):
        if match := _WHAT.fullmatch(row.basis or ""):
            # "Gross, excluding DSG" goes with "net, excluding DSG".
            rest = " ".join(_BARE.sub(" ", match["rest"]).split())
            key = (row.block, row.service, row.year, rest.casefold())
            found.setdefault(key, {}).setdefault(match["what"].lower(), []).append(row)
    for by_kind in found.values():
        if len(by_kind) == 3 and all(len(rows) == 1 for rows in by_kind.values()):
            yield _finding({kind: rows[0] for kind, rows in by_kind.items()})


def _finding(rows: Mapping[str, BudgetRow]) -> Finding:
    gross, income, net = (amount_of(rows[kind]) for kind in ("gross", "income", "net"))
    first = rows["net"]
    # Income is written negative as well as positive; where it was taken back, it is added.
    taken_back = total([gross, size_of(income)])
    is_added = taken_back.pence == net.pence
    calculated = taken_back if is_added else difference(gross, size_of(income))
    allowed = tolerance(gross, income, net)
    outcome = check_equality(calculated.pence, net.pence, allowed.pence)
    opening: Sentence = (
        f"{first.service}, {first.year}: gross ",
        Figure(f"{_RULE}/gross", gross),
        " and income taken back " if is_added else " less income ",
        Figure(f"{_RULE}/income", size_of(income)),
        " is ",
        Figure(f"{_RULE}/calculated", calculated),
    )
    stated: Sentence = (
        ()
        if calculated.pence == net.pence
        else (
            "; net is ",
            Figure(f"{_RULE}/stated", net),
        )
    )
    ending = difference_words(change(net, calculated), allowed, _RULE, of="")
    return Finding(
        _RULE,
        first.service,
        outcome,
        severity_of(outcome),
        (*opening, *stated, *ending),
        first.year,
        Amounts(calculated, net, allowed),
        cells_of([rows["gross"], rows["income"], first]),
        service=first.service,
    )
