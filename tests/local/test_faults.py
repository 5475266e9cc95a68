"""Faults done for real: killed processes, a full disk, a file that may not be written, much at once and much in one."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from sklearn.linear_model import LogisticRegression

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data.evaluations import Evaluations
from tests.local.support import ALL_FIELDS, Api, figures, toy_data, toy_server
from tests.small_server import wait_until

pytestmark = pytest.mark.usefixtures("own_workers")

NOBODY = 65534


class Slow(LogisticRegression):
    """A classifier that takes its time."""

    def fit(self, X, y):
        time.sleep(0.3)
        return super().fit(X, y)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server.db"


@contextlib.contextmanager
def process(code, *arguments, stderr=None):
    """Another Python that runs some code; killed at the end, if it is still there."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def test_a_run_goes_on_through_a_kill_of_its_server_and_loses_nothing(path):
    serving = (
        "import sys, time\nfrom tests.local.support import toy_server\n"
        "server = toy_server(sys.argv[1], joblib_backend='threading')\n"
        "server.before_step = lambda step: time.sleep(60) if step.index == 4 else None\n"
        "print('serving', flush=True)\ntime.sleep(60)\n"
    )
    with process(serving, path) as killed:
        assert killed.stdout.readline() == "serving\n"
        client = LocalServer.client_of(path)
        version = client.model_versions("keeper")[0]
        run = client.start_evaluation(version, client.datasets()[0], params={"use_kfold": True})
        threads = ThreadPoolExecutor(1)
        waiting = threads.submit(run.result, 60)
        wait_until(lambda: run.progress.folds_done == 3)
        killed.send_signal(signal.SIGKILL)
        killed.wait(20)
    with client, threads:
        wait_until(lambda: run.status == "reconnecting")
        with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
            assert len(waiting.result(60).labels) == 150
            assert run.progress.folds_done == 5
            assert [one.id for one in client.evaluations()] == [run.id]
            whole = api.evaluate("uninterrupted")
            assert figures(api.get(run.id, ALL_FIELDS)) == figures(whole)


FILLING = (
    "import os, resource, sys\nfrom pathlib import Path\nfrom tests.local.support import ALL_FIELDS, Api, toy_server\n"
    "from tests.small_server import wait_until\n"
    "folder, no_limit = Path(sys.argv[1]).parent, resource.RLIM_INFINITY\n"
    "def fill(step):\n"
    "    if step.index == int(sys.argv[2]):\n"
    "        most = max(file.stat().st_size for file in folder.iterdir())\n"
    "        resource.setrlimit(resource.RLIMIT_FSIZE, (most, no_limit))\n"
    "def make_room():\n"
    "    resource.setrlimit(resource.RLIMIT_FSIZE, (no_limit, no_limit))\n"
    "server = toy_server(sys.argv[1], joblib_backend='threading')\n"
    "server.before_step = fill\n"
    "api = Api(server)\n"
    "found = api.evaluate('full')\n"
    "print(found.status.details)\n"
    "print(len(found.test_set), [one.id for one in api.call('ListEvaluations').eval_metrics], flush=True)\n"
)


@pytest.mark.parametrize("step", [1, 3])
def test_a_disk_that_is_full_keeps_results_until_there_is_room(path, step):
    """Written as soon as there is, with nobody asking, and once: the server is killed as soon as it says so."""
    code = FILLING + (
        "make_room()\n"
        "wait_until(lambda: not api.get('full').status.details)\n"
        "print(len(api.get('full', ALL_FIELDS).test_set), flush=True)\n"
        "os._exit(0)\n"
    )
    with process(code, path, step) as running:
        said, _ = running.communicate(timeout=60)
        assert running.returncode == 0
    full, then, room = said.splitlines()
    assert "memory alone" in full
    assert (then, room) == ("150 ['full']", "150")
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        assert [one.id for one in api.call("ListEvaluations").eval_metrics] == ["full"]
        kept = api.get("full", ALL_FIELDS)
        assert kept.status.details == ""
        again = api.evaluate("again")
        assert (kept.summary, kept.test_set) == (again.summary, again.test_set)


