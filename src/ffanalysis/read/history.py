"""A quarter's tables as later quarters need them."""

from dataclasses import replace
from typing import Any

import pandas as pd

from ffanalysis.errors import UserError
from ffanalysis.periods import Period
from ffanalysis.tables import HISTORY, TABLE_NAMES, RefusalRow, Tables, frame, records


def as_history(tables: Tables, before: Tables | None) -> Tables:
    """The tables that later quarters are compared with; the others without rows.

    Their workbooks are named with the quarter ("2015-16-Q1/register.xlsx"). `before` is the history
    of the quarter before that.
    """
    place = str(tables.period)
    named: dict[str, Any] = {}
    for name in TABLE_NAMES:
        data = getattr(tables, name) if name in HISTORY else getattr(tables, name).iloc[:0]
        named[name] = data.assign(workbook=place + "/" + data["workbook"]) if len(data) else data
    # A sentence that begins with its workbook leads to where that is.
    sentences = [
        f"{place}/{row.sentence}" if row.sentence.startswith(row.workbook) else row.sentence
        for row in records(RefusalRow, tables.refusals)
    ]
    named["refusals"] = named["refusals"].assign(sentence=pd.array(sentences, dtype="string"))
    return replace(tables, before=before, **named)


def unread(quarter: Period, why: UserError, before: Tables | None) -> Tables:
    """The history of a quarter that cannot be read: a refusal that says why, and nothing else."""
    refused = {"refusals": [{"sentence": str(why), "workbook": str(quarter)}]}
    frames: dict[str, Any] = {name: frame(name, refused.get(name, ())) for name in TABLE_NAMES}
    return Tables(
        period=quarter,
        as_of=quarter.last_day,
        as_of_cell="",
        digest="",
        before=before,
        **frames,
    )
