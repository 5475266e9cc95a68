"""What an action costs in calls, on a large account."""

from pathlib import Path

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.errors import NotFoundError
from tests.benchmarks.platform_calls import GOALS, large_account, measure
from tests.small_server import wait_until
from tests.widget.platform.test_paging import evaluations


@pytest.fixture(scope="module")
def counted():
    return measure()


@pytest.mark.parametrize("action", GOALS)
def test_an_action_takes_few_calls_however_much_there_is(counted, action):
    assert 0 < sum(counted[action].values()) <= GOALS[action], counted[action]


def test_the_documentation_tells_what_was_counted(counted):
    page = (Path(__file__).parents[3] / "docs" / "platform.md").read_text(encoding="utf-8")
    for action, calls in counted.items():
        which = ", ".join(f"{name} {count}" for name, count in calls.items())
        assert f"| {action} | {sum(calls.values())} | {GOALS[action]} | {which} |" in page


@pytest.mark.parametrize("refuses", [False, True], ids=["cuts", "refuses"])
def test_a_server_of_short_pages_with_many_evaluations_is_asked_no_more_often(refuses):
    def short_paged(server):
        server.longest_page, server.refuses_longer_pages = 128, refuses
        server.evaluations, server.questions = evaluations(2000), 0

    for action, calls in measure(short_paged).items():
        assert sum(calls.values()) <= GOALS[action], calls


ADDRESS = "https://clarifai.com/ann/app/models/model-123"
NAMED = {
    "a model": {"model": "model-123", "dataset": "ann/app/data-150"},
    "a model and its version": {"model": "model-123", "model_version": "123-v5"},
    "these and a dataset": {"model": "model-123", "model_version": "123-v5", "dataset": "data-150"},
    "a version": {"model_version": "123-v5", "dataset": "app/data-150", "dataset_version": "d2"},
    "a model's address": {"model": ADDRESS, "model_version": "123-v5"},
    "a version's address": {"model": f"{ADDRESS}/versions/123-v5", "dataset": "ann/app/data-150"},
    "a version's address as the version": {"model_version": f"{ADDRESS}/versions/123-v5"},
}


@pytest.mark.parametrize("which", NAMED)
def test_opening_with_what_is_named_takes_no_more_calls_than_opening_without(which):
    with large_account() as server, server.client() as client:
        widget = EvalWidget(client, **NAMED[which])
        wait_until(lambda: widget.versions and not widget.loading)
        assert widget.problem is None
        assert (widget.model, widget.model_version) == ("model-123", "123-v0" if which == "a model" else "123-v5")
        assert widget.dataset == ("app/data-150" if "dataset" in NAMED[which] else "app/data")
        assert sum(server.calls.values()) <= GOALS["open the widget"], server.calls
        widget.close()


@pytest.mark.parametrize("named", [{"model_version": "123-v99"}, {"model": f"{ADDRESS}/versions/123-v99"}])
def test_a_version_that_is_named_and_not_there_is_told_with_those_there_are(named):
    with large_account() as server, server.client() as client:
        widget = EvalWidget(client, **{"model": "model-123", **named})
        wait_until(lambda: widget.problem is not None)
        assert "'123-v99'" in widget.problem["message"]
        assert "123-v9" in widget.problem["message"]
        with pytest.raises(NotFoundError, match="123-v99"):
            widget.evaluate()
        widget.close()


def test_all_there_is_is_listed_all_the_same():
    with large_account() as server, server.client() as client:
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        assert (len(widget.models), len(widget.datasets), len(widget.versions)) == (300, 200, 20)
        widget.close()


def test_a_refresh_shows_a_new_version_and_one_whose_training_has_ended():
    with large_account() as server, server.client() as client:
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        server.models[0] = ("model-0", ["new", *server.models[0][1]])
        server.status_of["new"] = 21101
        widget._platform.refresh()
        wait_until(lambda: widget.versions[0]["label"] == "new")
        assert not widget.versions[0]["trained"]
        del server.status_of["new"]
        widget._platform.refresh()
        wait_until(lambda: widget.versions[0]["trained"])
        widget.close()
