"""A widget through faults of its server: it says what is the case, loses nothing, and goes on by itself."""

import contextlib
import json
import re
import signal
import subprocess
import sys

import grpc
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import AuthenticationError, NotFoundError, PermissionDeniedError
from clarifai_eval_widget.local import LocalServer
from tests.client.stand_in import StandIn
from tests.small_server import small_server, wait_until
from tests.widget.page import Page, decode


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@contextlib.contextmanager
def opened(client, **options):
    widget = EvalWidget(client, **options)
    try:
        wait_until(lambda: widget.versions and not widget.loading and widget.problem is None)
        yield widget
    finally:
        widget.close()


def whole(widget):
    return widget.evaluation is not None and widget.evaluation.complete


class Throttling(StandIn):
    """Refuses every second call of whatever kind."""

    count = 0

    def _reply(self, method, request, context, kind, make):
        with self.lock:
            self.count += 1
            if self.count % 2:
                self.faults[method] = [11005]
        return super()._reply(method, request, context, kind, make)


def test_a_throttle_on_every_second_call_slows_and_stops_nothing():
    with Throttling() as server, opened(server.client()) as widget:
        runs = [widget.evaluate() for _ in range(3)]
        assert [run.result(timeout=60).num_inputs for run in runs] == [6, 6, 6]
        page = Page(widget)
        page.calculate("v1", key="fourth")
        wait_until(lambda: [row["status"] for row in widget.run_states] == ["evaluated"] * 4)
        page.act("refresh", key="refresh")
        wait_until(lambda: not widget.loading and widget.problem is None)
        assert len(set(server.posted)) == len(server.posted) == 4
        assert len(widget.run_states) == 4


SERVING = (
    "import sys, time\nfrom tests.local.support import toy_server\nfrom clarifai_eval_widget import LocalServer\n"
    "new = len(sys.argv) > 2\n"
    "server = toy_server(sys.argv[1], joblib_backend='threading') if new else "
    "LocalServer(sys.argv[1], joblib_backend='threading')\n"
    "server.before_step = lambda step: time.sleep(600) if new and step.index == 4 else None\n"
    "print('serving', flush=True)\ntime.sleep(600)\n"
)


@contextlib.contextmanager
def serving(path, *new):
    with subprocess.Popen([sys.executable, "-c", SERVING, path, *new], stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout.readline() == "serving\n"
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=str)
def test_a_widget_finds_a_server_again_that_was_ended_mid_run(tmp_path, how):
    path = str(tmp_path / "s.db")
    with serving(path, "new") as first:
        client = LocalServer.client_of(path)
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        page = Page(widget)
        page.calculate("v1", dataset_key="local/zoo/animals", use_kfold=True)
        wait_until(lambda: widget.results and decode(widget.results)[0]["folds"] == [1, 2, 3])
        first.send_signal(how)
        first.wait(20)
    wait_until(lambda: widget.status == "reconnecting")
    assert decode(widget.results)[0]["folds"] == [1, 2, 3], "what was counted stays on screen"
    with serving(path):
        wait_until(lambda: whole(widget), seconds=60)
        wait_until(lambda: widget.run_states[0]["status"] == "evaluated")
        (row,) = widget.run_states
        assert (row["error"], row["folds_done"], widget.problem) == (None, 5, None)
        assert decode(widget.results)[0]["folds"] == [1, 2, 3, 4, 5]
        page.act("refresh", key="refresh")
        wait_until(lambda: not widget.loading)
        assert (len(widget.run_states), widget.problem) == (1, None)
        widget.close()
        client.close()


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "=1+1",
    "\u202eevil",
    "a\nb",
    "x" * 3000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_names_that_are_code_stay_text_wherever_they_are_shown(tmp_path, name):
    def renamed(reply):
        for entry in reply.eval_metrics.test_set:
            entry.input.id = f"{name}{entry.input.id}"
            entry.input.data.text.raw = name
            for concept in [*entry.predicted_concepts, *entry.ground_truth_concepts]:
                concept.id, concept.name = f"{name}{concept.id}", name

    with StandIn() as server:
        server.models, server.datasets, server.questions = [(name, [name])], [name], 1
        server.faults["ReadEvaluation"] = [renamed] * 9
        with opened(server.client()) as widget:
            run = widget.evaluate()
            e = run.result(timeout=60)
            wait_until(lambda: whole(widget))
            assert e.concepts == (f"{name}a", f"{name}b")
            json.dumps(widget.get_state(["run_states", "versions", "models", "datasets"]), ensure_ascii=False).encode()
            assert re.fullmatch(r"[\w-]+", run.id)
            shown = e._repr_html_() + widget.save_html(tmp_path / "e.html", inputs=True).read_text(encoding="utf-8")
            assert "<script>alert" not in shown
            assert "<img src=x" not in shown
            widget.figure().savefig(tmp_path / "e.png")
            client = widget._platform.client
            assert client.leaderboard()["model"].tolist() == [name]


