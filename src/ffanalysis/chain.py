"""The journal of a period: what was released, sent and corrected, one line for each event.

Lines are only ever added, and each holds the digest of the line before it: a line that is changed,
put in or taken out breaks the chain where it stands. Lines cut off at the end leave a chain that
holds; only a copy of its head kept elsewhere, such as in a release, shows that they are gone.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ffanalysis.errors import JournalBroken, JournalInUse

FOLDER = "journal"
NOTHING = ""  # what the first line holds in place of the digest of a line before it
CUT_SHORT = "line cut short"
_WAIT = 10.0  # seconds for another command that writes a line
_KEYS = ("number", "before", "at", "event", "facts")


@dataclass(frozen=True)
class Line:
    """One event: its number from 1, when it was (UTC), what it was, and its facts."""

    number: int
    at: str
    event: str
    facts: Mapping[str, Any]
    digest: str


@dataclass(frozen=True)
class Head:
    """The last line of a journal: how many lines there are, and the digest of the last."""

    number: int = 0
    digest: str = NOTHING


def head_of(lines: Sequence[Line]) -> Head:
    """The head of these lines."""
    return Head(lines[-1].number, lines[-1].digest) if lines else Head()


class Chain:
    """The journal of one period, in `reports/journal/<period>.jsonl`."""

    def __init__(self, reports: Path, period: str) -> None:
        self.path = reports / FOLDER / f"{period}.jsonl"

    @classmethod
    def in_file(cls, path: Path) -> "Chain":
        """A journal wherever it lies, such as a copy of it."""
        chain = cls(path.parent, path.stem)
        chain.path = path
        return chain

    def lines(self) -> list[Line]:
        """Every line, each checked against the one before it. Raises JournalBroken.

        What a killed command wrote of its last line is no line; the next that is added records it.
        """
        content = self._content()
        return self._checked(content[: content.rfind(b"\n") + 1])

    def add(self, event: str, facts: Mapping[str, Any]) -> Line:
        """Add a line, on the disk before this returns. Raises JournalBroken and JournalInUse."""
        with self.held() as append:
            return append(event, facts)

    @contextmanager
    def held(self, wait: float = _WAIT) -> Iterator[Callable[[str, Mapping[str, Any]], Line]]:
        """Keep others from adding lines while one decides, by those there are, what to add.

        Gives what adds a line. Raises JournalBroken, and JournalInUse where another command holds
        it for longer than `wait` seconds.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path.with_name(f".{self.path.stem}.lock"), poll_interval=0.01)
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise JournalInUse(self.path.name) from error
        try:
            head = head_of(self.lines())

            def append(event: str, facts: Mapping[str, Any]) -> Line:
                nonlocal head
                line = self._write(head, event, facts)
                head = head_of([line])
                return line

            if cut := self._cut_off():
                append(CUT_SHORT, {"text": cut})
            yield append
        finally:
            lock.release()

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def _cut_off(self) -> str:
        """Take away what a killed command left of a line; its text."""
        content = self._content()
        whole = content.rfind(b"\n") + 1
        if whole == len(content):
            return ""
        with self.path.open("r+b") as file:
            file.truncate(whole)
        return content[whole:].decode("utf-8", "replace")

    def _checked(self, content: bytes) -> list[Line]:
        lines: list[Line] = []
        for number, text in enumerate(content.split(b"\n")[:-1], 1):
            data = self._parsed(number, text)
            if data["number"] != number:
                found = f"it says that it is line {data['number']}"
                raise JournalBroken(self.path.name, number, found)
            if data["before"] != head_of(lines).digest:
                found = "it does not follow the line before it, which was changed or taken out"
                raise JournalBroken(self.path.name, number, found)
            lines.append(
                Line(number, data["at"], data["event"], data["facts"], digest_of_line(text))
            )
        return lines

    def _parsed(self, number: int, text: bytes) -> dict[str, Any]:
        """A line as it was written: any other spelling of the same facts is no line of ours."""
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        if not isinstance(data, dict) or tuple(data) != _KEYS or _as_text(data) != text:
            raise JournalBroken(self.path.name, number, "it is not as it was written")
        return data

    def _write(self, head: Head, event: str, facts: Mapping[str, Any]) -> Line:
        """Write the line behind `head`, and have it on the disk."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = (head.number + 1, head.digest, now, event, dict(facts))
        text = _as_text(dict(zip(_KEYS, values, strict=True)))
        is_new = not self.path.exists()
        place = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            _write_all(place, text + b"\n")
            os.fsync(place)
        finally:
            os.close(place)
        if is_new:
            _sync_folder(self.path.parent)
        return Line(head.number + 1, now, event, dict(facts), digest_of_line(text))


def digest_of_line(text: bytes) -> str:
    """The digest that the next line holds of this one, its line end left out."""
    return hashlib.sha256(text).hexdigest()


def _as_text(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _write_all(place: int, content: bytes) -> None:
    while content:
        content = content[os.write(place, content) :]


def _sync_folder(folder: Path) -> None:
    """Put a new file's name on the disk too, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
