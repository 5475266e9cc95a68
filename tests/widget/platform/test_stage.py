"""What is on screen stays there until there is something else to read; a failure never takes its place."""

import threading
from types import SimpleNamespace

import pytest

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.client.result import ResultReader
from clarifai_eval_widget.widget.workbench import workbench
from tests.small_server import blobs, wait_until
from tests.widget.page import Page, decode


@pytest.fixture
def evaluated(widget, page):
    """The page of a widget with the result of the version ``second`` on screen, and that run's key."""
    widget.evaluate().result(timeout=60)
    return page, widget.viewing


@pytest.fixture
def few(server):
    """A dataset of too few inputs to be cross-validated on."""
    if "few" not in [one.id for one in server.client().datasets("market")]:
        embeddings, labels = blobs(15, 3, 8)
        server.add_dataset("market", "few", labels=labels, embeddings=embeddings)
    return "local/market/few"


def failed(widget):
    return next((run for run in widget.run_states if run["status"] == "failed"), None)


def test_a_run_that_fails_leaves_the_results_on_screen_and_tells_why_in_its_row(evaluated, few):
    page, shown = evaluated
    widget = page.widget
    page.act("refresh", key="r")
    wait_until(lambda: few in [row["key"] for row in widget.datasets] and not widget.loading)
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), ["viewing", "results"])
    page.calculate("second", key="b", dataset_key=few)
    assert "10" in wait_until(lambda: failed(widget))["error"]["details"] + failed(widget)["error"]["message"]
    assert (widget.viewing, widget.status, seen) == (shown, "evaluated", [])
    assert widget.evaluation.complete


def test_a_run_takes_the_screen_with_its_first_results_and_not_before(evaluated, gate):
    page, shown = evaluated
    widget = page.widget
    page.calculate("first", key="b")
    wait_until(lambda: gate.reached)
    assert widget.viewing == shown
    assert widget.evaluation.complete
    gate.let_through()
    wait_until(lambda: widget.viewing == page.row("first")["key"])
    assert decode(widget.results)[0]["folds"] == [1]
    gate.open()
    wait_until(lambda: widget.evaluation.complete)


def test_a_run_that_was_started_before_the_user_looked_elsewhere_does_not_come_in_between(evaluated, gate):
    page, shown = evaluated
    widget = page.widget
    page.calculate("first", key="b")
    page.act("view", key="v", run=shown)
    gate.open()
    wait_until(lambda: page.row("first")["status"] == "evaluated")
    assert widget.viewing == shown
    assert decode(widget.results)[0]["run"] == shown


def test_a_run_that_fails_gives_the_screen_back_to_the_one_that_goes_on(widget, page, gate, few):
    page.act("refresh", key="r")
    wait_until(lambda: few in [row["key"] for row in widget.datasets] and not widget.loading)
    page.calculate("second", key="a")
    going = page.row("second")["key"]
    page.calculate("first", key="b", dataset_key=few)
    wait_until(lambda: failed(widget))
    wait_until(lambda: widget.viewing == going)
    gate.let_through()
    wait_until(lambda: widget.results and decode(widget.results)[0]["folds"] == [1])


def test_where_nothing_is_on_screen_a_failed_run_says_so_there_and_in_its_row(widget, page, few):
    page.act("refresh", key="r")
    wait_until(lambda: few in [row["key"] for row in widget.datasets] and not widget.loading)
    page.calculate("second", key="a", dataset_key=few)
    wait_until(lambda: failed(widget) and widget.status == "failed")  # one after the other for who looks from outside
    assert widget.results == b""


def test_a_run_that_was_left_half_way_is_shown_whole_when_it_is_looked_at_again(widget, page, gate):
    page.calculate("second", key="a")
    gate.let_through(2)
    wait_until(lambda: widget.results and decode(widget.results)[0]["folds"] == [1, 2])
    left = page.row("second")["key"]
    page.calculate("first", key="b")
    gate.open()
    wait_until(lambda: page.row("first")["status"] == page.row("second")["status"] == "evaluated")
    page.act("view", key="v", run=left)
    head = wait_until(lambda: decode(widget.results)[0] if decode(widget.results)[0]["complete"] else None)
    assert (head["run"], head["folds"]) == (left, [1, 2, 3, 4, 5])


def test_results_of_one_app_go_when_another_is_picked_and_come_back_with_it(server):
    if "interest" not in [model.id for model in server.client().models("market")]:
        server.train("market", "interest", dataset_id="offers", version_id="only")
    widget = EvalWidget(server.client(), model="sentiment")
    wait_until(lambda: widget.versions and not widget.loading)
    run = widget.evaluate()
    run.result(timeout=60)
    (shown,) = [entry.key for entry in widget._platform.runs.entries if entry.run is run]
    wait_until(lambda: widget.viewing == shown)  # an earlier test's run keeps the screen until this one's curves come
    page = Page(widget)
    page.act("select_app", key="a", app="market")
    wait_until(lambda: widget.model == "interest" and not widget.loading)
    assert widget.viewing != shown
    page.act("select_app", key="b", app="shop")
    wait_until(lambda: widget.viewing == shown)
    assert decode(widget.results)[0]["run"] == shown
    widget.close()


