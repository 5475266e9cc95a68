"""What an evaluation is about, and the curves the platform computed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import EvalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.floating[Any]]

__all__ = ["EvaluationInfo", "PlatformCurve", "read_curves", "read_info", "read_summary", "status_note"]

EVALUATED = 21300
OWN_KEY = "clarifai_eval_widget"
"""Where the local server and saved files tell folds and progress, beside the user's own extended metrics."""
_SUMMARY_FIELDS = (
    "macro_avg_roc_auc",
    "macro_std_roc_auc",
    "macro_avg_f1_score",
    "macro_std_f1_score",
    "macro_avg_precision",
    "macro_avg_recall",
    "top1_accuracy",
    "top5_accuracy",
)
# proto3 does not send a zero, so a zero of these means "not sent": no finished evaluation has exactly 0
_NEVER_ZERO = ("macro_avg_roc_auc", "top1_accuracy", "top5_accuracy")


@dataclass(frozen=True)
class EvaluationInfo:
    """Which model version was evaluated on what, and how far that is."""

    id: str = ""
    """The evaluation's id."""
    user_id: str = ""
    """The user who owns the evaluation."""
    app_id: str = ""
    """The app that owns the evaluation."""
    model_id: str = ""
    """The model."""
    model_version_id: str = ""
    """The version that was evaluated."""
    model_user_id: str = ""
    """The model's owner."""
    model_app_id: str = ""
    """The model's app."""
    dataset_id: str = ""
    """The ground-truth dataset; empty when the training data were used."""
    dataset_app_id: str = ""
    """The dataset's app."""
    dataset_user_id: str = ""
    """The dataset's owner."""
    dataset_version_id: str = ""
    """The dataset's version; empty for the latest."""
    use_kfold: bool | None = None
    """Whether heads were cross-validated (true) or the version was scored (false); None when not said."""
    folds: int | None = None
    """Number of folds, where the server says so."""
    folds_done: int | None = None
    """Folds finished so far."""
    inputs: int | None = None
    """Number of inputs to predict."""
    inputs_done: int | None = None
    """Inputs predicted so far."""
    status_code: int = 0
    """Clarifai's status: 21300 when evaluated."""
    created_at: str = ""
    """When the evaluation was made (ISO 8601), where known."""


@dataclass(frozen=True, eq=False)
class PlatformCurve:
    """One concept's curves as the platform sent them: rates at its own thresholds, rounded.

    Under k-fold these are means over the folds and ``num_pos`` is that of one split, so that
    ``tpr * num_pos`` is not a count.
    """

    fpr: FloatArray
    """False positive rates, aligned with `roc_thresholds`."""
    tpr: FloatArray
    """True positive rates, aligned with `roc_thresholds`."""
    roc_thresholds: FloatArray
    """Thresholds of the ROC, as sent (the platform's descend); NaN where none were sent."""
    precision: FloatArray
    """Precisions, aligned with `pr_thresholds`; the platform sends 1 where nothing is predicted."""
    recall: FloatArray
    """Recalls, aligned with `pr_thresholds`."""
    pr_thresholds: FloatArray
    """Thresholds of precision and recall, as sent (the platform's ascend)."""
    roc_auc: float
    """Area under the ROC; NaN when undefined or not sent."""
    f1: float
    """F1 at threshold 0.5; under k-fold the mean over the folds."""
    avg_precision: float
    """Average precision; NaN when not sent."""
    num_pos: int
    """Positives (of one split, under k-fold)."""
    num_neg: int
    """Negatives (of one split, under k-fold)."""


def _plain(value: Any) -> bool | float | str | None:
    """Read one value of a protobuf Struct."""
    kind = value.WhichOneof("kind")
    if kind not in ("bool_value", "number_value", "string_value"):
        return None
    plain: bool | float | str = getattr(value, kind)
    return plain


def _flag(value: bool | float | str | None) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return None if value is None else bool(value)


def _number(value: bool | float | str | None) -> int | None:
    if isinstance(value, bool | str) or value is None or not np.isfinite(value) or value < 0:
        return None
    return int(value)


def read_info(message: Any) -> EvaluationInfo:
    """Read what a ``clarifai.api.EvalMetrics`` says about itself."""
    params = {key: _plain(value) for key, value in message.eval_info.params.fields.items()}
    told = message.extended_metrics.user_metrics.fields
    if OWN_KEY in told:  # files from before lie flat
        told = told[OWN_KEY].struct_value.fields
    progress = {key: _plain(value) for key, value in told.items()}
    model, dataset = message.model, message.ground_truth_dataset
    return EvaluationInfo(
        id=message.id,
        user_id=message.user_id,
        app_id=message.app_id,
        model_id=model.id,
        model_version_id=model.model_version.id,
        model_user_id=model.user_id,
        model_app_id=model.app_id,
        dataset_id=dataset.id or str(params.get("dataset_id") or ""),
        dataset_app_id=dataset.app_id,
        dataset_user_id=dataset.user_id,
        dataset_version_id=dataset.version.id or str(params.get("dataset_version_id") or ""),
        use_kfold=_flag(params.get("use_kfold")),
        folds=_number(progress.get("folds")),
        folds_done=_number(progress.get("folds_done")),
        inputs=_number(progress.get("inputs")),
        inputs_done=_number(progress.get("inputs_done")),
        status_code=int(message.status.code),
        created_at=str(progress.get("created_at") or ""),
    )


