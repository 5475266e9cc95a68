"""The concepts side by side: what does not follow from the counts at the stops, which always travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


def _encode(evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    found = [evaluation.numbers.average_precision(concept)[0] for concept in evaluation.concepts]
    return Section({}, {"avg_precision": np.array(found, np.float64)})


PANEL = Panel(
    "concepts",
    travels=True,
    encode=_encode,
    taken=Taken(lambda look: Call("table", {"threshold": look.threshold})),
    # One a concept; NaN where it is undefined.
    arrays={"avg_precision": "f8"},
)
