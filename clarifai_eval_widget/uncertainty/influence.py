"""How much each input moves a figure: the value, and how it changes without the input, in O(n log n).

The sum of the squares is the jackknife's variance; for the AUC and F1 the infinitesimal one's, by the derivative by
the input's weight (Jaeckel 1972; Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 6).
Rows add up: over concepts for a macro average, over a group's inputs for clusters.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clarifai_eval_widget.metrics.arrays import to_dtype
from clarifai_eval_widget.uncertainty import formulas
from clarifai_eval_widget.uncertainty.checks import too_few
from clarifai_eval_widget.uncertainty.ranks import ranked_rows, twice_placements

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = [
    "Influence",
    "Total",
    "average_precision_bias",
    "average_precision_influence",
    "f1_influence",
    "roc_auc_influence",
    "shares_of",
]


class Influence(NamedTuple):
    """A figure of one concept and what is known of its error."""

    value: float
    """NaN when undefined."""
    moved: NDArray[np.float64]
    """``(N,)`` by each input; the squares sum to the variance."""
    reason: str = ""
    """Why there is none, or an empty string."""
    bias: float = 0.0
    """By how much the value is expected to be too high."""
    unseen: float = 0.0
    """Variance that so few misranked inputs cannot show, to be added in an interval."""
    positives: int = 0
    """How many positives an interval's quantile rests on; 0 when it does not."""
    df: int = 0
    """Degrees of freedom of the variance, as the smaller class has them; 0 when they are many."""


class Total:
    """The sum over concepts of one scoring's figure and of its error."""

    def __init__(self, inputs: int) -> None:
        self.moved = np.zeros(inputs)
        self.values: list[float] = []
        self.bias = self.unseen = 0.0
        self.positives: list[int] = []
        self.df = 0

    def add(self, one: Influence, rows: slice | NDArray[np.bool_]) -> None:
        """Add one concept's, of the rows whose labels are known."""
        self.values.append(one.value)
        self.moved[rows] += one.moved
        self.bias += one.bias
        self.unseen += one.unseen
        self.positives.append(one.positives)
        self.df += one.df

    def join(self, other: Total) -> None:
        """Add the sum over other concepts."""
        self.values += other.values
        self.moved += other.moved
        self.bias += other.bias
        self.unseen += other.unseen
        self.positives += other.positives
        self.df += other.df

    def mean(self, reason: str) -> Influence:
        """Return the mean over the concepts, or the reason where there are none."""
        number = len(self.values)
        if not number:
            return Influence(math.nan, self.moved, reason)
        value = float(np.mean(self.values))
        self.moved /= number
        return Influence(
            value,
            self.moved,
            bias=self.bias / number,
            unseen=self.unseen / number**2,
            positives=min(self.positives),
            df=self.df,
        )


def roc_auc_influence(labels: NDArray[np.bool_], scores: NDArray[Any], _: float) -> Influence:
    """Return the AUC, moved by each input's placement less the AUC over its class.

    Scaled so that the squares of each class sum to DeLong's variance. Where :func:`formulas.auto_interval` would not
    trust that, what its effective size adds is left unseen.
    """
    num_pos = int(np.count_nonzero(labels))
    num_neg = len(labels) - num_pos
    reason = too_few(num_pos, num_neg)
    if reason:
        return Influence(math.nan, np.zeros(len(labels)), reason)
    twice, area = twice_placements(labels, scores)
    value = area / (2 * num_pos * num_neg)
    sizes = {True: num_pos, False: num_neg}
    unit = {one: 1 / math.sqrt(size * (size - 1.0)) for one, size in sizes.items()}
    # of a negative, twice counts the positives below it: the fewer the better
    moved = np.where(labels, unit[True] / (2 * num_neg), -unit[False] / (2 * num_pos))
    level = np.where(labels, -value * unit[True], (1 - value) * unit[False])
    moved *= twice
    moved += level
    unseen = 0.0
    if min(num_pos, num_neg) * min(value, 1 - value) < formulas.MISRANKED:
        variance = float((moved * moved).sum())
        size = float(formulas.effective_size(value, variance, num_pos, num_neg))
        unseen = formulas.unseen_variance(value, variance, size)
    return Influence(value, moved, unseen=unseen, df=min(num_pos, num_neg) - 1)


