"""Three thousand damaged messages of a page, and its traits: each is answered, and no answer is a surprise."""

import json
import random

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.widget.platform import workflow
from clarifai_eval_widget.widget.wire.shape import can_be_sent
from clarifai_eval_widget.widget.wire.traits import EMPTY_STATE
from tests.client.stand_in import StandIn
from tests.mutations import VALUES, damaged_json
from tests.small_server import wait_until
from tests.widget.golden import WIRE
from tests.widget.page import Page, decode

SEEDS, MESSAGES = range(6), 550


def nowhere(_asked):
    raise InvalidRequestError("A damaged address is not called.")


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setattr(workflow, "connected", nowhere)
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)
    with StandIn() as server:
        server.questions = 1
        widget = EvalWidget(server.client())
        wait_until(lambda: widget.versions and not widget.loading)
        widget.evaluate().result(timeout=60)
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        yield Page(widget)
        widget.close()


def sent_by_pages(widget):
    """What a page sends, about what is there, so that damage gets past the first check."""
    written = json.loads((WIRE / "from_page.json").read_text(encoding="utf-8"))["messages"]
    version, dataset = widget.versions[0]["key"], widget.datasets[0]["key"]
    run = widget.run_states[0]["key"]
    known = {"version_key": version, "dataset_key": dataset, "dataset_version": "", "run": run, "app": "app"}
    known |= {"model": "model", "revision": decode(widget.results)[0]["revision"]}
    about = [{**message, **{name: known[name] for name in known if name in message}} for message in written]
    return [*written, *about * 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_message_is_answered_and_surprises_nobody(page, caplog, seed):
    rng = random.Random(seed)
    widget = page.widget
    messages = sent_by_pages(widget)
    refused, answers = 0, set()
    for number in range(MESSAGES):
        message = damaged_json(rng.choice(messages), rng)
        if isinstance(message, dict) and rng.random() < 0.9:
            message["id"] = f"{seed}-{number}"
        page.replies.clear()
        widget._handle_custom_msg(message, [])
        key = message.get("id") if isinstance(message, dict) else None
        key = key if isinstance(key, str) and can_be_sent(key) else ""
        if key not in answers:
            wait_until(lambda key=key: key in page.replies)  # silence is the one thing that no message may get
        answers.update({key} - {""})
        for reply in page.replies.values():
            json.dumps(reply, ensure_ascii=False).encode()
            failure = reply.get("error")
            refused += failure is not None
            assert reply.get("ok") or failure["message"].strip()
            assert failure is None or ("log has the traceback" not in failure["message"] and len(str(failure)) < 9000)
    assert len(answers) > MESSAGES / 2
    assert MESSAGES / 10 < refused < MESSAGES * 9 / 10
    assert not [record for record in caplog.records if record.name == "clarifai_eval_widget" and record.exc_info]


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_traits_of_a_page_are_left_out(page, seed):
    rng = random.Random(seed)
    widget = page.widget
    start = {"threshold": 0.25, "thresholds": {"a": 0.5}, "concept": "a", "choices": dict(widget.choices)}
    for _ in range(MESSAGES):
        state = damaged_json(start, rng)
        state = state if isinstance(state, dict) else {"threshold": state}
        state |= {rng.choice(list(EMPTY_STATE)): rng.choice(VALUES)} if rng.random() < 0.3 else {}
        widget.set_state(state)
        assert 0 <= widget.threshold <= 1
        assert all(0 <= one <= 1 for one in widget.thresholds.values())
        assert can_be_sent([widget.threshold, widget.thresholds, widget.concept, widget.choices])
    widget.set_state(start)
    assert (widget.threshold, widget.thresholds, widget.concept) == (0.25, {"a": 0.5}, "a")
