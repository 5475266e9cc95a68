"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from clarifai_eval_widget.evaluation._evaluation import Evaluation
from clarifai_eval_widget.evaluation.info import EvaluationInfo, PlatformCurve

__all__ = ["Evaluation", "EvaluationInfo", "PlatformCurve"]
