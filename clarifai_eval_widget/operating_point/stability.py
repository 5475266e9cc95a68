"""How much a chosen threshold would move with another sample of inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from clarifai_eval_widget.metrics import choose_stops
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.operating_point.choosing import allowed_rows, best_rows, choose_row
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.uncertainty.checks import check_replicates
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples, expanded_tail
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = [
    "ThresholdInterval",
    "bootstrap_rows",
    "resampled",
    "threshold_interval",
    "threshold_interval_by_group",
    "threshold_intervals",
]

_STRATIFIED = "bootstrap, positives and negatives apart, percentiles"
_AT_ONCE = 1 << 18  # cells of a batch of resamples, so that the temporaries stay small


@dataclass(frozen=True)
class ThresholdInterval:
    """A bootstrap interval of a chosen threshold."""

    criterion: str
    """The criterion in words."""
    threshold: float
    """Chosen on the inputs themselves."""
    low: float
    """The lower percentile of the thresholds chosen on resamples; one of the scores."""
    high: float
    """The upper percentile; ``inf`` where it is often best to predict nothing."""
    confidence_level: float
    """Between the percentiles."""
    replicates: int
    """The number of resamples."""
    infeasible: int
    """In how many of them no threshold met the criterion; these are left out of the percentiles."""
    seed: int
    """The same seed gives the same interval."""
    method: str
    """In words, to be shown beside the interval."""
    reason: str = ""
    """Why there is no interval, or an empty string."""


def threshold_interval(
    c: Counts,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = 500,
    **criterion: Unpack[CriterionOptions],
) -> ThresholdInterval:
    """Bootstrap the threshold that a criterion chooses, positives and negatives resampled apart.

    A resample's counts are multinomial over the bins between distinct scores; no row is drawn.

    Parameters
    ----------
    c
        The concept's counts.
    replicates
        The number of resamples.
    confidence_level
        Between 0 and 1; the ends are percentiles, each a threshold that was chosen.
    seed
        Of the random numbers.
    max_bins
        Concepts of more distinct scores are resampled at some of them, the common stops of
        :func:`metrics.choose_stops`; others exactly as by resampling rows.
    **criterion
        As in :func:`operating_point`.

    Raises
    ------
    InfeasibleError
        When no threshold meets the criterion on the inputs themselves.
    ValueError
        When an option is out of its range, or the keywords do not make one criterion.
    """
    wanted = _checked(criterion, replicates, confidence_level, max_bins)
    threshold = float(c.thresholds[choose_row(c, wanted)])
    rows = bootstrap_rows(c, max_bins)
    chosen = _choose_on_resamples(c, rows, wanted, replicates, np.random.default_rng(seed))
    low, high = _percentiles(chosen, c.thresholds[rows], (1 - confidence_level) / 2)
    infeasible = int(np.count_nonzero(chosen < 0))
    return ThresholdInterval(
        str(wanted), threshold, low, high, confidence_level, replicates, infeasible, seed, _STRATIFIED
    )


def threshold_interval_by_group(
    labels: ArrayLike,
    scores: ArrayLike,
    groups: ArrayLike,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = 500,
    **criterion: Unpack[CriterionOptions],
) -> ThresholdInterval:
    """Bootstrap the threshold that a criterion chooses, of inputs in groups: whole groups are drawn.

    Percentiles are expanded as in :func:`uncertainty.cluster_bootstrap`, and need ten groups of either class.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` finite.
    groups
        ``(N,)`` the group of each input; any values.
    replicates, confidence_level, seed, max_bins, **criterion
        As in :func:`threshold_interval`.

    Raises
    ------
    InfeasibleError
        When no threshold meets the criterion on the inputs themselves.
    ValueError
        When an option is out of its range, shapes differ, or the keywords do not make one criterion.
    """
    wanted = _checked(criterion, replicates, confidence_level, max_bins)
    held = GroupResamples(labels, scores, groups)
    c, reason = held.counts, held.reason
    threshold = float(c.thresholds[choose_row(c, wanted)])
    rows = bootstrap_rows(c, max_bins)
    chosen = np.zeros(0, np.intp)
    low = high = math.nan
    if not reason:
        drawn = held.draw(replicates, seed)
        chosen = np.array([_choose(wanted, tps, fps, rows) for tps, fps in drawn])
        low, high = _percentiles(chosen, c.thresholds[rows], expanded_tail(confidence_level, held.fewest))
    infeasible = int(np.count_nonzero(chosen < 0))
    method = f"bootstrap of {held.number} groups, expanded percentiles"
    return ThresholdInterval(
        str(wanted), threshold, low, high, confidence_level, len(chosen), infeasible, seed, method, reason
    )


def _checked(options: CriterionOptions, replicates: int, confidence_level: float, max_bins: int) -> Criterion:
    check_replicates(replicates)
    normal_quantile(confidence_level)
    if max_bins < 102:
        raise ValueError(f"max_bins={max_bins} must be 102 or more.")
    return criterion_of(options)


def _percentiles(chosen: NDArray[np.intp], thresholds: NDArray[Any], tail: float) -> tuple[float, float]:
    """Return the thresholds at two percentiles of the places chosen; -1 chose none and is left out."""
    found = chosen[chosen >= 0]
    if not len(found):
        return math.nan, math.nan
    # the places' order is that of the thresholds, reversed, and no mean of two of them is ever taken
    first, last = np.quantile(found, [tail, 1 - tail], method="inverted_cdf").astype(np.intp)
    return float(thresholds[last]), float(thresholds[first])


def _choose(wanted: Criterion, tps: NDArray[Any], fps: NDArray[Any], rows: NDArray[np.intp]) -> int:
    """Return the place in the rows that one resample's choice has; -1 where there is none."""
    num_pos, num_neg = int(tps[-1]), int(fps[-1])
    if not num_pos or not num_neg:
        return -1
    allowed = allowed_rows(wanted, tps[rows], fps[rows], num_pos, num_neg)
    utility = np.where(allowed, wanted.utility(tps[rows], fps[rows], num_pos, num_neg), np.nan)
    return int(best_rows(utility, wanted))


def threshold_intervals(
    cs: Mapping[str, Counts],
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    **criterion: Unpack[CriterionOptions],
) -> dict[str, ThresholdInterval]:
    """Bootstrap each concept's threshold as :func:`threshold_interval` does, concepts in threads."""
    names = list(cs)

    def one(k: int) -> ThresholdInterval:
        return threshold_interval(
            cs[names[k]], replicates=replicates, confidence_level=confidence_level, seed=seed, **criterion
        )

    work = replicates * sum(min(len(c), 500) for c in cs.values())
    return dict(zip(names, in_threads(one, range(len(names)), work=work), strict=True))


def bootstrap_rows(c: Counts, max_bins: int) -> NDArray[np.intp]:
    """Return the rows to resample at: all of them, or those of common stops, the ends included."""
    if len(c) <= max_bins + 1:
        return np.arange(len(c))
    stops = choose_stops([c], max_bins, own=False).thresholds
    return np.unique(np.concatenate([[0], c.row(stops), [len(c) - 1]]))


def _choose_on_resamples(
    c: Counts, rows: NDArray[np.intp], wanted: Criterion, replicates: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return the place in the rows that each resample's choice has; -1 where there is none."""
    batch = max(1, _AT_ONCE // len(rows))
    chosen = []
    for first in range(0, replicates, batch):
        size = min(batch, replicates - first)
        tps, fps = (resampled(counted[rows], size, rng) for counted in (c.tps, c.fps))
        allowed = allowed_rows(wanted, tps, fps, c.num_pos, c.num_neg)
        utility = np.where(allowed, wanted.utility(tps, fps, c.num_pos, c.num_neg), np.nan)
        chosen.append(best_rows(utility, wanted))
    return np.concatenate(chosen)


def resampled(cumulative: NDArray[np.int32], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cumulative counts ``(size, rows)`` of resamples of one class."""
    total, bins = int(cumulative[-1]), np.diff(cumulative, prepend=np.int32(0))
    if not total:
        return np.zeros((size, len(cumulative)), np.int64)
    return np.cumsum(rng.multinomial(total, bins / total, size=size), axis=1)
