"""The bands that are drawn by default: what they are, and that they hold their level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty

SHIFT = math.sqrt(2) * stats.norm.ppf(0.95)


def samples(num_pos: int, num_neg: int, repeats: int) -> list[metrics.Counts]:
    rng = np.random.default_rng(5)
    labels = np.arange(num_pos + num_neg) < num_pos
    return [metrics.counts(labels, rng.normal(size=len(labels)) + SHIFT * labels) for _ in range(repeats)]


def test_the_sweep_band_is_the_interval_of_each_rate_at_each_threshold() -> None:
    c = samples(20, 60, 1)[0]
    stops = [3.0, 1.5, 0.5, 9.0]
    band = uncertainty.sweep_band(c, stops)
    for i, stop in enumerate(stops):
        tp, fp = (int(one) for one in c.at(stop))
        f1 = [2 * end / (1 + end) for end in uncertainty.proportion_interval(tp, 20 + fp)]
        for name, expected in (
            ("recall", uncertainty.proportion_interval(tp, 20)),
            ("fpr", uncertainty.proportion_interval(fp, 60)),
            ("precision", uncertainty.proportion_interval(tp, tp + fp)),
            ("f1", f1),
        ):
            ends = [edge[i] for edge in getattr(band, name)]
            np.testing.assert_allclose(ends, expected, err_msg=f"{name} at {stop}")
    assert np.isnan(band.precision[0][3])
    assert (band.replicates, band.method) == (0, "Agresti-Coull (exact below 10), pointwise")


def test_wilsons_bands_are_his_intervals() -> None:
    c = samples(20, 60, 1)[0]
    band = uncertainty.sweep_band(c, [1.0], method="wilson")
    tp, fp = c.at([1.0])
    np.testing.assert_allclose(band.recall, uncertainty.wilson_interval(tp, 20))
    np.testing.assert_allclose(band.precision, uncertainty.wilson_interval(tp, tp + fp))
    assert band.method == "Wilson, pointwise"


def test_the_recall_band_holds_its_level_at_low_thresholds_where_the_bootstrap_has_none() -> None:
    stop = SHIFT - stats.norm.ppf(0.98)  # recall .98 of ten positives: mostly all are found
    held = {"agresti-coull": 0, "bootstrap": 0}
    for c in samples(10, 100, 300):
        for method in held:
            low, high = uncertainty.sweep_band(c, [stop], method=method, replicates=100).recall
            held[method] += bool(low[0] <= 0.98 <= high[0])
    assert held["agresti-coull"] >= 276
    assert held["bootstrap"] < 120


@pytest.mark.parametrize("sizes", [(10, 100), (30, 300), (10, 1000)])
def test_the_roc_band_holds_its_level_at_few_positives_where_the_bootstrap_does_not(sizes: tuple[int, int]) -> None:
    grid = np.array([0.01, 0.05, 0.1, 0.3, 0.5, 0.9])
    truth = stats.norm.sf(stats.norm.isf(grid) - SHIFT)
    held = {}
    for method, repeats in (("boxes", 300), ("bootstrap", 60)):
        bands = [uncertainty.roc_band(c, fpr=grid, method=method, replicates=100) for c in samples(*sizes, repeats)]
        held[method] = np.mean([(b.tpr_low <= truth) & (truth <= b.tpr_high) for b in bands], axis=0)
    assert held["boxes"].min() >= 0.92
    assert held["bootstrap"][4] < 0.6


@pytest.mark.parametrize(("sizes", "few"), [((9, 90), "positives"), ((90, 9), "negatives")])
def test_of_too_few_no_roc_band_is_given_and_said_why(sizes: tuple[int, int], few: str) -> None:
    band = uncertainty.roc_band(samples(*sizes, 1)[0])
    assert np.isnan(band.tpr_low).all()
    assert np.isnan(band.tpr_high).all()
    assert (band.reason, band.method) == (f"too few {few} to say: 9, and a band needs 10", "")
    assert not uncertainty.roc_band(samples(10, 10, 1)[0]).reason


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_the_roc_band_encloses_its_curve_rises_and_ends_where_the_curve_does(digits: int) -> None:
    rng = np.random.default_rng(6)
    labels = np.arange(90) < 30
    c = metrics.counts(labels, np.round(rng.normal(size=90) + labels, digits))
    band = uncertainty.roc_band(c)
    assert (np.diff(band.tpr_low) >= -1e-12).all()
    assert (np.diff(band.tpr_high) >= -1e-12).all()
    fpr, tpr, _ = metrics.roc_curve(c)
    lower, upper = np.interp(fpr, band.fpr, band.tpr_low), np.interp(fpr, band.fpr, band.tpr_high)
    assert (lower <= tpr + 0.02).all()
    assert (tpr <= upper + 0.02).all()
    assert (band.tpr_low[0], band.tpr_high[-1]) == (0.0, 1.0)
    assert (band.replicates, band.reason) == (0, "")


def test_of_many_inputs_the_roc_band_is_that_of_a_bootstrap() -> None:
    c = samples(2000, 4000, 1)[0]
    grid = np.linspace(0.05, 0.95, 19)
    ours, theirs = (uncertainty.roc_band(c, fpr=grid, method=m, replicates=2000) for m in ("boxes", "bootstrap"))
    np.testing.assert_allclose(ours.tpr_low, theirs.tpr_low, atol=0.006)
    np.testing.assert_allclose(ours.tpr_high, theirs.tpr_high, atol=0.006)


def test_an_unknown_method_is_refused_by_name() -> None:
    c = metrics.counts([0, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match=r"'percentile'.*boxes"):
        uncertainty.roc_band(c, method="percentile")
    with pytest.raises(ValueError, match=r"'boxes'.*wilson"):
        uncertainty.sweep_band(c, [0.5], method="boxes")
