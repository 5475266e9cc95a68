"""Lists longer than a page are read as they are scrolled or typed in, in few calls however long they are."""

import contextlib

import grpc
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page


@contextlib.contextmanager
def opened(server):
    with server.client() as client:
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        try:
            yield widget, Page(widget)
        finally:
            widget.close()


@pytest.fixture
def server():
    with StandIn() as running:
        running.models = [(f"model-{n}", [f"{n}-v1"]) for n in range(10_000)]
        running.datasets = [f"data-{n}" for n in range(10_000)]
        yield running


def more(widget, page, what, search="", *, key):
    before = len(getattr(widget, what))
    assert page.act("more", key=key, list=what, search=search)["ok"]
    wait_until(lambda: len(getattr(widget, what)) > before and not widget.loading)


def test_ten_thousand_models_and_datasets_open_and_refresh_in_as_few_calls_as_ten(server):
    with opened(server) as (widget, page):
        assert sum(server.calls.values()) == 8
        assert (len(widget.models), len(widget.datasets)) == (1000, 1001), "a page, and what the version was trained on"
        assert sorted(widget.more) == ["datasets", "models"]
        server.calls.clear()
        page.act("refresh")
        wait_until(lambda: server.calls["ListEvaluations"] and not widget.loading)
        assert sum(server.calls.values()) == 4


def test_a_list_is_read_on_page_by_page_to_its_end(server):
    server.datasets = server.datasets[:2300]
    with opened(server) as (widget, page):
        server.calls.clear()
        more(widget, page, "datasets", key="a")
        more(widget, page, "datasets", key="b")
        assert server.calls == {"ListDatasets": 2}
        assert widget.more == ["models"]
        assert {row["id"] for row in widget.datasets} == {*server.datasets, "data"}
        page.act("more", key="c", list="datasets", search="")
        wait_until(lambda: not widget.loading)
        assert server.calls == {"ListDatasets": 2}, "there is no more"


def test_what_is_typed_is_found_on_the_server_in_one_call_and_can_be_evaluated(server):
    with opened(server) as (widget, page):
        server.calls.clear()
        more(widget, page, "datasets", "data-9876", key="a")
        more(widget, page, "models", "model-8765", key="b")
        assert (server.calls["ListDatasets"], server.calls["ListModels"]) == (1, 1)
        assert [row["id"] for row in widget.models][-1] == "model-8765"
        key = next(row["key"] for row in widget.datasets if row["id"] == "data-9876")
        assert page.act("select_model", key="c", model="model-8765")["ok"]
        wait_until(lambda: widget.model == "model-8765" and widget.versions and not widget.loading)
        page.act("refresh", key="d")
        wait_until(lambda: server.calls["ListApps"] and not widget.loading)
        assert widget.model == "model-8765", "a refresh keeps what is beyond the first page"
        widget.dataset = key
        assert widget.evaluate().result(timeout=30).complete


def test_a_model_beyond_the_first_page_that_is_named_is_found_by_the_servers_search(server):
    with server.client() as client:
        widget = EvalWidget(client, model_version="7777-v1")
        wait_until(lambda: widget.versions and not widget.loading)
        assert (widget.model, widget.model_version) == ("model-7777", "7777-v1")
        assert server.calls["ListModels"] <= 3
        widget.close()


def test_a_server_that_does_not_search_loses_nothing(server):
    server.searches = False
    with opened(server) as (widget, page):
        assert "data" in [row["id"] for row in widget.datasets], "the training data are known from the version"
        assert widget.choices[widget.versions[0]["key"]]["dataset_key"] == "ann/app/data"
        page.act("more", key="a", list="models", search="model-8765")
        wait_until(lambda: not widget.loading)
        more(widget, page, "models", key="b")
        assert len(widget.models) == 2000


def test_a_page_that_cannot_be_had_is_asked_for_again_and_none_is_left_out(server, monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)
    with opened(server) as (widget, page):
        server.faults["ListDatasets"] = [grpc.StatusCode.INTERNAL, 11005]
        more(widget, page, "datasets", key="a")
        assert widget.problem is None
        assert [row["id"] for row in widget.datasets if row["id"] != "data"][:2000] == server.datasets[:2000]
