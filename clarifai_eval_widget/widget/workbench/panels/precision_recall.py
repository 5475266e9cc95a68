"""Each concept's precision–recall curve as steps, and their average, with the areas below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.arrays import joined, offsets
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import around, curve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

MAX_ROWS = 50_000  # at most 0.4 MB of counts, however many concepts
_MACRO_STEPS = 2000
_MAX_OF_FOLDS = 20_000  # 0.2 MB; a fold is drawn faintly
_MACRO_OF_A_FOLD = 400


class PrecisionRecallHead(TypedDict):
    """The areas under the curves."""

    average_precision: list[float | None]
    """By concept; null where undefined."""
    reasons: list[str]
    """By concept: why it is undefined, empty where it is not."""
    macro: float | None
    """The mean of the defined ones."""
    averaged: int
    """Over how many concepts that is."""
    macro_reason: str
    """Why no average is drawn, empty when one is."""


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    counted = evaluation.numbers.has_counts
    arrays = _from_counts(evaluation) if counted else _from_rates(evaluation)
    return Section(_head(evaluation), arrays | _folds(evaluation))


def _head(evaluation: Evaluation) -> PrecisionRecallHead:
    told = [evaluation.numbers.average_precision(concept) for concept in evaluation.concepts]
    mean, _, averaged = metrics.mean_defined([value for value, _ in told])
    return {
        "average_precision": [or_null(value) for value, _ in told],
        "reasons": [reason or ("" if np.isfinite(value) else "not sent") for value, reason in told],
        "macro": or_null(mean),
        "averaged": averaged,
        "macro_reason": _macro_reason(evaluation, averaged),
    }


def _macro_reason(evaluation: Evaluation, averaged: int) -> str:
    if not evaluation.numbers.has_counts:
        return "the server sent rates at 101 thresholds only, whose average has another area than the one it reports"
    return "" if averaged else "no concept has positives"


def _from_counts(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    counts = evaluation.all_counts()
    most = max(200, min(2000, MAX_ROWS // max(1, len(counts))))
    rows = [metrics.thin_precision_recall(one, most).rows if one.num_pos else np.empty(0, np.intp) for one in counts]
    recall, precision = metrics.macro_precision_recall(counts, _MACRO_STEPS)
    return {
        "offsets": offsets(rows),
        "fps": joined([one.fps[index] for one, index in zip(counts, rows, strict=True)], "u4"),
        "tps": joined([one.tps[index] for one, index in zip(counts, rows, strict=True)], "u4"),
        "macro_recall": recall,
        "macro_precision": precision,
    }


def _from_rates(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    outlines = [evaluation.numbers.precision_recall_outline(concept) for concept in evaluation.concepts]
    return {
        "offsets": offsets([recall for recall, _ in outlines]),
        "recall": joined([recall for recall, _ in outlines], "f8"),
        "precision": joined([precision for _, precision in outlines], "f8"),
        "macro_recall": np.empty(0),
        "macro_precision": np.empty(0),
    }


def _folds(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """Each fold's curve, by concept and then as the macro average."""
    folds = evaluation.fold_numbers
    if not folds:
        return {}
    most = max(4, min(200, _MAX_OF_FOLDS // (len(folds) * (len(evaluation.concepts) + 1))))
    curves: list[tuple[NDArray[Any], NDArray[Any]]] = []
    for fold in folds:
        counts = [evaluation.fold_counts(fold, concept) for concept in evaluation.concepts]
        for one in counts:
            rows = metrics.thin_precision_recall(one, most).rows if one.num_pos else np.empty(0, np.intp)
            rows = rows[one.tps[rows] + one.fps[rows] > 0]  # where nothing is predicted precision is undefined
            found = metrics.precision(one.tps[rows], one.fps[rows])
            curves.append((metrics.ratio(one.tps[rows], one.num_pos), found))
        curves.append(metrics.macro_precision_recall(counts, _MACRO_OF_A_FOLD))
    recalls, precisions = zip(*curves, strict=True)
    offset = offsets(list(recalls))
    return {
        "fold_offsets": offset,
        "fold_recall": joined(list(recalls), "f4"),
        "fold_precision": joined(list(precisions), "f4"),
    }


PANEL = Panel(
    "precision_recall",
    travels=False,
    encode=_encode,
    taken=curve("precision_recall_curve", "plot_precision_recall", around),
    in_tabs=True,
    bake=lambda _evaluation, _baking: ({},),
    head=PrecisionRecallHead,
    # Rows of concept k are those from offsets[k] to offsets[k + 1], by descending threshold: counts where there are
    # counts, else rates. A row's precision holds from the recall of the row before it.
    arrays={"offsets": "u4", "macro_recall": "f8", "macro_precision": "f8"},
    optional_arrays={
        "fps": "u4",
        "tps": "u4",
        "recall": "f8",
        "precision": "f8",
        # Fold f's curve of concept k is entry f * (K + 1) + k; k = K is the fold's macro average.
        "fold_offsets": "u4",
        "fold_recall": "f4",
        "fold_precision": "f4",
    },
)
