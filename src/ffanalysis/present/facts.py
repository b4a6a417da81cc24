"""What is recorded of a saving beside its amounts, in the words of its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from ffanalysis.checks.stated_twice import contradicted
from ffanalysis.measure import ProjectMeasures
from ffanalysis.present.codes import LineNames
from ffanalysis.present.html import listing, tag
from ffanalysis.savings.line_texts import costs_in_words, in_words, or_by_the_schedule, stated_of
from ffanalysis.savings.quarter import Quarter

_LONGEST = 160  # letters of a fact beside the amounts; the annex has all of it


@dataclass(frozen=True)
class Facts:
    """The facts of one project: where register and schedule differ, what both say."""

    quarter: Quarter
    measures: ProjectMeasures
    lines: LineNames

    def listed(self) -> Markup:
        """The facts in one line, each with its name; nothing where none is stated."""
        facts = (
            ("One-off or recurring", self._recurrence()),
            ("One-off cost", self._cost()),
            self._posts(),
            ("Cover for a shortfall", self.stated("cover")),
            ("Status in the schedule", self.stated("status")),
            ("Equality screening", self.measures.row.equality),
        )
        stated = [
            Markup("{} {}").format(tag("span", label, class_="label"), text)
            for label, text in facts
            if text
        ]
        return listing(stated, "line") if stated else Markup("")

    def stated(self, name: str) -> str:
        """What the register says in one column, else the lines of the project that count.

        Where the schedule says otherwise, both.
        """
        said = in_words(stated_of(self.quarter, self.measures.row, name))
        return self._in_short(or_by_the_schedule(said, self._apart.get(name, ())))

    def _posts(self) -> tuple[str, str]:
        """The posts, with their unit once."""
        said = self.stated("posts")
        return ("Posts" if "fte" in said.casefold() else "Posts (FTE)", said)

    def _cost(self) -> str:
        """What the saving costs once, and what pays for it."""
        return self._in_short(costs_in_words(self.quarter, self.measures.row, self._apart))

    def _in_short(self, text: str) -> str:
        """A fact as the first page has it, cut where it is long."""
        said = self.lines.without_codes(text)
        return said if len(said) <= _LONGEST else f"{said[:_LONGEST].rstrip()} …"

    @cached_property
    def _apart(self) -> Mapping[str, Sequence[str]]:
        """What the schedule says of the project otherwise than the register, by column."""
        return contradicted(self.quarter, self.measures.row)

    def _recurrence(self) -> str:
        """Whether the saving is one-off or recurring; blank where the schedule does not say."""
        row, plan = self.measures.row, self.measures.main.plan
        own = self.quarter.savings_of(row.project, plan).own
        kinds = sorted({line.recurring for line in own})
        return " and ".join(kinds).capitalize() if kinds and all(kinds) else ""
