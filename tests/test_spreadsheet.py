"""LibreOffice as a second engine: it comes to our figures, and what it cannot prove is no pass."""

import os
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from rendered import PERIOD
from test_pack_formulas import LONG, WAYS, apart, cell, nested, pack_of, packed

import ffanalysis as ff
from ffanalysis.errors import SpreadsheetFailed, SpreadsheetMissing
from ffanalysis.figures import (
    Figure,
    Sum,
    at_least,
    constant,
    difference,
    least,
    negative,
    per,
    rounded,
    scaled,
    share,
    tolerance,
    total,
)
from ffanalysis.findings import Amounts, Finding
from ffanalysis.run.pack_copy import WRONG, copy_with_wrong_values
from ffanalysis.run.spreadsheet import is_installed, recalculate

SECONDS = 120.0  # a first start makes a profile


def needs_libreoffice() -> None:
    if is_installed():
        return
    message = "there is no LibreOffice: install it, or leave FFANALYSIS_REQUIRE_LIBREOFFICE unset"
    if os.environ.get("FFANALYSIS_REQUIRE_LIBREOFFICE") == "1":
        pytest.fail(message)
    pytest.skip(message)


def changed(pack: Path, sheet: str, old: str, new: str) -> Path:
    """A copy of a pack in which a sheet's XML says something else, once."""
    path = pack.with_name(f"changed-{pack.name}")
    with zipfile.ZipFile(pack) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            text = given.read(name)
            if name == f"xl/worksheets/{sheet}.xml":
                assert text.count(old.encode()) == 1
                text = text.replace(old.encode(), new.encode())
            made.writestr(name, text)
    return path


def hand_made(folder: Path) -> Path:
    """A pack of three figures and a finding over two cells."""
    one, two = cell(2, 300), cell(3, 200)
    figures = [
        Figure("alpha/one", one, project="alpha"),
        Figure("alpha/both", total([one, two]), project="alpha"),
        Figure("months", constant(30, "months"), "months"),
    ]
    compared = Amounts(total([one, two]), two, None)
    finding = Finding("route-split", "Alpha", "disagrees", "error", ("It.",), amounts=compared)
    return pack_of(folder, *figures, findings=[finding])


# What LibreOffice itself says


def test_libreoffice_comes_to_every_figure_of_the_example(programme: Path, tmp_path: Path) -> None:
    needs_libreoffice()
    pack = packed(tmp_path / "reconciliation.xlsx", ff.load(PERIOD, programme).records)
    before = pack.read_bytes()
    work = tmp_path / "work"
    work.mkdir()
    made = recalculate(pack, work, SECONDS)
    assert made.differences == ()
    assert made.agrees
    assert made.formulas > 300
    assert made.version[:1].isdigit()
    assert 0 < made.seconds < SECONDS
    assert list(work.iterdir()) == []
    assert pack.read_bytes() == before


def test_libreoffice_opens_what_is_as_long_as_excel_allows_and_comes_to_the_same(
    tmp_path: Path,
) -> None:
    """Every way in which a number is made, 5,000 cells in a sum, deep nesting: as by hand."""
    needs_libreoffice()
    ways = [Figure(f"way {name}", figure.sum, figure.unit) for name, (figure, _, _) in WAYS.items()]
    long = [Figure(name, made) for name, (made, _) in LONG.items()]
    deep = Figure("60 levels", nested(60))
    made = recalculate(pack_of(tmp_path, apart(5_000), *ways, *long, deep), tmp_path, SECONDS)
    assert made.differences == ()
    assert made.agrees


