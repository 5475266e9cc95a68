"""Intervals of proportions against statsmodels, and their coverage summed exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from clarifai_eval_widget import uncertainty


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_agresti_and_coulls_interval_is_that_of_statsmodels(level: float) -> None:
    whole = np.array([1, 5, 10, 10, 300, 7, 7])
    part = np.array([0, 2, 10, 3, 299, 0, 7])
    found = uncertainty.agresti_coull_interval(part, whole, confidence_level=level)
    expected = proportion_confint(part, whole, 1 - level, method="agresti_coull")
    np.testing.assert_allclose(found, np.clip(expected, 0, 1), atol=1e-12)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_of_fewer_than_ten_the_interval_is_exact_and_from_ten_agresti_and_coulls(level: float) -> None:
    whole, part = np.array([(n, k) for n in range(1, 14) for k in range(n + 1)]).T
    low, high = uncertainty.proportion_interval(part, whole, confidence_level=level)
    for k, n, ends in zip(part.tolist(), whole.tolist(), zip(low, high, strict=True), strict=True):
        exact = stats.binomtest(k, n).proportion_ci(level, method="exact")
        wide = uncertainty.agresti_coull_interval(k, n, confidence_level=level)
        assert ends == pytest.approx((exact.low, exact.high) if n < 10 else wide, abs=1e-9)


def test_the_interval_holds_92_per_cent_of_a_nominal_95_at_every_rate() -> None:
    rates = np.linspace(0.0005, 0.9995, 999)
    for whole in (1, 2, 5, 9, 10, 17, 30, 100):
        part = np.arange(whole + 1)
        low, high = uncertainty.proportion_interval(part, np.full(whole + 1, whole))
        held = (low[:, None] <= rates + 1e-9) & (rates - 1e-9 <= high[:, None])
        assert (stats.binom.pmf(part[:, None], whole, rates) * held).sum(axis=0).min() >= 0.92


def test_a_proportion_of_nothing_is_undefined_and_one_beyond_the_whole_refused() -> None:
    low, high = uncertainty.proportion_interval([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert np.isnan(uncertainty.proportion_interval(0, 0)).all()
    with pytest.raises(ValueError, match="is no proportion"):
        uncertainty.proportion_interval(3, 2)
