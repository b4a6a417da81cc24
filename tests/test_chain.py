"""The journal of a period: whatever is done to its lines is found, and no line is lost.

What a killed command leaves of a line is kept as a fact of the next.
"""

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ffanalysis.chain import CUT_SHORT, Chain, head_of
from ffanalysis.errors import JournalBroken

PERIOD = "2015-16-Q2"


def chain_in(folder: Path, lines: int = 4) -> Chain:
    chain = Chain(folder, PERIOD)
    for number in range(lines):
        chain.add("released", {"n": number, "by": 'Ünsal, "F"\nBcc: x', "pages": ["a", "b"]})
    return chain


def test_lines_come_back_as_they_were_added(tmp_path: Path) -> None:
    lines = chain_in(tmp_path).lines()
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert [line.facts["n"] for line in lines] == [0, 1, 2, 3]
    assert {line.facts["by"] for line in lines} == {'Ünsal, "F"\nBcc: x'}
    assert head_of(lines).number == 4
    assert Chain(tmp_path, "2015-16-Q3").lines() == []


def test_each_line_holds_the_digest_of_the_one_before(tmp_path: Path) -> None:
    chain = chain_in(tmp_path)
    written = [json.loads(text) for text in chain.path.read_text("utf-8").splitlines()]
    assert [each["before"] for each in written] == ["", *[x.digest for x in chain.lines()[:-1]]]


def changed(text: bytes) -> bytes:
    return text.replace(b'"n":1', b'"n":7', 1)


SPOILED = {
    "a changed amount": (changed, 3),
    "a changed last line": (lambda text: text.replace(b'"n":3', b'"n":4'), None),
    "a removed line": (
        lambda text: b"".join(text.splitlines(True)[:1] + text.splitlines(True)[2:]),
        2,
    ),
    "the first removed": (lambda text: b"".join(text.splitlines(True)[1:]), 1),
    "two exchanged": (
        lambda text: b"".join([text.splitlines(True)[place] for place in (0, 2, 1, 3)]),
        2,
    ),
    "a line put in twice": (
        lambda text: b"".join([text.splitlines(True)[place] for place in (0, 1, 1, 2, 3)]),
        3,
    ),
    "a space put in": (lambda text: text.replace(b'"n":1', b'"n": 1', 1), 2),
    "no JSON": (lambda text: text.replace(b'{"number":2', b'"number":2', 1), 2),
    "a blank line": (lambda text: text.replace(b"\n", b"\n\n", 1), 2),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_journal_is_found_at_its_line(tmp_path: Path, what: str) -> None:
    spoil, number = SPOILED[what]
    chain = chain_in(tmp_path)
    head = head_of(chain.lines())
    chain.path.write_bytes(spoil(chain.path.read_bytes()))
    if number is None:
        # Nothing follows the last line: only a copy of the head shows that it was changed.
        assert head_of(chain.lines()) != head
        return
    with pytest.raises(JournalBroken, match=rf"2015-16-Q2\.jsonl is broken at line {number}: "):
        chain.lines()
    with pytest.raises(JournalBroken):
        chain.add("released", {})


def test_lines_cut_off_at_the_end_show_only_against_a_copy_of_the_head(tmp_path: Path) -> None:
    chain = chain_in(tmp_path)
    head = head_of(chain.lines())
    chain.path.write_bytes(b"".join(chain.path.read_bytes().splitlines(True)[:3]))
    assert head_of(chain.lines()).number == 3 != head.number


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=1, max_value=400))
def test_what_a_killed_command_left_of_a_line_is_a_fact_of_the_next(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        chain = chain_in(Path(folder), 3)
        content = chain.path.read_bytes()
        begun = content.splitlines(True)[-1]
        left = begun[: min(cut, len(begun) - 1)]
        chain.path.write_bytes(content[: -len(begun)] + left)
        assert len(chain.lines()) == 2
        chain.add("sent", {"to": "somebody"})
        assert [line.event for line in chain.lines()] == ["released"] * 2 + [CUT_SHORT, "sent"]
        assert chain.lines()[2].facts["text"] == left.decode("utf-8", "replace")


def _add_many(folder: Path, name: str) -> None:
    for number in range(20):
        Chain(folder, PERIOD).add("sent", {"by": name, "n": number})


def test_two_commands_at_a_time_lose_no_line(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_add_many, args=(tmp_path, name)) for name in "ab"]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    facts = [(line.facts["by"], line.facts["n"]) for line in Chain(tmp_path, PERIOD).lines()]
    assert sorted(facts) == [(name, number) for name in "ab" for number in range(20)]
