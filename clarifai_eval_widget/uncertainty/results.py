"""What estimates and paired comparisons give back, whatever the figure and the method."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty.formulas import size_of_error, wilson_bounds
from clarifai_eval_widget.uncertainty.student import t_two_sided

__all__ = ["FigureDifference", "FigureEstimate", "normal_difference", "normal_estimate", "tested"]


@dataclass(frozen=True, repr=False)
class FigureEstimate(Brief):
    """A figure of merit with its interval."""

    figure: str
    """Which one: ``"macro roc_auc"``, ``"average_precision"``, …"""
    value: float
    """NaN when undefined."""
    standard_error: float
    """NaN when there is none."""
    interval: tuple[float, float]
    """Low and high, within the figure's range; NaN when there is none."""
    confidence_level: float
    """Of the interval."""
    method: str
    """In words, to be shown beside the interval."""
    units: int
    """How many concepts, folds or groups went in, as the method says."""
    reason: str = ""
    """Why there is no interval, or an empty string."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""


@dataclass(frozen=True, repr=False)
class FigureDifference(Brief):
    """The paired difference of one figure of two scorings of the same inputs, second minus first."""

    figure: str
    """Which one: ``"macro roc_auc"``, ``"average_precision"``, …"""
    values: tuple[float, float]
    """Of the first and of the second scores."""
    difference: float
    """Second minus first: positive when the second is better."""
    standard_error: float
    """Of the difference; NaN when there is none."""
    interval: tuple[float, float]
    """Of the difference, within [-1, 1]."""
    statistic: float
    """Difference over standard error, of its sign: 0 when both are alike, infinite without variance."""
    p_value: float
    """Two-sided; 1 when both are alike, NaN when a difference has no variance."""
    confidence_level: float
    """Of the interval."""
    method: str
    """In words, to be shown beside the test."""
    units: int
    """How many concepts, folds or groups went in, as the method says."""
    reason: str = ""
    """Why there is no test, or an empty string."""
    degrees_of_freedom: int | None = field(default=None, kw_only=True)
    """Of Student's quantile in interval and test; None where it is the normal one, or there is no test."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""


def normal_estimate(
    figure: str,
    value: float,
    error: float,
    quantile: float,
    *,
    confidence_level: float,
    method: str,
    units: int,
    reason: str = "",
    bias: float = 0.0,
) -> FigureEstimate:
    """Return the estimate with an interval about the value less its bias, symmetric on the logit scale.

    Near 0 and 1 that scale stretches a small error to nearly the whole of it: where the error is more than one unit of
    it, the interval is Wilson's of a share with the same error (:func:`formulas.size_of_error`).
    """
    centre = value - bias
    if reason or math.isnan(error):
        low = high = math.nan
    elif 0 < centre < 1 and error > centre * (1 - centre):
        bounds = wilson_bounds(centre, size_of_error(centre, error), quantile)
        low, high = (float(bound) for bound in bounds)
        method = method.replace("logit-transformed", "Wilson's on the effective number of inputs")
    elif 0 < centre < 1:
        reach = min(quantile * error / (centre * (1 - centre)), 700.0)  # beyond, exp overflows and the end is 0 or 1
        low, high = (1 / (1 + (1 - centre) / centre * math.exp(side)) for side in (reach, -reach))
    else:
        # at 0 and 1 the logit has no scale: the bound that Wilson's interval has there, as a multiple of the error that
        # two inputs more of each side give (1 - z² / n, where the error is √2 / n)
        reach = quantile * quantile / math.sqrt(2) * error
        low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    return FigureEstimate(figure, value, error, (low, high), confidence_level, method, units, reason)


def tested(difference: float, error: float, df: int | None) -> tuple[float, float, str]:
    """Return the statistic, its two-sided p-value, normal or Student's, and why there is none."""
    if error:
        statistic = difference / error
        p_value = t_two_sided(statistic, df) if df else math.erfc(abs(statistic) / math.sqrt(2))
        return statistic, p_value, ""
    if difference:
        reason = "the variance is 0: no test, and the interval is too narrow"
        return math.copysign(math.inf, difference), math.nan, reason
    return 0.0, 1.0, ""


def normal_difference(
    figure: str,
    values: tuple[float, float],
    difference: float,
    error: float,
    quantile: float,
    *,
    confidence_level: float,
    method: str,
    units: int,
    reason: str = "",
    df: int | None = None,
) -> FigureDifference:
    """Return the difference with a normal interval and test, or Student's; without variance there is no test."""
    statistic = p_value = math.nan
    if reason:
        error = math.nan
    else:
        statistic, p_value, reason = tested(difference, error, df)
    low, high = difference - quantile * error, difference + quantile * error
    return FigureDifference(
        figure,
        values,
        difference,
        error,
        (max(low, -1.0), min(high, 1.0)),  # in this order NaN stays NaN
        statistic,
        p_value,
        confidence_level,
        method,
        units,
        reason,
        degrees_of_freedom=None if math.isnan(p_value) else df,
    )
