"""The figures that a server gives of an evaluation as a whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

__all__ = ["FIGURES", "figures"]

FIGURES = {
    "roc_auc": "macro_avg_roc_auc",
    "f1": "macro_avg_f1_score",
    "precision": "macro_avg_precision",
    "recall": "macro_avg_recall",
}
"""Fields of an evaluation's summary by what they are called here."""


def figures(eval_metrics: resources_pb2.EvalMetrics) -> dict[str, float]:
    """Read the macro figures of a summary, at threshold 0.5 but for the area; NaN where it does not give one.

    Notes
    -----
    A float that is not set reads 0. No area is exactly that, so it is not given; the others are rates that may be 0,
    and are given where any figure is. What lies outside [0, 1] by more than a sum in float32 rounds is none of these.
    """
    told = {name: float(getattr(eval_metrics.summary, field)) for name, field in FIGURES.items()}
    if not any(told.values()):
        return dict.fromkeys(FIGURES, math.nan)
    from clarifai_eval_widget.evaluation.reading.info import figure  # an evaluation takes them likewise

    told["roc_auc"] = told["roc_auc"] or math.nan
    return {name: figure(name, value, []) for name, value in told.items()}
