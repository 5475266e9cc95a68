"""The plot methods of an Evaluation; Matplotlib is imported when one is called."""

from __future__ import annotations

from clarifai_eval_widget.eval_data import EvaluationData


class PlotMethods(EvaluationData):
    """The plots of an Evaluation."""
