"""Exact tails of the binomial distribution, for counts up to millions."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

__all__ = ["at_most", "largest_unlikely", "unlikely"]


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


def unlikely(hits: int, trials: int, share: float, level: float) -> bool:
    """Whether the chance of at most so many hits is at most the level, of which bounds mostly tell without a sum.

    The chance lies between exp(-n D) and that divided by √(8 n a (1 - a)), a the share of hits and D its divergence
    from the share expected (Ash, Information Theory, 1965, lemma 4.7.2); and it is a half at least above the median.
    """
    if 0 < hits < trials * share and level > 0 and share < 1:
        part = hits / trials
        exponent = trials * (part * math.log(part / share) + (1 - part) * math.log((1 - part) / (1 - share)))
        if exponent >= -math.log(level):
            return True
        if exponent + 0.5 * math.log(8 * trials * part * (1 - part)) < -math.log(level) - 1e-9:
            return False
    elif level < 0.5 and trials * share + 1 <= hits:
        return False
    return at_most(hits, trials, share) <= level


@lru_cache(maxsize=64)  # resamples of one class all ask the same
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
