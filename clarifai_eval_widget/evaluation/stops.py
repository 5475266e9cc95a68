"""The thresholds at which all concepts are counted: where the slider stops and where the sweep is tabulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.metrics import StopSet, choose_stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clarifai_eval_widget.metrics import Counts

__all__ = ["MAX_STOPS", "pooled_stops"]

MAX_STOPS = 1000
_MAX_COUNTED = 450_000  # concepts times stops: they travel to the page, at about two bytes each
_MIN_STOPS = 200  # the 0.01 grid, and as many again where the concepts move


def pooled_stops(counts: Sequence[Counts]) -> StopSet:
    """Choose thresholds for all concepts at once, ascending in [0, 1]: ``MAX_STOPS`` at most, fewer of many concepts.

    The 0.01 grid and the distinct scores; when these are too many, those between which no concept's rates jump
    (:func:`metrics.choose_stops`), with what cannot be helped said by concept.
    """
    most = max(_MIN_STOPS, min(MAX_STOPS, _MAX_COUNTED // max(1, len(counts))))
    found = choose_stops(counts, most, own=False)
    found.thresholds.setflags(write=False)
    return found
