"""A sign-off names the figures it was given on, and lapses when one of them changes."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quarters import A1, HEAD, Q1, Q2, Q3, Files, Quarters, quarter
from rendered import (
    PERIOD,
    PROJECT,
    PROJECT_NAME,
    REGISTER,
    SCHEDULE,
    page_of,
    put,
    with_sheet,
    words,
)

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.findings import Finding
from ffanalysis.measure import signoff
from ffanalysis.measure.signoff import SignedFigure
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say

FIGURES = {"a": SignedFigure("£1", ()), "b": SignedFigure("£2", ()), "c": SignedFigure("Amber", ())}


@pytest.mark.parametrize(
    "change",
    [str, str.lower, lambda code: code.replace(" ", ""), lambda code: code.replace(" ", "-")],
)
def test_a_code_may_be_written_in_other_ways(change: object) -> None:
    assert callable(change)
    assert signoff.changed(change(signoff.figures_code(FIGURES)), FIGURES) == ()


def test_letters_that_are_taken_for_others_are_read_as_those() -> None:
    code = signoff.figures_code({"x": SignedFigure("10", ())})
    assert not set(code) & set("OIL")
    for written, meant in (("O", "0"), ("I", "1"), ("L", "1")):
        assert signoff.changed(code.replace(meant, written), {"x": SignedFigure("10", ())}) == ()


@pytest.mark.parametrize(
    "text",
    ["", "yes", "agreed", "27 August 2015", "K3F9TX 7K", "K3F9TX 7KU", "WRONG CODE", "£100,000"],
)
def test_what_is_no_code_is_told_from_one_that_has_lapsed(text: str) -> None:
    assert signoff.changed(text, FIGURES) is None


def test_a_code_that_was_copied_in_part_or_with_a_slip_is_no_code() -> None:
    code = signoff.figures_code(FIGURES)
    slips = [
        code[:place] + letter + code[place + 1 :]
        for place in range(len(code))
        for letter in "2X"
        if code[place] not in " 2X"
    ]
    told = [
        signoff.changed(text, FIGURES)
        for text in (*slips, *(code[:end] for end in range(len(code))))
    ]
    assert len(told) > 30
    assert set(told) == {None}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figure_that_changed_is_named(name: str) -> None:
    code = signoff.figures_code(FIGURES)
    assert signoff.changed(code, {**FIGURES, name: SignedFigure("other", ())}) == (name,)


def test_a_figure_that_came_and_one_that_went_are_told() -> None:
    code = signoff.figures_code(FIGURES)
    assert signoff.changed(code, {**FIGURES, "d": SignedFigure("£4", ())}) == ("d",)
    assert signoff.changed(code, {name: FIGURES[name] for name in "ab"}) == (
        "a figure that is no longer stated",
    )


@given(
    st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), min_size=1, max_size=9),
    st.data(),
)
def test_no_change_goes_unseen(texts: dict[str, str], data: st.DataObject) -> None:
    stated = {name: SignedFigure(text, ()) for name, text in texts.items()}
    name = data.draw(st.sampled_from(sorted(texts)))
    other = data.draw(st.text(max_size=9).filter(lambda text: text != texts[name]))
    code = signoff.figures_code(stated)
    assert signoff.changed(code, stated) == ()
    assert signoff.changed(code, {**stated, name: SignedFigure(other, ())})


# In a briefing


def signed(programme: Path, code: str) -> None:
    """Write a code beside the first name of the register's sign-off."""
    path = programme / "data" / "raw" / PERIOD / REGISTER
    book = openpyxl.load_workbook(path)
    page = book["Sign-off"]
    row = next(cell.row for cell in page["A"] if cell.value == "Project")
    column = page.max_column + 1
    page.cell(row, column, "Signed on")
    page.cell(row + 1, column, code)
    book.save(path)


def shown(programme: Path) -> tuple[str, tuple[Finding, ...]]:
    tables = ff.load(PERIOD, programme).records
    assert [row.sentence for row in tables.refusals] == []
    findings = ff.check(tables)
    return words(page_of(str(ff.briefing(tables, findings, PROJECT).signoff().html)).text), findings


