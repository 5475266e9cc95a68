"""What may wait for what: an action never waits for a listing, and nothing is listed twice."""

import asyncio
import threading

import pytest
import traitlets

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import EvalClient
from clarifai_eval_widget.client.run import Run
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page


class Held:
    """Holds a client's method back while closed, and keeps what went through."""

    def __init__(self, monkeypatch, name):
        self.is_open, self.reached, self.calls = threading.Event(), threading.Event(), []
        self.is_open.set()
        real = getattr(EvalClient, name)

        def held(client, *arguments, **options):
            self.calls.append(arguments)
            self.reached.set()
            assert self.is_open.wait(60)
            return real(client, *arguments, **options)

        monkeypatch.setattr(EvalClient, name, held)

    def close(self):
        self.is_open.clear()
        self.reached.clear()


@pytest.fixture
def listings(monkeypatch):
    held = Held(monkeypatch, "paged_apps")
    yield held
    held.is_open.set()


@pytest.fixture
def starts(monkeypatch):
    return Held(monkeypatch, "start_evaluation")


@pytest.fixture
def refreshing(listings, starts, widget, page):
    """A page whose refresh hangs in the list of apps."""
    listings.close()
    assert page.act("refresh", key="refresh")["ok"]
    assert listings.reached.wait(30)
    return page


def test_calculate_leaves_while_a_listing_hangs(refreshing, starts, listings):
    assert refreshing.calculate("second")["ok"]
    assert wait_until(lambda: starts.calls)
    wait_until(lambda: refreshing.row("second")["status"] == "evaluated")
    assert not listings.is_open.is_set()


def test_a_result_is_read_while_a_listing_hangs(refreshing, listings):
    widget = refreshing.widget
    refreshing.calculate("second")
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert "apps" in widget.loading, "the listing still says that it loads"
    assert not listings.is_open.is_set()


def test_evaluate_does_not_wait_for_a_refresh(refreshing, listings):
    assert refreshing.widget.evaluate().result(timeout=60).complete
    assert not listings.is_open.is_set()


def test_a_listing_that_comes_back_after_a_start_does_not_show_the_run_twice(refreshing, listings):
    refreshing.calculate("second")
    wait_until(lambda: refreshing.row("second")["status"] == "evaluated")
    listings.is_open.set()
    wait_until(lambda: not refreshing.widget.loading)
    run = refreshing.widget.runs[0]
    assert [one.id for one in refreshing.widget.runs].count(run.id) == 1


def test_a_run_that_a_listing_finds_before_its_start_has_returned_is_shown_once(widget, page, monkeypatch):
    found, real = threading.Event(), EvalClient.start_evaluation

    def slow(client, *arguments, **options):
        run = real(client, *arguments, **options)
        assert found.wait(60)
        return run

    monkeypatch.setattr(EvalClient, "start_evaluation", slow)
    page.calculate("second")
    key = widget.viewing
    page.act("refresh", key="refresh")
    wait_until(lambda: len(widget.run_states) > 1 and not widget.loading)
    found.set()
    wait_until(lambda: page.row("second")["key"] == key and page.row("second")["status"] == "evaluated")
    (run,) = [entry.run for entry in widget._platform.runs.entries if entry.key == key]
    assert [one.id for one in widget.runs].count(run.id) == 1


def test_a_refresh_lists_the_apps_once(widget, page, listings):
    page.act("refresh")
    wait_until(lambda: listings.calls and not widget.loading)
    assert len(listings.calls) == 1


def test_another_app_is_shown_without_listing_the_apps_anew(widget, listings):
    widget.app = "market"
    wait_until(lambda: widget.app == "market" and not widget.loading)
    assert listings.calls == []


def test_evaluate_waits_for_the_app_that_was_picked(server, monkeypatch):
    if "interest" not in [model.id for model in server.client().models("market")]:
        server.train("market", "interest", dataset_id="offers", version_id="only")
    widget = EvalWidget(server.client())
    wait_until(lambda: widget.versions and not widget.loading)
    models = Held(monkeypatch, "paged_versions")
    models.close()
    widget.app = "market"
    threading.Timer(0.3, models.is_open.set).start()
    assert widget.evaluate().result(timeout=60).info.model_app_id == "market"
    widget.close()


