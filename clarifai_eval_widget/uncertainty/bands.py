"""Bootstrap bands without resampling a row: a resample's counts are multinomial over the bins between thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS, f1, precision, ratio, undefined_reason
from clarifai_eval_widget.metrics.arrays import in_threads, to_dtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = ["RocBand", "SweepBand", "roc_band", "roc_bands", "sweep_band"]

_MAX_BINS = 200


@dataclass(frozen=True, eq=False)
class RocBand:
    """A pointwise band of the true positive rate at given false positive rates."""

    fpr: NDArray[np.float64]
    """``(G,)`` ascending from 0 to 1."""
    tpr_low: NDArray[np.float64]
    """``(G,)``; NaN when the concept has no ROC."""
    tpr_high: NDArray[np.float64]
    """``(G,)``; NaN when the concept has no ROC."""
    confidence_level: float
    """At each fpr by itself, not of the whole curve at once."""
    replicates: int
    """The number of resamples."""
    seed: int
    """The same seed gives the same band."""
    reason: str = ""
    """Why there is no band, or an empty string."""


@dataclass(frozen=True, eq=False)
class SweepBand:
    """Pointwise bands of precision, recall, F1 and false positive rate at given thresholds."""

    thresholds: NDArray[np.floating[Any]]
    """``(T,)`` as given, in the scores' dtype."""
    precision: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high, ``(T,)`` each, over the resamples in which something is predicted; NaN where none does."""
    recall: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN when there are no positives."""
    f1: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN where nothing is positive nor predicted."""
    fpr: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN when there are no negatives."""
    confidence_level: float
    """At each threshold by itself."""
    replicates: int
    """The number of resamples."""
    seed: int
    """The same seed gives the same bands."""


def roc_band(
    c: Counts,
    *,
    fpr: ArrayLike | None = None,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
) -> RocBand:
    """Bootstrap the ROC curve, positives and negatives resampled apart.

    Parameters
    ----------
    c
        The concept's counts.
    fpr
        ``(G,)`` where to measure the band; None for 101 equal steps. Where a resample's curve is vertical its
        upper end counts.
    replicates
        The number of resamples.
    confidence_level
        Between 0 and 1; the band's edges are percentiles.
    seed
        Of the random numbers.
    max_bins
        Curves of more operating points are resampled at this many of them, evenly spread along the curve, and
        straight between; others exactly as by resampling rows.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    grid = HUNDREDTHS if fpr is None else np.asarray(fpr, np.float64)
    if grid.ndim != 1 or not ((grid >= 0) & (grid <= 1)).all() or (np.diff(grid) < 0).any():
        raise ValueError("fpr must be an ascending list of rates in [0, 1].")
    _check(replicates, confidence_level, max_bins)
    reason = undefined_reason(c)
    if reason:
        nowhere = np.full(grid.shape, np.nan)
        return RocBand(grid, nowhere, nowhere, confidence_level, replicates, seed, reason)
    rows = _spread_rows(c, max_bins)
    tps, fps = _resample(c.tps[rows], c.fps[rows], replicates, np.random.default_rng(seed))
    tprs = np.empty((len(grid), replicates))
    for i in range(replicates):
        tprs[:, i] = _interpolate(grid, fps[i] / c.num_neg, tps[i] / c.num_pos)
    low, high = _percentiles(tprs, confidence_level)
    return RocBand(grid, low, high, confidence_level, replicates, seed)


def roc_bands(
    cs: Sequence[Counts],
    *,
    fpr: ArrayLike | None = None,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
) -> list[RocBand]:
    """Bootstrap the ROC curve of each concept as :func:`roc_band` does, concepts in threads."""

    def band(k: int) -> RocBand:
        return roc_band(
            cs[k],
            fpr=fpr,
            replicates=replicates,
            confidence_level=confidence_level,
            seed=seed,
            max_bins=max_bins,
        )

    return in_threads(band, range(len(cs)), work=replicates * max_bins * len(cs))


def sweep_band(
    c: Counts,
    thresholds: ArrayLike,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> SweepBand:
    """Bootstrap precision, recall, F1 and fpr at given thresholds, positives and negatives resampled apart.

    Exactly the distribution that resampling rows gives at these thresholds.

    Parameters
    ----------
    c
        The concept's counts.
    thresholds
        ``(T,)`` in any order, rounded once to the scores' dtype.
    replicates, confidence_level, seed
        As in :func:`roc_band`.

    Raises
    ------
    ValueError
        When an option is out of its range or a threshold is NaN.
    """
    _check(replicates, confidence_level, 2)
    wanted = to_dtype(thresholds, c.thresholds.dtype)
    rows, position = np.unique(np.append(c.row(wanted), [0, len(c) - 1]), return_inverse=True)
    tps, fps = _resample(c.tps[rows], c.fps[rows], replicates, np.random.default_rng(seed))
    tps, fps = tps.T[position[:-2]], fps.T[position[:-2]]

    def band(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return _percentiles(values, confidence_level)

    return SweepBand(
        wanted,
        precision=band(precision(tps, fps)),
        recall=band(ratio(tps, c.num_pos)),
        f1=band(f1(tps, fps, c.num_pos)),
        fpr=band(ratio(fps, c.num_neg)),
        confidence_level=confidence_level,
        replicates=replicates,
        seed=seed,
    )


def _check(replicates: int, confidence_level: float, max_bins: int) -> None:
    if replicates < 1:
        raise ValueError(f"replicates={replicates} must be 1 or more; 1000 is usual.")
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level={confidence_level} must lie between 0 and 1, for instance 0.95.")
    if max_bins < 2:
        raise ValueError(f"max_bins={max_bins} must be 2 or more.")


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