def printed_code(programme: Path) -> str:
    tables = ff.load(PERIOD, programme).records
    page = page_of(str(ff.briefing(tables, ff.check(tables), PROJECT).signoff().html))
    return next(item.text for item in page.all("strong") if "code" in item.classes)


def of(findings: tuple[Finding, ...], rule: str) -> Finding:
    (found,) = (item for item in findings if item.rule == rule)
    return found


def test_a_sign_off_on_the_code_that_the_briefing_prints_stands(programme: Path) -> None:
    signed(programme, printed_code(programme))
    text, findings = shown(programme)
    assert of(findings, "sign-off-current").outcome == "agrees"
    assert "these figures" in text
    assert "lapsed" not in text
    assert say(of(findings, "signed-off").message).startswith(
        "SEN Contract Efficiency: all three officers signed (27 August 2015)."
    )


def test_what_is_reported_against_what_was_agreed_lapses_nothing(programme: Path) -> None:
    signed(programme, printed_code(programme))
    before = shown(programme)[0]
    rows = [["£000"], ["Project", "Plan", "Type of saving", "Measure", "2017/18"]]
    rows += [
        [PROJECT_NAME, "Proposed", "Further", measure, 10]
        for measure in ("Delivered to date", "Forecast")
    ]
    with_sheet(programme, SCHEDULE, "Monitoring", rows)
    savings = ff.load(PERIOD, programme).records.savings.of_project(PROJECT)
    assert [row.measure for row in savings if row.measure] == [
        "delivered to date",
        "forecast",
    ]
    assert shown(programme)[0] == before


def test_the_first_screen_says_that_a_sign_off_has_lapsed(programme: Path) -> None:
    signed(programme, printed_code(programme))
    assert "lapsed" not in title(ff.load(PERIOD, programme).records)
    put(programme, {f"{SCHEDULE}!Proposed savings!E10": 110})
    assert (
        "Sign-off has lapsed. Figures have changed since they were signed off by Head of Service."
        in title(ff.load(PERIOD, programme).records)
    )


def test_an_approved_project_has_no_banner_until_a_sign_off_lapses(kept: Quarters) -> None:
    folder = quarter(kept, PERIOD, A1, projects=["Alpha"])
    folder["register.csv"] = "Project,Title,Type of saving,Status\nAlpha,All,Further,Approved\n"
    code = signoff.figures_code(signoff.signed_figures(kept.load(PERIOD), "alpha"))
    folder["signed.csv"] = f"Project,Role,Name,Date,Signed on\nAlpha,Director,A,1 May 2015,{code}\n"
    assert "lapsed" not in title(kept.load(PERIOD), "alpha")
    quarter(kept, PERIOD, A1.replace("Amber", "Red"), projects=["Alpha"])
    folder["register.csv"] = "Project,Title,Type of saving,Status\nAlpha,All,Further,Approved\n"
    said = "Sign-off has lapsed Figures have changed since they were signed off by Director."
    assert title(kept.load(PERIOD), "alpha").startswith(said)
    tables = kept.load(PERIOD)
    row = next(
        page_of(str(Programme.of(tables, ff.check(tables)).projects().html)).one("tbody").all("tr")
    )
    assert [cell.text for cell in row.all("th", "td")][:2] == ["Alpha", "Approved; sign-off lapsed"]


def test_those_who_agreed_on_the_same_figures_are_told_of_together(kept: Quarters) -> None:
    folder = quarter(kept, PERIOD, A1, projects=["Alpha"])
    code = signoff.figures_code(signoff.signed_figures(kept.load(PERIOD), "alpha"))
    who = "".join(
        f"Alpha,{role},A,{day} May 2015,{code}\n"
        for role, day in (("Director", 1), ("Head of Service", 3))
    )
    folder["signed.csv"] = f"Project,Role,Name,Date,Signed on\n{who}"
    assert (
        say(of(ff.check(kept.load(PERIOD)), "sign-off-current").message)
        == "Alpha, Director, Head of Service: signed off these figures by 3 May 2015."
    )
    quarter(kept, PERIOD, A1.replace("100,50,150", "100,40,140"), projects=["Alpha"])
    findings = ff.check(kept.load(PERIOD))
    assert (
        say(of(findings, "sign-off-current").message)
        == "Alpha, Director, Head of Service: signed off earlier figures by 3 May 2015; the 2017/18"
        " amount has changed. The sign-off has lapsed."
    )
    assert say(of(findings, "signed-off").message).startswith(
        "Alpha: neither the Director nor the Head of Service has signed these figures."
    )


