"""An evaluation whose server was killed or stopped goes on with the next: the same figures, and only what is missing is done."""

import contextlib
import sqlite3
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data import parts
from clarifai_eval_widget.local.work.resuming import CannotResumeError, recover
from clarifai_eval_widget.local.work.tasks import Part, write_test_set
from tests.local.support import ALL_FIELDS, Api, figures, own, steps_computed, toy_data, toy_server
from tests.small_server import Gate, wait_until


def copy(path, to):
    """Copy a file of a running server, as it would be found if that were killed now."""
    with contextlib.closing(sqlite3.connect(path)) as first, contextlib.closing(sqlite3.connect(to)) as last:
        first.backup(last)


@contextlib.contextmanager
def killed(path, steps, **options):
    """What a process killed after some steps leaves in its file, and the same evaluation uninterrupted."""
    gate = Gate()
    with toy_server(path.with_name("first.db"), joblib_backend="threading") as server, Api(server) as api:
        server.before_step = gate
        api.start("cut", **options)
        gate.let_through(steps)
        total = options.get("folds", 5) if options["use_kfold"] else 3
        api.until("cut", lambda found: found.status.percent_completed == 100 * steps // total)
        copy(path.with_name("first.db"), path)
        gate.open()
        yield figures(api.wait("cut", ALL_FIELDS))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server.db"


@pytest.mark.parametrize("use_kfold", [True, False])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_the_figures_are_those_of_an_uninterrupted_evaluation_to_the_last_bit(path, monkeypatch, steps, use_kfold):
    with killed(path, steps, dataset="animals", use_kfold=use_kfold) as uninterrupted:
        computed = steps_computed(monkeypatch)
        with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
            found = api.wait("cut", ALL_FIELDS)
            assert found.status.code == status_code_pb2.MODEL_EVALUATED
            assert figures(found) == uninterrupted
            assert computed == list(range(steps, 5 if use_kfold else 3))
            assert len(api.call("ListEvaluations").eval_metrics) == 1


@pytest.mark.parametrize("use_kfold", [True, False])
def test_a_server_that_is_stopped_leaves_what_is_under_way_to_the_next(path, monkeypatch, use_kfold):
    with toy_server(path, joblib_backend="threading") as server, Api(server) as api:
        api.start("whole", dataset="animals", use_kfold=use_kfold)
        uninterrupted = figures(api.wait("whole", ALL_FIELDS))

        def stop_in_the_third(step):
            if step.index == 3:
                threading.Thread(target=server.stop).start()
                while not server._engine._stopped:
                    time.sleep(0.01)

        server.before_step = stop_in_the_third
        api.start("cut", dataset="animals", use_kfold=use_kfold)
        threads = [thread for thread in threading.enumerate() if thread.name == "clarifai-eval-cut"]
        for thread in threads:
            thread.join(30)
    computed = steps_computed(monkeypatch)
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", ALL_FIELDS)
        assert found.status.code == status_code_pb2.MODEL_EVALUATED
        assert figures(found) == uninterrupted
        assert computed == list(range(2, 5 if use_kfold else 3))


def test_what_is_cancelled_when_the_server_stops_does_not_go_on(path):
    gate = Gate()
    with toy_server(path, joblib_backend="threading") as server, Api(server) as api:
        server.before_step = gate
        api.start("cut", dataset="animals", use_kfold=True)
        gate.let_through(2)
        api.until("cut", lambda found: found.status.percent_completed == 40)
        server._engine.cancel("zoo", "cut")
        gate.open()
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", None)
        assert found.status.code == status_code_pb2.MODEL_NOT_EVALUATED
        assert "cancelled" in found.status.details


@pytest.mark.parametrize(
    ("reason", "said"), [("", "It was cancelled."), ("it was decided", "stopped early, it was decided")]
)
def test_what_was_cancelled_in_a_step_in_which_the_server_is_killed_does_not_go_on(path, reason, said):
    gate, first = Gate(), path.with_name("first.db")
    with toy_server(first, joblib_backend="threading") as server, Api(server) as api:
        server.before_step = gate
        api.start("cut", dataset="animals", use_kfold=True)
        gate.let_through(2)
        api.until("cut", lambda found: found.status.percent_completed == 40)
        wait_until(lambda: len(gate.reached) == 3)
        server._engine.cancel("zoo", "cut", reason=reason)
        assert api.get("cut").status.code == status_code_pb2.MODEL_EVALUATING, "its step is not done yet"
        copy(first, path)
        gate.open()
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", None)
        assert found.status.code == status_code_pb2.MODEL_NOT_EVALUATED
        assert said in found.status.details
        assert "40 %, is kept" in found.status.details
        assert found.summary.macro_avg_roc_auc > 0


def test_what_was_whole_but_for_its_last_word_is_computed_no_more(path, monkeypatch):
    with killed(path, 5, dataset="more-animals", use_kfold=True) as uninterrupted:
        pass
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        ((body,),) = db.execute("SELECT metrics FROM evaluations").fetchall()
        metrics = resources_pb2.EvalMetrics.FromString(body)
        metrics.status.code = status_code_pb2.MODEL_EVALUATING
        db.execute("UPDATE evaluations SET metrics = ?", (metrics.SerializeToString(),))
    computed = steps_computed(monkeypatch)
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        assert figures(api.wait("cut", ALL_FIELDS)) == uninterrupted
        assert computed == []


def test_the_users_number_of_folds_and_the_moment_of_the_start_outlive_the_server(path):
    with killed(path, 4, dataset="animals", use_kfold=True, folds=8) as uninterrupted:
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        ((body,),) = db.execute("SELECT metrics FROM evaluations").fetchall()
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", ALL_FIELDS)
        assert figures(found) == uninterrupted
        assert own(found)["created_at"] == own(resources_pb2.EvalMetrics.FromString(body))["created_at"]


def test_an_evaluation_started_again_meanwhile_is_that_one(path):
    with killed(path, 2, dataset="animals", use_kfold=True):
        pass
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        api.start("cut", dataset="more-animals", use_kfold=False)
        found = api.wait("cut", ALL_FIELDS)
        assert {entry.input.id.rsplit("-", 1)[0] for entry in found.test_set} == {"more-animals"}
        assert len(found.test_set) == 90


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        ("DELETE FROM model_versions", "v1"),
        ("DELETE FROM dataset_versions WHERE dataset_id = 'animals'", "v1"),
        ("UPDATE test_sets SET body = x'ff00ff' WHERE part = 2", "cannot be read"),
        (
            "UPDATE test_sets SET (body, crc) = (SELECT body, crc FROM test_sets WHERE part = 1) WHERE part = 2",
            "not what it was",
        ),
    ],
)
def test_what_cannot_go_on_says_why_and_keeps_what_was_counted(path, damage, part):
    with killed(path, 2, dataset="animals", use_kfold=True):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", None)
        assert found.status.code == status_code_pb2.MODEL_NOT_EVALUATED
        assert "cannot go on" in found.status.details
        assert part in found.status.details
        assert "40 %, is kept" in found.status.details
        assert found.summary.macro_avg_roc_auc > 0


