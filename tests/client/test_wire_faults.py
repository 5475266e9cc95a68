"""A wire that cuts, holds back or resets what goes over it, and a server that stands still: nothing is lost or doubled."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.client import EvalClient, follow, starting, transience
from clarifai_eval_widget.client.resources import Dataset
from clarifai_eval_widget.errors import ConnectionLostError, DeadlineError
from clarifai_eval_widget.local import LocalServer
from tests.client.stand_in import PAT, StandIn
from tests.small_server import wait_until

ABORT = struct.pack("ii", 1, 0)  # of SO_LINGER: close with a reset


class Proxy:
    """A TCP proxy to a port of this machine. ``fault`` says what happens to bytes of a reply, until it is cleared."""

    def __init__(self, port):
        self._target = port
        self.fault = ""
        self.struck = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for one in list(self._open):
            one.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
                threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near), kwargs={"replies": True}, daemon=True).start()

    def _pump(self, source, sink, *, replies=False):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if replies and self.fault and len(data) > 60:  # settings and acknowledgements are shorter
                    self.struck += 1
                    if self.fault == "delay":
                        time.sleep(1.5)
                    elif self.fault == "cut":
                        sink.sendall(data[: len(data) // 2])
                        break
                    elif self.fault == "reset":
                        sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                        break
                    elif self.fault == "swallow":
                        continue
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """What takes seconds takes tenths, so that a fault that lasts a moment is felt."""
    monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(follow, "POLL_SECONDS", 1.0)
    monkeypatch.setattr(starting, "_START_SECONDS", 1.0)
    monkeypatch.setattr(starting, "ASK_SECONDS", 1.0)


@pytest.fixture
def server():
    with StandIn(questions=8) as running:
        yield running


@pytest.fixture
def proxy(server):
    with Proxy(server.port) as between:
        yield between


@pytest.fixture
def client(proxy):
    with EvalClient(pat=PAT, user_id="ann", base_url=f"http://127.0.0.1:{proxy.port}", deadline=3) as connected:
        yield connected


FAULTS = ["cut", "reset", "swallow", "delay"]


def strike(proxy, fault, times=1):
    """Have a fault happen to the next replies, and let the wire be whole again after so many."""
    before = proxy.struck
    proxy.fault = fault

    def heal():
        wait_until(lambda: proxy.struck >= before + times)
        proxy.fault = ""

    healing = threading.Thread(target=heal)
    healing.start()
    return healing


@pytest.mark.parametrize("fault", FAULTS)
def test_a_start_over_a_broken_wire_happens_once(server, proxy, client, fault):
    (version,) = client.model_versions("model")
    healing = strike(proxy, fault)
    run = client.start_evaluation(version, Dataset("data", "app", "ann"))
    healing.join()
    assert set(server.posted) == {run.id}
    assert server.calls["PostEvaluations"] == 1
    assert run.result(timeout=30).num_inputs == 6


OLDEST = {"PostEvaluations", "GetEvaluation", "PostModelVersionEvaluations", "GetModelVersionEvaluation"}


def strike_the_reply(server, proxy, method, fault):
    """Have a fault happen to the next reply to a call, and let the wire be whole again."""
    before = proxy.struck
    server.after[method] = [lambda _reply: setattr(proxy, "fault", fault)]

    def heal():
        wait_until(lambda: proxy.struck > before)
        proxy.fault = ""

    healing = threading.Thread(target=heal)
    healing.start()
    return healing


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("gives_ids", [True, False])
def test_a_start_of_the_oldest_kind_over_a_broken_wire_happens_once(server, proxy, client, fault, gives_ids):
    server.lacks, server.gives_ids, server.questions = OLDEST, gives_ids, 0
    version, data = client.model_versions("model")[0], Dataset("data", "app", "ann")
    client.start_evaluation(version, data).result(timeout=30)
    healing = strike_the_reply(server, proxy, "PostModelVersionMetrics", fault)
    run = client.start_evaluation(version, data)
    healing.join()
    assert len(server.posted) == 2
    assert run.result(timeout=30).num_inputs == 6


def test_a_start_of_which_it_cannot_be_known_whether_it_has_begun_is_said_to_be_one(server, proxy, client):
    server.lacks, server.gives_ids, server.questions = {*OLDEST, "ListModelVersionEvaluations"}, False, 0
    version, data = client.model_versions("model")[0], Dataset("data", "app", "ann")
    client.start_evaluation(version, data).result(timeout=30)
    healing = strike_the_reply(server, proxy, "PostModelVersionMetrics", "reset")
    with pytest.raises(ConnectionLostError, match="starting it once more may make a second one"):
        client.start_evaluation(version, data)
    healing.join()
    assert len(server.posted) == 2
    client.start_evaluation(version, data).result(timeout=30)  # somebody has looked
    assert len(server.posted) == 3


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_goes_on_over_a_wire_that_breaks_while_it_is_polled_and_read(server, proxy, client, fault):
    server.questions = 30
    run = client.start_evaluation("v1")
    statuses = []
    run.subscribe(lambda: statuses.append(run.status))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(run.result, 60)
        wait_until(lambda: server.calls["GetEvaluation"] > 3)
        strike(proxy, fault, times=2).join()
        wait_until(lambda: server.calls["GetEvaluation"] >= 25)
        before = proxy.struck
        server.after["ReadEvaluation"] = [lambda _reply: setattr(proxy, "fault", fault)]
        wait_until(lambda: proxy.struck > before)
        proxy.fault = ""
        assert waiting.result(60).num_inputs == 6
    assert [one.id for one in client.evaluations()] == [run.id]
    assert "failed" not in statuses


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_a_listing_over_a_broken_wire_is_whole_or_an_error(server, proxy, client, fault):
    server.datasets = [f"data-{n}" for n in range(500)]
    assert len(client.datasets()) == 500
    proxy.fault = fault
    with pytest.raises(ConnectionLostError):
        client.datasets()
    proxy.fault = ""
    assert [one.id for one in client.datasets()] == server.datasets


# -- a server that stands still --------------------------------------------------------------------------------------


SERVING = (
    "import sys, time\nfrom pathlib import Path\nfrom tests.local.support import toy_server\n"
    "from tests.small_server import wait_until\n"
    "go_on = Path(sys.argv[1]).with_name('go-on').exists\n"
    "server = toy_server(sys.argv[1], joblib_backend='threading')\n"
    "server.before_step = lambda step: step.index < 3 or wait_until(go_on, 300)\n"
    "print('serving', flush=True)\ntime.sleep(600)\n"
)


@pytest.fixture
def still(tmp_path):
    """A server in a process of its own, a client of it, and what stops and wakes it."""
    path = tmp_path / "server.db"
    command = [sys.executable, "-c", SERVING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout.readline() == "serving\n"
            with LocalServer.client_of(path) as client:

                def wake():
                    os.kill(running.pid, signal.SIGCONT)
                    path.with_name("go-on").touch()  # it may have stopped before anybody knew how far it is

                yield client, lambda: os.kill(running.pid, signal.SIGSTOP), wake
        finally:
            running.kill()


SECONDS = float(os.environ.get("STILL_SECONDS", "5"))
LONG = 65.0
"""Longer than every deadline there is; with STILL_SECONDS=65 all are what they are for users."""


@pytest.fixture
def in_proportion(monkeypatch):
    """Deadlines and pauses as many times shorter than for users as the server stands still shorter than 65 s."""
    part = SECONDS / LONG
    for module, name, seconds in (
        (transience, "LONGEST_PAUSE", 30.0),
        (transience, "GRACE_SECONDS", 5.0),
        (follow, "POLL_SECONDS", 5.0),
        (starting, "_START_SECONDS", 8.0),
        (starting, "_SILENCE_SECONDS", 14.0),
        (starting, "ASK_SECONDS", 5.0),
    ):
        monkeypatch.setattr(module, name, seconds * part)
    return 60.0 * part


def test_a_server_that_stands_still_is_waited_for_and_nothing_is_lost(in_proportion, still):
    client, stop, wake = still
    version, dataset = client.model_versions("keeper")[0], client.datasets()[0]
    run = client.start_evaluation(version, dataset, params={"use_kfold": True})
    statuses = []
    run.subscribe(lambda: statuses.append(run.status))
    client._connection.deadline = in_proportion  # so far, nobody is in a hurry
    with ThreadPoolExecutor(3) as threads:
        waiting = threads.submit(run.result, SECONDS + 120)
        wait_until(lambda: run.progress.folds_done >= 1)
        stop()
        began = time.monotonic()
        listing = threads.submit(client.evaluations)
        wait_until(lambda: run.status == "reconnecting")
        with pytest.raises(DeadlineError):
            run.result(timeout=0.5)
        second = threads.submit(client.start_evaluation, version, dataset, params={"use_kfold": False})
        for given_up in (second, listing):  # by their own deadlines, while it stands still
            assert isinstance(given_up.exception(SECONDS), DeadlineError)
        time.sleep(max(SECONDS - (time.monotonic() - began), 0))
        assert run.status == "reconnecting"
        wake()
        client._connection.deadline = 60.0
        # Asked for by its id, or sent again under the same one.
        other = client.start_evaluation(version, dataset, params={"use_kfold": False})
        assert other.result(timeout=120).num_inputs == 150
        assert waiting.result(120).num_inputs == 150
    assert sorted(one.id for one in client.evaluations()) == sorted([run.id, other.id])
    assert "failed" not in statuses
    assert run.progress.folds_done == 5


def test_a_test_set_of_30_mb_is_read_whole(server, client):
    concepts = [f"{number:03d}-{'long' * 24}" for number in range(300)]
    rows = []
    for row in range(8):
        entry = resources_pb2.EvalTestSetEntry()
        for k, concept in enumerate(concepts):
            entry.predicted_concepts.add(id=concept, value=(row * 31 + k) % 64 / 64)
        entry.ground_truth_concepts.add(id=concepts[row], value=1.0)
        rows.append(entry.SerializeToString())

    def enlarge(reply):
        del reply.eval_metrics.test_set[:]
        for number in range(1000):
            entry = reply.eval_metrics.test_set.add()
            entry.MergeFromString(rows[number % 8])
            entry.input.id = f"input-{number}"
        sizes.append(reply.ByteSize())

    sizes = []
    server.faults["ReadEvaluation"] = [enlarge]
    evaluation = client.start_evaluation("v1").result(timeout=120)
    assert sizes[0] > 30e6
    assert evaluation.scores.shape == (1000, 300)
    expected = (np.arange(1000)[:, None] % 8 * 31 + np.arange(300)) % 64 / 64
    assert (evaluation.scores.loc[[f"input-{n}" for n in range(1000)], concepts].to_numpy() == expected).all()
    assert evaluation.labels.to_numpy().sum() == 1000