def title(tables: Quarter, project: str = PROJECT) -> str:
    page = page_of(str(ff.briefing(tables, ff.check(tables), project).title().html))
    return " ".join(item.text for item in page.all("strong", "p"))


def test_a_figure_that_changes_afterwards_is_named_and_the_sign_off_has_lapsed(
    programme: Path,
) -> None:
    signed(programme, printed_code(programme))
    put(programme, {f"{SCHEDULE}!Proposed savings!E10": 110})
    text, findings = shown(programme)
    found = of(findings, "sign-off-current")
    assert (found.outcome, found.severity) == ("disagrees", "query")
    said = say(found.message)
    assert said.endswith(
        "signed off earlier figures on 27 August 2015; the 2017/18 amount has changed. The sign-off"
        " has lapsed."
    )
    assert f"{SCHEDULE}!Proposed savings!E10" in map(str, found.cells)
    assert said.removeprefix("SEN Contract Efficiency, ") in text
    assert "earlier figures: lapsed" in text
    assert "two of three officers have signed" in say(of(findings, "signed-off").message), (
        "what has lapsed does not count"
    )


def test_what_is_no_code_is_asked_for(programme: Path) -> None:
    signed(programme, "seen")
    text, findings = shown(programme)
    assert (
        of(findings, "sign-off-current").outcome,
        of(findings, "sign-off-current").severity,
    ) == ("not_stated", "query")
    assert (
        "‘seen’ is not a valid figures code. Copy it from the briefing's sign-off section." in text
    )


def test_a_change_of_words_lapses_nothing(programme: Path) -> None:
    code = printed_code(programme)
    put(programme, {f"{REGISTER}!Projects!B4": "Another title"})
    assert printed_code(programme) == code


def asked(root: Quarters, period: str) -> list[str]:
    return [
        say(item.message) for item in ff.check(root.load(period)) if item.rule == "sign-off-current"
    ]


def agreed(
    root: Quarters, period: str, *lines: str, day: str = "1 June 2015", code: str = ""
) -> Files:
    folder = quarter(root, period, *lines, projects=("Alpha",))
    text = (
        f"Project,Job title,Date,Signed on\nAlpha,Head of Service,{day},{code}\nAlpha,Director,,\n"
    )
    folder["sign-off.csv"] = text
    return folder


def test_of_a_sign_off_that_names_no_figures_it_is_asked_once_they_have_changed_since(
    kept: Quarters,
) -> None:
    agreed(kept, Q1, A1)
    agreed(kept, Q2, A1)
    assert asked(kept, Q2) == [], "nothing has changed"
    agreed(kept, Q3, A1.replace("Amber", "Red").replace("100,50", "90,60"))
    assert asked(kept, Q3) == [
        (
            "Alpha: the 2016/17 and 2017/18 amounts and the RAG status have changed since the Head"
            " of Service signed on 1 June 2015. The sign-off does not say which figures it covers."
            " Ask the Head of Service to confirm it."
        )
    ]


@pytest.mark.parametrize("day", ["1 July 2015", "1 October 2015", ""])
def test_what_changed_before_the_sign_off_or_in_its_quarter_is_not_held_against_it(
    kept: Quarters, day: str
) -> None:
    agreed(kept, Q1, A1, day=day)
    agreed(kept, Q2, A1.replace("Amber", "Red"), day=day)
    assert asked(kept, Q2) == []


