"""Cancel on the page: the row says which it was, and what was counted can still be read."""

import grpc

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import Cancellation
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page, decode


def headline(widget):
    return "".join(part["text"] for part in decode(widget.results)[0]["headline"])


def test_cancel_ends_a_local_run_and_keeps_what_was_counted_on_screen(widget, page, gate):
    page.calculate("second")
    gate.let_through(2)
    wait_until(lambda: len(gate.reached) == 3)
    key = page.row("second")["key"]
    assert page.act("cancel", key="stop", run=key)["ok"]
    gate.open()
    wait_until(lambda: page.row("second")["status"] == "failed")
    row = page.row("second")
    assert row["cancelled"] == "ended"
    assert row["error"] is None, "nothing went wrong"
    assert row["warning"].startswith("It was cancelled. What was counted until then, 40 %, is kept.")
    wait_until(lambda: widget.evaluation is not None and len(widget.evaluation.scores) == 120)
    assert not widget.evaluation.complete
    wait_until(lambda: "Macro ROC AUC when it ended early" in headline(widget))
    assert not decode(widget.results)[0]["complete"]
    assert "so far" not in headline(widget)
    partial = next(note for note in widget.evaluation.notes if note.startswith("CEW010"))
    assert "ended before it was finished (It was cancelled." in partial
    assert "21302" not in partial


def test_one_that_is_stopped_in_another_notebook_is_cancelled_here_and_wherever_it_is_found(server, page, gate):
    page.calculate("second")
    gate.let_through(2)
    wait_until(lambda: len(gate.reached) == 3)
    with server.client() as other:
        run = next(one for one in other.evaluations() if not one.done())
        assert run.cancel() is Cancellation.ENDED
        gate.open()
        row = wait_until(lambda: page.row("second")["status"] == "failed" and page.row("second"))
        assert (row["cancelled"], row["error"], row["warning"].split(".")[0]) == ("ended", None, "It was cancelled")
        wait_until(lambda: page.widget.evaluation is not None and len(page.widget.evaluation.scores) == 120)
    with server.client() as third:
        found = EvalWidget(third)
        wait_until(lambda: found.run_states and not found.loading)
        assert found.run_states[0]["cancelled"] == "ended"
        assert Page(found).act("view", run=found.run_states[0]["key"])["ok"]
        wait_until(lambda: found.evaluation is not None and len(found.evaluation.scores) == 120)
        found.close()


def test_one_cancelled_while_another_is_on_screen_can_be_viewed(widget, page, gate):
    page.calculate("second", key="a")
    gate.let_through(1)
    wait_until(lambda: len(gate.reached) == 2)
    first = page.row("second")["key"]
    page.calculate("first", key="b")
    page.act("cancel", key="stop", run=first)
    gate.open()
    wait_until(lambda: page.row("second")["status"] == "failed")
    page.act("view", key="v", run=first)
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.info.model_version_id == "second")
    wait_until(lambda: len(widget.evaluation.scores) == 60)


def test_on_the_platform_the_row_says_that_it_is_watched_no_more_until_retry():
    with StandIn(questions=1000) as server:
        server.says_it_is_ours = False
        with server.client() as client:
            widget = EvalWidget(client)
            page = Page(widget)
            wait_until(lambda: widget.versions and not widget.loading)
            page.calculate("v1")
            wait_until(lambda: page.row("v1") and widget.runs)
            key = page.row("v1")["key"]
            assert page.act("cancel", key="stop", run=key)["ok"]
            assert page.row("v1")["cancelled"] == "stopped watching"
            assert page.row("v1")["status"] != "failed"
            assert client.follower._followed == {}
            server.questions = 0
            page.act("retry", key="again", run=key)
            wait_until(lambda: page.row("v1")["status"] == "evaluated")
            assert page.row("v1")["cancelled"] == ""
            assert len(server.posted) == 1
            widget.close()


def test_a_run_that_is_unknown_or_over_is_answered(widget, page):
    assert "no run" in page.act("cancel", key="x", run="run-nowhere")["error"]["message"]
    widget.evaluate().result(timeout=60)
    assert page.act("cancel", key="y", run=page.row("second")["key"])["ok"]
    assert page.row("second")["cancelled"] == ""


def test_a_server_that_cannot_be_asked_is_told_to_the_page():
    with StandIn(questions=1000) as server, server.client() as client:
        widget = EvalWidget(client)
        page = Page(widget)
        wait_until(lambda: widget.versions and not widget.loading)
        page.calculate("v1")
        wait_until(lambda: widget.runs)
        server.faults["GetEvaluation"] = [grpc.StatusCode.INTERNAL] * 1000
        reply = page.act("cancel", key="stop", run=page.row("v1")["key"])
        assert "INTERNAL" in reply["error"]["message"]
        assert page.row("v1")["cancelled"] == ""
        widget.close()


def test_one_whose_local_server_is_away_can_be_left():
    with StandIn(questions=1000) as server:
        client = server.client()
        widget = EvalWidget(client)
        page = Page(widget)
        wait_until(lambda: widget.versions and not widget.loading)
        page.calculate("v1")
        wait_until(lambda: widget.runs)
    row = wait_until(lambda: page.row("v1")["status"] == "reconnecting" and page.row("v1"))
    assert page.act("cancel", key="stop", run=row["key"])["ok"]
    assert (page.row("v1")["cancelled"], page.row("v1")["error"]) == ("stopped watching", None)
    assert client.follower._followed == {}
    widget.close()
    client.close()
