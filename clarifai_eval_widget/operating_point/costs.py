"""What a threshold is worth: net benefit over threshold probabilities, and costs that differ from input to input."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import counts, ratio
from clarifai_eval_widget.metrics.arrays import as_labels, as_scores, check_shapes, to_dtype
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.operating_point.drawn import Drawn, none_of
from clarifai_eval_widget.operating_point.redrawing import REPLICATES
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.uncertainty.checks import codes, too_few_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.operating_point.points import ThresholdInterval

    Values = NDArray[np.float64]

__all__ = ["CheapestPoint", "DecisionCurve", "cheapest_threshold", "net_benefit", "net_benefit_by_group"]

_DRAWN = "bootstrap, positives and negatives apart, percentiles"
_ENOUGH = 100  # of either class, below which plain percentiles fall short


@dataclass(frozen=True, eq=False)
class DecisionCurve:
    """Net benefit over threshold probabilities, in true positives an input.

    Vickers and Elkin, Medical Decision Making 26, 2006.
    """

    probabilities: Values
    """``(T,)``: at which probability one would act; its odds are the cost of a false positive in true positives."""
    model: Values
    """``(T,)`` of acting on the inputs predicted positive."""
    everything: Values
    """``(T,)`` of acting on every input."""
    standard_error: Values
    """``(T,)`` of ``model``, from an input's contribution, or a group's where inputs come in groups."""

    @property
    def nothing(self) -> float:
        """Of acting on none: what one measures from."""
        return 0.0


@dataclass(frozen=True, repr=False)
class CheapestPoint(Brief):
    """The threshold of the lowest cost when mistakes cost differently from input to input."""

    threshold: float
    """Positive is ``score >= threshold``; ``inf`` where it is cheapest to predict nothing."""
    cost: float
    """Of one input, on average."""
    cost_of_nothing: float
    """Of one input when nothing is predicted."""
    cost_of_everything: float
    """Of one input when everything is predicted."""
    tp: int
    """Positives at or above the threshold."""
    fp: int
    """Negatives at or above the threshold."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""
    chosen_again: Callable[[float], ThresholdInterval] | None = field(
        default=None, kw_only=True, compare=False, repr=False
    )
    """Chooses on resamples of the same inputs with their costs; None of a point that was made without them."""

    @property
    def threshold_interval(self) -> ThresholdInterval | None:
        """How far the threshold would move with another sample of inputs: 95 %, by 200 resamples drawn when asked for.

        Positives and negatives are drawn apart; groups are not known here.
        """
        return None if self.chosen_again is None else self.chosen_again(0.95)


def net_benefit(
    c: Counts, probabilities: ArrayLike, *, threshold: float | None = None, prevalence: float | None = None
) -> DecisionCurve:
    """Return the net benefit tpr · π - fpr · (1 - π) · p / (1 - p) over threshold probabilities p.

    Parameters
    ----------
    c
        The concept's counts.
    probabilities
        ``(T,)`` in [0, 1).
    threshold
        Where to cut the scores; None cuts at each threshold probability itself, which takes scores for probabilities.
    prevalence
        π in deployment; None for the test set's.

    Raises
    ------
    ValueError
        When a probability or the prevalence is out of its range.
    """
    at = np.atleast_1d(np.asarray(probabilities, np.float64))
    if not ((at >= 0) & (at < 1)).all():
        raise ValueError("Threshold probabilities must lie in [0, 1): at 1 no number of true positives would do.")
    if prevalence is not None and not 0 < prevalence < 1:
        raise ValueError(f"prevalence={prevalence} must lie between 0 and 1, as a share (2 % is 0.02).")
    total = c.num_pos + c.num_neg
    share = ratio(c.num_pos, total) if prevalence is None else prevalence
    tps, fps = c.at(at if threshold is None else np.full(at.shape, threshold))
    tpr, fpr, odds = ratio(tps, c.num_pos), ratio(fps, c.num_neg), at / (1 - at)
    if prevalence is None:  # without a class its rate has no weight
        tpr, fpr = np.nan_to_num(tpr), np.nan_to_num(fpr)
    hits, alarms = share * tpr, (1 - share) * fpr * odds
    if prevalence is None:
        spread = ratio(hits + alarms * odds - (hits - alarms) ** 2, total)
    else:
        spread = share**2 * ratio(tpr * (1 - tpr), c.num_pos)
        spread = spread + ((1 - share) * odds) ** 2 * ratio(fpr * (1 - fpr), c.num_neg)
    error = np.sqrt(np.maximum(spread, 0.0))
    return DecisionCurve(at, hits - alarms, share - (1 - share) * odds, error)


