"""What a client makes on a server by calls alone: apps, datasets, inputs, annotations, models, versions, predictions."""

import itertools
import threading
import time
import warnings
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.struct_pb2 import Struct

from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.api import inputs as input_calls
from clarifai_eval_widget.local.api.servicer import Servicer
from clarifai_eval_widget.local.data import sample_images
from clarifai_eval_widget.local.data.content import Lazy
from clarifai_eval_widget.local.work import training
from tests.local.support import Api, add_toys, toy_data, toy_server

POSITIVE = ["a lovely warm film", "what a delight to watch", "the best and funniest comedy", "I enjoyed it very much"]
NEGATIVE = ["a dull and boring film", "what a waste of an evening", "the worst comedy of all", "I hated it very much"]
TIMES = ["today", "yesterday", "again", "with friends"]
TEXTS = [f"{text} {when}" for text, when in itertools.product(POSITIVE + NEGATIVE, TIMES)]
LABELS = ["pos"] * 16 + ["neg"] * 16


@pytest.fixture(scope="module")
def server():
    with LocalServer() as server:
        yield server


@pytest.fixture
def app(api):
    """An app of this test's own."""
    app_id = f"app-{time.monotonic_ns()}"
    api.call("PostApps", apps=[resources_pb2.App(id=app_id)])
    yield app_id
    if app_id in [app.id for app in api.call("ListApps").apps]:
        api.call("DeleteApp", app=app_id)


def concepts(*ids, value=1.0):
    return [resources_pb2.Concept(id=key, value=value) for key in ids]


def text_input(input_id, text, *labels, datasets=()):
    data = resources_pb2.Data(text=resources_pb2.Text(raw=text), concepts=concepts(*labels))
    return resources_pb2.Input(id=input_id, data=data, dataset_ids=datasets)


def upload_reviews(api, app, dataset="reviews", prefix="r"):
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id=dataset)])
    inputs = [
        text_input(f"{prefix}{n}", text, label, datasets=[dataset])
        for n, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))
    ]
    return api.call("PostInputs", app=app, inputs=inputs)


def post_model(api, app, model_id="mood", model_type_id="embedding-classifier"):
    api.call("PostModels", app=app, models=[resources_pb2.Model(id=model_id, model_type_id=model_type_id)])


def post_version(api, app, model_id="mood", **params):
    version = resources_pb2.ModelVersion()
    version.train_info.params.update(params)
    reply = api.call("PostModelVersions", app=app, model_id=model_id, model_versions=[version])
    return reply.model.model_version


def wait_for_training(api, app, version_id, model_id="mood"):
    deadline = time.monotonic() + 60
    while True:
        version = api.call("GetModelVersion", app=app, model_id=model_id, version_id=version_id).model_version
        if version.status.code not in (status_code_pb2.MODEL_QUEUED_FOR_TRAINING, status_code_pb2.MODEL_TRAINING):
            return version
        assert time.monotonic() < deadline, version.status
        time.sleep(0.02)


def train(api, app, model_id="mood", **params):
    version = wait_for_training(api, app, post_version(api, app, model_id, **params).id, model_id)
    assert version.status.code == status_code_pb2.MODEL_TRAINED, version.status
    return version


