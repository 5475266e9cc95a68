"""Figures of a part of the curve: where few false positives are allowed, or where only the top of the list is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import ratio, undefined_reason
from clarifai_eval_widget.operating_point.stability import bootstrap_rows, resampled
from clarifai_eval_widget.uncertainty import wilson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = ["PartialFigure", "partial_auc", "precision_at_k", "tpr_at_fpr"]


@dataclass(frozen=True)
class PartialFigure:
    """A figure of a part of the curve, with its interval."""

    value: float
    """NaN where undefined."""
    interval: tuple[float, float]
    """Low and high; NaN where undefined."""
    confidence_level: float
    """Of the interval."""
    method: str
    """How the interval was made."""
    reason: str = ""
    """Why the figure is undefined, or an empty string."""


def partial_auc(
    c: Counts, max_fpr: float, *, replicates: int = 1000, confidence_level: float = 0.95, seed: int = 0
) -> PartialFigure:
    """Return the area under the ROC up to a false positive rate, standardised so that chance is 0.5 and perfect 1.

    McClish (Medical Decision Making 9, 1989), as scikit-learn's ``roc_auc_score(max_fpr=)``. The interval is of a
    stratified bootstrap.

    Parameters
    ----------
    c
        The concept's counts.
    max_fpr
        Above 0, at most 1.
    replicates, confidence_level, seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    _check(confidence_level, max_fpr, replicates)
    method = f"bootstrap, {replicates} replicates, seed {seed}"
    reason = undefined_reason(c)
    if reason:
        return _undefined(reason, confidence_level, method)
    value = _standardised(c.tps[None] / c.num_pos, c.fps[None] / c.num_neg, max_fpr)[0]
    rows = bootstrap_rows(c, 500)
    rng = np.random.default_rng(seed)
    tps, fps = (resampled(counted[rows], replicates, rng) for counted in (c.tps, c.fps))
    areas = _standardised(tps / c.num_pos, fps / c.num_neg, max_fpr)
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(areas, [tail, 1 - tail])
    return PartialFigure(float(value), (float(low), float(high)), confidence_level, method)


def tpr_at_fpr(c: Counts, max_fpr: float, *, confidence_level: float = 0.95) -> PartialFigure:
    """Return the highest true positive rate at an operating point whose false positive rate is at most so high.

    The interval is Wilson's at that threshold; that the threshold was found on these inputs is not in it.

    Parameters
    ----------
    c
        The concept's counts.
    max_fpr
        In [0, 1].
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    if not 0 <= max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr} must lie in [0, 1].")
    reason = undefined_reason(c)
    if reason:
        return _undefined(reason, confidence_level, "Wilson")
    row = int(np.searchsorted(c.fps, max_fpr * c.num_neg * (1 + 1e-12), side="right")) - 1
    return _proportion(int(c.tps[row]), c.num_pos, confidence_level)


def precision_at_k(c: Counts, k: int, *, confidence_level: float = 0.95) -> PartialFigure:
    """Return the expected share of positives among the k inputs of the highest scores.

    Of inputs tied at the k-th place each is equally likely to be taken. The interval is Wilson's.

    Parameters
    ----------
    c
        The concept's counts.
    k
        From 1 to the number of inputs.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When ``k`` is out of its range, or the level.
    """
    total = c.num_pos + c.num_neg
    if not 1 <= k <= total:
        raise ValueError(f"k={k} must lie between 1 and the number of inputs, {total}.")
    predicted = c.tps + c.fps
    row = int(np.searchsorted(predicted, k))
    tied, missing = predicted[row] - predicted[row - 1], k - predicted[row - 1]
    hits = float(c.tps[row - 1]) + float(c.tps[row] - c.tps[row - 1]) * float(missing) / float(tied)
    return _proportion(hits, k, confidence_level)


def _standardised(tpr: NDArray[np.float64], fpr: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return McClish's area of each of several curves, ``(R, rows)``."""
    cut = np.minimum(fpr, limit)
    width, rise = np.diff(fpr, axis=1), np.diff(tpr, axis=1)
    share = np.diff(cut, axis=1) / np.where(width > 0, width, 1.0)  # of each piece, what lies before the limit
    area = (np.diff(cut, axis=1) * (tpr[:, :-1] + 0.5 * share * rise)).sum(axis=1)
    chance = 0.5 * limit * limit
    standardised: NDArray[np.float64] = 0.5 * (1 + (area - chance) / (limit - chance))
    return standardised


def _proportion(part: float, whole: int, confidence_level: float) -> PartialFigure:
    low, high = wilson_interval(part, whole, confidence_level=confidence_level)
    return PartialFigure(float(ratio(part, whole)), (float(low), float(high)), confidence_level, "Wilson")


def _undefined(reason: str, confidence_level: float, method: str) -> PartialFigure:
    nan = float("nan")
    return PartialFigure(nan, (nan, nan), confidence_level, method, reason)


def _check(confidence_level: float, max_fpr: float, replicates: int) -> None:
    if not 0 < max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr} must lie above 0, at most at 1.")
    if not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level={confidence_level} must lie between 0 and 1, for instance 0.95.")
    if replicates < 1:
        raise ValueError(f"replicates={replicates} must be 1 or more; 1000 is usual.")
