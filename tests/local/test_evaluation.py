import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from clarifai_eval_widget import LocalServer, metrics
from tests.local.support import CONCEPTS, asked, own, read_test_set, toy_data

pytestmark = pytest.mark.filterwarnings("error")  # joblib must have nothing to warn the user of

EVALUATED = status_code_pb2.MODEL_EVALUATED
EVALUATING = status_code_pb2.MODEL_EVALUATING


def test_starting_is_answered_with_ids_and_queued_alone(api):
    reply = api.start("sparse", use_kfold=False)
    (started,) = reply.eval_metrics
    assert started.status.code == status_code_pb2.MODEL_QUEUED_FOR_EVALUATION
    assert {field.name for field, _ in started.ListFields()} == {"status", "id", "app_id", "user_id"}
    assert (started.id, started.app_id, started.user_id) == ("sparse", "zoo", "local")
    api.wait("sparse")


def test_an_evaluation_without_an_id_gets_one(api):
    request = asked("", use_kfold=False)
    ids = {api.call("PostEvaluations", app="zoo", eval_metrics=[request]).eval_metrics[0].id for _ in range(2)}
    assert len(ids) == 2
    assert all(api.wait(one).status.code == EVALUATED for one in ids)


@pytest.mark.parametrize(("dataset", "inputs"), [("animals", 150), ("more-animals", 90)])
def test_cross_validation_predicts_every_input_once_out_of_fold(api, dataset, inputs):
    found = api.evaluate("out-of-fold", dataset=dataset)
    labels, scores, ids, folds = read_test_set(found)
    assert len(set(ids)) == len(ids) == inputs
    assert np.isfinite(scores).all()
    assert sorted(set(folds)) == [1, 2, 3, 4, 5]
    assert all(labels[folds == fold].any(axis=0).all() for fold in range(1, 6))
    told = own(found)
    assert (told["folds"], told["folds_done"], told["inputs"], told["inputs_done"]) == (5, 5, inputs, inputs)


def test_folds_are_those_of_heads_that_never_saw_the_inputs(api):
    """The same folds and the same classifier by hand give the same scores."""
    labels, scores, ids, folds = read_test_set(api.evaluate("by-hand", dataset="animals", folds=3))
    X = dict(zip([f"animals-{n:03d}" for n in range(1, 151)], toy_data()[2], strict=True))
    rows = np.stack([X[one] for one in ids])
    for fold in (1, 2, 3):
        head = LogisticRegression(solver="newton-cg", C=10, tol=1e-6)
        head.fit(rows[folds != fold], labels[folds != fold].argmax(axis=1))
        np.testing.assert_allclose(head.predict_proba(rows[folds == fold]), scores[folds == fold], atol=1e-4)


def test_predictions_fall_in_score_and_labels_are_only_positives(api):
    found = api.evaluate("order", dataset="more-animals", use_kfold=False)
    for entry in found.test_set:
        values = [concept.value for concept in entry.predicted_concepts]
        assert values == sorted(values, reverse=True)
        assert len(values) == 3
        assert all(concept.value == 1.0 for concept in entry.ground_truth_concepts)
        assert 1 <= len(entry.ground_truth_concepts) <= 2
        assert entry.input.data.text.raw.startswith("text ")
        assert "fold" not in entry.input.data.metadata.fields
        assert entry.input.status.code == status_code_pb2.INPUT_SUCCESS