def test_what_a_disk_had_no_room_for_to_the_end_is_named(path):
    with process(FILLING + "server.stop()\n", path, 2, stderr=subprocess.PIPE) as running:
        _, complaints = running.communicate(timeout=60)
        assert running.returncode == 0
    assert "Lost" in complaints
    assert "'full' of the app 'zoo'" in complaints


@contextlib.contextmanager
def without_rights():
    """As somebody who may write only what everybody may; who runs the tests may be root, who may write all."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_written_is_refused_with_the_reason_and_left_as_it_is():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.db"
        toy_server(path, joblib_backend="threading").stop()
        before = path.read_bytes()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with without_rights(), pytest.raises(EvalError, match=re.escape(str(path))) as refused:
            LocalServer(path)
        path.parent.chmod(0o755)
        assert "ermission" in str(refused.value)
        assert path.read_bytes() == before
        with LocalServer(path) as server, Api(server) as api:
            assert [app.id for app in api.call("ListApps").apps] == ["zoo"]


def test_pages_of_the_file_that_are_overwritten_cost_what_stood_on_them_alone(path):
    with toy_server(path, joblib_backend="threading") as server, Api(server) as api:
        for n in range(6):
            texts, labels, X = toy_data()
            server.add_dataset("zoo", f"d{n}", [f"d{n} {text}" for text in texts], labels, embeddings=X)
            api.evaluate(f"e{n}", dataset=f"d{n}", use_kfold=False)
    data = path.read_bytes()
    with contextlib.closing(sqlite3.connect(path)) as db:
        ((body,),) = db.execute("SELECT body FROM test_sets WHERE evaluation_id = 'e2' AND part = 1").fetchall()
    start = data.index(body[:200])
    path.write_bytes(data[:start] + os.urandom(200) + data[start + 200 :])
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        assert len(api.call("ListEvaluations").eval_metrics) == 6
        for n in (0, 1, 3, 4, 5):
            assert len(api.get(f"e{n}", ALL_FIELDS).test_set) == 150
        unreadable = api.raw("GetEvaluation", app="zoo", evaluation_id="e2", fields=ALL_FIELDS)
        assert unreadable.status.code == status_code_pb2.CONN_DOES_NOT_EXIST
        assert "damaged" in unreadable.status.details
        curves = api.get("e2", resources_pb2.FieldsValue(binary_metrics=True))
        assert curves.summary.macro_avg_roc_auc > 0.5
        assert len(curves.binary_metrics) == 3
        with server.client() as client:
            read = client.evaluation("e2", "zoo")
        assert read.source == "platform_curves"
        assert "damaged in the server's file" in read.notes[0]


def repointed(path, table):
    """Have another program damage the file so that a table cannot be used, as a page of the file's own would."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = 1")
        db.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name = ?", (table,))
        ((version,),) = db.execute("PRAGMA schema_version").fetchall()
        db.execute(f"PRAGMA schema_version = {version + 1}")
        db.commit()


AWAY = {
    "deleted": (lambda path: path.unlink(), "not at its place"),
    "replaced": (lambda path: path.with_suffix(".new").rename(path), "another file"),
    "damaged": (lambda path: repointed(path, "evaluations"), "malformed"),
}


@pytest.mark.parametrize("how", AWAY)
def test_a_file_that_is_lost_under_a_running_server_costs_no_result_and_is_told(path, how, caplog):
    lose, why = AWAY[how]
    path.with_suffix(".new").touch()
    with toy_server(path, joblib_backend="threading") as server, server.client() as client, Api(server) as api:
        server.before_step = lambda step: lose(path) if step.index == 3 else None
        api.evaluate("kept", use_kfold=True)
        assert why in api.get("kept").status.details
        assert len(api.get("kept", ALL_FIELDS).test_set) == 150
        server.before_step = None
        run = client.start_evaluation(client.model_versions("keeper")[0], params={"use_kfold": True})
        assert run.result(timeout=30).num_inputs == 150
        assert why in run.progress.unsaved
    assert "Lost" in caplog.text
    assert "'kept' of the app 'zoo'" in caplog.text


