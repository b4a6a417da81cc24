"""Reissue: a new edition says what was, what is and why, and is released like any other."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from mail_server import Inbox, serving
from pypdf import PdfReader
from quick import Quick
from rendered import PERIOD, PROJECT, SCHEDULE, put
from small_pdf import pdf_of
from test_digest import sent as deliver
from test_mail import MAIL, recipients
from test_release import ANALYST, EXPLAINED, HEAD, declare, rerun

from ffanalysis.chain import Chain, Line
from ffanalysis.cli import main
from ffanalysis.deliver import kept, superseded
from ffanalysis.deliver.compare_pages import BriefingPage, Pages, changes, material
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.reissue import reissue, undo
from ffanalysis.deliver.release import release
from ffanalysis.deliver.superseded import stamped
from ffanalysis.editions import Change, Edition, Editions, Kind, Reissue, notice_of
from ffanalysis.errors import NotReleased, ReissueRefused, ReleaseRefused
from ffanalysis.present.heads import as_published
from ffanalysis.render.page import to_pdf
from ffanalysis.render.task import Task
from ffanalysis.run import run

OTHER = "library-hours"
REASON = "the saving was typed wrongly"


# --- which edition it is, by the journal ----------------------------------------------------------


def journal(*events: tuple[str, Mapping[str, object]]) -> Editions:
    return Editions([Line(number, "", *event, "") for number, event in enumerate(events, 1)])


def released(number: int, **editions: tuple[int, str]) -> tuple[str, Mapping[str, object]]:
    about = {name: {"number": each[0], "figures": each[1]} for name, each in editions.items()}
    return "released", {"number": number, "editions": about}


def declared(edition: int, figures: str, kind: Kind = "correction") -> Reissue:
    return Reissue("alpha", edition, figures, kind, REASON, ANALYST, "2015-10-05", (), ())


def said(one: Reissue) -> tuple[str, Mapping[str, object]]:
    return "reissued", one.facts()


def test_a_first_edition_is_the_first_until_it_is_released() -> None:
    assert journal().of("alpha", "any") == Edition(1)


def test_the_same_figures_are_the_same_edition_however_often_they_are_released() -> None:
    editions = journal(released(1, alpha=(1, "a")), released(2, alpha=(1, "a")))
    assert editions.of("alpha", "a") == Edition(1)
    assert editions.of("beta", "b") == Edition(1)


def test_other_figures_than_those_released_begin_the_next_which_somebody_must_explain() -> None:
    editions = journal(released(1, alpha=(1, "a")))
    assert editions.of("alpha", "b") == Edition(2, is_declared=False)


def test_what_was_declared_holds_for_its_figures_alone() -> None:
    second = declared(2, "b")
    editions = journal(released(1, alpha=(1, "a")), said(second))
    assert editions.of("alpha", "b") == Edition(2, second)
    assert editions.of("alpha", "c") == Edition(2, is_declared=False)
    assert editions.of("alpha", "a") == Edition(1)  # the change was taken back


def test_a_released_edition_goes_on_saying_what_it_corrects() -> None:
    second = declared(2, "b")
    editions = journal(released(1, alpha=(1, "a")), said(second), released(2, alpha=(2, "b")))
    assert editions.of("alpha", "b") == Edition(2, second)
    # The figures of the first edition again are a third, and somebody must say why.
    assert editions.of("alpha", "a") == Edition(3, is_declared=False)


def test_an_edition_in_other_words_alone_is_another_too() -> None:
    second = declared(2, "a")
    assert journal(released(1, alpha=(1, "a")), said(second)).of("alpha", "a").number == 2


def test_what_is_declared_anew_replaces_what_was_and_can_be_taken_back() -> None:
    first, second = declared(2, "b"), declared(2, "b", "revision")
    begun = (released(1, alpha=(1, "a")), said(first), said(second))
    assert journal(*begun).of("alpha", "b") == Edition(2, second)
    undone = ("reissue undone", {"project": "alpha", "edition": 2})
    assert journal(*begun, undone).of("alpha", "b") == Edition(2, is_declared=False)
    assert journal(*begun).in_force({"alpha": "b"}) == (second,)
    assert journal(*begun).in_force({"alpha": "c"}) == ()
    assert journal(*begun, released(2, alpha=(2, "b"))).in_force({"alpha": "c"}) == (second,)


def test_a_banner_says_why_and_what_each_figure_was_and_is() -> None:
    moved = [Change(f"figure-{each}", f"Saving {each}", "£1", "£2") for each in range(1, 7)]
    count = Change("findings/gaps", "", "one", "two")
    made = Reissue(
        "alpha", 2, "b", "correction", REASON, ANALYST, "2015-10-05", (*moved, count), ()
    )
    assert made.notice == (
        "Corrected on 5 October 2015",
        "This is edition 2. It replaces edition 1.",
        "Reason: The saving was typed wrongly.",
        "Saving 1: was £1, is £2.",
        "Saving 2: was £1, is £2.",
        "Saving 3: was £1, is £2.",
        "Saving 4: was £1, is £2.",
        "2 more figures have changed.",
    )
    assert declared(3, "b", "revision").notice[0] == "Revised on 5 October 2015"
    assert declared(3, "b").notice[-1] == "No figure shown here has changed."
    counted = replace(declared(3, "b"), changes=(count,)).notice
    assert counted[-1] == "Only figures of its checks have changed."


def test_a_page_shows_its_edition_and_what_it_corrects_as_text() -> None:
    head = '<div class="notice"></div><p>About<span class="version"></span></p>'
    shown = as_published(head, "0123abcd", 2, ("Corrected", "was <b>£1</b>"))
    assert "Edition 2 · Version 0123abcd" in shown
    assert "<strong>Corrected</strong><p>was &lt;b&gt;£1&lt;/b&gt;</p>" in shown
    assert as_published(head, "0123abcd") == (
        '<p>About · <span class="version">Version 0123abcd</span></p>'
    )


# --- what has changed -----------------------------------------------------------------------------


def briefing(saving: int, rag: str = "Amber", page_two: int = 7, after: str = "") -> str:
    return f"""<main><p class="message">Alpha saves £{saving:,}.</p><ul class="keys">
