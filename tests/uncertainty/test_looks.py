"""Looking before the end: the level of single intervals that makes them hold at all looks together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty


def test_the_level_is_that_of_the_normal_mixture_as_printed() -> None:
    # Waudby-Smith et al. (2024), equations 8 and 11, with n = 700 of 1,000 inputs
    alpha, planned, now = 0.05, 1000, 700
    rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / planned)
    inside = 2 * (now * rho**2 + 1) / (now**2 * rho**2) * math.log(math.sqrt(now * rho**2 + 1) / alpha)
    width_in_errors = math.sqrt(inside) * math.sqrt(now)
    assert stats.norm.ppf((1 + uncertainty.sequential_level(0.7)) / 2) == pytest.approx(width_in_errors, rel=1e-9)


def test_a_test_is_significant_at_every_look_exactly_where_the_interval_leaves_nothing_out() -> None:
    for share in (0.05, 0.3, 1.0, 2.0):
        edge = 1 - uncertainty.sequential_level(share)
        assert uncertainty.p_value_of_looks(edge, share) == pytest.approx(0.05, rel=1e-6)
        assert uncertainty.p_value_of_looks(edge * 1.01, share) > 0.05
    assert uncertainty.p_value_of_looks(0.0, 0.5) == 0
    assert uncertainty.p_value_of_looks(1.0, 0.5) == 1
    assert math.isnan(uncertainty.p_value_of_looks(math.nan, 0.5))


@pytest.mark.parametrize("auc", [0.7, 0.95])
def test_ten_looks_miss_the_area_no_more_often_than_stated_where_fixed_intervals_miss_it_more(auc: float) -> None:
    rng, shift, missed, peeked = np.random.default_rng(0), stats.norm.ppf(auc) * math.sqrt(2), 0, 0
    for _ in range(150):
        labels = rng.random(1000) < 0.4
        scores = rng.normal(size=1000) + shift * labels
        outside = [False, False]
        for look in range(1, 11):
            counts = metrics.counts(labels[: look * 100], scores[: look * 100])
            for which, level in enumerate((uncertainty.sequential_level(look / 10), 0.95)):
                low, high = uncertainty.auc_interval(counts, confidence_level=level).interval
                outside[which] |= not low <= auc <= high
        missed, peeked = missed + outside[0], peeked + outside[1]
    assert missed <= 7
    assert peeked > 15


def test_no_share_of_the_inputs_and_no_level_are_refused() -> None:
    with pytest.raises(ValueError, match="share=0"):
        uncertainty.sequential_level(0)
    with pytest.raises(ValueError, match="confidence_level"):
        uncertainty.sequential_level(0.5, 1.0)


@pytest.mark.parametrize("share", [1e-9, 1e-4, 0.005, 0.01, 0.02])
def test_after_a_handful_of_very_many_inputs_the_level_is_one_that_quantiles_can_be_had_of(share):
    level = uncertainty.sequential_level(share)
    assert 1 - 1e-10 < level < 1
    rng = np.random.default_rng(0)
    labels = np.arange(40) < 20
    first, second = rng.normal(size=(2, 40)) + labels
    low, high = uncertainty.auc_interval(metrics.counts(labels, first), confidence_level=level).interval
    assert 0 <= low < 0.5 < high <= 1
    low, high = uncertainty.compare_auc(labels, first, second, confidence_level=level).interval
    assert low < 0 < high
    low, high = uncertainty.compare_figure(labels, first, second, confidence_level=level).interval
    assert low < 0 < high
    assert uncertainty.figure_interval(labels, first, figure="f1", confidence_level=level).interval[0] >= 0
    assert not np.isnan(uncertainty.sweep_band(metrics.counts(labels, first), [0.0], confidence_level=level).f1).any()
