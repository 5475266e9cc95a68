"""A run that grows is read part by part, where the server says that it sends parts."""

import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.client import growing
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.own_metrics import HAVE_HEADER
from tests.client.stand_in import StandIn


class Parts:
    """Puts test sets together; remembers how many entries each message had."""

    def __init__(self):
        self.taken = []
        self.whole = None
        self.fails = False

    @property
    def entries(self):
        return 0 if self.whole is None else len(self.whole.test_set)

    def take(self, eval_metrics):
        if self.fails:
            raise EvalError("they do not fit")
        self.taken.append(len(eval_metrics.test_set))
        had = list(self.whole.test_set) if self.whole is not None else []
        self.whole = type(eval_metrics)()
        self.whole.CopyFrom(eval_metrics)
        del self.whole.test_set[:]
        self.whole.test_set.extend([*had, *eval_metrics.test_set])
        return Evaluation.from_proto(self.whole)


@pytest.fixture
def made(monkeypatch):
    """All that were made to put an evaluation together."""
    every = []

    def make():
        every.append(Parts())
        return every[-1]

    monkeypatch.setattr(growing, "_new_growing", make)
    return every


@pytest.fixture
def server():
    with StandIn(questions=10**6) as running:
        yield running


def had(server):
    """How many entries each read said it had; None without a word."""
    return [headers.get(HAVE_HEADER) for method, headers in server.headers if method == "ReadEvaluation"]


def grow(server, run, *sizes):
    numbers = []
    for size in sizes:
        server.inputs = size
        numbers.append(run.evaluation().num_inputs)
    return numbers


def test_only_what_is_new_is_sent_to_one_who_has_the_rest(server, client, made):
    server.sends_parts = True
    run = client.start_evaluation("v1")
    assert grow(server, run, 4, 10, 24) == [4, 10, 24]
    assert had(server) == [None, "4", "10"]
    assert [parts.taken for parts in made] == [[4, 6, 14]]
    server.questions = 1
    assert run.result(timeout=30).num_inputs == 24
    assert run.result_if_read.complete


def test_a_server_that_does_not_know_of_parts_is_read_whole(server, client, made):
    run = client.start_evaluation("v1")
    assert grow(server, run, 4, 10) == [4, 10]
    assert had(server) == [None, "4"]
    assert [parts.taken for parts in made] == [[4], [10]]


def test_a_server_that_gives_metrics_only_at_the_end_is_not_asked_for_parts(server, client, made, monkeypatch):
    monkeypatch.setattr(type(client), "is_local", property(lambda _: False))
    run = client.start_evaluation("v1")
    assert grow(server, run, 4, 10) == [4, 10]
    assert had(server) == [None, None]
    assert made == []


def test_parts_that_do_not_fit_are_read_anew(server, client, made):
    server.sends_parts = True
    run = client.start_evaluation("v1")
    grow(server, run, 4)
    made[0].fails = True
    assert grow(server, run, 10) == [10]
    assert had(server) == [None, "4", None]


def test_without_anything_to_put_it_together_all_is_read(server, client, monkeypatch):
    monkeypatch.setattr(growing, "_new_growing", lambda: None)
    server.sends_parts = True
    run = client.start_evaluation("v1")
    assert grow(server, run, 4, 10) == [4, 10]
    assert had(server) == [None, None]