<li><span class="label">Saving</span> <span class="big"><data data-figure="total"
value="{saving * 100}">£{saving:,}</data></span></li>
<li><span class="label">RAG</span> <span class="big">{rag}</span></li></ul>
<span class="version">Version {saving}</span>
<div class="new-page"></div><data data-figure="line" value="{page_two * 100}">{page_two}</data>
<data data-figure="share" data-unit="percent" value="9.2">9.2%</data>{after}</main>"""


def changed(before: str, after: str) -> tuple[Change, ...]:
    labels = {"total": "Proposed saving", "line": "A line"}
    return changes(BriefingPage(before), BriefingPage(after), labels)


def test_a_change_is_told_as_both_pages_print_it() -> None:
    assert changed(briefing(100), briefing(110)) == (
        Change("total", "Proposed saving", "£100", "£110"),
    )
    assert changed(briefing(100), briefing(100)) == ()


def test_an_amount_of_a_table_is_told_with_its_pounds() -> None:
    assert changed(briefing(100), briefing(100, page_two=8)) == (
        Change("line", "A line", "£7", "£8"),
    )


def test_a_figure_that_comes_or_goes_is_a_change_too() -> None:
    more = '<data data-figure="new" data-unit="count" value="3">three</data>'
    assert changed(briefing(100), briefing(100, after=more)) == (
        Change("new", "", "not shown", "three"),
    )
    assert changed(briefing(100, after=more), briefing(100)) == (
        Change("new", "", "three", "no longer shown"),
    )


def pages(folder: Path, page: str, order: str = "alpha beta", outcome: str = "agrees") -> Pages:
    folder.mkdir()
    (folder / "alpha.html").write_text(page, "utf-8")
    links = "".join(f'<tr><td><a href="{name}.html">x</a></td></tr>' for name in order.split())
    (folder / "index.html").write_text(f"<table>{links}</table>", "utf-8")
    findings = f"id,outcome,severity\nsum:alpha,{outcome},note\nsum:beta,agrees,note\n"
    (folder / "findings.csv").write_text(findings, "utf-8-sig")
    return Pages(folder)


@pytest.mark.parametrize(
    ("after", "order", "outcome", "why"),
    [
        (briefing(100, page_two=8), "alpha beta", "agrees", ()),
        (briefing(110), "alpha beta", "agrees", ("the key figure ‘Saving’ changes",)),
        (briefing(100, "Red"), "alpha beta", "agrees", ("RAG: was Amber, is Red",)),
        (briefing(100), "alpha beta", "differs", ("1 check has another outcome",)),
        (
            briefing(100),
            "beta alpha",
            "agrees",
            ("its place on the programme page was 1, is 2",),
        ),
        (briefing(100), "gamma alpha beta", "agrees", ()),  # a new project before it
    ],
)
def test_a_change_is_material_by_headline_rag_outcome_and_rank(
    tmp_path: Path, after: str, order: str, outcome: str, why: tuple[str, ...]
) -> None:
    before = pages(tmp_path / "before", briefing(100))
    now = pages(tmp_path / "after", after, order, outcome)
    assert material(before, now, "alpha", frozenset({"sum:alpha"})) == why


def test_a_superseded_document_says_so_on_every_page() -> None:
    pdf = to_pdf('<html lang="en"><title>A</title><p>One</p><p style="break-before:page">Two</p>')
    made = stamped(pdf, "Superseded: edition 1 was replaced by edition 2")
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert len(texts) == 2
    for text, word in zip(texts, ("One", "Two"), strict=True):
        assert word in text
        assert "Superseded: edition 1 was replaced by edition 2" in text
    assert made == stamped(pdf, "Superseded: edition 1 was replaced by edition 2")


def test_the_words_of_a_stamp_lie_where_no_page_prints_anything() -> None:
    """In the left margin, 16 mm wide: not at the head, where later pages have their marking."""
    blank = to_pdf('<html lang="en"><title>A</title><p></p>')
    (page,) = PdfReader(io.BytesIO(stamped(blank, "Replaced by edition 2"))).pages
    across: list[float] = []

    def place(text: str, within: list[float], matrix: list[float], *_: object) -> None:
        if text.strip() in ("Replaced by edition 2", "Replaced"):
            across.append(matrix[4] * within[0] + matrix[5] * within[2] + within[4])
            turned.append(within[1] * matrix[0] + within[0] * matrix[1])

    turned: list[float] = []
    page.extract_text(visitor_text=place)
    assert across
    assert all(0 < each / 72 * 25.4 < 14 for each in across)
    assert all(turned), "it runs up the page"


# --- from the workbook to the mail ----------------------------------------------------------------


def content(task: Task, file: str) -> str:
    """A page with the figures that the run worked out, its edition and what it corrects."""
    if file == "index.html":
        return f'<table><tr><td><a href="{PROJECT}.html">x</a></td></tr></table>{task.notice}'
    if file.endswith(".ipynb"):
        return f"{task.name} of {task.cache_key}"
    figures = "".join(
        f'<data data-figure="{name}" value="{value}">£{int(value) // 100:,}</data>'
        for name, value in task.figures.items()
        if name == "proposed/total"
    )
    head = (
        f'<div class="head" data-project="{task.name}"><div class="notice"></div>'
        '<p class="eyebrow">Quarter 2, 2015/16<span class="version"></span></p><h1>A</h1></div>'
    )
    inside = f'<main>{head}<p class="message">It saves {figures}.</p></main>'
    page = as_published(inside, task.version, task.edition, task.notice)
    return pdf_of(page) if file.endswith(".pdf") else page


@pytest.fixture
def sent(published: Path, quick: Quick) -> Path:
    """A quarter that is released as its first edition, and may be mailed."""
    quick.content = content
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    recipients(published, ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"))
    rerun(quick, published)
    release(published, PERIOD, HEAD)
    return published


def corrected(root: Path, quick: Quick, kind: Kind = "correction") -> Reissue:
    render = partial(_render, quick)
    (made,) = reissue(root, PERIOD, [PROJECT], kind, REASON, ANALYST, render)
    return made


def _render(quick: Quick, _period: str, root: Path, options: object) -> object:
    return rerun(quick, root, getattr(options, "by", ""))


def change_the_saving(root: Path) -> None:
    """100 becomes 110, and with it both its totals."""
    set_to(root, 110, "E10", "E11", "E17")


def correct_the_saving(root: Path) -> None:
    """The same, with what the paper's error is explained by."""
    change_the_saving(root)
    set_to(root, 110, "H11", "H17")
    text = EXPLAINED.replace("100000", "110000", 1).replace("200000", "210000", 1)
    declare(root, "explanations.toml", text)


