"""What is asked at the end of a paper: what is missing, said twice, in doubt or left over."""

import re
from collections.abc import Collection, Mapping

from ffanalysis.intake.document import Document, Remark, RemarkKind, paragraphs_of
from ffanalysis.intake.forms import RECORDS, SHORT, Form, GridTable
from ffanalysis.intake.grid_heads import head_kind
from ffanalysis.intake.routes import is_day
from ffanalysis.intake.taken import Source, Taken, Value
from ffanalysis.intake.words import key, squash

# Short fields that are one line of an answer; the others may go on below it.
ONE_LINE = SHORT - {"decision_route", "posts"}
_PEOPLE = frozenset(
    {"cmr_lead", "cmr_challenge", "slt_lead", "head_of_service", "owner", "contact"}
)
_SAYS_STATUS = re.compile(r"\b(?:approved|status|draft|withdrawn|rejected|agreed\s+by)\b", re.I)
_NO_NAME = re.compile(r"[\d\s.,£%()/–-]*\d[\d\s.,£%()/–-]*(?:k|m)?", re.I)  # of a person
_NOWHERE = Source("", "")
_SHOWN = 300  # letters of a reading that a question shows
_REMARKS: Mapping[RemarkKind, tuple[str, str]] = {
    RemarkKind.DELETED: ("Deleted in the paper, and left out", "Confirm that it is to go."),
    RemarkKind.COMMENT: ("A comment in the paper", "Answer it; it is in no field."),
    RemarkKind.DIFFERS: (
        "Two readings of one place differ",
        "Look at the paper, and write the right one.",
    ),
    RemarkKind.PICTURE: ("A picture, which is not read", "Look whether it says something."),
    RemarkKind.STRUCK: ("Struck through in the paper, and left out", "Confirm that it is to go."),
    RemarkKind.HIDDEN: ("In the file, not on the page, and left out", "Confirm that it is to go."),
    RemarkKind.PALE: (
        "In the colour of what is behind it, such as white on white, and left out",
        "Ask whether it is meant; write it where it belongs, if it is.",
    ),
    RemarkKind.TINY: (
        "Too small to be read, and left out",
        "Ask whether it is meant; write it where it belongs, if it is.",
    ),
    RemarkKind.LINK: ("The paper refers to something elsewhere", "Look whether it says something."),
    RemarkKind.OVERLOOKED: ("Words that the reading did not reach", "Say where they belong."),
}


def says_status(text: str, form: Form, taken: Taken) -> bool:
    """Whether words say how far the paper is approved, and are the first to."""
    said = key(text)
    is_first = not taken.fields.get("status")
    return is_first and any(said.startswith(key(words)) for words in form.statuses)


def ask_twice(form: Form, taken: Taken) -> None:
    """Ask about an answer of one line that the paper gives twice, and differently."""
    for name in [each for each in taken.fields if each in ONE_LINE]:
        values = taken.fields[name]
        texts = list(dict.fromkeys(" ".join(value.text.split()) for value in values))
        if len(texts) > 1 and name not in form.several:
            said = " and ".join(f"'{text}'" for text in texts)
            taken.ask(
                f"'{form.words_for(name)}' is answered more than once: {said}.",
                values[-1].sources[0],
                read_as="all of them",
                do="Write the one that holds.",
            )
        else:
            del values[1:]


def ask_misplaced(taken: Taken) -> None:
    """Keep what cannot answer its label as background, and ask: a day or a number for a name."""
    for name in [each for each in taken.fields if each in _PEOPLE]:
        for value in list(taken.fields[name]):
            if is_day(value.text):
                _misplace(name, value, "a day", "a name", taken)
            elif _NO_NAME.fullmatch(value.text):
                _misplace(name, value, "a number", "a name", taken)
    for name in ("one_off_cost", "posts"):
        for value in list(taken.fields.get(name, ())):
            if head_kind(value.text) == "year":
                _misplace(name, value, "a year", "an amount", taken)


