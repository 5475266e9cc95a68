import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data.database import Database
from tests.local.support import ALL_FIELDS, Api, add_toys, toy_server

pytestmark = [pytest.mark.filterwarnings("error"), pytest.mark.usefixtures("own_workers")]


def test_a_later_server_on_the_same_file_finds_the_evaluations_again(tmp_path):
    path = tmp_path / "evaluations.db"
    with toy_server(path) as server, Api(server) as api:
        before = api.evaluate("kept", dataset="more-animals")
    with LocalServer(path) as server, Api(server) as api:
        assert [app.id for app in api.call("ListApps").apps] == ["zoo"]
        assert [one.id for one in api.call("ListEvaluations").eval_metrics] == ["kept"]
        assert api.get("kept", ALL_FIELDS) == before
        add_toys(server)
        api.evaluate("newer", None)
        assert [one.id for one in api.call("ListEvaluations").eval_metrics] == ["newer", "kept"]


def test_stopping_mid_run_leaves_no_thread_and_the_next_server_goes_on(tmp_path):
    path = tmp_path / "evaluations.db"
    held = threading.Event()
    before = set(threading.enumerate())
    with toy_server(path) as server, Api(server) as api:
        server.before_step = lambda step: held.wait(0.3) if step.index == 1 else held.set() or time.sleep(0.5)
        api.start("cut-short")
        api.start("queued")
        assert held.wait(30)
    assert not [
        thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("clarifai-eval")
    ]
    with toy_server(path) as server, Api(server) as api:
        for name in ("cut-short", "queued"):
            assert api.wait(name).status.code == status_code_pb2.MODEL_EVALUATED


def test_a_file_is_one_servers_at_a_time(tmp_path):
    path = tmp_path / "evaluations.db"
    with LocalServer(path), pytest.raises(EvalError, match=r"EvalWidget.local.*connects to it"):
        LocalServer(path)
    LocalServer(path).stop()


def test_what_a_killed_server_left_before_its_first_fold_is_done_by_the_next(tmp_path):
    path = tmp_path / "evaluations.db"
    code = (
        "import sys, time\nfrom tests.local.support import Api, toy_server\n"
        "server = toy_server(sys.argv[1])\nserver.before_step = lambda step: time.sleep(60)\n"
        "Api(server).start('orphan')\nsys.stdout.write('started\\n')\nsys.stdout.flush()\ntime.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "started\n"
    process.kill()
    process.communicate()
    with toy_server(path) as server, Api(server) as api:
        assert api.wait("orphan").status.code == status_code_pb2.MODEL_EVALUATED
        assert len(api.get("orphan", ALL_FIELDS).test_set) == 150


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_folds_run_on_any_joblib_backend(backend):
    with toy_server(joblib_backend=backend, n_jobs=2) as server, Api(server) as api:
        assert len(api.evaluate("elsewhere").test_set) == 150
        assert not server._pool._processes


def test_a_disk_too_full_to_begin_on_is_told_with_what_to_do(tmp_path, monkeypatch):
    def full(*arguments, **options):
        db = connect(*arguments, **options)
        db.execute("PRAGMA max_page_count = 2")
        return db

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(EvalError, match="Make room there, or give a path on another disk"):
        Database(tmp_path / "server.db")
