"""A reply about something else than was asked for, as a proxy that mixes replies up would send it, is refused."""

import grpc
import pytest

from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.resources import Dataset
from clarifai_eval_widget.errors import WrongReplyError
from tests.client.stand_in import EVALUATED, WithDatasetVersions, status


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nothing is waited for longer than a moment."""
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def server():
    with WithDatasetVersions() as running:
        yield running


def names(**others):
    """A fault: the started evaluation under other ids than was asked for."""

    def mix_up(reply):
        told = reply.eval_metrics[0]
        told.status.CopyFrom(status(EVALUATED))
        told.id = others.get("id", told.id)
        told.model.model_version.id = others.get("version", "")
        told.ground_truth_dataset.id = others.get("dataset", "")
        told.ground_truth_dataset.version.id = others.get("dataset_version", "")

    return mix_up


OTHERS = [
    {},
    {"version": "v1"},
    {"version": "v9"},
    {"dataset": "another"},
    {"dataset": "data", "dataset_version": "d9"},
]


@pytest.mark.parametrize("others", OTHERS, ids=str)
def test_the_reply_to_a_start_that_is_about_another_known_run_is_not_taken_for_it(server, client, others):
    other = client.start_evaluation("v1")
    server.faults["PostEvaluations"] = [names(id=other.id, **others)]
    run = client.start_evaluation("v1")
    assert run is not other
    assert server.posted == [other.id, run.id], "the server has it under its own id: it is not sent again"
    assert run.result(timeout=30).info.id == run.id


@pytest.mark.parametrize("others", OTHERS, ids=str)
def test_the_reply_to_a_start_that_is_about_an_unknown_evaluation_of_something_else_is_not_taken(
    server, client, others
):
    server.faults["PostEvaluations"] = [names(id="somebody-elses", **others)]
    run = client.start_evaluation("v1")
    assert server.posted == [run.id]
    assert run.result(timeout=30).info.id == run.id


def test_a_start_whose_reply_stays_another_ones_is_refused_in_words_and_not_sent_twice(server, client):
    other = client.start_evaluation("v1")

    def replace(reply):
        del server.evaluations[reply.eval_metrics[0].id]
        names(id=other.id)(reply)

    server.faults["PostEvaluations"] = [replace]
    with pytest.raises(WrongReplyError, match=rf"the evaluation '{other.id}' when it was asked for"):
        client.start_evaluation("v1")
    assert server.calls["PostEvaluations"] == 2
    assert client.start_evaluation("v1").id == server.posted[1], "the next start asks for it before it sends anything"


def renames(server, **others):
    """A fault: the server gives the evaluation an id of its own; what it has under that id may be another."""

    def rename(reply):
        told = reply.eval_metrics[0]
        kept = server.evaluations.pop(told.id)
        told.id = kept.id = "of-the-server"
        told.model.model_version.id = "v1"
        kept.model.model_version.id = others.get("version", "v1")
        kept.ground_truth_dataset.id = others.get("dataset", kept.ground_truth_dataset.id)
        kept.eval_info.params["use_kfold"] = others.get("use_kfold", kept.eval_info.params["use_kfold"])
        server.evaluations[kept.id] = kept

    return rename


@pytest.mark.parametrize("unreadable", [False, True])
def test_a_server_that_gives_a_start_an_id_of_its_own_is_followed(server, client, unreadable):
    server.faults["PostEvaluations"] = [renames(server)]
    server.faults["GetEvaluation"] = [11101] if unreadable else []  # not there yet, beside that of the id asked for
    run = client.start_evaluation("v1")
    assert (run.id, server.calls["PostEvaluations"]) == ("of-the-server", 1)
    assert run.result(timeout=30).complete


@pytest.mark.parametrize("others", [{"version": "v9"}, {"dataset": "another"}, {"use_kfold": False}], ids=str)
def test_a_strange_evaluation_that_turns_out_to_be_of_something_else_is_not_followed(server, client, others):
    server.faults["PostEvaluations"] = [renames(server, **others)]
    with pytest.raises(WrongReplyError, match="the evaluation 'of-the-server' when it was asked for"):
        client.start_evaluation("v1", params={"use_kfold": True})
    assert server.calls["PostEvaluations"] == 1, "it may have begun under that id: it is not sent again"


DATASET = Dataset("data", "app", "ann")
READS = {
    "GetApp": (lambda client: client.app("app"), lambda reply: reply.app),
    "GetModelVersion": (
        lambda client: client.concepts(client.model_versions("model")[0]),
        lambda reply: reply.model_version,
    ),
    "GetDatasetVersion": (
        lambda client: client.dataset_version(DATASET, "d1"),
        lambda reply: reply.dataset_version,
    ),
}


@pytest.mark.parametrize("call", READS)
def test_a_reply_of_another_id_is_refused(server, client, call):
    read, resource = READS[call]
    read(client)
    server.faults[call] = [lambda reply: setattr(resource(reply), "id", "mixed-up")]
    with pytest.raises(WrongReplyError, match="'mixed-up' when it was asked for"):
        read(client)


@pytest.mark.parametrize("fault", [11005, grpc.StatusCode.RESOURCE_EXHAUSTED])
@pytest.mark.parametrize("call", [*READS, "ReadEvaluation"])
def test_what_is_read_by_its_id_waits_out_a_throttle(server, client, call, fault):
    run = client.start_evaluation("v1")
    read = READS[call][0] if call in READS else lambda client: client.evaluation(run.id, "app")
    server.faults[call] = [fault] * 2
    read(client)
    assert server.faults[call] == []


def test_a_model_version_read_by_its_id_and_a_version_of_another_dataset_are_compared_too(server, client):
    model = client.models("app")[0]
    server.faults["GetModelVersion"] = [lambda reply: setattr(reply.model_version, "id", "v9")]
    with pytest.raises(WrongReplyError, match="the version 'v9' when it was asked for 'v1'"):
        client.version_of(model, "v1")
    server.faults["GetDatasetVersion"] = [lambda reply: setattr(reply.dataset_version, "dataset_id", "another")]
    with pytest.raises(WrongReplyError, match="the dataset 'another' when it was asked for 'data'"):
        client.dataset_version(DATASET, "d1")
