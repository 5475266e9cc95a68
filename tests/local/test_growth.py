"""A state costs what is new: counts merge, predictions travel once and as the bytes they were written as."""

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from hypothesis import given
from hypothesis import strategies as st

from clarifai_eval_widget import metrics
from clarifai_eval_widget.local.data import parts
from clarifai_eval_widget.local.data.database import Database
from clarifai_eval_widget.local.data.evaluations import Evaluations
from clarifai_eval_widget.local.data.parts import TestSetPart as Part
from clarifai_eval_widget.local.work import results
from tests.local.support import ALL_FIELDS, Api, asked, own, toy_server
from tests.small_server import Gate, wait_until

HAVE, FROM = "x-clarifai-eval-widget-have", "x-clarifai-eval-widget-from"


def ask(api, evaluation_id, have=None, fields=ALL_FIELDS):
    request = service_pb2.GetEvaluationRequest(
        user_app_id=resources_pb2.UserAppIDSet(user_id="me", app_id="zoo"), evaluation_id=evaluation_id, fields=fields
    )
    metadata = (*api.metadata, (HAVE, have)) if have is not None else api.metadata
    reply, call = api.stub.GetEvaluation.with_call(request, metadata=metadata, timeout=30)
    return reply, dict(call.initial_metadata()).get(FROM)


pairs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1e-30]), st.booleans()), min_size=1, max_size=30
)


@given(pairs, pairs)
def test_merged_counts_are_those_of_all_inputs_counted_at_once(first, second):
    def count(rows):
        return metrics.counts(np.array([label for _, label in rows]), np.array([s for s, _ in rows], np.float32))

    merged, whole = metrics.merge_counts(count(first), count(second)), count(first + second)
    for name in ("thresholds", "tps", "fps"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name))
        assert getattr(merged, name).dtype == getattr(whole, name).dtype


@pytest.fixture
def counted(monkeypatch):
    """How many inputs were counted in this process, call by call."""
    numbers, real = [], metrics.counts_by_concept
    monkeypatch.setattr(results.metrics, "counts_by_concept", lambda y, s: numbers.append(len(y)) or real(y, s))
    return numbers


@pytest.mark.parametrize("use_kfold", [True, False])
def test_no_step_counts_an_earlier_input_again(counted, use_kfold):
    with toy_server(joblib_backend="threading") as server, Api(server) as api:
        found = api.evaluate("once", dataset="animals", use_kfold=use_kfold)
    assert sum(counted) == len(found.test_set) == 150


@pytest.mark.parametrize("use_kfold", [True, False])
def test_inputs_are_counted_where_they_are_predicted_and_not_in_the_users_process(api, counted, use_kfold):
    assert len(api.evaluate("there", dataset="animals", use_kfold=use_kfold).test_set) == 150
    assert counted == []


def test_the_last_step_and_the_end_are_one_state(server, api, monkeypatch):
    states, save = [], Evaluations.save

    def noted(self, metrics, part=None):
        states.append((metrics.status.code, own(metrics).fields["folds_done"].number_value, part is not None))
        save(self, metrics, part)

    monkeypatch.setattr(Evaluations, "save", noted)
    api.evaluate("states", dataset="animals")
    evaluating, evaluated = status_code_pb2.MODEL_EVALUATING, status_code_pb2.MODEL_EVALUATED
    steps = [(evaluating if fold < 5 else evaluated, fold, True) for fold in range(1, 6)]
    assert states == [(evaluating, 0, False), (evaluating, 0, False), *steps]  # begun; how much there is to do; 1 to 5


def test_who_follows_an_evaluation_is_given_its_predictions_without_a_look_into_the_database(server, api, monkeypatch):
    whole = list(api.evaluate("fresh", dataset="animals").test_set)
    read, queries = Database.read, []
    monkeypatch.setattr(Database, "read", lambda self, *query: queries.append(query) or read(self, *query))
    for have in (0, 30, 37, 120, 150):
        reply, told = ask(api, "fresh", str(have))
        assert (told, list(reply.eval_metrics.test_set)) == (str(have), whole[have:])
    assert queries == []


