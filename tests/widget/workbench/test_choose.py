"""What a criterion's button shows is what Python's own choice gives."""

import re
from typing import get_args

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import NotFoundError, RequirementsError
from clarifai_eval_widget.operating_point import InfeasibleError
from clarifai_eval_widget.operating_point.criterion import Maximize, Objective
from clarifai_eval_widget.widget.workbench.panels import all_panels, choose
from tests.widget import golden

FIELDS = {
    "recall": 0.9,
    "precision": 0.75,
    "fpr": 0.2,
    "beta": 2.0,
    "fp_cost": 1.0,
    "fn_cost": 5.0,
    "guarantee": 0.9,
    "prevalence": None,
}


def test_every_criterion_there_is_is_offered_and_what_it_measures_has_a_name():
    offers = choose._asked(FIELDS)
    assert {one.keywords["maximize"] for one in offers.values() if "maximize" in one.keywords} == set(
        get_args(Maximize)
    )
    assert choose._OBJECTIVES.keys() == set(get_args(Objective))


def offered(evaluation, concept, **fields):
    section = all_panels()["choose"].encode(evaluation, {"concept": concept} | FIELDS | fields)
    offers = {one["name"]: one for one in section.head["offers"]}
    rows = section.arrays["thresholds"].reshape(len(offers), -1)
    return offers, dict(zip(offers, rows.tolist(), strict=True))


def keywords(offer):
    return eval(f"dict({offer['python']})")


@pytest.mark.parametrize("prevalence", [None, 0.02])
@pytest.mark.parametrize("make", [golden.cross_validated, golden.given, golden.co_labelled])
def test_every_offer_is_what_its_python_gives(make, prevalence):
    evaluation = make()
    for concept in evaluation.concepts:
        offers, thresholds = offered(evaluation, concept, prevalence=prevalence)
        assert len(offers) == 12
        for name, offer in offers.items():
            if offer["reason"]:
                assert np.isnan(thresholds[name]).all()
                with pytest.raises((InfeasibleError, ValueError), match=re.escape(offer["reason"])):
                    evaluation.operating_point(concept, **keywords(offer))
                continue
            point = evaluation.operating_point(concept, **keywords(offer))
            assert min(point.threshold, 1.0) == thresholds[name][0]
            for rate in ("precision", "recall", "f1", "fpr", "value"):
                wanted = getattr(point, rate)
                assert offer[rate] == (None if np.isnan(wanted) else pytest.approx(wanted))


def test_the_estimate_beside_an_offer_is_the_cross_fitted_one():
    evaluation = golden.cross_validated()
    offers, _ = offered(evaluation, "cat")
    for name in ("f1", "recall", "cost", "equal_error_rate"):
        estimate = evaluation.cross_fitted_point("cat", **keywords(offers[name]))
        assert offers[name]["honest"] == pytest.approx(estimate.value)
        assert offers[name]["honest_spread"] == pytest.approx(estimate.std)
    assert offers["recall_guaranteed"]["honest"] is None
    assert "needs no second measurement" in offers["recall_guaranteed"]["honest_reason"]


@pytest.mark.parametrize("make", [golden.cross_validated, golden.given])
def test_beside_a_threshold_stands_how_far_it_would_move(make):
    evaluation = make()
    concept = evaluation.concepts[0]
    offers, _ = offered(evaluation, concept)
    told = 0
    for offer in offers.values():
        if offer["reason"]:
            assert offer["threshold_low"] is offer["threshold_high"] is None
            continue
        moves = evaluation.operating_point(concept, **keywords(offer)).threshold_interval
        told += 1
        assert offer["threshold_reason"] == moves.reason
        if moves.reason:
            assert offer["threshold_low"] is offer["threshold_high"] is None
            continue
        assert (offer["threshold_low"], offer["threshold_high"]) == (moves.low, moves.high)
        assert offer["threshold_method"] == moves.method + (", 200 resamples" if moves.replicates else "")
    assert told >= 5
    for offer in offered(evaluation, None)[0].values():
        assert offer["threshold_low"] is None
        assert "every concept has its own threshold" in offer["threshold_reason"]


def test_a_guaranteed_threshold_and_one_of_a_part_of_the_results_have_their_interval_too(monkeypatch):
    rng = np.random.default_rng(0)
    labels = rng.random(400) < 0.5
    scores = np.clip(rng.normal(0.3 + 0.4 * labels, 0.15), 0, 1)
    monkeypatch.setattr(choose, "_MOST_DECISIONS", 100)
    offers, _ = offered(Evaluation.from_scores(labels, scores, concepts=["a"]), "a", recall=0.7)
    assert "too many decisions" in offers["recall_guaranteed"]["honest_reason"] + offers["f1"]["honest_reason"]
    for name in ("recall", "recall_guaranteed", "fpr_guaranteed"):
        assert offers[name]["threshold_low"] < offers[name]["threshold_high"]
    few = offered(golden.growing(["a", "b", "c"]), "a")[0]["f1"]
    assert (few["threshold_low"], few["threshold_reason"][:24]) == (None, "too few positives to say")
    message = Evaluation.from_scores(labels, scores, concepts=["a"]).to_proto()
    message.status.code = 21301
    growing = offered(Evaluation.from_proto(message), "a")[0]["f1"]
    assert growing["threshold_low"] <= growing["threshold_high"]
    assert "holds at this look alone" in growing["threshold_method"]


