"""Shares of inputs that are wholly right, for single-label and for multi-label data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, to_dtype

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["subset_accuracy", "top1_accuracy"]


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
