"""docs/what-counts.md is the specification of what a saving comes to.

Each block of it is compared with what the software counts, to the letter.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from outcomes import Outcome, in_pounds
from specification import DOCS, Example, examples, is_whole
from text_quarter import tables_of

from ffanalysis.figures import Figure

PAGE = DOCS / "what-counts.md"
# What a line of a block is about, and the figures that it shows.
PLANS = {"proposed": "proposed", "in the plan": "current", "of earlier years": "prior"}
POSITION = (
    "delivered",
    "forecast",
    "shortfall",
    "above target",
    "mitigated, one-off",
    "mitigated, recurring",
    "mitigated, not stated whether recurring",
    "unmitigated",
    "no mitigation stated",
)
ALL_PROJECTS = {"in the plan": "own/in-the-plan", "proposed": "own/proposed"}
ALL_PROGRAMMES = {"in all": "overall/total", "in the MTFP": "overall/plan"}


@cache
def outcome(sheets: tuple[str, ...], change: str) -> Outcome:
    return Outcome(tables_of(sheets, change)[0])


def amount(figure: Figure) -> str:
    """An amount as the page writes it: "£80,000", "TBC", "£80,000 (partial: TBC)"."""
    if figure.value is None:
        return figure.missing
    pounds = "nil" if not figure.value else f"£{in_pounds(figure):,.0f}".replace("£-", "−£")
    return f"{pounds} (partial: {figure.missing})" if figure.partial else pounds


def by_year(figures: Mapping[str, Figure], name: str) -> dict[str, Figure]:
    """The figures of a name by year: those of "current" are "current/2016-17" and so on."""
    found = {
        words[1].replace("-", "/"): figure
        for other, figure in figures.items()
        if (words := re.fullmatch(rf"{re.escape(name)}/(\d\d\d\d-\d\d)", other))
    }
    return dict(sorted(found.items()))


def as_sum(years: Mapping[str, Figure], total: Figure) -> str:
    """Amounts by year and what they come to, as a sum is written."""
    if not years:
        return amount(total)
    parts = [f"{year} {amount(figure)}" for year, figure in years.items()]
    return " + ".join(parts) + (f" = {amount(total)}" if len(parts) > 1 else "")


def is_said(figure: Figure | None) -> bool:
    return figure is not None and (
        figure.value is not None or figure.missing not in ("not stated", "blank", "")
    )


def counted(found: Outcome) -> Iterator[str]:
    """All that is counted of a quarter, as docs/what-counts.md writes it."""
    for project, name in zip(
        found.quarter.slugs, (row.name for row in found.quarter.projects), strict=True
    ):
        figures = found.figures(project)
        for words, plan in PLANS.items():
            if f"{plan}/total" in figures:
                total = as_sum(by_year(figures, plan), figures[f"{plan}/total"])
                yield f"{name}, {words}: {total}"
                if is_said(figures.get(f"{plan}/full-year-effect")):
                    effect = amount(figures[f"{plan}/full-year-effect"])
                    yield f"{name}, {words}, in a full year: {effect}"
        for where, prefix in (("", "position"), ("in the plan beside it, ", "position/besides")):
            for words in POSITION:
                figure = figures.get(f"{prefix}/{re.sub(r'[ ,]+', '-', words)}")
                if figure is not None and is_said(figure):
                    years = by_year(figures, figure.name)
                    yield f"{name}, {where}{words}: {as_sum(years, figure)}"
    yield from counted_together(found)


def counted_together(found: Outcome) -> Iterator[str]:
    """What is counted of programmes, and of all projects where there are several."""
    figures = found.figures("")
    for name, scope in found.programmes().items():
        yield f"{scope}: {as_sum(by_year(figures, name), figures[f'{name}/total'])}"
        for words, other in (("marked delivered", "delivered"), ("in the MTFP", "mtfp")):
            if is_said(figures.get(f"{name}/{other}")):
                yield f"{scope}, {words}: {amount(figures[f'{name}/{other}'])}"
        for project, title in zip(
            found.quarter.slugs, (row.name for row in found.quarter.projects), strict=True
        ):
            approved = name.replace("context/", "if-approved/")
            own = found.figures(project)
            if total := own.get(f"{approved}/total"):
                years = by_year(own, approved).items()
                amounts = [f"{year} {amount(figure)}" for year, figure in years]
                together = "; ".join([*amounts, f"in all {amount(total)}"])
                yield f"{scope} if {title}'s proposal is approved: {together}"
    for subject, names in (("All programmes", ALL_PROGRAMMES), ("All projects", ALL_PROJECTS)):
        if subject == "All projects" and len(found.quarter.slugs) < 2:
            continue
        for words, name in names.items():
            if is_said(figures.get(name)):
                yield f"{subject}, {words}: {amount(figures[name])}"


def findings(found: Outcome, wanted: list[str]) -> list[str]:
    """Of the findings, what the block asks for: by their id, else that a rule has none."""
    said = []
    for line in wanted:
        name, *parts = line.split(" · ")
        if name.startswith("no "):
            said.append(line if not found.of_rule(name.removeprefix("no ")) else f"some {name[3:]}")
            continue
        item = found.finding(name)
        facts = [item.outcome.replace("_", " ")]
        facts += [item.severity] if item.severity in parts else []
        for words, pence in (("calculated", item.calculated), ("stated", item.stated)):
            if any(part.startswith(words) for part in parts):
                facts.append(f"{words} {'nothing' if pence is None else f'£{pence / 100:,.0f}'}")
        said.append(" · ".join([name, *facts]))
    return said


def shown_nowhere(found: Outcome, wanted: list[str]) -> list[str]:
    """The amounts of a block that neither a page nor a figure nor a finding shows."""
    every = {f"£{amount:,.0f}" for amount in found.every_amount(found.quarter.slugs[0])}
    return [line for line in wanted if line not in every]


@pytest.mark.parametrize("example", examples(PAGE), ids=str)
def test_what_is_counted_is_what_the_page_says(example: Example) -> None:
    found = outcome(example.sheets, example.change)
    assert found.refused == []
    said = {
        "counts": lambda: list(counted(found)),
        "findings": lambda: findings(found, example.lines),
        "not added": lambda: [f"{each.line}: {each.reason}" for each in found.quarter.not_added],
        "nowhere": lambda: shown_nowhere(found, example.lines),
    }[example.kind]()
    assert said == example.lines


def test_every_block_of_the_page_is_read() -> None:
    assert is_whole(PAGE)
    kinds = {example.kind for example in examples(PAGE)}
    assert kinds == {"counts", "findings", "nowhere", "not added"}