def made_at_random(random: Random, depth: int) -> Sum:
    """A sum of sums of cells, made in ways of which each is as likely; sometimes below nil."""
    if depth == 0 or random.random() < 0.15:
        return cell(random.randint(1, 60), random.randint(-2_000, 9_000))
    parts = [made_at_random(random, depth - 1) for _ in range(random.randint(2, 4))]
    one, two, *_ = parts
    weight = constant(random.choice([0, 15, 40, Decimal("62.5")]), "weight")
    ways: tuple[Callable[[], Sum], ...] = (
        lambda: total(parts),
        lambda: difference(*parts),
        lambda: at_least(one, random.choice([0, 50_000])),
        lambda: least(*parts),
        lambda: negative(one),
        lambda: rounded(one, random.choice([100, 1_000, 100_000])),
        lambda: rounded(
            total([scaled(each, weight, constant(100, "percent")) for each in parts]), 100
        ),
        lambda: per(one, constant(random.randint(2, 7), "months"), "floor"),
        lambda: per(two, constant(random.randint(2, 7), "months"), "ceiling"),
        lambda: tolerance(*parts),
    )
    return random.choice(ways)()


def test_numbers_that_are_made_at_random_come_out(tmp_path: Path) -> None:
    needs_libreoffice()
    random = Random(1)  # noqa: S311 - the same numbers each time
    figures = [Figure(f"{number}", made_at_random(random, 5)) for number in range(250)]
    shares = [share(one.sum, two.sum) for one, two in pairwise(figures)]
    percents = [Figure(f"share {n}", each, "percent") for n, each in enumerate(shares) if each]
    assert len(percents) > 30
    made = recalculate(pack_of(tmp_path, *figures, *percents), tmp_path, SECONDS)
    assert made.differences == ()
    # Pence and pounds of each, and a share; few are too large to be exact.
    assert made.formulas > 2 * 240 + len(percents) - 10


def test_a_formula_that_comes_to_something_else_is_named(tmp_path: Path) -> None:
    """Each has its right value stored with it: 300 + 200 are 500, and not 300.01."""
    needs_libreoffice()
    pack = changed(
        hand_made(tmp_path), "sheet3", "<f>SUM(Cells!$G$2:$G$3)</f>", "<f>SUM(Cells!$G$2,1)</f>"
    )
    pack = changed(pack, "sheet3", "<f>30</f>", "<f>NOSUCH(30)</f>")
    made = recalculate(pack, tmp_path, SECONDS)
    assert not made.agrees
    # What the finding has calculated by the same formula is right still.
    assert sorted(map(str, made.differences)) == [
        "Figures!D3, alpha, alpha/both, amount (£): LibreOffice comes to 300.01, we to 500",
        "Figures!F4, months, value: LibreOffice comes to '#NAME?', we to 30",
        "Figures!I3, alpha, alpha/both, pence: LibreOffice comes to 30,001, we to 50,000",
    ]


def test_a_value_of_ours_that_is_a_penny_out_is_named(tmp_path: Path) -> None:
    needs_libreoffice()
    pack = changed(hand_made(tmp_path), "sheet3", "<v>50000</v>", "<v>50001</v>")
    (found,) = recalculate(pack, tmp_path, SECONDS).differences
    assert (found.sheet, found.cell, found.subject, found.column) == (
        "Figures",
        "I3",
        "alpha, alpha/both",
        "pence",
    )
    assert (found.expected, found.found) == (50_001, 50_000)


# A LibreOffice that is none


Fake = Callable[[str], None]

COPIES = """
import os, shutil, sys
folder = sys.argv[sys.argv.index("--outdir") + 1]
os.makedirs(folder)
shutil.copy(sys.argv[-1], folder)
"""
EMPTIES = """
import os, sys, openpyxl
folder = sys.argv[sys.argv.index("--outdir") + 1]
os.makedirs(folder)
openpyxl.load_workbook(sys.argv[-1]).save(os.path.join(folder, os.path.basename(sys.argv[-1])))
"""
# It works out the one formula that proves something, and no other.
CHEATS = """
import os, re, sys, zipfile
folder = sys.argv[sys.argv.index("--outdir") + 1]
os.makedirs(folder)
with zipfile.ZipFile(sys.argv[-1]) as given:
    with zipfile.ZipFile(os.path.join(folder, "pack.xlsx"), "w") as made:
        for name in given.namelist():
            text = given.read(name).decode("utf-8")
            one = lambda found: f"<v>{eval(found[1])}</v>"
            made.writestr(name, re.sub(r"<f>([0-9]+[*]2[+]1)</f><v>[^<]*</v>", one, text))
"""
HANGS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({place!r}, "w").write(str(child.pid))
time.sleep(600)
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Puts a program in the place of LibreOffice."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(text: str) -> None:
        path = folder / "soffice"
        path.write_text(f"#!{sys.executable}\n{text}", "utf-8")
        path.chmod(0o755)

    return put


