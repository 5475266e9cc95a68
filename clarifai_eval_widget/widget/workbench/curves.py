"""An evaluation as the arrays the page draws from: counts at the slider's stops, and the corners of each curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.evaluation.stops import thinned, threshold_stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["count_arrays", "fold_arrays", "fold_numbers", "rate_arrays"]

MAX_VERTICES = 50_000  # with MAX_STOPS: at most 2 MB for 100 concepts and 5 folds
_TYPES = {"f8": "<f8", "f4": "<f4", "u4": "<u4"}


def count_arrays(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """Counts at every stop, and the corners of each concept's ROC, from the test set or given scores."""
    stops = threshold_stops(evaluation)
    counts = [evaluation.counts(concept) for concept in evaluation.concepts]
    at_stops = [one.at(stops) for one in counts]
    cap = max(200, min(2000, MAX_VERTICES // max(1, len(counts))))
    corners = [thinned(metrics.roc_vertices(one), cap) for one in counts]
    macro_fpr, macro_tpr = metrics.macro_roc(counts)
    kept = thinned(np.arange(len(macro_fpr)), 4 * cap)
    return {
        "stops": stops.astype("<f8"),
        "tps": _joined([tps for tps, _ in at_stops], "u4"),
        "fps": _joined([fps for _, fps in at_stops], "u4"),
        "roc_offsets": _offsets(corners),
        "roc_fps": _joined([one.fps[index] for one, index in zip(counts, corners, strict=True)], "u4"),
        "roc_tps": _joined([one.tps[index] for one, index in zip(counts, corners, strict=True)], "u4"),
        "macro_fpr": macro_fpr[kept].astype("<f8"),
        "macro_tpr": macro_tpr[kept].astype("<f8"),
    }


def rate_arrays(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """The platform's own curves: rates only, for counts cannot be had from them."""
    nothing = np.full(len(metrics.HUNDREDTHS), np.nan)
    curves = [evaluation.platform_curves.get(concept) for concept in evaluation.concepts]

    def on_grid(thresholds: Any, rates: Any) -> NDArray[Any]:
        """Put rates, each list in its own order of thresholds, on the ascending grid."""
        values = nothing.copy()
        at = np.asarray(thresholds, dtype=float)
        known = (at >= 0) & (at <= 1)  # not every server sends thresholds, and some send one above every score
        values[np.rint(at[known] * 100).astype(int)] = np.asarray(rates, dtype=float)[known]
        return values

    points = [(np.asarray(c.fpr, float), np.asarray(c.tpr, float)) if c else (nothing[:0], nothing[:0]) for c in curves]
    ordered = [np.lexsort((tpr, fpr)) for fpr, tpr in points]
    return {
        "stops": metrics.HUNDREDTHS.astype("<f8"),
        "rate_tpr": _joined([on_grid(c.roc_thresholds, c.tpr) if c else nothing for c in curves], "f8"),
        "rate_fpr": _joined([on_grid(c.roc_thresholds, c.fpr) if c else nothing for c in curves], "f8"),
        "rate_precision": _joined([on_grid(c.pr_thresholds, c.precision) if c else nothing for c in curves], "f8"),
        "roc_rate_offsets": _offsets([fpr for fpr, _ in points]),
        "roc_rate_fpr": _joined([fpr[index] for (fpr, _), index in zip(points, ordered, strict=True)], "f8"),
        "roc_rate_tpr": _joined([tpr[index] for (_, tpr), index in zip(points, ordered, strict=True)], "f8"),
        "macro_fpr": metrics.HUNDREDTHS.astype("<f8"),
        "macro_tpr": _macro_of_rates(points, ordered).astype("<f8"),
    }


def _macro_of_rates(
    points: list[tuple[NDArray[Any], NDArray[Any]]], ordered: list[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """The vertical average of curves given as rates, on the 0.01 grid of false positive rates."""
    heights = [
        np.interp(metrics.HUNDREDTHS, fpr[index], tpr[index])
        for (fpr, tpr), index in zip(points, ordered, strict=True)
        if len(fpr)
    ]
    return np.mean(heights, axis=0) if heights else np.full(len(metrics.HUNDREDTHS), np.nan)


def fold_arrays(evaluation: Evaluation, folds: list[int]) -> dict[str, NDArray[Any]]:
    """Each fold's ROC and F1, by concept and then as the macro average."""
    fprs: list[NDArray[Any]] = []
    tprs: list[NDArray[Any]] = []
    f1s: list[NDArray[Any]] = []
    cap = max(50, min(200, MAX_VERTICES // max(1, len(folds) * (len(evaluation.concepts) + 1))))
    for fold in folds:
        counts = [evaluation.fold_counts(fold, concept) for concept in evaluation.concepts]
        on_grid = [_f1_on_grid(one) for one in counts]
        for one in counts:
            index = thinned(metrics.roc_vertices(one), cap)
            fprs.append(metrics.ratio(one.fps[index], one.num_neg))
            tprs.append(metrics.ratio(one.tps[index], one.num_pos))
        macro_fpr, macro_tpr = metrics.macro_roc(counts)
        kept = thinned(np.arange(len(macro_fpr)), 400)
        fprs.append(macro_fpr[kept])
        tprs.append(macro_tpr[kept])
        f1s += [*on_grid, _mean_of_defined(on_grid)]
    if not folds:
        return {}
    return {
        "fold_offsets": _offsets(fprs),
        "fold_fpr": _joined(fprs, "f4"),
        "fold_tpr": _joined(tprs, "f4"),
        "fold_f1": _joined(f1s, "f4"),
    }


def _f1_on_grid(counts: metrics.Counts) -> NDArray[Any]:
    tps, fps = counts.at(metrics.HUNDREDTHS)
    return np.asarray(metrics.f1(tps, fps, counts.num_pos))


def _mean_of_defined(rows: list[NDArray[Any]]) -> NDArray[Any]:
    values = np.asarray(rows)
    defined = ~np.isnan(values)
    return np.asarray(metrics.ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0)))


def fold_numbers(evaluation: Evaluation) -> list[int]:
    """The folds that have come in, ascending; none when not cross-validating."""
    return [] if evaluation.folds is None else [int(fold) for fold in np.unique(evaluation.folds)]


def _joined(parts: Sequence[NDArray[Any]], kind: str) -> NDArray[Any]:
    return np.concatenate([np.empty(0), *parts]).astype(_TYPES[kind])


def _offsets(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.cumsum([0, *(len(part) for part in parts)]).astype(_TYPES["u4"])
