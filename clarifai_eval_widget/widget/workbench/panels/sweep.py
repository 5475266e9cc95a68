"""Precision, recall and F1 over the threshold; from the counts at the stops, and each fold's F1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


def _encode(_evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    return Section()


PANEL = Panel(
    "sweep",
    travels=True,
    encode=_encode,
    # Row f * (K + 1) + k: fold f's F1 of concept k (k = K: macro) at 0, 0.01 … 1.
    optional_arrays={"fold_f1": "f4"},
)
