"""Lists longer than a page are read as they are scrolled or typed in, in few calls however long they are."""

import contextlib

import grpc
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from tests.client.stand_in import StandIn, status
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
        assert sum(server.calls.values()) <= 8
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


@pytest.fixture
def apps(server):
    """Ten thousand apps, of which the one with the models is far down, and ten thousand versions of a model."""
    server.apps = [*(f"app-{n}" for n in range(9_000)), "app", *(f"app-{n}" for n in range(9_000, 10_000))]
    server.models[5] = ("model-5", [f"v{n}" for n in range(10_000)])
    return server


def test_ten_thousand_apps_and_versions_cost_no_more_calls_than_ten(apps):
    with opened(apps) as (widget, page):
        assert sum(apps.calls.values()) <= 8, apps.calls
        assert {"apps", "models", "datasets"} <= set(widget.more)
        apps.calls.clear()
        page.act("select_model", key="pick", model="model-5")
        wait_until(lambda: widget.model == "model-5" and widget.versions and not widget.loading)
        assert sum(apps.calls.values()) <= 3, apps.calls
        assert "versions" in widget.more
        apps.calls.clear()
        page.act("refresh", key="refresh")
        wait_until(lambda: apps.calls["ListEvaluations"] and not widget.loading)
        assert sum(apps.calls.values()) <= 4, apps.calls


def test_versions_are_read_on_and_found_by_their_ids(apps):
    with opened(apps) as (widget, page):
        page.act("select_model", key="pick", model="model-5")
        wait_until(lambda: widget.model == "model-5" and widget.versions and not widget.loading)
        assert len(widget.versions) == 100
        more(widget, page, "versions", key="a")
        assert [row["label"] for row in widget.versions] == [f"v{n}" for n in range(200)]
        apps.calls.clear()
        more(widget, page, "versions", "v9999", key="b")
        assert apps.calls == {"GetModelVersion": 1}
        widget.model_version = "v9998"
        assert len(widget.versions) == 202
        page.act("refresh", key="refresh")
        wait_until(lambda: apps.calls["ListEvaluations"] and not widget.loading)
        assert {"v199", "v9998", "v9999"} <= {row["label"] for row in widget.versions}, "what was read stays"
        assert widget.evaluate().result(timeout=30).complete
        assert widget.runs[0].model_version_id == "v9998"


def test_apps_and_models_far_down_are_set_in_python_as_those_that_are_on_screen(apps):
    with opened(apps) as (widget, page):
        more(widget, page, "apps", key="a")
        assert len(widget.apps) == 2001, "two pages, and the app with the models"
        apps.calls.clear()
        widget.app = "app-9876"
        wait_until(lambda: widget.app == "app-9876" and not widget.loading)
        assert apps.calls["ListApps"] == 1
        widget.app = "app"
        wait_until(lambda: widget.app == "app" and widget.versions and not widget.loading)
        widget.model = "model-9000"
        wait_until(lambda: widget.model == "model-9000" and not widget.loading)


def test_apps_are_searched_by_words_beyond_the_first_page_in_one_call(apps):
    with opened(apps) as (widget, page):
        before = [row["id"] for row in widget.apps]
        assert "app-9876" not in before
        apps.calls.clear()
        more(widget, page, "apps", "app-987", key="a")
        assert apps.calls == {"ListApps": 1}
        found = ["app-987", *(f"app-987{n}" for n in range(10))]
        assert [row["id"] for row in widget.apps] == list(dict.fromkeys([*before, *found]))
        assert "apps" in widget.more, "the list itself goes on"
        widget.app = "app-9876"
        wait_until(lambda: widget.app == "app-9876" and not widget.loading)


def test_a_version_named_beyond_the_first_page_is_picked(apps):
    with apps.client() as client:
        widget = EvalWidget(client, model="https://clarifai.com/ann/app/models/model-5", model_version="v8888")
        wait_until(lambda: widget.versions and not widget.loading)
        assert (widget.app, widget.model, widget.model_version) == ("app", "model-5", "v8888")
        assert sum(apps.calls.values()) <= 10, apps.calls
        widget.close()