def net_benefit_by_group(
    labels: ArrayLike,
    scores: ArrayLike,
    groups: ArrayLike,
    probabilities: ArrayLike,
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
) -> DecisionCurve:
    """Return the net benefit as :func:`net_benefit`, with standard errors of inputs that come in groups.

    Contributions are summed within a group before they are squared (linearisation: Cochran, Sampling Techniques, 1977,
    chapter 6).

    Parameters
    ----------
    labels, scores
        ``(N,)`` bool and finite.
    groups
        ``(N,)`` the group of each input; any values. Groups are taken to be independent.
    probabilities, threshold, prevalence
        As in :func:`net_benefit`.

    Raises
    ------
    ValueError
        As :func:`net_benefit`, or when the shapes differ.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    coded, number = codes(groups, len(truth), "groups")
    c = counts(truth, values)
    found = net_benefit(c, probabilities, threshold=threshold, prevalence=prevalence)
    cuts = to_dtype(found.probabilities if threshold is None else [threshold] * len(found.model), values.dtype)
    of_pos, of_neg = (np.bincount(coded, side, number) for side in (truth, ~truth))
    errors = []
    for cut, at, benefit in zip(cuts, found.probabilities, found.model, strict=True):
        over, price = values >= cut, at / (1 - at)
        hits, alarms = (np.bincount(coded, over & side, number) for side in (truth, ~truth))
        if prevalence is None:
            moved = (hits - price * alarms - benefit * (of_pos + of_neg)) / max(len(truth), 1)
        else:
            moved = prevalence * ratio(hits - ratio(hits.sum(), c.num_pos) * of_pos, c.num_pos)
            moved = moved - (1 - prevalence) * price * ratio(
                alarms - ratio(alarms.sum(), c.num_neg) * of_neg, c.num_neg
            )
        errors.append(np.sqrt(ratio(number, number - 1) * (moved * moved).sum()) if number > 1 else np.nan)
    return replace(found, standard_error=np.array(errors, np.float64))


def cheapest_threshold(
    labels: ArrayLike, scores: ArrayLike, *, fp_cost: ArrayLike = 1.0, fn_cost: ArrayLike = 1.0
) -> CheapestPoint:
    """Find the threshold with the lowest sum of costs, of which each input may have its own. Ties go to the highest.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` finite.
    fp_cost, fn_cost
        ``(N,)`` or one number: what a false positive and a false negative cost; 0 or above.

    Raises
    ------
    ValueError
        When there are no inputs, the shapes differ, or a score or a cost is not finite, or a cost negative.
    """
    truth, values = as_labels(labels), as_scores(scores)
    check_shapes(truth, values, 1)
    if not len(values) or not np.isfinite(values).all():
        raise ValueError("Choosing a threshold needs inputs, and a finite score of each.")
    prices = []
    for name, given in (("fp_cost", fp_cost), ("fn_cost", fn_cost)):
        price = np.asarray(given, np.float64)
        if price.shape not in ((), truth.shape) or not (np.isfinite(price) & (price >= 0)).all():
            raise ValueError(f"{name} must be one number or one an input, {truth.shape}, finite and 0 or above.")
        prices.append(np.broadcast_to(price, truth.shape))
    order = np.argsort(-values, kind="stable")
    values, truth = values[order], truth[order]
    prices = [price[order] for price in prices]
    last = np.append(values[1:] != values[:-1], True)
    change, sums = _costs(truth, prices, last)
    row = _cheapest(change, sums)
    threshold = float("inf") if row == 0 else float(values[last][row - 1])
    predicted = values >= threshold
    size = len(values)
    thresholds = np.append(np.inf, values[last].astype(np.float64))
    positives = int(np.count_nonzero(truth))
    why = too_few_for("the interval of this threshold", _ENOUGH, positives, size - positives)

    def drawn() -> list[Drawn]:
        if why:
            return [none_of(_DRAWN, why)]
        return [Drawn(_on_resamples(truth, prices, last), thresholds, _DRAWN)]

    again = ChosenAgain(drawn, "lowest cost", threshold)
    return CheapestPoint(
        threshold,
        float(max(sums[row], 0.0)) / size,
        float(sums[0]) / size,
        float(max(sums[-1], 0.0)) / size,
        int(np.count_nonzero(predicted & truth)),
        int(np.count_nonzero(predicted & ~truth)),
        chosen_again=again,
    )


def _costs(
    truth: NDArray[np.bool_], prices: Sequence[Values], last: NDArray[np.bool_], times: NDArray[np.int64] | int = 1
) -> tuple[Values, Values]:
    """Return what each input, so many times there, adds when predicted, and the cost at every threshold."""
    change: Values = np.where(truth, -prices[1], prices[0]) * times
    missed = float((prices[1] * times)[truth].sum())
    return change, np.append(0.0, np.cumsum(change)[last]) + missed


def _cheapest(change: Values, sums: Values) -> int:
    tie = 1e-12 * float(np.abs(change).sum())
    return int(np.argmax(sums <= sums.min() + tie))


def _on_resamples(truth: NDArray[np.bool_], prices: Sequence[Values], last: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the row of the lowest cost in each of 200 resamples, positives and negatives drawn apart."""
    rng, sides, rows = np.random.default_rng(0), [np.flatnonzero(truth), np.flatnonzero(~truth)], []
    for _ in range(REPLICATES):
        drawn = np.concatenate([side[rng.integers(0, len(side), len(side))] for side in sides if len(side)])
        rows.append(_cheapest(*_costs(truth, prices, last, np.bincount(drawn, minlength=len(truth)))))
    return np.array(rows, np.intp)
