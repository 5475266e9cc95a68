"""Ctrl+C while a server starts: the next one can have the file, and nothing of the first is left."""

import contextlib
import os
import signal
import threading
import time

import pytest

from clarifai_eval_widget.local import LocalServer, server
from clarifai_eval_widget.local.api.listener import Listener
from clarifai_eval_widget.local.data import database
from clarifai_eval_widget.local.data.keeper import Keeper
from clarifai_eval_widget.local.work.engine import Engine
from clarifai_eval_widget.local.work.pool import WorkerPool
from tests.small_server import wait_until


def interrupting(monkeypatch, owner, name):
    """Have Ctrl+C pressed once, right after a function has done its work or, on another thread, while it works."""
    does, pressed = getattr(owner, name), []

    def interrupted(*arguments, **options):
        press = not pressed
        pressed.append(True)
        if press and threading.current_thread() is not threading.main_thread():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        done = does(*arguments, **options)
        if press and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(owner, name, interrupted)


POINTS = [
    (database, "prepare"),
    (Keeper, "load"),
    (server, "add_samples"),
    (Listener, "_start"),
    (WorkerPool, "warm_up"),
    (Engine, "resume"),
]


@pytest.mark.parametrize(("owner", "name"), POINTS, ids=[name for _, name in POINTS])
def test_an_interrupted_start_leaves_file_port_and_threads_free(tmp_path, monkeypatch, owner, name):
    path = tmp_path / "server.db"
    with LocalServer(path) as first:
        port = first.port
    before = set(threading.enumerate())
    interrupting(monkeypatch, owner, name)
    with contextlib.suppress(KeyboardInterrupt):  # as nothing else would: not even a failed test
        LocalServer(path, samples=True)
        pytest.fail("was not interrupted")
    wait_until(lambda: set(threading.enumerate()) <= before)  # one of gRPC's is on its way out
    with LocalServer(path) as second:
        assert second.port == port


def test_a_start_that_fails_leaves_the_file_to_the_next_one(tmp_path, monkeypatch):
    path = tmp_path / "server.db"
    monkeypatch.setattr(Keeper, "load", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        LocalServer(path)
    monkeypatch.undo()
    LocalServer(path).stop()
