"""Servers that have only the calls of before: each is found out once, and evaluations are started and read by them."""

import grpc
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.client.resources import Dataset
from clarifai_eval_widget.errors import ConnectionLostError, InvalidRequestError, NotFoundError
from tests.client.stand_in import StandIn
from tests.small_server import wait_until


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nothing is waited for longer than a moment."""
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def server():
    with StandIn() as running:
        running.lacks = {"PostEvaluations", "GetEvaluation"}
        yield running


def test_an_evaluation_is_started_followed_and_read_by_the_older_calls(server, client):
    run = client.start_evaluation("v1", params={"use_kfold": True})
    evaluation = run.result(timeout=30)
    assert evaluation.complete
    assert server.posted == [run.id]
    assert (run.version_key, run.dataset_key, run.dataset_version_id) == ("ann/app/model/v1", "ann/app/data", "d1")
    again = client.start_evaluation("v1")
    again.result(timeout=30)
    assert (server.calls["PostEvaluations"], server.calls["GetEvaluation"] + server.calls["ReadEvaluation"]) == (1, 1)


def test_the_older_start_names_the_dataset_in_its_parameters(server, client):
    client.start_evaluation("v1", "data", "d2", params={"use_kfold": False})
    (sent,) = [request for method, request in server.requests if method == "PostModelVersionEvaluations"]
    assert (sent.model_id, sent.model_version_id) == ("model", "v1")
    assert dict(sent.eval_metrics[0].eval_info.params) == {
        "dataset_id": "data",
        "dataset_version_id": "d2",
        "use_kfold": False,
    }


def test_a_dataset_of_another_app_which_the_older_start_cannot_name_is_refused(server, client):
    with pytest.raises(InvalidRequestError, match="takes no dataset of another app"):
        client.start_evaluation("v1", Dataset("shared", "theirs", "org"))
    assert server.posted == []


def test_the_older_start_happens_once_as_well(server, client):
    server.after["PostModelVersionEvaluations"] = [grpc.StatusCode.INTERNAL]
    run = client.start_evaluation("v1")
    assert server.posted == [run.id]


def test_the_oldest_servers_tell_the_newest_evaluation_of_a_version(server, client):
    server.lacks |= {"GetModelVersionEvaluation"}
    run = client.start_evaluation("v1")
    assert run.result(timeout=30).complete
    first = client.start_evaluation("v1")
    newest = client.start_evaluation("v1")
    with pytest.raises(NotFoundError, match=f"only the newest evaluation of a version, and that is '{newest.id}'"):
        first.result(timeout=30)


@pytest.fixture
def oldest(server):
    server.lacks |= {"PostModelVersionEvaluations", "GetModelVersionEvaluation"}
    return server


@pytest.mark.parametrize("gives_ids", [True, False])
def test_the_oldest_servers_start_an_evaluation_of_a_version_and_give_it_an_id_or_none(oldest, client, gives_ids):
    oldest.gives_ids = gives_ids
    run = client.start_evaluation("v1", "data", "d2", params={"use_kfold": False})
    assert run.result(timeout=30).complete
    assert oldest.posted == ([run.id] if gives_ids else [""])
    (sent,) = [request for method, request in oldest.requests if method == "PostModelVersionMetrics"]
    assert dict(sent.eval_info.params) == {"dataset_id": "data", "dataset_version_id": "d2", "use_kfold": False}
    client.start_evaluation("v1").result(timeout=30)
    assert (oldest.calls["PostEvaluations"], oldest.calls["PostModelVersionEvaluations"]) == (1, 1)


@pytest.mark.parametrize("gives_ids", [True, False])
def test_the_oldest_start_happens_once_though_its_reply_is_lost(oldest, client, gives_ids):
    oldest.gives_ids = gives_ids
    client.start_evaluation("v1").result(timeout=30)
    oldest.after["PostModelVersionMetrics"] = [grpc.StatusCode.INTERNAL]
    run = client.start_evaluation("v1")
    assert len(oldest.posted) == 2
    assert run.result(timeout=30).complete
    oldest.faults["PostModelVersionMetrics"] = [grpc.StatusCode.INTERNAL]  # this one never arrives
    client.start_evaluation("v1")
    assert len(oldest.posted) == 3


def test_the_oldest_start_needs_no_right_to_list(oldest, client):
    oldest.gives_ids = False
    client.start_evaluation("v1").result(timeout=30)  # one without an id: what else there is would be listed
    oldest.forbidden.add("ListModelVersionEvaluations")
    assert client.start_evaluation("v1").result(timeout=30).complete
    assert (len(oldest.posted), oldest.calls["ListModelVersionEvaluations"] > 0) == (2, True)


def meanwhile(oldest, happens):
    """Have something happen while the next start of the oldest kind is lost."""
    suffer = oldest._suffer

    def lost(fault, *rest):
        if fault != "lost":
            return suffer(fault, *rest)
        happens()
        return suffer(grpc.StatusCode.INTERNAL, *rest)

    oldest._suffer = lost
    oldest.faults["PostModelVersionMetrics"] = ["lost"]


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("gives_ids", [True, False])
def test_the_oldest_start_is_sent_again_though_somebody_deletes_the_newest_evaluation_meanwhile(
    oldest, client, gives_ids, left
):
    oldest.gives_ids = gives_ids
    for _ in range(1 + left):
        client.start_evaluation("v1")

    def delete():
        oldest.posted.pop()
        if gives_ids or not left:
            oldest.evaluations.popitem()

    meanwhile(oldest, delete)
    assert client.start_evaluation("v1").result(timeout=30).complete
    assert (len(oldest.posted), len(oldest.evaluations)) == (left + 1, left + 1 if gives_ids else 1)


def test_an_evaluation_that_somebody_else_starts_by_the_oldest_call_is_not_taken_for_one_s_own(oldest, client):
    client.start_evaluation("v1", "data", "d1")
    with oldest.client() as another:
        meanwhile(oldest, lambda: another.start_evaluation("v1", "data", "d2"))
        with pytest.raises(ConnectionLostError, match="does not tell it from another"):
            client.start_evaluation("v1", "data", "d1")


def test_a_server_that_has_none_of_the_calls_says_which(server, client):
    server.lacks |= {"PostModelVersionEvaluations", "PostModelVersionMetrics"}
    for _ in range(2):
        with pytest.raises(InvalidRequestError, match="UNIMPLEMENTED"):
            client.start_evaluation("v1")


def test_what_a_server_of_today_refuses_is_not_tried_the_older_way(server, client):
    server.lacks = set()
    server.faults["PostEvaluations"] = [11102]
    with pytest.raises(InvalidRequestError):
        client.start_evaluation("v1")
    assert server.calls["PostModelVersionEvaluations"] == 0


def test_a_server_that_cannot_list_evaluations_has_its_page_all_the_same(server, client):
    server.lacks |= {"ListEvaluations"}
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    assert widget.problem["title"] == "This server cannot list evaluations"
    assert widget.evaluate().result(timeout=30).complete
    widget.close()
