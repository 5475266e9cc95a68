"""Evaluations found on a server: none is dropped, and none is attached to a model that it is not of."""

from pathlib import Path

import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from google.protobuf import text_format

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client.resources import Model
from tests.client.stand_in import EVALUATED, StandIn, status
from tests.small_server import wait_until

PRINTED = Path(__file__).parents[1] / "data" / "platform_reply.txtpb"


def evaluation(name, *, user="ann", app="app", model=("ann", "app", "model"), version="v1", dataset=None, params=None):
    message = resources_pb2.EvalMetrics(id=name, user_id=user, app_id=app, status=status(EVALUATED))
    message.model.user_id, message.model.app_id, message.model.id = model
    message.model.model_version.id = version
    message.summary.macro_avg_roc_auc = 0.75
    if dataset is not None:
        truth = message.ground_truth_dataset
        truth.user_id, truth.app_id, truth.id, truth.version.id = dataset
    message.eval_info.params.update(params or {})
    return message


FOUND = [
    evaluation("newest", dataset=("ann", "app", "data", "d2"), params={"use_kfold": False}),
    evaluation("without-dataset", params={"use_kfold": True}),
    evaluation("in-params", params={"dataset_id": "data", "dataset_version_id": "d1", "use_kfold": True}),
    evaluation("deleted", dataset=("ann", "app", "gone", "g1")),
    evaluation("unlisted", dataset=("org", "theirs", "shared", "s1")),
    evaluation("elsewhere", app="other", dataset=("ann", "app", "data", "d2")),
    evaluation("version-gone", version="v0", dataset=("ann", "app", "data", "d2")),
    evaluation("same-name-other-app", app="other", model=("ann", "other", "model")),
    evaluation("same-name-other-user", model=("bob", "app", "model")),
    evaluation("other-model", model=("ann", "app", "another")),
]
OF_THE_MODEL = [one.id for one in FOUND[:7]]


@pytest.fixture
def server():
    with StandIn() as running:
        running.evaluations = {one.id: one for one in FOUND}
        running.questions = 0
        yield running


@pytest.fixture
def widget(client):
    made = EvalWidget(client)
    wait_until(lambda: made.versions and not made.loading)
    yield made
    made.close()


def rows(widget):
    return {row["key"].split("/")[-1]: row for row in widget.run_states}


def test_the_client_lists_every_evaluation_in_the_servers_order(client):
    assert [run.id for run in client.evaluations()] == [one.id for one in FOUND]


def test_the_widget_has_every_evaluation_of_the_model_and_of_no_other_of_its_name(widget):
    assert [run.id for run in widget.runs] == OF_THE_MODEL
    assert [row["key"].split("/")[-1] for row in widget.run_states] == OF_THE_MODEL


def test_a_found_run_has_no_date_for_the_server_tells_none(widget):
    assert {row["created_at"] for row in widget.run_states} == {""}


def test_a_run_names_its_dataset_version_and_method_as_far_as_the_server_does(widget):
    told = {
        name: (row["dataset_key"], row["dataset_name"], row["dataset_version"], row["method"])
        for name, row in rows(widget).items()
    }
    assert told == {
        "newest": ("ann/app/data", "data", "d2", "score"),
        "without-dataset": ("", "", "", "cross-validation"),
        "in-params": ("ann/app/data", "data", "d1", "cross-validation"),
        "deleted": ("ann/app/gone", "gone", "g1", ""),
        "unlisted": ("org/theirs/shared", "shared (app org/theirs)", "s1", ""),
        "elsewhere": ("ann/app/data", "data", "d2", ""),
        "version-gone": ("ann/app/data", "data", "d2", ""),
    }


def test_a_row_keeps_its_history(widget):
    of_the_row = [name for name, row in rows(widget).items() if row["version_key"] == "ann/app/model/v1"]
    assert of_the_row == OF_THE_MODEL[:-1]
    assert rows(widget)["version-gone"]["version_key"] == "ann/app/model/v0"


def test_every_one_of_them_can_be_viewed_and_read_where_it_is_owned(server, widget):
    for name, row in rows(widget).items():
        widget._platform.runs.view(widget._platform.runs.entry(row["key"]))
        wait_until(lambda name=name: widget.evaluation is not None and widget.evaluation.info.id == name)
    asked = {
        request.evaluation_id: request.user_app_id.app_id
        for method, request in server.requests
        if method == "ReadEvaluation"
    }
    assert asked == {name: server.evaluations[name].app_id for name in OF_THE_MODEL}


def test_one_without_a_dataset_is_started_anew_without_one(server, widget):
    entry = next(one for one in widget._platform.runs.entries if one.run.id == "without-dataset")
    widget._platform.runs.restart(widget._platform.client, entry)
    (posted,) = [request.eval_metrics[0] for method, request in server.requests if method == "PostEvaluations"]
    assert posted.ground_truth_dataset.id == "data", "the data that the version was trained on"
    assert entry.run.id == posted.id


def test_the_printed_reply_of_the_documentation_is_found(server, client):
    reply = text_format.Parse(PRINTED.read_text(), service_pb2.SingleEvalMetricsResponse())
    server.evaluations = {reply.eval_metrics.id: reply.eval_metrics}
    (run,) = client.evaluations()
    assert (run.version_key, run.dataset_key, run.method) == (
        "user/text-app/text-model-1/3ad2c152232e46ebb16ed31f67dc54d8",
        "",
        "cross-validation",
    )
    assert (run.user_id, run.app_id) == ("user", "text-app"), "where it is asked for"
    assert run.is_of(Model("text-model-1", "text-app", "user"))
    assert run.result(timeout=30).complete


def test_a_key_for_one_app_finds_the_evaluations_of_that_app(server):
    server.forbidden_without_app = {"ListEvaluations"}
    with server.client() as client:
        model = Model("model", "app", "ann")
        found = [run.id for run in client.paged_evaluations_around(model) if run.is_of(model)]
        assert found == [name for name in OF_THE_MODEL if name != "elsewhere"]
        server.calls.clear()
        list(client.paged_evaluations_around(model))
        assert server.calls["ListEvaluations"] == 1, "what is refused is not asked for again"
