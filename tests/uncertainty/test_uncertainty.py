"""Intervals, tests and bands, against their definitions and against brute force."""

from __future__ import annotations

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from clarifai_eval_widget import metrics, uncertainty


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels with two of each class at least, and two scorings with ties and negative scores."""
    size, dtype = draw(st.integers(4, 30)), draw(st.sampled_from([np.float32, np.float64]))
    labels = draw(hnp.arrays(bool, size))
    labels[:4] = True, True, False, False
    value = st.one_of(st.integers(-3, 3).map(float), st.floats(-2, 2, width=16), st.sampled_from([0.0, -0.0]))
    scores = draw(hnp.arrays(dtype, (2, size), elements=value))
    return labels, scores[0], scores[1]


def kernel(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """1 where a positive ranks above a negative, one half for a tie: DeLong's psi, every pair by itself."""
    positives, negatives = scores[labels][:, None], scores[~labels][None, :]
    return (positives > negatives) + 0.5 * (positives == negatives)


def variance_by_definition(psi: np.ndarray) -> float:
    return psi.mean(axis=1).var(ddof=1) / psi.shape[0] + psi.mean(axis=0).var(ddof=1) / psi.shape[1]


@settings(max_examples=300, deadline=None)
@given(pairs(), st.sampled_from([1, 2, 5, 65536]))
def test_delongs_variance_is_that_of_its_quadratic_definition(data: tuple[np.ndarray, ...], block: int) -> None:
    labels, scores, _ = data
    psi = kernel(labels, scores)
    with mock.patch("clarifai_eval_widget.metrics.counting._BLOCK", block):
        estimate = uncertainty.delong(metrics.counts(labels, scores), confidence_level=0.9)
    variance = variance_by_definition(psi)
    assert estimate.roc_auc == pytest.approx(psi.mean(), abs=1e-14)
    assert estimate.variance == pytest.approx(variance, abs=1e-14)
    reach = stats.norm.ppf(0.95) * math.sqrt(variance)
    expected = max(0, psi.mean() - reach), min(1, psi.mean() + reach)
    assert estimate.interval == pytest.approx(expected, abs=1e-7)  # the root magnifies rounding of a variance near 0


