"""Labels are written once over a wire that breaks, and what is told of them is so."""

import contextlib

import pytest
from clarifai_grpc.grpc.api import service_pb2

from clarifai_eval_widget.client import EvalClient, annotating, transience
from clarifai_eval_widget.evaluation.relabelling import relabel
from tests.client.stand_in import StandIn, status
from tests.client.test_annotating import uploaded
from tests.client.test_wire_faults import Proxy
from tests.widget.workbench.test_comparison import scored


class Writing(StandIn):
    """Takes annotations."""

    def PostAnnotations(self, request, context):
        def make():
            reply = service_pb2.MultiAnnotationResponse()
            for asked in request.annotations:
                made = reply.annotations.add(id=f"a-{asked.input_id}", input_id=asked.input_id)
                made.status.CopyFrom(status(24150))
            return reply

        return self._reply("PostAnnotations", request, context, service_pb2.MultiAnnotationResponse, make)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(annotating, "_BATCH", 1)
    with Writing() as running:
        yield running


THREE = relabel(scored(1), {"input 3": [], "input 4": [], "input 6": []})


@pytest.fixture(scope="module")
def reviews():
    with uploaded() as found:
        yield found


@contextlib.contextmanager
def over_a_wire(own, monkeypatch):
    """A client of the same server whose wire does as is told from the moment that labels are sent."""
    connection, faults = own._connection, {}
    pat = dict(connection._metadata)["authorization"].removeprefix("Key ")
    with Proxy(connection.address.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        with EvalClient(pat=pat, user_id=own.user_id, base_url=address, deadline=3) as client:
            client.apps()
            call = client._connection.call

            def faulty(method, request, **options):
                proxy.fault = faults.get(type(request), "")
                return call(method, request, **options)

            monkeypatch.setattr(client._connection, "call", faulty)
            yield client, faults


def annotations_of(api, input_id):
    return sum(one.input_id == input_id for one in api.call("ListAnnotations", app="kept", per_page=1000).annotations)


@pytest.mark.parametrize(("fault", "input_id"), [("cut", "r20"), ("reset", "r21"), ("swallow", "r22")])
def test_labels_whose_reply_is_lost_are_written_once_however_often_they_are_confirmed(
    reviews, fault, input_id, monkeypatch
):
    api, own, evaluation = reviews
    before, looks = annotations_of(api, input_id), 0

    def labels():
        return relabel(evaluation, {input_id: ["neg", "pos"]})

    with over_a_wire(own, monkeypatch) as (client, faults):
        there = annotating._Writing._there

        def dead_afterwards(writing, some):
            nonlocal looks
            looks += 1
            faults[service_pb2.ListAnnotationsRequest] = fault if looks == 2 else ""
            return there(writing, some)

        monkeypatch.setattr(annotating._Writing, "_there", dead_afterwards)
        faults[service_pb2.PostAnnotationsRequest] = fault
        (row,) = client.write_labels(labels()).itertuples()
        assert row.annotation_id == ""
        assert "may have been written all the same" in row.failure
        assert annotations_of(api, input_id) == before + 1
        (again,) = client.write_labels(labels()).itertuples()
    assert (again.failure, annotations_of(api, input_id)) == ("", before + 1)
    assert again.annotation_id in {one.id for one in api.call("ListAnnotations", app="kept", per_page=1000).annotations}


def test_where_the_server_answers_again_at_once_what_it_has_is_told_as_written(reviews, monkeypatch):
    api, own, evaluation = reviews
    before = annotations_of(api, "r23")
    with over_a_wire(own, monkeypatch) as (client, faults):
        faults[service_pb2.PostAnnotationsRequest] = "reset"
        (row,) = client.write_labels(relabel(evaluation, {"r23": ["neg", "pos"]})).itertuples()
    assert (row.failure, annotations_of(api, "r23")) == ("", before + 1)


def test_a_server_that_does_not_answer_before_is_sent_nothing(reviews, monkeypatch):
    api, own, evaluation = reviews
    before = annotations_of(api, "r24")
    with over_a_wire(own, monkeypatch) as (client, faults):
        faults[service_pb2.ListAnnotationsRequest] = "reset"
        (row,) = client.write_labels(relabel(evaluation, {"r24": ["neg", "pos"]})).itertuples()
    assert "Nothing was sent" in row.failure
    assert annotations_of(api, "r24") == before


def test_the_same_change_of_another_evaluation_is_written_anew(reviews):
    api, client, evaluation = reviews
    before = annotations_of(api, "r25")
    other = client.start_evaluation("mood", "reviews", params={"use_kfold": False}).result(timeout=60)
    for one in (evaluation, other, other):
        (row,) = client.write_labels(relabel(one, {"r25": ["neg", "pos"]})).itertuples()
        assert row.failure == ""
    assert annotations_of(api, "r25") == before + 2


def test_a_throttle_on_every_second_call_keeps_no_label_from_being_written(server, client):
    server.faults["PostAnnotations"] = [11005, None, 11005, None, 11003]
    written = client.write_labels(THREE, app="app")
    assert len(written) == 3
    assert set(written["failure"]) == {""}
    assert server.calls["PostAnnotations"] == 6


def test_after_an_answer_that_never_came_no_more_is_sent_and_that_is_told(server):
    server.after["PostAnnotations"] = [None, 30.0]
    with server.client(deadline=1) as client:
        first, lost, rest = client.write_labels(THREE, app="app").itertuples()
    assert first.failure == ""
    assert "may have been written all the same" in lost.failure
    assert "not sent" in rest.failure
    assert server.calls["PostAnnotations"] == 2


def test_a_refusal_is_not_told_as_if_labels_might_have_been_written(server, client):
    server.faults["PostAnnotations"] = [11007] * 3
    written = client.write_labels(THREE, app="app")
    assert not written["failure"].str.contains("may have been").any()
    assert server.calls["PostAnnotations"] == 3


def test_answers_in_another_order_are_told_of_the_inputs_they_are_of(server, client, monkeypatch):
    monkeypatch.setattr(annotating, "_BATCH", 128)

    def turn(reply):
        found = list(reply.annotations)[::-1]
        found[0].status.CopyFrom(status(24154, "no such input"))
        del reply.annotations[:]
        reply.annotations.extend(found)

    server.faults["PostAnnotations"] = [turn]
    written = client.write_labels(THREE, app="app").set_index("input_id")
    assert written["annotation_id"].to_dict() == {"input 3": "a-input 3", "input 4": "a-input 4", "input 6": ""}
    assert written.loc["input 6", "failure"] == "no such input"
