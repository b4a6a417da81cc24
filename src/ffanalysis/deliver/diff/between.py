"""Two sides compared: projects by their names of today, and nothing that is confidential.

A confidential project is shown to who asks for it by name and may read where it is kept; it is then
the only one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from ffanalysis import money
from ffanalysis.chain import Chain
from ffanalysis.deliver.compare_pages import BriefingPage
from ffanalysis.deliver.diff.compare import (
    Comparison,
    FigureDifference,
    figures_compared,
    findings_compared,
    projects_compared,
)
from ffanalysis.deliver.diff.lists import ListedFigure, ListedFinding
from ffanalysis.deliver.diff.sides import Side, period_of, side_named
from ffanalysis.deliver.former_names import former_names
from ffanalysis.deliver.releases_page import marking_of_all
from ffanalysis.deliver.unnamed import secret_now, settings_now
from ffanalysis.editions import Editions, Reissue
from ffanalysis.errors import EditionsWithoutFigures, ProjectUnknown, UserError
from ffanalysis.provenance import slug
from ffanalysis.read import council_now, quarters_before
from ffanalysis.savings.confidential import Secret

_INDEX = "index"  # the page of all projects


def compare(root: Path, was: str, now: str, project: str = "") -> Comparison:
    """What differs between two periods, or editions of periods; of one project where it is named.

    Raises ProjectUnknown, EditionsWithoutFigures, and what `side_named` raises.
    """
    earlier, later = sorted((period_of(root, was), period_of(root, now)))
    hidden = _confidential(root, later)
    called = _names_of_today(root, later)
    wanted = called.get(slug(project), slug(project))
    shown = wanted if wanted in hidden | _confidential(root, earlier) else ""
    hidden -= {shown}
    before, after = (side_named(root, text, shown) for text in (was, now))
    only_common = bool(before.pages or after.pages)
    before, after, told = _with_pages(before, after, called)
    before, after = _called_now(before, called), _called_now(after, called)
    before, after, left_out = _without_secrets(before, after, hidden, root, later)
    if project:
        known = {**before.names, **after.names}
        if wanted not in known:
            raise ProjectUnknown(project, known)
        before, after = _of_project(before, wanted), _of_project(after, wanted)
    why = _why(root, before, after)
    settings = settings_now(root, later)
    names = {**before.names, **after.names}
    found = figures_compared(before.figures, after.figures, only_common=only_common)
    return Comparison(
        before,
        after,
        tuple(projects_compared(before, after)),
        tuple(replace(each, why=why(each)) for each in found),
        tuple(findings_compared(before.findings, after.findings)),
        names,
        (
            len(after.figures),
            len(after.names.keys() - after.withheld),
            len(after.findings),
        ),
        tuple(dict.fromkeys([*told, *left_out, *_unread(before), *_unread(after)])),
        settings.marking_of(names[wanted]) if project else marking_of_all(settings),
    )


def _unread(side: Side) -> Iterator[str]:
    yield from (f"{side.name}: {note}" for note in side.notes)


def _names_of_today(root: Path, period: str) -> dict[str, str]:
    """What projects are called now, by their former names that aliases.toml declares."""
    try:
        former = former_names(root, period)
    except UserError:  # its workbooks are not kept any more
        return {}
    return {other: name for name, others in former.items() for other in others}


def _called_now(side: Side, names: Mapping[str, str]) -> Side:
    """A side with the names of today for the projects that it has by their former ones."""
    former = {old: new for old, new in names.items() if old in side.names and new not in side.names}

    def now(project: str) -> str:
        return former.get(project, project)

    then = {project: slug(name) for project, name in side.names.items()}
    return replace(
        side,
        figures=tuple(
            replace(each, name=_name_now(each.name, former), project=now(each.project))
            for each in side.figures
        ),
        findings=tuple(
            replace(
                each,
                id=_id_now(each, then.get(each.project, ""), now(each.project)),
                project=now(each.project),
            )
            for each in side.findings
        ),
        names={now(project): name for project, name in side.names.items()},
        withheld=frozenset(map(now, side.withheld)),
        editions={now(project): number for project, number in side.editions.items()},
    )


def _name_now(figure: str, former: Mapping[str, str]) -> str:
    """The name of a figure: one on the page of all projects may begin with its project's."""
    project, slash, rest = figure.partition("/")
    return f"{former[project]}/{rest}" if slash and project in former else figure


def _id_now(finding: ListedFinding, then: str, now: str) -> str:
    """The id of a project's finding, which begins with its name, as it would be by another name."""
    rule, _, subject = finding.id.partition(":")
    if then != now and f"{subject.partition(':')[0]}-".startswith(f"{then}-"):
        return f"{rule}:{now}{subject.removeprefix(then)}"
    return finding.id


def _of_project(side: Side, project: str) -> Side:
    """What a side has of one project alone."""
    return replace(
        side,
        figures=tuple(each for each in side.figures if each.project == project),
        findings=tuple(each for each in side.findings if each.project == project),
        names={name: called for name, called in side.names.items() if name == project},
        withheld=side.withheld & {project},
        notes=side.notes if project in side.withheld else (),
    )


