"""Evaluation: one evaluated classifier, from a server's reply or from labels and scores."""

from clarifai_eval_widget.evaluation.evaluation import Evaluation
from clarifai_eval_widget.evaluation.growing import GrowingEvaluation
from clarifai_eval_widget.evaluation.info import EvaluationInfo
from clarifai_eval_widget.evaluation.platform_curve import PlatformCurve

__all__ = ["Evaluation", "EvaluationInfo", "GrowingEvaluation", "PlatformCurve"]
