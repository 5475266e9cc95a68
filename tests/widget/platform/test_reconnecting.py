"""Lists of a server that is away or busy come by themselves once it is back; meanwhile the page says so."""

import grpc
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import EvalError, ThrottledError
from tests.client.stand_in import StandIn
from tests.small_server import wait_until
from tests.widget.page import Page


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def server():
    with StandIn() as running:
        yield running


@pytest.fixture
def widget(server):
    made = []

    def make():
        made.append(EvalWidget(server.client()))
        return made[0]

    yield make
    for one in made:
        one.close()


def problems(widget):
    """All that the page is told, in order."""
    told = []
    widget.observe(lambda change: told.append(change["new"]), "problem")
    return told


@pytest.mark.parametrize("fault", [11005, 98004, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL], ids=str)
def test_lists_that_a_server_in_trouble_kept_back_come_by_themselves(server, widget, fault):
    server.faults["ListModels"] = [fault] * 40
    made = widget()
    told = problems(made)
    wait_until(lambda: made.versions and not made.loading and made.problem is None)
    said = [problem for problem in told if problem]
    assert said
    assert {problem["title"].split(": ")[-1] for problem in said} == {"reconnecting"}
    assert all("tried again by itself" in problem["message"] for problem in said)


def test_whoever_asks_meanwhile_hears_why_and_need_not_wait(server, widget):
    server.faults["ListModels"] = [11005] * 10_000
    made = widget()
    wait_until(lambda: made.problem)
    with pytest.raises(ThrottledError):
        made.evaluate()
    server.faults["ListModels"] = []
    wait_until(lambda: made.versions and not made.loading)
    assert made.evaluate().result(timeout=60).complete


def test_refresh_does_not_wait_for_the_next_try(server, widget, monkeypatch):
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 600)
    monkeypatch.setattr("clarifai_eval_widget.widget.platform.loads._PACE", 600)
    server.faults["ListModels"] = [grpc.StatusCode.INTERNAL]
    made = widget()
    wait_until(lambda: made.problem)
    assert Page(made).act("refresh")["ok"]
    wait_until(lambda: made.versions and not made.loading)
    assert made.problem is None


def test_what_cannot_come_is_not_tried_again(server, widget):
    server.faults["ListModels"] = [11008] * 1000
    made = widget()
    problem = wait_until(lambda: made.problem)
    assert "reconnecting" not in problem["title"]
    assert "by itself" not in problem["message"]
    with pytest.raises(EvalError):
        made.evaluate()
    assert server.calls["ListModels"] == 1
