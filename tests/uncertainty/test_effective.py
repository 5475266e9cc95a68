"""Rates of inputs in groups: effective sizes, and the coverage of intervals and bands made of them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import Criterion, operating_point
from clarifai_eval_widget.operating_point.choosing import describe
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


def at_random(*, inputs=0, groups=0, each=10, positives=0.1, opposed=False):
    """The interval's score at a cut, of inputs or groups of them; opposed: hard groups are hard in both classes."""
    rng, cut = np.random.default_rng(3), 0.75
    of = np.repeat(np.arange(groups), each) if groups else np.arange(inputs)
    tpr, fpr = stats.norm.sf(cut - SHIFT), stats.norm.sf(cut)
    while True:
        labels, shared = rng.random(len(of)) < positives, rng.normal(size=len(of))[of]
        noise = np.sqrt(0.8) * shared * np.where(labels & opposed, -1, 1) + np.sqrt(0.2) * rng.normal(size=len(of))
        scores = labels * SHIFT + noise
        c = metrics.counts(labels, scores)
        sizes = effective_sizes(labels, scores, of, c) if groups else None
        yield c, sizes, int(c.row([cut])[0]), (1e6 * positives * tpr, 1e6 * (1 - positives) * fpr)


def coverage(criterion, positives, samples, number):
    held = []
    for _, (c, sizes, row, (tp, fp)) in zip(range(number), samples, strict=False):
        true = criterion.measure(criterion.objective, tp, fp, int(1e6 * positives), int(1e6 * (1 - positives)))
        low, high = describe(c, criterion, row, 0.95, sizes).interval
        held.append(low <= true <= high)
    return np.mean(held)


@pytest.mark.parametrize(
    "criterion", [Criterion(maximize="f1"), Criterion(maximize="fbeta", beta=2)], ids=["f1", "fbeta"]
)
def test_how_many_positives_there_are_is_in_the_interval_of_what_depends_on_it(criterion):
    assert coverage(criterion, 0.1, at_random(inputs=300), 300) >= 0.92  # 82 and 88 % with their number held fixed


def test_groups_that_are_hard_in_both_classes_widen_what_is_made_of_both_rates():
    samples = at_random(groups=40, positives=0.4, opposed=True)
    assert coverage(Criterion(maximize="youden_j"), 0.4, samples, 200) >= 0.92  # 86 % with the two rates apart


def test_recall_and_fpr_covary_over_groups_as_brute_force_says():
    c, sizes, _, _ = next(at_random(groups=40, positives=0.4, opposed=True))
    rng = np.random.default_rng(3)
    of = np.repeat(np.arange(40), 10)
    labels, shared = rng.random(400) < 0.4, rng.normal(size=400)[of]
    noise = np.sqrt(0.8) * shared * np.where(labels, -1, 1) + np.sqrt(0.2) * rng.normal(size=400)
    scores = labels * SHIFT + noise
    for row in range(1, len(c), 37):
        over = scores >= c.thresholds[row]
        apart = [
            np.array([(over & side & (of == g)).sum() - rate * (side & (of == g)).sum() for g in range(40)])
            for side, rate in ((labels, c.tps[row] / c.num_pos), (~labels, c.fps[row] / c.num_neg))
        ]
        spread = np.sqrt((apart[0] ** 2).sum() * (apart[1] ** 2).sum())
        expected = (apart[0] * apart[1]).sum() / spread if spread > 1e-9 else 0
        assert sizes.correlation[row] == pytest.approx(expected, abs=1e-9)
    assert sizes.correlation.min() < -0.3
