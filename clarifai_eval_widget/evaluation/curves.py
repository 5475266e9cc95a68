"""Curves and matrices of an evaluation as tidy DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.stops import threshold_stops
from clarifai_eval_widget.evaluation.tables import SOURCE_LABELS, rate_at, thresholds_of
from clarifai_eval_widget.metrics.arrays import to_dtype
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = [
    "MACRO",
    "MatrixKind",
    "confusion_matrix",
    "macro_id",
    "macro_words",
    "precision_recall_frame",
    "roc_frame",
    "sweep_frame",
]

MACRO = "macro average"
MatrixKind = Literal["count", "argmax", "probability"]
_BLOCK = 1 << 16


def macro_id(e: EvaluationData) -> str:
    """Return what stands for the macro average beside the concepts: an id that none of them has."""
    found = MACRO
    while found in e.concepts:
        found += " of all"
    return found


def macro_words(e: EvaluationData, limit: int = 20) -> str:
    """Say how many concepts a macro ROC averages, and which it leaves out for what reason."""
    reasons = {concept: e.undefined_reason(concept) for concept in e.concepts}
    left_out = [f"{concept} ({why})" for concept, why in reasons.items() if why]
    told = f"mean of {len(reasons) - len(left_out)} of {len(reasons)} concepts"
    return told + (f"; left out: {listed(left_out, limit)}" if left_out else "")


def _frame(e: EvaluationData, parts: Sequence[dict[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    """Stack one part a concept into a tidy frame; ids and reasons as categories, counts as integers."""
    import pandas as pd

    sizes = [len(part["threshold"]) for part in parts]
    labels = [part["concept"] for part in parts]
    columns: dict[str, Any] = {
        "concept": pd.Categorical.from_codes(np.repeat(np.arange(len(parts)), sizes), categories=labels)
    }
    for name in names:
        pieces = [part.get(name) for part in parts]
        whole = name in ("tp", "fp", "fn", "tn")
        filled = [
            np.full(size, np.nan) if piece is None else np.asarray(piece)
            for piece, size in zip(pieces, sizes, strict=True)
        ]
        values = np.concatenate(filled) if filled else np.empty(0)
        columns[name] = pd.array(values, dtype="Int64") if whole else values
    columns["reason"] = _categories([part["reason"] for part in parts], sizes)
    frame = pd.DataFrame(columns)
    frame["source"] = pd.Categorical.from_codes(np.zeros(len(frame), np.int8), categories=[SOURCE_LABELS[e.source]])
    return frame


def _categories(reasons: Sequence[Any], sizes: Sequence[int]) -> pd.Categorical:
    """Encode reasons without touching a million strings.

    A part's reason is one text for all its rows, a list of texts and each row's index into it, or, for a few
    rows, an array of texts.
    """
    import pandas as pd

    codes, known = [], {"": 0}
    for reason, size in zip(reasons, sizes, strict=True):
        if isinstance(reason, str):
            codes.append(np.full(size, known.setdefault(reason, len(known)), np.int32))
        else:
            texts, where = reason if isinstance(reason, tuple) else np.unique(reason.astype(str), return_inverse=True)
            numbers = [known.setdefault(str(text), len(known)) for text in texts]
            codes.append(np.array(numbers, np.int32)[where.astype(np.int64)])
    return pd.Categorical.from_codes(np.concatenate([np.empty(0, np.int32), *codes]), categories=list(known))


def roc_frame(e: EvaluationData, concept: str | None) -> pd.DataFrame:
    """Tabulate ROC curves; see :meth:`Evaluation.roc_curve`."""
    parts: list[dict[str, Any]] = []
    for one in e.concepts if concept is None else [concept]:
        e.column(one)
        reason = e.undefined_reason(one)
        if e.source == "platform_curves":
            curve = e.platform_curves.get(one)
            points = (curve.roc_thresholds, curve.fpr, curve.tpr) if curve else (np.empty(0),) * 3
            parts.append(dict(zip(("threshold", "fpr", "tpr"), points, strict=True)))
        else:
            c = e.counts(one)
            fpr, tpr, thresholds = metrics.roc_curve(c)
            parts.append({"threshold": thresholds, "fpr": fpr, "tpr": tpr, "tp": c.tps, "fp": c.fps})
        parts[-1] |= {"concept": one, "reason": reason}
    if concept is None and e.source != "platform_curves" and e.concepts:
        fpr, tpr = metrics.macro_roc(e.all_counts())
        parts.append(
            {
                "concept": macro_id(e),
                "threshold": np.full(len(fpr), np.nan),
                "fpr": fpr,
                "tpr": tpr,
                "reason": macro_words(e),
            }
        )
    return _frame(e, parts, ("threshold", "fpr", "tpr", "tp", "fp"))


def precision_recall_frame(e: EvaluationData, concept: str | None) -> pd.DataFrame:
    """Tabulate precision–recall curves; see :meth:`Evaluation.precision_recall_curve`."""
    parts = []
    for one in e.concepts if concept is None else [concept]:
        e.column(one)
        if e.source == "platform_curves":
            curve = e.platform_curves.get(one)
            points = (curve.pr_thresholds, curve.precision, curve.recall) if curve else (np.empty(0),) * 3
            part: dict[str, Any] = dict(zip(("threshold", "precision", "recall"), points, strict=True))
            # the platform writes 1 where nothing is predicted
            empty = (part["recall"] == 0.0) & (part["precision"] == 1.0)
            part["precision"] = np.where(empty, np.nan, part["precision"])
            part["reason"] = ["", "nothing predicted"], empty
        else:
            c = e.counts(one)
            precision, recall, thresholds = metrics.precision_recall_curve(c)
            part = {"threshold": thresholds, "precision": precision, "recall": recall, "tp": c.tps, "fp": c.fps}
            why = metrics.undefined_reason(c, needs_negatives=False)
            # only the first row predicts nothing
            part["reason"] = [why, "; ".join(filter(None, [why, "nothing predicted"]))], np.isnan(precision)
        parts.append(part | {"concept": one})
    return _frame(e, parts, ("threshold", "precision", "recall", "tp", "fp"))


def sweep_frame(e: EvaluationData, concept: str | None, thresholds: ArrayLike | None) -> pd.DataFrame:
    """Tabulate rates and counts over thresholds; see :meth:`Evaluation.threshold_sweep`."""
    stops = threshold_stops(e) if thresholds is None else np.atleast_1d(np.asarray(thresholds, np.float64))
    if np.isnan(stops).any():
        raise ValueError("A threshold is not a number (NaN); give numbers, usually between 0 and 1.")
    read = _rates_swept if e.source == "platform_curves" else _counts_swept
    chosen = e.concepts if concept is None else (concept,)
    parts = [read(e, one, stops) for one in chosen]
    if concept is None and parts:
        parts.append(_macro_swept(macro_id(e), parts, stops))
    return _frame(e, parts, ("threshold", "tp", "fp", "fn", "tn", "precision", "recall", "f1", "fpr"))


def _counts_swept(e: EvaluationData, concept: str, stops: NDArray[np.float64]) -> dict[str, Any]:
    e.column(concept)
    c = e.counts(concept)
    tps, fps = c.at(stops)
    reason = np.full(len(stops), e.undefined_reason(concept), object)
    reason[(tps + fps) == 0] = "; ".join(filter(None, [e.undefined_reason(concept), "nothing predicted"]))
    return {
        "concept": concept,
        "threshold": stops,
        "tp": tps,
        "fp": fps,
        "fn": c.num_pos - tps,
        "tn": c.num_neg - fps,
        "precision": metrics.precision(tps, fps),
        "recall": np.broadcast_to(metrics.recall(tps, c.num_pos), stops.shape),
        "f1": metrics.f1(tps, fps, c.num_pos),
        "fpr": np.broadcast_to(metrics.ratio(fps, c.num_neg), stops.shape),
        "reason": reason,
    }


def _rates_swept(e: EvaluationData, concept: str, stops: NDArray[np.float64]) -> dict[str, Any]:
    e.column(concept)
    curve = e.platform_curves.get(concept)
    nothing = np.full(len(stops), np.nan)
    part: dict[str, Any] = {"concept": concept, "threshold": stops, "reason": np.full(len(stops), "", object)}
    if curve is None:
        return part | dict.fromkeys(("precision", "recall", "f1", "fpr"), nothing) | {"reason": "no curve sent"}
    recall = np.array([rate_at(curve.pr_thresholds, curve.recall, stop) for stop in stops])
    precision = np.array([rate_at(curve.pr_thresholds, curve.precision, stop) for stop in stops])
    part["fpr"] = np.array([rate_at(curve.roc_thresholds, curve.fpr, stop) for stop in stops])
    empty = (recall == 0.0) & ((part["fpr"] == 0.0) | np.isnan(part["fpr"]))
    part["reason"][empty] = "nothing predicted"
    part["precision"] = np.where(empty, np.nan, precision)
    part["recall"] = recall
    part["f1"] = metrics.ratio(2 * np.where(empty, 0.0, precision) * recall, np.where(empty, 1.0, precision + recall))
    return part


def _macro_swept(label: str, parts: Sequence[dict[str, Any]], stops: NDArray[np.float64]) -> dict[str, Any]:
    """Average rates over the concepts that have them; counts are sums."""
    macro: dict[str, Any] = {"concept": label, "threshold": stops}
    words = np.full(len(stops), "", object)
    for name in ("precision", "recall", "f1", "fpr"):
        values = np.stack([part[name] for part in parts])
        defined = (~np.isnan(values)).sum(axis=0)
        macro[name] = metrics.ratio(np.nansum(values, axis=0), defined)
        for index in np.flatnonzero(defined < len(parts)):
            words[index] += f"{'; ' if words[index] else ''}{name} averages {defined[index]} of {len(parts)}"
    if all("tp" in part for part in parts):
        macro |= {name: np.sum([part[name] for part in parts], axis=0) for name in ("tp", "fp", "fn", "tn")}
    return macro | {"reason": words}


def confusion_matrix(e: EvaluationData, threshold: float | Mapping[str, Any], kind: MatrixKind) -> pd.DataFrame:
    """Cross labels with predictions; see :meth:`Evaluation.confusion_matrix`."""
    import pandas as pd

    if kind not in ("count", "argmax", "probability"):
        raise ValueError(f'kind={kind!r} is not known; choose "count", "argmax" or "probability".')
    source = SOURCE_LABELS[e.source]
    if e.source == "platform_curves":
        values = _platform_matrix(e, kind)
        source = "platform confusion matrix"
    elif kind == "probability":
        sent = np.ones(e.score_array.shape, bool) if e.sent is None else e.sent
        values = metrics.ratio(_crossed(e, e.score_array, e.sent), _crossed(e, sent, e.sent))
    elif kind == "count":
        limits = to_dtype(thresholds_of(e, threshold), e.score_array.dtype)
        # a score cut off a list counts as 0, here as in the table; one of which nothing is known does not
        known = None if e.excluded is None else ~e.excluded
        values = _crossed(e, e.score_array >= limits, known).astype(np.int64)
    else:
        values = _crossed(e, _top(e.score_array, e.sent), e.sent).astype(np.int64)
    frame = pd.DataFrame(
        values.reshape(len(e.concepts), len(e.concepts)),
        index=pd.Index(e.concepts, name="actual", dtype="str"),
        columns=pd.Index(e.concepts, name="predicted", dtype="str"),
    )
    frame.attrs.update(source=source, kind=kind, num_inputs=e.num_inputs)
    return frame


def _top(scores: NDArray[Any], sent: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    top = np.zeros(scores.shape, bool)
    if scores.size:
        held = scores if sent is None else np.where(sent, scores, -1.0)
        top[np.arange(len(scores)), held.argmax(axis=1)] = True
    return top


def _crossed(e: EvaluationData, values: NDArray[Any], known: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Sum `values` (N, K), where known, over the inputs labelled with each concept."""
    total = np.zeros((len(e.concepts), len(e.concepts)))
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        weights = values[rows].astype(np.float64)
        if known is not None:
            weights = np.where(known[rows], weights, 0.0)
        total += e.label_array[rows].T.astype(np.float64) @ weights
    return total


def _platform_matrix(e: EvaluationData, kind: str) -> NDArray[np.float64]:
    matrix = e.message.confusion_matrix.matrix if e.message is not None else ()
    if kind != "probability" or not len(matrix):
        raise EvalError(
            f'A confusion matrix of kind {kind!r} needs the test set, which was not sent; kind="probability" can come '
            "from the platform's own matrix, when that was asked for."
        )
    values = np.full((len(e.concepts), len(e.concepts)), np.nan)
    for entry in matrix:
        actual, predicted = entry.actual_concept.id or entry.actual, entry.predicted_concept.id or entry.predicted
        if actual in e.concepts and predicted in e.concepts:
            values[e.column(actual), e.column(predicted)] = entry.value
    return values
