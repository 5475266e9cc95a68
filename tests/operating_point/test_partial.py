"""Figures of a part of the curve, and what thresholds are worth, against scikit-learn and plain definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn import metrics as oracle

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import (
    cheapest_threshold,
    net_benefit,
    operating_point,
    partial_auc,
    precision_at_k,
    tpr_at_fpr,
)
from clarifai_eval_widget.uncertainty import delong, wilson_interval
from tests.benchmarks.coverage_tops import share_at_top


@st.composite
def both_classes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size, levels = draw(st.integers(2, 40)), draw(st.sampled_from([2, 6, 1000]))
    labels = draw(hnp.arrays(bool, size))
    labels[:2] = True, False
    return labels, draw(hnp.arrays(np.float64, size, elements=st.integers(0, levels).map(lambda i: i / levels)))


@settings(max_examples=200, deadline=None)
@given(both_classes(), st.floats(0.01, 1))
def test_the_partial_area_equals_scikit_learns(data: tuple[np.ndarray, np.ndarray], limit: float) -> None:
    labels, scores = data
    found = partial_auc(metrics.counts(labels, scores), limit)
    assert found.value == pytest.approx(oracle.roc_auc_score(labels, scores, max_fpr=limit), abs=1e-12)


def binormal_tpr(fpr: np.ndarray, shift: float) -> np.ndarray:
    return np.asarray(stats.norm.sf(stats.norm.isf(np.maximum(fpr, 1e-300)) - shift))


@pytest.mark.parametrize(("num_pos", "num_neg", "shift"), [(10, 1000, 2.5), (20, 60, 1.0), (10, 100, 1.5)])
def test_the_intervals_of_a_part_of_the_curve_hold(num_pos: int, num_neg: int, shift: float) -> None:
    rng, limit = np.random.default_rng(0), 0.1
    grid = np.linspace(0, limit, 4001)
    share = np.trapezoid(binormal_tpr(grid, shift), grid) / limit
    truths = 0.5 * (1 + (share - limit / 2) / (1 - limit / 2)), float(binormal_tpr(np.array(limit), shift))
    labels, held = np.arange(num_pos + num_neg) < num_pos, []
    for _ in range(200):
        c = metrics.counts(labels, rng.normal(size=len(labels)) + shift * labels)
        ends = partial_auc(c, limit).interval, tpr_at_fpr(c, limit).interval
        held.append([low <= truth <= high for (low, high), truth in zip(ends, truths, strict=True)])
    assert min(np.mean(held, axis=0)) >= 0.92


@pytest.mark.parametrize(("limit", "shift"), [(0.05, 0.75), (0.2, 0.75), (0.2, 1.8)])
def test_the_recall_at_a_limit_holds_where_ties_leave_few_thresholds(limit: float, shift: float) -> None:
    rng, cuts, held = np.random.default_rng(0), np.array([0.5, 1.5]), []
    rates = stats.norm.sf(cuts)
    truth = max(stats.norm.sf(cuts - shift)[rates <= limit], default=0)
    labels = np.arange(330) < 30
    for _ in range(200):
        c = metrics.counts(labels, np.digitize(rng.normal(size=330) + shift * labels, cuts))
        low, high = tpr_at_fpr(c, limit).interval
        held.append(low <= truth <= high)
    assert np.mean(held) >= 0.93


@pytest.mark.parametrize("step", [0.0, 0.5])
def test_the_precision_among_the_highest_is_covered_where_it_falls_steeply_and_wilsons_is_not(step: float) -> None:
    rng, shift, held = np.random.default_rng(3), 3.29, []
    truth = share_at_top(0.1, shift, np.array([0.1]), step)[0]
    for _ in range(200):
        labels = rng.random(1000) < 0.1
        scores = rng.normal(size=1000) + shift * labels
        found = precision_at_k(metrics.counts(labels, np.round(scores / step) * step if step else scores), 100)
        assert found.interval[0] <= found.value <= found.interval[1]
        ends = found.interval, wilson_interval(100 * found.value, 100)
        held.append([low <= truth <= high for low, high in ends])
    ours, wilsons = np.mean(held, axis=0)
    assert ours >= 0.93
    assert wilsons < 0.88


def test_one_of_a_tie_is_covered_although_its_expected_share_is_no_whole_number() -> None:
    rng, held = np.random.default_rng(4), []
    for _ in range(100):
        labels = rng.random(300) < 0.95
        low, high = precision_at_k(metrics.counts(labels, np.full(300, 0.5)), 5).interval
        held.append(low <= 0.95 <= high)
    assert np.mean(held) >= 0.93


@pytest.mark.parametrize("k", [4, 5, 10, 30])
@pytest.mark.parametrize("hidden", [False, True], ids=["negatives above", "positives above"])
def test_few_inputs_above_all_others_that_a_sample_may_not_show_are_in_the_interval(k: int, hidden: bool) -> None:
    size, most = 1000, 60
    ends = []
    for shown in range(most):  # of those above all others; then comes the other class
        labels = np.full(size, not hidden)
        labels[:shown] = labels[size // 2 :] = hidden
        ends.append(precision_at_k(metrics.counts(labels, np.linspace(1, 0, size)), k).interval)
    low, high = np.transpose(ends)
    for expected in np.arange(0.25, 20, 0.25):
        other = max(k - expected, 0) / k
        truth = 1 - other if hidden else other
        chance = stats.binom.pmf(np.arange(most), size, expected / size)
        assert chance[(low <= truth + 1e-12) & (truth - 1e-12 <= high)].sum() >= 0.92, expected


def test_of_fewer_places_than_a_sample_may_leave_out_there_is_no_interval() -> None:
    found = precision_at_k(metrics.counts(np.arange(40) < 20, np.linspace(1, 0, 40)), 3)
    assert found.value == 1.0
    assert np.isnan(found.interval).all()
    assert found.reason.startswith("too few to say")
    assert found.reason.endswith("it takes k = 4")
    assert not precision_at_k(metrics.counts([True, False], [0.9, 0.1]), 2).reason, "all there are"


def test_of_the_whole_curve_the_parts_error_is_delongs() -> None:
    rng = np.random.default_rng(1)
    labels = rng.random(200) < 0.4
    c = metrics.counts(labels, np.round(rng.normal(size=200) + labels, 1))
    low, high = partial_auc(c, 1.0).interval
    error = np.sqrt(delong(c).variance)
    reach = stats.t.ppf(0.975, min(c.num_pos, c.num_neg) - 1) * error / (auc := metrics.roc_auc(c)) / (1 - auc)
    assert [low, high] == pytest.approx([1 / (1 + np.exp(-np.log(auc / (1 - auc)) + s)) for s in (reach, -reach)])


def test_a_strip_of_few_negatives_has_no_interval() -> None:
    labels = np.arange(40) < 20
    found = partial_auc(metrics.counts(labels, np.linspace(1, 0, 40)), 0.1)
    assert found.value == 1.0
    assert found.reason == "too few negatives to say: 2 up to there, and it takes 5"
    assert np.isnan(found.interval).all()


@settings(max_examples=200, deadline=None)
@given(both_classes(), st.floats(0, 1), st.data())
def test_rates_at_a_limit_equal_their_definitions(
    data: tuple[np.ndarray, np.ndarray], limit: float, more: st.DataObject
) -> None:
    labels, scores = data
    c = metrics.counts(labels, scores)
    fpr, tpr, _ = oracle.roc_curve(labels, scores, drop_intermediate=False)
    found = tpr_at_fpr(c, limit)
    assert found.value == pytest.approx(tpr[fpr <= limit].max())
    few = min(c.num_pos, c.num_neg) < 10
    assert found.reason.startswith("too few") if few else found.interval[0] <= found.value <= found.interval[1]
    k = more.draw(st.integers(1, len(labels)))
    cut = np.sort(scores)[::-1][k - 1]
    above, tied = labels[scores > cut], labels[scores == cut]
    expected = (above.sum() + tied.mean() * (k - len(above))) / k
    assert precision_at_k(c, k).value == pytest.approx(expected)


def test_what_is_undefined_says_why_and_what_is_out_of_range_is_refused() -> None:
    c = metrics.counts([0, 0], [0.1, 0.2])
    for found in (partial_auc(c, 0.1), tpr_at_fpr(c, 0.1)):
        assert found.reason == "no positives"
        assert np.isnan([found.value, *found.interval]).all()
    for call, why in (
        (lambda: partial_auc(c, 0), "max_fpr=0"),
        (lambda: partial_auc(c, 0.1, confidence_level=2), "confidence_level=2"),
        (lambda: tpr_at_fpr(c, 2), "max_fpr=2"),
        (lambda: precision_at_k(c, 3), "k=3"),
        (lambda: net_benefit(c, [1.0]), r"\[0, 1\)"),
        (lambda: precision_at_k(c, 1.5), "k=1.5 must be a whole number from 1 to the number of inputs, "),
        (lambda: precision_at_k(c, "dog"), "k='dog' must be a whole number"),
        (lambda: precision_at_k(c, 0), "k=0 must be a whole number from 1"),
        (lambda: net_benefit(c, [0.5], prevalence=3), "prevalence=3"),
        (lambda: cheapest_threshold([0, 1], [0.1, 0.2], fp_cost=[1, -1]), "fp_cost must be"),
        (lambda: cheapest_threshold([], []), "needs inputs"),
    ):
        with pytest.raises(ValueError, match=why):
            call()


@settings(max_examples=100, deadline=None)
@given(both_classes(), st.floats(0, 0.99))
def test_net_benefit_equals_its_definition_an_input_at_a_time(data: tuple[np.ndarray, np.ndarray], at: float) -> None:
    labels, scores = data
    found = net_benefit(metrics.counts(labels, scores), [at])
    worth = np.where(scores >= at, np.where(labels, 1.0, -at / (1 - at)), 0.0)
    assert found.model[0] == pytest.approx(worth.mean(), abs=1e-9)
    assert found.standard_error[0] == pytest.approx(worth.std() / np.sqrt(len(worth)), abs=1e-7)
    assert found.everything[0] == pytest.approx(np.where(labels, 1.0, -at / (1 - at)).mean(), abs=1e-9)
    assert found.nothing == 0


def test_net_benefit_at_one_threshold_and_another_prevalence() -> None:
    c = metrics.counts([1, 1, 0, 0, 0, 0], [0.9, 0.4, 0.8, 0.3, 0.2, 0.1])
    found = net_benefit(c, [0.1, 0.5], threshold=0.5, prevalence=0.2)
    np.testing.assert_allclose(found.model, [0.2 / 2 - 0.8 / 4 / 9, 0.2 / 2 - 0.8 / 4])


@settings(max_examples=150, deadline=None)
@given(both_classes(), st.integers(0, 2**32 - 1))
def test_the_cheapest_threshold_is_the_cheapest_of_all(data: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    labels, scores = data
    fp_cost, fn_cost = np.random.default_rng(seed).integers(0, 9, (2, len(labels)))
    found = cheapest_threshold(labels, scores, fp_cost=fp_cost, fn_cost=fn_cost)
    thresholds = [np.inf, *np.unique(scores)[::-1]]
    costs = [np.where(labels, fn_cost * (scores < t), fp_cost * (scores >= t)).mean() for t in thresholds]
    assert found.threshold == thresholds[int(np.argmin(np.round(costs, 9)))]
    assert found.cost == pytest.approx(min(costs), abs=1e-9)
    assert (found.cost_of_nothing, found.cost_of_everything) == pytest.approx((costs[0], costs[-1]))


@settings(max_examples=60, deadline=None)
@given(both_classes())
def test_equal_costs_choose_the_operating_point_of_these_costs(data: tuple[np.ndarray, np.ndarray]) -> None:
    point = operating_point(metrics.counts(*data), fp_cost=2, fn_cost=3)
    found = cheapest_threshold(*data, fp_cost=2, fn_cost=3)
    assert (found.threshold, found.tp, found.fp) == (point.threshold, point.tp, point.fp)
    assert found.cost == pytest.approx(point.value)
