"""How a quarter, its findings and a project show themselves in a notebook: short, and to read."""

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from ffanalysis.findings import SEVERITIES, Finding
from ffanalysis.present.html import tag
from ffanalysis.present.words import say

_MOST = 10  # findings that a display lists
_WORDS = {"error": ("error", "errors"), "query": ("query", "queries"), "note": ("note", "notes")}


def counts(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity: "3 errors, 21 queries, 40 notes"."""
    found = Counter(finding.severity for finding in findings)
    said = [
        f"{found[each]:,} {_WORDS[each][found[each] != 1]}" for each in SEVERITIES if found[each]
    ]
    return ", ".join(said) or "no findings"


def paragraph(name: str, words: str) -> str:
    """A thing and what is to be known of it, in one line."""
    said = words.removeprefix(f"{name}: ")
    return _in_style(tag("p", Markup("{}: {}").format(tag("strong", name), said)))


def findings_html(findings: Sequence[Finding]) -> str:
    """The first findings in a sentence each, and how many there are."""
    shown = (
        tag("li", Markup("{}: {}").format(tag("strong", each.severity), say(each.message)))
        for each in findings[:_MOST]
    )
    left = len(findings) - _MOST
    more = tag("p", f"… and {left:,} more: .frame() has all.", class_="quiet") if left > 0 else ""
    listed = tag("ul", *shown) if findings else ""
    return _in_style(Markup("{}{}{}").format(tag("p", f"{counts(findings)}:"), listed, more))


def _in_style(html: Markup) -> str:
    return f'<div class="ff">{html}</div>'
