"""The columns that a directorate's schedules and trackers have before their amounts."""

from collections.abc import Callable
from dataclasses import dataclass

from ffanalysis.demo.house_style import ScheduleStyle
from ffanalysis.demo.records import InventedLine, InventedProject
from ffanalysis.demo.words import LineWords, words_of


@dataclass(frozen=True)
class ListedLine:
    """A line of a project as its schedule lists it."""

    project: InventedProject
    line: InventedLine
    is_first: bool  # the project's name and plan are given once

    @property
    def words(self) -> LineWords:
        return words_of(self.project, self.line)


@dataclass(frozen=True)
class LabelColumn:
    """A column before the amounts: its heading, what it says of a line and of a total."""

    heading: str
    of_line: Callable[[ListedLine], object]
    of_total: str | None = None


def label_columns(style: ScheduleStyle) -> list[LabelColumn]:
    """The columns before the amounts that a directorate keeps."""
    plans = {"Current": "Approved", "Proposed": "Proposal"}
    columns = [
        LabelColumn(style.ref, lambda entry: entry.line.ref),
        LabelColumn(style.project, lambda entry: entry.project.name if entry.is_first else None),
        LabelColumn(
            "Plan" if style.plan_in_rows else "",
            lambda entry: plans[entry.project.plan] if entry.is_first else None,
        ),
        LabelColumn(style.kind, lambda entry: entry.line.kind, "Total"),
        LabelColumn(style.route, lambda entry: entry.line.route),
        LabelColumn(style.rag, lambda entry: style.rag_label(entry.line.rag)),
        LabelColumn(style.reason, lambda entry: entry.line.reason),
        *(_word_columns(style) if style.has_words else ()),
        LabelColumn("Unit" if style.as_text else "", lambda _: "£", "£"),
    ]
    return [column for column in columns if column.heading]


def _word_columns(style: ScheduleStyle) -> list[LabelColumn]:
    """The columns of who owns a line, what it costs once, and who confirmed it."""
    return [
        LabelColumn("Owner", lambda entry: entry.words.owner),
        LabelColumn("One-off cost", lambda entry: style.amount(entry.words.cost or None)),
        LabelColumn("Funded from", lambda entry: entry.words.funding or None),
        LabelColumn("Confirmed by", lambda entry: entry.words.confirmed_by or None),
        LabelColumn("Evidence", lambda entry: entry.words.evidence or None),
    ]
