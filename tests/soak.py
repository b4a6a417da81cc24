"""The long counts, as one table: `make soak`; `python tests/soak.py NAME…` tries only some.

Each line says what was tried, how often, how often it held, and how long it took. The run fails
where one did not hold.
"""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from time import monotonic

import hostile_files as hostile
import interrupted
import mail_soak
import openpyxl
import planted
import test_pack_formulas
import test_savings_properties
import the_paper
import transcript
import word_hostile
from pdf_papers import paper_pdf
from rendered import PARTS
from slips import KINDS, Slips
from test_mutation import many_mutations
from witnessed import KINDS as WITNESSED
from witnessed import Witnessed
from word_files import paper_docx

from ffanalysis import briefing, check, load
from ffanalysis.demo import write_demo
from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.door import coverage_of, forms_for
from ffanalysis.intake.papers import take
from ffanalysis.run.files import findings_csv
from ffanalysis.run.spreadsheet import is_installed, recalculate

REPOSITORY = Path(__file__).parents[1]
PERIOD, PROJECT = "2015-16-Q2", "sen-contract-efficiency"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b onmouseover="x">',
    "</style><style>*{display:none}</style>",
    '=HYPERLINK("http://invalid.example","x")',
    "[x](javascript:alert(1))",
    "$\\frac{$",
    "{{ 7 * 7 }}",
    "\u202eabc\u202c",
    "😀 ŵ ŷ Ж",
    "x" * 5000,
)
_OURS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "data",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "img",
        "li",
        "p",
        "span",
        "strong",
        "table",
        "caption",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


