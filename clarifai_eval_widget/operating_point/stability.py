"""How much a chosen threshold would move with another sample of inputs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np

from clarifai_eval_widget.metrics import choose_stops
from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.operating_point.best import allowed_rows, best_rows, choose_row
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.points import ThresholdInterval
from clarifai_eval_widget.uncertainty.checks import check_replicates
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples, expanded_tail
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = [
    "REPLICATES",
    "STRATIFIED",
    "ChosenAgain",
    "Drawn",
    "bootstrap_rows",
    "interval_of",
    "redrawn",
    "redrawn_by_group",
    "redrawn_one_by_one",
    "resampled",
    "threshold_interval",
    "threshold_interval_by_group",
    "threshold_intervals",
]

STRATIFIED = "bootstrap, positives and negatives apart, percentiles"
REPLICATES = 200  # of an interval that nobody asked for by itself
_MAX_BINS = 500
_AT_ONCE = 1 << 18  # cells of a batch of resamples, so that the temporaries stay small


class Drawn(NamedTuple):
    """What a criterion chose on each resample, as places among the rows resampled at."""

    places: NDArray[np.intp]
    """-1 where no threshold met the criterion."""
    thresholds: NDArray[Any]
    """Of the rows, descending."""
    method: str
    """In words."""
    fewest: int | None = None
    """Of inputs in groups, those that hold the rarer class: percentiles are expanded for few."""
    reason: str = ""
    """Why nothing was drawn, or an empty string."""


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
    tail = tail if drawn.fewest is None or drawn.reason else expanded_tail(confidence_level, drawn.fewest)
    low, high = _percentiles(drawn.places, drawn.thresholds, tail)
    infeasible = int(np.count_nonzero(drawn.places < 0))
    size = len(drawn.places)
    reason = drawn.reason or ("no resample has such a threshold" if infeasible == size else "")
    return ThresholdInterval(
        criterion, threshold, low, high, confidence_level, size, infeasible, seed, drawn.method, reason
    )


def redrawn(
    c: Counts, criteria: Sequence[Criterion], *, replicates: int = REPLICATES, seed: int = 0, max_bins: int = _MAX_BINS
) -> list[Drawn]:
    """Choose on resamples by each of several criteria; the resamples are the same for all.

    Their counts are multinomial over the bins between rows, positives and negatives apart.
    """
    rows, rng = bootstrap_rows(c, max_bins), np.random.default_rng(seed)
    found: list[list[NDArray[np.intp]]] = [[] for _ in criteria]
    for size in _batches(replicates, len(rows)):
        tps, fps = (resampled(counted[rows], size, rng) for counted in (c.tps, c.fps))
        for wanted, places in zip(criteria, found, strict=True):
            allowed = allowed_rows(wanted, tps, fps, c.num_pos, c.num_neg)
            utility = np.where(allowed, wanted.utility(tps, fps, c.num_pos, c.num_neg), np.nan)
            places.append(best_rows(utility, wanted))
    return [Drawn(np.concatenate(places), c.thresholds[rows], STRATIFIED) for places in found]


def redrawn_one_by_one(c: Counts, choose: Callable[[Counts], Sequence[int]], *, number: int = 1) -> list[Drawn]:
    """Choose so many thresholds on resamples by what takes one concept's counts and returns rows, or none of them."""
    rows, rng = bootstrap_rows(c, _MAX_BINS), np.random.default_rng(0)
    places: list[Sequence[int]] = []
    for size in _batches(REPLICATES, len(rows)):
        drawn = (resampled(counted[rows], size, rng).astype(np.int32) for counted in (c.tps, c.fps))
        for tps, fps in zip(*drawn, strict=True):
            found = choose(replace(c, thresholds=c.thresholds[rows], tps=tps, fps=fps))
            places.append(found or [-1] * number)
    return [Drawn(each, c.thresholds[rows], STRATIFIED) for each in np.array(places, np.intp).T]


def redrawn_by_group(
    held: GroupResamples,
    criteria: Sequence[Criterion],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
) -> list[Drawn]:
    """Choose on resamples of whole groups by each of several criteria."""
    rows = bootstrap_rows(held.counts, max_bins)
    thresholds, method = held.counts.thresholds[rows], f"bootstrap of {held.number} groups, expanded percentiles"
    if held.reason:
        nothing = Drawn(np.zeros(0, np.intp), thresholds, method, held.fewest, held.reason)
        return [nothing] * len(criteria)
    found: list[list[int]] = [[] for _ in criteria]
    for tps, fps in held.draw(replicates, seed):
        for wanted, places in zip(criteria, found, strict=True):
            places.append(_choose(wanted, tps, fps, rows))
    return [Drawn(np.array(places, np.intp), thresholds, method, held.fewest) for places in found]


def threshold_interval(
    c: Counts,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = _MAX_BINS,
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
    max_bins: int = _MAX_BINS,
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

    work = replicates * sum(min(len(c), _MAX_BINS) for c in cs.values())
    return dict(zip(names, in_threads(one, range(len(names)), work=work), strict=True))


def bootstrap_rows(c: Counts, max_bins: int) -> NDArray[np.intp]:
    """Return the rows to resample at: all of them, or those of common stops, the ends included."""
    if len(c) <= max_bins + 1:
        return np.arange(len(c))
    stops = choose_stops([c], max_bins, own=False).thresholds
    return np.unique(np.concatenate([[0], c.row(stops), [len(c) - 1]]))


def _batches(replicates: int, rows: int) -> Iterator[int]:
    """Give the sizes of batches of resamples that keep temporaries small."""
    batch = max(1, _AT_ONCE // rows)
    for first in range(0, replicates, batch):
        yield min(batch, replicates - first)


def resampled(cumulative: NDArray[np.int32], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cumulative counts ``(size, rows)`` of resamples of one class."""
    total, bins = int(cumulative[-1]), np.diff(cumulative, prepend=np.int32(0))
    if not total:
        return np.zeros((size, len(cumulative)), np.int64)
    return np.cumsum(rng.multinomial(total, bins / total, size=size), axis=1)
