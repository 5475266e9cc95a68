"""Hostile data against other people's arithmetic: scikit-learn, scipy, statsmodels and plain definitions.

Every data set here is one that some tool gets wrong: ties, one member of a class, neighbouring floats, both zeros,
subnormal and huge scores, other dtypes and memory orders.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats import contingency_tables
from statsmodels.stats import proportion as sm_proportion
from statsmodels.stats.multitest import multipletests

from clarifai_eval_widget import metrics, operating_point, uncertainty


def _made() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    one = np.nextafter(np.float32(0.5), np.float32(1))
    half = rng.permutation(40) % 2 == 0
    smooth = rng.random(60)
    rare = np.arange(5000) == 17
    rows = np.asfortranarray(rng.random((30, 4)))
    return {
        "all scores equal": (half, np.full(40, 0.3)),
        "two scores only": (half, np.repeat([0.2, 0.8], 20)),
        "one positive on top": (np.arange(30) == 29, np.arange(30) / 30),
        "one positive at the bottom": (np.arange(30) == 0, np.arange(30) / 30),
        "one positive tied with half": (np.arange(30) == 0, np.repeat([0.4, 0.6], 15)),
        "one negative": (np.arange(30) != 3, rng.random(30)),
        "one of each": (np.array([True, False]), np.array([0.1, 0.9])),
        "one of each, tied": (np.array([True, False]), np.array([0.5, 0.5])),
        "perfect": (np.arange(20) < 7, 1 - np.arange(20) / 20),
        "perfectly wrong": (np.arange(20) < 7, np.arange(20) / 20),
        "neighbouring float32": (half, np.where(rng.random(40) < 0.5, one, np.float32(0.5)).astype(np.float32)),
        "float32 that float64 would part": (half, (0.1 + rng.integers(0, 3, 40) * 1e-9).astype(np.float32)),
        "neighbouring float64": (half, 0.1 + rng.integers(0, 3, 40) * 2.0**-56),
        "both zeros": (half, np.where(rng.random(40) < 0.5, -0.0, 0.0)),
        "zeros and ones": (smooth > 0.4, (rng.random(60) > 0.5).astype(float)),
        "subnormal": (half, rng.integers(0, 5, 40) * 5e-324),
        "subnormal float32": (half, (rng.integers(0, 5, 40) * 1e-45).astype(np.float32)),
        "huge": (half, rng.normal(size=40) * 1e307),
        "negative and positive": (half, rng.normal(size=40)),
        "whole numbers": (half, rng.integers(-3, 4, 40)),
        "booleans for scores": (half, rng.random(40) < 0.5),
        "float16": (half, rng.random(40).astype(np.float16)),
        "other byte order": (half, rng.random(40).astype(">f8")),
        "a column of a table": (half[:30], rows[:, 2]),
        "every other row": (np.repeat(half, 2)[:40:2], rng.random(40)[::2]),
        "backwards": (half[::-1], rng.random(40)[::-1]),
        "one in five thousand": (rare, np.round(rng.random(5000) + 0.5 * rare, 2)),
        "near one": (smooth > 0.3, 1 - rng.random(60) * 1e-15),
        "skewed": (smooth < 0.2, rng.random(60) ** 40),
        "three levels, tied across": (smooth < 0.5, rng.choice([0.25, 0.5, 0.75], 60)),
    }


MADE = _made()
EACH = pytest.mark.parametrize("name", MADE)
CRITERIA = (
    {"maximize": "f1"},
    {"maximize": "youden_j"},
    {"maximize": "mcc"},
    {"min_recall": 0.7},
    {"max_fpr": 0.2},
    {"fp_cost": 1.0, "fn_cost": 3.0},
)


def pairs(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """``(P, N)`` 1 where the positive outranks the negative, 1/2 where they tie."""
    up, down = scores[labels], scores[~labels]
    return (up[:, None] > down) + 0.5 * (up[:, None] == down)


@EACH
def test_counts_at_every_score_and_beside_it_are_those_of_comparing_all(name: str) -> None:
    labels, scores = MADE[name]
    c = metrics.counts(labels, scores)
    values = np.asarray(scores, c.thresholds.dtype)
    asked = np.concatenate([values, np.nextafter(values, -np.inf), np.nextafter(values, np.inf), [-np.inf, np.inf]])
    asked = asked.astype(c.thresholds.dtype)
    tps, fps = c.at(asked)
    np.testing.assert_array_equal(tps, [(values[labels] >= t).sum() for t in asked])
    np.testing.assert_array_equal(fps, [(values[~labels] >= t).sum() for t in asked])


@EACH
def test_areas_are_scikit_learns_scipys_and_those_of_all_pairs(name: str) -> None:
    labels, scores = MADE[name]
    c, values = metrics.counts(labels, scores), np.asarray(scores, float)
    assert metrics.roc_auc(c) == pytest.approx(pairs(labels, values).mean(), abs=1e-12)
    assert metrics.roc_auc(c) == pytest.approx(sk.roc_auc_score(labels, values), abs=1e-12)
    u = stats.mannwhitneyu(values[labels], values[~labels]).statistic
    assert metrics.roc_auc(c) == pytest.approx(u / (labels.sum() * (~labels).sum()), abs=1e-12)
    assert metrics.average_precision(c) == pytest.approx(sk.average_precision_score(labels, values), abs=1e-12)


@EACH
def test_delongs_variance_is_that_of_placements_and_every_interval_holds_its_own_area(name: str) -> None:
    labels, scores = MADE[name]
    c, won = metrics.counts(labels, scores), pairs(labels, np.asarray(scores, float))
    found = uncertainty.delong(c)
    if min(won.shape) < 2:
        assert math.isnan(found.variance)
        assert "a variance needs two" in found.reason
    else:
        by_hand = won.mean(1).var(ddof=1) / won.shape[0] + won.mean(0).var(ddof=1) / won.shape[1]
        assert found.variance == pytest.approx(by_hand, abs=1e-12)
    for method in ("auto", "wilson", "logit", "delong"):
        one = uncertainty.auc_interval(c, method=method)
        low, high = one.interval
        if math.isnan(low):
            assert one.reason, method
        else:
            assert 0 <= low <= found.roc_auc + 1e-12
            assert found.roc_auc - 1e-12 <= high <= 1


@EACH
def test_a_scoring_against_itself_and_its_reverse_says_what_it_must(name: str) -> None:
    labels, scores = MADE[name]
    values = np.asarray(scores, float)
    for figure in ("roc_auc", "average_precision", "f1"):
        same = uncertainty.compare_figure(labels, values, values, figure=figure)
        assert math.isnan(same.difference) or same.difference == 0
        assert math.isnan(same.p_value) == bool(same.reason)
        assert math.isnan(same.p_value) or same.p_value == 1
    one, other = (
        uncertainty.compare_figure(labels, values, -values),
        uncertainty.compare_figure(labels, -values, values),
    )
    assert one.difference == pytest.approx(-other.difference, nan_ok=True)
    assert one.p_value == pytest.approx(other.p_value, nan_ok=True)
    if not math.isnan(one.difference):
        assert one.difference == pytest.approx(1 - 2 * sk.roc_auc_score(labels, values), abs=1e-12)


@EACH
@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: "-".join(map(str, one.values())))
def test_the_chosen_threshold_is_the_best_of_all_and_the_highest_of_the_best(name: str, criterion: dict) -> None:
    labels, scores = MADE[name]
    c = metrics.counts(labels, scores)
    values, best = np.asarray(scores, c.thresholds.dtype), None
    for t in c.thresholds:
        predicted = values >= t
        tp, fp = (predicted & labels).sum(), (predicted & ~labels).sum()
        fn, tn = labels.sum() - tp, (~labels).sum() - fp
        recall, fpr = tp / labels.sum(), fp / (~labels).sum()
        with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
            warnings.simplefilter("ignore")
            worth = {
                "f1": 2 * tp / (2 * tp + fp + fn),
                "youden_j": recall - fpr,
                "mcc": (tp * tn - fp * fn) / math.sqrt(float((tp + fp) * (tp + fn)) * float((tn + fp) * (tn + fn)))
                if (tp + fp) * (tn + fn)
                else math.nan,
            }.get(criterion.get("maximize"), -(fp + 3.0 * fn))
            if "min_recall" in criterion:
                worth = tp / (tp + fp) if recall >= 0.7 - 1e-12 else math.nan
            elif "max_fpr" in criterion:
                worth = recall if fpr <= 0.2 + 1e-12 else math.nan
        if not math.isnan(worth) and (best is None or worth > best[0] + 1e-12):
            best = float(worth), float(t)
    if best is None:
        with pytest.raises(operating_point.InfeasibleError):
            operating_point.operating_point(c, **criterion)
        return
    found = operating_point.operating_point(c, **criterion)
    assert found.threshold == best[1]
    assert found.tp + found.fn == labels.sum()
    assert found.fp + found.tn == (~labels).sum()


@EACH
def test_parts_of_the_curve_are_their_definitions(name: str) -> None:
    labels, scores = MADE[name]
    c, values = metrics.counts(labels, scores), np.asarray(scores, float)
    for limit in (0.1, 0.5, 1.0):
        assert operating_point.partial_auc(c, limit).value == pytest.approx(
            sk.roc_auc_score(labels, values, max_fpr=limit), abs=1e-12
        )
        fprs, tprs = (np.array([(values[side] >= t).mean() for t in c.thresholds]) for side in (~labels, labels))
        assert operating_point.tpr_at_fpr(c, limit).value == pytest.approx(tprs[fprs <= limit].max(), abs=1e-12)
    for k in (1, len(values) // 2 + 1, len(values)):
        level = np.sort(values)[::-1][k - 1]
        above, tied = values > level, values == level
        share = (k - above.sum()) / tied.sum()
        by_hand = (labels[above].sum() + share * labels[tied].sum()) / k
        assert operating_point.precision_at_k(c, k).value == pytest.approx(by_hand, abs=1e-12)


@EACH
def test_bands_hold_the_curves_they_are_of(name: str) -> None:
    labels, scores = MADE[name]
    c = metrics.counts(labels, scores)
    band = uncertainty.sweep_band(c, c.thresholds)
    tps, fps = c.tps.astype(float), c.fps.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = {"recall": tps / c.num_pos, "fpr": fps / c.num_neg, "precision": tps / (tps + fps)}
        rates["f1"] = 2 * tps / (tps + fps + c.num_pos)
    for rate, values in rates.items():
        low, high = getattr(band, rate)
        np.testing.assert_array_equal(np.isnan(low), np.isnan(values))
        defined = ~np.isnan(values)
        assert (low[defined] <= values[defined] + 1e-12).all(), rate
        assert (high[defined] >= values[defined] - 1e-12).all(), rate
        assert (low[defined] >= 0).all()
        assert (high[defined] <= 1).all()
    roc = uncertainty.roc_band(c)
    if min(c.num_pos, c.num_neg) < 10:
        assert roc.reason.startswith(("too few", "no ")), roc.reason
        assert np.isnan([roc.tpr_low, roc.tpr_high]).all()
        return
    assert (np.diff(roc.tpr_low) >= -1e-12).all()
    assert (np.diff(roc.tpr_high) >= -1e-12).all()
    assert (roc.tpr_low <= roc.tpr_high).all()


@EACH
def test_the_cheapest_threshold_and_net_benefit_are_those_of_adding_up(name: str) -> None:
    labels, scores = MADE[name]
    c, values = metrics.counts(labels, scores), np.asarray(scores, float)
    rng = np.random.default_rng(3)
    fp_cost, fn_cost = rng.random(len(values)), 2 * rng.random(len(values))
    costs = {
        float(t): np.where(values >= t, fp_cost * ~labels, fn_cost * labels).mean()
        for t in np.append(np.unique(values), np.inf)
    }
    found = operating_point.cheapest_threshold(labels, values, fp_cost=fp_cost, fn_cost=fn_cost)
    assert found.cost == pytest.approx(min(costs.values()), abs=1e-12)
    assert costs[found.threshold] == pytest.approx(found.cost, abs=1e-12)
    assert found.cost_of_nothing == pytest.approx(costs[math.inf], abs=1e-12)
    threshold = float(np.median(values))
    predicted = values >= threshold
    if c.thresholds.dtype == np.float64:
        benefit = operating_point.net_benefit(c, [0.2], threshold=threshold).model[0]
        by_hand = ((predicted & labels).sum() - (predicted & ~labels).sum() * 0.25) / len(values)
        assert benefit == pytest.approx(by_hand, abs=1e-12)


PROBABLE = [name for name, (_, scores) in MADE.items() if float(np.min(scores)) >= 0 and float(np.max(scores)) <= 1]


@pytest.mark.parametrize("name", PROBABLE)
def test_probabilities_are_judged_as_scikit_learn_and_isotonic_regression_do(name: str) -> None:
    labels, scores = MADE[name]
    values = np.asarray(scores, float)
    found = metrics.brier_score(labels, scores)
    assert found.value == pytest.approx(sk.brier_score_loss(labels, values), abs=1e-12)
    assert found.reliability - found.resolution + found.uncertainty == pytest.approx(found.value, abs=1e-12)
    ranks = np.unique(values, return_inverse=True)[1]  # of neighbouring floats the oracle makes one
    recalibrated = IsotonicRegression().fit(ranks, labels).predict(ranks)
    best = sk.brier_score_loss(labels, np.clip(recalibrated, 0, 1))
    assert found.reliability == pytest.approx(max(found.value - best, 0), abs=1e-9)
    if np.asarray(scores).dtype == np.float64:
        assert metrics.log_loss(labels, scores) == pytest.approx(sk.log_loss(labels, values, labels=[False, True]))
    error = metrics.calibration_error(labels, scores, bins=7, replicates=20)
    where = np.minimum((values * 7).astype(int), 6)
    by_hand = sum(
        abs(values[where == one].mean() - labels[where == one].mean()) * (where == one).mean() for one in set(where)
    )
    assert error.value == pytest.approx(by_hand, abs=1e-12)
    assert 0 <= error.debiased <= error.value + 1e-12


@pytest.mark.parametrize("concepts", range(2, 21))
def test_of_many_concepts_averages_matrices_and_adjusted_p_values_are_those_of_others(concepts: int) -> None:
    rng = np.random.default_rng(concepts)
    size = 40 * concepts
    label = rng.permutation(np.arange(size) % concepts)
    labels = np.eye(concepts, dtype=bool)[label]
    scores = np.round(rng.random((size, concepts)) + 0.4 * labels, 2)
    scores /= scores.sum(axis=1, keepdims=True)
    other = np.round(scores + 0.1 * rng.random(scores.shape), 2)
    macro = uncertainty.figure_interval(labels, scores)
    assert macro.value == pytest.approx(np.mean(sk.roc_auc_score(labels, scores, average=None)), abs=1e-12)
    assert macro.interval[0] <= macro.value <= macro.interval[1]
    micro = uncertainty.figure_interval(labels, scores, figure="f1", average="micro", threshold=0.1)
    assert micro.value == pytest.approx(sk.f1_score(labels, scores >= 0.1, average="micro"), abs=1e-12)
    top = metrics.crossed(labels, metrics.top_scored(scores, None))
    np.testing.assert_array_equal(top, sk.confusion_matrix(label, scores.argmax(1), labels=range(concepts)))
    p_values = [uncertainty.compare_auc(labels[:, k], scores[:, k], other[:, k]).p_value for k in range(concepts)]
    np.testing.assert_allclose(uncertainty.holm(p_values), multipletests(p_values, method="holm")[1], atol=1e-12)


@pytest.mark.parametrize("folds", range(2, 21))
def test_the_corrected_t_of_folds_is_that_of_scipy_with_nadeau_and_bengios_factor(folds: int) -> None:
    rng = np.random.default_rng(folds)
    first, second = rng.random(folds), rng.random(folds)
    sizes = rng.integers(20, 40, folds)
    found = uncertainty.compare_fold_values(first, second, sizes)
    change, share = second - first, sizes.mean() / (sizes.sum() - sizes.mean())
    error = math.sqrt((1 / folds + share) * change.var(ddof=1))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(change.mean()) / error, folds - 1))
    low, high = stats.t.interval(0.95, folds - 1, change.mean(), error)
    assert found.interval == pytest.approx((max(low, -1), min(high, 1)))


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 1), (1, 0), (5, 5), (0, 24), (12, 13), (3, 40), (200, 260)])
def test_mcnemar_is_statsmodels(one: int, other: int) -> None:
    found = uncertainty.mcnemar(one, other, one + other + 50)
    exact = contingency_tables.mcnemar([[25, one], [other, 25]], exact=True).pvalue
    if one + other < 25:
        assert found.p_value == pytest.approx(exact)
    else:  # mid-p: half of the outcome's own chance taken off on either side
        own = stats.binom.pmf(min(one, other), one + other, 0.5)
        assert found.p_value == pytest.approx(min(exact, 2 * stats.binom.cdf(min(one, other), one + other, 0.5)) - own)


@pytest.mark.parametrize("whole", [1, 2, 9, 10, 11, 37, 1000])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_intervals_of_proportions_are_statsmodels(whole: int, share: float) -> None:
    part = round(share * whole)
    wilson = sm_proportion.proportion_confint(part, whole, method="wilson")
    assert uncertainty.wilson_interval(part, whole) == pytest.approx(wilson, abs=1e-12)
    method = "beta" if whole < 10 else "agresti_coull"
    low, high = sm_proportion.proportion_confint(part, whole, method=method)
    assert uncertainty.proportion_interval(part, whole) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_score_that_is_no_number_is_refused_everywhere(bad: float, dtype: type) -> None:
    labels, scores = np.arange(20) % 2 == 0, np.linspace(0, 1, 20).astype(dtype)
    scores[7] = bad
    calls = (
        lambda: metrics.counts(labels, scores),
        lambda: uncertainty.figure_interval(labels, scores),
        lambda: uncertainty.compare_figure(labels, scores, scores),
        lambda: uncertainty.compare_decisions(labels, scores, scores),
        lambda: uncertainty.clustered_auc(labels, scores, np.arange(20)),
        lambda: uncertainty.cluster_bootstrap(labels, scores, np.arange(20), metrics.roc_auc),
        lambda: uncertainty.cross_validated_auc(labels, scores, np.arange(20) % 2),
        lambda: uncertainty.inputs_needed(labels, scores, scores),
        lambda: operating_point.cheapest_threshold(labels, scores),
        lambda: operating_point.cross_fitted(labels, scores, np.arange(20) % 2, maximize="f1"),
        lambda: metrics.brier_score(labels, scores),
        lambda: metrics.calibration_error(labels, scores),
    )
    for call in calls:
        with pytest.raises(ValueError, match=r"finite|row 7|[Pp]robabilit"):
            call()


@EACH
def test_groups_of_one_input_give_what_independent_inputs_do(name: str) -> None:
    labels, scores = MADE[name]
    values = np.asarray(scores, float)
    alone = np.random.default_rng(1).permutation(len(values))
    found = uncertainty.clustered_auc(labels, values, alone)
    plain = uncertainty.delong(metrics.counts(labels, values))
    assert found.value == pytest.approx(plain.roc_auc, abs=1e-12)
    if not found.reason:
        assert found.standard_error**2 == pytest.approx(plain.variance, rel=0.12, abs=1e-12)
    found = uncertainty.compare_auc_clustered(labels, values, -values, alone)
    assert found.difference == pytest.approx(1 - 2 * plain.roc_auc, abs=1e-12)
    assert math.isnan(found.p_value) == bool(found.reason)
