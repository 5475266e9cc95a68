"""Ends of intervals that are made of draws: percentiles, and what lies farther out than so many draws show."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ends_of_draws"]

_SEEN = 5  # draws beyond the percentile from which one goes on


def ends_of_draws(
    draws: NDArray[np.float64], tail: float, *, within: tuple[float, float] = (-math.inf, math.inf)
) -> tuple[float, float]:
    """Return the percentiles that leave a tail of the draws out at each end.

    Of less than one draw there is no percentile: that would be the farthest draw, whatever the level, and intervals
    that hold at every look of a run ask for such levels. Its ends lie farther from the median than those of five draws
    as the normal quantiles do.

    Parameters
    ----------
    draws
        ``(M,)`` finite, one at least.
    tail
        In [0, 0.5).
    within
        What the ends cannot lie beyond.
    """
    if tail * len(draws) >= 1:
        low, high = np.quantile(draws, [tail, 1 - tail])
        return float(low), float(high)
    seen, normal = min(_SEEN / len(draws), 0.25), NormalDist()
    low, middle, high = np.quantile(draws, [seen, 0.5, 1 - seen])
    farther = normal.inv_cdf(max(tail, 1e-300)) / normal.inv_cdf(seen)
    ends = middle - farther * (middle - low), middle + farther * (high - middle)
    return max(float(ends[0]), within[0]), min(float(ends[1]), within[1])
