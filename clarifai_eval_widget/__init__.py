"""Evaluate Clarifai classifiers in a notebook cell."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clarifai_eval_widget.client import EvalClient, Progress, Run
    from clarifai_eval_widget.errors import EvalError
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.local import LocalServer
    from clarifai_eval_widget.widget import ConceptsTable, ConfusionMatrix, EvalWidget, RocPlot, ThresholdSweep

__version__ = "0.1.0"
__all__ = [
    "ConceptsTable",
    "ConfusionMatrix",
    "EvalClient",
    "EvalError",
    "EvalWidget",
    "Evaluation",
    "LocalServer",
    "Progress",
    "RocPlot",
    "Run",
    "ThresholdSweep",
]

_HOMES = {
    "ConceptsTable": "widget",
    "ConfusionMatrix": "widget",
    "EvalClient": "client",
    "EvalError": "errors",
    "EvalWidget": "widget",
    "Evaluation": "evaluation",
    "LocalServer": "local",
    "Progress": "client",
    "RocPlot": "widget",
    "Run": "client",
    "ThresholdSweep": "widget",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that importing the package stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
