"""Intervals of proportions, and the normal quantile that all intervals share."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["normal_quantile", "wilson_interval"]


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
    hits, trials = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    wrong = (hits < 0) | (hits > trials)
    if wrong.any():
        raise ValueError(f"{hits[wrong][0]:g} of {trials[wrong][0]:g} is no proportion: give a part of the whole.")
    trials = np.where(trials > 0, trials, np.nan)
    centre = (hits + z * z / 2) / (trials + z * z)
    reach = z / (trials + z * z) * np.sqrt(hits * (trials - hits) / trials + z * z / 4)
    # at 0 and at the whole the bound is the proportion itself, which rounding would just miss
    low = np.where(hits == 0, np.where(trials > 0, 0.0, np.nan), centre - reach)
    high = np.where(hits == trials, 1.0, centre + reach)
    return low[()], high[()]


def normal_quantile(confidence_level: float) -> float:
    """Return the two-sided normal quantile."""
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level={confidence_level} must lie between 0 and 1, for instance 0.95.")
    return NormalDist().inv_cdf(0.5 + confidence_level / 2)
