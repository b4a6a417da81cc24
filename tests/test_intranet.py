"""The folder for the intranet: what was released and all may see, whatever else is kept."""

import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from quick import Quick, names_in
from rendered import PERIOD, PROJECT, SCHEDULE
from test_confidential import texts, with_one_confidential
from test_mail import MAIL
from test_release import HEAD, declare, rerun

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver import kept
from ffanalysis.deliver.intranet import write_intranet
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.release import release, standing, withdraw
from ffanalysis.deliver.releases_page import releases_page
from ffanalysis.deliver.retention import delete
from ffanalysis.editions import Reissue
from ffanalysis.errors import NotReleased
from ffanalysis.read import council_of
from ffanalysis.savings.confidential import Secret
from ffanalysis.settings import Settings

MARKS = """[marking]
text = "OFFICIAL"
[project_markings]
"Road Repairs" = "OFFICIAL-SENSITIVE"
"Library Hours" = "SECRET"
"""


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """Three projects, of which one is confidential; each with a marking."""
    address = '[release]\naddress = "https://intranet.example.gov.uk/savings/"\n'
    return with_one_confidential(published, quick, MARKS + address)


def served(root: Path) -> Path:
    return root / "reports" / "intranet" / PERIOD


def list_of(root: Path) -> str:
    return (served(root) / "index.html").read_text("utf-8")


