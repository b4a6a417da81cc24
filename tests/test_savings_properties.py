"""What holds of every schedule that can be invented.

Its amounts are powers of three in pounds, so that any sum, and any difference of two sums, tells of
which cells it is made.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes import Outcome, in_pounds, money, money_in
from rendered import Element
from schedules import (
    ALPHA,
    DELIVERED,
    FORECAST,
    LAYOUTS,
    PROGRAMME,
    REVISED,
    TARGET,
    Layout,
    Line,
    Owner,
    drawn,
)
from text_quarter import quarter

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha in all | New | Libraries | Change"""
MILESTONE = """example.xlsx!Milestones
Project | Milestone | Completed by
Alpha | Contract let | June 2016"""
MOST = 23  # amounts of one quarter: the largest is then some tens of billions of pounds
BUDGET_OF_ALL = 3**24
BUDGET = f"""example.xlsx!Budget
Base budget (£)
Service | Basis | 2015/16
Libraries | net | {BUDGET_OF_ALL}"""
YEARS = ("2014/15", "2015/16", "2016/17", "2017/18")
FASTER = "Existing (Faster)"
KINDS = ("New", "Further", FASTER)
RAGS = ("Green Delivered", "Green On Target", "Amber", "Red", "TBC", "")
examples = settings(max_examples=1000 if "FFANALYSIS_SOAK" in os.environ else 12)


@dataclass(frozen=True)
class Source:
    """What a cell of a schedule states an amount of."""

    ref: str
    plan: str
    role: str
    measure: str
    year: str
    table: str = ""

    @property
    def kind(self) -> tuple[str, str, str]:
        """What amounts may have in common to be added: one plan, one role, one measure."""
        return self.plan, self.role, self.goal

    @property
    def goal(self) -> str:
        return "target" if self.measure in (TARGET, REVISED) else self.measure


@dataclass(frozen=True)
class Schedule:
    """Lines in one table or two, how these are laid out, and what each amount is of."""

    lines: tuple[Line, ...]
    layout: Layout
    more: tuple[Line, ...] = ()
    owner: Owner = ALPHA

    def sheets(self, period: str = "") -> list[str]:
        name = f"{period}/example.xlsx" if period else "example.xlsx"
        tables = {"Savings": self.lines, "More": self.more}
        return [
            drawn(lines, self.layout, self.owner, f"{name}!{sheet}", "£")
            for sheet, lines in tables.items()
            if lines
        ]

    def outcome(self, *more: str) -> Outcome:
        found = Outcome(quarter(REGISTER, BUDGET, *self.sheets(), *more))
        assert found.refused == []
        return found

    @property
    def sources(self) -> dict[int, Source]:
        found = {BUDGET_OF_ALL: Source("", "", "", "budget", "")}
        for table, lines in (("Savings", self.lines), ("More", self.more)):
            for line in lines:
                for measure, amounts in line.amounts.items():
                    for year, amount in amounts.items():
                        if isinstance(amount, int):
                            found[amount] = Source(
                                line.ref, line.plan, role_of(line), measure, year, table
                            )
        return found

    def with_line(self, line: Line) -> "Schedule":
        return replace(self, lines=(*self.lines, line))


def role_of(line: Line) -> str:
    return "mitigation" if line.mitigates else "accelerated" if line.kind == FASTER else "own"


class Purse:
    """Amounts of which no two sums are alike."""

    def __init__(self, first: int = 0, most: int = MOST) -> None:
        self.next, self.most = first, most

    def take(self) -> int | str:
        """The next amount; a blank where all are taken."""
        if self.next >= self.most:
            return ""
        self.next += 1
        return int(3 ** (self.next - 1))


cells = st.sampled_from(["amount"] * 5 + ["", "TBC"])


def amounts_of(draw: st.DrawFn, years: Sequence[str], purse: Purse) -> dict[str, int | str]:
    found = {}
    for year in years:
        what = draw(cells)
        found[year] = purse.take() if what == "amount" else what
    return found


