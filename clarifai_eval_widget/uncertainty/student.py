"""Student's t distribution for whole degrees of freedom, so that the folds' test needs no scipy."""

from __future__ import annotations

import math
from functools import lru_cache

__all__ = ["t_quantile", "t_two_sided"]

_MANY = 500  # beyond, the series is long and the transformation good to a millionth


def t_two_sided(statistic: float, df: int) -> float:
    """Return the two-sided p-value, by the finite series of Abramowitz and Stegun 26.7.3 and 26.7.4.

    Of many degrees of freedom by Wallace's normalising transformation (Annals of Mathematical Statistics 30, 1959).
    """
    if math.isnan(statistic):
        return math.nan
    if df > _MANY:
        return math.erfc(math.sqrt((df - 0.5) * math.log1p(statistic * statistic / df) / 2))
    angle = math.atan(abs(statistic) / math.sqrt(df))
    cosine, sine = math.cos(angle), math.sin(angle)
    term = total = cosine if df % 2 else 1.0
    for k in range(3 if df % 2 else 2, df - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    within = sine * total if df % 2 == 0 else 2 / math.pi * (angle + (sine * total if df > 1 else 0.0))
    return max(1 - within, 0.0)


@lru_cache(maxsize=4096)  # asked for again and again with the same two
def t_quantile(confidence_level: float, df: int) -> float:
    """Return the two-sided quantile, by bisection."""
    low, high = 0.0, 2.0
    while t_two_sided(high, df) > 1 - confidence_level:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        if t_two_sided(middle, df) > 1 - confidence_level:
            low = middle
        else:
            high = middle
    return (low + high) / 2
