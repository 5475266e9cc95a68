"""Whole groups are drawn again: figures and thresholds of inputs that depend on one another within a group."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from clarifai_eval_widget import Evaluation, metrics, operating_point, uncertainty


def grouped(rng, number=40, size=10, share=0.8, area=0.8):
    labels = np.repeat(rng.random(number) < 0.4, size)
    shared = np.repeat(rng.normal(size=number), size)
    own = rng.normal(size=len(labels))
    shift = math.sqrt(2) * stats.norm.ppf(area)
    scores = math.sqrt(share) * shared + math.sqrt(1 - share) * own + shift * labels
    return labels, scores, np.repeat(np.arange(number), size)


def test_the_resamples_are_those_of_whole_groups_by_brute_force():
    labels, scores, groups = grouped(np.random.default_rng(1), 30, 4)
    found = uncertainty.cluster_bootstrap(labels, scores, groups, metrics.roc_auc, replicates=400, seed=7)
    rng, areas = np.random.default_rng(7), []
    for _ in range(400):
        rows = np.concatenate([np.flatnonzero(groups == one) for one in rng.integers(0, 30, 30)])
        if 0 < labels[rows].sum() < len(rows):
            areas.append(sk.roc_auc_score(labels[rows], scores[rows]))
    fewest = min(len(np.unique(groups[labels])), len(np.unique(groups[~labels])))  # each of four of one class
    tail = stats.norm.cdf(-math.sqrt(fewest / (fewest - 1)) * stats.t.ppf(0.975, fewest - 1))
    assert found.interval == pytest.approx(np.quantile(areas, [tail, 1 - tail]), abs=1e-12)
    assert found.standard_error == pytest.approx(np.std(areas))
    assert found.value == pytest.approx(sk.roc_auc_score(labels, scores))


def test_unequal_groups_are_worth_fewer_and_their_percentiles_lie_further_out():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(30), np.where(np.arange(30) < 3, 40, 2))
    labels, scores = rng.random(len(groups)) < 0.5, rng.normal(size=len(groups))
    held = uncertainty.group_bootstrap.GroupResamples(labels, scores, groups)
    sizes = [np.bincount(groups[labels == one]) for one in (True, False)]
    assert held.alike == min(int(one.sum() ** 2 / (one**2).sum()) for one in sizes) < 10 < held.fewest
    alone = uncertainty.group_bootstrap.GroupResamples(labels, scores, np.arange(len(groups)))
    assert alone.alike == alone.fewest
    tail = stats.norm.cdf(-math.sqrt(held.alike / (held.alike - 1)) * stats.t.ppf(0.975, held.alike - 1))
    areas = [metrics.roc_auc(metrics.Counts(held.counts.thresholds, *one)) for one in held.draw(1000, 0)]
    found = uncertainty.cluster_bootstrap(labels, scores, groups, metrics.roc_auc)
    assert tail * 1000 < 1
    assert found.interval[0] < np.quantile(areas, 0.002)
    assert found.interval[1] > np.quantile(areas, 0.998)


def test_at_forty_groups_of_ten_recall_is_held_where_independent_inputs_interval_is_not():
    rng, cut = np.random.default_rng(2), 0.5
    truth = stats.norm.sf(cut - math.sqrt(2) * stats.norm.ppf(0.8))
    held, alone = [], []

    def recall(c):
        return c.at(cut)[0] / c.num_pos if c.num_pos else math.nan

    for _ in range(200):
        labels, scores, groups = grouped(rng)
        low, high = uncertainty.cluster_bootstrap(labels, scores, groups, recall, replicates=200).interval
        if math.isnan(low):
            continue
        held.append(low <= truth <= high)
        c = metrics.counts(labels, scores)
        low, high = uncertainty.wilson_interval(c.at(cut)[0], c.num_pos)
        alone.append(low <= truth <= high)
    assert np.mean(alone) < 0.75
    assert np.mean(held) > 0.89


def test_groups_of_one_give_the_spread_of_a_plain_bootstrap():
    rng = np.random.default_rng(3)
    labels = rng.random(200) < 0.4
    scores = rng.normal(size=200) + labels
    error = uncertainty.cluster_bootstrap(labels, scores, np.arange(200), metrics.roc_auc).standard_error
    assert error == pytest.approx(math.sqrt(uncertainty.delong(metrics.counts(labels, scores)).variance), rel=0.1)


def test_few_groups_and_figures_without_spread_are_said_and_a_perfect_one_is_not_certain():
    labels, scores, groups = grouped(np.random.default_rng(4), 8)
    found = uncertainty.cluster_bootstrap(labels, scores, groups, metrics.roc_auc)
    assert math.isnan(found.interval[0])
    assert "too few groups" in found.reason
    labels, scores, groups = grouped(np.random.default_rng(4), 60)
    assert "all resamples give the same" in uncertainty.cluster_bootstrap(labels, scores, groups, lambda _: 0.3).reason
    undefined = uncertainty.cluster_bootstrap(labels, scores, groups, lambda _: math.nan, name="it")
    assert undefined.reason == "it is undefined"
    perfect = uncertainty.cluster_bootstrap(labels, labels.astype(float), groups, metrics.roc_auc)
    fewest = len(np.unique(groups[labels]))
    assert perfect.interval == pytest.approx((0.025 ** (1 / fewest), 1.0))
    with pytest.raises(ValueError, match="replicates=0"):
        uncertainty.cluster_bootstrap(labels, scores, groups, metrics.roc_auc, replicates=0)


def test_a_chosen_threshold_moves_more_between_samples_of_groups_than_of_inputs_and_the_interval_says_so():
    rng = np.random.default_rng(5)
    truth = operating_point.operating_point(metrics.counts(*grouped(rng, 4000)[:2]), maximize="youden_j").threshold
    held, alone, wider = [], [], []
    for _ in range(100):
        labels, scores, groups = grouped(rng)
        one = operating_point.threshold_interval_by_group(labels, scores, groups, maximize="youden_j", replicates=200)
        if one.reason:
            continue
        other = operating_point.threshold_interval(metrics.counts(labels, scores), maximize="youden_j", replicates=200)
        assert one.threshold == other.threshold
        held.append(one.low <= truth <= one.high)
        alone.append(other.low <= truth <= other.high)
        wider.append((one.high - one.low) / (other.high - other.low))
    assert np.median(wider) > 1.3
    assert np.mean(held) > 0.88
    assert np.mean(held) > np.mean(alone)


def test_an_evaluation_in_groups_resamples_groups_of_the_known_inputs():
    labels, scores, groups = grouped(np.random.default_rng(6))
    marks = pd_labels(labels)
    e = Evaluation.from_scores(marks, 1 / (1 + np.exp(-scores)), groups=groups, concepts=["a"])
    kept = np.arange(len(labels)) >= 5
    found = e.tpr_at_fpr(0.2).loc["a"]
    again = uncertainty.cluster_bootstrap(
        labels[kept], scores[kept], groups[kept], lambda c: operating_point.tpr_at_fpr(c, 0.2).value
    )
    assert (found["low"], found["high"]) == pytest.approx(again.interval)
    frame = e.threshold_intervals(maximize="youden_j", replicates=100)
    assert frame.loc["a", "low"] <= frame.loc["a", "threshold"] <= frame.loc["a", "high"]
    few = Evaluation.from_scores(labels[:80], 1 / (1 + np.exp(-scores[:80])), groups=groups[:80])
    assert "too few groups" in few.threshold_intervals(maximize="f1")["reason"].iloc[0]


def pd_labels(labels):
    """The first five of unknown label."""
    return [None] * 5 + labels[5:].astype(int).tolist()
