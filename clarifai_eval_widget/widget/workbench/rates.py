"""The platform's own curves as arrays: rates at its own thresholds, from which counts cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["has_counts", "macro_of_rates", "rates_at_hundredths", "roc_points"]

Points = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def has_counts(evaluation: Evaluation) -> bool:
    """Whether there are counts, or only rates."""
    return evaluation.source != "platform_curves"


def rates_at_hundredths(evaluation: Evaluation) -> dict[str, list[NDArray[np.float64]]]:
    """``tpr``, ``fpr`` and ``precision`` of each concept at 0, 0.01 … 1; NaN where the server sent none."""
    found: dict[str, list[NDArray[np.float64]]] = {"tpr": [], "fpr": [], "precision": []}
    for concept in evaluation.concepts:
        curve = evaluation.platform_curves.get(concept)
        found["tpr"].append(_on_grid(curve.roc_thresholds, curve.tpr) if curve else _on_grid([], []))
        found["fpr"].append(_on_grid(curve.roc_thresholds, curve.fpr) if curve else _on_grid([], []))
        found["precision"].append(_on_grid(curve.pr_thresholds, curve.precision) if curve else _on_grid([], []))
    return found


def roc_points(evaluation: Evaluation) -> list[Points]:
    """Each concept's false and true positive rates, ascending; empty without a curve."""
    points: list[Points] = []
    for concept in evaluation.concepts:
        curve = evaluation.platform_curves.get(concept)
        if curve is None:
            points.append((np.empty(0), np.empty(0)))
            continue
        fpr, tpr = np.asarray(curve.fpr, np.float64), np.asarray(curve.tpr, np.float64)
        order = np.lexsort((tpr, fpr))
        points.append((fpr[order], tpr[order]))
    return points


def macro_of_rates(points: list[Points]) -> Points:
    """The vertical average of curves given as rates, at false positive rates of 0, 0.01 … 1; empty without a curve."""
    heights = [np.interp(HUNDREDTHS, fpr, tpr) for fpr, tpr in points if len(fpr)]
    return (HUNDREDTHS, np.mean(heights, axis=0)) if heights else (np.empty(0), np.empty(0))


def _on_grid(thresholds: Any, rates: Any) -> NDArray[np.float64]:
    """Put rates, listed in their own order of thresholds, on the ascending grid."""
    values = np.full(len(HUNDREDTHS), np.nan)
    at = np.asarray(thresholds, dtype=np.float64)
    known = (at >= 0) & (at <= 1)  # not every server sends thresholds, and some send one above every score
    values[np.rint(at[known] * 100).astype(int)] = np.asarray(rates, dtype=np.float64)[known]
    return values
