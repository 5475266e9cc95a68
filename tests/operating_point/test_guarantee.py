"""Bounds that shall hold on new inputs: against scipy's binomial, and in samples whose truth is known."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapie.risk_control import BinaryClassificationController
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import InfeasibleError, guarantee, guaranteed_point, operating_point
from clarifai_eval_widget.operating_point.binomial import at_most, largest_unlikely

SHIFT = 2.0


def sample(seed: int, inputs: int, prevalence: float) -> metrics.Counts:
    """Positives score normally about 2, negatives about 0."""
    rng = np.random.default_rng(seed)
    labels = rng.random(inputs) < prevalence
    labels[:2] = True, False
    return metrics.counts(labels, rng.normal(size=inputs) + SHIFT * labels)


def true_recall(threshold: float) -> float:
    return float(stats.norm.sf(threshold - SHIFT))


def true_fpr(threshold: float) -> float:
    return float(stats.norm.sf(threshold))


def true_precision(threshold: float, prevalence: float) -> float:
    hits, alarms = prevalence * true_recall(threshold), (1 - prevalence) * true_fpr(threshold)
    return hits / (hits + alarms)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 5000), st.data(), st.sampled_from([0.0, 1e-6, 0.01, 0.1, 0.5, 0.9, 0.999, 1.0]))
def test_binomial_tails_equal_scipys(trials: int, data: st.DataObject, share: float) -> None:
    hits = data.draw(st.integers(-1, trials + 1))
    expected = stats.binom.cdf(hits, trials, share)
    assert at_most(hits, trials, share) == pytest.approx(expected, rel=1e-8, abs=1e-14)
    level = data.draw(st.sampled_from([1e-6, 0.01, 0.05, 0.3]))
    found = largest_unlikely(trials, share, level)
    if trials and 0 < share < 1:
        assert found < 0 or stats.binom.cdf(found, trials, share) <= level * (1 + 1e-8)
        assert stats.binom.cdf(found + 1, trials, share) > level * (1 - 1e-8)


def test_binomial_tails_of_a_million_trials_equal_scipys() -> None:
    for hits in (99_000, 99_900, 100_000, 100_300):
        assert at_most(hits, 1_000_000, 0.1) == pytest.approx(stats.binom.cdf(hits, 1_000_000, 0.1), rel=1e-5)


def missed(options: dict[str, Any], inputs: int, prevalence: float, truth: Any, samples: int) -> tuple[float, float]:
    """How often a chosen threshold breaks its bound in truth: guaranteed, of those found, and plain."""
    broken, found, plain = 0, 0, 0
    for seed in range(samples):
        c = sample(seed, inputs, prevalence)
        plain += truth(operating_point(c, **options).threshold)
        try:
            broken += truth(guaranteed_point(c, **options).threshold)
            found += 1
        except InfeasibleError:
            pass
    assert found > samples / 5  # or the guarantee were worth little
    return broken / samples, plain / samples


# 5 % of 400 samples, give or take three standard deviations
ALLOWED = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_a_guaranteed_recall_is_missed_as_seldom_as_stated() -> None:
    guaranteed, plain = missed({"min_recall": 0.9}, 250, 0.2, lambda t: true_recall(t) < 0.9, 400)
    assert guaranteed <= ALLOWED
    assert plain > 0.3


def test_a_guaranteed_precision_is_missed_as_seldom_as_stated_where_a_plain_one_is_missed_by_half() -> None:
    options = {"min_precision": 0.9}
    guaranteed, plain = missed(options, 200, 0.5, lambda t: true_precision(t, 0.5) < 0.9, 400)
    assert guaranteed <= ALLOWED
    assert plain > 0.5


def test_a_guaranteed_false_positive_rate_is_exceeded_as_seldom_as_stated() -> None:
    guaranteed, plain = missed({"max_fpr": 0.05}, 300, 0.3, lambda t: true_fpr(t) > 0.05, 400)
    assert guaranteed <= ALLOWED
    assert plain > 0.3


def test_bounds_guaranteed_together_hold_together() -> None:
    options = {"min_recall": 0.7, "min_precision": 0.6, "maximize": "f1"}

    def broken(threshold: float) -> bool:
        return true_recall(threshold) < 0.7 or true_precision(threshold, 0.3) < 0.6

    assert missed(options, 400, 0.3, broken, 400)[0] <= ALLOWED


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 0.8, 0.95]), st.sampled_from([0.8, 0.95]))
def test_recall_and_fpr_are_tested_at_every_score_with_exact_p_values(seed: int, bound: float, level: float) -> None:
    c = sample(seed, 120, 0.4)
    for rate, rows in {
        "min_recall": stats.binom.cdf(c.fns, c.num_pos, 1 - bound) <= 1 - level,
        "max_fpr": stats.binom.cdf(c.fps, c.num_neg, 1 - bound) <= 1 - level,
    }.items():
        value = bound if rate == "min_recall" else 1 - bound
        utility = metrics.precision(c.tps, c.fps) if rate == "min_recall" else c.tps / c.num_pos
        if not (rows & ~np.isnan(utility)).any():
            with pytest.raises(InfeasibleError, match="No threshold qualifies"):
                guaranteed_point(c, guarantee=level, **{rate: value})
            continue
        point = guaranteed_point(c, guarantee=level, **{rate: value})
        assert point.threshold == c.thresholds[np.nanargmax(np.where(rows, utility, np.nan))]
        assert point.single_confidence[rate[4:]] >= level - 1e-9


def test_what_no_threshold_can_guarantee_is_refused_with_the_nearest() -> None:
    c = metrics.counts([1] * 20 + [0] * 20, np.linspace(1, 0, 40))
    with pytest.raises(InfeasibleError, match=r"No threshold qualifies .* 95 % confidence: the nearest to recall") as e:
        guaranteed_point(c, min_recall=0.9)
    assert f"{100 * (1 - 0.9**20):.3g} % confidence" in str(e.value)
    assert e.value.best == {"recall": 1.0}
    with pytest.raises(InfeasibleError, match=r"nearest to precision ≥ 0\.99 is threshold .* with 1 here"):
        guaranteed_point(c, min_precision=0.99)
    with pytest.raises(InfeasibleError, match=r"97\.5 % each"):
        guaranteed_point(c, min_precision=0.99, max_fpr=0.01, maximize="f1")
    with pytest.raises(InfeasibleError, match="no positives"):
        guaranteed_point(metrics.counts([0, 0], [0.1, 0.2]), min_recall=0.5)
    with pytest.raises(InfeasibleError, match="No threshold qualifies"):
        guaranteed_point(c, min_precision=1.0)


def test_a_guaranteed_point_says_what_it_is() -> None:
    point = guaranteed_point(sample(0, 2000, 0.3), min_recall=0.9)
    assert (point.guarantee, point.recall > 0.9) == (0.95, True)
    assert "hold with the stated confidence" in repr(point)
    assert "cross-fitting" not in point.note
    everything = guaranteed_point(sample(0, 2000, 0.3), min_precision=0)
    assert everything.recall == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"maximize": "f1"}, "Say what to guarantee"),
        ({"min_recall": 0.9, "guarantee": 95}, "guarantee=95"),
        ({"min_precision": 0.9, "prevalence": 0.1}, "test set's prevalence"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        guaranteed_point(sample(0, 100, 0.3), **options)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("risk", "bound"), [("recall", {"min_recall": 0.8}), ("fpr", {"max_fpr": 0.2})])
def test_the_guaranteed_threshold_is_the_best_of_those_that_mapie_finds_valid(
    risk: str, bound: dict[str, float], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.random(300) < 0.4
    scores = 1 / (1 + np.exp(1 - rng.normal(size=300) - SHIFT * labels))
    grid = np.sort(scores)[:: 1 if risk == "recall" else -1]  # from the threshold that keeps the bound most easily on
    mapie = BinaryClassificationController(
        lambda rows: np.stack([1 - rows[:, 0], rows[:, 0]], axis=1),
        risk=risk,
        target_level=next(iter(bound.values())),
        confidence_level=0.95,
        list_predict_params=grid,
        fwer_method="fixed_sequence",
    ).calibrate(scores[:, None], labels.astype(int))
    c = metrics.counts(labels, scores)
    ours, valid = guaranteed_point(c, **bound), mapie.valid_predict_params
    tps, fps = c.at(valid)
    assert ours.threshold in valid
    assert ours.value == pytest.approx(max(tps / (tps + fps) if risk == "recall" else tps / c.num_pos))


def test_a_failure_loses_the_error_of_its_series_and_a_series_without_one_hands_it_on() -> None:
    handed_on = lost = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        labels = rng.random(400) < 0.4
        c = metrics.counts(labels, np.round(rng.normal(size=400) + 2.3 * labels, 2))
        starts = guarantee._starts(c, 0.85, 0.05)
        edges = np.searchsorted(c.tps + c.fps, starts)
        expected, carried = set(), 0.0
        for first, end in itertools.pairwise([*edges, len(c)]):
            level, whole = carried + 0.05 / len(starts), True
            for row in guarantee._rows_predicting(c, starts):
                if not first <= row < end or not whole:
                    continue
                # the input on the threshold is left out, too: it was picked for its rank
                whole = all(
                    stats.binom.sf(c.tps[at] - 1, c.tps[at] + c.fps[at], 0.85) <= level for at in (row, max(row - 1, 0))
                )
                expected |= {row} if whole else set()
            lost, handed_on = lost + (not whole), handed_on + (whole and carried > 0)
            carried = level if whole else 0.0
        np.testing.assert_array_equal(
            np.flatnonzero(guarantee.qualified_rows(c, "precision", 0.85, 0.05)), sorted(expected)
        )
    assert min(lost, handed_on) > 20
