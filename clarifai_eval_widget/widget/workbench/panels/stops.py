"""One concept's own stops, where those that all concepts share do not serve it, with its counts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PANEL"]


class StopsHead(TypedDict):
    """Whose stops these are."""

    concept: str


class StopsParams(TypedDict):
    """Whose stops to send."""

    concept: str


def _encode(evaluation: Evaluation, params: Mapping[str, Any]) -> Section:
    concept: str = params["concept"]
    counts, numbers = evaluation.counts(concept), evaluation.numbers
    # With the common ones, at which the slider stops for all concepts at once.
    stops = np.union1d(numbers.stops, numbers.stops_of(concept))
    tps, fps = counts.at(stops)
    head: StopsHead = {"concept": concept}
    return Section(head, {"stops": stops, "tps": tps.astype("u4"), "fps": fps.astype("u4")})


def _bake(evaluation: Evaluation, baking: Baking) -> list[StopsParams]:
    unserved = evaluation.numbers.unserved
    return [{"concept": concept} for concept in baking.concepts if concept is not None and concept in unserved]


PANEL = Panel(
    "stops",
    travels=False,
    encode=_encode,
    bake=_bake,
    head=StopsHead,
    params=StopsParams,
    # Ascending, with the common stops; counts at score >= stop.
    arrays={"stops": "f8", "tps": "u4", "fps": "u4"},
)
