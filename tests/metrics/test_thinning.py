"""Thinned curves against the exact ones, point by point, and the stops that all concepts share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clarifai_eval_widget import metrics
from clarifai_eval_widget.metrics import simplify as _simplify
from clarifai_eval_widget.metrics.curves import roc_outline

SLACK = 1e-9


def data(kind: str) -> metrics.Counts:
    """Skewed, tied, rare and other data, a hundred thousand inputs or a million."""
    rng = np.random.default_rng(4)
    size, share, shift, dtype = {
        "rare": (1_000_000, 0.0001, 4.0, np.float32),
        "skewed": (100_000, 0.01, 3.0, np.float32),
        "tied": (100_000, 0.2, 1.5, np.float32),
        "even": (200_000, 0.5, 1.0, np.float64),
        "chance": (100_000, 0.1, 0.0, np.float32),
        "few negatives": (100_000, 0.99, 1.0, np.float32),
        "one big tie": (50_000, 0.3, 1.0, np.float32),
    }[kind]
    labels = np.arange(size) < share * size
    scores = 1 / (1 + np.exp(12 - 2 * (rng.normal(size=size) + shift * labels)))
    if kind == "tied":
        scores = np.round(1 / (1 + np.exp(-rng.normal(size=size) - shift * labels)), 3)
    if kind == "one big tie":
        scores[rng.random(size) < 0.4] = 0.25
    return metrics.counts(labels, scores.astype(dtype))


KINDS = ["rare", "skewed", "tied", "even", "chance", "few negatives", "one big tie"]


@st.composite
def small(draw: st.DrawFn) -> metrics.Counts:
    size, levels = draw(st.integers(2, 60)), draw(st.sampled_from([2, 7, 1000]))
    labels = draw(hnp.arrays(bool, size))
    labels[:2] = True, False
    scores = draw(hnp.arrays(np.float32, size, elements=st.integers(0, levels).map(lambda i: np.float32(i / levels))))
    return metrics.counts(labels, scores)


def off_the_line(x: np.ndarray, y: np.ndarray, rows: np.ndarray) -> float:
    """The largest vertical distance of any point to the straight lines through some of them."""
    drawn_x, drawn_y = x[rows], y[rows]
    first, end = np.searchsorted(drawn_x, x, side="left"), np.searchsorted(drawn_x, x, side="right")
    between = np.interp(x, drawn_x, drawn_y)
    upright = end > first  # the line's own points at this x
    low = np.where(upright, drawn_y[np.minimum(first, len(rows) - 1)], between)
    high = np.where(upright, drawn_y[end - 1], between)
    return float(np.maximum(np.minimum(low, high) - y, y - np.maximum(low, high)).max(initial=0.0))


def off_the_steps(recall: np.ndarray, precision: np.ndarray, rows: np.ndarray) -> float:
    """The largest vertical distance of any operating point to the steps through some of them."""
    drawn_x, drawn_y = recall[rows][1:], precision[rows][1:]
    first = np.searchsorted(drawn_x, recall, side="left")
    last = np.minimum(np.searchsorted(drawn_x, recall, side="right"), len(drawn_x) - 1)
    low, high = drawn_y[first], drawn_y[first]
    for reach in range(1, int((last - first).max()) + 1):  # all steps that are touched at this recall
        touched = drawn_y[np.minimum(first + reach, last)]
        low, high = np.minimum(low, touched), np.maximum(high, touched)
    return float(np.maximum(low - precision, precision - high)[1:].max(initial=0.0))


def drawn_average_precision(c: metrics.Counts, rows: np.ndarray) -> float:
    precision, recall, _ = metrics.precision_recall_curve(c)
    return float((np.diff(recall[rows]) * precision[rows][1:]).sum())


def drawn_auc(c: metrics.Counts, rows: np.ndarray) -> float:
    return float(np.trapezoid(c.tps[rows] / c.num_pos, c.fps[rows] / c.num_neg))


def swept(c: metrics.Counts) -> dict[str, np.ndarray]:
    tps, fps = c.tps[1:], c.fps[1:]
    return {
        "precision": metrics.precision(tps, fps),
        "recall": tps / c.num_pos,
        "f1": metrics.f1(tps, fps, c.num_pos),
        "fpr": fps / c.num_neg,
    }


def largest_move_where_it_can_be_helped(c: metrics.Counts, stops: np.ndarray, rate: np.ndarray) -> float:
    rows = np.unique(np.concatenate([[0], c.row(stops), [len(c) - 1]]))
    moves = np.abs(np.diff(rate[rows]))[np.diff(rows) > 1]
    return float(moves.max(initial=0.0))


def test_the_drawn_area_of_a_rare_concept_is_its_average_precision() -> None:
    c = data("rare")
    assert 0.5 < metrics.average_precision(c) < 0.95
    by_row = np.linspace(0, len(c) - 1, 1000).round().astype(int)
    assert abs(drawn_average_precision(c, by_row) - metrics.average_precision(c)) > 0.1
    thinned = metrics.thin_precision_recall(c)
    assert drawn_average_precision(c, thinned.rows) == pytest.approx(metrics.average_precision(c), abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_thinned_roc_is_where_it_says_and_has_the_exact_area(kind: str) -> None:
    c = data(kind)
    thinned = metrics.thin_roc(c, 1000)
    assert len(thinned.rows) <= 1000
    assert thinned.error <= 0.002
    assert off_the_line(c.fps / c.num_neg, c.tps / c.num_pos, thinned.rows) <= thinned.error + SLACK
    assert drawn_auc(c, thinned.rows) == pytest.approx(metrics.roc_auc(c), abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_thinned_precision_recall_curve_is_where_it_says_and_has_the_exact_area(kind: str) -> None:
    c = data(kind)
    precision, recall, _ = metrics.precision_recall_curve(c)
    thinned = metrics.thin_precision_recall(c, 1000)
    assert len(thinned.rows) <= 1000
    assert thinned.error <= 0.002
    assert off_the_steps(recall, precision, thinned.rows) <= thinned.error + SLACK
    assert drawn_average_precision(c, thinned.rows) == pytest.approx(metrics.average_precision(c), abs=1e-3)
    assert off_the_line(recall[1:], precision[1:], thinned.rows[1:] - 1) <= thinned.error + SLACK


@pytest.mark.parametrize("kind", KINDS)
def test_a_thinned_sweep_is_where_it_says(kind: str) -> None:
    c = data(kind)
    thinned = metrics.thin_sweep(c, 1000)
    assert len(thinned.rows) <= 1000
    assert thinned.error <= 0.002 + SLACK
    at = -c.thresholds[1:].astype(np.float64)
    for name, values in swept(c).items():
        assert off_the_line(at, values, thinned.rows - 1) <= thinned.error + SLACK, name


@settings(max_examples=200, deadline=None)
@given(small(), st.integers(2, 12))
def test_with_any_number_of_points_the_drawing_is_as_close_as_stated(c: metrics.Counts, most: int) -> None:
    precision, recall, _ = metrics.precision_recall_curve(c)
    roc, pr, sweep = (f(c, most) for f in (metrics.thin_roc, metrics.thin_precision_recall, metrics.thin_sweep))
    for thinned, first in ((roc, 0), (pr, 0), (sweep, 1)):
        assert len(thinned.rows) <= most
        assert (np.diff(thinned.rows) > 0).all()
        assert (thinned.rows[0], thinned.rows[-1]) == (first, len(c) - 1)
    assert off_the_line(c.fps / c.num_neg, c.tps / c.num_pos, roc.rows) <= roc.error + SLACK
    assert off_the_steps(recall, precision, pr.rows) <= pr.error + SLACK
    for values in swept(c).values():
        assert off_the_line(-c.thresholds[1:].astype(np.float64), values, sweep.rows - 1) <= sweep.error + SLACK
    assert abs(drawn_auc(c, roc.rows) - metrics.roc_auc(c)) <= roc.error + SLACK
    assert abs(drawn_average_precision(c, pr.rows) - metrics.average_precision(c)) <= pr.error + SLACK


@settings(max_examples=60, deadline=None)
@given(small())
def test_nothing_that_shows_is_left_out_where_there_is_room(c: metrics.Counts) -> None:
    for thin in (metrics.thin_roc, metrics.thin_precision_recall, metrics.thin_sweep):
        assert thin(c, 1000).error == 0.0


def test_a_macro_roc_is_thinned_with_its_area_and_its_upright_stretches() -> None:
    cs = [data("skewed"), data("tied"), data("chance")]
    fpr, tpr = metrics.macro_roc(cs)
    thinned = metrics.thin_curve(fpr, tpr, 1000)
    assert len(thinned.rows) <= 1000
    assert thinned.error <= 0.002
    assert off_the_line(fpr, tpr, thinned.rows) <= thinned.error + SLACK
    exact = np.mean([metrics.roc_auc(c) for c in cs])
    assert np.trapezoid(tpr[thinned.rows], fpr[thinned.rows]) == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("most", [400, 1000])
def test_a_macro_roc_drawn_from_outlines_is_that_of_the_exact_curves(most: int) -> None:
    cs = [data("skewed"), data("even"), data("chance"), data("rare"), metrics.counts([0, 0], [0.1, 0.2])]
    exact_x, exact_y = metrics.macro_roc(cs)
    drawn_x, drawn_y = metrics.thin_macro_roc(cs, most)
    assert len(drawn_x) <= most
    inner = np.diff(exact_x, prepend=-1, append=2)
    sloped = (inner[:-1] > 0) & (inner[1:] > 0)  # an upright stretch has two heights
    off = np.interp(exact_x[sloped], drawn_x, drawn_y) - exact_y[sloped]
    assert np.abs(off).max() <= 0.002
    assert np.trapezoid(drawn_y, drawn_x) == pytest.approx(np.trapezoid(exact_y, exact_x), abs=1e-3)
    assert [len(part) for part in metrics.thin_macro_roc(cs[-1:])] == [0, 0]


def test_an_outline_of_few_positives_is_the_whole_curve() -> None:
    c = data("rare")
    rows, error = roc_outline(c, 0.001)
    assert error == 0.0
    assert len(rows) < 400
    assert off_the_line(c.fps / c.num_neg, c.tps / c.num_pos, rows) <= SLACK


def test_a_curve_that_is_not_defined_keeps_its_ends() -> None:
    for labels in ([0, 0, 0], [1, 1, 1]):
        c = metrics.counts(labels, [0.1, 0.2, 0.3])
        assert metrics.thin_roc(c, 2).rows.tolist() == [0, 3]
    assert metrics.thin_precision_recall(metrics.counts([0, 0, 0], [0.1, 0.2, 0.3]), 2).rows.tolist() == [0, 3]
    assert metrics.thin_sweep(metrics.counts([0, 0, 0], [0.1, 0.2, 0.3]), 2).rows.tolist() == [1, 3]
    nothing = metrics.counts([], [])
    assert metrics.thin_roc(nothing).rows.tolist() == [0]
    assert metrics.thin_sweep(nothing).rows.tolist() == []


def test_scores_as_large_as_can_be_are_swept_without_overflow() -> None:
    largest = np.finfo(np.float64).max
    c = metrics.counts([1, 0, 1, 0, 1], [largest, 0.5, 0.1, -0.3, -largest])
    assert metrics.thin_sweep(c, 3).rows[[0, -1]].tolist() == [1, 5]


def test_what_cannot_be_thinned_is_refused() -> None:
    c = metrics.counts([0, 1], [0.1, 0.2])
    for thin in (metrics.thin_roc, metrics.thin_precision_recall, metrics.thin_sweep):
        with pytest.raises(ValueError, match="most=1 must be 2"):
            thin(c, 1)
    with pytest.raises(ValueError, match="ascend"):
        metrics.thin_curve([0, 0.5, 0.2], [0, 0.5, 1])
    with pytest.raises(ValueError, match=r"\(U,\)"):
        metrics.thin_curve([0, 1], [0, 0.5, 1])


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)), st.floats(0, 1))
def test_the_furthest_index_within_a_range_is_found(values: np.ndarray, bound: float) -> None:
    found = _simplify.furthest_within(values, bound)
    for i in range(len(values)):
        j = i
        while j + 1 < len(values) and np.ptp(values[i : j + 2]) <= bound:
            j += 1
        assert found[i] == min(max(j, i + 1), len(values) - 1)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**6), st.sampled_from([0.1, 0.01, 0.0005]))
def test_cells_cover_all_numbers_and_grow_by_no_more_than_their_share(total: int, width: float) -> None:
    edges = _simplify.counted_cells(total, width)
    assert (edges[0], edges[-1]) == (1, total)
    assert ((edges[1:] - 1 - edges[:-1]) <= width * edges[:-1]).all()
