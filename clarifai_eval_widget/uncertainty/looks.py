"""What looking before the end costs: the level at which a fixed-sample interval holds at every look together.

A band over all sample sizes at once, for any estimate that is about a sum over inputs (areas, their means and their
paired differences): Robbins' normal mixture, as asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy
and Ramdas, Annals of Statistics 52, 2024, 2613-2640, equation 8). Its width is that of a normal interval of a higher
level, so that each figure keeps its own method. The mixture is tuned to be least wide at the planned end.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from clarifai_eval_widget.uncertainty.proportions import normal_quantile

__all__ = ["p_value_of_looks", "sequential_level"]

_CERTAIN = 1 - 2.0**-50  # beyond, 1 - level is rounding alone and no quantile can be had of it
_TUNED = 2 * math.log(1 / 0.05) + math.log(2 * math.log(1 / 0.05) + 1)  # the time of the planned end: equation 11


def sequential_level(share: float, confidence_level: float = 0.95) -> float:
    """Return the level of the interval to give after a share of the inputs, so that all such intervals hold at once.

    The inputs so far must be a random part of those planned (the local server scores them in shuffled order), and
    enough of them for the method to hold by itself: ten positives and negatives, as a rule.

    Parameters
    ----------
    share
        Of the planned inputs, above 0; more than 1 when one goes on.
    confidence_level
        Of all looks together.

    Raises
    ------
    ValueError
        When the share is not above 0, or the level not between 0 and 1.
    """
    normal_quantile(confidence_level)
    time = _time(share)
    reach = math.sqrt(2 * (time + 1) / time * math.log(math.sqrt(time + 1) / (1 - confidence_level)))
    return min(1 - math.erfc(reach / math.sqrt(2)), _CERTAIN)


def p_value_of_looks(p_value: float, share: float) -> float:
    """Return the p-value that holds at every look, from that of a test made after a share of the inputs.

    It is at most 0.05 exactly where the interval of :func:`sequential_level` at 95 % leaves 0 out.
    """
    if math.isnan(p_value):
        return p_value
    time = _time(share)
    reach = -NormalDist().inv_cdf(p_value / 2) if p_value > 0 else math.inf
    return min(1.0, math.sqrt(time + 1) * math.exp(-reach * reach * time / (2 * (time + 1))))


def _time(share: float) -> float:
    if not share > 0:
        raise ValueError(f"share={share} must be above 0.")
    return _TUNED * share
