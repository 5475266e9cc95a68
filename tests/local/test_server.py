import gc
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakSet

import numpy as np
import psutil
import pytest
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.struct_pb2 import Value
from sklearn.svm import SVC, LinearSVC

from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local import server as server_module
from clarifai_eval_widget.local.data.records import ModelRecord
from clarifai_eval_widget.local.work.pool import WorkerLostError, WorkerPool
from tests.local.support import Api, asked, toy_data, toy_server
from tests.small_server import wait_until

pytestmark = pytest.mark.usefixtures("own_workers")


@pytest.fixture(scope="module")
def server():
    with toy_server() as server:
        texts, labels, X = toy_data(60, seed=2)
        for n in range(5):
            server.add_dataset("farm", f"herd-{n}", texts, labels, embeddings=X)
        yield server


@pytest.mark.parametrize("pat", ["", "wrong"])
def test_a_call_without_the_token_is_answered_with_key_invalid(server, pat):
    with Api(server, pat) as api:
        reply = api.raw("ListApps")
    assert reply.status.code == status_code_pb2.CONN_KEY_INVALID
    assert reply.status.req_id
    assert not reply.apps
    assert server.pat not in str(reply)


def test_a_client_made_while_the_others_are_told_of_news_disturbs_nobody():
    with LocalServer() as server, server.client(), server.client():
        made = []

        class Clients(WeakSet):
            def __iter__(self):
                there = super().__iter__()
                yield next(there)
                other = threading.Thread(target=lambda: made.append(server.client()))
                other.start()
                other.join(0.5)
                yield from there

        server._clients = Clients(server._clients)
        server._tell_clients()
        wait_until(lambda: made)
        made[0].close()
        server._clients = WeakSet(made)


def test_every_server_has_a_token_of_its_own(server):
    with LocalServer() as other:
        assert other.pat != server.pat
        assert other.base_url != server.base_url


@pytest.mark.parametrize(
    ("method", "field", "total", "fields"),
    [
        ("ListApps", "apps", 2, {}),
        ("ListDatasets", "datasets", 7, {}),
        ("ListDatasets", "datasets", 5, {"app": "farm"}),
        ("ListModels", "models", 1, {"app": "zoo"}),
        ("ListModelVersions", "model_versions", 1, {"app": "zoo", "model_id": "keeper"}),
        ("ListDatasetVersions", "dataset_versions", 1, {"app": "zoo", "dataset_id": "animals"}),
        ("ListModelTypes", "model_types", 3, {}),
        ("ListConcepts", "concepts", 3, {"app": "zoo"}),
    ],
)
def test_listings_come_in_pages_and_end_with_an_empty_one(api, method, field, total, fields):
    found = []
    for page in range(1, total + 3):
        items = getattr(api.call(method, page=page, per_page=2, **fields), field)
        assert len(items) == max(0, min(2, total - 2 * (page - 1)))
        found.extend(item.id for item in items)
    assert len(set(found)) == total
    assert len(getattr(api.call(method, **fields), field)) == total


def test_a_version_says_what_it_was_trained_on_and_when(api):
    (version,) = api.call("ListModelVersions", app="zoo", model_id="keeper").model_versions
    assert version.status.code == status_code_pb2.MODEL_TRAINED
    assert (version.active_concept_count, version.total_input_count) == (3, 150)
    assert version.train_info.dataset.id == "animals"
    assert version.train_info.dataset.version.id == "v1"
    assert version.created_at.ToDatetime() <= version.completed_at.ToDatetime()
    assert [concept.id for concept in version.output_info.data.concepts] == ["cat", "dog", "owl"]
    model = api.call("GetModel", app="zoo", model_id="keeper").model
    assert model.model_version == version
    assert model.model_type_id == "text-classifier"
    assert api.call("GetModelVersion", app="zoo", model_id="keeper", version_id="v1").model_version == version


