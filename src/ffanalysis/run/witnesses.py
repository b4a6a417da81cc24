"""The witnesses of a run: another reader of its workbooks, and another engine for its figures."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ffanalysis.run import spreadsheet
from ffanalysis.run.history import log
from ffanalysis.run.recompute import Recomputed, RecomputeRequest, recompute
from ffanalysis.run.second_reading import ReadingRequest, SecondReading, read_second
from ffanalysis.run.spreadsheet import Recalculation
from ffanalysis.run.workers import Call, run_in_subprocess

LONGEST = 1_800.0  # seconds that LibreOffice may take
_FOUND = "second-reader.pickle"


class Witnesses:
    """What they have done in one run, and how long it took them; run.json records it."""

    def __init__(self, work: Path, temporary: Path, log_file: Path) -> None:
        self._found, self._digest = work / _FOUND, ""
        self._temporary, self._log_file = temporary, log_file
        self.second_reader: dict[str, float] = {}
        self.second_engine: dict[str, float] = {}
        self.spreadsheet: dict[str, str | float] = {}

    def take_from(self, manifest: Mapping[str, Any]) -> None:
        """Take over what an earlier run recorded of the very same pages."""
        self.second_reader = manifest.get("second_reader", {})
        self.second_engine = manifest.get("second_engine", {})
        self.spreadsheet = manifest.get("spreadsheet", {})

    def begin(self, root: Path, period: str, store: Path, ends: ExitStack) -> None:
        """Have the workbooks read by another reader, beside the rendering."""
        request = ReadingRequest(root, period, store, self._found)
        call = Call(read_second, request, self._temporary, self._log_file)
        self._second = ends.enter_context(call)

    def reading(self) -> SecondReading:
        """What the other reader has found."""
        reading = self._second.result()
        log.info("second reader: %d cells, %.1f s", reading.cells, reading.seconds)
        for each in reading.disagreements:
            log.info("second reader: %s", each.sentence)
        self.second_reader = {"cells": reading.cells, "seconds": round(reading.seconds, 3)}
        self._digest = reading.digest
        return reading

    def recompute(self, pages: Mapping[str, Path]) -> Recomputed:
        """Have the figures of these pages recomputed from what the other reader has found."""
        request = RecomputeRequest(pages, self._found, self._digest)
        found = run_in_subprocess(recompute, request, self._temporary, self._log_file)
        log.info("second engine: %d figures, %.1f s", found.figures, found.seconds)
        for faults in found.faults.values():
            for fault in faults:
                log.info("second engine: %s", fault.sentence)
        self.second_engine = {
            "figures": found.figures,
            "cells": found.cells,
            "constants": found.constants,
            "seconds": round(found.seconds, 3),
        }
        return found

    def recalculate(self, pack: Path) -> Recalculation:
        """Have LibreOffice recalculate the pack. Raises SpreadsheetMissing, SpreadsheetFailed."""
        found = spreadsheet.recalculate(pack, self._temporary, LONGEST)
        log.info("LibreOffice: %d formulas, %.1f s", found.formulas, found.seconds)
        for each in found.differences:
            log.info("LibreOffice: %s", each)
        self.spreadsheet = spreadsheet_facts(found)
        return found


def spreadsheet_facts(found: Recalculation) -> dict[str, str | float]:
    """What is recorded of a recalculation."""
    return {
        "program": f"LibreOffice {found.version}",
        "formulas": found.formulas,
        "seconds": round(found.seconds, 3),
    }
