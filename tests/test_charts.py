"""Pictures hold all that they show: amounts below nil, and a bridge that climbs."""

from text_quarter import quarter

from ffanalysis.measure.bridge import bridges
from ffanalysis.measure.context import rag_by_year
from ffanalysis.present import charts
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