def test_a_dataset_version_tells_how_many_inputs_have_each_concept(api, server):
    _, _, X = toy_data(6, seed=3)
    for labels in (["cat", "dog", "dog"], [["cat", "owl"], ["owl"], []]):
        server.add_dataset("ark", "counted", ["a", "b", "c"], labels, embeddings=X[:3])

    def counts(version, **asked):
        where = {"app": "ark", "dataset_id": "counted", "dataset_version_id": version}
        groups = api.call("ListDatasetVersionMetricsGroups", **where, **asked).dataset_version_metrics_groups
        return {one.value.string_value: one.metrics.positive_input_tags_count.value for one in groups}

    assert counts("v1") == {"cat": 1, "dog": 2}
    assert counts("v2") == counts("") == {"cat": 1, "owl": 2}
    assert counts("v2", types=["CONCEPT_ID"], values=[Value(string_value="owl")]) == {"owl": 2}
    assert counts("v2", page=2, per_page=1) == {"owl": 2}
    assert counts("v2", types=["PIXELS_COUNT"]) == {}


def test_a_dataset_tells_its_inputs_and_a_second_add_makes_a_version(api, server):
    texts, labels, X = toy_data(30, seed=3)
    server.add_dataset("ark", "pairs", texts, labels, embeddings=X)
    again = server.add_dataset("ark", "pairs", texts[:21], labels[:21], embeddings=X[:21])
    assert (again.version_id, again.inputs) == ("v2", 21)
    dataset = api.call("GetDataset", app="ark", dataset_id="pairs").dataset
    assert dataset.version.metrics["/"].inputs_count.value == 21
    assert not dataset.metadata.fields
    assert not dataset.version.metadata.fields
    newest, oldest = api.call("ListDatasetVersions", app="ark", dataset_id="pairs").dataset_versions
    assert (newest.id, newest.metrics["/"].inputs_count.value) == ("v2", 21)
    assert (oldest.id, oldest.metrics["/"].inputs_count.value) == ("v1", 30)
    assert newest.status.code == status_code_pb2.DATASET_VERSION_READY
    assert newest.request_origin == 1
    server._records._apps.pop("ark")


@pytest.mark.parametrize(
    ("asked_for", "models"),
    [
        ({"model_version_ids": ["w1"]}, {"owl-watch": "w1"}),
        ({"model_version_ids": ["w2", "w1"]}, {"owl-watch": "w2"}),
        ({"model_version_ids": ["nothing"]}, {}),
        ({"search": "WATCH"}, {"owl-watch": "w2"}),
        ({"query": "count"}, {"cat-count": "v1"}),
        ({"name": "cat*"}, {"cat-count": "v1"}),
        ({"name": "cat"}, {}),
        ({"trained_only": True}, {"owl-watch": "w2", "cat-count": "v1"}),
        ({}, {"owl-watch": "w2", "cat-count": "v1", "blank": ""}),
    ],
)
def test_models_are_found_by_version_name_and_whether_they_are_trained(server, api, asked_for, models):
    texts, labels, X = toy_data(30, seed=5)
    server.add_dataset("find", "some", texts, labels, embeddings=X)
    for model, version in (("owl-watch", "w1"), ("owl-watch", "w2"), ("cat-count", "v1")):
        server.train("find", model, dataset_id="some", version_id=version)
    server._records.app("find").models["blank"] = ModelRecord("blank", "find", "text-classifier")
    found = api.call("ListModels", app="find", **asked_for).models
    assert {model.id: model.model_version.id for model in found} == models
    server._records._apps.pop("find")


def test_model_types_are_listed_with_the_kind_of_their_evaluations(api):
    found = api.call("ListModelTypes").model_types
    assert [one.id for one in found] == ["text-classifier", "visual-classifier", "embedding-classifier"]
    assert {one.evaluation_type for one in found} == {resources_pb2.EvaluationType.Classification}
    assert found[0] == api.call("GetModelType", model_type_id="text-classifier").model_type


@pytest.mark.parametrize("model_type_id", ["text-classifier", "visual-classifier", "embedding-classifier"])
def test_a_model_type_names_the_parameters_of_its_evaluations(api, model_type_id):
    found = api.call("GetModelType", model_type_id=model_type_id).model_type
    assert found.evaluation_type == resources_pb2.EvaluationType.Classification
    fields = {field.path: field for field in found.model_type_fields}
    assert {"eval_info.params.use_kfold", "eval_info.params.dataset_id"} <= set(fields)
    cross_validates = fields["eval_info.params.use_kfold"].default_value.bool_value
    assert cross_validates == (model_type_id != "embedding-classifier")


