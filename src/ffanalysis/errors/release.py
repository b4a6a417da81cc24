"""Why a quarter is not released, reissued or kept, and what is wrong with its journal."""

from collections.abc import Iterable, Sequence

from ffanalysis.errors.base import (
    INCOMPLETE_RUN,
    SEVERE_FINDING,
    UsageError,
    UserError,
    choices,
    listed,
)


class NothingPublished(UsageError):
    def __init__(self, period: str) -> None:
        super().__init__(
            f"There are no briefings of {period} yet: run 'ffanalysis run {period}' first."
        )


class ReportsChanged(UserError):
    """A published file that is not as the run wrote it."""

    exit_code = SEVERE_FINDING

    def __init__(self, period: str, name: str) -> None:
        super().__init__(
            f"reports/{period}/{name} is not as the run wrote it: run 'ffanalysis run {period}'"
            " again, which puts it right."
        )


class InputsChangedSince(UserError):
    """The workbooks are not those that the briefings were made from."""

    exit_code = SEVERE_FINDING

    def __init__(self, period: str, names: Sequence[str]) -> None:
        verb = "has" if len(names) == 1 else "have"
        super().__init__(
            f"{choices(names, '')} {verb} changed since the briefings of {period} were made: run"
            f" 'ffanalysis run {period}' again."
        )


class ReleaseDamaged(UserError):
    """What is kept of a release is not as it was released."""

    exit_code = SEVERE_FINDING

    def __init__(self, folder: object, fault: str, so: str = "nothing of it is sent") -> None:
        super().__init__(f"{folder} is not as it was released, so {so}: {fault}")


class ReleaseUnknown(UsageError):
    def __init__(self, folder: object) -> None:
        super().__init__(
            f"{folder} is no release: name a folder such as reports/released/2015-16-Q2/1."
        )


class EditionUnknown(UsageError):
    """A name for an edition of a period that is none, or of a release that is not kept."""

    def __init__(self, period: str, edition: str, there: Sequence[int]) -> None:
        kept = [f"{period}@{number}" for number in there]
        found = f"Kept is {choices(kept, '')}" if kept else f"No release of {period} is kept"
        super().__init__(
            f"There is no '{period}@{edition}'. {found}. Write {period} for what its workbooks say"
            f" now, {period}@published for what reports/ has, or {period}@released for the last"
            " release."
        )


