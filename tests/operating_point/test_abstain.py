"""Bands in which nothing is decided, and the prevalence in deployment, against plain definitions and known truths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import (
    InfeasibleError,
    abstain_curve,
    abstain_point,
    choose_abstain,
    prevalence_by_likelihood,
    prevalence_by_shift,
    rejecting_matrix,
)
from clarifai_eval_widget.words import within


@st.composite
def both_classes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size, levels = draw(st.integers(2, 30)), draw(st.sampled_from([3, 10, 1000]))
    labels = draw(hnp.arrays(bool, size))
    labels[:2] = True, False
    return labels, draw(
        hnp.arrays(np.float32, size, elements=st.integers(0, levels).map(lambda i: np.float32(i / levels)))
    )


@settings(max_examples=150, deadline=None)
@given(both_classes(), st.floats(0, 1), st.floats(0, 1))
def test_a_band_counts_every_input_once(data: tuple[np.ndarray, np.ndarray], one: float, other: float) -> None:
    labels, scores = data
    low, high = np.float32(min(one, other)), np.float32(max(one, other))
    found = abstain_point(metrics.counts(labels, scores), float(low), float(high))
    up, down = scores >= high, scores < low
    between = ~up & ~down
    expected = [[(a & b).sum() for b in (down, up, between)] for a in (~labels, labels)]
    np.testing.assert_array_equal(found.matrix, expected)
    assert found.matrix.sum() == len(labels)
    assert found.coverage == pytest.approx((~between).mean())
    if (~between).any():
        assert found.error == pytest.approx((labels != up)[~between].mean())
        assert found.error_interval[0] <= found.error <= found.error_interval[1]
    else:
        assert np.isnan(found.error)


@settings(max_examples=60, deadline=None)
@given(both_classes(), st.floats(0.01, 0.49))
def test_no_band_is_cheaper_than_those_of_the_curve(data: tuple[np.ndarray, np.ndarray], d: float) -> None:
    c = metrics.counts(*data)
    curve = abstain_curve(c, steps=400)
    assert (np.diff(curve.coverage) <= 0).all()
    assert (curve.low <= curve.high).all()
    total = c.num_pos + c.num_neg

    def cost(coverage: float, error: float) -> float:
        return total * (coverage * np.nan_to_num(error) + d * (1 - coverage))

    ours = min(cost(*pair) for pair in zip(curve.coverage, curve.error, strict=True))
    every = [
        cost(found.coverage, found.error)
        for i, high in enumerate(c.thresholds)
        for low in c.thresholds[i:]
        for found in [abstain_point(c, float(low), float(high))]
    ]
    assert ours <= min(every) + total * 0.004  # the curve tries 400 costs, of which none is this one exactly


def test_the_widest_coverage_that_keeps_the_error_is_chosen() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(5000) < 0.4
    c = metrics.counts(labels, rng.normal(size=5000) + 2 * labels)
    found = choose_abstain(c, max_error=0.05)
    assert found.error <= 0.05
    assert 0.6 < found.coverage < 1
    assert choose_abstain(c, max_error=0.5).coverage == 1
    assert choose_abstain(c, max_error=0.01).coverage < found.coverage


@pytest.mark.parametrize("max_error", [0.0, 0.02, 0.1, 0.2, 0.4, 0.7])
@pytest.mark.parametrize(("seed", "digits"), [(0, 9), (1, 9), (2, 2), (3, 1), (4, 1)])
def test_no_band_that_keeps_the_error_decides_more_than_the_one_chosen(
    seed: int, digits: int, max_error: float
) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.random(60) < 0.3
    c = metrics.counts(labels, (rng.beta(1, 3, 60) + labels * rng.random(60) / 2).round(digits))
    every = [
        abstain_point(c, float(low), float(high)) for i, high in enumerate(c.thresholds) for low in c.thresholds[i:]
    ]
    kept = [one for one in every if one.error <= max_error + 1e-12]  # NaN, nothing decided, is not
    if not kept:
        least = np.nanmin([one.error for one in every])
        with pytest.raises(InfeasibleError, match=f"the lowest is {within(least, up=True)}"):
            choose_abstain(c, max_error=max_error)
        return
    found, most = choose_abstain(c, max_error=max_error), max(one.coverage for one in kept)
    assert found.coverage == most
    assert found.error == min(one.error for one in kept if one.coverage == most)


def test_a_band_that_cannot_be_is_refused() -> None:
    c = metrics.counts([0, 1], [0.5, 0.5])
    with pytest.raises(InfeasibleError, match=r"the lowest is 0\.5"):
        choose_abstain(c, max_error=0.1)
    with pytest.raises(InfeasibleError, match="no positives"):
        abstain_curve(metrics.counts([0, 0], [0.1, 0.2]))
    with pytest.raises(ValueError, match="at most high"):
        abstain_point(c, 0.6, 0.5)
    with pytest.raises(ValueError, match="max_error=5"):
        choose_abstain(c, max_error=5)
    with pytest.raises(ValueError, match="steps=1"):
        abstain_curve(c, steps=1)


def test_rejected_inputs_stand_in_a_column_of_their_own() -> None:
    labels = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], bool)
    scores = np.array([[0.9, 0.1], [0.4, 0.5], [0.2, 0.8], [0.3, 0.3]], np.float32)
    np.testing.assert_array_equal(rejecting_matrix(labels, scores, 0.5), [[1, 1, 1], [0, 1, 1]])
    np.testing.assert_array_equal(rejecting_matrix(labels, scores, 0.0)[:, 2], [0, 0])
    assert rejecting_matrix(np.empty((0, 2), bool), np.empty((0, 2)), 0.5).tolist() == [[0, 0, 0], [0, 0, 0]]


def shifted(seed: int, prevalence: float, inputs: int, source: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Labels and the probabilities that are calibrated at the source's prevalence."""
    rng = np.random.default_rng(seed)
    labels = rng.random(inputs) < prevalence
    x = rng.normal(size=inputs) + 1.5 * labels
    return labels, 1 / (1 + np.exp(-(1.5 * x - 1.125 + np.log(source / (1 - source)))))