@st.composite
def lines_of(
    draw: st.DrawFn, ref: str, refs: Sequence[str], purse: Purse, plans: Sequence[str]
) -> Line:
    """A line that has a target, and perhaps a revised one, what is delivered and forecast."""
    measures = [
        TARGET,
        *draw(st.lists(st.sampled_from([REVISED, DELIVERED, FORECAST]), unique=True)),
    ]
    years = draw(st.lists(st.sampled_from(YEARS), min_size=1, max_size=2, unique=True))
    kind = draw(st.sampled_from(KINDS))
    others = [other for other in refs if other != ref]
    mitigates = draw(st.sampled_from(["", "", "", *others])) if kind != FASTER else ""
    return Line(
        {measure: amounts_of(draw, years, purse) for measure in measures},
        ref,
        draw(st.sampled_from(plans)),
        kind,
        draw(st.sampled_from(RAGS)),
        draw(st.sampled_from(["", "Retained", "Commissioned"])),
        mitigates,
        draw(st.sampled_from(["", "One-off", "Recurring"])) if mitigates else "",
    )


@st.composite
def schedules(
    draw: st.DrawFn,
    plans: Sequence[str] = ("Current", "Proposed", "Prior"),
    owner: Owner = ALPHA,
    first: int = 0,
    most: int = MOST,
) -> Schedule:
    """One table, or a second one beside it that states the targets again or has the forecasts."""
    purse = Purse(first, most)
    refs = [f"A-{number}" for number in range(1, 1 + draw(st.integers(1, 4)))]
    lines = [draw(lines_of(ref, refs, purse, plans)) for ref in refs]
    second = draw(st.sampled_from(["", "", "targets again", "forecasts"]))
    more: list[Line] = []
    if second == "targets again":
        more = [
            replace(line, amounts={TARGET: amounts_of(draw, sorted(line.years), purse)})
            for line in lines
        ]
    elif second == "forecasts":
        more = [
            replace(line, amounts={FORECAST: line.amounts[FORECAST]})
            for line in lines
            if FORECAST in line.amounts
        ]
        lines = [
            replace(
                line, amounts={name: of for name, of in line.amounts.items() if name != FORECAST}
            )
            for line in lines
        ]
    return Schedule(tuple(lines), draw(st.sampled_from(LAYOUTS)), tuple(more), owner)


def parts_of(pounds: float) -> tuple[list[int], list[int]]:
    """The amounts that make a sum, and those that it lacks: powers of three, each once."""
    rest, power = round(pounds), 1
    assert rest == pounds
    more, less = [], []
    while rest:
        digit = (rest + 1) % 3 - 1
        (more if digit > 0 else less if digit < 0 else []).append(power)
        rest, power = (rest - digit) // 3, power * 3
    return more, less


# --- amounts are sums of lines of one plan, one role and one measure -----------------------------

# What follows from two sums is a difference of them.
DIFFERENCES = (
    *("headroom", "shortfall", "above-target", "variance"),
    *("difference", "more", "less", "change"),
)
# What is delivered beyond the target of one year makes up for another that is over.
MADE_UP = re.compile(r"saving-overdue[:/]")
# Estimates and bounds of rounding are no sums; what is left unmitigated has three parts.
NO_SUM = re.compile(
    r"(.*/)?(tolerance|unmitigated|no-mitigation-stated)|(.*/)?weighted/(?!planned/).*"
)


def faults_in(name: str, pounds: float | None, sources: Mapping[int, Source]) -> str:
    """Why an amount is no sum of lines that may be added; blank where it is one."""
    if pounds is None or NO_SUM.fullmatch(name):
        return ""
    more, less = parts_of(pounds)
    if less and not (name.rpartition("/")[2] in DIFFERENCES or MADE_UP.match(name)):
        return f"{name} is £{pounds:,.0f}, which is no sum of lines"
    for powers in (more, less):
        unknown = [power for power in powers if power not in sources]
        if unknown:
            return f"{name} is £{pounds:,.0f}, of which £{sum(unknown):,} is in no line"
        added = [sources[power] for power in powers]
        if len({source.kind for source in added}) > 1:
            return f"{name} is £{pounds:,.0f}, which adds {added}"
        once = {(source.ref, source.goal, source.year) for source in added}
        if len(once) < len(added):
            return f"{name} is £{pounds:,.0f}, which adds a line twice: {added}"
    return ""


