"""What follows from an evaluation for the model at work, each figure that of its own room, with its conditions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from clarifai_eval_widget import metrics
from clarifai_eval_widget import operating_point as points
from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.operating_point import GuaranteedPoint, InfeasibleError
from tests.evaluation.test_intervals import FOLDS, NAMES, made


@pytest.fixture(scope="module")
def e():
    return made(folds=FOLDS)


def test_a_threshold_can_come_with_a_guarantee(e):
    found = e.operating_point("a", min_recall=0.8, guarantee=0.95)
    assert isinstance(found, GuaranteedPoint)
    assert found == points.guaranteed_point(e.counts("a"), min_recall=0.8, guarantee=0.95)
    assert found.threshold < e.operating_point("a", min_recall=0.8).threshold
    assert set(e.operating_points(min_recall=0.8, guarantee=0.95)) == set(NAMES)


def test_a_guarantee_that_no_threshold_can_give_is_refused_with_the_nearest(e):
    with pytest.raises(InfeasibleError, match=r"the nearest to precision ≥ 0\.999 is threshold"):
        e.operating_point("a", min_precision=0.999, guarantee=0.95)
    with pytest.raises(InfeasibleError, match=r"No threshold qualifies for a, b, c\. a: .*nearest"):
        e.operating_points(min_precision=0.999, guarantee=0.95)
    assert e.operating_points(min_precision=0.999, guarantee=0.95, infeasible="skip") == {}


def test_deployed_scores_that_cannot_be_the_models_are_refused(e):
    with pytest.raises(ValueError, match=r"The deployed score 2\.5 lies outside 0 to 1"):
        e.deployment_prevalence("a", [0.2, 2.5])


def test_of_inputs_in_groups_no_calibration_is_called_worse_than_chance():
    rng = np.random.default_rng(0)
    scores = rng.random(60)
    labels, groups = rng.random(60) < scores, np.arange(60)
    once = Evaluation.from_scores(labels, scores, concepts=["a"]).probability_scores().loc["a"]
    five = (
        Evaluation.from_scores(labels.repeat(5), scores.repeat(5), concepts=["a"], groups=groups.repeat(5))
        .probability_scores()
        .loc["a"]
    )
    assert five[["brier", "calibration_error", "slope"]].tolist() == pytest.approx(
        once[["brier", "calibration_error", "slope"]].tolist()
    )
    assert once[["p_value", "slope_low", "calibration_error_debiased"]].notna().all()
    assert five[["p_value", "slope_low", "calibration_error_debiased"]].isna().all()
    assert five["reason"].startswith("inputs come in groups")


def test_chosen_thresholds_have_an_interval(e):
    frame = e.threshold_intervals(maximize="f1", replicates=200)
    expected = points.threshold_interval(e.counts("b"), maximize="f1", replicates=200)
    assert frame.loc["b", ["threshold", "low", "high"]].tolist() == [expected.threshold, expected.low, expected.high]
    assert frame["conditions"].tolist() == ["CEW002"] * 3
    assert (frame["low"] <= frame["threshold"]).all()


def test_a_band_in_which_nothing_is_decided_trades_coverage_for_error(e):
    found = e.abstain_point("a", max_error=0.05)
    assert found == points.choose_abstain(e.counts("a"), max_error=0.05)
    assert e.abstain_point("a", band=(found.low, found.high)) == found
    curve = e.abstain_curve("a")
    assert (np.diff(curve["coverage"]) <= 0).all()
    assert curve.attrs["conditions"] == "CEW002"
    with pytest.raises(ValueError, match="Give one of"):
        e.abstain_point("a")


def test_a_band_of_inputs_in_groups_names_the_method_that_knows_them(e):
    grouped = Evaluation.from_scores(e.label_array, e.score_array, e.concepts, groups=np.arange(e.num_inputs) // 2)
    for options in ({"max_error": 0.05}, {"band": (0.3, 0.6)}):
        assert grouped.abstain_point("a", **options).method.endswith("for the effective sizes of 150 groups")
        assert e.abstain_point("a", **options).method == "Agresti-Coull (exact below 10)"


def test_rejected_inputs_are_a_column_of_the_matrix(e):
    matrix = e.rejecting_matrix(0.6)
    assert list(matrix) == [*NAMES, "rejected"]
    rejected = e.score_array.max(axis=1) < 0.6
    assert matrix["rejected"].tolist() == e.label_array[rejected].sum(axis=0).tolist()
    assert matrix.to_numpy().sum() == e.label_array.sum()


def test_inputs_without_a_label_take_part_in_no_decision():
    labels = [["a"], [], ["b"], ["b"]]
    e = Evaluation.from_scores(labels, [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.6, 0.4]], ["a", "b"])
    assert e.rejecting_matrix(0.7).to_numpy().tolist() == [[1, 0, 0], [0, 1, 1]]
    costs = e.cheapest_threshold("a", fn_cost=np.array([5.0, 1.0, 1.0, 1.0]))
    assert costs.threshold == 0.9
    with pytest.raises(ValueError, match="shape"):
        e.cheapest_threshold("a", fn_cost=[1.0, 2.0])


def test_the_decision_curve_and_the_deployed_prevalence_are_those_of_the_counts(e):
    frame = e.net_benefit("a", [0.2, 0.5])
    expected = points.net_benefit(e.counts("a"), [0.2, 0.5])
    assert frame["model"].tolist() == expected.model.tolist()
    assert frame["nothing"].tolist() == [0, 0]
    deployed = e.score_array[:150, 0]
    assert e.deployment_prevalence("a", deployed) == points.prevalence_by_shift(e.counts("a"), deployed)


@pytest.mark.parametrize("name", ["partial_auc", "tpr_at_fpr", "precision_at_k"])
def test_figures_of_a_part_of_the_curve_have_an_interval_each(e, name):
    at = 20 if name == "precision_at_k" else 0.1
    frame = getattr(e, name)(at)
    expected = [getattr(points, name)(e.counts(one), at) for one in NAMES]
    assert frame["value"].tolist() == [one.value for one in expected]
    assert frame["low"].tolist() == [one.interval[0] for one in expected]
    assert frame["conditions"].tolist() == ["CEW002"] * 3


def test_scores_are_judged_as_probabilities(e):
    frame = e.probability_scores()
    for column, name in enumerate(NAMES):
        labels, scores = e.label_array[:, column], e.score_array[:, column]
        assert frame.loc[name, "brier"] == pytest.approx(brier_score_loss(labels, scores))
        assert frame.loc[name, "log_loss"] == pytest.approx(log_loss(labels, scores))
        assert frame.loc[name, "slope"] == metrics.calibration_line(labels, scores).slope
    parts = frame["reliability"] - frame["resolution"] + frame["uncertainty"]
    np.testing.assert_allclose(parts, frame["brier"])
    assert (frame["calibration_error_if_calibrated"] > 0).all()


def test_the_reliability_figure_says_what_the_error_would_be_of_calibrated_scores():
    rng = np.random.default_rng(1)
    scores = rng.random(100)
    e = Evaluation.from_scores(rng.random(100) < scores, scores)
    found = metrics.calibration_error(e.label_array[:, 0], scores)
    words = e.plot_reliability("True").caption_.get_text().replace("\n", " ")
    assert f"of calibrated scores about {found.expected_when_calibrated:.3f}" in words


def test_of_too_few_places_there_is_no_interval_in_groups_either():
    rng = np.random.default_rng(2)
    labels = rng.random(200) < 0.3
    scores = np.clip(0.4 * rng.random(200) + 0.4 * labels, 0, 1)
    for groups in (None, np.arange(200) // 4):
        row = Evaluation.from_scores(labels, scores, concepts=["x"], groups=groups).precision_at_k(3).loc["x"]
        assert row["value"] == 1.0
        assert np.isnan([row["low"], row["high"]]).all()
        assert row["reason"].endswith("it takes k = 4")
