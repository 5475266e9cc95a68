"""Counts and rates at the threshold: all it shows follows from the counts at the stops, which always travel."""

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


PANEL = Panel("counts", travels=True, encode=_encode)
