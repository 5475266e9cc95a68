"""The curves the platform computed: rates at its own thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.floating[Any]]

__all__ = ["PlatformCurve", "rate_at"]


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


def rate_at(thresholds: FloatArray, rates: FloatArray, threshold: float) -> float:
    """Look a rate up at the smallest stored threshold that is not below the one asked for; NaN if none is."""
    known = np.flatnonzero(thresholds >= threshold - 1e-6)
    return float(rates[known[np.argmin(thresholds[known])]]) if len(known) else np.nan
