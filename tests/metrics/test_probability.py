"""Scores as probabilities, against scikit-learn, statsmodels and plain definitions."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as oracle

from clarifai_eval_widget.metrics.probability import brier_score, calibration_error, calibration_line, log_loss


@st.composite
def probabilities(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size, dtype = draw(st.integers(2, 50)), draw(st.sampled_from([np.float32, np.float64]))
    labels = draw(hnp.arrays(bool, size))
    labels[:2] = True, False
    return labels, draw(hnp.arrays(dtype, size, elements=st.floats(0, 1, width=32)))


def sample(inputs: int, slope: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels that follow the log-odds times a slope."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=inputs) * 1.5 - 0.5
    return rng.random(inputs) < 1 / (1 + np.exp(-slope * odds)), 1 / (1 + np.exp(-odds))


@settings(max_examples=150, deadline=None)
@given(probabilities())
def test_brier_score_and_log_loss_equal_scikit_learns_and_the_parts_add_up(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    found = brier_score(labels, scores)
    assert found.value == pytest.approx(oracle.brier_score_loss(labels, scores.astype(float)), abs=1e-12)
    assert found.value == pytest.approx(found.reliability - found.resolution + found.uncertainty, abs=1e-12)
    # the oracle moves scores inwards by their own resolution, and goes on in float32
    assert log_loss(labels, scores) == pytest.approx(oracle.log_loss(labels, scores), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("slope", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("inputs", [60, 5000])
def test_the_calibration_line_equals_statsmodels(slope: float, inputs: int) -> None:
    labels, scores = sample(inputs, slope)
    found = calibration_line(labels, scores)
    odds = np.log(scores / (1 - scores))
    fit = sm.Logit(labels, sm.add_constant(odds)).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose([found.intercept, found.slope], fit.params, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose([found.intercept_interval, found.slope_interval], fit.conf_int(), rtol=1e-5, atol=1e-7)
    large = sm.GLM(labels, np.ones(inputs), family=sm.families.Binomial(), offset=odds).fit(tol=1e-12)
    assert found.in_the_large == pytest.approx(large.params[0], abs=1e-6)
    assert found.confidence_level == pytest.approx(0.95)


def test_certain_scores_do_not_throw_the_calibration_line() -> None:
    labels, scores = sample(500)
    scores[:5], labels[:5] = [0, 1, 0, 1, 1], [1, 0, 0, 1, 1]
    found = calibration_line(labels, scores)
    assert 0 < found.slope < 1
    assert not found.reason


@pytest.mark.parametrize(
    ("labels", "scores", "why"),
    [
        ([], [], "no inputs"),
        ([1, 1], [0.1, 0.2], "no negatives"),
        ([0, 0], [0.1, 0.2], "no positives"),
        ([0, 1], [0.2, 0.2], "all equal"),
        ([0, 0, 1], [0.1, 0.2, 0.3], "separate"),
    ],
)
def test_a_calibration_line_that_does_not_exist_says_why(labels: list[int], scores: list[float], why: str) -> None:
    found = calibration_line(np.array(labels, bool), np.array(scores))
    assert why in found.reason
    assert np.isnan([found.slope, found.intercept, *found.slope_interval]).all()


def test_of_few_inputs_a_calibrated_score_shows_an_error_and_it_is_the_expected_one() -> None:
    errors = [calibration_error(*sample(100, seed=seed), replicates=100) for seed in range(60)]
    mean = np.mean([one.value for one in errors])
    assert mean > 0.05
    assert np.mean([one.expected_when_calibrated for one in errors]) == pytest.approx(mean, rel=0.1)
    assert np.mean([one.p_value <= 0.05 for one in errors]) < 0.15
    assert np.median([one.debiased for one in errors]) < mean


def test_a_true_miscalibration_is_found_and_estimated_without_bias() -> None:
    labels, scores = sample(200_000, 0.4)
    found = calibration_error(labels, scores, replicates=20)
    assert found.p_value == pytest.approx(1 / 21)
    assert found.value > 10 * found.expected_when_calibrated
    small = [calibration_error(*sample(300, 0.4, seed), replicates=1) for seed in range(200)]
    assert np.mean([one.debiased for one in small]) == pytest.approx(found.debiased, rel=0.05)
    assert np.mean([one.value for one in small]) > 1.07 * found.debiased


def test_scores_that_are_all_distinct_have_a_decomposition_that_says_something() -> None:
    labels, scores = sample(2000, 0.4)
    found = brier_score(labels, scores)
    best = brier_score(labels, 1 / (1 + ((1 - scores) / scores) ** 0.4))  # the true chances
    assert 0 < found.resolution < 0.5 * found.uncertainty
    assert found.reliability == pytest.approx(found.value - best.value, abs=0.01)
    assert best.reliability < 0.2 * found.reliability


@pytest.mark.parametrize("bins", range(1, 21))
def test_of_any_number_of_bins_the_error_and_its_correction_equal_their_definitions(bins: int) -> None:
    labels, scores = sample(150, 0.6, seed=bins)
    where = np.minimum((scores * bins).astype(int), bins - 1)
    rng, value, added = np.random.default_rng(bins), 0.0, 0.0
    for one in set(where):
        inside, weight = where == one, (where == one).mean()
        share, gap = labels[inside].mean(), abs(labels[inside].mean() - scores[inside].mean())
        error = np.sqrt(share * (1 - share) / max(inside.sum() - 1, 1))
        value += weight * gap
        added += weight * (np.abs(gap + error * rng.normal(size=40_000)).mean() - gap)
    found = calibration_error(labels, scores, bins=bins, replicates=1)
    assert found.value == pytest.approx(value)
    assert found.debiased == pytest.approx(max(value - added, 0), abs=2e-3)


def test_the_calibration_error_equals_its_definition() -> None:
    labels, scores = np.array([1, 0, 1, 0, 1], bool), np.array([0.05, 0.15, 0.11, 0.9, 1.0])
    found = calibration_error(labels, scores)
    assert found.value == pytest.approx((0.95 + abs(0.5 - 0.13) * 2 + abs(0.5 - 0.95) * 2) / 5)
    assert found.bins == 3
    assert found.largest == pytest.approx(0.95 / 5)
    assert found.largest_bin == (0.05, 0.11), "the bin up to 0.1, and the lowest score in the next"
    assert calibration_error([False, False], [0.3, 0.95]).largest_bin == (0.95, np.inf)
    assert found == calibration_error(labels, scores)
    assert np.isnan(calibration_error([], []).value)


def test_what_is_no_probability_is_refused() -> None:
    for function in (brier_score, log_loss, calibration_line, calibration_error):
        with pytest.raises(ValueError, match=r"row 1 is 1\.5"):
            function([0, 1], [0.5, 1.5])
        with pytest.raises(ValueError, match="row 0 is nan"):
            function([0, 1], [np.nan, 0.5])
    with pytest.raises(ValueError, match="bins=0"):
        calibration_error([0, 1], [0.1, 0.2], bins=0)
    with pytest.raises(ValueError, match="confidence_level=95"):
        calibration_line([0, 1], [0.1, 0.2], confidence_level=95)
    assert np.isnan(log_loss([], []))
    assert np.isnan(brier_score([], []).value)
