"""The second reader says the same of every messy layout in every file format: no false alarm."""

from collections.abc import Callable
from pathlib import Path

import messy
import pytest
from disturbed import write_disturbed
from messy import Table
from rendered import IS_SOAK

from ffanalysis.run.second_reading import ReadingRequest, SecondReading, read_second

# Mac Roman has no raised one, by which a footnote is marked.
EVERY = [
    (layout, form)
    for layout in messy.LAYOUTS
    for form in messy.FORMATS
    if (layout, form) != ("footnotes", "csv in Mac Roman")
]
# Every so many of the pairs, so that each format and one layout in four is tried at each commit.
LAID_OUT = EVERY if IS_SOAK else EVERY[:: len(EVERY) // 8]
# These two once crashed our reader, and were called different by the second one.
KNOWN = (97, 75)
SEEDS = range(3_000) if IS_SOAK else (*KNOWN, 2, 5, 11, 17)


@pytest.fixture(scope="module")
def quarter(example_quarter: Path) -> dict[str, Table]:
    return messy.tables_in(example_quarter)


@pytest.fixture
def second(tmp_path: Path) -> Callable[[Callable[[Path], object]], SecondReading]:
    """The second reading of workbooks that a function writes into a folder."""

    def read(write: Callable[[Path], object]) -> SecondReading:
        folder = tmp_path / "data" / "raw" / messy.PERIOD
        folder.mkdir(parents=True)
        write(folder)
        return read_second(ReadingRequest(tmp_path, messy.PERIOD, tmp_path / "processed"))

    return read


@pytest.mark.parametrize(("layout", "form"), LAID_OUT)
def test_both_readers_say_the_same_of_a_layout(
    layout: str, form: str, quarter: dict[str, Table], second: Callable[..., SecondReading]
) -> None:
    drawn = messy.LAYOUTS[layout](quarter)
    found = second(lambda folder: messy.FORMATS[form](folder, drawn))
    assert found.disagreements == ()
    assert found.cells >= 0.9 * sum(len(page.cells) for page in drawn)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_readers_say_the_same_where_cells_hold_strange_things(
    seed: int, quarter: dict[str, Table], second: Callable[..., SecondReading]
) -> None:
    """Most sheets are read all the same: what is refused of them is refused cell by cell."""
    found = second(lambda folder: write_disturbed(quarter, folder, seed))
    assert found.disagreements == ()


def test_what_is_strange_is_among_what_is_compared(
    quarter: dict[str, Table], second: Callable[..., SecondReading]
) -> None:
    assert second(lambda folder: write_disturbed(quarter, folder, KNOWN[1])).cells > 200
