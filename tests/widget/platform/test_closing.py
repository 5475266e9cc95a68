"""What a widget leaves behind when it is closed: nothing that waits, nothing that runs, none of its data."""

import _thread
import gc
import threading
import weakref

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import EvalClient
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.evaluation import Evaluation
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page


@pytest.fixture
def hanging(monkeypatch):
    """A client whose list of apps does not come before the test's end."""
    go_on = threading.Event()
    reached = threading.Event()
    real = EvalClient.paged_apps

    def held(client):
        reached.set()
        assert go_on.wait(60)
        return real(client)

    monkeypatch.setattr(EvalClient, "paged_apps", held)
    yield reached
    go_on.set()


def test_evaluate_ends_when_the_widget_is_closed_while_it_loads(server, hanging):
    widget = EvalWidget(server.client())
    assert hanging.wait(30)
    raised = []

    def evaluate():
        try:
            widget.evaluate()
        except EvalError as error:
            raised.append(error)

    thread = threading.Thread(target=evaluate)
    thread.start()
    widget.close()
    thread.join(20)
    assert isinstance(raised[0], InvalidRequestError)
    assert "was closed" in str(raised[0])


def test_what_is_asked_of_a_closed_widget_is_refused_and_leaves_nothing_queued(server):
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    widget.close()
    replies = [page.act("refresh", key="a"), page.calculate("second")]
    replies += [page.act("cancel", key="c", run="x"), page.act("retry", key="r", run="x")]
    assert ["was closed" in reply["error"]["message"] for reply in replies] == [True] * 4
    assert widget.run_states == []
    for ask in (widget.evaluate, lambda: setattr(widget, "dataset", "reviews")):
        with pytest.raises(InvalidRequestError, match="was closed"):
            ask()


def test_closed_widgets_are_freed_with_their_evaluations(server):
    freed = []
    for _ in range(10):
        widget = EvalWidget(server.client())
        wait_until(lambda made=widget: made.versions and not made.loading)
        widget.evaluate().result(timeout=60)
        wait_until(lambda made=widget: made.evaluation is not None and made.evaluation.complete)
        freed += [weakref.ref(widget), weakref.ref(widget.evaluation)]
        widget.close()
    del widget
    wait_until(lambda: gc.collect() >= 0 and not any(ref() is not None for ref in freed))


def test_a_closed_widget_that_is_still_named_holds_none_of_its_data(server):
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    run = widget.evaluate()
    held = weakref.ref(run.result(timeout=60))
    page = Page(widget)
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    page.panel("histogram", {"concept": "c0"})
    widget.close()
    assert (widget.evaluation, widget.selection, widget.results, widget.runs) == (None, None, b"", [])
    assert held() is run.result_if_read, "the run is the user's"
    del run
    wait_until(lambda: gc.collect() >= 0 and held() is None)


def test_a_given_evaluation_is_let_go_too():
    e = Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.4])
    widget, held = EvalWidget(evaluation=e), weakref.ref(e)
    widget.close()
    del e
    gc.collect()
    assert held() is None


def test_ctrl_c_in_evaluate_does_not_leave_the_row_queued_and_retry_takes_up_what_has_begun():
    with StandIn() as server:
        widget = EvalWidget(server.client())
        wait_until(lambda: widget.versions and not widget.loading)
        page = Page(widget)
        server.after["PostEvaluations"] = [3.0]

        def interrupt():
            wait_until(lambda: server.posted)
            _thread.interrupt_main()

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            widget.evaluate()
        thread.join()
        (row,) = widget.run_states
        assert row["status"] == "failed"
        assert "interrupted" in row["error"]["message"]
        page.act("retry", key="again", run=row["key"])
        wait_until(lambda: widget.run_states[0]["status"] == "evaluated")
        assert len(server.posted) == 1
        widget.close()
