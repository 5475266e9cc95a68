"""Processes that are forked off a server's, as ``multiprocessing`` does it: the server stays where it is."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from clarifai_eval_widget.local import LocalServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are Unix's")

SERVING = """
import multiprocessing, os, sys, time
from tests.local.support import Api, toy_server

path = sys.argv[1]
server = toy_server(path, joblib_backend="threading")
forks = multiprocessing.get_context("fork")
"""


def said_by(code, *arguments):
    """What a process says until it ends; those that it has forked off may live on."""
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-c", SERVING + code, *map(str, arguments)]
        subprocess.run(command, stdout=said, timeout=60, check=False)
        said.seek(0)
        return said.read()


def test_a_forked_process_that_ends_leaves_the_server_as_it_is_and_its_file_locked(tmp_path):
    code = """
# What calls by gRPC in a process that was forked off one that does may wait for ever: nothing here does.
child = forks.Process(target=lambda: print("child", flush=True))
child.start()
child.join()
print(child.exitcode, os.path.exists(path + ".lock"), flush=True)
if os.fork() == 0:  # which runs what is done at the end, unlike a child of multiprocessing
    server.stop()
    sys.exit()
print(os.waitstatus_to_exitcode(os.wait()[1]), os.path.exists(path + ".lock"))
with Api(server) as api:
    print(len(api.evaluate("after").test_set))
server.stop()
print(os.path.exists(path + ".lock"))
"""
    assert said_by(code, tmp_path / "server.db").split() == [
        "child",
        "0",
        "True",
        "0",
        "True",
        "150",
        "False",
    ]


def test_a_file_is_free_when_its_server_was_killed_whatever_was_forked_off_it(tmp_path):
    path = tmp_path / "server.db"
    code = """
child = forks.Process(target=time.sleep, args=(60,))
child.start()
print(child.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    child = int(said_by(code, path))
    try:
        with LocalServer(path, joblib_backend="threading") as server:
            assert [app.id for app in server.client().apps()] == ["zoo"]
    finally:
        os.kill(child, signal.SIGKILL)
