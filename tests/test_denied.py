"""A dated signature that words beside it deny is none, and is never shown as one."""

import pytest
from text_quarter import quarter

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Status
Alpha | Alpha counters | New | Libraries | Proposed"""
SIGNED = """example.xlsx!Sign-off
Project | Role | Name | Date | {0}
Alpha | Cabinet Member | {1} | 2 September 2015 | {2}"""


@pytest.mark.parametrize(
    ("heading", "name", "beside"),
    [
        ("Minute", "Bo Fox (not yet agreed)", "12/15"),
        ("Minute", "Cllr Roe – to be briefed", "12/15"),
        ("Signature", "Bo Fox", "Refused"),
        ("Comments", "Bo Fox", "I don't support this"),
        ("Agreed?", "Bo Fox", "No"),
        ("Outcome", "Bo Fox", "Deferred to October"),
        ("Outcome", "Bo Fox", "Agreed subject to consultation"),
    ],
)
def test_a_signature_that_is_denied_is_refused(heading: str, name: str, beside: str) -> None:
    found = quarter(REGISTER, SIGNED.format(heading, name, beside))
    (refusal,) = found.refusals
    assert "may say that it is not signed, beside the date 2 September 2015" in refusal.sentence
    assert not list(found.signoff)


@pytest.mark.parametrize(
    ("heading", "beside"),
    [
        ("Minute", "Cabinet no. 12, item 4"),
        ("Signature", "B. Fox"),
        ("Comments", "No objections"),
        ("Agreed?", "Yes"),
        ("Comments", "Noted and agreed"),
    ],
)
def test_other_words_beside_a_signature_are_no_denial(heading: str, beside: str) -> None:
    found = quarter(REGISTER, SIGNED.format(heading, "Bo Fox", beside))
    assert not list(found.refusals)
    assert [row.name for row in found.signoff] == ["Bo Fox"]
