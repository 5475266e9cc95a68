"""Thresholds chosen by criteria, against exact fractions and plain loops."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as oracle

from clarifai_eval_widget import errors, metrics
from clarifai_eval_widget.operating_point import (
    Criterion,
    InfeasibleError,
    cross_fitted,
    operating_point,
    operating_points,
)

LABELS = np.array([1, 1, 0, 1, 0, 1, 0, 0, 0, 0], bool)
SCORES = np.array([0.95, 0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2, 0.1], np.float32)

CRITERIA: list[dict[str, Any]] = [
    {"maximize": "f1"},
    {"maximize": "f1", "prevalence": 0.25},
    {"maximize": "fbeta", "beta": 0.5},
    {"maximize": "fbeta", "beta": 2},
    {"maximize": "youden_j"},
    {"maximize": "mcc"},
    {"maximize": "mcc", "prevalence": 0.125},
    {"maximize": "mcc", "prevalence": 0.1},
    {"maximize": "f1", "prevalence": 0.3},
    {"min_precision": 0.75},
    {"min_precision": 0.5, "prevalence": 0.25},
    {"min_recall": 0.75},
    {"min_recall": 0.5, "prevalence": 0.125},
    {"max_fpr": 0.25},
    {"min_precision": 0.5, "max_fpr": 0.5},
    {"maximize": "f1", "min_recall": 0.75, "min_precision": 0.25},
    {"equal_error_rate": True},
    {"fp_cost": 1, "fn_cost": 4},
    {"fp_cost": 3, "fn_cost": 2, "prevalence": 0.0625},
    {"fp_cost": 1, "fn_cost": 4, "min_recall": 0.5},
]


@st.composite
def both_classes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Labels with both classes, scores with many ties."""
    size = draw(st.integers(2, 25))
    labels = draw(hnp.arrays(bool, size))
    labels[0], labels[1] = True, False
    grid = draw(st.sampled_from([2, 5, 1000]))
    scores = draw(hnp.arrays(np.float32, size, elements=st.integers(0, grid).map(lambda i: np.float32(i / grid))))
    return labels, scores


def exact(quantity: str, wanted: Criterion, cells: tuple[int, int, int, int]) -> Fraction | None:
    """Measure in fractions, by textbook definitions; the square of MCC with its sign. None where undefined."""
    tp, fp, fn, tn = map(Fraction, cells)
    if wanted.prevalence is not None and quantity in ("precision", "f1", "fbeta", "mcc", "expected_cost"):
        on, off = Fraction(wanted.prevalence) / (tp + fn), (1 - Fraction(wanted.prevalence)) / (fp + tn)
        tp, fn, fp, tn = tp * on, fn * on, fp * off, tn * off
    square = Fraction(wanted.beta or 1) ** 2
    spread = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    gain = tp * tn - fp * fn
    parts = {
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "fpr": (fp, fp + tn),
        "f1": (2 * tp, 2 * tp + fp + fn),
        "fbeta": ((1 + square) * tp, (1 + square) * tp + square * fn + fp),
        "youden_j": (gain, (tp + fn) * (fp + tn)),
        "mcc": (gain * abs(gain), spread),
        "equal_error_rate": ((fp / (fp + tn) + fn / (tp + fn)), Fraction(2)),
        "expected_cost": (
            Fraction(wanted.fp_cost or 0) * fp + Fraction(wanted.fn_cost or 0) * fn,
            tp + fp + fn + tn,
        ),
    }
    over, under = parts[quantity]
    return over / under if under else None


def exact_choice(labels: np.ndarray, scores: np.ndarray, wanted: Criterion) -> float | None:
    """Try every threshold from the highest down and keep the first that is strictly better."""
    best, chosen = None, None
    for threshold in [np.inf, *sorted(set(scores.tolist()), reverse=True)]:
        hit = scores >= threshold
        cells = tuple(int(n.sum()) for n in (labels & hit, ~labels & hit, labels & ~hit, ~labels & ~hit))
        rates = {name: exact(name, wanted, cells) for name in wanted.constraints}
        if any(
            rate is None or (rate > wanted.constraints[name] if name == "fpr" else rate < wanted.constraints[name])
            for name, rate in rates.items()
        ):
            continue
        utility = exact(wanted.objective, wanted, cells)
        if wanted.objective == "equal_error_rate":
            utility = abs(Fraction(cells[1], cells[1] + cells[3]) - Fraction(cells[2], cells[0] + cells[2]))
        if utility is None:
            continue
        utility = -utility if wanted.objective in ("equal_error_rate", "expected_cost") else utility
        if best is None or utility > best:
            best, chosen = utility, threshold
    return chosen


