"""The rows of a heading, gathered around the one that was met first."""

from ffanalysis.layout import Layout
from ffanalysis.read.headings import HeadingRow, Kind
from ffanalysis.sheets.cells import Area, Sheet

_AMOUNTS: tuple[Kind, ...] = (
    *("year", "total", "full year", "amount"),
    *("word", "either", "compared"),
)
_OVER_AMOUNTS: tuple[Kind, ...] = (*_AMOUNTS, "unit")
_FURTHEST = 16_384  # the last column of a sheet
MOST_ROWS = 3  # of a heading; a row of units below it not counted


class HeadingRows:
    """The rows of a heading, gathered around the one that was met first."""

    def __init__(
        self, sheet: Sheet, anchor: HeadingRow, within: range | None, layout: Layout
    ) -> None:
        self.sheet, self.within, self.layout = sheet, within, layout
        self.anchor = anchor
        self.rows = [anchor]
        self.amounts = anchor.kinds(*_AMOUNTS)
        self.labels = anchor.kinds("heading")

    def _row(self, number: int) -> HeadingRow | None:
        line = self.sheet.grid.get(number)
        if line is None:
            return None
        columns = [c for c in sorted(line) if self.within is None or c in self.within]
        return HeadingRow(number, [line[column] for column in columns], self.layout)

    def take_above(self, used: int) -> None:
        """Take the bands above, but below row `used`."""
        number = self.anchor.row - 1
        while len(self.rows) < MOST_ROWS and number > used and (row := self._row(number)):
            bands = self._bands_of(row)
            heads_blank = row.kinds("heading") - set(self.anchor.tokens)
            if (
                row.numbers
                or row.states_something
                or not (bands or heads_blank)
                or row.kinds("other") & self.amounts
            ):
                return
            self.rows.insert(0, row)
            self.amounts |= bands
            self.labels |= row.kinds("heading")
            number -= 1

    def _bands_of(self, row: HeadingRow) -> set[int]:
        """What in a row above is over amounts, and not over labels."""
        first = min(self.amounts | self.labels, default=0)
        bands = row.kinds(*_OVER_AMOUNTS)
        return {column for column in bands if column >= first} - self.labels

    def take_below(self) -> None:
        """Take the rows of units or words below."""
        number = self.anchor.row + 1
        while len(self.rows) <= MOST_ROWS and (row := self._row(number)):
            if not self._goes_on(row):
                return
            self.rows.append(row)
            number += 1

    def _goes_on(self, row: HeadingRow) -> bool:
        """Whether a row below belongs to the heading: nothing in it is a number, or a line's label.

        A column that no row above heads may have its heading there.
        """
        columns = set(row.tokens)
        bands = row.kinds(*_OVER_AMOUNTS)
        if row.numbers or len(columns) != row.filled or not columns:
            return False
        if bands != columns:
            beside = self._heads_nothing_above(columns - bands) if bands else set()
            return self._heads_amounts(columns - beside, has_bands=bool(bands))
        is_units = row.kinds("unit") == columns
        return is_units or (bool(self.amounts) and not bands & self.labels)

    def _heads_amounts(self, columns: set[int], *, has_bands: bool) -> bool:
        """Whether a row of which not every word is known heads columns of amounts alone."""
        if has_bands and columns <= self._under_bands():
            return True
        return columns <= self.amounts and (has_bands or self._repeats_a_year())

    def _heads_nothing_above(self, columns: set[int]) -> set[int]:
        """Of some columns those that no row above heads: "Status" beside the measures alone."""
        headed = {column for row in self.rows for column in row.tokens} | self._under_bands()
        merged = (range(left, right + 1) for _, left, _, right in self._merges_above())
        return columns - headed - {column for part in merged for column in part}

    def _merges_above(self) -> list[Area]:
        """The merged cells that begin in the rows so far."""
        numbers = {row.row for row in self.rows}
        return [area for area in self.sheet.merges if area[0] in numbers]

    def _under_bands(self) -> set[int]:
        """The columns that the years of the rows so far are over, where they are bands.

        What stands there beside a known measure heads a column too, though its word is not known.
        """
        merged = {(top, left): right for top, left, _, right in self.sheet.merges}
        reached: set[int] = set()
        for row in self.rows:
            starts = sorted(row.tokens)
            ends = [*(column - 1 for column in starts[1:]), _FURTHEST]
            for column, end in zip(starts, ends, strict=True):
                if row.tokens[column].kind in ("year", "calendar"):
                    last = merged.get((row.row, column), end)
                    reached |= set(range(column, last + 1))
        return reached

    def _repeats_a_year(self) -> bool:
        """Whether a year stands over several columns, so that more must head each of them."""
        years = [token.year for row in self.rows for token in row.tokens.values() if token.year]
        return len(set(years)) < len(years)
