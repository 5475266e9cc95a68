"""The thresholds at which all concepts are counted: where the slider stops and where the sweep is tabulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.metrics import Counts

__all__ = ["MAX_STOPS", "pooled_stops", "thinned", "threshold_stops"]

MAX_STOPS = 1000


def thinned(values: NDArray[Any], most: int) -> NDArray[Any]:
    """At most so many of the values, evenly by rank, the first and the last among them."""
    if len(values) <= most:
        return values
    return values[np.unique(np.linspace(0, len(values) - 1, most).round().astype(np.intp))]


def pooled_stops(counts: Sequence[Counts]) -> NDArray[np.float64]:
    """Thresholds for all concepts at once, ascending in [0, 1], shape (S,) with S at most ``MAX_STOPS``.

    The 0.01 grid and the distinct scores pooled over the concepts, thinned by quantile when there are many. A score
    that equals a grid point in the scores' own precision is not a second stop beside it.
    """
    room = MAX_STOPS - len(HUNDREDTHS)
    # Each concept is thinned first, so that pooling a million scores stays cheap.
    distinct = [thinned(c.thresholds[1:], 4 * room) for c in counts]
    pooled = np.unique(np.concatenate(distinct)) if distinct else np.empty(0)
    own = pooled[~np.isin(pooled, HUNDREDTHS.astype(pooled.dtype))]
    stops = np.union1d(HUNDREDTHS, thinned(own, room).astype(np.float64))
    stops.setflags(write=False)
    return stops


def threshold_stops(e: EvaluationData) -> NDArray[np.float64]:
    """Return the stops of an evaluation, worked out once: of its counts, or the grid of the rates it was sent."""
    return e.numbers.stops
