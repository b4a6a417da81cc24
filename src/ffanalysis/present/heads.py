"""The head of a first page: protective marking, logo, and the line that says which page it is."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from ffanalysis.present.html import tag
from ffanalysis.settings import Settings

# Filled where a page is published, which alone knows all that it was made from.
VERSION = Markup('<span class="version"></span>')
NOTICE = Markup('<div class="notice"></div>')
# Before a run has made the page nobody has recomputed it; whatever is published says who has.
_NOT_RECOMPUTED = "These figures have not been recomputed: a run does that before it publishes."
WITNESSES = tag("span", _NOT_RECOMPUTED, class_="witnesses")
RECOMPUTED = (
    "Before this page was published every figure marked on it was recomputed from the workbooks, as"
    " a second reader finds them, by a second engine; neither shares code with ffanalysis. Before a"
    " release a spreadsheet program recalculates reconciliation.xlsx, where one is installed. This"
    " proves what was read and added, not that the right lines were chosen."
)


def above(council: Settings, marking: str) -> Markup:
    """What stands above everything else: the protective marking, then the council's logo.

    Behind them is room for what a new edition corrects.
    """
    marked = tag("p", marking, class_="marking") if marking else Markup("")
    if not council.logo_data:
        return marked + NOTICE
    logo = Markup('<img class="logo" src="{}" alt="{}">').format(
        council.logo_data, council.logo.alt
    )
    return marked + logo + NOTICE


def banner(state: str, said: Iterable[str], *, is_quiet: bool = False) -> Markup:
    """A strip over a page, with what is said beside its state; a quiet one asks for nothing."""
    if not state:
        return Markup("")
    lines = (tag("p", line) for line in said if line.casefold() != state.casefold())
    look = "banner quiet" if is_quiet else "banner"
    return tag("div", tag("strong", state), *lines, class_=look, role="note")


def eyebrow(about: Iterable[str | None]) -> Markup:
    """What a page is about: programme, kind, quarter, as-of date, and the version of the page."""
    return tag("p", " · ".join(filter(None, about)), VERSION, class_="eyebrow")


def as_published(
    html: str,
    version: str,
    edition: int = 0,
    notice: Sequence[str] = (),
    releases: str = "",
    witnesses: str = "",
) -> str:
    """The page with its edition and version in its first line, where that has room for them.

    `notice` has the heading and the lines of what a new edition corrects; none for a first one.
    `releases` is the address of what was released; "" where nobody has said one. `witnesses` says
    who recomputed the figures; "" where nobody has.
    """
    numbers = ("Edition", f"{edition:,}" if edition else ""), ("Version", version)
    words = " · ".join(f"{name} {number}" for name, number in numbers if number)
    filled = Markup(' · <span class="version">{}</span>').format(words) if words else VERSION
    if releases:
        filled += Markup(" · ") + tag("a", "Released briefings", href=releases)
    heading, *lines = notice or ("",)
    shown = tag("div", banner(heading, lines), class_="notice") if notice else Markup("")
    html = html.replace(VERSION, filled, 1).replace(NOTICE, shown, 1)
    return html.replace(WITNESSES, tag("span", witnesses), 1) if witnesses else html


def confidential_words(number: int) -> str:
    """That projects are left out of what everybody may see; "" where there are none.

    No amount is said: with one project left out, what lists and totals come to apart would be its
    own.
    """
    if not number:
        return ""
    projects = (
        "1 confidential project is" if number == 1 else f"{number:,} confidential projects are"
    )
    return (
        f"{projects} left out here: of the lists, the totals of projects, the charts and the"
        " checks. What a schedule, the budget or the plan states of a whole programme is shown as"
        " it is stated there."
    )


def without(number: int) -> Markup:
    """The same as a line of the head."""
    said = confidential_words(number)
    return tag("p", said, class_="under") if said else Markup("")
