"""What each decision costs a figure of the ranking: the ROC AUC, or the average precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["average_precision_costs", "roc_auc_costs"]

_AT_ONCE = 1 << 20  # decisions


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
    return _at_places(truth, where, above, below)


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
    predicted = np.maximum(np.cumsum((positives + negatives)[::-1])[::-1], 1)  # above all positives there may be none
    false = np.cumsum(negatives[::-1])[::-1]
    lacking = false / predicted / positives.sum()
    taken = np.cumsum(positives / predicted) / positives.sum()
    return _at_places(truth, where, lacking, taken)


def _levels(
    labels: ArrayLike, scores: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """The labels, each score's place, ascending, and the classes' numbers at each of those.

    Places are the distinct scores of positives and the gaps around them, for only positives' order decides: so that of
    100 million decisions, as of all concepts together, none is sorted but theirs.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    levels, equal = np.unique(values[truth], return_counts=True)
    positives = np.zeros(2 * len(levels) + 1, np.int64)
    positives[1::2] = equal
    negatives, where = np.zeros_like(positives), np.empty(len(values), np.uint32)
    beyond = np.append(levels, levels.dtype.type(np.inf))
    for part in _parts(len(values), max(_AT_ONCE, len(levels))):
        place = np.searchsorted(levels, values[part])
        place = 2 * place + (beyond[place] == values[part])
        where[part] = place
        negatives += np.bincount(place[~truth[part]], minlength=len(negatives))
    return truth, where, positives, negatives


def _at_places(
    truth: NDArray[np.bool_], where: NDArray[np.uint32], of_positives: NDArray[Any], of_negatives: NDArray[Any]
) -> NDArray[np.float64]:
    """What a decision costs, by its label and place."""
    costs = np.empty(len(truth))
    for part in _parts(len(truth), _AT_ONCE):
        costs[part] = np.where(truth[part], of_positives[where[part]], of_negatives[where[part]])
    return costs


def _parts(size: int, most: int) -> list[slice]:
    return [slice(start, start + most) for start in range(0, size, most)]
