"""What a server on a file keeps: everything, whatever ends it, and as much as can be read."""

import contextlib
import logging
import sqlite3
import stat
import subprocess
import sys
import time

import numpy as np
import pytest
from clarifai_grpc.grpc.api.status import status_code_pb2
from sklearn.linear_model import LogisticRegression

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.data.database import Database
from clarifai_eval_widget.local.data.schema import SCHEMA_VERSION
from tests.local.support import ALL_FIELDS, Api, figures, full_at, read_test_set, steps_computed, toy_data, toy_server
from tests.small_server import Gate

EVERYTHING = (
    ("ListApps", {}),
    ("ListDatasets", {}),
    ("ListDatasetVersions", {"app": "zoo", "dataset_id": "animals"}),
    ("ListModels", {}),
    ("ListModelVersions", {"app": "zoo", "model_id": "keeper"}),
    ("ListModelVersions", {"app": "shots", "model_id": "clock"}),
    ("ListConcepts", {"app": "zoo"}),
    ("ListEvaluations", {"show_failed_metrics": True}),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "server.db"


def full_server(path):
    server = toy_server(path)
    server.train("zoo", "keeper", dataset_id="animals", inputs_per_concept=15, classifier=LogisticRegression(C=2))
    images = np.random.default_rng(0).integers(0, 255, (40, 5, 6), dtype=np.uint8)
    labels = np.eye(2, dtype=bool)[np.arange(40) % 2]
    server.add_dataset(
        "shots", "photos", None, labels, images=images, concepts=["day", "night"], description="by day 😀",
        embed=lambda batch: np.array([[image.mean(), image.std()] for image in batch]),
    )  # fmt: skip
    server.train("shots", "clock", dataset_id="photos")
    return server


def everything(api):
    found = []
    for method, fields in EVERYTHING:
        reply = api.call(method, **fields)
        reply.status.req_id = ""
        found.append(reply)
    return found


def test_a_later_server_has_everything_again_at_the_same_address(path):
    with full_server(path) as server, Api(server) as api:
        api.evaluate("kept", dataset="more-animals", version="v2", use_kfold=False)
        before, evaluation = everything(api), api.get("kept", ALL_FIELDS)
        address = server.base_url, server.pat
    with LocalServer(path) as server, Api(server) as api:
        assert (server.base_url, server.pat) == address
        assert everything(api) == before
        assert api.get("kept", ALL_FIELDS) == evaluation
        again = api.evaluate("again", dataset="more-animals", version="v2", use_kfold=False)
        np.testing.assert_array_equal(read_test_set(again)[1], read_test_set(evaluation)[1])
        found = api.evaluate("own", version="v2", use_kfold=True)
        assert found.ground_truth_dataset.version.id == "training-keeper-v2"
        assert len(found.test_set) == 45
        photos = api.evaluate("photos", model="clock", app="shots")
        assert all(entry.input.data.image.base64.startswith(b"\x89PNG") for entry in photos.test_set)


def test_new_versions_follow_the_kept_ones(path):
    with full_server(path):
        pass
    with LocalServer(path) as server:
        texts, labels, X = toy_data(30)
        assert server.add_dataset("zoo", "animals", texts, labels, embeddings=X).version_id == "v2"
        assert server.train("zoo", "keeper", dataset_id="animals").id == "v3"


def test_a_client_finds_the_server_again_after_a_restart(path):
    server = toy_server(path)
    client = server.client()
    with client:
        assert [app.id for app in client.apps()] == ["zoo"]
        server.stop()
        with LocalServer(path):
            assert [model.id for model in client.models()] == ["keeper"]


def test_a_new_client_finds_the_server_at_once_however_long_an_old_one_waits_for_its_next_try(path):
    server = toy_server(path)
    with server.client() as old:
        assert old.apps()
        server.stop()
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:  # it waits longer and longer
            with pytest.raises(EvalError):
                old.apps()
            time.sleep(0.05)
        with LocalServer(path) as again, again.client() as new:
            assert again.port == server.port
            assert new.apps()


def test_a_taken_port_gives_way_unless_it_was_asked_for(path):
    with LocalServer() as other:
        with pytest.raises(EvalError, match=str(other.port)):
            LocalServer(path, port=other.port)
        with LocalServer(path) as server:
            free = server.port
        with LocalServer(port=free), LocalServer(path) as server:
            assert server.port != free
        with LocalServer(path, port=free) as server:
            assert server.port == free


def test_what_a_killed_server_was_at_goes_on_from_its_last_fold_at_the_same_address(path, monkeypatch):
    code = (
        "import sys, time\nfrom tests.local.support import Api, toy_server\nfrom tests.small_server import Gate\n"
        "server, gate = toy_server(sys.argv[1]), Gate()\napi = Api(server)\napi.evaluate('whole')\n"
        "server.before_step = gate\napi.start('cut')\ngate.let_through(2)\n"
        "api.until('cut', lambda found: found.status.percent_completed == 40)\n"
        "sys.stdout.write(f'{server.port}\\n')\nsys.stdout.flush()\ntime.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    process.kill()
    process.communicate()
    computed = steps_computed(monkeypatch)
    with LocalServer(path) as server, Api(server) as api:
        assert server.port == port
        whole = api.get("whole", ALL_FIELDS)
        assert len(whole.test_set) == 150
        cut = api.wait("cut", ALL_FIELDS)
        assert computed == [2, 3, 4]
        assert cut.status.code == status_code_pb2.MODEL_EVALUATED
        assert figures(cut) == figures(whole)


def test_the_file_is_its_owners_alone(path):
    path.touch(0o644)
    path.chmod(0o644)
    with toy_server(path):
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_the_file_is_written_ahead_so_that_who_reads_it_hinders_nobody_who_writes(path):
    with toy_server(path) as server, Api(server) as api, contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
        db.execute("BEGIN")
        before = db.execute("SELECT count(*) FROM evaluations").fetchall()  # holds on to what it has seen
        api.evaluate("meanwhile")
        assert server._database.trouble == ""
        assert db.execute("SELECT count(*) FROM evaluations").fetchall() == before
        db.execute("COMMIT")
        assert db.execute("SELECT count(*) FROM evaluations").fetchall() > before


def test_another_process_may_look_on_and_finds_the_server_by_its_file(path):
    with toy_server(path) as server, LocalServer.client_of(path) as client:
        assert [dataset.id for dataset in client.datasets()] == ["animals", "more-animals"]
        assert server.pat not in repr(client)
    (path.parent / "notes.txt").write_text("nothing")
    with pytest.raises(EvalError, match=r"notes\.txt"):
        LocalServer.client_of(path.parent / "notes.txt")
    with pytest.raises(EvalError, match="nowhere"):
        LocalServer.client_of(path.parent / "nowhere.db")
    assert not (path.parent / "nowhere.db").exists()
    Database(path.parent / "new.db").close()
    with pytest.raises(EvalError, match="does not tell where its server is"):
        LocalServer.client_of(path.parent / "new.db")


def test_a_file_of_two_names_is_served_once(path):
    other = path.with_name("other.db")
    other.symlink_to(path)
    with LocalServer(path), pytest.raises(EvalError, match="another server has it open"):
        LocalServer(other)


@pytest.mark.parametrize(
    ("damage", "lost"),
    [
        ("UPDATE evaluations SET metrics = x'ff00ff' WHERE id = 'first'", "first"),
        ("UPDATE model_versions SET about = '{' WHERE model_id = 'clock'", "clock"),
        ("UPDATE datasets SET about = '[]' WHERE id = 'more-animals'", "more-animals"),
        ("UPDATE dataset_versions SET content = x'00' WHERE dataset_id = 'more-animals'", None),
        ("DELETE FROM dataset_versions WHERE dataset_id = 'photos'", "clock"),
    ],
)
def test_a_damaged_row_costs_itself_and_nothing_else(path, caplog, damage, lost):
    with full_server(path) as server, Api(server) as api:
        for name in ("first", "second"):
            api.evaluate(name, use_kfold=False)
    with sqlite3.connect(path) as db:
        db.execute(damage)
    db.close()
    with caplog.at_level(logging.WARNING, "clarifai_eval_widget"), LocalServer(path) as server, Api(server) as api:
        evaluations = {one.id for one in api.call("ListEvaluations").eval_metrics}
        datasets = {one.id for one in api.call("ListDatasets").datasets}
        clocks = {one.id for one in api.call("ListModelVersions", app="shots", model_id="clock").model_versions}
        assert evaluations == {"first", "second"} - {lost}
        assert datasets == {"animals", "more-animals", "photos"} - {lost}
        assert clocks == (set() if lost == "clock" else {"v1"})
        assert api.evaluate("after").status.code == status_code_pb2.MODEL_EVALUATED
        if lost is None:
            api.start("unreadable", dataset="more-animals", use_kfold=False)
            assert api.wait("unreadable").status.code == status_code_pb2.MODEL_EVALUATION_FAILED
    assert lost is None or caplog.records


def test_a_full_disk_keeps_the_result_in_memory_and_writes_it_when_there_is_room(path, caplog):
    with toy_server(path) as server, Api(server) as api:
        full_at(server, 0)
        with caplog.at_level(logging.WARNING, "clarifai_eval_widget"):
            found = api.evaluate("late")
        assert "full" in found.status.details
        assert "memory" in found.status.details
        assert len(found.test_set) == 150
        assert [one.id for one in api.call("ListEvaluations").eval_metrics] == ["late"]
        assert sum("Cannot write" in record.message for record in caplog.records) == 1
        texts, labels, X = toy_data(60)
        server.add_dataset("zoo", "late-animals", texts, labels, embeddings=X)
        full_at(server, 1 << 30)
        later = api.evaluate("later", use_kfold=False)
        assert not later.status.details
    with LocalServer(path) as server, Api(server) as api:
        assert [one.id for one in api.call("ListEvaluations").eval_metrics] == ["later", "late"]
        assert len(api.get("late", ALL_FIELDS).test_set) == 150
        assert "late-animals" in {one.id for one in api.call("ListDatasets").datasets}


def test_what_is_too_large_ever_to_be_written_is_refused_and_stands_in_nobodys_way(path):
    with toy_server(path) as server, Api(server) as api:
        texts, labels, X = toy_data(60)
        server.add_dataset("zoo", "essays", [text * 300 for text in texts], labels, embeddings=X)
        server._database._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 40_000)
        with pytest.raises(EvalError, match="too big"):
            server.add_dataset("zoo", "herd", texts, labels, embeddings=np.tile(X, 100))
        assert "herd" not in {one.id for one in api.call("ListDatasets").datasets}
        api.start("large", dataset="essays", use_kfold=False)
        found = api.wait("large")
        assert found.status.code == status_code_pb2.MODEL_EVALUATION_FAILED
        assert "too big" in found.status.details
        server._database._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 30)
        api.evaluate("after")
    with LocalServer(path) as server, Api(server) as api:
        assert {one.id for one in api.call("ListEvaluations", show_failed_metrics=True).eval_metrics} == {
            "after",
            "large",
        }


