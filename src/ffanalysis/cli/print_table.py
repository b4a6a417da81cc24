"""A table on the terminal, or in a file."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_table(
    headings: Iterable[str], number: str, rows: Iterable[Iterable[str]], *, width: int
) -> None:
    """Print a table with one column of numbers; where there is no terminal, of this width."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, justify="right" if heading == number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=width)).print(table)