def set_to(root: Path, thousands: int, *cells: str) -> None:
    put(root, {f"{SCHEDULE}!Proposed savings!{cell}": thousands for cell in cells})


def test_a_changed_figure_is_not_released_until_somebody_says_why(sent: Path, quick: Quick) -> None:
    correct_the_saving(sent)
    rerun(quick, sent)
    with pytest.raises(ReleaseRefused, match=f"of {PROJECT}") as refused:
        release(sent, PERIOD, HEAD)
    assert f"ffanalysis reissue {PERIOD} {PROJECT} --as correction" in str(refused.value)


def test_a_correction_goes_from_the_workbook_to_the_mail(
    sent: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps: list[str] = []
    monkeypatch.setattr(superseded, "stamped", lambda pdf, words: stamps.append(words) or pdf)
    correct_the_saving(sent)
    made = corrected(sent, quick)
    # 100 in £000 was typed where 110 is right.
    change = Change("proposed/total", "Proposed saving", "£100,000", "£110,000")
    assert (made.edition, change in made.changes) == (2, True)
    reports = sent / "reports" / PERIOD
    page = (reports / f"{PROJECT}.html").read_text("utf-8")
    assert "Proposed saving: was £100,000, is £110,000." in page
    assert "Edition 2" in page
    assert "Edition 1" in (reports / f"{OTHER}.html").read_text("utf-8")
    assert "edition 2, corrected on" in (reports / "index.html").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO((reports / "corrections.csv").read_text("utf-8-sig"))))
    assert {"proposed/total"} <= {row["figure"] for row in rows}
    assert {(row["edition"], row["kind"], row["reason"]) for row in rows} == {
        ("2", "correction", REASON)
    }
    with pytest.raises(ReleaseRefused, match="four eyes"):
        release(sent, PERIOD, ANALYST)
    last, _ = release(sent, PERIOD, HEAD)
    assert last.editions[PROJECT] == 2
    assert last.editions[OTHER] == 1
    assert last.reissues == {PROJECT: made}
    folder = kept.folder_of(sent / "reports", PERIOD, last.number)
    assert not kept.verify(folder).faults
    assert (folder / kept.SUPERSEDED / f"{PROJECT}-edition-1.pdf").is_file()
    assert stamps == ["Superseded: edition 1 was replaced by edition 2"]
    (mail,) = draft(sent, PERIOD).drafts
    text = mail.read_text("utf-8").replace("\n ", " ")
    assert "Subject: CORRECTED: Savings briefing: SEN Contract Efficiency" in text
    assert f"{PROJECT}-{PERIOD}-edition-2.pdf" in text


