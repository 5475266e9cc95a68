"""Labels are written once over a wire that breaks, and what is told of them is so."""

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


@pytest.fixture
def client(server):
    with server.client() as connected:
        yield connected


THREE = relabel(scored(1), {"input 3": [], "input 4": [], "input 6": []})


@pytest.fixture(scope="module")
def reviews():
    with uploaded() as found:
        yield found


@pytest.mark.parametrize(("fault", "input_id"), [("cut", "r20"), ("reset", "r21"), ("swallow", "r22")])
def test_labels_whose_reply_is_lost_are_written_once_and_it_is_told_that_they_may_be_there(reviews, fault, input_id):
    api, own, evaluation = reviews

    def count():
        return sum(
            one.input_id == input_id for one in api.call("ListAnnotations", app="kept", per_page=1000).annotations
        )

    before, connection = count(), own._connection
    pat = dict(connection._metadata)["authorization"].removeprefix("Key ")
    with Proxy(connection.address.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        with EvalClient(pat=pat, user_id=own.user_id, base_url=address, deadline=3) as client:
            client.apps()
            proxy.fault = fault
            (row,) = client.write_labels(relabel(evaluation, {input_id: ["neg", "pos"]})).itertuples()
            proxy.fault = ""
            assert row.annotation_id == ""
            assert "may have been written all the same" in row.failure
            assert count() == before + 1


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
