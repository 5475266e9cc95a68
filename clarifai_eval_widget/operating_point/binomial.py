"""Exact tails of the binomial distribution, for counts up to millions."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["at_most", "largest_unlikely"]


def at_most(hits: int, trials: int, share: float) -> float:
    """Return the chance of at most so many hits in independent trials, each a hit with the given chance.

    Summed from the term next to ``hits`` outwards, each term from the one before, until nothing more is added.
    """
    if hits < 0 or hits >= trials or share <= 0:
        return float(hits >= 0)
    if share >= 1:
        return 0.0
    mean, reach = trials * share, 60 + int(40 * math.sqrt(trials))
    odds = math.log(share) - math.log1p(-share)
    if hits < mean:
        steps = np.arange(hits, max(0, hits - reach), -1, dtype=np.float64)
        ratios = steps / (trials - steps + 1) * math.exp(-odds)
        return _term(hits, trials, share) * (1.0 + float(np.cumprod(ratios).sum()))
    steps = np.arange(hits + 1, min(trials, hits + 1 + reach), dtype=np.float64)
    ratios = (trials - steps) / (steps + 1) * math.exp(odds)
    return 1.0 - _term(hits + 1, trials, share) * (1.0 + float(np.cumprod(ratios).sum()))


def largest_unlikely(trials: int, share: float, level: float) -> int:
    """Return the largest number of hits whose chance of being that low is at most the level; -1 when even 0 is not."""
    low, high = -1, trials  # at_most(trials) is 1
    while high - low > 1:
        middle = (low + high) // 2
        if at_most(middle, trials, share) <= level:
            low = middle
        else:
            high = middle
    return low


def _term(hits: int, trials: int, share: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return math.exp(ways + hits * math.log(share) + (trials - hits) * math.log1p(-share))