class Seen(HTMLParser):
    """The elements and attributes of a page, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(f"on* in {tag}" for name, _ in attrs if name.startswith("on"))}


def programme(folder: Path) -> Path:
    """A copy of the example programme, to be changed at will."""
    shutil.copytree(REPOSITORY / "data" / "raw" / PERIOD, folder / "data" / "raw" / PERIOD)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    return folder


def cells(root: Path, wanted: Callable[[object], bool]) -> Iterator[tuple[Path, str, str, object]]:
    """The cells of all workbooks whose value is wanted."""
    for path in sorted((root / "data" / "raw" / PERIOD).glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                yield from (
                    (path, sheet.title, cell.coordinate, cell.value)
                    for cell in row
                    if wanted(cell.value)
                )


def put(path: Path, sheet: str, address: str, value: object) -> None:
    """Write one value as it stands: a text that begins with = stays a text."""
    book = openpyxl.load_workbook(path)
    cell = book[sheet][address]
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    book.save(path)


def mutations(root: Path) -> Iterator[bool]:
    """Each amount of the example, of its messy layouts and of an invented schedule changed.

    A sum must notice, and lead to it.
    """
    folder = root / "mutations"
    folder.mkdir()
    for what, held in many_mutations(folder, root / "data" / "raw" / PERIOD):
        if not held:
            print(f"  {what}")
        yield held


def hostile_texts(root: Path) -> Iterator[bool]:
    """Each text of the register replaced by something hostile.

    No element, attribute or formula of it gets through.
    """
    texts = [
        cell
        for cell in cells(root, lambda value: isinstance(value, str))
        if cell[0].name == "register.xlsx" and cell[1] != "Sign-off"
    ]
    for number, (path, sheet, address, value) in enumerate(texts):
        if int(re.sub(r"\D", "", address)) < 4 or address.startswith("A"):
            continue
        text = HOSTILE[number % len(HOSTILE)]
        put(path, sheet, address, text)
        quarter = load(PERIOD, root)
        findings = check(quarter)
        table = findings_csv(findings)
        harmless = not any(line.lstrip('"').startswith(("=", "@")) for line in table.splitlines())
        if not quarter.refusals:
            shown = briefing(quarter, findings, PROJECT)
            html = "".join(getattr(shown, part)()._repr_html_() for part in PARTS)
            harmless = harmless and Seen(html).names <= _OURS
        yield harmless
        put(path, sheet, address, value)


def same_bytes(root: Path) -> Iterator[bool]:
    """The whole quarter rendered again and again: the same bytes in all that is published."""
    first: dict[str, str] = {}
    for _ in range(5):
        subprocess.run(
            [sys.executable, "-m", "ffanalysis.cli", "run", PERIOD, "--force"],
            cwd=root,
            check=True,
            capture_output=True,
        )
        published = root / "reports" / PERIOD
        found = {
            path.relative_to(published).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in published.rglob("*")
            if path.is_file() and path.name != "run.json"
        }
        first = first or found
        yield found == first


def tests_of(*modules: str, **more: str) -> Iterator[bool]:
    """The tests of these modules with all their cases, one module after the other."""
    environment = {**os.environ, "FFANALYSIS_SOAK": "1", **more}
    for module in modules:
        path = REPOSITORY / "tests" / module
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            print(done.stdout[-3000:])
        yield done.returncode == 0


def properties(_root: Path) -> Iterator[bool]:
    """The properties of money, periods and rules with 50 times their usual examples."""
    yield from tests_of(
        "test_money.py", "test_periods.py", "test_rules_properties.py", "test_timeline.py"
    )


def runs(_root: Path) -> Iterator[bool]:
    """Runs, notebooks and pages in all the cases of which a commit tries a few."""
    yield from tests_of(
        "test_carry_over.py",
        "test_notebook_run.py",
        "test_hostile_text.py",
        "test_page.py",
        FFANALYSIS_REQUIRE_BROWSER="1",
    )


def stopped_runs(_root: Path) -> Iterator[bool]:
    """Commands that are stopped, outlive their terminal, hang, or fill the disk."""
    yield from tests_of("long_interrupted.py")


def invented_schedules(_root: Path) -> Iterator[bool]:
    """What holds of every savings schedule, each property tried on a thousand invented ones."""
    names = (name for name in vars(test_savings_properties) if name.startswith("test_"))
    yield from tests_of(*(f"test_savings_properties.py::{name}" for name in names))


def hostile_files(root: Path) -> Iterator[bool]:
    """Bad files, made on purpose and spoilt by chance, as large as the real limits let them be.

    Each is read or refused in plain words, within its work and memory.
    """
    number = 2 * len(hostile.made_on_purpose(hostile.FULL))
    folder = root / "hostile"
    folder.mkdir()
    files = hostile.hostile_files(number, 1, hostile.FULL)
    for file, outcome in hostile.outcomes(files, folder, hostile.FULL):
        found = hostile.faults(file, outcome, hostile.FULL)
        if found:
            print(f"  {file.what!r}: {'; '.join(found)}")
        yield not found


def hostile_word_papers(_root: Path) -> Iterator[bool]:
    """Word papers that are made to harm, as large as the limits allow, each in a process."""
    for name in word_hostile.HOSTILE:
        yield word_hostile.holds(name, word_hostile.FULL)


def spoilt_papers(root: Path) -> Iterator[bool]:
    """The concept paper as text, Word and PDF, torn or with bytes changed, and taken in.

    Each is taken in whole, with nothing lost, or refused in one sentence, within ten seconds.
    """
    chance = random.Random(1)  # noqa: S311 - the same papers each time
    forms = forms_for([])
    whole = {
        "a.txt": the_paper.TEXT.encode(),
        "a.docx": paper_docx(),
        "a.pdf": paper_pdf(tagged=True),
        "b.pdf": paper_pdf(tagged=False),
    }
    for number in range(400):
        name = list(whole)[number % len(whole)]
        content = bytearray(whole[name])
        for _ in range(chance.choice((1, 3, 40))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if number % 3 == 0:
            del content[chance.randrange(len(content)) :]
        path = root / name
        path.write_bytes(bytes(content))
        begun = monotonic()
        try:
            held = coverage_of(take(path, forms))["lost"] == 0
        except PaperUnreadable as refused:
            held = "\n" not in str(refused)
        yield held and monotonic() - begun < 10


def slips(root: Path) -> Iterator[bool]:
    """Two hundred slips of our reader, each found by the second one at its cell."""
    demo = root / "demo"
    command = [Path(sys.executable).parent / "ffanalysis", "demo", str(demo), "--seed", "1"]
    subprocess.run(
        [*command, "--projects", "24", "--quarters", "1"], check=True, stdout=subprocess.DEVNULL
    )
    (period,) = (path.name for path in (demo / "data" / "raw").iterdir() if path.is_dir())
    quarter, tried, number = Slips(demo, period), 0, 0
    while tried < 200:
        kind = KINDS[number % len(KINDS)]
        if made := quarter.slip(kind, number):
            place, reading = made
            tried += 1
            found = place in {str(each.cell) for each in reading.disagreements}
            if not found:
                print(f"  {kind} at {place} was not found")
            yield found
        number += 1


def witnessed(root: Path) -> Iterator[bool]:
    """A thousand faults in pages, workbooks and engines, each named by who recomputes the page."""
    demo = root / "witnessed"
    command = [Path(sys.executable).parent / "ffanalysis", "demo", str(demo), "--seed", "1"]
    subprocess.run([*command, "--projects", "24"], check=True, stdout=subprocess.DEVNULL)
    quarters = [
        Witnessed(demo, path.name, root / f"of-{path.name}")
        for path in sorted((demo / "data" / "raw").iterdir())
        if path.is_dir()
    ]
    for quarter in quarters:
        outcome = quarter.outcome()
        print(f"  {quarter.period}: {outcome.figures:,} figures, {outcome.cells:,} cells")
        yield outcome.faults == []
    tried, number = 0, 0
    while tried < 1_000:
        kind = WITNESSED[number % len(WITNESSED)]
        fault = quarters[number % len(quarters)].fault(kind, number)
        number += 1
        if fault:
            tried += 1
            if not fault.is_named:
                print(f"  {kind}: {fault.what} was not found")
            yield fault.is_named


def second_readings(_root: Path) -> Iterator[bool]:
    """Every messy layout in every format, and 3,000 with strange cells, by two readers."""
    yield from tests_of("test_second_reader_layouts.py")


def killed_runs(root: Path) -> Iterator[bool]:
    """Runs killed at a hundred moments.

    What is published is whole, and the next run ends as if nothing had been.
    """
    yield from interrupted.killed_runs(root, times=100, seed=1)


def many_at_once(root: Path) -> Iterator[bool]:
    """Five hundred notebooks, eight at once: no briefing is lost or another's."""
    yield from interrupted.many_at_once(root, projects=500, jobs=8)


