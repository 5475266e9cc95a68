"""Runs of a widget: started, followed, read while they grow, gone on with after a loss."""

import threading
import time

import pytest

from clarifai_eval_widget import EvalWidget
from tests.small_server import Gate, small_server, wait_until
from tests.widget.page import Page, decode


def test_calculate_shows_every_fold_and_ends_with_the_result(widget, page, gate):
    assert page.calculate("second")["ok"]
    seen = []
    for fold in range(1, 6):
        gate.let_through()
        wait_until(lambda fold=fold: widget.results and decode(widget.results)[0]["folds"] == list(range(1, fold + 1)))
        header, _ = decode(widget.results)
        seen.append((header["inputs"], header["complete"]))
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    assert [inputs for inputs, _ in seen] == [60, 120, 180, 240, 300]
    assert wait_until(lambda: widget.evaluation.complete)
    assert decode(widget.results)[0]["complete"]
    assert (widget.status, widget.progress) == ("evaluated", 1.0)
    assert page.row("second")["roc_auc"] == pytest.approx(
        decode(widget.results)[0]["macro"]["fold_roc_auc"]["mean"], abs=1e-6
    )


def test_a_run_that_ends_while_its_first_part_takes_the_screen_is_read_to_its_end(widget, page, gate, monkeypatch):
    gate.let_through(5)
    page.calculate("second", key="before")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    before, runs = widget.viewing, widget._platform.runs
    show = runs.show

    def ends_meanwhile(entry, **options):
        if not entry.evaluation.complete and entry.key != before:  # it no longer comes, and is not there yet
            gate.open()
            wait_until(lambda: entry.progress.status == "evaluated")
            runs._lanes.states.join()
        show(entry, **options)

    monkeypatch.setattr(runs, "show", ends_meanwhile)
    page.calculate("first", key="new")
    gate.let_through()
    wait_until(lambda: widget.viewing not in ("", before))
    wait_until(lambda: widget.evaluation.complete)
    assert widget.evaluation.info.model_version_id == "first"


def test_an_action_is_done_once_however_often_it_arrives(widget, page, gate):
    page.calculate("second", key="same")
    page.calculate("second", key="same")
    assert len(widget.run_states) == 1


def test_two_runs_at_once_each_keep_their_row(widget, page, gate):
    page.calculate("second", key="a")
    widget.set_state(
        {
            "choices": {
                **widget.choices,
                "local/shop/sentiment/first": {
                    "dataset_key": "local/market/offers",
                    "dataset_version": "",
                    "use_kfold": False,
                },
            }
        }
    )
    page.calculate("first", key="b")
    assert widget.viewing == page.row("first")["key"]
    gate.open()
    wait_until(lambda: page.row("first")["status"] == page.row("second")["status"] == "evaluated")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert widget.evaluation.info.model_version_id == "first"
    assert page.act("view", key="c", run=page.row("second")["key"])["ok"]
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.info.model_version_id == "second")
    assert decode(widget.results)[0]["run"] == page.row("second")["key"]
    assert widget.evaluation.info.use_kfold


def test_the_result_of_a_run_in_python_is_on_screen_when_result_returns(widget):
    evaluation = widget.evaluate().result(timeout=60)
    assert widget.evaluation is evaluation
    assert (widget.status, widget.progress) == ("evaluated", 1.0)
    assert widget.runs[0].status == "evaluated"


def test_scoring_a_version_on_its_own_training_data_warns(widget, page):
    widget.evaluate({"use_kfold": False}).result(timeout=60)
    assert "trained on" in widget.run_states[0]["warning"]
    assert any("trained on" in note for note in decode(widget.results)[0]["notes"])


def test_traits_move_while_python_code_keeps_the_main_thread_busy(widget, server):
    seen = []
    server.before_step = lambda _step: time.sleep(0.5)  # folds of real data take about that
    widget.observe(lambda change: seen.append((change["new"], threading.current_thread())), "evaluation")
    run = widget.evaluate()
    # No yielding, no waiting on a lock: only the interpreter's own switching lets the others run.
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not (widget.evaluation is not None and widget.evaluation.complete):
        sum(range(1000))
    assert run.done()
    moved = [evaluation for evaluation, _ in seen if evaluation is not None]
    assert len(moved) >= 3
    assert all(thread is not threading.main_thread() for evaluation, thread in seen if evaluation is not None)


def test_a_second_widget_finds_the_earlier_results(widget, server):
    run = widget.evaluate()
    run.result(timeout=60)
    later = EvalWidget(server.client())
    wait_until(lambda: later.run_states and not later.loading)
    page = Page(later)
    assert page.row("second")["status"] == "evaluated"
    assert page.act("view", run=page.row("second")["key"])["ok"]
    wait_until(lambda: later.evaluation is not None)
    assert later.evaluation.info.id == run.id
    later.close()


def test_a_run_in_progress_is_taken_up_by_a_new_widget(widget, server, gate):
    widget.evaluate()
    wait_until(lambda: gate.reached)
    later = EvalWidget(server.client())
    wait_until(lambda: later.run_states and not later.loading)
    gate.open()
    wait_until(lambda: later.run_states[0]["status"] == "evaluated")
    later.close()


def test_where_metrics_come_only_at_the_end_status_and_progress_are_live_all_the_same(server, gate, monkeypatch):
    client = server.client()
    # As on the platform: another host, which tells nothing but status and per cent before the end.
    monkeypatch.setattr(type(client), "is_local", property(lambda _: False))
    monkeypatch.setattr(type(client), "poll_interval", property(lambda _: 0.05))
    widget = EvalWidget(client)
    wait_until(lambda: widget.versions and not widget.loading)
    widget._platform.runs.clear()
    assert widget.connection["kind"] == "platform"
    page = Page(widget)
    page.calculate("second")
    for fold in (1, 2):
        gate.let_through()
        wait_until(lambda fold=fold: widget.progress == pytest.approx(fold / 5))
        assert (widget.results, widget.evaluation) == (b"", None)
    assert page.row("second")["live"] is False
    gate.open()
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert decode(widget.results)[0]["complete"]
    widget.close()


