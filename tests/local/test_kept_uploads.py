"""What clients have made by calls alone outlives the server: uploads, annotations, empty apps, datasets and models."""

import shutil
import sqlite3
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data.sample_images import encode_png
from tests.local.support import ALL_FIELDS, Api
from tests.local.test_creating import (
    LABELS,
    TEXTS,
    concepts,
    post_model,
    post_version,
    text_input,
    train,
    upload_reviews,
    wait_for_training,
)

LISTINGS = (
    ("ListApps", {}),
    ("ListConcepts", {"app": "kept"}),
    ("ListInputs", {"app": "kept", "per_page": 1000}),
    ("ListAnnotations", {"app": "kept", "per_page": 1000}),
    ("ListDatasets", {"app": "kept"}),
    ("ListDatasetInputs", {"app": "kept", "dataset_id": "reviews", "per_page": 1000}),
    ("ListDatasetVersions", {"app": "kept", "dataset_id": "reviews"}),
    ("ListModels", {"app": "kept"}),
)


def embed(texts):
    """Lengths and letters: enough to tell the reviews apart, and at once."""
    return np.array([[len(text), text.count("e"), text.count("a"), text.count("o")] for text in texts], np.float32)


def serve(path, embed=embed):
    return LocalServer(path, embed=embed, joblib_backend="threading")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server.db"


def listed(api):
    found = []
    for method, fields in LISTINGS:
        reply = api.call(method, **fields)
        reply.status.req_id = ""
        found.append(reply)
    return found


def make(api):
    api.call("PostApps", apps=[resources_pb2.App(id="kept", description="uploads 😀")])
    upload_reviews(api, "kept")


def restarted(path, do, *, make_first=make):
    """Let one server do something, and return what it lists after, and what the next one lists."""
    with serve(path) as server, Api(server) as api:
        make_first(api)
        do(api)
        before = listed(api)
    with serve(path) as server, Api(server) as api:
        return before, listed(api)


def freeze(api, version_id="one"):
    version = resources_pb2.DatasetVersion(id=version_id)
    api.call("PostDatasetVersions", app="kept", dataset_id="reviews", dataset_versions=[version])


def annotate(api, input_id, *labels, value=1.0):
    said = resources_pb2.Data(concepts=concepts(*labels, value=value))
    annotation = resources_pb2.Annotation(id=f"said-of-{input_id}", input_id=input_id, data=said)
    api.call("PostAnnotations", app="kept", annotations=[annotation])


def other_dataset(api):
    api.call("PostDatasets", app="kept", datasets=[resources_pb2.Dataset(id="some")])
    some = [resources_pb2.DatasetInput(input=resources_pb2.Input(id=f"r{n}")) for n in (9, 3, 5)]
    api.call("PostDatasetInputs", app="kept", dataset_id="some", dataset_inputs=some)


def replaced_dataset(api):
    api.call("DeleteDatasets", app="kept", dataset_ids=["reviews"])
    api.call("PostDatasets", app="kept", datasets=[resources_pb2.Dataset(id="reviews", description="new")])


@pytest.mark.parametrize(
    "do",
    [
        lambda _: None,
        freeze,
        lambda api: annotate(api, "r3", "pos", "odd"),
        lambda api: annotate(api, "r3", "pos", value=0.0),
        lambda api: api.call("DeleteAnnotations", app="kept", input_ids=["r4"]),
        lambda api: api.call("DeleteInputs", app="kept", ids=["r1", "r31"]),
        lambda api: api.call("DeleteDatasetInputs", app="kept", dataset_id="reviews", input_ids=["r2"]),
        lambda api: api.call("PostConcepts", app="kept", concepts=[resources_pb2.Concept(id="pos", name="Gut")]),
        lambda api: (freeze(api), annotate(api, "r3", "odd")),
        lambda api: (freeze(api), api.call("DeleteDatasetVersions", app="kept", dataset_id="reviews",
                                           dataset_version_ids=["one"])),
        other_dataset,
        replaced_dataset,
        lambda api: post_model(api, "kept"),
        lambda api: (post_model(api, "kept"), api.call("DeleteModels", app="kept", ids=["mood"]),
                     post_model(api, "kept", model_type_id="text-classifier")),
        lambda api: api.call("PostInputs", app="kept", inputs=[text_input("odd", "nul \0 and 😀", "pos")]),
    ],
)  # fmt: skip
def test_a_later_server_lists_what_the_one_before_it_did(path, do):
    before, after = restarted(path, do)
    assert after == before


