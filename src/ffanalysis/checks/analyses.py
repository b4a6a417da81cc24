"""Rules about analyses of one total.

They meet at the total, and the programme's total is the plan's own line.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ffanalysis import money
from ffanalysis.checks.compare import compare_words, compared, severity_of
from ffanalysis.figures import Figure, Finding, Sentence
from ffanalysis.savings.analyses import analysis_total, kinds_of, plan_lines
from ffanalysis.savings.assemble import in_parts, stated
from ffanalysis.savings.quarter import Group, Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row

_GOALS = (None, "original target")


def analyses_agree(ledger: Ledger) -> Iterator[Finding]:
    """Two analyses of one total meet at the total, and only there."""
    for group in ledger.groups:
        kinds = kinds_of(ledger, group)
        first, *others = [
            (kind, *analysis_total(ledger, group, block)) for block, kind in kinds.items()
        ]
        for other in others:
            yield _meet(group.called, first, other, group.about)
    for project in ledger.rows("projects"):
        plans: dict[tuple[str, str | None], list[Row]] = {}
        for row in ledger.of_project("savings", project.project):
            plans.setdefault((row.plan, row.measure), []).append(row)
        for (plan, measure), rows in plans.items():
            targets = [
                row
                for (of, name), some in plans.items()
                if of == plan and name in _GOALS and name != measure
                for row in some
            ]
            analyses = in_parts(rows, targets).values()
            first, *others = [
                (f"the sheet {lines[0].sheet}", amount("total", lines), lines) for lines in analyses
            ]
            for other in others:
                yield _meet(project.name, first, other, {"project": project.project})


_Analysis = tuple[str, Figure, list[Row]]


def _meet(subject: str, first: _Analysis, other: _Analysis, about: dict[str, Any]) -> Finding:
    """Whether two analyses come to the same total."""
    (kind, left, left_rows), (other_kind, right, right_rows) = first, other
    left, right = (
        replace(left, name="analyses-agree/calculated"),
        replace(right, name="analyses-agree/stated"),
    )
    cells = cells_of([*left_rows, *right_rows])
    if left.value is None or right.value is None or left.partial or right.partial:
        message: Sentence = (
            (
                f"{subject}: {kind} and {other_kind} cannot be held against each other, as one of"
                " them is not stated in full."
            ),
        )
        return Finding(
            "analyses-agree", subject, "not_stated", "query", message, cells=cells, **about
        )
    allowed = money.tolerance(row.stated_to_pence for row in stated([*left_rows, *right_rows]))
    outcome = compared(left.pence, right.pence, allowed)
    if left.pence == right.pence:
        message = (
            f"{subject}: {kind} and {other_kind} both come to ",
            left,
            "; they agree at the total only.",
        )
    else:
        ending = compare_words(
            left.pence - right.pence, allowed, "analyses-agree", f"than {other_kind}"
        )
        message = (f"{subject}: {kind} comes to ", left, f", {other_kind} to ", right, *ending)
    return Finding(
        "analyses-agree",
        subject,
        outcome,
        severity_of(outcome),
        message,
        "",
        right.pence,
        left.pence,
        allowed,
        cells,
        **about,
    )


def mtfp_tie(ledger: Ledger) -> Iterator[Finding]:
    """The programme's total is the plan's own line.

    Each service's where the plan states one, else all services' together.
    """
    for group in ledger.counting:
        lines, members = plan_lines(ledger, group)
        if group is members[0]:
            yield _tie(ledger, members, lines, supplied=bool(ledger.rows("mtfp")))


def _tie(ledger: Ledger, members: list[Group], lines: list[Row], *, supplied: bool) -> Finding:
    """What the services of a programme, or the programmes of a service, come to together, against the plan's lines for them."""
    first = members[0]
    subject, about = first.called, first.about
    if len(members) > 1:
        is_one_service = len({group.programme for group in members}) > 1
        subject = first.service if is_one_service else first.programme
        about = {"service": first.service} if is_one_service else {"programme": first.programme}
    rows: list[Row] = []
    in_plan = False
    for group in members:
        blocks = list(kinds_of(ledger, group))
        in_mtfp = [block for block in blocks if any(row.in_mtfp for row in group.lines[block])]
        in_plan = in_plan or bool(in_mtfp)
        rows += analysis_total(ledger, group, (in_mtfp or blocks)[-1])[1]
    quoted, line = amount("mtfp-tie/calculated", rows), amount("mtfp-tie/stated", lines)
    known = None if quoted.value is None else quoted.pence
    cells = cells_of([*rows, *lines])
    if not lines:
        said: Sentence = (
            ("states no total",)
            if known is None
            else (
                ("quotes ", quoted, " as already in the MTFP") if in_plan else ("comes to ", quoted)
            )
        )
        why = "the plan has no line for it" if supplied else "the plan itself is not supplied"
        message = (f"{subject}: the schedule ", *said, f"; {why}, so nothing ties it out.")
        return Finding(
            "mtfp-tie",
            subject,
            "not_stated",
            "query",
            message,
            calculated=known,
            cells=cells,
            **about,
        )
    if line.value is None or known is None or line.partial or quoted.partial:
        message = (f"{subject}: the plan's line or the schedule's total is not stated in full.",)
        return Finding("mtfp-tie", subject, "not_stated", "query", message, cells=cells, **about)
    allowed = money.tolerance(row.stated_to_pence for row in stated([*rows, *lines]))
    outcome = compared(known, line.pence, allowed)
    if known == line.pence:
        message = (f"{subject}: the schedule and the plan's own line both come to ", quoted, ".")
    else:
        ending = compare_words(known - line.pence, allowed, "mtfp-tie", "than the plan")
        message = (
            f"{subject}: the schedule comes to ",
            quoted,
            "; the plan's own line is ",
            line,
            *ending,
        )
    return Finding(
        "mtfp-tie",
        subject,
        outcome,
        severity_of(outcome),
        message,
        "",
        line.pence,
        known,
        allowed,
        cells,
        **about,
    )
