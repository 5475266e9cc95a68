"""A small server and raw gRPC calls, for the tests of the local server."""

from __future__ import annotations

import time

import numpy as np
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2, service_pb2, service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.work.plan import Plan

CONCEPTS = ("cat", "dog", "owl")
RUNNING = (status_code_pb2.MODEL_QUEUED_FOR_EVALUATION, status_code_pb2.MODEL_EVALUATING)
ALL_FIELDS = resources_pb2.FieldsValue(
    confusion_matrix=True, cooccurrence_matrix=True, label_counts=True, binary_metrics=True, test_set=True
)


def toy_data(num_inputs=150, *, seed=0, multi_label=False, num_features=4):
    """Texts, labels and embeddings that overlap, so that AUCs are neither 0.5 nor 1."""
    rng = np.random.default_rng(seed)
    classes = np.arange(num_inputs) % len(CONCEPTS)
    labels = [[CONCEPTS[k]] for k in classes]
    if multi_label:
        for n in range(0, num_inputs, 4):
            labels[n].append(CONCEPTS[(classes[n] + 1) % len(CONCEPTS)])
    X = rng.normal(size=(num_inputs, num_features)).astype(np.float32)
    X[np.arange(num_inputs), classes] += 1.0
    return [f"text {n}" for n in range(num_inputs)], labels, X


def toy_server(path=None, **options):
    """A server with the app "zoo": two datasets and a trained version."""
    server = LocalServer(path, **options)
    add_toys(server)
    return server


def add_toys(server):
    texts, labels, X = toy_data()
    server.add_dataset("zoo", "animals", texts, labels, embeddings=X)
    texts, labels, X = toy_data(90, seed=1, multi_label=True)
    server.add_dataset("zoo", "more-animals", texts, labels, embeddings=X)
    server.train("zoo", "keeper", dataset_id="animals")


def full_at(server, pages):
    """Let SQLite find the disk full at a size; as few pages as there are already when that is more."""
    server._database.read(f"PRAGMA max_page_count = {pages or 1}")


class Api:
    """Raw calls over a socket."""

    def __init__(self, server, pat=None):
        self.channel = ClarifaiChannel.get_insecure_grpc_channel(base="127.0.0.1", port=server.port)
        self.stub = service_pb2_grpc.V2Stub(self.channel)
        self.metadata = (("authorization", f"Key {server.pat if pat is None else pat}"),)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def raw(self, method, *, app="", request=None, **fields):
        kind = getattr(service_pb2, request or f"{method}Request")
        message = kind(user_app_id=resources_pb2.UserAppIDSet(user_id="me", app_id=app), **fields)
        return getattr(self.stub, method)(message, metadata=self.metadata, timeout=30)

    def call(self, method, **fields):
        reply = self.raw(method, **fields)
        assert reply.status.code == status_code_pb2.SUCCESS, reply.status
        return reply

    def start(
        self,
        evaluation_id,
        *,
        dataset="",
        version="v1",
        use_kfold=True,
        model="keeper",
        app="zoo",
        dataset_app="",
        **params,
    ):
        return self.call(
            "PostEvaluations",
            app=app,
            eval_metrics=[
                asked(
                    evaluation_id,
                    dataset=dataset,
                    version=version,
                    use_kfold=use_kfold,
                    model=model,
                    app=app,
                    dataset_app=dataset_app,
                    **params,
                )
            ],
        )

    def get(self, evaluation_id, fields=None, *, app="zoo"):
        return self.call("GetEvaluation", app=app, evaluation_id=evaluation_id, fields=fields).eval_metrics

    def wait(self, evaluation_id, fields=None, *, app="zoo", timeout=60):
        return self.until(
            evaluation_id, lambda found: found.status.code not in RUNNING, fields, app=app, timeout=timeout
        )

    def until(self, evaluation_id, reached, fields=None, *, app="zoo", timeout=60):
        deadline = time.monotonic() + timeout
        while not reached(found := self.get(evaluation_id, app=app)):
            assert time.monotonic() < deadline, found
            time.sleep(0.01)
        return self.get(evaluation_id, fields, app=app)

    def evaluate(self, evaluation_id, fields=ALL_FIELDS, **options):
        self.start(evaluation_id, **options)
        found = self.wait(evaluation_id, fields, app=options.get("app", "zoo"))
        assert found.status.code == status_code_pb2.MODEL_EVALUATED, found.status
        return found


def asked(
    evaluation_id, *, dataset="", version="v1", use_kfold=True, model="keeper", app="zoo", dataset_app="", **params
):
    message = resources_pb2.EvalMetrics(id=evaluation_id)
    message.model.id, message.model.app_id, message.model.model_version.id = model, app, version
    if dataset:
        message.ground_truth_dataset.id, message.ground_truth_dataset.app_id = dataset, dataset_app or app
    if use_kfold is not None:
        params["use_kfold"] = use_kfold
    message.eval_info.params.update(params)
    return message


def read_test_set(metrics, concepts=CONCEPTS):
    """Labels and scores (N, K), input ids and folds of a test set."""
    column = {concept: k for k, concept in enumerate(concepts)}
    labels = np.zeros((len(metrics.test_set), len(concepts)), dtype=bool)
    scores = np.full(labels.shape, np.nan, dtype=np.float32)
    for n, entry in enumerate(metrics.test_set):
        for concept in entry.predicted_concepts:
            scores[n, column[concept.id]] = concept.value
        for concept in entry.ground_truth_concepts:
            labels[n, column[concept.id]] = True
    ids = [entry.input.id for entry in metrics.test_set]
    folds = np.array([entry.input.data.metadata.fields["fold"].number_value for entry in metrics.test_set])
    return labels, scores, ids, folds


def figures(metrics):
    """All that an evaluation found, without what it is called and when it ran."""
    found = type(metrics)()
    found.CopyFrom(metrics)
    found.id = ""
    own(found).fields.pop("created_at")
    return found


def steps_computed(monkeypatch):
    """A list that grows by the number, from 0, of each fold or batch that is sent to be computed."""
    computed = []
    calls = Plan.calls

    def counted(plan, first=0):
        for index, call in enumerate(calls(plan, first), first):
            computed.append(index)
            yield call

    monkeypatch.setattr(Plan, "calls", counted)
    return computed


def own(metrics):
    """What the local server tells beyond the protocol."""
    return metrics.extended_metrics.user_metrics["clarifai_eval_widget"]