def test_from_nothing_to_an_evaluation_by_calls_alone(api, app):
    uploaded = upload_reviews(api, app).inputs
    assert {one.status.code for one in uploaded} == {status_code_pb2.INPUT_DOWNLOAD_SUCCESS}
    assert sorted(one.id for one in api.call("ListConcepts", app=app).concepts) == ["neg", "pos"]
    frozen = api.call(
        "PostDatasetVersions", app=app, dataset_id="reviews", dataset_versions=[resources_pb2.DatasetVersion(id="one")]
    ).dataset_versions[0]
    assert (frozen.id, frozen.metrics["/"].inputs_count.value) == ("one", 32)

    post_model(api, app)
    queued = post_version(api, app, dataset_id="reviews", dataset_version_id="one")
    assert queued.status.code in (status_code_pb2.MODEL_QUEUED_FOR_TRAINING, status_code_pb2.MODEL_TRAINING)
    version = wait_for_training(api, app, queued.id)
    assert version.status.code == status_code_pb2.MODEL_TRAINED
    assert (version.total_input_count, version.active_concept_count) == (32, 2)
    assert version.train_info.dataset.version.id == "one"
    assert version.input_info.base_embed_model.id == "wordllama"

    found = api.evaluate("first", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    assert found.ground_truth_dataset.version.id == "one"
    assert {one.concept.id: (one.num_pos, one.num_neg) for one in found.binary_metrics} == {
        "neg": (16, 16),
        "pos": (16, 16),
    }
    # Scored on its own training data, sixteen near-copies of four sentences a side, it cannot but tell them apart.
    assert found.summary.macro_avg_roc_auc == 1.0
    assert {entry.input.data.text.raw for entry in found.test_set} == set(TEXTS)
    crossed = api.evaluate("second", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=True)
    assert 0.5 < crossed.summary.macro_avg_roc_auc <= 1.0


def test_a_trained_version_predicts_what_it_was_evaluated_to(api, app):
    upload_reviews(api, app)
    post_model(api, app)
    version = train(api, app, dataset_id="reviews")
    scored = api.evaluate("scores", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    expected = {
        entry.input.id: {concept.id: concept.value for concept in entry.predicted_concepts} for entry in scored.test_set
    }
    by_text = [resources_pb2.Input(data=resources_pb2.Data(text=resources_pb2.Text(raw=text))) for text in TEXTS]
    by_id = [resources_pb2.Input(id=f"r{n}") for n in range(len(TEXTS))]
    for inputs in (by_text, by_id):
        outputs = api.call("PostModelOutputs", app=app, model_id="mood", inputs=inputs).outputs
        for n, output in enumerate(outputs):
            values = [concept.value for concept in output.data.concepts]
            assert values == sorted(values, reverse=True)
            told = {concept.id: concept.value for concept in output.data.concepts}
            assert told == pytest.approx(expected[f"r{n}"], abs=1e-6)
            assert output.status.code == status_code_pb2.SUCCESS
            assert output.model.model_version.id == version.id


def test_inputs_uploaded_without_any_label_are_counted_in_the_notes_of_an_evaluation(api, app):
    upload_reviews(api, app)
    without = [text_input(f"u{n}", f"nobody read {n}", datasets=["reviews"]) for n in range(3)]
    api.call("PostInputs", app=app, inputs=without)
    post_model(api, app)
    version = train(api, app, dataset_id="reviews")
    scored = api.evaluate("scores", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    e = Evaluation.from_proto(scored)
    assert e.num_inputs == len(TEXTS)
    assert "3 inputs of the dataset have no label and are left out." in e.notes


def test_a_prediction_tells_the_concepts_asked_for(api, app):
    upload_reviews(api, app)
    post_model(api, app)
    train(api, app, dataset_id="reviews")
    inputs = [text_input("", TEXTS[0])]

    def predict(**config):
        model = resources_pb2.Model()
        model.model_version.output_info.output_config.CopyFrom(resources_pb2.OutputConfig(**config))
        outputs = api.call("PostModelOutputs", app=app, model_id="mood", inputs=inputs, model=model).outputs
        return [concept.id for concept in outputs[0].data.concepts]

    assert predict() == ["pos", "neg"]
    assert predict(max_concepts=1) == ["pos"]
    assert predict(min_value=0.5) == ["pos"]
    assert predict(select_concepts=concepts("neg")) == ["neg"]
    reply = api.raw(
        "PostModelOutputs",
        app=app,
        model_id="mood",
        inputs=inputs,
        model=resources_pb2.Model(
            model_version=resources_pb2.ModelVersion(
                output_info=resources_pb2.OutputInfo(
                    output_config=resources_pb2.OutputConfig(select_concepts=concepts("poss"))
                )
            )
        ),
    )
    assert "'pos'" in reply.status.details


def test_uploaded_images_are_embedded_as_the_samples_are(api, app):
    content = sample_images.load_images("digits")
    chosen = [n for n in range(300) if content.labels[n, :3].any()][:90]
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="scans")])
    inputs = []
    for n in chosen:
        label = content.concepts[int(content.labels[n].argmax())]
        image = resources_pb2.Image(base64=content.images[n])
        data = resources_pb2.Data(image=image, concepts=concepts(label))
        inputs.append(resources_pb2.Input(id=content.input_ids[n], data=data, dataset_ids=["scans"]))
    api.call("PostInputs", app=app, inputs=inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = sample_images.embed_files(tuple(content.images[n] for n in chosen))
        samples = sample_images.embed_images("digits")[chosen]
    # A PNG holds 256 greys where the sample's pixels have 17: the same up to that rounding.
    assert np.allclose(files, samples, atol=0.05)
    assert np.abs(samples).max() > 1
    post_model(api, app, "digits", "visual-classifier")
    version = train(api, app, "digits", dataset_id="scans", template="head")
    found = api.evaluate("scan", dataset="scans", model="digits", version=version.id, app=app, use_kfold=True)
    assert found.summary.macro_avg_roc_auc > 0.95
    assert {entry.input.data.image.base64 for entry in found.test_set} == {content.images[n] for n in chosen}


def test_an_embedder_of_ones_own_is_used_for_uploads():
    seen = []

    def letters(texts):
        seen.append(list(texts))
        return [[text.count("a"), text.count("e"), len(text)] for text in texts]

    with LocalServer(embed=letters) as server, Api(server) as api:
        api.call("PostApps", apps=[resources_pb2.App(id="mine")])
        upload_reviews(api, "mine")
        post_model(api, "mine")
        version = train(api, "mine", dataset_id="reviews")
        assert version.input_info.base_embed_model.id == "letters"
        api.call("PostModelOutputs", app="mine", model_id="mood", inputs=[text_input("", "aaa")])
    assert seen[0] == TEXTS
    assert seen[-1] == ["aaa"]


def test_annotations_label_and_unlabel_inputs(api, app):
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="notes")])
    api.call("PostInputs", app=app, inputs=[text_input(key, key, datasets=["notes"]) for key in ("a", "b", "c")])
    posted = [
        resources_pb2.Annotation(id="one", input_id="a", data=resources_pb2.Data(concepts=concepts("cat", "dog"))),
        resources_pb2.Annotation(id="two", input_id="a", data=resources_pb2.Data(concepts=concepts("dog", value=0.0))),
        resources_pb2.Annotation(id="three", input_id="b", data=resources_pb2.Data(concepts=concepts("dog"))),
    ]
    for reply in api.call("PostAnnotations", app=app, annotations=posted).annotations:
        assert reply.status.code == status_code_pb2.ANNOTATION_SUCCESS
    listed = api.call("ListAnnotations", app=app, input_ids=["a"]).annotations
    assert [(one.id, {c.id: c.value for c in one.data.concepts}) for one in listed] == [
        ("one", {"cat": 1.0, "dog": 1.0}),
        ("two", {"dog": 0.0}),
    ]
    (first, *_) = api.call("ListDatasetInputs", app=app, dataset_id="notes").dataset_inputs
    assert {c.id: c.value for c in first.input.data.concepts} == {"cat": 1.0, "dog": 0.0}
    frozen = api.call(
        "PostDatasetVersions", app=app, dataset_id="notes", dataset_versions=[resources_pb2.DatasetVersion()]
    ).dataset_versions[0]
    counts = frozen.metrics["/"]
    assert (counts.inputs_count.value, counts.unlabeled_inputs_count.value) == (3, 1)
    api.call("DeleteAnnotations", app=app, input_ids=["a"], ids=["two"])
    (first, *_) = api.call("ListInputs", app=app, ids=["a"]).inputs
    assert {c.id: c.value for c in first.data.concepts} == {"cat": 1.0, "dog": 1.0}


