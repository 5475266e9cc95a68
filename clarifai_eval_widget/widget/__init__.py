"""The widget: one component in a notebook cell, over a server or over a given evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.lazy import lazily

if TYPE_CHECKING:
    from clarifai_eval_widget.widget._widget import EvalWidget
    from clarifai_eval_widget.widget.blocks import ConceptsTable, ConfusionMatrix, RocPlot, ThresholdSweep

__all__ = ["ConceptsTable", "ConfusionMatrix", "EvalWidget", "RocPlot", "ThresholdSweep"]

_HOMES = {
    "ConceptsTable": "blocks",
    "ConfusionMatrix": "blocks",
    "EvalWidget": "_widget",
    "RocPlot": "blocks",
    "ThresholdSweep": "blocks",
}


if not TYPE_CHECKING:  # Each widget is a class of many traits, which takes its time to make.
    __getattr__ = lazily(globals(), _HOMES)