def test_a_dataset_made_anew_under_the_same_name_gets_none_of_the_old_predictions(path):
    with killed(path, 2, dataset="animals", use_kfold=True):
        pass
    other = path.with_name("other.db")
    with LocalServer(other, joblib_backend="threading") as server:
        texts, labels, X = toy_data()
        server.add_dataset("zoo", "animals", texts, labels[::-1], embeddings=X)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("ATTACH ? AS other", (str(other),))
        db.execute(
            "UPDATE dataset_versions SET content = (SELECT content FROM other.dataset_versions) "
            "WHERE dataset_id = 'animals'"
        )
    with LocalServer(path, joblib_backend="threading") as server, Api(server) as api:
        found = api.wait("cut", None)
        assert found.status.code == status_code_pb2.MODEL_NOT_EVALUATED
        assert "not what it was" in found.status.details


def test_an_evaluation_of_a_sample_goes_on_too(path):
    gate = Gate()
    first = path.with_name("first.db")
    with LocalServer.with_samples(first) as server, Api(server) as api:
        server.before_step = gate
        api.start("cut", app="digits", model="digit-classifier", version="few-inputs", use_kfold=True)
        gate.let_through(3)
        api.until("cut", lambda found: found.status.percent_completed == 60, app="digits")
        copy(first, path)
        gate.open()
        uninterrupted = figures(api.wait("cut", ALL_FIELDS, app="digits"))
    with LocalServer.with_samples(path) as server, Api(server) as api:
        found = figures(api.wait("cut", ALL_FIELDS, app="digits"))
        assert found.test_set == uninterrupted.test_set
        assert found.summary == uninterrupted.summary
        assert found.binary_metrics == uninterrupted.binary_metrics


def test_inputs_of_none_of_the_concepts_and_of_unknown_ones_are_read_back_as_they_were_predicted():
    labels, elsewhere = np.array([[1, 0], [0, 0], [0, 0]], bool), (("", ""), ("", ""), ("newt", "Newt"))
    part = Part(
        rows=np.arange(3), embeddings=np.zeros((3, 1), np.float32), labels=labels, input_ids=("a", "b", "c"),
        texts=None, images=None, concepts=(("cat", "Cat"), ("dog", "Dog")), app_id="zoo",
        elsewhere=tuple((one,) if one[0] else () for one in elsewhere),
    )  # fmt: skip
    scores = np.array([[0.9, 0.1], [0.4, 0.3], [0.2, 0.6]], np.float32)
    written = parts.TestSetPart(3, write_test_set(part, scores))

    def planned(others: tuple[bool, ...]) -> Any:
        job = SimpleNamespace(version=SimpleNamespace(concepts=("cat", "dog")), num_folds=0)
        content = SimpleNamespace(input_ids=("a", "b", "c"))
        return SimpleNamespace(
            job=job, content=content, parts=[np.arange(3)], labels=labels, elsewhere=np.array(others)
        )

    assert recover(planned((False, False, True)), 0, written).test_set == written.body
    for others in ((False, True, True), (False, False, False)):
        with pytest.raises(CannotResumeError, match="not what it was"):
            recover(planned(others), 0, written)