def test_of_a_sign_off_that_names_its_figures_only_those_count(kept: Quarters) -> None:
    agreed(kept, Q1, A1)
    agreed(kept, Q2, A1.replace("Amber", "Red"))
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    agreed(kept, Q2, A1.replace("Amber", "Red"), code=code)
    assert asked(kept, Q2) == ["Alpha, Head of Service: signed off these figures on 1 June 2015."]


def test_a_column_of_a_new_year_without_amounts_changes_nothing(kept: Quarters) -> None:
    agreed(kept, Q1, A1)
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q1), "alpha"))
    folder = agreed(kept, Q2, code=code)
    head = HEAD.replace("2017/18", "2017/18,2018/19")
    folder["schedule.csv"] = f"£000\nPlan,Current\n{head}\n{A1.replace(',150', ',,150')}\n"
    assert asked(kept, Q2) == ["Alpha, Head of Service: signed off these figures on 1 June 2015."]


def test_who_agreed_first_is_asked_though_another_agreed_after_the_change(kept: Quarters) -> None:
    for period, line in ((Q1, A1), (Q2, A1.replace("Amber", "Red"))):
        folder = quarter(kept, period, line, projects=("Alpha",))
        text = (
            "Project,Job title,Date\nAlpha,Head of Service,1 June 2015\nAlpha,Director,1 August"
            " 2015\n"
        )
        folder["sign-off.csv"] = text
    (said,) = asked(kept, Q2)
    assert said.endswith(
        "changed since the Head of Service signed on 1 June 2015. The sign-off does not say which"
        " figures it covers. Ask the Head of Service to confirm it."
    )


def test_a_quarter_without_the_project_hides_no_change(kept: Quarters) -> None:
    agreed(kept, Q1, A1)
    quarter(kept, Q2, projects=("Beta",))
    agreed(kept, Q3, A1.replace("Amber", "Red"))
    assert len(asked(kept, Q3)) == 1


TWO = (A1, "A-2,Alpha,New,Amber,40,10,50")
LINES_CHANGED = "the RAG status or list of lines has changed"


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (TWO, None),
        # What only brings savings forward is none of its own: the saving is another, though no
        # amount is.
        ((A1.replace("Further", "Existing (Faster)"), TWO[1]), LINES_CHANGED),
        (
            (A1.replace("100,50", "90,60"), TWO[1].replace("40,10", "50,0")),
            "the split between lines has changed",
        ),
        ((A1.replace("100,50,150", "90,50,140"), TWO[1]), "the 2016/17 amount has changed"),
    ],
    ids=["nothing", "Faster", "between lines", "an amount"],
)
def test_a_sign_off_lapses_with_what_makes_another_saving_of_it(
    kept: Quarters, now: tuple[str, ...], changed: str | None
) -> None:
    agreed(kept, Q2, *TWO)
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    agreed(kept, Q2, *now, code=code)
    said = (
        f"earlier figures on 1 June 2015; {changed}. The sign-off has lapsed."
        if changed
        else "these figures on 1 June 2015."
    )
    assert asked(kept, Q2) == [f"Alpha, Head of Service: signed off {said}"]


def test_a_line_that_comes_to_stand_in_for_another_lapses_a_sign_off(kept: Quarters) -> None:
    head = f"{HEAD},Mitigates"

    def findings(mitigates: str, code: str) -> list[str]:
        folder = agreed(kept, Q2, code=code)
        text = f"£000\nPlan,Current\n{head}\n{TWO[0]},\n{TWO[1]},{mitigates}\n"
        folder["schedule.csv"] = text
        return asked(kept, Q2)

    findings("", "")
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    assert findings("", code) == [
        "Alpha, Head of Service: signed off these figures on 1 June 2015."
    ]
    assert LINES_CHANGED in findings("A-1", code)[0]


