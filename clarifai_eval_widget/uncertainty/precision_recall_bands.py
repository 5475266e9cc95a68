"""Pointwise bands of the precision–recall curve, from those of the ROC read the other way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import HUNDREDTHS, Counts, precision, undefined_reason
from clarifai_eval_widget.uncertainty.bands import ENOUGH, boxes
from clarifai_eval_widget.uncertainty.checks import too_few_for
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["PrecisionRecallBand", "precision_recall_band"]

METHOD = "from intervals of recall, fpr and prevalence, pointwise"


@dataclass(frozen=True, eq=False)
class PrecisionRecallBand:
    """A pointwise band of the precision at given recalls."""

    recall: NDArray[np.float64]
    """``(G,)`` ascending from 0 to 1."""
    precision_low: NDArray[np.float64]
    """``(G,)``; NaN where less than one positive is found, or too few inputs do not let one say."""
    precision_high: NDArray[np.float64]
    """``(G,)``; NaN where the lower edge is."""
    confidence_level: float
    """At each recall by itself, not of the whole curve at once."""
    reason: str = ""
    """Why there is no band, or an empty string."""
    method: str = ""
    """In words, to be shown beside the band; empty when there is none."""


def precision_recall_band(
    c: Counts, *, recall: ArrayLike | None = None, confidence_level: float = 0.95, grouped: bool = False
) -> PrecisionRecallBand:
    """Estimate a pointwise band of the precision–recall curve.

    At a recall the precision is recall · P / (recall · P + fpr · N). How far the fpr at that recall reaches is what
    :func:`roc_band` says of the curve with its axes exchanged; to that, on the scale of log odds, where these are
    sums, comes what the share of positives would vary by (1 / P + 1 / N), joined as the root of their squares.

    Parameters
    ----------
    c
        The concept's counts.
    recall
        ``(G,)`` where to measure the band; None for 101 equal steps.
    confidence_level
        Between 0 and 1.
    grouped
        Whether inputs come in groups: then there is no band, and it says why.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    grid = HUNDREDTHS if recall is None else np.asarray(recall, np.float64)
    if grid.ndim != 1 or not ((grid >= 0) & (grid <= 1)).all() or (np.diff(grid) < 0).any():
        raise ValueError("recall must be an ascending list of rates in [0, 1].")
    z = normal_quantile(confidence_level)
    reason = _none(c, grouped=grouped)
    if reason:
        nowhere = np.full(grid.shape, np.nan)
        return PrecisionRecallBand(grid, nowhere, nowhere, confidence_level, reason)
    swapped = Counts(c.thresholds, c.fps, c.tps)
    least, most = boxes(swapped, grid, confidence_level, None)
    found = grid * c.num_pos
    rows = np.minimum(np.searchsorted(c.tps, np.ceil(found - 1e-9)), len(c) - 1)
    low, high = _joined(found, rows, (c.num_neg * least, c.num_neg * most), c, z)
    # The curve itself, whose teeth are finer than the grid.
    drawn = precision(c.tps[rows], c.fps[rows])
    low, high = np.fmin(low, drawn), np.fmax(high, drawn)
    measured = found >= 1 - 1e-9
    low, high = np.where(measured, low, np.nan), np.where(measured, high, np.nan)
    return PrecisionRecallBand(grid, low, high, confidence_level, method=METHOD)


def _none(c: Counts, *, grouped: bool) -> str:
    """Say why there is no band; empty where there is one."""
    if grouped:
        return "bands of precision over recall are measured for independent inputs, and these come in groups"
    return undefined_reason(c) or too_few_for("a band", ENOUGH, c.num_pos, c.num_neg)


def _joined(found: Any, rows: Any, reach: tuple[Any, Any], c: Counts, z: float) -> tuple[Any, Any]:
    """Turn false positives into precision, and join what the share of positives varies by on the scale of log odds."""
    least, most = reach
    with np.errstate(divide="ignore", invalid="ignore"):
        here, low, high = (np.log(found) - np.log(fps) for fps in (np.clip(c.fps[rows], least, most), most, least))
        share = z * np.sqrt(1 / c.num_pos + 1 / c.num_neg)
        # without a false positive the log odds are infinite, and so is what is above; below, the two are added
        # and past the last positive but one: there all negatives may be found, and only the share of positives varies
        joinable = np.isfinite(here) & (found < c.num_pos - 1 + 1e-9)
        lower = np.where(joinable, here - np.hypot(here - low, share), low - share)
        upper = np.where(np.isfinite(high), here + np.hypot(high - here, share), np.inf)
    return 1 / (1 + np.exp(-lower)), 1 / (1 + np.exp(-upper))
