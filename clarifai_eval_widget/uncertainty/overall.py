"""One answer over all concepts: the interval of a macro or micro figure, and the paired test of two.

Concepts share their inputs, so their figures are not independent: each input's influence is summed over the concepts
before it is squared, which takes every covariance along (for the AUC, DeLong's covariances of placements).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import counts, mean_defined
from clarifai_eval_widget.metrics.arrays import as_labels, in_threads
from clarifai_eval_widget.uncertainty import influence
from clarifai_eval_widget.uncertainty.auc import auc_interval
from clarifai_eval_widget.uncertainty.checks import ENOUGH_GROUPS, codes, finite, groups_alike
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.results import (
    FigureDifference,
    FigureEstimate,
    normal_difference,
    normal_estimate,
)
from clarifai_eval_widget.uncertainty.student import t_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["compare_figure", "compare_macro_auc", "figure_interval"]

_SHARES = 4  # of the concepts, added up apart: in threads, and alike on every machine
_ENOUGH = 20  # positives of a concept below which the interval of its average precision fell short
_FIGURES: dict[str, Callable[..., influence.Influence]] = {
    "roc_auc": influence.roc_auc_influence,
    "average_precision": influence.average_precision_influence,
    "f1": influence.f1_influence,
}

_BOUNDS = "mean of the concepts' own intervals, as if they always went the same way"


def figure_interval(
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    figure: str = "roc_auc",
    average: str = "macro",
    threshold: float = 0.5,
    known: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> FigureEstimate:
    """Estimate a figure over all concepts, with an interval on the logit scale.

    Where so few inputs are misranked that the measured variance is not to be trusted, that of coin throws is added
    (see :func:`auc_interval`); where a macro AUC is so near 1 that the logit scale stretches its error over all of it,
    the ends are the means of the concepts' own ends, which holds however they go together (Zou and Donner, Statistics
    in Medicine 27, 2008, with all correlations 1). An average precision's interval lies about the value less its
    bias: each positive counts itself as found at its own score. It uses Student's quantile for the rarest concept's
    positives, of which it needs 20.

    Parameters
    ----------
    labels
        ``(N, K)`` bool, or ``(N,)`` for one concept.
    scores
        In the shape of the labels, finite.
    figure
        ``"roc_auc"``, ``"average_precision"`` or ``"f1"``.
    average
        ``"macro"``: the mean over the concepts where the figure has a variance; ``"micro"``: of all decisions
        pooled, an input's decisions being taken as one cluster.
    threshold
        Of F1: positive from here up, rounded once to the scores' dtype.
    known
        In the shape of the labels: False where an input's label is not known, which leaves that decision out.
    groups
        ``(N,)`` inputs of one group (a patient, a film) depend on one another; None when all are independent.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    FigureEstimate
        ``units`` are the concepts averaged.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or a name is unknown.
    """
    truth = as_labels(labels)
    values = finite(truth, scores, truth.ndim)
    data = _Data(truth, known, figure, average, threshold)
    (found,), units = data.measure([values])
    error, quantile, _, method = _spread(found.moved, groups, confidence_level, data, [values])
    reason = found.reason or data.too_few_groups(groups)
    if 0 < found.positives < _ENOUGH:
        reason = f"too few positives to say: {found.positives} of one concept, and an interval needs {_ENOUGH}"
    elif found.positives:
        quantile = max(quantile, t_quantile(confidence_level, found.positives - 1))
    total = math.sqrt(error * error + found.unseen)
    if not reason and groups is None and data.is_macro_auc and total > found.value * (1 - found.value):
        bounds = data.mean_bounds(values, confidence_level)
        reason = "too few positives to say" if math.isnan(bounds[0]) else ""
        return FigureEstimate(data.title, found.value, total, bounds, confidence_level, _BOUNDS, units, reason)
    return normal_estimate(
        data.title,
        found.value,
        total,
        quantile,
        confidence_level=confidence_level,
        method=f"{method}, logit-transformed",
        units=units,
        reason=reason,
        bias=found.bias,
    )


def compare_figure(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    *,
    figure: str = "roc_auc",
    average: str = "macro",
    threshold: float = 0.5,
    known: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test whether two scorings of the same inputs differ in a figure over all concepts: "is B better than A?".

    Parameters
    ----------
    labels, first_scores, second_scores
        ``(N, K)``, or ``(N,)`` for one concept; row by row of the same inputs.
    figure, average, threshold, known, groups, confidence_level
        As in :func:`figure_interval`.

    Returns
    -------
    FigureDifference
        ``units`` are the concepts averaged: those where both have the figure.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or a name is unknown.
    """
    truth = as_labels(labels)
    both = [finite(truth, scores, truth.ndim) for scores in (first_scores, second_scores)]
    data = _Data(truth, known, figure, average, threshold)
    (first, second), units = data.measure(both)
    change = second.moved - first.moved
    error, quantile, df, method = _spread(change, groups, confidence_level, data, both)
    if groups is None and first.df:  # a concept adds what its smaller class has
        df, quantile = first.df, t_quantile(confidence_level, first.df)
    difference = second.value - first.value
    if error and error < 1e-12 and abs(difference) < 1e-12:  # scorings that rank alike leave rounding only
        error = difference = 0.0
    return normal_difference(
        data.title,
        (first.value, second.value),
        difference,
        error,
        quantile,
        confidence_level=confidence_level,
        method=f"{method}, paired",
        units=units,
        reason=first.reason or second.reason or data.too_few_groups(groups),
        df=df,
    )