def has_ended(number: int) -> bool:
    """Whether a process that is no child of ours has ended, or does so in a moment."""
    until = monotonic() + 10
    while monotonic() < until:
        try:
            os.kill(number, 0)
            with Path(f"/proc/{number}/stat").open(encoding="utf-8") as state:
                if state.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        (COPIES, "it kept the values it was given"),
        (EMPTIES, "it gave no values"),
        ("raise SystemExit(77)", "it ended with code 77"),
        ("", "it wrote no workbook"),
    ],
)
def test_what_proves_nothing_is_a_fault(
    program: str, fault: str, fake: Fake, tmp_path: Path
) -> None:
    fake(program)
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(SpreadsheetFailed) as error:
        recalculate(hand_made(tmp_path), work, SECONDS)
    assert str(error.value) == (
        f"LibreOffice did not recalculate pack.xlsx: {fault}. Open the file in LibreOffice to see"
        " why, then try again."
    )
    assert list(work.iterdir()) == []


def test_values_that_were_not_worked_out_are_differences_each(fake: Fake, tmp_path: Path) -> None:
    fake(CHEATS)
    made = recalculate(hand_made(tmp_path), tmp_path, SECONDS)
    # Two pence and two pounds of figures, a number of months, three amounts of the finding twice.
    assert made.formulas == len(made.differences) == 11
    assert {each.found for each in made.differences} == {WRONG}
    assert not made.agrees


def test_what_takes_too_long_is_ended_with_all_that_it_started(fake: Fake, tmp_path: Path) -> None:
    place = tmp_path / "child"
    fake(HANGS.format(place=str(place)))
    work = tmp_path / "work"
    work.mkdir()
    begun = monotonic()
    with pytest.raises(SpreadsheetFailed, match="it took longer than 2 seconds"):
        recalculate(hand_made(tmp_path), work, 2)
    assert monotonic() - begun < 20
    assert has_ended(int(place.read_text()))
    assert list(work.iterdir()) == []


def test_a_machine_without_libreoffice_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_installed()
    with pytest.raises(SpreadsheetMissing) as error:
        recalculate(tmp_path / "reconciliation.xlsx", tmp_path, SECONDS)
    assert str(error.value) == (
        "LibreOffice is not installed, so it cannot recalculate reconciliation.xlsx: install it,"
        " so that 'soffice' is found."
    )


def test_a_file_that_is_no_pack_is_not_given_to_libreoffice(fake: Fake, tmp_path: Path) -> None:
    fake(COPIES)
    (tmp_path / "pack.xlsx").write_bytes(b"no workbook")
    with pytest.raises(SpreadsheetFailed, match="the file is not as the run wrote it"):
        recalculate(tmp_path / "pack.xlsx", tmp_path, SECONDS)


def test_every_value_of_the_copy_is_wrong_and_the_pack_is_not(tmp_path: Path) -> None:
    pack, copy = hand_made(tmp_path), tmp_path / "copy.xlsx"
    expected = copy_with_wrong_values(pack, copy, "2*3+1")
    assert expected["Figures"] == {
        (2, 9): 30_000,
        (2, 4): 300,
        (3, 9): 50_000,
        (3, 4): 500,
        (4, 6): 30,
    }
    with zipfile.ZipFile(copy) as package:
        text = package.read("xl/worksheets/sheet3.xml").decode()
        about = package.read("xl/worksheets/sheet1.xml").decode()
    assert text.count(f"<v>{WRONG}</v>") == 5
    assert f"<f>2*3+1</f><v>{WRONG}</v>" in about
