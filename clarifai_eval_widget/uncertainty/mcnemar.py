"""Two classifiers at one threshold, on the same inputs: which of their differing decisions are right."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels, to_dtype
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty.checks import codes, finite
from clarifai_eval_widget.uncertainty.folds import compare_fold_values
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.results import tested
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["DecisionDifference", "compare_decisions", "mcnemar"]

_EXACT_BELOW = 25  # discordant inputs


@dataclass(frozen=True, repr=False)
class DecisionDifference(Brief):
    """The paired difference of two shares of right decisions, second minus first."""

    only_first: int
    """Inputs that the first alone decides right."""
    only_second: int
    """Inputs that the second alone decides right."""
    inputs: int
    """All inputs, those included on which both agree."""
    difference: float
    """Share right, second minus first, of folds its mean over them; NaN of no inputs."""
    interval: tuple[float, float]
    """Of the difference."""
    p_value: float
    """Two-sided; 1 when none differ, NaN when all groups or folds differ by the same, or with one fold alone."""
    confidence_level: float
    """Of the interval."""
    method: str
    """In words, to be shown beside the test."""
    reason: str = field(default="", kw_only=True)
    """Why there is no test, or an empty string."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""


def compare_decisions(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    thresholds: tuple[float, float] | float = 0.5,
    *,
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> DecisionDifference:
    """Test whether two scorings decide equally often right at their thresholds, by McNemar's test.

    Of inputs in groups the differences are summed within each before they are squared (Obuchowski, Statistics in
    Medicine 17, 1998, 1495-1507), with Student's quantile for the groups. Of recipes cross-validated in the same folds
    the shares of each fold are compared (:func:`compare_fold_values`): McNemar's test, which takes the folds' models as
    given, rejected 9 to 17 % of recipes that are equally good.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    first_scores, second_scores
        ``(N,)`` finite, row by row of the same inputs.
    thresholds
        One for both, or one each: positive from there up, rounded once to the scores' dtype.
    groups
        ``(N,)`` inputs of one group depend on one another; None when all are independent.
    folds
        ``(N,)`` which fold each input was left out in, where both were cross-validated; goes before ``groups``.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, a threshold is NaN, or there are
        fewer than two groups.
    """
    truth = as_labels(labels)
    limits = thresholds if isinstance(thresholds, tuple) else (thresholds, thresholds)
    right = [
        (values >= to_dtype(limit, values.dtype)) == truth
        for values, limit in zip((finite(truth, one) for one in (first_scores, second_scores)), limits, strict=True)
    ]
    only = [int(np.count_nonzero(right[i] & ~right[1 - i])) for i in (0, 1)]
    found = mcnemar(only[0], only[1], len(truth), confidence_level=confidence_level)
    if folds is not None:
        return _by_folds(found, right, *codes(folds, len(truth), "folds"))
    if groups is None or not len(truth):
        return found
    return _clustered(found, right[1].astype(np.float64) - right[0], *codes(groups, len(truth), "groups"))


def _by_folds(
    found: DecisionDifference, right: list[NDArray[np.bool_]], coded: NDArray[np.intp], number: int
) -> DecisionDifference:
    """Put the test and interval of the folds' shares in the place of those that take their models as given."""
    if not number:
        nan = math.nan
        return replace(found, interval=(nan, nan), p_value=nan, method="", reason="no inputs")
    sizes = np.bincount(coded, minlength=number)
    first, second = (np.bincount(coded, one, number) / sizes for one in right)
    tested = compare_fold_values(first, second, sizes, confidence_level=found.confidence_level)
    return replace(
        found,
        difference=tested.difference,
        interval=tested.interval,
        p_value=tested.p_value,
        method="" if tested.reason else f"share right, {tested.method}",
        reason=tested.reason,
    )


def _clustered(
    found: DecisionDifference, change: NDArray[np.float64], coded: NDArray[np.intp], number: int
) -> DecisionDifference:
    """Put the groups' test and interval in the place of those of independent inputs."""
    if number < 2:
        raise ValueError(f"groups holds {number} group: a test needs two independent ones at least.")
    sums = np.bincount(coded, change - change.mean(), number)
    error = math.sqrt(float((sums * sums).sum()) * number / (number - 1)) / len(change)
    _, p_value, reason = tested(found.difference, error if np.ptp(sums) > 1e-9 else 0.0, number - 1)
    reach = math.nan if reason else t_quantile(found.confidence_level, number - 1) * error
    interval = max(found.difference - reach, -1.0), min(found.difference + reach, 1.0)  # in this order NaN stays NaN
    method = f"McNemar clustered in {number} groups (Obuchowski), Student"
    return replace(found, interval=interval, p_value=p_value, method=method)


def mcnemar(only_first: int, only_second: int, inputs: int, *, confidence_level: float = 0.95) -> DecisionDifference:
    """Test whether two classifiers are right equally often, from the inputs on which they differ.

    The exact binomial test below 25 such inputs, from there its mid-p form, which is less conservative and still
    keeps its level (McNemar, Psychometrika 12, 1947; Fagerland, Lydersen and Laake, BMC Medical Research Methodology
    13:91, 2013). The interval is Bonett and Price's (J. of Educational and Behavioral Statistics 37, 2012): one input
    added to each kind.

    Parameters
    ----------
    only_first, only_second
        How many inputs the one decides right and the other wrong.
    inputs
        How many there are in all.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When a number is negative, or more inputs differ than there are.
    """
    differing = only_first + only_second
    if min(only_first, only_second) < 0 or differing > inputs:
        raise ValueError(f"{only_first} and {only_second} of {inputs} inputs cannot differ: give parts of the whole.")
    z = normal_quantile(confidence_level)
    share = (only_second - only_first) / (inputs + 2)
    spread = ((differing + 2) / (inputs + 2) - share * share) / (inputs + 2)
    reach = z * math.sqrt(spread)
    exact = differing < _EXACT_BELOW
    return DecisionDifference(
        only_first,
        only_second,
        inputs,
        (only_second - only_first) / inputs if inputs else math.nan,
        (max(share - reach, -1.0), min(share + reach, 1.0)) if inputs else (math.nan, math.nan),
        _binomial_test(min(only_first, only_second), differing, midp=not exact),
        confidence_level,
        f"McNemar, {'exact' if exact else 'mid-p'}; interval of Bonett and Price",
    )


def _binomial_test(smaller: int, trials: int, *, midp: bool) -> float:
    """Return the two-sided p-value of a fair coin; chances by their logarithms, which do not underflow."""
    chances = _fair_coin(smaller, trials)
    tail = float(chances.sum())
    return min(2 * tail - (float(chances[-1]) if midp else 0.0), 1.0)


def _fair_coin(most: int, trials: int) -> NDArray[np.float64]:
    """Return the chances of 0 to ``most`` heads."""
    steps = np.arange(1, most + 1)
    logs = np.append(0.0, np.cumsum(np.log((trials - steps + 1) / steps)))
    chances: NDArray[np.float64] = np.exp(logs - trials * math.log(2))
    return chances