def mails_read_back(root: Path) -> Iterator[bool]:
    """Two hundred mails over a server that refuses, waits, hangs up and loses some.

    Each arrives once, and two parsers find recipient, project, PDF and parts right.
    """
    yield from mail_soak.read_back(root, number=200, seed=1)


def mails_killed(root: Path) -> Iterator[bool]:
    """Fifty deliveries killed at a hundred moments, by SMTP and by Graph: none twice or lost."""
    yield from mail_soak.killed_over_smtp(root, mails=50, kills=100, seed=1)
    yield from mail_soak.killed_over_graph(root, mails=50, kills=100, seed=1)


def transcripts(root: Path) -> Iterator[bool]:
    """Each command of the documentation's transcript, from a run to a correction."""
    yield from transcript.tried(root / "programme", REPOSITORY / "data" / "raw" / PERIOD)


def demo_pages(_root: Path) -> Iterator[bool]:
    """Every page and PDF of 24 projects over three quarters, looked at by browser and checkers.

    What moved in a hundred demos; what sixty were made of, and what is read of them.
    """
    yield from tests_of(
        "test_demo_pages.py",
        "test_demo_truth.py",
        "test_sentences_numbers.py",
        "test_movement_demo.py",
        FFANALYSIS_REQUIRE_BROWSER="1",
    )


def pack_limits(root: Path) -> Iterator[bool]:
    """The pack of a thousand projects: each formula, row, link and text is within Excel's limits.

    LibreOffice, where it is installed, works out every formula anew and comes to the same.
    """
    write_demo(root / "large", projects=1_000, quarters=2, seed=1)
    period = max(path.name for path in (root / "large" / "data" / "raw").iterdir() if path.is_dir())
    begun = monotonic()
    pack = test_pack_formulas.packed(root / "reconciliation.xlsx", load(period, root / "large"))
    yield test_pack_formulas.fit(pack)
    yield from test_pack_formulas.sheets_fit(pack)
    print(f"  {pack.stat().st_size / 1e6:.1f} MB in {monotonic() - begun:.0f} s with its reading")
    if not is_installed():
        print("  no LibreOffice to recalculate it")
        return
    made = recalculate(pack, root, 1_200)
    print(f"  {made.formulas:,} formulas by LibreOffice {made.version} in {made.seconds:.0f} s")
    for each in made.differences[:20]:
        print(f"  {each}")
    yield made.agrees


def planted_faults(_root: Path) -> Iterator[bool]:
    """Three hundred faults in published workbooks, where a folder of them is at hand.

    In cells that something covers: 19 of 20 must be found at their cell.
    """
    folder = Path(
        os.environ.get("FFANALYSIS_REAL_WORKBOOKS") or REPOSITORY.parent / "shared" / "realdata"
    )
    if not folder.is_dir():
        print(f"  no folder of published workbooks at {folder}")
        yield True
        return
    faults = list(planted.planted(folder, count=300, seed=1))
    found = sum(fault.is_found for fault in faults)
    print(f"  {found} of {len(faults)} found at their cell; missed:")
    for kind, count in planted.missed_by_kind(faults).most_common():
        print(f"  {count:>4} {kind}")
    yield found * 20 >= 19 * len(faults)


def main() -> int:
    print(f"{'what':34} {'tried':>7} {'held':>7} {'seconds':>9}")
    failed = 0
    trials = (
        mutations,
        hostile_texts,
        same_bytes,
        hostile_files,
        hostile_word_papers,
        spoilt_papers,
        properties,
        invented_schedules,
        runs,
        stopped_runs,
        slips,
        witnessed,
        second_readings,
        killed_runs,
        many_at_once,
        mails_read_back,
        mails_killed,
        transcripts,
        demo_pages,
        pack_limits,
        planted_faults,
    )
    named = {trial.__name__: trial for trial in trials}
    for trial in [named[name] for name in sys.argv[1:]] or trials:
        with tempfile.TemporaryDirectory() as folder:
            begun = monotonic()
            held = list(trial(programme(Path(folder))))
        failed += held.count(False) + (not held)
        print(
            f"{trial.__name__.replace('_', ' '):34} {len(held):>7} {sum(held):>7}"
            f" {monotonic() - begun:>9.1f}",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
