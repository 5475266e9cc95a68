"""What crosses to the browser as numbers; mirrored by ``js/src/protocol.ts``.

The curves travel as one binary trait that describes itself, so that header and numbers can never come from two
different states::

    uint32 (little endian): length of the header
    header: JSON, UTF-8, padded with zeros so that the arrays start at a multiple of 8
    arrays: each at the offset its entry in the header gives, a multiple of 8, from the start of the arrays

Counts are sent, rates are derived: with K concepts and S stops, ``tps[k * S + s]`` is how many inputs labelled with
concept k score at least ``stops[s]``.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PROTOCOL", "Caption", "encode_curves", "exact_stop", "threshold_stops"]

PROTOCOL = 1
GRID = np.arange(101) / 100
MAX_STOPS = 1000
MAX_VERTICES = 100_000
_TYPES = {"f8": "<f8", "f4": "<f4", "u4": "<u4"}


@dataclass(frozen=True)
class Caption:
    """The words that go with an evaluation on screen."""

    run: str
    """Key of the run it belongs to."""
    title: str
    """What was evaluated."""
    kind: str
    """``cross-validation``, ``score`` or ``scores``."""
    kind_label: str
    """The kind in the user's words, with the data and, if any, the folds."""
    notes: tuple[str, ...] = ()
    """What to be careful about."""


def threshold_stops(evaluation: Evaluation) -> NDArray[np.float64]:
    """Where the threshold slider may stop, ascending in [0, 1], shape (S,).

    The 0.01 grid and the distinct scores pooled over the concepts, thinned by quantile when there are many.
    """
    if evaluation.source == "platform_curves":
        return GRID
    room = MAX_STOPS - len(GRID)
    # Each concept is thinned first, so that pooling a million scores stays cheap.
    distinct = [_thinned(evaluation.counts(concept).thresholds[1:], 4 * room) for concept in evaluation.concepts]
    pooled = np.unique(np.concatenate(distinct)) if distinct else np.empty(0)
    own = pooled[~np.isin(pooled, GRID.astype(pooled.dtype))]
    return np.union1d(GRID, _thinned(own, room).astype(np.float64))


def exact_stop(evaluation: Evaluation, threshold: float, *, run: str, revision: int) -> dict[str, Any] | None:
    """The exact counts at a threshold that is no stop; None where there are no counts."""
    if evaluation.source == "platform_curves":
        return None
    pairs = [evaluation.counts(concept).at(threshold) for concept in evaluation.concepts]
    return {
        "run": run,
        "revision": revision,
        "threshold": threshold,
        "tps": [int(tps) for tps, _ in pairs],
        "fps": [int(fps) for _, fps in pairs],
    }


def encode_curves(evaluation: Evaluation, caption: Caption, *, revision: int) -> bytes:
    """Pack an evaluation for the browser.

    Parameters
    ----------
    evaluation
        Complete or not; one without any input yet gives empty curves.
    caption
        The words that go with it.
    revision
        A number that grows with every state of the same run.
    """
    arrays = _rate_arrays(evaluation) if evaluation.source == "platform_curves" else _count_arrays(evaluation)
    fold_numbers = _folds(evaluation)
    arrays |= _fold_arrays(evaluation, fold_numbers)
    header = {
        "protocol": PROTOCOL,
        "run": caption.run,
        "revision": revision,
        "title": caption.title,
        "kind": caption.kind,
        "kind_label": caption.kind_label,
        "complete": evaluation.complete,
        "dtype": str(evaluation.score_array.dtype),
        "source": evaluation.source,
        "source_label": _source_label(evaluation),
        "notes": list(caption.notes),
        "inputs": evaluation.num_inputs,
        "inputs_total": evaluation.info.inputs or 0,
        "folds": fold_numbers,
        "folds_total": evaluation.info.folds or len(fold_numbers),
        **_figures(evaluation, fold_numbers),
    }
    return _pack(header, arrays)


