"""What a criterion chose on resamples, and the interval that makes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clarifai_eval_widget.uncertainty.group_bootstrap import expanded_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Drawn", "between_scores", "none_of"]


class Drawn(NamedTuple):
    """What a criterion chose on each resample, as places among the rows resampled at."""

    places: NDArray[np.intp]
    """-1 where no threshold met the criterion."""
    thresholds: NDArray[Any]
    """Of the rows, descending."""
    method: str
    """In words."""
    alike: int | None = None
    """As how many groups of one size those of inputs in groups are worth: percentiles are expanded for few."""
    reason: str = ""
    """Why nothing was drawn, or an empty string."""

    @property
    def replicates(self) -> int:
        """How many resamples there are."""
        return len(self.places)

    @property
    def infeasible(self) -> int:
        """In how many no threshold met the criterion."""
        return int(np.count_nonzero(self.places < 0))

    def ends(self, confidence_level: float) -> tuple[float, float, str]:
        """Return both percentiles of what was chosen, and why there are none.

        What chooses a row would choose any threshold down to the next score below it: that is the lower end.
        """
        found = self.places[self.places >= 0]
        if self.reason or not len(found):
            return math.nan, math.nan, self.reason or "no resample has such a threshold"
        tail = (1 - confidence_level) / 2 if self.alike is None else expanded_tail(confidence_level, self.alike)
        # the places' order is that of the thresholds, reversed, and no mean of two of them is ever taken
        first, last = np.quantile(found, [tail, 1 - tail], method="inverted_cdf").astype(np.intp)
        below = float(self.thresholds[last + 1]) if last + 1 < len(self.thresholds) else -math.inf
        return between_scores(below, float(self.thresholds[first]))


def none_of(method: str, reason: str) -> Drawn:
    """Say why nothing is drawn."""
    return Drawn(np.zeros(0, np.intp), np.zeros(0), method, None, reason)


def between_scores(low: float, high: float) -> tuple[float, float, str]:
    """Return the ends, or why there are none: where no score bounds the threshold there is nothing to say."""
    for end, where in ((high, "above"), (low, "below")):
        if math.isinf(end):
            return math.nan, math.nan, f"too few to say: no score is surely {where} the threshold"
    return low, high, ""
