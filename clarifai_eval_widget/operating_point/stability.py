"""How much a chosen threshold would move with another sample of inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.points import ThresholdInterval
from clarifai_eval_widget.operating_point.redrawing import MAX_BINS, Drawn, redrawn, redrawn_by_group
from clarifai_eval_widget.uncertainty.checks import check_replicates
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples, expanded_tail
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = [
    "ChosenAgain",
    "interval_of",
    "threshold_interval",
    "threshold_interval_by_group",
    "threshold_intervals",
]


class ChosenAgain:
    """The interval of a chosen threshold, drawn when first asked for; its draws serve every confidence level.

    Of thresholds chosen together, as both ends of a band are, it has that of each.

    Pickled and copied it takes its draws along, and not what they are made of.
    """

    def __init__(self, draw: Callable[[], Sequence[Drawn]], criterion: str, *thresholds: float) -> None:
        self._draw: Callable[[], Sequence[Drawn]] | None = draw
        self._drawn: Sequence[Drawn] | None = None
        self._criterion, self._thresholds = criterion, thresholds

    @classmethod
    def of_counts(cls, c: Counts, wanted: Criterion, threshold: float) -> ChosenAgain:
        """Choose again on resamples of a concept's counts."""
        return cls(lambda: redrawn(c, [wanted]), str(wanted), threshold)

    @property
    def drawn(self) -> bool:
        """Whether the resamples are drawn, so that an interval costs nothing more."""
        return self._drawn is not None

    def __call__(self, confidence_level: float, /) -> ThresholdInterval:
        """Return the interval of the threshold at a confidence level."""
        return self.each(confidence_level)[0]

    def each(self, confidence_level: float) -> list[ThresholdInterval]:
        """Return that of every threshold, in their order."""
        drawn = self._drawn
        if drawn is None:
            assert self._draw is not None
            drawn = self._drawn = self._draw()
        return [
            interval_of(one, self._criterion, threshold, confidence_level=confidence_level)
            for one, threshold in zip(drawn, self._thresholds, strict=True)
        ]

    def __getstate__(self) -> dict[str, Any]:
        self.each(0.95)
        return self.__dict__ | {"_draw": None}


def interval_of(
    drawn: Drawn, criterion: str, threshold: float, *, confidence_level: float = 0.95, seed: int = 0
) -> ThresholdInterval:
    """Return the percentiles of what was chosen on resamples."""
    tail = (1 - confidence_level) / 2
    tail = tail if drawn.alike is None or drawn.reason else expanded_tail(confidence_level, drawn.alike)
    low, high = _percentiles(drawn.places, drawn.thresholds, tail)
    infeasible = int(np.count_nonzero(drawn.places < 0))
    size = len(drawn.places)
    reason = drawn.reason or ("no resample has such a threshold" if infeasible == size else "")
    return ThresholdInterval(
        criterion, threshold, low, high, confidence_level, size, infeasible, seed, drawn.method, reason
    )


def threshold_interval(
    c: Counts,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = MAX_BINS,
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
    (drawn,) = redrawn(c, [wanted], replicates=replicates, seed=seed, max_bins=max_bins)
    return interval_of(drawn, str(wanted), threshold, confidence_level=confidence_level, seed=seed)


def threshold_interval_by_group(
    labels: ArrayLike,
    scores: ArrayLike,
    groups: ArrayLike,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = MAX_BINS,
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
    threshold = float(held.counts.thresholds[choose_row(held.counts, wanted)])
    (drawn,) = redrawn_by_group(held, [wanted], replicates=replicates, seed=seed, max_bins=max_bins)
    return interval_of(drawn, str(wanted), threshold, confidence_level=confidence_level, seed=seed)


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

    work = replicates * sum(min(len(c), MAX_BINS) for c in cs.values())
    return dict(zip(names, in_threads(one, range(len(names)), work=work), strict=True))