# --- what is confidential -------------------------------------------------------------------------


def _confidential(root: Path, period: str) -> set[str]:
    """The projects that are confidential, by the settings of a period or of the latest."""
    return {*settings_now(root, period).confidential_projects} | {
        *council_now(root).confidential_projects
    }


def _without_secrets(
    before: Side, after: Side, hidden: set[str], root: Path, period: str
) -> tuple[Side, Side, tuple[str, ...]]:
    """Both sides without projects that became confidential after one of them was listed.

    Nor can sums of all projects be compared then: they differ by the amount that nobody may see.
    """
    if not hidden & (before.names.keys() | after.names.keys()):
        return before, after, ()
    secret = secret_now(root, period)
    told = (
        "Figures and checks of all projects together are not compared: on one side they have a"
        " project in them that is confidential now."
    )
    return _without(before, hidden, secret), _without(after, hidden, secret), (told,)


def _without(side: Side, hidden: set[str], secret: Secret) -> Side:
    names = {project: name for project, name in side.names.items() if project not in hidden}
    return replace(
        side,
        figures=tuple(
            replace(
                each,
                label=secret.hide(each.label),
                cells=secret.hide(each.cells),
                reason=secret.hide(each.reason),
            )
            for each in side.figures
            if each.project in names and not secret.is_in(each.name)
        ),
        findings=tuple(
            replace(each, message=secret.hide(each.message))
            for each in side.findings
            if each.project in names and not secret.is_in(each.id)
        ),
        names=names,
        withheld=side.withheld - hidden,
        notes=tuple(map(secret.hide, side.notes)),
    )


# --- an edition without a list of figures ---------------------------------------------------------


def _with_pages(
    before: Side, after: Side, names: Mapping[str, str]
) -> tuple[Side, Side, tuple[str, ...]]:
    """Both sides with figures: one from before there was a list of them has those of its pages.

    The other then has the same ones alone. Raises EditionsWithoutFigures where both are so old.
    """
    if not (before.pages or after.pages):
        return before, after, ()
    if before.pages and after.pages:
        raise EditionsWithoutFigures(before.name, after.name)
    old, other = (before, after) if before.pages else (after, before)
    shown = {each.key: each for each in _on_pages(old, other, names)}
    told = (
        f"{old.name} has no figures.csv, as it was made before there was one: {len(shown):,}"
        " figures that its pages show were compared, and no other."
    )
    old = replace(old, figures=tuple(shown.values()))
    other = replace(other, figures=tuple(each for each in other.figures if each.key in shown))
    return (old, other, (told,)) if before.pages else (other, old, (told,))


def _on_pages(old: Side, other: Side, names: Mapping[str, str]) -> Iterator[ListedFigure]:
    """The figures of the other side that the pages of this one show, with their numbers there."""
    for page in (*old.names, _INDEX):
        path = (old.pages or Path()) / f"{page}.html"
        if not path.is_file():
            continue
        project = names.get(page, page)
        for name, shown in BriefingPage(path.read_text("utf-8")).figures.items():
            known = other.by_key.get((project, name)) or other.by_key.get(("", name))
            if known:
                value = Decimal(shown.value)
                value = value / money.POUND if shown.is_money else value
                yield replace(known, value=value, missing="", reason="")


# --- why ------------------------------------------------------------------------------------------


def _why(root: Path, before: Side, after: Side) -> Callable[[FigureDifference], str]:
    """Why a figure differs, where anybody says so.

    Between editions of a quarter it is who reissued the briefing; between a quarter and the one
    before it, the schedule of the later.
    """
    if before.period == after.period:
        declared = _declared(root, before, after)
        return lambda each: declared.get(each.figure.project, "")
    first, later = sorted((before.period, after.period))
    if quarters_before(root, later)[:1] != [first]:
        return lambda _: ""
    return lambda each: _reason(each.now if after.period == later else each.was)


def _reason(figure: ListedFigure | None) -> str:
    return figure.reason if figure else ""


def _declared(root: Path, before: Side, after: Side) -> dict[str, str]:
    """What was declared of the editions that lie between two sides, by project."""
    editions = Editions(Chain(root / "reports", before.period).lines())
    return {
        project: _said_between(
            editions.declared(project), before.editions.get(project), after.editions.get(project)
        )
        for project in before.names.keys() | after.names.keys()
    }


def _said_between(declared: Iterable[Reissue], was: int | None, now: int | None) -> str:
    """What was said of the editions after the earlier of two, up to the later.

    What workbooks say now has no number, and is later than any edition.
    """
    known = sorted(number for number in (was, now) if number is not None)
    if not known:
        return ""
    last = known[1] if len(known) > 1 else None
    said = (
        f"{each.kind.capitalize()}: {each.reason}"
        for each in declared
        if each.edition > known[0] and (last is None or each.edition <= last)
    )
    return "; ".join(dict.fromkeys(said))
