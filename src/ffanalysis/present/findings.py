"""Findings on a page.

Headlines with what they explain beneath them, what agrees a line each, and cells in short.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from ffanalysis.findings import SEVERITIES, Finding, Sentence, Severity
from ffanalysis.periods import long_date
from ffanalysis.present.codes import LineNames
from ffanalysis.present.html import Cell, listing, sentence, table, tag
from ffanalysis.provenance import CellRef

# What a page calls a severity, whichever page it is.
SEVERITY_WORDS = {"error": "Check failed", "query": "Needs an answer", "note": "For information"}
_MOST_CELLS = 8
OF_A_SPLIT = ("route-split", "unit-slip")  # the rules that put a split by route in doubt


def short_cells(cells: Iterable[CellRef]) -> str:
    """Cells gathered by sheet: "savings-schedule.xlsx, Proposed savings: H11, H16"."""
    by_sheet: dict[str, list[str]] = {}
    for cell in cells:
        by_sheet.setdefault(f"{cell.workbook}, {cell.sheet}", []).append(cell.address)
    return "; ".join(f"{place}: {', '.join(addresses)}" for place, addresses in by_sheet.items())


def cells_in_line(cells: Sequence[CellRef]) -> str:
    """Cells as a line of the terminal ends with them, the first few; "" where there are none."""
    more = f" and {len(cells) - _MOST_CELLS:,} more" if len(cells) > _MOST_CELLS else ""
    return f" [{short_cells(cells[:_MOST_CELLS])}{more}]" if cells else ""


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the worst first: errors, queries, notes, of each the largest difference.

    What a finding explains stands directly after it, where it is as grave.
    """
    ids = {finding.id for finding in findings}
    explained: dict[str, list[Finding]] = {}
    for finding in findings:
        explained.setdefault(finding.parent if finding.parent in ids else "", []).append(finding)
    heads = sorted(explained.get("", ()), key=lambda head: -abs(head.difference or 0))
    in_turn = [one for head in heads for one in (head, *_explained_by(head, explained))]
    return sorted(in_turn, key=lambda one: SEVERITIES.index(one.severity))


def on_own_page(findings: Iterable[Finding], project: str, name: str) -> list[Finding]:
    """Findings as the page of a project tells them: of its own ones without its name."""
    return [
        replace(
            finding,
            message=without_name(finding.message, name),
            brief=without_name(finding.brief, name),
        )
        if finding.project == project
        else finding
        for finding in findings
    ]


def in_brief(
    findings: Iterable[Finding], project: str, name: str, lines: LineNames
) -> list[Finding]:
    """Findings as a project's first page tells them, each sentence once and without codes."""
    told: dict[tuple[str, Sentence], Finding] = {}
    for finding in on_own_page(findings, project, name):
        words = lines.in_sentence(finding.brief or finding.message)
        told.setdefault((finding.rule, words), replace(finding, brief=words))
    return list(told.values())


def _capitalised(words: Sentence) -> Sentence:
    """A sentence with a capital letter, where it does not open with a figure."""
    first, *rest = words or ("",)
    return (first[:1].upper() + first[1:], *rest) if isinstance(first, str) else words


def without_name(words: Sentence, name: str) -> Sentence:
    """A sentence without the subject that it opens with, where that is this name."""
    first, *rest = words or ("",)
    if not isinstance(first, str):
        return words
    for behind in (": ", ", "):
        if first.startswith(name + behind):
            opening = first[len(name + behind) :]
            # What is left begins with the next part, which may be a figure.
            return _capitalised((opening, *rest) if opening else tuple(rest))
    return words


def finding_items(findings: Sequence[Finding], severities: Sequence[Severity]) -> Markup:
    """Findings as a list, each with what it explains beneath it and its cells."""
    return head_items(headlines(findings, severities), findings)


def headlines(findings: Sequence[Finding], severities: Sequence[Severity]) -> list[Finding]:
    """The findings of these severities that no other one among them explains."""
    ids = {finding.id for finding in findings}
    return [
        finding
        for finding in findings
        if finding.severity in severities and finding.parent not in ids
    ]


def at_stake(finding: Finding) -> int:
    """By how much a finding disagrees or exceeds its limit.

    A total that nothing carries is in doubt as a whole.
    """
    if finding.outcome not in ("disagrees", "exceeds_limit"):
        return 0
    return abs(finding.stated or 0 if finding.difference is None else finding.difference)


def head_items(heads: Sequence[Finding], findings: Sequence[Finding]) -> Markup:
    """Headlines of one severity as a list, each with what it explains beneath it and its cells."""
    if not heads:
        return Markup("")
    explained: dict[str, list[Finding]] = {}
    for finding in findings:
        explained.setdefault(finding.parent, []).append(finding)
    items = []
    for head in heads:
        children = list(_explained_by(head, explained))
        nested = (
            listing([_one(child) for child in children], class_="explained")
            if children
            else Markup("")
        )
        items.append(
            tag("li", Markup("{}{}").format(_one(head, SEVERITY_WORDS[head.severity]), nested))
        )
    return Markup('<ul class="findings {}">{}</ul>').format(
        heads[0].severity, Markup("").join(items)
    )


def _explained_by(head: Finding, explained: Mapping[str, Sequence[Finding]]) -> Iterator[Finding]:
    for child in explained.get(head.id, ()):
        yield child
        yield from _explained_by(child, explained)


def _one(finding: Finding, word: str = "") -> Markup:
    head = tag("strong", word, class_=f"severity {finding.severity}") if word else Markup("")
    place = tag("span", f"{finding.rule} · {short_cells(finding.cells)}", class_="cells")
    return Markup("{} {}{} {}").format(head, sentence(finding.message), explained(finding), place)


def explained(finding: Finding) -> Markup:
    """What a person has declared of a finding, as a page prints it behind it."""
    told = finding.explanation
    if told is None:
        return Markup("")
    who = f"{told.by}, {long_date(told.day)}"
    words = f"Explained: {told.why.rstrip('.')} ({who}; until {long_date(told.until)})."
    if told.lapsed:
        words = f"An explanation ({who}) no longer holds: {told.lapsed}."
    return " " + tag("span", words, class_="explanation")


def agreed_table(findings: Sequence[Finding]) -> Markup:
    """What agrees or needs no action, a row each."""
    rows: list[list[Cell]] = [
        [
            tag("span", _outcome(finding), class_=f"outcome {finding.outcome}"),
            sentence(finding.message),
        ]
        for finding in findings
        if finding.severity == "note"
    ]
    if not rows:
        return tag("p", "No check passed.")
    return table("", ["Outcome", "Check"], rows, class_="agreed long", texts=True)


def _outcome(finding: Finding) -> str:
    return finding.outcome.replace("_", " ")


def possible_renames(findings: Iterable[Finding]) -> set[str]:
    """The projects of which a query asks whether they, or a line, are new or only renamed."""
    return {
        item.project
        for item in findings
        if item.rule == "opening-equals-last-close" and item.outcome == "not_stated"
    }
