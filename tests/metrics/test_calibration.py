"""Calibration against scikit-learn, and by the definition where scikit-learn has other bins."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from clarifai_eval_widget import metrics


def decisions(size, *, seed=0, decimals=None):
    rng = np.random.default_rng(seed)
    scores = rng.beta(0.6, 1.2, size)
    labels = rng.random(size) < scores**1.3
    return labels, scores if decimals is None else scores.round(decimals)


# one more than a prime: no quantile falls on a score, which scikit-learn would put into the bin below
@pytest.mark.parametrize("bins", [2, 7, 10, 20])
@pytest.mark.parametrize("size", [72, 998, 4802])
def test_reliability_bins_equal_those_of_scikit_learn(size, bins):
    labels, scores = decisions(size, seed=bins)
    found = metrics.calibration(labels, scores, bins)
    shares, means = calibration_curve(labels, scores, n_bins=bins, strategy="quantile")
    np.testing.assert_allclose(found.mean_scores, means, rtol=1e-12)
    np.testing.assert_allclose(found.shares, shares, rtol=1e-12)


@pytest.mark.parametrize("decimals", [None, 2, 1])
def test_the_error_is_the_mean_distance_of_a_decision_s_bin_from_the_diagonal(decimals):
    labels, scores = decisions(700, decimals=decimals)
    found = metrics.calibration(labels, scores, 9)
    edges = np.unique(np.quantile(scores, np.arange(1, 9) / 9))
    bin_of = np.array([(edges <= score).sum() for score in scores])
    gaps = [abs(labels[bin_of == b].mean() - scores[bin_of == b].mean()) for b in bin_of]
    assert found.error == pytest.approx(np.mean(gaps), rel=1e-12)
    assert found.sizes.sum() == 700
    assert found.positives.sum() == labels.sum()


def test_equal_scores_share_a_bin():
    found = metrics.calibration([0, 1, 1, 0], [0.5, 0.5, 0.5, 0.5])
    assert found.sizes.tolist() == [4]
    assert found.positives.tolist() == [2]
    assert found.error == 0.0


def test_without_decisions_there_is_no_error_to_tell():
    found = metrics.calibration(np.empty(0, bool), np.empty(0))
    assert np.isnan(found.error)
    assert not len(found.sizes)


def test_one_bin_is_no_calibration():
    with pytest.raises(ValueError, match="bins=1"):
        metrics.calibration([0, 1], [0.2, 0.8], 1)


def test_the_macro_of_rates_is_the_vertical_mean_of_the_curves_that_have_points():
    diagonal = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    perfect = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0])
    nothing = np.empty(0), np.empty(0)
    fpr, tpr = metrics.macro_of_rates([diagonal, nothing, perfect])
    np.testing.assert_array_equal(fpr, metrics.HUNDREDTHS)
    np.testing.assert_allclose(tpr, (1 + fpr) / 2, rtol=1e-15)
    assert [len(one) for one in metrics.macro_of_rates([nothing])] == [0, 0]