def average_precision_influence(labels: NDArray[np.bool_], scores: NDArray[Any], _: float) -> Influence:
    """Return the average precision, moved by leaving out each input, and its bias.

    AP = Σ tp_i / predicted_i over the positives, by their number; an input left out takes itself off tp and predicted
    of all positives at or below its score. With few positives the derivative by an input's weight is too small: tests
    by it reject up to 8 % of true hypotheses at a nominal 5 %, by this, the jackknife proper, 2 to 6 %.

    Each positive counts itself as found at its own score, where the share of the others would be unbiased: that is
    the bias.
    """
    num_pos = int(np.count_nonzero(labels))
    if num_pos < 2:
        reason = "only one positive: a variance needs two" if num_pos else "no positives"
        return Influence(math.nan, np.zeros(len(labels)), reason)
    rows, hits, last = ranked_rows(labels, scores)
    upto = np.cumsum(hits)[last]
    mine = np.diff(upto, prepend=0)
    tps = num_pos - (upto - mine)
    predicted = len(rows) - np.append(0, last[:-1] + 1)
    gained = mine * (tps / predicted)
    value = float(gained.sum()) / num_pos
    # above the topmost nothing is known of the others: 1, which takes no bias off
    others = np.where(predicted > 1, (tps - 1) / np.maximum(predicted - 1, 1), 1.0)
    bias = float((mine * np.where(mine > 0, tps / predicted - others, 0.0)).sum()) / num_pos
    # left out, a positive takes along its own gain, and one hit from those at or below it
    above = gained.sum() - np.cumsum(gained)
    without_positive = (above + np.cumsum(mine * others) - others) / (num_pos - 1)
    without_negative = (above + np.cumsum(mine * (tps / np.maximum(predicted - 1, 1)))) / num_pos
    sizes = np.diff(last, prepend=-1)
    left = np.empty(len(rows))
    left[rows] = np.where(hits, np.repeat(without_positive, sizes), np.repeat(without_negative, sizes))
    moved = (left.mean() - left) * math.sqrt((len(rows) - 1) / len(rows))
    unseen = 0.0
    if num_pos * (1 - value) < formulas.MISRANKED:
        unseen = formulas.unseen_variance(value, float((moved * moved).sum()), num_pos)
    return Influence(value, moved, bias=bias, unseen=unseen, positives=num_pos, df=num_pos - 1)


def average_precision_bias(c: Counts) -> float:
    """Return by how much a concept's average precision is expected to be too high; NaN without positives.

    The bias of :func:`average_precision_influence`: of few positives, as in a fold, it is large.
    """
    if not c.num_pos:
        return math.nan
    tps = c.tps[1:].astype(np.float64)
    predicted, mine = tps + c.fps[1:], np.diff(c.tps)
    others = np.where(predicted > 1, (tps - 1) / np.maximum(predicted - 1, 1), 1.0)
    return float((mine * np.where(mine > 0, tps / predicted - others, 0.0)).sum()) / c.num_pos


def f1_influence(labels: NDArray[np.bool_], scores: NDArray[Any], threshold: float) -> Influence:
    """Return F1 at a threshold, moved by each input's weight: F1 = 2 tp / (2 tp + fp + fn).

    Where few decisions are wrong, what they cannot show is that of the proportion tp / (tp + fp + fn).
    """
    predicted = scores >= to_dtype(threshold, scores.dtype)
    hits = predicted & labels
    whole = int(np.count_nonzero(predicted)) + int(np.count_nonzero(labels))
    if not whole or len(labels) < 2:
        reason = "too few inputs: a variance needs two" if len(labels) < 2 else "nothing is positive nor predicted"
        return Influence(math.nan, np.zeros(len(labels)), reason)
    right = int(np.count_nonzero(hits))
    value = 2 * right / whole
    moved = (2.0 * hits - value * (predicted.astype(np.float64) + labels)) / whole
    moved *= math.sqrt(len(labels) / (len(labels) - 1))
    unseen, decided = 0.0, whole - right
    if decided - right < formulas.MISRANKED:
        share = right / decided
        slope = 2 / (1 + share) ** 2  # of F1 = 2 share / (1 + share)
        unseen = slope**2 * formulas.unseen_variance(share, float((moved * moved).sum()) / slope**2, decided)
    return Influence(value, moved, unseen=unseen)


def shares_of(
    figure: Callable[..., Influence], labels: NDArray[np.bool_], scores: NDArray[Any], threshold: float
) -> NDArray[np.float64] | None:
    """Return which share of the inputs that a figure is made of each decision is; None of the AUC, of both classes.

    Of average precision these are the positives, of F1 the positives and what is predicted.
    """
    if figure is roc_auc_influence:
        return None
    counted = labels.astype(np.float64)
    if figure is f1_influence:
        counted += scores >= to_dtype(threshold, scores.dtype)
    return counted / max(float(counted.sum()), 1.0)
