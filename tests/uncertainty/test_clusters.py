"""Inputs in groups: Obuchowski's formula as it was printed, and levels where the plain method has none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty


def grouped(groups: int = 40, size: int = 10, seed: int = 0, shift: float = 1.2) -> tuple[np.ndarray, ...]:
    """Labels, two scorings of equal worth whose errors are mostly shared within a group, and the groups."""
    rng = np.random.default_rng(seed)
    coded = np.repeat(np.arange(groups), size)
    labels = np.repeat(rng.random(groups) < 0.5, size) ^ (rng.random(groups * size) < 0.1)
    first, second = (
        math.sqrt(0.8) * np.repeat(rng.normal(size=groups), size)
        + math.sqrt(0.2) * rng.normal(size=len(labels))
        + shift * labels
        for _ in range(2)
    )
    return labels, first, second, coded


def obuchowski(labels: np.ndarray, differences: list[np.ndarray], groups: np.ndarray) -> float:
    """Her variance from S10, S01 and S11, sums over groups one after the other; of a difference by its kernel."""
    psi = sum(sign * ((s[labels][:, None] > s[~labels]) + 0.5 * (s[labels][:, None] == s[~labels]))
              for s, sign in zip(differences, (-1, 1), strict=False)) if len(differences) == 2 else (
        (differences[0][labels][:, None] > differences[0][~labels])
        + 0.5 * (differences[0][labels][:, None] == differences[0][~labels])
    )  # fmt: skip
    theta, (m, n) = psi.mean(), psi.shape
    x10, x01 = psi.mean(axis=1), psi.mean(axis=0)
    of_pos, of_neg = groups[labels], groups[~labels]
    every = np.unique(groups)
    i10, i01, total = len(np.unique(of_pos)), len(np.unique(of_neg)), len(every)
    a = np.array([(x10[of_pos == g] - theta).sum() for g in every])
    b = np.array([(x01[of_neg == g] - theta).sum() for g in every])
    s10 = i10 / ((i10 - 1) * m) * (a**2).sum()
    s01 = i01 / ((i01 - 1) * n) * (b**2).sum()
    s11 = total / (total - 1) * (a * b).sum()
    return s10 / m + s01 / n + 2 * s11 / (m * n)


@pytest.mark.parametrize("digits", [0, 6])
def test_the_variances_are_obuchowskis(digits: int) -> None:
    labels, first, second, groups = grouped()
    first, second = np.round(first, digits), np.round(second, digits)
    one = uncertainty.clustered_auc(labels, second, groups)
    assert one.value == pytest.approx(metrics.roc_auc(metrics.counts(labels, second)))
    assert one.standard_error**2 == pytest.approx(obuchowski(labels, [second], groups))
    both = uncertainty.compare_auc_clustered(labels, first, second, groups)
    assert both.standard_error**2 == pytest.approx(obuchowski(labels, [first, second], groups))
    assert both.difference == pytest.approx(uncertainty.compare_auc(labels, first, second).difference)
    assert both.units == 40


def test_groups_of_one_give_delongs_error() -> None:
    labels, first, second, _ = grouped()
    alone = np.arange(len(labels))
    plain = uncertainty.compare_auc(labels, first, second)
    assert uncertainty.compare_auc_clustered(labels, first, second, alone).standard_error == pytest.approx(
        plain.standard_error
    )
    single = uncertainty.delong(metrics.counts(labels, first))
    assert uncertainty.clustered_auc(labels, first, alone).standard_error ** 2 == pytest.approx(single.variance)


def test_at_forty_groups_of_ten_the_clustered_interval_and_test_hold_where_delongs_do_not() -> None:
    truth = stats.norm.cdf(1.2 / math.sqrt(2))
    held, rejected = {"plain": 0, "grouped": 0}, {"plain": 0, "grouped": 0}
    for seed in range(300):
        labels, first, second, groups = grouped(seed=seed)
        for name, interval in (
            ("plain", uncertainty.auc_interval(metrics.counts(labels, first)).interval),
            ("grouped", uncertainty.clustered_auc(labels, first, groups).interval),
        ):
            held[name] += interval[0] <= truth <= interval[1]
        rejected["plain"] += uncertainty.compare_auc(labels, first, second).p_value < 0.05
        rejected["grouped"] += uncertainty.compare_auc_clustered(labels, first, second, groups).p_value < 0.05
    assert held["plain"] < 200
    assert held["grouped"] >= 270
    assert rejected["plain"] > 100
    assert rejected["grouped"] <= 28


def test_few_groups_are_said_and_alike_scorings_do_not_differ() -> None:
    labels, first, second, groups = grouped(groups=8)
    found = uncertainty.clustered_auc(labels, first, groups)
    assert found.reason.startswith("too few groups with")
    assert np.isnan(found.interval).all()
    assert math.isnan(uncertainty.compare_auc_clustered(labels, first, second, groups).p_value)
    labels, first, _, groups = grouped()
    same = uncertainty.compare_auc_clustered(labels, first, 3 * first, groups)
    assert (same.difference, same.p_value) == (0.0, 1.0)
    assert uncertainty.clustered_auc(np.zeros(4), np.arange(4.0), [0, 0, 1, 1]).reason == "no positives"


def test_few_misranked_groups_are_not_taken_as_certain() -> None:
    rng, groups, truth = np.random.default_rng(4), np.repeat(np.arange(40), 10), 0.99
    held = []
    for _ in range(200):
        labels = np.repeat(rng.random(40) < 0.4, 10)
        shared = np.sqrt(0.8) * np.repeat(rng.normal(size=40), 10) + np.sqrt(0.2) * rng.normal(size=400)
        found = uncertainty.clustered_auc(labels, shared + np.sqrt(2) * stats.norm.ppf(truth) * labels, groups)
        if not found.reason:
            held.append(found.interval[0] <= truth <= found.interval[1])
            assert found.interval[1] - found.interval[0] < 0.4
    assert len(held) > 150
    assert np.mean(held) >= 0.92
