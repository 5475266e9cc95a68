"""What cannot be evaluated is refused with the reason before anything is sent, and told to the page."""

import grpc
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.requirements import advice
from clarifai_eval_widget.client.resources import ModelVersion
from clarifai_eval_widget.errors import InvalidRequestError, RequirementsError
from tests.client.stand_in import StandIn
from tests.small_server import wait_until

TYPES = {
    "text-classifier": 1,
    "audio-classifier": 1,
    "visual-detector": 2,
    "visual-segmenter": 3,
    "text-to-text": 6,
    "visual-embedder": 0,
}


@pytest.fixture
def server():
    with StandIn() as running:
        running.types = dict(TYPES)
        running.models = [(name, [f"{name}-v"]) for name in TYPES]
        running.type_of = {name: name for name in TYPES}
        yield running


@pytest.fixture
def widget(client):
    made = EvalWidget(client)
    wait_until(lambda: made.versions and not made.loading)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("visual-detector", "a detector, judged by boxes"),
        ("visual-segmenter", "a segmenter"),
        ("text-to-text", "a generator"),
        ("visual-embedder", "no evaluation for this type"),
    ],
)
def test_a_model_that_is_no_classifier_is_refused_before_anything_is_sent(server, client, kind, said):
    with pytest.raises(InvalidRequestError, match=said):
        client.start_evaluation(f"{kind}-v")
    assert server.posted == []


@pytest.mark.parametrize(("kind", "asked"), [("text-classifier", 0), ("audio-classifier", 1)])
def test_a_classifier_is_started_and_its_type_asked_for_once_at_most(server, client, kind, asked):
    client.start_evaluation(f"{kind}-v")
    client.start_evaluation(f"{kind}-v")
    assert len(server.posted) == 2
    assert server.calls["GetModelType"] == asked


@pytest.mark.parametrize("fault", [11101, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.INTERNAL])
def test_a_server_that_does_not_tell_of_a_type_decides_itself(server, client, fault):
    server.faults["GetModelType"] = [fault] * 9
    client.start_evaluation("audio-classifier-v")
    assert len(server.posted) == 1


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.mark.parametrize("fault", [11005, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_throttle_makes_no_detector_one_that_can_be_evaluated(server, client, impatient, fault):
    server.faults["GetModelType"] = [fault]
    with pytest.raises(InvalidRequestError, match="judged by boxes"):
        client.start_evaluation("visual-detector-v")
    assert server.posted == []


def test_the_type_in_a_reply_about_another_is_not_believed(server, client):
    server.faults["GetModelType"] = [lambda reply: reply.model_type.CopyFrom(server._type("audio-classifier"))]
    with pytest.raises(InvalidRequestError, match="judged by boxes"):
        client.start_evaluation("visual-detector-v")
    assert server.posted == []


def test_the_page_lists_them_with_the_reason_and_begins_with_one_that_can_be(server, client):
    server.models = server.models[::-1]
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    told = {row["id"]: (row["evaluable"], bool(row["reason"])) for row in widget.models}
    assert told == {
        "text-classifier": (True, False),
        "audio-classifier": (True, False),
        "visual-detector": (False, True),
        "visual-segmenter": (False, True),
        "text-to-text": (False, True),
        "visual-embedder": (False, True),
    }
    assert widget.model == "audio-classifier"
    assert [row["type_title"] for row in widget.models if row["id"] == "text-to-text"] == ["Text To Text"]
    assert (server.calls["ListModelTypes"], server.calls["GetModelType"]) == (1, 0), "many types, one call"
    widget.close()


def test_a_refusal_stands_in_the_row_of_what_was_asked_for(server, widget):
    widget.model = "visual-detector"
    wait_until(lambda: widget.model == "visual-detector" and widget.versions and not widget.loading)
    with pytest.raises(InvalidRequestError, match="judged by boxes"):
        widget.evaluate()
    assert "judged by boxes" in widget.run_states[0]["error"]["message"]


def test_a_version_that_is_not_trained_is_refused_and_its_row_says_so(server, client):
    server.status_of["text-classifier-v"] = 21101
    with pytest.raises(RequirementsError, match=r"not trained \(status 21101\)"):
        client.start_evaluation(client.model_versions("text-classifier")[0])
    assert server.posted == []
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.versions[0]["reason"].startswith("It is not trained")
    widget.close()


def test_fewer_than_two_concepts_are_refused(server, client):
    server.counts_of["text-classifier-v"] = (1, 100)
    with pytest.raises(RequirementsError, match="knows 1 concept; an evaluation needs at least 2"):
        client.start_evaluation("text-classifier-v")
    assert server.posted == []


def test_few_inputs_a_concept_warn_until_there_is_a_result(server, client):
    server.counts_of["text-classifier-v"] = (3, 29)
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    run = widget.evaluate()
    assert "at least 10 a concept" in widget.run_states[0]["warning"]
    run.result(timeout=30)
    wait_until(lambda: widget.run_states[0]["status"] == "evaluated")
    assert widget.run_states[0]["warning"] == ""
    widget.close()


@pytest.mark.parametrize(
    ("concepts", "inputs", "warns"), [(2, 19, True), (2, 20, False), (None, 5, False), (2, None, False)]
)
def test_only_counts_that_are_known_count(concepts, inputs, warns):
    assert bool(advice(ModelVersion("v", "m", "a", "u", concepts=concepts, inputs=inputs))) is warns
