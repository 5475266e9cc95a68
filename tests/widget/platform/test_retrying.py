"""A finished evaluation whose read fails stays one, and is read again; Retry starts nothing that the server has."""

import time

import grpc
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import state, transience
from tests.client.stand_in import EVALUATED, FAILED, StandIn, status
from tests.client.test_found import evaluation
from tests.small_server import wait_until
from tests.widget.page import Page

ALWAYS = 100_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(transience, "GRACE_SECONDS", 0.0)


@pytest.fixture
def server():
    with StandIn(questions=1) as running:
        running.says_it_is_ours = False
        yield running


@pytest.fixture
def page(server):
    with server.client() as client:
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        yield Page(widget)
        widget.close()


def whole(widget):
    return widget.evaluation is not None and widget.evaluation.complete


FAULTS = [11005, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_finished_evaluation_stays_evaluated_while_it_cannot_be_read_and_is_read_by_itself(server, page, fault):
    widget = page.widget
    server.faults["ReadEvaluation"] = [fault] * ALWAYS
    page.calculate("v1")
    row = wait_until(lambda: widget.run_states[0]["error"] and widget.run_states[0])
    assert (row["status"], row["roc_auc"], widget.status) == ("evaluated", 0.75, "evaluated")
    assert row["error"]["title"].endswith(": reconnecting")
    tried = server.calls["ReadEvaluation"]
    wait_until(lambda: server.calls["ReadEvaluation"] > tried + 3)
    now = widget.run_states[0]
    assert (now["status"], now["error"]["title"]) == ("evaluated", row["error"]["title"]), "however often it was tried"
    server.faults["ReadEvaluation"] = []
    wait_until(lambda: whole(widget) and not widget.loading)
    assert (widget.run_states[0]["status"], widget.run_states[0]["error"]) == ("evaluated", None)
    assert len(server.posted) == 1


@pytest.mark.parametrize("act", ["retry", "view", "refresh"])
def test_what_waits_to_be_read_again_is_read_at_once_when_somebody_acts(server, page, act, monkeypatch):
    widget = page.widget
    server.faults["ReadEvaluation"] = [11005] * ALWAYS
    monkeypatch.setattr(transience, "pause", lambda *_, **__: 300.0)
    page.calculate("v1")
    row = wait_until(lambda: widget.run_states[0]["error"] and widget.run_states[0])
    server.faults["ReadEvaluation"] = []
    assert page.act(act, key="again", **({} if act == "refresh" else {"run": row["key"]}))["ok"]
    wait_until(lambda: whole(widget) and widget.run_states[0]["error"] is None)
    assert len(server.posted) == 1


def test_one_that_nobody_looks_at_any_more_is_asked_for_no_more(server, page):
    widget = page.widget
    widget.evaluate().result(timeout=30)
    shown = widget.viewing
    server.faults["ReadEvaluation"] = [11005] * ALWAYS
    page.calculate("v1")
    wait_until(lambda: widget.run_states[0]["error"])
    page.act("view", key="back", run=shown)
    wait_until(lambda: widget.run_states[0]["error"] is None)
    tried = server.calls["ReadEvaluation"]
    time.sleep(0.3)
    assert (server.calls["ReadEvaluation"], widget.run_states[0]["status"]) == (tried, "evaluated")
    assert (widget.viewing, widget.loading) == (shown, [])


def test_one_that_waits_to_be_read_holds_up_no_other(server):
    server.evaluations = {"old": evaluation("old", dataset=("ann", "app", "data", "d2"))}
    server.asked["old"] = 5
    real = server._reply

    def throttled(method, request, *rest):
        if method == "ReadEvaluation" and request.evaluation_id == "old":
            server.faults[method] = [11005]
        return real(method, request, *rest)

    server._reply = throttled
    with server.client() as client:
        widget = EvalWidget(client)
        row = wait_until(lambda: widget.run_states and widget.run_states[0]["error"] and widget.run_states[0])
        page = Page(widget)
        page.calculate("v1")
        page.act("view", key="back", run=row["key"])  # both are wanted: one on screen, one compared
        new = widget.run_states[0]["key"]
        page.act("compare", key="both", runs=[row["key"], new])
        wait_until(lambda: [one["revision"] > 0 for one in widget.comparison] == [False, True])
        assert widget.run_states[1]["error"]["title"].endswith(": reconnecting")
        widget.close()


def test_a_widget_that_is_closed_asks_no_more(server, page):
    server.faults["ReadEvaluation"] = [11005] * ALWAYS
    page.calculate("v1")
    wait_until(lambda: page.widget.run_states[0]["error"])
    page.widget.close()
    wait_until(lambda: server.calls["ReadEvaluation"] == (time.sleep(0.3), server.calls["ReadEvaluation"])[1])


def test_an_evaluation_that_was_only_found_is_read_on_retry_and_not_started(server):
    server.evaluations = {"old": evaluation("old", dataset=("ann", "app", "data", "d2"))}
    server.questions, server.faults["ReadEvaluation"] = 0, [11008] * ALWAYS  # which is final
    with server.client() as client:
        widget = EvalWidget(client)
        row = wait_until(lambda: widget.run_states and widget.run_states[0]["error"] and widget.run_states[0])
        assert row["status"] == "failed"
        page = Page(widget)
        page.act("retry", key="a", run=row["key"])
        asked = server.calls["ReadEvaluation"]
        wait_until(lambda: server.calls["ReadEvaluation"] > asked and widget.run_states[0]["error"])
        server.faults["ReadEvaluation"] = []
        page.act("retry", key="b", run=row["key"])
        wait_until(lambda: whole(widget))
        assert (server.posted, widget.run_states[0]["status"]) == ([], "evaluated")
        widget.close()


def test_one_no_longer_watched_that_has_ended_is_told_on_refresh_and_not_started_again(server, page):
    widget = page.widget
    server.questions = 1000
    page.calculate("v1")
    wait_until(lambda: widget.runs and server.calls["GetEvaluation"])
    key = widget.run_states[0]["key"]
    page.act("cancel", key="stop", run=key)
    assert widget.run_states[0]["cancelled"] == "stopped watching"
    (kept,) = server.evaluations.values()
    kept.status.CopyFrom(status(EVALUATED))
    kept.summary.macro_avg_roc_auc, server.questions = 0.75, 0
    page.act("refresh", key="refresh")
    wait_until(lambda: widget.run_states[0]["status"] == "evaluated" and not widget.loading)
    row = widget.run_states[0]
    assert (row["cancelled"], row["roc_auc"], row["error"]) == ("", 0.75, None)
    page.act("retry", key="late", run=key)
    page.act("view", key="view", run=key)
    wait_until(lambda: whole(widget))
    assert len(server.posted) == 1


def test_a_retry_that_comes_late_starts_nothing(server, page):
    widget = page.widget
    page.calculate("v1")
    wait_until(lambda: whole(widget) and widget.run_states[0]["status"] == "evaluated")
    asked = server.calls["GetEvaluation"]
    page.act("retry", key="late", run=widget.run_states[0]["key"])
    wait_until(lambda: server.calls["GetEvaluation"] > asked)
    page.widget._platform._lanes.actions.join()
    assert (len(server.posted), widget.run_states[0]["status"]) == (1, "evaluated")


@pytest.fixture
def unwaited(monkeypatch):
    """A run that its server does not find fails at once, though it was only just started."""
    monkeypatch.setattr(state, "NOT_FOUND_SECONDS", 0.0)


def test_one_that_could_not_be_found_at_first_is_asked_for_on_retry_before_anything_is_posted(server, page, unwaited):
    widget = page.widget
    server.questions, server.faults["GetEvaluation"] = 3, [11101]
    page.calculate("v1")
    wait_until(lambda: widget.run_states[0]["status"] == "failed")
    page.act("retry", key="again", run=widget.run_states[0]["key"])
    wait_until(lambda: whole(widget))
    assert (len(server.posted), widget.run_states[0]["status"]) == (1, "evaluated")


@pytest.mark.parametrize("how", ["it failed there", "it is not there"])
def test_only_what_the_server_says_has_failed_or_is_not_there_is_started_anew(server, page, unwaited, how):
    def failed(reply):
        reply.eval_metrics.status.CopyFrom(status(FAILED, "out of memory"))

    widget = page.widget
    server.faults["GetEvaluation"] = [failed if how == "it failed there" else 11101] * 2
    page.calculate("v1")
    wait_until(lambda: widget.run_states[0]["status"] == "failed")
    page.act("retry", key="again", run=widget.run_states[0]["key"])
    wait_until(lambda: len(server.posted) == 2 and len(set(server.posted)) == 2)
