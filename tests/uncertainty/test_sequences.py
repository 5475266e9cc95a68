"""Looking while results come in: the betting process as printed, its level over all times, and where peeking fails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import uncertainty


def capital(values: np.ndarray, mean: float, alpha: float) -> np.ndarray:
    """Both capitals at one candidate mean of values in [0, 1], one observation after the other."""
    up = down = 1.0
    squares, total, seen = 0.25, 0.5, 0
    history = []
    for value in values:
        spread = squares / (seen + 1)
        stake = math.sqrt(2 * math.log(2 / alpha) / (spread * (seen + 1) * math.log(seen + 2)))
        up *= 1 + min(stake, 0.5 / mean) * (value - mean)
        down *= 1 - min(stake, 0.5 / (1 - mean)) * (value - mean)
        seen, total = seen + 1, total + value
        squares += (value - total / (seen + 1)) ** 2
        history.append((up, down))
    return np.array(history).T


def test_a_mean_is_given_up_when_half_the_capital_staked_against_it_has_grown_by_one_over_alpha() -> None:
    values = np.random.default_rng(0).beta(2, 5, size=80)
    found = uncertainty.confidence_sequence(values, bounds=(0, 1), resolution=50, confidence_level=0.9)
    means = np.arange(1, 50) / 50
    up, down = np.array([capital(values, mean, 0.1) for mean in means]).transpose(1, 0, 2)
    for time in range(80):
        low = max([0.0, *means[(up[:, : time + 1] >= 20).any(axis=1)]])
        high = min([1.0, *means[(down[:, : time + 1] >= 20).any(axis=1)]])
        assert found.lows[time] == pytest.approx(low)
        assert found.highs[time] == pytest.approx(high)
    assert found.mean == pytest.approx(values.mean())


def test_over_all_times_it_misses_at_most_as_often_as_stated_where_peeking_at_a_test_misses_much_more() -> None:
    rng = np.random.default_rng(1)
    missed = peeked = 0
    for _ in range(200):
        increments = rng.choice([-1.0, 0.0, 1.0], p=[0.2, 0.6, 0.2], size=1000)
        missed += uncertainty.confidence_sequence(increments, resolution=200).decided != 0
        seen = np.arange(1, 1001)
        mean = np.cumsum(increments) / seen
        error = np.sqrt(np.maximum(np.cumsum(increments**2) / seen - mean**2, 1e-12) / seen)
        peeked += bool((np.abs(mean / error)[20:] > 1.96).any())
    assert missed <= 10
    assert peeked > 50


@pytest.mark.parametrize("ratio", [1, 4])
def test_the_sequence_of_an_auc_holds_it_at_all_times(ratio: int) -> None:
    rng, missed, truth = np.random.default_rng(2), 0, stats.norm.cdf(1.8 / math.sqrt(2))
    for _ in range(150):
        labels = rng.random(1500) < 0.2
        scores = rng.normal(size=1500) + 1.8 * labels
        increments = uncertainty.auc_increments(labels, scores, negatives_per_positive=ratio)
        found = uncertainty.confidence_sequence(increments, bounds=(0, 1), resolution=200)
        missed += bool(((found.lows > truth) | (found.highs < truth)).any())
    assert missed <= 12


def test_a_true_difference_is_decided_before_the_end_and_stays_decided() -> None:
    rng = np.random.default_rng(3)
    labels = rng.random(6000) < 0.4
    poor, good = rng.normal(size=6000) + 0.3 * labels, rng.normal(size=6000) + 1.5 * labels
    sequence = uncertainty.ConfidenceSequence()
    assert (sequence.decided, sequence.interval, len(sequence)) == (0, (-1.0, 1.0), 0)
    assert math.isnan(sequence.mean)
    decided = [
        sequence.update(part).decided for part in np.array_split(uncertainty.auc_increments(labels, poor, good), 200)
    ]
    assert decided[0] == 0
    assert decided[-1] == 1
    assert decided == sorted(decided)
    assert uncertainty.confidence_sequence(uncertainty.auc_increments(labels, good, poor)).decided == -1


def test_coming_in_parts_gives_what_coming_at_once_does() -> None:
    values = np.random.default_rng(5).uniform(-1, 1, size=3000)
    at_once, parts = uncertainty.confidence_sequence(values), uncertainty.ConfidenceSequence()
    for part in np.array_split(values, [0, 1, 5, 700, 701]):
        parts.update(part)
    np.testing.assert_allclose(at_once.lows, parts.lows, atol=1e-12)
    np.testing.assert_allclose(at_once.highs, parts.highs, atol=1e-12)
    assert len(parts) == 3000
    assert repr(parts).startswith("ConfidenceSequence(3000 increments, -0.")


def test_increments_are_disjoint_pairs_that_later_inputs_do_not_change() -> None:
    labels = np.array([1, 0, 0, 1, 0, 0, 1, 0])
    scores = np.array([0.5, 0.5, 0.1, 0.2, 0.9, 0.1, 0.9, 0.1])
    assert uncertainty.auc_increments(labels, scores).tolist() == [0.5, 1.0, 0.5]
    assert uncertainty.auc_increments(labels, scores, negatives_per_positive=2).tolist() == [0.75, 0.5]
    assert uncertainty.auc_increments(labels[:6], scores[:6]).tolist() == [0.5, 1.0]
    assert uncertainty.auc_increments(labels, scores, -scores).tolist() == [0.0, -1.0, 0.0]
    assert uncertainty.auc_increments([0, 0], [0.1, 0.2]).tolist() == []


def test_increments_out_of_bounds_and_impossible_options_are_refused() -> None:
    with pytest.raises(ValueError, match=r"within \(-1.0, 1.0\); one is 2.0"):
        uncertainty.confidence_sequence([0.1, 2.0])
    with pytest.raises(ValueError, match="one is nan"):
        uncertainty.confidence_sequence([math.nan])
    with pytest.raises(ValueError, match="must ascend"):
        uncertainty.ConfidenceSequence((1, 0))
    with pytest.raises(ValueError, match="negatives_per_positive=0"):
        uncertainty.auc_increments([0, 1], [0.1, 0.2], negatives_per_positive=0)
