"""Choose the threshold to ship: criteria to operating points, with the honest estimate of what they achieve.

A threshold chosen and measured on the same data looks better than it is; :func:`cross_fitted` measures on
folds that took no part in the choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np

from clarifai_eval_widget._numbers.arrays import as_labels, as_scores, check_shapes, in_threads
from clarifai_eval_widget._numbers.criterion import Criterion, CriterionOptions
from clarifai_eval_widget._numbers.points import CrossFitted, FoldPoint, InfeasibleError, OperatingPoint
from clarifai_eval_widget.metrics import counts, mean_defined, undefined_reason
from clarifai_eval_widget.uncertainty import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from clarifai_eval_widget.metrics import Counts

__all__ = [
    "Criterion",
    "CriterionOptions",
    "CrossFitted",
    "FoldPoint",
    "InfeasibleError",
    "OperatingPoint",
    "cross_fitted",
    "operating_point",
    "operating_points",
]

_TIE = 1e-12  # values closer than this share of the largest are one value, told apart only by rounding
_DRAWS = 4000
_PROPORTIONS = ("precision", "recall", "fpr")


def operating_point(
    c: Counts, *, confidence_level: float = 0.95, **criterion: Unpack[CriterionOptions]
) -> OperatingPoint:
    """Find the threshold that meets a criterion best.

    Ties go to the highest threshold. Values count as tied when they differ by rounding only
    (1e-12 of the largest).

    Parameters
    ----------
    c
        The concept's counts.
    confidence_level
        Of the intervals: Wilson's for precision, recall and fpr; for the rest, quantiles of the quantity under
        the rates' Jeffreys posteriors (Goutte and Gaussier, ECIR 2005), seeded.
    **criterion
        As :class:`Criterion`: ``maximize="f1"``, ``maximize="fbeta", beta=2``, ``min_precision=0.9``,
        ``min_recall=0.9``, ``max_fpr=0.01``, ``equal_error_rate=True``, ``fp_cost=1, fn_cost=5``, each with
        ``prevalence=0.02`` if you like; constraints combine with an objective.

    Raises
    ------
    InfeasibleError
        When no threshold meets the constraints, saying the best that can be had, or the criterion is undefined.
    ValueError
        When the keywords do not make one criterion.
    """
    wanted = Criterion(**criterion)
    return _describe(c, wanted, _choose(c, wanted), confidence_level)


def operating_points(
    cs: Mapping[str, Counts],
    *,
    infeasible: Literal["raise", "skip"] = "raise",
    confidence_level: float = 0.95,
    **criterion: Unpack[CriterionOptions],
) -> dict[str, OperatingPoint]:
    """Find the threshold of each concept that meets one criterion best.

    Parameters
    ----------
    cs
        Counts by concept.
    infeasible
        What to do about concepts no threshold suits: raise one error that names them all, or leave them out.
    confidence_level, **criterion
        As in :func:`operating_point`.

    Returns
    -------
    dict
        Operating points by concept, in the order given.

    Raises
    ------
    InfeasibleError
        Naming the concepts for which there is no such threshold, unless they shall be skipped.
    ValueError
        When the keywords do not make one criterion, or ``infeasible`` is neither of the two.
    """
    if infeasible not in ("raise", "skip"):
        raise ValueError(f'infeasible={infeasible!r} is not known; choose "raise" or "skip".')
    wanted = Criterion(**criterion)
    points: dict[str, OperatingPoint] = {}
    failures: dict[str, str] = {}
    for concept, c in cs.items():
        try:
            points[concept] = _describe(c, wanted, _choose(c, wanted), confidence_level)
        except InfeasibleError as error:
            failures[concept] = error.message
    if failures and infeasible == "raise":
        each = " ".join(f"{concept}: {message}" for concept, message in failures.items())
        raise InfeasibleError(f'{each} Give infeasible="skip" to leave out: {", ".join(failures)}.')
    return points


def cross_fitted(
    labels: ArrayLike,
    scores: ArrayLike,
    folds: ArrayLike,
    *,
    confidence_level: float = 0.95,
    **criterion: Unpack[CriterionOptions],
) -> CrossFitted:
    """Estimate honestly what a criterion achieves: choose on all folds but one, measure on that one, average.

    Parameters
    ----------
    labels
        ``(N,)`` bool, of one concept.
    scores
        ``(N,)`` finite float32 or float64.
    folds
        ``(N,)`` the number of each input's fold, of two folds at least.
    confidence_level, **criterion
        As in :func:`operating_point`.

    Raises
    ------
    InfeasibleError
        When no threshold suits all folds taken together. One that suits no K-1 of them gets a reason instead.
    ValueError
        When there are fewer than two folds, or the keywords do not make one criterion.
    """
    wanted = Criterion(**criterion)
    truth, values, parts = as_labels(labels), as_scores(scores), np.asarray(folds)
    check_shapes(truth, values, 1)
    if parts.shape != truth.shape:
        raise ValueError(f"Each input needs its fold: {truth.shape} labels, but folds of the shape {parts.shape}.")
    numbers = np.unique(parts)
    if len(numbers) < 2:
        raise ValueError(f"Choosing and measuring apart needs two folds at least; got {len(numbers)}.")
    everything = counts(truth, values)
    chosen = _describe(everything, wanted, _choose(everything, wanted), confidence_level)

    def left_out(index: int) -> FoldPoint:
        return _measure_fold(truth, values, parts == numbers[index], int(numbers[index]), wanted)

    points = in_threads(left_out, range(len(numbers)), work=len(truth) * len(numbers))
    value, std, averaged = mean_defined([point.value for point in points])
    means = {
        name: mean_defined([getattr(point, name) for point in points])[0]
        for name in ("precision", "recall", "fpr", "f1")
    }
    return CrossFitted(str(wanted), value, std, averaged, **means, chosen=chosen, folds=tuple(points))


def _measure_fold(
    labels: NDArray[np.bool_], scores: NDArray[Any], held_out: NDArray[np.bool_], fold: int, wanted: Criterion
) -> FoldPoint:
    """Choose on the rest, measure on the part held out."""
    rest = counts(labels[~held_out], scores[~held_out])
    truth = labels[held_out]
    num_pos = int(np.count_nonzero(truth))
    num_neg = len(truth) - num_pos
    try:
        threshold = rest.thresholds[_choose(rest, wanted)]
    except InfeasibleError as error:
        nan = float("nan")
        return FoldPoint(fold, nan, nan, 0, 0, num_pos, num_neg, nan, nan, nan, nan, error.message)
    predicted = scores[held_out] >= threshold
    tp, fp = int(np.count_nonzero(predicted & truth)), int(np.count_nonzero(predicted & ~truth))
    value = wanted.measure(wanted.objective, tp, fp, num_pos, num_neg)
    rates = _rates(wanted, tp, fp, num_pos, num_neg)
    reason = f"{wanted.objective} is undefined on this fold" if np.isnan(value) else ""
    return FoldPoint(fold, float(threshold), value, tp, fp, num_pos - tp, num_neg - fp, **rates, reason=reason)


def _choose(c: Counts, wanted: Criterion) -> int:
    """Return the row of the best operating point: the first, hence the highest threshold, of the tied ones."""
    allowed = np.ones(len(c), bool)
    for rate, bound in wanted.constraints.items():
        allowed &= _meets(wanted, rate, bound, c)
    utility = np.where(allowed, wanted.utility(c.tps, c.fps, c.num_pos, c.num_neg), np.nan)
    if np.isnan(utility).all():
        raise _infeasible(c, wanted, kept=bool(allowed.any()))
    highest = np.nanmax(utility)
    # a cost is a sum without cancellation: only its own size rounds, not that of the dearest threshold
    scale = abs(highest) if wanted.objective == "expected_cost" else np.nanmax(np.abs(utility))
    return int(np.argmax(utility >= highest - _TIE * scale))


def _meets(wanted: Criterion, rate: str, bound: float, c: Counts) -> NDArray[np.bool_]:
    attained = wanted.measure(rate, c.tps, c.fps, c.num_pos, c.num_neg)
    # a rate that equals the bound but for rounding meets it
    met: NDArray[np.bool_] = attained <= bound + _TIE if rate == "fpr" else attained >= bound - _TIE
    return met


def _infeasible(c: Counts, wanted: Criterion, *, kept: bool) -> InfeasibleError:
    """Say why no threshold will do, and the best that can be had; told whether any keeps all bounds."""
    why = undefined_reason(c)
    if not why and kept:
        why = "wherever the bounds are kept" if wanted.constraints else "the scores are all equal"
    if why:
        return InfeasibleError(f"The {wanted} is undefined for this concept: {why}.")
    best, offers = _offers(c, wanted, " under the other bounds" if len(wanted.constraints) > 1 else "")
    if not offers:  # each bound by itself excludes the others
        best, offers = _offers(c, wanted, " by itself")
    return InfeasibleError(f"No threshold gives the {wanted}: {'; '.join(offers)}.", best=best)


def _offers(c: Counts, wanted: Criterion, given: str) -> tuple[dict[str, float], list[str]]:
    """Return the best attainable value of each bounded rate, and its threshold in words."""
    best: dict[str, float] = {}
    offers = []
    for rate in wanted.constraints:
        others = np.ones(len(c), bool)
        for other, bound in wanted.constraints.items():
            if other != rate and given != " by itself":
                others &= _meets(wanted, other, bound, c)
        attained = wanted.measure(rate, c.tps, c.fps, c.num_pos, c.num_neg)
        attained = np.where(others, -attained if rate == "fpr" else attained, np.nan)
        if np.isnan(attained).all():
            continue
        row = int(np.nanargmax(attained))
        best[rate] = abs(float(attained[row]))
        extreme = "lowest fpr" if rate == "fpr" else f"highest {rate}"
        offers.append(f"the {extreme}{given} is {best[rate]:.4g}, at threshold {c.thresholds[row]:.6g}")
    return best, offers


def _rates(wanted: Criterion, tp: int, fp: int, num_pos: int, num_neg: int) -> dict[str, float]:
    plain = Criterion(maximize="f1", prevalence=wanted.prevalence)
    return {name: plain.measure(name, tp, fp, num_pos, num_neg) for name in ("precision", "recall", "fpr", "f1")}


def _describe(c: Counts, wanted: Criterion, row: int, confidence_level: float) -> OperatingPoint:
    """Measure the chosen row and put intervals round it."""
    tp, fp = int(c.tps[row]), int(c.fps[row])
    rates = _rates(wanted, tp, fp, c.num_pos, c.num_neg)
    value = wanted.measure(wanted.objective, tp, fp, c.num_pos, c.num_neg)

    def interval(quantity: str, at: float) -> tuple[float, float]:
        return _interval(wanted, quantity, at, (tp, fp, c.num_pos, c.num_neg), confidence_level)

    return OperatingPoint(
        criterion=str(wanted),
        value=value,
        interval=interval(wanted.objective, value),
        threshold=float(c.thresholds[row]),
        tp=tp,
        fp=fp,
        fn=c.num_pos - tp,
        tn=c.num_neg - fp,
        **rates,
        precision_interval=interval("precision", rates["precision"]),
        recall_interval=interval("recall", rates["recall"]),
        confidence_level=confidence_level,
        prevalence=wanted.prevalence,
    )


def _interval(
    wanted: Criterion, quantity: str, value: float, cells: tuple[int, int, int, int], confidence_level: float
) -> tuple[float, float]:
    """Wilson's interval of a plain proportion; of anything else, quantiles under the rates' posteriors."""
    tp, fp, num_pos, num_neg = cells
    if np.isnan(value):
        return float("nan"), float("nan")
    if quantity in _PROPORTIONS and (quantity != "precision" or wanted.prevalence is None):
        part, whole = {"precision": (tp, tp + fp), "recall": (tp, num_pos), "fpr": (fp, num_neg)}[quantity]
        low, high = wilson_interval(part, whole, confidence_level=confidence_level)
        return float(low), float(high)
    rng = np.random.default_rng(0)
    hits = num_pos * rng.beta(tp + 0.5, num_pos - tp + 0.5, _DRAWS)
    alarms = num_neg * rng.beta(fp + 0.5, num_neg - fp + 0.5, _DRAWS)
    draws = wanted.measure(quantity, hits, alarms, num_pos, num_neg)
    tail = (1 - confidence_level) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return min(float(low), value), max(float(high), value)
