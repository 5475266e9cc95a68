"""What a chosen threshold achieves on inputs that took no part in the choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from clarifai_eval_widget.metrics import counts, mean_defined
from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, in_threads
from clarifai_eval_widget.operating_point.choosing import choose_row, describe, rates_at
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions
from clarifai_eval_widget.operating_point.points import CrossFitted, FoldPoint, InfeasibleError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["cross_fitted"]


def cross_fitted(
    labels: ArrayLike,
    scores: ArrayLike,
    folds: ArrayLike,
    *,
    confidence_level: float = 0.95,
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
    confidence_level, **criterion
        As in :func:`operating_point`.

    Raises
    ------
    InfeasibleError
        When no threshold suits all folds taken together. One that suits no K-1 of them gets a reason instead.
    ValueError
        When there are fewer than two folds, or the keywords do not make one criterion.
    """
    wanted = Criterion(**criterion)
    truth, values, parts = as_labels(labels), as_scores(scores), np.asarray(folds)
    check_shapes(truth, values, 1)
    if parts.shape != truth.shape:
        raise ValueError(f"Each input needs its fold: {truth.shape} labels, but folds of the shape {parts.shape}.")
    numbers = np.unique(parts)
    if len(numbers) < 2:
        raise ValueError(f"Choosing and measuring apart needs two folds at least; got {len(numbers)}.")
    everything = counts(truth, values)
    row = choose_row(everything, wanted)
    shipped = everything.thresholds[row]

    def left_out(index: int) -> FoldPoint:
        return _measure_fold((truth, values, parts == numbers[index]), int(numbers[index]), wanted, shipped)

    points = in_threads(left_out, range(len(numbers)), work=len(truth) * len(numbers))
    value, std, averaged = mean_defined([point.value for point in points])
    means = {
        name: mean_defined([getattr(point, name) for point in points])[0]
        for name in ("precision", "recall", "fpr", "f1")
    }
    return CrossFitted(
        str(wanted),
        value,
        std,
        averaged,
        **means,
        apparent=mean_defined([point.apparent for point in points if not np.isnan(point.value)])[0],
        lower_is_better=wanted.lower_is_better,
        chosen=describe(everything, wanted, row, confidence_level),
        folds=tuple(points),
    )


def _measure_fold(
    data: tuple[NDArray[np.bool_], NDArray[Any], NDArray[np.bool_]], fold: int, wanted: Criterion, shipped: Any
) -> FoldPoint:
    """Choose on the rest, measure on the part held out, there and at the threshold to ship."""
    labels, scores, held_out = data
    rest = counts(labels[~held_out], scores[~held_out])
    truth, values = labels[held_out], scores[held_out]
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
