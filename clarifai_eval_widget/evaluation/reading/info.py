"""What a message says about itself: which evaluation, and how far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.evaluation.info import EvaluationInfo
from clarifai_eval_widget.metrics.tolerance import FIGURE_TOLERANCE
from clarifai_eval_widget.own_metrics import CANCELLED, OWN_KEY
from clarifai_eval_widget.terms import EVALUATED
from clarifai_eval_widget.words import exact

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2
    from google.protobuf import struct_pb2

__all__ = ["figure", "own_note", "read_info", "status_note"]


def _plain(value: struct_pb2.Value) -> bool | float | str | None:
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


def read_info(message: resources_pb2.EvalMetrics) -> EvaluationInfo:
    """Read what a ``clarifai.api.EvalMetrics`` says about itself."""
    params = {key: _plain(value) for key, value in message.eval_info.params.fields.items()}
    told = message.extended_metrics.user_metrics.fields
    if OWN_KEY in told:  # files from before lie flat
        told = told[OWN_KEY].struct_value.fields
    progress = {key: _plain(value) for key, value in told.items()}
    model, dataset = message.model, message.ground_truth_dataset
    trained = model.model_version.train_info.dataset
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
        training_dataset_id=trained.id,
        training_dataset_app_id=trained.app_id,
        training_dataset_version_id=trained.version.id,
        use_kfold=_flag(params.get("use_kfold")),
        folds=_number(progress.get("folds")),
        folds_done=_number(progress.get("folds_done")),
        inputs=_number(progress.get("inputs")),
        inputs_done=_number(progress.get("inputs_done")),
        inputs_trained_on=_number(progress.get("inputs_trained_on")),
        status_code=int(message.status.code),
        created_at=str(progress.get("created_at") or ""),
    )


def own_note(message: resources_pb2.EvalMetrics) -> str:
    """Return what the writer of the message had to say about its numbers, where that was this package."""
    told = message.extended_metrics.user_metrics.fields
    if OWN_KEY not in told or "note" not in told[OWN_KEY].struct_value.fields:
        return ""
    return str(_plain(told[OWN_KEY].struct_value.fields["note"]) or "")


def status_note(message: resources_pb2.EvalMetrics, info: EvaluationInfo) -> str:
    """Say how far an unfinished evaluation is; nothing for a finished one."""
    if info.status_code == EVALUATED:
        return ""
    status = message.status
    cancelled = status.internal_details == CANCELLED
    told = (status.details,) if cancelled else (status.description, status.details)
    said = ". ".join(part.rstrip(".") for part in told if part)
    words = f"status {info.status_code}" if info.status_code else "the server gave no status"
    words = said if cancelled and said else f"{words}: {said}" if said else words
    done = ""
    if info.folds and info.folds_done is not None:
        done = f" It covers {info.folds_done} of {info.folds} folds."
    elif info.inputs and info.inputs_done is not None:
        done = f" It covers {info.inputs_done} of {info.inputs} inputs."
    if info.ended_early:
        return f"The evaluation ended before it was finished ({words}): these are the numbers until then.{done}"
    return f"The evaluation is not finished ({words}): these are the numbers so far.{done}"


def figure(field: str, value: float, notes: list[str]) -> float:
    """Take one figure that stands for itself: an odd one is no reason to refuse the predictions and curves beside it.

    Parameters
    ----------
    field
        What it is called in the message.
    value
        As it was sent.
    notes
        Where it is said that it cannot be right.

    Returns
    -------
    float
        In [0, 1]; NaN for what is beyond that by more than sums of float32 round, and for NaN.
    """
    if np.isnan(value):
        return np.nan
    if not -FIGURE_TOLERANCE <= value <= 1.0 + FIGURE_TOLERANCE:
        notes.append(f"{field} is {exact(value)}, but it must lie in 0 to 1: it is left out.")
        return np.nan
    return min(max(value, 0.0), 1.0)
