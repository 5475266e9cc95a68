"""DeLong's paired test of two AUCs measured on the same inputs.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845. Inputs are taken to be independent of one another;
:mod:`clusters` has the test for those that are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import ratio
from clarifai_eval_widget.metrics.arrays import as_labels, in_threads
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty.checks import finite, too_few
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.ranks import twice_placements
from clarifai_eval_widget.uncertainty.results import tested
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["AucDifference", "compare_auc"]


@dataclass(frozen=True, repr=False)
class AucDifference(Brief):
    """The paired difference of two AUCs measured on the same inputs, second minus first."""

    roc_auc: tuple[float, float]
    """Of the first and of the second scores."""
    difference: float
    """Second minus first: positive when the second is better."""
    standard_error: float
    """Of the difference; NaN with fewer than two positives or two negatives."""
    interval: tuple[float, float]
    """Of the difference, cut to [-1, 1]."""
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
    method: str = ""
    """In words, to be shown beside the test."""
    degrees_of_freedom: int | None = field(default=None, kw_only=True)
    """Of Student's quantile in interval and test; None where it is the normal one, or there is no test."""


def compare_auc(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    *,
    confidence_level: float = 0.95,
    method: str = "student",
    pooled: bool = False,
) -> AucDifference:
    """Test whether two classifiers' AUCs differ, on the same inputs, by DeLong's paired method.

    Of two equally good ones the normal test rejects 7 to 8 % at 10 positives and 11 % at 5, Student's at most 5 %
    (nominal 5 %, binormal scores, 100 to 1,000 negatives); both less when few inputs are misranked. Not valid for
    nested models trained and tested on one dataset (Demler, Pencina and D'Agostino, 2012).

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    first_scores, second_scores
        ``(N,)`` finite float32 or float64, row by row of the same inputs.
    confidence_level
        Between 0 and 1.
    method
        ``"student"``: with Student's quantile for the smaller class; ``"delong"``: with the normal one, as pROC.
    pooled
        True when the scores come from the models of several folds: the method then says so.
        :func:`compare_auc_folds` is the test for those.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or the method is unknown.
    """
    if method not in {"student", "delong"}:
        raise ValueError(f"method={method!r} is unknown; choose student or delong.")
    quantile, truth = normal_quantile(confidence_level), as_labels(labels)
    first, second = (finite(truth, scores) for scores in (first_scores, second_scores))
    num_pos = int(np.count_nonzero(truth))
    num_neg = len(truth) - num_pos
    pairs = 2 * num_pos * num_neg
    # in whole numbers, so that two scorings that rank alike differ by exactly nothing
    (before, area_1), (after, area_2) = in_threads(
        lambda i: twice_placements(truth, (first, second)[i]), range(2), work=2 * len(truth)
    )
    difference = ratio(area_2 - area_1, pairs)
    reason = too_few(num_pos, num_neg)
    df = min(num_pos, num_neg) - 1 if method == "student" and not reason else None
    if reason:
        error = z = p_value = math.nan
    else:
        change = after - before
        spread = _variance(change[truth], num_neg) / num_pos + _variance(change[~truth], num_pos) / num_neg
        error = math.sqrt(spread) / 2
        z, p_value, reason = tested(difference, error, df)
    reach = (t_quantile(confidence_level, df) if df else quantile) * error
    interval = (max(difference - reach, -1.0), min(difference + reach, 1.0))  # in this order NaN stays NaN
    aucs = ratio(area_1, pairs), ratio(area_2, pairs)
    name = "" if math.isnan(error) else "DeLong, paired" if df is None else "DeLong, paired, Student"
    name += "; folds pooled as if one model had scored them all" if name and pooled else ""
    return AucDifference(
        aucs,
        difference,
        error,
        interval,
        z,
        p_value,
        confidence_level,
        num_pos,
        num_neg,
        reason,
        name,
        degrees_of_freedom=None if math.isnan(p_value) else df,
    )


def _variance(change: NDArray[np.signedinteger[Any]], unit: int) -> float:
    """Return the sample variance of whole numbers, in a larger unit; exactly 0 when they are equal."""
    shares = change / unit
    shares -= shares.mean()
    return float((shares * shares).sum()) / (len(shares) - 1) if change.min() < change.max() else 0.0
