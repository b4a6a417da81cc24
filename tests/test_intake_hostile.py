"""Papers that are made to harm: one sentence each, in seconds, and the other papers go on."""

import os
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import word_hostile
from click.testing import CliRunner
from pdf_papers import paper_pdf
from word_files import paper_docx

from ffanalysis.cli import main
from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake import papers
from ffanalysis.intake.door import forms_for

SECONDS, MEGABYTES = 10, 1_000

OTHERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("a.docx", lambda: b""),
    "blank": ("a.txt", lambda: b" \n\n"),
    "a picture": ("a.docx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    "a web page": ("a.docx", lambda: b"<!DOCTYPE html><html><body>Title: x</body></html>"),
    "RTF": ("a.doc", lambda: b"{\\rtf1 Title: x}"),
    "a program": ("a.txt", lambda: b"\x7fELF" + bytes(range(256)) * 40),
    "no PDF": ("a.pdf", lambda: b"Title: x\nOwner: y\n"),
    "half a PDF": ("a.pdf", lambda: paper_pdf(tagged=False)[:9_000]),
    "a PDF's beginning": ("a.pdf", lambda: b"%PDF-1.7\n" + os.urandom(50)),
    "half a Word file": ("a.docx", lambda: paper_docx()[:4_000]),
    "a spreadsheet's name": ("a.xlsx", lambda: b"Title,Owner\n"),
    "one endless line": ("a.txt", lambda: b"Title: " + b"\xc2\xa31 " * 300_000),
    "endless lines": ("a.txt", lambda: b"a:\n" * 1_000_000),
    "endless columns": ("a.txt", lambda: b"a\t" * 100_000),
    "a sentence of sums": (
        "a.txt",
        lambda: b"Title: x\nReference: y\nPurpose:\n" + b"Savings of \xc2\xa31 for A and " * 8_000,
    ),
    "capitals": (
        "a.txt",
        lambda: b"Title: x\nReference: y\nPurpose:\nSavings of \xc2\xa31 for " + b"Aa " * 60_000,
    ),
    "labels upon labels": ("a.txt", lambda: b"CMR Lead: " * 60_000),
    "brackets": (
        "a.txt",
        lambda: (
            b"Title: x\nReference: y\nPurpose:\nThe 2013/14 budget was \xc2\xa31 " + b"(" * 100_000
        ),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_one_sentence_or_read(name: str, tmp_path: Path) -> None:
    file, make = OTHERS[name]
    path = tmp_path / file
    path.write_bytes(make())
    begun = time.monotonic()
    try:
        papers.take(path, forms_for([]))
    except PaperUnreadable as error:
        said = str(error)
    else:
        said = f"{file} cannot be read: but it was."
    assert said.startswith(f"{file} cannot be read: ")
    assert said.endswith(".")
    assert "\n" not in said
    assert time.monotonic() - begun < SECONDS


def test_word_papers_made_to_harm_end_in_time_and_memory(tmp_path: Path) -> None:
    for name, (make, _) in list(word_hostile.HOSTILE.items())[::4]:
        path = tmp_path / "paper.docx"
        path.write_bytes(make(word_hostile.TENTH))
        begun = time.monotonic()
        with suppress(PaperUnreadable):  # what is said of it, test_intake_word knows
            papers.take(path, forms_for([]))
        assert time.monotonic() - begun < SECONDS, name
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000
    assert largest < MEGABYTES + 300  # what the tests themselves have is in it


def test_a_reading_that_hangs_or_eats_memory_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paper.txt"
    path.write_text("Title: x")
    monkeypatch.setattr(papers, "_SECONDS", 1)
    monkeypatch.setattr(papers, "take_from", lambda *_: time.sleep(30))
    with pytest.raises(PaperUnreadable, match="takes more than 1 seconds to read"):
        papers.take(path, forms_for([]))
    monkeypatch.setattr(papers, "_SECONDS", 9)
    monkeypatch.setattr(papers, "take_from", lambda *_: bytearray(3_000_000_000))
    with pytest.raises(PaperUnreadable, match="takes more memory to read"):
        papers.take(path, forms_for([]))
    monkeypatch.setattr(papers, "take_from", lambda *_: os._exit(3))
    with pytest.raises(PaperUnreadable, match="ended the program that reads it"):
        papers.take(path, forms_for([]))


def test_the_rest_go_on_when_one_fails(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.docx").write_bytes(paper_docx())
    (folder / "b.docx").write_bytes(b"PK\x03\x04 no")
    (folder / "c.txt").write_text("Project title: Another\nReference: 7\nDirectorate: Places\n")
    target = tmp_path / "2015-16-Q2"
    done = CliRunner().invoke(main, ["intake", str(folder), "--to", str(target)])
    assert done.exit_code == 11
    assert sorted(path.name for path in target.iterdir()) == ["a.xlsx", "c.xlsx"]
    assert "b.docx  not read" in done.stdout
    assert "ffanalysis: b.docx cannot be read: " in done.stderr
    assert "1 of 3: a.docx" in done.stderr
