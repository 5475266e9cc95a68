"""Ten thousand damaged replies: each is read for what it says, or ends in an error with a type and a message."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from clarifai_eval_widget.client import EvalClient, transience
from clarifai_eval_widget.client.channel import open_channel
from clarifai_eval_widget.client.resources import App, Dataset, Model, ModelVersion
from clarifai_eval_widget.errors import EvalError
from tests.mutations import damaged_message
from tests.small_server import small_server

SEEDS, REPLIES = range(10), 1000


class Recorder:
    """A service that hands on to a real one and keeps one reply of each call."""

    def __init__(self, service):
        self._service = service
        self.replies = {}

    def __getattr__(self, name):
        real = getattr(self._service, name)

        def with_call(request, **options):
            reply, sent = real.with_call(request, **options)
            key = f"{name}+" if getattr(request, "fields", None) and request.fields.test_set else name
            self.replies[key] = reply
            return reply, sent

        return type("Call", (), {"with_call": staticmethod(with_call)})


class Damaging:
    """A service that answers with damaged copies of kept replies."""

    def __init__(self, replies, rng):
        self._replies, self._rng = replies, rng
        self.sent = 0
        self.last = None

    def initial_metadata(self):
        return ()

    trailing_metadata = initial_metadata

    def __getattr__(self, name):
        def with_call(request, **_options):
            key = f"{name}+" if getattr(request, "fields", None) and request.fields.test_set else name
            self.sent += 1
            self.last = damaged_message(self._replies[key], self._rng)
            return self.last, self

        return type("Call", (), {"with_call": staticmethod(with_call)})


MODEL, DATASET = Model("sentiment", "shop", "local"), Dataset("reviews", "shop", "local")
VERSION = ModelVersion("second", "sentiment", "shop", "local", status_code=21100)


def look(e):
    """What a page and a summary want of it; everything would take ten times as long, and is looked at by test_fuzz."""
    assert e.table(0.5, full=True)["roc_auc"].dropna().between(0, 1).all()
    assert (e.summary.dropna() >= 0).all()
    assert repr(e).startswith("Evaluation(")


def everything(client, evaluation_id):
    """Ways to use a client, each by its name."""

    def start():
        run = client.start_evaluation(VERSION, DATASET)
        repr((run, run.poll(), str(run.progress), run.error, run.evaluation()))

    return {
        "apps": lambda: repr(client.apps()),
        "models": lambda: repr(client.models()),
        "versions": lambda: repr([(one, one.key, one.created_at) for one in client.model_versions(MODEL)]),
        "by id": lambda: repr(client.versions_by_id("second")),
        "datasets": lambda: repr([(one, one.key) for one in client.datasets()]),
        "dataset versions": lambda: repr(client.dataset_versions(DATASET)),
        "types": lambda: repr(client.model_types(["text-classifier"])),
        "found": lambda: repr([(run, run.progress, run.roc_auc, run.dataset_key) for run in client.evaluations()]),
        "leaderboard": lambda: client.leaderboard().to_string(),
        "read": lambda: look(client.evaluation(evaluation_id, App("shop", "local"))),
        "named": lambda: repr(client.start_evaluation("second", "reviews")),
        "start": start,
    }


@pytest.fixture(scope="module")
def replies():
    with small_server() as server, server.client() as client:
        run = client.start_evaluation("second", "reviews", params={"use_kfold": True})
        run.result(timeout=60)
        recorder = Recorder(open_channel(client.settings.address)[1])
        client._connection._service = recorder
        client._connection._channel = open_channel(client.settings.address)[0]
        ways = everything(client, run.id)
        for name in sorted(ways, key=lambda one: one == "read"):
            ways[name]()
        kept = recorder.replies
    for name in ("GetEvaluation", "GetEvaluation+"):
        kept[name].eval_metrics.id = run.id
    kept["PostEvaluations"].eval_metrics[0].id = run.id
    short = kept["GetEvaluation+"].eval_metrics
    del short.test_set[12:]
    for curve in short.binary_metrics:
        for part in (curve.roc_curve, curve.precision_recall_curve):
            for field, _ in part.ListFields():
                del getattr(part, field.name)[8:]
    return kept


def outcome_of(use):
    try:
        use()
    except EvalError as error:
        said, kind = error.message, type(error).__name__
    else:
        said, kind = "whole", "whole"
    assert 0 < len(said.strip()) <= 5000
    return kind


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_reply_is_read_or_told_by_a_typed_error(replies, monkeypatch, seed):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.0)
    rng = random.Random(seed)
    service = Damaging(replies, rng)
    ended = Counter()
    while service.sent < REPLIES:
        with EvalClient(pat="x", user_id="local", base_url="http://127.0.0.1:1") as client:
            client._connection._service = service
            client._connection._bucket.take = lambda _closing: None
            ways = everything(client, replies["GetEvaluation+"].eval_metrics.id)
            name = rng.choice([*ways, *["read"] * 3])
            ended[f"{name}: {outcome_of(ways[name])}"] += 1
    assert ended["read: whole"] > 50, "much of it can still be read"
    assert sum(count for name, count in ended.items() if not name.endswith(": whole")) > 20, "and much cannot"