def test_a_server_stopped_mid_run_is_told_in_the_row_and_retry_is_offered(doomed):
    server, page, gate = doomed
    page.calculate("second")
    wait_until(lambda: gate.reached)
    gate.open()
    server.stop()
    row = wait_until(lambda: page.row("second") if page.row("second")["status"] == "failed" else None)
    assert row["error"]["title"] == "The server is gone"
    assert row["error"]["retry"]
    assert page.act("retry", key="two", run=row["key"])["ok"]
    wait_until(lambda: page.row("second")["status"] == "failed" and page.row("second")["error"])


def test_retry_after_the_sample_server_was_stopped_runs_on_a_new_one(monkeypatch):
    from clarifai_eval_widget import LocalServer

    servers = [small_server()]
    monkeypatch.setattr(LocalServer, "shared", classmethod(lambda cls, **_: servers[-1]))
    held = Gate()
    servers[0].before_step = held
    widget = EvalWidget.local()
    wait_until(lambda: widget.versions and not widget.loading)
    page = Page(widget)
    page.calculate("second")
    wait_until(lambda: held.reached)
    held.open()
    servers[0].stop()
    row = wait_until(lambda: page.row("second") if page.row("second")["status"] == "failed" else None)
    servers.append(small_server())
    page.act("retry", key="two", run=row["key"])
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    widget.close()
    servers[1].stop()


def test_a_result_that_can_no_longer_be_read_is_told_in_its_row(server):
    with small_server() as other:
        first = EvalWidget(other.client())
        first.evaluate().result(timeout=60)
        late = EvalWidget(other.client())
        wait_until(lambda: late.run_states and not late.loading)
        wait_until(lambda: late.evaluation is not None)
        (entry,) = late._platform.runs.entries
        entry.evaluation = entry.run.state.result = None  # as if it had not been looked at yet
    page = Page(late)
    page.act("view", run=page.row("second")["key"])
    wait_until(lambda: page.row("second")["error"])
    assert page.row("second")["error"]["title"] == "The server is gone"
    first.close()
    late.close()


def test_a_retry_asks_for_the_same_as_the_first_time(doomed):
    _server, page, gate = doomed
    run = page.widget.evaluate({"folds": 3})
    wait_until(lambda: gate.reached)
    key = page.widget.viewing
    entry = page.widget._platform.runs.entry(key)
    gate.open()
    run.result(timeout=60)
    page.widget._platform.runs.restart(page.widget._platform.client, entry)
    wait_until(lambda: entry.run is not None and entry.run is not run and entry.run.done())
    assert entry.run.progress.folds == 3


def test_threads_end_with_the_last_run(widget):
    widget.evaluate().result(timeout=60)
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("eval-widget")])


def test_closing_ends_the_threads_of_a_running_evaluation(widget, gate):
    widget.evaluate()
    widget.close()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("eval-widget")])


def test_a_retry_of_a_run_that_goes_on_starts_no_second_one(widget, page, gate):
    page.calculate("second")
    wait_until(lambda: gate.reached)
    run = wait_until(lambda: widget.runs and widget.runs[0])
    page.act("retry", key="two", run=page.row("second")["key"])
    gate.open()
    wait_until(lambda: page.row("second")["status"] == "evaluated")
    assert widget.runs[0] is run


def test_a_reading_that_fails_while_the_run_goes_on_does_not_end_it(widget, page, gate, monkeypatch):
    from clarifai_eval_widget.client.result import ResultReader
    from clarifai_eval_widget.errors import DeadlineError

    real, failed = ResultReader.read, []

    def slow_at_first(reader, **options):
        if not failed:
            failed.append(reader)
            raise DeadlineError("too slow")
        return real(reader, **options)

    monkeypatch.setattr(ResultReader, "read", slow_at_first)
    page.calculate("second")
    gate.let_through()
    wait_until(lambda: failed)
    assert page.row("second")["status"] == "evaluating"
    gate.open()
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert page.row("second")["error"] is None


def test_a_start_that_fails_in_a_way_nobody_foresaw_ends_its_row(widget, page, monkeypatch):
    def break_down(*_arguments, **_options):
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(widget._platform.client, "start_evaluation", break_down)
    assert page.calculate("second")["ok"]
    wait_until(lambda: page.row("second")["status"] == "failed")
    assert "nobody foresaw this" in page.row("second")["error"]["message"]


def test_runs_are_compared_by_the_page_and_by_python_and_read_when_they_have_not_been(widget, page):
    runs = []
    for version in ("first", "second"):
        widget.model_version = version
        runs.append(widget.evaluate())
        runs[-1].result(timeout=60)
    keys = [row["key"] for row in reversed(widget.run_states)]
    wait_until(lambda: all(entry.has_result for entry in widget._platform.runs.entries))
    unread = widget._platform.runs.entry(keys[0])
    unread.evaluation = unread.seen = None
    assert "error" not in page.act("compare", runs=keys)
    wait_until(lambda: widget.compared["roc_auc"].notna().all())
    assert [row["run"] for row in widget.comparison] == keys
    assert all("version" in title for title in widget.compared["title"])
    widget.compare(runs[1], runs[0])
    assert widget.compared.index.tolist() == keys[::-1]
