"""One figure over all concepts: influences against finite differences, tests against DeLong and against simulation."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from clarifai_eval_widget import uncertainty
from clarifai_eval_widget.uncertainty import influence


def table(inputs: int = 120, concepts: int = 3, seed: int = 0, digits: int = 1) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    labels = np.eye(concepts, dtype=bool)[rng.integers(concepts, size=inputs)]
    shared = rng.normal(size=labels.shape)
    first, second = (np.round(shared + rng.normal(size=labels.shape) + 1.5 * labels, digits) for _ in range(2))
    return labels, first, second


@pytest.mark.parametrize("digits", [1, 6])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (influence.f1_influence, lambda y, s, **more: sk.f1_score(y, s >= 0.5, **more)),
        (influence.roc_auc_influence, sk.roc_auc_score),
    ],
)
def test_an_inputs_influence_is_the_derivative_of_the_figure_by_its_weight(ours, theirs, digits: int) -> None:  # type: ignore[no-untyped-def]
    labels, scores = (array[:, 0] for array in table(digits=digits)[:2])
    found, step = ours(labels, scores, 0.5), 1e-6
    assert found.value == pytest.approx(theirs(labels, scores))
    slopes = []
    for row in range(len(labels)):
        weights = np.ones(len(labels))
        weights[row] += step
        slopes.append((theirs(labels, scores, sample_weight=weights) - found.value) / step)
    if ours is influence.roc_auc_influence:  # scaled to DeLong's divisors, class by class
        sizes = np.where(labels, labels.sum(), (~labels).sum())
        scale = np.sqrt(sizes / (sizes - 1))
    else:
        scale = np.full(len(labels), math.sqrt(len(labels) / (len(labels) - 1)))
    np.testing.assert_allclose(found.moved, np.array(slopes) * scale, atol=1e-7)


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_an_inputs_influence_on_average_precision_is_what_leaving_it_out_changes(digits: int) -> None:
    labels, scores = (array[:, 0] for array in table(inputs=60, digits=digits)[:2])
    found, others = influence.average_precision_influence(labels, scores, 0.5), ~np.eye(60, dtype=bool)
    left = np.array([sk.average_precision_score(labels[rows], scores[rows]) for rows in others])
    assert found.value == pytest.approx(sk.average_precision_score(labels, scores))
    np.testing.assert_allclose(found.moved, (left.mean() - left) * math.sqrt(59 / 60), atol=1e-14)


def test_two_equally_good_scorings_are_rejected_no_more_often_than_said() -> None:
    rng, rejected = np.random.default_rng(5), []
    for _ in range(400):  # the infinitesimal jackknife rejects 8.5 % of these, 6.6 % of many more
        labels = np.eye(10, dtype=bool)[rng.integers(10, size=120)]
        pair = [rng.normal(size=labels.shape) + 2 * labels for _ in range(2)]
        rejected.append(uncertainty.compare_figure(labels, *pair, figure="average_precision").p_value < 0.05)
    assert np.mean(rejected) < 0.065


def test_of_one_concept_the_macro_test_is_delongs() -> None:
    labels, first, second = (array[:, 0] for array in table())
    ours, theirs = (f(labels, first, second) for f in (uncertainty.compare_macro_auc, uncertainty.compare_auc))
    assert ours.difference == pytest.approx(theirs.difference, abs=1e-12)
    assert ours.standard_error == pytest.approx(theirs.standard_error, rel=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-9)
    assert ours.interval == pytest.approx(theirs.interval)


def test_the_macro_variance_holds_every_covariance_of_the_concepts_placements() -> None:
    labels, first, second = table()
    sizes, concepts = len(labels), labels.shape[1]
    moved = np.zeros((sizes, concepts))
    for k in range(concepts):
        y = labels[:, k]
        for scores, sign in ((second[:, k], 1), (first[:, k], -1)):
            psi = (scores[y][:, None] > scores[~y]) + 0.5 * (scores[y][:, None] == scores[~y])
            m, n = psi.shape
            moved[y, k] += sign * (psi.mean(axis=1) - psi.mean()) / math.sqrt(m * (m - 1))
            moved[~y, k] += sign * (psi.mean(axis=0) - psi.mean()) / math.sqrt(n * (n - 1))
    covariance = moved.T @ moved  # (K, K), its diagonal DeLong's variances
    single = [uncertainty.compare_auc(labels[:, k], first[:, k], second[:, k]) for k in range(concepts)]
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), [one.standard_error for one in single])
    found = uncertainty.compare_macro_auc(labels, first, second)
    assert found.standard_error == pytest.approx(math.sqrt(covariance.sum()) / concepts)
    assert found.difference == pytest.approx(np.mean([one.difference for one in single]))
    assert (found.figure, found.units) == ("macro roc_auc", concepts)


@pytest.mark.parametrize("figure", ["roc_auc", "average_precision", "f1"])
def test_figures_are_scikit_learns_macro_and_micro(figure: str) -> None:
    labels, scores, _ = table()
    oracle = {
        "roc_auc": sk.roc_auc_score,
        "average_precision": sk.average_precision_score,
        "f1": lambda y, s, average: sk.f1_score(y, s >= 0.5, average=average),
    }[figure]
    for average in ("macro", "micro"):
        found = uncertainty.figure_interval(labels, scores, figure=figure, average=average)
        assert found.value == pytest.approx(oracle(labels, scores, average=average))
        assert found.figure == f"{average} {figure}"
        assert 0 < found.interval[0] < found.value < found.interval[1] < 1
        exact = "" if figure == "average_precision" else "infinitesimal "
        assert found.method == f"{exact}jackknife, logit-transformed"


@pytest.mark.parametrize("figure", ["roc_auc", "average_precision", "f1"])
@pytest.mark.parametrize("average", ["macro", "micro"])
def test_the_jackknifes_error_is_that_of_a_bootstrap_of_inputs(figure: str, average: str) -> None:
    labels, first, second = table(inputs=300, digits=6)
    rng = np.random.default_rng(1)
    options = {"figure": figure, "average": average}
    drawn = []
    for _ in range(400):
        rows = rng.integers(len(labels), size=len(labels))
        drawn.append(uncertainty.compare_figure(labels[rows], first[rows], second[rows], **options).difference)
    found = uncertainty.compare_figure(labels, first, second, **options)
    assert found.standard_error == pytest.approx(np.std(drawn), rel=0.15)


def test_two_alike_scorings_differ_by_nothing_and_exchange_turns_the_sign() -> None:
    labels, first, second = table()
    for figure in ("roc_auc", "average_precision", "f1"):
        same = uncertainty.compare_figure(labels, first, first.copy(), figure=figure)
        assert (same.difference, same.statistic, same.p_value) == (0.0, 0.0, 1.0)
        there, back = (
            uncertainty.compare_figure(labels, *pair, figure=figure) for pair in ((first, second), (second, first))
        )
        assert back.difference == -there.difference
        assert back.p_value == pytest.approx(there.p_value)


def test_concepts_without_a_class_are_left_out_of_both_sides() -> None:
    labels, first, second = table()
    wide = np.column_stack([labels, np.zeros(len(labels), bool)])
    padded = [np.column_stack([scores, scores[:, 0]]) for scores in (first, second)]
    found = uncertainty.compare_macro_auc(wide, *padded)
    assert found.units == 3
    assert found.difference == uncertainty.compare_macro_auc(labels, first, second).difference
    none = uncertainty.compare_macro_auc(np.zeros((5, 2)), np.zeros((5, 2)), np.zeros((5, 2)))
    assert none.reason == "no positives"
    assert math.isnan(none.p_value)


def test_decisions_that_are_not_known_are_left_out() -> None:
    labels, first, second = table()
    known = np.ones(labels.shape, bool)
    known[:20, 1] = False
    found = uncertainty.compare_figure(labels, first, second, known=known)
    aucs = [
        uncertainty.compare_auc(labels[known[:, k], k], first[known[:, k], k], second[known[:, k], k]) for k in range(3)
    ]
    assert found.difference == pytest.approx(np.mean([one.difference for one in aucs]))
    pooled = uncertainty.figure_interval(labels, first, average="micro", known=known)
    assert pooled.value == pytest.approx(sk.roc_auc_score(labels[known], first[known]))


def test_groups_of_one_change_nothing_but_students_quantile_and_copies_do_not_add_certainty() -> None:
    labels, first, second = table()
    plain = uncertainty.compare_macro_auc(labels, first, second)
    alone = uncertainty.compare_macro_auc(labels, first, second, groups=np.arange(120))
    assert alone.standard_error == pytest.approx(plain.standard_error, rel=0.01)
    thrice = [np.repeat(array, 3, axis=0) for array in (labels, first, second)]
    copied = uncertainty.compare_macro_auc(*thrice, groups=np.repeat(np.arange(120), 3))
    assert copied.standard_error == pytest.approx(plain.standard_error, rel=0.02)
    assert uncertainty.compare_macro_auc(*thrice).standard_error < 0.7 * plain.standard_error


@pytest.mark.parametrize("figure", ["f1", "average_precision"])
def test_groups_of_one_to_forty_inputs_are_not_taken_for_as_many_alike(figure: str) -> None:
    shift, share, held = 1.8, 0.1, []
    cut = shift - 0.5
    grid = np.linspace(10, -8, 20001)
    recall, fpr = stats.norm.sf(grid - shift), stats.norm.sf(grid)
    precision = share * recall / (share * recall + (1 - share) * fpr)
    truth = float(np.trapezoid(precision, recall))
    if figure == "f1":
        true, false = share * stats.norm.sf(cut - shift), (1 - share) * stats.norm.sf(cut)
        truth = 2 * true / (true + false + share)
    for seed in range(300):
        rng = np.random.default_rng(seed)
        of = np.repeat(np.arange(80), np.clip(np.round(2 * rng.pareto(1.2, 80)), 1, 40).astype(int))
        labels = rng.random(len(of)) < rng.beta(0.3, 2.7, 80)[of]
        scores = np.sqrt(0.8) * rng.normal(size=80)[of] + np.sqrt(0.2) * rng.normal(size=len(of)) + shift * labels
        if labels.sum() >= 20:
            found = uncertainty.figure_interval(labels, scores, figure=figure, threshold=cut, groups=of)
            held.append(found.interval[0] <= truth <= found.interval[1])
    assert len(held) > 250
    assert np.mean(held) >= 0.92


def test_intervals_of_rare_concepts_hold_their_level() -> None:
    rng = np.random.default_rng(2)
    held = {"roc_auc": 0, "average_precision": 0}
    truth = {"roc_auc": 0.9615, "average_precision": 0.8018}  # of shift 2.5; the second at ten negatives a positive
    for _ in range(200):
        labels = rng.permuted(np.tile(np.arange(275) < 25, (3, 1)), axis=1).T
        scores = rng.normal(size=labels.shape) + 2.5 * labels
        for figure in held:
            low, high = uncertainty.figure_interval(labels, scores, figure=figure).interval
            held[figure] += low <= truth[figure] <= high
    assert min(held.values()) >= 180


def test_average_precision_of_few_positives_gets_no_interval() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(100) < 19
    found = uncertainty.figure_interval(labels, rng.normal(size=100) + labels, figure="average_precision")
    assert found.reason == "too few positives to say: 19 of one concept, and an interval needs 20"
    assert np.isnan(found.interval).all()
    assert found.figure == "average_precision"


def test_a_perfect_separation_is_not_taken_as_certain() -> None:
    labels = np.arange(100) < 30
    for figure in ("roc_auc", "average_precision"):
        low, high = uncertainty.figure_interval(labels, labels.astype(float), figure=figure).interval
        assert 0.8 < low < 0.95
        assert high == 1.0


def test_unknown_names_and_shapes_are_refused() -> None:
    labels, first, second = table()
    for options, match in (
        ({"figure": "gini"}, "figure='gini'"),
        ({"average": "weighted"}, "average='weighted'"),
        ({"known": [True]}, "known must have"),
        ({"groups": [1]}, "groups must hold"),
    ):
        with pytest.raises(ValueError, match=match):
            uncertainty.compare_figure(labels, first, second, **options)
    first[3, 1] = math.inf
    with pytest.raises(ValueError, match="row 3, column 1, is inf"):
        uncertainty.compare_figure(labels, first, second)


@pytest.mark.parametrize("auc", [0.98, 0.999])
def test_a_macro_auc_near_one_has_an_interval_that_holds_and_says_something(auc):
    rng = np.random.default_rng(5)
    distance = math.sqrt(2) * NormalDist().inv_cdf(auc)
    labels = np.arange(60)[:, None] % 3 == np.arange(3)
    held, widths = [], []
    for _ in range(60):
        low, high = uncertainty.figure_interval(labels, rng.normal(size=(60, 3)) + distance * labels).interval
        held.append(low <= auc <= high)
        widths.append(high - low)
    assert np.mean(held) > 0.9
    assert max(widths) < 0.25


@pytest.mark.parametrize(("num_pos", "num_neg", "shift", "truth"), [(30, 270, 4.5, 0.9947), (20, 200, 5.0, 0.9982)])
def test_an_average_precision_near_one_has_an_interval_that_holds_and_says_something(num_pos, num_neg, shift, truth):
    rng = np.random.default_rng(3)
    labels = np.arange(num_pos + num_neg) < num_pos
    held, widths = [], []
    for _ in range(80):
        scores = rng.normal(size=len(labels)) + shift * labels
        low, high = uncertainty.figure_interval(labels, scores, figure="average_precision").interval
        held.append(low <= truth <= high)
        widths.append(high - low)
    assert np.mean(held) > 0.9
    assert max(widths) < 0.35


@pytest.mark.parametrize("average", ["macro", "micro"])
def test_an_f1_of_few_wrong_decisions_is_not_taken_as_certain(average: str) -> None:
    rng, held = np.random.default_rng(6), []
    rate = NormalDist().cdf(2.0)  # of both classes right, a third of the inputs positive
    truth = 2 * rate / (rate + 1 + 2 * (1 - rate))  # 2 tp / (2 tp + fp + fn), each over the number of positives
    for _ in range(250):
        labels = np.eye(3, dtype=bool)[rng.integers(3, size=60)]
        scores = rng.normal(size=labels.shape) + 4 * labels
        found = uncertainty.figure_interval(labels, scores, figure="f1", average=average, threshold=2.0)
        held.append(found.interval[0] <= truth <= found.interval[1])
        assert found.interval[1] - found.interval[0] < 0.3
    assert np.mean(held) >= 0.92
    perfect = uncertainty.figure_interval(labels, labels.astype(float), figure="f1", average=average)
    assert perfect.interval[0] < 0.99
    assert perfect.interval[1] == 1.0
