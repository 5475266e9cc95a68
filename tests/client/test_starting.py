"""A start happens once, whatever becomes of the reply; a reply about something else is not used."""

import _thread
import threading

import grpc
import pytest

from clarifai_eval_widget.client import starting, transience
from clarifai_eval_widget.client.starting import MAX_ID_LENGTH
from clarifai_eval_widget.errors import (
    ConnectionLostError,
    DeadlineError,
    EvalError,
    InvalidRequestError,
    RequirementsError,
    WrongReplyError,
)
from tests.client.stand_in import EVALUATED, StandIn, status
from tests.small_server import wait_until


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nothing is waited for longer than a moment."""
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


LOST = [
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    98004,
    10030,
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_start_whose_reply_is_lost_is_asked_for_and_not_sent_again(server, client, fault):
    server.after["PostEvaluations"] = [fault]
    run = client.start_evaluation("v1")
    assert server.posted == [run.id]
    assert server.calls["PostEvaluations"] == 1
    assert run.result(timeout=30).complete


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_start_that_never_arrived_is_sent_again_under_the_same_id_once_the_server_knows_none(server, client, fault):
    server.faults["PostEvaluations"] = [fault]
    run = client.start_evaluation("v1")
    order = [method for method, _ in server.requests if method in ("PostEvaluations", "GetEvaluation")]
    assert order == ["PostEvaluations", "GetEvaluation", "PostEvaluations"]
    sent = [request.eval_metrics[0].id for method, request in server.requests if method == "PostEvaluations"]
    assert sent == [run.id] * 2
    assert list(server.evaluations) == [run.id]


def test_the_question_after_a_lost_reply_may_itself_be_lost(server, client):
    server.after["PostEvaluations"] = [grpc.StatusCode.INTERNAL]
    server.faults["GetEvaluation"] = [11005, grpc.StatusCode.INTERNAL]
    run = client.start_evaluation("v1")
    assert server.posted == [run.id]


def test_a_start_tried_again_after_an_error_takes_up_what_has_begun(server, client):
    server.after["PostEvaluations"] = [grpc.StatusCode.INTERNAL]
    server.faults["GetEvaluation"] = [grpc.StatusCode.INTERNAL] * 4
    with pytest.raises(EvalError, match="INTERNAL"):
        client.start_evaluation("v1", params={"use_kfold": True})
    other = client.start_evaluation("v1", params={"use_kfold": False})
    retried = client.start_evaluation("v1", params={"use_kfold": True})
    assert server.posted == [retried.id, other.id]
    fresh = client.start_evaluation("v1", params={"use_kfold": True})
    assert server.posted == [retried.id, other.id, fresh.id], "a settled start does not stand in for a new one"


def test_a_reply_that_does_not_come_is_waited_for_a_moment_and_then_the_id_is_asked_for(server, client, monkeypatch):
    monkeypatch.setattr(starting, "_START_SECONDS", 0.5)
    server.after["PostEvaluations"] = [8.0]
    run = client.start_evaluation("v1")
    order = [method for method, _ in server.requests if method in ("PostEvaluations", "GetEvaluation")]
    assert order == ["PostEvaluations", "GetEvaluation"]
    assert server.posted == [run.id]


def test_a_server_that_takes_longer_to_take_a_start_on_is_given_longer(server, client, monkeypatch):
    monkeypatch.setattr(starting, "_START_SECONDS", 0.2)
    server.faults["PostEvaluations"] = [1.0] * 10
    assert client.start_evaluation("v1").result(timeout=30).complete
    assert len(set(server.posted)) == 1


def test_a_silent_server_is_told_in_good_time_and_asked_again_under_the_same_id(server, client, monkeypatch):
    monkeypatch.setattr(starting, "_START_SECONDS", 0.4)
    monkeypatch.setattr(starting, "ASK_SECONDS", 0.4)
    monkeypatch.setattr(starting, "_SILENCE_SECONDS", 0.7)
    version = client.model_versions("model")[0]
    server.after["PostEvaluations"], server.faults["GetEvaluation"] = [5.0], [5.0]
    with pytest.raises(DeadlineError, match="Could not start the evaluation"):
        client.start_evaluation(version)
    assert (server.calls["PostEvaluations"], server.calls["GetEvaluation"]) == (1, 1), "as many as fit into it"
    run = client.start_evaluation(version)
    assert server.posted == [run.id]
    assert run.result(timeout=30).complete


def test_the_time_a_start_may_take_on_a_silent_server_is_short():
    assert starting._SILENCE_SECONDS < 15


def test_a_throttle_is_waited_for_longer_than_a_silence(server, client, monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.4)
    monkeypatch.setattr(starting, "_SILENCE_SECONDS", 0.5)
    version = client.model_versions("model")[0]
    server.faults["PostEvaluations"] = [11005] * 4
    run = client.start_evaluation(version)
    assert server.posted == [run.id]


def test_ctrl_c_while_a_start_is_under_way_does_not_lose_it(server, client, caplog):
    server.after["PostEvaluations"] = [3.0]

    def interrupt():
        wait_until(lambda: server.posted)
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        client.start_evaluation("v1")
    thread.join()
    (begun,) = server.posted
    assert repr(begun) in caplog.text
    run = client.start_evaluation("v1")
    assert (run.id, server.posted) == (begun, [begun])
    assert client.start_evaluation("v1").id != begun, "the next start is one of its own"


def test_a_refused_start_is_not_tried_again(server, client):
    server.faults["PostEvaluations"] = [11102]
    with pytest.raises(InvalidRequestError):
        client.start_evaluation("v1")
    assert server.calls["PostEvaluations"] == 1
    assert server.calls["GetEvaluation"] == 0


def test_a_failure_of_the_one_evaluation_inside_the_reply_is_the_starts(server, client):
    server.faults["PostEvaluations"] = [
        lambda reply: reply.eval_metrics[0].status.CopyFrom(status(21316, "too few inputs"))
    ]
    with pytest.raises(RequirementsError, match="too few inputs"):
        client.start_evaluation("v1")


def test_the_id_and_status_of_the_reply_are_what_counts(server, client):
    def answer(reply):
        told = reply.eval_metrics[0]
        server.evaluations["named-by-the-server"] = server.evaluations[told.id]
        server.evaluations["named-by-the-server"].id = told.id = "named-by-the-server"
        told.status.CopyFrom(status(EVALUATED))

    server.faults["PostEvaluations"] = [answer]
    run = client.start_evaluation("v1")
    assert (run.id, run.status) == ("named-by-the-server", "evaluated")


def test_a_reply_that_says_nothing_is_a_start_all_the_same(server, client):
    server.faults["PostEvaluations"] = [
        lambda reply: reply.ClearField("eval_metrics"),
        lambda reply: reply.eval_metrics[0].Clear(),
    ]
    for _ in range(2):
        run = client.start_evaluation("v1")
        assert (run.id, run.app_id, run.user_id, run.status) == (server.posted[-1], "app", "ann", "queued")
        assert run.result(timeout=30).complete


def test_a_mixed_reply_without_the_evaluation_is_a_refusal(server, client):
    def refuse(reply):
        del server.evaluations[reply.eval_metrics[0].id]
        reply.ClearField("eval_metrics")
        reply.status.CopyFrom(status(10010, "none was taken"))

    server.faults["PostEvaluations"] = [refuse] * 10
    with pytest.raises(EvalError, match="none was taken"):
        client.start_evaluation("v1")


def test_a_server_that_is_gone_is_told_after_a_few_tries():
    with StandIn() as server:
        client = server.client()
        version = client.model_versions("model")[0]
    with pytest.raises(ConnectionLostError):
        client.start_evaluation(version)
    client.close()


def test_a_reply_about_another_evaluation_is_not_used(server, client):
    other = client.start_evaluation("v1")
    run = client.start_evaluation("v1")

    def mix_up(reply):
        reply.eval_metrics.id = other.id
        reply.eval_metrics.status.CopyFrom(status(EVALUATED))

    server.faults["GetEvaluation"] = [mix_up] * 3
    assert run.poll().status == "reconnecting"
    server.faults["ReadEvaluation"] = [mix_up]
    evaluation = run.result(timeout=30)
    assert evaluation.info.id == run.id
    server.faults["ReadEvaluation"] = [mix_up]
    with pytest.raises(WrongReplyError, match=other.id):
        client.evaluation(run.id, "app")


def test_an_id_begins_with_what_is_evaluated_and_fits(server, client):
    run = client.start_evaluation("v1")
    assert run.id.startswith("model-on-data-")
    assert len(run.id) <= MAX_ID_LENGTH


def test_a_run_knows_its_version_its_dataset_and_which_version_of_it_was_meant(server, client):
    run = client.start_evaluation("v1")
    assert (run.version_key, run.model_user_id) == ("ann/app/model/v1", "ann")
    assert (run.dataset_key, run.dataset_version_id) == ("ann/app/data", "d1")
    latest = client.start_evaluation("v1", "data")
    assert (latest.dataset_key, latest.dataset_version_id) == ("ann/app/data", "")
    server.evaluations[latest.id].ground_truth_dataset.version.id = "d2"
    latest.poll()
    assert latest.dataset_version_id == "d2"


def test_a_run_whose_dataset_stands_only_in_its_parameters_has_its_key_all_the_same(server, client):
    run = client.start_evaluation("v1")
    kept = server.evaluations[run.id]
    kept.ClearField("ground_truth_dataset")
    kept.eval_info.params.update({"dataset_id": "data", "dataset_version_id": "d1"})
    with server.client() as finder:
        (found,) = finder.evaluations()
    assert (found.dataset_key, found.dataset_version_id) == ("ann/app/data", "d1")
    kept.eval_info.Clear()
    with server.client() as finder:
        (found,) = finder.evaluations()
    assert (found.dataset_key, found.use_kfold) == ("", None)


@pytest.mark.parametrize(
    "params",
    [{"x": {1, 2}}, {"x": object()}, {"x": "\ud800"}, {1: 2}],
    ids=["a set", "an object", "half a character", "a key that is no text"],
)
def test_a_parameter_that_cannot_be_sent_is_named_before_anything_is_sent(server, client, params):
    with pytest.raises(InvalidRequestError, match=r"arameter"):
        client.start_evaluation("v1", params=params)
    assert server.posted == []
