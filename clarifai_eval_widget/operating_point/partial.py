"""Figures of a part of the curve: where few false positives are allowed, or where only the top of the list is read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from clarifai_eval_widget.metrics import Counts, ratio, undefined_reason
from clarifai_eval_widget.metrics.brief import Brief
from clarifai_eval_widget.uncertainty import formulas, roc_band
from clarifai_eval_widget.uncertainty.proportions import normal_quantile, proportion_interval
from clarifai_eval_widget.uncertainty.results import normal_estimate
from clarifai_eval_widget.uncertainty.student import t_quantile

__all__ = ["PartialFigure", "partial_auc", "precision_at_k", "tpr_at_fpr"]

_BY_PARTS = "DeLong of the part, Student, logit-transformed"
_BY_PLACE = "Agresti-Coull and the reach of the k-th place"


@dataclass(frozen=True, repr=False)
class PartialFigure(Brief):
    """A figure of a part of the curve, with its interval."""

    value: float
    """NaN where undefined."""
    interval: tuple[float, float]
    """Low and high; NaN where undefined."""
    confidence_level: float
    """Of the interval."""
    method: str
    """How the interval was made."""
    reason: str = ""
    """Why the figure is undefined or has no interval, or an empty string."""


def partial_auc(c: Counts, max_fpr: float, *, confidence_level: float = 0.95) -> PartialFigure:
    """Return the area under the ROC up to a false positive rate, standardised so that chance is 0.5 and perfect 1.

    McClish (Medical Decision Making 9, 1989), as scikit-learn's ``roc_auc_score(max_fpr=)``. The interval is that of
    the share that the area has of its strip, from each input's part in it and in where the strip ends (He and
    Escobar, Statistics in Medicine 27, 2008), on the logit scale with Student's quantile for the smaller class. It
    needs five negatives in the strip. (A bootstrap held 85 % of a nominal 95 % at 10 positives.)

    Parameters
    ----------
    c
        The concept's counts.
    max_fpr
        Above 0, at most 1.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    if not 0 < max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr} must lie above 0, at most at 1.")
    normal_quantile(confidence_level)
    reason = undefined_reason(c)
    if reason:
        return _undefined(reason, confidence_level, _BY_PARTS)
    share, error = _strip(c, max_fpr)
    fewest = min(c.num_pos, c.num_neg)
    if fewest < formulas.ENOUGH:
        reason = f"too few of a class to say: {fewest}, and an interval needs {formulas.ENOUGH}"
    elif max_fpr * c.num_neg < formulas.ENOUGH:
        reason = f"too few negatives to say: {max_fpr * c.num_neg:.3g} up to there, and it takes {formulas.ENOUGH}"
    else:
        if c.num_pos * min(share, 1 - share) < formulas.MISRANKED:
            error = math.sqrt(error * error + formulas.unseen_variance(share, error * error, c.num_pos))
        if not error:  # no positive within reach of the strip
            error = math.sqrt(formulas.unseen_variance(share, 0.0, c.num_pos))
    quantile = math.nan if reason else t_quantile(confidence_level, fewest - 1)
    found = normal_estimate(
        "partial", share, error, quantile, confidence_level=confidence_level, method="", units=1, reason=reason
    )
    value, low, high = (0.5 * (1 + (one - max_fpr / 2) / (1 - max_fpr / 2)) for one in (share, *found.interval))
    return PartialFigure(value, (low, high), confidence_level, "" if reason else _BY_PARTS, reason)


def tpr_at_fpr(c: Counts, max_fpr: float, *, confidence_level: float = 0.95) -> PartialFigure:
    """Return the highest true positive rate at an operating point whose false positive rate is at most so high.

    The interval is that of :func:`roc_band` there: it knows that the threshold was found on these inputs. (Wilson's at
    the threshold found held 83 % of a nominal 95 % at 20 negatives.) The band is of the steps between operating
    points: none lies on the straight line through a tie. (The line's band at 0.2 held 58 to 70 % on three levels.)

    Parameters
    ----------
    c
        The concept's counts.
    max_fpr
        In [0, 1].
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When an option is out of its range.
    """
    if not 0 <= max_fpr <= 1:
        raise ValueError(f"max_fpr={max_fpr} must lie in [0, 1].")
    why = undefined_reason(c)
    if why:
        return _undefined(why, confidence_level, "")
    found = roc_band(_steps(c), fpr=[max_fpr], confidence_level=confidence_level)
    row = int(np.searchsorted(c.fps, max_fpr * c.num_neg * (1 + 1e-12), side="right")) - 1
    value = float(ratio(c.tps[row], c.num_pos))
    if found.reason:
        return PartialFigure(value, (math.nan, math.nan), confidence_level, found.method, found.reason)
    interval = min(float(found.tpr_low[0]), value), max(float(found.tpr_high[0]), value)
    return PartialFigure(value, interval, confidence_level, found.method)