@pytest.mark.parametrize(
    ("method", "fields", "code", "nearest"),
    [
        ("GetApp", {"app": "zooo"}, 11101, "'zoo'"),
        ("ListModels", {"app": "zooo"}, 11101, "'zoo'"),
        ("GetModel", {"app": "zoo", "model_id": "keper"}, 21200, "'keeper'"),
        ("GetModelVersion", {"app": "zoo", "model_id": "keeper", "version_id": "v7"}, 11101, "'v1'"),
        ("GetDataset", {"app": "zoo", "dataset_id": "animal"}, 11101, "'animals'"),
        ("ListDatasetVersions", {"app": "farm", "dataset_id": "herd"}, 11101, "'herd-2'"),
        ("GetModelType", {"model_type_id": "text-clasifier"}, 11101, "'text-classifier'"),
        ("GetEvaluation", {"app": "zoo", "evaluation_id": "nothing"}, 11101, "There is no evaluation"),
        ("GetEvaluation", {"evaluation_id": "nothing"}, 11102, "app_id"),
        ("PostEvaluations", {"app": "zoo"}, 11102, "empty"),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest_there_are(api, method, fields, code, nearest):
    reply = api.raw(method, **fields)
    assert reply.status.code == code
    assert nearest in reply.status.details


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"model": "keepr"}, "'keeper'"),
        ({"version": "v2"}, "'v1'"),
        ({"dataset": "animalz"}, "'animals'"),
        ({"folds": 1}, "from 2 to 20"),
        ({"folds": 2.5}, "2.5"),
        ({"folds": "5"}, "'5'"),
        ({"use_kfold": "yes"}, "'yes'"),
        ({"fold": 5}, "'folds'"),
    ],
)
def test_an_evaluation_that_makes_no_sense_is_refused_with_the_reason(api, options, part):
    reply = api.raw("PostEvaluations", app="zoo", eval_metrics=[asked("refused", **options)])
    assert reply.status.code in (11101, 11102, 21200)
    assert part in reply.status.details
    assert not api.call("ListEvaluations", app="zoo", show_failed_metrics=True).eval_metrics


def test_another_user_is_unknown(api):
    request = service_pb2.ListAppsRequest(user_app_id=resources_pb2.UserAppIDSet(user_id="somebody"))
    reply = api.stub.ListApps(request, metadata=api.metadata)
    assert reply.status.code == 11101
    assert "'local'" in reply.status.details


def test_stop_leaves_no_thread_no_process_and_no_port():
    threads, children = set(threading.enumerate()), {child.pid for child in psutil.Process().children()}
    server = toy_server()
    with Api(server) as api:
        api.evaluate("one", use_kfold=False)
    server.stop()
    server.stop()
    assert {thread.name for thread in set(threading.enumerate()) - threads if "clarifai" in thread.name} == set()
    assert {child.pid for child in psutil.Process().children()} <= children
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=2)
    with pytest.raises(EvalError, match="stopped"):
        server.add_dataset("a", "b", ["x"], ["y"], embeddings=[[1.0]])


def test_a_server_that_nobody_holds_serves_its_clients():
    client = toy_server().client()
    gc.collect()
    assert [app.id for app in client.apps()] == ["zoo"]
    client.close()
    for server in list(server_module._RUNNING):
        if server.base_url.endswith(f":{client.settings.address.port}"):
            server.stop()


def test_the_worker_ends_when_the_parent_is_killed_in_the_middle_of_a_task(tmp_path):
    code = (
        "import sys, time, functools\nfrom clarifai_eval_widget.local.work.pool import WorkerPool\n"
        "pool = WorkerPool(1)\n"
        "def task():\n"
        "    import os, pathlib, time\n"
        "    pathlib.Path(sys_path).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "sys_path = sys.argv[1]\n"
        "pool.submit(task)\ntime.sleep(60)"
    )
    told = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", code, str(told)])
    pid = wait_until(lambda: told.exists() and told.read_text(), 30)
    worker = psutil.Process(int(pid))
    parent.kill()
    parent.wait()
    worker.wait(timeout=20)


def test_a_lost_worker_is_quoted_with_its_own_tasks_output_alone():
    pool = WorkerPool(1)
    try:
        pool.submit(lambda: print("the secret of another task")).result(30)

        def fall():
            import os
            import sys

            sys.stderr.write("my last words")
            sys.stderr.flush()
            os._exit(3)

        with pytest.raises(WorkerLostError) as lost:
            pool.submit(fall).result(30)
        assert "my last words" in str(lost.value)
        assert "secret" not in str(lost.value)
        assert pool.submit(lambda: 5).result(30) == 5
    finally:
        pool.stop()


