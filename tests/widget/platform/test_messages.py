"""Requests to a widget with a server, whatever they hold."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clarifai_eval_widget.widget.wire.contract import Action
from clarifai_eval_widget.widget.wire.traits import EMPTY_STATE
from tests.small_server import wait_until
from tests.widget.page import decode
from tests.widget.wire.test_requests import anything

words = st.sampled_from(
    ["", "shop", "sentiment", "local/shop/reviews", "local/shop/sentiment/second", "histogram", "v1"]
)
values = words | anything
messages = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str) | anything,
        "action": st.sampled_from(["select_app", "select_model", "view", "retry", "panel"]),
    },
    optional=dict.fromkeys(
        ("app", "model", "version_key", "dataset_key", "dataset_version", "run", "panel", "params"), values
    )
    | {"use_kfold": st.booleans() | anything, "revision": st.integers(0, 3) | anything},
)


@given(st.lists(messages, min_size=1, max_size=3))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_message_raises_and_each_with_an_id_is_answered(widget, page, sent):
    for message in sent:
        page.replies.clear()
        widget._handle_custom_msg(message, [])
        if isinstance(message["id"], str) and page.replies:
            reply = page.replies[message["id"]]
            assert reply.get("ok") or reply["error"]["message"]


def test_a_panel_can_be_asked_for_any_run_whose_numbers_are_held(widget, page):
    widget.evaluate().result(timeout=60)
    first = widget.viewing
    revision = decode(widget.results)[0]["revision"]
    widget.dataset = "offers"
    widget.evaluate().result(timeout=60)
    assert widget.viewing != first
    head, _ = page.panel("histogram", {"concept": "c0"}, key="a", run=first, revision=revision)
    assert head["num_pos"] + head["num_neg"] == 300
    assert "held" in page.panel("histogram", {"concept": "c0"}, key="b", run="gone", revision=1)["message"]


def test_a_panel_of_a_run_that_grows_gets_the_newest_state(widget, page, gate):
    page.calculate("second")
    gate.let_through()
    wait_until(lambda: widget.results)
    older = decode(widget.results)[0]["revision"]
    gate.open()
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert page.panel("histogram", {"concept": None}, revision=older)[1]["positives"].sum() == 300
    assert page.revision > older


def test_every_action_of_the_contract_is_handled_by_one_half_or_the_other(widget):
    from typing import get_args

    halves = [*widget._workbench.handlers, *widget._takers, *widget._platform.handlers]
    assert {handler.message for handler in halves} == set(get_args(Action))
    assert len(halves) == len(get_args(Action))


def test_half_a_surrogate_pair_from_the_page_never_reaches_what_every_view_is_sent(widget, page):
    for name, text in {"a": "\ud800", "b": "x\udfff"}.items():
        assert "is not whole text" in page.calculate("second", key=name, dataset_version=text)["error"]["message"]
    widget._handle_custom_msg({"id": "\ud800", "action": "refresh"}, [])
    widget.set_state({"thresholds": {"\ud800": 0.5}, "concept": "\ud800"})
    json.dumps([widget.run_states, widget.thresholds, widget.concept, *page.replies], ensure_ascii=False).encode()


def test_the_page_sets_what_is_its_own_and_nothing_else(widget):
    key = widget.versions[0]["key"]
    before = {name: getattr(widget, name) for name in EMPTY_STATE}
    wrong = {"versions": [3], "run_states": "x", "viewing": "z", "model": 3, "status": "evaluated", "apps": [None]}
    widget.set_state({**wrong, "choices": {key: 3}, "thresholds": 3, "threshold": [1]})
    assert {name: getattr(widget, name) for name in EMPTY_STATE} == before
    chosen = {key: {"dataset_key": "local/market/offers", "dataset_version": "", "use_kfold": False}}
    widget.set_state({"threshold": 0.25, "choices": chosen})
    assert (widget.threshold, widget.choices) == (0.25, chosen)
