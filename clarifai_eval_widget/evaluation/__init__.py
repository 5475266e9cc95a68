"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.lazy import lazily

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.growing import GrowingEvaluation
    from clarifai_eval_widget.evaluation.info import EvaluationInfo
    from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve

__all__ = ["Evaluation", "EvaluationInfo", "GrowingEvaluation", "PlatformCurve"]

_HOMES = {
    "Evaluation": "evaluation",
    "EvaluationInfo": "info",
    "GrowingEvaluation": "growing",
    "PlatformCurve": "platform_curve",
}


if not TYPE_CHECKING:  # Names of concepts are looked up without the numerical rooms.
    __getattr__ = lazily(globals(), _HOMES)
