"""The arithmetic of AUC intervals, for one estimate or for arrays of them; :mod:`auc` is its door."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ENOUGH",
    "MISRANKED",
    "auto_interval",
    "effective_size",
    "exact_interval",
    "independent_difference",
    "logit_interval",
    "size_of_error",
    "unseen_variance",
    "wilson_bounds",
]

ENOUGH = 5
"""Members of the smaller class below which no method held 92 % in the coverage study."""
MISRANKED = 5
"""Expected members of the smaller class on the wrong side, from which the logit interval holds its level."""

Numbers = Any  # float or array of floats, broadcast together


def wilson_bounds(share: Numbers, size: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Return Wilson's score bounds of a share of any effective size, whole or not."""
    centre = (share * size + z * z / 2) / (size + z * z)
    reach = z / (size + z * z) * np.sqrt(size * share * (1 - share) + z * z / 4)
    return np.clip(centre - reach, 0, 1), np.clip(centre + reach, 0, 1)


def logit_interval(auc: Numbers, variance: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Return the normal interval of log(auc / (1 - auc)), transformed back; NaN at 0 and 1.

    Pepe, The Statistical Evaluation of Medical Tests (2003), section 5.2.4; the variance by the delta method.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log(auc) - np.log1p(-np.asarray(auc))
        reach = z * np.sqrt(variance) / (auc * (1 - np.asarray(auc)))
        return 1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre))


def effective_size(auc: Numbers, variance: Numbers, num_pos: int, num_neg: int) -> Numbers:
    """Return the number of coin throws with the estimate's variance: the least that three variances give.

    DeLong's own, which collapses when few inputs are misranked, and that of Hanley and McNeil (Radiology 143,
    1982), which does not, with either class in either role; its share of auc * (1 - auc) is Newcombe's
    (Statistics in Medicine 25, 2006, methods 4 and 5).
    """
    share = np.asarray(auc, np.float64)

    def modelled(first: int, second: int) -> Numbers:
        return first * second / (1 + (first - 1) * (1 - share) / (2 - share) + (second - 1) * share / (1 + share))

    with np.errstate(divide="ignore", invalid="ignore"):
        measured = np.where(np.asarray(variance) > 0, share * (1 - share) / variance, np.inf)
    return np.minimum(measured, np.minimum(modelled(num_pos, num_neg), modelled(num_neg, num_pos)))


def unseen_variance(value: float, variance: float, size: float) -> float:
    """Return what a measured variance lacks of that of so many coin throws, two more of each side counted as seen."""
    share = (value * size + 2) / (size + 4)  # so that a perfect figure is not taken as certain
    return max(share * (1 - share) / (size + 4) - variance, 0.0)


def independent_difference(
    values: tuple[float, float], first: tuple[float, float], second: tuple[float, float]
) -> tuple[float, float]:
    """Return the interval of second minus first from the intervals of two estimates of independent samples (MOVER).

    The reaches on either side are joined as the root of their squares (Zou and Donner, Statistics in Medicine 27,
    2008, 1693-1702), so that what makes each hold near 0 and 1 carries over. (Of areas, twice the root of the summed
    variances held 77 % of a nominal 95 % at 0.99 with 10 positives against 100.)
    """
    difference = values[1] - values[0]
    low = difference - math.hypot(values[1] - second[0], first[1] - values[0])
    high = difference + math.hypot(second[1] - values[1], values[0] - first[0])
    return max(low, -1.0), min(high, 1.0)  # in this order NaN stays NaN


def size_of_error(share: float, error: float) -> float:
    """Return how many coin throws have this standard error, when two more of each side count as seen.

    Near 0 and 1 ``share * (1 - share) / error**2`` is next to nothing, though the error says that there were many.
    """
    low, high = 0.0, 1.0 / (error * error)
    for _ in range(60):
        middle = (low + high) / 2
        shrunk = (share * middle + 2) / (middle + 4)
        low, high = (middle, high) if shrunk * (1 - shrunk) / (middle + 4) > error * error else (low, middle)
    return (low + high) / 2


def exact_interval(auc: Numbers, smaller: int, tail: float) -> tuple[Numbers, Numbers]:
    """Return Clopper and Pearson's bound (Biometrika 26, 1934) of a perfect separation, by the smaller class.

    A mean of numbers in [0, 1] is nowhere more variable than one of coin throws; if all ``smaller`` of them
    came out alike, their rate is beyond ``tail ** (1 / smaller)``.
    """
    edge = tail ** (1 / smaller)
    high = np.asarray(auc) > 0.5
    return np.where(high, edge, 0.0), np.where(high, 1.0, 1 - edge)


def auto_interval(
    auc: Numbers, variance: Numbers, num_pos: int, num_neg: int, confidence_level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
    """Choose between the three by what the coverage study found; low, high and the method's short name."""
    share, smaller = np.asarray(auc, np.float64), min(num_pos, num_neg)
    z, tail = normal_quantile(confidence_level), (1 - confidence_level) / 2
    many = smaller * np.minimum(share, 1 - share) >= MISRANKED
    perfect = (share == 0) | (share == 1)
    low, high = wilson_bounds(share, effective_size(share, variance, num_pos, num_neg), z)
    for chosen, ends in (
        (many & (np.asarray(variance) > 0), logit_interval(share, variance, z)),
        (perfect, exact_interval(share, smaller, tail)),
    ):
        low, high = np.where(chosen, ends[0], low), np.where(chosen, ends[1], high)
    name = np.where(perfect, "exact", np.where(many & (np.asarray(variance) > 0), "logit", "wilson"))
    return low, high, name
