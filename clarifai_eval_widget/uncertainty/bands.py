"""Pointwise bands of the ROC curve and of the threshold sweep, from closed forms that hold their level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS, undefined_reason
from clarifai_eval_widget.metrics.arrays import in_threads, to_dtype
from clarifai_eval_widget.uncertainty import bootstrap
from clarifai_eval_widget.uncertainty.checks import check_replicates, too_few_for
from clarifai_eval_widget.uncertainty.effective import rate_interval, rate_method
from clarifai_eval_widget.uncertainty.proportions import (
    agresti_coull_interval,
    f1_of_jaccard,
    normal_quantile,
    wilson_interval,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.uncertainty.effective import EffectiveSizes

    Edges = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = ["ENOUGH", "RocBand", "SweepBand", "boxes", "roc_band", "roc_bands", "sweep_band"]

_MAX_BINS = 200
ENOUGH = 10
"""Members of the smaller class below which the ROC's band held 85 % where scores are skewed and the area is near 1."""
METHODS = {
    "boxes": "intervals of both rates (Agresti-Coull), pointwise",
    "bootstrap": "percentile bootstrap, stratified, pointwise",
    "agresti-coull": f"{rate_method()}, pointwise",
    "wilson": "Wilson, pointwise",
}
"""Each method as it is named on screen."""


@dataclass(frozen=True, eq=False)
class RocBand:
    """A pointwise band of the true positive rate at given false positive rates."""

    fpr: NDArray[np.float64]
    """``(G,)`` ascending from 0 to 1."""
    tpr_low: NDArray[np.float64]
    """``(G,)``; NaN when the concept has no ROC, or too few inputs do not let one say."""
    tpr_high: NDArray[np.float64]
    """``(G,)``; NaN where the lower edge is."""
    confidence_level: float
    """At each fpr by itself, not of the whole curve at once."""
    replicates: int
    """The number of resamples; 0 when nothing was resampled."""
    seed: int
    """The same seed gives the same band."""
    reason: str = ""
    """Why there is no band, or an empty string."""
    method: str = ""
    """In words, to be shown beside the band; empty when there is none."""


@dataclass(frozen=True, eq=False)
class SweepBand:
    """Pointwise bands of precision, recall, F1 and false positive rate at given thresholds."""

    thresholds: NDArray[np.floating[Any]]
    """``(T,)`` as given, in the scores' dtype."""
    precision: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high, ``(T,)`` each; NaN where nothing is predicted (in no resample, by the bootstrap)."""
    recall: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN when there are no positives."""
    f1: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN where nothing is positive nor predicted."""
    fpr: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Low and high; NaN when there are no negatives."""
    confidence_level: float
    """At each threshold by itself."""
    replicates: int
    """The number of resamples; 0 when nothing was resampled."""
    seed: int
    """The same seed gives the same bands."""
    method: str = ""
    """In words, to be shown beside the bands."""


