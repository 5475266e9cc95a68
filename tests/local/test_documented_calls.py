"""The calls of the documentation's evaluation cells, in its order, by bare stubs: only the address is another.

Its pollers take three statuses for "not yet", one for done, and everything else for a failure.
"""

import pytest
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2, service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.struct_pb2 import Struct

from tests.local.support import Api, toy_data, toy_server
from tests.small_server import Gate

NOT_YET = (
    status_code_pb2.MODEL_NOT_EVALUATED,
    status_code_pb2.MODEL_QUEUED_FOR_EVALUATION,
    status_code_pb2.MODEL_EVALUATING,
)
EVERYTHING = resources_pb2.FieldsValue(
    confusion_matrix=True,
    cooccurrence_matrix=True,
    label_counts=True,
    binary_metrics=True,
    test_set=True,
    metrics_by_area=True,
    metrics_by_class=True,
)
OWNER = resources_pb2.UserAppIDSet(user_id="local", app_id="zoo")


@pytest.fixture(scope="module")
def server():
    with toy_server(joblib_backend="threading") as server:
        texts, labels, X = toy_data(60, seed=2)
        for _ in range(2):
            server.add_dataset("farm", "stable", texts, labels, embeddings=X)
        yield server


@pytest.fixture
def gate(server):
    """Holds evaluations, so that polls find them under way."""
    server.before_step = gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
def call(server):
    """Make a call as the cells do; a status that is not success is an error."""
    channel = ClarifaiChannel.get_insecure_grpc_channel(base="127.0.0.1", port=server.port)
    stub = service_pb2_grpc.V2Stub(channel)

    def make(method, **fields):
        request = getattr(service_pb2, f"{method}Request")(user_app_id=OWNER, **fields)
        reply = getattr(stub, method)(request, metadata=(("authorization", f"Key {server.pat}"),))
        assert reply.status.code == status_code_pb2.SUCCESS, reply.status
        return reply

    yield make
    channel.close()


def version_of(app_id="zoo"):
    return resources_pb2.Model(
        app_id=app_id, user_id="local", id="keeper", model_version=resources_pb2.ModelVersion(id="v1")
    )


def poll(read, gate):
    """Ask as the cells do until it is done; it must be under way the first time."""
    seen = []
    while True:
        metrics = read()
        if metrics.status.code == status_code_pb2.MODEL_EVALUATED:
            assert seen
            return metrics
        assert metrics.status.code in NOT_YET, metrics.status
        seen.append(metrics.status.code)
        gate.open()


@pytest.mark.parametrize(
    ("truth", "inputs"),
    [
        (None, 150),
        (resources_pb2.Dataset(user_id="local", app_id="zoo", id="more-animals"), 90),
        (
            resources_pb2.Dataset(
                user_id="local", app_id="farm", id="stable", version=resources_pb2.DatasetVersion(id="v1")
            ),
            60,
        ),
    ],
)
def test_an_evaluation_is_started_polled_read_and_listed(call, gate, truth, inputs):
    asked = resources_pb2.EvalMetrics(model=version_of(), ground_truth_dataset=truth)
    (started,) = call("PostEvaluations", eval_metrics=[asked]).eval_metrics
    assert started.status.code == status_code_pb2.MODEL_QUEUED_FOR_EVALUATION

    def read():
        return call("GetEvaluation", evaluation_id=started.id, fields=EVERYTHING).eval_metrics

    found = poll(read, gate)
    assert found.id == started.id
    assert len(found.test_set) == inputs
    assert {one.concept.id for one in found.binary_metrics} == {"cat", "dog", "owl"}
    assert found.confusion_matrix.matrix
    assert found.cooccurrence_matrix.matrix
    assert found.label_counts.positive_label_counts
    assert found.id in {one.id for one in call("ListEvaluations").eval_metrics}
    listed = call("ListModelVersionEvaluations", model_id="keeper", model_version_id="v1").eval_metrics
    assert listed[0].id == found.id
    assert listed[0].summary == found.summary


