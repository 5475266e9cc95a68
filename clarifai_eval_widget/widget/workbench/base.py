"""What every panel builds on: the evaluation's head, the slider's stops, and each concept's counts at every stop.

Counts are sent, rates are derived: with K concepts and S stops, ``tps[k * S + s]`` is how many inputs labelled with
concept k score at least ``stops[s]``. Where only rates are known, they stand at the stops instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget.wire.contract import EvaluationHead
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["BASE"]


def _encode(_evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    return Section()


BASE = Panel(
    "evaluation",
    travels=True,
    encode=_encode,
    head=EvaluationHead,
    arrays={"stops": "f8"},
    optional_arrays={"tps": "u4", "fps": "u4", "tpr": "f8", "fpr": "f8", "precision": "f8"},
)
"""Packed like a panel's section, beside theirs."""
