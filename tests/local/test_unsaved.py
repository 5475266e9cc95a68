"""A result that the server's disk has no room for: whoever follows the run says so, and stops when it is written."""

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.cli import main
from clarifai_eval_widget.client import EvalClient
from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.local import LocalServer
from tests.local.support import Api, full_at, toy_data, toy_server
from tests.small_server import Gate, wait_until

SAID = "Kept in memory alone: the disk of the server is full."
ROOM = 1 << 30


def fill(server):
    """Leave no room, and something that waits for it, so that not even what is small is written."""
    full_at(server, 0)
    texts, labels, X = toy_data(2000)
    server.add_dataset("zoo", "bulk", texts, labels, embeddings=X)


@pytest.fixture
def server(tmp_path):
    with toy_server(tmp_path / "server.db", joblib_backend="threading") as running:
        fill(running)
        yield running
        full_at(running, ROOM)


@pytest.fixture
def client(server):
    """Of another process, as far as it can know."""
    with EvalClient(pat=server.pat, user_id="local", base_url=server.base_url) as connected:
        yield connected


def evaluated(client):
    run = client.start_evaluation("keeper", "more-animals")
    assert run.result(timeout=60).num_inputs == 90
    return run


def test_a_run_says_that_it_is_in_memory_alone_until_it_is_written(server, client):
    run = evaluated(client)
    found = next(iter(EvalClient(pat=server.pat, user_id="local", base_url=server.base_url).evaluations()))
    for one in (run, found):
        assert repr(one).startswith(f"Run({run.id!r}, evaluated, '{SAID}")
        assert SAID in str(one.progress)
    told = []
    run.subscribe(lambda: told.append(repr(run)))
    full_at(server, ROOM)
    wait_until(lambda: not run.progress.unsaved)  # with nobody asking
    assert repr(run) == told[-1] == f"Run({run.id!r}, evaluated)"
    assert found.poll() == run.progress
    wait_until(lambda: client.follower._thread is None)


def test_a_cancelled_run_says_it_beside_its_error_which_does_not_change(server, client):
    server.before_step = gate = Gate()
    run = client.start_evaluation("keeper", "more-animals")
    unfollow = run.follow()
    wait_until(lambda: gate.reached)
    assert run.cancel() is Cancellation.ENDED
    gate.open()
    wait_until(lambda: SAID in run.progress.unsaved)
    assert "cancelled" in str(run.error)
    assert "memory" not in str(run.error)
    full_at(server, ROOM)
    wait_until(lambda: run.state.settled)
    assert repr(run) == f"Run({run.id!r}, failed)"
    unfollow()


def test_what_the_server_lost_by_its_end_is_said_to_be_lost(tmp_path):
    path = tmp_path / "server.db"
    with toy_server(path, joblib_backend="threading") as server:
        port = server.port
        fill(server)
        with EvalClient(pat=server.pat, user_id="local", base_url=server.base_url) as client:
            run = evaluated(client)
            server.stop()
            with LocalServer(path, port=port):
                wait_until(lambda: "Lost on the server" in repr(run))
            assert run.status == "evaluated"
            assert run.result().num_inputs == 90
            wait_until(lambda: client.follower._thread is None)


def test_a_server_of_this_process_that_is_stopped_may_have_lost_it(server):
    with server.client() as client:
        run = evaluated(client)
        server.stop()
        wait_until(lambda: "Perhaps lost on the server" in repr(run))


def test_its_row_warns_until_it_is_written(server, client):
    widget = EvalWidget(client, model="keeper", dataset="more-animals")
    widget.evaluate().result(timeout=60)
    wait_until(lambda: widget.run_states[0]["warning"].startswith(SAID))
    full_at(server, ROOM)
    wait_until(lambda: widget.run_states[0]["warning"] == "")
    assert widget.run_states[0]["status"] == "evaluated"
    widget.close()


def test_the_row_of_a_cancelled_one_says_it_once_beside_what_became_of_it(server, client):
    server.before_step = gate = Gate()
    widget = EvalWidget(client, model="keeper", dataset="more-animals")
    run = widget.evaluate()
    wait_until(lambda: gate.reached)
    run.cancel()
    gate.open()
    wait_until(lambda: SAID in widget.run_states[0]["warning"])
    assert "cancelled" in widget.run_states[0]["warning"]
    assert widget.run_states[0]["warning"].count(SAID) == 1, "it would be said twice"
    assert widget.run_states[0]["error"] is None
    full_at(server, ROOM)
    wait_until(lambda: SAID not in widget.run_states[0]["warning"])
    assert widget.run_states[0]["status"] == "failed"
    widget.close()


def test_the_command_says_it_beside_the_figures(server, monkeypatch, capsys):
    monkeypatch.setenv("CLARIFAI_PAT", str(server.pat))
    monkeypatch.setenv("CLARIFAI_USER_ID", "local")
    monkeypatch.setenv("CLARIFAI_API_BASE", server.base_url)
    assert main(["evaluate", "--model", "keeper", "--dataset", "more-animals"]) == 0
    told = capsys.readouterr()
    assert f"clarifai-eval: {SAID}" in told.err
    assert "roc_auc" in told.out


def test_a_status_keeps_the_words_for_clients_that_know_no_more_of_it(server):
    with Api(server) as api:
        assert api.evaluate("late").status.details.startswith(SAID)
        full_at(server, ROOM)
        wait_until(lambda: not api.get("late").status.details)
        assert "unsaved" not in str(api.get("late").extended_metrics)
