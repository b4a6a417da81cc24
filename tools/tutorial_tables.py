"""The tables of the tutorial: their headings as the blank workbook has them, rows as filled in."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ffanalysis.start.columns import TABLES, TableForm

DOCS = Path(__file__).parents[1] / "docs"
FIRST, SECOND = DOCS / "made" / "first-quarter.md", DOCS / "made" / "second-quarter.md"
_ROWS = DOCS / "transcripts" / "first-quarter" / "rows.toml"


def first() -> str:
    """The tables of the first quarter, to be included in the tutorial."""
    sheets = tomllib.loads(_ROWS.read_text("utf-8"))["sheets"]
    forms = {form.sheet: form for form in TABLES}
    return "\n".join(part for name, rows in sheets.items() for part in _table(forms[name], rows))


def second() -> str:
    """What changes in the second quarter, likewise."""
    lines = ["| sheet | project | column | write |\n| --- | --- | --- | --- |"]
    for change in tomllib.loads(_ROWS.read_text("utf-8"))["changes"]:
        where = f"{change.pop('sheet')} | {change.pop('project')}"
        lines += [f"| {where} | {heading} | {value} |" for heading, value in change.items()]
    return "\n".join([*lines, ""])


def _table(form: TableForm, rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    needed = {column.heading for column in form.all_columns() if column.is_needed}
    shown = list(dict.fromkeys(heading for row in rows for heading in row))
    if missing := needed - set(shown):
        raise ValueError(f"the tutorial leaves out {sorted(missing)} of {form.sheet}")
    heads = [f"**{heading}**" if heading in needed else heading for heading in shown]
    yield f"### {form.sheet}\n\n{form.about}\n"
    yield f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(str(row.get(heading, '')) for heading in shown)} |"
    yield ""
