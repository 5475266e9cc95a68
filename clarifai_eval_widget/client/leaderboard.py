"""The evaluations of a server beside each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.figures import FIGURES, figures
from clarifai_eval_widget.client.progress import Progress
from clarifai_eval_widget.client.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from clarifai_grpc.grpc.api import resources_pb2

__all__ = ["COLUMNS", "leaderboard"]

_SUBJECT = ["user", "app", "model", "version"]
_TRUTH = ["dataset_user", "dataset_app", "dataset", "dataset_version", "method"]
COLUMNS = [*_SUBJECT, *_TRUTH, *FIGURES, "status", "id", "conditions", "reason"]


def leaderboard(found: Iterable[resources_pb2.EvalMetrics]) -> pd.DataFrame:
    """Put listed evaluations into a frame, in the order of the listing; see :meth:`EvalClient.leaderboard`."""
    import pandas as pd

    frame = pd.DataFrame([_row(metrics) for metrics in found], columns=COLUMNS)
    return frame.astype({name: "float64" if name in FIGURES else "str" for name in COLUMNS})


def _row(metrics: resources_pb2.EvalMetrics) -> dict[str, str | float]:
    from clarifai_eval_widget.evaluation.conditions import listed_codes
    from clarifai_eval_widget.evaluation.reading.info import read_info

    subject, status, told = Subject(metrics), Progress.from_proto(metrics).status, figures(metrics)
    reason = _reason(metrics, status, told)
    if reason:
        told = dict.fromkeys(FIGURES, math.nan)
    elif math.isnan(told["roc_auc"]):
        reason = "the server gives no area"
    return {
        "user": subject.model_user_id,
        "app": subject.model_app_id,
        "model": subject.model_id,
        "version": subject.model_version_id,
        "dataset_user": subject.dataset_user_id,
        "dataset_app": subject.dataset_app_id,
        "dataset": subject.dataset_id,
        "dataset_version": subject.dataset_version_id,
        "method": subject.method,
        **told,
        "status": status,
        "id": subject.id,
        "conditions": listed_codes(read_info(metrics)),
        "reason": reason,
    }


def _reason(metrics: resources_pb2.EvalMetrics, status: str, told: dict[str, float]) -> str:
    """Why an evaluation has no figures; empty when it has."""
    if status == "failed":
        return metrics.status.details or metrics.status.description or "it failed"
    if status != "evaluated":
        return "it is not finished"
    if all(math.isnan(value) for value in told.values()):
        return "the server gives no figures"
    return ""
