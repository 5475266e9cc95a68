"""The widget: one component in a notebook cell, over a server or over a given evaluation."""

from clarifai_eval_widget.widget._widget import EvalWidget
from clarifai_eval_widget.widget.blocks import ConceptsTable, ConfusionMatrix, RocPlot, ThresholdSweep

__all__ = ["ConceptsTable", "ConfusionMatrix", "EvalWidget", "RocPlot", "ThresholdSweep"]