def test_a_file_that_was_moved_and_comes_back_is_written_on(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with toy_server(path.name, joblib_backend="threading") as server, Api(server) as api:
        monkeypatch.chdir("/")  # where a server goes is not where its file is
        moved = path.rename(path.with_suffix(".moved"))
        assert "not at its place" in api.evaluate("early").status.details
        moved.rename(path)
        wait_until(lambda: not api.get("early").status.details)
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        assert len(api.get("early", ALL_FIELDS).test_set) == 150


def test_what_goes_wrong_in_memory_is_not_said_to_be_a_damaged_file(monkeypatch):
    def unfinished(_):
        raise sqlite3.OperationalError("out of memory")

    monkeypatch.setattr(Evaluations, "unfinished", unfinished)
    with pytest.raises(sqlite3.OperationalError, match="out of memory"):
        LocalServer()


def test_a_file_too_damaged_to_be_read_is_refused_with_what_to_do_and_not_held(path):
    toy_server(path, joblib_backend="threading").stop()
    whole = path.read_bytes()
    page = 4096
    spoilt = whole[:page] + os.urandom(len(whole) - page)
    path.write_bytes(spoilt)
    for _ in range(2):
        with pytest.raises(EvalError, match=r"damaged: give the path of a new one(.|\n)*\.recover"):
            LocalServer(path)
    assert path.read_bytes() == spoilt
    path.write_bytes(whole)
    LocalServer(path).stop()


def test_killed_workers_fail_their_own_evaluation_with_the_reason_and_the_next_one_works():
    with toy_server(workers=2) as server, Api(server) as api:
        server.train("zoo", "slow", dataset_id="animals", classifier=Slow())
        api.start("lost", model="slow")
        api.until("lost", lambda found: found.status.percent_completed >= 20)
        for worker in list(server._pool._processes):
            os.kill(worker._popen.pid, signal.SIGKILL)
        lost = api.wait("lost", ALL_FIELDS)
        assert lost.status.code == status_code_pb2.MODEL_EVALUATION_FAILED
        assert "could not go on" in lost.status.details
        assert len(lost.test_set) % 30 == 0
        assert len(api.evaluate("next").test_set) == 150


def test_a_test_set_of_200_mb_arrives_whole(path):
    num_inputs, size = 4000, 50_000
    _, labels, X = toy_data(num_inputs)
    texts = [f"{n:07d}" + "x" * (size - 7) for n in range(num_inputs)]
    with LocalServer(path, joblib_backend="threading") as server, server.client() as client:
        server.add_dataset("zoo", "epics", texts, labels, embeddings=X)
        server.train("zoo", "keeper", dataset_id="epics")
        run = client.start_evaluation(client.model_versions("keeper")[0], "epics", params={"use_kfold": False})
        evaluation = run.result(timeout=60)
        truth = [row.index[row].tolist() for _, row in evaluation.labels.sort_index().iterrows()]
        assert truth == labels
        assert np.isfinite(evaluation.scores.to_numpy()).all()
        assert sum(file.stat().st_size for file in path.parent.iterdir()) > 2 * num_inputs * size


def test_fifty_evaluations_by_eight_threads_are_neither_lost_nor_crossed(path):
    with toy_server(path, joblib_backend="threading") as server, server.client() as client, Api(server) as api:
        version = client.model_versions("keeper")[0]
        expected = {
            (dataset, use_kfold): figures(api.evaluate(f"{dataset}-{use_kfold}", dataset=dataset, use_kfold=use_kfold))
            for dataset in ("animals", "more-animals")
            for use_kfold in (True, False)
        }

        def one(n):
            asked = ("animals", "more-animals")[n % 2], n % 4 < 2
            run = client.start_evaluation(version, asked[0], params={"use_kfold": asked[1]})
            return run.id, asked, run.result(timeout=60)

        with ThreadPoolExecutor(8) as threads:
            done = list(threads.map(one, range(50)))
        assert len({evaluation_id for evaluation_id, _, _ in done}) == 50
        for evaluation_id, asked, evaluation in done:
            found = api.get(evaluation_id, ALL_FIELDS)
            assert found.summary == expected[asked].summary
            assert found.test_set == expected[asked].test_set
            assert len(evaluation.labels) == len(found.test_set)
            assert np.isfinite(evaluation.scores.to_numpy()).all()
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        assert len(api.call("ListEvaluations", per_page=200).eval_metrics) == 54
