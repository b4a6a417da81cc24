"""The sixteen faults that users of mailed reports tell of, each with the tests against it."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from fast_mail_parser import parse_email
from quick import Quick
from rendered import PERIOD, PROJECT
from test_mail import FROM, MAIL, letter, message_of, page, recipients
from test_release import EXPLAINED, HEAD, declare, rerun

from ffanalysis.cli import main
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release

# The number of the pattern, what users tell, and the tests that would fail if we had it.
PATTERNS = (
    (
        1,
        "the same report is sent twice or more",
        (
            "test_sending.test_each_recipient_gets_one_mail_once",
            "test_sending.test_killed_at_any_moment_no_mail_goes_twice_and_none_is_forgotten",
            "test_sending.test_another_edition_is_no_second_mail",
        ),
    ),
    (
        2,
        "old figures are sent, from a cache",
        (
            "test_mail.test_what_is_kept_is_compared_before_anything_of_it_is_drafted",
            "test_read_back.test_a_pdf_that_is_not_the_released_page_s_is_not_sent",
            "test_read_back.test_an_older_edition_of_a_real_briefing_is_refused",
            "test_sending.test_pages_that_change_while_mails_leave_stop_them",
        ),
    ),
    (
        3,
        "the mail arrives and its attachment does not",
        (
            "test_read_back.test_a_part_more_or_less_is_not_sent",
            "test_read_back.test_a_real_briefing_reads_back",
        ),
    ),
    (
        4,
        "attachments come that nobody chose",
        (
            "test_read_back.test_a_part_more_or_less_is_not_sent",
            "test_mail.test_a_mail_has_one_tree_whatever_it_holds",
        ),
    ),
    (
        5,
        "reports of archived items come back",
        (
            "test_mail.test_a_recipient_removed_since_the_release_gets_nothing",
            "test_mail.test_nothing_is_drafted_before_the_release_nor_after_it_lapsed",
        ),
    ),
    (
        6,
        "nothing is sent, and nobody is told",
        ("test_mail_patterns.test_who_gets_nothing_is_told_with_an_exit_code",),
    ),
    (
        7,
        "a picture of a half-loaded page is sent",
        ("test_mail_patterns.test_a_page_that_failed_goes_to_nobody",),
    ),
    (
        8,
        "tables fall apart in Outlook",
        (
            "test_mail.test_the_html_has_nothing_that_outlook_ignores",
            "test_mail_body.test_nothing_of_a_real_page_is_what_outlook_ignores",
        ),
    ),
    (
        9,
        "wide tables cannot be read",
        (
            "test_mail.test_a_wide_table_is_left_to_the_pdf",
            "test_mail.test_a_long_page_is_cut_with_a_word_and_the_mail_stays_small",
        ),
    ),
    (
        10,
        "the dark mode makes charts unreadable",
        (
            "test_mail.test_each_picture_has_a_name_of_its_own_and_stands_on_white",
            "test_mail.test_the_html_has_nothing_that_outlook_ignores",
        ),
    ),
    (
        11,
        "pictures are missing, or all have one name",
        (
            "test_mail.test_each_picture_has_a_name_of_its_own_and_stands_on_white",
            "test_mail_body.test_without_its_pictures_a_mail_says_the_same",
        ),
    ),
    (
        12,
        "the text is shown as a file, or lost once a file is attached",
        (
            "test_mail.test_a_mail_has_one_tree_whatever_it_holds",
            "test_mail_patterns.test_another_parser_finds_the_text_and_one_file",
        ),
    ),
    (
        13,
        "the name of the file is missing or mangled",
        (
            "test_mail.test_the_pdf_is_attached_by_a_plain_name_and_no_page_is",
            "test_read_back.test_a_mail_that_was_changed_is_not_sent",
        ),
    ),
    (
        14,
        "STARTTLS is used, or not, against the setting",
        (
            "test_sending.test_a_server_without_starttls_is_refused_where_it_is_asked_for",
            "test_sending.test_a_login_without_tls_goes_to_no_other_machine",
            "test_sending.test_a_wrong_certificate_is_refused",
        ),
    ),
    (
        15,
        "a login fails without a reason",
        ("test_sending.test_a_login_through_starttls",),
    ),
    (
        16,
        "gibberish: letters and line ends",
        (
            "test_mail.test_lines_end_once_and_nothing_is_garbled",
            "test_sending.test_a_line_that_begins_with_a_dot_arrives_as_it_was",
            "test_mail_recipients.test_whatever_a_name_holds_the_header_has_one_address_and_the_name",
        ),
    ),
)


@pytest.mark.parametrize(("number", "what", "tests"), PATTERNS)
def test_each_pattern_has_its_tests(number: int, what: str, tests: tuple[str, ...]) -> None:
    for name in tests:
        module, _, test = name.partition(".")
        found = getattr(importlib.import_module(module), test, None)
        assert callable(found), f"{number}, {what}: there is no test {name}"


def test_no_pattern_is_left_out() -> None:
    assert [number for number, *_ in PATTERNS] == [*range(1, 17)]
    assert all(tests for *_, tests in PATTERNS)


# --- those that had none --------------------------------------------------------------------------


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """A quarter whose pages are ready to be rendered again and released."""
    quick.content = lambda task, _: page(task.name) if task.name else ""
    declare(published, "settings.toml", MAIL)
    declare(published, "explanations.toml", EXPLAINED)
    recipients(
        published,
        ("SEN Contract Efficiency", "Zoë", "zoe@example.gov.uk"),
        ("Library Hours", "Bo", "bo@example.gov.uk"),
    )
    return published


def test_a_page_that_failed_goes_to_nobody(ready: Path, quick: Quick) -> None:
    """No picture is taken of a page: what did not run to its end has no page at all."""
    quick.ends = {PROJECT: [("failed", "its kernel died", False)]}
    assert not rerun(quick, ready).complete
    release(ready, PERIOD, HEAD)
    outbox = draft(ready, PERIOD)
    assert [path.name.partition("--")[0] for path in outbox.drafts] == ["library-hours"]
    assert any(f"{PROJECT} has no briefing to send" in why for why in outbox.left_out)
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["mail", PERIOD])
    assert told.exit_code == 14


def test_who_gets_nothing_is_told_with_an_exit_code(ready: Path, quick: Quick) -> None:
    def mail() -> tuple[int, str]:
        told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["mail", PERIOD])
        return told.exit_code, told.output

    rerun(quick, ready)
    code, said = mail()
    assert (code, "has not been released. Nothing is sent until" in said) == (14, True)
    release(ready, PERIOD, HEAD)
    assert mail()[0] == 0
    recipients(ready)
    code, said = mail()
    assert (code, said.count("is no longer in the register")) == (14, 2)
    quick.content = lambda task, _: page(task.name, inside=f"<p>{task.cache_key}</p>")
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    assert "The register names nobody who gets a briefing" in mail()[1]


def test_another_parser_finds_the_text_and_one_file() -> None:
    """A parser that shares no code with the standard library, which made the mail."""
    found = parse_email(message_of(letter(), FROM, None).as_bytes(), strict=True)
    (plain,), (html,) = found.text_plain, found.text_html
    assert "Alpha proposes to save" in plain
    assert "Alpha proposes to save" in html
    assert [(part.mimetype, part.filename) for part in found.attachments] == [
        ("application/pdf", f"alpha-{PERIOD}.pdf")
    ]