def test_delongs_variance_is_right_for_rare_positives_among_many() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(20_000) < 0.02
    scores = (rng.normal(size=20_000) + labels).astype(np.float32)
    psi = kernel(labels, scores)
    estimate = uncertainty.delong(metrics.counts(labels, scores))
    assert estimate.variance == pytest.approx(variance_by_definition(psi), rel=1e-10)
    same = uncertainty.compare_auc(labels, np.zeros(20_000, np.float32), scores)
    assert same.standard_error**2 == pytest.approx(variance_by_definition(psi), rel=1e-10)


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_the_paired_test_is_that_of_the_quadratic_definition(data: tuple[np.ndarray, ...]) -> None:
    labels, first, second = data
    psi = kernel(labels, second) - kernel(labels, first)
    result = uncertainty.compare_auc(labels, first, second, method="delong")
    difference, variance = psi.mean(), variance_by_definition(psi)
    assert result.difference == pytest.approx(difference, abs=1e-14)
    assert result.standard_error**2 == pytest.approx(variance, abs=1e-14)
    assert result.roc_auc == pytest.approx((kernel(labels, first).mean(), kernel(labels, second).mean()))
    if variance > 1e-10:
        z = difference / math.sqrt(variance)
        assert result.z == pytest.approx(z, abs=1e-9)
        assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), abs=1e-9)
        reach = stats.norm.ppf(0.975) * math.sqrt(variance)
        expected = max(-1, difference - reach), min(1, difference + reach)
        assert result.interval == pytest.approx(expected, abs=1e-9)
        df = min(labels.sum(), (~labels).sum()) - 1
        student = uncertainty.compare_auc(labels, first, second)
        assert (student.z, student.standard_error) == (result.z, result.standard_error)
        assert student.p_value == pytest.approx(2 * stats.t.sf(abs(z), df), abs=1e-9)
        reach = stats.t.ppf(0.975, df) * math.sqrt(variance)
        expected = max(-1, difference - reach), min(1, difference + reach)
        assert student.interval == pytest.approx(expected, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(pairs())
def test_exchanging_the_two_changes_the_sign_and_nothing_else(data: tuple[np.ndarray, ...]) -> None:
    labels, first, second = data
    there, back = uncertainty.compare_auc(labels, first, second), uncertainty.compare_auc(labels, second, first)
    assert (back.difference, back.z, back.p_value) == (-there.difference, -there.z, there.p_value)
    assert back.interval == pytest.approx(tuple(-end for end in there.interval[::-1]), abs=1e-15)


@settings(max_examples=150, deadline=None)
@given(pairs())
def test_scorings_that_rank_alike_differ_by_exactly_nothing(data: tuple[np.ndarray, ...]) -> None:
    labels, first, _ = data
    for alike in (first, 3 * first.astype(np.float64) + 1, np.arctan(first.astype(np.float64))):
        assume(len(np.unique(alike)) == len(np.unique(first)))
        result = uncertainty.compare_auc(labels, first, alike)
        assert (result.difference, result.z, result.p_value, result.standard_error) == (0.0, 0.0, 1.0, 0.0)


def test_a_difference_without_variance_keeps_its_sign_but_is_not_called_certain() -> None:
    labels = np.array([True, True, False, False])
    result = uncertainty.compare_auc(labels, -labels.astype(float), labels.astype(float))
    assert (result.roc_auc, result.difference, result.z) == ((0.0, 1.0), 1.0, math.inf)
    assert math.isnan(result.p_value)  # of six ways to choose the positives one does this: no p-value of 0
    assert "no test" in result.reason
    assert uncertainty.compare_auc(labels, labels.astype(float), -labels.astype(float)).z == -math.inf


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([], "no inputs"),
        ([0, 0], "no positives"),
        ([1, 1], "no negatives"),
        ([1, 0, 0], "only one positive: a variance needs two"),
        ([1, 0], "one positive and one negative"),
    ],
)
def test_too_few_inputs_give_a_reason_and_no_number(labels: list[int], why: str) -> None:
    scores = np.linspace(1, 0, len(labels))
    estimate = uncertainty.delong(metrics.counts(labels, scores))
    difference = uncertainty.compare_auc(labels, scores, scores)
    assert why in estimate.reason
    assert why in difference.reason
    for number in (estimate.variance, *estimate.interval, difference.z, difference.p_value, *difference.interval):
        assert math.isnan(number)
    assert estimate.roc_auc == difference.roc_auc[0] or math.isnan(estimate.roc_auc)


def test_a_perfect_separation_warns_that_its_interval_is_too_narrow() -> None:
    estimate = uncertainty.delong(metrics.counts([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1]))
    assert estimate.interval == (1.0, 1.0)
    assert "too narrow" in estimate.reason


def test_what_cannot_be_compared_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="row 1 is nan"):
        uncertainty.compare_auc([0, 1], [0.1, 0.2], [0.1, math.nan])
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        uncertainty.compare_auc([0, 1], [0.1, 0.2], [0.1, 0.2, 0.3])
    for level in (0, 1, 95, math.nan):
        with pytest.raises(ValueError, match="confidence_level"):
            uncertainty.delong(metrics.counts([0, 1], [0.1, 0.2]), confidence_level=level)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.02, 1.0, math.nan])), max_size=8), st.data())
