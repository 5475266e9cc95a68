"""Bootstrap bands without resampling a row: a resample's counts are multinomial over the bins between thresholds.

They are offered beside the closed forms of :mod:`bands`, which hold their level where these do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import rates_of_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts

    Edges = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = ["BANDED", "roc_edges", "sweep_edges"]

BANDED = ("precision", "recall", "f1", "fpr")
"""The rates that have bands."""


def roc_edges(
    c: Counts, grid: NDArray[np.float64], *, replicates: int, confidence_level: float, seed: int, max_bins: int
) -> Edges:
    """Return percentiles of the resampled tpr at each fpr of the grid."""
    rows = _spread_rows(c, max_bins)
    tps, fps = _resample(c.tps[rows], c.fps[rows], replicates, np.random.default_rng(seed))
    tprs = np.empty((len(grid), replicates))
    for i in range(replicates):
        tprs[:, i] = _interpolate(grid, fps[i] / c.num_neg, tps[i] / c.num_pos)
    return _percentiles(tprs, confidence_level)


def sweep_edges(
    c: Counts, at: NDArray[np.intp], *, replicates: int, confidence_level: float, seed: int
) -> dict[str, Edges]:
    """Return percentiles of the resampled rates that have bands, at given rows of the counts.

    Exactly the distribution that resampling rows gives at these thresholds.
    """
    rows, position = np.unique(np.append(at, [0, len(c) - 1]), return_inverse=True)
    tps, fps = _resample(c.tps[rows], c.fps[rows], replicates, np.random.default_rng(seed))
    tps, fps = tps.T[position[:-2]], fps.T[position[:-2]]
    rates = rates_of_counts(tps, fps, c.num_pos, c.num_neg)
    return {name: _percentiles(values, confidence_level) for name, values in rates.items() if name in BANDED}


def _spread_rows(c: Counts, max_bins: int) -> NDArray[np.intp]:
    """Return the rows to resample at: all of them, or some at equal distances along the curve, ends included."""
    if len(c) <= max_bins + 1:
        return np.arange(len(c))
    along = c.tps / c.num_pos + c.fps / c.num_neg
    spread = np.searchsorted(along, np.linspace(0, along[-1], max_bins + 1))
    # where the curve leaves the left edge and where it meets the upper one, the band is told apart from its corner
    corners = np.searchsorted(c.fps, 1) - 1, np.searchsorted(c.tps, c.num_pos)
    return np.unique(np.append(spread, corners))


def _resample(
    tps: NDArray[np.int32], fps: NDArray[np.int32], replicates: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw cumulative counts ``(replicates, rows)`` of stratified resamples."""
    drawn = []
    for cumulative in (tps, fps):
        total, bins = int(cumulative[-1]), np.diff(cumulative)
        occupied = np.flatnonzero(bins)
        out = np.zeros((replicates, len(cumulative)), np.int64)
        if total:
            out[:, 1 + occupied] = rng.multinomial(total, bins[occupied] / total, size=replicates)
            np.cumsum(out, axis=1, out=out)
        drawn.append(out)
    return drawn[0], drawn[1]


def _interpolate(grid: NDArray[np.float64], fpr: NDArray[np.float64], tpr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read a curve at the grid: straight between its points, the upper end where it is vertical."""
    right = np.minimum(np.searchsorted(fpr, grid, side="right"), len(fpr) - 1)
    left = right - 1
    exact = fpr[right] <= grid
    width = np.where(exact, 1.0, fpr[right] - fpr[left])
    between = tpr[left] + (tpr[right] - tpr[left]) * ((grid - fpr[left]) / width)
    return np.where(exact, tpr[right], between)


def _percentiles(
    values: NDArray[np.float64], confidence_level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the band's edges over the last axis, of the defined values; linear as numpy.quantile."""
    ordered = np.sort(values, axis=1)  # NaN goes last
    defined = values.shape[1] - np.isnan(ordered).sum(axis=1)
    tail = (1 - confidence_level) / 2
    edges = []
    for share in (tail, 1 - tail):
        place = share * np.maximum(defined - 1, 0)
        below = place.astype(np.intp)
        above = np.minimum(below + 1, np.maximum(defined - 1, 0))
        lower = np.take_along_axis(ordered, below[:, None], axis=1)[:, 0]
        upper = np.take_along_axis(ordered, above[:, None], axis=1)[:, 0]
        edges.append(lower + (upper - lower) * (place - below))
    return edges[0], edges[1]
