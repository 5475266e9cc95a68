"""Before an evaluation has ended, its intervals and tests hold at every look, and say so."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation, uncertainty
from clarifai_eval_widget.evaluation.looking import AT_EVERY_LOOK, AT_THIS_LOOK
from clarifai_eval_widget.evaluation.versus import versus
from clarifai_eval_widget.terms import EVALUATED

PLANNED = 2000


def scored(seed=0, *, size=600, noise=1.0, folds=None):
    rng = np.random.default_rng(7)
    classes = rng.integers(0, 3, size)
    labels = np.eye(3, dtype=bool)[classes]
    own = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-(2 * labels - 1 + noise * own.normal(size=labels.shape) * 1.3)))
    return Evaluation.from_scores(labels, scores, ["a", "b", "c"], [f"i{n}" for n in range(size)], folds)


def as_sent(evaluation, *, complete, **told):
    """The evaluation as a server sends it, ended or not."""
    read = Evaluation.from_proto(evaluation.to_proto())
    code = EVALUATED if complete else 21303
    return Evaluation.from_data(replace(read, info=replace(read.info, status_code=code, **told)))


@pytest.fixture
def so_far():
    return as_sent(scored(), complete=False, inputs=PLANNED, inputs_done=600)


@pytest.fixture
def ended():
    return as_sent(scored(), complete=True, inputs=600, inputs_done=600)


def test_an_interval_of_a_part_is_that_of_the_level_all_looks_together_ask_for(so_far, ended):
    level = uncertainty.sequential_level(600 / PLANNED)
    part, whole = so_far.roc_auc_interval("a"), ended.roc_auc_interval("a", level)
    assert part.interval == whole.interval
    assert part.confidence_level == 0.95
    assert part.method == whole.method + AT_EVERY_LOOK
    assert so_far.figure_interval().interval == ended.figure_interval(confidence_level=level).interval
    assert so_far.figure_interval().method.endswith(AT_EVERY_LOOK)
    assert AT_EVERY_LOOK not in ended.roc_auc_interval("a").method
    assert (so_far.roc_auc_intervals()["method"].str.endswith(AT_EVERY_LOOK)).all()


def test_folds_so_far_share_the_level_among_all_looks():
    evaluation = scored(folds=np.arange(600) % 3 + 1)
    part = as_sent(evaluation, complete=False, folds=5, folds_done=3, use_kfold=True)
    whole = as_sent(evaluation, complete=True, folds=5, folds_done=5, use_kfold=True)
    assert part.roc_auc_interval("b").interval == whole.roc_auc_interval("b", 0.99).interval


def test_a_paired_test_of_a_part_is_wider_and_its_p_value_larger_and_both_agree(so_far, ended):
    other = scored(1, noise=1.2)
    part, whole = other.compare(so_far), other.compare(ended)
    assert (part["p_value"] > whole["p_value"]).all()
    assert (part["low"] < whole["low"]).all()
    assert (part["low_all"] < whole["low_all"]).iloc[:-1].all()
    assert part["method"].str.contains(AT_EVERY_LOOK, regex=False).all()
    left_out = (part["low"] > 0) | (part["high"] < 0)
    assert (left_out == (part["p_value"] < 0.05)).all()
    assert other.compare_overall(so_far).confidence_level == 0.95


@pytest.mark.parametrize("groups", [None, np.arange(600) // 3])
def test_every_interval_of_a_part_holds_at_every_look_and_says_so(groups):
    whole = as_sent(scored(), complete=True, inputs=600)
    whole = Evaluation.from_data(replace(whole, groups=groups))
    part = Evaluation.from_data(
        replace(whole, info=replace(whole.info, status_code=21303, inputs=PLANNED, inputs_done=600))
    )
    level = uncertainty.sequential_level(600 / PLANNED)
    point, expected = (
        part.operating_point("a", maximize="f1"),
        whole.operating_point("a", confidence_level=level, maximize="f1"),
    )
    assert point.interval == expected.interval
    assert point.recall_interval == expected.recall_interval
    assert point.confidence_level == 0.95
    assert point.note == (
        expected.note + "; its intervals hold at every look while it runs, the threshold's at this one alone"
    )
    assert point.threshold_interval == whole.operating_point("a", maximize="f1").threshold_interval
    assert part.operating_points(maximize="f1")["a"] == point
    assert part.cross_fitted_point("a", maximize="f1").chosen == point
    band = {"band": (0.3, 0.6)}
    assert (
        part.abstain_point("a", **band).error_interval
        == whole.abstain_point("a", **band, confidence_level=level).error_interval
    )
    for found, ended in (
        (part.partial_auc(0.2), whole.partial_auc(0.2, confidence_level=level)),
        (part.precision_at_k(20), whole.precision_at_k(20, confidence_level=level)),
    ):
        assert found[["low", "high"]].equals(ended[["low", "high"]])
        assert (found["method"] == ended["method"] + AT_EVERY_LOOK).all()
    deployed = np.random.default_rng(4).random(80)
    found = part.deployment_prevalence("a", deployed)
    expected = whole.deployment_prevalence("a", deployed, confidence_level=level)
    assert found == replace(expected, confidence_level=0.95, method=expected.method + AT_EVERY_LOOK)
    bins, plain = part.calibration_curve("a", bins=4), whole.calibration_curve("a", bins=4)
    assert (bins["low"] < plain["low"]).all()
    assert (bins["method"] == plain["method"] + AT_EVERY_LOOK).all()


def test_decisions_of_a_part_are_compared_so_that_one_may_look_before_the_end(so_far, ended):
    other = scored(1, noise=1.2)
    level = uncertainty.sequential_level(600 / PLANNED)
    part, whole = other.compare_decisions(so_far, "a"), other.compare_decisions(ended, "a")
    assert part.p_value > whole.p_value
    assert part.interval == other.compare_decisions(ended, "a", confidence_level=level).interval
    assert part.confidence_level == 0.95
    assert part.method == whole.method + AT_EVERY_LOOK


def test_two_that_have_not_ended_say_it_once_and_pay_for_it_once(so_far):
    other = as_sent(scored(1, noise=1.2), complete=False, inputs=PLANNED, inputs_done=600)
    both, one = other.compare(so_far), scored(1, noise=1.2).compare(so_far)
    assert (both["p_value"] == one["p_value"]).all()
    assert (both["method"] == one["method"]).all()


def test_a_guarantee_given_before_the_end_holds_at_every_look(so_far, ended):
    level = uncertainty.sequential_level(600 / PLANNED)
    bound = {"guarantee": 0.9, "min_precision": 0.6}
    now = ended.operating_point("a", guarantee=uncertainty.sequential_level(600 / PLANNED, 0.9), min_precision=0.6)
    found = so_far.operating_point("a", **bound)
    assert found.threshold == now.threshold > ended.operating_point("a", **bound).threshold
    assert found.guarantee == 0.9
    at = uncertainty.proportion_interval(found.tp, found.tp + found.fn, confidence_level=level)
    assert found.recall_interval == pytest.approx(at)
    assert "at every look" in found.note
    assert so_far.operating_points(["a"], **bound)["a"] == found
    band, at_end = (
        one.abstain_point("a", max_error=0.3, guarantee=given)
        for one, given in ((so_far, 0.9), (ended, uncertainty.sequential_level(600 / PLANNED, 0.9)))
    )
    assert (band.low, band.high, band.guarantee) == (at_end.low, at_end.high, 0.9)
    assert band.method.endswith(AT_EVERY_LOOK)
    with pytest.raises(ValueError, match="guarantee=-1"):
        so_far.operating_point("a", guarantee=-1, min_precision=0.6)


def test_what_does_not_hold_at_every_look_says_so(so_far, ended):
    part, whole = (one.threshold_intervals(["a"], maximize="f1", replicates=50) for one in (so_far, ended))
    assert part["method"].tolist() == [whole["method"]["a"] + AT_THIS_LOOK]
    assert part["low"].tolist() == whole["low"].tolist()


def test_the_calibration_line_of_a_part_holds_at_every_look(so_far, ended):
    level = uncertainty.sequential_level(600 / PLANNED)
    part, whole = (one.probability_scores(replicates=20).loc["a"] for one in (so_far, ended))
    normal = NormalDist()
    wider = normal.inv_cdf(0.5 + level / 2) / normal.inv_cdf(0.975)
    for name in ("slope", "intercept"):
        widths = [one[f"{name}_high"] - one[f"{name}_low"] for one in (part, whole)]
        assert widths[0] == pytest.approx(wider * widths[1])


def test_a_drop_between_other_inputs_says_that_it_holds_at_every_look(so_far):
    other = scored(1)
    apart = Evaluation.from_scores(other.label_array, other.score_array, ["a", "b", "c"], [f"j{n}" for n in range(600)])
    found = versus(so_far, apart)
    assert found.overall.confidence_level == 0.95
    assert found.overall.method.endswith(AT_EVERY_LOOK)
    assert found.table["method"].str.endswith(AT_EVERY_LOOK).all()
    assert not versus(scored(), apart).overall.method.endswith(AT_EVERY_LOOK)


@pytest.mark.parametrize("inputs", [2000, 6000, 60000])
def test_an_interval_made_of_draws_goes_on_widening_where_their_farthest_ends(inputs):
    groups = np.arange(600) // 3
    whole = Evaluation.from_data(replace(as_sent(scored(), complete=True, inputs=600), groups=groups))
    part = Evaluation.from_data(
        replace(whole, info=replace(whole.info, status_code=21303, inputs=inputs, inputs_done=600))
    )
    reach = NormalDist().inv_cdf(0.5 + uncertainty.sequential_level(600 / inputs) / 2)
    scale = reach / NormalDist().inv_cdf(0.975)
    costs = {"fp_cost": 1, "fn_cost": 5}
    for now, ended in (
        (part.operating_point("a", **costs).interval, whole.operating_point("a", **costs).interval),
        *(zip(*(one.partial_auc(0.3)[["low", "high"]].to_numpy() for one in (part, whole)), strict=True)),
    ):
        assert now[1] - now[0] > 0.8 * scale * (ended[1] - ended[0])
