"""A guaranteed band of abstention breaks its bound as seldom as it says, where one that just met it here does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.operating_point import (
    InfeasibleError,
    choose_abstain,
    guaranteed_abstain,
    guaranteed_point,
)

SHIFT, SHARE = 2.0, 0.4


def sample(rng, size):
    labels = rng.random(size) < SHARE
    return labels, rng.normal(size=size) + SHIFT * labels


def true_errors(found):
    """Wrong among those predicted positive, among those predicted negative, and among both."""
    fp, tp = (1 - SHARE) * stats.norm.sf(found.high), SHARE * stats.norm.sf(found.high - SHIFT)
    tn, fn = (1 - SHARE) * stats.norm.cdf(found.low), SHARE * stats.norm.cdf(found.low - SHIFT)
    sides = [fp / (fp + tp) if fp + tp else 0.0, fn / (fn + tn) if fn + tn else 0.0]
    return *sides, (fp + fn) / (fp + tp + fn + tn)


def test_the_guaranteed_band_breaks_its_bound_as_seldom_as_stated_where_a_plain_one_does_in_most_samples():
    rng, guaranteed, plain, coverage = np.random.default_rng(1), [], [], []
    for _ in range(250):
        c = metrics.counts(*sample(rng, 1000))
        plain.append(true_errors(choose_abstain(c, max_error=0.1))[2] > 0.1)
        found = guaranteed_abstain(c, max_error=0.1, guarantee=0.9)
        guaranteed.append(max(true_errors(found)) > 0.1)
        coverage.append(found.coverage)
    assert np.mean(plain) > 0.4
    assert np.mean(guaranteed) < 0.1 + 2 * math.sqrt(0.1 * 0.9 / 250)
    assert 0.3 < np.mean(coverage) < 0.95


def test_both_sides_convince_by_the_exact_binomial_test_and_the_counts_are_those_of_the_rule():
    labels, scores = sample(np.random.default_rng(2), 1500)
    found = guaranteed_abstain(metrics.counts(labels, scores), max_error=0.1)
    up, down = scores >= found.high, scores < found.low
    assert (found.tp, found.fp) == ((labels & up).sum(), (~labels & up).sum())
    assert (found.fn, found.tn) == ((labels & down).sum(), (~labels & down).sum())
    # the input on the threshold is not one drawn at random above it, and is left out
    assert stats.binom.cdf(found.fp, up.sum() - 1, 0.1) <= 0.025
    assert stats.binom.cdf(found.fn, down.sum() - 1, 0.1) <= 0.025
    assert (found.guarantee, found.max_error) == (0.95, 0.1)


def test_turned_round_the_band_is_turned_round():
    labels, scores = sample(np.random.default_rng(3), 400)
    one = guaranteed_abstain(metrics.counts(labels, scores), max_error=0.12)
    other = guaranteed_abstain(metrics.counts(~labels, -scores), max_error=0.12)
    assert (one.tp, one.fp, one.fn, one.tn) == (other.tn, other.fn, other.fp, other.tp)
    assert -other.low == pytest.approx(one.high)
    assert -other.high == pytest.approx(one.low)


def test_a_side_that_cannot_convince_decides_nothing_and_where_none_can_it_is_said():
    labels = np.arange(300) < 5
    scores = np.where(labels, 0.9, 0.1) + np.arange(300) * 1e-4
    found = guaranteed_abstain(metrics.counts(labels, scores), max_error=0.05)
    assert found.high == math.inf
    assert found.tn == 295
    with pytest.raises(InfeasibleError, match=r"No band decides anything with an error of at most 0[.]01 and 95 %"):
        guaranteed_abstain(metrics.counts(labels[:40], scores[:40]), max_error=0.01)
    with pytest.raises(InfeasibleError, match="no positives"):
        guaranteed_abstain(metrics.counts(labels[5:], scores[5:]), max_error=0.1)


def test_separated_classes_are_all_decided():
    labels = np.arange(400) < 200
    scores = labels + np.arange(400) * 1e-4
    found = guaranteed_abstain(metrics.counts(labels, scores), max_error=0.05)
    assert found.coverage > 0.95
    assert found.error == 0


@pytest.mark.parametrize("options", [{"max_error": 0}, {"max_error": 0.1, "guarantee": 1}])
def test_options_out_of_range_are_refused(options):
    c = metrics.counts(*sample(np.random.default_rng(4), 100))
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        guaranteed_abstain(c, **options)


def test_an_evaluation_gives_the_guaranteed_band_and_refuses_what_cannot_be_guaranteed():
    labels, scores = sample(np.random.default_rng(5), 400)
    chances = 1 / (1 + np.exp(-scores))
    e = Evaluation.from_scores(labels, chances, concepts=["a"])
    found = e.abstain_point("a", max_error=0.1, guarantee=0.9)
    assert found == guaranteed_abstain(metrics.counts(labels, chances), max_error=0.1, guarantee=0.9)
    with pytest.raises(ValueError, match="A guarantee is of max_error="):
        e.abstain_point("a", band=(0.2, 0.8), guarantee=0.9)
    in_groups = Evaluation.from_scores(labels, chances, concepts=["a"], groups=np.arange(400) // 4)
    with pytest.raises(ValueError, match="independent inputs"):
        in_groups.abstain_point("a", max_error=0.1, guarantee=0.9)


def test_each_side_has_half_of_the_permitted_error():
    differ = 0
    for seed in range(12):
        c = metrics.counts(*sample(np.random.default_rng(seed), 800))
        found = guaranteed_abstain(c, max_error=0.08, guarantee=0.9)
        if math.isinf(found.high) or math.isinf(found.low):
            continue
        half, whole = (guaranteed_point(c, min_precision=0.92, guarantee=level).threshold for level in (0.95, 0.9))
        assert found.high == half
        differ += half != whole
    assert differ > 0