def test_a_refresh_takes_nothing_off_the_page_and_sends_nothing_that_is_not_new():
    with small_server() as server, opened(server.client()) as widget:
        widget.evaluate().result(timeout=60)
        wait_until(lambda: whole(widget) and not widget.loading)
        changed = []
        names = ["apps", "models", "versions", "datasets", "choices", "run_states", "viewing", "results", "problem"]
        names += ["app", "model", "model_version", "status", "progress", "concept", "threshold", "exact_counts"]
        widget.observe(lambda change: changed.append(change["name"]), names)
        done = []
        widget.observe(lambda change: done.append(change["new"]), "loading")
        Page(widget).act("refresh")
        wait_until(lambda: done and not done[-1])
        assert changed == []


def test_an_app_that_was_deleted_gives_way_to_another_on_refresh():
    with small_server() as server, opened(server.client()) as widget:
        assert widget.app == "shop"
        server.train("market", "haggler", dataset_id="offers", version_id="third")
        owner = resources_pb2.UserAppIDSet(user_id=server.user_id, app_id="shop")
        with server.client() as other:
            asked = service_pb2.DeleteAppRequest(user_app_id=owner)
            other._connection.call(lambda service: service.DeleteApp, asked, doing="delete the app")
        page = Page(widget)
        page.act("refresh", key="a")
        wait_until(lambda: widget.model == "haggler" and widget.versions and not widget.loading)
        assert (widget.app, [row["id"] for row in widget.apps]) == ("market", ["market"])
        told = wait_until(lambda: widget.problem)
        assert told["title"] == "The app 'shop' is no longer listed"
        assert told["message"].endswith("'market' is shown in its place.")
        page.act("refresh", key="b")
        wait_until(lambda: not widget.loading)
        assert widget.problem is None, "it is told once"


def told_of_deletion(widget, server, model):
    """What the page says when somebody else has deleted a model and the lists are loaded anew."""
    owner = resources_pb2.UserAppIDSet(user_id=server.user_id, app_id="shop")
    asked = service_pb2.DeleteModelsRequest(user_app_id=owner, ids=[model])
    with server.client() as other:
        other._connection.call(lambda service: service.DeleteModels, asked, doing="delete the model")
    Page(widget).act("refresh", key=model)
    told = wait_until(lambda: not widget.loading and widget.model != model and widget.problem)
    assert told["title"] == f"The model {model!r} is no longer listed"
    return told["message"]


def test_a_model_that_somebody_else_deleted_is_told_on_refresh_and_what_was_read_of_it_stays():
    with small_server() as server, opened(server.client()) as widget:
        server.train("shop", "other", dataset_id="reviews", version_id="third")
        widget.model_version = "second"
        widget.evaluate().result(timeout=60)
        assert told_of_deletion(widget, server, "sentiment").endswith("'other' is shown in its place.")
        assert told_of_deletion(widget, server, "other").endswith("There is no other model here.")
        assert (widget.model, widget.versions, widget.model_version) == ("", [], "")
        assert widget.evaluation.info.model_id == "sentiment"
        assert len(widget.evaluation.concepts) == 3


