"""Curves and averages from exact counts. NumPy only; knows nobody.

Counts are integers end to end and rates are derived from them here. Whatever is undefined is NaN, and
:func:`undefined_reason` says why; nothing undefined is passed off as 0 or 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarifai_eval_widget._numbers.arrays import as_labels, as_scores, check_shapes, to_dtype
from clarifai_eval_widget._numbers.counting import Counts, counts, counts_by_concept
from clarifai_eval_widget._numbers.grid import counts_at_thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Counts",
    "average_precision",
    "counts",
    "counts_at_thresholds",
    "counts_by_concept",
    "f1",
    "macro_roc",
    "mean_defined",
    "micro",
    "precision",
    "precision_recall_curve",
    "recall",
    "roc_auc",
    "roc_curve",
    "roc_vertices",
    "subset_accuracy",
    "top1_accuracy",
    "undefined_reason",
]

_BLOCK = 1 << 16  # rows summed at once, so that the int64 temporaries stay in the processor's cache
Curve = NDArray[np.float64]


def ratio(part: ArrayLike, whole: ArrayLike) -> Any:
    """Divide counts, giving NaN where the whole is zero; float64, a plain float for two numbers.

    Where the whole is an array, its parts are zero with it.
    """
    over, under = np.asarray(part), np.asarray(whole)
    if under.ndim == 0 and not under:
        return np.full(over.shape, np.nan) if over.ndim else float("nan")
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN by itself, three times as fast as a guarded division
        result = np.true_divide(over, under, dtype=np.float64)
    return float(result) if result.ndim == 0 else result


def precision(tps: ArrayLike, fps: ArrayLike) -> Any:
    """Return tp / (tp + fp), NaN where nothing is predicted; shaped like the counts."""
    return ratio(tps, np.add(tps, fps))


def recall(tps: ArrayLike, num_pos: ArrayLike) -> Any:
    """Return tp / positives, NaN where there are no positives; shaped like the counts."""
    return ratio(tps, num_pos)


def f1(tps: ArrayLike, fps: ArrayLike, num_pos: ArrayLike) -> Any:
    """Return 2 tp / (tp + fp + positives), NaN where nothing is positive nor predicted."""
    hits = np.asarray(tps, np.int64)
    return ratio(2 * hits, hits + np.asarray(fps) + np.asarray(num_pos))


def undefined_reason(c: Counts, *, needs_negatives: bool = True) -> str:
    """Say why a figure of this concept is undefined, or return an empty string when it is defined.

    Parameters
    ----------
    c
        The concept's counts.
    needs_negatives
        True for ROC and AUC; False for recall and average precision, which need positives only.
    """
    if not c.num_pos and not c.num_neg:
        return "no inputs"
    if not c.num_pos:
        return "no positives"
    return "no negatives" if needs_negatives and not c.num_neg else ""


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
    twice = 0
    for start in range(0, len(c) - 1, _BLOCK):
        tps = c.tps[start : start + _BLOCK + 1].astype(np.int64)
        widths = np.diff(c.fps[start : start + _BLOCK + 1])
        twice += int((widths * (tps[1:] + tps[:-1])).sum())
    return twice / (2 * c.num_pos * c.num_neg)


def average_precision(c: Counts) -> float:
    """Return the step sum of precision over the rises of recall; NaN when there are no positives.

    Not the trapezoid area under the precision-recall curve, which is too optimistic.
    """
    if undefined_reason(c, needs_negatives=False):
        return float("nan")
    total = 0.0
    for start in range(0, len(c) - 1, _BLOCK):
        tps = c.tps[start : start + _BLOCK + 1]
        hits = tps[1:].astype(np.float64)
        # not a dot product: BLAS starts threads for one, which get in the way of those over concepts
        total += float((np.diff(tps) * (hits / (hits + c.fps[start + 1 : start + _BLOCK + 1]))).sum())
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


def micro(cs: Sequence[Counts]) -> Counts:
    """Pool all decisions of all concepts into one curve.

    Raises
    ------
    ValueError
        When there are no concepts, their scores differ in dtype, or the decisions do not fit int32.
    """
    if len({c.thresholds.dtype for c in cs}) != 1:
        raise ValueError("Micro averaging needs at least one concept, and scores of one dtype for all of them.")
    if sum(c.num_pos + c.num_neg for c in cs) > np.iinfo(np.int32).max:
        raise ValueError("The decisions of all concepts together do not fit int32 counts.")
    ascending = np.unique(np.concatenate([c.thresholds for c in cs]))
    thresholds = ascending[::-1].copy()
    tps, fps = np.zeros(len(thresholds), np.int32), np.zeros(len(thresholds), np.int32)
    for c in cs:
        rows = len(thresholds) - 1 - np.searchsorted(ascending, c.thresholds)
        tps[rows] += np.diff(c.tps, prepend=np.int32(0))
        fps[rows] += np.diff(c.fps, prepend=np.int32(0))
    return Counts(thresholds, np.cumsum(tps, dtype=np.int32), np.cumsum(fps, dtype=np.int32))


def macro_roc(cs: Sequence[Counts]) -> tuple[Curve, Curve]:
    """Average the ROC curves of the concepts vertically: the mean tpr at each fpr.

    Concepts without positives or without negatives have no ROC and are left out. The average is taken over
    the union of the curves' false positive rates; where some curve rises vertically the average does too
    (that fpr comes twice), so the area below is the mean of the concepts' AUCs, up to rounding.

    Returns
    -------
    fpr, tpr
        ``(U,)`` float64 from (0, 0) to (1, 1); both empty when no concept has a ROC.
    """
    defined = [c for c in cs if not undefined_reason(c)]
    if not defined:
        return np.empty(0), np.empty(0)
    starts, ends, rises = [], [], []
    for c in defined:
        rows = roc_vertices(c)
        fprs = c.fps[rows] / c.num_neg
        starts.append(fprs[:-1])
        ends.append(fprs[1:])
        rises.append(np.diff(c.tps[rows]) / (c.num_pos * len(defined)))
    start, end, rise = np.concatenate(starts), np.concatenate(ends), np.concatenate(rises)
    # Every start is some piece's end to the last bit, or 0, and so is found below.
    fpr, where = np.unique(np.append(end, 0.0), return_inverse=True)
    return _integrate(fpr, start, end - start, rise, where[:-1])


def _integrate(fpr: Curve, start: Curve, width: Curve, rise: Curve, end: NDArray[np.intp]) -> tuple[Curve, Curve]:
    """Sum straight pieces of curves into one curve over the ascending fprs."""
    upright = width == 0
    jump = np.bincount(end[upright], rise[upright], len(fpr))
    sloped = ~upright & (rise > 0)
    first = np.searchsorted(fpr, start[sloped])
    slope = rise[sloped] / width[sloped]
    turns = np.bincount(first, slope, len(fpr)) - np.bincount(end[sloped], slope, len(fpr))
    ramp = np.append(0.0, np.cumsum(turns)[:-1] * np.diff(fpr))
    upper = np.cumsum(ramp + jump)
    points = np.stack([upper - jump, upper], axis=1).ravel()
    kept = np.stack([np.ones(len(fpr), bool), jump > 0], axis=1).ravel()
    tpr = np.clip(np.maximum.accumulate(points[kept]), 0.0, 1.0)
    tpr[-1] = 1.0
    return np.repeat(fpr, 2)[kept], tpr


def mean_defined(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[float, float, int]:
    """Average the defined values, skipping NaN.

    Parameters
    ----------
    values
        ``(K,)`` floats; NaN where undefined.
    weights
        ``(K,)`` for a weighted average, for instance the numbers of positives; None for equal weights.

    Returns
    -------
    mean, std
        With the population standard deviation; both NaN when nothing is defined.
    n_averaged
        How many values were averaged.
    """
    every = np.asarray(values, np.float64)
    mass = np.ones(every.shape) if weights is None else np.asarray(weights, np.float64)
    if mass.shape != every.shape or (mass < 0).any():
        raise ValueError("Weights must be as many as the values, and none negative.")
    used = ~np.isnan(every) & (mass > 0)
    if not used.any():
        return float("nan"), float("nan"), 0
    shares = mass[used] / mass[used].sum()
    mean = float(np.dot(every[used], shares))
    std = float(np.sqrt(np.dot((every[used] - mean) ** 2, shares)))
    return mean, std, int(used.sum())


def top1_accuracy(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return the share of inputs whose top-scored concept is one of their labels; NaN without inputs.

    Parameters
    ----------
    labels, scores
        ``(N, K)``. Of equal top scores the first column counts.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 2)
    if not values.size:
        return float("nan")
    return float(np.take_along_axis(truth, values.argmax(axis=1)[:, None], axis=1).mean())


def subset_accuracy(labels: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> float:
    """Return the share of inputs whose every decision at the threshold is right; NaN without inputs.

    Parameters
    ----------
    labels, scores
        ``(N, K)``.
    threshold
        Positive is ``score >= threshold``, compared in the scores' dtype.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 2)
    if not values.size:
        return float("nan")
    return float(((values >= to_dtype(threshold, values.dtype)) == truth).all(axis=1).mean())
