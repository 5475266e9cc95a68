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
    """Each concept's ``tpr``, ``fpr``, ``precision`` at 0, 0.01 … 1, and of folds ``f1``; NaN where none was sent."""
    found: dict[str, list[NDArray[np.float64]]] = {"tpr": [], "fpr": [], "precision": [], "f1": []}
    for concept in evaluation.concepts:
        curve = evaluation.platform_curves.get(concept)
        found["tpr"].append(_on_grid(curve.roc_thresholds, curve.tpr) if curve else _on_grid([], []))
        found["fpr"].append(_on_grid(curve.roc_thresholds, curve.fpr) if curve else _on_grid([], []))
        precision = _on_grid(curve.pr_thresholds, curve.precision) if curve else _on_grid([], [])
        tpr, fpr = found["tpr"][-1], found["fpr"][-1]
        precision[(tpr == 0) & ((fpr == 0) | np.isnan(fpr))] = (
            np.nan
        )  # the platform writes 1 where nothing is predicted
        found["precision"].append(precision)
        # F1 of mean rates is not the mean of the folds' F1, which is sent for one threshold; 0 stands for nothing sent.
        sent = evaluation.info.use_kfold and curve is not None and curve.f1
        found["f1"].append(_on_grid([0.5], [curve.f1]) if sent and curve else _on_grid([], []))
    return found


def _on_grid(thresholds: Any, rates: Any) -> NDArray[np.float64]:
    """Put rates on the ascending grid: only those sent for a point of it, as nobody knows them in between."""
    values = np.full(len(HUNDREDTHS), np.nan)
    at = np.asarray(thresholds, dtype=np.float64)
    near = np.rint(np.nan_to_num(at, nan=-1.0, posinf=-1.0) * 100)  # not every server sends thresholds
    known = (near >= 0) & (near <= 100) & same(at, near / 100)
    values[near[known].astype(int)] = np.asarray(rates, dtype=np.float64)[known]
    return values
