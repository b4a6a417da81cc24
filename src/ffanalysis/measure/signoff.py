"""What a sign-off was given on.

A code of a saving's figures, so that a later change shows, and which figure it was.

The code begins with a digest of all figures; a group for each of them follows, by which a changed
one is known, and a digest of the letters before it, by which a slip of the pen is. Nothing needs to
be kept: whoever agrees to a briefing writes its code beside their name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ffanalysis import money
from ffanalysis.figures import NOT_STATED, Sum, amount_of, total_of
from ffanalysis.periods import FOLLOWS, Period
from ffanalysis.provenance import CellRef, cells_of, name_key
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import SavingRow, SignOffRow, non_zero
from ffanalysis.vocabulary import BLANK, PROGRESS, Plan

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
# Letters of the digest of all figures, of that of one figure, and of that of the letters before.
_HEAD, _GROUP, _CHECK = 6, 3, 2
_PLANS = {
    Plan.PROPOSED: "the proposed saving",
    Plan.CURRENT: "the saving in the plan",
    Plan.PRIOR: "the saving of earlier years",
}


_RAG = "the RAG status of "  # as codes have it that were given out
_PARTS = "what the lines come to of "  # where amounts moved between lines
_LINES_OF = "the lines of "  # where lines were added or removed
ALL = "everything: the saving is now in another plan, or the code belongs to another briefing"


class SignedFigure(NamedTuple):
    """A figure that a sign-off was given on, as text, and its cells."""

    text: str
    cells: tuple[CellRef, ...]
    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def kinds(self) -> tuple[tuple[str, ...], ...]:
        """The lines that it is of, without their RAG status, which comes last."""
        return tuple(line[:-1] for line in self.lines)

    def rated(self, kinds: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Those of its lines that are of these kinds, each with its RAG status."""
        return [line for line in self.lines if line[:-1] in kinds]


def signed_figures(quarter: Quarter, project: str) -> dict[str, SignedFigure]:
    """What a sign-off is about, by its name.

    The project's own amounts by plan, measure and year, and the RAG of its lines. What is delivered
    and what is forecast is not agreed to but reported: it lapses nothing.
    """
    found: dict[str, SignedFigure] = {}
    for plan, words in _PLANS.items():
        # Another table of the same savings is compared with the one that counts, and changes
        # nothing that was agreed to.
        counted = {row.block for row in quarter.savings_of(project, plan).printed}
        own = [
            row
            for row in quarter.savings.of_project(project)
            if row.plan == plan and row.block in counted and row.measure not in PROGRESS
        ]
        found |= _amounts(own, words)
        lines = sorted({_line(row) for row in own})
        if lines:
            text = "; ".join(" ".join(filter(None, line)) for line in lines)
            found[f"{_RAG}{words}"] = SignedFigure(text, cells_of(own), tuple(lines))
        if len(lines) > 1:
            parts = sorted(
                (*_line(row), row.measure or "", row.year or "", _text(amount_of(row)))
                for row in non_zero(own)
            )
            text = "; ".join(" ".join(filter(None, part)) for part in parts)
            found[f"{_PARTS}{words}"] = SignedFigure(text, cells_of(own))
    return found


def _amounts(own: Sequence[SavingRow], words: str) -> dict[str, SignedFigure]:
    """What rows come to by measure and year."""
    found = {}
    for measure in dict.fromkeys(row.measure for row in own):
        rows = [row for row in own if row.measure == measure]
        for year in sorted({row.year or "" for row in rows}):
            value = total_of(row for row in rows if (row.year or "") == year)
            # A column of a new year, in which nothing is stated yet, is nobody's change.
            if value.known is not None or value.gap != BLANK:
                name = ", ".join(filter(None, (words, measure, year)))
                found[name] = SignedFigure(_text(value), value.cells)
    return found


def _line(row: SavingRow) -> tuple[str, ...]:
    """What a line is to whoever agrees to it: its type and role decide whether it counts."""
    return (
        row.ref or "",
        row.saving_type or "",
        f"for {row.mitigates}" if row.mitigates else "",
        row.rag or row.rag_missing or NOT_STATED,
    )


def _text(value: Sum) -> str:
    if value.known is None:
        return value.gap
    return f"{money.in_full(value.pence)}{' in part' if value.is_partial else ''}"


def figures_code(stated: Mapping[str, SignedFigure]) -> str:
    """The code of these figures, as a briefing prints it: "K3F9TX 7K2 M4P 5D"."""
    parts = [_digest(stated, _HEAD), *_groups(stated).values()]
    return " ".join([*parts, _letters("".join(parts), _CHECK)])


