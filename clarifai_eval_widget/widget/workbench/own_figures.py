"""What the platform itself sent beside its predictions: its matrices, and its macro figures in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from clarifai_eval_widget.words import listed, number

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.heads import MatrixName

__all__ = ["matrices_of", "only_sent", "summary_words"]

_FIGURES = (
    ("ROC AUC", "macro_avg_roc_auc", "macro_std_roc_auc"),
    ("F1", "macro_avg_f1_score", "macro_std_f1_score"),
    ("precision", "macro_avg_precision", ""),
    ("recall", "macro_avg_recall", ""),
)


def only_sent(evaluation: Evaluation) -> bool:
    """Whether there is nothing but what the platform itself averaged and counted: neither test set nor curves."""
    message = evaluation.message
    if evaluation.num_inputs or evaluation.platform_curves or message is None:
        return False
    return bool(evaluation.platform_summary or message.confusion_matrix.matrix or message.cooccurrence_matrix.matrix)


def matrices_of(evaluation: Evaluation) -> list[MatrixName]:
    """Name the matrices of concepts that an evaluation has: of the inputs held here, and of the platform's own."""
    message = evaluation.message
    held: list[MatrixName] = ["count", "argmax", "probability", "cooccurrence"]
    found = held if evaluation.numbers.has_counts and not only_sent(evaluation) else []
    if message is not None and message.confusion_matrix.matrix:
        found.append("platform_probability")
    if message is not None and message.cooccurrence_matrix.matrix:
        found.append("platform_cooccurrence")
    return found


def summary_words(evaluation: Evaluation) -> str:
    """Say the platform's own macro figures, each with its spread where one was sent; empty where none was."""
    sent = evaluation.platform_summary
    told = []
    for name, mean, spread in _FIGURES:
        value, around = sent.get(mean, math.nan), sent.get(spread, math.nan)
        if not math.isnan(value):
            told.append(f"{name} {number(value, 3)}" + ("" if math.isnan(around) else f" ± {number(around, 3)}"))
    if not told:
        return ""
    over = "concepts and folds" if evaluation.info.use_kfold else "concepts"
    return f"The platform's own summary, means over {over} at threshold 0.5: {listed(told, len(told))}."