def test_it_has_what_all_may_see_of_a_release_and_nothing_else(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    assert names_in(ready / "reports" / "intranet") == {PERIOD}
    assert names_in(served(ready)) == {"index.html", "1"}
    pages = {f"{name}.{kind}" for name in (PROJECT, "road-repairs") for kind in ("html", "pdf")}
    lists = {"findings.csv", "figures.csv", "corrections.csv", "reconciliation.xlsx"}
    assert names_in(served(ready) / "1") == {"index.html", "programme.pdf"} | pages | lists
    said = texts(served(ready))
    for secret in ("ibrary hours", "ibrary-hours", "staff are told", "secret"):
        assert [name for name, text in said.items() if secret in text.casefold()] == []
    folder = kept.folder_of(ready / "reports", PERIOD, 1)
    for name in names_in(served(ready) / "1"):
        copy, original = served(ready) / "1" / name, folder / "pages" / name
        assert copy.read_bytes() == original.read_bytes()
        assert copy.stat().st_mode & 0o222 == 0
        assert not copy.samefile(original), "who writes to what is served changes nothing kept"
    assert not kept.verify(folder).faults


def test_its_list_has_the_marking_of_all_and_leads_to_each_release(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    first = list_of(ready)
    assert '<p class="marking">OFFICIAL / OFFICIAL-SENSITIVE</p>' in first
    assert 'href="1/index.html"' in first
    withdraw(ready, PERIOD, HEAD, "a wrong <page>")
    gone = list_of(ready)
    assert f"by {HEAD}: a wrong &lt;page&gt;" in gone
    assert "href=" not in gone
    assert names_in(served(ready)) == {"index.html"}
    assert kept.folder_of(ready / "reports", PERIOD, 1).is_dir()
    release(ready, PERIOD, HEAD)
    again = list_of(ready)
    assert again.index("Release 2") < again.index("Release 1")
    assert names_in(served(ready)) == {"index.html", "2"}


def test_mails_lead_to_it_but_for_a_confidential_project(ready: Path) -> None:
    made, _ = release(ready, PERIOD, HEAD)
    letters = letters_of(ready, PERIOD, made, council_of(ready, PERIOD).mail)
    where = {each.project: each.address for each in letters.found}
    assert where == {
        PROJECT: f"https://intranet.example.gov.uk/savings/{PERIOD}/1/{PROJECT}.html",
        "library-hours": "",
    }
    assert (served(ready) / "1" / f"{PROJECT}.html").is_file()


def test_what_a_killed_command_left_is_made_whole(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    whole = texts(served(ready))
    (served(ready) / "1").chmod(0o755)
    (served(ready) / "1" / "index.html").unlink()
    (served(ready) / "index.html").unlink()
    (served(ready) / ".2").mkdir()
    (served(ready) / "9").mkdir()
    assert release(ready, PERIOD, HEAD)[1] is False
    assert texts(served(ready)) == whole
    assert names_in(served(ready)) == {"index.html", "1"}
    withdraw(ready, PERIOD, HEAD, "wrong")
    shutil.copytree(kept.folder_of(ready / "reports", PERIOD, 1) / "pages", served(ready) / "1")
    with pytest.raises(NotReleased):
        withdraw(ready, PERIOD, HEAD, "wrong")
    assert names_in(served(ready)) == {"index.html"}


def test_pages_that_are_not_as_they_were_released_are_not_shown(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    changed = kept.folder_of(ready / "reports", PERIOD, 1) / "pages" / "index.html"
    changed.chmod(0o644)
    changed.write_text("other", "utf-8")
    write_intranet(ready, PERIOD)
    assert "what is kept of it is not as it was released" in list_of(ready)
    assert names_in(served(ready)) == {"index.html"}


def test_what_names_a_project_that_is_confidential_now_goes(ready: Path, quick: Quick) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "Road Repairs was wrong")
    release(ready, PERIOD, HEAD)
    both = '"Library Hours" = "why"\n"Road Repairs" = "why"\n'
    declare(ready, "settings.toml", f"{MAIL}[confidential]\n{both}")
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    said = list_of(ready)
    assert names_in(served(ready)) == {"index.html", "3"}
    assert "it has a project in it that is confidential now" in said
    assert ": a confidential project was wrong" in said
    assert not any("oad" in text and "repairs" in text for text in texts(served(ready)).values())


def test_what_was_taken_back_or_replaced_is_no_correction() -> None:
    first, second, last = (
        Reissue("alpha", 2, "b", kind, why, "Ann", "2015-10-05", (), ())
        for kind, why in (
            ("correction", "a first reason"),
            ("correction", "a second reason"),
            ("revision", "the last reason"),
        )
    )
    undone = ("reissue undone", {"project": "alpha", "edition": 2})
    events = (
        released(1, 1, "a"),
        *(("reissued", one.facts()) for one in (first, second)),
        undone,
        ("reissued", last.facts()),
        released(2, 2, "b"),
    )
    assert corrected(*events) == ["Alpha: edition 2, revised on 5 October 2015. The last reason."]
    # A release that goes on with the edition corrects nothing of the one before it ...
    assert len(corrected(*events, released(3, 2, "b"))) == 1
    # ... unless that was withdrawn, and nobody was to read it.
    gone = ("withdrawn", {"number": 2, "by": HEAD, "why": "a pause"})
    assert len(corrected(*events, gone, released(3, 2, "b"))) == 2
    assert corrected(*events[:4], released(2, 1, "a")) == []


def released(number: int, edition: int, figures: str) -> tuple[str, dict[str, object]]:
    about = {"alpha": {"number": edition, "figures": figures, "name": "Alpha"}}
    facts = {"number": number, "by": HEAD, "pages": {"alpha.html": ""}, "editions": about}
    return "released", facts


def corrected(*events: tuple[str, Mapping[str, object]]) -> list[str]:
    """What the list of these events' releases says that they correct."""
    at = "2015-10-05T10:00:00+00:00"
    lines = [Line(number, at, *event, "") for number, event in enumerate(events, 1)]
    html = releases_page(PERIOD, lines, {}, Secret(), Settings())
    return [item for item in re.findall("<li>(.*?)</li>", html) if "edition" in item]


def test_a_withdrawal_needs_no_workbook_that_can_be_read(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    declare(ready, "settings.toml", "[confidential\n")
    (ready / "data" / "raw" / PERIOD / SCHEDULE).write_bytes(b"broken")
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    assert names_in(served(ready)) == {"index.html"}
    assert "withdrew" in standing(ready, PERIOD).why_not


def test_it_goes_with_its_release(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    gone = delete(ready, "Ann", datetime.now(UTC).date().replace(year=2090, day=1))
    (item,) = (item for item in gone.items if item.what == "release 1")
    assert served(ready) / "1" in item.paths
    assert not os.path.lexists(served(ready))
    assert Chain(ready / "reports", PERIOD).lines()
