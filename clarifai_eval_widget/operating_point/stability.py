"""How much a chosen threshold would move with another sample of inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from clarifai_eval_widget.metrics.arrays import in_threads
from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.drawn import Drawn, between_scores, none_of
from clarifai_eval_widget.operating_point.points import ThresholdInterval
from clarifai_eval_widget.operating_point.redrawing import MAX_BINS, redrawn, redrawn_by_group
from clarifai_eval_widget.uncertainty.checks import check_replicates
from clarifai_eval_widget.uncertainty.effective import effective_sizes
from clarifai_eval_widget.uncertainty.group_bootstrap import GroupResamples
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.crossing import Bounded
    from clarifai_eval_widget.uncertainty import EffectiveSizes

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

    def __init__(self, draw: Callable[[], Sequence[Drawn | Bounded]], criterion: str, *thresholds: float) -> None:
        self._draw: Callable[[], Sequence[Drawn | Bounded]] | None = draw
        self._drawn: Sequence[Drawn | Bounded] | None = None
        self._criterion, self._thresholds = criterion, thresholds

    @classmethod
    def of_counts(cls, c: Counts, wanted: Criterion, threshold: float) -> ChosenAgain:
        """Choose again on resamples of a concept's counts."""
        return cls(lambda: redrawn(c, [wanted]), str(wanted), threshold)

    @classmethod
    def not_of_groups(cls, criterion: str, *thresholds: float) -> ChosenAgain:
        """Say that thresholds of inputs in groups have no interval."""
        reason = "inputs come in groups, and whole groups are not drawn for this threshold"
        return cls(lambda: [none_of("", reason)] * len(thresholds), criterion, *thresholds)

    @property
    def drawn(self) -> bool:
        """Whether the resamples are drawn, so that an interval costs nothing more."""
        return self._drawn is not None

    def __call__(self, confidence_level: float, /) -> ThresholdInterval:
        """Return the interval of the threshold at a confidence level."""
        return self.each(confidence_level)[0]

    def each(self, confidence_level: float) -> list[ThresholdInterval]:
        """Return that of every threshold, in their order; with that confidence all of them hold together."""
        drawn = self._drawn
        if drawn is None:
            assert self._draw is not None
            drawn = self._drawn = self._draw()
        level = 1 - (1 - confidence_level) / len(self._thresholds)
        return [
            replace(
                interval_of(one, self._criterion, threshold, confidence_level=level), confidence_level=confidence_level
            )
            for one, threshold in zip(drawn, self._thresholds, strict=True)
        ]

    def __getstate__(self) -> dict[str, Any]:
        self.each(0.95)
        return self.__dict__ | {"_draw": None}


def interval_of(
    drawn: Drawn | Bounded, criterion: str, threshold: float, *, confidence_level: float = 0.95, seed: int = 0
) -> ThresholdInterval:
    """Return the interval of a chosen threshold, which holds the threshold itself, or why there is none."""
    low, high, reason = drawn.ends(confidence_level)
    if not reason:
        low, high, reason = between_scores(min(low, threshold), max(high, threshold))
    counted = confidence_level, drawn.replicates, drawn.infeasible, seed
    return ThresholdInterval(criterion, threshold, low, high, *counted, drawn.method, reason)


def threshold_interval(
    c: Counts,
    *,
    replicates: int = 1000,
    confidence_level: float = 0.95,
    seed: int = 0,
    max_bins: int = MAX_BINS,
    **criterion: Unpack[CriterionOptions],
) -> ThresholdInterval:
    """Return the interval of the threshold that a criterion chooses.

    By a smoothed bootstrap, positives and negatives resampled apart: each class's scores spread by Silverman's rule,
    shares on the scale of their log odds, and a resample's counts are multinomial over the bins between distinct
    scores. It takes ten inputs of either class, and ten for each mistake of the other kind that one is worth.

    A threshold at the bound of a rate is where the rate's own interval holds the bound: nothing is resampled.

    Parameters
    ----------
    c
        The concept's counts.
    replicates
        The number of resamples.
    confidence_level
        Between 0 and 1; the ends are scores, the lower one the next below what was chosen.
    seed
        Of the random numbers.
    max_bins
        Concepts of more distinct scores are resampled at some of them, the common stops of
        :func:`metrics.choose_stops`.
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

    Scores are smoothed as of so many inputs as the groups are worth in groups of one size, those of the class of which
    they are worth less. Percentiles are expanded for that number as in :func:`uncertainty.cluster_bootstrap`, and need
    ten groups of either class. The interval of a bounded rate is that of its effective size.

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

    def sizes(level: float) -> EffectiveSizes:
        return effective_sizes(labels, scores, groups, held.counts, confidence_level=level)

    (drawn,) = redrawn_by_group(held, [wanted], sizes, replicates=replicates, seed=seed, max_bins=max_bins)
    return interval_of(drawn, str(wanted), threshold, confidence_level=confidence_level, seed=seed)


def _checked(options: CriterionOptions, replicates: int, confidence_level: float, max_bins: int) -> Criterion:
    check_replicates(replicates)
    normal_quantile(confidence_level)
    if max_bins < 102:
        raise ValueError(f"max_bins={max_bins} must be 102 or more.")
    return criterion_of(options)


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
