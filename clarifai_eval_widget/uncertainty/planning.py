"""How many more labelled inputs it takes to tell two classifiers apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty.overall import compare_figure
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from clarifai_eval_widget.uncertainty.results import FigureDifference

__all__ = ["InputsNeeded", "inputs_for", "inputs_needed"]


@dataclass(frozen=True, repr=False)
class InputsNeeded(Brief):
    """The number of inputs at which a paired test would find a difference, and what it rests on."""

    figure: str
    """Which one: ``"roc_auc"``, ``"macro roc_auc"``, …"""
    difference: float
    """The true difference that is to be found; NaN when there is none."""
    inputs: float
    """In all, those at hand included; infinite for no difference, NaN when undefined."""
    more: float
    """Beyond those at hand; 0 when they suffice."""
    power_now: float
    """The chance that the inputs at hand show such a difference."""
    power: float
    """The chance asked for."""
    significance: float
    """The two-sided level of the test."""
    standard_error: float
    """Of the paired difference, with the inputs at hand."""
    reason: str = ""
    """Why it cannot be said, or what it depends on; else an empty string."""
    conditions: tuple[str, ...] = field(default=(), kw_only=True, compare=False)
    """Codes of the conditions of the data, which an evaluation knows (``Evaluation.conditions``)."""


def inputs_needed(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    *,
    difference: float | None = None,
    power: float = 0.8,
    significance: float = 0.05,
    figure: str = "roc_auc",
    average: str = "macro",
    threshold: float = 0.5,
    known: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> InputsNeeded:
    """Say how many labelled inputs, of the same make-up as those at hand, would tell two scorings apart.

    The variance of the paired difference falls with 1 / n, so n = n_now ((z_significance + z_power) se / difference)²
    (Obuchowski, Statistical Methods in Medical Research 7, 1998, 371-392, with the paired variance of DeLong). Of a
    few dozen inputs the test needs a few more than that, as its quantile is Student's; of about a dozen positives by
    concept, too, whose number is chance (in place of 80 % it then found 77 %).

    Parameters
    ----------
    labels, first_scores, second_scores
        ``(N,)`` for one concept, ``(N, K)`` for the question over all.
    difference
        The smallest true difference worth finding; None for the one measured, which is a guess of the truth with an
        error of its own: the reason says so.
    power
        The chance to find it, between the significance and 1.
    significance
        The two-sided level of the test to come.
    figure, average, threshold, known, groups
        As in :func:`compare_figure`.

    Raises
    ------
    ValueError
        When an option is out of its range, or as :func:`compare_figure` does.
    """
    _check(power, significance)
    found = compare_figure(
        labels,
        first_scores,
        second_scores,
        figure=figure,
        average=average,
        threshold=threshold,
        known=known,
        groups=groups,
    )
    number = len(as_labels(labels))
    return inputs_for(found, number, difference=difference, power=power, significance=significance)


def inputs_for(
    found: FigureDifference,
    number: int,
    *,
    difference: float | None = None,
    power: float = 0.8,
    significance: float = 0.05,
    df: int | None = None,
) -> InputsNeeded:
    """Say how many inputs would tell two scorings apart by the paired test that was made of those at hand.

    Parameters
    ----------
    found
        The paired difference, by any method whose variance falls with 1 / n.
    number
        How many inputs it is of.
    difference, power, significance
        As in :func:`inputs_needed`.
    df
        The degrees of freedom of a test by Student's t, of folds one less than these; its power is then that of the
        noncentral t, with as many at any number of inputs. None for the normal distribution.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    _check(power, significance)
    if difference is not None and not abs(difference) <= 1:
        raise ValueError(f"difference={difference} must lie between -1 and 1, as differences of shares and areas do.")
    sought, error = abs(found.difference if difference is None else difference), found.standard_error
    reason = found.reason
    if math.isnan(error) or (not error and math.isnan(found.p_value)):
        needed = power_now = math.nan
    elif not error or not sought:
        needed, power_now, reason = math.inf, significance, "both are alike: no number of inputs tells them apart"
    else:
        needed = math.ceil(number * (_reach(power, significance, df) * error / sought) ** 2)
        power_now = _power(sought / error, significance, df)
        if difference is None:
            low, high = found.interval
            reason = f"if the true difference is the measured one; its interval is {low:+.4f} to {high:+.4f}"
    signed = math.copysign(sought, found.difference) if not math.isnan(sought) else math.nan
    more = max(needed - number, 0.0) if not math.isnan(needed) else math.nan
    return InputsNeeded(found.figure, signed, needed, more, power_now, power, significance, error, reason)


def _check(power: float, significance: float) -> None:
    if not 0 < significance < power < 1:
        raise ValueError(f"significance={significance} < power={power} must lie between 0 and 1, in this order.")


def _power(effect: float, significance: float, df: int | None) -> float:
    """Return the chance that a two-sided test shows a difference of so many standard errors."""
    if df is None:
        reach = NormalDist().inv_cdf(1 - significance / 2)
        return NormalDist().cdf(effect - reach) + NormalDist().cdf(-effect - reach)
    # the noncentral t: of every standard error that may be measured, as a multiple of the true one
    reach, measured = t_quantile(1 - significance, df), np.linspace(0.005, 5, 1000)
    logs = (df - 1) * np.log(measured) - df * measured**2 / 2
    weights = np.exp(logs - logs.max())
    shown = [NormalDist().cdf(effect - reach * s) + NormalDist().cdf(-effect - reach * s) for s in measured.tolist()]
    return float(weights @ shown / weights.sum())


def _reach(power: float, significance: float, df: int | None) -> float:
    """Return the standard errors of a difference that is shown with the chance asked for."""
    if df is None:
        return NormalDist().inv_cdf(1 - significance / 2) + NormalDist().inv_cdf(power)
    low, high = 0.0, 4.0
    while _power(high, significance, df) < power:
        low, high = high, 2 * high
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if _power(middle, significance, df) < power else (low, middle)
    return high
