"""Where positives and negatives of a concept score, in equal bins over [0, 1]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["PANEL"]


class HistogramHead(TypedDict):
    """Whose scores are counted."""

    concept: str | None
    """None: the decisions of all concepts, pooled."""
    num_pos: int
    num_neg: int


class HistogramParams(TypedDict):
    """Whose scores to count."""

    concept: str | None


def _encode(_evaluation: Evaluation, _params: Mapping[str, Any]) -> Section:
    return Section()


PANEL = Panel(
    "histogram",
    travels=False,
    encode=_encode,
    head=HistogramHead,
    params=HistogramParams,
    arrays={"edges": "f8", "positives": "u4", "negatives": "u4"},
)
