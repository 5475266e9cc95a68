"""Inference that knows folds: the folds' models are not one model, and their training sets overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics.arrays import as_labels
from clarifai_eval_widget.uncertainty import formulas
from clarifai_eval_widget.uncertainty.checks import codes, finite
from clarifai_eval_widget.uncertainty.proportions import normal_quantile
from clarifai_eval_widget.uncertainty.ranks import twice_placements
from clarifai_eval_widget.uncertainty.results import FigureDifference, FigureEstimate, normal_estimate
from clarifai_eval_widget.uncertainty.student import t_quantile, t_two_sided

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "compare_auc_folds",
    "compare_fold_values",
    "cross_validated_auc",
    "fold_auc_interval",
    "fold_mean_interval",
    "unseen_in_folds",
]

_NADEAU_BENGIO = "mean over folds, corrected resampled t (Nadeau and Bengio)"
_LEDELL = "mean over folds, influence curves of the models at hand (LeDell)"


def cross_validated_auc(
    labels: ArrayLike,
    scores: ArrayLike,
    folds: ArrayLike,
    *,
    confidence_level: float = 0.95,
    method: str = "nadeau-bengio",
) -> FigureEstimate:
    """Estimate the mean over folds of one concept's AUC, with an interval that knows that there were folds.

    Parameters
    ----------
    labels
        ``(N,)`` bool.
    scores
        ``(N,)`` finite, each from the model that did not train on the input.
    folds
        ``(N,)`` which fold each input was left out in; any values.
    confidence_level
        Between 0 and 1.
    method
        ``"nadeau-bengio"``: what the recipe gives on training sets of this size; the spread between folds, widened
        for their overlapping training sets (Machine Learning 52, 2003, 239-281). ``"ledell"``: what these very
        models give, their training sets taken as they are (LeDell, Petersen and van der Laan, Electronic J. of
        Statistics 9, 2015, 1583-1607); narrower, for it leaves out what other training data would change.

    Returns
    -------
    FigureEstimate
        ``units`` are the folds that have both classes; the others are left out.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, a label is neither 0 nor 1, or the method is unknown.
    """
    truth = as_labels(labels)
    values = finite(truth, scores)
    coded, number = codes(folds, len(truth), "folds")
    if method == "ledell":
        return _by_influence(truth, values, coded, number, confidence_level)
    if method != "nadeau-bengio":
        raise ValueError(f"method={method!r} is unknown; choose nadeau-bengio or ledell.")
    areas = _fold_aucs(truth[:, None], values[:, None], coded, number)
    num_pos = np.bincount(coded[truth], minlength=number)
    num_neg = np.bincount(coded[~truth], minlength=number)
    return fold_auc_interval(areas, num_pos, num_neg, confidence_level=confidence_level)


def fold_auc_interval(
    areas: ArrayLike, num_pos: ArrayLike, num_neg: ArrayLike, *, confidence_level: float = 0.95
) -> FigureEstimate:
    """Estimate the mean over folds of one concept's AUC from the folds' areas and class sizes.

    As :func:`cross_validated_auc`. Where so few inputs are misranked that folds can be alike by luck, their spread is
    filled up to the variance of coin throws (see :func:`figure_interval`).

    Parameters
    ----------
    areas
        ``(F,)`` each fold's AUC; NaN where undefined, which leaves the fold out.
    num_pos, num_neg
        ``(F,)`` the members of each class in each fold.
    confidence_level
        Between 0 and 1.
    """
    sizes = np.asarray(num_pos) + np.asarray(num_neg)
    unseen = unseen_in_folds(areas, num_pos, num_neg)
    return fold_mean_interval(
        areas, sizes, confidence_level=confidence_level, figure="fold mean roc_auc", unseen=unseen
    )


def fold_mean_interval(
    values: ArrayLike,
    fold_sizes: ArrayLike,
    *,
    confidence_level: float = 0.95,
    figure: str = "fold mean",
    unseen: float = 0.0,
    bias: float = 0.0,
) -> FigureEstimate:
    """Estimate the mean over folds of any figure, with Nadeau and Bengio's interval (see :func:`cross_validated_auc`).

    Parameters
    ----------
    values
        ``(F,)`` the figure in each fold, within 0 and 1; NaN where undefined, which leaves the fold out.
    fold_sizes
        ``(F,)`` how many inputs each fold holds.
    confidence_level
        Between 0 and 1.
    figure
        Its name, for the result.
    unseen
        Variance that the folds' spread cannot show, to be added.
    bias
        By how much the mean is expected to be too high: the interval lies about the value less it.
    """
    each = np.asarray(values, np.float64)
    mean, error, df, reason = _corrected(each, np.asarray(fold_sizes), figure)
    if not reason and not error and not unseen:
        error, reason = math.nan, "all folds give the same: their spread says nothing"
    return normal_estimate(
        figure,
        mean,
        math.sqrt(error * error + unseen),
        0.0 if reason else t_quantile(confidence_level, df),
        confidence_level=confidence_level,
        method=_NADEAU_BENGIO + (", about the mean less its bias" if bias else ""),
        units=int(np.count_nonzero(~np.isnan(each))),
        reason=reason,
        bias=bias,
    )


def unseen_in_folds(areas: ArrayLike, num_pos: ArrayLike, num_neg: ArrayLike) -> float:
    """Return the variance of a fold mean of AUCs that its spread cannot show where few inputs are misranked.

    Parameters are those of :func:`fold_auc_interval`; 0 where enough inputs are misranked.
    """
    each, pos, neg = np.asarray(areas, np.float64), np.asarray(num_pos), np.asarray(num_neg)
    used = ~np.isnan(each)
    mean, error, _, reason = _corrected(each, pos + neg, "roc_auc")
    positives, negatives = int(pos[used].sum()), int(neg[used].sum())
    if reason or min(positives, negatives) * min(mean, 1 - mean) >= formulas.MISRANKED:
        return 0.0
    size = float(formulas.effective_size(mean, error * error, positives, negatives))
    return formulas.unseen_variance(mean, error * error, size)


def compare_auc_folds(
    labels: ArrayLike,
    first_scores: ArrayLike,
    second_scores: ArrayLike,
    folds: ArrayLike,
    *,
    confidence_level: float = 0.95,
) -> FigureDifference:
    """Test whether two recipes' AUCs differ, cross-validated on the same inputs in the same folds.

    DeLong's test of pooled scores, and a t test of the folds' differences, take the models as given and reject 10 to
    15 % of true hypotheses about recipes at a nominal 5 %; see :func:`compare_fold_values` for the correction.

    Parameters
    ----------
    labels
        ``(N,)`` or ``(N, K)`` bool; of several concepts the figure is the mean over those that both classes occur of.
    first_scores, second_scores
        In the shape of the labels, finite, row by row of the same inputs.
    folds
        ``(N,)``, the same for both.
    confidence_level
        Between 0 and 1.

    Raises
    ------
    ValueError
        When shapes differ, a score is not finite, or a label is neither 0 nor 1.
    """
    truth = as_labels(labels)
    first, second = (finite(truth, scores, truth.ndim) for scores in (first_scores, second_scores))
    coded, number = codes(folds, len(truth), "folds")
    wide = truth.reshape(len(truth), -1)
    before, after = (_fold_aucs(wide, scores.reshape(wide.shape), coded, number) for scores in (first, second))
    figure = "fold mean roc_auc" if truth.ndim == 1 else "fold mean of macro roc_auc"
    sizes = np.bincount(coded, minlength=number)
    return compare_fold_values(before, after, sizes, confidence_level=confidence_level, figure=figure)


def compare_fold_values(
    first: ArrayLike,
    second: ArrayLike,
    fold_sizes: ArrayLike,
    *,
    repeats: int = 1,
    confidence_level: float = 0.95,
    figure: str = "fold mean",
) -> FigureDifference:
    """Test the differences of any figure between two recipes over the same folds.

    Student's t with the variance of the mean of k differences taken as (1 / k + n_test / n_train) s² (Nadeau and
    Bengio, Machine Learning 52, 2003, 239-281).

    Parameters
    ----------
    first, second
        ``(F,)`` the figure in each fold; NaN where undefined, which leaves the fold out.
    fold_sizes
        ``(F,)`` how many inputs each fold holds.
    repeats
        How often the inputs were split anew: F is then the folds of all splits, and narrower than one split's by less
        than its number would make believe (Bouckaert and Frank, PAKDD 2004).
    confidence_level
        Between 0 and 1.
    figure
        Its name, for the result.

    Raises
    ------
    ValueError
        When there are not as many folds in every split.
    """
    before, after = np.asarray(first, np.float64), np.asarray(second, np.float64)
    change = after - before
    used = ~np.isnan(change)
    if repeats < 1 or len(change) % repeats:
        raise ValueError(f"repeats={repeats} does not part {len(change)} folds into splits of as many each.")
    mean, error, df, reason = _corrected(change, np.asarray(fold_sizes), figure, repeats)
    values = tuple(float(v[used].mean()) if used.any() else math.nan for v in (before, after))
    statistic = p_value = math.nan
    low = high = math.nan
    if not reason:
        statistic = mean / error if error else math.copysign(math.inf, mean) if mean else 0.0
        if math.isinf(statistic):
            error, reason = math.nan, "all folds differ by the same: no test"
        else:
            p_value = t_two_sided(statistic, df)
        reach = t_quantile(confidence_level, df) * error
        low, high = max(mean - reach, -1.0), min(mean + reach, 1.0)  # in this order NaN stays NaN
    return FigureDifference(
        figure,
        (values[0], values[1]),
        mean,
        error,
        (low, high),
        statistic,
        p_value,
        confidence_level,
        _NADEAU_BENGIO,
        int(used.sum()),
        reason,
        degrees_of_freedom=None if math.isnan(p_value) else df,
    )


def _fold_aucs(
    truth: NDArray[np.bool_], scores: NDArray[np.floating[Any]], coded: NDArray[np.intp], number: int
) -> NDArray[np.float64]:
    """Return each fold's AUC, averaged over its concepts with both classes; NaN where there is none."""
    areas = np.full(number, np.nan)
    for fold in range(number):
        rows = coded == fold
        found = []
        for k in range(truth.shape[1]):
            labels = truth[rows, k]
            hits = int(np.count_nonzero(labels))
            if 0 < hits < len(labels):
                twice = twice_placements(labels, np.ascontiguousarray(scores[rows, k]))[1]
                found.append(twice / (2 * hits * (len(labels) - hits)))
        areas[fold] = np.mean(found) if found else np.nan
    return areas