def test_curves_follow_the_platforms_conventions(api):
    found = api.evaluate("curves", dataset="more-animals", use_kfold=False)
    labels, scores, _, _ = read_test_set(found)
    grid = [round(0.01 * step, 2) for step in range(101)]
    for k, one in enumerate(found.binary_metrics):
        assert one.concept.id == CONCEPTS[k]
        roc, pr = one.roc_curve, one.precision_recall_curve
        assert list(roc.thresholds) == np.float32(grid[::-1]).tolist()
        assert list(pr.thresholds) == np.float32(grid).tolist()
        truth, score = labels[:, k], scores[:, k]
        for t, recall, precision in zip(grid, pr.recall, pr.precision, strict=True):
            chosen = score >= np.float32(t)
            assert recall == np.float32(round(chosen[truth].sum() / truth.sum(), 4))
            assert precision == np.float32(round(truth[chosen].mean(), 4) if chosen.any() else 1.0)
        for t, fpr, tpr in zip(grid[::-1], roc.fpr, roc.tpr, strict=True):
            chosen = score >= np.float32(t)
            assert (fpr, tpr) == (
                np.float32(round(chosen[~truth].mean(), 4)),
                np.float32(round(chosen[truth].mean(), 4)),
            )
        assert pr.precision[-1] == 1.0
        assert one.roc_auc == pytest.approx(roc_auc_score(truth, score), abs=1e-6)
        assert one.avg_precision == pytest.approx(average_precision_score(truth, score), abs=1e-6)
        assert (one.num_pos, one.num_neg, one.num_tot) == (truth.sum(), (~truth).sum(), 90)


def test_under_k_fold_figures_are_means_over_folds_and_numbers_of_one_split(api):
    found = api.evaluate("means", dataset="animals")
    labels, scores, _, folds = read_test_set(found)
    aucs = np.array(
        [[roc_auc_score(labels[folds == f, k], scores[folds == f, k]) for k in range(3)] for f in range(1, 6)]
    )
    np.testing.assert_allclose([one.roc_auc for one in found.binary_metrics], aucs.mean(axis=0), atol=1e-6)
    assert found.summary.macro_avg_roc_auc == pytest.approx(aucs.mean(), abs=1e-6)
    assert found.summary.macro_std_roc_auc == pytest.approx(aucs.std(), abs=1e-6)
    assert {one.num_tot for one in found.binary_metrics} == {30}
    tpr = np.mean([(scores[(folds == f) & labels[:, 0], 0] >= 0.5).mean() for f in range(1, 6)])
    assert found.binary_metrics[0].roc_curve.tpr[50] == pytest.approx(tpr, abs=5e-5)


def test_matrices_hold_mean_probabilities_and_counts_of_labels(api):
    found = api.evaluate("matrices", dataset="more-animals")
    labels, scores, _, _ = read_test_set(found)
    for entry in found.confusion_matrix.matrix:
        a, b = CONCEPTS.index(entry.actual_concept.id), CONCEPTS.index(entry.predicted_concept.id)
        assert entry.value == pytest.approx(scores[labels[:, a], b].mean(), abs=1e-6)
    together = {(e.row, e.col): e.count for e in found.cooccurrence_matrix.matrix}
    assert together["cat", "dog"] == together["dog", "cat"] == (labels[:, 0] & labels[:, 1]).sum()
    counted = {one.concept.id: one.count for one in found.label_counts.positive_label_counts}
    assert counted == dict(zip(CONCEPTS, labels.sum(axis=0).tolist(), strict=True))
    assert found.summary.top1_accuracy == pytest.approx(metrics.top1_accuracy(labels, scores))


def test_fields_bring_what_they_name_and_nothing_else(api):
    api.evaluate("fields", None, use_kfold=False)
    optional = [field.name for field in resources_pb2.FieldsValue.DESCRIPTOR.fields]
    bare = api.get("fields")
    assert bare.summary.macro_avg_roc_auc > 0.5
    assert not [field.name for field, _ in bare.ListFields() if field.name in optional]
    for name in ("confusion_matrix", "cooccurrence_matrix", "label_counts", "binary_metrics", "test_set"):
        found = api.get("fields", resources_pb2.FieldsValue(**{name: True}))
        assert [field.name for field, _ in found.ListFields() if field.name in optional] == [name]


def test_scoring_gives_the_scores_of_the_version(api):
    found = api.evaluate("scores", dataset="more-animals", use_kfold=False)
    _, scores, ids, _ = read_test_set(found)
    _, labels, X = toy_data()
    head = LogisticRegression(solver="newton-cg", C=10, tol=1e-6).fit(X.astype(float), [label[0] for label in labels])
    new = toy_data(90, seed=1)[2]
    rows = [int(one.rpartition("-")[2]) - 1 for one in ids]
    np.testing.assert_allclose(scores, head.predict_proba(new[rows]), atol=1e-5)