def _figures(evaluation: Evaluation, folds: list[int]) -> dict[str, Any]:
    """The single numbers: class sizes and areas, by concept and as macro."""
    concepts, aucs, by_fold = [], [], []
    for concept in evaluation.concepts:
        num_pos, num_neg, auc, reason = _concept_figures(evaluation, concept)
        fold_aucs = [metrics.roc_auc(evaluation.fold_counts(fold, concept)) for fold in folds]
        aucs.append(auc)
        by_fold.append(fold_aucs)
        concepts.append(
            {
                "id": concept,
                "name": evaluation.concept_names.get(concept, concept),
                "num_pos": num_pos,
                "num_neg": num_neg,
                "roc_auc": _number(auc),
                "reason": reason,
                "fold_roc_auc": _spread(fold_aucs) if folds else None,
            }
        )
    mean, _, averaged = metrics.mean_defined(aucs)
    flat = [value for fold_aucs in by_fold for value in fold_aucs]
    macro = {
        "roc_auc": _number(mean),
        "averaged": averaged,
        "left_out": [entry["id"] for entry in concepts if entry["roc_auc"] is None],
        "fold_roc_auc": {**_spread(flat), "folds": len(folds)} if folds else None,
    }
    return {"concepts": concepts, "macro": macro}


def _concept_figures(evaluation: Evaluation, concept: str) -> tuple[int, int, float, str]:
    if evaluation.source == "platform_curves":
        curve = evaluation.platform_curves.get(concept)
        if curve is None:
            return 0, 0, float("nan"), "the server sent no curve"
        return curve.num_pos, curve.num_neg, curve.roc_auc, ""
    counts = evaluation.counts(concept)
    return counts.num_pos, counts.num_neg, metrics.roc_auc(counts), metrics.undefined_reason(counts)


