"""How far scores can be read as probabilities: reliability bins and the expected calibration error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes
from clarifai_eval_widget.metrics.rates import ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Calibration", "calibration"]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Scores in bins of equally many decisions, and how often each bin was right."""

    mean_scores: NDArray[np.float64]
    """``(B,)`` ascending: the mean score of each bin that holds a decision."""
    positives: NDArray[np.int64]
    """``(B,)`` the positives of each bin."""
    sizes: NDArray[np.int64]
    """``(B,)`` the decisions of each bin, none of them zero."""
    starts: NDArray[np.float64]
    """``(B - 1,)`` ascending: the lowest score of each bin but the first, or a little less."""
    error: float
    """The expected calibration error; NaN without decisions."""

    def places(self, scores: ArrayLike) -> NDArray[np.intp]:
        """Return the bin of each of these scores: those that were binned, in any order."""
        return np.searchsorted(self.starts, np.asarray(scores, np.float64), side="right")

    @property
    def shares(self) -> NDArray[np.float64]:
        """``(B,)`` the share of positives in each bin."""
        return np.asarray(ratio(self.positives, self.sizes))


def calibration(labels: ArrayLike, scores: ArrayLike, bins: int = 10) -> Calibration:
    """Bin decisions by the quantiles of their scores and compare each bin's scores with its labels.

    Equal scores fall into one bin, so that there may be fewer bins than asked for. The expected calibration
    error is the mean distance between a bin's share of positives and its mean score, weighted by decisions
    (Naeini, Cooper and Hauskrecht, AAAI 2015, with bins of equal size instead of equal width).

    Parameters
    ----------
    labels
        ``(N,)`` bool, or numbers that are all 0 or 1.
    scores
        ``(N,)`` finite float32 or float64, to be read as probabilities.
    bins
        At most so many, two or more.

    Raises
    ------
    ValueError
        When the shapes differ, a label is neither 0 nor 1, or there are fewer than two bins.
    """
    if bins < 2:
        raise ValueError(f"bins={bins}: give two or more.")
    truth, values = as_labels(labels), as_scores(scores).astype(np.float64)
    check_shapes(truth, values, 1)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1])) if len(values) else np.empty(0)
    where = np.searchsorted(edges, values, side="right")
    sizes = np.bincount(where, minlength=len(edges) + 1)
    positives = np.bincount(where, weights=truth, minlength=len(edges) + 1).astype(np.int64)
    total = np.bincount(where, weights=values, minlength=len(edges) + 1)
    used = sizes > 0
    mean = total[used] / sizes[used]
    gap = np.abs(positives[used] / sizes[used] - mean)
    error = float((gap * sizes[used]).sum() / len(values)) if len(values) else float("nan")
    return Calibration(mean, positives[used], sizes[used], edges[np.flatnonzero(used)[1:] - 1], error)
