"""What an action costs in calls, on a large account."""

from pathlib import Path

import pytest

from clarifai_eval_widget import EvalWidget
from tests.benchmarks.platform_calls import GOALS, large_account, measure
from tests.small_server import wait_until


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