def test_only_the_newest_parts_of_the_newest_evaluations_are_held_in_memory(monkeypatch):
    monkeypatch.setattr(parts, "_MOST_BYTES", 25)
    recent, key = parts.RecentParts(), ("zoo", "long")
    recent.begin(key, "started")
    for body in (b"a" * 10, b"b" * 10, b"c" * 10):
        recent.add(key, "growing", Part(4, body))
    assert recent.metrics(key) == "growing"
    assert recent.after(key, 4) == [b"b" * 10, b"c" * 10]
    assert recent.after(key, 12) == []
    assert recent.after(key, 3) is None  # the first was let go of
    assert recent.after(key, 13) is None  # more than there are
    for number in range(4):
        recent.begin(("farm", str(number)), "started")
    assert recent.after(key, 12) is None
    recent.forget("farm")
    assert recent.metrics(("farm", "3")) is None


def test_a_client_gets_only_the_predictions_that_it_lacks(server, api):
    gate = Gate()
    server.before_step = gate
    try:
        api.start("growing", dataset="animals")
        have, ids = 0, []
        for fold in range(1, 6):
            gate.let_through()
            wait_until(lambda fold=fold: folds_done(api.get("growing")) == fold)
            reply, first = ask(api, "growing", str(have))
            assert first == str(have)
            new = [entry.input.id for entry in reply.eval_metrics.test_set]
            assert len(new) == 30
            ids += new
            have += len(new)
            assert own(reply.eval_metrics)["inputs_done"] == have
            assert len(reply.eval_metrics.binary_metrics) == 3
    finally:
        server.before_step = None
        gate.open()
    api.wait("growing")
    whole, first = ask(api, "growing")
    assert first is None
    assert [entry.input.id for entry in whole.eval_metrics.test_set] == ids
    assert len(set(ids)) == 150


def folds_done(metrics):
    return own(metrics).fields["folds_done"].number_value


@pytest.mark.parametrize(
    ("have", "first", "sent"),
    [("0", "0", 150), ("30", "30", 120), ("37", "37", 113), ("150", "150", 0), ("151", "0", 150), ("x", None, 150)],
)
def test_any_number_held_is_continued_exactly_and_an_impossible_one_from_the_start(api, have, first, sent):
    whole = api.evaluate("counted", dataset="animals").test_set
    reply, told = ask(api, "counted", have)
    assert told == first
    assert len(reply.eval_metrics.test_set) == sent
    assert list(reply.eval_metrics.test_set) == list(whole)[150 - sent :]


def test_a_bare_poll_tells_nothing_of_predictions(api):
    api.evaluate("bare", dataset="animals", use_kfold=False)
    reply, first = ask(api, "bare", "50", None)
    assert (first, len(reply.eval_metrics.test_set)) == (None, 0)
    assert reply.status.code == status_code_pb2.SUCCESS


def test_a_part_without_its_first_entries_is_the_rest_of_it():
    message = resources_pb2.EvalMetrics()
    for n in range(5):
        message.test_set.add().input.id = f"i{n}"
    part = Part(5, message.SerializeToString())
    assert part.after(0) is part.body
    rest = resources_pb2.EvalMetrics.FromString(part.after(3))
    assert [entry.input.id for entry in rest.test_set] == ["i3", "i4"]


def test_the_users_extended_metrics_come_back_untouched(api):
    request = asked("extended", dataset="animals", use_kfold=True)
    mine = {"folds": 99, "created_at": "long ago", "inputs": "many", "team": {"name": "owls"}}
    request.extended_metrics.user_metrics.update(mine)
    api.call("PostEvaluations", app="zoo", eval_metrics=[request])
    found = api.wait("extended").extended_metrics.user_metrics
    assert found["clarifai_eval_widget"]["folds"] == 5
    del found["clarifai_eval_widget"]
    assert found == request.extended_metrics.user_metrics
