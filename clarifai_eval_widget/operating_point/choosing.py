"""From a criterion to the threshold that meets it best, and what it does there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple, Unpack

import numpy as np

from clarifai_eval_widget.operating_point.best import choose_row
from clarifai_eval_widget.operating_point.criterion import Criterion, CriterionOptions, criterion_of
from clarifai_eval_widget.operating_point.points import InfeasibleError, OperatingPoint
from clarifai_eval_widget.operating_point.stability import ChosenAgain
from clarifai_eval_widget.uncertainty.draws import ends_of_draws
from clarifai_eval_widget.uncertainty.effective import rate_interval, rate_method
from clarifai_eval_widget.uncertainty.proportions import f1_of_jaccard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from clarifai_eval_widget.metrics import Counts
    from clarifai_eval_widget.uncertainty import EffectiveSizes

__all__ = ["describe", "operating_point", "operating_points", "rates_at"]

_DRAWS = 4000


def operating_point(
    c: Counts,
    *,
    confidence_level: float = 0.95,
    sizes: EffectiveSizes | None = None,
    **criterion: Unpack[CriterionOptions],
) -> OperatingPoint:
    """Find the threshold that meets a criterion best.

    Ties go to the highest threshold. Values count as tied when they differ by rounding only
    (1e-12 of the largest).

    Parameters
    ----------
    c
        The concept's counts.
    confidence_level
        Of the intervals: Agresti and Coull's, exact below ten, for precision, recall and fpr, and for F1 by way of
        tp / (tp + fp + fn), as on the sweep (:func:`uncertainty.sweep_band`); for the rest, quantiles of the quantity
        under the Jeffreys posteriors of both rates and of the share of positives (Goutte and Gaussier, ECIR 2005),
        seeded.
    sizes
        Of inputs in groups, from :func:`uncertainty.effective_sizes`: precision, recall, fpr and F1 then have
        Agresti and Coull's intervals of so many independent inputs, and the posteriors are of so many, correlated as
        recall and fpr are over groups.
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
    wanted = criterion_of(criterion)
    return describe(c, wanted, choose_row(c, wanted), confidence_level, sizes)


def operating_points(
    cs: Mapping[str, Counts],
    *,
    infeasible: Literal["raise", "skip"] = "raise",
    confidence_level: float = 0.95,
    sizes: Mapping[str, EffectiveSizes] | None = None,
    **criterion: Unpack[CriterionOptions],
) -> dict[str, OperatingPoint]:
    """Find the threshold of each concept that meets one criterion best.

    Parameters
    ----------
    cs
        Counts by concept.
    infeasible
        What to do about concepts no threshold suits: raise one error that names them all, or leave them out.
    confidence_level, sizes, **criterion
        As in :func:`operating_point`; sizes by concept.

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
    wanted = criterion_of(criterion)
    points: dict[str, OperatingPoint] = {}
    failures: dict[str, str] = {}
    for concept, c in cs.items():
        try:
            worth = None if sizes is None else sizes[concept]
            points[concept] = describe(c, wanted, choose_row(c, wanted), confidence_level, worth)
        except InfeasibleError as error:
            failures[concept] = error.message
    if failures and infeasible == "raise":
        each = " ".join(f"{concept}: {message}" for concept, message in failures.items())
        raise InfeasibleError(f'{each} Give infeasible="skip" to leave out: {", ".join(failures)}.')
    return points


def rates_at(wanted: Criterion, tp: int, fp: int, num_pos: int, num_neg: int) -> dict[str, float]:
    """Measure precision, recall, fpr and F1 of counts, with the criterion's prevalence."""
    plain = Criterion(maximize="f1", prevalence=wanted.prevalence)
    return {name: plain.measure(name, tp, fp, num_pos, num_neg) for name in ("precision", "recall", "fpr", "f1")}


def describe(
    c: Counts, wanted: Criterion, row: int, confidence_level: float, sizes: EffectiveSizes | None = None
) -> OperatingPoint:
    """Measure the chosen row and put intervals round it; of inputs in groups, by what these are worth."""
    tp, fp = int(c.tps[row]), int(c.fps[row])
    rates = rates_at(wanted, tp, fp, c.num_pos, c.num_neg)
    value = wanted.measure(wanted.objective, tp, fp, c.num_pos, c.num_neg)

    cells = tp, fp, c.num_pos, c.num_neg
    worth = None if sizes is None else _Worth(*(float(getattr(sizes, rate)[row]) for rate in _Worth._fields))

    def interval(quantity: str, at: float) -> tuple[float, float]:
        return _interval(wanted, quantity, at, (cells, worth), confidence_level=confidence_level)

    return OperatingPoint(
        criterion=str(wanted),
        value=value,
        interval=interval(wanted.objective, value),
        threshold=float(c.thresholds[row]),
        tp=tp,
        fp=fp,
        fn=c.num_pos - tp,
        tn=c.num_neg - fp,
        precision=rates["precision"],
        recall=rates["recall"],
        fpr=rates["fpr"],
        f1=rates["f1"],
        precision_interval=interval("precision", rates["precision"]),
        recall_interval=interval("recall", rates["recall"]),
        confidence_level=confidence_level,
        prevalence=wanted.prevalence,
        method=_method(wanted, sizes),
        chosen_again=None if sizes is not None else ChosenAgain.of_counts(c, wanted, float(c.thresholds[row])),
    )