def test_what_inputs_in_groups_cannot_have_is_refused_on_the_page_as_in_python(monkeypatch):
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.random(100) < 0.5, 4)
    scores = np.clip(rng.normal(0.3 + 0.4 * labels, 0.15), 0, 1)
    grouped = Evaluation.from_scores(labels, scores, concepts=["a"], groups=np.arange(400) // 4)
    offers, thresholds = offered(grouped, "a", recall=0.7)
    assert "A guarantee needs independent inputs" in offers["recall_guaranteed"]["reason"]
    assert np.isnan(thresholds["recall_guaranteed"]).all()
    assert offers["f1"]["threshold_method"].startswith("smoothed bootstrap of 100 groups")
    monkeypatch.setattr(choose, "_MOST_GROUPED", 300)
    assert "too many inputs in groups" in offered(grouped, "a")[0]["f1"]["threshold_reason"]


def test_a_guarantee_on_the_page_holds_at_every_look_while_it_runs():
    growing = golden.growing(["a", "b", "c"])
    offers, _ = offered(growing, "a", recall=0.3, guarantee=0.6)  # at the end it would have a threshold
    with pytest.raises(InfeasibleError, match=re.escape(offers["recall_guaranteed"]["reason"])):
        growing.operating_point("a", min_recall=0.3, guarantee=0.6)
    assert "the nearest to recall ≥ 0.3 is threshold" in offers["recall_guaranteed"]["reason"]


def test_for_all_concepts_each_has_its_own_threshold_and_the_figures_are_means():
    evaluation = golden.cross_validated()
    offers, thresholds = offered(evaluation, None)
    each = [offered(evaluation, concept)[0] for concept in evaluation.concepts]
    assert thresholds["f1"] == list(evaluation.thresholds(maximize="f1").values())
    assert offers["f1"]["precision"] == pytest.approx(np.mean([one["f1"]["precision"] for one in each]))
    assert offers["f1"]["honest"] == pytest.approx(np.mean([one["f1"]["honest"] for one in each]))
    assert offers["f1"]["qualified"] == 3


def test_a_concept_without_a_threshold_is_left_out_and_the_reason_is_told():
    offers, thresholds = offered(golden.never_positive(), None)
    assert offers["f1"]["qualified"] == 1
    assert np.isnan(thresholds["f1"]).tolist() == [False, True]
    assert "no positives" in offers["f1"]["reason"]


def test_what_cannot_be_guaranteed_names_the_nearest():
    labels = np.arange(12) % 2 == 0
    offers, _ = offered(Evaluation.from_scores(labels, np.linspace(0.1, 0.9, 12), concepts=["a"]), "a", recall=0.99)
    assert "No threshold qualifies" in offers["recall_guaranteed"]["reason"]
    assert "the nearest to recall ≥ 0.99 is threshold" in offers["recall_guaranteed"]["reason"]


def test_a_field_out_of_range_is_told_in_its_own_row_and_spoils_no_other():
    offers, thresholds = offered(golden.cross_validated(), "cat", recall=1.5)
    assert offers["recall"]["reason"] == "min_recall=1.5 must lie in [0, 1]."
    assert offers["recall"]["qualified"] == 0
    assert offers["f1"]["qualified"] == 1
    assert np.isfinite(thresholds["f1"]).all()


@pytest.mark.parametrize(("top", "settable"), [(0.9, 1.0), (1.0, None)])
def test_predicting_nothing_is_a_threshold_of_one_where_nothing_scores_one(top, settable):
    labels = [False] * 9 + [True]
    scores = [top, *np.linspace(0.1, 0.8, 8), 0.05]
    offers, thresholds = offered(Evaluation.from_scores(labels, scores, concepts=["a"]), "a", fp_cost=100.0)
    assert thresholds["cost"] == [settable] or (settable is None and np.isnan(thresholds["cost"][0]))
    assert bool(offers["cost"]["reason"]) == (settable is None)


def test_honest_estimates_wait_for_the_end_and_for_fewer_decisions(monkeypatch):
    growing = golden.growing(["a", "b", "c"])
    assert offered(growing, "a")[0]["f1"]["honest_reason"] == "estimated when the evaluation has ended"
    monkeypatch.setattr(choose, "_MOST_DECISIONS", 100)
    offers, _ = offered(golden.cross_validated(), None)
    assert "too many decisions" in offers["f1"]["honest_reason"]
    assert offered(golden.cross_validated(), "cat")[0]["f1"]["honest"] is not None


def test_without_inputs_or_concepts_or_counts_it_says_why():
    assert "undefined" in offered(golden.no_inputs(), "a")[0]["f1"]["reason"]
    assert offered(golden.no_inputs(), None)[0]["f1"]["qualified"] == 0
    with pytest.raises(RequirementsError, match="only rates"):
        offered(golden.platform_rates(), None)
    with pytest.raises(NotFoundError, match="'cat'"):
        offered(golden.cross_validated(), "catt")