@pytest.fixture
def held_back(monkeypatch):
    """Whatever another thread shows first is held back while it is being encoded, from ``begin`` until ``go_on``."""
    real, show = workbench.encoded_aside, workbench.Workbench.show
    state = SimpleNamespace(begin=False, by=None, over=False, go_on=threading.Event())

    def slow(aside, evaluation, *args, **options):
        if state.begin and threading.current_thread() is not threading.main_thread() and evaluation is not None:
            state.begin, state.by = False, threading.current_thread()
            assert state.go_on.wait(30)
        return real(aside, evaluation, *args, **options)

    def shown(*args, **options):
        found = show(*args, **options)
        state.over = state.over or state.by is threading.current_thread()
        return found

    monkeypatch.setattr(workbench, "encoded_aside", slow)
    monkeypatch.setattr(workbench.Workbench, "show", shown)
    yield state
    state.go_on.set()


def test_a_run_that_ended_while_its_first_results_took_the_screen_is_shown_whole(evaluated, gate, held_back):
    page, _ = evaluated
    widget = page.widget
    widget.model_version = "first"
    run = widget.evaluate()
    held_back.begin = True
    gate.let_through()
    wait_until(lambda: held_back.by)
    gate.open()
    whole = run.result(timeout=60)
    held_back.go_on.set()
    wait_until(lambda: widget.viewing == page.row("first")["key"])
    wait_until(lambda: widget.evaluation is whole)
    assert decode(widget.results)[0]["complete"]
    wait_until(lambda: widget.status == "evaluated")


@pytest.mark.parametrize("then", ["another", None])
def test_what_is_set_in_python_is_not_overtaken_by_a_run_that_was_about_to_take_the_screen(
    evaluated, gate, held_back, then
):
    page, _ = evaluated
    widget = page.widget
    given = Evaluation.from_scores([True, False], [0.9, 0.2], concepts=["cat"]) if then else None
    widget.model_version = "first"
    run = widget.evaluate()
    held_back.begin = True
    gate.let_through()
    wait_until(lambda: held_back.by)
    widget.evaluation = given
    held_back.go_on.set()
    wait_until(lambda: held_back.over)
    gate.open()
    run.result(timeout=60)
    wait_until(lambda: page.row("first")["status"] == "evaluated")
    assert (widget.viewing, widget.evaluation) == ("given" if then else "", given)


def test_a_given_evaluation_stays_on_screen_whatever_is_picked(server):
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    given = widget.evaluate().result(timeout=60)
    widget.evaluation = None
    widget.evaluation = given
    widget.app = "market"
    wait_until(lambda: widget.app == "market" and not widget.loading)
    assert (widget.viewing, widget.evaluation) == ("given", given)
    widget.close()


def test_a_run_is_evaluated_on_screen_when_its_last_curves_are_and_not_before(widget, page, gate, monkeypatch):
    real, goes_on, may_read, reads = ResultReader.read, threading.Event(), threading.Event(), []

    def slow_at_the_end(reader, **options):
        if goes_on.is_set():  # not only once it is known to have ended: a read may overtake the last poll
            reads.append(reader)
            assert may_read.wait(30)
        return real(reader, **options)

    monkeypatch.setattr(ResultReader, "read", slow_at_the_end)
    told = []
    monkeypatch.setattr(widget, "_send", lambda message, buffers=None: told.append(message))
    page.calculate("second")
    wait_until(lambda: gate.reached)
    goes_on.set()
    gate.open()
    wait_until(lambda: reads and reads[0]._run.done())
    widget._platform.runs.publish()
    assert (widget.status, widget.progress, page.row("second")["status"]) == ("evaluating", 1.0, "evaluating")
    assert not widget.evaluation or not widget.evaluation.complete
    seen = []
    widget.observe(lambda _: seen.append(widget.evaluation.complete), "status")
    may_read.set()
    wait_until(lambda: widget.status == "evaluated")
    assert seen == [True]
    assert page.row("second")["status"] == "evaluated"
    ends = [message for message in told if message.get("state", {}).get("status") == "evaluated"]
    assert [("run_changes" in one["state"], ["results"] in one["buffer_paths"]) for one in ends] == [(True, True)]


def test_a_run_that_nobody_looks_at_is_evaluated_in_its_row_as_soon_as_the_server_says_so(evaluated, gate, monkeypatch):
    page, shown = evaluated
    read = []

    def note(reader, **_options):
        read.append(reader)

    page.calculate("first", key="b")
    page.act("view", key="v", run=shown)
    monkeypatch.setattr(ResultReader, "read", note)
    gate.open()
    wait_until(lambda: page.row("first")["status"] == "evaluated")
    assert read == []
