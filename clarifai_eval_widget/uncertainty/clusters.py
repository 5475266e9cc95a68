"""DeLong's method for inputs that come in groups: several images of a patient, frames of a film.

Obuchowski, Biometrics 53 (1997) 567-578: placements are summed within a group before they are squared, and the
positives' and negatives' sums of one group covary.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty import formulas
from clarifai_eval_widget.uncertainty.checks import ENOUGH_GROUPS, codes, finite, too_few
from clarifai_eval_widget.uncertainty.ranks import twice_placements
from clarifai_eval_widget.uncertainty.results import (
    FigureDifference,
    FigureEstimate,
    normal_difference,
    normal_estimate,
)
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["clustered_auc", "compare_auc_clustered"]


def clustered_auc(
    labels: ArrayLike, scores: ArrayLike, groups: ArrayLike, *, confidence_level: float = 0.95
) -> FigureEstimate:
    """Estimate the interval of one concept's AUC when inputs of a group depend on one another.

    Obuchowski's variance, on the logit scale, with Student's quantile for the groups of the rarer class. Where so few
    groups are misranked that this is not to be trusted, that of coin throws is added (see :func:`auc_interval`), a
    group being one.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` finite.
    groups
        ``(N,)`` the group of each input; any values. Groups are taken to be independent.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    FigureEstimate
        ``units`` are the groups.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """
    truth = as_labels(labels)
    shares, value, reason = _placements(truth, finite(truth, scores))
    coded, number = codes(groups, len(truth), "groups")
    error, fewest, reason = (math.nan, 0, reason) if reason else _clustered(truth, shares - value, coded, number)
    quantile = math.nan if reason else t_quantile(confidence_level, fewest - 1)
    total = error
    if not reason and fewest * min(value, 1 - value) < formulas.MISRANKED:
        held = [len(np.unique(coded[truth == one])) for one in (True, False)]
        size = float(formulas.effective_size(value, error * error, *held))
        total = math.sqrt(error * error + formulas.unseen_variance(value, error * error, size))
    found = normal_estimate(
        "roc_auc",
        value,
        total,
        quantile,
        confidence_level=confidence_level,
        method=f"DeLong clustered in {number} groups (Obuchowski), logit-transformed",
        units=number,
        reason=reason,
    )
    return replace(found, standard_error=error)


def compare_auc_clustered(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    groups: ArrayLike,
    *,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test whether two scorings' AUCs differ when inputs of a group depend on one another.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    first_scores, second_scores
        ``(N,)`` finite, row by row of the same inputs.
    groups
        ``(N,)`` the group of each input.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    FigureDifference
        ``units`` are the groups; test and interval are Student's, by the groups of the rarer class.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """
    truth = as_labels(labels)
    before, first, reason = _placements(truth, finite(truth, first_scores))
    after, second, _ = _placements(truth, finite(truth, second_scores))
    coded, number = codes(groups, len(truth), "groups")
    change = after - before - (second - first)
    error, fewest, reason = (math.nan, 0, reason) if reason else _clustered(truth, change, coded, number)
    quantile = math.nan if reason else t_quantile(confidence_level, fewest - 1)
    return normal_difference(
        "roc_auc",
        (first, second),
        second - first,
        error,
        quantile,
        confidence_level=confidence_level,
        method=f"paired DeLong clustered in {number} groups (Obuchowski)",
        units=number,
        reason=reason,
        df=fewest - 1,
    )


def _placements(truth: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> tuple[NDArray[np.float64], float, str]:
    """Return the share of the other class that each input is ranked right of, the AUC, and why there is none."""
    num_pos = int(np.count_nonzero(truth))
    num_neg = len(truth) - num_pos
    if not num_pos or not num_neg:
        return np.zeros(len(truth)), math.nan, too_few(num_pos, num_neg)
    twice, area = twice_placements(truth, scores)
    right = np.where(truth, twice / (2 * num_neg), 1 - twice / (2 * num_pos))
    return right, area / (2 * num_pos * num_neg), too_few(num_pos, num_neg)


def _clustered(
    truth: NDArray[np.bool_], centred: NDArray[np.float64], coded: NDArray[np.intp], number: int
) -> tuple[float, int, str]:
    """Return Obuchowski's standard error, the groups that hold the rarer class, and why there is none."""
    sums = {one: np.bincount(coded[truth == one], centred[truth == one], number) for one in (True, False)}
    held = {one: int(np.count_nonzero(np.bincount(coded[truth == one], minlength=number))) for one in (True, False)}
    fewest = min(held.values())
    if fewest < ENOUGH_GROUPS:
        word = "positives" if held[True] <= held[False] else "negatives"
        return math.nan, fewest, f"too few groups with {word} to say: {fewest}, and {ENOUGH_GROUPS} are needed"
    if np.abs(centred).max() < 1e-12:  # rounding alone
        return 0.0, fewest, ""
    size = {True: int(np.count_nonzero(truth)), False: int(np.count_nonzero(~truth))}
    variance = 2 * number / (number - 1) * float((sums[True] * sums[False]).sum()) / (size[True] * size[False])
    for one in (True, False):
        variance += held[one] / (held[one] - 1) * float((sums[one] ** 2).sum()) / size[one] ** 2
    return math.sqrt(max(variance, 0.0)), fewest, ""
