"""Decisions at a threshold, against statsmodels, scipy and exact sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as oracle

from clarifai_eval_widget import uncertainty


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 500))
def test_few_differing_inputs_are_tested_exactly_and_more_by_mid_p(first: int, second: int, both: int) -> None:
    found = uncertainty.mcnemar(first, second, first + second + both)
    exact = oracle([[both, first], [second, 0]], exact=True).pvalue
    if first + second < 25:
        assert found.p_value == pytest.approx(min(exact, 1), abs=1e-12)
        assert found.method.startswith("McNemar, exact")
    else:
        midp = 2 * stats.binom.cdf(min(first, second), first + second, 0.5) - stats.binom.pmf(
            min(first, second), first + second, 0.5
        )
        assert found.p_value == pytest.approx(min(midp, 1), abs=1e-12)
        assert found.method.startswith("McNemar, mid-p")


def test_a_million_differing_inputs_do_not_underflow() -> None:
    found = uncertainty.mcnemar(499_000, 501_000, 2_000_000)
    assert found.p_value == pytest.approx(oracle([[0, 499_000], [501_000, 0]], exact=False).pvalue, rel=0.01)
    assert uncertainty.mcnemar(0, 900_000, 10**6).p_value == 0.0


def test_decisions_are_counted_at_each_scorings_own_threshold() -> None:
    labels = np.array([1, 1, 1, 0, 0, 0])
    first = np.float32([0.9, 0.7, 0.1, 0.7, 0.2, 0.1])
    second = np.float32([0.9, 0.6, 0.6, 0.1, 0.2, 0.65])
    found = uncertainty.compare_decisions(labels, first, second, (0.7, 0.6))
    assert (found.only_first, found.only_second, found.inputs) == (1, 2, 6)
    assert found.difference == pytest.approx(1 / 6)
    swapped = uncertainty.compare_decisions(labels, second, first, (0.6, 0.7))
    assert (swapped.difference, swapped.p_value) == (-found.difference, found.p_value)
    assert swapped.interval == pytest.approx((-found.interval[1], -found.interval[0]))
    assert uncertainty.compare_decisions(labels, first, first).p_value == 1.0


@pytest.mark.parametrize("rates", [(0.05, 0.05), (0.02, 0.1), (0.0, 0.04), (0.3, 0.1)])
@pytest.mark.parametrize("inputs", [20, 80])
def test_the_interval_of_the_difference_holds_its_level(rates: tuple[float, float], inputs: int) -> None:
    held = 0.0
    for first in range(inputs + 1):
        for second in range(inputs + 1 - first):
            chance = stats.multinomial.pmf([first, second, inputs - first - second], inputs, [*rates, 1 - sum(rates)])
            if chance > 1e-9:
                low, high = uncertainty.mcnemar(first, second, inputs).interval
                held += chance * (low <= rates[1] - rates[0] <= high)
    assert held >= 0.94


def test_of_no_inputs_nothing_is_known_and_more_than_all_is_refused() -> None:
    found = uncertainty.mcnemar(0, 0, 0)
    assert math.isnan(found.difference)
    assert np.isnan(found.interval).all()
    with pytest.raises(ValueError, match="3 and 3 of 5 inputs"):
        uncertainty.mcnemar(3, 3, 5)


def test_decisions_on_inputs_in_groups_are_tested_by_group() -> None:
    rng, plain, clustered = np.random.default_rng(0), [], []
    groups = np.repeat(np.arange(40), 10)
    for _ in range(200):
        labels = np.repeat(rng.random(40) < 0.5, 10)
        pair = [np.repeat(rng.normal(size=40), 10) + 0.5 * rng.normal(size=400) + 2.5 * labels for _ in range(2)]
        plain.append(uncertainty.compare_decisions(labels, *pair, 1.25).p_value < 0.05)
        found = uncertainty.compare_decisions(labels, *pair, 1.25, groups=groups)
        clustered.append(found.p_value < 0.05)
        assert (found.interval[0] > 0 or found.interval[1] < 0) == clustered[-1]
    assert np.mean(plain) > 0.2
    assert np.mean(clustered) <= 0.08
    assert found.method == "McNemar clustered in 40 groups (Obuchowski), Student"


def test_the_clustered_error_is_the_groups_own_by_definition() -> None:
    rng, groups = np.random.default_rng(1), np.arange(60) % 7
    labels, first, second = rng.random(60) < 0.5, rng.random(60), rng.random(60)
    found = uncertainty.compare_decisions(labels, first, second, groups=groups)
    change = ((second >= 0.5) == labels).astype(float) - ((first >= 0.5) == labels)
    apart = [sum(change[groups == g] - change.mean()) for g in range(7)]
    error = np.sqrt(7 / 6 * np.sum(np.square(apart))) / 60
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(change.mean()) / error, 6))
    reach = stats.t.ppf(0.975, 6) * error
    assert found.interval == pytest.approx((change.mean() - reach, change.mean() + reach))
    with pytest.raises(ValueError, match="two independent ones"):
        uncertainty.compare_decisions(labels, first, second, groups=np.zeros(60))
    same = uncertainty.compare_decisions(labels, first, first, groups=groups)
    assert (same.difference, same.p_value) == (0, 1)


def test_one_fold_and_no_inputs_are_said_where_a_test_over_folds_has_nothing_to_go_by() -> None:
    labels, scores = np.arange(60) % 2 == 1, np.linspace(0, 1, 60)
    alone = uncertainty.compare_decisions(labels, scores, scores[::-1], folds=np.ones(60))
    assert alone.reason == "1 fold: two are needed"  # each fold has a share right, whichever classes it has
    none = uncertainty.compare_decisions([], [], [], folds=[])
    assert none.reason == "no inputs"
    assert all(map(math.isnan, (alone.p_value, none.p_value)))
    undefined = uncertainty.compare_fold_values([0.5, math.nan], [0.6, math.nan], [10, 10], figure="fold mean of f1")
    assert undefined.reason == "1 fold in which it is defined: two are needed"


def test_equally_good_recipes_differ_no_more_often_than_said_where_mcnemars_test_takes_their_models_as_given() -> None:
    rejected = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        folds, labels = np.arange(100) % 2, np.arange(100) < 50
        features = rng.normal(size=(100, 10)) + 0.35 * labels[:, None]
        both = np.empty((2, 100))
        for k, recipe in enumerate((slice(0, 5), slice(5, 10))):
            for fold in (0, 1):
                taught, left = folds != fold, folds == fold
                means = [features[taught & (labels == one)][:, recipe].mean(axis=0) for one in (True, False)]
                both[k, left] = (features[left][:, recipe] - (means[0] + means[1]) / 2) @ (means[0] - means[1])
        found = [uncertainty.compare_decisions(labels, *both, 0.0, folds=used) for used in (folds, None)]
        rejected.append([one.p_value < 0.05 for one in found])
    ours, given = np.mean(rejected, axis=0)
    assert ours <= 0.08
    assert given >= 0.10