def test_holm_rejects_what_its_step_down_procedure_rejects(p_values: list[float], draw: st.DataObject) -> None:
    adjusted = uncertainty.holm(p_values)
    tested = [p for p in p_values if not math.isnan(p)]
    assert [math.isnan(p) for p in adjusted] == [math.isnan(p) for p in p_values]
    alpha = draw.draw(st.floats(0.001, 0.999))
    assume(all(abs(p * m - alpha) > 1e-9 for p in tested for m in range(1, len(tested) + 1)))
    rejected = set()
    for step, p in enumerate(sorted(tested)):
        if p > alpha / (len(tested) - step):
            break
        rejected.add(p)
    for p, q in zip(p_values, adjusted, strict=True):
        if not math.isnan(p):
            assert (q <= alpha) == (p in rejected)
            assert p <= q <= 1


def test_holm_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        uncertainty.holm([0.5, 1.5])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10_000), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_wilsons_interval_is_scipys(whole: int, draw: st.DataObject, level: float) -> None:
    part = draw.draw(st.integers(0, whole))
    expected = stats.binomtest(part, whole).proportion_ci(level, method="wilson")
    interval = uncertainty.wilson_interval(part, whole, confidence_level=level)
    assert interval == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= interval[0] <= part / whole <= interval[1] <= 1