@pytest.mark.parametrize("options", CRITERIA, ids=str)
@settings(max_examples=60, deadline=None)
@given(data=both_classes())
def test_the_choice_is_the_best_in_exact_fractions_and_ties_take_the_highest_threshold(
    data: tuple[np.ndarray, np.ndarray], options: dict[str, Any]
) -> None:
    labels, scores = data
    wanted = Criterion(**options)
    expected = exact_choice(labels, scores, wanted)
    c = metrics.counts(labels, scores)
    if expected is None:
        with pytest.raises(InfeasibleError):
            operating_point(c, **options)
        return
    point = operating_point(c, **options)
    assert point.threshold == expected
    hit = scores >= point.threshold
    cells = tuple(int(n.sum()) for n in (labels & hit, ~labels & hit, labels & ~hit, ~labels & ~hit))
    assert (point.tp, point.fp, point.fn, point.tn) == cells
    value = exact(wanted.objective, wanted, cells)
    assert value is not None
    measured = point.value * abs(point.value) if wanted.objective == "mcc" else point.value
    assert measured == pytest.approx(float(value), abs=1e-12)
    assert point.interval[0] <= point.value <= point.interval[1]


def test_values_equal_scikit_learns_at_the_chosen_threshold() -> None:
    c = metrics.counts(LABELS, SCORES)
    for options, score in (
        ({"maximize": "f1"}, oracle.f1_score),
        ({"maximize": "mcc"}, oracle.matthews_corrcoef),
        ({"maximize": "fbeta", "beta": 2}, lambda y, p: oracle.fbeta_score(y, p, beta=2)),
        ({"min_precision": 0.6}, oracle.recall_score),
        ({"min_recall": 0.6}, oracle.precision_score),
    ):
        point = operating_point(c, **options)
        assert point.value == pytest.approx(score(LABELS, point.threshold <= SCORES))


def test_precision_and_cost_are_those_of_the_deployment_prevalence() -> None:
    c = metrics.counts(LABELS, SCORES)
    point = operating_point(c, min_recall=0.75, prevalence=0.02)
    tpr, fpr = 3 / 4, 1 / 6
    assert (point.recall, point.fpr) == (tpr, fpr)
    assert point.precision == pytest.approx(0.02 * tpr / (0.02 * tpr + 0.98 * fpr))
    assert operating_point(c, min_recall=0.75).precision == 0.75
    cost = operating_point(c, fp_cost=1, fn_cost=100, prevalence=0.02)
    assert cost.value == pytest.approx(0.02 * 100 * cost.fn / 4 + 0.98 * cost.fp / 6)


def test_copying_every_negative_in_the_test_set_equals_stating_the_prevalence() -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(200) < 100
    scores = np.round(rng.normal(size=200) + labels, 1)
    many = np.concatenate([labels, np.tile(labels[100:], 8)]), np.concatenate([scores, np.tile(scores[100:], 8)])
    for options in ({"maximize": "f1"}, {"maximize": "mcc"}, {"min_precision": 0.5}, {"fp_cost": 1, "fn_cost": 3}):
        stated = operating_point(metrics.counts(labels, scores), prevalence=0.1, **options)
        copied = operating_point(metrics.counts(*many), **options)
        assert stated.threshold == copied.threshold
        assert (stated.value, stated.precision, stated.f1) == pytest.approx((copied.value, copied.precision, copied.f1))


def test_it_can_be_best_to_predict_nothing() -> None:
    point = operating_point(metrics.counts(LABELS, -SCORES), fp_cost=10, fn_cost=1)
    assert (point.threshold, point.tp, point.fp) == (math.inf, 0, 0)
    assert math.isnan(point.precision)
    assert all(math.isnan(end) for end in point.precision_interval)


def test_what_cannot_be_had_is_refused_with_the_best_that_can() -> None:
    c = metrics.counts(~LABELS, SCORES)
    with pytest.raises(InfeasibleError, match=r"highest precision is 0\.6, at threshold 0\.1") as caught:
        operating_point(c, min_precision=0.99)
    assert caught.value.best == {"precision": 0.6}
    assert isinstance(caught.value, errors.EvalError)
    with pytest.raises(InfeasibleError, match="under the other bounds") as caught:
        operating_point(c, maximize="f1", min_recall=0.9, max_fpr=0.5)
    assert caught.value.best == {"recall": pytest.approx(1 / 6), "fpr": 1.0}


def test_a_misspelt_wish_for_the_infeasible_is_refused_rather_than_taken_for_leaving_out() -> None:
    with pytest.raises(ValueError, match="infeasible='rais' is not known"):
        operating_points({}, infeasible="rais", maximize="f1")  # type: ignore[arg-type]


