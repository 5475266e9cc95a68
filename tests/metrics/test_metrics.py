"""Exact counts and what is derived from them, against scikit-learn and against plain definitions."""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as oracle
from sklearn.exceptions import UndefinedMetricWarning

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics import counting as _counting
from clarifai_eval_widget.metrics import curves as _curves
from clarifai_eval_widget.metrics import grid as _grid
from clarifai_eval_widget.metrics.arrays import num_true

if TYPE_CHECKING:
    from collections.abc import Iterator

DTYPES = st.sampled_from([np.float32, np.float64])
QUIET = partial(np.errstate, over="ignore", invalid="ignore")  # the oracles add up and subtract extreme scores
TINY = {np.float32: 1e-45, np.float64: 5e-324}


BLOCKS = st.sampled_from([2, 5, 65536])


@contextmanager
def in_blocks(size: int) -> Iterator[None]:
    """Work through rows so many at a time, so that small data meet every border between blocks."""
    with ExitStack() as stack:
        for module in (_curves, _counting, _grid):
            stack.enter_context(mock.patch.object(module, "_BLOCK", size))
        stack.enter_context(mock.patch.object(_counting, "_TURNED", size))
        yield


def score_values(dtype: type) -> st.SearchStrategy[float]:
    """Scores of every kind: exact ends, signed zeros, subnormals, neighbours, a coarse grid, anything finite."""
    width = np.dtype(dtype).itemsize * 8
    special = [0.0, -0.0, 1.0, TINY[dtype], -TINY[dtype], np.nextafter(dtype(1), dtype(0)), np.finfo(dtype).max]
    return st.one_of(
        st.sampled_from([dtype(value) for value in (*special, -np.finfo(dtype).max, np.finfo(dtype).tiny)]),
        st.integers(0, 5).map(lambda i: dtype(i / 5)),
        st.floats(0, 1, width=width),
        st.floats(allow_nan=False, allow_infinity=False, width=width),
    )


