"""What crosses to the browser is exact, self-describing and small."""

import dataclasses

import numpy as np
import pytest
from google.protobuf import text_format
from sklearn.metrics import auc, confusion_matrix, f1_score, roc_auc_score

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.evaluation import EvaluationInfo, counted
from clarifai_eval_widget.evaluation.stops import MAX_STOPS
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.workbench import Workbench, exact_counts
from tests.widget.page import decode

CONCEPTS = ["bird", "cat", "dog"]


def encoded(evaluation, revision=1):
    return Workbench.encode(evaluation, given_caption(evaluation), revision).results


@pytest.fixture
def labels_and_scores():
    rng = np.random.default_rng(3)
    labels = rng.random((400, 3)) < [0.5, 0.2, 0.05]
    scores = np.clip(rng.normal(0.35, 0.2, (400, 3)) + 0.3 * labels, 0, 1).round(3).astype(np.float32)
    return labels, scores


@pytest.fixture
def evaluation(labels_and_scores):
    labels, scores = labels_and_scores
    return Evaluation.from_scores(labels, scores, concepts=CONCEPTS, folds=np.arange(400) % 4 + 1)


@pytest.fixture
def decoded(evaluation):
    return decode(encoded(evaluation, 7))


def test_counts_at_every_stop_are_those_of_scikit_learn(labels_and_scores, decoded):
    labels, scores = labels_and_scores
    _, arrays = decoded
    stops = arrays["stops"]
    tps, fps = arrays["tps"].reshape(3, -1), arrays["fps"].reshape(3, -1)
    for position in np.linspace(0, len(stops) - 1, 60).astype(int):
        for k in range(3):
            predicted = scores[:, k] >= np.float32(stops[position])
            (_, fp), (_, tp) = confusion_matrix(labels[:, k], predicted, labels=[False, True])
            assert (tps[k, position], fps[k, position]) == (tp, fp)


def test_the_corners_of_each_roc_enclose_exactly_the_auc(labels_and_scores, decoded):
    labels, scores = labels_and_scores
    header, arrays = decoded
    for k, entry in enumerate(header["concepts"]):
        corners = slice(*arrays["roc.offsets"][k : k + 2])
        area = auc(arrays["roc.fps"][corners] / entry["num_neg"], arrays["roc.tps"][corners] / entry["num_pos"])
        expected = roc_auc_score(labels[:, k], scores[:, k])
        assert area == pytest.approx(expected, abs=1e-12)
        assert entry["roc_auc"] == pytest.approx(expected, abs=1e-12)


def test_the_macro_curve_encloses_the_mean_auc(labels_and_scores, decoded):
    labels, scores = labels_and_scores
    header, arrays = decoded
    expected = roc_auc_score(labels, scores, average="macro")
    assert header["macro"]["roc_auc"] == pytest.approx(expected, abs=1e-12)
    assert auc(arrays["roc.macro_fpr"], arrays["roc.macro_tpr"]) == pytest.approx(expected, abs=1e-9)


def test_folds_have_their_own_curves_and_their_mean_auc(labels_and_scores, decoded):
    labels, scores = labels_and_scores
    header, arrays = decoded
    folds = np.arange(400) % 4 + 1
    assert header["folds"] == [1, 2, 3, 4]
    by_fold = [[roc_auc_score(labels[folds == f, k], scores[folds == f, k]) for f in (1, 2, 3, 4)] for k in range(3)]
    for k in range(3):
        spread = header["concepts"][k]["fold_roc_auc"]
        assert spread["mean"] == pytest.approx(np.mean(by_fold[k]), abs=1e-12)
        assert spread["std"] == pytest.approx(np.std(by_fold[k]), abs=1e-12)
        for f in range(4):
            piece = slice(*arrays["roc.fold_offsets"][f * 4 + k : f * 4 + k + 2])
            assert auc(arrays["roc.fold_fpr"][piece], arrays["roc.fold_tpr"][piece]) == pytest.approx(
                by_fold[k][f], abs=1e-6
            )
    assert header["macro"]["fold_roc_auc"]["mean"] == pytest.approx(np.mean(by_fold), abs=1e-12)
    assert header["macro"]["fold_roc_auc"]["std"] == pytest.approx(np.std(np.mean(by_fold, axis=0)), abs=1e-12)
    assert header["macro"]["fold_roc_auc"]["folds"] == 4
    between = {"std": pytest.approx(np.std(np.mean(by_fold, axis=1)), abs=1e-12), "concepts": 3}
    assert header["macro"]["concept_roc_auc"] == between


def test_f1_of_a_fold_is_that_of_scikit_learn_on_the_grid(labels_and_scores, decoded):
    labels, scores = labels_and_scores
    _, arrays = decoded
    second = np.arange(400) % 4 + 1 == 2
    curve = arrays["sweep.fold_f1"].reshape(4, 4, 101)[1, 0]
    expected = f1_score(labels[second, 0], scores[second, 0] >= np.float32(0.4))
    assert curve[40] == pytest.approx(expected, abs=1e-6)


def test_stops_are_the_grid_and_the_distinct_scores(evaluation, labels_and_scores):
    stops = evaluation.numbers.stops
    assert (np.diff(stops) > 0).all()
    assert np.isin(np.arange(101) / 100, stops).all()
    assert len(stops) <= MAX_STOPS
    # A score that equals a grid point in the scores' own precision is not a second stop beside it.
    assert len(np.unique(stops.astype(np.float32))) == len(stops)


