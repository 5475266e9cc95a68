"""Two thresholds with a band between them in which nothing is decided: coverage against error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import ratio, undefined_reason
from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, to_dtype
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.operating_point.drawn import none_of
from clarifai_eval_widget.operating_point.enough import too_few_beyond
from clarifai_eval_widget.operating_point.points import InfeasibleError
from clarifai_eval_widget.operating_point.redrawing import STRATIFIED, redrawn_one_by_one
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.uncertainty.effective import rate_interval, rate_method
from clarifai_eval_widget.words import exact, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.drawn import Drawn
    from clarifai_eval_widget.operating_point.points import ThresholdInterval

    Values = NDArray[np.float64]

__all__ = ["AbstainCurve", "AbstainPoint", "abstain_curve", "abstain_point", "choose_abstain", "rejecting_matrix"]


@dataclass(frozen=True, repr=False)
class AbstainPoint(Brief):
    """What two thresholds do: positive from the upper one on, negative below the lower one, between them rejected."""

    low: float
    """Negative is ``score < low``."""
    high: float
    """Positive is ``score >= high``."""
    tp: int
    """Positives predicted positive."""
    fp: int
    """Negatives predicted positive."""
    fn: int
    """Positives predicted negative."""
    tn: int
    """Negatives predicted negative."""
    rejected_pos: int
    """Positives in the band."""
    rejected_neg: int
    """Negatives in the band."""
    coverage: float
    """Share of the inputs that are decided; NaN without inputs."""
    error: float
    """Share of the decided ones that are wrong; NaN when none is decided."""
    coverage_interval: tuple[float, float]
    """By ``method``."""
    error_interval: tuple[float, float]
    """By ``method``, at these thresholds; that they were chosen on these inputs is not in it."""
    confidence_level: float
    """Of the intervals."""
    guarantee: float | None = None
    """The confidence with which new inputs keep ``max_error``; None where nothing is guaranteed."""
    max_error: float | None = None
    """What is guaranteed: at most this share is wrong, of the inputs predicted positive and of those predicted
    negative."""
    method: str = field(default=rate_method(), kw_only=True)
    """Of both intervals, and what they take for granted."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""

    chosen_again: Callable[[float], Sequence[ThresholdInterval]] | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )
    """Chooses the band on resamples of the same inputs; None of a band that was given or guaranteed, and of groups."""

    @property
    def threshold_intervals(self) -> tuple[ThresholdInterval, ThresholdInterval] | None:
        """How far both thresholds would move with another sample of inputs, by 200 resamples drawn when asked for.

        With the stated confidence both hold. An end beyond which fewer than three decisions are wrong has none.
        Before an evaluation has ended they hold at that look alone.
        """
        if self.chosen_again is None:
            return None
        low, high = self.chosen_again(self.confidence_level)
        return low, high

    @property
    def matrix(self) -> NDArray[np.int64]:
        """``(2, 3)``: actual negative and positive by predicted negative, predicted positive, rejected."""
        return np.array([[self.tn, self.fp, self.rejected_neg], [self.fn, self.tp, self.rejected_pos]], np.int64)


@dataclass(frozen=True, eq=False)
class AbstainCurve:
    """The bands that are best for some cost of a rejection, by falling coverage."""

    low: Values
    """``(B,)`` lower thresholds."""
    high: Values
    """``(B,)`` upper thresholds, none below its lower one."""
    coverage: Values
    """``(B,)`` descending."""
    error: Values
    """``(B,)`` of the decided inputs; NaN where none is decided."""


