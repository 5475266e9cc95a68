"""What each decision costs a figure of the ranking: the ROC AUC, or the average precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["average_precision_costs", "roc_auc_costs"]


def roc_auc_costs(labels: ArrayLike, scores: ArrayLike) -> NDArray[np.float64]:
    """Return how much of the other class stands on the wrong side of each decision.

    Parameters
    ----------
    labels
        ``(N,)`` bool, or numbers that are all 0 or 1.
    scores
        ``(N,)`` finite float32 or float64.

    Returns
    -------
    numpy.ndarray
        ``(N,)`` of a positive the share of negatives that score higher, of a negative the share of positives that score
        lower; equal scores count half. Over the positives, and over the negatives, the mean is 1 - ROC AUC. All 0
        where a class is empty.
    """
    truth, where, positives, negatives = _levels(labels, scores)
    if not positives.sum() or not negatives.sum():
        return np.zeros(len(truth))
    above = (negatives.sum() - np.cumsum(negatives) + negatives / 2) / negatives.sum()
    below = (np.cumsum(positives) - positives / 2) / positives.sum()
    return np.asarray(np.where(truth, above[where], below[where]))


def average_precision_costs(labels: ArrayLike, scores: ArrayLike) -> NDArray[np.float64]:
    """Return how much each decision takes from the average precision.

    Parameters
    ----------
    labels
        ``(N,)`` bool, or numbers that are all 0 or 1.
    scores
        ``(N,)`` finite float32 or float64.

    Returns
    -------
    numpy.ndarray
        ``(N,)`` of a positive what the precision at its score lacks of 1, of a negative its part of that at every
        positive that does not score higher; each divided by the number of positives. The positives, and the negatives,
        add up to 1 - average precision. All 0 without positives.
    """
    truth, where, positives, negatives = _levels(labels, scores)
    if not positives.sum():
        return np.zeros(len(truth))
    predicted = np.cumsum((positives + negatives)[::-1])[::-1]
    false = np.cumsum(negatives[::-1])[::-1]
    lacking = false / predicted / positives.sum()
    taken = np.cumsum(positives / predicted) / positives.sum()
    return np.asarray(np.where(truth, lacking[where], taken[where]))


def _levels(
    labels: ArrayLike, scores: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """The labels, each score's place among the distinct ones, ascending, and the classes' numbers at each of those."""
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    distinct, where = np.unique(values, return_inverse=True)
    where = where.reshape(-1)
    positives = np.bincount(where[truth], minlength=len(distinct))
    return truth, where, positives, np.bincount(where, minlength=len(distinct)) - positives
