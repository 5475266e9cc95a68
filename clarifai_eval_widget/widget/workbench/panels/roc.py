"""The corners of each concept's ROC, of the macro average, and of each fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.arrays import joined, offsets
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import around, curve, zoomed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]

MAX_VERTICES = 50_000  # with MAX_STOPS: at most 2 MB for 100 concepts and 5 folds
_MAX_OF_FOLDS = 20_000  # 0.2 MB; a fold is drawn faintly
_MACRO_OF_A_FOLD = 400


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    pooled = _from_counts(evaluation) if evaluation.numbers.has_counts else _from_rates(evaluation)
    return Section({}, pooled | _folds(evaluation))


def _from_counts(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    counts = evaluation.all_counts()
    cap = max(100, min(2000, MAX_VERTICES // max(1, len(counts))))
    thinned = in_threads(lambda k: metrics.thin_roc(counts[k], cap), range(len(counts)), work=sum(map(len, counts)))
    corners = [one.rows for one in thinned]
    macro_fpr, macro_tpr = evaluation.numbers.macro_roc_outline(4 * cap)
    return {
        "offsets": offsets(corners),
        "fps": joined([one.fps[index] for one, index in zip(counts, corners, strict=True)], "u4"),
        "tps": joined([one.tps[index] for one, index in zip(counts, corners, strict=True)], "u4"),
        "macro_fpr": macro_fpr,
        "macro_tpr": macro_tpr,
    }


def _from_rates(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    points = [evaluation.numbers.roc_outline(concept) for concept in evaluation.concepts]
    macro_fpr, macro_tpr = evaluation.numbers.macro_roc()
    return {
        "offsets": offsets([fpr for fpr, _ in points]),
        "fpr": joined([fpr for fpr, _ in points], "f8"),
        "tpr": joined([tpr for _, tpr in points], "f8"),
        "macro_fpr": macro_fpr,
        "macro_tpr": macro_tpr,
    }


def _folds(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """Each fold's ROC, by concept and then as the macro average."""
    folds = evaluation.fold_numbers
    if not folds:
        return {}
    fprs: list[NDArray[Any]] = []
    tprs: list[NDArray[Any]] = []
    cap = max(4, min(200, _MAX_OF_FOLDS // (len(folds) * (len(evaluation.concepts) + 1))))
    for fold in folds:
        counts = [evaluation.fold_counts(fold, concept) for concept in evaluation.concepts]
        for one in counts:
            corners = metrics.thin_roc(one, cap).rows
            fprs.append(metrics.ratio(one.fps[corners], one.num_neg))
            tprs.append(metrics.ratio(one.tps[corners], one.num_pos))
        macro_fpr, macro_tpr = metrics.thin_macro_roc(counts, _MACRO_OF_A_FOLD)
        fprs.append(macro_fpr)
        tprs.append(macro_tpr)
    return {"fold_offsets": offsets(fprs), "fold_fpr": joined(fprs, "f4"), "fold_tpr": joined(tprs, "f4")}


PANEL = Panel(
    "roc",
    travels=True,
    encode=_encode,
    taken=curve("roc_curve", "plot_roc", lambda look: around(look) | zoomed(look)),
    in_tabs=True,
    # Corners of concept k are those from offsets[k] to offsets[k + 1]: counts where there are counts, else rates.
    arrays={"offsets": "u4", "macro_fpr": "f8", "macro_tpr": "f8"},
    optional_arrays={
        "fps": "u4",
        "tps": "u4",
        "fpr": "f8",
        "tpr": "f8",
        # Fold f's curve of concept k is entry f * (K + 1) + k; k = K is the fold's macro average.
        "fold_offsets": "u4",
        "fold_fpr": "f4",
        "fold_tpr": "f4",
    },
)
