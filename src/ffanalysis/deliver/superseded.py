"""The documents that a release replaces: a copy of each beside it, stamped on every page.

The document itself stays as it was released, where it is kept.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ffanalysis.deliver import kept
from ffanalysis.editions import Editions
from ffanalysis.render.page import to_pdf
from ffanalysis.run.reports_folder import ReportsFolder

# The words stand in the left margin, where no page prints anything: a marking is at the head.
_STAMP = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Superseded</title><style>
@page {{ size: A4; margin: 0; background: transparent }}
p {{ margin: 0; position: absolute; top: 148.5mm; left: 8mm; width: 0; height: 0;
    transform: rotate(-90deg); font: bold 13pt/1 sans-serif; color: #b3122b }}
span {{ position: absolute; width: 270mm; left: -135mm; top: -2.3mm; text-align: center }}
div {{ position: absolute; top: 135mm; left: 0; width: 210mm; text-align: center;
    transform: rotate(-50deg); font: bold 72pt sans-serif; color: rgba(179, 18, 43, 0.16) }}
</style></head><body><p><span>{words}</span></p><div>SUPERSEDED</div></body></html>"""


def keep_superseded(
    reports: ReportsFolder, editions: Mapping[str, Mapping[str, Any]], known: Editions, part: Path
) -> None:
    """Put stamped copies of the documents that these editions replace into a release's folder."""
    for project, about in editions.items():
        earlier = known.released(project)
        if earlier is None or earlier[0] == about["number"]:
            continue
        edition, release = earlier
        folder = kept.folder_of(reports.parent, reports.period, release)
        name = kept.page_in(kept.manifest_in(folder)["pages"], project, "pdf")
        if name:
            document = folder / kept.PAGES / name
            place = part / kept.SUPERSEDED / Path(name).with_stem(f"{project}-edition-{edition}")
            place.parent.mkdir(parents=True, exist_ok=True)
            words = f"Superseded: edition {edition:,} was replaced by edition {about['number']:,}"
            place.write_bytes(stamped(document.read_bytes(), words))


def stamped(pdf: bytes, words: str) -> bytes:
    """A document with these words on every page; the same bytes each time."""
    from pypdf import PdfReader, PdfWriter  # slow to import, and few releases replace anything

    stamp = PdfReader(io.BytesIO(to_pdf(_STAMP.format(words=words)))).pages[0]
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    for page in writer.pages:
        page.merge_page(stamp)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
