"""A project's savings as printed, and the split by delivery route of what they are part of."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure.context import Context
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.present import sentences
from ffanalysis.present.findings import OF_A_SPLIT
from ffanalysis.present.html import Cell, in_table, rag_chip, sentence, table, tag, unit_of
from ffanalysis.present.words import legend
from ffanalysis.vocabulary import RAG_STATUSES


def own_table(own: ProjectSavings, name: str) -> Markup:
    """A project's savings as printed, line by line."""
    if not own.lines:
        return tag("p", f"No saving of its own is recorded for {name}.")
    rows: list[list[Cell]] = []
    unit = unit_of(
        figure for line in own.lines for figure in (*line.amounts.values(), line.printed)
    )
    for line in own.lines:
        amounts = [in_table(line.amounts.get(year), unit) for year in own.years]
        rag = rag_chip(line.rag) if line.rag in RAG_STATUSES else line.rag
        what = line.name or "Saving"
        what += f", in place of {line.mitigates}" if line.mitigates else ""
        rows.append([what, rag, *amounts, in_table(line.printed, unit)])
    sums = [number for number, line in enumerate(own.lines) if line.is_total]
    note = f"{legend(unit)} Totals as printed; blank rows are left out."
    if any(line.mitigates for line in own.lines):
        note += " Mitigations are not added."
    if any(not line.counts and not line.mitigates for line in own.lines):
        note += " Faster savings are not added: they bring savings forward."
    return table(
        f"{own.total.label}, {name}",
        ["Saving", "RAG", *own.years, "Total printed"],
        rows,
        numbers_from=2,
        totals=sums,
        note=note,
        class_="own",
    )


def split_line(context: Context, findings: Sequence[Finding]) -> Markup:
    """The split by delivery route, in one line."""
    return tag("p", sentence(_split(context, findings), _split_pounds(context)))


def _split(context: Context, findings: Sequence[Finding]) -> Sentence:
    """The split by delivery route in one line, and whether an error puts it in doubt."""
    wrong = any(
        item.severity == "error" and item.rule in OF_A_SPLIT and item.service == context.service
        for item in findings
    )
    if wrong:
        whose = context.service or context.scope
        return (f"The split of {whose} by delivery route is in doubt: see the annex.",)
    return sentences.split(context)


def _split_pounds(context: Context) -> Callable[[int], str]:
    """How a split writes its amounts: all in millions where one of them is."""
    in_millions = any((figure.value or 0) >= money.MILLION for figure in context.split.values())
    return money.in_millions if in_millions else money.in_short