def changed(given: str, stated: Mapping[str, SignedFigure]) -> tuple[str, ...] | None:
    """Which figures are not those that a code was given on, in words.

    None where all are, None where it is no code.
    """
    letters = "".join(given.upper().split()).replace("-", "").translate(_READ_AS)
    letters, check = letters[:-_CHECK], letters[-_CHECK:]
    if (
        len(letters) < _HEAD + _GROUP
        or (len(letters) - _HEAD) % _GROUP
        or check != _letters(letters, _CHECK)
    ):
        return None
    if letters[:_HEAD] == _digest(stated, _HEAD):
        return ()
    then = [letters[place : place + _GROUP] for place in range(_HEAD, len(letters), _GROUP)]
    now = _groups(stated)
    moved = [name for name, group in now.items() if group not in then]
    if len(moved) == len(now):
        return (ALL,)
    if len(then) - (len(now) - len(moved)) > len(moved):
        moved.append("a figure that is no longer stated")
    return tuple(_told(moved)) or ("a figure",)


def _told(moved: Sequence[str]) -> list[str]:
    """The figures that are named.

    What the lines come to where no amount of a year, and no line, is named that says so.
    """
    return [
        name
        for name in moved
        if not name.startswith(_PARTS)
        or not any(name[len(_PARTS) :] in other for other in moved if other != name)
    ]


def spoken(moved: Sequence[str], *, is_then_known: bool = False) -> str:
    """What has changed, as the subject and verb of a sentence.

    "the 2027/28 and 2028/29 targets have changed". Where the quarter before `is_then_known`, the
    RAG status is named by itself; a code does not tell it from the lines.
    """
    if list(moved) == [ALL]:
        return ALL.removeprefix("everything: ")
    with_plan = sum(any(plan in name for name in moved) for plan in _PLANS.values()) > 1
    found: dict[str, list[str]] = {}
    for name in moved:
        what, year = _called(name, with_plan=with_plan, is_then_known=is_then_known)
        found.setdefault(what, []).extend([year] if year else [])
    told = [_with_years(what, years) for what, years in found.items()]
    is_several = len(found) > 1 or max(map(len, found.values()), default=0) > 1
    return f"{_listed(told)} {'have' if is_several else 'has'} changed"


def _called(name: str, *, with_plan: bool, is_then_known: bool) -> tuple[str, str]:
    """What a figure is called in a sentence, and the year that it is of."""
    for prefix, words in (
        (_LINES_OF, "list of lines"),
        (_RAG, "RAG status" if is_then_known else "RAG status or list of lines"),
        (_PARTS, "split between lines"),
    ):
        if name.startswith(prefix):
            return f"{words}{_of_plan(name[len(prefix) :], with_plan=with_plan)}", ""
    plan, *parts = name.split(", ")
    if plan not in _PLANS.values():
        return name, ""
    year = parts.pop() if parts and parts[-1][:1].isdigit() else ""
    what = f"{parts[0]}" if parts else "amount"
    return f"{what}{_of_plan(plan, with_plan=with_plan)}", year


def _of_plan(plan: str, *, with_plan: bool) -> str:
    return f" of {plan}" if with_plan else ""


def _with_years(what: str, years: Sequence[str]) -> str:
    """A figure with its years: "the 2027/28 and 2028/29 targets"."""
    if not years:
        return what if what.startswith("a ") else f"the {what}"
    if len(years) == 1:
        return f"the {years[0]} {what}"
    first, behind, of = what.partition(" of ")
    return f"the {_listed(years)} {first}s{behind}{of}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def approves(row: SignOffRow) -> bool:
    """Whether a sign-off is an approval: that of a member or a governance body."""
    return row.capacity in ("member", "governance body")


# Bodies and departments that are called by their name alone.
_WITHOUT_ARTICLE = frozenset(
    {"cabinet", "council", "full council", "finance", "legal", "legal services", "procurement"}
    | {"hr", "human resources", "scrutiny", "audit", "internal audit", "corporate finance"}
)


def the(role: str) -> str:
    """A role or a body as a sentence calls it: "the Head of Finance", "Cabinet"."""
    if role.casefold() in _WITHOUT_ARTICLE or role.casefold().startswith("the "):
        return role
    return f"the {role}"


def is_too_late(quarter: Quarter, row: SignOffRow) -> bool:
    """Whether a sign-off is of a day after the as-of date, so that it has not been given by then.

    An officer who signs with the code that a briefing prints signs it after the day that it is of.
    """
    day = row.signed_day
    if day is None or day <= quarter.as_of:
        return False
    has_code = changed(row.signed_on or "", {}) is not None
    return approves(row) or not has_code or day > quarter.as_of + FOLLOWS


def too_late(quarter: Quarter, project: str) -> list[SignOffRow]:
    """The sign-offs of a project of a day after the as-of date, those with a later one too."""
    return [row for row in quarter.signoff.of_project(project) if is_too_late(quarter, row)]


def latest(quarter: Quarter, project: str) -> list[SignOffRow]:
    """The sign-offs of a project that stand.

    Of one person in one role the last by the as-of date, which takes the place of those before it.

    Rows that name a role alone may be of several persons.
    """
    found: dict[tuple[str, ...], SignOffRow] = {}
    for number, row in enumerate(quarter.signoff.of_project(project)):
        who = tuple(name_key(text or "").casefold() for text in (row.role, row.name, row.capacity))
        who += () if row.name else (str(number),)
        last = found.get(who)
        if last is None or _rank(quarter, row) >= _rank(quarter, last):
            found[who] = row
    return list(found.values())