@pytest.mark.parametrize(("part", "whole"), [(5, 3), (-1, 3), ([1, 4], 3), (0, -1)])
def test_wilsons_interval_of_more_than_the_whole_is_refused(part: object, whole: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        uncertainty.wilson_interval(part, whole)  # type: ignore[arg-type]


def test_a_sweep_band_takes_thresholds_beyond_float32_without_a_warning() -> None:
    band = uncertainty.sweep_band(metrics.counts([0, 1], np.float32([0.1, 0.2])), [1e300, 0.15], method="bootstrap")
    assert band.recall[1].tolist() == [0.0, 1.0]


def test_wilsons_interval_of_nothing_is_undefined() -> None:
    low, high = uncertainty.wilson_interval([0, 1, 2], [0, 2, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert high[2] == 1.0
    assert low.shape == (3,)


def resampled_rows(labels: np.ndarray, scores: np.ndarray, replicates: int) -> list[metrics.Counts]:
    """Bootstrap by brute force: resample the rows of each class and count anew."""
    rng = np.random.default_rng(99)
    classes = [np.flatnonzero(labels), np.flatnonzero(~labels)]
    rows = [np.concatenate([rng.choice(rows, len(rows)) for rows in classes]) for _ in range(replicates)]
    return [metrics.counts(labels[chosen], scores[chosen]) for chosen in rows]


def roc_at(c: metrics.Counts, fpr: np.ndarray) -> np.ndarray:
    """The curve at each fpr, its upper end where it is vertical."""
    x, y = c.fps / c.num_neg, c.tps / c.num_pos
    return np.array([max(y[x == at], default=None) if at in x else np.interp(at, x, y) for at in fpr])


@pytest.fixture(scope="module", params=[0, 1], ids=["all scores distinct", "many ties"])
def sample(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    labels = np.arange(150) < 60
    scores = rng.normal(size=150) + 1.2 * labels
    return labels, np.round(scores, 1) if request.param else scores


def test_the_roc_band_is_that_of_a_brute_force_bootstrap(sample: tuple[np.ndarray, np.ndarray]) -> None:
    grid = np.linspace(0, 1, 21)
    brute = np.array([roc_at(c, grid) for c in resampled_rows(*sample, 3000)])
    band = uncertainty.roc_band(
        metrics.counts(*sample), fpr=grid, replicates=3000, confidence_level=0.9, method="bootstrap"
    )
    for ours, share in ((band.tpr_low, 0.05), (band.tpr_high, 0.95)):
        off = np.abs(ours - np.quantile(brute, share, axis=0))
        assert off.max() <= 1.5 / 60  # quantiles of 3,000 replicates wobble by one step of the tpr
        assert off.mean() <= 0.25 / 60
    assert (band.tpr_high - band.tpr_low).max() > 0.1


def test_a_thinned_roc_band_is_that_of_a_brute_force_bootstrap() -> None:
    rng = np.random.default_rng(8)
    labels = np.arange(3000) < 1000
    scores = rng.normal(size=3000) + labels
    grid = np.linspace(0, 1, 41)
    brute = np.array([roc_at(c, grid) for c in resampled_rows(labels, scores, 600)])
    band = uncertainty.roc_band(metrics.counts(labels, scores), fpr=grid, replicates=4000, method="bootstrap")
    for ours, share in ((band.tpr_low, 0.025), (band.tpr_high, 0.975)):
        off = np.abs(ours - np.quantile(brute, share, axis=0))
        assert off.max() < 0.015
        assert off.mean() < 0.003


def test_the_sweep_band_is_that_of_a_brute_force_bootstrap(sample: tuple[np.ndarray, np.ndarray]) -> None:
    thresholds = [1.5, -0.5, 0.0, 0.5, 1.0]
    replicas = resampled_rows(*sample, 3000)
    tps, fps = (np.array(counted) for counted in zip(*(c.at(thresholds) for c in replicas), strict=True))
    band = uncertainty.sweep_band(
        metrics.counts(*sample), thresholds, replicates=3000, confidence_level=0.9, method="bootstrap"
    )
    brute = {
        "precision": metrics.precision(tps, fps),
        "recall": metrics.recall(tps, 60),
        "f1": metrics.f1(tps, fps, 60),
        "fpr": fps / 90,
    }
    for name, values in brute.items():
        expected = np.nanquantile(values, [0.05, 0.95], axis=0)
        np.testing.assert_allclose(getattr(band, name), expected, atol=1.2 / 60, err_msg=name)
        assert (getattr(band, name)[1] > getattr(band, name)[0]).all()


def test_the_band_follows_its_seed_and_nothing_else(sample: tuple[np.ndarray, np.ndarray]) -> None:
    c = metrics.counts(*sample)
    first, again, other = (uncertainty.roc_band(c, replicates=50, seed=seed, method="bootstrap") for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.tpr_low, again.tpr_low)
    assert (first.tpr_low != other.tpr_low).any()
    assert (first.seed, first.replicates) == (7, 50)
    many = uncertainty.roc_bands([c] * 4, replicates=1000, seed=7, method="bootstrap")
    alone = uncertainty.roc_band(c, replicates=1000, seed=7, method="bootstrap")
    for band in many:
        np.testing.assert_array_equal(band.tpr_high, alone.tpr_high)


def test_resamples_keep_the_size_of_each_class(sample: tuple[np.ndarray, np.ndarray]) -> None:
    band = uncertainty.sweep_band(metrics.counts(*sample), [-100.0, 100.0], replicates=20, method="bootstrap")
    for name, everything in (("recall", 1.0), ("fpr", 1.0), ("precision", 60 / 150)):
        np.testing.assert_array_equal([edge[0] for edge in getattr(band, name)], everything)
    assert np.isnan([edge[1] for edge in band.precision]).all()
    np.testing.assert_array_equal([edge[1] for edge in band.f1], 0.0)


def test_bands_of_a_one_class_concept_are_undefined_with_a_reason() -> None:
    c = metrics.counts([1, 1, 1], [0.2, 0.4, 0.6])
    band = uncertainty.roc_band(c, replicates=5)
    assert band.reason == "no negatives"
    assert np.isnan(band.tpr_low).all()
    sweep = uncertainty.sweep_band(c, [0.3], replicates=200)
    assert np.isnan(sweep.fpr).all()
    assert sweep.recall[0][0] < sweep.recall[1][0]


def test_options_out_of_range_are_refused() -> None:
    c = metrics.counts([0, 1], [0.1, 0.2])
    for options in ({"replicates": 0}, {"confidence_level": 95}, {"max_bins": 1}, {"fpr": [0.5, 0.1]}, {"fpr": [2]}):
        with pytest.raises(ValueError, match=next(iter(options))):
            uncertainty.roc_band(c, **options)
    with pytest.raises(ValueError, match="NaN"):
        uncertainty.sweep_band(c, [math.nan])