def test_annotations_that_come_while_others_are_written_stay(api, app, monkeypatch):
    api.call("PostInputs", app=app, inputs=[text_input("a", "a")])
    looked_up, post = input_calls.app_inputs, partial(api.call, "PostAnnotations", app=app)
    one, two = (
        resources_pb2.Annotation(id=key, input_id="a", data=resources_pb2.Data(concepts=concepts(key)))
        for key in ("cat", "dog")
    )

    def look_up(record):
        monkeypatch.setattr(input_calls, "app_inputs", looked_up)
        found = looked_up(record)
        post(annotations=[two])
        return found

    monkeypatch.setattr(input_calls, "app_inputs", look_up)
    post(annotations=[one])
    assert {each.id for each in api.call("ListAnnotations", app=app, input_ids=["a"]).annotations} == {"cat", "dog"}
    two.id = "three"
    monkeypatch.setattr(input_calls, "app_inputs", look_up)
    api.call("DeleteAnnotations", app=app, input_ids=["a"], ids=["cat"])
    left = api.call("ListAnnotations", app=app, input_ids=["a"]).annotations
    assert {each.id for each in left} == {"dog", "three"}


def test_an_empty_version_means_the_dataset_as_it_is_now(api, app):
    upload_reviews(api, app)
    post_model(api, app)
    version = train(api, app, dataset_id="reviews")
    (trained_on,) = api.call("ListDatasetVersions", app=app, dataset_id="reviews").dataset_versions
    assert trained_on.request_origin == resources_pb2.DatasetVersionRequestOrigin.TRAINING
    assert version.train_info.dataset.version.id == trained_on.id
    same = api.evaluate("same", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    assert same.ground_truth_dataset.version.id == trained_on.id
    api.call("PostInputs", app=app, inputs=[text_input("more", "a good one", "pos", datasets=["reviews"])])
    grown = api.evaluate("grown", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    newest, _ = api.call("ListDatasetVersions", app=app, dataset_id="reviews").dataset_versions
    assert newest.request_origin == resources_pb2.DatasetVersionRequestOrigin.EVAL_GROUND_TRUTH
    assert grown.ground_truth_dataset.version.id == newest.id
    assert (len(same.test_set), len(grown.test_set)) == (32, 33)
    manual = resources_pb2.DatasetVersionRequestOrigin.MANUAL
    assert not api.call("ListDatasetVersions", app=app, dataset_id="reviews", request_origins=[manual]).dataset_versions


def test_inputs_are_put_into_further_datasets_and_taken_out(api, app):
    upload_reviews(api, app)
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id=key) for key in ("some", "all")])
    named = [resources_pb2.DatasetInput(input=resources_pb2.Input(id=f"r{n}")) for n in (3, 1)]
    api.call("PostDatasetInputs", app=app, dataset_id="some", dataset_inputs=named)
    source = resources_pb2.Filter(input=resources_pb2.Input(dataset_ids=["reviews"]))
    search = resources_pb2.Search(query=resources_pb2.Query(filters=[source]))
    api.call("PostDatasetInputs", app=app, dataset_id="all", search=search)

    def ids(dataset):
        found = api.call("ListDatasetInputs", app=app, dataset_id=dataset).dataset_inputs
        return [one.input.id for one in found]

    assert ids("some") == ["r3", "r1"]
    assert ids("all") == ids("reviews")
    api.call("DeleteDatasetInputs", app=app, dataset_id="some", input_ids=["r3"])
    assert ids("some") == ["r1"]
    api.call("DeleteInputs", app=app, ids=["r1", "r2"])
    assert ids("some") == []
    assert "r1" not in ids("reviews")
    assert api.call("GetInputCount", app=app).counts.processed == 30
    api.call("DeleteInputs", app=app, ids=[])  # as the official SDK sends it after each batch
    assert api.call("GetInputCount", app=app).counts.processed == 30


