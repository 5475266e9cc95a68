"""Proposed labels are written as annotations, for real, and what cannot be written says why."""

import contextlib

import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.errors import InvalidRequestError, NotFoundError
from clarifai_eval_widget.evaluation.relabelling import relabel
from tests.local.support import Api
from tests.local.test_creating import post_model, train, upload_reviews
from tests.local.test_kept_uploads import serve
from tests.widget.workbench.test_comparison import scored


@contextlib.contextmanager
def uploaded(app="kept"):
    """A server with texts uploaded one by one, a model trained on them, and its evaluation."""
    with serve(None) as server, Api(server) as api, server.client() as client:
        api.call("PostApps", apps=[resources_pb2.App(id=app)])
        upload_reviews(api, app)
        post_model(api, app)
        version = train(api, app, dataset_id="reviews")
        yield api, client, client.start_evaluation(version.id, "reviews").result(timeout=60)


@pytest.fixture(scope="module")
def reviews():
    with uploaded() as found:
        yield found


def labels_of(api, input_id):
    said = api.call("GetInput", app="kept", input_id=input_id).input.data.concepts
    return {one.id for one in said if one.value > 0}


def test_written_labels_are_on_the_server_and_in_the_datasets_next_version(reviews):
    api, client, evaluation = reviews
    before = {one.id for one in api.call("ListAnnotations", app="kept", per_page=1000).annotations}
    assert labels_of(api, "r0") == {"pos"}
    assert labels_of(api, "r1") == {"pos"}
    written = client.write_labels(relabel(evaluation, {"r0": ["neg"], "r1": ["neg", "pos"], "r2": ["pos"]}))
    assert written["input_id"].tolist() == ["r0", "r1"], "r2 is labelled so already"
    assert written["failure"].tolist() == ["", ""]
    assert labels_of(api, "r0") == {"neg"}
    assert labels_of(api, "r1") == {"neg", "pos"}
    after = {one.id for one in api.call("ListAnnotations", app="kept", per_page=1000).annotations}
    assert after == before | set(written["annotation_id"]), "none that was there is gone"
    again = client.start_evaluation("mood", "reviews", params={"use_kfold": False}).result(timeout=60)
    assert again.labels.loc["r0"].to_dict() == {"pos": False, "neg": True}


def test_an_input_that_cannot_be_written_says_why_and_the_others_are(reviews):
    api, client, evaluation = reviews
    api.call("DeleteInputs", app="kept", ids=["r9"])
    written = client.write_labels(relabel(evaluation, {"r9": ["pos", "neg"], "r10": ["pos", "neg"]}))
    failures = dict(zip(written["input_id"], written["failure"], strict=True))
    assert "'r9'" in failures["r9"]
    assert failures["r10"] == ""
    assert labels_of(api, "r10") == {"pos", "neg"}


def test_what_goes_nowhere_or_changes_nothing_is_refused_before_anything_is_sent(reviews):
    _, client, evaluation = reviews
    with pytest.raises(InvalidRequestError, match="nothing to write"):
        client.write_labels(relabel(evaluation, {"r3": ["pos"]}))
    given = relabel(scored(1), {"input 3": []})
    with pytest.raises(InvalidRequestError, match="in which app"):
        client.write_labels(given)
    with pytest.raises(NotFoundError, match="nowhere"):
        client.write_labels(given, app="nowhere")
