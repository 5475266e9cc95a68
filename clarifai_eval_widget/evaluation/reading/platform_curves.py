"""Reading the platform's own curves, whatever is missing or odd about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve
from clarifai_eval_widget.evaluation.reading.info import figure
from clarifai_eval_widget.metrics.tolerance import TOLERANCE, clipped, outside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api import resources_pb2
    from numpy.typing import NDArray

    FloatArray = NDArray[np.floating[Any]]

__all__ = ["read_curves"]


def _aligned(field: str, parts: dict[str, Iterable[float]], notes: list[str]) -> list[FloatArray]:
    """Give curves of equal length, or empty ones with a note; thresholds may be absent."""
    arrays = {name: np.array(values, dtype=np.float64) for name, values in parts.items()}
    lengths = {name: len(values) for name, values in arrays.items()}
    if not any(lengths.values()):
        return list(arrays.values())
    rates = [name for name in arrays if name != "thresholds"]
    size = max(lengths[name] for name in rates)
    if lengths["thresholds"] == 0 and size:
        arrays["thresholds"] = np.full(size, np.nan)
        lengths["thresholds"] = size
        notes.append(f"{field}.thresholds were not sent: the curve is drawn, but has no thresholds to look up.")
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{length} {name}" for name, length in lengths.items())
        notes.append(f"{field} has lists of unequal length ({told}) and is left out.")
        return [np.empty(0) for _ in arrays]
    for name, values in arrays.items():
        # a "nothing predicted" threshold above every score, even infinity, is legitimate
        beyond = values < -TOLERANCE if name == "thresholds" else outside(values)
        wrong = np.flatnonzero(beyond)
        if len(wrong):
            value = values[wrong[0]]
            raise EvalError(f"{field}.{name}[{wrong[0]}] is {value}, but it must lie in 0 to 1.")
    known = rates if np.isnan(arrays["thresholds"]).all() else list(arrays)
    broken = np.isnan([arrays[name] for name in known]).any(axis=0)
    if broken.any():
        notes.append(f"{field} has {int(broken.sum())} points that are not a number; they are left out.")
    return [v[~broken] if name == "thresholds" else clipped(v[~broken]) for name, v in arrays.items()]


def _sent_auc(metrics: resources_pb2.BinaryMetrics, fpr: FloatArray, tpr: FloatArray) -> float:
    """Tell an area of 0 from one that was not sent."""
    area = float(metrics.roc_auc)
    if area != 0.0:
        return area
    rises = len(fpr) > 1 and abs(float(np.trapezoid(tpr, fpr))) > 1e-3
    both = metrics.num_pos > 0 and metrics.num_neg > 0
    return 0.0 if both and len(fpr) > 1 and not rises else np.nan


def _read_curve(metrics: resources_pb2.BinaryMetrics, field: str, notes: list[str]) -> PlatformCurve:
    roc, pr = metrics.roc_curve, metrics.precision_recall_curve
    fpr, tpr, roc_thresholds = _aligned(
        f"{field}.roc_curve", {"fpr": roc.fpr, "tpr": roc.tpr, "thresholds": roc.thresholds}, notes
    )
    precision, recall, pr_thresholds = _aligned(
        f"{field}.precision_recall_curve",
        {"precision": pr.precision, "recall": pr.recall, "thresholds": pr.thresholds},
        notes,
    )
    return PlatformCurve(
        fpr=fpr,
        tpr=tpr,
        roc_thresholds=roc_thresholds,
        precision=precision,
        recall=recall,
        pr_thresholds=pr_thresholds,
        roc_auc=figure(f"{field}.roc_auc", _sent_auc(metrics, fpr, tpr), notes),
        f1=figure(f"{field}.f1", metrics.f1, notes),
        avg_precision=figure(f"{field}.avg_precision", metrics.avg_precision, notes) or np.nan,
        num_pos=int(metrics.num_pos),
        num_neg=int(metrics.num_neg),
    )


def read_curves(
    message: resources_pb2.EvalMetrics, notes: list[str]
) -> tuple[dict[str, PlatformCurve], dict[str, str]]:
    """Read ``binary_metrics`` by concept id, noting what cannot be used.

    Returns
    -------
    curves, names
        Both by concept id, in the order sent.
    """
    curves: dict[str, PlatformCurve] = {}
    names: dict[str, str] = {}
    for index, metrics in enumerate(message.binary_metrics):
        field = f"binary_metrics[{index}]"
        concept = metrics.concept.id or metrics.concept.name
        if not concept:
            notes.append(f"{field} names no concept and is left out.")
        elif metrics.area_name:
            notes.append(f"{field} is for the area {metrics.area_name!r} of a detector and is left out.")
        elif concept in curves:
            notes.append(f"{field} repeats the concept {concept!r}; the first one is kept.")
        else:
            curves[concept] = _read_curve(metrics, field, notes)
            names[concept] = metrics.concept.name or concept
    return curves, names