class _Worth(NamedTuple):
    """Of inputs in groups at one threshold: the independent ones that each rate is worth, and how rates covary."""

    recall: float
    fpr: float
    precision: float
    jaccard: float
    positives: float
    correlation: float


_Cells = tuple[int, int, int, int]


def _interval(
    wanted: Criterion,
    quantity: str,
    value: float,
    at: tuple[_Cells, _Worth | None],
    *,
    confidence_level: float,
) -> tuple[float, float]:
    """Return the interval of a plain proportion; of anything else, quantiles under the rates' posteriors.

    A proportion's is that of the sweep, also of inputs in groups; F1 has it, too.
    """
    (tp, fp, num_pos, num_neg), worth = at
    if np.isnan(value):
        return float("nan"), float("nan")
    parts = {
        "recall": (tp, num_pos, "recall"),
        "fpr": (fp, num_neg, "fpr"),
        "precision": (tp, tp + fp, "precision"),
        "f1": (tp, fp + num_pos, "jaccard"),
    }
    if not _is_rate(wanted, quantity):
        return _posterior(wanted, quantity, value, at, confidence_level=confidence_level)
    part, whole, rate = parts[quantity]
    size = None if worth is None else getattr(worth, rate)
    ends = rate_interval(part, whole, size, confidence_level=confidence_level)
    low, high = (float(f1_of_jaccard(end) if quantity == "f1" else end) for end in ends)
    return low, high


def _is_rate(wanted: Criterion, quantity: str) -> bool:
    """Return whether a quantity is a share of the inputs themselves, and has the interval of one."""
    return quantity in ("recall", "fpr") or (quantity in ("precision", "f1") and wanted.prevalence is None)


def _method(wanted: Criterion, sizes: EffectiveSizes | None) -> str:
    """Name how the intervals of a point are made, those of which quantities otherwise."""
    found = rate_method(sizes.method if sizes else "")
    drawn = [name for name in dict.fromkeys((wanted.objective, "precision")) if not _is_rate(wanted, name)]
    names = " and ".join("Youden's J" if name == "youden_j" else name.replace("_", " ") for name in drawn)
    return f"{found}; of {names} quantiles under the posteriors of both rates" if drawn else found


def _posterior(
    wanted: Criterion,
    quantity: str,
    value: float,
    at: tuple[_Cells, _Worth | None],
    *,
    confidence_level: float,
) -> tuple[float, float]:
    """Return quantiles under the posteriors of recall, fpr and the share of positives, for so many independent inputs.

    How many positives there are is chance, too, where no prevalence is given: with their number held fixed, intervals
    of F1 held 82 % of a nominal 95 % at one positive in ten.
    """
    (tp, fp, num_pos, num_neg), worth = at
    rng, inputs = np.random.default_rng(0), num_pos + num_neg
    of_pos, of_neg, of_all = (
        (1.0, 1.0, 1.0)
        if worth is None
        else (worth.recall / max(num_pos, 1), worth.fpr / max(num_neg, 1), worth.positives / max(inputs, 1))
    )
    tpr = rng.beta(of_pos * tp + 0.5, of_pos * (num_pos - tp) + 0.5, _DRAWS)
    fpr = rng.beta(of_neg * fp + 0.5, of_neg * (num_neg - fp) + 0.5, _DRAWS)
    if worth is not None:
        tpr, fpr = _correlated(tpr, fpr, worth.correlation, rng)
    positives = inputs * rng.beta(of_all * num_pos + 0.5, of_all * num_neg + 0.5, _DRAWS)
    draws = wanted.measure(quantity, positives * tpr, (inputs - positives) * fpr, positives, inputs - positives)
    whole = {"youden_j": (-1.0, 1.0), "mcc": (-1.0, 1.0)}
    if quantity == "expected_cost":
        whole[quantity] = (0.0, max(wanted.fp_cost or 0.0, wanted.fn_cost or 0.0))
    tail = (1 - confidence_level) / 2
    low, high = ends_of_draws(draws[~np.isnan(draws)], tail, within=whole.get(quantity, (0.0, 1.0)))
    return min(low, value), max(high, value)


def _correlated(
    first: NDArray[np.float64], second: NDArray[np.float64], correlation: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pair draws anew in the order of so correlated normal ones (Iman and Conover, Commun. Statist. B11, 1982)."""
    one, other = rng.normal(size=(2, len(first)))
    other = correlation * one + math.sqrt(1 - correlation * correlation) * other
    first_order, second_order = (np.argsort(np.argsort(order)) for order in (one, other))
    return np.sort(first)[first_order], np.sort(second)[second_order]