def precision_at_k(c: Counts, k: int, *, confidence_level: float = 0.95) -> PartialFigure:
    """Return the expected share of positives among the k inputs of the highest scores.

    Of inputs tied at the k-th place each is equally likely to be taken. The interval is of the share of positives among
    as large a part of all inputs like these. It joins what is known of k inputs (Agresti-Coull, exact below ten) with
    how far the share would move were the part's last place elsewhere, as it is in another sample: at k plus and minus
    the reach of a binomial number of that mean. The two are joined as the root of their squares (MOVER: Zou and Donner,
    Statistics in Medicine 27, 2008). Where the share falls steeply at k, Wilson's alone held 76 % of a nominal 95 %.

    Neither knows of inputs that no sample shows: of those that score above all others in the population, as many as
    ``-log((1 - confidence_level) / 2)``, 3.7 at 95 %, may all be missing here. Below so many places there is no
    interval and the reason is said; where all k are of one class, the interval leaves room for these.

    Parameters
    ----------
    c
        The concept's counts.
    k
        From 1 to the number of inputs.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When ``k`` is out of its range, or the level.
    """
    total = c.num_pos + c.num_neg
    if not hasattr(k, "__index__") or not 1 <= k <= total:
        raise ValueError(f"k={k!r} must be a whole number from 1 to the number of inputs, {total}.")
    reach = normal_quantile(confidence_level) * math.sqrt(k * (1 - k / total))
    places = np.array([k, max(k - reach, 1.0), min(k + reach, total)])
    hits = np.interp(places, c.tps + c.fps, c.tps)  # within a tie the positives are expected evenly spread
    value, *moved = (hits / places).tolist()
    # of a tie's fraction of a positive no exact interval can be had: it is taken for none, and for a whole one
    low, high = proportion_interval(
        [math.floor(hits[0]), math.ceil(hits[0])], [k, k], confidence_level=confidence_level
    )
    below, above = max(value - min(moved), 0.0), max(max(moved) - value, 0.0)
    ends = value - math.hypot(value - float(low[0]), below), value + math.hypot(float(high[1]) - value, above)
    unseen = -math.log((1 - confidence_level) / 2)
    if k < min(unseen, total):
        reason = f"too few to say: another sample may show none of the {k} highest; it takes k = {math.ceil(unseen)}"
        return PartialFigure(value, (math.nan, math.nan), confidence_level, "", reason)
    least = value - unseen / k if value == 1 else ends[0]
    most = value + unseen / k if value == 0 else ends[1]
    interval = max(min(ends[0], least), 0.0), min(max(ends[1], most), 1.0)
    return PartialFigure(value, interval, confidence_level, _BY_PLACE)


def _steps(c: Counts) -> Counts:
    """Lead the curve through a tie along its negatives first, as far as it rises without the tie."""
    return Counts(np.repeat(c.thresholds, 2)[1:], np.repeat(c.tps, 2)[:-1], np.repeat(c.fps, 2)[1:])


def _strip(c: Counts, limit: float) -> tuple[float, float]:
    """Return which share of the strip left of the limit lies under the ROC, and its standard error.

    A positive adds the part of the strip in which it is found; a negative adds how far the curve above it lies over
    its end, for without the negative the strip would end elsewhere. Ties are straight pieces of the curve.
    """
    tpr, fpr = c.tps / c.num_pos, c.fps / c.num_neg
    width, rise, cut = np.diff(fpr), np.diff(tpr), np.minimum(fpr, limit)
    inside = np.diff(cut)
    part = inside / np.where(width > 0, width, 1.0)  # of each piece, what lies before the limit
    height = tpr[:-1] + 0.5 * part * rise
    found = ((limit - cut[1:]) + 0.5 * inside * part) / limit
    over = part * (height - np.interp(limit, fpr, tpr)) / limit
    variance = 0.0
    for members, moved in ((np.diff(c.tps), found), (np.diff(c.fps), over)):
        size = int(members.sum())
        off = moved - float((members * moved).sum()) / size
        variance += float((members * off * off).sum()) / max(size - 1, 1) / size
    return float((inside * height).sum()) / limit, math.sqrt(variance)


def _undefined(reason: str, confidence_level: float, method: str) -> PartialFigure:
    nan = float("nan")
    return PartialFigure(nan, (nan, nan), confidence_level, method, reason)