def test_uploaded_images_are_read_back_byte_for_byte(path):
    files = [encode_png(np.full((4, 4), shade, np.uint8)) for shade in (0, 90, 255)]
    images = [
        resources_pb2.Input(id=f"i{n}", data=resources_pb2.Data(image=resources_pb2.Image(base64=file)))
        for n, file in enumerate(files)
    ]
    _, after = restarted(path, lambda api: api.call("PostInputs", app="kept", inputs=images))
    assert [one.data.image.base64 for one in after[2].inputs if one.id.startswith("i")] == files


def test_a_dataset_from_the_file_takes_more_uploads_and_they_count(path):
    with serve(path) as server, Api(server) as api:
        make(api)
        freeze(api)
    with serve(path) as server, Api(server) as api:
        more = [text_input(f"m{n}", f"{TEXTS[n]} too", LABELS[n], datasets=["reviews"]) for n in range(12, 20)]
        api.call("PostInputs", app="kept", inputs=more)
        duplicate = api.raw("PostInputs", app="kept", inputs=[text_input("r1", "twice")])
        assert duplicate.inputs[0].status.code == status_code_pb2.INPUT_DUPLICATE
        post_model(api, "kept", model_type_id="text-classifier")
        version = train(api, "kept", dataset_id="reviews").id
        found = api.evaluate("all", model="mood", version=version, app="kept", use_kfold=True)
        assert {entry.input.id for entry in found.test_set} == {f"r{n}" for n in range(32)} | {one.id for one in more}
    with serve(path) as server, Api(server) as api:
        again = api.evaluate("again", model="mood", version=version, app="kept", use_kfold=True)
        assert again.binary_metrics == found.binary_metrics
        inputs = api.call("ListDatasetInputs", app="kept", dataset_id="reviews", per_page=1000).dataset_inputs
        assert [one.input.id for one in inputs] == [*(f"r{n}" for n in range(32)), *(one.id for one in more)]


def test_a_version_frozen_before_a_restart_is_embedded_after_it(path):
    with serve(path) as server, Api(server) as api:
        make(api)
        freeze(api)
        api.call("DeleteInputs", app="kept", ids=[f"r{n}" for n in range(8)])  # the frozen version stays as it was
    with serve(path) as server, Api(server) as api:
        post_model(api, "kept")
        version = train(api, "kept", dataset_id="reviews", dataset_version_id="one")
        assert version.train_info.dataset.version.id == "one"
        truth = {"dataset": "reviews", "dataset_version_id": "one"}
        found = api.evaluate("one", model="mood", version=version.id, app="kept", use_kfold=False, **truth)
        assert len(found.test_set) == 32
    with serve(path, embed=lambda _: pytest.fail("it was embedded again")) as server, Api(server) as api:
        again = api.evaluate("again", model="mood", version=version.id, app="kept", use_kfold=False, **truth)
        assert again.binary_metrics == found.binary_metrics


def test_an_id_deleted_and_made_again_is_not_taken_for_the_old_one(path):
    def again(api):
        api.call("DeleteApp", app="kept")
        make(api)

    before, after = restarted(path, again)
    assert after == before


@pytest.mark.parametrize(
    ("damage", "lost"),
    [
        ("UPDATE inputs SET about = '{' WHERE id = 'r5'", "r5"),
        ("""UPDATE inputs SET about = '{"text": null}' WHERE id = 'r5'""", "r5"),
        ("UPDATE dataset_versions SET about = '[]'", None),
    ],
)
def test_a_damaged_upload_costs_itself_and_nothing_else(path, damage, lost):
    with serve(path) as server, Api(server) as api:
        make(api)
        freeze(api)
    with sqlite3.connect(path) as db:
        db.execute(damage)
    db.close()
    with serve(path) as server, Api(server) as api:
        left = {one.id for one in api.call("ListInputs", app="kept", per_page=1000).inputs}
        assert left == {f"r{n}" for n in range(32)} - {lost}
        inputs = api.call("ListDatasetInputs", app="kept", dataset_id="reviews", per_page=1000).dataset_inputs
        assert {one.input.id for one in inputs} == left
        post_model(api, "kept")
        assert train(api, "kept", dataset_id="reviews").status.code == status_code_pb2.MODEL_TRAINED


