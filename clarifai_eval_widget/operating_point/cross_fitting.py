"""What a chosen threshold achieves on inputs that took no part in the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from clarifai_eval_widget.metrics import counts, mean_defined
from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, in_threads
from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.choosing import describe, rates_at
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.points import CrossFitted, FoldPoint, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.uncertainty import EffectiveSizes

__all__ = ["cross_fitted", "cross_fitted_each"]


def cross_fitted(
    labels: ArrayLike,
    scores: ArrayLike,
    folds: ArrayLike,
    *,
    confidence_level: float = 0.95,
    sizes: EffectiveSizes | None = None,
    **criterion: Unpack[CriterionOptions],
) -> CrossFitted:
    """Estimate honestly what a criterion achieves: choose on all folds but one, measure on that one, average.

    Parameters
    ----------
    labels
        ``(N,)`` bool, of one concept.
    scores
        ``(N,)`` finite float32 or float64.
    folds
        ``(N,)`` the number of each input's fold, of two folds at least.
    confidence_level, sizes, **criterion
        As in :func:`operating_point`.

    Raises
    ------
    InfeasibleError
        When no threshold suits all folds taken together. One that suits no K-1 of them gets a reason instead.
    ValueError
        When there are fewer than two folds, or the keywords do not make one criterion.
    """
    criteria = [criterion_of(criterion)]
    (found,) = cross_fitted_each(labels, scores, folds, criteria, confidence_level=confidence_level, sizes=sizes)
    if isinstance(found, InfeasibleError):
        raise found
    return found


def cross_fitted_each(
    labels: ArrayLike,
    scores: ArrayLike,
    folds: ArrayLike,
    criteria: Sequence[Criterion],
    *,
    confidence_level: float = 0.95,
    sizes: EffectiveSizes | None = None,
) -> list[CrossFitted | InfeasibleError]:
    """Estimate what each of several criteria achieves, as :func:`cross_fitted` does; each fold is counted only once.

    Parameters
    ----------
    labels, scores, folds, confidence_level
        As in :func:`cross_fitted`.
    criteria
        What to choose by.
    sizes
        Of inputs in groups, as :func:`operating_point` takes them.

    Returns
    -------
    list
        For each criterion its estimate, or why no threshold suits all folds taken together.

    Raises
    ------
    ValueError
        When there are fewer than two folds.
    """
    truth, values, parts = as_labels(labels), as_scores(scores), np.asarray(folds)
    check_shapes(truth, values, 1)
    if parts.shape != truth.shape:
        raise ValueError(f"Each input needs its fold: {truth.shape} labels, but folds of the shape {parts.shape}.")
    numbers = np.unique(parts)
    if len(numbers) < 2:
        raise ValueError(f"Choosing and measuring apart needs two folds at least; got {len(numbers)}.")

    def split(index: int) -> _Split:
        held_out = parts == numbers[index]
        rest = counts(truth[~held_out], values[~held_out])
        return _Split(int(numbers[index]), rest, truth[held_out], values[held_out])

    splits = in_threads(split, range(len(numbers)), work=len(truth) * len(numbers))
    everything = counts(truth, values)
    return [_estimate(everything, splits, wanted, confidence_level, sizes) for wanted in criteria]


@dataclass(frozen=True, eq=False)
class _Split:
    """A fold held out, and the counts of all others."""

    fold: int
    rest: Counts
    labels: NDArray[np.bool_]
    scores: NDArray[Any]


def _estimate(
    everything: Counts,
    splits: Sequence[_Split],
    wanted: Criterion,
    confidence_level: float,
    sizes: EffectiveSizes | None,
) -> CrossFitted | InfeasibleError:
    try:
        row = choose_row(everything, wanted)
    except InfeasibleError as error:
        return error
    points = [_measure_fold(split, wanted, everything.thresholds[row]) for split in splits]
    value, std, averaged = mean_defined([point.value for point in points])
    precision, recall, fpr, f1 = (
        mean_defined([getattr(point, name) for point in points])[0] for name in ("precision", "recall", "fpr", "f1")
    )
    return CrossFitted(
        str(wanted),
        value,
        std,
        averaged,
        precision,
        recall,
        fpr,
        f1,
        apparent=mean_defined([point.apparent for point in points if not np.isnan(point.value)])[0],
        lower_is_better=wanted.lower_is_better,
        chosen=describe(everything, wanted, row, confidence_level, sizes),
        folds=tuple(points),
    )


def _measure_fold(split: _Split, wanted: Criterion, shipped: Any) -> FoldPoint:
    """Choose on the rest, measure on the part held out, there and at the threshold to ship."""
    fold, rest, truth, values = split.fold, split.rest, split.labels, split.scores
    num_pos = int(np.count_nonzero(truth))
    num_neg = len(truth) - num_pos

    def measure(threshold: Any) -> tuple[int, int, float]:
        predicted = values >= threshold
        tp, fp = int(np.count_nonzero(predicted & truth)), int(np.count_nonzero(predicted & ~truth))
        return tp, fp, float(wanted.measure(wanted.objective, tp, fp, num_pos, num_neg))

    apparent = measure(shipped)[2]
    try:
        threshold = rest.thresholds[choose_row(rest, wanted)]
    except InfeasibleError as error:
        nan = float("nan")
        return FoldPoint(fold, nan, nan, 0, 0, num_pos, num_neg, nan, nan, nan, nan, apparent, error.message)
    tp, fp, value = measure(threshold)
    rates = rates_at(wanted, tp, fp, num_pos, num_neg)
    reason = f"{wanted.objective} is undefined on this fold" if np.isnan(value) else ""
    missed, rejected = num_pos - tp, num_neg - fp
    return FoldPoint(fold, float(threshold), value, tp, fp, missed, rejected, **rates, apparent=apparent, reason=reason)