def test_a_point_says_wherever_it_is_printed_that_its_numbers_are_optimistic() -> None:
    point = operating_point(metrics.counts(LABELS, SCORES), maximize="f1")
    assert "optimistic: chosen and measured on the same inputs" in repr(point)


def test_bounds_that_exclude_each_other_are_refused_with_the_best_of_each() -> None:
    c = metrics.counts([0, 1, 1, 0], [0.9, 0.8, 0.7, 0.1])
    with pytest.raises(InfeasibleError, match=r"highest precision by itself is 0\.6666, at threshold 0\.7") as caught:
        operating_point(c, min_precision=0.9, max_fpr=0)
    assert caught.value.best == {"precision": pytest.approx(2 / 3), "fpr": 0.0}


def test_a_cost_that_dwarfs_the_other_leaves_the_small_differences_to_choose_by() -> None:
    c = metrics.counts([1, 1, 0, 1], [0.9, 0.8, 0.7, 0.1])
    assert operating_point(c, fp_cost=1e13, fn_cost=1).threshold == 0.8


@pytest.mark.parametrize(
    ("labels", "scores", "options", "why"),
    [
        ([0, 0], [0.1, 0.2], {"min_recall": 0.5}, "no positives"),
        ([1, 1], [0.1, 0.2], {"maximize": "youden_j"}, "no negatives"),
        ([], [], {"maximize": "f1"}, "no inputs"),
        ([0, 0], [0.1, 0.2], {"maximize": "f1"}, "no positives"),
        ([0, 1], [0.5, 0.5], {"maximize": "mcc"}, "all equal"),
        ([0, 1, 1, 0], [0.9, 0.8, 0.7, 0.1], {"maximize": "mcc", "max_fpr": 0}, "wherever the bounds are kept"),
        ([0, 0], [0.1, 0.2], {"fp_cost": 1, "fn_cost": 1, "prevalence": 0.1}, "no positives"),
    ],
)
def test_an_undefined_criterion_says_why(labels: Any, scores: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(InfeasibleError, match=why):
        operating_point(metrics.counts(labels, scores), **options)


def test_all_concepts_at_once_name_those_that_no_threshold_suits() -> None:
    cs = {"cat": metrics.counts(LABELS, SCORES), "dog": metrics.counts(np.zeros(10), SCORES)}
    with pytest.raises(InfeasibleError, match=r"dog: .*no positives.*leave out: dog"):
        operating_points(cs, maximize="f1", min_recall=0.5)
    points = operating_points(cs, infeasible="skip", maximize="f1", min_recall=0.5)
    assert points == {"cat": operating_point(cs["cat"], maximize="f1", min_recall=0.5)}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "Say what"),
        ({"prevalence": 0.1}, "Say what"),
        ({"maximize": "accuracy"}, "'accuracy' is not known"),
        ({"maximize": "fbeta"}, "go together"),
        ({"maximize": "f1", "beta": 2}, "go together"),
        ({"maximize": "fbeta", "beta": 0}, "beta=0"),
        ({"fp_cost": 1}, "both fp_cost= and fn_cost="),
        ({"fp_cost": 0, "fn_cost": 0}, "above 0"),
        ({"fp_cost": -1, "fn_cost": 1}, "fp_cost=-1"),
        ({"maximize": "f1", "equal_error_rate": True}, "not several"),
        ({"min_recall": 0.9, "min_precision": 0.9}, "add maximize="),
        ({"min_recall": 90}, "min_recall=90"),
        ({"max_fpr": math.nan}, "max_fpr=nan"),
        ({"maximize": "f1", "prevalence": 2}, "prevalence=2"),
    ],
    ids=str,
)
def test_keywords_that_do_not_make_one_criterion_are_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        operating_point(metrics.counts(LABELS, SCORES), **options)


def test_a_criterion_reads_as_a_sentence() -> None:
    assert str(Criterion(min_recall=0.9, prevalence=0.02)) == (
        "highest precision with recall ≥ 0.9 at a prevalence of 0.02"
    )
    assert str(Criterion(fp_cost=1, fn_cost=5)) == "lowest expected cost (false positive 1, false negative 5)"


def test_intervals_cover_the_true_value_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    wanted = Criterion(maximize="f1")
    truth = wanted.measure("f1", 0.8 * 60, 0.3 * 90, 60, 90)
    covered = 0
    for _ in range(200):
        tp, fp = rng.binomial(60, 0.8), rng.binomial(90, 0.3)
        labels = np.arange(150) < 60
        scores = np.concatenate([np.arange(60) < tp, np.arange(90) < fp]).astype(float)
        point = operating_point(metrics.counts(labels, scores), min_recall=tp / 60, maximize="f1", max_fpr=fp / 90)
        covered += point.interval[0] <= truth <= point.interval[1]
    assert 178 <= covered <= 200  # 95 % of 200, give or take three standard deviations and a little