def roc_band(
    c: Counts,
    *,
    fpr: ArrayLike | None = None,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
    method: str = "boxes",
    sizes: EffectiveSizes | None = None,
) -> RocBand:
    """Estimate a pointwise band of the ROC curve.

    Parameters
    ----------
    c
        The concept's counts.
    fpr
        ``(G,)`` where to measure the band; None for 101 equal steps. Where the curve is vertical its upper end
        counts for the upper edge.
    confidence_level
        Between 0 and 1.
    method
        ``"boxes"``: at the threshold whose true fpr is x, the measured fpr is binomial about x and the measured tpr,
        independently, about the curve; the two reaches, along the curve and across it (Agresti-Coull), are joined
        as the root of their squares (MOVER: Zou and Donner, Statistics in Medicine 27, 2008, 1693-1702). Nothing
        is resampled, and nothing said of fewer than ten positives or negatives. ``"bootstrap"``: percentiles over
        resamples, positives and negatives apart, which at
        10 positives held 12 to 48 % of a nominal 95 %.
    replicates, seed, max_bins
        Of the bootstrap: the number of resamples, the seed of its random numbers, and how many operating
        points, evenly spread along the curve, it resamples at, straight between; others exactly as by rows.
    sizes
        Of inputs in groups, from :func:`effective_sizes`: the boxes are those of so many independent ones.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    grid = HUNDREDTHS if fpr is None else np.asarray(fpr, np.float64)
    if grid.ndim != 1 or not ((grid >= 0) & (grid <= 1)).all() or (np.diff(grid) < 0).any():
        raise ValueError("fpr must be an ascending list of rates in [0, 1].")
    if sizes is not None and method != "boxes":
        raise ValueError(f"method={method!r} takes no sizes= of groups; leave it out.")
    _check(method, ("boxes", "bootstrap"), replicates, confidence_level, max_bins)
    resamples = replicates if method == "bootstrap" else 0
    reason = undefined_reason(c)
    if method == "boxes" and not reason:
        reason = too_few_for("a band", ENOUGH, c.num_pos, c.num_neg)
    if reason:
        nowhere = np.full(grid.shape, np.nan)
        return RocBand(grid, nowhere, nowhere, confidence_level, resamples, seed, reason)
    if method == "boxes":
        low, high = boxes(c, grid, confidence_level, sizes)
    else:
        low, high = bootstrap.roc_edges(
            c, grid, replicates=replicates, confidence_level=confidence_level, seed=seed, max_bins=max_bins
        )
    return RocBand(grid, low, high, confidence_level, resamples, seed, method=METHODS[method] + _of(sizes))


def roc_bands(
    cs: Sequence[Counts],
    *,
    fpr: ArrayLike | None = None,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
    method: str = "boxes",
) -> list[RocBand]:
    """Estimate the band of each concept's ROC curve as :func:`roc_band` does, concepts in threads."""

    def band(k: int) -> RocBand:
        return roc_band(
            cs[k],
            fpr=fpr,
            replicates=replicates,
            confidence_level=confidence_level,
            seed=seed,
            max_bins=max_bins,
            method=method,
        )

    return in_threads(band, range(len(cs)), work=len(cs) * (replicates * max_bins if method == "bootstrap" else 1))


def sweep_band(
    c: Counts,
    thresholds: ArrayLike,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    method: str = "agresti-coull",
    sizes: EffectiveSizes | None = None,
) -> SweepBand:
    """Estimate pointwise bands of precision, recall, F1 and fpr at given thresholds.

    Parameters
    ----------
    c
        The concept's counts.
    thresholds
        ``(T,)`` in any order, rounded once to the scores' dtype.
    confidence_level
        Between 0 and 1.
    method
        ``"agresti-coull"`` (:func:`proportion_interval`) or ``"wilson"``: intervals of the proportions that these
        rates are: recall of the positives, fpr of the negatives, precision of the predicted, and F1 by way of
        tp / (tp + fp + fn), the proportion F1 / (2 - F1) (Hand, Christen and Kirielle, Machine Learning 110,
        2021, 451-456).
        ``"bootstrap"``: percentiles over resamples, positives and negatives apart, which at 10 positives held
        1 to 40 % of a nominal 95 % at low thresholds.
    replicates, seed
        Of the bootstrap.
    sizes
        Of inputs in groups, from :func:`effective_sizes`: Agresti and Coull's intervals of so many independent ones.

    Raises
    ------
    ValueError
        When an option is out of its range or a threshold is NaN.
    """
    if sizes is not None and method != "agresti-coull":
        raise ValueError(f"method={method!r} takes no sizes= of groups; leave it out.")
    _check(method, ("agresti-coull", "wilson", "bootstrap"), replicates, confidence_level, 2)
    wanted = to_dtype(thresholds, c.thresholds.dtype)
    rows = c.row(wanted)
    if method == "bootstrap":
        edges = bootstrap.sweep_edges(c, rows, replicates=replicates, confidence_level=confidence_level, seed=seed)
        return SweepBand(
            wanted, **edges, confidence_level=confidence_level, replicates=replicates, seed=seed, method=METHODS[method]
        )
    tps, fps = c.tps[rows].astype(np.int64), c.fps[rows].astype(np.int64)

    def band(part: NDArray[np.int64], whole: ArrayLike, rate: str) -> Edges:
        if method == "wilson":
            return wilson_interval(part, whole, confidence_level=confidence_level)
        worth = None if sizes is None else getattr(sizes, rate)[rows]
        return rate_interval(part, whole, worth, confidence_level=confidence_level)

    least, most = band(tps, fps + c.num_pos, "jaccard")
    return SweepBand(
        wanted,
        precision=band(tps, tps + fps, "precision"),
        recall=band(tps, c.num_pos, "recall"),
        f1=(f1_of_jaccard(least), f1_of_jaccard(most)),
        fpr=band(fps, c.num_neg, "fpr"),
        confidence_level=confidence_level,
        replicates=0,
        seed=seed,
        method=METHODS[method] + _of(sizes),
    )


