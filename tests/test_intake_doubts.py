"""Tables of savings of which a part may be something else: right, or asked about and not placed."""

from pathlib import Path

import pytest
from test_intake_forms import NET, USUAL, Quirk, assert_right_or_asked, table

DOUBTS = "posts or money?"
TWO = (("2025/26", 10_000), ("2026/27", 20_000))
SUPPLIES = ["Supplies", "10", "20"]

POSTS = (
    # 170 is 10 and 160: the total says that the posts are money.
    Quirk(
        "posts that the total adds",
        [table(SUPPLIES, ["Posts", "160", "60"], ["Total", "170", "80"])],
        (*TWO, ("2025/26", 160_000), ("2026/27", 60_000)),
        ("'Posts' has 160, 60; the total adds it as money",),
    ),
    Quirk(
        "posts that the total does not add",
        [table(SUPPLIES, ["Posts", "160", "60"], ["Total", "10", "20"])],
        TWO,
        posts="160 in 2025/26; 60 in 2026/27",
    ),
    Quirk(
        "of two rows called posts the total adds one",
        [table(SUPPLIES, ["Posts", "160", "60"], ["FTE", "4", "2"], ["Total", "170", "80"])],
        (*TWO, ("2025/26", 160_000), ("2026/27", 60_000)),
        ("'Posts' has 160, 60; the total adds it as money",),
        posts="4 in 2025/26; 2 in 2026/27",
    ),
    # £30k for 220 posts is £136 for each.
    Quirk(
        "more posts than the savings pay for",
        [table(SUPPLIES, ["FTE", "160", "60"])],
        TWO,
        ("'FTE' has 160, 60; which may be posts or money",),
        DOUBTS,
    ),
    Quirk(
        "nothing but posts",
        [table(["Posts deleted", "60", "50"])],
        (),
        ("'Posts deleted' has 60, 50; which may be posts or money",),
        DOUBTS,
    ),
    # 20 posts for £2m is likely; but nothing says that the row counts them.
    Quirk(
        "posts that are not called a number",
        [table(["Contracts", "1,000", "1,000"], ["Posts", "20", ""], ["Number of posts", "4", ""])],
        (("2025/26", 1_000_000), ("2026/27", 1_000_000)),
        ("'Posts' has 20; which may be posts or money", "'1,000' stands in 2 years"),
        DOUBTS,
        posts="4 in 2025/26",
    ),
    Quirk(
        "posts in £000, and posts with a pound sign",
        [table(["Posts (£000)", "100", "50"], ["Posts deleted", "£20k", "£10k"])],
        (*USUAL, ("2025/26", 20_000), ("2026/27", 10_000)),
        ("'Posts deleted' has £20k, £10k; its amounts are money",),
    ),
    Quirk(
        "a table of posts in £000",
        [table(NET), table(["Staffing", "100", "50"], title="Staffing reduction (£000)")],
        asks=("'Staffing reduction (£000)' is a table of posts, and its amounts are money",),
    ),
    Quirk(
        "a label of posts with money",
        [[["Posts affected", "£160k"], ["FTE 2025/26 (£000)", "80"]], table(NET)],
        asks=("'£160k' is money", "'80' is money"),
    ),
)

TEN = (("2025/26", 10_000), ("2026/27", 5_000))
FIFTEEN = (("2025/26", 15_000), ("2026/27", 5_000))
SUMS = (
    # 10 and 15 are 25, 0 and 5 are 5.
    Quirk(
        "a line that is as much as the others",
        [table(["Office supplies", "10", "0"], ["Travel", "15", "5"], ["Phones", "25", "5"])],
        (("2025/26", 10_000), ("2025/26", 15_000), ("2026/27", 5_000)),
        ("'Phones' is what the rows above it come to", "'Office supplies', 'Travel' are rows"),
        "a line, or the total?",
    ),
    Quirk(
        "a line that the total adds to the others",
        [
            table(
                ["Fleet", "10", "5"],
                ["Fuel", "15", "5"],
                ["Fees", "25", "10"],
                ["Total", "50", "20"],
            )
        ],
        [*TEN, *FIFTEEN, ("2025/26", 25_000), ("2026/27", 10_000)],
    ),
    Quirk(
        "sums by their name",
        [table(["Employees", "10", "5"], ["Premises", "15", "5"], ["All savings", "25", "10"])],
        [*TEN, *FIFTEEN],
    ),
)


@pytest.mark.parametrize("quirk", [*POSTS, *SUMS], ids=lambda quirk: quirk.name)
def test_right_or_asked(quirk: Quirk, tmp_path: Path) -> None:
    assert_right_or_asked(quirk, tmp_path)
