"""Shares of decisions that depend on one another: of reliability bins, and of what an abstain band decides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.evaluation import Evaluation

GROUPS, EACH, SHARED = 60, 10, 0.8
OF = np.repeat(np.arange(GROUPS), EACH)


def noise(rng, columns=1):
    """Normal deviates, of which the inputs of a group share most."""
    common = rng.normal(size=(GROUPS, columns))[OF]
    return np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * rng.normal(size=(len(OF), columns))


def calibrated(rng, columns=1):
    """Labels that are as likely as their scores say, and depend on one another within a group."""
    chances = rng.random((len(OF), columns))
    return stats.norm.cdf(noise(rng, columns)) < chances, chances


def held(frame):
    return (frame["low"] <= frame["mean_score"]) & (frame["mean_score"] <= frame["high"])


def test_the_bins_of_calibrated_scores_in_groups_hold_the_diagonal_as_often_as_said():
    rng, plain, grouped = np.random.default_rng(1), [], []
    for _ in range(80):
        labels, scores = calibrated(rng)
        for kept, groups in ((plain, None), (grouped, OF)):
            kept.append(
                held(Evaluation.from_scores(labels, scores, ["a"], groups=groups).calibration_curve("a", bins=4))
            )
    assert np.mean(plain) < 0.88  # what it cures
    assert np.mean(grouped) >= 0.93


def test_decisions_of_one_input_on_several_concepts_are_not_taken_as_independent_where_they_are_pooled():
    rng, shares = np.random.default_rng(2), []
    for _ in range(80):
        chances = np.repeat(rng.random((100, 1)), 20, axis=1)
        labels = stats.norm.cdf(np.sqrt(0.8) * rng.normal(size=(100, 1)) + np.sqrt(0.2) * rng.normal(size=(100, 20)))
        e = Evaluation.from_scores(labels < chances, chances, [f"c{k}" for k in range(20)])
        frame = e.calibration_curve(bins=4)
        shares.append(held(frame))
        assert (frame["method"] == "Agresti-Coull, for the effective sizes of 100 inputs").all()
        assert (e.calibration_curve("c0")["method"] == "Agresti-Coull (exact below 10)").all()
    assert np.mean(shares) >= 0.93


def test_effective_sizes_of_shares_are_those_of_rates():
    rng = np.random.default_rng(3)
    labels = rng.random(len(OF)) < 0.4
    scores = 1.5 * labels + noise(rng)[:, 0]
    c = metrics.counts(labels, scores)
    row = int(c.row([0.75])[0])
    rates, over = uncertainty.effective_sizes(labels, scores, OF, c), scores >= c.thresholds[row]
    for rate, hits, kept in (("recall", over, labels), ("precision", labels, over), ("jaccard", labels & over, None)):
        rows = labels | over if kept is None else kept
        # the other rows stand in a place of their own
        found = uncertainty.effective_sizes_of_shares(hits, (~rows).astype(int), OF, 2)
        if rate != "jaccard":  # whose groups are counted otherwise
            assert found[0] == pytest.approx(getattr(rates, rate)[row], rel=1e-9)
        alone = uncertainty.effective_sizes_of_shares(hits[rows], np.zeros(rows.sum()), OF[rows], 1)
        assert found[0] == pytest.approx(alone[0], rel=1e-12)
    with pytest.raises(ValueError, match=r"places must be of the hits' shape \(600,\); got \(5,\)"):
        uncertainty.effective_sizes_of_shares(labels, np.zeros(5), OF, 1)


def test_what_an_abstain_band_decides_and_gets_wrong_is_covered_of_inputs_in_groups():
    rng, cuts = np.random.default_rng(4), (-0.2, 1.2)
    band = tuple(1 / (1 + np.exp(-cut)) for cut in cuts)
    low, high = (np.array([stats.norm.cdf(cut), stats.norm.cdf(cut - 1.5)]) for cut in cuts)  # negatives, positives
    weights = np.array([0.6, 0.4])
    decided = weights @ (low + 1 - high)
    wrong = (weights @ [1 - high[0], low[1]]) / decided
    plain, grouped = [], []
    for _ in range(80):
        labels = np.repeat(rng.random(GROUPS) < 0.4, EACH)
        scores = 1 / (1 + np.exp(-1.5 * labels - noise(rng)[:, 0]))
        for kept, groups in ((plain, None), (grouped, OF)):
            e = Evaluation.from_scores(labels[:, None], scores[:, None], ["a"], groups=groups)
            point = e.abstain_point("a", band=band)
            ends = (point.coverage_interval, decided), (point.error_interval, wrong)
            kept.append([least <= true <= most for (least, most), true in ends])
    assert point.method == "Agresti-Coull, for the effective sizes of 60 groups"
    assert np.mean(plain, axis=0).max() < 0.8  # what it cures
    assert np.mean(grouped, axis=0).min() >= 0.92
    best = e.abstain_point("a", max_error=0.2)
    assert best.method == point.method
    assert best.error <= 0.2 < best.error_interval[1]
