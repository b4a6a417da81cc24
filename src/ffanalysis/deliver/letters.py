"""Which mails a release asks for: each recipient of its register gets what names them, and no more.

Everything is read from what was released: the register, the settings, the page and the document.
What the register of today no longer has gets nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ffanalysis.deliver import kept
from ffanalysis.deliver.former_names import former_names
from ffanalysis.deliver.letter import Letter, Recipient, in_one_line
from ffanalysis.deliver.release import Release, page_of
from ffanalysis.errors import NotReleased, ReleaseDamaged
from ffanalysis.measure.stages import stage_now
from ffanalysis.periods import Period
from ffanalysis.present.sentences import banner
from ffanalysis.provenance import cell_of, shown_name
from ffanalysis.read import council_of, inputs_of, read_period
from ffanalysis.run.inputs import digests
from ffanalysis.run.project_rows import quarter_fingerprint
from ffanalysis.savings.quarter import Quarter
from ffanalysis.settings import Mail, address_fault
from ffanalysis.tables import RecipientRow

_MOST_NAMED = 5  # files that a sentence names
# Tables that no briefing shows: who gets it, and what of the workbooks was not read.
_NOT_SHOWN = ("recipients", "blocks", "unused", "notices")


@dataclass(frozen=True)
class Letters:
    """The mails of a release, and why others are not made: a sentence each."""

    found: tuple[Letter, ...]
    left_out: tuple[str, ...]


def letters_of(root: Path, period: str, release: Release, mail: Mail) -> Letters:
    """The mails that a release asks for.

    A recipient's domain must be allowed by the settings that were released and by today's. Raises
    ReleaseDamaged where what is kept is not as it was released, and NotReleased where the workbooks
    of today say something else: who gets a briefing may have changed, and nothing more.
    """
    folder = kept.folder_of(root / "reports", period, release.number)
    if faults := kept.verify(folder).faults:
        raise ReleaseDamaged(folder, faults[0])
    quarter = _quarter(folder / kept.INPUTS, period)
    released = council_of(folder / kept.INPUTS, period)
    allowed = mail.allowed & released.mail.allowed
    wanted, left_out = _wanted(quarter, release, allowed)
    former = former_names(folder / kept.INPUTS, period)
    now = _quarter(root, period)
    if changed := _changed_since(root, period, folder, quarter, now):
        names = ", ".join(changed[:_MOST_NAMED])
        more = f" and {len(changed) - _MOST_NAMED:,} more" if len(changed) > _MOST_NAMED else ""
        why = f"{names}{more} changed after {period} was released. Run it, and release it again."
        raise NotReleased(period, why)
    today = {(row.project, row.email.casefold()) for row in now.recipients}
    found = []
    for row in wanted:
        if (row.project, row.email.casefold()) not in today:
            left_out.append(
                f"{_place(row)}: {row.email} is no longer in the register for {row.project}."
            )
        else:
            letter = _letter(quarter, folder / kept.PAGES, row, release, released.release.address)
            apart = row.project in released.confidential_projects
            found.append(replace(letter, former=former.get(row.project, ()), is_confidential=apart))
    return Letters(tuple(found), tuple(left_out))


def _changed_since(
    root: Path, period: str, folder: Path, released: Quarter, now: Quarter
) -> list[str]:
    """The inputs that say something else than those that were released."""
    before = f"{kept.INPUTS}/"
    then = {
        shown_name(name.removeprefix(before)): digest
        for name, digest in kept.manifest_in(folder)["files"].items()
        if name.startswith(before)
    }
    there = digests(root, period)
    changed = sorted(name for name in {**then, **there} if then.get(name) != there.get(name))
    # What may be no more than another recipient, or how mails leave, is read.
    is_readable = all(
        name.startswith((f"data/raw/{period}/", "data/raw/settings.toml")) for name in changed
    )
    if changed and is_readable and _fingerprint(released) == _fingerprint(now):
        return []
    return changed


def _fingerprint(quarter: Quarter) -> str:
    """The fingerprint of what a quarter's briefings are made of."""
    tables = quarter.tables
    bare = {name: getattr(tables, name).iloc[:0] for name in _NOT_SHOWN}
    return quarter_fingerprint(Quarter(replace(tables, **bare)), ())


def _quarter(root: Path, period: str) -> Quarter:
    """The quarter read afresh: what is kept of a release has no place for tables."""
    return Quarter(read_period(Period.parse(period), inputs_of(root, period)))


def _wanted(
    quarter: Quarter, release: Release, allowed: Collection[str]
) -> tuple[list[RecipientRow], list[str]]:
    """The recipients that may get their briefing, each once, and why others may not."""
    found: dict[tuple[str, str], RecipientRow] = {}
    left_out: list[str] = []
    for row in quarter.recipients:
        if why := _why_not(row, release, allowed):
            left_out.append(f"{_place(row)}: {why}.")
        else:
            found.setdefault((row.project, row.email.casefold()), row)
    return list(found.values()), left_out


def _why_not(row: RecipientRow, release: Release, allowed: Collection[str]) -> str:
    """Why a recipient gets nothing; "" where they do."""
    if row.fault:
        return row.fault
    if fault := address_fault(row.email):
        return f"'{in_one_line(row.email)}' {fault}"
    domain = row.email.rpartition("@")[2].casefold()
    if domain not in allowed:
        return f"{row.email} is outside the domains that settings.toml allows"
    if row.project in release.withheld:
        return f"{row.project} has no briefing to send"
    if not (page_of(release, row.project, "pdf") and page_of(release, row.project, "html")):
        return f"{row.project} is not in the release, or has no PDF"
    return ""


def _place(row: RecipientRow) -> str:
    cell = cell_of(row)
    return f"{cell.workbook}, {cell.sheet} {cell.address}"


def _letter(
    quarter: Quarter, pages: Path, row: RecipientRow, release: Release, address: str
) -> Letter:
    page = page_of(release, row.project, "html")
    project = quarter.register[row.project]
    reissue = release.reissues.get(row.project)
    return Letter(
        Recipient(row.name or "", row.email),
        _place(row),
        row.project,
        project.name,
        Period.parse(str(quarter.period)),
        banner(stage_now(quarter, project)) or "",
        quarter.council.marking_of(project.name),
        datetime.fromisoformat(release.at),
        (pages / page).read_text("utf-8"),
        (pages / page_of(release, row.project, "pdf")).read_bytes(),
        release.editions.get(row.project, 1),
        _on_the_intranet(quarter, release, row.project, address),
        reissue.prefix if reissue else "",
    )


def _on_the_intranet(quarter: Quarter, release: Release, project: str, address: str) -> str:
    """Where the page that was released is served; "" for one that all may not see."""
    page = f"{project}.html"
    if not address or page not in release.pages:
        return ""
    return f"{address.rstrip('/')}/{quarter.period}/{release.number}/{page}"