def abstain_point(
    c: Counts,
    low: float,
    high: float,
    *,
    confidence_level: float = 0.95,
    sizes: tuple[float, float] | None = None,
) -> AbstainPoint:
    """Count what two thresholds decide, and what they reject.

    Parameters
    ----------
    c
        The concept's counts.
    low, high
        Rounded once to the scores' dtype; ``low`` at most ``high``.
    confidence_level
        Between 0 and 1.
    sizes
        Of inputs in groups: how many independent ones all, and the decided ones, are worth
        (:func:`uncertainty.effective_sizes_of_shares`); the intervals are then Agresti and Coull's of so many.

    Raises
    ------
    ValueError
        When ``low`` is above ``high``, a threshold NaN or the level out of its range.
    """
    if not low <= high:
        raise ValueError(f"low={low} must be at most high={high}: inputs between them are rejected.")
    (passed, tp), (alarms, fp) = (tuple(int(n) for n in counted) for counted in c.at([low, high]))
    fn, tn = c.num_pos - passed, c.num_neg - alarms
    total, decided = c.num_pos + c.num_neg, tp + fp + fn + tn
    cells = (decided, total), (fp + fn, decided)
    covered, wrong = (
        rate_interval(*cell, size, confidence_level=confidence_level)
        for cell, size in zip(cells, sizes or (None, None), strict=True)
    )
    return AbstainPoint(
        float(low),
        float(high),
        tp=tp,
        fp=fp,
        fn=fn,
        tn=tn,
        rejected_pos=passed - tp,
        rejected_neg=alarms - fp,
        coverage=ratio(decided, total),
        error=ratio(fp + fn, decided),
        coverage_interval=(float(covered[0]), float(covered[1])),
        error_interval=(float(wrong[0]), float(wrong[1])),
        confidence_level=confidence_level,
        method=rate_method() if sizes is None else "Agresti-Coull",
    )


