"""Questions asked once for all sheets that they are asked of, and the answers given before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.start.question import Question

Ask = Callable[[Question], str | None]


@dataclass
class Answers:
    """The answers that a person gave before being asked, by their keys; and which were used.

    One by the key alone, without a sheet, holds for every sheet that asks it.
    """

    given: Mapping[str, str]
    used: set[str] = field(default_factory=set)

    def to(self, question: Question) -> str | None:
        """What was answered to a question; None where nothing was."""
        for key in question.keys:
            if key in self.given:
                self.used.add(key)
                return self.given[key]
        return None


@dataclass(frozen=True)
class Group:
    """The same question about several sheets. It has one answer, but where a sheet has its own."""

    questions: Sequence[Question]
    key: str

    @property
    def question(self) -> Question:
        """The question as it is asked of a person, with the likely answer first."""
        first, *others = self.questions
        more = f" The same holds for {', '.join(each.sheet for each in others)}." if others else ""
        choices = sorted(first.choices, key=lambda choice: choice != first.likely)
        return replace(first, key=self.key, sentence=first.sentence + more, choices=tuple(choices))

    def said(self, answers: Answers, ask: Ask) -> dict[str, str]:
        """What is answered, by the key of each sheet's own question."""
        said = {each.key: text for each in self.questions if (text := answers.to(each))}
        rest = [each for each in self.questions if each.key not in said]
        if rest:
            left = replace(self, questions=rest)
            text = said.get(self.questions[0].key) or ask(left.question)
            said |= {each.key: text for each in rest if text}
        return said

    def answered(self, said: Mapping[str, str]) -> dict[str, str]:
        """The answers as they are shown: one where it is the same for all sheets."""
        own = {each.key: said[each.key] for each in self.questions if each.key in said}
        texts = set(own.values())
        return {self.key: texts.pop()} if len(texts) == 1 and len(own) > 1 else own


def grouped(questions: Iterable[Question]) -> list[Group]:
    """Questions in their order, those together that have the same words and choices."""
    groups: dict[tuple[object, ...], list[Question]] = {}
    for question in questions:
        groups.setdefault((question.bare, question.alike, question.choices), []).append(question)
    keys = [own[0].bare for own in groups.values()]
    return [Group(own, _key_of(own, keys.count(own[0].bare))) for own in groups.values()]


def _key_of(questions: Sequence[Question], groups: int) -> str:
    """The key that answers a group: without a sheet where it is of several, and the only one."""
    first = questions[0]
    is_shared = len(questions) > 1 and groups == 1 and not first.is_own
    return first.bare if is_shared else first.key
