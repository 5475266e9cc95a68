"""Requests are answered by id, whatever comes."""

import threading
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.wire import requests
from clarifai_eval_widget.widget.wire.contract import Calculate, PanelRequest, Refresh, RunRow, View
from clarifai_eval_widget.widget.wire.requests import Handler, Requests
from clarifai_eval_widget.widget.wire.shape import can_be_sent, mismatch

CALCULATE = {"action": "calculate", "version_key": "v", "dataset_key": "d", "dataset_version": "", "use_kfold": True}
PANEL = {"action": "panel", "panel": "histogram", "run": "r", "revision": 1, "params": {"concept": None}}


def dispatcher():
    done = []
    handlers = [
        Handler(Refresh, done.append),
        Handler(Calculate, done.append),
        Handler(PanelRequest, lambda asked: [b"data", asked["panel"].encode()]),
    ]
    return Requests(handlers), done


def refuse(_asked):
    raise NotFoundError("There is no run.")


def break_down(_asked):
    raise KeyError("nobody foresaw this")


def test_a_request_is_done_and_answered_by_its_id():
    asked, done = dispatcher()
    answer = asked.answer({"id": "a", **CALCULATE})
    assert answer.reply == {"id": "a", "ok": True}
    assert answer.buffers == []
    assert done == [{"id": "a", **CALCULATE}]


def test_what_a_handler_gives_comes_as_buffers():
    asked, _ = dispatcher()
    assert asked.answer({"id": "a", **PANEL}).buffers == [b"data", b"histogram"]


def test_a_page_that_gets_no_buffers_has_them_as_text():
    asked, _ = dispatcher()
    answer = asked.answer({"id": "a", **PANEL, "base64": True})
    assert answer.buffers == []
    assert answer.reply == {"id": "a", "ok": True, "buffers": 2, "base64": ["ZGF0YQ==", "aGlzdG9ncmFt"]}
    assert asked.answer({"id": "b", **PANEL}).reply == {"id": "b", "ok": True, "buffers": 2}
    assert asked.answer({"id": "c", **CALCULATE, "base64": True}).reply == {"id": "c", "ok": True}


def test_an_answer_that_takes_long_is_had_later_done_or_not():
    promised = []

    def promise(_asked):
        promised.append(Future())
        return promised[-1]

    asked = Requests([Handler(PanelRequest, promise)])
    done, failed, broken = (asked.answer({"id": one, **PANEL}) for one in "abc")
    assert not done.done()
    promised[0].set_result([b"data"])
    promised[1].set_exception(NotFoundError("There is no run."))
    promised[2].set_exception(KeyError("nobody foresaw this"))
    assert (done.result(0).reply, done.result(0).buffers) == ({"id": "a", "ok": True, "buffers": 1}, [b"data"])
    assert failed.result(0).reply["error"]["message"] == "There is no run."
    assert broken.result(0).reply["error"]["title"]
    assert asked.answer({"id": "a", **PANEL}) is None


def test_an_id_is_acted_on_once():
    asked, done = dispatcher()
    asked.answer({"id": "a", **CALCULATE})
    assert asked.answer({"id": "a", **CALCULATE}) is None
    assert len(done) == 1


