"""Where a figure of a briefing comes from: how it was made, its cells, checks and history.

What is told is the expression that the figure was made with, and what the page prints of it: the
same that `verify` recomputes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.errors import FigureUnknown
from ffanalysis.expressions import CellLine, CellTable, written
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.measure import project_measures
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.findings import worst_first
from ffanalysis.present.html import Part, listing, table, tag
from ffanalysis.present.reading import correction_words
from ffanalysis.present.words import figure_text, say
from ffanalysis.provenance import cell_of, name_key
from ffanalysis.render.expression_words import CellWords, in_words
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.verify import in_pence, is_shown, number_in, parse

# The parts of a briefing in the order of its pages, and where a reader finds them.
_PARTS: Mapping[str, str] = {
    "message": "first page, the message and the key figures",
    "this_year": "first page, this year",
    "asked": "first page, what is asked",
    "doubts": "first page, what could make this wrong",
    "savings": "second page, savings by year",
    "trend": "second page, the trend",
    "delivery": "second page, milestones and deadlines",
    "findings_by_actor": "annex, findings",
    "agreed": "annex, checks passed or noted",
    "moved": "annex, movement",
    "outlook": "annex, what may be delivered",
    "bridge": "annex, budget bridge",
    "context": "annex, the wider programme",
    "timeline": "annex, timeline",
}
_NAMES = re.compile(r"\{[^{}:]*: ")  # of an expression
_SCALES = (money.POUND, money.THOUSAND, money.MILLION)  # of tables
_MOST_CHECKS = 8
_MOST_NAMED = 12


@dataclass(frozen=True)
class ExplainedFigure:
    """One figure of a briefing, explained.

    Attributes:
        project: the project's name.
        period: the quarter.
        figure: the figure itself.
        made: how it was made, in words.
        expression: the same for machines, over `cells`: c1 is the first of them.
        cells: the cells that it was made from, with what is written there.
        checks: the findings that look at these cells, the worst first.
        history: what it was in each quarter that is known, the earliest first.
        printed: where the briefing shows it.
        others: figures that are shown by the same text, and were made in another way.
        corrections: what was declared of its cells: what the file has, who told, and why.
    """

    project: str
    period: str
    figure: Figure
    made: str
    expression: str
    cells: tuple[CellLine, ...]
    checks: tuple[Finding, ...]
    history: tuple[tuple[str, str], ...]
    printed: tuple[str, ...]
    others: tuple[Figure, ...] = ()
    corrections: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The figure's label, name and amount in one line."""
        label = self.figure.label or self.figure.name
        return f"{label}: {figure_text(self.figure)}"

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """All of it as lines of text."""
        yield f"{self.project}, {self.period}"
        yield f"{self.title} [{self.figure.name}]"
        yield from ("", "How it was made", f"  {self.made}")
        if self.cells:
            yield from ("", "Cells")
            yield from (f"  {_cell_in_words(line)}" for line in self.cells)
            yield from (f"  {words}" for words in self.corrections)
        if self.checks:
            yield from ("", "Checks on these cells")
            yield from (
                f"  {each.outcome.replace('_', ' ')}: {say(each.message)}" for each in self._shown
            )
            yield from (f"  {words}" for words in self._more)
        if self.history:
            yield from ("", "In each quarter")
            yield from (f"  {period}  {text}" for period, text in self.history)
        yield from ("", "Shown in the briefing")
        yield from (f"  {place}" for place in self.printed or (_NOWHERE,))
        if self.others:
            yield from ("", "Shown by the same text")
            yield from (f"  {each.name}{_behind(each.label)}" for each in self.others)

    def _repr_html_(self) -> str:
        cells = [
            [
                f"{line.cell.workbook}, {line.cell.sheet}",
                line.cell.address,
                line.written or "blank",
                _factor_in_words(line),
                _amount_in_words(line),
            ]
            for line in self.cells
        ]
        parts = [
            tag("p", tag("strong", self.title)),
            tag("p", self.made),
            table("Cells", _CELL_HEADINGS, cells, texts=True) if cells else Markup(""),
            listing(self.corrections) if self.corrections else Markup(""),
            _list_of("Checks on these cells", [say(each.message) for each in self._shown]),
            _list_of("In each quarter", [f"{period}: {text}" for period, text in self.history]),
            _list_of("Shown in the briefing", self.printed),
        ]
        return f'<div class="ff">{Markup("").join(parts)}</div>'

    @property
    def _shown(self) -> Sequence[Finding]:
        return self.checks[:_MOST_CHECKS]

    @property
    def _more(self) -> Iterator[str]:
        if len(self.checks) > _MOST_CHECKS:
            yield f"and {len(self.checks) - _MOST_CHECKS:,} more, in findings.csv"


_NOWHERE = "nowhere: it is in the lists alone"
_CELL_HEADINGS = ("Workbook and sheet", "Cell", "As written", "Unit", "Amount")


def _list_of(title: str, items: Iterable[str]) -> Markup:
    every = list(items)
    return tag("h4", title) + listing(every) if every else Markup("")