def _of(sizes: EffectiveSizes | None) -> str:
    return "" if sizes is None else f", {sizes.method}"


def _check(method: str, methods: tuple[str, ...], replicates: int, confidence_level: float, max_bins: int) -> None:
    if method not in methods:
        raise ValueError(f"method={method!r} is unknown; choose from {', '.join(methods)}.")
    check_replicates(replicates)
    normal_quantile(confidence_level)
    if max_bins < 2:
        raise ValueError(f"max_bins={max_bins} must be 2 or more.")


def boxes(c: Counts, grid: NDArray[np.float64], confidence_level: float, sizes: EffectiveSizes | None) -> Edges:
    """Join the reach of the fpr, read along the curve, and that of the tpr, read across it."""
    n, z = c.num_neg, normal_quantile(confidence_level)
    expected = grid * n
    rows = np.minimum(np.searchsorted(c.fps, np.ceil(expected - 1e-9)), len(c) - 1)
    reach = z * np.sqrt(expected * (1 - grid) * (1 if sizes is None else n / sizes.fpr[rows]))
    low, high = _ends(c, np.floor(expected - reach))[0], _ends(c, np.ceil(expected + reach))[1]
    # rounding must not push 0.29 * 100 below 29
    whole = np.floor(expected + 1e-9)
    here, there = (sum(_ends(c, k)) / 2 for k in (whole, whole + 1))
    tpr = here + (there - here) * np.clip(expected - whole, 0, 1)
    independent = c.num_pos if sizes is None else sizes.recall[rows]
    across = agresti_coull_interval(np.clip(tpr, 0, 1) * independent, independent, confidence_level=confidence_level)
    lower = tpr - np.hypot(np.maximum(tpr - across[0], 0), tpr - low)
    upper = tpr + np.hypot(np.maximum(across[1] - tpr, 0), high - tpr)
    # the curve rises, so an edge that would fall is moved outwards
    lower, upper = np.minimum.accumulate(lower[::-1])[::-1], np.maximum.accumulate(upper)
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


def _ends(c: Counts, fps: NDArray[np.float64]) -> Edges:
    """Return the lower and the upper end of the curve where it has counted so many false positives."""
    wanted = np.clip(fps, 0, c.num_neg)
    first = np.searchsorted(c.fps, wanted, side="left")
    last = np.searchsorted(c.fps, wanted, side="right") - 1
    before, after = np.minimum(first, last), np.maximum(first, last)
    step = c.fps[after] - c.fps[before]
    # between two operating points, inside a tie, both ends are the point of the straight line
    inside = c.tps[before] + (c.tps[after] - c.tps[before]) * (wanted - c.fps[before]) / np.maximum(step, 1)
    exact = step == 0
    return np.where(exact, c.tps[first], inside) / c.num_pos, np.where(exact, c.tps[last], inside) / c.num_pos
