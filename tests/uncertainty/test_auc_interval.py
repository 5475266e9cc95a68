"""The interval of an AUC, its choice of method, and that it holds its level where DeLong's does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from clarifai_eval_widget import metrics, uncertainty

Z = stats.norm.ppf(0.975)


def sample(num_pos: int, num_neg: int, shift: float, seed: int = 0) -> metrics.Counts:
    rng = np.random.default_rng(seed)
    labels = np.arange(num_pos + num_neg) < num_pos
    return metrics.counts(labels, rng.normal(size=len(labels)) + shift * labels)


def hanley_mcneil(auc: float, num_pos: int, num_neg: int) -> float:
    """Their variance as it was printed, from Q1 and Q2."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (num_pos - 1) * (q1 - auc**2) + (num_neg - 1) * (q2 - auc**2)
    return spread / (num_pos * num_neg)


def test_with_many_misranked_inputs_the_interval_is_delongs_on_the_logit_scale() -> None:
    c = sample(100, 300, 1.0)
    plain, found = uncertainty.delong(c), uncertainty.auc_interval(c)
    logit = stats.logistic.ppf(plain.roc_auc)
    error = math.sqrt(plain.variance) / (plain.roc_auc * (1 - plain.roc_auc))
    assert found.interval == pytest.approx(stats.logistic.cdf([logit - Z * error, logit + Z * error]), abs=1e-12)
    assert found.method == "DeLong, logit-transformed"
    assert (found.roc_auc, found.variance, found.reason) == (plain.roc_auc, plain.variance, "")


@settings(max_examples=100, deadline=None)
@given(st.integers(5, 25), st.integers(5, 200), st.floats(1.5, 3), st.integers(0, 1000))
def test_wilsons_interval_is_where_the_score_test_rejects(num_pos: int, num_neg: int, shift: float, seed: int) -> None:
    c = sample(num_pos, num_neg, shift, seed)
    plain, found = uncertainty.delong(c), uncertainty.auc_interval(c, method="wilson")
    auc = plain.roc_auc
    if auc in {0.0, 1.0} or not plain.variance:
        return
    unit = max(
        plain.variance,
        hanley_mcneil(auc, num_pos, num_neg),
        # the same with the classes exchanged: 1 - score ranks negatives as positives
        hanley_mcneil(auc, num_neg, num_pos),
    ) / (auc * (1 - auc))

    def score(truth: float) -> float:
        return (auc - truth) ** 2 - Z**2 * unit * truth * (1 - truth)

    ends = optimize.brentq(score, 0, auc), optimize.brentq(score, auc, 1)
    assert found.interval == pytest.approx(ends, abs=1e-9)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_a_perfect_separation_gets_the_exact_bound_of_its_smaller_class(level: float) -> None:
    labels = np.arange(60) < 12
    found = uncertainty.auc_interval(metrics.counts(labels, labels + np.arange(60) / 1000), confidence_level=level)
    expected = stats.binomtest(12, 12).proportion_ci(level, method="exact")
    assert found.interval == pytest.approx((expected.low, 1.0))
    assert found.method == "exact bound of a perfect separation"
    upside_down = uncertainty.auc_interval(
        metrics.counts(~labels, labels + np.arange(60) / 1000), confidence_level=level
    )
    assert upside_down.interval == pytest.approx((0.0, 1 - expected.low))


def test_scores_that_are_all_tied_still_get_an_interval() -> None:
    found = uncertainty.auc_interval(metrics.counts(np.arange(60) < 20, np.zeros(60)))
    assert found.variance == 0
    assert found.interval[0] < 0.4
    assert found.interval[1] > 0.6


def test_too_few_positives_are_said_and_get_no_interval() -> None:
    few = uncertainty.auc_interval(sample(4, 1000, 2.0))
    assert few.reason == "too few positives to say: 4, and an interval needs 5"
    assert np.isnan(few.interval).all()
    assert few.method == ""
    assert 0 < few.roc_auc < 1
    assert uncertainty.auc_interval(sample(50, 3, 2.0)).reason.startswith("too few negatives to say: 3")
    assert not np.isnan(uncertainty.auc_interval(sample(5, 1000, 2.0)).interval).any()
    assert uncertainty.auc_interval(metrics.counts([0, 0], [1.0, 2.0])).reason == "no positives"


def test_delongs_own_interval_stays_what_proc_gives() -> None:
    c = sample(30, 50, 1.0)
    assert uncertainty.auc_interval(c, method="delong") == uncertainty.delong(c)
    assert uncertainty.delong(c).method == "DeLong"


def test_pooled_folds_are_named_as_such() -> None:
    found = uncertainty.auc_interval(sample(30, 50, 1.0), pooled=True)
    assert found.method == "DeLong, logit-transformed; folds pooled as if one model had scored them all"


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="method='bayes'"):
        uncertainty.auc_interval(sample(30, 50, 1.0), method="bayes")


@pytest.mark.parametrize("auc", [0.8, 0.95, 0.99, 0.999])
@pytest.mark.parametrize("skewed", [False, True])
def test_the_interval_holds_its_level_at_ten_positives(auc: float, skewed: bool) -> None:
    rng = np.random.default_rng(3)
    labels, held = np.arange(110) < 10, {"auto": 0, "delong": 0}
    for _ in range(400):
        if skewed:
            scores = rng.exponential(size=110) * np.where(labels, auc / (1 - auc), 1)
        else:
            scores = rng.normal(size=110) + math.sqrt(2) * stats.norm.ppf(auc) * labels
        c = metrics.counts(labels, scores)
        for method in held:
            low, high = uncertainty.auc_interval(c, method=method).interval
            held[method] += low <= auc <= high
    assert held["auto"] >= 0.92 * 400 - 10  # two standard errors of the simulation
    assert held["delong"] < held["auto"] - 10


def test_the_paired_test_of_few_positives_keeps_its_level_and_says_its_method() -> None:
    rng, rejected = np.random.default_rng(8), {"student": 0, "delong": 0}
    labels = np.arange(105) < 5
    for _ in range(600):
        shared = rng.normal(size=105)
        first, second = (shared + rng.normal(size=105) + labels for _ in range(2))
        for method in rejected:
            rejected[method] += uncertainty.compare_auc(labels, first, second, method=method).p_value < 0.05
    assert rejected["student"] <= 36
    assert rejected["delong"] > 42
    assert uncertainty.compare_auc(labels, first, second).method == "DeLong, paired, Student"
    pooled = uncertainty.compare_auc(labels, first, second, method="delong", pooled=True)
    assert pooled.method == "DeLong, paired; folds pooled as if one model had scored them all"
    with pytest.raises(ValueError, match="method='bootstrap'"):
        uncertainty.compare_auc(labels, first, second, method="bootstrap")
