"""Which lines of its table a printed total adds, where the table prints totals within totals."""

import re
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
_PART = re.compile(r"sub[- ]?total", re.I)
_WHOLE = re.compile(r"(?:(?:grand|overall)\s+)?totals?", re.I)
_KEYS = (
    "project",
    "programme",
    "scope",
    "saving_type",
    "route",
    "rag",
    "rag_missing",
    "service",
    "measure",
)


def assign_total_ranges(lines: Sequence[Row], totals: Sequence[Row]) -> None:
    """Give each total of rows the first and last line that it adds, where it adds only some.

    None where it adds all.

    A sub-total adds the lines since the total above it. Where a table prints several totals that
    say the same of themselves, the reading that adds up in most columns holds: the lines since the
    total above, all lines above, or those below until the next total; by default what the label
    says. The check itself is for the rules: they find what does not add up.
    """
    for total in totals:
        total["first_line"] = total["last_line"] = None
    by_row: dict[int, list[Row]] = {}
    for total in totals:
        # A column of totals adds what its own row states; only a row of totals adds some of the
        # lines.
        if total["over"] in ("rows", "both") and total["label"] is not None:
            by_row.setdefault(total["line_no"], []).append(total)
    if not lines:
        return
    numbers = sorted(by_row)
    for number in numbers:
        group = by_row[number]
        label = group[0].get("label") or ""
        alike = [other for other in numbers if _says(by_row[other][0]) == _says(group[0])]
        is_part = bool(_PART.match(label))
        if not is_part and len(alike) < 2:
            continue
        before = max((other for other in alike if other < number), default=0)
        after = min((other for other in alike if other > number), default=10**9)
        since, below = (before + 1, number - 1), (number + 1, after - 1)
        candidates = [since, (1, number - 1), below]
        # A plain "Total" is of the whole table, unless it is what another part of it comes to.
        whole = (1, 10**9)
        if not is_part and _WHOLE.fullmatch(label.strip(" :")):
            candidates.insert(0, whole)
        best = max(
            candidates, key=lambda span: (_agreeing(lines, group, span), -candidates.index(span))
        )
        for total in group if best != whole else ():
            total["first_line"], total["last_line"] = best


def _says(total: Row) -> tuple[object, ...]:
    return tuple(total.get(key) for key in _KEYS)


def _agreeing(lines: Sequence[Row], group: Sequence[Row], span: tuple[int, int]) -> int:
    """In how many columns the lines of a span add to the totals of one row, to the penny, other than nil."""
    agreeing = 0
    for total in group:
        if total["amount_pence"] and total["over"] == "rows":
            inside = [
                line["amount_pence"]
                for line in lines
                if span[0] <= line["line_no"] <= span[1]
                and line["year"] == total["year"]
                and line["amount_pence"] is not None
                and all(total.get(key) is None or total.get(key) == line.get(key) for key in _KEYS)
            ]
            agreeing += bool(inside) and sum(inside) == total["amount_pence"]
    return agreeing
