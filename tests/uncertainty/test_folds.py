"""Inference over folds against scipy, brute force and its own level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.uncertainty import student


@settings(max_examples=200, deadline=None)
@given(st.floats(-50, 50), st.integers(1, 60), st.floats(0.5, 0.999))
def test_students_distribution_is_scipys(statistic: float, df: int, level: float) -> None:
    assert student.t_two_sided(statistic, df) == pytest.approx(2 * stats.t.sf(abs(statistic), df), abs=1e-12)
    assert student.t_quantile(level, df) == pytest.approx(stats.t.ppf(0.5 + level / 2, df), rel=1e-9)


@pytest.mark.parametrize("df", [499, 500, 501, 3000, 10**6])
def test_students_distribution_of_many_degrees_of_freedom_is_scipys(df: int) -> None:
    for statistic in (0.0, 0.3, 1.9, 2.6, 4.0):
        assert student.t_two_sided(statistic, df) == pytest.approx(2 * stats.t.sf(statistic, df), abs=1e-6)
    assert student.t_quantile(0.95, df) == pytest.approx(stats.t.ppf(0.975, df), abs=1e-5)


def split(inputs: int = 120, folds: int = 5, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    labels = rng.random(inputs) < 0.4
    first = np.round(rng.normal(size=inputs) + labels, 1)
    second = np.round(rng.normal(size=inputs) + 1.4 * labels, 1)
    return labels, first, second, rng.permutation(np.arange(inputs) % folds)


def fold_aucs(labels: np.ndarray, scores: np.ndarray, folds: np.ndarray) -> np.ndarray:
    return np.array([roc_auc_score(labels[folds == f], scores[folds == f]) for f in np.unique(folds)])


def test_the_comparison_over_folds_is_nadeau_and_bengios_t_test() -> None:
    labels, first, second, folds = split()
    found = uncertainty.compare_auc_folds(labels, first, second, folds)
    change = fold_aucs(labels, second, folds) - fold_aucs(labels, first, folds)
    error = math.sqrt((1 / 5 + 24 / 96) * change.var(ddof=1))
    assert found.difference == pytest.approx(change.mean())
    assert found.standard_error == pytest.approx(error)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(change.mean()) / error, 4))
    reach = stats.t.ppf(0.975, 4) * error
    assert found.interval == pytest.approx((change.mean() - reach, change.mean() + reach))
    assert "Nadeau and Bengio" in found.method
    assert found.units == 5


def test_of_several_concepts_the_folds_macro_figures_are_compared() -> None:
    labels, first, second, folds = split()
    both = np.stack([labels, ~labels], axis=1)
    found = uncertainty.compare_auc_folds(both, np.stack([first, -second], 1), np.stack([second, -first], 1), folds)
    assert found.difference == pytest.approx(0, abs=1e-12)  # what the one concept gains the other loses
    assert found.figure == "fold mean of macro roc_auc"


def test_ledells_variance_is_the_mean_square_of_influence_curves() -> None:
    labels, scores, _, folds = split()
    found = uncertainty.cross_validated_auc(labels, scores, folds, method="ledell")
    curves = []
    for fold in range(5):
        y, s = labels[folds == fold], scores[folds == fold]
        auc = roc_auc_score(y, s)
        total = 0.0
        for hit, score in zip(y, s, strict=True):
            others = s[y != hit]
            better = np.mean(
                (others < score) + 0.5 * (others == score) if hit else (others > score) + 0.5 * (others == score)
            )
            weight = len(labels) / (labels.sum() if hit else (~labels).sum())
            total += (weight * (better - auc)) ** 2
        curves.append(total / len(y))
    assert found.value == pytest.approx(fold_aucs(labels, scores, folds).mean())
    assert found.standard_error == pytest.approx(math.sqrt(np.mean(curves) / len(labels)))


def test_the_recipes_interval_is_wider_than_that_of_the_models_at_hand() -> None:
    labels, scores, _, folds = split(inputs=200, folds=5, seed=3)
    recipe = uncertainty.cross_validated_auc(labels, scores, folds)
    models = uncertainty.cross_validated_auc(labels, scores, folds, method="ledell")
    assert recipe.value == pytest.approx(models.value)
    spread = fold_aucs(labels, scores, folds).std(ddof=1)
    assert recipe.standard_error == pytest.approx(math.sqrt(0.2 + 0.25) * spread)
    assert 0 < recipe.interval[0] < recipe.value < recipe.interval[1] < 1
    assert recipe.method != models.method


def test_folds_without_both_classes_are_left_out_and_one_fold_gives_no_interval() -> None:
    labels, first, second, folds = split()
    labels = labels & (folds != 2)
    found = uncertainty.compare_auc_folds(labels, first, second, folds)
    assert found.units == 4
    alone = uncertainty.cross_validated_auc(labels, first, np.zeros(len(labels)))
    assert np.isnan(alone.interval).all()
    assert alone.reason == "1 fold with both classes: two are needed"
    none = uncertainty.cross_validated_auc(np.zeros(4), np.arange(4.0), [0, 0, 1, 1])
    assert math.isnan(none.value)
    assert none.reason.startswith("no folds with both classes")
    assert uncertainty.cross_validated_auc(np.zeros(4), np.arange(4.0), [0, 0, 1, 1], method="ledell").reason


def test_recipes_alike_in_all_folds_do_not_differ_and_a_constant_gain_is_no_proof() -> None:
    labels, first, _, folds = split()
    same = uncertainty.compare_auc_folds(labels, first, 2 * first, folds)
    assert (same.difference, same.statistic, same.p_value) == (0.0, 0.0, 1.0)
    constant = uncertainty.compare_fold_values([0.5, 0.5], [0.75, 0.75], [10, 10])
    assert math.isnan(constant.p_value)
    assert "no test" in constant.reason
    assert np.isnan(constant.interval).all()  # no spread is no certainty


def test_folds_of_another_length_or_method_are_refused() -> None:
    labels, first, _, _ = split()
    with pytest.raises(ValueError, match="folds must hold one value an input"):
        uncertainty.cross_validated_auc(labels, first, [0, 1])
    with pytest.raises(ValueError, match="method='pooled'"):
        uncertainty.cross_validated_auc(labels, first, np.arange(120) % 5, method="pooled")


@pytest.mark.parametrize(("num_pos", "num_neg", "folds", "shift"), [(20, 80, 5, 5.0), (30, 270, 10, 4.0)])
def test_folds_that_are_all_but_perfect_are_not_taken_as_certain(
    num_pos: int, num_neg: int, folds: int, shift: float
) -> None:
    rng, truth = np.random.default_rng(8), stats.norm.cdf(shift / math.sqrt(2))
    labels = np.arange(num_pos + num_neg) < num_pos
    coded = np.concatenate([np.arange(num_pos) % folds, np.arange(num_neg) % folds])
    held, widths = [], []
    for _ in range(100):
        found = uncertainty.cross_validated_auc(labels, rng.normal(size=len(labels)) + shift * labels, coded)
        held.append(found.interval[0] <= truth <= found.interval[1])
        widths.append(found.interval[1] - found.interval[0])
    assert np.mean(held) >= 0.92
    assert max(widths) < 0.25


def test_a_mean_of_folds_that_are_all_alike_gets_no_interval() -> None:
    found = uncertainty.fold_mean_interval([0.8, 0.8, 0.8], [10, 10, 10])
    assert found.value == pytest.approx(0.8)
    assert found.reason == "all folds give the same: their spread says nothing"
    assert np.isnan(found.interval).all()


def test_splitting_anew_counts_the_inputs_once_and_keeps_the_level_where_more_folds_would_not():
    rng, size, folds, repeats = np.random.default_rng(6), 150, 5, 4
    rejected, naive = [], []
    for _ in range(150):
        # two recipes on other features of the same inputs: neither better
        labels = np.arange(size) < size // 2
        columns = rng.normal(size=(2, size, 8)) + 0.35 * labels[:, None]
        values = np.empty((2, repeats * folds))
        for split in range(repeats):
            coded = rng.permutation(np.arange(size) % folds)
            for fold in range(folds):
                held = coded == fold
                for i, x in enumerate(columns):
                    away = x[~held & labels].mean(0) - x[~held & ~labels].mean(0)
                    values[i, split * folds + fold] = roc_auc_score(labels[held], x[held] @ away)
        sizes = np.full(repeats * folds, size // folds)
        rejected.append(uncertainty.compare_fold_values(*values, sizes, repeats=repeats).p_value < 0.05)
        naive.append(stats.ttest_rel(*values).pvalue < 0.05)
    assert np.mean(naive) > 0.15
    assert np.mean(rejected) < 0.09
    found = uncertainty.compare_fold_values(*values, sizes, repeats=repeats)
    change = values[1] - values[0]
    error = math.sqrt((1 / 20 + 1 / 4) * change.var(ddof=1))
    assert found.standard_error == pytest.approx(error)
    with pytest.raises(ValueError, match="repeats=3 does not part 20 folds"):
        uncertainty.compare_fold_values(*values, sizes, repeats=3)
