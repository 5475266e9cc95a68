"""Thresholds that keep a bound on new inputs too, with a stated confidence.

Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, Annals of Applied Statistics 19, 2025): every threshold
stands for the hypothesis that it breaks the bound; thresholds are tested in an order that the labels have no
part in, with exact binomial p-values, and those rejected before the first failure keep the bound, all of them at
once, with the stated confidence. Among these the criterion's objective may be maximised freely.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from clarifai_eval_widget.metrics import undefined_reason
from clarifai_eval_widget.operating_point.best import best_row
from clarifai_eval_widget.operating_point.binomial import at_most, largest_unlikely, unlikely
from clarifai_eval_widget.operating_point.choosing import describe
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.points import GuaranteedPoint, InfeasibleError
from clarifai_eval_widget.operating_point.redrawing import redrawn_one_by_one
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.words import exact, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = ["guaranteed_point", "qualified_rows"]

_WRONG = (0, 2, 6, 14, 30)
_GROWTH = 1.05  # of the numbers of inputs predicted, from one tested threshold to the next


def guaranteed_point(
    c: Counts, *, guarantee: float = 0.95, confidence_level: float = 0.95, **criterion: Unpack[CriterionOptions]
) -> GuaranteedPoint:
    """Find the best threshold that keeps its bounds on new inputs, with a stated confidence.

    A threshold that just meets ``min_precision=0.9`` on its own test set of 50 positives misses 0.9 in truth in more
    than half of all samples. This one misses it in at most 5 % of samples at ``guarantee=0.95``, for inputs
    drawn as the test set's were.

    Recall and false positive rate only move one way with the threshold, so every distinct score is tested in order.
    Precision does not: its thresholds are tested from a number of predicted inputs upwards, 5 % more each time, and
    afresh at up to five such numbers, each with its share of the permitted error, which a series without failure
    takes along (the fallback procedure of Wiens, Pharmaceutical Statistics 2, 2003). Each of several bounds has its
    share of the error as well.

    Parameters
    ----------
    c
        The concept's counts.
    guarantee
        The confidence in all the bounds at once, between 0 and 1.
    confidence_level
        Of the intervals, as in :func:`operating_point`.
    **criterion
        As in :func:`operating_point`, with at least one of ``min_precision``, ``min_recall`` and ``max_fpr``.

    Raises
    ------
    InfeasibleError
        When no threshold qualifies: it says the nearest, and with which confidence that would hold.
    ValueError
        When there is no bound to guarantee, the keywords do not make one criterion, or precision shall be guaranteed
        at a prevalence other than the test set's.
    """
    wanted = criterion_of(criterion)
    if not 0 < guarantee < 1:
        raise ValueError(f"guarantee={guarantee} must lie between 0 and 1, for instance 0.95.")
    if not wanted.constraints:
        raise ValueError("Say what to guarantee: min_precision=, min_recall= or max_fpr=.")
    if wanted.min_precision is not None and wanted.prevalence is not None:
        raise ValueError("Precision can be guaranteed for the test set's prevalence only; leave out prevalence=.")
    why = undefined_reason(c)
    if why:
        raise InfeasibleError(f"The {wanted} is undefined for this concept: {why}.")
    level = (1 - guarantee) / len(wanted.constraints)

    def rows(c: Counts) -> list[int]:
        allowed = np.ones(len(c), bool)
        for rate, bound in wanted.constraints.items():
            allowed &= qualified_rows(c, rate, bound, level)
        best = best_row(c, wanted, allowed)
        return [] if best is None else [best]

    chosen = rows(c)
    if not chosen:
        raise _nothing_qualifies(c, wanted, guarantee, level)
    (row,) = chosen
    point = describe(c, wanted, row, confidence_level)
    shares = {rate: 1 - _p_value(c, row, rate, bound) for rate, bound in wanted.constraints.items()}
    again = ChosenAgain(lambda: redrawn_one_by_one(c, rows), f"{wanted}, guaranteed", point.threshold)
    point = replace(point, chosen_again=again)
    return GuaranteedPoint.of(point, guarantee=guarantee, single_confidence=shares)


def qualified_rows(c: Counts, rate: str, bound: float, level: float) -> NDArray[np.bool_]:
    """Return which rows keep a bound, all of them at once but for a chance of the level."""
    if rate == "recall":
        return c.fns <= largest_unlikely(c.num_pos, 1 - bound, level)
    if rate == "fpr":
        return c.fps <= largest_unlikely(c.num_neg, bound, level)
    kept = np.zeros(len(c), bool)
    starts = _starts(c, bound, level)
    fresh = np.bincount(np.searchsorted(c.tps + c.fps, starts), minlength=len(c) + 1) * (level / len(starts))
    available = 0.0
    for row in _rows_predicting(c, starts):
        available += float(fresh[row])
        if available and all(unlikely(*counted, 1 - bound, available) for counted in _must_convince(c, row)):
            kept[row] = True
        else:
            available = 0.0
    return kept


def _starts(c: Counts, bound: float, level: float) -> list[int]:
    """Return the numbers of predicted inputs to start from: the fewest that may hold 0, 2, 6, 14, 30 wrong ones."""
    total = c.num_pos + c.num_neg
    for count in range(len(_WRONG), 1, -1):
        starts = [_fewest(wrong, bound, level / count, total) for wrong in _WRONG[:count]]
        if starts[-1] < total:
            return starts
    return [_fewest(0, bound, level, total)]


def _fewest(wrong: int, bound: float, level: float, total: int) -> int:
    """Return the fewest predicted inputs, one of them on the threshold, that convince in spite of the wrong ones."""
    low, high = wrong, total
    while high - low > 1:
        middle = (low + high) // 2
        if at_most(wrong, middle, 1 - bound) <= level:
            high = middle
        else:
            low = middle
    return high + 1


def _rows_predicting(c: Counts, starts: list[int]) -> list[int]:
    """Return the rows that predict at least as many inputs as each start, and 5 % more each time, up to all."""
    total = c.num_pos + c.num_neg
    if starts[0] > total:
        return []
    steps = np.arange(int(math.log(total / starts[0]) / math.log(_GROWTH)) + 1)
    aims = np.concatenate([np.ceil(starts[0] * _GROWTH**steps), starts, [total]])
    rows = np.searchsorted(c.tps + c.fps, aims[aims <= total])
    return [int(row) for row in np.unique(rows)]


def _p_value(c: Counts, row: int, rate: str, bound: float) -> float:
    """Return the chance of counts this good or better, were the bound only just broken."""
    if rate == "recall":
        return at_most(int(c.fns[row]), c.num_pos, 1 - bound)
    if rate == "fpr":
        return at_most(int(c.fps[row]), c.num_neg, bound)
    return max(at_most(*counted, 1 - bound) for counted in _must_convince(c, row))


def _must_convince(c: Counts, row: int) -> list[tuple[int, int]]:
    """Return how many are wrong and how many there are, of the predicted inputs that must show a precision.

    The input whose score is the threshold was picked for its rank and not at random like those above it; so these
    must convince without it, too.
    """
    return [(int(c.fps[i]), int(c.tps[i]) + int(c.fps[i])) for i in (row, max(row - 1, 0))]


def _nothing_qualifies(c: Counts, wanted: Criterion, guarantee: float, level: float) -> InfeasibleError:
    """Say which threshold is nearest for each bound, and what would have to be different."""
    best, nearest = {}, []
    for rate, bound in wanted.constraints.items():
        rows = _rows_predicting(c, [1]) if rate == "precision" else [1 if rate == "fpr" else len(c) - 1]
        row = min(rows, key=lambda row, rate=rate, bound=bound: _p_value(c, row, rate, bound))  # type: ignore[misc]
        confidence = 1 - _p_value(c, row, rate, bound)
        best[rate] = float(wanted.measure(rate, c.tps[row], c.fps[row], c.num_pos, c.num_neg))
        sign = "≤" if rate == "fpr" else "≥"
        nearest.append(
            f"the nearest to {rate} {sign} {exact(bound)} is threshold {exact(c.thresholds[row])} with "
            f"{within(best[rate], up=rate == 'fpr')} here, "
            f"which holds with {within(100 * confidence, digits=3)} % confidence taken by itself"
        )
    share = f" ({100 * (1 - level):.8g} % each)" if len(wanted.constraints) > 1 else ""
    return InfeasibleError(
        f"No threshold qualifies for the {wanted} with {100 * guarantee:.8g} % confidence{share}: "
        f"{'; '.join(nearest)}. More labelled inputs, or a looser bound, would help.",
        best=best,
    )
