"""Intervals of chosen thresholds, against resampling rows and against the threshold of the whole population."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import (
    InfeasibleError,
    operating_point,
    threshold_interval,
    threshold_intervals,
)


def sample(seed: int, inputs: int = 80, digits: int = 9) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(inputs) % 4 == 0
    return labels, np.round(rng.normal(size=inputs) + 1.5 * labels, digits)


@pytest.mark.parametrize(
    "options",
    [{"maximize": "f1"}, {"min_recall": 0.8}, {"min_precision": 0.7}, {"equal_error_rate": True}],
    ids=str,
)
def test_percentiles_equal_those_of_resampled_rows(options: dict[str, Any]) -> None:
    labels, scores = sample(3, digits=1)
    found = threshold_interval(metrics.counts(labels, scores), replicates=4000, confidence_level=0.8, **options)
    rng = np.random.default_rng(9)
    classes = np.flatnonzero(labels), np.flatnonzero(~labels)
    thresholds = []
    for _ in range(1500):
        rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
        try:
            thresholds.append(operating_point(metrics.counts(labels[rows], scores[rows]), **options).threshold)
        except InfeasibleError:
            continue
    # the scores have one digit: a percentile is the same, or by chance that of a neighbouring share
    low, high = (np.quantile(thresholds, [at - 0.04, at + 0.04], method="inverted_cdf") for at in (0.1, 0.9))
    assert low[0] <= found.low <= low[1]
    assert high[0] <= found.high <= high[1]
    assert found.infeasible / 4000 == pytest.approx(1 - len(thresholds) / 1500, abs=0.04)


def test_the_populations_threshold_is_covered_about_as_often_as_stated() -> None:
    truth = stats.norm.ppf(0.2) + 1.5  # where recall is 0.8
    covered = 0
    for seed in range(100):
        found = threshold_interval(metrics.counts(*sample(seed, 400)), replicates=200, min_recall=0.8)
        covered += found.low <= truth <= found.high
    assert 87 <= covered <= 100  # 95 % of 100, give or take three standard deviations and a little


def test_many_distinct_scores_are_resampled_at_some_of_them_with_the_same_result() -> None:
    c = metrics.counts(*sample(1, 20_000))
    exact = threshold_interval(c, replicates=300, max_bins=30_000, maximize="youden_j")
    thinned = threshold_interval(c, replicates=300, maximize="youden_j")
    assert thinned.low == pytest.approx(exact.low, abs=0.03)
    assert thinned.high == pytest.approx(exact.high, abs=0.03)
    assert exact.threshold == thinned.threshold == operating_point(c, maximize="youden_j").threshold


def test_the_same_seed_gives_the_same_interval_whichever_way_it_is_asked_for() -> None:
    cs = {"a": metrics.counts(*sample(1)), "b": metrics.counts(*sample(2))}
    both = threshold_intervals(cs, replicates=50, seed=4, maximize="f1")
    assert both["b"] == threshold_interval(cs["b"], replicates=50, seed=4, maximize="f1")
    assert both["b"].replicates == 50
    assert both["b"].low <= both["b"].threshold <= both["b"].high


def test_predicting_nothing_is_the_upper_end_where_it_is_often_best() -> None:
    c = metrics.counts([1, 0, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    found = threshold_interval(c, replicates=200, fp_cost=3, fn_cost=1)
    assert found.high == np.inf


def test_what_cannot_be_resampled_is_refused() -> None:
    c = metrics.counts(*sample(0))
    for options, why in (
        ({"replicates": 0}, "replicates=0"),
        ({"confidence_level": 1}, "confidence_level=1"),
        ({"max_bins": 9}, "max_bins=9"),
    ):
        with pytest.raises(ValueError, match=why):
            threshold_interval(c, maximize="f1", **options)
    with pytest.raises(InfeasibleError):
        threshold_interval(c, min_precision=0.99, min_recall=0.99, maximize="f1")
