"""Intervals of chosen thresholds, against resampling rows and against the threshold of the whole population."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import Evaluation, metrics
from clarifai_eval_widget.operating_point import (
    InfeasibleError,
    binomial,
    cheapest_threshold,
    choose_abstain,
    guaranteed_point,
    operating_point,
    stability,
    threshold_interval,
    threshold_intervals,
)
from clarifai_eval_widget.uncertainty.proportions import proportion_interval


def sample(seed: int, inputs: int = 80, digits: int = 9) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(inputs) % 4 == 0
    return labels, np.round(rng.normal(size=inputs) + 1.5 * labels, digits)


@pytest.mark.parametrize("options", [{"maximize": "f1"}, {"equal_error_rate": True}], ids=str)
def test_percentiles_equal_those_of_resampled_rows_with_noise(options: dict[str, Any]) -> None:
    labels, scores = sample(3, 400)
    found = threshold_interval(metrics.counts(labels, scores), replicates=4000, confidence_level=0.8, **options)
    rng = np.random.default_rng(9)
    sides = [scores[labels], scores[~labels]]
    widths = [0.9 * min(x.std(), np.subtract(*np.quantile(x, [0.75, 0.25])) / 1.349) * len(x) ** -0.2 for x in sides]
    thresholds = []
    for _ in range(600):
        noise = [np.sqrt(5) * np.median(rng.uniform(-1, 1, (3, len(x))), axis=0) for x in sides]  # quadratic kernel
        drawn = [rng.choice(x, len(x)) + w * e for x, w, e in zip(sides, widths, noise, strict=True)]
        c = metrics.counts(np.repeat([True, False], [len(x) for x in drawn]), np.concatenate(drawn))
        thresholds.append(operating_point(c, **options).threshold)
    low, high = (np.quantile(thresholds, [at - 0.04, at + 0.04]) for at in (0.1, 0.9))
    assert low[0] - 0.05 <= found.low <= low[1]
    assert high[0] <= found.high <= high[1] + 0.05


@pytest.mark.parametrize("options", [{"min_recall": 0.8}, {"max_fpr": 0.1}, {"min_precision": 0.6}], ids=str)
def test_at_a_bound_the_ends_are_where_the_rates_own_interval_stops_holding_it(options: dict[str, Any]) -> None:
    c = metrics.counts(*sample(4, 400))
    found = threshold_interval(c, **options)
    ((name, bound),) = options.items()
    rate = name.split("_")[1]
    part = {"recall": c.tps, "fpr": c.fps, "precision": c.tps}[rate]
    whole = {"recall": c.num_pos, "fpr": c.num_neg, "precision": c.tps + c.fps}[rate]
    low, high = proportion_interval(part[1:], np.broadcast_to(whole, part.shape)[1:])
    outside = c.thresholds[1:][(low > bound) | (high < bound)]
    assert found.low in outside
    assert found.replicates == 0
    assert not ((outside > found.low) & (outside < found.threshold)).any()
    within = c.thresholds[1:][(low <= bound) & (bound <= high)]
    assert found.high in within or rate == "precision"


@pytest.mark.parametrize(
    ("positives", "negatives", "options", "few"),
    [
        (9, 90, {"maximize": "f1"}, "too few positives to say: 9"),
        (10, 100, {"min_recall": 0.8}, "no score is surely below"),
        (30, 300, {"fp_cost": 10.0, "fn_cost": 1.0}, "too few positives to say: 30, and with mistakes that differ"),
        (10, 100, {"fp_cost": 1.0, "fn_cost": 30.0}, "too few negatives to say: 100"),
        (
            30,
            300,
            {"fp_cost": 0.0, "fn_cost": 1.0},
            "no number of negatives is enough to say: a mistake among them costs nothing",
        ),
    ],
)
def test_of_too_few_a_reason_stands_instead_of_an_interval(
    positives: int, negatives: int, options: dict[str, Any], few: str
) -> None:
    labels = np.arange(positives + negatives) < positives
    c = metrics.counts(labels, np.random.default_rng(1).normal(size=len(labels)) + 1.8 * labels)
    found = threshold_interval(c, **options)
    assert np.isnan([found.low, found.high]).all()
    assert few in found.reason


def test_classes_all_but_apart_leave_the_highest_j_open_and_not_the_highest_f1() -> None:
    labels = np.arange(110) < 10
    c = metrics.counts(labels, np.random.default_rng(1).normal(size=110) + 6 * labels)
    assert "among the other class" in threshold_interval(c, maximize="youden_j").reason
    assert not threshold_interval(c, maximize="f1").reason


@pytest.mark.parametrize("options", [{"maximize": "youden_j"}, {"min_precision": 0.5}, {"maximize": "mcc"}], ids=str)
def test_of_few_positives_the_interval_holds_the_populations_threshold(options: dict[str, Any]) -> None:
    rng, labels, many = np.random.default_rng(3), np.arange(330) < 30, np.arange(1_100_000) < 100_000
    truth = operating_point(metrics.counts(many, rng.normal(size=len(many)) + 2.33 * many), **options).threshold
    held = []
    for _ in range(60):
        c = metrics.counts(labels, rng.normal(size=len(labels)) + 2.33 * labels)
        found = threshold_interval(c, replicates=200, **options)
        if not found.reason:
            held.append(found.low <= truth <= found.high)
    assert len(held) > 20
    assert np.mean(held) >= 0.9  # plain percentiles: 84 % of Youden's J, 82 % of the precision


def test_the_populations_threshold_is_covered_about_as_often_as_stated() -> None:
    truth = stats.norm.ppf(0.2) + 1.5  # where recall is 0.8
    covered = 0
    for seed in range(100):
        found = threshold_interval(metrics.counts(*sample(seed, 400)), min_recall=0.8)
        covered += found.low <= truth <= found.high
    assert 87 <= covered <= 100  # 95 % of 100, give or take three standard deviations and a little


def test_many_distinct_scores_are_resampled_at_some_of_them_with_the_same_result() -> None:
    c = metrics.counts(*sample(1, 20_000))
    exact = threshold_interval(c, replicates=300, max_bins=30_000, maximize="youden_j")
    thinned = threshold_interval(c, replicates=300, maximize="youden_j")
    assert thinned.low == pytest.approx(exact.low, abs=0.03)
    assert thinned.high == pytest.approx(exact.high, abs=0.03)
    assert exact.threshold == thinned.threshold == operating_point(c, maximize="youden_j").threshold


def test_of_many_inputs_the_interval_is_as_narrow_as_the_threshold_is_sure() -> None:
    rng = np.random.default_rng(2)
    labels = np.arange(400_000) % 2 == 0
    c = metrics.counts(labels, rng.normal(size=400_000) + 1.5 * labels)
    at = stats.norm.ppf(0.1)
    sure = 2 * 1.96 * np.sqrt(0.09 / 200_000) / stats.norm.pdf(at)  # as the quantile of the positives is
    found = threshold_interval(c, replicates=200, min_recall=0.9)
    assert found.low <= found.threshold <= found.high
    assert found.high - found.low == pytest.approx(sure, rel=0.3)
    point = guaranteed_point(c, min_recall=0.9)
    moves = point.threshold_interval
    assert moves is not None
    assert moves.low <= point.threshold <= moves.high
    assert moves.high - moves.low == pytest.approx(sure, rel=0.3)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_bounds_of_a_binomials_tail_never_decide_otherwise_than_its_sum(share: float) -> None:
    levels = np.geomspace(1e-6, 0.6, 25)
    for trials in (1, 7, 60, 2000):
        for hits in np.unique(
            np.clip(trials * share + np.sqrt(trials) * np.linspace(-4, 2, 25), 0, trials).astype(int)
        ):
            chance = binomial.at_most(int(hits), trials, share)
            found = [binomial.unlikely(int(hits), trials, share, level) for level in levels]
            assert found == [chance <= level for level in levels]


def test_the_same_seed_gives_the_same_interval_whichever_way_it_is_asked_for() -> None:
    cs = {"a": metrics.counts(*sample(1)), "b": metrics.counts(*sample(2))}
    both = threshold_intervals(cs, replicates=50, seed=4, maximize="f1")
    assert both["b"] == threshold_interval(cs["b"], replicates=50, seed=4, maximize="f1")
    assert both["b"].replicates == 50
    assert both["b"].low <= both["b"].threshold <= both["b"].high


def test_where_it_is_often_best_to_predict_nothing_there_is_no_interval_but_a_reason_in_every_place() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 10 == 0
    scores = np.where(np.arange(200) == 0, 0.9, 0.5 * rng.random(200))
    e = Evaluation.from_scores(labels, scores, ["x"])
    options: dict[str, Any] = {"fp_cost": 1.0, "fn_cost": 1.0}
    found = e.operating_point("x", **options).threshold_interval
    assert found is not None
    row = e.threshold_intervals(replicates=200, **options).loc["x"]
    offer = e.criteria_table("x", held_out=False, **options).loc["cost"]
    for low, high, reason in (
        (found.low, found.high, found.reason),
        (row.low, row.high, row.reason),
        (offer.threshold_low, offer.threshold_high, offer.reason),
    ):
        assert np.isnan([low, high]).all()
        assert reason == "too few to say: no score is surely above the threshold"


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


def test_every_chosen_threshold_carries_its_interval_and_prints_it() -> None:
    labels, scores = sample(3, 200)
    c = metrics.counts(labels, scores)
    for options in ({"maximize": "f1"}, {"min_recall": 0.8}, {"fp_cost": 1.0, "fn_cost": 4.0}):
        point = operating_point(c, confidence_level=0.9, **options)  # type: ignore[arg-type]
        expected = threshold_interval(c, replicates=200, confidence_level=0.9, **options)  # type: ignore[arg-type]
        assert point.threshold_interval == expected
        assert f" [{expected.low:.4g}, {expected.high:.4g}]: " in repr(point)  # drawn above: printing draws nothing
        assert f"</b> [{expected.low:.4g}, {expected.high:.4g}]" in point._repr_html_()
        assert expected.method in point._repr_html_()


def test_an_evaluations_points_carry_the_interval_cross_fitted_ones_and_those_of_groups_too() -> None:
    labels, scores = sample(5, 400)
    scores = (scores - scores.min()) / np.ptp(scores)
    plain = Evaluation.from_scores(labels, scores, ["cat"])
    asked = plain.threshold_intervals(replicates=200, maximize="f1").loc["cat"]
    for point in (
        plain.operating_point("cat", maximize="f1"),
        plain.operating_points(maximize="f1")["cat"],
        plain.cross_fitted_point("cat", maximize="f1").chosen,
    ):
        found = point.threshold_interval
        assert found is not None
        assert (found.low, found.high, found.method) == (asked.low, asked.high, asked.method)
    fitted = plain.cross_fitted_point("cat", maximize="f1")
    assert fitted.chosen.threshold_interval is not None
    assert f"[{asked.low:.4g}, {asked.high:.4g}]" in repr(fitted)
    grouped = Evaluation.from_scores(labels, scores, ["cat"], groups=np.arange(400) // 4)
    asked = grouped.threshold_intervals(replicates=200, maximize="f1").loc["cat"]
    found = grouped.operating_point("cat", maximize="f1").threshold_interval
    assert found is not None
    assert (found.low, found.high, found.method) == (
        asked.low,
        asked.high,
        "smoothed bootstrap of 100 groups, expanded percentiles",
    )


def test_where_no_resample_has_such_a_threshold_that_is_said_instead_of_an_interval() -> None:
    c = metrics.counts([1, 0, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    drawn = stability.Drawn(np.full(5, -1), c.thresholds, "bootstrap")
    found = stability.interval_of(drawn, "highest recall", 0.9)
    assert np.isnan([found.low, found.high]).all()
    assert (found.reason, found.infeasible) == ("no resample has such a threshold", 5)
    again = stability.ChosenAgain(lambda: [drawn], "highest recall", 0.9)
    assert again(0.95) == found
    point = replace(operating_point(c, maximize="f1"), chosen_again=again)
    assert "nan" not in repr(point)
    assert "the threshold&#x27;s: no resample has such a threshold" in point._repr_html_()


def test_a_point_keeps_its_interval_where_it_is_stored() -> None:
    point = operating_point(metrics.counts(*sample(4, 5000)), maximize="f1")
    stored = pickle.dumps(point)
    assert len(stored) < 20_000  # not the counts
    assert pickle.loads(stored).threshold_interval == point.threshold_interval


def test_a_guaranteed_threshold_is_guaranteed_anew_on_each_resample() -> None:
    labels, scores = sample(2, 300, digits=1)
    point = guaranteed_point(metrics.counts(labels, scores), min_recall=0.6, guarantee=0.9)
    found = point.threshold_interval
    assert found is not None
    rng, thresholds = np.random.default_rng(9), []
    classes = np.flatnonzero(labels), np.flatnonzero(~labels)
    for _ in range(200):
        rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
        again = guaranteed_point(metrics.counts(labels[rows], scores[rows]), min_recall=0.6, guarantee=0.9)
        thresholds.append(again.threshold)
    low, high = (np.quantile(thresholds, at, method="inverted_cdf") for at in (0.025, 0.975))
    assert found.low == pytest.approx(low, abs=0.11)
    assert found.high == pytest.approx(high, abs=0.11)


def test_both_ends_of_a_band_and_the_cheapest_threshold_have_an_interval() -> None:
    labels, scores = sample(6, 500, digits=1)
    band = choose_abstain(metrics.counts(labels, scores), max_error=0.1)
    assert band.threshold_intervals is not None
    ends: list[tuple[float, float]] = []
    cheapest = cheapest_threshold(labels, scores, fn_cost=3.0)
    costs: list[float] = []
    rng, classes = np.random.default_rng(9), (np.flatnonzero(labels), np.flatnonzero(~labels))
    for _ in range(200):
        rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
        again = choose_abstain(metrics.counts(labels[rows], scores[rows]), max_error=0.1)
        ends.append((again.low, again.high))
        costs.append(cheapest_threshold(labels[rows], scores[rows], fn_cost=3.0).threshold)
    assert cheapest.threshold_interval is not None
    drawn = [*np.array(ends).T, np.array(costs)]
    for found, values in zip(band.threshold_intervals, drawn, strict=False):  # whose draws are smoothed
        assert found.low <= np.median(values) <= found.high
        assert found.low < found.threshold <= found.high
    for found, values in ((cheapest.threshold_interval, drawn[2]),):
        low, high = (np.quantile(values, [at - 0.02, at + 0.02], method="inverted_cdf") for at in (0.025, 0.975))
        assert low[0] - 0.21 <= found.low <= low[1] + 0.11  # the next score below
        assert high[0] - 0.11 <= found.high <= high[1] + 0.11
    assert pickle.loads(pickle.dumps(band)).threshold_intervals == band.threshold_intervals


def test_a_bands_end_has_an_interval_only_where_enough_decisions_beyond_it_are_wrong() -> None:
    """Where hardly one is, the end is far from the population's in most samples, and resamples do not show it."""
    labels = np.arange(1100) < 100
    truth, held, said, few = 2.63, 0, 0, 0  # of positives at 1.81: where the band of the population ends, at 5 %
    for seed in range(60):
        rng = np.random.default_rng(seed)
        band = choose_abstain(metrics.counts(labels, rng.normal(size=1100) + 1.81 * labels), max_error=0.05)
        assert band.threshold_intervals is not None
        low, high = band.threshold_intervals
        for found, wrong in ((low, band.fn), (high, band.fp)):
            if band.low < band.high and wrong < 3:
                assert f"{wrong} decision" in found.reason
                assert np.isnan([found.low, found.high]).all()
                few += 1
        if not high.reason:
            said, held = said + 1, held + (high.low <= truth <= high.high)
    assert few >= 5
    assert said >= 20
    assert held >= 0.92 * said


def test_of_inputs_in_groups_the_cheapest_threshold_and_a_bands_ends_say_why_they_have_no_interval() -> None:
    labels, scores = sample(5, 400)
    scores = (scores - scores.min()) / np.ptp(scores)
    grouped = Evaluation.from_scores(labels, scores, ["cat"], groups=np.arange(400) // 4)
    ends = grouped.abstain_point("cat", max_error=0.1).threshold_intervals
    cheapest = grouped.cheapest_threshold("cat", fn_cost=3.0).threshold_interval
    assert ends is not None
    assert cheapest is not None
    for found in (*ends, cheapest):
        assert np.isnan([found.low, found.high]).all()
        assert found.reason.startswith("inputs come in groups")