def abstain_curve(c: Counts, *, steps: int = 200) -> AbstainCurve:
    """Trade coverage for error: the best band for each cost of a rejection.

    Where a rejection costs the share d of a mistake (Chow, IEEE Transactions on Information Theory 16, 1970), the
    upper threshold minimises false positives plus d times the rejected above, the lower one misses plus d times
    the rejected below; the two do not cross for d up to one half.

    Parameters
    ----------
    c
        The concept's counts.
    steps
        How many costs from one half down to 0 are tried, more densely near 0.

    Raises
    ------
    InfeasibleError
        When a class is absent.
    ValueError
        When ``steps`` is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps={steps} must be 2 or more.")
    why = undefined_reason(c)
    if why:
        raise InfeasibleError(f"A band needs positives and negatives to be chosen by: {why}.")
    hits, alarms = c.tps.astype(np.float64), c.fps.astype(np.float64)
    ends = []
    for d in 0.5 * np.linspace(1, 0, steps) ** 2:
        upper = int(np.argmax(d * hits - (1 - d) * alarms))
        lower = int(np.argmax((1 - d) * hits - d * alarms))
        ends.append((upper, max(lower, upper)))
    upper, lower = np.array(list(dict.fromkeys(ends)), np.intp).T
    wrong = c.fps[upper] + c.fns[lower]
    rejected = c.tps[lower] - c.tps[upper] + c.fps[lower] - c.fps[upper]
    total = c.num_pos + c.num_neg
    order = np.argsort(rejected, kind="stable")
    low, high = (c.thresholds[rows].astype(np.float64)[order] for rows in (lower, upper))
    decided = (total - rejected)[order]
    return AbstainCurve(low, high, decided / total, ratio(wrong[order], decided))


def choose_abstain(c: Counts, *, max_error: float, confidence_level: float = 0.95) -> AbstainPoint:
    """Find the band of the highest coverage whose decisions are wrong in at most a share of the cases here.

    On new inputs the share is higher in more than half of all samples, as with every bound that was only just met on
    the inputs it was chosen on: :func:`guaranteed_abstain` keeps it with a stated confidence.

    Parameters
    ----------
    c
        The concept's counts.
    max_error
        In [0, 1], of the decided inputs.
    confidence_level
        Of the intervals.

    Raises
    ------
    InfeasibleError
        When no band decides anything at that error, saying the lowest there is; or when a class is absent.
    ValueError
        When ``max_error`` or the level is out of its range.
    """
    if not 0 <= max_error <= 1:
        raise ValueError(f"max_error={max_error} must lie in [0, 1].")
    lower, upper = _best_band(c, max_error)
    low, high = float(c.thresholds[lower]), float(c.thresholds[upper])
    found = abstain_point(c, low, high, confidence_level=confidence_level)

    def rows(c: Counts) -> Sequence[int]:
        try:
            return _best_band(c, max_error)
        except InfeasibleError:
            return ()

    beyond = (found.fn, found.fp) if low < high else (found.fn + found.fp,) * 2
    reasons = [too_few_beyond(wrong) for wrong in beyond]

    def draw() -> list[Drawn]:
        if all(reasons):
            return [none_of(STRATIFIED, reason) for reason in reasons]
        ends = redrawn_one_by_one(c, rows, number=2)
        together = f"{STRATIFIED}, of both ends together"
        return [one._replace(method=together, reason=reason) for one, reason in zip(ends, reasons, strict=True)]

    again = ChosenAgain(
        draw,
        f"highest coverage with an error of at most {exact(max_error)}",
        low,
        high,
    )
    return replace(found, chosen_again=again.each)


def _best_band(c: Counts, max_error: float) -> tuple[int, int]:
    """Return the rows of the lower and the upper threshold."""
    why = undefined_reason(c)
    if why:
        raise InfeasibleError(f"A band needs positives and negatives to be chosen by: {why}.")
    above, below = c.tps + c.fps, c.fns + c.tns
    # a band keeps the error when what its two ends do too much sums to at most 0
    allowed = max_error + 1e-12
    upper = np.arange(len(above))
    lower = _first_at_most(c.fns - allowed * below, allowed * above - c.fps)
    meets = lower < len(above)
    upper, lower = upper[meets], lower[meets]
    decided, wrong = above[upper] + below[lower], c.fps[upper] + c.fns[lower]
    if not decided.size or not decided.any():
        # the error of both ends together lies between those of either
        least = float(np.nanmin([ratio(c.fps, above), ratio(c.fns, below)]))
        raise InfeasibleError(
            f"No band decides with an error of at most {exact(max_error)}: the lowest is {within(least, up=True)}.",
            best={"error": least},
        )
    best = np.lexsort((wrong, -decided))[0]
    return int(lower[best]), int(upper[best])


def _first_at_most(values: NDArray[Any], bounds: NDArray[Any]) -> NDArray[np.intp]:
    """Find for each row the first value, from that row on, that its bound allows; their number where none does."""
    size = 1 << len(values).bit_length()
    least = np.full(2 * size, -np.inf)  # a tree of minima, whose leaves behind the values allow everything
    least[size : size + len(values)] = values
    for node in range(size.bit_length() - 1):
        start = size >> (node + 1)
        least[start : 2 * start] = least[2 * start : 4 * start].reshape(-1, 2).min(axis=1)
    at = size + np.arange(len(values))
    while (more := least[at] > bounds).any():
        following = at[more] + 1
        at[more] = following // (following & -following)
    while (inner := at < size).any():
        left = 2 * at[inner]
        at[inner] = left + (least[left] > bounds[inner])
    return np.minimum(at - size, len(values))


def rejecting_matrix(labels: ArrayLike, scores: ArrayLike, least: float) -> NDArray[np.int64]:
    """Cross labels with the top concept of each input, those whose top score is too low in a last column.

    Parameters
    ----------
    labels, scores
        ``(N, K)``. Of equal top scores the first column counts; an input stands in the row of each of its labels.
    least
        The lowest top score that decides, rounded once to the scores' dtype.

    Returns
    -------
    numpy.ndarray
        ``(K, K + 1)``: actual by predicted concept, then rejected.

    Raises
    ------
    ValueError
        When the shapes differ or the threshold is NaN.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 2)
    concepts = values.shape[1]
    if not values.size:
        return np.zeros((concepts, concepts + 1), np.int64)
    top = np.where(values.max(axis=1) >= to_dtype(least, values.dtype), values.argmax(axis=1), concepts)
    rows, actual = np.nonzero(truth)
    cells = np.bincount(actual * (concepts + 1) + top[rows], minlength=concepts * (concepts + 1))
    return cells.reshape(concepts, concepts + 1).astype(np.int64)
