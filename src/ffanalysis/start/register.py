"""The register of the projects that a tracker names, as far as the tracker says it."""

from collections.abc import Iterator, Mapping

from ffanalysis.layout import plain
from ffanalysis.provenance import slug
from ffanalysis.read.found_table import FoundTable
from ffanalysis.start.blank import RowCarried
from ffanalysis.start.likely import is_service
from ffanalysis.start.question import SERVICE
from ffanalysis.start.sheet_heading import SheetHeading
from ffanalysis.start.trial import Trial


def register_rows(trial: Trial) -> list[RowCarried]:
    """A row for each project without a register, with the one service and owner of its lines."""
    stated = _stated(trial)
    return [RowCarried(_cells(name, stated.get(slug(name), {}))) for name in trial.unregistered]


def _cells(name: str, stated: Mapping[str, list[str]]) -> dict[str, str]:
    single = {heading: texts[0] for heading, texts in stated.items() if len(texts) == 1}
    return {"Project": name, "Title": name} | single


def left_blank(trial: Trial) -> Iterator[str]:
    """What the register leaves open because the lines of a project differ, as sentences."""
    stated = _stated(trial)
    for name in trial.unregistered:
        for heading, texts in stated.get(slug(name), {}).items():
            if len(texts) > 1:
                said = ", ".join(texts)
                yield f"{heading} of {name} is left blank: its lines say {said}."


def _stated(trial: Trial) -> dict[str, dict[str, list[str]]]:
    """What the lines of each project say for the register: project → heading → texts, each once."""
    stated: dict[str, dict[str, list[str]]] = {}
    for found in trial.tables:
        if found.table == "savings":
            for project, heading, text in _of_lines(found, trial):
                texts = stated.setdefault(project, {}).setdefault(heading, [])
                if plain(text) not in map(plain, texts):
                    texts.append(text)
    return stated


def _of_lines(found: FoundTable, trial: Trial) -> Iterator[tuple[str, str, str]]:
    """Project, heading and text of what each line of a table says."""
    project = next((at for at, name in found.columns.items() if name == "project"), 0)
    columns = {at: "Owner" for at, kept in found.texts.items() if kept.name == "owner"}
    columns |= dict.fromkeys(service_columns(found, trial), SERVICE)
    name = found.sheet.name
    is_service_sheet = SERVICE not in columns.values() and plain(name) in _services_listed(trial)
    for row in range(found.header_row + 1, found.last_row + 1) if project else ():
        said = {heading: found.sheet.at(row, column).text for column, heading in columns.items()}
        if is_service_sheet:
            said[SERVICE] = name
        key = slug(found.sheet.at(row, project).text)
        yield from ((key, heading, text) for heading, text in said.items() if text)


def _services_listed(trial: Trial) -> set[str]:
    """The services that a summary lists, each with a sheet of its own: "Adults", "Children"."""
    summaries = (SheetHeading.of(sheet) for sheet, tables, _ in trial.found if not tables)
    return {
        word
        for heading in summaries
        for cell in heading.cells
        if is_service(cell.text)
        for word in heading.words(cell.column)
    }


def service_columns(found: FoundTable, trial: Trial) -> list[int]:
    """The column of services, if there is one: that which a person has said, else by its name."""
    heads = {
        at: head.tokens[-1].cell.text
        for at, head in sorted(found.heads.items())
        if at not in found.all_columns | found.texts.keys()
    }
    said = [at for at, text in heads.items() if plain(text) in trial.services]
    return [*said, *(at for at, text in heads.items() if is_service(text))][:1]