def test_no_dataset_means_the_training_data_and_its_default_is_cross_validation(api):
    found = api.evaluate("own", use_kfold=None)
    assert (found.ground_truth_dataset.id, found.ground_truth_dataset.version.id) == ("animals", "v1")
    assert found.eval_info.params["use_kfold"] is True
    other = api.evaluate("other", dataset="more-animals", use_kfold=None)
    assert other.eval_info.params["use_kfold"] is False
    assert other.eval_info.params["dataset_id"] == "more-animals"


@pytest.mark.parametrize(
    ("labels", "code", "parts"),
    [
        (["only"] * 40, 21315, ["1 concept ('only')", "at least 2"]),
        (["a"] * 30 + ["b"] * 9, 21316, ["'b' has 9", "at least 10 inputs"]),
    ],
)
def test_too_little_training_data_fails_with_the_concepts_and_their_counts(server, api, labels, code, parts):
    X = np.random.default_rng(0).normal(size=(len(labels), 4))
    server.add_dataset("poor", f"d{code}", [f"t{n}" for n in range(len(labels))], labels, embeddings=X)
    server.train("poor", f"m{code}", dataset_id=f"d{code}")
    for use_kfold in (True, False):
        api.start(f"e{code}", model=f"m{code}", app="poor", use_kfold=use_kfold)
        found = api.wait(f"e{code}", app="poor")
        assert found.status.code == code
        assert all(part in found.status.details for part in parts)


def test_cross_validating_a_poor_dataset_fails_though_scoring_it_works(server, api):
    texts, labels, X = toy_data(24)
    server.add_dataset("zoo", "few-animals", texts, labels, embeddings=X)
    api.start("poor", dataset="few-animals")
    found = api.wait("poor")
    assert found.status.code == status_code_pb2.MODEL_EVALUATION_NEED_INPUTS
    assert "'cat' has 8" in found.status.details
    assert len(api.evaluate("rich", dataset="few-animals", use_kfold=False).test_set) == 24


@pytest.mark.parametrize(
    "alien",
    [(7, CONCEPTS, 21317, "embeddings of 7 numbers"), (4, ("car", "bus", "van"), 21315, "'car', 'bus'")],
)
def test_a_dataset_of_another_kind_fails_with_both_kinds_named(server, api, alien):
    num_features, labels, code, part = alien
    X = np.ones((30, num_features))
    names = [labels[n % 3] for n in range(30)]
    server.add_dataset("zoo", f"alien-{code}", [str(n) for n in range(30)], names, embeddings=X, concepts=labels)
    api.start("alien", dataset=f"alien-{code}", use_kfold=False)
    found = api.wait("alien")
    assert found.status.code == code
    assert part in found.status.details


def test_failed_evaluations_are_listed_only_when_asked_for(server, api):
    texts, labels, X = toy_data(12)
    server.add_dataset("zoo", "a-dozen", texts, labels, embeddings=X)
    api.evaluate("fine", None, dataset="animals", use_kfold=False)
    api.start("futile", dataset="a-dozen")
    assert api.wait("futile").status.code == status_code_pb2.MODEL_EVALUATION_NEED_INPUTS
    every = api.call("ListEvaluations", app="zoo", show_failed_metrics=True).eval_metrics
    shown = api.call("ListEvaluations", app="zoo").eval_metrics
    assert every[0].id == "futile"
    assert shown[0].id == "fine"
    assert [one.id for one in shown] == [one.id for one in every if one.status.code == EVALUATED]


def test_listings_are_newest_first_and_sort_by_what_is_asked(api):
    for n, use_kfold in enumerate((True, False, True)):
        api.evaluate(f"sort-{n}", None, dataset="animals", use_kfold=use_kfold, **({"folds": 3} if n == 2 else {}))
    newest = [one.id for one in api.call("ListEvaluations", app="zoo", per_page=3).eval_metrics]
    assert newest == ["sort-2", "sort-1", "sort-0"]
    for ascending in (False, True):
        found = api.call("ListEvaluations", app="zoo", sort_by_roc_auc=True, sort_ascending=ascending).eval_metrics
        aucs = [one.summary.macro_avg_roc_auc for one in found]
        assert aucs == sorted(aucs, reverse=not ascending)
    of_dataset = api.call("ListEvaluations", app="zoo", eval_dataset_ids=["more-animals"]).eval_metrics
    assert {one.ground_truth_dataset.id for one in of_dataset} <= {"more-animals"}
    assert not any(one.test_set or one.binary_metrics for one in found)