def test_a_version_that_somebody_else_deleted_is_told_on_refresh_whether_it_is_the_newest_or_not():
    with small_server() as server, opened(server.client()) as widget, server.client() as other:
        server.train("shop", "sentiment", dataset_id="reviews", version_id="third")
        page, owner = Page(widget), resources_pb2.UserAppIDSet(user_id=server.user_id, app_id="shop")
        page.act("refresh", key="new")
        wait_until(lambda: len(widget.versions) == 3 and not widget.loading)
        widget.model_version = "first"
        for version, now in [
            ("first", "'third' is"),
            ("third", "'second' is"),
            ("second", "There is no other version"),
        ]:
            asked = service_pb2.DeleteModelVersionRequest(user_app_id=owner, model_id="sentiment", version_id=version)
            other._connection.call(lambda service: service.DeleteModelVersion, asked, doing="delete the version")
            page.act("refresh", key=version)
            told = wait_until(lambda: not widget.loading and widget.problem)
            assert told["title"] == f"The version {version!r} is no longer listed"
            assert now in told["message"]
            assert version not in [row["id"] for row in widget.versions]


@pytest.mark.parametrize("under_way", ["ListApps", "ListModels", "ListEvaluations"])
def test_an_app_picked_while_a_refresh_is_under_way_has_nothing_called_deleted(under_way):
    with StandIn() as server:
        server.apps = ["app", "other"]
        with opened(server.client()) as widget:
            told, page = [], Page(widget)
            widget.observe(lambda change: told.append(change["new"]), "problem")
            server.faults[under_way] = [lambda _: page.act("select_app", key="pick", app="other")]
            page.act("refresh", key="refresh")
            wait_until(lambda: "pick" in page.replies)
            widget._platform._loads.wait()
            assert (widget.app, told) == ("other", [])


@pytest.mark.parametrize("under_way", ["ListModels", "ListEvaluations"])
def test_a_server_connected_while_a_refresh_is_under_way_has_nothing_called_deleted(under_way):
    with StandIn() as server, StandIn(user="bob") as another, opened(server.client()) as widget:
        another.models = [("their-model", ["v1"])]
        told, page = [], Page(widget)
        widget.observe(lambda change: told.append(change["new"]), "problem")
        asked = {"user_id": "bob", "pat": "of-bob", "base_url": f"http://127.0.0.1:{another.port}"}
        server.faults[under_way] = [lambda _: page.act("connect", key="connect", **asked)]
        page.act("refresh", key="refresh")
        wait_until(lambda: "connect" in page.replies)
        assert page.replies["connect"]["ok"]
        widget._platform._loads.wait()
        wait_until(lambda: widget.model == "their-model" and not widget.loading)
        assert [one["title"] for one in told if one] == []


def test_each_trouble_with_a_key_has_a_sentence_of_its_own_what_to_do_and_the_requests_id():
    with StandIn() as server, server.client() as client:
        said = {}
        for code, kind in [(11008, AuthenticationError), (11007, PermissionDeniedError), (11101, NotFoundError)]:
            server.faults["ListModels"] = [code]
            with pytest.raises(kind) as info:
                client.models()
            said[code] = str(info.value)
            assert info.value.req_id == "r1"
            assert "r1" in said[code]
        server.faults["PostEvaluations"] = [11007]
        with pytest.raises(PermissionDeniedError, match="scope"):
            client.start_evaluation("v1")
        assert client.evaluations() == [], "a key that may not start may look"
        assert len({text.split("[")[0] for text in said.values()}) == 3
        assert ["CLARIFAI_PAT" in said[11008], "scope" in said[11007], "Check the id" in said[11101]] == [True] * 3