def test_a_run_behind_the_release_changes_nothing(sent: Path, quick: Quick) -> None:
    quick.made.clear()
    rerun(quick, sent)
    assert quick.made == []
    assert release(sent, PERIOD, HEAD)[1] is False


def test_what_has_not_changed_is_not_reissued(sent: Path, quick: Quick) -> None:
    with pytest.raises(ReissueRefused, match="says what edition 1 said"):
        corrected(sent, quick)


def test_what_was_never_released_is_not_reissued(published: Path, quick: Quick) -> None:
    with pytest.raises(ReissueRefused, match="Nothing has been released"):
        corrected(published, quick)


def test_what_is_declared_can_be_taken_back_until_it_is_released(sent: Path, quick: Quick) -> None:
    render = partial(_render, quick)
    change_the_saving(sent)
    corrected(sent, quick, "revision")
    page = sent / "reports" / PERIOD / f"{PROJECT}.html"
    assert "Revised on" in page.read_text("utf-8")
    undo(sent, PERIOD, PROJECT, ANALYST, render)
    assert "Revised on" not in page.read_text("utf-8")
    with pytest.raises(ReissueRefused, match="nothing to undo"):
        undo(sent, PERIOD, PROJECT, ANALYST, render)
    lines = Chain(sent / "reports", PERIOD).lines()
    assert notice_of(Editions(lines).of(PROJECT, "any")) == ()


