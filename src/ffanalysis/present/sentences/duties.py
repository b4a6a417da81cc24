"""Statutory duties: what is left of each, by when, and the rate that it needs."""

import re

from ffanalysis.findings import Sentence
from ffanalysis.measure.duties import Deadline


def deadline(item: Deadline) -> Sentence:
    """A statutory duty, what is left of it, and the rate it needs."""
    about = "about " if item.approximate else ""
    if item.quantity.value is None:
        words = "the number is not recorded, so no rate can be given."
        return (f"By {item.due_by}: {item.what}; {words}",)
    opening: Sentence = (f"By {item.due_by}: {about}", item.quantity, f" {item.what}")
    if item.is_overdone:
        return (*opening, ". Recorded as done: ", item.done, ", more than there are.")
    if item.left.value == 0:
        return (*opening, ". All done.")
    done = _done_so_far(item)
    if item.is_past:
        return (*opening, ". That date has passed.", *done, ".", *item.pace_words())
    if item.is_short:
        return (*opening, ".", *done, *_still_to_do(item), *item.pace_words())
    months = " month left." if item.months.value == 1 else " months left."
    if item.done.value is None:
        needed = "is needed" if item.rate.value == 1 else "are needed"
        if_none = f". If none is done (progress not recorded), {about}"
        rate: Sentence = (item.rate, f" a month {needed} over the ", item.months, months)
        return (*opening, if_none, *rate)
    rest: Sentence = (f"; the rest needs {about}", item.rate, " a month over the ", item.months)
    return (*opening, ".", *done, *rest, months, *item.pace_words())


def _still_to_do(item: Deadline) -> Sentence:
    """What is left of a duty that is due within a month, and how long that is."""
    left: Sentence = ()
    if item.done.value is not None:
        are = "is" if item.left.value == 1 else "are"
        left = ("; ", "about " if item.approximate else "", item.left, f" {are} still to do")
    return (*left, *item.time_left())


def _done_so_far(item: Deadline) -> Sentence:
    """How much of a duty is done."""
    if item.done.value is None:
        return (" Progress is not recorded",)
    if item.done.value == 0:
        return (" So far none has been done",)
    return (" So far ", item.done, f" {'has' if item.done.value == 1 else 'have'} been done")


_LONGEST_DUTY = 90  # letters of a duty's name on its card
_WHAT_IS_DONE = re.compile(r"\s+(?:must|should|shall|need|have|has|are|is|to)\b")


def duty_in_short(item: Deadline) -> Sentence:
    """What is left of a duty, the rate that it needs, and whether it is on schedule.

    The words beneath its date.
    """
    about = "about " if item.approximate else ""
    rate: Sentence = (f": {about}", item.rate, " a month.") if item.rate.value else (".",)
    rate = item.time_left() if item.is_short else rate
    what = f" {item.what}" if len(item.what) <= _LONGEST_DUTY else ""
    if item.done.value is None:
        return (about.capitalize(), item.quantity, what, *rate, " Progress not recorded.")
    # Of "records must be transferred", what is counted: the records.
    things = _WHAT_IS_DONE.split(what.strip(), maxsplit=1)[0]
    things = f" {things}" if things else ""
    left: Sentence = (item.left, f" of {about}", item.quantity, f"{things} still to do")
    return (*left, *rate, *item.pace_words())
