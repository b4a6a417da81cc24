"""Pictures hold all that they show: amounts below nil, and a bridge that climbs."""

import pytest
from matplotlib import font_manager
from text_quarter import quarter

from ffanalysis.measure.bridge import bridges
from ffanalysis.measure.context import rag_by_year
from ffanalysis.present import charts, drawing
from ffanalysis.present.signs import REGULAR, WEIGHTS, drawable, from_the_left, page_font
from ffanalysis.savings.model import Series
from ffanalysis.vocabulary import Plan

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | A | New | Libraries | P"""


def test_what_adds_to_spending_stands_below_the_line() -> None:
    table = """schedule.xlsx!Savings
£000
Project | Plan | RAG | 2015/16 | 2016/17
Alpha | Current | Green Delivered | 210 | -30
Alpha | Current | Green On Target | 40 | -25
Alpha | Current | Amber | -80 | -15"""
    savings = quarter(REGISTER, table).savings_of("alpha", Plan.CURRENT).target
    grid = rag_by_year(Series(savings.rows), "context/example")
    columns = [charts._Column(grid, place, year) for place, year in enumerate(grid.years)]
    # In pence: 210 + 40 above, 80 below; then 30 + 25 + 15 below and nothing above.
    assert [(each.top, each.bottom) for each in columns] == [
        (25_000_000, -8_000_000),
        (0, -7_000_000),
    ]
    assert "In 2016/17 the total is (70)" in charts.rag_by_year(grid).alt


def test_a_bridge_reaches_as_high_as_its_highest_step() -> None:
    budget = """budget.xlsx!Budget
£m
Service | Basis | Savings position | 2013/14 | 2015/16
Libraries | Net | After | 8.0 | 8.5"""
    prior = """prior.xlsx!Prior
£m
Programme | P
Scope | Libraries
Plan | Prior
Measure | 2014/15
Delivered to date | -3.0"""
    (item,) = bridges(quarter(REGISTER, budget, prior))
    # 8.0 + 3.0 = 11.0 £m, above both budgets.
    assert charts._reach(item)[1] == 1_100_000_000
    assert "plus 3 of growth in 2014/15" in charts.bridge(item).alt


# --- signs ----------------------------------------------------------------------------------------

AS_WRITTEN = [
    "≈ 5 → 6 ↔ ✓ ✗ ☑ ★ ≠ ½ café ŵŷ Ж Ω",
    "x\u0302 and q\u0323",  # accents for which there is no letter of its own
    "smile 😀 ❤",
    "שלום עולם",
    "مرحبا بكم",
]
NAMED = [
    ("中文", "[U+4E2D][U+6587]"),
    ("か", "[hiragana letter ka]"),
    ("한", "[hangul syllable han]"),
    ("to the moon 🚀", "to the moon [rocket]"),
    ("हि", "[devanagari letter ha][devanagari vowel sign i]"),
    ("\uf0a7 bullet", "[U+F0A7] bullet"),  # of a symbol font that a word processor used
    ("a\u3000b", "a b"),
    ("👍\U000e0067", "[thumbs up sign]"),
    ("e\u0301", "é"),
]


def drawn(text: str) -> bytes:
    """A picture of a text; a sign that the fonts lack is a warning, and a warning fails a test."""
    canvas = drawing.canvas_of(1, 700)
    axes = canvas.add_subplot()
    axes.set_axis_off()
    drawing.write(axes, 0, 0.5, text)
    return drawing.png(canvas)


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_chart_draws_a_sign_as_written_where_a_font_of_the_page_has_it(text: str) -> None:
    assert drawable(text) == text
    assert drawn(text) != drawn("")


@pytest.mark.parametrize(("text", "named"), NAMED)
def test_a_chart_names_a_sign_that_no_font_has_as_a_pdf_does(text: str, named: str) -> None:
    assert drawable(text) == named
    assert drawn(text) == drawn(named)


def test_a_label_is_set_from_the_left_also_where_its_first_word_is_of_the_right() -> None:
    assert from_the_left("שלום: completed").startswith("\N{LEFT-TO-RIGHT MARK}")
    assert from_the_left("completed: ≈ 5") == "completed: ≈ 5"
    assert drawn("שלום agreed 5") != drawn("agreed 5 שלום")


def test_a_sign_that_is_not_named_would_be_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "drawable", str)
    with pytest.warns(UserWarning, match="missing from font"):
        drawn("中")


def test_a_long_label_is_cut_by_what_is_drawn_and_within_no_name() -> None:
    assert drawing.short("Alpha か and more", 18) == "Alpha …"
    assert drawing.short("Alpha か and more", 62) == "Alpha [hiragana letter ka] and more"
    assert len(drawing.short("中" * 40)) <= 62


def test_other_fonts_of_a_machine_change_nothing() -> None:
    paths = font_manager.fontManager._find_fonts_by_props(page_font())
    assert [str(path).rpartition("/")[2] for path in paths] == [
        str(WEIGHTS[REGULAR]).rpartition("/")[2],
        "DejaVuSans.ttf",
    ]
