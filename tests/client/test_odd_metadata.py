"""NaN and infinity in metadata, which are the users' own, stop nothing, wherever a reply may hold them."""

import json
import math

import pytest
from google.protobuf.descriptor import FieldDescriptor

from clarifai_eval_widget import Evaluation, EvalWidget
from tests.client.stand_in import StandIn
from tests.small_server import wait_until

ODD = {
    "nan": math.nan,
    "inf": math.inf,
    "fold": math.nan,
    "group": -math.inf,
    "inputs": math.inf,
    "nested": {"list": [math.nan, {"deep": math.inf}]},
}
READERS = [
    "ListApps",
    "GetApp",
    "ListModels",
    "ListModelTypes",
    "GetModelType",
    "ListModelVersions",
    "GetModelVersion",
    "ListDatasets",
    "PostEvaluations",
    "GetEvaluation",
    "ReadEvaluation",
    "ListEvaluations",
]


class Oddities:
    """Puts odd numbers into every Struct that a reply has, or could have."""

    def __init__(self):
        self.put = set()

    def __call__(self, message):
        if message.DESCRIPTOR.name == "Input":
            message.data.SetInParent()  # where the server's own words on an input stand
        for field in message.DESCRIPTOR.fields:
            if field.type != FieldDescriptor.TYPE_MESSAGE or field.message_type.GetOptions().map_entry:
                continue
            inner = getattr(message, field.name)
            if field.message_type.full_name == "google.protobuf.Struct":
                if field.name != "params":  # which are not metadata: they say what is evaluated
                    inner.update(ODD)
                    self.put.add(f"{message.DESCRIPTOR.name}.{field.name}")
            elif field.is_repeated:
                for one in inner:
                    self(one)
            elif message.HasField(field.name):
                self(inner)


@pytest.fixture
def odd():
    return Oddities()


@pytest.fixture
def server(odd):
    with StandIn() as running:
        for method in READERS:
            running.faults[method] = [odd] * 200
        yield running


def test_lists_runs_and_results_are_read_past_metadata_of_nan_and_infinity(server, client, odd, tmp_path):
    assert [app.id for app in client.apps()] == ["app"]
    assert [model.id for model in client.models()] == ["model"]
    (version,) = client.model_versions("model")
    (dataset,) = client.datasets()
    assert (version.inputs, version.concepts, dataset.inputs) == (None, None, None)
    run = client.start_evaluation("v1", "data")
    evaluation = run.result(timeout=30)
    assert (run.progress.inputs, run.progress.folds) == (0, 0)
    assert evaluation.scores.shape == (6, 2)
    assert client.evaluation(run.id, "app").labels.equals(evaluation.labels)
    assert client.leaderboard()["model"].tolist() == ["model"]
    evaluation.save(tmp_path / "kept")
    assert Evaluation.load(tmp_path / "kept").scores.equals(evaluation.scores)
    assert {"App.metadata", "Model.metadata", "ModelVersion.metadata", "Dataset.metadata", "Data.metadata"} <= odd.put


def test_a_page_is_sent_only_what_json_can_hold_whatever_stands_in_metadata(server, client, tmp_path):
    widget = EvalWidget(client)
    try:
        wait_until(lambda: widget.versions and not widget.loading)
        assert widget.problem is None
        assert widget.evaluate().result(timeout=30).complete
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        plain = {name: value for name, value in widget.get_state().items() if not isinstance(value, bytes | memoryview)}
        json.dumps(plain, allow_nan=False, default=str)
        widget.save_html(tmp_path / "report.html")
    finally:
        widget.close()