def test_a_file_of_the_third_schema_keeps_its_predictions_and_uploads(path):
    with serve(path) as server, Api(server) as api:
        make(api)
        post_model(api, "kept")
        version = train(api, "kept", dataset_id="reviews").id
        before = api.evaluate("kept", model="mood", version=version, app="kept", use_kfold=True)
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE test_sets DROP COLUMN crc")
        db.execute("PRAGMA user_version = 3")
    db.close()
    with serve(path) as server, Api(server) as api:
        assert api.get("kept", ALL_FIELDS, app="kept") == before
        api.evaluate("new", model="mood", version=version, app="kept", use_kfold=True)
        assert len(api.call("ListInputs", app="kept", per_page=1000).inputs) == 32


def test_a_file_of_the_second_schema_is_taken_over_and_takes_uploads(path):
    with serve(path) as server, Api(server) as api:
        make(api)
        post_model(api, "kept")
        first = train(api, "kept", dataset_id="reviews")
    with sqlite3.connect(path) as db:  # as the second schema had it: no uploads, only what was trained on
        for table in ("inputs", "concepts", "dataset_inputs"):
            db.execute(f"DROP TABLE {table}")
        db.execute("UPDATE datasets SET about = json_remove(about, '$.fillable', '$.changed')")
        db.execute("ALTER TABLE test_sets DROP COLUMN crc")
        db.execute("PRAGMA user_version = 2")
    db.close()
    with serve(path) as server, Api(server) as api:
        api.call("GetDataset", app="kept", dataset_id="reviews")  # its inputs are read from the file when first needed
        assert list(api.call("ListModelVersions", app="kept", model_id="mood").model_versions) == [first]
        found = api.evaluate("kept", model="mood", version=first.id, app="kept", use_kfold=True)
        assert len(found.test_set) == 32
        upload_reviews(api, "kept", "more", "m")
    with serve(path) as server, Api(server) as api:
        assert len(api.call("ListDatasetInputs", app="kept", dataset_id="more", per_page=1000).dataset_inputs) == 32


def read_version(api, version_id):
    return api.call("GetModelVersion", app="kept", model_id="mood", version_id=version_id).model_version


def test_a_version_whose_training_failed_is_kept_with_its_reason_until_it_is_deleted(path):
    version = resources_pb2.ModelVersion()
    version.train_info.params.update({"dataset_id": "reviews"})
    version.output_info.data.concepts.extend(concepts("pos", "owl"))
    with serve(path) as server, Api(server) as api:
        make(api)
        post_model(api, "kept")
        asked = api.call("PostModelVersions", app="kept", model_id="mood", model_versions=[version])
        failed = wait_for_training(api, "kept", asked.model.model_version.id)
        assert (failed.status.code, "owl" in failed.status.details) == (status_code_pb2.MODEL_TRAINING_FAILED, True)
        trained = train(api, "kept", dataset_id="reviews")
    with serve(path) as server, Api(server) as api:
        assert read_version(api, failed.id).status.details == failed.status.details
        assert read_version(api, failed.id).status.code == failed.status.code
        assert read_version(api, trained.id).status.code == status_code_pb2.MODEL_TRAINED
        api.call("DeleteModelVersion", app="kept", model_id="mood", version_id=failed.id)
    with serve(path) as server, Api(server) as api:
        found = api.call("ListModelVersions", app="kept", model_id="mood").model_versions
        assert [one.id for one in found] == [trained.id]


def test_a_version_in_training_when_the_server_ends_is_told_as_interrupted(path, tmp_path):
    with serve(path) as server, Api(server) as api:
        make(api)
        post_model(api, "kept")
        asked, goes_on = threading.Event(), threading.Event()

        def held(*_arguments):
            asked.set()
            assert goes_on.wait(60)
            raise RuntimeError("too late")

        server._trainings._runner = SimpleNamespace(map=held)
        begun = post_version(api, "kept", dataset_id="reviews")
        assert asked.wait(60)
        shutil.copy(path, tmp_path / "killed.db")  # as a kill leaves it
        for more in ("-wal", "-shm"):
            shutil.copy(f"{path}{more}", f"{tmp_path / 'killed.db'}{more}")
        goes_on.set()
    with serve(tmp_path / "killed.db") as server, Api(server) as api:
        told = read_version(api, begun.id)
        assert told.status.code == status_code_pb2.MODEL_TRAINING_FAILED
        assert "The server ended before the training was finished" in told.status.details
