"""What the platform itself sent beside its predictions: its matrices, and its macro figures in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from clarifai_eval_widget.evaluation.reading.summary import unclear
from clarifai_eval_widget.words import listed, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.heads import MatrixName

__all__ = ["matrices_of", "only_sent", "only_sent_words", "sent_matrices", "summary_words"]

_FIGURES = (
    ("ROC AUC", "macro_avg_roc_auc", "macro_std_roc_auc"),
    ("F1", "macro_avg_f1_score", "macro_std_f1_score"),
    ("precision", "macro_avg_precision", ""),
    ("recall", "macro_avg_recall", ""),
)


def sent_matrices(evaluation: Evaluation) -> tuple[MatrixName, ...]:
    """Name the platform's own matrices, by the message that came last."""
    if not evaluation.received:
        return ()
    message = evaluation.received[-1]  # joined with the entries of earlier ones it may be large
    found: list[MatrixName] = ["platform_probability"] if message.confusion_matrix.matrix else []
    return (*found, "platform_cooccurrence") if message.cooccurrence_matrix.matrix else tuple(found)


def only_sent(evaluation: Evaluation, sent: Sequence[MatrixName] = ()) -> bool:
    """Whether there is nothing but what the platform itself averaged and counted: neither test set nor curves."""
    if evaluation.num_inputs or evaluation.platform_curves:
        return False
    return bool(evaluation.platform_summary or sent or sent_matrices(evaluation))


def only_sent_words(evaluation: Evaluation, sent: Sequence[MatrixName] = ()) -> str:
    """Say what there is where there is nothing but that."""
    names = {
        "platform_probability": "its matrix of mean scores",
        "platform_cooccurrence": "how often labels occur together",
    }
    held = ["its summary"] if evaluation.platform_summary else []
    held += [names[one] for one in sent or sent_matrices(evaluation)]
    return f"The server sent {listed(held)}, and no area, test set or curve."


def matrices_of(evaluation: Evaluation, sent: Sequence[MatrixName] = ()) -> list[MatrixName]:
    """Name the matrices of concepts that an evaluation has: of the inputs held here, and of the platform's own.

    Parameters
    ----------
    evaluation
        With the messages that it was read from or without.
    sent
        The platform's own, where it is without.
    """
    held: list[MatrixName] = ["count", "argmax", "probability", "cooccurrence"]
    found = held if evaluation.numbers.has_counts and not only_sent(evaluation, sent) else []
    return [*found, *(sent or sent_matrices(evaluation))]


def summary_words(evaluation: Evaluation) -> str:
    """Say the server's own macro figures, each with its spread where one was sent; empty where there is no summary.

    Whose summary it is, the page says before it: it knows who answered. One that was not sent is a dash, and a zero of
    which nobody can tell whether it was sent says that.
    """
    sent = evaluation.platform_summary
    if not sent:
        return ""
    doubtful = unclear(evaluation.received[-1], sent) if evaluation.received else []
    told = []
    for name, mean, spread in _FIGURES:
        value, around = sent.get(mean, math.nan), sent.get(spread, math.nan)
        aside = " (not sent)" if math.isnan(value) else " (or not sent)" if mean in doubtful else ""
        known = not math.isnan(value) and not math.isnan(around) and not {mean, spread} & set(doubtful)
        told.append(f"{name} {number(value, 3)}" + (f" ± {number(around, 3)}" if known else "") + aside)
    over = "concepts and folds together" if evaluation.info.use_kfold else "concepts"
    spread = f", ± the spread over {over}" if any("±" in one for one in told) else ""
    rates = not math.isnan(sent.get("macro_avg_f1_score", math.nan))
    counted = evaluation.numbers.has_counts and evaluation.num_inputs
    beside = f" {_beside_the_table(evaluation)}" if rates and counted else ""
    return f"own summary, means over {over} at threshold 0.5{spread}: {listed(told, len(told))}.{beside}"


def _beside_the_table(evaluation: Evaluation) -> str:
    """Say why the table's macro average may be another."""
    folds = evaluation.folds is not None
    pooled = "all folds' predictions together at the thresholds on screen" if folds else "the thresholds on screen"
    return (
        f"The table's macro average is of {pooled}, and its F1 is 0 where nothing is predicted, which is left out here."
    )
