"""The interval of one concept's AUC, by the method that holds its level in the case at hand.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845, by ranks in O(n log n) as in Sun and Xu, IEEE
Signal Processing Letters 21 (2014) 1389-1393. Inputs are taken to be independent of one another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.metrics import roc_auc
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty import formulas
from clarifai_eval_widget.uncertainty.checks import too_few, too_few_for
from clarifai_eval_widget.uncertainty.proportions import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.metrics.counting import Rises

__all__ = ["AucEstimate", "auc_interval", "delong"]

METHODS = {
    "delong": "DeLong",
    "logit": "DeLong, logit-transformed",
    "wilson": "Wilson on the effective number of inputs",
    "exact": "exact bound of a perfect separation",
}
"""Each method as it is named on screen."""


@dataclass(frozen=True, repr=False)
class AucEstimate(Brief):
    """An area under the ROC curve with DeLong's variance and an interval."""

    roc_auc: float
    """NaN when undefined."""
    variance: float
    """DeLong's; NaN with fewer than two positives or two negatives."""
    interval: tuple[float, float]
    """Within [0, 1]; NaN where the reason says that there are too few inputs."""
    confidence_level: float
    """Of the interval."""
    num_pos: int
    """The number of positives."""
    num_neg: int
    """The number of negatives."""
    reason: str = ""
    """Why there is no interval, or why not to trust its width; else an empty string."""
    method: str = ""
    """The interval's method in words, to be shown beside it; empty when there is none."""


def auc_interval(
    c: Counts, *, confidence_level: float = 0.95, method: str = "auto", pooled: bool = False
) -> AucEstimate:
    """Estimate the interval of a concept's AUC.

    Measured at 95 % over binormal and exponential scores, AUC 0.7 to 0.999, 10 to 100 positives against 100 to
    1,000 negatives (``tests/benchmarks/coverage.py``): ``"auto"`` holds 92 % or more in every cell, DeLong's own
    interval 5 to 95 %.

    Parameters
    ----------
    c
        The concept's counts.
    confidence_level
        Between 0 and 1.
    method
        ``"logit"``: DeLong's on the scale of log(auc / (1 - auc)), back-transformed. ``"wilson"``: Wilson's
        score interval on an effective number of inputs, the least by DeLong's variance and by Hanley and
        McNeil's. ``"delong"``: DeLong's normal interval as pROC gives it. ``"auto"``: the logit interval where
        five members of the smaller class or more lie on the wrong side, as many as min(pos, neg) times the
        smaller of the AUC and its complement; Clopper and Pearson's bound of a perfect separation; Wilson's
        otherwise; and none when a class has fewer than five members, where nothing held the level.
    pooled
        True when the scores come from the models of several folds: the method then says that they were
        taken for one.

    Returns
    -------
    AucEstimate
        With NaN and a reason where it is undefined or too few inputs do not let one say.

    Raises
    ------
    ValueError
        When the method is unknown or the level is out of its range.
    """
    found = delong(c, confidence_level=confidence_level)
    if method not in {"auto", *_BY_NAME, "delong"}:
        raise ValueError(f"method={method!r} is unknown; choose from auto, delong, logit and wilson.")
    reason = too_few_for("an interval", formulas.ENOUGH, c.num_pos, c.num_neg)
    if method == "auto" and not math.isnan(found.roc_auc) and reason:
        return replace(found, interval=(math.nan, math.nan), reason=reason, method="")
    if method != "delong" and found.method:
        low, high, name = _BY_NAME[method](found, normal_quantile(confidence_level))
        reason = "" if low < high else "the logit of this AUC has no interval: use method='auto'"
        found = replace(found, interval=(low, high), reason=reason, method=METHODS[name])
    if pooled and found.method:
        found = replace(found, method=f"{found.method}; folds pooled as if one model had scored them all")
    return found


def delong(c: Counts, *, confidence_level: float = 0.95) -> AucEstimate:
    """Estimate the variance and the normal interval of an AUC by DeLong's method, as pROC does.

    Parameters
    ----------
    c
        The concept's counts.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    AucEstimate
        With NaN and a reason where it is undefined. A perfect separation has the variance 0, which says more
        about the method than about the classifier; the reason says so.
    """
    quantile = normal_quantile(confidence_level)
    nowhere = (math.nan, math.nan)
    auc, reason = roc_auc(c), too_few(c.num_pos, c.num_neg)
    if reason:
        return AucEstimate(auc, math.nan, nowhere, confidence_level, c.num_pos, c.num_neg, reason)
    variance = _delong_variance(c, auc)
    reach = quantile * math.sqrt(variance)
    interval = (max(0.0, auc - reach), min(1.0, auc + reach))
    if variance == 0:
        reason = "every input ranks alike within its class: DeLong's variance is 0 and the interval too narrow"
    name = METHODS["delong"]
    return AucEstimate(auc, variance, interval, confidence_level, c.num_pos, c.num_neg, reason, name)


def _auto(found: AucEstimate, _: float) -> tuple[float, float, str]:
    low, high, name = formulas.auto_interval(
        found.roc_auc, found.variance, found.num_pos, found.num_neg, found.confidence_level
    )
    return float(low), float(high), str(name)


def _logit(found: AucEstimate, z: float) -> tuple[float, float, str]:
    low, high = formulas.logit_interval(np.float64(found.roc_auc), np.float64(found.variance), z)
    return float(low), float(high), "logit"


def _wilson(found: AucEstimate, z: float) -> tuple[float, float, str]:
    size = formulas.effective_size(found.roc_auc, found.variance, found.num_pos, found.num_neg)
    low, high = formulas.wilson_bounds(np.float64(found.roc_auc), size, z)
    return float(low), float(high), "wilson"


_BY_NAME: dict[str, Callable[[AucEstimate, float], tuple[float, float, str]]] = {
    "auto": _auto,
    "logit": _logit,
    "wilson": _wilson,
}


def _delong_variance(c: Counts, auc: float) -> float:
    """Sum the squared deviations of both classes' placements, tie by tie; between two of the rarer class in one."""
    mean = 1 - auc if c.num_pos <= c.num_neg else auc
    sizes = min(c.num_pos, c.num_neg), max(c.num_pos, c.num_neg)
    sums, seen = np.zeros(2), 0
    for rises in c.rises.blocks():
        sums += _squared_deviations(rises, seen, sizes, mean)
        seen = int(rises.high[-1])
    sums[1] += (sizes[1] - seen) * mean * mean  # the rest lies below all of the rarer class
    return float(sums[0] / (sizes[0] - 1) / sizes[0] + sums[1] / (sizes[1] - 1) / sizes[1])


def _squared_deviations(rises: Rises, seen: int, sizes: tuple[int, int], mean: float) -> tuple[float, float]:
    """Return the sums over some rises of the rarer class, whose placements have this mean, and of the other's so far.

    Members of the other class that were seen before are left out.
    """
    new, low, high = rises.new, rises.low, rises.high
    tie = high - low
    # share of the other class ranked above, ties by half: in the middle of the tie
    off = (low + 0.5 * tie) / sizes[1] - mean
    between = (rises.counted - new) / sizes[0] - (1 - mean)
    many = low - np.append(np.int32(seen), high[:-1])
    of_other = float((many * (between * between)).sum())
    if tie.any():
        tied = between + 0.5 * new / sizes[0]
        of_other += float((tie * (tied * tied)).sum())
    return float((new * (off * off)).sum()), of_other