@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.6])
def test_the_deployments_prevalence_is_covered_by_both_estimates(prevalence: float) -> None:
    covered = np.zeros(2, int)
    for seed in range(200):
        c = metrics.counts(*shifted(seed, 0.5, 400))
        deployed = shifted(seed + 1000, prevalence, 600)[1]
        for i, found in enumerate(
            (prevalence_by_shift(c, deployed), prevalence_by_likelihood(deployed, prevalence=0.5))
        ):
            covered[i] += found.interval[0] <= prevalence <= found.interval[1]
            assert found.interval[0] <= found.prevalence <= found.interval[1]
            assert found.inputs == 600
    assert (covered >= 178).all()  # 95 % of 200, less three standard deviations and a little


def test_the_likeliest_prevalence_is_the_fixed_point_of_the_em_iteration() -> None:
    p = shifted(3, 0.15, 2000)[1]
    share = 0.5
    for _ in range(3000):
        on, off = share * p / 0.5, (1 - share) * (1 - p) / 0.5
        share = float((on / (on + off)).mean())
    assert prevalence_by_likelihood(p, prevalence=0.5).prevalence == pytest.approx(share, abs=1e-6)


def test_the_shift_estimate_equals_its_formula_at_a_given_threshold() -> None:
    c = metrics.counts([1, 1, 1, 1, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.6, 0.3, 0.2, 0.1])
    found = prevalence_by_shift(c, [0.9, 0.6, 0.1, 0.2, 0.1], threshold=0.5)
    assert found.prevalence == pytest.approx((0.4 - 0.25) / (0.75 - 0.25))


def test_certain_scores_have_the_prevalence_they_say() -> None:
    found = prevalence_by_likelihood([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], prevalence=0.5)
    assert found.prevalence == pytest.approx(0.2)
    assert prevalence_by_likelihood([0.5, 0.5], prevalence=0.5).interval == (0, 1)


def test_a_prevalence_that_cannot_be_estimated_is_refused() -> None:
    c = metrics.counts([0, 1], [0.9, 0.1])
    with pytest.raises(InfeasibleError, match="is not above fpr"):
        prevalence_by_shift(c, [0.5], threshold=0.5)
    with pytest.raises(InfeasibleError, match="no positives"):
        prevalence_by_shift(metrics.counts([0, 0], [0.1, 0.2]), [0.5])
    for call, why in (
        (lambda: prevalence_by_shift(c, []), "at least one"),
        (lambda: prevalence_by_likelihood([0.5], prevalence=0), "prevalence=0"),
        (lambda: prevalence_by_likelihood([1.5], prevalence=0.5), "probabilities"),
    ):
        with pytest.raises(ValueError, match=why):
            call()


def test_the_threshold_of_a_prevalence_is_not_the_one_that_looks_best_by_luck() -> None:
    rng, labels, held = np.random.default_rng(2), np.arange(100) < 50, 0
    for _ in range(300):  # where J is highest, 87 % of these intervals hold
        c = metrics.counts(labels, rng.normal(size=100) + labels)
        deployed = rng.random(1000) < 0.9
        low, high = prevalence_by_shift(c, rng.normal(size=1000) + deployed).interval
        held += low <= 0.9 <= high
    assert held >= 276
