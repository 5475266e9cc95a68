"""Merged counts against counting all inputs at once, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clarifai_eval_widget import metrics


def assert_same(found, expected):
    for name in ("thresholds", "tps", "fps"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


few = st.sampled_from([0.0, -0.0, 0.25, 0.5, 1.0, -0.5, np.nextafter(0.5, 1)])


@st.composite
def groups(draw):
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    values = st.one_of(few, st.floats(-2, 2, width=32))
    scores = draw(hnp.arrays(np.float64, st.integers(0, 60), elements=values)).astype(dtype)
    labels = draw(hnp.arrays(bool, len(scores)))
    part = draw(hnp.arrays(np.int64, len(scores), elements=st.integers(0, 3)))
    return labels, scores, part


@given(groups())
def test_merging_the_counts_of_any_parts_equals_counting_all_at_once(given_groups):
    labels, scores, part = given_groups
    merged = metrics.counts(labels[:0], scores[:0])
    for number in range(4):
        chosen = part == number
        merged = metrics.merge_counts(merged, metrics.counts(labels[chosen], scores[chosen]))
    assert_same(merged, metrics.counts(labels, scores))


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("decimals", [3, 12])
def test_large_groups_with_and_without_ties_merge_exactly_in_either_order(share, decimals):
    rng = np.random.default_rng(7)
    scores, labels = rng.random(20_000).round(decimals), rng.random(20_000) < 0.3
    first = rng.random(20_000) < share
    a, b = (metrics.counts(labels[chosen], scores[chosen]) for chosen in (first, ~first))
    whole = metrics.counts(labels, scores)
    assert_same(metrics.merge_counts(a, b), whole)
    assert_same(metrics.merge_counts(b, a), whole)


def test_counts_over_scores_of_two_dtypes_are_not_merged():
    a = metrics.counts([0, 1], np.array([0.1, 0.2], np.float32))
    b = metrics.counts([0, 1], np.array([0.1, 0.2], np.float64))
    with pytest.raises(ValueError, match="float32 and float64"):
        metrics.merge_counts(a, b)


def test_decisions_that_do_not_fit_int32_together_are_refused():
    most = np.iinfo(np.int32).max
    full = metrics.Counts(np.array([np.inf, 0.5]), np.array([0, most], np.int32), np.array([0, 0], np.int32))
    with pytest.raises(ValueError, match="int32"):
        metrics.merge_counts(full, metrics.counts([1], [0.5]))
