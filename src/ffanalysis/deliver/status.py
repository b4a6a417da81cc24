"""What is missing or late of a quarter, for any monitor: a job that did not run must be seen.

Each step has a day by which it is due, counted from the quarter's last day by the settings. Before
that day nothing is late; a step that needs a person now is wrong on any day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from ffanalysis.chain import Chain
from ffanalysis.deliver import kept
from ffanalysis.deliver.letters import Letters, letters_of
from ffanalysis.deliver.outbox import DRAFTED
from ffanalysis.deliver.release import Release, Standing, standing
from ffanalysis.deliver.states import OPEN, SENT, event_of, states_of
from ffanalysis.deliver.unnamed import secret_now
from ffanalysis.errors import UserError
from ffanalysis.periods import Period
from ffanalysis.provenance import shown_name
from ffanalysis.read import council_of, council_of_all, has_workbook
from ffanalysis.run.history import KILLED, STOPPED, UNDER_WAY, past_runs
from ffanalysis.run.inputs import digests
from ffanalysis.run.journal import inputs_read
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.settings import Mail, Settings

State = Literal["ok", "due", "late", "wrong"]
_MOST_NAMES = 5


@dataclass(frozen=True)
class Step:
    """One step of a quarter: whether it is done, by which day it is due, and what there is."""

    step: str
    state: State
    due: date
    words: str


@dataclass(frozen=True)
class Status:
    """The steps of a quarter, in their order."""

    period: str
    today: date
    steps: tuple[Step, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is late or wrong."""
        return all(step.state in ("ok", "due") for step in self.steps)


def status(root: Path, today: date, period: str = "") -> Status:
    """What is missing or late of a period; of the latest that is over, where none is named.

    Raises PeriodMalformed and SettingsWrong.
    """
    quarter = Period.parse(period) if period else Period.last_over(today)
    return _Quarter(root, today, quarter).status()


@dataclass(frozen=True)
class _Found:
    """What was found of a step: whether it is as it should be, or a person must see to it now."""

    is_done: bool
    words: str
    is_wrong: bool = False