def test_an_upload_says_of_each_input_what_became_of_it(api, app):
    api.call("PostInputs", app=app, inputs=[text_input("there", "already")])
    url = resources_pb2.Data(image=resources_pb2.Image(url="https://example.com/cat.png"))
    broken = resources_pb2.Data(image=resources_pb2.Image(base64=b"no image"))
    video = resources_pb2.Data(video=resources_pb2.Video(base64=b"film"))
    inputs = [
        text_input("good", "fine"),
        text_input("there", "twice"),
        resources_pb2.Input(id="url", data=url),
        resources_pb2.Input(id="broken", data=broken),
        resources_pb2.Input(id="video", data=video),
        text_input("lost", "where to", datasets=["nowhere"]),
    ]
    reply = api.raw("PostInputs", app=app, inputs=inputs, inputs_add_job_id="job")
    assert reply.status.code == status_code_pb2.MIXED_STATUS
    assert "5 of 6 failed" in reply.status.details
    assert [one.status.code for one in reply.inputs] == [
        status_code_pb2.INPUT_DOWNLOAD_SUCCESS,
        status_code_pb2.INPUT_DUPLICATE,
        status_code_pb2.INPUT_DOWNLOAD_FAILED,
        status_code_pb2.INPUT_UNSUPPORTED_FORMAT,
        status_code_pb2.INPUT_UNSUPPORTED_FORMAT,
        status_code_pb2.CONN_DOES_NOT_EXIST,
    ]
    assert all(one.status.details for one in reply.inputs[1:])
    progress = api.call("GetInputsAddJob", app=app, id="job").inputs_add_job.progress
    assert (progress.success_count, progress.failed_count, progress.pending_count) == (1, 5, 0)
    assert sorted(one.id for one in api.call("ListInputs", app=app).inputs) == ["good", "there"]
    failed = api.raw("PostInputs", app=app, inputs=inputs[1:2])
    assert failed.status.code == status_code_pb2.FAILURE
    many = api.raw("PostInputs", app=app, inputs=[text_input("", "x") for _ in range(129)])
    assert many.status.code == status_code_pb2.CONN_INVALID_REQUEST
    assert "128" in many.status.details