def explain(
    quarter: Quarter, findings: Sequence[Finding], project: str, figure: str
) -> ExplainedFigure:
    """Explain a figure of a project's briefing, by its name, its label, or its text on the page.

    Of several figures with this text the first in reading order is explained, and the others are
    named. Raises FigureUnknown with the names that are most like it; ProjectUnknown; InputsRefused.
    """
    briefing = Briefing.of(quarter, findings, project)
    shown = _shown_in(briefing)
    known = {each.name: each for figures in shown.values() for each in figures}
    known |= {each.name: each for each in briefing.measures.figures()}
    found, others = _named(figure, known)
    cells = CellTable()
    expression = written(found.sum, cells)
    lines = tuple(line for _, line in cells)
    words = {key: CellWords(line.cell.address, line.written) for key, line in cells}
    labels = {each.name: each.label for each in known.values() if each.label}
    return ExplainedFigure(
        briefing.name,
        quarter.period.words,
        found,
        in_words(parse(expression), words, lambda name: labels.get(name, name)),
        expression,
        lines,
        tuple(_checks_of(briefing.findings, found)),
        tuple(_history(quarter, project, found.name)),
        tuple(_PARTS[part] for part, own in shown.items() if found.name in {f.name for f in own}),
        tuple(others),
        tuple(
            correction_words(row)
            for row in quarter.corrections
            if cell_of(row) in found.cells and any(line.is_corrected for line in lines)
        ),
    )


def figures_of(briefing: Briefing) -> dict[str, Figure]:
    """Every figure of a briefing by its name: those of its pages, then those of its lists."""
    shown = (each for figures in _shown_in(briefing).values() for each in figures)
    return {each.name: each for each in (*shown, *briefing.measures.figures())}


def _shown_in(briefing: Briefing) -> dict[str, tuple[Figure, ...]]:
    """The figures of each part of a briefing."""
    parts: dict[str, Part] = {name: getattr(briefing, name)() for name in _PARTS}
    return {name: part.figures for name, part in parts.items()}


def _named(text: str, known: Mapping[str, Figure]) -> tuple[Figure, list[Figure]]:
    """The figure that a text names, and others that it may name as well."""
    if text in known:
        return known[text], []
    wanted = name_key(text).casefold()
    alike = [each for each in known.values() if name_key(each.label).casefold() == wanted != ""]
    found = alike or [each for each in known.values() if _is_text_of(text, each)]
    # What is shown under a name of its own is meant before an amount of a check.
    found.sort(key=lambda each: not each.label)
    ways = list(_ways(found).values())
    if not ways:
        raise FigureUnknown(text, known)
    return ways[0], ways[1:]


def _behind(label: str) -> str:
    return f" ({label})" if label else ""


def _ways(found: Sequence[Figure]) -> dict[str, Figure]:
    """The first figure of those that were made in the same way of the same cells."""
    ways: dict[str, Figure] = {}
    for each in found:
        cells = CellTable()
        bare = _NAMES.sub("", written(each.sum, cells)).replace("}", "")
        places = ", ".join(str(line.cell) for _, line in cells)
        ways.setdefault(f"{bare} of {places}", each)
    return ways


def _is_text_of(text: str, figure: Figure) -> bool:
    """Whether a page may show the figure as this text."""
    if figure.value is None or not any(map(str.isdigit, text)):
        return False
    value, unit = Fraction(figure.value), figure.unit
    if unit == "pence" and not any(sign in text for sign in "£"):
        return any(is_shown(text, value, unit, str(each)) for each in _SCALES)
    return is_shown(text, value, unit)


def _checks_of(findings: Sequence[Finding], figure: Figure) -> Iterator[Finding]:
    """The findings that look at a cell of the figure; those of its own cells alone go first."""
    own = set(figure.cells)
    touching = [each for each in worst_first(findings) if own & set(each.cells)]
    yield from sorted(touching, key=lambda each: len(set(each.cells) - own))


def _history(quarter: Quarter, project: str, name: str) -> Iterator[tuple[str, str]]:
    """What the figure of this name was in each quarter, the earliest first."""
    quarters, weights = [quarter], quarter.tables.weights
    while before := quarters[0].tables.before:
        # An earlier quarter is weighed as this one is, so that only its amounts differ.
        quarters.insert(0, Quarter(replace(before, weights=weights)))
    for each in quarters:
        if project in each.register and project not in withheld_projects(each):
            figures = {f.name: f for f in project_measures(each, project).figures()}
            if name in figures:
                yield str(each.period), figure_text(figures[name])


def _cell_in_words(line: CellLine) -> str:
    """A cell in a line of text: where it is, what is written there, and what that comes to."""
    place = f"{line.cell.workbook}, {line.cell.sheet}, {line.cell.address}"
    if line.factor is None:
        return f"{place}: " + (f"'{line.written}'" if line.written else "no amount")
    corrected = " (corrected)" if line.is_corrected else ""
    if line.stated_to is None and line.factor == money.MILLION:
        return f"{place}: '{line.written}'{corrected}, a share of a total"
    unit = _factor_in_words(line)
    within = f" in {unit}" if unit else ""
    return f"{place}: '{line.written}'{corrected}{within} is {_amount_in_words(line)}"


def _factor_in_words(line: CellLine) -> str:
    """The unit of a cell's number: "£000"; "" for what is no money."""
    if not line.factor or line.stated_to is None:
        return ""
    sign = " with the sign turned" if line.factor < 0 else ""
    return f"{money.unit_label(abs(line.factor))}{sign}"


def _amount_in_words(line: CellLine) -> str:
    """What a cell comes to; "" where no amount was read from it."""
    amount = _amount(line)
    if amount is None:
        return ""
    return money.in_full(amount) if line.stated_to is not None else f"{amount:,}"


def _amount(line: CellLine) -> int | None:
    if line.factor is None:
        return None
    number = number_in(line.written)
    return None if number is None else int(in_pence(number, line.factor))
