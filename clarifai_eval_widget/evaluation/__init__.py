"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    """Import a class when it is first asked for: names of concepts are looked up without the numerical rooms."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
