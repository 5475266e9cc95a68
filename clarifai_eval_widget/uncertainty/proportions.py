"""Intervals of proportions, and the normal quantile that all intervals share."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["agresti_coull_interval", "f1_of_jaccard", "normal_quantile", "proportion_interval", "wilson_interval"]

_EXACT_BELOW = 10  # trials, under which Agresti and Coull's interval falls below 92 %


def wilson_interval(part: ArrayLike, whole: ArrayLike, *, confidence_level: float = 0.95) -> tuple[Any, Any]:
    """Return Wilson's score interval of a proportion (J. of the American Statistical Association 22, 1927).

    Parameters
    ----------
    part, whole
        Counts of one shape, or numbers: true positives out of the predicted for precision, out of the
        positives for recall.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    low, high
        In the shape of the counts; NaN where the whole is zero.

    Raises
    ------
    ValueError
        When a part is negative or more than its whole, or the level is out of its range.
    """
    z = normal_quantile(confidence_level)
    hits, trials = _proportion(part, whole)
    centre = (hits + z * z / 2) / (trials + z * z)
    reach = z / (trials + z * z) * np.sqrt(hits * (trials - hits) / trials + z * z / 4)
    # at 0 and at the whole the bound is the proportion itself, which rounding would just miss
    low = np.where(hits == 0, np.where(trials > 0, 0.0, np.nan), centre - reach)
    high = np.where(hits == trials, 1.0, centre + reach)
    return low[()], high[()]


def agresti_coull_interval(part: ArrayLike, whole: ArrayLike, *, confidence_level: float = 0.95) -> tuple[Any, Any]:
    """Return Agresti and Coull's interval of a proportion (The American Statistician 52, 1998, 119-126).

    Wilson's with the variance at its own centre: it holds Wilson's interval, is a little wider near 0 and 1, and
    does not drop to 84 % there as Wilson's does (at 95 %, where 0.18 of the smaller part is expected; exact sums).

    Parameters
    ----------
    part, whole, confidence_level
        As in :func:`wilson_interval`; parts need not be whole numbers.

    Returns
    -------
    low, high
        In the shape of the counts, cut to [0, 1]; NaN where the whole is zero.

    Raises
    ------
    ValueError
        When a part is negative or more than its whole, or the level is out of its range.
    """
    z = normal_quantile(confidence_level)
    hits, trials = _proportion(part, whole)
    centre = (hits + z * z / 2) / (trials + z * z)
    reach = z * np.sqrt(centre * (1 - centre) / (trials + z * z))
    return np.maximum(centre - reach, 0.0)[()], np.minimum(centre + reach, 1.0)[()]


def proportion_interval(part: ArrayLike, whole: ArrayLike, *, confidence_level: float = 0.95) -> tuple[Any, Any]:
    """Return the interval that holds 92 % or more of a nominal 95 %, whatever the proportion and its whole.

    Clopper and Pearson's exact one (Biometrika 26, 1934) of fewer than ten trials, Agresti and Coull's from ten.

    Parameters
    ----------
    part, whole
        Whole numbers, of one shape.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    low, high
        In the shape of the counts; NaN where the whole is zero.

    Raises
    ------
    ValueError
        When a part is negative or more than its whole, or the level is out of its range.
    """
    low, high = (np.array(end) for end in agresti_coull_interval(part, whole, confidence_level=confidence_level))
    hits, trials = np.broadcast_arrays(np.asarray(part), np.asarray(whole))
    few = (trials > 0) & (trials < _EXACT_BELOW)
    if few.any():
        exact = _exact_bounds((1 - confidence_level) / 2)
        k, n = hits[few].astype(np.intp), trials[few].astype(np.intp)
        low[few], high[few] = exact[n, k], 1 - exact[n, n - k]
    return low[()], high[()]


@lru_cache(maxsize=8)
def _exact_bounds(tail: float) -> NDArray[np.float64]:
    """Return the rate, by trials and hits, at which so many hits or more have the chance ``tail``; by bisection."""
    bounds = np.zeros((_EXACT_BELOW, _EXACT_BELOW))
    for n in range(1, _EXACT_BELOW):
        ways = np.array([math.comb(n, k) for k in range(n + 1)], np.float64)
        hits = np.arange(1, n + 1)
        low, high = np.zeros(n), np.ones(n)
        for _ in range(60):
            rate = ((low + high) / 2)[:, None]
            chance = ways * rate ** np.arange(n + 1) * (1 - rate) ** np.arange(n, -1, -1)
            short = (chance * (np.arange(n + 1) >= hits[:, None])).sum(axis=1) < tail
            low, high = np.where(short, rate[:, 0], low), np.where(short, high, rate[:, 0])
        bounds[n, 1 : n + 1] = low
    return bounds


def f1_of_jaccard(share: Any) -> Any:
    """Return F1 where tp / (tp + fp + fn) is so large (Hand, Christen and Kirielle, Machine Learning 110, 2021)."""
    return 2 * share / (1 + share)


def normal_quantile(confidence_level: float) -> float:
    """Return the two-sided normal quantile."""
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level={confidence_level} must lie between 0 and 1, for instance 0.95.")
    return NormalDist().inv_cdf(0.5 + confidence_level / 2)


def _proportion(part: ArrayLike, whole: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as floats of one shape, the whole NaN where it is zero."""
    hits, trials = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    wrong = (hits < 0) | (hits > trials)
    if wrong.any():
        raise ValueError(f"{hits[wrong][0]:.15g} of {trials[wrong][0]:.15g} is no proportion: give part of the whole.")
    return hits, np.where(trials > 0, trials, np.nan)
