"""The stops all concepts share: exact, few enough, and near enough to each other for every concept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics import HUNDREDTHS, choose_stops


def table(inputs: int, concepts: int, *, share: float = 0.1, middle: float = -1.0, spread: float = 0.0) -> list:
    rng = np.random.default_rng(7)
    labels = rng.random((inputs, concepts)) < share
    logits = 2 * rng.normal(size=(inputs, concepts)) + 3 * labels + middle + spread * rng.normal(size=concepts)
    return metrics.counts_by_concept(labels, (1 / (1 + np.exp(-logits))).astype(np.float32))


def skewed() -> metrics.Counts:
    """One concept of 1,000,000 inputs, 100 of them positive, nearly all of its scores close to 0."""
    rng = np.random.default_rng(1)
    labels = np.arange(1_000_000) < 100
    scores = 1 / (1 + np.exp(14 - 2 * rng.normal(size=labels.size) - 9 * labels))
    return metrics.counts(labels, scores.astype(np.float32))


def move(c: metrics.Counts, stops: np.ndarray, values: np.ndarray) -> float:
    """The largest move between neighbouring stops between which there are several scores."""
    rows = np.concatenate([[0], c.row(stops)[::-1], [len(c) - 1]])
    return float(np.abs(np.diff(values[rows]))[np.diff(rows) > 1].max(initial=0.0))


def thinned_by_rank(c: metrics.Counts) -> np.ndarray:
    distinct = c.thresholds[:0:-1]
    return np.union1d(HUNDREDTHS, distinct[np.linspace(0, len(distinct) - 1, 899).round().astype(int)])


def test_on_skewed_scores_the_stops_meet_the_useful_region_that_thinning_by_rank_misses() -> None:
    c = skewed()
    best = np.nanmax(metrics.f1(c.tps, c.fps, c.num_pos))
    by_rank = thinned_by_rank(c)
    assert np.nanmax(metrics.f1(*c.at(by_rank), c.num_pos)) < best - 0.1
    assert move(c, by_rank, c.tps / c.num_pos) > 0.3
    found = choose_stops([c])
    assert np.nanmax(metrics.f1(*c.at(found.thresholds), c.num_pos)) > best - 0.005
    assert move(c, found.thresholds, c.tps / c.num_pos) <= 0.01 + 1e-12


@pytest.mark.parametrize("concepts", [1, 3, 40])
@pytest.mark.parametrize("middle", [-1.0, -9.0])
def test_no_rate_of_a_concept_moves_far_between_stops(concepts: int, middle: float) -> None:
    cs = table(30_000, concepts, middle=middle)
    found = choose_stops(cs)
    assert len(found.thresholds) <= 1000
    assert found.worst_step <= 0.01 + 1e-12
    assert found.not_served == ()
    assert not found.per_concept
    for k, c in enumerate(cs):
        assert found.steps[k] == pytest.approx(move(c, found.thresholds, c.tps / c.num_pos))
        assert move(c, found.thresholds, c.fps / c.num_neg) <= 0.02
        assert move(c, found.thresholds, metrics.f1(c.tps, c.fps, c.num_pos)) <= 0.02


def test_concepts_that_common_stops_do_not_serve_are_named_and_get_their_own() -> None:
    rng = np.random.default_rng(3)
    cs = []
    for k in range(99):  # each has its scores where no other has any
        labels = rng.random(3000) < 0.3
        cs.append(metrics.counts(labels, (k / 100 + rng.random(3000) / 200).astype(np.float32)))
    found = choose_stops(cs)
    assert len(found.thresholds) <= 1000
    assert found.worst_step == pytest.approx(max(move(c, found.thresholds, c.tps / c.num_pos) for c in cs))
    assert found.worst_step < 0.5
    assert found.not_served
    assert tuple(found.per_concept) == found.not_served
    for k in found.not_served:
        assert found.steps[k] > 0.01
        assert len(found.per_concept[k]) <= 1000
        assert move(cs[k], found.per_concept[k], cs[k].tps / cs[k].num_pos) <= 0.01 + 1e-12
    assert not choose_stops(cs, own=False).per_concept
    assert choose_stops(cs, own=False).not_served == found.not_served


def test_a_jump_at_one_score_is_nothing_that_stops_could_help() -> None:
    labels = np.arange(5000) < 2500
    scores = np.where(np.arange(5000) % 2 == 0, 0.123, np.linspace(0, 1, 5000)).astype(np.float32)
    c = metrics.counts(labels, scores)
    found = choose_stops([c])
    assert np.abs(np.diff(c.at(found.thresholds)[0] / c.num_pos)).max() > 0.4
    assert found.worst_step <= 0.01 + 1e-12


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(bool, (40, 3)),
    st.sampled_from([np.float32, np.float64]).flatmap(
        lambda dtype: hnp.arrays(dtype, (40, 3), elements=st.integers(0, 5000).map(lambda i: dtype(i / 5000)))
    ),
    st.sampled_from([110, 130, 1000]),
)
def test_stops_are_the_grid_and_distinct_scores_all_of_them_where_they_fit(
    labels: np.ndarray, scores: np.ndarray, most: int
) -> None:
    found = choose_stops(metrics.counts_by_concept(labels, scores), most).thresholds
    assert (np.diff(found) > 0).all()
    assert np.isin(HUNDREDTHS, found).all()
    assert len(found) <= most
    others = found[~np.isin(found, HUNDREDTHS)].astype(scores.dtype)
    distinct = np.setdiff1d(scores, HUNDREDTHS.astype(scores.dtype))
    assert np.isin(others, distinct).all()
    if len(distinct) + 101 <= most:
        np.testing.assert_array_equal(others, distinct)


def test_a_score_that_is_a_grid_point_in_its_own_precision_is_no_second_stop() -> None:
    scores = np.append(np.float32(0.07), np.random.default_rng(0).random(3000).astype(np.float32))
    found = choose_stops([metrics.counts(np.arange(3001) % 3 == 0, scores)]).thresholds
    assert len(np.unique(found.astype(np.float32))) == len(found)


def test_concepts_without_a_class_or_inputs_do_not_stand_in_the_way() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(4000).astype(np.float32)
    empty = metrics.counts(np.empty(0, bool), np.empty(0, np.float32))
    cs = [metrics.counts(labels, scores) for labels in (np.zeros(4000), np.ones(4000), np.arange(4000) % 2)]
    found = choose_stops([*cs, empty])
    assert found.steps[[0, 3]].tolist() == [0, 0]
    assert found.worst_step <= 0.01 + 1e-12
    np.testing.assert_array_equal(choose_stops([]).thresholds, HUNDREDTHS)
    assert choose_stops([]).worst_step == 0
    np.testing.assert_array_equal(choose_stops([empty]).thresholds, HUNDREDTHS)


def test_scores_beyond_0_and_1_get_stops_too() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(20_000) < 0.5
    c = metrics.counts(labels, 5 * rng.normal(size=20_000) + labels)
    assert choose_stops([c]).worst_step <= 0.01 + 1e-12


def test_too_few_stops_and_mixed_precision_are_refused() -> None:
    c = metrics.counts([0, 1], np.array([0.1, 0.2], np.float32))
    with pytest.raises(ValueError, match="most=101 must be 102"):
        choose_stops([c], 101)
    with pytest.raises(ValueError, match="one dtype"):
        choose_stops([c, metrics.counts([0, 1], [0.1, 0.2])])