def test_a_version_that_cannot_be_trained_says_why(api, app):
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="bare")])
    post_model(api, app)

    def refused(**params):
        version = resources_pb2.ModelVersion(train_info=resources_pb2.TrainInfo(params=Struct()))
        version.train_info.params.update(params)
        return api.raw("PostModelVersions", app=app, model_id="mood", model_versions=[version]).status

    assert refused(dataset_id="bare").code == status_code_pb2.MODEL_TRAINING_NO_DATA
    assert "train_info.params.dataset_id" in refused().details
    assert "'bare'" in refused(dataset_id="bear").details
    assert "'epochs'" in refused(dataset_id="bare", epochs=3).details
    assert "'mlp'" in refused(dataset_id="bare", template="mlp").details
    assert "-1" in refused(dataset_id="bare", inputs_per_concept=-1).details
    outputs = api.raw("PostModelOutputs", app=app, model_id="mood", inputs=[text_input("", "x")])
    assert outputs.status.code == status_code_pb2.MODEL_UNTRAINED

    upload_reviews(api, app)
    asked = resources_pb2.ModelVersion(output_info=resources_pb2.OutputInfo(data=resources_pb2.Data()))
    asked.train_info.params.update({"dataset_id": "reviews"})
    asked.output_info.data.concepts.extend(concepts("pos", "owl"))
    queued = api.call("PostModelVersions", app=app, model_id="mood", model_versions=[asked]).model.model_version
    failed = wait_for_training(api, app, queued.id)
    assert failed.status.code == status_code_pb2.MODEL_TRAINING_FAILED
    assert "'owl'" in failed.status.details
    evaluation = resources_pb2.EvalMetrics(id="no")
    evaluation.model.id, evaluation.model.model_version.id = "mood", failed.id
    reply = api.raw("PostEvaluations", app=app, eval_metrics=[evaluation])
    assert reply.status.code == status_code_pb2.MODEL_TRAINING_FAILED
    assert not api.call("ListModelVersions", app=app, model_id="mood", trained_only=True).model_versions


def test_a_version_learns_the_concepts_that_were_named(api, app):
    rng = np.random.default_rng(0)
    inputs = [text_input(f"n{n}", f"{TEXTS[n % 32]} {rng.integers(9)}", "x", LABELS[n % 32]) for n in range(64)]
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="both")])
    for one in inputs:
        one.dataset_ids.append("both")
    api.call("PostInputs", app=app, inputs=inputs)
    post_model(api, app)
    asked = resources_pb2.ModelVersion()
    asked.train_info.params.update({"dataset_id": "both"})
    asked.output_info.data.concepts.extend(concepts("pos", "neg"))
    queued = api.call("PostModelVersions", app=app, model_id="mood", model_versions=[asked]).model.model_version
    version = wait_for_training(api, app, queued.id)
    assert [one.id for one in version.output_info.data.concepts] == ["pos", "neg"]
    found = api.evaluate("two", dataset="both", model="mood", version=version.id, app=app, use_kfold=False)
    assert [one.concept.id for one in found.binary_metrics] == ["pos", "neg"]
    assert found.summary.macro_avg_roc_auc > 0.9