@examples
@given(schedules())
def test_every_amount_is_a_sum_of_lines_of_one_plan_and_one_measure(schedule: Schedule) -> None:
    found, sources = schedule.outcome(MILESTONE), schedule.sources
    stated: list[tuple[str, float | None]] = []
    for item in found.findings:
        stated += [(figure.name, in_pounds(figure)) for figure in money_in(item)]
        compared = (("stated", item.stated), ("calculated", item.calculated))
        stated += [
            (f"{item.id}/{name}", pence / 100) for name, pence in compared if pence is not None
        ]
    for project in ("alpha", ""):
        stated += [(each.name, in_pounds(each)) for each in money(found.figures(project))]
        stated += found.amounts_shown(project)
    faults = dict.fromkeys(filter(None, (faults_in(*each, sources) for each in stated)))
    assert not faults, "\n".join(faults)


# --- what is no target changes no target ---------------------------------------------------------

# Figures of progress, and those that depend on it; estimates, years that are over, sheet rows; and
# what is shown beside a target because it is none.
PROGRESS = (
    r"(.*/)?position/(?!target).*",
    r"plan-(position|trend)/.*",
    r"trend/.*/(?!target).*",
    r"this-year/(?!target|first).*",
    r"(.*/)?weighted/(?!planned/).*",
    r".*-row-.*",
    r".*/(done|rest/.*)",
    r"own/rag/.*",
    r".*gap-to-mtfp",
    r"overall/(low|central|high|gap)",
    r"movement/.*",
    r".*/(forecast|delivered-to-date|accelerated|mitigation|carried-forward)(/.*)?",
)


def is_target(name: str) -> bool:
    return not any(re.fullmatch(pattern, name) for pattern in PROGRESS)


def targets_of(found: Outcome) -> dict[str, object]:
    """Every figure of a target, on the project's page and on the programme's, and in findings."""
    figures = {
        (project, name): (figure.value, figure.partial)
        for project in ("alpha", "")
        for name, figure in found.figures(project).items()
        if is_target(name)
    }
    findings = {
        item.id: (item.outcome, item.stated, item.calculated)
        for item in found.findings
        if item.rule in ("saving-within-budget", "milestone-before-saving", "mtfp-tie")
    }
    return {**figures, **findings}


def assert_same_targets(before: Outcome, after: Outcome) -> None:
    was, now = targets_of(before), targets_of(after)
    changed = {
        name: (value, now.get(name)) for name, value in was.items() if now.get(name) != value
    }
    assert not changed
    new = {name: value for name, value in now.items() if name not in was and value[0] is not None}
    assert not new


PLANS_NOW = ("Current", "Proposed")
either_owner = st.sampled_from([ALPHA, PROGRAMME])


@st.composite
def with_progress(draw: st.DrawFn) -> tuple[Schedule, Schedule]:
    """A schedule without a measure, and with it: what is delivered, or forecast, of its lines."""
    owner = draw(either_owner)
    plans = PLANS_NOW if owner.is_project else ("Current",)
    schedule = draw(schedules(plans, owner))
    measure = draw(st.sampled_from([DELIVERED, FORECAST]))
    without = tuple(
        replace(line, amounts={name: of for name, of in line.amounts.items() if name != measure})
        for line in schedule.lines
    )
    purse = Purse(MOST - 8)
    known = tuple(
        replace(
            line, amounts={**line.amounts, measure: amounts_of(draw, sorted(line.years), purse)}
        )
        for line in without
    )
    return replace(schedule, lines=without, more=()), replace(schedule, lines=known, more=())


@examples
@given(with_progress())
def test_what_is_delivered_or_forecast_changes_no_target(pair: tuple[Schedule, Schedule]) -> None:
    before, after = pair
    assert_same_targets(before.outcome(MILESTONE), after.outcome(MILESTONE))


@st.composite
def with_another_role(draw: st.DrawFn) -> tuple[Schedule, Line]:
    """A schedule, and a line that only brings savings forward or stands in for another."""
    owner = draw(either_owner)
    plans = PLANS_NOW if owner.is_project else ("Current",)
    schedule = draw(schedules(plans, owner, most=MOST - 4))
    amounts = amounts_of(
        draw, draw(st.lists(st.sampled_from(YEARS), min_size=1, unique=True)), Purse(MOST - 4)
    )
    plan = draw(st.sampled_from(plans))
    line = Line({TARGET: amounts}, "A-9", plan, rag=draw(st.sampled_from(RAGS)))
    if draw(st.booleans()):
        return schedule, replace(line, kind=FASTER)
    return schedule, replace(line, mitigates="A-1", recurring="One-off")


