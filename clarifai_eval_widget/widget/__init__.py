"""The widget: one component in a notebook cell, over a server or over a given evaluation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clarifai_eval_widget.widget._widget import EvalWidget
    from clarifai_eval_widget.widget.blocks import ConceptsTable, ConfusionMatrix, RocPlot, ThresholdSweep

__all__ = ["ConceptsTable", "ConfusionMatrix", "EvalWidget", "RocPlot", "ThresholdSweep"]


def __getattr__(name: str) -> Any:
    """Import a widget when it is first asked for: each is a class of many traits, which takes its time to make."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "_widget" if name == "EvalWidget" else "blocks"
    return getattr(import_module(f"{__name__}.{home}"), name)
