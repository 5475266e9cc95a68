"""Clarifai's statuses, and the error that becomes one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api.status import status_code_pb2, status_pb2

from clarifai_eval_widget.own_metrics import OWN_KEY
from clarifai_eval_widget.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api import resources_pb2

_DESCRIPTIONS = {
    status_code_pb2.SUCCESS: "Ok",
    status_code_pb2.CONN_KEY_INVALID: "Invalid API key or Invalid API key/application pair",
    status_code_pb2.CONN_BAD_REQUEST_FORMAT: "Invalid request",
    status_code_pb2.CONN_DOES_NOT_EXIST: "Resource does not exist",
    status_code_pb2.CONN_INVALID_REQUEST: "Invalid request",
    status_code_pb2.INTERNAL_SERVER_ISSUE: "Internal server issue",
    status_code_pb2.MIXED_STATUS: "Mixed Success",
    status_code_pb2.FAILURE: "Failure",
    status_code_pb2.TRY_AGAIN: "Try again",
    status_code_pb2.NOT_IMPLEMENTED: "Not implemented",
    status_code_pb2.MODEL_TRAINED: "Model is trained and ready",
    status_code_pb2.MODEL_TRAINING: "Model is currently being trained",
    status_code_pb2.MODEL_QUEUED_FOR_TRAINING: "Model is currently in queue for training",
    status_code_pb2.MODEL_TRAINING_NO_DATA: "Model training had no data",
    status_code_pb2.MODEL_TRAINING_FAILED: "Model training had failed",
    status_code_pb2.MODEL_DOES_NOT_EXIST: "Model does not exist",
    status_code_pb2.MODEL_EVALUATED: "Model was successfully evaluated.",
    status_code_pb2.MODEL_EVALUATING: "Model is evaluating.",
    status_code_pb2.MODEL_NOT_EVALUATED: "Model was not evaluated.",
    status_code_pb2.MODEL_QUEUED_FOR_EVALUATION: "Model is queued for evaluation.",
    status_code_pb2.MODEL_EVALUATION_NEED_LABELS: "Model evaluation needs more labelled concepts.",
    status_code_pb2.MODEL_EVALUATION_NEED_INPUTS: "Model evaluation needs more inputs.",
    status_code_pb2.MODEL_EVALUATION_FAILED: "Model evaluation failed.",
    status_code_pb2.INPUT_SUCCESS: "Download complete",
    status_code_pb2.INPUT_DUPLICATE: "Input has a duplicate ID.",
    status_code_pb2.INPUT_UNSUPPORTED_FORMAT: "Input is of an unsupported format.",
    status_code_pb2.INPUT_INVALID_ARGUMENT: "Input has an invalid argument.",
    status_code_pb2.INPUT_DOWNLOAD_FAILED: "Input download failed.",
    status_code_pb2.ANNOTATION_SUCCESS: "Annotation success.",
    status_code_pb2.ANNOTATION_INVALID_ARGUMENT: "Annotation has an invalid argument.",
    status_code_pb2.DATASET_INPUT_SUCCESS: "Dataset input success",
    status_code_pb2.DATASET_VERSION_READY: "Dataset version is ready",
}


def tell_own(message: resources_pb2.EvalMetrics, told: dict[str, Any]) -> None:
    """Add to what this server tells beyond the protocol; other ``user_metrics`` are the user's."""
    message.extended_metrics.user_metrics.get_or_create_struct(OWN_KEY).update(told)


class ApiError(Exception):
    """What a call is answered with instead of a result.

    Parameters
    ----------
    code
        One of ``status_code_pb2``.
    details
        What is wrong in this case, with the value and what to do.
    """

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


def make_status(code: int, details: str = "", **fields: Any) -> status_pb2.Status:
    """Make a status with Clarifai's description of its code."""
    known = status_code_pb2.StatusCode.ValueType(code)
    return status_pb2.Status(code=known, description=_DESCRIPTIONS.get(known, ""), details=details, **fields)


def reply_status(code: int = status_code_pb2.SUCCESS, details: str = "") -> status_pb2.Status:
    """Make the status of a reply, which carries a request id."""
    return make_status(code, details, req_id=uuid.uuid4().hex)


def not_found(
    kind: str,
    wanted: str,
    known: Iterable[str],
    *,
    where: str = "",
    code: int = status_code_pb2.CONN_DOES_NOT_EXIST,
) -> ApiError:
    """Make the error for an unknown id; it names the nearest ids there are."""
    ids = sorted(set(known))
    near = nearest(wanted, ids) or ids[:5]
    hint = f"Nearest: {', '.join(repr(name) for name in near)}." if near else f"There is no {kind} there yet."
    return ApiError(code, f"There is no {kind} {wanted!r}{' ' if where else ''}{where}. {hint}")


def invalid(details: str) -> ApiError:
    """Make the error for a malformed request."""
    return ApiError(status_code_pb2.CONN_INVALID_REQUEST, details)