def test_importing_the_package_loads_and_changes_nothing_of_the_server():
    code = (
        "import sys, os, warnings\nbefore = list(warnings.filters), dict(os.environ)\n"
        "import clarifai_eval_widget\n"
        "assert not {'sklearn', 'joblib', 'grpc', 'clarifai_eval_widget.local'} & set(sys.modules)\n"
        "import numpy as np\nstate = np.random.get_state()[1].tolist()\n"
        "from clarifai_eval_widget.local import LocalServer\nLocalServer.with_samples().stop()\n"
        "assert 'sklearn' not in sys.modules\n"
        "assert dict(os.environ) == before[1]\n"
        "assert [f for f in warnings.filters if f not in before[0] and 'clarifai_eval' in str(f)] == []\n"
        "assert np.random.get_state()[1].tolist() == state\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": None}, "needs labels"),
        ({"labels": ["a", "b"]}, "2 labels but 3 texts"),
        ({"labels": np.eye(3)}, "need concepts"),
        ({"labels": np.full((3, 2), 2), "concepts": ["a", "b"]}, "only 0 and 1"),
        ({"concepts": ["a"]}, "'b' is not among"),
        ({"texts": ["x", 1, "y"]}, "row 1 is a int"),
        ({"texts": None, "images": np.zeros((3, 4, 4)), "embeddings": None}, "embeddings=X"),
        ({"embeddings": np.zeros((2, 4))}, r"\(2, 4\)"),
        ({"embeddings": np.full((3, 4), np.nan)}, "row 0 is not finite"),
        ({"embeddings": "abc"}, "not an"),
        ({"input_ids": ["1", "1", "2"]}, "distinct"),
        ({"dataset_id": "no/slash"}, "'no/slash'"),
    ],
)
def test_data_that_do_not_fit_are_refused_with_what_is_wrong(server, change, message):
    given = {"dataset_id": "new", "texts": ["x", "y", "z"], "labels": ["a", "b", "b"], "embeddings": np.zeros((3, 4))}
    given |= change
    with pytest.raises(InvalidRequestError, match=message):
        server.add_dataset("farm", given.pop("dataset_id"), given.pop("texts"), given.pop("labels"), **given)


def test_training_on_an_unknown_dataset_names_the_nearest(server):
    with pytest.raises(NotFoundError, match="'animals'"):
        server.train("zoo", "keeper", dataset_id="animal")
    with pytest.raises(InvalidRequestError, match="text-classifier"):
        server.train("zoo", "other", dataset_id="animals", model_type_id="classifier")
    with pytest.raises(InvalidRequestError, match="'v1' already"):
        server.train("zoo", "keeper", dataset_id="animals", version_id="v1")


def test_a_training_that_fails_says_why_and_leaves_no_model(server, api):
    class Stubborn:
        def get_params(self, deep=True):
            return {}

        def fit(self, X, y):
            raise RuntimeError("not today")

        def predict_proba(self, X):
            raise NotImplementedError

    with pytest.raises(EvalError, match="RuntimeError: not today"):
        server.train("farm", "mule", dataset_id="herd-0", classifier=Stubborn())
    assert not api.call("ListModels", app="farm").models


def test_a_path_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be mistaken for one" * 50)
    with pytest.raises(EvalError, match=r"notes\.txt"):
        LocalServer(tmp_path / "notes.txt")


def test_threads_that_train_one_model_lose_no_version(server, api):
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: server.train("farm", "hen", dataset_id="herd-1").id, range(6)))
    listed = api.call("ListModelVersions", app="farm", model_id="hen").model_versions
    assert sorted(made) == sorted(version.id for version in listed) == [f"v{n}" for n in range(1, 7)]
    server._records.app("farm").models.pop("hen")


@pytest.mark.parametrize(
    ("classifier", "part"),
    [
        (LinearSVC(), "CalibratedClassifierCV"),
        (SVC(), "CalibratedClassifierCV"),
        (SVC, "an instance"),
        ("svc", "no fit"),
    ],
)
def test_a_classifier_without_probabilities_is_refused_at_training_with_what_to_do(server, api, classifier, part):
    with pytest.raises(InvalidRequestError, match=part):
        server.train("farm", "judge", dataset_id="herd-0", classifier=classifier)
    assert "judge" not in {model.id for model in api.call("ListModels", app="farm").models}


