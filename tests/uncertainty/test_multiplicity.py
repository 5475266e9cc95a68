"""Intervals that hold together, beside Holm's test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clarifai_eval_widget import uncertainty


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2)), min_size=1, max_size=8))
def test_an_interval_that_leaves_zero_out_is_a_difference_that_holm_rejects(pairs: list[tuple[float, float]]) -> None:
    values, errors = np.array(pairs).T
    low, high, method = uncertainty.simultaneous_intervals(values, errors)
    adjusted = uncertainty.holm(2 * stats.norm.sf(np.abs(values / errors)))
    clear = (low > 1e-9) | (high < -1e-9)
    assert (adjusted[clear] <= 0.05 + 1e-9).all()
    # the one that Holm judges first, he judges as these intervals do
    first = np.argmax(np.abs(values / errors))
    if abs(adjusted[first] - 0.05) > 1e-6:
        assert bool(clear[first]) == bool(adjusted[first] <= 0.05)
    assert method == f"simultaneous over {len(pairs)} by Bonferroni"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2), st.integers(1, 40)), min_size=1, max_size=6))
def test_students_quantile_is_in_the_interval_where_it_is_in_the_test(found: list[tuple[float, float, int]]) -> None:
    values, errors, df = np.array(found).T
    low, high, _ = uncertainty.simultaneous_intervals(values, errors, degrees_of_freedom=df)
    p_values = 2 * stats.t.sf(np.abs(values / errors), df)
    clear, plain = (low > 1e-9) | (high < -1e-9), len(found) * p_values
    sure = np.abs(plain - 0.05) > 1e-6
    assert (clear == (plain <= 0.05))[sure].all()
    assert (uncertainty.holm(p_values)[clear & sure] <= 0.05).all()


def test_max_t_intervals_take_students_quantile_at_the_level_of_the_largest_deviate() -> None:
    correlation = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    plain = uncertainty.simultaneous_intervals(np.zeros(3), np.ones(3), correlation=correlation)[1]
    given_df = [np.nan, 4, 30]
    wide = uncertainty.simultaneous_intervals(
        np.zeros(3), np.ones(3), correlation=correlation, degrees_of_freedom=given_df
    )[1]
    tail = stats.norm.sf(plain[0])
    np.testing.assert_allclose(wide, [plain[0], stats.t.isf(tail, 4), stats.t.isf(tail, 30)], rtol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 1.0])
def test_max_t_intervals_hold_together_and_are_narrower_the_more_the_concepts_share(share: float) -> None:
    correlation = np.full((6, 6), share)
    np.fill_diagonal(correlation, 1.0)
    low, high, method = uncertainty.simultaneous_intervals(np.zeros(6), np.ones(6), correlation=correlation)
    plain = uncertainty.simultaneous_intervals(np.zeros(6), np.ones(6))[1]
    assert (high <= plain).all()
    np.testing.assert_allclose(low, -high)
    if share == 1.0:
        assert high[0] == pytest.approx(stats.norm.ppf(0.975), abs=0.03)
    if share == 0.0:
        assert high[0] == pytest.approx(stats.norm.ppf(0.5 + 0.95 ** (1 / 6) / 2), abs=0.03)
    rng = np.random.default_rng(1)
    drawn = np.sqrt(share) * rng.normal(size=(4000, 1)) + np.sqrt(1 - share) * rng.normal(size=(4000, 6))
    assert np.mean((np.abs(drawn) <= high).all(axis=1)) == pytest.approx(0.95, abs=0.012)
    assert "max-t" in method


def test_concepts_without_an_error_are_not_counted() -> None:
    low, high, method = uncertainty.simultaneous_intervals(
        [0.1, np.nan, 0.2], [0.1, np.nan, 0.1], correlation=np.eye(3)
    )
    assert np.isnan([low[1], high[1]]).all()
    assert "over 2" in method
    single = uncertainty.simultaneous_intervals([0.1], [0.1])
    assert single[1][0] == pytest.approx(0.1 + 0.1 * stats.norm.ppf(0.975))


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        uncertainty.simultaneous_intervals([0.1, 0.2], [0.1])
    with pytest.raises(ValueError, match=r"correlation must be \(2, 2\)"):
        uncertainty.simultaneous_intervals([0.1, 0.2], [0.1, 0.1], correlation=np.eye(3))
    with pytest.raises(ValueError, match=r"degrees_of_freedom must be of the values' shape \(2,\); got \(1,\)"):
        uncertainty.simultaneous_intervals([0.1, 0.2], [0.1, 0.1], degrees_of_freedom=[4])