def _corrected(
    values: NDArray[np.float64], sizes: NDArray[Any], figure: str, repeats: int = 1
) -> tuple[float, float, int, str]:
    """Return the mean, its corrected standard error, the degrees of freedom, and why there is none."""
    used = ~np.isnan(values)
    number = int(used.sum())
    if number < 2:
        mean = float(values[used][0]) if number else math.nan
        where = " with both classes" if "roc_auc" in figure else "" if used.all() else " in which it is defined"
        return mean, math.nan, 0, f"{number or 'no'} fold{'s' if not number else ''}{where}: two are needed"
    kept = values[used]
    tested = float(sizes[used].mean())
    share = tested / (float(sizes.sum()) / repeats - tested)
    spread = float(kept.var(ddof=1)) if kept.min() < kept.max() else 0.0
    return float(kept.mean()), math.sqrt((1 / number + share) * spread), number - 1, ""


def _by_influence(
    truth: NDArray[np.bool_],
    scores: NDArray[np.floating[Any]],
    coded: NDArray[np.intp],
    number: int,
    confidence_level: float,
) -> FigureEstimate:
    """Average the squared influence curves fold by fold, weighted by the classes' shares of all inputs."""
    areas, squares = [], []
    weights = {True: len(truth) / max(int(truth.sum()), 1), False: len(truth) / max(int((~truth).sum()), 1)}
    for fold in range(number):
        labels, values = truth[coded == fold], scores[coded == fold]
        hits = int(np.count_nonzero(labels))
        if not 0 < hits < len(labels):
            continue
        twice, total = twice_placements(labels, values)
        area = total / (2 * hits * (len(labels) - hits))
        shares = twice / np.where(labels, 2 * (len(labels) - hits), 2 * hits)
        # a positive's share counts negatives below, a negative's counts positives below: 1 - that are above
        worse = np.where(labels, shares - area, (1 - shares) - area)
        areas.append(area)
        squares.append(float(((np.where(labels, weights[True], weights[False]) * worse) ** 2).mean()))
    reason = "" if areas else "no fold with both classes"
    return normal_estimate(
        "fold mean roc_auc",
        float(np.mean(areas)) if areas else math.nan,
        math.sqrt(float(np.mean(squares)) / len(truth)) if areas else math.nan,
        normal_quantile(confidence_level),
        confidence_level=confidence_level,
        method=_LEDELL,
        units=len(areas),
        reason=reason,
    )