def test_what_is_made_is_deleted_and_an_app_takes_its_evaluations_along(api, app):
    upload_reviews(api, app)
    post_model(api, app)
    version = train(api, app, dataset_id="reviews")
    api.evaluate("kept", dataset="reviews", model="mood", version=version.id, app=app, use_kfold=False)
    api.call("DeleteModelVersion", app=app, model_id="mood", version_id=version.id)
    assert not api.call("ListModelVersions", app=app, model_id="mood").model_versions
    api.call("DeleteDatasets", app=app, dataset_ids=["reviews"])
    assert not api.call("ListDatasets", app=app).datasets
    api.call("DeleteModels", app=app, ids=["mood"])
    assert not api.call("ListModels", app=app).models
    assert api.get("kept", app=app).summary.macro_avg_roc_auc == 1.0  # history outlives what it is of
    api.call("DeleteApp", app=app)
    assert api.raw("GetApp", app=app).status.code == status_code_pb2.CONN_DOES_NOT_EXIST
    api.call("PostApps", apps=[resources_pb2.App(id=app)])
    assert not api.call("ListEvaluations", app=app, show_failed_metrics=True).eval_metrics


def test_an_id_that_is_taken_is_refused(api, app):
    upload_reviews(api, app)
    post_model(api, app)
    taken = [
        ("PostApps", {"apps": [resources_pb2.App(id=app)]}),
        ("PostDatasets", {"datasets": [resources_pb2.Dataset(id="reviews")]}),
        ("PostModels", {"models": [resources_pb2.Model(id="mood", model_type_id="text-classifier")]}),
    ]
    for method, fields in taken:
        reply = api.raw(method, app=app, **fields)
        assert reply.status.code == status_code_pb2.CONN_INVALID_REQUEST
        assert "already" in reply.status.details


def test_a_dataset_of_texts_and_images_is_refused_when_it_is_frozen(api, app):
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="mixed")])
    png = sample_images.encode_png(np.zeros((4, 4), dtype=np.uint8))
    image = resources_pb2.Input(
        data=resources_pb2.Data(image=resources_pb2.Image(base64=png), concepts=concepts("a")), dataset_ids=["mixed"]
    )
    api.call("PostInputs", app=app, inputs=[image, text_input("t", "text", "b", datasets=["mixed"])])
    reply = api.raw(
        "PostDatasetVersions", app=app, dataset_id="mixed", dataset_versions=[resources_pb2.DatasetVersion()]
    )
    assert "1 texts and 1 images" in reply.status.details


def test_datasets_added_from_python_are_listed_input_by_input_and_predicted_by_id():
    with toy_server() as server, Api(server) as api:
        listed = api.call("ListDatasetInputs", app="zoo", dataset_id="animals", per_page=1000).dataset_inputs
        texts, labels, _ = toy_data()
        assert [one.input.data.text.raw for one in listed] == texts
        assert [[c.id for c in one.input.data.concepts] for one in listed] == labels
        assert len(api.call("ListInputs", app="zoo", per_page=1000).inputs) == 240
        scored = api.evaluate("scores", dataset="animals", use_kfold=False)
        expected = {e.input.id: {c.id: c.value for c in e.predicted_concepts} for e in scored.test_set}
        inputs = [one.input for one in listed[:50]]
        for output in api.call("PostModelOutputs", app="zoo", model_id="keeper", inputs=inputs).outputs:
            told = {concept.id: concept.value for concept in output.data.concepts}
            assert told == pytest.approx(expected[output.input.id], abs=1e-6)
        refused = api.raw("PostInputs", app="zoo", inputs=[text_input("new", "new", datasets=["animals"])])
        assert "PostDatasets" in refused.inputs[0].status.details
        other = api.raw("PostModelOutputs", app="zoo", model_id="keeper", inputs=[text_input("", "unknown")])
        assert "takes 4" in other.status.details