def status_note(message: Any, info: EvaluationInfo) -> str:
    """Say how far an unfinished evaluation is; nothing for a finished one."""
    if info.status_code == EVALUATED:
        return ""
    status = message.status
    said = ". ".join(part.rstrip(".") for part in (status.description, status.details) if part)
    words = f"status {info.status_code}" if info.status_code else "the server gave no status"
    words += f": {said}" if said else ""
    done = ""
    if info.folds and info.folds_done is not None:
        done = f" It covers {info.folds_done} of {info.folds} folds."
    elif info.inputs and info.inputs_done is not None:
        done = f" It covers {info.inputs_done} of {info.inputs} inputs."
    return f"The evaluation is not finished ({words}): these are the numbers so far.{done}"


def read_summary(message: Any) -> dict[str, float]:
    """Read the summary's macro figures; what was not sent is left out."""
    if not message.HasField("summary"):
        return {}
    values = {name: float(getattr(message.summary, name)) for name in _SUMMARY_FIELDS}
    if not any(values.values()):
        return {}
    for name, value in values.items():
        if not (np.isnan(value) or 0.0 <= value <= 1.0):
            raise EvalError(f"summary.{name} is {value}, but it must lie in 0 to 1.")
    if values["macro_avg_roc_auc"] == 0.0:
        del values["macro_std_roc_auc"]
    return {
        name: value for name, value in values.items() if not (np.isnan(value) or (value == 0.0 and name in _NEVER_ZERO))
    }


def _aligned(field: str, parts: dict[str, Any], notes: list[str]) -> list[FloatArray]:
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
        top = np.inf if name == "thresholds" else 1.0 + 1e-6
        wrong = np.flatnonzero((values < 0.0) | (values > top))
        if len(wrong):
            value = values[wrong[0]]
            raise EvalError(f"{field}.{name}[{wrong[0]}] is {value}, but it must lie in 0 to 1.")
    known = rates if np.isnan(arrays["thresholds"]).all() else list(arrays)
    broken = np.isnan([arrays[name] for name in known]).any(axis=0)
    if broken.any():
        notes.append(f"{field} has {int(broken.sum())} points that are not a number; they are left out.")
    return [values[~broken] for values in arrays.values()]


def _sent_auc(metrics: Any, fpr: FloatArray, tpr: FloatArray) -> float:
    """Tell an area of 0 from one that was not sent."""
    area = float(metrics.roc_auc)
    if area != 0.0:
        return area
    rises = len(fpr) > 1 and abs(float(np.trapezoid(tpr, fpr))) > 1e-3
    both = metrics.num_pos > 0 and metrics.num_neg > 0
    return 0.0 if both and len(fpr) > 1 and not rises else np.nan


def _read_curve(metrics: Any, field: str, notes: list[str]) -> PlatformCurve:
    roc, pr = metrics.roc_curve, metrics.precision_recall_curve
    fpr, tpr, roc_thresholds = _aligned(
        f"{field}.roc_curve", {"fpr": roc.fpr, "tpr": roc.tpr, "thresholds": roc.thresholds}, notes
    )
    precision, recall, pr_thresholds = _aligned(
        f"{field}.precision_recall_curve",
        {"precision": pr.precision, "recall": pr.recall, "thresholds": pr.thresholds},
        notes,
    )
    figures = {"roc_auc": _sent_auc(metrics, fpr, tpr), "f1": metrics.f1, "avg_precision": metrics.avg_precision}
    for name, value in figures.items():
        if value < 0.0 or value > 1.0 + 1e-6:
            raise EvalError(f"{field}.{name} is {value}, but it must lie in 0 to 1.")
    return PlatformCurve(
        fpr=fpr,
        tpr=tpr,
        roc_thresholds=roc_thresholds,
        precision=precision,
        recall=recall,
        pr_thresholds=pr_thresholds,
        roc_auc=figures["roc_auc"],
        f1=float(metrics.f1),
        avg_precision=float(metrics.avg_precision) or np.nan,
        num_pos=int(metrics.num_pos),
        num_neg=int(metrics.num_neg),
    )


def read_curves(message: Any, notes: list[str]) -> tuple[dict[str, PlatformCurve], dict[str, str]]:
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
