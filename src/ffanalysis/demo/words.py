"""What an invented council says beside its amounts: owners, posts, costs, and who confirmed what.

Officers are named by role, because nobody is named. All of it comes from sources of chance of its
own, so that no amount depends on it.
"""

from dataclasses import dataclass
from random import Random

from ffanalysis.demo.council import director_of, head_of, random_of
from ffanalysis.demo.records import InventedLine, InventedProject, InventedQuarter
from ffanalysis.periods import long_date

_FUNDING = ("Transformation reserve", "Service underspend", "Capital receipts flexibility")
_EVIDENCE = ("Ledger report, period 6", "Contract variation", "Establishment list")
_SAID = (
    "The work is going to plan, and the service expects no change this quarter.",
    "Consultation has ended; the responses are being considered before the next step.",
    "The provider has agreed the new terms in principle; the contract is still to be signed.",
    "Recruitment to the project team took longer than planned; the dates are under review.",
    "Demand is higher than last year, and the service is watching its effect on the saving.",
)
_MOST_COMMENTS = 4


@dataclass(frozen=True)
class LineWords:
    """What a schedule says of a line; its cost is in pounds, nil where there is none."""

    owner: str
    cost: int = 0
    funding: str = ""
    confirmed_by: str = ""
    evidence: str = ""


def words_of(project: InventedProject, line: InventedLine) -> LineWords:
    """What a directorate that keeps such columns says of a line, in every quarter the same."""
    random = random_of("words", project.canary, line.ref)
    owner = head_of(project.service)
    cost = random.randrange(6_000, 60_000, 500) if random.random() < 0.6 else 0
    funding = random.choice(_FUNDING) if cost and random.random() < 0.8 else ""
    if not project.delivered:
        return LineWords(owner, cost, funding)
    evidence = random.choice(_EVIDENCE)
    by = f"Finance business partner, {project.directorate}"
    return LineWords(owner, cost, funding, by if random.random() < 0.7 else "", evidence)


def posts_of(line: InventedLine) -> float:
    """How many posts a line takes out, in quarters of one: a count, and no money."""
    return line.total // 9_000 / 4


@dataclass(frozen=True)
class ProjectPeople:
    """Whom the register names for a project, and how many posts it says are affected."""

    owner: str = ""
    contact: str = ""
    posts: str = ""


def people_of(project: InventedProject) -> ProjectPeople:
    """What the register says of some projects: the posts are those of its lines."""
    random = random_of("people", project.canary)
    if random.random() < 0.5:
        return ProjectPeople()
    contact = f"Programme office, {project.directorate} ({random.randint(2000, 7999)})"
    posts = sum(posts_of(line) for line in project.counted)
    return ProjectPeople(head_of(project.service), contact, f"{posts:g} FTE" if posts else "")


def comments_of(quarter: InventedQuarter) -> dict[str, tuple[str, str, str]]:
    """By project what is said of it this quarter, by whom and when: of three or four."""
    random = random_of("commentary", quarter.period, quarter.projects[0].canary)
    count = min(random.randint(3, _MOST_COMMENTS), len(quarter.projects))
    chosen = sorted(random.sample(range(len(quarter.projects)), count))
    said = random.sample(_SAID, count)
    written = long_date(quarter.period.last_day)
    return {
        quarter.projects[place].name: (text, _author(random, quarter.projects[place]), written)
        for place, text in zip(chosen, said, strict=True)
    }


def _author(random: Random, project: InventedProject) -> str:
    return random.choice((head_of(project.service), director_of(project.directorate)))
