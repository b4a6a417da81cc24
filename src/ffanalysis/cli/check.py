"""The command that checks a quarter, or any workbook."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ffanalysis.cli.completing import complete_period_or_path
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named
from ffanalysis.errors import (
    SEVERE_FINDING,
    UNREADABLE_INPUT,
    FileUnknown,
    FolderWithoutWorkbook,
    WorkbookUnreadable,
)
from ffanalysis.provenance import shown_name

if TYPE_CHECKING:
    from ffanalysis.figures import Figure
    from ffanalysis.findings import Finding
    from ffanalysis.savings.quarter import Quarter
    from ffanalysis.workbook_check.records import WorkbookCheck


@click.command(
    epilog=ending(
        "0 no error; 11 unreadable input; 12 a finding of severity error; 2 usage.",
        "ffanalysis check latest",
        "ffanalysis check schedule.xlsx budgets/ --format json",
    )
)
@click.argument(
    "what",
    nargs=-1,
    required=True,
    metavar="PERIOD|FILE...",
    shell_complete=complete_period_or_path,
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
@click.option("--all", "every", is_flag=True, help="Print the notes of PERIOD too: what agrees.")
def check(what: tuple[str, ...], form: str, *, every: bool) -> NoReturn:
    """Read and reconcile PERIOD, or check FILE; render nothing.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in
    data/raw; or latest, which is the latest that has a workbook.

    FILE is any workbook with money in it (.xlsx, .xlsm, .xls, .ods, .csv), whatever its layout, or
    a folder of them. The check lists the tables it found, and what to look at: totals that do not
    add up, numbers written as text, formulas that were never calculated, hidden content, mixed
    units, slips of a thousand and more.
    """
    from ffanalysis.periods import Period
    from ffanalysis.read import LATEST

    is_period = Period.is_name(what[0]) or what[0].casefold() == LATEST
    if len(what) == 1 and is_period and not Path(what[0]).exists():
        _check_period(what[0], form, every=every)
    _check_files(what, form)


def _check_period(period: str, form: str, *, every: bool) -> NoReturn:
    """Read and reconcile a period; print what cannot be read, then its findings."""
    from ffanalysis import checks
    from ffanalysis.cli.print_check import print_period
    from ffanalysis.read import find_root, load
    from ffanalysis.savings.quarter import Quarter
    from ffanalysis.savings.stale import refuse_stale

    root = find_root()
    quarter = Quarter(refuse_stale(load(period_named(root, period), root)))
    findings = checks.check(quarter)
    refused = list(dict.fromkeys(row.sentence for row in quarter.refusals))
    _print_refusals(refused)
    if form == "json":
        _print_json(_period_as_json(quarter, findings, refused))
    else:
        print_period(quarter, findings, every=every)
    has_errors = any(item.severity == "error" for item in findings)
    sys.exit(_exit_code(is_unreadable=bool(refused), has_errors=has_errors))


def _period_as_json(
    quarter: "Quarter", findings: "Sequence[Finding]", refused: Sequence[str]
) -> dict[str, Any]:
    from ffanalysis.measure.programme import all_figures
    from ffanalysis.present.reading import reading_notes
    from ffanalysis.run.files import finding_row, made_as_json, made_of_finding
    from ffanalysis.savings.refusals import withheld_projects

    withheld = withheld_projects(quarter)
    readable = [project for project in quarter.slugs if project not in withheld]
    return {
        "findings": [
            {**finding_row(finding), **made_as_json(made_of_finding(finding))}
            for finding in findings
        ],
        "figures": [_figure_as_json(figure) for figure in all_figures(quarter, readable)],
        "refusals": refused,
        "notices": list(reading_notes(quarter)),
    }


def _figure_as_json(figure: "Figure") -> dict[str, Any]:
    from ffanalysis.expressions import made_of
    from ffanalysis.run.files import figure_row, made_as_json

    made = made_as_json(made_of({"": figure.sum}))
    expression = made.pop("expressions")[""]
    return {**figure_row(figure), "expression": expression, **made}


def _check_files(what: tuple[str, ...], form: str) -> NoReturn:
    """Check each file by itself; one that cannot be read keeps no other from being checked."""
    from ffanalysis.cli.print_check import print_workbook
    from ffanalysis.read.find import find_tables
    from ffanalysis.workbook_check import check_workbook

    checks: list[WorkbookCheck] = []
    unreadable: list[str] = []
    for path in _files(what):
        try:
            checks.append(check_workbook(path, find_tables))
        except WorkbookUnreadable as error:
            unreadable.append(str(error))
            continue
        if form == "text":
            print_workbook(checks[-1])
    if form == "json":
        _print_json({**_workbooks_as_json(checks), "unreadable": unreadable})
    _print_refusals(unreadable)
    has_errors = any(one.has_errors for one in checks)
    sys.exit(_exit_code(is_unreadable=bool(unreadable), has_errors=has_errors))


def _workbooks_as_json(checks: "Sequence[WorkbookCheck]") -> dict[str, Any]:
    from ffanalysis.present.workbook import found_row, remark_row

    return {
        "tables": [found_row(table) for one in checks for table in one.tables],
        "lines": [remark_row(remark) for one in checks for remark in one.remarks],
        "workbooks": [{"workbook": one.workbook, "reader": one.reader} for one in checks],
    }


def _print_json(content: Mapping[str, Any]) -> None:
    click.echo(json.dumps(content, indent=1, ensure_ascii=False))


def _print_refusals(sentences: Iterable[str]) -> None:
    """Print what could not be read."""
    for sentence in sentences:
        click.echo(f"ffanalysis: {sentence}", err=True)


def _exit_code(*, is_unreadable: bool, has_errors: bool) -> int:
    """The exit code of the worst that was found."""
    if is_unreadable:
        return UNREADABLE_INPUT
    return SEVERE_FINDING if has_errors else 0


def _files(what: tuple[str, ...]) -> list[Path]:
    """The files named, and the workbooks in the folders named.

    Raises FileUnknown and FolderWithoutWorkbook.
    """
    return [file for name in what for file in _files_at(Path(name))]


def _known_periods() -> list[str]:
    """The periods that may have been meant; none away from a programme."""
    from ffanalysis.errors import UserError
    from ffanalysis.read import find_root, known_periods

    try:
        return known_periods(find_root())
    except UserError:
        return []


def _files_at(path: Path) -> list[Path]:
    from ffanalysis.sheets.open_workbook import SUFFIXES, files_in

    try:
        if not path.exists():
            raise FileUnknown(shown_name(str(path)), _known_periods())
        if not path.is_dir():
            return [path]
    except OSError:
        return [path]  # a folder above it is closed, which opening it will say
    found = [file for file in files_in(path) if file.suffix.lower() in SUFFIXES]
    if not found:
        raise FolderWithoutWorkbook(str(path), SUFFIXES)
    return found


COMMANDS = (check,)
