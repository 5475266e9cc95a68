"""Evaluate Clarifai classifiers in a notebook cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.lazy import LOCAL, lazily, missing

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
    "Progress",
    "RocPlot",
    "Run",
    "ThresholdSweep",
]
if not missing(LOCAL):  # `import *` asks for every name: this one would say how to get the extra
    __all__ += ["LocalServer"]

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


if not TYPE_CHECKING:  # Importing the package stays cheap.
    __getattr__ = lazily(globals(), _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
