"""All criteria in a table: what each chooses and gives, as the questions about one of them answer it."""

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.widget.workbench.panels import all_panels

PARAMS = {"recall": 0.8, "precision": 0.7, "fpr": 0.1, "beta": 2, "fp_cost": 1, "fn_cost": 5, "guarantee": 0.9}


@pytest.fixture(scope="module")
def e():
    rng = np.random.default_rng(3)
    labels = np.eye(3, dtype=bool)[rng.integers(0, 3, 240)]
    scores = np.clip(0.4 * labels + 0.6 * rng.random(labels.shape), 0, 1)
    return Evaluation.from_scores(labels, scores, concepts=["a", "b", "c"], concept_names={"a": "Ant"})


@pytest.fixture(scope="module")
def one(e):
    return e.criteria_table("Ant", min_recall=0.8, min_precision=0.7, max_fpr=0.1, guarantee=0.9)


def test_each_row_is_what_its_keywords_choose(e, one):
    for name, row in one.iterrows():
        point = eval(f"e.operating_point('a', {row['keywords']})", {"e": e})
        assert point.threshold == row["threshold"], name
        assert (point.precision, point.recall) == (row["precision"], row["recall"])
    best = e.cross_fitted_point("a", maximize="f1")
    assert one.loc["f1", ["held_out", "held_out_std"]].tolist() == [best.value, best.std]
    assert one.loc["f1", "threshold_low"] < one.loc["f1", "threshold"] <= one.loc["f1", "threshold_high"]


@pytest.mark.parametrize("concept", ["a", None])
def test_it_holds_what_the_page_offers(e, concept):
    section = all_panels()["choose"].encode(e, PARAMS | {"concept": concept, "prevalence": 0.2})
    frame = e.criteria_table(concept, min_recall=0.8, min_precision=0.7, max_fpr=0.1, guarantee=0.9, prevalence=0.2)
    assert list(frame.index.unique(0)) == [offer["name"] for offer in section.head["offers"]]
    assert np.array_equal(frame["threshold"], section.arrays["thresholds"], equal_nan=True)
    means = frame.groupby(level=0, sort=False)[["precision", "recall", "f1", "fpr", "held_out"]].mean()
    for offer in section.head["offers"]:
        told = [offer[name] for name in ("precision", "recall", "f1", "fpr", "honest")]
        assert means.loc[offer["name"]].tolist() == pytest.approx(
            [np.nan if v is None else v for v in told], nan_ok=True
        )


def test_before_there_is_a_concept_it_is_as_empty_as_the_table(one):
    nothing = Evaluation.from_proto(resources_pb2.EvalMetrics())
    assert nothing.table().empty
    frame = nothing.criteria_table()
    assert (len(frame), frame.index.names, list(frame)) == (0, ["criterion", "concept"], ["name", *one])


def test_what_cannot_be_had_says_why_in_its_row(e):
    frame = e.criteria_table("a", min_precision=1.0, max_fpr=0.0, min_recall=1.0, guarantee=0.999999, held_out=False)
    assert np.isnan(frame.loc["recall_guaranteed", "threshold"])
    assert frame.loc["recall_guaranteed", "reason"]
    assert frame["held_out"].isna().all()


def test_a_threshold_without_an_interval_has_the_reason_in_its_row(e, one):
    grouped = Evaluation.from_scores(e.label_array, e.score_array, e.concepts, groups=np.arange(e.num_inputs) % 2)
    few = grouped.criteria_table("a", held_out=False).loc["f1"]
    assert np.isfinite(few["threshold"])
    assert np.isnan(few["threshold_low"])
    assert "groups" in few["reason"]
    every = e.criteria_table(held_out=False)
    assert every["threshold_low"].isna().all()
    assert every.loc[("f1", "a"), "reason"].endswith("ask for one concept")
    assert one.loc["f1", "reason"] == ""


def test_resamples_without_such_a_threshold_give_the_reason_that_the_page_gives(e):
    labels = np.arange(60) < 2
    hard = Evaluation.from_scores(labels, np.where(labels, 0.9, np.linspace(0, 0.8, 60)), concepts=["x"])
    frame = hard.criteria_table("x", min_recall=0.8, min_precision=0.7, max_fpr=0.1, guarantee=0.9, held_out=False)
    offers = all_panels()["choose"].encode(hard, PARAMS | {"concept": "x", "prevalence": None}).head["offers"]
    for offer in offers:
        row = frame.loc[offer["name"]]
        if offer["threshold_low"] is None and np.isfinite(row["threshold"]):
            assert row["reason"] == offer["threshold_reason"] != ""
        assert np.isnan(row["threshold_low"]) == bool(row["reason"]), offer["name"]