def compare_macro_auc(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    *,
    known: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test whether two scorings differ in macro AUC, as :func:`compare_figure`; of one concept it is DeLong's test."""
    return compare_figure(
        labels, first_scores, second_scores, known=known, groups=groups, confidence_level=confidence_level
    )


class _Data:
    """Labels and what to measure on them, so that one or two scorings are measured by the same concepts."""

    def __init__(
        self, truth: NDArray[np.bool_], known: ArrayLike | None, figure: str, average: str, threshold: float
    ) -> None:
        if figure not in _FIGURES:
            raise ValueError(f"figure={figure!r} is unknown; choose from {', '.join(_FIGURES)}.")
        if average not in {"macro", "micro"}:
            raise ValueError(f"average={average!r} is unknown; choose macro or micro.")
        self.known = np.ones(truth.shape, bool) if known is None else np.asarray(known, bool)
        if self.known.shape != truth.shape:
            raise ValueError(f"known must have the labels' shape {truth.shape}; got {self.known.shape}.")
        self.wide = truth if truth.ndim > 1 else truth[:, np.newaxis]
        self.known = self.known.reshape(self.wide.shape)
        self.figure, self.threshold = _FIGURES[figure], threshold
        self.micro = average == "micro" and truth.ndim == 2
        self.title = figure if truth.ndim == 1 else f"{average} {figure}"

    @property
    def jackknife(self) -> str:
        """Which one the figure's influences are of."""
        exact = self.figure is influence.average_precision_influence
        return "jackknife" if exact else "infinitesimal jackknife"

    @property
    def is_macro_auc(self) -> bool:
        """Whether concepts' AUCs are averaged, or there is one."""
        return self.figure is _FIGURES["roc_auc"] and not self.micro

    def too_few_groups(self, groups: ArrayLike | None) -> str:
        """Say that nothing can be said of so few groups, or an empty string."""
        # of two to eight groups the test of equal macro AUCs rejected up to 11 %, of F1 at most 8 %
        needed = 2 if self.figure is influence.f1_influence else ENOUGH_GROUPS
        number = needed if groups is None else len(np.unique(np.asarray(groups)))
        return "" if number >= needed else f"too few groups to say: {number}, and {needed} are needed"

    def shares(self, scorings: list[NDArray[np.floating[Any]]]) -> NDArray[np.float64] | None:
        """Return which share of what the figure is made of each input is; None where all inputs are alike in that."""
        total = np.zeros(len(self.wide))
        for scores in scorings:
            wide = scores.reshape(self.wide.shape)
            for k in range(1 if self.micro else self.wide.shape[1]):
                at = self.known if self.micro else (self.known[:, k], k)
                found = influence.shares_of(self.figure, self.wide[at], wide[at], self.threshold)
                if found is None:
                    return None
                np.add.at(total, np.nonzero(self.known)[0] if self.micro else np.flatnonzero(at[0]), found)
        return total

    def mean_bounds(self, scores: NDArray[np.floating[Any]], confidence_level: float) -> tuple[float, float]:
        """Average the ends of the concepts' own intervals, over those that have one."""
        wide = scores.reshape(self.wide.shape)
        each = [
            auc_interval(counts(self.wide[rows, k], wide[rows, k]), confidence_level=confidence_level).interval
            for k, rows in enumerate(self.known.T)
        ]
        return mean_defined([low for low, _ in each])[0], mean_defined([high for _, high in each])[0]

    def measure(self, scorings: list[NDArray[np.floating[Any]]]) -> tuple[list[influence.Influence], int]:
        """Return the figure of each scoring, averaged over the concepts where all have it, and how many these are."""
        wide = [scores.reshape(self.wide.shape) for scores in scorings]
        if self.micro:
            return self._pooled(wide), self.wide.shape[1]
        concepts = range(self.wide.shape[1])
        shares = in_threads(
            lambda share: self._added_up(wide, concepts[share::_SHARES]),
            range(min(_SHARES, len(concepts))),
            work=self.wide.size,
        )
        totals, reasons = [influence.Total(len(self.wide)) for _ in wide], ["no concepts"]
        for added, reason in shares:
            reasons += [reason] if reason else []
            for total, one in zip(totals, added, strict=True):
                total.join(one)
        return [total.mean(reasons[-1]) for total in totals], len(totals[0].values)

    def _added_up(self, wide: list[NDArray[Any]], concepts: range) -> tuple[list[influence.Total], str]:
        """Sum over some of the concepts, and say why one of them was left out."""
        totals, reason, whole = [influence.Total(len(self.wide)) for _ in wide], "", bool(self.known.all())
        for k in concepts:
            rows = slice(None) if whole else self.known[:, k]
            labels = np.ascontiguousarray(self.wide[rows, k])
            columns = [np.ascontiguousarray(scores[rows, k]) for scores in wide]
            found = self._by_scoring(labels, columns, alone=self.wide.shape[1] == 1)
            lacking = next((one.reason for one in found if one.reason), "")
            if lacking:
                reason = lacking
                continue
            for total, one in zip(totals, found, strict=True):
                total.add(one, rows)
        return totals, reason

    def _by_scoring(
        self, labels: NDArray[np.bool_], columns: list[NDArray[Any]], *, alone: bool = True
    ) -> list[influence.Influence]:
        """Measure each scoring; in threads when these are not at work on other concepts already."""
        work = 2 * len(labels) if alone else 0
        return in_threads(lambda i: self.figure(labels, columns[i], self.threshold), range(len(columns)), work=work)

    def _pooled(self, wide: list[NDArray[Any]]) -> list[influence.Influence]:
        """Take all decisions for one concept's; an input moves the figure by all of its decisions together."""
        summed = []
        for one in self._by_scoring(self.wide[self.known], [scores[self.known] for scores in wide]):
            every = np.zeros(self.wide.shape)
            every[self.known] = one.moved
            summed.append(one._replace(moved=every.sum(axis=1)))
        return summed


def _spread(
    moved: NDArray[np.float64],
    groups: ArrayLike | None,
    confidence_level: float,
    data: _Data,
    scorings: list[NDArray[Any]],
) -> tuple[float, float, int | None, str]:
    """Return the standard error from the inputs' influences, the quantile, its degrees of freedom, and the method.

    Of groups whose shares differ, as many of one size as they are worth have these degrees.
    """
    if groups is None:
        error = math.sqrt(float((moved * moved).sum()))
        return error, normal_quantile(confidence_level), None, data.jackknife
    coded, number = codes(groups, len(moved), "groups")
    method = f"{data.jackknife}, clustered in {number} groups"
    if number < 2:
        return math.nan, math.nan, None, method
    sums = np.bincount(coded, moved, number)
    error = math.sqrt(float((sums * sums).sum()) * number / (number - 1))
    shares = data.shares(scorings)
    alike = number if shares is None else groups_alike(np.bincount(coded, shares, number))
    return error, t_quantile(confidence_level, alike - 1), alike - 1, method
