"""How weighty a risk is: by its score, and by its likelihood and impact."""

import re
from collections.abc import Mapping, Sequence

from ffanalysis.tables import RiskRow

_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)(?![\d%/-])")
_LEAST_KNOWN = 3  # risks that none scores by likelihood times impact, for it to be another scale
_HIGHEST = 10  # of likelihood and of impact, on any usual scale
_WEIGHTS: Mapping[str, int] = {
    **dict.fromkeys(("very low", "rare", "remote", "negligible", "insignificant"), 1),
    **dict.fromkeys(("low", "unlikely", "minor"), 2),
    **dict.fromkeys(("medium", "moderate", "possible"), 3),
    **dict.fromkeys(("high", "likely", "major", "significant"), 4),
    **dict.fromkeys(("very high", "almost certain", "critical", "severe", "extreme"), 5),
}


def score_of(row: RiskRow) -> float | None:
    """The number that a score is or begins with: "16 (High)" has 16; None where it has none."""
    found = _NUMBER.match(row.score or "")
    return float(found[1]) if found else None


def product_of(row: RiskRow) -> float | None:
    """Likelihood times impact, where both are numbers of a scale."""
    factors = [_NUMBER.match(text or "") for text in (row.likelihood, row.impact)]
    numbers = [float(found[1]) for found in factors if found]
    if len(numbers) < 2 or not all(0 < number <= _HIGHEST for number in numbers):
        return None
    return numbers[0] * numbers[1]


def contradicted(rows: Sequence[RiskRow]) -> list[RiskRow]:
    """The risks of one register of which the score is not what likelihood and impact come to.

    A score below nil is none on any scale. Where no risk is scored by likelihood times impact, or
    each by the sum of the two, the scale is another one.
    """
    scored = [(row, score) for row in rows if (score := score_of(row)) is not None]
    numbers = [
        (row, score, product)
        for row, score in scored
        if score >= 0 and (product := product_of(row)) is not None
    ]
    wrong = {id(row) for row, score in scored if score < 0}
    if not _is_another_scale(numbers):
        wrong |= {id(row) for row, score, product in numbers if score != product}
    return [row for row, _ in scored if id(row) in wrong]


def _is_another_scale(numbers: Sequence[tuple[RiskRow, float, float]]) -> bool:
    """Whether scores are made otherwise: none is the product, or each is the sum."""
    is_none = all(score != product for _, score, product in numbers)
    is_sum = all(score == _sum_of(row) for row, score, _ in numbers)
    return is_sum or (is_none and len(numbers) >= _LEAST_KNOWN)


def _sum_of(row: RiskRow) -> float:
    factors = (_NUMBER.match(text or "") for text in (row.likelihood, row.impact))
    return sum(float(found[1]) for found in factors if found)


def weightiest_first(rows: Sequence[RiskRow], of_register: Sequence[RiskRow]) -> list[RiskRow]:
    """Risks with the weightiest first, else as they are listed; a score in doubt weighs nothing."""
    doubted = {id(row) for row in contradicted(of_register)}
    return sorted(rows, key=lambda row: _weight(row, is_doubted=id(row) in doubted), reverse=True)


def _weight(row: RiskRow, *, is_doubted: bool) -> tuple[float, float]:
    """By its score, or by likelihood times impact where it has none that can be relied on."""
    likelihood, impact = (
        _WEIGHTS.get((text or "").strip().casefold(), 0) for text in (row.likelihood, row.impact)
    )
    product = product_of(row) or float(likelihood * impact)
    score = None if is_doubted else score_of(row)
    return (product if score is None else score, product)
