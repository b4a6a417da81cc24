"""Headings and columns of a table that are not understood: none is passed over in silence."""

from collections.abc import Iterator, Sequence

from ffanalysis.layout import Layout, plain, without_footnote
from ffanalysis.read.collector import Collected, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head, is_not_read, text_of_year
from ffanalysis.read.nearest import mistyped, nearest
from ffanalysis.sheets.cells import Cell

# Columns whose words are known one by one: a column that holds nothing else says the same.
_BY_WORDS = ("rag", "route", "plan", "measure", "recurring")
_FREE_TEXT = frozenset({"reason"})
_MOST_WORDS = 3
_MOST_PROJECTS = 12  # of more, every briefing asks


def list_not_understood(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Note each heading that a table does not know, with the nearest one that it does.

    Where it is all but a heading that the table lacks, or its column holds the words of one, it is
    asked about: a RAG status or a plan may be lost.
    """
    for column, head in sorted(found.heads.items()):
        if column in found.all_columns or _is_kept(found, column):
            continue
        known = _known_headings(found, layout)
        text = _text_of(head)
        meant = "" if column in found.texts else mistyped(text, known)
        held = "" if meant else _words_held(found, column, layout)
        cell = head.tokens[-1].cell
        if meant or held:
            _ask(found, cell, f"'{text}'", meant, held, collected, layout)
        elif _is_passed_over(found, column, head, layout):
            near = nearest(text, known)
            value = f"'{text}': did you mean {_as_written(near, found, layout)}?" if near else text
            what = f"a heading that the table of {found.table} does not know, and does not read"
            collected.add("notices", what=what, value=value, **source_of(found.sheet, cell))
    _list_without_heading(found, layout, collected)


def _list_without_heading(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Note the words that stand in columns of a table that nothing heads."""
    first, last = min(found.heads), max(found.heads)
    for column in sorted({*range(first - 1, last + 2)} - found.heads.keys() - found.all_columns):
        if (cell := next(_texts(found, column), None)) is None:
            continue
        if held := _words_held(found, column, layout):
            _ask(found, cell, "", "", held, collected, layout)
        elif first < column < last:
            what = f"words in a column of the table of {found.table} that nothing heads, not read"
            collected.add("notices", what=what, value=cell.text, **source_of(found.sheet, cell))


def _is_kept(found: FoundTable, column: int) -> bool:
    """Whether a column's words are kept as they are; a status may be the RAG of a table without."""
    return column in found.texts and found.texts[column].name != "status"


def _is_passed_over(found: FoundTable, column: int, head: Head, layout: Layout) -> bool:
    """Whether a column has texts that nothing reads."""
    is_known = column in found.texts or is_not_read(head, layout)
    is_known = is_known or _is_of_year(found, head, layout)
    return not is_known and _holds_texts(found, column)


def _is_of_year(found: FoundTable, head: Head, layout: Layout) -> bool:
    """Whether a register's column has what is stated of a project for one year."""
    columns = layout.tables[found.table].columns
    is_register = found.table == "projects"
    return is_register and text_of_year(head.tokens[-1].cell.text, columns) is not None


def _known_headings(found: FoundTable, layout: Layout) -> dict[str, str]:
    """The headings of the columns that a table could have and has not, with their column."""
    kind = layout.tables[found.table]
    taken = {*found.columns.values(), *found.context} | _FREE_TEXT
    return {heading: name for heading, name in kind.columns.items() if name not in taken}


def _text_of(head: Head) -> str:
    return " ".join(dict.fromkeys(token.cell.text for token in head.tokens))


def _as_written(heading: str, found: FoundTable, layout: Layout) -> str:
    """A known heading as a person writes it."""
    kind = layout.tables[found.table]
    usual = kind.headings[kind.columns[heading]]
    if plain(usual) != heading:
        usual = heading[:1].upper() + heading[1:]
    return "RAG" + usual[3:] if usual[:3].casefold() == "rag" else usual


def _texts(found: FoundTable, column: int) -> Iterator[Cell]:
    for row in range(found.header_row + 1, found.last_row + 1):
        cell = found.sheet.grid.get(row, {}).get(column)
        if cell is not None and isinstance(cell.value, str) and cell.text:
            yield cell


def _holds_texts(found: FoundTable, column: int) -> bool:
    return next(_texts(found, column), None) is not None


def _words_held(found: FoundTable, column: int, layout: Layout) -> str:
    """The column whose words alone stand in this one, where the table has none such."""
    texts = {plain(without_footnote(cell.text)) for cell in _texts(found, column)}
    texts -= layout.markers | {""}
    lacking = layout.tables[found.table].headings.keys() - _stated_in(found)
    held = (name for name in _BY_WORDS if name in lacking and texts <= _telling(name, layout))
    return next(held, "") if texts else ""


def _stated_in(found: FoundTable) -> set[str]:
    """The columns that a table states: by a heading, above it, or by the words over amounts."""
    in_heads = {name for head in found.amounts.values() for name in head.words}
    return {*found.columns.values(), *found.context, *in_heads}


def _telling(name: str, layout: Layout) -> set[str]:
    """The words of a column that say it is that one: "yes" and "no" say something of anything."""
    return {word for word in layout.values[name] if len(word) > 3 or name == "rag"}


def _ask(
    found: FoundTable,
    cell: Cell,
    heading: str,
    meant: str,
    held: str,
    collected: Collected,
    layout: Layout,
) -> None:
    """Ask what a heading means; in the briefings of the projects that the table states."""
    sheet = found.sheet
    place = f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}"
    words = list(dict.fromkeys(text.text for text in _texts(found, cell.column)))
    says = f" ({', '.join(words[:_MOST_WORDS])})" if words else ""
    if meant:
        why = f"did you mean {_as_written(meant, found, layout)}?"
    else:
        usual = layout.tables[found.table].headings[held]
        why = f"it holds what a column headed {usual.upper() if held == 'rag' else usual} would."
    what = f"the heading {heading} is not known, so its column{says} is not read"
    if not heading:
        what = f"nothing heads this column, so its words{says} are not read"
    sentence = (
        f"{place}: {what}; {why}"
        " Correct it, or add it to layout.toml as 'ffanalysis docs layouts' shows."
    )
    projects: Sequence[str | None] = _projects_of(found, collected) or (None,)
    for project in projects:
        collected.add(
            "questions",
            rule="heading-known",
            sentence=sentence,
            project=project,
            **source_of(sheet, cell),
        )


def _projects_of(found: FoundTable, collected: Collected) -> Sequence[str]:
    """The projects that a table states, where they are few; its rows have been read."""
    place = (found.sheet.workbook, found.sheet.name)
    projects = dict.fromkeys(
        str(row["project"])
        for row in collected.rows[found.table]
        if row.get("project") and (row["workbook"], row["sheet"]) == place
    )
    return list(projects) if len(projects) <= _MOST_PROJECTS else []
