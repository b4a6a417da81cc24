"""What a sign-off was given on.

A code of a saving's figures, so that a later change shows, and which figure it was.

The code begins with a digest of all figures; a group for each of them follows, by which a changed
one is known, and a digest of the letters before it, by which a slip of the pen is. Nothing needs to
be kept: whoever agrees to a briefing writes its code beside their name.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ffanalysis import money
from ffanalysis.figures import Figure
from ffanalysis.periods import Period
from ffanalysis.savings.assemble import counted_lines, with_money, withheld
from ffanalysis.savings.quarter import PROGRESS, Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK

_APPROVED = re.compile(
    r"approved(?: by (?:the )?(?:cabinet|council|full council|leader|cabinet member)[^;:,?]*)?(?:"
    r" on [\w ]+)?"
)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_HEAD, _GROUP, _CHECK = (
    6,
    3,
    2,
)  # letters of the digest of all figures, of one, and of the letters before
_PLANS = {
    "proposed": "the proposed saving",
    "current": "the saving in the plan",
    "prior": "the saving of earlier years",
}


_RAG = "the RAG status of "  # as codes have it that were given out
_PARTS = "what the lines come to of "  # where amounts moved between lines
ALL = (
    "all that it was given on: the saving stands in another plan now, or the code is another"
    " briefing's"
)


class Stated(NamedTuple):
    """A figure of a sign-off, as text, and its cells."""

    text: str
    cells: tuple[str, ...]


def figures(ledger: Ledger, project: str) -> dict[str, Stated]:
    """What a sign-off is about, by its name.

    The project's own amounts by plan, measure and year, and the RAG of its lines.

    What is delivered and what is forecast is not agreed to but reported: it lapses nothing.
    """
    found: dict[str, Stated] = {}
    for plan, words in _PLANS.items():
        rows = [
            row
            for row in ledger.of_project("savings", project)
            if row.plan == plan and row.measure not in PROGRESS
        ]
        # Another table of the same savings is held against the one that counts, and changes nothing
        # that was agreed to.
        counted = {row.block for row in counted_lines(rows)}
        own = [row for row in rows if row.block in counted]
        for measure in dict.fromkeys(row.measure for row in own):
            name = f"{words}, {measure}" if measure else words
            for year in sorted({row.year or "" for row in own if row.measure == measure}):
                of_year = [
                    row for row in own if row.measure == measure and (row.year or "") == year
                ]
                value = amount("", of_year)
                # A column of a new year, in which nothing is stated yet, is nobody's change.
                if value.value is None and value.missing == BLANK:
                    continue
                found[", ".join(filter(None, (name, year)))] = Stated(_said(value), value.cells)
        lines = sorted({_line(row) for row in own})
        if lines:
            said = "; ".join(" ".join(filter(None, line)) for line in lines)
            found[f"{_RAG}{words}"] = Stated(said, cells_of(own))
        if len(lines) > 1:
            parts = sorted(
                (*_line(row), row.measure or "", row.year or "", _said(amount("", [row])))
                for row in with_money(own)
            )
            found[f"{_PARTS}{words}"] = Stated(
                "; ".join(" ".join(filter(None, part)) for part in parts), cells_of(own)
            )
    return found


def _line(row: Row) -> tuple[str, ...]:
    """What a line is to whoever agrees to it.

    Its type and what it stands in for decide whether it counts.
    """
    rag = row.rag or row.rag_missing or "not stated"
    return (
        row.ref or "",
        row.saving_type or "",
        f"for {row.mitigates}" if row.mitigates else "",
        rag,
    )


def _said(value: Figure) -> str:
    if value.value is None:
        return value.missing
    return f"{money.in_full(value.pence)}{' in part' if value.partial else ''}"


def code(stated: Mapping[str, Stated]) -> str:
    """The code of these figures, as a briefing prints it: "K3F9TX 7K2 M4P 5D"."""
    parts = [_digest(stated, _HEAD), *_groups(stated).values()]
    return " ".join([*parts, _letters("".join(parts), _CHECK)])


def changed(given: str, stated: Mapping[str, Stated]) -> tuple[str, ...] | None:
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
        moved.append("a figure that is not stated any more")
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


def spoken(name: str) -> str:
    """What a changed figure is called in a sentence.

    The RAG status of lines is another, too, where the lines are others.
    """
    return name.replace(_RAG, "the lines or the RAG status of ")


def latest(ledger: Ledger, project: str) -> list[Row]:
    """The sign-offs of a project that stand.

    Of one person in one role the last, which takes the place of those before it.

    Rows that name a role alone may be of several persons.
    """
    found: dict[tuple[str, ...], Row] = {}
    for number, row in enumerate(ledger.of_project("signoff", project)):
        who = tuple(
            " ".join((text or "").casefold().split()) for text in (row.role, row.name, row.capacity)
        )
        who += () if row.name else (str(number),)
        last = found.get(who)
        if (
            last is None
            or not last.signed_day
            or (row.signed_day and row.signed_day >= last.signed_day)
        ):
            found[who] = row
    return list(found.values())


def lapsed(ledger: Ledger, project: str) -> list[Row]:
    """The sign-offs of a project that name figures which have changed since."""
    given = [row for row in latest(ledger, project) if row.signed_on]
    stated = figures(ledger, project) if given else {}
    return [row for row in given if changed(row.signed_on, stated)]


def standing(given: str | None, stated: Mapping[str, Stated]) -> str:
    """Which figures a sign-off was given on, in words; "" where no code was given."""
    if not given:
        return ""
    moved = changed(given, stated)
    return (
        "no code of a briefing"
        if moved is None
        else "other figures: lapsed"
        if moved
        else "these figures"
    )


def unnamed(ledger: Ledger, project: str) -> tuple[Period, list[str], list[Row]] | None:
    """What has changed since sign-offs that have a day and name no figures.

    Since when, which figures, and those sign-offs.

    They are held against the first quarter that ended on their day or after it, those who agreed
    first before the others; None where nothing is known to have changed.
    """
    rows = [row for row in latest(ledger, project) if row.signed_day and not row.signed_on]
    for day in sorted({row.signed_day for row in rows}):
        then, last = None, ledger.last
        while last is not None and last.as_of >= day:
            if project in last.register and project not in last.once(withheld):
                then = last
            last = last.last
        if then and (moved := _moved(figures(then, project), figures(ledger, project))):
            return then.period, moved, [row for row in rows if row.signed_day == day]
    return None


def _moved(before: Mapping[str, Stated], now: Mapping[str, Stated]) -> list[str]:
    """The names of the figures that are others than before, that came, or that are gone."""
    was, stands = ({name: stated.text for name, stated in each.items()} for each in (before, now))
    return _told(
        [name for name in dict.fromkeys((*stands, *was)) if was.get(name) != stands.get(name)]
    )


def _groups(stated: Mapping[str, Stated]) -> dict[str, str]:
    return {name: _digest({name: value}, _GROUP) for name, value in stated.items()}


def _digest(stated: Mapping[str, Stated], letters: int) -> str:
    return _letters(repr([(name, value.text) for name, value in stated.items()]), letters)


def _letters(text: str, letters: int) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(letters))


def is_approved(status: str | None) -> bool:
    """Whether a status is a plain approval.

    "Approved: no" and "Approved in principle, subject to Cabinet" are none.
    """
    return bool(_APPROVED.fullmatch((status or "").casefold().strip(" .")))
