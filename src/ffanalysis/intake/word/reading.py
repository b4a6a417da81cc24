"""What is gathered while a Word file is read, from whichever of its parts."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from ffanalysis.intake.document import Remark, RemarkKind
from ffanalysis.intake.word.package import Package
from ffanalysis.intake.word.source import Atoms
from ffanalysis.intake.word.styles import Styles

_MOST_OPEN, _LONGEST = 50, 400  # comments at once, and words of one


class Comments:
    """Which words comments are on, and where these begin."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self._open: set[str] = set()
        self._unplaced: list[str] = []

    def begin(self, number: str) -> None:
        if number not in self.places and len(self._open) < _MOST_OPEN:
            self._open.add(number)
        self.refer(number)

    def refer(self, number: str) -> None:
        """Note that a comment belongs here."""
        if number not in self.places:
            self._unplaced.append(number)

    def end(self, number: str) -> None:
        self._open.discard(number)

    def hear(self, words: str) -> None:
        for number in self._open:
            before = self.words.get(number, "")
            if len(before) < _LONGEST:
                self.words[number] = before + words

    def pause(self) -> None:
        """Note the end of a paragraph."""
        self.hear(" ")

    def settle(self, place: str) -> None:
        """Say where the paragraph that has just ended stands."""
        for number in self._unplaced:
            self.places.setdefault(number, place)
        self._unplaced.clear()
        self.pause()


class Reading:
    """The state of one reading: what was found, and what is counted over all parts."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self.package, self.styles = package, styles
        self.atoms = Atoms()
        self.comments = Comments()
        self.remarks: list[Remark] = []
        self.notes: dict[str, str] = {}  # "footnote 7", by its id → the place that refers to it
        self.unsure: defaultdict[str, list[str]] = defaultdict(list)
        self.tables: Counter[str] = Counter()
        self.boxes = 0
        self.with_hidden_rows: set[str] = set()  # tables, which the second reader sees otherwise
        self.hidden_tables: list[str] = []  # the words of those without a row that is seen
        self.odd_tables: set[str] = set()  # whose rows are laid in a way of their own

    def remark(
        self, kind: RemarkKind, place: str, *readings: str, atoms: Iterable[int] = ()
    ) -> None:
        self.remarks.append(Remark(kind, place, readings, tuple(atoms)))
