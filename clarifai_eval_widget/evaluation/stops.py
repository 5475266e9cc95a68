"""The thresholds at which all concepts are counted: where the slider stops and where the sweep is tabulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.metrics import StopSet, choose_stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.metrics import Counts

__all__ = ["MAX_STOPS", "pooled_stops"]

MAX_STOPS = 1000


def pooled_stops(counts: Sequence[Counts]) -> StopSet:
    """Choose thresholds for all concepts at once, ascending in [0, 1], at most ``MAX_STOPS``.

    The 0.01 grid and the distinct scores; when these are too many, those between which no concept's rates jump
    (:func:`metrics.choose_stops`), with what cannot be helped said by concept.
    """
    found = choose_stops(counts, MAX_STOPS, own=False)
    found.thresholds.setflags(write=False)
    return found