@st.composite
def binary(draw: st.DrawFn, max_size: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of one concept; constant labels, constant scores and no inputs among them."""
    dtype, size = draw(DTYPES), draw(st.integers(0, max_size))
    labels = draw(
        hnp.arrays(bool, size, elements=draw(st.sampled_from([st.booleans(), st.just(True), st.just(False)])))
    )
    values = st.just(draw(score_values(dtype))) if draw(st.integers(0, 9)) == 0 else score_values(dtype)
    return labels, draw(hnp.arrays(dtype, size, elements=values))


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of K concepts, K = 1 and 2 and absent concepts among them."""
    dtype, shape = draw(DTYPES), (draw(st.integers(1, 30)), draw(st.integers(1, 5)))
    labels = draw(hnp.arrays(bool, shape))
    if draw(st.booleans()):
        labels[:, draw(st.integers(0, shape[1] - 1))] = draw(st.booleans())
    return labels, draw(hnp.arrays(dtype, shape, elements=score_values(dtype)))


def oracle_counts(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with warnings.catch_warnings(), QUIET():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        _, fps, _, tps, thresholds = oracle.confusion_matrix_at_thresholds(labels.astype(int), scores, pos_label=1)
    return tps, fps, thresholds


def assert_equals_oracle(c: metrics.Counts, labels: np.ndarray, scores: np.ndarray) -> None:
    tps, fps, thresholds = oracle_counts(labels, scores)
    assert c.thresholds.dtype == scores.dtype
    assert c.tps.dtype == c.fps.dtype == np.int32
    assert (c.thresholds[0], c.tps[0], c.fps[0]) == (np.inf, 0, 0)
    np.testing.assert_array_equal(c.thresholds[1:], thresholds)
    np.testing.assert_array_equal(c.tps[1:], tps)
    np.testing.assert_array_equal(c.fps[1:], fps)
    if labels.any():
        with QUIET():
            expected = oracle.average_precision_score(labels, scores)
        assert metrics.average_precision(c) == pytest.approx(expected, abs=1e-12)
    if labels.any() and not labels.all():
        with QUIET():
            assert metrics.roc_auc(c) == pytest.approx(oracle.roc_auc_score(labels, scores), abs=1e-12)
    else:
        assert np.isnan(metrics.roc_auc(c))


@settings(max_examples=300, deadline=None)
@given(binary(), BLOCKS)
@example((np.array([True, False]), np.array([-0.0, 0.0], np.float32)), 1)
@example((np.array([True, False, True]), np.array([-1.0, -2.0, -1.0])), 2)
def test_counts_auc_and_average_precision_equal_scikit_learns(data: tuple[np.ndarray, np.ndarray], block: int) -> None:
    labels, scores = data
    with in_blocks(block):
        c = metrics.counts(labels, scores)
        if len(labels):
            assert_equals_oracle(c, labels, scores)
    assert (np.diff(c.thresholds) < 0).all()
    assert (c.num_pos, c.num_neg) == (labels.sum(), (~labels).sum())
    np.testing.assert_array_equal(c.fns + c.tps, c.num_pos)
    np.testing.assert_array_equal(c.tns + c.fps, c.num_neg)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shift", [0.0, -0.5])
@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 200_003])
def test_counts_equal_scikit_learns_across_block_borders(dtype: type, shift: float, size: int) -> None:
    rng = np.random.default_rng(size)
    labels = rng.random(size) < 0.2
    scores = (np.round(rng.random(size), 4) + shift).astype(dtype)
    assert_equals_oracle(metrics.counts(labels, scores), labels, scores)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_each_concept_is_counted_as_if_alone(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    for k, c in enumerate(metrics.counts_by_concept(labels, scores)):
        assert_equals_oracle(c, labels[:, k], scores[:, k])


def test_threads_count_as_one_does() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.random((100_000, 6)) < 0.3, rng.random((100_000, 6), dtype=np.float32)
    for k, c in enumerate(metrics.counts_by_concept(labels, scores)):
        assert_equals_oracle(c, labels[:, k], scores[:, k])


@settings(max_examples=300, deadline=None)
@given(binary(), st.data())
def test_a_look_up_counts_the_scores_at_or_above_the_rounded_threshold(
    data: tuple[np.ndarray, np.ndarray], draw: st.DataObject
) -> None:
    labels, scores = data
    with QUIET():
        near = [float(np.nextafter(s, d)) for s in scores[:5] for d in (-np.inf, np.inf)]
    wanted = draw.draw(st.lists(st.sampled_from([*near, *map(float, scores), 0.5, -np.inf, np.inf, 1e300]), max_size=8))
    tps, fps = metrics.counts(labels, scores).at(wanted)
    with QUIET():
        rounded = np.array(wanted).astype(scores.dtype)
    np.testing.assert_array_equal(tps, [(labels & (scores >= t)).sum() for t in rounded])
    np.testing.assert_array_equal(fps, [(~labels & (scores >= t)).sum() for t in rounded])


@settings(max_examples=250, deadline=None)
@given(tables(), st.data(), BLOCKS)
def test_the_grid_counts_the_scores_at_or_above_each_rounded_threshold(
    data: tuple[np.ndarray, np.ndarray], draw: st.DataObject, block: int
) -> None:
    labels, scores = data
    values = st.one_of(score_values(scores.dtype.type), st.sampled_from([*map(float, scores.flat), np.inf, -np.inf]))
    grid = draw.draw(
        st.one_of(
            st.lists(values, max_size=12),
            st.integers(1, 100).map(lambda n: np.linspace(0, 1, n)),
            st.just([np.inf, 0.25, -np.inf, 0.75]),
        )
    )
    with in_blocks(block):
        tps, fps = metrics.counts_at_thresholds(labels, scores, grid)
    rounded = np.asarray(grid).astype(scores.dtype)
    predicted = scores[:, :, None] >= rounded
    assert tps.dtype == fps.dtype == np.int32
    np.testing.assert_array_equal(tps, (labels[:, :, None] & predicted).sum(axis=0))
    np.testing.assert_array_equal(fps, (~labels[:, :, None] & predicted).sum(axis=0))


@pytest.mark.parametrize("steps", [101, 1001])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_on_and_beside_the_grid_fall_on_the_right_side_of_it(dtype: type, steps: int) -> None:
    grid = np.linspace(0, 1, steps)
    exact = grid.astype(dtype)
    scores = np.concatenate([exact, np.nextafter(exact, dtype(-1)), np.nextafter(exact, dtype(2))])[:, None]
    labels = (np.arange(len(scores)) % 2 == 0)[:, None]
    tps, fps = metrics.counts_at_thresholds(labels, scores, grid)
    slow_tps, slow_fps = metrics.counts(labels[:, 0], scores[:, 0]).at(grid)
    np.testing.assert_array_equal(tps[0], slow_tps)
    np.testing.assert_array_equal(fps[0], slow_fps)
    np.testing.assert_array_equal(tps[0] + fps[0], (scores >= exact).sum(axis=0))


@settings(max_examples=200, deadline=None)
@given(binary(), BLOCKS)
def test_the_vertices_keep_the_whole_roc_and_nothing_straight(data: tuple[np.ndarray, np.ndarray], block: int) -> None:
    c = metrics.counts(*data)
    with in_blocks(block):
        rows = metrics.roc_vertices(c)
    assert rows[0] == 0
    assert rows[-1] == len(c) - 1
    x, y = c.fps[rows].astype(int), c.tps[rows].astype(int)
    cross = np.diff(x)[:-1] * np.diff(y)[1:] - np.diff(y)[:-1] * np.diff(x)[1:]
    assert (cross != 0).all()
    for i in range(len(c)):  # every point left out lies on the segment between the kept ones round it
        j = max(int(np.searchsorted(rows, i)), 1)
        if len(rows) > 1:
            assert (x[j] - x[j - 1]) * (c.tps[i] - y[j - 1]) == (y[j] - y[j - 1]) * (int(c.fps[i]) - x[j - 1])


@settings(max_examples=120, deadline=None)
@given(tables())
def test_micro_pools_all_decisions(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    pooled = metrics.micro(metrics.counts_by_concept(labels, scores))
    assert_equals_oracle(pooled, labels.ravel(), scores.ravel())


@settings(max_examples=120, deadline=None)
@given(tables())
def test_the_area_under_the_macro_roc_is_the_mean_of_the_defined_aucs(data: tuple[np.ndarray, np.ndarray]) -> None:
    cs = metrics.counts_by_concept(*data)
    mean, _, averaged = metrics.mean_defined([metrics.roc_auc(c) for c in cs])
    fpr, tpr = metrics.macro_roc(cs)
    assert (len(fpr) == 0) == (averaged == 0)
    if averaged:
        assert (fpr[0], tpr[0], fpr[-1], tpr[-1]) == (0, 0, 1, 1)
        assert (np.diff(fpr) >= 0).all()
        assert (np.diff(tpr) >= 0).all()
        assert np.trapezoid(tpr, fpr) == pytest.approx(mean, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(tables(), st.floats(0.001, 0.999))
def test_the_macro_roc_is_the_mean_tpr_at_each_fpr(data: tuple[np.ndarray, np.ndarray], at: float) -> None:
    cs = [c for c in metrics.counts_by_concept(*data) if c.num_pos and c.num_neg]
    if not cs or any(np.isclose(c.fps / c.num_neg, at).any() for c in cs):
        return  # on a vertical stretch the mean is an interval; the area test covers it
    fpr, tpr = metrics.macro_roc(cs)
    each = [np.interp(at, c.fps / c.num_neg, c.tps / c.num_pos) for c in cs]
    assert np.interp(at, fpr, tpr) == pytest.approx(np.mean(each), abs=1e-12)


def test_a_piece_of_a_curve_begins_where_the_one_before_ends_to_the_last_bit() -> None:
    # 1/7 + (5/7 - 1/7) is not 5/7 in floats: the slope after it once began a whole piece too late.
    c = metrics.counts([0, 1, 0, 0, 0, 0, 1, 0, 0], [0.9] + [0.6] * 5 + [0.3] * 2 + [0.1])
    np.testing.assert_array_equal(c.fps, [0, 1, 5, 6, 7])
    fpr, tpr = metrics.macro_roc([c])
    assert np.interp(0.75, fpr, tpr) == pytest.approx(0.625, abs=1e-12)


def test_vertical_stretches_stay_vertical_in_the_macro_roc() -> None:
    perfect = metrics.counts([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.1])
    useless = metrics.counts([1, 0], [0.5, 0.5])
    fpr, tpr = metrics.macro_roc([perfect, useless])
    np.testing.assert_allclose(fpr, [0, 0, 1])
    np.testing.assert_allclose(tpr, [0, 0.5, 1])


def test_curves_are_undefined_with_a_reason_where_a_class_is_absent() -> None:
    scores = [0.1, 0.9]
    none, alone, nothing = metrics.counts([0, 0], scores), metrics.counts([1, 1], scores), metrics.counts([], [])
    assert metrics.undefined_reason(none) == "no positives"
    assert metrics.undefined_reason(alone) == "no negatives"
    assert metrics.undefined_reason(nothing) == "no inputs"
    assert metrics.undefined_reason(alone, needs_negatives=False) == ""
    assert metrics.average_precision(alone) == 1.0
    for c in (none, nothing):
        assert np.isnan(metrics.average_precision(c))
        assert np.isnan(metrics.roc_curve(c)[1]).all()
    assert np.isnan(metrics.roc_curve(alone)[0]).all()
    assert np.isnan(metrics.precision_recall_curve(alone)[0][0])


@settings(max_examples=200, deadline=None)
@given(binary())
def test_roc_and_precision_recall_points_equal_scikit_learns(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    if not labels.any() or labels.all():
        return
    c = metrics.counts(labels, scores)
    with QUIET():
        for ours, theirs in zip(
            metrics.roc_curve(c), oracle.roc_curve(labels, scores, drop_intermediate=False), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-15)
        ppv, tpr, thresholds = oracle.precision_recall_curve(labels, scores)
    ours_ppv, ours_tpr, ours_thresholds = metrics.precision_recall_curve(c)
    np.testing.assert_allclose(ours_ppv[1:], ppv[-2::-1], rtol=1e-15)
    np.testing.assert_allclose(ours_tpr, tpr[::-1], rtol=1e-15)
    np.testing.assert_array_equal(ours_thresholds[1:], thresholds[::-1])


@settings(max_examples=120, deadline=None)
@given(tables())
def test_f1_precision_and_recall_equal_scikit_learns_at_one_half(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    tps, fps = metrics.counts_at_thresholds(labels, scores, [0.5])
    tps, fps, num_pos = tps[:, 0], fps[:, 0], labels.sum(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        ppv, tpr, f1, _ = (
            oracle.precision_recall_fscore_support(
                labels.reshape(labels.shape), scores >= 0.5, average=None, zero_division=np.nan
            )
            if labels.shape[1] > 1
            else [
                np.array([value])
                for value in oracle.precision_recall_fscore_support(
                    labels[:, 0], scores[:, 0] >= 0.5, average="binary", zero_division=np.nan
                )
            ]
        )
    np.testing.assert_allclose(metrics.precision(tps, fps), ppv.astype(float))
    np.testing.assert_allclose(metrics.recall(tps, num_pos), tpr.astype(float))
    np.testing.assert_allclose(metrics.f1(tps, fps, num_pos), f1.astype(float))


def test_means_skip_what_is_undefined_and_say_how_many_they_average() -> None:
    assert metrics.mean_defined([1.0, np.nan, 0.5]) == (0.75, 0.25, 2)
    assert metrics.mean_defined([1.0, np.nan, 0.5], weights=[3, 100, 1]) == pytest.approx(
        (0.875, 0.21650635094610965, 2)
    )
    mean, std, averaged = metrics.mean_defined([np.nan])
    assert (np.isnan(mean), np.isnan(std), averaged) == (True, True, 0)
    with pytest.raises(ValueError, match="Weights"):
        metrics.mean_defined([1.0], weights=[-1])


@settings(max_examples=100, deadline=None)
@given(tables())
def test_a_weighted_average_equals_scikit_learns(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    kept = labels.any(axis=0) & ~labels.all(axis=0)
    if kept.sum() < 2:
        return
    aucs = [metrics.roc_auc(c) for c in metrics.counts_by_concept(labels, scores)]
    with QUIET():
        expected = oracle.roc_auc_score(labels[:, kept], scores[:, kept], average="weighted")
    weights = np.where(kept, labels.sum(axis=0), 0)
    assert metrics.mean_defined(aucs, weights)[0] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_accuracies_equal_scikit_learns(data: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = data
    right = (labels == (scores >= 0.5)).all(axis=1)
    assert metrics.subset_accuracy(labels, scores) == pytest.approx(right.mean())
    truth = labels.argmax(axis=1)
    one_hot = np.eye(labels.shape[1], dtype=bool)[truth]
    assert metrics.top1_accuracy(one_hot, scores) == pytest.approx(oracle.accuracy_score(truth, scores.argmax(axis=1)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -np.nan])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_score_that_is_not_finite_is_named_by_its_row(bad: float, sign: int) -> None:
    scores = sign * np.linspace(0.1, 0.9, 6, dtype=np.float32)
    scores[4] = bad
    table = np.stack([np.full(6, 0.5, np.float32), scores], axis=1)
    labels = np.ones_like(table, bool)
    with pytest.raises(ValueError, match=r"row 4 is"):
        metrics.counts(labels[:, 1], scores)
    with pytest.raises(ValueError, match=r"row 4, column 1 is"):
        metrics.counts_by_concept(labels, table)
    with pytest.raises(ValueError, match=r"row 4, column 1 is"):
        metrics.counts_at_thresholds(labels, table, [0.5])


def test_inputs_that_cannot_be_counted_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"found 2"):
        metrics.counts([0, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        metrics.counts([0, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match=r"\(N, K\)"):
        metrics.counts_by_concept([0, 1], [0.1, 0.2])
    with pytest.raises(TypeError, match="complex"):
        metrics.counts([0, 1], np.array([0.1, 0.2j]))
    with pytest.raises(ValueError, match="NaN"):
        metrics.counts([0, 1], [0.1, 0.2]).at(np.nan)
    with pytest.raises(ValueError, match="NaN"):
        metrics.counts_at_thresholds([[0]], [[0.1]], [np.nan])
    with pytest.raises(ValueError, match="one dtype"):
        metrics.micro([metrics.counts([1], np.array([0.1], kind)) for kind in (np.float32, np.float64)])


def test_counting_leaves_its_inputs_alone_and_gives_arrays_nobody_can_change() -> None:
    labels, scores = np.array([True, False, True]), np.array([-0.5, -0.0, 0.5])
    kept = labels.copy(), scores.copy()
    c = metrics.counts(labels, scores)
    np.testing.assert_array_equal(labels, kept[0])
    np.testing.assert_array_equal(scores, kept[1])
    with pytest.raises(ValueError, match="read-only"):
        c.tps[0] = 1


def test_strided_and_other_typed_inputs_count_alike() -> None:
    rng = np.random.default_rng(3)
    labels, scores = rng.integers(0, 2, 50), np.round(rng.random(50), 1).astype(np.float16)
    plain = metrics.counts(labels, scores.astype(np.float32))
    wide = np.repeat(scores.astype(np.float32), 3)[::3]
    for c in (metrics.counts(labels.astype(float), scores), metrics.counts(labels.tolist(), wide)):
        np.testing.assert_array_equal(c.thresholds, plain.thresholds)
        np.testing.assert_array_equal(c.tps, plain.tps)
    swapped = metrics.counts(labels, scores.astype(">f4"))
    np.testing.assert_array_equal(swapped.fps, plain.fps)


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 5), (1000, 1), (3000, 7), (2500, 5000)])
def test_the_true_of_each_column_are_counted(shape: tuple[int, int]) -> None:
    labels = np.random.default_rng(0).random(shape) < 0.4
    every = np.ones(shape, bool)  # as many as a byte and a block can count
    for held in (labels, every, labels[::2], np.asfortranarray(labels)):
        assert num_true(held).tolist() == held.sum(axis=0).tolist()