@examples
@given(with_another_role())
def test_a_line_of_another_role_changes_no_target(case: tuple[Schedule, Line]) -> None:
    schedule, line = case
    after = schedule.with_line(line)
    assert_same_targets(schedule.outcome(MILESTONE), after.outcome(MILESTONE))


# --- a line split in two changes no total --------------------------------------------------------


@st.composite
def split(draw: st.DrawFn) -> tuple[Schedule, Schedule]:
    """A schedule, and the same with one of its lines in two."""
    owner = draw(either_owner)
    plans = ("Current", "Proposed", "Prior") if owner.is_project else ("Current",)
    schedule = draw(schedules(plans, owner))
    ref = draw(st.sampled_from([line.ref for line in schedule.lines]))
    share = draw(st.integers(0, 100))

    def halves(line: Line) -> Iterator[Line]:
        first = {
            measure: {
                year: amount * share // 100 if isinstance(amount, int) else amount
                for year, amount in amounts.items()
            }
            for measure, amounts in line.amounts.items()
        }
        rest = {
            measure: {
                year: amount - first[measure][year] if isinstance(amount, int) else amount
                for year, amount in amounts.items()
            }
            for measure, amounts in line.amounts.items()
        }
        yield replace(line, amounts=first)
        yield replace(line, amounts=rest, ref=f"{line.ref}b")

    def in_two(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(
            part for line in lines for part in (halves(line) if line.ref == ref else (line,))
        )

    return schedule, replace(schedule, lines=in_two(schedule.lines), more=in_two(schedule.more))


# What these rules compare is one line's own, not a total.
_OF_ONE_LINE = ("rag-stated", "unit-slip", "delivered-as-rated", "forecast-plausible")


def totals_of(found: Outcome) -> dict[str, object]:
    figures = {
        (project, name): (figure.value, figure.partial)
        for project in ("alpha", "")
        for name, figure in found.figures(project).items()
        if "-row-" not in name
    }
    # One more amount is one more rounding, so that how a comparison ends may change.
    findings = {
        item.id: (item.stated, item.calculated)
        for item in found.findings
        if item.calculated is not None and item.rule not in _OF_ONE_LINE
    }
    return {**figures, **findings}


@examples
@given(split())
def test_a_line_split_in_two_changes_no_total(pair: tuple[Schedule, Schedule]) -> None:
    before, after = (totals_of(schedule.outcome(MILESTONE)) for schedule in pair)
    assert {name: value for name, value in after.items() if before.get(name) != value} == {}
    assert before.keys() == after.keys()


# --- one amount under one name, year and measure -------------------------------------------------


@examples
@given(schedules(), st.sampled_from(["March 2016", "June 2016", "June 2017", "2016 TBC"]))
def test_a_page_shows_one_amount_under_one_name_year_and_measure(
    schedule: Schedule, milestone: str
) -> None:
    found = schedule.outcome(MILESTONE.replace("June 2016", milestone))
    for project in ("alpha", ""):
        assert not {
            name: sorted(values)
            for name, values in by_name(found.page(project)).items()
            if len(values) > 1
        }
    own = found.figures()
    words: dict[str, set[object]] = defaultdict(set)
    for figure in own.values():
        if figure.label and "-row-" not in figure.name and "/besides/" not in figure.name:
            words[figure.label].add(figure.value)
    assert not {label: values for label, values in words.items() if len(values) > 1}
    # What a finding says of the saving in a year is what the briefing shows of that year.
    shown = {
        (plan, year): own[f"{plan}/{year.replace('/', '-')}"]
        for plan in ("current", "proposed")
        for year in YEARS
        if f"{plan}/{year.replace('/', '-')}" in own
    }
    for item in found.of_rule("saving-within-budget"):
        in_year = {figure.value for (_, year), figure in shown.items() if year == item.year}
        assert item.calculated in in_year, item.id
    for item in found.of_rule("milestone-before-saving"):
        (due,) = {figure.value for figure in money_in(item)}
        begins = {
            plan: min(year for (of, year), figure in shown.items() if of == plan and figure.value)
            for plan in ("current", "proposed")
            if any(of == plan and figure.value for (of, _), figure in shown.items())
        }
        assert any(
            (item.year, due) == (year, shown[plan, year].value) for plan, year in begins.items()
        ), item.id


def by_name(page: Element) -> dict[str, set[str]]:
    """Every value that a page shows under each name."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in page.all("data"):
        found[item.attributes["data-figure"]].add(item.attributes["value"])
    return found


# --- what opens and what changed come to what closes ---------------------------------------------


def changed(draw: st.DrawFn, line: Line, refs: Sequence[str], purse: Purse) -> Line:
    """The same line a quarter later: as it was, or with something of it changed."""
    what = draw(st.sampled_from(["", "amounts", "plan", "kind", "rag", "mitigates"]))
    if what == "amounts":
        years = draw(st.lists(st.sampled_from(YEARS), min_size=1, max_size=2, unique=True))
        return replace(line, amounts={TARGET: amounts_of(draw, years, purse)})
    if what == "mitigates":
        return replace(line, mitigates="" if line.mitigates else draw(st.sampled_from(refs)))
    choices = {"plan": PLANS_NOW, "kind": KINDS, "rag": RAGS, "": ("",)}[what]
    return replace(line, **{what: draw(st.sampled_from(choices))}) if what else line


@st.composite
def two_quarters(draw: st.DrawFn) -> tuple[Schedule, Schedule]:
    """A project's lines in two quarters: some stay, some change, some go and some come."""
    purse, layout = Purse(), draw(st.sampled_from(LAYOUTS))
    refs = [f"A-{number}" for number in range(1, 1 + draw(st.integers(1, 4)))]
    was = [draw(lines_of(ref, refs, purse, PLANS_NOW)) for ref in refs]
    was = [replace(line, amounts={TARGET: line.amounts[TARGET]}) for line in was]
    now = [changed(draw, line, refs, purse) for line in was if draw(st.booleans())]
    if draw(st.booleans()) or not now:
        now.append(draw(lines_of("A-8", refs, purse, PLANS_NOW)))
    if draw(st.booleans()):
        now.append(replace(now[0], rag=draw(st.sampled_from(RAGS))))
    return Schedule(tuple(was), layout), Schedule(tuple(now), layout)


def pence(value: object) -> int:
    return int(value) if isinstance(value, int) else 0


@examples
@given(two_quarters())
def test_what_opens_and_what_changed_come_to_what_closes(pair: tuple[Schedule, Schedule]) -> None:
    was, now = pair
    earlier = [f"2015-16-Q1/{REGISTER}", *was.sheets("2015-16-Q1")]
    found = now.outcome(*earlier)
    for project in ("alpha", ""):
        figures = {
            name: figure.value
            for name, figure in found.figures(project).items()
            if name.startswith("movement/")
        }
        if "movement/opening" not in figures:
            continue
        steps = [
            value
            for name, value in figures.items()
            if name.count("/") == 1 and not name.endswith(("/opening", "/closing"))
        ]
        opening, closing = figures["movement/opening"], figures["movement/closing"]
        assert pence(opening) + sum(map(pence, steps)) == pence(closing)
        for name, change in figures.items():
            line, _, last = name.rpartition("/")
            if last == "change" and change is not None:
                before, after = figures[f"{line}/before"], figures[f"{line}/after"]
                assert pence(before) + pence(change) == pence(after), name


@examples
@given(two_quarters())
def test_what_flows_from_and_into_each_status_is_what_opened_and_closed(
    pair: tuple[Schedule, Schedule],
) -> None:
    was, now = pair
    found = now.outcome(f"2015-16-Q1/{REGISTER}", *was.sheets("2015-16-Q1")).figures("")
    opening, closing = (found.get(f"movement/{name}") for name in ("opening", "closing"))
    flow = {
        tuple(re.fullmatch(r"movement/from-(.*)/to-(.*)", name).groups()): figure.pence
        for name, figure in found.items()
        if re.fullmatch(r"movement/from-(.*)/to-(.*)", name)
    }
    assert opening is not None
    assert closing is not None
    came, went = ("nothing", "more"), ("nothing", "less", "no-longer-listed")
    assert sum(of for (before, _), of in flow.items() if before not in came) == pence(opening.value)
    assert sum(of for (_, after), of in flow.items() if after not in went) == pence(closing.value)