def test_the_same_id_on_many_threads_is_acted_on_once():
    asked, done = dispatcher()
    barrier = threading.Barrier(8)

    def send():
        barrier.wait()
        asked.answer({"id": "same", **CALCULATE})

    threads = [threading.Thread(target=send) for _ in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert len(done) == 1


def test_the_memory_of_ids_is_bounded():
    asked, _ = dispatcher()
    for index in range(3 * requests._REMEMBERED):
        asked.answer({"id": str(index), "action": "refresh"})
    assert len(asked._seen) == requests._REMEMBERED


def test_errors_foreseen_and_not_are_answers():
    asked = Requests([Handler(View, refuse), Handler(Refresh, break_down)])
    assert asked.answer({"id": "a", "action": "view", "run": "r"}).reply["error"]["message"] == "There is no run."
    told = asked.answer({"id": "b", "action": "refresh"}).reply["error"]["message"]
    assert "KeyError" in told
    assert "log" in told


def test_what_nobody_handles_here_is_told_apart_from_what_nobody_knows():
    asked = Requests([])
    assert "no server" in asked.answer({"id": "a", **CALCULATE}).reply["error"]["message"]
    assert "does not know" in asked.answer({"id": "b", "action": "dance"}).reply["error"]["message"]


@pytest.mark.parametrize("message", [None, 3, "refresh", [], {}, {"id": "a"}, {"action": "refresh"}])
def test_what_is_no_request_is_refused_under_its_id_or_none(message):
    asked, done = dispatcher()
    reply = asked.answer(message).reply
    assert reply["id"] == (message.get("id", "") if isinstance(message, dict) else "")
    assert "a request is an object with an id" in reply["error"]["message"]
    assert done == []


@pytest.mark.parametrize("request_id", [None, 3, [], {}, ("a",), "", "\ud800"])
def test_an_id_that_cannot_be_replied_to_is_refused_each_time_and_not_acted_on(request_id):
    asked, done = dispatcher()
    for _ in range(2):
        reply = asked.answer({"id": request_id, "action": "refresh"}).reply
        assert (reply["id"], "has no id to answer to" in reply["error"]["message"]) == ("", True)
    assert done == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version_key": 3}, "version_key is not text"),
        ({"use_kfold": 1}, "use_kfold is not true or false"),
        ({"dataset_version": None}, "dataset_version is not text"),
    ],
)
def test_a_wrong_type_is_answered_by_its_name(change, said):
    asked, done = dispatcher()
    assert said in asked.answer({"id": "a", **CALCULATE, **change}).reply["error"]["message"]
    assert done == []


@pytest.mark.parametrize("missing", ["version_key", "dataset_key", "dataset_version", "use_kfold"])
def test_a_missing_key_is_answered_by_its_name(missing):
    asked, _ = dispatcher()
    message = {name: value for name, value in CALCULATE.items() if name != missing}
    assert f"{missing} is missing" in asked.answer({"id": "a", **message}).reply["error"]["message"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
actions = st.sampled_from(["calculate", "panel", "refresh", "view", "dance"]) | anything
messages = anything | st.fixed_dictionaries(
    {"id": st.text(max_size=3) | anything, "action": actions},
    optional=dict.fromkeys({*CALCULATE, *PANEL} - {"action"}, anything),
)


@given(st.lists(messages, max_size=4))
def test_a_message_of_any_shape_is_answered_unless_it_came_before(sent):
    asked, _ = dispatcher()
    seen = set()
    for message in sent:
        told = message.get("id") if isinstance(message, dict) else None
        key = told if isinstance(told, str) and can_be_sent(told) else ""
        answer = asked.answer(message)
        if answer is None:
            assert key in seen
            continue
        assert answer.reply["id"] == key
        assert answer.reply.get("ok") or answer.reply["error"]["message"]
        seen |= {key} - {""}


RUN = {
    "key": "k",
    "version_key": "v",
    "app": "a",
    "model": "m",
    "version_label": "v",
    "dataset_key": "d",
    "dataset_name": "d",
    "dataset_label": "d",
    "dataset_version": "",
    "use_kfold": True,
    "method": "",
    "method_label": "",
    "status": "queued",
    "fraction": 0,
    "remaining_seconds": None,
    "folds_done": 0,
    "folds": 0,
    "inputs_done": 0,
    "inputs": 0,
    "roc_auc": 0.5,
    "f1": None,
    "precision": 0.25,
    "recall": 0,
    "error": None,
    "warning": "",
    "cancelled": "",
    "live": True,
    "created_at": "",
}


@pytest.mark.parametrize(
    ("value", "hint", "said"),
    [
        (RUN, RunRow, ""),
        ([RUN], list[RunRow], ""),
        ({**RUN, "status": "dancing"}, RunRow, "status is not 'queued' or"),
        ({**RUN, "error": {"code": 1}}, RunRow, "error is not what it should be"),
        ({**RUN, "folds": 2.5}, RunRow, "folds is not a whole number"),
        ([RUN, 3], list[RunRow], "[1] is not an object"),
        ({"a": 1, "b": True}, dict[str, float], "b is not a number"),
        ({3: 1.0}, dict[str, float], "text for keys"),
        ({"a": float("nan")}, dict[str, float], "a is not a number"),
        ({"a": float("inf")}, dict[str, float], "a is not a number"),
        (3, dict[str, float], "it is not an object"),
    ],
)
def test_a_mismatch_says_where_it_is(value, hint, said):
    found = mismatch(value, hint)
    assert said in found
    assert bool(found) == bool(said)
