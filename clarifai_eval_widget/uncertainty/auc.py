"""DeLong's interval of an AUC and paired test of two.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845, by ranks in O(n log n) as in Sun and Xu, IEEE
Signal Processing Letters 21 (2014) 1389-1393. Inputs are taken to be independent of one another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import ratio, roc_auc
from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, in_threads
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.ranks import twice_placements

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = ["AucDifference", "AucEstimate", "compare_auc", "delong"]

_BLOCK = 1 << 16  # rows summed at once, so that the temporaries stay in the processor's cache


@dataclass(frozen=True)
class AucEstimate:
    """An area under the ROC curve with DeLong's variance and interval."""

    roc_auc: float
    """NaN when undefined."""
    variance: float
    """DeLong's; NaN with fewer than two positives or two negatives."""
    interval: tuple[float, float]
    """Normal interval, cut to [0, 1]; NaN where the variance is."""
    confidence_level: float
    """Of the interval."""
    num_pos: int
    """The number of positives."""
    num_neg: int
    """The number of negatives."""
    reason: str = ""
    """Why there is no interval, or why not to trust its width; else an empty string."""


@dataclass(frozen=True)
class AucDifference:
    """The paired difference of two AUCs measured on the same inputs, second minus first."""

    roc_auc: tuple[float, float]
    """Of the first and of the second scores."""
    difference: float
    """Second minus first: positive when the second is better."""
    standard_error: float
    """Of the difference; NaN with fewer than two positives or two negatives."""
    interval: tuple[float, float]
    """Normal interval of the difference, cut to [-1, 1]."""
    z: float
    """Difference over standard error, of its sign: 0 when both rank alike, infinite without variance."""
    p_value: float
    """Two-sided; 1 when both rank alike, NaN when a difference has no variance."""
    confidence_level: float
    """Of the interval."""
    num_pos: int
    """The number of positives."""
    num_neg: int
    """The number of negatives."""
    reason: str = ""
    """Why there is no test, or an empty string."""


def delong(c: Counts, *, confidence_level: float = 0.95) -> AucEstimate:
    """Estimate the variance and the interval of an AUC by DeLong's method.

    Parameters
    ----------
    c
        The concept's counts.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    AucEstimate
        With NaN and a reason where it is undefined. A perfect separation has the variance 0, which says more
        about the method than about the classifier; the reason says so.
    """
    quantile = normal_quantile(confidence_level)
    nowhere = (math.nan, math.nan)
    auc, reason = roc_auc(c), _too_few(c.num_pos, c.num_neg)
    if reason:
        return AucEstimate(auc, math.nan, nowhere, confidence_level, c.num_pos, c.num_neg, reason)
    variance = _delong_variance(c, auc)
    reach = quantile * math.sqrt(variance)
    interval = (max(0.0, auc - reach), min(1.0, auc + reach))
    if variance == 0:
        reason = "every input ranks alike within its class: DeLong's variance is 0 and the interval too narrow"
    return AucEstimate(auc, variance, interval, confidence_level, c.num_pos, c.num_neg, reason)


def compare_auc(
    labels: ArrayLike, first_scores: ArrayLike, second_scores: ArrayLike, *, confidence_level: float = 0.95
) -> AucDifference:
    """Test whether two classifiers' AUCs differ, on the same inputs, by DeLong's paired method.

    Not valid for nested models trained and tested on one dataset (Demler, Pencina and D'Agostino, 2012).

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    first_scores, second_scores
        ``(N,)`` finite float32 or float64, row by row of the same inputs.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """
    quantile, truth = normal_quantile(confidence_level), as_labels(labels)
    first, second = (_finite(truth, scores) for scores in (first_scores, second_scores))
    num_pos = int(np.count_nonzero(truth))
    num_neg = len(truth) - num_pos
    pairs = 2 * num_pos * num_neg
    # in whole numbers, so that two scorings that rank alike differ by exactly nothing
    (before, area_1), (after, area_2) = in_threads(
        lambda i: twice_placements(truth, (first, second)[i]), range(2), work=2 * len(truth)
    )
    difference = ratio(area_2 - area_1, pairs)
    reason = _too_few(num_pos, num_neg)
    if reason:
        error = z = p_value = math.nan
    else:
        change = after - before
        spread = _variance(change[truth], num_neg) / num_pos + _variance(change[~truth], num_pos) / num_neg
        error = math.sqrt(spread) / 2
        z = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
        p_value = math.erfc(abs(z) / math.sqrt(2))
        if math.isinf(z):
            p_value, reason = math.nan, "DeLong's variance is 0: no test, and the interval is too narrow"
    ends = difference - quantile * error, difference + quantile * error
    interval = (max(ends[0], -1.0), min(ends[1], 1.0))  # in this order NaN stays NaN
    aucs = ratio(area_1, pairs), ratio(area_2, pairs)
    return AucDifference(aucs, difference, error, interval, z, p_value, confidence_level, num_pos, num_neg, reason)


def _finite(labels: NDArray[np.bool_], scores: ArrayLike) -> NDArray[np.floating[Any]]:
    """Return the scores as a float array that fits the labels."""
    values = as_scores(scores)
    check_shapes(labels, values, 1)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"Scores must be finite; row {row} is {values[row]}. Drop or repair that row.")
    return values


def _too_few(num_pos: int, num_neg: int) -> str:
    """Say which class lacks the two members that a variance needs."""
    if not num_pos + num_neg:
        return "no inputs"
    classes = {"positive": num_pos, "negative": num_neg}
    for name, number in classes.items():
        if not number:
            return f"no {name}s"
    few = [f"one {name}" for name, number in classes.items() if number == 1]
    return f"only {' and '.join(few)}: a variance needs two" if few else ""


def _delong_variance(c: Counts, auc: float) -> float:
    """Sum the squared deviations of both classes' placements, tie by tie."""
    of_positives = of_negatives = 0.0
    num_pos, num_neg = c.num_pos, c.num_neg
    for start in range(0, len(c) - 1, _BLOCK):
        tps, fps = c.tps[start : start + _BLOCK + 1], c.fps[start : start + _BLOCK + 1]
        positives, negatives = np.diff(tps), np.diff(fps)
        # share of the other class ranked worse, ties by half: 1 - fpr or tpr, in the middle of the tie
        worse = (1 - auc) - (fps[:-1] + 0.5 * negatives) / num_neg
        better = (tps[:-1] + 0.5 * positives) / num_pos - auc
        of_positives += float((positives * (worse * worse)).sum())
        of_negatives += float((negatives * (better * better)).sum())
    return of_positives / (num_pos - 1) / num_pos + of_negatives / (num_neg - 1) / num_neg


def _variance(change: NDArray[np.signedinteger[Any]], unit: int) -> float:
    """Return the sample variance of whole numbers, in a larger unit; exactly 0 when they are equal."""
    shares = change / unit
    shares -= shares.mean()
    return float((shares * shares).sum()) / (len(shares) - 1) if change.min() < change.max() else 0.0