def test_the_one_user_is_read(api, server):
    assert api.call("GetUser").user.id == server.user_id


def test_model_types_name_the_parameters_of_trainings(api):
    found = {one.id: one for one in api.call("ListModelTypes").model_types}
    assert set(found) == {"text-classifier", "visual-classifier", "embedding-classifier"}
    for one in found.values():
        assert one.evaluation_type == resources_pb2.EvaluationType.Classification
        assert "train_info.params.dataset_id" in {field.path for field in one.model_type_fields}


def test_models_of_samples_are_listed_with_a_version_before_they_are_trained():
    with LocalServer.with_samples() as server, Api(server) as api:
        models = api.call("ListModels").models
        assert {model.model_version.id for model in models} == {"all-inputs"}
        assert {model.model_version.status.code for model in models} == {status_code_pb2.MODEL_TRAINED}


def test_every_call_of_the_service_is_answered_with_a_status(api):
    methods = service_pb2.DESCRIPTOR.services_by_name["V2"].methods
    unknown = {method.name for method in methods if not hasattr(getattr(Servicer, method.name), "__wrapped__")}
    assert len(unknown) > 200
    for name in ("PatchModels", "PostWorkflows", "ListRunners", "PostAnnotationsSearches", "PutDatasetVersionExports"):
        assert name in unknown
        kind = next(method.input_type.name for method in methods if method.name == name)
        reply = api.raw(name, request=kind)
        assert reply.status.code == status_code_pb2.NOT_IMPLEMENTED
        assert name in reply.status.details
        assert "platform" in reply.status.details
    (streamed,) = api.stub.StreamAnnotations(service_pb2.StreamAnnotationsRequest(), metadata=api.metadata)
    assert streamed.status.code == status_code_pb2.NOT_IMPLEMENTED


def test_pages_of_uploads_end(api, app):
    upload_reviews(api, app)
    pages = [len(api.call("ListInputs", app=app, page=page, per_page=20).inputs) for page in (1, 2, 3)]
    assert pages == [20, 12, 0]


def test_a_training_ends_with_its_server():
    with LocalServer() as server:
        with Api(server) as api:
            api.call("PostApps", apps=[resources_pb2.App(id="brief")])
            upload_reviews(api, "brief")
            post_model(api, "brief")
            post_version(api, "brief", dataset_id="reviews")
        trainings = server._trainings
    assert not any(thread.is_alive() for thread in trainings._threads)


def test_a_samples_model_scores_and_predicts_uploads():
    with LocalServer.with_samples() as server, Api(server) as api:
        api.call("PostApps", apps=[resources_pb2.App(id="mine")])
        api.call("PostDatasets", app="mine", datasets=[resources_pb2.Dataset(id="names")])
        names = {
            "de": "Österreichisches Deutsch",
            "fi": "keskienglanti",
            "hu": "középfelső német",
            "pl": "staroangielski",
        }
        inputs = [text_input(key, text, key, datasets=["names"]) for key, text in names.items()]
        api.call("PostInputs", app="mine", inputs=inputs)
        options = {"model": "language-classifier", "version": "all-inputs", "app": "languages", "use_kfold": False}
        found = api.evaluate("foreign", dataset="names", dataset_app="mine", **options)
        assert {entry.input.id for entry in found.test_set} == set(names)
        expected = {e.input.id: {c.id: c.value for c in e.predicted_concepts} for e in found.test_set}
        outputs = api.call("PostModelOutputs", app="languages", model_id="language-classifier", inputs=inputs).outputs
        for output in outputs:
            told = {concept.id: concept.value for concept in output.data.concepts}
            assert told == pytest.approx(expected[output.input.id], abs=1e-6)
        assert found.model.model_version.input_info.base_embed_model.id == "wordllama"