def _count_arrays(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    stops = threshold_stops(evaluation)
    counts = [evaluation.counts(concept) for concept in evaluation.concepts]
    at_stops = [one.at(stops) for one in counts]
    cap = max(200, min(2000, MAX_VERTICES // max(1, len(counts))))
    corners = [_thinned(metrics.roc_vertices(one), cap) for one in counts]
    macro_fpr, macro_tpr = metrics.macro_roc(counts)
    kept = _thinned(np.arange(len(macro_fpr)), 4 * cap)
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


def _rate_arrays(evaluation: Evaluation) -> dict[str, NDArray[Any]]:
    """The platform's own curves: rates only, for counts cannot be had from them."""
    nothing = np.full(len(GRID), np.nan)
    curves = [evaluation.platform_curves.get(concept) for concept in evaluation.concepts]

    def on_grid(thresholds: Any, rates: Any) -> NDArray[Any]:
        """Put rates, each list in its own order of thresholds, on the ascending grid."""
        values = nothing.copy()
        slots = np.rint(np.asarray(thresholds, dtype=float) * 100).astype(int)
        values[slots] = np.asarray(rates, dtype=float)
        return values

    points = [(np.asarray(c.fpr, float), np.asarray(c.tpr, float)) if c else (nothing[:0], nothing[:0]) for c in curves]
    ordered = [np.lexsort((tpr, fpr)) for fpr, tpr in points]
    return {
        "stops": GRID.astype("<f8"),
        "rate_tpr": _joined([on_grid(c.roc_thresholds, c.tpr) if c else nothing for c in curves], "f8"),
        "rate_fpr": _joined([on_grid(c.roc_thresholds, c.fpr) if c else nothing for c in curves], "f8"),
        "rate_precision": _joined([on_grid(c.pr_thresholds, c.precision) if c else nothing for c in curves], "f8"),
        "roc_rate_offsets": _offsets([fpr for fpr, _ in points]),
        "roc_rate_fpr": _joined([fpr[index] for (fpr, _), index in zip(points, ordered, strict=True)], "f8"),
        "roc_rate_tpr": _joined([tpr[index] for (_, tpr), index in zip(points, ordered, strict=True)], "f8"),
        "macro_fpr": GRID.astype("<f8"),
        "macro_tpr": _macro_of_rates(points, ordered).astype("<f8"),
    }


def _macro_of_rates(
    points: list[tuple[NDArray[Any], NDArray[Any]]], ordered: list[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """The vertical average of curves given as rates, on the 0.01 grid of false positive rates."""
    heights = [
        np.interp(GRID, fpr[index], tpr[index]) for (fpr, tpr), index in zip(points, ordered, strict=True) if len(fpr)
    ]
    return np.mean(heights, axis=0) if heights else np.full(len(GRID), np.nan)


def _fold_arrays(evaluation: Evaluation, folds: list[int]) -> dict[str, NDArray[Any]]:
    """Each fold's ROC and F1, by concept and then as the macro average."""
    fprs: list[NDArray[Any]] = []
    tprs: list[NDArray[Any]] = []
    f1s: list[NDArray[Any]] = []
    for fold in folds:
        counts = [evaluation.fold_counts(fold, concept) for concept in evaluation.concepts]
        on_grid = [_f1_on_grid(one) for one in counts]
        for one in counts:
            index = _thinned(metrics.roc_vertices(one), 200)
            fprs.append(metrics.ratio(one.fps[index], one.num_neg))
            tprs.append(metrics.ratio(one.tps[index], one.num_pos))
        macro_fpr, macro_tpr = metrics.macro_roc(counts)
        kept = _thinned(np.arange(len(macro_fpr)), 400)
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
    tps, fps = counts.at(GRID)
    return np.asarray(metrics.f1(tps, fps, counts.num_pos))


def _mean_of_defined(rows: list[NDArray[Any]]) -> NDArray[Any]:
    values = np.asarray(rows)
    defined = ~np.isnan(values)
    return np.asarray(metrics.ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0)))


def _folds(evaluation: Evaluation) -> list[int]:
    return [] if evaluation.folds is None else [int(fold) for fold in np.unique(evaluation.folds)]


def _source_label(evaluation: Evaluation) -> str:
    return {
        "test_set": "Counted from every prediction of the test set",
        "scores": "Counted from the scores given",
        "platform_curves": "The platform's curves: rates at 101 thresholds, rounded to 4 decimals",
    }[evaluation.source]


def _spread(values: Sequence[float]) -> dict[str, Any]:
    mean, std, folds = metrics.mean_defined(values)
    return {"mean": _number(mean), "std": _number(std), "folds": folds}


def _number(value: float) -> float | None:
    """NaN is not JSON: undefined is null."""
    return float(value) if np.isfinite(value) else None


def _thinned(values: NDArray[Any], most: int) -> NDArray[Any]:
    """At most so many of the values, evenly by rank, the first and the last among them."""
    if len(values) <= most:
        return values
    return values[np.unique(np.linspace(0, len(values) - 1, most).round().astype(np.intp))]


def _joined(parts: Sequence[NDArray[Any]], kind: str) -> NDArray[Any]:
    return np.concatenate([np.empty(0), *parts]).astype(_TYPES[kind])


def _offsets(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.cumsum([0, *(len(part) for part in parts)]).astype(_TYPES["u4"])


def _pack(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    chunks, layout, offset = [], {}, 0
    for name, values in arrays.items():
        layout[name] = {"type": f"{values.dtype.kind}{values.dtype.itemsize}", "offset": offset, "length": len(values)}
        chunk = values.tobytes()
        chunks.append(chunk + b"\0" * (-len(chunk) % 8))
        offset += len(chunks[-1])
    text = json.dumps({**header, "arrays": layout}, allow_nan=False).encode()
    return struct.pack("<I", len(text)) + text + b"\0" * (-(4 + len(text)) % 8) + b"".join(chunks)
