"""A file is served by one process; every other one gets a client of it."""

import signal
import socket
import subprocess
import sys

import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data import lock
from clarifai_eval_widget.local.data.lock import FileInUseError, FileLock
from tests.small_server import wait_until


@pytest.fixture
def path(tmp_path):
    yield tmp_path / "shared.db"
    for shared in LocalServer._shared.values():
        shared.stop()


@pytest.fixture
def serving(path):
    command = [sys.executable, "-m", "clarifai_eval_widget.cli", "serve", f"--path={path}", "--samples"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.send_signal(signal.SIGTERM)


def test_the_widget_of_a_second_process_is_on_the_first_ones_server(path, serving):
    assert "Serving" in serving.stdout.readline()
    widget = EvalWidget.local(path)
    try:
        with LocalServer.client_of(path) as client:
            wait_until(lambda: widget.connection["kind"] == "local")  # known from its first answer
            assert str(client.settings.address) in widget.connection["help"]
            version = client.model_versions("digit-classifier")[0]
            run = client.start_evaluation(version, "scanned-digits", params={"use_kfold": False})
            run.result(timeout=60)
            assert path.resolve() not in LocalServer._shared
        with LocalServer.shared_client(path) as other:
            assert [found.id for found in other.evaluations()] == [run.id]
    finally:
        widget.close()


def test_the_port_can_be_chosen_for_all_and_a_server_that_runs_on_another_is_told(path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for where in (None, path):
        if where is None and None in LocalServer._shared:
            LocalServer._shared[None].stop()
        widget = EvalWidget.local(where, port=port)
        try:
            assert LocalServer.shared(where).port == port
            assert f"127.0.0.1:{port}" in str(widget._server().client.settings.address)
            with pytest.raises(InvalidRequestError, match=f"runs on port {port} already, and not on 4321"):
                EvalWidget.local(where, port=4321)
        finally:
            widget.close()
            LocalServer.shared(where).stop()


def test_the_port_of_another_processs_server_is_told_where_another_is_asked_for(path, serving):
    assert "Serving" in serving.stdout.readline()
    with pytest.raises(InvalidRequestError, match="already, and not on 4321"):
        EvalWidget.local(path, port=4321)
    with LocalServer.client_of(path) as client:
        widget = EvalWidget.local(path, port=client.settings.address.port)
        assert widget._server().client.settings.address == client.settings.address
        widget.close()


def test_who_comes_while_the_server_is_starting_waits_for_it(path, serving):
    with LocalServer.shared_client(path) as client:  # whichever of the two was first
        assert "digits" in {app.id for app in client.apps()}


def test_where_nobody_serves_the_file_this_process_does_and_keeps_to_one_server(path):
    with LocalServer.shared_client(path) as first, LocalServer.shared_client(path.parent / "." / path.name) as second:
        assert first.settings.address == second.settings.address
        assert LocalServer.shared(path) is LocalServer.shared(path)
        before = LocalServer.shared(path)
        before.stop()
        with LocalServer.shared_client(path) as third:
            assert {app.id for app in third.apps()} >= {"digits", "mnist"}
        assert LocalServer.shared(path) is not before
    assert LocalServer.shared(path) is not LocalServer.shared()


SECOND = """
import sys
from clarifai_eval_widget.local import LocalServer
with LocalServer.shared_client(sys.argv[1]) as client:
    version = client.model_versions("digit-classifier")[0]
    client.start_evaluation(version, "scanned-digits", params={"use_kfold": False}).result(timeout=120)
    print(*sorted(run.id for run in client.evaluations()))
"""


def evaluate_in_another_process(path):
    ran = subprocess.run(
        [sys.executable, "-c", SECOND, str(path)], capture_output=True, text=True, check=True, timeout=180
    )
    return ran.stdout.split()


def test_two_processes_share_a_file_and_the_second_serves_it_when_the_first_is_gone(path):
    with LocalServer.shared_client(path) as client:
        version = client.model_versions("digit-classifier")[0]
        first = client.start_evaluation(version, "scanned-digits", params={"use_kfold": False})
        first.result(timeout=120)
        second = evaluate_in_another_process(path)
        assert sorted(run.id for run in client.evaluations()) == second
        assert (first.id in second, len(second)) == (True, 2)
    LocalServer.shared(path).stop()
    assert set(second) < set(evaluate_in_another_process(path)), "it was served there"


def test_a_file_that_is_held_but_never_served_is_said_to_be(path, monkeypatch):
    monkeypatch.setattr("clarifai_eval_widget.local.server._PATIENCE", 0.3)
    held = FileLock(path.resolve())
    try:
        with pytest.raises(EvalError, match="does not serve it"):
            LocalServer.shared_client(path)
    finally:
        held.release()
    (path.parent / "notes.txt").write_text("no database, however one looks at it " * 50)
    with pytest.raises(EvalError, match=r"notes\.txt"):
        LocalServer.shared_client(path.parent / "notes.txt")


def test_a_lock_leaves_nothing_behind_and_whoever_waited_for_one_taken_away_holds_none(path, monkeypatch):
    first, third, real = FileLock(path), [], lock._lock

    def in_between(file):
        """The first lets go, and a third is served, after the second has opened what it would lock."""
        monkeypatch.setattr(lock, "_lock", real)
        first.release()
        third.append(FileLock(path))
        real(file)

    monkeypatch.setattr(lock, "_lock", in_between)
    with pytest.raises(FileInUseError):
        FileLock(path)
    third[0].release()
    FileLock(path).release()
    assert list(path.parent.iterdir()) == []