def _rank(quarter: Quarter, row: SignOffRow) -> tuple[bool, date]:
    """Which of two sign-offs of one person counts: one by the as-of date, and of these the last."""
    return not is_too_late(quarter, row) and bool(row.signed_day), row.signed_day or date.min


def lapsed(quarter: Quarter, project: str) -> list[SignOffRow]:
    """The sign-offs of a project that name figures which have changed since."""
    signed = (row for row in latest(quarter, project) if row.signed_on)
    given = [row for row in signed if not is_too_late(quarter, row)]
    stated = signed_figures(quarter, project) if given else {}
    return [row for row in given if changed(row.signed_on or "", stated)]


def approvals(quarter: Quarter, project: str) -> list[SignOffRow]:
    """The approvals given by the as-of date, on figures that have not changed since."""
    gone = lapsed(quarter, project)
    return [
        row
        for row in latest(quarter, project)
        if approves(row) and row.signed_day and row not in gone and not is_too_late(quarter, row)
    ]


def is_approval_to_come(quarter: Quarter, project: str) -> bool:
    """Whether the sign-off sheet names another body whose approval is not given yet."""
    given = approvals(quarter, project)
    named = (row for row in latest(quarter, project) if approves(row))
    return any(row not in given for row in named)


def standing(given: str | None, stated: Mapping[str, SignedFigure]) -> str:
    """Which figures a sign-off was given on, in words; "" where no code was given."""
    if not given:
        return ""
    moved = changed(given, stated)
    if moved is None:
        return "not a valid code"
    return "earlier figures: lapsed" if moved else "these figures"


@dataclass(frozen=True)
class WithoutCode:
    """Sign-offs that name no figures, and what has changed since the quarter they were given in."""

    since: Period
    moved: tuple[str, ...]
    rows: tuple[SignOffRow, ...]

    @property
    def days(self) -> list[date]:
        """The days on which they were given, each once."""
        return sorted({row.signed_day for row in self.rows if row.signed_day})


def signoffs_without_code(quarter: Quarter, project: str) -> WithoutCode | None:
    """The first sign-offs that have a day, name no figures, and since which figures have changed.

    They are compared with the first quarter that ended on their day or after it. None where nothing
    is known to have changed.
    """
    rows = [row for row in latest(quarter, project) if row.signed_day and not row.signed_on]
    for day in sorted({row.signed_day for row in rows if row.signed_day}):
        then = _first_quarter_after(quarter, project, day)
        if then is None:
            continue
        moved = _moved(signed_figures(then, project), signed_figures(quarter, project))
        if moved:
            if _lists_a_line_twice(then, project) != _lists_a_line_twice(quarter, project):
                moved = [_NUMBER_OF_LINES]  # what the lines come to is not what was signed, or is
            given = tuple(row for row in rows if row.signed_day == day)
            return WithoutCode(then.period, tuple(moved), given)
    return None


_NUMBER_OF_LINES = "number of lines"


def _lists_a_line_twice(quarter: Quarter, project: str) -> bool:
    """Whether a line of a project is listed more than once, which doubles its amounts."""
    plans = (plan for plan in quarter.plans_of(project) if plan != Plan.PRIOR)
    return any(quarter.savings_of(project, plan).has_duplicates for plan in plans)


def _first_quarter_after(quarter: Quarter, project: str, day: date) -> Quarter | None:
    """The earliest quarter before this one that ended on the day or later and has the project."""
    found, earlier = None, quarter.before
    while earlier is not None and earlier.as_of >= day:
        if project in earlier.register and project not in withheld_projects(earlier):
            found = earlier
        earlier = earlier.before
    return found


def _moved(before: Mapping[str, SignedFigure], now: Mapping[str, SignedFigure]) -> list[str]:
    """The names of the figures that are others than before, that came, or that are gone."""
    was, stands = ({name: stated.text for name, stated in each.items()} for each in (before, now))
    moved = _told(
        [name for name in dict.fromkeys((*stands, *was)) if was.get(name) != stands.get(name)]
    )
    return [new for name in moved for new in _lines_apart(name, before.get(name), now.get(name))]


def _lines_apart(name: str, was: SignedFigure | None, now: SignedFigure | None) -> list[str]:
    """A figure's name; that of lines says whether lines came or went, or their status changed."""
    if not name.startswith(_RAG) or was is None or now is None or was.kinds == now.kinds:
        return [name]
    same = {*was.kinds} & {*now.kinds}
    lines = f"{_LINES_OF}{name.removeprefix(_RAG)}"
    return [lines] if was.rated(same) == now.rated(same) else [lines, name]


def _groups(stated: Mapping[str, SignedFigure]) -> dict[str, str]:
    return {name: _digest({name: value}, _GROUP) for name, value in stated.items()}


def _digest(stated: Mapping[str, SignedFigure], letters: int) -> str:
    return _letters(repr([(name, value.text) for name, value in stated.items()]), letters)


def _letters(text: str, letters: int) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(letters))