def test_another_table_of_the_same_savings_lapses_nothing(kept: Quarters) -> None:
    agreed(kept, Q2, A1)
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    folder = agreed(kept, Q2, A1, code=code)
    route = (
        "£000\nPlan,Current\nProject,Delivery"
        " route,Total\nAlpha,Retained,110\nAlpha,Commissioned,40\n"
    )
    folder["route.csv"] = route
    assert asked(kept, Q2) == ["Alpha, Head of Service: signed off these figures on 1 June 2015."]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a. x", "the head of service signed (28 September 2015)"),
        (
            "B. Y",
            (
                "one of two officers has signed these figures (28 September 2015); the Head of"
                " Service has not"
            ),
        ),
    ],
    ids=["the same person", "another"],
)
def test_who_signs_again_is_one_and_the_later_sign_off_stands(
    kept: Quarters, name: str, said: str
) -> None:
    quarter(kept, Q1, A1.replace("100,50", "90,60"), projects=("Alpha",))
    old = signoff.figures_code(signoff.signed_figures(kept.load(Q1), "alpha"))
    folder = quarter(kept, Q2, A1, projects=("Alpha",))
    new = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    lines = (
        "Project,Job title,Name,Date,Signed on",
        f"Alpha,Head of Service,A.  X,27 August 2015,{old}",
    )
    text = "\n".join([*lines, f"Alpha,head of service,{name},28 September 2015,{new}", ""])
    folder["sign-off.csv"] = text
    tables = kept.load(Q2)
    findings = ff.check(tables)
    assert f"Alpha: {said}. " in say(of(findings, "signed-off").message)
    banner = str(ff.briefing(tables, findings, "alpha").title().html)
    assert ("Figures have changed since" in banner) == (name == "B. Y")


LATER = "A sign-off by the Head of Service dated {} is after the as-of date (30 September 2015)."


@pytest.mark.parametrize(
    ("day", "is_later"),
    [
        ("27 August 2015", False),
        ("30 September 2015", False),
        ("1 October 2015", True),
        ("31 December 2015", True),
        ("27 August 2016", True),
    ],
)
def test_a_sign_off_of_a_day_after_the_as_of_date_is_not_given_yet(
    kept: Quarters, day: str, *, is_later: bool
) -> None:
    agreed(kept, Q2, A1, day=day)
    tables = kept.load(Q2)
    findings = ff.check(tables)
    told = of(findings, "signed-off")
    assert (LATER.format(day) in say(told.message)) == is_later
    assert ("neither the Head of Service nor the Director has" in say(told.message)) == is_later
    assert told.outcome == "not_stated"
    signed = words(page_of(str(ff.briefing(tables, findings, "alpha").signoff().html)).text)
    assert (f"{day} (after the as-of date)" in signed) == is_later


@pytest.mark.parametrize(
    ("day", "is_later"), [("12 October 2015", False), ("27 August 2016", True)]
)
def test_who_signs_with_the_code_of_these_figures_signs_them_after_their_day(
    kept: Quarters, day: str, *, is_later: bool
) -> None:
    agreed(kept, Q2, A1)
    code = signoff.figures_code(signoff.signed_figures(kept.load(Q2), "alpha"))
    agreed(kept, Q2, A1, day=day, code=code)
    told = say(of(ff.check(kept.load(Q2)), "signed-off").message)
    assert (LATER.format(day) in told) == is_later
    assert (f"one of two officers has signed ({day})" in told) != is_later
    agreed(kept, Q2, A1.replace("Amber", "Red"), day=day, code=code)
    lapsed = [f"signed off earlier figures on {day}" in said for said in asked(kept, Q2)]
    assert lapsed == ([] if is_later else [True])


def test_an_approval_of_a_later_day_takes_the_place_of_none(kept: Quarters) -> None:
    folder = quarter(kept, Q2, A1, projects=("Alpha",))
    rows = "Alpha,Director,1 June 2015\n"
    rows += "".join(f"Alpha,Cabinet,{day}\n" for day in ("2 June 2015", "5 January 2016"))
    folder["sign-off.csv"] = f"Project,Job title,Date\n{rows}"
    told = of(ff.check(kept.load(Q2)), "signed-off")
    assert told.outcome == "not_stated"
    assert say(told.message) == (
        "Alpha: the Director signed (1 June 2015). Approved by Cabinet on 2 June 2015. An"
        " approval by Cabinet dated 5 January 2016 is after the as-of date (30 September 2015)."
    )
