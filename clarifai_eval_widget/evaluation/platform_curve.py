"""The curves the platform computed: rates at its own thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.tolerance import TOLERANCE, same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.floating[Any]]

__all__ = ["PlatformCurve", "place_of", "rate_at", "same_threshold"]


@dataclass(frozen=True, eq=False)
class PlatformCurve:
    """One concept's curves as the platform sent them: rates at its own thresholds, rounded.

    Under k-fold these are means over the folds and ``num_pos`` is that of one split, so that
    ``tpr * num_pos`` is not a count.
    """

    fpr: FloatArray
    """False positive rates, aligned with `roc_thresholds`."""
    tpr: FloatArray
    """True positive rates, aligned with `roc_thresholds`."""
    roc_thresholds: FloatArray
    """Thresholds of the ROC, as sent (the platform's descend); NaN where none were sent."""
    precision: FloatArray
    """Precisions, aligned with `pr_thresholds`; the platform sends 1 where nothing is predicted."""
    recall: FloatArray
    """Recalls, aligned with `pr_thresholds`."""
    pr_thresholds: FloatArray
    """Thresholds of precision and recall, as sent (the platform's ascend)."""
    roc_auc: float
    """Area under the ROC; NaN when undefined or not sent."""
    f1: float
    """F1 at threshold 0.5; under k-fold the mean over the folds."""
    avg_precision: float
    """Average precision; NaN when not sent."""
    num_pos: int
    """Positives (of one split, under k-fold)."""
    num_neg: int
    """Negatives (of one split, under k-fold)."""


def same_threshold(sent: float, asked: float) -> bool:
    """Whether a threshold sent is the one asked for, but for its rounding to float32."""
    return bool(same(sent, asked))


def place_of(thresholds: FloatArray, threshold: float) -> int | None:
    """Return the place of the smallest threshold sent that is not below the one asked for; None when all are."""
    known = np.flatnonzero(thresholds >= threshold - TOLERANCE)
    return int(known[np.argmin(thresholds[known])]) if len(known) else None


def rate_at(thresholds: FloatArray, rates: FloatArray, threshold: float) -> float:
    """Look a rate up at the smallest stored threshold that is not below the one asked for; NaN if none is."""
    place = place_of(thresholds, threshold)
    return np.nan if place is None else float(rates[place])