class _Quarter:
    """One quarter of a programme, looked at on one day."""

    def __init__(self, root: Path, today: date, quarter: Period) -> None:
        self.root, self.today, self.quarter, self.period = root, today, quarter, str(quarter)
        self.folder = root / "data" / "raw" / self.period
        self.settings = self._settings()
        self.published = ReportsFolder(root, self.period).published
        self.secret = secret_now(root, self.period)  # a monitor tells all who look at it

    def _settings(self) -> Settings:
        if self.folder.is_dir():
            return council_of(self.root, self.period)
        return council_of_all(self.root)

    def status(self) -> Status:
        due = self.settings.schedule
        steps = (
            self._step("workbooks", due.run_due, self._workbooks),
            self._step("run", due.run_due, self._run),
            self._step("unchanged", due.run_due, self._unchanged),
            self._step("release", due.release_due, self._release),
            self._step("mails", due.mail_due, self._mails),
        )
        return Status(self.period, self.today, steps)

    def _step(self, name: str, days: int, look: Callable[[], _Found]) -> Step:
        due = self.quarter.last_day + timedelta(days=days)
        try:
            found = look()
        except UserError as error:
            found = _Found(is_done=False, words=str(error), is_wrong=True)
        state: State = "late" if self.today > due else "due"
        if found.is_wrong:
            state = "wrong"
        elif found.is_done:
            state = "ok"
        return Step(name, state, due, self.secret.hide(found.words))

    # --- the steps --------------------------------------------------------------------------------

    def _workbooks(self) -> _Found:
        if not self.folder.is_dir():
            return _missing(f"There is no folder data/raw/{self.period}.")
        if not has_workbook(self.folder):
            return _missing(f"data/raw/{self.period} has no workbook.")
        return _done(f"data/raw/{self.period} has workbooks.")

    def _run(self) -> _Found:
        """Whether the last run came to its end, with all published.

        What a run could not publish is accepted by who released the rest.
        """
        runs = past_runs(self.root, self.period)
        if not runs:
            return _missing(f"{self.period} has not been run.")
        last = runs[0]
        when = f"The last run began {last.started[:16].replace('T', ' ')} UTC"
        if last.ended == "complete":
            return _done(f"{when} and is complete.")
        if last.ended in UNDER_WAY:
            return _missing(f"{when} and is {last.ended}.")
        if last.ended == KILLED:
            return _missing(f"{when} and was killed before its end: run it again.")
        if last.ended.startswith(STOPPED):
            return _missing(f"{when} and was stopped; its log ('ffanalysis runs') says how.")
        if last.ended != "incomplete":
            return _missing(f"{when} and ended so: {last.ended}")
        counts = ", ".join(f"{count:,} {word}" for word, count in last.counts)
        if self._standing().holds:
            return _done(f"{when} and is incomplete ({counts}); it was released so.")
        return _missing(f"{when} and is incomplete ({counts}).")

    def _unchanged(self) -> _Found:
        """Whether what was run is what is there now."""
        if self.published is None:
            return _missing("Nothing is published yet.")
        then, now = inputs_read(self.published), digests(self.root, self.period)
        changed = sorted(name for name in {**then, **now} if then.get(name) != now.get(name))
        if not changed:
            return _done("What was read is as it was.")
        names = ", ".join(map(shown_name, changed[:_MOST_NAMES]))
        more = f" and {len(changed) - _MOST_NAMES:,} more" if len(changed) > _MOST_NAMES else ""
        return _missing(f"Changed since the run: {names}{more}. Run it again.")

    def _release(self) -> _Found:
        found = self._standing()
        if not found.holds or found.last is None:
            return _missing(found.why_not)
        folder = kept.folder_of(self.root / "reports", self.period, found.last.number)
        if faults := kept.verify(folder).faults:
            words = f"Release {found.last.number} is not as it was released: {faults[0]}"
            return _Found(is_done=False, words=words, is_wrong=True)
        return _done(f"Release {found.last.number} by {found.last.by} holds.")

    def _mails(self) -> _Found:
        found = self._standing()
        if not found.holds or found.last is None:
            return _missing("Nothing is sent before a release that holds.")
        mail = self.settings.mail
        letters = letters_of(self.root, self.period, found.last, mail)
        if not letters.found and not letters.left_out:
            return _done("The register names nobody who gets a briefing.")
        return self._letters(letters, mail, found.last)

    def _letters(self, letters: Letters, mail: Mail, release: Release) -> _Found:
        lines = Chain(self.root / "reports", self.period).lines()
        states = states_of(lines)
        doubtful = [line for line in states.values() if event_of(line) in OPEN]
        if doubtful:
            words = (
                f"{len(doubtful):,} in doubt: 'ffanalysis mail {self.period}' says how to settle"
            )
            return _Found(is_done=False, words=f"{words} them.", is_wrong=True)
        sent = sum(event_of(states.get(each.key)) == SENT for each in letters.found)
        out = len(letters.left_out)
        every = len(letters.found) + out
        count = f"{sent:,} of {every:,} sent" if letters.found else "No mail can be made"
        left_out = f" {out:,} left out: {letters.left_out[0]}" if out else ""
        is_drafted = any(
            line.event == DRAFTED and line.facts["release"] == release.number for line in lines
        )
        if mail.transport == "eml" and is_drafted and sent < len(letters.found):
            count = (
                f"{len(letters.found):,} drafted; who sends a draft by hand records nothing here"
            )
        all_gone = sent == len(letters.found) or (mail.transport == "eml" and is_drafted)
        return _Found(is_done=all_gone and not out, words=f"{count}.{left_out}")

    def _standing(self) -> Standing:
        return standing(self.root, self.period)


def _done(words: str) -> _Found:
    return _Found(is_done=True, words=words)


def _missing(words: str) -> _Found:
    return _Found(is_done=False, words=words)