def test_the_older_calls_start_list_and_read(api):
    reply = api.call(
        "PostModelVersionEvaluations",
        app="zoo",
        model_id="keeper",
        model_version_id="v1",
        eval_metrics=[resources_pb2.EvalMetrics(id="older", ground_truth_dataset={"id": "animals", "app_id": "zoo"})],
    )
    assert reply.eval_metrics[0].id == "older"
    api.wait("older")
    version = {"app": "zoo", "model_id": "keeper", "model_version_id": "v1"}
    listed = api.call("ListModelVersionEvaluations", **version).eval_metrics
    assert listed[0].id == "older"
    assert not api.call("ListModelVersionEvaluations", page=99, **version).eval_metrics
    read = api.call("GetModelVersionEvaluation", evaluation_id="older", **version).eval_metrics
    assert read == api.get("older")
    newest = api.call(
        "GetModelVersionMetrics",
        app="zoo",
        model_id="keeper",
        version_id="v1",
        fields=resources_pb2.FieldsValue(binary_metrics=True),
    ).model_version
    assert newest.metrics.id == "older"
    assert len(newest.metrics.binary_metrics) == 3


def test_images_travel_as_bytes(server, api):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 255, (5, 6), dtype=np.uint8) for _ in range(40)]
    labels = np.eye(2, dtype=bool)[np.arange(40) % 2]
    server.add_dataset(
        "shots", "photos", None, labels, images=images, concepts=["day", "night"],
        embed=lambda batch: np.array([[image.mean(), image.std()] for image in batch]),
    )  # fmt: skip
    assert server.train("shots", "clock", dataset_id="photos").model_type_id == "visual-classifier"
    found = api.evaluate("photos", model="clock", app="shots")
    assert all(entry.input.data.image.base64.startswith(b"\x89PNG") for entry in found.test_set)


def test_an_input_that_has_none_of_the_concepts_is_a_negative_of_all_and_not_unlabelled():
    _, labels, embeddings = toy_data()
    given = [[] if n % 5 == 0 else label for n, label in enumerate(labels)]
    with LocalServer() as server:
        server.add_dataset("zoo", "mixed", labels=given, embeddings=embeddings)
        server.train("zoo", "kinds", dataset_id="mixed")
        with server.client() as client:
            evaluation = client.start_evaluation("kinds", "mixed", params={"use_kfold": False}).result(timeout=60)
    assert evaluation.num_inputs == len(given)
    table = evaluation.table(full=True)
    assert (table["num_pos"] + table["num_neg"]).tolist() == [len(given)] * len(table)


def test_an_input_that_has_only_concepts_the_version_lacks_is_left_out_and_named():
    _, labels, embeddings = toy_data()
    given = ["newt" if n % 5 == 0 else label for n, label in enumerate(labels)]
    with LocalServer() as server:
        server.add_dataset("zoo", "known", labels=labels, embeddings=embeddings)
        server.train("zoo", "kinds", dataset_id="known")
        server.add_dataset("zoo", "mixed", labels=given, embeddings=embeddings)
        with server.client() as client:
            evaluation = client.start_evaluation("kinds", "mixed", params={"use_kfold": False}).result(timeout=60)
    elsewhere = given.count("newt")
    table = evaluation.table(full=True).drop("newt")  # which has no scores
    assert (table["num_pos"] + table["num_neg"]).tolist() == [len(given) - elsewhere] * len(table)
    assert table["conditions"].str.contains("CEW008").all()
    (note,) = [note for note in evaluation.notes if note.startswith("CEW008")]
    assert f"{elsewhere} " in note
    assert "newt" in note