def _misplace(name: str, value: Value, what: str, asked_for: str, taken: Taken) -> None:
    label = taken.form.words_for(name)
    taken.fields[name].remove(value)
    taken.add_background(label, value)
    taken.ask(
        f"'{value.text}' is {what}, and stands where '{label}' asks for {asked_for}.",
        value.sources[0],
        read_as="kept as background",
        do="Write what the label asks for; a day of a decision goes into the decision route."
        if what == "a day"
        else "Write what the label asks for.",
    )


def ask_expected(form: Form, settled: Collection[str], taken: Taken) -> None:
    """Ask about what every paper on this form has, and this one has not."""
    for name in form.expected:
        if not _has(name, settled, taken):
            taken.ask(
                f"The form asks for '{_asked_as(name, form)}', and the paper has no answer.",
                _NOWHERE,
                read_as="left blank",
                do="Ask for it, and write it.",
            )
    for table in form.grids:
        if table.is_expected and not _has_table(table, taken):
            taken.ask(
                f"The form has a table '{table.titles[0]}', and the paper has none.",
                _NOWHERE,
                read_as="no figures",
                do="Ask for the figures.",
                also=table.sheet,
            )


def _has(name: str, settled: Collection[str], taken: Taken) -> bool:
    if name in RECORDS:
        return bool(taken.records.get(name))
    return bool(taken.fields.get(name)) or name in settled


def _asked_as(name: str, form: Form) -> str:
    """What the form calls a field or a table of records."""
    if name in RECORDS:
        return name.replace("signoff", "sign-off")
    return form.words_for(name)


def _has_table(table: GridTable, taken: Taken) -> bool:
    """Whether the paper has a table, its savings year by year, or a question about it."""
    is_asked = any(question.also == table.sheet for question in taken.questions)
    is_there = any(grid.table is table for grid in taken.grids)
    return is_there or is_asked or bool(taken.of_years.get("saving"))


def take_remarks(document: Document, form: Form, taken: Taken) -> None:
    """Ask about what the reader doubts or left out; words about the paper are background."""
    for remark in document.remarks:
        words = " / ".join(remark.readings)
        source = Source(words, remark.place, remark.atoms)
        if remark.kind is RemarkKind.ASIDE and says_status(words, form, taken):
            taken.add("status", Value(words, (source,)))
            continue
        if remark.kind is RemarkKind.ASIDE:
            taken.add_background("Beside the form", Value(words, (source,)))
            if _SAYS_STATUS.search(words):
                taken.ask(
                    "Words beside the form speak of how far it is approved.",
                    source,
                    read_as="kept as background",
                    do="Look whether the status of the project holds.",
                    also="Projects, Status",
                )
            continue
        if remark.kind is RemarkKind.DIFFERS and _is_settled(remark, taken):
            continue
        asks, do = _REMARKS[remark.kind]
        shown = " / ".join(_cut(text) for text in remark.readings)
        taken.ask(f"{asks}: '{shown}'.", source, do=do)


def _is_settled(remark: Remark, taken: Taken) -> bool:
    """Whether both readings are parts of a title that was joined over a page break."""
    titles = [squash(grid.title.text) for grid in taken.grids if grid.title.how]
    return any(all(squash(text) in title for text in remark.readings) for title in titles)


def take_left_over(document: Document, taken: Taken) -> None:
    """Ask about every atom that has no ending: nothing of a paper is passed over."""
    named = set(taken.endings)
    left = [number for number in range(len(document.atoms)) if number not in named]
    places = {n: each.place for each in paragraphs_of(document.blocks) for n in each.atoms}
    for number in left:
        atom = document.atoms[number]
        place = places.get(number, f"{document.source}, part {number + 1}")
        taken.ask(
            f"'{atom.text}' was read and has no place.",
            Source(atom.text, place, (number,)),
            do="Say where it belongs.",
        )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()} …"