def fields_of(data):
    """The numbers of the fields at the top of a message, in the order of its bytes, read without protobuf."""

    def varint(at):
        value = shift = 0
        while True:
            value |= (data[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 0x80:
                return value, at

    at, numbers = 0, []
    while at < len(data):
        tag, at = varint(at)
        assert tag & 7 == 2, "all are messages"
        length, at = varint(at)
        numbers.append(tag >> 3)
        at += length
    assert at == len(data)
    return numbers


@pytest.mark.parametrize("fields", [EVERYTHING, resources_pb2.FieldsValue()])
def test_a_reply_has_its_evaluation_once_for_readers_that_do_not_merge_two(server, fields):
    with Api(server) as api:
        name = api.evaluate("once").id
        ask = api.channel.unary_unary(
            "/clarifai.api.V2/GetEvaluation", service_pb2.GetEvaluationRequest.SerializeToString
        )
        asked = service_pb2.GetEvaluationRequest(user_app_id=OWNER, evaluation_id=name, fields=fields)
        data = ask(asked, metadata=api.metadata)
        # protobuf.js, and with it Clarifai's client for Node, keeps the last of two: a test set, and nothing beside it
        assert fields_of(data) == [1, 2]
        refused = ask(service_pb2.GetEvaluationRequest(user_app_id=OWNER, evaluation_id="none"), metadata=api.metadata)
        assert fields_of(refused) == [1]


def test_the_older_start_names_its_dataset_among_the_parameters(call, gate):
    params = Struct()
    params.update({"dataset_id": "more-animals"})
    asked = resources_pb2.EvalMetrics(eval_info=resources_pb2.EvalInfo(params=params))
    named = {"model_id": "keeper", "model_version_id": "v1"}
    (started,) = call("PostModelVersionEvaluations", eval_metrics=[asked], **named).eval_metrics

    def read():
        return call("GetEvaluation", evaluation_id=started.id, fields=EVERYTHING).eval_metrics

    found = poll(read, gate)
    assert found.ground_truth_dataset.id == "more-animals"
    assert found.eval_info.params["dataset_id"] == "more-animals"
    assert call("ListModelVersionEvaluations", **named).eval_metrics[0].id == started.id


def test_figures_of_ones_own_come_along_untouched(call, gate):
    own = Struct()
    own.update({"bleu": 0.25, "judges": {"first": [1, 2, 3]}})
    metrics = resources_pb2.ExtendedMetrics(user_metrics=own)
    asked = resources_pb2.EvalMetrics(id="with-figures", model=version_of(), extended_metrics=metrics)
    call("PostEvaluations", eval_metrics=[asked])
    found = poll(lambda: call("GetEvaluation", evaluation_id="with-figures").eval_metrics, gate)
    assert found.extended_metrics.user_metrics["bleu"] == 0.25
    assert list(found.extended_metrics.user_metrics["judges"]["first"]) == [1, 2, 3]


def test_the_oldest_start_is_polled_by_the_version(call, gate):
    version = {"model_id": "keeper", "version_id": "v1"}
    call("PostModelVersionMetrics", **version)

    def read():
        return call("GetModelVersionMetrics", fields=EVERYTHING, **version).model_version.metrics

    found = poll(read, gate)
    assert len(found.test_set) == 150
    assert len(found.binary_metrics) == 3


def test_the_oldest_poll_tells_of_a_version_that_nobody_has_evaluated_and_of_a_failure(server, call):
    server.train("zoo", "keeper", dataset_id="animals", version_id="fresh")
    server.train("zoo", "keeper", dataset_id="animals", version_id="poor", inputs_per_concept=2)

    def status(version_id):
        read = call("GetModelVersionMetrics", model_id="keeper", version_id=version_id)
        return read.model_version.metrics.status.code

    assert status("fresh") == status_code_pb2.MODEL_NOT_EVALUATED
    call("PostModelVersionMetrics", model_id="keeper", version_id="poor")
    while status("poor") in NOT_YET:
        pass
    assert status("poor") == status_code_pb2.MODEL_EVALUATION_NEED_INPUTS
