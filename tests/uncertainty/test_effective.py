"""Rates of inputs in groups: effective sizes, and the coverage of intervals and bands made of them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import operating_point
from clarifai_eval_widget.uncertainty import effective_sizes, roc_band, sweep_band

SHIFT, SHARE = 1.5, 0.4


def sample(rng, *, groups=40, each=5, icc=0.3):
    of = np.repeat(np.arange(groups), each)
    labels = rng.random(len(of)) < SHARE
    noise = np.sqrt(icc) * rng.normal(size=groups)[of] + np.sqrt(1 - icc) * rng.normal(size=len(of))
    return labels, labels * SHIFT + noise, of


def truth_at(threshold):
    normal = NormalDist()
    tpr, fpr = 1 - normal.cdf(threshold - SHIFT), 1 - normal.cdf(threshold)
    tp, fp = SHARE * tpr, (1 - SHARE) * fpr
    return {"recall": tpr, "fpr": fpr, "precision": tp / (tp + fp), "f1": 2 * tp / (tp + fp + SHARE)}


@pytest.mark.parametrize("icc", [0.3, 0.8])
def test_rates_of_groups_of_five_are_covered(icc):
    rng = np.random.default_rng(5)
    limits, grid = np.array([0.2, 1.0, 2.0]), np.array([0.02, 0.16, 0.42])
    held, plain, roc = {}, [], []
    for _ in range(200):
        labels, scores, of = sample(rng, icc=icc)
        c = metrics.counts(labels, scores)
        sizes = effective_sizes(labels, scores, of, c)
        band, unaware = sweep_band(c, limits, sizes=sizes), sweep_band(c, limits)
        for k, limit in enumerate(limits):
            for rate, true in truth_at(limit).items():
                low, high = getattr(band, rate)
                held.setdefault((rate, limit), []).append(low[k] <= true <= high[k])
        plain.append(unaware.recall[0][1] <= truth_at(1.0)["recall"] <= unaware.recall[1][1])
        edges = roc_band(c, fpr=grid, sizes=sizes)
        true = [1 - NormalDist().cdf(NormalDist().inv_cdf(1 - x) - SHIFT) for x in grid]
        roc.append((edges.tpr_low <= true) & (true <= edges.tpr_high))
    assert min(np.mean(one) for one in held.values()) >= 0.92
    assert np.mean(roc, axis=0).min() >= 0.92
    if icc == 0.8:
        assert np.mean(plain) < 0.9  # what it cures


def test_sums_over_groups_are_those_of_brute_force():
    rng = np.random.default_rng(2)
    labels, scores, of = sample(rng, groups=60, icc=0.6)
    scores = np.round(scores, 1)  # ties
    c = metrics.counts(labels, scores)
    sizes = effective_sizes(labels, scores, of, c)
    row = int(c.row(1.0))
    predicted = scores >= c.thresholds[row]

    def per_group(mask):
        return np.bincount(of[mask], minlength=60).astype(float)

    tp, fp, pos = per_group(predicted & labels), per_group(predicted & ~labels), per_group(labels)
    for rate, a, b in (("recall", tp, pos), ("precision", tp, tp + fp), ("jaccard", tp, fp + pos)):
        share, most = a.sum() / b.sum(), (b @ b) / b.sum()
        # of F1 the larger of two sets of groups, whose union is not counted
        groups = max(map(np.count_nonzero, (pos, tp + fp))) if rate == "jaccard" else np.count_nonzero(b)
        variance = groups / (groups - 1) * ((a - share * b) ** 2).sum() / b.sum() ** 2
        effect = np.clip(variance * b.sum() / (share * (1 - share)), 1, most)
        left = min(a.sum(), (b - a).sum())
        effect = (left * effect + 2 * most) / (left + 2)
        worth = getattr(sizes, rate)[row] * effect / b.sum()
        assert 0.9 < worth < 1, rate  # Student's quantile of that many groups is all that is left
        assert worth == pytest.approx((stats.norm.ppf(0.975) / stats.t.ppf(0.975, groups - 1)) ** 2, rel=1e-6)


def test_copies_are_worth_no_more_than_one():
    rng = np.random.default_rng(3)
    labels, scores, _ = sample(rng, groups=60, each=1)
    once = metrics.counts(labels, scores)
    copied = [np.repeat(one, 4) for one in (labels, scores, np.arange(60))]
    c = metrics.counts(copied[0], copied[1])
    sizes = effective_sizes(*copied, c)
    assert (sizes.recall <= once.num_pos + 1e-9).all()
    assert (sizes.precision <= (c.tps + c.fps) / 4 + 1e-9).all()
    plain = operating_point(once, fp_cost=1, fn_cost=2)
    unaware, aware = (operating_point(c, fp_cost=1, fn_cost=2, sizes=one) for one in (None, sizes))
    width = [one.interval[1] - one.interval[0] for one in (unaware, plain, aware)]
    assert width[0] < 0.7 * width[1]
    assert width[2] > 0.9 * width[1]


def test_the_bootstrap_of_single_inputs_takes_no_groups():
    labels, scores, of = sample(np.random.default_rng(1))
    c = metrics.counts(labels, scores)
    sizes = effective_sizes(labels, scores, of, c)
    with pytest.raises(ValueError, match="takes no sizes="):
        sweep_band(c, [0.5], method="bootstrap", sizes=sizes)
    with pytest.raises(ValueError, match="takes no sizes="):
        roc_band(c, method="bootstrap", sizes=sizes)