def test_each_concept_is_counted_exactly_at_its_own_threshold_between_the_stops(evaluation, labels_and_scores):
    labels, scores = labels_and_scores
    at = {"bird": 0.123456, "cat": 0.5, "dog": 0.654321}
    counted = exact_counts(evaluation, at, run="r", revision=2)
    predicted = scores >= np.float32(list(at.values()))
    assert counted["thresholds"] == list(at.values())
    assert counted["tps"] == (predicted & labels).sum(axis=0).tolist()
    assert counted["fps"] == (predicted & ~labels).sum(axis=0).tolist()


def test_the_stops_are_worked_out_once_a_state(evaluation, monkeypatch):
    calls, real = [], counted.pooled_stops
    monkeypatch.setattr(counted, "pooled_stops", lambda counts: calls.append(len(counts)) or real(counts))
    made = Workbench.encode(evaluation, given_caption(evaluation), 1)
    assert calls == [3]
    assert made.stops == frozenset(evaluation.numbers.stops.tolist())


@pytest.mark.parametrize(
    ("told", "kind", "label"),
    [
        ({"use_kfold": True, "folds": 5}, "cross-validation", "Cross-validated on names: new heads, 5 folds"),
        (
            {"use_kfold": False, "dataset_id": "places", "dataset_app_id": "world"},
            "score",
            "Scored on places (app world)",
        ),
        ({"use_kfold": None}, "scores", "Evaluated on names; the server does not say how"),
    ],
)
def test_an_evaluation_that_knows_its_model_says_it_without_a_run(evaluation, told, kind, label):
    about = {"model_id": "langs", "model_version_id": "0123456789abcdef" * 2, "model_app_id": "home"}
    info = EvaluationInfo(**{**about, "training_dataset_id": "names", "training_dataset_app_id": "home", **told})
    caption = given_caption(dataclasses.replace(evaluation, info=info))
    assert (caption.title, caption.kind, caption.kind_label) == ("langs, version 01234567", kind, label)
    assert given_caption(evaluation).kind_label == "Scores given in Python"


def test_nothing_is_packed_of_an_evaluation_that_knows_no_concept():
    from clarifai_grpc.grpc.api import resources_pb2

    empty = Evaluation.from_proto(resources_pb2.EvalMetrics())
    assert Workbench.encode(empty, given_caption(empty), 1).results == b""


def test_a_concept_without_positives_is_undefined_and_left_out_of_the_macro():
    labels = np.zeros((20, 2), dtype=bool)
    labels[:10, 0] = True
    scores = np.linspace(0, 1, 40).reshape(20, 2)
    evaluation = Evaluation.from_scores(labels, scores, concepts=["a", "never"])
    header, _ = decode(encoded(evaluation, 1))
    assert header["concepts"][1]["roc_auc"] is None
    assert "no positives" in header["concepts"][1]["reason"]
    assert header["macro"]["averaged"] == 1
    assert header["macro"]["left_out"] == ["never"]


def test_platform_curves_travel_as_rates_because_they_have_no_counts(data):
    from clarifai_grpc.grpc.api import service_pb2

    text = (data / "platform_reply.txtpb").read_text()
    reply = text_format.Parse(text, service_pb2.SingleEvalMetricsResponse())
    del reply.eval_metrics.test_set[:]
    evaluation = Evaluation.from_proto(reply.eval_metrics)
    header, arrays = decode(encoded(evaluation, 1))
    assert header["source"] == "platform_curves"
    assert "tps" not in arrays
    sent = next(curve for curve in reply.eval_metrics.binary_metrics if curve.concept.id == header["concepts"][0]["id"])
    at_half = [round(t, 2) for t in sent.roc_curve.thresholds].index(0.5)
    assert arrays["tpr"][50] == pytest.approx(sent.roc_curve.tpr[at_half])
    pr_half = [round(t, 2) for t in sent.precision_recall_curve.thresholds].index(0.5)
    assert arrays["precision"][50] == pytest.approx(sent.precision_recall_curve.precision[pr_half])
    table = evaluation.table(0.5)
    for name, sent_rates in (("recall", "tpr"), ("precision", "precision"), ("f1", "f1")):
        assert arrays[sent_rates].reshape(2, 101)[:, 50].tolist() == table[name].tolist(), name
    assert np.isnan(arrays["f1"].reshape(2, 101)[:, np.arange(101) != 50]).all()


@pytest.mark.parametrize("thresholds", [[], [1.5, 0.5, 0.0]], ids=["none sent", "one above 1"])
def test_platform_curves_with_odd_thresholds_leave_gaps_instead_of_failing(thresholds):
    from clarifai_grpc.grpc.api import resources_pb2

    metrics = resources_pb2.EvalMetrics()
    curve = metrics.binary_metrics.add(num_pos=3, num_neg=4, roc_auc=0.5)
    curve.concept.id = "cat"
    curve.roc_curve.fpr.extend([0.0, 0.5, 1.0])
    curve.roc_curve.tpr.extend([0.0, 0.25, 1.0])
    curve.roc_curve.thresholds.extend(thresholds)
    evaluation = Evaluation.from_proto(metrics)
    header, arrays = decode(encoded(evaluation, 1))
    assert header["concepts"][0]["roc_auc"] == 0.5
    assert arrays["roc.tpr"].tolist() == [0.0, 0.25, 1.0]
    assert np.isfinite(arrays["tpr"]).sum() == (2 if thresholds else 0)


def test_a_hundred_concepts_stay_under_two_megabytes():
    rng = np.random.default_rng(0)
    scores = rng.random((5000, 100), dtype=np.float32)
    labels = scores > rng.random((5000, 100))
    evaluation = Evaluation.from_scores(labels, scores, folds=np.arange(5000) % 5 + 1)
    assert len(encoded(evaluation, 1)) < 2_000_000
