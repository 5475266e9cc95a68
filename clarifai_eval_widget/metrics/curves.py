"""ROC and precision-recall curves of one concept, and the areas under them, from exact counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.rates import precision, ratio, undefined_reason
from clarifai_eval_widget.metrics.simplify import cell_borders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics.counting import Counts

    Curve = NDArray[np.float64]

__all__ = [
    "average_precision",
    "precision_recall_curve",
    "roc_auc",
    "roc_corners",
    "roc_curve",
    "roc_outline",
    "roc_vertices",
]

_BLOCK = 1 << 16  # rows summed at once, so that the temporaries stay in the processor's cache
_SHORT = 1 << 14  # rows of which every one can be looked at


def roc_curve(c: Counts) -> tuple[Curve, Curve, NDArray[np.floating[Any]]]:
    """Return the exact ROC curve, one point for each distinct score.

    Returns
    -------
    fpr, tpr
        ``(M,)`` float64 from (0, 0) to (1, 1); NaN where there are no negatives, or no positives.
    thresholds
        ``(M,)`` descending, ``+inf`` first.
    """
    return ratio(c.fps, c.num_neg), ratio(c.tps, c.num_pos), c.thresholds


def precision_recall_curve(c: Counts) -> tuple[Curve, Curve, NDArray[np.floating[Any]]]:
    """Return precision and recall at each distinct score, thresholds descending as in :func:`roc_curve`.

    Returns
    -------
    precision
        ``(M,)`` float64; NaN in the first row, where nothing is predicted.
    recall
        ``(M,)`` float64, ascending from 0; NaN where there are no positives.
    thresholds
        ``(M,)`` descending, ``+inf`` first.
    """
    return precision(c.tps, c.fps), ratio(c.tps, c.num_pos), c.thresholds


def roc_auc(c: Counts) -> float:
    """Return the area under the exact ROC curve; NaN when a class is absent.

    Trapezoids over all distinct scores, so that a tie of a positive and a negative is worth one half
    (the Mann-Whitney statistic). Summed in integers and divided once.
    """
    if undefined_reason(c):
        return float("nan")
    return c.twice_area / (2 * c.num_pos * c.num_neg)


def average_precision(c: Counts) -> float:
    """Return the step sum of precision over the rises of recall; NaN when there are no positives.

    Not the trapezoid area under the precision-recall curve, which is too optimistic.
    """
    if undefined_reason(c, needs_negatives=False):
        return float("nan")
    total = 0.0
    # not a dot product: BLAS starts threads for one, which get in the way of those over concepts
    if c.num_pos <= c.num_neg:
        for one in c.rises.blocks():
            total += float((one.new * (one.counted / (one.counted + one.high))).sum())
        return total / c.num_pos
    for start in range(0, len(c) - 1, _BLOCK):
        tps, fps = (counted[start : start + _BLOCK + 1] for counted in (c.tps, c.fps))
        total += float((np.diff(tps) * (tps[1:] / (tps[1:] + fps[1:]))).sum())
    return total / c.num_pos


def roc_vertices(c: Counts) -> NDArray[np.intp]:
    """Return the rows where the exact ROC bends, its two ends included.

    The polyline through them is the whole curve: only points on a straight line between their neighbours
    are left out, decided in integers.
    """
    if len(c) < 3:
        return np.arange(len(c))
    bends = np.empty(len(c), bool)
    bends[[0, -1]] = True
    for start in range(0, len(c) - 2, _BLOCK):
        rise = np.diff(c.tps[start : start + _BLOCK + 2]).astype(np.int64)
        step = np.diff(c.fps[start : start + _BLOCK + 2]).astype(np.int64)
        bends[start + 1 : start + len(rise)] = step[:-1] * rise[1:] != rise[:-1] * step[1:]
    return np.flatnonzero(bends)


def roc_outline(c: Counts, within: float) -> tuple[NDArray[np.intp], float]:
    """Return rows that outline the exact ROC by straight lines, and how far from it these are, vertically.

    Of up to some ten thousand rows all where it bends. Of more, the first and the last row of every cell of
    ``within`` on the way up: found by bisection, without a look at the others.
    """
    if len(c) <= _SHORT or not c.num_pos:
        return roc_vertices(c), 0.0
    alone = within * c.num_pos <= 1
    edges = np.arange(c.num_pos + 1) if alone else np.ceil(np.arange(0, 1, within) * c.num_pos)
    rows = np.sort(np.concatenate([cell_borders(c.tps, np.append(edges, c.num_pos)), [0, len(c) - 1]]))
    return rows[np.append(True, rows[1:] != rows[:-1])], 0.0 if alone else within


def roc_corners(c: Counts) -> tuple[Curve, Curve]:
    """Return fpr and tpr where the exact ROC bends (:func:`roc_vertices`); NaN where a class is absent."""
    rows = roc_vertices(c)
    return ratio(c.fps[rows], c.num_neg), ratio(c.tps[rows], c.num_pos)
