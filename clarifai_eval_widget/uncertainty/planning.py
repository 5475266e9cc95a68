"""How many more labelled inputs it takes to tell two classifiers apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty.overall import compare_figure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["InputsNeeded", "inputs_needed"]


@dataclass(frozen=True)
class InputsNeeded:
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
    few dozen inputs the test needs a few more than that, as its quantile is Student's.

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
    if not 0 < significance < power < 1:
        raise ValueError(f"significance={significance} < power={power} must lie between 0 and 1, in this order.")
    number = len(as_labels(labels))
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
    sought, error = abs(found.difference if difference is None else difference), found.standard_error
    normal = NormalDist()
    reach = normal.inv_cdf(1 - significance / 2)
    reason = found.reason
    if math.isnan(error) or (not error and math.isnan(found.p_value)):
        needed = power_now = math.nan
    elif not error or not sought:
        needed, power_now, reason = math.inf, significance, "both are alike: no number of inputs tells them apart"
    else:
        needed = math.ceil(number * ((reach + normal.inv_cdf(power)) * error / sought) ** 2)
        power_now = normal.cdf(sought / error - reach) + normal.cdf(-sought / error - reach)
        if difference is None:
            low, high = found.interval
            reason = f"if the true difference is the measured one; its interval is {low:+.4f} to {high:+.4f}"
    signed = math.copysign(sought, found.difference) if not math.isnan(sought) else math.nan
    more = max(needed - number, 0.0) if not math.isnan(needed) else math.nan
    return InputsNeeded(found.figure, signed, needed, more, power_now, power, significance, error, reason)