REFUSED = {
    11008: ("API key or token not found", "invalid credentials", "CLARIFAI_PAT"),
    11007: ("Insufficient scopes", "missing scopes: Models_Get", "scope this call needs"),
    11101: ("Resource does not exist", "no such user", "the user whose that is"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_the_page_says_what_to_do_also_where_the_server_explains_the_case(code):
    description, details, advice = REFUSED[code]

    def refuse(reply):
        reply.Clear()
        reply.status.code, reply.status.description, reply.status.details = code, description, details
        reply.status.req_id = "r7"

    with StandIn() as server, server.client() as client:
        server.faults["ListModels"] = [refuse] * 5
        widget = EvalWidget(client)
        problem = wait_until(lambda: widget.problem)
        told = f"{problem['title']} {problem['message']} {problem['req_id']}"
        assert all(words in told for words in (details, advice, "r7")), told
        assert description in told or "may not list" in told
        widget.close()


@pytest.mark.parametrize("questions", [8, 1], ids=["it still runs", "it has ended by then"])
def test_a_key_that_loses_its_right_meanwhile_starts_nothing_twice(questions):
    refused = "GetEvaluation"
    with StandIn(questions=questions) as server, opened(server.client()) as widget:
        server.after["PostEvaluations"] = [lambda _: server.forbidden.add(refused)]
        page = Page(widget)
        page.calculate("v1")
        row = wait_until(lambda: widget.run_states[0]["status"] == "failed" and widget.run_states[0])
        assert "The key lacks a scope" in row["error"]["message"]
        asked = server.calls[refused]
        assert page.act("retry", key="a", run=row["key"])["ok"]
        wait_until(lambda: server.calls[refused] > asked and widget.run_states[0]["status"] == "failed")
        server.forbidden.clear()
        assert page.act("retry", key="b", run=row["key"])["ok"]
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        assert (widget.status, server.calls["PostEvaluations"], len(server.evaluations)) == ("evaluated", 1, 1)


def test_a_key_that_may_only_read_is_told_so_where_it_starts_something():
    def refuse(reply):
        reply.Clear()
        reply.status.code, reply.status.details = 11007, "missing scopes: Metrics_Add"

    with StandIn() as server, server.client() as client:
        kept = client.start_evaluation("v1")  # by somebody whose key may
        kept.result(timeout=30)
        server.faults["PostEvaluations"] = [refuse] * 5
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading and whole(widget))
        assert widget.evaluation.num_inputs == 6
        with pytest.raises(PermissionDeniedError, match="may only read can view evaluations"):
            widget.evaluate()
        error = widget.run_states[0]["error"]
        assert error["message"].startswith("missing scopes: Metrics_Add. The key lacks a scope")
        assert "may only read can view evaluations" in error["message"]
        row = next(row for row in widget.run_states if row["status"] == "evaluated")
        assert Page(widget).act("view", key="view", run=row["key"])["ok"]
        wait_until(lambda: whole(widget) and widget.evaluation.info.id == kept.id)
        widget.close()


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED])
def test_a_gateway_that_refuses_the_key_before_the_api_is_told_with_what_to_do(code):
    with StandIn() as server, server.client() as client:
        server.faults["ListModels"] = [code] * 5
        with pytest.raises((AuthenticationError, PermissionDeniedError), match=r"CLARIFAI_PAT|lacks a scope"):
            client.models()


def test_the_newest_evaluation_of_a_version_that_was_deleted_is_shown_and_another_version_evaluated():
    with small_server() as server, server.client() as other:
        other.start_evaluation("second", "offers", params={"use_kfold": False}).result(timeout=60)
        owner = resources_pb2.UserAppIDSet(user_id=server.user_id, app_id="shop")
        asked = service_pb2.DeleteModelVersionRequest(user_app_id=owner, model_id="sentiment", version_id="second")
        other._connection.call(lambda service: service.DeleteModelVersion, asked, doing="delete the version")
        with opened(server.client(), model="sentiment") as widget:
            wait_until(lambda: whole(widget))
            assert [row["id"] for row in widget.versions] == ["first"]
            assert widget.run_states[0]["version_label"] == "second"
            assert widget.model_version == "first"
            assert widget.evaluate().result(timeout=60).complete
