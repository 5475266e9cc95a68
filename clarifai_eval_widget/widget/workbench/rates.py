"""The platform's own curves on the slider's stops: rates, from which counts cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS
from clarifai_eval_widget.metrics.tolerance import same

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["rates_at_hundredths"]


def rates_at_hundredths(evaluation: Evaluation) -> dict[str, list[NDArray[np.float64]]]:
    """``tpr``, ``fpr`` and ``precision`` of each concept at 0, 0.01 … 1; NaN where the server sent none."""
    found: dict[str, list[NDArray[np.float64]]] = {"tpr": [], "fpr": [], "precision": []}
    for concept in evaluation.concepts:
        curve = evaluation.platform_curves.get(concept)
        found["tpr"].append(_on_grid(curve.roc_thresholds, curve.tpr) if curve else _on_grid([], []))
        found["fpr"].append(_on_grid(curve.roc_thresholds, curve.fpr) if curve else _on_grid([], []))
        found["precision"].append(_on_grid(curve.pr_thresholds, curve.precision) if curve else _on_grid([], []))
    return found


def _on_grid(thresholds: Any, rates: Any) -> NDArray[np.float64]:
    """Put rates on the ascending grid: only those sent for a point of it, as nobody knows them in between."""
    values = np.full(len(HUNDREDTHS), np.nan)
    at = np.asarray(thresholds, dtype=np.float64)
    near = np.rint(np.nan_to_num(at, nan=-1.0, posinf=-1.0) * 100)  # not every server sends thresholds
    known = (near >= 0) & (near <= 100) & same(at, near / 100)
    values[near[known].astype(int)] = np.asarray(rates, dtype=np.float64)[known]
    return values