def test_all_that_has_changed_is_reissued_at_once(sent: Path, quick: Quick) -> None:
    put(sent, {f"{SCHEDULE}!Current programme!C9": 1026})  # which both projects of its service show
    made = reissue(sent, PERIOD, [], "revision", REASON, ANALYST, partial(_render, quick))
    assert {one.project for one in made} == {PROJECT, OTHER}
    with pytest.raises(ReissueRefused, match="No figure of"):
        reissue(sent, PERIOD, [], "revision", REASON, ANALYST, partial(_render, quick))


def test_words_that_changed_after_the_release_can_be_reissued(sent: Path, quick: Quick) -> None:
    """Also where they have been released in the meantime: their recipients hold the first ones."""
    quick.content = lambda task, file: content(task, file).replace("It saves", "It will save")
    run.run(PERIOD, sent, run.RunOptions(jobs=1, by=ANALYST, force=True), engine=quick)
    release(sent, PERIOD, HEAD)
    made = corrected(sent, quick)
    assert (made.edition, made.changes, made.material) == (2, (), ("the headline changes",))


def test_whoever_left_the_register_is_named_when_an_edition_is_replaced(
    sent: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(superseded, "stamped", lambda pdf, _: pdf)
    inbox = Inbox()
    with serving(inbox) as port:
        deliver(sent, port)
        recipients(sent, ("SEN Contract Efficiency", "Zoë", "zoe@example.gov.uk"))
        correct_the_saving(sent)
        corrected(sent, quick)
        release(sent, PERIOD, HEAD)
        came = deliver(sent, port)
    assert (came.sent, len(came.remarks)) == (1, 1)
    assert came.remarks[0].endswith("nobody tells them of edition 2.")
    assert came.remarks[0].startswith(f"bo@example.gov.uk was sent edition 1 of {PROJECT} on ")


def test_a_workbook_that_changed_after_the_release_stops_its_mails(sent: Path) -> None:
    draft(sent, PERIOD)
    change_the_saving(sent)
    with serving(Inbox()) as port, pytest.raises(NotReleased, match=f"{SCHEDULE} changed after"):
        deliver(sent, port)
    assert not (sent / "reports" / "outbox" / PERIOD).exists()
    with pytest.raises(NotReleased, match=f"{SCHEDULE} changed after {PERIOD} was released"):
        draft(sent, PERIOD)


def test_another_recipient_stops_no_mail(sent: Path) -> None:
    recipients(
        sent,
        ("SEN Contract Efficiency", "Bo", "bo@example.gov.uk"),
        ("Library Hours", "Zoë", "zoe@example.gov.uk"),
    )
    assert len(draft(sent, PERIOD).drafts) == 1  # Zoë is not in the register that was released


def test_the_command_wants_to_know_which_it_is(sent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(sent))
    args = ["reissue", PERIOD, PROJECT, "--reason", REASON, "--by", ANALYST]
    came = CliRunner().invoke(main, args)
    assert came.exit_code == 2
    assert "--as correction or --as revision" in came.output
