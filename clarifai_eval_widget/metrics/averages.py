"""Averages over concepts: of single figures, of decisions pooled (micro), of ROC curves (macro)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.counting import Counts, counts
from clarifai_eval_widget.metrics.curves import roc_outline, roc_vertices
from clarifai_eval_widget.metrics.grid import HUNDREDTHS
from clarifai_eval_widget.metrics.rates import precision, undefined_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Curve = NDArray[np.float64]
    Rates = NDArray[np.floating[Any]]

__all__ = ["macro_of_rates", "macro_precision_recall", "macro_roc", "mean_defined", "micro"]

_EXPANDED = 4  # decisions a distinct score, up to which it is faster to sort them than to look their scores up


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
    decisions = sum(c.num_pos + c.num_neg for c in cs)
    return _counted_anew(cs) if decisions <= _EXPANDED * sum(map(len, cs)) else _added(cs)


def _counted_anew(cs: Sequence[Counts]) -> Counts:
    """Sort the decisions themselves once more: several times as fast as looking every score up in those of all."""
    positive = [np.repeat(c.thresholds[1:], np.diff(c.tps)) for c in cs]
    negative = [np.repeat(c.thresholds[1:], np.diff(c.fps)) for c in cs]
    labels = np.repeat([True, False], [sum(map(len, positive)), sum(map(len, negative))])
    return counts(labels, np.concatenate(positive + negative))


def _added(cs: Sequence[Counts]) -> Counts:
    """Add the counts at every score of any concept: of scores that tie there are few."""
    ascending = np.unique(np.concatenate([c.thresholds for c in cs]))
    thresholds = ascending[::-1].copy()
    tps, fps = np.zeros(len(thresholds), np.int32), np.zeros(len(thresholds), np.int32)
    for c in cs:
        rows = len(thresholds) - 1 - np.searchsorted(ascending, c.thresholds)
        tps[rows] += np.diff(c.tps, prepend=np.int32(0))
        fps[rows] += np.diff(c.fps, prepend=np.int32(0))
    return Counts(thresholds, np.cumsum(tps, dtype=np.int32), np.cumsum(fps, dtype=np.int32))


def macro_roc(cs: Sequence[Counts], *, within: float = 0.0) -> tuple[Curve, Curve]:
    """Average the ROC curves of the concepts vertically: the mean tpr at each fpr.

    Concepts without positives or without negatives have no ROC and are left out. The average is taken over
    the union of the curves' false positive rates; where some curve rises vertically the average does too
    (that fpr comes twice), so the area below is the mean of the concepts' AUCs, up to rounding.

    Parameters
    ----------
    cs
        Counts of each concept.
    within
        How far each curve may be from its own, vertically, where it has very many rows; then so may the average.

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
        rows = roc_outline(c, within)[0] if within else roc_vertices(c)
        fprs = c.fps[rows] / c.num_neg
        starts.append(fprs[:-1])
        ends.append(fprs[1:])
        rises.append(np.diff(c.tps[rows]) / (c.num_pos * len(defined)))
    start, end, rise = np.concatenate(starts), np.concatenate(ends), np.concatenate(rises)
    # Every start is some piece's end to the last bit, or 0, and so is found below.
    fpr, where = np.unique(np.append(end, 0.0), return_inverse=True)
    return _integrate(fpr, start, end - start, rise, where[:-1])


def macro_precision_recall(cs: Sequence[Counts], most: int = 2000) -> tuple[Curve, Curve]:
    """Average the precision-recall curves of the concepts vertically: the mean precision at each recall.

    Each is taken as the steps whose area is its average precision, so the area below the average is the mean of the
    average precisions, up to rounding. Concepts without positives have no curve and are left out.

    Parameters
    ----------
    cs
        Counts of each concept.
    most
        With more steps, neighbouring ones are joined at the mean of their heights, which keeps the area.

    Returns
    -------
    recall, precision
        ``(U,)`` float64, recall ascending from 0 to 1; a precision holds from the recall before its own, the first
        one at recall 0. Both empty when no concept has positives.
    """
    defined = [c for c in cs if c.num_pos]
    if not defined:
        return np.empty(0), np.empty(0)
    ends, changes = [], []
    for c in defined:
        rises = np.flatnonzero(np.diff(c.tps) > 0) + 1
        heights = precision(c.tps[rises], c.fps[rises])
        ends.append(c.tps[rises] / c.num_pos)
        # at the end of each step the height changes to that of the next; the last falls to nothing
        changes.append(np.append(heights[1:], 0.0) - heights)
    recall, where = np.unique(np.concatenate(ends), return_inverse=True)
    falls = np.bincount(where, np.concatenate(changes), len(recall)) / len(defined)
    # from the right, where the height beyond recall 1 is 0
    height = np.clip(-np.cumsum(falls[::-1])[::-1], 0.0, 1.0)
    recall, height = _joined_steps(recall, height, most)
    return np.append(0.0, recall), np.append(height[0], height)


def _joined_steps(x: Curve, height: Curve, most: int) -> tuple[Curve, Curve]:
    """Join neighbouring steps, which end at x, until there are few enough; the area below stays."""
    if len(x) <= most:
        return x, height
    area = np.append(0.0, np.cumsum(height * np.diff(x, prepend=0.0)))
    kept = np.unique(np.linspace(0, len(x) - 1, most).round().astype(np.intp))
    return x[kept], np.diff(area[kept + 1], prepend=0.0) / np.diff(x[kept], prepend=0.0)


def macro_of_rates(curves: Sequence[tuple[Rates, Rates]]) -> tuple[Curve, Curve]:
    """Average ROC curves of which only rates are known, vertically, on the 0.01 grid of false positive rates.

    Parameters
    ----------
    curves
        fpr and tpr of each curve, ascending; those without a point are left out.

    Returns
    -------
    fpr, tpr
        ``(101,)`` float64; both empty when no curve has a point.
    """
    heights = [np.interp(HUNDREDTHS, fpr, tpr) for fpr, tpr in curves if len(fpr)]
    return (HUNDREDTHS, np.mean(heights, axis=0)) if heights else (np.empty(0), np.empty(0))


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
