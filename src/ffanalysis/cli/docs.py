"""The command that opens the documentation which comes with the package."""

import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ffanalysis.cli.ending import ending
from ffanalysis.errors import DocumentationMissing, PageUnknown

# Built pages: `make docs` puts them here in a checkout, tools/package.py in a wheel.
FOLDER = Path(__file__).parent.parent / "documentation"
_FIRST = "index"
_OF_SPHINX = ("genindex", "search")


def pages(folder: Path) -> Sequence[str]:
    """The names of the pages, as a reader may write them."""
    found = sorted(path.stem for path in folder.glob("*.html"))
    return [name for name in found if name not in _OF_SPHINX]


def complete_page(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem[str]]:
    """The pages that a word begins."""
    return [CompletionItem(name) for name in pages(FOLDER) if name.startswith(begun)]


@click.command(
    epilog=ending(
        "0 opened, or printed; 2 usage, or the documentation is not built.",
        "ffanalysis docs",
        "ffanalysis docs errors --path",
    )
)
@click.argument("page", default=_FIRST, shell_complete=complete_page)
@click.option("--path", "path_only", is_flag=True, help="Print where it is; open no browser.")
def docs(page: str, *, path_only: bool) -> None:
    """Open the documentation, or one PAGE of it, in the browser.

    It comes with the package and needs no network.
    """
    known = pages(FOLDER)
    if not known:
        raise DocumentationMissing
    if page not in known:
        raise PageUnknown(page, known)
    path = FOLDER / f"{page}.html"
    if path_only or not webbrowser.open(path.as_uri()):
        click.echo(path)


COMMANDS = (docs,)