def test_the_owner_of_a_model_that_is_named_counts_beside_an_own_app_of_that_id_after_a_refresh_too(server):
    server.models = server.models[:3]
    server.datasets = server.datasets[:3]
    with server.client() as client:
        widget = EvalWidget(client, model="https://clarifai.com/some-org/app/models/model-1")
        page = Page(widget)
        wait_until(lambda: widget.versions and not widget.loading)
        asked = {asked.user_app_id.user_id for name, asked in server.requests if name.startswith("ListModel")}
        assert asked == {"some-org"}
        for number in range(2):
            server.requests.clear()
            page.act("refresh", key=f"refresh-{number}")
            wait_until(lambda: server.requests and server.requests[-1][0] == "ListEvaluations" and not widget.loading)
            owners = {asked.user_app_id.user_id for name, asked in server.requests if name.startswith("ListModel")}
            assert owners == {"some-org"}
        widget.close()


@pytest.mark.parametrize("what", ["apps", "models", "versions"])
def test_what_a_server_tells_twice_is_listed_once(server, what):
    server.apps = [f"app-{n}" for n in range(1500)]
    server.models = [("model", [f"v{n}" for n in range(150)])]
    if what == "models":
        server.models = [(f"model-{n}", ["v1"]) for n in range(1500)]
        server.models[1200], server.models[3] = server.models[1201], server.models[4]
    elif what == "versions":
        versions = server.models[0][1]
        versions[120], versions[3], versions[130] = "v121", "v4", "v2"
    else:
        server.apps[1200], server.apps[3], server.apps[1300] = "app-1201", "app-4", "app-2"
    with opened(server) as (widget, page):
        more(widget, page, what, key="a")
        ids = [row["id"] for row in getattr(widget, what)]
        assert len(ids) > 140
        assert len(ids) == len(set(ids))


def evaluations(count, of="model-1"):
    """The newest first; the oldest of all is of another model than the others."""
    found = {}
    for number in range(count):
        last = number == count - 1
        one = resources_pb2.EvalMetrics(id=f"e{number}", app_id="app", user_id="ann", status=status(21300))
        one.model.CopyFrom(resources_pb2.Model(id="model-0" if last else of, app_id="app", user_id="ann"))
        one.model.model_version.id = "0-v1" if last else "1-v1"
        one.ground_truth_dataset.CopyFrom(resources_pb2.Dataset(id="data", app_id="app", user_id="ann"))
        found[one.id] = one
    return found


def ids(widget):
    return [run.id for run in widget.runs]


def test_ten_thousand_evaluations_are_read_as_far_as_they_are_asked_for(server):
    server.models, server.datasets = server.models[:2], ["data"]
    server.evaluations, server.questions = evaluations(2500), 0
    with opened(server) as (widget, page):
        assert (server.calls["ListEvaluations"], len(widget.other_runs), ids(widget)) == (1, 1000, [])
        assert widget.more == ["evaluations"]
        for key, count in (("a", 2000), ("b", 2499)):
            assert page.act("more", key=key, list="evaluations", search="")["ok"]
            wait_until(lambda count=count: len(widget.other_runs) == count and not widget.loading)
        assert (server.calls["ListEvaluations"], ids(widget), widget.more) == (3, ["e2499"], [])
        assert len({row["key"] for row in widget.other_runs}) == 2499


def test_older_evaluations_stay_and_stay_older_when_the_newest_are_listed_anew(server):
    server.models, server.datasets = server.models[:2], ["data"]
    server.evaluations, server.questions, server.longest_page = evaluations(1300), 0, 500
    with opened(server) as (widget, page):
        assert (server.calls["ListEvaluations"], len(widget.other_runs)) == (1, 500), "a page"
        page.act("more", key="a", list="evaluations", search="")
        wait_until(lambda: len(widget.other_runs) == 1000 and not widget.loading)
        page.act("more", key="b", list="evaluations", search="")
        wait_until(lambda: ids(widget) == ["e1299"] and not widget.loading)
        new = next(iter(evaluations(2, of="model-0").values()))
        new.id = "new"
        server.evaluations = {"new": new, **server.evaluations}
        page.act("refresh", key="refresh")
        wait_until(lambda: "new" in ids(widget) and not widget.loading)
        assert ids(widget) == ["new", "e1299"]
        assert len(widget.other_runs) == 1299