def test_an_id_that_a_damaged_row_held_is_free_again(path):
    with toy_server(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("UPDATE model_versions SET about = '{'")
        db.execute("UPDATE dataset_versions SET about = '{' WHERE dataset_id = 'animals'")
    db.close()
    for inputs in (60, None):
        with LocalServer(path) as server, Api(server) as api:
            if inputs:
                texts, labels, X = toy_data(inputs)
                assert server.add_dataset("zoo", "animals", texts, labels, embeddings=X).version_id == "v1"
                assert server.train("zoo", "keeper", dataset_id="animals").id == "v1"
            assert len(api.evaluate("again").test_set) == 60


def test_a_client_that_follows_through_a_full_disk_gets_each_prediction_once(path):
    gate = Gate()
    with toy_server(path) as server, Api(server) as api:
        server.before_step = gate
        api.start("mixed")
        gate.let_through()
        api.until("mixed", lambda found: found.status.percent_completed == 20)
        full_at(server, 0)
        gate.let_through(2)
        api.until("mixed", lambda found: found.status.percent_completed == 60)
        assert len({entry.input.id for entry in api.get("mixed", ALL_FIELDS).test_set}) == 90
        full_at(server, 1 << 30)
        gate.open()
        found = api.wait("mixed", ALL_FIELDS)
        assert sorted(entry.input.id for entry in found.test_set) == sorted(f"animals-{n:03d}" for n in range(1, 151))


def test_a_file_of_the_first_schema_is_taken_over(path):
    with toy_server() as server, Api(server) as api:
        evaluation = api.evaluate("old", dataset="more-animals")
        head = api.get("old", None)
        whole = api.get("old", ALL_FIELDS)
    body = type(whole)()
    body.test_set.extend(whole.test_set)
    whole.ClearField("test_set")
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE evaluations (app_id TEXT NOT NULL, id TEXT NOT NULL, started INTEGER NOT NULL, "
        "metrics BLOB NOT NULL, test_set BLOB NOT NULL, PRIMARY KEY (app_id, id))"
    )
    row = ("zoo", "old", 1, whole.SerializeToString(), body.SerializeToString())
    db.execute("INSERT INTO evaluations VALUES (?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()
    with LocalServer(path) as server, Api(server) as api:
        assert api.get("old") == head
        assert api.get("old", ALL_FIELDS) == evaluation
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


@pytest.mark.parametrize(
    ("made_by", "part"),
    [
        (f"PRAGMA user_version = {SCHEMA_VERSION + 1}", "later version"),
        ("CREATE TABLE recipes (id TEXT)", "another program's"),
        ("CREATE TABLE evaluations (grade TEXT)", "another program's"),
    ],
)
def test_files_of_others_and_of_later_versions_are_refused_and_left_as_they_are(path, made_by, part):
    db = sqlite3.connect(path)
    db.execute(made_by)
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(EvalError, match=part):
        LocalServer(path)
    assert path.read_bytes() == before


def test_samples_and_what_was_trained_on_them_live_together_in_a_file(path):
    with LocalServer.with_samples(path) as server:
        server.train(
            "digits", "digit-classifier", dataset_id="scanned-digits", inputs_per_concept=12, version_id="mine"
        )
    with LocalServer.with_samples(path) as server, Api(server) as api:
        versions = api.call("ListModelVersions", app="digits", model_id="digit-classifier").model_versions
        assert {version.id for version in versions} == {"few-inputs", "all-inputs", "mine"}
        found = api.call("ListDatasetVersions", app="digits", dataset_id="scanned-digits").dataset_versions
        assert sorted((one.request_origin, one.metrics["/"].inputs_count.value) for one in found) == [
            (1, 1797), (2, 120), (2, 400),
        ]  # fmt: skip
    with LocalServer(path) as server, Api(server) as api:
        found = api.evaluate("mine", model="digit-classifier", app="digits", version="mine", use_kfold=True)
        assert len(found.test_set) == 120
