"""List every sentence of the example and of an invented programme's briefings, with its length.

Run as `python tools/sentences.py FILE`. The sentences come from the parts that the notebooks show,
without a kernel. What a workbook says is quoted, and is not ours: a text of its own is left out,
and a quotation within a sentence counts as one word.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import ffanalysis as ff
from ffanalysis.demo import write_demo
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.html import Part
from ffanalysis.present.programme import Programme
from ffanalysis.run.project_rows import ProjectRows
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import TABLE_NAMES

ROOT = Path(__file__).parents[1]
LONGEST = 30  # words of a sentence
_BLOCKS = frozenset({"p", "li", "figcaption", "h1", "h2", "h3", "h4", "caption", "strong"})
_QUOTED = frozenset({"blockquote", "td", "th", "dd", "dt"})
_QUOTE = re.compile(r"'[^']{2,}'|‘[^’]{2,}’")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z£0-9'‘(])|\n+")
_VOWELS = re.compile(r"[aeiouy]+", re.I)


class Said(NamedTuple):
    """A sentence, where it is, and how many words it has."""

    words: int
    sentence: str
    place: str


class _Texts(HTMLParser):
    """The texts of a page's blocks, each once; tables and quotations are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs).get("alt") or "")
            return
        look = dict(attrs).get("class") or ""
        is_apart = tag in _QUOTED or "cells" in look or "code" in look
        self._open.append((tag, is_apart, []))

    def handle_data(self, data: str) -> None:
        if any(apart for _, apart, _ in self._open):
            return
        for tag, _, texts in reversed(self._open):
            if tag in _BLOCKS:
                texts.append(data)
                return

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _, texts = self._open.pop()
            if texts:
                self.found.append("".join(texts))
            if name == tag:
                return


def sentences_in(html: str) -> Iterator[str]:
    """The sentences of a page, in its order."""
    texts = _Texts()
    texts.feed(html)
    for text in texts.found:
        yield from filter(None, (part.strip() for part in _END.split(text)))


def words_in(sentence: str) -> list[str]:
    """Its words; a quotation is one."""
    return re.findall(r"[\w£%][\w£%.,/’'-]*", _QUOTE.sub("quotation", sentence))


def syllables(word: str) -> int:
    """About how many syllables a word has: its groups of vowels, a silent e left out."""
    if re.search(r"\d", word):
        return 1  # a number is read at a glance, however long its name
    return max(1, len(_VOWELS.findall(word)) - bool(re.search(r"[^aeiouyl]e$", word, re.I)))


def reading_ease(sentences: Iterable[str]) -> float:
    """The Flesch reading ease: 206.835 - 1.015 words a sentence - 84.6 syllables a word."""
    each = [words for words in map(words_in, sentences) if len(words) > 2]
    words = [word for some in each for word in some]
    return 206.835 - 1.015 * len(words) / len(each) - 84.6 * sum(map(syllables, words)) / len(words)


def parts_of(page: type) -> list[str]:
    """The names of a page's parts."""
    return [
        name
        for name, part in vars(page).items()
        if getattr(part, "__annotations__", {}).get("return") is Part
    ]


def texts_of(quarter: Quarter) -> set[str]:
    """All texts of the workbooks, line by line and sentence by sentence: they are not ours."""
    found: set[str] = set()
    for name in TABLE_NAMES:
        for row in getattr(quarter, name):
            for value in row:
                if isinstance(value, str) and name not in ("questions", "refusals", "notices"):
                    found.update(part.strip() for part in _END.split(value))
    return found


def pages(root: Path, periods: Iterable[str]) -> Iterator[tuple[str, set[str], str]]:
    """Every page of a programme's quarters: its place, the texts it may quote, and its HTML."""
    for period in periods:
        whole = ff.load(period, root).records
        findings = ff.check(whole)
        rows = ProjectRows(whole, findings)
        for project in whole.slugs:
            quarter = Quarter(rows.select(project))
            briefing = Briefing.of(quarter, rows.findings_of(project), project)
            quoted = texts_of(quarter)
            for part in parts_of(Briefing):
                yield f"{period}, {project}, {part}", quoted, str(getattr(briefing, part)().html)
        programme = ff.programme(whole, findings)
        quoted = texts_of(whole)
        for part in parts_of(Programme):
            yield f"{period}, programme, {part}", quoted, str(getattr(programme, part)().html)


def all_sentences(projects: int, quarters: int, seed: int) -> Iterator[Said]:
    """The sentences of the example, and of an invented programme's quarters."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        periods = write_demo(demo, projects, quarters, seed)
        for root, each in ((ROOT, ["2015-16-Q2"]), (demo, periods)):
            for place, quoted, html in pages(root, each):
                for sentence in sentences_in(html):
                    if sentence not in quoted:
                        yield Said(len(words_in(sentence)), sentence, place)


def banned() -> re.Pattern[str]:
    """The phrases that no sentence may have."""
    lines = (Path(__file__).parent / "banned_phrases.txt").read_text("utf-8").splitlines()
    return re.compile("|".join(line for line in lines if line and line[0] != "#"), re.I)


def main() -> int:
    """Write the list, and print how many sentences are too long or have a banned phrase."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("file", type=Path, help="where the list is written")
    options.add_argument("--projects", type=int, default=24)
    options.add_argument("--quarters", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    said = list(all_sentences(chosen.projects, chosen.quarters, chosen.seed))
    places: dict[str, str] = {}
    for each in said:
        places.setdefault(each.sentence, each.place)
    count = Counter(each.sentence for each in said)
    phrases = banned()
    lines, long, wrong = [], 0, 0
    for sentence, place in places.items():
        number = len(words_in(sentence))
        found = phrases.search(_QUOTE.sub("''", sentence))
        flags = [f"over {LONGEST} words"] if number > LONGEST else []
        flags += [f"banned: {found[0]}"] if found else []
        long, wrong = long + (number > LONGEST), wrong + bool(found)
        lines.append(f"{number}\t{'; '.join(flags)}\t{sentence}\t{count[sentence]} × {place}")
    chosen.file.write_text(
        "words\tflags\tsentence\twhere first\n" + "\n".join(lines) + "\n", "utf-8"
    )
    print(
        f"{len(said):,} sentences, {len(places):,} different: {long} over {LONGEST} words,"
        f" {wrong} with a banned phrase; Flesch reading ease {reading_ease(places):.1f}."
    )
    print(f"The list is {chosen.file}.")
    return 1 if long or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