@settings(max_examples=40, deadline=None)
@given(both_classes(), st.integers(2, 4), st.sampled_from([CRITERIA[i] for i in (0, 4, 9, 13, 17)]))
def test_the_honest_estimate_measures_each_fold_at_the_threshold_of_the_others(
    data: tuple[np.ndarray, np.ndarray], num_folds: int, options: dict[str, Any]
) -> None:
    labels, scores = data
    folds = 1 + np.arange(len(labels)) % num_folds
    wanted = Criterion(**options)
    c = metrics.counts(labels, scores)
    if exact_choice(labels, scores, wanted) is None:
        with pytest.raises(InfeasibleError):
            cross_fitted(labels, scores, folds, **options)
        return
    estimate = cross_fitted(labels, scores, folds, **options)
    assert str(estimate.chosen) == str(operating_point(c, **options))  # as text, NaN equals itself
    values = []
    for point in estimate.folds:
        part = folds == point.fold
        if math.isnan(point.threshold):
            assert "undefined" in point.reason or "No threshold" in point.reason
            continue
        assert point.threshold == operating_point(metrics.counts(labels[~part], scores[~part]), **options).threshold
        hit = scores[part] >= point.threshold
        truth = labels[part]
        cells = tuple(int(n.sum()) for n in (truth & hit, ~truth & hit, truth & ~hit, ~truth & ~hit))
        assert (point.tp, point.fp, point.fn, point.tn) == cells
        assert math.isnan(point.value) == bool(point.reason)
        values.append(point.value)
    defined = [value for value in values if not math.isnan(value)]
    assert estimate.n_averaged == len(defined)
    assert estimate.value == pytest.approx(np.mean(defined) if defined else math.nan, nan_ok=True)


def test_a_threshold_fitted_to_noise_is_shown_to_be_worthless() -> None:
    rng = np.random.default_rng(2)
    labels, scores = rng.random(60) < 0.5, rng.random(60)
    estimate = cross_fitted(labels, scores, np.arange(60) % 5, maximize="youden_j")
    assert estimate.chosen.value > 0.1
    assert estimate.optimism == estimate.apparent - estimate.value
    assert estimate.optimism > 0.1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(1, 9))
def test_a_cost_looks_lower_where_it_was_chosen_and_that_is_optimism_not_pessimism(
    seed: int, num_folds: int, cost: int
) -> None:
    rng = np.random.default_rng(seed)
    labels, scores = rng.random(12 * num_folds) < 0.4, rng.random(12 * num_folds)
    estimate = cross_fitted(labels, scores, np.arange(len(labels)) % num_folds, fp_cost=1, fn_cost=cost)
    # of folds of one size the mean cost is the pooled one, which the choice made as low as can be
    assert estimate.apparent == pytest.approx(estimate.chosen.value)
    assert estimate.optimism == pytest.approx(estimate.value - estimate.apparent)
    assert estimate.optimism >= -1e-12


def test_costs_and_error_rates_chosen_on_noise_are_optimistic_on_the_whole() -> None:
    costs = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        labels, scores, folds = rng.random(40) < 0.5, rng.random(40), np.arange(40) % 5
        costs.append(cross_fitted(labels, scores, folds, fp_cost=1, fn_cost=1).optimism)
        error = cross_fitted(labels, scores, folds, equal_error_rate=True)
        assert error.optimism == error.value - error.apparent
    assert np.mean(costs) > 0.05


def test_a_choice_that_every_fold_would_make_is_not_optimistic() -> None:
    # the folds' F1 average to another number than that of all counts; the two are not to be mixed
    labels = np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 0], bool)
    scores = np.array([0.9, 0.9, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1])
    estimate = cross_fitted(labels, scores, np.arange(10) % 5, maximize="f1")
    assert {point.threshold for point in estimate.folds} == {estimate.chosen.threshold}
    assert estimate.value != pytest.approx(estimate.chosen.value)
    assert estimate.optimism == 0
    for fold, point in enumerate(estimate.folds):
        part = np.arange(10) % 5 == fold
        expected = oracle.f1_score(labels[part], scores[part] >= 0.9, zero_division=np.nan)
        assert point.apparent == pytest.approx(expected, nan_ok=True)


def test_choosing_and_measuring_apart_needs_two_folds() -> None:
    with pytest.raises(ValueError, match="two folds"):
        cross_fitted(LABELS, SCORES, np.ones(10), maximize="f1")
    with pytest.raises(ValueError, match="Each input needs its fold"):
        cross_fitted(LABELS, SCORES, [1, 2], maximize="f1")