def test_a_version_trained_by_a_call_survives_a_restart_and_a_deleted_one_does_not(tmp_path):
    path = tmp_path / "server.db"
    with LocalServer(path) as server, Api(server) as api:
        api.call("PostApps", apps=[resources_pb2.App(id="kept")])
        upload_reviews(api, "kept")
        post_model(api, "kept")
        first, second = (train(api, "kept", dataset_id="reviews") for _ in range(2))
        inputs = [text_input("", text) for text in TEXTS[:4]]
        before = api.call("PostModelOutputs", app="kept", model_id="mood", version_id=first.id, inputs=inputs).outputs
        api.call("DeleteModelVersion", app="kept", model_id="mood", version_id=second.id)
    with LocalServer(path) as server, Api(server) as api:
        (version,) = api.call("ListModelVersions", app="kept", model_id="mood").model_versions
        api.call("GetDataset", app="kept", dataset_id="reviews")  # its inputs are read from the file when first needed
        assert api.call("GetModelVersion", app="kept", model_id="mood", version_id=version.id).model_version == first
        after = api.call("PostModelOutputs", app="kept", model_id="mood", inputs=inputs).outputs
        assert [one.data for one in after] == [one.data for one in before]
        found = api.evaluate("again", model="mood", version=first.id, app="kept", use_kfold=True)
        assert len(found.test_set) == 32
        api.call("DeleteApp", app="kept")
    with LocalServer(path) as server, Api(server) as api:
        assert not api.call("ListApps").apps


def test_an_embedding_classifier_of_few_inputs_is_scored_but_not_cross_validated(api, app):
    api.call("PostDatasets", app=app, datasets=[resources_pb2.Dataset(id="five")])
    inputs = [text_input(f"n{n}", TEXTS[n], LABELS[n], datasets=["five"]) for n in (0, 16, 20, 24, 28)]
    api.call("PostInputs", app=app, inputs=inputs)
    post_model(api, app)
    version = train(api, app, dataset_id="five")
    options = {"dataset": "five", "model": "mood", "version": version.id, "app": app}
    scored = api.evaluate("scored", use_kfold=False, **options)
    assert {one.concept.id: one.num_pos for one in scored.binary_metrics} == {"neg": 4, "pos": 1}
    api.start("crossed", use_kfold=True, **options)
    status = api.wait("crossed", app=app).status
    assert status.code == status_code_pb2.MODEL_EVALUATION_NEED_INPUTS
    assert "'pos' has 1" in status.details


def test_a_clock_that_is_set_back_makes_no_version_older_than_those_before_it(tmp_path, monkeypatch):
    path = tmp_path / "server.db"
    toy_server(path, joblib_backend="threading").stop()
    past = datetime(2001, 2, 3, tzinfo=UTC)
    monkeypatch.setattr(training, "now", lambda: past)
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api, server.client() as client:
        server.train("zoo", "keeper", dataset_id="animals")
        assert [version.id for version in client.model_versions("keeper")] == ["v2", "v1"]
        listed = api.call("ListModelVersions", app="zoo", model_id="keeper").model_versions
        assert [version.id for version in listed] == ["v2", "v1"]
    with LocalServer(path) as server, server.client() as client:
        assert [version.id for version in client.model_versions("keeper")] == ["v2", "v1"]


def test_a_training_that_has_embeddings_to_make_first_keeps_nobody_waiting(tmp_path):
    """Those of a dataset that was added whole and annotated since are kept with it, and may yet have to be made."""
    go_on, waited_in_vain = threading.Event(), []
    with LocalServer(tmp_path / "server.db", joblib_backend="threading") as server, Api(server) as api:
        add_toys(server)
        added = server._records.dataset("zoo", "animals").versions[0]
        made = added.embeddings.get()

        def make():
            if not go_on.wait(30):
                waited_in_vain.append(True)
            return made

        added.embeddings = Lazy(make)
        said = resources_pb2.Data(concepts=[resources_pb2.Concept(id="owl", value=1.0)])
        annotation = resources_pb2.Annotation(input_id="animals-001", data=said)
        api.call("PostAnnotations", app="zoo", annotations=[annotation])
        posted = post_version(api, "zoo", "keeper", dataset_id="animals")
        api.call("PostDatasets", app="zoo", datasets=[resources_pb2.Dataset(id="other")])  # which takes the lock
        go_on.set()
        assert waited_in_vain == []
        assert wait_for_training(api, "zoo", posted.id, "keeper").status.code == status_code_pb2.MODEL_TRAINED