class EditionsWithoutFigures(UsageError):
    """Two editions of which neither has a list of its figures."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            f"Neither {one} nor {other} has a figures.csv, as they were made before there was one."
            " Compare each of them with what the workbooks say now: name the period alone."
        )


_MOST_PROJECTS = 5  # that a sentence names


class ReleaseRefused(UserError):
    """Why a quarter may not be released, or not by this person.

    `to_write` has the entries of explanations.toml that would have to be filled in.
    """

    exit_code = SEVERE_FINDING
    to_write: tuple[str, ...] = ()

    @classmethod
    def without_name(cls) -> "ReleaseRefused":
        return cls("A release needs the name of who releases it: --by NAME.")

    @classmethod
    def without_reason(cls) -> "ReleaseRefused":
        return cls("A withdrawal needs a name and a reason: --by NAME --withdraw WHY.")

    @classmethod
    def of_stranger(cls, by: str, known: Iterable[str]) -> "ReleaseRefused":
        names = list(known)
        if not names:
            return cls(
                "settings.toml names nobody who may release: write, below a line [releasers], a"
                f' name and an address, such as "{by}" = "name@example.gov.uk".'
            )
        return cls(
            f"{by} may not release: [releasers] in settings.toml names {choices(names, by)}."
        )

    @classmethod
    def without_preparer(cls) -> "ReleaseRefused":
        return cls(
            "It is not known who prepared the briefings, so nobody can be told from their preparer:"
            " run them again with --by NAME, or set prepared_by below [release] in settings.toml."
        )

    @classmethod
    def of_preparer(cls, by: str, free: Sequence[str]) -> "ReleaseRefused":
        who = f"{listed(free)} may" if free else "nobody else is named below [releasers]"
        return cls(
            f"{by} took part in preparing these figures, so somebody else must release them (four"
            f" eyes): {who}."
        )

    @classmethod
    def of_changes(cls, period: str, projects: Sequence[str]) -> "ReleaseRefused":
        few, more = projects[:_MOST_PROJECTS], len(projects) - _MOST_PROJECTS
        others = f" and {more:,} more" if more > 0 else ""
        return cls(
            f"Figures have changed since they were released, of {listed(few)}{others}. Say why:"
            f' ffanalysis reissue {period} {projects[0]} --as correction --reason "…" --by "…" (or'
            " --as revision, for better or later data; --all instead of a project for all that"
            " have changed)."
        )

    @classmethod
    def of_old_pages(cls, period: str) -> "ReleaseRefused":
        return cls(
            f"The pages of {period} are of other editions than the journal tells of: run the"
            " quarter again, then release it."
        )

    @classmethod
    def of_findings(cls, names: Sequence[str], more: int) -> "ReleaseRefused":
        others = f" and {more:,} more" if more > 0 else ""
        is_one = len(names) == 1 and not others
        return cls(
            f"{'One failed check has' if is_one else 'Failed checks have'} no explanation that"
            f" holds: {listed(names)}{others}. Correct the figures, or say in explanations.toml why"
            " it is right to go on."
        )


class ConfidentialInReason(UserError):
    """Words for all that name a project which the settings keep confidential."""

    exit_code = SEVERE_FINDING

    def __init__(self, what: str, names: Sequence[str]) -> None:
        super().__init__(
            f"The {what} names {listed(names)}, which settings.toml keeps confidential, and others"
            f" read it. Nothing was recorded: write the {what} without that name."
        )


class ReissueRefused(UserError):
    """A correction or revision that cannot be made of what there is."""

    exit_code = SEVERE_FINDING

    @classmethod
    def without_words(cls) -> "ReissueRefused":
        return cls("A reissue needs a name and a reason: --by NAME --reason TEXT.")

    @classmethod
    def of_unreleased(cls, period: str, project: str, released: Iterable[str]) -> "ReissueRefused":
        names = list(released)
        if not names:
            return cls(f"Nothing has been released in {period}, so there is nothing to correct.")
        return cls(
            f"{project} has not been released in {period}, so there is nothing to correct. Released"
            f" is: {choices(names, project)}."
        )

    @classmethod
    def of_unpublished(cls, project: str, reason: str) -> "ReissueRefused":
        return cls(f"{project} has no briefing to reissue. {reason}".rstrip())

    @classmethod
    def of_unchanged(cls, project: str, edition: int) -> "ReissueRefused":
        return cls(
            f"The briefing of {project} says what edition {edition:,} said: correct the workbook"
            " first, then reissue it."
        )

    @classmethod
    def of_nothing(cls, period: str) -> "ReissueRefused":
        return cls(
            f"No figure of {period} has changed since it was released, or it has been said why."
            " Name the projects of which only words have changed."
        )

    @classmethod
    def of_nothing_to_undo(cls, project: str) -> "ReissueRefused":
        return cls(f"No reissue of {project} waits to be released, so there is nothing to undo.")


class DeletionUnsigned(UsageError):
    def __init__(self) -> None:
        super().__init__("--delete needs the name of who deletes: --by NAME.")


class JournalBroken(UserError):
    """A line of the journal that was changed, put in or taken out after it was written."""

    exit_code = SEVERE_FINDING

    def __init__(self, name: str, number: int, why: str) -> None:
        super().__init__(
            f"The journal {name} is broken at line {number:,}: {why}. Restore it from a backup;"
            " nothing is released or sent until it holds."
        )


class JournalInUse(UserError):
    exit_code = INCOMPLETE_RUN

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Another command is writing the journal {name}: wait until it has ended, then try"
            " again."
        )