def test_a_slow_result_holds_up_neither_rows_nor_other_runs(widget, page, monkeypatch, gate):
    from clarifai_eval_widget.client.result import ResultReader

    reading = Held(monkeypatch, "evaluations")  # unused, but shows that no listing is needed
    read, begun, real = threading.Event(), threading.Event(), ResultReader.read

    def slow(reader, **options):
        begun.set()
        assert read.wait(60)
        return real(reader, **options)

    monkeypatch.setattr(ResultReader, "read", slow)
    page.calculate("second")
    gate.let_through()
    assert begun.wait(30)
    gate.open()
    wait_until(lambda: page.row("second")["fraction"] == 1.0)
    assert (widget.evaluation, widget.status, reading.calls) == (None, "evaluating", [])
    page.calculate("first", key="two")
    wait_until(lambda: page.row("first")["fraction"] == 1.0)
    page.act("view", key="three", run=page.row("second")["key"])
    read.set()
    wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
    assert Page(widget).row("second")["key"] == widget.viewing


def test_a_version_set_right_after_construction_waits_for_the_lists(server, monkeypatch):
    listings = Held(monkeypatch, "paged_apps")
    listings.close()
    widget = EvalWidget(server.client())
    assert listings.reached.wait(30)
    threading.Timer(0.2, listings.is_open.set).start()
    widget.model_version = "second"
    assert widget.model_version == "second"
    with pytest.raises(traitlets.TraitError, match="'second'"):
        widget.model_version = "secund"
    widget.close()


def test_what_is_picked_right_after_an_app_or_model_is_of_that_one(doomed, monkeypatch):
    server, page, gate = doomed
    widget = page.widget
    gate.open()
    for app_id, dataset_id, model_id, version_id in [
        ("market", "offers", "sentiment", "second"),
        ("market", "offers", "sentiment", "sold"),
        ("shop", "reviews", "other", "only"),
    ]:
        server.train(app_id, model_id, dataset_id=dataset_id, version_id=version_id)
    models, versions = Held(monkeypatch, "paged_models"), Held(monkeypatch, "paged_versions")
    models.close()
    threading.Timer(0.3, models.is_open.set).start()
    widget.app = "market"
    widget.model = "sentiment"  # both apps have one
    widget.model_version = "sold"
    assert widget.evaluate().result(timeout=60).info.model_app_id == "market"
    widget.app = "shop"
    with pytest.raises(traitlets.TraitError, match="in the app 'shop'; for another's, set app first"):
        widget.model = "digits"
    versions.close()
    threading.Timer(0.3, versions.is_open.set).start()
    widget.model = "other"
    with pytest.raises(traitlets.TraitError, match="'first' of the model 'other'"):
        widget.model_version = "first"  # of the model picked before


def test_two_widgets_a_cell_a_task_and_a_callback_wait_for_one_thread_that_asks(monkeypatch):
    real, asking = Run.ask, []

    with StandIn(questions=10**6) as server, server.client() as client:

        def ask(run, **options):
            if run._client is client:  # other tests' runs may still be followed in this process
                asking.append(threading.current_thread().name)
            return real(run, **options)

        monkeypatch.setattr(Run, "ask", ask)
        first, second = EvalWidget(client), EvalWidget(client)
        wait_until(lambda: all(one.versions and not one.loading for one in (first, second)))
        page = Page(first)
        assert page.calculate("v1")["ok"]
        run = wait_until(lambda: first.runs)[0]
        assert Page(second).act("refresh", key="r")["ok"]
        wait_until(lambda: second.runs)
        called, waiting = threading.Event(), [threading.Thread(target=run.result) for _ in range(2)]
        waiting.append(threading.Thread(target=lambda: asyncio.run(_awaited(run))))
        run.add_done_callback(lambda _: called.set())
        for thread in waiting:
            thread.start()
        wait_until(lambda: len(asking) > 5)
        assert list(client.follower._followed) == second.runs == [run]
        server.questions = 0
        for thread in waiting:
            thread.join(30)
        assert called.wait(30)
        wait_until(lambda: [one.run_states[0]["status"] for one in (first, second)] == ["evaluated"] * 2)
        assert set(asking) == {"eval-client-follow"}
        assert server.calls["GetEvaluation"] == len(asking)
        first.close()
        second.close()


async def _awaited(run):
    return await run