def test_a_version_trained_on_some_inputs_names_the_dataset_version_with_just_those(server, api):
    texts, labels, X = toy_data(90, seed=4)
    server.add_dataset("ark", "crew", texts, labels, embeddings=X)
    trained = server.train("ark", "mate", dataset_id="crew", inputs_per_concept=12, version_id="few")
    server.train("ark", "mate", dataset_id="crew", version_id="all")
    server.add_dataset("ark", "crew", texts[:60], labels[:60], embeddings=X[:60])
    own = trained.training_dataset.version_id
    every = api.call("ListDatasetVersions", app="ark", dataset_id="crew").dataset_versions
    assert [(one.id, one.request_origin, one.metrics["/"].inputs_count.value) for one in every] == [
        ("v2", 1, 60), (own, 2, 36), ("v1", 1, 90),
    ]  # fmt: skip
    for origin, ids in ((1, ["v2", "v1"]), (2, [own]), (3, [])):
        found = api.call("ListDatasetVersions", app="ark", dataset_id="crew", request_origins=[origin])
        assert [one.id for one in found.dataset_versions] == ids
    (dataset,) = api.call("ListDatasets", app="ark").datasets
    assert dataset.version.id == "v2"
    on = {
        version.id: version.train_info.dataset.version.id
        for version in api.call("ListModelVersions", app="ark", model_id="mate").model_versions
    }
    assert on == {"few": own, "all": "v1"}
    evaluated = {
        "few-own": (api.evaluate("few-own", model="mate", app="ark", version="few"), own, 36),
        "all-own": (api.evaluate("all-own", model="mate", app="ark", version="all"), "v1", 90),
        "latest": (api.evaluate("latest", model="mate", app="ark", version="few", dataset="crew"), "v2", 60),
    }
    for found, version, inputs in evaluated.values():
        assert found.ground_truth_dataset.version.id == version
        assert len(found.test_set) == inputs
    server._records._apps.pop("ark")


@pytest.mark.parametrize("method", ["PatchModels", "ListWorkflows", "PostWorkflows", "DeleteInput"])
def test_a_call_that_there_is_not_is_answered_with_what_there_is_instead(api, method):
    reply = api.raw(method)
    assert reply.status.code == status_code_pb2.NOT_IMPLEMENTED
    assert method in reply.status.details
    assert "apps, datasets, inputs, annotations, concepts, models, predictions" in reply.status.details


def test_a_stranger_learns_nothing_of_what_there_is(server):
    with Api(server, "wrong") as api:
        for method in ("PostModels", "GetUser", "GetEvaluation", "PatchModels"):
            assert api.raw(method).status.code == status_code_pb2.CONN_KEY_INVALID


def test_the_user_is_read_as_logging_in_does(api):
    assert api.call("GetUser").user.id == "local"


def test_a_datasets_inputs_are_listed_with_their_labels(api):
    found = api.call("ListDatasetInputs", app="zoo", dataset_id="more-animals", page=2, per_page=40).dataset_inputs
    assert [one.input.id for one in found] == [f"more-animals-{n:02d}" for n in range(41, 81)]
    texts, labels, _ = toy_data(90, seed=1, multi_label=True)
    assert [one.input.data.text.raw for one in found] == texts[40:80]
    assert [{concept.id for concept in one.input.data.concepts} for one in found] == [set(row) for row in labels[40:80]]


def test_the_oldest_call_evaluates_a_version_on_its_training_data():
    with toy_server() as server, Api(server) as api:
        version = {"app": "zoo", "model_id": "keeper", "version_id": "v1"}
        started = api.call("PostModelVersionMetrics", **version).model_version.metrics
        assert started.status.code == status_code_pb2.MODEL_QUEUED_FOR_EVALUATION
        found = api.wait(started.id)
        assert found.ground_truth_dataset.id == "animals"
        assert api.call("GetModelVersionMetrics", **version).model_version.metrics.summary == found.summary


@pytest.mark.parametrize("port", [-1, 65536, 99_999_999])
def test_a_port_that_there_is_none_of_is_refused_rather_than_another_one_opened(port):
    with pytest.raises(InvalidRequestError, match="65535"):
        LocalServer(port=port)
