"""Rates derived from counts; NaN where undefined, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from clarifai_eval_widget.metrics.counting import Counts

__all__ = ["f1", "precision", "ratio", "recall", "undefined_reason"]


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
